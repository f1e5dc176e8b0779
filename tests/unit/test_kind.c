/* What a device is, and why. */
#include "inventory_wire.h"

#define PLC "00:1d:9c:00:00:0a"
#define PC "00:1d:9c:00:00:0b"

static void is(uint32_t e, enum kind kind, int level, const char *reason)
{
	const struct inv_device *d = of(e);
	assert_non_null(d);
	assert_string_equal(kind_names[d->kind], kind_names[kind]);
	assert_int_equal(d->level, level);
	if (reason)
		assert_string_equal(d->kind_reason, reason);
}

static uint32_t host(const char *m, const char *i)
{
	arp(m, i);
	return ip(i);
}

static void told(const char *i, enum attr field, const char *value, const char *source)
{
	attr(ip(i), field, value, source, CONF_CONFIRMED);
}

static void unknown_stays_unknown(void **state)
{
	(void)state;
	uint32_t e = host(PLC, "192.168.1.10");
	resolve();
	is(e, KIND_UNKNOWN, -1, NULL);
	assert_null(of(e)->kind_reason);
	assert_null(of(e)->level_reason);
}

static void by_order_number(void **state)
{
	(void)state;
	static const struct {
		const char *model;
		enum kind kind;
		int level;
	} cases[] = {
		{ "6ES7 315-2EH14-0AB0", KIND_PLC, 1 }, { "6ES7214-1AG40-0XB0", KIND_PLC, 1 },
		{ "6ES7 516-3AN01-0AB0", KIND_PLC, 1 }, { "6ES7 155-6AU00-0BN0", KIND_IO, 1 },
		{ "6ES7 151-8AB01-0AB0", KIND_PLC, 1 }, { "3UF7 011-1AU00-0", KIND_DRIVE, 1 },
		{ "6AV2 124-0MC01-0AX0", KIND_HMI, 2 }, { "6GK5 208-0BA10-2AA3", KIND_SWITCH, -1 },
		{ "6GK5 774-1FX00-0AA0", KIND_WIRELESS, -1 }, { "6GK7 343-1EX30-0XE0", KIND_PLC, 1 },
		{ "1756-ENBT/A", KIND_PLC, 1 }, { "1734-AENT", KIND_IO, 1 }, { "2711P-T7C4D9", KIND_HMI, 2 },
		{ "PowerFlex 525", KIND_DRIVE, 1 }, { "FX5U-32MT/ES", KIND_PLC, 1 }, { "Q03UDECPU", KIND_PLC, 1 },
		{ "R04CPU", KIND_PLC, 1 }, { "CJ2M-CPU33", KIND_PLC, 1 }, { "NJ501-1300", KIND_PLC, 1 },
		{ "KV-8000", KIND_PLC, 1 }, { "BMX P34 2020", KIND_PLC, 1 }, { "MR-J4-70GF", KIND_DRIVE, 1 },
		{ "HP LaserJet 400", KIND_PRINTER, 4 }, { "no such thing", KIND_UNKNOWN, -1 },
	};
	size_t n = sizeof cases / sizeof *cases;
	uint32_t entities[64];
	for (size_t i = 0; i < n; i++) {
		char m[32], a[32];
		snprintf(m, sizeof m, "00:1d:9c:00:01:%02x", (unsigned)i);
		snprintf(a, sizeof a, "192.168.1.%u", (unsigned)i + 1);
		entities[i] = host(m, a);
		attr(entities[i], ATTR_MODEL, cases[i].model, "test.identity", CONF_CONFIRMED);
	}
	resolve();
	for (size_t i = 0; i < n; i++)
		is(entities[i], cases[i].kind, cases[i].level, NULL);
	assert_string_equal(of(entities[0])->kind_reason, "model: 6ES7 315-2EH14-0AB0");
	assert_string_equal(of(entities[0])->level_reason, "kind: plc");
}

static void by_what_it_says(void **state)
{
	(void)state;
	uint32_t a = host("00:1d:9c:00:01:01", "192.168.1.1"), b = host("00:1d:9c:00:01:02", "192.168.1.2"),
		 c = host("00:1d:9c:00:01:03", "192.168.1.3"), d = host("00:1d:9c:00:01:04", "192.168.1.4");
	told("192.168.1.1", ATTR_ROLE, "bridge, router", "lldp.capabilities");
	told("192.168.1.2", ATTR_ROLE, "Human-Machine Interface", "enip.list_identity");
	told("192.168.1.3", ATTR_DHCP_VENDOR, "MSFT 5.0", "dhcp.vendor_class");
	told("192.168.1.4", ATTR_DHCP_VENDOR, "android-dhcp-13", "dhcp.vendor_class");
	resolve();
	is(a, KIND_SWITCH, -1, "it says it is: bridge, router");
	is(b, KIND_HMI, 2, NULL);
	is(c, KIND_PC, -1, "DHCP vendor class: MSFT 5.0");
	is(d, KIND_MOBILE, 4, NULL);
}

static void a_guess_gives_no_level(void **state)
{
	(void)state;
	uint32_t e = host(PLC, "192.168.1.10");
	attr(e, ATTR_MODEL, "6ES7 315-2EH14-0AB0", "guess.something", CONF_GUESS);
	resolve();
	is(e, KIND_PLC, -1, NULL);
}

static void controller_and_panel(void **state)
{
	(void)state;
	uint32_t plc = host(PLC, "192.168.1.10"), panel = host(PC, "192.168.1.20");
	conv(panel, plc, "s7comm", 102, CONF_CONFIRMED, 9, 9);
	op(panel, plc, "s7comm", OP_WRITE, "Write Var");
	resolve();
	is(plc, KIND_PLC, 1, "answers: s7comm");
	is(panel, KIND_HMI, 2, "polls a controller: s7comm");
}

static void many_polled_is_scada(void **state)
{
	(void)state;
	uint32_t pc = host(PC, "192.168.1.20");
	for (int i = 1; i <= 3; i++) {
		char m[32], a[32];
		snprintf(m, sizeof m, "00:1d:9c:00:01:%02x", (unsigned)i);
		snprintf(a, sizeof a, "192.168.1.%d", i);
		conv(pc, host(m, a), "modbus", 502, CONF_CONFIRMED, 9, 9);
	}
	resolve();
	is(pc, KIND_SCADA, 2, "polls several controllers: modbus");
}

static void who_downloads_is_engineering(void **state)
{
	(void)state;
	uint32_t plc = host(PLC, "192.168.1.10"), pc = host(PC, "192.168.1.20");
	uint32_t far = host("00:1d:9c:00:01:01", "10.0.5.5");
	conv(pc, plc, "melsoft", 5562, CONF_CONFIRMED, 9, 9);
	op(pc, plc, "melsoft", OP_STOP, "Remote STOP");
	conv(far, plc, "melsoft", 5562, CONF_CONFIRMED, 9, 9);
	op(far, plc, "melsoft", OP_DOWNLOAD, "Program write");
	told("192.168.1.20", ATTR_OS, "Windows 10", "ntlmssp.version");
	resolve();
	is(pc, KIND_ENGINEERING, 2, NULL);
	is(far, KIND_ENGINEERING, 3, NULL);
	is(plc, KIND_PLC, 1, NULL);
}

static void guessed_protocols_give_nothing_sure(void **state)
{
	(void)state;
	uint32_t plc = host(PLC, "192.168.1.10"), pc = host(PC, "192.168.1.20");
	conv(pc, plc, "modbus", 502, CONF_GUESS, 9, 9);
	resolve();
	is(pc, KIND_UNKNOWN, -1, NULL);
	assert_int_equal(of(plc)->level, -1);
}

static void office(void **state)
{
	(void)state;
	uint32_t pc = host(PC, "192.168.1.20"), files = host(PLC, "192.168.1.30"),
		 plc = host("00:1d:9c:00:01:01", "192.168.1.40"), panel = host("00:1d:9c:00:01:02", "192.168.1.50");
	told("192.168.1.20", ATTR_OS, "Windows 11", "ntlmssp.version");
	data_ttl("00:a0:de:00:00:01", "203.0.113.5", 3, 50);
	data_ttl("00:a0:de:00:00:01", "203.0.113.6", 3, 50);
	conv(pc, ip("203.0.113.5"), "tls", 443, CONF_CONFIRMED, 9, 9);
	conv(panel, plc, "fins", 9600, CONF_CONFIRMED, 9, 9);
	conv(panel, files, "smb", 445, CONF_CONFIRMED, 9, 9);
	conv(panel, ip("203.0.113.6"), "tls", 443, CONF_CONFIRMED, 9, 9);
	resolve();
	is(pc, KIND_PC, 4, NULL);
	is(ip("203.0.113.5"), KIND_SERVER, 5, NULL);
	is(panel, KIND_HMI, 2, NULL);
	assert_int_equal(of(files)->level, 3);
}

static void sources_of_kind_are_evidence(void **state)
{
	(void)state;
	uint32_t plc = host(PLC, "192.168.1.10"), pc = host(PC, "192.168.1.20");
	conv(pc, plc, "fins", 9600, CONF_CONFIRMED, 9, 9);
	resolve();
	const struct inv_device *d = of(plc);
	const struct inv_evidence *kind = &d->evidence[d->n_evidence - 2], *level = kind + 1;
	assert_string_equal(kind->field, "kind");
	assert_string_equal(kind->value, "plc");
	assert_string_equal(kind->source, "resolve");
	assert_int_equal(kind->confidence, CONF_CONTENT);
	assert_true(kind->frame > 0);
	assert_string_equal(level->field, "level");
	assert_string_equal(level->value, "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	setenv("GENBA_OUI", "/nonexistent", 1);
	const struct CMUnitTest tests[] = {
		TEST(unknown_stays_unknown), TEST(by_order_number), TEST(by_what_it_says), TEST(a_guess_gives_no_level),
		TEST(controller_and_panel), TEST(many_polled_is_scada), TEST(who_downloads_is_engineering),
		TEST(guessed_protocols_give_nothing_sure), TEST(office), TEST(sources_of_kind_are_evidence),
	};
	return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
