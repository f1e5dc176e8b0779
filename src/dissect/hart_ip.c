/*
 * HART-IP (HCF_SPEC-085), the HART commands inside it (HCF_SPEC-081, -127, -151).
 *
 *   0         1          2              3        4          6
 *   +---------+----------+--------------+--------+----------+--------+------ - -
 *   | version | 0 asks   | 0 initiate   | status | sequence | length | body
 *   |    1    | 1 answer | 1 close      |        |          | of all |
 *   |         | 2 told   | 2 keep alive |        |          |        |
 *   |         | 15 no    | 3 HART frame |        |          |        |
 *   +---------+----------+--------------+--------+----------+--------+------ - -
 *   HART frame
 *   +-----------+---------+-------------+---------+-------+-----------------+------ - -+-------+
 *   | delimiter | address | expansion   | command | count | answer: code,   | data     | check |
 *   | 1 2 6, 80 | 1 or 5  | (delimiter) |         |       | status of device|          |  xor  |
 *   +-----------+---------+-------------+---------+-------+-----------------+------ - -+-------+
 *
 * Big-endian. A server may be one device, or a gateway with many behind it: what a
 * device says is told of the server only where it is the server itself, that is,
 * at a polling address or with the profile of a gateway or I/O system. A UDP server
 * may answer from a port of its own, so that the first request is in another flow.
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	HEADER = 8, REQUEST = 0, ANSWER = 1, PUBLISH = 2, NAK = 15,
	INITIATE = 0, CLOSE = 1, KEEP_ALIVE = 2, PASS_THROUGH = 3, INITIATE_BODY = 5, MESSAGE_MAX = 1500,
	STX = 2, ACK = 6, BACK = 1, LONG_ADDRESS = 0x80, ADDRESS = 5, EXTENDED = 31, SUB_DEVICE = 77, SUMMARY = 84,
	COMMUNICATION_ERROR = 0x80, DEVICE_SPECIFIC = 128, WIRELESS = 512,
};

static const struct dissect_code commands[] = {
	{ 0, OP_IDENTITY, "Read Unique Identifier" }, { 1, OP_READ, "Read Primary Variable" },
	{ 2, OP_READ, "Read Loop Current And Percent Of Range" },
	{ 3, OP_READ, "Read Dynamic Variables And Loop Current" }, { 6, OP_CONFIGURATION, "Write Polling Address" },
	{ 7, OP_READ, "Read Loop Configuration" }, { 8, OP_READ, "Read Dynamic Variable Classifications" },
	{ 9, OP_READ, "Read Device Variables With Status" },
	{ 11, OP_IDENTITY, "Read Unique Identifier Associated With Tag" }, { 12, OP_IDENTITY, "Read Message" },
	{ 13, OP_IDENTITY, "Read Tag, Descriptor, Date" },
	{ 14, OP_READ, "Read Primary Variable Transducer Information" }, { 15, OP_READ, "Read Device Information" },
	{ 16, OP_IDENTITY, "Read Final Assembly Number" }, { 17, OP_CONFIGURATION, "Write Message" },
	{ 18, OP_CONFIGURATION, "Write Tag, Descriptor, Date" }, { 19, OP_CONFIGURATION, "Write Final Assembly Number" },
	{ 20, OP_IDENTITY, "Read Long Tag" }, { 21, OP_IDENTITY, "Read Unique Identifier Associated With Long Tag" },
	{ 22, OP_CONFIGURATION, "Write Long Tag" }, { 33, OP_READ, "Read Device Variables" },
	{ 34, OP_CONFIGURATION, "Write Primary Variable Damping Value" },
	{ 35, OP_CONFIGURATION, "Write Primary Variable Range Values" },
	{ 36, OP_CONFIGURATION, "Set Primary Variable Upper Range Value" },
	{ 37, OP_CONFIGURATION, "Set Primary Variable Lower Range Value" },
	{ 38, OP_CONFIGURATION, "Reset Configuration Changed Flag" },
	{ 40, OP_FORCE, "Enter/Exit Fixed Current Mode" }, { 41, OP_DIAGNOSTIC, "Perform Self Test" },
	{ 42, OP_RESET, "Perform Device Reset" }, { 43, OP_CONFIGURATION, "Set Primary Variable Zero" },
	{ 44, OP_CONFIGURATION, "Write Primary Variable Units" }, { 45, OP_CONFIGURATION, "Trim Loop Current Zero" },
	{ 46, OP_CONFIGURATION, "Trim Loop Current Gain" },
	{ 47, OP_CONFIGURATION, "Write Primary Variable Transfer Function" },
	{ 48, OP_DIAGNOSTIC, "Read Additional Device Status" },
	{ 49, OP_CONFIGURATION, "Write Primary Variable Transducer Serial Number" },
	{ 50, OP_READ, "Read Dynamic Variable Assignments" },
	{ 51, OP_CONFIGURATION, "Write Dynamic Variable Assignments" },
	{ 52, OP_CONFIGURATION, "Set Device Variable Zero" }, { 53, OP_CONFIGURATION, "Write Device Variable Units" },
	{ 54, OP_READ, "Read Device Variable Information" },
	{ 55, OP_CONFIGURATION, "Write Device Variable Damping Value" },
	{ 56, OP_CONFIGURATION, "Write Device Variable Transducer Serial Number" },
	{ 59, OP_CONFIGURATION, "Write Number Of Response Preambles" }, { 60, OP_READ, "Read Analog Channel" },
	{ 63, OP_READ, "Read Analog Channel Information" },
	{ 64, OP_CONFIGURATION, "Write Analog Channel Additional Damping Value" },
	{ 65, OP_CONFIGURATION, "Write Analog Channel Range Values" },
	{ 66, OP_FORCE, "Enter/Exit Fixed Analog Channel Mode" },
	{ 67, OP_CONFIGURATION, "Trim Analog Channel Zero" }, { 68, OP_CONFIGURATION, "Trim Analog Channel Gain" },
	{ 69, OP_CONFIGURATION, "Write Analog Channel Transfer Function" }, { 71, OP_CONFIGURATION, "Lock Device" },
	{ 72, OP_DIAGNOSTIC, "Squawk" }, { 73, OP_IDENTITY, "Find Device" },
	{ 74, OP_IDENTITY, "Read I/O System Capabilities" }, { 75, OP_IDENTITY, "Poll Sub-Device" },
	{ 76, OP_READ, "Read Lock Device State" }, { SUB_DEVICE, OP_READ, "Send Command To Sub-Device" },
	{ 78, OP_READ, "Read Aggregated Commands" }, { 79, OP_FORCE, "Write Device Variable" },
	{ 80, OP_READ, "Read Device Variable Trim Points" }, { 81, OP_READ, "Read Device Variable Trim Guidelines" },
	{ 82, OP_CONFIGURATION, "Write Device Variable Trim Point" },
	{ 83, OP_CONFIGURATION, "Reset Device Variable Trim" },
	{ SUMMARY, OP_IDENTITY, "Read Sub-Device Identity Summary" },
	{ 85, OP_DIAGNOSTIC, "Read I/O Channel Statistics" }, { 86, OP_DIAGNOSTIC, "Read Sub-Device Statistics" },
	{ 87, OP_CONFIGURATION, "Write I/O System Master Mode" },
	{ 88, OP_CONFIGURATION, "Write I/O System Retry Count" }, { 89, OP_CLOCK, "Set Real-Time Clock" },
	{ 90, OP_READ, "Read Real-Time Clock" }, { 103, OP_CONFIGURATION, "Write Burst Period" },
	{ 104, OP_CONFIGURATION, "Write Burst Trigger" }, { 105, OP_READ, "Read Burst Mode Configuration" },
	{ 106, OP_DIAGNOSTIC, "Flush Delayed Responses" }, { 107, OP_CONFIGURATION, "Write Burst Device Variables" },
	{ 108, OP_CONFIGURATION, "Write Burst Mode Command Number" }, { 109, OP_CONFIGURATION, "Burst Mode Control" },
	{ 111, OP_CONFIGURATION, "Transfer Service Control" }, { 112, OP_CONFIGURATION, "Transfer Service" },
};

/* Manufacturer identification codes of the HART Communication Foundation. */
static const struct { uint16_t id; const char *name; } makers[] = {
	{ 17, "Endress+Hauser" }, { 19, "Fisher Controls" }, { 20, "Foxboro" }, { 21, "Fuji Electric" }, { 22, "ABB" },
	{ 23, "Honeywell" }, { 26, "ABB" }, { 29, "M-System" }, { 31, "Micro Motion" }, { 34, "Ohkura Electric" },
	{ 38, "Rosemount" }, { 42, "Siemens" }, { 44, "Toshiba" }, { 54, "Azbil" }, { 55, "Yokogawa" },
	{ 66, "Samson" }, { 69, "KROHNE" }, { 98, "VEGA" },
};

/* ---- recognition ---- */

struct frame {
	uint8_t kind;            /* STX, ACK, BACK */
	bool unique;             /* five bytes of address, else a polling address */
	uint8_t address[ADDRESS];
	uint16_t command;
	uint8_t code;            /* of an answer */
	struct cur data;
};

/* A HART frame; check: with the byte at its end, or as it is inside another one. */
static bool hart(struct cur *c, struct frame *f, bool check)
{
	struct cur start = *c;
	uint8_t delimiter = cur_u8(c), sum = 0;
	*f = (struct frame){ .kind = delimiter & 7, .unique = delimiter & LONG_ADDRESS };
	cur_copy(c, f->address, f->unique ? ADDRESS : 1);
	if (check)
		cur_skip(c, delimiter >> 5 & 3);
	f->command = cur_u8(c);
	uint8_t n = cur_u8(c);
	f->data = cur_sub(c, n);
	if (check) {
		size_t length = cur_ok(c) ? cur_left(&start) - cur_left(c) : 0;
		cur_skip(c, 1);
		for (size_t i = 0; i <= length; i++)
			sum ^= cur_peek(&start, i);
	}
	if (!cur_ok(c) || sum || (f->kind != STX && f->kind != ACK && f->kind != BACK))
		return false;
	f->address[0] &= 0x3f;   /* which master, whether it bursts */
	if (f->kind != STX) {
		f->code = cur_u8(&f->data);
		cur_skip(&f->data, 1);
	}
	if (f->command == EXTENDED && cur_left(&f->data) >= 2)
		f->command = cur_be16(&f->data);
	return cur_ok(&f->data);
}

static bool header(const struct cur *c)
{
	uint16_t n = cur_peek_be16(c, 6);
	uint8_t type = cur_peek(c, 1), id = cur_peek(c, 2);
	if (!cur_has(c, HEADER) || cur_peek(c, 0) != 1 || (type > PUBLISH && type != NAK) || n < HEADER || n > MESSAGE_MAX)
		return false;
	return id == PASS_THROUGH ? n > HEADER : id == INITIATE ? n == HEADER + INITIATE_BODY || type == NAK :
	       id <= KEEP_ALIVE && n == HEADER;
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	struct frame f;
	(void)side;   /* the message type tells */
	if (!header(c))
		return false;
	cur_limit(&x, cur_peek_be16(c, 6));
	if (!cur_has(&x, cur_peek_be16(c, 6)))
		return true;
	cur_skip(&x, HEADER);
	switch (cur_peek(c, 2)) {
	case INITIATE:
		return cur_left(&x) == 0 || cur_peek(&x, 0) <= 1;
	case PASS_THROUGH:
		return cur_peek(c, 1) == NAK || (hart(&x, &f, true) && cur_left(&x) == 0 &&
						 (f.kind == STX) == (cur_peek(c, 1) == REQUEST));
	default:
		return true;
	}
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return header(c) ? cur_peek_be16(c, 6) : DISSECT_NO_FRAME;
}

/* ---- requests ---- */

/* Kept per flow: the address of the server itself, once it is sure. */
struct state {
	uint8_t own[ADDRESS];
	bool known;
};

/* extra: this and card, channel; or that and device id, with the device type in extra2. */
#define AT_CHANNEL (UINT32_C(1) << 30)
#define AT_DEVICE (UINT32_C(1) << 31)

static void describe(const struct dissect_request *r, char *out, size_t size)
{
	char number[24] = "";
	if (r->code >= DEVICE_SPECIFIC)
		snprintf(number, sizeof number, "%u ", r->code);
	if (r->extra & AT_DEVICE)
		snprintf(out, size, "%sdevice type 0x%04x id 0x%06x", number, r->extra2, r->extra & 0xffffff);
	else if (r->extra & AT_CHANNEL)
		snprintf(out, size, "%sI/O card %u channel %u", number, r->extra >> 8 & 0xff, r->extra & 0xff);
	else
		snprintf(out, size, "%u", r->code);
}

static uint32_t device_type(const struct frame *f)
{
	return (uint32_t)f->address[0] << 8 | f->address[1];
}

static uint32_t device_id(const struct frame *f)
{
	return (uint32_t)f->address[2] << 16 | (uint32_t)f->address[3] << 8 | f->address[4];
}

/* Is it the server itself? Unknown is no. */
static bool is_own(struct dissect *d, const struct frame *f)
{
	const struct state *s = dissect_scratch(d);
	return !f->unique || (s->known && memcmp(s->own, f->address, ADDRESS) == 0);
}

static void name_command(struct dissect_request *r, uint16_t command)
{
	const struct dissect_code *k = DISSECT_CODE(commands, command);
	r->code = command;
	r->op = k ? k->op : OP_DIAGNOSTIC;
	r->name = k ? k->name : command >= DEVICE_SPECIFIC && command < WIRELESS ? "Device-Specific Command" :
		  command >= WIRELESS ? "Wireless or Extended Command" : "Unknown command";
	r->describe = k ? NULL : describe;
}

static void request(struct dissect *d, uint64_t key, struct frame f)
{
	const struct state *s = dissect_scratch(d);
	struct dissect_request r = { .key = key };
	name_command(&r, f.command);
	if (f.command == SUB_DEVICE && cur_left(&f.data) > 3) {
		struct frame inner;
		uint32_t card = cur_u8(&f.data), channel = cur_u8(&f.data);
		cur_skip(&f.data, 1);
		if (hart(&f.data, &inner, false)) {
			name_command(&r, inner.command);
			r.extra = AT_CHANNEL | card << 8 | channel;
			r.describe = describe;
		}
	} else if (f.unique && s->known && !is_own(d, &f)) {
		r.extra = AT_DEVICE | device_id(&f);
		r.extra2 = device_type(&f);
		r.describe = describe;
	}
	dissect_request(d, &r);
}

/* ---- answers ---- */

/* Warnings, and answers that come later, are no refusal. */
static enum op_result result_of(uint8_t code)
{
	if (code & COMMUNICATION_ERROR)
		return RESULT_REFUSED;
	if (code == 0 || code == 8 || code == 14 || (code >= 24 && code <= 27) || code == 30 || code == 31 || code >= 96)
		return RESULT_OK;
	return code == 33 || code == 34 ? RESULT_UNKNOWN : RESULT_REFUSED;
}

static const char *maker(uint16_t id, char *out, size_t size)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		if (makers[i].id == id)
			return makers[i].name;
	snprintf(out, size, "manufacturer 0x%04x", id);
	return NULL;
}

/* Something of a device: of the server itself, or in words of one behind it. */
static void tell(struct dissect *d, bool own, enum attr field, const char *who, const char *value, const char *source)
{
	char text[160];
	if (own) {
		dissect_attr(d, field, value, source);
		return;
	}
	snprintf(text, sizeof text, "HART %s: %.100s", who, value);
	dissect_attr(d, ATTR_DESCRIPTION, text, source);
}

static void identifier(struct dissect *d, const struct frame *f, struct cur c, const char *who)
{
	struct state *s = dissect_scratch(d);
	char text[128], unknown[32];
	cur_skip(&c, 1);
	uint16_t type = cur_be16(&c);
	cur_skip(&c, 1);
	uint8_t universal = cur_u8(&c), device = cur_u8(&c), software = cur_u8(&c), hardware = cur_u8(&c) >> 3;
	cur_skip(&c, 1);
	uint32_t id = cur_be24(&c);
	if (!cur_ok(&c))
		return;
	uint16_t made_by = type >> 8, profile = 0;
	if (universal >= 7) {
		cur_skip(&c, 1 + 1 + 2 + 1);
		made_by = cur_be16(&c);
		cur_skip(&c, 2);
		profile = cur_u8(&c);
		if (!cur_ok(&c))
			return;
	}
	bool gateway = profile == 4 || profile == 132 || profile == 141;
	bool own = f && (gateway || is_own(d, f));
	const char *name = maker(made_by, unknown, sizeof unknown);
	if (!own) {
		snprintf(text, sizeof text, "%s, type 0x%04x, id 0x%06x, revision %u, software %u, hardware %u",
			 name ? name : unknown, type, id, device, software, hardware);
		tell(d, false, ATTR_DESCRIPTION, who, text, "hart-ip.read_unique_identifier");
		return;
	}
	s->known = true;
	s->own[0] = type >> 8 & 0x3f;
	s->own[1] = (uint8_t)type;
	s->own[2] = (uint8_t)(id >> 16);
	s->own[3] = (uint8_t)(id >> 8);
	s->own[4] = (uint8_t)id;
	if (name)
		dissect_attr(d, ATTR_VENDOR, name, "hart-ip.read_unique_identifier.manufacturer");
	else
		tell(d, true, ATTR_DESCRIPTION, "", unknown, "hart-ip.read_unique_identifier.manufacturer");
	snprintf(text, sizeof text, "0x%04x", type);
	dissect_attr(d, ATTR_PRODUCT_CODE, text, "hart-ip.read_unique_identifier.device_type");
	snprintf(text, sizeof text, "%u", software);
	dissect_attr(d, ATTR_FIRMWARE, text, "hart-ip.read_unique_identifier.software_revision");
	snprintf(text, sizeof text, "%u", hardware);
	dissect_attr(d, ATTR_HARDWARE, text, "hart-ip.read_unique_identifier.hardware_revision");
	snprintf(text, sizeof text, "0x%06x", id);
	dissect_attr(d, ATTR_SERIAL, text, "hart-ip.read_unique_identifier.device_id");
	dissect_attr(d, ATTR_ROLE, gateway ? "gateway" : profile ? "sensor" : "",
		     "hart-ip.read_unique_identifier.profile");
}

/* Four characters of six bits in three bytes. What was never set is all @ or ?. */
static void packed(struct cur c, size_t bytes, char *out)
{
	bool set = false;
	char *p = out;
	for (size_t i = 0; i < bytes; i += 3) {
		uint32_t v = cur_be24(&c);
		for (int shift = 18; shift >= 0; shift -= 6) {
			uint8_t x = v >> shift & 0x3f;
			*p = (char)(x < 0x20 ? x + 0x40 : x);
			set |= *p != '@' && *p != '?' && *p != ' ';
			p++;
		}
	}
	*p = 0;
	while (p > out && p[-1] == ' ')
		*--p = 0;
	if (!set || !cur_ok(&c))
		*out = 0;
}

static void texts(struct dissect *d, bool own, uint16_t command, struct cur c, const char *who)
{
	char text[48], line[64];
	if (command == 12 && cur_has(&c, 24)) {
		packed(c, 24, text);
		snprintf(line, sizeof line, "message %s", text);
		if (*text)
			tell(d, own, ATTR_DESCRIPTION, who, line, "hart-ip.read_message");
	} else if (command == 13 && cur_has(&c, 18)) {
		packed(c, 6, text);
		snprintf(line, sizeof line, own ? "%s" : "tag %s", text);
		if (*text)
			tell(d, own, ATTR_NAME, who, line, "hart-ip.read_tag.tag");
		cur_skip(&c, 6);
		packed(c, 12, text);
		if (*text)
			tell(d, own, ATTR_DESCRIPTION, who, text, "hart-ip.read_tag.descriptor");
	} else if (command == 20 && text_wire(cur_here(&c), cur_left(&c) < 32 ? cur_left(&c) : 32, text, sizeof text)) {
		if (text[strspn(text, "?@ ")] == 0)
			return;
		snprintf(line, sizeof line, own ? "%s" : "tag %s", text);
		tell(d, own, ATTR_NAME, who, line, "hart-ip.read_long_tag");
	}
}

static void facts(struct dissect *d, const struct frame *f, bool own, uint16_t command, struct cur data,
		  const char *who)
{
	if (command == 0 || command == 11 || command == 21)
		identifier(d, own || f->unique ? f : NULL, data, who);
	else
		texts(d, own, command, data, who);
}

/* Command 84: who is behind the I/O system. */
static void summary(struct dissect *d, struct cur c)
{
	char who[40], text[128], tag[33] = "", unknown[32];
	cur_skip(&c, 2);
	uint8_t card = cur_u8(&c), channel = cur_u8(&c);
	uint16_t made_by = cur_be16(&c), type = cur_be16(&c);
	uint32_t id = cur_be24(&c);
	cur_skip(&c, 1);
	const uint8_t *p = cur_bytes(&c, 32);
	if (!p)
		return;
	text_wire(p, 32, tag, sizeof tag);
	const char *name = maker(made_by, unknown, sizeof unknown);
	snprintf(who, sizeof who, "I/O card %u channel %u", card, channel);
	snprintf(text, sizeof text, "%s, type 0x%04x, id 0x%06x%s%s", name ? name : unknown, type, id, *tag ? ", tag " : "",
		 tag);
	tell(d, false, ATTR_DESCRIPTION, who, text, "hart-ip.sub_device_summary");
}

static void answer(struct dissect *d, uint64_t key, struct frame f)
{
	const struct state *s = dissect_scratch(d);
	struct dissect_request r;
	char who[40];
	enum op_result result = result_of(f.code);
	struct frame inner = { .kind = 0 };
	uint8_t card = 0, channel = 0;
	if (f.command == SUB_DEVICE && result == RESULT_OK) {
		card = cur_u8(&f.data);
		channel = cur_u8(&f.data);
		if (!hart(&f.data, &inner, false) || inner.kind != ACK)
			inner.kind = 0;
		else
			result = result_of(inner.code);
	}
	dissect_response(d, key, result, &r);
	if (inner.kind) {
		dissect_relay(d, "HART I/O channel", AT_CHANNEL | (uint32_t)card << 8 | channel, 0, describe);
		snprintf(who, sizeof who, "I/O card %u channel %u", card, channel);
		if (result == RESULT_OK)
			facts(d, &(struct frame){ .unique = false }, false, inner.command, inner.data, who);
		return;
	}
	if (result != RESULT_OK)
		return;
	if (f.command == SUMMARY) {
		summary(d, f.data);
		return;
	}
	bool own = is_own(d, &f);
	snprintf(who, sizeof who, "device 0x%04x 0x%06x", device_type(&f), device_id(&f));
	facts(d, &f, own, f.command, f.data, who);
	if (f.unique && s->known && !is_own(d, &f))
		dissect_relay(d, "HART device", AT_DEVICE | device_id(&f), device_type(&f), describe);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct frame f;
	bool cut = cur_left(&c) < cur_peek_be16(&c, 6);
	if (!header(&c) || (!cut && !probe(&c, SIDE_CLIENT)))
		return DISSECT_NOT_MINE;
	if (dissect_packet(d)->proto == 17 && cur_left(&c) != cur_peek_be16(&c, 6) && !cut)
		return DISSECT_NOT_MINE;   /* a datagram is one message */
	cur_limit(&c, cur_peek_be16(&c, 6));
	cur_skip(&c, 1);
	uint8_t type = cur_u8(&c), id = cur_u8(&c);
	cur_skip(&c, 1);
	uint64_t key = (uint64_t)id << 16 | cur_be16(&c);
	cur_skip(&c, 2);
	dissect_set_side(d, type == REQUEST ? SIDE_CLIENT : SIDE_SERVER);
	if (type == PUBLISH)
		return DISSECT_OK;
	bool framed = id == PASS_THROUGH && hart(&c, &f, true);
	if (id == PASS_THROUGH && !framed && type != NAK)
		return cut ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
	if (type == REQUEST && framed)
		request(d, key, f);
	else if (type == REQUEST)
		dissect_request(d, &(struct dissect_request){ .key = key, .op = -1, .name = "session" });
	else if (framed)
		answer(d, key, f);
	else
		dissect_response(d, key, type == NAK ? RESULT_REFUSED : RESULT_OK, NULL);
	return DISSECT_OK;
}

const struct dissector dissect_hart_ip = {
	.name = "hart-ip",
	.title = "HART-IP",
	.ot = true,
	.no_auth = true,
	.tcp = { 5094 },
	.udp = { 5094 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "HCF_SPEC-085 (HART-IP), HCF_SPEC-081 (token-passing frames), -127, -151 (commands)",
	.recognition = "version, message type and id, a length that is that of the message; in a HART frame delimiter, byte "
		       "count and check byte; request and response with one sequence number",
	.identity = "commands 0, 11, 21: manufacturer, device type, revisions, device id, profile; 13, 20: tags and descriptor; "
		    "12: message; 84: the devices of an I/O system. Of devices behind a gateway in words",
	.operations = "the universal and common practice commands: reads, writes of settings, trims, fixed current, self test, "
		      "device reset, clock; 77: to a device behind the server",
	.verified = "real captures: universal commands of a gateway; from the manual, not yet seen in a real capture: the others",
};
