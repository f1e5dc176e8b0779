/* DHCP: what is said of a client stands on the client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "flow/flow.h"

enum { SIZE = 320, DISCOVER = 1, ACK = 5 };

static const uint8_t client_mac[6] = { 0, 0x1d, 0x9c, 0, 0, 7 }, server_mac[6] = { 0, 0x1d, 0x9c, 0, 0, 1 };

static struct observe *o;

/* A message of this type, with a host name. */
static void message(uint8_t type, const uint8_t chaddr[6], const char *name)
{
	uint8_t m[SIZE] = { type == ACK ? 2 : 1, 1, 6 };
	size_t n = strlen(name);
	if (type == ACK)
		memcpy(m + 16, (uint8_t[]){ 192, 168, 1, 70 }, 4);
	memcpy(m + 28, chaddr, 6);
	memcpy(m + 236, (uint8_t[]){ 0x63, 0x82, 0x53, 0x63, 53, 1, type, 12, (uint8_t)n }, 9);
	memcpy(m + 245, name, n);
	m[245 + n] = 255;
	struct flow_table *t = flow_new(o, false);
	struct packet p = { .frame = 1, .ts = 1, .has_mac = true, .has_dst_mac = true, .ethertype = 0x0800, .ip = 4,
			    .ttl = 64, .proto = 17, .sport = type == ACK ? 67 : 68, .dport = type == ACK ? 68 : 67,
			    .payload = cur_make(m, sizeof m), .payload_wire = sizeof m };
	p.src = addr_v4(type == ACK ? (uint8_t[]){ 192, 168, 1, 1 } : (uint8_t[]){ 0, 0, 0, 0 });
	p.dst = addr_v4((uint8_t[]){ 255, 255, 255, 255 });
	memcpy(p.mac_src, type == ACK ? server_mac : client_mac, 6);
	memset(p.mac_dst, 0xff, 6);
	flow_packet(t, &p);
	flow_finish(t);
	flow_free(t);
}

/* The MAC address that has this host name, NULL for none. */
static const uint8_t *named(const char *name)
{
	const struct obs_attr *a;
	const struct obs_entity *e;
	uint32_t n = observe_attrs(o, &a);
	observe_entities(o, &e);
	for (uint32_t i = 0; i < n; i++)
		if (a[i].field == ATTR_HOSTNAME && strcmp(a[i].value, name) == 0)
			return e[a[i].entity].is_mac ? e[a[i].entity].mac : NULL;
	return NULL;
}

static int begin(void **state)
{
	(void)state;
	o = observe_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	observe_free(o);
	return 0;
}

static void a_client_says_its_name(void **state)
{
	(void)state;
	message(DISCOVER, client_mac, "press01");
	assert_memory_equal(named("press01"), client_mac, 6);
}

static void a_server_says_the_client_s_name(void **state)
{
	(void)state;
	message(ACK, client_mac, "press01");
	assert_memory_equal(named("press01"), client_mac, 6);
	const struct obs_link *l;
	uint32_t n = observe_links(o, &l);
	bool linked = false;
	for (uint32_t i = 0; i < n; i++)
		linked = linked || l[i].reason == LINK_DHCP;
	assert_true(linked);
}

static void a_group_address_is_nobody(void **state)
{
	(void)state;
	message(DISCOVER, (const uint8_t[]){ 0xdf, 0x1d, 0x9c, 0, 0, 7 }, "press01");
	assert_null(named("press01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_client_says_its_name, begin, end),
		cmocka_unit_test_setup_teardown(a_server_says_the_client_s_name, begin, end),
		cmocka_unit_test_setup_teardown(a_group_address_is_nobody, begin, end),
	};
	return cmocka_run_group_tests_name("dhcp", tests, NULL, NULL);
}
