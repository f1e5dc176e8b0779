/*
 * MySQL and MariaDB (MySQL Internals, Client/Server Protocol).
 *
 *   +------------+----------+----------- - -
 *   | length (3) | sequence | payload              little-endian
 *   +------------+----------+----------- - -
 *   server greets: 0A, version text 0, …, capabilities at the end of the fixed part
 *   client answers with sequence 1: capabilities (4); bit 11: TLS follows instead
 *   server: 00 OK, FF error, FE other method: its name 0, …
 *
 * The password crosses scrambled, but by the method mysql_clear_password; what is asked and told crosses in clear.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/dissect.h"

enum { HEADER = 4, VERSION_10 = 10, VERSION_MAX = 64, CLIENT_SSL = 1 << 11, CLIENT_41 = 1 << 9, KEY_GREETING = 0, KEY_LOGIN = 1, PACKET_MAX = 1 << 24 };

enum step { GREET, ANSWER, RESULT, COMMANDS, ENCRYPTED };

struct session { uint8_t step; bool clear; };

static uint32_t length_of(const struct cur *c)
{
	return (uint32_t)cur_peek(c, 0) | (uint32_t)cur_peek(c, 1) << 8 | (uint32_t)cur_peek(c, 2) << 16;
}

/* A greeting: version 10, a version text that begins with a digit, and the zero byte behind the first scramble. */
static bool greets(const struct cur *c)
{
	uint32_t n = length_of(c);
	size_t at = HEADER + 1;
	if (cur_peek(c, 3) != 0 || cur_peek(c, HEADER) != VERSION_10 || n < 40 || n > 255 || cur_peek(c, at) < '3' ||
	    cur_peek(c, at) > '9')
		return false;
	while (cur_peek(c, at) >= 0x20 && cur_peek(c, at) < 0x7f && at < VERSION_MAX)
		at++;
	return cur_has(c, at + 14) && cur_peek(c, at) == 0 && cur_peek(c, at + 13) == 0;
}

static bool probe(const struct cur *c, enum side side)
{
	if (side == SIDE_SERVER)
		return greets(c);
	return cur_peek(c, 3) == 1 && length_of(c) >= 32 && length_of(c) < 1024 && cur_has(c, HEADER + 32) &&
	       (cur_peek_le16(c, HEADER) & CLIENT_41);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return cur_has(c, HEADER) ? (int32_t)(HEADER + length_of(c)) : DISSECT_NEED_MORE;
}

/* "8.0.32", "5.5.5-10.6.12-MariaDB-…": MariaDB puts a version in front that old clients understand. */
static void version(struct dissect *d, struct cur c)
{
	static const char before[] = "5.5.5-";
	char text[OBS_TEXT];
	struct cur x = c;
	size_t n = 0;
	bool maria = false;
	for (; cur_peek(&x, 0); cur_skip(&x, 1), n++)
		maria |= cur_starts(&x, "MariaDB", 7);
	if (maria && cur_starts(&c, before, sizeof before - 1)) {
		cur_skip(&c, sizeof before - 1);
		n -= sizeof before - 1;
	}
	snprintf(text, sizeof text, "%s %.*s", maria ? "MariaDB" : "MySQL", (int)n, (const char *)cur_here(&c));
	dissect_attr_bytes(d, ATTR_SOFTWARE, text, strlen(text), "mysql.version");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	bool server = dissect_side(d) == SIDE_SERVER;
	if (s->step == GREET) {
		if (!greets(&c))
			return DISSECT_NOT_MINE;
		cur_skip(&c, HEADER + 1);
		dissect_request(d, &(struct dissect_request){ .key = KEY_GREETING, .op = -1, .name = "greeting" });
		version(d, c);
		s->step = ANSWER;
		return DISSECT_OK;
	}
	if (s->step == ANSWER && !server) {
		if (!probe(&c, SIDE_CLIENT))
			return DISSECT_NOT_MINE;
		bool tls = (cur_peek_le16(&c, HEADER) & CLIENT_SSL) && length_of(&c) == 32;
		dissect_response(d, KEY_GREETING, RESULT_OK, NULL);
		if (!tls) {
			dissect_request(d, &(struct dissect_request){ .key = KEY_LOGIN, .op = OP_LOGIN, .name = "login" });
			dissect_weakness(d, "database-in-clear", "MySQL");
		}
		s->step = tls ? ENCRYPTED : RESULT;
		return DISSECT_OK;
	}
	if (s->step == RESULT && !server && s->clear) {
		dissect_weakness(d, "password-in-clear", "MySQL");
		s->clear = false;
	}
	if (s->step == RESULT && server) {
		static const char method[] = "\xfe" "mysql_clear_password";
		uint8_t kind = cur_peek(&c, HEADER);
		struct cur x = c;
		cur_skip(&x, HEADER);
		s->clear = cur_starts(&x, method, sizeof method);
		if (kind != 0 && kind != 0xff)
			return DISSECT_OK;       /* another method: more follows */
		dissect_response(d, KEY_LOGIN, kind ? RESULT_REFUSED : RESULT_OK, NULL);
		s->step = COMMANDS;
	}
	return DISSECT_OK;
}

const struct dissector dissect_mysql = {
	.name = "mysql",
	.title = "MySQL, MariaDB",
	.tcp = { 3306 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "MySQL Internals Manual, Client/Server Protocol",
	.recognition = "the server's greeting, and the client's answer to it",
	.identity = "version of the server",
	.operations = "login; database in clear, password in clear (that it was there)",
	.verified = "from the manual, not yet seen in a real capture",
};
