/* The formats that no template makes, one file each. All append the report to out. */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include "report/report.h"

bool format_csv(const json_t *model, const struct report_options *o, struct buf *out, struct err *e) MUST_CHECK;
/* tables as report_tables() makes them; of the model only whose it is, and when it was made. */
bool format_xlsx(const json_t *model, const json_t *tables, const struct report_options *o, struct buf *out,
		 struct err *e) MUST_CHECK;
/* html: the report as a page, which a program of this machine prints. */
bool format_pdf(const struct buf *html, struct buf *out, struct err *e) MUST_CHECK;
/* out overflowed: says so in e. */
bool format_too_long(const struct buf *out, struct err *e);

/* A folder for files that live as long as one report is made, to be removed with what is in it; NULL fills e. */
char *scratch_new(struct err *e) MUST_CHECK;
void scratch_free(char *folder);
/* The file's bytes, appended to out. */
bool scratch_read(const char *path, struct buf *out, struct err *e) MUST_CHECK;

#endif
