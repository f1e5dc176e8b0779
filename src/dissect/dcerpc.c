/*
 * DCE/RPC over TCP (The Open Group C706, chapter 12; [MS-RPCE]), which carries DCOM
 * ([MS-DCOM]) and with it OPC DA: what SCADA systems on Windows read controllers
 * with. The port is any; the endpoint mapper is on 135.
 *
 *   0      1      2      3       4                 8        10     12
 *   +------+------+------+-------+-----------------+--------+------+---------+------- - -
 *   | 05   | 00   | type | flags | 10 00 00 00     | length | auth | call id | body, auth
 *   +------+------+------+-------+-----------------+--------+------+---------+------- - -
 *   bind (11), its answer (12), alter context (14, 15): interfaces by number and UUID
 *   request (0): room, interface, operation; response (2), fault (3); auth 3 (16)
 *
 * Little endian alone: there are no others in the field.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/ntlmssp.h"
#include "dissect/utf16.h"

enum {
	HEADER = 16, LENGTH_MAX = 5840 * 4, AUTH_TRAILER = 8,
	REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12, BIND_NAK = 13, ALTER = 14, ALTER_ACK = 15, AUTH3 = 16,
	SHUTDOWN = 17, CANCEL = 18, ORPHANED = 19,
	FLAG_FIRST = 1, FLAG_LAST = 2, FLAG_OBJECT = 0x80, UUID = 16, SYNTAX = 20,
	SERVER_ALIVE2 = 5, GET_STATUS = 6, PRIVACY = 6, S_FALSE = 1, ONE_ITEM = 24, TOWER_TCP = 7, MAPPER_PORT = 135, CONTEXTS = 24, ASKED = 12,
};

/* What a request asks for: dissect_request.code. */
enum { OTHER, ALIVE, STATUS };
enum sort { PLAIN, TOLD, RESOLVER, OPC, OPC_SERVER, OPC_IO, OPC_IO2, OPC_ASYNC3, OPC_ITEM, HDA, EVENTS, CALLBACK };

/* The first three fields of a UUID are little endian. */
static const struct { const char *uuid, *name; enum sort sort; } interfaces[] = {
	{ "\x08\x83\xaf\xe1\x1f\x5d\xc9\x11\x91\xa4\x08\x00\x2b\x14\xa0\xfa", "endpoint mapper", PLAIN },
	{ "\xc4\xfe\xfc\x99\x60\x52\x1b\x10\xbb\xcb\x00\xaa\x00\x21\x34\x7a", "IOXIDResolver", RESOLVER },
	{ "\xa0\x01\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", "DCOM activation", TOLD },
	{ "\xb8\x4a\x9f\x4d\x1c\x7d\xcf\x11\x86\x1e\x00\x20\xaf\x6e\x7c\x57", "DCOM activation", TOLD },
	{ "\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0\x38\x00\x10\x03", "svcctl", TOLD },
	{ "\x82\x06\xf7\x1f\x51\x0a\xe8\x30\x07\x6d\x74\x0b\xe8\xce\xe9\x8b", "atsvc", TOLD },
	{ "\x49\x59\xd3\x86\xc9\x83\x44\x40\xb4\x24\xdb\x36\x32\x31\xfd\x0c", "task scheduler", TOLD },
	{ "\x01\xd0\x8c\x33\x44\x22\xf1\x31\xaa\xaa\x90\x00\x38\x00\x10\x03", "winreg", TOLD },
	{ "\x78\x57\x34\x12\x34\x12\xcd\xab\xef\x00\x01\x23\x45\x67\x89\xac", "samr", TOLD },
	{ "\x78\x57\x34\x12\x34\x12\xcd\xab\xef\x00\x01\x23\x45\x67\x89\xab", "lsarpc", TOLD },
	{ "\x35\x42\x51\xe3\x06\x4b\xd1\x11\xab\x04\x00\xc0\x4f\xc2\xdc\xd2", "drsuapi", TOLD },
	{ "\x99\xdc\x56\x95\x8c\x82\xcf\x11\xa3\x7e\x00\xaa\x00\x32\x40\xc7", "WMI IWbemServices", TOLD },
	{ "\x50\x6d\x48\x13\x21\x48\xd2\x11\xa4\x94\x3c\xb3\x06\xc1\x00\x00", "OPC IOPCServerList", OPC },
	{ "\x6c\xb5\xd0\x9d\x9e\xad\xee\x43\x83\x05\x48\x7f\x31\x88\xbf\x7a", "OPC IOPCServerList2", OPC },
	{ "\x4d\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCServer", OPC_SERVER },
	{ "\x4f\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCBrowseServerAddressSpace", OPC },
	{ "\x04\x70\x22\x39\x8f\xa1\x57\x4b\x8b\x0a\x52\x35\x67\x0f\x44\x68", "OPC DA IOPCBrowse", OPC },
	{ "\x50\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCGroupStateMgt", OPC },
	{ "\x54\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCItemMgt", OPC },
	{ "\x52\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCSyncIO", OPC_IO },
	{ "\x0f\x5f\x0f\x73\xb1\x55\x81\x4c\x9e\x18\xff\x8a\x09\x04\xe1\xfa", "OPC DA IOPCSyncIO2", OPC_IO2 },
	{ "\x53\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCAsyncIO", OPC_IO },
	{ "\x71\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCAsyncIO2", OPC_IO },
	{ "\x7b\xb9\x67\x09\xef\x36\x3e\x42\xb6\xf8\x6b\xff\x1e\x40\xd3\x9d", "OPC DA IOPCAsyncIO3", OPC_ASYNC3 },
	{ "\x27\xb4\xc0\x85\x93\x28\xbc\x4c\xbd\x78\xe5\xfc\x51\x46\xf0\x8f", "OPC DA IOPCItemIO", OPC_ITEM },
	{ "\x70\x3a\xc1\x39\x1e\x01\xd0\x11\x96\x75\x00\x20\xaf\xd8\xad\xb3", "OPC DA IOPCDataCallback", CALLBACK },
	{ "\xb0\x17\x12\x1f\xe0\xde\xd2\x11\xa5\xe5\x00\x00\x86\x33\x93\x99", "OPC HDA IOPCHDA_Server", HDA },
	{ "\xb3\x17\x12\x1f\xe0\xde\xd2\x11\xa5\xe5\x00\x00\x86\x33\x93\x99", "OPC HDA IOPCHDA_SyncUpdate", HDA },
	{ "\x51\x88\x16\x65\x83\x57\xd1\x11\x84\xa0\x00\x60\x8c\xb8\xa7\xe9", "OPC A&E IOPCEventServer", EVENTS },
};

/* OPC DA: operations begin at 3, behind those of every object. */
static const struct { enum sort sort; uint16_t number; int8_t op; const char *name; } operations[] = {
	{ OPC_IO, 3, OP_READ, "OPC DA Read" }, { OPC_IO, 4, OP_WRITE, "OPC DA Write" },
	{ OPC_IO2, 3, OP_READ, "OPC DA Read" }, { OPC_IO2, 4, OP_WRITE, "OPC DA Write" },
	{ OPC_IO2, 5, OP_READ, "OPC DA ReadMaxAge" }, { OPC_IO2, 6, OP_WRITE, "OPC DA WriteVQT" },
	{ OPC_ASYNC3, 3, OP_READ, "OPC DA Read" }, { OPC_ASYNC3, 4, OP_WRITE, "OPC DA Write" },
	{ OPC_ASYNC3, 9, OP_READ, "OPC DA ReadMaxAge" }, { OPC_ASYNC3, 10, OP_WRITE, "OPC DA WriteVQT" },
	{ OPC_ITEM, 3, OP_READ, "OPC DA Read" }, { OPC_ITEM, 4, OP_WRITE, "OPC DA WriteVQT" },
};

struct state {
	uint8_t sort_of[CONTEXTS];  /* by the number of the context: place in the table + 1 */
	uint8_t asked[ASKED];       /* by the last bind, in its order */
	uint8_t n_asked;
};
_Static_assert(sizeof(struct state) <= DISSECT_SCRATCH, "state of a connection");

static bool known_type(uint8_t type)
{
	return type == REQUEST || type == RESPONSE || type == FAULT || (type >= BIND && type <= ORPHANED);
}

static bool probe(const struct cur *c, enum side side)
{
	static const uint8_t representation[4] = { 0x10, 0, 0, 0 };
	struct cur x = *c;
	uint8_t major = cur_u8(&x), minor = cur_u8(&x), type = cur_u8(&x), flags = cur_u8(&x);
	bool fits = cur_starts(&x, representation, sizeof representation);
	cur_skip(&x, 4);
	uint16_t n = cur_le16(&x), auth = cur_le16(&x);
	cur_skip(&x, 4);
	if (!cur_ok(&x) || major != 5 || minor > 1 || !known_type(type) || !fits || n < HEADER || n > LENGTH_MAX ||
	    (auth && auth + HEADER + AUTH_TRAILER > n))
		return false;
	bool asks = type == REQUEST || type == BIND || type == ALTER || type == AUTH3 || type == CANCEL || type == ORPHANED;
	if (asks != (side == SIDE_CLIENT))
		return false;
	if (type == REQUEST || type == RESPONSE || type == FAULT)
		return n >= HEADER + 8 && cur_peek_le16(&x, 4) < 256 && (type == REQUEST || cur_peek(&x, 7) == 0);
	if (type == BIND || type == ALTER)   /* sizes of fragments, and at least one interface */
		return n >= HEADER + 12 + 4 + 2 * SYNTAX && cur_peek_le16(&x, 0) >= 512 && (flags & FLAG_FIRST);
	return true;
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return cur_left(c) >= 2 && (cur_peek(c, 0) != 5 || cur_peek(c, 1) > 1) ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
	uint16_t n = cur_peek_le16(c, 8);
	if (cur_peek(c, 0) != 5 || cur_peek(c, 1) > 1 || !known_type(cur_peek(c, 2)) || cur_peek(c, 4) != 0x10 || n < HEADER)
		return DISSECT_NO_FRAME;
	return n;
}

/* ---- interfaces ---- */

static uint8_t interface_of(const uint8_t *uuid)
{
	for (size_t i = 0; uuid && i < sizeof interfaces / sizeof *interfaces; i++)
		if (memcmp(interfaces[i].uuid, uuid, UUID) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

static bool is_opc(uint8_t found)
{
	return found && interfaces[found - 1].sort >= OPC;
}

static enum dissect_result bind(struct dissect *d, struct state *s, struct cur c)
{
	static const uint8_t ndr[4] = { 0x04, 0x5d, 0x88, 0x8a };   /* the transfer syntax that all have */
	bool mapper = dissect_server_port(d) == MAPPER_PORT;
	cur_skip(&c, 2 + 2 + 4);
	uint8_t n = cur_u8(&c);
	cur_skip(&c, 3);
	s->n_asked = 0;
	for (unsigned i = 0; i < n && cur_ok(&c); i++) {
		uint16_t context = cur_le16(&c);
		uint8_t transfers = cur_u8(&c);
		cur_skip(&c, 1);
		uint8_t found = interface_of(cur_bytes(&c, UUID));
		cur_skip(&c, 4);
		if (mapper && cur_starts(&c, ndr, sizeof ndr))
			dissect_evident(d);   /* elsewhere it may be somebody who tries what answers */
		cur_skip(&c, transfers * (size_t)SYNTAX);
		if (!cur_ok(&c))
			break;
		if (context < CONTEXTS)
			s->sort_of[context] = found;
		if (s->n_asked < ASKED)
			s->asked[s->n_asked++] = found;
		if (is_opc(found))
			dissect_also(d, "opcda");
	}
	return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
}

/* The answers stand in the order of the questions, behind a text of the server's port. */
static enum dissect_result bind_ack(struct dissect *d, struct state *s, struct cur c)
{
	size_t whole = cur_left(&c);
	cur_skip(&c, 2 + 2 + 4);
	cur_skip(&c, cur_le16(&c));
	cur_skip(&c, (4 - (whole - cur_left(&c)) % 4) % 4);
	uint8_t n = cur_u8(&c);
	cur_skip(&c, 3);
	for (unsigned i = 0; i < n; i++) {
		uint16_t refused = cur_le16(&c);
		cur_skip(&c, 2 + SYNTAX);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		uint8_t found = i < s->n_asked ? s->asked[i] : 0;
		enum sort sort = found ? interfaces[found - 1].sort : PLAIN;
		if (sort == PLAIN || sort == RESOLVER)
			continue;
		dissect_op(d, OP_DIAGNOSTIC, "Bind", interfaces[found - 1].name, refused ? RESULT_REFUSED : RESULT_OK);
		if (is_opc(found)) {
			dissect_also(d, "opcda");
			if (!refused && sort != CALLBACK)
				dissect_attr(d, ATTR_SOFTWARE, sort == HDA ? "OPC HDA server" : sort == EVENTS ? "OPC A&E server" :
					     "OPC DA server", "dcerpc.bind");
		}
	}
	s->n_asked = 0;
	return DISSECT_OK;
}

/* ---- calls ---- */

/* The machine's name and the addresses of all its interfaces, for whoever asks: [MS-DCOM] 3.1.2.5.1.6. */
static void server_alive2(struct dissect *d, struct cur c)
{
	char text[OBS_TEXT], value[OBS_TEXT], own[ADDR_TEXT];
	addr_text(&dissect_packet(d)->src, own);
	cur_skip(&c, 4 + 4 + 4);   /* version, pointer, size of the array */
	uint16_t entries = cur_le16(&c), security = cur_le16(&c);
	if (!cur_ok(&c) || security > entries)
		return;
	cur_limit(&c, security * (size_t)2);
	while (cur_left(&c) >= 4) {
		uint16_t tower = cur_le16(&c);
		struct cur from = c;
		size_t n = 0;
		while (n + 2 <= cur_left(&c) && cur_peek_le16(&c, n))
			n += 2;
		if (!tower)
			return;
		cur_skip(&c, n + 2);
		cur_limit(&from, n);
		if (tower != TOWER_TCP || !utf16_text(from, text, sizeof text))
			continue;
		size_t digits = strspn(text, "0123456789.");
		if (strcmp(text, own) == 0)
			continue;
		if (strchr(text, ':') || !text[digits]) {
			snprintf(value, sizeof value, "also has address %.200s", text);
			dissect_attr(d, ATTR_DESCRIPTION, value, "dcerpc.server_alive2");
		} else {
			dissect_attr(d, ATTR_HOSTNAME, text, "dcerpc.server_alive2");
		}
	}
}

static enum dissect_result request(struct dissect *d, const struct state *s, struct cur c, uint32_t call, bool first)
{
	struct dissect_request r = { .key = call, .op = -1, .name = "request" };
	cur_skip(&c, 4);
	uint16_t context = cur_le16(&c), number = cur_le16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	uint8_t found = context < CONTEXTS ? s->sort_of[context] : 0;
	if (is_opc(found))
		dissect_also(d, "opcda");
	for (size_t i = 0; found && i < sizeof operations / sizeof *operations; i++)
		if (operations[i].sort == interfaces[found - 1].sort && operations[i].number == number) {
			r.op = operations[i].op;
			r.name = operations[i].name;
		}
	if (found && interfaces[found - 1].sort == RESOLVER && number == SERVER_ALIVE2)
		r.code = ALIVE;
	else if (found && interfaces[found - 1].sort == OPC_SERVER && number == GET_STATUS)
		r.code = STATUS;
	if (first)
		dissect_request(d, &r);
	return DISSECT_OK;
}

/*
 * IOPCServer::GetStatus (OPC DA 3.0, 4.3.4.4) behind ORPCTHAT: a pointer, three times (8 each), state and two numbers (4 each),
 * version (2 each), reserved, a pointer, and the maker's text in NDR: most, first and number of letters (4 each).
 */
static void server_status(struct dissect *d, struct cur c)
{
	char text[OBS_TEXT];
	cur_skip(&c, 8 + 4 + 3 * 8 + 3 * 4);
	unsigned major = cur_le16(&c), minor = cur_le16(&c), build = cur_le16(&c);
	cur_skip(&c, 2 + 4 + 4 + 4);
	uint32_t n = cur_le32(&c);
	if (!cur_ok(&c) || n > OBS_TEXT || !cur_has(&c, n * 2))
		return;
	if (utf16_text(cur_sub(&c, n * 2), text, sizeof text)) {
		char value[OBS_TEXT + 32];
		snprintf(value, sizeof value, "%s %u.%u.%u", text, major, minor, build);
		dissect_attr(d, ATTR_SOFTWARE, value, "opcda.get_status");
	}
}

/* The method's own result at the end; where one item was asked for, also whether that failed. */
static enum op_result method_result(const struct cur *stub)
{
	size_t n = cur_left(stub);
	if (n < 4 || n % 4)
		return RESULT_OK;
	bool failed = cur_peek(stub, n - 1) & 0x80;
	bool item = n == ONE_ITEM && cur_peek_le16(stub, n - 4) == S_FALSE && (cur_peek(stub, n - 5) & 0x80);
	return failed || item ? RESULT_REFUSED : RESULT_OK;
}

static enum dissect_result response(struct dissect *d, const struct state *s, struct cur c, uint32_t call, bool fault, bool clear)
{
	struct dissect_request r = { .code = OTHER };
	cur_skip(&c, 4);
	uint16_t context = cur_le16(&c);
	cur_skip(&c, 2);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	bool opc = context < CONTEXTS && is_opc(s->sort_of[context]);
	if (opc)
		dissect_also(d, "opcda");
	enum op_result result = fault ? RESULT_REFUSED : opc && clear ? method_result(&c) : RESULT_OK;
	if (dissect_response(d, call, result, &r) && clear && result == RESULT_OK && r.code == ALIVE)
		server_alive2(d, c);
	else if (clear && result == RESULT_OK && r.code == STATUS)
		server_status(d, c);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct state *s = dissect_scratch(d);
	struct cur token = c, body;
	cur_skip(&c, 2);
	uint8_t type = cur_u8(&c), flags = cur_u8(&c);
	cur_skip(&c, 4);
	uint16_t n = cur_le16(&c), auth = cur_le16(&c);
	uint32_t call = cur_le32(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	bool asks = type == REQUEST || type == BIND || type == ALTER || type == AUTH3 || type == CANCEL || type == ORPHANED;
	if (cur_peek(&token, 0) != 5 || !known_type(type) || n < HEADER || (auth && auth + HEADER + AUTH_TRAILER > n) ||
	    asks != (dissect_side(d) == SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	body = c;
	if (auth)
		cur_limit(&body, (size_t)n - HEADER - auth - AUTH_TRAILER);
	cur_skip(&token, (size_t)n - auth);
	/* The trailer in front of the token: sort, level, bytes that fill up. */
	uint8_t level = 0, filled = 0;
	if (auth) {
		level = cur_peek(&c, (size_t)n - HEADER - auth - AUTH_TRAILER + 1);
		filled = cur_peek(&c, (size_t)n - HEADER - auth - AUTH_TRAILER + 2);
		if (filled <= cur_left(&body))
			cur_limit(&body, cur_left(&body) - filled);
	}
	if (auth && type >= BIND && cur_ok(&token))
		ntlmssp_message(d, token);
	switch (type) {
	case REQUEST:
		return request(d, s, body, call, flags & FLAG_FIRST);
	case RESPONSE: case FAULT:
		/* Only a whole answer that nobody encrypted can be read. */
		return response(d, s, body, call, type == FAULT, level != PRIVACY && (flags & FLAG_LAST) && (flags & FLAG_FIRST));
	case BIND: case ALTER:
		dissect_request(d, &(struct dissect_request){ .key = call, .op = -1, .name = "bind" });
		return bind(d, s, body);
	case BIND_ACK: case ALTER_ACK:
		dissect_response(d, call, RESULT_OK, NULL);
		return bind_ack(d, s, body);
	case BIND_NAK:
		dissect_response(d, call, RESULT_REFUSED, NULL);
		return DISSECT_OK;
	default:
		return DISSECT_OK;
	}
}

const struct dissector dissect_dcerpc = {
	.name = "dcerpc",
	.title = "DCE/RPC over TCP, DCOM, OPC DA",
	.carries = { "ntlmssp", "opcda" },
	.carries_ot = "opcda",
	.tcp = { MAPPER_PORT },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "The Open Group C706, chapter 12; [MS-RPCE], [MS-DCOM]; OPC Data Access 3.0",
	.recognition = "version, type, data representation and lengths of the header; request and answer with one call id, or the "
		       "syntax that a bind asks for",
	.identity = "NTLMSSP of both ends; ServerAlive2: name and addresses of all interfaces; OPC DA, HDA and A&E servers, "
		    "maker and version by GetStatus",
	.operations = "interfaces of remote administration, DCOM activation and OPC DA that are bound; OPC DA reads and writes",
	.verified = "real captures; OPC DA from the specification, not yet seen in a real capture",
};
