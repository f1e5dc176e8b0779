/*
 * PostgreSQL (PostgreSQL documentation, Frontend/Backend Protocol 3.0).
 *
 *   client's first:  length (4), 0003 0000, "user" 0 name 0 …          or  length 8, 04D2 162F: may I use TLS?
 *   then, both ways: type (1), length (4, itself included), body
 *   server: 'R' authentication: 0 ok, 3 password in clear, 5 MD5, 10 SASL;  'S' parameter: name 0 value 0;  'E' error
 *           or to the question for TLS one byte: 'S' yes, 'N' no
 */
#include <string.h>

#include "dissect/dissect.h"

enum {
	VERSION_3 = 0x0003, SSL_CODE_HI = 0x04d2, SSL_CODE_LO = 0x162f, KEY_START = 1, KEY_SSL = 2, KEY_LOGIN = 3,
	AUTH_OK = 0, AUTH_CLEAR = 3, MESSAGE_MAX = 1 << 24,
};

struct session { bool asked_tls, started, encrypted, told, clear; };

static bool starts(const struct cur *c)
{
	uint32_t n = (uint32_t)cur_peek_be16(c, 0) << 16 | cur_peek_be16(c, 2);
	return n >= 13 && n < 4096 && cur_peek_be16(c, 4) == VERSION_3 && cur_peek_be16(c, 6) == 0 && cur_has(c, 13) &&
	       (cur_starts(c, "\0\0", 2)) && cur_peek(c, 8) >= 'a' && cur_peek(c, 8) <= 'z';
}

static bool asks_tls(const struct cur *c)
{
	return cur_left(c) == 8 && cur_peek_be16(c, 2) == 8 && cur_peek_be16(c, 0) == 0 && cur_peek_be16(c, 4) == SSL_CODE_HI &&
	       cur_peek_be16(c, 6) == SSL_CODE_LO;
}

static bool is_authentication(const struct cur *c)
{
	return cur_peek(c, 0) == 'R' && cur_peek_be16(c, 1) == 0 && cur_peek_be16(c, 3) >= 8 && cur_peek_be16(c, 3) < 256 &&
	       cur_peek_be16(c, 5) == 0 && cur_peek_be16(c, 7) <= 12;
}

static bool probe(const struct cur *c, enum side side)
{
	if (side == SIDE_CLIENT)
		return starts(c) || asks_tls(c);
	return is_authentication(c) || (cur_left(c) == 1 && (cur_peek(c, 0) == 'S' || cur_peek(c, 0) == 'N'));
}

static int32_t length(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0);
	size_t at = type ? 1 : 0;     /* the client's first message has no type: its length begins with zero */
	if (side == SIDE_SERVER && (type == 'S' || type == 'N') && cur_left(c) == 1)
		return 1;
	if (!cur_has(c, at + 4))
		return DISSECT_NEED_MORE;
	uint32_t n = (uint32_t)cur_peek_be16(c, at) << 16 | cur_peek_be16(c, at + 2);
	return n >= 4 && n < MESSAGE_MAX ? (int32_t)(n + at) : DISSECT_NO_FRAME;
}

static void parameter(struct dissect *d, struct cur c)
{
	static const char name[] = "server_version";
	cur_skip(&c, 5);
	if (!cur_starts(&c, name, sizeof name))
		return;
	cur_skip(&c, sizeof name);
	size_t n = 0;
	while (n < cur_left(&c) && cur_peek(&c, n))
		n++;
	char text[64] = "PostgreSQL ";
	size_t have = strlen(text);
	if (n && n < sizeof text - have) {
		memcpy(text + have, cur_here(&c), n);
		dissect_attr_bytes(d, ATTR_SOFTWARE, text, have + n, "postgresql.server_version");
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	if (s->encrypted)
		return DISSECT_OK;
	if (dissect_side(d) == SIDE_CLIENT) {
		if (asks_tls(&c)) {
			s->asked_tls = true;
			dissect_request(d, &(struct dissect_request){ .key = KEY_SSL, .op = -1, .name = "SSLRequest" });
		} else if (starts(&c)) {
			s->started = true;
			dissect_request(d, &(struct dissect_request){ .key = KEY_START, .op = -1, .name = "StartupMessage" });
			dissect_request(d, &(struct dissect_request){ .key = KEY_LOGIN, .op = OP_LOGIN, .name = "StartupMessage" });
		} else if (!s->started) {
			return DISSECT_NOT_MINE;
		} else if (s->clear && cur_peek(&c, 0) == 'p') {
			dissect_weakness(d, "password-in-clear", "PostgreSQL");
			s->clear = false;
		}
		return DISSECT_OK;
	}
	if (s->asked_tls && !s->started) {
		s->encrypted = cur_peek(&c, 0) == 'S';
		if (s->encrypted || cur_peek(&c, 0) == 'N')
			dissect_response(d, KEY_SSL, s->encrypted ? RESULT_OK : RESULT_REFUSED, NULL);
		return cur_peek(&c, 0) == 'S' || cur_peek(&c, 0) == 'N' ? DISSECT_OK : DISSECT_NOT_MINE;
	}
	if (!s->started)
		return DISSECT_NOT_MINE;
	switch (cur_peek(&c, 0)) {
	case 'R':
		if (!is_authentication(&c))
			return DISSECT_MALFORMED;
		dissect_response(d, KEY_START, RESULT_OK, NULL);
		if (!s->told)
			dissect_weakness(d, "database-in-clear", "PostgreSQL");
		s->told = true;
		if (cur_peek_be16(&c, 7) == AUTH_OK)
			dissect_response(d, KEY_LOGIN, RESULT_OK, NULL);
		s->clear = cur_peek_be16(&c, 7) == AUTH_CLEAR;
		break;
	case 'E':
		dissect_response(d, KEY_START, RESULT_REFUSED, NULL);
		dissect_response(d, KEY_LOGIN, RESULT_REFUSED, NULL);
		break;
	case 'S':
		parameter(d, c);
		break;
	default:
		break;
	}
	return DISSECT_OK;
}

const struct dissector dissect_postgresql = {
	.name = "postgresql",
	.title = "PostgreSQL",
	.tcp = { 5432 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "PostgreSQL documentation, Frontend/Backend Protocol",
	.recognition = "start-up message of protocol 3 answered by an authentication request",
	.identity = "version of the server",
	.operations = "login; database in clear, password in clear (that it was there)",
	.verified = "from the manual, not yet seen in a real capture",
};
