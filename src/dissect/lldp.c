/*
 * LLDP (IEEE 802.1AB), with LLDP-MED (ANSI/TIA-1057) and the TLVs of PROFINET.
 *
 *   +---------------+----------------+----------- - -
 *   | type (7 bits) | length (9)     | value            repeated, ended by type 0
 *   +---------------+----------------+----------- - -
 *   1 chassis id, 2 port id, 3 time to live, then the optional ones
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	END = 0, CHASSIS_ID = 1, PORT_ID = 2, TTL = 3, PORT_DESCRIPTION = 4, SYSTEM_NAME = 5,
	SYSTEM_DESCRIPTION = 6, CAPABILITIES = 7, MANAGEMENT_ADDRESS = 8, ORGANISATION = 127,
	SUBTYPE_MAC = 4, SUBTYPE_NETWORK = 5, PORT_SUBTYPE_MAC = 3, FAMILY_IPV4 = 1, FAMILY_IPV6 = 2,
	OUI_MED = 0x0012bb, OUI_PROFINET = 0x000ecf, PROFINET_CHASSIS_MAC = 5,
	CAP_BRIDGE = 0x04, CAP_WLAN = 0x08, CAP_ROUTER = 0x10,
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

static void chassis(struct dissect *d, struct cur v)
{
	uint8_t subtype = cur_u8(&v);
	if (subtype == SUBTYPE_MAC) {
		same(d, cur_bytes(&v, 6), "lldp.chassis_id");
	} else if (subtype == SUBTYPE_NETWORK) {
		struct addr a = address(&v, cur_u8(&v));
		if (cur_ok(&v))
			dissect_link(d, dissect_sender(d), dissect_ip(d, &a), LINK_LLDP, "lldp.chassis_id");
	} else if (subtype && printable(v)) {
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&v), cur_left(&v), "lldp.chassis_id");
	}
}

static void management(struct dissect *d, struct cur v)
{
	uint8_t n = cur_u8(&v), family = cur_u8(&v);
	if ((family == FAMILY_IPV4 && n != 5) || (family == FAMILY_IPV6 && n != 17))
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
	if (enabled & CAP_ROUTER)
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
		if (med[i].subtype == subtype)
			dissect_attr_bytes(d, med[i].field, cur_here(&v), cur_left(&v), med[i].source);
	if (oui == OUI_PROFINET && subtype == PROFINET_CHASSIS_MAC)
		same(d, cur_bytes(&v, 6), "lldp.profinet.chassis_mac");
}

/*
 * Siemens says it all in its description:
 * "Siemens, SIMATIC NET, SCALANCE X212-2, 6GK5 212-2BB00-2AA3, HW: 7, FW: V4.02". The order number stands before the
 * first of the versions.
 */
static void siemens(struct dissect *d, struct cur v)
{
	static const struct { const char *key; size_t n; enum attr field; const char *source; } versions[] = {
		{ "HW: ", 4, ATTR_HARDWARE, "lldp.system_description.hw" },
		{ "FW: Version ", 12, ATTR_FIRMWARE, "lldp.system_description.fw" },
		{ "FW: ", 4, ATTR_FIRMWARE, "lldp.system_description.fw" },
	};
	struct cur before = cur_make("", 0);
	bool first = true;
	if (!cur_starts(&v, "Siemens, ", 9))
		return;
	while (cur_left(&v)) {
		size_t n = 0;
		while (n < cur_left(&v) && cur_peek(&v, n) != ',')
			n++;
		struct cur item = cur_sub(&v, n);
		cur_skip(&v, cur_left(&v) ? 1 : 0);
		while (cur_left(&v) && cur_peek(&v, 0) == ' ')
			cur_skip(&v, 1);
		for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
			if (!cur_starts(&item, versions[i].key, versions[i].n))
				continue;
			if (first && cur_left(&before) >= 10 && cur_peek(&before, 0) >= '0' && cur_peek(&before, 0) <= '9')
				dissect_attr_bytes(d, ATTR_MODEL, cur_here(&before), cur_left(&before),
						   "lldp.system_description.order_number");
			first = false;
			cur_skip(&item, versions[i].n);
			dissect_attr_bytes(d, versions[i].field, cur_here(&item), cur_left(&item), versions[i].source);
			break;
		}
		before = item;
	}
}

static void tlv(struct dissect *d, unsigned type, struct cur v)
{
	switch (type) {
	case CHASSIS_ID:
		chassis(d, v);
		break;
	case PORT_ID:
		if (cur_u8(&v) != PORT_SUBTYPE_MAC)
			dissect_attr_bytes(d, ATTR_LOCATION, cur_here(&v), cur_left(&v), "lldp.port_id");
		break;
	case PORT_DESCRIPTION:
		dissect_attr_bytes(d, ATTR_LOCATION, cur_here(&v), cur_left(&v), "lldp.port_description");
		break;
	case SYSTEM_NAME:
		dissect_attr_bytes(d, ATTR_NAME, cur_here(&v), cur_left(&v), "lldp.system_name");
		break;
	case SYSTEM_DESCRIPTION:
		dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&v), cur_left(&v), "lldp.system_description");
		siemens(d, v);
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
	.identity = "system name and description, port, capabilities, management address; LLDP-MED inventory",
	.operations = "",
	.verified = "real captures",
};
