/* What travels: the mix of protocols, and the zones with what goes between them. */
#include "report/view.h"

#include <stdlib.h>
#include <string.h>

/* ---- the mix of protocols ---- */

enum { MIX_ROWS = 20, MIX_LEFT = 100, MIX_WIDTH = 186, MIX_ROW = 23, MIX_TOP = 20, MIX_TEXT = 292 };

/* Weak: something better could be chosen. A protocol that knows no login at all is a fact, and said as one. */
static bool is_weak(const char *weaknesses)
{
	return *weaknesses && strcmp(weaknesses, "no-authentication") != 0;
}

static void put_word(const struct view *v, json_t *row, const char *weaknesses)
{
	struct buf b;
	char one[64];
	buf_init(&b, 1024);
	bool weak = is_weak(weaknesses);
	for (const char *w = weaknesses; weak && *w;) {
		size_t n = strcspn(w, ",");
		(void)snprintf(one, sizeof(one), "%.*s", (int)n, w);
		const char *name = view_name(v, "weakness", one);
		buf_printf(&b, "%s%s", b.len ? view_string(v, "list_comma") : "",
			   name == one ? view_string(v, "weakness_other") : name);
		w += n + (w[n] == ',');
	}
	char cut[VIEW_TEXT];
	put_text(row, "word", weak ? view_cut(b.data, 54, cut) : *weaknesses ? view_string(v, "mix_no_login") : "");
	put_bool(row, "weak", weak);
	buf_done(&b);
}

/* The longest bar fills the width; the numbers beside say what it is worth. */
struct mix { double frames, bytes, longest; };

static void put_share(json_t *row, const char *width, const char *text, double part, double all, double longest)
{
	char a[VIEW_TEXT];
	double share = all > 0 ? part / all : 0;
	put_number(row, width, share > 0 ? MIX_WIDTH * share / longest + 0.6 : 0);
	put_format(row, text, "%s %%", share > 0 && share < 0.001 ? "<0.1" : view_percent(share, a));
}

static void put_mix(json_t *row, size_t at, double frames, double bytes, const struct mix *m)
{
	double y = MIX_TOP + MIX_ROW * (double)at;
	put_number(row, "y", y);
	put_number(row, "bytes_y", y + 9);
	put_number(row, "text_y", y + 12);
	put_share(row, "frames_w", "frames", frames, m->frames, m->longest);
	put_share(row, "bytes_w", "bytes", bytes, m->bytes, m->longest);
}

void draw_protocols(struct view *v, json_t *chapter)
{
	const json_t *list = get_list(v->model, "protocols"), *p;
	struct mix all = { 0 };
	double rest_frames = 0, rest_bytes = 0;
	size_t i, rest = 0, at = 0;
	char a[VIEW_TEXT];
	put_bool(chapter, "mix", false);
	json_array_foreach(list, i, p) {
		all.frames += get_real(p, "frames");
		all.bytes += get_real(p, "bytes");
	}
	if (all.frames <= 0)
		return;
	json_array_foreach(list, i, p) {
		double f = get_real(p, "frames") / all.frames, b = all.bytes > 0 ? get_real(p, "bytes") / all.bytes : 0;
		all.longest = f > all.longest ? f : all.longest;
		all.longest = b > all.longest ? b : all.longest;
	}
	json_t *o = report_object(chapter, "mix"), *rows = report_list(o, "rows");
	/* Weak ones are never hidden among the rest: they take the last rows. */
	size_t weak = 0, shown_weak = 0;
	json_array_foreach(list, i, p)
		weak += is_weak(get_text(p, "weaknesses"));
	json_array_foreach(list, i, p) {
		bool named = *get_text(p, "name") != 0, bad = is_weak(get_text(p, "weaknesses"));
		size_t kept = weak - shown_weak < MIX_ROWS / 2 ? weak - shown_weak : MIX_ROWS / 2;
		if (!named || at >= MIX_ROWS || (!bad && at + kept >= MIX_ROWS)) {
			rest += named;
			rest_frames += get_real(p, "frames");
			rest_bytes += get_real(p, "bytes");
			continue;
		}
		shown_weak += bad;
		json_t *row = report_item(rows);
		put_text(row, "label", view_cut(get_text(p, "name"), 16, a));
		put_bool(row, "ot", get_bool(p, "ot"));
		put_word(v, row, get_text(p, "weaknesses"));
		put_mix(row, at++, get_real(p, "frames"), get_real(p, "bytes"), &all);
	}
	if (rest_frames > 0) {
		json_t *row = report_item(rows);
		put_string(v, row, "label", rest ? "mix_rest" : "mix_unnamed", "count",
			   view_int((int64_t)rest, a), NULL);
		put_word(v, row, "");
		/* No bar: all others together would dwarf what is named. */
		put_mix(row, at++, rest_frames, rest_bytes, &all);
		put_number(row, "frames_w", 0);
		put_number(row, "bytes_w", 0);
	}
	put_number(o, "label_x", MIX_LEFT - 10);
	put_number(o, "left", MIX_LEFT);
	put_number(o, "frames_x", MIX_TEXT + 36);
	put_number(o, "bytes_x", MIX_TEXT + 84);
	put_number(o, "word_x", MIX_TEXT + 104);
	put_number(o, "width", 680);
	put_number(o, "height", MIX_TOP + 4 + MIX_ROW * (double)at);
}

/* ---- zones ---- */

enum {
	ZONES = 24, ZONE_WAYS = 24, ZONE_COLUMNS = 3, ZONE_ROWS = 6, ZONE_LEFT = 92, ZONE_W = 172, ZONE_H = 44,
	ZONE_GAP = 20, ZONE_LINE = 78, ZONE_PAD = 17,
};

struct place {
	const json_t *zone;
	int row;                 /* 0 the internet, 1 levels 4 and 5, 2..4 levels 3..1, 5 the rest */
	double x, y;
	int lines;
};

/* A declared zone need not say its level: then it is that of the lowest of its devices. */
static int zone_row(const struct view *v, const json_t *z)
{
	const char *name = get_text(z, "name");
	if (strcmp(name, "internet") == 0)
		return 0;
	bool known = get_set(z, "level");
	int64_t level = get_int(z, "level");
	size_t i;
	const json_t *d;
	if (!known)
		json_array_foreach(get_list(v->model, "devices"), i, d) {
			if (!get_set(d, "level") || strcmp(get_text(d, "zone"), name) != 0)
				continue;
			level = known && level < get_int(d, "level") ? level : get_int(d, "level");
			known = true;
		}
	if (!known)
		return ZONE_ROWS - 1;
	return level >= 4 ? 1 : level <= 1 ? 4 : level == 3 ? 2 : 3;
}

static double put_zones(const struct view *v, json_t *o, struct place *places, size_t n)
{
	static const char *const names[ZONE_ROWS] = { "internet", "4", "3", "2", "1", "unknown" };
	json_t *rows = report_list(o, "rows"), *boxes = report_list(o, "boxes");
	double top = 4;
	char a[VIEW_TEXT], b[VIEW_TEXT];
	for (int row = 0; row < ZONE_ROWS; row++) {
		size_t here = 0;
		for (size_t i = 0; i < n; i++) {
			struct place *p = &places[i];
			if (p->row != row)
				continue;
			size_t column = (here + (size_t)row) % ZONE_COLUMNS;
			p->x = ZONE_LEFT + ZONE_GAP / 2.0 + ZONE_W / 2.0 + (ZONE_W + ZONE_GAP) * (double)column;
			p->y = top + ZONE_PAD + ZONE_H / 2.0 + ZONE_LINE * (double)(here++ / ZONE_COLUMNS);
			json_t *box = report_item(boxes);
			put_number(box, "x", p->x - ZONE_W / 2.0);
			put_number(box, "y", p->y - ZONE_H / 2.0);
			put_number(box, "w", ZONE_W);
			put_number(box, "h", ZONE_H);
			put_number(box, "mid", p->x);
			put_number(box, "name_y", p->y - 4);
			put_number(box, "sub_y", p->y + 12);
			view_zone(v, get_text(p->zone, "name"), a);
			put_text(box, "name", view_cut(a, 24, b));
			put_string(v, box, "sub", "zone_devices", "count",
				   view_int(get_int(p->zone, "devices"), a), NULL);
			put_bool(box, "declared", get_bool(p->zone, "declared") || row == 0);
		}
		if (!here)
			continue;
		double height = 2 * ZONE_PAD + ZONE_H + ZONE_LINE * (double)((here - 1) / ZONE_COLUMNS);
		json_t *r = report_item(rows);
		put_number(r, "y", top);
		put_number(r, "h", height - 4);
		put_number(r, "title_y", top + height / 2 - 4);
		put_number(r, "sub_y", top + height / 2 + 10);
		put_text(r, "title", view_name(v, row == 1 ? "zone_row" : "map_row", names[row]));
		put_text(r, "sub", view_name(v, "map_sub", names[row]));
		top += height;
	}
	return top;
}

static struct place *zone_find(struct place *places, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(get_text(places[i].zone, "name"), name) == 0)
			return &places[i];
	return NULL;
}

/* Lines leave a box side by side. */
static double zone_leave(struct place *p)
{
	int n = p->lines++ % 9;
	return p->x + 17 * ((n + 1) / 2) * (n % 2 ? -1 : 1);
}

static void put_way(json_t *list, const json_t *way, struct place *a, struct place *b, size_t number)
{
	json_t *o = report_item(list);
	bool beside = a->y - b->y < 1 && b->y - a->y < 1;
	double x1 = zone_leave(a), x2 = zone_leave(b), down = !beside && a->y < b->y ? 1 : -1;
	double y1 = a->y + down * ZONE_H / 2.0, y2 = b->y + (beside ? down : -down) * ZONE_H / 2.0;
	double m = beside ? y1 - 22 : (y1 + y2) / 2;
	bool weak = get_bool(way, "weak") || (get_set(way, "allowed") && !get_int(way, "allowed"));
	put_format(o, "path", "M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f", x1, y1, x1, m, x2, m, x2, y2);
	put_number(o, "x", x1);
	put_number(o, "y", y1 + down * 9);
	put_number(o, "text_y", y1 + down * 9 + 3.2);
	put_number(o, "end_x", x2);
	put_number(o, "end_y", y2);
	put_format(o, "number", "%zu", number);
	put_bool(o, "weak", weak);
}

/* Zones in rows by level; the lines are numbered as in the table of what goes between them. */
void draw_zones(struct view *v, json_t *chapter)
{
	const json_t *zones = get_list(v->model, "zones"), *ways = get_list(v->model, "zone_conduits"), *x;
	static struct place places[ZONES];
	size_t i, n = 0;
	put_bool(chapter, "zone_map", false);
	json_array_foreach(zones, i, x)
		if (n < ZONES && (get_int(x, "devices") > 0 || get_bool(x, "declared")))
			places[n++] = (struct place){ .zone = x, .row = zone_row(v, x) };
	if (n < 2)
		return;
	json_t *o = report_object(chapter, "zone_map");
	double top = put_zones(v, o, places, n);
	json_t *lines = report_list(o, "lines");
	json_array_foreach(ways, i, x) {
		struct place *a = zone_find(places, n, get_text(x, "client"));
		struct place *b = zone_find(places, n, get_text(x, "server"));
		if (i < ZONE_WAYS && a && b && a != b)
			put_way(lines, x, a, b, i + 1);
	}
	put_bool(o, "has_lines", json_array_size(lines) > 0);
	put_number(o, "width", 680);
	put_number(o, "height", top + 4);
	put_number(o, "row_w", 678);
}
