/* Zones: what is declared, what is proposed, conduits and windows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "zone/zone.h"

static struct err e;

/* An address by its text; the subnet is given where it matters. */
static struct zone_address at(const char *text, const char *subnet, int64_t segment, const char *key)
{
	struct zone_address a = { .subnet = subnet, .segment = segment, .segment_key = key };
	a.is_mac = mac_parse(text, a.mac) == 6;
	if (!a.is_mac)
		assert_true(addr_parse(text, &a.ip));
	return a;
}

static void parse(struct zone_plan *p, const char *text)
{
	if (!zone_plan_parse(p, "zones.yaml", text, &e))
		fail_msg("%s", e.text);
}

static void refused(const char *text, const char *why)
{
	struct zone_plan p;
	assert_false(zone_plan_parse(&p, "zones.yaml", text, &e));
	if (!strstr(e.text, why))
		fail_msg("expected \"%s\", got \"%s\"", why, e.text);
}

#define PLC "192.168.1.10", "192.168.1.0/24", 1, ""
#define DEVICE(address, lvl) { .addresses = address, .n_addresses = sizeof address / sizeof *address, .level = lvl }

static void proposal(void **state)
{
	(void)state;
	struct zone_address plc[] = { at("00:1d:9c:c7:b0:10", "", 1, ""), at(PLC) };
	struct zone_address pc[] = { at("192.168.1.50", "192.168.1.0/24", 1, "") };
	struct zone_address unknown[] = { at("192.168.1.60", "192.168.1.0/24", 1, "") };
	struct zone_address wire[] = { at("00:0e:cf:00:00:01", "", 1, "") };       /* PROFINET without an address */
	struct zone_address office[] = { at("192.168.10.5", "192.168.10.0/24", 2, "vlan 30") };
	struct zone_address copy[] = { at("192.168.1.10", "192.168.1.0/24", 3, "vlan 7") };
	struct zone_address far[] = { at("8.8.8.8", "8.8.8.0/24", 1, "") };
	struct zone_device d[] = { DEVICE(plc, 1), DEVICE(pc, 4), DEVICE(unknown, -1), DEVICE(wire, -1), DEVICE(office, 4),
				   DEVICE(far, 5) };
	d[5].internet = true;
	struct zone_places *places = zone_assign(NULL, d, 6);
	assert_string_equal(d[0].zone, "control 192.168.1.0/24");
	assert_string_equal(d[1].zone, "office 192.168.1.0/24");
	assert_string_equal(d[2].zone, "control 192.168.1.0/24");
	assert_string_equal(d[3].zone, "control 192.168.1.0/24");
	assert_string_equal(d[4].zone, "office 192.168.10.0/24");
	assert_string_equal(d[5].zone, "internet");
	assert_false(d[0].declared);
	zone_places_free(places);

	/* One network, seen tagged and untagged; the same addresses in two VLANs are two cells. */
	struct zone_address cell[] = { at("192.168.1.10", "192.168.1.0/24", 4, "vlan 8") };
	struct zone_device twice[] = { DEVICE(plc, 1), DEVICE(copy, 1), DEVICE(cell, 1) };
	places = zone_assign(NULL, twice, 2);
	assert_string_equal(twice[0].zone, "control 192.168.1.0/24");
	assert_string_equal(twice[1].zone, "control 192.168.1.0/24");
	zone_places_free(places);
	places = zone_assign(NULL, twice, 3);
	assert_string_equal(twice[0].zone, "control 192.168.1.0/24");
	assert_string_equal(twice[1].zone, "control 192.168.1.0/24 vlan 7");
	assert_string_equal(twice[2].zone, "control 192.168.1.0/24 vlan 8");
	zone_places_free(places);

	struct zone_address router[] = { at("192.168.1.1", "192.168.1.0/24", 1, ""), at("192.168.2.1", "192.168.2.0/24", 1, "") };
	struct zone_device between[] = { DEVICE(plc, 1), DEVICE(router, -1) };
	between[1].router = true;
	places = zone_assign(NULL, between, 2);
	assert_string_equal(between[1].zone, "");
	zone_places_free(places);
}

static void declared(void **state)
{
	(void)state;
	struct zone_plan p;
	parse(&p, "zones:\n"
		  "  - {name: all, prefixes: [192.168.0.0/16]}\n"
		  "  - {name: line-1, level: 1, prefixes: [192.168.1.0/24]}\n"
		  "  - {name: 検査室, macs: [\"00:1d:9c\"]}\n"
		  "  - {name: tagged, vlans: [30]}\n"
		  "devices: list.csv\n");
	assert_string_equal(p.devices, "list.csv");
	if (!zone_plan_list(&p, "list.csv", "MACアドレス,IPアドレス,機器名,種類,ゾーン,更新予定\n"
					    "3c-d9-2b-6e-01-32,,設備PC,engineering,line-1,2025年度に更新\n"
					    ",192.168.9.9,プリンタ,プリンタ,,\n", &e))
		fail_msg("%s", e.text);
	struct zone_address plc[] = { at(PLC) };
	struct zone_address rockwell[] = { at("00:1d:9c:c7:b0:10", "", 1, ""), at("192.168.1.11", "192.168.1.0/24", 1, "") };
	struct zone_address listed[] = { at("3c:d9:2b:6e:01:32", "", 1, ""), at("192.168.9.8", "192.168.9.0/24", 1, "") };
	struct zone_address printer[] = { at("192.168.9.9", "192.168.9.0/24", 1, "") };
	struct zone_address vlan[] = { at("00:80:77:31:55:02", "", 4, "vlan 30") };
	struct zone_address other[] = { at("10.0.0.1", "10.0.0.0/24", 1, "") };
	struct zone_address router[] = { at("192.168.1.1", "192.168.1.0/24", 1, ""), at("192.168.2.1", "192.168.2.0/24", 1, "") };
	struct zone_device d[] = { DEVICE(plc, 1), DEVICE(rockwell, 1), DEVICE(listed, 4), DEVICE(printer, 4),
				   DEVICE(vlan, -1), DEVICE(other, 2), DEVICE(router, -1) };
	d[6].router = true;
	struct zone_places *places = zone_assign(&p, d, 7);
	assert_string_equal(d[0].zone, "line-1");
	assert_true(d[0].declared);
	assert_int_equal(d[0].declared_level, 1);
	assert_string_equal(d[1].zone, "検査室");
	assert_string_equal(d[2].zone, "line-1");
	assert_string_equal(d[2].listed->plan, "2025年度に更新");
	assert_string_equal(d[3].zone, "all");
	assert_string_equal(d[3].listed->name, "プリンタ");
	assert_string_equal(d[4].zone, "tagged");
	assert_string_equal(d[5].zone, "control 10.0.0.0/24");
	assert_false(d[5].declared);
	assert_string_equal(d[6].zone, "");
	assert_null(d[0].listed);
	zone_places_free(places);

	/* What genba proposed is left out of a list, what is declared is not. */
	if (!zone_plan_list(&p, "list.csv", "mac,zone\n00:00:00:00:00:01,control 10.0.0.0/24\n00:00:00:00:00:02,all\n", &e))
		fail_msg("%s", e.text);
	assert_string_equal(p.listed[p.n_listed - 2].zone, "");
	assert_string_equal(p.listed[p.n_listed - 1].zone, "all");
	assert_int_equal(zone_group_of("office"), 2);
	assert_int_equal(zone_group_of("offices 1"), -1);

	char list[100] = "mac\nxx\n";
	assert_false(zone_plan_list(&p, "list.csv", list, &e));
	assert_non_null(strstr(e.text, "list.csv:2: expected a MAC address"));
	assert_false(zone_plan_list(&p, "list.csv", "name,kind\nPLC,plc\n", &e));
	assert_non_null(strstr(e.text, "list.csv:1: expected a column mac"));
	zone_plan_free(&p);
}

static void conduits(void **state)
{
	(void)state;
	struct zone_plan p;
	parse(&p, "zones: [{name: a}, {name: b}]\n"
		  "conduits:\n"
		  "  - {from: a, to: b, protocols: [fins, tcp/502]}\n"
		  "  - {from: b, to: internet}\n"
		  "  - {from: any, to: a, protocols: ntp}\n");
	assert_int_equal(zone_plan_allows(&p, "a", "b", "fins", "udp", 9600), 1);
	assert_int_equal(zone_plan_allows(&p, "a", "b", "modbus", "tcp", 502), 1);
	assert_int_equal(zone_plan_allows(&p, "a", "b", "modbus", "tcp", 503), 0);
	assert_int_equal(zone_plan_allows(&p, "b", "a", "fins", "udp", 9600), 0);
	assert_int_equal(zone_plan_allows(&p, "b", "internet", "tls", "tcp", 443), 1);
	assert_int_equal(zone_plan_allows(&p, "control 10.0.0.0/24", "a", "ntp", "udp", 123), 1);
	zone_plan_free(&p);
	parse(&p, "zones: [{name: a}]\n");
	assert_int_equal(zone_plan_allows(&p, "a", "b", "fins", "udp", 9600), -1);
	zone_plan_free(&p);
}

/* 2024-05-11 is a Saturday. */
static int64_t when(int day, int hour, int minute)
{
	return (INT64_C(1715385600) + ((day - 11) * 24 + hour) * 3600 + minute * 60) * 1000000000;
}

static void windows(void **state)
{
	(void)state;
	struct zone_plan p;
	struct addr builder, other;
	setenv("TZ", "UTC", 1);
	tzset();
	assert_true(addr_parse("203.0.113.9", &builder) && addr_parse("198.51.100.1", &other));
	parse(&p, "zones: [{name: line-1}]\n"
		  "remote:\n"
		  "  - {name: 設備メーカー, prefixes: [203.0.113.0/24], to: line-1, days: [sat], hours: \"09:00-17:00\","
		  " first: 2024-05-01, last: 2024-05-31}\n"
		  "  - {name: night, prefixes: [198.51.100.1], days: [fri], hours: \"22:00-02:00\"}\n");
	assert_int_equal(zone_plan_in_window(&p, &builder, "line-1", when(11, 9, 0), when(11, 16, 59)), 1);
	assert_int_equal(zone_plan_in_window(&p, &builder, "line-1", when(11, 8, 59), when(11, 10, 0)), 0);
	assert_int_equal(zone_plan_in_window(&p, &builder, "line-1", when(11, 16, 0), when(11, 18, 0)), 0);
	assert_int_equal(zone_plan_in_window(&p, &builder, "line-1", when(12, 10, 0), when(12, 11, 0)), 0);
	assert_int_equal(zone_plan_in_window(&p, &builder, "line-2", when(11, 10, 0), when(11, 11, 0)), 0);
	assert_int_equal(zone_plan_in_window(&p, &builder, "line-1", when(18 + 14, 10, 0), when(18 + 14, 11, 0)), 0);   /* June */
	assert_int_equal(zone_plan_in_window(&p, &builder, "line-1", when(11, 10, 0), when(18, 11, 0)), 0);   /* a week long */
	assert_int_equal(zone_plan_in_window(&p, &other, "x", when(10, 23, 0), when(11, 1, 0)), 1);
	assert_int_equal(zone_plan_in_window(&p, &other, "x", when(11, 1, 0), when(11, 1, 30)), 1);
	assert_int_equal(zone_plan_in_window(&p, &other, "x", when(11, 23, 0), when(11, 23, 30)), 0);
	zone_plan_free(&p);
	parse(&p, "zones: [{name: a}]\n");
	assert_int_equal(zone_plan_in_window(&p, &other, "x", 0, 0), -1);
	zone_plan_free(&p);
}

static void mistakes(void **state)
{
	(void)state;
	refused("zone: []\n", "zones.yaml:1:");
	refused("zones:\n  - {name: a}\n  - {name: a}\n", "zones.yaml:3:");
	refused("zones:\n  - {name: a, prefixes: [192.168.1.0/33]}\n", "expected a network such as");
	refused("zones:\n  - {name: a, macs: [\"00:1\"]}\n", "expected a MAC address");
	refused("zones:\n  - {name: a, vlans: [5000]}\n", "expected a number from 0 to 4094");
	refused("zones:\n  - {name: a, level: 6}\n", "expected a level from 0 to 5");
	refused("zones:\n  - {name: a, colour: red}\n", "colour");
	refused("zones: [{name: a}]\nconduits:\n  - {from: a, to: b}\n", "to: expected a zone of this file");
	refused("zones: [{name: a}]\nremote:\n  - {name: x, hours: nine}\n", "expected hours such as");
	refused("zones: [{name: a}]\nremote:\n  - {name: x, days: [holiday]}\n", "expected sun, mon");
	refused("zones: [{name: a}]\nremote:\n  - {name: x, first: 2024-13-01}\n", "YYYY-MM-DD");
	refused("zones: 5\n", "expected a list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proposal), cmocka_unit_test(declared), cmocka_unit_test(conduits),
		cmocka_unit_test(windows), cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
