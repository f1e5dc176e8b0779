/*
 * Tunnels: the packet ends up describing the innermost frame, and remembers who
 * sent the tunnel and its number. GRE (RFC 2784, 2890, 2637), ERSPAN
 * (draft-foschiano-erspan), VXLAN (RFC 7348), GENEVE (RFC 8926), IP in IP
 * (RFC 2003, 2473, 4213).
 */
#include "decode/layer.h"

enum { GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000, GRE_ACK = 0x0080 };

/* What is known of the outer frame goes: it would be taken for the inner one's. */
static void enter(struct walk *w, enum tunnel kind, uint32_t id)
{
	struct packet *out = w->out, old = *out;
	*out = (struct packet){
		.ts = old.ts, .frame = old.frame, .file = old.file, .caplen = old.caplen, .wirelen = old.wirelen,
		.tunnel = (uint8_t)kind, .tunnel_id = id, .tunnel_src = old.src,
	};
}

static enum decode_result erspan(struct walk *w, struct cur c, uint16_t type, bool sequence)
{
	uint32_t session = 0;
	if (type == ETHERTYPE_ERSPAN3) {
		/*
		 *  0                   1                   2                   3
		 * |  Ver  |         VLAN          | COS |BSO|T|     Session ID    |
		 * |                          Timestamp                            |
		 * |             SGT               |P|    FT   |   Hw ID   |D|Gra|O|
		 */
		session = cur_be32(&c) & 0x3ff;
		cur_skip(&c, 6);
		if (cur_be16(&c) & 1)
			cur_skip(&c, 8);    /* platform specific subheader */
	} else if (sequence) {
		/* |  Ver  |  VLAN  | COS |En |T| Session ID |, |  Reserved  |  Index  | */
		session = cur_be32(&c) & 0x3ff;
		cur_skip(&c, 4);
	}
	/* type I has no header of its own, and no sequence number in GRE */
	enter(w, TUNNEL_ERSPAN, session);
	if (!cur_ok(&c))
		return walk_short(w);
	w->c = c;
	return decode_ethernet(w);
}

bool decode_gre(struct walk *w, enum decode_result *result)
{
	struct cur c = w->c;
	uint16_t flags = cur_be16(&c), type = cur_be16(&c);
	uint32_t key = 0;
	if (flags & (GRE_CHECKSUM | GRE_ROUTING))
		cur_skip(&c, 4);
	if (flags & GRE_KEY)
		key = cur_be32(&c);
	if (flags & GRE_SEQUENCE)
		cur_skip(&c, 4);
	if ((flags & 7) == 1) {    /* PPTP: the key is a length and the call; a mere acknowledgement carries nothing */
		key &= 0xffff;
		if (flags & GRE_ACK)
			cur_skip(&c, 4);
		if (!(flags & GRE_SEQUENCE))
			return false;
	}
	if (flags & GRE_ROUTING) {
		uint16_t family;
		uint8_t length;
		do {
			family = cur_be16(&c);
			cur_skip(&c, 1);
			length = cur_u8(&c);
			cur_skip(&c, length);
		} while (cur_ok(&c) && (family || length));
	}
	if (!cur_ok(&c)) {
		*result = walk_short(w);
		return true;
	}
	switch (type) {
	case ETHERTYPE_ERSPAN:
	case ETHERTYPE_ERSPAN3:
		*result = erspan(w, c, type, flags & GRE_SEQUENCE);
		return true;
	case ETHERTYPE_BRIDGED:
		enter(w, TUNNEL_GRE, key);
		w->c = c;
		*result = decode_ethernet(w);
		return true;
	case ETHERTYPE_PPP:
		enter(w, TUNNEL_GRE, key);
		w->c = c;
		*result = decode_ppp(w);
		return true;
	case ETHERTYPE_IPV4: case ETHERTYPE_IPV6: case ETHERTYPE_MPLS: case ETHERTYPE_MPLS_MULTICAST:
		enter(w, TUNNEL_GRE, key);
		w->c = c;
		*result = decode_ethertype(w, type);
		return true;
	default:
		return false;
	}
}

bool decode_ipip(struct walk *w, uint8_t proto, enum decode_result *result)
{
	if (cur_left(&w->c) == 0) {
		*result = walk_short(w);
		return true;
	}
	if (cur_peek(&w->c, 0) >> 4 != (proto == PROTO_IPIP ? 4 : 6))
		return false;
	enter(w, TUNNEL_IPIP, 0);
	*result = decode_ethertype(w, proto == PROTO_IPIP ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
	return true;
}

bool decode_vxlan(struct walk *w, enum decode_result *result)
{
	struct cur c = w->c;
	uint8_t flags = cur_u8(&c);
	cur_skip(&c, 2);
	uint8_t next = cur_u8(&c);
	uint32_t vni = cur_be24(&c);
	cur_skip(&c, 1);
	if (!cur_ok(&c)) {
		*result = walk_short(w);
		return w->missing;
	}
	if (!(flags & 0x08))    /* something else on this port: the flag must be set, RFC 7348 5 */
		return false;
	bool generic = flags & 0x04;    /* says what it carries, draft-ietf-nvo3-vxlan-gpe 3.1 */
	if (generic && (next < 1 || next > 3))
		return false;
	enter(w, TUNNEL_VXLAN, vni);
	w->c = c;
	if (!generic || next == 3)
		*result = decode_ethernet(w);
	else
		*result = decode_ethertype(w, next == 1 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
	return true;
}

bool decode_geneve(struct walk *w, enum decode_result *result)
{
	struct cur c = w->c;
	uint8_t first = cur_u8(&c);
	cur_skip(&c, 1);
	uint16_t type = cur_be16(&c);
	uint32_t vni = cur_be24(&c);
	cur_skip(&c, 1);
	if (cur_ok(&c) && (first >> 6 || (type != ETHERTYPE_BRIDGED && type != ETHERTYPE_IPV4 && type != ETHERTYPE_IPV6)))
		return false;
	cur_skip(&c, (first & 0x3f) * 4u);
	if (!cur_ok(&c)) {
		*result = walk_short(w);
		return w->missing;
	}
	enter(w, TUNNEL_GENEVE, vni);
	w->c = c;
	*result = type == ETHERTYPE_BRIDGED ? decode_ethernet(w) : decode_ethertype(w, type);
	return true;
}
