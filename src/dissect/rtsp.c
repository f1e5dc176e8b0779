/*
 * RTSP (RFC 2326, RFC 7826): cameras and recorders. Heads as HTTP's; pictures may run between them.
 *
 *   DESCRIBE rtsp://192.168.1.60/stream1 RTSP/1.0 CRLF        RTSP/1.0 200 OK CRLF
 *   CSeq: 2 CRLF … CRLF                                       CSeq: 2 CRLF … CRLF  body
 *   interleaved: '$', channel (1), length (2), RTP
 *
 * Authorization is looked at for its scheme only; what is shown is passed over.
 */
#include "dissect/dissect.h"
#include "dissect/httphead.h"

enum { HEAD_MAX = 16384, LINES_MAX = 128, DOLLAR = 0x24, INTERLEAVED = 4, STATUS_AT = 9, BODY_MAX = 65536 - HEAD_MAX };

static const char *const methods[] = { "OPTIONS ", "DESCRIBE ", "SETUP ", "PLAY ", "PAUSE ", "TEARDOWN ", "GET_PARAMETER ",
				       "SET_PARAMETER ", "ANNOUNCE ", "RECORD ", "REDIRECT " };

struct head { struct cur first, sequence, server, agent, authorization, authenticate, content_length; };

/* The first line: what is asked, and the version at its end. */
static bool asks(struct cur c)
{
	struct cur line;
	if (!cur_line(&c, &line))
		line = c;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		size_t n = strlen(methods[i]);
		if (!cur_starts(&line, methods[i], n))
			continue;
		cur_skip(&line, n);
		return cur_starts(&line, "rtsp", 4) || cur_starts(&line, "* RTSP/", 7);
	}
	return false;
}

static bool answers(const struct cur *c)
{
	return cur_starts(c, "RTSP/1.", 7) || cur_starts(c, "RTSP/2.", 7);
}

static bool probe(const struct cur *c, enum side side)
{
	return side == SIDE_SERVER ? answers(c) : asks(*c);
}

static struct head read_head(struct cur c)
{
	const struct cur none = cur_make("", 0);
	struct head h = { none, none, none, none, none, none, none };
	struct cur line;
	cur_line(&c, &h.first);
	while (cur_line(&c, &line) && cur_left(&line))
		(void)(is_name(&line, "CSeq", &h.sequence) || is_name(&line, "Server", &h.server) ||
		       is_name(&line, "User-Agent", &h.agent) || is_name(&line, "Authorization", &h.authorization) ||
		       is_name(&line, "WWW-Authenticate", &h.authenticate) || is_name(&line, "Content-Length", &h.content_length));
	return h;
}

static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c, line;
	if (cur_peek(c, 0) == DOLLAR)
		return cur_has(c, INTERLEAVED) ? INTERLEAVED + cur_peek_be16(c, 2) : DISSECT_NEED_MORE;
	if (cur_left(c) >= 24 && !probe(c, side) && !answers(c) && !asks(*c))
		return DISSECT_NO_FRAME;
	for (unsigned lines = 0; lines < LINES_MAX && cur_line(&x, &line); lines++) {
		if (cur_left(&line))
			continue;
		struct head h = read_head(*c);
		unsigned body = head_number(&h.content_length);
		return body > BODY_MAX ? DISSECT_NO_FRAME : (int32_t)(cur_left(c) - cur_left(&x) + body);
	}
	return cur_left(c) > HEAD_MAX ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
}

static void request(struct dissect *d, const struct head *h)
{
	struct cur number = h->sequence;
	bool basic = cur_has(&h->authorization, 6) && strncasecmp((const char *)cur_here(&h->authorization), "Basic ", 6) == 0;
	bool digest = cur_has(&h->authorization, 7) && strncasecmp((const char *)cur_here(&h->authorization), "Digest ", 7) == 0;
	dissect_evident(d);
	dissect_request(d, &(struct dissect_request){ .key = head_number(&number), .op = basic || digest ? OP_LOGIN : -1,
						      .name = basic ? "RTSP Basic authentication" : digest ?
							      "RTSP Digest authentication" : "request" });
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h->agent), cur_left(&h->agent), "rtsp.user_agent");
	if (basic)
		dissect_weakness(d, "password-in-clear", "RTSP Basic");
}

static void response(struct dissect *d, struct head *h)
{
	struct cur number = h->sequence, status = h->first;
	static const char mark[] = "realm=\"";
	cur_skip(&status, STATUS_AT);
	dissect_response(d, head_number(&number), head_number(&status) < 400 ? RESULT_OK : RESULT_REFUSED, NULL);
	dissect_attr_bytes(d, ATTR_SOFTWARE, cur_here(&h->server), cur_left(&h->server), "rtsp.server");
	if (!head_find(&h->authenticate, mark))
		return;
	cur_skip(&h->authenticate, sizeof mark - 1);
	size_t n = 0;
	while (n < cur_left(&h->authenticate) && cur_peek(&h->authenticate, n) != '"')
		n++;
	dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&h->authenticate), n, "rtsp.realm");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (cur_peek(&c, 0) == DOLLAR)
		return DISSECT_LOWER;
	bool answer = answers(&c);
	if (!answer && !asks(c))
		return DISSECT_NOT_MINE;
	dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
	struct head h = read_head(c);
	if (answer)
		response(d, &h);
	else
		request(d, &h);
	return DISSECT_OK;
}

const struct dissector dissect_rtsp = {
	.name = "rtsp",
	.title = "RTSP",
	.tcp = { 554, 8554 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 2326, RFC 7826",
	.recognition = "request line with a known method and an address of RTSP, answered by a status line",
	.identity = "Server, User-Agent, realm of WWW-Authenticate",
	.operations = "login; password in clear (that it was seen)",
	.verified = "from the manual, not yet seen in a real capture",
};
