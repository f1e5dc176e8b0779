/*
 * FL-net, the FA control network (OPCN-2, JEM 1479): nodes share a common memory.
 * Whoever holds the token broadcasts its part of it, may send messages, and hands
 * the token on. Each datagram has this header, big-endian:
 *
 *    0  "FACN"                              40  TCD: what it is        42  program version
 *    4  length of all of it                 44  area 1: address, size (words) of the sender
 *    8  sender: 0001, node number           48  area 2: likewise
 *   12  receiver, likewise                  52  mode                   54  protocol version, priority
 *   16  version of the sequence             56  block and blocks (1 byte each)
 *   20  sequence                            58  length of this block
 *   24  message control                     60  link status, token's time
 *   28  state of the node: b15 it runs,     62  refresh cycle (ms)
 *       b14, b13 warning or alarm           64  data; a request to take part has names here:
 *   30  size, 32 address in the virtual         node (10), vendor (10), model (10), 2 spare
 *       space, for messages
 *   36  frame interval, 37 kind of answer: 0 good, 1 error, 2 not there
 *
 * Messages go from port 55003 to 55001, and so do the answers: each on a flow of its own.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/ber.h"
#include "dissect/dissect.h"

enum {
	HEADER = 64, LENGTH_MAX = 1472, NAMES = 30, NAME = 10, NODE_MAX = 254, NODE_ALL = 255,
	AREA_1 = 0x200, AREA_2 = 0x2000, RUNNING = 0x8000,
	TCD_TRANSPARENT = 59999, TCD_TOKEN = 65000, TCD_CYCLIC = 65001, TCD_PARTICIPATE = 65002,
	TCD_READ_BYTES = 65003, TCD_WRITE_WORDS = 65006, TCD_PARAMETERS = 65007, TCD_PROFILE = 65011, TCD_TRIGGER = 65012,
	TCD_LAST = 65016, ANSWER = 200, TCD_LAST_ANSWER = TCD_LAST + ANSWER,
	PRINTABLE = 0x13, INTEGER = 0x02, SEQUENCE = 0x30, DEPTH = 4,
};

static const struct dissect_code messages[] = {
	{ TCD_READ_BYTES, OP_READ, "Byte block read" },
	{ 65004, OP_WRITE, "Byte block write" },
	{ 65005, OP_READ, "Word block read" },
	{ TCD_WRITE_WORDS, OP_WRITE, "Word block write" },
	{ TCD_PARAMETERS, OP_IDENTITY, "Network parameter read" },
	{ 65008, OP_CONFIGURATION, "Network parameter write" },
	{ 65009, OP_STOP, "Stop command" },
	{ 65010, OP_START, "Start command" },
	{ TCD_PROFILE, OP_IDENTITY, "Profile read" },
	{ 65013, OP_DIAGNOSTIC, "Log data read" },
	{ 65014, OP_LOG_ERASE, "Log data clear" },
	{ 65015, OP_DIAGNOSTIC, "Message echo back" },
	{ TCD_LAST, OP_DIAGNOSTIC, "Vendor message" },
};

/* Frames of the book; 60000 to 64999 and 65017 to 65202 are kept for the future. */
static bool known(uint16_t tcd)
{
	return tcd <= TCD_TRANSPARENT || (tcd >= TCD_TOKEN && tcd <= TCD_LAST) ||
	       (tcd >= TCD_READ_BYTES + ANSWER && tcd <= TCD_LAST_ANSWER);
}

/* Is this the header? Whatever the TCD. */
static bool header(const struct cur *c)
{
	struct cur x = *c;
	if (!cur_starts(c, "FACN", 4))
		return false;
	cur_skip(&x, 4);
	uint32_t length = cur_be32(&x);
	uint16_t network = cur_be16(&x), node = cur_be16(&x);
	cur_skip(&x, 32);
	uint16_t area1 = cur_be16(&x), size1 = cur_be16(&x), area2 = cur_be16(&x), size2 = cur_be16(&x);
	cur_skip(&x, 4);
	uint8_t block = cur_u8(&x), blocks = cur_u8(&x);
	cur_skip(&x, 6);
	return cur_ok(&x) && length >= HEADER && length <= LENGTH_MAX && cur_left(c) <= length && network == 1 && node >= 1 &&
	       node <= NODE_MAX && (uint32_t)area1 + size1 <= AREA_1 && (uint32_t)area2 + size2 <= AREA_2 && block <= blocks;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return header(c) && known(cur_peek_be16(c, 40));
}

/* ---- identity ---- */

static const char *role(const uint8_t *category, size_t n)
{
	static const struct { const char *category, *role; } roles[] = {
		{ "PLC", "plc" }, { "PC", "plc" }, { "NC", "cnc" }, { "CNC", "cnc" }, { "RC", "robot" },
		{ "ROBOT", "robot" }, { "COMPUTER", "pc" }, { "INV", "drive" },
	};
	while (n && (category[n - 1] == ' ' || category[n - 1] == 0))
		n--;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strlen(roles[i].category) == n && memcmp(roles[i].category, category, n) == 0)
			return roles[i].role;
	return NULL;
}

static bool is(struct cur name, const char *text)
{
	return cur_left(&name) == strlen(text) && cur_starts(&name, text, strlen(text));
}

/* A parameter of the device profile (JEM-TR 214). Versions are the maker's own: "INV VER". */
static void parameter(struct dissect *d, struct cur name, uint8_t tag, struct cur value)
{
	const uint8_t *p = cur_here(&value);
	size_t n = cur_left(&value);
	char text[64];
	if (tag == INTEGER) {
		if (is(name, "MACADDRESS") && n == 6)
			dissect_link(d, dissect_mac_of(d, p), dissect_sender(d), LINK_SAME, "flnet.profile.macaddress");
		return;
	}
	if (tag != PRINTABLE)
		return;
	if (is(name, "VENDOR")) {
		dissect_attr_bytes(d, ATTR_VENDOR, p, n, "flnet.profile.vendor");
	} else if (is(name, "DVMODEL")) {
		dissect_attr_bytes(d, ATTR_MODEL, p, n, "flnet.profile.dvmodel");
	} else if (is(name, "DVCATEGORY")) {
		const char *what = role(p, n);
		if (what)
			dissect_attr(d, ATTR_ROLE, what, "flnet.profile.dvcategory");
		else
			dissect_attr_bytes(d, ATTR_DESCRIPTION, p, n, "flnet.profile.dvcategory");
	} else if (cur_left(&name) > 4 && cur_left(&name) < 20 &&
		   memcmp(cur_here(&name) + cur_left(&name) - 4, " VER", 4) == 0) {
		snprintf(text, sizeof text, "%.*s %.*s", (int)cur_left(&name), (const char *)cur_here(&name),
			 (int)(n < 32 ? n : 32), (const char *)p);
		dissect_attr_bytes(d, ATTR_FIRMWARE, text, strlen(text), "flnet.profile.version");
	}
}

/* Names and values take turns, in sequences of sequences; some values are sequences too. */
static void profile(struct dissect *d, struct cur c, int depth)
{
	struct cur name = cur_make(NULL, 0);
	bool named = false;
	while (cur_left(&c) >= 2) {
		struct cur value;
		uint8_t tag = ber_next(&c, &value);
		if (!cur_ok(&c))
			return;
		if (named) {
			parameter(d, name, tag, value);
			named = false;
		} else if (tag == PRINTABLE) {
			name = value;
			named = true;
		} else if (tag == SEQUENCE && depth < DEPTH) {
			profile(d, value, depth + 1);
		}
	}
}

static bool is_text(struct cur c, size_t n)
{
	struct cur text = cur_sub(&c, n);
	size_t printable = 0;
	if (!cur_ok(&text))
		return false;
	while (cur_left(&text)) {
		uint8_t b = cur_u8(&text);
		if ((b < 0x20 && b != 0) || b == 0x7f)
			return false;
		printable += b > 0x20;
	}
	return printable > 0;
}

static void names(struct dissect *d, struct cur c, const char *source)
{
	if (!is_text(c, NAMES))
		return;
	const uint8_t *node = cur_bytes(&c, NAME), *vendor = cur_bytes(&c, NAME), *model = cur_bytes(&c, NAME);
	dissect_attr_bytes(d, ATTR_NAME, node, NAME, source);
	dissect_attr_bytes(d, ATTR_VENDOR, vendor, NAME, source);
	dissect_attr_bytes(d, ATTR_MODEL, model, NAME, source);
}

/* ---- messages ---- */

static void describe_block(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "address 0x%x, %u %s", r->extra, r->extra2, r->code <= 65004 ? "bytes" : "words");
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "transaction code %u", r->code);
}

static struct dissect_request request(uint16_t tcd, uint32_t address, uint16_t size)
{
	const struct dissect_code *k = DISSECT_CODE(messages, tcd);
	struct dissect_request r = { .key = tcd, .code = tcd, .op = OP_DIAGNOSTIC, .name = "Unknown command",
				     .describe = describe_code };
	if (k) {
		r.op = k->op;
		r.name = k->name;
		r.describe = NULL;
	} else if (tcd <= TCD_TRANSPARENT) {
		r.name = "Transparent message";
	}
	if (tcd >= TCD_READ_BYTES && tcd <= TCD_WRITE_WORDS) {
		r.extra = address;
		r.extra2 = size;
		r.describe = describe_block;
	}
	return r;
}

static void ask(struct dissect *d, const struct dissect_request *r, uint16_t receiver)
{
	char detail[64] = "";
	dissect_set_side(d, SIDE_CLIENT);
	dissect_evident(d);
	if (DISSECT_CODE(messages, r->code) && receiver != NODE_ALL) {
		dissect_request(d, r);
		return;
	}
	if (r->describe)   /* nobody answers these */
		r->describe(r, detail, sizeof detail);
	dissect_op(d, (enum op_class)r->op, r->name, detail, RESULT_UNKNOWN);
}

static void answer(struct dissect *d, const struct dissect_request *r, uint8_t kind, bool first, struct cur data)
{
	char detail[64] = "";
	enum op_result result = kind ? RESULT_REFUSED : RESULT_OK;
	dissect_set_side(d, SIDE_SERVER);
	dissect_evident(d);
	if (first && !dissect_response(d, r->key, result, NULL)) {
		if (r->describe)   /* the question is not in the capture, but this was done */
			r->describe(r, detail, sizeof detail);
		dissect_op(d, (enum op_class)r->op, r->name, detail, result);
	}
	if (kind || !first)
		return;
	if (r->code == TCD_PROFILE)
		profile(d, data, 0);
	else if (r->code == TCD_PARAMETERS)
		names(d, data, "flnet.network_parameter");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (!header(&c))
		return cur_starts(&c, "FACN", 4) && cur_left(&c) < HEADER ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	char text[32];
	uint16_t node = cur_peek_be16(&c, 10), receiver = cur_peek_be16(&c, 14), state = cur_peek_be16(&c, 28);
	uint16_t size = cur_peek_be16(&c, 30), tcd = cur_peek_be16(&c, 40);
	uint32_t address = (uint32_t)cur_peek_be16(&c, 32) << 16 | cur_peek_be16(&c, 34);
	uint8_t kind = cur_peek(&c, 37);
	bool first = cur_peek(&c, 56) <= 1, cut = cur_left(&c) < cur_peek_be16(&c, 6);
	cur_skip(&c, HEADER);
	/* The length was seen to be that of the datagram, with the name of the network in front. */
	if (tcd >= TCD_READ_BYTES + ANSWER && tcd <= TCD_LAST_ANSWER) {
		struct dissect_request r = request((uint16_t)(tcd - ANSWER), address, size);
		answer(d, &r, kind, first, c);
	} else if (tcd >= TCD_TOKEN && (tcd <= TCD_PARTICIPATE || tcd == TCD_TRIGGER)) {
		dissect_evident(d);
		if (tcd == TCD_PARTICIPATE)
			names(d, c, "flnet.participation");
		else if (tcd != TCD_TRIGGER)
			dissect_attr(d, ATTR_MODE, state & RUNNING ? "run" : "stop", "flnet.header.upper_layer_status");
	} else if (first) {
		struct dissect_request r = request(tcd, address, size);
		ask(d, &r, receiver & 0xff);
	}
	snprintf(text, sizeof text, "FL-net node %u", node);
	dissect_attr(d, ATTR_LOCATION, text, "flnet.header.node");
	return cut ? DISSECT_TRUNCATED : DISSECT_OK;
}

const struct dissector dissect_flnet = {
	.name = "flnet",
	.title = "FL-net (OPCN-2)",
	.ot = true,
	.no_auth = true,
	.cyclic = true,
	.apart = true,
	.udp = { 55000, 55001, 55002, 55003 },
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "JEM 1479, JEM-TR 214 (device profile), as printed in OMRON's W440 (CJ1W-FLN22) and Mitsubishi's manual of the "
		     "FR-A7N-FL",
	.recognition = "\"FACN\", the length of the datagram, a node number, areas inside the common memory, a transaction code "
		       "of the list",
	.identity = "profile: vendor, model, category (PLC, CNC, robot, …), MAC and versions; network parameters and the request to "
		    "take part: node name, vendor, model; every frame: node number, running or stopped",
	.operations = "block read and write with address, network parameters, stop and start, profile, log read and clear, echo, "
		      "vendor and transparent messages, each with the kind of its answer",
	.verified = "from the manual, not yet seen in a real capture; the values of M_RLT and the order of the names in a "
		    "participation frame are unconfirmed",
};
