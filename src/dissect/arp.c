/*
 * ARP (RFC 826; RFC 5227 for probes and announcements).
 *
 *   0      2      4   5   6      8            14       18           24
 *   +------+------+---+---+------+------------+--------+------------+--------+
 *   | htype| ptype|hln|pln| oper | sender MAC | sender | target MAC | target |
 *   |  1   | 0800 | 6 | 4 | 1, 2 |            | IPv4   |            | IPv4   |
 *   +------+------+---+---+------+------------+--------+------------+--------+
 */
#include "dissect/dissect.h"

enum { HTYPE_ETHERNET = 1, PTYPE_IPV4 = 0x0800, OPER_REQUEST = 1, OPER_REPLY = 2 };

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint16_t htype = cur_be16(&c), ptype = cur_be16(&c);
	uint8_t hln = cur_u8(&c), pln = cur_u8(&c);
	uint16_t oper = cur_be16(&c);
	const uint8_t *sha = cur_bytes(&c, 6), *spa = cur_bytes(&c, 4);
	cur_skip(&c, 10);   /* the target is asked for, it says nothing */
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (htype != HTYPE_ETHERNET || ptype != PTYPE_IPV4 || hln != 6 || pln != 4)
		return DISSECT_NOT_MINE;
	if (oper != OPER_REQUEST && oper != OPER_REPLY)
		return DISSECT_MALFORMED;
	dissect_evident(d);
	/* The sender claims its address; a probe (sender 0.0.0.0) claims nothing. */
	struct addr sender = addr_v4(spa);
	if (mac_is_host(sha) && addr_is_host(&sender))
		dissect_link(d, dissect_mac_of(d, sha), dissect_ip(d, &sender), LINK_ARP, "arp");
	return DISSECT_OK;
}

const struct dissector dissect_arp = {
	.name = "arp",
	.title = "ARP",
	.ethertype = { 0x0806 },
	.message = message,
	.reference = "RFC 826, RFC 5227",
	.recognition = "EtherType 0806, Ethernet and IPv4 sizes",
	.identity = "binding of MAC and IPv4 address",
	.operations = "",
	.verified = "real captures",
};
