/* Link rows to pairs of one MAC and one IP. */
#include "inventory/resolve.h"

#include <stdlib.h>

#include "base/err.h"

/* The better a reason, the lower: what a protocol said by itself before what frames merely show. */
static int reason_order(uint8_t reason)
{
	static const uint8_t order[LINK_MAX] = {
		[LINK_ARP] = 0, [LINK_ND] = 1, [LINK_DHCP] = 2, [LINK_LLDP] = 3, [LINK_SAME] = 4, [LINK_DATA] = 5,
	};
	return reason < LINK_MAX ? order[reason] : LINK_MAX;
}

static int where_cmp(const struct obs_where *a, const struct obs_where *b)
{
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return (a->frame > b->frame) - (a->frame < b->frame);
}

static bool better_row(const struct obs_link *a, const struct obs_link *b)
{
	if (!b || reason_order(a->reason) != reason_order(b->reason))
		return !b || reason_order(a->reason) < reason_order(b->reason);
	int c = where_cmp(&a->where, &b->where);
	return c ? c < 0 : strcmp(a->source, b->source) < 0;
}

static int by_mac(const void *a, const void *b, void *data)
{
	const struct pair *p = a, *q = b;
	const uint32_t *rank = ((struct resolve *)data)->rank;
	if (p->mac != q->mac)
		return rank[p->mac] < rank[q->mac] ? -1 : 1;
	return (rank[p->ip] > rank[q->ip]) - (rank[p->ip] < rank[q->ip]);
}

static int by_ip(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	const struct pair *p = &r->pairs[*(const uint32_t *)a], *q = &r->pairs[*(const uint32_t *)b];
	if (p->ip != q->ip)
		return r->rank[p->ip] < r->rank[q->ip] ? -1 : 1;
	return (r->rank[p->mac] > r->rank[q->mac]) - (r->rank[p->mac] < r->rank[q->mac]);
}

static void fold(struct pair *into, const struct pair *p)
{
	into->reasons |= p->reasons;
	into->data += p->data;
	into->claims += p->claims;
	if (better_row(p->why, into->why))
		into->why = p->why;
	if (p->arp && (!into->arp || p->arp->alternations > into->arp->alternations))
		into->arp = p->arp;
}

void resolve_pairs(struct resolve *r)
{
	r->pairs = xcalloc(r->n_links + 1, sizeof *r->pairs);
	for (uint32_t i = 0; i < r->n_links; i++) {
		const struct obs_link *l = &r->links[i];
		if (!l->a || !l->b || l->a >= r->n_ents || l->b >= r->n_ents || l->reason >= LINK_MAX)
			continue;
		bool turned = r->ents[l->b].is_mac;
		uint32_t mac = turned ? l->b : l->a, ip = turned ? l->a : l->b;
		if (!r->ents[mac].is_mac || r->ents[ip].is_mac || !resolve_is(r, mac, ENT_HOST) ||
		    !resolve_is(r, ip, ENT_HOST))
			continue;
		bool data = l->reason == LINK_DATA;
		r->pairs[r->n_pairs++] = (struct pair){
			.mac = mac, .ip = ip, .reasons = (uint8_t)(1u << l->reason), .data = data ? l->count : 0,
			.claims = data ? 0 : l->count, .why = l, .arp = l->reason == LINK_ARP ? l : NULL,
		};
	}
	qsort_r(r->pairs, r->n_pairs, sizeof *r->pairs, by_mac, r);
	uint32_t n = 0;
	for (uint32_t i = 0; i < r->n_pairs; i++) {
		if (n && r->pairs[n - 1].mac == r->pairs[i].mac && r->pairs[n - 1].ip == r->pairs[i].ip)
			fold(&r->pairs[n - 1], &r->pairs[i]);
		else
			r->pairs[n++] = r->pairs[i];
	}
	r->n_pairs = n;

	r->by_ip = xcalloc(n + 1, sizeof *r->by_ip);
	r->ip_at = xcalloc(r->n_ents, sizeof *r->ip_at);
	r->ip_n = xcalloc(r->n_ents, sizeof *r->ip_n);
	for (uint32_t i = 0; i < n; i++)
		r->by_ip[i] = i;
	qsort_r(r->by_ip, n, sizeof *r->by_ip, by_ip, r);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t ip = r->pairs[r->by_ip[i]].ip;
		if (!r->ip_n[ip]++)
			r->ip_at[ip] = i;
	}
}
