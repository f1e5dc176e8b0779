/* What to do: the first six with the grade reached, the roadmap by lane, and every action in full. */
#include "report/view.h"

#include <stdlib.h>
#include <string.h>

/* What it costs; a figure of the site's own is marked. */
static void put_cost(const struct view *v, json_t *o, const json_t *x)
{
	char a[VIEW_TEXT];
	view_yen(v, get_int(x, "yen_min"), get_int(x, "yen_max"), a);
	put_format(o, "cost", "%s%s", a, get_bool(x, "adapted") ? view_string(v, "own_figures") : "");
}

/* The score reached after it, where this reader may see it. */
void put_after(const struct view *v, json_t *o, const json_t *x)
{
	char a[VIEW_TEXT];
	put_text(o, "after", "");
	if (!get_bool(x, "forecast") || !view_grade_shown(v))
		return;
	if (get_set(get_list(v->model, "score"), "s"))
		put_string(v, o, "after", "after_s", "s", view_real(get_real(x, "s_after"), 1, a), "grade",
			   get_text(x, "grade_after"), NULL);
	else
		put_string(v, o, "after", "after_n", "n", view_real(get_real(x, "n_after"), 1, a), NULL);
}

/* A firm that did it, in one line; "" where there is none. */
static void put_case(const struct view *v, json_t *o, const char *key, const json_t *x)
{
	const json_t *c = get_list(x, "case");
	put_text(o, key, "");
	if (get_set(c, "company"))
		put_string(v, o, key, "action_case_text", "company", get_text2(v, c, "company"), "what",
			   get_text2(v, c, "what"), "result", get_text2(v, c, "result"), "source",
			   get_text2(v, c, "source"), NULL);
}

static void put_action(const struct view *v, json_t *o, const json_t *x, size_t number)
{
	char a[VIEW_TEXT];
	put_format(o, "number", "%zu", number);
	put_text(o, "id", get_text(x, "id"));
	put_text(o, "title", get_text2(v, x, "title"));
	put_text(o, "summary", get_text2(v, x, "summary"));
	put_bool(o, "interim", get_bool(x, "interim"));
	put_cost(v, o, x);
	put_text(o, "hours", view_hours(v, get_real(x, "hours_min"), get_real(x, "hours_max"), a));
	put_text(o, "downtime", view_name(v, "downtime", get_text(x, "downtime")));
	put_text(o, "lane", view_name(v, "lane", get_text(x, "lane")));
	put_text(o, "who", get_text2(v, x, "who"));
	put_after(v, o, x);
}

/* Why this action: the findings it closes and the answers it raises. */
void put_reasons(const struct view *v, json_t *o, const json_t *x)
{
	struct buf b;
	size_t i;
	const json_t *f;
	buf_init(&b, 4096);
	json_array_foreach(get_list(x, "findings"), i, f) {
		buf_puts(&b, b.len ? ", " : "");
		buf_puts(&b, json_string_value(f));
	}
	json_array_foreach(get_list(x, "raises"), i, f) {
		int64_t from = get_int(f, "from");
		buf_puts(&b, b.len ? ", " : "");
		if (from >= 0)
			buf_printf(&b, "%s (%lld→%lld)", get_text(f, "question"), (long long)from,
				   (long long)get_int(f, "to"));
		else
			buf_puts(&b, get_text(f, "question"));
	}
	put_text(o, "reasons", v->o->audience == REPORT_CUSTOMER ? "" : b.data);
	buf_done(&b);
}

static void put_roadmap(const struct view *v, json_t *o, const json_t *r)
{
	char a[VIEW_TEXT], b[VIEW_TEXT];
	size_t i, number = 0;
	const json_t *x;
	int64_t yen = get_int(r, "yen");
	put_string(v, o, "title", yen ? "roadmap_budget" : "roadmap_free", "yen", view_yen(v, yen, yen, a), NULL);
	put_bool(o, "budget", yen > 0);
	json_t *rows = report_list(o, "rows"), *rest = report_list(o, "rest");
	json_array_foreach(get_list(r, "steps"), i, x) {
		json_t *row = report_item(rows);
		put_text(row, "number", "");
		if (!get_bool(x, "interim"))
			put_format(row, "number", "%zu", ++number);
		put_text(row, "title", get_text2(v, x, "title"));
		put_bool(row, "interim", get_bool(x, "interim"));
		put_text(row, "lane", view_name(v, "lane", get_text(x, "lane")));
		put_cost(v, row, x);
		put_after(v, row, x);
		put_text(row, "left", view_yen(v, get_int(x, "yen_left"), get_int(x, "yen_left"), a));
	}
	json_array_foreach(get_list(r, "rest"), i, x) {
		json_t *row = report_item(rest);
		put_text(row, "title", get_text2(v, x, "title"));
		put_string(v, row, "why", !yen ? "roadmap_why_free" : get_set(x, "first") ? "roadmap_why_first" :
			   "roadmap_why", "need",
			   view_yen(v, get_int(x, "yen_need"), get_int(x, "yen_need"), a), "left",
			   view_yen(v, get_int(x, "yen_left"), get_int(x, "yen_left"), b), "first",
			   get_text2(v, x, "first"), NULL);
	}
	put_bool(o, "has_rows", json_array_size(rows) > 0);
	put_bool(o, "has_rest", json_array_size(rest) > 0);
}

/* What the site took out of its plan. */
static void put_left_out(const struct view *v, json_t *o)
{
	size_t i;
	const json_t *x;
	json_t *list = report_list(o, "left_out");
	json_array_foreach(get_list(v->model, "left_out"), i, x) {
		json_t *row = report_item(list);
		put_text(row, "title", get_text2(v, x, "title"));
		put_text(row, "why", get_set(x, "reason") ? get_text(x, "reason") : view_string(v, "plan_done"));
	}
	put_bool(o, "has_left_out", json_array_size(list) > 0);
}

void view_plan(struct view *v)
{
	json_t *o = view_chapter(v, "plan", "plan_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER | FOR_CUSTOMER);
	const json_t *actions = get_list(v->model, "actions"), *x;
	size_t i;
	json_t *first = report_list(o, "first"), *lanes = report_list(o, "lanes");
	json_array_foreach(actions, i, x) {
		if (json_array_size(first) == 6)
			break;
		json_t *row = report_item(first);
		put_action(v, row, x, i + 1);
		put_reasons(v, row, x);
	}
	for (int lane = 0; lane < LANE_MAX; lane++) {
		json_t *l = json_object();
		json_t *rows = report_list(l, "rows");
		json_array_foreach(actions, i, x)
			if (strcmp(get_text(x, "lane"), lane_names[lane]) == 0)
				put_action(v, report_item(rows), x, i + 1);
		put_text(l, "title", view_name(v, "lane", lane_names[lane]));
		if (json_array_size(rows))
			json_array_append(lanes, l);
		json_decref(l);
	}
	json_t *data = report_list(o, "data");
	json_array_foreach(get_list(v->model, "data_actions"), i, x) {
		json_t *row = report_item(data);
		put_action(v, row, x, i + 1);
		put_case(v, row, "example", x);
	}
	json_t *roadmaps = report_list(o, "roadmaps");
	if (json_array_size(actions))
		json_array_foreach(get_list(v->model, "roadmaps"), i, x)
			put_roadmap(v, report_item(roadmaps), x);
	put_left_out(v, o);
	put_bool(o, "has_data", json_array_size(data) > 0 && v->o->audience != REPORT_CUSTOMER);
	put_bool(o, "has_actions", json_array_size(actions) > 0);
	put_bool(o, "grades", view_grade_shown(v));
	/* A customer gets what is done and when, not what it costs and which hole it closes. */
	put_bool(o, "inner", v->o->audience != REPORT_CUSTOMER);
	if (view_grade_shown(v))
		draw_forecast(v, o);
	else
		put_bool(o, "forecast", false);
}

static void part(const struct view *v, json_t *list, const char *label, const char *text)
{
	if (!*text)
		return;
	json_t *o = report_item(list);
	put_text(o, "label", view_string(v, label));
	put_text(o, "text", text);
}

static void add_details(const struct view *v, json_t *list, const json_t *actions)
{
	size_t i, j;
	const json_t *x, *s;
	json_array_foreach(actions, i, x) {
		json_t *o = report_item(list);
		put_action(v, o, x, i + 1);
		put_reasons(v, o, x);
		json_t *steps = report_list(o, "steps");
		json_array_foreach(get_list(x, "steps"), j, s) {
			json_t *step = report_item(steps);
			put_format(step, "number", "%zu", j + 1);
			put_text(step, "text", get_text(s, v->lang));
		}
		put_bool(o, "has_steps", json_array_size(steps) > 0);
		json_t *parts = report_list(o, "parts");
		if (get_bool(x, "interim"))
			continue;
		part(v, parts, "action_check_first", get_text2(v, x, "check_first"));
		part(v, parts, "action_may_stop", get_text2(v, x, "may_stop"));
		part(v, parts, "action_way_back", get_text2(v, x, "way_back"));
		part(v, parts, "action_confirm", get_text2(v, x, "confirm"));
		part(v, parts, "action_record", get_text2(v, x, "record"));
		put_case(v, o, "example", x);
		part(v, parts, "action_case", get_text(o, "example"));
	}
}

void view_details(struct view *v)
{
	const json_t *actions = get_list(v->model, "actions"), *data = get_list(v->model, "data_actions");
	if (!json_array_size(actions) && !json_array_size(data))
		return;
	json_t *o = view_chapter(v, "details", "details_title", FOR_ALL | FOR_ENGINEER);
	if (!o)
		return;
	add_details(v, report_list(o, "actions"), actions);
	add_details(v, report_list(o, "data"), data);
	put_bool(o, "has_data", json_array_size(data) > 0);
}
