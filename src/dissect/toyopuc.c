/*
 * JTEKT (Toyoda) TOYOPUC computer link over TCP or UDP (manuals of the 2PORT-EFR,
 * EN-I/F and 2ET modules, PC10 CPU "Computer link").
 *
 *   0     1     2         4     5
 *   +-----+-----+---------+-----+------ - -
 *   | FT  | RC  | length  | CMD | data          FT 00: command, 80: response
 *   |     |     | (little |     |               RC 00: done, 10: refused; CMD or what follows it
 *   |     |     |  endian)|     |               is then the number of the error
 *   +-----+-----+---------+-----+------ - -     length: from CMD
 *
 * Command 60 is passed on to a station of a link module, which may pass it on again (four times at most):
 *
 *   60 | link | exchange number (2) | 05 | length (2) | command | data …      answer: 06 done, 15 refused
 *
 * Nothing numbers the messages: a response is the next command's in order whose
 * code and length fit.
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	HEADER = 4, BODY_MAX = 2200, NAK_MAX = 4, FT_COMMAND = 0x00, FT_RESPONSE = 0x80, RC_NAK = 0x10,
	C_FUNCTION = 0x32, C_RELAY = 0x60, C_FUNCTION_EX = 0xa0,
	F_STATUS = 0x1100, F_CLOCK_READ = 0x7000, F_CLOCK_WRITE = 0x7100, F_STATUS_EX = 0x0110,
	ENQ = 5, ACK = 6, NAK = 0x15, HOPS = 4, RELAY_HEAD = 6,
	ANY_LENGTH = 0xffff, RING = 8,
	PROTO_UDP = 17,
};

/* What follows the code of a command. */
enum form {
	F_NONE,
	F_RANGE,        /* address, count */
	F_DATA,         /* address, values */
	F_ONE,          /* address; of a write: one byte */
	F_LIST,         /* addresses; of a write: each with a value */
	F_EX,           /* number of the extended area before them: F_RANGE … */
	F_EX_DATA,      /* … and F_DATA */
	F_MULTI,        /* numbers of bits, bytes and words, then those */
	F_PC10,         /* 32 bits of address, count */
	F_PC10_DATA,
	F_NUMBER,       /* one byte */
	F_CALL,         /* function (2), operands */
	F_RELAY,
};

static const struct command {
	uint8_t code;
	int8_t op;
	uint8_t form, unit;   /* unit: bytes of one value, 0 for bits */
	const char *name;
} commands[] = {
	{ 0x18, OP_UPLOAD, F_RANGE, 2, "Read Sequence Program Words" },
	{ 0x19, OP_DOWNLOAD, F_DATA, 2, "Write Sequence Program Words" },
	{ 0x1c, OP_READ, F_RANGE, 2, "Read I/O Register Words" },
	{ 0x1d, OP_WRITE, F_DATA, 2, "Write I/O Register Words" },
	{ 0x1e, OP_READ, F_RANGE, 1, "Read I/O Register Bytes" },
	{ 0x1f, OP_WRITE, F_DATA, 1, "Write I/O Register Bytes" },
	{ 0x20, OP_READ, F_ONE, 0, "Read I/O Register Bit" },
	{ 0x21, OP_WRITE, F_ONE, 0, "Write I/O Register Bit" },
	{ 0x22, OP_READ, F_LIST, 2, "Read I/O Register Multi-point Words" },
	{ 0x23, OP_WRITE, F_LIST, 2, "Write I/O Register Multi-point Words" },
	{ 0x24, OP_READ, F_LIST, 1, "Read I/O Register Multi-point Bytes" },
	{ 0x25, OP_WRITE, F_LIST, 1, "Write I/O Register Multi-point Bytes" },
	{ 0x26, OP_READ, F_LIST, 0, "Read I/O Register Multi-point Bits" },
	{ 0x27, OP_WRITE, F_LIST, 0, "Write I/O Register Multi-point Bits" },
	{ C_FUNCTION, OP_DIAGNOSTIC, F_CALL, 0, "Function Call" },
	{ C_RELAY, OP_DIAGNOSTIC, F_RELAY, 0, "Relay Command" },
	{ 0x90, OP_UPLOAD, F_EX, 2, "Read Program Extended Words" },
	{ 0x91, OP_DOWNLOAD, F_EX_DATA, 2, "Write Program Extended Words" },
	{ 0x92, OP_READ, F_EX, 2, "Read Parameter Extended" },
	{ 0x93, OP_CONFIGURATION, F_EX_DATA, 2, "Write Parameter Extended" },
	{ 0x94, OP_READ, F_EX, 2, "Read Data Extended Words" },
	{ 0x95, OP_WRITE, F_EX_DATA, 2, "Write Data Extended Words" },
	{ 0x96, OP_READ, F_EX, 1, "Read Data Extended Bytes" },
	{ 0x97, OP_WRITE, F_EX_DATA, 1, "Write Data Extended Bytes" },
	{ 0x98, OP_READ, F_MULTI, 0, "Read Data Extended Multi-point" },
	{ 0x99, OP_WRITE, F_MULTI, 0, "Write Data Extended Multi-point" },
	{ C_FUNCTION_EX, OP_DIAGNOSTIC, F_CALL, 0, "Extended Function Call" },
	{ 0xc2, OP_READ, F_PC10, 1, "Read PC10 Data Bytes" },
	{ 0xc3, OP_WRITE, F_PC10_DATA, 1, "Write PC10 Data Bytes" },
	{ 0xc4, OP_READ, F_MULTI, 4, "Read PC10 Multi-point" },
	{ 0xc5, OP_WRITE, F_MULTI, 4, "Write PC10 Multi-point" },
	{ 0xca, OP_WRITE, F_NUMBER, 0, "Register FR Data" },
};

static const struct dissect_code functions[] = {
	{ F_STATUS, OP_DIAGNOSTIC, "Read CPU Status" },
	{ F_CLOCK_READ, OP_READ, "Read Clock" },
	{ F_CLOCK_WRITE, OP_CLOCK, "Set Clock" },
};

/* Areas by the address of their first word; names of bit devices that are taken by the word end in W. */
static const struct { uint16_t word; char text[5]; bool bits; } areas[] = {
	{ 0x6000, "B", false }, { 0x1000, "D", false }, { 0x0800, "R", false }, { 0x0600, "N", false },
	{ 0x0200, "S", false }, { 0x0180, "M", true }, { 0x0100, "X/Y", true }, { 0x0080, "L", true },
	{ 0x0060, "T/C", true }, { 0x0050, "V", true }, { 0x0020, "K", true }, { 0x0000, "P", true },
};

/* Commands that wait for their answer, in the order in which they were sent. Who commands: the first frame decides. */
struct state {
	uint16_t sent, answered;      /* counters; modulo RING the place below */
	uint16_t length[RING];        /* of the response, from CMD */
	uint8_t command[RING];
	bool known, paired;
};

/* ---- recognition ---- */

static const struct command *find(uint8_t code)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

/* A command and its data at c: the length its answer will have (from CMD), 0 where the two do not fit. */
static uint16_t answer_length(struct cur c)
{
	const struct command *k = cur_left(&c) ? find(cur_u8(&c)) : NULL;
	if (!k)
		return 0;
	size_t n = cur_left(&c), max = k->unit == 2 ? 0x200 : 0x400, unit = k->unit ? k->unit : 1;
	bool write = k->op == OP_WRITE || k->op == OP_DOWNLOAD || k->op == OP_CONFIGURATION;
	size_t head = 2;   /* bytes of the address */
	if (k->form == F_EX || k->form == F_EX_DATA)
		head = 3;
	else if (k->form == F_PC10 || k->form == F_PC10_DATA)
		head = 4;
	uint16_t count = cur_peek_le16(&c, head);
	switch ((enum form)k->form) {
	case F_RANGE: case F_EX: case F_PC10:
		return n == head + 2 && count >= 1 && count <= max ? (uint16_t)(1 + count * unit) : 0;
	case F_DATA: case F_EX_DATA: case F_PC10_DATA:
		return n > head && (n - head) % unit == 0 && n - head <= max * unit ? 1 : 0;
	case F_ONE:
		return write ? n == 3 && cur_peek(&c, 2) <= 1 : n == 2 ? 2 : 0;
	case F_LIST:
		if (write)
			return n && n % (2 + unit) == 0 && n / (2 + unit) <= 0x80 ? 1 : 0;
		return !n || n % 2 || n > 0x100 ? 0 : k->unit ? (uint16_t)(1 + n / 2 * unit) : ANY_LENGTH;
	case F_MULTI: {
		size_t each = k->unit ? 4 : 3;   /* also how many numbers there are */
		size_t bits = cur_peek(&c, 0), bytes = cur_peek(&c, 1), words = cur_peek(&c, 2);
		size_t longs = each == 4 ? cur_peek(&c, 3) : 0;
		size_t all = bits + bytes + words + longs, address = each + all * each;
		if (!all || all > 176)
			return 0;
		if (!write)
			return n == address ? ANY_LENGTH : 0;
		size_t packed = address + (bits + 7) / 8 + bytes + 2 * words + 4 * longs;
		size_t plain = address + bits + bytes + 2 * words + 4 * longs;
		return n == packed || n == plain ? 1 : 0;
	}
	case F_NUMBER:
		return n == 1 ? 1 : 0;
	case F_CALL:
		switch (cur_peek_be16(&c, 0)) {
		case F_STATUS: case F_STATUS_EX:
			return n == 2 ? 11 : 0;
		case F_CLOCK_READ:
			return n == 2 ? 10 : 0;
		case F_CLOCK_WRITE:
			return n == 9 ? 3 : 0;
		default:
			return n >= 2 && n <= 64 ? ANY_LENGTH : 0;
		}
	case F_RELAY: {
		uint16_t inner = cur_peek_le16(&c, 4);
		struct cur rest = c;
		cur_skip(&rest, RELAY_HEAD);
		bool fits = n > RELAY_HEAD && cur_peek(&c, 3) == ENQ && inner == cur_left(&rest);
		return fits && find(cur_peek(&rest, 0)) ? ANY_LENGTH : 0;
	}
	default:
		return 0;
	}
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	uint8_t ft = cur_peek(c, 0), rc = cur_peek(c, 1);
	if (cur_left(c) && ft != FT_COMMAND && ft != FT_RESPONSE)
		return DISSECT_NO_FRAME;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	uint16_t n = cur_peek_le16(c, 2);
	if (n == 0 || n > BODY_MAX || (rc && (ft == FT_COMMAND || rc != RC_NAK)))
		return DISSECT_NO_FRAME;
	return HEADER + n;
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur body = *c;
	int32_t n = length(c, side);   /* the frame says itself whether it is a command */
	if (n <= 0 || !cur_has(c, HEADER + 1))
		return false;
	cur_skip(&body, HEADER);
	if (cur_peek(c, 0) == FT_RESPONSE)
		return cur_peek(c, 1) == RC_NAK ? n <= HEADER + NAK_MAX : find(cur_peek(&body, 0)) != NULL;
	if (!cur_has(c, (size_t)n))
		return find(cur_peek(&body, 0)) && cur_left(c) >= 24;   /* the rest is in the next segment */
	cur_limit(&body, (size_t)n - HEADER);
	return answer_length(body) != 0;
}

/* ---- what is written about a command ---- */

static void put_address(char *out, size_t size, unsigned unit, uint32_t address)
{
	unsigned word = unit == 2 ? address : unit == 1 ? address / 2 : address / 16, i = 0;
	while (areas[i].word > word)
		i++;
	unsigned at = word - areas[i].word;
	if (unit == 0 && areas[i].bits)
		snprintf(out, size, "%s%03X", areas[i].text, address - areas[i].word * 16u);
	else if (unit == 0)
		snprintf(out, size, "%s%04X.%X", areas[i].text, at, address & 15);
	else
		snprintf(out, size, areas[i].bits ? "%s%03X%s" : "%s%04X%s", areas[i].text, at,
			 unit == 1 ? (address & 1 ? "H" : "L") : areas[i].bits ? "W" : "");
}

/* code: bytes of one value; extra: address, extra2: how many. */
static void describe_range(const struct dissect_request *r, char *out, size_t size)
{
	char first[24], last[24];
	put_address(first, sizeof first, r->code, r->extra);
	put_address(last, sizeof last, r->code, r->extra + r->extra2 - 1);
	snprintf(out, size, r->extra2 > 1 ? "%s-%s" : "%s", first, last);
}

static void describe_points(const struct dissect_request *r, char *out, size_t size)
{
	char first[24];
	put_address(first, sizeof first, r->code, r->extra);
	snprintf(out, size, r->extra2 > 1 ? "%s and %u more" : "%s", first, r->extra2 - 1);
}

/* extra: number of the area, address of 16 bits. */
static void describe_extended(const struct dissect_request *r, char *out, size_t size)
{
	unsigned address = r->extra & 0xffff;
	snprintf(out, size, r->extra2 > 1 ? "Ex No. %02X address %04X-%04X" : "Ex No. %02X address %04X",
		 r->extra >> 16, address, address + r->extra2 - 1);
}

static void describe_pc10(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "address %08X, %u bytes", r->extra, r->extra2);
}

static void describe_block(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "Ex No. %02X", r->extra);
}

static void describe_function(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "function %04X", r->extra);
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "command %02X", r->extra);
}

/* Up to four hops, 16 bits each, the first one on top: link (its upper digit: the program), exchange number. */
static void describe_hops(const struct dissect_request *r, char *out, size_t size)
{
	uint64_t hops = (uint64_t)r->extra << 32 | r->extra2;
	size_t n = 0;
	for (int shift = 48; shift >= 0 && hops >> shift & 0xffff && n < size; shift -= 16) {
		unsigned link = hops >> (shift + 8) & 0xff, station = hops >> shift & 0xff;
		char program[8] = "";
		if (link >> 4)
			snprintf(program, sizeof program, "P%u-", link >> 4);
		int more = snprintf(out + n, size - n, "%s%sL%u:N%u", n ? " > " : "", program, link & 15, station);
		n += more > 0 ? (size_t)more : 0;
	}
}

/* ---- requests ---- */

/* What the command at c does, and to what. */
static void operation(struct cur c, struct dissect_request *r)
{
	uint8_t code = cur_u8(&c);
	const struct command *k = find(code);
	size_t n = cur_left(&c);
	*r = (struct dissect_request){ .key = r->key, .op = k ? k->op : OP_DIAGNOSTIC,
				       .name = k ? k->name : "Unknown command", .extra = code,
				       .describe = describe_code };
	if (!k)
		return;
	r->describe = NULL;
	r->extra = 0;
	if (k->form == F_CALL) {
		uint16_t function = cur_be16(&c);
		const struct dissect_code *f = DISSECT_CODE(functions, function == F_STATUS_EX ? F_STATUS : function);
		if (f) {
			r->op = f->op;
			r->name = f->name;
		} else {
			r->extra = function;
			r->describe = describe_function;
		}
		return;
	}
	if (k->op != OP_WRITE)   /* polls, and programs block by block, are counted together */
		return;
	uint32_t unit = k->unit ? k->unit : 1;
	r->code = k->unit;
	switch ((enum form)k->form) {
	case F_DATA: case F_ONE:
		r->extra = cur_le16(&c);
		r->extra2 = k->form == F_ONE ? 1 : (uint32_t)(n - 2) / unit;
		r->describe = describe_range;
		break;
	case F_LIST:
		r->extra = cur_le16(&c);
		r->extra2 = (uint32_t)n / (2 + unit);
		r->describe = describe_points;
		break;
	case F_EX_DATA:
		r->extra = (uint32_t)cur_u8(&c) << 16;
		r->extra |= cur_le16(&c);
		r->extra2 = (uint32_t)(n - 3) / unit;
		r->describe = describe_extended;
		break;
	case F_PC10_DATA:
		r->extra = cur_le32(&c);
		r->extra2 = (uint32_t)n - 4;
		r->describe = describe_pc10;
		break;
	case F_NUMBER:
		r->extra = cur_u8(&c);
		r->describe = describe_block;
		break;
	default:
		break;
	}
}

static enum dissect_result request(struct dissect *d, struct cur c, struct state *s)
{
	uint16_t expected = answer_length(c);
	uint8_t command = cur_peek(&c, 0);
	uint64_t hops = 0;
	if (!expected && !s->paired)
		return DISSECT_NOT_MINE;
	for (int i = 0; i < HOPS && cur_peek(&c, 0) == C_RELAY && cur_has(&c, 1 + RELAY_HEAD + 1); i++) {
		cur_skip(&c, 1);
		uint64_t hop = cur_be16(&c);   /* link, lower byte of the exchange number */
		cur_skip(&c, RELAY_HEAD - 2);
		hops |= hop << (48 - 16 * i);
	}
	struct dissect_request r = { .key = s->sent };
	operation(c, &r);
	s->command[s->sent % RING] = command;
	s->length[s->sent % RING] = expected ? expected : ANY_LENGTH;
	s->sent++;
	if ((uint16_t)(s->sent - s->answered) > RING)
		s->answered = (uint16_t)(s->sent - RING);
	if (hops)
		dissect_relay(d, "TOYOPUC relay", (uint32_t)(hops >> 32), (uint32_t)hops, describe_hops);
	dissect_request(d, &r);
	return s->paired ? DISSECT_OK : DISSECT_LOWER;   /* a few bytes that fit: not without the answer */
}

/* ---- responses ---- */

/* Eight bytes of flags: of the first, bit 7 RUN, 6 stopped, 3 debug mode, 1 PC3 mode, 0 PC10 mode. */
static void cpu_status(struct dissect *d, struct cur c)
{
	const char *source = "toyopuc.cpu_status";
	cur_skip(&c, 3);
	uint8_t flags = cur_u8(&c);
	if (!cur_ok(&c))
		return;
	dissect_attr(d, ATTR_VENDOR, "JTEKT", source);
	dissect_attr(d, ATTR_ROLE, "plc", source);
	const char *mode = flags & 0x08 ? "debug" : flags & 0x80 ? "run" : flags & 0x40 ? "stop" : "";
	const char *kind = flags & 1 ? "TOYOPUC, PC10 mode" : flags & 2 ? "TOYOPUC, PC3 mode" : "TOYOPUC";
	dissect_attr(d, ATTR_MODE, mode, source);
	dissect_attr(d, ATTR_DESCRIPTION, kind, source);
}

/* A relayed command was refused by the last station, or by one on the way. */
static bool relay_refused(struct cur c)
{
	for (int i = 0; i < HOPS && cur_peek(&c, 0) == C_RELAY; i++) {
		if (cur_peek(&c, 4) != ACK)
			return true;
		cur_skip(&c, 1 + RELAY_HEAD);
	}
	return false;
}

static enum dissect_result response(struct dissect *d, struct cur c, struct state *s, bool refused)
{
	uint8_t command = cur_peek(&c, 0);
	size_t n = cur_left(&c);
	uint16_t function = cur_peek_be16(&c, 1);
	/* One that was lost is passed over. */
	for (uint16_t i = s->answered; i != s->sent; i++) {
		uint16_t expected = s->length[i % RING];
		if (!refused && (s->command[i % RING] != command || (expected != ANY_LENGTH && expected != n)))
			continue;
		s->answered = (uint16_t)(i + 1);
		bool failed = refused || (command == C_RELAY && relay_refused(c));
		if (!dissect_response(d, i, failed ? RESULT_REFUSED : RESULT_OK, NULL))
			return s->paired ? DISSECT_OK : DISSECT_LOWER;
		s->paired = true;
		if (!failed && n == 11 && ((command == C_FUNCTION && function == F_STATUS) ||
					   (command == C_FUNCTION_EX && function == F_STATUS_EX)))
			cpu_status(d, c);
		return DISSECT_OK;
	}
	return s->paired ? DISSECT_OK : DISSECT_LOWER;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct state *s = dissect_scratch(d);
	_Static_assert(sizeof(struct state) <= DISSECT_SCRATCH, "does not fit");
	if (!cur_has(&c, HEADER + 1))
		return s->paired ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	int32_t n = length(&c, dissect_side(d));
	if (n <= 0)
		return s->paired ? DISSECT_MALFORMED : DISSECT_NOT_MINE;
	if (!cur_has(&c, (size_t)n))
		return probe(&c, dissect_side(d)) || s->paired ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	if (dissect_packet(d)->proto == PROTO_UDP && cur_left(&c) != (size_t)n)
		return DISSECT_NOT_MINE;   /* a datagram is one frame */
	bool answer = cur_u8(&c) == FT_RESPONSE, refused = cur_u8(&c) != 0;
	cur_skip(&c, 2);
	enum side before = dissect_side(d);
	dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
	enum dissect_result result = answer ? response(d, c, s, refused) : request(d, c, s);
	if (s->known)
		dissect_set_side(d, before);
	s->known = true;
	return result;
}

const struct dissector dissect_toyopuc = {
	.name = "toyopuc",
	.title = "JTEKT TOYOPUC computer link",
	.ot = true,
	.no_auth = true,
	.tcp = { 1025, 1026, 1027 },
	.udp = { 1025, 1026, 1027 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "JTEKT manuals of the modules 2PORT-EFR, EN-I/F and 2ET, and of the PC10 CPU: computer link",
	.recognition = "frame type 00 or 80, a length that fits the command's parameters, and a response of this "
		       "command whose length fits the number of values asked for; nothing is claimed without one",
	.identity = "Read CPU Status: mode, PC10 or PC3 mode, vendor; no message names the model",
	.operations = "read and write of I/O registers, extended and PC10 areas, sequence programs, parameters, "
		      "clock, flash registers; relay to stations behind the server (the relayed command is the "
		      "operation); further function calls by number",
	.verified = "from the manual, not yet seen in a real capture",
};
