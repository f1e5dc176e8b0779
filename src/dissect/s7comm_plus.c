/*
 * S7comm-plus, Siemens' protocol of the S7-1200 and S7-1500, over ISO transport on TCP. Not published by its maker; the
 * layout is what open client libraries of the field and the dissector of the s7commwireshark project agree on.
 *
 *   0    1         2        4        5          7          9          11         13
 *   +----+---------+--------+--------+----------+----------+----------+----------+----------- - -  +----------------+
 *   | 72 | version | length | opcode | reserved | function | reserved | sequence | …               | 72 version 0000|
 *   +----+---------+--------+--------+----------+----------+----------+----------+----------- - -  +----------------+
 *   version 3: a digest (its length, 20, then 32 bytes) stands before the opcode
 *   opcode 31 request: session (4), flags, object (4) …; 32 response: flags, return value …; 33 notification
 *   numbers without a size have seven bits a byte, the last one without the top bit; a long message comes in pieces,
 *   of which only the last one has the trailer
 *
 * Since 2020 the connection may go on in TLS, inside ISO transport, after InitSsl.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/tpkt.h"

enum {
	PROTOCOL_ID = 0x72, HEADER = 4, TRAILER = 4, DIGEST = 32, SYSTEM_EVENT = 0xfe, KEEP_ALIVE = 0xff,
	REQUEST = 0x31, RESPONSE = 0x32, NOTIFICATION = 0x33,
	CREATE_OBJECT = 0x04ca, DELETE_OBJECT = 0x04d4, SET_VARIABLE = 0x04f2, SET_MULTI = 0x0542, GET_MULTI = 0x054c,
	SET_STREAMED = 0x057c, INIT_SSL = 0x05b3,
	PLC_PROGRAM = 3, CPU_EXEC_UNIT = 52, AREA_FIRST = 80, AREA_LAST = 84, SESSION_CONTAINER = 285, DB_AREA = 0x8a0e,
	OBJECTS_SESSION = 0x70,
	ID_RESPONSE = 304, ID_LEGITIMATE = 1846, ID_OPERATING_STATE = 2167, STATE_STOP = 1, STATE_RUN = 3,
	TYPE_STRING = 0x15,
};

static const struct dissect_code functions[] = {
	{ 0x04b1, OP_DIAGNOSTIC, "Error" },
	{ 0x04bb, OP_READ, "Explore" },
	{ CREATE_OBJECT, OP_CONFIGURATION, "CreateObject" },
	{ DELETE_OBJECT, OP_CONFIGURATION, "DeleteObject" },
	{ SET_VARIABLE, OP_WRITE, "SetVariable" },
	{ 0x04fc, OP_READ, "GetVariable" },
	{ 0x0506, OP_CONFIGURATION, "AddLink" },
	{ 0x051a, OP_CONFIGURATION, "RemoveLink" },
	{ 0x0524, OP_READ, "GetLink" },
	{ SET_MULTI, OP_WRITE, "SetMultiVariables" },
	{ GET_MULTI, OP_READ, "GetMultiVariables" },
	{ 0x0556, -1, "BeginSequence" },
	{ 0x0560, -1, "EndSequence" },
	{ 0x056b, OP_DIAGNOSTIC, "Invoke" },
	{ SET_STREAMED, OP_WRITE, "SetVarSubStreamed" },
	{ 0x0586, OP_READ, "GetVarSubStreamed" },
	{ 0x0590, OP_READ, "GetVariablesAddress" },
	{ 0x059a, -1, "Abort" },
	{ 0x05a9, OP_DIAGNOSTIC, "Error" },
	{ INIT_SSL, -1, "InitSsl" },
};

/* What a flow remembers. */
struct session {
	bool goes_on[2];     /* the last message of this side was not the last piece */
	bool tls;
};

_Static_assert(sizeof(struct session) <= DISSECT_SCRATCH, "fits the flow's scratch");

/* Does a message begin here, of so many bytes? */
static bool begins(const struct cur *c, size_t bytes)
{
	uint8_t version = cur_peek(c, 1);
	uint16_t n = cur_peek_be16(c, 2);
	if (cur_peek(c, 0) != PROTOCOL_ID || version < 1 || version > 3)
		return false;
	if (n + (size_t)HEADER != bytes && n + (size_t)HEADER + TRAILER != bytes)
		return false;
	size_t at = HEADER;
	if (version == 3) {
		if (cur_peek(c, HEADER) != DIGEST)
			return false;
		at += 1 + DIGEST;
	}
	uint8_t opcode = cur_peek(c, at);
	if (opcode == NOTIFICATION)
		return n > 16;
	return (opcode == REQUEST || opcode == RESPONSE) && cur_peek_be16(c, at + 1) == 0 &&
	       DISSECT_CODE(functions, cur_peek_be16(c, at + 3)) && cur_peek_be16(c, at + 5) == 0;
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	uint16_t n = tpkt_data(c);
	(void)side;
	if (!n)
		return tpkt_connects(c);
	cur_skip(&x, TPKT_DATA);
	return begins(&x, n);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return tpkt_length(c);
}

/* Seven bits a byte, at most nine bytes, of which the last one has all eight. */
static uint64_t number(struct cur *c)
{
	uint64_t v = 0;
	for (int i = 0; i < 9; i++) {
		uint8_t b = cur_u8(c);
		if (i == 8)
			return v << 8 | b;
		v = v << 7 | (b & 0x7f);
		if (!(b & 0x80))
			break;
	}
	return v;
}

/* ---- identity ---- */

/* The text that is the value of this attribute, wherever in the object it stands. Empty where it is not. */
static struct cur text_of(struct cur c, uint8_t high, uint8_t low)
{
	const uint8_t head[] = { high, low, 0, TYPE_STRING };
	while (cur_left(&c) > sizeof head) {
		if (cur_starts(&c, head, sizeof head)) {
			cur_skip(&c, sizeof head);
			uint64_t n = number(&c);
			return n <= cur_left(&c) ? cur_sub(&c, (size_t)n) : cur_make("", 0);
		}
		cur_skip(&c, 1);
	}
	return cur_make("", 0);
}

/* "1;6ES7 214-1AG40-0XB0 ;V4.0": order number and firmware of the CPU, in the version of the server's session (319). */
static void server_version(struct dissect *d, struct cur object)
{
	struct cur text = text_of(object, 0x82, 0x3f);
	const uint8_t *start = cur_here(&text), *end = start + cur_left(&text);
	const uint8_t *first = cur_left(&text) ? memchr(start, ';', (size_t)(end - start)) : NULL;
	const uint8_t *second = first ? memchr(first + 1, ';', (size_t)(end - first - 1)) : NULL;
	if (!second)
		return;
	dissect_attr_bytes(d, ATTR_MODEL, first + 1, (size_t)(second - first - 1), "s7comm-plus.create_object.session_version");
	if (second - first > 5 && (memcmp(first + 1, "6ES7", 4) == 0 || memcmp(first + 1, "6AG", 3) == 0))
		dissect_attr(d, ATTR_VENDOR, "Siemens", "s7comm-plus.create_object.session_version");
	dissect_attr_bytes(d, ATTR_FIRMWARE, second + 1, (size_t)(end - second - 1), "s7comm-plus.create_object.session_version");
}

/* A program presents itself: application (297), host (298), comment (301). */
static void client_names(struct dissect *d, struct cur object)
{
	struct cur application = text_of(object, 0x82, 0x29), host = text_of(object, 0x82, 0x2a),
		   comment = text_of(object, 0x82, 0x2d);
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&application), cur_left(&application),
			   "s7comm-plus.create_object.application");
	dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&comment), cur_left(&comment), "s7comm-plus.create_object.comment");
	/* "HMI HOST" is no name. */
	if (cur_left(&host) && !memchr(cur_here(&host), ' ', cur_left(&host)))
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&host), cur_left(&host), "s7comm-plus.create_object.host");
}

/* ---- requests ---- */

static void describe_object(const struct dissect_request *r, char *out, size_t size)
{
	static const char *const areas[] = { "inputs", "outputs", "flags", "counters", "timers" };
	if (r->extra >> 16 == DB_AREA)
		snprintf(out, size, "DB %u", r->extra & 0xffff);
	else if (r->extra >= AREA_FIRST && r->extra <= AREA_LAST)
		snprintf(out, size, "%s", areas[r->extra - AREA_FIRST]);
	else if (r->extra == PLC_PROGRAM)
		snprintf(out, size, "PLC program");
	else if (r->extra && r->extra2)
		snprintf(out, size, "object 0x%x, attribute %u", r->extra, r->extra2);
	else if (r->extra)
		snprintf(out, size, "object 0x%x", r->extra);
}

static void describe_function(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "function 0x%04x", r->code);
}

/* A value of an attribute is set: the mode of the CPU, the proof of a password, the session's own settings. */
static void attribute(struct dissect_request *r, uint32_t session, uint64_t id, struct cur value)
{
	r->extra2 = (uint32_t)id;
	if (r->extra == CPU_EXEC_UNIT && id == ID_OPERATING_STATE) {
		cur_skip(&value, 2);   /* flags, type */
		uint64_t state = number(&value);
		r->op = !cur_ok(&value) ? OP_MODE : state == STATE_STOP ? OP_STOP : state == STATE_RUN ? OP_START : OP_MODE;
		r->name = r->op == OP_STOP ? "SetVariable operatingStateReq (stop)" :
			  r->op == OP_START ? "SetVariable operatingStateReq (run)" : "SetVariable operatingStateReq";
		r->extra = r->extra2 = 0;
	} else if (id == ID_RESPONSE || id == ID_LEGITIMATE) {
		r->op = OP_LOGIN;
		r->name = "SetVariable legitimation";
		r->extra = r->extra2 = 0;
	} else if (r->extra == session) {
		r->op = -1;
	}
}

static void request(struct dissect *d, struct cur c, uint16_t function, uint16_t sequence)
{
	const struct dissect_code *f = DISSECT_CODE(functions, function);
	struct dissect_request r = { .key = sequence, .code = function, .op = f ? f->op : OP_DIAGNOSTIC,
				     .name = f ? f->name : "Unknown command",
				     .describe = f ? describe_object : describe_function };
	uint32_t session = cur_be32(&c);
	cur_skip(&c, 1);
	uint32_t object = cur_be32(&c);
	if (!cur_ok(&c))
		object = 0;
	uint64_t count;
	switch (function) {
	case CREATE_OBJECT:
		if (object == SESSION_CONTAINER) {
			r.op = OP_LOGIN;
			r.name = "CreateObject session";
			client_names(d, c);
		} else {
			/* Subscriptions stand under their session. */
			r.extra = object;
			r.op = object == session || object >> 24 == OBJECTS_SESSION ? OP_READ :
			       object == PLC_PROGRAM || object >> 16 == DB_AREA ? OP_DOWNLOAD : OP_CONFIGURATION;
			if (r.op == OP_READ)
				r.extra = 0;
		}
		break;
	case DELETE_OBJECT:
		r.extra = object;
		if (object == session || object >> 24 == OBJECTS_SESSION)
			r.op = -1;
		break;
	case SET_VARIABLE:
		r.extra = object;
		count = number(&c);
		if (count)
			attribute(&r, session, number(&c), c);
		break;
	case SET_STREAMED:
		r.extra = object;
		break;
	case SET_MULTI:
		count = number(&c);
		cur_skip(&c, 1);   /* fields of all addresses */
		if (object && count) {
			r.extra = object;
			uint64_t id = number(&c);
			for (uint64_t i = 1; i < count && cur_left(&c); i++)
				number(&c);
			number(&c);    /* the first value's number */
			attribute(&r, session, id, c);
		} else if (count) {
			number(&c);    /* a check sum of the symbol; then where it lies */
			r.extra = (uint32_t)number(&c);
		}
		break;
	default:
		break;
	}
	if (!cur_ok(&c))
		r.extra = r.extra2 = 0;
	dissect_request(d, &r);
}

static void response(struct dissect *d, struct cur c, uint16_t function, uint16_t sequence)
{
	struct session *s = dissect_scratch(d);
	cur_skip(&c, 1);
	/* The code is in the lower half, and an error where it is negative. */
	int16_t code = (int16_t)(number(&c) & 0xffff);
	if (!cur_ok(&c))
		code = 0;
	dissect_response(d, sequence, code < 0 ? RESULT_REFUSED : RESULT_OK, NULL);
	if (function == CREATE_OBJECT && code >= 0)
		server_version(d, c);
	if (function == INIT_SSL && code >= 0)
		s->tls = true;
}

static enum dissect_result plus(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	bool *goes_on = &s->goes_on[dissect_side(d)];
	/* Pieces may be lost: a beginning is one whatever came before. */
	bool first = !*goes_on || begins(&c, cur_left(&c));
	uint8_t id = cur_u8(&c), version = cur_u8(&c);
	uint16_t n = cur_be16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (s->tls && id >= 0x14 && id <= 0x17 && version == 3)
		return DISSECT_OK;   /* what TLS carries is not read */
	if (id != PROTOCOL_ID)
		return DISSECT_NOT_MINE;
	if (version == KEEP_ALIVE || version == SYSTEM_EVENT)
		return DISSECT_OK;
	if (version < 1 || version > 3)
		return DISSECT_MALFORMED;
	struct cur body = c;
	cur_limit(&body, n);
	if (cur_left(&body) < n)
		return DISSECT_TRUNCATED;
	*goes_on = cur_left(&c) < (size_t)n + TRAILER;
	if (!first)
		return DISSECT_OK;
	if (version == 3)
		cur_skip(&body, 1 + DIGEST);
	uint8_t opcode = cur_u8(&body);
	cur_skip(&body, 2);
	uint16_t function = cur_be16(&body);
	cur_skip(&body, 2);
	uint16_t sequence = cur_be16(&body);
	if (!cur_ok(&body))
		return DISSECT_MALFORMED;
	switch (opcode) {
	case REQUEST:
		request(d, body, function, sequence);
		return DISSECT_OK;
	case RESPONSE:
		response(d, body, function, sequence);
		return DISSECT_OK;
	case NOTIFICATION:
		return DISSECT_OK;
	default:
		return DISSECT_MALFORMED;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	bool last;
	uint8_t type = tpkt_open(d, &c, &last);
	if (!type)
		return DISSECT_TRUNCATED;
	if (type != COTP_DT || !cur_left(&c))
		return DISSECT_LOWER;
	return plus(d, c);
}

const struct dissector dissect_s7comm_plus = {
	.name = "s7comm-plus",
	.title = "S7comm-plus",
	.ot = true,
	.tcp = { 102 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "open client libraries (S7CommPlusDriver, s7commwireshark); RFC 1006, RFC 905",
	.recognition = "TPKT, COTP, protocol id 72, version 1 to 3 with a length that fits, an opcode and a function; request and response with one sequence number",
	.identity = "answer to CreateObject of a session: order number and firmware of the CPU; its request: application, host and comment of the client",
	.operations = "session, legitimation, reading and writing variables (DB, inputs, outputs, flags), objects of the program created (download) or deleted, run and stop of the CPU",
	.verified = "real captures (version 1 and 2: session, read, write); version 3, run and stop, download from open client libraries, not yet seen in a real capture",
};
