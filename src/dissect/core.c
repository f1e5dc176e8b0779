/* Which dissector gets a flow's bytes, and when the flow is its own. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "dissect/session.h"

/* ---- life ---- */

struct dissect_core *dissect_core_new(struct observe *o)
{
	struct dissect_core *c = xcalloc(1, sizeof *c);
	c->o = o;
	c->tcp_port = xcalloc(65536, sizeof *c->tcp_port);
	c->udp_port = xcalloc(65536, sizeof *c->udp_port);
	for (size_t i = 0; dissectors[i] && i < DISSECTORS_MAX; i++) {
		const struct dissector *d = dissectors[i];
		if (d->ethertype[0] || d->llc_dsap || d->snap_pid || d->ip_proto)
			c->flowless[c->n_flowless++] = (uint8_t)i;
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
	free(c->memory);
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

/* The candidate was wrong, the next one's turn: forget what the last one left, but not who had it. */
static void session_reset(struct dissect_core *c, struct dissect_session *s)
{
	uint64_t tried[DISSECTORS_MAX / 64];
	memcpy(tried, s->tried, sizeof tried);
	dissect_held_drop(c, s);
	dissect_apart_drop(c, s);
	memset(s, 0, sizeof *s);
	s->held_end = &s->held;
	memcpy(s->tried, tried, sizeof tried);
}

static void session_free(struct dissect_core *c, struct dissect_session *s)
{
	dissect_held_drop(c, s);
	dissect_apart_drop(c, s);
	s->free_next = c->free_sessions;
	c->free_sessions = s;
}

bool dissect_is_ot(const char *proto)
{
	bool carried = false;
	for (size_t i = 0; dissectors[i]; i++) {
		const struct dissector *d = dissectors[i];
		if (strcmp(d->name, proto) == 0)
			return d->ot;
		carried = carried || (d->carries_ot && strcmp(d->carries_ot, proto) == 0);
		for (size_t k = 0; k < sizeof d->carries / sizeof *d->carries && d->carries[k] && d->ot; k++)
			carried = carried || strcmp(d->carries[k], proto) == 0;
	}
	return carried;
}

/* ---- one message ---- */

/* Is one of the flow's ports the protocol's own? */
static bool at_home(const struct dissect *d)
{
	const uint16_t *ports = d->f->transport == TRANSPORT_TCP ? d->d->tcp : d->d->udp;
	for (int i = 0; i < DISSECT_PORTS && ports[i]; i++)
		if (ports[i] == d->f->port[0] || ports[i] == d->f->port[1])
			return true;
	return false;
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
	if (d->d->cyclic) {
		if (s->last_ts[d->from])
			obs_gaps_add(&s->gaps, d->p->ts - s->last_ts[d->from]);
		s->last_ts[d->from] = d->p->ts;
	}
	if (s->matched < UINT8_MAX && d->fits)
		s->matched++;
	if (d->evident)
		dissect_claim(d, CONF_CONFIRMED);
	else if (!s->claimed && s->matched >= (at_home(d) ? CONTENT_MESSAGES : CONTENT_ELSEWHERE) &&
		 (s->frames >= CONTENT_FRAMES || at_home(d)) && !d->f->data_seen[!d->from])
		dissect_claim(d, CONF_CONTENT);
}

/* Run message() and count; false: not mine. */
static bool run(struct dissect *d, struct cur message, bool cut)
{
	struct observe *o = d->core->o;
	d->fits = !d->s || d->s->claimed || !d->d->probe || d->d->probe(&message, dissect_side_of(d->f, d->from));
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
	for (size_t k = 0; k < c->n_flowless; k++) {
		uint8_t i = c->flowless[k];
		const struct dissector *x = dissectors[i];
		if (!frame_is_for(x, p) || (x->probe && !x->probe(&p->payload, SIDE_CLIENT)))
			continue;
		struct dissect d = { .core = c, .d = x, .index = i, .p = p, .segment = segment };
		ends_of_frame(&d);
		if (!run(&d, p->payload, packet_cut(p)))
			continue;
		if (x->ot)
			observe_minute(c->o, p->ts, true);
		if (x->no_auth && !x->cyclic && d.answer)
			dissect_weakness(&d, "no-authentication", NULL);
		(x->cyclic ? observe_cyclic : observe_conv)(c->o, &(struct obs_conv){
			.client = dissect_client(&d), .server = dissect_server(&d),
			.transport = p->ip ? TRANSPORT_IP : TRANSPORT_ETHER, .confidence = CONF_CONFIRMED,
			.port = p->ip ? 0 : p->ethertype, .proto = x->name, .risk = "", .frames = 1,
			.packets_c = !d.answer, .packets_s = d.answer,
			.bytes_c = d.answer ? 0 : p->payload_wire, .bytes_s = d.answer ? p->payload_wire : 0,
			.first = p->ts, .last = p->ts, .where = obs_where(p) });
		return true;
	}
	return false;
}

/* ---- flows ---- */

static struct dissect begin(struct dissect_core *c, struct dissect_flow *f, const struct packet *p, int from)
{
	return (struct dissect){ .core = c, .f = f, .s = f->session, .p = p, .from = from, .segment = f->segment,
				 .d = f->session ? f->session->d : NULL, .index = f->session ? f->session->index : 0,
				 .sender = f->entity[from],
				 .receiver = f->entity[!from] };
}

static bool offer(struct dissect_core *c, struct dissect_flow *f, uint8_t index, const struct cur *data, int from)
{
	const struct dissector *x = dissectors[index];
	if (f->session && (f->session->tried[index / 64] >> index % 64 & 1))
		return false;
	/* Who is the client is a guess until somebody tells: try it both ways. */
	bool fits = x->probe && x->probe(data, dissect_side_of(f, from));
	if (!fits && !f->client_known && x->probe && x->probe(data, dissect_side_of(f, !from))) {
		f->client = (uint8_t)!f->client;
		fits = true;
	}
	if (!fits)
		return false;
	if (!f->session)
		f->session = session_new(c);
	f->session->d = x;
	f->session->index = index;
	f->session->tried[index / 64] |= UINT64_C(1) << index % 64;
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

/*
 * The same in a stream. Bytes that wait may be the rest of something older: where nobody
 * wants them with what is new, the new segment may begin a message of its own.
 */
static bool choose_in_stream(struct dissect_core *c, struct dissect_flow *f, struct cur *data, size_t waiting, int from)
{
	struct cur fresh = *data;
	if (choose(c, f, data, from))
		return true;
	if (!waiting || cur_left(data) < waiting + SEGMENT_LEAST)
		return false;
	cur_skip(&fresh, waiting);
	if (!choose(c, f, &fresh, from))
		return false;
	*data = fresh;
	return true;
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
		session_reset(c, f->session);
	}
	attempt_failed(c, f);
}

size_t dissect_stream(struct dissect_core *c, struct dissect_flow *f, const struct packet *p, int from,
		      struct cur data, bool cut)
{
	size_t total = cur_left(&data), waiting = f->kept[from];
	f->kept[from] = 0;
	if (f->given_up)
		return total;
	f->data_seen[from] = true;
	while (cur_left(&data)) {
		struct dissect_session *s = f->session;
		if (s && s->skip[from]) {
			if (s->skip[from] == UINT64_MAX) {
				if (!s->d->probe(&data, dissect_side_of(f, from)))
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
			if (!choose_in_stream(c, f, &data, cur_left(&data) == total ? waiting : 0, from)) {
				/* A few bytes may be the beginning of a head: wait for more. */
				if (!cut && cur_left(&data) < HEAD_ENOUGH) {
					f->kept[from] = (uint8_t)cur_left(&data);
					return total - cur_left(&data);
				}
				attempt_failed(c, f);
				return total;
			}
			s = f->session;
		}
		if (s->resync[from]) {
			if (!s->d->unframed && !s->d->probe(&data, dissect_side_of(f, from)))
				return total;
			s->resync[from] = false;
		}
		int32_t n = s->d->length(&data, dissect_side_of(f, from));
		if (n == DISSECT_NEED_MORE || (n > 0 && n <= DISSECT_MESSAGE_MAX && !cur_has(&data, (size_t)n))) {
			if (!cut)
				return cur_left(&data) > DISSECT_MESSAGE_MAX ? total : total - cur_left(&data);
			n = (int32_t)cur_left(&data);
		} else if (n > DISSECT_MESSAGE_MAX) {
			s->skip[from] = (uint64_t)n;
			continue;
		} else if (n < 0) {
			if (!s->claimed) {
				session_reset(c, f->session);
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
			session_reset(c, f->session);
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
	row.requests = s->requests;
	row.unanswered = s->confidence == CONF_CONFIRMED && f->data_seen[0] && f->data_seen[1] ? s->unanswered : 0;
	row.gaps = s->gaps;
	observe_conv(c->o, &row);
	s->frames = s->requests = s->unanswered = 0;
	s->gaps = (struct obs_gaps){ 0 };
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

void dissect_unanswered(struct dissect_core *c, struct dissect_flow *f)
{
	struct dissect_session *s = f->session;
	if (!s || !s->claimed)
		return;
	struct packet none = { 0 };
	struct dissect d = begin(c, f, &none, f->client);
	for (int i = 0; i < s->pending_n; i++) {
		const struct dissect_request *r = &s->pending[(s->pending_at + PENDING - s->pending_n + i) % PENDING];
		if (r->answered)
			continue;
		s->unanswered++;
		if (r->op >= 0)
			dissect_observe_request(&d, r, RESULT_UNKNOWN, 0);
	}
	s->pending_n = 0;
}

void dissect_finish(struct dissect_core *c, struct dissect_flow *f)
{
	if (f->session)
		session_free(c, f->session);
	f->session = NULL;
}
