/*
 * EtherNet/IP encapsulation, little-endian:
 *
 *     command 2 | length 2 | session 4 | status 4 | context 8 | options 4 | data
 *
 * and inside SendRRData a list of items (common packet format) with a CIP
 * request: service 1 | path words 1 | path | data.
 */
#include <string.h>

#include "proto.h"

enum { LIST_IDENTITY = 0x63, REGISTER = 0x65, SEND_RR = 0x6f, PORT = 44818, IO_PORT = 2222 };

static uint32_t next_context;

/* Header with length 0; end_message() sets it. */
static void encapsulation(struct bytes *o, unsigned command, uint32_t session, uint32_t context)
{
	o->n = 0;
	le16(o, command);
	le16(o, 0);
	le32(o, session);
	le32(o, 0);
	le32(o, context);
	le32(o, 0);
	le32(o, 0);
}

static void end_message(struct bytes *o)
{
	set_le16(o, 2, o->n - 24);
}

static void identity_item(struct bytes *o, const struct host *h, const struct cip_identity *id)
{
	le16(o, 1);
	be16(o, 2);              /* the socket address is big-endian */
	be16(o, PORT);
	be32(o, gen_ip(h->address));
	zero(o, 8);
	le16(o, id->vendor);
	le16(o, id->device_type);
	le16(o, id->product_code);
	put8(o, id->major);
	put8(o, id->minor);
	le16(o, 0x0060);
	le32(o, id->serial);
	put8(o, (unsigned)strlen(id->name));
	text(o, id->name);
	put8(o, id->state);
}

struct marks enip_list_identity(int64_t t, const struct host *asker, const struct host *const *answers,
				const struct cip_identity *const *identities, size_t n)
{
	struct bytes o;
	struct marks m = { NO_MARK, NO_MARK };
	unsigned port = 50000 + gen_random(10000);
	encapsulation(&o, LIST_IDENTITY, 0, 0);
	m.request = gen_udp_group(t, asker, port, "255.255.255.255", PORT, &o, false);
	for (size_t i = 0; i < n; i++) {
		encapsulation(&o, LIST_IDENTITY, 0, 0);
		le16(&o, 1);
		le16(&o, 0x000c);
		size_t at = o.n;
		le16(&o, 0);
		identity_item(&o, answers[i], identities[i]);
		set_le16(&o, at, o.n - at - 2);
		end_message(&o);
		m.response = gen_udp(t + (int64_t)(2 + i) * MILLI, answers[i], PORT, asker, port, &o);
	}
	return m;
}

uint32_t enip_register(struct tcp *x)
{
	uint32_t session = 0x10000000u + gen_random(0x0fffffff);
	struct bytes a, b;
	encapsulation(&a, REGISTER, 0, 0);
	le16(&a, 1);
	le16(&a, 0);
	end_message(&a);
	encapsulation(&b, REGISTER, session, 0);
	le16(&b, 1);
	le16(&b, 0);
	end_message(&b);
	tcp_ask(x, &a, &b);
	return session;
}

/* One unconnected CIP exchange. */
static struct marks unconnected(struct tcp *x, uint32_t session, const struct bytes *request,
				const struct bytes *response)
{
	struct bytes messages[2];
	const struct bytes *cip[2] = { request, response };
	uint32_t context = ++next_context;
	for (int i = 0; i < 2; i++) {
		struct bytes *o = &messages[i];
		encapsulation(o, SEND_RR, session, context);
		le32(o, 0);
		le16(o, i == 0 ? 10 : 0);
		le16(o, 2);
		le16(o, 0);
		le16(o, 0);
		le16(o, 0x00b2);
		le16(o, (unsigned)cip[i]->n);
		put(o, cip[i]->b, cip[i]->n);
		end_message(o);
	}
	return tcp_ask(x, &messages[0], &messages[1]);
}

static void object_path(struct bytes *o, unsigned class, unsigned instance)
{
	put8(o, 2);
	put8(o, 0x20);
	put8(o, class);
	put8(o, 0x24);
	put8(o, instance);
}

static void answer(struct bytes *o, unsigned service)
{
	o->n = 0;
	put8(o, service | 0x80);
	zero(o, 3);
}

struct marks enip_identity_all(struct tcp *x, uint32_t session, const struct cip_identity *id)
{
	struct bytes a = { .n = 0 }, b;
	put8(&a, 0x01);
	object_path(&a, 1, 1);
	answer(&b, 0x01);
	le16(&b, id->vendor);
	le16(&b, id->device_type);
	le16(&b, id->product_code);
	put8(&b, id->major);
	put8(&b, id->minor);
	le16(&b, 0x0060);
	le32(&b, id->serial);
	put8(&b, (unsigned)strlen(id->name));
	text(&b, id->name);
	return unconnected(x, session, &a, &b);
}

static void tag_path(struct bytes *o, unsigned service, const char *tag)
{
	size_t n = strlen(tag);
	o->n = 0;
	put8(o, service);
	put8(o, (unsigned)(2 + n + (n & 1)) / 2);
	put8(o, 0x91);
	put8(o, (unsigned)n);
	text(o, tag);
	if (n & 1)
		put8(o, 0);
}

struct marks enip_read_tag(struct tcp *x, uint32_t session, const char *tag, uint32_t value)
{
	struct bytes a, b;
	tag_path(&a, 0x4c, tag);
	le16(&a, 1);
	answer(&b, 0x4c);
	le16(&b, 0x00c4);        /* DINT */
	le32(&b, value);
	return unconnected(x, session, &a, &b);
}

struct marks enip_write_tag(struct tcp *x, uint32_t session, const char *tag, uint32_t value)
{
	struct bytes a, b;
	tag_path(&a, 0x4d, tag);
	le16(&a, 0x00c4);
	le16(&a, 1);
	le32(&a, value);
	answer(&b, 0x4d);
	return unconnected(x, session, &a, &b);
}

struct marks enip_service(struct tcp *x, uint32_t session, unsigned service, unsigned class, unsigned instance)
{
	struct bytes a = { .n = 0 }, b;
	put8(&a, service);
	object_path(&a, class, instance);
	answer(&b, service);
	return unconnected(x, session, &a, &b);
}

struct marks enip_forward_open(struct tcp *x, uint32_t session, uint32_t ot_id, uint32_t to_id)
{
	struct bytes a = { .n = 0 }, b;
	put8(&a, 0x54);
	object_path(&a, 6, 1);
	put8(&a, 0x0a);
	put8(&a, 0x0e);
	le32(&a, ot_id);
	le32(&a, to_id);
	le16(&a, 0x1234);
	le16(&a, 1);
	le32(&a, 0x00c0ffee);
	put8(&a, 2);
	zero(&a, 3);
	le32(&a, 500000);        /* µs */
	le16(&a, 0x4808);
	le32(&a, 500000);
	le16(&a, 0x4808);
	put8(&a, 0x01);          /* class 1, cyclic */
	put8(&a, 4);
	put8(&a, 0x20);
	put8(&a, 0x04);
	put8(&a, 0x24);
	put8(&a, 0x01);
	put8(&a, 0x2c);
	put8(&a, 0x64);
	put8(&a, 0x2c);
	put8(&a, 0x65);
	answer(&b, 0x54);
	le32(&b, ot_id);
	le32(&b, to_id);
	le16(&b, 0x1234);
	le16(&b, 1);
	le32(&b, 0x00c0ffee);
	le32(&b, 500000);
	le32(&b, 500000);
	zero(&b, 2);
	return unconnected(x, session, &a, &b);
}

mark enip_io(int64_t t, const struct host *from, const struct host *to, uint32_t connection, uint32_t sequence,
	     bool run_header, const void *data, size_t n)
{
	struct bytes o = { .n = 0 };
	le16(&o, 2);
	le16(&o, 0x8002);
	le16(&o, 8);
	le32(&o, connection);
	le32(&o, sequence);
	le16(&o, 0x00b1);
	unsigned header = run_header ? 4 : 0;
	le16(&o, 2 + header + (unsigned)n);
	le16(&o, sequence & 0xffff);
	if (run_header)
		le32(&o, 1);
	put(&o, data, n);
	return gen_udp(t, from, IO_PORT, to, IO_PORT, &o);
}
