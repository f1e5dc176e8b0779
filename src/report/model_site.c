/* What the site file knows of the scan: its captures, devices, conversations, operations, accepted risks. */
#include "report/model.h"

#include <stdlib.h>
#include <string.h>

struct rows {
	json_t *list;
	size_t limit;
	int64_t more;            /* rows beyond the limit */
};

static bool ends_with(const char *s, const char *end, size_t *keep)
{
	size_t n = strlen(s), m = strlen(end);
	if (n <= m || strcmp(s + n - m, end) != 0)
		return false;
	*keep = n - m;
	return true;
}

/* A row as an object: a column x_time becomes x in RFC 3339, x_bool becomes x as true or false. */
static bool take_row(void *data, const struct store_row *row)
{
	struct rows *r = data;
	if (json_array_size(r->list) >= r->limit) {
		r->more++;
		return true;
	}
	json_t *o = report_item(r->list);
	for (int i = 0; i < row->n; i++) {
		const struct store_value *v = &row->values[i];
		char key[64];
		size_t keep;
		bool time = ends_with(row->names[i], "_time", &keep);
		bool truth = !time && ends_with(row->names[i], "_bool", &keep);
		if (!time && !truth)
			keep = strlen(row->names[i]);
		(void)snprintf(key, sizeof(key), "%.*s", (int)keep, row->names[i]);
		if (v->type == STORE_NULL)
			model_text(o, key, NULL);
		else if (time)
			model_time(o, key, v->i);
		else if (truth)
			model_bool(o, key, v->i != 0);
		else if (v->type == STORE_INT)
			model_int(o, key, v->i);
		else if (v->type == STORE_REAL)
			model_real(o, key, v->r, 6);
		else
			model_text(o, key, v->text);
	}
	return true;
}

/* The rows of a SELECT under `key`, and how many more there are under "more_<key>". */
static bool add_rows(json_t *o, const char *key, struct store *s, int64_t scan, size_t limit, const char *sql,
		     struct err *e)
{
	struct rows r = { .list = report_list(o, key), .limit = limit };
	if (scan && !store_select(s, scan, sql, NULL, take_row, &r, e))
		return err_prefix(e, "report: %s", key);
	char more[64];
	(void)snprintf(more, sizeof(more), "more_%s", key);
	model_int(o, more, r.more);
	return true;
}

/* Rows of (id, value) as lists of strings under `key` of the devices with these ids, in the rows' order. */
struct spread {
	json_t *devices, *by_id;
	const char *key;
};

static bool take_spread(void *data, const struct store_row *row)
{
	struct spread *p = data;
	if (row->n < 2 || !row->values[0].text || !row->values[1].text)
		return true;
	json_t *device = json_object_get(p->by_id, row->values[0].text);
	json_t *list = json_object_get(device, p->key);
	if (list && json_array_size(list) < 32) {
		json_t *o = json_object();
		model_text(o, "v", row->values[1].text);
		json_array_append(list, json_object_get(o, "v"));
		json_decref(o);
	}
	return true;
}

static bool spread_over(json_t *devices, json_t *by_id, const char *key, struct store *s, int64_t scan,
			const char *sql, struct err *e)
{
	size_t i;
	json_t *d;
	json_array_foreach(devices, i, d)
		(void)report_list(d, key);
	struct spread p = { devices, by_id, key };
	return store_select(s, scan, sql, NULL, take_spread, &p, e) || err_prefix(e, "report: %s", key);
}

static bool add_devices(json_t *model, struct store *s, int64_t scan, struct err *e)
{
	if (!add_rows(model, "devices", s, scan, REPORT_DEVICES,
		      "SELECT d.id, d.label, d.name, d.kind, d.kind_reason, d.level, d.level_reason, d.zone,"
		      " d.vendor, d.model, d.firmware, d.hardware, d.serial, d.os, d.mode, d.software, d.mac_vendor,"
		      " d.router AS router_bool, d.internet AS internet_bool, d.random_mac AS random_mac_bool,"
		      " d.frames, d.first_seen AS first_seen_time, d.last_seen AS last_seen_time,"
		      " e.file_name AS file, e.frame, e.confidence, e.source"
		      " FROM v_device d LEFT JOIN seen_attribute e ON e.id = d.evidence_id"
		      " ORDER BY d.internet, d.level IS NULL, d.level DESC, d.kind, d.label, d.id", e))
		return false;
	json_t *devices = json_object_get(model, "devices"), *by_id = json_object();
	size_t i;
	json_t *d;
	json_array_foreach(devices, i, d) {
		char id[32];
		(void)snprintf(id, sizeof(id), "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(d, "id")));
		json_object_set(by_id, id, d);
	}
	bool good = !scan ||
		(spread_over(devices, by_id, "addresses", s, scan,
			     "SELECT DISTINCT device_id, address, type FROM v_address"
			     " ORDER BY device_id, CASE type WHEN 'ipv4' THEN 0 WHEN 'ipv6' THEN 2 ELSE 1 END, address",
			     e) &&
		 spread_over(devices, by_id, "protocols", s, scan,
			     "SELECT DISTINCT device_id, name FROM v_protocol WHERE confidence <> 'guess'"
			     " AND role = 'server' AND name NOT IN ('arp', 'ndp') ORDER BY device_id, name", e));
	json_decref(by_id);
	return good;
}

/*
 * Conduits that need attention: a weakness that was used, a way to the internet, a crossing of zones by a factory
 * protocol, a message that a controller passes on to a network behind it. Conversations that nobody answered are left out: an attempt is no conduit. Most controllers cannot
 * authenticate anybody; that alone is no reason inside one zone.
 */
static const char conduits_sql[] =
	/* Made once, so that SQLite puts an index on them instead of reading every operation for every conversation. */
	"WITH weak AS MATERIALIZED (SELECT DISTINCT device_id, peer_id, protocol, port, name FROM v_weakness),"
	" door AS MATERIALIZED (SELECT DISTINCT device_id, peer_id, protocol, port, detail FROM v_relay)"
	" SELECT c.id, c.client_id AS client, c.server_id AS server, cd.label AS client_name, sd.label AS server_name,"
	" c.protocol, c.transport, c.port, c.confidence, c.ot AS ot_bool, c.frames,"
	" c.bytes_c + c.bytes_s AS bytes, c.crosses_zone AS crosses_zone_bool,"
	" (c.client_internet OR c.server_internet) AS internet_bool,"
	" (SELECT group_concat(name, ',') FROM (SELECT DISTINCT w.name FROM weak w"
	"   WHERE w.device_id = c.server_id AND w.protocol = c.protocol AND w.port = c.port"
	"   AND (w.peer_id IS NULL OR w.peer_id = c.client_id)"
	"   AND (w.name <> 'no-authentication' OR c.crosses_zone = 1) ORDER BY w.name)) AS weaknesses,"
	" (SELECT group_concat(detail, ', ') FROM (SELECT DISTINCT r.detail FROM door r"
	"   WHERE r.device_id = c.server_id AND r.protocol = c.protocol AND r.port = c.port"
	"   AND (r.peer_id IS NULL OR r.peer_id = c.client_id) ORDER BY r.detail LIMIT 8)) AS relays,"
	" e.file_name AS file, e.frame"
	" FROM v_conversation c JOIN v_device cd ON cd.id = c.client_id JOIN v_device sd ON sd.id = c.server_id"
	" LEFT JOIN seen_conversation e ON e.id = c.evidence_id"
	" WHERE c.confidence <> 'guess' AND c.answered = 1 AND c.multicast = 0 AND (weaknesses IS NOT NULL OR relays IS NOT NULL"
	"  OR (c.crosses_zone = 1 AND (c.ot = 1 OR client_level <= 2 OR server_level <= 2"
	"   OR (internet_bool AND (client_level <= 3 OR server_level <= 3)))))"
	" ORDER BY weaknesses IS NULL, internet_bool DESC, c.crosses_zone DESC, c.frames DESC, c.id";

static bool add_traffic(json_t *model, struct store *s, int64_t scan, struct err *e)
{
	return add_rows(model, "silences", s, scan, REPORT_ROWS,
			"SELECT first AS first_time, last AS last_time, (last - first) / 60000000000 AS minutes FROM v_silence"
			" ORDER BY id", e) &&
	       add_rows(model, "zones", s, scan, REPORT_ROWS,
			"SELECT name, declared AS declared_bool, level, networks, devices, reason FROM v_zone"
			" WHERE devices > 0 OR declared = 1 ORDER BY name = 'internet', level IS NULL, level DESC, name", e) &&
	       add_rows(model, "zone_conduits", s, scan, REPORT_ROWS,
			"SELECT client_zone AS client, server_zone AS server, group_concat(what, ', ') AS protocols,"
			" sum(frames) AS frames, sum(operations) AS operations, sum(relays) AS relays, min(allowed) AS allowed,"
			" max(crosses_zone) AS crosses_zone_bool FROM (SELECT client_zone, server_zone,"
			"  iif(protocol = '', transport || '/' || port, protocol) AS what, sum(frames) AS frames,"
			"  sum(operations) AS operations, sum(relays) AS relays, min(allowed) AS allowed,"
			"  max(crosses_zone) AS crosses_zone FROM v_conduit GROUP BY client_zone, server_zone, what ORDER BY what)"
			" GROUP BY client_zone, server_zone ORDER BY max(crosses_zone) DESC, client_zone, server_zone", e) &&
	       add_rows(model, "protocols", s, scan, REPORT_ROWS,
			"SELECT p.name, p.ot AS ot_bool, p.conversations, p.frames, p.bytes,"
			" w.weaknesses FROM (SELECT iif(confidence = 'guess', '', protocol) AS name, max(ot) AS ot, count(*) AS conversations,"
			"  sum(frames) AS frames, sum(bytes_c + bytes_s) AS bytes FROM v_conversation GROUP BY 1) p"
			" LEFT JOIN (SELECT protocol, group_concat(name, ',') AS weaknesses FROM (SELECT DISTINCT protocol, name"
			"  FROM v_weakness WHERE confidence <> 'guess' ORDER BY protocol, name) GROUP BY protocol) w"
			" ON w.protocol = p.name"
			" ORDER BY p.name = '', p.frames DESC, p.name", e) &&
	       add_rows(model, "conduits", s, scan, REPORT_ROWS, conduits_sql, e) &&
	       add_rows(model, "conversations", s, scan, REPORT_ROWS,
			"SELECT c.id, c.client_id AS client, c.server_id AS server,"
			" coalesce(cd.label, c.client_address) AS client_name,"
			" coalesce(sd.label, c.server_address) AS server_name, c.protocol, c.ot AS ot_bool, c.transport,"
			" c.port, c.confidence, c.frames, c.packets_c, c.packets_s, c.bytes_c, c.bytes_s, c.flows, c.refused,"
			" c.crosses_zone AS crosses_zone_bool, c.multicast AS multicast_bool,"
			" c.first_seen AS first_seen_time, c.last_seen AS last_seen_time, e.file_name AS file, e.frame"
			" FROM v_conversation c LEFT JOIN v_device cd ON cd.id = c.client_id"
			" LEFT JOIN v_device sd ON sd.id = c.server_id LEFT JOIN seen_conversation e ON e.id = c.evidence_id"
			" ORDER BY c.ot DESC, c.frames DESC, c.id", e) &&
	       add_rows(model, "operations", s, scan, REPORT_ROWS,
			"SELECT o.id, o.client_id AS client, o.server_id AS server, cd.label AS client_name,"
			" sd.label AS server_name, o.protocol, o.class, o.name, o.detail, o.result, o.confidence, o.count,"
			" o.first_seen AS first_seen_time, o.last_seen AS last_seen_time,"
			" o.crosses_zone AS crosses_zone_bool, e.file_name AS file, e.frame, e.peer_frame"
			" FROM v_operation o LEFT JOIN v_device cd ON cd.id = o.client_id"
			" LEFT JOIN v_device sd ON sd.id = o.server_id LEFT JOIN seen_operation e ON e.id = o.evidence_id"
			" WHERE o.class NOT IN ('read', 'identity', 'diagnostic') AND o.confidence <> 'guess'"
			" ORDER BY CASE o.class WHEN 'firmware' THEN 0 WHEN 'stop' THEN 1 WHEN 'start' THEN 2 WHEN 'reset'"
			" THEN 3 WHEN 'mode' THEN 4 WHEN 'download' THEN 5 WHEN 'force' THEN 6 WHEN 'configuration' THEN 7"
			" WHEN 'upload' THEN 8 ELSE 9 END, o.crosses_zone DESC, o.id", e) &&
	       add_rows(model, "weaknesses", s, scan, REPORT_ROWS,
			"SELECT w.id, w.device_id AS device, w.peer_id AS peer, d.label AS device_name, w.protocol, w.port,"
			" w.name, w.detail, w.confidence, w.count, w.crosses_zone AS crosses_zone_bool,"
			" e.file_name AS file, e.frame"
			" FROM v_weakness w LEFT JOIN v_device d ON d.id = w.device_id"
			" LEFT JOIN seen_operation e ON e.id = w.evidence_id ORDER BY w.id", e);
}

static bool take_count(void *data, const struct store_row *row)
{
	struct store_value name = store_column(row, "name"), value = store_column(row, "value");
	if (name.text)
		model_int(data, name.text, value.i);
	return true;
}

static bool take_exception(void *data, const struct store_exception *x)
{
	json_t *o = report_item(data);
	model_int(o, "id", x->id);
	model_text(o, "check", x->check);
	if (x->device)
		model_int(o, "device", x->device);
	else
		model_text(o, "device", NULL);
	model_text(o, "reason", x->reason);
	model_text(o, "approver", x->approver);
	model_text(o, "expires", x->expires);
	return true;
}

static void add_setting(json_t *site, struct store *s, const char *key)
{
	char *value = store_setting_get(s, key);
	model_text(site, key, value && *value ? value : NULL);
	free(value);
}

bool model_site(json_t *model, struct store *s, const struct assessment *a, struct err *e)
{
	json_t *site = report_object(model, "site");
	add_setting(site, s, "name");
	add_setting(site, s, "timezone");
	add_setting(site, s, "subnets");

	int64_t scan = a->scan;
	json_t *held = json_object();
	bool good = add_rows(held, "scan", s, scan, 1,
			     "SELECT id, started AS started_time, finished AS finished_time, state, point, operator,"
			     " authorised_by, line_running AS line_running_bool, tool FROM v_scan", e);
	json_t *first = json_array_get(json_object_get(held, "scan"), 0);
	json_object_set(model, "scan", first ? first : json_null());
	json_decref(held);
	if (!good ||
	    !add_rows(model, "files", s, scan, 1000,
		      "SELECT file, name, digest, frames, bytes, cut, undecoded, malformed, truncated, snaplen,"
		      " first AS first_time, last AS last_time, problem FROM v_file ORDER BY file", e))
		return false;
	json_t *counters = report_object(model, "counters");
	if (scan && !store_select(s, scan, "SELECT name, value FROM v_count ORDER BY name", NULL, take_count,
				  counters, e))
		return false;
	if (!add_devices(model, s, scan, e) || !add_traffic(model, s, scan, e) ||
	    !add_rows(model, "conflicts", s, scan, REPORT_ROWS,
		      "SELECT x.id, x.address, a.label AS device_a, b.label AS device_b, x.alternations,"
		      " (SELECT min(address) FROM v_address WHERE device_id = x.device_a AND type = 'mac') AS mac_a,"
		      " (SELECT min(address) FROM v_address WHERE device_id = x.device_b AND type = 'mac') AS mac_b,"
		      " e.file_name AS file, e.frame FROM v_conflict x LEFT JOIN v_device a ON a.id = x.device_a"
		      " LEFT JOIN v_device b ON b.id = x.device_b LEFT JOIN seen_conflict e ON e.id = x.evidence_id"
		      " ORDER BY x.id", e))
		return false;
	return store_exceptions(s, take_exception, report_list(model, "exceptions"), e);
}
