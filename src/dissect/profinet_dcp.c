/*
 * PROFINET DCP, Discovery and basic Configuration Protocol (IEC 61158-6-10), directly on Ethernet: who is there, and
 * a name or an address for whom has none. There is no password: who reaches the device may set it.
 *
 *   0         2         3         4     8             10       12
 *   +---------+---------+---------+-----+-------------+--------+----------- - -
 *   | FrameID | service | service | xid | delay or    | length | blocks
 *   |FEFC-FEFF| 3..6    | type    |     | reserved    |        |
 *   +---------+---------+---------+-----+-------------+--------+----------- - -
 *   block: option, suboption, length (2), [information or qualifier (2)], value, a byte of padding after odd ones
 *   FEFC Hello, FEFD Get and Set, FEFE Identify request (to a group), FEFF its answer
 */
#include <stdio.h>

#include "dissect/profinet.h"

enum {
	HEADER = 12, BLOCK = 4,
	FRAME_HELLO = 0xfefc, FRAME_GET_SET = 0xfefd, FRAME_IDENTIFY = 0xfefe, FRAME_IDENTIFIED = 0xfeff,
	GET = 3, SET = 4, IDENTIFY = 5, HELLO = 6,
	REQUEST = 0, SUCCESS = 1, UNSUPPORTED = 5,
	MAC_ADDRESS = 0x0101, IP_PARAMETER = 0x0102, IP_SUITE = 0x0103,
	TYPE_OF_STATION = 0x0201, NAME_OF_STATION = 0x0202, DEVICE_ID = 0x0203, DEVICE_ROLE = 0x0204,
	ALIAS_NAME = 0x0206, OEM_ID = 0x0208, DHCP_HOSTNAME = 0x030c,
	SIGNAL = 0x0503, RESPONSE = 0x0504, RESET_FACTORY = 0x0505, RESET_TO_FACTORY = 0x0506,
	ROLE_DEVICE = 1, ROLE_CONTROLLER = 2, ROLE_MULTIDEVICE = 4, ROLE_SUPERVISOR = 8,
	IP_SET = 3, IP_CONFLICT = 0x80,
};

/* Option << 8 | suboption. */
static const struct dissect_code settings[] = {
	{ MAC_ADDRESS, OP_CONFIGURATION, "Set MAC Address" },
	{ IP_PARAMETER, OP_CONFIGURATION, "Set IP Parameter" },
	{ IP_SUITE, OP_CONFIGURATION, "Set Full IP Suite" },
	{ TYPE_OF_STATION, OP_CONFIGURATION, "Set Type of Station" },
	{ NAME_OF_STATION, OP_CONFIGURATION, "Set Name of Station" },
	{ DEVICE_ID, OP_CONFIGURATION, "Set Device ID" },
	{ DEVICE_ROLE, OP_CONFIGURATION, "Set Device Role" },
	{ ALIAS_NAME, OP_CONFIGURATION, "Set Alias Name" },
	{ DHCP_HOSTNAME, OP_CONFIGURATION, "Set DHCP Host Name" },
	{ 0x032b, OP_CONFIGURATION, "Set DHCP Vendor Specific" },
	{ 0x0336, OP_CONFIGURATION, "Set DHCP Server Identifier" },
	{ 0x0337, OP_CONFIGURATION, "Set DHCP Parameter Request List" },
	{ 0x033c, OP_CONFIGURATION, "Set DHCP Class Identifier" },
	{ 0x033d, OP_CONFIGURATION, "Set DHCP Client Identifier" },
	{ 0x0351, OP_CONFIGURATION, "Set DHCP FQDN" },
	{ 0x0361, OP_CONFIGURATION, "Set DHCP UUID" },
	{ 0x03ff, OP_CONFIGURATION, "Set DHCP for Address Resolution" },
	{ 0x0501, -1, "Start Transaction" },
	{ 0x0502, -1, "End Transaction" },
	{ SIGNAL, OP_DIAGNOSTIC, "Signal" },
	{ RESET_FACTORY, OP_RESET, "Reset Factory Settings" },
	{ RESET_TO_FACTORY, OP_RESET, "Reset to Factory" },
	{ 0x0601, OP_CONFIGURATION, "Set Device Initiative" },
	{ 0x0701, OP_CONFIGURATION, "Set TSN Domain Name" },
	{ 0x0702, OP_CONFIGURATION, "Set TSN NME Manager" },
	{ 0x0703, OP_CONFIGURATION, "Set TSN NME Parameter UUID" },
	{ 0x0704, OP_CONFIGURATION, "Set TSN NME Agent" },
};

/* Service and its type must be those of the frame id; the blocks end before the frame does. */
static bool probe(const struct cur *c, enum side side)
{
	uint8_t service = cur_peek(c, 2), type = cur_peek(c, 3);
	(void)side;
	if (!cur_has(c, HEADER))
		return false;
	bool answer = type == SUCCESS || type == UNSUPPORTED;
	switch (cur_peek_be16(c, 0)) {
	case FRAME_HELLO:
		return service == HELLO && type == REQUEST;
	case FRAME_GET_SET:
		return (service == GET || service == SET) && (type == REQUEST || answer);
	case FRAME_IDENTIFY:
		return service == IDENTIFY && type == REQUEST;
	case FRAME_IDENTIFIED:
		return service == IDENTIFY && answer;
	default:
		return false;
	}
}

/* ---- identity ---- */

static void role(struct dissect *d, uint8_t bits)
{
	const char *name = bits & ROLE_CONTROLLER ? "IO-Controller" : bits & (ROLE_DEVICE | ROLE_MULTIDEVICE) ? "IO-Device" :
			   bits & ROLE_SUPERVISOR ? "IO-Supervisor" : NULL;
	dissect_attr(d, ATTR_ROLE, name, "profinet-dcp.device_role");
}

/* Whose product it was before this vendor put his name on it. */
static void oem(struct dissect *d, uint16_t vendor, uint16_t device)
{
	char text[64];
	const char *name = profinet_vendor(vendor);
	snprintf(text, sizeof text, "OEM %s%s0x%04x/0x%04x", name ? name : "", name ? " " : "", vendor, device);
	dissect_attr(d, ATTR_DESCRIPTION, text, "profinet-dcp.oem_device_id");
}

/* What a device tells of itself: in answers to Identify and Get, and in Hello. v stands behind the information. */
static void fact(struct dissect *d, uint16_t code, uint16_t information, struct cur v)
{
	uint16_t a = cur_peek_be16(&v, 0), b = cur_peek_be16(&v, 2);
	switch (code) {
	case MAC_ADDRESS:
		if (cur_has(&v, 6))
			dissect_link(d, dissect_sender(d), dissect_mac_of(d, cur_here(&v)), LINK_SAME,
				     "profinet-dcp.mac_address");
		break;
	case IP_PARAMETER:
	case IP_SUITE:
		/* An address in conflict belongs to somebody else, too. */
		if (cur_has(&v, 12) && (information & IP_SET) && !(information & IP_CONFLICT)) {
			struct addr ip = addr_v4(cur_here(&v));
			dissect_link(d, dissect_sender(d), dissect_ip(d, &ip), LINK_SAME, "profinet-dcp.ip");
		}
		break;
	case TYPE_OF_STATION:
		dissect_attr_bytes(d, ATTR_MODEL, cur_here(&v), cur_left(&v), "profinet-dcp.type_of_station");
		break;
	case NAME_OF_STATION:
		dissect_attr_bytes(d, ATTR_NAME, cur_here(&v), cur_left(&v), "profinet-dcp.name_of_station");
		break;
	case DEVICE_ID:
		if (cur_has(&v, 4))
			profinet_device_id(d, dissect_sender(d), a, b, "profinet-dcp.device_id");
		break;
	case OEM_ID:
		if (cur_has(&v, 4))
			oem(d, a, b);
		break;
	case DEVICE_ROLE:
		if (cur_has(&v, 2))
			role(d, cur_peek(&v, 0));
		break;
	case ALIAS_NAME:   /* the neighbour's port and station */
		dissect_attr_bytes(d, ATTR_LOCATION, cur_here(&v), cur_left(&v), "profinet-dcp.alias_name");
		break;
	case DHCP_HOSTNAME:
		cur_skip(&v, 2);   /* the option as DHCP writes it */
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&v), cur_left(&v), "profinet-dcp.dhcp_host_name");
		break;
	default:
		break;
	}
}

/* ---- settings ---- */

static void describe_qualifier(const struct dissect_request *r, char *out, size_t size)
{
	static const char *const resets[] = {
		"", "application data", "communication parameter", "engineering parameter", "all stored data",
		"engineering parameter", "", "", "all stored data of the device", "reset and restore data",
	};
	unsigned what = r->extra2 >> 1;
	if (r->code == RESET_TO_FACTORY)
		snprintf(out, size, "%s", what < sizeof resets / sizeof *resets ? resets[what] : "");
	else if (!DISSECT_CODE(settings, r->code))
		snprintf(out, size, "option %u suboption %u", r->code >> 8, r->code & 0xff);
	else if (r->code >> 8 != 5)
		snprintf(out, size, "%s", r->extra2 & 1 ? "permanent" : "temporary");
}

static uint64_t set_key(uint32_t xid, uint32_t code)
{
	return (uint64_t)xid << 16 | code;
}

static void set_request(struct dissect *d, uint32_t xid, uint16_t code, uint16_t qualifier)
{
	const struct dissect_code *known = DISSECT_CODE(settings, code);
	struct dissect_request r = {
		.key = set_key(xid, code), .code = code, .extra2 = qualifier, .op = known ? known->op : OP_CONFIGURATION,
		.name = known ? known->name : "Set", .describe = describe_qualifier,
	};
	dissect_request(d, &r);
}

/* Nothing of it was taken: whichever of these waits is refused. */
static void set_unsupported(struct dissect *d, uint32_t xid)
{
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		dissect_response(d, set_key(xid, settings[i].code), RESULT_REFUSED, NULL);
}

static enum dissect_result blocks(struct dissect *d, struct cur c, uint8_t service, bool answer, uint32_t xid)
{
	while (cur_left(&c) >= BLOCK) {
		uint16_t code = cur_be16(&c), n = cur_be16(&c);
		struct cur v = cur_sub(&c, n);
		if (!cur_ok(&v))
			return DISSECT_MALFORMED;
		cur_skip(&c, n % 2 && cur_left(&c) ? 1 : 0);
		if (code == RESPONSE && answer) {   /* the block of which it speaks, and an error or none */
			uint16_t of = cur_be16(&v);
			uint8_t error = cur_u8(&v);
			if (cur_ok(&v) && service == SET)
				dissect_response(d, set_key(xid, of), error ? RESULT_REFUSED : RESULT_OK, NULL);
			continue;
		}
		uint16_t head = cur_be16(&v);
		if (!cur_ok(&v))
			continue;
		if (service == SET && !answer)
			set_request(d, xid, code, head);
		else if (service != SET)
			fact(d, code, head, v);
	}
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	cur_skip(&c, 2);
	uint8_t service = cur_u8(&c), type = cur_u8(&c);
	uint32_t xid = cur_be32(&c);
	cur_skip(&c, 2);
	struct cur body = c;
	uint16_t n = cur_be16(&body);
	if (!cur_ok(&body))
		return DISSECT_TRUNCATED;
	bool answer = type != REQUEST, cut = packet_cut(dissect_packet(d));
	if (!cut && n > cur_left(&body))
		return DISSECT_MALFORMED;
	cur_limit(&body, n);   /* what follows is padding */
	dissect_evident(d);
	if (answer)
		dissect_set_side(d, SIDE_SERVER);
	if (type == UNSUPPORTED) {
		if (service == SET)
			set_unsupported(d, xid);
		else
			dissect_response(d, xid, RESULT_REFUSED, NULL);
		return DISSECT_OK;
	}
	if (service == GET && !answer) {   /* two bytes for each that is asked for */
		struct dissect_request r = { .key = xid, .op = OP_IDENTITY, .name = "Get" };
		dissect_request(d, &r);
		return DISSECT_OK;
	}
	if (service == IDENTIFY && !answer)
		return DISSECT_OK;   /* to all of them: who answers was asked */
	if (service == GET)
		dissect_response(d, xid, RESULT_OK, NULL);
	else if (service == IDENTIFY)
		dissect_op(d, OP_IDENTITY, "Identify", NULL, RESULT_OK);
	enum dissect_result r = blocks(d, body, service, answer, xid);
	return r == DISSECT_MALFORMED && cut ? DISSECT_TRUNCATED : r;
}

const struct dissector dissect_profinet_dcp = {
	.name = "profinet-dcp",
	.title = "PROFINET DCP",
	.ot = true,
	.no_auth = true,
	.ethertype = { 0x8892 },
	.probe = probe,
	.message = message,
	.reference = "IEC 61158-6-10 (DCP); vendor ids: PI's list of manufacturers",
	.recognition = "EtherType 8892, frame id FEFC to FEFF with the service and the service type that belong to it, a length within the frame",
	.identity = "answers to Identify and Get, Hello: name of station, type of station, vendor and device id, role, alias, the IP address of this MAC",
	.operations = "Set: name of station, IP parameter, DHCP, signal, reset factory settings, reset to factory, with the result of each block; Get, Identify",
	.verified = "real captures (Identify, Set IP Parameter); the other services from the manual",
};
