/*
 * NetBIOS datagrams (RFC 1002 4.4), UDP 138, and the mailslots in them: the
 * announcements of Windows' Computer Browser ([MS-BRWS]) and of logon ([MS-ADTS] 7.3).
 *
 *   0      1       2    4        8      10       12       14
 *   +------+-------+----+--------+------+--------+--------+-------------+------------------+------ - -
 *   | type | flags | id | source | port | length | offset | source name | destination name | data
 *   +------+-------+----+--------+------+--------+--------+-------------+------------------+------ - -
 *   data: SMB transaction (ff "SMB" 25), 17 words, "\MAILSLOT\BROWSE", and behind it
 *
 *   0         1        2         6           22      23      24          28           30        32
 *   +---------+--------+---------+-----------+-------+-------+-----------+------------+---------+--------- - -
 *   | command | update | period  | name (16) | major | minor | what it is| browser 2  | aa55    | comment
 *   +---------+--------+---------+-----------+-------+-------+-----------+------------+---------+--------- - -
 */
#include <stdio.h>
#include <string.h>

#include "dissect/netbios.h"
#include "dissect/ntlmssp.h"
#include "dissect/utf16.h"

enum {
	HEADER = 14, UNIQUE = 0x10, GROUP = 0x11, BROADCAST = 0x12, ERROR = 0x13, QUERY = 0x14, ANSWER = 0x15, NO_ANSWER = 0x16,
	FLAGS_MAX = 0x0f, FIRST = 0x02,
	SMB_HEADER = 32, TRANSACTION = 0x25, WORDS = 17,
	HOST_ANNOUNCEMENT = 1, ANNOUNCEMENT_REQUEST = 2, ELECTION = 8, DOMAIN_ANNOUNCEMENT = 12, MASTER_ANNOUNCEMENT = 13,
	LOCAL_MASTER_ANNOUNCEMENT = 15,
	IS_SQL = 0x4, IS_CONTROLLER = 0x8, IS_BACKUP_CONTROLLER = 0x10, IS_PRINT_SERVER = 0x200, IS_UNIX = 0x800,
	IS_NT = 0x1000, IS_NT_SERVER = 0x8000, IS_WINDOWS_9X = 0x400000,
	LANMAN_ANNOUNCEMENT = 1,
	PRIMARY_QUERY = 7, PRIMARY_ANSWER = 12, SAM_REQUEST = 18, SAM_ANSWER = 19, SAM_USER_UNKNOWN = 21,
};

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	uint8_t name[NETBIOS_NAME];
	(void)side;
	uint8_t type = cur_u8(&x), flags = cur_u8(&x);
	cur_skip(&x, 8);
	if (type < UNIQUE || type > NO_ANSWER || flags > FLAGS_MAX)
		return false;
	if (type == ERROR)
		return false;   /* too little to be known by */
	if (type >= QUERY)
		return netbios_name(&x, name) && cur_left(&x) == 0;
	uint16_t length = cur_be16(&x);
	cur_skip(&x, 2);
	return length >= 2 * NETBIOS_ENCODED && cur_left(&x) <= length && netbios_name(&x, name) && netbios_name(&x, name);
}

/* A text of one byte a character, up to its NUL. */
static bool text(struct cur *c, char *out, size_t size)
{
	size_t n = 0;
	while (n < cur_left(c) && cur_peek(c, n))
		n++;
	size_t written = text_wire(cur_here(c), n, out, size);
	cur_skip(c, n < cur_left(c) ? n + 1 : n);
	return written > 0;
}

static void named(struct dissect *d, struct cur *c, enum attr field, const char *source)
{
	char value[OBS_TEXT];
	if (text(c, value, sizeof value))
		dissect_attr(d, field, value, source);
}

static void domain(struct dissect *d, const char *name, const char *source)
{
	char value[OBS_TEXT];
	snprintf(value, sizeof value, "domain or workgroup %.200s", name);
	dissect_attr(d, ATTR_LOCATION, value, source);
}

/* ---- the browser ---- */

/*
 * What a machine says it is. Those with the mark of Unix are Samba, which gives the version of some Windows for its own,
 * and without the mark of NT or of 9x it is somebody else's.
 */
static void kind(struct dissect *d, uint32_t is, uint8_t major, uint8_t minor)
{
	char value[OBS_TEXT];
	if (is & (IS_CONTROLLER | IS_BACKUP_CONTROLLER))
		dissect_attr(d, ATTR_ROLE, "domain controller", "browser.announcement.server_type");
	if (is & IS_SQL)
		dissect_attr(d, ATTR_SOFTWARE, "SQL Server", "browser.announcement.server_type");
	if (is & IS_UNIX) {
		dissect_attr(d, ATTR_OS, "Unix", "browser.announcement.server_type");
		return;
	}
	if (is & IS_PRINT_SERVER)
		dissect_attr(d, ATTR_ROLE, "print server", "browser.announcement.server_type");
	if (is & IS_NT_SERVER)
		dissect_attr(d, ATTR_ROLE, "server", "browser.announcement.server_type");
	if ((is & IS_WINDOWS_9X) && !(is & IS_NT))
		dissect_attr(d, ATTR_OS, minor >= 10 ? "Windows 98" : "Windows 95 / 98", "browser.announcement.version");
	else if ((is & (IS_NT | IS_NT_SERVER)) && windows_version(major, minor, 0, value, sizeof value))
		dissect_attr(d, ATTR_OS, value, "browser.announcement.version");
}

static enum dissect_result announcement(struct dissect *d, struct cur c, const char *group)
{
	char value[OBS_TEXT];
	cur_skip(&c, 1 + 4);
	struct cur name = cur_sub(&c, NETBIOS_NAME);
	uint8_t major = cur_u8(&c), minor = cur_u8(&c);
	uint32_t is = cur_le32(&c);
	cur_skip(&c, 2 + 2);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (text_wire(cur_here(&name), cur_left(&name), value, sizeof value))
		dissect_attr(d, ATTR_HOSTNAME, value, "browser.announcement.server_name");
	kind(d, is, major, minor);
	named(d, &c, ATTR_DESCRIPTION, "browser.announcement.comment");
	if (*group)
		domain(d, group, "browser.announcement.destination");
	return DISSECT_OK;
}

/* Told by the master of a group: the group's name where a machine's was, and its own at the end. */
static enum dissect_result group_announcement(struct dissect *d, struct cur c)
{
	char value[OBS_TEXT];
	cur_skip(&c, 1 + 4);
	struct cur name = cur_sub(&c, NETBIOS_NAME);
	cur_skip(&c, 2 + 4 + 2 + 2);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (text_wire(cur_here(&name), cur_left(&name), value, sizeof value))
		domain(d, value, "browser.domain_announcement.group");
	named(d, &c, ATTR_HOSTNAME, "browser.domain_announcement.master");
	return DISSECT_OK;
}

static enum dissect_result browse(struct dissect *d, struct cur c, const char *group)
{
	uint8_t command = cur_u8(&c);
	dissect_also(d, "browser");
	switch (command) {
	case HOST_ANNOUNCEMENT: case LOCAL_MASTER_ANNOUNCEMENT:
		return announcement(d, c, group);
	case DOMAIN_ANNOUNCEMENT:
		return group_announcement(d, c);
	case ANNOUNCEMENT_REQUEST:
		cur_skip(&c, 1);
		named(d, &c, ATTR_HOSTNAME, "browser.announcement_request.computer");
		break;
	case ELECTION:
		cur_skip(&c, 1 + 4 + 4 + 4);
		named(d, &c, ATTR_HOSTNAME, "browser.election.server");
		break;
	case MASTER_ANNOUNCEMENT:
		named(d, &c, ATTR_HOSTNAME, "browser.master_announcement.server");
		break;
	default:
		break;
	}
	return DISSECT_OK;
}

/* OS/2, Windows for Workgroups and old printers announce themselves in another form. */
static enum dissect_result lanman(struct dissect *d, struct cur c)
{
	if (cur_le16(&c) != LANMAN_ANNOUNCEMENT)
		return DISSECT_OK;
	uint32_t is = cur_le32(&c);
	uint8_t major = cur_u8(&c), minor = cur_u8(&c);
	cur_skip(&c, 2);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	named(d, &c, ATTR_HOSTNAME, "browser.lanman_announcement.server_name");
	kind(d, is, major, minor);
	named(d, &c, ATTR_DESCRIPTION, "browser.lanman_announcement.comment");
	return DISSECT_OK;
}

/* ---- logon ---- */

static struct cur wide_text(struct cur *c)
{
	struct cur from = *c;
	size_t n = 0;
	while (n + 2 <= cur_left(&from) && cur_peek_le16(&from, n))
		n += 2;
	cur_skip(c, n + 2 <= cur_left(c) ? n + 2 : cur_left(c));
	cur_limit(&from, n);
	return from;
}

/* Who asks for a domain controller, and the controller that answers: by name. */
static void netlogon(struct dissect *d, struct cur c)
{
	char value[OBS_TEXT];
	const char *name = value;
	uint16_t operation = cur_le16(&c);
	if (operation == PRIMARY_QUERY) {
		named(d, &c, ATTR_HOSTNAME, "netlogon.primary_query.computer");
	} else if (operation == SAM_REQUEST) {
		cur_skip(&c, 2);
		if (utf16_text(wide_text(&c), value, sizeof value))
			dissect_attr(d, ATTR_HOSTNAME, value, "netlogon.sam_logon_request.computer");
	} else if (operation == PRIMARY_ANSWER) {
		named(d, &c, ATTR_HOSTNAME, "netlogon.primary_answer.server");
		dissect_attr(d, ATTR_ROLE, "primary domain controller", "netlogon.primary_answer");
	} else if (operation == SAM_ANSWER || operation == SAM_USER_UNKNOWN) {
		if (utf16_text(wide_text(&c), value, sizeof value)) {
			while (*name == '\\')
				name++;
			dissect_attr(d, ATTR_HOSTNAME, name, "netlogon.sam_logon_answer.server");
		}
		dissect_attr(d, ATTR_ROLE, "domain controller", "netlogon.sam_logon_answer");
	}
}

/* ---- a datagram ---- */

static enum dissect_result mailslot(struct dissect *d, struct cur c, const char *group)
{
	static const char browse_name[] = "\\MAILSLOT\\BROWSE", lanman_name[] = "\\MAILSLOT\\LANMAN",
			  logon_name[] = "\\MAILSLOT\\NET\\";
	struct cur whole = c;
	if (!cur_starts(&c, "\xffSMB\x25", 5))
		return DISSECT_OK;   /* a message for a program of its own */
	cur_skip(&c, SMB_HEADER);
	uint8_t words = cur_u8(&c);
	cur_skip(&c, 2 + 2 + 2 + 2 + 1 + 1 + 2 + 4 + 2 + 2 + 2);
	uint16_t n = cur_le16(&c), at = cur_le16(&c);
	cur_skip(&c, 1 + 1 + 6 + 2);
	cur_skip(&whole, at);
	struct cur data = cur_sub(&whole, n);
	if (!cur_ok(&c) || !cur_ok(&data))
		return DISSECT_TRUNCATED;
	if (words != WORDS)
		return DISSECT_OK;
	if (cur_starts(&c, browse_name, sizeof browse_name))
		return browse(d, data, group);
	if (cur_starts(&c, lanman_name, sizeof lanman_name))
		return lanman(d, data);
	if (cur_starts(&c, logon_name, sizeof logon_name - 1))
		netlogon(d, data);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint8_t from[NETBIOS_NAME], to[NETBIOS_NAME];
	char value[OBS_TEXT], group[OBS_TEXT] = "";
	const struct packet *p = dissect_packet(d);
	uint8_t type = cur_u8(&c), flags = cur_u8(&c);
	cur_skip(&c, 2);
	struct addr source = addr_v4(cur_bytes(&c, 4));
	cur_skip(&c, 2);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (type < UNIQUE || type > NO_ANSWER || flags > FLAGS_MAX)
		return DISSECT_NOT_MINE;
	if (type >= ERROR) {
		if (type != ERROR && netbios_name(&c, from))
			dissect_evident(d);
		return DISSECT_OK;
	}
	cur_skip(&c, 4);
	if (!netbios_name(&c, from) || !netbios_name(&c, to))
		return cur_ok(&c) ? DISSECT_NOT_MINE : DISSECT_TRUNCATED;
	dissect_evident(d);
	if (!(flags & FIRST) || !addr_equal(&source, &p->src))
		return DISSECT_OK;   /* a later piece, or passed on for somebody else */
	uint8_t suffix = from[NETBIOS_NAME - 1];
	if ((suffix == NETBIOS_WORKSTATION || suffix == NETBIOS_SERVER) && netbios_text(from, value, sizeof value))
		dissect_attr(d, ATTR_HOSTNAME, value, "nbdgm.source_name");
	suffix = to[NETBIOS_NAME - 1];
	if (suffix == NETBIOS_MASTER || suffix == NETBIOS_ELECTION)
		netbios_text(to, group, sizeof group);
	return mailslot(d, c, group);
}

const struct dissector dissect_nbdgm = {
	.name = "nbdgm",
	.title = "NetBIOS datagrams, Computer Browser",
	.carries = { "browser" },
	.udp = { 138 },
	.probe = probe,
	.message = message,
	.reference = "RFC 1002 4.4; [MS-BRWS], [MS-MAIL]; netlogon: [MS-ADTS] 7.3",
	.recognition = "type, flags, a length that fits, and two encoded NetBIOS names",
	.identity = "announcements: host name, version of Windows, comment, workgroup, domain controller, SQL server; who asks for and "
		    "who is a domain controller",
	.operations = "",
	.verified = "real captures",
};
