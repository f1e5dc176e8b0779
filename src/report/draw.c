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
	enum { LEFT = 220, WIDTH = 390, ROW = 26 };
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
		put_text(r, "label", view_cut(get_text2(v, d, "title"), 34, a));
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

/* ---- before and after the first actions ---- */

void draw_forecast(struct view *v, json_t *chapter)
{
	enum { LEFT = 40, COLUMN = 88, BAR = 46, BASE = 170, TALL = 140 };
	const json_t *score = get_list(v->model, "score"), *x;
	bool has_s = get_set(score, "s");
	json_t *o = report_object(chapter, "forecast"), *bars = report_list(o, "bars"), *lines = report_list(o, "lines");
	char a[VIEW_TEXT], title[VIEW_TEXT];
	size_t n = 0;
	double last = get_real(score, has_s ? "s" : "n");
	for (size_t k = 0; k <= json_array_size(get_list(v->model, "actions")) && n < 7; k++) {
		x = k ? json_array_get(get_list(v->model, "actions"), k - 1) : NULL;
		if (x && !get_bool(x, "forecast"))
			continue;
		if (x)
			last = get_real(x, has_s ? "s_after" : "n_after");
		json_t *b = report_item(bars);
		double left = LEFT + COLUMN * (double)n++, tall = TALL * last / 100;
		put_number(b, "x", left + (COLUMN - BAR) / 2.0);
		put_number(b, "y", BASE - tall);
		put_number(b, "w", BAR);
		put_number(b, "h", tall);
		put_number(b, "mid", left + COLUMN / 2.0);
		put_number(b, "value_y", BASE - tall - 6);
		put_text(b, "value", view_real(last, 1, a));
		put_text(b, "grade", !has_s ? "" : x ? get_text(x, "grade_after") : get_text(score, "grade"));
		put_bool(b, "now", !x);
		put_number(b, "label_y", BASE + 16);
		put_number(b, "label2_y", BASE + 30);
		if (x)
			put_format(b, "label", "%zu", k);
		else
			put_text(b, "label", view_string(v, "forecast_now"));
		put_text(b, "title", x ? view_cut(get_text2(v, x, "title"), 16, title) : "");
	}
	draw_grades(lines, BASE, TALL, has_s);
	put_number(o, "left", LEFT);
	put_number(o, "right", LEFT + COLUMN * (double)n);
	put_number(o, "base", BASE);
	put_size(o, LEFT + COLUMN * 7 + 10, BASE + 40);
	if (n < 2)
		put_bool(chapter, "forecast", false);
}
