/*
 * Multicast DNS (RFC 6762) and service discovery in it (RFC 6763), UDP 5353. Messages
 * are those of DNS (dnsname.c).
 *
 *   PTR  _ipp._tcp.local            -> Printer 3F._ipp._tcp.local      the service is there
 *   SRV  Printer 3F._ipp._tcp.local -> 0 0 631 prn3f.local             on this host
 *   TXT  Printer 3F._ipp._tcp.local -> "ty=…" "usb_MFG=…" "rp=…"       and this is known of it
 *   A    prn3f.local                -> 192.168.1.40                    which has this address
 *
 * Answers are the sender's own. One that sends the addresses of others passes messages
 * on between networks: nothing is taken from it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dissect/dnsname.h"

enum { ANSWER = 0x8000, OPERATION_AND_RESULT = 0x78ff, CLASS_MASK = 0x7fff, RECORDS_MAX = 512, CLASS_ANY = 255 };

struct state {
	bool passes_on;
};

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	struct dns_header h;
	struct dns_record r;
	(void)side;
	if (!dns_header(&x, &h) || (h.flags & OPERATION_AND_RESULT) || h.queries + h.answers + h.authority == 0 ||
	    h.queries + h.answers + h.authority + h.additional > RECORDS_MAX)
		return false;
	if (!(h.queries ? dns_query(c, &x, &r) : dns_record(c, &x, &r)))
		return false;
	r.class &= CLASS_MASK;
	return dns_is_text(r.name) && r.type && (r.class == DNS_INTERNET || r.class == CLASS_ANY);
}

/* ---- services ---- */

enum { NAMED = 1, PRINTER = 2 };

static const struct service { const char *type; unsigned is; const char *role; } services[] = {
	{ "_ipp", NAMED | PRINTER, "printer" }, { "_ipps", NAMED | PRINTER, "printer" },
	{ "_printer", NAMED | PRINTER, "printer" }, { "_pdl-datastream", NAMED | PRINTER, "printer" },
	{ "_scanner", NAMED, NULL }, { "_uscan", NAMED, NULL }, { "_uscans", NAMED, NULL },
	{ "_axis-video", NAMED, "camera" }, { "_vapix-http", NAMED, "camera" }, { "_http", NAMED, NULL },
	{ "_opcua-tcp", NAMED, NULL }, { "_airplay", NAMED, NULL }, { "_smb", NAMED, NULL }, { "_rfb", NAMED, NULL },
	{ "_qdiscover", NAMED, "nas" }, { "_readynas", NAMED, "nas" }, { "_apple-mobdev2", 0, "mobile" },
	{ "_googlecast", 0, "iot" }, { "_hap", 0, "iot" }, { "_amzn-wplay", 0, "iot" }, { "_spotify-connect", 0, "iot" },
	{ "_sonos", 0, "iot" }, { "_hue", 0, "iot" }, { "_miio", 0, "iot" }, { "_esphomelib", 0, "iot" },
};

static const struct key { const char *key, *service; enum attr field; const char *source; } keys[] = {
	{ "ty", NULL, ATTR_MODEL, "mdns.txt.ty" },
	{ "usb_MFG", NULL, ATTR_VENDOR, "mdns.txt.usb_MFG" }, { "mfg", NULL, ATTR_VENDOR, "mdns.txt.mfg" },
	{ "manufacturer", NULL, ATTR_VENDOR, "mdns.txt.manufacturer" }, { "vendor", NULL, ATTR_VENDOR, "mdns.txt.vendor" },
	{ "usb_MDL", NULL, ATTR_MODEL, "mdns.txt.usb_MDL" }, { "mdl", NULL, ATTR_MODEL, "mdns.txt.mdl" },
	{ "model", NULL, ATTR_MODEL, "mdns.txt.model" }, { "md", "_googlecast", ATTR_MODEL, "mdns.txt.md" },
	{ "md", "_hap", ATTR_MODEL, "mdns.txt.md" }, { "am", "_raop", ATTR_MODEL, "mdns.txt.am" },
	{ "rpMd", NULL, ATTR_MODEL, "mdns.txt.rpMd" }, { "fn", NULL, ATTR_NAME, "mdns.txt.fn" },
	{ "serialNumber", NULL, ATTR_SERIAL, "mdns.txt.serialNumber" }, { "serial", NULL, ATTR_SERIAL, "mdns.txt.serial" },
	{ "note", NULL, ATTR_LOCATION, "mdns.txt.note" }, { "fv", NULL, ATTR_FIRMWARE, "mdns.txt.fv" },
	{ "fw_version", NULL, ATTR_FIRMWARE, "mdns.txt.fw_version" },
};

static const struct service *service_of(const char *type)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (strcasecmp(services[i].type, type) == 0)
			return &services[i];
	return NULL;
}

/* "Printer 3F._ipp._tcp.local" into "Printer 3F" and "_ipp". */
static bool split(const char *name, char instance[DNS_NAME], char type[64])
{
	size_t n = strlen(name);
	if (n < 12 || (strcasecmp(name + n - 11, "._tcp.local") != 0 && strcasecmp(name + n - 11, "._udp.local") != 0))
		return false;
	size_t end = n - 11, start = end;
	while (start > 0 && name[start - 1] != '.')
		start--;
	if (start < 2 || name[start] != '_' || end - start >= 64)
		return false;
	memcpy(type, name + start, end - start);
	type[end - start] = 0;
	size_t k = 0;
	for (size_t i = 0; i + 1 < start; i++)
		if (!(name[i] == '\\' && name[i + 1] == '.'))
			instance[k++] = name[i];
	instance[k] = 0;
	return k > 0 && !strstr(instance, "._");
}

/* Twelve hexadecimal digits, with or without marks between each two. A made-up address proves nothing. */
static bool mac_of(struct cur v, uint8_t mac[6])
{
	unsigned digits = 0, value = 0;
	while (cur_left(&v) && digits < 12) {
		unsigned b = cur_u8(&v);
		unsigned digit = b - '0' < 10 ? b - '0' : (b | 0x20) - 'a' < 6 ? (b | 0x20) - 'a' + 10 : 16;
		if (digit == 16) {
			if ((b != ':' && b != '-') || digits % 2)
				return false;
			continue;
		}
		value = value << 4 | digit;
		if (++digits % 2 == 0)
			mac[digits / 2 - 1] = (uint8_t)value;
	}
	return digits == 12 && cur_peek(&v, 0) != ':' && mac_is_host(mac) && !mac_is_local(mac);
}

static void link_mac(struct dissect *d, struct cur v, const char *source)
{
	uint8_t mac[6];
	if (mac_of(v, mac))
		dissect_link(d, dissect_mac_of(d, mac), dissect_sender(d), LINK_SAME, source);
}

static bool key_is(const struct cur *s, const char *key, struct cur *value)
{
	size_t n = strlen(key);
	if (!cur_has(s, n + 1) || cur_peek(s, n) != '=' || strncasecmp((const char *)cur_here(s), key, n) != 0)
		return false;
	*value = *s;
	cur_skip(value, n + 1);
	return true;
}

static bool next_string(struct cur *data, struct cur *s)
{
	*s = cur_sub(data, cur_u8(data));
	return cur_ok(s);
}

/* A printer that a PC shares is not the PC. */
static bool shared_by_pc(struct cur data, const char *instance)
{
	struct cur s, v;
	if (strstr(instance, " @ "))
		return true;
	while (cur_left(&data) && next_string(&data, &s))
		if (key_is(&s, "rp", &v) && cur_starts(&v, "printers/", 9))
			return true;
	return false;
}

static void txt(struct dissect *d, const char *type, struct cur data)
{
	struct cur s, v;
	char text[OBS_TEXT + 1], os[OBS_TEXT + 1];
	while (cur_left(&data) && next_string(&data, &s)) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (key_is(&s, keys[i].key, &v) && (!keys[i].service || strcasecmp(keys[i].service, type) == 0) &&
			    text_wire(cur_here(&v), cur_left(&v), text, sizeof text) && strcasecmp(text, "unknown") != 0)
				dissect_attr(d, keys[i].field, text, keys[i].source);
		/* The product of PostScript stands in brackets. */
		if (key_is(&s, "product", &v) && cur_left(&v) > 2 && cur_peek(&v, 0) == '(' &&
		    cur_peek(&v, cur_left(&v) - 1) == ')')
			dissect_attr_bytes(d, ATTR_MODEL, cur_here(&v) + 1, cur_left(&v) - 2, "mdns.txt.product");
		if (key_is(&s, "osxvers", &v) && text_wire(cur_here(&v), cur_left(&v), text, 16)) {
			snprintf(os, sizeof os, "macOS (Darwin %.16s)", text);
			dissect_attr(d, ATTR_OS, os, "mdns.txt.osxvers");
		}
		if (key_is(&s, "deviceid", &v))
			link_mac(d, v, "mdns.txt.deviceid");
		else if (key_is(&s, "macaddress", &v))
			link_mac(d, v, "mdns.txt.macaddress");
	}
}

static void announce(struct dissect *d, const struct dns_record *r, const char *name)
{
	char instance[DNS_NAME], type[64], text[OBS_TEXT + 1];
	if (!split(name, instance, type))
		return;
	const struct service *s = service_of(type);
	if (strcasecmp(type, "_workstation") == 0) {   /* "host [00:11:22:33:44:55]" */
		const char *bracket = strrchr(instance, '[');
		if (bracket)
			link_mac(d, cur_make(bracket + 1, strnlen(bracket + 1, 17)), "mdns.workstation");
		return;
	}
	bool printer = s && (s->is & PRINTER);
	if (r->type == DNS_TXT) {
		if (printer && shared_by_pc(r->data, instance))
			return;
		txt(d, type, r->data);
		if (s && s->role)
			dissect_attr(d, ATTR_ROLE, s->role, "mdns.service");
	}
	/* Printers are believed when their TXT was seen: only that tells who has them. */
	if (s && (s->is & NAMED) && (!printer || r->type == DNS_TXT) &&
	    text_wire(instance, strlen(instance), text, sizeof text))
		dissect_attr(d, ATTR_NAME, text, "mdns.service_instance");
	if (s && s->role && !printer && r->type != DNS_TXT)
		dissect_attr(d, ATTR_ROLE, s->role, "mdns.service");
}

/* ---- a message ---- */

/* Every record of it; first: only for addresses. False: cut or wrong. */
static bool records(struct dissect *d, struct cur c, struct cur message, const struct dns_header *h, bool first,
		    bool *own, bool *foreign)
{
	const struct packet *p = dissect_packet(d);
	struct dns_record r;
	struct addr a;
	char name[DNS_NAME];
	unsigned n = h->flags & ANSWER ? h->answers + 0u + h->authority + h->additional : h->answers + 0u + h->authority;
	for (unsigned i = 0; i < n; i++) {
		if (!dns_record(&message, &c, &r))
			return false;
		if (!(h->flags & ANSWER) && i < h->answers)
			continue;   /* what the asker knows already: of others */
		if (dns_address(&r, &a)) {
			/* Of the same version only: a machine has several of the other. */
			if (first && addr_equal(&a, &p->src)) {
				*own = true;
				if (strstr(r.name, "._"))
					continue;   /* of a service: no host's */
				size_t end = strlen(r.name);
				if (end > 6 && strcasecmp(r.name + end - 6, ".local") == 0)
					end -= 6;
				dissect_attr_bytes(d, ATTR_HOSTNAME, r.name, end, "mdns.address");
			} else if (first && r.type == (p->ip == 4 ? DNS_A : DNS_AAAA)) {
				*foreign = true;
			}
		} else if (!first && (r.type == DNS_SRV || r.type == DNS_TXT)) {
			announce(d, &r, r.name);
		} else if (!first && r.type == DNS_PTR) {
			struct cur data = r.data;
			/* Its data is a name of this message: the pointers in it need the whole. */
			if (dns_name(&message, &data, name))
				announce(d, &r, name);
		}
	}
	return true;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct state *s = dissect_scratch(d);
	struct cur whole = c;
	struct dns_header h;
	struct dns_record r;
	bool own = false, foreign = false;
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	dns_header(&c, &h);
	dissect_evident(d);
	for (unsigned i = 0; i < h.queries; i++)
		if (!dns_query(&whole, &c, &r))
			return cur_ok(&c) ? DISSECT_MALFORMED : DISSECT_TRUNCATED;
	if (!records(d, c, whole, &h, true, &own, &foreign))
		return DISSECT_TRUNCATED;
	if (foreign && !own)
		s->passes_on = true;
	if ((h.flags & ANSWER) && !s->passes_on)
		records(d, c, whole, &h, false, &own, &foreign);
	return DISSECT_OK;
}

const struct dissector dissect_mdns = {
	.name = "mdns",
	.title = "Multicast DNS, DNS-SD",
	.udp = { 5353 },
	.probe = probe,
	.message = message,
	.reference = "RFC 6762, RFC 6763, RFC 1035 4.1",
	.recognition = "a header of DNS without operation and result, and a well-formed first query or record of the Internet class",
	.identity = "host name of the sender's own address; services: kind, name, and from TXT vendor, model, serial number, firmware, "
		    "MAC; nothing from who passes others' messages on, or from a printer that a PC shares",
	.operations = "",
	.verified = "real captures; services of printers and cameras from the documents, not yet seen in a real capture",
};
