/*
 * Which address belongs to which MAC.
 *
 * A claim binds: ARP, neighbour discovery, DHCP and L2 protocols say whose an
 * address is, and a link-local address is never routed. Frames with data bind
 * only where they are one to one, since a router sends with its own MAC what
 * others wrote. Per family, because one host has one IPv4 address and several
 * IPv6 addresses, but then in one prefix.
 */
#include "inventory/resolve.h"

#include <stdlib.h>

#include "base/err.h"

enum {
	CLAIMS_MAX = 8,      /* a MAC that claims more IPv4 addresses by ARP answers for others (RFC 1027) */
	HOST6_MAX = 8,       /* IPv6 addresses that one host sends from: privacy extensions make some */
};

/* A network in a segment, and a MAC that has an address there: /24, or /64 of IPv6. */
struct presence {
	uint32_t segment, mac;
	uint8_t v4;
	uint8_t prefix[8];
};

struct binder {
	struct resolve *r;
	uint32_t *claimants;         /* IP entity → MACs that claim it, without proxies */
	struct presence *here;       /* sorted */
	size_t n_here;
	uint8_t *seg_private4;       /* segment: a private IPv4 address sends there … */
	uint8_t *seg_global6;        /* … or a global IPv6 address was claimed there */
};

static bool is_claim(const struct resolve *r, const struct pair *p)
{
	return (p->reasons & ~(1u << LINK_DATA)) || addr_is_link_local(&r->ents[p->ip].ip);
}

/* A hop limit as senders set it: no router has lowered it. Unknown counts as such. */
static bool ttl_initial(uint32_t ttl)
{
	return ttl == 0 || ttl == 32 || ttl == 64 || ttl == 128 || ttl == 255;
}

static struct presence presence_of(const struct resolve *r, uint32_t mac, uint32_t ip)
{
	const struct obs_entity *e = &r->ents[ip];
	struct presence p = { .segment = r->seg_rank[e->segment], .mac = r->rank[mac], .v4 = addr_is_v4(&e->ip) };
	memcpy(p.prefix, p.v4 ? e->ip.b + 12 : e->ip.b, p.v4 ? 3 : 8);
	return p;
}

/* n: bytes of the prefix that count. */
static int network_cmp(const struct presence *p, const struct presence *q, size_t n)
{
	if (p->segment != q->segment)
		return p->segment < q->segment ? -1 : 1;
	if (p->v4 != q->v4)
		return p->v4 < q->v4 ? -1 : 1;
	return memcmp(p->prefix, q->prefix, n);
}

static int presence_cmp(const void *a, const void *b)
{
	const struct presence *p = a, *q = b;
	int c = network_cmp(p, q, sizeof p->prefix);
	return c ? c : (p->mac > q->mac) - (p->mac < q->mac);
}

/* Is a MAC other than this one at home in the network (so many bytes) of that address? */
static bool neighbour_in(const struct binder *b, uint32_t mac, uint32_t ip, size_t bytes)
{
	struct presence want = presence_of(b->r, mac, ip);
	size_t low = 0, high = b->n_here;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (network_cmp(&b->here[mid], &want, bytes) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < b->n_here && network_cmp(&b->here[low], &want, bytes) == 0; low++)
		if (b->here[low].mac != want.mac)
			return true;   /* at most the MAC's own rows are stepped over */
	return false;
}

static bool neighbour(const struct binder *b, uint32_t mac, uint32_t ip)
{
	return neighbour_in(b, mac, ip, sizeof b->here->prefix);
}

static bool same_network(const struct addr *a, const struct addr *b)
{
	bool v4 = addr_is_v4(a);
	return v4 == addr_is_v4(b) && memcmp(a->b, b->b, v4 ? 15 : 8) == 0;
}

/* ---- what each MAC sends ---- */

struct sends {
	uint32_t from, to;           /* its pairs */
	uint32_t own4, data4;        /* claimed, and carried but not claimed */
	uint32_t data6;
	uint32_t one;                /* the last of data4 */
};

static struct sends sends_of(const struct binder *b, uint32_t from)
{
	const struct resolve *r = b->r;
	struct sends s = { .from = from, .to = from };
	for (; s.to < r->n_pairs && r->pairs[s.to].mac == r->pairs[from].mac; s.to++) {
		const struct pair *p = &r->pairs[s.to];
		const struct addr *ip = &r->ents[p->ip].ip;
		bool claim = is_claim(r, p), v4 = addr_is_v4(ip);
		if (claim) {
			s.own4 += v4 && !addr_is_link_local(ip);
		} else if (v4 && !addr_is_loopback(ip)) {
			s.data4++;
			s.one = p->ip;
		} else if (!v4) {
			s.data6++;
		}
	}
	return s;
}

static bool owns_in_network(const struct resolve *r, const struct sends *s, uint32_t ip)
{
	for (uint32_t i = s->from; i < s->to; i++)
		if (is_claim(r, &r->pairs[i]) && same_network(&r->ents[r->pairs[i].ip].ip, &r->ents[ip].ip))
			return true;
	return false;
}

static void mark_proxies(struct binder *b)
{
	struct resolve *r = b->r;
	for (uint32_t i = 0, to; i < r->n_pairs; i = to) {
		uint32_t arp = 0, mac = r->pairs[i].mac;
		for (to = i; to < r->n_pairs && r->pairs[to].mac == mac; to++)
			arp += (r->pairs[to].reasons >> LINK_ARP & 1) &&
			       !addr_is_link_local(&r->ents[r->pairs[to].ip].ip);
		if (arp > CLAIMS_MAX)
			r->flags[mac] |= ENT_PROXY | ENT_ROUTER;
		if (resolve_is(r, mac, ENT_VIRTUAL))
			r->flags[mac] |= ENT_ROUTER;
	}
}

/* MACs that carry several addresses are routers whatever else holds. */
static void mark_clear_routers(struct binder *b)
{
	struct resolve *r = b->r;
	for (uint32_t i = 0; i < r->n_pairs;) {
		struct sends s = sends_of(b, i);
		if (s.data4 >= 2 || (s.data4 == 1 && s.own4 && !owns_in_network(r, &s, s.one)))
			r->flags[r->pairs[i].mac] |= ENT_ROUTER;
		i = s.to;
	}
}

static void note_networks(struct binder *b)
{
	struct resolve *r = b->r;
	b->here = xcalloc(r->n_pairs + 1, sizeof *b->here);
	for (uint32_t i = 0; i < r->n_pairs; i++) {
		const struct pair *p = &r->pairs[i];
		const struct obs_entity *e = &r->ents[p->ip];
		if (addr_is_v4(&e->ip) && addr_is_private(&e->ip) && !addr_is_link_local(&e->ip))
			b->seg_private4[e->segment] = 1;
		if (is_claim(r, p) && !addr_is_v4(&e->ip) && !addr_is_private(&e->ip))
			b->seg_global6[e->segment] = 1;
		if (is_claim(r, p) ? !resolve_is(r, p->mac, ENT_PROXY) : !resolve_is(r, p->mac, ENT_ROUTER))
			b->here[b->n_here++] = presence_of(r, p->mac, p->ip);
	}
	qsort(b->here, b->n_here, sizeof *b->here, presence_cmp);
	size_t n = 0;
	for (size_t i = 0; i < b->n_here; i++)
		if (!n || presence_cmp(&b->here[n - 1], &b->here[i]) != 0)
			b->here[n++] = b->here[i];
	b->n_here = n;
}

/*
 * One IPv4 address only. A private one is the host's own; a public one is so in a
 * network of public addresses: a neighbour has one of the same /16, or nobody has a
 * private one and no router lowered its TTL. Else it stands behind a router of which the
 * capture shows one peer.
 */
static bool one_is_own(const struct binder *b, uint32_t mac, uint32_t ip)
{
	const struct obs_entity *e = &b->r->ents[ip];
	if (addr_is_private(&e->ip) || neighbour_in(b, mac, ip, 2))
		return true;
	return !b->seg_private4[e->segment] && ttl_initial(e->ttl);
}

/* Are the IPv6 addresses that this MAC carries those of one host? */
static bool six_are_own(const struct binder *b, const struct sends *s, bool *global)
{
	const struct resolve *r = b->r;
	const struct addr *first[2] = { NULL, NULL };   /* of global, of local addresses */
	uint32_t mac = r->pairs[s->from].mac;
	bool own = !resolve_is(r, mac, ENT_ROUTER) && s->data6 <= HOST6_MAX;
	for (uint32_t i = s->from; i < s->to; i++) {
		const struct pair *p = &r->pairs[i];
		const struct obs_entity *e = &r->ents[p->ip];
		if (addr_is_v4(&e->ip) || addr_is_link_local(&e->ip))
			continue;
		bool local = addr_is_private(&e->ip);
		if (first[local] && !same_network(first[local], &e->ip))
			own = false;
		first[local] = &e->ip;
		if (is_claim(r, p))
			continue;
		*global |= !local;
		if (!ttl_initial(e->ttl))
			own = false;
		if (!local && b->seg_global6[e->segment] && !owns_in_network(r, s, p->ip) &&
		    !neighbour(b, mac, p->ip))
			own = false;
	}
	return own;
}

static void mark_senders(struct binder *b)
{
	struct resolve *r = b->r;
	for (uint32_t i = 0; i < r->n_pairs;) {
		struct sends s = sends_of(b, i);
		uint32_t mac = r->pairs[i].mac;
		bool router = resolve_is(r, mac, ENT_ROUTER), global = false;
		bool six = s.data6 && six_are_own(b, &s, &global);
		if (!router && s.data4 == 1 && s.own4 == 0) {
			if (one_is_own(b, mac, s.one))
				r->flags[mac] |= ENT_ONE4;
			else
				r->flags[mac] |= ENT_ROUTER;
		}
		if (six && !resolve_is(r, mac, ENT_ROUTER))
			r->flags[mac] |= ENT_ONE6;
		else if (s.data6 && (global || s.data6 >= 2))
			r->flags[mac] |= ENT_ROUTER;
		i = s.to;
	}
}

/* ---- binding ---- */

static bool carried(const struct resolve *r, uint32_t ip)
{
	for (uint32_t i = 0; i < r->ip_n[ip]; i++)
		if (r->pairs[r->by_ip[r->ip_at[ip] + i]].data)
			return true;
	return false;
}

static void bind_one(struct binder *b, uint32_t ip)
{
	struct resolve *r = b->r;
	/* A proxy's claim counts only for an address of which nothing else is known. */
	bool proxied = b->claimants[ip] == 0 && !resolve_is(r, ip, ENT_TALKS) && !carried(r, ip);
	bool v4 = addr_is_v4(&r->ents[ip].ip);
	struct pair *best = NULL;
	bool several = false;
	for (uint32_t i = 0; i < r->ip_n[ip]; i++) {
		struct pair *p = &r->pairs[r->by_ip[r->ip_at[ip] + i]];
		bool proxy = resolve_is(r, p->mac, ENT_PROXY);
		if (is_claim(r, p))
			p->bound = !proxy || proxied;
		else
			p->bound = b->claimants[ip] == 0 && resolve_is(r, p->mac, v4 ? ENT_ONE4 : ENT_ONE6);
		if (!p->bound)
			continue;
		several |= best != NULL;
		if (!best || p->data > best->data || (p->data == best->data && p->claims > best->claims))
			best = p;
	}
	if (!best)
		return;
	r->flags[ip] |= ENT_BOUND;
	best->primary = true;
	/* Where the capture holds copies of datagrams, the second MAC is a router's. */
	if (several && b->claimants[ip] == 0 && !proxied && observe_counted(r->o, COUNT_COPIES))
		for (uint32_t i = 0; i < r->ip_n[ip]; i++) {
			struct pair *p = &r->pairs[r->by_ip[r->ip_at[ip] + i]];
			if (p->bound && p != best) {
				p->bound = false;
				r->flags[p->mac] |= ENT_ROUTER;
			}
		}
}

/*
 * A router's own address, where no claim tells it: the one local address that it
 * alone carries (it answers DNS or ping). Two such could be hosts behind a bridge.
 */
static void bind_router(struct binder *b, uint32_t from)
{
	struct resolve *r = b->r;
	struct sends s = sends_of(b, from);
	uint32_t mac = r->pairs[from].mac;
	struct pair *one = NULL;
	if (!resolve_is(r, mac, ENT_ROUTER) || resolve_is(r, mac, ENT_PROXY | ENT_VIRTUAL) || s.own4)
		return;
	for (uint32_t i = s.from; i < s.to; i++) {
		struct pair *p = &r->pairs[i];
		const struct obs_entity *e = &r->ents[p->ip];
		if (!addr_is_v4(&e->ip) || !addr_is_private(&e->ip) || addr_is_link_local(&e->ip) ||
		    addr_is_loopback(&e->ip) || resolve_is(r, p->ip, ENT_BOUND) || !neighbour(b, mac, p->ip))
			continue;
		if (one || r->ip_n[p->ip] != 1 || !ttl_initial(e->ttl))
			return;
		one = p;
	}
	if (one) {
		one->bound = one->primary = true;
		r->flags[one->ip] |= ENT_BOUND;
	}
}

/*
 * One or two local addresses whose hop limits nobody lowered: a host with several addresses, a wireless bridge, guests
 * of a virtual machine's host. Whose they are cannot be told, but a router it is not.
 */
static void mark_bridge(struct binder *b, uint32_t from)
{
	struct resolve *r = b->r;
	struct sends s = sends_of(b, from);
	uint32_t mac = r->pairs[from].mac;
	if (!resolve_is(r, mac, ENT_ROUTER) || resolve_is(r, mac, ENT_PROXY | ENT_VIRTUAL) || s.data4 > 2 || s.data6)
		return;
	for (uint32_t i = s.from; i < s.to; i++) {
		const struct pair *p = &r->pairs[i];
		const struct obs_entity *e = &r->ents[p->ip];
		if (!is_claim(r, p) && (!addr_is_private(&e->ip) || e->ttl == 0 || !ttl_initial(e->ttl) || r->ip_n[p->ip] != 1))
			return;
	}
	r->flags[mac] |= ENT_BRIDGE;
}

void resolve_bind(struct resolve *r)
{
	struct binder b = { .r = r };
	b.claimants = xcalloc(r->n_ents, sizeof *b.claimants);
	b.seg_private4 = xcalloc(r->n_segs + 1, 1);
	b.seg_global6 = xcalloc(r->n_segs + 1, 1);
	mark_proxies(&b);
	mark_clear_routers(&b);
	for (uint32_t i = 0; i < r->n_pairs; i++)
		b.claimants[r->pairs[i].ip] +=
			is_claim(r, &r->pairs[i]) && !resolve_is(r, r->pairs[i].mac, ENT_PROXY);
	note_networks(&b);
	mark_senders(&b);
	for (uint32_t i = 0; i < r->n_ents; i++) {
		uint32_t e = r->order[i];
		if (e && !r->ents[e].is_mac && r->ip_n[e])
			bind_one(&b, e);
	}
	for (uint32_t i = 0; i < r->n_pairs;) {
		uint32_t from = i, mac = r->pairs[i].mac;
		bind_router(&b, from);
		mark_bridge(&b, from);
		while (i < r->n_pairs && r->pairs[i].mac == mac)
			i++;
	}
	free(b.claimants);
	free(b.seg_private4);
	free(b.seg_global6);
	free(b.here);
}
