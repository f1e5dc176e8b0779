/* The network as it was seen, what could not be seen, and the appendix. */
#include "report/view.h"
#include "zone/zone.h"

#include <string.h>

/* A list of strings as "a, b, c +2". */
static void put_joined(json_t *o, const char *key, const json_t *list, size_t most)
{
	struct buf b;
	size_t i;
	const json_t *s;
	buf_init(&b, 4096);
	json_array_foreach(list, i, s) {
		if (i == most) {
			buf_printf(&b, " +%zu", json_array_size(list) - most);
			break;
		}
		buf_printf(&b, "%s%s", i ? ", " : "", json_string_value(s));
	}
	put_text(o, key, b.data);
	buf_done(&b);
}

void view_devices(struct view *v)
{
	const json_t *devices = get_list(v->model, "devices"), *d;
	if (!json_array_size(devices))
		return;
	json_t *o = view_chapter(v, "devices", "devices_title", FOR_ALL | FOR_ENGINEER);
	if (!o)
		return;
	json_t *rows = report_list(o, "rows");
	int64_t outside = 0, inside = 0;
	char a[VIEW_TEXT], b[VIEW_TEXT];
	size_t i;
	json_array_foreach(devices, i, d) {
		if (get_bool(d, "internet")) {
			outside++;
			continue;
		}
		inside++;
		if (json_array_size(rows) >= VIEW_DEVICES)
			continue;
		json_t *r = report_item(rows);
		put_name(r, "name", get_text(d, "label"));
		put_text(r, "kind", view_name(v, "kind", get_text(d, "kind")));
		if (get_set(d, "level"))
			put_format(r, "level", "%lld", (long long)get_int(d, "level"));
		else
			put_text(r, "level", "–");
		put_text(r, "zone", get_text(d, "zone"));
		put_name(r, "vendor", *get_text(d, "vendor") ? get_text(d, "vendor") : get_text(d, "mac_vendor"));
		put_name(r, "model", get_text(d, "model"));
		put_name(r, "firmware", get_text(d, "firmware"));
		const char *model = get_text(r, "model"), *firmware = get_text(r, "firmware");
		put_format(r, "make", "%s%s%s%s%s", get_text(r, "vendor"), *get_text(r, "vendor") && *model ? " " : "",
			   model, *firmware ? " " : "", firmware);
		put_joined(r, "addresses", get_list(d, "addresses"), 4);
		put_joined(r, "protocols", get_list(d, "protocols"), 8);
		put_evidence(v, r, d);
	}
	inside += get_int(v->model, "more_devices");
	put_text(o, "more", "");
	if (inside > (int64_t)json_array_size(rows))
		put_string(v, o, "more", "more_devices", "count",
			   view_int(inside - (int64_t)json_array_size(rows), a), NULL);
	put_string(v, o, "lead", "devices_lead", "inside", view_int(inside, a), "outside", view_int(outside, b), NULL);
	draw_map(v, o);
}

/* A weakness has a name for people, or a dissector was faster than reports/strings.yaml. */
static const char *weakness(const struct view *v, const char *name)
{
	const char *text = view_name(v, "weakness", name);
	return text == name ? view_string(v, "weakness_other") : text;
}

/* Why a conduit stands in the list. */
static void put_conduit_why(const struct view *v, json_t *o, const json_t *c)
{
	struct buf b;
	char one[64];
	buf_init(&b, 1024);
	for (const char *w = get_text(c, "weaknesses"); *w;) {
		size_t n = strcspn(w, ",");
		(void)snprintf(one, sizeof(one), "%.*s", (int)n, w);
		buf_printf(&b, "%s%s", b.len ? view_string(v, "list_comma") : "", weakness(v, one));
		w += n + (w[n] == ',');
	}
	if (get_bool(c, "internet"))
		buf_printf(&b, "%s%s", b.len ? view_string(v, "list_comma") : "", view_string(v, "why_internet"));
	else if (get_bool(c, "crosses_zone"))
		buf_printf(&b, "%s%s", b.len ? view_string(v, "list_comma") : "", view_string(v, "why_zone"));
	if (*get_text(c, "relays")) {
		char cut[VIEW_TEXT];
		buf_printf(&b, "%s%s%s", b.len ? view_string(v, "list_comma") : "", view_string(v, "why_relay"),
			   view_cut(get_text(c, "relays"), VIEW_NAME, cut));
	}
	put_text(o, "why", b.data);
	buf_done(&b);
}

/* One of two that claim an address: by its MAC, since the address is what both have. */
static void put_claimant(json_t *o, const char *key, const json_t *c, const char *label, const char *mac)
{
	char cut[VIEW_TEXT];
	const char *name = view_cut(get_text(c, label), VIEW_NAME, cut), *hard = get_text(c, mac);
	if (!*hard || strcmp(name, hard) == 0)
		put_text(o, key, name);
	else if (strcmp(name, get_text(c, "address")) == 0)
		put_text(o, key, hard);
	else
		put_format(o, key, "%s (%s)", name, hard);
}

const char *view_zone(const struct view *v, const char *name, char *out)
{
	size_t i;
	const json_t *z;
	json_array_foreach(get_list(v->model, "zones"), i, z)
		if (get_bool(z, "declared") && strcmp(get_text(z, "name"), name) == 0) {
			(void)snprintf(out, VIEW_TEXT, "%s", name);
			return out;
		}
	int group = zone_group_of(name);
	const char *word = group >= 0 ? zone_groups[group] : strcmp(name, "internet") == 0 ? name : "";
	(void)snprintf(out, VIEW_TEXT, "%s%s", *word ? view_name(v, "zone", word) : "", name + strlen(word));
	return out;
}

/* The zones, and what goes between them. */
static void add_zones(struct view *v, json_t *o)
{
	char a[VIEW_TEXT], b[VIEW_TEXT];
	const json_t *z, *zones = get_list(v->model, "zones"), *between = get_list(v->model, "zone_conduits");
	json_t *rows = report_list(o, "zones"), *ways = report_list(o, "ways");
	bool declared = false;
	size_t i;
	json_array_foreach(zones, i, z) {
		if (i == VIEW_CONDUITS)
			break;
		json_t *r = report_item(rows);
		declared |= get_bool(z, "declared");
		put_text(r, "name", view_zone(v, get_text(z, "name"), b));
		put_text(r, "networks", get_text(z, "networks"));
		put_text(r, "level", json_is_integer(json_object_get(z, "level")) ? view_int(get_int(z, "level"), a) : "");
		put_text(r, "devices", view_int(get_int(z, "devices"), a));
	}
	json_array_foreach(between, i, z) {
		if (i == VIEW_CONDUITS)
			break;
		json_t *r = report_item(ways);
		put_format(r, "number", "%zu", i + 1);
		put_text(r, "weak", get_bool(z, "weak") ? view_string(v, "weakness_other") : "");
		put_text(r, "client", view_zone(v, get_text(z, "client"), b));
		put_text(r, "server", view_zone(v, get_text(z, "server"), b));
		put_text(r, "protocols", view_cut(get_text(z, "protocols"), 80, b));
		put_text(r, "frames", view_int(get_int(z, "frames"), a));
		put_text(r, "operations", view_int(get_int(z, "operations"), a));
		bool said = json_is_integer(json_object_get(z, "allowed"));
		put_text(r, "allowed", !said ? "" : view_string(v, get_int(z, "allowed") ? "way_allowed" : "way_not_allowed"));
	}
	put_text(o, "zones_lead", view_string(v, declared ? "zones_declared" : "zones_proposed"));
	put_bool(o, "has_zones", json_array_size(rows) > 0);
	put_bool(o, "has_ways", json_array_size(ways) > 0);
	draw_zones(v, o);
}

void view_conduits(struct view *v)
{
	const json_t *conduits = get_list(v->model, "conduits"), *operations = get_list(v->model, "operations"), *c;
	const json_t *conflicts = get_list(v->model, "conflicts");
	if (!json_is_object(get_list(v->model, "scan")))
		return;
	json_t *o = view_chapter(v, "conduits", "conduits_title", FOR_ALL | FOR_ENGINEER);
	if (!o)
		return;
	json_t *rows = report_list(o, "rows"), *ops = report_list(o, "operations"), *doubles = report_list(o, "conflicts");
	char a[VIEW_TEXT];
	size_t i;
	json_array_foreach(conduits, i, c) {
		if (i == VIEW_CONDUITS)
			break;
		json_t *r = report_item(rows);
		put_format(r, "number", "%zu", i + 1);
		put_name(r, "client", get_text(c, "client_name"));
		put_name(r, "server", get_text(c, "server_name"));
		if (get_int(c, "port"))
			put_format(r, "protocol", "%s (%s %lld)", get_text(c, "protocol"), get_text(c, "transport"),
				   (long long)get_int(c, "port"));
		else
			put_text(r, "protocol", get_text(c, "protocol"));
		put_conduit_why(v, r, c);
		put_evidence(v, r, c);
	}
	int64_t more = (int64_t)json_array_size(conduits) + get_int(v->model, "more_conduits") -
		       (int64_t)json_array_size(rows);
	put_text(o, "more", "");
	if (more > 0)
		put_string(v, o, "more", "more_rows", "count", view_int(more, a), NULL);
	json_array_foreach(operations, i, c) {
		if (i == VIEW_CONDUITS)
			break;
		json_t *r = report_item(ops);
		put_name(r, "client", get_text(c, "client_name"));
		put_name(r, "server", get_text(c, "server_name"));
		put_text(r, "class", view_name(v, "op", get_text(c, "class")));
		char what[VIEW_TEXT], detail[VIEW_TEXT];
		put_format(r, "name", "%s%s%s", view_cut(get_text(c, "name"), VIEW_NAME, what),
			   *get_text(c, "detail") ? ", " : "", view_cut(get_text(c, "detail"), VIEW_NAME, detail));
		put_text(r, "protocol", get_text(c, "protocol"));
		put_text(r, "count", view_int(get_int(c, "count"), a));
		put_text(r, "result", view_name(v, "result", get_text(c, "result")));
		put_text(r, "when", view_time(v, get_text(c, "first_seen"), a));
		put_evidence(v, r, c);
	}
	more = (int64_t)json_array_size(operations) + get_int(v->model, "more_operations") -
	       (int64_t)json_array_size(ops);
	put_text(o, "more_operations", "");
	if (more > 0)
		put_string(v, o, "more_operations", "more_rows", "count", view_int(more, a), NULL);
	json_array_foreach(conflicts, i, c) {
		json_t *r = report_item(doubles);
		put_text(r, "address", get_text(c, "address"));
		put_claimant(r, "a", c, "device_a", "mac_a");
		put_claimant(r, "b", c, "device_b", "mac_b");
		put_evidence(v, r, c);
	}
	add_zones(v, o);
	put_bool(o, "has_rows", json_array_size(rows) > 0);
	put_bool(o, "has_operations", json_array_size(ops) > 0);
	put_bool(o, "has_conflicts", json_array_size(doubles) > 0);
	draw_protocols(v, o);
	draw_timeline(v, o);
	put_bool(o, "long", json_array_size(rows) + json_array_size(ops) > 0);
}

/* ---- what could not be measured ---- */

static void line(const struct view *v, json_t *list, const char *label, const char *value)
{
	json_t *o = report_item(list);
	put_text(o, "label", view_string(v, label));
	put_text(o, "value", value);
}

static void add_coverage(const struct view *v, json_t *o)
{
	const json_t *c = get_list(v->model, "coverage"), *r;
	char a[VIEW_TEXT], b[VIEW_TEXT];
	json_t *rows = report_list(o, "coverage"), *held = json_object(), *raises = report_list(o, "raises");
	bool scan = json_is_object(get_list(v->model, "scan"));
	if (scan) {
		line(v, rows, "coverage_hours", view_duration(v, get_real(c, "hours"), a));
		line(v, rows, "coverage_hours_ot", view_duration(v, get_real(c, "hours_ot"), a));
		line(v, rows, "coverage_mirror", view_string(v, get_bool(c, "mirror") ? "mirror_yes" : "mirror_no"));
		put_format(held, "x", "%s %%", view_percent(get_real(c, "loss"), a));
		line(v, rows, "coverage_loss", get_text(held, "x"));
		static const char *const shares[][2] = { { "one_way", "coverage_one_way" }, { "cut", "coverage_cut" },
							 { "unread", "coverage_unread" },
							 { "undecoded", "coverage_undecoded" } };
		for (size_t s = 0; s < sizeof(shares) / sizeof(*shares); s++) {
			if (get_real(c, shares[s][0]) < 0.005)
				continue;
			put_format(held, "x", "%s %%", view_percent(get_real(c, shares[s][0]), a));
			line(v, rows, shares[s][1], get_text(held, "x"));
		}
	}
	const json_t *silence;
	size_t n;
	json_array_foreach(get_list(v->model, "silences"), n, silence) {
		char from[VIEW_TEXT], to[VIEW_TEXT];
		if (n == VIEW_SILENCES)
			break;
		put_string(v, held, "x", "silence", "from", view_time(v, get_text(silence, "first"), from), "to",
			   view_time(v, get_text(silence, "last"), to), "minutes", view_int(get_int(silence, "minutes"), a), NULL);
		line(v, rows, n ? "coverage_silence_more" : "coverage_silence", get_text(held, "x"));
	}
	put_string(v, o, "factors", scan ? "coverage_factors" : "coverage_none", "k",
		   view_percent(get_real(c, "k"), a), "t", view_percent(get_real(c, "t"), b), NULL);
	json_decref(held);
	size_t i;
	json_array_foreach(get_list(c, "raises"), i, r) {
		char key[64];
		(void)snprintf(key, sizeof(key), "lack_%s", get_text(r, "lack"));
		put_string(v, report_item(raises), "text", key, "from", view_percent(get_real(c, "k"), a), "to",
			   view_percent(get_real(r, "k_after"), b), NULL);
	}
	put_bool(o, "has_coverage", scan);
	put_bool(o, "has_raises", json_array_size(raises) > 0);
}

void view_limits(struct view *v)
{
	json_t *o = view_chapter(v, "limits", "limits_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER | FOR_CUSTOMER);
	if (!o)
		return;
	char a[VIEW_TEXT];
	size_t i;
	const json_t *x;
	add_coverage(v, o);
	json_t *blind = report_list(o, "blind"), *counts = report_list(o, "counts"), *files = report_list(o, "files");
	json_array_foreach(get_list(v->model, "not_observable"), i, x) {
		json_t *r = report_item(blind);
		put_text(r, "id", get_text(x, "id"));
		put_text(r, "title", get_text2(v, x, "title"));
	}
	json_array_foreach(get_list(v->model, "check_errors"), i, x)
		put_string(v, report_item(counts), "text", "check_error", "id", get_text(x, "id"), "error",
			   get_text(x, "error"), NULL);
	/* Counters that have a sentence of their own are limits; the rest stands in the appendix of the JSON. */
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)get_list(v->model, "counters"), name, value) {
		char key[96];
		(void)snprintf(key, sizeof(key), "count_%s", name);
		if (json_integer_value(value) <= 0 || !json_object_get(v->strings, key))
			continue;
		put_string(v, report_item(counts), "text", key, "count", view_int(json_integer_value(value), a), NULL);
	}
	json_array_foreach(get_list(v->model, "files"), i, x) {
		char b[VIEW_TEXT];
		if (*get_text(x, "problem"))
			put_string(v, report_item(counts), "text",
				   *get_text(x, "digest") ? "file_problem" : "interface_problem", "file", get_text(x, "name"), "problem",
				   get_text(x, "problem"), NULL);
		if (get_int(x, "cut") > 0)
			put_string(v, report_item(counts), "text", "file_cut", "file", get_text(x, "name"), "cut",
				   view_int(get_int(x, "cut"), a), "frames", view_int(get_int(x, "frames"), b), NULL);
		json_t *f = report_item(files);
		put_format(f, "number", "%zu", i + 1);
		put_text(f, "name", get_text(x, "name"));
		put_text(f, "frames", view_int(get_int(x, "frames"), a));
		put_text(f, "from", view_time(v, get_text(x, "first"), a));
		put_text(f, "to", view_time(v, get_text(x, "last"), a));
		put_text(f, "digest", get_text(x, "digest"));
	}
	bool inner = v->o->audience != REPORT_CUSTOMER;
	put_bool(o, "has_blind", json_array_size(blind) > 0 && inner);
	bool technical = inner && v->o->audience != REPORT_PRESIDENT;
	put_bool(o, "has_counts", json_array_size(counts) > 0 && technical);
	put_bool(o, "has_files", json_array_size(files) > 0 && technical);

	/* What people did not know: the list of things to find out, heaviest first. */
	json_t *unknown = report_list(o, "unknown");
	const json_t *q;
	size_t j;
	json_array_foreach(get_list(v->model, "unknowns"), i, x)
		json_array_foreach(get_list(v->model, "questions"), j, q) {
			if (strcmp(get_text(q, "id"), get_text(x, "question")) != 0)
				continue;
			json_t *r = report_item(unknown);
			put_text(r, "id", get_text(q, "id"));
			put_text(r, "text", get_text2(v, q, "text"));
			put_text(r, "ask", get_text2(v, q, "ask_whom"));
			put_string(v, r, "gain", "points", "n", view_real(get_real(x, "gain"), 1, a), NULL);
		}
	put_bool(o, "has_unknown", json_array_size(unknown) > 0 && inner &&
		 get_int(get_list(v->model, "answered"), "answers") > 0);
	put_bool(o, "no_answers", get_int(get_list(v->model, "answered"), "answers") == 0);
}

void view_exceptions(struct view *v)
{
	const json_t *list = get_list(v->model, "exceptions"), *x, *d;
	if (!json_array_size(list))
		return;
	json_t *o = view_chapter(v, "exceptions", "exceptions_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER);
	if (!o)
		return;
	json_t *rows = report_list(o, "rows");
	size_t i, j;
	char today[32];
	(void)snprintf(today, sizeof(today), "%.10s", get_text(v->model, "generated"));
	json_array_foreach(list, i, x) {
		json_t *r = report_item(rows);
		put_text(r, "check", get_text(x, "check"));
		put_text(r, "device", view_string(v, "whole_site"));
		json_array_foreach(get_list(v->model, "devices"), j, d)
			if (get_set(x, "device") && get_int(d, "id") == get_int(x, "device"))
				put_name(r, "device", get_text(d, "label"));
		put_text(r, "reason", get_text(x, "reason"));
		put_text(r, "approver", get_text(x, "approver"));
		put_text(r, "expires", get_text(x, "expires"));
		put_text(r, "expired", strcmp(get_text(x, "expires"), today) < 0 ? view_string(v, "expired") : "");
	}
}

/* ---- appendix ---- */

const char *view_answer_mark(const struct view *v, const json_t *question)
{
	return !get_set(question, "level") ? "" :
	       json_array_size(get_list(question, "contradictions")) ? view_string(v, "mark_differs") :
	       get_bool(question, "recorded") ? view_string(v, "mark_recorded") :
	       get_bool(question, "verified") ? view_string(v, "mark_verified") :
	       get_bool(question, "held") ? view_string(v, "mark_held") : "";
}

void view_answers(struct view *v)
{
	if (get_int(get_list(v->model, "answered"), "answers") == 0)
		return;
	json_t *o = view_chapter(v, "answers", "answers_title", FOR_ALL | FOR_ENGINEER);
	if (!o)
		return;
	json_t *rows = report_list(o, "rows"), *profile = report_list(o, "profile");
	size_t i;
	const json_t *q;
	json_array_foreach(get_list(v->model, "questions"), i, q) {
		json_t *r = report_item(rows);
		const char *state = get_text(q, "state");
		bool level = strcmp(state, "level") == 0;
		put_text(r, "id", get_text(q, "id"));
		put_text(r, "text", get_text2(v, q, "text"));
		if (level)
			put_format(r, "answer", "%lld: %s", (long long)get_int(q, "level"), get_text2(v, q, "level_text"));
		else
			put_text(r, "answer", view_name(v, "answer", state));
		put_text(r, "counted", "–");
		if (level)
			put_format(r, "counted", "%lld", (long long)get_int(q, "effective"));
		put_text(r, "mark", view_answer_mark(v, q));
		struct buf b;
		buf_init(&b, 4096);
		static const char *const parts[] = { "reason", "note", "evidence" };
		for (size_t j = 0; j < 3; j++)
			if (*get_text(q, parts[j]))
				buf_printf(&b, "%s%s", b.len ? " / " : "", get_text(q, parts[j]));
		put_text(r, "note", b.data);
		buf_done(&b);
	}
	json_array_foreach(get_list(v->model, "profile"), i, q) {
		json_t *r = report_item(profile);
		put_text(r, "text", get_text2(v, q, "text"));
		put_text(r, "value", get_set(q, "value_text") ? get_text2(v, q, "value_text") : get_text(q, "value"));
	}
	put_bool(o, "has_profile", json_array_size(profile) > 0);
}

void view_method(struct view *v)
{
	json_t *o = view_chapter(v, "method", "method_title", FOR_ALL | FOR_ENGINEER | FOR_CUSTOMER);
	if (!o)
		return;
	json_t *list = report_list(o, "paragraphs");
	static const char *const parts[] = { "method_passive", "method_evidence", "method_m", "method_n", "method_s",
					     "method_caps", "method_interval", "method_self" };
	/* Who sees no grade needs no arithmetic. */
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (view_grade_shown(v) || i < 2 || i + 1 == sizeof(parts) / sizeof(parts[0]))
			put_text(report_item(list), "text", view_string(v, parts[i]));
	static const char *const terms[] = { "plc", "hmi", "zone", "conduit", "level", "mirror", "frame", "difference", "accepted", "guess" };
	json_t *words = report_list(o, "words");
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		json_t *w = report_item(words);
		put_text(w, "label", view_name(v, "term", terms[i]));
		put_text(w, "text", view_name(v, "term_is", terms[i]));
	}
}
