/*
 * genba diff: what changed between two scans of the site, or of two site files.
 * A device has the same id in every scan of a site (the store matches them), so
 * that rows are compared by id; the devices of a second site file get the ids
 * that the first knows them by. What a scan merely did not see is no change of a
 * value: only two values that differ are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/site.h"

enum { FIELDS = 11 };
static const char *const field_names[FIELDS] = { "kind", "name", "vendor", "model", "firmware", "hardware", "serial",
						 "os", "mode", "software", "address" };

struct device {
	int64_t id;
	char *label;
	char *fields[FIELDS];    /* "" where nobody said */
};

/* Ids of devices that the first site does not know begin here; they are not shown. */
static const int64_t foreign = INT64_C(1) << 60;

/* A conversation or a class of operations, compared by its ends and by what it is. */
struct thing {
	int64_t client, server;  /* 0: nobody known, or a group */
	char *ends;              /* addresses, where a device is not known */
	char *label;             /* of the server, or the address that was sent to */
	char *what;              /* "modbus tcp/502" */
	char *from;              /* the client's label */
};

struct side {
	const char *site;                /* the site file, where two are compared */
	struct store_scan_head head;     /* its texts are not kept */
	struct device *devices; size_t n_devices;
	struct thing *convs; size_t n_convs;
	struct thing *ops; size_t n_ops;
};

static char *copy(const char *text)
{
	return xstrdup(text ? text : "");
}

/* ---- reading a scan ---- */

static void *grow(void *rows, size_t n, size_t size)
{
	return n & (n - 1) ? rows : xrealloc(rows, (n ? n * 2 : 1) * size);
}

static bool add_device(void *data, const struct store_row *row)
{
	struct side *s = data;
	s->devices = grow(s->devices, s->n_devices, sizeof *s->devices);
	struct device *d = &s->devices[s->n_devices++];
	d->id = store_column(row, "id").i;
	d->label = copy(store_column(row, "label").text);
	for (int i = 0; i < FIELDS; i++)
		d->fields[i] = copy(store_column(row, field_names[i]).text);
	return true;
}

static void add_thing(struct thing **things, size_t *n, const struct store_row *row)
{
	*things = grow(*things, *n, sizeof **things);
	(*things)[(*n)++] = (struct thing){
		.client = store_column(row, "client_id").i, .server = store_column(row, "server_id").i,
		.ends = copy(store_column(row, "ends").text), .label = copy(store_column(row, "label").text),
		.what = copy(store_column(row, "what").text), .from = copy(store_column(row, "client").text) };
}

static bool add_conv(void *data, const struct store_row *row)
{
	struct side *s = data;
	add_thing(&s->convs, &s->n_convs, row);
	return true;
}

static bool add_op(void *data, const struct store_row *row)
{
	struct side *s = data;
	add_thing(&s->ops, &s->n_ops, row);
	return true;
}

/*
 * Guesses are left out: they come and go. So are conversations by which devices find each other: whoever is
 * on the network has them with everybody, and a new device is a line of its own.
 */
static const char devices_sql[] =
	"SELECT *, (SELECT group_concat(address, ' ') FROM (SELECT DISTINCT address FROM v_address"
	" WHERE device_id = d.id AND type = 'ipv4' ORDER BY address)) AS address FROM v_device d ORDER BY id";
static const char convs_sql[] =
	"SELECT DISTINCT c.client_id, c.server_id, iif(c.client_id, '', c.client_address) || '>' ||"
	"  iif(c.server_id, '', c.server_address) AS ends, coalesce(b.label, c.server_address) AS label,"
	" CASE c.protocol WHEN '' THEN '' ELSE c.protocol || ' ' END || c.transport ||"
	"  CASE WHEN c.transport IN ('tcp', 'udp') THEN '/' || c.port ELSE '' END AS what,"
	" coalesce(a.label, c.client_address) AS client"
	" FROM v_conversation c LEFT JOIN v_device a ON a.id = c.client_id LEFT JOIN v_device b ON b.id = c.server_id"
	" WHERE c.confidence <> 'guess' AND (c.multicast = 0 OR c.ot = 1)"
	" AND c.server_address <> '255.255.255.255' AND c.protocol NOT IN"
	"  ('arp', 'ndp', 'lldp', 'cdp', 'stp', 'igmp', 'icmp', 'dhcp', 'mdns', 'ssdp', 'llmnr', 'nbns', 'nbdgm',"
	"   'browser', 'wsd')"
	" ORDER BY c.id";
static const char ops_sql[] =
	"SELECT DISTINCT o.client_id, o.server_id, '' AS ends, b.label AS label,"
	" o.class || ' (' || o.protocol || ')' AS what, a.label AS client"
	" FROM v_operation o LEFT JOIN v_device a ON a.id = o.client_id LEFT JOIN v_device b ON b.id = o.server_id"
	" WHERE o.confidence <> 'guess' ORDER BY o.id";

static bool side_read(struct store *s, struct side *side, struct err *e)
{
	return store_select(s, side->head.id, devices_sql, NULL, add_device, side, e) &&
	       store_select(s, side->head.id, convs_sql, NULL, add_conv, side, e) &&
	       store_select(s, side->head.id, ops_sql, NULL, add_op, side, e);
}

static void things_done(struct thing *things, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(things[i].ends);
		free(things[i].label);
		free(things[i].what);
		free(things[i].from);
	}
	free(things);
}

static void side_done(struct side *s)
{
	for (size_t i = 0; i < s->n_devices; i++) {
		free(s->devices[i].label);
		for (int k = 0; k < FIELDS; k++)
			free(s->devices[i].fields[k]);
	}
	free(s->devices);
	things_done(s->convs, s->n_convs);
	things_done(s->ops, s->n_ops);
}

/* ---- another site's devices ---- */

struct names {
	struct inv_device *devices;
	const struct side *side;
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

static int by_id(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int64_t renamed(const struct side *side, const struct inv_device *devices, int64_t id)
{
	const struct device key = { .id = id }, *d = NULL;
	if (id && side->n_devices)
		d = bsearch(&key, side->devices, side->n_devices, sizeof key, by_id);
	if (!d)
		return id;
	int64_t known = devices[d - side->devices].id;
	return known ? known : foreign + id;
}

/* Give the devices of the second site the ids of the first. */
static bool rename_devices(struct store *first, struct store *second, struct side *side, struct err *e)
{
	struct names x = { .devices = xcalloc(side->n_devices, sizeof *x.devices), .side = side };
	struct inventory inv = { .devices = x.devices, .n_devices = side->n_devices };
	bool ok = store_select(second, side->head.id, "SELECT device, key FROM main.device_key ORDER BY device, key", NULL,
			       add_key, &x, e) &&
		  store_identify(first, &inv, e);
	struct thing *things[] = { side->convs, side->ops };
	size_t n[] = { side->n_convs, side->n_ops };
	for (int t = 0; ok && t < 2; t++) {
		for (size_t i = 0; i < n[t]; i++) {
			things[t][i].client = renamed(side, x.devices, things[t][i].client);
			things[t][i].server = renamed(side, x.devices, things[t][i].server);
		}
	}
	for (size_t i = 0; i < side->n_devices; i++) {
		if (ok)
			side->devices[i].id = x.devices[i].id ? x.devices[i].id : foreign + side->devices[i].id;
		for (size_t k = 0; k < x.devices[i].n_keys; k++)
			free(x.devices[i].keys[k]);
		free(x.devices[i].keys);
	}
	qsort(side->devices, side->n_devices, sizeof *side->devices, by_id);
	free(x.devices);
	return ok;
}

/* ---- which two ---- */

struct pick {
	const char *date;        /* "2024-05-01": the last scan that began on that day or before */
	int64_t id;              /* else this one */
	struct store_scan_head last[2];  /* of all: the one before the last, the last */
	struct store_scan_head found;
};

static bool look_at_scan(void *data, const struct store_scan_head *h)
{
	struct pick *p = data;
	char day[32];
	if (strcmp(h->state, "running") != 0) {
		p->last[0] = p->last[1];
		p->last[1] = *h;
		text_time(h->started, day);
		day[10] = 0;
		if (p->date && strcmp(day, p->date) <= 0 && h->started >= p->found.started)
			p->found = *h;
	}
	if (!p->date && h->id == p->id)
		p->found = *h;
	return true;
}

static bool pick_scan(struct store *s, const char *given, struct store_scan_head *head, struct err *e)
{
	struct pick p = { 0 };
	if (!site_number(given, &p.id))
		p.date = given;
	if (p.date && (strlen(given) != 10 || given[4] != '-' || given[7] != '-'))
		return err_set(e, _("%s: give the number of a scan (genba scans), or a day as YYYY-MM-DD"), given);
	if (!store_scans(s, look_at_scan, &p, e))
		return false;
	*head = p.found;
	return p.found.id || err_set(e, _("%s: there is no such scan; genba scans lists them"), given);
}

static bool pick_latest(struct store *s, const char *path, struct store_scan_head *head, struct err *e)
{
	struct pick p = { 0 };
	if (!store_scans(s, look_at_scan, &p, e))
		return false;
	*head = p.last[1];
	return head->id || err_set(e, _("%s: holds no finished scan yet; run genba scan first"), path);
}

/* Two scans of the site of -s. */
static bool pick_two(const struct cli *c, struct store *s, struct side side[2], struct err *e)
{
	char *const *args;
	size_t n = cli_args(c, &args);
	struct pick p = { 0 };
	if (n == 2)
		return pick_scan(s, args[0], &side[0].head, e) && pick_scan(s, args[1], &side[1].head, e);
	if (!store_scans(s, look_at_scan, &p, e))
		return false;
	if (!p.last[0].id)
		return err_set(e, _("%s: holds fewer than two finished scans; there is nothing to compare"),
			       cli_site(c));
	side[0].head = p.last[0];
	side[1].head = p.last[1];
	return true;
}

/* ---- comparing ---- */

enum change { NEW_DEVICE, GONE_DEVICE, CHANGED_DEVICE, NEW_CONVERSATION, NEW_OPERATION, CHANGES };
static const char *const change_names[CHANGES] = { "new_device", "gone_device", "changed_device", "new_conversation",
						   "new_operation" };
static const char *const change_titles[CHANGES] = {
	N_("New devices"), N_("Devices that were not seen again"), N_("Changed devices"), N_("New conversations"),
	N_("New kinds of commands"),
};

/* One line of the result goes here: as a row of a list, or as text. */
struct out {
	struct list *list;       /* NULL: text */
	struct buf text[CHANGES];
	size_t count[CHANGES];
};

static void put(struct out *o, enum change change, int64_t id, const char *label, const char *what, const char *before,
		const char *now)
{
	o->count[change]++;
	if (id >= foreign)
		id = 0;
	if (o->list) {
		list_text(o->list, change_names[change]);
		if (id)
			list_int(o->list, id);
		else
			list_null(o->list);
		list_text(o->list, label);
		list_text(o->list, what);
		list_text(o->list, before);
		list_text(o->list, now);
		return;
	}
	struct buf *b = &o->text[change];
	char number[32] = "";
	if (id)
		snprintf(number, sizeof number, "%lld", (long long)id);
	buf_printf(b, "  %5s  ", number);
	text_terminal(b, label);
	buf_puts(b, "  ");
	text_terminal(b, what);
	if (before && now) {
		buf_puts(b, ": ");
		text_terminal(b, before);
		buf_puts(b, " → ");
		text_terminal(b, now);
	} else if (before || now) {
		buf_puts(b, change == NEW_CONVERSATION || change == NEW_OPERATION ? " ← " : "  ");
		text_terminal(b, before ? before : now);
	}
	buf_putc(b, '\n');
}

static void compare_devices(const struct side side[2], struct out *o)
{
	const struct device *a = side[0].devices, *b = side[1].devices;
	size_t i = 0, k = 0;
	while (i < side[0].n_devices || k < side[1].n_devices) {
		bool left = i < side[0].n_devices && (k == side[1].n_devices || a[i].id < b[k].id);
		bool right = k < side[1].n_devices && (i == side[0].n_devices || b[k].id < a[i].id);
		if (left) {
			put(o, GONE_DEVICE, a[i].id, a[i].label, a[i].fields[0], a[i].fields[FIELDS - 1], NULL);
			i++;
			continue;
		}
		if (right) {
			put(o, NEW_DEVICE, b[k].id, b[k].label, b[k].fields[0], NULL, b[k].fields[FIELDS - 1]);
			k++;
			continue;
		}
		for (int f = 0; f < FIELDS; f++) {
			const char *x = a[i].fields[f], *y = b[k].fields[f];
			bool known = *x && *y && !(f == 0 && (strcmp(x, "unknown") == 0 || strcmp(y, "unknown") == 0));
			if (known && strcmp(x, y) != 0)
				put(o, CHANGED_DEVICE, b[k].id, b[k].label, field_names[f], x, y);
		}
		i++;
		k++;
	}
}

static int by_what(const void *a, const void *b)
{
	const struct thing *x = a, *y = b;
	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	int order = strcmp(x->what, y->what);
	return order ? order : strcmp(x->ends, y->ends);
}

static void compare_things(struct thing *a, size_t na, struct thing *b, size_t nb, enum change change, struct out *o)
{
	qsort(a, na, sizeof *a, by_what);
	qsort(b, nb, sizeof *b, by_what);
	for (size_t i = 0, k = 0; k < nb; k++) {
		while (i < na && by_what(&a[i], &b[k]) < 0)
			i++;
		if (i == na || by_what(&a[i], &b[k]) != 0)
			put(o, change, b[k].server ? b[k].server : b[k].client, b[k].label, b[k].what, NULL, b[k].from);
	}
}

static const struct list_column columns[] = {
	{ "change", "", false }, { "device_id", "", true }, { "device", "", false }, { "what", "", false },
	{ "before", "", false }, { "now", "", false }, { NULL, NULL, false },
};

static bool print_text(const struct side side[2], struct out *o, struct err *e)
{
	char time[32];
	for (int i = 0; i < 2; i++) {
		printf(i ? _("Now: scan %lld of %s") : _("Before: scan %lld of %s"), (long long)side[i].head.id,
		       text_time(side[i].head.started, time));
		printf(side[i].site ? " (%s)\n" : "\n", side[i].site);
	}
	size_t all = 0;
	for (int i = 0; i < CHANGES; i++) {
		all += o->count[i];
		if (o->count[i])
			printf("\n%s (%zu)\n%s", _(change_titles[i]), o->count[i], o->text[i].data);
	}
	if (!all)
		printf("\n%s\n", _("Nothing changed."));
	return (fflush(stdout) == 0 && !ferror(stdout)) || err_errno(e, _("cannot write the output"));
}

/* Two scans of one site. */
static bool read_scans(const struct cli *c, struct side side[2], struct err *e)
{
	struct store *s = site_open(c, STORE_READ, e);
	bool ok = s && pick_two(c, s, side, e) && side_read(s, &side[0], e) && side_read(s, &side[1], e);
	store_close(s);
	return ok;
}

/* The newest scans of two site files. */
static bool read_files(char *const *paths, struct side side[2], struct err *e)
{
	struct store *s[2] = { store_open(paths[0], STORE_READ, e), NULL };
	bool ok = s[0] && (s[1] = store_open(paths[1], STORE_READ, e));
	side[0].site = paths[0];
	side[1].site = paths[1];
	for (int i = 0; ok && i < 2; i++)
		ok = pick_latest(s[i], paths[i], &side[i].head, e) && side_read(s[i], &side[i], e);
	ok = ok && rename_devices(s[0], s[1], &side[1], e);
	store_close(s[0]);
	store_close(s[1]);
	return ok;
}

/* A number or a day is a scan, whatever lies in the folder. */
static bool is_file(const char *given)
{
	return given[strspn(given, "0123456789-")] != 0 && access(given, F_OK) == 0;
}

static int run(struct cli *c, struct err *e)
{
	char *const *args;
	size_t n = cli_args(c, &args);
	int format = site_format(c, e);
	if (format >= 0 && n != 0 && n != 2)
		err_set(e, _("diff: give two scans or two site files, or none for the last two scans"));
	if (format < 0 || (n != 0 && n != 2))
		return EXIT_USAGE_ERROR;
	struct side side[2] = { 0 };
	struct out o = { .list = format == LIST_TEXT ? NULL : list_new((enum list_format)format, "genba.diff/1", "changes",
								       columns) };
	for (int i = 0; i < CHANGES; i++)
		buf_init(&o.text[i], 1 << 26);
	bool ok = n == 2 && is_file(args[0]) && is_file(args[1]) ? read_files(args, side, e) : read_scans(c, side, e);
	if (ok) {
		compare_devices(side, &o);
		compare_things(side[0].convs, side[0].n_convs, side[1].convs, side[1].n_convs, NEW_CONVERSATION, &o);
		compare_things(side[0].ops, side[0].n_ops, side[1].ops, side[1].n_ops, NEW_OPERATION, &o);
	}
	if (ok)
		ok = o.list ? list_finish(o.list, e) : print_text(side, &o, e);
	else
		list_free(o.list);
	for (int i = 0; i < CHANGES; i++)
		buf_done(&o.text[i]);
	side_done(&side[0]);
	side_done(&side[1]);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	SITE_FORMAT_OPTION,
	{ 0, NULL, NULL, NULL },
};

const struct command command_diff = {
	.name = "diff",
	.arguments = "[A B]",
	.summary = N_("show what changed between two scans"),
	.description = N_("Compares two scans of the site, given by number or by day (the last one that began on that "
			  "day or before), or the newest scans of two site files; without arguments, the last two scans."),
	.options = options,
	.run = run,
};
