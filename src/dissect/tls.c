/*
 * TLS (RFC 8446, RFC 5246) and what came before it: who offers old versions, and
 * what the server's certificate says. SSL 2, whose messages are no records, only as far as its hellos.
 *
 *   record   +------+---------+--------+-------- - -
 *            | type | version | length | fragment       20 change, 21 alert, 22 handshake, 23 data
 *            +------+---------+--------+-------- - -
 *   handshake in it: type (1 client hello, 2 server hello, 11 certificate), length (3), body
 *
 * One record is one message here: a handshake message that goes over several records
 * is read as far as the first one holds it. Certificates: X.509 (RFC 5280), of the
 * first one the names and the end of its time.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/ber.h"
#include "dissect/dissect.h"
#include "dissect/tls.h"
#include "dissect/utf16.h"

enum {
	HEADER = TLS_HEADER, RECORD_MAX = 16384 + 2048, CHANGE = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23,
	CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE = 11, SSL2_CLIENT_HELLO = 1, SSL2_SERVER_HELLO = 4, VERSION_SSL2 = 2,
	VERSION_SSL3 = 0x0300, VERSION_1_1 = 0x0302, VERSION_1_2 = 0x0303, VERSION_1_3 = 0x0304, COMMON_NAME = 3, ORGANISATION = 10,
	EXTENSION_VERSIONS = 43, KEY = 0, KEY_DATA = 1, NAME = 256, BMP_STRING = 0x1e, ALERT_LENGTH = 2, FATAL = 2,
};

struct session {
	bool hello;             /* the client's was seen */
	bool certificate;
	uint16_t offered;       /* the client's newest version, as far as 1.2 */
	bool data;              /* records without a hello: the connection is older than the capture */
	uint16_t version;       /* that the server chose, 0 before */
};

static bool is_record(const struct cur *c, size_t at)
{
	uint8_t type = cur_peek(c, at), major = cur_peek(c, at + 1), minor = cur_peek(c, at + 2);
	uint16_t n = cur_peek_be16(c, at + 3);
	return cur_has(c, at + HEADER) && type >= CHANGE && type <= DATA && major == 3 && minor <= 4 && n > 0 && n <= RECORD_MAX;
}

/* A hello of SSL 2: a length of two bytes, its type, and three lengths that fill it. */
static bool is_ssl2(const struct cur *c)
{
	uint16_t n = cur_peek_be16(c, 0) & 0x7fff, version = cur_peek_be16(c, 3);
	return cur_has(c, 11) && (cur_peek(c, 0) & 0x80) && cur_peek(c, 2) == SSL2_CLIENT_HELLO &&
	       (version == 2 || (version >= VERSION_SSL3 && version <= VERSION_1_2)) &&
	       n == 9u + cur_peek_be16(c, 5) + cur_peek_be16(c, 7) + cur_peek_be16(c, 9);
}

/* The server's: session known or not, kind of certificate, version, and again three lengths. */
static bool is_ssl2_server(const struct cur *c)
{
	uint16_t n = cur_peek_be16(c, 0) & 0x7fff;
	return cur_has(c, 13) && (cur_peek(c, 0) & 0x80) && cur_peek(c, 2) == SSL2_SERVER_HELLO && cur_peek(c, 3) <= 1 &&
	       cur_peek(c, 4) <= 1 && cur_peek_be16(c, 5) == VERSION_SSL2 &&
	       n == 11u + cur_peek_be16(c, 7) + cur_peek_be16(c, 9) + cur_peek_be16(c, 11);
}

static bool probe(const struct cur *c, enum side side)
{
	if (side == SIDE_CLIENT ? is_ssl2(c) : is_ssl2_server(c))
		return true;
	if (!is_record(c, 0))
		return false;
	if (cur_peek(c, 0) != HANDSHAKE)
		return cur_peek(c, 2) >= 1 && cur_peek(c, 2) <= 3;
	uint8_t type = cur_peek(c, HEADER);
	uint32_t n = (uint32_t)cur_peek(c, HEADER + 1) << 16 | cur_peek_be16(c, HEADER + 2);
	return type == (side == SIDE_CLIENT ? CLIENT_HELLO : SERVER_HELLO) && n >= 38 && n < 65536 &&
	       cur_peek(c, HEADER + 4) == 3;
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if ((cur_peek(c, 0) & 0x80) && cur_has(c, 2))
		return 2 + (cur_peek_be16(c, 0) & 0x7fff);
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return is_record(c, 0) ? HEADER + cur_peek_be16(c, 3) : DISSECT_NO_FRAME;
}

static const char *version_name(uint16_t version)
{
	switch (version) {
	case VERSION_SSL2: return "SSL 2";
	case VERSION_SSL3: return "SSL 3";
	case 0x0301: return "TLS 1.0";
	case VERSION_1_1: return "TLS 1.1";
	case VERSION_1_2: return "TLS 1.2";
	case VERSION_1_3: return "TLS 1.3";
	default: return NULL;
	}
}

/* ---- certificate ---- */

/* A text of a Name: most are ASCII or UTF-8, BMPString is UTF-16 with its high byte first. */
static void string_text(uint8_t tag, struct cur value, char out[NAME])
{
	uint8_t swapped[NAME];
	size_t n = 0;
	if (tag != BMP_STRING) {
		text_wire(cur_here(&value), cur_left(&value) < NAME - 1 ? cur_left(&value) : NAME - 1, out, NAME);
		return;
	}
	for (; cur_has(&value, 2) && n + 2 <= sizeof swapped; n += 2) {
		swapped[n + 1] = cur_u8(&value);
		swapped[n] = cur_u8(&value);
	}
	utf16_text(cur_make(swapped, n), out, NAME);
}

/* The text of this kind (the last byte of its object identifier, 2.5.4.…) in a Name. */
static void name_text(struct cur name, uint8_t kind, char out[NAME])
{
	const uint8_t wanted[] = { 0x55, 4, kind };
	struct cur set, pair, type, value;
	out[0] = 0;
	while (cur_left(&name) && ber_expect(&name, 0x31, &set) && ber_expect(&set, 0x30, &pair) &&
	       ber_expect(&pair, 0x06, &type)) {
		uint8_t tag = ber_next(&pair, &value);
		if (tag && cur_left(&type) == sizeof wanted && cur_starts(&type, wanted, sizeof wanted))
			string_text(tag, value, out);
	}
}

/* UTCTime or GeneralizedTime as YYYYMMDDHHMMSS; 0 where it is neither. */
static uint64_t time_number(uint8_t tag, struct cur c)
{
	uint64_t n = 0;
	unsigned digits = 0;
	for (uint8_t b; (b = cur_peek(&c, 0)) >= '0' && b <= '9' && digits < 14; digits++, cur_skip(&c, 1))
		n = n * 10 + (b - '0');
	if (tag == 0x17 && digits == 12)
		return n + (n / 10000000000 < 50 ? UINT64_C(20000000000000) : UINT64_C(19000000000000));
	return tag == 0x18 && digits == 14 ? n : 0;
}

/* Seconds since 1970 as YYYYMMDDHHMMSS (days to a date as in the proleptic Gregorian calendar). */
static uint64_t time_of(int64_t ts)
{
	int64_t seconds = ts / 1000000000, days = seconds / 86400 + 719468, rest = seconds % 86400;
	int64_t era = days / 146097, day = days % 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t of_year = day - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
	int64_t d = of_year - (153 * month + 2) / 5 + 1, m = month < 10 ? month + 3 : month - 9;
	int64_t y = year + era * 400 + (m <= 2);
	return (uint64_t)((y * 10000 + m * 100 + d) * 1000000 + rest / 3600 * 10000 + rest / 60 % 60 * 100 + rest % 60);
}

/* Who the certificate is for: "panel-3, Example AG". */
static void tell_subject(struct dissect *d, struct cur subject)
{
	char common[NAME], organisation[NAME], text[2 * NAME + 2];
	name_text(subject, COMMON_NAME, common);
	name_text(subject, ORGANISATION, organisation);
	snprintf(text, sizeof text, "%s%s%s", common, *common && *organisation ? ", " : "", organisation);
	dissect_attr(d, ATTR_DESCRIPTION, text, "tls.certificate.subject");
}

/* Remote Desktop makes its own certificate for the machine's name, and nothing else. */
static void tell_host(struct dissect *d, struct cur subject)
{
	char common[NAME];
	name_text(subject, COMMON_NAME, common);
	if (strpbrk(common, "* ,:/"))
		return;                                     /* one of somebody's own making, for several machines */
	dissect_attr(d, ATTR_HOSTNAME, common, "rdp.certificate.subject");
}

static void certificate(struct dissect *d, struct cur c, enum tls_use use)
{
	struct cur whole, body, part, issuer, times, subject, end;
	char detail[64];
	cur_skip(&c, 3);                                    /* length of the list */
	struct cur first = cur_sub(&c, cur_be24(&c));
	if (!cur_ok(&first) || !ber_expect(&first, 0x30, &whole) || !ber_expect(&whole, 0x30, &body))
		return;
	if (cur_peek(&body, 0) == 0xa0)
		ber_next(&body, &part);                     /* version */
	ber_next(&body, &part);                             /* serial number */
	ber_next(&body, &part);                             /* algorithm */
	if (!ber_expect(&body, 0x30, &issuer) || !ber_expect(&body, 0x30, &times) || !ber_expect(&body, 0x30, &subject))
		return;
	ber_next(&times, &part);                            /* not before */
	uint8_t tag = ber_next(&times, &end);
	uint64_t until = time_number(tag, end);
	bool self = cur_left(&issuer) == cur_left(&subject) && cur_starts(&subject, cur_here(&issuer), cur_left(&issuer));
	if (use == TLS_REMOTE_DESKTOP) {
		tell_host(d, subject);
		return;                                     /* nobody signs these, and CredSSP does not need it */
	}
	if (!addr_is_private(&dissect_packet(d)->src))
		return;                                     /* the sites of the internet are nobody's business */
	tell_subject(d, subject);
	if (self)
		dissect_weakness(d, "tls-self-signed", NULL);
	if (until && until < time_of(dissect_packet(d)->ts)) {
		snprintf(detail, sizeof detail, "since %04u-%02u-%02u", (unsigned)(until / 10000000000),
			 (unsigned)(until / 100000000 % 100), (unsigned)(until / 1000000 % 100));
		dissect_weakness(d, "tls-expired", detail);
	}
}

/* ---- hellos ---- */

/* TLS 1.3 hides behind 1.2 and tells the truth in an extension. */
static uint16_t chosen_version(struct cur c)
{
	uint16_t version = cur_be16(&c);
	cur_skip(&c, 32);
	cur_skip(&c, cur_u8(&c));                           /* session id */
	cur_skip(&c, 3);                                    /* cipher suite, compression */
	struct cur extensions = cur_sub(&c, cur_be16(&c));
	while (cur_left(&extensions) >= 4) {
		uint16_t type = cur_be16(&extensions);
		struct cur value = cur_sub(&extensions, cur_be16(&extensions));
		if (type == EXTENSION_VERSIONS && cur_left(&value) == 2)
			version = cur_be16(&value);
	}
	return version;
}

/* An old version; whether that is for want of a better one at the client. */
static void obsolete(struct dissect *d, uint16_t version, uint16_t offered)
{
	char detail[64];
	const char *name = version_name(version);
	if (!name || version > VERSION_1_1)
		return;
	snprintf(detail, sizeof detail, "%s%s", name, offered == version ? ", the client offers no later one" : "");
	dissect_weakness(d, "tls-obsolete", detail);
}

static enum dissect_result handshake(struct dissect *d, struct session *s, struct cur c, bool cut)
{
	while (cur_left(&c) >= 4) {
		uint8_t type = cur_u8(&c);
		uint32_t n = cur_be24(&c);
		bool whole = cur_has(&c, n);
		struct cur body = cur_sub(&c, whole ? n : cur_left(&c));
		if (type == CLIENT_HELLO && dissect_side(d) == SIDE_CLIENT && !s->hello) {
			s->hello = true;
			s->offered = cur_peek_be16(&body, 0);
			dissect_request(d, &(struct dissect_request){ .key = KEY, .op = -1, .name = "Client Hello" });
		} else if (type == SERVER_HELLO && dissect_side(d) == SIDE_SERVER && !s->version) {
			s->version = chosen_version(body);
			dissect_response(d, KEY, RESULT_OK, NULL);
			obsolete(d, s->version, s->offered);
		} else if (type == CERTIFICATE && dissect_side(d) == SIDE_SERVER && !s->certificate && s->version != VERSION_1_3) {
			s->certificate = true;
			certificate(d, body, TLS_ITSELF);
		}
		if (!whole)
			return cut ? DISSECT_TRUNCATED : DISSECT_OK;
	}
	return DISSECT_OK;
}

bool tls_begins(const struct cur *c)
{
	return cur_peek(c, 0) == HANDSHAKE && is_record(c, 0);
}

void tls_inside(struct dissect *d, struct cur c, enum tls_use use)
{
	while (tls_begins(&c)) {
		cur_skip(&c, 3);
		struct cur record = cur_sub(&c, cur_be16(&c));
		while (cur_left(&record) >= 4) {
			uint8_t type = cur_u8(&record);
			struct cur body = cur_sub(&record, cur_be24(&record));
			if (!cur_ok(&body))
				return;
			if (type == SERVER_HELLO)
				obsolete(d, chosen_version(body), 0);
			else if (type == CERTIFICATE)
				certificate(d, body, use);
		}
	}
}

/* What runs inside cannot be seen; on these ports it is agreed. */
static void inside(struct dissect *d)
{
	static const struct { uint16_t port; const char *name; } agreed[] = {
		{ 993, "imaps" }, { 995, "pop3s" }, { 465, "smtps" }, { 636, "ldaps" },
	};
	for (size_t i = 0; i < sizeof agreed / sizeof *agreed; i++)
		if (agreed[i].port == dissect_server_port(d))
			dissect_also(d, agreed[i].name);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct session *s = dissect_scratch(d);
	inside(d);
	if (dissect_side(d) == SIDE_CLIENT && is_ssl2(&c)) {
		dissect_request(d, &(struct dissect_request){ .key = KEY, .op = -1, .name = "Client Hello" });
		return DISSECT_OK;
	}
	if (dissect_side(d) == SIDE_SERVER && is_ssl2_server(&c)) {
		dissect_response(d, KEY, RESULT_OK, NULL);
		dissect_weakness(d, "tls-obsolete", version_name(VERSION_SSL2));
		s->version = VERSION_SSL2;
		return DISSECT_OK;
	}
	if (s->version == VERSION_SSL2)
		return DISSECT_OK;
	if (!is_record(&c, 0))
		return DISSECT_NOT_MINE;
	uint8_t type = cur_u8(&c);
	cur_skip(&c, 2);
	uint16_t n = cur_be16(&c);
	bool cut = !cur_has(&c, n);
	/* No answer to the hello but why not: an old client at a server that takes none, or the other way round. */
	if (type == ALERT && n == ALERT_LENGTH && cur_peek(&c, 0) == FATAL && dissect_side(d) == SIDE_SERVER && s->hello && !s->version)
		dissect_response(d, KEY, RESULT_REFUSED, NULL);
	if (type == HANDSHAKE && (!s->version || !s->certificate))
		return handshake(d, s, c, cut);
	if (type == DATA)
		s->certificate = true;                      /* too late for one */
	if (type == DATA && !s->hello && !s->data) {
		if (dissect_side(d) == SIDE_CLIENT)
			dissect_request(d, &(struct dissect_request){ .key = KEY_DATA, .op = -1, .name = "data" });
		else
			s->data = dissect_response(d, KEY_DATA, RESULT_OK, NULL);
	}
	return cut ? DISSECT_TRUNCATED : DISSECT_OK;
}

const struct dissector dissect_tls = {
	.name = "tls",
	.title = "TLS",
	.carries = { "imaps", "pop3s", "smtps", "ldaps" },
	.tcp = { 443, 8443, 636, 993, 995, 465, 8883, 5986 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "RFC 8446, RFC 5246, RFC 6101 (SSL 3), RFC 5280 (certificates)",
	.recognition = "Client Hello answered by a Server Hello; in the middle of a connection records from both ends",
	.identity = "subject of the server's certificate where its address is private (up to TLS 1.2; later ones are encrypted)",
	.operations = "weaknesses: version before 1.2 chosen, certificate signed by itself, certificate whose time is over",
	.verified = "real captures",
};
