/*
 * How OPC UA's servers and clients name themselves, and the security that they
 * offer (OPC 10000-4, 7; encoded as in OPC 10000-6).
 *
 *   ApplicationDescription  URI, product URI, name (localized), type, gateway, profile, discovery URLs
 *   EndpointDescription     URL, ApplicationDescription, certificate, mode, policy, log-ins, transport, level
 *   RegisteredServer        URI, product URI, names, type, gateway, discovery URLs, …
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dissect/ber.h"
#include "dissect/opcua.h"

static const struct { const char *uri; struct opcua_policy policy; } policies[] = {
	{ "None", { "None", true, false } },
	{ "Basic128Rsa15", { "Basic128Rsa15", false, true } },
	{ "Basic256", { "Basic256", false, true } },
	{ "Basic256Sha256", { "Basic256Sha256", false, false } },
	{ "Aes128_Sha256_RsaOaep", { "Aes128_Sha256_RsaOaep", false, false } },
	{ "Aes256_Sha256_RsaPss", { "Aes256_Sha256_RsaPss", false, false } },
};

const struct opcua_policy *opcua_policy(struct cur uri)
{
	static const char prefix[] = "http://opcfoundation.org/UA/SecurityPolicy#";
	static const struct opcua_policy other = { "other policy", false, false };
	if (cur_starts(&uri, prefix, sizeof prefix - 1))
		cur_skip(&uri, sizeof prefix - 1);
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
		if (cur_left(&uri) == strlen(policies[i].uri) && cur_starts(&uri, policies[i].uri, cur_left(&uri)))
			return &policies[i].policy;
	return &other;
}

uint32_t opcua_host(struct cur url)
{
	uint32_t hash = 2166136261u;
	if (!cur_starts(&url, "opc.tcp://", 10))
		return 0;
	cur_skip(&url, 10);
	for (uint8_t b; (b = cur_peek(&url, 0)) && b != ':' && b != '/'; cur_skip(&url, 1))
		hash = (hash ^ (b | 0x20u)) * 16777619u;
	return hash;
}

/* ---- who they are ---- */

void opcua_tell(struct dissect *d, enum attr field, struct cur v, const char *source)
{
	dissect_attr_bytes(d, field, cur_here(&v), cur_left(&v), source);
}

/* The host of an address, where it is a name of its own. */
static void tell_host(struct dissect *d, struct cur url, const char *source)
{
	size_t n = 0;
	bool letters = false;
	if (!cur_starts(&url, "opc.tcp://", 10))
		return;
	cur_skip(&url, 10);
	for (uint8_t b; (b = cur_peek(&url, n)) && b != ':' && b != '/' && b != '['; n++)
		letters |= (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
	if (letters && !(n == 9 && strncasecmp((const char *)cur_here(&url), "localhost", 9) == 0))
		dissect_attr_bytes(d, ATTR_HOSTNAME, cur_here(&url), n, source);
}

struct opcua_application opcua_application(struct cur *c, uint32_t host)
{
	struct opcua_application a;
	a.uri = opcua_string(c);
	a.product = opcua_string(c);
	a.name = opcua_localized(c);
	a.type = cur_le32(c);
	opcua_string(c);
	opcua_string(c);
	a.url = cur_make("", 0);
	a.here = false;
	for (uint32_t n = opcua_array(c); n && cur_ok(c); n--) {
		struct cur url = opcua_string(c);
		if (!cur_left(&a.url))
			a.url = url;
		a.here |= host && opcua_host(url) == host;
	}
	return a;
}

static const char *const roles[] = { "OPC UA server", "OPC UA client", "OPC UA server, OPC UA client",
				     "OPC UA discovery server" };

void opcua_tell_application(struct dissect *d, const struct opcua_application *a)
{
	opcua_tell(d, ATTR_NAME, a->name, "opcua.application.name");
	opcua_tell(d, ATTR_DESCRIPTION, a->uri, "opcua.application.uri");
	opcua_tell(d, ATTR_SOFTWARE, a->product, "opcua.application.product_uri");
	tell_host(d, a->url, "opcua.application.discovery_url");
	if (a->type < sizeof roles / sizeof *roles)
		dissect_attr(d, ATTR_ROLE, roles[a->type], "opcua.application.type");
}

/* A list may come from a discovery server: only those at the address that was asked are the sender. */
bool opcua_servers(struct dissect *d, struct cur *c)
{
	const struct opcua_state *s = dissect_scratch(d);
	uint32_t n = opcua_array(c);
	for (uint32_t i = 0; i < n && cur_ok(c); i++) {
		struct opcua_application a = opcua_application(c, s->host);
		if (cur_ok(c) && (n == 1 || a.here))
			opcua_tell_application(d, &a);
	}
	return cur_ok(c);
}

/* RegisterServer: the client of this connection is a server elsewhere. */
bool opcua_registered(struct dissect *d, struct cur *c)
{
	struct opcua_application a = { .uri = opcua_string(c), .product = cur_make("", 0), .name = cur_make("", 0),
				 .url = cur_make("", 0) };
	a.product = opcua_string(c);
	for (uint32_t i = 0, n = opcua_array(c); i < n && cur_ok(c); i++) {
		struct cur name = opcua_localized(c);
		if (i == 0)
			a.name = name;
	}
	a.type = cur_le32(c);
	opcua_string(c);
	for (uint32_t i = 0, n = opcua_array(c); i < n && cur_ok(c); i++) {
		struct cur url = opcua_string(c);
		if (i == 0)
			a.url = url;
	}
	if (cur_ok(c))
		opcua_tell_application(d, &a);
	return cur_ok(c);
}

/* ---- what endpoints offer ---- */

struct offer {
	bool none, anonymous;
	uint8_t tokens;                  /* bits by type */
	uint8_t modes[sizeof policies / sizeof *policies];
};

static void endpoint(struct dissect *d, struct cur *c, struct offer *o)
{
	char text[64];
	opcua_string(c);
	struct opcua_application a = opcua_application(c, 0);
	struct cur certificate = opcua_string(c);
	uint32_t mode = cur_le32(c);
	struct cur uri = opcua_string(c);
	uint32_t n = opcua_array(c), tokens = 0;
	for (uint32_t i = 0; i < n && cur_ok(c); i++) {
		opcua_string(c);
		uint32_t type = cur_le32(c);
		opcua_string(c);
		opcua_string(c);
		opcua_string(c);
		if (type < 4)
			tokens |= 1u << type;
	}
	opcua_string(c);
	cur_skip(c, 1);
	if (!cur_ok(c))
		return;
	const struct opcua_policy *policy = opcua_policy(uri);
	opcua_tell_application(d, &a);
	opcua_certificate(d, certificate);
	/* Without any log-in it only serves those who look for endpoints. */
	o->none |= (policy->none || mode == 1) && tokens;
	o->anonymous |= (tokens & 1) != 0;
	o->tokens |= (uint8_t)tokens;
	if (policy->obsolete) {
		snprintf(text, sizeof text, "%s offered", policy->name);
		dissect_weakness(d, "opcua-policy-obsolete", text);
	}
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
		if (policy == &policies[i].policy && mode < 8)
			o->modes[i] |= (uint8_t)(1u << mode);
}

bool opcua_endpoints(struct dissect *d, struct cur *c)
{
	static const char *const tokens[] = { "anonymous", "user name", "certificate", "issued token" };
	struct offer o = { 0 };
	char text[OBS_TEXT] = "";
	uint32_t n = opcua_array(c);
	for (uint32_t i = 0; i < n && cur_ok(c); i++)
		endpoint(d, c, &o);
	if (o.none)
		dissect_weakness(d, "opcua-policy-none", "offered");
	if (o.anonymous)
		dissect_weakness(d, "opcua-anonymous", "offered");
	if (!cur_ok(c) || n == 0)
		return cur_ok(c);
	size_t at = (size_t)snprintf(text, sizeof text, "endpoints:");
	for (size_t i = 0; i < sizeof policies / sizeof *policies && at < sizeof text; i++)
		if (o.modes[i])
			at += (size_t)snprintf(text + at, sizeof text - at, " %s%s%s%s%s", policies[i].policy.name,
					       o.modes[i] & 12 ? " (" : "", o.modes[i] & 4 ? "Sign" : "",
					       o.modes[i] & 8 ? (o.modes[i] & 4 ? ", SignAndEncrypt" : "SignAndEncrypt") : "",
					       o.modes[i] & 12 ? ")" : "");
	const char *between = "; log-in: ";
	for (size_t i = 0; i < 4 && at < sizeof text; i++)
		if (o.tokens & 1u << i) {
			at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", between, tokens[i]);
			between = ", ";
		}
	dissect_attr(d, ATTR_DESCRIPTION, text, "opcua.endpoints");
	return true;
}

/* ---- certificates (RFC 5280) ---- */

static void distinguished(struct dissect *d, struct cur name)
{
	static const uint8_t common_name[] = { 0x55, 0x04, 0x03 };
	struct cur set, pair, oid, value;
	while (cur_left(&name)) {
		if (!ber_expect(&name, 0x31, &set) || !ber_expect(&set, 0x30, &pair) || !ber_expect(&pair, 0x06, &oid))
			return;
		ber_next(&pair, &value);
		if (cur_ok(&pair) && cur_left(&oid) == 3 && cur_starts(&oid, common_name, 3))
			opcua_tell(d, ATTR_NAME, value, "opcua.certificate.common_name");
	}
}

static void extensions(struct dissect *d, struct cur list)
{
	static const uint8_t alternative_names[] = { 0x55, 0x1d, 0x11 };
	struct cur entry, oid, value, names, name;
	while (cur_left(&list)) {
		if (!ber_expect(&list, 0x30, &entry) || !ber_expect(&entry, 0x06, &oid))
			return;
		if (cur_left(&oid) != 3 || !cur_starts(&oid, alternative_names, 3))
			continue;
		if (cur_peek(&entry, 0) == 0x01)
			ber_next(&entry, &value);   /* critical */
		if (!ber_expect(&entry, 0x04, &value) || !ber_expect(&value, 0x30, &names))
			return;
		while (cur_left(&names)) {
			uint8_t tag = ber_next(&names, &name);
			if (!cur_ok(&names))
				return;
			if (tag == 0x86)
				opcua_tell(d, ATTR_DESCRIPTION, name, "opcua.certificate.uri");
			else if (tag == 0x82 && !(cur_left(&name) == 9 && cur_starts(&name, "localhost", 9)))
				opcua_tell(d, ATTR_HOSTNAME, name, "opcua.certificate.dns_name");
		}
	}
}

void opcua_certificate(struct dissect *d, struct cur c)
{
	struct cur certificate, tbs, part, list;
	if (!cur_left(&c) || !ber_expect(&c, 0x30, &certificate) || !ber_expect(&certificate, 0x30, &tbs))
		return;
	if (cur_peek(&tbs, 0) == 0xa0)
		ber_next(&tbs, &part);                         /* version */
	for (int i = 0; i < 4; i++)                            /* serial, algorithm, issuer, validity */
		ber_next(&tbs, &part);
	if (ber_expect(&tbs, 0x30, &part))
		distinguished(d, part);
	ber_next(&tbs, &part);                                 /* key */
	while (cur_left(&tbs))
		if (ber_next(&tbs, &part) == 0xa3 && ber_expect(&part, 0x30, &list))
			extensions(d, list);
}

