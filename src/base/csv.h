/* Tables as spreadsheets save them: cells in quotes or not, separated by comma, semicolon or tab. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

struct csv {
	const char *p;
	char separator;
	int line;                /* of what comes next */
	int row_line;            /* of the row last read */
	char **cells;            /* of the row last read; freed with the next one */
	size_t n;
};

enum csv_result { CSV_ROW, CSV_END, CSV_BAD };   /* CSV_BAD: a quote that is never closed */

/* Reads text (UTF-8), which must outlive it; the first line tells the separator. */
struct csv csv_open(const char *text);
enum csv_result csv_next(struct csv *c);
void csv_done(struct csv *c);

/* A cell, quoted where it has to be, and made harmless where a spreadsheet would run it as a formula. */
struct buf;
void csv_cell(struct buf *b, const char *value);
/* Would a spreadsheet take it for a formula, blanks in front of it aside? */
bool csv_is_formula(const char *value);

/* Cut blanks of both widths at both ends, in place; take away the apostrophe that made a formula harmless. */
char *csv_trim(char *cell);

#endif
