/*
 * SMB: Windows' file sharing, version 1 ([MS-CIFS], [MS-SMB]), 2 and 3 ([MS-SMB2]),
 * behind the header of NetBIOS sessions (RFC 1002 4.3) on TCP 139, and the same
 * header on TCP 445.
 *
 *   0      1          4
 *   +------+----------+----------------------------------------------------------- - -
 *   | type |  length  | ff "SMB" command status(4) flags flags2(2) pid-high(2) signature(8) 0(2)
 *   |  00  |          |          smb_tree(2) pid(2) user(2) mid(2) words(1) … byte count(2) bytes …
 *   +------+----------+ fe "SMB" 64(2) credit(2) status(4) command(2) credit(2) flags(4) next(4)
 *   81 session request           message id(8) 0(4) smb_tree(4) session(8) signature(16) body …
 *   82 … accepted, 83 refused   fd "SMB" encrypted, fc "SMB" compressed: nothing to read
 *   84 … retarget, 85 keep alive
 *
 * Names of users are passed over, and of files all but programs that are written.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dissect/netbios.h"
#include "dissect/ntlmssp.h"
#include "dissect/smb.h"
#include "dissect/utf16.h"

enum {
	HEADER = 4, READ_MAX = 8192,        /* of longer messages, which are file data, only the beginning */
	MESSAGE = 0x00, SESSION_REQUEST = 0x81, SESSION_ACCEPTED = 0x82, SESSION_REFUSED = 0x83, RETARGET = 0x84,
	KEEP_ALIVE = 0x85, REQUEST_LENGTH = 2 * NETBIOS_ENCODED,
	SMB2_HEADER = 64, COMPOUND_MAX = 16, FLAGS_REPLY = 0x80,
	SMB2_NEGOTIATE = 0, SMB2_SESSION_SETUP = 1, SMB2_TREE_CONNECT = 3, SMB2_CREATE = 5, SMB2_COMMANDS = 19,
	SMB2_RESPONSE = 1, SIGNING_REQUIRED = 2, SESSION_GUEST = 1, DIALECT_ANY = 0x02ff,
	WRITES = 0x50000006, OPEN_ONLY = 1, /* access that writes; a disposition that never makes or replaces a file */
};

#define STATUS_PENDING 0x00000103u

static bool magic(const struct cur *c, size_t at)
{
	uint8_t first = cur_peek(c, at);
	return first >= 0xfc && cur_peek(c, at + 1) == 'S' && cur_peek(c, at + 2) == 'M' && cur_peek(c, at + 3) == 'B';
}

static uint32_t header_length(const struct cur *c)
{
	return (uint32_t)cur_peek(c, 1) << 16 | cur_peek_be16(c, 2);
}

static bool probe(const struct cur *c, enum side side)
{
	uint32_t n = header_length(c);
	(void)side;
	if (!cur_has(c, HEADER))
		return false;
	switch (cur_peek(c, 0)) {
	case MESSAGE:
		return magic(c, HEADER) && n >= (cur_peek(c, HEADER) == 0xff ? SMB1_HEADER + 3u : 36u);
	case SESSION_REQUEST:
		return n == REQUEST_LENGTH && cur_peek(c, HEADER) == 2 * NETBIOS_NAME;
	case SESSION_ACCEPTED:
		return n == 0 && cur_left(c) == HEADER;
	case SESSION_REFUSED:
		return n == 1 && cur_left(c) == HEADER + 1;
	default:
		return false;
	}
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	uint8_t type = cur_peek(c, 0);
	if (type != MESSAGE && (type < SESSION_REQUEST || type > KEEP_ALIVE || header_length(c) > REQUEST_LENGTH))
		return DISSECT_NO_FRAME;
	if (type == MESSAGE && cur_has(c, HEADER + 4) && !magic(c, HEADER))
		return DISSECT_NO_FRAME;
	uint32_t n = HEADER + header_length(c);
	return n > READ_MAX ? READ_MAX : (int32_t)n;
}

/* ---- requests that wait for their answer ---- */

/* 0x0302 is 3.0.2, and 0x0210 is 2.1. */
static void dialect(uint16_t revision, char *out, size_t size)
{
	int n = snprintf(out, size, "SMB %d.%d", revision >> 8, revision >> 4 & 15);
	if (revision & 15)
		snprintf(out + n, size - (size_t)n, ".%d", revision & 15);
}

void smb_settle(struct dissect *d, struct smb_state *s, enum op_result result)
{
	if (s->waiting > SMB_CALLED)
		dissect_op(d, OP_FILE, s->waiting == SMB_TREE ? "Tree Connect" : "Create", s->name, result);
	s->waiting = SMB_NOTHING;
}

void smb_settle_session(struct dissect *d, struct smb_state *s, enum op_result result, bool guest)
{
	char text[64] = "SMB 1";
	if (s->revision)
		dialect(s->revision, text, sizeof text);
	else if (!s->smb1)
		*text = 0;
	size_t n = strlen(text);
	snprintf(text + n, sizeof text - n, "%s%s%s", s->signing ? n ? ", signing required" : "signing required" : "",
		 guest && (n || s->signing) ? ", " : "", guest ? "as guest" : "");
	dissect_op(d, OP_LOGIN, "Session Setup", text, result);
	s->session_waits = false;
	if (guest && result == RESULT_OK)
		dissect_weakness(d, "anonymous-login", "SMB guest");
}

void smb_request(struct dissect *d, uint32_t key)
{
	struct dissect_request r = { .key = key, .op = -1, .name = "request" };
	dissect_request(d, &r);
}

void smb_wait_session(struct dissect *d, struct smb_state *s, uint16_t key)
{
	if (s->session_waits)
		smb_settle_session(d, s, RESULT_UNKNOWN, false);
	s->session_waits = true;
	s->session_key = key;
	smb_request(d, key);
}

static void wait_for(struct dissect *d, struct smb_state *s, enum smb_waiting what, uint16_t key, const char *text)
{
	size_t n = strlen(text);
	smb_settle(d, s, RESULT_UNKNOWN);
	if (n >= sizeof s->name)    /* cut between characters */
		for (n = sizeof s->name - 1; n && ((uint8_t)text[n] & 0xc0) == 0x80; n--)
			;
	memcpy(s->name, text, n);
	s->name[n] = 0;
	s->waiting = (uint8_t)what;
	s->key = key;
	if (what > SMB_CALLED)
		smb_request(d, key);
}

/* A share by its UNC path: what stands behind the last backslash. */
void smb_tree(struct dissect *d, struct smb_state *s, uint16_t key, const char *path)
{
	const char *share = strrchr(path, '\\');
	wait_for(d, s, SMB_TREE, key, share ? share + 1 : path);
}

/* What remote administration opens, and programs that are put onto a share: nothing else is kept of files. */
void smb_create(struct dissect *d, struct smb_state *s, uint16_t key, const char *path, uint32_t access,
		   uint32_t disposition)
{
	static const char *const pipes[] = { "svcctl", "atsvc", "winreg", "samr", "lsarpc", "srvsvc", "spoolss", "wkssvc",
					     "netlogon", "eventlog", "ntsvcs", "epmapper", "browser", "psexesvc",
					     "initshutdown", "remcom_communicaton" };
	static const char *const programs[] = { ".exe", ".dll", ".sys", ".scr", ".com", ".msi", ".bat", ".cmd", ".ps1",
						".vbs", ".js", ".hta", ".lnk" };
	const char *name = strrchr(path, '\\');
	char text[64];
	name = name ? name + 1 : path;
	for (size_t i = 0; i < sizeof pipes / sizeof *pipes; i++)
		if (strcasecmp(name, pipes[i]) == 0) {
			snprintf(text, sizeof text, "pipe %s", pipes[i]);
			wait_for(d, s, SMB_CREATE, key, text);
			return;
		}
	const char *dot = strrchr(name, '.');
	if (!dot || !(access & WRITES) || disposition == OPEN_ONLY)
		return;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (strcasecmp(dot, programs[i]) == 0) {
			/* The ending must stay where the name is long. */
			int keep = (int)sizeof s->name - 9 - (int)strlen(dot);
			snprintf(text, sizeof text, "writes %.*s%s", dot - name < keep ? (int)(dot - name) : keep, name, dot);
			wait_for(d, s, SMB_CREATE, key, text);
			return;
		}
}

/* ---- SMB 2 and 3 ---- */

/* A part of the message by its place, which counts from the header. */
static struct cur part(struct cur whole, uint16_t at, uint16_t n)
{
	cur_skip(&whole, at);
	return cur_sub(&whole, n);
}

static void negotiated2(struct dissect *d, struct smb_state *s, struct cur body)
{
	char text[32];
	cur_skip(&body, 2);
	uint16_t mode = cur_le16(&body), revision = cur_le16(&body);
	if (!cur_ok(&body) || revision == DIALECT_ANY || revision < 0x0200 || revision > 0x03ff)
		return;
	s->revision = revision;
	s->smb1 = false;
	s->signing = mode & SIGNING_REQUIRED;
	dialect(revision, text, sizeof text);
	dissect_attr(d, ATTR_SOFTWARE, text, "smb.negotiate.dialect");
}

static void request2(struct dissect *d, struct smb_state *s, uint16_t command, uint16_t key, struct cur whole,
		     struct cur body)
{
	char text[OBS_TEXT];
	if (command == SMB2_NEGOTIATE) {
		smb_request(d, SMB_KEY_NEGOTIATE);
	} else if (command == SMB2_SESSION_SETUP) {
		smb_wait_session(d, s, key);
		cur_skip(&body, 2 + 1 + 1 + 4 + 4);
		uint16_t at = cur_le16(&body), n = cur_le16(&body);
		struct cur token = part(whole, at, n);
		if (cur_ok(&body) && cur_ok(&token))
			ntlmssp_message(d, token);
	} else if (command == SMB2_TREE_CONNECT) {
		cur_skip(&body, 4);
		uint16_t at = cur_le16(&body), n = cur_le16(&body);
		if (cur_ok(&body) && utf16_text(part(whole, at, n), text, sizeof text))
			smb_tree(d, s, key, text);
	} else if (command == SMB2_CREATE) {
		cur_skip(&body, 24);
		uint32_t access = cur_le32(&body);
		cur_skip(&body, 8);
		uint32_t disposition = cur_le32(&body);
		cur_skip(&body, 4);
		uint16_t at = cur_le16(&body), n = cur_le16(&body);
		if (cur_ok(&body) && utf16_text(part(whole, at, n), text, sizeof text))
			smb_create(d, s, key, text, access, disposition);
	}
}

static void response2(struct dissect *d, struct smb_state *s, uint16_t command, uint16_t key, uint32_t status,
		      struct cur whole, struct cur body)
{
	enum op_result result = status >> 30 == 3 ? RESULT_REFUSED : RESULT_OK;
	if (status == STATUS_PENDING)
		return;
	if (command == SMB2_NEGOTIATE) {
		dissect_response(d, SMB_KEY_NEGOTIATE, result, NULL);
		if (result == RESULT_OK)
			negotiated2(d, s, body);
	} else if (command == SMB2_SESSION_SETUP) {
		dissect_response(d, key, result, NULL);
		cur_skip(&body, 2);
		uint16_t flags = cur_le16(&body), at = cur_le16(&body), n = cur_le16(&body);
		if (s->session_waits && s->session_key == key) {
			if (status == SMB_STATUS_MORE_PROCESSING)
				s->session_waits = false;
			else
				smb_settle_session(d, s, result, result == RESULT_OK && (flags & SESSION_GUEST));
		}
		struct cur token = part(whole, at, n);
		if (cur_ok(&body) && cur_ok(&token))
			ntlmssp_message(d, token);
	} else if (s->waiting > SMB_CALLED && s->key == key) {
		dissect_response(d, key, result, NULL);
		smb_settle(d, s, result);
	}
}

static enum dissect_result smb2(struct dissect *d, struct smb_state *s, struct cur c)
{
	for (int i = 0; i < COMPOUND_MAX && cur_left(&c); i++) {
		struct cur body = c;
		cur_skip(&body, 4);
		uint16_t size = cur_le16(&body);
		cur_skip(&body, 2);
		uint32_t status = cur_le32(&body);
		uint16_t command = cur_le16(&body);
		cur_skip(&body, 2);
		uint32_t flags = cur_le32(&body), next = cur_le32(&body);
		uint16_t key = cur_le16(&body);
		cur_skip(&body, 6 + 8 + 8 + 16);
		if (!cur_ok(&body))
			return DISSECT_TRUNCATED;
		if (!magic(&c, 0) || size != SMB2_HEADER || command >= SMB2_COMMANDS || next % 8 ||
		    (next && next < SMB2_HEADER))
			return i ? DISSECT_MALFORMED : DISSECT_NOT_MINE;
		dissect_evident(d);
		bool last = !next || next > cur_left(&c);
		struct cur whole = last ? c : cur_sub(&c, next);
		cur_limit(&body, cur_left(&whole) - SMB2_HEADER);
		if (flags & SMB2_RESPONSE)
			response2(d, s, command, key, status, whole, body);
		else
			request2(d, s, command, key, whole, body);
		if (last)
			break;
	}
	return DISSECT_OK;
}

/* ---- sessions ---- */

static enum dissect_result session_request(struct dissect *d, struct smb_state *s, struct cur c)
{
	uint8_t called[NETBIOS_NAME], calling[NETBIOS_NAME];
	char text[OBS_TEXT];
	if (!netbios_name(&c, called) || !netbios_name(&c, calling))
		return cur_ok(&c) ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	if (netbios_text(calling, text, sizeof text))
		dissect_attr(d, ATTR_HOSTNAME, text, "smb.session_request.calling_name");
	if (netbios_text(called, text, sizeof text))
		wait_for(d, s, SMB_CALLED, 0, text);
	return DISSECT_LOWER;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct smb_state *s = dissect_scratch(d);
	const struct packet *p = dissect_packet(d);
	uint32_t n = header_length(&c);
	uint8_t type = cur_u8(&c);
	cur_skip(&c, 3);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	switch (type) {
	case SESSION_REQUEST:
		dissect_set_side(d, SIDE_CLIENT);
		return session_request(d, s, c);
	case SESSION_ACCEPTED:
		if (s->waiting == SMB_CALLED)
			dissect_attr(d, ATTR_HOSTNAME, s->name, "smb.session_request.called_name");
		s->waiting = s->waiting == SMB_CALLED ? SMB_NOTHING : s->waiting;
		return DISSECT_LOWER;
	case SESSION_REFUSED: case RETARGET: case KEEP_ALIVE:
		return DISSECT_LOWER;
	default:
		break;
	}
	if (type != MESSAGE || !magic(&c, 0))
		return DISSECT_NOT_MINE;
	uint8_t version = cur_peek(&c, 0);
	if (cur_left(&c) == READ_MAX - HEADER && n > READ_MAX - HEADER)
		dissect_skip(d, n - (READ_MAX - HEADER));
	/* The ports tell who serves; where they do not, the message does. */
	bool at_sender = p->sport == 139 || p->sport == 445, at_receiver = p->dport == 139 || p->dport == 445;
	if (at_sender != at_receiver)
		dissect_set_side(d, at_sender ? SIDE_SERVER : SIDE_CLIENT);
	else if (version == 0xff && cur_has(&c, 10))
		dissect_set_side(d, cur_peek(&c, 9) & FLAGS_REPLY ? SIDE_SERVER : SIDE_CLIENT);
	else if (version == 0xfe && cur_has(&c, 17))
		dissect_set_side(d, cur_peek(&c, 16) & SMB2_RESPONSE ? SIDE_SERVER : SIDE_CLIENT);
	if (version == 0xff)
		return smb1_message(d, s, c);
	if (version == 0xfe)
		return smb2(d, s, c);
	if (cur_left(&c) < 36)
		return DISSECT_NOT_MINE;
	dissect_evident(d);
	return DISSECT_OK;
}

const struct dissector dissect_smb = {
	.name = "smb",
	.title = "SMB",
	.carries = { "smb1", "ntlmssp" },
	.tcp = { 445, 139 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "[MS-CIFS], [MS-SMB], [MS-SMB2], [MS-NLMP]; RFC 1001, RFC 1002",
	.recognition = "header of a NetBIOS session with the mark of SMB 1, 2 or 3 behind it; smb1 where the server answers in it",
	.identity = "native OS and LAN manager, server and domain name, dialect; NTLMSSP: computer, domain, version of Windows; "
		    "NetBIOS names of a session request",
	.operations = "session setup (signing, guest), tree connect with the share, pipes of remote administration, programs "
		      "written to a share; weak: SMB 1, NTLMv1, passwords in clear, guests",
	.verified = "real captures",
};
