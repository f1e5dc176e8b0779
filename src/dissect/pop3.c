/*
 * POP3 (RFC 1939; AUTH RFC 5034, STLS RFC 2595): lines.
 *
 *   +OK greeting CRLF   USER name CRLF   +OK CRLF   PASS … CRLF   +OK | -ERR CRLF
 *
 * Mails themselves follow a +OK as lines: nothing of them is read.
 */
#include "dissect/mail.h"

enum { KEY = 0, OTHER = 0, PASS, STLS };

static const struct { const char *word; uint8_t code; } commands[] = {
	{ "USER", OTHER }, { "PASS", PASS }, { "APOP", OTHER }, { "AUTH", OTHER }, { "STLS", STLS }, { "CAPA", OTHER },
	{ "STAT", OTHER }, { "LIST", OTHER }, { "UIDL", OTHER }, { "RETR", OTHER }, { "TOP", OTHER }, { "DELE", OTHER },
	{ "NOOP", OTHER }, { "RSET", OTHER }, { "QUIT", OTHER },
};

static int command_of(const struct cur *c)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (mail_word(c, commands[i].word))
			return (int)i;
	return -1;
}

static bool probe(const struct cur *c, enum side side)
{
	return side == SIDE_SERVER ? mail_word(c, "+OK") || mail_word(c, "-ERR") : command_of(c) >= 0;
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return mail_line(c);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct mail_session *s = dissect_scratch(d);
	if (s->encrypted)
		return DISSECT_OK;
	if (dissect_side(d) == SIDE_CLIENT) {
		int i = command_of(&c);
		if (i < 0) {
			if (s->secret && s->clear)
				dissect_weakness(d, "password-in-clear", "POP3");
			else if (s->secret)
				ntlmssp_base64(d, c);
			s->clear = false;
			return s->secret ? DISSECT_OK : DISSECT_NOT_MINE;
		}
		s->secret = mail_word(&c, "AUTH");
		struct cur how = mail_rest(c, 4);
		if (commands[i].code == PASS || (s->secret && mail_clear(s, how)))
			dissect_weakness(d, "password-in-clear", "POP3");
		dissect_request(d, &(struct dissect_request){ .key = KEY, .code = commands[i].code,
							      .op = commands[i].code == PASS || (s->secret && cur_left(&how)) || mail_word(&c, "APOP") ?
								    OP_LOGIN : -1,
							      .name = commands[i].word });
		return DISSECT_OK;
	}
	bool ok = mail_word(&c, "+OK");
	struct dissect_request r;
	if (!ok && !mail_word(&c, "-ERR")) {
		if (s->secret && cur_starts(&c, "+ ", 2))
			ntlmssp_base64(d, mail_rest(c, 2));
		return DISSECT_OK;               /* a line of a list or of a mail */
	}
	if (!dissect_response(d, KEY, ok ? RESULT_OK : RESULT_REFUSED, &r)) {
		struct cur banner = mail_rest(c, 3);
		dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&banner), cur_left(&banner), "pop3.greeting");
		return DISSECT_OK;
	}
	s->encrypted = r.code == STLS && ok;
	return DISSECT_OK;
}

const struct dissector dissect_pop3 = {
	.name = "pop3",
	.title = "POP3",
	.carries = { "ntlmssp" },
	.tcp = { 110 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 1939, RFC 5034, RFC 2595",
	.recognition = "known commands answered by +OK or -ERR",
	.identity = "greeting of the server",
	.operations = "login; password in clear (that it was seen)",
	.verified = "real captures",
};
