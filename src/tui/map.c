/* The map of zones, drawn in characters. */
#include "tui/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

enum { LABEL_MOST = 18, BOX_LEAST = 20, BOX_HALF = 30, BORDER = 4, LINE_BYTES = 4096 };

/* The characters of a box. */
struct pen { const char *left_top, *right_top, *left_bottom, *right_bottom, *across, *down; };
static const struct pen boxes = { "┌", "┐", "└", "┘", "─", "│" }, plain = { "+", "+", "+", "+", "-", "|" };

struct drawing {
	const struct pen *pen;
	int label, box, across;  /* columns of the label and of a box; boxes side by side */
	struct map *out;
};

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static void add_line(struct map *m, struct buf *b)
{
	while (b->len > 0 && b->data[b->len - 1] == ' ')
		b->data[--b->len] = 0;
	m->lines = xrealloc(m->lines, (m->n + 1) * sizeof *m->lines);
	m->lines[m->n++] = xstrdup(b->data);
	buf_reset(b);
}

/* Boxes as wide as their widest text needs, but at least two side by side where there is room for it. */
static void measure(struct drawing *d, const struct map_zone *zones, size_t n, const struct map_band *bands, int columns)
{
	int widest = BOX_LEAST;
	for (size_t i = 0; i < n; i++) {
		const struct map_band *band = &bands[zones[i].band];
		d->label = larger(d->label, larger(text_width(band->title), text_width(band->about)) + 1);
		widest = larger(widest, BORDER + text_width(zones[i].name) + 1);
		widest = larger(widest, BORDER + larger(text_width(zones[i].facts), text_width(zones[i].ways)));
	}
	d->label = d->label < LABEL_MOST ? d->label : LABEL_MOST;
	int room = columns - d->label, half = (room - 1) / 2;
	int most = half >= BOX_HALF ? half : room;
	d->box = widest < most ? widest : most;
	d->across = larger(1, (room + 1) / (d->box + 1));
}

static void put_times(struct buf *b, const char *s, int n)
{
	while (n-- > 0)
		buf_puts(b, s);
}

/* "┌ name ─────┐" */
static void put_top(struct buf *b, const struct drawing *d, const char *name)
{
	int room = d->box - BORDER - 1, w = text_width(name);
	w = w < room ? w : room;
	buf_puts(b, d->pen->left_top);
	buf_putc(b, ' ');
	text_pad(b, name, w);
	buf_putc(b, ' ');
	put_times(b, d->pen->across, d->box - w - 4);
	buf_puts(b, d->pen->right_top);
}

/* Line 0 to 3 of a box. */
static void put_box(struct buf *b, const struct drawing *d, const struct map_zone *z, int line)
{
	if (line == 0) {
		put_top(b, d, z->name);
	} else if (line == 3) {
		buf_puts(b, d->pen->left_bottom);
		put_times(b, d->pen->across, d->box - 2);
		buf_puts(b, d->pen->right_bottom);
	} else {
		buf_printf(b, "%s ", d->pen->down);
		text_pad(b, line == 1 ? z->facts : z->ways, d->box - BORDER);
		buf_printf(b, " %s", d->pen->down);
	}
}

/* So many zones of a band side by side; the first row of it has the label. No line for ways where none has any. */
static void put_row(const struct drawing *d, const struct map_zone *const *row, int n, const struct map_band *band)
{
	struct buf b;
	bool ways = false;
	for (int i = 0; i < n; i++)
		ways |= *row[i]->ways != 0;
	buf_init(&b, LINE_BYTES);
	for (int line = 0, y = 0; line < 4; line++) {
		if (line == 2 && !ways)
			continue;
		text_pad(&b, !band ? "" : y == 0 ? band->title : y == 1 ? band->about : "", d->label - 1);
		for (int i = 0; i < n; i++) {
			buf_putc(&b, ' ');
			put_box(&b, d, row[i], line);
		}
		add_line(d->out, &b);
		y++;
	}
	buf_done(&b);
}

void map_draw(const struct map_zone *zones, size_t n, const struct map_band bands[MAP_BANDS], int columns, bool ascii,
	      struct map *out)
{
	*out = (struct map){ 0 };
	if (n == 0 || n > MAP_ZONES)
		return;
	struct drawing d = { .pen = ascii ? &plain : &boxes, .out = out };
	measure(&d, zones, n, bands, columns);
	for (int band = 0; band < MAP_BANDS; band++) {
		const struct map_zone *row[MAP_ZONES];
		bool first = true;
		int k = 0;
		for (size_t i = 0; i < n; i++) {
			if (zones[i].band != band)
				continue;
			row[k++] = &zones[i];
			if (k < d.across)
				continue;
			put_row(&d, row, k, first ? &bands[band] : NULL);
			first = false;
			k = 0;
		}
		if (k)
			put_row(&d, row, k, first ? &bands[band] : NULL);
	}
}

void map_free(struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->lines[i]);
	free(m->lines);
	*m = (struct map){ 0 };
}
