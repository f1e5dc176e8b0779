/*
 * CIP message router (ODVA, Common Industrial Protocol; Rockwell 1756-PM020 for
 * the services of Logix controllers).
 *
 *   request  +---------+------------+----------- - - +------ - -
 *            | service | path words | path           | data
 *   answer   +---------+------------+--------+------------+------ - -
 *            | service | 00         | status | more words | data
 *            | | 80    |
 *   path: 20 class  24 instance  30 attribute (21 25 31 with 16 bits), 91 symbol, 0x port
 */
#include "dissect/cip.h"

#include <stdio.h>

#include "dissect/names.h"

enum {
	GET_ATTRIBUTES_ALL = 0x01, GET_ATTRIBUTE_LIST = 0x03, CREATE = 0x08, DELETE = 0x09, MULTIPLE = 0x0a,
	GET_ATTRIBUTE_SINGLE = 0x0e, EXECUTE_PCCC = 0x4b, READ_TAG = 0x4c, UNCONNECTED_SEND = 0x52, ANSWER = 0x80,
	FORWARD_OPEN = 0x54, LARGE_FORWARD_OPEN = 0x5b,
	CLASS_IDENTITY = 0x01, CLASS_CONNECTION_MANAGER = 0x06, CLASS_FILE = 0x37, CLASS_PROGRAM_NAME = 0x64, CLASS_PCCC = 0x67,
	CLASS_CLOCK = 0x8b, CLASS_NVS = 0xa1, TYPE_PLC = 0x0e, VENDOR_ROCKWELL = 1, BACKPLANE = 1,
	STATUS_PARTIAL = 0x06, STATUS_EMBEDDED = 0x1e,
	DEPTH = 3, SERVICES_MAX = 64,
	/* in dissect_request.code: */
	ROUTED = 0x100,      /* through Unconnected Send, to a module behind */
	AWAY = 0x400,        /* and on to another network: nothing it says is the server's */
	PCCC = 0x200,        /* the extras are PCCC's own, and the upper half of code */
};

/* Common services, the same for every class. */
static const struct dissect_code common[] = {
	{ GET_ATTRIBUTES_ALL, OP_READ, "Get_Attributes_All" },
	{ 0x02, OP_WRITE, "Set_Attributes_All" },
	{ GET_ATTRIBUTE_LIST, OP_READ, "Get_Attribute_List" },
	{ 0x04, OP_WRITE, "Set_Attribute_List" },
	{ 0x05, OP_RESET, "Reset" },
	{ 0x06, OP_START, "Start" },
	{ 0x07, OP_STOP, "Stop" },
	{ CREATE, OP_CONFIGURATION, "Create" },
	{ DELETE, OP_CONFIGURATION, "Delete" },
	{ 0x0d, OP_CONFIGURATION, "Apply_Attributes" },
	{ GET_ATTRIBUTE_SINGLE, OP_READ, "Get_Attribute_Single" },
	{ 0x10, OP_WRITE, "Set_Attribute_Single" },
	{ 0x11, OP_READ, "Find_Next_Object_Instance" },
	{ 0x15, OP_CONFIGURATION, "Restore" },
	{ 0x16, OP_CONFIGURATION, "Save" },
	{ 0x18, OP_READ, "Get_Member" },
	{ 0x17, OP_DIAGNOSTIC, "Nop" },
	{ 0x19, OP_WRITE, "Set_Member" },
	{ 0x1a, OP_WRITE, "Insert_Member" },
	{ 0x1b, OP_WRITE, "Remove_Member" },
	{ 0x1c, OP_CLOCK, "Group_Sync" },
};

/* Services of Logix controllers on their data. */
static const struct dissect_code data_services[] = {
	{ READ_TAG, OP_READ, "Read Tag" },
	{ 0x4d, OP_WRITE, "Write Tag" },
	{ 0x4e, OP_WRITE, "Read Modify Write Tag" },
	{ 0x52, OP_READ, "Read Tag Fragmented" },
	{ 0x53, OP_WRITE, "Write Tag Fragmented" },
	{ 0x55, OP_READ, "Get_Instance_Attribute_List" },
};

static const struct dissect_code connection_services[] = {
	{ 0x4e, -1, "Forward_Close" },		       { FORWARD_OPEN, -1, "Forward_Open" },
	{ LARGE_FORWARD_OPEN, -1, "Large_Forward_Open" }, { 0x56, OP_READ, "Get_Connection_Data" },
	{ 0x57, OP_READ, "Search_Connection_Data" },   { 0x5a, OP_READ, "Get_Connection_Owner" },
};

/* File object: parameter files and programs of many makers' devices. */
static const struct dissect_code file_services[] = {
	{ 0x4b, OP_UPLOAD, "Initiate Upload" },	       { 0x4c, OP_DOWNLOAD, "Initiate Download" },
	{ 0x4d, OP_UPLOAD, "Initiate Partial Read" },  { 0x4e, OP_DOWNLOAD, "Initiate Partial Write" },
	{ 0x4f, OP_UPLOAD, "Upload Transfer" },	       { 0x50, OP_DOWNLOAD, "Download Transfer" },
	{ 0x51, OP_FILE, "Clear File" },
};

/* ---- paths ---- */

struct path { uint32_t cls, attribute; };

static bool read_path(struct cur *c, struct path *out)
{
	*out = (struct path){ 0 };
	size_t words = cur_u8(c);
	struct cur p = cur_sub(c, words * 2);
	while (cur_left(&p)) {
		uint8_t segment = cur_u8(&p);
		if (segment >> 5 == 0) {                 /* port: a route */
			uint8_t size = segment & 0x10 ? cur_u8(&p) : 1;
			if ((segment & 0x0f) == 0x0f)
				cur_skip(&p, 2);
			cur_skip(&p, size + (segment & 0x10 ? size % 2u : 0));
			continue;
		}
		if (segment == 0x91) {                   /* symbol, padded */
			uint8_t n = cur_u8(&p);
			cur_skip(&p, n + n % 2u);
			continue;
		}
		if (segment == 0x34) {                   /* electronic key */
			cur_skip(&p, 1u + cur_peek(&p, 1) + 1u);
			continue;
		}
		if (segment >> 5 != 1)                   /* network, data …: nothing that names a class */
			break;
		uint32_t value;
		switch (segment & 3) {
		case 0:
			value = cur_u8(&p);
			break;
		case 1:
			cur_skip(&p, 1);
			value = cur_le16(&p);
			break;
		default:
			cur_skip(&p, 1);
			value = cur_le32(&p);
			break;
		}
		switch (segment & 0x1c) {
		case 0x00:
			out->cls = value;
			break;
		case 0x10:
			out->attribute = value;
			break;
		default:
			break;
		}
	}
	return cur_ok(c);
}

/* ---- routes ---- */

/* a: port, and 80000000 where b is an address and no link's number. */
static void describe_route(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra & 0x80000000u)
		snprintf(out, size, "port %u, %u.%u.%u.%u", r->extra & 0xffff, r->extra2 >> 24, r->extra2 >> 16 & 0xff,
			 r->extra2 >> 8 & 0xff, r->extra2 & 0xff);
	else
		snprintf(out, size, "port %u, node %u", r->extra & 0xffff, r->extra2);
}

/* A link's address in text is that of another network: "192.168.2.5". */
static bool ip_text(struct cur c, uint32_t *ip)
{
	char text[ADDR_TEXT];
	struct addr a;
	size_t n = cur_left(&c);
	if (n < 7 || n >= sizeof text)
		return false;
	cur_copy(&c, text, n);
	text[n] = 0;
	if (!addr_parse(text, &a) || !addr_is_v4(&a))
		return false;
	*ip = (uint32_t)a.b[12] << 24 | (uint32_t)a.b[13] << 16 | (uint32_t)a.b[14] << 8 | a.b[15];
	return true;
}

/*
 * The hops of a route, each out of one port to a node beyond it. Port 1 is the backplane, its nodes are slots of the
 * same rack; whatever leaves by another one goes to another network, and the server is the door: true.
 */
static bool tell_route(struct dissect *d, struct cur p)
{
	bool away = false;
	while (cur_left(&p) && cur_peek(&p, 0) >> 5 == 0) {
		uint8_t segment = cur_u8(&p), size = segment & 0x10 ? cur_u8(&p) : 1;
		uint32_t port = segment & 0x0f, ip = 0;
		if (port == 0x0f)
			port = cur_le16(&p);
		struct cur link = cur_sub(&p, size);
		cur_skip(&p, segment & 0x10 ? size % 2u : 0);
		if (!cur_ok(&p) || port == 0)
			return away;
		if (segment & 0x10 && ip_text(link, &ip))
			dissect_relay(d, "CIP route", port | 0x80000000u, ip, describe_route);
		else if (port != BACKPLANE && size == 1)
			dissect_relay(d, "CIP route", port, cur_peek(&link, 0), describe_route);
		away = away || port != BACKPLANE || ip;
	}
	return away;
}

/* Behind the message of Unconnected Send, and at the end of Forward Open. */
static bool tell_send_route(struct dissect *d, struct cur c, size_t message)
{
	cur_skip(&c, message % 2);
	size_t words = cur_u8(&c);
	cur_skip(&c, 1);
	return tell_route(d, cur_sub(&c, words * 2));
}

static bool tell_open_route(struct dissect *d, struct cur c, bool large)
{
	cur_skip(&c, large ? 38 : 34);   /* timing, connection ids, serial numbers, intervals and parameters, transport */
	cur_skip(&c, 1);
	size_t words = cur_u8(&c);
	return tell_route(d, cur_sub(&c, words * 2));
}

/* ---- requests ---- */

static void describe(const struct dissect_request *r, char *out, size_t size)
{
	uint32_t cls = r->extra >> 16;
	const char *routed = r->code & ROUTED ? ", routed" : "";
	if (cls == 0)
		snprintf(out, size, "tag%s", routed);
	else
		snprintf(out, size, "class %02x%s", cls, routed);
}

static void describe_service(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "service %02x, class %02x%s", r->code & 0xff, r->extra >> 16, r->code & ROUTED ? ", routed" : "");
}

/* A write sets a value of the process, unless the object is one that sets up the device or its clock. */
static int set_class(uint32_t cls)
{
	switch (cls) {
	case CLASS_CLOCK: case 0x43:   /* wall clock, time synchronisation */
		return OP_CLOCK;
	case CLASS_IDENTITY: case CLASS_CONNECTION_MANAGER: case 0x02: case 0x0f: case 0x47: case 0x48: case 0x5d: case 0x5e:
	case 0x5f: case 0xf3: case 0xf4: case 0xf5: case 0xf6:   /* router, parameters, ring, QoS, security, ports, addresses */
		return OP_CONFIGURATION;
	default:
		return OP_WRITE;
	}
}

/* Objects that make up a Logix program: making and removing them is a download. */
static bool is_program(uint32_t cls)
{
	return cls >= 0x68 && cls <= 0x70;
}

static void classify(struct dissect_request *r, uint8_t service, const struct path *p, struct cur data)
{
	const struct dissect_code *s = DISSECT_CODE(common, service);
	r->op = OP_DIAGNOSTIC;
	r->name = "Object-specific service";
	if (service == EXECUTE_PCCC && p->cls == CLASS_PCCC && pccc_request(r, data)) {
		r->code |= PCCC;
		return;
	}
	if (!s)
		s = p->cls == CLASS_CONNECTION_MANAGER ? DISSECT_CODE(connection_services, service)
		    : p->cls == CLASS_FILE	       ? DISSECT_CODE(file_services, service)
						       : DISSECT_CODE(data_services, service);
	if (s) {
		r->op = s->op;
		r->name = s->name;
	} else {
		r->describe = describe_service;
	}
	if (r->op == OP_WRITE && service < 0x4b)
		r->op = set_class(p->cls);
	if (r->op == OP_READ && (p->cls == CLASS_IDENTITY || (p->cls == CLASS_PROGRAM_NAME && service != GET_ATTRIBUTE_SINGLE)))
		r->op = OP_IDENTITY;
	if (p->cls == CLASS_NVS && service >= 0x4b) {
		r->op = OP_FIRMWARE;
		r->name = "Nonvolatile storage update";
		r->describe = describe;
	}
	if (is_program(p->cls) && (service == CREATE || service == DELETE || service == 0x4f || service == 0x50)) {
		r->op = OP_DOWNLOAD;
		r->describe = describe;
		r->name = service == CREATE ? "Create program object" : service == DELETE ? "Delete program object"
										      : "Transfer program object";
	}
	if (r->op != OP_READ && r->op >= 0 && !r->describe)
		r->describe = describe;
}

static bool request(struct dissect *d, uint64_t key, struct cur c, unsigned depth, unsigned routed, bool *read_told);

/* The services of one packet share its key; each has its place in it as well. */
static uint64_t key_of_part(uint64_t key, unsigned i)
{
	return key ^ (uint64_t)(i + 1) << 56;
}

static bool multiple(struct dissect *d, uint64_t key, struct cur data, unsigned routed, bool *read_told)
{
	struct cur list = data;
	uint16_t n = cur_le16(&list);
	if (n == 0 || n > SERVICES_MAX)
		return false;
	for (uint16_t i = 0; i < n; i++) {
		struct cur one = data;
		uint16_t offset = cur_le16(&list);
		cur_skip(&one, offset);
		if (!cur_ok(&list) || !cur_ok(&one) || !request(d, key_of_part(key, i), one, DEPTH - 1, routed, read_told))
			return false;
	}
	return true;
}

static bool request(struct dissect *d, uint64_t key, struct cur c, unsigned depth, unsigned routed, bool *read_told)
{
	struct path p;
	uint8_t service = cur_u8(&c);
	if (service == READ_TAG && *read_told)   /* the bulk of what a screen asks for: no need to look */
		return true;
	if (!read_path(&c, &p) || service & ANSWER || depth > DEPTH)
		return false;
	if (service == UNCONNECTED_SEND && p.cls == CLASS_CONNECTION_MANAGER) {
		cur_skip(&c, 2);   /* time-out */
		size_t n = cur_le16(&c);
		struct cur inner = cur_sub(&c, n);
		if (!cur_ok(&inner))
			return false;
		unsigned how = routed | ROUTED | (tell_send_route(d, c, n) ? AWAY : 0);
		return request(d, key, inner, depth + 1, how, read_told);
	}
	bool *opened_away = dissect_scratch(d);
	if (p.cls == CLASS_CONNECTION_MANAGER && (service == FORWARD_OPEN || service == LARGE_FORWARD_OPEN) &&
	    tell_open_route(d, c, service == LARGE_FORWARD_OPEN))
		*opened_away = true;
	/* None inside another: their offsets may overlap, and a small message would stand for a great many. */
	if (service == MULTIPLE)
		return depth < DEPTH - 1 && multiple(d, key, c, routed, read_told);
	struct dissect_request r = { .key = key, .code = service | routed, .extra = p.cls << 16 | (p.attribute & 0xffff) };
	classify(&r, service, &p, c);
	if (r.code & PCCC)
		dissect_also(d, "pccc");
	if (r.op == OP_READ) {     /* a poll of fifty tags is one read */
		if (*read_told)
			return true;
		*read_told = true;
		r.extra = 0;
	}
	dissect_request(d, &r);
	return true;
}

bool cip_request(struct dissect *d, uint64_t key, struct cur c, bool connected)
{
	bool read_told = false, *opened_away = dissect_scratch(d);
	return request(d, key, c, 0, connected && *opened_away ? AWAY : 0, &read_told);
}

/* ---- identity ---- */

/* What the device profiles say in genba's own words. */
static const char *role_of(uint16_t type)
{
	switch (type) {
	case 0x02: case 0x03: case 0x13: case 0x16: case 0x25: case 0x2b: case 0x2d:
		return "drive";
	case 0x07: case 0x22:
		return "io";
	case 0x05: case 0x06: case 0x10: case 0x26:
		return "sensor";
	case 0x0e:
		return "plc";
	case 0x18:
		return "hmi";
	case 0x29:
		return "safety";
	case 0x2c:
		return "switch";
	default:
		return NULL;
	}
}

/* Logix: bits 12 and 13 of the status are the key (run, program, remote), 4 to 7 are 6 in run mode and 7 in program. */
static void tell_mode(struct dissect *d, uint16_t status, const char *source)
{
	unsigned mode = status >> 4 & 0x0f;
	if (status & 0x3000 && (mode == 6 || mode == 7))
		dissect_attr(d, ATTR_MODE, mode == 6 ? "run" : "program", source);
}

bool cip_identity(struct dissect *d, struct cur *c, const char *source)
{
	char text[24];
	uint16_t vendor = cur_le16(c), type = cur_le16(c), product = cur_le16(c);
	uint8_t major = cur_u8(c), minor = cur_u8(c);
	uint16_t status = cur_le16(c);
	uint32_t serial = cur_le32(c);
	if (!cur_ok(c))
		return false;
	if (vendor == VENDOR_ROCKWELL && type == TYPE_PLC)
		tell_mode(d, status, source);
	const char *name = NAME_OF(cip_vendors, vendor);
	snprintf(text, sizeof text, "CIP vendor %u", vendor);
	dissect_attr(d, ATTR_VENDOR, name ? name : text, source);
	dissect_attr(d, ATTR_DESCRIPTION, NAME_OF(cip_device_types, type), source);
	dissect_attr(d, ATTR_ROLE, role_of(type), source);
	snprintf(text, sizeof text, "%u:%u", type, product);
	dissect_attr(d, ATTR_PRODUCT_CODE, text, source);
	snprintf(text, sizeof text, "%u.%u", major & 0x7fu, minor);
	dissect_attr(d, ATTR_FIRMWARE, text, source);
	snprintf(text, sizeof text, "0x%08x", serial);
	if (serial)
		dissect_attr(d, ATTR_SERIAL, text, source);
	return true;
}

static void product_name(struct dissect *d, struct cur *c, const char *source)
{
	uint8_t n = cur_u8(c);
	const uint8_t *name = cur_bytes(c, n);
	dissect_attr_bytes(d, ATTR_MODEL, name, name ? n : 0, source);
}

/* One attribute of the Identity object by its number; false where its size is not known. */
static bool identity_attribute(struct dissect *d, struct cur *c, uint32_t attribute, const char *source)
{
	char text[24];
	const char *name;
	unsigned major;
	switch (attribute) {
	case 1:
		name = NAME_OF(cip_vendors, cur_le16(c));
		if (cur_ok(c) && name)
			dissect_attr(d, ATTR_VENDOR, name, source);
		return true;
	case 2: case 3:
		cur_skip(c, 2);
		return true;
	case 5:
		tell_mode(d, cur_le16(c), source);
		return true;
	case 4:
		major = cur_u8(c) & 0x7f;
		snprintf(text, sizeof text, "%u.%u", major, cur_u8(c));
		if (cur_ok(c))
			dissect_attr(d, ATTR_FIRMWARE, text, source);
		return true;
	case 6:
		snprintf(text, sizeof text, "0x%08x", cur_le32(c));
		if (cur_ok(c))
			dissect_attr(d, ATTR_SERIAL, text, source);
		return true;
	case 7:
		product_name(d, c, source);
		return true;
	default:
		return false;
	}
}

static void identity_list(struct dissect *d, struct cur c, const char *source)
{
	uint16_t n = cur_le16(&c);
	for (uint16_t i = 0; i < n && cur_left(&c); i++) {
		uint16_t attribute = cur_le16(&c), status = cur_le16(&c);
		if (status == 0 && !identity_attribute(d, &c, attribute, source))
			return;
	}
}

/* Logix: the name that its program gives the controller, the object's first attribute. */
static void program_name(struct dissect *d, struct cur c, uint8_t service, const char *source)
{
	if (service == GET_ATTRIBUTE_LIST) {
		uint16_t n = cur_le16(&c), attribute = cur_le16(&c);
		if (n == 0 || attribute != 1 || cur_le16(&c) != 0)
			return;
	}
	struct cur name = cur_sub(&c, cur_le16(&c));
	if (cur_ok(&name) && cur_left(&name))
		dissect_attr_bytes(d, ATTR_NAME, cur_here(&name), cur_left(&name), source);
}

static bool response(struct dissect *d, uint64_t key, struct cur c, unsigned depth);

/* The answers of a Multiple Service Packet, each with its own status; a packet that failed as a whole has none. */
static bool multiple_answer(struct dissect *d, uint64_t key, struct cur data, bool refused)
{
	struct cur list = data;
	uint16_t n = refused ? SERVICES_MAX : cur_le16(&list);
	if (!cur_ok(&list) || n > SERVICES_MAX)
		return false;
	for (uint16_t i = 0; i < n; i++) {
		struct cur one = data;
		if (refused) {
			dissect_response(d, key_of_part(key, i), RESULT_REFUSED, NULL);
			continue;
		}
		uint16_t offset = cur_le16(&list);
		cur_skip(&one, offset);
		if (!cur_ok(&list) || !cur_ok(&one) || !response(d, key_of_part(key, i), one, 1))
			return false;
	}
	return true;
}

static bool response(struct dissect *d, uint64_t key, struct cur c, unsigned depth)
{
	uint8_t service = cur_u8(&c);
	cur_skip(&c, 1);
	uint8_t status = cur_u8(&c);
	cur_skip(&c, cur_u8(&c) * 2u);
	if (!cur_ok(&c) || !(service & ANSWER))
		return false;
	bool ok = status == 0 || status == STATUS_PARTIAL || status == STATUS_EMBEDDED;
	if (service == (MULTIPLE | ANSWER) && depth == 0)
		return multiple_answer(d, key, c, !ok);
	if (ok && service == (EXECUTE_PCCC | ANSWER) && pccc_refused(c))
		ok = false;
	struct dissect_request first;
	if (!dissect_response(d, key, ok ? RESULT_OK : RESULT_REFUSED, &first))
		return true;
	if (first.code & PCCC) {
		dissect_also(d, "pccc");
		if (ok && !(first.code & AWAY))
			pccc_response(d, &first, c);
		return true;
	}
	if (!ok || first.code & AWAY || (service & ~ANSWER) != (first.code & 0x7f))
		return true;
	if (first.extra >> 16 == CLASS_PROGRAM_NAME && first.op == OP_IDENTITY)
		program_name(d, c, service & 0x7f, first.code & ROUTED ? "cip.program_name.routed" : "cip.program_name");
	if (first.extra >> 16 != CLASS_IDENTITY)
		return true;
	/* Behind Unconnected Send stands a module of the rack: its own word on a lower footing. */
	const char *source = first.code & ROUTED ? "cip.identity.routed" : "cip.identity";
	switch (service & ~ANSWER) {
	case GET_ATTRIBUTES_ALL:
		if (cip_identity(d, &c, source))
			product_name(d, &c, source);
		break;
	case GET_ATTRIBUTE_SINGLE:
		identity_attribute(d, &c, first.extra & 0xffff, source);
		break;
	case GET_ATTRIBUTE_LIST:
		identity_list(d, c, source);
		break;
	default:
		break;
	}
	return true;
}

bool cip_response(struct dissect *d, uint64_t key, struct cur c)
{
	return response(d, key, c, 0);
}
