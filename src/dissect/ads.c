/*
 * Beckhoff ADS over AMS/TCP (TwinCAT: "ADS/AMS Specification", and the library that
 * Beckhoff publishes), and the discovery of TwinCAT routers in UDP.
 *
 *   TCP 48898
 *   0   2        6               14              22    24     26       30      34       38
 *   +---+--------+---------------+---------------+-----+------+--------+-------+--------+---- - -
 *   | 0 | length | target        | source        | cmd | flag | length | error | invoke | data
 *   |   | 32 + n | NetId 6, port | NetId 6, port |     |      |   n    |       |   id   |
 *   +---+--------+---------------+---------------+-----+------+--------+-------+--------+---- - -
 *
 *   UDP 48899
 *   0             4        8                       12              20      24
 *   +-------------+--------+-----------------------+---------------+-------+-----+--------+------- - -
 *   | 03 66 14 71 | invoke | 1 identify, 6 route   | NetId 6, port | count | tag | length | data
 *   |             |   id   | (bit 31: the answer)  |               |       |     |        | repeated
 *   +-------------+--------+-----------------------+---------------+-------+-----+--------+------- - -
 *
 * Little-endian. A NetId names a router, not an address: it is made from the IP
 * address or the MAC at first, with .1.1 behind, and others lie behind the router
 * that answers. Ports name what is asked: 800-899 PLC, 10000 the system itself.
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	PREFIX = 6, HEADER = 32, LENGTH_MAX = 4 << 20,
	NAMED = 0x8000, FLAG_RESPONSE = 1, FLAG_ADS = 4, FLAGS_KNOWN = 0x81ff,
	READ_DEVICE_INFO = 1, READ = 2, WRITE = 3, READ_STATE = 4, WRITE_CONTROL = 5, ADD_NOTIFICATION = 6,
	DELETE_NOTIFICATION = 7, NOTIFICATION = 8, READ_WRITE = 9,
	PORT_PLC = 800, PORT_PLC_END = 900, PORT_SYSTEM = 10000, PORT_ETHERCAT = 0xffff, MASTER_STATE = 3, SLAVE_STATE = 9,
	GROUP_HANDLE = 0xf003, GROUP_BY_NAME = 0xf004, GROUP_BY_HANDLE = 0xf005, GROUP_SUMS = 0xf080,
	GROUP_SUMS_END = 0xf086, SERVICE_OPEN = 120, SERVICE_DELETE = 131, SERVICE_FIND = 133, SERVICE_REGISTRY = 200,
	SERVICE_TARGET_INFO = 700,
	UDP_IDENTIFY = 1, UDP_ROUTE = 6, UDP_HEADER = 24, UDP_ANSWER = 0x80,
	TAG_STATUS = 1, TAG_PASSWORD = 2, TAG_VERSION = 3, TAG_OS = 4, TAG_HOST = 5, TAG_ROUTE = 12,
	BSD_FIRST = 12,
};

static const struct dissect_code commands[] = {
	{ READ_DEVICE_INFO, OP_IDENTITY, "ReadDeviceInfo" }, { READ, OP_READ, "Read" }, { WRITE, OP_WRITE, "Write" },
	{ READ_STATE, OP_DIAGNOSTIC, "ReadState" }, { WRITE_CONTROL, OP_MODE, "WriteControl" },
	{ ADD_NOTIFICATION, OP_READ, "AddDeviceNotification" }, { DELETE_NOTIFICATION, OP_READ, "DeleteDeviceNotification" },
	{ NOTIFICATION, -1, "DeviceNotification" }, { READ_WRITE, OP_READ, "ReadWrite" },
};

/* What WriteControl asks for (ADSSTATE). */
static const struct dissect_code states[] = {
	{ 1, OP_MODE, "Idle" }, { 2, OP_RESET, "Reset" }, { 3, OP_RESET, "Init" }, { 4, OP_START, "Start" },
	{ 5, OP_START, "Run" }, { 6, OP_STOP, "Stop" }, { 7, OP_CONFIGURATION, "SaveConfiguration" },
	{ 8, OP_CONFIGURATION, "LoadConfiguration" }, { 9, OP_MODE, "PowerFailure" }, { 10, OP_MODE, "PowerGood" },
	{ 11, OP_MODE, "Error" }, { 12, OP_STOP, "Shutdown" }, { 13, OP_STOP, "Suspend" }, { 14, OP_START, "Resume" },
	{ 15, OP_MODE, "Config" }, { 16, OP_MODE, "Reconfig" }, { 17, OP_STOP, "Stopping" },
};

/* Index groups that any port knows. Where reading and writing differ, op is that of writing. */
static const struct dissect_code groups[] = {
	{ 0xf003, OP_READ, "Symbol Handle by Name" }, { 0xf004, OP_WRITE, "Symbol Value by Name" },
	{ 0xf005, OP_WRITE, "Symbol Value by Handle" }, { 0xf006, OP_READ, "Release Symbol Handle" },
	{ 0xf007, OP_READ, "Symbol Info by Name" }, { 0xf008, OP_READ, "Symbol Version" },
	{ 0xf009, OP_READ, "Symbol Info by Name" }, { 0xf00a, OP_DOWNLOAD, "Symbol Download" },
	{ 0xf00b, OP_UPLOAD, "Symbol Upload" }, { 0xf00c, OP_UPLOAD, "Symbol Upload Info" },
	{ 0xf00e, OP_UPLOAD, "Data Type Upload" }, { 0xf00f, OP_UPLOAD, "Symbol Upload Info" },
	{ 0xf020, OP_FORCE, "Input Image" }, { 0xf021, OP_FORCE, "Input Image" }, { 0xf030, OP_WRITE, "Output Image" },
	{ 0xf031, OP_WRITE, "Output Image" }, { 0xf040, OP_FORCE, "Clear Input Image" },
	{ 0xf050, OP_FORCE, "Clear Output Image" }, { 0xf080, OP_READ, "Sum Read" }, { 0xf081, OP_WRITE, "Sum Write" },
	{ 0xf082, OP_WRITE, "Sum Read Write" }, { 0xf083, OP_READ, "Sum Read" }, { 0xf084, OP_READ, "Sum Read" },
	{ 0xf085, OP_READ, "Sum Add Notification" }, { 0xf086, OP_READ, "Sum Delete Notification" },
	{ 0x4020, OP_WRITE, "PLC Memory" }, { 0x4021, OP_WRITE, "PLC Memory" }, { 0x4030, OP_WRITE, "PLC Retain Data" },
	{ 0x4040, OP_WRITE, "PLC Data" }, { 0xf302, OP_CONFIGURATION, "CoE Object" },
};

/* … and those of the system service, port 10000. */
static const struct dissect_code services[] = {
	{ 100, OP_FILE, "Open Create" }, { 101, OP_FILE, "Open Read" }, { 102, OP_FILE, "Open Write" },
	{ 110, OP_FILE, "Create File" }, { 111, OP_FILE, "Close Handle" }, { 120, OP_FILE, "File Open" },
	{ 121, OP_FILE, "File Close" }, { 122, OP_FILE, "File Read" }, { 123, OP_FILE, "File Write" },
	{ 124, OP_FILE, "File Seek" }, { 125, OP_FILE, "File Tell" }, { 126, OP_FILE, "File Gets" },
	{ 127, OP_FILE, "File Puts" }, { 128, OP_FILE, "File Scanf" }, { 129, OP_FILE, "File Printf" },
	{ 130, OP_FILE, "File EOF" }, { 131, OP_FILE, "File Delete" }, { 132, OP_FILE, "File Rename" },
	{ 133, OP_FILE, "File Find" }, { 160, OP_IDENTITY, "Product Version" },
	{ SERVICE_REGISTRY, OP_CONFIGURATION, "Registry" },
	{ 220, OP_CONFIGURATION, "System Control" }, { 230, OP_CONFIGURATION, "Load Server" },
	{ 400, OP_CLOCK, "Time Services" }, { 500, OP_CONFIGURATION, "Start Process" },
	{ 600, OP_CONFIGURATION, "Change NetId" }, { 601, OP_IDENTITY, "Query NetId" },
	{ SERVICE_TARGET_INFO, OP_IDENTITY, "Target Info" }, { 701, OP_IDENTITY, "IP Helper" },
	{ 702, OP_IDENTITY, "IP Host Name" }, { 703, OP_IDENTITY, "IP Address Info" },
	{ 801, OP_CONFIGURATION, "Add Route" }, { 802, OP_CONFIGURATION, "Delete Route" },
	{ 803, OP_READ, "Enumerate Routes" }, { 1300, OP_CONFIGURATION, "Network Configuration" },
};

/* ---- recognition ---- */

static uint32_t peek32(const struct cur *c, size_t at)
{
	return (uint32_t)cur_peek_le16(c, at + 2) << 16 | cur_peek_le16(c, at);
}

/* Does the length fit the command? A router's own refusal comes with any. */
static bool fits(uint16_t cmd, bool answer, uint32_t n, uint32_t failed)
{
	static const struct { uint8_t request, answer; bool more_request, more_answer; } lengths[] = {
		[READ_DEVICE_INFO] = { 0, 24, false, false }, [READ] = { 12, 8, false, true },
		[WRITE] = { 12, 4, true, false }, [READ_STATE] = { 0, 8, false, false },
		[WRITE_CONTROL] = { 8, 4, true, false }, [ADD_NOTIFICATION] = { 40, 8, false, false },
		[DELETE_NOTIFICATION] = { 4, 4, false, false }, [NOTIFICATION] = { 8, 0, true, true },
		[READ_WRITE] = { 16, 8, true, true },
	};
	if (cmd < READ_DEVICE_INFO || cmd > READ_WRITE)
		return false;
	if (answer && failed)
		return n <= 64;
	uint8_t want = answer ? lengths[cmd].answer : lengths[cmd].request;
	bool more = answer ? lengths[cmd].more_answer : lengths[cmd].more_request;
	return n == want || (more && n > want) || (answer && n == 4 && cmd != NOTIFICATION);
}

static bool ams(const struct cur *c)
{
	uint32_t length = peek32(c, 2), n = peek32(c, 26);
	uint16_t flags = cur_peek_le16(c, 24);
	if (!cur_has(c, PREFIX + HEADER))   /* as much as is there */
		return cur_has(c, PREFIX) && cur_peek_le16(c, 0) == 0 && length >= HEADER && length <= LENGTH_MAX;
	return cur_peek_le16(c, 0) == 0 && length <= LENGTH_MAX && length == HEADER + n &&
	       (flags & FLAG_ADS) && !(flags & ~FLAGS_KNOWN) && peek32(c, PREFIX) != 0 && peek32(c, PREFIX + 8) != 0 &&
	       (flags & FLAG_RESPONSE || peek32(c, 30) == 0) &&
	       fits(cur_peek_le16(c, 22), flags & FLAG_RESPONSE, n, peek32(c, 30));
}

static const uint8_t magic[] = { 0x03, 0x66, 0x14, 0x71 };

static bool discovery(const struct cur *c)
{
	uint32_t service = peek32(c, 8) & 0x7fffffff;
	return cur_has(c, UDP_HEADER) && cur_starts(c, magic, sizeof magic) && service >= 1 && service <= 0xff &&
	       peek32(c, 20) <= 64;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;   /* the messages tell who asks */
	return cur_starts(c, magic, sizeof magic) ? discovery(c) : cur_has(c, PREFIX + HEADER) && ams(c);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, PREFIX + HEADER) && ams(c))
		return DISSECT_NEED_MORE;
	if (!cur_has(c, PREFIX))
		return DISSECT_NEED_MORE;
	return ams(c) ? (int32_t)(PREFIX + peek32(c, 2)) : DISSECT_NO_FRAME;
}

/* ---- names: of symbols and files, found again by a number until the answer has come ---- */

enum { NAME = 64 };
_Static_assert((int)NAME <= (int)DISSECT_MEMORY, "fits the protocol's memory");

static void name_keep(struct dissect *d, uint32_t key, const char *text)
{
	snprintf(dissect_memory(d, key), NAME, "%s", text);
}

/* Keeps the text that a request carries; its number. 0 for no text. */
static uint32_t name_of(struct dissect *d, struct cur c)
{
	char text[NAME];
	uint32_t hash = 2166136261u;
	if (!text_wire(cur_here(&c), cur_left(&c), text, sizeof text))
		return 0;
	for (const char *s = text; *s; s++)
		hash = (hash ^ (uint8_t)*s) * 16777619u;
	name_keep(d, hash | 1, text);
	return hash | 1;
}

static uint32_t handle_key(struct dissect *d, uint32_t handle)
{
	return (handle * 2654435761u ^ dissect_server(d) * 40503u) & ~1u;
}

/* ---- requests ---- */

/* Kept per flow: the NetId of the router that answers here. */
struct state {
	uint8_t own[6];
	bool known;
};

static uint64_t key_of(uint16_t cmd, uint16_t port, uint32_t invoke)
{
	return (uint64_t)cmd << 48 | (uint64_t)port << 32 | invoke;
}

/* code: command, NAMED, and the port above; extra: group or state; extra2: offset or the number of a name. */
static void describe(const struct dissect_request *r, char *out, size_t size)
{
	uint16_t cmd = r->code & 0xff, port = (uint16_t)(r->code >> 16);
	const char *name = r->code & NAMED ? dissect_request_recall(r, r->extra2) : NULL;
	if (cmd == WRITE_CONTROL) {
		const struct dissect_code *s = DISSECT_CODE(states, r->extra);
		snprintf(out, size, "port %u %s", port, s ? s->name : "unknown state");
	} else if (name) {
		snprintf(out, size, "port %u %s", port, name);
	} else if (cmd == READ_DEVICE_INFO || cmd == READ_STATE || !r->extra || r->code & NAMED) {
		snprintf(out, size, "port %u", port);
	} else if (r->extra >= GROUP_SUMS && r->extra <= GROUP_SUMS_END) {
		snprintf(out, size, "port %u, %u items", port, r->extra2);
	} else {
		snprintf(out, size, "port %u group 0x%x offset 0x%x", port, r->extra, r->extra2);
	}
}

/* Of what is read the port is enough: it is polled symbol by symbol. */
static void describe_port(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "port %u", r->code >> 16);
}

static void describe_group(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "port %u group 0x%x", r->code >> 16, r->extra);
}

static void describe_route(const struct dissect_request *r, char *out, size_t size)
{
	const char *name = r->extra2 ? dissect_request_recall(r, r->extra2) : NULL;
	snprintf(out, size, "%s", name ? name : "");
}

static void describe_service(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "code %u", r->code);
}

/* Read, Write and ReadWrite by what their index group is. */
static void access(struct dissect *d, struct dissect_request *r, uint16_t cmd, uint16_t port, struct cur c)
{
	uint32_t group = cur_le32(&c), offset = cur_le32(&c);
	const struct dissect_code *g = port == PORT_SYSTEM ? DISSECT_CODE(services, group) : DISSECT_CODE(groups, group);
	cur_skip(&c, cmd == READ_WRITE ? 8 : 4);
	if (!cur_ok(&c))
		return;
	r->extra = group;
	r->extra2 = offset;
	if (g) {
		bool reads = cmd == READ || (cmd == READ_WRITE && (group == GROUP_BY_NAME || group == SERVICE_REGISTRY));
		bool both = g->op == OP_WRITE || g->op == OP_FORCE || g->op == OP_CONFIGURATION || g->op == OP_CLOCK;
		r->name = g->name;
		r->op = reads && both ? OP_READ : g->op;
	} else if (port == PORT_ETHERCAT && (group == MASTER_STATE || group == SLAVE_STATE)) {
		r->name = "EtherCAT State";
		r->op = cmd == WRITE ? OP_MODE : OP_READ;
	} else if (cmd == READ_WRITE) {
		r->op = OP_READ;   /* a question with parameters, mostly */
	}
	/* Which name goes with it: of the request itself, or of the handle that it uses. */
	bool named = g && (group == GROUP_HANDLE || group == GROUP_BY_NAME ||
			   (port == PORT_SYSTEM && (group == SERVICE_OPEN || group == SERVICE_REGISTRY ||
						    (group >= SERVICE_DELETE && group <= SERVICE_FIND))));
	const char *known = group == GROUP_BY_HANDLE && cmd == WRITE ? dissect_recall(d, handle_key(d, offset)) : NULL;
	if (known || (named && cmd != READ)) {
		r->extra2 = name_of(d, known ? cur_make(known, strlen(known)) : c);
		r->code |= NAMED;
	} else if (r->op == OP_READ || r->op == OP_FILE || r->op == OP_IDENTITY || r->op == OP_UPLOAD) {
		r->extra2 = 0;
	}
	if ((r->op == OP_READ && group != SERVICE_REGISTRY) || !r->extra2)
		r->describe = g ? describe_port : describe_group;
}

static void request(struct dissect *d, struct cur c, uint16_t cmd, uint16_t port, uint64_t key)
{
	const struct dissect_code *f = DISSECT_CODE(commands, cmd), *s;
	struct dissect_request r = { .key = key, .code = (uint32_t)port << 16 | cmd, .op = f->op, .name = f->name,
				     .describe = describe };
	switch (cmd) {
	case READ: case WRITE: case READ_WRITE:
		access(d, &r, cmd, port, c);
		break;
	case WRITE_CONTROL:
		r.extra = cur_le16(&c);
		s = DISSECT_CODE(states, r.extra);
		r.op = s ? s->op : OP_MODE;
		break;
	default:
		break;
	}
	dissect_request(d, &r);
}

/* ---- answers ---- */

static void netid(const uint8_t *id, char *out, size_t size)
{
	snprintf(out, size, "%u.%u.%u.%u.%u.%u", id[0], id[1], id[2], id[3], id[4], id[5]);
}

static void describe_relay(const struct dissect_request *r, char *out, size_t size)
{
	uint8_t id[6] = { (uint8_t)(r->extra >> 24), (uint8_t)(r->extra >> 16), (uint8_t)(r->extra >> 8),
			  (uint8_t)r->extra, (uint8_t)(r->extra2 >> 8), (uint8_t)r->extra2 };
	char text[32];
	netid(id, text, sizeof text);
	snprintf(out, size, "AMS NetId %s", text);
}

/*
 * Is this the router itself that answers? By the numbers it is born with, or because it was the first to answer; others
 * are behind it.
 */
static bool own(struct dissect *d, const uint8_t id[6])
{
	struct state *s = dissect_scratch(d);
	const struct packet *p = dissect_packet(d);
	bool born = id[4] == 1 && id[5] == 1 &&
		    ((p->ip && memcmp(id, p->src.b + 12, 4) == 0) || (p->has_mac && memcmp(id, p->mac_src + 2, 4) == 0));
	if (born || !s->known) {
		memcpy(s->own, id, 6);
		s->known = true;
	}
	if (memcmp(s->own, id, 6) == 0)
		return true;
	dissect_relay(d, "AMS NetId", (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3],
		      (uint32_t)id[4] << 8 | id[5], describe_relay);
	return false;
}

/* The text of <tag>…</tag> here; empty where there is none. */
static struct cur element(const struct cur *xml, const char *tag)
{
	size_t n = strlen(tag);
	for (struct cur x = *xml; cur_left(&x) > n + 2; cur_skip(&x, 1)) {
		if (cur_peek(&x, 0) != '<' || cur_peek(&x, n + 1) != '>' || memcmp(cur_here(&x) + 1, tag, n) != 0)
			continue;
		cur_skip(&x, n + 2);
		size_t k = 0;
		while (k < cur_left(&x) && cur_peek(&x, k) != '<')
			k++;
		return cur_sub(&x, k);
	}
	return cur_make("", 0);
}

static void tell(struct dissect *d, enum attr field, struct cur v, const char *source)
{
	dissect_attr_bytes(d, field, cur_here(&v), cur_left(&v), source);
}

static void tell_version(struct dissect *d, const char *version, const char *source)
{
	char text[80];
	snprintf(text, sizeof text, "TwinCAT %s", version);
	dissect_attr(d, ATTR_SOFTWARE, text, source);
	dissect_attr(d, ATTR_FIRMWARE, version, source);
}

/* <TcTargetDesc>: what machine TwinCAT runs on. */
static void target_info(struct dissect *d, struct cur c)
{
	if (!cur_starts(&c, "<TcTargetDesc>", 14))
		return;
	struct cur type = element(&c, "TargetType"), v[3] = { element(&c, "Version"), element(&c, "Revision"),
							      element(&c, "Build") };
	char part[3][16], text[64], name[32];
	tell(d, ATTR_MODEL, type, "ads.target_info.target_type");
	if (cur_starts(&type, "CX", 2))
		dissect_attr(d, ATTR_VENDOR, "Beckhoff", "ads.target_info.target_type");
	tell(d, ATTR_SERIAL, element(&c, "SerialNo"), "ads.target_info.serial_no");
	tell(d, ATTR_HARDWARE, element(&c, "CPUVersion"), "ads.target_info.cpu_version");
	for (int i = 0; i < 3; i++)
		text_wire(cur_here(&v[i]), cur_left(&v[i]), part[i], sizeof part[i]);
	if (*part[0] && *part[1] && *part[2]) {
		snprintf(text, sizeof text, "%s.%s.%s", part[0], part[1], part[2]);
		tell_version(d, text, "ads.target_info.target_version");
	}
	struct cur os = element(&c, "OsName"), release = element(&c, "OsVersion");
	if (text_wire(cur_here(&os), cur_left(&os), name, sizeof name)) {
		text_wire(cur_here(&release), cur_left(&release), part[0], sizeof part[0]);
		snprintf(text, sizeof text, "%s %s", name, part[0]);
		dissect_attr(d, ATTR_OS, text, "ads.target_info.os_name");
	}
}

static void device_info(struct dissect *d, struct cur c, uint16_t port)
{
	char name[24], text[64];
	uint8_t major = cur_u8(&c), minor = cur_u8(&c);
	uint16_t build = cur_le16(&c);
	const uint8_t *p = cur_bytes(&c, 16);
	if (!p || !text_wire(p, 16, name, sizeof name))
		return;
	snprintf(text, sizeof text, "%s %u.%u.%u (ADS port %u)", name, major, minor, build, port);
	dissect_attr(d, ATTR_DESCRIPTION, text, "ads.read_device_info");
}

static void read_state(struct dissect *d, struct cur c, uint16_t port)
{
	uint16_t state = cur_le16(&c);
	bool plc = port >= PORT_PLC && port < PORT_PLC_END;
	if (!cur_ok(&c) || (!plc && port != PORT_SYSTEM))
		return;
	const char *mode = state == 5 ? "run" : state == 6 ? "stop" : state == 15 ? "config" : state == 11 ? "error" : "";
	dissect_attr(d, ATTR_MODE, mode, plc ? "ads.read_state.plc" : "ads.read_state.system");
}

static void response(struct dissect *d, struct cur c, uint16_t cmd, const uint8_t source[6], uint16_t port,
		     uint32_t error, uint64_t key)
{
	struct dissect_request r;
	uint32_t result = error ? error : cur_le32(&c);
	if (!dissect_response(d, key, error || result || !cur_ok(&c) ? RESULT_REFUSED : RESULT_OK, &r) || error || result ||
	    !cur_ok(&c) || !own(d, source))
		return;
	if (port >= PORT_PLC && port < PORT_PLC_END)
		dissect_attr(d, ATTR_ROLE, "plc", "ads.ams_port");
	if (cmd == READ_DEVICE_INFO) {
		device_info(d, c, port);
	} else if (cmd == READ_STATE) {
		read_state(d, c, port);
	} else if (cmd == READ && port == PORT_SYSTEM && r.extra == SERVICE_TARGET_INFO) {
		cur_skip(&c, 4);
		target_info(d, c);
	} else if (cmd == READ_WRITE && r.extra == GROUP_HANDLE && cur_left(&c) == 8 && r.extra2) {
		char name[NAME];
		const char *kept = dissect_recall(d, r.extra2);
		cur_skip(&c, 4);
		snprintf(name, sizeof name, "%s", kept ? kept : "");
		name_keep(d, handle_key(d, cur_le32(&c)), name);
	}
}

static enum dissect_result command(struct dissect *d, struct cur c)
{
	cur_skip(&c, PREFIX);
	cur_skip(&c, 6);   /* target: comes back as the source of the answer */
	uint16_t target_port = cur_le16(&c);
	const uint8_t *source = cur_bytes(&c, 6);
	uint16_t source_port = cur_le16(&c), cmd = cur_le16(&c), flags = cur_le16(&c);
	cur_skip(&c, 4);
	uint32_t error = cur_le32(&c), invoke = cur_le32(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (cmd == NOTIFICATION)   /* from the server, without being asked each time */
		return DISSECT_OK;
	dissect_set_side(d, flags & FLAG_RESPONSE ? SIDE_SERVER : SIDE_CLIENT);
	if (flags & FLAG_RESPONSE)
		response(d, c, cmd, source, source_port, error, key_of(cmd, target_port, invoke));
	else
		request(d, c, cmd, target_port, key_of(cmd, source_port, invoke));
	return DISSECT_OK;
}

/* ---- discovery ---- */

static void os_version(struct dissect *d, struct cur c)
{
	cur_skip(&c, 4);
	uint32_t major = cur_le32(&c), minor = cur_le32(&c), build = cur_le32(&c), platform = cur_le32(&c);
	char text[64];
	/* As Windows tells of itself; the others fill it in likewise, FreeBSD with its own version. */
	if (!cur_ok(&c) || ((platform < 1 || platform > 3) && major < BSD_FIRST))
		return;
	if (platform == 1)
		snprintf(text, sizeof text, "TC/RTOS %u.%u", major, minor);
	else if (major >= BSD_FIRST)
		snprintf(text, sizeof text, "TwinCAT/BSD %u.%u", major, minor);
	else if (platform == 3)
		snprintf(text, sizeof text, "Windows CE %u.%u", major, minor);
	else if (major == 5 && minor == 1)
		snprintf(text, sizeof text, "Windows XP");
	else if (major == 6 && minor == 1)
		snprintf(text, sizeof text, "Windows 7 build %u", build);
	else if (major == 10)
		snprintf(text, sizeof text, "Windows %d build %u", build >= 22000 ? 11 : 10, build);
	else
		snprintf(text, sizeof text, "Windows NT %u.%u", major, minor);
	dissect_attr(d, ATTR_OS, text, "ads.identify.os");
}

static enum dissect_result datagram(struct dissect *d, struct cur c)
{
	uint32_t route = 0, status = 0;
	char text[64], id[32];
	cur_skip(&c, 8);
	uint32_t service = cur_le32(&c);
	const uint8_t *sender = cur_bytes(&c, 6);
	cur_skip(&c, 2);
	uint32_t n = cur_le32(&c);
	bool answer = service >> 31;
	service &= 0xff;
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
	dissect_evident(d);
	netid(sender, id, sizeof id);
	snprintf(text, sizeof text, "AMS NetId %s", id);
	if (answer)
		dissect_attr(d, ATTR_DESCRIPTION, text, "ads.identify.net_id");
	for (; n && cur_left(&c); n--) {
		uint16_t tag = cur_le16(&c);
		struct cur v = cur_sub(&c, cur_le16(&c));
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		if (tag == TAG_ROUTE && !answer) {
			route = name_of(d, v);
		} else if (tag == TAG_PASSWORD && !answer && cur_left(&v) > 1) {
			dissect_weakness(d, "password-in-clear", "ADS add route");
		} else if (tag == TAG_STATUS && answer) {
			status = cur_le32(&v);
		} else if (tag == TAG_HOST && answer) {
			tell(d, ATTR_HOSTNAME, v, "ads.identify.host_name");
		} else if (tag == TAG_VERSION && answer && cur_left(&v) >= 4) {
			snprintf(text, sizeof text, "%u.%u.%u", cur_peek(&v, 0), cur_peek(&v, 1), cur_peek_le16(&v, 2));
			tell_version(d, text, "ads.identify.twincat_version");
		} else if (tag == TAG_OS && answer) {
			os_version(d, v);
		}
	}
	struct dissect_request r = { .key = service, .code = service, .op = OP_DIAGNOSTIC, .name = "Unknown command",
				     .describe = describe_service };
	if (service == UDP_IDENTIFY) {
		r.op = OP_IDENTITY;
		r.name = "Identify";
		r.describe = NULL;
	} else if (service == UDP_ROUTE) {
		r.op = OP_CONFIGURATION;
		r.name = "Add Route";
		r.extra2 = route;
		r.describe = describe_route;
	}
	if (answer)
		dissect_response(d, service, status ? RESULT_REFUSED : RESULT_OK, NULL);
	else if (addr_is_host(&dissect_packet(d)->dst))
		dissect_request(d, &r);
	else
		dissect_op(d, (enum op_class)r.op, r.name, NULL, RESULT_UNKNOWN);   /* of all: they answer elsewhere */
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (dissect_packet(d)->proto == 17)
		return discovery(&c) ? datagram(d, c) : DISSECT_NOT_MINE;
	return ams(&c) ? command(d, c) : DISSECT_NOT_MINE;
}

const struct dissector dissect_ads = {
	.name = "ads",
	.title = "Beckhoff ADS",
	.ot = true,
	.no_auth = true,
	.apart = true,   /* some routers answer on a connection that they open themselves */
	.tcp = { 48898 },
	.udp = { 48899 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Beckhoff: TwinCAT ADS/AMS Specification; ADS library of Beckhoff (constants)",
	.recognition = "TCP: reserved bytes 0, two lengths that agree with each other and the command, flags; request and "
		       "response with one invoke id. UDP: 03 66 14 71 and a known service",
	.identity = "discovery: host name, TwinCAT version, operating system, AMS NetId; ReadDeviceInfo: name and version of "
		    "what runs at a port; target info: type, serial number, TwinCAT and OS version; ReadState: run, "
		    "stop, config",
	.operations = "read and write by symbol, handle, address and in sums; WriteControl (run, stop, reset, config …); "
		      "files, registry, routes, clock and processes of the system service; symbol upload; Add Route with its password",
	.verified = "real captures: discovery, routes, read, device info, state, target info, symbols; from the manual, not yet "
		    "seen in a real capture: write, WriteControl, files",
};
