/* Building blocks of the model, shared by its source files only. */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include "report/build.h"
#include "report/report.h"

/* Members of an object. Text that is NULL is null; bytes that are no UTF-8 are shown as text_wire() does. */
void model_text(json_t *o, const char *key, const char *value);
void model_text2(json_t *o, const char *key, const struct text2 *t);
void model_int(json_t *o, const char *key, int64_t value);
/* Rounded to `digits` places, so that the last bits of arithmetic never show. */
void model_real(json_t *o, const char *key, double value, int digits);
/* Points, to a tenth; null where they are not known. */
void model_points(json_t *o, const char *key, bool known, double value);
void model_bool(json_t *o, const char *key, bool value);
/* RFC 3339 in UTC; 0 is null. */
void model_time(json_t *o, const char *key, int64_t ns);
/* "tool" and "generated": by what, and when; SOURCE_DATE_EPOCH fixes that. */
void model_tool(json_t *model);
/* model_site.c: what the store knows: scan, devices, conversations, operations, exceptions. */
bool model_site(json_t *model, struct store *s, const struct assessment *a, struct err *e) MUST_CHECK;
/* model_filter.c: the display filter of its conversation for every row of evidence, and which ways are weak. */
bool model_filters(json_t *model, struct store *s, int64_t scan, struct err *e) MUST_CHECK;
/* model_change.c: what changed since the scan before, and the scores of the last scans. */
bool model_change(json_t *model, struct store *s, struct assessment *now, struct err *e) MUST_CHECK;

#endif
