/* genba devices: the inventory. Its JSON is a promise to other programs: genba.devices/1. */
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "cli/site.h"

/* ?1 kind, ?2 protocol, '' for any */
#define WHICH \
	" WHERE (?1 = '' OR d.kind = ?1) AND (?2 = '' OR d.id IN (SELECT device_id FROM v_protocol WHERE name = ?2))"
#define ADDRESSES(type) \
	"(SELECT group_concat(address, ' ') FROM (SELECT DISTINCT address FROM v_address" \
	" WHERE device_id = d.id AND type = '" type "'))"
#define PROTOCOLS(which, role) \
	"(SELECT group_concat(name, ' ') FROM (SELECT DISTINCT name FROM v_protocol WHERE device_id = d.id" \
	" AND confidence " which " 'guess'" role " ORDER BY name))"
#define MANY(what) \
	"(SELECT group_concat(value, ' ') FROM (SELECT value FROM main.scan_many WHERE scan = (SELECT id FROM v_scan)" \
	" AND device = d.id AND what = '" what "' ORDER BY place))"

static const struct site_field text_fields[] = {
	{ "id", N_("ID"), FIELD_NUMBER },
	{ "kind", N_("KIND"), FIELD_TEXT },
	{ "level", N_("LEVEL"), FIELD_NUMBER },
	{ "name", N_("NAME"), FIELD_TEXT },
	{ "address", N_("ADDRESS"), FIELD_TEXT },
	{ "vendor", N_("VENDOR"), FIELD_TEXT },
	{ "model", N_("MODEL"), FIELD_TEXT },
	{ "firmware", N_("FIRMWARE"), FIELD_TEXT },
	{ "serves", N_("SERVES"), FIELD_TEXT },
	{ NULL, NULL, FIELD_TEXT },
};
static const char text_sql[] =
	"SELECT d.id, d.kind, d.level, d.label,"
	" (SELECT address FROM v_address WHERE device_id = d.id"
	"  ORDER BY CASE type WHEN 'ipv4' THEN 0 WHEN 'mac' THEN 1 ELSE 2 END, address LIMIT 1),"
	" coalesce(d.vendor, d.mac_vendor), d.model, d.firmware,"
	" " PROTOCOLS("<>", " AND role = 'server' AND name NOT IN ('arp', 'ndp')")
	" FROM v_device d" WHICH " ORDER BY d.internet, d.id";   /* the factory first */

static const struct site_field csv_fields[] = {
	{ "id", NULL, FIELD_NUMBER }, { "kind", NULL, FIELD_TEXT }, { "level", NULL, FIELD_NUMBER },
	{ "zone", NULL, FIELD_TEXT }, { "name", NULL, FIELD_TEXT }, { "label", NULL, FIELD_TEXT },
	{ "vendor", NULL, FIELD_TEXT }, { "model", NULL, FIELD_TEXT }, { "firmware", NULL, FIELD_TEXT },
	{ "hardware", NULL, FIELD_TEXT }, { "serial", NULL, FIELD_TEXT }, { "os", NULL, FIELD_TEXT },
	{ "hostnames", NULL, FIELD_TEXT }, { "macs", NULL, FIELD_TEXT }, { "mac_vendor", NULL, FIELD_TEXT },
	{ "ipv4", NULL, FIELD_TEXT }, { "ipv6", NULL, FIELD_TEXT }, { "vlans", NULL, FIELD_TEXT },
	{ "protocols", NULL, FIELD_TEXT }, { "candidates", NULL, FIELD_TEXT }, { "frames", NULL, FIELD_NUMBER },
	{ "first_seen", NULL, FIELD_TIME }, { "last_seen", NULL, FIELD_TIME }, { NULL, NULL, FIELD_TEXT },
};
static const char csv_sql[] =
	"SELECT d.id, d.kind, d.level, d.zone, d.name, d.label, coalesce(d.vendor, d.mac_vendor), d.model, d.firmware, d.hardware, d.serial,"
	" d.os, " MANY("hostname") ", " ADDRESSES("mac") ", d.mac_vendor, " ADDRESSES("ipv4") ", " ADDRESSES("ipv6")
	", " MANY("vlan") ", " PROTOCOLS("<>", "") ", " PROTOCOLS("=", "") ", d.frames, d.first_seen, d.last_seen"
	" FROM v_device d" WHICH " ORDER BY d.id";

/* ---- JSON ---- */

/* Where no protocol tells the vendor, whose the MAC address is: its evidence says that this is a guess. */
struct devices {
	json_t *devices;
	size_t at;               /* the device that the rows have come to; all come in order of id */
};

static bool add_device(void *data, const struct store_row *row)
{
	static const char *const texts[] = { "name", "vendor_shown", "model", "firmware", "hardware", "serial", "os" };
	static const char *const lists[] = { "hostnames", "macs", "ipv4", "ipv6", "vlans", "protocols", "candidates" };
	struct devices *d = data;
	json_t *j = json_object();
	struct store_value level = store_column(row, "level"), zone = store_column(row, "zone");
	struct store_value first = store_column(row, "first_seen"), last = store_column(row, "last_seen");
	json_object_set_new(j, "id", json_integer(store_column(row, "id").i));
	json_object_set_new(j, "kind", site_json_text(store_column(row, "kind").text));
	json_object_set_new(j, "level", site_json_number(&level));
	json_object_set_new(j, "zone", site_json_text(zone.text && *zone.text ? zone.text : NULL));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		json_object_set_new(j, strcmp(texts[i], "vendor_shown") == 0 ? "vendor" : texts[i],
				    site_json_text(store_column(row, texts[i]).text));
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		json_object_set_new(j, lists[i], json_array());
	json_object_set_new(j, "first_seen", site_json_time(&first));
	json_object_set_new(j, "last_seen", site_json_time(&last));
	json_object_set_new(j, "evidence", json_array());
	json_array_append_new(d->devices, j);
	return true;
}

/* The device with this id, NULL when a filter left it out. */
static json_t *device(struct devices *d, int64_t id)
{
	for (json_t *j; (j = json_array_get(d->devices, d->at)); d->at++) {
		json_int_t now = json_integer_value(json_object_get(j, "id"));
		if (now >= id)
			return now == id ? j : NULL;
	}
	return NULL;
}

static bool add_address(void *data, const struct store_row *row)
{
	json_t *j = device(data, store_column(row, "device_id").i);
	if (j) {
		const char *type = store_column(row, "type").text;
		json_array_append_new(json_object_get(j, strcmp(type, "mac") == 0 ? "macs" : type),
				      site_json_text(store_column(row, "address").text));
	}
	return true;
}

static bool add_many(void *data, const struct store_row *row)
{
	json_t *j = device(data, store_column(row, "device").i);
	const char *value = store_column(row, "value").text;
	if (!j)
		return true;
	if (strcmp(store_column(row, "what").text, "vlan") == 0)
		json_array_append_new(json_object_get(j, "vlans"), json_integer(atoi(value)));
	else
		json_array_append_new(json_object_get(j, "hostnames"), site_json_text(value));
	return true;
}

static bool add_protocol(void *data, const struct store_row *row)
{
	static const char *const texts[] = { "name", "role", "transport", "port", "confidence", "frames" };
	json_t *j = device(data, store_column(row, "device_id").i);
	if (!j)
		return true;
	json_t *p = json_object();
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct store_value v = store_column(row, texts[i]);
		json_object_set_new(p, texts[i], v.type == STORE_TEXT ? site_json_text(v.text) : site_json_number(&v));
	}
	bool guess = strcmp(store_column(row, "confidence").text, "guess") == 0;
	json_array_append_new(json_object_get(j, guess ? "candidates" : "protocols"), p);
	return true;
}

/* A capture is named as a file, or as an interface where nothing was kept. */
static void set_file(json_t *j, const struct store_row *row, const char *name)
{
	bool file = store_column(row, "digest").type != STORE_NULL;
	json_object_set_new(j, "file", site_json_text(file ? store_column(row, name).text : NULL));
	if (!file)
		json_object_set_new(j, "interface", site_json_text(store_column(row, name).text));
}

static bool add_evidence(void *data, const struct store_row *row)
{
	json_t *j = device(data, store_column(row, "device_id").i);
	if (!j)
		return true;
	json_t *x = json_object();
	static const char *const texts[] = { "field", "value", "source", "confidence" };
	struct store_value peer = store_column(row, "peer_frame");
	struct store_value first = store_column(row, "first"), last = store_column(row, "last");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		json_object_set_new(x, texts[i], site_json_text(store_column(row, texts[i]).text));
	json_object_set_new(x, "capture", json_integer(store_column(row, "file").i));
	set_file(x, row, "file_name");
	json_object_set_new(x, "frame", json_integer(store_column(row, "frame").i));
	json_object_set_new(x, "peer_frame", site_json_number(&peer));
	json_object_set_new(x, "first", site_json_time(&first));
	json_object_set_new(x, "last", site_json_time(&last));
	json_object_set_new(x, "count", json_integer(store_column(row, "count").i));
	json_array_append_new(json_object_get(j, "evidence"), x);
	return true;
}

static bool add_capture(void *data, const struct store_row *row)
{
	json_t *x = json_object();
	set_file(x, row, "name");
	json_object_set_new(x, "digest", site_json_text(store_column(row, "digest").text));
	json_object_set_new(x, "point", site_json_text(store_column(row, "point").text));
	json_array_append_new(data, x);
	return true;
}

static bool print_json(struct store *s, int64_t scan, const char *const *filter, struct err *e)
{
	static const struct { const char *sql; store_row_fn *fn; } parts[] = {
		{ "SELECT DISTINCT device_id, type, address FROM v_address ORDER BY device_id, type, address",
		  add_address },
		{ "SELECT device, what, value FROM main.scan_many WHERE scan = (SELECT id FROM v_scan)"
		  " ORDER BY device, what, place", add_many },
		{ "SELECT * FROM v_protocol ORDER BY device_id, name, role, transport, port", add_protocol },
		{ "SELECT e.*, f.digest FROM v_evidence e LEFT JOIN v_file f ON f.file = e.file"
		  " WHERE e.field NOT IN ('conversation', 'operation', 'conflict') ORDER BY e.device_id, e.id",
		  add_evidence },
	};
	struct devices d = { .devices = json_array() };
	json_t *captures = json_array(), *root = json_object();
	json_object_set_new(root, "schema", json_string("genba.devices/1"));
	json_object_set_new(root, "devices", d.devices);
	json_object_set_new(root, "captures", captures);
	bool ok = store_select(s, scan, "SELECT *, coalesce(vendor, mac_vendor) AS vendor_shown FROM v_device d" WHICH " ORDER BY d.id", filter, add_device, &d, e);
	for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++) {
		d.at = 0;
		ok = store_select(s, scan, parts[i].sql, NULL, parts[i].fn, &d, e);
	}
	ok = ok && store_select(s, scan, "SELECT f.*, (SELECT point FROM v_scan) AS point FROM v_file f ORDER BY file",
				NULL, add_capture, captures, e);
	if (ok)
		return site_json_print(root, 12, e);
	json_decref(root);
	return false;
}

static int run(struct cli *c, struct err *e)
{
	int format = site_format(c, e), kind = cli_choice(c, "kind", kind_names, KIND_MAX, e);
	if (format < 0 || kind < 0)
		return EXIT_USAGE_ERROR;
	const char *protocol = cli_get(c, "protocol");
	const char *const filter[] = { kind == KIND_MAX ? "" : kind_names[kind], protocol ? protocol : "", NULL };
	struct store *s = site_open(c, STORE_READ, e);
	int64_t scan;
	if (!s)
		return EXIT_FAILED;
	bool ok = site_scan(c, s, &scan, e);
	if (ok && format == LIST_JSON)
		ok = print_json(s, scan, filter, e);
	else if (ok)
		ok = site_list(s, scan, (enum list_format)format, "genba.devices/1", "devices",
			       format == LIST_TEXT ? text_fields : csv_fields,
			       format == LIST_TEXT ? text_sql : csv_sql, filter, e);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	SITE_FORMAT_OPTION,
	SITE_SCAN_OPTION,
	{ 0, "kind", "KIND", N_("only devices of this kind: plc, hmi, pc and so on") },
	{ 0, "protocol", "NAME", N_("only devices that speak this protocol") },
	{ 0, NULL, NULL, NULL },
};

const struct command command_devices = {
	.name = "devices",
	.summary = N_("list the devices of a scan"),
	.description = N_("Lists what the newest scan showed. The JSON form (schema genba.devices/1) names for every "
			  "value the capture and the frame that it comes from."),
	.options = options,
	.run = run,
};
