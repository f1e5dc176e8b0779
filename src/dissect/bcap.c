/*
 * DENSO b-CAP (robot controllers RC7, RC8, RC9; ORiN on a PC), TCP and UDP 5007 and others, little-endian
 * (b-CAP Communication Specifications; the client of DENSO WAVE under the MIT licence).
 *
 *   0    1        5        7          9          13          15
 *   +----+--------+--------+----------+----------+-----------+-------- - - -+----+
 *   | 01 | length | serial | reserved | function | arguments | arguments    | 04 |
 *   |    | of all |        |          | or result| (number)  |              |    |
 *   +----+--------+--------+----------+----------+-----------+-------- - - -+----+
 *   argument: length of the rest (4), type (2, + 2000 for an array), number of elements (4), value
 *   text (type 8): length in bytes (4), UTF-16
 */
#include <stdio.h>
#include <strings.h>

#include "base/text.h"
#include "dissect/dissect.h"
#include "dissect/kept_name.h"
#include "dissect/utf16.h"

enum {
	HEADER = 15, SIZE_MIN = 16, ARGUMENT_MIN = 10, ARGUMENTS_MAX = 64, SOH = 1, EOT = 4,
	TYPE_I2 = 2, TYPE_I4 = 3, TYPE_TEXT = 8, TYPE_MAX = 21, TYPE_ARRAY = 0x2000, EXECUTING = 0x900,
	CONTROLLER_CONNECT = 3, CONTROLLER_GETEXTENSION = 5, CONTROLLER_GETVARIABLE = 9, CONTROLLER_GETCOMMAND = 10,
	CONTROLLER_EXECUTE = 17, EXTENSION_GETVARIABLE = 26, FILE_GETFILE = 37, FILE_GETVARIABLE = 38, ROBOT_GETVARIABLE = 62,
	ROBOT_EXECUTE = 64, TASK_GETVARIABLE = 85, VARIABLE_GETVALUE = 101,
	FUNCTION_MAX = 137,
};

static const struct dissect_code functions[] = {
	{ 1, OP_DIAGNOSTIC, "Service_Start" }, { 2, OP_DIAGNOSTIC, "Service_Stop" },
	{ CONTROLLER_CONNECT, OP_DIAGNOSTIC, "Controller_Connect" }, { 4, -1, "Controller_Disconnect" },
	{ 5, OP_READ, "Controller_GetExtension" }, { 6, OP_READ, "Controller_GetFile" },
	{ 7, OP_READ, "Controller_GetRobot" }, { 8, OP_READ, "Controller_GetTask" },
	{ CONTROLLER_GETVARIABLE, OP_READ, "Controller_GetVariable" }, { 10, OP_READ, "Controller_GetCommand" },
	{ 11, OP_READ, "Controller_GetExtensionNames" }, { 12, OP_READ, "Controller_GetFileNames" },
	{ 13, OP_READ, "Controller_GetRobotNames" }, { 14, OP_READ, "Controller_GetTaskNames" },
	{ 15, OP_READ, "Controller_GetVariableNames" }, { 16, OP_READ, "Controller_GetCommandNames" },
	{ CONTROLLER_EXECUTE, OP_WRITE, "Controller_Execute" }, { 18, OP_READ, "Controller_GetMessage" },
	{ 19, OP_READ, "Controller_GetAttribute" }, { 20, OP_READ, "Controller_GetHelp" },
	{ 21, OP_READ, "Controller_GetName" }, { 22, OP_READ, "Controller_GetTag" }, { 23, -1, "Controller_PutTag" },
	{ 24, OP_READ, "Controller_GetID" }, { 25, -1, "Controller_PutID" },
	{ 26, OP_READ, "Extension_GetVariable" }, { 27, OP_READ, "Extension_GetVariableNames" },
	{ 28, OP_WRITE, "Extension_Execute" }, { 29, OP_READ, "Extension_GetAttribute" },
	{ 30, OP_READ, "Extension_GetHelp" }, { 31, OP_READ, "Extension_GetName" }, { 32, OP_READ, "Extension_GetTag" },
	{ 33, -1, "Extension_PutTag" }, { 34, OP_READ, "Extension_GetID" }, { 35, -1, "Extension_PutID" },
	{ 36, -1, "Extension_Release" },
	{ 37, OP_READ, "File_GetFile" }, { 38, OP_READ, "File_GetVariable" }, { 39, OP_READ, "File_GetFileNames" },
	{ 40, OP_READ, "File_GetVariableNames" }, { 41, OP_FILE, "File_Execute" }, { 42, OP_FILE, "File_Copy" },
	{ 43, OP_FILE, "File_Delete" }, { 44, OP_FILE, "File_Move" }, { 45, OP_START, "File_Run" },
	{ 46, OP_READ, "File_GetDateCreated" }, { 47, OP_READ, "File_GetDateLastAccessed" },
	{ 48, OP_READ, "File_GetDateLastModified" }, { 49, OP_READ, "File_GetPath" }, { 50, OP_READ, "File_GetSize" },
	{ 51, OP_READ, "File_GetType" }, { 52, OP_UPLOAD, "File_GetValue" }, { 53, OP_DOWNLOAD, "File_PutValue" },
	{ 54, OP_READ, "File_GetAttribute" }, { 55, OP_READ, "File_GetHelp" }, { 56, OP_READ, "File_GetName" },
	{ 57, OP_READ, "File_GetTag" }, { 58, -1, "File_PutTag" }, { 59, OP_READ, "File_GetID" },
	{ 60, -1, "File_PutID" }, { 61, -1, "File_Release" },
	{ 62, OP_READ, "Robot_GetVariable" }, { 63, OP_READ, "Robot_GetVariableNames" },
	{ ROBOT_EXECUTE, OP_WRITE, "Robot_Execute" }, { 65, OP_WRITE, "Robot_Accelerate" },
	{ 66, OP_WRITE, "Robot_Change" }, { 67, OP_WRITE, "Robot_Chuck" }, { 68, OP_START, "Robot_Drive" },
	{ 69, OP_START, "Robot_GoHome" }, { 70, OP_STOP, "Robot_Halt" }, { 71, OP_STOP, "Robot_Hold" },
	{ 72, OP_START, "Robot_Move" }, { 73, OP_START, "Robot_Rotate" }, { 74, OP_WRITE, "Robot_Speed" },
	{ 75, OP_WRITE, "Robot_Unchuck" }, { 76, OP_START, "Robot_Unhold" }, { 77, OP_READ, "Robot_GetAttribute" },
	{ 78, OP_READ, "Robot_GetHelp" }, { 79, OP_READ, "Robot_GetName" }, { 80, OP_READ, "Robot_GetTag" },
	{ 81, -1, "Robot_PutTag" }, { 82, OP_READ, "Robot_GetID" }, { 83, -1, "Robot_PutID" },
	{ 84, -1, "Robot_Release" },
	{ 85, OP_READ, "Task_GetVariable" }, { 86, OP_READ, "Task_GetVariableNames" }, { 87, OP_WRITE, "Task_Execute" },
	{ 88, OP_START, "Task_Start" }, { 89, OP_STOP, "Task_Stop" }, { 90, OP_FILE, "Task_Delete" },
	{ 91, OP_READ, "Task_GetFileName" }, { 92, OP_READ, "Task_GetAttribute" }, { 93, OP_READ, "Task_GetHelp" },
	{ 94, OP_READ, "Task_GetName" }, { 95, OP_READ, "Task_GetTag" }, { 96, -1, "Task_PutTag" },
	{ 97, OP_READ, "Task_GetID" }, { 98, -1, "Task_PutID" }, { 99, -1, "Task_Release" },
	{ 100, OP_READ, "Variable_GetDateTime" }, { VARIABLE_GETVALUE, OP_READ, "Variable_GetValue" },
	{ 102, OP_WRITE, "Variable_PutValue" }, { 103, OP_READ, "Variable_GetAttribute" },
	{ 104, OP_READ, "Variable_GetHelp" }, { 105, OP_READ, "Variable_GetName" }, { 106, OP_READ, "Variable_GetTag" },
	{ 107, -1, "Variable_PutTag" }, { 108, OP_READ, "Variable_GetID" }, { 109, OP_WRITE, "Variable_PutID" },
	{ 110, OP_READ, "Variable_GetMicrosecond" }, { 111, -1, "Variable_Release" },
	{ 112, OP_WRITE, "Command_Execute" }, { 113, OP_WRITE, "Command_Cancel" }, { 114, OP_READ, "Command_GetTimeout" },
	{ 115, -1, "Command_PutTimeout" }, { 116, OP_READ, "Command_GetState" }, { 117, OP_READ, "Command_GetParameters" },
	{ 118, OP_WRITE, "Command_PutParameters" }, { 119, OP_READ, "Command_GetResult" },
	{ 120, OP_READ, "Command_GetAttribute" }, { 121, OP_READ, "Command_GetHelp" }, { 122, OP_READ, "Command_GetName" },
	{ 123, OP_READ, "Command_GetTag" }, { 124, -1, "Command_PutTag" }, { 125, OP_READ, "Command_GetID" },
	{ 126, -1, "Command_PutID" }, { 127, -1, "Command_Release" },
	{ 128, OP_WRITE, "Message_Reply" }, { 129, OP_WRITE, "Message_Clear" }, { 130, OP_READ, "Message_GetDateTime" },
	{ 131, OP_READ, "Message_GetDescription" }, { 132, OP_READ, "Message_GetDestination" },
	{ 133, OP_READ, "Message_GetNumber" }, { 134, OP_READ, "Message_GetSerialNumber" },
	{ 135, OP_READ, "Message_GetSource" }, { 136, OP_READ, "Message_GetValue" }, { FUNCTION_MAX, -1, "Message_Release" },
};

/* Commands in words, of Controller_Execute and Robot_Execute (provider guide of RC8). Others: by their word. */
static const struct { const char *word; int8_t op; const char *name; } commands[] = {
	{ "Motor", OP_START, "Robot_Execute Motor" },
	{ "TakeArm", OP_WRITE, "Robot_Execute TakeArm" },
	{ "GiveArm", -1, "Robot_Execute GiveArm" },
	{ "slvChangeMode", OP_MODE, "Robot_Execute slvChangeMode" },
	{ "slvMove", OP_START, "Robot_Execute slvMove" },
	{ "Halt", OP_STOP, "Robot_Execute Halt" },
	{ "MotionSkip", OP_STOP, "Robot_Execute MotionSkip" },
	{ "ExtSpeed", OP_WRITE, "Robot_Execute ExtSpeed" },
	{ "CurPos", OP_READ, "Robot_Execute CurPos" },
	{ "CurJnt", OP_READ, "Robot_Execute CurJnt" },
	{ "CurTrn", OP_READ, "Robot_Execute CurTrn" },
	{ "CurExtSpd", OP_READ, "Robot_Execute CurExtSpd" },
	{ "ClearError", OP_RESET, "Controller_Execute ClearError" },
	{ "ManualReset", OP_RESET, "Controller_Execute ManualReset" },
	{ "ManualResetPreparation", OP_RESET, "Controller_Execute ManualResetPreparation" },
	{ "ResetStoState", OP_RESET, "Controller_Execute ResetStoState" },
	{ "MotionPreparation", OP_MODE, "Robot_Execute MotionPreparation" },
	{ "AutoCal", OP_START, "Robot_Execute AutoCal" },
	{ "KillAll", OP_STOP, "Controller_Execute KillAll" },
	{ "SuspendAll", OP_STOP, "Controller_Execute SuspendAll" },
	{ "StepStopAll", OP_STOP, "Controller_Execute StepStopAll" },
	{ "ContinueStartAll", OP_START, "Controller_Execute ContinueStartAll" },
	{ "PutAutoMode", OP_MODE, "Controller_Execute PutAutoMode" },
	{ "GetAutoMode", OP_READ, "Controller_Execute GetAutoMode" },
	{ "SysInfo", OP_IDENTITY, "Controller_Execute SysInfo" },
	{ "SysState", OP_READ, "Controller_Execute SysState" },
	{ "GetErrorDescription", OP_READ, "Controller_Execute GetErrorDescription" },
	{ "GetCurErrorInfo", OP_READ, "Controller_Execute GetCurErrorInfo" },
	{ "GetCurErrorCount", OP_READ, "Controller_Execute GetCurErrorCount" },
	{ "ClearLog", OP_LOG_ERASE, "Controller_Execute ClearLog" },
};

/*
 * System variables of the controller and, the last one, of its robot (provider of RC8); the value is read through the
 * handle that the name was given.
 */
static const struct { const char *word; enum attr field; const char *source; } variables[] = {
	{ "@VERSION", ATTR_FIRMWARE, "bcap.variable.version" },
	{ "@TYPE", ATTR_MODEL, "bcap.variable.type" },
	{ "@MAKER_NAME", ATTR_VENDOR, "bcap.variable.maker_name" },
	{ "@SERIAL_NO", ATTR_SERIAL, "bcap.variable.serial_no" },
	{ "@TYPE_NAME", ATTR_DESCRIPTION, "bcap.robot_variable.type_name" },
};
enum { VARIABLES = sizeof variables / sizeof *variables, VARIABLE_OF_ROBOT = VARIABLES - 1 };

struct session {
	uint32_t handle[VARIABLES];
	uint8_t provider;                 /* of the connection that is being made: index + 1 into providers[] */
};
_Static_assert(sizeof(struct session) <= DISSECT_SCRATCH, "the scratch holds a session");

/* The provider that a client names, and the server accepts, tells which controller it is. */
static const struct { const char *name, *model; } providers[] = {
	{ "CaoProv.DENSO.RC8", "RC8" },
	{ "CaoProv.DENSO.VRC9", "RC9" },
	{ "CaoProv.DENSO.RC9", "RC9" },
	{ "CaoProv.DENSO.NetwoRC", "RC7" },
	{ "CaoProv.DENSO.VRC", "" },      /* RC8 and what came after it */
};
enum { PROVIDERS = sizeof providers / sizeof *providers };

/* ---- the frame ---- */

/* The arguments fill what lies between the head and the end exactly. */
static bool arguments_fit(struct cur c, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		uint32_t size = cur_le32(&c);
		struct cur a = cur_sub(&c, size);
		uint16_t type = cur_le16(&a) & (uint16_t)~TYPE_ARRAY;
		cur_skip(&a, 4);
		if (!cur_ok(&a) || type > TYPE_MAX)
			return false;
	}
	return cur_ok(&c) && cur_left(&c) == 1 && cur_peek(&c, 0) == EOT;
}

static uint32_t frame_size(const struct cur *c)
{
	return cur_has(c, 5) ? (uint32_t)cur_peek_le16(c, 1) | (uint32_t)cur_peek_le16(c, 3) << 16 : 0;
}

static bool header(const struct cur *c, enum side side)
{
	uint32_t size = frame_size(c), code = (uint32_t)cur_peek_le16(c, 9) | (uint32_t)cur_peek_le16(c, 11) << 16;
	uint16_t n = cur_peek_le16(c, 13);
	return cur_has(c, HEADER) && cur_peek(c, 0) == SOH && n <= ARGUMENTS_MAX && size >= SIZE_MIN + n * (uint32_t)ARGUMENT_MIN &&
	       size <= DISSECT_MESSAGE_MAX &&
	       (side == SIDE_CLIENT ? code >= 1 && code <= FUNCTION_MAX : code <= 0xffff || code >> 31);
}

static bool probe(const struct cur *c, enum side side)
{
	uint32_t size = frame_size(c);
	if (!header(c, side))
		return false;
	if (!cur_has(c, size))
		return true;   /* a stream may bring the rest */
	struct cur x = *c;
	cur_limit(&x, size);
	cur_skip(&x, HEADER);
	return arguments_fit(x, cur_peek_le16(c, 13));
}

static int32_t length(const struct cur *c, enum side side)
{
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return header(c, side) ? (int32_t)frame_size(c) : DISSECT_NO_FRAME;
}

/* ---- arguments ---- */

static bool argument_text(struct cur *c, char *out, size_t size)
{
	struct cur a = cur_sub(c, cur_le32(c));
	uint16_t type = cur_le16(&a);
	uint32_t count = cur_le32(&a), n = cur_le32(&a);
	struct cur text = cur_sub(&a, n);
	*out = 0;
	if (!cur_ok(&a) || type != TYPE_TEXT || count != 1)
		return false;
	utf16_text(text, out, size);
	return true;
}

static uint32_t argument_number(struct cur *c)
{
	struct cur a = cur_sub(c, cur_le32(c));
	uint16_t type = cur_le16(&a);
	cur_skip(&a, 4);
	uint32_t value = cur_le32(&a);
	return cur_ok(&a) && (type == TYPE_I4 || type == 19) ? value : 0;
}

/* ---- requests ---- */

static void describe_word(const struct dissect_request *r, char *out, size_t size)
{
	char word[64];
	name_describe(r, word, sizeof word);
	snprintf(out, size, "command %.48s", word);
}

/* What the object behind a handle is called: kept when the handle is given, found again when it is used. */
static uint32_t handle_key(const struct dissect *d, uint32_t handle)
{
	return (handle * 2654435761u ^ dissect_server(d) * 40503u ^ dissect_client(d) * 9973u) & ~1u;
}

/* Who gives a handle to something that has a name: extension, file, robot, task, variable, command. */
static bool gives_handle(uint32_t code)
{
	return (code >= CONTROLLER_GETEXTENSION && code <= CONTROLLER_GETCOMMAND) || code == EXTENSION_GETVARIABLE ||
	       code == FILE_GETFILE || code == FILE_GETVARIABLE || code == ROBOT_GETVARIABLE || code == TASK_GETVARIABLE;
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "function %u", r->extra);
}

static void describe_machine(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra)
		snprintf(out, size, "machine %u.%u.%u.%u", r->extra >> 24, r->extra >> 16 & 255, r->extra >> 8 & 255, r->extra & 255);
	else
		snprintf(out, size, "another machine");
}

static void command(struct dissect *d, struct dissect_request *r, struct cur c)
{
	char word[40];
	(void)argument_number(&c);   /* handle */
	if (!argument_text(&c, word, sizeof word))
		return;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcasecmp(commands[i].word, word) != 0)
			continue;
		r->op = commands[i].op;
		r->name = commands[i].name;
		if (i == 0) {   /* Motor: 1 on, 0 off; a number, or the first of an array */
			struct cur a = cur_sub(&c, cur_le32(&c));
			uint16_t type = cur_le16(&a) & (uint16_t)~TYPE_ARRAY;
			cur_skip(&a, 4);
			if ((type == TYPE_I2 ? cur_le16(&a) : cur_le32(&a)) == 0 && cur_ok(&a)) {
				r->op = OP_STOP;
				r->name = "Robot_Execute Motor off";
			}
		}
		return;
	}
	if (strncasecmp(word, "Get", 3) == 0 || strncasecmp(word, "Cur", 3) == 0)
		r->op = OP_READ;
	r->extra = name_keep(d, word, strlen(word));
	r->describe = describe_word;
}

static void connect(struct dissect *d, struct cur c)
{
	char name[64], provider[64], machine[64];
	struct session *s = dissect_scratch(d);
	s->provider = 0;
	if (!argument_text(&c, name, sizeof name) || !argument_text(&c, provider, sizeof provider) ||
	    !argument_text(&c, machine, sizeof machine))
		return;
	for (uint8_t i = 0; i < PROVIDERS; i++)
		if (strcasecmp(provider, providers[i].name) == 0)
			s->provider = (uint8_t)(i + 1);
	unsigned a, b, e, f;
	if (!*machine || strcasecmp(machine, "localhost") == 0 || strcmp(machine, "127.0.0.1") == 0)
		return;
	bool ip = sscanf(machine, "%3u.%3u.%3u.%3u", &a, &b, &e, &f) == 4 && (a | b | e | f) < 256;
	dissect_relay(d, "Controller_Connect", ip ? a << 24 | b << 16 | e << 8 | f : 0, 0, describe_machine);
}

static enum dissect_result request(struct dissect *d, struct cur c, uint16_t serial, uint32_t code)
{
	const struct dissect_code *f = DISSECT_CODE(functions, code);
	struct dissect_request r = { .key = serial, .code = code, .op = f ? f->op : OP_DIAGNOSTIC,
				     .name = f ? f->name : "Unknown command" };
	if (!f) {
		r.extra = code;
		r.describe = describe_code;
	} else if (code == CONTROLLER_CONNECT) {
		connect(d, c);
	} else if (code == CONTROLLER_EXECUTE || code == ROBOT_EXECUTE) {
		command(d, &r, c);
	} else if (gives_handle(code)) {
		char word[DISSECT_MEMORY];
		(void)argument_number(&c);
		if (argument_text(&c, word, sizeof word)) {
			r.extra2 = name_keep(d, word, strlen(word));
			for (uint32_t i = 0; i < VARIABLES; i++)
				if (code == (i == VARIABLE_OF_ROBOT ? ROBOT_GETVARIABLE : CONTROLLER_GETVARIABLE) &&
				    strcasecmp(word, variables[i].word) == 0)
					r.extra = i + 1;
		}
	} else if (code == VARIABLE_GETVALUE) {
		uint32_t handle = argument_number(&c);
		const struct session *s = dissect_scratch(d);
		for (uint32_t i = 0; i < VARIABLES; i++)
			if (handle && s->handle[i] == handle)
				r.extra = i + 1;
	} else if (f->op >= 0 && f->op != OP_READ) {
		uint32_t handle = argument_number(&c);
		const char *name = handle ? dissect_recall(d, handle_key(d, handle)) : NULL;
		if (name) {
			char text[DISSECT_MEMORY];
			snprintf(text, sizeof text, "%s", name);   /* keeping it may reuse its place */
			r.extra = name_keep(d, text, strlen(text));
			r.describe = name_describe;
		}
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

static enum dissect_result response(struct dissect *d, struct cur c, uint16_t serial, uint32_t result)
{
	struct dissect_request r;
	char text[256];
	struct session *s = dissect_scratch(d);
	if (result == EXECUTING)
		return DISSECT_OK;   /* the result follows */
	bool refused = result >> 31;
	if (!dissect_response(d, serial, refused ? RESULT_REFUSED : RESULT_OK, &r) || refused)
		return DISSECT_OK;
	if (r.code == CONTROLLER_CONNECT && s->provider) {
		dissect_attr(d, ATTR_VENDOR, "DENSO WAVE", "bcap.controller_connect.provider");
		dissect_attr(d, ATTR_ROLE, "robot", "bcap.controller_connect.provider");
		dissect_attr(d, ATTR_MODEL, providers[s->provider - 1].model, "bcap.controller_connect.provider");
		dissect_attr(d, ATTR_SOFTWARE, providers[s->provider - 1].name, "bcap.controller_connect.provider");
	} else if (gives_handle(r.code)) {
		uint32_t handle = argument_number(&c);
		const char *name = dissect_recall(d, r.extra2);
		if (r.extra)
			s->handle[r.extra - 1] = handle;
		if (handle && name) {
			char kept[DISSECT_MEMORY];
			snprintf(kept, sizeof kept, "%s", name);   /* the new place may be the old one */
			memcpy(dissect_memory(d, handle_key(d, handle)), kept, sizeof kept);
		}
	} else if (r.code == VARIABLE_GETVALUE && r.extra && argument_text(&c, text, sizeof text)) {
		dissect_attr_bytes(d, variables[r.extra - 1].field, text, strlen(text), variables[r.extra - 1].source);
	}
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	enum side side = dissect_side(d);
	uint32_t size = frame_size(&c);
	uint16_t n = cur_peek_le16(&c, 13);
	if (!header(&c, side))
		return cur_has(&c, HEADER) ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	bool whole = cur_left(&c) == size;
	if (cur_left(&c) > size)
		return DISSECT_NOT_MINE;   /* a datagram is one message */
	cur_skip(&c, 5);
	uint16_t serial = cur_le16(&c);
	cur_skip(&c, 2);
	uint32_t code = cur_le32(&c);
	cur_skip(&c, 2);
	if (!whole)
		return DISSECT_TRUNCATED;
	if (!arguments_fit(c, n))
		return DISSECT_MALFORMED;
	return side == SIDE_CLIENT ? request(d, c, serial, code) : response(d, c, serial, code);
}

const struct dissector dissect_bcap = {
	.name = "bcap",
	.title = "DENSO b-CAP",
	.ot = true,
	.no_auth = true,
	.tcp = { 5007, 5008 },
	.udp = { 5007, 5008 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "DENSO WAVE, b-CAP Communication Specifications; RC8 Provider User's Guide; the clients of DENSO WAVE",
	.recognition = "SOH, EOT, a length that is the frame's, a known function or result, arguments that fill the frame exactly; "
		       "request and answer with one serial number (MELSOFT on the same port begins with 5A, 57, D7 or DA)",
	.identity = "Controller_Connect: the provider that was accepted names vendor and controller; the system variables @VERSION, "
		    "@TYPE, @MAKER_NAME, @SERIAL_NO, and @TYPE_NAME of the robot, where a client reads them",
	.operations = "all 137 functions: robot moves, hold, halt, tasks started, stopped and deleted, files written, read and deleted, "
		      "variables, each with the name that its handle was given for; commands in words: motor, arm, slave mode, error reset, stop of all tasks",
	.verified = "from the manual, not yet seen in a real capture",
};
