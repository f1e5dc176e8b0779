/*
 * Compares what the program found in the real captures with an independent
 * reading of each.
 *
 *     truth SHARED FOLDER
 *
 * FOLDER holds NAME.devices.json and NAME.conversations.json for each capture
 * NAME, SHARED/truth the other reading. Every identity that a protocol told has to
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

enum told { TOLD_CIP, TOLD_LLDP, TOLD_S7, TOLD_MODBUS, TOLD_DHCP, TOLD_HTTP, TOLD_MAX };
static const char *const told_names[] = { "cip", "lldp", "s7comm", "modbus", "dhcp", "http" };
static int found[TOLD_MAX], expected[TOLD_MAX];
static int passed, failed;

static const char *capture;      /* its name, for messages */
static json_t *devices, *conversations;

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
	return ip && *ip && strcmp(ip, "0.0.0.0") != 0;
}

/* Who sent it: by its IP address where it had one, for its MAC address may be a router's. */
static json_t *sender(const json_t *fact)
{
	const char *ip = member(fact, "src_ip");
	if (is_host(ip))
		return with_address(strchr(ip, ':') ? "ipv6" : "ipv4", ip);
	return with_address("macs", member(fact, "src_mac"));
}

static void judge(bool ok, enum told told, const json_t *fact, const char *what, const char *want, const json_t *device)
{
	expected[told]++;
	if (ok) {
		found[told]++;
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s: frame %ld: %s %s \"%s\" %s\n", capture,
	       (long)json_integer_value(json_object_get(fact, "first_frame")), told_names[told], what, want,
	       device ? "is not on its device" : "has no device");
}

/* The device says this value, in one of the two fields. */
static void expect(enum told told, const json_t *fact, const json_t *device, const char *field, const char *other,
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
	judge(ok, told, fact, field, want, device);
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
	expect(TOLD_CIP, fact, d, "firmware", NULL, revision);
	if (vendor >= 0 && vendor < 65536)
		expect(TOLD_CIP, fact, d, "vendor", NULL, vendors[vendor] ? vendors[vendor] : "a vendor that data/ knows");
	expect(TOLD_CIP, fact, d, "model", "name", value(fact, list ? "enip.lir.name" : "cip.id.product_name", 0));
	expect(TOLD_CIP, fact, d, "serial", NULL, value(fact, list ? "enip.lir.serial" : "cip.id.serial_number", 0));
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
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		expect(TOLD_LLDP, fact, d, fields[i][1], NULL, value(fact, fields[i][0], 0));
	if (chassis_name(value(fact, "lldp.chassis.id", 0), name, sizeof name))
		expect(TOLD_LLDP, fact, d, "hostname", "name", name);
	const char *address = value(fact, "lldp.mgn.addr.ip4", 0);
	if (is_host(address))
		judge(d && holds(json_object_get(d, "ipv4"), address), TOLD_LLDP, fact, "management address", address, d);
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
			expect(TOLD_S7, fact, d, "model", NULL, value(fact, "s7comm.szl.xy11.0001.anz", i));
		if (index == 6)
			expect(TOLD_S7, fact, d, "product_code", "model", value(fact, "s7comm.szl.xy11.0001.anz", i));
		snprintf(version, sizeof version, "V%ld.%ld.%ld", a & 255, b >> 8, b & 255);
		if (index == 7 && a >> 8 == 'V')
			expect(TOLD_S7, fact, d, "firmware", NULL, version);
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char field[64];
		snprintf(field, sizeof field, "s7comm.szl.001c.%s", names[i][0]);
		expect(TOLD_S7, fact, d, names[i][1], names[i][2], value(fact, field, 0));
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
			expect(TOLD_MODBUS, fact, d, fields[id], NULL, value(fact, "modbus.object_str_value", i));
	}
}

/* What is said of the client stands on the client, whoever says it. */
static void dhcp(const json_t *fact)
{
	const char *mac = value(fact, "dhcp.hw.mac_addr", 0), *given = value(fact, "dhcp.ip.your", 0);
	if (!mac || strtol(mac, NULL, 16) & 1)
		return;   /* a fuzzer's group address is nobody's */
	json_t *d = with_address("macs", mac);
	expect(TOLD_DHCP, fact, d, "hostname", NULL, value(fact, "dhcp.option.hostname", 0));
	expect(TOLD_DHCP, fact, d, "hostname", NULL, value(fact, "dhcp.fqdn.name", 0));
	expect(TOLD_DHCP, fact, d, "dhcp_vendor", NULL, value(fact, "dhcp.option.vendor_class_id", 0));
	if (number(fact, "dhcp.option.dhcp", 0) == 5 && is_host(given))
		judge(d && holds(json_object_get(d, "ipv4"), given), TOLD_DHCP, fact, "address", given, d);
}

/* A request that names a server is SSDP's NOTIFY. */
static void http(const json_t *fact)
{
	if (!values(fact, "http.request.method"))
		expect(TOLD_HTTP, fact, sender(fact), "software", NULL, value(fact, "http.server", 0));
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
			else if (strcmp(kind, "ssdp_http") == 0)
				http(fact);
		}
}

/* ---- frames of the factory protocols ---- */

static const char *const protocols[] = { "modbus", "enip", "cip", "cipio", "s7comm" };
enum { PROTOCOLS = sizeof protocols / sizeof *protocols };

/* Where the two readers differ by more than one in a hundred, with the frames that genba counts, and why that is right. */
static const struct {
	const char *capture, *protocol;
	long frames;
} known[] = {
	/*
	 * 13 are crafted: two requests that nobody answers, and answers that a client sends unasked from its port
	 * 502. 4 are a fuzzer's requests whose length does not fit their function (20 to 24); they count as malformed.
	 */
	{ "modbus__arkime__modbus.pcap", "modbus", 820 },
	/* A fuzzer again: functions that do not exist, answers with damaged bytes. No request has its answer: no claim. */
	{ "modbus-fuzz__zeek__fuzz-72.pcap", "modbus", 0 },
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
		long want = other_counted(truth, protocols[i]), got = counted(protocols[i]);
		if (want == 0) {
			bool none = got == 0 && !served(protocols[i]);
			passed += none;
			failed += !none;
			if (!none)
				printf("FAILED: %s: %s is claimed, and is not in it\n", capture, protocols[i]);
			continue;
		}
		bool fits = labs(got - want) * 100 <= want;
		const char *note = got == want ? "" : "  within 1 %";
		for (size_t k = 0; !fits && k < sizeof known / sizeof *known; k++)
			if (strcmp(known[k].capture, capture) == 0 && strcmp(known[k].protocol, protocols[i]) == 0) {
				fits = known[k].frames == got;
				note = "  known";
			}
		printf("%-6s %6ld of %6ld  %s%s\n", protocols[i], got, want, capture, fits ? note : "  FAILED");
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
	if (argc != 3) {
		fputs("usage: truth SHARED FOLDER\n", stderr);
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
		json_t *d = load(argv[2], capture, ".devices.json"), *c = load(argv[2], capture, ".conversations.json");
		devices = json_object_get(d, "devices");
		conversations = json_object_get(c, "conversations");
		if (truth && devices && conversations) {
			if (!unread(truth))
				facts_of(truth);
			frames_of(truth);
		} else {
			printf("FAILED: %s: the truth or what the program found cannot be read\n", capture);
			failed++;
		}
		json_decref(truth);
		json_decref(d);
		json_decref(c);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	for (int i = 0; i < 65536; i++)
		free(vendors[i]);
	for (int t = 0; t < TOLD_MAX; t++)
		printf("%-6s %d of %d facts on their device\n", told_names[t], found[t], expected[t]);
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed || n <= 0;
}
