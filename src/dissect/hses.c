/*
 * Yaskawa High-Speed Ethernet Server (robot controllers DX200, FS100, YRC1000; UDP 10040 robot control, 10041 files),
 * little-endian (manual HW1483602 and its like).
 *
 *   0      4        6      8   9          10    11      12      16         24
 *   +------+--------+------+---+----------+-----+-------+-------+----------+------------+------ - -
 *   | YERC | header | data | 3 | division | ack | id of | block | 99999999 | sub-header | data
 *   |      | size 32| size |   | 1 robot  |     | request number|          | (8)        |
 *   +------+--------+------+---+----------+-----+-------+-------+----------+------------+------ - -
 *   sub-header of a request   command (2), instance (2), attribute, service, 0 (2)
 *              of an answer   service + 80, status, size of the added status, 0, added status (2), 0 (2)
 *   a file goes in blocks: each is acknowledged with its number, the last one has bit 31 set
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"
#include "dissect/kept_name.h"

enum {
	HEADER = 32, DATA_MAX = 0x1df, ROBOT = 1, FILES = 2, LAST_BLOCK = 0x80000000u,
	GET_ALL = 0x01, SET_ALL = 0x02, DELETE = 0x09, GET_SINGLE = 0x0e, SET_SINGLE = 0x10, LOAD = 0x15, SAVE = 0x16,
	LIST = 0x32, READ_PLURAL = 0x33, WRITE_PLURAL = 0x34, RESPONSE = 0x80,
	ALARM_RESET = 0x82, HOLD_SERVO = 0x83, CYCLE = 0x84, JOB_SELECT = 0x87, SYSTEM_INFO = 0x89, STATUS_INFO = 0x72,
	INSTANCE_R1 = 11, INSTANCE_APPLICATION = 101, JOB_NAME = 32, FILE_NAME = 40,
};

static const struct dissect_code commands[] = {
	{ 0x70, OP_READ, "Alarm Data Reading" },
	{ 0x71, OP_READ, "Alarm History Reading" },
	{ STATUS_INFO, OP_READ, "Status Information Reading" },
	{ 0x73, OP_READ, "Executing Job Information Reading" },
	{ 0x74, OP_READ, "Axis Configuration Information Reading" },
	{ 0x75, OP_READ, "Robot Position Data Reading" },
	{ 0x76, OP_READ, "Position Error Reading" },
	{ 0x77, OP_READ, "Torque Data Reading" },
	{ 0x78, OP_WRITE, "IO Data Reading / Writing" },
	{ 0x79, OP_WRITE, "Register Data Reading / Writing" },
	{ 0x7a, OP_WRITE, "Byte Variable (B) Reading / Writing" },
	{ 0x7b, OP_WRITE, "Integer Type Variable (I) Reading / Writing" },
	{ 0x7c, OP_WRITE, "Double Precision Integer Type Variable (D) Reading / Writing" },
	{ 0x7d, OP_WRITE, "Real Type Variable (R) Reading / Writing" },
	{ 0x7e, OP_WRITE, "Character Type Variable (S) Reading / Writing" },
	{ 0x7f, OP_WRITE, "Robot Position Type Variable (P) Reading / Writing" },
	{ 0x80, OP_WRITE, "Base Position Type Variable (Bp) Reading / Writing" },
	{ 0x81, OP_WRITE, "External Axis Type Variable (Ex) Reading / Writing" },
	{ ALARM_RESET, OP_RESET, "Alarm Reset / Error Cancel" },
	{ HOLD_SERVO, OP_MODE, "Hold / Servo On/off" },
	{ CYCLE, OP_MODE, "Step / Cycle / Continuous Switching" },
	{ 0x85, OP_WRITE, "Character String Display to the Programming Pendant" },
	{ 0x86, OP_START, "Start-up (Job Start)" },
	{ JOB_SELECT, OP_WRITE, "Job Select" },
	{ 0x88, OP_READ, "Management Time Acquiring" },
	{ SYSTEM_INFO, OP_IDENTITY, "System Information Acquiring" },
	{ 0x8a, OP_START, "Move Instruction (Type Cartesian Coordinates)" },
	{ 0x8b, OP_START, "Move Instruction (Type Pulse)" },
	{ 0x8c, OP_WRITE, "32-byte Character Type Variable (S) Reading / Writing" },
	{ 0x300, OP_WRITE, "Plural IO Data Reading / Writing" },
	{ 0x301, OP_WRITE, "Plural Register Data Reading / Writing" },
	{ 0x302, OP_WRITE, "Plural Byte Type Variable (B) Reading / Writing" },
	{ 0x303, OP_WRITE, "Plural Integer Type Variable (I) Reading / Writing" },
	{ 0x304, OP_WRITE, "Plural Double Precision Integer Type Variable (D) Reading / Writing" },
	{ 0x305, OP_WRITE, "Plural Real Type Variable (R) Reading / Writing" },
	{ 0x306, OP_WRITE, "Plural Character Type Variable (S) Reading / Writing" },
	{ 0x307, OP_WRITE, "Plural Robot Position Type Variable (P) Reading / Writing" },
	{ 0x308, OP_WRITE, "Plural Base Position Type Variable (Bp) Reading / Writing" },
	{ 0x309, OP_WRITE, "Plural External Axis Type Variable (Ex) Reading / Writing" },
	{ 0x30a, OP_READ, "Alarm Data Reading (with Sub Code)" },
	{ 0x30b, OP_READ, "Alarm History Reading (with Sub Code)" },
	{ 0x30c, OP_WRITE, "Plural 32-byte Character Type Variable (S) Reading / Writing" },
};

static const struct dissect_code files[] = {
	{ DELETE, OP_FILE, "File Deleting" },
	{ LOAD, OP_DOWNLOAD, "File Loading" },
	{ SAVE, OP_UPLOAD, "File Saving" },
	{ LIST, OP_READ, "File List Acquiring" },
};

/* What switches what: command 83 by its instance, and data 1 for on. */
static const struct { uint8_t op[2]; const char *name[2]; } switches[] = {
	{ { OP_WRITE, OP_STOP }, { "Hold Off", "Hold On" } },
	{ { OP_STOP, OP_START }, { "Servo Off", "Servo On" } },
	{ { OP_MODE, OP_MODE }, { "HLOCK Off", "HLOCK On" } },
};

/* Of a flow. */
struct state {
	bool told;               /* vendor and role */
};

static bool known_service(uint8_t service)
{
	return service == GET_ALL || service == SET_ALL || service == DELETE || service == GET_SINGLE || service == SET_SINGLE ||
	       service == LOAD || service == SAVE || service == LIST || service == READ_PLURAL || service == WRITE_PLURAL;
}

static bool header(const struct cur *c)
{
	uint8_t division = cur_peek(c, 9);
	return cur_has(c, HEADER) && cur_starts(c, "YERC", 4) && cur_peek_le16(c, 4) == HEADER &&
	       cur_peek_le16(c, 6) <= DATA_MAX && cur_peek(c, 8) == 3 && (division == ROBOT || division == FILES) &&
	       cur_peek(c, 10) <= 1 && memcmp(cur_here(c) + 16, "99999999", 8) == 0;
}

/* An acknowledgement goes both ways; a request comes from the client only. */
static bool probe(const struct cur *c, enum side side)
{
	return header(c) && (cur_peek(c, 10) == 1 || side == SIDE_CLIENT);
}

/* ---- requests ---- */

static void describe_instance(const struct dissect_request *r, char *out, size_t size)
{
	uint32_t last = r->extra + (r->extra2 ? r->extra2 - 1 : 0);
	if (r->code == 0x78 || r->code == 0x300)   /* an IO number without its last digit: a group of eight */
		snprintf(out, size, "IO %u0-%u7", r->extra, last);
	else if (r->extra2 > 1)
		snprintf(out, size, "numbers %u-%u", r->extra, last);
	else
		snprintf(out, size, "number %u", r->extra);
}

static void describe_cycle(const struct dissect_request *r, char *out, size_t size)
{
	static const char *const names[] = { "step", "1 cycle", "continuous" };
	snprintf(out, size, "%s", r->extra >= 1 && r->extra <= 3 ? names[r->extra - 1] : "");
}

static void describe_unknown(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "command 0x%04x service 0x%02x", r->extra, r->extra2);
}

static void robot_request(struct dissect_request *r, uint16_t command, uint16_t instance, uint8_t service, struct cur c)
{
	const struct dissect_code *f = DISSECT_CODE(commands, command);
	bool get = service == GET_ALL || service == GET_SINGLE || service == READ_PLURAL;
	uint32_t value = cur_has(&c, 4) ? cur_le32(&c) : 0;
	if (!f || !known_service(service)) {
		r->op = OP_DIAGNOSTIC;
		r->name = "Unknown command";
		r->extra = command;
		r->extra2 = service;
		r->describe = describe_unknown;
		return;
	}
	r->op = f->op;
	r->name = f->name;
	if (f->op == OP_WRITE && get) {
		r->op = OP_READ;
	} else if (command == HOLD_SERVO && instance >= 1 && instance <= 3 && (value == 1 || value == 2)) {
		r->op = switches[instance - 1].op[value == 1];
		r->name = switches[instance - 1].name[value == 1];
	} else if (command == CYCLE) {
		r->extra = value;
		r->describe = describe_cycle;
	} else if (command == ALARM_RESET && (instance == 1 || instance == 2)) {
		r->name = instance == 1 ? "Alarm Reset" : "Error Cancel";
	} else if (f->op == OP_WRITE && command != JOB_SELECT && command != 0x85) {
		r->extra = instance;
		r->extra2 = service == WRITE_PLURAL && value <= DATA_MAX ? value : 0;   /* how many */
		r->describe = describe_instance;
	}
}

static enum dissect_result request(struct dissect *d, struct cur c, uint8_t division, uint8_t id)
{
	uint16_t command = cur_le16(&c), instance = cur_le16(&c);
	uint8_t attribute = cur_u8(&c), service = cur_u8(&c);
	cur_skip(&c, 2);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	struct dissect_request r = { .key = (uint32_t)division << 16 | (uint32_t)service << 8 | id, .code = command };
	const struct dissect_code *f = DISSECT_CODE(files, service);
	size_t n = cur_left(&c);
	if (division == FILES && f) {
		r.op = f->op;
		r.name = f->name;
		r.code = service;
		r.extra = name_keep(d, cur_here(&c), n < FILE_NAME ? n : FILE_NAME);
		r.describe = name_describe;
	} else {
		robot_request(&r, division == FILES ? 0 : command, instance, service, c);
	}
	if (division == ROBOT && command == JOB_SELECT) {
		r.extra = name_keep(d, cur_here(&c), n < JOB_NAME ? n : JOB_NAME);
		r.describe = name_describe;
	} else if (division == ROBOT && (command == STATUS_INFO || command == SYSTEM_INFO)) {   /* read with the answer */
		r.extra = instance;
		r.extra2 = attribute;
		r.describe = NULL;
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- answers ---- */

static void system_info(struct dissect *d, struct cur c, uint32_t instance)
{
	char text[64], version[16];
	const uint8_t *software = cur_bytes(&c, 24), *model = cur_bytes(&c, 16), *parameter = cur_bytes(&c, 8);
	if (!cur_ok(&c))
		return;
	dissect_attr_bytes(d, ATTR_FIRMWARE, software, 24, "hses.system_information.software_version");
	if (instance == INSTANCE_R1)
		dissect_attr_bytes(d, ATTR_MODEL, model, 16, "hses.system_information.model_name");
	if (instance == INSTANCE_APPLICATION && text_wire(model, 16, version, sizeof version)) {
		snprintf(text, sizeof text, "application %s", version);
		dissect_attr(d, ATTR_DESCRIPTION, text, "hses.system_information.application");
	}
	if (text_wire(parameter, 8, version, sizeof version)) {
		snprintf(text, sizeof text, "parameter version %s", version);
		dissect_attr(d, ATTR_DESCRIPTION, text, "hses.system_information.parameter_version");
	}
}

static void status_info(struct dissect *d, struct cur c)
{
	uint32_t status = cur_le32(&c);
	if (cur_ok(&c))
		dissect_attr(d, ATTR_MODE, status & 0x20 ? "teach" : status & 0x08 ? "run" : "stop", "hses.status_information");
}

static enum dissect_result response(struct dissect *d, struct cur c, uint8_t division, uint8_t id)
{
	struct dissect_request r;
	uint8_t service = cur_u8(&c), status = cur_u8(&c);
	cur_skip(&c, 6);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (!(service & RESPONSE))
		return DISSECT_MALFORMED;
	dissect_evident(d);
	struct state *s = dissect_scratch(d);
	if (!s->told) {
		dissect_attr(d, ATTR_VENDOR, "Yaskawa", "hses");
		dissect_attr(d, ATTR_ROLE, "robot", "hses");
		s->told = true;
	}
	uint64_t key = (uint32_t)division << 16 | (uint32_t)(service & ~RESPONSE) << 8 | id;
	if (!dissect_response(d, key, status ? RESULT_REFUSED : RESULT_OK, &r))
		return DISSECT_OK;
	if (status == 0 && r.code == SYSTEM_INFO && division == ROBOT) {
		system_info(d, c, r.extra);
	} else if (status == 0 && r.code == STATUS_INFO && division == ROBOT && r.extra2 <= 1) {
		status_info(d, c);
	}
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (!header(&c))
		return cur_has(&c, HEADER) || !cur_starts(&c, "YERC", 4) ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	uint16_t size = cur_peek_le16(&c, 6);
	uint8_t division = cur_peek(&c, 9), ack = cur_peek(&c, 10), id = cur_peek(&c, 11);
	cur_skip(&c, 12);
	uint32_t block = cur_le32(&c);
	cur_skip(&c, 8);
	if (cur_left(&c) > 8u + size)
		return DISSECT_MALFORMED;
	bool cut = cur_left(&c) < 8u + size;
	if (!ack) {
		dissect_set_side(d, SIDE_CLIENT);
		if (block & ~LAST_BLOCK)
			return DISSECT_OK;   /* a block of a file on its way in */
		enum dissect_result result = request(d, c, division, id);
		return cut ? DISSECT_TRUNCATED : result;
	}
	if (dissect_side(d) == SIDE_CLIENT)
		return DISSECT_OK;   /* a block of a file has arrived */
	enum dissect_result result = response(d, c, division, id);
	return cut && result == DISSECT_OK ? DISSECT_TRUNCATED : result;
}

const struct dissector dissect_hses = {
	.name = "hses",
	.title = "Yaskawa High-Speed Ethernet Server",
	.ot = true,
	.no_auth = true,
	.udp = { 10040, 10041 },
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "Yaskawa, High-Speed Ethernet Server Function instructions (DX200, FS100, YRC1000)",
	.recognition = "YERC, header size 32, the constants 3 and 99999999, sizes that agree: an answer proves the protocol by itself; "
		       "answers repeat division, service and identifier of the request",
	.identity = "System Information Acquiring: software version, model of the manipulator (R1), application, parameter version; "
		    "Status Information Reading: teach, run, stop; vendor and role from the protocol",
	.operations = "servo on and off, hold, job start and select, moves, alarm reset, cycle; variables, registers and IO written; "
		      "files loaded (into the controller), saved, deleted, with their names; reads",
	.verified = "from the manual, not yet seen in a real capture",
};
