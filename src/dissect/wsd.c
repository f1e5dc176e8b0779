/*
 * Web Services Dynamic Discovery (WS-Discovery 2005/04 and OASIS 1.1), UDP 3702: SOAP
 * in XML, one a datagram. ONVIF cameras and printers are found with it, and Windows
 * finds other Windows.
 *
 *   <Envelope><Header><Action>…/discovery/Hello</Action></Header>
 *   <Body><Hello> <Types>dn:NetworkVideoTransmitter</Types>
 *                 <Scopes>onvif://www.onvif.org/name/X onvif://www.onvif.org/hardware/Y</Scopes>
 *                 <XAddrs>http://192.168.1.20/onvif/device_service</XAddrs> …
 *
 * Hello, ProbeMatches and ResolveMatches tell about their sender.
 */
#include "dissect/dissect.h"
#include "dissect/xml.h"

enum action { NONE, HELLO, BYE, PROBE, PROBE_MATCHES, RESOLVE, RESOLVE_MATCHES };

/* "…/ws/2005/04/discovery/Hello", "…/ws-dd/ns/discovery/2009/01/Hello": the last part tells. */
static enum action action(struct cur c)
{
	static const char *const names[] = { NULL, "Hello", "Bye", "Probe", "ProbeMatches", "Resolve", "ResolveMatches" };
	struct cur v;
	if (!xml_element(&c, "Action", &v) || !head_find(&v, "/discovery/"))
		return NONE;
	while (cur_left(&v) && cur_peek(&v, cur_left(&v) - 1) <= ' ')
		cur_limit(&v, cur_left(&v) - 1);
	for (struct cur rest = v; head_find(&rest, "/"); v = rest)
		cur_skip(&rest, 1);
	for (int i = HELLO; i <= RESOLVE_MATCHES; i++)
		if (cur_left(&v) == strlen(names[i]) && cur_starts(&v, names[i], cur_left(&v)))
			return (enum action)i;
	return NONE;
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	(void)side;
	while (cur_peek(&x, 0) == 0xef || cur_peek(&x, 0) == 0xbb || cur_peek(&x, 0) == 0xbf ||
	       (cur_left(&x) && cur_peek(&x, 0) <= ' '))
		cur_skip(&x, 1);
	return cur_peek(&x, 0) == '<' && cur_has(&x, 64) && action(x) != NONE;
}

static void types(struct dissect *d, struct cur v)
{
	static const struct { const char *type, *role; } roles[] = {
		{ "NetworkVideoTransmitter", "camera" }, { "PrintDeviceType", "printer" }, { "PrinterServiceType", "printer" },
	};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (head_find(&v, roles[i].type)) {
			dissect_attr(d, ATTR_ROLE, roles[i].role, "wsd.types");
			return;
		}
}

static unsigned hex(uint8_t b)
{
	return b >= '0' && b <= '9' ? b - '0' + 0u : xml_letter(b) && (b | 0x20) <= 'f' ? (b | 0x20) - 'a' + 10u : 16u;
}

/* A scope is a URI: what stands behind the word in it, with %20 for a blank. */
static void scope(struct dissect *d, struct cur v)
{
	static const struct { const char *word; enum attr field; const char *source; } words[] = {
		{ "onvif://www.onvif.org/name/", ATTR_NAME, "wsd.scope.name" },
		{ "onvif://www.onvif.org/hardware/", ATTR_MODEL, "wsd.scope.hardware" },
		{ "onvif://www.onvif.org/location/", ATTR_LOCATION, "wsd.scope.location" },
		{ "onvif://www.onvif.org/manufacturer/", ATTR_VENDOR, "wsd.scope.manufacturer" },
	};
	uint8_t text[OBS_TEXT];
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i].word), k = 0;
		if (!cur_has(&v, n) || strncasecmp((const char *)cur_here(&v), words[i].word, n) != 0)
			continue;
		cur_skip(&v, n);
		while (cur_left(&v) && k < sizeof text) {
			uint8_t b = cur_u8(&v);
			unsigned high = hex(cur_peek(&v, 0)), low = hex(cur_peek(&v, 1));
			if (b == '%' && high < 16 && low < 16) {
				b = (uint8_t)(high << 4 | low);
				cur_skip(&v, 2);
			}
			text[k++] = b;
		}
		dissect_attr_bytes(d, words[i].field, text, k, words[i].source);
		return;
	}
}

static void scopes(struct dissect *d, struct cur v)
{
	while (cur_left(&v)) {
		size_t n = 0;
		while (n < cur_left(&v) && cur_peek(&v, n) > ' ')
			n++;
		struct cur one = cur_sub(&v, n);
		scope(d, one);
		cur_skip(&v, cur_left(&v) ? 1 : 0);
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur v, x = c;
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	enum action what = action(c);
	if (what == PROBE_MATCHES || what == RESOLVE_MATCHES)
		dissect_set_side(d, SIDE_SERVER);
	dissect_evident(d);
	if (what != HELLO && what != PROBE_MATCHES && what != RESOLVE_MATCHES)
		return DISSECT_OK;
	if (xml_element(&x, "Types", &v))
		types(d, v);
	x = c;
	if (xml_element(&x, "Scopes", &v))
		scopes(d, v);
	return DISSECT_OK;
}

const struct dissector dissect_wsd = {
	.name = "wsd",
	.title = "WS-Discovery, ONVIF",
	.udp = { 3702 },
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "Web Services Dynamic Discovery (April 2005); OASIS WS-Discovery 1.1; ONVIF Core Specification, 7.3",
	.recognition = "XML with an action of discovery",
	.identity = "kind by type (ONVIF camera, printer); name, hardware and place from ONVIF scopes",
	.operations = "",
	.verified = "recognition in real captures; types and scopes from the specification, not yet seen in a real capture",
};
