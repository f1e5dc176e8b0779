/*
 * Attributes and addresses to evidence; the best value of each field. Where two
 * sources disagree both stay, and the better one is shown: by confidence, by
 * strength of the source, by count, then by value so that it is always the same.
 */
#include "inventory/resolve.h"

#include <stdlib.h>
#include <strings.h>

#include "base/err.h"

enum { FIELD_MAC = ATTR_MAX, FIELD_IPV4, FIELD_IPV6, FIELDS, VALUES_MAX = OBS_VALUES, MADE_LATER = 3 };

static const char *field_name(unsigned field)
{
	static const char *const more[] = { "mac", "ipv4", "ipv6" };
	return field < ATTR_MAX ? attr_names[field] : more[field - ATTR_MAX];
}

/* By the protocol in front of the dot. What is not listed is the identity object of its protocol. */
int source_strength(const char *source)
{
	static const struct {
		const char *protocol;
		int strength;
	} table[] = {
		{ "lldp", 3 }, { "cdp", 3 }, { "mndp", 3 }, { "ntlmssp", 3 }, { "smb", 3 }, { "rdp", 3 },
		{ "dhcp", 2 }, { "dhcpv6", 2 }, { "nbns", 2 }, { "browser", 2 }, { "mdns", 2 }, { "llmnr", 2 },
		{ "ssdp", 2 }, { "wsd", 2 }, { "upnp", 2 }, { "nbdgm", 2 }, { "netlogon", 2 },
		{ "http", 1 }, { "ftp", 1 }, { "telnet", 1 }, { "ssh", 1 }, { "tls", 1 }, { "smtp", 1 },
		{ "rtsp", 1 }, { "dns", 1 }, { "vnc", 1 }, { "mqtt", 1 }, { "sip", 1 }, { "rfb", 1 },
		{ "ndpi", 0 }, { "oui", 0 }, { "resolve", 0 }, { "guess", 0 }, { "tcp", 0 }, { "ip", 0 },
	};
	size_t n = strcspn(source, ".");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strlen(table[i].protocol) == n && strncmp(source, table[i].protocol, n) == 0)
			return table[i].strength;
	return 4;
}

struct item {
	uint32_t device;
	uint8_t field;
	struct inv_evidence e;
};

static int where_cmp(const struct inv_evidence *a, const struct inv_evidence *b)
{
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->frame > b->frame) - (a->frame < b->frame);
}

/* Same fact together, the earliest first. */
static int fact_cmp(const struct item *x, const struct item *y)
{
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->field != y->field)
		return x->field < y->field ? -1 : 1;
	int c = strcmp(x->e.value, y->e.value);
	if (!c)
		c = strcmp(x->e.source, y->e.source);
	return c ? c : (int)y->e.confidence - (int)x->e.confidence;
}

static int by_fact(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int c = fact_cmp(x, y);
	if (!c)
		c = where_cmp(&x->e, &y->e);
	return c ? c : (x->e.peer_frame > y->e.peer_frame) - (x->e.peer_frame < y->e.peer_frame);
}

static int by_worth(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (x->field != y->field)
		return x->field < y->field ? -1 : 1;
	if (x->field >= FIELD_MAC) {
		int c = strcmp(x->e.value, y->e.value);
		return c ? c : by_fact(a, b);
	}
	if (x->e.confidence != y->e.confidence)
		return x->e.confidence > y->e.confidence ? -1 : 1;
	int p = source_strength(x->e.source), q = source_strength(y->e.source);
	if (p != q)
		return p > q ? -1 : 1;
	if (x->field == ATTR_MODE && x->e.last != y->e.last)   /* a mode changes: the last one is true */
		return x->e.last > y->e.last ? -1 : 1;
	if (x->e.count != y->e.count)
		return x->e.count > y->e.count ? -1 : 1;
	return by_fact(a, b);
}

/* ---- gathering ---- */

struct gather {
	struct resolve *r;
	struct item *items;
	size_t n;
};

static void add(struct gather *g, int32_t device, unsigned field, const char *value, const char *source,
		enum confidence confidence, const struct obs_where *w, int64_t first, int64_t last, uint64_t count)
{
	g->items[g->n++] = (struct item){
		.device = (uint32_t)device, .field = (uint8_t)field,
		.e = { .field = field_name(field), .value = value, .source = source, .confidence = confidence,
		       .file = w->file, .frame = w->frame, .peer_frame = w->peer_frame,
		       .first = first, .last = last, .count = count },
	};
}

static const char *text_of(struct resolve *r, const struct obs_entity *e, unsigned *field)
{
	char text[ADDR_TEXT];
	*field = e->is_mac ? FIELD_MAC : addr_is_v4(&e->ip) ? FIELD_IPV4 : FIELD_IPV6;
	return arena_text(r->arena, e->is_mac ? mac_text(e->mac, text) : addr_text(&e->ip, text));
}

/* How the address was learned: the best link row, else that frames came from it, else that they went to it. */
static void add_address(struct gather *g, uint32_t entity, int32_t device, const struct pair *p)
{
	struct resolve *r = g->r;
	const struct obs_entity *e = &r->ents[entity];
	unsigned field;
	const char *text = text_of(r, e, &field);
	bool said = p && p->why->reason != LINK_DATA;
	if (said) {
		add(g, device, field, text, p->why->source, CONF_CONFIRMED, &p->why->where, p->why->first,
		    p->why->last, p->why->count);
		return;
	}
	const char *source = e->is_mac ? "ethernet.source" : "ip.source";
	enum confidence c = p && p->bound && !e->is_mac ? CONF_CONTENT : CONF_CONFIRMED;
	if (!e->frames) {
		source = e->is_mac ? "ethernet.destination" : "ip.destination";
		c = CONF_CONTENT;
	}
	add(g, device, field, text, source, c, &e->where, e->first, e->last, e->frames);
}

static void gather_addresses(struct gather *g)
{
	struct resolve *r = g->r;
	for (uint32_t e = 1; e < r->n_ents; e++) {
		if (r->device[e] < 0)
			continue;
		const struct pair *own = NULL;
		for (uint32_t i = 0; i < r->ip_n[e]; i++) {
			const struct pair *p = &r->pairs[r->by_ip[r->ip_at[e] + i]];
			if (p->primary)
				own = p;
		}
		add_address(g, e, r->device[e], own);
	}
	for (uint32_t i = 0; i < r->n_pairs; i++) {
		const struct pair *p = &r->pairs[i];
		int32_t holder = r->device[p->mac];
		if (p->bound && !p->primary && holder >= 0 && holder != r->device[p->ip])
			add_address(g, p->ip, holder, p);
	}
}

static void gather_vendors(struct gather *g)
{
	struct resolve *r = g->r;
	for (size_t i = 0; i < r->inv->n_devices; i++) {
		struct inv_device *d = &r->inv->devices[i];
		for (size_t k = 0; k < d->n_macs && !d->mac_vendor; k++)
			if (!mac_is_local(d->macs[k].mac) && !resolve_mac_virtual(d->macs[k].mac))
				d->mac_vendor = inventory_mac_vendor(d->macs[k].mac);
	}
	for (uint32_t e = 1; e < r->n_ents; e++) {
		const struct obs_entity *x = &r->ents[e];
		if (r->device[e] < 0 || !x->is_mac || mac_is_local(x->mac) || resolve_is(r, e, ENT_VIRTUAL))
			continue;
		const char *vendor = inventory_mac_vendor(x->mac);
		if (vendor)
			add(g, r->device[e], ATTR_VENDOR, vendor, "oui", CONF_GUESS, &x->where, x->first, x->last,
			    x->frames);
	}
}

static void gather_attributes(struct gather *g)
{
	struct resolve *r = g->r;
	for (uint32_t i = 0; i < r->n_attrs; i++) {
		const struct obs_attr *a = &r->attrs[i];
		int32_t device = resolve_device(r, a->entity);
		if (device >= 0 && a->field < ATTR_MAX && *a->value)
			add(g, device, a->field, a->value, a->source, (enum confidence)a->confidence, &a->where,
			    a->first, a->last, a->count);
	}
}

static void fold(struct gather *g)
{
	size_t n = 0;
	qsort(g->items, g->n, sizeof *g->items, by_fact);
	for (size_t i = 0; i < g->n; i++) {
		struct inv_evidence *into = n ? &g->items[n - 1].e : NULL, *e = &g->items[i].e;
		if (!n || fact_cmp(&g->items[n - 1], &g->items[i]) != 0) {
			g->items[n++] = g->items[i];
			continue;
		}
		into->count += e->count;
		if (e->first && (!into->first || e->first < into->first))
			into->first = e->first;
		if (e->last > into->last)
			into->last = e->last;
	}
	g->n = n;
	qsort(g->items, g->n, sizeof *g->items, by_worth);
}

/* ---- best values ---- */

static const char **best_of(struct inv_device *d, unsigned field)
{
	switch (field) {
	case ATTR_NAME: return &d->name;
	case ATTR_VENDOR: return &d->vendor;
	case ATTR_MODEL: return &d->model;
	case ATTR_FIRMWARE: return &d->firmware;
	case ATTR_HARDWARE: return &d->hardware;
	case ATTR_SERIAL: return &d->serial;
	case ATTR_OS: return &d->os;
	case ATTR_MODE: return &d->mode;
	case ATTR_SOFTWARE: return &d->software;
	default: return NULL;
	}
}

/* Names that name nothing. */
static bool empty_name(const char *s)
{
	static const char *const empty[] = { "localhost", "localhost.localdomain", "unknown", "none", "noname",
					     "default", "(none)", "n/a", "-", "*" };
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		if (strcasecmp(s, empty[i]) == 0)
			return true;
	return false;
}

static void add_hostname(struct resolve *r, struct inv_device *d, const char *value)
{
	size_t n = strlen(value);
	while (n && value[n - 1] == '.')
		n--;
	if (!n || empty_name(value))
		return;
	for (size_t i = 0; i < d->n_hostnames; i++)
		if (strlen(d->hostnames[i]) == n && strncasecmp(d->hostnames[i], value, n) == 0)
			return;
	if (!d->hostnames)
		d->hostnames = arena_alloc(r->arena, VALUES_MAX * sizeof *d->hostnames);
	if (d->n_hostnames < VALUES_MAX)
		d->hostnames[d->n_hostnames++] = arena_printf(r->arena, "%.*s", (int)n, value);
}

static void fill(struct resolve *r, struct inv_device *d, const struct item *items, size_t n)
{
	unsigned field = FIELDS, values = 0;
	/* System, kind and level are added later. */
	d->evidence = arena_alloc(r->arena, (n + MADE_LATER) * sizeof *d->evidence);
	for (size_t i = 0; i < n; i++) {
		const struct inv_evidence *e = &items[i].e;
		if (items[i].field != field)
			values = 0;
		field = items[i].field;
		if (values++ >= VALUES_MAX)
			continue;
		d->evidence[d->n_evidence++] = *e;
		const char **best = best_of(d, field);
		bool says = field == ATTR_NAME ? !empty_name(e->value) :
			    field == ATTR_VENDOR ? strcmp(e->source, "oui") != 0 : true;
		if (best && !*best && says)
			*best = e->value;
		if (field == ATTR_HOSTNAME)
			add_hostname(r, d, e->value);
	}
}

void resolve_evidence(struct resolve *r)
{
	struct gather g = { .r = r };
	g.items = xcalloc((size_t)r->n_ents * 2 + r->n_pairs + r->n_attrs + 1, sizeof *g.items);
	gather_addresses(&g);
	gather_vendors(&g);
	gather_attributes(&g);
	fold(&g);
	size_t at = 0;
	for (uint32_t i = 0; i < r->inv->n_devices; i++) {
		size_t from = at;
		while (at < g.n && g.items[at].device == i)
			at++;
		fill(r, &r->inv->devices[i], g.items + from, at - from);
	}
	free(g.items);
}
