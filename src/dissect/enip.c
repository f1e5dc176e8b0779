/*
 * EtherNet/IP encapsulation (ODVA, CIP Volume 2), little-endian; and CIP's cyclic
 * data on UDP 2222, which comes without it.
 *
 *   0         2        4         8        12               20        24
 *   +---------+--------+---------+--------+----------------+---------+------ - -
 *   | command | length | session | status | sender context | options | data
 *   +---------+--------+---------+--------+----------------+---------+------ - -
 *   data of 006F, 0070: interface (4), time-out (2), items: count, then type, length, data
 */
#include <stdio.h>

#include "dissect/cip.h"

enum {
	HEADER = 24, LENGTH_MAX = 65511,
	NOP = 0x00, LIST_SERVICES = 0x04, LIST_IDENTITY = 0x63, LIST_INTERFACES = 0x64, REGISTER_SESSION = 0x65,
	UNREGISTER_SESSION = 0x66, SEND_RR_DATA = 0x6f, SEND_UNIT_DATA = 0x70, START_DTLS = 0xc8,
	ITEM_IDENTITY = 0x0c, ITEM_CONNECTED_ADDRESS = 0xa1, ITEM_CONNECTED_DATA = 0xb1, ITEM_UNCONNECTED_DATA = 0xb2,
	ITEM_SEQUENCED_ADDRESS = 0x8002, ITEMS_MAX = 16, PORT = 44818, IO_PORT = 2222,
};

static bool known_status(uint32_t status)
{
	return status <= 3 || status == 0x64 || status == 0x65 || status == 0x69;
}

static bool encapsulation(const struct cur *c)
{
	struct cur x = *c;
	uint16_t command = cur_le16(&x), n = cur_le16(&x);
	uint32_t session = cur_le32(&x), status = cur_le32(&x);
	cur_skip(&x, 8);
	uint32_t options = cur_le32(&x);
	if (!cur_ok(&x) || options != 0 || !known_status(status) || n > LENGTH_MAX)
		return false;
	switch (command) {
	case LIST_SERVICES: case LIST_INTERFACES:
		return n < 512;
	case LIST_IDENTITY:
		return n == 0 || n >= 40;
	case REGISTER_SESSION:
		return n == 4 || (status && n == 0);
	case UNREGISTER_SESSION:
		return n == 0 && session;
	case START_DTLS:   /* what follows is not readable */
		return n <= 4 && session == 0;
	case SEND_RR_DATA:
	case SEND_UNIT_DATA:
		return session && (status || (n >= 16 && cur_peek_le16(&x, 6) <= ITEMS_MAX));
	default:
		return false;   /* NOP says nothing */
	}
}

/* NOP keeps a connection alive: nothing is in it but, perhaps, some bytes of data. */
static bool nothing(const struct cur *c)
{
	struct cur x = *c;
	uint16_t command = cur_le16(&x);
	cur_skip(&x, 2);
	uint32_t session = cur_le32(&x), status = cur_le32(&x);
	cur_skip(&x, 8);
	return command == NOP && session == 0 && status == 0 && cur_le32(&x) == 0 && cur_ok(&x);
}

/* Cyclic data: a sequenced address item of 8 bytes, then connected data to the datagram's end. */
static bool cyclic(const struct cur *c)
{
	return cur_peek_le16(c, 0) == 2 && cur_peek_le16(c, 2) == ITEM_SEQUENCED_ADDRESS && cur_peek_le16(c, 4) == 8 &&
	       cur_peek_le16(c, 14) == ITEM_CONNECTED_DATA && cur_has(c, 18);
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return encapsulation(c) || cyclic(c);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	uint16_t command = cur_peek_le16(c, 0);
	if (command == NOP ? !nothing(c) : !encapsulation(c))
		return DISSECT_NO_FRAME;
	return HEADER + cur_peek_le16(c, 2);
}

/* List Identity answer: the device presents itself. */
static enum dissect_result identity(struct dissect *d, struct cur c)
{
	uint16_t items = cur_le16(&c), type = cur_le16(&c);
	struct cur item = cur_sub(&c, cur_le16(&c));
	if (!cur_ok(&item))
		return DISSECT_TRUNCATED;
	if (items == 0 || type != ITEM_IDENTITY)
		return DISSECT_MALFORMED;
	cur_skip(&item, 2);                        /* version */
	uint16_t family = cur_be16(&item);
	cur_skip(&item, 2 + 4 + 8);                /* port, address, zeros */
	if (cur_ok(&item) && family != 2)
		return DISSECT_MALFORMED;
	struct cur ahead = item;
	cur_skip(&ahead, 14);
	uint8_t n = cur_u8(&ahead);
	if (!cur_has(&ahead, n))
		return DISSECT_TRUNCATED;
	dissect_set_side(d, SIDE_SERVER);
	dissect_evident(d);
	cip_identity(d, &item, "enip.list_identity");
	dissect_attr_bytes(d, ATTR_MODEL, cur_here(&ahead), n, "enip.list_identity");
	return DISSECT_OK;
}

/* Items of SendRRData and SendUnitData: the message in them, and the key that pairs it. */
static enum dissect_result carried(struct dissect *d, struct cur c, uint64_t key)
{
	cur_skip(&c, 6);   /* interface handle, time-out */
	uint16_t items = cur_le16(&c);
	if (items > ITEMS_MAX)
		return DISSECT_MALFORMED;
	for (uint16_t i = 0; i < items; i++) {
		uint16_t type = cur_le16(&c);
		struct cur item = cur_sub(&c, cur_le16(&c));
		if (!cur_ok(&item))
			return DISSECT_TRUNCATED;
		if (type == ITEM_CONNECTED_DATA) {
			if (cur_left(&item) < 2)
				continue;
			key = (uint64_t)SEND_UNIT_DATA << 32 | cur_le16(&item);   /* CIP sequence count */
		} else if (type != ITEM_UNCONNECTED_DATA) {
			continue;
		}
		if (!cur_left(&item))
			continue;
		bool answer = (cur_peek(&item, 0) & 0x80) != 0;
		dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
		bool fits = answer ? cip_response(d, key, item) : cip_request(d, key, item, type == ITEM_CONNECTED_DATA);
		if (fits)
			dissect_also(d, "cip");
	}
	return DISSECT_OK;
}

/* A broadcast of a network is one by its MAC alone. */
static bool to_all(const struct packet *p)
{
	return p->dport == PORT && (!addr_is_host(&p->dst) || (p->has_dst_mac && !mac_is_host(p->mac_dst)));
}

static enum dissect_result session(struct dissect *d, uint16_t command, uint32_t status, uint64_t key, struct cur c)
{
	struct dissect_request r = { .key = key, .op = -1, .name = "encapsulation" };
	bool empty = cur_left(&c) == 0;
	switch (command) {
	case LIST_IDENTITY:
		if (!empty) {
			dissect_response(d, key, RESULT_OK, NULL);
			return identity(d, c);
		}
		r.op = OP_IDENTITY;
		r.name = "List Identity";
		dissect_request(d, &r);
		/* To a group address nobody answers in this flow; the request alone is plain enough. */
		if (to_all(dissect_packet(d)))
			dissect_evident(d);
		return DISSECT_OK;
	case UNREGISTER_SESSION:
		return DISSECT_OK;
	case LIST_SERVICES: case LIST_INTERFACES:
		r.op = OP_IDENTITY;
		r.name = command == LIST_SERVICES ? "List Services" : "List Interfaces";
		if (empty)
			dissect_request(d, &r);
		else
			dissect_response(d, key, status ? RESULT_REFUSED : RESULT_OK, NULL);
		return DISSECT_OK;
	default:
		if (dissect_side(d) == SIDE_CLIENT)
			dissect_request(d, &r);
		else
			dissect_response(d, key, status ? RESULT_REFUSED : RESULT_OK, NULL);
		return DISSECT_OK;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	bool datagram = dissect_packet(d)->proto == 17;
	if (datagram && cyclic(&c)) {
		dissect_evident(d);
		dissect_also(d, "cipio");
		return DISSECT_OK;
	}
	if (cur_has(&c, HEADER) && cur_peek_le16(&c, 0) != NOP && !encapsulation(&c))
		return DISSECT_NOT_MINE;
	uint16_t command = cur_le16(&c), n = cur_le16(&c);
	cur_skip(&c, 4);   /* session handle */
	uint32_t status = cur_le32(&c);
	uint64_t context = cur_le64(&c);
	cur_skip(&c, 4);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (datagram && cur_left(&c) > n)
		return DISSECT_NOT_MINE;
	cur_limit(&c, n);
	uint64_t key = (uint64_t)command << 32 ^ context;
	if (command == NOP)
		return DISSECT_LOWER;
	if (command != SEND_RR_DATA && command != SEND_UNIT_DATA)
		return session(d, command, status, key, c);
	return status ? DISSECT_OK : carried(d, c, key);
}

const struct dissector dissect_enip = {
	.name = "enip",
	.title = "EtherNet/IP and CIP",
	.ot = true,
	.no_auth = true,
	.carries = { "cip", "cipio", "pccc" },
	.tcp = { PORT },
	.udp = { PORT, IO_PORT },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "ODVA, The CIP Networks Library, Volumes 1 and 2; Rockwell 1756-PM020; Rockwell 1770-6.5.16 (PCCC)",
	.recognition = "command, length, status and options of the encapsulation; CIP request and answer paired by sender context or sequence count",
	.identity = "List Identity and the Identity object: vendor, device type, product code, revision, serial number, product name; "
		    "mode and name of a Logix controller; PCCC diagnostic status: processor, series and revision, mode",
	.operations = "reset, start, stop, attribute and tag writes, program objects made and transferred, files, clock and configuration "
		      "objects, PCCC by file and element, its modes, forces, downloads and uploads, firmware; routes to other networks in "
		      "Unconnected Send and Forward Open. CIP Security (TLS on port 2221) is not readable",
	.verified = "real captures; PCCC, file objects and routes to other networks from the manual, not yet seen in a real capture",
};
