#include "flow/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "flow/table.h"

static struct flow *at(const struct flow_table *t, uint32_t index)
{
	return &t->chunks[index / CHUNK][index % CHUNK];
}

/* ---- life ---- */

struct flow_table *flow_new(struct observe *o, bool with_ndpi)
{
	struct flow_table *t = xcalloc(1, sizeof *t);
	t->o = o;
	t->core = dissect_core_new(o);
	t->ndpi = with_ndpi ? ndpi_open() : NULL;
	t->n_slots = 4096;
	t->slots = xcalloc(t->n_slots, sizeof *t->slots);
	t->seed = hash_seed();
	return t;
}

void flow_drop_streams(struct flow_table *t, struct flow *f)
{
	if (!f->streams)
		return;
	stream_done(&f->streams[0], &t->memory);
	stream_done(&f->streams[1], &t->memory);
	free(f->streams);
	f->streams = NULL;
}

/* nDPI looks no longer: its verdict is taken, or (the flow is a dissector's) dropped. */
static void label_end(struct flow_table *t, struct flow *f, bool take)
{
	if (f->flags & NDPI_DONE)
		return;
	f->flags |= NDPI_DONE;
	const struct ndpi_label *label = NULL;
	if (f->ndpi) {
		t->ndpi_live--;
		if (take)
			label = ndpi_take(t->ndpi, &f->ndpi, f->d.port);
		else
			ndpi_drop(&f->ndpi);
	}
	f->label = label;
}

void flow_free(struct flow_table *t)
{
	if (!t)
		return;
	for (uint32_t i = t->newest; i; i = at(t, i - 1)->older) {
		flow_drop_streams(t, at(t, i - 1));
		label_end(t, at(t, i - 1), false);
	}
	for (uint32_t i = 0; i < t->n_chunks; i++)
		free(t->chunks[i]);
	free(t->chunks);
	free(t->slots);
	dissect_core_free(t->core);
	ndpi_close(t->ndpi);
	free(t);
}

/* ---- the table ---- */

/* The secret goes in first: else a sender could choose addresses that all hash alike. */
static uint64_t side_hash(uint64_t seed, const struct addr *a, uint16_t port)
{
	uint64_t hi, lo;
	memcpy(&hi, a->b, 8);
	memcpy(&lo, a->b + 8, 8);
	return hash_mix(hash_mix(hi ^ seed) ^ lo) * (port * UINT64_C(2) + 1);
}

/* The same for both directions, and in every segment. */
static uint32_t flow_hash(const struct flow_table *t, const struct packet *p)
{
	uint64_t h = side_hash(t->seed, &p->src, p->sport) + side_hash(t->seed, &p->dst, p->dport);
	h = hash_mix(h ^ p->proto);
	return (uint32_t)h ? (uint32_t)h : 1;
}

/* Which end sent this packet, whatever the segment: 0, 1, or -1 when it is not this flow's. */
static int end_anywhere(const struct flow *f, const struct packet *p)
{
	if (f->proto != p->proto)
		return -1;
	if (f->d.port[0] == p->sport && f->d.port[1] == p->dport && addr_equal(&f->addr[0], &p->src) &&
	    addr_equal(&f->addr[1], &p->dst))
		return 0;
	if (f->d.port[1] == p->sport && f->d.port[0] == p->dport && addr_equal(&f->addr[1], &p->src) &&
	    addr_equal(&f->addr[0], &p->dst))
		return 1;
	return -1;
}

static void slot_put(struct slot *slots, uint32_t n, struct slot s)
{
	uint32_t i = s.hash & (n - 1);
	while (slots[i].flow)
		i = (i + 1) & (n - 1);
	slots[i] = s;
}

static void slot_remove(struct flow_table *t, uint32_t hash, uint32_t flow)
{
	uint32_t mask = t->n_slots - 1, i = hash & mask;
	while (t->slots[i].flow != flow)
		i = (i + 1) & mask;
	/* Close the hole, so that probing needs no marks. */
	for (uint32_t k = (i + 1) & mask; t->slots[k].flow; k = (k + 1) & mask) {
		uint32_t home = t->slots[k].hash & mask;
		if (((k - home) & mask) >= ((k - i) & mask)) {
			t->slots[i] = t->slots[k];
			i = k;
		}
	}
	t->slots[i].flow = 0;
	t->used--;
}

static void unlink_use(struct flow_table *t, struct flow *f)
{
	if (f->newer)
		at(t, f->newer - 1)->older = f->older;
	else
		t->newest = f->older;
	if (f->older)
		at(t, f->older - 1)->newer = f->newer;
	else
		t->oldest = f->newer;
}

static void link_use(struct flow_table *t, struct flow *f, uint32_t index)
{
	f->newer = 0;
	f->older = t->newest;
	if (t->newest)
		at(t, t->newest - 1)->newer = index + 1;
	else
		t->oldest = index + 1;
	t->newest = index + 1;
}

/* ---- the end of a flow ---- */

/* Without a SYN or a dissector's word: the end with a well-known port, else with one that no client is given. */
static void guess_client(struct flow *f)
{
	static const uint16_t limits[] = { 1024, 32768 };
	if (f->d.client_known || f->d.transport == TRANSPORT_IP)
		return;
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		bool a = f->d.port[0] < limits[i], b = f->d.port[1] < limits[i];
		if (a != b) {
			f->d.client = a ? 1 : 0;
			return;
		}
	}
}

static void report(struct flow_table *t, struct flow *f)
{
	enum confidence confidence = CONF_GUESS;
	const struct dissector *d = dissect_claimed(&f->d, &confidence);
	if (!d)
		guess_client(f);
	int c = f->d.client, s = !c;
	bool first = !(f->flags & REPORTED);
	struct obs_conv row = {
		.client = f->d.entity[c], .server = f->d.entity[s], .transport = f->d.transport,
		.port = f->d.port[s], .proto = "", .risk = "", .packets_c = f->packets[c],
		.packets_s = f->packets[s], .bytes_c = f->bytes[c], .bytes_s = f->bytes[s], .flows = first,
		.refused = first && f->d.transport == TRANSPORT_TCP && (f->flags & SYN_SEEN) &&
			   (!f->packets[s] || ((f->flags & RESET) && !f->bytes[s] && !f->bytes[c])),
		.retransmits = f->retransmits, .first = f->first, .last = f->last,
		.where = { .file = f->file, .frame = f->frame, .ts = f->first },
	};
	label_end(t, f, !(d && d->ot));
	if (f->label && !(d && d->ot)) {
		row.risk = f->label->risk;
		if (!d) {
			row.proto = f->label->name;
			row.confidence = (uint8_t)f->label->confidence;
		}
	}
	if (f->d.transport == TRANSPORT_IP)
		row.proto = f->proto == 1 ? "icmp" : f->proto == 58 ? "icmpv6" : f->proto == 2 ? "igmp" : "";
	for (int e = 0; e < 2; e++) {
		if (!f->packets[e])
			continue;
		observe_sent(t->o, f->d.entity[e], f->packets[e], f->last, 0);
		observe_sent(t->o, f->mac[e], f->packets[e], f->last, 0);
	}
	/* All is counted already, but perhaps for requests that now stay without an answer. */
	bool news = f->packets[0] + f->packets[1] > 0;
	if (!news && !d)
		return;
	if (f->flags & SHADOW)
		goto counted;   /* its conversation is that of the flow it repeats */
	if (d) {
		dissect_report(t->core, &f->d, &row);
		/* TeamViewer inside TLS: TLS is what a dissector read, the door is what matters. */
		if (news && f->label && f->label->door && !d->ot && f->label->confidence != CONF_GUESS &&
		    strcmp(f->label->name, d->name) != 0)
			observe_conv(t->o, &(struct obs_conv){
				.client = row.client, .server = row.server, .transport = row.transport, .port = row.port,
				.proto = f->label->name, .risk = "", .confidence = (uint8_t)f->label->confidence,
				.frames = row.packets_c + row.packets_s, .flows = row.flows, .first = row.first,
				.last = row.last, .where = row.where });
	} else {
		row.frames = row.packets_c + row.packets_s;
		observe_conv(t->o, &row);
	}
	if (first && f->d.transport == TRANSPORT_TCP && (!f->bytes[0] != !f->bytes[1]))
		observe_count(t->o, COUNT_FLOWS_ONE_WAY, 1);
counted:
	f->flags |= REPORTED;
	f->packets[0] = f->packets[1] = 0;
	f->retransmits = 0;
	f->bytes[0] = f->bytes[1] = 0;
}

static void end_flow(struct flow_table *t, uint32_t index)
{
	struct flow *f = at(t, index);
	dissect_unanswered(t->core, &f->d);
	report(t, f);
	dissect_finish(t->core, &f->d);
	flow_drop_streams(t, f);
	slot_remove(t, f->hash, index + 1);
	unlink_use(t, f);
	f->newer = t->free_list;
	t->free_list = index + 1;
}

/* Of the flows that were not used for longest so many, if their time is over. */
static void sweep(struct flow_table *t, int64_t now, uint32_t most)
{
	for (uint32_t i = 0; i < most && t->oldest; i++) {
		struct flow *f = at(t, t->oldest - 1);
		int64_t idle = f->flags & CLOSED			? FLOW_IDLE_CLOSED
			       : f->d.transport == TRANSPORT_TCP ? FLOW_IDLE_TCP
								 : FLOW_IDLE_OTHER;
		if (now - f->last < idle * INT64_C(1000000000))
			return;
		end_flow(t, t->oldest - 1);
	}
}

/* What two copies of one datagram have in common. */
static uint16_t fingerprint(const struct packet *p)
{
	size_t n = cur_left(&p->payload) < 32 ? cur_left(&p->payload) : 32;
	return (uint16_t)hash_bytes(cur_here(&p->payload), n,
				    (uint64_t)p->tcp_seq << 32 | (p->tcp_ack ^ p->payload_wire));
}

/* ---- a new flow ---- */

static uint32_t flow_make(struct flow_table *t)
{
	if (!t->free_list && t->n >= FLOW_LIVE) {
		observe_count(t->o, COUNT_FLOWS_EVICTED, 1);
		end_flow(t, t->oldest - 1);
	}
	if (t->free_list) {
		uint32_t i = t->free_list - 1;
		t->free_list = at(t, i)->newer;
		return i;
	}
	if (t->n == t->n_chunks * CHUNK) {
		t->chunks = xrealloc(t->chunks, (t->n_chunks + 1) * sizeof *t->chunks);
		t->chunks[t->n_chunks++] = xcalloc(CHUNK, sizeof **t->chunks);
	}
	return t->n++;
}

/*
 * A mirrored router between two VLANs shows a connection in both. The second one
 * begins with the datagram that the first one has just begun with.
 */
static bool is_shadow(const struct flow_table *t, const struct packet *p, uint32_t hash, uint16_t print)
{
	uint32_t mask = t->n_slots - 1;
	for (uint32_t i = hash & mask; t->slots[i].flow; i = (i + 1) & mask) {
		if (t->slots[i].hash != hash)
			continue;
		const struct flow *f = at(t, t->slots[i].flow - 1);
		if (!(f->flags & SHADOW) && end_anywhere(f, p) == 0 && f->copy[0] == print &&
		    p->ts - f->first < COPY_WITHIN)
			return true;
	}
	return false;
}

static uint32_t flow_add(struct flow_table *t, const struct packet *p, uint32_t segment, uint32_t hash)
{
	sweep(t, p->ts, SWEEP);
	if ((t->used + 1) * 2 > t->n_slots) {
		uint32_t n = t->n_slots * 2;
		struct slot *slots = xcalloc(n, sizeof *slots);
		for (uint32_t i = 0; i < t->n_slots; i++)
			if (t->slots[i].flow)
				slot_put(slots, n, t->slots[i]);
		free(t->slots);
		t->slots = slots;
		t->n_slots = n;
	}
	uint16_t print = fingerprint(p);
	bool shadow = is_shadow(t, p, hash, print);
	uint32_t index = flow_make(t);
	struct flow *f = at(t, index);
	struct obs_where w = obs_where(p);
	memset(f, 0, sizeof *f);
	f->flags = shadow ? SHADOW | NDPI_DONE : 0;
	f->copy[0] = print;
	f->d.segment = segment;
	f->d.transport = p->proto == 6 ? TRANSPORT_TCP : p->proto == 17 ? TRANSPORT_UDP : TRANSPORT_IP;
	f->d.port[0] = p->sport;
	f->d.port[1] = p->dport;
	f->addr[0] = p->src;
	f->addr[1] = p->dst;
	f->proto = p->proto;
	f->file = p->file;
	f->frame = p->frame;
	f->first = f->last = p->ts;
	f->hash = hash;
	f->d.entity[0] = observe_ip(t->o, segment, &p->src, &w);
	f->d.entity[1] = observe_ip(t->o, segment, &p->dst, &w);
	observe_sent(t->o, f->d.entity[0], 0, p->ts, p->ttl);
	if (f->d.transport == TRANSPORT_IP)
		f->flags |= NDPI_DONE;
	slot_put(t->slots, t->n_slots, (struct slot){ hash, index + 1 });
	t->used++;
	link_use(t, f, index);
	observe_count(t->o, COUNT_FLOWS, !shadow);
	return index;
}

/* ---- one packet ---- */

/* The sender's MAC is another than last time: bind, and tell a copy from a change. True: a copy. */
static bool sender_changed(struct flow_table *t, struct flow *f, const struct packet *p, int from)
{
	uint16_t print = fingerprint(p);
	bool copy = f->mac[from] && print == f->copy[from] && p->ts - f->last < COPY_WITHIN;
	f->copy[from] = print;
	if (!mac_is_host(p->mac_src))
		return false;
	struct obs_where w = obs_where(p);
	uint32_t mac = observe_mac(t->o, f->d.segment, p->mac_src, &w);
	observe_sent(t->o, mac, copy, p->ts, 0);
	if (addr_is_host(&p->src)) {
		observe_link(t->o, mac, f->d.entity[from], LINK_DATA, "frame", &w);
		if (!f->mac[from])
			observe_sent(t->o, f->d.entity[from], 0, p->ts, p->ttl);
	}
	if (!copy) {
		if (f->mac[from])
			f->flags |= MOVED;
		f->mac[from] = mac;
	}
	return copy;
}

/* nDPI looks at what no dissector has claimed, until it knows. */
static void label(struct flow_table *t, struct flow *f, const struct packet *p)
{
	enum confidence confidence;
	const struct dissector *d = dissect_claimed(&f->d, &confidence);
	if (d && d->ot) {
		label_end(t, f, false);
		return;
	}
	if (!f->ndpi && t->ndpi_live >= FLOW_NDPI_LIVE) {
		observe_count(t->o, COUNT_NDPI_CAP, 1);
		label_end(t, f, false);
		return;
	}
	t->ndpi_live += !f->ndpi;
	bool done = ndpi_feed(t->ndpi, &f->ndpi, &p->l3, p->ts);
	const char *ja3 = f->ndpi ? ndpi_ja3(f->ndpi) : NULL;
	if (ja3) {
		struct obs_where w = obs_where(p);
		observe_attr(t->o, f->d.entity[f->d.client], ATTR_TLS_FINGERPRINT, ja3, "ndpi.ja3", CONF_GUESS, &w);
	}
	if (done)
		label_end(t, f, true);
}

static void ip_packet(struct flow_table *t, const struct packet *p, uint32_t segment)
{
	uint32_t hash = flow_hash(t, p), mask = t->n_slots - 1, index = 0;
	int from = -1;
	for (uint32_t i = hash & mask; t->slots[i].flow; i = (i + 1) & mask) {
		if (t->slots[i].hash != hash)
			continue;
		index = t->slots[i].flow - 1;
		from = at(t, index)->d.segment == segment ? end_anywhere(at(t, index), p) : -1;
		if (from >= 0)
			break;
	}
	if (from >= 0 && (p->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && (at(t, index)->flags & CLOSED)) {
		end_flow(t, index);   /* the same ports, a new connection */
		from = -1;
	}
	if (from < 0) {
		index = flow_add(t, p, segment, hash);
		from = 0;
	}
	struct flow *f = at(t, index);
	if (p->has_mac && !observe_mac_is(t->o, f->mac[from], p->mac_src)) {
		if (sender_changed(t, f, p, from)) {
			observe_count(t->o, COUNT_COPIES, 1);
			f->flags |= MOVED;
			return;
		}
	} else if (f->flags & MOVED) {
		f->copy[from] = fingerprint(p);
	}
	if (t->newest != index + 1) {
		unlink_use(t, f);
		link_use(t, f, index);
	}
	f->last = p->ts;
	f->packets[from]++;
	if ((f->bytes[from] += p->payload_wire) > BYTES_REPORT)
		report(t, f);
	if (f->flags & SHADOW)
		observe_count(t->o, COUNT_COPIES, 1);
	if (p->fragment || (f->flags & SHADOW))
		return;
	if (f->d.transport == TRANSPORT_TCP)
		flow_tcp(t, f, p, from);
	else if (f->d.transport == TRANSPORT_UDP)
		dissect_datagram(t->core, &f->d, p, from);
	else
		dissect_frame(t->core, p, segment);
	if (t->ndpi && !(f->flags & NDPI_DONE) && cur_left(&p->payload))
		label(t, f, p);
	if (f->d.session) {
		enum confidence confidence;
		const struct dissector *d = dissect_claimed(&f->d, &confidence);
		if (d && d->ot)
			observe_minute(t->o, p->ts, true);
	}
}

void flow_packet(struct flow_table *t, const struct packet *p)
{
	uint32_t segment = observe_segment(t->o, p);
	t->frames++;
	observe_minute(t->o, p->ts, false);
	if (p->has_dst_mac && (p->mac_dst[0] & 1))
		t->broadcast++;
	if (p->ip) {
		if (!p->has_dst_mac || !(p->mac_dst[0] & 1))
			t->unicast++;
		ip_packet(t, p, segment);
		return;
	}
	if (!p->has_mac)
		return;
	struct obs_where w = obs_where(p);
	if (mac_is_host(p->mac_src))
		observe_sent(t->o, observe_mac(t->o, segment, p->mac_src, &w), 1, p->ts, 0);
	dissect_frame(t->core, p, segment);
}

static void counters(struct flow_table *t)
{
	observe_count(t->o, COUNT_FRAMES, t->frames);
	observe_count(t->o, COUNT_UNICAST, t->unicast);
	observe_count(t->o, COUNT_BROADCAST, t->broadcast);
	observe_count(t->o, COUNT_STREAM_CAP, t->memory.refused);
	t->frames = t->unicast = t->broadcast = t->memory.refused = 0;
}

void flow_file_end(struct flow_table *t)
{
	for (uint32_t i = t->newest; i; i = at(t, i - 1)->older)
		flow_drop_streams(t, at(t, i - 1));
}

void flow_report(struct flow_table *t, int64_t now)
{
	enum confidence confidence;
	uint32_t next;
	sweep(t, now, FLOW_LIVE);
	/* What nobody has claimed yet may still be: it waits, so that its packets do not count as unknown. */
	for (uint32_t i = t->newest; i; i = next) {
		struct flow *f = at(t, i - 1);
		next = f->older;
		const struct dissector *d = dissect_claimed(&f->d, &confidence);
		bool known = d && (d->ot || (f->flags & NDPI_DONE));
		if (f->packets[0] + f->packets[1] && (known || now - f->first > FLOW_UNKNOWN * INT64_C(1000000000)))
			report(t, f);
	}
	counters(t);
}

void flow_finish(struct flow_table *t)
{
	while (t->oldest)
		end_flow(t, t->oldest - 1);
	dissect_asked_unanswered(t->core);
	counters(t);
}
