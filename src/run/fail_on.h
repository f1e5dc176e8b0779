/*
 * fail_on of a job: what makes its exit status 1. Every word that --fail-on takes
 * in genba score and genba diff: high, grade:D, new:high, new:device.
 */
#ifndef RUN_FAIL_ON_H
#define RUN_FAIL_ON_H

#include "diff/diff.h"

/* Is it such a word? */
bool run_fail_on_check(const char *what, struct err *e) MUST_CHECK;
/* d: NULL for a site's first scan, of which nothing counts as new. */
bool run_fail_on(const char *what, const struct assessment *now, const struct diff *d, bool *met,
		 struct err *e) MUST_CHECK;

#endif
