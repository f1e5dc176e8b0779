/*
 * inventory_resolve(): the steps in order. Everything works on entities in a
 * canonical order (segment, MACs before addresses, value), so that the order in
 * which rows came decides nothing.
 */
#include "inventory/resolve.h"

#include <stdlib.h>

#include "base/err.h"

static int segment_cmp(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int c = strcmp(r->seg_key[i], r->seg_key[k]);
	return c ? c : (i > k) - (i < k);
}

static void order_segments(struct resolve *r)
{
	static const struct obs_segment plain;
	if (!r->n_segs) {
		r->segs = &plain;   /* rows without a segment stand in the plain one */
		r->n_segs = 1;
	}
	uint32_t *list = xcalloc(r->n_segs, sizeof *list);
	r->seg_key = xcalloc(r->n_segs, sizeof *r->seg_key);
	r->seg_rank = xcalloc(r->n_segs, sizeof *r->seg_rank);
	for (uint32_t i = 0; i < r->n_segs; i++) {
		char *key = inventory_segment_key(&r->segs[i]);
		r->seg_key[i] = arena_text(r->arena, key);
		free(key);
		list[i] = i;
	}
	qsort_r(list, r->n_segs, sizeof *list, segment_cmp, r);
	for (uint32_t i = 0; i < r->n_segs; i++)
		r->seg_rank[list[i]] = i;
	free(list);
}

static int entity_cmp(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct obs_entity *x = &r->ents[i], *y = &r->ents[k];
	bool bad = !i || x->segment >= r->n_segs, worse = !k || y->segment >= r->n_segs;
	if (bad || worse)
		return bad && worse ? (i > k) - (i < k) : worse - bad;
	if (x->segment != y->segment)
		return r->seg_rank[x->segment] < r->seg_rank[y->segment] ? -1 : 1;
	if (x->is_mac != y->is_mac)
		return x->is_mac ? -1 : 1;
	return x->is_mac ? memcmp(x->mac, y->mac, 6) : memcmp(x->ip.b, y->ip.b, 16);
}

/* VRRP (RFC 5798), HSRP versions 1 and 2, GLBP. */
bool resolve_mac_virtual(const uint8_t mac[6])
{
	static const struct {
		uint8_t n, bytes[5];
	} prefixes[] = {
		{ 5, { 0x00, 0x00, 0x5e, 0x00, 0x01 } }, { 5, { 0x00, 0x00, 0x5e, 0x00, 0x02 } },
		{ 5, { 0x00, 0x00, 0x0c, 0x07, 0xac } }, { 4, { 0x00, 0x00, 0x0c, 0x9f } },
		{ 4, { 0x00, 0x05, 0x73, 0xa0 } }, { 4, { 0x00, 0x07, 0xb4, 0x00 } },
	};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (memcmp(mac, prefixes[i].bytes, prefixes[i].n) == 0)
			return true;
	return false;
}

static void order_entities(struct resolve *r)
{
	r->order = xcalloc(r->n_ents + 1, sizeof *r->order);
	r->rank = xcalloc(r->n_ents + 1, sizeof *r->rank);
	r->parent = xcalloc(r->n_ents + 1, sizeof *r->parent);
	r->flags = xcalloc(r->n_ents + 1, sizeof *r->flags);
	r->device = xcalloc(r->n_ents + 1, sizeof *r->device);
	for (uint32_t i = 0; i < r->n_ents; i++) {
		const struct obs_entity *e = &r->ents[i];
		r->order[i] = r->parent[i] = i;
		r->device[i] = -1;
		if (!i || e->segment >= r->n_segs)
			continue;
		if (e->is_mac ? mac_is_host(e->mac) : addr_is_host(&e->ip))
			r->flags[i] |= ENT_HOST;
		if (e->is_mac && resolve_mac_virtual(e->mac))
			r->flags[i] |= ENT_VIRTUAL;
	}
	qsort_r(r->order, r->n_ents, sizeof *r->order, entity_cmp, r);
	for (uint32_t i = 0; i < r->n_ents; i++)
		r->rank[r->order[i]] = i;
}

static void mark_talkers(struct resolve *r)
{
	for (uint32_t i = 0; i < r->n_attrs; i++)
		if (r->attrs[i].entity < r->n_ents)
			r->flags[r->attrs[i].entity] |= ENT_TALKS;
	for (uint32_t i = 0; i < r->n_convs; i++) {
		const struct obs_conv *c = &r->convs[i];
		if (c->packets_c && c->client < r->n_ents)
			r->flags[c->client] |= ENT_TALKS;
		if (c->packets_s && c->server < r->n_ents)
			r->flags[c->server] |= ENT_TALKS;
	}
}

struct inventory *inventory_resolve(const struct observe *o)
{
	struct resolve r = { .o = o };
	r.arena = arena_new();
	r.inv = xcalloc(1, sizeof *r.inv);
	r.inv->observe = o;
	r.inv->strings = r.arena;
	r.n_segs = observe_segments(o, &r.segs);
	r.n_ents = observe_entities(o, &r.ents);
	r.n_links = observe_links(o, &r.links);
	r.n_attrs = observe_attrs(o, &r.attrs);
	r.n_convs = observe_convs(o, &r.convs);
	r.n_ops = observe_ops(o, &r.ops);

	order_segments(&r);
	order_entities(&r);
	mark_talkers(&r);
	resolve_pairs(&r);
	resolve_bind(&r);
	resolve_segments_unite(&r);
	resolve_serials_unite(&r);
	resolve_existence(&r);
	resolve_devices(&r);
	resolve_traffic(&r);
	resolve_evidence(&r);
	resolve_systems(&r);
	resolve_kinds(&r);

	free(r.seg_key);
	free(r.seg_rank);
	free(r.order);
	free(r.rank);
	free(r.parent);
	free(r.flags);
	free(r.device);
	free(r.pairs);
	free(r.by_ip);
	free(r.ip_at);
	free(r.ip_n);
	return r.inv;
}

void inventory_free(struct inventory *inv)
{
	if (!inv)
		return;
	arena_free(inv->strings);
	free(inv->devices);
	free(inv->convs);
	free(inv->ops);
	free(inv->conflicts);
	free(inv->entity_device);
	free(inv);
}
