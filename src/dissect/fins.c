/*
 * OMRON FINS over UDP and TCP (W227 "FINS Commands", W342 "Communications
 * Commands", W420/W421 "Ethernet Units").
 *
 * FINS/TCP puts a header before each FINS frame; FINS/UDP is the bare frame:
 *
 *   0        4         8         12      16
 *   +--------+---------+---------+-------+-------- - -
 *   | "FINS" | length  | command | error | nodes, or a FINS frame (command 2)
 *   +--------+---------+---------+-------+-------- - -
 *              (counts from the command)
 *
 *   0     1     2     3     4     5     6     7     8     9     10        12
 *   +-----+-----+-----+-----+-----+-----+-----+-----+-----+-----+---------+------ - -
 *   | ICF | RSV | GCT | DNA | DA1 | DA2 | SNA | SA1 | SA2 | SID | command | request: parameters
 *   |     |  0  |hops | destination     | source          |     | code    | response: end code, data
 *   +-----+-----+-----+-----+-----+-----+-----+-----+-----+-----+---------+------ - -
 *
 * ICF: bit 6 is set in responses, bit 0 where no response is wanted. An address is
 * network (0: the local one), node, and unit (0: the CPU).
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"
#include "dissect/fins_text.h"

enum {
	TCP_HEADER = 16, TCP_COUNTED = 8, TCP_MAX = 4096,
	TCP_CLIENT_NODE = 0, TCP_SERVER_NODE = 1, TCP_FRAME = 2, TCP_ERROR = 3, TCP_CONFIRM = 6,
	HEADER = 12, FRAME_MAX = 2048,
	ICF_FIXED = 0xbe, ICF_GATEWAY = 0x80, ICF_RESPONSE = 0x40, ICF_QUIET = 0x01,
	HOPS_MAX = 7, NETWORK_MAX = 127, NODE_ALL = 255,
	UNIT_CPU = FINS_UNIT_CPU, UNIT_SELF = 0xfe,   /* the CPU; the communications unit that received the frame */
	END_MASK = 0x7f3f,                   /* without the relay error bit and the CPU error flags */
	NAME_12 = 12,                        /* "FILENAME.EXT" */
	MODEL = 20,
	PROTO_TCP = 6,
};

enum {
	C_READ = 0x0101, C_WRITE = 0x0102, C_FILL = 0x0103, C_MULTIPLE = 0x0104, C_TRANSFER = 0x0105,
	C_PARAMETER_READ = 0x0201, C_PARAMETER_WRITE = 0x0202, C_PARAMETER_CLEAR = 0x0203,
	C_PROTECT = 0x0304, C_UNPROTECT = 0x0305, C_PROGRAM_READ = 0x0306, C_PROGRAM_WRITE = 0x0307,
	C_PROGRAM_CLEAR = 0x0308, C_RUN = 0x0401, C_STOP = 0x0402,
	C_CONTROLLER = 0x0501, C_CONNECTION = 0x0502, C_STATUS = 0x0601,
	C_FILE_PARAMETER = 0x220b, C_FILE_PROGRAM = 0x220c, C_FORCE = 0x2301, C_NAME_READ = 0x2603,
};

static const struct dissect_code commands[] = {
	{ C_READ, OP_READ, "Memory Area Read" },
	{ C_WRITE, OP_WRITE, "Memory Area Write" },
	{ C_FILL, OP_WRITE, "Memory Area Fill" },
	{ C_MULTIPLE, OP_READ, "Multiple Memory Area Read" },
	{ C_TRANSFER, OP_WRITE, "Memory Area Transfer" },
	{ 0x0110, OP_DIAGNOSTIC, "Composite Registration Read" },
	{ 0x0111, OP_READ, "Register Composite Read" },
	{ C_PARAMETER_READ, OP_READ, "Parameter Area Read" },
	{ C_PARAMETER_WRITE, OP_CONFIGURATION, "Parameter Area Write" },
	{ C_PARAMETER_CLEAR, OP_CONFIGURATION, "Parameter Area Clear" },
	{ 0x0220, OP_READ, "Data Link Table Read" },
	{ 0x0221, OP_CONFIGURATION, "Data Link Table Write" },
	{ C_PROTECT, OP_CONFIGURATION, "Program Area Protect" },
	{ C_UNPROTECT, OP_CONFIGURATION, "Program Area Protect Clear" },
	{ C_PROGRAM_READ, OP_UPLOAD, "Program Area Read" },
	{ C_PROGRAM_WRITE, OP_DOWNLOAD, "Program Area Write" },
	{ C_PROGRAM_CLEAR, OP_DOWNLOAD, "Program Area Clear" },
	{ C_RUN, OP_START, "Run" },
	{ C_STOP, OP_STOP, "Stop" },
	{ 0x0403, OP_RESET, "Reset" },
	{ C_CONTROLLER, OP_IDENTITY, "Controller Data Read" },
	{ C_CONNECTION, OP_IDENTITY, "Connection Data Read" },
	{ C_STATUS, OP_DIAGNOSTIC, "Controller Status Read" },
	{ 0x0602, OP_DIAGNOSTIC, "Network Status Read" },
	{ 0x0603, OP_DIAGNOSTIC, "Data Link Status Read" },
	{ 0x0620, OP_DIAGNOSTIC, "Cycle Time Read" },
	{ 0x0701, OP_READ, "Clock Read" },
	{ 0x0702, OP_CLOCK, "Clock Write" },
	{ 0x0801, OP_DIAGNOSTIC, "Internode Echo Test" },
	{ 0x0802, OP_DIAGNOSTIC, "Broadcast Test Results Read" },
	{ 0x0803, OP_DIAGNOSTIC, "Broadcast Test Data Send" },
	{ 0x0920, OP_DIAGNOSTIC, "Message Read/Clear" },
	{ 0x0c01, OP_LOGIN, "Access Right Acquire" },
	{ 0x0c02, OP_LOGIN, "Access Right Forced Acquire" },
	{ 0x0c03, OP_DIAGNOSTIC, "Access Right Release" },
	{ 0x2101, OP_RESET, "Error Clear" },
	{ 0x2102, OP_DIAGNOSTIC, "Error Log Read" },
	{ 0x2103, OP_LOG_ERASE, "Error Log Clear" },
	{ 0x2140, OP_DIAGNOSTIC, "FINS Write Access Log Read" },
	{ 0x2141, OP_LOG_ERASE, "FINS Write Access Log Clear" },
	{ 0x2201, OP_FILE, "File Name Read" },
	{ 0x2202, OP_FILE, "Single File Read" },
	{ 0x2203, OP_FILE, "Single File Write" },
	{ 0x2204, OP_FILE, "Memory Card Format" },
	{ 0x2205, OP_FILE, "File Delete" },
	{ 0x2206, OP_FILE, "Volume Label Create/Delete" },
	{ 0x2207, OP_FILE, "File Copy" },
	{ 0x2208, OP_FILE, "File Name Change" },
	{ 0x2209, OP_FILE, "File Data Check" },
	{ 0x220a, OP_FILE, "Memory Area File Transfer" },
	{ C_FILE_PARAMETER, OP_FILE, "Parameter Area File Transfer" },
	{ C_FILE_PROGRAM, OP_FILE, "Program Area File Transfer" },
	{ 0x220f, OP_FILE, "File Memory Index Read" },
	{ 0x2210, OP_UPLOAD, "File Memory Read" },
	{ 0x2211, OP_DOWNLOAD, "File Memory Write" },
	{ 0x2215, OP_FILE, "Directory Create/Delete" },
	{ 0x2220, OP_FILE, "Memory Cassette Transfer" },
	{ C_FORCE, OP_FORCE, "Forced Set/Reset" },
	{ 0x2302, OP_FORCE, "Forced Set/Reset Cancel" },
	{ 0x230a, OP_READ, "Multiple Forced Status Read" },
	{ 0x2601, OP_CONFIGURATION, "Name Set" },
	{ 0x2602, OP_CONFIGURATION, "Name Delete" },
	{ C_NAME_READ, OP_IDENTITY, "Name Read" },
	/* To Ethernet and EtherNet/IP units. */
	{ 0x2701, OP_DIAGNOSTIC, "UDP Open Request" },
	{ 0x2702, OP_DIAGNOSTIC, "UDP Receive Request" },
	{ 0x2703, OP_WRITE, "UDP Send Request" },
	{ 0x2704, OP_DIAGNOSTIC, "UDP Close Request" },
	{ 0x2710, OP_DIAGNOSTIC, "Passive TCP Open Request" },
	{ 0x2711, OP_DIAGNOSTIC, "Active TCP Open Request" },
	{ 0x2712, OP_DIAGNOSTIC, "TCP Receive Request" },
	{ 0x2713, OP_WRITE, "TCP Send Request" },
	{ 0x2714, OP_DIAGNOSTIC, "TCP Close Request" },
	{ 0x2720, OP_DIAGNOSTIC, "PING" },
	{ 0x2730, OP_CONFIGURATION, "FINS/TCP Connection Remote Node Change Request" },
	{ 0x2731, OP_DIAGNOSTIC, "FINS/TCP Connection Status Read" },
	{ 0x2750, OP_CONFIGURATION, "IP Address Table Write" },
	{ 0x2751, OP_CONFIGURATION, "IP Router Table Write" },
	{ 0x2757, OP_CONFIGURATION, "IP Address Write" },
	{ 0x2760, OP_READ, "IP Address Table Read" },
	{ 0x2761, OP_READ, "IP Router Table Read" },
	{ 0x2762, OP_DIAGNOSTIC, "Protocol Status Read" },
	{ 0x2763, OP_DIAGNOSTIC, "Memory Status Read" },
	{ 0x2764, OP_DIAGNOSTIC, "Socket Status Read" },
	{ 0x2765, OP_READ, "Address Information Read" },
	{ 0x2767, OP_READ, "IP Address Read" },
};

/* Where the first file's name stands in a request. */
static const struct { uint16_t command; uint8_t at; } file_names[] = {
	{ 0x2202, 2 }, { 0x2203, 4 }, { 0x2205, 4 }, { 0x2207, 2 }, { 0x2208, 2 }, { 0x2209, 4 }, { 0x220a, 10 },
	{ 0x2215, 4 },
	{ C_FILE_PARAMETER, 10 }, { C_FILE_PROGRAM, 14 },
};

static const char *const tcp_errors[] = {
	[0x01] = "header is not FINS", [0x02] = "data too long", [0x03] = "command not supported",
	[0x20] = "all connections in use", [0x21] = "node already connected", [0x22] = "IP address not permitted",
	[0x23] = "client node out of range", [0x24] = "client and server have one node address",
	[0x25] = "no node address left",
};

/* What a flow remembers: how the nodes are called on FINS/TCP, the request last sent. */
struct state {
	bool known;              /* who is the client */
	uint8_t server_node;
	uint8_t sid;
	uint16_t command;
};

/* ---- recognition ---- */

/* Does the frame that begins here have what every FINS frame has? */
static bool frame_fits(const struct cur *c)
{
	uint8_t icf = cur_peek(c, 0);
	return cur_has(c, HEADER) && cur_left(c) <= FRAME_MAX && (icf & ICF_FIXED) == ICF_GATEWAY && cur_peek(c, 1) == 0 &&
	       cur_peek(c, 2) <= HOPS_MAX && cur_peek(c, 3) <= NETWORK_MAX && cur_peek(c, 6) <= NETWORK_MAX;
}

/* And what its command must have? */
static bool command_fits(const struct cur *c)
{
	size_t n = cur_left(c) - HEADER;
	uint16_t command = cur_peek_be16(c, 10);
	if (!DISSECT_CODE(commands, command))
		return false;
	if (cur_peek(c, 0) & ICF_RESPONSE)
		return n >= 2 && (cur_peek_be16(c, HEADER) & 0x7f00) <= 0x4000;
	switch (command) {
	case C_READ:
		return n == 6;
	case C_WRITE:
		return n > 6;
	case C_FILL:
		return n == 7 || n == 8;
	case C_MULTIPLE:
		return n && n % 4 == 0;
	case C_TRANSFER:
		return n == 10;
	default:
		return true;
	}
}

static bool tcp_header(const struct cur *c)
{
	uint32_t n = (uint32_t)cur_peek_be16(c, 4) << 16 | cur_peek_be16(c, 6);
	return cur_starts(c, "FINS", 4) && cur_has(c, TCP_HEADER) && n >= TCP_COUNTED && n <= TCP_MAX &&
	       cur_peek_be16(c, 8) == 0 && cur_peek_be16(c, 10) <= TCP_CONFIRM && cur_peek_be16(c, 12) == 0 &&
	       cur_peek_be16(c, 14) < sizeof tcp_errors / sizeof *tcp_errors;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;   /* the frame itself says whether it is a command or a response */
	return tcp_header(c) || (frame_fits(c) && command_fits(c));
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	size_t have = cur_left(c) < 4 ? cur_left(c) : 4;
	if (!cur_starts(c, "FINS", have))
		return DISSECT_NO_FRAME;
	if (!cur_has(c, TCP_HEADER))
		return DISSECT_NEED_MORE;
	return tcp_header(c) ? 8 + (int32_t)cur_peek_be16(c, 6) : DISSECT_NO_FRAME;
}

/* ---- requests ---- */

/* The last byte of an IPv4 address, which a node address is unless somebody made a table. */
static uint8_t last_byte(const struct addr *ip)
{
	return addr_is_v4(ip) ? ip->b[15] : 0;
}

/* Parameters of the commands that name what they work on. */
static void parameters(struct cur *c, struct dissect_request *r, uint16_t command, uint8_t unit)
{
	struct cur file = *c;
	uint16_t mode = cur_peek_be16(c, 0);
	switch (command) {
	case C_TRANSFER:
		cur_skip(c, 4);   /* from where */
		/* fall through */
	case C_WRITE: case C_FILL:
		r->extra = cur_be32(c);
		r->extra2 = cur_be16(c);
		r->describe = fins_describe_area;
		break;
	case C_FORCE:
		r->extra2 = cur_be16(c);
		cur_skip(c, 2);   /* set, reset, or released */
		r->extra = cur_be32(c);
		r->describe = fins_describe_area;
		break;
	case C_RUN: case C_STOP:
		if (unit != UNIT_CPU) {   /* units of Controller Link and SYSMAC LINK take it for their data links */
			r->name = command == C_RUN ? "Data Link Start" : "Data Link Halt";
		} else if (command == C_RUN) {
			r->extra = cur_peek(c, 2);
			r->describe = fins_describe_mode;
		}
		break;
	case C_PARAMETER_WRITE: case C_PARAMETER_CLEAR:
		r->extra = cur_be16(c);
		r->describe = fins_describe_parameter;
		break;
	case C_PROTECT: case C_UNPROTECT: case C_PROGRAM_READ: case C_PROGRAM_WRITE: case C_PROGRAM_CLEAR:
		r->extra = cur_be16(c);
		r->describe = fins_describe_program;
		break;
	case C_FILE_PARAMETER:
		r->op = mode == 1 ? OP_CONFIGURATION : OP_FILE;
		break;
	case C_FILE_PROGRAM:
		r->op = mode == 1 ? OP_DOWNLOAD : mode == 0 ? OP_UPLOAD : OP_FILE;
		break;
	default:
		break;
	}
	for (size_t i = 0; i < sizeof file_names / sizeof *file_names; i++) {
		uint32_t words[3];
		if (file_names[i].command != command || !cur_has(&file, file_names[i].at + NAME_12))
			continue;
		cur_skip(&file, file_names[i].at);
		cur_copy(&file, words, sizeof words);
		r->code = words[0];
		r->extra = words[1];
		r->extra2 = words[2];
		r->describe = fins_describe_file;
	}
}

/* Does the frame go further than to the device that received it, or come from further than its sender? */
static void relays(struct dissect *d, const struct state *s, const struct cur *header)
{
	const struct packet *p = dissect_packet(d);
	uint8_t dna = cur_peek(header, 3), da1 = cur_peek(header, 4), da2 = cur_peek(header, 5);
	uint8_t sna = cur_peek(header, 6), sa1 = cur_peek(header, 7), sa2 = cur_peek(header, 8);
	bool itself = da1 == 0 || da1 == NODE_ALL || da1 == s->server_node || da1 == last_byte(&p->dst);
	if (dna && !itself)
		dissect_relay(d, "FINS network", dna, (uint32_t)da2 << 8 | da1, fins_describe_node);
	else if (da2 != UNIT_CPU && da2 != UNIT_SELF)
		dissect_relay(d, "FINS unit", da2, 0, fins_describe_unit);
	if (sna && sa1 && sa1 != last_byte(&p->src)) {
		dissect_set_side(d, SIDE_SERVER);   /* the sender is the door */
		dissect_relay(d, "FINS network", sna, (uint32_t)sa2 << 8 | sa1, fins_describe_node);
		dissect_set_side(d, SIDE_CLIENT);
	}
}

static enum dissect_result request(struct dissect *d, struct cur c, struct state *s, const struct cur *header)
{
	uint16_t command = cur_peek_be16(header, 10);
	uint8_t sid = cur_peek(header, 9), unit = cur_peek(header, 5);
	const struct dissect_code *k = DISSECT_CODE(commands, command);
	struct dissect_request r = { .key = (uint64_t)command << 8 | sid, .code = command,
				     .op = k ? k->op : OP_DIAGNOSTIC, .name = k ? k->name : "Unknown command",
				     .describe = k ? NULL : fins_describe_code };
	bool password = (command == C_PROTECT || command == C_UNPROTECT) && cur_left(&c) >= 15;
	parameters(&c, &r, command, unit);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	relays(d, s, header);
	if (password)
		dissect_weakness(d, "password-in-clear", r.name);
	if (cur_peek(header, 0) & ICF_QUIET) {
		char detail[64] = "";
		if (r.describe)
			r.describe(&r, detail, sizeof detail);
		dissect_op(d, (enum op_class)r.op, r.name, detail, RESULT_UNKNOWN);
		return DISSECT_OK;
	}
	s->sid = sid;
	s->command = command;
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- responses ---- */

/* Who answers: the device at the other end (its CPU, or one of its units), or one behind it. */
struct origin {
	uint8_t network, node, unit;
	bool behind;
};

/* Text of a type designation, padded with blanks or zeros? Other data of these commands is binary. */
static bool is_model(const uint8_t *model)
{
	for (int i = 0; model && i < MODEL; i++)
		if (model[i] && (model[i] < 0x20 || model[i] >= 0x7f))
			return false;
	return model && model[0] > 0x20 && model[1] > 0x20;
}

/* A model that belongs to a unit, or to a device behind, describes the sender but is not its own. */
static void tell_part(struct dissect *d, const struct origin *from, unsigned unit, const uint8_t *model,
		      const char *source)
{
	char name[64], text[128];
	if (!is_model(model) || !text_wire(model, MODEL, name, sizeof name))
		return;
	if (from->behind)
		snprintf(text, sizeof text, "%s (network %u node %u unit 0x%02x)", name, from->network, from->node,
			 unit);
	else
		snprintf(text, sizeof text, "%s (unit 0x%02x)", name, unit);
	dissect_attr(d, ATTR_DESCRIPTION, text, source);
}

/* A CPU: model, version, 40 bytes of system use, area data. An Ethernet unit: model, version, its addresses. */
static enum dissect_result controller_data(struct dissect *d, struct cur c, const struct origin *from)
{
	enum { ETHERNET_BYTES = 58 };
	size_t n = cur_left(&c);
	const uint8_t *model = cur_bytes(&c, MODEL), *version = cur_bytes(&c, MODEL);
	if (!cur_ok(&c) || !is_model(model))   /* asked for the configuration of the CPU bus units only */
		return DISSECT_OK;
	if (from->behind || from->unit != UNIT_CPU) {
		tell_part(d, from, from->unit, model, "fins.controller_data_read.model");
	} else {
		dissect_attr_bytes(d, ATTR_MODEL, model, MODEL, "fins.controller_data_read.model");
		dissect_attr_bytes(d, ATTR_FIRMWARE, version, MODEL, "fins.controller_data_read.version");
		dissect_attr(d, ATTR_ROLE, "plc", "fins.controller_data_read");
	}
	if (from->behind)
		return DISSECT_OK;
	dissect_attr(d, ATTR_VENDOR, "OMRON", "fins.controller_data_read");
	if (n == ETHERNET_BYTES && from->unit != UNIT_CPU) {
		const uint8_t *ip = cur_bytes(&c, 4);
		cur_skip(&c, 4 + 2 + 2);   /* subnet mask, UDP port, mode setting */
		const uint8_t *mac = cur_bytes(&c, 6);
		struct addr own = addr_v4(ip);
		if (cur_ok(&c) && addr_equal(&own, &dissect_packet(d)->src) && mac_is_host(mac))
			dissect_link(d, dissect_mac_of(d, mac), dissect_sender(d), LINK_SAME,
				     "fins.controller_data_read.ethernet_address");
	}
	return DISSECT_OK;
}

/* Units of the rack: their number (bit 7: these are the last), then address and model of each. */
static enum dissect_result connection_data(struct dissect *d, struct cur c, const struct origin *from)
{
	unsigned n = cur_u8(&c) & 0x7f;
	for (unsigned i = 0; i < n && cur_left(&c); i++) {
		uint8_t unit = cur_u8(&c);
		const uint8_t *model = cur_bytes(&c, MODEL);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		tell_part(d, from, unit, model, "fins.connection_data_read.model");
	}
	if (cur_ok(&c) && !from->behind)
		dissect_attr(d, ATTR_VENDOR, "OMRON", "fins.connection_data_read");
	return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
}

static enum dissect_result controller_status(struct dissect *d, struct cur c, const struct origin *from)
{
	static const char *const modes[] = { [0] = "program", [1] = "debug", [2] = "monitor", [4] = "run" };
	enum { CPU_BYTES = 26 };   /* status, mode, errors, message, error code, error message */
	if (cur_left(&c) < CPU_BYTES || from->behind || from->unit != UNIT_CPU)
		return DISSECT_OK;
	cur_skip(&c, 1);
	uint8_t mode = cur_u8(&c);
	if (mode < sizeof modes / sizeof *modes && modes[mode])
		dissect_attr(d, ATTR_MODE, modes[mode], "fins.controller_status_read.mode");
	dissect_attr(d, ATTR_ROLE, "plc", "fins.controller_status_read");
	return DISSECT_OK;
}

static enum dissect_result response(struct dissect *d, struct cur c, const struct state *s, const struct cur *header)
{
	uint16_t command = cur_peek_be16(header, 10);
	uint8_t sid = cur_peek(header, 9);
	uint16_t end = cur_be16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	bool ok = (end & END_MASK) == 0 && !(end & 0x8000);
	enum op_result result = ok ? RESULT_OK : RESULT_REFUSED;
	/* There are servers that answer with a service identifier of their own. */
	if (!dissect_response(d, (uint64_t)command << 8 | sid, result, NULL) && s->command == command)
		dissect_response(d, (uint64_t)command << 8 | s->sid, result, NULL);
	if (!ok)
		return DISSECT_OK;
	struct origin from = { .network = cur_peek(header, 6), .node = cur_peek(header, 7),
			       .unit = cur_peek(header, 8) };
	from.behind = from.network && from.node && from.node != s->server_node &&
		      from.node != last_byte(&dissect_packet(d)->src);
	switch (command) {
	case C_CONTROLLER:
		return controller_data(d, c, &from);
	case C_CONNECTION:
		return connection_data(d, c, &from);
	case C_STATUS:
		return controller_status(d, c, &from);
	case C_NAME_READ:
		if (!from.behind)
			dissect_attr_bytes(d, ATTR_NAME, cur_here(&c), cur_left(&c), "fins.name_read");
		return DISSECT_OK;
	default:
		return DISSECT_OK;
	}
}

/* ---- frames ---- */

/*
 * Who commands is told by each frame. The first one decides for the flow; later ones
 * the other way round (PLCs that write to each other) count for themselves only.
 */
static enum dissect_result fins(struct dissect *d, struct cur c, struct state *s)
{
	struct cur header = c;
	if (!cur_has(&c, HEADER))
		return DISSECT_TRUNCATED;
	if (!frame_fits(&c))
		return dissect_packet(d)->proto == PROTO_TCP ? DISSECT_MALFORMED : DISSECT_NOT_MINE;
	cur_skip(&c, HEADER);
	bool answer = cur_peek(&header, 0) & ICF_RESPONSE;
	enum side before = dissect_side(d), now = answer ? SIDE_SERVER : SIDE_CLIENT;
	dissect_set_side(d, now);
	enum dissect_result result = answer ? response(d, c, s, &header) : request(d, c, s, &header);
	if (s->known)
		dissect_set_side(d, before);
	s->known = true;
	return result;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct state *s = dissect_scratch(d);
	_Static_assert(sizeof(struct state) <= DISSECT_SCRATCH, "does not fit");
	if (dissect_packet(d)->proto != PROTO_TCP)
		return fins(d, c, s);
	if (!cur_has(&c, TCP_HEADER))
		return DISSECT_TRUNCATED;
	if (!tcp_header(&c))
		return DISSECT_NOT_MINE;
	cur_skip(&c, 8);
	uint32_t command = cur_be32(&c), error = cur_be32(&c);
	/* What only a server sends. A question alone does not prove that anybody there understands it. */
	bool answer = command == TCP_FRAME && (cur_peek(&c, 0) & ICF_RESPONSE);
	if (answer || command == TCP_SERVER_NODE || command == TCP_ERROR)
		dissect_evident(d);
	if (error)
		dissect_op(d, OP_DIAGNOSTIC, "FINS/TCP Connection",
			   tcp_errors[error] ? tcp_errors[error] : "unknown error", RESULT_REFUSED);
	switch (command) {
	case TCP_CLIENT_NODE: case TCP_SERVER_NODE:
		if (!s->known)
			dissect_set_side(d, command == TCP_CLIENT_NODE ? SIDE_CLIENT : SIDE_SERVER);
		s->known = true;
		if (command == TCP_SERVER_NODE && cur_has(&c, 8))
			s->server_node = cur_peek(&c, 7);
		return DISSECT_OK;
	case TCP_FRAME:
		return fins(d, c, s);
	default:
		return DISSECT_OK;
	}
}

const struct dissector dissect_fins = {
	.name = "fins",
	.title = "OMRON FINS",
	.ot = true,
	.no_auth = true,
	.apart = true,   /* answers may go to the port of FINS, not to the asker's; each node answers what is asked of all */
	.tcp = { 9600 },
	.udp = { 9600 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "OMRON W227 (FINS Commands), W342 (Communications Commands), W420 and W421 (Ethernet Units)",
	.recognition = "FINS/TCP: \"FINS\", a length, command and error code within their ranges, from a server: "
		       "evident. FINS/UDP: constant bits of ICF, RSV 0, at most 7 gateways, network numbers up to 127, "
		       "a command of the list with parameters of its length; request and response with one service "
		       "identifier and command",
	.identity = "Controller Data Read: model, version, and of an Ethernet unit its MAC address; Connection Data "
		    "Read: models of the units in the rack; Controller Status Read: mode; Name Read: name. What a "
		    "device behind the answering one says of itself is told as a description only",
	.operations = "read, write, fill, transfer, parameter and program areas, run, stop, reset, clock, access "
		      "right, error log, file memory, forced set and reset, names, addresses and sockets of Ethernet units; "
		      "networks and units behind the server",
	.verified = "real captures (Controller Data Read, memory area reads, FINS/TCP connection, UDP and TCP); the "
		    "other commands are from the manual, not yet seen in a real capture",
};
