/*
 * Telnet (RFC 854, options RFC 855): text with commands in it.
 *
 *   IAC FF, then  FB WILL | FC WONT | FD DO | FE DONT  and the option
 *                 FA SB … IAC F0 SE                     a sub-negotiation
 *
 * Text is looked at for prompts and the first line of a banner; what is typed is
 * never kept.
 */
#include <string.h>
#include <strings.h>

#include "dissect/dissect.h"

enum { IAC = 0xff, SE = 0xf0, SB = 0xfa, WILL = 0xfb, DONT = 0xfe, OPTION_MAX = 50, TEXT = 512 };

struct session {
	bool banner;         /* looked for already */
	bool asked;          /* the server asked for a password … */
	bool typed;          /* … and something came back: told once */
};

static bool negotiates(const struct cur *c, size_t at)
{
	uint8_t verb = cur_peek(c, at + 1), option = cur_peek(c, at + 2);
	return cur_left(c) >= at + 3 && cur_peek(c, at) == IAC && verb >= WILL && verb <= DONT &&
	       (option <= OPTION_MAX || option == 0xff || (option >= 138 && option <= 141));
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return negotiates(c, 0);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return (int32_t)cur_left(c);
}

/* The text without commands, printable, at most TEXT bytes; how many options were negotiated. */
static size_t plain(struct cur c, char *out, unsigned *options)
{
	size_t n = 0;
	*options = 0;
	while (cur_left(&c) && n < TEXT) {
		uint8_t b = cur_u8(&c);
		if (b != IAC) {
			out[n++] = b == '\r' || b == 0 ? '\n' : (char)b;
			continue;
		}
		uint8_t verb = cur_u8(&c);
		if (verb >= WILL && verb <= DONT) {
			cur_skip(&c, 1);
			++*options;
		} else if (verb == SB) {
			while (cur_left(&c) && !(cur_peek(&c, 0) == IAC && cur_peek(&c, 1) == SE))
				cur_skip(&c, 1);
			cur_skip(&c, 2);
		}
	}
	return n;
}

static bool contains(const char *text, size_t n, const char *word)
{
	size_t w = strlen(word);
	for (size_t i = 0; i + w <= n; i++)
		if (strncasecmp(text + i, word, w) == 0)
			return true;
	return false;
}

/* The first line that says something, before a prompt. */
static void banner(struct dissect *d, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t end = i;
		while (end < n && text[end] != '\n')
			end++;
		if (end - i >= 4 && end < n && !contains(text + i, end - i, "login:") &&
		    !contains(text + i, end - i, "password")) {
			dissect_attr_bytes(d, ATTR_SOFTWARE, text + i, end - i < 120 ? end - i : 120, "telnet.banner");
			return;
		}
		i = end + 1;
	}
}

static void from_server(struct dissect *d, struct session *s, const char *text, size_t n)
{
	if (n && !s->banner) {
		banner(d, text, n);
		s->banner = true;
	}
	if (contains(text, n, "password:") || contains(text, n, "password :") || contains(text, n, "passwd:")) {
		s->asked = true;
		s->typed = false;
	}
}

static void from_client(struct dissect *d, struct session *s, size_t n)
{
	if (!s->asked || s->typed || n == 0)
		return;
	s->typed = true;
	s->asked = false;
	dissect_op(d, OP_LOGIN, "Telnet login", NULL, RESULT_UNKNOWN);
	dissect_weakness(d, "password-in-clear", "Telnet");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	char text[TEXT];
	unsigned options;
	struct session *s = dissect_scratch(d);
	size_t n = plain(c, text, &options);
	/* Off the known port one command may be chance: three in a row are not. */
	if (options >= (dissect_server_port(d) == 23 ? 1u : 3u))
		dissect_evident(d);
	if (dissect_side(d) == SIDE_SERVER)
		from_server(d, s, text, n);
	else
		from_client(d, s, n);
	return DISSECT_OK;
}

const struct dissector dissect_telnet = {
	.name = "telnet",
	.title = "Telnet",
	.tcp = { 23 },
	.any_tcp = true,
	.unframed = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 854, RFC 855",
	.recognition = "option negotiation",
	.identity = "first line of the banner",
	.operations = "login; password in clear (that it was seen)",
	.verified = "real captures",
};
