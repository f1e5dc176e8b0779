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
	MODULE_ACCESS = 0xf8, CPU_BUFFER = 0xfa, FILE_REGISTER = 0xb0,
	FIELD_BASIC = 61450,     /* and 61451: CC-Link IE Field Basic, the same header but a dissector of its own */
	ANY = 0xffff, WAITS = 8, NAME = 16, NODE_MIN = 51, ERROR_INFORMATION = 9, GAVE_UP = 500,
};

/*
 * What waits on a connection for its answer: without a serial number only order, length and, where it is refused, the
 * command tell which. So it is with those who give all their 4E frames the same number.
 */
struct state {
	struct mc1e one;
	uint16_t next;           /* number of the next request: those that wait have the ones before */
	uint16_t serial;         /* of the last 4E frame, plus one */
	uint8_t n;
	uint32_t asked;          /* when, in milliseconds */
	struct wait { uint16_t expect, command; } wait[WAITS];
};
_Static_assert(sizeof(struct state) <= DISSECT_SCRATCH, "state fits");

/* Keys of requests that their serial number tells; the others have a number of ours. */
static const uint64_t SERIAL_KEY = UINT64_C(0x4e) << 32;

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

struct place {
	const struct mc_device *x;
	uint32_t first, module;   /* module: its start I/O number plus one, 0 for the CPU's own devices */
};

/*
 * Device and number, as Q, L and FX write them or in the long form of iQ-R. The extended forms also say whose it is:
 * of those a module's buffer memory is told (U4\G100), in binary code, without index registers.
 */
static bool device(struct cur *c, bool ascii, uint32_t sub, struct place *p)
{
	size_t letters = sub & SUB_LONG ? 4 : 2;
	*p = (struct place){ 0 };
	if (!ascii) {
		uint32_t index = sub & SUB_EXTENDED ? number(c, false, 2) : 0;
		p->first = number(c, false, sub & SUB_LONG ? 4 : 3);
		p->x = mc_device(number(c, false, sub & SUB_LONG ? 2 : 1));
		if (sub & SUB_EXTENDED) {
			index |= number(c, false, 2);
			p->module = number(c, false, 2) + 1;
			uint32_t direct = number(c, false, 1);
			if (index || (direct != MODULE_ACCESS && direct != CPU_BUFFER) || p->module > 0xfff)
				p->x = NULL;
		}
		return cur_ok(c) && p->x;
	}
	const uint8_t *name = sub & SUB_EXTENDED ? NULL : cur_bytes(c, letters);
	p->x = name ? mc_device_ascii(name, letters) : NULL;
	for (size_t i = 0; i < letters + 4; i++) {
		int v = digit(cur_u8(c));
		/* the short form has ZR in hexadecimal digits, too */
		bool hex = p->x && (p->x->hex || (p->x->code == FILE_REGISTER && letters == 2));
		if (v < 0 || !p->x || (!hex && v > 9))
			return false;
		p->first = p->first * (hex ? 16 : 10) + (uint32_t)v;
	}
	return cur_ok(c) && p->x;
}

/* Bytes of the answer for so many points. */
static uint32_t points_size(uint32_t points, bool bits, bool ascii)
{
	return bits ? (ascii ? points : (points + 1) / 2) : points * (ascii ? 4 : 2);
}

/* n: points, or words. */
static void tell_devices(struct dissect_request *r, const struct place *p, bool bits, uint32_t n, uint32_t more)
{
	r->code = mc_device_code(p->x, p->module, more);
	r->extra = p->first;
	r->extra2 = p->x->bit && !bits ? n * 16 : n;
	r->describe = mc_describe_devices;
}

/* Commands on devices: what a write changes, and how long the answer of a read will be. */
static uint32_t on_devices(struct dissect_request *r, struct cur *c, bool ascii, uint32_t command, uint32_t sub)
{
	bool bits = sub & SUB_BIT, write = command >= 0x1000;
	struct place p;
	uint32_t n, more, size = 0;
	switch (command) {
	case 0x0401: case 0x1401:
		if (!device(c, ascii, sub, &p))
			return write ? 0 : ANY;
		n = number(c, ascii, 2);
		if (!write)
			return points_size(n, bits, ascii);
		tell_devices(r, &p, bits, n, 0);
		return 0;
	case 0x0403: case 0x1402:
		n = number(c, ascii, 1);
		more = bits ? 0 : number(c, ascii, 1);
		if (!write)
			return (n * 2 + more * 4) * (ascii ? 2 : 1);
		if (n + more && device(c, ascii, sub, &p))
			tell_devices(r, &p, bits, n ? 1 : 2, n + more - 1);
		return 0;
	default:   /* blocks: so many of words, so many of bits in words of 16 */
		n = number(c, ascii, 1);
		n += number(c, ascii, 1);
		if (write) {
			if (n && device(c, ascii, sub, &p))
				tell_devices(r, &p, false, number(c, ascii, 2), n - 1);
			return 0;
		}
		for (uint32_t i = 0; i < n; i++) {
			if (!device(c, ascii, sub, &p))
				return ANY;
			size += points_size(number(c, ascii, 2), false, ascii);
		}
		return size;
	}
}

/* Writes to labels: how many, abbreviations and after them the labels, each in UTF-16 behind its length. */
static void on_labels(struct dissect_request *r, struct cur c, bool ascii)
{
	char name[64];
	number(&c, ascii, 2);
	uint32_t skip = ascii ? ANY : number(&c, ascii, 2);   /* ASCII code of labels: no example is known */
	for (uint32_t i = 0; i < skip && cur_ok(&c); i++)
		cur_skip(&c, number(&c, false, 2) * 2);
	struct cur text = cur_sub(&c, number(&c, false, 2) * 2);
	mc_narrow(text, name, sizeof name);
	if (cur_ok(&text) && *name) {
		mc_pack_file(r, name);
		r->describe = mc_describe_file;
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
	case 0x141a: case 0x141b:
		on_labels(r, *c, ascii);
		return 0;
	case 0x0619:
		return (ascii ? 4 : 2) + number(c, ascii, 2);
	case TYPE_NAME:
		return NAME + (ascii ? 4 : 2);
	case 0x1005: case 0x1006: case 0x1617: case 0x1619: case 0x0801:
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

/* The ports of searches. */
static bool searched(uint16_t port)
{
	return port >= 45237 && port <= 45240;
}

/* A search names its own sender, so that it proves itself. */
static void search(struct dissect *d, struct cur c, bool ascii)
{
	const struct packet *p = dissect_packet(d);
	cur_skip(&c, ascii ? 12 : 6);
	uint32_t size = number(&c, ascii, 1);
	struct addr ip = address(&c, ascii);
	if (cur_ok(&c) && !cur_left(&c) && size == 4 && p->ip == 4 && addr_equal(&ip, &p->src) &&
	    searched(p->dport))
		dissect_evident(d);
}

static enum dissect_result request(struct dissect *d, const struct head *h, struct cur c, bool cut)
{
	struct state *s = dissect_scratch(d);
	number(&c, h->ascii, 2);   /* monitoring timer */
	uint32_t command = number(&c, h->ascii, 2), sub = number(&c, h->ascii, 2);
	bool by_serial = h->numbered && s->serial != (uint16_t)(h->serial + 1);
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
	if (h->numbered)
		s->serial = (uint16_t)(h->serial + 1);
	if (by_serial) {
		r.key = SERIAL_KEY | h->serial;
	} else {
		/* Who asks again so much later has given up waiting. */
		uint32_t now = (uint32_t)(dissect_packet(d)->ts / 1000000);
		if (now - s->asked >= GAVE_UP)
			s->n = 0;
		s->asked = now;
		if (s->n == WAITS)
			memmove(s->wait, s->wait + 1, --s->n * sizeof *s->wait);
		s->wait[s->n++] = (struct wait){ .command = (uint16_t)command,
						 .expect = (uint16_t)(expect < ANY ? expect : ANY) };
		r.key = s->next++;
	}
	dissect_request(d, &r);
	return cur_ok(&c) ? DISSECT_OK : cut ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
}

/*
 * Which request is answered by data of this size, or refused with this command (0: not told)? The oldest that fits;
 * those before it never got their answer.
 */
static bool answered(struct dissect *d, uint32_t data, enum op_result result, uint32_t refused, uint32_t *command)
{
	struct state *s = dissect_scratch(d);
	int at = -1;
	for (int pass = 0; pass < 2 && at < 0; pass++)
		for (int i = 0; i < s->n && at < 0; i++) {
			const struct wait *w = &s->wait[i];
			if (pass || (result == RESULT_OK ? w->expect == ANY || w->expect == data
							 : !refused || w->command == refused))
				at = i;
		}
	if (at < 0)
		return false;
	uint16_t key = (uint16_t)(s->next - s->n + at);
	*command = s->wait[at].command;
	s->n = (uint8_t)(s->n - (at + 1));
	memmove(s->wait, s->wait + at + 1, s->n * sizeof *s->wait);
	return dissect_response(d, key, result, NULL);
}

/* Behind the end code of a refusal: who refused, and which command. */
static uint32_t refused_command(struct cur c, bool ascii, uint32_t data)
{
	if (data != ERROR_INFORMATION * (ascii ? 2u : 1u))
		return 0;
	for (int i = 0; i < 5; i++)
		number(&c, ascii, 1);
	return number(&c, ascii, 2);
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
	if (!paired && (searched(p->sport) || searched(p->dport)))
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
	struct dissect_request asked;
	uint32_t code = number(&c, h->ascii, 2), data = h->length - (h->ascii ? 4 : 2), command = 0;
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	enum op_result result = code ? RESULT_REFUSED : RESULT_OK;
	bool paired = h->numbered && dissect_response(d, SERIAL_KEY | h->serial, result, &asked);
	if (paired)
		command = asked.op == OP_IDENTITY ? asked.code : 0;
	else
		paired = answered(d, data, result, code ? refused_command(c, h->ascii, data) : 0, &command);
	if (code)
		return DISSECT_OK;
	if (command == TYPE_NAME) {
		const uint8_t *name = cur_bytes(&c, NAME);
		uint32_t model = number(&c, h->ascii, 2);
		if (!name)
			return DISSECT_TRUNCATED;
		mc_identity(d, name, NAME, cur_ok(&c) ? model : 0, false, "slmp.read_type_name");
	} else if ((command == NODE_SEARCH || !paired) && data >= NODE_MIN * (h->ascii ? 2u : 1u)) {
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
	if (p->proto == 17 && ((p->sport | 1) == (FIELD_BASIC | 1) || (p->dport | 1) == (FIELD_BASIC | 1)))
		return DISSECT_NOT_MINE;
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
