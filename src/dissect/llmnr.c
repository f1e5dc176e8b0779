/*
 * Link-Local Multicast Name Resolution (RFC 4795), UDP 5355. Messages are those of
 * DNS (dnsname.c) with one query each.
 *
 * A machine answers for its own name, and asks for any record of it when it starts,
 * to learn whether somebody else has it (RFC 4795 4.1).
 */
#include "dissect/dnsname.h"

#include <string.h>

enum { ANSWER = 0x8000, OPERATION = 0x7800, ZERO = 0x00f0, ANSWERS_MAX = 64 };

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	struct dns_header h;
	struct dns_record r;
	(void)side;
	if (!dns_header(&x, &h) || (h.flags & (OPERATION | ZERO)) || h.queries != 1 || h.answers > ANSWERS_MAX ||
	    h.authority > ANSWERS_MAX || h.additional > ANSWERS_MAX)
		return false;
	if (!(h.flags & ANSWER) && (h.answers || h.authority))
		return false;
	return dns_query(c, &x, &r) && r.class == DNS_INTERNET && r.type && dns_is_text(r.name);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur whole = c;
	struct dns_header h;
	struct dns_record q, r;
	struct addr a;
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	dns_header(&c, &h);
	dns_query(&whole, &c, &q);
	dissect_set_side(d, h.flags & ANSWER ? SIDE_SERVER : SIDE_CLIENT);
	dissect_evident(d);
	if (!(h.flags & ANSWER)) {
		if (q.type == DNS_ANY)
			dissect_attr_bytes(d, ATTR_HOSTNAME, q.name, strlen(q.name), "llmnr.query_for_own_name");
		return DISSECT_OK;
	}
	for (unsigned i = 0; i < h.answers; i++) {
		if (!dns_record(&whole, &c, &r))
			return DISSECT_TRUNCATED;
		if (dns_address(&r, &a) && addr_equal(&a, &dissect_packet(d)->src))
			dissect_attr_bytes(d, ATTR_HOSTNAME, r.name, strlen(r.name), "llmnr.answer");
	}
	return DISSECT_OK;
}

const struct dissector dissect_llmnr = {
	.name = "llmnr",
	.title = "LLMNR",
	.udp = { 5355 },
	.probe = probe,
	.message = message,
	.reference = "RFC 4795",
	.recognition = "a header of DNS without operation and with one well-formed query of the Internet class",
	.identity = "host name: of the sender's own address in answers, and of a query for all records of a name",
	.operations = "",
	.verified = "real captures",
};
