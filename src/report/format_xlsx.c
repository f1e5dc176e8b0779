/*
 * The report as an Excel workbook: one sheet a table. Every text is written as text, never as a formula or a link; the
 * action plan has columns to fill in.
 */
#include "report/format.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/lang.h"

#ifdef HAVE_XLSX

#include <xlsxwriter.h>

#include "base/csv.h"
#include "base/text.h"
#include "report/tables.h"
#include "report/view.h"

enum {
	CELL_BYTES = 32000,      /* a cell of Excel holds 32,767 characters */
	/* Widths in digits of the standard font. A4 on its side, read without glasses, holds so many of them. */
	SHEET_WIDTH = 220, COLUMN_MIN = 7, COLUMN_MAX = 60, COLUMN_SMALL = 13, COLUMN_TITLE = 10,
	COLUMN_LABEL = 40, COLUMN_CONTENT = 110,
	ROW_MAX = 409,           /* points; Excel allows no more */
	PAPER_A4 = 9,
	COLOUR_HEAD = 0x1f3a4d, COLOUR_FILL_HEAD = 0x8a5a00, COLOUR_FILL = 0xfff8e1, COLOUR_RULE = 0xc8ced3,
};

struct book {
	lxw_workbook *book;
	lxw_format *head, *fill_head, *text, *formula, *whole, *money, *real, *fill, *date;
	const char *font;
	const char *header;      /* of every printed page */
	double line;             /* points from line to line */
	lxw_error error;         /* the first one */
};

static void check(struct book *b, lxw_error error)
{
	if (b->error == LXW_NO_ERROR)
		b->error = error;
}

/*
 * A text as it may stand in a cell. Control characters are shown; so is _x000D_, which Excel would read as one.
 */
static void add_text(struct buf *out, const char *s)
{
	for (size_t n; *s; s += n) {
		char one[8] = "";
		(void)text_char(s, &n);
		memcpy(one, s, n);
		if (*one == '\n')
			buf_putc(out, '\n');
		else if (strncmp(s, "_x", 2) == 0 && strspn(s + 2, "0123456789abcdefABCDEF") == 4 && s[6] == '_')
			buf_puts(out, "_x005F_");
		else
			text_terminal(out, one);
		if (out->len > CELL_BYTES) {
			buf_puts(out, "…");
			return;
		}
	}
}

static void write_text(struct book *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *s,
		       lxw_format *format)
{
	struct buf text;
	buf_init(&text, CELL_BYTES + 64);
	add_text(&text, s);
	check(b, worksheet_write_string(sheet, row, column, text.data, format));
	buf_done(&text);
}

/* Filled-in cells are made anew from what the user types: what looks like a formula must stay text then, too. */
static void write_cell(struct book *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const json_t *cell,
		       bool money)
{
	if (json_is_integer(cell))
		check(b, worksheet_write_number(sheet, row, column, (double)json_integer_value(cell),
						money ? b->money : b->whole));
	else if (json_is_real(cell))
		check(b, worksheet_write_number(sheet, row, column, json_real_value(cell), b->real));
	else if (json_is_string(cell))
		write_text(b, sheet, row, column, json_string_value(cell),
			   csv_is_formula(json_string_value(cell)) ? b->formula : b->text);
	else
		check(b, worksheet_write_blank(sheet, row, column, b->text));
}

/* ---- widths ---- */

/* The longest line of a text, in columns; a wide character takes two. */
static int line_width(const char *s)
{
	int widest = 0;
	while (*s) {
		size_t n = strcspn(s, "\n");
		char *line = xasprintf("%.*s", (int)n, s);
		int w = text_width(line);
		widest = w > widest ? w : widest;
		free(line);
		s += n + (s[n] == '\n');
	}
	return widest;
}

static int cell_width(const json_t *cell)
{
	if (json_is_string(cell))
		return line_width(json_string_value(cell));
	return json_is_number(cell) ? 8 : 0;
}

/* Columns that the widest cell of each column would like to have. */
static int *make_needs(const json_t *columns, const json_t *rows)
{
	size_t i, j, n = json_array_size(columns);
	int *needs = xcalloc(n, sizeof *needs);
	const json_t *row;
	for (i = 0; i < n; i++) {
		/* Room for the arrow of the filter; a long title is broken as well. */
		int title = line_width(get_text(json_array_get(columns, i), "title")) + 4;
		needs[i] = title > COLUMN_TITLE ? COLUMN_TITLE : title;
		json_array_foreach(rows, j, row) {
			int w = json_array_size(row) == n ? cell_width(json_array_get(row, i)) + 2 : 0;
			needs[i] = w > needs[i] ? w : needs[i];
		}
	}
	return needs;
}

/*
 * Widths that fit the text, then cut until the sheet fits a page: always where the text then still takes the fewest
 * lines, so that the long texts keep most of the room.
 */
static int *make_widths(const json_t *table)
{
	const json_t *columns = get_list(table, "columns");
	size_t i, n = json_array_size(columns);
	int *needs = make_needs(columns, get_list(table, "rows")), *widths = xcalloc(n, sizeof *widths), sum = 0;
	bool pairs = strcmp(get_text(table, "id"), "summary") == 0;
	for (i = 0; i < n; i++) {
		int width = needs[i] > COLUMN_MAX ? COLUMN_MAX : needs[i] < COLUMN_MIN ? COLUMN_MIN : needs[i];
		if (*get_text(json_array_get(columns, i), "fill") && width < COLUMN_SMALL)
			width = COLUMN_SMALL;
		widths[i] = pairs ? (i ? COLUMN_CONTENT : COLUMN_LABEL) : width;
		sum += widths[i];
	}
	for (; sum > SHEET_WIDTH; sum--) {
		size_t best = n;
		for (i = 0; i < n; i++)
			if (widths[i] > COLUMN_SMALL && (best == n || needs[i] * widths[best] < needs[best] * widths[i]))
				best = i;
		if (best == n)
			break;
		widths[best]--;
	}
	free(needs);
	return widths;
}

/* Lines that a text takes in a column. */
static int lines_of(const char *s, int width)
{
	int lines = 1;
	for (size_t skip;; lines++) {
		size_t n = text_break(s, width, &skip);
		s += n + skip;
		if (!*s || n + skip == 0)
			return lines;
	}
}

/* Not every program fits rows to wrapped text by itself. */
static void set_height(struct book *b, lxw_worksheet *sheet, lxw_row_t at, const json_t *cells, const int *widths)
{
	int most = 1;
	size_t i;
	const json_t *cell;
	json_array_foreach(cells, i, cell) {
		const char *s = json_is_object(cell) ? get_text(cell, "title") : json_string_value(cell);
		int lines = s ? lines_of(s, widths[i] - (json_is_object(cell) ? 2 : 0)) : 1;
		most = lines > most ? lines : most;
	}
	double height = most * b->line + 4;
	check(b, worksheet_set_row(sheet, at, height > ROW_MAX ? ROW_MAX : height, NULL));
}

static void set_sizes(struct book *b, lxw_worksheet *sheet, const json_t *table)
{
	const json_t *columns = get_list(table, "columns"), *row;
	int *widths = make_widths(table);
	size_t i;
	for (i = 0; i < json_array_size(columns); i++)
		check(b, worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL));
	set_height(b, sheet, 0, columns, widths);
	json_array_foreach(get_list(table, "rows"), i, row)
		set_height(b, sheet, (lxw_row_t)i + 1, row, widths);
	free(widths);
}

/* ---- sheets ---- */

/* A column for people to fill in, in rows 1 to n. */
static void write_fill(struct book *b, lxw_worksheet *sheet, lxw_col_t column, lxw_row_t n, const json_t *c)
{
	bool date = strcmp(get_text(c, "fill"), "date") == 0;
	for (lxw_row_t row = 1; row <= n; row++)
		check(b, worksheet_write_blank(sheet, row, column, date ? b->date : b->fill));
	const json_t *choices = get_list(c, "choices"), *choice;
	size_t count = json_array_size(choices), i;
	if (!count || !n)
		return;
	char **names = xcalloc(count + 1, sizeof *names);
	json_array_foreach(choices, i, choice)
		names[i] = (char *)(uintptr_t)json_string_value(choice);
	lxw_data_validation valid = { .validate = LXW_VALIDATION_TYPE_LIST, .value_list = names };
	check(b, worksheet_data_validation_range(sheet, 1, column, n, column, &valid));
	free(names);
}

static void set_print(struct book *b, lxw_worksheet *sheet)
{
	worksheet_set_paper(sheet, PAPER_A4);
	worksheet_set_landscape(sheet);
	worksheet_fit_to_pages(sheet, 1, 0);
	worksheet_set_margins(sheet, 0.4, 0.4, 0.7, 0.6);
	check(b, worksheet_repeat_rows(sheet, 0, 0));
	check(b, worksheet_set_header(sheet, b->header));
	check(b, worksheet_set_footer(sheet, "&C&P / &N"));
}

static void write_sheet(struct book *b, const json_t *table)
{
	const json_t *columns = get_list(table, "columns"), *rows = get_list(table, "rows"), *c, *row;
	lxw_worksheet *sheet = workbook_add_worksheet(b->book, get_text(table, "title"));
	if (!sheet) {
		check(b, LXW_ERROR_SHEETNAME_LENGTH_EXCEEDED);
		return;
	}
	size_t i, j, n = json_array_size(rows), wide = json_array_size(columns);
	json_array_foreach(columns, i, c)
		write_text(b, sheet, 0, (lxw_col_t)i, get_text(c, "title"), *get_text(c, "fill") ? b->fill_head : b->head);
	json_array_foreach(rows, i, row)
		for (j = 0; j < wide; j++)
			write_cell(b, sheet, (lxw_row_t)i + 1, (lxw_col_t)j, json_array_get(row, j),
				   get_bool(json_array_get(columns, j), "money"));
	json_array_foreach(columns, i, c)
		if (*get_text(c, "fill"))
			write_fill(b, sheet, (lxw_col_t)i, (lxw_row_t)n, c);
	set_sizes(b, sheet, table);
	bool devices = strcmp(get_text(table, "id"), "devices") == 0;
	worksheet_freeze_panes(sheet, 1, devices ? 1 : 0);
	if (strcmp(get_text(table, "id"), "summary") != 0)
		check(b, worksheet_autofilter(sheet, 0, 0, (lxw_row_t)n, (lxw_col_t)(wide - 1)));
	/* A serial number is text, though it may look like a number. */
	check(b, worksheet_ignore_errors(sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"));
	set_print(b, sheet);
}

/* ---- the book ---- */

static lxw_format *format_new(struct book *b)
{
	lxw_format *f = workbook_add_format(b->book);
	format_set_font_name(f, b->font);
	format_set_font_size(f, 10);
	format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
	format_set_text_wrap(f);
	format_set_border(f, LXW_BORDER_THIN);
	format_set_border_color(f, COLOUR_RULE);
	return f;
}

static lxw_format *format_head(struct book *b, lxw_color_t colour)
{
	lxw_format *f = format_new(b);
	format_set_bold(f);
	format_set_font_color(f, LXW_COLOR_WHITE);
	format_set_bg_color(f, colour);
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	return f;
}

static lxw_format *format_number(struct book *b, const char *shown)
{
	lxw_format *f = format_new(b);
	format_set_num_format(f, shown);
	return f;
}

static void make_formats(struct book *b)
{
	b->head = format_head(b, COLOUR_HEAD);
	b->fill_head = format_head(b, COLOUR_FILL_HEAD);
	b->text = format_new(b);
	b->formula = format_number(b, "@");
	b->whole = format_number(b, "0");
	format_set_align(b->whole, LXW_ALIGN_CENTER);
	b->money = format_number(b, "#,##0");
	b->real = format_number(b, "0.##");
	b->fill = format_new(b);
	format_set_bg_color(b->fill, COLOUR_FILL);
	b->date = format_number(b, "yyyy-mm-dd");
	format_set_bg_color(b->date, COLOUR_FILL);
}

/* The time that the report says it was made at, so that the same site gives the same bytes. */
static time_t made_at(const json_t *model)
{
	struct tm t = { 0 };
	return strptime(get_text(model, "generated"), "%Y-%m-%dT%H:%M:%S", &t) ? timegm(&t) : 0;
}

/* Site on the left, sheet in the middle; & is a command there. */
static char *page_header(const char *site)
{
	char cut[VIEW_TEXT];
	struct buf b;
	buf_init(&b, 1024);
	buf_puts(&b, "&L");
	for (const char *s = view_cut(site, VIEW_NAME, cut); *s; s++)
		buf_printf(&b, *s == '&' ? "&&" : "%c", *s);
	buf_puts(&b, "&C&A");
	return buf_take(&b);
}

static bool write_book(const char *path, const char *folder, const json_t *model, const json_t *tables,
		       const struct report_options *o, struct err *e)
{
	const char *site = get_text(get_list(model, "site"), "name");
	lxw_workbook_options options = { .tmpdir = (char *)(uintptr_t)folder };
	char *header = page_header(site), title[VIEW_TEXT];
	struct book b = { .book = workbook_new_opt(path, &options), .header = header,
			  .font = o->lang == LANG_JA ? "游ゴシック" : "Calibri",
			  .line = o->lang == LANG_JA ? 14.5 : 13 };
	bool ok = b.book || err_set(e, _("the workbook could not be begun"));
	if (ok) {
		lxw_doc_properties about = { .title = view_cut(site, VIEW_NAME, title), .author = (char *)(uintptr_t)PACKAGE,
					     .created = made_at(model) };
		size_t i;
		const json_t *t;
		check(&b, workbook_set_properties(b.book, &about));
		make_formats(&b);
		json_array_foreach(tables, i, t)
			write_sheet(&b, t);
		check(&b, workbook_close(b.book));
		ok = b.error == LXW_NO_ERROR ||
		     err_set(e, _("the workbook could not be written: %s"), lxw_strerror(b.error));
	}
	free(header);
	return ok;
}

bool format_xlsx(const json_t *model, const json_t *tables, const struct report_options *o, struct buf *out,
		 struct err *e)
{
	char *folder = scratch_new(e);
	bool ok = folder != NULL;
	if (ok) {
		char *path = xasprintf("%s/report.xlsx", folder);
		ok = write_book(path, folder, model, tables, o, e) && scratch_read(path, out, e);
		free(path);
	}
	scratch_free(folder);
	return ok;
}

#else

bool format_xlsx(const json_t *model, const json_t *tables, const struct report_options *o, struct buf *out,
		 struct err *e)
{
	(void)model;
	(void)tables;
	(void)o;
	(void)out;
	return err_set(e, _("this genba was built without libxlsxwriter and writes no workbooks; "
			    "--format csv holds the same tables"));
}

#endif
