/*
 * IMAP (RFC 9051, RFC 3501): lines with a tag.
 *
 *   * OK greeting CRLF   a1 LOGIN user … CRLF   a1 OK … CRLF   * untagged   + continue
 *
 * Mails come as literals inside untagged lines: nothing of them is read.
 */
#include "dissect/mail.h"

enum { TAG_MAX = 32, KEY_HASH = 131 };

static const char *const words[] = { "LOGIN", "AUTHENTICATE", "STARTTLS", "CAPABILITY", "SELECT", "EXAMINE", "FETCH",
				     "UID", "LIST", "LSUB", "STATUS", "NOOP", "IDLE", "LOGOUT", "CLOSE", "SEARCH", "STORE",
				     "APPEND", "ID", "NAMESPACE", "ENABLE", "EXPUNGE", "CREATE", "SUBSCRIBE" };
enum { LOGIN, AUTHENTICATE, STARTTLS };

struct session {
	bool encrypted;          /* STARTTLS was accepted: what follows is TLS */
	bool greeted;
	struct mail_session mail;   /* .secret: lines of a login may follow */
};

/* Length of the tag that the line begins with, 0 for none; *key tells one tag from another. */
static size_t tag_of(const struct cur *c, uint64_t *key)
{
	size_t n = 0;
	*key = 7;
	for (uint8_t b; (b = cur_peek(c, n)) > ' ' && b < 0x7f && b != '*' && b != '+' && n < TAG_MAX; n++)
		*key = *key * KEY_HASH + b;
	return n && cur_peek(c, n) == ' ' ? n + 1 : 0;
}

static int word_at(struct cur c, size_t at)
{
	cur_skip(&c, at);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (mail_word(&c, words[i]))
			return (int)i;
	return -1;
}

static bool status_at(struct cur c, size_t at, bool *ok)
{
	cur_skip(&c, at);
	*ok = mail_word(&c, "OK") || mail_word(&c, "PREAUTH");
	return *ok || mail_word(&c, "NO") || mail_word(&c, "BAD") || mail_word(&c, "BYE");
}

static bool probe(const struct cur *c, enum side side)
{
	uint64_t key;
	bool ok;
	size_t tag = tag_of(c, &key);
	if (side == SIDE_CLIENT)
		return tag && word_at(*c, tag) >= 0;
	return cur_starts(c, "* ", 2) ? status_at(*c, 2, &ok) || cur_starts(c, "* CAPABILITY ", 13)
				      : tag && status_at(*c, tag, &ok);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return mail_line(c);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	struct dissect_request r;
	uint64_t key;
	bool ok;
	if (s->encrypted)
		return DISSECT_OK;
	size_t tag = tag_of(&c, &key);
	if (dissect_side(d) == SIDE_CLIENT) {
		int i = tag ? word_at(c, tag) : -1;
		if (i < 0) {
			if (s->mail.secret && s->mail.clear)
				dissect_weakness(d, "password-in-clear", "IMAP AUTHENTICATE");
			else if (s->mail.secret)
				ntlmssp_base64(d, c);
			s->mail.clear = false;
			return DISSECT_OK;       /* a literal, or the answer to "+" */
		}
		s->mail.secret = i == AUTHENTICATE;
		if (i == LOGIN)
			dissect_weakness(d, "password-in-clear", "IMAP LOGIN");
		struct cur how = mail_rest(c, tag + strlen(words[i]));
		if (i == AUTHENTICATE && mail_clear(&s->mail, how))
			dissect_weakness(d, "password-in-clear", "IMAP AUTHENTICATE");
		dissect_request(d, &(struct dissect_request){ .key = key, .code = (uint32_t)i, .name = words[i],
							      .op = i == LOGIN || i == AUTHENTICATE ? OP_LOGIN : -1 });
		return DISSECT_OK;
	}
	if (cur_starts(&c, "* OK ", 5) && !s->greeted) {
		struct cur banner = mail_rest(c, 5);
		if (cur_peek(&banner, 0) == '[') {       /* its abilities */
			while (cur_left(&banner) && cur_u8(&banner) != ']')
				;
			while (cur_peek(&banner, 0) == ' ')
				cur_skip(&banner, 1);
		}
		dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&banner), cur_left(&banner), "imap.greeting");
	}
	if (s->mail.secret && cur_starts(&c, "+ ", 2))
		ntlmssp_base64(d, mail_rest(c, 2));
	s->greeted = true;                        /* only the first line greets */
	if (tag && status_at(c, tag, &ok) && dissect_response(d, key, ok ? RESULT_OK : RESULT_REFUSED, &r))
		s->encrypted = r.code == STARTTLS && ok;
	return DISSECT_OK;
}

const struct dissector dissect_imap = {
	.name = "imap",
	.title = "IMAP",
	.carries = { "ntlmssp" },
	.tcp = { 143 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 9051, RFC 3501",
	.recognition = "tagged commands, answered with their tag",
	.identity = "greeting of the server",
	.operations = "login; password in clear (that it was seen)",
	.verified = "real captures",
};
