/* Documents: paragraphs that wrap, scroll, and hold links. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/tui.h"

enum { TEXT_MAX = 64 * 1024, LABEL_WIDEST = 46, BAR = 20, BAR_TEXT = 18 };

enum item_kind { ITEM_TEXT, ITEM_PAIR, ITEM_LINE, ITEM_BAR };

struct item {
	enum item_kind kind;
	enum tui_style style;
	int indent;
	char *label, *text;      /* label may be NULL */
	double share;
	const struct screen_type *to;
	int64_t id;
	char *word;
};

/* A line on the screen: a piece of an item's text. */
struct line {
	size_t item, from, n;
	int x;
	int nth;                 /* of its item: the label stands beside the first ones */
};

struct doc {
	struct item *items;
	size_t n;
	struct line *lines;
	size_t n_lines;
	int columns;             /* of the layout; 0: to be made */
	size_t top;              /* first line shown */
	int rows;                /* shown last */
	long chosen;             /* item of the chosen link, -1 */
};

struct doc *doc_new(void)
{
	struct doc *d = xcalloc(1, sizeof *d);
	d->chosen = -1;
	return d;
}

void doc_clear(struct doc *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->items[i].label);
		free(d->items[i].text);
		free(d->items[i].word);
	}
	free(d->items);
	free(d->lines);
	d->items = NULL;
	d->lines = NULL;
	d->n = d->n_lines = 0;
	d->columns = 0;
}

void doc_free(struct doc *d)
{
	if (!d)
		return;
	doc_clear(d);
	free(d);
}

/* Line ends stay; everything else that a terminal would obey is shown as what it is. */
static char *safe(const char *text)
{
	struct buf b;
	buf_init(&b, TEXT_MAX);
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n");
		char *piece = xasprintf("%.*s", (int)n, p);
		text_terminal(&b, piece);
		free(piece);
		p += n;
		if (*p == '\n') {
			buf_putc(&b, '\n');
			p++;
		}
	}
	return buf_take(&b);
}

static struct item *add(struct doc *d, enum item_kind kind, enum tui_style style, int indent, const char *text)
{
	d->items = xrealloc(d->items, (d->n + 1) * sizeof *d->items);
	struct item *i = &d->items[d->n++];
	*i = (struct item){ .kind = kind, .style = style, .indent = indent, .text = safe(text ? text : "") };
	d->columns = 0;
	return i;
}

void doc_head(struct doc *d, const char *text)
{
	if (d->n > 0)
		doc_blank(d);
	add(d, ITEM_TEXT, STYLE_HEAD, 0, text);
}

void doc_blank(struct doc *d)
{
	add(d, ITEM_TEXT, STYLE_PLAIN, 0, "");
}

void doc_text(struct doc *d, enum tui_style style, int indent, const char *text)
{
	add(d, ITEM_TEXT, style, indent, text);
}

void doc_printf(struct doc *d, enum tui_style style, int indent, const char *format, ...)
{
	char text[4096];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	doc_text(d, style, indent, text);
}

void doc_step(struct doc *d, enum tui_style style, const char *label, const char *value)
{
	if (value && *value)
		add(d, ITEM_PAIR, style, 0, value)->label = safe(label);
}

void doc_pair(struct doc *d, const char *label, const char *value)
{
	doc_step(d, STYLE_PLAIN, label, value);
}

void doc_line(struct doc *d, enum tui_style style, const char *text)
{
	add(d, ITEM_LINE, style, 0, text);
}

void doc_bar(struct doc *d, const char *label, double share, const char *text)
{
	struct item *i = add(d, ITEM_BAR, STYLE_PLAIN, 0, text);
	i->label = safe(label);
	i->share = share < 0 ? 0 : share > 1 ? 1 : share;
}

void doc_link(struct doc *d, enum tui_style style, int indent, const char *text, const struct screen_type *to,
	      int64_t id, const char *word)
{
	struct item *i = add(d, ITEM_TEXT, style, indent, text);
	i->to = to;
	i->id = id;
	i->word = xstrdup(word ? word : "");
}

bool doc_has_links(const struct doc *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].to)
			return true;
	return false;
}

/* ---- layout ---- */

static void add_line(struct doc *d, size_t item, size_t from, size_t n, int x, int nth)
{
	if (d->n_lines % 256 == 0)
		d->lines = xrealloc(d->lines, (d->n_lines + 256) * sizeof *d->lines);
	d->lines[d->n_lines++] = (struct line){ item, from, n, x, nth };
}

static bool labelled(const struct item *i)
{
	return i->kind == ITEM_PAIR || i->kind == ITEM_BAR;
}

/* Columns of the labels of this item and its neighbours, with the blanks behind them. */
static int label_columns(const struct doc *d, size_t at, int columns)
{
	int widest = 0, most = columns / 2 < LABEL_WIDEST ? columns / 2 : LABEL_WIDEST;
	size_t from = at, to = at;
	/* Beside a bar its text needs room too. */
	if (d->items[at].kind == ITEM_BAR && most > columns - BAR - BAR_TEXT)
		most = columns - BAR - BAR_TEXT;
	while (from > 0 && labelled(&d->items[from - 1]))
		from--;
	while (to + 1 < d->n && labelled(&d->items[to + 1]))
		to++;
	for (size_t i = from; i <= to; i++) {
		int w = text_width(d->items[i].label);
		widest = w > widest ? w : widest;
	}
	return (widest < most ? widest : most) + 2;
}

/* The nth line of a label, n bytes of it. */
static const char *label_piece(const struct doc *d, size_t at, int columns, int nth, size_t *n)
{
	const char *label = d->items[at].label;
	int room = label_columns(d, at, columns) - 2;
	size_t skip;
	for (;; label += *n + skip) {
		*n = text_break(label, room > 2 ? room : 2, &skip);
		if (nth-- == 0 || !*label)
			return label;
	}
}

static void lay_out_item(struct doc *d, size_t at, int columns)
{
	const struct item *i = &d->items[at];
	int x = i->to ? i->indent + 2 : i->indent;
	if (i->kind == ITEM_LINE) {
		add_line(d, at, 0, strlen(i->text), 0, 0);
		return;
	}
	if (labelled(i))
		x = label_columns(d, at, columns) + (i->kind == ITEM_BAR ? BAR + 2 : 0);
	int room = columns - x > 8 ? columns - x : 8;
	size_t from = 0, skip;
	int nth = 0;
	do {
		size_t n = text_break(i->text + from, room, &skip);
		add_line(d, at, from, n, x, nth++);
		from += n + skip;
	} while (i->text[from]);
	/* A label may take more lines than its text. */
	while (labelled(i) && *label_piece(d, at, columns, nth, &skip))
		add_line(d, at, from, 0, x, nth++);
}

static void lay_out(struct doc *d, int columns)
{
	if (d->columns == columns)
		return;
	size_t item = d->top < d->n_lines ? d->lines[d->top].item : 0;
	free(d->lines);
	d->lines = NULL;
	d->n_lines = 0;
	for (size_t i = 0; i < d->n; i++)
		lay_out_item(d, i, columns);
	d->columns = columns;
	if (d->chosen >= (long)d->n || (d->chosen >= 0 && !d->items[d->chosen].to))
		d->chosen = -1;
	/* The same item stays on top when the width changes. */
	if (d->top > 0)
		for (d->top = 0; d->top + 1 < d->n_lines && d->lines[d->top].item < item;)
			d->top++;
}

static size_t last_top(const struct doc *d)
{
	return d->n_lines > (size_t)d->rows ? d->n_lines - (size_t)d->rows : 0;
}

static size_t line_of(const struct doc *d, long item)
{
	for (size_t i = 0; i < d->n_lines; i++)
		if ((long)d->lines[i].item == item)
			return i;
	return 0;
}

static bool shows(const struct doc *d, long item)
{
	size_t l = line_of(d, item);
	return l >= d->top && l < d->top + (size_t)d->rows;
}

/* The next link from this item on, in this direction; -1 for none. */
static long next_link(const struct doc *d, long from, int step)
{
	for (long i = from + step; i >= 0 && i < (long)d->n; i += step)
		if (d->items[i].to)
			return i;
	return -1;
}

void doc_more(const struct doc *d, bool *above, bool *below)
{
	*above = d->top > 0;
	*below = d->top < last_top(d);
}

/* ---- drawing ---- */

static void draw_line(const struct doc *d, int row, const struct line *l, int columns)
{
	const struct item *i = &d->items[l->item];
	bool chosen = (long)l->item == d->chosen;
	char *piece = xasprintf("%.*s", (int)l->n, i->text + l->from);
	if (labelled(i)) {
		size_t n;
		int w = label_columns(d, l->item, columns) - 1;
		const char *label = label_piece(d, l->item, columns, l->nth, &n);
		char *part = xasprintf("%.*s", (int)n, label);
		tui_put(row, 0, w, i->style == STYLE_PLAIN ? STYLE_DIM : i->style, part);
		free(part);
		if (i->kind == ITEM_BAR && l->nth == 0) {
			char bar[BAR * 3 + 1] = "";
			int full = (int)(i->share * BAR + 0.5);
			for (int k = 0; k < BAR; k++)
				strcat(bar, k < full ? "█" : "░");
			tui_put(row, w + 1, BAR, STYLE_PLAIN, bar);
		}
	}
	if (i->to && l->nth == 0)
		tui_put(row, i->indent, 2, chosen ? STYLE_SELECTED : STYLE_DIM, chosen ? "> " : "- ");
	enum tui_style style = chosen ? STYLE_SELECTED : i->style;
	if (i->style == STYLE_HEAD)
		tui_fill(row, 0, columns, style, piece);
	else
		tui_put(row, l->x, columns - l->x, style, piece);
	free(piece);
}

void doc_draw(struct doc *d, int rows, int columns)
{
	lay_out(d, columns);
	d->rows = rows;
	if (d->top > last_top(d))
		d->top = last_top(d);
	if (d->chosen < 0)
		for (long i = next_link(d, -1, 1); i >= 0 && d->chosen < 0; i = next_link(d, i, 1))
			if (shows(d, i))
				d->chosen = i;
	for (int r = 0; r < rows && d->top + (size_t)r < d->n_lines; r++)
		draw_line(d, r, &d->lines[d->top + (size_t)r], columns);
}

/* ---- keys ---- */

static void scroll_to(struct doc *d, long top)
{
	long most = (long)last_top(d);
	d->top = (size_t)(top < 0 ? 0 : top > most ? most : top);
	if (d->chosen >= 0 && !shows(d, d->chosen))
		d->chosen = -1;
}

static void step(struct doc *d, int by)
{
	long link = next_link(d, d->chosen >= 0 ? d->chosen : by > 0 ? -1 : (long)d->n, by);
	if (d->chosen < 0)
		while (link >= 0 && !shows(d, link) && (by > 0 ? line_of(d, link) < d->top : line_of(d, link) > d->top))
			link = next_link(d, link, by);
	if (link >= 0 && shows(d, link)) {
		d->chosen = link;
		return;
	}
	long before = (long)d->top, chosen = d->chosen;
	scroll_to(d, (long)d->top + by);
	if ((long)d->top == before)
		d->chosen = chosen;
	else if (link >= 0 && shows(d, link))
		d->chosen = link;
}

bool doc_key(struct doc *d, int key, struct doc_link_target *open)
{
	int page = d->rows > 2 ? d->rows - 1 : 1;
	switch (key) {
	case TUI_DOWN:
		step(d, 1);
		return true;
	case TUI_UP:
		step(d, -1);
		return true;
	case TUI_PAGE_DOWN:
	case ' ':
		scroll_to(d, (long)d->top + page);
		return true;
	case TUI_PAGE_UP:
		scroll_to(d, (long)d->top - page);
		return true;
	case TUI_HOME:
		scroll_to(d, 0);
		return true;
	case TUI_END:
		scroll_to(d, (long)d->n_lines);
		return true;
	case TUI_ENTER:
		if (d->chosen < 0)
			return false;
		*open = (struct doc_link_target){ d->items[d->chosen].to, d->items[d->chosen].id, d->items[d->chosen].word };
		return true;
	default:
		return false;
	}
}
