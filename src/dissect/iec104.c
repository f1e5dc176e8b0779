/*
 * IEC 60870-5-104: telecontrol over TCP. Frames (APDU) of control information and, in I frames, an ASDU.
 *
 *   0    1        2                      6      7       8       9            10               12
 *   +----+--------+----------------------+------+-------+-------+------------+----------------+-------- - -
 *   | 68 | length | control field (4)    | type | count | cause | originator | common address | objects
 *   +----+--------+----------------------+------+-------+-------+------------+----------------+-------- - -
 *   control: I  send sequence (15 bits) 0, receive sequence 0      count: 80 one address, values in a row
 *            S  01 00 receive sequence 0                           cause: 80 test, 40 negative, 6 bits
 *            U  one of six bytes, 00 00 00                         object: address (3), value
 *
 * The controlling station (client) starts the transfer, commands and acknowledges; the controlled one (server) sends
 * values by itself. Numbers are little-endian.
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	START = 0x68, APCI = 6, CONTROL = 4, ASDU = 6, ADDRESS = 3, LENGTH_MAX = 253,
	STARTDT_ACT = 0x07, STARTDT_CON = 0x0b, STOPDT_ACT = 0x13, STOPDT_CON = 0x23, TESTFR_ACT = 0x43, TESTFR_CON = 0x83,
	REQUESTED = 5, ACTIVATION = 6, ACTIVATION_CON = 7, DEACTIVATION = 8, DEACTIVATION_CON = 9, TERMINATION = 10,
	UNKNOWN_TYPE = 44, UNKNOWN_OBJECT = 47, NEGATIVE = 0x40, CAUSE = 0x3f, SELECT = 0x80,
	C_RD = 102, VARIABLE = 0xff, END_OF_INIT = 70, FILE_FIRST = 120, FILE_LAST = 127, SECURE_FIRST = 81, SECURE_LAST = 95,
	/* in dissect_request.extra, above the common address */
	SELECTED = 0x10000, EXECUTED = 0x20000, WITHDRAWN = 0x40000,
};

/* Every type: how long one value is, what it commands (-1: it tells), its names. select: where the S/E bit stands, 0 for none. */
static const struct type {
	uint8_t id, size;
	int8_t op;
	uint8_t select;
	const char *name;
} types[] = {
	{ 1, 1, -1, 0, NULL }, { 2, 4, -1, 0, NULL }, { 3, 1, -1, 0, NULL }, { 4, 4, -1, 0, NULL }, { 5, 2, -1, 0, NULL },
	{ 6, 5, -1, 0, NULL }, { 7, 5, -1, 0, NULL }, { 8, 8, -1, 0, NULL }, { 9, 3, -1, 0, NULL }, { 10, 6, -1, 0, NULL },
	{ 11, 3, -1, 0, NULL }, { 12, 6, -1, 0, NULL }, { 13, 5, -1, 0, NULL }, { 14, 8, -1, 0, NULL }, { 15, 5, -1, 0, NULL },
	{ 16, 8, -1, 0, NULL }, { 17, 6, -1, 0, NULL }, { 18, 7, -1, 0, NULL }, { 19, 7, -1, 0, NULL }, { 20, 5, -1, 0, NULL },
	{ 21, 2, -1, 0, NULL }, { 30, 8, -1, 0, NULL }, { 31, 8, -1, 0, NULL }, { 32, 9, -1, 0, NULL }, { 33, 12, -1, 0, NULL },
	{ 34, 10, -1, 0, NULL }, { 35, 10, -1, 0, NULL }, { 36, 12, -1, 0, NULL }, { 37, 12, -1, 0, NULL },
	{ 38, 10, -1, 0, NULL }, { 39, 11, -1, 0, NULL }, { 40, 11, -1, 0, NULL }, { 41, VARIABLE, -1, 0, NULL },
	{ 45, 1, OP_WRITE, 1, "C_SC_NA_1 Single command" },
	{ 46, 1, OP_WRITE, 1, "C_DC_NA_1 Double command" },
	{ 47, 1, OP_WRITE, 1, "C_RC_NA_1 Regulating step command" },
	{ 48, 3, OP_WRITE, 3, "C_SE_NA_1 Set-point command, normalized" },
	{ 49, 3, OP_WRITE, 3, "C_SE_NB_1 Set-point command, scaled" },
	{ 50, 5, OP_WRITE, 5, "C_SE_NC_1 Set-point command, floating point" },
	{ 51, 4, OP_WRITE, 0, "C_BO_NA_1 Bitstring of 32 bits" },
	{ 58, 8, OP_WRITE, 1, "C_SC_TA_1 Single command with time" },
	{ 59, 8, OP_WRITE, 1, "C_DC_TA_1 Double command with time" },
	{ 60, 8, OP_WRITE, 1, "C_RC_TA_1 Regulating step command with time" },
	{ 61, 10, OP_WRITE, 3, "C_SE_TA_1 Set-point command with time, normalized" },
	{ 62, 10, OP_WRITE, 3, "C_SE_TB_1 Set-point command with time, scaled" },
	{ 63, 12, OP_WRITE, 5, "C_SE_TC_1 Set-point command with time, floating point" },
	{ 64, 11, OP_WRITE, 0, "C_BO_TA_1 Bitstring of 32 bits with time" },
	{ END_OF_INIT, 1, -1, 0, NULL },
	{ 81, VARIABLE, -1, 0, NULL }, { 82, VARIABLE, -1, 0, NULL }, { 83, VARIABLE, -1, 0, NULL }, { 84, VARIABLE, -1, 0, NULL },
	{ 85, VARIABLE, -1, 0, NULL }, { 86, VARIABLE, -1, 0, NULL }, { 87, VARIABLE, -1, 0, NULL }, { 90, VARIABLE, -1, 0, NULL },
	{ 91, VARIABLE, -1, 0, NULL }, { 92, VARIABLE, -1, 0, NULL }, { 93, VARIABLE, -1, 0, NULL }, { 94, VARIABLE, -1, 0, NULL },
	{ 95, VARIABLE, -1, 0, NULL },
	{ 100, 1, OP_READ, 0, "C_IC_NA_1 Interrogation command" },
	{ 101, 1, OP_READ, 0, "C_CI_NA_1 Counter interrogation command" },
	{ C_RD, 0, OP_READ, 0, "C_RD_NA_1 Read command" },
	{ 103, 7, OP_CLOCK, 0, "C_CS_NA_1 Clock synchronization command" },
	{ 104, 2, OP_DIAGNOSTIC, 0, "C_TS_NA_1 Test command" },
	{ 105, 1, OP_RESET, 0, "C_RP_NA_1 Reset process command" },
	{ 106, 2, OP_CLOCK, 0, "C_CD_NA_1 Delay acquisition command" },
	{ 107, 9, OP_DIAGNOSTIC, 0, "C_TS_TA_1 Test command with time" },
	{ 110, 3, OP_CONFIGURATION, 0, "P_ME_NA_1 Parameter of measured value, normalized" },
	{ 111, 3, OP_CONFIGURATION, 0, "P_ME_NB_1 Parameter of measured value, scaled" },
	{ 112, 5, OP_CONFIGURATION, 0, "P_ME_NC_1 Parameter of measured value, floating point" },
	{ 113, 1, OP_CONFIGURATION, 0, "P_AC_NA_1 Parameter activation" },
	{ FILE_FIRST, 6, OP_FILE, 0, "F_FR_NA_1 File ready" },
	{ 121, 7, -1, 0, NULL },
	{ 122, 4, OP_FILE, 0, "F_SC_NA_1 Call directory, select file, call file, call section" },
	{ 123, 5, -1, 0, NULL }, { 124, 4, -1, 0, NULL }, { 125, VARIABLE, -1, 0, NULL }, { 126, 13, -1, 0, NULL },
	{ FILE_LAST, 16, OP_FILE, 0, "F_SC_NB_1 Query log" },
};

struct state {
	uint16_t next[2];        /* send sequence that the other end will acknowledge, of client and server … */
	bool sent[2];            /* … once one was seen */
	uint16_t station;
	bool known, several, paired;
};

static const struct type *type_of(uint8_t id)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].id == id)
			return &types[i];
	return NULL;
}

/* ---- frames ---- */

static bool known_cause(uint8_t cause)
{
	cause &= CAUSE;
	return (cause >= 1 && cause <= 16) || (cause >= 20 && cause <= 41) || (cause >= UNKNOWN_TYPE && cause <= UNKNOWN_OBJECT);
}

/* n: bytes of the ASDU by the length field. What of it is here has to fit its type. */
static bool asdu_fits(struct cur c, size_t n)
{
	const struct type *t = type_of(cur_u8(&c));
	uint8_t count = cur_u8(&c), cause = cur_u8(&c);
	size_t values = count & 0x7f;
	if (!t || !known_cause(cause) || n < ASDU)
		return false;
	if (t->size == VARIABLE)
		return true;
	size_t want = count & 0x80 ? (values ? ADDRESS : 0) + values * t->size : values * (size_t)(ADDRESS + t->size);
	return values && n == ASDU + want;
}

static bool unnumbered(uint8_t function)
{
	return function == STARTDT_ACT || function == STARTDT_CON || function == STOPDT_ACT || function == STOPDT_CON ||
	       function == TESTFR_ACT || function == TESTFR_CON;
}

static bool frame(const struct cur *c)
{
	struct cur x = *c;
	uint8_t start = cur_u8(&x), n = cur_u8(&x), first = cur_u8(&x), second = cur_u8(&x), third = cur_u8(&x), last = cur_u8(&x);
	if (!cur_ok(&x) || start != START || n < CONTROL || n > LENGTH_MAX || third & 1)
		return false;
	if (!(first & 1))
		return !cur_has(&x, 3) ? n >= CONTROL + ASDU : asdu_fits(x, n - (size_t)CONTROL);
	if (first == 1)
		return second == 0 && n == CONTROL;
	return unnumbered(first) && second == 0 && third == 0 && last == 0 && n == CONTROL;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return frame(c);
}

/* Bytes that are no frame, up to the next start, are a message of their own: message() passes them over. */
static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (cur_peek(c, 0) != START) {
		size_t n = 1;
		while (n < cur_left(c) && cur_peek(c, n) != START)
			n++;
		return (int32_t)n;
	}
	if (!cur_has(c, APCI))
		return DISSECT_NEED_MORE;
	return frame(c) ? 2 + cur_peek(c, 1) : 1;
}

/* ---- ASDU ---- */

static void describe(const struct dissect_request *r, char *out, size_t size)
{
	const char *how = r->extra & WITHDRAWN ? ", deactivated" : r->extra & SELECTED ? ", select" : r->extra & EXECUTED ? ", execute" : "";
	if (r->extra2)
		snprintf(out, size, "station %u object %u%s", r->extra & 0xffff, r->extra2, how);
	else
		snprintf(out, size, "station %u%s", r->extra & 0xffff, how);
}

static void describe_station(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "station %u", r->extra);
}

static uint64_t key_of(uint8_t type, uint16_t station, uint32_t object)
{
	return (uint64_t)type << 48 | (uint64_t)station << 32 | object;
}

/* Several stations behind one address: it is the way to them. All of them (ffff) is none. */
static void stations(struct dissect *d, uint16_t station)
{
	char text[32];
	struct state *s = dissect_scratch(d);
	if (station == 0xffff || station == 0 || (s->known && !s->several && s->station == station))
		return;
	if (s->known && !s->several) {
		s->several = true;
		dissect_relay(d, "IEC 104 station", s->station, 0, describe_station);
	}
	if (s->several) {
		dissect_relay(d, "IEC 104 station", station, 0, describe_station);
		return;
	}
	s->known = true;
	s->station = station;
	snprintf(text, sizeof text, "IEC 104 station %u", station);
	dissect_attr_of(d, dissect_server(d), ATTR_DESCRIPTION, text, "iec104.common_address");
}

static bool from_controlled(const struct type *t, uint8_t cause)
{
	if (t->id < 45 || t->id == END_OF_INIT)
		return true;
	return cause == ACTIVATION_CON || cause == DEACTIVATION_CON || cause == TERMINATION || cause >= UNKNOWN_TYPE;
}

static void command(struct dissect *d, const struct type *t, struct cur c, uint8_t cause, uint16_t station, uint32_t object)
{
	struct dissect_request r = { .key = key_of(t->id, station, object), .code = t->id, .op = t->op, .name = t->name };
	if (t->op < 0)
		return;
	if (t->op != OP_READ) {   /* polls are counted together */
		r.extra = station;
		r.extra2 = object;
		r.describe = describe;
	}
	if (t->select)
		r.extra |= cur_peek(&c, t->select - 1u) & SELECT ? SELECTED : EXECUTED;
	if (cause == DEACTIVATION)
		r.extra |= WITHDRAWN;
	dissect_request(d, &r);
}

static enum dissect_result asdu(struct dissect *d, struct cur c)
{
	const struct type *t = type_of(cur_u8(&c));
	cur_skip(&c, 1);
	uint8_t whole_cause = cur_u8(&c), cause = whole_cause & CAUSE;
	cur_skip(&c, 1);   /* originator */
	uint16_t station = cur_le16(&c);
	uint32_t object = cur_le16(&c);
	object |= (uint32_t)cur_u8(&c) << 16;
	if (!cur_ok(&c) || !t)
		return DISSECT_TRUNCATED;
	bool security = t->id >= SECURE_FIRST && t->id <= SECURE_LAST, file = t->id >= FILE_FIRST && t->id <= FILE_LAST;
	if (!security && !file)   /* those come from either end */
		dissect_set_side(d, from_controlled(t, cause) ? SIDE_SERVER : SIDE_CLIENT);
	if (!security)
		stations(d, station);
	if (cause == ACTIVATION_CON || cause == DEACTIVATION_CON || cause >= UNKNOWN_TYPE) {
		bool refused = whole_cause & NEGATIVE || cause >= UNKNOWN_TYPE;
		dissect_response(d, key_of(t->id, station, object), refused ? RESULT_REFUSED : RESULT_OK, NULL);
	} else if (t->id < 45 && cause == REQUESTED) {
		dissect_response(d, key_of(C_RD, station, object), RESULT_OK, NULL);
	} else if (cause != TERMINATION && !security) {
		if (file && t->op >= 0 && dissect_side(d) == SIDE_CLIENT)
			dissect_op(d, (enum op_class)t->op, t->name, NULL, RESULT_UNKNOWN);
		else if (!file)
			command(d, t, c, cause, station, object);
	}
	return DISSECT_OK;
}

/* ---- messages ---- */

/* An end that acknowledges the very number that the other one will send next shows that both count. */
static void acknowledged(struct dissect *d, uint16_t receive)
{
	struct state *s = dissect_scratch(d);
	enum side other = dissect_side(d) == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	if (s->sent[other] && receive && s->next[other] == receive) {
		s->paired = true;
		dissect_evident(d);
	}
}

static void control(struct dissect *d, uint8_t function)
{
	static const struct { uint8_t act, con; const char *name; } pairs[] = {
		{ STARTDT_ACT, STARTDT_CON, "STARTDT" }, { STOPDT_ACT, STOPDT_CON, "STOPDT" }, { TESTFR_ACT, TESTFR_CON, "TESTFR" },
	};
	struct state *s = dissect_scratch(d);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct dissect_request r = { .key = pairs[i].act, .op = function == STOPDT_ACT ? OP_DIAGNOSTIC : -1, .name = pairs[i].name };
		if (function != TESTFR_ACT && function != TESTFR_CON && (pairs[i].act == function || pairs[i].con == function))
			dissect_set_side(d, pairs[i].act == function ? SIDE_CLIENT : SIDE_SERVER);
		if (pairs[i].act == function)
			dissect_request(d, &r);
		if (pairs[i].con == function && dissect_response(d, pairs[i].act, RESULT_OK, NULL))
			s->paired = true;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct state *s = dissect_scratch(d);
	if (cur_peek(&c, 0) != START)
		return s->paired ? DISSECT_LOWER : DISSECT_NOT_MINE;
	if (cur_left(&c) == 1 || (cur_has(&c, APCI) && !frame(&c)))
		return DISSECT_MALFORMED;
	cur_skip(&c, 1);
	uint8_t n = cur_u8(&c);
	uint16_t send = cur_le16(&c), receive = cur_le16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if ((send & 3) == 3) {
		control(d, (uint8_t)send);
		return DISSECT_OK;
	}
	enum dissect_result r = DISSECT_OK;
	if (!(send & 1)) {
		if (cur_left(&c) + CONTROL < n)
			return DISSECT_TRUNCATED;
		r = asdu(d, c);
		s->next[dissect_side(d)] = (uint16_t)(((send >> 1) + 1) & 0x7fff);
		s->sent[dissect_side(d)] = true;
	}
	acknowledged(d, receive >> 1);
	return r;
}

const struct dissector dissect_iec104 = {
	.name = "iec104",
	.title = "IEC 60870-5-104",
	.ot = true,
	.no_auth = true,
	.tcp = { 2404 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "IEC 60870-5-104; IEC 60870-5-101 for the types of ASDU",
	.recognition = "68, one of three forms of the control field, a length that fits type and count of the ASDU; act and con of STARTDT, "
		       "TESTFR and of commands, or sequence numbers that the other end acknowledges",
	.identity = "the common address of the station; several of them behind one address are told of as relays",
	.operations = "single, double, step and set-point commands (select, execute, deactivate) with station and object, and whether they were "
		      "confirmed; interrogation, clock, reset process, parameters, files, STOPDT",
	.verified = "real captures; set-points, parameters, reset and files from the standard, not yet seen in a real capture",
};
