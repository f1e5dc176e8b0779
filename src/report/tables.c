/* The model as tables: every row of it, where the printed report shows the first ones. */
#include "report/tables.h"

#include <stdlib.h>
#include <string.h>

#include "report/view.h"

/* ---- building ---- */

struct table {
	const struct view *v;
	json_t *columns, *rows;
	json_t *row;             /* the one being filled */
};

static struct table table_new(const struct view *v, const char *id, const char *title)
{
	json_t *o = report_item(v->root);
	put_text(o, "id", id);
	put_text(o, "title", view_string(v, title));
	return (struct table){ .v = v, .columns = report_list(o, "columns"), .rows = report_list(o, "rows") };
}

static json_t *add_column(struct table *t, const char *title)
{
	json_t *o = report_item(t->columns);
	put_text(o, "title", view_string(t->v, title));
	return o;
}

static void add_columns(struct table *t, const char *const *titles, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)add_column(t, titles[i]);
}

static void add_row(struct table *t)
{
	t->row = json_array();
	json_array_append_new(t->rows, t->row);
}

static void cell_text(struct table *t, const char *s)
{
	json_array_append_new(t->row, *s ? json_string(s) : json_null());
}

static void cell_words(struct table *t, const char *s)
{
	char *words = report_words(t->v->strings, t->v->lang, s);
	cell_text(t, words);
	free(words);
}

static void cell_int(struct table *t, int64_t n)
{
	json_array_append_new(t->row, json_integer(n));
}

/* A number that may be absent. */
static void cell_number(struct table *t, const json_t *o, const char *key)
{
	const json_t *x = json_object_get(o, key);
	if (json_is_integer(x))
		json_array_append_new(t->row, json_integer(json_integer_value(x)));
	else
		json_array_append_new(t->row, json_is_real(x) ? json_real(json_real_value(x)) : json_null());
}

static void cell_joined(struct table *t, const json_t *list)
{
	struct buf b;
	size_t i;
	const json_t *s;
	buf_init(&b, 65536);
	json_array_foreach(list, i, s)
		buf_printf(&b, "%s%s", i ? ", " : "", json_string_value(s));
	cell_text(t, b.data);
	buf_done(&b);
}

/* File and frame. */
static void cell_frame(struct table *t, const json_t *row)
{
	cell_text(t, get_text(row, "file"));
	if (get_int(row, "frame"))
		cell_int(t, get_int(row, "frame"));
	else
		cell_text(t, "");
}

static void cell_filter(struct table *t, const json_t *row)
{
	json_t *o = json_object();
	put_evidence(t->v, o, row);
	cell_text(t, get_text(o, "filter"));
	json_decref(o);
}

/* A last row that says how many are missing. */
static void add_more(struct table *t, const char *string, int64_t count)
{
	char a[VIEW_TEXT];
	if (count <= 0)
		return;
	json_t *o = json_object();
	put_string(t->v, o, "more", string, "count", view_int(count, a), NULL);
	add_row(t);
	cell_text(t, get_text(o, "more"));
	json_decref(o);
}

/* ---- the tables ---- */

static void line(struct table *t, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	add_row(t);
	cell_text(t, label);
	cell_text(t, value);
}

/* What stands on the printed report's cover and first page. */
static void add_summary(const struct view *v, const json_t *printed)
{
	static const char *const titles[] = { "col_item", "col_content" };
	struct table t = table_new(v, "summary", "table_summary");
	const json_t *cover = get_list(printed, "cover"), *summary = get_list(printed, "summary"), *x;
	size_t i;
	add_columns(&t, titles, 2);
	line(&t, view_string(v, "report_title"), get_text(cover, "site"));
	line(&t, "", get_text(cover, "reader"));
	if (*get_text(cover, "confidential"))
		line(&t, view_string(v, "col_note"), get_text(cover, "confidential"));
	json_array_foreach(get_list(cover, "facts"), i, x)
		line(&t, get_text(x, "label"), get_text(x, "value"));
	if (json_is_object(summary)) {
		bool brackets = get_bool(summary, "brackets");
		add_row(&t);
		cell_text(&t, view_string(v, "grade_label"));
		json_t *o = json_object();
		put_format(o, "x", brackets ? "(%s) %s" : "%s%s", get_text(summary, "grade"),
			   get_text(summary, "label"));
		cell_text(&t, get_text(o, "x"));
		json_decref(o);
		line(&t, "", get_text(summary, "phrase"));
		line(&t, view_string(v, "col_score"), get_text(summary, "score"));
		line(&t, "", get_text(summary, "second"));
		json_array_foreach(get_list(summary, "stats"), i, x)
			line(&t, get_text(x, "label"), get_text(x, "value"));
		json_array_foreach(get_list(summary, "caps"), i, x)
			line(&t, i ? "" : view_string(v, "caps_title"), get_text(x, "text"));
		line(&t, view_string(v, "next_label"), get_text(summary, "next"));
		json_array_foreach(get_list(summary, "sentences"), i, x)
			line(&t, i ? "" : view_string(v, "table_summary"), get_text(x, "text"));
	}
	if (v->o->audience != REPORT_ALL && v->o->audience != REPORT_ENGINEER)
		return;
	json_array_foreach(get_list(v->model, "profile"), i, x)
		line(&t, get_text2(v, x, "text"), get_set(x, "value_text") ? get_text2(v, x, "value_text") :
		     get_text(x, "value"));
}

static void add_devices(const struct view *v)
{
	static const char *const titles[] = {
		"col_device", "col_kind", "col_level", "col_zone", "col_vendor", "col_type", "col_firmware",
		"col_hardware", "col_serial", "col_os", "col_addresses", "col_services", "col_first_seen",
		"col_last_seen", "col_file", "col_evidence_frame",
	};
	struct table t = table_new(v, "devices", "table_devices");
	char a[VIEW_TEXT];
	size_t i;
	const json_t *d;
	add_columns(&t, titles, sizeof(titles) / sizeof(titles[0]));
	json_array_foreach(get_list(v->model, "devices"), i, d) {
		/* An inventory is of the factory: servers on the internet stand in its findings and conduits. */
		if (get_bool(d, "internet"))
			continue;
		add_row(&t);
		cell_text(&t, get_text(d, "label"));
		cell_text(&t, view_name(v, "kind", get_text(d, "kind")));
		cell_number(&t, d, "level");
		cell_text(&t, get_text(d, "zone"));
		cell_text(&t, *get_text(d, "vendor") ? get_text(d, "vendor") : get_text(d, "mac_vendor"));
		cell_text(&t, get_text(d, "model"));
		cell_text(&t, get_text(d, "firmware"));
		cell_text(&t, get_text(d, "hardware"));
		cell_text(&t, get_text(d, "serial"));
		cell_words(&t, get_text(d, "os"));
		cell_joined(&t, get_list(d, "addresses"));
		cell_joined(&t, get_list(d, "protocols"));
		cell_text(&t, view_stamp(get_text(d, "first_seen"), a));
		cell_text(&t, view_stamp(get_text(d, "last_seen"), a));
		cell_frame(&t, d);
	}
	add_more(&t, "more_devices", get_int(v->model, "more_devices"));
}

static const char *finding_remark(const struct view *v, const json_t *f, bool candidate)
{
	return candidate ? view_string(v, "candidate") : get_bool(f, "excepted") ? view_string(v, "accepted") :
	       strcmp(get_text(f, "category"), "stability") == 0 ? view_string(v, "unscored") : "";
}

static void add_finding(struct table *t, const json_t *f, bool candidate)
{
	const struct view *v = t->v;
	const json_t *action = view_action(v, get_text(f, "action"));
	json_t *o = json_object();
	put_maps(v, o, get_list(f, "maps"));
	add_row(t);
	cell_text(t, view_name(v, "severity", get_text(f, "severity")));
	cell_text(t, get_text(f, "id"));
	cell_text(t, get_text2(v, f, "title"));
	cell_text(t, view_name(v, "category", get_text(f, "category")));
	if (get_int(f, "population") > 0 && strcmp(get_text(f, "subject"), "site") != 0) {
		cell_int(t, get_int(f, "affected"));
		cell_int(t, get_int(f, "population"));
	} else {
		cell_text(t, view_string(v, "affected_site"));
		cell_text(t, "");
	}
	cell_text(t, finding_remark(v, f, candidate));
	cell_text(t, get_text2(v, f, "why"));
	cell_text(t, action ? get_text2(v, action, "title") : "");
	cell_text(t, action ? view_name(v, "lane", get_text(action, "lane")) : "");
	cell_text(t, action ? get_text2(v, action, "confirm") : "");
	cell_text(t, get_text2(v, f, "false_positives"));
	cell_text(t, get_text(o, "maps"));
	json_decref(o);
}

static void add_findings(const struct view *v)
{
	static const char *const titles[] = {
		"col_severity", "col_check", "col_finding", "col_category", "col_affected", "col_population",
		"col_remark", "finding_why", "finding_fix", "col_lane", "finding_verify", "finding_doubt",
		"finding_maps",
	};
	struct table t = table_new(v, "findings", "table_findings");
	size_t i;
	const json_t *f;
	add_columns(&t, titles, sizeof(titles) / sizeof(titles[0]));
	json_array_foreach(get_list(v->model, "findings"), i, f)
		add_finding(&t, f, false);
	/* The reader who gets the brief edition gets no guesses. */
	if (v->o->audience != REPORT_PRESIDENT)
		json_array_foreach(get_list(v->model, "candidates"), i, f)
			add_finding(&t, f, true);
}

/* One row of evidence with its finding and the action for it; row may be NULL, for a finding that has none. */
static void add_evidence_row(struct table *t, const json_t *f, const json_t *row, bool candidate)
{
	const struct view *v = t->v;
	const json_t *action = view_action(v, get_text(f, "action"));
	add_row(t);
	cell_text(t, view_name(v, "severity", get_text(f, "severity")));
	cell_text(t, get_text(f, "id"));
	cell_text(t, get_text2(v, f, "title"));
	cell_text(t, row ? get_text(row, "device_name") : view_string(v, "affected_site"));
	cell_words(t, get_text(row, "text"));
	cell_text(t, get_bool(row, "excepted") ? view_string(v, "accepted") :
		  get_bool(row, "candidate") ? view_string(v, "candidate") : finding_remark(v, f, candidate));
	cell_frame(t, row);
	cell_filter(t, row);
	cell_text(t, action ? get_text2(v, action, "title") : "");
	cell_text(t, action ? view_name(v, "lane", get_text(action, "lane")) : "");
	cell_text(t, action ? get_text2(v, action, "summary") : "");
}

static void add_evidence_of(struct table *t, const json_t *findings, bool candidate)
{
	size_t i, j;
	const json_t *f, *row;
	int64_t more = 0;
	json_array_foreach(findings, i, f) {
		json_array_foreach(get_list(f, "rows"), j, row)
			add_evidence_row(t, f, row, candidate);
		if (!json_array_size(get_list(f, "rows")))
			add_evidence_row(t, f, NULL, candidate);
		more += get_int(f, "more_rows");
	}
	add_more(t, "more_rows", more);
}

static void add_evidence(const struct view *v)
{
	static const char *const titles[] = {
		"col_severity", "col_check", "col_finding", "col_device", "col_what", "col_remark", "col_file",
		"col_evidence_frame", "col_filter", "finding_fix", "col_lane", "col_todo",
	};
	struct table t = table_new(v, "evidence", "table_evidence");
	add_columns(&t, titles, sizeof(titles) / sizeof(titles[0]));
	add_evidence_of(&t, get_list(v->model, "findings"), false);
	add_evidence_of(&t, get_list(v->model, "candidates"), true);
}

static void add_action(struct table *t, const json_t *x, const char *prefix, size_t number)
{
	const struct view *v = t->v;
	bool inner = v->o->audience != REPORT_CUSTOMER;
	json_t *o = json_object();
	put_reasons(v, o, x);
	put_after(v, o, x);
	put_format(o, "number", "%s%zu", prefix, number);
	add_row(t);
	if (*prefix)
		cell_text(t, get_text(o, "number"));
	else
		cell_int(t, (int64_t)number);
	cell_text(t, view_name(v, "lane", get_text(x, "lane")));
	cell_text(t, get_text2(v, x, "title"));
	cell_text(t, get_text2(v, x, "summary"));
	cell_text(t, view_name(v, "downtime", get_text(x, "downtime")));
	cell_text(t, get_text2(v, x, "who"));
	if (view_grade_shown(v))
		cell_text(t, get_text(o, "after"));
	if (inner) {
		cell_text(t, get_text(o, "reasons"));
		cell_number(t, x, "yen_min");
		cell_number(t, x, "yen_max");
		cell_number(t, x, "hours_min");
		cell_number(t, x, "hours_max");
		for (int i = 0; i < 5; i++)
			cell_text(t, "");
	}
	json_decref(o);
}

/* In the order of the report, with columns to fill in: who sees to it, by when, how far it is. */
static void add_actions(const struct view *v)
{
	static const char *const titles[] = {
		"col_number", "col_lane", "col_action", "col_todo", "col_stop", "col_who",
	};
	static const char *const costs[] = {
		"reasons", "col_cost_low", "col_cost_high", "col_hours_low", "col_hours_high",
	};
	static const struct { const char *title, *fill; } fills[] = {
		{ "col_owner", "text" }, { "col_due", "date" }, { "col_status", "choice" }, { "col_done", "date" },
		{ "col_note", "text" },
	};
	static const char *const states[] = { "todo_open", "todo_begun", "todo_done", "todo_dropped" };
	struct table t = table_new(v, "actions", "table_actions");
	bool inner = v->o->audience != REPORT_CUSTOMER;
	size_t i;
	const json_t *x;
	add_columns(&t, titles, sizeof(titles) / sizeof(titles[0]));
	if (view_grade_shown(v))
		(void)add_column(&t, "col_after");
	for (i = 0; inner && i < sizeof(costs) / sizeof(costs[0]); i++)
		put_bool(add_column(&t, costs[i]), "money", strncmp(costs[i], "col_cost", strlen("col_cost")) == 0);
	for (i = 0; inner && i < sizeof(fills) / sizeof(fills[0]); i++) {
		json_t *c = add_column(&t, fills[i].title);
		put_text(c, "fill", fills[i].fill);
		if (strcmp(fills[i].fill, "choice") != 0)
			continue;
		json_t *choices = report_list(c, "choices");
		for (size_t j = 0; j < sizeof(states) / sizeof(states[0]); j++)
			json_array_append_new(choices, json_string(view_string(v, states[j])));
	}
	json_array_foreach(get_list(v->model, "actions"), i, x)
		add_action(&t, x, "", i + 1);
	if (inner)
		json_array_foreach(get_list(v->model, "data_actions"), i, x)
			add_action(&t, x, "D", i + 1);
}

static void add_answers(const struct view *v)
{
	static const char *const titles[] = {
		"col_number", "col_domain", "col_question", "col_declared", "col_answer_text", "col_counted",
		"col_remark", "col_reason", "col_note", "col_record", "col_respondent", "col_next", "col_ask",
	};
	struct table t = table_new(v, "answers", "table_answers");
	size_t i, j;
	const json_t *q, *d;
	add_columns(&t, titles, sizeof(titles) / sizeof(titles[0]));
	json_array_foreach(get_list(v->model, "questions"), i, q) {
		add_row(&t);
		cell_text(&t, get_text(q, "id"));
		const char *domain = get_text(q, "domain");
		json_array_foreach(get_list(v->model, "domains"), j, d)
			if (strcmp(get_text(d, "id"), get_text(q, "domain")) == 0)
				domain = get_text2(v, d, "title");
		cell_text(&t, domain);
		cell_text(&t, get_text2(v, q, "text"));
		cell_number(&t, q, "level");
		cell_text(&t, get_set(q, "level") ? get_text2(v, q, "level_text") :
			  view_name(v, "answer", get_text(q, "state")));
		cell_number(&t, q, "effective");
		cell_text(&t, view_answer_mark(v, q));
		cell_text(&t, get_text(q, "reason"));
		cell_text(&t, get_text(q, "note"));
		cell_text(&t, get_text(q, "evidence"));
		cell_text(&t, get_text(q, "respondent"));
		cell_text(&t, get_set(q, "next_text") ? get_text2(v, q, "next_text") : "");
		cell_text(&t, get_text2(v, q, "ask_whom"));
	}
}

json_t *report_tables(const json_t *model, const struct report_options *o, struct err *e)
{
	json_t *strings = report_strings(e);
	if (!strings)
		return NULL;
	json_t *printed = report_view(model, strings, o);
	struct view v = { .model = model, .strings = strings, .o = o, .lang = o->lang == LANG_JA ? "ja" : "en",
			  .root = json_array() };
	char *before = view_zone_enter(model);
	bool all = o->audience == REPORT_ALL || o->audience == REPORT_ENGINEER;
	bool scan = json_is_object(get_list(model, "scan"));
	add_summary(&v, printed);
	if (all && scan)
		add_devices(&v);
	if (o->audience != REPORT_CUSTOMER && scan)
		add_findings(&v);
	if (all && scan)
		add_evidence(&v);
	add_actions(&v);
	if (all && get_int(get_list(model, "answered"), "answers") > 0)
		add_answers(&v);
	view_zone_leave(before);
	json_decref(printed);
	json_decref(strings);
	return v.root;
}

const json_t *report_table(const json_t *tables, const char *id)
{
	size_t i;
	const json_t *t;
	json_array_foreach(tables, i, t)
		if (strcmp(get_text(t, "id"), id) == 0)
			return t;
	return NULL;
}
