/*
 * Where everything stands, for the scan that is bound: the zone of each device, what the device list says of it,
 * whether the baseline knew it; which conduits are allowed; which visits from outside came in a declared window.
 *
 * Zone file, device list and baseline are settings of the site ("zones", "device_list", "baseline"), so that a
 * change of them counts for every scan at once. They are kept as the user wrote them.
 */
#include "store/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/lang.h"
#include "zone/zone.h"

const char place_tables[] =
	"CREATE TEMP TABLE placed(device INTEGER PRIMARY KEY, label TEXT, kind TEXT, kind_reason TEXT, level INTEGER,"
	" level_reason TEXT, internet INTEGER, router INTEGER, zone TEXT, zone_reason TEXT, zone_declared INTEGER,"
	" listed INTEGER, listed_name TEXT, owner TEXT, plan TEXT, baseline INTEGER);"
	"CREATE TEMP TABLE zone(name TEXT PRIMARY KEY, level INTEGER, prefixes TEXT) WITHOUT ROWID;"
	"CREATE TEMP TABLE conduit(client_zone TEXT, server_zone TEXT, protocol TEXT, transport TEXT, port INTEGER,"
	" allowed INTEGER, PRIMARY KEY(client_zone, server_zone, protocol, transport, port)) WITHOUT ROWID;"
	"CREATE TEMP TABLE visit(conversation INTEGER PRIMARY KEY, in_window INTEGER);"
	"CREATE TEMP TABLE listed(line INTEGER PRIMARY KEY, name TEXT, kind TEXT, zone TEXT, owner TEXT, plan TEXT,"
	" mac TEXT, ip TEXT, device INTEGER);"
	"CREATE TEMP TABLE changed(device INTEGER, field TEXT, before TEXT, now TEXT);";

/* ---- the plan ---- */

bool place_plan(struct store *s, struct zone_plan *plan, struct err *e)
{
	char *zones = store_setting_get(s, "zones"), *list = store_setting_get(s, "device_list");
	*plan = (struct zone_plan){ 0 };
	bool ok = !zones || !*zones || zone_plan_parse(plan, _("zone file"), zones, e);
	if (ok && list && *list && !zone_plan_list(plan, _("device list"), list, e)) {
		zone_plan_free(plan);
		ok = false;
	}
	free(zones);
	free(list);
	return ok;
}

/* A word of the device list as a kind; NULL where it is none. */
static const char *kind_of(const char *word)
{
	static const struct { const char *word; enum kind kind; } others[] = {
		{ "シーケンサ", KIND_PLC }, { "シーケンサー", KIND_PLC }, { "表示器", KIND_HMI }, { "タッチパネル", KIND_HMI },
		{ "ロボット", KIND_ROBOT }, { "NC", KIND_CNC }, { "工作機械", KIND_CNC }, { "インバータ", KIND_DRIVE },
		{ "インバーター", KIND_DRIVE }, { "センサ", KIND_SENSOR }, { "センサー", KIND_SENSOR }, { "カメラ", KIND_CAMERA },
		{ "プリンタ", KIND_PRINTER }, { "プリンター", KIND_PRINTER }, { "ルータ", KIND_ROUTER },
		{ "ルーター", KIND_ROUTER }, { "スイッチ", KIND_SWITCH }, { "ハブ", KIND_SWITCH }, { "無線", KIND_WIRELESS },
		{ "無線LAN", KIND_WIRELESS }, { "サーバ", KIND_SERVER }, { "サーバー", KIND_SERVER }, { "パソコン", KIND_PC },
		{ "エンジニアリングPC", KIND_ENGINEERING }, { "プログラム用PC", KIND_ENGINEERING }, { "監視PC", KIND_SCADA },
		{ "スマホ", KIND_MOBILE }, { "タブレット", KIND_MOBILE },
	};
	for (int k = KIND_PLC; k < KIND_MAX; k++)
		if (strcasecmp(word, kind_names[k]) == 0)
			return kind_names[k];
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcasecmp(word, others[i].word) == 0)
			return kind_names[others[i].kind];
	return NULL;
}

/* ---- devices ---- */

struct devices {
	struct zone_device *rows; size_t n;
	int64_t *ids;
	struct zone_address *addresses; size_t n_addresses;
	size_t *from;            /* device → its first address */
};

static void devices_done(struct devices *d)
{
	for (size_t i = 0; i < d->n_addresses; i++) {
		free((char *)(uintptr_t)d->addresses[i].subnet);
		free((char *)(uintptr_t)d->addresses[i].segment_key);
	}
	free(d->rows);
	free(d->ids);
	free(d->addresses);
	free(d->from);
}

static char *column_text(sqlite3_stmt *st, int at)
{
	const char *text = (const char *)sqlite3_column_text(st, at);
	return xstrdup(text ? text : "");
}

static bool devices_read(struct store *s, struct devices *d, struct err *e)
{
	int64_t n = store_number(s, "SELECT count(*) FROM main.scan_device WHERE scan = " BOUND, 0);
	int64_t m = store_number(s, "SELECT count(*) FROM main.scan_address WHERE scan = " BOUND, 0);
	sqlite3_stmt *st = store_prepare(s, "SELECT device, ifnull(level, -1), internet, router FROM main.scan_device"
					    " WHERE scan = " BOUND " ORDER BY device", e);
	d->rows = xcalloc((size_t)n + 1, sizeof *d->rows);
	d->ids = xcalloc((size_t)n + 1, sizeof *d->ids);
	d->from = xcalloc((size_t)n + 1, sizeof *d->from);
	d->addresses = xcalloc((size_t)m + 1, sizeof *d->addresses);
	while (st && d->n < (size_t)n && sqlite3_step(st) == SQLITE_ROW) {
		d->ids[d->n] = sqlite3_column_int64(st, 0);
		d->rows[d->n++] = (struct zone_device){ .level = sqlite3_column_int(st, 1),
							.internet = sqlite3_column_int(st, 2) != 0,
							.router = sqlite3_column_int(st, 3) != 0 };
	}
	sqlite3_finalize(st);
	if (!st)
		return false;
	st = store_prepare(s, "SELECT a.device, a.type, a.address, a.subnet, a.segment, g.key FROM main.scan_address a"
			      " LEFT JOIN main.scan_segment g ON g.scan = a.scan AND g.id = a.segment"
			      " WHERE a.scan = " BOUND " ORDER BY a.device, a.place", e);
	for (size_t at = 0; st && d->n_addresses < (size_t)m && sqlite3_step(st) == SQLITE_ROW;) {
		int64_t id = sqlite3_column_int64(st, 0);
		while (at < d->n && d->ids[at] < id)
			at++;
		if (at == d->n || d->ids[at] != id)
			continue;
		struct zone_address *a = &d->addresses[d->n_addresses];
		const char *type = (const char *)sqlite3_column_text(st, 1), *text = (const char *)sqlite3_column_text(st, 2);
		a->is_mac = type && strcmp(type, "mac") == 0;
		if (!text || !(a->is_mac ? mac_parse(text, a->mac) == 6 : addr_parse(text, &a->ip)))
			continue;
		a->subnet = column_text(st, 3);
		a->segment = sqlite3_column_int64(st, 4);
		a->segment_key = column_text(st, 5);
		if (!d->rows[at].n_addresses++)
			d->from[at] = d->n_addresses;
		d->n_addresses++;
	}
	sqlite3_finalize(st);
	for (size_t i = 0; i < d->n; i++)
		d->rows[i].addresses = d->addresses + d->from[i];
	return st != NULL;
}

static void bind_int(sqlite3_stmt *st, int at, int64_t value, bool null)
{
	if (null)
		sqlite3_bind_null(st, at);
	else
		sqlite3_bind_int64(st, at, value);
}

static bool devices_place(struct store *s, const struct zone_plan *plan, const struct devices *d, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s,
		"INSERT INTO temp.placed SELECT device, coalesce(?10, label), coalesce(?2, kind), iif(?2 IS NULL, kind_reason, ?3),"
		" coalesce(?4, level), iif(?4 IS NULL, level_reason, ?5), internet, router, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL"
		" FROM main.scan_device WHERE scan = " BOUND " AND device = ?1", e);
	bool ok = st != NULL;
	for (size_t i = 0; ok && i < d->n; i++) {
		const struct zone_device *z = &d->rows[i];
		const struct zone_listed *l = z->listed;
		sqlite3_bind_int64(st, 1, d->ids[i]);
		store_bind_text(st, 2, l ? kind_of(l->kind) : NULL);
		store_bind_text(st, 3, N_("device list"));
		bind_int(st, 4, z->declared_level, z->declared_level < 0);
		store_bind_text(st, 5, N_("zone file"));
		store_bind_text(st, 6, z->zone);
		store_bind_text(st, 7, z->reason);
		sqlite3_bind_int(st, 8, z->declared);
		bind_int(st, 9, l != NULL, !plan->has_list);
		store_bind_text(st, 10, l && *l->name ? l->name : NULL);
		store_bind_text(st, 11, l && *l->owner ? l->owner : NULL);
		store_bind_text(st, 12, l ? l->plan : "");
		ok = store_step(s, st, e);
	}
	sqlite3_finalize(st);
	return ok;
}

/* ---- what is declared, as rows ---- */

static bool zones_store(struct store *s, const struct zone_plan *plan, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "INSERT INTO temp.zone VALUES(?1, ?2, ?3)", e);
	bool ok = st != NULL;
	for (size_t i = 0; ok && i < plan->n_zones; i++) {
		const struct zone_declared *z = &plan->zones[i];
		struct buf b;
		char text[ADDR_TEXT];
		buf_init(&b, 4000);
		for (size_t k = 0; k < z->n_prefixes; k++) {
			bool v4 = addr_is_v4(&z->prefixes[k].ip) && z->prefixes[k].bits >= 96;
			buf_printf(&b, "%s%s/%d", k ? " " : "", addr_text(&z->prefixes[k].ip, text),
				   z->prefixes[k].bits - (v4 ? 96 : 0));
		}
		store_bind_text(st, 1, z->name);
		bind_int(st, 2, z->level, z->level < 0);
		sqlite3_bind_text(st, 3, b.data, -1, SQLITE_TRANSIENT);
		ok = store_step(s, st, e);
		buf_done(&b);
	}
	sqlite3_finalize(st);
	return ok;
}

static bool listed_store(struct store *s, const struct zone_plan *plan, const struct devices *d, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "INSERT OR REPLACE INTO temp.listed VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", e);
	int64_t *seen = xcalloc(plan->n_listed + 1, sizeof *seen);   /* line → the first device that it names */
	bool ok = st != NULL;
	for (size_t k = d->n; k-- > 0;)
		if (d->rows[k].listed)
			seen[d->rows[k].listed - plan->listed] = d->ids[k];
	for (size_t i = 0; ok && i < plan->n_listed; i++) {
		const struct zone_listed *l = &plan->listed[i];
		char mac[MAC_TEXT] = "", ip[ADDR_TEXT] = "";
		if (l->n_macs)
			mac_text(l->macs[0].mac, mac);
		if (l->n_ips)
			addr_text(&l->ips[0], ip);
		const char *kind = kind_of(l->kind);
		sqlite3_bind_int(st, 1, l->line);
		store_bind_text(st, 2, l->name);
		store_bind_text(st, 3, kind ? kind : l->kind);
		store_bind_text(st, 4, l->zone);
		store_bind_text(st, 5, l->owner);
		store_bind_text(st, 6, l->plan);
		store_bind_text(st, 7, mac);
		store_bind_text(st, 8, ip);
		bind_int(st, 9, seen[i], !seen[i]);
		ok = store_step(s, st, e);
	}
	free(seen);
	sqlite3_finalize(st);
	return ok;
}

/* Which way between zones is allowed: once for each kind of traffic that was seen. */
static bool conduits_store(struct store *s, const struct zone_plan *plan, struct err *e)
{
	if (!plan->n_conduits)
		return true;
	sqlite3_stmt *in = store_prepare(s,
		"SELECT DISTINCT c.zone, d.zone, r.protocol, r.transport, r.port FROM ("
		"SELECT client, server, protocol, transport, port FROM main.scan_conversation WHERE scan = " BOUND
		" UNION SELECT client, server, protocol, transport, port FROM main.scan_operation WHERE scan = " BOUND ") r"
		" JOIN temp.placed c ON c.device = r.client JOIN temp.placed d ON d.device = r.server"
		" WHERE c.zone <> d.zone AND c.zone <> '' AND d.zone <> ''", e);
	sqlite3_stmt *out = in ? store_prepare(s, "INSERT INTO temp.conduit VALUES(?1, ?2, ?3, ?4, ?5, ?6)", e) : NULL;
	bool ok = out != NULL;
	while (ok && sqlite3_step(in) == SQLITE_ROW) {
		const char *text[4];
		for (int i = 0; i < 4; i++) {
			text[i] = (const char *)sqlite3_column_text(in, i);
			sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i));
			text[i] = text[i] ? text[i] : "";
		}
		int port = sqlite3_column_int(in, 4);
		sqlite3_bind_int(out, 5, port);
		sqlite3_bind_int(out, 6, zone_plan_allows(plan, text[0], text[1], text[2], text[3], port));
		ok = store_step(s, out, e);
	}
	sqlite3_finalize(in);
	sqlite3_finalize(out);
	return ok;
}

/* Conversations of an end outside, and of what stands behind a router: did they fall into a declared window? */
static bool visits_store(struct store *s, const struct zone_plan *plan, struct err *e)
{
	if (!plan->n_windows)
		return true;
	char *zone = store_setting_get(s, "timezone"), *before = getenv("TZ");
	char *kept = before ? xstrdup(before) : NULL;
	if (zone && *zone)
		(void)setenv("TZ", zone, 1);
	tzset();
	sqlite3_stmt *in = store_prepare(s,
		"SELECT r.id, r.client_address, d.zone, r.first, r.last FROM main.scan_conversation r"
		" JOIN temp.placed c ON c.device = r.client JOIN temp.placed d ON d.device = r.server WHERE r.scan = " BOUND, e);
	sqlite3_stmt *out = in ? store_prepare(s, "INSERT INTO temp.visit VALUES(?1, ?2)", e) : NULL;
	bool ok = out != NULL;
	while (ok && sqlite3_step(in) == SQLITE_ROW) {
		struct addr a;
		const char *text = (const char *)sqlite3_column_text(in, 1), *to = (const char *)sqlite3_column_text(in, 2);
		if (!text || !addr_parse(text, &a))
			continue;
		sqlite3_bind_int64(out, 1, sqlite3_column_int64(in, 0));
		sqlite3_bind_int(out, 2, zone_plan_in_window(plan, &a, to ? to : "", sqlite3_column_int64(in, 3),
							     sqlite3_column_int64(in, 4)));
		ok = store_step(s, out, e);
	}
	sqlite3_finalize(in);
	sqlite3_finalize(out);
	if (zone && *zone) {
		if (kept)
			(void)setenv("TZ", kept, 1);
		else
			(void)unsetenv("TZ");
		tzset();
	}
	free(kept);
	free(zone);
	return ok;
}

/* ---- the baseline ---- */

int64_t place_baseline(struct store *s, int64_t scan)
{
	char *given = store_setting_get(s, "baseline");
	int64_t base = given ? strtoll(given, NULL, 10) : 0;
	free(given);
	char sql[160];
	snprintf(sql, sizeof sql, "SELECT id FROM main.scan WHERE state <> 'running' AND id < %lld AND (%lld = 0 OR id = %lld)"
				  " ORDER BY id LIMIT 1", (long long)scan, (long long)base, (long long)base);
	return store_number(s, sql, 0);
}

/*
 * A device is new only where the baseline looked: its network, or the segment of what has no address in one, was
 * seen then.
 */
static bool baseline_mark(struct store *s, int64_t base, struct err *e)
{
	if (!base)
		return true;
	char *sql = sqlite3_mprintf(
		"UPDATE temp.placed SET baseline = CASE"
		" WHEN device IN (SELECT device FROM main.scan_device WHERE scan = %lld AND first_seen IS NOT NULL) THEN 1"
		" WHEN device IN (SELECT a.device FROM main.scan_address a WHERE a.scan = " BOUND " AND a.subnet <> ''"
		"  AND a.subnet IN (SELECT subnet FROM main.scan_address WHERE scan = %lld)) THEN 0"
		" WHEN device NOT IN (SELECT device FROM main.scan_address WHERE scan = " BOUND " AND subnet <> '')"
		"  AND device IN (SELECT a.device FROM main.scan_address a JOIN main.scan_segment g ON g.scan = a.scan"
		"  AND g.id = a.segment WHERE a.scan = " BOUND " AND g.key IN (SELECT key FROM main.scan_segment"
		"  WHERE scan = %lld)) THEN 0 END WHERE internet = 0",
		(long long)base, (long long)base, (long long)base);
	bool ok = store_run(s, sql, e);
	sqlite3_free(sql);
	return ok;
}

/* What devices say of themselves now, and said otherwise then. */
static bool changes_store(struct store *s, int64_t base, struct err *e)
{
	static const char *const fields[] = { "firmware", "hardware", "model", "name", "os", "serial", "vendor" };
	bool ok = true;
	for (size_t i = 0; base && ok && i < sizeof fields / sizeof *fields; i++) {
		char *sql = sqlite3_mprintf(
			"INSERT INTO temp.changed SELECT n.device, '%s', b.%s, n.%s FROM main.scan_device n"
			" JOIN main.scan_device b ON b.scan = %lld AND b.device = n.device"
			" WHERE n.scan = " BOUND " AND b.%s <> n.%s", fields[i], fields[i], fields[i], (long long)base,
			fields[i], fields[i]);
		ok = store_run(s, sql, e);
		sqlite3_free(sql);
	}
	return ok;
}

bool place_bind(struct store *s, const struct zone_plan *plan, int64_t base, struct err *e)
{
	struct devices d = { 0 };
	if (!store_run(s, "DELETE FROM temp.placed; DELETE FROM temp.zone; DELETE FROM temp.conduit; DELETE FROM temp.visit;"
			  " DELETE FROM temp.listed; DELETE FROM temp.changed;", e))
		return false;
	bool ok = devices_read(s, &d, e);
	struct zone_places *places = ok ? zone_assign(plan, d.rows, d.n) : NULL;
	ok = ok && devices_place(s, plan, &d, e) && zones_store(s, plan, e) && listed_store(s, plan, &d, e) &&
	     conduits_store(s, plan, e) && visits_store(s, plan, e) && baseline_mark(s, base, e) && changes_store(s, base, e);
	zone_places_free(places);
	devices_done(&d);
	return ok;
}
