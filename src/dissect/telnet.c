/*
 * Telnet (RFC 854, options RFC 855): text with commands in it.
 *
 *   IAC FF, then  FB WILL | FC WONT | FD DO | FE DONT  and the option
 *                 FA SB … IAC F0 SE                     a sub-negotiation
 *
 * Text is looked at for prompts ("sw-1 login:", "Password:", "sw-1#") and the first line of a banner; what is typed is
 * never kept. Cameras and controllers with a plain text console of their own on the port negotiate nothing.
 */
#include <string.h>
#include <strings.h>

#include "dissect/dissect.h"

enum { IAC = 0xff, SE = 0xf0, SB = 0xfa, WILL = 0xfb, DONT = 0xfe, OPTION_MAX = 50, TEXT = 512, LINE = 256, PORT = 23, KEY_LOGIN = 0, NAME_MOST = 63 };

struct session {
	bool banner;         /* looked for already */
	bool asked;          /* the server asked for a password … */
	bool typed;          /* … and something came back: told once */
	bool negotiated;     /* an option was seen: else a prompt counts on the known port only */
};

static bool negotiates(const struct cur *c, size_t at)
{
	uint8_t verb = cur_peek(c, at + 1), option = cur_peek(c, at + 2);
	return cur_left(c) >= at + 3 && cur_peek(c, at) == IAC && verb >= WILL && verb <= DONT &&
	       (option <= OPTION_MAX || option == 0xff || (option >= 138 && option <= 141));
}

static bool contains(const char *text, size_t n, const char *word)
{
	size_t w = strlen(word);
	for (size_t i = 0; i + w <= n; i++)
		if (strncasecmp(text + i, word, w) == 0)
			return true;
	return false;
}

/* Text that ends with a question for a name or password. */
static bool prompts(const struct cur *c)
{
	static const char *const words[] = { "login:", "username:", "user:", "password:", "user name:" };
	size_t n = cur_left(c);
	const char *text = (const char *)cur_here(c);
	if (n < 5 || n > TEXT)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)text[i] < 0x20 && text[i] != '\r' && text[i] != '\n' && text[i] != '\t' && text[i])
			return false;
	while (n && text[n - 1] == ' ')
		n--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (n >= strlen(words[i]) && contains(text + n - strlen(words[i]), strlen(words[i]), words[i]))
			return true;
	return false;
}

static bool probe(const struct cur *c, enum side side)
{
	return negotiates(c, 0) || (side == SIDE_SERVER && prompts(c));
}

/* Behind a command's IAC at `at`; 0 where it is cut. */
static size_t command_end(const struct cur *c, size_t at)
{
	uint8_t verb = cur_peek(c, at + 1);
	size_t end = at + (verb >= WILL && verb <= DONT ? 3 : 2);
	while (verb == SB && cur_has(c, end) && !(cur_peek(c, end - 2) == IAC && cur_peek(c, end - 1) == SE && end >= at + 5))
		end++;
	return cur_has(c, end) ? end : 0;
}

/* Of the server up to the end of a line, a prompt or a command, where that comes soon; of the client what there is. */
static int32_t length(const struct cur *c, enum side side)
{
	size_t n = cur_left(c), i = 0;
	uint8_t last = '\n';
	if (side == SIDE_CLIENT || n > LINE)
		return (int32_t)n;
	while (i < n) {
		uint8_t b = cur_peek(c, i);
		size_t end = b == IAC ? command_end(c, i) : i + 1;
		if (!end)
			return DISSECT_NEED_MORE;
		if (b != ' ')
			last = b == IAC ? '\n' : b;
		i = end;
	}
	return last > ' ' && last < 0x7f && !strchr(":#>$%?", last) ? DISSECT_NEED_MORE : (int32_t)n;
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

/* The first line that says something, before a prompt. */
static void banner(struct dissect *d, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t end = i;
		while (end < n && text[end] != '\n')
			end++;
		if (end - i >= 4 && end < n && !contains(text + i, end - i, "login:") &&
		    !contains(text + i, end - i, "User Access Verification") && !contains(text + i, end - i, "password")) {
			dissect_attr_bytes(d, ATTR_SOFTWARE, text + i, end - i < 120 ? end - i : 120, "telnet.banner");
			return;
		}
		i = end + 1;
	}
}

static bool is_name_letter(char b)
{
	return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || b == '-' || b == '_' || b == '.';
}

/* The machine's name in front of `what` at the end of the text: "sw-1 login:", "sw-1#", "sw-1(config)#". */
static void prompt_name(struct dissect *d, const char *text, size_t n, const char *what)
{
	size_t w = strlen(what), k = 0;
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\n'))
		n--;
	if (n < w || strncasecmp(text + n - w, what, w) != 0)
		return;
	n -= w;
	while (k < n && k < NAME_MOST && is_name_letter(text[n - k - 1]))
		k++;
	/* A whole line, and no word of the prompt itself ("VxWorks login:", "Last login:"). */
	if (k < 2 || (k < n && text[n - k - 1] != '\n') || contains(text + n - k, k, "vxworks") || contains(text + n - k, k, "last"))
		return;
	dissect_attr_bytes(d, ATTR_NAME, text + n - k, k, "telnet.prompt");
}

/* What follows a password: the question again, an error, or the prompt of a shell. */
static void login_result(struct dissect *d, const char *text, size_t n)
{
	static const char *const errors[] = { "incorrect", "failed", "invalid", "denied", "bad password", "login:", "username:" };
	bool logged_in = contains(text, n, "logged in");
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\n'))
		n--;
	if (n && (logged_in || strchr("#>$", text[n - 1]))) {
		dissect_response(d, KEY_LOGIN, RESULT_OK, NULL);
		prompt_name(d, text, n, text[n - 1] == '#' ? "#" : text[n - 1] == '>' ? ">" : "$");
		return;
	}
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (contains(text, n, errors[i]) && !contains(text, n, "last login:"))
			dissect_response(d, KEY_LOGIN, RESULT_REFUSED, NULL);
}

static void from_server(struct dissect *d, struct session *s, const char *text, size_t n)
{
	prompt_name(d, text, n, " login:");
	if (s->typed)
		login_result(d, text, n);
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
	dissect_request(d, &(struct dissect_request){ .key = KEY_LOGIN, .op = OP_LOGIN, .name = "Telnet login" });
	dissect_weakness(d, "password-in-clear", "Telnet");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	char text[TEXT];
	unsigned options;
	struct session *s = dissect_scratch(d);
	size_t n = plain(c, text, &options);
	bool known = dissect_server_port(d) == PORT;
	/* Who echoes, or asks for a name, is the server. */
	if (cur_starts(&c, "\xff\xfb\x01", 3) || prompts(&c))
		dissect_set_side(d, SIDE_SERVER);
	/* Off the known port one command may be chance, and a prompt anybody's: three commands in a row are neither. */
	if (options >= (known ? 1u : 3u) || (known && dissect_side(d) == SIDE_SERVER && prompts(&c)))
		dissect_evident(d);
	else if (!known && !options && dissect_side(d) == SIDE_SERVER && !s->negotiated)
		return DISSECT_NOT_MINE;
	s->negotiated |= options > 0;
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
	.recognition = "option negotiation; on its port a prompt for name or password",
	.identity = "first line of the banner, name in the prompt",
	.operations = "login; password in clear (that it was seen)",
	.verified = "real captures",
};
