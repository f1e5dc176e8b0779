/* TCP: connections, and their data in order. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "flow/table.h"

static void feed_data(struct flow_table *t, struct flow *f, const struct packet *p, int from, struct cur data,
		      bool cut)
{
	struct stream *s = f->streams ? &f->streams[from] : NULL;
	if (!s || !s->tail_len) {
		cur_skip(&data, dissect_stream(t->core, &f->d, p, from, data, cut));
		if (cur_left(&data) && !cut && !f->d.given_up) {
			if (!f->streams)
				f->streams = xcalloc(2, sizeof *f->streams);
			if (!stream_keep(&f->streams[from], &t->memory, &data))
				dissect_gap(&f->d, from);
		}
		return;
	}
	if (!stream_keep(s, &t->memory, &data)) {
		dissect_gap(&f->d, from);
		return;
	}
	size_t used = dissect_stream(t->core, &f->d, p, from, cur_make(s->tail, s->tail_len), cut);
	if (cut || used >= s->tail_len) {
		s->tail_len = 0;
	} else if (used) {
		memmove(s->tail, s->tail + used, s->tail_len - used);
		s->tail_len -= (uint32_t)used;
	}
}

/* Data that follows directly on what was read; then the segments that waited for it. */
static void in_order(struct flow_table *t, struct flow *f, const struct packet *p, int from, struct cur data,
		     uint32_t wire)
{
	bool cut = cur_left(&data) < wire;
	feed_data(t, f, p, from, data, cut);
	f->next_seq[from] += wire;
	if (cut) {
		observe_count(t->o, COUNT_TCP_GAPS, wire - cur_left(&data));
		dissect_gap(&f->d, from);
	}
}

/* A packet of the other direction, for what was held back of it. */
static struct packet turned(const struct packet *p)
{
	struct packet x = *p;
	x.src = p->dst;
	x.dst = p->src;
	x.sport = p->dport;
	x.dport = p->sport;
	memcpy(x.mac_src, p->mac_dst, 6);
	memcpy(x.mac_dst, p->mac_src, 6);
	x.has_mac = p->has_dst_mac;
	return x;
}

static void gap_closed(struct flow_table *t, struct flow *f, const struct packet *p, int from, bool skip)
{
	struct stream *s = &f->streams[from];
	while (s->ahead) {
		int32_t off = (int32_t)(s->ahead->seq - f->next_seq[from]);
		if (off > 0) {
			if (!skip)
				return;
			observe_count(t->o, COUNT_TCP_GAPS, (uint64_t)off);
			stream_drop_tail(s, &t->memory);
			dissect_gap(&f->d, from);
			f->next_seq[from] = s->ahead->seq;
			off = 0;
			skip = false;
		}
		struct stream_segment *x = stream_take(s);
		uint32_t old = 0 - (uint32_t)off;
		if (old < x->wire) {
			struct packet then = *p;
			then.frame = x->frame;
			then.ts = x->ts;
			struct cur data = cur_make(x->data, x->len);
			cur_skip(&data, old < x->len ? old : x->len);
			in_order(t, f, &then, from, data, x->wire - old);
		}
		stream_release(x, &t->memory);
	}
}

static void tcp_data(struct flow_table *t, struct flow *f, const struct packet *p, int from)
{
	uint16_t have = from ? HAVE_SEQ_1 : HAVE_SEQ_0;
	struct cur data = p->payload;
	uint32_t wire = p->payload_wire, seq = p->tcp_seq;
	if (f->flags & CLOSED && f->d.given_up)
		return;
	if (!(f->flags & have)) {
		f->flags |= have;
		f->next_seq[from] = seq;
	}
	int32_t off = (int32_t)(seq - f->next_seq[from]);
	if (off < 0) {
		uint32_t old = 0 - (uint32_t)off;
		if (f->retransmits < UINT16_MAX)
			f->retransmits++;
		if (old >= wire || old > cur_left(&data))
			return;
		cur_skip(&data, old);
		wire -= old;
		off = 0;
	}
	if (off == 0) {
		in_order(t, f, p, from, data, wire);
		if (f->streams && f->streams[from].ahead)
			gap_closed(t, f, p, from, false);
		return;
	}
	if (!f->streams)
		f->streams = xcalloc(2, sizeof *f->streams);
	if (stream_hold(&f->streams[from], &t->memory, p, seq, &data, wire))
		return;
	gap_closed(t, f, p, from, true);
	if ((int32_t)(seq - f->next_seq[from]) >= 0) {   /* this one did not fit: it comes now */
		f->next_seq[from] = seq;
		in_order(t, f, p, from, data, wire);
	}
}

void flow_tcp(struct flow_table *t, struct flow *f, const struct packet *p, int from)
{
	if (p->tcp_flags & TCP_SYN) {
		bool syn_ack = (p->tcp_flags & TCP_ACK) != 0;
		f->d.client = (uint8_t)(syn_ack ? !from : from);
		f->d.client_known = true;
		f->flags |= SYN_SEEN | (from ? HAVE_SEQ_1 : HAVE_SEQ_0);
		f->next_seq[from] = p->tcp_seq + 1;
		return;
	}
	/* The other end got what the capture did not: what waits for it need not wait. */
	if (f->streams && (p->tcp_flags & TCP_ACK) && f->streams[!from].ahead &&
	    (int32_t)(p->tcp_ack - f->streams[!from].ahead->seq) > 0) {
		struct packet back = turned(p);
		gap_closed(t, f, &back, !from, true);
	}
	if (p->payload_wire && !f->d.given_up)
		tcp_data(t, f, p, from);
	if (f->d.given_up && f->streams)
		flow_drop_streams(t, f);
	if (p->tcp_flags & (TCP_FIN | TCP_RST)) {
		f->flags |= CLOSED;
		if (p->tcp_flags & TCP_RST)
			f->flags |= RESET;
	}
}
