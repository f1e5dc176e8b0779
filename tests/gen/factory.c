/*
 * A small factory's network for some hours, as the mirror port of its switch
 * shows it, and the truth about it: line 1 (untagged), line 2 (VLAN 20), line 3
 * with the machines of Japanese makers (VLAN 40), an FL-net (VLAN 41), the office (VLAN 30), a router that leads out, and everything that such a factory
 * would rather not see. Names and addresses are made up; outside addresses are
 * those set aside for documentation.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto.h"
#include "truth.h"

#define ROUTER_MAC { 0x00, 0xa0, 0xde, 0x5a, 0x10, 0x01 }
#define MAINTENANCE_MAC { 0x00, 0x30, 0x11, 0x21, 0x7c, 0x44 }
#define START (INT64_C(1715558400) * SECOND)   /* Monday 2024-05-13, 09:00 in Japan */

/* ---- who is there ---- */

static const struct host router1 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.1.1", .kind = "router" };
static const struct host router2 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.2.1", .vlan = 20 };
static const struct host router3 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.10.1", .vlan = 30 };

static const struct host line_switch = {
	.id = "switch", .mac = { 0x00, 0x00, 0xcd, 0x38, 0x0a, 0x11 }, .address = "192.168.1.2", .gateway = &router1,
	.kind = "switch", .name = "SW-LINE1",
};
static const struct host plc1 = {
	.id = "plc-line1", .mac = { 0x00, 0x1d, 0x9c, 0xc7, 0xb0, 0x10 }, .address = "192.168.1.10",
	.gateway = &router1, .kind = "plc", .vendor = "Rockwell Automation", .model = "1769-L30ER/A LOGIX5330ER",
	.firmware = "20.14", .serial = "60a1b2c3",
};
static const struct host io1 = {
	.id = "io-line1", .mac = { 0x00, 0x1d, 0x9c, 0xd0, 0x11, 0x0b }, .address = "192.168.1.11",
	.gateway = &router1, .kind = "io", .vendor = "Rockwell Automation", .model = "1734-AENT/B",
	.firmware = "5.12", .serial = "60d4e5f6",
};
static const struct host hmi1 = {
	.id = "hmi-line1", .mac = { 0x00, 0x00, 0xbc, 0x2f, 0x90, 0x14 }, .address = "192.168.1.20",
	.gateway = &router1, .kind = "hmi", .vendor = "Rockwell Automation", .model = "PanelView Plus_6 1000",
	.firmware = "6.10", .serial = "0c0b0a09",
};
static const struct host cnc = {
	.id = "cnc", .mac = { 0x00, 0xe0, 0xe4, 0x12, 0x34, 0x1e }, .address = "192.168.1.30", .gateway = &router1,
	.kind = "cnc",
};
static const struct host eng = {
	.id = "engineering-pc", .mac = { 0x3c, 0xd9, 0x2b, 0x6e, 0x01, 0x32 }, .address = "192.168.1.50",
	.gateway = &router1, .ttl = 128, .kind = "engineering", .hostname = "SEIGI-PC01", .os = "Windows",
};
static const struct host maintenance = {
	.id = "remote-maintenance", .mac = MAINTENANCE_MAC, .address = "192.168.1.60", .gateway = &router1,
	.kind = "router",
};
/* The maker's people, in the tunnel of the maintenance router. */
static const struct host remote1 = {
	.id = "remote-engineer", .mac = MAINTENANCE_MAC, .address = "10.8.0.6", .via = &maintenance, .ttl = 128,
	.kind = "",
};
static const struct host remote2 = {
	.id = "remote-engineer-2", .mac = MAINTENANCE_MAC, .address = "10.8.0.7", .via = &maintenance, .ttl = 128,
	.kind = "",
};
static const struct host remote3 = {
	.id = "remote-engineer-3", .mac = MAINTENANCE_MAC, .address = "10.8.0.10", .via = &maintenance, .ttl = 64,
	.kind = "",
};
/* Two printers with one address. */
static const struct host printer1 = {
	.id = "printer", .mac = { 0x00, 0x80, 0x77, 0x31, 0x55, 0x02 }, .address = "192.168.1.45", .gateway = &router1,
	.kind = "",
};
static const struct host printer2 = {
	.id = "label-printer", .mac = { 0x00, 0x19, 0x98, 0x0c, 0x7a, 0x45 }, .address = "192.168.1.45",
	.gateway = &router1, .kind = "",
};

static const struct host plc2 = {
	.id = "plc-line2", .mac = { 0x00, 0x1b, 0x1b, 0x44, 0x0c, 0x0a }, .address = "192.168.2.10", .vlan = 20,
	.gateway = &router2, .kind = "plc", .vendor = "Siemens", .name = "SIMATIC 300(1)",
	.model = "6ES7 315-2EH14-0AB0", .firmware = "3.2.10", .serial = "S C-C2UR28922012",
};
static const struct host plc3 = {
	.id = "plc-press", .mac = { 0x00, 0x80, 0xf4, 0x0e, 0x51, 0x0b }, .address = "192.168.2.11", .vlan = 20,
	.gateway = &router2, .kind = "plc", .vendor = "Schneider Electric", .model = "BMX P34 2020", .firmware = "2.70",
};
static const struct host scada = {
	.id = "scada", .mac = { 0xf8, 0xb1, 0x56, 0x20, 0x20, 0x14 }, .address = "192.168.2.20", .vlan = 20,
	.gateway = &router2, .ttl = 128, .kind = "hmi",
};

static const struct host router4 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.3.1", .vlan = 40 };
#define LINE3(last, ...) \
	{ .address = "192.168.3." #last, .vlan = 40, .gateway = &router4, __VA_ARGS__ }
static const struct host melsec = LINE3(10, .id = "plc-melsec", .mac = { 0x58, 0x52, 0x8a, 0x10, 0x2b, 0x0a }, .kind = "plc",
	.vendor = "Mitsubishi Electric", .model = "FX5U-32MT/ES");
static const struct host keyence = LINE3(11, .id = "plc-keyence", .mac = { 0x00, 0x01, 0xfc, 0x31, 0x70, 0x0b }, .kind = "plc",
	.vendor = "KEYENCE");
static const struct host omron = LINE3(12, .id = "plc-omron", .mac = { 0x00, 0x00, 0x0a, 0x5c, 0x22, 0x0c }, .kind = "plc",
	.vendor = "OMRON", .model = "CJ2M-CPU33");
static const struct host panasonic = LINE3(13, .id = "plc-panasonic", .mac = { 0x00, 0xc0, 0x8f, 0x07, 0x41, 0x0d },
	.kind = "plc");
static const struct host jtekt = LINE3(14, .id = "plc-toyopuc", .mac = { 0x00, 0x60, 0x53, 0x22, 0x15, 0x0e }, .kind = "plc");
static const struct host lathe = LINE3(20, .id = "lathe", .mac = { 0x00, 0xe0, 0xe4, 0x55, 0x0a, 0x14 }, .kind = "cnc",
	.vendor = "FANUC");
static const struct host robot1 = LINE3(21, .id = "robot-yaskawa", .mac = { 0x00, 0x20, 0xb5, 0x2d, 0x18, 0x15 },
	.kind = "robot", .model = "GP25");
static const struct host robot2 = LINE3(22, .id = "robot-denso", .mac = { 0x00, 0xc0, 0x59, 0x2d, 0x18, 0x16 }, .kind = "robot");
static const struct host collector = LINE3(50, .id = "collector", .mac = { 0xf8, 0xb1, 0x56, 0x33, 0x03, 0x32 }, .ttl = 128,
	.kind = "scada");

/* Two controllers of a transfer line on an FL-net of their own. */
#define FLNET(node, ...) { .address = "192.168.250." #node, .vlan = 41, __VA_ARGS__ }
static const struct host transfer1 = FLNET(1, .id = "plc-transfer-1", .mac = { 0x00, 0x60, 0x53, 0x22, 0x16, 0x01 }, .kind = "plc");
static const struct host transfer2 = FLNET(2, .id = "plc-transfer-2", .mac = { 0x00, 0x60, 0x53, 0x22, 0x16, 0x02 }, .kind = "plc");
static const struct host toolbox = FLNET(254, .id = "transfer-toolbox", .mac = { 0xf8, 0xb1, 0x56, 0x41, 0x00, 0xfe },
					 .kind = "engineering");

static const struct host office = {
	.id = "office-pc", .mac = { 0xf8, 0xb1, 0x56, 0x99, 0x01, 0x65 }, .address = "192.168.10.101", .vlan = 30,
	.gateway = &router3, .ttl = 128, .kind = "pc", .hostname = "事務所PC", .os = "Windows",
};
static const struct host nas = {
	.id = "nas", .mac = { 0x00, 0x11, 0x32, 0x7b, 0x10, 0x05 }, .address = "192.168.10.5", .vlan = 30,
	.gateway = &router3, .kind = "nas",
};
static const struct host camera = {
	.id = "camera", .mac = { 0x00, 0x40, 0x8c, 0x5a, 0x33, 0x28 }, .address = "192.168.10.40", .vlan = 30,
	.gateway = &router3, .kind = "camera", .software = "Camera Web Server",
};
static const struct host phone = {
	.id = "phone", .mac = { 0x9a, 0x3b, 0x71, 0x05, 0xe2, 0x78 }, .address = "192.168.10.120", .vlan = 30,
	.gateway = &router3, .kind = "", .hostname = "iPhone",
};

static const struct host tunnel_server = { .address = "203.0.113.50", .internet = true };
static const struct host remote_desktop = { .address = "203.0.113.80", .internet = true };
static const struct host web_server = { .address = "198.51.100.20", .internet = true };
static const struct host mail_server = { .address = "198.51.100.25", .internet = true };

static const struct host *const hosts[] = {
	&router1, &router2, &router3, &line_switch, &plc1, &io1, &hmi1, &cnc, &eng, &maintenance, &remote1, &remote2,
	&remote3, &printer1, &printer2, &plc2, &plc3, &scada, &router4, &melsec, &keyence, &omron, &panasonic, &jtekt,
	&lathe, &robot1, &robot2, &collector, &transfer1, &transfer2, &toolbox, &office, &nas, &camera, &phone,
};
enum { HOSTS = sizeof hosts / sizeof *hosts };

static const struct cip_identity plc1_identity = { 1, 14, 107, 20, 14, 0x60a1b2c3, "1769-L30ER/A LOGIX5330ER", 3 };
static const struct cip_identity io1_identity = { 1, 12, 108, 5, 12, 0x60d4e5f6, "1734-AENT/B", 3 };
static const struct cip_identity hmi1_identity = { 1, 24, 51, 6, 10, 0x0c0b0a09, "PanelView Plus_6 1000", 3 };

static const uint8_t windows_wants[] = { 1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252 };
static const uint8_t iphone_wants[] = { 1, 121, 3, 6, 15, 108, 114, 119, 252 };

/* ---- what they do ---- */

static int64_t duration = 7200 * SECOND;

/* A moment: this part of the whole, and some seconds. */
static int64_t at(double part, double seconds)
{
	return START + (int64_t)((double)duration * part) + (int64_t)(seconds * 1e9);
}

/* The time of the next round after t, or 0 at the end. */
static int64_t after(int64_t t, double seconds)
{
	t += (int64_t)(seconds * 1e9) + (int64_t)gen_random(50) * MILLI;
	return t < START + duration - 5 * SECOND ? t : 0;
}

static void morning(void)
{
	dhcp_lease(at(0, 2), &eng, &router1, "SEIGI-PC01", "MSFT 5.0", windows_wants, sizeof windows_wants);
	dhcp_lease(at(0, 4), &office, &router3, "\x8e\x96\x96\xb1\x8f\x8aPC", "MSFT 5.0", windows_wants,
		   sizeof windows_wants);   /* Windows of Japan says it in CP932 */
	dhcp_lease(at(0.1, 0), &phone, &router3, "iPhone", NULL, iphone_wants, sizeof iphone_wants);
	nbns_register(at(0, 3), &eng, "192.168.1.255", "SEIGI-PC01");
	nbns_register(at(0, 3.5), &scada, "192.168.2.255", "SCADA-LINE2");
	const struct host *const answers[] = { &plc1, &io1, &hmi1 };
	const struct cip_identity *const identities[] = { &plc1_identity, &io1_identity, &hmi1_identity };
	enip_list_identity(at(0.03, 0), &eng, answers, identities, 3);
}

static void noise(void)
{
	static const struct host *const pairs[][2] = {
		{ &hmi1, &plc1 }, { &plc1, &io1 }, { &eng, &router1 }, { &cnc, &eng }, { &maintenance, &plc1 },
		{ &maintenance, &router1 }, { &line_switch, &router1 }, { &scada, &plc2 }, { &scada, &plc3 },
		{ &plc2, &router2 }, { &collector, &router4 }, { &melsec, &router4 }, { &omron, &router4 }, { &robot1, &router4 },
		{ &office, &router3 }, { &nas, &office }, { &camera, &office }, { &phone, &router3 },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (int64_t t = at(0, 1 + (double)i * 0.7); t; t = after(t, 90))
			if (pairs[i][0] != &phone || t > at(0.1, 1))
				gen_arp_pair(t, pairs[i][0], pairs[i][1]);
	for (int64_t t = at(0, 0.5); t; t = after(t, 8))
		stp(t, &line_switch);
	for (int64_t t = at(0, 5); t; t = after(t, 30))
		lldp(t, &line_switch, "port1.0.24", "mirror", "SW-LINE1",
		     "Allied Telesis router/switch, AlliedWare Plus (TM) 5.4.9-0.1, x230-10GP");
	for (int64_t t = at(0, 20); t; t = after(t, 120)) {
		nbns_query(t, &eng, "192.168.1.255", "FILESV");
		nbns_query(t + SECOND, &scada, "192.168.2.255", "WORKGROUP");
		ssdp_search(t + 2 * SECOND, &office);
	}
	unsigned sequence = 0;
	for (int64_t t = at(0, 30); t; t = after(t, 300)) {
		gen_icmp_echo(t, &scada, &plc2, ++sequence, false);
		gen_icmp_echo(t + MILLI, &plc2, &scada, sequence, true);
	}
}

static void two_printers(void)
{
	int64_t t = at(0.05, 0);
	truth_conflict(&printer1, &printer2);
	for (unsigned i = 0; t; i++, t = after(t, 240)) {
		const struct host *p = i & 1 ? &printer2 : &printer1;
		gen_arp(t, p, 1, NULL, p->address);
		gen_arp(t + SECOND, p, 2, eng.mac, eng.address);
		struct tcp x;
		struct bytes o = { .n = 0 };
		tcp_open(&x, &eng, p, 9100, t + 2 * SECOND);
		text(&o, "\x1b%-12345X@PJL INFO STATUS\r\n");
		tcp_say(&x, CLIENT, &o);
		tcp_close(&x);
	}
}

static void line1(void)
{
	struct tcp x;
	tcp_open(&x, &hmi1, &plc1, 44818, at(0, 1));
	uint32_t session = enip_register(&x);
	truth_operation(&hmi1, &plc1, "enip", "identity", enip_identity_all(&x, session, &plc1_identity));
	unsigned round = 0;
	for (int64_t t = at(0, 6); t; t = after(t, 5)) {
		x.t = t;
		if (++round % 180 == 0)
			truth_operation(&hmi1, &plc1, "enip", "write",
					enip_write_tag(&x, session, "Line1_Speed", 1200 + round));
		else
			enip_read_tag(&x, session, round & 1 ? "Line1_Count" : "Line1_Status", round);
	}
	tcp_close(&x);

	tcp_open(&x, &plc1, &io1, 44818, at(0, 1.5));
	session = enip_register(&x);
	enip_forward_open(&x, session, 0x80010001, 0x80020001);
	uint32_t sequence = 0;
	for (int64_t t = at(0, 3); t; t = after(t, 2)) {
		uint8_t data[8] = { (uint8_t)gen_random(256), (uint8_t)gen_random(256) };
		enip_io(t, &plc1, &io1, 0x80010001, ++sequence, true, data, 4);
		enip_io(t + 5 * MILLI, &io1, &plc1, 0x80020001, sequence, false, data, 8);
	}
}

static void line2(void)
{
	struct tcp x;
	tcp_open(&x, &scada, &plc2, 102, at(0, 2));
	s7_connect(&x, 2);
	truth_operation(&scada, &plc2, "s7comm", "identity",
			s7_szl_0011(&x, "6ES7 315-2EH14-0AB0 ", 3, 2, 10));
	truth_operation(&scada, &plc2, "s7comm", "identity",
			s7_szl_001c(&x, "SIMATIC 300(1)", "CPU 315-2 PN/DP", "\x91\xe6" "2\x83\x89\x83\x43\x83\x93", "S C-C2UR28922012",
				    "CPU 315-2 PN/DP"));
	unsigned round = 0;
	for (int64_t t = at(0, 6); t; t = after(t, 4)) {
		x.t = t;
		if (++round % 150 == 0)
			truth_operation(&scada, &plc2, "s7comm", "write", s7_write_db(&x, 10, 4, 40 + round));
		else
			s7_read_db(&x, 10, 0, 32);
	}
	tcp_close(&x);

	tcp_open(&x, &scada, &plc3, 502, at(0, 2.5));
	truth_operation(&scada, &plc3, "modbus", "identity",
			modbus_identity(&x, 1, "Schneider Electric", "BMX P34 2020", "v2.70"));
	truth_operation(&scada, &plc3, "modbus", "identity", modbus_server_id(&x, 1, "Press No.3"));
	modbus_refused(&x, 1, 3, 2);
	round = 0;
	for (int64_t t = at(0, 7); t; t = after(t, 4)) {
		x.t = t;
		const uint16_t values[3] = { 100, 200, (uint16_t)round };
		if (++round % 150 == 0)
			truth_operation(&scada, &plc3, "modbus", "write", modbus_write_many(&x, 1, 300, values, 3));
		else if (round % 150 == 75)
			truth_operation(&scada, &plc3, "modbus", "write", modbus_write(&x, 1, 310, round));
		else
			modbus_read(&x, 1, round & 1 ? 3 : 1, 100, 20);
	}
	tcp_close(&x);
	tcp_refused(&scada, &plc3, 80, at(0.2, 0));
}

/* A PC collects the numbers of all machines of line 3. */
static void line3(void)
{
	static const struct host *const machines[] = { &melsec, &keyence, &omron, &panasonic, &jtekt, &lathe, &robot1, &robot2 };
	struct tcp x;
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		for (int64_t t = at(0, 0.3 + (double)i * 0.4); t; t = after(t, 120))
			gen_arp_pair(t, &collector, machines[i]);

	tcp_open(&x, &collector, &melsec, 5007, at(0, 1.2));
	truth_operation(&collector, &melsec, "slmp", "identity", slmp_type_name(&x, "FX5U-32MT/ES", 0x4a29));
	unsigned round = 0;
	for (int64_t t = at(0, 4); t; t = after(t, 5)) {
		x.t = t;
		if (++round % 120 == 0)
			truth_operation(&collector, &melsec, "slmp", "write", slmp_write(&x, 2000, round));
		else
			slmp_read(&x, 100, 20);
	}

	truth_operation(&collector, &omron, "fins", "identity",
			fins_controller_data(at(0, 1.4), &collector, &omron, "CJ2M-CPU33", "02.01"));
	round = 0;
	for (int64_t t = at(0, 4.5); t; t = after(t, 5))
		if (++round % 120 == 0)
			truth_operation(&collector, &omron, "fins", "write", fins_write(t, &collector, &omron, 500, round));
		else
			fins_read(t, &collector, &omron, 100, 10);

	tcp_open(&x, &collector, &keyence, 8501, at(0, 1.6));
	truth_operation(&collector, &keyence, "keyence-kv", "identity", kv_ask(&x, "?K", "57"));
	round = 0;
	for (int64_t t = at(0, 5); t; t = after(t, 5)) {
		x.t = t;
		if (++round % 120 == 0)
			truth_operation(&collector, &keyence, "keyence-kv", "write", kv_ask(&x, "WRS DM300.U 2 17 4", "OK"));
		else
			kv_ask(&x, "RDS DM100.U 3", "00017 00004 65535");
	}

	tcp_open(&x, &collector, &panasonic, 9094, at(0, 1.8));
	for (int64_t t = at(0, 5.5); t; t = after(t, 10)) {
		x.t = t;
		if (++round % 60 == 0)
			truth_operation(&collector, &panasonic, "mewtocol", "write",
					mewtocol_ask(&x, "%01#WDD00200002010500", "%01$WD"));
		else
			mewtocol_ask(&x, "%01#RDD0010000101", "%01$RD63004433");
	}

	tcp_open(&x, &collector, &jtekt, 1025, at(0, 2.1));
	for (int64_t t = at(0, 6); t; t = after(t, 10)) {
		x.t = t;
		if (++round % 60 == 0)
			truth_operation(&collector, &jtekt, "toyopuc", "write", toyopuc_write(&x, 0x1010, round));
		else
			toyopuc_read(&x, 0x1000, 8);
	}

	tcp_open(&x, &collector, &lathe, 8193, at(0, 2.3));
	focas_open(&x);
	truth_operation(&collector, &lathe, "focas", "identity", focas_sysinfo(&x, "31", "T", "G431", "50.0"));
	for (int64_t t = at(0, 6.5); t; t = after(t, 10)) {
		x.t = t;
		focas_status(&x);
	}

	truth_operation(&collector, &robot1, "hses", "identity",
			hses_system(at(0, 2.6), &collector, &robot1, "YAS4.12.00A(JP)-00", "GP25"));
	for (int64_t t = at(0, 7); t; t = after(t, 10))
		hses_status(t, &collector, &robot1);

	tcp_open(&x, &collector, &robot2, 5007, at(0, 2.8));
	bcap(&x, 1, "");
	bcap(&x, 3, "RC8,CaoProv.DENSO.VRC");
	for (int64_t t = at(0, 7.5); t; t = after(t, 20)) {
		x.t = t;
		bcap(&x, 64, NULL);
	}
}

static void transfer_line(void)
{
	struct bytes words = { .n = 0 }, none = { .n = 0 };
	for (int64_t t = at(0, 2); t; t = after(t, 5)) {
		flnet_cyclic(t, &transfer1, 1, 2);
		flnet_cyclic(t + 4 * MILLI, &transfer2, 2, 1);
	}
	be16(&words, 17);
	be16(&words, 4);
	truth_operation(&transfer1, &transfer2, "flnet", "write",
			flnet_ask(at(0.2, 1.5), &transfer1, 1, &transfer2, 2, 65006, 0x100, &words));
	truth_operation(&toolbox, &transfer2, "flnet", "stop",
			flnet_ask(at(0.5, 1.5), &toolbox, 254, &transfer2, 2, 65009, 0, &none));
	truth_operation(&toolbox, &transfer2, "flnet", "start",
			flnet_ask(at(0.5, 8.5), &toolbox, 254, &transfer2, 2, 65010, 0, &none));
}

/* The engineer works over the border of the lines, and types passwords. */
static void engineer(void)
{
	struct tcp x;
	uint8_t code[600];
	for (size_t i = 0; i < sizeof code; i++)
		code[i] = (uint8_t)gen_random(256);
	tcp_open(&x, &eng, &plc2, 102, at(0.4, 0));
	s7_connect(&x, 2);
	truth_operation(&eng, &plc2, "s7comm", "stop", s7_stop(&x));
	x.t += 3 * SECOND;
	truth_operation(&eng, &plc2, "s7comm", "download", s7_download(&x, 1, code, sizeof code));
	x.t += 3 * SECOND;
	truth_operation(&eng, &plc2, "s7comm", "start", s7_start(&x));
	tcp_close(&x);

	tcp_open(&x, &eng, &melsec, 5007, at(0.42, 0));
	truth_operation(&eng, &melsec, "slmp", "stop", slmp_stop(&x));
	x.t += 5 * SECOND;
	truth_operation(&eng, &melsec, "slmp", "start", slmp_run(&x));
	tcp_close(&x);
	truth_operation(&eng, &omron, "fins", "stop", fins_stop(at(0.44, 0), &eng, &omron));
	truth_operation(&eng, &omron, "fins", "start", fins_run(at(0.44, 6), &eng, &omron));
	truth_operation(&eng, &robot1, "hses", "start", hses_start(at(0.46, 0), &eng, &robot1));

	tcp_open(&x, &eng, &line_switch, 23, at(0.3, 0));
	truth_weakness(&eng, &line_switch, "telnet", "password-in-clear",
		       telnet_login(&x, "AlliedWare Plus (TM) 5.4.9", "manager", "friend"));
	tcp_close(&x);

	unsigned program = 1230;
	for (int64_t t = at(0.02, 20); t; t = after(t, 1500)) {
		char name[20], nc[2000];
		int n = snprintf(nc, sizeof nc, "%%\r\nO%u(FLANGE)\r\nG21 G90 G54\r\n", ++program);
		for (int i = 0; i < 40; i++)
			n += snprintf(nc + n, sizeof nc - (size_t)n, "N%d G01 X%u.%03u Y%u.%03u F200\r\n", 10 * i,
				      gen_random(100), gen_random(1000), gen_random(100), gen_random(1000));
		snprintf(nc + n, sizeof nc - (size_t)n, "M30\r\n%%\r\n");
		snprintf(name, sizeof name, "O%u.NC", program);
		tcp_open(&x, &eng, &cnc, 21, t);
		truth_weakness(&eng, &cnc, "ftp", "password-in-clear",
			       ftp_login(&x, "220 FANUC FTP server ready.", "DNC", "DNC1234").request);
		ftp_store(&x, name, nc);
		tcp_line(&x, CLIENT, "QUIT");
		tcp_close(&x);
	}

	/* Somebody helps him from outside, over a service for remote desktops. */
	struct bytes o = { .n = 0 };
	tcp_open(&x, &eng, &remote_desktop, 5938, at(0.5, 0));
	truth_outside(&eng, &remote_desktop, 5938);
	put(&o, "\x17\x24\x0a\x20\x00\x00\x00\x00\x00\x80\x00\x00", 12);
	zero(&o, 30);
	tcp_ask(&x, &o, &o);
	for (int i = 0; i < 60; i++) {
		x.t += 5 * SECOND;
		o.n = 0;
		put(&o, "\x11\x30\x40\x00\x3a\x00", 6);
		for (int k = 0; k < 200; k++)
			put8(&o, gen_random(256));
		tcp_say(&x, i % 3 ? SERVER : CLIENT, &o);
	}
	tcp_close(&x);
}

/* The maker's box keeps a tunnel open all day; through it the maker stops the line. */
static void remote_maintenance(void)
{
	struct tcp x;
	truth_outside(&maintenance, &tunnel_server, 1194);
	openvpn_open(at(0, 1), &maintenance, &tunnel_server);
	for (int64_t t = at(0, 10); t; t = after(t, 10)) {
		openvpn_data(t, &maintenance, &tunnel_server, 60);
		openvpn_data(t + 30 * MILLI, &tunnel_server, &maintenance, 60);
	}
	tcp_open(&x, &remote1, &plc1, 44818, at(0.62, 0));
	uint32_t session = enip_register(&x);
	truth_operation(&remote1, &plc1, "enip", "identity", enip_identity_all(&x, session, &plc1_identity));
	truth_operation(&remote1, &plc1, "enip", "stop", enip_service(&x, session, 0x07, 0x8e, 1));
	x.t += 20 * SECOND;
	truth_operation(&remote1, &plc1, "enip", "start", enip_service(&x, session, 0x06, 0x8e, 1));
	tcp_close(&x);
	tcp_open(&x, &remote2, &hmi1, 80, at(0.64, 0));
	http_get(&x, "192.168.1.20", "/", "", "200 OK", "Server: PanelView\r\n", "<html></html>");
	tcp_close(&x);
	tcp_open(&x, &remote3, &cnc, 21, at(0.66, 0));
	truth_weakness(&remote3, &cnc, "ftp", "password-in-clear",
		       ftp_login(&x, "220 FANUC FTP server ready.", "DNC", "DNC1234").request);
	tcp_close(&x);
}

static void at_the_office(void)
{
	static char picture[3001];
	struct tcp x;
	memset(picture, 'x', sizeof picture - 1);
	for (int64_t t = at(0, 15); t; t = after(t, 60)) {
		dns_query(t, &office, &router3, "www.example.com", web_server.address);
		tls_session(t + 50 * MILLI, &office, &web_server, 443, "www.example.com", 2000 + gen_random(6000));
		truth_outside(&office, &web_server, 443);
		if (gen_random(5) == 0) {
			tcp_open(&x, &office, &web_server, 80, t + 20 * SECOND);
			truth_outside(&office, &web_server, 80);
			http_get(&x, "www.example.com", "/news", "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n",
				 "200 OK", "Server: example\r\nContent-Type: text/html\r\n", "<html><title>news</title></html>");
			tcp_close(&x);
		}
		tcp_open(&x, &office, &camera, 80, t + 30 * SECOND);
		struct marks m = http_get(&x, "192.168.10.40", "/snapshotJPEG",
					  "Authorization: Basic YWRtaW46MTIzNDU=\r\n", "200 OK",
					  "Server: Camera Web Server\r\nContent-Type: image/jpeg\r\n", picture);
		truth_weakness(&office, &camera, "http", "password-in-clear", m.request);
		tcp_close(&x);
	}
	for (int64_t t = at(0, 45); t; t = after(t, 300)) {
		tcp_open(&x, &office, &nas, 445, t);
		smb_negotiate(&x);
		tcp_close(&x);
		tcp_open(&x, &office, &nas, 5000, t + 10 * SECOND);
		http_get(&x, "192.168.10.5:5000", "/", "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n", "200 OK",
			 "Server: nginx\r\nContent-Type: text/html\r\n",
			 "<html><title>DiskStation - Synology DiskStation</title></html>");
		tcp_close(&x);
	}
	for (int64_t t = at(0.1, 5); t; t = after(t, 400)) {
		dns_query(t, &phone, &router3, "mail.example.org", mail_server.address);
		tls_session(t + 40 * MILLI, &phone, &mail_server, 993, "mail.example.org", 1500);
		truth_outside(&phone, &mail_server, 993);
	}
}

int main(int argc, char **argv)
{
	const char *out = NULL;
	bool print = false;
	size_t pieces = 0;          /* frames of each, with -o PREFIX */
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--truth") == 0) {
			print = true;
		} else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) {
			out = argv[++i];
		} else if (strcmp(argv[i], "--pieces") == 0 && i + 1 < argc && atol(argv[i + 1]) > 0) {
			pieces = (size_t)atol(argv[++i]);
		} else if (strcmp(argv[i], "--hours") == 0 && i + 1 < argc && atof(argv[i + 1]) >= 0.1 &&
			   atof(argv[i + 1]) <= 100) {
			duration = llround(atof(argv[++i]) * 3600) * SECOND;
		} else {
			fprintf(stderr, "usage: factory [--hours 0.1…100] [-o FILE.pcap] [--pieces FRAMES] [--truth]\n");
			return 64;
		}
	}
	morning();
	noise();
	two_printers();
	line1();
	line2();
	line3();
	transfer_line();
	engineer();
	remote_maintenance();
	at_the_office();
	if (!(pieces && out ? gen_write_pieces(out, pieces) : gen_write(out))) {
		fprintf(stderr, "factory: %s: %s\n", out ? out : "memory", strerror(errno));
		return 2;
	}
	if (print)
		truth_print(stdout, hosts, HOSTS, START, duration);
	return 0;
}
