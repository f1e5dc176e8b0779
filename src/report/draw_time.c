/* Drawings with time along the bottom: the score over the scans. */
#include "report/view.h"

#include <string.h>

enum { TREND_LEFT = 44, TREND_RIGHT = 660, TREND_BASE = 150, TREND_TALL = 130 };

/* The score of the last scans: S where all of them have it, else N. Points stand evenly, each with its date. */
void draw_trend(struct view *v, json_t *chapter)
{
	const json_t *list = get_list(v->model, "trend"), *x;
	size_t n = json_array_size(list), i;
	char a[VIEW_TEXT];
	put_bool(chapter, "trend", false);
	if (n < 2)
		return;
	bool has_s = true, has_n = true;
	json_array_foreach(list, i, x) {
		has_s &= get_set(x, "s");
		has_n &= get_set(x, "n");
	}
	if (!has_s && !has_n)
		return;
	json_t *o = report_object(chapter, "trend");
	json_t *points = report_list(o, "points"), *lines = report_list(o, "lines");
	struct buf path;
	buf_init(&path, 4096);
	json_array_foreach(list, i, x) {
		double value = get_real(x, has_s ? "s" : "n");
		double at = TREND_LEFT + 40 + (TREND_RIGHT - TREND_LEFT - 80) * (double)i / (double)(n - 1);
		double y = TREND_BASE - TREND_TALL * value / 100;
		json_t *p = report_item(points);
		put_number(p, "x", at);
		put_number(p, "y", y);
		put_number(p, "value_y", y < 36 ? y + 20 : y - 10);
		put_number(p, "label_y", TREND_BASE + 16);
		put_number(p, "label2_y", TREND_BASE + 30);
		put_text(p, "value", view_real(value, 1, a));
		put_text(p, "grade", has_s ? get_text(x, "grade") : "");
		put_text(p, "label", n > 5 ? view_clock(v, view_seconds(get_text(x, "captured")), true, a) :
			 view_date(v, get_text(x, "captured"), a));
		const json_t *severities = get_list(x, "severities");
		char b[VIEW_TEXT];
		put_string(v, p, "label2", n > 5 ? "trend_findings_short" : "trend_findings", "serious",
			   view_int(get_int(severities, "critical") + get_int(severities, "high"), a), "all",
			   view_int(get_int(severities, "critical") + get_int(severities, "high") +
				    get_int(severities, "medium") + get_int(severities, "low"), b), NULL);
		buf_printf(&path, "%s%.1f %.1f", i ? "L" : "M", at, y);
	}
	put_text(o, "path", path.data);
	buf_done(&path);
	draw_grades(lines, TREND_BASE, TREND_TALL, has_s);
	put_number(o, "left", TREND_LEFT);
	put_number(o, "right", TREND_RIGHT);
	put_number(o, "base", TREND_BASE);
	put_number(o, "width", 680);
	put_number(o, "height", TREND_BASE + 38);
	put_text(o, "answers", has_s ? view_string(v, "trend_answers") : "");
	put_text(o, "alt", view_string(v, has_s ? "trend_alt_s" : "trend_alt_n"));
}

/* ---- when devices were there, and when somebody commanded them ---- */

enum { LINE_LEFT = 150, LINE_RIGHT = 664, LINE_ROW = 19, LINE_TOP = 8, LINE_ROWS = 24, LINE_TICKS = 5 };

/* A kind of mark for each kind of command, so that colour alone says nothing. */
static const char *mark_of(const char *class)
{
	static const char *const kinds[][2] = {
		{ "stop", "run" }, { "start", "run" }, { "reset", "run" }, { "mode", "run" }, { "download", "program" },
		{ "firmware", "program" }, { "upload", "program" }, { "configuration", "program" },
		{ "force", "program" }, { "log_erase", "program" }, { "write", "write" }, { "clock", "write" },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(class, kinds[i][0]) == 0)
			return kinds[i][1];
	return "session";
}

static double at_time(double t, double first, double last)
{
	double x = last > first ? (t - first) / (last - first) : 0;
	return LINE_LEFT + (LINE_RIGHT - LINE_LEFT) * (x < 0 ? 0 : x > 1 ? 1 : x);
}

static void put_mark(json_t *marks, const char *kind, double x, double y)
{
	json_t *m = report_item(marks);
	put_number(m, "x", x);
	put_number(m, "y", y);
	put_bool(m, kind, true);
	if (strcmp(kind, "run") == 0)
		put_format(m, "points", "%.1f,%.1f %.1f,%.1f %.1f,%.1f", x, y - 5.5, x - 5.5, y + 4.5, x + 5.5,
			   y + 4.5);
	else if (strcmp(kind, "session") == 0)
		put_format(m, "points", "%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f", x, y - 4.5, x + 4.5, y, x,
			   y + 4.5, x - 4.5, y);
	put_number(m, "corner_x", x - 4);
	put_number(m, "corner_y", y - 4);
}

/* Commands to this device, at their first and last time; marks of one kind that would lie on each other are one. */
static size_t put_commands(const struct view *v, json_t *marks, int64_t device, double first, double last, double y)
{
	const json_t *x;
	size_t i, n = 0;
	json_t *seen = marks ? json_object() : NULL;
	json_array_foreach(get_list(v->model, "operations"), i, x) {
		if (get_int(x, "server") != device)
			continue;
		n++;
		const char *kind = mark_of(get_text(x, "class"));
		const char *const times[] = { get_text(x, "first_seen"), get_text(x, "last_seen") };
		for (int k = 0; marks && k < 2; k++) {
			double at = at_time(view_seconds(times[k]), first, last);
			char place[64];
			(void)snprintf(place, sizeof(place), "%s %d", kind, (int)(at / 9));
			if (json_object_get(seen, place))
				continue;
			json_object_set_new(seen, place, json_true());
			put_mark(marks, kind, at, y);
		}
	}
	json_decref(seen);
	return n;
}

static void put_ticks(const struct view *v, json_t *ticks, double first, double last, double base)
{
	char a[VIEW_TEXT];
	for (int i = 0; i < LINE_TICKS; i++) {
		json_t *t = report_item(ticks);
		double part = (double)i / (LINE_TICKS - 1);
		put_number(t, "x", LINE_LEFT + (LINE_RIGHT - LINE_LEFT) * part);
		put_number(t, "y", base);
		put_number(t, "text_y", base + 15);
		put_text(t, "label", view_clock(v, first + (last - first) * part, last - first >= 86400, a));
		put_text(t, "anchor", i == 0 ? "start" : i == LINE_TICKS - 1 ? "end" : "middle");
	}
}

/* Devices that were commanded, then those that came late or left early; who was there throughout says nothing. */
void draw_timeline(struct view *v, json_t *chapter)
{
	const json_t *devices = get_list(v->model, "devices"), *x;
	double first = 0, last = 0;
	size_t i, rows_used = 0, left_out = 0;
	char a[VIEW_TEXT];
	put_bool(chapter, "timeline", false);
	json_array_foreach(get_list(v->model, "files"), i, x) {
		double from = view_seconds(get_text(x, "first")), to = view_seconds(get_text(x, "last"));
		if (from > 0 && (first <= 0 || from < first))
			first = from;
		if (to > last)
			last = to;
	}
	if (last - first < 60)
		return;
	json_t *o = report_object(chapter, "timeline");
	json_t *rows = report_list(o, "rows"), *marks = report_list(o, "marks");
	for (int commanded = 1; commanded >= 0; commanded--)
		json_array_foreach(devices, i, x) {
			double from = view_seconds(get_text(x, "first_seen"));
			double to = view_seconds(get_text(x, "last_seen"));
			double margin = (last - first) * 0.1;
			bool has = put_commands(v, NULL, get_int(x, "id"), first, last, 0) > 0;
			if (get_bool(x, "internet") || has != (commanded == 1) || from <= 0 ||
			    (!has && from < first + margin && to > last - margin))
				continue;
			if (rows_used == LINE_ROWS) {
				left_out++;
				continue;
			}
			double y = LINE_TOP + LINE_ROW * ((double)rows_used++ + 0.5);
			json_t *row = report_item(rows);
			put_text(row, "label", view_cut(get_text(x, "label"), 22, a));
			put_name(row, "full", get_text(x, "label"));
			put_number(row, "text_y", y + 3.5);
			put_number(row, "y", y - 3);
			put_number(row, "x", at_time(from, first, last));
			put_number(row, "w", at_time(to, first, last) - at_time(from, first, last) + 1.5);
			(void)put_commands(v, marks, get_int(x, "id"), first, last, y);
		}
	if (!rows_used) {
		put_bool(chapter, "timeline", false);
		return;
	}
	double base = LINE_TOP + LINE_ROW * (double)rows_used + 4;
	put_ticks(v, report_list(o, "ticks"), first, last, base);
	put_number(o, "label_x", LINE_LEFT - 8);
	put_number(o, "left", LINE_LEFT);
	put_number(o, "right", LINE_RIGHT);
	put_number(o, "base", base);
	put_number(o, "width", 680);
	put_number(o, "height", base + 20);
	put_text(o, "more", "");
	if (left_out)
		put_string(v, o, "more", "more_devices", "count", view_int((int64_t)left_out, a), NULL);
}
