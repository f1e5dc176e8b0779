/*
 * Cisco Discovery Protocol (Cisco: "Cisco Discovery Protocol Configuration Guide";
 * the frame is described in its Catalyst manuals), SNAP 00000C, protocol 2000. Others
 * than Cisco speak it, too.
 *
 *   0         1     2          4
 *   +---------+-----+----------+------+--------+------- - -
 *   | version | ttl | checksum | type | length | value          repeated; length counts from the type
 *   +---------+-----+----------+------+--------+------- - -
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dissect/dissect.h"
#include "dissect/httphead.h"

enum {
	DEVICE_ID = 1, ADDRESSES = 2, PORT_ID = 3, CAPABILITIES = 4, VERSION_TEXT = 5, PLATFORM = 6, VTP_DOMAIN = 9,
	NATIVE_VLAN = 10, SYSTEM_NAME = 0x14, MANAGEMENT = 0x16, LOCATION = 0x17, TYPE_MAX = 0x1fff,
	IS_ROUTER = 0x01, IS_TRANSPARENT_BRIDGE = 0x02, IS_SWITCH = 0x08, IS_PHONE = 0x80,
	NLPID = 1, NLPID_IP = 0xcc, LLC = 2, ADDRESSES_MAX = 64, SERIAL = 11,
};

static bool probe(const struct cur *c, enum side side)
{
	uint8_t version = cur_peek(c, 0);
	uint16_t type = cur_peek_be16(c, 4), n = cur_peek_be16(c, 6);
	(void)side;
	return (version == 1 || version == 2) && cur_has(c, 8) && type > 0 && type <= TYPE_MAX && n >= 4 &&
	       (type != DEVICE_ID || n > 4);
}

/* ABC1234X5YZ: three letters, four digits, four of either. */
static bool is_serial(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool letter = s[i] >= 'A' && s[i] <= 'Z', digit = s[i] >= '0' && s[i] <= '9';
		if (i < 3 ? !letter : i < 7 ? !digit : !letter && !digit)
			return false;
	}
	return n == SERIAL;
}

/* A name, or "name(SERIAL)", or "SERIAL(name)", by the system. */
static void device_id(struct dissect *d, struct cur v)
{
	char text[OBS_TEXT + 1];
	if (!text_wire(cur_here(&v), cur_left(&v), text, sizeof text))
		return;
	char *open = strchr(text, '(');
	size_t n = strlen(text);
	if (open && open > text && text[n - 1] == ')') {
		text[n - 1] = 0;
		*open = 0;
		bool first = is_serial(text, strlen(text)), second = is_serial(open + 1, strlen(open + 1));
		if (first || second) {
			dissect_attr(d, ATTR_SERIAL, first ? text : open + 1, "cdp.device_id");
			dissect_attr(d, ATTR_NAME, first ? open + 1 : text, "cdp.device_id");
			return;
		}
		*open = '(';
		text[n - 1] = ')';
	}
	dissect_attr(d, ATTR_NAME, text, "cdp.device_id");
}

static void addresses(struct dissect *d, struct cur v, const char *source)
{
	static const uint8_t ipv6[] = { 0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd };
	uint32_t n = cur_be32(&v);
	for (uint32_t i = 0; i < n && i < ADDRESSES_MAX && cur_left(&v); i++) {
		uint8_t type = cur_u8(&v);
		struct cur protocol = cur_sub(&v, cur_u8(&v)), address = cur_sub(&v, cur_be16(&v));
		struct addr a = { { 0 } };
		if (!cur_ok(&v))
			return;
		if (type == NLPID && cur_peek(&protocol, 0) == NLPID_IP && cur_left(&address) == 4)
			a = addr_v4(cur_bytes(&address, 4));
		else if (type == LLC && cur_left(&protocol) == sizeof ipv6 && cur_starts(&protocol, ipv6, sizeof ipv6) &&
			 cur_left(&address) == 16)
			cur_copy(&address, a.b, sizeof a.b);
		else
			continue;
		dissect_link(d, dissect_sender(d), dissect_ip(d, &a), LINK_LLDP, source);
	}
}

/* The switch inside a host of virtual machines does not make that a switch. */
static void role(struct dissect *d, uint32_t is, bool virtual)
{
	const char *role = is & IS_PHONE ? "telephone" : virtual ? "server" : is & IS_SWITCH ? "switch"
			   : is & IS_ROUTER ? "router" : is & IS_TRANSPARENT_BRIDGE ? "bridge" : NULL;
	if (role)
		dissect_attr(d, ATTR_ROLE, role, "cdp.capabilities");
}

static struct cur first_lines(struct cur v, unsigned lines)
{
	size_t n = 0;
	while (n < cur_left(&v) && (cur_peek(&v, n) != '\n' || --lines))
		n++;
	cur_limit(&v, n);
	return v;
}

static bool holds(struct cur v, const char *word)
{
	return head_find(&v, word);
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* "Cisco IOS Software, …, Version 12.2(44)SE, RELEASE SOFTWARE": up to the comma or a blank. */
static void version_text(struct dissect *d, struct cur v)
{
	struct cur line = first_lines(v, 1);
	if (!holds(line, "Version "))
		line = first_lines(v, 2);   /* old ones say no more than their name in the first */
	dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&line), cur_left(&line), "cdp.software_version");
	const char *os = holds(line, "IOS-XE") || holds(line, "IOS XE") ? "Cisco IOS XE"
			 : holds(line, "NX-OS") ? "Cisco NX-OS"
			 : holds(line, "Cisco IOS") || holds(line, "Cisco Internetwork Operating System") ? "Cisco IOS" : NULL;
	if (os)
		dissect_attr(d, ATTR_OS, os, "cdp.software_version");
	struct cur version = line;
	uint8_t first = cur_peek(&version, 0), second = cur_peek(&version, 1);
	if (head_find(&version, "Version "))
		cur_skip(&version, 8);
	else if (!(is_digit(first) || ((first == 'V' || first == 'v') && is_digit(second))))   /* others give the version alone */
		return;
	size_t n = 0;
	while (n < cur_left(&version) && cur_peek(&version, n) > ' ' && cur_peek(&version, n) != ',')
		n++;
	dissect_attr_bytes(d, ATTR_FIRMWARE, cur_here(&version), n, "cdp.software_version");
}

/* "cisco WS-C3560-24TS": Cisco puts its name in front of its own. */
static void platform(struct dissect *d, struct cur v)
{
	if (cur_has(&v, 6) && strncasecmp((const char *)cur_here(&v), "cisco ", 6) == 0) {
		dissect_attr(d, ATTR_VENDOR, "Cisco", "cdp.platform");
		cur_skip(&v, 6);
	}
	if (cur_starts(&v, "Allen-Bradley ", 14))   /* Stratix: switches that Cisco makes */
		dissect_attr(d, ATTR_VENDOR, "Rockwell Automation", "cdp.platform");
	dissect_attr_bytes(d, ATTR_MODEL, cur_here(&v), cur_left(&v), "cdp.platform");
}

static void described(struct dissect *d, const char *what, struct cur v, const char *source)
{
	char text[OBS_TEXT + 1], value[OBS_TEXT + 1];
	if (!text_wire(cur_here(&v), cur_left(&v), value, sizeof value))
		return;
	snprintf(text, sizeof text, "%s %.200s", what, value);
	dissect_attr(d, ATTR_DESCRIPTION, text, source);
}

static void tlv(struct dissect *d, uint16_t type, struct cur v)
{
	char text[32];
	switch (type) {
	case DEVICE_ID:
		device_id(d, v);
		break;
	case ADDRESSES:
		addresses(d, v, "cdp.addresses");
		break;
	case MANAGEMENT:
		addresses(d, v, "cdp.management_addresses");
		break;
	case PORT_ID:
		dissect_attr_bytes(d, ATTR_LOCATION, cur_here(&v), cur_left(&v), "cdp.port_id");
		break;
	case VERSION_TEXT:
		version_text(d, v);
		break;
	case PLATFORM:
		platform(d, v);
		break;
	case VTP_DOMAIN:
		described(d, "VTP domain", v, "cdp.vtp_domain");
		break;
	case NATIVE_VLAN:
		if (cur_left(&v) == 2) {
			snprintf(text, sizeof text, "native VLAN %u", cur_be16(&v));
			dissect_attr(d, ATTR_DESCRIPTION, text, "cdp.native_vlan");
		}
		break;
	case SYSTEM_NAME:
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&v), cur_left(&v), "cdp.system_name");
		break;
	case LOCATION:
		cur_skip(&v, 1);
		dissect_attr_bytes(d, ATTR_LOCATION, cur_here(&v), cur_left(&v), "cdp.location");
		break;
	default:
		break;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint32_t is = 0;
	bool virtual = false;
	cur_skip(&c, 4);
	dissect_evident(d);
	while (cur_left(&c) >= 4) {
		uint16_t type = cur_be16(&c), n = cur_be16(&c);
		if (n < 4 && type)
			return DISSECT_MALFORMED;
		if (n < 4)
			break;   /* zeros that pad the frame */
		struct cur value = cur_sub(&c, n - 4u);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		if (type == CAPABILITIES && cur_left(&value) == 4)
			is = cur_be32(&value);
		else if (type == PLATFORM && cur_starts(&value, "VMware", 6))
			virtual = true;
		tlv(d, type, value);
	}
	role(d, is, virtual);
	return DISSECT_OK;
}

const struct dissector dissect_cdp = {
	.name = "cdp",
	.title = "CDP",
	.snap_oui = 0x00000c,
	.snap_pid = 0x2000,
	.probe = probe,
	.message = message,
	.reference = "Cisco: Understanding Cisco Discovery Protocol",
	.recognition = "SNAP 00000C, protocol 2000; version 1 or 2, a first field with a length",
	.identity = "device id, serial number, platform, version, system, capabilities, port, native VLAN, VTP domain, addresses",
	.operations = "",
	.verified = "real captures",
};
