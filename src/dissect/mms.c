/*
 * MMS, Manufacturing Message Specification (ISO 9506), over ISO transport on TCP, session (ISO 8327) and presentation
 * (ISO 8823): what IEC 61850 and TASE.2 talk, and controllers of the nineties.
 *
 *   TPKT, COTP (tpkt.h)   session         presentation                   MMS
 *   +-------------------+ +-------------+ +----+-----+----+-----+------+ +--------+-----------+---------+--------- - -
 *   | 03 00 … 02 F0 80  | | 01 00 01 00 | | 61 | len | 30 | len | con- | | A0..A3 | 02 invoke | service | …
 *   |                   | |             | |    |     |    |     | text | |  8B..  |    id     |         |
 *   +-------------------+ +-------------+ +----+-----+----+-----+------+ +--------+-----------+---------+--------- - -
 *   A0 confirmed request, A1 its response, A2 its error, A3 unconfirmed, A8 and A9 initiate, 8B and 8C conclude
 *   a connection begins with session CONNECT (0D) and ACCEPT (0E), which carry presentation, ACSE and initiate
 *
 * A long message comes in several pieces of transport.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/ber.h"
#include "dissect/tpkt.h"

enum {
	CONNECT = 0x0d, ACCEPT = 0x0e, FINISH = 0x09, DISCONNECT = 0x0a, ABORT = 0x19, REFUSE = 0x0c,
	SESSION_USER_DATA = 0xc1, USER_DATA = 0x61, SEQUENCE = 0x30, INTEGER = 0x02, OID = 0x06, VALUES = 0xa0,
	AARQ = 0x60, ACSE_MECHANISM = 0x8b, ACSE_AUTHENTICATION = 0xac, ACSE_PASSWORD = 0x80,
	REQUEST = 0xa0, RESPONSE = 0xa1, ERROR = 0xa2, UNCONFIRMED = 0xa3, REJECT = 0xa4,
	STATUS = 0, IDENTIFY = 2, READ = 4, WRITE = 5,
	NAMES = 512, NAME = 64,
};

/* What the detail of a service is made of. */
enum { NOTHING, VARIABLE, TEXT };

static const struct service {
	uint8_t number;
	int8_t op;
	uint8_t detail;
	const char *name;
} services[] = {
	{ STATUS, OP_DIAGNOSTIC, NOTHING, "Status" },
	{ 1, OP_READ, NOTHING, "GetNameList" },
	{ IDENTIFY, OP_IDENTITY, NOTHING, "Identify" },
	{ 3, OP_CONFIGURATION, NOTHING, "Rename" },
	{ READ, OP_READ, NOTHING, "Read" },
	{ WRITE, OP_WRITE, VARIABLE, "Write" },
	{ 6, OP_READ, NOTHING, "GetVariableAccessAttributes" },
	{ 7, OP_CONFIGURATION, NOTHING, "DefineNamedVariable" },
	{ 8, OP_CONFIGURATION, NOTHING, "DefineScatteredAccess" },
	{ 9, OP_READ, NOTHING, "GetScatteredAccessAttributes" },
	{ 10, OP_CONFIGURATION, NOTHING, "DeleteVariableAccess" },
	{ 11, OP_CONFIGURATION, NOTHING, "DefineNamedVariableList" },
	{ 12, OP_READ, NOTHING, "GetNamedVariableListAttributes" },
	{ 13, OP_CONFIGURATION, NOTHING, "DeleteNamedVariableList" },
	{ 14, OP_CONFIGURATION, NOTHING, "DefineNamedType" },
	{ 15, OP_READ, NOTHING, "GetNamedTypeAttributes" },
	{ 16, OP_CONFIGURATION, NOTHING, "DeleteNamedType" },
	{ 17, OP_READ, NOTHING, "Input" },
	{ 18, OP_WRITE, NOTHING, "Output" },
	{ 19, OP_LOGIN, NOTHING, "TakeControl" },
	{ 20, OP_LOGIN, NOTHING, "RelinquishControl" },
	{ 21, OP_CONFIGURATION, NOTHING, "DefineSemaphore" },
	{ 22, OP_CONFIGURATION, NOTHING, "DeleteSemaphore" },
	{ 23, OP_DIAGNOSTIC, NOTHING, "ReportSemaphoreStatus" },
	{ 24, OP_DIAGNOSTIC, NOTHING, "ReportPoolSemaphoreStatus" },
	{ 25, OP_DIAGNOSTIC, NOTHING, "ReportSemaphoreEntryStatus" },
	{ 26, OP_DOWNLOAD, TEXT, "InitiateDownloadSequence" },
	{ 27, OP_DOWNLOAD, TEXT, "DownloadSegment" },
	{ 28, OP_DOWNLOAD, TEXT, "TerminateDownloadSequence" },
	{ 29, OP_UPLOAD, TEXT, "InitiateUploadSequence" },
	{ 30, OP_UPLOAD, NOTHING, "UploadSegment" },
	{ 31, OP_UPLOAD, NOTHING, "TerminateUploadSequence" },
	{ 32, OP_DOWNLOAD, TEXT, "RequestDomainDownload" },
	{ 33, OP_UPLOAD, TEXT, "RequestDomainUpload" },
	{ 34, OP_DOWNLOAD, TEXT, "LoadDomainContent" },
	{ 35, OP_UPLOAD, TEXT, "StoreDomainContent" },
	{ 36, OP_CONFIGURATION, TEXT, "DeleteDomain" },
	{ 37, OP_READ, NOTHING, "GetDomainAttributes" },
	{ 38, OP_CONFIGURATION, TEXT, "CreateProgramInvocation" },
	{ 39, OP_CONFIGURATION, TEXT, "DeleteProgramInvocation" },
	{ 40, OP_START, TEXT, "Start" },
	{ 41, OP_STOP, TEXT, "Stop" },
	{ 42, OP_START, TEXT, "Resume" },
	{ 43, OP_RESET, TEXT, "Reset" },
	{ 44, OP_STOP, TEXT, "Kill" },
	{ 45, OP_DIAGNOSTIC, NOTHING, "GetProgramInvocationAttributes" },
	{ 46, OP_FILE, TEXT, "ObtainFile" },
	{ 47, OP_CONFIGURATION, NOTHING, "DefineEventCondition" },
	{ 48, OP_CONFIGURATION, NOTHING, "DeleteEventCondition" },
	{ 49, OP_READ, NOTHING, "GetEventConditionAttributes" },
	{ 50, OP_DIAGNOSTIC, NOTHING, "ReportEventConditionStatus" },
	{ 51, OP_CONFIGURATION, NOTHING, "AlterEventConditionMonitoring" },
	{ 52, OP_WRITE, NOTHING, "TriggerEvent" },
	{ 53, OP_CONFIGURATION, NOTHING, "DefineEventAction" },
	{ 54, OP_CONFIGURATION, NOTHING, "DeleteEventAction" },
	{ 55, OP_READ, NOTHING, "GetEventActionAttributes" },
	{ 56, OP_DIAGNOSTIC, NOTHING, "ReportEventActionStatus" },
	{ 57, OP_CONFIGURATION, NOTHING, "DefineEventEnrollment" },
	{ 58, OP_CONFIGURATION, NOTHING, "DeleteEventEnrollment" },
	{ 59, OP_CONFIGURATION, NOTHING, "AlterEventEnrollment" },
	{ 60, OP_DIAGNOSTIC, NOTHING, "ReportEventEnrollmentStatus" },
	{ 61, OP_READ, NOTHING, "GetEventEnrollmentAttributes" },
	{ 62, OP_WRITE, NOTHING, "AcknowledgeEventNotification" },
	{ 63, OP_DIAGNOSTIC, NOTHING, "GetAlarmSummary" },
	{ 64, OP_DIAGNOSTIC, NOTHING, "GetAlarmEnrollmentSummary" },
	{ 65, OP_READ, NOTHING, "ReadJournal" },
	{ 66, OP_WRITE, NOTHING, "WriteJournal" },
	{ 67, OP_LOG_ERASE, TEXT, "InitializeJournal" },
	{ 68, OP_DIAGNOSTIC, NOTHING, "ReportJournalStatus" },
	{ 69, OP_CONFIGURATION, NOTHING, "CreateJournal" },
	{ 70, OP_LOG_ERASE, TEXT, "DeleteJournal" },
	{ 71, OP_IDENTITY, NOTHING, "GetCapabilityList" },
	{ 72, OP_FILE, TEXT, "FileOpen" },
	{ 73, OP_FILE, NOTHING, "FileRead" },
	{ 74, OP_FILE, NOTHING, "FileClose" },
	{ 75, OP_FILE, TEXT, "FileRename" },
	{ 76, OP_FILE, TEXT, "FileDelete" },
	{ 77, OP_FILE, NOTHING, "FileDirectory" },
};

/*
 * Leaves of the name plates of IEC 61850, as they stand at the end of a variable's name. A plate that is read as a whole
 * (whole: the value's place, from 1) begins with what it must have; what follows may be left out and is not known by place.
 */
static const struct { const char *end; enum attr field; const char *source; int whole; } plates[] = {
	{ "$PhyNam$vendor", ATTR_VENDOR, "mms.read.phynam.vendor", 0 },
	{ "$PhyNam$model", ATTR_MODEL, "mms.read.phynam.model", 0 },
	{ "$PhyNam$serNum", ATTR_SERIAL, "mms.read.phynam.ser_num", 0 },
	{ "$PhyNam$hwRev", ATTR_HARDWARE, "mms.read.phynam.hw_rev", 0 },
	{ "$PhyNam$swRev", ATTR_FIRMWARE, "mms.read.phynam.sw_rev", 0 },
	{ "$PhyNam$location", ATTR_LOCATION, "mms.read.phynam.location", 0 },
	{ "$PhyNam$name", ATTR_NAME, "mms.read.phynam.name", 0 },
	{ "$DC$PhyNam", ATTR_VENDOR, "mms.read.phynam.vendor", 1 },
	{ "LLN0$DC$NamPlt$vendor", ATTR_VENDOR, "mms.read.namplt.vendor", 0 },
	{ "LLN0$DC$NamPlt$swRev", ATTR_SOFTWARE, "mms.read.namplt.sw_rev", 0 },
	{ "LLN0$DC$NamPlt", ATTR_VENDOR, "mms.read.namplt.vendor", 1 },
	{ "LLN0$DC$NamPlt", ATTR_SOFTWARE, "mms.read.namplt.sw_rev", 2 },
};

/* What a flow remembers. */
struct session {
	bool goes_on[2];     /* the last piece of this side was not its message's last */
	bool password;       /* the client gave one */
};

_Static_assert(sizeof(struct session) <= DISSECT_SCRATCH, "fits the flow's scratch");

/* ---- names of variables, files, domains: a request carries a number and a check of it ---- */

static _Thread_local char names[NAMES][NAME];
static _Thread_local unsigned names_at;

static uint32_t check_of(const char *s)
{
	uint32_t h = 2166136261u;
	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h | 1;
}

static void name_keep(struct dissect_request *r, const char *text)
{
	unsigned i = 0;
	while (i < NAMES && strcmp(names[i], text) != 0)
		i++;
	if (i == NAMES) {
		i = names_at++ % NAMES;
		snprintf(names[i], NAME, "%s", text);
	}
	r->extra = i;
	r->extra2 = check_of(names[i]);
}

/* NULL where others took its place meanwhile. */
static const char *name_of(const struct dissect_request *r)
{
	return r->extra2 && r->extra < NAMES && check_of(names[r->extra]) == r->extra2 ? names[r->extra] : NULL;
}

static void describe_name(const struct dissect_request *r, char *out, size_t size)
{
	const char *name = name_of(r);
	if (name)
		snprintf(out, size, "%s", name);
}

/* ---- BER of messages of which perhaps only the first piece is there ---- */

/* An element's head; what there is of its contents into *value, which are consumed. Number: -1 where none begins. */
static int element(struct cur *c, struct cur *value, uint8_t *head)
{
	*value = cur_make("", 0);
	*head = 0;
	uint8_t tag = cur_u8(c);
	int number = tag & 0x1f;
	if (number == 0x1f) {
		number = cur_u8(c);
		if (number < 0x1f || number > 0x7f)
			return -1;
	}
	uint8_t n = cur_u8(c);
	size_t length = n;
	if (n > 0x80 && n <= 0x84)
		for (length = 0, n &= 0x7f; n; n--)
			length = length << 8 | cur_u8(c);
	else if (n >= 0x80)
		return -1;
	if (!cur_ok(c))
		return -1;
	*value = cur_sub(c, length < cur_left(c) ? length : cur_left(c));
	*head = tag;
	return number;
}

static bool enter(struct cur *c, uint8_t want)
{
	struct cur value;
	uint8_t head;
	if (element(c, &value, &head) < 0 || head != want)
		return false;
	*c = value;
	return true;
}

/* Presentation: fully encoded data, one value. */
static bool open_presentation(struct cur *c)
{
	struct cur value;
	uint8_t head;
	if (!enter(c, USER_DATA) || !enter(c, SEQUENCE))
		return false;
	if (cur_peek(c, 0) == OID && element(c, &value, &head) < 0)
		return false;
	return element(c, &value, &head) >= 0 && head == INTEGER && enter(c, VALUES);
}

/* ---- recognition ---- */

/* MMS is named among the abstract syntaxes: 1.0.9506.2.1. */
static bool names_mms(struct cur c)
{
	static const uint8_t syntax[] = { OID, 5, 0x28, 0xca, 0x22, 2, 1 };
	for (; cur_left(&c); cur_skip(&c, 1))
		if (cur_starts(&c, syntax, sizeof syntax))
			return true;
	return false;
}

/* Does the outermost element reach just to the end of the data, or beyond, where pieces follow? */
static bool reaches(struct cur c, bool last)
{
	struct cur x = c;
	ber_next(&x, &c);
	return last ? cur_ok(&x) && cur_left(&x) == 0 : !cur_ok(&x);
}

static bool data_fits(struct cur c, bool last)
{
	if (!cur_starts(&c, "\1\0\1", 4))
		return false;
	cur_skip(&c, 4);
	if (!reaches(c, last) || !open_presentation(&c))
		return false;
	uint8_t pdu = cur_peek(&c, 0);
	return (pdu >= 0xa0 && pdu <= 0xaa) || pdu == 0x85 || pdu == 0x8b || pdu == 0x8c;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	if (!tpkt_data(c))
		return tpkt_connects(c);
	struct cur x = *c;
	cur_limit(&x, tpkt_data(c) + (size_t)TPKT_DATA);
	cur_skip(&x, TPKT_DATA - 1);
	bool last = (cur_u8(&x) & COTP_LAST) != 0;
	uint8_t spdu = cur_peek(&x, 0);
	if (spdu == CONNECT || spdu == ACCEPT)
		return names_mms(x) || (spdu == ACCEPT && cur_peek(&x, 2) == 5);
	return data_fits(x, last);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return tpkt_length(c);
}

/* ---- the connection ---- */

/* ACSE in the data of a session's CONNECT: how does the client prove who it is? */
static void association(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	struct cur value, auth = cur_make("", 0);
	uint8_t head;
	bool by_password = false;
	/* Presentation: a set, of which [2] is the normal mode's, and in it the data. */
	if (!enter(&c, 0x31))
		return;
	while (element(&c, &value, &head) >= 0 && head != 0xa2)
		;
	c = value;
	while (cur_left(&c) && cur_peek(&c, 0) != USER_DATA)
		if (element(&c, &value, &head) < 0)
			return;
	if (!open_presentation(&c) || !enter(&c, AARQ))
		return;
	while (cur_left(&c) && element(&c, &value, &head) >= 0) {
		if (head == ACSE_MECHANISM)
			by_password = cur_left(&value) == 3 && cur_starts(&value, "\x52\x03\x01", 3);
		if (head == ACSE_AUTHENTICATION)
			auth = value;
	}
	s->password = cur_left(&auth) > 0;
	if (by_password && cur_peek(&auth, 0) == ACSE_PASSWORD)
		dissect_weakness(d, "password-in-clear", "ACSE password");
}

static enum dissect_result connection(struct dissect *d, struct cur c, uint8_t spdu)
{
	struct session *s = dissect_scratch(d);
	dissect_set_side(d, spdu == ACCEPT ? SIDE_SERVER : SIDE_CLIENT);
	struct dissect_request r = { .key = UINT64_MAX, .op = OP_LOGIN, .name = "Initiate" };
	if (spdu == ACCEPT) {
		if (dissect_response(d, UINT64_MAX, RESULT_OK, NULL) && !s->password)
			dissect_weakness(d, "no-authentication", NULL);
		return DISSECT_OK;
	}
	if (!names_mms(c))
		return DISSECT_NOT_MINE;
	dissect_request(d, &r);
	cur_skip(&c, 1);
	if (cur_u8(&c) == 0xff)
		cur_skip(&c, 2);
	while (cur_left(&c) >= 2) {
		uint8_t code = cur_u8(&c);
		size_t n = cur_u8(&c);
		if (n == 0xff)
			n = cur_be16(&c);
		struct cur value = cur_sub(&c, n < cur_left(&c) ? n : cur_left(&c));
		if (code == SESSION_USER_DATA)
			association(d, value);
	}
	return DISSECT_OK;
}

/* ---- requests ---- */

/* The first text in there, of any depth: a name, a file. */
static bool first_text(struct cur c, bool constructed, char *out, size_t size)
{
	struct cur value;
	uint8_t head;
	for (int depth = 0; constructed && depth < 6; depth++) {
		if (element(&c, &value, &head) < 0)
			return false;
		c = value;
		constructed = (head & 0x20) != 0;
	}
	return !constructed && text_wire(cur_here(&c), cur_left(&c), out, size) > 0;
}

/* "domain/item" of the first variable of a list, or of a list's name. */
static bool variable(struct cur c, char *out, size_t size)
{
	struct cur value, item;
	uint8_t head;
	int choice = element(&c, &value, &head);
	if (choice != 0 && choice != 1)
		return false;
	c = value;
	if (choice == 0 && (!enter(&c, SEQUENCE) || !enter(&c, 0xa0)))
		return false;
	if (element(&c, &value, &head) < 0)
		return false;
	if (head == 0x80)   /* of the whole device */
		return text_wire(cur_here(&value), cur_left(&value), out, size) > 0;
	if (head != 0xa1 || element(&value, &item, &head) < 0)
		return false;
	size_t n = text_wire(cur_here(&item), cur_left(&item), out, size);
	if (element(&value, &item, &head) < 0 || n + 2 >= size)
		return false;
	out[n] = '/';
	return text_wire(cur_here(&item), cur_left(&item), out + n + 1, size - n - 1) > 0;
}

/*
 * IEC 61850 writes what it means into the name: settings, reports and the like are no process values, a substituted value
 * hides the true one, and a logical node or device is switched on, off, into test.
 */
static int write_class(const char *name)
{
	static const char *const settings[] = { "$CF$", "$SE$", "$SG$", "$SP$", "$DC$", "$BR$", "$RP$", "$GO$", "$LG$", "$MS$", "$US$" };
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (strstr(name, settings[i]))
			return OP_CONFIGURATION;
	return strstr(name, "$SV$") ? OP_FORCE : strstr(name, "$CO$Mod$") ? OP_MODE : OP_WRITE;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && strcmp(s + n - k, end) == 0;
}

static const struct service *service_of(int number)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (services[i].number == number)
			return &services[i];
	return NULL;
}

static bool invoke(struct cur *c, uint8_t tag, uint64_t *id)
{
	struct cur value;
	uint8_t head;
	if (element(c, &value, &head) < 0 || head != tag || cur_left(&value) > 4)
		return false;
	*id = ber_number(value);
	return true;
}

static enum dissect_result request(struct dissect *d, struct cur c)
{
	uint64_t id;
	struct cur body, value;
	uint8_t head;
	char text[NAME];
	if (!invoke(&c, INTEGER, &id))
		return DISSECT_MALFORMED;
	if (cur_peek(&c, 0) == SEQUENCE)   /* modifiers */
		element(&c, &value, &head);
	int number = element(&c, &body, &head);
	if (number < 0 || !(head & 0x80))
		return DISSECT_MALFORMED;
	const struct service *s = service_of(number);
	struct dissect_request r = { .key = id, .code = (uint32_t)number, .op = s ? s->op : OP_DIAGNOSTIC,
				     .name = s ? s->name : "Unknown command" };
	if (s && s->detail == TEXT && first_text(body, (head & 0x20) != 0, text, sizeof text)) {
		name_keep(&r, text);
		r.describe = describe_name;
	} else if (number == WRITE && variable(body, text, sizeof text)) {
		r.op = write_class(text);
		name_keep(&r, text);
		r.describe = describe_name;
	} else if (number == READ) {
		/* A name plate's leaf: the answer will hold the value alone. */
		struct cur spec = body;
		if (cur_peek(&spec, 0) == 0x80)
			element(&spec, &value, &head);
		if (enter(&spec, 0xa1) && variable(spec, text, sizeof text))
			for (size_t i = 0; i < sizeof plates / sizeof *plates; i++)
				if (ends_with(text, plates[i].end)) {
					name_keep(&r, text);
					r.op = OP_IDENTITY;
					r.describe = describe_name;
				}
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- responses ---- */

static void identify(struct dissect *d, struct cur c)
{
	static const struct { enum attr field; const char *source; } parts[] = {
		{ ATTR_VENDOR, "mms.identify.vendor_name" }, { ATTR_MODEL, "mms.identify.model_name" },
		{ ATTR_FIRMWARE, "mms.identify.revision" },
	};
	struct cur value;
	uint8_t head;
	while (cur_left(&c) && element(&c, &value, &head) >= 0)
		if (head >= 0x80 && head <= 0x82)
			dissect_attr_bytes(d, parts[head - 0x80].field, cur_here(&value), cur_left(&value),
					   parts[head - 0x80].source);
}

static void plate(struct dissect *d, const struct dissect_request *r, struct cur result)
{
	struct cur value;
	uint8_t head;
	const char *name = name_of(r);
	if (!name)
		return;
	for (size_t i = 0; i < sizeof plates / sizeof *plates; i++) {
		struct cur c = result;
		if (!ends_with(name, plates[i].end) || (plates[i].whole && !enter(&c, 0xa2)))
			continue;
		for (int place = plates[i].whole; place > 1; place--)
			element(&c, &value, &head);
		if (element(&c, &value, &head) >= 0 && head == 0x8a)   /* a visible string */
			dissect_attr_bytes(d, plates[i].field, cur_here(&value), cur_left(&value), plates[i].source);
	}
}

static enum dissect_result response(struct dissect *d, struct cur c)
{
	uint64_t id;
	struct cur body, results;
	uint8_t head;
	if (!invoke(&c, INTEGER, &id))
		return DISSECT_MALFORMED;
	int number = element(&c, &body, &head);
	enum op_result result = RESULT_OK;
	/* Of what was read or written: [0] is the failure of that variable. */
	results = body;
	if (number == READ) {
		if (cur_peek(&results, 0) == 0xa0)   /* the specification, repeated */
			element(&results, &c, &head);
		if (!enter(&results, 0xa1))
			results = cur_make("", 0);
	}
	if ((number == READ || number == WRITE) && cur_peek(&results, 0) == 0x80)
		result = RESULT_REFUSED;
	struct dissect_request r;
	dissect_response(d, id, result, &r);
	if (number == IDENTIFY)
		identify(d, body);
	else if (number == READ && r.extra2)
		plate(d, &r, results);
	return DISSECT_OK;
}

static enum dissect_result mms(struct dissect *d, struct cur c)
{
	uint64_t id;
	uint8_t pdu = cur_peek(&c, 0);
	if (!enter(&c, pdu))
		return DISSECT_MALFORMED;
	switch (pdu) {
	case REQUEST:
		return request(d, c);
	case RESPONSE:
		return response(d, c);
	case ERROR:
	case REJECT:
		if (invoke(&c, 0x80, &id))
			dissect_response(d, id, RESULT_REFUSED, NULL);
		return DISSECT_OK;
	default:
		return DISSECT_OK;   /* reports, cancel, conclude */
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	bool last;
	uint8_t type = tpkt_open(d, &c, &last);
	if (!type)
		return DISSECT_TRUNCATED;
	if (type != COTP_DT || !cur_left(&c))
		return DISSECT_LOWER;
	/* Pieces may be lost: a beginning is one whatever came before. */
	bool first = !s->goes_on[dissect_side(d)] || data_fits(c, last);
	uint8_t spdu = cur_peek(&c, 0);
	s->goes_on[dissect_side(d)] = !last;
	if (!first)
		return last ? DISSECT_OK : DISSECT_LOWER;   /* counted with its last piece */
	if (spdu == CONNECT || spdu == ACCEPT)
		return connection(d, c, spdu);
	if (spdu == FINISH || spdu == DISCONNECT || spdu == ABORT || spdu == REFUSE)
		return DISSECT_LOWER;
	if (!cur_starts(&c, "\1\0\1", 4))
		return cur_left(&c) < 4 ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	cur_skip(&c, 4);
	if (!open_presentation(&c))
		return cur_left(&c) < 16 ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
	enum dissect_result r = mms(d, c);
	return r == DISSECT_OK && !last ? DISSECT_LOWER : r;
}

const struct dissector dissect_mms = {
	.name = "mms",
	.title = "MMS (IEC 61850, TASE.2)",
	.ot = true,
	.tcp = { 102 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "ISO 9506-2; ISO 8327-1, 8823-1, 8650-1; RFC 1006; IEC 61850-8-1",
	.recognition = "TPKT, COTP, session and presentation whose lengths agree; a connection that names the abstract syntax of MMS; request and response with one invoke id",
	.identity = "Identify: vendor, model, revision; IEC 61850 name plates that are read: vendor, model, serial number, hardware and software revision",
	.operations = "all confirmed services: read, write (controls and settings by name), program invocations start, stop, reset, kill, domains loaded and stored, files, journals; refusals of single variables",
	.verified = "real captures (connection, read, variable lists, names); Identify, write, files, program invocations from the standard, not yet seen in a real capture",
};
