/*
 * The A-compatible 1E frames of the MC protocol (FX3U-ENET-ADP User's Manual
 * JY997D45801, MELSEC Communication Protocol Reference Manual SH-080008). Binary:
 *
 *   0         1        2       4                8        10       11
 *   +---------+--------+-------+----------------+--------+--------+----+ - - -
 *   |subheader|PC num- | timer | first number   | device | points | 00 | data
 *   | (what)  |ber, FF | (LE)  | (LE)           | (LE)   |        |    |
 *   +---------+--------+-------+----------------+--------+--------+----+ - - -
 *
 * and the answer: subheader + 80, end code (00; 5B and an abnormal code; 50 to 60),
 * data. ASCII code writes the same in hexadecimal digits, high ones first, the
 * device before its number. Extended file registers have the number of their block
 * behind the device, a special function module its address (3), length and number.
 * No length and no number tells a message: only such
 * requests count whose device and length fit, and answers of the length that the
 * request before them asked for.
 */
#include <stdio.h>

#include "dissect/mc.h"

enum {
	HEAD = 4, BATCH = 12, ANSWER = 0x80, DIGITS = 24, LONGEST = 1024,
	RUN = 0x13, STOP = 0x14, TYPE = 0x15, LOOPBACK = 0x16,
	ABNORMAL = 0x5b, MODULE_READ = 0x0e, MODULE_WRITE = 0x0f, FILE_READ = 0x17, FILE_WRITE = 0x18, FILE_TEST = 0x19,
	FILE_MONITOR = 0x1b,
};

static const struct dissect_code commands[] = {
	{ 0x00, OP_READ, "Batch Read (bits)" },
	{ 0x01, OP_READ, "Batch Read (words)" },
	{ 0x02, OP_WRITE, "Batch Write (bits)" },
	{ 0x03, OP_WRITE, "Batch Write (words)" },
	{ 0x04, OP_WRITE, "Test (random write, bits)" },
	{ 0x05, OP_WRITE, "Test (random write, words)" },
	{ 0x06, OP_READ, "Monitor Data Registration (bits)" },
	{ 0x07, OP_READ, "Monitor Data Registration (words)" },
	{ 0x08, OP_READ, "Monitor (bits)" },
	{ 0x09, OP_READ, "Monitor (words)" },
	{ MODULE_READ, OP_READ, "Special Function Module Batch Read" },
	{ MODULE_WRITE, OP_WRITE, "Special Function Module Batch Write" },
	{ FILE_READ, OP_READ, "Extended File Register Batch Read" },
	{ FILE_WRITE, OP_WRITE, "Extended File Register Batch Write" },
	{ FILE_TEST, OP_WRITE, "Extended File Register Test (random write)" },
	{ 0x1a, OP_READ, "Extended File Register Monitor Data Registration" },
	{ FILE_MONITOR, OP_READ, "Extended File Register Monitor" },
	{ RUN, OP_START, "Remote RUN" },
	{ STOP, OP_STOP, "Remote STOP" },
	{ TYPE, OP_IDENTITY, "PC Type Name Read" },
	{ LOOPBACK, OP_DIAGNOSTIC, "Loopback Test" },
};

/* Device codes are the letters: "D " is 4420h. To be told as the codes of the 3E frame are. */
static const struct mc_device *device(uint8_t high, uint8_t low)
{
	static const char two[][3] = { "TS", "TC", "TN", "CS", "CC", "CN" };
	const uint8_t letters[2] = { high, low };
	if (letters[1] == ' ')
		return strchr("DRWXYMLBFS", letters[0]) && letters[0] ? mc_device_ascii(letters, 1) : NULL;
	for (size_t i = 0; i < sizeof two / sizeof *two; i++)
		if (memcmp(two[i], letters, 2) == 0)
			return mc_device_ascii(letters, 2);
	return NULL;
}

/* One message in bytes, whatever its code: as many as are needed, and how many there are in all. */
struct text {
	uint8_t b[BATCH + 2];
	size_t n;
	bool ascii;
};

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_text(const struct cur *c, enum side side, struct text *t)
{
	uint8_t first = cur_peek(c, 0);
	uint8_t answer = side == SIDE_SERVER ? ANSWER : 0;
	*t = (struct text){ .ascii = first >= '0' && first <= '9' && digit(cur_peek(c, 1)) >= 0 &&
			    cur_has(c, side == SIDE_SERVER ? 4 : 8) };
	if (t->ascii && cur_left(c) % 2)
		return false;
	t->n = cur_left(c) / (t->ascii ? 2 : 1);
	if (t->n < 2 || t->n > LONGEST)
		return false;
	for (size_t i = 0; i < sizeof t->b && i < t->n; i++) {
		int high = digit(cur_peek(c, 2 * i)), low = digit(cur_peek(c, 2 * i + 1));
		if (t->ascii && (high < 0 || low < 0))
			return false;
		t->b[i] = cur_peek(c, i);
		if (t->ascii)
			t->b[i] = (uint8_t)(high << 4 | low);
	}
	return (t->b[0] & ANSWER) == answer && DISSECT_CODE(commands, t->b[0] & 0x7fu);
}

static uint32_t points(uint8_t n)
{
	return n ? n : 256;
}

/* A request whose parts all fit; what it is about, and how long the data of its answer will be. */
struct asked {
	const struct mc_device *x;
	uint32_t first, n, size;
	uint8_t module;          /* of 0E and 0F */
};

/* Device and first number; no device has more than 65536. */
static bool place(const uint8_t *b, bool ascii, struct asked *a)
{
	a->x = ascii ? device(b[0], b[1]) : device(b[5], b[4]);
	a->first = ascii ? (uint32_t)b[4] << 8 | b[5] : (uint32_t)b[1] << 8 | b[0];
	return a->x && b[2] == 0 && b[3] == 0;
}

static bool read_request(const struct text *t, struct asked *a)
{
	uint8_t command = t->b[0], station = t->b[1];
	*a = (struct asked){ 0 };
	if (t->n < HEAD || (station != MC_OWN_STATION && (station == 0 || station > 64)))
		return false;
	a->n = points(t->b[HEAD]);
	switch (command) {
	case 0x00: case 0x01: case 0x02: case 0x03:
		if (t->n < BATCH || t->b[BATCH - 1] != 0)
			return false;
		a->n = points(t->b[BATCH - 2]);
		uint32_t data = command & 1 ? a->n * 2 : (a->n + 1) / 2;
		a->size = command < 2 ? data : 0;
		return place(t->b + HEAD, t->ascii, a) && t->n == BATCH + (command < 2 ? 0 : data);
	case 0x04: case 0x05: case 0x06: case 0x07: {
		static const uint8_t each[] = { 7, 8, 6, 6 };
		return t->b[HEAD + 1] == 0 && t->n == HEAD + 2 + a->n * each[command - 4] &&
		       place(t->b + HEAD + 2, t->ascii, a);
	}
	case MODULE_READ: case MODULE_WRITE:
		if (t->n < HEAD + 6 || t->b[HEAD + 5] != 0)
			return false;
		a->n = points(t->b[HEAD + 3]);
		a->first = t->ascii ? (uint32_t)t->b[HEAD] << 16 | (uint32_t)t->b[HEAD + 1] << 8 | t->b[HEAD + 2]
				    : (uint32_t)t->b[HEAD + 2] << 16 | (uint32_t)t->b[HEAD + 1] << 8 | t->b[HEAD];
		a->module = t->b[HEAD + 4];
		a->size = command == MODULE_READ ? a->n : 0;
		return t->n == HEAD + 6 + (command == MODULE_READ ? 0 : a->n);
	case FILE_READ: case FILE_WRITE:
		if (t->n < BATCH + 2 || t->b[BATCH + 1] != 0)
			return false;
		a->n = points(t->b[BATCH]);
		a->size = command == FILE_READ ? a->n * 2 : 0;
		return place(t->b + HEAD, t->ascii, a) && t->n == BATCH + 2 + (command == FILE_READ ? 0 : a->n * 2);
	case FILE_TEST: case 0x1a:
		return t->b[HEAD + 1] == 0 && t->n == HEAD + 2 + a->n * (command == FILE_TEST ? 10 : 8);
	case LOOPBACK:
		a->size = 1 + a->n;
		return station == MC_OWN_STATION && t->n == HEAD + 1 + a->n;
	default:
		a->size = command == TYPE ? 2 : 0;
		return station == MC_OWN_STATION && t->n == HEAD;
	}
}

static bool end_code(const struct text *t)
{
	uint8_t end = t->b[1];
	return end == 0 || (end == ABNORMAL ? t->n <= 4 && t->n >= 3 : end >= 0x50 && end <= 0x60 && t->n == 2);
}

bool mc1e_probe(const struct cur *c, enum side side)
{
	struct text t;
	struct asked a;
	if (!read_text(c, side, &t))
		return false;
	return side == SIDE_CLIENT ? read_request(&t, &a) : end_code(&t);
}

/* Nothing in a message says where it ends; they come one at a time, and each in one segment. */
int32_t mc1e_length(const struct cur *c, enum side side)
{
	struct text t;
	return read_text(c, side, &t) ? (int32_t)cur_left(c) : DISSECT_NO_FRAME;
}

static enum dissect_result answer(struct dissect *d, struct mc1e *s, const struct text *t)
{
	uint8_t command = t->b[0] & 0x7f, end = t->b[1];
	bool fits = s->waits && s->command == command && end_code(t) &&
		    (end || s->expect == t->n - 2 || command == 8 || command == 9 ||
		     command == FILE_MONITOR);
	if (fits && command == TYPE && !end)
		fits = t->b[2] && !t->b[3];   /* a code of one byte */
	s->waits = false;
	if (!fits || !dissect_response(d, (uint64_t)0x1e << 32 | command, end ? RESULT_REFUSED : RESULT_OK, NULL))
		return DISSECT_LOWER;   /* two bytes and a length prove nothing by themselves */
	s->proved = true;
	if (command == TYPE && end == 0) {
		char code[8];
		snprintf(code, sizeof code, "%02X", t->b[2]);
		dissect_attr(d, ATTR_PRODUCT_CODE, code, "slmp.1e.pc_type");
		if (t->b[2] == 0xf3) {
			dissect_attr(d, ATTR_MODEL, "FX3U/FX3UC", "slmp.1e.pc_type");
			dissect_attr(d, ATTR_VENDOR, "Mitsubishi Electric", "slmp.1e.pc_type");
		}
	}
	return DISSECT_OK;
}

static void describe_module(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "module %02X, from byte 0x%X, %u bytes", r->code >> 16, r->extra, r->extra2);
}

enum dissect_result mc1e_message(struct dissect *d, struct mc1e *s, struct cur c)
{
	struct text t;
	struct asked a;
	enum side side = dissect_side(d);
	if (!read_text(&c, side, &t))
		return DISSECT_NOT_MINE;
	if (side == SIDE_SERVER)
		return answer(d, s, &t);
	if (!read_request(&t, &a))
		return packet_cut(dissect_packet(d)) ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	const struct dissect_code *f = DISSECT_CODE(commands, t.b[0]);
	struct dissect_request r = { .key = (uint64_t)0x1e << 32 | t.b[0], .code = t.b[0], .op = f->op, .name = f->name };
	if (f->op == OP_WRITE && a.x) {
		bool random = t.b[0] == 4 || t.b[0] == 5;
		r.code = mc_device_code(a.x, 0, random ? a.n - 1 : 0);
		r.extra = a.first;
		r.extra2 = random ? 1 : a.n;
		if (a.x->bit && t.b[0] & 1)
			r.extra2 *= 16;   /* bit devices by words */
		r.describe = mc_describe_devices;
	} else if (t.b[0] == MODULE_WRITE) {
		r.code = (uint32_t)a.module << 16 | MODULE_WRITE;
		r.extra = a.first;
		r.extra2 = a.n;
		r.describe = describe_module;
	}
	/* The PC number is that of a station on MELSECNET. */
	mc_relay(d, &(struct mc_route){ .station = t.b[1], .module = MC_OWN_MODULE });
	*s = (struct mc1e){ .expect = (uint16_t)a.size, .command = t.b[0], .waits = true, .proved = s->proved };
	dissect_request(d, &r);
	return a.x || s->proved ? DISSECT_OK : DISSECT_LOWER;   /* without a device only an answer tells */
}
