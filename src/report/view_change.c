/* What changed since the scan before: the score and why it moved, findings, devices. */
#include "report/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGE_NAMES = 6, CHANGE_ROWS = 20 };

/* "27.2 D", "27.2", or what says that there is none. */
static void put_score(const struct view *v, json_t *o, const char *key, const json_t *side)
{
	char a[VIEW_TEXT];
	if (get_set(side, "s"))
		put_string(v, o, key, "after_s", "s", view_real(get_real(side, "s"), 1, a), "grade",
			   get_text(side, "grade"), NULL);
	else if (get_set(side, "n"))
		put_string(v, o, key, "after_n", "n", view_real(get_real(side, "n"), 1, a), NULL);
	else
		put_text(o, key, view_string(v, "not_rated"));
}

static void put_signed(json_t *o, const char *key, double value)
{
	if (fabs(value) < 0.05)
		put_text(o, key, "0.0");
	else
		put_format(o, key, "%+.1f", value);
}

/* The parts of the difference; a part of nothing is left out. */
static void add_parts(const struct view *v, json_t *o, const json_t *score)
{
	static const char *const parts[][2] = { { "findings", "change_by_findings" },
						{ "coverage", "change_by_coverage" },
						{ "answers", "change_by_answers" } };
	json_t *list = report_list(o, "parts");
	for (size_t i = 0; get_bool(score, "comparable") && i < sizeof(parts) / sizeof(*parts); i++) {
		double value = get_real(score, parts[i][0]);
		if (fabs(value) < 0.05)
			continue;
		json_t *row = report_item(list);
		put_signed(row, "points", value);
		put_text(row, "text", view_string(v, parts[i][1]));
	}
	put_bool(o, "has_parts", json_array_size(list) > 0);
	put_text(o, "answers_note", get_bool(score, "of_n") || !get_bool(score, "comparable") ? "" :
		 view_string(v, get_bool(score, "answers_told") ? "change_answers_same" : "change_answers_now"));
}

static void put_move(const struct view *v, json_t *list, const char *title, const json_t *x)
{
	char a[VIEW_TEXT];
	if (get_set(x, "before") == get_set(x, "now") &&
	    (!get_set(x, "now") || fabs(get_real(x, "before") - get_real(x, "now")) < 0.05))
		return;
	json_t *row = report_item(list);
	put_text(row, "title", title);
	static const char *const sides[] = { "before", "now" };
	for (size_t i = 0; i < 2; i++)
		put_text(row, sides[i], get_set(x, sides[i]) ? view_real(get_real(x, sides[i]), 1, a) :
			 view_string(v, "not_rated"));
	put_text(row, "points", "");
	if (get_set(x, "before") && get_set(x, "now"))
		put_signed(row, "points", get_real(x, "now") - get_real(x, "before"));
}

static void add_moves(const struct view *v, json_t *o, const json_t *c)
{
	json_t *list = report_list(o, "moves");
	const json_t *x, *d;
	size_t i, j;
	json_array_foreach(get_list(c, "domains"), i, x)
		json_array_foreach(get_list(v->model, "domains"), j, d)
			if (strcmp(get_text(d, "id"), get_text(x, "id")) == 0)
				put_move(v, list, get_text2(v, d, "title"), x);
	json_array_foreach(get_list(c, "categories"), i, x)
		put_move(v, list, view_name(v, "category", get_text(x, "id")), x);
	put_bool(o, "has_moves", json_array_size(list) > 0);
}

/* The names of the devices of a finding that are in this state, and the first reason to doubt it. */
static void put_devices(const struct view *v, json_t *row, const json_t *f, const char *state)
{
	char name[VIEW_TEXT];
	struct buf b;
	size_t i, n = 0;
	const json_t *d;
	const char *doubt = "", *expired = "", *last = "";
	buf_init(&b, 4096);
	json_array_foreach(get_list(f, "devices"), i, d) {
		if (strcmp(get_text(d, "state"), state) != 0)
			continue;
		if (!*doubt)
			doubt = get_text(d, "doubt");
		if (!*expired)
			expired = get_text(d, "expired");
		/* Two devices of one name stand side by side: one of them will do. */
		const char *here = get_text(d, "device_name");
		if (!*here || strcmp(here, last) == 0 || n++ >= CHANGE_NAMES)
			continue;
		last = here;
		buf_printf(&b, "%s%s", b.len ? view_string(v, "list_comma") : "",
			   view_cut(here, VIEW_NAME, name));
	}
	if (n > CHANGE_NAMES)
		buf_printf(&b, " +%zu", n - CHANGE_NAMES);
	put_text(row, "devices", b.data);
	buf_done(&b);
	put_text(row, "doubt", *doubt ? view_name(v, "doubt", doubt) : "");
	if (*expired)
		put_string(v, row, "doubt", "change_expired", "date", expired, NULL);
}

static bool has_device(const json_t *f, const char *state)
{
	size_t i;
	const json_t *d;
	json_array_foreach(get_list(f, "devices"), i, d)
		if (strcmp(get_text(d, "state"), state) == 0)
			return true;
	return strcmp(get_text(f, "state"), state) == 0;
}

/* A finding stands in each group that one of its devices is in. */
static void add_findings(const struct view *v, json_t *o, const json_t *c)
{
	static const char *const states[] = { "new", "returned", "fixed", "not_observed_again" };
	json_t *groups = report_list(o, "groups");
	char a[VIEW_TEXT];
	for (size_t s = 0; s < sizeof(states) / sizeof(*states); s++) {
		json_t *g = json_object(), *rows = report_list(g, "rows");
		size_t i, n = 0;
		const json_t *f;
		json_array_foreach(get_list(c, "findings"), i, f) {
			if (!has_device(f, states[s]) || n++ >= CHANGE_ROWS)
				continue;
			json_t *row = report_item(rows);
			const char *severity = get_text(f, "severity");
			put_text(row, "id", get_text(f, "id"));
			put_text(row, "severity", severity);
			put_text(row, "tag", view_name(v, "severity", severity));
			put_text(row, "title", get_text2(v, f, "title"));
			put_text(row, "accepted", get_bool(f, "accepted") ? view_string(v, "accepted") : "");
			put_devices(v, row, f, states[s]);
		}
		put_text(g, "title", view_name(v, "change", states[s]));
		put_text(g, "note", view_name(v, "change_is", states[s]));
		put_text(g, "count", view_int((int64_t)n, a));
		put_text(g, "more", "");
		if (n > CHANGE_ROWS)
			put_string(v, g, "more", "changes_more", "count", view_int((int64_t)(n - CHANGE_ROWS), a), NULL);
		if (n)
			json_array_append(groups, g);
		json_decref(g);
	}
	put_bool(o, "has_groups", json_array_size(groups) > 0);
}

static const char *field_value(const struct view *v, const json_t *x, const char *when, char *out)
{
	const char *value = get_text(x, when);
	return strcmp(get_text(x, "field"), "kind") == 0 ? view_name(v, "kind", value) : view_cut(value, VIEW_NAME, out);
}

static void put_device_note(const struct view *v, json_t *row, const json_t *d)
{
	struct buf b;
	size_t i;
	const json_t *x;
	char before[VIEW_TEXT], now[VIEW_TEXT];
	buf_init(&b, 4096);
	json_array_foreach(get_list(d, "values"), i, x)
		buf_printf(&b, "%s%s%s%s → %s", b.len ? "; " : "", view_name(v, "field", get_text(x, "field")),
			   view_string(v, "colon"), field_value(v, x, "before", before), field_value(v, x, "now", now));
	if (strcmp(get_text(d, "state"), "gone") == 0)
		buf_puts(&b, view_string(v, strcmp(get_text(d, "presence"), "spoken_of") == 0 ? "change_still_called" :
					 get_bool(d, "watched") ? "change_silent" : "change_unwatched"));
	put_text(row, "note", b.data);
	buf_done(&b);
}

/* What remains open, as a number; it is told in full in its own chapter. */
static void add_remaining(const struct view *v, json_t *o, const json_t *c)
{
	char a[VIEW_TEXT];
	size_t i;
	int64_t n = 0;
	const json_t *f;
	json_array_foreach(get_list(c, "findings"), i, f)
		n += strcmp(get_text(f, "state"), "remaining") == 0;
	put_text(o, "remaining", view_int(n, a));
	bool moved = get_bool(o, "has_groups") || get_bool(o, "has_devices") || get_bool(o, "has_parts");
	put_text(o, "nothing", moved ? "" : view_string(v, "changes_none"));
}

static void add_devices(const struct view *v, json_t *o, const json_t *c)
{
	json_t *rows = report_list(o, "devices");
	char a[VIEW_TEXT];
	size_t i, n = 0;
	const json_t *d;
	json_array_foreach(get_list(c, "devices"), i, d) {
		if (get_bool(d, "internet") || n++ >= 2 * CHANGE_ROWS)
			continue;
		json_t *row = report_item(rows);
		put_text(row, "state", view_name(v, "change_device", get_text(d, "state")));
		put_name(row, "name", get_text(d, "label"));
		put_text(row, "kind", view_name(v, "kind", get_text(d, "kind")));
		put_text(row, "address", get_text(d, "address"));
		put_device_note(v, row, d);
	}
	put_text(o, "more_devices", "");
	if (n > 2 * CHANGE_ROWS)
		put_string(v, o, "more_devices", "changes_more", "count",
			   view_int((int64_t)(n - 2 * CHANGE_ROWS), a), NULL);
	put_bool(o, "has_devices", json_array_size(rows) > 0);
}

static void add_actions(const struct view *v, json_t *o, const json_t *c)
{
	json_t *rows = report_list(o, "actions");
	bool of_n = get_bool(get_list(c, "score"), "of_n");
	size_t i;
	const json_t *x;
	json_array_foreach(get_list(c, "actions"), i, x) {
		if (i == (v->o->audience == REPORT_PRESIDENT ? CHANGE_NAMES : CHANGE_ROWS))
			break;
		json_t *row = report_item(rows);
		put_text(row, "title", get_set(x, "title") ? get_text2(v, x, "title") : get_text(x, "id"));
		put_text(row, "points", "?");
		if (get_bool(x, "told"))
			put_signed(row, "points", get_real(x, "gain"));
		struct buf b;
		size_t j;
		const json_t *id;
		buf_init(&b, 4096);
		json_array_foreach(get_list(x, "findings"), j, id)
			buf_printf(&b, "%s%s", b.len ? ", " : "", json_string_value(id));
		put_text(row, "findings", b.data);
		buf_done(&b);
	}
	put_bool(o, "has_actions", json_array_size(rows) > 0);
	put_text(o, "points_of", view_string(v, of_n ? "change_points_n" : "change_points_s"));
}

void view_changes(struct view *v)
{
	const json_t *c = get_list(v->model, "comparison");
	if (!json_is_object(c))
		return;
	json_t *o = view_chapter(v, "changes", "changes_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER);
	if (!o)
		return;
	char a[VIEW_TEXT], b[VIEW_TEXT];
	const json_t *before = get_list(c, "before"), *now = get_list(c, "now");
	put_text(o, "before_when", view_time(v, get_text(before, "captured"), a));
	put_text(o, "now_when", view_time(v, get_text(now, "captured"), a));
	put_score(v, o, "before", before);
	put_score(v, o, "now", now);
	put_string(v, o, "coverage", "change_coverage", "before", view_percent(get_real(before, "k"), a), "now",
		   view_percent(get_real(now, "k"), b), NULL);
	add_parts(v, o, get_list(c, "score"));
	add_moves(v, o, c);
	add_actions(v, o, c);
	add_findings(v, o, c);
	add_devices(v, o, c);
	add_remaining(v, o, c);
	put_bool(o, "brief", v->o->audience == REPORT_PRESIDENT);
	draw_trend(v, o);
}
