/*
 * Remote Desktop (Microsoft MS-RDPBCGR) over ISO transport on TCP.
 *
 *   TPKT            COTP connection request / confirm
 *   +--+--+------+  +----+----+--------+--------+-------+  cookie CRLF  +------+-------+------+----------+
 *   |03|00|length|  | li | E0 | dst 00 | src 00 | class |  (request)    | 01/02| flags | 0800 | protocols|
 *   +--+--+------+  +----+----+--------+--------+-------+               +------+-------+------+----------+
 *   protocols: 0 RDP's own encryption, 1 TLS, 2 CredSSP (network level authentication), 8 CredSSP with early result
 *   confirm: type 02 the chosen one, 03 a failure code; nothing of all that where the server knows no negotiation
 *   (Windows XP): RDP's own encryption
 *
 *   With RDP's own encryption the client's basic settings (GCC, T.125) follow in clear: client name and build.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/tls.h"

enum {
	TPKT = 3, COTP_CR = 0xe0, COTP_CC = 0xd0, COTP_DT = 0xf0, REQUEST = 1, CONFIRM = 2, FAILURE = 3, KEY = 0,
	NATIVE = 0, TLS = 1, CREDSSP = 2, CREDSSP_EARLY = 8, NEEDS_TLS = 1, NEEDS_CREDSSP = 5, CORE = 0xc001, CORE_NAME = 20, CORE_NAME_BYTES = 32,
};

struct session { bool over; bool settings; };

static bool has_negotiation(const struct cur *c, size_t at)
{
	uint8_t type = cur_peek(c, at);
	return type >= REQUEST && type <= FAILURE && cur_peek(c, at + 2) == 8 && cur_peek(c, at + 3) == 0;
}

/* A connection request with Remote Desktop's cookie or negotiation; S7's has neither. */
static bool probe(const struct cur *c, enum side side)
{
	uint16_t n = cur_peek_be16(c, 2);
	uint8_t li = cur_peek(c, 4), type = cur_peek(c, 5);
	if (cur_peek(c, 0) != TPKT || cur_peek(c, 1) != 0 || n < 11 || li != n - 5 || cur_peek_be16(c, 6) != 0)
		return false;
	if (side == SIDE_SERVER)
		return type == COTP_CC && (n == 11 || (n == 19 && has_negotiation(c, 11) && cur_peek(c, 11) != REQUEST));
	struct cur x = *c;
	cur_skip(&x, 11);
	if (type != COTP_CR)
		return false;
	return cur_starts(&x, "Cookie: ", 8) || (n == 19 && has_negotiation(c, 11) && cur_peek(c, 11) == REQUEST);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, TLS_HEADER))
		return DISSECT_NEED_MORE;
	uint16_t n = cur_peek_be16(c, 2);
	/* What follows is TLS, of which the handshake is read, or fast path. */
	if (tls_begins(c))
		return TLS_HEADER + cur_peek_be16(c, 3);
	return cur_peek(c, 0) == TPKT && cur_peek(c, 1) == 0 && n >= 7 ? n : (int32_t)cur_left(c);
}

static enum dissect_result confirm(struct dissect *d, struct session *s, struct cur c)
{
	uint32_t chosen = NATIVE;
	bool refused = false;
	if (!dissect_response(d, KEY, RESULT_OK, NULL))
		return DISSECT_OK;
	if (has_negotiation(&c, 11)) {
		struct cur x = c;
		cur_skip(&x, 11);
		refused = cur_u8(&x) == FAILURE;
		cur_skip(&x, 3);
		chosen = cur_le32(&x);
	}
	if (refused) {
		dissect_op(d, OP_LOGIN, "Remote Desktop", chosen == NEEDS_CREDSSP ? "network level authentication is required" :
			   chosen == NEEDS_TLS ? "TLS is required" : NULL, RESULT_REFUSED);
		return DISSECT_OK;
	}
	if (chosen == CREDSSP || chosen == CREDSSP_EARLY)
		dissect_op(d, OP_LOGIN, "Remote Desktop", "network level authentication", RESULT_UNKNOWN);
	else
		dissect_op(d, OP_LOGIN, "Remote Desktop", chosen == TLS ? "TLS" : "RDP encryption", RESULT_UNKNOWN);
	if (chosen == TLS || chosen == NATIVE)
		dissect_weakness(d, "rdp-without-nla", chosen == TLS ? "TLS" : "RDP encryption");
	s->over = chosen != NATIVE;
	return DISSECT_OK;
}

/*
 * The client's core data is found by its header and version, behind wrappings that
 * say nothing: 01 C0, length, version 0004 or 0001 in the high half, … name in UTF-16 at 20.
 */
static void core_data(struct dissect *d, struct session *s, struct cur c)
{
	for (; cur_left(&c) >= CORE_NAME + 4 + CORE_NAME_BYTES; cur_skip(&c, 1)) {
		uint16_t n = cur_peek_le16(&c, 2);
		if (cur_peek_le16(&c, 0) != CORE || n < 128 || n > 512 || cur_peek_le16(&c, 6) != 8)
			continue;
		char name[CORE_NAME_BYTES / 2 + 1];
		size_t k = 0;
		struct cur x = c;
		cur_skip(&x, 4 + CORE_NAME);
		for (uint16_t u; k < sizeof name - 1 && (u = cur_le16(&x)) >= 0x20 && u < 0x7f; k++)
			name[k] = (char)u;
		dissect_attr_bytes(d, ATTR_HOSTNAME, name, k, "rdp.client_name");
		s->settings = true;
		return;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	if (s->over) {
		if (dissect_side(d) == SIDE_SERVER)
			tls_inside(d, c, TLS_REMOTE_DESKTOP);
		return DISSECT_OK;
	}
	uint8_t type = cur_peek(&c, 5);
	if (cur_peek(&c, 0) == TPKT && type == COTP_CR) {
		if (!probe(&c, SIDE_CLIENT))
			return DISSECT_NOT_MINE;
		dissect_set_side(d, SIDE_CLIENT);
		dissect_request(d, &(struct dissect_request){ .key = KEY, .op = -1, .name = "connection request" });
		return DISSECT_OK;
	}
	if (cur_peek(&c, 0) == TPKT && type == COTP_CC)
		return confirm(d, s, c);
	if (cur_peek(&c, 0) == TPKT && type == COTP_DT && dissect_side(d) == SIDE_CLIENT && !s->settings)
		core_data(d, s, c);
	return DISSECT_OK;
}

const struct dissector dissect_rdp = {
	.name = "rdp",
	.title = "Remote Desktop (RDP)",
	.tcp = { 3389 },
	.any_tcp = true,
	.unframed = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Microsoft MS-RDPBCGR 2.2.1",
	.recognition = "connection request with cookie or negotiation, and its confirm",
	.identity = "name of the client's computer (with RDP's own encryption), of the server's (its certificate)",
	.operations = "login with the security chosen; weaknesses: no network level authentication, old TLS",
	.verified = "real captures",
};
