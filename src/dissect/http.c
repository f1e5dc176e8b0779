/*
 * HTTP/1 (RFC 9110, RFC 9112): heads only; bodies are passed over.
 *
 *   GET /path HTTP/1.1 CRLF          HTTP/1.1 200 OK CRLF
 *   Name: value CRLF …               Name: value CRLF …
 *   CRLF                             CRLF  body
 *
 * Authorization is looked at for its scheme alone: the value is never kept.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dissect/mtconnect.h"

enum { HEAD_MAX = 32768, LINES_MAX = 256, KEY = 0, METHOD_HEAD = 1, METHOD_CONNECT = 2 };

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

static size_t xml_body(const struct cur *c, size_t head);

/* The head with its empty line, and an answer's body where that is XML. */
static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c, line;
	if (cur_left(c) >= 12 && !probe(c, side))
		return DISSECT_NO_FRAME;
	unsigned lines = 0;
	while (cur_line(&x, &line)) {
		if (cur_left(&line) == 0) {
			size_t head = cur_left(c) - cur_left(&x);
			return (int32_t)(head + xml_body(c, head));
		}
		if (++lines > LINES_MAX)
			return DISSECT_NO_FRAME;
	}
	return cur_left(c) > HEAD_MAX ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
}

struct head {
	struct cur first, server, agent, authorization, authenticate, content_length, content_type, host;
	bool chunked;
};

static bool is_name(const struct cur *line, const char *name, struct cur *value)
{
	size_t n = strlen(name);
	if (!cur_has(line, n + 1) || cur_peek(line, n) != ':' ||
	    strncasecmp((const char *)cur_here(line), name, n) != 0)
		return false;
	*value = *line;
	cur_skip(value, n + 1);
	while (cur_peek(value, 0) == ' ')
		cur_skip(value, 1);
	return true;
}

static struct head read_head(struct cur c)
{
	const struct cur none = cur_make("", 0);
	struct head h = { none, none, none, none, none, none, none, none, false };
	struct cur line, encoding = none;
	cur_line(&c, &h.first);
	while (cur_line(&c, &line) && cur_left(&line))
		(void)(is_name(&line, "Server", &h.server) || is_name(&line, "User-Agent", &h.agent) ||
		       is_name(&line, "Authorization", &h.authorization) || is_name(&line, "Host", &h.host) ||
		       is_name(&line, "WWW-Authenticate", &h.authenticate) ||
		       is_name(&line, "Content-Length", &h.content_length) ||
		       is_name(&line, "Content-Type", &h.content_type) ||
		       is_name(&line, "Transfer-Encoding", &encoding));
	h.chunked = cur_left(&encoding) > 0;
	return h;
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

/* Bytes of the body that are read with the head: of XML, as much as a message may hold. */
static size_t xml_body(const struct cur *c, size_t head)
{
	struct cur status = *c;
	cur_skip(&status, cur_starts(c, "HTTP/1.", 7) ? 9 : 0);
	if (!cur_starts(&status, "200", 3))
		return 0;
	struct head h = read_head(*c);
	if (h.chunked || !(starts_nocase(&h.content_type, "text/xml") || starts_nocase(&h.content_type, "application/xml")))
		return 0;
	uint64_t n = number(h.content_length);
	return head >= DISSECT_MESSAGE_MAX ? 0 : n < DISSECT_MESSAGE_MAX - head ? (size_t)n : DISSECT_MESSAGE_MAX - head;
}

/* What of the body was not read with the head. */
static void skip_body(struct dissect *d, const struct head *h, bool until_close, size_t have)
{
	if (h->chunked || (until_close && !cur_left(&h->content_length)))
		dissect_skip(d, UINT64_MAX);
	else
		dissect_skip(d, number(h->content_length) > have ? number(h->content_length) - have : 0);
}

static enum dissect_result request(struct dissect *d, const struct head *h)
{
	struct dissect_request r = { .key = KEY, .op = -1, .name = "request" };
	if (cur_starts(&h->first, "HEAD ", 5))
		r.code = METHOD_HEAD;
	else if (cur_starts(&h->first, "CONNECT ", 8))
		r.code = METHOD_CONNECT;
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h->agent), cur_left(&h->agent), "http.user_agent");
	if (starts_nocase(&h->authorization, "Basic ")) {
		dissect_op(d, OP_LOGIN, "HTTP Basic authentication", NULL, RESULT_UNKNOWN);
		dissect_weakness(d, "password-in-clear", "HTTP Basic");
	}
	dissect_request(d, &r);
	skip_body(d, h, false, 0);
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

static enum dissect_result response(struct dissect *d, const struct head *h, struct cur body)
{
	struct cur status = h->first;
	struct dissect_request r;
	cur_skip(&status, 9);
	uint64_t code = number(status);
	if (code < 100 || code > 999)
		return DISSECT_NOT_MINE;
	if (code < 200 && code != 101)
		return DISSECT_OK;   /* the real answer follows */
	dissect_response(d, KEY, code < 400 ? RESULT_OK : RESULT_REFUSED, &r);
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h->server), cur_left(&h->server), "http.server");
	realm(d, h->authenticate);
	if (code == 204 || code == 304 || r.code == METHOD_HEAD)
		return DISSECT_OK;
	mtconnect_document(d, body);
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
	for (struct cur line; cur_line(&c, &line) && cur_left(&line);)
		;
	return answer ? response(d, &h, c) : request(d, &h);
}

const struct dissector dissect_http = {
	.name = "http",
	.title = "HTTP",
	.tcp = { 80, 8080, 8000, 81 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 9110, RFC 9112",
	.recognition = "request line with a known method, answered by a status line",
	.identity = "Server, User-Agent, realm of WWW-Authenticate",
	.operations = "Basic authentication (that it was seen)",
	.verified = "real captures",
};
