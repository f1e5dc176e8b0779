/*
 * Modbus/TCP, big-endian: transaction 2 | protocol 0 | length 2 | unit 1 |
 * function 1 | data.
 */
#include <string.h>

#include "proto.h"

static struct marks exchange(struct tcp *x, unsigned unit, const struct bytes *request, const struct bytes *response)
{
	static unsigned transaction;
	struct bytes messages[2] = { { .n = 0 }, { .n = 0 } };
	const struct bytes *pdu[2] = { request, response };
	transaction++;
	for (int i = 0; i < 2; i++) {
		be16(&messages[i], transaction & 0xffff);
		be16(&messages[i], 0);
		be16(&messages[i], (unsigned)(1 + pdu[i]->n));
		put8(&messages[i], unit);
		put(&messages[i], pdu[i]->b, pdu[i]->n);
	}
	return tcp_ask(x, &messages[0], &messages[1]);
}

struct marks modbus_read(struct tcp *x, unsigned unit, unsigned function, unsigned start, unsigned count)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put8(&a, function);
	be16(&a, start);
	be16(&a, count);
	unsigned n = function <= 2 ? (count + 7) / 8 : 2 * count;
	put8(&b, function);
	put8(&b, n);
	for (unsigned i = 0; i < n; i++)
		put8(&b, gen_random(256));
	return exchange(x, unit, &a, &b);
}

struct marks modbus_write(struct tcp *x, unsigned unit, unsigned address, unsigned value)
{
	struct bytes a = { .n = 0 };
	put8(&a, 6);
	be16(&a, address);
	be16(&a, value);
	return exchange(x, unit, &a, &a);
}

struct marks modbus_write_many(struct tcp *x, unsigned unit, unsigned address, const uint16_t *values, unsigned n)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put8(&a, 16);
	be16(&a, address);
	be16(&a, n);
	put(&b, a.b, a.n);
	put8(&a, 2 * n);
	for (unsigned i = 0; i < n; i++)
		be16(&a, values[i]);
	return exchange(x, unit, &a, &b);
}

struct marks modbus_identity(struct tcp *x, unsigned unit, const char *vendor, const char *product,
			     const char *revision)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	const char *const objects[] = { vendor, product, revision };
	put(&a, "\x2b\x0e\x01\x00", 4);
	put(&b, "\x2b\x0e\x01\x01\x00\x00\x03", 7);
	for (unsigned i = 0; i < 3; i++) {
		put8(&b, i);
		put8(&b, (unsigned)strlen(objects[i]));
		text(&b, objects[i]);
	}
	return exchange(x, unit, &a, &b);
}

struct marks modbus_server_id(struct tcp *x, unsigned unit, const char *s)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put8(&a, 0x11);
	put8(&b, 0x11);
	put8(&b, (unsigned)(2 + strlen(s)));
	put8(&b, 0x0a);
	put8(&b, 0xff);          /* running */
	text(&b, s);
	return exchange(x, unit, &a, &b);
}

struct marks modbus_refused(struct tcp *x, unsigned unit, unsigned function, unsigned code)
{
	struct bytes a = { .n = 0 }, b = { .n = 0 };
	put8(&a, function);
	be16(&a, 60000);
	be16(&a, 1);
	put8(&b, function | 0x80);
	put8(&b, code);
	return exchange(x, unit, &a, &b);
}
