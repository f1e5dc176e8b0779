/*
 * Many site files side by side, for who looks after several factories: the model "genba.sites/1", and its report.
 * Compared are only the reader's own sites; nothing here is a figure of an industry.
 */
#ifndef REPORT_SITES_H
#define REPORT_SITES_H

#include "report/report.h"

enum {
	SITES_MAX = 500,              /* files of one folder */
	SITES_TREND = 8,              /* newest scans of a site that its trend is made of */
	SITES_DEVIATION = 10,         /* from so many sites with a score on, one has a deviation score */
};

/*
 * The model of these site files, to be freed with json_decref(): those with a score first, the lowest on top, then
 * those without, by file. A file that cannot be read stands in it with "error". NULL only where none could be read.
 * mask: names and files are the pseudonyms of the sites' masked reports.
 */
json_t *sites_model(const char *const *paths, size_t n, bool mask, struct err *e) MUST_CHECK;
/* The model as HTML, Markdown, JSON, XLSX or PDF, appended to out. */
bool sites_make(const json_t *model, const struct report_options *o, struct buf *out, struct err *e) MUST_CHECK;

#endif
