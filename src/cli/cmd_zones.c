/*
 * genba zones: which zones there are, what goes between them, and the zone file
 * by which the user says how it should be. The file and its device list are kept
 * in the site file as they were written.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/assessed.h"
#include "cli/site.h"
#include "zone/zone.h"

/* ---- list, conduits ---- */

static int listing(struct cli *c, const char *schema, const char *items, const struct site_field *fields, const char *sql,
		   struct err *e)
{
	int format = site_format(c, e);
	if (format < 0)
		return EXIT_USAGE_ERROR;
	struct store *s = site_open(c, STORE_READ, e);
	int64_t scan;
	bool ok = s && site_scan(c, s, &scan, e) &&
		  site_list(s, scan, (enum list_format)format, schema, items, fields, sql, NULL, e);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct site_field zone_fields[] = {
	{ "name", N_("ZONE"), FIELD_TEXT }, { "declared", NULL, FIELD_NUMBER }, { "level", N_("LEVEL"), FIELD_NUMBER },
	{ "devices", N_("DEVICES"), FIELD_NUMBER }, { "networks", N_("NETWORKS"), FIELD_TEXT },
	{ "reason", N_("WHY"), FIELD_TEXT }, { NULL, NULL, FIELD_TEXT },
};

static int run_list(struct cli *c, struct err *e)
{
	return listing(c, "genba.zones/1", "zones", zone_fields,
		       "SELECT name, declared, level, devices, networks, reason FROM v_zone ORDER BY declared DESC, name", e);
}

static const struct site_field conduit_fields[] = {
	{ "client_zone", N_("FROM"), FIELD_TEXT }, { "server_zone", N_("TO"), FIELD_TEXT },
	{ "protocol", N_("PROTOCOL"), FIELD_TEXT }, { "transport", N_("OVER"), FIELD_TEXT },
	{ "port", N_("PORT"), FIELD_NUMBER }, { "clients", N_("CLIENTS"), FIELD_NUMBER },
	{ "servers", N_("SERVERS"), FIELD_NUMBER }, { "frames", N_("FRAMES"), FIELD_NUMBER },
	{ "bytes_c", NULL, FIELD_NUMBER }, { "bytes_s", NULL, FIELD_NUMBER },
	{ "operations", N_("COMMANDS"), FIELD_NUMBER }, { "relays", N_("RELAYED"), FIELD_NUMBER },
	{ "allowed", N_("ALLOWED"), FIELD_NUMBER }, { "crosses_zone", NULL, FIELD_NUMBER },
	{ "first_seen", NULL, FIELD_TIME }, { "last_seen", NULL, FIELD_TIME }, { "file", NULL, FIELD_TEXT },
	{ "frame", NULL, FIELD_NUMBER }, { NULL, NULL, FIELD_TEXT },
};

static int run_conduits(struct cli *c, struct err *e)
{
	return listing(c, "genba.conduits/1", "conduits", conduit_fields,
		       "SELECT client_zone, server_zone, iif(protocol = '', NULL, protocol), transport, nullif(port, 0), clients,"
		       " servers, frames, bytes_c, bytes_s, operations, relays, allowed, crosses_zone, first_seen, last_seen,"
		       " e.file_name, e.frame FROM v_conduit c LEFT JOIN seen_conversation e ON e.id = c.evidence_id ORDER BY c.id", e);
}

/* ---- import ---- */

/* The device list stands beside the zone file that names it. */
static char *beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	return *name == '/' || !slash ? xstrdup(name) : xasprintf("%.*s/%s", (int)(slash - file), file, name);
}

static char *read_text(const char *path, struct err *e)
{
	size_t n;
	char *bytes = file_load(path, &n, e), *text = bytes ? file_text(path, bytes, n, e) : NULL;
	free(bytes);
	return text;
}

/* The zone file, and the device list that is given or that it names: both are checked whole before either is stored. */
static bool import_texts(const char *path, const char *list_path, char *zones, char **list, struct zone_plan *plan,
			 struct err *e)
{
	if (!zone_plan_parse(plan, path, zones, e))
		return false;
	char *named = plan->devices ? beside(path, plan->devices) : NULL;
	const char *from = list_path ? list_path : named;
	bool ok = !from || ((*list = read_text(from, e)) && zone_plan_list(plan, from, *list, e));
	free(named);
	return ok;
}

static int run_import(struct cli *c, struct err *e)
{
	char *const *args;
	const char *devices = cli_get(c, "devices");
	size_t n = cli_args(c, &args);
	if (n > 1 || (n == 0 && !devices)) {
		err_set(e, _("zones import: give one zone file, or a device list with --devices"));
		return EXIT_USAGE_ERROR;
	}
	struct store *s = site_open(c, STORE_WRITE, e);
	if (!s)
		return EXIT_FAILED;
	struct zone_plan plan = { 0 };
	char *list = NULL, *zones = n ? read_text(args[0], e) : store_setting_get(s, "zones");
	bool ok = (zones || !n) && import_texts(n ? args[0] : _("zone file"), devices, zones ? zones : "{}", &list, &plan, e);
	if (ok && n)
		ok = store_setting_set(s, "zones", zones, e);
	if (ok && list)
		ok = store_setting_set(s, "device_list", list, e);
	if (ok)
		printf(_("%zu zones, %zu conduits, %zu windows for remote maintenance, %zu devices in the list\n"), plan.n_zones,
		       plan.n_conduits, plan.n_windows, plan.n_listed);
	zone_plan_free(&plan);
	free(zones);
	free(list);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

/* ---- export ---- */

struct writer { struct buf *b; char *zone; char what; bool any; };

/* JSON's strings are YAML's. */
static void quoted(struct buf *b, const char *text)
{
	json_t *j = site_json_text(text);
	char *s = json_dumps(j, JSON_ENCODE_ANY);
	buf_puts(b, s ? s : "\"\"");
	free(s);
	json_decref(j);
}

static void line_end(struct writer *w)
{
	if (w->what)
		buf_puts(w->b, "]");
	if (w->zone)
		buf_puts(w->b, "}\n");
	w->what = 0;
}

/* Rows: zone, what (p prefix, m MAC), value; in this order. */
static bool add_part(void *data, const struct store_row *row)
{
	struct writer *w = data;
	const char *zone = row->values[0].text, *what = row->values[1].text;
	if (!w->zone || strcmp(w->zone, zone) != 0) {
		line_end(w);
		free(w->zone);
		w->zone = xstrdup(zone);
		buf_puts(w->b, "  - {name: ");
		quoted(w->b, zone);
	}
	if (w->what != *what) {
		buf_printf(w->b, "%s, %s: [", w->what ? "]" : "", *what == 'm' ? "macs" : "prefixes");
		w->what = *what;
	} else {
		buf_puts(w->b, ", ");
	}
	quoted(w->b, row->values[2].text);
	return true;
}

static bool add_conduit(void *data, const struct store_row *row)
{
	struct writer *w = data;
	buf_puts(w->b, "#  - {from: ");
	quoted(w->b, row->values[0].text);
	buf_puts(w->b, ", to: ");
	quoted(w->b, row->values[1].text);
	buf_puts(w->b, ", protocols: [");
	quoted(w->b, row->values[2].text);
	buf_printf(w->b, "]}   # %s frames\n", row->values[3].text);
	return true;
}

/* A control zone owns its network; what else stands in that network is named by its MAC, or its address alone. */
static const char parts_sql[] =
	"WITH n AS (SELECT DISTINCT d.zone AS zone, a.subnet AS subnet FROM v_device d JOIN v_address a ON a.device_id = d.id"
	"  WHERE a.type = 'ipv4' AND a.private AND a.subnet <> '' AND d.internet = 0 AND d.router = 0 AND d.zone <> ''),"
	" own AS (SELECT zone, subnet FROM n WHERE zone LIKE 'control %' OR"
	"  (SELECT count(*) FROM n m WHERE m.subnet = n.subnet) = 1)"
	"SELECT zone, 'p' AS what, subnet AS value FROM own"
	" UNION SELECT d.zone, CASE a.type WHEN 'mac' THEN 'm' ELSE 'p' END, a.address FROM v_device d"
	"  JOIN v_address a ON a.device_id = d.id WHERE d.internet = 0 AND d.router = 0 AND d.zone <> '' AND d.zone NOT IN"
	"  (SELECT zone FROM own) AND (a.type = 'mac' OR (a.type = 'ipv4' AND NOT EXISTS"
	"   (SELECT 1 FROM v_address m WHERE m.device_id = d.id AND m.type = 'mac')))"
	" ORDER BY 1, 2, 3";
static const char conduits_sql[] =
	"SELECT client_zone, server_zone, iif(protocol = '', transport || '/' || port, protocol) AS p, sum(frames)"
	" FROM v_conduit GROUP BY client_zone, server_zone, p ORDER BY 1, 2, 3";

static bool propose(struct store *s, int64_t scan, struct buf *b, struct err *e)
{
	struct writer w = { .b = b };
	buf_puts(b, _("# Proposed from what was seen. Rename the zones, correct them, then: genba zones import FILE\n"));
	buf_puts(b, "zones:\n");
	bool ok = store_select(s, scan, parts_sql, NULL, add_part, &w, e);
	line_end(&w);
	free(w.zone);
	buf_puts(b, _("# Once there is one conduit, all other traffic between zones is a finding. Seen so far;\n"
		      "# take the # away from what is meant to be:\n"));
	buf_puts(b, "#conduits:\n");
	return ok && store_select(s, scan, conduits_sql, NULL, add_conduit, &w, e);
}

static int run_export(struct cli *c, struct err *e)
{
	struct store *s = site_open(c, STORE_READ, e);
	if (!s)
		return EXIT_FAILED;
	struct buf b;
	int64_t scan;
	buf_init(&b, 4 << 20);
	char *zones = store_setting_get(s, "zones");
	bool ok = true;
	if (zones && *zones)
		buf_puts(&b, zones);
	else
		ok = site_scan(c, s, &scan, e) && propose(s, scan, &b, e);
	free(zones);
	store_close(s);
	if (!ok) {
		buf_done(&b);
		return EXIT_FAILED;
	}
	return cli_write(&b, e) ? EXIT_DONE : EXIT_FAILED;
}

/* ---- forget ---- */

static int run_forget(struct cli *c, struct err *e)
{
	struct store *s = site_open(c, STORE_READ, e);
	bool ok = s && store_setting_set(s, "zones", NULL, e) && store_setting_set(s, "device_list", NULL, e);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option list_options[] = { SITE_FORMAT_OPTION, SITE_SCAN_OPTION, { 0, NULL, NULL, NULL } };
static const struct cli_option import_options[] = {
	{ 0, "devices", "FILE", N_("the device list, a table (CSV) as genba devices --format csv writes it") },
	{ 0, NULL, NULL, NULL },
};
static const struct cli_option export_options[] = { SITE_SCAN_OPTION, { 0, NULL, NULL, NULL } };
static const struct cli_option no_options[] = { { 0, NULL, NULL, NULL } };

const struct command command_zones_list = {
	.name = "zones list",
	.summary = N_("list the zones, declared or proposed"),
	.options = list_options,
	.run = run_list,
};

const struct command command_zones_conduits = {
	.name = "zones conduits",
	.summary = N_("list what goes from one zone to another"),
	.options = list_options,
	.run = run_conduits,
};

const struct command command_zones_import = {
	.name = "zones import",
	.arguments = "[FILE]",
	.summary = N_("say which zones there are, and what may go between them"),
	.description = N_("Reads a zone file (YAML): zones by networks, MAC addresses and VLANs, allowed conduits, windows for remote "
			  "maintenance, and the name of a device list (CSV). What the wire shows against it becomes findings. The "
			  "proposal of genba zones export is a beginning."),
	.options = import_options,
	.run = run_import,
};

const struct command command_zones_export = {
	.name = "zones export",
	.summary = N_("write the zone file, or a proposal where there is none"),
	.options = export_options,
	.run = run_export,
};

const struct command command_zones_forget = {
	.name = "zones forget",
	.summary = N_("forget the zone file and the device list"),
	.options = no_options,
	.run = run_forget,
};
