/*
 * Modbus/TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, Modbus
 * Application Protocol V1.1b3), and Schneider's UMAS inside function 90.
 *
 *   0       2          4        6      7          8
 *   +-------+----------+--------+------+----------+----------- - -
 *   | trans | protocol | length | unit | function | data
 *   | action|    0     | (rest) |      | (+80: exception)
 *   +-------+----------+--------+------+----------+----------- - -
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	HEADER = 6, LENGTH_MIN = 2, LENGTH_MAX = 1504,   /* 254 by the book; UMAS sends more */
	FC_DIAGNOSTICS = 8, FC_SERVER_ID = 17, FC_MEI = 43, FC_UMAS = 90, FC_FIRMWARE = 125, EXCEPTION = 0x80,
	MEI_DEVICE_ID = 14,
	UMAS_OK = 0xfe, UMAS_READ_ID = 0x02,
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

static const struct dissect_code diagnostics[] = {
	{ 1, OP_RESET, "Restart Communications Option" },
	{ 4, OP_STOP, "Force Listen Only Mode" },
	{ 10, OP_LOG_ERASE, "Clear Counters and Diagnostic Register" },
};

static const struct dissect_code umas[] = {
	{ 0x01, OP_DIAGNOSTIC, "UMAS Initialise Communication" },
	{ UMAS_READ_ID, OP_IDENTITY, "UMAS Read ID" },
	{ 0x03, OP_IDENTITY, "UMAS Read Project Information" },
	{ 0x04, OP_IDENTITY, "UMAS Read PLC Information" },
	{ 0x10, OP_LOGIN, "UMAS Take Reservation" },
	{ 0x12, OP_DIAGNOSTIC, "UMAS Keep Alive" },
	{ 0x20, OP_READ, "UMAS Read Memory Block" },
	{ 0x21, OP_WRITE, "UMAS Write Memory Block" },
	{ 0x22, OP_READ, "UMAS Read Variables" },
	{ 0x23, OP_WRITE, "UMAS Write Variables" },
	{ 0x30, OP_UPLOAD, "UMAS Begin Upload" },
	{ 0x31, OP_UPLOAD, "UMAS Upload Block" },
	{ 0x33, OP_DOWNLOAD, "UMAS Begin Download" },
	{ 0x34, OP_DOWNLOAD, "UMAS Download Block" },
	{ 0x35, OP_DOWNLOAD, "UMAS End Download" },
	{ 0x40, OP_START, "UMAS Start PLC" },
	{ 0x41, OP_STOP, "UMAS Stop PLC" },
};

/* Does the length fit what the function must have? length counts from the unit id. */
static bool fits(const struct cur *c, uint16_t length, uint8_t code, enum side side)
{
	bool request = side == SIDE_CLIENT;
	switch (code) {
	case 1: case 2: case 3: case 4:
		return request ? length == 6 : length == 3u + cur_peek(c, 8);
	case 5: case 6:
		return length == 6;
	case 7: case 11: case 12: case FC_SERVER_ID:
		return request ? length == 2 : length > 2;
	case FC_DIAGNOSTICS:
		return length >= 6 && length % 2 == 0;
	case 15: case 16:
		return request ? length == 7u + cur_peek(c, 12) : length == 6;
	case 20: case 21:
		return length == 3u + cur_peek(c, 8);
	case 22:
		return length == 8;
	case 23:
		return request ? length == 11u + cur_peek(c, 16) : length == 3u + cur_peek(c, 8);
	case 24:
		return request ? length == 4 : length == 4u + cur_peek_be16(c, 8);
	default:
		return length > 2;
	}
}

static bool header(const struct cur *c)
{
	uint16_t length = cur_peek_be16(c, 4);
	return cur_has(c, 8) && cur_peek_be16(c, 2) == 0 && length >= LENGTH_MIN && length <= LENGTH_MAX;
}

static bool probe(const struct cur *c, enum side side)
{
	if (!header(c))
		return false;
	uint8_t code = cur_peek(c, 7);
	uint16_t length = cur_peek_be16(c, 4);
	if (code & EXCEPTION)
		return side == SIDE_SERVER && length == 3 && DISSECT_CODE(functions, code & 0x7f) && cur_peek(c, 8) <= 11;
	return DISSECT_CODE(functions, code) && fits(c, length, code, side);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	uint16_t n = cur_peek_be16(c, 4);
	if (cur_peek_be16(c, 2) != 0 || n < LENGTH_MIN || n > LENGTH_MAX)
		return DISSECT_NO_FRAME;
	return HEADER + n;
}

/* ---- requests ---- */

static void describe_range(const struct dissect_request *r, char *out, size_t size)
{
	const char *what = r->code == 5 || r->code == 15 ? "coil" : "register";
	if (r->extra2 > 1)
		snprintf(out, size, "%ss %u-%u", what, r->extra, r->extra + r->extra2 - 1);
	else
		snprintf(out, size, "%s %u", what, r->extra);
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "code 0x%02x", r->extra);
}

static enum dissect_result request(struct dissect *d, struct cur c, uint64_t key, uint8_t code)
{
	const struct dissect_code *f = DISSECT_CODE(functions, code), *sub = NULL;
	struct dissect_request r = { .key = key, .code = code, .op = f ? f->op : OP_DIAGNOSTIC,
				     .name = f ? f->name : "Unknown Function" };
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
		sub = DISSECT_CODE(umas, r.extra2);
		if (!sub) {
			r.extra = r.extra2;
			r.describe = describe_code;
		}
		break;
	default:
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

static enum dissect_result response(struct dissect *d, struct cur c, uint64_t key, uint8_t code)
{
	struct dissect_request r;
	bool refused = (code & EXCEPTION) != 0;
	if ((code & 0x7f) == FC_UMAS && !refused && cur_peek(&c, 1) != UMAS_OK)
		refused = true;
	if (!dissect_response(d, key, refused ? RESULT_REFUSED : RESULT_OK, &r) && code != FC_MEI)
		return DISSECT_OK;
	if (refused)
		return DISSECT_OK;
	switch (code) {
	case FC_MEI:
		return device_id(d, c);
	case FC_SERVER_ID:
		return server_id(d, c);
	case FC_UMAS:
		cur_skip(&c, 2);
		return r.extra2 == UMAS_READ_ID ? umas_id(d, c) : DISSECT_OK;
	default:
		return DISSECT_OK;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur whole = c;
	uint64_t transaction = cur_be16(&c);
	uint16_t protocol = cur_be16(&c), n = cur_be16(&c);
	uint8_t unit = cur_u8(&c), code = cur_u8(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (protocol != 0 || n < LENGTH_MIN || n > LENGTH_MAX)
		return DISSECT_NOT_MINE;
	if (dissect_packet(d)->proto == 17 && cur_left(&c) + 2 > n)
		return DISSECT_NOT_MINE;   /* a datagram is one message */
	enum side side = dissect_side(d);
	bool fits_here = (code & EXCEPTION) ? side == SIDE_SERVER && n == 3 : fits(&whole, n, code, side);
	if (!fits_here && cur_left(&c) + 2 >= n)
		return DISSECT_MALFORMED;
	uint64_t key = transaction << 8 | unit;
	return side == SIDE_CLIENT ? request(d, c, key, code) : response(d, c, key, code);
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
	.reference = "Modbus Messaging on TCP/IP Implementation Guide V1.0b; Modbus Application Protocol V1.1b3",
	.recognition = "protocol identifier 0, a length that fits the function; request and response with one transaction identifier",
	.identity = "function 43/14: vendor, product code, revision, product and model name; function 17; UMAS Read ID: PLC name",
	.operations = "read, write, diagnostics (restart, listen only), UMAS start, stop, upload, download, firmware",
	.verified = "real captures",
};
