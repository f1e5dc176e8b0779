/*
 * What makes entities one device beyond the binding of addresses: the same global
 * MAC in several segments, a protocol that says so, the same address in several
 * segments where nothing speaks against it, the same serial number.
 */
#include "inventory/resolve.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/err.h"

uint32_t resolve_root(struct resolve *r, uint32_t entity)
{
	while (r->parent[entity] != entity) {
		r->parent[entity] = r->parent[r->parent[entity]];
		entity = r->parent[entity];
	}
	return entity;
}

void resolve_unite(struct resolve *r, uint32_t a, uint32_t b)
{
	a = resolve_root(r, a);
	b = resolve_root(r, b);
	if (r->rank[a] < r->rank[b])
		r->parent[b] = a;
	else
		r->parent[a] = b;
}

/* ---- MACs ---- */

static int mac_cmp(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int c = memcmp(r->ents[x].mac, r->ents[y].mac, 6);
	return c ? c : (r->rank[x] > r->rank[y]) - (r->rank[x] < r->rank[y]);
}

/* Do two segments differ in their VLANs only? */
static bool one_wire(const struct obs_segment *a, const struct obs_segment *b)
{
	return a->file_set == b->file_set && a->tunnel == b->tunnel && a->tunnel_id == b->tunnel_id &&
	       addr_equal(&a->tunnel_src, &b->tunnel_src);
}

/*
 * A global MAC is one interface wherever it is seen, a made-up one in the VLANs of
 * one wire. What a group of routers shares says nothing beyond its segment.
 */
static void unite_macs(struct resolve *r)
{
	uint32_t *list = xcalloc(r->n_ents, sizeof *list), n = 0;
	for (uint32_t e = 1; e < r->n_ents; e++)
		if (r->ents[e].is_mac && resolve_is(r, e, ENT_HOST) && !resolve_is(r, e, ENT_VIRTUAL))
			list[n++] = e;
	qsort_r(list, n, sizeof *list, mac_cmp, r);
	/* Sorted by segment key, the segments of one wire stand together but for the plain one in front. */
	for (uint32_t i = 0, first = 0; i < n; i++) {
		const struct obs_entity *e = &r->ents[list[i]];
		if (memcmp(r->ents[list[first]].mac, e->mac, 6) != 0)
			first = i;
		const uint32_t others[] = { list[first], i > first ? list[i - 1] : list[i] };
		for (int k = 0; k < 2; k++)
			if (!mac_is_local(e->mac) ||
			    one_wire(&r->segs[r->ents[others[k]].segment], &r->segs[e->segment]))
				resolve_unite(r, others[k], list[i]);
	}
	free(list);
}

/* MAC and MAC, or IP and IP. MAC and IP is a claim, which bind.c weighs. */
static void unite_links(struct resolve *r)
{
	for (uint32_t i = 0; i < r->n_links; i++) {
		const struct obs_link *l = &r->links[i];
		if ((l->reason != LINK_SAME && l->reason != LINK_LLDP) || l->a >= r->n_ents || l->b >= r->n_ents ||
		    !resolve_is(r, l->a, ENT_HOST) || !resolve_is(r, l->b, ENT_HOST) ||
		    resolve_is(r, l->a, ENT_VIRTUAL) || resolve_is(r, l->b, ENT_VIRTUAL))
			continue;
		if (r->ents[l->a].is_mac == r->ents[l->b].is_mac)
			resolve_unite(r, l->a, l->b);
	}
}

static void unite_bound(struct resolve *r)
{
	for (uint32_t i = 0; i < r->n_pairs; i++)
		if (r->pairs[i].primary)
			resolve_unite(r, r->pairs[i].mac, r->pairs[i].ip);
	/* A MAC that never sent and that the address names as its own is no second device. */
	for (uint32_t i = 0; i < r->n_pairs; i++) {
		const struct pair *p = &r->pairs[i];
		if (p->bound && !p->primary && r->ents[p->mac].frames == 0 &&
		    (p->reasons & (1u << LINK_SAME | 1u << LINK_LLDP)))
			resolve_unite(r, p->mac, p->ip);
	}
}

/* ---- one address in several segments ---- */

struct presence {
	uint32_t root, segment;
};

static int presence_cmp(const void *a, const void *b)
{
	const struct presence *p = a, *q = b;
	if (p->root != q->root)
		return p->root < q->root ? -1 : 1;
	return (p->segment > q->segment) - (p->segment < q->segment);
}

struct crossing {
	struct resolve *r;
	struct presence *macs;       /* where each cluster has a MAC, sorted */
	size_t n_macs;
	uint32_t *mac_of;            /* IP → the MAC it is bound to, 0 */
};

static bool cluster_in(const struct crossing *x, uint32_t root, uint32_t segment)
{
	struct presence want = { root, segment };
	return bsearch(&want, x->macs, x->n_macs, sizeof want, presence_cmp) != NULL;
}

static int address_cmp(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int c = memcmp(r->ents[x].ip.b, r->ents[y].ip.b, 16);
	return c ? c : (r->rank[x] > r->rank[y]) - (r->rank[x] < r->rank[y]);
}

/* Within one address: by the MAC that has it. */
static int holder_cmp(const void *a, const void *b, void *data)
{
	const struct crossing *x = data;
	const struct resolve *r = x->r;
	uint32_t e = *(const uint32_t *)a, f = *(const uint32_t *)b;
	int c = memcmp(r->ents[x->mac_of[e]].mac, r->ents[x->mac_of[f]].mac, 6);
	return c ? c : (r->rank[e] > r->rank[f]) - (r->rank[e] < r->rank[f]);
}

/* Is this routed address the bound one? Its router must have an interface in that one's segment. */
static bool routed_to(const struct crossing *x, uint32_t ip, uint32_t bound)
{
	struct resolve *r = x->r;
	if (!r->ip_n[ip])
		return resolve_is(r, ip, ENT_TALKS);   /* only spoken to: its frames came by another way */
	for (uint32_t i = 0; i < r->ip_n[ip]; i++) {
		uint32_t mac = r->pairs[r->by_ip[r->ip_at[ip] + i]].mac;
		if (cluster_in(x, resolve_root(r, mac), r->ents[bound].segment))
			return true;
	}
	return false;
}

/* The cluster of the first MAC that carries this address, 0 for none. */
static uint32_t router_of(struct resolve *r, uint32_t ip)
{
	return r->ip_n[ip] ? resolve_root(r, r->pairs[r->by_ip[r->ip_at[ip]]].mac) : 0;
}

static int router_cmp(const void *a, const void *b, void *data)
{
	struct resolve *r = data;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint32_t p = r->rank[router_of(r, x)], q = r->rank[router_of(r, y)];
	if (p != q)
		return p < q ? -1 : 1;
	return (r->rank[x] > r->rank[y]) - (r->rank[x] < r->rank[y]);
}

static void unite_unbound(struct resolve *r, uint32_t *group, uint32_t n)
{
	/* Behind the same router … */
	uint32_t sender = 0, senders = 0;
	qsort_r(group, n, sizeof *group, router_cmp, r);
	for (uint32_t i = 1; i < n; i++)
		if (router_of(r, group[i]) && router_of(r, group[i]) == router_of(r, group[i - 1]))
			resolve_unite(r, group[i], group[i - 1]);
	for (uint32_t i = 0; i < n; i++)
		if (r->ents[group[i]].frames && (!senders || resolve_root(r, group[i]) != resolve_root(r, sender))) {
			sender = group[i];
			senders++;
		}
	/* … or sending in one segment and answered in the other, as in a tunnel with two ends. */
	if (senders == 1)
		for (uint32_t i = 0; i < n; i++)
			if (!r->ents[group[i]].frames && resolve_is(r, group[i], ENT_TALKS))
				resolve_unite(r, group[i], sender);
}

static void unite_address(struct crossing *x, uint32_t *group, uint32_t n)
{
	struct resolve *r = x->r;
	const struct addr *ip = &r->ents[group[0]].ip;
	if (addr_is_link_local(ip) || addr_is_loopback(ip))
		return;
	qsort_r(group, n, sizeof *group, holder_cmp, x);
	uint32_t bound = 0, others = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t mac = x->mac_of[group[i]];
		if (!mac)
			continue;
		if (bound && memcmp(r->ents[mac].mac, r->ents[x->mac_of[bound]].mac, 6) == 0)
			resolve_unite(r, bound, group[i]);   /* a made-up MAC, but with the same address */
		else if (bound)
			others += resolve_root(r, bound) != resolve_root(r, group[i]);
		if (!bound)
			bound = group[i];
	}
	if (others)
		return;   /* two sites, or two customers of one switch, may use the same addresses */
	if (!addr_is_private(ip)) {
		for (uint32_t i = 1; i < n; i++)
			resolve_unite(r, group[0], group[i]);
	} else if (bound) {
		for (uint32_t i = 0; i < n; i++)
			if (!x->mac_of[group[i]] && routed_to(x, group[i], bound))
				resolve_unite(r, bound, group[i]);
	} else {
		unite_unbound(r, group, n);
	}
}

static void unite_addresses(struct resolve *r)
{
	struct crossing x = { .r = r };
	uint32_t *list = xcalloc(r->n_ents, sizeof *list), n = 0;
	x.macs = xcalloc(r->n_ents, sizeof *x.macs);
	x.mac_of = xcalloc(r->n_ents, sizeof *x.mac_of);
	for (uint32_t i = 0; i < r->n_ents; i++) {
		uint32_t e = r->order[i];
		if (!e || !resolve_is(r, e, ENT_HOST))
			continue;
		if (r->ents[e].is_mac)
			x.macs[x.n_macs++] = (struct presence){ resolve_root(r, e), r->ents[e].segment };
		else
			list[n++] = e;
	}
	for (uint32_t i = 0; i < r->n_pairs; i++)
		if (r->pairs[i].primary)
			x.mac_of[r->pairs[i].ip] = r->pairs[i].mac;
	qsort(x.macs, x.n_macs, sizeof *x.macs, presence_cmp);
	qsort_r(list, n, sizeof *list, address_cmp, r);
	for (uint32_t i = 0, to; i < n; i = to) {
		for (to = i + 1; to < n && addr_equal(&r->ents[list[i]].ip, &r->ents[list[to]].ip); to++)
			;
		if (to - i > 1)
			unite_address(&x, list + i, to - i);
	}
	free(list);
	free(x.macs);
	free(x.mac_of);
}

/* 127.0.0.0/8 and ::1 of one capture point are one machine. */
static void unite_loopback(struct resolve *r)
{
	uint32_t *first = xcalloc(r->n_segs + 1, sizeof *first);
	for (uint32_t e = 1; e < r->n_ents; e++) {
		const struct obs_entity *x = &r->ents[e];
		if (x->is_mac || !addr_is_loopback(&x->ip) || x->segment >= r->n_segs)
			continue;
		if (first[x->segment])
			resolve_unite(r, first[x->segment], e);
		first[x->segment] = e;
	}
	free(first);
}

void resolve_segments_unite(struct resolve *r)
{
	unite_macs(r);
	unite_links(r);
	unite_bound(r);
	unite_loopback(r);
	unite_addresses(r);
}

/* ---- serial numbers ---- */

/* "0", "FFFFFFFF", "unknown": what firmware says when nobody set a serial number. */
static bool serial_says_nothing(const char *s)
{
	static const char *const empty[] = { "unknown", "none", "n/a", "na", "default", "not specified",
					     "to be filled by o.e.m.", "serial", "123456789", "0123456789" };
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
		if (strcasecmp(s, empty[i]) == 0)
			return true;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	char same = 0;
	size_t n = 0;
	bool several = false;
	for (; *s; s++) {
		if (!isalnum((unsigned char)*s))
			continue;
		several |= n && *s != same;
		same = *s;
		n++;
	}
	return n < 3 || !several;
}

static int attr_cmp(const void *a, const void *b)
{
	const struct obs_attr *x = *(const struct obs_attr *const *)a, *y = *(const struct obs_attr *const *)b;
	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	if (x->field != y->field)
		return x->field < y->field ? -1 : 1;
	int c = strcmp(x->source, y->source);
	return c ? c : strcmp(x->value, y->value);
}

/* The one value of a field from this source, else of all sources; NULL where there are several or none. */
static const char *only_value(const struct obs_attr **list, size_t n, enum attr field, const char *source)
{
	const char *same = NULL, *any = NULL;
	bool many_same = false, many = false;
	for (size_t i = 0; i < n; i++) {
		if (list[i]->field != field)
			continue;
		many |= any && strcmp(any, list[i]->value) != 0;
		any = list[i]->value;
		if (strcmp(list[i]->source, source) == 0) {
			many_same |= same && strcmp(same, list[i]->value) != 0;
			same = list[i]->value;
		}
	}
	if (same)
		return many_same ? NULL : same;
	return many ? NULL : any;
}

int identity_cmp(const struct identity *a, const struct identity *b)
{
	int c = strcmp(a->serial, b->serial);
	if (!c)
		c = strcmp(a->model, b->model);
	return c ? c : strcmp(a->vendor, b->vendor);
}

static int identity_order(const void *a, const void *b, void *data)
{
	const struct resolve *r = data;
	const struct identity *x = a, *y = b;
	int c = identity_cmp(x, y);
	return c ? c : (r->rank[x->entity] > r->rank[y->entity]) - (r->rank[x->entity] < r->rank[y->entity]);
}

size_t resolve_identities(struct resolve *r, struct identity **out)
{
	const struct obs_attr **list = xcalloc(r->n_attrs + 1, sizeof(*list));
	size_t n = 0, found = 0;
	for (uint32_t i = 0; i < r->n_attrs; i++) {
		const struct obs_attr *a = &r->attrs[i];
		if (a->entity < r->n_ents && resolve_is(r, a->entity, ENT_HOST) && a->confidence >= CONF_CONTENT &&
		    (a->field == ATTR_VENDOR || a->field == ATTR_MODEL || a->field == ATTR_SERIAL))
			list[n++] = a;
	}
	qsort(list, n, sizeof *list, attr_cmp);
	struct identity *ids = xcalloc(n + 1, sizeof *ids);
	for (size_t i = 0, to; i < n; i = to) {
		for (to = i; to < n && list[to]->entity == list[i]->entity; to++)
			;
		for (size_t k = i; k < to; k++) {
			if (list[k]->field != ATTR_SERIAL || serial_says_nothing(list[k]->value))
				continue;
			const char *model = only_value(list + i, to - i, ATTR_MODEL, list[k]->source);
			const char *vendor = only_value(list + i, to - i, ATTR_VENDOR, list[k]->source);
			if (model)
				ids[found++] = (struct identity){ list[k]->entity, vendor ? vendor : "", model,
								  list[k]->value };
		}
	}
	free(list);
	qsort_r(ids, found, sizeof *ids, identity_order, r);
	*out = ids;
	return found;
}

void resolve_serials_unite(struct resolve *r)
{
	struct identity *ids;
	size_t n = resolve_identities(r, &ids);
	for (size_t i = 1; i < n; i++)
		if (identity_cmp(&ids[i - 1], &ids[i]) == 0)
			resolve_unite(r, ids[i - 1].entity, ids[i].entity);
	free(ids);
}

/* ---- what is a device at all ---- */

static void exists(struct resolve *r, uint32_t entity)
{
	if (entity && entity < r->n_ents && resolve_is(r, entity, ENT_HOST))
		r->flags[entity] |= ENT_EXISTS;
}

/*
 * Is somebody at the other end of a conversation that the capture shows in one
 * direction? TCP data flows only after both sides agreed. Datagrams prove it only
 * for a factory protocol, whose masters do not talk to nobody for long, and not
 * towards what may be a network's broadcast address.
 */
static bool somebody_there(const struct resolve *r, const struct obs_conv *c)
{
	if (c->packets_s || (c->transport == TRANSPORT_TCP && c->bytes_c))
		return true;
	if (c->confidence < CONF_CONTENT || c->server >= r->n_ents)
		return false;
	const struct obs_entity *e = &r->ents[c->server];
	const struct kind_protocol *p = kind_protocol(c->proto);
	return p && p->ot && (e->is_mac || !addr_is_v4(&e->ip) || e->ip.b[15] != 255);
}

/*
 * A device has sent, or a protocol stated something about it, or somebody got
 * somewhere with it. Targets of unanswered ARP requests and connections, and
 * guesses, make no device.
 */
void resolve_existence(struct resolve *r)
{
	for (uint32_t e = 1; e < r->n_ents; e++)
		if (r->ents[e].frames)
			exists(r, e);
	for (uint32_t i = 0; i < r->n_attrs; i++)
		if (r->attrs[i].confidence >= CONF_CONTENT)
			exists(r, r->attrs[i].entity);
	for (uint32_t i = 0; i < r->n_links; i++)
		if (r->links[i].reason != LINK_DATA) {
			exists(r, r->links[i].a);
			exists(r, r->links[i].b);
		}
	for (uint32_t i = 0; i < r->n_convs; i++) {
		if (r->convs[i].packets_c)
			exists(r, r->convs[i].client);
		if (somebody_there(r, &r->convs[i]))
			exists(r, r->convs[i].server);
	}
	for (uint32_t i = 0; i < r->n_ops; i++)
		if (r->ops[i].result != RESULT_UNKNOWN || r->ops[i].where.peer_frame)
			exists(r, r->ops[i].server);
}
