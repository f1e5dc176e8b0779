/* The view of many sites: a table, what they have in common, and a block for each. */
#include "report/format.h"
#include "report/sites.h"
#include "report/view.h"

#include <string.h>

enum { BAR = 200, TREND_WIDTH = 150, TREND_HEIGHT = 40, COMMON = 10 };

static const char *site_name(const json_t *site)
{
	return *get_text(site, "name") ? get_text(site, "name") : get_text(site, "file");
}

/* Two files may be of one factory, or of two that bear the same name: then the file says which it is. */
static bool same_name(const struct view *v, const json_t *site)
{
	size_t i;
	const json_t *other;
	json_array_foreach(get_list(v->model, "sites"), i, other) {
		if (other != site && !get_set(other, "error") && strcmp(site_name(other), site_name(site)) == 0)
			return true;
	}
	return false;
}

static void put_real(json_t *o, const char *key, const json_t *site, const char *name)
{
	char a[VIEW_TEXT];
	put_text(o, key, get_set(site, name) ? view_real(get_real(site, name), 1, a) : "–");
}

static void put_change(json_t *o, const json_t *site)
{
	double change = get_real(site, "change");
	if (!get_set(site, "change"))
		put_text(o, "change", "–");
	else if (change > -0.05 && change < 0.05)
		put_text(o, "change", "±0");
	else
		put_format(o, "change", "%s%.1f", change > 0 ? "+" : "−", change > 0 ? change : -change);
}

/* The score on a line from 0 to 100, with its interval. */
static void put_bar(const struct view *v, json_t *o, const json_t *site)
{
	char s[VIEW_TEXT], from[VIEW_TEXT], to[VIEW_TEXT];
	put_bool(o, "bar", false);
	if (!get_set(site, "s"))
		return;
	json_t *b = report_object(o, "bar");
	double low = get_real(site, "low") * BAR / 100, high = get_real(site, "high") * BAR / 100;
	put_number(b, "x", get_real(site, "s") * BAR / 100);
	put_string(v, b, "text", "score_interval", "s", view_real(get_real(site, "s"), 1, s), "low",
		   view_real(get_real(site, "low"), 1, from), "high", view_real(get_real(site, "high"), 1, to), NULL);
	put_number(b, "low", low);
	put_number(b, "span", high - low);
}

/* A line through the points of the last scans; S, or N where nobody has answered. */
static void put_trend(const struct view *v, json_t *o, const json_t *site)
{
	const json_t *trend = get_list(site, "trend"), *x;
	const char *key = get_set(site, "s") ? "s" : "n";
	size_t i, n = json_array_size(trend), at = 0;
	put_bool(o, "trend", false);
	if (n < 2)
		return;
	struct buf path;
	char from[VIEW_TEXT], to[VIEW_TEXT];
	buf_init(&path, 1024);
	double px = 0, py = 0;
	json_array_foreach(trend, i, x) {
		if (!get_set(x, key))
			continue;
		px = 4 + (TREND_WIDTH - 8) * (double)i / (double)(n - 1);
		py = 4 + (TREND_HEIGHT - 8) * (1 - get_real(x, key) / 100);
		buf_printf(&path, "%s%.1f,%.1f", at++ ? " " : "", px, py);
	}
	if (at > 1) {
		json_t *t = report_object(o, "trend");
		put_text(t, "points", path.data);
		put_number(t, "x", px);
		put_number(t, "y", py);
		put_string(v, t, "text", "sites_trend", "count", view_int((int64_t)at, to), "from",
			   view_date(v, get_text(json_array_get(trend, 0), "finished"), from), NULL);
	}
	buf_done(&path);
}

static void put_site(const struct view *v, json_t *o, const json_t *site)
{
	char a[VIEW_TEXT], b[VIEW_TEXT], c[VIEW_TEXT];
	bool has_s = get_set(site, "s"), brackets = get_bool(site, "declared_only");
	put_name(o, "name", site_name(site));
	put_name(o, "file", get_text(site, "file"));
	put_bool(o, "same_name", same_name(v, site));
	put_bool(o, "has_s", has_s);
	put_text(o, "grade", has_s ? get_text(site, "grade") : "–");
	put_bool(o, "brackets", has_s && brackets);
	put_real(o, "points", site, "s");
	put_change(o, site);
	if (get_int(v->model, "scored") >= SITES_DEVIATION)
		put_real(o, "deviation", site, "deviation");
	else
		put_bool(o, "deviation", false);
	put_text(o, "scanned", get_set(site, "scanned") ? view_date(v, get_text(site, "scanned"), a) :
		 view_string(v, "not_measured"));
	put_format(o, "coverage", "%s %%", view_percent(get_real(site, "coverage"), a));
	const json_t *severities = get_list(site, "severities");
	put_text(o, "critical", view_int(get_int(severities, "critical"), a));
	put_text(o, "high", view_int(get_int(severities, "high"), a));
	put_string(v, o, "seen", "sites_seen", "devices", view_int(get_int(site, "devices"), a), "answers",
		   view_int(get_int(site, "answers"), b), "coverage", view_percent(get_real(site, "coverage"), c), NULL);
	if (has_s)
		put_text(o, "phrase", brackets ? view_string(v, "declared_only") :
			 view_name(v, "grade_phrase", get_text(site, "grade")));
	else
		put_text(o, "phrase", view_string(v, get_set(site, "n") ? "only_measured" : "nothing_known"));
	put_text(o, "next", get_text2(v, get_list(site, "next"), "title"));
	json_t *list = report_list(o, "worst");
	size_t i;
	const json_t *x;
	json_array_foreach(get_list(site, "worst"), i, x) {
		json_t *w = report_item(list);
		put_text(w, "severity", get_text(x, "severity"));
		put_text(w, "tag", view_name(v, "severity", get_text(x, "severity")));
		put_text(w, "title", get_text2(v, x, "title"));
	}
	put_bool(o, "has_worst", json_array_size(list) > 0);
	put_bar(v, o, site);
	put_trend(v, o, site);
}

static void put_common(const struct view *v)
{
	json_t *list = report_list(v->root, "common");
	char a[VIEW_TEXT];
	size_t i;
	const json_t *x;
	json_array_foreach(get_list(v->model, "common"), i, x) {
		/* What one site has alone stands with that site. */
		if (get_int(x, "sites") < 2 || json_array_size(list) == COMMON)
			break;
		json_t *o = report_item(list);
		put_text(o, "severity", get_text(x, "severity"));
		put_text(o, "tag", view_name(v, "severity", get_text(x, "severity")));
		put_text(o, "title", get_text2(v, x, "title"));
		put_text(o, "sites", view_int(get_int(x, "sites"), a));
	}
	put_bool(v->root, "has_common", json_array_size(list) > 0);
}

/* The heads and feet of printed pages. */
static void put_running(const struct view *v)
{
	json_t *running = report_object(v->root, "running");
	char a[VIEW_TEXT], foot[2 * VIEW_TEXT];
	put_css(running, "site", view_string(v, "sites_title"));
	(void)snprintf(foot, sizeof(foot), "%s  %s", view_date(v, get_text(v->model, "generated"), a),
		       view_string(v, "confidential_short"));
	put_css(running, "foot", foot);
}

static json_t *sites_view(const json_t *model, json_t *strings, const struct report_options *o)
{
	struct view v = { .model = model, .strings = strings, .o = o, .lang = o->lang == LANG_JA ? "ja" : "en",
			  .root = json_object() };
	char a[VIEW_TEXT], b[VIEW_TEXT];
	const char *key;
	json_t *both, *s = report_object(v.root, "s");
	put_text(v.root, "lang", v.lang);
	json_object_foreach(strings, key, both)
		put_text(s, key, get_text(both, v.lang));
	put_text(v.root, "generated", view_time(&v, get_text(model, "generated"), a));
	json_t *list = report_list(v.root, "sites"), *unread = report_list(v.root, "unread");
	size_t i;
	const json_t *site;
	json_array_foreach(get_list(model, "sites"), i, site) {
		bool bad = get_set(site, "error");
		json_t *x = report_item(bad ? unread : list);
		if (bad) {
			put_name(x, "file", get_text(site, "file"));
			put_text(x, "error", get_text(site, "error"));
		} else {
			put_site(&v, x, site);
		}
	}
	put_bool(v.root, "has_unread", json_array_size(unread) > 0);
	put_bool(v.root, "deviation", get_int(model, "scored") >= SITES_DEVIATION);
	if (get_set(model, "mean"))
		put_string(&v, v.root, "mean", "sites_mean", "count", view_int(get_int(model, "scored"), a), "mean",
			   view_real(get_real(model, "mean"), 1, b), NULL);
	else
		put_text(v.root, "mean", "");
	put_common(&v);
	put_running(&v);
	return v.root;
}

/* ---- as tables, for a workbook ---- */

static json_t *add_table(const struct view *v, json_t *tables, const char *id, const char *title,
			 const char *const *columns, size_t n)
{
	json_t *t = report_item(tables), *list = report_list(t, "columns");
	put_text(t, "id", id);
	put_text(t, "title", view_string(v, title));
	for (size_t i = 0; i < n; i++)
		put_text(report_item(list), "title", view_string(v, columns[i]));
	return report_list(t, "rows");
}

static void add_cell(json_t *row, const json_t *value)
{
	json_array_append_new(row, json_is_number(value) || json_is_string(value) ? json_copy((json_t *)(uintptr_t)value) :
								       json_null());
}

static json_t *sites_tables(const json_t *model, json_t *strings, const struct report_options *o)
{
	static const char *const sites[] = { "sites_site", "sites_file", "grade_label", "col_score", "sites_low",
		"sites_high", "sites_change", "sites_deviation", "severity_critical", "severity_high", "sites_coverage",
		"sites_scanned", "next_label", "sites_unread" };
	static const char *const common[] = { "sites_severity", "sites_finding", "sites_sites" };
	struct view v = { .model = model, .strings = strings, .o = o, .lang = o->lang == LANG_JA ? "ja" : "en" };
	json_t *tables = json_array();
	json_t *rows = add_table(&v, tables, "sites", "sites_sites", sites, sizeof(sites) / sizeof(sites[0]));
	size_t i;
	const json_t *x;
	json_array_foreach(get_list(model, "sites"), i, x) {
		const json_t *count = get_list(x, "severities");
		json_t *row = json_array(), *held = json_object();
		json_array_append_new(rows, row);
		put_text(held, "name", site_name(x));
		put_format(held, "grade", get_bool(x, "declared_only") ? "[%s]" : "%s", get_text(x, "grade"));
		put_text(held, "next", get_text2(&v, get_list(x, "next"), "title"));
		const json_t *cells[] = { json_object_get(held, "name"), json_object_get(x, "file"),
			json_object_get(held, "grade"), json_object_get(x, "s"), json_object_get(x, "low"),
			json_object_get(x, "high"), json_object_get(x, "change"), json_object_get(x, "deviation"),
			json_object_get(count, "critical"), json_object_get(count, "high"), json_object_get(x, "coverage"),
			json_object_get(x, "scanned"), json_object_get(held, "next"), json_object_get(x, "error") };
		for (size_t k = 0; k < sizeof(cells) / sizeof(cells[0]); k++)
			add_cell(row, cells[k]);
		json_decref(held);
	}
	rows = add_table(&v, tables, "common", "sites_finding", common, sizeof(common) / sizeof(common[0]));
	json_array_foreach(get_list(model, "common"), i, x) {
		json_t *row = json_array();
		json_array_append_new(rows, row);
		json_array_append_new(row, json_string(view_name(&v, "severity", get_text(x, "severity"))));
		json_array_append_new(row, json_string(get_text2(&v, x, "title")));
		add_cell(row, json_object_get(x, "sites"));
	}
	return tables;
}

static bool make_xlsx(const json_t *model, const struct report_options *o, struct buf *out, struct err *e)
{
	json_t *strings = report_strings(e), *tables = strings ? sites_tables(model, strings, o) : NULL;
	bool good = tables && format_xlsx(model, tables, o, out, e);
	json_decref(tables);
	json_decref(strings);
	return good;
}

bool sites_make(const json_t *model, const struct report_options *o, struct buf *out, struct err *e)
{
	switch (o->format) {
	case REPORT_JSON:
		return report_json(model, out, e);
	case REPORT_XLSX:
		return make_xlsx(model, o, out, e);
	default:
		return report_place("sites", sites_view, model, o, out, e);
	}
}
