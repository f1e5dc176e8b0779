/*
 * PROFINET IO context management (IEC 61158-6-10): DCE/RPC without a connection (C706, chapter 12) on UDP 34964 and
 * on ports that the ends choose. The controller connects, writes the parameters of each module, and says that this
 * is all; then the process data runs (profinet_rt.c). Answers often come from another port than was asked.
 *
 *   0        1      2       4      8        24          40         56     60        64         68      74     76
 *   +--------+------+-------+------+--------+-----------+----------+------+---------+----------+-------+------+-----
 *   |version | type | flags | data | object | interface | activity | boot | inter-  | sequence | op-   | body | frag-
 *   |   4    |      | 1, 2  | rep. | (UUID) | (UUID)    | (UUID)   | time | face v. | number   | number| len  | ment …
 *   +--------+------+-------+------+--------+-----------+----------+------+---------+----------+-------+------+-----
 *   numbers as the data representation says; then, in a request: five of four bytes (lengths), in an answer: the
 *   status and four of them; then blocks, always big-endian:
 *
 *   +------+--------+---------+--------- - -
 *   | type | length | version | …                  length: from the version on
 *   +------+--------+---------+--------- - -
 *   objects are DEA00000-6C97-11D1-8271-iiiiddddvvvv: instance, device id, vendor id
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/profinet.h"

enum {
	HEADER = 80, PORT = 34964, UUID = 16, LITTLE = 0x10,
	REQUEST = 0, PING = 1, ANSWER = 2, FAULT = 3, WORKING = 4, NOCALL = 5, REJECT = 6, CANCEL_ACK = 10,
	FLAG_FRAGMENT = 0x04,
	CONNECT = 0, READ = 2, WRITE = 3, CONTROL = 4, READ_IMPLICIT = 5, EPM_LOOKUP = 2,
	BLOCK_HEAD = 6,
	AR_REQUEST = 0x0101, AR_ANSWER = 0x8101, AR_SERVER = 0x8106, READ_REQUEST = 0x0009, READ_ANSWER = 0x8009,
	WRITE_REQUEST = 0x0008, WRITE_ANSWER = 0x8008, CONTROL_FIRST = 0x0110, CONTROL_LAST = 0x0118,
	IM0 = 0x0020, IM1 = 0x0021, IM3 = 0x0023, SEVERAL = 0x0400, INTERFACE_REAL = 0x0240, PORT_REAL = 0x020f,
	BLOCKS_MAX = 256, PEERS_MAX = 16,
	AR_SUPERVISOR = 6,
	INDEX_MULTIPLE = 0xe040, INDEX_IM_FIRST = 0xaff0, INDEX_IM_LAST = 0xafff, INDEX_IM_FILTER = 0xf840,
	ANNOTATION = 64, ENTRIES_MAX = 32,
};

/* Data 2, 3 and 4 of the UUIDs as they stand big-endian; the first four bytes are the interface's number. */
static const uint8_t pnio_rest[12] = { 0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d };
static const uint8_t epm_rest[12] = { 0x5d, 0x1f, 0x11, 0xc9, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa };

static const struct dissect_code services[] = {
	{ CONNECT, OP_CONFIGURATION, "Connect" },
	{ 1, OP_CONFIGURATION, "Release" },
	{ READ, OP_READ, "Read" },
	{ WRITE, OP_CONFIGURATION, "Write" },
	{ CONTROL, OP_CONFIGURATION, "Control" },
	{ READ_IMPLICIT, OP_READ, "Read Implicit" },
};

static const struct dissect_code epm_services[] = {
	{ 0, OP_DIAGNOSTIC, "EPM Insert" },
	{ 1, OP_DIAGNOSTIC, "EPM Delete" },
	{ EPM_LOOKUP, OP_IDENTITY, "EPM Lookup" },
	{ 3, OP_IDENTITY, "EPM Map" },
	{ 4, -1, "EPM Lookup Handle Free" },
};

/* Bits of the control command. What a device says to its controller commands nothing. */
static const struct dissect_code commands[] = {
	{ 0x01, OP_CONFIGURATION, "Control PrmEnd" },
	{ 0x02, -1, "Control ApplicationReady" },
	{ 0x04, OP_CONFIGURATION, "Control Release" },
	{ 0x10, -1, "Control ReadyForCompanion" },
	{ 0x20, -1, "Control ReadyForRT Class 3" },
	{ 0x40, OP_CONFIGURATION, "Control PrmBegin" },
};

struct rpc {
	uint8_t type, flags, node[6];   /* node: the object's instance, device and vendor */
	bool little, pnio_object, epm;
	uint32_t sequence;
	uint64_t key;
	uint16_t op, length, fragment;
};

/* First four bytes as a number, the others compared in the order of the data representation. */
static bool uuid_is(const uint8_t *u, bool little, const uint8_t rest[12], uint32_t *first)
{
	struct cur c = cur_make(u, UUID);
	*first = little ? cur_le32(&c) : cur_be32(&c);
	uint16_t two = little ? cur_le16(&c) : cur_be16(&c), three = little ? cur_le16(&c) : cur_be16(&c);
	return two == (rest[0] << 8 | rest[1]) && three == (rest[2] << 8 | rest[3]) &&
	       memcmp(u + 8, rest + 4, 8) == 0;
}

/* An object of PROFINET: its last six bytes are the device's own. */
static bool object_is(const uint8_t *u, bool little)
{
	uint8_t rest[12];
	uint32_t first;
	memcpy(rest, pnio_rest, sizeof rest);
	memcpy(rest + 6, u + 10, 6);
	return uuid_is(u, little, rest, &first) && first == 0xdea00000;
}

static uint32_t u32(struct cur *c, bool little)
{
	return little ? cur_le32(c) : cur_be32(c);
}

static uint16_t u16(struct cur *c, bool little)
{
	return little ? cur_le16(c) : cur_be16(c);
}

static bool header(struct cur *c, struct rpc *h)
{
	uint32_t first;
	uint8_t version = cur_u8(c);
	h->type = cur_u8(c);
	h->flags = cur_u8(c);
	cur_skip(c, 1);
	uint8_t representation = cur_u8(c), floats = cur_u8(c);
	cur_skip(c, 2);
	const uint8_t *object = cur_bytes(c, UUID), *interface = cur_bytes(c, UUID), *activity = cur_bytes(c, UUID);
	cur_skip(c, 4);
	h->little = representation == LITTLE;
	uint32_t interface_version = u32(c, h->little);
	h->sequence = u32(c, h->little);
	h->op = u16(c, h->little);
	cur_skip(c, 4);   /* hints */
	h->length = u16(c, h->little);
	h->fragment = u16(c, h->little);
	cur_skip(c, 2);   /* authentication, serial number */
	if (!cur_ok(c) || version != 4 || h->type > CANCEL_ACK || (representation & ~LITTLE) || floats != 0)
		return false;
	h->pnio_object = object_is(object, h->little);
	memcpy(h->node, object + 10, sizeof h->node);
	h->epm = uuid_is(interface, h->little, epm_rest, &first) && first == 0xe1af8308 && h->op <= 4;
	/* The answer may come in the other byte order. */
	struct cur a = cur_make(activity, UUID);
	h->key = u32(&a, h->little);
	h->key = h->key << 16 ^ u16(&a, h->little);
	h->key = h->key << 16 ^ u16(&a, h->little);
	h->key = (h->key ^ cur_be64(&a)) + h->sequence;
	return h->epm || (uuid_is(interface, h->little, pnio_rest, &first) && first >= 0xdea00001 &&
			  first <= 0xdea00004 && h->op <= READ_IMPLICIT && (interface_version & 0xffff) == 1);
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	struct rpc h;
	(void)side;
	return header(&x, &h) && (cur_left(&x) >= h.length || h.type == REQUEST || h.type == ANSWER);
}

/* ---- requests ---- */

static void describe_record(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra2 == INDEX_MULTIPLE)
		snprintf(out, size, "several records");
	else
		snprintf(out, size, "slot %u subslot 0x%04x index 0x%04x", r->extra >> 16, r->extra & 0xffff, r->extra2);
}

static void describe_ar(const struct dissect_request *r, char *out, size_t size)
{
	static const struct { uint8_t type; const char *name; } types[] = {
		{ 1, "IO Controller AR" }, { 3, "IO Controller AR (CIR)" }, { AR_SUPERVISOR, "IO Supervisor AR" },
		{ 0x10, "IO Controller AR (RT Class 3)" }, { 0x20, "IO Controller AR (system redundancy)" },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == r->extra)
			snprintf(out, size, "%s", types[i].name);
}

/* The head of a record: where it stands. What is read or written follows in other blocks. */
static void record(struct cur b, uint16_t *slot, uint16_t *subslot, uint16_t *index)
{
	cur_skip(&b, 2 + UUID + 4);
	*slot = cur_be16(&b);
	*subslot = cur_be16(&b);
	cur_skip(&b, 2);
	*index = cur_be16(&b);
}

/* Who connects: its MAC, its name, what it is. */
static void initiator(struct dissect *d, struct dissect_request *r, struct cur b)
{
	uint16_t type = cur_be16(&b);
	cur_skip(&b, UUID + 2);
	const uint8_t *mac = cur_bytes(&b, 6), *object = cur_bytes(&b, UUID);
	cur_skip(&b, 4 + 2 + 2);   /* properties, time-out, port */
	uint16_t n = cur_be16(&b);
	const uint8_t *name = cur_bytes(&b, n);
	if (!cur_ok(&b))
		return;
	r->extra = type;
	r->describe = describe_ar;
	dissect_attr_bytes(d, ATTR_NAME, name, n, "profinet-io.connect.station_name");
	dissect_attr(d, ATTR_ROLE, type == AR_SUPERVISOR ? "IO-Supervisor" : "IO-Controller", "profinet-io.connect.ar_type");
	dissect_link(d, dissect_mac_of(d, mac), dissect_sender(d), LINK_SAME, "profinet-io.connect.mac");
	if (object_is(object, false)) {
		struct cur node = cur_make(object + 12, 4);
		uint16_t device = cur_be16(&node), vendor = cur_be16(&node);
		profinet_device_id(d, dissect_sender(d), vendor, device, "profinet-io.connect.object");
	}
}

static void request_block(struct dissect *d, struct dissect_request *r, uint16_t type, struct cur b)
{
	uint16_t slot, subslot, index;
	if (type == AR_REQUEST) {
		initiator(d, r, b);
	} else if (type == READ_REQUEST || type == WRITE_REQUEST) {
		record(b, &slot, &subslot, &index);
		r->extra = (uint32_t)slot << 16 | subslot;
		r->extra2 = index;
		r->describe = describe_record;
		if (type == READ_REQUEST && ((index >= INDEX_IM_FIRST && index <= INDEX_IM_LAST) || index == INDEX_IM_FILTER))
			r->op = OP_IDENTITY;
		else if (type == READ_REQUEST && (index & 0xbfff) >= 0x800a && (index & 0xbfff) <= 0x8013)
			r->op = OP_DIAGNOSTIC;
	} else if (type >= CONTROL_FIRST && type <= CONTROL_LAST && r->code == CONTROL) {
		cur_skip(&b, 2 + UUID + 2 + 2);
		const struct dissect_code *command = DISSECT_CODE(commands, cur_be16(&b));
		if (command) {
			r->op = command->op;
			r->name = command->name;
		}
	}
}

static void request(struct dissect *d, const struct rpc *h, struct cur body)
{
	const struct dissect_code *s = h->epm ? DISSECT_CODE(epm_services, h->op) : DISSECT_CODE(services, h->op);
	struct dissect_request r = { .key = h->key, .code = h->op, .op = s ? s->op : OP_DIAGNOSTIC,
				     .name = s ? s->name : "Unknown command" };
	if (!h->epm) {
		cur_skip(&body, 5 * 4);
		uint16_t type = cur_be16(&body), n = cur_be16(&body);   /* the first block says it */
		cur_skip(&body, 2);
		cur_limit(&body, n >= 2 ? n - 2u : 0);
		if (cur_ok(&body))
			request_block(d, &r, type, body);
	}
	dissect_request(d, &r);
}

/* ---- answers ---- */

/* I&M0 of the device itself (slot 0): order number, serial number, hardware and firmware. */
static void identification(struct dissect *d, uint16_t type, struct cur b)
{
	char text[24];
	if (type == IM1) {
		const uint8_t *function = cur_bytes(&b, 32), *location = cur_bytes(&b, 22);
		dissect_attr_bytes(d, ATTR_DESCRIPTION, function, 32, "profinet-io.im1.function");
		if (location)
			dissect_attr_bytes(d, ATTR_LOCATION, location, 22, "profinet-io.im1.location");
		return;
	}
	if (type == IM3) {
		if (cur_has(&b, 54))
			dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&b), 54, "profinet-io.im3.descriptor");
		return;
	}
	uint16_t vendor = cur_be16(&b);
	const uint8_t *order = cur_bytes(&b, 20), *serial = cur_bytes(&b, 16);
	uint16_t hardware = cur_be16(&b);
	uint8_t prefix = cur_u8(&b), major = cur_u8(&b), minor = cur_u8(&b), patch = cur_u8(&b);
	if (!cur_ok(&b) || !strchr("VRPUT", prefix) || !prefix)
		return;
	dissect_attr(d, ATTR_VENDOR, profinet_vendor(vendor), "profinet-io.im0.vendor_id");
	dissect_attr_bytes(d, ATTR_MODEL, order, 20, "profinet-io.im0.order_id");
	dissect_attr_bytes(d, ATTR_SERIAL, serial, 16, "profinet-io.im0.serial_number");
	snprintf(text, sizeof text, "%u", hardware);
	dissect_attr(d, ATTR_HARDWARE, text, "profinet-io.im0.hardware_revision");
	snprintf(text, sizeof text, "%c%u.%u.%u", prefix, major, minor, patch);
	dissect_attr(d, ATTR_FIRMWARE, text, "profinet-io.im0.software_revision");
}

/*
 * "S7-1200                   6ES7 214-1AG40-0XB0       3 V  4  2  1": type (25), order number (20), hardware (5), a
 * letter and the firmware's three numbers, blanks between.
 */
static void annotation(struct dissect *d, struct cur a)
{
	struct cur type = cur_sub(&a, 25), blank = cur_sub(&a, 1), order = cur_sub(&a, 20);
	cur_skip(&a, 1);
	struct cur hardware = cur_sub(&a, 5);
	cur_skip(&a, 1);
	char letter = (char)cur_u8(&a), text[24];
	unsigned version[3] = { 0 };
	for (int i = 0; i < 9; i++) {
		uint8_t digit = cur_u8(&a);
		if (digit != ' ' && (digit < '0' || digit > '9'))
			return;
		if (digit != ' ')
			version[i / 3] = version[i / 3] * 10 + (digit - (unsigned)'0');
	}
	if (!cur_ok(&a) || cur_peek(&blank, 0) != ' ' || !strchr("VRPUT", letter) || !letter)
		return;
	dissect_attr_bytes(d, ATTR_MODEL, cur_here(&order), 20, "profinet-io.lookup.order_id");
	dissect_attr_bytes(d, ATTR_MODEL, cur_here(&type), 25, "profinet-io.lookup.device_type");
	dissect_attr_bytes(d, ATTR_HARDWARE, cur_here(&hardware), 5, "profinet-io.lookup.hardware_revision");
	snprintf(text, sizeof text, "%c%u.%u.%u", letter, version[0], version[1], version[2]);
	dissect_attr(d, ATTR_FIRMWARE, text, "profinet-io.lookup.software_revision");
}

/* Entries: object, pointer to the tower, offset and length of the annotation, the annotation. */
static bool lookup(struct dissect *d, const struct rpc *h, struct cur body)
{
	bool told = false;
	cur_skip(&body, 20);
	uint32_t n = u32(&body, h->little);
	cur_skip(&body, 3 * 4);
	for (uint32_t i = 0; i < n && i < ENTRIES_MAX && cur_left(&body); i++) {
		const uint8_t *object = cur_bytes(&body, UUID);
		cur_skip(&body, 4 + 4);
		uint32_t length = u32(&body, h->little);
		struct cur text = cur_sub(&body, length <= ANNOTATION ? length : SIZE_MAX);
		cur_skip(&body, -length & 3);
		if (!cur_ok(&text) || !object_is(object, h->little))
			break;
		if (!told) {
			dissect_evident(d);
			struct cur node = cur_make(object + 12, 4);
			uint16_t device = cur_be16(&node), vendor = cur_be16(&node);
			profinet_device_id(d, dissect_sender(d), vendor, device, "profinet-io.lookup.object");
		}
		told = true;
		annotation(d, text);
	}
	return told;
}

/* Padding up to a multiple of four from the block's begin on. `left`: what of it was left behind its head. */
static void align(struct cur *c, size_t left)
{
	cur_skip(c, -(BLOCK_HEAD + left - cur_left(c)) & 3);
}

/* Of the interface: its station's name and its MAC. */
static void interface(struct dissect *d, struct cur b, uint8_t version_low)
{
	size_t left = cur_left(&b), n = version_low ? cur_be16(&b) : cur_u8(&b);
	const uint8_t *name = cur_bytes(&b, n);
	align(&b, left);
	const uint8_t *mac = cur_bytes(&b, 6);
	if (!cur_ok(&b))
		return;
	dissect_attr_bytes(d, ATTR_NAME, name, n, "profinet-io.interface.station_name");
	dissect_link(d, dissect_mac_of(d, mac), dissect_sender(d), LINK_SAME, "profinet-io.interface.mac");
}

/* Of a port: its neighbours, each with port, station and MAC. Where it stands is told by the first one. */
static void port(struct dissect *d, struct cur b)
{
	char peer[OBS_TEXT], station[OBS_TEXT], where[2 * OBS_TEXT];
	size_t left = cur_left(&b);
	cur_skip(&b, 2 + 2 + 2);
	cur_skip(&b, cur_u8(&b));
	uint8_t peers = cur_u8(&b);
	align(&b, left);
	for (uint8_t i = 0; i < peers && i < PEERS_MAX; i++) {
		struct cur peer_port = cur_sub(&b, cur_u8(&b)), peer_station = cur_sub(&b, cur_u8(&b));
		align(&b, left);
		cur_skip(&b, 4);   /* delay on the line */
		const uint8_t *mac = cur_bytes(&b, 6);
		align(&b, left);
		if (!cur_ok(&b))
			return;
		bool named = text_wire(cur_here(&peer_station), cur_left(&peer_station), station, sizeof station) > 0;
		if (named)
			dissect_attr_of(d, dissect_mac_of(d, mac), ATTR_NAME, station, "profinet-io.port.peer_station");
		if (named && i == 0 && text_wire(cur_here(&peer_port), cur_left(&peer_port), peer, sizeof peer)) {
			snprintf(where, sizeof where, "%s.%s", peer, station);
			dissect_attr(d, ATTR_LOCATION, where, "profinet-io.port.peer");
		}
	}
}

static void answer_block(struct dissect *d, uint16_t type, uint8_t version_low, struct cur b, uint16_t *slot, bool *refused)
{
	uint16_t subslot, index;
	switch (type) {
	case AR_ANSWER:
		cur_skip(&b, 2 + UUID + 2);
		if (cur_has(&b, 6))
			dissect_link(d, dissect_mac_of(d, cur_here(&b)), dissect_sender(d), LINK_SAME,
				     "profinet-io.connect.mac");
		dissect_attr(d, ATTR_ROLE, "IO-Device", "profinet-io.connect");
		break;
	case AR_SERVER: {
		uint16_t n = cur_be16(&b);
		dissect_attr_bytes(d, ATTR_NAME, cur_bytes(&b, n), n, "profinet-io.connect.station_name");
		break;
	}
	case READ_ANSWER:
		record(b, slot, &subslot, &index);
		break;
	case WRITE_ANSWER:   /* one for each record: its status stands behind two values */
		cur_skip(&b, 2 + UUID + 4 + 2 + 2 + 2 + 2 + 4 + 2 + 2);
		if (cur_be32(&b) != 0)
			*refused = true;
		break;
	case IM0:
	case IM1:
	case IM3:
		if (*slot == 0)
			identification(d, type, b);
		break;
	case INTERFACE_REAL:
		interface(d, b, version_low);
		break;
	case PORT_REAL:
		port(d, b);
		break;
	default:
		break;
	}
}

/*
 * Blocks one behind the other; some hold others. The result is told before the facts, which then stand with both
 * frames: first only what decides it, then all else.
 */
static void answer_blocks(struct dissect *d, struct cur b, bool result, uint16_t *slot, bool *refused)
{
	for (int i = 0; i < BLOCKS_MAX && cur_left(&b) >= BLOCK_HEAD; i++) {
		if (cur_peek_be16(&b, 0) == SEVERAL)   /* padding, API, slot and subslot; then what is in it */
			cur_skip(&b, BLOCK_HEAD + 2 + 4 + 2 + 2);
		uint16_t type = cur_be16(&b), n = cur_be16(&b);
		struct cur v = cur_sub(&b, n);
		cur_skip(&v, 1);
		uint8_t version_low = cur_u8(&v);
		if (!cur_ok(&v))
			return;
		if ((type == WRITE_ANSWER) == result)
			answer_block(d, type, version_low, v, slot, refused);
	}
}

static void answer(struct dissect *d, const struct rpc *h, struct cur body)
{
	if (h->epm) {
		dissect_response(d, h->key, RESULT_OK, NULL);
		if (h->op == EPM_LOOKUP)
			lookup(d, h, body);
		return;
	}
	uint32_t status = u32(&body, h->little);
	cur_skip(&body, 4 * 4);
	bool refused = status != 0;
	uint16_t slot = UINT16_MAX;
	if (status)
		body = cur_make("", 0);
	answer_blocks(d, body, true, &slot, &refused);
	dissect_response(d, h->key, refused ? RESULT_REFUSED : RESULT_OK, NULL);
	answer_blocks(d, body, false, &slot, &refused);
	if (h->pnio_object && !status && h->op != CONTROL) {
		struct cur node = cur_make(h->node + 2, 4);
		uint16_t device = cur_be16(&node), vendor = cur_be16(&node);
		profinet_device_id(d, dissect_sender(d), vendor, device, "profinet-io.object");
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	struct rpc h;
	if (!header(&c, &h))
		return DISSECT_NOT_MINE;
	if (h.length > cur_left(&c) && !packet_cut(p))
		return DISSECT_MALFORMED;
	cur_limit(&c, h.length);
	bool from_server = h.type >= ANSWER && h.type <= REJECT;
	/* The endpoint mapper serves others, too. Its port tells, or an object of PROFINET in what it answers. */
	if (h.epm && p->dport != PORT && p->sport != PORT) {
		if (h.type != ANSWER || h.op != EPM_LOOKUP)
			return DISSECT_NOT_MINE;
		dissect_set_side(d, SIDE_SERVER);
		if (!lookup(d, &h, c))
			return DISSECT_NOT_MINE;
		dissect_response(d, h.key, RESULT_OK, NULL);
		return DISSECT_OK;
	}
	if (from_server || h.type == REQUEST || h.type == PING)
		dissect_set_side(d, from_server ? SIDE_SERVER : SIDE_CLIENT);
	dissect_evident(d);
	if (h.fragment > 0)
		return DISSECT_OK;   /* goes on with what the first one began */
	switch (h.type) {
	case REQUEST:
		request(d, &h, c);
		break;
	case ANSWER:
		answer(d, &h, c);
		break;
	case FAULT:
	case REJECT:
		dissect_response(d, h.key, RESULT_REFUSED, NULL);
		break;
	default:
		break;
	}
	return packet_cut(p) && !(h.flags & FLAG_FRAGMENT) ? DISSECT_TRUNCATED : DISSECT_OK;
}

const struct dissector dissect_profinet_io = {
	.name = "profinet-io",
	.title = "PROFINET IO context management",
	.ot = true,
	.no_auth = true,
	.apart = true,
	.udp = { PORT },
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "IEC 61158-6-10; DCE/RPC: The Open Group C706; Identification & Maintenance: PI 3.502",
	.recognition = "DCE/RPC version 4 with an interface of PROFINET (DEA00001 to DEA00004), in either byte order, or the endpoint mapper on UDP 34964; request and answer with one activity and sequence number, whatever the ports",
	.identity = "endpoint mapper: type, order number, hardware and firmware; I&M0: vendor, order number, serial number, hardware and firmware, I&M1 and 3: function, location, descriptor; interface and port data: station name, neighbours; Connect: name, MAC and role of the controller, vendor and device id of both",
	.operations = "Connect, Release, Read, Write (slot, subslot, index), Control: end of parameters, application ready, release; endpoint mapper lookup",
	.verified = "real captures (Connect, Release, Read, Write, Control, in both byte orders); endpoint mapper and I&M0 from the manual, not yet seen in a real capture",
};
