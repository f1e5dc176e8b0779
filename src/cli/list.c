/* Listings: the same rows as aligned text, JSON or CSV. */
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/lang.h"
#include "base/text.h"

enum {
	GAP = 2,                /* blanks between text columns */
	COLUMN_MAX = 48,        /* columns of a text cell; the last column is not cut in a pipe */
	COLUMN_MIN = 6,         /* no column is squeezed below this to fit a terminal */
	CELL_MAX = 1 << 20,     /* bytes of one cell */
};

enum cell_type { CELL_NULL, CELL_TEXT, CELL_INT, CELL_REAL };
struct cell {
	enum cell_type type;
	union {
		int64_t i;
		double r;
		char *text;
	};
};

struct list {
	enum list_format format;
	char *schema, *items;
	const struct list_column *columns;
	size_t n_columns;
	struct cell *cells;     /* row by row */
	size_t n, size;
};

struct list *list_new(enum list_format format, const char *schema, const char *items,
		      const struct list_column *columns)
{
	struct list *l = xcalloc(1, sizeof *l);
	l->format = format;
	l->schema = xstrdup(schema);
	l->items = xstrdup(items);
	l->columns = columns;
	while (columns[l->n_columns].name)
		l->n_columns++;
	return l;
}

void list_free(struct list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		if (l->cells[i].type == CELL_TEXT)
			free(l->cells[i].text);
	free(l->cells);
	free(l->schema);
	free(l->items);
	free(l);
}

static struct cell *add(struct list *l, enum cell_type type)
{
	if (l->n == l->size) {
		l->size = l->size ? l->size * 2 : 256;
		l->cells = xrealloc(l->cells, l->size * sizeof *l->cells);
	}
	struct cell *c = &l->cells[l->n++];
	c->type = type;
	return c;
}

void list_text(struct list *l, const char *value)
{
	if (!value) {
		list_null(l);
		return;
	}
	add(l, CELL_TEXT)->text = xstrdup(value);
}

void list_int(struct list *l, int64_t value)
{
	add(l, CELL_INT)->i = value;
}

void list_real(struct list *l, double value)
{
	add(l, CELL_REAL)->r = value;
}

void list_null(struct list *l)
{
	add(l, CELL_NULL);
}

/* ---- text ---- */

/* gettext("") would be the head of the catalogue. */
static const char *title(const struct list_column *column)
{
	return column->title && *column->title ? _(column->title) : "";
}

/* The cell as it is shown, safe for a terminal, on one line. */
static void cell_shown(struct buf *b, const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:
		buf_putc(b, '-');
		break;
	case CELL_INT:
		buf_printf(b, "%" PRId64, c->i);
		break;
	case CELL_REAL:
		buf_printf(b, "%.6g", c->r);
		break;
	case CELL_TEXT:
		text_terminal(b, c->text);
		break;
	}
}

/* Width of the terminal that reads this, 0 for a pipe or file. */
static int terminal_columns(void)
{
	struct winsize w;
	if (!isatty(STDOUT_FILENO))
		return 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

/* Take columns from the widest until the row fits the terminal. */
static void squeeze(int *width, size_t n, int terminal)
{
	for (;;) {
		int sum = 0;
		size_t widest = 0;
		for (size_t i = 0; i < n; i++) {
			sum += width[i] + (i ? GAP : 0);
			if (width[i] > width[widest])
				widest = i;
		}
		if (sum <= terminal || width[widest] <= COLUMN_MIN)
			return;
		width[widest]--;
	}
}

/* Standing right, for numbers; a cell that is too wide is cut as text is. */
static void pad_left(struct buf *b, const char *s, int columns)
{
	for (int blanks = columns - text_width(s); blanks > 0; blanks--)
		buf_putc(b, ' ');
	text_pad(b, s, text_width(s) < columns ? text_width(s) : columns);
}

static void write_text(const struct list *l, FILE *out)
{
	size_t rows = l->n / l->n_columns;
	int *width = xcalloc(l->n_columns, sizeof *width), terminal = terminal_columns();
	struct buf cell, line;
	buf_init(&cell, CELL_MAX);
	buf_init(&line, CELL_MAX);
	for (size_t i = 0; i < l->n_columns; i++) {
		width[i] = text_width(title(&l->columns[i]));
		bool cut = i + 1 < l->n_columns || terminal;
		for (size_t r = 0; r < rows; r++) {
			buf_reset(&cell);
			cell_shown(&cell, &l->cells[r * l->n_columns + i]);
			int w = text_width(cell.data);
			w = cut && w > COLUMN_MAX ? COLUMN_MAX : w;
			width[i] = w > width[i] ? w : width[i];
		}
	}
	if (terminal)
		squeeze(width, l->n_columns, terminal);
	for (size_t r = 0; r <= rows; r++) {
		buf_reset(&line);
		for (size_t i = 0; i < l->n_columns; i++) {
			buf_reset(&cell);
			if (r == 0)
				buf_puts(&cell, title(&l->columns[i]));
			else
				cell_shown(&cell, &l->cells[(r - 1) * l->n_columns + i]);
			if (i)
				buf_puts(&line, "  ");
			if (l->columns[i].number)
				pad_left(&line, cell.data, width[i]);
			else
				text_pad(&line, cell.data, width[i]);
		}
		while (line.len && line.data[line.len - 1] == ' ')
			line.data[--line.len] = 0;
		fprintf(out, "%s\n", line.data);
	}
	buf_done(&cell);
	buf_done(&line);
	free(width);
}

/* ---- JSON ---- */

static json_t *cell_json(const struct cell *c)
{
	switch (c->type) {
	case CELL_INT:
		return json_integer(c->i);
	case CELL_REAL:
		return json_real(c->r);
	case CELL_TEXT:
		if (text_is_utf8(c->text, strlen(c->text)))
			return json_string(c->text);
		struct buf b;
		buf_init(&b, CELL_MAX);
		text_terminal(&b, c->text);
		json_t *j = json_string(b.data);
		buf_done(&b);
		return j;
	default:
		return json_null();
	}
}

static void write_json(const struct list *l, FILE *out)
{
	json_t *root = json_object(), *items = json_array();
	for (size_t i = 0; i < l->n; i++) {
		json_t *row = NULL;
		if (i % l->n_columns == 0) {
			row = json_object();
			json_array_append_new(items, row);
		} else {
			row = json_array_get(items, i / l->n_columns);
		}
		json_t *value = cell_json(&l->cells[i]);
		json_object_set_new(row, l->columns[i % l->n_columns].name, value ? value : json_null());
	}
	json_object_set_new(root, "schema", json_string(l->schema));
	json_object_set_new(root, l->items, items);
	/* A failure shows in ferror(). */
	(void)json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	fputc('\n', out);
	json_decref(root);
}
/* ---- CSV ---- */

static void write_csv(const struct list *l, FILE *out)
{
	struct buf b;
	buf_init(&b, CELL_MAX);
	for (size_t i = 0; i < l->n_columns; i++)
		fprintf(out, "%s%s", i ? "," : "", l->columns[i].name);
	fputc('\n', out);
	for (size_t i = 0; i < l->n; i++) {
		const struct cell *c = &l->cells[i];
		buf_reset(&b);
		if (c->type == CELL_TEXT)
			csv_cell(&b, c->text);
		else if (c->type == CELL_REAL)
			buf_printf(&b, "%.12g", c->r);
		else if (c->type == CELL_INT)
			buf_printf(&b, "%" PRId64, c->i);
		fputs(b.data, out);
		fputc((i + 1) % l->n_columns ? ',' : '\n', out);
	}
	buf_done(&b);
}

bool list_finish(struct list *l, struct err *e)
{
	/* An unfinished row would shift every cell behind it. */
	while (l->n % l->n_columns)
		list_null(l);
	errno = 0;
	if (l->format == LIST_JSON)
		write_json(l, stdout);
	else if (l->format == LIST_CSV)
		write_csv(l, stdout);
	else
		write_text(l, stdout);
	bool ok = fflush(stdout) == 0 && !ferror(stdout);
	list_free(l);
	return ok || err_errno(e, _("cannot write the output"));
}
