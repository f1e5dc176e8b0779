/*
 * Ethernet POWERLINK V2 (EPSG DS 301).
 *
 *   EtherType 88AB, and SDO in UDP 3819 with the same head (nodes 0)
 *   0      1             2        3
 *   +------+-------------+--------+---------------------------------------- - -
 *   | type | destination | source | 01 SoC   start of cycle, from the managing node 240 to all (255)
 *   |      |    node     |  node  | 03 PReq  -, flags, -, version, -, size 2, process data
 *   |      |             |        | 04 PRes  NMT state, flags 2, version, -, size 2, process data
 *   |      |             |        | 05 SoA   NMT state, flags, -, what service is asked of whom
 *   |      |             |        | 07 AMNI, 0D AInv: between managing nodes
 *   |      |             |        | 06 ASnd  service: 1 ident, 2 status, 3 NMT request, 4 NMT command, 5 SDO
 *   +------+-------------+--------+---------------------------------------- - -
 *   SDO: sequence 4 | -, transaction, flags (80 answer, 40 abort), command, size 2, - 2 | index 2, sub 1, …
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	SOC = 1, PREQ = 3, PRES = 4, SOA = 5, ASND = 6, AMNI = 7, AINV = 13, MANAGER = 240, ALL = 255, NODE_MAX = 239,
	IDENT = 1, STATUS = 2, NMT_REQUEST = 3, NMT_COMMAND = 4, SDO = 5, VENDOR_SERVICES = 0xa0,
	SOC_MIN = 22, PDO_MAX = 1490, SDO_ANSWER = 0x80, SDO_ABORT = 0x40, SDO_SEGMENTED = 0x30, SDO_INITIATE = 0x10,
	VENDOR_BR = 0x0100006c,
};

static const struct dissect_code commands[] = {
	{ 0x21, OP_START, "NMTStartNode" }, { 0x22, OP_STOP, "NMTStopNode" },
	{ 0x23, OP_MODE, "NMTEnterPreOperational2" }, { 0x24, OP_MODE, "NMTEnableReadyToOperate" },
	{ 0x28, OP_RESET, "NMTResetNode" }, { 0x29, OP_RESET, "NMTResetCommunication" },
	{ 0x2a, OP_RESET, "NMTResetConfiguration" }, { 0x2b, OP_RESET, "NMTSwReset" },
	{ 0x41, OP_START, "NMTStartNodeEx" }, { 0x42, OP_STOP, "NMTStopNodeEx" },
	{ 0x43, OP_MODE, "NMTEnterPreOperational2Ex" }, { 0x44, OP_MODE, "NMTEnableReadyToOperateEx" },
	{ 0x48, OP_RESET, "NMTResetNodeEx" }, { 0x49, OP_RESET, "NMTResetCommunicationEx" },
	{ 0x4a, OP_RESET, "NMTResetConfigurationEx" }, { 0x4b, OP_RESET, "NMTSwResetEx" },
	{ 0x62, OP_CONFIGURATION, "NMTNetHostNameSet" }, { 0x63, OP_CONFIGURATION, "NMTFlushArpEntry" },
	{ 0x80, -1, "NMTPublishConfiguredCN" }, { 0x90, -1, "NMTPublishActiveCN" },
	{ 0xb0, -1, "NMTPublishTime" }, { 0xff, -1, "NMTInvalidService" },
};

static const struct dissect_code sdo_commands[] = {
	{ 0x01, OP_CONFIGURATION, "SDO Write by Index" }, { 0x02, OP_READ, "SDO Read by Index" },
	{ 0x03, OP_CONFIGURATION, "SDO Write All by Index" }, { 0x04, OP_READ, "SDO Read All by Index" },
	{ 0x05, OP_CONFIGURATION, "SDO Write by Name" }, { 0x06, OP_READ, "SDO Read by Name" },
	{ 0x20, OP_FILE, "SDO File Write" }, { 0x21, OP_FILE, "SDO File Read" },
	{ 0x31, OP_CONFIGURATION, "SDO Write Multiple Parameters by Index" },
	{ 0x32, OP_READ, "SDO Read Multiple Parameters by Index" },
};

static bool node(uint8_t n)
{
	return n >= 1 && n <= NODE_MAX;
}

/* Without a node there is nothing to hold on to but the reserved bytes and the size. */
static bool sdo_in_udp(const struct cur *c)
{
	if ((cur_peek(c, 4) & 3) == 3 || (cur_peek(c, 5) & 3) == 3 || cur_peek_le16(c, 6) != 0)
		return false;
	return cur_left(c) < 16 || (cur_peek(c, 8) == 0 && cur_peek_le16(c, 14) == 0 &&
				    cur_left(c) >= 16u + cur_peek_le16(c, 12));
}

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0), to = cur_peek(c, 1), from = cur_peek(c, 2), service = cur_peek(c, 3);
	uint16_t size = cur_peek_le16(c, 8);
	(void)side;
	if (!cur_has(c, 10))
		return false;
	switch (type) {
	case SOC:
		return to == ALL && from == MANAGER;
	case PREQ:
		return node(to) && from == MANAGER && size <= PDO_MAX;
	case PRES:
		return to == ALL && (node(from) || from == MANAGER) && size <= PDO_MAX;
	case SOA:
		return to == ALL && from == MANAGER;
	case ASND:
		if (service == 0 || (service > SDO && service < VENDOR_SERVICES))
			return false;
		if (to == 0 && from == 0)
			return service == SDO && sdo_in_udp(c);
		return to != 0 && from != 0 && from != ALL;
	case AMNI: case AINV:
		return to != 0 && from != 0 && from != ALL;
	default:
		return false;
	}
}

static void state(struct dissect *d, uint8_t nmt, const char *source)
{
	static const struct { uint8_t nmt; const char *mode; } modes[] = {
		{ 0xfd, "run" }, { 0x4d, "stop" }, { 0x1d, "pre-operational" }, { 0x5d, "pre-operational" },
		{ 0x6d, "ready to operate" }, { 0x1e, "basic ethernet" },
	};
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (modes[i].nmt == nmt)
			dissect_attr(d, ATTR_MODE, modes[i].mode, source);
}

static void node_text(uint8_t to, char *out, size_t size)
{
	if (to == ALL)
		snprintf(out, size, "all nodes");
	else
		snprintf(out, size, "node %u", to);
}

/* ---- asynchronous ---- */

static enum dissect_result ident(struct dissect *d, struct cur c, uint8_t from)
{
	static const struct { uint16_t profile; const char *role; } profiles[] = {
		{ 401, "io" }, { 402, "drive" }, { 404, "sensor" }, { 405, "plc" }, { 406, "sensor" },
	};
	char text[64];
	cur_skip(&c, 2);
	uint8_t nmt = cur_u8(&c);
	cur_skip(&c, 1 + 1 + 1 + 4 + 2 + 2 + 2 + 4 + 2);   /* version, features, sizes, response time */
	uint32_t type = cur_le32(&c), vendor = cur_le32(&c), product = cur_le32(&c), revision = cur_le32(&c),
		 serial = cur_le32(&c);
	cur_skip(&c, 8 + 4 * 4);                           /* the maker's, dates and times of configuration and program */
	uint32_t ip = cur_le32(&c);
	cur_skip(&c, 4 + 4);
	const uint8_t *host = cur_bytes(&c, 32);
	if (!cur_ok(&c))
		return DISSECT_MALFORMED;
	state(d, nmt, "powerlink.ident_response.nmt_state");
	if (vendor == VENDOR_BR)
		dissect_attr(d, ATTR_VENDOR, "B&R", "powerlink.ident_response.vendor_id");
	snprintf(text, sizeof text, "POWERLINK node %u, vendor id 0x%08x", from, vendor);
	dissect_attr(d, ATTR_DESCRIPTION, text, "powerlink.ident_response.vendor_id");
	if (product) {
		snprintf(text, sizeof text, "0x%08x", product);
		dissect_attr(d, ATTR_PRODUCT_CODE, text, "powerlink.ident_response.product_code");
	}
	if (revision) {
		snprintf(text, sizeof text, "%u.%u", revision >> 16, revision & 0xffff);
		dissect_attr(d, ATTR_HARDWARE, text, "powerlink.ident_response.revision_number");
	}
	if (serial) {
		snprintf(text, sizeof text, "%u", serial);
		dissect_attr(d, ATTR_SERIAL, text, "powerlink.ident_response.serial_number");
	}
	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
		if ((type & 0xffff) == profiles[i].profile)
			dissect_attr(d, ATTR_ROLE, profiles[i].role, "powerlink.ident_response.device_type");
	dissect_attr_bytes(d, ATTR_HOSTNAME, host, 32, "powerlink.ident_response.host_name");
	uint8_t b[4] = { (uint8_t)(ip >> 24), (uint8_t)(ip >> 16), (uint8_t)(ip >> 8), (uint8_t)ip };
	struct addr a = addr_v4(b);
	if (ip && dissect_mac(d) && addr_is_host(&a))
		dissect_link(d, dissect_mac(d), dissect_ip(d, &a), LINK_SAME, "powerlink.ident_response.ip_address");
	return DISSECT_OK;
}

static void nmt(struct dissect *d, uint8_t id, uint8_t to, bool asked)
{
	const struct dissect_code *f = DISSECT_CODE(commands, id);
	char text[64], who[24];
	node_text(to, who, sizeof who);
	snprintf(text, sizeof text, "%s%s", who, asked ? ", asked of the managing node" : "");
	if (f && f->op >= 0) {
		dissect_op(d, (enum op_class)f->op, f->name, text, RESULT_UNKNOWN);
	} else if (!f && id >= 0x20) {
		snprintf(text, sizeof text, "0x%02x %s", id, who);
		dissect_op(d, OP_DIAGNOSTIC, "Unknown command", text, RESULT_UNKNOWN);
	}
}

/* code: command, and the node above; extra: index and subindex, where the command has them. */
static void describe_sdo(const struct dissect_request *r, char *out, size_t size)
{
	unsigned code = r->code & 0xff, to = r->code >> 8;
	char who[24] = "";
	if (to)
		node_text((uint8_t)to, who, sizeof who);
	const char *between = to ? " " : "";
	if (!DISSECT_CODE(sdo_commands, code))
		snprintf(out, size, "%s%sSDO 0x%02x", who, between, code);
	else if (r->extra2)
		snprintf(out, size, "%s%sobject %04X:%02X", who, between, r->extra >> 8, r->extra & 0xff);
	else
		snprintf(out, size, "%s", who);
}

/* What was read may be what a device says of itself (the objects are those of CANopen). */
static void object(struct dissect *d, const struct dissect_request *r, struct cur value)
{
	static const struct { uint16_t index; enum attr field; const char *source; } texts[] = {
		{ 0x1008, ATTR_MODEL, "powerlink.sdo.1008" }, { 0x1009, ATTR_HARDWARE, "powerlink.sdo.1009" },
		{ 0x100a, ATTR_FIRMWARE, "powerlink.sdo.100a" },
	};
	for (size_t i = 0; r->op == OP_READ && i < sizeof texts / sizeof *texts; i++)
		if (r->extra == (uint32_t)texts[i].index << 8)
			dissect_attr_bytes(d, texts[i].field, cur_here(&value), cur_left(&value), texts[i].source);
}

static enum dissect_result sdo(struct dissect *d, struct cur c, uint8_t to, uint8_t from)
{
	char text[64];
	cur_skip(&c, 4);
	if (cur_left(&c) < 8)
		return DISSECT_OK;   /* the sequence layer alone: a connection, an acknowledgement */
	cur_skip(&c, 1);
	uint8_t transaction = cur_u8(&c), flags = cur_u8(&c), code = cur_u8(&c);
	uint16_t size = cur_le16(&c);
	cur_skip(&c, 2);
	if ((flags & SDO_SEGMENTED) == SDO_INITIATE)
		cur_skip(&c, 4);
	bool answers = (flags & SDO_ANSWER) != 0;
	uint64_t key = (uint64_t)(answers ? from : to) << 8 | transaction;
	struct dissect_request r = { .key = key, .code = (uint32_t)to << 8 | code, .op = OP_DIAGNOSTIC, .name = "Unknown command",
				     .describe = describe_sdo };
	if (answers)
		dissect_set_side(d, SIDE_SERVER);
	if (flags & SDO_ABORT) {
		if (answers)
			dissect_response(d, key, RESULT_REFUSED, NULL);
		snprintf(text, sizeof text, "code 0x%08x", (unsigned)cur_peek_le16(&c, 2) << 16 | cur_peek_le16(&c, 0));
		dissect_op(d, OP_DIAGNOSTIC, "SDO Abort", text, RESULT_REFUSED);
		return DISSECT_OK;
	}
	if ((flags & SDO_SEGMENTED) > SDO_INITIATE)
		return DISSECT_OK;   /* goes on with what the first one began */
	if (answers) {
		cur_limit(&c, size);
		if (dissect_response(d, key, RESULT_OK, &r))
			object(d, &r, c);
		return DISSECT_OK;
	}
	if (code == 0)
		return DISSECT_OK;
	const struct dissect_code *f = DISSECT_CODE(sdo_commands, code);
	if (f) {
		r.op = f->op;
		r.name = f->name;
	}
	if (code <= 4 && size >= 4) {
		r.extra = (uint32_t)cur_peek_le16(&c, 0) << 8 | cur_peek(&c, 2);
		r.extra2 = 1;
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

static enum dissect_result asynchronous(struct dissect *d, struct cur c, uint8_t to, uint8_t from)
{
	switch (cur_u8(&c)) {
	case IDENT:
		return ident(d, c, from);
	case STATUS:
		state(d, cur_peek(&c, 2), "powerlink.status_response.nmt_state");
		return DISSECT_OK;
	case NMT_REQUEST:
		nmt(d, cur_peek(&c, 0), cur_peek(&c, 1), true);
		return DISSECT_OK;
	case NMT_COMMAND:
		nmt(d, cur_peek(&c, 0), to, false);
		return DISSECT_OK;
	case SDO:
		return sdo(d, c, to, from);
	default:
		return DISSECT_OK;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	uint8_t type = cur_u8(&c), to = cur_u8(&c), from = cur_u8(&c);
	/* The EtherType proves it; over UDP an SDO has to be answered with its transaction number. */
	if (!dissect_packet(d)->ip)
		dissect_evident(d);
	if (from == MANAGER)
		dissect_attr(d, ATTR_ROLE, "POWERLINK managing node", "powerlink.node_id");
	else if (node(from))
		dissect_attr(d, ATTR_ROLE, "POWERLINK controlled node", "powerlink.node_id");
	switch (type) {
	case SOC:
		return cur_left(&c) + 3 < SOC_MIN ? DISSECT_MALFORMED : DISSECT_OK;
	case PREQ: case PRES:
		if (type == PRES)
			state(d, cur_peek(&c, 0), "powerlink.poll_response.nmt_state");
		return cur_left(&c) < 7u + cur_peek_le16(&c, 5) ? DISSECT_MALFORMED : DISSECT_OK;
	case SOA:
		state(d, cur_peek(&c, 0), "powerlink.soa.nmt_state");
		return DISSECT_OK;
	case ASND:
		return asynchronous(d, c, to, from);
	default:
		return DISSECT_OK;   /* between managing nodes */
	}
}

const struct dissector dissect_powerlink = {
	.name = "powerlink",
	.title = "Ethernet POWERLINK",
	.ot = true,
	.no_auth = true,
	.cyclic = true,
	.ethertype = { 0x88ab },
	.udp = { 3819 },
	.probe = probe,
	.message = message,
	.reference = "EPSG DS 301: Ethernet POWERLINK, communication profile",
	.recognition = "EtherType 88AB, message type with the nodes that it must come from and go to, sizes; SDO in UDP 3819",
	.identity = "IdentResponse: vendor id, product code, revision, serial number, host name, IP address, profile; "
		    "NMT state; managing or controlled node; device name, hardware and software version that are read by SDO",
	.operations = "NMT commands and requests (start, stop, pre-operational, resets, host name), SDO read, write and files, "
		      "SDO abort",
	.verified = "from the manual, not yet seen in a real capture",
};
