/* The commands of CLPA's networks, and what devices answer to them: see cclink_slmp.h. */
#include "dissect/cclink_slmp.h"

#include <stdio.h>
#include <string.h>

enum {
	ST_DATA = 11, ST_COMMAND = 15, MT_DATA = 15, MT_COMMAND = 19, LMT_DATA = 28,
	CONNECTED = 0xff, CPU_CONNECTED = 0x03ff, CPU_FIRST = 0x03d0,
	TYPE_NAME = 0x0101, UNLOCK = 0x1630, IDENTIFICATION = 0x0e28, PARAMETER_SET = 0x0e34, MASTER_CONFIG = 0x0e91, SLAVE_CONFIG = 0x0e92,
	CAN_OBJECT = 0x4020, SET_BACKUP = 0x0eba, GET_BACKUP = 0x0eb6,
	IDENTIFICATION_SIZE = 82, DETECTED_NODE = 72, UNIT_INFO = 60,
};

static const struct dissect_code commands[] = {
	{ TYPE_NAME, OP_IDENTITY, "RemoteReadTypeName" },
	{ 0x0201, OP_FILE, "FileInfo" },
	{ 0x0202, OP_FILE, "FileInfoDetail" },
	{ 0x0203, OP_FILE, "FileSearch" },
	{ 0x0206, OP_UPLOAD, "FileRead" },
	{ 0x0401, OP_READ, "DeviceRead" },
	{ 0x0403, OP_READ, "DeviceReadRandom" },
	{ 0x0406, OP_READ, "DeviceReadBlock" },
	{ 0x041a, OP_READ, "ArrayLabelRead" },
	{ 0x041c, OP_READ, "LabelReadRandom" },
	{ 0x0601, OP_READ, "ExtendUnitRead" },
	{ 0x0613, OP_READ, "MemoryRead" },
	{ 0x0619, OP_DIAGNOSTIC, "SelfTest" },
	{ 0x0801, OP_READ, "EntryMonitorDevice" },
	{ 0x0802, OP_READ, "ExecuteMonitorDevice" },
	{ IDENTIFICATION, OP_IDENTITY, "DeviceIdentificationInfoGet" },
	{ 0x0e29, OP_READ, "DataMonitoring" },
	{ CLPA_NODE_SEARCH, OP_IDENTITY, "NodeSearch" },
	{ CLPA_IP_ADDRESS_SET, OP_CONFIGURATION, "IPAddressSet" },
	{ 0x0e32, OP_IDENTITY, "DeviceInfoCompare" },
	{ 0x0e33, OP_READ, "ParameterGet" },
	{ PARAMETER_SET, OP_CONFIGURATION, "ParameterSet" },
	{ 0x0e35, OP_CONFIGURATION, "ParameterSetStart" },
	{ 0x0e36, OP_CONFIGURATION, "ParameterSetEnd" },
	{ 0x0e3a, OP_CONFIGURATION, "ParameterSetCancel" },
	{ 0x0e44, OP_DIAGNOSTIC, "StatusRead" },
	{ 0x0e45, OP_DIAGNOSTIC, "CommunicationSettingGet" },
	{ 0x0e53, OP_DIAGNOSTIC, "StatusRead2" },
	{ CLPA_CYCLIC, OP_WRITE, "CyclicData" },
	{ CLPA_NETWORK_CONFIG, OP_CONFIGURATION, "NetworkConfigMain" },
	{ MASTER_CONFIG, OP_CONFIGURATION, "MasterConfig" },
	{ SLAVE_CONFIG, OP_CONFIGURATION, "SlaveConfig" },
	{ CLPA_CYCLIC_CONFIG, OP_CONFIGURATION, "CyclicConfigMain" },
	{ CLPA_NOTIFICATION, -1, "Notification" },   /* of a slave to its master: commands nobody */
	{ 0x0eb0, OP_DIAGNOSTIC, "GetCommunicationSet" },
	{ 0x0eb1, OP_READ, "GetStationSubIDList" },
	{ 0x0eb2, OP_IDENTITY, "GetDeviceInfo" },
	{ 0x0eb3, OP_UPLOAD, "StartBackup" },
	{ 0x0eb4, OP_UPLOAD, "EndBackup" },
	{ 0x0eb5, OP_UPLOAD, "RequestBackup" },
	{ GET_BACKUP, OP_UPLOAD, "GetBackupPrm" },
	{ 0x0eb7, OP_DIAGNOSTIC, "CheckRestore" },
	{ 0x0eb8, OP_DOWNLOAD, "StartRestore" },
	{ 0x0eb9, OP_DOWNLOAD, "EndRestore" },
	{ SET_BACKUP, OP_DOWNLOAD, "SetBackupPrm" },
	{ 0x0ebe, OP_DIAGNOSTIC, "CheckPrmDelivery" },
	{ 0x1001, OP_START, "RemoteRun" },
	{ 0x1002, OP_STOP, "RemoteStop" },
	{ 0x1003, OP_STOP, "RemotePause" },
	{ 0x1005, OP_RESET, "RemoteLatchClear" },
	{ 0x1006, OP_RESET, "RemoteReset" },
	{ 0x1203, OP_DOWNLOAD, "FileWrite" },
	{ 0x1401, OP_WRITE, "DeviceWrite" },
	{ 0x1402, OP_WRITE, "DeviceWriteRandom" },
	{ 0x1406, OP_WRITE, "DeviceWriteBlock" },
	{ 0x141a, OP_WRITE, "ArrayLabelWrite" },
	{ 0x141b, OP_WRITE, "LabelWriteRandom" },
	{ 0x1601, OP_WRITE, "ExtendUnitWrite" },
	{ 0x1613, OP_WRITE, "MemoryWrite" },
	{ 0x1617, OP_RESET, "ClearError" },
	{ 0x1619, OP_LOG_ERASE, "ClearErrorHistory" },
	{ 0x161a, OP_LOG_ERASE, "ClearEventHistory" },
	{ UNLOCK, OP_LOGIN, "Unlock" },
	{ 0x1631, OP_LOGIN, "Lock" },
	{ 0x1827, OP_FILE, "OpenFile" },
	{ 0x1828, OP_UPLOAD, "ReadFile" },
	{ 0x1829, OP_DOWNLOAD, "WriteFile" },
	{ 0x182a, OP_FILE, "CloseFile" },
	{ 0x3040, OP_DIAGNOSTIC, "CommunicationTest" },
	{ 0x3050, OP_DIAGNOSTIC, "CableTest" },
	{ 0x3060, OP_DIAGNOSTIC, "GetEventNum" },
	{ 0x3061, OP_DIAGNOSTIC, "GetEventHistory" },
	{ 0x3062, OP_CLOCK, "ClockOffsetDataSend" },
	{ 0x3063, OP_CLOCK, "NetworkClockDataSend" },
	{ 0x3070, OP_DIAGNOSTIC, "NodeIndication" },
	{ 0x3072, OP_CONFIGURATION, "CommunicationSpeed" },
	{ 0x3080, OP_DIAGNOSTIC, "FuncSettingInfoGet" },
	{ 0x3081, OP_READ, "FuncSettingRead" },
	{ 0x3082, OP_CONFIGURATION, "FuncSettingWrite" },
	{ 0x3119, OP_DIAGNOSTIC, "SelectedStationInfoGet" },
	{ 0x3206, OP_STOP, "StopOwnStationCyclic" },
	{ 0x3207, OP_START, "StartOwnStationCyclic" },
	{ 0x3208, OP_STOP, "StopOtherStationsCyclic" },
	{ 0x3209, OP_START, "StartOtherStationsCyclic" },
	{ 0x320a, OP_CONFIGURATION, "LinkDevicePrmWrite" },
	{ 0x320b, OP_DIAGNOSTIC, "LinkDevicePrmWriteCheckReq" },
	{ 0x320c, OP_DIAGNOSTIC, "LinkDevicePrmWriteCheckResp" },
	{ 0x320d, OP_CONFIGURATION, "RsvStationConfigTemporaryRelease" },
	{ 0x320e, OP_CONFIGURATION, "RsvStationConfig" },
	{ 0x3210, OP_CONFIGURATION, "SetWatchdogCounterInfo" },
	{ 0x3211, OP_CONFIGURATION, "WatchdogCounterOffsetConfig" },
	{ 0x3230, OP_DIAGNOSTIC, "NodeInfoAccept" },
	{ 0xa445, OP_READ, "DataCollection" },
};

/* Commands whose subcommand says what is done. */
static const struct dissect_code network_configs[] = {
	{ 0, OP_CONFIGURATION, "NetworkConfigMain" }, { 1, OP_CONFIGURATION, "NetworkConfigTslt" },
};
static const struct dissect_code cyclic_configs[] = {
	{ 0, OP_CONFIGURATION, "CyclicConfigMain" }, { 1, OP_CONFIGURATION, "CyclicConfigTrnSubPayload" },
	{ 2, OP_CONFIGURATION, "CyclicConfigRcvSubPayload" }, { 3, OP_CONFIGURATION, "CyclicConfigRcvSrcInfo" },
};
static const struct dissect_code can_objects[] = {
	{ 1, OP_READ, "ReadObject" }, { 2, OP_WRITE, "WriteObject" },
	{ 3, OP_READ, "ObjectIDReadBlock" }, { 4, OP_WRITE, "ObjectIDWriteBlock" },
	{ 5, OP_READ, "ObjectSubIDReadBlock" }, { 6, OP_WRITE, "ObjectSubIDWriteBlock" },
	{ 7, OP_DIAGNOSTIC, "NmtStateUpload" }, { 8, OP_MODE, "NmtStateDownload" },
	{ 9, OP_READ, "GetOdList" }, { 10, OP_READ, "GetObjectDescription" }, { 11, OP_READ, "GetEntryDescription" },
};

const struct dissect_code *clpa_command(uint16_t command, uint16_t subcommand)
{
	switch (command) {
	case CLPA_NETWORK_CONFIG:
		return DISSECT_CODE(network_configs, subcommand);
	case CLPA_CYCLIC_CONFIG:
		return DISSECT_CODE(cyclic_configs, subcommand);
	case CAN_OBJECT:
		return DISSECT_CODE(can_objects, subcommand);
	default:
		return DISSECT_CODE(commands, command);
	}
}

/* ---- the header ---- */

/* Networks 1 to EF have stations; 0 is the one that is connected, whose station is FF. Processors end at 03FF. */
static bool destination(const struct clpa_frame *f)
{
	bool own = f->network == 0 && f->station == CONNECTED;
	bool other = f->network >= 1 && f->network <= 0xef && f->station >= 1 && f->station <= 0x7e;
	return (own || other) && f->processor >= CPU_FIRST && f->processor <= CPU_CONNECTED && f->sub <= 0x1f;
}

bool clpa_read(struct cur c, struct clpa_frame *f)
{
	uint16_t type = cur_be16(&c);
	*f = (struct clpa_frame){ .response = (type & 0x8000) != 0 };
	switch (type & 0x7fff) {
	case 0x5000:
		f->form = CLPA_ST;
		break;
	case 0x5400:
		f->form = CLPA_MT;
		break;
	case 0x6800:
		f->form = CLPA_LMT;
		break;
	default:
		return false;
	}
	if (f->form != CLPA_ST) {
		f->serial = cur_le16(&c);
		if (cur_le16(&c) != 0)
			return false;
	}
	f->network = cur_u8(&c);
	f->station = cur_u8(&c);
	f->processor = cur_le16(&c);
	f->sub = cur_u8(&c);
	if (f->form == CLPA_LMT) {
		if (cur_u8(&c) != 0)
			return false;
		f->extended = cur_le16(&c);
	}
	size_t length = cur_le16(&c);
	if (!cur_ok(&c) || !destination(f) || cur_left(&c) > length)
		return false;
	f->cut = cur_left(&c) < length;
	f->code = cur_le16(&c);
	if (!f->response || f->form == CLPA_LMT) {
		f->command = cur_le16(&c);
		f->subcommand = cur_le16(&c);
	}
	if (f->form == CLPA_LMT) {
		if (cur_u8(&c) != 0)
			return false;
		cur_skip(&c, 1);   /* identification of a message in pieces */
		uint16_t pieces = cur_le16(&c), piece = cur_le16(&c);
		if (piece > pieces)
			return false;
	}
	f->data = c;
	return cur_ok(&c);
}

/* ---- codes ---- */

void clpa_codes(struct dissect *d, uint32_t entity, uint16_t vendor, uint32_t model, uint16_t version,
		const char *source)
{
	char text[32];
	if (!model && !vendor)
		return;
	/* CLPA gives the vendor codes; its founder has the first one. */
	if (vendor == 0)
		dissect_attr_of(d, entity, ATTR_VENDOR, "Mitsubishi Electric", source);
	snprintf(text, sizeof text, "%04X-%08X", vendor, model);
	dissect_attr_of(d, entity, ATTR_PRODUCT_CODE, text, source);
	snprintf(text, sizeof text, "%u", version);
	if (version)
		dissect_attr_of(d, entity, ATTR_HARDWARE, text, source);
}

void clpa_device_type(struct dissect *d, uint32_t entity, uint16_t type, const char *source)
{
	static const struct { uint16_t type; const char *role, *name; } types[] = {
		{ 0x01, "plc", "PLC" }, { 0x02, "pc", "personal computer" }, { 0x03, "io", "digital I/O" },
		{ 0x04, "io", "analog I/O" }, { 0x05, "drive", "positioning controller" },
		{ 0x06, "io", "temperature controller" }, { 0x07, "hmi", "HMI" }, { 0x08, "sensor", "ID (RFID)" },
		{ 0x09, "gateway", "serial conversion module" }, { 0x1d, "gateway", "CC-Link to CC-Link/LT bridge" },
		{ 0x1f, "gateway", "service converter module" }, { 0x20, "drive", "inverter" },
		{ 0x21, "drive", "servo" }, { 0x22, "cnc", "CNC" }, { 0x23, "robot", "robot" },
		{ 0x24, "io", "power distribution control device" }, { 0x30, "sensor", "sensor" },
		{ 0x31, "io", "actuator" }, { 0x32, "sensor", "barcode reader" }, { 0x33, "sensor", "indicator (weight)" },
		{ 0x34, "io", "high-speed counter" }, { 0x35, NULL, "switch" }, { 0x36, "sensor", "service analyzer" },
		{ 0x37, "gateway", "space transmission module" }, { 0x38, "drive", "transport control module" },
		{ 0x39, "io", "power supply control module" }, { 0x3b, "sensor", "gas detector" },
		{ 0x3c, "io", "solenoid valve" }, { 0x3d, "robot", "robot (general-purpose)" },
		{ 0x3e, "printer", "printer control module" }, { 0x3f, "drive", "motor control module" },
		{ 0x40, "io", "vacuum pump" }, { 0x41, "drive", "multi-axis controller" },
		{ 0x42, NULL, "general-purpose VME board" }, { 0x43, "io", "mass flow power supply module" },
		{ 0x44, "sensor", "mass flow controller" }, { 0x45, "io", "received power distribution device" },
		{ 0x46, NULL, "control center" }, { 0x47, "io", "welding control module" },
		{ 0x48, "sensor", "indicator (general-purpose)" }, { 0x49, "io", "PID control module" },
		{ 0x4a, "sensor", "vacuum meter" }, { 0x4b, "wireless", "wireless module" },
		{ 0x4c, "io", "digital/analog I/O" }, { 0x4d, "io", "vacuum valve" }, { 0x4e, "io", "tension controller" },
		{ 0x4f, "sensor", "measuring machine" }, { 0x7f, NULL, "generic device" },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (types[i].type != type)
			continue;
		dissect_attr_of(d, entity, ATTR_ROLE, types[i].role, source);
		dissect_attr_of(d, entity, ATTR_DESCRIPTION, types[i].name, source);
	}
}

const char *clpa_station_type(uint8_t type)
{
	static const char *const names[] = { "master station", "slave station", "managed switch", NULL, "sub-master station" };
	type &= 0x0f;   /* the highest bit: transient only */
	return type < sizeof names / sizeof *names ? names[type] : NULL;
}

struct addr clpa_ipv4(struct cur *c)
{
	const uint8_t *p = cur_bytes(c, 4);
	uint8_t b[4] = { p ? p[3] : 0, p ? p[2] : 0, p ? p[1] : 0, p ? p[0] : 0 };
	return addr_v4(b);
}

void clpa_mac(struct cur *c, uint8_t mac[6])
{
	const uint8_t *p = cur_bytes(c, 6);
	for (int i = 0; i < 6; i++)
		mac[i] = p ? p[5 - i] : 0;
}

/* The length in front of it says which sort: 4 or 16 bytes, 0 is none. */
static struct addr address(struct cur *c)
{
	struct addr a = { { 0 } };
	uint8_t n = cur_u8(c);
	if (n == 4)
		return clpa_ipv4(c);
	const uint8_t *p = cur_bytes(c, n);
	for (int i = 0; n == 16 && p && i < 16; i++)
		a.b[i] = p[15 - i];
	return a;
}

/* ---- requests ---- */

static void describe_unknown(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "command 0x%04x, subcommand 0x%04x", r->extra, r->extra2);
}

/* New address, and whose: two bytes of the MAC stand with the command. */
static void describe_address(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "%02x:%02x:%02x:%02x:%02x:%02x gets %u.%u.%u.%u", r->code >> 8 & 0xff, r->code & 0xff,
		 r->extra >> 24, r->extra >> 16 & 0xff, r->extra >> 8 & 0xff, r->extra & 0xff,
		 r->extra2 >> 24, r->extra2 >> 16 & 0xff, r->extra2 >> 8 & 0xff, r->extra2 & 0xff);
}

static void describe_parameters(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra > 1)
		snprintf(out, size, "%u parameters from 0x%04x", r->extra, r->extra2);
	else
		snprintf(out, size, "parameter 0x%04x", r->extra2);
}

static void describe_object(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "object 0x%04x:%02x", r->extra, r->extra2);
}

static void describe_sub_id(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "station sub ID 0x%04x", r->extra);
}

static void describe_relay(const struct dissect_request *r, char *out, size_t size)
{
	uint32_t network = r->extra >> 24, station = r->extra >> 16 & 0xff, processor = r->extra & 0xffff;
	int n = 0;
	if (network)
		n = snprintf(out, size, "network %u station %u", network, r->extra2 ? r->extra2 : station);
	if (processor != CPU_CONNECTED && n >= 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, "%sprocessor 0x%04x", n ? ", " : "", processor);
}

static void arguments(struct dissect_request *r, const struct clpa_frame *f)
{
	struct cur c = f->data;
	uint8_t mac[6];
	switch (f->command) {
	case CLPA_IP_ADDRESS_SET:
		cur_skip(&c, 6);
		address(&c);   /* of the client */
		clpa_mac(&c, mac);
		r->code |= (uint32_t)mac[0] << 8 | mac[1];
		r->extra = (uint32_t)mac[2] << 24 | (uint32_t)mac[3] << 16 | (uint32_t)mac[4] << 8 | mac[5];
		if (cur_u8(&c) == 4)
			r->extra2 = cur_le32(&c);
		r->describe = describe_address;
		break;
	case PARAMETER_SET:
		r->extra = cur_le16(&c);
		r->extra2 = cur_le16(&c);
		r->describe = describe_parameters;
		break;
	case CAN_OBJECT:
		if (f->subcommand > 6)
			break;
		r->extra = cur_le16(&c);
		r->extra2 = cur_u8(&c);
		r->describe = describe_object;
		break;
	case GET_BACKUP: case SET_BACKUP:
		r->extra = cur_le16(&c);
		r->describe = describe_sub_id;
		break;
	default:
		break;
	}
	if (!cur_ok(&c))
		r->describe = NULL;
}

/* What an answer repeats: LMT names the command too, so that both stations may ask at once. */
static uint64_t key_of(const struct clpa_frame *f)
{
	uint64_t command = (uint64_t)f->subcommand << 48 | (uint64_t)f->command << 32;
	return (f->form == CLPA_LMT ? command : 0) | (uint64_t)f->form << 16 | f->serial;
}

enum dissect_result clpa_request(struct dissect *d, const struct clpa_frame *f)
{
	const struct dissect_code *k = clpa_command(f->command, f->subcommand);
	struct dissect_request r = { .key = key_of(f), .code = (uint32_t)f->command << 16,
				     .op = k ? k->op : OP_DIAGNOSTIC, .name = k ? k->name : "Unknown command" };
	if (k) {
		arguments(&r, f);
	} else {
		r.extra = f->command;
		r.extra2 = f->subcommand;
		r.describe = describe_unknown;
	}
	dissect_request(d, &r);
	if (f->command == UNLOCK)
		dissect_weakness(d, "password-in-clear", "remote password");
	if (f->network || f->processor != CPU_CONNECTED)
		dissect_relay(d, "SLMP destination", (uint32_t)f->network << 24 | (uint32_t)f->station << 16 | f->processor,
			      f->extended, describe_relay);
	return f->cut ? DISSECT_TRUNCATED : DISSECT_OK;
}

/* ---- responses ---- */

/* The address bound to the MAC; both are this one device. */
static void node(struct dissect *d, struct cur c, uint16_t subcommand, const char *source)
{
	uint8_t mac[6];
	cur_skip(&c, 6);
	address(&c);   /* of the client */
	clpa_mac(&c, mac);
	uint8_t n = cur_peek(&c, 0);
	struct addr ip = address(&c);
	cur_skip(&c, 2u * n);   /* mask and gateway */
	uint8_t host_n = cur_u8(&c);
	const uint8_t *host = cur_bytes(&c, host_n);
	uint16_t vendor = cur_le16(&c);
	uint32_t model = cur_le32(&c);
	uint8_t name_n = subcommand ? cur_u8(&c) : 0;
	const uint8_t *name = cur_bytes(&c, name_n);
	uint16_t version = cur_le16(&c);
	if (!cur_ok(&c))
		return;
	dissect_link(d, dissect_mac_of(d, mac), dissect_ip(d, &ip), LINK_SAME, source);
	dissect_attr_bytes(d, ATTR_HOSTNAME, host, host_n, source);
	dissect_attr_bytes(d, ATTR_MODEL, name, name_n, source);
	clpa_codes(d, dissect_sender(d), vendor, model, version, source);
}

/* Client, server and target addresses, host name, codes; no byte more or less. The model's name makes the second form. */
static bool node_fits(struct cur c, bool named)
{
	cur_skip(&c, 6);
	uint8_t client = cur_peek(&c, 0);
	address(&c);
	cur_skip(&c, 6);
	uint8_t server = cur_peek(&c, 0);
	address(&c);
	cur_skip(&c, 2u * server);
	cur_skip(&c, cur_u8(&c));
	cur_skip(&c, 2 + 4);
	if (named)
		cur_skip(&c, cur_u8(&c));
	cur_skip(&c, 2);
	uint8_t target = cur_peek(&c, 0);
	address(&c);
	cur_skip(&c, 2 + 2 + 2);   /* port, status, port */
	uint8_t protocol = cur_u8(&c);
	bool sizes = (client == 4 || client == 16) && (server == 4 || server == 16) && (target == 4 || target == 16 || target == 0);
	return cur_ok(&c) && cur_left(&c) == 0 && sizes && protocol <= 1;
}

bool clpa_is_node(struct cur data)
{
	return node_fits(data, false) || node_fits(data, true);
}

bool clpa_is_call(const struct clpa_frame *f)
{
	struct cur c = f->data;
	cur_skip(&c, 6);
	uint8_t client = cur_peek(&c, 0), server = client, target = client, protocol = 0;
	address(&c);
	if (f->command == CLPA_IP_ADDRESS_SET) {
		cur_skip(&c, 6);
		server = cur_peek(&c, 0);
		address(&c);
		cur_skip(&c, 2u * server);
		cur_skip(&c, cur_u8(&c));
		target = cur_peek(&c, 0);
		address(&c);
		cur_skip(&c, 2);
		protocol = cur_u8(&c);
	}
	bool sizes = (client == 4 || client == 16) && (server == 4 || server == 16) && (target == 4 || target == 16 || target == 0);
	return cur_ok(&c) && cur_left(&c) == 0 && sizes && protocol <= 1;
}

static void identification(struct dissect *d, struct cur c, const char *source)
{
	enum { HAS_VERSION = 1 << 2, HAS_CODES = 3 << 3, HAS_VERSIONS = 1 << 5, HAS_MAKER = 1 << 6, HAS_NAME = 1 << 7 };
	uint16_t what = cur_le16(&c);
	cur_skip(&c, 6);
	uint16_t version = cur_le16(&c), vendor = cur_le16(&c);
	uint32_t model = cur_le32(&c);
	uint16_t firmware = cur_le16(&c), hardware = cur_le16(&c);
	const uint8_t *maker = cur_bytes(&c, 32), *name = cur_bytes(&c, 20);
	char text[16];
	if (!cur_ok(&c))
		return;
	if ((what & HAS_CODES) == HAS_CODES)
		clpa_codes(d, dissect_sender(d), vendor, model, 0, source);
	if (what & HAS_MAKER)
		dissect_attr_bytes(d, ATTR_VENDOR, maker, 32, source);
	if (what & HAS_NAME)
		dissect_attr_bytes(d, ATTR_MODEL, name, 20, source);
	if (what & HAS_VERSIONS) {
		snprintf(text, sizeof text, "0x%04x", firmware);
		dissect_attr(d, ATTR_FIRMWARE, text, source);
		snprintf(text, sizeof text, "0x%04x", hardware);
		dissect_attr(d, ATTR_HARDWARE, text, source);
	} else if (what & HAS_VERSION) {
		snprintf(text, sizeof text, "%u", version);
		dissect_attr(d, ATTR_HARDWARE, text, source);
	}
}

/* What a slave station is, in the answer to its configuration. */
static void unit(struct dissect *d, struct cur c, const char *source)
{
	uint16_t version = cur_le16(&c), vendor = cur_le16(&c);
	uint32_t model = cur_le32(&c);
	cur_skip(&c, 2);   /* extension of the model code */
	uint16_t type = cur_le16(&c);
	cur_skip(&c, UNIT_INFO - 12);
	if (!cur_ok(&c))
		return;
	clpa_codes(d, dissect_sender(d), vendor, model, version, source);
	clpa_device_type(d, dissect_sender(d), type, source);
}

static void type_name(struct dissect *d, struct cur c, const char *source)
{
	char text[16];
	const uint8_t *name = cur_bytes(&c, 16);
	uint16_t code = cur_le16(&c);
	if (!cur_ok(&c))
		return;
	dissect_attr_bytes(d, ATTR_MODEL, name, 16, source);
	snprintf(text, sizeof text, "0x%04x", code);
	dissect_attr(d, ATTR_PRODUCT_CODE, text, source);
}

enum dissect_result clpa_response(struct dissect *d, const struct clpa_frame *f, const struct clpa_sources *from)
{
	struct dissect_request r;
	bool paired = dissect_response(d, key_of(f), f->code ? RESULT_REFUSED : RESULT_OK, &r);
	uint16_t command = f->form == CLPA_LMT ? f->command : paired ? (uint16_t)(r.code >> 16) : 0;
	if (!paired && !f->code && !f->cut && f->form == CLPA_MT && clpa_is_node(f->data)) {
		command = CLPA_NODE_SEARCH;   /* of a search that the capture has not */
		dissect_set_side(d, SIDE_SERVER);
		dissect_evident(d);
	}
	if (f->cut)
		return DISSECT_TRUNCATED;
	if (f->code)
		return DISSECT_OK;
	switch (command) {
	case CLPA_NODE_SEARCH:
		node(d, f->data, node_fits(f->data, true), from->node_search);
		break;
	case IDENTIFICATION:
		identification(d, f->data, from->identification);
		break;
	case SLAVE_CONFIG:
		unit(d, f->data, from->slave_config);
		break;
	case TYPE_NAME:
		type_name(d, f->data, from->type_name);
		break;
	default:
		break;
	}
	return DISSECT_OK;
}
