/*
 * FTP control connection (RFC 959): lines of text.
 *
 *   220 banner CRLF   USER name CRLF   331 … CRLF   PASS … CRLF   230 … CRLF
 *   a reply of several lines: "220-" …, ended by "220 "
 *
 * The password is passed over unread.
 */
#include <string.h>
#include <strings.h>

#include "dissect/dissect.h"
#include "dissect/kept_name.h"

enum { KEY = 0, LINE_MAX_LEN = 2048, LINES_MAX = 256 };

enum code { OTHER, USER, PASS, AUTH, SYST };

struct session {
	bool anonymous;      /* USER anonymous or ftp */
	bool encrypted;      /* AUTH was accepted: what follows is TLS */
};

static const struct { const char *word; int8_t op; const char *name; uint8_t code; } commands[] = {
	{ "USER", -1, "USER", USER },	    { "PASS", OP_LOGIN, "PASS (login)", PASS },
	{ "ACCT", -1, "ACCT", OTHER },
	{ "AUTH", -1, "AUTH", AUTH },	    { "SYST", -1, "SYST", SYST },   { "FEAT", -1, "FEAT", OTHER },
	{ "RETR", OP_FILE, "RETR (file read)", OTHER },
	{ "STOR", OP_FILE, "STOR (file written)", OTHER },
	{ "STOU", OP_FILE, "STOU (file written)", OTHER },
	{ "APPE", OP_FILE, "APPE (file appended)", OTHER },
	{ "DELE", OP_FILE, "DELE (file deleted)", OTHER },
	{ "RNTO", OP_FILE, "RNTO (file renamed)", OTHER },
	{ "RNFR", -1, "RNFR", OTHER },	    { "CWD", -1, "CWD", OTHER },    { "CDUP", -1, "CDUP", OTHER },
	{ "XCWD", -1, "XCWD", OTHER },	    { "PWD", -1, "PWD", OTHER },    { "XPWD", -1, "XPWD", OTHER },
	{ "TYPE", -1, "TYPE", OTHER },	    { "MODE", -1, "MODE", OTHER },  { "STRU", -1, "STRU", OTHER },
	{ "PORT", -1, "PORT", OTHER },	    { "PASV", -1, "PASV", OTHER },  { "EPRT", -1, "EPRT", OTHER },
	{ "EPSV", -1, "EPSV", OTHER },	    { "LIST", -1, "LIST", OTHER },  { "NLST", -1, "NLST", OTHER },
	{ "MLSD", -1, "MLSD", OTHER },	    { "MLST", -1, "MLST", OTHER },  { "SIZE", -1, "SIZE", OTHER },
	{ "MDTM", -1, "MDTM", OTHER },	    { "MKD", -1, "MKD", OTHER },    { "RMD", OP_FILE, "RMD (folder deleted)", OTHER },
	{ "REST", -1, "REST", OTHER },	    { "ABOR", -1, "ABOR", OTHER },  { "QUIT", -1, "QUIT", OTHER },
	{ "NOOP", -1, "NOOP", OTHER },	    { "SITE", -1, "SITE", OTHER },  { "STAT", -1, "STAT", OTHER },
	{ "HELP", -1, "HELP", OTHER },	    { "OPTS", -1, "OPTS", OTHER },  { "CLNT", -1, "CLNT", OTHER },
	{ "PBSZ", -1, "PBSZ", OTHER },	    { "PROT", -1, "PROT", OTHER },
};

/* Index of the command that the line begins with, -1 for none. */
static int command_of(const struct cur *c)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		size_t n = strlen(commands[i].word);
		uint8_t next = cur_peek(c, n);
		if (cur_has(c, n) && strncasecmp((const char *)cur_here(c), commands[i].word, n) == 0 &&
		    (next == ' ' || next == '\r' || next == '\n' || next == 0))
			return (int)i;
	}
	return -1;
}

static bool digit(uint8_t b)
{
	return b >= '0' && b <= '9';
}

static bool is_reply(const struct cur *c)
{
	uint8_t first = cur_peek(c, 0), mark = cur_peek(c, 3);
	return first >= '1' && first <= '6' && digit(cur_peek(c, 1)) && digit(cur_peek(c, 2)) &&
	       (mark == ' ' || mark == '-' || mark == '\r' || mark == '\n');
}

static bool probe(const struct cur *c, enum side side)
{
	return side == SIDE_SERVER ? is_reply(c) : command_of(c) >= 0;
}

/* One line; a reply of several lines is one message. */
static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c, line;
	bool more = side == SIDE_SERVER && is_reply(c) && cur_peek(c, 3) == '-';
	for (unsigned lines = 0; lines < LINES_MAX && cur_line(&x, &line); lines++) {
		if (!more || (cur_starts(&line, cur_here(c), 3) && cur_peek(&line, 3) == ' '))
			return (int32_t)(cur_left(c) - cur_left(&x));
	}
	return cur_left(c) > (more ? 16 * LINE_MAX_LEN : LINE_MAX_LEN) ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
}

static enum dissect_result request(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	int i = command_of(&c);
	if (i < 0)
		return DISSECT_NOT_MINE;
	struct dissect_request r = { .key = KEY, .code = commands[i].code, .op = commands[i].op,
				     .name = commands[i].name };
	if (r.code == USER) {
		cur_skip(&c, 5);
		s->anonymous = (cur_left(&c) >= 9 && strncasecmp((const char *)cur_here(&c), "anonymous", 9) == 0) ||
			       cur_starts(&c, "ftp\r", 4);
	}
	if (r.code == PASS && !s->anonymous)
		dissect_weakness(d, "password-in-clear", "FTP PASS");
	if (r.op == OP_FILE) {
		struct cur line = c;
		(void)cur_line(&c, &line);
		cur_skip(&line, strlen(commands[i].word));
		while (cur_peek(&line, 0) == ' ')
			cur_skip(&line, 1);
		r.extra = name_keep(d, cur_here(&line), cur_left(&line));
		r.describe = name_describe;
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* The text of the last line, without its code. */
static void tell(struct dissect *d, struct cur c, enum attr field, const char *source)
{
	struct cur line, first;
	if (!cur_line(&c, &first))
		return;
	line = first;
	while (cur_peek(&line, 3) == '-' && cur_line(&c, &line))
		;
	cur_skip(&line, 4);
	if (cur_left(&line) < 3) {
		line = first;
		cur_skip(&line, 4);
	}
	dissect_attr_bytes(d, field, cur_here(&line), cur_left(&line), source);
}

static enum dissect_result reply(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	struct dissect_request r;
	unsigned code = (unsigned)(cur_peek(&c, 0) - '0') * 100 + (unsigned)(cur_peek(&c, 1) - '0') * 10 +
			(unsigned)(cur_peek(&c, 2) - '0');
	if (!is_reply(&c))
		return DISSECT_NOT_MINE;
	if (code == 220) {
		tell(d, c, ATTR_SOFTWARE, "ftp.banner");
		return DISSECT_OK;
	}
	if (code < 200)
		return DISSECT_OK;   /* the real reply follows */
	if (!dissect_response(d, KEY, code < 400 ? RESULT_OK : RESULT_REFUSED, &r))
		return DISSECT_OK;
	if (code == 215)
		tell(d, c, ATTR_DESCRIPTION, "ftp.system");
	if (code == 230 && s->anonymous)
		dissect_weakness(d, "anonymous-login", "FTP");
	if (r.code == AUTH && code == 234)
		s->encrypted = true;
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	if (s->encrypted)
		return DISSECT_OK;
	return dissect_side(d) == SIDE_CLIENT ? request(d, c) : reply(d, c);
}

const struct dissector dissect_ftp = {
	.name = "ftp",
	.title = "FTP",
	.tcp = { 21, 2121 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 959, RFC 4217",
	.recognition = "command lines answered by replies of three digits",
	.identity = "banner, answer to SYST",
	.operations = "login, file read, written, renamed, deleted with its name; password in clear and anonymous login (that they were seen)",
	.verified = "real captures",
};
