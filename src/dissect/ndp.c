/*
 * IPv6 neighbour discovery (RFC 4861), inside ICMPv6; duplicate address detection RFC 4862.
 *
 *   0      1      2          4          8                24
 *   +------+------+----------+----------+----------------+---------------------------- - -
 *   | type | code | checksum | flags …  | target (135,   | options: type, length in units
 *   |      |  0   |          |          | 136 only)      | of 8 bytes, value
 *   +------+------+----------+----------+----------------+---------------------------- - -
 */
#include "dissect/dissect.h"

enum {
	ICMPV6 = 58, ROUTER_SOLICITATION = 133, ROUTER_ADVERTISEMENT = 134, NEIGHBOUR_SOLICITATION = 135,
	NEIGHBOUR_ADVERTISEMENT = 136, OPTION_SOURCE = 1, OPTION_TARGET = 2, HOP_LIMIT = 255,
};

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0);
	(void)side;
	return type >= ROUTER_SOLICITATION && type <= NEIGHBOUR_ADVERTISEMENT && cur_peek(c, 1) == 0;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	if (p->ip != 6 || p->ttl != HOP_LIMIT)   /* it never crosses a router */
		return DISSECT_NOT_MINE;
	uint8_t type = cur_u8(&c);
	struct addr claimed = p->src;
	cur_skip(&c, type == ROUTER_ADVERTISEMENT ? 15 : 7);
	if (type == NEIGHBOUR_ADVERTISEMENT)
		cur_copy(&c, claimed.b, 16);
	else if (type == NEIGHBOUR_SOLICITATION)
		cur_skip(&c, 16);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	uint8_t wanted = type == NEIGHBOUR_ADVERTISEMENT ? OPTION_TARGET : OPTION_SOURCE;
	while (cur_left(&c) >= 8) {
		uint8_t option = cur_u8(&c), units = cur_u8(&c);
		if (units == 0)
			return DISSECT_MALFORMED;
		struct cur value = cur_sub(&c, units * 8u - 2);
		const uint8_t *mac = cur_bytes(&value, 6);
		if (!cur_ok(&c) || !mac)
			return DISSECT_TRUNCATED;
		if (option == wanted)
			dissect_link(d, dissect_mac_of(d, mac), dissect_ip(d, &claimed), LINK_ND, "ndp");
	}
	if (type == ROUTER_ADVERTISEMENT)
		dissect_attr(d, ATTR_ROLE, "router", "ndp.router_advertisement");
	return DISSECT_OK;
}

const struct dissector dissect_ndp = {
	.name = "ndp",
	.title = "IPv6 neighbour discovery",
	.ip_proto = ICMPV6,
	.probe = probe,
	.message = message,
	.reference = "RFC 4861, RFC 4862",
	.recognition = "ICMPv6 types 133 to 136 with hop limit 255",
	.identity = "binding of MAC and IPv6 address; who is a router",
	.operations = "",
	.verified = "real captures",
};
