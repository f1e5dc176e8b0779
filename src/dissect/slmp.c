/*
 * SLMP, and the MC protocol whose 3E and 4E frames it is (Mitsubishi Electric, SLMP
 * Reference Manual SH-080956ENG; MELSEC Communication Protocol Reference Manual
 * SH-080008). KEYENCE and others speak it too. Binary code:
 *
 *   0          2        3    4          6          7        9
 *   +----------+--------+----+----------+----------+--------+ - - - - - - - - - - - - - -
 *   | 50 00    |network |stn.|module I/O|multidrop | length | request: timer 2, command 2,
 *   | or D0 00 |        |    |   (LE)   | station  |  (LE)  | subcommand 2, data
 *   +----------+--------+----+----------+----------+--------+ answer: end code 2, data
 *
 * 4E: 54 00 or D4 00, serial number 2, 00 00, then from the network on as 3E. ASCII
 * code writes every number in hexadecimal digits, the high ones first ("5000",
 * "D000"), and a device by its letters. The 1E frames of the A series: mc1e.c.
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/mc.h"

enum {
	LENGTH_MAX = 0x3000,
	TYPE_NAME = 0x0101, NODE_SEARCH = 0x0e30, IP_SET = 0x0e31, CAN_OBJECT = 0x4020,
	SUB_BIT = 1, SUB_LONG = 2, SUB_EXTENDED = 0x80, SUB_UNICODE = 0x40,
	CYCLIC_PORT = 61450,     /* CC-Link IE Field Basic: the same header, but no SLMP behind it */
	ANY = 0xffff, WAITS = 5, NAME = 16, NODE_MIN = 51,
};

/* What waits on a connection for its answer: without a serial number only order and length tell which. */
struct state {
	struct mc1e one;
	uint16_t next;
	uint8_t n;
	struct wait { uint16_t number, serial, expect, command; } wait[WAITS];
};
_Static_assert(sizeof(struct state) <= DISSECT_SCRATCH, "state fits");

struct head {
	bool ascii, numbered, answer;
	uint16_t serial;
	struct mc_route route;
	uint32_t size, length;   /* bytes before those that the length counts, and these */
};

/* ---- numbers ---- */

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A number of so many bytes in binary code. What is no digit poisons. */
static uint32_t number(struct cur *c, bool ascii, int bytes)
{
	uint32_t v = 0;
	for (int i = 0; i < bytes && !ascii; i++)
		v |= (uint32_t)cur_u8(c) << 8 * i;
	for (int i = 0; i < 2 * bytes && ascii; i++) {
		int x = digit(cur_u8(c));
		if (x < 0)
			cur_fail(c);
		v = v << 4 | (uint32_t)(x & 15);
	}
	return cur_ok(c) ? v : 0;
}

/* ---- recognition ---- */

static bool starts(const struct cur *c, struct head *h)
{
	static const struct { uint8_t b[4]; uint8_t n; bool ascii, numbered, answer; } subheaders[] = {
		{ { 0x50, 0 }, 2, false, false, false }, { { 0xd0, 0 }, 2, false, false, true },
		{ { 0x54, 0 }, 2, false, true, false }, { { 0xd4, 0 }, 2, false, true, true },
		{ "5000", 4, true, false, false }, { "D000", 4, true, false, true },
		{ "5400", 4, true, true, false }, { "D400", 4, true, true, true },
	};
	for (size_t i = 0; i < sizeof subheaders / sizeof *subheaders; i++) {
		if (!cur_starts(c, subheaders[i].b, subheaders[i].n))
			continue;
		*h = (struct head){ .ascii = subheaders[i].ascii, .numbered = subheaders[i].numbered,
				    .answer = subheaders[i].answer };
		h->size = (h->numbered ? 13u : 9u) * (h->ascii ? 2 : 1);
		return true;
	}
	return false;
}

/* The header that begins here; consumed where it is one. */
static bool header(struct cur *c, struct head *h)
{
	if (!starts(c, h) || !cur_has(c, h->size))
		return false;
	cur_skip(c, h->ascii ? 4 : 2);
	if (h->numbered) {
		h->serial = (uint16_t)number(c, h->ascii, 2);
		if (number(c, h->ascii, 2) != 0)
			return false;
	}
	h->route.network = (uint8_t)number(c, h->ascii, 1);
	h->route.station = (uint8_t)number(c, h->ascii, 1);
	h->route.module = (uint16_t)number(c, h->ascii, 2);
	h->route.multidrop = (uint8_t)number(c, h->ascii, 1);
	h->length = number(c, h->ascii, 2);
	uint32_t least = (h->answer ? 2u : 6u) * (h->ascii ? 2 : 1);   /* end code; timer, command, subcommand */
	return cur_ok(c) && mc_route_possible(&h->route) && h->length >= least && h->length <= LENGTH_MAX;
}

/* Zero, or an error of the CPU (4xxx), of a network (Cxxx to Fxxx) or of the interface (005x). */
static bool end_code(uint32_t code)
{
	return code == 0 || code >> 12 == 4 || code >> 12 >= 0xc || (code >= 0x50 && code < 0x80);
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	struct head h;
	if (!header(&x, &h))
		return mc1e_probe(c, side);
	if (h.answer != (side == SIDE_SERVER))
		return false;
	if (h.answer)
		return end_code(number(&x, h.ascii, 2)) && cur_ok(&x);
	number(&x, h.ascii, 2);   /* timer */
	uint32_t command = number(&x, h.ascii, 2), sub = number(&x, h.ascii, 2);
	return cur_ok(&x) && mc_command(command) && sub <= 0xff;
}

static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c;
	struct head h;
	if (cur_left(c) < 4 && memchr("\x50\x54\xd0\xd4" "5D", cur_peek(c, 0), 6))
		return DISSECT_NEED_MORE;
	if (!starts(c, &h))
		return mc1e_length(c, side);
	if (!cur_has(c, h.size))
		return DISSECT_NEED_MORE;
	return header(&x, &h) ? (int32_t)(h.size + h.length) : DISSECT_NO_FRAME;
}

/* ---- details of requests ---- */

/* Device and number, as Q, L and FX write them or in the long form of iQ-R; NULL for the extended forms. */
static const struct mc_device *device(struct cur *c, bool ascii, uint32_t sub, uint32_t *first)
{
	size_t letters = sub & SUB_LONG ? 4 : 2;
	const struct mc_device *x;
	if (sub & SUB_EXTENDED)
		return NULL;
	if (!ascii) {
		*first = number(c, false, sub & SUB_LONG ? 4 : 3);
		return mc_device(number(c, false, sub & SUB_LONG ? 2 : 1));
	}
	const uint8_t *name = cur_bytes(c, letters);
	x = name ? mc_device_ascii(name, letters) : NULL;
	*first = 0;
	for (size_t i = 0; i < letters + 4; i++) {
		int v = digit(cur_u8(c));
		if (v < 0 || !x || (!x->hex && v > 9))
			return NULL;
		*first = *first * (x->hex ? 16 : 10) + (uint32_t)v;
	}
	return cur_ok(c) ? x : NULL;
}

/* Bytes of the answer for so many points. */
static uint32_t points_size(uint32_t points, bool bits, bool ascii)
{
	return bits ? (ascii ? points : (points + 1) / 2) : points * (ascii ? 4 : 2);
}

static void tell_devices(struct dissect_request *r, const struct mc_device *x, uint32_t first, uint32_t n,
			 uint32_t more)
{
	if (!x)
		return;
	r->code = mc_device_code(x, more);
	r->extra = first;
	r->extra2 = n;
	r->describe = mc_describe_devices;
}

/* Commands on devices: what a write changes, and how long the answer of a read will be. */
static uint32_t on_devices(struct dissect_request *r, struct cur *c, bool ascii, uint32_t command, uint32_t sub)
{
	const struct mc_device *x;
	bool bits = sub & SUB_BIT;
	uint32_t first, n, more, size = 0;
	switch (command) {
	case 0x0401: case 0x1401:
		x = device(c, ascii, sub, &first);
		n = number(c, ascii, 2);
		if (!x || !cur_ok(c))
			return command == 0x0401 ? ANY : 0;
		if (command == 0x0401)
			return points_size(n, bits, ascii);
		tell_devices(r, x, first, n, 0);
		return 0;
	case 0x0403: case 0x1402:
		n = number(c, ascii, 1);
		more = bits ? 0 : number(c, ascii, 1);
		if (command == 0x0403)
			return (n * 2 + more * 4) * (ascii ? 2 : 1);
		x = device(c, ascii, sub, &first);
		if (n + more)
			tell_devices(r, x, first, 1, n + more - 1);
		return 0;
	default:   /* blocks: so many of words, so many of bits in words of 16 */
		n = number(c, ascii, 1);
		n += number(c, ascii, 1);
		if (n == 0)
			return 0;
		if (command == 0x1406) {
			x = device(c, ascii, sub, &first);
			uint32_t points = number(c, ascii, 2);
			if (cur_ok(c))
				tell_devices(r, x, first, points, n - 1);
			return 0;
		}
		for (uint32_t i = 0; i < n; i++) {
			if (!device(c, ascii, sub, &first))
				return ANY;
			size += points_size(number(c, ascii, 2), false, ascii);
		}
		return size;
	}
}

static void describe_memory(const struct dissect_request *r, char *out, size_t size)
{
	if (r->code == 0x1601)
		snprintf(out, size, "module I/O %04X, from byte 0x%X", r->extra2, r->extra);
	else if (r->extra2 > 1)
		snprintf(out, size, "buffer memory 0x%X-0x%X", r->extra, r->extra + r->extra2 - 1);
	else
		snprintf(out, size, "buffer memory 0x%X", r->extra);
}

static void describe_ip(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "to %u.%u.%u.%u", r->extra >> 24, r->extra >> 16 & 0xff, r->extra >> 8 & 0xff, r->extra & 0xff);
}

static void describe_object(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "object %04X:%02X", r->extra, r->extra2);
}

/* Files: a password of four characters, numbers (so many bytes of them before the name), the name behind its length. */
static void on_file(struct dissect *d, struct dissect_request *r, struct cur c, bool ascii, uint32_t command,
		    uint32_t sub)
{
	static const struct { uint16_t command; uint8_t before, numbers; } layout[] = {
		{ 0x1810, 0, 6 }, { 0x1811, 0, 4 }, { 0x1820, 0, 6 }, { 0x1822, 0, 2 },
		{ 0x1824, 8, 2 }, { 0x1825, 0, 4 }, { 0x1826, 0, 6 }, { 0x1827, 0, 4 },
	};
	char name[64];
	int scale = ascii ? 2 : 1;
	for (size_t i = 0; i < sizeof layout / sizeof *layout; i++) {
		if (layout[i].command != command || (sub != 0 && sub != SUB_UNICODE))
			continue;
		cur_skip(&c, layout[i].before);
		const uint8_t *password = cur_bytes(&c, 4);
		cur_skip(&c, (size_t)(layout[i].numbers * scale));
		uint32_t n = number(&c, ascii, 2);
		struct cur text = cur_sub(&c, n * (sub == SUB_UNICODE ? 2 : 1));
		if (!cur_ok(&text) || !password)
			return;
		bool blank = strchr("0 ", *password) != NULL;   /* as the manual fills it where there is none; zero is */
		for (int k = 1; k < 4; k++)
			blank = blank && password[k] == password[0];
		if (!blank)
			dissect_weakness(d, "password-in-clear", "file password");
		if (sub == SUB_UNICODE)
			mc_narrow(text, name, sizeof name);
		else if (!text_wire(cur_here(&text), cur_left(&text), name, sizeof name))
			return;
		if (*name) {
			mc_pack_file(r, name);
			r->describe = mc_describe_file;
		}
	}
}

/* Fills in what the command's data say; the size of the answer's data where it is known, else ANY. */
static uint32_t details(struct dissect *d, struct dissect_request *r, struct cur *c, bool ascii, uint32_t command,
			uint32_t sub)
{
	uint32_t from, n;
	switch (command) {
	case 0x0401: case 0x1401: case 0x0403: case 0x1402: case 0x0406: case 0x1406:
		return on_devices(r, c, ascii, command, sub);
	case 0x0613: case 0x1613: case 0x0601: case 0x1601:
		from = number(c, ascii, 4);
		n = number(c, ascii, 2);
		if (command == 0x0613 || command == 0x0601)
			return n * (command == 0x0613 ? 2 : 1) * (ascii ? 2 : 1);
		r->extra = from;
		r->extra2 = command == 0x1613 ? n : number(c, ascii, 2);
		r->describe = describe_memory;
		return 0;
	case MC_RUN: case MC_STOP: case MC_PAUSE:
		r->extra = number(c, ascii, 2);
		r->extra2 = command == MC_RUN ? number(c, ascii, 1) : 0;
		r->describe = mc_describe_run;
		return 0;
	case MC_UNLOCK: case MC_LOCK:
		n = number(c, ascii, 2);
		cur_skip(c, n);
		if (n && cur_ok(c))
			dissect_weakness(d, "password-in-clear", "remote password");
		return 0;
	case 0x1005: case 0x1617: case 0x1619: case 0x0801:
		return 0;
	case IP_SET:               /* MAC and address of who asks, MAC and address to be of the node */
		cur_skip(c, (6 + 1 + 4 + 6 + 1) * (ascii ? 2 : 1));
		r->extra = number(c, ascii, 4);
		r->describe = describe_ip;
		return ANY;
	case CAN_OBJECT:
		r->name = "SDO Upload";
		if (sub == 2 || sub == 6) {
			r->op = OP_WRITE;
			r->name = "SDO Download";
			r->extra = number(c, ascii, 2);
			r->extra2 = number(c, ascii, 1);
			r->describe = describe_object;
		}
		return ANY;
	default:
		on_file(d, r, *c, ascii, command, sub);
		return ANY;
	}
}

/* ---- messages ---- */

static struct addr address(struct cur *c, bool ascii)
{
	uint32_t v = number(c, ascii, 4);
	return addr_v4((const uint8_t[4]){ (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v });
}

static void mac_of(struct cur *c, bool ascii, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++)   /* the last byte first */
		mac[ascii ? i : 5 - i] = (uint8_t)number(c, ascii, 1);
}

/* A search names its own sender, so that it proves itself. */
static void search(struct dissect *d, struct cur c, bool ascii)
{
	const struct packet *p = dissect_packet(d);
	cur_skip(&c, ascii ? 12 : 6);
	uint32_t size = number(&c, ascii, 1);
	struct addr ip = address(&c, ascii);
	if (cur_ok(&c) && !cur_left(&c) && size == 4 && p->ip == 4 && addr_equal(&ip, &p->src))
		dissect_evident(d);
}

static enum dissect_result request(struct dissect *d, const struct head *h, struct cur c, bool cut)
{
	struct state *s = dissect_scratch(d);
	number(&c, h->ascii, 2);   /* monitoring timer */
	uint32_t command = number(&c, h->ascii, 2), sub = number(&c, h->ascii, 2);
	if (!cur_ok(&c))
		return cut ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
	const struct dissect_code *f = mc_command(command);
	struct dissect_request r = { .code = command, .op = f ? f->op : OP_DIAGNOSTIC,
				     .name = f ? f->name : "Unknown command", .describe = f ? NULL : mc_describe_command };
	mc_relay(d, &h->route);
	if (command == NODE_SEARCH)
		search(d, c, h->ascii);
	uint32_t expect = f ? details(d, &r, &c, h->ascii, command, sub) : ANY;
	if (!cur_ok(&c)) {
		r.describe = NULL;
		r.code = command;
		r.extra = r.extra2 = 0;
	}
	if (s->n == WAITS)
		memmove(s->wait, s->wait + 1, --s->n * sizeof *s->wait);
	s->wait[s->n++] = (struct wait){ .number = s->next, .serial = h->serial, .command = (uint16_t)command,
					 .expect = (uint16_t)(expect < ANY ? expect : ANY) };
	r.key = s->next++;
	dissect_request(d, &r);
	return cur_ok(&c) ? DISSECT_OK : cut ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
}

/* Which request is answered by data of this size? The oldest that fits; those before it never got their answer. */
static bool answered(struct state *s, const struct head *h, uint32_t data, bool refused, struct wait *out)
{
	int at = -1;
	for (int pass = 0; pass < 2 && at < 0; pass++)
		for (int i = 0; i < s->n && at < 0; i++)
			if (s->wait[i].serial == h->serial &&
			    (pass || refused || s->wait[i].expect == ANY || s->wait[i].expect == data))
				at = i;
	if (at < 0)
		return false;
	*out = s->wait[at];
	int from = at + 1, to = at;
	while (to > 0 && s->wait[to - 1].serial == h->serial)   /* 4E may overtake */
		to--;
	memmove(s->wait + to, s->wait + from, (size_t)(s->n - from) * sizeof *s->wait);
	s->n = (uint8_t)(s->n - (from - to));
	return true;
}

/* The answer to it: addresses, host name, maker's and model code. It proves itself likewise. */
static bool node(struct dissect *d, struct cur c, bool ascii, bool paired)
{
	uint8_t client[6], mac[6];
	char text[32];
	mac_of(&c, ascii, client);
	if (number(&c, ascii, 1) != 4)
		return false;
	address(&c, ascii);
	mac_of(&c, ascii, mac);
	if (number(&c, ascii, 1) != 4)
		return false;
	struct addr ip = address(&c, ascii);
	number(&c, ascii, 4);      /* mask */
	number(&c, ascii, 4);      /* gateway */
	uint32_t n = number(&c, ascii, 1);
	const uint8_t *host = cur_bytes(&c, n);
	uint32_t vendor = number(&c, ascii, 2), model = number(&c, ascii, 4), version = number(&c, ascii, 2);
	if (number(&c, ascii, 1) != 4)
		return false;
	for (int i = 0; i < 4 + 2 + 2 + 2 + 1; i++)
		number(&c, ascii, 1);   /* address and port of the target, status, port, protocol */
	const struct packet *p = dissect_packet(d);
	if (!cur_ok(&c) || cur_left(&c) || p->ip != 4 || !addr_equal(&ip, &p->src))
		return false;
	if (!paired)
		dissect_evident(d);
	dissect_attr_bytes(d, ATTR_HOSTNAME, host, n, "slmp.node_search.host_name");
	snprintf(text, sizeof text, "%04X-%08X", vendor, model);
	dissect_attr(d, ATTR_PRODUCT_CODE, text, "slmp.node_search.model_code");
	snprintf(text, sizeof text, "%u", version);
	dissect_attr(d, ATTR_HARDWARE, text, "slmp.node_search.equipment_version");
	uint32_t m = dissect_mac_of(d, mac), a = dissect_ip(d, &ip);
	if (m && a)
		dissect_link(d, m, a, LINK_SAME, "slmp.node_search");
	return true;
}

static enum dissect_result answer(struct dissect *d, const struct head *h, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	struct wait w = { 0 };
	bool paired = false;
	uint32_t code = number(&c, h->ascii, 2), data = h->length - (h->ascii ? 4 : 2);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (answered(dissect_scratch(d), h, data, code != 0, &w))
		paired = dissect_response(d, w.number, code ? RESULT_REFUSED : RESULT_OK, NULL);
	if (!paired && (p->sport == CYCLIC_PORT || p->dport == CYCLIC_PORT))
		return DISSECT_NOT_MINE;
	if (code)
		return DISSECT_OK;
	if (w.command == TYPE_NAME) {
		const uint8_t *name = cur_bytes(&c, NAME);
		uint32_t model = number(&c, h->ascii, 2);
		if (!name)
			return DISSECT_TRUNCATED;
		mc_identity(d, name, NAME, cur_ok(&c) ? model : 0, false, "slmp.read_type_name");
	} else if ((w.command == NODE_SEARCH || !paired) && data >= NODE_MIN * (h->ascii ? 2u : 1u)) {
		node(d, c, h->ascii, paired);
	}
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	struct state *s = dissect_scratch(d);
	struct head h;
	struct cur whole = c;
	if (!header(&c, &h))
		return mc1e_message(d, &s->one, whole);
	bool cut = cur_left(&c) < h.length;
	if (h.answer != (dissect_side(d) == SIDE_SERVER))
		return DISSECT_NOT_MINE;
	if (p->proto == 17 && (cur_left(&c) > h.length || (cut && !packet_cut(p))))
		return DISSECT_NOT_MINE;   /* a datagram is one message */
	return h.answer ? answer(d, &h, c) : request(d, &h, c, cut);
}

const struct dissector dissect_slmp = {
	.name = "slmp",
	.title = "SLMP (MC protocol)",
	.ot = true,
	.no_auth = true,   /* the remote password, where there is one, opens a port: commands carry nothing */
	.tcp = { 5000, 5001, 5002, 5010, 1025, 1280, 4999, 2000 },
	.udp = { 5000, 5001, 5002, 5010, 1025, 1027, 1281, 4999 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "SLMP Reference Manual SH-080956ENG; MELSEC Communication Protocol Reference Manual SH-080008 "
		     "(3E, 4E and 1E frames); FX3U-ENET-ADP User's Manual (1E)",
	.recognition = "subheader 5000/D000 or 5400/D400 in binary or ASCII code, a possible route, a length that agrees, a "
		       "command of the manuals; answers in the order of the requests with the length that was asked for, or "
		       "by serial number. 1E: a subheader, device and length that fit, and the answer's length",
	.identity = "Read Type Name (0101): model and model code; Node Search (0E30): host name, maker's and model code, "
		    "equipment version, MAC address; 1E PC type code",
	.operations = "device, label, buffer memory and module reads and writes with their ranges; remote RUN, STOP, PAUSE, "
		      "latch clear, RESET; remote password (in clear); files and directories; errors cleared; IP address "
		      "set; parameters; SDO. Another network, station, module or multidrop station is a relay",
	.verified = "from the manual, not yet seen in a real capture",
};
