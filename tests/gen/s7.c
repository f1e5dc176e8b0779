/*
 * S7comm over ISO on TCP (RFC 1006), big-endian:
 *
 *     TPKT 03 00 length 2 | COTP | 32 | kind 1 | 0000 | reference 2 | parameter
 *     length 2 | data length 2 | (error class, code in answers) | parameter | data
 */
#include <stdio.h>
#include <string.h>

#include "proto.h"

enum { JOB = 1, ACK = 2, ACK_DATA = 3, USERDATA = 7 };

static unsigned reference;

static void message(struct bytes *o, unsigned kind, unsigned ref, const struct bytes *parameter,
		    const struct bytes *data)
{
	size_t n_data = data ? data->n : 0;
	o->n = 0;
	be16(o, 0x0300);
	be16(o, 0);
	put8(o, 2);
	be16(o, 0xf080);
	put8(o, 0x32);
	put8(o, kind);
	be16(o, 0);
	be16(o, ref & 0xffff);
	be16(o, (unsigned)parameter->n);
	be16(o, (unsigned)n_data);
	if (kind == ACK_DATA || kind == ACK)
		be16(o, 0);
	put(o, parameter->b, parameter->n);
	if (data)
		put(o, data->b, data->n);
	set_be16(o, 2, o->n);
}

static struct marks exchange(struct tcp *x, bool from_server, const struct bytes *pa, const struct bytes *da,
			     const struct bytes *pb, const struct bytes *db, bool userdata)
{
	struct bytes a, b;
	unsigned ref = ++reference;
	message(&a, userdata ? USERDATA : JOB, ref, pa, da);
	message(&b, userdata ? USERDATA : ACK_DATA, ref, pb, db);
	return from_server ? tcp_ask_back(x, &a, &b) : tcp_ask(x, &a, &b);
}

static void cotp_connect(struct bytes *o, unsigned type, unsigned from, unsigned to, unsigned tsap)
{
	o->n = 0;
	be16(o, 0x0300);
	be16(o, 22);
	put8(o, 17);
	put8(o, type);
	be16(o, to);
	be16(o, from);
	put8(o, 0);
	put(o, "\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02", 9);
	be16(o, tsap);
}

struct marks s7_connect(struct tcp *x, unsigned slot)
{
	struct bytes a, b;
	cotp_connect(&a, 0xe0, 1, 0, 0x0100 | slot);
	cotp_connect(&b, 0xd0, 2, 1, 0x0100 | slot);
	tcp_ask(x, &a, &b);
	struct bytes setup = { .n = 0 };
	put(&setup, "\xf0\x00\x00\x01\x00\x01\x01\xe0", 8);
	return exchange(x, false, &setup, NULL, &setup, NULL, false);
}

static void variable(struct bytes *o, unsigned function, unsigned db, unsigned start, unsigned count)
{
	o->n = 0;
	put8(o, function);
	put8(o, 1);
	put(o, "\x12\x0a\x10\x02", 4);
	be16(o, count);
	be16(o, db);
	put8(o, 0x84);
	put8(o, start * 8 >> 16 & 0xff);
	be16(o, start * 8 & 0xffff);
}

struct marks s7_read_db(struct tcp *x, unsigned db, unsigned start, unsigned count)
{
	struct bytes a, b = { .n = 0 }, data = { .n = 0 };
	variable(&a, 4, db, start, count);
	put(&b, "\x04\x01", 2);
	put(&data, "\xff\x04", 2);
	be16(&data, count * 8);
	for (unsigned i = 0; i < count; i++)
		put8(&data, gen_random(256));
	return exchange(x, false, &a, NULL, &b, &data, false);
}

struct marks s7_write_db(struct tcp *x, unsigned db, unsigned start, uint32_t value)
{
	struct bytes a, b = { .n = 0 }, da = { .n = 0 }, db_answer = { .n = 0 };
	variable(&a, 5, db, start, 4);
	put(&da, "\x00\x04", 2);
	be16(&da, 32);
	be32(&da, value);
	put(&b, "\x05\x01", 2);
	put8(&db_answer, 0xff);
	return exchange(x, false, &a, &da, &b, &db_answer, false);
}

/* Read a system status list: records of one length. */
static struct marks szl(struct tcp *x, unsigned id, const struct bytes *records, unsigned record)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 }, da = { .n = 0 }, db = { .n = 0 };
	put(&a, "\x00\x01\x12\x04\x11\x44\x01\x00", 8);
	put(&da, "\xff\x09", 2);
	be16(&da, 4);
	be16(&da, id);
	be16(&da, 0);
	put(&b, "\x00\x01\x12\x08\x12\x84\x01\x01\x00\x00\x00\x00", 12);
	put(&db, "\xff\x09", 2);
	be16(&db, (unsigned)(8 + records->n));
	be16(&db, id);
	be16(&db, 0);
	be16(&db, record);
	be16(&db, (unsigned)(records->n / record));
	put(&db, records->b, records->n);
	return exchange(x, false, &a, &da, &b, &db, true);
}

struct marks s7_szl_0011(struct tcp *x, const char *order, unsigned v1, unsigned v2, unsigned v3)
{
	struct bytes r = { .n = 0 };
	static const unsigned indexes[] = { 1, 6, 7 };
	for (int i = 0; i < 3; i++) {
		be16(&r, indexes[i]);
		padded(&r, i < 2 ? order : "", 20, ' ');
		be16(&r, 0x00c0);
		if (i == 2) {
			put8(&r, 'V');
			put8(&r, v1);
			put8(&r, v2);
			put8(&r, v3);
		} else {
			be16(&r, 4);
			be16(&r, 1);
		}
	}
	return szl(x, 0x0011, &r, 28);
}

struct marks s7_szl_001c(struct tcp *x, const char *plc, const char *module, const char *plant, const char *serial,
			 const char *type)
{
	struct bytes r = { .n = 0 };
	const char *const texts[][2] = { { "\x01", plc }, { "\x02", module }, { "\x03", plant },
					 { "\x04", "Original Siemens Equipment" }, { "\x05", serial }, { "\x07", type } };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		be16(&r, (unsigned char)texts[i][0][0]);
		padded(&r, texts[i][1], 32, 0);
	}
	return szl(x, 0x001c, &r, 34);
}

struct marks s7_stop(struct tcp *x)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put(&a, "\x29\x00\x00\x00\x00\x00\x09P_PROGRAM", 16);
	put8(&b, 0x29);
	return exchange(x, false, &a, NULL, &b, NULL, false);
}

struct marks s7_start(struct tcp *x)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put(&a, "\x28\x00\x00\x00\x00\x00\x00\xfd\x00\x00\x09P_PROGRAM", 20);
	put8(&b, 0x28);
	return exchange(x, false, &a, NULL, &b, NULL, false);
}

/* The PC announces a block, the PLC fetches it and says when it has it; then it is linked in. */
struct marks s7_download(struct tcp *x, unsigned block, const void *code, size_t n)
{
	char name[16], sizes[16];
	snprintf(name, sizeof name, "_08%05uP", block % 100000);
	snprintf(sizes, sizeof sizes, "1%06u%06u", (unsigned)(n + 100) % 1000000, (unsigned)n % 1000000);
	struct bytes a = { .n = 0 }, b = { .n = 0 }, data = { .n = 0 };
	put8(&a, 0x1a);
	zero(&a, 7);
	put8(&a, 9);
	text(&a, name);
	put8(&a, 13);
	text(&a, sizes);
	put8(&b, 0x1a);
	struct marks first = exchange(x, false, &a, NULL, &b, NULL, false);

	a.n = b.n = 0;
	put8(&a, 0x1b);
	zero(&a, 7);
	put8(&a, 9);
	text(&a, name);
	put8(&b, 0x1b);
	put8(&b, 0);
	be16(&data, (unsigned)n);
	be16(&data, 0x00fb);
	put(&data, code, n);
	exchange(x, true, &a, NULL, &b, &data, false);

	a.b[0] = 0x1c;
	b.n = 0;
	put8(&b, 0x1c);
	exchange(x, true, &a, NULL, &b, NULL, false);

	a.n = b.n = 0;
	put(&a, "\x28\x00\x00\x00\x00\x00\x00\xfd\x00\x0a\x01\x00", 12);
	text(&a, name + 1);
	put(&a, "\x05_INSE", 6);
	put8(&b, 0x28);
	exchange(x, false, &a, NULL, &b, NULL, false);
	return first;
}
