/*
 * The map: devices in rows by Purdue level, the conduits that need attention
 * between them, numbered as in the chapter's table. At most MAP_DEVICES boxes:
 * ends of such conduits first, then factory devices; each row says how many more
 * it holds.
 */
#include "report/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
	MAP_DEVICES = 40, MAP_CONDUITS = 16, MAP_COLUMNS = 6, MAP_ROWS = 8,
	MAP_WIDTH = 680, MAP_LEFT = 92, BOX_W = 86, BOX_H = 34, GAP_X = 10, LINE_H = 56, ROW_PAD = 13,
};

struct spot {
	const json_t *device;
	int64_t id;
	int row;                 /* 0 the internet, 1..6 levels 5..0, 7 unknown */
	int rank;                /* 0 an end of a conduit, 1 factory, 2 the rest */
	size_t order;
	bool shown;
	double x, y;             /* centre */
	int lines;               /* that end here */
};

static int row_of(const json_t *d)
{
	if (get_bool(d, "internet"))
		return 0;
	if (!get_set(d, "level"))
		return MAP_ROWS - 1;
	int64_t level = get_int(d, "level");
	return level < 0 || level > 5 ? MAP_ROWS - 1 : (int)(6 - level);
}

static int by_rank(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int by_place(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return by_rank(a, b);
}

/* The widths of a bold sans serif, roughly, in parts of its size. */
static double width_of(const char *s)
{
	double w = 0;
	for (size_t n; *s; s += n) {
		uint32_t c = text_char(s, &n);
		w += c > 0x2e7f ? 1 : c > 0x7f ? 0.75 : strchr("WM@%mw", (int)c) ? 0.95 :
		     strchr("iIjl.,:;'|!()[]- ", (int)c) ? 0.36 : c >= 'A' && c <= 'Z' ? 0.7 : 0.61;
	}
	return w;
}

/* A name as far as it fits into so many units at this size of type. */
static const char *fit(const char *name, double units, double size, char *out)
{
	int columns = (int)(units / size / 0.36);
	do
		view_cut(name, columns, out);
	while (width_of(out) * size > units && --columns > 1);
	return out;
}

static struct spot *spot_find(struct spot *spots, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (spots[i].id == id)
			return &spots[i];
	return NULL;
}

/* Which devices get a box. */
static void choose(const struct view *v, struct spot *spots, size_t n)
{
	const json_t *conduits = get_list(v->model, "conduits"), *c;
	size_t i, outside = 0, shown = 0;
	json_array_foreach(conduits, i, c) {
		if (i == MAP_CONDUITS)
			break;
		struct spot *a = spot_find(spots, n, get_int(c, "client")), *b = spot_find(spots, n, get_int(c, "server"));
		if (a)
			a->rank = 0;
		if (b)
			b->rank = 0;
	}
	qsort(spots, n, sizeof(*spots), by_rank);
	for (i = 0; i < n && shown < MAP_DEVICES; i++) {
		/* The internet is one row at most, and only what a conduit leads to. */
		if (spots[i].row == 0 && (spots[i].rank > 0 || ++outside > MAP_COLUMNS))
			continue;
		spots[i].shown = true;
		shown++;
	}
	qsort(spots, n, sizeof(*spots), by_place);
}

static void put_box(const struct view *v, json_t *list, const struct spot *s)
{
	char a[VIEW_TEXT];
	json_t *o = report_item(list);
	put_number(o, "x", s->x - BOX_W / 2.0);
	put_number(o, "y", s->y - BOX_H / 2.0);
	put_number(o, "w", BOX_W);
	put_number(o, "h", BOX_H);
	put_number(o, "mid", s->x);
	put_number(o, "name_y", s->y - 3);
	put_number(o, "kind_y", s->y + 10);
	put_text(o, "name", fit(get_text(s->device, "label"), BOX_W - 6, 9.5, a));
	put_name(o, "full", get_text(s->device, "label"));
	put_text(o, "kind", view_cut(view_name(v, "kind", get_text(s->device, "kind")), 15, a));
	put_bool(o, "ot", s->row >= 4 && s->row <= 6);
	put_bool(o, "marked", s->rank == 0);
}

/* A row's boxes, line by line; returns the row's height. */
static double place_row(const struct view *v, json_t *rows, json_t *boxes, struct spot *spots, size_t n, int row,
			double top)
{
	static const char *const names[MAP_ROWS] = { "internet", "5", "4", "3", "2", "1", "0", "unknown" };
	size_t here = 0, hidden = 0;
	for (size_t i = 0; i < n; i++) {
		if (spots[i].row != row)
			continue;
		if (!spots[i].shown) {
			hidden++;
			continue;
		}
		/* Each row begins in another column: the marked boxes come first and would stand in one line. */
		size_t column = (here + 2 * (size_t)row) % MAP_COLUMNS;
		spots[i].x = MAP_LEFT + GAP_X + BOX_W / 2.0 + (BOX_W + GAP_X) * (double)column;
		spots[i].y = top + ROW_PAD + BOX_H / 2.0 + LINE_H * (double)(here / MAP_COLUMNS);
		put_box(v, boxes, &spots[i]);
		here++;
	}
	if (!here && !hidden)
		return 0;
	size_t lines = here ? (here + MAP_COLUMNS - 1) / MAP_COLUMNS : 1;
	double height = 2 * ROW_PAD + BOX_H + LINE_H * (double)(lines - 1);
	char count[VIEW_TEXT];
	json_t *o = report_item(rows);
	put_number(o, "y", top);
	put_number(o, "h", height - 4);
	put_number(o, "title_y", top + height / 2 - 6);
	put_number(o, "sub_y", top + height / 2 + 8);
	put_number(o, "more_y", top + height / 2 + 22);
	put_text(o, "title", view_name(v, "map_row", names[row]));
	put_text(o, "sub", view_name(v, "map_sub", names[row]));
	put_text(o, "more", "");
	if (hidden)
		put_string(v, o, "more", here ? "map_more" : "map_only", "count", view_int((int64_t)hidden, count), NULL);
	return height;
}

/* Lines of one box leave it side by side. */
static double leave(struct spot *s)
{
	int n = s->lines++;
	return s->x + 17 * ((n + 1) / 2) * (n % 2 ? -1 : 1);
}

/* The number stands in the gap before the client's box, where no other box can be. */
static void put_line(json_t *list, const json_t *c, struct spot *a, struct spot *b, size_t number)
{
	json_t *o = report_item(list);
	bool beside = a->row == b->row && a->y - b->y < 1 && b->y - a->y < 1;
	double x1 = leave(a), x2 = leave(b), down = !beside && a->y < b->y ? 1 : -1;
	double y1 = a->y + down * BOX_H / 2.0, y2 = b->y + (beside ? down : -down) * BOX_H / 2.0;
	double m = beside ? y1 - 20 : (y1 + y2) / 2;
	put_format(o, "path", "M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f", x1, y1, x1, m, x2, m, x2, y2);
	put_number(o, "x", x1);
	put_number(o, "y", y1 + down * 9);
	put_number(o, "text_y", y1 + down * 9 + 3.2);
	put_format(o, "number", "%zu", number);
	put_bool(o, "weak", *get_text(c, "weaknesses") != 0);
}

void draw_map(struct view *v, json_t *chapter)
{
	const json_t *devices = get_list(v->model, "devices"), *d, *c;
	size_t n = json_array_size(devices), i;
	struct spot *spots = xcalloc(n ? n : 1, sizeof(*spots));
	json_array_foreach(devices, i, d) {
		int row = row_of(d);
		spots[i] = (struct spot){ .device = d, .id = get_int(d, "id"), .row = row, .order = i,
					  .rank = row >= 3 && row <= 6 ? 1 : 2 };
	}
	choose(v, spots, n);
	json_t *o = report_object(chapter, "map");
	json_t *rows = report_list(o, "rows"), *boxes = report_list(o, "boxes"), *lines = report_list(o, "lines");
	double top = 4;
	for (int row = 0; row < MAP_ROWS; row++)
		top += place_row(v, rows, boxes, spots, n, row, top);
	json_array_foreach(get_list(v->model, "conduits"), i, c) {
		if (i == MAP_CONDUITS)
			break;
		struct spot *a = spot_find(spots, n, get_int(c, "client")), *b = spot_find(spots, n, get_int(c, "server"));
		if (a && b && a != b && a->shown && b->shown)
			put_line(lines, c, a, b, i + 1);
	}
	put_number(o, "width", MAP_WIDTH);
	put_number(o, "height", top + 4);
	put_number(o, "row_w", MAP_WIDTH - 2);
	put_bool(o, "has_lines", json_array_size(lines) > 0);
	free(spots);
}
