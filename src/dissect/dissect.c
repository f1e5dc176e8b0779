#include "dissect/dissect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "dissect/core.h"

enum {
	ATTEMPTS_MAX = 24,       /* packets with data that may pass before a flow is given up */
	PENDING = 16,
	HELD = 24,               /* observations kept back until the claim */
	ALSO = 2,
	OP_CACHE = 16,
	CONTENT_MESSAGES = 3,
	DISSECTORS_MAX = 64,     /* bits of dissect_session.tried */
	SESSIONS_CHUNK = 64,
};

struct op_key {
	const char *name;
	uint32_t code, extra, extra2;
	int8_t op;
	uint8_t result, client, confidence;
	uint32_t row;            /* of observe_op() */
};

/* Something said before the claim. */
struct held {
	struct held *next;
	uint32_t entity;         /* attribute: whose */
	int8_t op;               /* operation's class, -1 for an attribute */
	uint8_t field, result;
	const char *source;      /* static: source of the attribute, name of the operation */
	struct obs_where where;
	char text[];
};

struct dissect_session {
	const struct dissector *d;
	struct dissect_session *free_next;
	uint64_t tried;
	bool claimed;
	uint8_t confidence;
	bool resync[2];
	uint8_t matched;         /* messages that fitted, up to 255 */
	uint64_t skip[2];
	uint32_t frames, last_frame;
	uint16_t last_file;
	uint8_t pending_at, pending_n, n_held, n_also;
	struct dissect_request pending[PENDING];
	struct op_key ops[OP_CACHE];
	struct held *held, **held_end;
	struct { const char *proto; uint32_t frames, last_frame; } also[ALSO];
	_Alignas(8) uint8_t scratch[DISSECT_SCRATCH];
};

/* Dissectors that a port names first, then all that take any port. */
struct port_list {
	uint8_t n;
	uint8_t list[7];
};

struct dissect_core {
	struct observe *o;
	struct port_list *tcp_port, *udp_port;   /* 65536 each, only as many pages as are used */
	uint8_t any_tcp[DISSECTORS_MAX], any_udp[DISSECTORS_MAX];
	size_t n_any_tcp, n_any_udp;
	size_t n;
	struct dissect_session *free_sessions;
	struct dissect_session **chunks;
	size_t n_chunks;
};

struct dissect {
	struct dissect_core *core;
	struct dissect_flow *f;           /* NULL for frames without a flow */
	struct dissect_session *s;        /* likewise */
	const struct dissector *d;
	const struct packet *p;
	int from;                         /* end of the flow */
	uint32_t segment;
	uint32_t peer_frame;              /* the request that dissect_response() found */
	uint32_t sender, receiver, mac;   /* found when asked for */
	bool evident;
};

/* ---- life ---- */

struct dissect_core *dissect_core_new(struct observe *o)
{
	struct dissect_core *c = xcalloc(1, sizeof *c);
	c->o = o;
	c->tcp_port = xcalloc(65536, sizeof *c->tcp_port);
	c->udp_port = xcalloc(65536, sizeof *c->udp_port);
	for (size_t i = 0; dissectors[i] && i < DISSECTORS_MAX; i++) {
		const struct dissector *d = dissectors[i];
		c->n++;
		for (int k = 0; k < DISSECT_PORTS && d->tcp[k]; k++) {
			struct port_list *l = &c->tcp_port[d->tcp[k]];
			if (l->n < sizeof l->list)
				l->list[l->n++] = (uint8_t)i;
		}
		for (int k = 0; k < DISSECT_PORTS && d->udp[k]; k++) {
			struct port_list *l = &c->udp_port[d->udp[k]];
			if (l->n < sizeof l->list)
				l->list[l->n++] = (uint8_t)i;
		}
		if (d->any_tcp)
			c->any_tcp[c->n_any_tcp++] = (uint8_t)i;
		if (d->any_udp)
			c->any_udp[c->n_any_udp++] = (uint8_t)i;
	}
	return c;
}

void dissect_core_free(struct dissect_core *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_chunks; i++)
		free(c->chunks[i]);
	free(c->chunks);
	free(c->tcp_port);
	free(c->udp_port);
	free(c);
}

static struct dissect_session *session_new(struct dissect_core *c)
{
	if (!c->free_sessions) {
		struct dissect_session *chunk = xcalloc(SESSIONS_CHUNK, sizeof *chunk);
		c->chunks = xrealloc(c->chunks, (c->n_chunks + 1) * sizeof(struct dissect_session *));
		c->chunks[c->n_chunks++] = chunk;
		for (int i = 0; i < SESSIONS_CHUNK; i++) {
			chunk[i].free_next = c->free_sessions;
			c->free_sessions = &chunk[i];
		}
	}
	struct dissect_session *s = c->free_sessions;
	c->free_sessions = s->free_next;
	memset(s, 0, sizeof *s);
	s->held_end = &s->held;
	return s;
}

static void held_drop(struct dissect_session *s)
{
	for (struct held *h = s->held, *next; h; h = next) {
		next = h->next;
		free(h);
	}
	s->held = NULL;
	s->held_end = &s->held;
	s->n_held = 0;
}

/* Another dissector's turn: forget what the last one left, but not who had it. */
static void session_reset(struct dissect_session *s)
{
	uint64_t tried = s->tried;
	held_drop(s);
	memset(s, 0, sizeof *s);
	s->held_end = &s->held;
	s->tried = tried;
}

static void session_free(struct dissect_core *c, struct dissect_session *s)
{
	held_drop(s);
	s->free_next = c->free_sessions;
	c->free_sessions = s;
}

/* ---- the claim ---- */

static enum confidence confidence_now(const struct dissect *d)
{
	if (d->evident || !d->s)
		return CONF_CONFIRMED;
	return d->s->claimed ? (enum confidence)d->s->confidence : CONF_CONTENT;
}

static struct obs_op op_row(const struct dissect *d, enum op_class cls, const char *name, enum op_result result,
			    enum confidence confidence)
{
	return (struct obs_op){
		.client = dissect_client(d), .server = dissect_server(d),
		.transport = d->f ? d->f->transport : TRANSPORT_ETHER, .cls = (uint8_t)cls,
		.confidence = (uint8_t)confidence, .result = (uint8_t)result, .port = dissect_server_port(d),
		.proto = d->d->name, .name = name, .detail = "",
	};
}

static void claim(struct dissect *d, enum confidence confidence)
{
	struct dissect_session *s = d->s;
	if (!s || (s->claimed && s->confidence >= confidence))
		return;
	s->claimed = true;
	s->confidence = (uint8_t)confidence;
	for (struct held *h = s->held; h; h = h->next) {
		if (h->op < 0) {
			observe_attr(d->core->o, h->entity, (enum attr)h->field, h->text, h->source, confidence,
				     &h->where);
			continue;
		}
		struct obs_op op = op_row(d, (enum op_class)h->op, h->source, (enum op_result)h->result, confidence);
		op.detail = h->text;
		op.where = h->where;
		observe_op(d->core->o, &op);
	}
	held_drop(s);
}

static struct obs_where where_now(const struct dissect *d)
{
	struct obs_where w = obs_where(d->p);
	w.peer_frame = d->peer_frame;
	return w;
}

static void hold(struct dissect *d, uint32_t entity, int op, int field, const char *source, const char *text,
		 enum op_result result)
{
	struct dissect_session *s = d->s;
	if (s->n_held >= HELD)
		return;
	size_t n = strnlen(text, OBS_TEXT);
	struct held *h = xmalloc(sizeof *h + n + 1);
	*h = (struct held){ .entity = entity, .op = (int8_t)op, .field = (uint8_t)field,
			    .result = (uint8_t)result, .source = source, .where = where_now(d) };
	memcpy(h->text, text, n);
	h->text[n] = 0;
	*s->held_end = h;
	s->held_end = &h->next;
	s->n_held++;
}

/* An operation of a request that was answered, or never was (peer 0). */
static void observe_request(struct dissect *d, const struct dissect_request *r, enum op_result result,
			    uint32_t peer)
{
	struct dissect_session *s = d->s;
	uint32_t hash = (uint32_t)((uintptr_t)r->name >> 3) * 31u + r->code * 7u + r->extra * 13u + r->extra2 * 17u +
			(uint32_t)result;
	hash ^= hash >> 8;
	struct op_key *k = &s->ops[hash % OP_CACHE];
	if (k->name == r->name && k->code == r->code && k->extra == r->extra && k->extra2 == r->extra2 &&
	    k->op == r->op && k->result == result && k->client == d->f->client && k->confidence == s->confidence) {
		observe_op_again(d->core->o, k->row, r->ts);
		return;
	}
	char detail[64] = "";
	if (r->describe)
		r->describe(r, detail, sizeof detail);
	struct obs_op op = op_row(d, (enum op_class)r->op, r->name, result, (enum confidence)s->confidence);
	op.detail = detail;
	op.where = (struct obs_where){ .file = r->file, .frame = r->frame, .peer_frame = peer, .ts = r->ts };
	uint32_t row = observe_op(d->core->o, &op);
	if (row != OBS_NO_ROW)
		*k = (struct op_key){ .name = r->name, .code = r->code, .extra = r->extra, .extra2 = r->extra2,
				      .op = (int8_t)r->op, .result = (uint8_t)result, .client = d->f->client,
				      .confidence = s->confidence, .row = row };
}

/* A message fitted: count its frame, and claim on content where one direction is all there is. */
static void matched(struct dissect *d)
{
	struct dissect_session *s = d->s;
	if (s->last_frame != d->p->frame || s->last_file != d->p->file || s->frames == 0) {
		s->frames++;
		s->last_frame = d->p->frame;
		s->last_file = d->p->file;
	}
	if (s->matched < UINT8_MAX)
		s->matched++;
	if (d->evident)
		claim(d, CONF_CONFIRMED);
	else if (!s->claimed && s->matched >= CONTENT_MESSAGES && !d->f->data_seen[!d->from])
		claim(d, CONF_CONTENT);
}

/* Run message() and count; false: not mine. */
static bool run(struct dissect *d, struct cur message, bool cut)
{
	struct observe *o = d->core->o;
	enum dissect_result r = d->d->message(d, message);
	if (cut && r == DISSECT_MALFORMED)
		r = DISSECT_TRUNCATED;
	bool mine = d->s == NULL || d->s->claimed || d->evident;
	if (r == DISSECT_NOT_MINE || (r == DISSECT_MALFORMED && !mine))
		return false;
	if (r == DISSECT_MALFORMED)
		observe_count(o, COUNT_DISSECT_MALFORMED, 1);
	if (r == DISSECT_TRUNCATED)
		observe_count(o, COUNT_DISSECT_TRUNCATED, 1);
	if (d->s && r != DISSECT_LOWER)
		matched(d);
	return true;
}

/* ---- frames without a flow ---- */

static void ends_of_frame(struct dissect *d)
{
	struct obs_where w = obs_where(d->p);
	if (d->p->has_mac && mac_is_host(d->p->mac_src))
		d->mac = d->sender = observe_mac(d->core->o, d->segment, d->p->mac_src, &w);
	if (d->p->ip && addr_is_host(&d->p->src))
		d->sender = observe_ip(d->core->o, d->segment, &d->p->src, &w);
	if (d->p->ip && addr_is_host(&d->p->dst))
		d->receiver = observe_ip(d->core->o, d->segment, &d->p->dst, &w);
	else if (d->p->has_dst_mac && mac_is_host(d->p->mac_dst))
		d->receiver = observe_mac(d->core->o, d->segment, d->p->mac_dst, &w);
}

static bool frame_is_for(const struct dissector *d, const struct packet *p)
{
	if (p->ip)
		return d->ip_proto && d->ip_proto == p->proto;
	if (p->ethertype) {
		for (size_t k = 0; k < sizeof d->ethertype / sizeof *d->ethertype && d->ethertype[k]; k++)
			if (d->ethertype[k] == p->ethertype)
				return true;
		return false;
	}
	if (p->snap_oui || p->snap_pid)
		return d->snap_oui == p->snap_oui && d->snap_pid == p->snap_pid && d->snap_pid;
	return d->llc_dsap && d->llc_dsap == p->llc_dsap;
}

bool dissect_frame(struct dissect_core *c, const struct packet *p, uint32_t segment)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct dissector *x = dissectors[i];
		if (!frame_is_for(x, p) || (x->probe && !x->probe(&p->payload, SIDE_CLIENT)))
			continue;
		struct dissect d = { .core = c, .d = x, .p = p, .segment = segment };
		ends_of_frame(&d);
		if (!run(&d, p->payload, packet_cut(p)))
			continue;
		if (x->ot)
			observe_minute(c->o, p->ts, true);
		observe_conv(c->o, &(struct obs_conv){
			.client = d.sender, .server = d.receiver,
			.transport = p->ip ? TRANSPORT_IP : TRANSPORT_ETHER, .confidence = CONF_CONFIRMED,
			.port = p->ip ? 0 : p->ethertype, .proto = x->name, .risk = "", .frames = 1, .packets_c = 1,
			.bytes_c = p->payload_wire, .first = p->ts, .last = p->ts, .where = obs_where(p) });
		return true;
	}
	return false;
}

/* ---- flows ---- */

static enum side side_of(const struct dissect_flow *f, int from)
{
	return from == f->client ? SIDE_CLIENT : SIDE_SERVER;
}

static struct dissect begin(struct dissect_core *c, struct dissect_flow *f, const struct packet *p, int from)
{
	return (struct dissect){ .core = c, .f = f, .s = f->session, .p = p, .from = from, .segment = f->segment,
				 .d = f->session ? f->session->d : NULL, .sender = f->entity[from],
				 .receiver = f->entity[!from] };
}

static bool offer(struct dissect_core *c, struct dissect_flow *f, uint8_t index, const struct cur *data, int from)
{
	const struct dissector *x = dissectors[index];
	if (f->session && (f->session->tried >> index & 1))
		return false;
	/* Who is the client is a guess until somebody tells: try it both ways. */
	bool fits = x->probe && x->probe(data, side_of(f, from));
	if (!fits && !f->client_known && x->probe && x->probe(data, side_of(f, !from))) {
		f->client = (uint8_t)!f->client;
		fits = true;
	}
	if (!fits)
		return false;
	if (!f->session)
		f->session = session_new(c);
	f->session->d = x;
	f->session->tried |= UINT64_C(1) << index;
	return true;
}

/* Find a dissector that wants these bytes: those of either port first. */
static bool choose(struct dissect_core *c, struct dissect_flow *f, const struct cur *data, int from)
{
	bool tcp = f->transport == TRANSPORT_TCP;
	const struct port_list *ports = tcp ? c->tcp_port : c->udp_port;
	for (int end = 0; end < 2; end++) {
		int side = end ? f->client : !f->client;   /* the server's port first */
		const struct port_list *l = &ports[f->port[side]];
		if (l->n && !f->client_known)
			f->client = (uint8_t)!side;
		for (uint8_t i = 0; i < l->n; i++)
			if (offer(c, f, l->list[i], data, from))
				return true;
	}
	const uint8_t *any = tcp ? c->any_tcp : c->any_udp;
	size_t n = tcp ? c->n_any_tcp : c->n_any_udp;
	for (size_t i = 0; i < n; i++)
		if (offer(c, f, any[i], data, from))
			return true;
	return false;
}

/* Nobody wanted this packet's data. */
static void attempt_failed(struct dissect_core *c, struct dissect_flow *f)
{
	if (f->session && f->session->claimed)
		return;
	if (++f->attempts >= ATTEMPTS_MAX) {
		f->given_up = true;
		if (f->session) {
			session_free(c, f->session);
			f->session = NULL;
		}
	}
}

/* The candidate was wrong: the next one. */
static void drop_candidate(struct dissect_flow *f)
{
	session_reset(f->session);
}

void dissect_datagram(struct dissect_core *c, struct dissect_flow *f, const struct packet *p, int from)
{
	if (f->given_up || cur_left(&p->payload) == 0)
		return;
	f->data_seen[from] = true;
	while ((f->session && f->session->d) || choose(c, f, &p->payload, from)) {
		struct dissect d = begin(c, f, p, from);
		if (run(&d, p->payload, packet_cut(p)))
			return;
		if (d.s->claimed)
			return;
		drop_candidate(f);
	}
	attempt_failed(c, f);
}

size_t dissect_stream(struct dissect_core *c, struct dissect_flow *f, const struct packet *p, int from,
		      struct cur data, bool cut)
{
	size_t total = cur_left(&data);
	if (f->given_up)
		return total;
	f->data_seen[from] = true;
	while (cur_left(&data)) {
		struct dissect_session *s = f->session;
		if (s && s->skip[from]) {
			if (s->skip[from] == UINT64_MAX) {
				if (!s->d->probe(&data, side_of(f, from)))
					return total;
				s->skip[from] = 0;
			} else {
				size_t n = cur_left(&data) < s->skip[from] ? cur_left(&data) : (size_t)s->skip[from];
				cur_skip(&data, n);
				s->skip[from] -= n;
				continue;
			}
		}
		if (!s || !s->d) {
			if (!choose(c, f, &data, from)) {
				attempt_failed(c, f);
				return total;
			}
			s = f->session;
		}
		if (s->resync[from]) {
			if (!s->d->probe(&data, side_of(f, from)))
				return total;
			s->resync[from] = false;
		}
		int32_t n = s->d->length(&data, side_of(f, from));
		if (n == DISSECT_NEED_MORE || (n > 0 && n <= DISSECT_MESSAGE_MAX && !cur_has(&data, (size_t)n))) {
			if (!cut)
				return cur_left(&data) > DISSECT_MESSAGE_MAX ? total : total - cur_left(&data);
			n = (int32_t)cur_left(&data);
		} else if (n > DISSECT_MESSAGE_MAX) {
			s->skip[from] = (uint64_t)n;
			continue;
		} else if (n < 0) {
			if (!s->claimed) {
				drop_candidate(f);
				continue;
			}
			s->resync[from] = true;
			observe_count(c->o, COUNT_DISSECT_MALFORMED, 1);
			return total;
		}
		struct dissect d = begin(c, f, p, from);
		struct cur rest = data;
		struct cur message = cur_sub(&rest, (size_t)n);
		if (run(&d, message, cut && cur_left(&rest) == 0) || s->claimed)
			data = rest;
		else
			drop_candidate(f);
	}
	return total;
}

void dissect_gap(struct dissect_flow *f, int from)
{
	struct dissect_session *s = f->session;
	if (s && s->d) {
		s->resync[from] = true;
		s->skip[from] = 0;
	}
}

const struct dissector *dissect_claimed(const struct dissect_flow *f, enum confidence *confidence)
{
	if (!f->session || !f->session->claimed)
		return NULL;
	*confidence = (enum confidence)f->session->confidence;
	return f->session->d;
}

void dissect_report(struct dissect_core *c, struct dissect_flow *f, const struct obs_conv *base)
{
	struct dissect_session *s = f->session;
	struct obs_conv row = *base;
	row.proto = s->d->name;
	row.confidence = s->confidence;
	row.frames = s->frames;
	observe_conv(c->o, &row);
	s->frames = 0;
	for (int i = 0; i < s->n_also; i++) {
		if (!s->also[i].frames)
			continue;
		struct obs_conv inner = { .client = base->client, .server = base->server,
					  .transport = base->transport, .port = base->port,
					  .confidence = s->confidence, .proto = s->also[i].proto, .risk = "",
					  .frames = s->also[i].frames, .flows = base->flows, .first = base->first,
					  .last = base->last, .where = base->where };
		observe_conv(c->o, &inner);
		s->also[i].frames = 0;
	}
}

void dissect_finish(struct dissect_core *c, struct dissect_flow *f)
{
	struct dissect_session *s = f->session;
	if (!s)
		return;
	if (s->claimed) {
		struct packet none = { 0 };
		struct dissect d = begin(c, f, &none, f->client);
		for (int i = 0; i < s->pending_n; i++) {
			const struct dissect_request *r = &s->pending[(s->pending_at + PENDING - s->pending_n + i) % PENDING];
			if (r->op >= 0)
				observe_request(&d, r, RESULT_UNKNOWN, 0);
		}
	}
	session_free(c, s);
	f->session = NULL;
}

/* ---- what dissectors ask ---- */

const struct packet *dissect_packet(const struct dissect *d)
{
	return d->p;
}

enum side dissect_side(const struct dissect *d)
{
	return d->f ? side_of(d->f, d->from) : SIDE_CLIENT;
}

uint32_t dissect_sender(const struct dissect *d)
{
	return d->sender;
}

uint32_t dissect_receiver(const struct dissect *d)
{
	return d->receiver;
}

uint32_t dissect_client(const struct dissect *d)
{
	return d->f ? d->f->entity[d->f->client] : d->sender;
}

uint32_t dissect_server(const struct dissect *d)
{
	return d->f ? d->f->entity[!d->f->client] : d->receiver;
}

uint32_t dissect_mac(const struct dissect *d)
{
	if (d->mac || !d->p->has_mac || !mac_is_host(d->p->mac_src))
		return d->mac;
	struct obs_where w = obs_where(d->p);
	return observe_mac(d->core->o, d->segment, d->p->mac_src, &w);
}

struct observe *dissect_observe(const struct dissect *d)
{
	return d->core->o;
}

uint32_t dissect_segment(const struct dissect *d)
{
	return d->segment;
}

uint16_t dissect_server_port(const struct dissect *d)
{
	return d->f ? d->f->port[!d->f->client] : d->p->ethertype;
}

void *dissect_scratch(struct dissect *d)
{
	static _Thread_local _Alignas(8) uint8_t none[DISSECT_SCRATCH];
	if (!d->s) {
		memset(none, 0, sizeof none);
		return none;
	}
	return d->s->scratch;
}

uint32_t dissect_ip(struct dissect *d, const struct addr *ip)
{
	struct obs_where w = where_now(d);
	return addr_is_host(ip) ? observe_ip(d->core->o, d->segment, ip, &w) : 0;
}

uint32_t dissect_mac_of(struct dissect *d, const uint8_t mac[6])
{
	struct obs_where w = where_now(d);
	return mac_is_host(mac) ? observe_mac(d->core->o, d->segment, mac, &w) : 0;
}

/* ---- what dissectors say ---- */

void dissect_set_side(struct dissect *d, enum side sender)
{
	if (!d->f || dissect_side(d) == sender)
		return;
	d->f->client = (uint8_t)!d->f->client;
	d->f->client_known = true;
}

void dissect_request(struct dissect *d, const struct dissect_request *r)
{
	struct dissect_session *s = d->s;
	if (!s)
		return;
	struct dissect_request *slot = &s->pending[s->pending_at];
	if (s->pending_n == PENDING) {
		if (s->claimed && slot->op >= 0)
			observe_request(d, slot, RESULT_UNKNOWN, 0);
	} else {
		s->pending_n++;
	}
	*slot = *r;
	slot->frame = d->p->frame;
	slot->file = d->p->file;
	slot->ts = d->p->ts;
	s->pending_at = (uint8_t)((s->pending_at + 1) % PENDING);
}

bool dissect_response(struct dissect *d, uint64_t key, enum op_result result, struct dissect_request *out)
{
	struct dissect_session *s = d->s;
	if (out)
		*out = (struct dissect_request){ .op = -1 };
	if (!s)
		return false;
	int start = s->pending_at + PENDING - s->pending_n;
	for (int i = 0; i < s->pending_n; i++) {   /* the oldest first */
		struct dissect_request *r = &s->pending[(start + i) % PENDING];
		if (r->key != key)
			continue;
		struct dissect_request found = *r;
		for (int k = i; k > 0; k--)        /* close the hole towards the old end */
			s->pending[(start + k) % PENDING] = s->pending[(start + k - 1) % PENDING];
		s->pending_n--;
		d->peer_frame = found.frame;
		claim(d, CONF_CONFIRMED);
		if (found.op >= 0)
			observe_request(d, &found, result, d->p->frame);
		if (out)
			*out = found;
		return true;
	}
	return false;
}

void dissect_evident(struct dissect *d)
{
	d->evident = true;
	claim(d, CONF_CONFIRMED);
}

void dissect_attr_of(struct dissect *d, uint32_t entity, enum attr field, const char *value, const char *source)
{
	if (!entity || !value || !*value)
		return;
	if (d->s && !d->s->claimed && !d->evident) {
		hold(d, entity, -1, field, source, value, RESULT_UNKNOWN);
		return;
	}
	struct obs_where w = where_now(d);
	observe_attr(d->core->o, entity, field, value, source, confidence_now(d), &w);
}

void dissect_attr(struct dissect *d, enum attr field, const char *value, const char *source)
{
	dissect_attr_of(d, d->sender, field, value, source);
}

void dissect_attr_bytes(struct dissect *d, enum attr field, const void *bytes, size_t n, const char *source)
{
	char text[OBS_TEXT + 1];
	if (bytes && text_wire(bytes, n, text, sizeof text))
		dissect_attr(d, field, text, source);
}

void dissect_op(struct dissect *d, enum op_class cls, const char *name, const char *detail, enum op_result result)
{
	if (d->s && !d->s->claimed && !d->evident) {
		hold(d, 0, cls, 0, name, detail ? detail : "", result);
		return;
	}
	struct obs_op op = op_row(d, cls, name, result, confidence_now(d));
	op.detail = detail;
	op.where = where_now(d);
	observe_op(d->core->o, &op);
}

void dissect_weakness(struct dissect *d, const char *name, const char *detail)
{
	dissect_op(d, OP_WEAKNESS, name, detail, RESULT_UNKNOWN);
}

void dissect_skip(struct dissect *d, uint64_t n)
{
	if (d->s)
		d->s->skip[d->from] = n;
}

void dissect_also(struct dissect *d, const char *proto)
{
	struct dissect_session *s = d->s;
	if (!s)
		return;
	for (int i = 0; i < ALSO; i++) {
		if (i == s->n_also) {
			s->also[i].proto = proto;
			s->n_also++;
		} else if (strcmp(s->also[i].proto, proto) != 0) {
			continue;
		}
		if (s->also[i].last_frame != d->p->frame || !s->also[i].frames) {
			s->also[i].frames++;
			s->also[i].last_frame = d->p->frame;
		}
		return;
	}
}

void dissect_link(struct dissect *d, uint32_t mac_entity, uint32_t ip_entity, enum link_reason reason,
		  const char *source)
{
	struct obs_where w = where_now(d);
	if (mac_entity != ip_entity)
		observe_link(d->core->o, mac_entity, ip_entity, reason, source, &w);
}
