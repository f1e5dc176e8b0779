/* Who is in the factory: names and addresses are made up, outside addresses are those set aside for documentation. */
#include "factory.h"

#define ROUTER_MAC { 0x00, 0xa0, 0xde, 0x5a, 0x10, 0x01 }
#define MAINTENANCE_MAC { 0x00, 0x30, 0x11, 0x21, 0x7c, 0x44 }

const struct host router1 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.1.1", .kind = "router" };
const struct host router2 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.2.1", .vlan = 20 };
const struct host router3 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.10.1", .vlan = 30 };

const struct host line_switch = {
	.id = "switch", .mac = { 0x00, 0x00, 0xcd, 0x38, 0x0a, 0x11 }, .address = "192.168.1.2", .gateway = &router1,
	.kind = "switch", .name = "SW-LINE1",
};
const struct host plc1 = {
	.id = "plc-line1", .mac = { 0x00, 0x1d, 0x9c, 0xc7, 0xb0, 0x10 }, .address = "192.168.1.10",
	.gateway = &router1, .kind = "plc", .vendor = "Rockwell Automation", .model = "1769-L30ER/A LOGIX5330ER",
	.firmware = "20.14", .serial = "60a1b2c3",
};
const struct host io1 = {
	.id = "io-line1", .mac = { 0x00, 0x1d, 0x9c, 0xd0, 0x11, 0x0b }, .address = "192.168.1.11",
	.gateway = &router1, .kind = "io", .vendor = "Rockwell Automation", .model = "1734-AENT/B",
	.firmware = "5.12", .serial = "60d4e5f6",
};
const struct host hmi1 = {
	.id = "hmi-line1", .mac = { 0x00, 0x00, 0xbc, 0x2f, 0x90, 0x14 }, .address = "192.168.1.20",
	.gateway = &router1, .kind = "hmi", .vendor = "Rockwell Automation", .model = "PanelView Plus_6 1000",
	.firmware = "6.10", .serial = "0c0b0a09",
};
const struct host cnc = {
	.id = "cnc", .mac = { 0x00, 0xe0, 0xe4, 0x12, 0x34, 0x1e }, .address = "192.168.1.30", .gateway = &router1,
	.kind = "cnc",
};
const struct host eng = {
	.id = "engineering-pc", .mac = { 0x3c, 0xd9, 0x2b, 0x6e, 0x01, 0x32 }, .address = "192.168.1.50",
	.gateway = &router1, .ttl = 128, .kind = "engineering", .hostname = "SEIGI-PC01", .os = "Windows",
};
const struct host maintenance = {
	.id = "remote-maintenance", .mac = MAINTENANCE_MAC, .address = "192.168.1.60", .gateway = &router1,
	.kind = "router",
};
/* The maker's people, in the tunnel of the maintenance router. */
const struct host remote1 = {
	.id = "remote-engineer", .mac = MAINTENANCE_MAC, .address = "10.8.0.6", .via = &maintenance, .ttl = 128,
	.kind = "",
};
const struct host remote2 = {
	.id = "remote-engineer-2", .mac = MAINTENANCE_MAC, .address = "10.8.0.7", .via = &maintenance, .ttl = 128,
	.kind = "",
};
const struct host remote3 = {
	.id = "remote-engineer-3", .mac = MAINTENANCE_MAC, .address = "10.8.0.10", .via = &maintenance, .ttl = 64,
	.kind = "",
};
/* Two printers with one address. */
const struct host printer1 = {
	.id = "printer", .mac = { 0x00, 0x80, 0x77, 0x31, 0x55, 0x02 }, .address = "192.168.1.45", .gateway = &router1,
	.kind = "",
};
const struct host printer2 = {
	.id = "label-printer", .mac = { 0x00, 0x19, 0x98, 0x0c, 0x7a, 0x45 }, .address = "192.168.1.45",
	.gateway = &router1, .kind = "",
};

const struct host plc2 = {
	.id = "plc-line2", .mac = { 0x00, 0x1b, 0x1b, 0x44, 0x0c, 0x0a }, .address = "192.168.2.10", .vlan = 20,
	.gateway = &router2, .kind = "plc", .vendor = "Siemens", .name = "SIMATIC 300(1)",
	.model = "6ES7 315-2EH14-0AB0", .firmware = "3.2.10", .serial = "S C-C2UR28922012",
};
const struct host plc3 = {
	.id = "plc-press", .mac = { 0x00, 0x80, 0xf4, 0x0e, 0x51, 0x0b }, .address = "192.168.2.11", .vlan = 20,
	.gateway = &router2, .kind = "plc", .vendor = "Schneider Electric", .model = "BMX P34 2020", .firmware = "2.70",
};
const struct host scada = {
	.id = "scada", .mac = { 0xf8, 0xb1, 0x56, 0x20, 0x20, 0x14 }, .address = "192.168.2.20", .vlan = 20,
	.gateway = &router2, .ttl = 128, .kind = "hmi",
};

const struct host router4 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.3.1", .vlan = 40 };
#define LINE3(last, ...) \
	{ .address = "192.168.3." #last, .vlan = 40, .gateway = &router4, __VA_ARGS__ }
const struct host melsec = LINE3(10, .id = "plc-melsec", .mac = { 0x58, 0x52, 0x8a, 0x10, 0x2b, 0x0a }, .kind = "plc",
	.vendor = "Mitsubishi Electric", .model = "FX5U-32MT/ES");
const struct host keyence = LINE3(11, .id = "plc-keyence", .mac = { 0x00, 0x01, 0xfc, 0x31, 0x70, 0x0b }, .kind = "plc",
	.vendor = "KEYENCE");
const struct host omron = LINE3(12, .id = "plc-omron", .mac = { 0x00, 0x00, 0x0a, 0x5c, 0x22, 0x0c }, .kind = "plc",
	.vendor = "OMRON", .model = "CJ2M-CPU33");
const struct host panasonic = LINE3(13, .id = "plc-panasonic", .mac = { 0x00, 0xc0, 0x8f, 0x07, 0x41, 0x0d },
	.kind = "plc");
const struct host jtekt = LINE3(14, .id = "plc-toyopuc", .mac = { 0x00, 0x60, 0x53, 0x22, 0x15, 0x0e }, .kind = "plc");
const struct host lathe = LINE3(20, .id = "lathe", .mac = { 0x00, 0xe0, 0xe4, 0x55, 0x0a, 0x14 }, .kind = "cnc",
	.vendor = "FANUC");
const struct host robot1 = LINE3(21, .id = "robot-yaskawa", .mac = { 0x00, 0x20, 0xb5, 0x2d, 0x18, 0x15 },
	.kind = "robot", .model = "GP25");
const struct host robot2 = LINE3(22, .id = "robot-denso", .mac = { 0x00, 0xc0, 0x59, 0x2d, 0x18, 0x16 }, .kind = "robot");
const struct host collector = LINE3(50, .id = "collector", .mac = { 0xf8, 0xb1, 0x56, 0x33, 0x03, 0x32 }, .ttl = 128,
	.kind = "scada");

/* Two controllers of a transfer line on an FL-net of their own. */
#define FLNET(node, ...) { .address = "192.168.250." #node, .vlan = 41, __VA_ARGS__ }
const struct host transfer1 = FLNET(1, .id = "plc-transfer-1", .mac = { 0x00, 0x60, 0x53, 0x22, 0x16, 0x01 }, .kind = "plc");
const struct host transfer2 = FLNET(2, .id = "plc-transfer-2", .mac = { 0x00, 0x60, 0x53, 0x22, 0x16, 0x02 }, .kind = "plc");
const struct host toolbox = FLNET(254, .id = "transfer-toolbox", .mac = { 0xf8, 0xb1, 0x56, 0x41, 0x00, 0xfe },
					 .kind = "engineering");

const struct host office = {
	.id = "office-pc", .mac = { 0xf8, 0xb1, 0x56, 0x99, 0x01, 0x65 }, .address = "192.168.10.101", .vlan = 30,
	.gateway = &router3, .ttl = 128, .kind = "pc", .hostname = "事務所PC", .os = "Windows",
};
const struct host nas = {
	.id = "nas", .mac = { 0x00, 0x11, 0x32, 0x7b, 0x10, 0x05 }, .address = "192.168.10.5", .vlan = 30,
	.gateway = &router3, .kind = "nas",
};
const struct host camera = {
	.id = "camera", .mac = { 0x00, 0x40, 0x8c, 0x5a, 0x33, 0x28 }, .address = "192.168.10.40", .vlan = 30,
	.gateway = &router3, .kind = "camera", .software = "Camera Web Server",
};
const struct host phone = {
	.id = "phone", .mac = { 0x9a, 0x3b, 0x71, 0x05, 0xe2, 0x78 }, .address = "192.168.10.120", .vlan = 30,
	.gateway = &router3, .kind = "", .hostname = "iPhone",
};

const struct host tunnel_server = { .address = "203.0.113.50", .internet = true };
const struct host remote_desktop = { .address = "203.0.113.80", .internet = true };
const struct host web_server = { .address = "198.51.100.20", .internet = true };
const struct host time_server = { .address = "198.51.100.30", .internet = true };
const struct host mail_server = { .address = "198.51.100.25", .internet = true };

/* Where a factory is run well: the printers in their places, a server for time and logs in a network between. */
const struct host office_printer = {
	.id = "printer", .mac = { 0x00, 0x80, 0x77, 0x31, 0x55, 0x02 }, .address = "192.168.10.45", .vlan = 30,
	.gateway = &router3, .kind = "",
};
const struct host label_printer = {
	.id = "label-printer", .mac = { 0x00, 0x19, 0x98, 0x0c, 0x7a, 0x45 }, .address = "192.168.1.46",
	.gateway = &router1, .kind = "",
};
const struct host router5 = { .id = "router", .mac = ROUTER_MAC, .address = "192.168.5.1", .vlan = 50 };
const struct host log_server = {
	.id = "log-server", .mac = { 0xf8, 0xb1, 0x56, 0x50, 0x05, 0x0a }, .address = "192.168.5.10", .vlan = 50,
	.gateway = &router5, .kind = "",
};

/* Whoever looks at the network from an ordinary port of line 1's switch. */
const struct host laptop = {
	.id = "laptop", .mac = { 0x8c, 0x16, 0x45, 0x71, 0x0e, 0x63 }, .address = "192.168.1.99", .gateway = &router1,
	.ttl = 128, .kind = "pc", .hostname = "SHINDAN-NOTE",
};

const struct host *const hosts[] = {
	&router1, &router2, &router3, &line_switch, &plc1, &io1, &hmi1, &cnc, &eng, &maintenance, &remote1, &remote2,
	&remote3, &printer1, &printer2, &plc2, &plc3, &scada, &router4, &melsec, &keyence, &omron, &panasonic, &jtekt,
	&lathe, &robot1, &robot2, &collector, &transfer1, &transfer2, &toolbox, &office, &nas, &camera, &phone,
	&office_printer, &label_printer, &router5, &log_server, &laptop,
};
const size_t n_hosts = sizeof hosts / sizeof *hosts;
