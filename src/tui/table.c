/* Tables: sorted, filtered, one row chosen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/tui.h"

enum { COLUMNS_MAX = 16, FILTER_MAX = 100 };

struct cell {
	char *text;
	double value;
};

struct row {
	enum tui_style style;
	int64_t id;
	char *word;
	struct cell *cells;
};

struct table {
	const struct table_column *columns;
	int n_columns;
	const struct screen_type *to;
	struct row *rows;
	size_t n_rows;
	int cell;                /* next cell of the last row */
	size_t *shown, n_shown;  /* rows that pass the filter, in order */
	bool dirty;
	char filter[FILTER_MAX];
	int sort;                /* column, -1: as they came */
	bool down;
	size_t at, top;          /* in shown */
	int height;              /* rows of the body, as drawn last */
	char *note, *empty;
};

struct table *table_new(const struct table_column *columns, const struct screen_type *to)
{
	struct table *t = xcalloc(1, sizeof *t);
	t->columns = columns;
	t->to = to;
	t->sort = -1;
	while (columns[t->n_columns].title)
		t->n_columns++;
	return t;
}

void table_clear(struct table *t)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		for (int k = 0; k < t->n_columns; k++)
			free(t->rows[i].cells[k].text);
		free(t->rows[i].cells);
		free(t->rows[i].word);
	}
	t->n_rows = 0;
	t->dirty = true;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	table_clear(t);
	free(t->rows);
	free(t->shown);
	free(t->note);
	free(t->empty);
	free(t);
}

void table_inherit(struct table *t, const struct table *old)
{
	t->at = old->at;
	t->top = old->top;
	t->sort = old->sort < t->n_columns ? old->sort : -1;
	t->down = old->down;
	snprintf(t->filter, sizeof t->filter, "%s", old->filter);
	t->dirty = true;
}

void table_row(struct table *t, enum tui_style style, int64_t id, const char *word)
{
	if (t->n_rows % 256 == 0)
		t->rows = xrealloc(t->rows, (t->n_rows + 256) * sizeof *t->rows);
	t->rows[t->n_rows++] = (struct row){ style, id, xstrdup(word ? word : ""),
					     xcalloc((size_t)t->n_columns, sizeof(struct cell)) };
	t->cell = 0;
	t->dirty = true;
}

void table_number(struct table *t, double value, const char *text)
{
	if (t->n_rows == 0 || t->cell >= t->n_columns)
		return;
	struct buf b;
	buf_init(&b, 4096);
	text_terminal(&b, text ? text : "");
	t->rows[t->n_rows - 1].cells[t->cell++] = (struct cell){ buf_take(&b), value };
}

void table_cell(struct table *t, const char *text)
{
	table_number(t, 0, text);
}

void table_note(struct table *t, const char *text)
{
	free(t->note);
	t->note = text ? xstrdup(text) : NULL;
}

void table_empty(struct table *t, const char *text)
{
	free(t->empty);
	t->empty = text ? xstrdup(text) : NULL;
}

bool table_opens(const struct table *t)
{
	return t->to != NULL;
}

/* ---- order and filter ---- */

static const char *cell_text(const struct row *r, int column)
{
	return r->cells[column].text ? r->cells[column].text : "";
}

static bool passes(const struct table *t, const struct row *r)
{
	if (!t->filter[0])
		return true;
	for (int k = 0; k < t->n_columns; k++)
		if (strcasestr(cell_text(r, k), t->filter))
			return true;
	return strcasestr(r->word, t->filter) != NULL;
}

static int by_order(const void *a, const void *b, void *data)
{
	const struct table *t = data;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	if (t->sort >= 0) {
		const struct row *x = &t->rows[i], *y = &t->rows[k];
		int r = t->columns[t->sort].right
				? (x->cells[t->sort].value > y->cells[t->sort].value) -
					  (x->cells[t->sort].value < y->cells[t->sort].value)
				: strverscmp(cell_text(x, t->sort), cell_text(y, t->sort));
		if (r)
			return t->down ? -r : r;
	}
	return i < k ? -1 : i > k;
}

static void put_in_order(struct table *t)
{
	if (!t->dirty)
		return;
	t->dirty = false;
	t->shown = xrealloc(t->shown, (t->n_rows + 1) * sizeof *t->shown);
	t->n_shown = 0;
	for (size_t i = 0; i < t->n_rows; i++)
		if (passes(t, &t->rows[i]))
			t->shown[t->n_shown++] = i;
	qsort_r(t->shown, t->n_shown, sizeof *t->shown, by_order, t);
	if (t->at >= t->n_shown)
		t->at = t->n_shown ? t->n_shown - 1 : 0;
}

bool table_chosen(const struct table *t, int64_t *id, const char **word)
{
	if (t->dirty || t->at >= t->n_shown)
		return false;
	const struct row *r = &t->rows[t->shown[t->at]];
	*id = r->id;
	*word = r->word;
	return true;
}

/* ---- drawing ---- */

/* Width of each column for so many columns of the screen; 0: left out. */
static void share_out(const struct table *t, int columns, int width[COLUMNS_MAX])
{
	int used = 2, stretch = 0;
	for (int k = 0; k < t->n_columns; k++) {
		width[k] = t->columns[k].width;
		used += width[k] + 1;
	}
	while (used > columns) {
		int worst = -1;
		for (int k = 0; k < t->n_columns; k++)
			if (width[k] && t->columns[k].drop && (worst < 0 || t->columns[k].drop > t->columns[worst].drop))
				worst = k;
		if (worst < 0)
			break;
		used -= width[worst] + 1;
		width[worst] = 0;
	}
	for (int k = 0; k < t->n_columns; k++)
		stretch += width[k] ? t->columns[k].stretch : 0;
	int left = columns - used;
	for (int k = 0; k < t->n_columns && left > 0 && stretch > 0; k++) {
		if (!width[k] || !t->columns[k].stretch)
			continue;
		int more = left * t->columns[k].stretch / stretch;
		width[k] += more;
		left -= more;
		stretch -= t->columns[k].stretch;
	}
}

static void put_cell(int y, int x, int width, bool right, enum tui_style style, const char *text)
{
	int w = text_width(text);
	tui_put(y, right && w < width ? x + width - w : x, right && w < width ? w : width, style, text);
}

static void draw_row(const struct table *t, int y, const struct row *r, bool chosen, const int width[], int columns)
{
	enum tui_style style = chosen ? STYLE_SELECTED : r->style;
	tui_fill(y, 0, columns, style, chosen ? ">" : " ");
	for (int k = 0, x = 2; k < t->n_columns; k++) {
		if (!width[k])
			continue;
		put_cell(y, x, width[k], t->columns[k].right, style, cell_text(r, k));
		x += width[k] + 1;
	}
}

static void draw_head(const struct table *t, int y, const int width[], int columns)
{
	tui_fill(y, 0, columns, STYLE_HEAD, "");
	for (int k = 0, x = 2; k < t->n_columns; k++) {
		if (!width[k])
			continue;
		char title[128];
		snprintf(title, sizeof title, "%s%s", _(t->columns[k].title), t->sort != k ? "" : t->down ? " v" : " ^");
		put_cell(y, x, width[k], t->columns[k].right, STYLE_HEAD, title);
		x += width[k] + 1;
	}
}

static void draw_note(const struct table *t, int y, int columns)
{
	char text[512];
	if (t->filter[0])
		snprintf(text, sizeof text, _("%zu of %zu rows with \"%s\"   %s"), t->n_shown, t->n_rows, t->filter,
			 t->note ? t->note : "");
	else
		snprintf(text, sizeof text, "%s", t->note ? t->note : "");
	tui_put(y, 0, columns, STYLE_DIM, text);
}

void table_draw(struct table *t, int rows, int columns)
{
	int width[COLUMNS_MAX] = { 0 };
	put_in_order(t);
	share_out(t, columns, width);
	draw_note(t, 0, columns);
	draw_head(t, 1, width, columns);
	t->height = rows > 3 ? rows - 2 : 1;
	size_t height = (size_t)t->height;
	if (t->at < t->top)
		t->top = t->at;
	if (t->at >= t->top + height)
		t->top = t->at - height + 1;
	if (t->top + height > t->n_shown)
		t->top = t->n_shown > height ? t->n_shown - height : 0;
	for (size_t i = 0; i < height && t->top + i < t->n_shown; i++)
		draw_row(t, 2 + (int)i, &t->rows[t->shown[t->top + i]], t->top + i == t->at, width, columns);
	if (t->n_shown > 0)
		return;
	const char *empty = t->filter[0] ? _("No row holds that. / changes the filter.") : t->empty ? t->empty : _("Nothing here.");
	tui_paragraph(3, 2, rows - 3, columns - 4, STYLE_PLAIN, empty);
}

/* ---- keys ---- */

static void move(struct table *t, long by)
{
	long to = (long)t->at + by, last = t->n_shown ? (long)t->n_shown - 1 : 0;
	t->at = (size_t)(to < 0 ? 0 : to > last ? last : to);
}

static void next_order(struct table *t)
{
	if (t->sort >= 0 && !t->down) {
		t->down = true;
	} else {
		t->down = false;
		t->sort = t->sort + 1 < t->n_columns ? t->sort + 1 : -1;
	}
	t->dirty = true;
}

bool table_key(struct table *t, struct tui *tui, int key, struct doc_link_target *open)
{
	const char *word;
	int64_t id;
	switch (key) {
	case TUI_DOWN:
		move(t, 1);
		return true;
	case TUI_UP:
		move(t, -1);
		return true;
	case TUI_PAGE_DOWN:
	case ' ':
		move(t, t->height);
		return true;
	case TUI_PAGE_UP:
		move(t, -t->height);
		return true;
	case TUI_HOME:
		t->at = 0;
		return true;
	case TUI_END:
		move(t, (long)t->n_shown);
		return true;
	case '/':
		if (tui_input(tui, _("Show rows with:"), t->filter, sizeof t->filter)) {
			t->at = t->top = 0;
			t->dirty = true;
		}
		return true;
	case 's':
		next_order(t);
		return true;
	case TUI_ENTER:
		if (!t->to || !table_chosen(t, &id, &word))
			return false;
		*open = (struct doc_link_target){ t->to, id, word };
		return true;
	default:
		return false;
	}
}
