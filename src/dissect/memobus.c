/*
 * Yaskawa extended MEMOBUS (MP2000 and MP3000 controllers, 218IF; TCP and UDP, port set by the user, often 10000),
 * header little-endian (MP3000 Communications User's Manual SIEP C880725 12; open clients).
 *
 *   0      1        2         3         4   6        8    12       14    15    16    17
 *   +------+--------+---------+---------+---+--------+----+--------+-----+-----+-----+------ - -
 *   | type | serial | channel | channel | 0 | length | 0  | length | MFC | SFC | CPU | data
 *   | 11,19| number | to      | from    |   | of all |    | of the |     |     |     |
 *   |      |        |         |         |   |        |    | rest   |     |     |     |
 *   +------+--------+---------+---------+---+--------+----+--------+-----+-----+-----+------ - -
 *   type 11: command, 19: answer.  SFC of an answer: as asked, + 80 and an error code where it is refused
 *   SFC 01 - 08, 0F, 10 are those of Modbus, with big-endian addresses; 09 - 0E have little-endian ones behind a 0
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	HEADER = 12, FRAME_MIN = HEADER + 2 + 3, FRAME_MAX = 4096, COMMAND = 0x11, ANSWER = 0x19, MFC = 0x20, MFC_EXTENDED = 0x43,
	REFUSED = 0x80,
};

static const struct dissect_code functions[] = {
	{ 0x01, OP_READ, "Read Coils" },
	{ 0x02, OP_READ, "Read Input Relays" },
	{ 0x03, OP_READ, "Read Holding Registers" },
	{ 0x04, OP_READ, "Read Input Registers" },
	{ 0x05, OP_WRITE, "Change Single Coil" },
	{ 0x06, OP_WRITE, "Write Single Holding Register" },
	{ 0x08, OP_DIAGNOSTIC, "Loopback Test" },
	{ 0x09, OP_READ, "Read Holding Registers (Extended)" },
	{ 0x0a, OP_READ, "Read Input Registers (Extended)" },
	{ 0x0b, OP_WRITE, "Write Holding Registers (Extended)" },
	{ 0x0d, OP_READ, "Read Non-consecutive Holding Registers (Extended)" },
	{ 0x0e, OP_WRITE, "Write Non-consecutive Holding Registers (Extended)" },
	{ 0x0f, OP_WRITE, "Change Multiple Coils" },
	{ 0x10, OP_WRITE, "Write Multiple Holding Registers" },
};

/* Does the length of the rest fit the command? */
static bool fits(const struct cur *c, uint8_t sfc, uint16_t n)
{
	uint16_t count = cur_peek_be16(c, 19), extended = cur_peek_le16(c, 20), random = cur_peek_le16(c, 18);
	switch (sfc) {
	case 0x01: case 0x02: case 0x03: case 0x04: case 0x05: case 0x06:
		return n == 7;
	case 0x09: case 0x0a:
		return n == 8 && cur_peek(c, 17) == 0 && extended;
	case 0x0b:
		return n == 8 + 2 * extended && cur_peek(c, 17) == 0 && extended;
	case 0x0d:
		return n == 6 + 2 * random && random;
	case 0x0e:
		return n == 6 + 4 * random && random;
	case 0x0f:
		return n >= 7 + (count + 7) / 8 && n <= 8 + (count + 7) / 8 && count;
	case 0x10:
		return n == 7 + 2 * count && count;
	default:
		return n >= 3;
	}
}

static bool header(const struct cur *c, enum side side)
{
	uint16_t size = cur_peek_le16(c, 6), rest = cur_peek_le16(c, 12);
	return cur_has(c, FRAME_MIN) && cur_peek(c, 0) == (side == SIDE_CLIENT ? COMMAND : ANSWER) && cur_peek_le16(c, 4) == 0 &&
	       cur_peek_le16(c, 8) == 0 && cur_peek_le16(c, 10) == 0 && size >= FRAME_MIN && size <= FRAME_MAX &&
	       rest == size - HEADER - 2 && (cur_peek(c, 14) == MFC || cur_peek(c, 14) == MFC_EXTENDED);
}

static bool probe(const struct cur *c, enum side side)
{
	uint8_t mfc = cur_peek(c, 14), sfc = cur_peek(c, 15);
	if (!header(c, side))
		return false;
	if (mfc == MFC_EXTENDED)
		return true;
	if (side == SIDE_SERVER && sfc & REFUSED)
		return DISSECT_CODE(functions, sfc & 0x7f) && cur_peek_le16(c, 12) == 4;
	return DISSECT_CODE(functions, sfc) && (side == SIDE_SERVER || fits(c, sfc, cur_peek_le16(c, 12)));
}

static int32_t length(const struct cur *c, enum side side)
{
	if (!cur_has(c, FRAME_MIN))
		return DISSECT_NEED_MORE;
	return header(c, side) ? (int32_t)cur_peek_le16(c, 6) : DISSECT_NO_FRAME;
}

static void describe_range(const struct dissect_request *r, char *out, size_t size)
{
	const char *what = r->code == 0x05 || r->code == 0x0f ? "coil" : "register";
	if (r->extra2 > 1)
		snprintf(out, size, "%ss %u-%u", what, r->extra, r->extra + r->extra2 - 1);
	else
		snprintf(out, size, "%s %u", what, r->extra);
}

static void describe_count(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "%u registers", r->extra);
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "MFC 0x%02x SFC 0x%02x", r->extra, r->extra2);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	enum side side = dissect_side(d);
	if (!header(&c, side))
		return cur_has(&c, FRAME_MIN) ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	uint16_t size = cur_peek_le16(&c, 6);
	uint8_t serial = cur_peek(&c, 1), mfc = cur_peek(&c, 14), sfc = cur_peek(&c, 15);
	if (cur_left(&c) > size)
		return DISSECT_NOT_MINE;   /* a datagram is one message */
	bool cut = cur_left(&c) < size;
	uint64_t key = (uint32_t)serial << 16 | (uint32_t)mfc << 8 | (sfc & 0x7f);
	if (side == SIDE_SERVER) {
		dissect_response(d, key, sfc & REFUSED ? RESULT_REFUSED : RESULT_OK, NULL);
		return cut ? DISSECT_TRUNCATED : DISSECT_OK;
	}
	const struct dissect_code *f = mfc == MFC ? DISSECT_CODE(functions, sfc) : NULL;
	struct dissect_request r = { .key = key, .code = sfc, .op = f ? f->op : OP_DIAGNOSTIC,
				     .name = f ? f->name : "Unknown command" };
	cur_skip(&c, 17);
	if (!f) {
		r.extra = mfc;
		r.extra2 = sfc;
		r.describe = describe_code;
	} else if (sfc == 0x0b) {
		cur_skip(&c, 1);
		r.extra = cur_le16(&c);
		r.extra2 = cur_le16(&c);
		r.describe = describe_range;
	} else if (sfc == 0x0e) {
		cur_skip(&c, 1);
		r.extra = cur_le16(&c);
		r.describe = describe_count;
	} else if (f->op == OP_WRITE) {
		r.extra = cur_be16(&c);
		r.extra2 = sfc == 0x0f || sfc == 0x10 ? cur_be16(&c) : 1;
		r.describe = describe_range;
	}
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_request(d, &r);
	return cut ? DISSECT_TRUNCATED : DISSECT_OK;
}

const struct dissector dissect_memobus = {
	.name = "memobus",
	.title = "Yaskawa extended MEMOBUS",
	.ot = true,
	.no_auth = true,
	.tcp = { 10000, 10001 },
	.udp = { 10000, 10001 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Yaskawa, MP3000 Communications User's Manual (SIEP C880725 12), extended MEMOBUS protocol; the client of HslCommunication",
	.recognition = "type 11 or 19 by side, zeros where they must be, two lengths that agree, a known function with a length that fits; "
		       "request and answer with one serial number and function",
	.identity = "none",
	.operations = "read, write, loopback; the numbers of MFC 43 show as unknown commands. MEMOBUS over Modbus/TCP is modbus",
	.verified = "from the manual, not yet seen in a real capture",
};
