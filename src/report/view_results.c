/* What came out: the domains with their figures, and the findings. */
#include "report/view.h"

#include <string.h>

/* ---- domains ---- */

/* A figure of the ministry's survey: text only, since a share of firms has no place on an axis of scores. */
static void put_benchmark(const struct view *v, json_t *o, const json_t *b)
{
	char share[VIEW_TEXT], planned[VIEW_TEXT], n[VIEW_TEXT];
	bool inferred = strcmp(get_text(b, "mapping"), "inferred") == 0;
	put_string(v, o, "text", get_set(b, "planned") ? "benchmark_planned" : "benchmark",
		   "label", get_text2(v, b, "label"), "share", view_real(get_real(b, "share"), 1, share),
		   "planned", view_real(get_real(b, "planned"), 1, planned), "source",
		   view_name(v, "source", get_text(b, "source")),
		   "n", view_int(get_int(b, "n"), n), "base", get_text2(v, b, "base"), "inferred",
		   inferred ? view_string(v, "benchmark_inferred") : "", NULL);
}

void view_domains(struct view *v)
{
	json_t *o = view_chapter(v, "domains", "domains_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER);
	if (!o)
		return;
	const json_t *scores = get_list(get_list(v->model, "score"), "domains"), *d, *q, *b;
	bool answered = get_int(get_list(v->model, "answered"), "answers") > 0;
	json_t *rows = report_list(o, "rows");
	size_t i, j, k;
	char a[VIEW_TEXT];
	json_array_foreach(get_list(v->model, "domains"), i, d) {
		const char *id = get_text(d, "id");
		json_t *row = report_item(rows);
		put_text(row, "id", id);
		put_text(row, "title", get_text2(v, d, "title"));
		bool rated = get_set(scores, id);
		put_bool(row, "rated", rated);
		put_text(row, "score", rated ? view_real(get_real(scores, id), 1, a) : view_string(v, "not_rated"));
		const json_t *lowest = NULL;
		json_t *figures = report_list(row, "figures");
		json_array_foreach(get_list(v->model, "questions"), j, q) {
			if (strcmp(get_text(q, "domain"), id) != 0)
				continue;
			if (answered && get_bool(q, "counted") && strcmp(get_text(q, "state"), "not_applicable") != 0 &&
			    (!lowest || get_int(q, "effective") < get_int(lowest, "effective") ||
			     (get_int(q, "effective") == get_int(lowest, "effective") &&
			      get_int(q, "weight") > get_int(lowest, "weight"))))
				lowest = q;
			json_array_foreach(get_list(q, "benchmarks"), k, b)
				put_benchmark(v, report_item(figures), b);
		}
		put_bool(row, "has_lowest", lowest != NULL);
		put_text(row, "lowest_id", get_text(lowest, "id"));
		put_text(row, "lowest", lowest ? get_text2(v, lowest, "text") : "");
		put_text(row, "now", !lowest ? "" : get_set(lowest, "level") ? get_text2(v, lowest, "level_text") :
			 view_name(v, "answer", get_text(lowest, "state")));
		/* A difference, or a level without proof: what counts is not what was said. */
		if (lowest && get_set(lowest, "level") && get_int(lowest, "effective") < get_int(lowest, "level"))
			put_string(v, row, "now", "counted_as", "answer", get_text2(v, lowest, "level_text"), "level",
				   view_int(get_int(lowest, "effective"), a), NULL);
		put_text(row, "next", lowest ? get_text2(v, lowest, "next_text") : "");
		put_bool(row, "has_figures", json_array_size(figures) > 0);
	}
	put_bool(o, "answered", answered);
	/* A figure stands beside an answer; alone it would say nothing of this factory. */
	put_bool(o, "has_figures", answered);
	/* The categories of the measured half. */
	const json_t *categories = get_list(get_list(v->model, "score"), "categories");
	json_t *cats = report_list(o, "categories");
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)categories, name, value) {
		if (strcmp(name, "stability") == 0)
			continue;
		json_t *c = report_item(cats);
		put_text(c, "title", view_name(v, "category", name));
		put_text(c, "score", json_is_null(value) ? view_string(v, "not_measured") :
			 view_real(json_number_value(value), 1, a));
	}
	put_bool(o, "measured", json_is_object(get_list(v->model, "scan")));
	draw_domains(v, o);
}

/* ---- findings ---- */

const json_t *view_action(const struct view *v, const char *id)
{
	size_t i;
	const json_t *x;
	json_array_foreach(get_list(v->model, "actions"), i, x)
		if (strcmp(get_text(x, "id"), id) == 0 && !get_bool(x, "interim"))
			return x;
	return NULL;
}

void put_maps(const struct view *v, json_t *o, const json_t *maps)
{
	struct buf b;
	const char *framework;
	json_t *ids, *id;
	size_t i;
	buf_init(&b, 4096);
	json_object_foreach((json_t *)maps, framework, ids) {
		buf_puts(&b, b.len ? "; " : "");
		buf_printf(&b, "%s ", view_name(v, "framework", framework));
		json_array_foreach(ids, i, id)
			buf_printf(&b, "%s%s", i ? ", " : "",
				   view_name(v, "requirement", json_string_value(id)));
	}
	put_text(o, "maps", b.data);
	buf_done(&b);
}

static void put_finding(const struct view *v, json_t *o, const json_t *f)
{
	char a[VIEW_TEXT], b[VIEW_TEXT];
	const char *severity = get_text(f, "severity");
	put_text(o, "id", get_text(f, "id"));
	put_text(o, "severity", severity);
	put_text(o, "tag", view_name(v, "severity", severity));
	put_text(o, "category", view_name(v, "category", get_text(f, "category")));
	put_text(o, "title", get_text2(v, f, "title"));
	put_text(o, "why", get_text2(v, f, "why"));
	put_text(o, "doubt", get_text2(v, f, "false_positives"));
	put_text(o, "accepted", get_bool(f, "excepted") ? view_string(v, "accepted") : "");
	put_text(o, "unscored", strcmp(get_text(f, "category"), "stability") == 0 ? view_string(v, "unscored") : "");
	put_text(o, "count", "");
	if (get_int(f, "population") > 0 && strcmp(get_text(f, "subject"), "site") != 0)
		put_string(v, o, "count", view_affected(f), "affected", view_int(get_int(f, "affected"), a), "population",
			   view_int(get_int(f, "population"), b), NULL);
	const json_t *action = view_action(v, get_text(f, "action"));
	put_text(o, "fix", action ? get_text2(v, action, "title") : "");
	put_text(o, "fix_id", action ? get_text(action, "id") : "");
	put_text(o, "fix_lane", action ? view_name(v, "lane", get_text(action, "lane")) : "");
	put_text(o, "verify", action ? get_text2(v, action, "confirm") : "");
	put_maps(v, o, get_list(f, "maps"));
	json_t *rows = report_list(o, "rows");
	size_t i;
	const json_t *r;
	json_array_foreach(get_list(f, "rows"), i, r) {
		if (i == VIEW_ROWS)
			break;
		json_t *row = report_item(rows);
		put_row_text(v, row, r);
		put_text(row, "mark", get_bool(r, "excepted") ? view_string(v, "accepted") :
			 get_bool(r, "candidate") ? view_string(v, "candidate") : "");
		put_evidence(v, row, r);
	}
	put_bool(o, "has_rows", json_array_size(rows) > 0);
	int64_t more = get_int(f, "more_rows") + (int64_t)json_array_size(get_list(f, "rows")) -
		       (int64_t)json_array_size(rows);
	put_text(o, "more", "");
	if (more > 0)
		put_string(v, o, "more", "more_rows", "count", view_int(more, a), NULL);
}

void view_findings(struct view *v)
{
	if (!json_is_object(get_list(v->model, "scan")))
		return;
	json_t *o = view_chapter(v, "findings", "findings_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER);
	if (!o)
		return;
	bool brief = v->o->audience == REPORT_PRESIDENT;
	json_t *counts = report_list(o, "counts"), *list = report_list(o, "list"), *maybe = report_list(o, "candidates");
	for (int i = SEVERITY_CRITICAL; i >= 0; i--) {
		char a[VIEW_TEXT];
		json_t *c = report_item(counts);
		put_text(c, "severity", severity_names[i]);
		put_text(c, "tag", view_name(v, "severity", severity_names[i]));
		put_text(c, "count", view_int(get_int(get_list(v->model, "severities"), severity_names[i]), a));
	}
	size_t i;
	const json_t *f;
	json_array_foreach(get_list(v->model, "findings"), i, f)
		put_finding(v, report_item(list), f);
	json_array_foreach(get_list(v->model, "candidates"), i, f)
		put_finding(v, report_item(maybe), f);
	put_bool(o, "has_list", json_array_size(list) > 0);
	put_bool(o, "has_candidates", json_array_size(maybe) > 0 && !brief);
	put_bool(o, "brief", brief);
	const json_t *outcomes = get_list(v->model, "outcomes");
	char a[VIEW_TEXT], b[VIEW_TEXT], c[VIEW_TEXT], d[VIEW_TEXT];
	put_string(v, o, "outcomes", "outcomes", "pass", view_int(get_int(outcomes, "pass"), a), "fail",
		   view_int(get_int(outcomes, "fail"), b), "not_applicable",
		   view_int(get_int(outcomes, "not_applicable"), c), "not_observable",
		   view_int(get_int(outcomes, "not_observable"), d), NULL);
}
