/*
 * CODESYS: the runtime of many makers' PLCs. V3 over TCP 11740-11743 (and the gateway's 1217) and UDP 1740-1743,
 * little-endian; nothing is published, the layers are known from open clients and from security research. V2 over TCP
 * 1200, 1201, 2455.
 *
 *   TCP, block driver      0             4        8
 *                          +-------------+--------+----------
 *                          | 00 01 17 E8 | length | datagram         length: with these eight bytes
 *                          +-------------+--------+----------
 *   datagram (UDP: alone)  0    1             2         3         4         5         6
 *                          +----+-------------+---------+---------+---------+---------+-------------- - -
 *                          | C5 | hops (5),   | flags   | service | message | lengths | addresses, filled up to
 *                          |    | head (3)    |         |         | id      | (4, 4)  | a multiple of four, content
 *                          +----+-------------+---------+---------+---------+---------+-------------- - -
 *   service 3, 4           name service: C201, C202 asks, C280 is a device that presents itself
 *   service 40             channel: type, flags, channel (2), block (4), acknowledged (4), first: bytes (4), CRC (4), content
 *   content of channels    CD55, head (2), group (2; bit 7: answer), command (2), session (4), bytes (4), …, tags
 *
 *   V2                     BB BB, length (4, in the byte order of the PLC), service, data
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"
#include "dissect/kept_name.h"
#include "dissect/utf16.h"

enum {
	BLOCK_DRIVER = 8, DATAGRAM = 6, MAGIC = 0xc5, HEAD_WORDS = 3, LENGTH_MAX = 4096,
	ADDRESS_REQUEST = 1, ADDRESS_RESPONSE = 2, NAME_REQUEST = 3, NAME_RESPONSE = 4, CHANNEL = 0x40,
	RESOLVE_NAME = 0xc201, RESOLVE_ADDRESS = 0xc202, IDENTIFICATION = 0xc280,
	BLOCK = 0x01, ACKNOWLEDGE = 0x02, KEEP_ALIVE = 0x03, GET_INFO = 0xc2, OPEN = 0xc3, CLOSE = 0xc4, OPENED = 0x83,
	CHANNEL_VERSION = 0x0101, FIRST = 0x01, FROM_CLIENT = 0x80,
	SERVICES = 0xcd55, SERVICES_SECURE = 0x7557, GROUP_ANSWER = 0x80,
	CMP_DEVICE = 1, CMP_APP = 2, CMP_FILE_TRANSFER = 8, LOGIN = 2, TAG_LOGIN = 0x82, TAG_LOGIN_RESULT = 0x20,
	TAG_SERVICE_RESULT = 0x01, TAG_ERROR = 0xff7f, SET_OPERATING_MODE = 6, INTERACTIVE_LOGIN = 8, RENAME_NODE = 9,
	IDENTIFICATION_HEAD = 48, TARGET_PLC = 0x1000,
	V2_HEADER = 6, V2_LENGTH_MAX = 0xffff, V2_IDENTIFY = 1,
};

#define COMMAND(group, command) ((group) << 8 | (command))

/* Group (the runtime's component) and command. */
static const struct dissect_code commands[] = {
	{ COMMAND(1, 1), OP_IDENTITY, "CmpDevice GetTargetIdent" }, { COMMAND(1, LOGIN), OP_LOGIN, "CmpDevice Login" },
	{ COMMAND(1, 3), -1, "CmpDevice Logout" }, { COMMAND(1, 4), OP_RESET, "CmpDevice ResetOrigin" },
	{ COMMAND(1, 5), OP_DIAGNOSTIC, "CmpDevice EchoService" }, { COMMAND(1, 6), OP_MODE, "CmpDevice SetOperatingMode" },
	{ COMMAND(1, 7), OP_READ, "CmpDevice GetOperatingMode" }, { COMMAND(1, 8), OP_LOGIN, "CmpDevice InteractiveLogin" },
	{ COMMAND(1, 9), OP_CONFIGURATION, "CmpDevice RenameNode" }, { COMMAND(1, 10), OP_DIAGNOSTIC, "CmpDevice SessionCreate" },
	{ COMMAND(1, 11), OP_READ, "CmpDevice ResetOriginGetConfig" },
	{ COMMAND(2, 0x01), OP_LOGIN, "CmpApp Login" }, { COMMAND(2, 0x02), -1, "CmpApp Logout" },
	{ COMMAND(2, 0x03), OP_DOWNLOAD, "CmpApp CreateApp" }, { COMMAND(2, 0x04), OP_DOWNLOAD, "CmpApp DeleteApp" },
	{ COMMAND(2, 0x05), OP_DOWNLOAD, "CmpApp Download" }, { COMMAND(2, 0x06), OP_DOWNLOAD, "CmpApp OnlineChange" },
	{ COMMAND(2, 0x07), OP_DOWNLOAD, "CmpApp DeviceDownload" }, { COMMAND(2, 0x08), OP_DOWNLOAD, "CmpApp CreateDevApp" },
	{ COMMAND(2, 0x10), OP_START, "CmpApp Start" }, { COMMAND(2, 0x11), OP_STOP, "CmpApp Stop" },
	{ COMMAND(2, 0x12), OP_RESET, "CmpApp Reset" }, { COMMAND(2, 0x13), OP_DIAGNOSTIC, "CmpApp SetBP" },
	{ COMMAND(2, 0x14), OP_READ, "CmpApp ReadStatus" }, { COMMAND(2, 0x15), OP_DIAGNOSTIC, "CmpApp DeleteBP" },
	{ COMMAND(2, 0x16), OP_READ, "CmpApp ReadCallStack" }, { COMMAND(2, 0x17), OP_READ, "CmpApp GetAreaOffset" },
	{ COMMAND(2, 0x18), OP_READ, "CmpApp ReadAppList" }, { COMMAND(2, 0x19), OP_WRITE, "CmpApp SetNextStatement" },
	{ COMMAND(2, 0x20), OP_FORCE, "CmpApp ReleaseForceList" }, { COMMAND(2, 0x21), OP_READ, "CmpApp UploadForceList" },
	{ COMMAND(2, 0x22), OP_START, "CmpApp SingleCycle" }, { COMMAND(2, 0x23), OP_DOWNLOAD, "CmpApp CreateBootProject" },
	{ COMMAND(2, 0x24), OP_RESET, "CmpApp ReInitApp" }, { COMMAND(2, 0x25), OP_READ, "CmpApp ReadAppStateList" },
	{ COMMAND(2, 0x26), OP_DOWNLOAD, "CmpApp LoadBootApp" }, { COMMAND(2, 0x27), OP_CONFIGURATION, "CmpApp RegisterBootApp" },
	{ COMMAND(2, 0x28), OP_READ, "CmpApp CheckFileConsistency" }, { COMMAND(2, 0x29), OP_READ, "CmpApp ReadAppInfo" },
	{ COMMAND(2, 0x30), OP_DOWNLOAD, "CmpApp DownloadCompact" }, { COMMAND(2, 0x31), OP_READ, "CmpApp ReadProjectInfo" },
	{ COMMAND(2, 0x32), OP_DIAGNOSTIC, "CmpApp DefineFlow" }, { COMMAND(2, 0x33), OP_READ, "CmpApp ReadFlowValues" },
	{ COMMAND(2, 0x34), OP_DOWNLOAD, "CmpApp DownloadEncrypted" }, { COMMAND(2, 0x35), OP_UPLOAD, "CmpApp ReadAppContent" },
	{ COMMAND(2, 0x36), OP_FILE, "CmpApp SaveRetains" }, { COMMAND(2, 0x37), OP_WRITE, "CmpApp RestoreRetains" },
	{ COMMAND(2, 0x38), OP_READ, "CmpApp GetAreaAddress" }, { COMMAND(2, 0x39), OP_DIAGNOSTIC, "CmpApp LeaveExecpointsActive" },
	{ COMMAND(2, 0x40), OP_DIAGNOSTIC, "CmpApp ClaimExecpointsForApp" },
	{ COMMAND(5, 1), OP_READ, "CmpLog GetEntries" }, { COMMAND(5, 2), OP_READ, "CmpLog GetComponentNames" },
	{ COMMAND(5, 3), OP_READ, "CmpLog GetLoggerList" },
	{ COMMAND(8, 1), OP_READ, "CmpFileTransfer GetFileInfo" }, { COMMAND(8, 2), OP_FILE, "CmpFileTransfer StartDownload" },
	{ COMMAND(8, 3), OP_FILE, "CmpFileTransfer RestartDownload" }, { COMMAND(8, 4), OP_FILE, "CmpFileTransfer Download" },
	{ COMMAND(8, 5), OP_FILE, "CmpFileTransfer StartUpload" }, { COMMAND(8, 6), OP_FILE, "CmpFileTransfer RestartUpload" },
	{ COMMAND(8, 7), OP_FILE, "CmpFileTransfer Upload" }, { COMMAND(8, 8), OP_FILE, "CmpFileTransfer End" },
	{ COMMAND(8, 9), OP_FILE, "CmpFileTransfer Cancel" }, { COMMAND(8, 10), OP_FILE, "CmpFileTransfer SafeSignature" },
	{ COMMAND(8, 11), OP_READ, "CmpFileTransfer GetSafeSignature" }, { COMMAND(8, 12), OP_READ, "CmpFileTransfer GetDirInfo" },
	{ COMMAND(8, 13), OP_READ, "CmpFileTransfer CancelGetDirInfo" }, { COMMAND(8, 14), OP_FILE, "CmpFileTransfer DeleteFile" },
	{ COMMAND(8, 15), OP_FILE, "CmpFileTransfer RenameFile" }, { COMMAND(8, 16), OP_FILE, "CmpFileTransfer CreateDir" },
	{ COMMAND(8, 17), OP_FILE, "CmpFileTransfer DeleteDir" }, { COMMAND(8, 18), OP_FILE, "CmpFileTransfer RenameDir" },
	{ COMMAND(8, 20), OP_FILE, "CmpFileTransfer SyncFileTransfer" },
	{ COMMAND(9, 1), OP_READ, "CmpIecVarAccess RegisterVarList" }, { COMMAND(9, 2), OP_READ, "CmpIecVarAccess UnRegisterVarList" },
	{ COMMAND(9, 3), OP_READ, "CmpIecVarAccess ReadVarList" }, { COMMAND(9, 4), OP_WRITE, "CmpIecVarAccess WriteVarList" },
	{ COMMAND(9, 5), OP_READ, "CmpIecVarAccess ReadVars" }, { COMMAND(9, 6), OP_WRITE, "CmpIecVarAccess WriteVars" },
	{ COMMAND(9, 7), OP_READ, "CmpIecVarAccess GetRootNodes" }, { COMMAND(9, 8), OP_READ, "CmpIecVarAccess GetChildrenNodes" },
	{ COMMAND(9, 9), OP_READ, "CmpIecVarAccess GetTypes" }, { COMMAND(9, 10), OP_READ, "CmpIecVarAccess GetAddressInfo" },
	{ COMMAND(9, 11), OP_READ, "CmpIecVarAccess RemoveVarsFromList" },
	{ COMMAND(0x1b, 1), OP_READ, "CmpMonitor2 Read" }, { COMMAND(0x1b, 2), OP_WRITE, "CmpMonitor2 Write" },
};

/* Components whose commands have no public names. */
static const struct dissect_code groups[] = {
	{ 1, OP_DIAGNOSTIC, "CmpDevice" }, { 2, OP_DIAGNOSTIC, "CmpApp" }, { 3, OP_READ, "CmpMonitor" },
	{ 4, OP_READ, "CmpVisuServer" }, { 5, OP_READ, "CmpLog" }, { 6, OP_CONFIGURATION, "CmpSettings" },
	{ 7, OP_CONFIGURATION, "SysEthernet" }, { 8, OP_FILE, "CmpFileTransfer" }, { 9, OP_READ, "CmpIecVarAccess" },
	{ 0x0b, OP_DIAGNOSTIC, "CmpIoMgr" }, { 0x0c, OP_CONFIGURATION, "CmpUserMgr" }, { 0x0f, OP_DIAGNOSTIC, "CmpTraceMgr" },
	{ 0x11, OP_CONFIGURATION, "PlcShell" }, { 0x12, OP_DIAGNOSTIC, "CmpAppBP" }, { 0x13, OP_FORCE, "CmpAppForce" },
	{ 0x18, OP_READ, "CmpAlarmManager" }, { 0x1b, OP_READ, "CmpMonitor2" }, { 0x1d, OP_DIAGNOSTIC, "CmpCodeMeter" },
	{ 0x1f, OP_DIAGNOSTIC, "CmpCoreDump" }, { 0x22, OP_CONFIGURATION, "CmpOpenSSL" },
};

static uint32_t le32_at(const struct cur *c, size_t at)
{
	return (uint32_t)cur_peek_le16(c, at) | (uint32_t)cur_peek_le16(c, at + 2) << 16;
}

/* ---- frames ---- */

/* Offset of the content behind a datagram's head, 0 where there is none. before: bytes of the block driver. */
static size_t content(const struct cur *c, size_t before)
{
	if (!cur_has(c, before + DATAGRAM) || cur_peek(c, before) != MAGIC || (cur_peek(c, before + 1) & 7) != HEAD_WORDS ||
	    (cur_peek(c, before + 2) & 15) != 0)
		return 0;
	uint8_t service = cur_peek(c, before + 3), lengths = cur_peek(c, before + 5);
	size_t at = before + DATAGRAM + 2u * ((lengths & 15u) + (lengths >> 4));
	at += at % 4;
	bool known = (service >= ADDRESS_REQUEST && service <= NAME_RESPONSE) || service == CHANNEL;
	return known && (lengths >> 4) >= 1 && cur_has(c, at + 1) ? at : 0;
}

/* What must agree inside. */
static bool inside(const struct cur *c, size_t before, size_t at)
{
	uint16_t what = cur_peek_le16(c, at);
	switch (cur_peek(c, before + 3)) {
	case NAME_REQUEST:
		return cur_left(c) >= at + 8 && cur_left(c) < at + 512 && (what == RESOLVE_NAME || what == RESOLVE_ADDRESS);
	case NAME_RESPONSE:
		return cur_left(c) >= at + 8 && what >> 8 == 0xc2;
	case CHANNEL:
		switch (what & 0xff) {
		case OPEN: case OPENED: case CLOSE: case GET_INFO:
			return cur_peek_le16(c, at + 2) == CHANNEL_VERSION && cur_left(c) >= at + 12 && cur_left(c) <= at + 40;
		case BLOCK:
			return (what >> 8 & ~(FIRST | FROM_CLIENT)) == 0 && cur_left(c) >= at + (what >> 8 & FIRST ? 20 : 12);
		case ACKNOWLEDGE:
			return cur_left(c) == at + 8;
		case KEEP_ALIVE:
			return cur_left(c) == at + 4;
		default:
			return false;
		}
	default:
		return cur_left(c) <= at + 256;   /* addresses */
	}
}

static bool block_driver(const struct cur *c)
{
	static const uint8_t magic[4] = { 0x00, 0x01, 0x17, 0xe8 };
	uint32_t n = le32_at(c, 4);
	return cur_has(c, BLOCK_DRIVER) && cur_starts(c, magic, 4) && n >= BLOCK_DRIVER + DATAGRAM && n <= LENGTH_MAX;
}

/* Length behind the head of V2, whose byte order is the PLC's. 0: none. */
static uint32_t v2_length(const struct cur *c)
{
	if (!cur_has(c, V2_HEADER + 1) || cur_peek(c, 0) != 0xbb || cur_peek(c, 1) != 0xbb)
		return 0;
	uint32_t le = le32_at(c, 2), be = (uint32_t)cur_peek_be16(c, 2) << 16 | cur_peek_be16(c, 4);
	return le >= 1 && le <= V2_LENGTH_MAX ? le : be >= 1 && be <= V2_LENGTH_MAX ? be : 0;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	size_t at;
	if (block_driver(c)) {
		struct cur x = *c;
		cur_limit(&x, le32_at(c, 4));
		if (!cur_has(c, le32_at(c, 4)))   /* a stream may bring the rest */
			return !cur_has(c, BLOCK_DRIVER + 1) || cur_peek(c, BLOCK_DRIVER) == MAGIC;
		at = content(&x, BLOCK_DRIVER);
		return at && inside(&x, BLOCK_DRIVER, at);
	}
	if (v2_length(c))
		return true;
	at = content(c, 0);
	return at && inside(c, 0, at);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, BLOCK_DRIVER))
		return v2_length(c) ? (int32_t)(V2_HEADER + v2_length(c)) : DISSECT_NEED_MORE;
	if (block_driver(c))
		return (int32_t)le32_at(c, 4);
	return v2_length(c) ? (int32_t)(V2_HEADER + v2_length(c)) : DISSECT_NO_FRAME;
}

/* ---- name service ---- */

static void text16(struct dissect *d, struct cur *c, uint16_t characters, enum attr field, const char *source)
{
	char text[256];
	if (utf16_text(cur_sub(c, 2u * characters + 2u), text, sizeof text))
		dissect_attr(d, field, text, source);
}

/* The device presents itself: numbers, then node name, device name, vendor (UTF-16, each with a zero), serial number. */
static enum dissect_result identification(struct dissect *d, struct cur c)
{
	char text[32];
	uint16_t skip = cur_peek_le16(&c, 12), node = cur_peek_le16(&c, 14), device = cur_peek_le16(&c, 16);
	uint16_t vendor = cur_peek_le16(&c, 18);
	uint32_t type = le32_at(&c, 20), id = le32_at(&c, 24), version = le32_at(&c, 28);
	uint8_t serial = cur_peek(&c, 36);
	size_t strings = 2u * ((size_t)node + device + vendor + 3);
	if (node > 255 || device > 255 || vendor > 255)
		return DISSECT_MALFORMED;
	cur_skip(&c, IDENTIFICATION_HEAD);
	cur_skip(&c, skip);
	if (cur_left(&c) < strings)
		return DISSECT_TRUNCATED;
	dissect_set_side(d, SIDE_SERVER);
	dissect_evident(d);
	text16(d, &c, node, ATTR_NAME, "codesys.identification.node_name");
	text16(d, &c, device, ATTR_MODEL, "codesys.identification.device_name");
	text16(d, &c, vendor, ATTR_VENDOR, "codesys.identification.vendor_name");
	const uint8_t *number = cur_bytes(&c, serial);
	if (serial && number)
		dissect_attr_bytes(d, ATTR_SERIAL, number, serial, "codesys.identification.serial_number");
	snprintf(text, sizeof text, "%u.%u.%u.%u", version >> 24, version >> 16 & 255, version >> 8 & 255, version & 255);
	if (version)
		dissect_attr(d, ATTR_FIRMWARE, text, "codesys.identification.target_version");
	snprintf(text, sizeof text, "0x%08x", id);
	dissect_attr(d, ATTR_PRODUCT_CODE, text, "codesys.identification.target_id");
	if (type == TARGET_PLC)
		dissect_attr(d, ATTR_ROLE, "plc", "codesys.identification.target_type");
	return DISSECT_OK;
}

/* ---- channels ---- */

/* A number of a tag: seven bits a byte. */
static uint32_t tag_number(struct cur *c)
{
	uint32_t v = 0;
	for (unsigned shift = 0; shift < 32; shift += 7) {
		uint8_t b = cur_u8(c);
		v |= (uint32_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	cur_fail(c);
	return 0;
}

/* The value of the first tag with this number on this level. */
static bool tag_find(struct cur c, uint32_t tag, struct cur *value)
{
	while (cur_left(&c)) {
		uint32_t id = tag_number(&c), n = tag_number(&c);
		*value = cur_sub(&c, n);
		if (!cur_ok(value))
			return false;
		if (id == tag)
			return true;
	}
	return false;
}

static enum op_result result_at(const struct cur *value)
{
	return cur_left(value) < 2 ? RESULT_UNKNOWN : cur_peek_le16(value, 0) ? RESULT_REFUSED : RESULT_OK;
}

/* The error tag is of all commands; where a result stands differs from one to the other, and few are public. */
static enum op_result result_of(struct cur c, uint32_t code)
{
	struct cur value, inner;
	if (tag_find(c, TAG_ERROR, &value) && result_at(&value) == RESULT_REFUSED)
		return RESULT_REFUSED;
	switch (code) {
	case COMMAND(CMP_DEVICE, LOGIN):
		return tag_find(c, TAG_LOGIN, &value) && tag_find(value, TAG_LOGIN_RESULT, &inner) ? result_at(&inner) : RESULT_UNKNOWN;
	case COMMAND(CMP_DEVICE, SET_OPERATING_MODE): case COMMAND(CMP_DEVICE, INTERACTIVE_LOGIN):
	case COMMAND(CMP_DEVICE, RENAME_NODE):
		return tag_find(c, TAG_SERVICE_RESULT, &value) ? result_at(&value) : RESULT_UNKNOWN;
	default:
		return RESULT_UNKNOWN;
	}
}

static void describe_command(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "command 0x%02x", r->extra);
}

static void describe_group(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "group 0x%02x command 0x%02x", r->extra2, r->extra);
}

static void service(struct dissect *d, struct cur c, uint16_t channel, bool request)
{
	uint16_t protocol = cur_le16(&c), head = cur_le16(&c), group = cur_le16(&c), command = cur_le16(&c);
	cur_skip(&c, head >= 4 ? head - 4u : 0);   /* session, bytes and, in some versions, four more */
	if (!cur_ok(&c) || protocol != SERVICES || head < 12 || head > 64 || ((group & GROUP_ANSWER) != 0) == request)
		return;
	group &= GROUP_ANSWER - 1;
	struct dissect_request r = { .code = (uint32_t)group << 8 | command, .op = OP_DIAGNOSTIC, .name = "Unknown command" };
	r.key = (uint64_t)channel << 32 | r.code;
	struct cur value;
	if (!request) {
		dissect_response(d, r.key, result_of(c, r.code), NULL);
		return;
	}
	const struct dissect_code *f = DISSECT_CODE(commands, r.code), *g = DISSECT_CODE(groups, group);
	if (f) {
		r.op = f->op;
		r.name = f->name;
	} else {
		r.op = g ? g->op : OP_DIAGNOSTIC;
		r.name = g ? g->name : "Unknown command";
		r.extra = command;
		r.extra2 = g ? 0 : group;
		r.describe = g ? describe_command : describe_group;
	}
	if (f && group == CMP_FILE_TRANSFER && f->op == OP_FILE && tag_find(c, 1, &value) && cur_left(&value) > 2) {
		r.extra = name_keep(d, cur_here(&value), cur_left(&value));
		r.describe = name_describe;
	}
	dissect_request(d, &r);
}

static enum dissect_result channel(struct dissect *d, struct cur c)
{
	uint8_t type = cur_u8(&c), flags = cur_u8(&c);
	uint16_t id = cur_le16(&c);   /* of a channel; where one is opened, the version */
	switch (type) {
	case OPEN: case OPENED: {
		cur_skip(&c, 4);
		uint32_t message = cur_le32(&c);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		uint64_t key = UINT64_C(1) << 63 | message;
		if (type == OPEN) {
			dissect_set_side(d, SIDE_CLIENT);
			dissect_request(d, &(struct dissect_request){ .key = key, .op = -1 });
		} else {
			dissect_set_side(d, SIDE_SERVER);
			dissect_response(d, key, RESULT_OK, NULL);
		}
		return DISSECT_OK;
	}
	case BLOCK:
		dissect_set_side(d, flags & FROM_CLIENT ? SIDE_CLIENT : SIDE_SERVER);
		cur_skip(&c, 8);
		if (!(flags & FIRST))
			return DISSECT_OK;
		cur_skip(&c, 8);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		service(d, c, id, (flags & FROM_CLIENT) != 0);
		return DISSECT_OK;
	default:
		return DISSECT_OK;
	}
}

/* ---- V2 ---- */

static void v2_text(struct dissect *d, struct cur c, size_t at, enum attr field, const char *source)
{
	cur_skip(&c, at);
	size_t n = 0;
	while (n < 32 && cur_peek(&c, n) >= 0x20 && cur_peek(&c, n) < 0x7f)
		n++;
	if (n >= 2)
		dissect_attr_bytes(d, field, cur_here(&c), n, source);
}

static enum dissect_result v2(struct dissect *d, struct cur c)
{
	uint8_t code = cur_peek(&c, V2_HEADER);
	if (cur_left(&c) < V2_HEADER + v2_length(&c))
		return DISSECT_TRUNCATED;
	if (dissect_side(d) == SIDE_CLIENT) {
		struct dissect_request r = { .key = 1, .code = code, .op = OP_DIAGNOSTIC, .name = "Unknown command",
					     .extra = code, .extra2 = 2, .describe = describe_command };
		if (code == V2_IDENTIFY && v2_length(&c) == 1)
			r = (struct dissect_request){ .key = 1, .code = code, .op = OP_IDENTITY, .name = "Device Identification (V2)" };
		dissect_request(d, &r);
		return DISSECT_OK;
	}
	struct dissect_request r;
	/* What others mean by their answers is not known; an identification this long is one. */
	if (!dissect_response(d, 1, v2_length(&c) > 128 ? RESULT_OK : RESULT_UNKNOWN, &r) || r.op != OP_IDENTITY)
		return DISSECT_OK;
	v2_text(d, c, 64, ATTR_OS, "codesys.v2.operating_system");
	v2_text(d, c, 96, ATTR_DESCRIPTION, "codesys.v2.description");
	v2_text(d, c, 128, ATTR_MODEL, "codesys.v2.product");
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	size_t before = block_driver(&c) ? BLOCK_DRIVER : 0;
	if (!before && v2_length(&c)) {
		uint16_t port = dissect_server_port(d);
		return port == 1200 || port == 1201 || port == 2455 ? v2(d, c) : DISSECT_NOT_MINE;
	}
	size_t at = content(&c, before);
	if (!at)
		return before && !cur_has(&c, le32_at(&c, 4)) ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	if (before && !cur_has(&c, le32_at(&c, 4)))
		return DISSECT_TRUNCATED;
	if (!inside(&c, before, at))
		return DISSECT_MALFORMED;
	uint8_t kind = cur_peek(&c, before + 3);
	cur_skip(&c, at);
	if (kind == NAME_RESPONSE && cur_peek_le16(&c, 0) == IDENTIFICATION && cur_left(&c) >= IDENTIFICATION_HEAD)
		return identification(d, c);
	return kind == CHANNEL ? channel(d, c) : DISSECT_OK;
}

const struct dissector dissect_codesys = {
	.name = "codesys",
	.title = "CODESYS",
	.ot = true,
	.tcp = { 11740, 11741, 11742, 11743, 1217, 1200, 1201, 2455 },
	.udp = { 1740, 1741, 1742, 1743 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "open clients and tools for V3 (ics-forensics-tools, nmap scripts, a Lua dissector), for V2 the nmap script; "
		     "CODESYS GmbH publishes none of it",
	.recognition = "V3: magic of the block driver, length, C5, known service, contents that fit it; a device that presents itself, or a "
		       "channel or command that was answered. V2: BB BB and a length, on its ports only, question and answer",
	.identity = "name service: node name, device name, vendor, target version and id, serial number; V2: operating system, product",
	.operations = "commands of the components: application start, stop, reset, download, online change, boot project; login, "
		      "reset origin, file transfer with file names, variables written, force, PlcShell, user manager. Results: of logins, "
		      "operating mode and node name, and every refusal by the error tag; those of other commands are not read",
	.verified = "from the manual, not yet seen in a real capture (layers and numbers of open clients)",
};
