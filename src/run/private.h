/* What the files of run/ share among themselves. */
#ifndef RUN_PRIVATE_H
#define RUN_PRIVATE_H

#include "report/mail.h"
#include "run/job.h"

/* Text for people, a line; whoever is on the network may have had a hand in it. */
void run_say(const struct run_job *j, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- lock.c ---- */
/* Nobody else runs a job on this site while this is held: a descriptor, -1 with e. A process that dies lets go of it. */
int run_lock(const char *site, struct err *e);

/* ---- files.c ---- */
struct run_files {
	char **paths; size_t n;          /* oldest first */
	size_t older;                    /* matched, but were written before */
	size_t left_out;                 /* more than one scan can hold: the oldest are left out */
	int64_t bytes;
};
/* Captures of the configuration that were written in the last `duration` seconds before now. False: there is none. */
bool run_files(const struct run_scan_config *c, int64_t now, struct run_files *out, struct err *e) MUST_CHECK;
void run_files_free(struct run_files *f);
/* "24 h", "90 days", into out (32 bytes). */
char *run_span(int64_t seconds, char *out);
/* Make a directory that is missing (one level), readable by its owner only. */
bool run_make_folder(const char *path, struct err *e) MUST_CHECK;

/* ---- retain.c ---- */
/* "NAME-scan-12-2024-05-14.html", to be freed. */
char *run_report_name(const struct run_config *c, int64_t scan, int64_t began);
/* Remove scans and reports that the configuration does not keep. reported: the scan that the next one is compared with. */
bool run_retain(const struct run_config *c, struct store *s, int64_t reported, int64_t now, struct err *e) MUST_CHECK;

/* ---- tell.c ---- */
/* The scan that was told last, 0 for none. What a run that was killed had put into the spool counts as told. */
int64_t run_told(const struct run_config *c, struct store *s);
bool run_told_set(struct store *s, int64_t scan, struct err *e) MUST_CHECK;
/* Findings that were told lately, for struct report_news; to be freed with json_decref(). */
json_t *run_known(struct store *s);
/* … and those of this scan, which was told now. d: NULL for the first one. */
bool run_known_save(struct store *s, json_t *known, const struct assessment *now, const struct diff *d,
		    struct err *e) MUST_CHECK;
/* A file that goes with the mail; name NULL: none. */
struct run_file { const char *name, *type; const struct buf *bytes; };
/* Into the spool, once: a mail of this scan that lies there already is not put there again. */
bool run_tell(const struct run_config *c, struct store *s, const struct report_news *news, const struct run_file *file,
	      struct err *e) MUST_CHECK;
/* What a mail says of why something went wrong: with mail.mask, only where it stands. NULL gives NULL. */
const char *run_reason(const struct run_config *c, const char *reason);
/* That there was no scan: one mail a day while the reason is the same. *told: a mail was made now. */
bool run_tell_failure(const struct run_config *c, const char *reason, bool *told, struct err *e) MUST_CHECK;
/* Did the run before this one fail? And: it is over. */
bool run_failed_before(const struct run_config *c);
void run_failed_over(const struct run_config *c);
/* Hand over what waits in the spool. False: somebody has to repair something. */
bool run_send(const struct run_job *j, struct err *e) MUST_CHECK;

#endif
