/*
 * LDAP (RFC 4511) in BER.
 *
 *   30 len  02 id  [APPLICATION n] …      60 bind request, 61 bind response, 63 search, 64 entry, 65 done, 77/78 extended
 *   bind request: 02 version, 04 name, then 80 simple password or A3 SASL mechanism
 *
 * Names are not kept; of a password only that it was there.
 */
#include "dissect/ber.h"
#include "dissect/dissect.h"
#include "dissect/ntlmssp.h"

enum {
	SEQUENCE = 0x30, INTEGER = 2, OCTETS = 4, BIND = 0x60, BIND_RESPONSE = 0x61, UNBIND = 0x42, SEARCH = 0x63,
	ENTRY = 0x64, DONE = 0x65, REFERENCE = 0x73, EXTENDED = 0x77, EXTENDED_RESPONSE = 0x78, SIMPLE = 0x80,
	ENUMERATED = 10,
};

struct session { bool encrypted; };

/* Message id and operation; false for anything else. */
static bool open_message(struct cur c, uint64_t *id, uint8_t *op, struct cur *body)
{
	struct cur whole, number;
	if (cur_peek(&c, 0) != SEQUENCE)
		return false;
	/* The outer element may be cut: only its head counts. */
	uint8_t n = cur_peek(&c, 1);
	cur_skip(&c, n < 0x80 ? 2u : 2u + (n & 0x7f));
	whole = c;
	if (n == 0x80 || n > 0x84 || !ber_expect(&whole, INTEGER, &number) || cur_left(&number) > 4 || !cur_left(&number))
		return false;
	*id = ber_number(number);
	*op = cur_peek(&whole, 0);
	if (!ber_next(&whole, body)) {
		*body = whole;
		cur_fail(body);
	}
	return cur_ok(&c);
}

static bool probe(const struct cur *c, enum side side)
{
	uint64_t id;
	uint8_t op;
	struct cur body;
	if (!open_message(*c, &id, &op, &body))
		return false;
	if (side == SIDE_CLIENT)
		return op == BIND || op == SEARCH || op == EXTENDED;
	return op == BIND_RESPONSE || op == ENTRY || op == DONE || op == REFERENCE || op == EXTENDED_RESPONSE;
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	uint8_t n = cur_peek(c, 1);
	size_t head = n < 0x80 ? 2 : 2 + (n & 0x7fu);
	uint32_t v = n;
	if (!cur_has(c, 6))
		return DISSECT_NEED_MORE;
	if (cur_peek(c, 0) != SEQUENCE || n == 0x80 || n > 0x84)
		return DISSECT_NO_FRAME;
	if (n > 0x80) {
		v = 0;
		for (size_t i = 0; i < (n & 0x7fu); i++)
			v = v << 8 | cur_peek(c, 2 + i);
	}
	return v > 1 << 24 ? DISSECT_NO_FRAME : (int32_t)(head + v);
}

static enum dissect_result request(struct dissect *d, uint64_t id, uint8_t op, struct cur body)
{
	struct cur part, secret;
	struct dissect_request r = { .key = id, .code = op, .op = -1, .name = op == BIND ? "Bind" : "Search" };
	if (op == UNBIND)
		return DISSECT_OK;
	if (op == BIND) {
		ber_expect(&body, INTEGER, &part);
		ber_expect(&body, OCTETS, &part);
		uint8_t how = ber_next(&body, &secret);
		if (!cur_ok(&body))
			return DISSECT_TRUNCATED;
		if (how != SIMPLE)
			ntlmssp_message(d, secret);
		r.op = OP_LOGIN;
		r.name = how == SIMPLE ? "Bind (simple)" : "Bind (SASL)";
		if (how == SIMPLE && cur_left(&secret))
			dissect_weakness(d, "password-in-clear", "LDAP simple bind");
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint64_t id;
	uint8_t op;
	struct cur body, code;
	struct dissect_request r;
	struct session *s = dissect_scratch(d);
	if (s->encrypted)
		return DISSECT_OK;
	if (!open_message(c, &id, &op, &body))
		return DISSECT_NOT_MINE;
	if (dissect_side(d) == SIDE_CLIENT)
		return request(d, id, op, body);
	if (op == ENTRY || op == REFERENCE)
		return DISSECT_OK;               /* the result follows */
	if (op == BIND_RESPONSE)
		ntlmssp_message(d, body);
	bool ok = ber_expect(&body, ENUMERATED, &code) && ber_number(code) == 0;
	if (dissect_response(d, id, ok ? RESULT_OK : RESULT_REFUSED, &r) && r.code == EXTENDED && ok)
		s->encrypted = true;             /* STARTTLS */
	return DISSECT_OK;
}

const struct dissector dissect_ldap = {
	.name = "ldap",
	.title = "LDAP",
	.carries = { "ntlmssp" },
	.tcp = { 389, 3268 },
	.udp = { 389 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 4511",
	.recognition = "BER message with a known operation, answered with its message id",
	.identity = "what Windows says while it logs on (NTLMSSP)",
	.operations = "login; password in clear (that it was seen)",
	.verified = "real captures",
};
