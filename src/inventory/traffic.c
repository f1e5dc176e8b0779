/* Conversations, operations and address conflicts between devices, and the protocols of each. */
#include "inventory/resolve.h"

#include <stdlib.h>

#include "base/err.h"

static struct addr address_of(const struct resolve *r, uint32_t entity)
{
	static const struct addr none;
	return entity < r->n_ents && !r->ents[entity].is_mac ? r->ents[entity].ip : none;
}

static uint32_t rank_of(const struct resolve *r, uint32_t entity)
{
	return entity < r->n_ents ? r->rank[entity] : UINT32_MAX;
}

#define COMPARE(a, b)                              \
	do {                                       \
		if ((a) != (b))                    \
			return (a) < (b) ? -1 : 1; \
	} while (0)

static int conv_cmp(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	const struct inv_conv *x = a, *y = b;
	COMPARE((uint32_t)x->client, (uint32_t)y->client);   /* nobody, -1, comes last */
	COMPARE((uint32_t)x->server, (uint32_t)y->server);
	int c = strcmp(x->row->proto, y->row->proto);
	if (c)
		return c;
	COMPARE(x->row->transport, y->row->transport);
	COMPARE(x->row->port, y->row->port);
	COMPARE(rank_of(r, x->row->client), rank_of(r, y->row->client));
	COMPARE(rank_of(r, x->row->server), rank_of(r, y->row->server));
	return 0;
}

static int op_cmp(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	const struct inv_op *x = a, *y = b;
	COMPARE((uint32_t)x->client, (uint32_t)y->client);
	COMPARE((uint32_t)x->server, (uint32_t)y->server);
	int c = strcmp(x->row->proto, y->row->proto);
	if (!c)
		c = strcmp(x->row->name, y->row->name);
	if (!c)
		c = strcmp(x->row->detail, y->row->detail);
	if (c)
		return c;
	COMPARE(x->row->cls, y->row->cls);
	COMPARE(x->row->result, y->row->result);
	COMPARE(x->row->transport, y->row->transport);
	COMPARE(x->row->port, y->row->port);
	COMPARE(rank_of(r, x->row->client), rank_of(r, y->row->client));
	COMPARE(rank_of(r, x->row->server), rank_of(r, y->row->server));
	return 0;
}

static void conversations(struct resolve *r)
{
	struct inventory *inv = r->inv;
	inv->convs = xcalloc(r->n_convs + 1, sizeof *inv->convs);
	inv->n_convs = r->n_convs;
	for (uint32_t i = 0; i < r->n_convs; i++)
		inv->convs[i] = (struct inv_conv){
			.client = resolve_device(r, r->convs[i].client),
			.server = resolve_device(r, r->convs[i].server),
			.client_ip = address_of(r, r->convs[i].client),
			.server_ip = address_of(r, r->convs[i].server),
			.row = &r->convs[i],
		};
	qsort_r(inv->convs, inv->n_convs, sizeof *inv->convs, conv_cmp, r);

	inv->ops = xcalloc(r->n_ops + 1, sizeof *inv->ops);
	inv->n_ops = r->n_ops;
	for (uint32_t i = 0; i < r->n_ops; i++)
		inv->ops[i] = (struct inv_op){
			.client = resolve_device(r, r->ops[i].client),
			.server = resolve_device(r, r->ops[i].server),
			.row = &r->ops[i],
		};
	qsort_r(inv->ops, inv->n_ops, sizeof *inv->ops, op_cmp, r);
}

/* ---- conflicts ---- */

enum { CLAIMANTS_MAX = 16 };

static bool later(const struct obs_where *a, const struct obs_where *b)
{
	return a->file != b->file ? a->file > b->file : a->frame > b->frame;
}

/*
 * A claimed the address, B claimed it, A claimed it again: two devices that both
 * believe it is theirs. A change of hands without a way back is none, nor is a
 * router group's virtual MAC.
 */
static void conflicts_of(struct resolve *r, uint32_t ip, size_t *size)
{
	struct inventory *inv = r->inv;
	const struct pair *claims[CLAIMANTS_MAX];
	size_t n = 0;
	for (uint32_t i = 0; i < r->ip_n[ip] && n < CLAIMANTS_MAX; i++) {
		const struct pair *p = &r->pairs[r->by_ip[r->ip_at[ip] + i]];
		if (p->arp && !resolve_is(r, p->mac, ENT_VIRTUAL) && r->device[p->mac] >= 0)
			claims[n++] = p;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			const struct obs_link *x = claims[i]->arp, *y = claims[k]->arp;
			int32_t a = r->device[claims[i]->mac], b = r->device[claims[k]->mac];
			if (a == b || !(x->alternations + y->alternations))
				continue;
			if (inv->n_conflicts == *size) {
				*size = *size ? *size * 2 : 16;
				inv->conflicts = xrealloc(inv->conflicts, *size * sizeof *inv->conflicts);
			}
			inv->conflicts[inv->n_conflicts++] = (struct inv_conflict){
				.ip = r->ents[ip].ip, .segment = r->ents[ip].segment,
				.a = a < b ? a : b, .b = a < b ? b : a,
				.alternations = x->alternations + y->alternations,
				.where = later(&x->where, &y->where) ? x->where : y->where,
			};
		}
}

static void conflicts(struct resolve *r)
{
	size_t size = 0;
	for (uint32_t i = 0; i < r->n_ents; i++) {
		uint32_t e = r->order[i];
		if (r->ip_n[e] > 1)
			conflicts_of(r, e, &size);
	}
}

/* ---- protocols ---- */

struct spoken {
	int32_t device;
	struct inv_protocol p;
};

static int spoken_cmp(const void *a, const void *b)
{
	const struct spoken *x = a, *y = b;
	COMPARE(x->device, y->device);
	int c = strcmp(x->p.name, y->p.name);
	if (c)
		return c;
	COMPARE(y->p.server, x->p.server);
	COMPARE(x->p.transport, y->p.transport);
	COMPARE(x->p.port, y->p.port);
	return 0;
}

static void hand_out(struct inv_device *d, struct arena *arena, const struct spoken *s, size_t n)
{
	d->protocols = arena_alloc(arena, n * sizeof *d->protocols);
	d->candidates = arena_alloc(arena, n * sizeof *d->candidates);
	for (size_t i = 0; i < n; i++) {
		if (s[i].p.confidence == CONF_GUESS)
			d->candidates[d->n_candidates++] = s[i].p;
		else
			d->protocols[d->n_protocols++] = s[i].p;
	}
}

/* A side speaks a protocol when it sent something, or when the claim does not rest on a guess. */
static void protocols(struct resolve *r)
{
	struct inventory *inv = r->inv;
	struct spoken *list = xcalloc(inv->n_convs * 2 + 1, sizeof *list);
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < inv->n_convs; i++) {
		const struct obs_conv *c = inv->convs[i].row;
		if (!*c->proto)
			continue;
		bool sure = c->confidence != CONF_GUESS;
		struct inv_protocol p = { .name = c->proto, .transport = (enum transport)c->transport, .port = c->port,
					  .confidence = (enum confidence)c->confidence, .frames = c->frames };
		if (inv->convs[i].client >= 0 && (c->packets_c || sure))
			list[n++] = (struct spoken){ inv->convs[i].client, p };
		p.server = true;
		if (inv->convs[i].server >= 0 && (c->packets_s || sure))
			list[n++] = (struct spoken){ inv->convs[i].server, p };
	}
	qsort(list, n, sizeof *list, spoken_cmp);
	for (size_t i = 0; i < n; i++) {
		if (!kept || spoken_cmp(&list[kept - 1], &list[i]) != 0) {
			list[kept++] = list[i];
			continue;
		}
		struct inv_protocol *p = &list[kept - 1].p;
		p->frames += list[i].p.frames;
		if (list[i].p.confidence > p->confidence)
			p->confidence = list[i].p.confidence;
	}
	for (size_t i = 0, to; i < kept; i = to) {
		for (to = i; to < kept && list[to].device == list[i].device; to++)
			;
		hand_out(&inv->devices[list[i].device], r->arena, list + i, to - i);
	}
	free(list);
}

void resolve_traffic(struct resolve *r)
{
	conversations(r);
	conflicts(r);
	protocols(r);
}
