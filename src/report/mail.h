/*
 * What a job tells by mail: the difference to what was told before, short enough for a telephone, and nothing that did
 * not change. Subject, plain text and HTML come from one view (templates mail.txt and mail.html).
 */
#ifndef REPORT_MAIL_H
#define REPORT_MAIL_H

#include "diff/diff.h"
#include "report/mask.h"
#include "report/report.h"

struct report_news {
	const char *site;                /* its name */
	const char *timezone;            /* of its clock; NULL: the machine's */
	enum lang lang;
	const char *templates;           /* folder looked into first, or NULL */
	const struct assessment *now;    /* NULL: there was no scan; failed says why */
	const struct diff *diff;         /* NULL: nothing was told before */
	const struct mask *mask;         /* pseudonyms instead of names and addresses, or NULL */
	const json_t *known;             /* findings that were told lately: members report_known_key(); or NULL */
	const char *failed;
	const char *problem;             /* of something after the scan (the report could not be written), or NULL */
	const char *report;              /* name of the report's file, or NULL */
	int64_t began;                   /* of the scan, ns; of the attempt, where there was none */
};

struct report_mail { char *subject, *text, *html; };

/* Is there something of this kind to tell? */
struct report_changes {
	bool any;                        /* findings, devices, grade, or less that was seen */
	bool blind;                      /* much less was seen than before: what did not show proves nothing */
	int worst;                       /* enum severity of the new findings, -1: there is none */
};
struct report_changes report_changes(const struct diff *d, const json_t *known);

/*
 * "OT-STOP-001 12": this check, of this device (0: of the site as a whole), into out. A finding that shows on Mondays
 * only is not new every Monday.
 */
enum { REPORT_KEY = 96 };
char *report_known_key(const struct check *check, int64_t device, char out[REPORT_KEY]);

/* The three texts, to be given to report_mail_free(). On false, nothing is to be freed. */
bool report_mail(const struct report_news *news, struct report_mail *out, struct err *e) MUST_CHECK;
void report_mail_free(struct report_mail *m);

#endif
