/* A few words in which the tests of the inventory tell what the wire showed. */
#ifndef UNIT_INVENTORY_WIRE_H
#define UNIT_INVENTORY_WIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inventory/inventory.h"

static struct observe *o;
static struct inventory *inv;
static uint32_t frame, segment;
static bool still;               /* frames are not counted on */

static __attribute__((unused)) int begin(void **state)
{
	(void)state;
	o = observe_new();
	inv = NULL;
	frame = 0;
	still = false;
	struct packet p = { .ip = 4 };
	segment = observe_segment(o, &p);
	return 0;
}

static __attribute__((unused)) int end(void **state)
{
	(void)state;
	inventory_free(inv);
	observe_free(o);
	return 0;
}

static __attribute__((unused)) struct obs_where here(void)
{
	frame += !still;
	return (struct obs_where){ .frame = frame, .ts = 1000000000000000000 + frame };
}

/* What follows stands in this VLAN; 0: untagged. */
static __attribute__((unused)) void vlan(uint16_t id)
{
	struct packet p = { .vlans = id != 0, .vlan = { id } };
	segment = observe_segment(o, &p);
}

static __attribute__((unused)) uint32_t mac(const char *text)
{
	unsigned b[6];
	uint8_t m[6];
	assert_int_equal(sscanf(text, "%x:%x:%x:%x:%x:%x", b, b + 1, b + 2, b + 3, b + 4, b + 5), 6);
	for (int i = 0; i < 6; i++)
		m[i] = (uint8_t)b[i];
	struct obs_where w = here();
	return observe_mac(o, segment, m, &w);
}

static __attribute__((unused)) uint32_t ip(const char *text)
{
	struct addr a;
	assert_true(addr_parse(text, &a));
	struct obs_where w = here();
	return observe_ip(o, segment, &a, &w);
}

static __attribute__((unused)) void sent(uint32_t e, uint64_t n, uint32_t ttl)
{
	observe_sent(o, e, n, here().ts, ttl);
}

static __attribute__((unused)) void link_of(const char *m, const char *i, enum link_reason reason, const char *source)
{
	uint32_t a = mac(m), b = ip(i);
	struct obs_where w = here();
	observe_link(o, a, b, reason, source, &w);
}

static __attribute__((unused)) void arp(const char *m, const char *i)
{
	sent(mac(m), 1, 0);
	link_of(m, i, LINK_ARP, "arp");
}

/* n frames from this MAC with this source address and hop limit. */
static __attribute__((unused)) void data_ttl(const char *m, const char *i, int n, uint32_t ttl)
{
	uint32_t a = mac(m), b = ip(i);
	sent(a, (uint64_t)n, 0);
	sent(b, (uint64_t)n, ttl);
	for (int k = 0; k < n; k++) {
		struct obs_where w = here();
		observe_link(o, a, b, LINK_DATA, "frame", &w);
	}
}

static __attribute__((unused)) void data(const char *m, const char *i)
{
	data_ttl(m, i, 3, 64);
}

static __attribute__((unused)) void attr(uint32_t e, enum attr field, const char *value, const char *source,
					 enum confidence c)
{
	struct obs_where w = here();
	observe_attr(o, e, field, value, source, c, &w);
}

static __attribute__((unused)) void conv(uint32_t client, uint32_t server, const char *proto, uint16_t port,
					 enum confidence c, uint64_t from_client, uint64_t from_server)
{
	struct obs_where w = here();
	struct obs_conv row = {
		.client = client, .server = server, .transport = TRANSPORT_TCP, .confidence = (uint8_t)c, .port = port,
		.proto = proto, .risk = "", .frames = from_client + from_server, .packets_c = from_client,
		.packets_s = from_server, .bytes_c = from_server ? from_client * 10 : 0, .bytes_s = from_server * 10,
		.flows = 1, .refused = !from_server, .first = w.ts, .last = w.ts, .where = w,
	};
	observe_conv(o, &row);
}

static __attribute__((unused)) void op(uint32_t client, uint32_t server, const char *proto, enum op_class cls,
				       const char *name)
{
	struct obs_where w = here();
	struct obs_op row = { .client = client, .server = server, .transport = TRANSPORT_TCP, .cls = (uint8_t)cls,
			      .confidence = CONF_CONFIRMED, .result = RESULT_OK, .proto = proto, .name = name,
			      .detail = "", .count = 1, .first = w.ts, .last = w.ts, .where = w };
	observe_op(o, &row);
}

static __attribute__((unused)) void resolve(void)
{
	inventory_free(inv);
	inv = inventory_resolve(o);
}

/* The device of an entity, NULL for none. */
static __attribute__((unused)) struct inv_device *of(uint32_t e)
{
	return inv->entity_device[e] ? &inv->devices[inv->entity_device[e] - 1] : NULL;
}

#endif
