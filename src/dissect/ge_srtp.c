/*
 * GE SRTP, Service Request Transport Protocol (GE Fanuc, Emerson PACSystems; TCP 18245), little-endian. GE published the
 * services for its serial lines (SNP, GFK-0529, GFK-0582); the frame on TCP is known from open clients.
 *
 *   0      2          4           6           26     30       31   32     36          40         42
 *   +------+----------+-----------+-----------+------+--------+----+------+-----------+----------+-------- - -  56
 *   | type | sequence | length of | …         | time | mailbox| box| from | to        | packet,  | service, …  | text
 *   |      | number   | the text  |           |      | number | typ|      |           | of       |             |
 *   +------+----------+-----------+-----------+------+--------+----+------+-----------+----------+-------- - -
 *   type 0, 1: hello and its answer; 2, 3: request and answer; 8, 9: the same for the session
 *   mailbox type C0: request: packet, of, service, selector, offset (2), length (2) from 40
 *                80: request with text: the same from 48
 *                D4: done: (2), data (6) from 42;  94: done, with text;  both: state of the PLC from 50
 *                D1: refused: major and minor error at 42
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	HEADER = 56, TEXT_MAX = 16384, HELLO = 0, HELLO_ANSWER = 1, REQUEST = 2, ANSWER = 3, SESSION = 8, SESSION_ANSWER = 9,
	BOX_REQUEST = 0xc0, BOX_REQUEST_TEXT = 0x80, BOX_DONE = 0xd4, BOX_DONE_TEXT = 0x94, BOX_REFUSED = 0xd1,
	READ_SYSTEM = 0x04, WRITE_SYSTEM = 0x07, LOGON = 0x20, PRIVILEGE = 0x21, STATE = 0x23, CONTROLLER_ID = 0x43,
	SERVICE_MAX = 0x61,
};

static const struct dissect_code services[] = {
	{ 0x00, OP_READ, "PLC Short Status" }, { 0x01, OP_READ, "PLC Long Status" }, { 0x02, OP_READ, "PLC Memory Usage" },
	{ 0x03, OP_READ, "Return Control Program Name" }, { READ_SYSTEM, OP_READ, "Read System Memory" },
	{ 0x05, OP_READ, "Read Task Memory" }, { 0x06, OP_READ, "Read Program Block Memory" },
	{ WRITE_SYSTEM, OP_WRITE, "Write System Memory" }, { 0x08, OP_WRITE, "Write Task Memory" },
	{ 0x09, OP_WRITE, "Write Program Block Memory" }, { 0x0a, OP_CONFIGURATION, "Define Symbol" },
	{ 0x0b, OP_CONFIGURATION, "Delete Symbol" }, { 0x0c, OP_READ, "Read System Memory Symbolic Variable" },
	{ 0x0d, OP_READ, "Read Task Memory Symbolic Variable" }, { 0x0e, OP_READ, "Read Program Block Memory Symbolic Variable" },
	{ 0x0f, OP_WRITE, "Write System Memory Symbolic Variable" }, { 0x10, OP_WRITE, "Write Task Memory Symbolic Variable" },
	{ 0x11, OP_WRITE, "Write Program Block Memory Symbolic Variable" }, { 0x12, OP_READ, "Resolve System Memory Name" },
	{ 0x13, OP_READ, "Resolve Task Memory Name" }, { 0x14, OP_READ, "Resolve Program Block Memory Name" },
	{ 0x15, OP_READ, "Establish Datagram" }, { 0x16, OP_READ, "Update Datagram" }, { 0x17, OP_READ, "Cancel Datagram" },
	{ 0x18, OP_FILE, "Format Disk" }, { 0x19, OP_FILE, "Open File" }, { 0x1a, OP_FILE, "Close File" },
	{ 0x1b, OP_FILE, "Create File" }, { 0x1c, OP_FILE, "Unlink File" }, { 0x1d, OP_FILE, "Read File" },
	{ 0x1e, OP_FILE, "Write File" }, { 0x1f, OP_FILE, "Seek File" }, { LOGON, OP_LOGIN, "Programmer Logon" },
	{ PRIVILEGE, OP_LOGIN, "Change PLC CPU Privilege Level" }, { 0x22, OP_CONFIGURATION, "Set PLC CPU Controller ID" },
	{ STATE, OP_MODE, "Set PLC State" }, { 0x24, OP_CLOCK, "Set PLC Time/Date" }, { 0x25, OP_READ, "Return PLC Time/Date" },
	{ 0x26, OP_READ, "Return Program Block Sizes" }, { 0x27, OP_READ, "Return Program Block List" },
	{ 0x28, OP_DOWNLOAD, "Store Program Block" }, { 0x29, OP_DIAGNOSTIC, "Sequence Control" },
	{ 0x2a, OP_DOWNLOAD, "Program Block Program Store" }, { 0x2b, OP_UPLOAD, "Program Block Load" },
	{ 0x2c, OP_UPLOAD, "Program Block Program Load" }, { 0x2d, OP_READ, "Verify Program Block" },
	{ 0x2e, OP_DOWNLOAD, "Delete Program Block" }, { 0x2f, OP_DOWNLOAD, "Change Program Block Size" },
	{ 0x30, OP_CONFIGURATION, "Declare Interrupt" }, { 0x31, OP_CONFIGURATION, "Clear Configuration" },
	{ 0x32, OP_CONFIGURATION, "Autoconfigure I/O" }, { 0x33, OP_CONFIGURATION, "Replace I/O Module" },
	{ 0x34, OP_READ, "Verify Configuration Block" }, { 0x35, OP_RESET, "Clear All PLC Memory" },
	{ 0x36, OP_RESET, "Clear Reference Memory" }, { 0x37, OP_RESET, "Clear Logic Memory" },
	{ 0x38, OP_READ, "Return Fault Table" }, { 0x39, OP_LOG_ERASE, "Clear Fault Table" },
	{ 0x3a, OP_CONFIGURATION, "Create Configuration Parameter Task" },
	{ 0x3b, OP_CONFIGURATION, "Delete Configuration Parameter Task" }, { 0x3c, OP_READ, "Return Configuration Sizes" },
	{ 0x3d, OP_DOWNLOAD, "Store Block" }, { 0x3e, OP_UPLOAD, "Load Block" }, { 0x3f, OP_DOWNLOAD, "Program Store" },
	{ 0x40, OP_UPLOAD, "Program Load" }, { 0x41, OP_DOWNLOAD, "Program Change" }, { 0x42, OP_READ, "Verify Program" },
	{ CONTROLLER_ID, OP_IDENTITY, "Return Controller Type and ID Information" },
	{ 0x44, OP_FORCE, "Toggle Force System Memory" }, { 0x45, OP_FILE, "Access EEPROM" }, { 0x46, OP_DOWNLOAD, "Manage Block" },
	{ 0x47, OP_CONFIGURATION, "Lock/Unlock OEM" }, { 0x48, OP_WRITE, "Write Datagram" }, { 0x49, OP_FILE, "Access FA Card" },
	{ 0x4a, OP_READ, "Read Configuration Parameter" }, { 0x4b, OP_CONFIGURATION, "Write Slot Configuration" },
	{ 0x4c, OP_CONFIGURATION, "Rename Task" }, { 0x4d, OP_READ, "Return Function Supported" },
	{ 0x4e, OP_CONFIGURATION, "Store Subrequest" }, { 0x4f, OP_DIAGNOSTIC, "Session Control" },
	{ 0x50, OP_READ, "Return Subrequest List" }, { 0x51, OP_READ, "Extra Piggyback Data" },
	{ 0x52, OP_FIRMWARE, "Store OS Extension" }, { 0x53, OP_UPLOAD, "Load OS Extension" },
	{ 0x54, OP_FIRMWARE, "Delete OS Extension" }, { 0x55, OP_CONFIGURATION, "Delete Subrequest" },
	{ 0x56, OP_READ, "Share PLC Data" }, { 0x57, OP_FORCE, "Toggle Force Program Block Memory" },
	{ 0x58, OP_READ, "SFC Event Q Service" }, { 0x59, OP_READ, "Interrogate I/O" },
	{ 0x5a, OP_DOWNLOAD, "Program Store Extended" }, { 0x5b, OP_UPLOAD, "Program Load Extended" },
	{ 0x5c, OP_READ, "Program Verify Extended" }, { 0x5d, OP_DIAGNOSTIC, "Activate Debugger" },
	{ 0x5e, OP_CONFIGURATION, "Configuration Change Control" }, { 0x5f, OP_CONFIGURATION, "Remote Server Register" },
	{ 0x60, OP_LOG_ERASE, "Clear Selected Fault" }, { SERVICE_MAX, OP_READ, "Return PLC Features Supported" },
};

/* Memory by its selector: in words, bytes or bits. */
static const struct { uint8_t selector, unit; const char *name; } areas[] = {
	{ 0x08, 16, "%R" }, { 0x0a, 16, "%AI" }, { 0x0c, 16, "%AQ" },
	{ 0x10, 8, "%I" }, { 0x12, 8, "%Q" }, { 0x14, 8, "%T" }, { 0x16, 8, "%M" }, { 0x18, 8, "%SA" }, { 0x1a, 8, "%SB" },
	{ 0x1c, 8, "%SC" }, { 0x1e, 8, "%S" }, { 0x38, 8, "%G" },
	{ 0x46, 1, "%I" }, { 0x48, 1, "%Q" }, { 0x4a, 1, "%T" }, { 0x4c, 1, "%M" }, { 0x4e, 1, "%SA" }, { 0x50, 1, "%SB" },
	{ 0x52, 1, "%SC" }, { 0x54, 1, "%S" }, { 0x56, 1, "%G" }, { 0xc4, 16, "%W" },
};

static bool zeros(const struct cur *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (cur_peek(c, i))
			return false;
	return true;
}

static bool header(const struct cur *c, enum side side)
{
	if (!cur_has(c, HEADER))
		return false;
	uint16_t type = cur_peek_le16(c, 0), text = cur_peek_le16(c, 4);
	uint8_t box = cur_peek(c, 31), first = box == BOX_REQUEST_TEXT ? 48 : 40;
	bool packets = cur_peek(c, first) >= 1 && cur_peek(c, first) <= cur_peek(c, first + 1);
	if (text > TEXT_MAX || zeros(c, 0, 4) != (type == HELLO))
		return false;
	switch (type) {
	case HELLO:         /* all zeros, but for some a byte behind the lengths */
		return side == SIDE_CLIENT && text == 0 && zeros(c, 10, HEADER);
	case HELLO_ANSWER:
		return side == SIDE_SERVER && text == 0 && zeros(c, 24, HEADER);
	case REQUEST: case SESSION:
		return side == SIDE_CLIENT && packets && ((box == BOX_REQUEST && text == 0 && cur_peek(c, 42) <= SERVICE_MAX) ||
							  (box == BOX_REQUEST_TEXT && text && cur_peek(c, 50) <= SERVICE_MAX));
	case ANSWER: case SESSION_ANSWER:
		return side == SIDE_SERVER && (((box == BOX_DONE || box == BOX_REFUSED) && text == 0) ||
					       (box == BOX_DONE_TEXT && text));
	default:
		return false;
	}
}

/* The beginning of a head whose rest is in the next segment: only then is it believed or not. */
static bool beginning(const struct cur *c, enum side side)
{
	uint16_t type = cur_peek_le16(c, 0);
	bool client = type == HELLO || type == REQUEST || type == SESSION;
	bool server = type == HELLO_ANSWER || type == ANSWER || type == SESSION_ANSWER;
	return cur_has(c, 6) && (side == SIDE_CLIENT ? client : server) && cur_peek_le16(c, 4) <= TEXT_MAX &&
	       (type != HELLO || zeros(c, 10, cur_left(c)));
}

static bool probe(const struct cur *c, enum side side)
{
	return cur_has(c, HEADER) ? header(c, side) : beginning(c, side);
}

static int32_t length(const struct cur *c, enum side side)
{
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return header(c, side) ? HEADER + cur_peek_le16(c, 4) : DISSECT_NO_FRAME;
}

/* extra: selector and offset; extra2: how many. References count from 1, bits even where bytes are meant. */
static void describe_memory(const struct dissect_request *r, char *out, size_t size)
{
	uint32_t at = r->extra & 0xffff, n = r->extra2;
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
		if (areas[i].selector != r->extra >> 16)
			continue;
		uint32_t scale = areas[i].unit == 8 ? 8 : 1, first = at * scale + 1, last = (at + n) * scale;
		if (last > first)
			snprintf(out, size, "%s%u-%u", areas[i].name, first, last);
		else
			snprintf(out, size, "%s%u", areas[i].name, first);
		return;
	}
	snprintf(out, size, "selector 0x%02x offset %u length %u", r->extra >> 16, at, n);
}

static void describe_state(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "state %u", r->extra);
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "service 0x%02x", r->extra);
}

static enum dissect_result request(struct dissect *d, struct cur c, uint64_t key, uint8_t box)
{
	cur_skip(&c, box == BOX_REQUEST_TEXT ? 50 : 42);
	uint8_t service = cur_u8(&c), selector = cur_u8(&c);
	const struct dissect_code *f = DISSECT_CODE(services, service);
	struct dissect_request r = { .key = key, .code = service, .op = f ? f->op : OP_DIAGNOSTIC,
				     .name = f ? f->name : "Unknown command" };
	if (service == WRITE_SYSTEM) {
		r.extra = (uint32_t)selector << 16 | cur_le16(&c);
		r.extra2 = cur_le16(&c);
		r.describe = describe_memory;
	} else if (service == STATE) {
		r.extra = selector;
		r.describe = describe_state;
	} else if (service == PRIVILEGE && box == BOX_REQUEST && !zeros(&c, 0, 8)) {
		dissect_weakness(d, "password-in-clear", "Change PLC CPU Privilege Level");
	} else if (!f) {
		r.extra = service;
		r.describe = describe_code;
	}
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* The state that comes with each answer; some answers leave it empty. */
static void state(struct dissect *d, struct cur c)
{
	static const char *const modes[] = { "run", "run", "stop", "fault", "halt", "suspended", "stop" };
	cur_skip(&c, 50);
	uint8_t said = zeros(&c, 0, 6) ? 0xff : (uint8_t)(cur_peek(&c, 5) >> 4);
	if (said < sizeof modes / sizeof *modes)
		dissect_attr(d, ATTR_MODE, modes[said], "ge-srtp.plc_status_word");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur whole = c;
	enum side side = dissect_side(d);
	if (!cur_has(&c, HEADER))
		return DISSECT_TRUNCATED;
	if (!header(&c, side))
		return DISSECT_NOT_MINE;
	uint16_t type = cur_le16(&c), sequence = cur_le16(&c), text = cur_le16(&c);
	uint8_t box = cur_peek(&whole, 31);
	uint64_t key = (uint32_t)sequence << 8 | cur_peek(&whole, 30);
	if (type == HELLO) {
		dissect_request(d, &(struct dissect_request){ .key = UINT64_MAX, .op = -1 });
		return DISSECT_OK;
	}
	if (type == HELLO_ANSWER) {
		dissect_response(d, UINT64_MAX, RESULT_OK, NULL);
		return DISSECT_OK;
	}
	if (side == SIDE_CLIENT)
		return request(d, whole, key, box);
	if (!dissect_response(d, key, box == BOX_REFUSED ? RESULT_REFUSED : RESULT_OK, NULL) || box == BOX_REFUSED)
		return DISSECT_OK;
	state(d, whole);
	cur_skip(&c, HEADER - 6 + text);
	return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
}

const struct dissector dissect_ge_srtp = {
	.name = "ge-srtp",
	.title = "GE SRTP",
	.ot = true,
	.tcp = { 18245 },
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "GE, Series 90 PLC Serial Communications (GFK-0582) for the services; open clients and the DFRWS 2017 paper on SRTP "
		     "for the frame on TCP",
	.recognition = "type, mailbox type and length that agree, packet numbers; request and answer with one sequence and mailbox number",
	.identity = "run, stop or fault from the state word that comes with the answers; how the answer to Return Controller Type and ID "
		    "Information is laid out is not known. The vendor is not told: other makers' devices answer too",
	.operations = "all 98 services: memory read and written, state set, programs and blocks stored (into the controller) and loaded, "
		      "memory cleared, faults cleared, force, clock, privilege level",
	.verified = "from the manual, not yet seen in a real capture (frames of open clients)",
};
