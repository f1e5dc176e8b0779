/*
 * DCE/RPC over TCP (The Open Group C706, Microsoft MS-RPCE): how Windows machines call
 * one another, and how OPC Classic (DCOM) reads controllers.
 *
 *   +----+-------+-------+-------+----------------+--------+-------------+---------+
 *   | 05 | minor | ptype | flags | representation | length | auth length | call id |
 *   +----+-------+-------+-------+----------------+--------+-------------+---------+
 *   0     1       2       3       4                8        10            12
 *   ptype: 0 request, 2 response, 3 fault, 11 bind, 12 bind ack, 13 bind nak, 14 alter context, 15 its answer, 16 auth3
 *   bind: fragment sizes (4), group (4), number of contexts (1), 3 bytes, then each: id (2), transfer syntaxes (1), 1,
 *         interface (UUID 16, version 4), transfer syntaxes (20 each)
 *   a security trailer of 8 bytes stands in front of the last `auth length` bytes: type 10 NTLM, 9 SPNEGO
 */
#include <string.h>

#include "dissect/dissect.h"
#include "dissect/ntlmssp.h"

enum {
	HEADER = 16, MINOR_MAX = 1, LITTLE = 0x10, REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK, BIND_NAK,
	ALTER, ALTER_RESPONSE, AUTH3, SHUTDOWN, CO_CANCEL, ORPHANED, UUID = 16, CONTEXTS_MAX = 16, KEY_BIND = 1,
};

/* Interfaces that matter to a factory: UUIDs as they stand on the wire (little-endian). */
static const struct { uint8_t uuid[UUID]; const char *name; const char *also; } interfaces[] = {
	{ { 0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa }, "endpoint mapper", NULL },
	{ { 0xa0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46 }, "ISystemActivator (DCOM)", NULL },
	{ { 0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 }, "service control (svcctl)", NULL },
	{ { 0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40, 0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c }, "task scheduler", NULL },
	{ { 0x4d, 0x3a, 0xc1, 0x39, 0x1e, 0x01, 0xd0, 0x11, 0x96, 0x75, 0x00, 0x20, 0xaf, 0xd8, 0xad, 0xb3 }, "IOPCServer", "opc-da" },
	{ { 0x54, 0x3a, 0xc1, 0x39, 0x1e, 0x01, 0xd0, 0x11, 0x96, 0x75, 0x00, 0x20, 0xaf, 0xd8, 0xad, 0xb3 }, "IOPCItemMgt", "opc-da" },
	{ { 0x52, 0x3a, 0xc1, 0x39, 0x1e, 0x01, 0xd0, 0x11, 0x96, 0x75, 0x00, 0x20, 0xaf, 0xd8, 0xad, 0xb3 }, "IOPCSyncIO", "opc-da" },
	{ { 0x53, 0x3a, 0xc1, 0x39, 0x1e, 0x01, 0xd0, 0x11, 0x96, 0x75, 0x00, 0x20, 0xaf, 0xd8, 0xad, 0xb3 }, "IOPCAsyncIO", "opc-da" },
	{ { 0x70, 0x3a, 0xc1, 0x39, 0x1e, 0x01, 0xd0, 0x11, 0x96, 0x75, 0x00, 0x20, 0xaf, 0xd8, 0xad, 0xb3 }, "IOPCDataCallback", "opc-da" },
};

struct session { bool opc; };   /* an interface of OPC was bound */

static uint16_t word(const struct cur *c, size_t at)
{
	return cur_peek(c, 4) & LITTLE ? cur_peek_le16(c, at) : cur_peek_be16(c, at);
}

static uint16_t take16(struct cur *c, bool little)
{
	return little ? cur_le16(c) : cur_be16(c);
}

static uint32_t take32(struct cur *c, bool little)
{
	return little ? cur_le32(c) : cur_be32(c);
}

static bool header(const struct cur *c)
{
	uint8_t type = cur_peek(c, 2);
	uint16_t n = word(c, 8), auth = word(c, 10);
	return cur_has(c, HEADER) && cur_peek(c, 0) == 5 && cur_peek(c, 1) <= MINOR_MAX && type <= ORPHANED &&
	       (type <= FAULT ? type != 1 : type >= BIND) && (cur_peek(c, 4) & 0xef) == 0 && cur_peek(c, 5) <= 3 &&
	       cur_peek_be16(c, 6) == 0 && n >= HEADER && auth < n;
}

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 2);
	if (!header(c))
		return false;
	return side == SIDE_CLIENT ? type == REQUEST || type == BIND || type == ALTER
				   : type == RESPONSE || type == FAULT || (type >= BIND_ACK && type <= ALTER_RESPONSE && type != ALTER);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return header(c) ? word(c, 8) : DISSECT_NO_FRAME;
}

static const uint8_t ndr[UUID] = { 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };

/* Which interfaces the client asks for; of the known ones each bind is an operation's worth of news. */
static void contexts(struct dissect *d, struct session *s, struct cur c, bool little)
{
	cur_skip(&c, 8);
	unsigned n = cur_u8(&c);
	cur_skip(&c, 3);
	for (unsigned i = 0; i < n && i < CONTEXTS_MAX && cur_left(&c); i++) {
		take16(&c, little);
		unsigned syntaxes = cur_u8(&c);
		cur_skip(&c, 1);
		const uint8_t *uuid = cur_bytes(&c, UUID);
		cur_skip(&c, 4);
		/* Nothing else offers the Network Data Representation at this place. */
		if (syntaxes && cur_starts(&c, ndr, sizeof ndr))
			dissect_evident(d);
		cur_skip(&c, 20u * syntaxes);
		for (size_t k = 0; uuid && k < sizeof interfaces / sizeof *interfaces; k++) {
			if (memcmp(uuid, interfaces[k].uuid, UUID) != 0)
				continue;
			dissect_op(d, OP_DIAGNOSTIC, "Bind", interfaces[k].name, RESULT_UNKNOWN);
			s->opc = s->opc || interfaces[k].also;
		}
	}
}

static void security(struct dissect *d, struct cur whole)
{
	uint16_t n = word(&whole, 8), auth = word(&whole, 10);
	if (!auth || !cur_has(&whole, n))
		return;
	cur_skip(&whole, (size_t)(n - auth));
	cur_limit(&whole, auth);
	ntlmssp_message(d, whole);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	struct cur whole = c;
	if (!header(&c))
		return cur_has(&c, HEADER) ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	bool little = cur_peek(&c, 4) & LITTLE, cut = !cur_has(&c, word(&c, 8));
	uint8_t type = cur_peek(&c, 2);
	cur_skip(&c, 12);
	uint64_t call = take32(&c, little);
	switch (type) {
	case BIND: case ALTER:
		dissect_request(d, &(struct dissect_request){ .key = call << 1 | KEY_BIND, .op = -1, .name = "Bind" });
		contexts(d, s, c, little);
		break;
	case BIND_ACK: case BIND_NAK: case ALTER_RESPONSE:
		dissect_response(d, call << 1 | KEY_BIND, type == BIND_NAK ? RESULT_REFUSED : RESULT_OK, NULL);
		break;
	case REQUEST:
		dissect_request(d, &(struct dissect_request){ .key = call << 1, .op = -1, .name = "Request" });
		break;
	case RESPONSE: case FAULT:
		dissect_response(d, call << 1, type == FAULT ? RESULT_REFUSED : RESULT_OK, NULL);
		break;
	default:
		break;
	}
	if (type >= BIND)
		security(d, whole);
	if (s->opc)
		dissect_also(d, "opc-da");
	return cut ? DISSECT_TRUNCATED : DISSECT_OK;
}

const struct dissector dissect_dcerpc = {
	.name = "dcerpc",
	.title = "DCE/RPC, DCOM and OPC Classic",
	.carries = { "ntlmssp", "opc-da" },
	.tcp = { 135 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "The Open Group C706; Microsoft MS-RPCE 2.2; OPC Data Access 3.00",
	.recognition = "version 5 with a known type, and request and response with one call number",
	.identity = "what Windows says while it logs on (NTLMSSP)",
	.operations = "which interfaces are bound: service control, task scheduler, OPC servers",
	.verified = "real captures (OPC's interfaces from the specification, not yet seen in a real capture)",
};
