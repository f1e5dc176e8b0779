/*
 * VNC, the RFB protocol (RFC 6143 and the community's list of security types).
 *
 *   server "RFB 003.008\n", client likewise; then
 *   3.3:      server: security type (4 bytes)
 *   3.7, 3.8: server: number of types, the types (1 byte each); client: the one it takes
 *   types: 0 failed, 1 none, 2 VNC password, 16 Tight, 18 TLS, 19 VeNCrypt, 30 Apple, …
 *   none: the server goes on (3.8: result, 4 bytes 0); client init: 1 byte;
 *   server init: width, height (2 each), pixel format (16), name length (4), name
 *
 *   Tight: server: number of tunnels (4), each 16 bytes; client: one (4), where there are any; the same with
 *   authentications: none at all is as type 1; else client takes 1 (none), 2 (VNC password), …
 *
 * What is drawn and typed is passed over.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/dissect.h"

enum { TIGHT = 16, TIGHT_MOST = 32, GREETING = 12, NONE = 1, PASSWORD = 2, CHALLENGE = 16, NAME_MAX_LEN = 256, KEY = 0, KEY_LOGIN = 1, OTHER = 255, SERVER_INIT = 24 };

enum step { GREET, TYPES, CHOICE, SECRET, INIT, DONE };

struct session {
	uint8_t minor;
	uint8_t step[2];        /* of the client, of the server */
	uint8_t type;           /* security type taken */
	uint8_t tight;          /* counts that the server told: 1 of tunnels, 2 of authentications */
	bool offered;           /* Tight: of the last count there were some, and the client takes one */
};

static bool digits(const struct cur *c, size_t at)
{
	for (size_t i = at; i < at + 3; i++)
		if (cur_peek(c, i) < '0' || cur_peek(c, i) > '9')
			return false;
	return true;
}

static bool greets(const struct cur *c)
{
	return cur_starts(c, "RFB ", 4) && digits(c, 4) && cur_peek(c, 7) == '.' && digits(c, 8) && cur_peek(c, 11) == '\n';
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return greets(c);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (greets(c))
		return GREETING;
	return cur_starts(c, "RFB ", cur_left(c) < 4 ? cur_left(c) : 4) && cur_left(c) < GREETING ? DISSECT_NEED_MORE
												  : (int32_t)cur_left(c);
}

static const char *type_name(uint8_t type)
{
	static const struct { uint8_t type; const char *name; } names[] = {
		{ 0, "failed" }, { NONE, "none" }, { PASSWORD, "VNC password" }, { 5, "RA2" }, { 6, "RA2ne" }, { TIGHT, "Tight" },
		{ 17, "Ultra" }, { 18, "TLS" }, { 19, "VeNCrypt" }, { 20, "SASL" }, { 22, "xvp" }, { 30, "Apple" },
		{ 113, "MS-Logon II" },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].type == type)
			return names[i].name;
	return "other";
}

static void describe_type(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "%s", type_name((uint8_t)r->code));
}

static void taken(struct dissect *d, struct session *s, uint8_t type)
{
	s->type = type;
	if (type == NONE)
		dissect_weakness(d, "vnc-no-authentication", NULL);
	else if (type && type != TIGHT)
		dissect_request(d, &(struct dissect_request){ .key = KEY_LOGIN, .code = type, .op = OP_LOGIN, .name = "RFB security",
							      .describe = describe_type });
}

/* Tight's counts, and what the client takes of them. The numbers of what was taken are those of RFB. */
static void tight_server(struct dissect *d, struct session *s, struct cur c)
{
	while (s->tight < 2 && !s->offered && cur_has(&c, 4)) {
		uint32_t n = cur_be32(&c);
		if (n > TIGHT_MOST) {
			s->tight = 2;
			return;
		}
		cur_skip(&c, n * 16);
		s->offered = n > 0;
		if (++s->tight == 2 && !n)
			taken(d, s, NONE);
	}
}

static void tight_client(struct dissect *d, struct session *s, struct cur c)
{
	uint32_t number = cur_be32(&c);
	if (!s->offered || !cur_ok(&c))
		return;
	s->offered = false;
	if (s->tight == 2)
		taken(d, s, number == NONE || number == PASSWORD ? (uint8_t)number : OTHER);
}

/* Width, height, pixel format; then the desktop's name, which is often that of the machine. */
static void server_init(struct dissect *d, struct cur c)
{
	cur_skip(&c, SERVER_INIT - 4);
	uint32_t n = cur_be32(&c);
	if (n == 0 || n > NAME_MAX_LEN || !cur_has(&c, n))
		return;
	dissect_attr_bytes(d, ATTR_NAME, cur_here(&c), n, "vnc.desktop_name");
}

static void from_server(struct dissect *d, struct session *s, struct cur c)
{
	uint8_t *step = &s->step[SIDE_SERVER];
	if (s->type == TIGHT) {
		tight_server(d, s, c);
		return;
	}
	if (s->type && s->type != NONE && s->type != PASSWORD)
		return;   /* another method: what follows is its own */
	if (*step == TYPES && s->minor < 7) {
		taken(d, s, (uint8_t)cur_be32(&c));
		*step = s->type == NONE ? INIT : SECRET;
	} else if (*step == TYPES) {
		cur_skip(&c, cur_peek(&c, 0) + 1u);
		*step = SECRET;
	}
	/* A challenge, a result, or both: the server's init is the first that is long enough. */
	if (*step == SECRET && s->minor >= 8 && s->type == NONE && cur_left(&c) >= 4 && cur_peek_be16(&c, 0) == 0) {
		cur_skip(&c, 4);
		*step = INIT;
	} else if (*step == SECRET && s->type == PASSWORD && cur_left(&c)) {
		cur_skip(&c, cur_left(&c) < CHALLENGE ? cur_left(&c) : CHALLENGE);
		*step = CHOICE;
	} else if (*step == CHOICE && cur_left(&c) >= 4) {
		dissect_response(d, KEY_LOGIN, cur_be32(&c) ? RESULT_REFUSED : RESULT_OK, NULL);
		*step = INIT;
	} else if (*step == SECRET && s->type == NONE) {
		*step = INIT;
	}
	if (*step == INIT && cur_left(&c) >= SERVER_INIT) {
		server_init(d, c);
		*step = DONE;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	enum side side = dissect_side(d);
	if (s->step[side] == GREET) {
		if (!greets(&c))
			return DISSECT_NOT_MINE;
		uint8_t minor = (uint8_t)(cur_peek(&c, 10) - '0');
		s->step[side] = TYPES;
		/* The server begins; the lower of both versions holds. */
		if (s->step[!side] == GREET) {
			s->minor = minor;
			dissect_set_side(d, SIDE_SERVER);
			s->step[SIDE_SERVER] = TYPES;
			s->step[SIDE_CLIENT] = GREET;
			dissect_request(d, &(struct dissect_request){ .key = KEY, .op = -1, .name = "ProtocolVersion" });
			return DISSECT_OK;
		}
		s->minor = minor < s->minor ? minor : s->minor;
		dissect_response(d, KEY, RESULT_OK, NULL);
		return DISSECT_OK;
	}
	if (side == SIDE_SERVER && s->step[SIDE_SERVER] != DONE) {
		from_server(d, s, c);
	} else if (side == SIDE_CLIENT && s->type == TIGHT) {
		tight_client(d, s, c);
	} else if (side == SIDE_CLIENT && s->step[SIDE_CLIENT] == TYPES && s->minor >= 7) {
		s->step[SIDE_CLIENT] = DONE;
		taken(d, s, cur_u8(&c));
	}
	return DISSECT_OK;
}

const struct dissector dissect_vnc = {
	.name = "vnc",
	.title = "VNC (RFB)",
	.tcp = { 5900, 5901, 5902, 5903, 5800 },
	.any_tcp = true,
	.unframed = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 6143",
	.recognition = "both ends greet with their version",
	.identity = "name of the desktop",
	.operations = "login with the security type taken; weakness: no authentication",
	.verified = "real captures",
};
