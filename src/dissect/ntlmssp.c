/*
 * NTLMSSP ([MS-NLMP] 2.2). All numbers are little endian; a field is its length, its
 * room, and where it stands from the start of the message.
 *
 *   0            8      12
 *   +------------+------+------------------------------------------------- - -
 *   | "NTLMSSP"0 | type | 1 NEGOTIATE    flags, domain, workstation, version
 *   +------------+------+ 2 CHALLENGE    target name, flags, challenge (8), 0 (8), target info, version
 *                         3 AUTHENTICATE LM response, NT response, domain, user, workstation, key, flags, version
 *
 * The user's name is passed over, and so is everything that a password could be
 * found from.
 */
#include "dissect/ntlmssp.h"

#include <stdio.h>
#include <string.h>

#include "dissect/utf16.h"

enum {
	NEGOTIATE = 1, CHALLENGE = 2, AUTHENTICATE = 3,
	UNICODE = 0x00000001, ANONYMOUS = 0x00000800, TARGET_DOMAIN = 0x00010000, EXTENDED_SECURITY = 0x00080000,
	HAS_VERSION = 0x02000000,
	AV_END = 0, AV_COMPUTER = 1, AV_DOMAIN = 2, AV_DNS_COMPUTER = 3, AV_DNS_DOMAIN = 4,
	NTLMV1_RESPONSE = 24, BASE64_MAX = 4096,
};

bool windows_version(unsigned major, unsigned minor, unsigned build, char *out, size_t size)
{
	static const struct { uint8_t major, minor; uint16_t build; const char *name; } table[] = {
		{ 3, 10, 0, "Windows for Workgroups" }, { 3, 11, 0, "Windows for Workgroups" },
		{ 3, 51, 0, "Windows NT 3.51" }, { 4, 0, 0, "Windows NT 4.0" }, { 5, 0, 0, "Windows 2000" },
		{ 5, 1, 0, "Windows XP" }, { 5, 2, 0, "Windows Server 2003 / XP x64" },
		{ 6, 0, 6002, "Windows Vista / Server 2008" }, { 6, 0, 6003, "Windows Server 2008" },
		{ 6, 0, 0, "Windows Vista / Server 2008" }, { 6, 1, 0, "Windows 7 / Server 2008 R2" },
		{ 6, 2, 0, "Windows 8 / Server 2012" }, { 6, 3, 0, "Windows 8.1 / Server 2012 R2" },
		{ 10, 0, 14393, "Windows 10 1607 / Server 2016" }, { 10, 0, 17763, "Windows 10 1809 / Server 2019" },
		{ 10, 0, 20348, "Windows Server 2022" }, { 10, 0, 25398, "Windows Server 23H2" },
		{ 10, 0, 26100, "Windows 11 24H2 / Server 2025" }, { 10, 0, 0, NULL },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].major != major || table[i].minor != minor || (table[i].build && table[i].build != build))
			continue;
		const char *name = table[i].name;
		if (!name)
			name = !build ? "Windows 10 or later" : build >= 22000 ? "Windows 11" : "Windows 10";
		if (build)
			snprintf(out, size, "%s (%u.%u.%u)", name, major, minor, build);
		else if (major < 5)
			snprintf(out, size, "%s", name);
		else
			snprintf(out, size, "%s (%u.%u)", name, major, minor);
		return true;
	}
	return false;
}

/* Length, room, offset. */
static struct cur field(struct cur *c, struct cur whole)
{
	uint16_t n = cur_le16(c);
	cur_skip(c, 2);
	cur_skip(&whole, cur_le32(c));
	return cur_sub(&whole, n);
}

static bool field_text(struct cur v, bool unicode, char *out, size_t size)
{
	if (!cur_left(&v))
		return false;
	return unicode ? utf16_text(v, out, size) > 0 : text_wire(cur_here(&v), cur_left(&v), out, size) > 0;
}

/*
 * The build is 0 where no Windows speaks (Samba and others fill in 6.1.0), and the
 * last byte, the revision, is 15 wherever the version was filled in.
 */
static void version(struct dissect *d, struct cur c, uint32_t flags, const char *source)
{
	char text[OBS_TEXT];
	uint8_t major = cur_u8(&c), minor = cur_u8(&c);
	uint16_t build = cur_le16(&c);
	cur_skip(&c, 4);
	if (cur_ok(&c) && (flags & HAS_VERSION) && build && windows_version(major, minor, build, text, sizeof text))
		dissect_attr(d, ATTR_OS, text, source);
}

static void location(struct dissect *d, const char *what, const char *name, const char *source)
{
	char text[OBS_TEXT];
	snprintf(text, sizeof text, "%s %.200s", what, name);
	dissect_attr(d, ATTR_LOCATION, text, source);
}

static bool negotiate(struct dissect *d, struct cur c, struct cur whole)
{
	char text[OBS_TEXT];
	uint32_t flags = cur_le32(&c);
	if (!cur_ok(&c))
		return false;
	if (!cur_has(&c, 16))
		return true;   /* old clients end here */
	(void)field(&c, whole);   /* a domain: the user's, and the same again in AUTHENTICATE */
	struct cur workstation = field(&c, whole);
	if (field_text(workstation, false, text, sizeof text) && strcmp(text, "NULL") != 0)
		dissect_attr(d, ATTR_HOSTNAME, text, "ntlmssp.negotiate.workstation");
	version(d, c, flags, "ntlmssp.negotiate.version");
	return true;
}

static bool challenge(struct dissect *d, struct cur c, struct cur whole)
{
	static const struct { uint16_t id; const char *source; } names[] = {
		{ AV_COMPUTER, "ntlmssp.challenge.nb_computer_name" },
		{ AV_DNS_COMPUTER, "ntlmssp.challenge.dns_computer_name" },
	};
	char text[OBS_TEXT], computer[OBS_TEXT] = "", domain[OBS_TEXT] = "", dns_computer[OBS_TEXT] = "",
	     dns_domain[OBS_TEXT] = "";
	struct cur target = field(&c, whole);
	uint32_t flags = cur_le32(&c);
	cur_skip(&c, 16);
	if (!cur_ok(&c))
		return false;
	struct cur info = field(&c, whole);
	while (cur_left(&info) >= 4) {
		uint16_t id = cur_le16(&info);
		struct cur v = cur_sub(&info, cur_le16(&info));
		if (id == AV_END || !cur_ok(&v) || !field_text(v, true, text, sizeof text))
			continue;
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (names[i].id == id)
				dissect_attr(d, ATTR_HOSTNAME, text, names[i].source);
		if (id >= AV_COMPUTER && id <= AV_DNS_DOMAIN)
			snprintf(id == AV_COMPUTER ? computer : id == AV_DOMAIN ? domain : id == AV_DNS_COMPUTER ? dns_computer
				 : dns_domain, OBS_TEXT, "%s", text);
	}
	/* A machine that is in no domain gives its own name for one. */
	if (*domain && strcmp(domain, computer) != 0)
		location(d, "domain", domain, "ntlmssp.challenge.nb_domain_name");
	if (*dns_domain && strcmp(dns_domain, dns_computer) != 0 && strcmp(dns_domain, computer) != 0)
		location(d, "domain", dns_domain, "ntlmssp.challenge.dns_domain_name");
	if (!*computer && field_text(target, flags & UNICODE, text, sizeof text)) {
		if (flags & TARGET_DOMAIN)
			location(d, "domain", text, "ntlmssp.challenge.target_name");
		else
			dissect_attr(d, ATTR_HOSTNAME, text, "ntlmssp.challenge.target_name");
	}
	version(d, c, flags, "ntlmssp.challenge.version");
	return true;
}

static bool authenticate(struct dissect *d, struct cur c, struct cur whole)
{
	char text[OBS_TEXT], host[OBS_TEXT] = "";
	cur_skip(&c, 2 + 2 + 4);   /* the LM response */
	uint16_t nt_length = cur_peek_le16(&c, 0);
	cur_skip(&c, 8);
	struct cur domain = field(&c, whole);
	cur_skip(&c, 8);           /* the user */
	struct cur workstation = field(&c, whole);
	if (!cur_ok(&c))
		return false;
	/* The first versions ended before the key and the flags. */
	uint32_t flags = UNICODE;
	bool has_flags = cur_has(&c, 12);
	if (has_flags) {
		cur_skip(&c, 8);
		flags = cur_le32(&c);
	}
	if (field_text(workstation, flags & UNICODE, host, sizeof host) && strcmp(host, "NULL") != 0)
		dissect_attr(d, ATTR_HOSTNAME, host, "ntlmssp.authenticate.workstation");
	if (field_text(domain, flags & UNICODE, text, sizeof text) && strcmp(text, host) != 0 &&
	    strcmp(text, "NULL") != 0 && strcmp(text, ".") != 0)
		location(d, "account domain", text, "ntlmssp.authenticate.domain");
	if (nt_length == NTLMV1_RESPONSE && !(flags & ANONYMOUS))
		dissect_weakness(d, "ntlmv1", flags & EXTENDED_SECURITY ? "with extended session security" : NULL);
	if (has_flags)
		version(d, c, flags, "ntlmssp.authenticate.version");
	return true;
}

bool ntlmssp_message(struct dissect *d, struct cur token)
{
	static const uint8_t signature[8] = "NTLMSSP";
	while (cur_left(&token) >= 16 && !cur_starts(&token, signature, sizeof signature)) {
		const uint8_t *at = memchr(cur_here(&token) + 1, signature[0], cur_left(&token) - 1);
		if (!at)
			return false;
		cur_skip(&token, (size_t)(at - cur_here(&token)));
	}
	if (cur_left(&token) < 16)
		return false;
	struct cur c = token;
	cur_skip(&c, sizeof signature);
	uint32_t type = cur_le32(&c);
	bool told = type == NEGOTIATE ? negotiate(d, c, token) : type == CHALLENGE ? challenge(d, c, token)
		    : type == AUTHENTICATE && authenticate(d, c, token);
	if (told)
		dissect_also(d, "ntlmssp");
	return told;
}

bool ntlmssp_base64(struct dissect *d, struct cur text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t bytes[BASE64_MAX];
	size_t n = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	while (cur_peek(&text, 0) == ' ')
		cur_skip(&text, 1);
	for (const char *at; n < sizeof bytes && cur_left(&text); ) {
		uint8_t b = cur_u8(&text);
		if (!b || !(at = strchr(digits, b)))
			break;
		bits = bits << 6 | (uint32_t)(at - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[n++] = (uint8_t)(bits >> have);
		}
	}
	return ntlmssp_message(d, cur_make(bytes, n));
}
