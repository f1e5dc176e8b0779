#include "observe/observe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "observe/tables.h"

const char *const confidence_names[] = { "guess", "content", "confirmed", NULL };
const char *const transport_names[] = { "ethernet", "ip", "tcp", "udp", NULL };
const char *const attr_names[] = {
	"name", "vendor", "model", "firmware", "hardware", "serial", "os", "hostname", "description",
	"location", "role", "mode", "software", "dhcp_vendor", "dhcp_fingerprint", "product_code",
	"tls_fingerprint", NULL,
};
const char *const op_class_names[] = {
	"read", "write", "start", "stop", "reset", "mode", "download", "upload", "firmware", "configuration",
	"clock", "log_erase", "identity", "login", "file", "force", "diagnostic", "weakness", "relay", NULL,
};
const char *const link_reason_names[] = { "arp", "nd", "dhcp", "data", "lldp", "same", NULL };
const char *const obs_count_names[] = {
	"frames", "unicast", "third_party", "broadcast", "copies", "fragments_lost", "tcp_gaps", "flows",
	"flows_one_way", "flows_evicted", "stream_cap", "layers", "dissect_truncated", "dissect_malformed",
	"ndpi_cap", "dropped_segments", "dropped_entities", "dropped_links", "dropped_attributes",
	"dropped_conversations", "dropped_operations", "dropped_values", "dropped_text", "minutes",
	"minutes_ot", NULL,
};

_Static_assert(sizeof attr_names / sizeof *attr_names == ATTR_MAX + 1, "names of attributes");
_Static_assert(sizeof op_class_names / sizeof *op_class_names == OP_MAX + 1, "names of operations");
_Static_assert(sizeof obs_count_names / sizeof *obs_count_names == COUNT_MAX + 1, "names of counters");
_Static_assert(sizeof link_reason_names / sizeof *link_reason_names == LINK_MAX + 1, "names of reasons");

enum {
	CLAIMS = 64,                   /* MACs kept for one address and reason */
	OPS_PLAIN = OBS_OPS / 4 * 3,   /* from here on operations lose their detail: a flood of them hides no other */
};

/* ---- tables ---- */

static void table_init(struct table_rows *t, size_t size, uint32_t cap)
{
	*t = (struct table_rows){ .size = size, .cap = cap };
}

static void table_done(struct table_rows *t)
{
	free(t->rows);
	free(t->dirty);
	free(t->next);
	free(t->bucket);
}

static void table_grow(struct table_rows *t)
{
	uint32_t room = t->room ? t->room * 2 : 64;
	if (room > t->cap)
		room = t->cap;
	t->rows = xrealloc(t->rows, (size_t)room * t->size);
	t->dirty = xrealloc(t->dirty, room);
	/* next holds the chain and, above it, the hash that a rehash needs. */
	t->next = xrealloc(t->next, (size_t)room * 2 * sizeof *t->next);
	t->room = room;
	uint32_t buckets = t->buckets ? t->buckets : 64;
	while (buckets < room)
		buckets *= 2;
	if (buckets != t->buckets) {
		t->bucket = xrealloc(t->bucket, buckets * sizeof *t->bucket);
		memset(t->bucket, 0, buckets * sizeof *t->bucket);
		t->buckets = buckets;
		for (uint32_t i = 0; i < t->n; i++) {
			uint32_t *b = &t->bucket[t->next[2 * i + 1] & (buckets - 1)];
			t->next[2 * i] = *b;
			*b = i + 1;
		}
	}
}

void *table_add(struct table_rows *t, uint64_t hash)
{
	if (t->n == t->room) {
		if (t->n >= t->cap)
			return NULL;
		table_grow(t);
	}
	uint32_t i = t->n++;
	void *row = table_row(t, i);
	memset(row, 0, t->size);
	t->dirty[i] = 1;
	t->next[2 * i + 1] = (uint32_t)hash;
	uint32_t *b = &t->bucket[(uint32_t)hash & (t->buckets - 1)];
	t->next[2 * i] = *b;
	*b = i + 1;
	return row;
}

/* The chain of rows that may have this hash: index + 1, 0 at the end. */
static uint32_t table_first(const struct table_rows *t, uint64_t hash)
{
	return t->buckets ? t->bucket[(uint32_t)hash & (t->buckets - 1)] : 0;
}

static uint32_t table_next(const struct table_rows *t, uint32_t at)
{
	return t->next[2 * (at - 1)];
}

static bool table_same(const struct table_rows *t, uint32_t at, uint64_t hash)
{
	return t->next[2 * (at - 1) + 1] == (uint32_t)hash;
}

#define EACH_WITH(t, hash, at)                                                                                  \
	for (uint32_t at = table_first(t, hash); at; at = table_next(t, at))                                    \
		if (table_same(t, at, hash))

/* ---- life ---- */

struct observe *observe_new(void)
{
	struct observe *o = xcalloc(1, sizeof *o);
	o->seed = o->pool.seed = hash_seed();
	table_init(&o->t[T_SEGMENT], sizeof(struct obs_segment), OBS_SEGMENTS);
	table_init(&o->t[T_ENTITY], sizeof(struct obs_entity), OBS_ENTITIES);
	table_init(&o->t[T_LINK], sizeof(struct obs_link), OBS_LINKS);
	table_init(&o->t[T_ATTR], sizeof(struct obs_attr), OBS_ATTRS);
	table_init(&o->t[T_CONV], sizeof(struct obs_conv), OBS_CONVS);
	table_init(&o->t[T_OP], sizeof(struct obs_op), OBS_OPS);
	table_init(&o->t[T_FILE], sizeof(struct obs_file), OBS_FILES);
	table_init(&o->t[T_SILENCE], sizeof(struct obs_silence), OBS_SILENCES);
	table_add(&o->t[T_ENTITY], 0);   /* entity 0 is none */
	o->t[T_ENTITY].dirty[0] = 0;
	o->last_minute = INT64_MIN;
	return o;
}

void observe_free(struct observe *o)
{
	if (!o)
		return;
	for (int i = 0; i < T_MAX; i++)
		table_done(&o->t[i]);
	observe_texts_done(o);
	free(o->minutes);
	free(o);
}

/* ---- filling ---- */

static bool where_before(const struct obs_where *a, const struct obs_where *b)
{
	return a->file != b->file ? a->file < b->file : a->frame < b->frame;
}

/* Keep the span of first and last, and the place of the first. */
static void widen(int64_t *first, int64_t *last, int64_t a, int64_t b)
{
	if (*first == 0 || a < *first)
		*first = a;
	if (b > *last)
		*last = b;
}

void obs_gaps_add(struct obs_gaps *g, int64_t gap_ns)
{
	if (gap_ns <= 0 || gap_ns > OBS_GAP_MAX)
		return;
	uint64_t us = ((uint64_t)gap_ns + 500) / 1000, square = us * us;
	if (g->sum2 > UINT64_MAX - square)
		return;
	g->n++;
	g->sum += us;
	g->sum2 += square;
}

uint64_t obs_gaps_period(const struct obs_gaps *g)
{
	return g->n ? (g->sum + g->n / 2) / g->n : 0;
}

uint64_t obs_gaps_jitter(const struct obs_gaps *g)
{
	if (!g->n)
		return 0;
	double mean = (double)g->sum / (double)g->n, square = (double)g->sum2 / (double)g->n - mean * mean;
	return square > 0 ? (uint64_t)(sqrt(square) + 0.5) : 0;
}

static void gaps_join(struct obs_gaps *g, const struct obs_gaps *more)
{
	if (g->sum2 > UINT64_MAX - more->sum2)
		return;
	g->n += more->n;
	g->sum += more->sum;
	g->sum2 += more->sum2;
}

static bool segment_is(const struct obs_segment *s, const struct packet *p)
{
	return s->file_set == p->set && s->tunnel == p->tunnel && s->tunnel_id == p->tunnel_id && s->vlans == p->vlans &&
	       memcmp(s->vlan, p->vlan, sizeof *s->vlan * s->vlans) == 0 &&
	       (!s->tunnel || addr_equal(&s->tunnel_src, &p->tunnel_src));
}

uint32_t observe_segment(struct observe *o, const struct packet *p)
{
	struct table_rows *t = &o->t[T_SEGMENT];
	if (t->n) {
		struct obs_segment *s = table_row(t, o->last_segment);
		if (segment_is(s, p)) {
			s->frames++;
			t->dirty[o->last_segment] = 1;
			return o->last_segment;
		}
	}
	uint64_t h = hash_bytes(p->vlan, sizeof *p->vlan * p->vlans, o->seed ^ (p->tunnel_id * UINT64_C(8) + p->tunnel));
	h += p->set;
	if (p->tunnel)
		h = hash_bytes(p->tunnel_src.b, 16, h);
	EACH_WITH(t, h, at)
	{
		struct obs_segment *s = table_row(t, at - 1);
		if (segment_is(s, p)) {
			s->frames++;
			t->dirty[at - 1] = 1;
			return o->last_segment = at - 1;
		}
	}
	struct obs_segment *s = table_add(t, h);
	if (!s) {
		observe_count(o, COUNT_DROPPED_SEGMENTS, 1);
		return 0;
	}
	s->file_set = p->set;
	s->tunnel = p->tunnel;
	s->tunnel_id = p->tunnel_id;
	s->vlans = p->vlans;
	memcpy(s->vlan, p->vlan, sizeof *s->vlan * p->vlans);
	if (p->tunnel)
		s->tunnel_src = p->tunnel_src;
	s->frames = 1;
	return o->last_segment = t->n - 1;
}

static uint32_t entity(struct observe *o, uint32_t segment, bool is_mac, const void *key, size_t n,
		       const struct obs_where *w)
{
	struct table_rows *t = &o->t[T_ENTITY];
	uint64_t h = hash_bytes(key, n, o->seed ^ (segment * 2u + is_mac));
	EACH_WITH(t, h, at)
	{
		struct obs_entity *e = table_row(t, at - 1);
		if (at > 1 && e->segment == segment && e->is_mac == is_mac &&
		    memcmp(is_mac ? e->mac : e->ip.b, key, n) == 0)
			return at - 1;
	}
	struct obs_entity *e = table_add(t, h);
	if (!e) {
		observe_count(o, COUNT_DROPPED_ENTITIES, 1);
		return 0;
	}
	e->segment = segment;
	e->is_mac = is_mac;
	memcpy(is_mac ? e->mac : e->ip.b, key, n);
	if (w)
		e->where = *w;
	return t->n - 1;
}

uint32_t observe_mac(struct observe *o, uint32_t segment, const uint8_t mac[6], const struct obs_where *w)
{
	return entity(o, segment, true, mac, 6, w);
}

bool observe_mac_is(const struct observe *o, uint32_t entity_id, const uint8_t mac[6])
{
	const struct obs_entity *e = table_row(&o->t[T_ENTITY], entity_id);
	return entity_id && memcmp(e->mac, mac, 6) == 0;
}

uint32_t observe_ip(struct observe *o, uint32_t segment, const struct addr *ip, const struct obs_where *w)
{
	return entity(o, segment, false, ip->b, 16, w);
}

void observe_sent(struct observe *o, uint32_t entity_id, uint64_t n, int64_t ts, uint32_t ttl)
{
	struct table_rows *t = &o->t[T_ENTITY];
	if (entity_id == 0 || entity_id >= t->n)
		return;
	struct obs_entity *e = table_row(t, entity_id);
	e->frames += n;
	widen(&e->first, &e->last, ts, ts);
	if (ttl > e->ttl)
		e->ttl = ttl;
	t->dirty[entity_id] = 1;
}

void observe_link(struct observe *o, uint32_t mac_entity, uint32_t ip_entity, enum link_reason reason,
		  const char *source, const struct obs_where *w)
{
	struct table_rows *t = &o->t[T_LINK];
	if (!mac_entity || !ip_entity)
		return;
	/* Hashed by IP and reason: an ARP claim must find the other MACs that claim it. */
	uint64_t h = hash_mix(o->seed ^ (ip_entity * (uint64_t)LINK_MAX + reason));
	struct obs_link *found = NULL, *latest = NULL;
	uint32_t index = 0, claims = 0;
	EACH_WITH(t, h, at)
	{
		struct obs_link *l = table_row(t, at - 1);
		if (l->b != ip_entity || l->reason != reason)
			continue;
		claims++;
		if (l->a == mac_entity) {
			found = l;
			index = at - 1;
		}
		if (!latest || l->last > latest->last)
			latest = l;
	}
	if (!found) {
		found = claims < CLAIMS ? table_add(t, h) : NULL;
		if (!found) {
			observe_count(o, COUNT_DROPPED_LINKS, 1);
			return;
		}
		index = t->n - 1;
		found->a = mac_entity;
		found->b = ip_entity;
		found->reason = (uint8_t)reason;
		found->where = *w;
		found->source = observe_intern_own(o, source);
	} else if (latest != found) {
		found->alternations++;   /* another one claimed it since */
	}
	found->count++;
	widen(&found->first, &found->last, w->ts, w->ts);
	t->dirty[index] = 1;
}

void observe_attr(struct observe *o, uint32_t entity_id, enum attr field, const char *value, const char *source,
		  enum confidence confidence, const struct obs_where *w)
{
	struct table_rows *t = &o->t[T_ATTR];
	if (!entity_id || !value || !*value)
		return;
	/* Looked up only: what is not kept must not fill the memory for texts. */
	const char *v = observe_known(o, value), *s = observe_intern_own(o, source);
	uint64_t h = hash_mix(o->seed ^ (entity_id * (uint64_t)ATTR_MAX + field));
	const char *values[OBS_VALUES];
	size_t n = 0;
	bool known = false;
	EACH_WITH(t, h, at)
	{
		struct obs_attr *a = table_row(t, at - 1);
		if (a->entity != entity_id || a->field != field)
			continue;
		if (a->value == v && a->source == s && a->confidence == confidence) {
			a->count++;
			if (where_before(w, &a->where))
				a->where = *w;
			widen(&a->first, &a->last, w->ts, w->ts);
			t->dirty[at - 1] = 1;
			return;
		}
		bool listed = false;
		for (size_t i = 0; i < n && !listed; i++)
			listed = values[i] == a->value;
		if (!listed && n < OBS_VALUES)
			values[n++] = a->value;
		known |= a->value == v;
	}
	if (!known && n == OBS_VALUES) {
		observe_count(o, COUNT_DROPPED_VALUES, 1);
		return;
	}
	if (!v)
		v = observe_intern_wire(o, value);
	if (!*v)
		return;
	struct obs_attr *a = table_add(t, h);
	if (!a) {
		observe_count(o, COUNT_DROPPED_ATTRS, 1);
		return;
	}
	*a = (struct obs_attr){
		.entity = entity_id, .field = (uint8_t)field, .confidence = (uint8_t)confidence, .value = v,
		.source = s, .count = 1, .first = w->ts, .last = w->ts, .where = *w,
	};
}

static void conv(struct observe *o, const struct obs_conv *c, bool cyclic)
{
	struct table_rows *t = &o->t[T_CONV];
	const char *proto = observe_intern_own(o, c->proto), *risk = observe_intern_own(o, c->risk);
	uint32_t key[4] = { c->client, c->server, c->transport * 65536u + c->port, 0 };
	uint64_t h = hash_bytes(key, sizeof key, o->seed ^ (uintptr_t)proto);
	struct obs_conv *row = NULL;
	EACH_WITH(t, h, at)
	{
		struct obs_conv *x = table_row(t, at - 1);
		if (x->client == c->client && x->server == c->server && x->transport == c->transport &&
		    x->port == c->port && x->proto == proto) {
			row = x;
			t->dirty[at - 1] = 1;
			break;
		}
	}
	if (!row) {
		row = table_add(t, h);
		if (!row) {
			observe_count(o, COUNT_DROPPED_CONVS, 1);
			return;
		}
		row->client = c->client;
		row->server = c->server;
		row->transport = c->transport;
		row->port = c->port;
		row->proto = proto;
		row->risk = risk;
		row->where = c->where;
	}
	if (c->confidence > row->confidence)
		row->confidence = c->confidence;
	if (!*row->risk)
		row->risk = risk;
	if (where_before(&c->where, &row->where))
		row->where = c->where;
	row->frames += c->frames;
	row->packets_c += c->packets_c;
	row->packets_s += c->packets_s;
	row->bytes_c += c->bytes_c;
	row->bytes_s += c->bytes_s;
	row->flows += c->flows;
	row->refused += c->refused;
	row->retransmits += c->retransmits;
	row->requests += c->requests;
	row->unanswered += c->unanswered;
	gaps_join(&row->gaps, &c->gaps);
	if (cyclic && row->last)
		obs_gaps_add(&row->gaps, c->first - row->last);
	widen(&row->first, &row->last, c->first, c->last);
}

void observe_conv(struct observe *o, const struct obs_conv *c)
{
	conv(o, c, false);
}

void observe_cyclic(struct observe *o, const struct obs_conv *c)
{
	conv(o, c, true);
}

uint32_t observe_op(struct observe *o, const struct obs_op *op)
{
	struct table_rows *t = &o->t[T_OP];
	const char *proto = observe_intern_own(o, op->proto), *name = observe_intern_own(o, op->name);
	const char *detail = observe_intern_wire(o, t->n < OPS_PLAIN ? op->detail : NULL);
	if (t->n >= OPS_PLAIN && op->detail && *op->detail)
		observe_count(o, COUNT_DROPPED_OPS, 1);
	uint64_t key[6] = { op->client, op->server, op->transport * 65536u + op->port, (uintptr_t)proto,
			    (uintptr_t)name, (uintptr_t)detail };
	uint64_t h = hash_bytes(key, sizeof key, o->seed ^ (op->cls * 4u + op->result));
	EACH_WITH(t, h, at)
	{
		struct obs_op *x = table_row(t, at - 1);
		if (x->client == op->client && x->server == op->server && x->transport == op->transport &&
		    x->port == op->port && x->proto == proto && x->cls == op->cls && x->name == name &&
		    x->detail == detail && x->result == op->result) {
			x->count += op->count ? op->count : 1;
			if (op->confidence > x->confidence)
				x->confidence = op->confidence;
			if (where_before(&op->where, &x->where))
				x->where = op->where;
			obs_gaps_add(&x->gaps, op->where.ts - x->last);
			widen(&x->first, &x->last, op->where.ts, op->where.ts);
			t->dirty[at - 1] = 1;
			return at - 1;
		}
	}
	struct obs_op *x = table_add(t, h);
	if (!x) {
		observe_count(o, COUNT_DROPPED_OPS, 1);
		return OBS_NO_ROW;
	}
	*x = *op;
	x->proto = proto;
	x->name = name;
	x->detail = detail;
	x->count = op->count ? op->count : 1;
	x->first = x->last = op->where.ts;
	return t->n - 1;
}

void observe_op_again(struct observe *o, uint32_t row, int64_t ts)
{
	struct table_rows *t = &o->t[T_OP];
	if (row >= t->n)
		return;
	struct obs_op *x = table_row(t, row);
	x->count++;
	obs_gaps_add(&x->gaps, ts - x->last);
	widen(&x->first, &x->last, ts, ts);
	t->dirty[row] = 1;
}

void observe_file(struct observe *o, uint16_t file, const struct obs_file *f)
{
	struct table_rows *t = &o->t[T_FILE];
	while (t->n <= file)
		if (!table_add(t, t->n))
			return;
	struct obs_file *row = table_row(t, file);
	*row = *f;
	row->name = observe_intern_own(o, f->name);
	row->problem = observe_intern_own(o, f->problem);
	t->dirty[file] = 1;
}

void observe_count(struct observe *o, enum obs_count which, uint64_t n)
{
	o->counts[which] += n;
	o->counts_dirty = true;
}

/* ---- reading ---- */

#define READER(name, table, type)                                                                               \
	uint32_t name(const struct observe *o, const struct type **rows)                                        \
	{                                                                                                       \
		*rows = o->t[table].rows;                                                                       \
		return o->t[table].n;                                                                           \
	}

READER(observe_segments, T_SEGMENT, obs_segment)
READER(observe_entities, T_ENTITY, obs_entity)
READER(observe_links, T_LINK, obs_link)
READER(observe_attrs, T_ATTR, obs_attr)
READER(observe_convs, T_CONV, obs_conv)
READER(observe_ops, T_OP, obs_op)
READER(observe_files, T_FILE, obs_file)
READER(observe_silent, T_SILENCE, obs_silence)

uint64_t observe_counted(const struct observe *o, enum obs_count which)
{
	return o->counts[which];
}
