/*
 * S7comm, Siemens' protocol of the S7-300/400 (and of later ones that allow it),
 * over ISO transport on TCP (RFC 1006). Not published by its maker; the layout is
 * that of the Wireshark wiki and of what libraries of the field agree on.
 *
 *   TPKT            COTP                S7 header
 *   +--+--+------+  +----+----+------+  +----+--------+------+-----+---------+--------+--------------+
 *   |03|00|length|  | li | F0 | 80   |  | 32 | rosctr | 0000 | ref | par len |data len| error (2, 3) |
 *   +--+--+------+  +----+----+------+  +----+--------+------+-----+---------+--------+--------------+
 *   rosctr: 1 job, 2 ack, 3 ack with data, 7 user data; then parameters, then data
 *
 * While a block is loaded into the PLC, the PLC asks for the pieces: jobs come
 * from both ends.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/tpkt.h"

enum {
	PROTOCOL_ID = 0x32,
	JOB = 1, ACK = 2, ACK_DATA = 3, USERDATA = 7,
	READ_VAR = 0x04, WRITE_VAR = 0x05, REQUEST_DOWNLOAD = 0x1a, START_UPLOAD = 0x1d, PI_SERVICE = 0x28, PLC_STOP = 0x29,
	AREA_DB = 0x84, AREA_DI = 0x85, SYNTAX_ANY = 0x10,
	GROUP_CPU = 4, GROUP_SECURITY = 5, GROUP_TIME = 7, CPU_READ_SZL = 1, RETURN_OK = 0xff,
	SZL_MODULE = 0x11, SZL_COMPONENT = 0x1c, SZL_MODE = 0x24,
	KEY_USERDATA = 1 << 20,
};

static const struct dissect_code jobs[] = {
	{ 0xf0, -1, "Setup communication" },
	{ READ_VAR, OP_READ, "Read Var" },
	{ WRITE_VAR, OP_WRITE, "Write Var" },
	{ REQUEST_DOWNLOAD, OP_DOWNLOAD, "Request download" },
	{ 0x1b, OP_DOWNLOAD, "Download block" },
	{ 0x1c, OP_DOWNLOAD, "Download ended" },
	{ START_UPLOAD, OP_UPLOAD, "Start upload" },
	{ 0x1e, OP_UPLOAD, "Upload" },
	{ 0x1f, OP_UPLOAD, "End upload" },
	{ PI_SERVICE, OP_CONFIGURATION, "PI service" },
	{ PLC_STOP, OP_STOP, "PLC Stop" },
};

/* User data: group << 8 | subfunction. */
static const struct dissect_code services[] = {
	{ 0x0101, OP_DIAGNOSTIC, "Block status" },
	{ 0x0102, OP_DIAGNOSTIC, "Variable status" },
	{ 0x0103, OP_DIAGNOSTIC, "Output ISTACK" },
	{ 0x0104, OP_DIAGNOSTIC, "Output BSTACK" },
	{ 0x0105, OP_DIAGNOSTIC, "Output LSTACK" },
	{ 0x0106, OP_DIAGNOSTIC, "Time measurement from to" },
	{ 0x0107, OP_FORCE, "Force selection" },
	{ 0x0108, OP_WRITE, "Modify variable" },
	{ 0x0109, OP_FORCE, "Force" },
	{ 0x010a, OP_STOP, "Breakpoint" },
	{ 0x010b, OP_START, "Exit HOLD" },
	{ 0x010c, OP_RESET, "Memory reset" },
	{ 0x010d, OP_DIAGNOSTIC, "Disable job" },
	{ 0x010e, OP_DIAGNOSTIC, "Enable job" },
	{ 0x010f, OP_DIAGNOSTIC, "Delete job" },
	{ 0x0110, OP_DIAGNOSTIC, "Read job list" },
	{ 0x0111, OP_DIAGNOSTIC, "Read job" },
	{ 0x0112, OP_DIAGNOSTIC, "Replace job" },
	{ 0x0113, OP_DIAGNOSTIC, "Block status v2" },
	{ 0x0116, OP_DIAGNOSTIC, "Flash LED" },
	{ 0x0201, OP_READ, "Cyclic transfer" },
	{ 0x0204, OP_READ, "Cyclic transfer unsubscribe" },
	{ 0x0205, OP_READ, "Change driven transfer" },
	{ 0x0207, OP_READ, "Change driven transfer modify" },
	{ 0x0208, OP_READ, "RDREC" },
	{ 0x0301, OP_DIAGNOSTIC, "List blocks" },
	{ 0x0302, OP_DIAGNOSTIC, "List blocks of type" },
	{ 0x0303, OP_DIAGNOSTIC, "Get block information" },
	{ 0x0401, OP_IDENTITY, "Read SZL" },
	{ 0x0402, OP_DIAGNOSTIC, "Message service" },
	{ 0x0403, OP_DIAGNOSTIC, "Diagnostic message" },
	{ 0x0407, OP_CONFIGURATION, "ALARM_8 lock" },
	{ 0x0408, OP_CONFIGURATION, "ALARM_8 unlock" },
	{ 0x040b, OP_WRITE, "ALARM ack" },
	{ 0x0413, OP_DIAGNOSTIC, "ALARM query" },
	{ 0x0501, OP_LOGIN, "PLC password" },
	{ 0x0502, OP_LOGIN, "End of password session" },
	{ 0x0600, OP_WRITE, "PBC BSEND/BRECV" },
	{ 0x0701, OP_READ, "Read clock" },
	{ 0x0702, OP_CLOCK, "Set clock" },
	{ 0x0703, OP_READ, "Read clock (following)" },
	{ 0x0704, OP_CLOCK, "Set clock (following)" },
	{ 0x0f01, OP_DOWNLOAD, "NC request download" },
	{ 0x0f02, OP_DOWNLOAD, "NC download block" },
	{ 0x0f03, OP_DOWNLOAD, "NC continue download" },
	{ 0x0f04, OP_DOWNLOAD, "NC download ended" },
	{ 0x0f06, OP_UPLOAD, "NC start upload" },
	{ 0x0f07, OP_UPLOAD, "NC upload" },
	{ 0x0f08, OP_UPLOAD, "NC continue upload" },
};

/* The first ones are those of a PLC, _N_ those of a SINUMERIK. */
static const struct { const char *pi; int8_t op; const char *name; } program_invocations[] = {
	{ "P_PROGRAM", OP_START, "PI service P_PROGRAM (start)" },
	{ "_INSE", OP_DOWNLOAD, "PI service _INSE (activate block)" },
	{ "_INS2", OP_DOWNLOAD, "PI service _INS2 (activate block)" },
	{ "_DELE", OP_CONFIGURATION, "PI service _DELE (delete block)" },
	{ "_MODU", OP_CONFIGURATION, "PI service _MODU (copy RAM to ROM)" },
	{ "_GARB", OP_CONFIGURATION, "PI service _GARB (compress memory)" },
	{ "_N_LOGIN_", OP_LOGIN, "PI service _N_LOGIN_ (login)" },
	{ "_N_LOGOUT", OP_LOGIN, "PI service _N_LOGOUT (logout)" },
	{ "_N_NEWPWD", OP_CONFIGURATION, "PI service _N_NEWPWD (change password)" },
	{ "_N_CANCEL", OP_DIAGNOSTIC, "PI service _N_CANCEL (cancel alarm)" },
	{ "_N_SELECT", OP_START, "PI service _N_SELECT (select program)" },
	{ "_N_EXTERN", OP_START, "PI service _N_EXTERN (select external program)" },
	{ "_N_EXTMOD", OP_START, "PI service _N_EXTMOD (select external program)" },
	{ "_N_ASUP__", OP_CONFIGURATION, "PI service _N_ASUP__ (assign interrupt)" },
	{ "_N_FINDBL", OP_START, "PI service _N_FINDBL (block search)" },
	{ "_N_NCKMOD", OP_MODE, "PI service _N_NCKMOD (mode of the NCK)" },
	{ "_N_CONFIG", OP_CONFIGURATION, "PI service _N_CONFIG (reconfigure machine data)" },
	{ "_N_SETUDT", OP_CONFIGURATION, "PI service _N_SETUDT (activate user data)" },
	{ "_N_SETUFR", OP_CONFIGURATION, "PI service _N_SETUFR (activate user frame)" },
	{ "_N_DASAVE", OP_CONFIGURATION, "PI service _N_DASAVE (copy to flash)" },
	{ "_N_IBN_SS", OP_CONFIGURATION, "PI service _N_IBN_SS (commissioning)" },
	{ "_N_CREATO", OP_CONFIGURATION, "PI service _N_CREATO (create tool)" },
	{ "_N_DELETO", OP_CONFIGURATION, "PI service _N_DELETO (delete tool)" },
	{ "_N_F_COPY", OP_FILE, "PI service _N_F_COPY (copy file)" },
	{ "_N_F_DELE", OP_FILE, "PI service _N_F_DELE (delete file)" },
	{ "_N_F_DELR", OP_FILE, "PI service _N_F_DELR (delete file)" },
	{ "_N_F_OPEN", OP_FILE, "PI service _N_F_OPEN (open file)" },
	{ "_N_F_OPER", OP_FILE, "PI service _N_F_OPER (open file)" },
	{ "_N_F_CLOS", OP_FILE, "PI service _N_F_CLOS (close file)" },
	{ "_N_F_PROT", OP_FILE, "PI service _N_F_PROT (protect file)" },
	{ "_N_F_RENA", OP_FILE, "PI service _N_F_RENA (rename file)" },
	{ "_N_F_SEEK", OP_FILE, "PI service _N_F_SEEK (seek in file)" },
	{ "_N_F_XFER", OP_UPLOAD, "PI service _N_F_XFER (select file for upload)" },
};

/* A list that runs over several responses: the piece of an element that the last one ended with. */
struct session {
	uint16_t szl;
	uint8_t size;        /* of an element, 0: no list runs */
	uint8_t carried;
	uint8_t piece[40];
};

_Static_assert(sizeof(struct session) <= DISSECT_SCRATCH, "fits the flow's scratch");

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	/* S7comm-plus and MMS are somebody else's. An empty piece tells nothing. */
	return tpkt_connects(c) || (tpkt_data(c) && cur_peek(c, TPKT_DATA) == PROTOCOL_ID) ||
	       (tpkt_head(c) && cur_peek_be16(c, 2) == TPKT_DATA && cur_peek_be16(c, 4) == 0x02f0);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return tpkt_length(c);
}

/* ---- requests ---- */

static void describe_area(const struct dissect_request *r, char *out, size_t size)
{
	static const struct { uint8_t code; const char *name; } areas[] = {
		{ 0x80, "peripherals" }, { 0x81, "inputs" }, { 0x82, "outputs" }, { 0x83, "flags" }, { 0x1c, "counters" },
		{ 0x1d, "timers" },
	};
	unsigned area = r->extra & 0xff;
	const char *rest = r->extra >> 8 ? " and more" : "";
	if (area == AREA_DB || area == AREA_DI)
		snprintf(out, size, "DB %u%s", r->extra2, rest);
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
		if (areas[i].code == area)
			snprintf(out, size, "%s%s", areas[i].name, rest);
}

static void describe_function(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "function 0x%02x", r->code);
}

static void describe_service(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "group %u, subfunction 0x%02x", r->code >> 8, r->code & 0xff);
}

static void describe_block(const struct dissect_request *r, char *out, size_t size)
{
	static const struct { uint8_t code; const char *name; } types[] = {
		{ '8', "OB" }, { 'A', "DB" }, { 'B', "SDB" }, { 'C', "FC" }, { 'D', "SFC" }, { 'E', "FB" }, { 'F', "SFB" },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].code == r->extra)
			snprintf(out, size, "%s %u", types[i].name, r->extra2);
}

static void describe_szl(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "SZL %04x", r->extra);
}

/* "0800001P": block type in hex, number in five digits, destination. */
static void block(struct dissect_request *r, struct cur name)
{
	uint8_t zero = cur_u8(&name), type = cur_u8(&name);
	unsigned number = 0;
	for (int i = 0; i < 5; i++) {
		uint8_t digit = cur_u8(&name);
		if (digit < '0' || digit > '9')
			return;
		number = number * 10 + (digit - (unsigned)'0');
	}
	if (zero != '0' || !cur_ok(&name))
		return;
	r->extra = type;
	r->extra2 = number;
	r->describe = describe_block;
}

/* The same behind its length and '_'. */
static void block_name(struct dissect_request *r, struct cur p, size_t skip)
{
	cur_skip(&p, skip + 2);
	block(r, p);
}

/* Parameters: "C " makes a start a cold one; of blocks a count, then "0A00001P" for each. */
static void invocation(struct dissect_request *r, struct cur p)
{
	cur_skip(&p, 7);
	struct cur parameters = cur_sub(&p, cur_be16(&p));
	uint8_t n = cur_u8(&p);
	const uint8_t *name = cur_bytes(&p, n);
	for (size_t i = 0; name && i < sizeof program_invocations / sizeof *program_invocations; i++) {
		if (strlen(program_invocations[i].pi) == n && memcmp(name, program_invocations[i].pi, n) == 0) {
			r->op = program_invocations[i].op;
			r->name = program_invocations[i].name;
		}
	}
	if (r->op == OP_START && n == 9 && cur_starts(&parameters, "C ", 2))
		r->name = "PI service P_PROGRAM (cold start)";
	cur_skip(&parameters, 2);
	block(r, parameters);
}

static enum dissect_result job(struct dissect *d, uint64_t key, struct cur p)
{
	uint8_t code = cur_u8(&p);
	struct dissect_request r = { .key = key, .code = code, .op = OP_DIAGNOSTIC, .name = "Unknown command",
				     .describe = describe_function };
	if (!cur_ok(&p))
		return DISSECT_TRUNCATED;
	const struct dissect_code *known = DISSECT_CODE(jobs, code);
	if (known) {
		r.op = known->op;
		r.name = known->name;
		r.describe = NULL;
	}
	if (code == WRITE_VAR) {
		/* The first item; other syntaxes (symbols of the S7-1200, variables of a SINUMERIK) are laid out otherwise. */
		unsigned several = cur_u8(&p) > 1;
		cur_skip(&p, 2);
		if (cur_u8(&p) == SYNTAX_ANY) {
			cur_skip(&p, 3);
			r.extra2 = cur_be16(&p);
			r.extra = several << 8 | cur_u8(&p);
			r.describe = describe_area;
		}
	} else if (code == REQUEST_DOWNLOAD || code == START_UPLOAD) {
		block_name(&r, p, 7);
	} else if (code == PI_SERVICE) {
		invocation(&r, p);
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- identity: lists of the system state (SZL) ---- */

/* Order numbers of Siemens: S5, S7, SIPLUS, communication, LOGO!, panels, SINUMERIK, drives. Others build CPUs, too. */
static bool of_siemens(const uint8_t *order)
{
	static const char heads[][5] = { "6ES5", "6ES7", "6AG1", "6AG2", "6GK", "6ED1", "6AV", "6FC", "6SL", "6AU" };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (memcmp(order, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

static void module_element(struct dissect *d, struct cur v)
{
	char text[24];
	uint16_t index = cur_be16(&v);
	const uint8_t *order = cur_bytes(&v, 20);
	cur_skip(&v, 2);
	uint8_t letter = cur_u8(&v), major = cur_u8(&v), minor = cur_u8(&v), patch = cur_u8(&v);
	if (!cur_ok(&v))
		return;
	if (index == 1) {
		dissect_attr_bytes(d, ATTR_MODEL, order, 20, "s7comm.szl.0011.module");
		if (of_siemens(order))
			dissect_attr(d, ATTR_VENDOR, "Siemens", "s7comm.szl.0011.order_number");
		if (major || minor) {
			snprintf(text, sizeof text, "%u", (unsigned)letter << 8 | major);
			dissect_attr(d, ATTR_HARDWARE, text, "s7comm.szl.0011.module");
		}
	} else if (index == 6) {
		dissect_attr_bytes(d, ATTR_PRODUCT_CODE, order, 20, "s7comm.szl.0011.hardware");
	} else if (index == 7 && letter == 'V') {
		snprintf(text, sizeof text, "V%u.%u.%u", major, minor, patch);
		dissect_attr(d, ATTR_FIRMWARE, text, "s7comm.szl.0011.firmware");
	}
}

static void component_element(struct dissect *d, struct cur v)
{
	static const struct { uint8_t index, size; enum attr field; const char *source; } rows[] = {
		{ 1, 24, ATTR_NAME, "s7comm.szl.001c.system_name" },
		{ 2, 24, ATTR_DESCRIPTION, "s7comm.szl.001c.module_name" },
		{ 3, 32, ATTR_LOCATION, "s7comm.szl.001c.plant_identification" },
		{ 5, 24, ATTR_SERIAL, "s7comm.szl.001c.serial_number" },
		{ 7, 32, ATTR_MODEL, "s7comm.szl.001c.module_type" },
		{ 11, 32, ATTR_LOCATION, "s7comm.szl.001c.location_designation" },
	};
	uint16_t index = cur_be16(&v);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].index == (index & 0xff) && cur_has(&v, rows[i].size))
			dissect_attr_bytes(d, rows[i].field, cur_here(&v), rows[i].size, rows[i].source);
}

static void mode_element(struct dissect *d, struct cur v)
{
	cur_skip(&v, 3);
	uint8_t mode = cur_u8(&v) & 0x0f;
	/* 1-4: stop, for various reasons; 5-7: a start; 8, 9: run, 9 in redundancy. */
	const char *name = mode >= 1 && mode <= 4 ? "stop" : mode == 8 || mode == 9 ? "run" : mode == 10 ? "hold" : NULL;
	if (cur_ok(&v))
		dissect_attr(d, ATTR_MODE, name, "s7comm.szl.0424");
}

static void element(struct dissect *d, uint16_t szl, struct cur v)
{
	switch (szl & 0xff) {
	case SZL_MODULE:
		module_element(d, v);
		break;
	case SZL_COMPONENT:
		component_element(d, v);
		break;
	case SZL_MODE:
		mode_element(d, v);
		break;
	default:
		break;
	}
}

/* Elements of one size; a piece left over waits for the next response. */
static void elements(struct dissect *d, struct session *s, struct cur v, bool more)
{
	if (s->carried) {
		size_t rest = (size_t)(s->size - s->carried);
		if (!cur_has(&v, rest)) {
			s->size = s->carried = 0;
			return;
		}
		cur_copy(&v, s->piece + s->carried, rest);
		element(d, s->szl, cur_make(s->piece, s->size));
		s->carried = 0;
	}
	while (cur_has(&v, s->size))
		element(d, s->szl, cur_sub(&v, s->size));
	size_t left = cur_left(&v);
	if (!more) {
		s->size = 0;
	} else if (left < sizeof s->piece) {
		cur_copy(&v, s->piece, left);
		s->carried = (uint8_t)left;
	}
}

static enum dissect_result szl_response(struct dissect *d, struct cur v, bool more)
{
	struct session *s = dissect_scratch(d);
	uint8_t ok = cur_u8(&v);
	cur_skip(&v, 1);
	struct cur list = cur_sub(&v, cur_be16(&v));
	if (!cur_ok(&list))
		return DISSECT_TRUNCATED;
	if (ok != RETURN_OK)
		return DISSECT_OK;
	if (!s->size) {
		s->szl = cur_be16(&list);
		cur_skip(&list, 2);
		uint16_t size = cur_be16(&list);
		cur_skip(&list, 2);
		if (!cur_ok(&list) || size < 4 || size > sizeof s->piece)
			return DISSECT_OK;   /* a list that says nothing of identity */
		s->size = (uint8_t)size;
		s->carried = 0;
	}
	elements(d, s, list, more);
	return DISSECT_OK;
}

/* The PLC tells those who asked to be told. */
static void mode_transition(struct dissect *d, uint8_t mode)
{
	const char *name = mode == 0 ? "stop" : mode == 2 || mode == 9 ? "run" : mode == 4 ? "hold" : NULL;
	dissect_attr(d, ATTR_MODE, name, "s7comm.mode_transition");
}

static enum dissect_result userdata(struct dissect *d, uint64_t side_bit, struct cur p, struct cur data)
{
	cur_skip(&p, 4);       /* head, length */
	uint8_t method = cur_u8(&p), group = cur_u8(&p), sub = cur_u8(&p), sequence = cur_u8(&p);
	if (!cur_ok(&p))
		return DISSECT_TRUNCATED;
	uint16_t code = (uint16_t)((group & 0x0f) << 8 | sub);
	/* Requests of one group and subfunction are answered in their order. */
	uint64_t key = KEY_USERDATA | (uint64_t)code << 1;
	(void)sequence;
	if (group >> 4 == 4) {
		struct dissect_request r = { .key = key | side_bit, .code = code, .op = OP_DIAGNOSTIC,
					     .name = "Unknown command", .describe = describe_service };
		const struct dissect_code *known = DISSECT_CODE(services, code);
		if (known) {
			r.op = known->op;
			r.name = known->name;
			r.describe = NULL;
		}
		if (code == (GROUP_CPU << 8 | CPU_READ_SZL)) {
			cur_skip(&data, 4);
			r.extra = cur_be16(&data);
			r.describe = describe_szl;
			if (method == 0x12 && !cur_ok(&data))
				r.op = -1;   /* asks for the rest of a list */
		} else if (code == (GROUP_SECURITY << 8 | 1)) {
			/* Eight bytes, each exclusive-or'ed with a constant and its neighbour: as good as clear. */
			dissect_weakness(d, "password-in-clear", "S7 password");
		}
		dissect_request(d, &r);
		return DISSECT_OK;
	}
	if (group == 0)
		mode_transition(d, sub);
	if (group >> 4 != 8)
		return DISSECT_OK;   /* pushed: cyclic data, alarms */
	cur_skip(&p, 1);
	bool more = cur_u8(&p) != 0;
	uint16_t error = cur_be16(&p);
	dissect_response(d, key | !side_bit, cur_ok(&p) && error ? RESULT_REFUSED : RESULT_OK, NULL);
	if (code == (GROUP_CPU << 8 | CPU_READ_SZL) && !error)
		return szl_response(d, data, more);
	return DISSECT_OK;
}

/*
 * Each variable has a return code of its own: one that was not written, or nothing that was read. A start or stop that
 * changed nothing, because the PLC was in that state or may not be, says so behind the function.
 */
static bool items_refused(struct cur parameters, struct cur data)
{
	uint8_t code = cur_u8(&parameters), n = cur_u8(&parameters);
	if (code == PI_SERVICE || code == PLC_STOP)
		return cur_ok(&parameters) && n != 0;
	if (code == READ_VAR)
		return cur_left(&data) && cur_peek(&data, 0) != RETURN_OK;
	for (; code == WRITE_VAR && n && cur_left(&data); n--)
		if (cur_u8(&data) != RETURN_OK)
			return true;
	return false;
}

static enum dissect_result s7(struct dissect *d, struct cur c)
{
	uint8_t id = cur_u8(&c), rosctr = cur_u8(&c);
	cur_skip(&c, 2);
	uint16_t ref = cur_be16(&c), n_parameters = cur_be16(&c), n_data = cur_be16(&c);
	uint8_t error = 0;
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (id != PROTOCOL_ID)
		return DISSECT_NOT_MINE;
	if (rosctr == ACK || rosctr == ACK_DATA) {
		error = cur_u8(&c);
		cur_skip(&c, 1);
	}
	struct cur whole = c;
	struct cur parameters = cur_sub(&c, n_parameters);
	struct cur data = c;
	if (!cur_ok(&parameters))
		parameters = whole;   /* cut: what is there */
	cur_limit(&data, n_data);
	uint64_t side_bit = dissect_side(d) == SIDE_SERVER;
	switch (rosctr) {
	case JOB:
		return job(d, (uint64_t)ref << 1 | side_bit, parameters);
	case ACK:
	case ACK_DATA:
		dissect_response(d, (uint64_t)ref << 1 | !side_bit,
				 error || items_refused(parameters, data) ? RESULT_REFUSED : RESULT_OK, NULL);
		return DISSECT_OK;
	case USERDATA:
		return userdata(d, side_bit, parameters, data);
	default:
		return DISSECT_MALFORMED;
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	bool last;
	uint8_t type = tpkt_open(d, &c, &last);
	if (!type)
		return DISSECT_TRUNCATED;
	if (type != COTP_DT || !cur_left(&c))
		return DISSECT_LOWER;
	return s7(d, c);
}

const struct dissector dissect_s7comm = {
	.name = "s7comm",
	.title = "S7comm",
	.ot = true,
	.no_auth = true,
	.tcp = { 102 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Wireshark wiki (S7comm); RFC 1006, RFC 905",
	.recognition = "TPKT, COTP, protocol id 32; job and answer with one reference",
	.identity = "SZL 0011: order number, hardware and firmware version; 001C: system, module and plant name, serial number; 0424 and mode transitions: mode",
	.operations = "read, write, download, upload, start (warm or cold) and stop, PI services of PLC and SINUMERIK, memory reset, force, breakpoints, cyclic reads, clock, password",
	.verified = "real captures",
};
