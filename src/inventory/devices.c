/* Clusters of entities to devices: addresses, times, and the keys that find them again. */
#include "inventory/resolve.h"

#include <stdlib.h>

#include "base/err.h"

/* An address of a device, or one that is its own too though another device has its conversations. */
struct member {
	uint32_t device, entity;
	bool extra;
};

enum { KEYS_TOLD = 64 };       /* keys of a device from what it says of itself: serial numbers, and as many names */

struct builder {
	struct resolve *r;
	struct member *members;          /* by device, then canonical order */
	size_t n_members;
	struct addr *local;              /* networks of public addresses that are attached here, sorted */
	size_t n_local;
	uint8_t *private4;               /* segment: a private IPv4 address sends there */
};

static int member_cmp(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	const struct member *x = a, *y = b;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	if (r->ents[x->entity].is_mac != r->ents[y->entity].is_mac)
		return r->ents[x->entity].is_mac ? -1 : 1;
	return (r->rank[x->entity] > r->rank[y->entity]) - (r->rank[x->entity] < r->rank[y->entity]);
}

static int mac_order(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	const struct inv_mac *x = a, *y = b;
	int c = memcmp(x->mac, y->mac, 6);
	return c ? c : (r->seg_rank[x->segment] > r->seg_rank[y->segment]) -
		       (r->seg_rank[x->segment] < r->seg_rank[y->segment]);
}

static int ip_order(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	const struct inv_ip *x = a, *y = b;
	bool v4 = addr_is_v4(&x->ip);
	if (v4 != addr_is_v4(&y->ip))
		return v4 ? -1 : 1;
	int c = memcmp(x->ip.b, y->ip.b, 16);
	return c ? c : (r->seg_rank[x->segment] > r->seg_rank[y->segment]) -
		       (r->seg_rank[x->segment] < r->seg_rank[y->segment]);
}

static int number_cmp(const void *a, const void *b)
{
	const uint16_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* ---- members ---- */

static void collect(struct builder *b)
{
	struct resolve *r = b->r;
	uint32_t *number = xcalloc(r->n_ents, sizeof *number);   /* root → device + 1 */
	uint32_t n = 0;
	for (uint32_t e = 1; e < r->n_ents; e++)
		if (resolve_is(r, e, ENT_EXISTS))
			r->flags[resolve_root(r, e)] |= ENT_EXISTS;
	b->members = xcalloc(r->n_ents + r->n_pairs, sizeof *b->members);
	for (uint32_t i = 0; i < r->n_ents; i++) {
		uint32_t e = r->order[i], root = e ? resolve_root(r, e) : 0;
		if (!e || !resolve_is(r, e, ENT_HOST) || !resolve_is(r, root, ENT_EXISTS))
			continue;
		if (!number[root])
			number[root] = ++n;
		b->members[b->n_members++] = (struct member){ number[root] - 1, e, false };
	}
	for (uint32_t i = 0; i < r->n_pairs; i++) {
		const struct pair *p = &r->pairs[i];
		uint32_t root = resolve_root(r, p->mac);
		if (p->bound && !p->primary && root != resolve_root(r, p->ip) && number[root])
			b->members[b->n_members++] = (struct member){ number[root] - 1, p->ip, true };
	}
	free(number);
	qsort_r(b->members, b->n_members, sizeof *b->members, member_cmp, r);
	r->inv->devices = xcalloc(n + 1u, sizeof *r->inv->devices);
	r->inv->n_devices = n;
}

/* ---- inside or outside ---- */

/* The network of a public address: /24, or the /48 that a site gets. */
static struct addr network_of(const struct addr *ip)
{
	struct addr net = *ip;
	if (addr_is_v4(ip))
		net.b[15] = 0;
	else
		memset(net.b + 6, 0, 10);
	return net;
}

static int addr_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct addr));
}

static void note_local(struct builder *b)
{
	struct resolve *r = b->r;
	b->local = xcalloc(r->n_ents, sizeof *b->local);
	b->private4 = xcalloc(r->n_segs, sizeof *b->private4);
	for (uint32_t e = 1; e < r->n_ents; e++)
		if (!r->ents[e].is_mac && resolve_is(r, e, ENT_HOST) && r->ents[e].frames &&
		    addr_is_v4(&r->ents[e].ip) && addr_is_private(&r->ents[e].ip))
			b->private4[r->ents[e].segment] = 1;
	for (uint32_t e = 1; e < r->n_ents; e++)
		if (resolve_is(r, e, ENT_BOUND) && !addr_is_private(&r->ents[e].ip))
			b->local[b->n_local++] = network_of(&r->ents[e].ip);
	qsort(b->local, b->n_local, sizeof *b->local, addr_cmp);
}

/* Nobody carries it, no router lowered its TTL, and its neighbours are public as well: a link without MACs. */
static bool stands_here(const struct builder *b, uint32_t entity)
{
	const struct obs_entity *e = &b->r->ents[entity];
	return !b->r->ip_n[entity] && !b->private4[e->segment] && e->frames &&
	       (e->ttl == 32 || e->ttl == 64 || e->ttl == 128 || e->ttl == 255);
}

static bool is_outside(const struct builder *b, const struct inv_device *d, const struct member *m, size_t n)
{
	bool outside = false;
	if (d->n_macs)
		return false;
	for (size_t i = 0; i < n; i++)
		if (stands_here(b, m[i].entity))
			return false;
	for (size_t i = 0; i < d->n_ips; i++) {
		struct addr net = network_of(&d->ips[i].ip);
		if (addr_is_private(&d->ips[i].ip) || bsearch(&net, b->local, b->n_local, sizeof net, addr_cmp))
			return false;
		outside = true;
	}
	return outside;
}

/* ---- one device ---- */

static void widen(struct inv_device *d, const struct obs_entity *e)
{
	if (e->first && (!d->first || e->first < d->first))
		d->first = e->first;
	if (e->last > d->last)
		d->last = e->last;
}

static void fill(struct builder *b, struct inv_device *d, const struct member *m, size_t n)
{
	struct resolve *r = b->r;
	uint64_t by_mac = 0, by_ip = 0;
	d->level = -1;
	d->macs = arena_alloc(r->arena, n * sizeof *d->macs);
	d->ips = arena_alloc(r->arena, n * sizeof *d->ips);
	size_t vlans = 0;
	for (size_t i = 0; i < n; i++)
		vlans += r->segs[r->ents[m[i].entity].segment].vlans;
	d->vlans = arena_alloc(r->arena, vlans * sizeof *d->vlans);
	d->random_mac = true;
	for (size_t i = 0; i < n; i++) {
		const struct obs_entity *e = &r->ents[m[i].entity];
		const struct obs_segment *s = &r->segs[e->segment];
		if (e->is_mac) {
			memcpy(d->macs[d->n_macs].mac, e->mac, 6);
			d->macs[d->n_macs++].segment = e->segment;
			by_mac += e->frames;
			d->router |= resolve_is(r, m[i].entity, ENT_ROUTER) && !resolve_is(r, m[i].entity, ENT_BRIDGE);
			d->random_mac &= mac_is_local(e->mac);
		} else {
			d->ips[d->n_ips++] = (struct inv_ip){ e->ip, e->segment };
			if (!m[i].extra)
				by_ip += e->frames;
		}
		if (m[i].extra)
			continue;
		widen(d, e);
		for (int v = 0; v < s->vlans && v < PACKET_VLANS && e->frames; v++)
			d->vlans[d->n_vlans++] = s->vlan[v];
		r->inv->entity_device[m[i].entity] = (uint32_t)(d - r->inv->devices) + 1;
	}
	d->random_mac &= d->n_macs > 0;
	d->frames = by_mac > by_ip ? by_mac : by_ip;   /* a MAC's frames hold its addresses' */
	qsort_r(d->macs, d->n_macs, sizeof *d->macs, mac_order, r);
	qsort_r(d->ips, d->n_ips, sizeof *d->ips, ip_order, r);
	qsort(d->vlans, d->n_vlans, sizeof *d->vlans, number_cmp);
	vlans = 0;
	for (size_t i = 0; i < d->n_vlans; i++)
		if (!vlans || d->vlans[vlans - 1] != d->vlans[i])
			d->vlans[vlans++] = d->vlans[i];
	d->n_vlans = vlans;
	d->internet = is_outside(b, d, m, n);
}

/* ---- keys ---- */

static void key_add(struct inv_device *d, char *key)
{
	for (size_t i = 0; i < d->n_keys; i++)
		if (strcmp(d->keys[i], key) == 0)
			return;
	d->keys[d->n_keys++] = key;
}

static bool mac_stands(const uint8_t *mac)
{
	return !mac_is_local(mac) && !resolve_mac_virtual(mac);
}

/* Only the device that has the address's conversations may have its key. None comes twice. */
static void address_keys(struct resolve *r, struct inv_device *d, const struct member *m, size_t n)
{
	char text[ADDR_TEXT];
	bool global = false;
	for (size_t i = 0; i < d->n_macs; i++) {   /* in order: one that is in several segments stands together */
		const uint8_t *mac = d->macs[i].mac;
		if (!mac_stands(mac) || (i && memcmp(d->macs[i - 1].mac, mac, 6) == 0))
			continue;
		d->keys[d->n_keys++] = arena_printf(r->arena, "mac:%s", mac_text(mac, text));
		global = true;
	}
	for (size_t i = 0; i < n; i++) {
		const struct obs_entity *e = &r->ents[m[i].entity];
		if (e->is_mac && !mac_stands(e->mac))
			d->keys[d->n_keys++] = arena_printf(r->arena, "local:%s:%s", r->seg_key[e->segment],
							    mac_text(e->mac, text));
	}
	for (size_t i = 0; i < n; i++) {
		const struct obs_entity *e = &r->ents[m[i].entity];
		if (e->is_mac || m[i].extra || (global && addr_is_link_local(&e->ip)))
			continue;
		d->keys[d->n_keys++] =
			arena_printf(r->arena, "ip:%s:%s", r->seg_key[e->segment], addr_text(&e->ip, text));
	}
}

/* Attributes that may name a device which has no other lasting key. */
struct naming {
	int32_t device;
	const char *key;
};

static int naming_by_key(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;
	int c = strcmp(x->key, y->key);
	return c ? c : (x->device > y->device) - (x->device < y->device);
}

static int naming_by_device(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return strcmp(x->key, y->key);
}

/* "name:profinet-dcp:press-1", where one device alone says so. */
static size_t name_keys(struct resolve *r, struct naming **out)
{
	struct naming *list = xcalloc(r->n_attrs + 1, sizeof *list);
	size_t n = 0, kept = 0;
	for (uint32_t i = 0; i < r->n_attrs; i++) {
		const struct obs_attr *a = &r->attrs[i];
		int32_t at = resolve_device(r, a->entity);
		if (at < 0 || a->confidence < CONF_CONTENT || (a->field != ATTR_NAME && a->field != ATTR_HOSTNAME))
			continue;
		const struct inv_device *d = &r->inv->devices[at];
		bool lasting = d->n_ips > 0;
		for (size_t k = 0; k < d->n_macs; k++)
			lasting |= mac_stands(d->macs[k].mac);
		if (!lasting)
			list[n++] = (struct naming){ at, arena_printf(r->arena, "name:%.*s:%s",
								      (int)strcspn(a->source, "."), a->source,
								      a->value) };
	}
	qsort(list, n, sizeof *list, naming_by_key);
	for (size_t i = 0, to; i < n; i = to) {
		bool several = false;
		for (to = i; to < n && strcmp(list[to].key, list[i].key) == 0; to++)
			several |= list[to].device != list[i].device;
		if (!several)
			list[kept++] = list[i];
	}
	qsort(list, kept, sizeof *list, naming_by_device);
	*out = list;
	return kept;
}

static void serial_keys(struct resolve *r, struct naming **out, size_t *n)
{
	struct identity *ids;
	size_t found = resolve_identities(r, &ids);
	struct naming *list = xcalloc(found + 1, sizeof *list);
	*n = 0;
	for (size_t i = 0; i < found; i++) {
		int32_t at = resolve_device(r, ids[i].entity);
		if (at >= 0 && (i == 0 || identity_cmp(&ids[i - 1], &ids[i]) != 0))
			list[(*n)++] = (struct naming){ at, arena_printf(r->arena, "serial:%s:%s:%s", ids[i].vendor,
									 ids[i].model, ids[i].serial) };
	}
	free(ids);
	qsort(list, *n, sizeof *list, naming_by_device);
	*out = list;
}

/* ---- order ---- */

struct place {
	const char *key;
	uint32_t at;
};

static int place_cmp(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = strcmp(x->key, y->key);
	return c ? c : (x->at > y->at) - (x->at < y->at);
}

static void sort_devices(struct resolve *r)
{
	struct inventory *inv = r->inv;
	struct place *places = xcalloc(inv->n_devices + 1, sizeof *places);
	uint32_t *to = xcalloc(inv->n_devices + 1, sizeof *to);
	struct inv_device *sorted = xcalloc(inv->n_devices + 1, sizeof *sorted);
	for (uint32_t i = 0; i < inv->n_devices; i++)
		places[i] = (struct place){ inv->devices[i].n_keys ? inv->devices[i].keys[0] : "", i };
	qsort(places, inv->n_devices, sizeof *places, place_cmp);
	for (uint32_t i = 0; i < inv->n_devices; i++) {
		sorted[i] = inv->devices[places[i].at];
		to[places[i].at] = i;
	}
	for (uint32_t e = 0; e < r->n_ents; e++) {
		if (inv->entity_device[e])
			inv->entity_device[e] = to[inv->entity_device[e] - 1] + 1;
		r->device[e] = (int32_t)inv->entity_device[e] - 1;
	}
	free(inv->devices);
	inv->devices = sorted;
	free(places);
	free(to);
}

void resolve_devices(struct resolve *r)
{
	struct builder b = { .r = r };
	struct inventory *inv = r->inv;
	inv->entity_device = xcalloc(r->n_ents + 1, sizeof *inv->entity_device);
	collect(&b);
	note_local(&b);
	size_t *at = xcalloc(inv->n_devices + 1, sizeof *at);
	for (size_t i = 0, to; i < b.n_members; i = to) {
		uint32_t device = b.members[i].device;
		at[device] = i;
		for (to = i; to < b.n_members && b.members[to].device == device; to++)
			;
		fill(&b, &inv->devices[device], b.members + i, to - i);
		at[device + 1] = to;
	}
	for (uint32_t e = 0; e < r->n_ents; e++)
		r->device[e] = (int32_t)inv->entity_device[e] - 1;

	struct naming *serials, *names;
	size_t n_serials, n_names = name_keys(r, &names), s = 0, k = 0;
	serial_keys(r, &serials, &n_serials);
	for (size_t i = 0; i < inv->n_devices; i++) {
		struct inv_device *d = &inv->devices[i];
		size_t members = at[i + 1] - at[i], from = s, names_from = k;
		while (s < n_serials && serials[s].device == (int32_t)i)
			s++;
		while (k < n_names && names[k].device == (int32_t)i)
			k++;
		d->keys = arena_alloc(r->arena, (members + s - from + k - names_from) * sizeof *d->keys);
		for (size_t x = from; x < s && x - from < KEYS_TOLD; x++)
			key_add(d, (char *)serials[x].key);
		address_keys(r, d, b.members + at[i], members);
		for (size_t x = names_from; x < k && x - names_from < KEYS_TOLD; x++)
			key_add(d, (char *)names[x].key);
	}
	free(serials);
	free(names);
	free(at);
	free(b.members);
	free(b.local);
	free(b.private4);
	sort_devices(r);
}
