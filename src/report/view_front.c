/* The first pages: cover, one page for the president, what was said against what was measured. */
#include "report/view.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void fact(const struct view *v, json_t *list, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	json_t *o = report_item(list);
	put_text(o, "label", view_string(v, label));
	put_text(o, "value", value);
}

/* When the traffic was on the wire: a capture may be read long after it was made. */
static void put_span(const struct view *v, json_t *o, const json_t *scan)
{
	const char *first = "", *last = "";
	char a[VIEW_TEXT], b[VIEW_TEXT];
	size_t i;
	const json_t *f;
	json_array_foreach(get_list(v->model, "files"), i, f) {
		/* RFC 3339 in UTC sorts as it reads. */
		if (*get_text(f, "first") && (!*first || strcmp(get_text(f, "first"), first) < 0))
			first = get_text(f, "first");
		if (strcmp(get_text(f, "last"), last) > 0)
			last = get_text(f, "last");
	}
	put_string(v, o, "x", "span", "from", view_time(v, *first ? first : get_text(scan, "started"), a),
		   "to", view_time(v, *last ? last : get_text(scan, "finished"), b), NULL);
}

void view_cover(struct view *v)
{
	const json_t *site = get_list(v->model, "site"), *scan = get_list(v->model, "scan");
	const json_t *cover = get_list(v->model, "coverage"), *tool = get_list(v->model, "tool");
	char a[VIEW_TEXT], b[VIEW_TEXT];
	json_t *o = report_object(v->root, "cover"), *held = json_object();
	put_text(o, "site", *get_text(site, "name") ? get_text(site, "name") : view_string(v, "site_unnamed"));
	put_text(o, "reader", v->o->audience == REPORT_ALL ? "" :
		 view_name(v, "reader", report_audience_names[v->o->audience]));
	/* The customers' edition names no device. */
	put_text(o, "confidential", v->o->audience == REPORT_CUSTOMER ? "" : view_string(v, "confidential"));
	put_text(o, "passive", json_is_object(scan) ? view_string(v, "passive_note") : "");
	json_t *facts = report_list(o, "facts");
	if (get_bool(v->model, "masked"))
		fact(v, facts, "cover_names", view_string(v, "cover_masked"));
	if (json_is_object(scan)) {
		put_span(v, held, scan);
		fact(v, facts, "cover_when", get_text(held, "x"));
		fact(v, facts, "cover_hours", view_duration(v, get_real(cover, "hours"), a));
		/* Where nobody said it, the cover says that. */
		static const char *const said[][2] = { { "point", "cover_point" }, { "operator", "cover_operator" },
						       { "authorised_by", "cover_authorised" } };
		for (size_t k = 0; k < sizeof(said) / sizeof(*said); k++)
			fact(v, facts, said[k][1], *get_text(scan, said[k][0]) ? get_text(scan, said[k][0]) :
			     view_string(v, "not_said"));
		fact(v, facts, "cover_line", view_string(v, !get_set(scan, "line_running") ? "not_said" :
							 get_bool(scan, "line_running") ? "line_running" : "line_stopped"));
		put_string(v, held, "x", "cover_captures", "files", view_int(get_int(cover, "files"), a),
			   "frames", view_int(get_int(cover, "frames"), b), NULL);
		fact(v, facts, "cover_capture", get_text(held, "x"));
		if (strcmp(get_text(scan, "state"), "complete") != 0)
			fact(v, facts, "cover_state", view_name(v, "state", get_text(scan, "state")));
	} else {
		fact(v, facts, "cover_when", view_string(v, "no_capture"));
	}
	json_t *seen = json_object();
	size_t i;
	const json_t *q, *list = get_list(v->model, "questions");
	struct buf who;
	buf_init(&who, 400);
	json_array_foreach(list, i, q) {
		const char *name = get_text(q, "respondent");
		if (!*name || json_object_get(seen, name))
			continue;
		put_bool(seen, name, true);
		buf_puts(&who, who.len ? ", " : "");
		buf_puts(&who, name);
	}
	if (!who.overflow)
		fact(v, facts, "cover_respondents", who.data);
	buf_done(&who);
	json_decref(seen);
	fact(v, facts, "cover_generated", view_time(v, get_text(v->model, "generated"), a));
	struct tm t = { .tm_year = 70, .tm_mday = 2 };
	time_t midday = timegm(&t);
	(void)localtime_r(&midday, &t);
	put_format(held, "x", "%s (UTC%+03ld:%02ld)", *get_text(site, "timezone") ? get_text(site, "timezone") : t.tm_zone,
		   t.tm_gmtoff / 3600, labs(t.tm_gmtoff) / 60 % 60);
	fact(v, facts, "cover_zone", get_text(held, "x"));
	put_format(held, "x", "%s %s", get_text(tool, "name"), get_text(tool, "version"));
	fact(v, facts, "cover_tool", get_text(held, "x"));
	const json_t *outcomes = get_list(v->model, "outcomes"), *files = get_list(v->model, "files");
	const char *name;
	json_t *count;
	int64_t checks = 0;
	json_object_foreach((json_t *)outcomes, name, count)
		checks += json_integer_value(count);
	put_string(v, held, "x", "cover_rule_counts", "checks", view_int(checks, a), "questions",
		   view_int((int64_t)json_array_size(get_list(v->model, "questions")), b), NULL);
	if (checks)
		fact(v, facts, "cover_rules", get_text(held, "x"));
	if (json_array_size(files) == 1)
		fact(v, facts, "cover_digest", get_text(json_array_get(files, 0), "digest"));
	json_decref(held);
}

/* ---- the summary ---- */

static void add_grade(const struct view *v, json_t *o, const json_t *score)
{
	char a[VIEW_TEXT], b[VIEW_TEXT], c[VIEW_TEXT];
	bool has_s = get_set(score, "s"), measured = get_set(score, "n");
	bool brackets = get_bool(score, "declared_only");
	put_bool(o, "has_s", has_s);
	put_bool(o, "brackets", has_s && brackets);
	put_text(o, "grade", has_s ? get_text(score, "grade") : "–");
	put_text(o, "label", has_s && brackets ? view_string(v, "declared_only") : "");
	if (has_s) {
		put_text(o, "phrase", view_name(v, "grade_phrase", get_text(score, "grade")));
		put_string(v, o, "score", "score_interval", "s", view_real(get_real(score, "s"), 1, a),
			   "low", view_real(get_real(score, "low"), 1, b), "high",
			   view_real(get_real(score, "high"), 1, c), NULL);
	} else {
		put_text(o, "phrase", view_string(v, measured ? "only_measured" : "nothing_known"));
		if (measured)
			put_string(v, o, "score", "score_n_only", "n", view_real(get_real(score, "n"), 1, a), NULL);
		else
			put_text(o, "score", "");
	}
	json_t *stats = report_list(o, "stats");
	static const struct { const char *key, *label, *none; } parts[] = {
		{ "m", "stat_m", "answer_unanswered" }, { "n", "stat_n", "not_measured" },
		{ "d", "stat_d", "answer_unanswered" },
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		json_t *s = report_item(stats);
		put_text(s, "label", view_string(v, parts[i].label));
		put_text(s, "value", get_set(score, parts[i].key) ? view_real(get_real(score, parts[i].key), 1, a) :
			 view_string(v, parts[i].none));
	}
	json_t *s = report_item(stats);
	put_text(s, "label", view_string(v, "stat_k"));
	put_format(s, "value", "%s %%", view_percent(get_real(get_list(v->model, "coverage"), "k"), a));
	json_t *caps = report_list(o, "caps");
	size_t i;
	const json_t *cap;
	json_array_foreach(get_list(score, "caps"), i, cap) {
		char key[64];
		(void)snprintf(key, sizeof(key), "cap_%s", get_text(cap, "reason"));
		json_t *line = report_item(caps);
		put_string(v, line, "text", key, "grade", get_text(cap, "grade"), "count",
			   view_int(get_int(cap, "count"), a), NULL);
		/* Only a limit that bites says what the grade was before it. */
		if (strcmp(get_text(cap, "grade_before"), get_text(cap, "grade")) < 0) {
			char *text = xstrdup(get_text(line, "text"));
			put_string(v, line, "text", "cap_before", "text", text, "before",
				   get_text(cap, "grade_before"), NULL);
			free(text);
		}
	}
	put_bool(o, "has_caps", json_array_size(caps) > 0);
	const json_t *second = get_list(v->model, "score_without_accepted");
	put_text(o, "second", "");
	if (get_set(second, "s"))
		put_string(v, o, "second", "score_second", "s", view_real(get_real(second, "s"), 1, a), "grade",
			   get_text(second, "grade"), NULL);
}

/* Guarding and using data side by side: each with its weakest place and what comes next. */
static const char *weakest_domain(const struct view *v)
{
	const json_t *scores = get_list(get_list(v->model, "score"), "domains"), *d;
	const char *title = "";
	double lowest = 101;
	size_t i;
	json_array_foreach(get_list(v->model, "domains"), i, d) {
		const char *id = get_text(d, "id");
		if (strcmp(id, "D") == 0 || !get_set(scores, id) || get_real(scores, id) >= lowest)
			continue;
		lowest = get_real(scores, id);
		title = get_text2(v, d, "title");
	}
	return title;
}

static void put_first(const struct view *v, json_t *o, const json_t *actions)
{
	const json_t *x = json_array_get(actions, 0);
	char a[VIEW_TEXT];
	put_text(o, "next", "");
	if (x)
		put_string(v, o, "next", "side_next", "action", get_text2(v, x, "title"), "cost",
			   view_yen(v, get_int(x, "yen_min"), get_int(x, "yen_max"), a), NULL);
}

static void add_sides(const struct view *v, json_t *o, const json_t *score)
{
	json_t *guard = report_object(o, "guard"), *reach = report_object(o, "reach");
	const json_t *stats = get_list(o, "stats");
	json_t *parts = report_list(guard, "parts");
	for (size_t i = 0; i < json_array_size(stats); i++)
		if (i != 2)
			json_array_append(parts, json_array_get(stats, i));
	put_text(guard, "lowest", "");
	if (*weakest_domain(v))
		put_string(v, guard, "lowest", "side_lowest", "domain", weakest_domain(v), NULL);
	put_first(v, guard, get_list(v->model, "actions"));
	put_text(reach, "value", get_text(json_array_get(stats, 2), "value"));
	put_bool(reach, "rated", get_set(score, "d"));
	put_first(v, reach, get_list(v->model, "data_actions"));
	/* Since the last measurement. */
	const json_t *c = get_list(v->model, "comparison"), *moved = get_list(c, "score");
	char a[VIEW_TEXT], b[VIEW_TEXT], d[VIEW_TEXT];
	put_text(o, "since", "");
	if (!get_bool(moved, "comparable"))
		return;
	double before = get_real(moved, "before"), now = get_real(moved, "now");
	const char *arrow = now > before + 0.05 ? "↑" : now < before - 0.05 ? "↓" : "→";
	(void)snprintf(b, sizeof(b), "%s %+.1f", arrow, now - before);
	put_string(v, o, "since", get_bool(moved, "of_n") ? "since_n" : "since_s", "before", view_real(before, 1, a),
		   "change", b, "date", view_date(v, get_text(get_list(c, "before"), "captured"), d), NULL);
}

/* The next step up comes first: how many actions lead to a better grade, or to how many points. */
static void add_next_step(const struct view *v, json_t *o, const json_t *score)
{
	size_t i, done = 0;
	const json_t *action, *last = NULL;
	char n[VIEW_TEXT], a[VIEW_TEXT], b[VIEW_TEXT];
	bool has_s = get_set(score, "s");
	put_text(o, "next", "");
	json_array_foreach(get_list(v->model, "actions"), i, action) {
		if (!get_bool(action, "forecast"))
			continue;
		done++;
		last = action;
		const char *grade = get_text(action, "grade_after");
		if (has_s && strcmp(grade, get_text(score, "grade")) < 0) {
			put_string(v, o, "next", done == 1 ? "next_grade_one" : "next_grade", "count",
				   view_int((int64_t)done, n), "grade", grade, "phrase", view_name(v, "grade_phrase", grade),
				   "last", get_text2(v, action, "title"), NULL);
			return;
		}
	}
	if (!last)
		return;
	double now = get_real(score, has_s ? "s" : "n"), then = get_real(last, has_s ? "s_after" : "n_after");
	if (then > now)
		put_string(v, o, "next", has_s ? "next_points" : "next_points_n", "count", view_int((int64_t)done, n),
			   "from", view_real(now, 1, a), "to", view_real(then, 1, b), NULL);
}

/* The first sentence: enough for a page that is read in a minute. */
static void put_sentence(json_t *o, const char *key, const char *text)
{
	const char *ja = strstr(text, "。"), *en = strstr(text, ". ");
	size_t n = strlen(text);
	if (ja)
		n = (size_t)(ja - text) + strlen("。");
	else if (en)
		n = (size_t)(en - text) + 1;
	put_format(o, key, "%.*s", (int)n, text);
}

/* "Don't know" weighs as level 0. */
static bool is_weak_answer(const json_t *q, int64_t level)
{
	const char *state = get_text(q, "state");
	bool known = strcmp(state, "level") == 0;
	if (strcmp(get_text(q, "domain"), "D") == 0 || get_int(q, "weight") < 3 || !get_bool(q, "counted"))
		return false;
	return known ? get_int(q, "effective") == level : strcmp(state, "unknown") == 0 && level == 0;
}

static void put_weak_answer(const struct view *v, json_t *o, const json_t *q)
{
	put_text(o, "severity", "answer");
	put_text(o, "tag", view_string(v, "tag_answer"));
	put_text(o, "title", get_text2(v, q, "text"));
	put_string(v, o, "why", "answered", "level", get_set(q, "level") ? get_text2(v, q, "level_text") :
		   view_name(v, "answer", get_text(q, "state")), NULL);
	put_text(o, "id", "");
}

static void add_risks(const struct view *v, json_t *o)
{
	json_t *risks = report_list(o, "risks");
	size_t i;
	const json_t *f;
	json_array_foreach(get_list(v->model, "findings"), i, f) {
		if (json_array_size(risks) == 3)
			break;
		const char *severity = get_text(f, "severity");
		if (get_bool(f, "excepted") || strcmp(severity, "info") == 0 ||
		    strcmp(get_text(f, "category"), "stability") == 0)
			continue;
		json_t *r = report_item(risks);
		put_text(r, "severity", severity);
		put_text(r, "tag", view_name(v, "severity", severity));
		put_text(r, "title", get_text2(v, f, "title"));
		put_sentence(r, "why", get_text2(v, f, "why"));
		put_text(r, "id", get_text(f, "id"));
	}
	/* Fewer findings than three: the weakest answers of the heavy questions. */
	for (int64_t level = 0; level <= 1; level++)
		json_array_foreach(get_list(v->model, "questions"), i, f)
			if (json_array_size(risks) < 3 && is_weak_answer(f, level))
				put_weak_answer(v, report_item(risks), f);
	put_bool(o, "has_risks", json_array_size(risks) > 0);
}

static void add_first_actions(const struct view *v, json_t *o)
{
	json_t *list = report_list(o, "actions");
	char a[VIEW_TEXT];
	size_t i;
	const json_t *x;
	json_array_foreach(get_list(v->model, "actions"), i, x) {
		if (json_array_size(list) == 3)
			break;
		json_t *r = report_item(list);
		put_format(r, "number", "%zu", i + 1);
		put_text(r, "title", get_text2(v, x, "title"));
		put_text(r, "cost", view_yen(v, get_int(x, "yen_min"), get_int(x, "yen_max"), a));
		put_text(r, "hours", view_hours(v, get_real(x, "hours_min"), get_real(x, "hours_max"), a));
		put_text(r, "downtime", view_name(v, "downtime", get_text(x, "downtime")));
		put_text(r, "lane", view_name(v, "lane", get_text(x, "lane")));
	}
	put_bool(o, "has_actions", json_array_size(list) > 0);
}

/* What was looked at and what came out, in one sentence each. */
static void add_sentences(const struct view *v, json_t *o)
{
	char a[VIEW_TEXT], b[VIEW_TEXT], c[VIEW_TEXT];
	json_t *list = report_list(o, "sentences");
	const json_t *count = get_list(v->model, "answered"), *severities = get_list(v->model, "severities");
	const json_t *d;
	size_t i;
	int64_t inside = 0;
	json_array_foreach(get_list(v->model, "devices"), i, d)
		inside += !get_bool(d, "internet");
	if (json_is_object(get_list(v->model, "scan")))
		put_string(v, report_item(list), "text", "sentence_scan", "time",
			   view_duration(v, get_real(get_list(v->model, "coverage"), "hours"), a), "devices",
			   view_int(inside, b), NULL);
	else
		put_string(v, report_item(list), "text", "sentence_no_scan", NULL);
	if (json_is_object(get_list(v->model, "scan")))
		put_string(v, report_item(list), "text", "sentence_findings", "critical",
			   view_int(get_int(severities, "critical"), a), "high", view_int(get_int(severities, "high"), b),
			   "medium", view_int(get_int(severities, "medium"), c), NULL);
	if (get_int(count, "answers") == 0)
		put_string(v, report_item(list), "text", "sentence_no_answers", NULL);
	else
		put_string(v, report_item(list), "text", !json_is_object(get_list(v->model, "scan")) ?
			   "sentence_answers_only" : get_int(count, "contradicted") ? "sentence_answers_differ" :
			   "sentence_answers", "answers", view_int(get_int(count, "answers"), a), "differ",
			   view_int(get_int(count, "contradicted"), b), NULL);
}

static const json_t *item_find(const struct view *v, const char *chart, const char *id, const json_t **found)
{
	size_t i;
	const json_t *c, *x;
	*found = NULL;
	json_array_foreach(get_list(v->model, "charts"), i, c)
		if (strcmp(get_text(c, "id"), chart) == 0)
			*found = c;
	json_array_foreach(get_list(*found, "items"), i, x)
		if (strcmp(get_text(x, "id"), id) == 0)
			return x;
	return NULL;
}

/* What other firms believe, to open the page; and what this one believed, beside what came out. */
static void add_views(const struct view *v, json_t *o)
{
	char a[VIEW_TEXT], b[VIEW_TEXT], n[VIEW_TEXT];
	size_t i;
	const json_t *chart, *p, *x = item_find(v, "no-worry", "no_target", &chart);
	const json_t *enough = item_find(v, "no-worry", "enough", &chart);
	put_text(o, "no_worry", "");
	put_text(o, "self_view", "");
	if (x && enough)
		put_string(v, o, "no_worry", "no_worry", "share", view_real(get_real(x, "share"), 1, a), "enough",
			   view_real(get_real(enough, "share"), 1, b), "source",
			   view_name(v, "source", get_text(chart, "source")), "n", view_int(get_int(chart, "n"), n), NULL);
	json_array_foreach(get_list(v->model, "profile"), i, p) {
		if (strcmp(get_text(p, "id"), "self_view") != 0)
			continue;
		x = item_find(v, "self-view", get_text(p, "value"), &chart);
		if (x)
			put_string(v, o, "self_view", "self_view", "answer", get_text2(v, p, "value_text"), "share",
				   view_real(get_real(x, "share"), 1, a), "source",
				   view_name(v, "source", get_text(chart, "source")), "n",
				   view_int(get_int(chart, "n"), n), NULL);
	}
}

void view_summary(struct view *v)
{
	if (!view_grade_shown(v))
		return;
	json_t *o = view_chapter(v, "summary", "summary_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER | FOR_CUSTOMER);
	const json_t *score = get_list(v->model, "score");
	bool inner = v->o->audience != REPORT_CUSTOMER;
	add_grade(v, o, score);
	add_sides(v, o, score);
	add_next_step(v, o, score);
	put_bool(o, "inner", inner);
	if (inner) {
		add_sentences(v, o);
		add_views(v, o);
		add_risks(v, o);
	}
	add_first_actions(v, o);
	draw_scale(v, o);
}
