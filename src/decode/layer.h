/* What the files of decode/ share: one frame on its way through the layers. */
#ifndef DECODE_LAYER_H
#define DECODE_LAYER_H

#include "decode/decode.h"

enum {
	ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_VLAN = 0x8100, ETHERTYPE_QINQ = 0x88a8, ETHERTYPE_QINQ_OLD = 0x9100,
	ETHERTYPE_MPLS = 0x8847, ETHERTYPE_MPLS_MULTICAST = 0x8848,
	ETHERTYPE_PPPOE = 0x8864, ETHERTYPE_PPP = 0x880b,
	ETHERTYPE_BRIDGED = 0x6558, ETHERTYPE_ERSPAN = 0x88be, ETHERTYPE_ERSPAN3 = 0x22eb,
};

enum { PROTO_IPIP = 4, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_IPV6 = 41, PROTO_GRE = 47, PROTO_AH = 51 };

struct fragments;
struct datagram;

struct decode {
	struct fragments *fragments;   /* made when the first fragment comes */
	uint64_t lost_fragments;
	uint64_t too_deep;
	bool leave_fragments;
};

struct walk {
	struct decode *d;
	struct packet *out;
	struct cur c;        /* what was captured of this layer, from here on … */
	uint32_t missing;    /* … and how many bytes more of it were sent */
	uint32_t layers;
	const struct datagram *source;    /* what c points into, where it was put together from fragments */
};

/* The layer has n bytes from here on; what lies behind them is padding or a trailer. */
static inline void walk_limit(struct walk *w, uint32_t n)
{
	size_t left = cur_left(&w->c);
	if (n <= left) {
		cur_limit(&w->c, n);
		w->missing = 0;
	} else {
		w->missing = n - (uint32_t)left;
	}
}

/* Nobody looks deeper: the rest is payload. */
static inline enum decode_result walk_end(struct walk *w)
{
	w->out->payload = w->c;
	w->out->payload_wire = (uint32_t)cur_left(&w->c) + w->missing;
	return DECODE_OK;
}

/* A header does not fit into what is there: whose fault is it? */
static inline enum decode_result walk_short(const struct walk *w)
{
	return w->missing ? DECODE_TRUNCATED : DECODE_MALFORMED;
}

/* One more encapsulation; false when it is one too many. */
static inline bool walk_deeper(struct walk *w)
{
	if (w->layers++ < DECODE_LAYERS)
		return true;
	w->d->too_deep++;
	return false;
}

/* Each reads the header at w->c and goes on with what it carries. */
enum decode_result decode_ethernet(struct walk *w);
enum decode_result decode_ethertype(struct walk *w, uint16_t type);
enum decode_result decode_ppp(struct walk *w);
enum decode_result decode_ipv4(struct walk *w);
enum decode_result decode_ipv6(struct walk *w);

/*
 * tunnel.c: false when this is no such tunnel and w is as it was; else result is
 * how reading the inner frame ended.
 */
bool decode_gre(struct walk *w, enum decode_result *result);
bool decode_ipip(struct walk *w, uint8_t proto, enum decode_result *result);
bool decode_vxlan(struct walk *w, enum decode_result *result);
bool decode_geneve(struct walk *w, enum decode_result *result);

struct fragment {
	struct cur head;     /* the IP header (and extension headers) in front of it … */
	uint32_t proto_at;   /* … and where in it the number of what follows stands */
	uint32_t id;
	uint32_t offset;
	uint8_t proto;
	bool more;
};

/*
 * fragment.c: keep the piece at w->c. DECODE_OK when the datagram is whole: w->c
 * is then all of it, out->proto and out->l3 are set. Else HELD or MALFORMED.
 */
enum decode_result decode_fragment(struct walk *w, const struct fragment *piece);
void decode_fragments_free(struct fragments *f);
uint64_t decode_fragments_waiting(const struct fragments *f);

#endif
