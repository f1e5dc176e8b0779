/*
 * DHCP for IPv4 (RFC 2131, options RFC 2132; client FQDN RFC 4702).
 *
 *   0    1      2     3     4     8      10      12       16       20       24       28
 *   +----+------+-----+-----+-----+------+-------+--------+--------+--------+--------+---------+
 *   | op |htype | hlen|hops | xid | secs | flags | ciaddr | yiaddr | siaddr | giaddr | chaddr  |
 *   +----+------+-----+-----+-----+------+-------+--------+--------+--------+--------+ (16)    |
 *   | sname (64) | file (128) | cookie 63 82 53 63 | options: code, length, value  …            |
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/dnsname.h"

enum {
	BOOTREQUEST = 1, BOOTREPLY = 2, HTYPE_ETHERNET = 1,
	COOKIE_AT = 236,
	OPT_PAD = 0, OPT_HOST_NAME = 12, OPT_MESSAGE_TYPE = 53, OPT_PARAMETERS = 55, OPT_VENDOR_CLASS = 60,
	OPT_FQDN = 81, OPT_END = 255, FQDN_LABELS = 4,
	OFFER = 2, ACK = 5, NAK = 6, INFORM = 8,
};

static bool probe(const struct cur *c, enum side side)
{
	static const uint8_t cookie[] = { 0x63, 0x82, 0x53, 0x63 };
	struct cur x = *c;
	uint8_t op = cur_peek(c, 0);
	(void)side;
	if ((op != BOOTREQUEST && op != BOOTREPLY) || cur_peek(c, 1) != HTYPE_ETHERNET || cur_peek(c, 2) != 6)
		return false;
	cur_skip(&x, COOKIE_AT);
	return cur_starts(&x, cookie, sizeof cookie);
}

struct options {
	uint8_t type;
	bool fqdn_labels;
	struct cur host, vendor, fqdn, parameters;
};

static bool read_options(struct cur *c, struct options *o)
{
	const struct cur none = cur_make("", 0);
	*o = (struct options){ .host = none, .vendor = none, .fqdn = none, .parameters = none };
	while (cur_left(c)) {
		uint8_t code = cur_u8(c);
		if (code == OPT_END)
			return true;
		if (code == OPT_PAD)
			continue;
		struct cur v = cur_sub(c, cur_u8(c));
		if (!cur_ok(c))
			return false;
		switch (code) {
		case OPT_MESSAGE_TYPE:
			o->type = cur_u8(&v);
			break;
		case OPT_HOST_NAME:
			o->host = v;
			break;
		case OPT_VENDOR_CLASS:
			o->vendor = v;
			break;
		case OPT_FQDN:
			o->fqdn_labels = cur_u8(&v) & FQDN_LABELS;
			cur_skip(&v, 2);   /* two result codes */
			o->fqdn = v;
			break;
		case OPT_PARAMETERS:
			o->parameters = v;
			break;
		default:
			break;
		}
	}
	return true;
}

static void attr(struct dissect *d, uint32_t who, enum attr field, const struct cur *v, const char *source)
{
	char text[OBS_TEXT + 1];
	if (text_wire(cur_here(v), cur_left(v), text, sizeof text))
		dissect_attr_of(d, who, field, text, source);
}

/* Option 81: a text, or labels as DNS has them (RFC 4702 2.3). */
static void fqdn(struct dissect *d, uint32_t who, const struct options *o)
{
	char name[DNS_NAME];
	struct cur v = o->fqdn, at = v;
	if (!o->fqdn_labels) {
		attr(d, who, ATTR_HOSTNAME, &v, "dhcp.fqdn");
		return;
	}
	/* A name that is not complete ends with the option. */
	uint8_t text[DNS_NAME + 1];
	size_t n = cur_left(&v) < DNS_NAME ? cur_left(&v) : 0;
	cur_copy(&at, text, n);
	text[n] = 0;
	struct cur whole = cur_make(text, n + 1);
	at = whole;
	if (n && dns_name(&whole, &at, name)) {
		v = cur_make(name, strlen(name));
		attr(d, who, ATTR_HOSTNAME, &v, "dhcp.fqdn");
	}
}

/* Option 55 as "1,3,6,15": the order is a hint of the operating system, a weak one. */
static void fingerprint(struct dissect *d, uint32_t who, struct cur v)
{
	char text[OBS_TEXT];
	size_t used = 0;
	while (cur_left(&v) && used + 5 < sizeof text)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u", used ? "," : "", cur_u8(&v));
	if (used)
		dissect_attr_of(d, who, ATTR_DHCP_FINGERPRINT, text, "dhcp.option55");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct options o;
	uint8_t op = cur_u8(&c);
	cur_skip(&c, 11);
	struct addr ciaddr = addr_v4(cur_bytes(&c, 4)), yiaddr = addr_v4(cur_bytes(&c, 4));
	cur_skip(&c, 8);
	const uint8_t *mac = cur_bytes(&c, 6);
	cur_skip(&c, 10 + 64 + 128 + 4);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_set_side(d, op == BOOTREPLY ? SIDE_SERVER : SIDE_CLIENT);
	dissect_evident(d);
	bool whole = read_options(&c, &o);
	uint32_t client = dissect_mac_of(d, mac);
	if (op == BOOTREQUEST) {
		attr(d, client, ATTR_HOSTNAME, &o.host, "dhcp.host_name");
		fqdn(d, client, &o);
		attr(d, client, ATTR_DHCP_VENDOR, &o.vendor, "dhcp.vendor_class");
		if (cur_starts(&o.vendor, "MSFT 5.0", 8))   /* Windows 2000 and everything since */
			dissect_attr_of(d, client, ATTR_OS, "Windows", "dhcp.vendor_class");
		fingerprint(d, client, o.parameters);
		if (o.type == INFORM)   /* it has the address already, and says so */
			dissect_link(d, client, dissect_ip(d, &ciaddr), LINK_DHCP, "dhcp.inform");
	} else if (o.type == ACK) {
		bool given = addr_is_host(&yiaddr);
		dissect_link(d, client, dissect_ip(d, given ? &yiaddr : &ciaddr), LINK_DHCP, "dhcp.ack");
		attr(d, client, ATTR_HOSTNAME, &o.host, "dhcp.ack.host_name");   /* the client's, RFC 2132 3.14 */
	}
	return whole ? DISSECT_OK : DISSECT_TRUNCATED;
}

const struct dissector dissect_dhcp = {
	.name = "dhcp",
	.title = "DHCP",
	.udp = { 67, 68 },
	.probe = probe,
	.message = message,
	.reference = "RFC 2131, RFC 2132, RFC 4702",
	.recognition = "BOOTP header for Ethernet and the magic cookie",
	.identity = "host name (12, 81), vendor class (60), requested options (55), address given to a MAC",
	.operations = "",
	.verified = "real captures",
};
