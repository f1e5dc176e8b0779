/*
 * The configuration of a scheduled job (genba run): one YAML file, whose keys
 * docs/example-run.yaml explains. Unknown keys and values that make no sense are
 * errors with file, line and what to do. Relative paths count from the folder of
 * the configuration, since a timer has no other.
 */
#ifndef RUN_CONFIG_H
#define RUN_CONFIG_H

#include <stdint.h>

#include "mail/mail.h"
#include "report/report.h"

/* Of what is going on a mail tells: everything, any change, or what is new from this severity upwards. */
enum run_when { RUN_ALWAYS, RUN_CHANGED, RUN_LOW, RUN_MEDIUM, RUN_HIGH, RUN_CRITICAL };
enum run_attach { RUN_ATTACH_NONE, RUN_ATTACH_MASKED, RUN_ATTACH_REPORT };
extern const char *const run_when_names[];       /* "always", "changed", "low", … */

/* Frames of an interface that are kept as files while it is listened to. */
struct run_keep {
	char *directory;                 /* NULL: nothing is kept */
	int64_t size;                    /* bytes; 0: no limit */
	int64_t age;                     /* seconds; 0: no limit */
};

struct run_scan_config {
	char **interfaces, **files;      /* one of the two, NULL-terminated; the other one NULL */
	int64_t duration;                /* seconds to listen; of files: those written within so many */
	int64_t snapshot;                /* seconds; of interfaces: so often it is stored what was heard so far */
	char *filter, *point, *operator_name, *authorised_by;    /* NULL where not said */
	struct run_keep keep;
};

struct run_report_config {
	bool made;
	int format, audience;            /* enum report_format, enum report_audience */
	bool with_grade, mask;           /* mask: pseudonyms, as genba report --mask */
	char *templates;                 /* NULL: genba's */
	char *directory;
	int64_t retain;                  /* seconds that a report is kept; 0: for ever */
};

struct run_mail_config {
	bool sent;
	char *server, *user, *secret_file, *ca_file;
	int port, security;              /* enum mail_security; port 0: the usual one */
	char *from;
	char **to;                       /* NULL-terminated */
	int when, attach;                /* enum run_when, enum run_attach */
	bool mask;                       /* pseudonyms in the mail itself */
	char *spool;
};

struct run_config {
	char *path;
	char *site;
	int lang;                        /* enum lang, -1: the run's */
	struct run_scan_config scan;
	struct run_report_config report;
	struct run_mail_config mail;
	int newest;                      /* scans that stay in the site file; 0: all */
	bool monthly;                    /* … and the first of each month */
	char **fail_on;                  /* NULL: none */
};

/* NULL fills e. */
struct run_config *run_config_load(const char *path, struct err *e) MUST_CHECK;
/* name stands in messages; relative paths count from its folder. */
struct run_config *run_config_parse(const char *name, const char *bytes, size_t n, struct err *e) MUST_CHECK;
void run_config_free(struct run_config *c);

/* "90s", "30m", "24h", "7d", "2w" → seconds; "500M", "10G" → bytes. False: neither, or not above 0. */
bool run_seconds(const char *text, int64_t *out) MUST_CHECK;
bool run_bytes(const char *text, int64_t *out) MUST_CHECK;

#endif
