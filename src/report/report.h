/*
 * The report. Three steps: the model (numbers and facts, language-free JSON
 * "genba.report/1"), the view (that model as translated strings, formatted
 * numbers and the coordinates of every drawing) and a template that only places
 * them.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/lang.h"
#include "score/assess.h"

enum {
	REPORT_ROWS = 200,            /* rows of evidence a finding, devices, conversations … in the model */
	REPORT_DEVICES = 2000,
	REPORT_TREND = 8,             /* scans whose scores are set side by side */
	REPORT_BYTES = 64 << 20,      /* the longest report that is made */
};

enum report_format {
	REPORT_HTML, REPORT_TEXT, REPORT_MARKDOWN, REPORT_JSON, REPORT_CSV, REPORT_XLSX, REPORT_PDF,
};
extern const char *const report_format_names[];     /* "html", "text", "md", "json", "csv", "xlsx", "pdf", NULL */
/* Not for a terminal. */
bool report_is_binary(enum report_format f);
enum report_audience { REPORT_ALL, REPORT_PRESIDENT, REPORT_ENGINEER, REPORT_CUSTOMER };
extern const char *const report_audience_names[];   /* "all", "president", "engineer", "customer", NULL */

struct report_options {
	enum report_format format;
	enum report_audience audience;
	enum lang lang;
	bool with_grade;              /* for a customer: the grade too */
	const char *templates;        /* folder whose templates win over reports/templates, or NULL */
	int columns;                  /* of plain text; 0: 80 */
};

/* The model of one assessment, to be freed with json_decref(); NULL fills e. */
json_t *report_model(struct store *s, struct assessment *a, struct err *e) MUST_CHECK;
/* What the templates see. strings: report_strings(). */
json_t *report_view(const json_t *model, json_t *strings, const struct report_options *o);
/* reports/strings.yaml as {key: {en, ja}}; NULL fills e. */
json_t *report_strings(struct err *e) MUST_CHECK;
/* Evidence, or an operating system, for people: names of weaknesses and "or later" in words of that language. To be freed. */
char *report_words(const json_t *strings, const char *lang, const char *text);
/* The model as the report in this format, appended to out. */
bool report_make(const json_t *model, const struct report_options *o, struct buf *out, struct err *e) MUST_CHECK;
/* Every table of the report as a CSV file of its own in this folder: summary.csv, devices.csv, findings.csv, … */
bool report_csv_folder(const json_t *model, const struct report_options *o, const char *folder, struct err *e) MUST_CHECK;

#endif
