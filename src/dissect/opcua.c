/*
 * OPC UA over TCP in its binary encoding (OPC 10000-6, UA Connection Protocol and
 * UA Secure Conversation). What is inside the services: opcua_services.c.
 *
 *   0     3       4      8
 *   +-----+-------+------+---------- - -
 *   | HEL | chunk | size | version, buffer sizes; HEL: endpoint URL
 *   | ACK |   F   |      |
 *   | ERR |       |      | status, reason            RHE: a server that calls its client
 *   +-----+-------+------+---------- - -
 *   0     3       4      8         12
 *   +-----+-------+------+---------+-----------------------------------------+----------+---------+------ - -
 *   | OPN |   F   | size | channel | policy URI, certificate, thumbprint      | sequence | request | type
 *   | MSG | C F A | size | channel | token                                   |          |   id    | body
 *   | CLO |   F   |      |         |                                         | from here on a policy may encrypt
 *   +-----+-------+------+---------+-----------------------------------------+----------+---------+------ - -
 *
 * Numbers are little-endian, strings have a length of four bytes (-1: none). With
 * policy None all is in clear; with mode Sign the bodies of MSG are, too, and a
 * signature follows. The chunks of a message are put together where nothing but
 * their heads stands between them and it is not too long; else the first one is read.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/opcua.h"

enum {
	HEADER = 8, ACK_SIZE = 28, HEL_MIN = 32, ERR_MIN = 16, OPN_MIN = 32, MSG_MIN = 24, SIZE_MAX_ = 16 << 20,
	BUFFER_MIN = 1024, TEXT_MAX = 4096, BAD = 0x80, CERTIFICATE_MAX = 16384,
};

/* Keys of what has no request id that can be read. */
#define KEY_HELLO (UINT64_C(1) << 40)
#define KEY_OPEN (UINT64_C(1) << 41)
#define KEY_HIDDEN (UINT64_C(1) << 63)

static uint32_t peek32(const struct cur *c, size_t at)
{
	return (uint32_t)cur_peek_le16(c, at + 2) << 16 | cur_peek_le16(c, at);
}

/* ---- recognition ---- */

/* Do the fields that follow the eight bytes agree with them, as far as they are there? */
static bool fits(const struct cur *c)
{
	static const char uri[] = "http://opcfoundation.org/UA/";
	uint32_t size = peek32(c, 4), n;
	uint8_t chunk = cur_peek(c, 3);
	if (!cur_has(c, HEADER) || size > SIZE_MAX_)
		return false;
	if (cur_starts(c, "MSG", 3) || cur_starts(c, "CLO", 3))
		return (chunk == 'F' || (cur_peek(c, 0) == 'M' && (chunk == 'C' || chunk == 'A'))) && size >= MSG_MIN;
	if (chunk != 'F')
		return false;
	if (cur_starts(c, "HEL", 3)) {
		n = peek32(c, 28);
		if (n == UINT32_MAX)
			n = 0;
		return size >= HEL_MIN && (!cur_has(c, HEL_MIN) || (n <= TEXT_MAX && size == HEL_MIN + n &&
								    peek32(c, 12) >= BUFFER_MIN));
	}
	if (cur_starts(c, "ACK", 3))
		return size == ACK_SIZE && (!cur_has(c, 16) || peek32(c, 12) >= BUFFER_MIN);
	if (cur_starts(c, "ERR", 3)) {
		n = peek32(c, 12);
		return size >= ERR_MIN && (!cur_has(c, ERR_MIN) ||
					   ((cur_peek(c, 11) & BAD) && size == ERR_MIN + (n == UINT32_MAX ? 0 : n)));
	}
	if (cur_starts(c, "RHE", 3)) {
		n = peek32(c, 8);
		return size >= 16 && (!cur_has(c, 12) || (n <= TEXT_MAX && size >= 16 + n));
	}
	if (cur_starts(c, "OPN", 3)) {
		n = peek32(c, 12);
		if (size < OPN_MIN || (cur_has(c, 16) && (n < sizeof uri - 1 || n > 255)))
			return false;
		struct cur u = *c;
		cur_skip(&u, cur_has(c, 16) ? 16 : cur_left(c));
		size_t have = cur_left(&u) < sizeof uri - 1 ? cur_left(&u) : sizeof uri - 1;
		return have == 0 || cur_starts(&u, uri, have);
	}
	return false;
}

/*
 * Bytes of the chunks that make up the message which begins here; of the first one alone where others stand between or
 * it grows too long. DISSECT_NEED_MORE: some are still to come.
 */
static int32_t chunks(const struct cur *c)
{
	uint32_t first = peek32(c, 4);
	if (!cur_starts(c, "MSGC", 4) || first > DISSECT_MESSAGE_MAX - MSG_MIN)
		return (int32_t)first;
	for (size_t at = first;;) {
		if (!cur_has(c, at + MSG_MIN))
			return DISSECT_NEED_MORE;
		struct cur next = *c;
		cur_skip(&next, at);
		size_t n = peek32(&next, 4);
		if (!cur_starts(&next, "MSG", 3) || !fits(&next) || peek32(&next, 20) != peek32(c, 20) ||
		    at + n > DISSECT_MESSAGE_MAX - MSG_MIN)
			return (int32_t)first;
		at += n;
		if (cur_peek(&next, 3) != 'C')
			return (int32_t)at;
	}
}

/* The same as one chunk, without the heads between. *chunk: that of the last one, which ends or gives up the message. */
static struct cur joined(struct cur c, uint8_t *chunk)
{
	static _Thread_local uint8_t whole[DISSECT_MESSAGE_MAX];
	size_t n = 0;
	while (cur_left(&c) >= MSG_MIN && peek32(&c, 4) <= cur_left(&c)) {
		*chunk = cur_peek(&c, 3);
		struct cur part = cur_sub(&c, peek32(&c, 4));
		cur_skip(&part, n ? MSG_MIN : 0);
		if (cur_left(&part) > sizeof whole - n)
			break;
		memcpy(whole + n, cur_here(&part), cur_left(&part));
		n += cur_left(&part);
	}
	return cur_make(whole, n);
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;   /* the messages themselves tell who is who */
	return fits(c);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return fits(c) ? chunks(c) : DISSECT_NO_FRAME;
}

/* ---- connection ---- */

static enum dissect_result hello(struct dissect *d, struct cur c)
{
	struct opcua_state *s = dissect_scratch(d);
	struct dissect_request r = { .key = KEY_HELLO, .op = -1, .name = "Hello" };
	cur_skip(&c, 5 * 4);
	struct cur url = opcua_string(&c);
	if (!cur_ok(&c))
		return DISSECT_MALFORMED;
	dissect_set_side(d, SIDE_CLIENT);
	*s = (struct opcua_state){ .sure = s->sure, .host = opcua_host(url) };
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* A server behind a firewall calls its client, and is the server nevertheless. */
static enum dissect_result reverse_hello(struct dissect *d, struct cur c)
{
	struct cur uri = opcua_string(&c);
	opcua_string(&c);   /* its endpoint */
	if (!cur_ok(&c))
		return DISSECT_MALFORMED;
	dissect_set_side(d, SIDE_SERVER);
	dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&uri), cur_left(&uri), "opcua.reverse_hello.server_uri");
	return DISSECT_OK;
}

static enum dissect_result acknowledge(struct dissect *d)
{
	struct opcua_state *s = dissect_scratch(d);
	dissect_set_side(d, SIDE_SERVER);
	s->sure |= dissect_response(d, KEY_HELLO, RESULT_OK, NULL);
	return DISSECT_OK;
}

/* The server gives up the connection: whatever waits was refused. */
static enum dissect_result error(struct dissect *d)
{
	struct opcua_state *s = dissect_scratch(d);
	dissect_set_side(d, SIDE_SERVER);
	s->sure |= dissect_response(d, KEY_HELLO, RESULT_REFUSED, NULL) ||
		   dissect_response(d, KEY_OPEN, RESULT_REFUSED, NULL);
	return DISSECT_OK;
}

/* ---- secure channel ---- */

static enum dissect_result open_channel(struct dissect *d, struct cur c)
{
	struct opcua_state *s = dissect_scratch(d);
	char text[64];
	cur_skip(&c, 4);
	struct cur uri = opcua_string(&c), certificate = opcua_string(&c);
	opcua_string(&c);   /* thumbprint of the receiver's certificate */
	if (!cur_ok(&c) || cur_left(&certificate) > CERTIFICATE_MAX)
		return DISSECT_MALFORMED;
	const struct opcua_policy *policy = opcua_policy(uri);
	s->channel = policy->none ? OPCUA_NONE : OPCUA_SECURED;
	if (policy->none) {
		bool request;
		cur_skip(&c, 2 * 4);
		struct opcua_node type = opcua_node(&c);
		if (!cur_ok(&c) || !opcua_service(type.number, &request))
			return DISSECT_MALFORMED;
		dissect_set_side(d, request ? SIDE_CLIENT : SIDE_SERVER);
	}
	struct dissect_request r = { .key = KEY_OPEN, .code = OPCUA_OPEN_REQUEST, .op = -1, .name = "OpenSecureChannel" };
	if (dissect_side(d) == SIDE_CLIENT) {
		dissect_request(d, &r);
	} else {
		s->sure |= dissect_response(d, KEY_OPEN, RESULT_OK, &r);
		if (policy->obsolete) {
			snprintf(text, sizeof text, "%s in use", policy->name);
			dissect_weakness(d, "opcua-policy-obsolete", text);
		}
	}
	opcua_certificate(d, certificate);
	return DISSECT_OK;
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "type %u", r->code);
}

static const char *const token_names[] = { "", "anonymous", "user name", "certificate", "issued token" };

static void describe_token(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "%s", token_names[r->extra < 5 ? r->extra : 0]);
}

/* A log-in succeeded: what it was worth. */
static void activated(struct dissect *d, const struct dissect_request *r)
{
	struct opcua_state *s = dissect_scratch(d);
	if (s->channel == OPCUA_NONE)
		dissect_weakness(d, "opcua-policy-none", "in use");
	if (r->extra == 1)
		dissect_weakness(d, "opcua-anonymous", "in use");
}

enum { ACTIVATE_SESSION = 467, READ = 631, PUBLISH = 826, PUBLISH_RESPONSE = 829 };

static enum dissect_result request(struct dissect *d, struct cur c, uint32_t id, uint32_t type,
				   const struct opcua_service *service, bool whole)
{
	struct opcua_state *s = dissect_scratch(d);
	struct dissect_request r = { .key = id, .code = type, .op = OP_DIAGNOSTIC, .name = "Unknown service",
				     .describe = describe_code };
	dissect_set_side(d, SIDE_CLIENT);
	if (service) {
		r.op = service->op;
		r.name = service->name;
		r.describe = NULL;
		if (!opcua_request(d, &c, service, &r) && whole)
			return DISSECT_MALFORMED;
		if (type == ACTIVATE_SESSION)
			r.describe = describe_token;
		/* A long-running session: its messages end without a signature. */
		if (s->channel == OPCUA_UNKNOWN && (type == READ || type == PUBLISH) && whole && cur_ok(&c) &&
		    !cur_left(&c)) {
			s->channel = OPCUA_NONE;
			dissect_weakness(d, "opcua-policy-none", "in use");
		}
		if (type == PUBLISH && s->sure)
			return DISSECT_OK;   /* is held by the server until there is news: not unanswered */
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

static enum dissect_result response(struct dissect *d, struct cur c, uint32_t id, uint32_t type,
				    const struct opcua_service *service, bool whole)
{
	struct opcua_state *s = dissect_scratch(d);
	struct dissect_request r;
	uint32_t status = 0;
	dissect_set_side(d, SIDE_SERVER);
	if (!opcua_response_header(&c, &status))
		return whole ? DISSECT_MALFORMED : DISSECT_OK;
	bool bad = status >> 31 || type == OPCUA_SERVICE_FAULT;
	if (!bad && service)
		bad = opcua_first_result(service, c) >> 31;
	if (type == PUBLISH_RESPONSE && s->sure) {
		dissect_op(d, OP_READ, "Publish", NULL, bad ? RESULT_REFUSED : RESULT_OK);
		r = (struct dissect_request){ .op = -1 };
	} else if (dissect_response(d, id, bad ? RESULT_REFUSED : RESULT_OK, &r)) {
		s->sure = true;
		if (r.code == ACTIVATE_SESSION && !bad)
			activated(d, &r);
	}
	if (bad || !service)
		return DISSECT_OK;
	if (!opcua_response(d, &c, service, &r) && whole)
		return DISSECT_MALFORMED;
	return DISSECT_OK;
}

/* Messages whose inside nobody may read: those of one channel and token answer each other. */
static enum dissect_result hidden(struct dissect *d, uint32_t channel, uint32_t token)
{
	struct opcua_state *s = dissect_scratch(d);
	uint64_t key = KEY_HIDDEN | (uint64_t)channel << 31 | (token & INT32_MAX);
	struct dissect_request r = { .key = key, .op = -1, .name = "encrypted" };
	if (s->sure)
		return DISSECT_OK;
	if (dissect_side(d) == SIDE_CLIENT)
		dissect_request(d, &r);
	else
		s->sure = dissect_response(d, key, RESULT_UNKNOWN, NULL);
	return DISSECT_OK;
}

static enum dissect_result secured(struct dissect *d, struct cur c, uint8_t chunk)
{
	struct opcua_state *s = dissect_scratch(d);
	enum side side = dissect_side(d);
	bool is_request = false;
	uint32_t channel = cur_le32(&c), token = cur_le32(&c);
	struct cur body = c;
	cur_skip(&body, 4);
	uint32_t id = cur_le32(&body);
	if (!cur_ok(&body))
		return DISSECT_MALFORMED;
	if (s->open[side] && s->open_id[side] == id) {
		s->open[side] = chunk == 'C';
		return DISSECT_OK;
	}
	if (chunk == 'A') {
		dissect_response(d, id, RESULT_REFUSED, NULL);
		return DISSECT_OK;
	}
	struct opcua_node type = opcua_node(&body);
	bool typed = cur_ok(&body) && type.ns == 0 && type.kind == 0;
	const struct opcua_service *service = typed ? opcua_service(type.number, &is_request) : NULL;
	bool fault = typed && type.number == OPCUA_SERVICE_FAULT;
	if (!service && !fault && (s->channel != OPCUA_NONE || !typed))
		return s->channel == OPCUA_NONE ? DISSECT_MALFORMED : hidden(d, channel, token);
	if (!service && !fault)
		is_request = side == SIDE_CLIENT;   /* a service of a later version */
	side = is_request ? SIDE_CLIENT : SIDE_SERVER;
	s->open[side] = chunk == 'C';
	s->open_id[side] = id;
	return is_request ? request(d, body, id, type.number, service, chunk == 'F') :
			    response(d, body, id, type.number, service, chunk == 'F');
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (!fits(&c))
		return DISSECT_NOT_MINE;
	char type = (char)cur_peek(&c, 0);
	uint8_t chunk = cur_peek(&c, 3);
	const struct opcua_state *s = dissect_scratch(d);
	/* Where chunks are signed, each ends with its signature. */
	if (chunk == 'C' && cur_left(&c) > peek32(&c, 4) && s->channel == OPCUA_NONE)
		c = joined(c, &chunk);
	else
		cur_limit(&c, peek32(&c, 4));
	cur_skip(&c, HEADER);
	switch (type) {
	case 'H':
		return hello(d, c);
	case 'R':
		return reverse_hello(d, c);
	case 'A':
		return acknowledge(d);
	case 'E':
		return error(d);
	case 'O':
		return open_channel(d, c);
	case 'C':
		dissect_set_side(d, SIDE_CLIENT);
		return DISSECT_OK;
	default:
		return secured(d, c, chunk);
	}
}

const struct dissector dissect_opcua = {
	.name = "opcua",
	.title = "OPC UA",
	.ot = true,
	.tcp = { 4840 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "OPC 10000-4 Services, OPC 10000-6 Mappings (binary encoding, UA TCP, UA Secure Conversation)",
	.recognition = "message type, chunk type and size that agree; Hello and Acknowledge, requests and answers with one "
		       "request id, encrypted messages of one channel and token in both directions",
	.identity = "application description of server and client (name, application URI, product URI, type), build info "
		    "(product, manufacturer, version, build), certificate (common name, DNS name, URI), "
		    "security that endpoints offer",
	.operations = "read, write, method calls, history, subscriptions, nodes added and deleted, log-in (anonymous, user "
		      "name, certificate), registration and discovery of servers; policy None, anonymous users, obsolete "
		      "policies, offered or in use",
	.verified = "real captures",
};
