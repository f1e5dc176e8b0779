/*
 * A scheduled job: scan, checks, the difference to what was told before, report,
 * mail. What was done stays done when a later step fails, or when somebody pulls
 * the plug; the next run goes on from there.
 */
#ifndef RUN_JOB_H
#define RUN_JOB_H

#include "run/config.h"

/* As EXIT_… of the command line. */
enum run_status { RUN_DONE = 0, RUN_MET = 1, RUN_FAILED = 2 };

struct run_job {
	const struct run_config *config;
	/*
	 * Make the scan of the configuration: of these captures, or of its interfaces. On false *scan is 0, or what was
	 * heard until it broke off.
	 */
	bool (*scan)(const struct run_config *c, const char *const *paths, size_t n, int64_t *scan, struct err *e);
	/* A line for people. */
	void (*say)(const char *line);
};

/* RUN_FAILED fills e. */
enum run_status run_job(const struct run_job *j, struct err *e);
/* What it would do, and whether it could; does nothing. False: something has to be put right first. */
bool run_check(const struct run_job *j, struct err *e) MUST_CHECK;

#endif
