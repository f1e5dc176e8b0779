/*
 * LDAP (RFC 4511) in BER.
 *
 *   30 len  02 id  [APPLICATION n] …      60 bind request, 61 bind response, 63 search, 64 entry, 65 done, 77/78 extended,
 *                                         66/67 modify, 68/69 add, 4A/6B delete, 6C/6D rename, 6E/6F compare
 *   bind request: 02 version, 04 name, then 80 simple password or A3 SASL mechanism
 *
 * Names are not kept, but those that a domain controller tells of itself; of a password only that it was there.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dissect/ber.h"
#include "dissect/dissect.h"
#include "dissect/dnsname.h"
#include "dissect/ntlmssp.h"

enum {
	SEQUENCE = 0x30, INTEGER = 2, OCTETS = 4, BIND = 0x60, BIND_RESPONSE = 0x61, UNBIND = 0x42, SEARCH = 0x63,
	ENTRY = 0x64, DONE = 0x65, MODIFY = 0x66, ADD = 0x68, DELETE = 0x4a, DELETED = 0x6b, RENAME = 0x6c, COMPARE = 0x6e,
	REFERENCE = 0x73, PORT = 389, PORT_CATALOG = 3268, VERSION_MAX = 3, EXTENDED = 0x77, EXTENDED_RESPONSE = 0x78, SIMPLE = 0x80, SASL = 0xa3,
	ENUMERATED = 10, SET = 0x31, NETLOGON_ANSWER = 23, NETLOGON_ANSWER_NO_USER = 25,
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

/* The name of what changes the directory, NULL for the rest. */
static const char *change_of(uint8_t op)
{
	return op == MODIFY ? "Modify" : op == ADD ? "Add" : op == DELETE ? "Delete" : op == RENAME ? "Modify DN" : NULL;
}

static bool probe(const struct cur *c, enum side side)
{
	uint64_t id;
	uint8_t op;
	struct cur body;
	if (!open_message(*c, &id, &op, &body))
		return false;
	if (side == SIDE_CLIENT)
		return op == BIND || op == SEARCH || op == EXTENDED || change_of(op) || op == COMPARE;
	return op == BIND_RESPONSE || op == ENTRY || op == DONE || op == REFERENCE || op == EXTENDED_RESPONSE || op == DELETED ||
	       op == MODIFY + 1 || op == ADD + 1 || op == RENAME + 1 || op == COMPARE + 1;
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
	const char *change = change_of(op);
	struct dissect_request r = { .key = id, .code = op, .op = change ? OP_CONFIGURATION : -1, .name = change ? change : "Search" };
	if (op == UNBIND)
		return DISSECT_OK;
	if (op == BIND) {
		ber_expect(&body, INTEGER, &part);
		uint16_t port = dissect_server_port(d);
		bool known = (port == PORT || port == PORT_CATALOG) && cur_left(&part) == 1 && cur_peek(&part, 0) - 1u < VERSION_MAX;
		ber_expect(&body, OCTETS, &part);
		uint8_t how = ber_next(&body, &secret);
		if (!cur_ok(&body))
			return DISSECT_TRUNCATED;
		/* Five elements one in the other that fill each other, on the port for it. */
		if (known && (how == SIMPLE || how == SASL) && !cur_left(&body))
			dissect_evident(d);
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

/*
 * What a domain controller says to a ping (MS-ADTS 6.3.1.9, NETLOGON_SAM_LOGON_RESPONSE_EX): opcode (2), 0 (2), flags (4),
 * GUID of the domain (16), then names as in DNS: forest, domain, host; domain and computer by their NetBIOS names.
 */
static void netlogon(struct dissect *d, struct cur v)
{
	static const enum attr fields[] = { 0, ATTR_LOCATION, ATTR_HOSTNAME, 0, ATTR_HOSTNAME };
	static const char *const sources[] = { "", "ldap.netlogon.domain", "ldap.netlogon.dns_host_name", "",
					       "ldap.netlogon.computer" };
	struct cur all = v;
	char name[DNS_NAME], text[DNS_NAME + 8];
	uint16_t opcode = cur_le16(&v);
	if (opcode != NETLOGON_ANSWER && opcode != NETLOGON_ANSWER_NO_USER)
		return;
	cur_skip(&v, 2 + 4 + 16);
	for (size_t i = 0; i < sizeof fields / sizeof *fields && cur_ok(&v); i++) {
		if (!dns_name(&all, &v, name) || !dns_is_text(name))
			continue;
		const char *host = name + strspn(name, "\\");
		snprintf(text, sizeof text, "%s%s", fields[i] == ATTR_LOCATION ? "domain " : "", host);
		if (*sources[i] && *host)
			dissect_attr(d, fields[i], text, sources[i]);
	}
}

/* Of an entry only what a domain controller says of itself. */
static void entry(struct dissect *d, struct cur body)
{
	static const char ping[] = "Netlogon", host[] = "dnsHostName";
	struct cur name, list, pair, type, set, value;
	if (!ber_expect(&body, OCTETS, &name) || cur_left(&name) || !ber_expect(&body, SEQUENCE, &list))
		return;                              /* only of the root: who answers */
	while (cur_left(&list) && ber_expect(&list, SEQUENCE, &pair)) {
		if (!ber_expect(&pair, OCTETS, &type) || !ber_expect(&pair, SET, &set) || !ber_expect(&set, OCTETS, &value))
			continue;
		size_t n = cur_left(&type);
		if (n == sizeof ping - 1 && strncasecmp((const char *)cur_here(&type), ping, n) == 0)
			netlogon(d, value);
		else if (n == sizeof host - 1 && strncasecmp((const char *)cur_here(&type), host, n) == 0)
			dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&value), cur_left(&value), "ldap.root.dnsHostName");
	}
}

static enum dissect_result one(struct dissect *d, struct cur c)
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
	if (op == ENTRY)
		entry(d, body);
	if (op == ENTRY || op == REFERENCE)
		return DISSECT_OK;               /* the result follows */
	if (op == BIND_RESPONSE)
		ntlmssp_message(d, body);
	bool ok = ber_expect(&body, ENUMERATED, &code) && ber_number(code) == 0;
	if (dissect_response(d, id, ok ? RESULT_OK : RESULT_REFUSED, &r) && r.code == EXTENDED && ok)
		s->encrypted = true;             /* STARTTLS */
	return DISSECT_OK;
}

/* A datagram may hold entry and result. */
static enum dissect_result message(struct dissect *d, struct cur c)
{
	enum dissect_result result = one(d, c);
	int32_t n = length(&c, dissect_side(d));
	while (result == DISSECT_OK && n > 0 && cur_left(&c) > (size_t)n) {
		cur_skip(&c, (size_t)n);
		n = length(&c, dissect_side(d));
		if (n > 0 && probe(&c, dissect_side(d)))
			(void)one(d, c);
	}
	return result;
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
	.reference = "RFC 4511, Microsoft MS-ADTS 6.3 (Netlogon)",
	.recognition = "BER message with a known operation, answered with its message id; a whole bind on its port",
	.identity = "what Windows says while it logs on (NTLMSSP); names that a domain controller tells in its root entry and to a ping",
	.operations = "login, changes of the directory; password in clear (that it was seen)",
	.verified = "real captures; the ping of domain controllers from the manual",
};
