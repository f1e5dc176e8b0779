/*
 * DNP3 (IEEE 1815) over TCP and UDP: link frames, transport segments, application fragments.
 *
 *   0    1    2        3         4             6        8
 *   +----+----+--------+---------+-------------+--------+-----+-------------- - -
 *   | 05 | 64 | length | control | destination | source | CRC | blocks of 16 bytes, each with its CRC
 *   +----+----+--------+---------+-------------+--------+-----+-------------- - -
 *   length counts from control, without CRCs. control: 80 from the master, 40 from the one who begins, function
 *   user data:   transport (80 last, 40 first, sequence), then of the first segment
 *   request      control (80 first, 40 last, 20 confirm, 10 unsolicited, sequence)  function  objects
 *   response     control  function  internal indications (2)  objects
 *   object:      group  variation  qualifier  range, then its values
 *
 * Numbers are little-endian. The CRCs make a frame with data evident by itself.
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	HEADER = 10, FIXED = 5, BLOCK = 16, CRC = 2, FRAGMENT = 4096, SEGMENTS_MAX = 16,
	PRIMARY = 0x40, CONFIRMED_DATA = 3, UNCONFIRMED_DATA = 4, TRANSPORT_FIRST = 0x40, TRANSPORT_LAST = 0x80,
	APP_FIRST = 0x80, APP_SEQUENCE = 0x0f, APP_UNSOLICITED = 0x10, BROADCAST = 0xfffd,
	LOCAL_CONTROL = 0x20, REFUSED = 0x07,   /* of the two indication bytes: the first's, the second's */
	CONFIRM = 0, READ = 1, WRITE = 2, SELECT = 3, OPERATE = 4, DIRECT = 5, DIRECT_SILENT = 6, OPEN_FILE = 25,
	AUTHENTICATE_FILE = 29, AUTHENTICATION = 32, RESPONSE = 129, UNSOLICITED = 130, AUTHENTICATION_RESPONSE = 131,
	ATTRIBUTES = 0, BINARY_COMMAND = 12, ANALOG_COMMAND = 41, DEADBAND = 34, TIME = 50, FILES = 70, INDICATIONS = 80, APPLICATION = 90,
};

static const struct dissect_code functions[] = {
	{ CONFIRM, -1, "Confirm" },
	{ READ, OP_READ, "Read" },
	{ WRITE, OP_WRITE, "Write" },
	{ SELECT, OP_WRITE, "Select" },
	{ OPERATE, OP_WRITE, "Operate" },
	{ DIRECT, OP_WRITE, "Direct Operate" },
	{ DIRECT_SILENT, OP_WRITE, "Direct Operate, No Acknowledgement" },
	{ 7, OP_WRITE, "Immediate Freeze" },
	{ 8, OP_WRITE, "Immediate Freeze, No Acknowledgement" },
	{ 9, OP_WRITE, "Freeze and Clear" },
	{ 10, OP_WRITE, "Freeze and Clear, No Acknowledgement" },
	{ 11, OP_WRITE, "Freeze at Time" },
	{ 12, OP_WRITE, "Freeze at Time, No Acknowledgement" },
	{ 13, OP_RESET, "Cold Restart" },
	{ 14, OP_RESET, "Warm Restart" },
	{ 15, OP_CONFIGURATION, "Initialize Data" },
	{ 16, OP_RESET, "Initialize Application" },
	{ 17, OP_START, "Start Application" },
	{ 18, OP_STOP, "Stop Application" },
	{ 19, OP_CONFIGURATION, "Save Configuration" },
	{ 20, OP_CONFIGURATION, "Enable Unsolicited Responses" },
	{ 21, OP_CONFIGURATION, "Disable Unsolicited Responses" },
	{ 22, OP_CONFIGURATION, "Assign Class" },
	{ 23, OP_DIAGNOSTIC, "Delay Measurement" },
	{ 24, OP_CLOCK, "Record Current Time" },
	{ OPEN_FILE, OP_FILE, "Open File" },
	{ 26, OP_FILE, "Close File" },
	{ 27, OP_FILE, "Delete File" },
	{ 28, OP_FILE, "Get File Information" },
	{ AUTHENTICATE_FILE, OP_LOGIN, "Authenticate File" },
	{ 30, OP_FILE, "Abort File" },
	{ 31, OP_CONFIGURATION, "Activate Configuration" },
	{ AUTHENTICATION, OP_LOGIN, "Authentication Request" },
	{ 33, -1, "Authentication Request, No Acknowledgement" },
};

/* Of the request "Write", by the group of its first object. */
static const struct dissect_code writes[] = {
	{ ATTRIBUTES, OP_CONFIGURATION, "Write Device Attributes" },
	{ DEADBAND, OP_CONFIGURATION, "Write Deadbands" },
	{ TIME, OP_CLOCK, "Write Time" },
	{ FILES, OP_FILE, "Write File" },
	{ INDICATIONS, OP_DIAGNOSTIC, "Clear Restart" },
};

struct state {
	uint16_t outstation, master;
	bool known, several, told, secure;
};

/* ---- link layer ---- */

/* Polynomial 3D65, bits from the right, complemented. */
static uint16_t crc(const uint8_t *p, size_t n)
{
	uint16_t r = 0;
	while (n--) {
		r ^= *p++;
		for (int k = 0; k < 8; k++)
			r = (uint16_t)(r & 1 ? r >> 1 ^ 0xa6bc : r >> 1);
	}
	return (uint16_t)~r;
}

/* Takes n bytes and the CRC behind them. */
static const uint8_t *checked(struct cur *c, size_t n)
{
	const uint8_t *p = cur_bytes(c, n);
	uint16_t sum = cur_le16(c);
	return cur_ok(c) && crc(p, n) == sum ? p : NULL;
}

static size_t on_wire(uint8_t length)
{
	size_t data = length - FIXED;
	return HEADER + data + (data + BLOCK - 1) / BLOCK * CRC;
}

static bool header(const struct cur *c)
{
	struct cur x = *c;
	const uint8_t *p = checked(&x, HEADER - CRC);
	return p && p[0] == 0x05 && p[1] == 0x64 && p[2] >= FIXED;
}

static bool has_data(uint8_t control)
{
	unsigned function = control & 0x0f;
	return control & PRIMARY && (function == CONFIRMED_DATA || function == UNCONFIRMED_DATA);
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return header(c);
}

/*
 * Segments of a response with device attributes are put together, as a name may stand in two of them. Others come one
 * by one: their first segment tells what they are.
 */
static bool wants_rest(const struct cur *c)
{
	return cur_has(c, HEADER + 6) && has_data(cur_peek(c, 3)) && !(cur_peek(c, HEADER) & TRANSPORT_LAST) &&
	       cur_peek(c, HEADER) & TRANSPORT_FIRST && cur_peek(c, HEADER + 2) == RESPONSE &&
	       cur_peek(c, HEADER + 5) == ATTRIBUTES;
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	if (!header(c))
		return DISSECT_NO_FRAME;
	size_t n = on_wire(cur_peek(c, 2));
	if (n == HEADER || !cur_has(c, n) || !wants_rest(c))
		return (int32_t)n;
	struct cur x = *c;
	cur_skip(&x, n);
	for (int i = 0; i < SEGMENTS_MAX; i++) {
		if (!cur_has(&x, HEADER + 1))
			return DISSECT_NEED_MORE;
		if (!header(&x) || !has_data(cur_peek(&x, 3)) || cur_peek(&x, HEADER) & TRANSPORT_FIRST)
			break;
		bool last = (cur_peek(&x, HEADER) & TRANSPORT_LAST) != 0;
		size_t more = on_wire(cur_peek(&x, 2));
		n += more;
		if (last)
			break;
		if (!cur_has(&x, more))
			return DISSECT_NEED_MORE;
		cur_skip(&x, more);
	}
	return (int32_t)n;
}

/* ---- objects ---- */

struct object {
	uint8_t group, variation;
	uint32_t first, count;   /* index of the first value, UINT32_MAX for "all" */
	unsigned prefix;         /* bytes of index before each value */
};

static uint32_t le(struct cur *c, unsigned n)
{
	return n == 1 ? cur_u8(c) : n == 2 ? cur_le16(c) : n == 4 ? cur_le32(c) : 0;
}

static bool object_read(struct cur *c, struct object *o)
{
	static const uint8_t widths[] = { 1, 2, 4 };
	*o = (struct object){ .group = cur_u8(c) };
	o->variation = cur_u8(c);
	uint8_t qualifier = cur_u8(c), range = qualifier & 0x0f, prefix = qualifier >> 4 & 7;
	if (range <= 2) {
		o->first = le(c, widths[range]);
		o->count = le(c, widths[range]) - o->first + 1;
	} else if (range == 6) {
		o->first = UINT32_MAX;
	} else if (range >= 7 && range <= 9) {
		o->count = le(c, widths[range - 7]);
	} else if (range == 0x0b) {
		o->count = cur_u8(c);
	} else {
		return false;
	}
	if (prefix >= 1 && prefix <= 3 && range >= 7) {
		struct cur ahead = *c;
		o->prefix = widths[prefix - 1];
		o->first = le(&ahead, o->prefix);
	}
	return cur_ok(c);
}

static void describe(const struct dissect_request *r, char *out, size_t size)
{
	static const struct dissect_code groups[] = {
		{ 0, 0, "device attribute" }, { 1, 0, "binary input" }, { 3, 0, "double-bit input" }, { 10, 0, "binary output" },
		{ BINARY_COMMAND, 0, "binary output" }, { 20, 0, "counter" }, { 21, 0, "frozen counter" }, { 30, 0, "analog input" },
		{ DEADBAND, 0, "analog input" }, { 40, 0, "analog output" }, { ANALOG_COMMAND, 0, "analog output" }, { 60, 0, "class" },
		{ 86, 0, "data set" }, { 87, 0, "data set" }, { 110, 0, "octet string" }, { 112, 0, "virtual terminal" },
	};
	unsigned group = r->extra >> 8 & 0xff, variation = r->extra & 0xff;
	const struct dissect_code *g = DISSECT_CODE(groups, group);
	if (group == FILES)
		snprintf(out, size, "%s", r->extra2 == 1 ? "to read" : r->extra2 == 2 ? "to write" : r->extra2 == 3 ? "to append" : "");
	else if (group == 60)
		snprintf(out, size, "class %d", (int)variation - 1);
	else if (!g)
		snprintf(out, size, "group %u variation %u", group, variation);
	else if (r->extra2 == UINT32_MAX)
		snprintf(out, size, "%s, all", g->name);
	else
		snprintf(out, size, "%s %u", g->name, r->extra2);
}

static void describe_function(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "function 0x%02x", r->extra);
}

static void describe_station(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "outstation %u", r->extra);
}

static void describe_broadcast(const struct dissect_request *r, char *out, size_t size)
{
	(void)r;
	snprintf(out, size, "all outstations");
}

/* Group 70: how a file is opened; and who says who he is, with a password. */
static uint32_t file_mode(struct cur c)
{
	cur_skip(&c, 2 + 2 + 2 + 6 + 2 + 4 + 4);   /* size of it all; offset, length of the name, time, permissions, key, size */
	return cur_le16(&c);
}

static bool has_password(struct cur c)
{
	cur_skip(&c, 2 + 2 + 2 + 2);   /* size of it all; offset and length of the name, offset of the password */
	return cur_le16(&c) > 0;
}

/* ---- requests ---- */

static uint64_t key_of(uint16_t outstation, uint16_t master, uint8_t control)
{
	return (uint64_t)outstation << 32 | (uint64_t)master << 8 | (control & APP_SEQUENCE);
}

/* Functions whose request says itself that nobody answers. */
static bool silent(uint8_t function)
{
	return function == DIRECT_SILENT || function == 8 || function == 10 || function == 12;
}

static void request(struct dissect *d, struct cur c, uint8_t control, uint8_t function, uint16_t outstation, uint16_t master)
{
	const struct dissect_code *f = DISSECT_CODE(functions, function), *w = NULL;
	struct dissect_request r = { .key = key_of(outstation, master, control), .code = function,
				     .op = f ? f->op : OP_DIAGNOSTIC, .name = f ? f->name : "Unknown command" };
	struct object o = { 0 };
	bool object = cur_left(&c) && object_read(&c, &o);
	struct state *s = dissect_scratch(d);
	if (function == CONFIRM)
		return;
	if (function == AUTHENTICATION)
		s->secure = true;
	if (function == READ) {
		if (object && o.group == ATTRIBUTES)
			r.op = OP_IDENTITY;
	} else if (object) {
		w = function == WRITE ? DISSECT_CODE(writes, o.group) : NULL;
		r.extra = (uint32_t)o.group << 8 | o.variation;
		r.extra2 = o.first;
		if (o.group == FILES)
			r.extra2 = function == OPEN_FILE ? file_mode(c) : 0;
		if (o.group != TIME && o.group != INDICATIONS && o.group != APPLICATION)
			r.describe = describe;
		else
			r.extra = r.extra2 = 0;
	}
	if (!f) {
		r.extra = function;
		r.extra2 = 0;
		r.describe = describe_function;
	}
	if (w) {
		r.op = w->op;
		r.name = w->name;
	}
	if (function == AUTHENTICATE_FILE && object && has_password(c))
		dissect_weakness(d, "password-in-clear", "DNP3 file");
	if (outstation < BROADCAST && !silent(function)) {
		dissect_request(d, &r);
		return;
	}
	char detail[64] = "";
	if (outstation >= BROADCAST)
		describe_broadcast(&r, detail, sizeof detail);
	else if (r.describe)
		r.describe(&r, detail, sizeof detail);
	if (r.op >= 0)
		dissect_op(d, (enum op_class)r.op, r.name, detail, RESULT_UNKNOWN);
}

/* ---- responses ---- */

/* Group 0: each is a type, a length and the value. */
static void attributes(struct dissect *d, struct cur c)
{
	static const struct { uint8_t variation; enum attr field; const char *source; } known[] = {
		{ 242, ATTR_FIRMWARE, "dnp3.attribute.software_version" }, { 243, ATTR_HARDWARE, "dnp3.attribute.hardware_version" },
		{ 245, ATTR_LOCATION, "dnp3.attribute.location" },	   { 246, ATTR_DESCRIPTION, "dnp3.attribute.id" },
		{ 247, ATTR_NAME, "dnp3.attribute.name" },		   { 248, ATTR_SERIAL, "dnp3.attribute.serial_number" },
		{ 250, ATTR_MODEL, "dnp3.attribute.product" },		   { 252, ATTR_VENDOR, "dnp3.attribute.manufacturer" },
	};
	enum { VISIBLE_STRING = 1 };
	struct object o;
	while (cur_left(&c) && object_read(&c, &o) && o.group == ATTRIBUTES) {
		cur_skip(&c, o.prefix);
		uint8_t type = cur_u8(&c), n = cur_u8(&c);
		const uint8_t *value = cur_bytes(&c, n);
		if (!cur_ok(&c))
			return;
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (known[i].variation == o.variation && type == VISIBLE_STRING)
				dissect_attr_bytes(d, known[i].field, value, n, known[i].source);
	}
}

/* The answer to a command repeats it, with a status behind it: 0 is good. */
static bool command_refused(struct cur c)
{
	static const uint8_t analog[] = { 4, 2, 4, 8 };
	struct object o;
	if (!cur_left(&c) || !object_read(&c, &o) || o.count == 0)
		return false;
	cur_skip(&c, o.prefix);
	if (o.group == BINARY_COMMAND && o.variation == 1)
		cur_skip(&c, 10);
	else if (o.group == ANALOG_COMMAND && o.variation >= 1 && o.variation <= 4)
		cur_skip(&c, analog[o.variation - 1]);
	else
		return false;
	uint8_t status = cur_u8(&c);
	return cur_ok(&c) && status != 0;
}

static void response(struct dissect *d, struct cur c, uint8_t control, uint8_t function, uint16_t outstation, uint16_t master)
{
	struct state *s = dissect_scratch(d);
	uint8_t first = cur_u8(&c), second = cur_u8(&c);
	struct dissect_request r;
	if (!cur_ok(&c))
		return;
	if (function == AUTHENTICATION_RESPONSE)
		s->secure = true;
	if (first & LOCAL_CONTROL)
		dissect_attr(d, ATTR_MODE, "local", "dnp3.internal_indications");
	bool refused = (second & REFUSED) != 0 || (function == RESPONSE && command_refused(c));
	if (function != RESPONSE || !(control & APP_FIRST))
		return;
	if (dissect_response(d, key_of(outstation, master, control), refused ? RESULT_REFUSED : RESULT_OK, &r) && !s->secure &&
	    !s->told) {
		dissect_weakness(d, "no-authentication", NULL);
		s->told = true;
	}
	if (cur_peek(&c, 0) == ATTRIBUTES)
		attributes(d, c);
}

/* Several outstations behind one address are devices of their own, and the address their way in. */
static void stations(struct dissect *d, uint16_t outstation, uint16_t master, bool from_outstation)
{
	char text[32];
	struct state *s = dissect_scratch(d);
	if (outstation >= BROADCAST)
		return;
	if (s->known && s->outstation != outstation && !s->several) {
		s->several = true;
		dissect_relay(d, "DNP3 outstation", s->outstation, 0, describe_station);
	}
	if (s->several)
		dissect_relay(d, "DNP3 outstation", outstation, 0, describe_station);
	if (s->known && s->outstation == outstation && s->master == master)
		return;
	*s = (struct state){ .outstation = outstation, .master = master, .known = true, .several = s->several, .told = s->told,
			     .secure = s->secure };
	snprintf(text, sizeof text, "DNP3 master %u", master);
	dissect_attr_of(d, from_outstation ? dissect_receiver(d) : dissect_sender(d), ATTR_DESCRIPTION, text, "dnp3.link");
	snprintf(text, sizeof text, "DNP3 outstation %u", outstation);
	if (!s->several)
		dissect_attr_of(d, from_outstation ? dissect_sender(d) : dissect_receiver(d), ATTR_DESCRIPTION, text, "dnp3.link");
}

/* ---- messages ---- */

static void application(struct dissect *d, struct cur c, uint16_t destination, uint16_t source)
{
	uint8_t control = cur_u8(&c), function = cur_u8(&c);
	if (!cur_ok(&c))
		return;
	bool answer = function >= RESPONSE;
	dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
	if (answer) {
		stations(d, source, destination, true);
		response(d, c, control, function, source, destination);
	} else {
		stations(d, destination, source, false);
		request(d, c, control, function, destination, source);
	}
}

/* Link frames, and the fragment whose segments are in them. Whole: their CRCs have to be right. */
static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint8_t fragment[FRAGMENT];
	size_t n = 0;
	bool began = false;
	if (!header(&c))
		return cur_has(&c, HEADER) ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	while (cur_left(&c)) {
		if (!header(&c))
			return cur_has(&c, HEADER) ? DISSECT_MALFORMED : DISSECT_TRUNCATED;
		cur_skip(&c, 2);
		size_t left = cur_u8(&c) - (size_t)FIXED;
		uint8_t control = cur_u8(&c), transport = 0;
		uint16_t destination = cur_le16(&c), source = cur_le16(&c);
		cur_skip(&c, CRC);
		bool head = true, data = has_data(control) && left > 0;
		while (left) {
			size_t block = left < BLOCK ? left : BLOCK;
			if (!cur_has(&c, block + CRC))
				return DISSECT_TRUNCATED;
			const uint8_t *p = checked(&c, block);
			if (!p)
				return DISSECT_MALFORMED;
			left -= block;
			if (head) {
				transport = *p++;
				block--;
				head = false;
				if (transport & TRANSPORT_FIRST) {
					n = 0;
					began = true;
				}
			}
			if (n + block > sizeof fragment)   /* nobody sends so long a one: only its beginning counts */
				block = sizeof fragment - n;
			memcpy(fragment + n, p, block);
			n += block;
		}
		if (!data)
			continue;
		dissect_evident(d);
		if (began && (transport & TRANSPORT_LAST || !cur_left(&c))) {
			application(d, cur_make(fragment, n), destination, source);
			began = false;
		}
	}
	return DISSECT_OK;
}

const struct dissector dissect_dnp3 = {
	.name = "dnp3",
	.title = "DNP3",
	.ot = true,
	.tcp = { 20000 },
	.udp = { 20000 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "IEEE 1815 (DNP3): link layer, transport function, application layer, object library",
	.recognition = "0564, the length, and the CRC of the header and of each block of data",
	.identity = "device attributes (group 0): manufacturer, product, hardware and software version, serial number, user's name, "
		    "identification and location; station numbers; local control from the internal indications",
	.operations = "commands (select, operate, direct operate) with the point and the outstation's status; writes by object, clock, "
		      "restarts, applications started and stopped, configuration, unsolicited responses switched off, files",
	.verified = "real captures; device attributes, files and secure authentication from the standard, not yet seen in a real capture",
};
