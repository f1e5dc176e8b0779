/* Link layers and what stands between them and IP. */
#include "decode/layer.h"

#include <stdlib.h>

#include "base/err.h"

/* LINKTYPE_ values of the pcap formats (12 and 14: DLT_RAW of some systems, written by mistake) */
enum {
	LINK_NULL = 0, LINK_ETHERNET = 1, LINK_PPP = 9, LINK_RAW_12 = 12, LINK_RAW_14 = 14, LINK_PPP_HDLC = 50,
	LINK_PPPOE = 51, LINK_RAW = 101, LINK_CISCO_HDLC = 104, LINK_LOOP = 108, LINK_COOKED = 113,
	LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_COOKED2 = 276,
};

enum { MISSING_MAX = 16 << 20 };              /* the file says what it likes; sums of it must not run over */
enum { LENGTH_MAX = 1500 };                   /* an EtherType up to this is a length, IEEE 802.3 3.2.6 */
enum { LLC_SNAP = 0xaa, LLC_UNNUMBERED = 0x03 };
enum { OUI_ETHERNET = 0x000000, OUI_BRIDGE_TUNNEL = 0x0000f8 };
enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281 };
enum { COOKED_802_3 = 1, COOKED_LLC = 4 };    /* "protocols" of Linux that are no EtherTypes */

struct decode *decode_new(void)
{
	return xcalloc(1, sizeof(struct decode));
}

void decode_free(struct decode *d)
{
	if (!d)
		return;
	decode_fragments_free(d->fragments);
	free(d);
}

void decode_leave_fragments(struct decode *d)
{
	d->leave_fragments = true;
}

uint64_t decode_lost_fragments(const struct decode *d)
{
	return d->lost_fragments + decode_fragments_waiting(d->fragments);
}

uint64_t decode_too_deep(const struct decode *d)
{
	return d->too_deep;
}

static enum decode_result llc(struct walk *w)
{
	struct packet *out = w->out;
	struct cur c = w->c;
	uint8_t dsap = cur_u8(&c), ssap = cur_u8(&c), control = cur_u8(&c);
	/* only unnumbered frames have a control field of one byte, IEEE 802.2 5.2 */
	if ((control & LLC_UNNUMBERED) != LLC_UNNUMBERED)
		cur_skip(&c, 1);
	if (!cur_ok(&c))
		return walk_short(w);
	out->ethertype = 0;
	if (dsap == LLC_SNAP && ssap == LLC_SNAP && control == LLC_UNNUMBERED) {
		uint32_t oui = cur_be24(&c);
		uint16_t pid = cur_be16(&c);
		if (!cur_ok(&c))
			return walk_short(w);
		w->c = c;
		if ((oui == OUI_ETHERNET || oui == OUI_BRIDGE_TUNNEL) && pid > LENGTH_MAX)
			return walk_deeper(w) ? decode_ethertype(w, pid) : walk_end(w);
		out->snap_oui = oui;
		out->snap_pid = pid;
		return walk_end(w);
	}
	out->llc_dsap = dsap;
	out->llc_ssap = ssap;
	w->c = c;
	return walk_end(w);
}

/* The protocol field of PPP, which may be squeezed into one byte (RFC 1661 6.5). */
static enum decode_result ppp_protocol(struct walk *w)
{
	struct cur c = w->c;
	uint16_t proto = cur_u8(&c);
	if (!(proto & 1))
		proto = (uint16_t)(proto << 8 | cur_u8(&c));
	if (!cur_ok(&c))
		return walk_short(w);
	switch (proto) {
	case PPP_IPV4:
		w->c = c;
		return decode_ethertype(w, ETHERTYPE_IPV4);
	case PPP_IPV6:
		w->c = c;
		return decode_ethertype(w, ETHERTYPE_IPV6);
	case PPP_MPLS:
		w->c = c;
		return decode_ethertype(w, ETHERTYPE_MPLS);
	default:
		return walk_end(w);
	}
}

static enum decode_result cisco_hdlc(struct walk *w)
{
	cur_skip(&w->c, 2);
	uint16_t type = cur_be16(&w->c);
	return cur_ok(&w->c) ? decode_ethertype(w, type) : walk_short(w);
}

enum decode_result decode_ppp(struct walk *w)
{
	if (!cur_has(&w->c, 2))
		return walk_short(w);
	switch (cur_peek_be16(&w->c, 0)) {
	case 0xff03:    /* address and control as in HDLC, RFC 1662 3.1 */
		cur_skip(&w->c, 2);
		break;
	case 0x0f00:
	case 0x8f00:
		return cisco_hdlc(w);
	}
	return ppp_protocol(w);
}

static enum decode_result pppoe(struct walk *w)
{
	uint8_t version = cur_u8(&w->c), code = cur_u8(&w->c);
	cur_skip(&w->c, 2);
	uint16_t length = cur_be16(&w->c);
	if (!cur_ok(&w->c))
		return walk_short(w);
	if (version != 0x11)
		return DECODE_MALFORMED;
	walk_limit(w, length);
	return code == 0 ? ppp_protocol(w) : walk_end(w);
}

/* Does an Ethernet header stand `at` bytes from here? MPLS does not say what it carries. */
static bool looks_like_ethernet(const struct walk *w, size_t at)
{
	size_t left = cur_left(&w->c);
	if (left < at + 14)
		return false;
	uint16_t type = cur_peek_be16(&w->c, at + 12);
	if (type <= LENGTH_MAX)
		return type >= 3 && type <= left + w->missing - at - 14;
	switch (type) {
	case ETHERTYPE_IPV4: case ETHERTYPE_IPV6: case 0x0806: case ETHERTYPE_VLAN: case ETHERTYPE_QINQ:
	case ETHERTYPE_QINQ_OLD: case ETHERTYPE_MPLS: case ETHERTYPE_MPLS_MULTICAST: case ETHERTYPE_PPPOE:
	case 0x8863: case 0x8892: case 0x88a4: case 0x88b8: case 0x88ba: case 0x88cc: case 0x88f7: case 0x9000:
		return true;
	default:
		return false;
	}
}

static enum decode_result mpls(struct walk *w)
{
	uint32_t label;
	do
		label = cur_be32(&w->c);
	while (cur_ok(&w->c) && !(label & 0x100));    /* bottom of the stack, RFC 3032 2.1 */
	if (!cur_ok(&w->c) || cur_left(&w->c) == 0)
		return walk_short(w);
	switch (cur_peek(&w->c, 0) >> 4) {
	case 4:
		return decode_ethertype(w, ETHERTYPE_IPV4);
	case 6:
		return decode_ethertype(w, ETHERTYPE_IPV6);
	case 0:    /* a control word, whose first half is zero before Ethernet (RFC 4448 4.6), or a MAC address */
		if (cur_peek_be16(&w->c, 0) == 0 && looks_like_ethernet(w, 4)) {
			cur_skip(&w->c, 4);
			return decode_ethernet(w);
		}
		break;
	}
	return looks_like_ethernet(w, 0) ? decode_ethernet(w) : walk_end(w);
}

enum decode_result decode_ethertype(struct walk *w, uint16_t type)
{
	struct packet *out = w->out;
	while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD) {
		out->ethertype = type;
		uint16_t vlan = cur_be16(&w->c) & 0xfff;
		type = cur_be16(&w->c);
		if (!cur_ok(&w->c))
			return walk_short(w);
		/* VLAN 0 is a priority on an untagged frame, IEEE 802.1Q 9.6 */
		if (vlan && out->vlans < PACKET_VLANS)
			out->vlan[out->vlans++] = vlan;
	}
	if (type <= LENGTH_MAX) {
		walk_limit(w, type);
		return llc(w);
	}
	out->ethertype = type;
	switch (type) {
	case ETHERTYPE_IPV4:
		return decode_ipv4(w);
	case ETHERTYPE_IPV6:
		return decode_ipv6(w);
	case ETHERTYPE_PPPOE:
		return pppoe(w);
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_MULTICAST:
		return mpls(w);
	default:
		return walk_end(w);
	}
}

enum decode_result decode_ethernet(struct walk *w)
{
	struct packet *out = w->out;
	if (!walk_deeper(w))
		return walk_end(w);
	if (!cur_has(&w->c, 14))
		return walk_short(w);
	struct cur h = cur_sub(&w->c, 14);
	cur_copy(&h, out->mac_dst, 6);
	cur_copy(&h, out->mac_src, 6);
	out->has_mac = true;
	out->has_dst_mac = true;
	out->vlans = 0;
	return decode_ethertype(w, cur_be16(&h));
}

/* Linux cooked: who sent it, and an EtherType, in two layouts. */
static enum decode_result cooked(struct walk *w, bool second)
{
	struct packet *out = w->out;
	struct cur c = w->c;
	uint16_t type = 0, length;
	if (second) {
		type = cur_be16(&c);
		cur_skip(&c, 9);    /* reserved, interface, ARPHRD_ type, packet type */
		length = cur_u8(&c);
	} else {
		cur_skip(&c, 4);    /* packet type, ARPHRD_ type */
		length = cur_be16(&c);
	}
	struct cur address = cur_sub(&c, 8);
	if (!second)
		type = cur_be16(&c);
	if (!cur_ok(&c))
		return walk_short(w);
	w->c = c;
	if (length == 6) {
		cur_copy(&address, out->mac_src, 6);
		out->has_mac = !mac_is_zero(out->mac_src);
	}
	if (type == COOKED_LLC)
		return llc(w);
	if (type == COOKED_802_3 || type <= LENGTH_MAX)
		return walk_end(w);
	return decode_ethertype(w, type);
}

static enum decode_result raw_ip(struct walk *w)
{
	if (cur_left(&w->c) == 0)
		return walk_short(w);
	switch (cur_peek(&w->c, 0) >> 4) {
	case 4:
		return decode_ipv4(w);
	case 6:
		return decode_ipv6(w);
	default:
		return DECODE_MALFORMED;
	}
}

/* BSD loopback: an address family in the byte order of whoever captured, or of the network. */
static enum decode_result loopback(struct walk *w)
{
	uint32_t family = cur_be32(&w->c);
	if (!cur_ok(&w->c))
		return walk_short(w);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		return decode_ipv4(w);
	case 10: case 23: case 24: case 28: case 30:    /* AF_INET6 of Linux, Windows, Net/OpenBSD, FreeBSD, Darwin */
		return decode_ipv6(w);
	default:
		return walk_end(w);
	}
}

/* memset() of the whole becomes a `rep stos`, slower by a fifth of what a plain frame takes. */
static inline void clear(struct packet *out)
{
	enum { CHUNK = 64 };
	char *p = (char *)out;
	size_t i = 0;
	for (; i + CHUNK <= sizeof *out; i += CHUNK)
		memset(p + i, 0, CHUNK);
	memset(p + i, 0, sizeof *out % CHUNK);
}

enum decode_result decode_frame(struct decode *d, const struct frame *f, struct packet *out)
{
	clear(out);
	out->ts = f->ts;
	out->frame = f->number;
	out->file = f->file;
	out->caplen = f->caplen;
	out->wirelen = f->wirelen;
	struct walk w = {
		.d = d,
		.out = out,
		.c = cur_make(f->data, f->caplen),
		.missing = f->wirelen > f->caplen ? f->wirelen - f->caplen : 0,
	};
	if (w.missing > MISSING_MAX)
		w.missing = MISSING_MAX;
	switch (f->linktype) {
	case LINK_ETHERNET:
		return decode_ethernet(&w);
	case LINK_COOKED:
		return cooked(&w, false);
	case LINK_COOKED2:
		return cooked(&w, true);
	case LINK_RAW: case LINK_RAW_12: case LINK_RAW_14:
		return raw_ip(&w);
	case LINK_IPV4:
		return decode_ipv4(&w);
	case LINK_IPV6:
		return decode_ipv6(&w);
	case LINK_NULL: case LINK_LOOP:
		return loopback(&w);
	case LINK_PPP: case LINK_PPP_HDLC:
		return decode_ppp(&w);
	case LINK_PPPOE:
		return pppoe(&w);
	case LINK_CISCO_HDLC:
		return cisco_hdlc(&w);
	default:
		return DECODE_UNKNOWN;
	}
}
