/* One situation on the wire a test: which devices are there? */
#include "inventory_wire.h"

#include "base/buf.h"

#define A "00:1d:9c:00:00:0a"
#define B "00:1d:9c:00:00:0b"
#define C "00:1d:9c:00:00:0c"
#define R "00:a0:de:00:00:01"
#define R2 "00:a0:de:00:00:02"
#define LOCAL "02:11:22:33:44:55"

static void nothing(void **state)
{
	(void)state;
	resolve();
	assert_int_equal(inv->n_devices, 0);
	assert_int_equal(inv->n_convs, 0);
}

static void arp_binds(void **state)
{
	(void)state;
	arp(A, "192.168.1.10");
	resolve();
	assert_int_equal(inv->n_devices, 1);
	assert_ptr_equal(of(mac(A)), of(ip("192.168.1.10")));
	assert_int_equal(inv->devices[0].n_macs, 1);
	assert_int_equal(inv->devices[0].n_ips, 1);
	assert_string_equal(inv->devices[0].keys[0], "mac:00:1d:9c:00:00:0a");
	assert_string_equal(inv->devices[0].keys[1], "ip::192.168.1.10");
	assert_int_equal(inv->devices[0].n_keys, 2);
	assert_int_equal(inv->devices[0].level, -1);
	assert_int_equal(inv->devices[0].frames, 1);
}

static void data_binds_one_to_one(void **state)
{
	(void)state;
	data(A, "192.168.1.10");
	resolve();
	assert_int_equal(inv->n_devices, 1);
	assert_int_equal(inv->devices[0].n_ips, 1);
	assert_false(inv->devices[0].router);
	assert_int_equal(inv->devices[0].frames, 3);
}

static void companions_of_one_host(void **state)
{
	(void)state;
	data(A, "192.168.1.10");
	data_ttl(A, "fe80::21d:9cff:fe00:a", 2, 255);
	data(A, "2001:db8:1::10");
	data(A, "2001:db8:1::abcd");
	data(A, "fd00:1::10");
	data(A, "169.254.3.4");
	resolve();
	assert_int_equal(inv->n_devices, 1);
	assert_int_equal(inv->devices[0].n_ips, 6);
	assert_false(inv->devices[0].router);
	assert_false(inv->devices[0].internet);
}

static void router_and_who_is_behind(void **state)
{
	(void)state;
	arp(R, "192.168.1.1");
	arp(A, "192.168.1.10");
	data(A, "192.168.1.10");
	data_ttl(R, "203.0.113.5", 3, 55);
	data_ttl(R, "198.51.100.7", 3, 50);
	data_ttl(R, "10.2.0.4", 3, 126);
	resolve();
	assert_int_equal(inv->n_devices, 5);
	struct inv_device *router = of(mac(R));
	assert_true(router->router);
	assert_int_equal(router->kind, KIND_ROUTER);
	assert_ptr_equal(router, of(ip("192.168.1.1")));
	assert_true(of(ip("203.0.113.5"))->internet);
	assert_int_equal(of(ip("203.0.113.5"))->level, 5);
	assert_int_equal(of(ip("203.0.113.5"))->n_macs, 0);
	assert_false(of(ip("10.2.0.4"))->internet);
	assert_string_equal(of(ip("10.2.0.4"))->keys[0], "ip::10.2.0.4");
	assert_false(of(mac(A))->router);
}

static void one_public_peer_is_behind_a_router(void **state)
{
	(void)state;
	data(A, "192.168.1.10");
	data_ttl(R, "203.0.113.5", 3, 55);
	resolve();
	assert_int_equal(inv->n_devices, 3);
	assert_true(of(mac(R))->router);
	assert_true(of(ip("203.0.113.5"))->internet);
	assert_ptr_not_equal(of(mac(R)), of(ip("203.0.113.5")));
}

static void plant_with_public_addresses(void **state)
{
	(void)state;
	data_ttl(A, "141.81.0.10", 3, 60);
	data_ttl(B, "141.81.0.24", 3, 30);
	data(C, "192.168.1.3");
	resolve();
	assert_int_equal(inv->n_devices, 3);
	assert_ptr_equal(of(mac(A)), of(ip("141.81.0.10")));
	assert_false(of(mac(A))->internet);
	assert_false(of(mac(B))->router);
}

static void other_subnet_makes_a_router(void **state)
{
	(void)state;
	arp(R, "192.168.1.1");
	data_ttl(R, "10.9.0.3", 3, 63);
	resolve();
	assert_int_equal(inv->n_devices, 2);
	assert_true(of(mac(R))->router);
}

static void a_bridge_is_no_router(void **state)
{
	(void)state;
	data(A, "192.168.3.250");
	data(A, "192.168.0.250");
	data(B, "192.168.3.101");
	data_ttl(C, "192.168.3.20", 3, 128);
	data_ttl(C, "192.168.3.21", 3, 63);   /* a hop away */
	resolve();
	assert_false(of(mac(A))->router);
	assert_int_equal(of(mac(A))->kind, KIND_UNKNOWN);
	assert_non_null(of(ip("192.168.3.250")));
	assert_non_null(of(ip("192.168.0.250")));
	assert_true(of(mac(C))->router);
}

static void router_answers_dns_without_arp(void **state)
{
	(void)state;
	data(A, "192.168.1.10");
	data(R, "192.168.1.1");
	data_ttl(R, "203.0.113.5", 3, 55);
	data_ttl(R, "203.0.113.9", 3, 55);
	resolve();
	assert_int_equal(inv->n_devices, 4);
	assert_ptr_equal(of(mac(R)), of(ip("192.168.1.1")));
}

static void ipv6_router(void **state)
{
	(void)state;
	link_of(A, "2001:db8:1::10", LINK_ND, "nd");
	data(A, "2001:db8:1::10");
	data_ttl(R, "fe80::1", 3, 255);
	data_ttl(R, "2001:4860::8888", 3, 56);
	resolve();
	assert_int_equal(inv->n_devices, 3);
	assert_true(of(mac(R))->router);
	assert_ptr_equal(of(mac(R)), of(ip("fe80::1")));
	assert_true(of(ip("2001:4860::8888"))->internet);
	assert_false(of(ip("2001:db8:1::10"))->internet);
}

static void mirrored_router(void **state)
{
	(void)state;
	/* Each datagram twice: from the host, then from the router's other interface. */
	arp(A, "10.0.1.5");
	data(A, "10.0.1.5");
	data(R2, "10.0.1.5");
	data(B, "10.0.2.7");
	data(R, "10.0.2.7");
	data(C, "10.0.2.8");
	data(R, "10.0.2.8");
	data(R2, "10.0.1.6");
	data("00:1d:9c:00:00:0d", "10.0.1.6");
	resolve();
	assert_ptr_equal(of(mac(A)), of(ip("10.0.1.5")));
	assert_ptr_equal(of(mac(B)), of(ip("10.0.2.7")));
	assert_ptr_equal(of(mac(C)), of(ip("10.0.2.8")));
	assert_true(of(mac(R))->router);
	assert_true(of(mac(R2))->router);
	assert_int_equal(of(mac(R))->n_ips, 0);
	assert_int_equal(inv->n_devices, 6);
}

static void copies_without_arp(void **state)
{
	(void)state;
	observe_count(o, COUNT_COPIES, 5);
	data_ttl(A, "10.0.1.5", 5, 64);
	data_ttl(R2, "10.0.1.5", 3, 63);
	resolve();
	assert_ptr_equal(of(mac(A)), of(ip("10.0.1.5")));
	assert_true(of(mac(R2))->router);
	assert_int_equal(of(mac(R2))->n_ips, 0);
}

static void proxy_arp(void **state)
{
	(void)state;
	char text[32];
	for (int i = 1; i <= 20; i++) {
		snprintf(text, sizeof text, "192.168.1.%d", i);
		arp(R, text);
	}
	data(R, "192.168.1.3");                  /* somebody behind it */
	arp(A, "192.168.1.4");                   /* somebody with a MAC of his own */
	conv(ip("192.168.1.4"), ip("192.168.1.5"), "modbus", 502, CONF_CONFIRMED, 4, 4);
	resolve();
	assert_int_equal(inv->n_devices, 4);
	assert_true(of(mac(R))->router);
	assert_int_equal(of(ip("192.168.1.3"))->n_macs, 0);
	assert_int_equal(of(ip("192.168.1.5"))->n_macs, 0);
	assert_ptr_equal(of(ip("192.168.1.4")), of(mac(A)));
	assert_ptr_equal(of(ip("192.168.1.9")), of(mac(R)));
	assert_int_equal(inv->n_conflicts, 0);
}

static void two_claims_two_devices(void **state)
{
	(void)state;
	arp(A, "192.168.1.10");
	arp(B, "192.168.1.10");                  /* a spare part with the old one's address */
	data_ttl(B, "192.168.1.10", 9, 64);
	attr(ip("192.168.1.10"), ATTR_MODEL, "1756-ENBT", "enip.list_identity", CONF_CONFIRMED);
	resolve();
	assert_int_equal(inv->n_devices, 2);
	assert_ptr_equal(of(ip("192.168.1.10")), of(mac(B)));
	assert_int_equal(of(mac(A))->n_ips, 1);
	assert_string_equal(of(mac(B))->model, "1756-ENBT");
	assert_null(of(mac(A))->model);
	assert_int_equal(of(mac(A))->n_keys, 1);
	assert_int_equal(inv->n_conflicts, 0);
}

static void conflict_when_claims_alternate(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		arp(A, "192.168.1.10");
		arp(B, "192.168.1.10");
	}
	resolve();
	assert_int_equal(inv->n_devices, 2);
	assert_int_equal(inv->n_conflicts, 1);
	assert_int_not_equal(inv->conflicts[0].a, inv->conflicts[0].b);
	assert_int_equal(inv->conflicts[0].alternations, 2);
	assert_true(inv->conflicts[0].where.frame > 0);
}

static void virtual_router_is_no_conflict(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		arp("00:00:5e:00:01:07", "192.168.1.1");
		arp(R, "192.168.1.1");
	}
	arp("00:00:0c:07:ac:01", "192.168.2.1");
	resolve();
	assert_int_equal(inv->n_conflicts, 0);
	assert_int_equal(of(mac("00:00:5e:00:01:07"))->kind, KIND_ROUTER);
	assert_int_equal(of(mac("00:00:0c:07:ac:01"))->kind, KIND_ROUTER);
	assert_string_equal(of(mac("00:00:5e:00:01:07"))->keys[0], "local::00:00:5e:00:01:07");
	assert_null(of(mac("00:00:5e:00:01:07"))->mac_vendor);
}

static void two_sites_in_one_segment(void **state)
{
	(void)state;
	data_ttl(A, "192.168.1.10", 3, 64);
	data_ttl(B, "192.168.1.10", 5, 64);
	resolve();
	assert_int_equal(inv->n_devices, 2);
	assert_int_equal(of(mac(A))->n_ips, 1);
	assert_int_equal(of(mac(B))->n_ips, 1);
	assert_ptr_equal(of(ip("192.168.1.10")), of(mac(B)));
}

static void two_sites_in_two_segments(void **state)
{
	(void)state;
	vlan(10);
	data(A, "192.168.1.10");
	uint32_t first = ip("192.168.1.10");
	vlan(20);
	data(B, "192.168.1.10");
	uint32_t second = ip("192.168.1.10");
	resolve();
	assert_int_equal(inv->n_devices, 2);
	assert_ptr_not_equal(of(first), of(second));
	assert_int_equal(of(first)->n_vlans, 1);
	assert_int_equal(of(first)->vlans[0], 10);
	assert_string_equal(of(first)->keys[1], "ip:vlan 10:192.168.1.10");
}

static void one_mac_in_two_segments(void **state)
{
	(void)state;
	vlan(10);
	arp(R, "192.168.10.1");
	vlan(20);
	arp(R, "192.168.20.1");
	vlan(30);
	arp(LOCAL, "192.168.30.1");
	uint32_t local = mac(LOCAL);
	vlan(40);
	arp(LOCAL, "192.168.40.1");
	uint32_t other_vlan = mac(LOCAL);
	struct packet p = { .tunnel = TUNNEL_VXLAN, .tunnel_id = 7 };
	segment = observe_segment(o, &p);
	arp(LOCAL, "192.168.60.1");              /* elsewhere somebody made up the same one */
	arp(R, "192.168.50.1");
	resolve();
	assert_int_equal(inv->n_devices, 3);
	assert_ptr_equal(of(local), of(other_vlan));
	assert_ptr_not_equal(of(local), of(mac(LOCAL)));
	assert_true(of(local)->random_mac);
	vlan(10);
	assert_int_equal(of(mac(R))->n_vlans, 2);
	assert_int_equal(of(mac(R))->n_ips, 3);
	assert_false(of(mac(R))->random_mac);
}

static void routed_between_segments(void **state)
{
	(void)state;
	vlan(20);
	arp(B, "192.168.20.5");
	data(B, "192.168.20.5");
	arp(R, "192.168.20.1");
	uint32_t there = ip("192.168.20.5");
	vlan(10);
	arp(R, "192.168.10.1");
	data_ttl(R, "192.168.20.5", 3, 63);
	data_ttl(R, "192.168.30.5", 3, 63);
	uint32_t seen = ip("192.168.20.5");
	resolve();
	assert_ptr_equal(of(there), of(seen));
	assert_ptr_equal(of(there), of(seen));
	assert_int_equal(inv->n_devices, 3);
	assert_ptr_not_equal(of(ip("192.168.30.5")), of(mac(R)));
}

static void other_site_behind_its_own_router(void **state)
{
	(void)state;
	vlan(10);
	arp(A, "192.168.1.10");
	uint32_t here_ip = ip("192.168.1.10");
	vlan(20);
	arp(R, "172.16.0.1");
	data_ttl(R, "192.168.1.10", 3, 62);
	resolve();
	assert_int_equal(inv->n_devices, 3);
	assert_ptr_not_equal(of(here_ip), of(ip("192.168.1.10")));
}

static void same_public_address_in_two_segments(void **state)
{
	(void)state;
	vlan(10);
	arp(A, "192.168.1.10");
	data_ttl(R, "203.0.113.5", 3, 50);
	uint32_t one = ip("203.0.113.5");
	vlan(20);
	arp(B, "192.168.2.10");
	data_ttl(R2, "203.0.113.5", 3, 50);
	resolve();
	assert_ptr_equal(of(one), of(ip("203.0.113.5")));
	assert_int_equal(of(one)->n_keys, 2);
}

static void tagged_one_way_only(void **state)
{
	(void)state;
	/* The mirror shows what A sends untagged and what B sends tagged. */
	arp(A, "192.168.1.10");
	data(A, "192.168.1.10");
	uint32_t asked = ip("192.168.1.20");
	conv(ip("192.168.1.10"), asked, "modbus", 502, CONF_CONFIRMED, 4, 4);
	vlan(5);
	arp(B, "192.168.1.20");
	resolve();
	assert_int_equal(inv->n_devices, 2);
	assert_ptr_equal(of(asked), of(mac(B)));
}

static void said_to_be_the_same(void **state)
{
	(void)state;
	uint32_t a = mac(A), b = mac(B);
	sent(a, 1, 0);
	struct obs_where w = here();
	observe_link(o, a, b, LINK_SAME, "lldp.chassis_id", &w);
	link_of(A, "192.168.1.2", LINK_LLDP, "lldp.management_address");
	resolve();
	assert_int_equal(inv->n_devices, 1);
	assert_int_equal(inv->devices[0].n_macs, 2);
	assert_int_equal(inv->devices[0].n_ips, 1);
}

static void same_default_management_address(void **state)
{
	(void)state;
	sent(mac(A), 1, 0);
	sent(mac(B), 1, 0);
	link_of(A, "192.168.1.254", LINK_LLDP, "lldp.management_address");
	link_of(B, "192.168.1.254", LINK_LLDP, "lldp.management_address");
	resolve();
	assert_int_equal(inv->n_devices, 2);
}

static void identity(uint32_t e, const char *vendor, const char *model, const char *serial)
{
	if (vendor)
		attr(e, ATTR_VENDOR, vendor, "enip.list_identity", CONF_CONFIRMED);
	attr(e, ATTR_MODEL, model, "enip.list_identity", CONF_CONFIRMED);
	attr(e, ATTR_SERIAL, serial, "enip.list_identity", CONF_CONFIRMED);
}

static void same_serial_is_one_device(void **state)
{
	(void)state;
	arp(A, "192.168.1.10");
	arp(B, "192.168.2.10");
	identity(ip("192.168.1.10"), "Rockwell", "1756-ENBT", "0x00524d8e");
	identity(ip("192.168.2.10"), "Rockwell", "1756-ENBT", "0x00524d8e");
	resolve();
	assert_int_equal(inv->n_devices, 1);
	assert_int_equal(inv->devices[0].n_macs, 2);
	assert_string_equal(inv->devices[0].keys[0], "serial:Rockwell:1756-ENBT:0x00524d8e");
}

static void other_model_or_empty_serial_is_not(void **state)
{
	(void)state;
	arp(A, "192.168.1.10");
	arp(B, "192.168.1.11");
	arp(C, "192.168.1.12");
	arp(R, "192.168.1.13");
	identity(ip("192.168.1.10"), "Rockwell", "1756-ENBT", "0x00524d8e");
	identity(ip("192.168.1.11"), "Rockwell", "1756-EN2T", "0x00524d8e");
	identity(ip("192.168.1.12"), "Rockwell", "1756-ENBT", "0x00000000");
	identity(ip("192.168.1.13"), "Rockwell", "1756-ENBT", "0x00000000");
	resolve();
	assert_int_equal(inv->n_devices, 4);
}

static void groups_are_no_devices(void **state)
{
	(void)state;
	sent(mac("01:00:5e:00:00:fb"), 1, 0);
	sent(mac("ff:ff:ff:ff:ff:ff"), 1, 0);
	sent(ip("224.0.0.251"), 1, 0);
	sent(ip("ff02::fb"), 1, 0);
	sent(ip("255.255.255.255"), 1, 0);
	sent(ip("0.0.0.0"), 1, 0);
	sent(ip("::"), 1, 0);
	attr(ip("224.0.0.251"), ATTR_NAME, "nobody", "mdns.name", CONF_CONFIRMED);
	data(A, "192.168.1.10");
	conv(ip("192.168.1.10"), ip("224.0.0.251"), "mdns", 5353, CONF_CONFIRMED, 3, 0);
	resolve();
	assert_int_equal(inv->n_devices, 1);
	assert_int_equal(inv->n_convs, 1);
	assert_int_equal(inv->convs[0].client, 0);
	assert_int_equal(inv->convs[0].server, -1);
}

static void only_spoken_of(void **state)
{
	(void)state;
	data(A, "192.168.1.10");
	ip("192.168.1.66");                                                     /* an ARP target */
	uint32_t me = ip("192.168.1.10");
	conv(me, ip("192.168.1.67"), "modbus", 502, CONF_GUESS, 3, 0);          /* never answered */
	conv(me, ip("192.168.1.68"), "", 80, CONF_GUESS, 3, 2);                 /* answered */
	conv(me, ip("192.168.1.69"), "slmp", 5007, CONF_CONTENT, 3, 0);         /* one direction, but by content */
	attr(ip("192.168.1.70"), ATTR_HOSTNAME, "press", "mdns.a", CONF_CONFIRMED);
	attr(ip("192.168.1.71"), ATTR_OS, "Windows", "guess.ttl", CONF_GUESS);
	link_of(B, "192.168.1.72", LINK_DHCP, "dhcp.ack");
	conv(me, ip("192.168.1.255"), "bacnet", 47808, CONF_CONFIRMED, 3, 0);   /* may be the broadcast address */
	conv(me, ip("192.168.1.73"), "rtp", 9600, CONF_CONTENT, 3, 0);          /* nobody need be there */
	resolve();
	assert_null(of(ip("192.168.1.66")));
	assert_null(of(ip("192.168.1.67")));
	assert_non_null(of(ip("192.168.1.68")));
	assert_non_null(of(ip("192.168.1.69")));
	assert_non_null(of(ip("192.168.1.70")));
	assert_null(of(ip("192.168.1.71")));
	assert_ptr_equal(of(ip("192.168.1.72")), of(mac(B)));
	assert_null(of(ip("192.168.1.255")));
	assert_null(of(ip("192.168.1.73")));
	assert_int_equal(of(mac(B))->first, 0);
}

static void layer_two_only(void **state)
{
	(void)state;
	sent(mac(LOCAL), 2, 0);
	attr(mac(LOCAL), ATTR_NAME, "press-1", "profinet-dcp.name_of_station", CONF_CONFIRMED);
	sent(mac(A), 2, 0);
	attr(mac(A), ATTR_ROLE, "switch", "lldp.capabilities", CONF_CONFIRMED);
	resolve();
	assert_int_equal(inv->n_devices, 2);
	struct inv_device *d = of(mac(LOCAL));
	assert_string_equal(d->name, "press-1");
	assert_string_equal(d->keys[0], "local::02:11:22:33:44:55");
	assert_string_equal(d->keys[1], "name:profinet-dcp:press-1");
	assert_int_equal(of(mac(A))->kind, KIND_SWITCH);
}

static void loopback_capture(void **state)
{
	(void)state;
	data("00:00:00:00:00:00", "127.0.0.1");
	sent(ip("::1"), 3, 64);
	conv(ip("127.0.0.1"), ip("127.0.0.1"), "opcua", 4840, CONF_CONFIRMED, 3, 3);
	resolve();
	assert_int_equal(inv->n_devices, 1);
	assert_int_equal(inv->devices[0].n_macs, 0);
	assert_false(inv->devices[0].internet);
	assert_int_equal(inv->convs[0].client, 0);
	assert_int_equal(inv->convs[0].server, 0);
}

static void better_source_wins(void **state)
{
	(void)state;
	arp(A, "192.168.1.10");
	uint32_t e = ip("192.168.1.10");
	attr(e, ATTR_MODEL, "banner", "http.server", CONF_CONFIRMED);
	attr(e, ATTR_MODEL, "banner", "http.server", CONF_CONFIRMED);
	attr(e, ATTR_MODEL, "half sure", "s7comm.szl", CONF_CONTENT);
	attr(e, ATTR_MODEL, "6ES7 315-2EH14-0AB0", "s7comm.szl", CONF_CONFIRMED);
	attr(e, ATTR_MODEL, "switch", "lldp.system_description", CONF_CONFIRMED);
	attr(e, ATTR_HOSTNAME, "PRESS01", "nbns.name", CONF_CONFIRMED);
	attr(e, ATTR_HOSTNAME, "press01", "dhcp.host_name", CONF_CONFIRMED);
	attr(e, ATTR_HOSTNAME, "press01.example.", "mdns.a", CONF_CONFIRMED);
	attr(mac(A), ATTR_NAME, "localhost", "http.title", CONF_CONFIRMED);
	resolve();
	struct inv_device *d = of(e);
	assert_string_equal(d->model, "6ES7 315-2EH14-0AB0");
	assert_int_equal(d->kind, KIND_PLC);
	assert_int_equal(d->n_hostnames, 2);
	assert_null(d->name);
	assert_null(d->vendor);
	size_t models = 0, kinds = 0, macs = 0, addresses = 0;
	for (size_t i = 0; i < d->n_evidence; i++) {
		const struct inv_evidence *x = &d->evidence[i];
		models += strcmp(x->field, "model") == 0;
		kinds += strcmp(x->field, "kind") == 0;
		macs += strcmp(x->field, "mac") == 0;
		if (strcmp(x->field, "ipv4") == 0) {
			addresses++;
			assert_string_equal(x->source, "arp");
			assert_string_equal(x->value, "192.168.1.10");
			assert_true(x->frame > 0);
		}
	}
	assert_int_equal(models, 4);
	assert_int_equal(kinds, 1);
	assert_int_equal(macs, 1);
	assert_int_equal(addresses, 1);
}

static void protocols_and_candidates(void **state)
{
	(void)state;
	arp(A, "192.168.1.10");
	arp(B, "192.168.1.11");
	uint32_t a = ip("192.168.1.10"), b = ip("192.168.1.11");
	conv(a, b, "modbus", 502, CONF_CONFIRMED, 5, 5);
	conv(a, b, "http", 80, CONF_GUESS, 2, 2);
	conv(a, b, "", 9999, CONF_GUESS, 2, 2);
	conv(a, b, "telnet", 23, CONF_GUESS, 2, 0);
	resolve();
	struct inv_device *d = of(b);
	assert_int_equal(d->n_protocols, 1);
	assert_string_equal(d->protocols[0].name, "modbus");
	assert_true(d->protocols[0].server);
	assert_int_equal(d->protocols[0].port, 502);
	assert_int_equal(d->protocols[0].frames, 10);
	assert_int_equal(d->n_candidates, 1);
	assert_int_equal(of(a)->n_candidates, 2);
	assert_int_equal(inv->n_convs, 4);
}

static void link_without_macs(void **state)
{
	(void)state;
	sent(ip("1.1.1.1"), 3, 64);
	sent(ip("2.2.2.2"), 3, 52);
	resolve();
	assert_int_equal(inv->n_devices, 2);
	assert_false(of(ip("1.1.1.1"))->internet);
	assert_true(of(ip("2.2.2.2"))->internet);
	sent(ip("192.168.1.10"), 3, 64);
	resolve();
	assert_true(of(ip("1.1.1.1"))->internet);
}

static void segment_keys(void **state)
{
	(void)state;
	static const struct {
		struct obs_segment s;
		const char *want;
	} cases[] = {
		{ { .vlans = 0 }, "" },
		{ { .vlans = 1, .vlan = { 10 } }, "vlan 10" },
		{ { .vlans = 2, .vlan = { 10, 20 } }, "vlan 10/20" },
		{ { .tunnel = TUNNEL_VXLAN, .tunnel_id = 100, .vlans = 1, .vlan = { 3 },
		    .tunnel_src = { { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 } } },
		  "vxlan 100 from 10.0.0.1 vlan 3" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *key = inventory_segment_key(&cases[i].s);
		assert_string_equal(key, cases[i].want);
		free(key);
	}
}

/* ---- the order of rows decides nothing ---- */

static void dump(struct buf *b)
{
	char text[ADDR_TEXT];
	for (size_t i = 0; i < inv->n_devices; i++) {
		const struct inv_device *d = &inv->devices[i];
		buf_printf(b, "%s %s %d %d%d%d %llu %lld %lld %s %s\n", d->n_keys ? d->keys[0] : "?",
			   kind_names[d->kind], d->level, d->router, d->internet, d->random_mac,
			   (unsigned long long)d->frames, (long long)d->first, (long long)d->last,
			   d->kind_reason ? d->kind_reason : "-", d->level_reason ? d->level_reason : "-");
		for (size_t k = 0; k < d->n_keys; k++)
			buf_printf(b, " key %s\n", d->keys[k]);
		for (size_t k = 0; k < d->n_macs; k++)
			buf_printf(b, " mac %s\n", mac_text(d->macs[k].mac, text));
		for (size_t k = 0; k < d->n_ips; k++)
			buf_printf(b, " ip %s\n", addr_text(&d->ips[k].ip, text));
		for (size_t k = 0; k < d->n_hostnames; k++)
			buf_printf(b, " host %s\n", d->hostnames[k]);
		for (size_t k = 0; k < d->n_vlans; k++)
			buf_printf(b, " vlan %u\n", d->vlans[k]);
		for (size_t k = 0; k < d->n_protocols; k++)
			buf_printf(b, " speaks %s %d %u\n", d->protocols[k].name, d->protocols[k].server,
				   d->protocols[k].port);
		for (size_t k = 0; k < d->n_evidence; k++)
			buf_printf(b, " %s=%s %s %d %u %llu\n", d->evidence[k].field, d->evidence[k].value,
				   d->evidence[k].source, (int)d->evidence[k].confidence, d->evidence[k].frame,
				   (unsigned long long)d->evidence[k].count);
	}
	for (size_t i = 0; i < inv->n_convs; i++)
		buf_printf(b, "%d>%d %s %u\n", inv->convs[i].client, inv->convs[i].server, inv->convs[i].row->proto,
			   inv->convs[i].row->port);
	for (size_t i = 0; i < inv->n_ops; i++)
		buf_printf(b, "%d>%d %s\n", inv->ops[i].client, inv->ops[i].server, inv->ops[i].row->name);
}

static uint32_t dice;

static uint32_t roll(uint32_t n)
{
	dice = dice * 1664525u + 1013904223u;
	return (dice >> 8) % n;
}

/*
 * Fact number n of a random factory: always the same, whenever it is told. Frame
 * numbers vary only where the tables keep the earliest; alternating claims, and so
 * conflicts, do depend on time.
 */
static void tell(uint32_t n)
{
	char m[32], a[32];
	dice = n * 2654435761u;
	uint32_t what = roll(9), host = roll(30), net = roll(3);
	vlan((uint16_t)(net ? net * 10 : 0));
	snprintf(m, sizeof m, "%s:00:00:%02x", host % 7 == 0 ? "02:aa:bb" : "00:1d:9c", host);
	snprintf(a, sizeof a, "192.168.%u.%u", roll(2), host + roll(2));
	still = true;
	frame = what < 4 || what == 8 ? 7 : n;
	uint32_t at = frame;
	frame = 7;
	ip(a);
	mac(m);
	ip("192.168.0.5");
	frame = at;
	switch (what) {
	case 0: arp(m, a); break;
	case 1: case 2: data_ttl(m, a, 1 + (int)roll(3), roll(2) ? 64 : 63); break;
	case 3: snprintf(a, sizeof a, "203.0.113.%u", roll(5)); data_ttl(m, a, 2, 50); break;
	case 4: attr(ip(a), (enum attr)roll(ATTR_MAX), roll(2) ? "FX5U-32MT/ES" : "press", roll(2) ? "slmp.type" : "http.server",
		     (enum confidence)roll(3)); break;
	case 5: attr(mac(m), ATTR_NAME, "x1", "lldp.system_name", CONF_CONFIRMED); break;
	case 6: conv(ip(a), ip("192.168.0.5"), roll(2) ? "modbus" : "s7comm", 502, (enum confidence)roll(3), 3, roll(2)); break;
	case 7: op(ip(a), ip("192.168.0.5"), "s7comm", roll(2) ? OP_STOP : OP_WRITE, "x"); break;
	default: link_of(m, a, roll(2) ? LINK_LLDP : LINK_DHCP, "some"); break;
	}
}

static void order_decides_nothing(void **state)
{
	enum { FACTS = 120, ROUNDS = 40 };
	uint32_t order[FACTS];
	struct buf first, now;
	buf_init(&first, 1 << 22);
	buf_init(&now, 1 << 22);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint32_t base = round / 4 * 1000, rounded = round % 4;
		end(state);
		begin(state);
		for (uint32_t i = 0; i < FACTS; i++)
			order[i] = base + i;
		uint32_t mix = round * 77u + 1;
		for (uint32_t i = FACTS - 1; i > 0 && rounded; i--) {
			mix = mix * 1664525u + 1013904223u;
			uint32_t k = (mix >> 8) % (i + 1), keep = order[i];
			order[i] = order[k];
			order[k] = keep;
		}
		for (uint32_t i = 0; i < FACTS; i++)
			tell(order[i]);
		resolve();
		buf_reset(&now);
		dump(&now);
		if (!rounded) {
			buf_reset(&first);
			buf_add(&first, now.data, now.len);
		}
		assert_string_equal(first.data, now.data);
	}
	buf_done(&first);
	buf_done(&now);
}

/* Keys are what the site file finds a device by: two devices may not share one. */
static void keys_are_unique(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		tell(i);
	resolve();
	for (size_t i = 0; i < inv->n_devices; i++) {
		assert_true(inv->devices[i].n_keys > 0);
		if (i)
			assert_true(strcmp(inv->devices[i - 1].keys[0], inv->devices[i].keys[0]) < 0);
		for (size_t k = i + 1; k < inv->n_devices; k++)
			for (size_t x = 0; x < inv->devices[i].n_keys; x++)
				for (size_t y = 0; y < inv->devices[k].n_keys; y++)
					assert_string_not_equal(inv->devices[i].keys[x], inv->devices[k].keys[y]);
	}
}

static void many_entities(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 50000; i++) {
		uint8_t m[6] = { 0x00, 0x1d, 0x9c, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i };
		uint8_t v4[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)(i | 1) };
		struct addr a = addr_v4(v4);
		struct obs_where w = here();
		uint32_t me = observe_mac(o, segment, m, &w), my = observe_ip(o, segment, &a, &w);
		sent(me, 1, 0);
		sent(my, 1, 64);
		observe_link(o, me, my, LINK_DATA, "frame", &w);
		conv(my, 2, "modbus", 502, CONF_CONFIRMED, 2, 2);
	}
	/* One MAC that sends for everybody, and one that claims everything. */
	for (uint32_t i = 0; i < 20000; i++) {
		uint8_t m[6] = { 0x00, 0xa0, 0xde, 0, 0, 1 }, n[6] = { 0x00, 0xa0, 0xde, 0, 0, 2 };
		uint8_t v4[4] = { 172, 16, (uint8_t)(i >> 8), (uint8_t)(i | 1) };
		struct addr a = addr_v4(v4);
		struct obs_where w = here();
		uint32_t x = observe_ip(o, segment, &a, &w);
		observe_link(o, observe_mac(o, segment, m, &w), x, LINK_DATA, "frame", &w);
		observe_link(o, observe_mac(o, segment, n, &w), x, LINK_ARP, "arp", &w);
	}
	resolve();
	assert_true(inv->n_devices > 50000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	setenv("GENBA_OUI", "/nonexistent", 1);
	const struct CMUnitTest tests[] = {
		TEST(nothing), TEST(arp_binds), TEST(data_binds_one_to_one), TEST(companions_of_one_host),
		TEST(router_and_who_is_behind), TEST(one_public_peer_is_behind_a_router),
		TEST(plant_with_public_addresses), TEST(other_subnet_makes_a_router),
		TEST(a_bridge_is_no_router), TEST(router_answers_dns_without_arp), TEST(ipv6_router), TEST(mirrored_router),
		TEST(copies_without_arp), TEST(proxy_arp), TEST(two_claims_two_devices),
		TEST(conflict_when_claims_alternate), TEST(virtual_router_is_no_conflict),
		TEST(two_sites_in_one_segment), TEST(two_sites_in_two_segments), TEST(one_mac_in_two_segments),
		TEST(routed_between_segments), TEST(other_site_behind_its_own_router),
		TEST(same_public_address_in_two_segments), TEST(tagged_one_way_only), TEST(said_to_be_the_same),
		TEST(same_default_management_address), TEST(same_serial_is_one_device),
		TEST(other_model_or_empty_serial_is_not), TEST(groups_are_no_devices), TEST(only_spoken_of),
		TEST(layer_two_only), TEST(loopback_capture), TEST(better_source_wins),
		TEST(protocols_and_candidates), TEST(link_without_macs), TEST(segment_keys), TEST(order_decides_nothing),
		TEST(keys_are_unique), TEST(many_entities),
	};
	return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
