/*
 * Compares what the program found in the real captures with an independent
 * reading of each.
 *
 *     truth [--table] SHARED FOLDER
 *
 * FOLDER holds NAME.devices.json, NAME.conversations.json and NAME.operations.json for
 * each capture NAME, SHARED/truth the other reading, SHARED/facts the names of functions. Every identity that a protocol told has to
 * stand on the device that told it; frames of the factory protocols are counted
 * alike; and no factory protocol is claimed where there is none. Prints what does
 * not fit, found and expected of each protocol, and a last line "N passed, N
 * failed, N skipped".
 */
#include <ctype.h>
#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct told {
	const char *name;
	int found, expected;             /* identity facts */
	int ops_found, ops_expected;     /* functions that the other reader saw, by name */
	int extra;                       /* identity that the other reader does not tell */
} told[128];
static size_t n_told;
static int passed, failed;
static bool table;               /* a row for each capture and protocol */

static const char *capture;      /* its name, for messages */
static json_t *devices, *conversations, *operations;

static char *vendors[65536];

/* ---- reading ---- */

static json_t *load(const char *folder, const char *name, const char *end)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s%s", folder, name, end);
	return json_load_file(path, 0, NULL);
}

static const char *member(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

/* A field of the truth is a string or a list of them. */
static size_t values(const json_t *fact, const char *field)
{
	const json_t *v = json_object_get(fact, field);
	return json_is_array(v) ? json_array_size(v) : v ? 1 : 0;
}

static const char *value(const json_t *fact, const char *field, size_t i)
{
	const json_t *v = json_object_get(fact, field);
	return json_is_array(v) ? json_string_value(json_array_get(v, i)) : i == 0 ? json_string_value(v) : NULL;
}

static long number(const json_t *fact, const char *field, size_t i)
{
	const char *text = value(fact, field, i);
	return text ? strtol(text, NULL, 0) : -1;
}

static void load_vendors(void)
{
	const char *top = getenv("top_srcdir");
	char path[2048], line[512];
	snprintf(path, sizeof path, "%s/data/cip-vendors.tsv", top ? top : ".");
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		char *tab = strchr(line, '\t');
		long id = strtol(line, NULL, 10);
		if (tab && id >= 0 && id < 65536) {
			tab[strcspn(tab, "\n")] = 0;
			vendors[id] = strdup(tab + 1);
		}
	}
	if (f)
		fclose(f);
}

/* ---- comparing ---- */

/* White space, and what the other reader writes for it, is one blank; none at the ends, and no last dot of a domain. */
static void normalise(const char *s, char *out, size_t size)
{
	size_t n = 0;
	while (*s && n + 1 < size) {
		bool escape = s[0] == '\\' && (s[1] == 'n' || s[1] == 'r' || s[1] == 't');
		char c = escape || isspace((unsigned char)*s) ? ' ' : *s;
		s += escape ? 2 : 1;
		if (c != ' ' || (n && out[n - 1] != ' '))
			out[n++] = c;
	}
	while (n && (out[n - 1] == ' ' || out[n - 1] == '.'))
		n--;
	out[n] = 0;
}

static bool same_text(const char *a, const char *b)
{
	char x[1024], y[1024];
	normalise(a, x, sizeof x);
	normalise(b, y, sizeof y);
	return strcmp(x, y) == 0;
}

static bool holds(const json_t *list, const char *text)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item)
		if (strcasecmp(json_string_value(item), text) == 0)
			return true;
	return false;
}

static json_t *with_address(const char *list, const char *address)
{
	size_t i;
	json_t *d;
	json_array_foreach(devices, i, d)
		if (address && holds(json_object_get(d, list), address))
			return d;
	return NULL;
}

static bool is_host(const char *ip)
{
	return ip && *ip && strcmp(ip, "0.0.0.0") != 0 && (strchr(ip, ':') || atoi(ip) < 224);
}

/* Who sent it: by its IP address where it had one, for its MAC address may be a router's. */
static json_t *sender(const json_t *fact)
{
	const char *ip = member(fact, "src_ip");
	if (is_host(ip))
		return with_address(strchr(ip, ':') ? "ipv6" : "ipv4", ip);
	return with_address("macs", member(fact, "src_mac"));
}

static struct told *told_of(const char *name)
{
	for (size_t i = 0; i < n_told; i++)
		if (strcmp(told[i].name, name) == 0)
			return &told[i];
	told[n_told].name = strdup(name);
	return &told[n_told++];
}

static void judge(bool ok, const char *protocol, const json_t *fact, const char *what, const char *want,
		  const json_t *device)
{
	struct told *t = told_of(protocol);
	t->expected++;
	if (ok) {
		t->found++;
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s: frame %ld: %s %s \"%s\" %s\n", capture,
	       (long)json_integer_value(json_object_get(fact, "first_frame")), protocol, what, want,
	       device ? "is not on its device" : "has no device");
}

/* The device says this value, in one of the two fields. */
static void expect(const char *protocol, const json_t *fact, const json_t *device, const char *field, const char *other,
		   const char *want)
{
	size_t i;
	json_t *e;
	bool ok = false;
	char text[1024];
	if (!want)
		return;
	normalise(want, text, sizeof text);
	if (!*text)
		return;
	json_array_foreach(json_object_get(device, "evidence"), i, e)
		if (strcmp(member(e, "field"), field) == 0 || (other && strcmp(member(e, "field"), other) == 0))
			ok = ok || same_text(member(e, "value"), want);
	judge(ok, protocol, fact, field, want, device);
}

/* ---- the protocols ---- */

static void cip(const json_t *fact, bool list)
{
	json_t *d = sender(fact);
	char revision[32] = "";
	long vendor = number(fact, list ? "enip.lir.vendor" : "cip.id.vendor_id", 0), r = number(fact, "enip.lir.revision", 0);
	if (list)
		snprintf(revision, sizeof revision, "%ld.%ld", r >> 8, r & 255);
	else if (values(fact, "cip.id.major_rev"))
		snprintf(revision, sizeof revision, "%ld.%ld", number(fact, "cip.id.major_rev", 0),
			 number(fact, "cip.id.minor_rev", 0));
	expect("cip", fact, d, "firmware", NULL, revision);
	if (vendor >= 0 && vendor < 65536)
		expect("cip", fact, d, "vendor", NULL, vendors[vendor] ? vendors[vendor] : "a vendor that data/ knows");
	expect("cip", fact, d, "model", "name", value(fact, list ? "enip.lir.name" : "cip.id.product_name", 0));
	expect("cip", fact, d, "serial", NULL, value(fact, list ? "enip.lir.serial" : "cip.id.serial_number", 0));
}

/* A name in a chassis id comes in hex; other sorts of id are no text. */
static bool chassis_name(const char *hex, char *out, size_t size)
{
	size_t n = 0;
	for (; hex && hex[0] && hex[1] && n + 1 < size; hex += 2) {
		char byte[3] = { hex[0], hex[1], 0 };
		out[n] = (char)strtol(byte, NULL, 16);
		if (out[n] < 0x20 || out[n] > 0x7e)
			return false;
		n++;
	}
	out[n] = 0;
	return n > 0;
}

static void lldp(const json_t *fact)
{
	static const char *const fields[][2] = {
		{ "lldp.tlv.system.name", "name" }, { "lldp.tlv.system.desc", "description" },
		{ "lldp.media.model", "model" }, { "lldp.media.manufacturer", "vendor" }, { "lldp.media.sn", "serial" },
		{ "lldp.media.hardware", "hardware" }, { "lldp.media.firmware", "firmware" },
		{ "lldp.media.software", "software" },
	};
	json_t *d = with_address("macs", member(fact, "src_mac"));
	char name[512];
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const char *text = value(fact, fields[i][0], 0);
		if (!text || strncmp(text, "0x", 2) != 0)   /* a maker that is only a number names nobody */
			expect("lldp", fact, d, fields[i][1], NULL, text);
	}
	if (!chassis_name(value(fact, "lldp.chassis.id", 0), name, sizeof name))
		name[0] = 0;
	if (strlen(name) == 80 && name[25] == ' ' && name[46] == ' ' && name[63] == ' ' && name[69] == ' ') {
		name[46] = 0;   /* PROFINET's columns: the order number is the second */
		expect("lldp", fact, d, "model", NULL, name + 26);
	} else if (name[0]) {
		expect("lldp", fact, d, "hostname", "name", name);
	}
	const char *address = value(fact, "lldp.mgn.addr.ip4", 0);
	if (is_host(address))
		judge(d && holds(json_object_get(d, "ipv4"), address), "lldp", fact, "management address", address, d);
}

/* System status lists: x11 is the identity of the module (index 1), its hardware (6) and firmware (7); 1c are names. */
static void s7(const json_t *fact)
{
	static const char *const names[][3] = {
		{ "0001.name", "name", NULL }, { "0002.name", "description", "name" },
		{ "0005.serialn", "serial", NULL }, { "0007.cputypname", "model", "description" },
	};
	json_t *d = sender(fact);
	for (size_t i = 0; i < values(fact, "s7comm.szl.xy11.0001.index"); i++) {
		long index = number(fact, "s7comm.szl.xy11.0001.index", i);
		long a = number(fact, "s7comm.szl.xy11.0001.ausbg", i), b = number(fact, "s7comm.szl.xy11.0001.ausbe", i);
		char version[32];
		if (index == 1)
			expect("s7comm", fact, d, "model", NULL, value(fact, "s7comm.szl.xy11.0001.anz", i));
		if (index == 6)
			expect("s7comm", fact, d, "product_code", "model", value(fact, "s7comm.szl.xy11.0001.anz", i));
		snprintf(version, sizeof version, "V%ld.%ld.%ld", a & 255, b >> 8, b & 255);
		if (index == 7 && a >> 8 == 'V')
			expect("s7comm", fact, d, "firmware", NULL, version);
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char field[64];
		snprintf(field, sizeof field, "s7comm.szl.001c.%s", names[i][0]);
		expect("s7comm", fact, d, names[i][1], names[i][2], value(fact, field, 0));
	}
}

static void modbus(const json_t *fact)
{
	static const char *const fields[] = { "vendor", "model", "firmware", "description", "name", "model", "description" };
	json_t *d = sender(fact);
	/* A request names an object too, but holds no text. */
	for (size_t i = 0; i < values(fact, "modbus.object_str_value"); i++) {
		long id = number(fact, "modbus.object_id", i);
		if (id >= 0 && id < 7)
			expect("modbus", fact, d, fields[id], NULL, value(fact, "modbus.object_str_value", i));
	}
}

/* What is said of the client stands on the client, whoever says it. */
static void dhcp(const json_t *fact)
{
	const char *mac = value(fact, "dhcp.hw.mac_addr", 0), *given = value(fact, "dhcp.ip.your", 0);
	if (!mac || strtol(mac, NULL, 16) & 1)
		return;   /* a fuzzer's group address is nobody's */
	json_t *d = with_address("macs", mac);
	expect("dhcp", fact, d, "hostname", NULL, value(fact, "dhcp.option.hostname", 0));
	expect("dhcp", fact, d, "hostname", NULL, value(fact, "dhcp.fqdn.name", 0));
	expect("dhcp", fact, d, "dhcp_vendor", NULL, value(fact, "dhcp.option.vendor_class_id", 0));
	if (number(fact, "dhcp.option.dhcp", 0) == 5 && is_host(given))
		judge(d && holds(json_object_get(d, "ipv4"), given), "dhcp", fact, "address", given, d);
}

/* A request that names a server is SSDP's NOTIFY. */
static void http(const json_t *fact)
{
	if (!values(fact, "http.request.method"))
		expect("http", fact, sender(fact), "software", NULL, value(fact, "http.server", 0));
}

/* What the sender says of itself, field by field. where: only facts that hold this field too. */
static const struct rule {
	const char *kind, *field, *protocol, *told, *other, *where;
	bool within;                     /* the value of the other reader stands somewhere in ours */
} rules[] = {
	{ "fins", "omron.controller.model", "fins", "model", NULL, NULL, false },
	{ "fins", "omron.controller.version", "fins", "firmware", NULL, NULL, false },
	/* Only an answer to Identify has the vendor: a question names somebody else. */
	{ "pn_dcp", "pn_dcp.suboption_device_nameofstation", "profinet-dcp", "name", NULL, "pn_dcp.suboption_vendor_id", false },
	{ "pn_dcp", "pn_dcp.suboption_device_devicevendorvalue", "profinet-dcp", "model", "description",
	  "pn_dcp.suboption_vendor_id", false },
	{ "pn_io", "pn_io.cminitiator_station_name", "profinet-io", "name", "hostname", NULL, false },
	{ "cdp", "cdp.deviceid", "cdp", "name", "hostname", NULL, false },
	{ "cdp", "cdp.platform", "cdp", "model", "description", NULL, true },
	{ "cdp", "cdp.portid", "cdp", "location", NULL, NULL, false },
	{ "cdp", "cdp.software_version", "cdp", "description", "firmware", NULL, true },
	{ "ntlmssp", "ntlmssp.challenge.target_info.nb_computer_name", "ntlmssp", "hostname", "name", NULL, false },
	{ "ntlmssp", "ntlmssp.challenge.target_info.dns_computer_name", "ntlmssp", "hostname", "name", NULL, false },
	{ "ntlmssp", "ntlmssp.auth.hostname", "ntlmssp", "hostname", "name", NULL, false },
	{ "ntlmssp", "ntlmssp.negotiate.callingworkstation", "ntlmssp", "hostname", "name", NULL, false },
	{ "smb", "smb.native_os", "smb", "os", "description", NULL, true },
	{ "hart_ip", "hart_ip.pt.rsp.tag", "hart-ip", "name", "description", NULL, true },
	{ "opcua", "opcua.ProductUri", "opcua", "description", "software", NULL, true },
	{ "goose", "goose.goID", "goose", "name", "description", NULL, true },
	{ "goose", "goose.gocbRef", "goose", "name", "description", NULL, true },
	{ "sv", "sv.svID", "sv", "name", "description", NULL, true },
	{ "vnc", "vnc.desktop_name", "vnc", "name", NULL, NULL, false },
	{ "rdp", "rdp.client.name", "rdp", "hostname", NULL, NULL, false },
	{ "mqtt", "mqtt.clientid", "mqtt", "name", NULL, NULL, false },
	{ "ssdp_http", "http.user_agent", "http", "software", NULL, NULL, false },
	{ "egd", "egd.pid", "egd", "description", NULL, NULL, true },
};

static bool stands_within(const json_t *device, const char *field, const char *want)
{
	size_t i;
	json_t *e;
	char text[1024], have[1024];
	normalise(want, text, sizeof text);
	json_array_foreach(json_object_get(device, "evidence"), i, e)
		if (strcmp(member(e, "field"), field) == 0) {
			normalise(member(e, "value"), have, sizeof have);
			/* "cisco WS-C3560" may have become a vendor and a model. */
			if (strstr(have, text) || (strlen(have) >= 6 && strstr(text, have)))
				return true;
		}
	return false;
}

/* Messages that contradict themselves: what they say is not told. */
static const struct { const char *capture, *kind; } malformed[] = {
	{ "goose-truncated__icsnpp-iec61850-goose__GOOSE_truncated.pcap", "goose" },
};

static void by_rule(const char *kind, const json_t *fact)
{
	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
		if (strcmp(malformed[i].capture, capture) == 0 && strcmp(malformed[i].kind, kind) == 0)
			return;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct rule *r = &rules[i];
		const char *want = value(fact, r->field, 0);
		/* no name, an empty tag of HART, an address that nobody may have */
		if ((member(fact, "src_ip") && *member(fact, "src_ip") && !is_host(member(fact, "src_ip"))) ||
		    strcmp(kind, r->kind) != 0 || !want || !*want || strcmp(want, "NULL") == 0 || strspn(want, "@") == strlen(want) || (r->where && !json_object_get(fact, r->where)))
			continue;
		json_t *d = sender(fact);
		if (!r->within) {
			expect(r->protocol, fact, d, r->told, r->other, want);
			continue;
		}
		judge(stands_within(d, r->told, want) || (r->other && stands_within(d, r->other, want)), r->protocol, fact,
		      r->told, want, d);
	}
}

/* An announcement of a domain names its master instead. */
static void browser(const json_t *fact)
{
	if (!json_object_get(fact, "browser.mb_server") && json_object_get(fact, "browser.os_major"))
		expect("browser", fact, sender(fact), "hostname", "name", value(fact, "browser.server", 0));
}

static void unhex(const char *hex, char *out, size_t size)
{
	size_t n = 0;
	for (; hex && hex[0] && hex[1] && n + 1 < size; hex += 2) {
		char byte[3] = { hex[0], hex[1], 0 };
		out[n++] = (char)strtol(byte, NULL, 16);
	}
	out[n] = 0;
}

/* The system group of MIB-II; a request holds no text. */
static void snmp(const json_t *fact)
{
	static const struct { const char *oid, *told, *other; } objects[] = {
		{ "1.3.6.1.2.1.1.1.0", "description", NULL }, { "1.3.6.1.2.1.1.5.0", "name", "hostname" },
		{ "1.3.6.1.2.1.1.6.0", "location", NULL },
	};
	char text[1024];
	if (!is_host(member(fact, "src_ip")) || values(fact, "snmp.name") != 1 || values(fact, "snmp.value.octets") != 1)
		return;
	unhex(value(fact, "snmp.value.octets", 0), text, sizeof text);
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
		if (strcmp(value(fact, "snmp.name", 0), objects[i].oid) == 0)
			expect("snmp", fact, sender(fact), objects[i].told, objects[i].other, text);
}

/* A name that it gives its own address. */
static void mdns(const json_t *fact)
{
	const char *ip = member(fact, "src_ip"), *name = value(fact, "dns.resp.name", 0);
	size_t n = name ? strlen(name) : 0;
	char host[256];
	if (n < 7 || n >= sizeof host || strcmp(name + n - 6, ".local") != 0 || strchr(name, '_') ||
	    values(fact, "dns.a") != 1 || strcmp(value(fact, "dns.a", 0), ip) != 0)
		return;
	snprintf(host, sizeof host, "%.*s", (int)(n - 6), name);
	if (!strchr(host, '.'))
		expect("mdns", fact, sender(fact), "hostname", "name", host);
}

/* Netfilter's log, radio frames and the serial bus of BACnet: genba says that it does not read them. */
static bool unread(const json_t *truth)
{
	static const char *const links[] = { "nflog", "ieee-802-11-radiotap", "bacnet-ms-tp" };
	const char *link = member(truth, "link_type");
	for (size_t i = 0; link && i < sizeof links / sizeof *links; i++)
		if (strcmp(links[i], link) == 0)
			return true;
	return false;
}

static void facts_of(const json_t *truth)
{
	const char *kind;
	const json_t *list, *fact;
	size_t i;
	json_object_foreach(json_object_get(truth, "facts"), kind, list)
		json_array_foreach(list, i, fact) {
			if (strcmp(kind, "enip_list_identity") == 0 || strcmp(kind, "cip_identity") == 0)
				cip(fact, *kind == 'e');
			else if (strcmp(kind, "lldp") == 0)
				lldp(fact);
			else if (strcmp(kind, "s7_szl") == 0)
				s7(fact);
			else if (strcmp(kind, "modbus_devid") == 0)
				modbus(fact);
			else if (strcmp(kind, "dhcp") == 0)
				dhcp(fact);
			else if (strcmp(kind, "browser") == 0)
				browser(fact);
			else if (strcmp(kind, "snmp") == 0)
				snmp(fact);
			else if (strcmp(kind, "mdns") == 0)
				mdns(fact);
			else
				by_rule(kind, fact);
			if (strcmp(kind, "ssdp_http") == 0)
				http(fact);
		}
}

/* ---- what the other reader does not tell ---- */

/* Does this text stand anywhere in the other reading, or the other way round? */
static bool told_anywhere(json_t *v, const char *text)
{
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_string(v)) {
		char have[1024];
		normalise(json_string_value(v), have, sizeof have);
		return *have && (strstr(have, text) || (strlen(have) > 3 && strstr(text, have)));
	}
	if (json_is_array(v))
		json_array_foreach(v, i, item)
			if (told_anywhere(item, text))
				return true;
	if (json_is_object(v))
		json_object_foreach(v, key, item)
			if (told_anywhere(item, text))
				return true;
	return false;
}

/* Identity that genba tells beyond the other reader's: of each protocol, how much. */
static long extra_of(const json_t *truth)
{
	static const char *const fields[] = { "name", "vendor", "model", "firmware", "hardware", "serial", "hostname", "description",
					      "mode", "product_code" };
	size_t i, k;
	json_t *d, *e;
	long extra = 0;
	json_array_foreach(devices, i, d)
		json_array_foreach(json_object_get(d, "evidence"), k, e) {
			char text[1024], protocol[64];
			const char *source = member(e, "source");
			bool identity = false;
			for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
				identity |= strcmp(member(e, "field"), fields[f]) == 0;
			normalise(member(e, "value"), text, sizeof text);
			if (!identity || !*text || !source || strncmp(source, "resolve", 7) == 0 || strcmp(source, "oui") == 0 ||
			    told_anywhere(json_object_get(truth, "facts"), text))
				continue;
			snprintf(protocol, sizeof protocol, "%.*s", (int)strcspn(source, "."), source);
			told_of(protocol)->extra++;
			extra++;
		}
	return extra;
}

/* ---- operations ---- */

/*
 * Function codes that the other reader saw, with the names that their owners gave them; both ends' frames hold the code,
 * so that the sender may be either. Not everything that has a code is an operation (connection set up, answers): what is
 * missing is told in the table, and no failure.
 */
static const struct functions {
	const char *kind, *field, *protocol, *names;
	unsigned mask;
} functions[] = {
	{ "modbus", "modbus.func_code", "modbus", "modbus-functions", 0x7f },
	{ "s7_param", "s7comm.param.func", "s7comm", "s7-functions", 0xff },
	{ "cip_class_service", "cip.service", "enip", "cip-services", 0x7f },
	{ "dnp3", "dnp3.al.func", "dnp3", "dnp3-functions", 0xff },
	{ "fins", "omron.command", "fins", "fins-commands", 0xffff },
	{ "bacnet", "bacapp.confirmed_service", "bacnet", "bacnet-confirmed-services", 0xff },
	{ "iec104", "iec60870_asdu.typeid", "iec104", "iec104-types", 0xff },
};

static char *name_of_code(const char *facts, const char *file, long code)
{
	static char line[512];
	char path[4096];
	snprintf(path, sizeof path, "%s/facts/%s.tsv", facts, file);
	FILE *f = fopen(path, "r");
	char *name = NULL;
	while (f && !name && fgets(line, sizeof line, f)) {
		char *tab = strchr(line, '\t');
		if (tab && strtol(line, NULL, 0) == code) {
			tab[strcspn(tab, "\r\n")] = 0;
			name = tab + 1;
		}
	}
	if (f)
		fclose(f);
	return name;
}

/* Letters and digits, small. */
static void squeeze(const char *s, char *out, size_t size)
{
	size_t n = 0;
	for (; *s && n + 1 < size; s++)
		if (isalnum((unsigned char)*s))
			out[n++] = (char)tolower((unsigned char)*s);
	out[n] = 0;
}

static bool operates(const char *protocol, const json_t *device, const char *name)
{
	size_t i;
	json_t *o;
	char want[256], have[256];
	squeeze(name, want, sizeof want);
	json_array_foreach(operations, i, o) {
		const char *p = member(o, "protocol");
		json_int_t id = json_integer_value(json_object_get(device, "id"));
		if (strncmp(p, protocol, strlen(protocol)) != 0 ||
		    (json_integer_value(json_object_get(o, "client_id")) != id &&
		     json_integer_value(json_object_get(o, "server_id")) != id))
			continue;
		squeeze(member(o, "name"), have, sizeof have);
		if (strstr(have, want) || strstr(want, have))
			return true;
	}
	return false;
}

static void operations_of(const char *shared, const json_t *truth)
{
	size_t i, seen_n = 0;
	const json_t *fact;
	struct { const char *protocol; long code; json_int_t id; } seen[512];
	for (size_t k = 0; k < sizeof functions / sizeof *functions; k++)
		json_array_foreach(json_object_get(json_object_get(truth, "facts"), functions[k].kind), i, fact)
			for (size_t v = 0; v < values(fact, functions[k].field); v++) {
				long code = number(fact, functions[k].field, v) & (long)functions[k].mask;
				json_t *d = sender(fact);
				json_int_t id = json_integer_value(json_object_get(d, "id"));
				bool again = false;
				for (size_t n = 0; n < seen_n && !again; n++)
					again = strcmp(seen[n].protocol, functions[k].protocol) == 0 && seen[n].code == code &&
						seen[n].id == id;
				const char *name = again ? NULL : name_of_code(shared, functions[k].names, code);
				if (!name || !d || seen_n == sizeof seen / sizeof *seen)
					continue;
				seen[seen_n].protocol = functions[k].protocol;
				seen[seen_n].code = code;
				seen[seen_n++].id = id;
				struct told *t = told_of(functions[k].protocol);
				t->ops_expected++;
				if (operates(functions[k].protocol, d, name))
					t->ops_found++;
				else if (table)
					printf("operation %s \"%s\" of %s: no operation of that name  %s\n", functions[k].protocol,
					       name, member(fact, "src_ip"), capture);
			}
}

/* ---- frames of the factory protocols ---- */

/* Our name, and the other reader's. */
static const struct { const char *name, *other; } protocols[] = {
	{ "modbus", "modbus" }, { "enip", "enip" }, { "cip", "cip" }, { "cipio", "cipio" }, { "s7comm", "s7comm" },
	{ "fins", "omron" }, { "profinet-dcp", "pn_dcp" }, { "profinet-io", "pn_io_device" }, { "bacnet", "bvlc" },
	{ "dnp3", "dnp3" }, { "iec104", "iec60870_104" }, { "ethercat", "ecat" }, { "opcua", "opcua" }, { "ads", "ams" },
	{ "hart-ip", "hart_ip" }, { "goose", "goose" }, { "sv", "sv" }, { "mms", "mms" }, { "egd", "egd" },
};
enum { PROTOCOLS = sizeof protocols / sizeof *protocols };

/* Where the two readers differ by more than one in a hundred, with the frames that genba counts, and why that is right. */
static const struct {
	const char *capture, *protocol;
	long frames;
} known[] = {
	/*
	 * Crafted: requests that nobody answers, answers that a client sends unasked from its port 502, and a fuzzer's
	 * requests whose length does not fit their function (20 to 24); they count as malformed.
	 */
	{ "modbus__arkime__modbus.pcap", "modbus", 822 },
	/* A fuzzer again: functions that do not exist, answers with damaged bytes. No request has its answer: no claim. */
	{ "modbus-fuzz__zeek__fuzz-72.pcap", "modbus", 0 },
	/* Discovery over UDP, which the other reader does not know: 4 and 2 frames. */
	{ "ads-beckhoff-addroute__ics-security-tools__addroute1.pcapng", "ads", 9 },
	{ "ads-beckhoff__ics-security-tools__beckofflink.pcapng", "ads", 90 },
	/* A serial bus, whose link type genba does not read. */
	{ "bacnet-mstp-linktype__libpcap__mstp_20140225214217.pcap", "bacnet", 0 },
	/* 28 are sent again: the other reader counts them once more. */
	{ "dnp3__ndpi__dnp3.pcap", "dnp3", 93 },
	/* Garbage between the frames, which the other reader takes for one more. */
	{ "iec104__ndpi__iec60780-5-104.pcap", "iec104", 60 },
	/* Connections that nobody answers, and one message over two segments counted at its end. */
	{ "hart-ip__ct-samples__hart_ip.pcap", "hart-ip", 47 },
	{ "hart-ip__ndpi__hart_ip.pcap", "hart-ip", 47 },
};

static long counted(const char *protocol)
{
	long n = 0;
	size_t i;
	json_t *c;
	json_array_foreach(conversations, i, c)
		if (strcmp(member(c, "protocol"), protocol) == 0 && strcmp(member(c, "confidence"), "guess") != 0)
			n += (long)json_integer_value(json_object_get(c, "frames"));
	return n;
}

/* The other reader counts by filter and by layer, and a packet inside another one in only one of them. */
static long other_counted(const json_t *truth, const char *protocol)
{
	json_int_t a = json_integer_value(json_object_get(json_object_get(json_object_get(truth, "protocols"), "ot"), protocol));
	json_int_t b = json_integer_value(json_object_get(json_object_get(truth, "io_phs"), protocol));
	return (long)(a > b ? a : b);
}

static bool served(const char *protocol)
{
	size_t i, k;
	json_t *d, *p;
	json_array_foreach(devices, i, d)
		json_array_foreach(json_object_get(d, "protocols"), k, p)
			if (strcmp(member(p, "name"), protocol) == 0)
				return true;
	return false;
}

static void frames_of(const json_t *truth)
{
	for (size_t i = 0; i < PROTOCOLS; i++) {
		const char *name = protocols[i].name;
		long want = other_counted(truth, protocols[i].other), got = counted(name);
		if (strcmp(name, "profinet-io") == 0)     /* both ends have a port of their own */
			want += other_counted(truth, "pn_io_controller");
		long network = strcmp(name, "bacnet") == 0 ? other_counted(truth, "bacnet") : 0;   /* not over IP */
		want = network > want ? network : want;
		if (want == 0) {
			bool none = got == 0 && !served(name);
			passed += none;
			failed += !none;
			if (!none)
				printf("FAILED: %s: %s is claimed, and is not in it\n", capture, name);
			continue;
		}
		bool fits = labs(got - want) * 100 <= want;
		const char *note = got == want ? "" : "  within 1 %";
		for (size_t k = 0; !fits && k < sizeof known / sizeof *known; k++)
			if (strcmp(known[k].capture, capture) == 0 && strcmp(known[k].protocol, name) == 0) {
				fits = known[k].frames == got;
				note = "  known";
			}
		printf("%-12s %6ld of %6ld frames  %s%s\n", name, got, want, capture, fits ? note : "  FAILED");
		passed += fits;
		failed += !fits;
	}
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_truth(const struct dirent *d)
{
	size_t n = strlen(d->d_name);
	return n > 5 && strcmp(d->d_name + n - 5, ".json") == 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--table") == 0) {
		table = true;
		argv++;
		argc--;
	}
	if (argc != 3) {
		fputs("usage: truth [--table] SHARED FOLDER\n", stderr);
		return 64;
	}
	char folder[2048];
	struct dirent **list;
	snprintf(folder, sizeof folder, "%s/truth", argv[1]);
	int n = scandir(folder, &list, is_truth, by_name);
	load_vendors();
	for (int i = 0; i < n; i++) {
		json_t *truth = load(folder, list[i]->d_name, "");
		list[i]->d_name[strlen(list[i]->d_name) - 5] = 0;
		capture = list[i]->d_name;
		json_t *d = load(argv[2], capture, ".devices.json"), *c = load(argv[2], capture, ".conversations.json"),
		       *o = load(argv[2], capture, ".operations.json");
		devices = json_object_get(d, "devices");
		conversations = json_object_get(c, "conversations");
		operations = json_object_get(o, "operations");
		if (truth && devices && conversations) {
			int before[3] = { passed, failed, 0 };
			if (!unread(truth)) {
				facts_of(truth);
				long extra = table ? extra_of(truth) : 0;
				if (table && passed + failed + extra > before[0] + before[1])
					printf("facts %d found, %d missed, %ld extra  %s\n", passed - before[0], failed - before[1],
					       extra, capture);
				operations_of(argv[1], truth);
			}
			frames_of(truth);
		} else {
			printf("FAILED: %s: the truth or what the program found cannot be read\n", capture);
			failed++;
		}
		json_decref(truth);
		json_decref(d);
		json_decref(c);
		json_decref(o);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	for (int i = 0; i < 65536; i++)
		free(vendors[i]);
	for (size_t t = 0; t < n_told; t++)
		printf("%-12s %d of %d facts on their device, %d more that only genba tells, %d of %d functions among the operations\n",
		       told[t].name, told[t].found, told[t].expected, told[t].extra, told[t].ops_found, told[t].ops_expected);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed || n <= 0;
}
