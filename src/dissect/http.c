/*
 * HTTP/1 (RFC 9110, RFC 9112): heads; bodies are passed over, but for the beginning
 * of pages, which may hold a title, of XML, of answers of printers (IPP) and of forms.
 *
 *   GET /path HTTP/1.1 CRLF          HTTP/1.1 200 OK CRLF
 *   Name: value CRLF …               Name: value CRLF …
 *   CRLF                             CRLF  body
 *
 * Authorization is looked at for its scheme, and for the names of machines in
 * NTLMSSP, forms for a field that is a password: the values are never kept.
 */
#include <stdio.h>

#include "dissect/devicexml.h"
#include "dissect/mtconnect.h"
#include "dissect/dissect.h"
#include "dissect/httphead.h"
#include "dissect/ipp.h"
#include "dissect/ntlmssp.h"

enum { HEAD_MAX = 32768, LINES_MAX = 256, KEY = 0, METHOD_HEAD = 1, METHOD_CONNECT = 2, PAGE = 2048, XML = 4096, TITLE = 256, STATUS_AT = 9 };

static const char *const methods[] = { "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ",
				       "PATCH ", "TRACE ", "PROPFIND ", "SUBSCRIBE ", "REPORT " };

static bool probe(const struct cur *c, enum side side)
{
	if (side == SIDE_SERVER)
		return cur_starts(c, "HTTP/1.", 7);
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (cur_starts(c, methods[i], strlen(methods[i])))
			return true;
	return false;
}

static bool starts_nocase(const struct cur *c, const char *word)
{
	size_t n = strlen(word);
	return cur_has(c, n) && strncasecmp((const char *)cur_here(c), word, n) == 0;
}

static uint64_t number(struct cur c)
{
	uint64_t n = 0;
	for (uint8_t b; (b = cur_peek(&c, 0)) >= '0' && b <= '9' && n < UINT32_MAX; cur_skip(&c, 1))
		n = n * 10 + (b - '0');
	return n;
}

/* "NTLM TlRMTVNTUAAC…" or "Negotiate …": more than the scheme alone. */
static bool has_token(const struct cur *v)
{
	return (starts_nocase(v, "NTLM ") || starts_nocase(v, "Negotiate ")) && cur_has(v, 24);
}

struct head {
	struct cur first, server, agent, authorization, authenticate, token, content_length, content_type, host;
	bool chunked;
};

static struct head read_head(struct cur c)
{
	const struct cur none = cur_make("", 0);
	struct head h = { none, none, none, none, none, none, none, none, none, false };
	struct cur line, encoding = none, authenticate;
	cur_line(&c, &h.first);
	while (cur_line(&c, &line) && cur_left(&line)) {
		/* Several may stand there: the one with a token of NTLMSSP, and the last of the others. */
		if (is_name(&line, "WWW-Authenticate", &authenticate) || is_name(&line, "Proxy-Authenticate", &authenticate))
			*(has_token(&authenticate) ? &h.token : &h.authenticate) = authenticate;
		(void)(is_name(&line, "Server", &h.server) || is_name(&line, "User-Agent", &h.agent) ||
		       is_name(&line, "Authorization", &h.authorization) || is_name(&line, "Host", &h.host) ||
		       is_name(&line, "Proxy-Authorization", &h.authorization) ||
		       is_name(&line, "Content-Length", &h.content_length) ||
		       is_name(&line, "Content-Type", &h.content_type) ||
		       is_name(&line, "Transfer-Encoding", &encoding));
	}
	h.chunked = cur_left(&encoding) > 0;
	return h;
}

static bool is_form(const struct head *h)
{
	return starts_nocase(&h->content_type, "application/x-www-form-urlencoded");
}

static bool is_printing(const struct head *h)
{
	return starts_nocase(&h->content_type, "application/ipp");
}

/* Has a body of this kind anything to tell? */
static bool worth_reading(const struct head *h, enum side side, bool xml)
{
	struct cur status = h->first;
	cur_skip(&status, STATUS_AT);
	if (side == SIDE_CLIENT)
		return xml || is_form(h);
	return number(status) == 200 && (xml || is_printing(h) || starts_nocase(&h->content_type, "text/html"));
}

/*
 * How much of the body is worth reading with the head. A head that came alone waits for
 * it; where nobody knows how long it is, what is there is taken.
 */
static int32_t page(const struct cur *whole, size_t head, enum side side)
{
	struct cur body = *whole;
	struct head h = read_head(*whole);
	bool known = !h.chunked && cur_left(&h.content_length) > 0, xml = head_find(&h.content_type, "xml");
	size_t most = xml || is_printing(&h) ? XML : PAGE;
	uint64_t n = known ? number(h.content_length) : most;
	cur_skip(&body, head);
	if (!worth_reading(&h, side, xml) || !n || (side == SIDE_CLIENT && !known) ||
	    cur_starts(&body, "HTTP/1.", 7))   /* the answer to HEAD has none */
		return 0;
	cur_limit(&body, n < most ? (size_t)n : most);
	if (!cur_left(&body) || (known && cur_left(&body) < most && cur_left(&body) < n))
		return DISSECT_NO_FRAME;
	return (int32_t)cur_left(&body);
}

/* The head with its empty line, and the beginning of a page. */
static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c, line;
	if (cur_left(c) >= 12 && !probe(c, side))
		return DISSECT_NO_FRAME;
	unsigned lines = 0;
	while (cur_line(&x, &line)) {
		if (cur_left(&line) == 0) {
			size_t head = cur_left(c) - cur_left(&x);
			int32_t body = page(c, head, side);
			return body < 0 ? DISSECT_NEED_MORE : (int32_t)head + body;
		}
		if (++lines > LINES_MAX)
			return DISSECT_NO_FRAME;
	}
	return cur_left(c) > HEAD_MAX ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
}

/* read: bytes of the body that came with the head. */
static void skip_body(struct dissect *d, const struct head *h, bool until_close, size_t read)
{
	uint64_t n = number(h->content_length);
	if (h->chunked || (until_close && !cur_left(&h->content_length)))
		dissect_skip(d, UINT64_MAX);
	else
		dissect_skip(d, n > read ? n - read : 0);
}

/* Windows by the programs of its own, and by what browsers say: "Microsoft-CryptoAPI/6.1", "… (Windows NT 6.1; …". */
static void system_of(struct dissect *d, struct cur agent)
{
	static const char *const marks[] = { "Microsoft-CryptoAPI/", "Microsoft-WNS/", "Microsoft-Delivery-Optimization/",
					     "Windows NT " };
	char text[OBS_TEXT];
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct cur v = agent;
		if (!head_find(&v, marks[i]))
			continue;
		cur_skip(&v, strlen(marks[i]));
		unsigned major = head_number(&v);
		cur_skip(&v, 1);
		if (windows_version(major, head_number(&v), 0, text, sizeof text))
			dissect_attr(d, ATTR_OS, text, "http.user_agent");
		return;
	}
	if (head_find(&agent, "Windows CE"))
		dissect_attr(d, ATTR_OS, "Windows CE", "http.user_agent");
}

static void token(struct dissect *d, struct cur v)
{
	while (cur_left(&v) && cur_peek(&v, 0) != ' ')
		cur_skip(&v, 1);
	ntlmssp_base64(d, v);
}

static bool is_letter(uint8_t b)
{
	return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
}

/* Is this the name of a field for a password: "password", "login_passwd", "txtPwd"? Not "compass", "bypass". */
static bool names_password(struct cur name)
{
	static const struct { const char *word; bool anywhere; } fields[] = {
		{ "password", true }, { "passwd", true }, { "passwort", true }, { "pass", false }, { "pwd", false }, { "psw", false },
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		size_t n = strlen(fields[i].word);
		struct cur end = name;
		if (cur_left(&name) < n)
			continue;
		size_t before = cur_left(&name) - n;
		cur_skip(&end, before);
		/* A short word begins the name, or shows where it begins. */
		bool begins = !before || !is_letter(cur_peek(&name, before - 1)) || cur_peek(&end, 0) < 'a';
		if (starts_nocase(&end, fields[i].word) && (fields[i].anywhere || begins))
			return true;
	}
	return false;
}

/* A form with a field for a password that is not empty: "user=…&password=…". */
static bool form_password(struct cur body)
{
	while (cur_left(&body)) {
		const uint8_t *end = memchr(cur_here(&body), '&', cur_left(&body));
		struct cur pair = cur_sub(&body, end ? (size_t)(end - cur_here(&body)) : cur_left(&body));
		const uint8_t *equal = cur_left(&pair) ? memchr(cur_here(&pair), '=', cur_left(&pair)) : NULL;
		cur_skip(&body, end ? 1 : 0);
		if (!equal)
			continue;
		struct cur name = cur_sub(&pair, (size_t)(equal - cur_here(&pair)));
		if (cur_left(&pair) > 1 && names_password(name))
			return true;
	}
	return false;
}

/* What the client's body gives away. WS-Security has a digest, too. */
static void body_password(struct dissect *d, const struct head *h, struct cur body)
{
	struct cur x = body;
	if (is_form(h) ? !form_password(body) : !head_find(&x, "UsernameToken") || !head_find(&x, "#PasswordText"))
		return;
	dissect_op(d, OP_LOGIN, is_form(h) ? "HTML form with a password" : "WS-Security UsernameToken", NULL, RESULT_UNKNOWN);
	dissect_weakness(d, "password-in-clear", is_form(h) ? "HTTP form" : "WS-Security");
}

static enum dissect_result request(struct dissect *d, const struct head *h, struct cur body)
{
	struct dissect_request r = { .key = KEY, .op = -1, .name = "request" };
	/* A known method and the version at the end of the line: nothing else begins like that. */
	struct cur version = h->first;
	if (cur_left(&version) > 10) {
		cur_skip(&version, cur_left(&version) - 9);
		if (cur_starts(&version, " HTTP/1.", 8))
			dissect_evident(d);
	}
	if (cur_starts(&h->first, "HEAD ", 5))
		r.code = METHOD_HEAD;
	else if (cur_starts(&h->first, "CONNECT ", 8))
		r.code = METHOD_CONNECT;
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h->agent), cur_left(&h->agent), "http.user_agent");
	system_of(d, h->agent);
	if (has_token(&h->authorization))
		token(d, h->authorization);
	if (starts_nocase(&h->authorization, "Basic ")) {
		r.op = OP_LOGIN;
		r.name = "HTTP Basic authentication";
		dissect_weakness(d, "password-in-clear", "HTTP Basic");
	}
	if (is_printing(h))
		dissect_also(d, "ipp");
	if (cur_left(&body))
		body_password(d, h, body);
	dissect_request(d, &r);
	skip_body(d, h, false, cur_left(&body));
	return DISSECT_OK;
}

/* What the server asks a password for: cameras and panels name themselves there. */
static void realm(struct dissect *d, struct cur v)
{
	static const char mark[] = "realm=\"";
	while (cur_left(&v) && !starts_nocase(&v, mark))
		cur_skip(&v, 1);
	if (!cur_left(&v))
		return;
	cur_skip(&v, sizeof mark - 1);
	size_t n = 0;
	while (n < cur_left(&v) && cur_peek(&v, n) != '"')
		n++;
	dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&v), n, "http.realm");
}

/* The next byte of a page's text; the entities of the ASCII letters are resolved. */
static char letter(struct cur *c)
{
	static const struct { const char *entity; char letter; } entities[] = {
		{ "&amp;", '&' }, { "&nbsp;", ' ' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' },
		{ "&#160;", ' ' }, { "&reg;", ' ' }, { "&trade;", ' ' }, { "&copy;", ' ' },
	};
	for (size_t i = 0; cur_peek(c, 0) == '&' && i < sizeof entities / sizeof *entities; i++)
		if (starts_nocase(c, entities[i].entity)) {
			cur_skip(c, strlen(entities[i].entity));
			return entities[i].letter;
		}
	return (char)cur_u8(c);
}

/* The title of a page. */
static void title(struct dissect *d, struct cur body)
{
	if (!head_find(&body, "<title"))
		return;
	while (cur_left(&body) && cur_u8(&body) != '>')
		;
	while (cur_left(&body) && cur_peek(&body, 0) <= ' ')
		cur_skip(&body, 1);
	char text[TITLE];
	size_t n = 0;
	while (cur_left(&body) && cur_peek(&body, 0) != '<' && n < sizeof text)
		text[n++] = letter(&body);
	if (cur_left(&body))
		dissect_attr_bytes(d, ATTR_DESCRIPTION, text, n, "http.title");
}

static enum dissect_result response(struct dissect *d, struct head *h, struct cur body)
{
	struct cur status = h->first;
	struct dissect_request r;
	cur_skip(&status, STATUS_AT);
	uint64_t code = number(status);
	if (code < 100 || code > 999)
		return DISSECT_NOT_MINE;
	if (code < 200 && code != 101)
		return DISSECT_OK;   /* the real answer follows */
	dissect_response(d, KEY, code < 400 ? RESULT_OK : RESULT_REFUSED, &r);
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h->server), cur_left(&h->server), "http.server");
	realm(d, h->authenticate);
	if (cur_left(&h->token))
		token(d, h->token);
	if (code == 204 || code == 304 || r.code == METHOD_HEAD)
		return DISSECT_OK;
	if (cur_left(&body) && addr_is_private(&dissect_packet(d)->src)) {   /* what the internet writes is nobody's business */
		if (is_printing(h)) {
			dissect_also(d, "ipp");
			if (!head_find(&h->server, "CUPS"))   /* a computer that shares somebody else's printers */
				ipp_attributes(d, body);
		} else if (head_find(&h->content_type, "xml")) {
			mtconnect_document(d, body);
			device_description(d, body);
		} else {
			title(d, body);
		}
	}
	skip_body(d, h, true, cur_left(&body));
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	/* Both ends show themselves by their first line, whatever the ports are. */
	bool answer = cur_starts(&c, "HTTP/1.", 7);
	if (!answer && !probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
	struct head h = read_head(c);
	struct cur line;
	while (cur_line(&c, &line) && cur_left(&line))
		;
	return answer ? response(d, &h, c) : request(d, &h, c);
}

const struct dissector dissect_http = {
	.name = "http",
	.title = "HTTP",
	.carries = { "ntlmssp", "mtconnect", "ipp" },
	.carries_ot = "mtconnect",
	.tcp = { 80, 8080, 8000, 81, 631 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 9110, RFC 9112",
	.recognition = "request line with a known method, answered by a status line",
	.identity = "Server, User-Agent and the Windows in it, realm of WWW-Authenticate, NTLMSSP, title of pages; "
		    "descriptions of devices by UPnP, ONVIF, IPP and web services on devices",
	.operations = "Basic authentication, a form or token with a password (that it was seen), NTLMv1",
	.verified = "real captures; titles and descriptions from the documents, not yet seen in a real capture",
};
