/*
 * TDS, the protocol of Microsoft SQL Server (Microsoft MS-TDS).
 *
 *   +------+--------+------------+-----------+--------+--------+-------- - -
 *   | type | status | length (BE)| SPID (BE) | packet | window | data
 *   +------+--------+------------+-----------+--------+--------+-------- - -
 *   12 pre-login, 10 login, 04 answer, 01 query, 03 remote procedure, 06 attention
 *   pre-login: options of token (1), offset (2), length (2), ended by FF: 0 version, 1 encryption
 *   encryption: 0 of the login only, 1 of everything, 2 none, 3 required
 *
 * From TDS 7.1 a login without encryption shows the password scrambled with a constant: that is clear.
 */
#include <stdio.h>

#include "dissect/dissect.h"
#include "dissect/ntlmssp.h"
#include "dissect/utf16.h"

enum {
	HEADER = 8, QUERY = 1, RPC = 3, ANSWER = 4, ATTENTION = 6, LOGIN = 0x10, SSPI = 0x11, PRELOGIN = 0x12, PACKET_MAX = 32767,
	KEY_PRELOGIN = 1, KEY_LOGIN = 2, KEY_QUERY = 3, OPTION_VERSION = 0, OPTION_ENCRYPTION = 1, OPTION_END = 0xff,
	ENCRYPT_OFF = 0, ENCRYPT_NONE = 2, LOGIN_FIXED = 94, LOGIN_HOST = 36, LOGIN_70 = 86, LOGIN_PASSWORD = 44, LOGIN_PROGRAM = 48,
};

struct session { uint8_t encryption; bool prelogin, told; };

static bool header(const struct cur *c)
{
	uint16_t n = cur_peek_be16(c, 2);
	return cur_has(c, HEADER) && cur_peek(c, 1) <= 0x1f && n >= HEADER && n <= PACKET_MAX && cur_peek(c, 7) == 0;
}

/* The options' offsets lie inside the message, in order. */
static bool is_prelogin(const struct cur *c)
{
	struct cur x = *c;
	uint16_t n = cur_peek_be16(c, 2);
	cur_skip(&x, HEADER);
	return cur_peek(&x, 0) == OPTION_VERSION && cur_peek_be16(&x, 1) >= 11 && cur_peek_be16(&x, 1) < n &&
	       cur_peek_be16(&x, 3) == 6 && cur_peek(&x, 5) == OPTION_ENCRYPTION;
}

/* In front of a question since TDS 7.2: 22 bytes, of them 18 the number of the transaction. */
static bool is_question(const struct cur *c)
{
	struct cur x = *c;
	cur_skip(&x, HEADER);
	return cur_starts(&x, "\x16\0\0\0\x12\0\0\0\x02\0", 10);
}

/* The first token of an answer: columns, error, information, login, environment, done. */
static bool is_token(uint8_t token)
{
	return token == 0x81 || (token >= 0xa9 && token <= 0xae) || token == 0xe3 || (token >= 0xfd) || token == 0x79;
}

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0);
	if (!header(c))
		return false;
	if (side == SIDE_SERVER)
		return type == ANSWER && (is_prelogin(c) || is_token(cur_peek(c, HEADER)));
	return ((type == QUERY || type == RPC) && is_question(c)) ||
	       (type == PRELOGIN && is_prelogin(c)) ||
	       (type == LOGIN && cur_peek_le16(c, HEADER) + HEADER == cur_peek_be16(c, 2) && cur_peek(c, HEADER + 7) >= 0x70);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return header(c) ? cur_peek_be16(c, 2) : DISSECT_NO_FRAME;
}

static void prelogin_answer(struct dissect *d, struct session *s, struct cur c)
{
	char text[64];
	cur_skip(&c, HEADER);
	struct cur all = c;
	while (cur_left(&c) >= 5 && cur_peek(&c, 0) != OPTION_END) {
		uint8_t token = cur_u8(&c);
		uint16_t at = cur_be16(&c), n = cur_be16(&c);
		struct cur v = all;
		cur_skip(&v, at);
		v = cur_sub(&v, n);
		if (token == OPTION_ENCRYPTION)
			s->encryption = cur_u8(&v);
		if (token != OPTION_VERSION || !cur_has(&v, 4))
			continue;
		unsigned major = cur_u8(&v), minor = cur_u8(&v), build = cur_be16(&v);
		snprintf(text, sizeof text, "Microsoft SQL Server %u.%u.%u", major, minor, build);
		dissect_attr(d, ATTR_SOFTWARE, text, "tds.prelogin.version");
	}
}

/* One of the login's texts. Offsets count from the login's beginning, lengths in letters. */
static void login_text(struct dissect *d, struct cur c, size_t field, enum attr attr, const char *source)
{
	char text[OBS_TEXT + 1];
	uint16_t at = cur_peek_le16(&c, field), n = cur_peek_le16(&c, field + 2);
	cur_skip(&c, at);
	if (utf16_text(cur_sub(&c, n * 2u), text, sizeof text))
		dissect_attr(d, attr, text, source);
}

/* Names of the client's host and program; whether a password stands there. */
static void login(struct dissect *d, struct session *s, struct cur c)
{
	cur_skip(&c, HEADER);
	/* The length fits, and the first name stands right behind the fixed part: that is no chance. */
	if (cur_peek_le16(&c, LOGIN_HOST) == LOGIN_FIXED || cur_peek_le16(&c, LOGIN_HOST) == LOGIN_70)
		dissect_evident(d);
	login_text(d, c, LOGIN_HOST, ATTR_HOSTNAME, "tds.login.hostname");
	login_text(d, c, LOGIN_PROGRAM, ATTR_SOFTWARE, "tds.login.program");
	if (cur_peek_le16(&c, LOGIN_PASSWORD + 2))
		dissect_weakness(d, "password-in-clear", "TDS login");
	if (!s->told)
		dissect_weakness(d, "database-in-clear", "SQL Server");
	s->told = true;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	uint8_t type = cur_peek(&c, 0);
	if (!cur_has(&c, HEADER))
		return DISSECT_TRUNCATED;
	if (!header(&c))
		return DISSECT_NOT_MINE;
	if (dissect_side(d) == SIDE_SERVER) {
		if (s->prelogin && is_prelogin(&c) && dissect_response(d, KEY_PRELOGIN, RESULT_OK, NULL)) {
			prelogin_answer(d, s, c);
			s->prelogin = false;
		} else if (type == SSPI) {
			ntlmssp_message(d, c);
		} else if (type == ANSWER) {
			bool refused = cur_peek(&c, HEADER) == 0xaa;
			ntlmssp_message(d, c);
			if (!dissect_response(d, KEY_LOGIN, refused ? RESULT_REFUSED : RESULT_OK, NULL))
				dissect_response(d, KEY_QUERY, refused ? RESULT_REFUSED : RESULT_OK, NULL);
		}
		return DISSECT_OK;
	}
	switch (type) {
	case PRELOGIN:
		if (is_prelogin(&c)) {
			s->prelogin = true;
			dissect_request(d, &(struct dissect_request){ .key = KEY_PRELOGIN, .op = -1, .name = "PRELOGIN" });
		}
		return DISSECT_OK;               /* else TLS in disguise */
	case LOGIN:
		dissect_request(d, &(struct dissect_request){ .key = KEY_LOGIN, .op = OP_LOGIN, .name = "LOGIN7" });
		login(d, s, c);
		ntlmssp_message(d, c);
		return DISSECT_OK;
	case SSPI:
		ntlmssp_message(d, c);
		return DISSECT_OK;
	case QUERY: case RPC:
		if (s->encryption == ENCRYPT_OFF || s->encryption == ENCRYPT_NONE) {
			if (!s->told)
				dissect_weakness(d, "database-in-clear", "SQL Server");
			s->told = true;
		}
		dissect_request(d, &(struct dissect_request){ .key = KEY_QUERY, .op = -1, .name = type == QUERY ? "SQLBatch" : "RPC" });
		return DISSECT_OK;
	default:
		return DISSECT_OK;
	}
}

const struct dissector dissect_tds = {
	.name = "tds",
	.title = "TDS (Microsoft SQL Server)",
	.carries = { "ntlmssp" },
	.tcp = { 1433 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Microsoft MS-TDS 2.2",
	.recognition = "pre-login with its options, or a login whose length fits, and the answer",
	.identity = "version of the server, host name and program of the client",
	.operations = "login; database in clear, password in clear (that it was there)",
	.verified = "real captures",
};
