/* Reading one side: the rows of one scan that are compared, and what the site knew before it. */
#include "diff/side.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const char *const side_fields[] = { "kind", "name", "vendor", "model", "firmware", "hardware", "serial", "os", "mode",
				    "software", "address" };

/* A scan with less than this part of the other's coverage is not held against it: what comes once a day is not in it. */
#define COMPARABLE 0.5

static char *copy(const char *text)
{
	return xstrdup(text ? text : "");
}

/* Room for one more: n rows stand in it, and it grows at every power of two. */
static void *grow(void *rows, size_t n, size_t size)
{
	return n & (n - 1) ? rows : xrealloc(rows, (n ? n * 2 : 1) * size);
}

static bool add_device(void *data, const struct store_row *row)
{
	struct diff_side *s = data;
	s->devices = grow(s->devices, s->n_devices, sizeof *s->devices);
	struct side_device *d = &s->devices[s->n_devices++];
	*d = (struct side_device){
		.id = store_column(row, "id").i, .label = copy(store_column(row, "label").text),
		.seen = store_column(row, "first_seen").type != STORE_NULL,
		.internet = store_column(row, "internet").i != 0,
	};
	for (int i = 0; i < SIDE_FIELDS; i++)
		d->fields[i] = copy(store_column(row, side_fields[i]).text);
	return true;
}

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void *side_row(const void *rows, size_t n, size_t size, int64_t id)
{
	return n ? bsearch(&id, rows, n, size, by_id) : NULL;
}

static struct side_device *find(const struct diff_side *s, int64_t id)
{
	return side_row(s->devices, s->n_devices, sizeof *s->devices, id);
}

static bool mark_talked(void *data, const struct store_row *row)
{
	struct side_device *d = find(data, store_column(row, "id").i);
	if (d)
		d->talked = true;
	return true;
}

static bool add_place(void *data, const struct store_row *row)
{
	struct side_device *d = find(data, store_column(row, "id").i);
	if (d) {
		d->places = grow(d->places, d->n_places, sizeof *d->places);
		d->places[d->n_places++] = copy(store_column(row, "place").text);
	}
	return true;
}

static bool add_thing(void *data, const struct store_row *row)
{
	struct side_things *t = data;
	t->list = grow(t->list, t->n, sizeof *t->list);
	t->list[t->n++] = (struct side_thing){
		.client = store_column(row, "client_id").i, .server = store_column(row, "server_id").i,
		.ends = copy(store_column(row, "ends").text), .label = copy(store_column(row, "label").text),
		.what = copy(store_column(row, "what").text), .from = copy(store_column(row, "client").text) };
	return true;
}

/*
 * Guesses are left out: they come and go. So are conversations by which devices find each other: whoever is
 * on the network has them with everybody, and a new device is a line of its own.
 */
#define FINDING_EACH_OTHER "('arp', 'ndp', 'lldp', 'cdp', 'stp', 'igmp', 'icmp', 'dhcp', 'mdns', 'ssdp', 'llmnr', 'nbns'," \
	" 'nbdgm', 'browser', 'wsd')"

static const char devices_sql[] =
	"SELECT *, (SELECT group_concat(address, ' ') FROM (SELECT DISTINCT address FROM v_address"
	" WHERE device_id = d.id AND type = 'ipv4' ORDER BY address)) AS address FROM v_device d ORDER BY id";
static const char talked_sql[] =
	"SELECT client_id AS id FROM v_conversation WHERE multicast = 0 AND packets_c > 0 AND packets_s > 0"
	" UNION SELECT server_id FROM v_conversation WHERE multicast = 0 AND packets_c > 0 AND packets_s > 0";
static const char places_sql[] =
	"SELECT DISTINCT a.device_id AS id, CASE WHEN a.private = 0 THEN 'internet' WHEN a.type = 'ipv4' THEN a.subnet"
	"  ELSE 'segment ' || coalesce(g.key, '') END AS place"
	" FROM v_address a LEFT JOIN v_segment g ON g.id = a.segment"
	" WHERE a.type = 'ipv4' OR NOT EXISTS (SELECT 1 FROM v_address b WHERE b.device_id = a.device_id"
	"  AND b.type = 'ipv4') ORDER BY 1, 2";
static const char convs_sql[] =
	"SELECT DISTINCT c.client_id, c.server_id, iif(c.client_id, '', c.client_address) || '>' ||"
	"  iif(c.server_id, '', c.server_address) AS ends, coalesce(b.label, c.server_address) AS label,"
	" CASE c.protocol WHEN '' THEN '' ELSE c.protocol || ' ' END || c.transport ||"
	"  CASE WHEN c.transport IN ('tcp', 'udp') THEN '/' || c.port ELSE '' END AS what,"
	" coalesce(a.label, c.client_address) AS client"
	" FROM v_conversation c LEFT JOIN v_device a ON a.id = c.client_id LEFT JOIN v_device b ON b.id = c.server_id"
	" WHERE c.confidence <> 'guess' AND (c.multicast = 0 OR c.ot = 1)"
	" AND c.server_address <> '255.255.255.255' AND c.protocol NOT IN " FINDING_EACH_OTHER
	" ORDER BY c.id";
static const char ops_sql[] =
	"SELECT DISTINCT o.client_id, o.server_id, '' AS ends, coalesce(b.label, a.label) AS label,"
	" o.class || ' (' || o.protocol || ')' AS what, iif(o.server_id, a.label, '') AS client"
	" FROM v_operation o LEFT JOIN v_device a ON a.id = o.client_id LEFT JOIN v_device b ON b.id = o.server_id"
	" WHERE o.confidence <> 'guess' ORDER BY o.id";
static const char services_sql[] =
	"SELECT DISTINCT 0 AS client_id, p.device_id AS server_id, '' AS ends, d.label, p.name || ' ' || p.transport ||"
	"  CASE WHEN p.transport IN ('tcp', 'udp') THEN '/' || p.port ELSE '' END AS what, '' AS client"
	" FROM v_protocol p JOIN v_device d ON d.id = p.device_id"
	" WHERE p.role = 'server' AND p.confidence <> 'guess' AND p.name NOT IN " FINDING_EACH_OTHER
	" ORDER BY p.device_id, what";

static bool take_start(void *data, const struct store_row *row)
{
	((struct diff_side *)data)->started = store_column(row, "started").i;
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void collect_watched(struct diff_side *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_devices; i++)
		n += s->devices[i].n_places;
	s->watched = xcalloc(n + 1, sizeof *s->watched);
	for (size_t i = 0; i < s->n_devices; i++)
		for (size_t k = 0; k < s->devices[i].n_places && s->devices[i].seen; k++)
			s->watched[s->n_watched++] = s->devices[i].places[k];
	if (s->n_watched)
		qsort(s->watched, s->n_watched, sizeof *s->watched, by_text);
}

bool side_read(struct store *s, const struct assessment *a, struct diff_side *out, struct err *e)
{
	*out = (struct diff_side){ .k = a->coverage.k, .enough = !a->score.declared_only,
				   .mirror = a->coverage.mirror };
	bool ok = store_select(s, a->scan, "SELECT started FROM v_scan", NULL, take_start, out, e) &&
		  store_select(s, a->scan, devices_sql, NULL, add_device, out, e) &&
		  store_select(s, a->scan, talked_sql, NULL, mark_talked, out, e) &&
		  store_select(s, a->scan, places_sql, NULL, add_place, out, e) &&
		  store_select(s, a->scan, convs_sql, NULL, add_thing, &out->convs, e) &&
		  store_select(s, a->scan, ops_sql, NULL, add_thing, &out->ops, e) &&
		  store_select(s, a->scan, services_sql, NULL, add_thing, &out->services, e);
	if (ok)
		collect_watched(out);
	return ok;
}

static bool add_past(void *data, const struct store_row *row)
{
	struct diff_side *s = data;
	s->past = grow(s->past, s->n_past, sizeof *s->past);
	s->past[s->n_past++] = (struct side_past){
		.id = store_column(row, "id").i, .started = store_column(row, "started").i,
		.presence = store_column(row, "seen").i ? DIFF_SEEN : DIFF_SPOKEN_OF };
	return true;
}

bool side_read_past(struct store *s, int64_t scan, struct diff_side *out, struct err *e)
{
	return store_select(s, scan,
			    "SELECT d.device AS id, max(d.first_seen IS NOT NULL) AS seen, max(c.started) AS started"
			    " FROM main.scan_device d JOIN main.scan c ON c.id = d.scan"
			    " WHERE c.state <> 'running' AND c.id < (SELECT id FROM v_scan)"
			    " GROUP BY d.device ORDER BY d.device", NULL, add_past, out, e);
}

struct reading_expired { struct diff_side *to; char since[32], today[32]; };

static bool add_expired(void *data, const struct store_exception *x)
{
	struct reading_expired *r = data;
	struct diff_side *s = r->to;
	/* It counts through its last day. */
	if (!x->check || !x->expires || strcmp(x->expires, r->since) < 0 || strcmp(x->expires, r->today) >= 0)
		return true;
	s->expired = grow(s->expired, s->n_expired, sizeof *s->expired);
	s->expired[s->n_expired++] = (struct side_expired){ copy(x->check), copy(x->expires), x->device };
	return true;
}

bool side_read_expired(struct store *s, int64_t since, struct diff_side *out, struct err *e)
{
	struct reading_expired r = { .to = out };
	text_time(since, r.since);
	text_time(store_now(), r.today);
	r.since[10] = r.today[10] = 0;
	return store_exceptions(s, add_expired, &r, e);
}

static void things_done(struct side_things *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->list[i].ends);
		free(t->list[i].label);
		free(t->list[i].what);
		free(t->list[i].from);
	}
	free(t->list);
}

void side_done(struct diff_side *s)
{
	for (size_t i = 0; i < s->n_devices; i++) {
		struct side_device *d = &s->devices[i];
		free(d->label);
		for (int k = 0; k < SIDE_FIELDS; k++)
			free(d->fields[k]);
		for (size_t k = 0; k < d->n_places; k++)
			free(d->places[k]);
		free(d->places);
	}
	for (size_t i = 0; i < s->n_expired; i++) {
		free(s->expired[i].check);
		free(s->expired[i].expires);
	}
	free(s->expired);
	free(s->watched);
	free(s->devices);
	free(s->past);
	things_done(&s->convs);
	things_done(&s->ops);
	things_done(&s->services);
	*s = (struct diff_side){ 0 };
}

/* ---- another site's devices ---- */

struct names {
	struct inv_device *devices;
	const struct diff_side *side;
	size_t at;
};

static bool add_key(void *data, const struct store_row *row)
{
	struct names *x = data;
	int64_t id = store_column(row, "device").i;
	while (x->at < x->side->n_devices && x->side->devices[x->at].id < id)
		x->at++;
	if (x->at < x->side->n_devices && x->side->devices[x->at].id == id) {
		struct inv_device *d = &x->devices[x->at];
		d->keys = grow(d->keys, d->n_keys, sizeof *d->keys);
		d->keys[d->n_keys++] = copy(store_column(row, "key").text);
	}
	return true;
}

/* The first site's id of a device of the second: known where that one stands, else foreign. */
static int64_t renamed(const struct diff_side *side, const struct inv_device *devices, int64_t id)
{
	const struct side_device *d = id ? find(side, id) : NULL;
	int64_t known = d ? devices[d - side->devices].id : 0;
	return !id || known ? known : SIDE_FOREIGN + id;
}

static void rename_all(struct diff_side *side, const struct inv_device *devices, struct assessment *a)
{
	struct side_things *things[] = { &side->convs, &side->ops, &side->services };
	for (size_t t = 0; t < sizeof things / sizeof *things; t++) {
		for (size_t i = 0; i < things[t]->n; i++) {
			struct side_thing *x = &things[t]->list[i];
			x->client = renamed(side, devices, x->client);
			x->server = renamed(side, devices, x->server);
		}
	}
	for (size_t i = 0; i < a->results.n; i++) {
		struct check_result *r = &a->results.results[i];
		for (size_t k = 0; k < r->n_rows; k++)
			r->rows[k].device = renamed(side, devices, r->rows[k].device);
	}
	for (size_t i = 0; i < side->n_expired; i++)
		side->expired[i].device = renamed(side, devices, side->expired[i].device);
	for (size_t i = 0; i < side->n_devices; i++)
		side->devices[i].id = devices[i].id ? devices[i].id : SIDE_FOREIGN + side->devices[i].id;
	if (side->n_devices)
		qsort(side->devices, side->n_devices, sizeof *side->devices, by_id);
}

bool side_rename(struct store *first, struct store *second, struct diff_side *side, struct assessment *a, struct err *e)
{
	struct names x = { .devices = xcalloc(side->n_devices + 1, sizeof *x.devices), .side = side };
	struct inventory inv = { .devices = x.devices, .n_devices = side->n_devices };
	bool ok = store_select(second, a->scan, "SELECT device, key FROM main.device_key ORDER BY device, key", NULL,
			       add_key, &x, e) &&
		  store_identify(first, &inv, e);
	if (ok)
		rename_all(side, x.devices, a);
	for (size_t i = 0; i < side->n_devices; i++) {
		for (size_t k = 0; k < x.devices[i].n_keys; k++)
			free(x.devices[i].keys[k]);
		free(x.devices[i].keys);
	}
	free(x.devices);
	return ok;
}

/* ---- what a scan could show ---- */

const struct side_device *side_find(const struct diff_side *s, int64_t id)
{
	return find(s, id);
}

bool side_compares(const struct diff_side *s, const struct diff_side *other)
{
	return (s->mirror || !other->mirror) && s->k > 0 && s->k >= COMPARABLE * other->k;
}

bool side_proves(const struct diff_side *s, const struct diff_side *other)
{
	return s->enough && side_compares(s, other);
}

bool side_saw(const struct diff_side *s, const struct diff_side *other, int64_t device)
{
	const struct side_device *d = find(s, device), *x = find(other, device);
	return d && d->seen && (d->talked || !x || !x->talked);
}

bool side_watched(const struct diff_side *s, const struct side_device *d)
{
	for (size_t i = 0; i < d->n_places; i++) {
		const char *place = d->places[i];
		if (s->n_watched && bsearch(&place, s->watched, s->n_watched, sizeof place, by_text))
			return true;
	}
	return false;
}

int64_t side_shown_id(int64_t id)
{
	return id >= SIDE_FOREIGN ? 0 : id;
}
