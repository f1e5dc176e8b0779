/*
 * SSH (RFC 4253): each end begins with a line that names protocol and program;
 * after the exchange of keys nothing can be read.
 *
 *   SSH-2.0-OpenSSH_9.2p1 Debian-2 CR LF          then binary packets: length (4), padding (1), …
 *   key exchange init (RFC 4253 7.1): 14, cookie (16), lists of names (length (4), names with commas): key exchange,
 *                                     host keys, encryption of either direction, …
 */
#include <string.h>

#include "dissect/dissect.h"

enum { LINE = 255, KEY = 0, KEX_INIT = 20, KEX_COOKIE = 16, KEX_MAX = 8192 };

struct session { bool spoke[2], offered; };

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return cur_starts(c, "SSH-", 4) && cur_peek(c, 4) >= '1' && cur_peek(c, 4) <= '2' && cur_peek(c, 5) == '.';
}

static bool is_kex(const struct cur *c)
{
	return cur_peek_be16(c, 0) == 0 && cur_peek_be16(c, 2) > KEX_COOKIE + 2 && cur_peek_be16(c, 2) < KEX_MAX &&
	       cur_peek(c, 5) == KEX_INIT;
}

static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c, line;
	(void)side;
	if (is_kex(c))
		return 4 + cur_peek_be16(c, 2);
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

/* Is every name of the list one of these (or a sign that names nothing)? */
static bool only(struct cur list, const char *const *old, size_t n)
{
	bool any = false;
	while (cur_left(&list)) {
		const uint8_t *comma = memchr(cur_here(&list), ',', cur_left(&list));
		size_t length = comma ? (size_t)(comma - cur_here(&list)) : cur_left(&list);
		struct cur name = cur_sub(&list, length);
		if (comma)
			cur_skip(&list, 1);
		if (cur_starts(&name, "ext-info-", 9) || cur_starts(&name, "kex-strict-", 11))
			continue;
		size_t i = 0;
		while (i < n && !(strlen(old[i]) <= length && cur_starts(&name, old[i], strlen(old[i]))))
			i++;
		if (i == n)
			return false;
		any = true;
	}
	return any;
}

/* What the server offers: nothing but what RFC 9142 and RFC 8758 say is not to be used any more? */
static void offer(struct dissect *d, struct cur c)
{
	static const char *const exchanges[] = { "diffie-hellman-group1-sha1", "diffie-hellman-group-exchange-sha1", "rsa1024-sha1" };
	static const char *const ciphers[] = { "arcfour", "des-cbc", "3des-cbc", "blowfish-cbc", "cast128-cbc", "idea-cbc", "none" };
	cur_skip(&c, 4 + 1 + 1 + KEX_COOKIE);
	struct cur exchange = cur_sub(&c, cur_be32(&c)), host = cur_sub(&c, cur_be32(&c));
	struct cur to_server = cur_sub(&c, cur_be32(&c)), to_client = cur_sub(&c, cur_be32(&c));
	(void)host;
	(void)to_server;
	if (!cur_ok(&c))
		return;
	if (only(exchange, exchanges, sizeof exchanges / sizeof *exchanges))
		dissect_weakness(d, "ssh-obsolete", "no key exchange but old ones");
	if (only(to_client, ciphers, sizeof ciphers / sizeof *ciphers))
		dissect_weakness(d, "ssh-obsolete", "no encryption but old ones");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	bool server = dissect_side(d) == SIDE_SERVER;
	struct cur line;
	if (s->spoke[server]) {
		if (server && !s->offered && is_kex(&c)) {
			s->offered = true;
			offer(d, c);
		}
		return DISSECT_OK;   /* encrypted, or keys */
	}
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
	.reference = "RFC 4253, RFC 9142",
	.recognition = "both ends begin with the line that names protocol and program",
	.identity = "program and comment of either end",
	.operations = "weakness: protocol version 1 used or offered, nothing but old key exchange or encryption offered",
	.verified = "real captures",
};
