/*
 * The machines of a Japanese line, each from its maker's manual:
 *
 *   SLMP 3E binary     Mitsubishi SH-080956ENG: 50 00 | network, station, I/O (LE), multidrop | length LE | timer |
 *                      command, subcommand (LE) | data; answer D0 00 | … | length | end code | data
 *   FINS over UDP      OMRON W342: ICF RSV GCT DNA DA1 DA2 SNA SA1 SA2 SID | MRC SRC | data; answer with an end code
 *   KV host link       KEYENCE: a line of ASCII with CR, answered by a line with CR LF
 *   MEWTOCOL-COM       Panasonic: %01#command, block check (exclusive or), CR; answer %01$…
 *   TOYOPUC            JTEKT: FT, RC, length LE, CMD, data
 *   FOCAS              FANUC: A0 A0 A0 A0 | version | kind | length, big-endian | parts
 *   HSES               Yaskawa: "YERC", 32 bytes of header, data; little-endian
 *   FL-net             JEM 1479: "FACN", 64 bytes of header; cyclic data to all, messages to one
 *   b-CAP              DENSO: SOH | length | serial | reserved | function | arguments | EOT, little-endian
 */
#include <stdio.h>
#include <string.h>

#include "proto.h"

/* ---- SLMP ---- */

static struct marks slmp(struct tcp *x, unsigned command, unsigned sub, const struct bytes *data, const struct bytes *answer)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put(&a, "\x50\x00\x00\xff\xff\x03\x00", 7);
	le16(&a, (unsigned)(6 + data->n));
	le16(&a, 16);
	le16(&a, command);
	le16(&a, sub);
	put(&a, data->b, data->n);
	put(&b, "\xd0\x00\x00\xff\xff\x03\x00", 7);
	le16(&b, (unsigned)(2 + answer->n));
	le16(&b, 0);
	put(&b, answer->b, answer->n);
	return tcp_ask(x, &a, &b);
}

struct marks slmp_type_name(struct tcp *x, const char *model, unsigned code)
{
	struct bytes none = { .n = 0 }, name = { .n = 0 };
	padded(&name, model, 16, ' ');
	le16(&name, code);
	return slmp(x, 0x0101, 0, &none, &name);
}

static void slmp_device(struct bytes *o, unsigned address, unsigned count)
{
	le16(o, address & 0xffff);
	put8(o, address >> 16);
	put8(o, 0xa8);              /* D */
	le16(o, count);
}

struct marks slmp_read(struct tcp *x, unsigned address, unsigned count)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	slmp_device(&a, address, count);
	for (unsigned i = 0; i < count; i++)
		le16(&b, gen_random(1000));
	return slmp(x, 0x0401, 0, &a, &b);
}

struct marks slmp_write(struct tcp *x, unsigned address, unsigned value)
{
	struct bytes a = { .n = 0 }, none = { .n = 0 };
	slmp_device(&a, address, 1);
	le16(&a, value);
	return slmp(x, 0x1401, 0, &a, &none);
}

struct marks slmp_stop(struct tcp *x)
{
	struct bytes a = { .n = 0 }, none = { .n = 0 };
	le16(&a, 1);
	return slmp(x, 0x1002, 0, &a, &none);
}

struct marks slmp_run(struct tcp *x)
{
	struct bytes a = { .n = 0 }, none = { .n = 0 };
	le16(&a, 1);
	le16(&a, 0);
	return slmp(x, 0x1001, 0, &a, &none);
}

/* ---- FINS ---- */

static struct marks fins(int64_t t, const struct host *from, const struct host *to, unsigned command,
			 const struct bytes *data, const struct bytes *answer)
{
	static uint8_t sid;
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	unsigned here = gen_ip(from->address) & 0xff, there = gen_ip(to->address) & 0xff;
	struct marks m;
	sid++;
	for (int i = 0; i < 2; i++) {
		struct bytes *o = i ? &b : &a;
		put8(o, i ? 0xc0 : 0x80);
		put8(o, 0);
		put8(o, 2);
		put8(o, 0);
		put8(o, i ? here : there);
		put8(o, 0);
		put8(o, 0);
		put8(o, i ? there : here);
		put8(o, 0);
		put8(o, sid);
		be16(o, command);
	}
	put(&a, data->b, data->n);
	be16(&b, 0);
	put(&b, answer->b, answer->n);
	m.request = gen_udp(t, from, 9600, to, 9600, &a);
	m.response = gen_udp(t + 900 * MICRO, to, 9600, from, 9600, &b);
	return m;
}

struct marks fins_controller_data(int64_t t, const struct host *from, const struct host *to, const char *model,
				  const char *version)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put8(&a, 0);
	padded(&b, model, 20, ' ');
	padded(&b, version, 20, ' ');
	zero(&b, 40);
	put(&b, "\x00\x14\x0d\x40\x00\x80\x00\x08\x00\x00\x00\x00", 12);
	return fins(t, from, to, 0x0501, &a, &b);
}

/* DM words. */
struct marks fins_read(int64_t t, const struct host *from, const struct host *to, unsigned address, unsigned count)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put8(&a, 0x82);
	be16(&a, address);
	put8(&a, 0);
	be16(&a, count);
	for (unsigned i = 0; i < count; i++)
		be16(&b, gen_random(1000));
	return fins(t, from, to, 0x0101, &a, &b);
}

struct marks fins_write(int64_t t, const struct host *from, const struct host *to, unsigned address, unsigned value)
{
	struct bytes a = { .n = 0 }, none = { .n = 0 };
	put8(&a, 0x82);
	be16(&a, address);
	put8(&a, 0);
	be16(&a, 1);
	be16(&a, value);
	return fins(t, from, to, 0x0102, &a, &none);
}

struct marks fins_stop(int64_t t, const struct host *from, const struct host *to)
{
	struct bytes none = { .n = 0 };
	return fins(t, from, to, 0x0402, &none, &none);
}

/* Program number, monitor mode. */
struct marks fins_run(int64_t t, const struct host *from, const struct host *to)
{
	struct bytes a = { .n = 0 }, none = { .n = 0 };
	be16(&a, 0xffff);
	put8(&a, 2);
	return fins(t, from, to, 0x0401, &a, &none);
}

/* ---- lines ---- */

struct marks kv_ask(struct tcp *x, const char *command, const char *answer)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	text(&a, command);
	text(&a, "\r");
	text(&b, answer);
	text(&b, "\r\n");
	return tcp_ask(x, &a, &b);
}

static void mewtocol_line(struct bytes *o, const char *s)
{
	char check[4];
	unsigned v = 0;
	for (const char *p = s; *p; p++)
		v ^= (uint8_t)*p;
	text(o, s);
	snprintf(check, sizeof check, "%02X\r", v);
	text(o, check);
}

struct marks mewtocol_ask(struct tcp *x, const char *command, const char *answer)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	mewtocol_line(&a, command);
	mewtocol_line(&b, answer);
	return tcp_ask(x, &a, &b);
}

/* ---- TOYOPUC ---- */

static struct marks toyopuc(struct tcp *x, unsigned command, const struct bytes *data, const struct bytes *answer)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put(&a, "\0\0", 2);
	le16(&a, (unsigned)(1 + data->n));
	put8(&a, command);
	put(&a, data->b, data->n);
	put(&b, "\x80\0", 2);
	le16(&b, (unsigned)(1 + answer->n));
	put8(&b, command);
	put(&b, answer->b, answer->n);
	return tcp_ask(x, &a, &b);
}

struct marks toyopuc_read(struct tcp *x, unsigned address, unsigned count)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	le16(&a, address);
	le16(&a, count);
	for (unsigned i = 0; i < count; i++)
		le16(&b, gen_random(1000));
	return toyopuc(x, 0x1c, &a, &b);
}

struct marks toyopuc_write(struct tcp *x, unsigned address, unsigned value)
{
	struct bytes a = { .n = 0 }, none = { .n = 0 };
	le16(&a, address);
	le16(&a, value);
	return toyopuc(x, 0x1d, &a, &none);
}

/* ---- FOCAS ---- */

static void focas_head(struct bytes *o, unsigned kind, size_t n)
{
	put(o, "\xa0\xa0\xa0\xa0\x00\x01", 6);
	be16(o, kind);
	be16(o, (unsigned)n);
}

void focas_open(struct tcp *x)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	focas_head(&a, 0x0101, 2);
	be16(&a, 2);
	focas_head(&b, 0x0102, 0);
	tcp_ask(x, &a, &b);
}

/* One function: three numbers, five arguments; the answer repeats the numbers. */
static struct marks focas(struct tcp *x, unsigned function, uint32_t v1, const struct bytes *answer)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	focas_head(&a, 0x2101, 2 + 28);
	be16(&a, 1);
	be16(&a, 28);
	be16(&a, 1);
	be16(&a, 1);
	be16(&a, function);
	be32(&a, v1);
	zero(&a, 16);
	focas_head(&b, 0x2102, 2 + 16 + answer->n);
	be16(&b, 1);
	be16(&b, (unsigned)(16 + answer->n));
	be16(&b, 1);
	be16(&b, 1);
	be16(&b, function);
	zero(&b, 6);
	be16(&b, (unsigned)answer->n);
	put(&b, answer->b, answer->n);
	return tcp_ask(x, &a, &b);
}

struct marks focas_sysinfo(struct tcp *x, const char *cnc, const char *mt, const char *series, const char *version)
{
	struct bytes o = { .n = 0 };
	be16(&o, 0x0402);
	be16(&o, 32);
	padded(&o, cnc, 2, ' ');
	padded(&o, mt, 2, ' ');
	padded(&o, series, 4, ' ');
	padded(&o, version, 4, ' ');
	text(&o, "03");
	return focas(x, 0x18, 0, &o);
}

/* Status of the machine (function 19): automatic, started. */
struct marks focas_status(struct tcp *x)
{
	struct bytes o = { .n = 0 };
	for (unsigned i = 0; i < 7; i++)
		be16(&o, i == 0 ? 1 : i == 1 ? 3 : 0);
	return focas(x, 0x19, 0, &o);
}

/* ---- HSES ---- */

static struct marks hses(int64_t t, const struct host *from, const struct host *to, unsigned command, unsigned instance,
			 unsigned attribute, unsigned service, const struct bytes *data, const struct bytes *answer)
{
	static uint8_t id;
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	struct marks m;
	id++;
	for (int i = 0; i < 2; i++) {
		struct bytes *o = i ? &b : &a;
		const struct bytes *d = i ? answer : data;
		text(o, "YERC");
		le16(o, 32);
		le16(o, (unsigned)d->n);
		put8(o, 3);
		put8(o, 1);
		put8(o, (unsigned)i);
		put8(o, id);
		le32(o, i ? 0x80000000u : 0);
		text(o, "99999999");
		if (i) {
			put8(o, 0x80 | service);
			zero(o, 7);
		} else {
			le16(o, command);
			le16(o, instance);
			put8(o, attribute);
			put8(o, service);
			zero(o, 2);
		}
		put(o, d->b, d->n);
	}
	m.request = gen_udp(t, from, 50240, to, 10040, &a);
	m.response = gen_udp(t + 700 * MICRO, to, 10040, from, 50240, &b);
	return m;
}

/* System information of the controller (89): version, name of the model, version of the parameters. */
struct marks hses_system(int64_t t, const struct host *from, const struct host *to, const char *version, const char *model)
{
	struct bytes none = { .n = 0 }, o = { .n = 0 };
	padded(&o, version, 24, 0);
	padded(&o, model, 16, 0);
	padded(&o, "12.34", 8, 0);
	return hses(t, from, to, 0x89, 11, 0, 0x01, &none, &o);
}

struct marks hses_status(int64_t t, const struct host *from, const struct host *to)
{
	struct bytes none = { .n = 0 }, o = { .n = 0 };
	le32(&o, 0x0c);
	le32(&o, 0x40);
	return hses(t, from, to, 0x72, 1, 0, 0x01, &none, &o);
}

struct marks hses_start(int64_t t, const struct host *from, const struct host *to)
{
	struct bytes a = { .n = 0 }, none = { .n = 0 };
	le32(&a, 1);
	return hses(t, from, to, 0x86, 1, 1, 0x10, &a, &none);
}

/* ---- b-CAP ---- */

/* A function with one text (a variant of type 8, UTF-16), or none; the answer is a result and nothing. */
struct marks bcap(struct tcp *x, unsigned function, const char *argument)
{
	static uint16_t serial;
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	size_t letters = argument ? strlen(argument) : 0;
	uint32_t part = argument ? (uint32_t)(2 + 4 + 4 + 2 * letters) : 0;
	serial++;
	put8(&a, 1);
	le32(&a, argument ? 16 + 4 + part : 16);
	le16(&a, serial);
	le16(&a, 0);
	le32(&a, function);
	le16(&a, argument ? 1 : 0);
	if (argument) {
		le32(&a, part);
		le16(&a, 8);
		le32(&a, 1);
		le32(&a, (uint32_t)(2 * letters));
		for (const char *p = argument; *p; p++)
			le16(&a, (uint8_t)*p);
	}
	put8(&a, 4);
	put8(&b, 1);
	le32(&b, 16);
	le16(&b, serial);
	le16(&b, 0);
	le32(&b, 0);
	le16(&b, 0);
	put8(&b, 4);
	return tcp_ask(x, &a, &b);
}

/* ---- FL-net ---- */

/*
 * 64 bytes of header, big-endian (OMRON W440, appendix C): "FACN", total length, source and destination node behind 0001
 * or 0002, version and sequence, control, state of the upper layer, size and address in the virtual space, interval and
 * result, transaction code, version, common memory 1 and 2, mode, kind, block 1 of 1, length, link state, token time, cycle.
 */
static void flnet_head(struct bytes *o, unsigned from, unsigned to, unsigned code, uint32_t sequence, unsigned size,
		       uint32_t address, unsigned result, unsigned common, size_t data)
{
	text(o, "FACN");
	be32(o, (uint32_t)(64 + data));
	be16(o, 1);
	be16(o, from);
	be16(o, code == 65000 ? 2 : 1);
	be16(o, to);
	be32(o, 0x00070700);
	be32(o, sequence);
	be32(o, code == 65000 ? 0x01000000 : 0);
	be16(o, 0x8000);
	be16(o, size);
	be32(o, address);
	put8(o, 10);
	put8(o, result);
	be16(o, 0);
	be16(o, code);
	be16(o, 0);
	be16(o, 0x28);
	be16(o, 0);
	be16(o, 0x280);
	be16(o, common);
	be16(o, 0);
	be16(o, 0x8000);
	be16(o, 0x0101);
	be16(o, (unsigned)(64 + data));
	be16(o, 0x6132);
	be16(o, 2);
}

/* The token goes round, and with it what each node tells all of them. */
mark flnet_cyclic(int64_t t, const struct host *from, unsigned node, unsigned next)
{
	struct bytes o = { .n = 0 };
	flnet_head(&o, node, next, 65000, 0, 0, 0, 0, 16, 32);
	for (int i = 0; i < 16; i++)
		be16(&o, gen_random(1000));
	return gen_udp_group(t, from, 55003, "192.168.250.255", 55000, &o, false);
}

/* A message from one node to another, and its answer: the code is 200 higher. */
struct marks flnet_ask(int64_t t, const struct host *from, unsigned node, const struct host *to, unsigned other,
		       unsigned code, uint32_t address, const struct bytes *data)
{
	static uint32_t sequence;
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	struct marks m;
	sequence++;
	flnet_head(&a, node, other, code, sequence, (unsigned)(data->n / 2), address, 0, 0, data->n);
	put(&a, data->b, data->n);
	flnet_head(&b, other, node, code + 200, sequence, 0, address, 0, 0, 0);
	m.request = gen_udp(t, from, 55003, to, 55001, &a);
	m.response = gen_udp(t + 3 * MILLI, to, 55003, from, 55001, &b);
	return m;
}
