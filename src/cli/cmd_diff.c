/*
 * genba diff: what changed between two scans of the site. A device has the same
 * id in every scan (the store matches them), so that rows are compared by id.
 * What a scan merely did not see is no change of a value: only two values that
 * differ are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* A conversation or a class of operations: key is what it is compared by. */
struct thing {
	char *key;
	int64_t device;          /* the server, else the client */
	char *label;             /* of that device */
	char *what;              /* "modbus tcp/502" */
	char *from;              /* the client's label */
};

struct side {
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
		.key = copy(store_column(row, "key").text), .device = store_column(row, "device").i,
		.label = copy(store_column(row, "label").text), .what = copy(store_column(row, "what").text),
		.from = copy(store_column(row, "client").text) };
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

/* In order of key, so that two sides are walked together. Guesses are left out: they come and go. */
static const char devices_sql[] =
	"SELECT *, (SELECT group_concat(address, ' ') FROM (SELECT DISTINCT address FROM v_address"
	" WHERE device_id = d.id AND type = 'ipv4' ORDER BY address)) AS address FROM v_device d ORDER BY id";
static const char convs_sql[] =
	"SELECT ifnull(c.client_id, c.client_address) || '>' || ifnull(c.server_id, c.server_address) || ' '"
	"  || c.protocol || ' ' || c.transport || '/' || c.port AS key,"
	" coalesce(c.server_id, c.client_id) AS device, coalesce(b.label, c.server_address) AS label,"
	" CASE c.protocol WHEN '' THEN '' ELSE c.protocol || ' ' END || c.transport ||"
	"  CASE WHEN c.transport IN ('tcp', 'udp') THEN '/' || c.port ELSE '' END AS what,"
	" coalesce(a.label, c.client_address) AS client"
	" FROM v_conversation c LEFT JOIN v_device a ON a.id = c.client_id LEFT JOIN v_device b ON b.id = c.server_id"
	" WHERE c.confidence <> 'guess' GROUP BY key ORDER BY key";
static const char ops_sql[] =
	"SELECT ifnull(o.client_id, '') || '>' || ifnull(o.server_id, '') || ' ' || o.protocol || ' ' || o.class AS key,"
	" coalesce(o.server_id, o.client_id) AS device, b.label AS label, o.class || ' (' || o.protocol || ')' AS what,"
	" a.label AS client"
	" FROM v_operation o LEFT JOIN v_device a ON a.id = o.client_id LEFT JOIN v_device b ON b.id = o.server_id"
	" WHERE o.confidence <> 'guess' GROUP BY key ORDER BY key";

static bool side_read(struct store *s, struct side *side, struct err *e)
{
	return store_select(s, side->head.id, devices_sql, NULL, add_device, side, e) &&
	       store_select(s, side->head.id, convs_sql, NULL, add_conv, side, e) &&
	       store_select(s, side->head.id, ops_sql, NULL, add_op, side, e);
}

static void things_done(struct thing *things, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(things[i].key);
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

static void compare_things(const struct thing *a, size_t na, const struct thing *b, size_t nb, enum change change,
			   struct out *o)
{
	for (size_t i = 0, k = 0; k < nb; k++) {
		while (i < na && strcmp(a[i].key, b[k].key) < 0)
			i++;
		if (i == na || strcmp(a[i].key, b[k].key) != 0)
			put(o, change, b[k].device, b[k].label, b[k].what, NULL, b[k].from);
	}
}

static const struct list_column columns[] = {
	{ "change", "", false }, { "device_id", "", true }, { "device", "", false }, { "what", "", false },
	{ "before", "", false }, { "now", "", false }, { NULL, NULL, false },
};

static bool print_text(const struct side side[2], struct out *o, struct err *e)
{
	char from[32], to[32];
	printf(_("Scan %lld (%s) → scan %lld (%s)\n"), (long long)side[0].head.id, text_time(side[0].head.started, from),
	       (long long)side[1].head.id, text_time(side[1].head.started, to));
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

static int run(struct cli *c, struct err *e)
{
	char *const *args;
	size_t n = cli_args(c, &args);
	int format = site_format(c, e);
	if (format >= 0 && n != 0 && n != 2)
		err_set(e, _("diff: give two scans, or none for the last two"));
	if (format < 0 || (n != 0 && n != 2))
		return EXIT_USAGE_ERROR;
	struct store *s = site_open(c, STORE_READ, e);
	struct side side[2] = { 0 };
	struct out o = { .list = format == LIST_TEXT ? NULL : list_new((enum list_format)format, "genba.diff/1", "changes",
								       columns) };
	for (int i = 0; i < CHANGES; i++)
		buf_init(&o.text[i], 1 << 26);
	bool ok = s && pick_two(c, s, side, e) && side_read(s, &side[0], e) && side_read(s, &side[1], e);
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
	store_close(s);
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
			  "day or before); without arguments, the last two."),
	.options = options,
	.run = run,
};
