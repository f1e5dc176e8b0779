/* What changed since the scan before, and how the site's score moved over its scans. */
#include "report/model.h"

#include <string.h>

#include "diff/diff.h"

/* ---- since the scan before ---- */

static bool take_time(void *data, const struct store_row *row)
{
	*(int64_t *)data = row->n > 0 ? row->values[0].i : 0;
	return false;
}

/* When its first frame was on the wire: captures may be read long after they were made. */
static int64_t captured(struct store *s, int64_t scan, int64_t began)
{
	int64_t first = 0;
	if (!store_select(s, scan, "SELECT min(first) FROM v_file WHERE first > 0", NULL, take_time, &first, NULL))
		first = 0;
	return first > 0 ? first : began;
}

static void add_side(json_t *list, const char *key, struct store *s, const struct assessment *a, int64_t began)
{
	json_t *o = report_object(list, key);
	model_int(o, "scan", a->scan);
	model_time(o, "started", began);
	model_time(o, "captured", captured(s, a->scan, began));
	model_points(o, "s", a->score.has_s, a->score.s);
	model_points(o, "n", a->score.has_n, a->score.n);
	model_text(o, "grade", a->score.has_s ? grade_names[a->score.grade] : NULL);
	model_real(o, "k", a->coverage.k, 3);
}

static void add_moves(json_t *o, const struct diff *d)
{
	const struct score_result *x = &d->before->score, *y = &d->now->score;
	json_t *score = report_object(o, "score");
	model_bool(score, "comparable", d->score.comparable);
	model_bool(score, "of_n", d->score.of_n);
	model_real(score, "before", d->score.before, 1);
	model_real(score, "now", d->score.now, 1);
	model_real(score, "findings", d->score.findings, 1);
	model_real(score, "coverage", d->score.coverage, 1);
	model_real(score, "answers", d->score.answers, 1);
	model_bool(score, "answers_told", d->score.answers_told);
	json_t *list = report_list(o, "domains");
	for (int i = 0; i < DOMAIN_MAX; i++) {
		if (!x->rated[i] && !y->rated[i])
			continue;
		json_t *row = report_item(list);
		model_text(row, "id", domain_names[i]);
		model_points(row, "before", x->rated[i], x->domain[i]);
		model_points(row, "now", y->rated[i], y->domain[i]);
	}
	list = report_list(o, "categories");
	for (int i = 0; i < CATEGORY_STABILITY; i++) {
		json_t *row = report_item(list);
		model_text(row, "id", category_names[i]);
		model_points(row, "before", x->has_n && d->before->measured[i], x->category[i]);
		model_points(row, "now", y->has_n && d->now->measured[i], y->category[i]);
	}
}

static void add_finding(json_t *list, const struct diff_finding *f)
{
	const struct check *c = f->now ? f->now->check : f->before->check;
	json_t *o = report_item(list);
	model_text(o, "id", c->id);
	model_text2(o, "title", &c->title);
	model_text(o, "severity", severity_names[f->severity]);
	model_text(o, "severity_before", f->before ? severity_names[f->before->severity] : NULL);
	model_text(o, "state", diff_finding_names[f->state]);
	model_text(o, "doubt", f->doubt ? diff_doubt_names[f->doubt] : NULL);
	model_bool(o, "accepted", f->accepted);
	json_t *devices = report_list(o, "devices");
	for (size_t i = 0; i < f->n_devices && i < REPORT_ROWS; i++) {
		const struct diff_finding_device *x = &f->devices[i];
		json_t *row = report_item(devices);
		model_text(row, "device_name", x->name);
		model_text(row, "state", diff_finding_names[x->state]);
		model_text(row, "doubt", x->doubt ? diff_doubt_names[x->doubt] : NULL);
		model_text(row, "expired", x->expired);
	}
	model_int(o, "more_devices", (int64_t)(f->n_devices > REPORT_ROWS ? f->n_devices - REPORT_ROWS : 0));
}

static void add_device(json_t *list, const struct diff_device *x)
{
	json_t *o = report_item(list);
	model_text(o, "state", diff_device_names[x->state]);
	model_int(o, "id", x->id);
	model_text(o, "label", x->label);
	model_text(o, "kind", x->kind);
	model_text(o, "address", x->address);
	model_bool(o, "internet", x->internet);
	model_text(o, "presence", diff_presence_names[x->now]);
	model_bool(o, "watched", x->watched);
	json_t *values = report_list(o, "values");
	for (size_t i = 0; i < x->n_values; i++) {
		json_t *v = report_item(values);
		model_text(v, "field", x->values[i].field);
		model_text(v, "before", x->values[i].before);
		model_text(v, "now", x->values[i].now);
	}
}

static void add_action(json_t *list, const struct diff_action *x)
{
	json_t *o = report_item(list);
	model_text(o, "id", x->id);
	if (x->action)
		model_text2(o, "title", &x->action->title);
	else
		model_text(o, "title", NULL);
	model_bool(o, "told", x->told);
	model_real(o, "gain", x->gain, 1);
	json_t *ids = report_list(o, "findings");
	for (size_t i = 0; i < x->n_findings; i++) {
		const struct diff_finding *f = x->findings[i];
		json_array_append_new(ids, json_string((f->now ? f->now : f->before)->check->id));
	}
}

static void add_comparison(json_t *model, struct store *s, const struct diff *d)
{
	json_t *o = report_object(model, "comparison");
	add_side(o, "before", s, d->before, d->began[0]);
	add_side(o, "now", s, d->now, d->began[1]);
	add_moves(o, d);
	json_t *list = report_list(o, "findings");
	for (size_t i = 0; i < d->n_findings; i++)
		add_finding(list, &d->findings[i]);
	list = report_list(o, "devices");
	for (size_t i = 0; i < d->n_devices && i < REPORT_ROWS; i++)
		add_device(list, &d->devices[i]);
	model_int(o, "more_devices", (int64_t)(d->n_devices > REPORT_ROWS ? d->n_devices - REPORT_ROWS : 0));
	list = report_list(o, "actions");
	for (size_t i = 0; i < d->n_actions; i++)
		add_action(list, &d->actions[i]);
}

/* ---- over the scans ---- */

static void add_point(json_t *list, struct store *s, const struct store_scan_head *scan, const struct score_point *p)
{
	json_t *o = report_item(list);
	model_int(o, "scan", scan->id);
	model_time(o, "started", scan->started);
	model_time(o, "captured", captured(s, scan->id, scan->started));
	model_points(o, "s", p->score.has_s, p->score.s);
	model_points(o, "n", p->score.has_n, p->score.n);
	model_text(o, "grade", p->score.has_s ? grade_names[p->score.grade] : NULL);
	model_bool(o, "declared_only", p->score.declared_only);
	model_real(o, "k", p->k, 3);
	json_t *count = report_object(o, "severities");
	for (int i = SEVERITY_CRITICAL; i >= 0; i--)
		model_int(count, severity_names[i], (int64_t)p->by_severity[i]);
}

/* The scan before in full, as the comparison needs it. */
static bool compare(json_t *model, struct store *s, int64_t scan, struct assessment *now, struct err *e)
{
	struct store *const both[2] = { s, s };
	struct assessment before;
	struct diff d;
	if (!score_assess(s, scan, &before, e))
		return false;
	bool good = diff_make(both, &before, now, &d, e);
	if (good) {
		add_comparison(model, s, &d);
		diff_free(&d);
	}
	score_assess_free(&before);
	return good;
}

/* Each scan is assessed with the answers as they are now: what they were is not kept. */
bool model_change(json_t *model, struct store *s, struct assessment *now, struct err *e)
{
	struct store_scan_head scans[REPORT_TREND];
	size_t n;
	json_object_set_new(model, "comparison", json_null());
	json_t *trend = report_list(model, "trend");
	if (!now->scan)
		return true;
	if (!score_last_scans(s, now->scan, scans, REPORT_TREND, &n, e))
		return false;
	for (size_t i = 0; n > 1 && i < n; i++) {
		struct score_point p = { .score = now->score, .k = now->coverage.k };
		memcpy(p.by_severity, now->by_severity, sizeof(p.by_severity));
		if (scans[i].id != now->scan && !score_of_scan(now, s, scans[i].id, &p, e))
			return false;
		add_point(trend, s, &scans[i], &p);
	}
	return n < 2 || compare(model, s, scans[n - 2].id, now, e);
}
