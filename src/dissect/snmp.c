/*
 * SNMP v1 (RFC 1157), v2c (RFC 3416, 1901), v3 with the user-based security (RFC 3412, 3414), in BER.
 *
 *   SEQUENCE { version 0 or 1, OCTET STRING community, PDU }
 *   SEQUENCE { version 3, SEQUENCE { message id, maximum, flags, security model },
 *              OCTET STRING { SEQUENCE { engine id, boots, time, user, … } },
 *              SEQUENCE { context engine, context name, PDU } or OCTET STRING, encrypted }
 *   PDU: A0 get, A1 get-next, A2 response, A3 set, A4 trap of v1, A5 get-bulk, A6 inform, A7 trap, A8 report:
 *        { request id, error status, error index, SEQUENCE OF SEQUENCE { object identifier, value } }
 *
 * A community is a password. Whether it is one of the two that everybody knows is kept, and never its text.
 */
#include <stdio.h>

#include "dissect/ber.h"
#include "dissect/snmp.h"

enum {
	PORT = 161, TRAP_PORT = 162,
	SEQUENCE = 0x30, INTEGER = 0x02, STRING = 0x04, OID = 0x06,
	V1 = 0, V2C = 1, V3 = 3, USM = 3, FLAG_AUTH = 1, FLAG_PRIV = 2,
	GET = 0xa0, GET_NEXT = 0xa1, RESPONSE = 0xa2, SET = 0xa3, TRAP_V1 = 0xa4, GET_BULK = 0xa5, INFORM = 0xa6, TRAP = 0xa7,
	REPORT = 0xa8, COMMUNITY_MAX = 255, BINDINGS_MAX = 256,
};

static const struct dissect_code pdus[] = {
	{ GET, OP_READ, "GetRequest" }, { GET_NEXT, OP_READ, "GetNextRequest" }, { SET, OP_CONFIGURATION, "SetRequest" },
	{ GET_BULK, OP_READ, "GetBulkRequest" }, { INFORM, -1, "InformRequest" },
};

struct state { bool clear, open; const char *common; };   /* weaknesses that were told */

/* Is this a message's beginning; does it end with these bytes, if all of them are here? */
static bool head(const struct cur *c, bool whole, uint64_t *version, struct cur *rest)
{
	struct cur x = *c, value;
	uint8_t tag = cur_u8(&x), n = cur_u8(&x);
	size_t length = n;
	if (n > 0x80 && n <= 0x83) {
		length = 0;
		for (n &= 0x7f; n; n--)
			length = length << 8 | cur_u8(&x);
	} else if (n >= 0x80) {
		return false;
	}
	if (!cur_ok(&x) || tag != SEQUENCE || (whole ? cur_left(&x) != length : cur_left(&x) > length) || cur_peek(&x, 1) != 1 ||
	    !ber_expect(&x, INTEGER, &value))
		return false;
	*version = ber_number(value);
	*rest = x;
	return *version == V1 || *version == V2C || *version == V3;
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x, value;
	uint64_t version;
	(void)side;
	if (!head(c, false, &version, &x))
		return false;
	if (version == V3)
		return cur_peek(&x, 0) == SEQUENCE && cur_peek(&x, 2) == INTEGER;
	if (!ber_expect(&x, STRING, &value) || cur_left(&value) > COMMUNITY_MAX)
		return false;
	return cur_peek(&x, 0) >= GET && cur_peek(&x, 0) <= REPORT;
}

/* ---- PDU ---- */

struct security {
	bool community;      /* v1, v2c: who knows it commands */
	const char *common;  /* it is one of those that everybody knows: this one */
	bool user, open;     /* v3: there is a user; and no proof of him */
	uint64_t key;        /* v3: the message's number, to which reports answer as well */
};

static struct security community(struct cur value)
{
	struct security s = { .community = true };
	if (cur_left(&value) == 6 && cur_starts(&value, "public", 6))
		s.common = "public";
	else if (cur_left(&value) == 7 && cur_starts(&value, "private", 7))
		s.common = "private";
	return s;
}

/* Told when an agent answered: it took what it got. */
static void accepted(struct dissect *d, const struct security *s)
{
	struct state *told = dissect_scratch(d);
	if (s->community && !told->clear) {
		told->clear = true;
		dissect_weakness(d, "snmp-community-in-clear", NULL);
	}
	if (s->common && told->common != s->common) {
		told->common = s->common;
		dissect_weakness(d, "snmp-default-community", s->common);
	}
	if (s->open && !told->open) {
		told->open = true;
		dissect_weakness(d, "no-authentication", "SNMPv3 noAuthNoPriv");
	}
}

static bool bindings(struct dissect *d, struct cur c, uint32_t whose, bool values, struct snmp_oid *first)
{
	struct cur list, one, name, value;
	*first = (struct snmp_oid){ .n = 0 };
	if (!ber_expect(&c, SEQUENCE, &list))
		return false;
	for (int i = 0; cur_left(&list); i++) {
		if (!ber_expect(&list, SEQUENCE, &one) || !ber_expect(&one, OID, &name))
			return false;
		uint8_t tag = ber_next(&one, &value);
		if (!cur_ok(&one))
			return false;
		struct snmp_oid oid = snmp_oid(name);
		if (i == 0)
			*first = oid;
		if (values && i < BINDINGS_MAX)
			snmp_object(d, whose, &oid, tag, value);
	}
	return cur_ok(&list);
}

/* RFC 1157, 4.1.6: enterprise, agent's address, kinds, time, bindings. Nobody answers. */
static bool trap_v1(struct dissect *d, struct cur c)
{
	struct cur value;
	struct snmp_oid first;
	if (!ber_expect(&c, OID, &value))
		return false;
	for (int i = 0; i < 4; i++)
		(void)ber_next(&c, &value);
	return cur_ok(&c) && bindings(d, c, dissect_sender(d), true, &first);
}

static bool pdu(struct dissect *d, uint8_t tag, struct cur c, const struct security *s)
{
	struct cur id, status, value;
	struct snmp_oid first;
	if (tag == TRAP_V1) {
		dissect_set_side(d, SIDE_CLIENT);
		return trap_v1(d, c);
	}
	if (!ber_expect(&c, INTEGER, &id) || !ber_expect(&c, INTEGER, &status) || !ber_expect(&c, INTEGER, &value))
		return false;
	bool answer = tag == RESPONSE || tag == REPORT, trap = tag == TRAP || tag == INFORM;
	uint64_t key = s->key ? s->key : ber_number(id);
	if (cur_left(&id) > 5)
		return false;
	dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
	if (answer) {
		bool refused = ber_number(status) != 0 || tag == REPORT;
		bool paired = dissect_response(d, key, refused ? RESULT_REFUSED : RESULT_OK, NULL);
		if (tag == RESPONSE && (paired || dissect_packet(d)->sport == PORT))
			accepted(d, s);
		return bindings(d, c, dissect_sender(d), !refused, &first);
	}
	if (!bindings(d, c, dissect_sender(d), trap, &first) || tag == TRAP)
		return tag == TRAP;
	const struct dissect_code *p = DISSECT_CODE(pdus, tag);
	struct dissect_request r = { .key = key, .code = tag, .op = p ? p->op : -1, .name = p ? p->name : "PDU" };
	if (tag == SET)
		snmp_pack(&first, &r);
	else if (r.op == OP_READ && snmp_is_identity(&first))
		r.op = OP_IDENTITY;
	if (first.n == 0 && r.op == OP_READ)   /* asks for nothing: finding the engine's id */
		r.op = -1;
	dissect_request(d, &r);
	return true;
}

/* ---- v3 ---- */

static enum dissect_result bad(const struct dissect *d)
{
	return packet_cut(dissect_packet(d)) ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
}

static bool user_security(struct cur c, struct security *s, struct cur *engine)
{
	struct cur sequence, value, user;
	if (!ber_expect(&c, SEQUENCE, &sequence) || !ber_expect(&sequence, STRING, engine) || !ber_expect(&sequence, INTEGER, &value) ||
	    !ber_expect(&sequence, INTEGER, &value) || !ber_expect(&sequence, STRING, &user))
		return false;
	s->user = cur_left(&user) > 0;
	return true;
}

static enum dissect_result version3(struct dissect *d, struct cur c, bool home)
{
	struct cur global, id, value, flags, model, parameters, scoped, engine = { 0 };
	struct security s = { 0 };
	if (!ber_expect(&c, SEQUENCE, &global) || !ber_expect(&global, INTEGER, &id) || !ber_expect(&global, INTEGER, &value) ||
	    !ber_expect(&global, STRING, &flags) || !ber_expect(&global, INTEGER, &model) || !ber_expect(&c, STRING, &parameters) ||
	    cur_left(&flags) != 1 || cur_left(&id) > 5)
		return bad(d);
	s.key = UINT64_C(1) << 40 | ber_number(id);
	if (home)
		dissect_evident(d);
	if (ber_number(model) == USM && !user_security(parameters, &s, &engine))
		return bad(d);
	uint8_t security = cur_u8(&flags);
	s.open = s.user && !(security & (FLAG_AUTH | FLAG_PRIV));
	uint8_t tag = ber_next(&c, &scoped);
	if (tag == STRING && security & FLAG_PRIV) {   /* encrypted: only that one answers the other is seen */
		struct dissect_request r = { .key = s.key, .op = -1, .name = "SNMPv3 encrypted" };
		bool asks = dissect_packet(d)->dport == PORT, answers = dissect_packet(d)->sport == PORT;
		if (asks)
			dissect_request(d, &r);
		else if (answers)
			dissect_response(d, s.key, RESULT_OK, NULL);
		if (answers)
			snmp_engine(d, dissect_sender(d), engine);
		return DISSECT_OK;
	}
	if (tag != SEQUENCE || !ber_expect(&scoped, STRING, &value) || !ber_expect(&scoped, STRING, &value))
		return bad(d);
	tag = ber_next(&scoped, &value);
	if (tag < GET || tag > REPORT || !pdu(d, tag, value, &s))
		return bad(d);
	if (tag == RESPONSE || tag == REPORT || tag == TRAP)   /* whose engine it is: the one that answers, or that tells */
		snmp_engine(d, dissect_sender(d), engine);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	struct cur name, value;
	uint64_t version;
	if (!head(&c, !packet_cut(p), &version, &c))
		return DISSECT_NOT_MINE;
	bool home = p->sport == PORT || p->dport == PORT || p->dport == TRAP_PORT;
	if (version == V3)
		return version3(d, c, home);
	if (!ber_expect(&c, STRING, &name))
		return bad(d);
	uint8_t tag = ber_next(&c, &value);
	if (tag < GET || tag > REPORT || cur_left(&c))
		return packet_cut(p) ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	if (home)   /* lengths that end with each other and with the datagram, on the port: nothing else looks so */
		dissect_evident(d);
	struct security s = community(name);
	return pdu(d, tag, value, &s) ? DISSECT_OK : bad(d);
}

const struct dissector dissect_snmp = {
	.name = "snmp",
	.title = "SNMP",
	.udp = { PORT, TRAP_PORT },
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "RFC 1157, 1901, 3412, 3414, 3416; RFC 3418, 6933, 3805, 2790, 4188 for the objects",
	.recognition = "BER whose lengths end with the datagram: version, community or v3 header, one of the PDUs; request and answer paired by "
		       "request id or v3 message id",
	.identity = "sysDescr (forms of Cisco, HP, Siemens, Hirschmann, Moxa, Yamaha, printers, Windows, Linux …), sysObjectID (maker), sysName, "
		    "sysLocation; ENTITY-MIB, Printer-MIB, LLDP-MIB; v3 engine id. sysContact, communities and users are not kept",
	.operations = "get, get-next, get-bulk, set with the object's group or maker",
	.verified = "real captures; most makers' descriptions from the documents, not yet seen in a real capture",
};
