/* The model "genba.sites/1": what each site file says in short, and what they have in common. */
#include "report/sites.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/mask.h"
#include "report/model.h"

enum { WORST = 3 };

/* ---- one site ---- */

static void add_points(json_t *o, const struct score_result *r)
{
	model_points(o, "s", r->has_s, r->s);
	model_points(o, "low", r->has_s, r->low);
	model_points(o, "high", r->has_s, r->high);
	model_points(o, "m", r->has_m, r->m);
	model_points(o, "n", r->has_n, r->n);
	model_points(o, "d", r->has_d, r->d);
	model_text(o, "grade", r->has_s ? grade_names[r->grade] : NULL);
	model_bool(o, "declared_only", r->declared_only);
}

static bool add_trend(json_t *o, const struct assessment *a, struct store *s, const struct store_scan_head *scans, size_t n,
		      struct err *e)
{
	json_t *list = report_list(o, "trend");
	for (size_t i = 0; i < n; i++) {
		struct score_point p = { .score = a->score };
		const struct score_result *r = &p.score;
		if (scans[i].id != a->scan && !score_of_scan(a, s, scans[i].id, &p, e))
			return false;
		json_t *x = report_item(list);
		model_int(x, "scan", scans[i].id);
		model_time(x, "finished", scans[i].finished);
		model_points(x, "s", r->has_s, r->s);
		model_points(x, "n", r->has_n, r->n);
		model_text(x, "grade", r->has_s ? grade_names[r->grade] : NULL);
	}
	return true;
}

static void add_findings(json_t *o, const struct assessment *a)
{
	json_t *count = report_object(o, "severities"), *list = report_list(o, "worst"), *all = report_list(o, "findings");
	for (int i = SEVERITY_CRITICAL; i >= 0; i--)
		model_int(count, severity_names[i], (int64_t)a->by_severity[i]);
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *r = a->findings[i];
		if (!check_is_open(r))
			continue;
		json_array_append_new(all, json_string(r->check->id));
		if (json_array_size(list) == WORST)
			continue;
		json_t *x = report_item(list);
		model_text(x, "id", r->check->id);
		model_text(x, "severity", severity_names[r->severity]);
		model_text2(x, "title", &r->check->title);
	}
}

/* The action that stands first in the plan. */
static void add_next(json_t *o, const struct assessment *a)
{
	model_text(o, "next", NULL);
	if (!a->n_actions)
		return;
	const struct assess_action *x = &a->actions[0];
	json_t *next = report_object(o, "next");
	model_text(next, "id", x->action->id);
	model_text2(next, "title", x->interim ? &x->action->interim_title : &x->action->title);
}

/* When the newest answer was given; NULL: nobody answered. */
static const char *last_answer(const struct assessment *a)
{
	const char *last = NULL;
	for (size_t i = 0; i < a->answers.n; i++) {
		const char *when = a->answers.answers[i].when;
		if (when && (!last || strcmp(when, last) > 0))
			last = when;
	}
	return last;
}

/* Checks that several sites fail are named once. */
static void collect(json_t *common, const struct assessment *a)
{
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *r = a->findings[i];
		if (!check_is_open(r))
			continue;
		json_t *x = json_object_get(common, r->check->id);
		if (!x) {
			x = report_object(common, r->check->id);
			model_text(x, "id", r->check->id);
			model_int(x, "worst", r->severity);
			model_text2(x, "title", &r->check->title);
			model_int(x, "sites", 0);
		}
		model_int(x, "sites", json_integer_value(json_object_get(x, "sites")) + 1);
		if (r->severity > json_integer_value(json_object_get(x, "worst")))
			model_int(x, "worst", r->severity);
	}
}

/* What it is called: by its name, and by its file. */
static bool add_names(json_t *o, struct store *s, const char *path, bool mask, struct err *e)
{
	char *name = store_setting_get(s, "name");
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	struct mask *m = mask ? report_mask_new(s, store_scan_latest(s), e) : NULL;
	bool ok = m || !mask;
	char *shown = m ? mask_whole(m, MASK_SITE, name && *name ? name : file) : NULL;
	if (ok) {
		model_text(o, "name", shown ? shown : name && *name ? name : NULL);
		model_text(o, "file", shown ? shown : file);
	}
	free(shown);
	mask_free(m);
	free(name);
	return ok;
}

static bool add_site(json_t *o, json_t *common, const char *path, bool mask, struct err *e)
{
	struct assessment a;
	struct store_scan_head scans[SITES_TREND];
	size_t n = 0;
	struct store *s = store_open(path, STORE_READ, e);
	if (!s)
		return false;
	if (!score_assess(s, 0, &a, e)) {
		store_close(s);
		return false;
	}
	bool ok = add_names(o, s, path, mask, e) && score_last_scans(s, 0, scans, SITES_TREND, &n, e) && add_trend(o, &a, s, scans, n, e);
	if (ok) {
		model_time(o, "scanned", a.scan_finished);
		model_text(o, "answered", last_answer(&a));
		model_int(o, "answers", (int64_t)a.answers.n_answered);
		model_int(o, "devices", n ? scans[n - 1].devices : 0);
		model_real(o, "coverage", a.coverage.k, 3);
		add_points(o, &a.score);
		/* Since the scan before, with the answers of today on both sides. */
		json_t *trend = json_object_get(o, "trend"), *x = json_array_get(trend, n >= 2 ? n - 2 : n);
		const char *key = a.score.has_s ? "s" : "n";
		bool both = x && a.score.has_n && json_is_number(json_object_get(x, key));
		model_points(o, "change", both, both ? (a.score.has_s ? a.score.s : a.score.n) -
						   json_number_value(json_object_get(x, key)) : 0);
		add_findings(o, &a);
		add_next(o, &a);
		collect(common, &a);
	}
	score_assess_free(&a);
	store_close(s);
	return ok;
}

/* ---- all of them ---- */

static double points(const json_t *site, bool *has)
{
	const json_t *s = json_object_get(site, "s");
	*has = json_is_number(s);
	return json_number_value(s);
}

static int by_need(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	bool has_x, has_y;
	double sx = points(x, &has_x), sy = points(y, &has_y);
	if (has_x != has_y)
		return has_x ? -1 : 1;
	if (has_x && sx != sy)
		return sx < sy ? -1 : 1;
	return strcmp(json_string_value(json_object_get(x, "file")), json_string_value(json_object_get(y, "file")));
}

static int by_spread(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	json_int_t nx = json_integer_value(json_object_get(x, "sites")), ny = json_integer_value(json_object_get(y, "sites"));
	json_int_t wx = json_integer_value(json_object_get(x, "worst")), wy = json_integer_value(json_object_get(y, "worst"));
	if (nx != ny)
		return nx > ny ? -1 : 1;
	if (wx != wy)
		return wx > wy ? -1 : 1;
	return strcmp(json_string_value(json_object_get(x, "id")), json_string_value(json_object_get(y, "id")));
}

/* Takes the items; the list is sorted. */
static void add_sorted(json_t *model, const char *key, json_t **items, size_t n,
		       int (*compare)(const void *, const void *))
{
	json_t *list = report_list(model, key);
	qsort(items, n, sizeof(*items), compare);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, items[i]);
}

/* 偏差値: 50 is the mean of one's own sites, 10 a standard deviation. Of a few sites it would say nothing. */
static void add_deviation(json_t *model)
{
	size_t i, n = 0;
	json_t *site;
	double sum = 0, squares = 0;
	bool has;
	json_array_foreach(json_object_get(model, "sites"), i, site) {
		double s = points(site, &has);
		n += has;
		sum += has ? s : 0;
	}
	double mean = n ? sum / (double)n : 0;
	json_array_foreach(json_object_get(model, "sites"), i, site) {
		double s = points(site, &has);
		squares += has ? (s - mean) * (s - mean) : 0;
	}
	double spread = n ? sqrt(squares / (double)n) : 0;
	model_points(model, "mean", n > 0, mean);
	model_int(model, "scored", (int64_t)n);
	json_array_foreach(json_object_get(model, "sites"), i, site) {
		double s = points(site, &has);
		bool said = has && n >= SITES_DEVIATION && spread > 0;
		model_points(site, "deviation", said, said ? 50 + 10 * (s - mean) / spread : 0);
	}
}

static void add_common(json_t *model, json_t *common)
{
	json_t **items = xcalloc(json_object_size(common) + 1, sizeof(*items)), *x;
	size_t n = 0;
	const char *key;
	json_object_foreach(common, key, x)
		items[n++] = json_incref(x);
	add_sorted(model, "common", items, n, by_spread);
	free(items);
	size_t i;
	json_array_foreach(json_object_get(model, "common"), i, x) {
		model_text(x, "severity", severity_names[json_integer_value(json_object_get(x, "worst"))]);
		json_object_del(x, "worst");
	}
}

json_t *sites_model(const char *const *paths, size_t n, bool mask, struct err *e)
{
	json_t *model = json_object(), *common = json_object();
	json_t **sites = xcalloc(n + 1, sizeof(*sites));
	size_t read = 0;
	struct err first = { .text = "" };
	model_text(model, "schema", "genba.sites/1");
	model_tool(model);
	if (mask)
		model_bool(model, "masked", true);
	for (size_t i = 0; i < n; i++) {
		struct err own;
		const char *slash = strrchr(paths[i], '/');
		sites[i] = json_object();
		bool ok = add_site(sites[i], common, paths[i], mask, &own);
		if (!ok && read == i)
			first = own;
		if (!ok) {
			json_object_clear(sites[i]);
			model_text(sites[i], "file", mask ? MASK_FREE : slash ? slash + 1 : paths[i]);
		}
		read += ok;
		model_text(sites[i], "error", ok ? NULL : mask ? MASK_FREE : own.text);
	}
	add_sorted(model, "sites", sites, n, by_need);
	free(sites);
	add_deviation(model);
	add_common(model, common);
	json_decref(common);
	if (read)
		return model;
	json_decref(model);
	*e = first;
	return NULL;
}
