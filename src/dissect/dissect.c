/* What dissectors ask and say. */
#include "dissect/dissect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "dissect/names.h"
#include "dissect/session.h"

/* ---- the claim, and what waits for it ---- */

static size_t held_size(size_t text)
{
	return sizeof(struct held) + text + 1;
}

void dissect_held_drop(struct dissect_core *c, struct dissect_session *s)
{
	for (struct held *h = s->held, *next; h; h = next) {
		next = h->next;
		c->held -= held_size(strlen(h->text));
		free(h);
	}
	s->held = NULL;
	s->held_end = &s->held;
	s->n_held = 0;
}

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

void dissect_claim(struct dissect *d, enum confidence confidence)
{
	struct dissect_session *s = d->s;
	if (!s || (s->claimed && s->confidence >= confidence))
		return;
	bool first = !s->claimed;
	s->claimed = true;
	s->confidence = (uint8_t)confidence;
	/* A broadcast or group address is nobody who could ask: whoever answers on a flow of its own is. */
	bool to_all = s->to_all || (d->from == d->f->client && (!addr_is_host(&d->p->dst) ||
								(d->p->has_dst_mac && (d->p->mac_dst[0] & 1))));
	if (first && d->d->no_auth && !to_all)
		dissect_weakness(d, "no-authentication", NULL);
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
	dissect_held_drop(d->core, s);
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
	size_t n = strnlen(text, OBS_TEXT), size = held_size(n);
	if (s->n_held >= HELD || d->core->held + size > HELD_MEMORY) {
		observe_count(d->core->o, COUNT_DROPPED_VALUES, 1);
		return;
	}
	d->core->held += size;
	struct held *h = xmalloc(size);
	*h = (struct held){ .entity = entity, .op = (int8_t)op, .field = (uint8_t)field,
			    .result = (uint8_t)result, .source = source, .where = where_now(d) };
	memcpy(h->text, text, n);
	h->text[n] = 0;
	*s->held_end = h;
	s->held_end = &h->next;
	s->n_held++;
}

void dissect_observe_request(struct dissect *d, const struct dissect_request *r, enum op_result result,
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

/* ---- what dissectors ask ---- */

const struct packet *dissect_packet(const struct dissect *d)
{
	return d->p;
}

enum side dissect_side(const struct dissect *d)
{
	return d->f ? dissect_side_of(d->f, d->from) : d->answer ? SIDE_SERVER : SIDE_CLIENT;
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
	return d->f ? d->f->entity[d->f->client] : d->answer ? d->receiver : d->sender;
}

uint32_t dissect_server(const struct dissect *d)
{
	return d->f ? d->f->entity[!d->f->client] : d->answer ? d->sender : d->receiver;
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

static struct memory *memory_at(const struct dissect_core *c, const struct dissector *by, uint32_t key)
{
	uint32_t h = (key ^ (uint32_t)(unsigned char)by->name[0] * 2654435761u) * 2246822519u;
	return &c->memory[(h ^ h >> 15) % MEMORIES];
}

void *dissect_memory(struct dissect *d, uint32_t key)
{
	if (!d->core->memory)
		d->core->memory = xcalloc(MEMORIES, sizeof *d->core->memory);
	struct memory *m = memory_at(d->core, d->d, key);
	if (m->d != d->d || m->key != key)
		*m = (struct memory){ .d = d->d, .key = key };
	return m->bytes;
}

static const void *recall(const struct dissect_core *c, const struct dissector *by, uint32_t key)
{
	if (!c || !c->memory)
		return NULL;
	const struct memory *m = memory_at(c, by, key);
	return m->d == by && m->key == key ? m->bytes : NULL;
}

const void *dissect_recall(const struct dissect *d, uint32_t key)
{
	return recall(d->core, d->d, key);
}

const void *dissect_request_recall(const struct dissect_request *r, uint32_t key)
{
	return recall(r->core, dissectors[r->by], key);
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

const struct dissect_code *dissect_code_find(const struct dissect_code *table, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].code == code)
			return &table[i];
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	const struct number_name *x = a, *y = b;
	return (int)x->number - (int)y->number;
}

const char *name_of_number(const struct number_name *table, size_t n, uint32_t number)
{
	const struct number_name key = { (uint16_t)number, NULL };
	const struct number_name *x = number > UINT16_MAX ? NULL : bsearch(&key, table, n, sizeof *table, by_number);
	return x ? x->name : NULL;
}

/* ---- what dissectors say ---- */

void dissect_set_side(struct dissect *d, enum side sender)
{
	if (!d->f)
		d->answer = sender == SIDE_SERVER && d->receiver;   /* a group address has no entity */
	if (!d->f || dissect_side(d) == sender)
		return;
	d->f->client = (uint8_t)!d->f->client;
	d->f->client_known = true;
}

/* Its answers may come on another flow: let that find this one. */
static void apart_add(struct dissect *d)
{
	struct dissect_core *c = d->core;
	struct dissect_flow **slot = &c->apart[c->apart_at++ % APART];
	if (*slot)
		(*slot)->session->apart = false;
	*slot = d->f;
	d->s->apart = true;
	d->s->to_all = d->p->has_dst_mac && (d->p->mac_dst[0] & 1);
}

void dissect_apart_drop(struct dissect_core *c, struct dissect_session *s)
{
	for (size_t i = 0; s->apart && i < APART; i++)
		if (c->apart[i] && c->apart[i]->session == s)
			c->apart[i] = NULL;
	s->apart = false;
}

/* ---- requests of frames without a flow: all of them share a ring ---- */

static void asked_observe(struct dissect_core *c, struct asked *q, enum op_result result, uint32_t peer)
{
	const struct dissect_request *r = &q->r;
	char detail[64] = "";
	if (q->d && r->op >= 0) {
		if (r->describe)
			r->describe(r, detail, sizeof detail);
		observe_op(c->o, &(struct obs_op){
			.client = q->client, .server = q->server, .transport = q->transport, .port = q->port,
			.cls = (uint8_t)r->op, .result = (uint8_t)result, .confidence = CONF_CONFIRMED,
			.proto = q->d->name, .name = r->name, .detail = detail,
			.where = { .file = r->file, .frame = r->frame, .peer_frame = peer, .ts = r->ts } });
	}
	q->d = NULL;
}

static void ask(struct dissect *d, const struct dissect_request *r)
{
	struct dissect_core *c = d->core;
	struct asked *q = &c->asked[c->asked_at++ % ASKED];
	asked_observe(c, q, RESULT_UNKNOWN, 0);
	struct obs_op row = op_row(d, OP_READ, "", RESULT_UNKNOWN, CONF_CONFIRMED);
	*q = (struct asked){ .d = d->d, .client = d->sender, .server = d->receiver, .port = row.port,
			     .transport = row.transport, .r = *r };
	q->r.core = d->core;
	q->r.by = d->index;
	q->r.frame = d->p->frame;
	q->r.file = d->p->file;
	q->r.ts = d->p->ts;
}

static bool answer(struct dissect *d, uint64_t key, enum op_result result, struct dissect_request *out)
{
	struct dissect_core *c = d->core;
	for (size_t i = 0; i < ASKED; i++) {   /* the oldest first */
		struct asked *q = &c->asked[(c->asked_at + i) % ASKED];
		if (q->d != d->d || q->r.key != key || q->client != d->receiver || q->server != d->sender)
			continue;
		d->peer_frame = q->r.frame;
		if (out)
			*out = q->r;
		asked_observe(c, q, result, d->p->frame);
		return true;
	}
	return false;
}

void dissect_asked_unanswered(struct dissect_core *c)
{
	for (size_t i = 0; i < ASKED; i++)
		asked_observe(c, &c->asked[(c->asked_at + i) % ASKED], RESULT_UNKNOWN, 0);
}

/* ---- requests and responses ---- */

void dissect_request(struct dissect *d, const struct dissect_request *r)
{
	struct dissect_session *s = d->s;
	if (!d->f)
		ask(d, r);
	if (!s || !d->fits)
		return;
	struct dissect_request *slot = &s->pending[s->pending_at];
	s->requests++;
	if (s->pending_n == PENDING) {
		/* The oldest one gets no answer any more. */
		if (!slot->answered)
			s->unanswered++;
		if (s->claimed && slot->op >= 0 && !slot->answered)
			dissect_observe_request(d, slot, RESULT_UNKNOWN, 0);
	} else {
		s->pending_n++;
	}
	*slot = *r;
	slot->core = d->core;
	slot->by = d->index;
	slot->answered = false;
	slot->frame = d->p->frame;
	slot->file = d->p->file;
	slot->ts = d->p->ts;
	s->pending_at = (uint8_t)((s->pending_at + 1) % PENDING);
	if (d->d->apart && !s->apart)
		apart_add(d);
}

/* The oldest request with this key, which waits no longer. To a broadcast: the newest, and it does. */
static bool take(struct dissect_session *s, uint64_t key, bool keep, struct dissect_request *found)
{
	int start = s->pending_at + PENDING - s->pending_n;
	for (int i = 0; i < s->pending_n; i++) {   /* the oldest first */
		struct dissect_request *r = &s->pending[(start + (keep ? s->pending_n - 1 - i : i)) % PENDING];
		if (r->key != key)
			continue;
		*found = *r;
		if (keep) {
			r->answered = true;
			return true;
		}
		for (int k = i; k > 0; k--)        /* close the hole towards the old end */
			s->pending[(start + k) % PENDING] = s->pending[(start + k - 1) % PENDING];
		s->pending_n--;
		return true;
	}
	return false;
}

/* Can this answer be one to what was asked there? By a broadcast to a broadcast: only the ports tell whom it is for. */
static bool asked_there(const struct dissect *d, const struct dissect_flow *f)
{
	if (!addr_is_host(&d->p->dst))
		return f->session->to_all && f->port[f->client] == d->p->dport && f->port[!f->client] == d->p->sport;
	return f->entity[f->client] == d->receiver && (f->session->to_all || f->entity[!f->client] == d->sender);
}

/* A request of the receiver that waits on another flow: to the sender, or to all. */
static bool take_apart(struct dissect *d, uint64_t key, struct dissect_request *found)
{
	for (size_t i = 0; i < APART; i++) {
		struct dissect_flow *f = d->core->apart[i];
		if (!f || f == d->f || f->session->d != d->d || f->segment != d->segment || !asked_there(d, f) ||
		    !take(f->session, key, f->session->to_all, found))
			continue;
		struct dissect asker = { .core = d->core, .f = f, .s = f->session, .d = d->d, .p = d->p,
					 .from = f->client, .index = d->index, .segment = f->segment };
		dissect_claim(&asker, CONF_CONFIRMED);
		d->receiver = d->f->entity[!d->from] = f->entity[f->client];
		dissect_set_side(d, SIDE_SERVER);
		return true;
	}
	return false;
}

bool dissect_response(struct dissect *d, uint64_t key, enum op_result result, struct dissect_request *out)
{
	struct dissect_session *s = d->s;
	struct dissect_request found;
	if (out)
		*out = (struct dissect_request){ .op = -1 };
	if (!d->f)
		return answer(d, key, result, out);
	if (!s || !d->fits)
		return false;
	if (!take(s, key, false, &found) && !(d->d->apart && take_apart(d, key, &found)))
		return false;
	d->peer_frame = found.frame;
	dissect_claim(d, CONF_CONFIRMED);
	if (found.op >= 0)
		dissect_observe_request(d, &found, result, d->p->frame);
	if (out)
		*out = found;
	return true;
}

void dissect_evident(struct dissect *d)
{
	d->evident = true;
	dissect_claim(d, CONF_CONFIRMED);
}

void dissect_attr_of(struct dissect *d, uint32_t entity, enum attr field, const char *value, const char *source)
{
	if (!entity || !value || !*value)
		return;
	if (d->s && !d->s->claimed && !d->evident) {
		hold(d, entity, -1, (int)field, source, value, RESULT_UNKNOWN);
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
		hold(d, 0, (int)cls, 0, name, detail ? detail : "", result);
		return;
	}
	struct obs_op op = op_row(d, cls, name, result, confidence_now(d));
	op.detail = detail;
	op.where = where_now(d);
	observe_op(d->core->o, &op);
}

void dissect_relay(struct dissect *d, const char *name, uint32_t a, uint32_t b,
		   void (*describe)(const struct dissect_request *r, char *out, size_t size))
{
	struct dissect_request r = { .op = OP_RELAY, .name = name, .extra = a, .extra2 = b, .describe = describe,
				     .frame = d->p->frame, .file = d->p->file, .ts = d->p->ts, .core = d->core, .by = d->index };
	char detail[64] = "";
	if (d->s && d->s->claimed) {
		dissect_observe_request(d, &r, RESULT_UNKNOWN, 0);
		return;
	}
	if (describe)
		describe(&r, detail, sizeof detail);
	dissect_op(d, OP_RELAY, name, detail, RESULT_UNKNOWN);
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
