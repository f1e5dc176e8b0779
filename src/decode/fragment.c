/*
 * Reassembly of IPv4 and IPv6 fragments. The last FRAGMENTS datagrams that came in
 * pieces are kept; a new one takes the place of the oldest, so memory has an end
 * (FRAGMENTS * 64 KiB) whatever comes. What came first stays where pieces overlap.
 */
#include "decode/layer.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"

enum {
	FRAGMENTS = 256,
	UNIT = 8,                   /* fragments begin at multiples of this */
	DATAGRAM_MAX = 65535,
	UNITS = (DATAGRAM_MAX + UNIT - 1) / UNIT,
	HEAD_MAX = 256,             /* room in front of the data for its IP header */
};
static const int64_t timeout = 30 * INT64_C(1000000000);    /* as Linux has it; RFC 8200 4.5 allows 60 s */

/* No gaps between the fields: it is hashed and compared as bytes. */
struct key {
	struct addr src, dst, tunnel_src;
	uint32_t id, tunnel_id;
	uint16_t vlan[PACKET_VLANS];
	uint8_t ip, proto, vlans, tunnel;
};
_Static_assert(sizeof(struct key) == 3 * 16 + 2 * 4 + 2 * PACKET_VLANS + 4, "a gap in struct key");

struct datagram {
	struct key key;
	bool used, whole;
	uint8_t proto;              /* as the first piece says */
	uint32_t proto_at;
	uint32_t head;              /* bytes of IP header; 0 until the first piece came */
	int64_t first;
	uint32_t pieces;
	uint32_t units;             /* how many there are */
	uint32_t reach;             /* end of the piece that reaches farthest */
	uint32_t total;             /* 0 until the last piece came */
	uint32_t size;
	uint8_t *data;              /* HEAD_MAX bytes, then the datagram */
	uint64_t have[(UNITS + 63) / 64];
};

struct fragments {
	uint64_t hash[FRAGMENTS];
	uint32_t next;
	struct datagram datagram[FRAGMENTS];
};

void decode_fragments_free(struct fragments *f)
{
	if (!f)
		return;
	for (int i = 0; i < FRAGMENTS; i++)
		free(f->datagram[i].data);
	free(f);
}

uint64_t decode_fragments_waiting(const struct fragments *f)
{
	uint64_t n = 0;
	for (int i = 0; f && i < FRAGMENTS; i++)
		if (f->datagram[i].used && !f->datagram[i].whole)
			n += f->datagram[i].pieces;
	return n;
}

static void start(struct decode *d, struct datagram *g, const struct key *key, int64_t ts)
{
	if (g->used && !g->whole)
		d->lost_fragments += g->pieces;
	*g = (struct datagram){ .key = *key, .used = true, .first = ts, .data = g->data, .size = g->size };
}

/* Give up a datagram whose pieces contradict each other. */
static enum decode_result contradiction(struct decode *d, struct datagram *g)
{
	d->lost_fragments += g->pieces + 1;
	g->used = false;
	return DECODE_MALFORMED;
}

static struct datagram *find(struct walk *w, const struct key *key)
{
	struct fragments *f = w->d->fragments;
	if (!f)
		f = w->d->fragments = xcalloc(1, sizeof *f);
	uint64_t hash = hash_bytes(key, sizeof *key, 0);
	for (uint32_t i = 0; i < FRAGMENTS; i++) {
		struct datagram *g = &f->datagram[i];
		if (f->hash[i] != hash || !g->used || memcmp(&g->key, key, sizeof *key) != 0)
			continue;
		int64_t ts = w->out->ts;
		if (g != w->source && (ts < g->first ? g->first - ts > timeout : ts - g->first > timeout))
			start(w->d, g, key, ts);
		return g;
	}
	uint32_t i = f->next;
	if (&f->datagram[i] == w->source)
		i = (i + 1) % FRAGMENTS;
	f->next = (i + 1) % FRAGMENTS;
	f->hash[i] = hash;
	start(w->d, &f->datagram[i], key, w->out->ts);
	return &f->datagram[i];
}

static bool has_unit(const struct datagram *g, uint32_t i)
{
	return g->have[i / 64] >> (i % 64) & 1;
}

static void store(struct datagram *g, struct cur c, uint32_t offset)
{
	uint32_t end = offset + (uint32_t)cur_left(&c), need = HEAD_MAX + end;
	if (need > g->size) {
		uint32_t size = g->size ? g->size : 4096;
		while (size < need)
			size *= 2;
		g->data = xrealloc(g->data, size);
		g->size = size;
	}
	for (uint32_t at = offset; at < end; at += UNIT) {
		uint32_t n = end - at < UNIT ? end - at : UNIT, unit = at / UNIT;
		if (has_unit(g, unit)) {
			cur_skip(&c, n);
			continue;
		}
		cur_copy(&c, g->data + HEAD_MAX + at, n);
		g->have[unit / 64] |= UINT64_C(1) << (unit % 64);
		g->units++;
	}
	if (end > g->reach)
		g->reach = end;
}

/* A mirror port often shows the same fragment twice: is this one of a datagram that is whole already? */
static bool is_copy(const struct datagram *g, const struct cur *c, uint32_t offset)
{
	return offset + cur_left(c) <= g->total && cur_starts(c, g->data + HEAD_MAX + offset, cur_left(c));
}

/* The IP header of the first piece goes in front, changed to what an unfragmented datagram would have. */
static bool finish(struct walk *w, struct datagram *g)
{
	struct packet *out = w->out;
	uint32_t length = g->head + g->total;
	uint8_t *head = g->data + HEAD_MAX - g->head;
	uint8_t *field = head + (out->ip == 4 ? 2 : 4);
	if (out->ip == 6)
		length -= 40;
	if (length > DATAGRAM_MAX)
		return false;
	field[0] = (uint8_t)(length >> 8);
	field[1] = (uint8_t)length;
	if (out->ip == 4)
		head[6] = head[7] = 0;
	head[g->proto_at] = g->proto;
	out->l3 = cur_make(head, g->head + g->total);
	out->proto = g->proto;
	w->c = cur_make(g->data + HEAD_MAX, g->total);
	w->missing = 0;
	w->source = g;
	return true;
}

enum decode_result decode_fragment(struct walk *w, const struct fragment *piece)
{
	struct packet *out = w->out;
	struct key key = {
		.src = out->src, .dst = out->dst, .tunnel_src = out->tunnel_src,
		.id = piece->id, .tunnel_id = out->tunnel_id,
		.ip = out->ip, .proto = out->ip == 4 ? piece->proto : 0, .vlans = out->vlans, .tunnel = out->tunnel,
	};
	memcpy(key.vlan, out->vlan, sizeof key.vlan);

	uint32_t length = (uint32_t)cur_left(&w->c), end = piece->offset + length;
	struct cur head = piece->head;
	uint32_t head_length = (uint32_t)cur_left(&head);
	if (w->missing) {    /* cut by the capture: the datagram will never be whole */
		w->d->lost_fragments++;
		return DECODE_HELD;
	}
	if (length == 0 || end > DATAGRAM_MAX || (piece->more && length % UNIT) || head_length > HEAD_MAX) {
		w->d->lost_fragments++;
		return DECODE_MALFORMED;
	}

	struct datagram *g = find(w, &key);
	if (g == w->source)    /* a datagram that is a piece of itself */
		return DECODE_MALFORMED;
	if (g->whole) {
		if (is_copy(g, &w->c, piece->offset))
			return DECODE_HELD;
		start(w->d, g, &key, out->ts);    /* the number is used again */
	}
	if (!piece->more) {
		if ((g->total && g->total != end) || g->reach > end)
			return contradiction(w->d, g);
		g->total = end;
	} else if (g->total && end > g->total) {
		return contradiction(w->d, g);
	}
	g->pieces++;
	store(g, w->c, piece->offset);
	if (piece->offset == 0 && !g->head) {
		g->head = head_length;
		g->proto = piece->proto;
		g->proto_at = piece->proto_at;
		cur_copy(&head, g->data + HEAD_MAX - head_length, head_length);
	}
	if (!g->total || !g->head || g->units != (g->total + UNIT - 1) / UNIT)
		return DECODE_HELD;
	if (!finish(w, g))
		return contradiction(w->d, g);
	g->whole = true;
	return DECODE_OK;
}
