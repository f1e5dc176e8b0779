/*
 * The zone file:
 *
 *     zones:
 *       - {name: line-1, level: 1, prefixes: [192.168.1.0/24], macs: ["00:1d:9c:c7:b0:10"], vlans: [20]}
 *     conduits:                         # once there is one, all other traffic between zones is a finding
 *       - {from: office, to: line-1, protocols: [fins, tcp/502], note: …}
 *     remote:                           # when somebody outside may come in for maintenance
 *       - {name: …, prefixes: [203.0.113.0/24], to: [line-1], days: [sat], hours: "09:00-17:00",
 *          first: 2024-05-01, last: 2024-05-31, note: …}
 *     devices: devices.csv              # the device list, beside this file
 *
 * The device list is a table with a head row: mac and ip (one of them, several separated by blanks), name, kind,
 * zone, owner, plan, note. The heads may be Japanese; columns with other heads are left alone.
 */
#include "zone/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/csv.h"
#include "base/yaml.h"

enum { ZONES_MAX = 1000, ITEMS_MAX = 10000, LISTED_MAX = 20000, NAME_MAX_BYTES = 100 };

static void strings_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void zone_plan_free(struct zone_plan *p)
{
	for (size_t i = 0; i < p->n_zones; i++) {
		free(p->zones[i].name);
		free(p->zones[i].prefixes);
		free(p->zones[i].macs);
		free(p->zones[i].vlans);
	}
	for (size_t i = 0; i < p->n_conduits; i++) {
		free(p->conduits[i].from);
		free(p->conduits[i].to);
		strings_free(p->conduits[i].protocols);
	}
	for (size_t i = 0; i < p->n_windows; i++) {
		free(p->windows[i].name);
		free(p->windows[i].prefixes);
		strings_free(p->windows[i].to);
	}
	for (size_t i = 0; i < p->n_listed; i++) {
		struct zone_listed *l = &p->listed[i];
		free(l->name);
		free(l->kind);
		free(l->zone);
		free(l->owner);
		free(l->plan);
		free(l->macs);
		free(l->ips);
	}
	free(p->zones);
	free(p->conduits);
	free(p->windows);
	free(p->devices);
	free(p->listed);
	*p = (struct zone_plan){ 0 };
}

/* ---- lists of addresses ---- */

static bool prefixes_bind(char **texts, const struct yaml *at, struct prefix **out, size_t *n, struct err *e)
{
	size_t count = 0;
	while (texts && texts[count])
		count++;
	*out = xcalloc(count + 1, sizeof **out);
	for (*n = 0; *n < count; ++*n)
		if (!prefix_parse(texts[*n], &(*out)[*n]))
			return yaml_error(at, e, "prefixes: expected a network such as 192.168.1.0/24, got \"%.60s\"", texts[*n]);
	return true;
}

static bool macs_bind(char **texts, const struct yaml *at, struct zone_mac **out, size_t *n, struct err *e)
{
	size_t count = 0;
	while (texts && texts[count])
		count++;
	*out = xcalloc(count + 1, sizeof **out);
	for (*n = 0; *n < count; ++*n) {
		struct zone_mac *m = &(*out)[*n];
		m->bytes = mac_parse(texts[*n], m->mac);
		if (m->bytes < 3)
			return yaml_error(at, e, "macs: expected a MAC address or at least its first three bytes, got \"%.60s\"",
					  texts[*n]);
	}
	return true;
}

static bool list_of(const struct yaml *root, const char *key, size_t most, const struct yaml **list, struct err *e)
{
	*list = yaml_get(root, key);
	if (!*list)
		return true;
	if (yaml_kind(*list) != YAML_LIST)
		return yaml_error(*list, e, "%s: expected a list", key);
	if (yaml_count(*list) > most)
		return yaml_error(*list, e, "%s: more than %zu", key, most);
	return true;
}

/* ---- zones ---- */

struct zone_fields {
	char *name, *note, **prefixes, **macs, **vlans;
	const struct yaml *level;
};
#define FIELD(of, key, type, required) { #key, type, offsetof(struct of, key), required, NULL }
static const struct yaml_field zone_table[] = {
	FIELD(zone_fields, name, YAML_STRING, true), FIELD(zone_fields, note, YAML_STRING, false),
	FIELD(zone_fields, prefixes, YAML_STRINGS, false), FIELD(zone_fields, macs, YAML_STRINGS, false),
	FIELD(zone_fields, vlans, YAML_STRINGS, false), FIELD(zone_fields, level, YAML_NODE, false),
	{ NULL, 0, 0, false, NULL },
};

/* A whole number from 0 to most. */
static bool number(const char *text, int most, int *out)
{
	char *end;
	if (!text || *text < '0' || *text > '9')
		return false;
	long v = strtol(text, &end, 10);
	if (*end || v > most)
		return false;
	*out = (int)v;
	return true;
}

static bool zone_fill(struct zone_plan *p, const struct yaml *at, const struct zone_fields *f, struct zone_declared *z,
		      struct err *e)
{
	z->name = xstrdup(f->name ? f->name : "");
	z->level = -1;
	if (!*z->name || strlen(z->name) > NAME_MAX_BYTES || strcmp(z->name, "any") == 0)
		return yaml_error(at, e, "name: expected a name of up to %d bytes that is not \"any\", got \"%.60s\"",
				  NAME_MAX_BYTES, z->name);
	for (size_t i = 0; i + 1 < p->n_zones; i++)
		if (strcmp(p->zones[i].name, z->name) == 0)
			return yaml_error(at, e, "name: \"%.60s\" is a zone already", z->name);
	if (f->level && !number(yaml_text(f->level), 5, &z->level))
		return yaml_error(f->level, e, "level: expected a level from 0 to 5, got \"%.20s\"",
				  yaml_text(f->level) ? yaml_text(f->level) : "…");
	if (!prefixes_bind(f->prefixes, at, &z->prefixes, &z->n_prefixes, e) ||
	    !macs_bind(f->macs, at, &z->macs, &z->n_macs, e))
		return false;
	size_t n = 0;
	while (f->vlans && f->vlans[n])
		n++;
	z->vlans = xcalloc(n + 1, sizeof *z->vlans);
	for (; z->n_vlans < n; z->n_vlans++)
		if (!number(f->vlans[z->n_vlans], 4094, &z->vlans[z->n_vlans]))
			return yaml_error(at, e, "vlans: expected a number from 0 to 4094, got \"%.20s\"", f->vlans[z->n_vlans]);
	return true;
}

static bool zones_read(struct zone_plan *p, const struct yaml *root, struct err *e)
{
	const struct yaml *list;
	if (!list_of(root, "zones", ZONES_MAX, &list, e))
		return false;
	size_t n = list ? yaml_count(list) : 0;
	bool ok = true;
	p->zones = xcalloc(n + 1, sizeof *p->zones);
	for (size_t i = 0; ok && i < n; i++) {
		struct zone_fields f = { 0 };
		const struct yaml *at = yaml_at(list, i);
		p->n_zones++;
		ok = yaml_bind(at, zone_table, &f, e) && zone_fill(p, at, &f, &p->zones[i], e);
		yaml_unbind(zone_table, &f);
	}
	return ok;
}

/* A name that conduits and windows may use. */
static bool zone_exists(const struct zone_plan *p, const char *name)
{
	bool is = strcmp(name, "any") == 0 || strcmp(name, "internet") == 0;
	for (size_t i = 0; i < p->n_zones; i++)
		is |= strcmp(p->zones[i].name, name) == 0;
	return is;
}

/* ---- conduits ---- */

struct conduit_fields { char *from, *to, *note, **protocols; };
static const struct yaml_field conduit_table[] = {
	FIELD(conduit_fields, from, YAML_STRING, true), FIELD(conduit_fields, to, YAML_STRING, true),
	FIELD(conduit_fields, note, YAML_STRING, false), FIELD(conduit_fields, protocols, YAML_STRINGS, false),
	{ NULL, 0, 0, false, NULL },
};

static bool conduits_read(struct zone_plan *p, const struct yaml *root, struct err *e)
{
	const struct yaml *list;
	if (!list_of(root, "conduits", ITEMS_MAX, &list, e))
		return false;
	size_t n = list ? yaml_count(list) : 0;
	bool ok = true;
	p->conduits = xcalloc(n + 1, sizeof *p->conduits);
	for (size_t i = 0; ok && i < n; i++) {
		struct conduit_fields f = { 0 };
		const struct yaml *at = yaml_at(list, i);
		ok = yaml_bind(at, conduit_table, &f, e);
		if (ok && (!zone_exists(p, f.from) || !zone_exists(p, f.to)))
			ok = yaml_error(at, e, "%s: expected a zone of this file, internet or any, got \"%.60s\"",
					zone_exists(p, f.from) ? "to" : "from", zone_exists(p, f.from) ? f.to : f.from);
		free(f.note);
		p->conduits[p->n_conduits++] = (struct zone_conduit){ f.from, f.to,
								      f.protocols ? f.protocols : xcalloc(1, sizeof(char *)) };
	}
	return ok;
}

static bool protocol_fits(char *const *wanted, const char *protocol, const char *transport, int port)
{
	char text[32];
	snprintf(text, sizeof text, "%.10s/%d", transport, port);
	for (; *wanted; wanted++)
		if (strcasecmp(*wanted, protocol) == 0 || (port && strcasecmp(*wanted, text) == 0))
			return true;
	return false;
}

static bool name_fits(const char *wanted, const char *name)
{
	return strcmp(wanted, "any") == 0 || strcmp(wanted, name) == 0;
}

int zone_plan_allows(const struct zone_plan *p, const char *from, const char *to, const char *protocol,
		     const char *transport, int port)
{
	if (!p || !p->n_conduits)
		return -1;
	for (size_t i = 0; i < p->n_conduits; i++) {
		const struct zone_conduit *c = &p->conduits[i];
		if (name_fits(c->from, from) && name_fits(c->to, to) &&
		    (!*c->protocols || protocol_fits(c->protocols, protocol, transport, port)))
			return 1;
	}
	return 0;
}

/* ---- windows ---- */

struct window_fields { char *name, *note, *hours, *first, *last, **prefixes, **to, **days; };
static const struct yaml_field window_table[] = {
	FIELD(window_fields, name, YAML_STRING, true), FIELD(window_fields, note, YAML_STRING, false),
	FIELD(window_fields, prefixes, YAML_STRINGS, false), FIELD(window_fields, to, YAML_STRINGS, false),
	FIELD(window_fields, days, YAML_STRINGS, false), FIELD(window_fields, hours, YAML_STRING, false),
	FIELD(window_fields, first, YAML_STRING, false), FIELD(window_fields, last, YAML_STRING, false),
	{ NULL, 0, 0, false, NULL },
};

static const char *const day_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL };

static bool days_bind(char **texts, const struct yaml *at, unsigned *days, struct err *e)
{
	for (; texts && *texts; texts++) {
		unsigned bit = 0;
		for (int i = 0; day_names[i]; i++)
			if (strncasecmp(*texts, day_names[i], 3) == 0)
				bit = 1u << i;
		if (!bit)
			return yaml_error(at, e, "days: expected sun, mon, tue, wed, thu, fri or sat, got \"%.20s\"", *texts);
		*days |= bit;
	}
	return true;
}

/* "09:00-17:00"; over midnight where the end comes first. */
static bool hours_bind(const char *text, const struct yaml *at, struct zone_window *w, struct err *e)
{
	int h1, m1, h2, m2, used = 0;
	w->start = w->end = -1;
	if (!text)
		return true;
	if (sscanf(text, "%2d:%2d-%2d:%2d%n", &h1, &m1, &h2, &m2, &used) != 4 || text[used] || h1 < 0 || h1 > 24 || m1 < 0 ||
	    m1 > 59 || h2 < 0 || h2 > 24 || m2 < 0 || m2 > 59)
		return yaml_error(at, e, "hours: expected hours such as 09:00-17:00, got \"%.40s\"", text);
	w->start = h1 * 60 + m1;
	w->end = h2 * 60 + m2;
	return true;
}

static bool date_bind(const char *key, const char *text, const struct yaml *at, char out[11], struct err *e)
{
	int y, m, d, used = 0;
	out[0] = 0;
	if (!text)
		return true;
	if (sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || used != 10 || text[10] || m < 1 || m > 12 || d < 1 ||
	    d > 31)
		return yaml_error(at, e, "%s: expected a day as YYYY-MM-DD, got \"%.40s\"", key, text);
	memcpy(out, text, 11);
	return true;
}

static bool window_fill(const struct zone_plan *p, const struct yaml *at, struct window_fields *f, struct zone_window *w,
			struct err *e)
{
	w->name = f->name;
	w->to = f->to ? f->to : xcalloc(1, sizeof *w->to);
	f->name = NULL;
	f->to = NULL;
	for (char **z = w->to; *z; z++)
		if (!zone_exists(p, *z))
			return yaml_error(at, e, "to: expected a zone of this file, got \"%.60s\"", *z);
	return prefixes_bind(f->prefixes, at, &w->prefixes, &w->n_prefixes, e) && days_bind(f->days, at, &w->days, e) &&
	       hours_bind(f->hours, at, w, e) && date_bind("first", f->first, at, w->first, e) &&
	       date_bind("last", f->last, at, w->last, e);
}

static bool windows_read(struct zone_plan *p, const struct yaml *root, struct err *e)
{
	const struct yaml *list;
	if (!list_of(root, "remote", ITEMS_MAX, &list, e))
		return false;
	size_t n = list ? yaml_count(list) : 0;
	bool ok = true;
	p->windows = xcalloc(n + 1, sizeof *p->windows);
	for (size_t i = 0; ok && i < n; i++) {
		struct window_fields f = { 0 };
		const struct yaml *at = yaml_at(list, i);
		ok = yaml_bind(at, window_table, &f, e) && window_fill(p, at, &f, &p->windows[p->n_windows++], e);
		yaml_unbind(window_table, &f);
	}
	return ok;
}

static bool window_has_whom(const struct zone_window *w, const struct addr *outside, const char *zone)
{
	bool whom = !w->n_prefixes, where = !*w->to;
	for (size_t i = 0; i < w->n_prefixes; i++)
		whom |= prefix_has(&w->prefixes[i], outside);
	for (char **z = w->to; *z; z++)
		where |= name_fits(*z, zone);
	return whom && where;
}

/* Both ends of the time on one day of the window and in its hours. */
static bool window_has_time(const struct zone_window *w, int64_t first, int64_t last)
{
	time_t t[2] = { (time_t)(first / 1000000000), (time_t)(last / 1000000000) };
	struct tm tm[2];
	char day[2][11];
	for (int i = 0; i < 2; i++)
		if (!localtime_r(&t[i], &tm[i]) || strftime(day[i], sizeof day[i], "%Y-%m-%d", &tm[i]) == 0)
			return false;
	if ((w->first[0] && strcmp(day[0], w->first) < 0) || (w->last[0] && strcmp(day[1], w->last) > 0))
		return false;
	if (w->start < 0 && !w->days)
		return true;
	int at[2] = { tm[0].tm_hour * 60 + tm[0].tm_min, tm[1].tm_hour * 60 + tm[1].tm_min };
	bool over_midnight = w->start >= 0 && w->end <= w->start;
	/* The day on which the window that holds the beginning opened. */
	int opened = over_midnight && at[0] < w->end ? (tm[0].tm_wday + 6) % 7 : tm[0].tm_wday;
	if (w->days && !(w->days >> opened & 1))
		return false;
	if (w->start < 0)
		return strcmp(day[0], day[1]) == 0;
	int64_t length = (w->end - w->start + (over_midnight ? 24 * 60 : 0)) * INT64_C(60);
	int64_t into = (at[0] - w->start + 24 * 60) % (24 * 60) * INT64_C(60);
	return into < length && into + (t[1] - t[0]) <= length;
}

int zone_plan_in_window(const struct zone_plan *p, const struct addr *outside, const char *zone, int64_t first, int64_t last)
{
	if (!p || !p->n_windows)
		return -1;
	for (size_t i = 0; i < p->n_windows; i++)
		if (window_has_whom(&p->windows[i], outside, zone) && window_has_time(&p->windows[i], first, last))
			return 1;
	return 0;
}

/* ---- the file ---- */

static bool keys_known(const struct yaml *root, struct err *e)
{
	static const char *const keys[] = { "zones", "conduits", "remote", "devices" };
	if (yaml_kind(root) != YAML_MAP)
		return yaml_error(root, e, "expected the keys zones, conduits, remote, devices");
	for (size_t i = 0; i < yaml_count(root); i++) {
		bool known = false;
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			known |= strcmp(keys[k], yaml_key(root, i)) == 0;
		if (!known)
			return yaml_error(yaml_at(root, i), e, "%.60s: expected zones, conduits, remote or devices",
					  yaml_key(root, i));
	}
	return true;
}

bool zone_plan_parse(struct zone_plan *p, const char *name, const char *text, struct err *e)
{
	*p = (struct zone_plan){ 0 };
	struct yaml_doc *doc = yaml_parse(name, text, strlen(text), e);
	if (!doc)
		return false;
	const struct yaml *root = yaml_root(doc), *devices = yaml_get(root, "devices");
	bool ok = keys_known(root, e) && zones_read(p, root, e) && conduits_read(p, root, e) && windows_read(p, root, e);
	if (ok && devices) {
		ok = yaml_text(devices) || yaml_error(devices, e, "devices: expected the name of a file");
		p->devices = ok ? xstrdup(yaml_text(devices)) : NULL;
	}
	yaml_doc_free(doc);
	if (!ok)
		zone_plan_free(p);
	return ok;
}

/* ---- the device list ---- */

enum column { COLUMN_MAC, COLUMN_IP, COLUMN_NAME, COLUMN_KIND, COLUMN_ZONE, COLUMN_OWNER, COLUMN_PLAN, COLUMN_MAX };
static const char *const heads[COLUMN_MAX][8] = {
	[COLUMN_MAC] = { "mac", "macs", "mac address", "MACアドレス", "ＭＡＣアドレス" },
	[COLUMN_IP] = { "ip", "ipv4", "ip address", "ipv6", "IPアドレス", "ＩＰアドレス" },
	[COLUMN_NAME] = { "name", "機器名", "名称", "名前", "設備名" },
	[COLUMN_KIND] = { "kind", "種類", "種別" },
	[COLUMN_ZONE] = { "zone", "ゾーン", "区画" },
	[COLUMN_OWNER] = { "owner", "管理者", "担当", "担当者" },
	[COLUMN_PLAN] = { "plan", "更新予定", "対策", "更新予定・対策" },
};

struct reader {
	struct zone_plan *plan;
	const char *name;
	struct csv csv;
	int at[COLUMN_MAX];
	struct err *e;
};

#define list_error(r, ...) (err_set((r)->e, __VA_ARGS__), err_prefix((r)->e, "%s:%d", (r)->name, (r)->csv.row_line))

static bool read_heads(struct reader *r)
{
	for (int i = 0; i < COLUMN_MAX; i++)
		r->at[i] = -1;
	if (csv_next(&r->csv) != CSV_ROW)
		return list_error(r, _("expected a table with a head row"));
	for (size_t i = 0; i < r->csv.n; i++) {
		const char *cell = csv_trim(r->csv.cells[i]);
		for (int k = 0; k < COLUMN_MAX; k++)
			for (size_t h = 0; heads[k][h]; h++)
				if (strcasecmp(cell, heads[k][h]) == 0 && r->at[k] < 0)
					r->at[k] = (int)i;
	}
	return r->at[COLUMN_MAC] >= 0 || r->at[COLUMN_IP] >= 0 ||
	       list_error(r, _("expected a column mac (MACアドレス) or ip (IPアドレス)"));
}

static char *cell(const struct reader *r, enum column column)
{
	static char empty[1];
	int at = r->at[column];
	return at >= 0 && (size_t)at < r->csv.n ? csv_trim(r->csv.cells[at]) : empty;
}

static bool read_macs(const struct reader *r, struct zone_listed *l)
{
	char *rest = NULL;
	for (char *w = strtok_r(cell(r, COLUMN_MAC), " ,;\n", &rest); w; w = strtok_r(NULL, " ,;\n", &rest)) {
		struct zone_mac m;
		m.bytes = mac_parse(w, m.mac);
		if (m.bytes != 6)
			return list_error(r, _("expected a MAC address such as 00:1d:9c:c7:b0:10, got \"%.40s\""), w);
		l->macs = xrealloc(l->macs, (l->n_macs + 1) * sizeof *l->macs);
		l->macs[l->n_macs++] = m;
	}
	return true;
}

static bool read_ips(const struct reader *r, struct zone_listed *l)
{
	char *rest = NULL;
	for (char *w = strtok_r(cell(r, COLUMN_IP), " ,;\n", &rest); w; w = strtok_r(NULL, " ,;\n", &rest)) {
		struct addr a;
		if (!addr_parse(w, &a))
			return list_error(r, _("expected an IP address, got \"%.40s\""), w);
		l->ips = xrealloc(l->ips, (l->n_ips + 1) * sizeof *l->ips);
		l->ips[l->n_ips++] = a;
	}
	return true;
}

static bool read_row(struct reader *r)
{
	struct zone_plan *p = r->plan;
	struct zone_listed l = { .line = r->csv.row_line };
	bool ok = read_macs(r, &l) && read_ips(r, &l);
	const char *zone = cell(r, COLUMN_ZONE);
	if (!zone_exists(p, zone) && zone_group_of(zone) >= 0)   /* a proposal: the list may come from genba devices */
		zone = "";
	if (ok && *zone && p->n_zones && !zone_exists(p, zone))
		ok = list_error(r, _("expected a zone of the zone file, got \"%.60s\""), zone);
	if (ok && p->n_listed == LISTED_MAX)
		ok = list_error(r, _("more than %d devices"), LISTED_MAX);
	if (!ok || (!l.n_macs && !l.n_ips)) {   /* a line without an address names nothing that could be seen */
		free(l.macs);
		free(l.ips);
		return ok;
	}
	l.name = xstrdup(cell(r, COLUMN_NAME));
	l.kind = xstrdup(cell(r, COLUMN_KIND));
	l.zone = xstrdup(zone);
	l.owner = xstrdup(cell(r, COLUMN_OWNER));
	l.plan = xstrdup(cell(r, COLUMN_PLAN));
	p->listed = (p->n_listed & (p->n_listed - 1)) ? p->listed :
		    xrealloc(p->listed, (p->n_listed ? p->n_listed * 2 : 1) * sizeof *p->listed);
	p->listed[p->n_listed++] = l;
	return true;
}

bool zone_plan_list(struct zone_plan *p, const char *name, const char *text, struct err *e)
{
	struct reader r = { .plan = p, .name = name, .csv = csv_open(text), .e = e };
	p->has_list = true;
	bool ok = read_heads(&r);
	enum csv_result got = CSV_ROW;
	while (ok && (got = csv_next(&r.csv)) == CSV_ROW)
		ok = read_row(&r);
	if (ok && got == CSV_BAD)
		ok = list_error(&r, _("a quote (\") that is never closed"));
	csv_done(&r.csv);
	return ok;
}
