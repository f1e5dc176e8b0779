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
	json_t *o = report_object(chapter, "trend"), *points = report_list(o, "points"), *lines = report_list(o, "lines");
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
		put_text(p, "label", view_date(v, get_text(x, "captured"), a));
		const json_t *severities = get_list(x, "severities");
		char b[VIEW_TEXT];
		put_string(v, p, "label2", "trend_findings", "serious",
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
	put_text(o, "alt", view_string(v, has_s ? "trend_alt_s" : "trend_alt_n"));
}
