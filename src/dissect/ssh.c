/*
 * SSH (RFC 4253): each end begins with a line that names protocol and program;
 * after the exchange of keys nothing can be read.
 *
 *   SSH-2.0-OpenSSH_9.2p1 Debian-2 CR LF          then binary packets: length (4), padding (1), …
 */
#include <string.h>

#include "dissect/dissect.h"

enum { LINE = 255, KEY = 0 };

struct session { bool spoke[2]; };

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return cur_starts(c, "SSH-", 4) && cur_peek(c, 4) >= '1' && cur_peek(c, 4) <= '2' && cur_peek(c, 5) == '.';
}

static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c, line;
	(void)side;
	if (!probe(c, side))
		return cur_has(c, 6) ? (int32_t)cur_left(c) : DISSECT_NEED_MORE;
	if (cur_line(&x, &line))
		return (int32_t)(cur_left(c) - cur_left(&x));
	return cur_left(c) > LINE ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
}

/* "SSH-2.0-dropbear_2019.78 comment": the program with its comment; the version decides whether it is obsolete. */
static void banner(struct dissect *d, struct cur line, bool server)
{
	bool old = cur_starts(&line, "SSH-1.", 6) && !cur_starts(&line, "SSH-1.99-", 9);
	bool both = cur_starts(&line, "SSH-1.99-", 9);
	cur_skip(&line, 4);
	while (cur_left(&line) && cur_peek(&line, 0) != '-')
		cur_skip(&line, 1);
	cur_skip(&line, cur_left(&line) ? 1 : 0);
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&line), cur_left(&line), server ? "ssh.server" : "ssh.client");
	if (server && (old || both))
		dissect_weakness(d, "ssh-obsolete", old ? "SSH 1" : "SSH 1 is still offered");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	bool server = dissect_side(d) == SIDE_SERVER;
	struct cur line;
	if (s->spoke[server])
		return DISSECT_OK;   /* encrypted, or keys */
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	if (!cur_line(&c, &line))
		return DISSECT_TRUNCATED;
	s->spoke[server] = true;
	/* Either end may begin. */
	if (s->spoke[!server])
		dissect_response(d, KEY, RESULT_OK, NULL);
	else
		dissect_request(d, &(struct dissect_request){ .key = KEY, .op = -1, .name = "version exchange" });
	banner(d, line, server);
	return DISSECT_OK;
}

const struct dissector dissect_ssh = {
	.name = "ssh",
	.title = "SSH",
	.tcp = { 22, 2222 },
	.any_tcp = true,
	.unframed = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 4253",
	.recognition = "both ends begin with the line that names protocol and program",
	.identity = "program and comment of either end",
	.operations = "weakness: protocol version 1 used or offered",
	.verified = "real captures",
};
