/*
 * SMB 1 ([MS-CIFS] 2.2.4, [MS-SMB] 2.2.4): smb.c has its place on the wire.
 *
 *   0          4         5        9       10       12 … 24     26    28     30    32
 *   +----------+---------+--------+-------+--------+------+------+-----+------+-----+-------+------- - -+-------+----- - -
 *   | ff "SMB" | command | status | flags | flags2 |      | tree | pid | user | mid | words | words (2) | bytes | bytes
 *   +----------+---------+--------+-------+--------+------+------+-----+------+-----+-------+------- - -+-------+----- - -
 *   AndX commands begin their words with the next command and its place: several stand in one message.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/ntlmssp.h"
#include "dissect/smb.h"
#include "dissect/utf16.h"

enum {
	FLAGS_REPLY = 0x80, FLAGS2_UNICODE = 0x8000, FLAGS2_NT_STATUS = 0x4000,
	TREE_CONNECT_OLD = 0x70, NEGOTIATE = 0x72, SESSION_SETUP = 0x73, TREE_CONNECT = 0x75, NT_CREATE = 0xa2,
	SECURITY_ENCRYPT = 2, SECURITY_REQUIRED = 8, ACTION_GUEST = 1,
};

struct smb1 {
	struct cur whole;           /* from its header on */
	uint16_t key, flags2;
	bool reply, refused;
	uint32_t status;
};

/* A text that ends with a NUL; in UTF-16 it begins at an even place unless it is packed. */
static size_t text1(struct cur *c, const struct smb1 *m, bool packed, char *out, size_t size)
{
	bool wide = m->flags2 & FLAGS2_UNICODE;
	if (wide && !packed && cur_left(c) && (cur_here(c) - cur_here(&m->whole)) % 2)
		cur_skip(c, 1);
	struct cur from = *c;
	size_t n = 0, step = wide ? 2 : 1;
	while (n + step <= cur_left(&from) && (cur_peek(&from, n) || (wide && cur_peek(&from, n + 1))))
		n += step;
	cur_skip(c, n + step <= cur_left(c) ? n + step : cur_left(c));
	cur_limit(&from, n);
	*out = 0;
	return wide ? utf16_text(from, out, size) : text_wire(cur_here(&from), cur_left(&from), out, size);
}

/*
 * Native OS, native LAN manager: two texts near the end of a session setup. Of Windows the second one tells less, and
 * has an old name at times. Samba calls itself Windows.
 */
static void native(struct dissect *d, struct cur *c, const struct smb1 *m)
{
	static const struct { const char *text, *means; } old[] = {
		{ "Windows 2002", "Windows XP" }, { "Windows 5.1", "Windows XP" }, { "Windows 5.0", "Windows 2000" },
		{ "Windows 4.0", "Windows 95 / 98" },
	};
	char os[OBS_TEXT], manager[OBS_TEXT], text[OBS_TEXT];
	text1(c, m, false, os, sizeof os);
	text1(c, m, false, manager, sizeof manager);
	bool windows = strncmp(os, "Windows", 7) == 0;
	if (strncmp(manager, "Windows", 7) != 0)
		dissect_attr(d, ATTR_SOFTWARE, manager, "smb.session_setup.native_lan_manager");
	if (windows && strncmp(manager, "Samba", 5) == 0)
		return;
	for (size_t i = 0; i < sizeof old / sizeof *old; i++)
		if (strncmp(os, old[i].text, strlen(old[i].text)) == 0) {
			snprintf(text, sizeof text, "%s (%.200s)", old[i].means, os);
			dissect_attr(d, ATTR_OS, text, "smb.session_setup.native_os");
			return;
		}
	dissect_attr(d, ATTR_OS, os, "smb.session_setup.native_os");
}

static void workgroup(struct dissect *d, const char *name, const char *source)
{
	char text[OBS_TEXT];
	if (!*name)
		return;
	snprintf(text, sizeof text, "domain or workgroup %.200s", name);
	dissect_attr(d, ATTR_LOCATION, text, source);
}

static void negotiated1(struct dissect *d, struct smb_state *s, const struct smb1 *m, struct cur words, struct cur bytes)
{
	char text[OBS_TEXT];
	size_t n = cur_left(&words) / 2;
	uint16_t index = cur_le16(&words);
	dissect_response(d, SMB_KEY_NEGOTIATE, index == 0xffff ? RESULT_REFUSED : RESULT_OK, NULL);
	if (index == 0xffff || !n)
		return;
	const char *name = n == 17 ? "NT LM 0.12" : n == 13 ? "LANMAN" : "core protocol";
	uint16_t mode = n == 17 ? cur_u8(&words) : n == 13 ? cur_le16(&words) : 0;
	s->smb1 = true;
	s->plain = !(mode & SECURITY_ENCRYPT);
	s->signing = n == 17 && (mode & SECURITY_REQUIRED);
	snprintf(text, sizeof text, "SMB 1 (%s)", name);
	dissect_attr(d, ATTR_SOFTWARE, text, "smb.negotiate.dialect");
	dissect_weakness(d, "smb1", name);
	if (n != 17)
		return;
	cur_skip(&words, 2 + 2 + 4 + 4 + 4);
	uint32_t capabilities = cur_le32(&words);
	cur_skip(&words, 8 + 2);
	uint8_t challenge = cur_u8(&words);
	if (!cur_ok(&words) || capabilities >> 31)   /* extended security: a token stands there */
		return;
	cur_skip(&bytes, challenge);
	text1(&bytes, m, true, text, sizeof text);
	workgroup(d, text, "smb.negotiate.domain");
	if (text1(&bytes, m, true, text, sizeof text))
		dissect_attr(d, ATTR_HOSTNAME, text, "smb.negotiate.server");
}

static void session1(struct dissect *d, struct smb_state *s, const struct smb1 *m, struct cur words, struct cur bytes)
{
	char text[OBS_TEXT];
	size_t n = cur_left(&words) / 2;
	cur_skip(&words, 4);
	if (m->reply) {
		bool more = m->status == SMB_STATUS_MORE_PROCESSING && (m->flags2 & FLAGS2_NT_STATUS);
		enum op_result result = m->refused ? RESULT_REFUSED : RESULT_OK;
		dissect_response(d, m->key, result, NULL);
		uint16_t action = cur_le16(&words);
		if (s->session_waits && s->session_key == m->key) {
			if (more)
				s->session_waits = false;
			else
				smb_settle_session(d, s, result, n >= 3 && (action & ACTION_GUEST));
		}
		if (n != 3 && n != 4)
			return;
		struct cur token = n == 4 ? cur_sub(&bytes, cur_le16(&words)) : cur_sub(&bytes, 0);
		if (cur_ok(&token))
			ntlmssp_message(d, token);
		native(d, &bytes, m);
		text1(&bytes, m, false, text, sizeof text);
		workgroup(d, text, "smb.session_setup.primary_domain");
		return;
	}
	smb_wait_session(d, s, m->key);
	cur_skip(&words, 2 + 2 + 2 + 4);
	if (n == 12) {
		struct cur token = cur_sub(&bytes, cur_le16(&words));
		if (cur_ok(&token))
			ntlmssp_message(d, token);
	} else if (n == 13 || n == 10) {
		uint16_t lm = cur_le16(&words), nt = n == 13 ? cur_le16(&words) : 0;
		cur_skip(&bytes, lm);
		cur_skip(&bytes, nt);
		if (s->plain && (lm > 1 || nt > 1))
			dissect_weakness(d, "password-in-clear", "SMB 1");
		else if (!s->plain && nt == NTLMV1_RESPONSE)
			dissect_weakness(d, "ntlmv1", NULL);
		else if (!s->plain && nt == 0 && lm == NTLMV1_RESPONSE)
			dissect_weakness(d, "ntlmv1", "LM only");
		text1(&bytes, m, false, text, sizeof text);   /* the user */
		text1(&bytes, m, false, text, sizeof text);   /* the account's domain */
	} else {
		return;
	}
	native(d, &bytes, m);
	if (n == 12) {   /* the others told the account's */
		text1(&bytes, m, false, text, sizeof text);
		workgroup(d, text, "smb.session_setup.primary_domain");
	}
}

static void tree1(struct dissect *d, struct smb_state *s, const struct smb1 *m, struct cur words, struct cur bytes)
{
	char path[OBS_TEXT];
	cur_skip(&words, 6);
	uint16_t password = cur_le16(&words);
	cur_skip(&bytes, password);
	if (s->plain && password > 1)
		dissect_weakness(d, "password-in-clear", "SMB 1 share");
	if (cur_ok(&words) && text1(&bytes, m, false, path, sizeof path))
		smb_tree(d, s, m->key, path);
}

/* The first versions' own: path, password and service, each behind a byte 4. */
static void tree_old(struct dissect *d, struct smb_state *s, struct smb1 m, struct cur bytes)
{
	char path[OBS_TEXT], password[2];
	m.flags2 = 0;
	cur_skip(&bytes, 1);
	text1(&bytes, &m, false, path, sizeof path);
	cur_skip(&bytes, 1);
	if (text1(&bytes, &m, false, password, sizeof password))
		dissect_weakness(d, "password-in-clear", "SMB 1 share");
	memset(password, 0, sizeof password);
	if (*path)
		smb_tree(d, s, m.key, path);
}

static void create1(struct dissect *d, struct smb_state *s, const struct smb1 *m, struct cur words, struct cur bytes)
{
	char path[OBS_TEXT];
	cur_skip(&words, 4 + 1 + 2 + 4 + 4);
	uint32_t access = cur_le32(&words);
	cur_skip(&words, 8 + 4 + 4);
	uint32_t disposition = cur_le32(&words);
	if (cur_ok(&words) && text1(&bytes, m, false, path, sizeof path))
		smb_create(d, s, m->key, path, access, disposition);
}

static void command1(struct dissect *d, struct smb_state *s, const struct smb1 *m, uint8_t command, struct cur words,
		     struct cur bytes)
{
	if (command == NEGOTIATE) {
		if (m->reply)
			negotiated1(d, s, m, words, bytes);
		else
			smb_request(d, SMB_KEY_NEGOTIATE);
	} else if (command == SESSION_SETUP) {
		session1(d, s, m, words, bytes);
	} else if (m->reply) {
		if (s->waiting > SMB_CALLED && s->key == m->key) {
			dissect_response(d, m->key, RESULT_OK, NULL);
			smb_settle(d, s, m->refused ? RESULT_REFUSED : RESULT_OK);
		}
	} else if (command == TREE_CONNECT) {
		tree1(d, s, m, words, bytes);
	} else if (command == TREE_CONNECT_OLD) {
		tree_old(d, s, *m, bytes);
	} else if (command == NT_CREATE) {
		create1(d, s, m, words, bytes);
	}
}

/* Is this one of the commands whose words begin with the next command of the message? */
static bool chained(uint8_t command)
{
	return command == 0x24 || (command >= 0x2d && command <= 0x2f) ||
	       (command >= SESSION_SETUP && command <= TREE_CONNECT) || command == NT_CREATE;
}

enum dissect_result smb1_message(struct dissect *d, struct smb_state *s, struct cur c)
{
	struct smb1 m = { .whole = c };
	cur_skip(&c, 4);
	uint8_t command = cur_u8(&c);
	m.status = cur_le32(&c);
	m.reply = cur_u8(&c) & FLAGS_REPLY;
	m.flags2 = cur_le16(&c);
	cur_skip(&c, 2 + 8 + 2 + 2);
	uint16_t pid = cur_le16(&c);
	cur_skip(&c, 2);
	m.key = (uint16_t)(cur_le16(&c) ^ pid);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	m.refused = m.flags2 & FLAGS2_NT_STATUS ? m.status >> 30 == 3 : (m.status & 0xff) != 0;
	dissect_evident(d);
	/* What is beyond the negotiation proves how that ended. */
	if (m.reply && command != NEGOTIATE && !m.refused && !s->smb1) {
		s->smb1 = true;
		dissect_weakness(d, "smb1", NULL);
	}
	for (int i = 0; i < 4; i++) {
		struct cur words = cur_sub(&c, cur_u8(&c) * 2u);
		uint16_t n = cur_le16(&c);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		struct cur bytes = c;
		cur_limit(&bytes, n);
		command1(d, s, &m, command, words, bytes);
		uint8_t next = cur_peek(&words, 0);
		uint16_t at = cur_peek_le16(&words, 2);
		if (!chained(command) || cur_left(&words) < 4 || next == 0xff || at < SMB1_HEADER)
			break;
		command = next;
		struct cur rest = m.whole;
		cur_skip(&rest, at);
		if (cur_left(&rest) < 3 || cur_here(&rest) <= cur_here(&words))
			break;
		c = rest;
	}
	if (s->smb1)
		dissect_also(d, "smb1");
	return DISSECT_OK;
}
