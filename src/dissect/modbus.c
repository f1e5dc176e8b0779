/*
 * Modbus/TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, Modbus
 * Application Protocol V1.1b3), and Schneider's UMAS inside function 90.
 *
 *   0       2          4        6      7          8
 *   +-------+----------+--------+------+----------+----------- - -
 *   | trans | protocol | length | unit | function | data
 *   | action|    0     | (rest) |      | (+80: exception)
 *   +-------+----------+--------+------+----------+----------- - -
 *
 * Serial device servers carry the frames of the line as they are (Modbus over Serial Line V1.02: RTU): unit, function
 * and data without the header, and two bytes of CRC behind them.
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	HEADER = 6, LENGTH_MIN = 2, LENGTH_MAX = 1504,   /* 254 by the book; UMAS sends more */
	FC_DIAGNOSTICS = 8, FC_SERVER_ID = 17, FC_MEI = 43, FC_UMAS = 90, FC_FIRMWARE = 125, EXCEPTION = 0x80,
	MEI_DEVICE_ID = 14, MEI_CANOPEN = 13, DEVICE_ID_CODES = 4, COILS_MAX = 2000, REGISTERS_MAX = 125,
	UMAS_OK = 0xfe, UMAS_ERROR = 0xfd, UMAS_READ_ID = 0x02, UMAS_PROJECT = 0x03, UMAS_PLC = 0x04, UMAS_RESERVE = 0x10,
	UMAS_SIGNED = 0x38, SIGNATURE = 1 + 32, PLC_STATE_AT = 60,
	CRC = 2, RTU_MAX = 256, RTU_MIN = 4, SERIAL_LINE = 0x10000,   /* in the place of a transaction */
	UNIT_OWN = 255, PATH_UNAVAILABLE = 0x0a, TARGET_SILENT = 0x0b,
};

static const struct dissect_code functions[] = {
	{ 1, OP_READ, "Read Coils" },
	{ 2, OP_READ, "Read Discrete Inputs" },
	{ 3, OP_READ, "Read Holding Registers" },
	{ 4, OP_READ, "Read Input Registers" },
	{ 5, OP_WRITE, "Write Single Coil" },
	{ 6, OP_WRITE, "Write Single Register" },
	{ 7, OP_DIAGNOSTIC, "Read Exception Status" },
	{ FC_DIAGNOSTICS, OP_DIAGNOSTIC, "Diagnostics" },
	{ 11, OP_DIAGNOSTIC, "Get Comm Event Counter" },
	{ 12, OP_DIAGNOSTIC, "Get Comm Event Log" },
	{ 15, OP_WRITE, "Write Multiple Coils" },
	{ 16, OP_WRITE, "Write Multiple Registers" },
	{ FC_SERVER_ID, OP_IDENTITY, "Report Server ID" },
	{ 20, OP_READ, "Read File Record" },
	{ 21, OP_WRITE, "Write File Record" },
	{ 22, OP_WRITE, "Mask Write Register" },
	{ 23, OP_WRITE, "Read/Write Multiple Registers" },
	{ 24, OP_READ, "Read FIFO Queue" },
	{ FC_MEI, OP_IDENTITY, "Encapsulated Interface Transport" },
	{ FC_UMAS, OP_DIAGNOSTIC, "UMAS" },
	{ FC_FIRMWARE, OP_FIRMWARE, "Firmware Replacement" },
};

/* Modicon's own, from before the book, and no reason to take a stream for Modbus. */
static const struct dissect_code elder[] = {
	{ 9, OP_CONFIGURATION, "Program (484)" },
	{ 10, OP_DIAGNOSTIC, "Poll (484)" },
	{ 13, OP_CONFIGURATION, "Program (584/984)" },
	{ 14, OP_DIAGNOSTIC, "Poll (584/984)" },
	{ 18, OP_CONFIGURATION, "Program (884/M84)" },
	{ 19, OP_RESET, "Reset Communications Link" },
	{ 40, OP_CONFIGURATION, "Program (Concept)" },
	{ 126, OP_CONFIGURATION, "Program (584/984)" },
};

static const struct dissect_code diagnostics[] = {
	{ 1, OP_RESET, "Restart Communications Option" },
	{ 4, OP_STOP, "Force Listen Only Mode" },
	{ 10, OP_LOG_ERASE, "Clear Counters and Diagnostic Register" },
};

/* UMAS looks from the PLC: its upload takes a program up into it, its download gives one out, as the long answers to 34 show. */
static const struct dissect_code umas[] = {
	{ 0x01, OP_DIAGNOSTIC, "UMAS Initialise Communication" },
	{ UMAS_READ_ID, OP_IDENTITY, "UMAS Read ID" },
	{ UMAS_PROJECT, OP_IDENTITY, "UMAS Read Project Information" },
	{ UMAS_PLC, OP_IDENTITY, "UMAS Read PLC Information" },
	{ 0x05, OP_IDENTITY, "UMAS Read Loader Information" },
	{ 0x06, OP_IDENTITY, "UMAS Read Card Information" },
	{ 0x07, OP_IDENTITY, "UMAS Read Block Information" },
	{ 0x0a, OP_DIAGNOSTIC, "UMAS Repeat" },
	{ UMAS_RESERVE, OP_LOGIN, "UMAS Take Reservation" },
	{ 0x11, OP_LOGIN, "UMAS Release Reservation" },
	{ 0x12, OP_DIAGNOSTIC, "UMAS Keep Alive" },
	{ 0x20, OP_READ, "UMAS Read Memory Block" },
	{ 0x21, OP_WRITE, "UMAS Write Memory Block" },
	{ 0x22, OP_READ, "UMAS Read Variables" },
	{ 0x23, OP_WRITE, "UMAS Write Variables" },
	{ 0x24, OP_READ, "UMAS Read Coils and Registers" },
	{ 0x25, OP_WRITE, "UMAS Write Coils and Registers" },
	{ 0x26, OP_READ, "UMAS Data Dictionary" },
	{ 0x27, OP_READ, "UMAS Data Dictionary Preload" },
	{ 0x28, OP_READ, "UMAS Read Physical Address" },
	{ 0x29, OP_WRITE, "UMAS Write Physical Address" },
	{ 0x2a, OP_READ, "UMAS Browse Events" },
	{ 0x30, OP_DOWNLOAD, "UMAS Begin Upload" },
	{ 0x31, OP_DOWNLOAD, "UMAS Upload Block" },
	{ 0x32, OP_DOWNLOAD, "UMAS End Upload" },
	{ 0x33, OP_UPLOAD, "UMAS Begin Download" },
	{ 0x34, OP_UPLOAD, "UMAS Download Block" },
	{ 0x35, OP_UPLOAD, "UMAS End Download" },
	{ 0x36, OP_FILE, "UMAS Backup" },
	{ 0x37, OP_DOWNLOAD, "UMAS Preload Blocks" },
	{ 0x39, OP_READ, "UMAS Read Ethernet Master Data" },
	{ 0x40, OP_START, "UMAS Start PLC" },
	{ 0x41, OP_STOP, "UMAS Stop PLC" },
	{ 0x42, OP_RESET, "UMAS Initialise PLC" },
	{ 0x43, OP_DOWNLOAD, "UMAS Swap Blocks" },
	{ 0x50, OP_DIAGNOSTIC, "UMAS Monitor PLC" },
	{ 0x58, OP_DIAGNOSTIC, "UMAS Check PLC" },
	{ 0x60, OP_DIAGNOSTIC, "UMAS Set Breakpoint" },
	{ 0x61, OP_DIAGNOSTIC, "UMAS Delete Breakpoint" },
	{ 0x6e, OP_LOGIN, "UMAS Reservation Nonces" },
	{ 0x70, OP_READ, "UMAS Read I/O Object" },
	{ 0x71, OP_WRITE, "UMAS Write I/O Object" },
	{ 0x72, OP_IDENTITY, "UMAS Read Rack" },
	{ 0x73, OP_READ, "UMAS Get Status of Module" },
};

/* ---- framing: c begins at the unit, n counts from there without a CRC ---- */

/* Does the length fit what the function must have? */
static bool fits(const struct cur *c, size_t n, enum side side)
{
	bool request = side == SIDE_CLIENT;
	uint8_t code = cur_peek(c, 1);
	if (code & EXCEPTION)
		return !request && n == 3;
	switch (code) {
	case 1: case 2: case 3: case 4:
		return request ? n == 6 : n == 3u + cur_peek(c, 2);
	case 5: case 6:
		return n == 6;
	case 7: case 11: case 12: case FC_SERVER_ID:
		return request ? n == 2 : n > 2;
	case FC_DIAGNOSTICS:
		return n >= 6 && n % 2 == 0;
	case 15: case 16:
		return request ? n == 7u + cur_peek(c, 6) : n == 6;
	case 20: case 21:
		return n == 3u + cur_peek(c, 2);
	case 22:
		return n == 8;
	case 23:
		return request ? n == 11u + cur_peek(c, 10) : n == 3u + cur_peek(c, 2);
	case 24:
		return request ? n == 4 : n == 4u + cur_peek_be16(c, 2);
	default:
		return n > 2;
	}
}

/* What only a plain message of the book has: a claim begins with it. A scanner may ask for no registers at all. */
static bool plain(const struct cur *c, size_t n, enum side side)
{
	bool request = side == SIDE_CLIENT;
	uint8_t code = cur_peek(c, 1), third = cur_peek(c, 2);
	uint16_t first = cur_peek_be16(c, 2), second = cur_peek_be16(c, 4);
	if (!fits(c, n, side) || !DISSECT_CODE(functions, code & 0x7f))
		return false;
	if (code & EXCEPTION)
		return third >= 1 && third <= TARGET_SILENT;
	switch (code) {
	case 1: case 2:
		return request ? second <= COILS_MAX : third > 0;
	case 3: case 4:
		return request ? second <= REGISTERS_MAX : third > 0 && third % 2 == 0;
	case 5:
		return second == 0 || second == 0xff00;
	case 7: case 11:
		return request || n == (code == 7 ? 3 : 6);
	case 12:
		return request || n == 3u + third;
	case FC_DIAGNOSTICS:
		return first <= 4 || (first >= 10 && first <= 21);
	case 15:
		return second > 0 && second <= COILS_MAX && (!request || cur_peek(c, 6) == (second + 7u) / 8);
	case 16:
		return second > 0 && second <= REGISTERS_MAX && (!request || cur_peek(c, 6) == second * 2u);
	case 23:
		return request ? second <= REGISTERS_MAX && cur_peek(c, 10) == cur_peek_be16(c, 8) * 2u : third % 2 == 0;
	case FC_MEI:
		return third == MEI_CANOPEN || (third == MEI_DEVICE_ID && cur_peek(c, 3) >= 1 && cur_peek(c, 3) <= DEVICE_ID_CODES &&
						(request ? n == 5 : n >= 8));
	case FC_UMAS:
		return n >= 4 && (request || cur_peek(c, 3) == UMAS_OK || cur_peek(c, 3) == UMAS_ERROR);
	default:
		return true;
	}
}

static bool header(const struct cur *c)
{
	uint16_t n = cur_peek_be16(c, 4);
	return cur_has(c, HEADER + 2) && cur_peek_be16(c, 2) == 0 && n >= LENGTH_MIN && n <= LENGTH_MAX;
}

/* RTU: how long the message must be by its function, CRC included; 0: not to be told. */
static size_t rtu_bytes(const struct cur *c, enum side side)
{
	bool request = side == SIDE_CLIENT;
	uint8_t code = cur_peek(c, 1);
	if (code & EXCEPTION)
		return request ? 0 : 3 + CRC;
	switch (code) {
	case 1: case 2: case 3: case 4:
		return CRC + (request ? 6u : 3u + cur_peek(c, 2));
	case 5: case 6: case FC_DIAGNOSTICS:
		return CRC + 6;
	case 15: case 16:
		return CRC + (request ? 7u + cur_peek(c, 6) : 6u);
	case FC_SERVER_ID:
		return CRC + (request ? 2u : 3u + cur_peek(c, 2));
	case 20: case 21:
		return CRC + 3u + cur_peek(c, 2);
	case 22:
		return CRC + 8;
	case 23:
		return CRC + (request ? 11u + cur_peek(c, 10) : 3u + cur_peek(c, 2));
	default:
		return 0;
	}
}

/* A whole frame of the serial line with the right CRC: its bytes, 0 where there is none. Header and content of TCP go before. */
static size_t rtu(const struct cur *c, enum side side)
{
	struct cur x = *c, after = *c;
	size_t n = rtu_bytes(c, side);
	if (n < RTU_MIN || n > RTU_MAX || !cur_has(c, n) || !plain(c, n - CRC, side))
		return 0;
	uint16_t crc = 0xffff;
	for (size_t i = 0; i < n - CRC; i++) {
		crc ^= cur_u8(&x);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1);
	}
	if (crc != cur_le16(&x))
		return 0;
	cur_skip(&after, HEADER);
	return cur_left(c) > n && header(c) && plain(&after, cur_peek_be16(c, 4), side) ? 0 : n;
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur rest = *c;
	if (rtu(c, side))
		return true;
	/* All that is here: what looks like a message by chance is not followed by another. */
	do {
		if (!header(&rest))
			return false;
		size_t n = cur_peek_be16(&rest, 4);
		cur_skip(&rest, HEADER);
		if (!plain(&rest, n, side))
			return false;
		cur_skip(&rest, n < cur_left(&rest) ? n : cur_left(&rest));
	} while (cur_left(&rest) >= HEADER + 2);
	return true;
}

static int32_t length(const struct cur *c, enum side side)
{
	size_t serial = rtu(c, side);
	if (serial)
		return (int32_t)serial;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	uint16_t n = cur_peek_be16(c, 4);
	if (cur_peek_be16(c, 2) != 0 || n < LENGTH_MIN || n > LENGTH_MAX)
		return rtu_bytes(c, side) > cur_left(c) ? DISSECT_NEED_MORE : DISSECT_NO_FRAME;
	return HEADER + n;
}

/* ---- requests ---- */

/* UMAS Take Reservation: a number, then the name of the computer that takes it. */
static void umas_client(struct dissect *d, struct cur c)
{
	cur_skip(&c, 4);
	uint8_t n = cur_u8(&c);
	const uint8_t *name = cur_bytes(&c, n);
	if (name && n)
		dissect_attr_bytes(d, ATTR_HOSTNAME, name, n, "modbus.umas.take_reservation");
}

static void describe_range(const struct dissect_request *r, char *out, size_t size)
{
	const char *what = r->code == 5 || r->code == 15 ? "coil" : "register";
	if (r->extra2 > 1)
		snprintf(out, size, "%ss %u-%u", what, r->extra, r->extra + r->extra2 - 1);
	else
		snprintf(out, size, "%s %u", what, r->extra);
}

static void describe_file(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "file %u record %u", r->extra, r->extra2);
}

static void describe_unit(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "unit %u", r->extra);
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "code 0x%02x", r->extra);
}

static enum dissect_result request(struct dissect *d, struct cur c, uint64_t key, uint8_t code)
{
	const struct dissect_code *f = DISSECT_CODE(functions, code), *sub = NULL;
	if (!f)
		f = DISSECT_CODE(elder, code);
	struct dissect_request r = { .key = key, .code = code, .op = f ? f->op : OP_DIAGNOSTIC,
				     .name = f ? f->name : "Unknown command" };
	switch (code) {
	case 5: case 6: case 15: case 16: case 22:
		r.extra = cur_be16(&c);
		r.extra2 = code == 15 || code == 16 ? cur_be16(&c) : 1;
		r.describe = describe_range;
		break;
	case 23:
		cur_skip(&c, 4);   /* what is read */
		r.extra = cur_be16(&c);
		r.extra2 = cur_be16(&c);
		r.describe = describe_range;
		break;
	case 21:   /* length of it all, kind of reference, file, record */
		r.extra = cur_peek_be16(&c, 2);
		r.extra2 = cur_peek_be16(&c, 4);
		r.describe = cur_has(&c, 6) ? describe_file : NULL;
		break;
	case FC_DIAGNOSTICS:
		r.extra = cur_be16(&c);
		sub = DISSECT_CODE(diagnostics, r.extra);
		r.describe = describe_code;
		break;
	case FC_MEI:
		if (cur_u8(&c) == MEI_DEVICE_ID)
			r.name = "Read Device Identification";
		else
			r.op = OP_DIAGNOSTIC;
		break;
	case FC_UMAS:
		cur_skip(&c, 1);   /* session key */
		r.extra2 = cur_u8(&c);
		if (r.extra2 == UMAS_SIGNED && cur_peek(&c, SIGNATURE) == FC_UMAS) {
			cur_skip(&c, SIGNATURE + 1 + 1);
			r.extra2 = cur_u8(&c);
		}
		if (r.extra2 == UMAS_RESERVE)
			umas_client(d, c);
		sub = DISSECT_CODE(umas, r.extra2);
		if (!sub) {
			r.extra = r.extra2;
			r.describe = describe_code;
		}
		break;
	default:
		if (!f) {
			r.extra = code;
			r.describe = describe_code;
		}
		break;
	}
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (sub) {
		r.op = sub->op;
		r.name = sub->name;
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- identity ---- */

/* Function 43/14: objects of the basic and regular category. */
static enum dissect_result device_id(struct dissect *d, struct cur c)
{
	static const struct { enum attr field; const char *source; } objects[] = {
		{ ATTR_VENDOR, "modbus.device_id.vendor_name" },
		{ ATTR_MODEL, "modbus.device_id.product_code" },
		{ ATTR_FIRMWARE, "modbus.device_id.revision" },
		{ ATTR_DESCRIPTION, "modbus.device_id.vendor_url" },
		{ ATTR_NAME, "modbus.device_id.product_name" },
		{ ATTR_MODEL, "modbus.device_id.model_name" },
		{ ATTR_DESCRIPTION, "modbus.device_id.user_application_name" },
	};
	if (cur_u8(&c) != MEI_DEVICE_ID)
		return DISSECT_OK;
	cur_skip(&c, 4);   /* code, conformity, more follows, next object */
	unsigned n = cur_u8(&c);
	for (unsigned i = 0; i < n && cur_left(&c); i++) {
		uint8_t id = cur_u8(&c), len = cur_u8(&c);
		const uint8_t *value = cur_bytes(&c, len);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		if (id < sizeof objects / sizeof *objects)
			dissect_attr_bytes(d, objects[id].field, value, len, objects[id].source);
	}
	return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
}

/* Function 17: a byte count, then what the maker likes; a text in it is kept. */
static enum dissect_result server_id(struct dissect *d, struct cur c)
{
	uint8_t n = cur_u8(&c);
	struct cur data = cur_sub(&c, n);
	if (!cur_ok(&data))
		return DISSECT_TRUNCATED;
	/* Server id and run indicator come first; their length is the maker's. */
	while (cur_left(&data) && (cur_peek(&data, 0) < 0x20 || cur_peek(&data, 0) >= 0x7f))
		cur_skip(&data, 1);
	size_t text = 0;
	while (text < cur_left(&data) && cur_peek(&data, text) >= 0x20 && cur_peek(&data, text) < 0x7f)
		text++;
	if (text >= 4)
		dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&data), text, "modbus.server_id");
	return DISSECT_OK;
}

/* UMAS Read ID: numbers, then the name of the PLC behind its length. Version is BCD: 0x0270 is 2.70. */
static enum dissect_result umas_id(struct dissect *d, struct cur c)
{
	char text[16];
	cur_skip(&c, 2 + 4 + 2);           /* range, hardware id, model */
	uint16_t version = cur_le16(&c);
	cur_skip(&c, 2 + 2 + 2 + 4 + 2);   /* patch, internal version, hardware version, crash code, reserved */
	uint8_t n = cur_u8(&c);
	const uint8_t *name = cur_bytes(&c, n);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_attr_bytes(d, ATTR_MODEL, name, n, "modbus.umas.read_id");
	snprintf(text, sizeof text, "%x.%02x", version >> 8, version & 0xffu);
	dissect_attr(d, ATTR_FIRMWARE, text, "modbus.umas.read_id");
	dissect_attr(d, ATTR_VENDOR, "Schneider Electric", "modbus.umas");
	return DISSECT_OK;
}

/* UMAS Read Project Information: two checksums, two times of building, the version's three numbers, the name. */
static enum dissect_result umas_project(struct dissect *d, struct cur c)
{
	char text[OBS_TEXT + 1], name[64];
	cur_skip(&c, 9 + 9 + 8 + 8);
	uint16_t build = cur_le16(&c);
	uint8_t minor = cur_u8(&c), major = cur_u8(&c), n = cur_u8(&c);
	const uint8_t *bytes = cur_bytes(&c, n);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (text_wire(bytes, n, name, sizeof name)) {
		snprintf(text, sizeof text, "project %.60s, version %u.%u.%u", name, major, minor, build);
		dissect_attr(d, ATTR_DESCRIPTION, text, "modbus.umas.read_project_information");
	}
	return DISSECT_OK;
}

/* UMAS Read PLC Information: checksums of the program, and whether it runs. */
static void umas_state(struct dissect *d, struct cur c)
{
	uint8_t state = cur_peek(&c, PLC_STATE_AT);
	if (state == 1 || state == 2)
		dissect_attr(d, ATTR_MODE, state == 2 ? "run" : "stop", "modbus.umas.read_plc_information");
}

/*
 * Several units that answer behind one address, or a gateway that says it cannot reach one, are a serial line with devices of
 * their own. One unit alone may be the server itself, whatever its number.
 */
static void door(struct dissect *d, uint8_t unit, bool unreachable, bool refused)
{
	struct { bool known, open; uint8_t unit; } *s = dissect_scratch(d);
	if (unit == 0 || unit == UNIT_OWN || (refused && !unreachable))
		return;
	bool first = s->known && s->unit != unit && !s->open;
	if (unreachable || first)
		s->open = true;
	if (first)
		dissect_relay(d, "Modbus unit", s->unit, 0, describe_unit);
	if (s->open)
		dissect_relay(d, "Modbus unit", unit, 0, describe_unit);
	s->known = true;
	s->unit = unit;
}

static enum dissect_result response(struct dissect *d, struct cur c, uint64_t key, uint8_t unit, uint8_t code)
{
	struct dissect_request r;
	bool refused = (code & EXCEPTION) != 0;
	uint8_t why = refused ? cur_peek(&c, 0) : 0;
	if ((code & 0x7f) == FC_UMAS && !refused && cur_peek(&c, 1) != UMAS_OK)
		refused = true;
	if (!dissect_response(d, key, refused ? RESULT_REFUSED : RESULT_OK, &r) && code != FC_MEI)
		return DISSECT_OK;
	door(d, unit, why == PATH_UNAVAILABLE || why == TARGET_SILENT, refused);
	if (refused)
		return DISSECT_OK;
	switch (code) {
	case FC_MEI:
		return device_id(d, c);
	case FC_SERVER_ID:
		return server_id(d, c);
	case FC_UMAS:
		cur_skip(&c, 2);
		if (r.extra2 == UMAS_PLC)
			umas_state(d, c);
		return r.extra2 == UMAS_READ_ID ? umas_id(d, c) : r.extra2 == UMAS_PROJECT ? umas_project(d, c) : DISSECT_OK;
	default:
		return DISSECT_OK;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	enum side side = dissect_side(d);
	bool datagram = dissect_packet(d)->proto == 17;
	size_t serial = rtu(&c, side);
	uint64_t transaction = SERIAL_LINE;
	if (serial && (!datagram || serial == cur_left(&c))) {
		cur_limit(&c, serial - CRC);
	} else {
		transaction = cur_be16(&c);
		uint16_t protocol = cur_be16(&c), n = cur_be16(&c);
		if (!cur_has(&c, 2))
			return DISSECT_TRUNCATED;
		if (protocol != 0 || n < LENGTH_MIN || n > LENGTH_MAX || (datagram && cur_left(&c) > n))   /* a datagram is one message */
			return DISSECT_NOT_MINE;
		if (!fits(&c, n, side) && cur_left(&c) >= n)
			return DISSECT_MALFORMED;
	}
	uint8_t unit = cur_u8(&c), code = cur_u8(&c);
	uint64_t key = transaction << 8 | unit;
	return side == SIDE_CLIENT ? request(d, c, key, code) : response(d, c, key, unit, code);
}

const struct dissector dissect_modbus = {
	.name = "modbus",
	.title = "Modbus/TCP",
	.ot = true,
	.no_auth = true,
	.tcp = { 502 },
	.udp = { 502 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Modbus Messaging on TCP/IP Implementation Guide V1.0b; Modbus Application Protocol V1.1b3; Modbus over Serial Line V1.02",
	.recognition = "protocol identifier 0, lengths and numbers that fit the function in all that a segment holds, request and response "
		       "with one transaction identifier; or the frames of a serial line, with their CRC (RTU over TCP)",
	.identity = "function 43/14: vendor, product code, revision, product and model name; function 17; UMAS: PLC name and firmware, project "
		    "and its version, whether the PLC runs; the computer that reserves it",
	.operations = "read, write, diagnostics (restart, listen only), Modicon's program functions, firmware; UMAS start, stop, writes, upload, "
		      "download, reservation; the units behind a gateway",
	.verified = "real captures; RTU over TCP and signed UMAS requests from the documents, not yet seen in a real capture",
};
