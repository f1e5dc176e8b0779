/* IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200), TCP (RFC 9293), UDP (RFC 768). */
#include "decode/layer.h"

enum { IPV6_HOP_BY_HOP = 0, IPV6_ROUTING = 43, IPV6_FRAGMENT = 44, IPV6_NONE = 59, IPV6_DESTINATION = 60 };
enum { PORT_VXLAN = 4789, PORT_VXLAN_GPE = 4790, PORT_GENEVE = 6081 };

static enum decode_result tcp(struct walk *w)
{
	struct packet *out = w->out;
	if (!cur_has(&w->c, 20)) {
		if (cur_has(&w->c, 4)) {
			out->sport = cur_be16(&w->c);
			out->dport = cur_be16(&w->c);
		}
		return walk_short(w);
	}
	struct cur h = cur_sub(&w->c, 20);
	out->sport = cur_be16(&h);
	out->dport = cur_be16(&h);
	out->tcp_seq = cur_be32(&h);
	out->tcp_ack = cur_be32(&h);
	uint32_t header = (cur_u8(&h) >> 4) * 4u;
	out->tcp_flags = cur_u8(&h);
	if (header < 20)
		return DECODE_MALFORMED;
	if (!cur_has(&w->c, header - 20))
		return walk_short(w);
	cur_skip(&w->c, header - 20);
	return walk_end(w);
}

static enum decode_result udp(struct walk *w)
{
	struct packet *out = w->out;
	enum decode_result result;
	if (!cur_has(&w->c, 8)) {
		if (cur_has(&w->c, 4)) {
			out->sport = cur_be16(&w->c);
			out->dport = cur_be16(&w->c);
		}
		return walk_short(w);
	}
	struct cur h = cur_sub(&w->c, 8);
	out->sport = cur_be16(&h);
	out->dport = cur_be16(&h);
	uint32_t length = cur_be16(&h), there = (uint32_t)cur_left(&w->c) + w->missing;
	/* 0: a jumbogram (RFC 2675 4), or segments that the network card was to make */
	if (length) {
		if (length < 8)
			return DECODE_MALFORMED;
		if (length - 8 > there) {
			(void)walk_end(w);
			return DECODE_MALFORMED;
		}
		walk_limit(w, length - 8);
	}
	if ((out->dport == PORT_VXLAN || out->dport == PORT_VXLAN_GPE) && decode_vxlan(w, &result))
		return result;
	if (out->dport == PORT_GENEVE && decode_geneve(w, &result))
		return result;
	return walk_end(w);
}

/* What an IP header carries; extension headers are handled before. */
static enum decode_result transport(struct walk *w, uint8_t proto)
{
	enum decode_result result;
	w->out->proto = proto;
	switch (proto) {
	case PROTO_TCP:
		return tcp(w);
	case PROTO_UDP:
		return udp(w);
	case PROTO_GRE:
		return decode_gre(w, &result) ? result : walk_end(w);
	case PROTO_IPIP:
	case PROTO_IPV6:
		return decode_ipip(w, proto, &result) ? result : walk_end(w);
	default:
		return walk_end(w);
	}
}

/*
 * A fragment: go on when the datagram is whole. A reassembled datagram is read as
 * if it had come in one piece; *proto is what it carries.
 */
static bool whole(struct walk *w, const struct fragment *piece, enum decode_result *result)
{
	struct packet *out = w->out;
	if (w->d->leave_fragments) {
		*result = DECODE_LATER;
		return false;
	}
	out->fragment = true;
	out->proto = piece->proto;
	*result = decode_fragment(w, piece);
	if (*result != DECODE_OK)
		return false;
	out->fragment = false;
	out->reassembled = true;
	return true;
}

/* Authentication header, RFC 4302 2: in clear, so that one can look behind it. */
static bool authentication(struct walk *w, uint8_t *proto)
{
	struct cur c = w->c;
	*proto = cur_u8(&c);
	uint32_t length = cur_u8(&c);
	cur_skip(&c, (length + 2) * 4 - 2);
	if (!cur_ok(&c))
		return false;
	w->c = c;
	return true;
}

enum decode_result decode_ipv4(struct walk *w)
{
	struct packet *out = w->out;
	if (!walk_deeper(w))
		return walk_end(w);
	if (!cur_has(&w->c, 20))
		return walk_short(w);
	struct cur start = w->c, h = cur_sub(&w->c, 20);
	uint8_t first = cur_u8(&h);
	uint32_t header = (first & 15) * 4u;
	cur_skip(&h, 1);
	uint32_t total = cur_be16(&h);
	uint16_t id = cur_be16(&h), place = cur_be16(&h);
	uint8_t ttl = cur_u8(&h), proto = cur_u8(&h);
	cur_skip(&h, 2);
	/* 0: the network card was to cut it into segments */
	if (first >> 4 != 4 || header < 20 || (total && total < header))
		return DECODE_MALFORMED;
	out->ip = 4;
	out->ttl = ttl;
	out->src = addr_v4(cur_bytes(&h, 4));
	out->dst = addr_v4(cur_bytes(&h, 4));
	out->proto = proto;
	if (!cur_has(&w->c, header - 20))
		return walk_short(w);
	cur_skip(&w->c, header - 20);
	out->l3 = start;
	if (total) {
		cur_limit(&out->l3, total);
		walk_limit(w, total - header);
	}
	if (place & 0x3fff) {
		struct fragment piece = {
			.head = cur_sub(&start, header), .proto_at = 9, .id = id, .proto = proto,
			.offset = (place & 0x1fff) * 8u, .more = place & 0x2000,
		};
		enum decode_result result;
		if (!whole(w, &piece, &result))
			return result;
		proto = out->proto;
	}
	while (proto == PROTO_AH)
		if (!authentication(w, &proto))
			return walk_short(w);
	return transport(w, proto);
}

enum decode_result decode_ipv6(struct walk *w)
{
	struct packet *out = w->out;
	if (!walk_deeper(w))
		return walk_end(w);
	if (!cur_has(&w->c, 40))
		return walk_short(w);
	struct cur start = w->c, h = cur_sub(&w->c, 40);
	uint8_t first = cur_u8(&h);
	cur_skip(&h, 3);
	uint32_t length = cur_be16(&h);
	uint8_t next = cur_u8(&h);
	if (first >> 4 != 6)
		return DECODE_MALFORMED;
	out->ip = 6;
	out->ttl = cur_u8(&h);
	cur_copy(&h, out->src.b, 16);
	cur_copy(&h, out->dst.b, 16);
	out->proto = next;
	out->l3 = start;
	/* 0: nothing, a jumbogram, or segments that the network card was to make */
	if (length || next == IPV6_NONE) {
		cur_limit(&out->l3, 40 + length);
		walk_limit(w, length);
	}

	uint32_t proto_at = 6;
	for (;;) {
		struct cur c = w->c;
		size_t before = cur_left(&start) - cur_left(&c);
		switch (next) {
		case IPV6_HOP_BY_HOP: case IPV6_ROUTING: case IPV6_DESTINATION:
			next = cur_u8(&c);
			cur_skip(&c, cur_u8(&c) * 8u + 6);
			break;
		case PROTO_AH:
			next = cur_u8(&c);
			cur_skip(&c, (cur_u8(&c) + 2u) * 4 - 2);
			break;
		case IPV6_FRAGMENT: {
			next = cur_u8(&c);
			cur_skip(&c, 1);
			uint16_t place = cur_be16(&c);
			uint32_t id = cur_be32(&c);
			if (!cur_ok(&c) || !(place & 0xfff9))
				break;
			w->c = c;
			struct cur rest = start;
			struct fragment piece = {
				.head = cur_sub(&rest, before), .proto_at = proto_at, .id = id, .proto = next,
				.offset = place & 0xfff8, .more = place & 1,
			};
			enum decode_result result;
			if (!whole(w, &piece, &result))
				return result;
			next = out->proto;
			/* extension headers may stand behind it, a second fragment header not */
			c = w->c;
			start = out->l3;
			if (next == IPV6_FRAGMENT)
				return DECODE_MALFORMED;
			proto_at = piece.proto_at;
			continue;
		}
		default:
			return transport(w, next);
		}
		if (!cur_ok(&c))
			return walk_short(w);
		proto_at = (uint32_t)before;
		w->c = c;
	}
}
