/*
 * KNXnet/IP (ISO 22510, EN 13321-2): search and description of devices, tunnels to
 * the bus, device management, routing.
 *
 *   0    1    2         4        6
 *   +----+----+---------+--------+----------------------------------------- - -
 *   | 06 | 10 | service | length | 02xx: address blocks (HPAI: 08, 1 UDP or 2 TCP, IP, port),
 *   |    |    |         | of all |       description blocks (length, type, …)
 *   |    |    |         |        | 03xx, 042x: 04, channel, sequence, status; then cEMI
 *   |    |    |         |        | 053x: cEMI
 *   +----+----+---------+--------+----------------------------------------- - -
 *   cEMI: code | n | n bytes | control 2 | source 2 | destination 2 | length | TPCI and APCI | data
 *
 * A group address is a function of the building ("1/2/3"), an individual one a
 * device on the bus ("1.1.5").
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	HEADER = 6, MESSAGE_MAX = 2048, HPAI = 8, CONNECTION = 4,
	SEARCH = 0x0201, SEARCH_ANSWER = 0x0202, DESCRIPTION = 0x0203, DESCRIPTION_ANSWER = 0x0204, CONNECT = 0x0205,
	CONNECT_ANSWER = 0x0206, STATE = 0x0207, STATE_ANSWER = 0x0208, DISCONNECT = 0x0209, DISCONNECT_ANSWER = 0x020a,
	SEARCH_EXTENDED = 0x020b, SEARCH_EXTENDED_ANSWER = 0x020c, CONFIGURATION = 0x0310, CONFIGURATION_ACK = 0x0311,
	TUNNELLING = 0x0420, TUNNELLING_ACK = 0x0421, FEATURE_GET = 0x0422, FEATURE_INFO = 0x0425, ROUTING = 0x0530,
	ROUTING_LOST = 0x0531, ROUTING_BUSY = 0x0532, WRAPPER = 0x0950, SESSION = 0x0951, SESSION_ANSWER = 0x0952,
	AUTHENTICATE = 0x0953, TIMER = 0x0955,
	DIB_DEVICE = 1, DIB_SERVICES = 2, DEVICE_SIZE = 54, FAMILY_TUNNELLING = 4, FAMILY_ROUTING = 5,
	L_DATA_REQ = 0x11, L_DATA_IND = 0x29, L_DATA_CON = 0x2e, PROP_READ = 0xfc, PROP_WRITE = 0xf6, M_RESET = 0xf1,
	TO_GROUP = 0x80,
};

static const struct dissect_code services[] = {
	{ 0x000, OP_READ, "GroupValueRead" }, { 0x080, OP_WRITE, "GroupValueWrite" },
	{ 0x0c0, OP_CONFIGURATION, "IndividualAddressWrite" }, { 0x100, OP_IDENTITY, "IndividualAddressRead" },
	{ 0x180, OP_READ, "ADCRead" }, { 0x200, OP_UPLOAD, "MemoryRead" }, { 0x280, OP_DOWNLOAD, "MemoryWrite" },
	{ 0x300, OP_IDENTITY, "DeviceDescriptorRead" }, { 0x380, OP_RESET, "Restart" },
};

/* … and those that need all ten bits. */
static const struct dissect_code long_services[] = {
	{ 0x2c0, OP_UPLOAD, "UserMemoryRead" }, { 0x2c2, OP_DOWNLOAD, "UserMemoryWrite" },
	{ 0x3d1, OP_LOGIN, "AuthorizeRequest" }, { 0x3d3, OP_CONFIGURATION, "KeyWrite" },
	{ 0x3d5, OP_READ, "PropertyValueRead" }, { 0x3d7, OP_CONFIGURATION, "PropertyValueWrite" },
	{ 0x3d8, OP_READ, "PropertyDescriptionRead" }, { 0x3dc, OP_IDENTITY, "IndividualAddressSerialNumberRead" },
	{ 0x3de, OP_CONFIGURATION, "IndividualAddressSerialNumberWrite" },
	{ 0x3e0, OP_CONFIGURATION, "DomainAddressWrite" }, { 0x3e1, OP_IDENTITY, "DomainAddressRead" },
};

/* ---- recognition ---- */

static bool hpai(struct cur *c)
{
	bool ok = cur_peek(c, 0) == HPAI && (cur_peek(c, 1) == 1 || cur_peek(c, 1) == 2);
	cur_skip(c, HPAI);
	return ok && cur_ok(c);
}

/* Blocks that begin with their length, up to the end. */
static bool blocks(struct cur c)
{
	while (cur_left(&c)) {
		uint8_t n = cur_peek(&c, 0);
		if (n < 2 || !cur_has(&c, n))
			return false;
		cur_skip(&c, n);
	}
	return true;
}

/* Does what stands behind the header have the form of its service? */
static bool form(struct cur c, uint16_t service)
{
	size_t n = cur_left(&c);
	switch (service) {
	case SEARCH: case DESCRIPTION:
		return n == HPAI && hpai(&c);
	case SEARCH_EXTENDED: case SEARCH_ANSWER: case SEARCH_EXTENDED_ANSWER:
		return hpai(&c) && (service == SEARCH_EXTENDED || cur_left(&c)) && blocks(c);
	case DESCRIPTION_ANSWER:
		return n >= DEVICE_SIZE && cur_peek(&c, 0) == DEVICE_SIZE && cur_peek(&c, 1) == DIB_DEVICE && blocks(c);
	case CONNECT:
		return hpai(&c) && hpai(&c) && cur_peek(&c, 0) == cur_left(&c) && cur_left(&c) >= 2;
	case CONNECT_ANSWER:
		if (n == 2)
			return cur_peek(&c, 1) != 0;
		cur_skip(&c, 2);
		return hpai(&c) && cur_peek(&c, 0) == cur_left(&c) && cur_left(&c) >= 2;
	case STATE: case DISCONNECT:
		cur_skip(&c, 1);
		return cur_u8(&c) == 0 && cur_left(&c) == HPAI && hpai(&c);
	case STATE_ANSWER: case DISCONNECT_ANSWER:
		return n == 2;
	case CONFIGURATION_ACK: case TUNNELLING_ACK:
		return n == CONNECTION && cur_peek(&c, 0) == CONNECTION;
	case CONFIGURATION: case TUNNELLING:   /* M_Reset is a single byte */
		return n >= CONNECTION + (service == TUNNELLING ? 2u : 1u) && cur_peek(&c, 0) == CONNECTION && cur_peek(&c, 3) == 0;
	case ROUTING:
		return n >= 11 && cur_peek(&c, 0) == L_DATA_IND &&
		       n == 10u + cur_peek(&c, 1) + cur_peek(&c, 8u + cur_peek(&c, 1));
	case ROUTING_LOST:
		return n == 4 && cur_peek(&c, 0) == 4;
	case ROUTING_BUSY:
		return n == 6 && cur_peek(&c, 0) == 6;
	case SESSION:
		return n == HPAI + 32 && hpai(&c);
	case SESSION_ANSWER:
		return n == 2 + 32 + 16;
	case WRAPPER:
		return n >= 2 + 6 + 6 + 2 + HEADER + 16;
	case TIMER:
		return n == 6 + 6 + 2 + 16;
	default:
		return service >= FEATURE_GET && service <= FEATURE_INFO && n >= CONNECTION + 2 &&
		       cur_peek(&c, 0) == CONNECTION && cur_peek(&c, 3) == 0;
	}
}

static bool header(const struct cur *c)
{
	uint16_t n = cur_peek_be16(c, 4);
	return cur_has(c, HEADER) && cur_peek(c, 0) == HEADER && cur_peek(c, 1) == 0x10 && n > HEADER && n <= MESSAGE_MAX;
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	(void)side;
	if (!header(c) || !cur_has(c, cur_peek_be16(c, 4)))
		return false;
	cur_limit(&x, cur_peek_be16(c, 4));
	cur_skip(&x, HEADER);
	return form(x, cur_peek_be16(c, 2));
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return header(c) ? cur_peek_be16(c, 4) : DISSECT_NO_FRAME;
}

/* ---- devices ---- */

static void device(struct dissect *d, struct cur c)
{
	char text[64];
	cur_skip(&c, 3);
	bool programming = cur_u8(&c) & 1;
	uint16_t address = cur_be16(&c);
	cur_skip(&c, 2);
	uint16_t maker = cur_be16(&c);
	uint32_t serial = cur_be32(&c);
	cur_skip(&c, 4);
	const uint8_t *mac = cur_bytes(&c, 6), *name = cur_bytes(&c, 30);
	if (!cur_ok(&c))
		return;
	dissect_attr_bytes(d, ATTR_NAME, name, 30, "knx.device_information.friendly_name");
	snprintf(text, sizeof text, "%04x%08x", maker, serial);
	if (maker || serial)
		dissect_attr(d, ATTR_SERIAL, text, "knx.device_information.serial_number");
	snprintf(text, sizeof text, "KNX individual address %d.%d.%d", address >> 12, address >> 8 & 15, address & 0xff);
	dissect_attr(d, ATTR_DESCRIPTION, text, "knx.device_information.individual_address");
	if (programming)
		dissect_attr(d, ATTR_MODE, "program", "knx.device_information.device_status");
	if (mac_is_host(mac))
		dissect_link(d, dissect_mac_of(d, mac), dissect_sender(d), LINK_SAME, "knx.device_information.mac");
}

static void description(struct dissect *d, struct cur c)
{
	while (cur_left(&c) >= 2) {
		uint8_t n = cur_peek(&c, 0), type = cur_peek(&c, 1);
		struct cur block = cur_sub(&c, n < 2 ? 2 : n);
		if (!cur_ok(&block))
			return;
		if (type == DIB_DEVICE)
			device(d, block);
		cur_skip(&block, 2);
		for (; type == DIB_SERVICES && cur_left(&block) >= 2; cur_skip(&block, 2))
			if (cur_peek(&block, 0) == FAMILY_TUNNELLING || cur_peek(&block, 0) == FAMILY_ROUTING)
				dissect_attr(d, ATTR_ROLE, "gateway", "knx.supported_services");
	}
}

/* ---- what goes to the bus ---- */

/* extra: the address; extra2: 1 for a group, 2 for a device, 3 for a code alone. */
static void describe(const struct dissect_request *r, char *out, size_t size)
{
	unsigned a = r->extra;
	if (r->extra2 == 1 && a == 0)
		snprintf(out, size, "all devices");
	else if (r->extra2 == 1)
		snprintf(out, size, "group %u/%u/%u", a >> 11, a >> 8 & 7, a & 0xff);
	else if (r->extra2 == 2)
		snprintf(out, size, "device %u.%u.%u", a >> 12, a >> 8 & 15, a & 0xff);
	else
		snprintf(out, size, "code 0x%x", a);
}

/* Names the request in a cEMI frame. False: it is none. */
static bool cemi(struct dissect *d, struct cur c, struct dissect_request *r)
{
	uint8_t code = cur_u8(&c), more = cur_u8(&c);
	if (code == PROP_READ || code == PROP_WRITE || code == M_RESET) {
		r->op = code == PROP_READ ? OP_READ : code == PROP_WRITE ? OP_CONFIGURATION : OP_RESET;
		r->name = code == PROP_READ ? "M_PropRead" : code == PROP_WRITE ? "M_PropWrite" : "M_Reset";
		return true;
	}
	if (code != L_DATA_REQ && code != L_DATA_IND)
		return false;
	cur_skip(&c, more);
	cur_skip(&c, 1);
	uint8_t control = cur_u8(&c);
	cur_skip(&c, 2);
	uint16_t to = cur_be16(&c);
	uint8_t n = cur_u8(&c);
	uint16_t apci = cur_be16(&c) & 0x3ff;
	if (!cur_ok(&c) || n == 0)
		return false;   /* connections on the bus */
	const struct dissect_code *s = DISSECT_CODE(long_services, apci);
	if (!s)
		s = DISSECT_CODE(services, apci & 0x3c0);
	bool answer = (apci & 0x3c0) == 0x040 || (apci & 0x3c0) == 0x140 || (apci & 0x3c0) == 0x1c0 ||
		      (apci & 0x3c0) == 0x240 || (apci & 0x3c0) == 0x340 || apci == 0x3d2 || apci == 0x3d6 || apci == 0x3d9;
	if (!s && answer)
		return false;
	if (apci == 0x3d1 || apci == 0x3d3)
		dissect_weakness(d, "password-in-clear", "KNX access key");
	r->op = s ? s->op : OP_DIAGNOSTIC;
	r->name = s ? s->name : "Unknown command";
	r->describe = describe;
	r->extra = s ? to : apci;
	r->extra2 = !s ? 3 : control & TO_GROUP ? 1 : 2;
	return true;
}

static enum dissect_result to_bus(struct dissect *d, struct cur c, uint16_t service)
{
	uint8_t channel = cur_peek(&c, 1), sequence = cur_peek(&c, 2);
	struct dissect_request r = { .key = (uint64_t)service << 16 | (uint64_t)channel << 8 | sequence };
	cur_skip(&c, CONNECTION);
	uint8_t code = cur_peek(&c, 0);
	/* The server tells in the same way what comes from the bus. */
	if (code != L_DATA_REQ && code != PROP_READ && code != PROP_WRITE && code != M_RESET)
		return DISSECT_OK;
	dissect_set_side(d, SIDE_CLIENT);
	if (cemi(d, c, &r))
		dissect_request(d, &r);
	if (service == TUNNELLING)
		dissect_relay(d, "KNX bus", 0, 0, NULL);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur whole = c;
	if (!header(&c))
		return DISSECT_NOT_MINE;
	uint16_t service = cur_peek_be16(&c, 2), n = cur_peek_be16(&c, 4);
	if (!cur_has(&c, n))
		return DISSECT_TRUNCATED;
	if (dissect_packet(d)->proto == 17 && cur_left(&c) != n)
		return DISSECT_NOT_MINE;   /* a datagram is one message */
	if (!probe(&whole, SIDE_CLIENT))
		return DISSECT_MALFORMED;
	cur_limit(&c, n);
	cur_skip(&c, HEADER);
	dissect_evident(d);
	struct dissect_request r = { .key = service, .op = -1, .name = "connection" };
	switch (service) {
	case SEARCH: case DESCRIPTION: case SEARCH_EXTENDED:
		r.op = OP_IDENTITY;
		r.name = service == DESCRIPTION ? "DESCRIPTION_REQUEST" : service == SEARCH ? "SEARCH_REQUEST" :
			 "SEARCH_REQUEST_EXTENDED";
		dissect_set_side(d, SIDE_CLIENT);
		if (addr_is_multicast(&dissect_packet(d)->dst))   /* they answer elsewhere */
			dissect_op(d, OP_IDENTITY, r.name, NULL, RESULT_UNKNOWN);
		else
			dissect_request(d, &r);
		return DISSECT_OK;
	case SEARCH_ANSWER: case SEARCH_EXTENDED_ANSWER: case DESCRIPTION_ANSWER:
		dissect_set_side(d, SIDE_SERVER);
		dissect_response(d, service - 1u, RESULT_OK, NULL);
		if (service != DESCRIPTION_ANSWER)
			cur_skip(&c, HPAI);
		description(d, c);
		return DISSECT_OK;
	case CONNECT:
		r.op = OP_LOGIN;
		r.name = "CONNECT_REQUEST";
		dissect_set_side(d, SIDE_CLIENT);
		dissect_request(d, &r);
		return DISSECT_OK;
	case CONNECT_ANSWER: {
		bool refused = cur_peek(&c, 1) != 0;
		dissect_set_side(d, SIDE_SERVER);
		dissect_response(d, CONNECT, refused ? RESULT_REFUSED : RESULT_OK, NULL);
		if (!refused)
			dissect_weakness(d, "no-authentication", NULL);
		return DISSECT_OK;
	}
	case STATE: case DISCONNECT:
		dissect_request(d, &r);
		return DISSECT_OK;
	case STATE_ANSWER: case DISCONNECT_ANSWER:
		dissect_response(d, service - 1u, cur_peek(&c, 1) ? RESULT_REFUSED : RESULT_OK, NULL);
		return DISSECT_OK;
	case CONFIGURATION: case TUNNELLING:
		return to_bus(d, c, service);
	case CONFIGURATION_ACK: case TUNNELLING_ACK:
		dissect_response(d, (uint64_t)(service - 1u) << 16 | (uint64_t)cur_peek(&c, 1) << 8 | cur_peek(&c, 2),
				 cur_peek(&c, 3) ? RESULT_REFUSED : RESULT_OK, NULL);
		return DISSECT_OK;
	case ROUTING: {
		char text[40];
		if (cemi(d, c, &r) && r.describe) {
			r.describe(&r, text, sizeof text);
			dissect_op(d, (enum op_class)r.op, r.name, text, RESULT_UNKNOWN);
		}
		return DISSECT_OK;
	}
	default:
		return DISSECT_OK;   /* secured, or of no interest */
	}
}

const struct dissector dissect_knx = {
	.name = "knx",
	.title = "KNXnet/IP",
	.ot = true,
	.tcp = { 3671 },
	.udp = { 3671 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "ISO 22510 (EN 13321-2): KNXnet/IP; ISO/IEC 14543-3: application layer of the bus",
	.recognition = "header 06 10, a length that is that of the message, and the form that the service must have",
	.identity = "search and description answers: friendly name, serial number, individual address, MAC, what it can do",
	.operations = "group reads and writes, memory, properties, addresses, restart through a tunnel or by routing; device "
		      "management; connections; access keys in clear; a tunnel is a door to the bus",
	.verified = "real captures: search requests, features; from the manual, not yet seen in a real capture: the others",
};
