/* All devices: those with the gravest findings first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/facts.h"
#include "tui/tui.h"

enum { CELLS = 6 };              /* before the findings */

/* What the findings say of one device. */
struct blame {
	int64_t device;
	size_t n;
	enum severity worst;
};

struct devices {
	bool internet;           /* addresses on the internet are shown */
	struct blame *blames;    /* by device, while the table is filled */
	size_t n_blames;
	int64_t inside, outside, blamed;
};

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	(void)snprintf(out, size, "%s", _("Devices"));
}

/* ---- findings of a device ---- */

struct mention {
	int64_t device;
	size_t finding;
	enum severity severity;
};

static int by_device(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return (x->finding > y->finding) - (x->finding < y->finding);
}

/* A finding counts once for a device, however many rows it has there; guesses and accepted risks do not. */
static void find_blames(struct devices *d, const struct assessment *a)
{
	size_t n = 0, room = 0;
	for (size_t i = 0; i < a->n_findings; i++)
		room += a->findings[i]->n_rows;
	struct mention *list = xcalloc(room + 1, sizeof *list);
	for (size_t i = 0; i < a->n_findings; i++)
		for (size_t k = 0; k < a->findings[i]->n_rows; k++) {
			const struct finding_row *r = &a->findings[i]->rows[k];
			if (r->device && !r->candidate && !r->excepted)
				list[n++] = (struct mention){ r->device, i, a->findings[i]->severity };
		}
	qsort(list, n, sizeof *list, by_device);
	d->blames = xcalloc(n + 1, sizeof *d->blames);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && by_device(&list[i - 1], &list[i]) == 0)
			continue;
		if (d->n_blames == 0 || d->blames[d->n_blames - 1].device != list[i].device)
			d->blames[d->n_blames++] = (struct blame){ .device = list[i].device };
		struct blame *b = &d->blames[d->n_blames - 1];
		b->n++;
		b->worst = list[i].severity > b->worst ? list[i].severity : b->worst;
	}
	free(list);
}

static int by_id(const void *key, const void *element)
{
	int64_t id = *(const int64_t *)key, other = ((const struct blame *)element)->device;
	return (id > other) - (id < other);
}

/* ---- rows ---- */

static const struct table_column columns[] = {
	{ N_("Device"), 15, 3, false, 0 },
	{ N_("Kind"), 12, 0, false, 0 },
	{ N_("Make and model"), 11, 2, false, 0 },
	{ N_("Zone"), 8, 1, false, 1 },
	{ N_("Address"), 15, 0, false, 0 },
	{ N_("Protocols"), 10, 2, false, 2 },
	{ N_("Findings"), 9, 0, true, 0 },
	{ NULL, 0, 0, false, 0 },
};

/* A device as it was read, kept until the rows are put in order. */
struct row {
	int64_t id;
	struct blame blame;
	char *cells[CELLS];
};

struct rows {
	struct devices *d;
	struct row *rows;
	size_t n;
};

static char *make_of(const struct store_row *row)
{
	const char *vendor = row_text(row, "vendor"), *model = row_text(row, "model"), *mac = row_text(row, "mac_vendor");
	if (*vendor || *model)
		return xasprintf("%s%s%s", vendor, *vendor && *model ? " " : "", model);
	/* Who made the network chip is a guess of who made the device. */
	return xasprintf("%s%s", mac, *mac ? "?" : "");
}

static bool take_device(void *data, const struct store_row *row)
{
	struct rows *list = data;
	struct devices *d = list->d;
	char kind[WORDS], zone[WORDS];
	bool internet = row_int(row, "internet") != 0;
	d->inside += !internet;
	d->outside += internet;
	if (internet && !d->internet)
		return true;
	if (list->n % 256 == 0)
		list->rows = xrealloc(list->rows, (list->n + 256) * sizeof *list->rows);
	struct row *r = &list->rows[list->n++];
	*r = (struct row){ .id = row_int(row, "id") };
	const struct blame *b = bsearch(&r->id, d->blames, d->n_blames, sizeof *b, by_id);
	if (b)
		r->blame = *b;
	d->blamed += b && !internet;
	r->cells[0] = xstrdup(row_text(row, "label"));
	r->cells[1] = xstrdup(tui_word_of("kind", row_text(row, "kind"), row_guess(row, "kind_sure"), kind));
	r->cells[2] = make_of(row);
	r->cells[3] = xstrdup(tui_zone_short(row_text(row, "zone"), row_int(row, "declared") != 0, zone));
	r->cells[4] = xstrdup(row_text(row, "address"));
	r->cells[5] = xstrdup(row_text(row, "protocols"));
	return true;
}

static int worst_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (!x->blame.n != !y->blame.n)
		return x->blame.n ? -1 : 1;
	if (x->blame.worst != y->blame.worst)
		return x->blame.worst > y->blame.worst ? -1 : 1;
	if (x->blame.n != y->blame.n)
		return x->blame.n > y->blame.n ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void put_row(struct table *t, const struct row *r)
{
	char text[64] = "";
	if (r->blame.n > 0)
		(void)snprintf(text, sizeof text, "%s %zu", _(severity_titles[r->blame.worst]), r->blame.n);
	table_row(t, r->blame.n > 0 ? tui_severity_style(r->blame.worst) : STYLE_PLAIN, r->id, "");
	for (size_t i = 0; i < CELLS; i++)
		table_cell(t, r->cells[i]);
	table_number(t, r->blame.n > 0 ? 1 + (double)r->blame.worst * 1000 + (double)r->blame.n : 0, text);
}

static void put_note(struct table *t, const struct devices *d)
{
	char inside[32], blamed[32], outside[32];
	char *text = xasprintf(d->internet ? _("%s devices, %s with findings; %s on the internet too. ?: a guess") :
					     _("%s devices, %s with findings; %s on the internet left out. ?: a guess"),
			       tui_count(d->inside, inside), tui_count(d->blamed, blamed), tui_count(d->outside, outside));
	table_note(t, text);
	free(text);
}

static const char sql[] =
	"SELECT d.id, d.label, d.kind, d.vendor, d.model, d.mac_vendor, d.zone, d.internet,"
	" d.zone IN (SELECT name FROM v_zone WHERE declared = 1) AS declared,"
	" k.confidence AS kind_sure,"
	" (SELECT address FROM v_address WHERE device_id = d.id"
	"  ORDER BY CASE type WHEN 'ipv4' THEN 0 WHEN 'mac' THEN 1 ELSE 2 END, address LIMIT 1) AS address,"
	" (SELECT group_concat(name, ' ') FROM (SELECT DISTINCT name FROM v_protocol WHERE device_id = d.id"
	"  AND confidence <> 'guess' AND role = 'server' AND name NOT IN ('arp', 'ndp') ORDER BY name LIMIT 6)) AS protocols"
	" FROM v_device d LEFT JOIN (SELECT device_id, confidence FROM v_evidence WHERE field = 'kind' GROUP BY device_id) k"
	" ON k.device_id = d.id";

static void put_rows(struct screen *s, struct rows *list)
{
	if (list->n > 0)
		qsort(list->rows, list->n, sizeof *list->rows, worst_first);
	s->table = table_new(columns, &screen_device);
	table_empty(s->table, s->tui->a.scan ? _("The capture shows no device.") :
					       _("No capture yet: devices show once one has been read."));
	for (size_t i = 0; i < list->n; i++)
		put_row(s->table, &list->rows[i]);
	if (s->tui->a.scan)
		put_note(s->table, list->d);
}

static bool open(struct screen *s, struct err *e)
{
	struct devices *d = s->data ? s->data : (s->data = xcalloc(1, sizeof *d));
	struct rows list = { .d = d };
	*d = (struct devices){ .internet = d->internet };
	find_blames(d, &s->tui->a);
	bool ok = !s->tui->a.scan || store_select(s->tui->store, s->tui->a.scan, sql, NULL, take_device, &list, e);
	if (ok)
		put_rows(s, &list);
	for (size_t i = 0; i < list.n; i++)
		for (size_t k = 0; k < CELLS; k++)
			free(list.rows[i].cells[k]);
	free(list.rows);
	free(d->blames);
	d->blames = NULL;
	return ok;
}

static void toggle_internet(struct screen *s)
{
	struct devices *d = s->data;
	struct table *old = s->table;
	struct err e = { "" };
	d->internet = !d->internet;
	s->table = NULL;
	if (open(s, &e)) {
		table_inherit(s->table, old);
		table_free(old);
	} else {
		s->table = old;
		d->internet = !d->internet;
		tui_say(s->tui, "%s", e.text);
	}
}

static void show_conversations(struct screen *s)
{
	tui_open(s->tui, &screen_conversations, 0, "");
}

static void show_operations(struct screen *s)
{
	tui_open(s->tui, &screen_operations, 0, "");
}

static void close_devices(struct screen *s)
{
	free(s->data);
}

static const struct tui_binding keys[] = {
	{ 'i', 0, "i", N_("internet"), N_("Show addresses on the internet too, or leave them out again."), toggle_internet, NULL },
	{ 'c', 0, "c", N_("talks"), N_("List all conversations: who talks to whom."), show_conversations, NULL },
	{ 'o', 0, "o", N_("commands"), N_("List all commands that were seen."), show_operations, NULL },
	{ 0 },
};

const struct screen_type screen_devices = {
	.name = "devices", .title = title, .open = open, .close = close_devices, .keys = keys,
};
