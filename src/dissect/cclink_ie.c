/*
 * CC-Link IE Control, Field and TSN on EtherType 890F (IEC 61158-6-23; CLPA BAP-C2011ENG; what Transient 2 carries is
 * field knowledge, see below). The first byte is the type of the frame; numbers are big-endian.
 *
 * Control and Field have one header, whose middle depends on the type:
 *
 *    0       1       2                    6            8                9     10       14
 *   +-------+-------+--------------------+------------+----------------+-----+--------+---- - -
 *   | type  | data  | node id, priority, | sender's   | version (4 bits) |   | header | data
 *   |       | type  | node type at 5     | station no | network (4)    |     | check  |
 *   +-------+-------+--------------------+------------+----------------+-----+--------+---- - -
 *
 * TSN has a short one for each type: C0 priority of masters (14), C1 and C2 detection and its answer (2), C3 data out
 * of the cycle, which is SLMP (6), C4 and C5 cyclic data of master and slaves (10); TestData and its answer are those
 * of Field, with network 2 or 3.
 *
 * Transient 2 carries what controllers have asked each other since MELSECNET. No public document or capture has
 * confirmed this layout; a command is told only where both applications are 22. Behind the header
 *
 *   14 length   19 to, from   21 22 22 (applications)   25 network, station, id   29 network, station, id (sender)
 *   33 length   35 command (+80: answer)
 */
#include <stdio.h>
#include <string.h>

#include "dissect/cclink_slmp.h"

enum {
	PERSUASION = 0x10, TEST_DATA = 0x11, TEST_DATA_ACK = 0x12, MY_STATUS = 0x20, TRANSIENT_2 = 0x25,
	PARAMETER = 0x29, CYCLIC_RWW = 0x82, CYCLIC_RY = 0x83, CYCLIC_W = 0x80, CYCLIC_B = 0x81,
	PRIORITY = 0xc0, DETECTION = 0xc1, DETECTION_ACK = 0xc2, ACYCLIC = 0xc3, CYCLIC_M = 0xc4, CYCLIC_S = 0xc5,
	HEADER = 14, PRIORITY_SIZE = 46, DETECTION_SIZE = 58, DETECTION_ACK_SIZE = 182, TEST_SIZE = 46, ACYCLIC_SIZE = 6,
	CYCLIC_SIZE = 12, CONTROL = 0, FIELD = 1, TSN = 2, NETWORKS = 4, VERSIONS = 4, STATIONS_MAX = 254,
	APPLICATION = 0x22, TRANSIENT_AT = 21, ANSWER = 0x80, IP_V6 = 0x04, STOPPED = 0x01,
};

/* Types of Control and Field; where the middle names the sort of station. */
static const struct { uint8_t type; bool control, node_type; const char *name; } types[] = {
	{ 0x00, true, false, "Connect" }, { 0x01, true, false, "ConnectAck" }, { 0x02, true, false, "Scan" },
	{ 0x03, true, false, "Collect" }, { 0x04, true, false, "Select" }, { 0x05, true, false, "Launch" },
	{ 0x06, true, false, "Token" }, { 0x24, true, false, "Dummy" }, { 0x2f, true, false, "NTNTest" },
	{ CYCLIC_W, true, false, "CyclicDataW" }, { CYCLIC_B, true, false, "CyclicDataB" },
	{ 0x8c, true, false, "CyclicDataOut1" }, { 0x8d, true, false, "CyclicDataOut2" },
	{ 0x8e, true, false, "CyclicDataIn1" }, { 0x8f, true, false, "CyclicDataIn2" },
	{ PERSUASION, false, true, "Persuasion" }, { TEST_DATA, false, true, "TestData" },
	{ TEST_DATA_ACK, false, true, "TestDataAck" }, { 0x13, false, false, "Setup" }, { 0x14, false, false, "SetupAck" },
	{ 0x15, false, false, "TokenM" }, { 0x1c, false, false, "Timer" }, { MY_STATUS, false, true, "MyStatus" },
	{ 0x22, false, false, "Transient1" }, { 0x23, false, false, "TransientAck" },
	{ TRANSIENT_2, false, false, "Transient2" }, { 0x26, false, false, "IpTransient" },
	{ 0x28, false, false, "ParamCheck" }, { PARAMETER, false, false, "Parameter" },
	{ 0x40, false, false, "Measure" }, { 0x41, false, false, "MeasureAck" }, { 0x42, false, false, "Offset" },
	{ 0x43, false, false, "Update" }, { CYCLIC_RWW, false, false, "CyclicDataRWw" },
	{ CYCLIC_RY, false, false, "CyclicDataRY" }, { 0x84, false, false, "CyclicDataRWr" },
	{ 0x85, false, false, "CyclicDataRX" },
};

static const struct dissect_code transient_2[] = {
	{ 0x04, OP_DIAGNOSTIC, "Get memory access information" },
	{ 0x08, OP_START, "Run" },
	{ 0x09, OP_STOP, "Stop" },
	{ 0x10, OP_READ, "Read memory" },
	{ 0x12, OP_WRITE, "Write memory" },
	{ 0x20, OP_DIAGNOSTIC, "Message transfer" },
};

static const struct clpa_sources sources = {
	"cclink-ie.acyclic.node_search", "cclink-ie.acyclic.identification", "cclink-ie.acyclic.type_name",
	"cclink-ie.acyclic.slave_config", "cclink-ie.acyclic.master_config", "cclink-ie.acyclic",
};

static int type_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == type)
			return (int)i;
	return -1;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	size_t n = cur_left(c);
	uint8_t type = cur_peek(c, 0), reserved = cur_peek(c, 1), version = cur_peek(c, 8);
	switch (type) {
	case PRIORITY:
		return n >= PRIORITY_SIZE && reserved == 0;
	case DETECTION:
		return n >= DETECTION_SIZE && reserved == 0 && cur_peek_be16(c, 2) == 0;
	case DETECTION_ACK:
		return n >= 24 && reserved == 0 && clpa_station_type(cur_peek(c, 2)) && cur_peek(c, 3) <= 1;
	case ACYCLIC:
		return n > ACYCLIC_SIZE && reserved == 0;
	case CYCLIC_M: case CYCLIC_S:
		return n >= CYCLIC_SIZE && cur_peek_be16(c, 4) == 0;
	default: {
		int i = type_of(type);
		bool network = (version & 0x0f) < NETWORKS && version >> 4 < VERSIONS;
		return n >= HEADER && i >= 0 && cur_peek_be16(c, 6) <= STATIONS_MAX && (types[i].control || network);
	}
	}
}

/* Outputs of the cycle. Group addresses are nobody. */
static void output(struct dissect *d, const char *name)
{
	if (dissect_receiver(d))
		dissect_op(d, OP_WRITE, name, NULL, RESULT_UNKNOWN);
}

/* A command, which the receiver takes from anybody. */
static void command(struct dissect *d, enum op_class op, const char *name, const char *detail)
{
	if (!dissect_receiver(d))
		return;
	dissect_op(d, op, name, detail, RESULT_UNKNOWN);
	dissect_weakness(d, "no-authentication", NULL);
}

/* ---- Control and Field ---- */

static const char *field_station(uint8_t type)
{
	switch (type) {
	case 0x30:
		return "master station";
	case 0x32:
		return "local station";
	case 0x33:
		return "intelligent device station";
	case 0x34:
		return "remote device station";
	case 0x35:
		return "remote I/O station";
	default:
		return NULL;
	}
}

static const char *control_station(uint8_t type)
{
	return type == 0x00 ? "management station" : type == 0x02 ? "normal station" : NULL;
}

static void describe_station(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "network %u station %u", r->extra, r->extra2);
}

/* Only with both applications in their places: else the command may stand elsewhere. */
static void transient2(struct dissect *d, struct cur c)
{
	char detail[64];
	cur_skip(&c, TRANSIENT_AT);
	uint16_t applications = cur_be16(&c);
	cur_skip(&c, 2);
	uint8_t network = cur_u8(&c), station = cur_u8(&c);
	cur_skip(&c, 2);
	uint8_t from = cur_u8(&c);
	cur_skip(&c, 1 + 2 + 2);
	uint8_t code = cur_u8(&c);
	if (!cur_ok(&c) || applications != (APPLICATION << 8 | APPLICATION) || code & ANSWER)
		return;
	const struct dissect_code *k = DISSECT_CODE(transient_2, code);
	snprintf(detail, sizeof detail, k ? "network %u station %u" : "network %u station %u, command 0x%02x",
		 network, station, code);
	command(d, k ? (enum op_class)k->op : OP_DIAGNOSTIC, k ? k->name : "Unknown command", detail);
	if (network != from && dissect_receiver(d))
		dissect_relay(d, "Transient2 destination", network, station, describe_station);
}

/* TestData of TSN: whose it is, and the address. */
static void test_data(struct dissect *d, struct cur c)
{
	cur_skip(&c, HEADER);
	const uint8_t *mac = cur_bytes(&c, 6);
	cur_skip(&c, 2);
	uint8_t info = cur_u8(&c);
	cur_skip(&c, 3);
	struct addr ip = addr_v4(cur_bytes(&c, 4));
	if (!cur_ok(&c) || info & IP_V6)
		return;
	uint32_t ip_entity = dissect_ip(d, &ip), mac_entity = dissect_mac_of(d, mac);
	if (ip_entity && mac_entity)
		dissect_link(d, mac_entity, ip_entity, LINK_SAME, "cclink-ie.test_data");
}

static enum dissect_result field(struct dissect *d, struct cur c)
{
	static const char *const networks[] = { "Control", "Field" };
	int i = type_of(cur_peek(&c, 0));
	if (i < 0 || !cur_has(&c, HEADER))
		return i < 0 ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	uint8_t type = types[i].type, version = cur_peek(&c, 8) >> 4;
	uint8_t network = types[i].control ? CONTROL : cur_peek(&c, 8) & 0x0f;
	uint16_t number = cur_peek_be16(&c, 6);
	char text[64];
	if (network >= NETWORKS)
		return DISSECT_MALFORMED;
	if (!types[i].control && version >= TSN)   /* in the version, too */
		network = TSN;
	if (network <= FIELD) {
		snprintf(text, sizeof text, "CC-Link IE %s, station %u", networks[network], number);
		dissect_attr(d, ATTR_LOCATION, text, "cclink-ie.header.station");
	}
	if (types[i].node_type) {
		const char *role = network == FIELD ? field_station(cur_peek(&c, 5)) : NULL;
		if (network == CONTROL && type != MY_STATUS)
			role = control_station(cur_peek(&c, 5));
		if (network > FIELD && type == TEST_DATA)
			role = "master station";   /* slaves answer it */
		if (role)
			dissect_attr(d, ATTR_ROLE, role, "cclink-ie.header.node_type");
	}
	switch (type) {
	case TEST_DATA:
		if (network > FIELD)
			test_data(d, c);
		break;
	case CYCLIC_RWW: case CYCLIC_RY:
		if (network != FIELD)
			break;
		dissect_attr(d, ATTR_ROLE, "master station", "cclink-ie.cyclic");
		output(d, types[i].name);
		break;
	case TRANSIENT_2:
		transient2(d, c);
		break;
	case PARAMETER:
		command(d, OP_CONFIGURATION, types[i].name, NULL);
		break;
	default:
		break;
	}
	return DISSECT_OK;
}

/* ---- TSN ---- */

/* Masters find out which of them manages. */
static enum dissect_result priority(struct dissect *d, struct cur c)
{
	cur_skip(&c, HEADER);
	const uint8_t *mac = cur_bytes(&c, 6);
	cur_skip(&c, PRIORITY_SIZE - HEADER - 6);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_attr_of(d, dissect_mac_of(d, mac), ATTR_ROLE, "master station", "cclink-ie.priority");
	return DISSECT_OK;
}

static enum dissect_result detection(struct dissect *d, struct cur c)
{
	cur_skip(&c, 6);
	const uint8_t *mac = cur_bytes(&c, 6);
	cur_skip(&c, 10);
	struct addr ip = addr_v4(cur_bytes(&c, 4));
	cur_skip(&c, DETECTION_SIZE - 26);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	uint32_t manager = dissect_mac_of(d, mac), ip_entity = dissect_ip(d, &ip);
	dissect_attr_of(d, manager, ATTR_ROLE, "master station", "cclink-ie.detection");
	if (manager && ip_entity && manager == dissect_mac(d))
		dissect_link(d, manager, ip_entity, LINK_SAME, "cclink-ie.detection");
	return DISSECT_OK;
}

/*
 * 2 station type, version, protocol, -   6 MAC   50 manager's MAC   58 IPv4 …   118 device version, vendor code,
 * model code (4), its extension, device type
 */
static enum dissect_result detection_ack(struct dissect *d, struct cur c)
{
	cur_skip(&c, 2);
	const char *role = clpa_station_type(cur_u8(&c));
	cur_skip(&c, 3);
	const uint8_t *mac = cur_bytes(&c, 6);
	cur_skip(&c, 38);
	const uint8_t *manager = cur_bytes(&c, 6);
	cur_skip(&c, 2);
	struct addr ip = addr_v4(cur_bytes(&c, 4));
	cur_skip(&c, 56);
	uint16_t version = cur_be16(&c), vendor = cur_be16(&c);
	uint32_t model = cur_be32(&c);
	cur_skip(&c, 2);
	uint16_t type = cur_be16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	uint32_t entity = dissect_mac_of(d, mac), ip_entity = dissect_ip(d, &ip);
	if (entity && ip_entity)
		dissect_link(d, entity, ip_entity, LINK_SAME, "cclink-ie.detection_ack");
	/* "slave station" is no kind of device: its type is. */
	if (role && strcmp(role, "slave station") != 0)
		dissect_attr_of(d, entity, ATTR_ROLE, role, "cclink-ie.detection_ack.station_type");
	dissect_attr_of(d, dissect_mac_of(d, manager), ATTR_ROLE, "master station", "cclink-ie.detection_ack.manager");
	clpa_codes(d, entity, vendor, model, version, "cclink-ie.detection_ack");
	clpa_device_type(d, entity, type, "cclink-ie.detection_ack.device_type");
	return DISSECT_OK;
}

/* The first part of what is sent: address, length and flags, sequence, then the state of the sender. */
static enum dissect_result cyclic(struct dissect *d, struct cur c)
{
	char text[48];
	bool master = cur_u8(&c) == CYCLIC_M;
	cur_skip(&c, 1);
	uint16_t head = cur_be16(&c);
	cur_skip(&c, 6);
	uint16_t part = cur_be16(&c), address = master ? head : part;
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	snprintf(text, sizeof text, "CC-Link IE TSN, address x.x.%d.%d", address >> 8, address & 0xff);
	if (address)
		dissect_attr(d, ATTR_LOCATION, text, "cclink-ie.cyclic.address");
	if (master) {
		dissect_attr(d, ATTR_ROLE, "master station", "cclink-ie.cyclic");
		output(d, "Cyclic M");
	}
	if (part == 0)
		return DISSECT_OK;   /* nothing was sent */
	cur_skip(&c, 2 + 1 + 2);
	uint8_t state = cur_u8(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_attr(d, ATTR_MODE, state & STOPPED ? "stop" : "run", "cclink-ie.cyclic.application_status");
	return DISSECT_OK;
}

/* SLMP without IP. Ethernet fills short frames up: the length says where it ends. */
static enum dissect_result acyclic(struct dissect *d, struct cur c)
{
	struct clpa_frame f;
	cur_skip(&c, ACYCLIC_SIZE);
	struct cur slmp = c;
	size_t at = (cur_peek_be16(&c, 0) & 0x7fff) == 0x6800 ? 14 : (cur_peek_be16(&c, 0) & 0x7fff) == 0x5400 ? 11 : 7;
	cur_limit(&slmp, at + 2 + cur_peek_le16(&c, at));
	if (!clpa_read(slmp, &f))
		return DISSECT_OK;
	if (f.response)
		return clpa_response(d, &f, &sources);
	const struct dissect_code *k = clpa_command(f.command, f.subcommand);
	char detail[48];
	snprintf(detail, sizeof detail, "command 0x%04x, subcommand 0x%04x", f.command, f.subcommand);
	if (!k || k->op >= 0)
		command(d, k ? (enum op_class)k->op : OP_DIAGNOSTIC, k ? k->name : "Unknown command", k ? NULL : detail);
	return f.cut ? DISSECT_TRUNCATED : DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	switch (cur_peek(&c, 0)) {
	case PRIORITY:
		return priority(d, c);
	case DETECTION:
		return detection(d, c);
	case DETECTION_ACK:
		return detection_ack(d, c);
	case ACYCLIC:
		return acyclic(d, c);
	case CYCLIC_M: case CYCLIC_S:
		return cyclic(d, c);
	default:
		return field(d, c);
	}
}

const struct dissector dissect_cclink_ie = {
	.name = "cclink-ie",
	.title = "CC-Link IE Control, Field, TSN",
	.ot = true,
	.no_auth = true,
	.cyclic = true,
	.ethertype = { 0x890f },
	.probe = probe,
	.message = message,
	.reference = "IEC 61158-6-23 (Control, Field); CLPA BAP-C2011ENG (TSN), as CLPA's own plug-in for Wireshark reads it",
	.recognition = "EtherType 890F, a frame type of the list, its reserved fields, network and station number",
	.identity = "station type and number, master by what it sends; TSN's detection: vendor and model code, device version and "
		    "type (PLC, HMI, inverter, servo, CNC, robot, …), MAC and address; running or stopped",
	.operations = "cyclic data from the master, parameters, Transient 2 (run, stop, read and write memory), SLMP of TSN out of the "
		      "cycle; other networks as relays",
	.verified = "real captures (types of Control and Field); TSN from the specification, not yet seen in a real capture; "
		    "Transient 2's layout is field knowledge, unconfirmed",
};
