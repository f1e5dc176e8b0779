/*
 * BACnet (ASHRAE 135): BACnet/IP (annex J) on UDP, and on Ethernet behind LLC 82.
 *
 *   BVLC     81  function  length (2)   [address (4) port (2): who sent it, in a forwarded one]
 *   NPDU     01  control  [DNET (2) DLEN DADR]  [SNET (2) SLEN SADR]  [hop count]
 *            control: 80 network message, 20 destination there, 08 source there, 04 answer expected
 *   APDU     0x request    flags  sizes  invoke  [sequence window]  service  tags
 *            10 unconfirmed          service  tags
 *            20 simple ack   invoke  service
 *            3x complex ack  invoke  [sequence window]  service  tags
 *            4x segment ack, 50 error, 60 reject, 7x abort: invoke, …
 *
 * On Ethernet there is no BVLC: the frame begins with the NPDU. A device with a source network behind a router is
 * not the address that the frame came from: nothing it says is told of that.
 */
#include <stdio.h>

#include "dissect/bacnet.h"

enum {
	BVLC = 0x81, BVLC_HEADER = 4, NPDU_VERSION = 1, PORT = 47808, PORTS = 16,
	RESULT = 0x00, WRITE_BDT = 0x01, READ_BDT = 0x02, READ_BDT_ACK = 0x03, FORWARDED = 0x04, REGISTER = 0x05,
	READ_FDT = 0x06, READ_FDT_ACK = 0x07, DELETE_FDT = 0x08, DISTRIBUTE = 0x09, UNICAST = 0x0a, BROADCAST = 0x0b,
	NETWORK_MESSAGE = 0x80, RESERVED = 0x50, HAS_DESTINATION = 0x20, HAS_SOURCE = 0x08, ALL_NETWORKS = 0xffff,
	CONFIRMED = 0, UNCONFIRMED = 1, SIMPLE_ACK = 2, COMPLEX_ACK = 3, SEGMENT_ACK = 4, ERROR = 5, REJECT = 6, ABORT = 7,
	SEGMENTED = 0x08, FROM_SERVER = 0x01, MESSAGE_LAST = 0x13, MESSAGE_VENDOR = 0x80,
	I_AM_ROUTER = 0x01, INITIALIZE = 0x06, INITIALIZE_ACK = 0x07,
};

enum { READ = 12, READ_MULTIPLE = 14, CONFIRMED_LAST = 33 };

enum { I_AM = 0, I_HAVE = 1, WHO_AM_I = 13, UNCONFIRMED_LAST = 14 };

static const struct dissect_code unconfirmed[] = {
	{ I_AM, -1, "I-Am" },			      { I_HAVE, -1, "I-Have" },
	{ 2, -1, "UnconfirmedCOVNotification" },      { 3, -1, "UnconfirmedEventNotification" },
	{ 4, OP_DIAGNOSTIC, "UnconfirmedPrivateTransfer" }, { 5, OP_DIAGNOSTIC, "UnconfirmedTextMessage" },
	{ 6, OP_CLOCK, "TimeSynchronization" },	      { 7, OP_IDENTITY, "Who-Has" },
	{ 8, OP_IDENTITY, "Who-Is" },		      { 9, OP_CLOCK, "UTCTimeSynchronization" },
	{ 10, OP_WRITE, "WriteGroup" },		      { 11, -1, "UnconfirmedCOVNotificationMultiple" },
	{ 12, -1, "UnconfirmedAuditNotification" },   { WHO_AM_I, -1, "Who-Am-I" },
	{ UNCONFIRMED_LAST, OP_CONFIGURATION, "You-Are" },
};

static const struct dissect_code network_messages[] = {
	{ 0x00, OP_IDENTITY, "Who-Is-Router-To-Network" },     { I_AM_ROUTER, -1, "I-Am-Router-To-Network" },
	{ 0x02, -1, "I-Could-Be-Router-To-Network" },	       { 0x03, -1, "Reject-Message-To-Network" },
	{ 0x04, -1, "Router-Busy-To-Network" },		       { 0x05, -1, "Router-Available-To-Network" },
	{ INITIALIZE, OP_CONFIGURATION, "Initialize-Routing-Table" }, { INITIALIZE_ACK, -1, "Initialize-Routing-Table-Ack" },
	{ 0x08, OP_CONFIGURATION, "Establish-Connection-To-Network" },
	{ 0x09, OP_CONFIGURATION, "Disconnect-Connection-To-Network" },
	{ 0x12, OP_IDENTITY, "What-Is-Network-Number" },       { MESSAGE_LAST, -1, "Network-Number-Is" },
};

static const struct dissect_code bvlc_functions[] = {
	{ WRITE_BDT, OP_CONFIGURATION, "Write-Broadcast-Distribution-Table" },
	{ READ_BDT, OP_IDENTITY, "Read-Broadcast-Distribution-Table" },
	{ REGISTER, OP_CONFIGURATION, "Register-Foreign-Device" },
	{ READ_FDT, OP_IDENTITY, "Read-Foreign-Device-Table" },
	{ DELETE_FDT, OP_CONFIGURATION, "Delete-Foreign-Device-Table-Entry" },
};

enum way { TO_ONE, TO_ALL, HANDED_ON };

/* ---- frames ---- */

struct npdu {
	uint8_t control, message, destination_n, source_n;
	uint16_t destination, source;            /* networks, 0 for none */
	uint32_t destination_mac, source_mac;    /* the first four bytes of the address there */
};

static uint32_t station(struct cur *c, uint8_t n)
{
	uint32_t mac = 0;
	struct cur address = cur_sub(c, n);
	for (int i = 0; i < 4 && cur_left(&address); i++)
		mac = mac << 8 | cur_u8(&address);
	return mac;
}

static bool npdu_read(struct cur *c, struct npdu *n)
{
	*n = (struct npdu){ 0 };
	uint8_t version = cur_u8(c);
	n->control = cur_u8(c);
	if (version != NPDU_VERSION || n->control & RESERVED)
		return false;
	if (n->control & HAS_DESTINATION) {
		n->destination = cur_be16(c);
		n->destination_n = cur_u8(c);
		n->destination_mac = station(c, n->destination_n);
		if (n->destination == 0 || n->destination_n > 18)
			return false;
	}
	if (n->control & HAS_SOURCE) {
		n->source = cur_be16(c);
		n->source_n = cur_u8(c);
		n->source_mac = station(c, n->source_n);
		if (n->source == 0 || n->source == ALL_NETWORKS || n->source_n == 0 || n->source_n > 18)
			return false;
	}
	if (n->control & HAS_DESTINATION)
		cur_skip(c, 1);   /* hop count */
	if (n->control & NETWORK_MESSAGE)
		n->message = cur_u8(c);
	return cur_ok(c);
}

/* whole: nothing of it was cut off, so that its end can be looked at. */
static bool apdu_fits(struct cur c, bool whole)
{
	uint8_t first = cur_u8(&c);
	size_t rest = cur_left(&c);
	switch (first >> 4) {
	case CONFIRMED:
		cur_skip(&c, 2);
		if (first & SEGMENTED)
			cur_skip(&c, 2);
		return cur_u8(&c) <= CONFIRMED_LAST && cur_ok(&c) && !(first & 1) &&
		       (first & SEGMENTED || !whole || bacnet_well_formed(c));
	case UNCONFIRMED:
		return first == 0x10 && cur_u8(&c) <= UNCONFIRMED_LAST && cur_ok(&c) && (!whole || bacnet_well_formed(c));
	case SIMPLE_ACK:
		return first == 0x20 && rest == 2 && cur_peek(&c, 1) <= CONFIRMED_LAST;
	case COMPLEX_ACK:
		cur_skip(&c, first & SEGMENTED ? 3 : 1);
		return cur_u8(&c) <= CONFIRMED_LAST && cur_ok(&c) && !(first & 3) &&
		       (first & SEGMENTED || !whole || bacnet_well_formed(c));
	case SEGMENT_ACK:
		return !(first & 0x0c) && rest == 3;
	case ERROR:
		cur_skip(&c, 1);
		return first == 0x50 && cur_u8(&c) <= CONFIRMED_LAST && cur_left(&c) >= 2 && (!whole || bacnet_well_formed(c));
	case REJECT:
		return first == 0x60 && rest == 2;
	case ABORT:
		return !(first & 0x0e) && rest == 2;
	default:
		return false;
	}
}

static bool npdu_fits(struct cur c, bool whole)
{
	struct npdu n;
	if (!npdu_read(&c, &n))
		return false;
	return n.control & NETWORK_MESSAGE ? n.message <= MESSAGE_LAST || n.message >= MESSAGE_VENDOR : apdu_fits(c, whole);
}

static bool bvlc_fits(struct cur c)
{
	size_t had = cur_left(&c);
	cur_skip(&c, 1);
	uint8_t function = cur_u8(&c);
	uint16_t n = cur_be16(&c);
	if (!cur_ok(&c))
		return false;
	/*
	 * A few senders write a wrong length: the tags have to end with the datagram then. A longer one may also be a
	 * datagram that the capture cut.
	 */
	bool whole = n <= had;
	switch (function) {
	case RESULT:
		return n == 6 && had <= 6 && (cur_peek_be16(&c, 0) & ~0x70u) == 0 && cur_peek_be16(&c, 0) <= 0x60;
	case REGISTER:
		return n == 6 && had <= n;
	case READ_BDT: case READ_FDT:
		return n == BVLC_HEADER && had == n;
	case WRITE_BDT: case READ_BDT_ACK: case READ_FDT_ACK:
		return n >= had && (n - BVLC_HEADER) % 10 == 0;
	case DELETE_FDT:
		return n == BVLC_HEADER + 6 && had <= n;
	case FORWARDED:
		cur_skip(&c, 6);
		return npdu_fits(c, whole);
	case DISTRIBUTE: case UNICAST: case BROADCAST:
		return npdu_fits(c, whole);
	default:
		return false;
	}
}

static bool at_home(const struct packet *p)
{
	return (p->dport >= PORT && p->dport < PORT + PORTS) || (p->sport >= PORT && p->sport < PORT + PORTS);
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return cur_peek(c, 0) == BVLC ? bvlc_fits(*c) : cur_peek(c, 0) == NPDU_VERSION && npdu_fits(*c, false);
}

/* ---- requests ---- */

static void describe_relay(const struct dissect_request *r, char *out, size_t size)
{
	unsigned n = r->extra >> 16;
	if (n == 1)
		snprintf(out, size, "network %u station %u", r->extra & 0xffff, r->extra2);
	else if (n >= 4)
		snprintf(out, size, "network %u address %u.%u.%u.%u", r->extra & 0xffff, r->extra2 >> 24, r->extra2 >> 16 & 0xff,
			 r->extra2 >> 8 & 0xff, r->extra2 & 0xff);
	else
		snprintf(out, size, "network %u", r->extra & 0xffff);
}

static void relay(struct dissect *d, uint16_t network, uint8_t n, uint32_t mac)
{
	if (network && network != ALL_NETWORKS)
		dissect_relay(d, "BACnet network", network | (uint32_t)n << 16, mac, describe_relay);
}

static void describe_networks(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "%u ports", r->extra);
}

/* The device is one network's and station's, and who asked it one address. */
static uint64_t key_of(uint32_t asking, uint16_t network, uint32_t mac, uint8_t invoke)
{
	return (uint64_t)asking << 32 | (uint64_t)((network * 31u + mac * 17u) & 0xffffff) << 8 | invoke;
}

/* ---- APDU ---- */

/* Who hands on what a device of another network answers is the way there. (A workstation may ask from one of its own.) */
static void router(struct dissect *d, const struct npdu *n, uint32_t origin)
{
	if (n->source)
		dissect_attr_of(d, origin, ATTR_ROLE, "gateway", "bacnet.npdu.source_network");
}

/* Whoever answers a service in clear can ask nobody who he is: told once a flow. */
static void answered(struct dissect *d)
{
	bool *told = dissect_scratch(d);
	if (!*told)
		dissect_weakness(d, "no-authentication", NULL);
	*told = true;
}

static enum dissect_result confirmed_request(struct dissect *d, struct cur c, const struct npdu *n, uint8_t first)
{
	cur_skip(&c, 1);
	uint8_t invoke = cur_u8(&c), sequence = first & SEGMENTED ? cur_u8(&c) : 0;
	if (first & SEGMENTED)
		cur_skip(&c, 1);
	uint8_t service = cur_u8(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_set_side(d, SIDE_CLIENT);
	relay(d, n->destination, n->destination_n, n->destination_mac);
	if (sequence)
		return DISSECT_OK;
	struct dissect_request r = { .key = key_of(dissect_sender(d), n->destination, n->destination_mac, invoke), .code = service };
	bacnet_classify(d, &r, c);
	dissect_request(d, &r);
	return DISSECT_OK;
}

static enum dissect_result answer(struct dissect *d, struct cur c, const struct npdu *n, uint8_t first, uint32_t origin)
{
	uint32_t whose = n->source ? 0 : origin;
	unsigned type = first >> 4;
	uint8_t invoke = cur_u8(&c), sequence = 0, service;
	if (type == COMPLEX_ACK && first & SEGMENTED) {
		sequence = cur_u8(&c);
		cur_skip(&c, 1);
	}
	service = cur_u8(&c);   /* a reject's and an abort's reason */
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_set_side(d, SIDE_SERVER);
	relay(d, n->source, n->source_n, n->source_mac);
	router(d, n, origin);
	if (sequence)
		return DISSECT_OK;
	bool refused = type >= ERROR;
	if (dissect_response(d, key_of(dissect_receiver(d), n->source, n->source_mac, invoke), refused ? RESULT_REFUSED : RESULT_OK, NULL) &&
	    !refused)
		answered(d);
	if (type == COMPLEX_ACK && service == READ)
		bacnet_read_answer(d, whose, c);
	else if (type == COMPLEX_ACK && service == READ_MULTIPLE)
		bacnet_read_multiple_answer(d, whose, c);
	return DISSECT_OK;
}

static enum dissect_result unconfirmed_request(struct dissect *d, struct cur c, const struct npdu *n, uint32_t origin, enum way way)
{
	uint32_t whose = n->source ? 0 : origin;
	uint8_t service = cur_u8(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	const struct dissect_code *s = DISSECT_CODE(unconfirmed, service);
	bool tells = s && s->op < 0;
	if (way == TO_ONE) {
		dissect_set_side(d, tells ? SIDE_SERVER : SIDE_CLIENT);
		relay(d, tells ? n->source : n->destination, tells ? n->source_n : n->destination_n,
		      tells ? n->source_mac : n->destination_mac);
	} else if (way == TO_ALL) {
		dissect_set_side(d, SIDE_CLIENT);
	}
	dissect_evident(d);
	if (tells)
		router(d, n, origin);
	switch (service) {
	case I_AM:
		bacnet_i_am(d, whose, c);
		break;
	case I_HAVE:
		bacnet_i_have(d, whose, c);
		break;
	case WHO_AM_I:
		bacnet_who_am_i(d, whose, c);
		break;
	default:
		if (!tells)
			dissect_op(d, s ? (enum op_class)s->op : OP_DIAGNOSTIC, s ? s->name : "Unknown service", NULL, RESULT_UNKNOWN);
		break;
	}
	return DISSECT_OK;
}

static enum dissect_result apdu(struct dissect *d, struct cur c, const struct npdu *n, uint32_t origin, enum way way)
{
	uint8_t first = cur_u8(&c);
	switch (first >> 4) {
	case CONFIRMED:
		return confirmed_request(d, c, n, first);
	case UNCONFIRMED:
		return unconfirmed_request(d, c, n, origin, way);
	case SEGMENT_ACK:
		return DISSECT_OK;
	case ABORT:
		return first & FROM_SERVER ? answer(d, c, n, first, origin) : DISSECT_OK;
	default:
		return answer(d, c, n, first, origin);
	}
}

/* ---- network layer ---- */

static enum dissect_result network_message(struct dissect *d, struct cur c, const struct npdu *n, uint32_t origin)
{
	const struct dissect_code *m = DISSECT_CODE(network_messages, n->message);
	dissect_evident(d);
	uint8_t ports = cur_peek(&c, 0);
	if (n->message == I_AM_ROUTER && !n->source)
		dissect_attr_of(d, origin, ATTR_ROLE, "gateway", "bacnet.i_am_router");
	if (!m || m->op < 0)
		return DISSECT_OK;
	struct dissect_request r = { .op = m->op, .name = m->name, .extra = ports };
	char detail[64] = "";
	if (n->message == INITIALIZE) {
		if (ports == 0)
			r.op = OP_READ;
		describe_networks(&r, detail, sizeof detail);
	}
	dissect_op(d, (enum op_class)r.op, r.name, detail, RESULT_UNKNOWN);
	return DISSECT_OK;
}

static enum dissect_result npdu(struct dissect *d, struct cur c, uint32_t origin, enum way way)
{
	struct npdu n;
	struct cur whole = c;
	bool complete = !packet_cut(dissect_packet(d));
	if (!npdu_read(&c, &n))
		return complete || cur_ok(&c) ? DISSECT_MALFORMED : DISSECT_TRUNCATED;
	if (n.control & NETWORK_MESSAGE)
		return network_message(d, c, &n, origin);
	if (!cur_left(&c) || !npdu_fits(whole, complete))
		return complete ? DISSECT_MALFORMED : DISSECT_TRUNCATED;
	return apdu(d, c, &n, origin, way);
}

/* Tables of those that carry broadcasts between subnets. Their answers carry no number: the oldest request has them. */
static enum dissect_result table(struct dissect *d, struct cur c, uint8_t function)
{
	bool acknowledges = function == RESULT || function == READ_BDT_ACK || function == READ_FDT_ACK;
	const struct dissect_code *f = DISSECT_CODE(bvlc_functions, function);
	uint64_t key = (uint64_t)(acknowledges ? dissect_receiver(d) : dissect_sender(d)) << 32 | 0xffffffffu;
	dissect_set_side(d, acknowledges ? SIDE_SERVER : SIDE_CLIENT);
	if (acknowledges) {
		enum op_result result = function == RESULT && cur_be16(&c) ? RESULT_REFUSED : RESULT_OK;
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		dissect_response(d, key, result, NULL);
	} else if (f) {
		struct dissect_request r = { .key = key, .code = function, .op = f->op, .name = f->name };
		if (at_home(dissect_packet(d)))
			dissect_evident(d);
		dissect_request(d, &r);
	}
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	uint32_t origin = dissect_sender(d);
	if (!p->ip) {
		enum dissect_result r = npdu(d, c, origin, mac_is_host(p->mac_dst) ? TO_ONE : TO_ALL);
		return r == DISSECT_MALFORMED ? DISSECT_NOT_MINE : r;
	}
	uint8_t type = cur_u8(&c), function = cur_u8(&c);
	uint16_t n = cur_be16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (type != BVLC || (n != p->payload_wire && (packet_cut(p) || !at_home(p) || function < FORWARDED)))
		return DISSECT_NOT_MINE;
	switch (function) {
	case FORWARDED: {
		struct addr sender = addr_v4(cur_bytes(&c, 4));
		cur_skip(&c, 2);
		return cur_ok(&c) ? npdu(d, c, dissect_ip(d, &sender), HANDED_ON) : DISSECT_TRUNCATED;
	}
	case DISTRIBUTE: case BROADCAST:
		return npdu(d, c, origin, TO_ALL);
	case UNICAST:
		return npdu(d, c, origin, TO_ONE);
	default:
		return table(d, c, function);
	}
}

const struct dissector dissect_bacnet = {
	.name = "bacnet",
	.title = "BACnet",
	.ot = true,
	.udp = { PORT, PORT + 1, PORT + 2, PORT + 3, PORT + 4, PORT + 5, PORT + 6 },
	.llc_dsap = 0x82,
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "ASHRAE 135 (ISO 16484-5): clauses 6, 13 to 16, 20, annex J",
	.recognition = "BVLC 81 with the datagram's length, or LLC 82; NPDU version 1; an APDU whose tags end with it; request and "
		       "answer paired by invoke id, network and station",
	.identity = "I-Am, I-Have, Who-Am-I; ReadProperty and ReadPropertyMultiple of the device object: vendor, model, firmware, "
		    "application software, object name, description, location, serial number, system status; devices behind a router "
		    "are told of as relays, not as the router; of a segmented answer the first segment is read",
	.operations = "WriteProperty by what it changes, DeviceCommunicationControl, ReinitializeDevice, files, objects made and deleted, "
		      "list elements, clock, private transfers, routing tables, broadcast and foreign device tables",
	.verified = "real captures",
};
