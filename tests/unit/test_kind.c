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

/* One device each: the first said value decides, whatever else is said. */
struct said {
	enum attr field;
	const char *value, *source;
};

static const struct case_of {
	struct said said[4];
	enum kind kind;
	int level;
} cases[] = {
	/* Mitsubishi */
	{ { { ATTR_MODEL, "Q03UDE", "slmp.read_type_name" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "L26CPU-BT", "slmp.read_type_name" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "R120CPU", "slmp.read_type_name" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "R08SFCPU", "melsoft.model" } }, KIND_SAFETY, 1 },
	{ { { ATTR_MODEL, "R16NCCPU-S1", "melsoft.model" } }, KIND_CNC, 1 },
	{ { { ATTR_MODEL, "RJ71GN11-T2", "slmp.node_search.model_name" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "RJ72GF15-T2", "slmp.node_search.model_name" } }, KIND_IO, 1 },
	{ { { ATTR_MODEL, "NZ2GN2S1-32DT", "slmp.node_search.model_name" } }, KIND_IO, 1 },
	{ { { ATTR_MODEL, "NZ2MHG-TSNT8F2", "slmp.node_search.model_name" } }, KIND_SWITCH, -1 },
	{ { { ATTR_MODEL, "GT2712-STBA", "slmp.node_search.model_name" } }, KIND_HMI, 2 },
	{ { { ATTR_MODEL, "FR-A820-0.4K", "slmp.node_search.model_name" } }, KIND_DRIVE, 1 },
	{ { { ATTR_MODEL, "M80V", "test.identity" }, { ATTR_VENDOR, "Mitsubishi Electric", "test.identity" } }, KIND_CNC, 1 },
	{ { { ATTR_MODEL, "M80V", "test.identity" } }, KIND_UNKNOWN, -1 },
	{ { { ATTR_MODEL, "RV-4FRL-D", "test.identity" } }, KIND_ROBOT, 1 },
	/* OMRON, KEYENCE, Panasonic, Yaskawa, FANUC, DENSO and others */
	{ { { ATTR_MODEL, "NX102-9000", "fins.controller_data_read.model" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "NX-SL3300", "enip.list_identity" }, { ATTR_VENDOR, "OMRON", "x" } }, KIND_SAFETY, 1 },
	{ { { ATTR_MODEL, "NX-ECC203", "enip.list_identity" }, { ATTR_VENDOR, "OMRON", "x" } }, KIND_IO, 1 },
	{ { { ATTR_MODEL, "NA5-12W101B", "enip.list_identity" }, { ATTR_VENDOR, "OMRON", "x" } }, KIND_HMI, 2 },
	{ { { ATTR_MODEL, "R88D-1SN04H-ECT", "enip.list_identity" } }, KIND_DRIVE, 1 },
	{ { { ATTR_MODEL, "CJ2M-CPU33", "fins.controller_data_read.model" }, { ATTR_VENDOR, "OMRON", "x" },
	    { ATTR_NAME, "NB1", "fins.name_read" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "VT5-X10", "x" }, { ATTR_VENDOR, "KEYENCE", "x" } }, KIND_HMI, 2 },
	{ { { ATTR_MODEL, "XG-X2900", "x" }, { ATTR_VENDOR, "KEYENCE", "x" } }, KIND_SENSOR, 0 },
	{ { { ATTR_MODEL, "FP7", "mewtocol.rt" }, { ATTR_VENDOR, "Panasonic", "x" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "SGD7S-2R8A", "x" } }, KIND_DRIVE, 1 },
	{ { { ATTR_MODEL, "CIPR-GA70B4012", "x" } }, KIND_DRIVE, 1 },
	{ { { ATTR_MODEL, "Series 31i-B", "focas.sysinfo.cnc_type" }, { ATTR_VENDOR, "FANUC", "x" } }, KIND_CNC, 1 },
	{ { { ATTR_MODEL, "R-30iB Plus", "x" }, { ATTR_VENDOR, "FANUC", "x" } }, KIND_ROBOT, 1 },
	{ { { ATTR_MODEL, "RC8A", "bcap.controller_connect.provider" } }, KIND_ROBOT, 1 },
	{ { { ATTR_MODEL, "FRENIC-MEGA", "x" } }, KIND_DRIVE, 1 },
	{ { { ATTR_MODEL, "F3SP71-4S", "yokogawa.inf.system_id" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "V9100iS", "x" }, { ATTR_VENDOR, "Hakko Electronics", "x" } }, KIND_HMI, 2 },
	/* Europe and America */
	{ { { ATTR_MODEL, "1769-AENTR", "x" } }, KIND_IO, 1 }, { { { ATTR_MODEL, "1769-L30ER", "x" } }, KIND_PLC, 1 },
	{ { { ATTR_MODEL, "BMX CRA 312 10", "x" } }, KIND_IO, 1 },
	{ { { ATTR_MODEL, "IC200PNS001", "x" } }, KIND_IO, 1 },
	{ { { ATTR_MODEL, "CP2215-0010", "x" }, { ATTR_VENDOR, "Beckhoff", "x" } }, KIND_HMI, 2 },
	{ { { ATTR_MODEL, "6AG4104-4GN16", "x" } }, KIND_PC, -1 },
	{ { { ATTR_MODEL, "7KM4212-0BA00-3AA0", "x" } }, KIND_SENSOR, 0 },
	{ { { ATTR_MODEL, "X20CP1586", "x" } }, KIND_PLC, 1 }, { { { ATTR_MODEL, "FX3-CPU000000", "x" },
	    { ATTR_VENDOR, "SICK", "x" } }, KIND_SAFETY, 1 },
	/* networks and office */
	{ { { ATTR_DESCRIPTION, "eWON Flexy 205", "snmp.sys_descr" } }, KIND_ROUTER, -1 },
	{ { { ATTR_MODEL, "EDS-408A", "x" } }, KIND_SWITCH, -1 }, { { { ATTR_MODEL, "RTX830", "x" } }, KIND_ROUTER, -1 },
	{ { { ATTR_MODEL, "AT-x230-10GP", "x" } }, KIND_SWITCH, -1 }, { { { ATTR_MODEL, "AT-AR4050S", "x" } }, KIND_ROUTER, -1 },
	{ { { ATTR_MODEL, "TS3410DN", "x" }, { ATTR_VENDOR, "BUFFALO INC.", "x" } }, KIND_NAS, -1 },
	{ { { ATTR_MODEL, "HDL-AAX4", "x" } }, KIND_NAS, -1 }, { { { ATTR_MODEL, "Brother HL-L2375DW", "x" } }, KIND_PRINTER, 4 },
	{ { { ATTR_MODEL, "AXIS M3045-V", "x" } }, KIND_CAMERA, -1 },
	/* the system that was inferred, not any that was told */
	{ { { ATTR_OS, "Windows Server 2019 Standard 17763", "smb.session_setup.native_os" } }, KIND_SERVER, -1 },
	{ { { ATTR_OS, "Windows CE 6.0", "ads.identify.os" } }, KIND_HMI, 2 },
	{ { { ATTR_SOFTWARE, "Mozilla/5.0 (iPhone; CPU iPhone OS 15_2 like Mac OS X)", "http.user_agent" } }, KIND_MOBILE, 4 },
	/* who asks for a product is none, and people's names prove nothing */
	{ { { ATTR_SOFTWARE, "Synology Drive Client", "http.user_agent" } }, KIND_NAS, -1 },
	{ { { ATTR_NAME, "PLC-SWITCH-BOARD", "profinet-dcp.name_of_station" } }, KIND_SWITCH, -1 },
	{ { { ATTR_DESCRIPTION, "EtherCAT slave 1: SINAMICS S120", "ethercat.sii" } }, KIND_UNKNOWN, -1 },
	{ { { ATTR_MODEL, "EcoStruxure", "x" } }, KIND_UNKNOWN, -1 }, { { { ATTR_NAME, "Line 3", "x" } }, KIND_UNKNOWN, -1 },
};

static void by_all_that_is_said(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct case_of *c = &cases[i];
		(void)end(state);
		(void)begin(state);
		uint32_t e = host(PLC, "192.168.1.10");
		for (const struct said *s = c->said; s->value; s++)
			attr(e, s->field, s->value, s->source, CONF_CONFIRMED);
		resolve();
		if (of(e)->kind != c->kind || of(e)->level != c->level)
			print_error("%s: %s, level %d\n", c->said[0].value, kind_names[of(e)->kind], of(e)->level);
		is(e, c->kind, c->level, NULL);
	}
}

/* What a name or an agent says counts as a guess. */
static void weak_words_are_guesses(void **state)
{
	(void)state;
	uint32_t a = host(PLC, "192.168.1.10"), b = host(PC, "192.168.1.20");
	attr(a, ATTR_NAME, "PLC-SWITCH-BOARD", "profinet-dcp.name_of_station", CONF_CONFIRMED);
	attr(b, ATTR_SOFTWARE, "Synology Drive Client", "http.user_agent", CONF_CONFIRMED);
	conv(b, a, "modbus", 502, CONF_CONFIRMED, 9, 9);
	resolve();
	is(a, KIND_PLC, 1, "answers: modbus");
	is(b, KIND_HMI, 2, "polls a controller: modbus");
}

static void masters_are_controllers(void **state)
{
	(void)state;
	uint32_t scanner = host(PLC, "192.168.1.10"), adapter = host(PC, "192.168.1.20");
	uint32_t master = mac("00:1d:9c:00:00:11"), slaves = mac("00:1d:9c:00:00:12");
	conv(scanner, adapter, "cipio", 2222, CONF_CONFIRMED, 0, 0);
	conv(scanner, adapter, "enip", 44818, CONF_CONFIRMED, 9, 9);
	conv(master, slaves, "powerlink", 0, CONF_CONFIRMED, 9, 9);
	op(master, slaves, "powerlink", OP_START, "NMTStartNode");
	sent(master, 9, 0);
	sent(slaves, 9, 0);
	resolve();
	is(scanner, KIND_PLC, 1, "exchanges cyclic data with its devices: cipio");
	is(adapter, KIND_IO, 1, NULL);
	is(master, KIND_PLC, 1, NULL);
}

static void a_windows_server_that_polls_is_scada(void **state)
{
	(void)state;
	uint32_t pc = host(PC, "192.168.1.20");
	told("192.168.1.20", ATTR_OS, "Windows Server 2019 Standard 17763", "smb.session_setup.native_os");
	told("192.168.1.20", ATTR_ROLE, "server", "browser.announcement.server_type");
	for (int i = 1; i <= 3; i++) {
		char m[32], a[32];
		snprintf(m, sizeof m, "00:1d:9c:00:01:%02x", (unsigned)i);
		snprintf(a, sizeof a, "192.168.1.%d", i);
		conv(pc, host(m, a), "slmp", 5007, CONF_CONFIRMED, 9, 9);
	}
	resolve();
	is(pc, KIND_SCADA, 2, "polls several controllers: slmp");
	assert_string_equal(of(pc)->os, "Windows Server 2019 (10.0.17763)");
}

static void a_camera_on_the_shop_floor_has_no_level(void **state)
{
	(void)state;
	uint32_t e = host(PLC, "192.168.1.10");
	told("192.168.1.10", ATTR_ROLE, "camera", "wsd.types");
	resolve();
	is(e, KIND_CAMERA, -1, "it says it is: camera");
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
		TEST(by_all_that_is_said), TEST(weak_words_are_guesses), TEST(masters_are_controllers),
		TEST(a_windows_server_that_polls_is_scada), TEST(a_camera_on_the_shop_floor_has_no_level),
		TEST(guessed_protocols_give_nothing_sure), TEST(office), TEST(sources_of_kind_are_evidence),
	};
	return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
