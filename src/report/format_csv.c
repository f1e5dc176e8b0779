/* The report as CSV, for Excel in Japan: UTF-8 with byte order mark, CRLF, and no cell that runs as a formula. */
#include "report/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "report/tables.h"

static void add_cell(struct buf *out, const json_t *cell)
{
	if (json_is_integer(cell))
		buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(cell));
	else if (json_is_real(cell))
		buf_printf(out, "%.12g", json_real_value(cell));
	else if (json_is_string(cell))
		csv_cell(out, json_string_value(cell));
}

static void add_table(struct buf *out, const json_t *table)
{
	const json_t *columns = json_object_get(table, "columns"), *row, *c;
	size_t i, j, n = json_array_size(columns);
	buf_puts(out, "\xef\xbb\xbf");
	json_array_foreach(columns, i, c) {
		buf_puts(out, i ? "," : "");
		csv_cell(out, json_string_value(json_object_get(c, "title")));
	}
	buf_puts(out, "\r\n");
	json_array_foreach(json_object_get(table, "rows"), i, row) {
		/* Rows may end early; every line has all its cells. */
		for (j = 0; j < n; j++) {
			buf_puts(out, j ? "," : "");
			add_cell(out, json_array_get(row, j));
		}
		buf_puts(out, "\r\n");
	}
}

bool format_csv(const json_t *model, const struct report_options *o, struct buf *out, struct err *e)
{
	/* The one table that is most wanted: what was found on which device, and what to do about it. */
	static const char *const wanted[] = { "evidence", "findings", "actions" };
	json_t *tables = report_tables(model, o, e);
	if (!tables)
		return false;
	const json_t *t = NULL;
	for (size_t i = 0; !t && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		t = report_table(tables, wanted[i]);
	add_table(out, t);
	json_decref(tables);
	return !out->overflow || format_too_long(out, e);
}

bool report_csv_folder(const json_t *model, const struct report_options *o, const char *folder, struct err *e)
{
	json_t *tables = report_tables(model, o, e);
	bool ok = tables != NULL;
	size_t i;
	const json_t *t;
	json_array_foreach(tables, i, t) {
		struct buf out;
		buf_init(&out, REPORT_BYTES);
		char *path = xasprintf("%s/%s.csv", folder, json_string_value(json_object_get(t, "id")));
		add_table(&out, t);
		ok = ok && (!out.overflow || format_too_long(&out, e)) && file_save(path, out.data, out.len, e);
		free(path);
		buf_done(&out);
	}
	json_decref(tables);
	return ok;
}
