/*
 * SMTP (RFC 5321; AUTH RFC 4954, STARTTLS RFC 3207): lines.
 *
 *   220 greeting CRLF   EHLO name CRLF   250-… 250 … CRLF   AUTH LOGIN CRLF   334 … CRLF   DATA CRLF   354 … CRLF
 *   mail, ended by a line with a dot alone
 */
#include "dissect/mail.h"

enum { KEY = 0, OTHER = 0, HELLO, AUTH, STARTTLS, BODY };

static const struct { const char *word; uint8_t code; } commands[] = {
	{ "HELO", HELLO }, { "EHLO", HELLO }, { "LHLO", OTHER }, { "AUTH", AUTH }, { "STARTTLS", STARTTLS },
	{ "MAIL", OTHER }, { "RCPT", OTHER }, { "DATA", BODY }, { "RSET", OTHER }, { "NOOP", OTHER }, { "QUIT", OTHER },
	{ "VRFY", OTHER }, { "EXPN", OTHER }, { "HELP", OTHER }, { "X-ANONYMOUSTLS", STARTTLS },
};

static int command_of(const struct cur *c)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (mail_word(c, commands[i].word))
			return (int)i;
	return -1;
}

static unsigned reply_of(const struct cur *c)
{
	unsigned n = 0;
	for (size_t i = 0; i < 3; i++) {
		uint8_t b = cur_peek(c, i);
		if (b < '0' || b > '9')
			return 0;
		n = n * 10 + (b - '0');
	}
	uint8_t mark = cur_peek(c, 3);
	return n >= 200 && n < 600 && (mark == ' ' || mark == '-' || mark == '\r' || mark == '\n') ? n : 0;
}

/* FTP greets alike: there the port decides, and the client's first word. */
static bool probe(const struct cur *c, enum side side)
{
	return side == SIDE_SERVER ? reply_of(c) != 0 : command_of(c) >= 0;
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return mail_line(c);
}

/* "EHLO ups-1": machines that mail their alarms name themselves; "[192.168.1.10]" and relays' full names tell nothing new. */
static void client_name(struct dissect *d, struct cur name)
{
	size_t n = 0;
	bool letter = false;
	for (uint8_t b; (b = cur_peek(&name, n)) > ' ' && b < 0x7f && b != '[' && b != ':'; n++)
		letter |= (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
	if (n == cur_left(&name) && letter && addr_is_private(&dissect_packet(d)->src) && !(n == 9 && cur_starts(&name, "localhost", 9)))
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&name), n, "smtp.hello");
}

static enum dissect_result request(struct dissect *d, struct mail_session *s, struct cur c)
{
	int i = command_of(&c);
	if (s->body) {
		struct cur line = mail_rest(c, 0);
		s->body = !(cur_left(&line) == 1 && cur_peek(&line, 0) == '.');
		return DISSECT_OK;
	}
	if (i < 0) {
		if (s->secret && s->clear)
			dissect_weakness(d, "password-in-clear", "SMTP AUTH");
		else if (s->secret)
			ntlmssp_base64(d, c);
		s->clear = false;
		return s->secret ? DISSECT_OK : DISSECT_NOT_MINE;
	}
	s->secret = commands[i].code == AUTH;
	if (commands[i].code == HELLO)
		client_name(d, mail_rest(c, 4));
	if (s->secret) {
		struct cur how = mail_rest(c, 4);
		if (mail_clear(s, how))
			dissect_weakness(d, "password-in-clear", "SMTP AUTH");
		else if (mail_word(&how, "NTLM"))
			ntlmssp_base64(d, mail_rest(how, 4));
	}
	dissect_request(d, &(struct dissect_request){ .key = KEY, .code = commands[i].code,
						      .op = s->secret ? OP_LOGIN : -1, .name = commands[i].word });
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct mail_session *s = dissect_scratch(d);
	struct dissect_request r;
	if (s->encrypted)
		return DISSECT_OK;
	if (dissect_side(d) == SIDE_CLIENT)
		return request(d, s, c);
	unsigned code = reply_of(&c);
	if (!code)
		return DISSECT_NOT_MINE;
	if (code == 334)
		ntlmssp_base64(d, mail_rest(c, 4));
	if (cur_peek(&c, 3) == '-' || code == 334)
		return DISSECT_OK;               /* the last line counts; 334 asks for more of a login */
	if (!dissect_response(d, KEY, code < 400 ? RESULT_OK : RESULT_REFUSED, &r)) {
		struct cur banner = mail_rest(c, 4);
		if (code == 220)
			dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&banner), cur_left(&banner), "smtp.greeting");
		return DISSECT_OK;
	}
	s->encrypted = r.code == STARTTLS && code == 220;
	s->body = r.code == BODY && code == 354;
	if (r.code == AUTH)
		s->secret = false;
	return DISSECT_OK;
}

const struct dissector dissect_smtp = {
	.name = "smtp",
	.title = "SMTP",
	.carries = { "ntlmssp" },
	.tcp = { 25, 587 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 5321, RFC 4954, RFC 3207",
	.recognition = "known commands answered by replies of three digits",
	.identity = "greeting of the server, name of the client",
	.operations = "login; password in clear (that it was seen)",
	.verified = "real captures",
};
