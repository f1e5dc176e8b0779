/*
 * LLDP (IEEE 802.1AB), with LLDP-MED (ANSI/TIA-1057) and the TLVs of PROFINET.
 *
 *   +---------------+----------------+----------- - -
 *   | type (7 bits) | length (9)     | value            repeated, ended by type 0
 *   +---------------+----------------+----------- - -
 *   1 chassis id, 2 port id, 3 time to live, then the optional ones
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/sysdescr.h"

enum {
	END = 0, CHASSIS_ID = 1, PORT_ID = 2, TTL = 3, PORT_DESCRIPTION = 4, SYSTEM_NAME = 5,
	SYSTEM_DESCRIPTION = 6, CAPABILITIES = 7, MANAGEMENT_ADDRESS = 8, ORGANISATION = 127,
	SUBTYPE_MAC = 4, SUBTYPE_NETWORK = 5, PORT_SUBTYPE_MAC = 3, FAMILY_IPV4 = 1, FAMILY_IPV6 = 2, FAMILY_MAC = 6, SUBTYPE_LOCAL = 7,
	OUI_MED = 0x0012bb, OUI_PROFINET = 0x000ecf, PROFINET_CHASSIS_MAC = 5,
	CAP_BRIDGE = 0x04, CAP_WLAN = 0x08, CAP_ROUTER = 0x10, CAP_TELEPHONE = 0x20,
	TYPE_SIZE = 25, ORDER_SIZE = 20, SERIAL_SIZE = 16, HARDWARE_SIZE = 5, VERSION_SIZE = 9, SYSTEM_SIZE = 80,
};

static struct addr address(struct cur *c, uint8_t family)
{
	struct addr a = { { 0 } };
	if (family == FAMILY_IPV4)
		a = addr_v4(cur_bytes(c, 4));
	else if (family == FAMILY_IPV6)
		cur_copy(c, a.b, 16);
	return a;
}

/* Another interface of the same device. */
static void same(struct dissect *d, const uint8_t *mac, const char *source)
{
	if (mac)
		dissect_link(d, dissect_sender(d), dissect_mac_of(d, mac), LINK_SAME, source);
}

static bool printable(struct cur v)
{
	while (cur_left(&v))
		if ((cur_peek(&v, 0) & 0x7f) < 0x20)
			return false;
		else
			cur_skip(&v, 1);
	return true;
}

/*
 * PROFINET from 2.4 on (IEC 61158-6-10, SystemIdentification): columns with a blank between them, in place of a name.
 * "SIMATIC S7-1500           6ES7 515-2AM01-0AB0  S C-L2AB01234567     4 V  2  8  1"
 */
static bool system_identification(struct dissect *d, struct cur v)
{
	char text[16];
	struct cur type = cur_sub(&v, TYPE_SIZE), blank1 = cur_sub(&v, 1), order = cur_sub(&v, ORDER_SIZE), blank2 = cur_sub(&v, 1),
		   serial = cur_sub(&v, SERIAL_SIZE), blank3 = cur_sub(&v, 1), hardware = cur_sub(&v, HARDWARE_SIZE);
	unsigned version[3] = { 0 };
	cur_skip(&v, 1);
	uint8_t prefix = cur_u8(&v);
	if (!cur_has(&v, VERSION_SIZE) || cur_left(&v) > VERSION_SIZE || cur_peek(&blank1, 0) != ' ' || cur_peek(&blank2, 0) != ' ' ||
	    cur_peek(&blank3, 0) != ' ' || !(prefix == 'V' || prefix == 'R' || prefix == 'P' || prefix == 'U' || prefix == 'T'))
		return false;
	for (int i = 0; i < VERSION_SIZE; i++) {
		uint8_t c = cur_u8(&v);
		if (c != ' ' && (c < '0' || c > '9'))
			return false;
		if (c != ' ')
			version[i / 3] = version[i / 3] * 10 + (c - '0');
	}
	dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&type), cur_left(&type), "lldp.profinet.device_type");
	dissect_attr_bytes(d, ATTR_MODEL, cur_here(&order), cur_left(&order), "lldp.profinet.order_id");
	dissect_attr_bytes(d, ATTR_SERIAL, cur_here(&serial), cur_left(&serial), "lldp.profinet.serial_number");
	while (cur_peek(&hardware, 0) == ' ')
		cur_skip(&hardware, 1);
	dissect_attr_bytes(d, ATTR_HARDWARE, cur_here(&hardware), cur_left(&hardware), "lldp.profinet.hardware_revision");
	snprintf(text, sizeof text, "%c%u.%u.%u", prefix, version[0], version[1], version[2]);
	dissect_attr(d, ATTR_FIRMWARE, text, "lldp.profinet.software_revision");
	return true;
}

static void chassis(struct dissect *d, struct cur v)
{
	uint8_t subtype = cur_u8(&v);
	if (subtype == SUBTYPE_MAC) {
		same(d, cur_bytes(&v, 6), "lldp.chassis_id");
	} else if (subtype == SUBTYPE_NETWORK) {
		struct addr a = address(&v, cur_u8(&v));
		if (cur_ok(&v))
			dissect_link(d, dissect_sender(d), dissect_ip(d, &a), LINK_LLDP, "lldp.chassis_id");
	} else if (cur_left(&v) == SYSTEM_SIZE && printable(v) && system_identification(d, v)) {
		return;
	} else if (subtype && printable(v)) {
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&v), cur_left(&v), "lldp.chassis_id");
	}
}

/* PROFINET: "port-001" or, with a slot, "port-001-00002"; newer devices put the name of the station behind it: ".plc-1" */
static void port(struct dissect *d, struct cur v)
{
	uint8_t subtype = cur_u8(&v);
	if (subtype == PORT_SUBTYPE_MAC)
		return;
	dissect_attr_bytes(d, ATTR_LOCATION, cur_here(&v), cur_left(&v), "lldp.port_id");
	if (subtype != SUBTYPE_LOCAL || !cur_starts(&v, "port-", 5))
		return;
	cur_skip(&v, 5);
	while (cur_left(&v) && (cur_peek(&v, 0) == '-' || (cur_peek(&v, 0) >= '0' && cur_peek(&v, 0) <= '9')))
		cur_skip(&v, 1);
	if (cur_u8(&v) == '.' && cur_left(&v))
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&v), cur_left(&v), "lldp.port_id.station");
}

static void management(struct dissect *d, struct cur v)
{
	uint8_t n = cur_u8(&v), family = cur_u8(&v);
	if ((family == FAMILY_IPV4 && n != 5) || (family == FAMILY_IPV6 && n != 17))
		return;
	if (family == FAMILY_MAC && n == 7)
		same(d, cur_bytes(&v, 6), "lldp.management_address");
	if (family != FAMILY_IPV4 && family != FAMILY_IPV6)
		return;
	struct addr a = address(&v, family);
	if (cur_ok(&v))
		dissect_link(d, dissect_sender(d), dissect_ip(d, &a), LINK_LLDP, "lldp.management_address");
}

static void capabilities(struct dissect *d, struct cur v)
{
	cur_skip(&v, 2);
	uint16_t enabled = cur_be16(&v);
	if (!cur_ok(&v))
		return;
	if (enabled & CAP_TELEPHONE)   /* those have a bridge for the desk's computer */
		dissect_attr(d, ATTR_ROLE, "telephone", "lldp.capabilities");
	else if (enabled & CAP_ROUTER)
		dissect_attr(d, ATTR_ROLE, "router", "lldp.capabilities");
	else if (enabled & CAP_WLAN)
		dissect_attr(d, ATTR_ROLE, "wireless", "lldp.capabilities");
	else if (enabled & CAP_BRIDGE)
		dissect_attr(d, ATTR_ROLE, "switch", "lldp.capabilities");
}

static void organisation(struct dissect *d, struct cur v)
{
	static const struct { uint8_t subtype; enum attr field; const char *source; } med[] = {
		{ 5, ATTR_HARDWARE, "lldp.med.hardware" }, { 6, ATTR_FIRMWARE, "lldp.med.firmware" },
		{ 7, ATTR_SOFTWARE, "lldp.med.software" }, { 8, ATTR_SERIAL, "lldp.med.serial" },
		{ 9, ATTR_VENDOR, "lldp.med.manufacturer" }, { 10, ATTR_MODEL, "lldp.med.model" },
	};
	uint32_t oui = cur_be24(&v);
	uint8_t subtype = cur_u8(&v);
	if (!cur_ok(&v))
		return;
	for (size_t i = 0; oui == OUI_MED && i < sizeof med / sizeof *med; i++)
		if (med[i].subtype == subtype && !cur_starts(&v, "0x", 2))   /* a number where nobody filled in a name */
			dissect_attr_bytes(d, med[i].field, cur_here(&v), cur_left(&v), med[i].source);
	if (oui == OUI_PROFINET && subtype == PROFINET_CHASSIS_MAC)
		same(d, cur_bytes(&v, 6), "lldp.profinet.chassis_mac");
}

static void described(struct dissect *d, struct cur v)
{
	static const struct sysdescr_sources from = {
		.vendor = "lldp.system_description.vendor", .model = "lldp.system_description.model",
		.firmware = "lldp.system_description.fw", .hardware = "lldp.system_description.hw",
		.serial = "lldp.system_description.serial", .role = "lldp.system_description.role",
		.os = "lldp.system_description.os", .order_number = "lldp.system_description.order_number",
	};
	char text[OBS_TEXT + 1];
	if (!text_wire(cur_here(&v), cur_left(&v), text, sizeof text))
		return;
	dissect_attr(d, ATTR_DESCRIPTION, text, "lldp.system_description");
	sysdescr(d, dissect_sender(d), text, &from);
}

static void tlv(struct dissect *d, unsigned type, struct cur v)
{
	switch (type) {
	case CHASSIS_ID:
		chassis(d, v);
		break;
	case PORT_ID:
		port(d, v);
		break;
	case PORT_DESCRIPTION:
		dissect_attr_bytes(d, ATTR_LOCATION, cur_here(&v), cur_left(&v), "lldp.port_description");
		break;
	case SYSTEM_NAME:
		dissect_attr_bytes(d, ATTR_NAME, cur_here(&v), cur_left(&v), "lldp.system_name");
		break;
	case SYSTEM_DESCRIPTION:
		described(d, v);
		break;
	case CAPABILITIES:
		capabilities(d, v);
		break;
	case MANAGEMENT_ADDRESS:
		management(d, v);
		break;
	case ORGANISATION:
		organisation(d, v);
		break;
	default:
		break;
	}
}

/* The three mandatory TLVs in their order make the frame evident. */
static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	(void)side;
	for (unsigned want = CHASSIS_ID; want <= TTL; want++) {
		uint16_t head = cur_be16(&x);
		cur_skip(&x, head & 0x1ffu);
		if (!cur_ok(&x))
			return want > CHASSIS_ID && head >> 9 == want;   /* cut, but it began well */
		if (head >> 9 != want)
			return false;
	}
	return true;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	dissect_evident(d);
	while (cur_left(&c) >= 2) {
		uint16_t head = cur_be16(&c);
		struct cur value = cur_sub(&c, head & 0x1ffu);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		if (head >> 9 == END)
			return DISSECT_OK;
		tlv(d, head >> 9, value);
	}
	return DISSECT_OK;
}

const struct dissector dissect_lldp = {
	.name = "lldp",
	.title = "LLDP",
	.ethertype = { 0x88cc },
	.probe = probe,
	.message = message,
	.reference = "IEEE 802.1AB; ANSI/TIA-1057; PROFINET: IEC 61158-6-10",
	.recognition = "EtherType 88CC, chassis id, port id and time to live in their order",
	.identity = "system name and description (by the makers' forms that SNMP's sysDescr has), port, capabilities, management address; "
		    "LLDP-MED inventory; PROFINET: device type, order number, serial number and versions in the chassis id",
	.operations = "",
	.verified = "real captures",
};
