/* Coordinates of the charts. Units are those of the drawing's viewBox; colours are the template's. */
#include "report/view.h"

#include <string.h>

static void put_size(json_t *o, double width, double height)
{
	put_number(o, "width", width);
	put_number(o, "height", height);
}

/* ---- the scale of grades with the score and its interval ---- */

enum { SCALE_LEFT = 10, SCALE_WIDTH = 660 };

static double scale_x(double s)
{
	return SCALE_LEFT + SCALE_WIDTH * s / 100;
}

void draw_scale(struct view *v, json_t *chapter)
{
	const json_t *score = get_list(v->model, "score");
	put_bool(chapter, "scale", false);
	if (!get_set(score, "s"))
		return;
	static const struct { const char *grade; double from, to; } bands[] = {
		{ "E", 0, 20 }, { "D", 20, 40 }, { "C", 40, 60 }, { "B", 60, 80 }, { "A", 80, 100 },
	};
	json_t *o = report_object(chapter, "scale");
	put_size(o, 680, 96);
	json_t *list = report_list(o, "bands");
	const char *grade = get_text(score, "grade");
	for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		json_t *b = report_item(list);
		put_number(b, "x", scale_x(bands[i].from) + 1);
		put_number(b, "w", scale_x(bands[i].to) - scale_x(bands[i].from) - 2);
		put_number(b, "mid", (scale_x(bands[i].from) + scale_x(bands[i].to)) / 2);
		put_text(b, "grade", bands[i].grade);
		put_bool(b, "here", strcmp(bands[i].grade, grade) == 0);
		put_format(b, "range", "%g–%g", bands[i].from, bands[i].to);
	}
	char a[VIEW_TEXT];
	double s = get_real(score, "s"), low = get_real(score, "low"), high = get_real(score, "high");
	put_number(o, "s", scale_x(s));
	put_format(o, "marker", "%.1f,34 %.1f,22 %.1f,22", scale_x(s), scale_x(s) - 7, scale_x(s) + 7);
	put_text(o, "value", view_real(s, 1, a));
	/* The number stays inside the drawing. */
	put_text(o, "anchor", s < 5 ? "start" : s > 95 ? "end" : "middle");
	put_number(o, "low", scale_x(low));
	put_number(o, "span", scale_x(high) - scale_x(low));
	put_number(o, "high", scale_x(high));
	put_bool(o, "interval", high - low > 0.05);
}

/* ---- domain bars ---- */

void draw_domains(struct view *v, json_t *chapter)
{
	enum { LEFT = 240, WIDTH = 374, ROW = 26 };
	const json_t *scores = get_list(get_list(v->model, "score"), "domains"), *d;
	json_t *o = report_object(chapter, "bars");
	json_t *rows = report_list(o, "rows"), *ticks = report_list(o, "ticks");
	char a[VIEW_TEXT];
	size_t i, n = 0, rated = 0;
	json_array_foreach(get_list(v->model, "domains"), i, d) {
		const char *id = get_text(d, "id");
		json_t *r = report_item(rows);
		double y = 8 + ROW * (double)n++ + (strcmp(id, "D") == 0 ? 12 : 0);
		bool has = get_set(scores, id);
		rated += has;
		put_text(r, "label", view_cut(get_text2(v, d, "title"), 38, a));
		put_number(r, "y", y);
		put_number(r, "text_y", y + 13);
		put_number(r, "w", has ? WIDTH * get_real(scores, id) / 100 : 0);
		put_number(r, "value_x", LEFT + (has ? WIDTH * get_real(scores, id) / 100 : 0) + 8);
		put_text(r, "value", has ? view_real(get_real(scores, id), 1, a) : view_string(v, "not_rated"));
		put_bool(r, "data", strcmp(id, "D") == 0);
	}
	double height = 8 + ROW * (double)n + 12;
	for (int t = 0; t <= 100; t += 20) {
		json_t *k = report_item(ticks);
		put_number(k, "x", LEFT + WIDTH * t / 100.0);
		put_number(k, "y", height - 4);
		put_number(k, "text_y", height + 12);
		put_format(k, "label", "%d", t);
	}
	put_number(o, "left", LEFT);
	put_number(o, "label_x", LEFT - 10);
	put_number(o, "full", WIDTH);
	put_size(o, 680, height + 18);
	if (!rated)
		put_bool(chapter, "bars", false);
}

void draw_grades(json_t *lines, double base, double tall, bool named)
{
	static const char grades[] = "DCBA";
	for (size_t i = 0; i < 5; i++) {
		json_t *l = report_item(lines);
		put_number(l, "y", base - tall * 0.2 * (double)i);
		put_number(l, "text_y", base - tall * 0.2 * (double)i + 3);
		put_text(l, "grade", "");
		if (named && i)
			put_format(l, "grade", "%c", grades[i - 1]);
	}
}

/* ---- before and after each action ---- */

enum { STAIR_LEFT = 44, STAIR_RIGHT = 664, STAIR_BASE = 164, STAIR_TALL = 136, STAIR_APART = 66 };

/* What is written at a step: the score, the grade, and the number of the action that leads there. */
static void put_step(const struct view *v, json_t *marks, double x, double y, double value, const char *grade,
		     const char *number)
{
	char a[VIEW_TEXT];
	json_t *m = report_item(marks);
	put_number(m, "x", x);
	put_number(m, "y", y);
	put_number(m, "value_y", y - 9);
	put_text(m, "value", view_real(value, 1, a));
	put_text(m, "grade", grade);
	put_text(m, "number", number);
	put_number(m, "label_y", STAIR_BASE + 16);
	put_text(m, "label", *number ? number : view_string(v, "forecast_now"));
}

/* A staircase over all actions that the score was reckoned for; its landings are named where the grade changes. */
void draw_forecast(struct view *v, json_t *chapter)
{
	const json_t *score = get_list(v->model, "score"), *x;
	bool has_s = get_set(score, "s");
	size_t i, n = 0, at = 0;
	json_array_foreach(get_list(v->model, "actions"), i, x)
		n += get_bool(x, "forecast");
	put_bool(chapter, "forecast", false);
	if (n < 2)
		return;
	json_t *o = report_object(chapter, "forecast"), *marks = report_list(o, "marks"), *lines = report_list(o, "lines");
	double step = (STAIR_RIGHT - STAIR_LEFT) / (double)(n + 1), value = get_real(score, has_s ? "s" : "n");
	double y = STAIR_BASE - STAIR_TALL * value / 100, named = STAIR_LEFT + step / 2;
	const char *grade = has_s ? get_text(score, "grade") : "";
	struct buf path;
	buf_init(&path, 65536);
	buf_printf(&path, "M%d %.1fH%.1f", STAIR_LEFT, y, STAIR_LEFT + step);
	put_step(v, marks, named, y, value, grade, "");
	json_array_foreach(get_list(v->model, "actions"), i, x) {
		if (!get_bool(x, "forecast"))
			continue;
		at++;
		value = get_real(x, has_s ? "s_after" : "n_after");
		y = STAIR_BASE - STAIR_TALL * value / 100;
		buf_printf(&path, "V%.1fh%.1f", y, step);
		double mid = STAIR_LEFT + step * ((double)at + 0.5);
		const char *then = has_s ? get_text(x, "grade_after") : "";
		bool last = at == n;
		if ((strcmp(then, grade) != 0 || last) && (mid - named >= STAIR_APART || last)) {
			char number[VIEW_TEXT];
			(void)snprintf(number, sizeof(number), "%zu", i + 1);
			if (last && mid - named < STAIR_APART && json_array_size(marks) > 1)
				json_array_remove(marks, json_array_size(marks) - 1);
			put_step(v, marks, last ? STAIR_RIGHT - 14 : mid, y, value, then, number);
			named = mid;
		}
		grade = then;
	}
	put_text(o, "path", path.data);
	put_format(o, "area", "%sV%dH%dZ", path.data, STAIR_BASE, STAIR_LEFT);
	buf_done(&path);
	draw_grades(lines, STAIR_BASE, STAIR_TALL, has_s);
	put_number(o, "left", STAIR_LEFT);
	put_number(o, "right", STAIR_RIGHT);
	put_number(o, "base", STAIR_BASE);
	put_size(o, 680, STAIR_BASE + 24);
}
