/* The report as tables, for spreadsheets: what CSV and XLSX are written from. */
#ifndef REPORT_TABLES_H
#define REPORT_TABLES_H

#include "report/report.h"

/*
 * A list of tables, those that this reader gets: {id, title, columns: [{title, fill, choices}], rows: [[cell, …]]}.
 * Cells are text as it came from the wire, numbers, or null. fill says how a column is empty for people to fill in:
 * "text", "date" or "choice"; absent for all others;
 * money marks yen. Ids are "summary", "devices", "findings", "evidence", "actions",
 * "answers". To be freed with json_decref(); NULL fills e.
 */
json_t *report_tables(const json_t *model, const struct report_options *o, struct err *e) MUST_CHECK;
/* The one with this id, or NULL. Borrowed. */
const json_t *report_table(const json_t *tables, const char *id);

#endif
