/*
 * What OPC UA's services carry (OPC 10000-4, encoded as in OPC 10000-6): the build
 * info, the log-in, and what is commanded. Descriptions: opcua_identity.c.
 *
 *   request   type | token, time, handle, diagnostics, audit id, timeout, additional header | parameters
 *   answer    type | time, handle, status, diagnostics, strings, additional header          | results
 *
 *   BuildInfo  product URI, manufacturer, product, version, build number, build date
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/opcua.h"

static const struct opcua_service services[] = {
	{ 410, 413, OP_DIAGNOSTIC, "TestStack" },
	{ 416, 419, OP_DIAGNOSTIC, "TestStackEx" },
	{ 422, 425, OP_IDENTITY, "FindServers" },
	{ 428, 431, OP_IDENTITY, "GetEndpoints" },
	{ 437, 440, OP_CONFIGURATION, "RegisterServer" },
	{ 446, 449, -1, "OpenSecureChannel" },
	{ 452, 455, -1, "CloseSecureChannel" },
	{ 461, 464, OP_DIAGNOSTIC, "CreateSession" },
	{ 467, 470, OP_LOGIN, "ActivateSession" },
	{ 473, 476, OP_DIAGNOSTIC, "CloseSession" },
	{ 479, 482, OP_DIAGNOSTIC, "Cancel" },
	{ 488, 491, OP_CONFIGURATION, "AddNodes" },
	{ 494, 497, OP_CONFIGURATION, "AddReferences" },
	{ 500, 503, OP_CONFIGURATION, "DeleteNodes" },
	{ 506, 509, OP_CONFIGURATION, "DeleteReferences" },
	{ 527, 530, OP_READ, "Browse" },
	{ 533, 536, OP_READ, "BrowseNext" },
	{ 554, 557, OP_READ, "TranslateBrowsePathsToNodeIds" },
	{ 560, 563, OP_READ, "RegisterNodes" },
	{ 566, 569, OP_READ, "UnregisterNodes" },
	{ 615, 618, OP_READ, "QueryFirst" },
	{ 621, 624, OP_READ, "QueryNext" },
	{ 631, 634, OP_READ, "Read" },
	{ 664, 667, OP_READ, "HistoryRead" },
	{ 673, 676, OP_WRITE, "Write" },
	{ 700, 703, OP_WRITE, "HistoryUpdate" },
	{ 712, 715, OP_WRITE, "Call" },
	{ 751, 754, OP_READ, "CreateMonitoredItems" },
	{ 763, 766, OP_READ, "ModifyMonitoredItems" },
	{ 769, 772, OP_READ, "SetMonitoringMode" },
	{ 775, 778, OP_READ, "SetTriggering" },
	{ 781, 784, OP_READ, "DeleteMonitoredItems" },
	{ 787, 790, OP_READ, "CreateSubscription" },
	{ 793, 796, OP_READ, "ModifySubscription" },
	{ 799, 802, OP_READ, "SetPublishingMode" },
	{ 826, 829, OP_READ, "Publish" },
	{ 832, 835, OP_READ, "Republish" },
	{ 841, 844, OP_READ, "TransferSubscriptions" },
	{ 847, 850, OP_READ, "DeleteSubscriptions" },
	{ 12208, 12209, OP_IDENTITY, "FindServersOnNetwork" },
	{ 12211, 12212, OP_CONFIGURATION, "RegisterServer2" },};

const struct opcua_service *opcua_service(uint32_t id, bool *request)
{
	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (services[i].request == id || services[i].response == id) {
			*request = services[i].request == id;
			return &services[i];
		}
	return NULL;
}

/* ---- basic types ---- */

struct cur opcua_string(struct cur *c)
{
	uint32_t n = cur_le32(c);
	return cur_sub(c, n == UINT32_MAX ? 0 : n);
}

/* Length of an array, whose elements follow. */
uint32_t opcua_array(struct cur *c)
{
	uint32_t n = cur_le32(c);
	return n == UINT32_MAX ? 0 : n;
}

static void strings(struct cur *c)
{
	for (uint32_t n = opcua_array(c); n && cur_ok(c); n--)
		opcua_string(c);
}

struct cur opcua_localized(struct cur *c)
{
	uint8_t mask = cur_u8(c);
	if (mask & 1)
		opcua_string(c);
	return mask & 2 ? opcua_string(c) : cur_make("", 0);
}

static uint32_t hash_bytes(const uint8_t *p, size_t n)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; p && i < n; i++)
		hash = (hash ^ p[i]) * 16777619u;
	return hash;
}

/* Also with the namespace and server of an ExpandedNodeId. */
struct opcua_node opcua_node(struct cur *c)
{
	struct opcua_node n = { .text = cur_make("", 0) };
	uint8_t encoding = cur_u8(c);
	switch (encoding & 0x3f) {
	case 0:
		n.number = cur_u8(c);
		break;
	case 1:
		n.ns = cur_u8(c);
		n.number = cur_le16(c);
		break;
	case 2:
		n.ns = cur_le16(c);
		n.number = cur_le32(c);
		break;
	case 3: case 4: case 5:
		n.kind = (encoding & 0x3f) - 2;
		n.ns = cur_le16(c);
		n.text = n.kind == 2 ? cur_sub(c, 16) : opcua_string(c);
		n.number = hash_bytes(cur_here(&n.text), cur_left(&n.text));
		break;
	default:
		cur_fail(c);
	}
	if (encoding & 0x80)
		opcua_string(c);
	if (encoding & 0x40)
		cur_skip(c, 4);
	return n;
}

/* ExtensionObject: its type, and *body over what is inside. */
static uint32_t extension(struct cur *c, struct cur *body)
{
	struct opcua_node type = opcua_node(c);
	uint8_t encoding = cur_u8(c);
	*body = encoding ? opcua_string(c) : cur_make("", 0);
	return cur_ok(c) && type.ns == 0 && type.kind == 0 && encoding == 1 ? type.number : 0;
}

static void diagnostics(struct cur *c)
{
	uint8_t mask;
	do {
		mask = cur_u8(c);
		for (uint8_t bit = 1; bit <= 8; bit = (uint8_t)(bit << 1))
			cur_skip(c, mask & bit ? 4 : 0);
		if (mask & 0x10)
			opcua_string(c);
		cur_skip(c, mask & 0x20 ? 4 : 0);
	} while (mask & 0x40 && cur_ok(c));
}

/* ---- Read ---- */

enum {
	BUILD_INFO = 2260, BUILD_NUMBER = 2265, TYPE_BUILD_INFO = 340, TYPE_SERVER_STATUS = 864,
	TYPE_DATA_CHANGE = 811,
	ATTRIBUTE_VALUE = 13, POSITIONS = 16, VARIANT_STRING = 12, VARIANT_EXTENSION = 22,
};

static const struct { enum attr field; const char *source; } build_info_nodes[] = {
	{ ATTR_MODEL, "opcua.build_info.product_name" },
	{ ATTR_SOFTWARE, "opcua.build_info.product_uri" },
	{ ATTR_VENDOR, "opcua.build_info.manufacturer_name" },
	{ ATTR_FIRMWARE, "opcua.build_info.software_version" },
	{ ATTR_SOFTWARE, "opcua.build_info.build_number" },
};

static void build_number(struct dissect *d, struct cur v)
{
	char text[64], line[80];
	if (text_wire(cur_here(&v), cur_left(&v), text, sizeof text)) {
		snprintf(line, sizeof line, "build %s", text);
		dissect_attr(d, ATTR_SOFTWARE, line, "opcua.build_info.build_number");
	}
}

static void build_info(struct dissect *d, struct cur c)
{
	struct cur uri = opcua_string(&c), maker = opcua_string(&c), product = opcua_string(&c),
		   version = opcua_string(&c), number = opcua_string(&c);
	if (!cur_ok(&c))
		return;
	opcua_tell(d, ATTR_SOFTWARE, uri, "opcua.build_info.product_uri");
	opcua_tell(d, ATTR_VENDOR, maker, "opcua.build_info.manufacturer_name");
	opcua_tell(d, ATTR_MODEL, product, "opcua.build_info.product_name");
	opcua_tell(d, ATTR_FIRMWARE, version, "opcua.build_info.software_version");
	build_number(d, number);
}

/* What the first nodes are, four bits each, 0 for those that are not of the build info. */
static bool read_request(struct cur *c, struct dissect_request *r)
{
	cur_skip(c, 8 + 4);
	uint32_t n = opcua_array(c);
	for (uint32_t i = 0; i < n && cur_ok(c); i++) {
		struct opcua_node node = opcua_node(c);
		uint32_t attribute = cur_le32(c);
		opcua_string(c);
		cur_skip(c, 2);
		opcua_string(c);
		if (i >= POSITIONS || node.ns || node.kind || attribute != ATTRIBUTE_VALUE ||
		    node.number <= BUILD_INFO || node.number > BUILD_NUMBER)
			continue;
		uint32_t bits = (node.number - BUILD_INFO) << i % 8 * 4;
		if (i < 8)
			r->extra |= bits;
		else
			r->extra2 |= bits;
	}
	return cur_ok(c);
}

/* A value that is one of the two which tell something; others are stepped over or end the reading. */
static bool variant(struct dissect *d, struct cur *c, unsigned what)
{
	static const uint8_t sizes[] = { 0, 1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 0, 8, 16, 0, 0, 0, 0, 4 };
	uint8_t encoding = cur_u8(c), type = encoding & 0x3f;
	uint32_t n = encoding & 0x80 ? opcua_array(c) : 1;
	for (; n && cur_ok(c); n--) {
		struct cur value;
		if (type == VARIANT_STRING || type == 15 || type == 16) {
			value = opcua_string(c);
			if (type != VARIANT_STRING || encoding & 0x80 || !what || !cur_ok(c))
				continue;
			if (what == BUILD_NUMBER - BUILD_INFO)
				build_number(d, value);
			else
				opcua_tell(d, build_info_nodes[what - 1].field, value, build_info_nodes[what - 1].source);
		} else if (type == 17 || type == 18) {
			opcua_node(c);
		} else if (type == 20) {
			cur_skip(c, 2);
			opcua_string(c);
		} else if (type == 21) {
			opcua_localized(c);
		} else if (type == VARIANT_EXTENSION) {
			uint32_t id = extension(c, &value);
			if (id == TYPE_SERVER_STATUS)
				cur_skip(&value, 8 + 8 + 4);   /* start, now, state: then the build info */
			if (id == TYPE_SERVER_STATUS || id == TYPE_BUILD_INFO)
				build_info(d, value);
		} else if (type < sizeof sizes && (sizes[type] || type == 0)) {
			if (type == 0)
				break;
			cur_skip(c, sizes[type]);
		} else {
			return false;
		}
	}
	if (encoding & 0x40)
		for (uint32_t k = opcua_array(c); k && cur_ok(c); k--)
			cur_skip(c, 4);
	return true;
}

/* A value with its status and times. False: nested values, in which nothing about the device comes. */
static bool data_value(struct dissect *d, struct cur *c, unsigned what)
{
	uint8_t mask = cur_u8(c);
	if (mask & 1 && !variant(d, c, what))
		return false;
	cur_skip(c, (mask & 2 ? 4u : 0u) + (mask & 4 ? 8u : 0u) + (mask & 8 ? 8u : 0u) + (mask & 0x10 ? 2u : 0u) +
			    (mask & 0x20 ? 2u : 0u));
	return true;
}

static bool read_response(struct dissect *d, struct cur *c, const struct dissect_request *r)
{
	uint32_t n = opcua_array(c);
	for (uint32_t i = 0; i < n && cur_ok(c); i++)
		if (!data_value(d, c, i < 8 ? r->extra >> i * 4 & 15 : i < POSITIONS ? r->extra2 >> (i - 8) * 4 & 15 : 0))
			return true;
	return cur_ok(c);
}

/* Whoever watches the status of the server gets it with the first notification. */
static bool publish_response(struct dissect *d, struct cur *c)
{
	cur_skip(c, 4);
	for (uint32_t n = opcua_array(c); n && cur_ok(c); n--)
		cur_skip(c, 4);
	cur_skip(c, 1 + 4 + 8);
	for (uint32_t n = opcua_array(c); n && cur_ok(c); n--) {
		struct cur body;
		if (extension(c, &body) != TYPE_DATA_CHANGE)
			continue;
		for (uint32_t k = opcua_array(&body); k && cur_ok(&body); k--) {
			cur_skip(&body, 4);
			if (!data_value(d, &body, 0))
				break;
		}
	}
	return cur_ok(c);
}

/* ---- log-in and commands ---- */

enum { TOKEN_ANONYMOUS = 321, TOKEN_USER = 324, TOKEN_CERTIFICATE = 327, TOKEN_ISSUED = 940 };

static bool activate(struct dissect *d, struct cur *c, struct dissect_request *r)
{
	struct cur token;
	opcua_string(c);   /* client's signature: algorithm, bytes */
	opcua_string(c);
	for (uint32_t n = opcua_array(c); n && cur_ok(c); n--) {
		opcua_string(c);
		opcua_string(c);
	}
	strings(c);
	uint32_t type = extension(c, &token);
	if (!cur_ok(c))
		return false;
	r->extra = type == TOKEN_USER ? 2 : type == TOKEN_CERTIFICATE ? 3 : type == TOKEN_ISSUED ? 4 :
		   type == TOKEN_ANONYMOUS || !cur_left(&token) ? 1 : 0;
	if (type == TOKEN_USER) {
		opcua_string(&token);   /* policy id, user */
		opcua_string(&token);
		struct cur password = opcua_string(&token), algorithm = opcua_string(&token);
		if (cur_ok(&token) && cur_left(&password) && !cur_left(&algorithm))
			dissect_weakness(d, "password-in-clear", "ActivateSession user name token");
	}
	return true;
}

/* Names of nodes are long; those of the last commands are kept until the answer comes, found again by their hash. */
enum { NAME = 48 };

static void describe_node(const struct dissect_request *r, char *out, size_t size)
{
	unsigned ns = r->extra2 & 0xffff, more = r->extra2 >> 16 & 0xfff, kind = r->extra2 >> 28;
	char rest[32] = "";
	if (more > 1)
		snprintf(rest, sizeof rest, " and %u more", more - 1);
	if (kind == 0)
		snprintf(out, size, "ns=%u;i=%u%s", ns, r->extra, rest);
	else if (kind == 1 && dissect_request_recall(r, r->extra))
		snprintf(out, size, "ns=%u;s=%s%s", ns, (const char *)dissect_request_recall(r, r->extra), rest);
	else
		snprintf(out, size, "ns=%u;%s%s", ns, kind == 1 ? "s" : kind == 2 ? "g" : "b", rest);
}

static void keep_node(struct dissect *d, struct dissect_request *r, const struct opcua_node *n, uint32_t count)
{
	r->extra = n->number;
	r->extra2 = n->ns | (count < 0xfff ? count : 0xfff) << 16 | (uint32_t)n->kind << 28;
	r->describe = describe_node;
	if (n->kind == 1)
		text_wire(cur_here(&n->text), cur_left(&n->text), dissect_memory(d, n->number), NAME);
}

enum {
	FIND_SERVERS = 422, GET_ENDPOINTS = 428, REGISTER = 437, CREATE_SESSION = 461, ACTIVATE_SESSION = 467,
	ADD_NODES = 488, DELETE_NODES = 500, READ = 631, WRITE = 673, HISTORY_UPDATE = 700, CALL = 712, PUBLISH = 826,
	ON_NETWORK = 12208, REGISTER_2 = 12211,
};

/* Methods of the server itself that only have something told again: ConditionRefresh, GetMonitoredItems, ResendData. */
static bool only_tells(const struct opcua_node *method)
{
	uint32_t n = method->number;
	return method->ns == 0 && method->kind == 0 && (n == 3875 || n == 12912 || n == 11492 || n == 12873);
}

bool opcua_request(struct dissect *d, struct cur *c, const struct opcua_service *s, struct dissect_request *r)
{
	struct cur unused;
	struct opcua_node node;
	uint32_t n;
	opcua_node(c);
	cur_skip(c, 8 + 4 + 4);
	opcua_string(c);
	cur_skip(c, 4);
	extension(c, &unused);
	if (!cur_ok(c))
		return false;
	switch (s->request) {
	case REGISTER: case REGISTER_2:
		return opcua_registered(d, c);
	case CREATE_SESSION: {
		struct opcua_application a = opcua_application(c, 0);
		for (int i = 0; i < 4; i++)   /* server URI, endpoint, session name, nonce */
			opcua_string(c);
		struct cur certificate = opcua_string(c);
		if (!cur_ok(c))
			return false;
		opcua_tell_application(d, &a);
		opcua_certificate(d, certificate);
		return true;
	}
	case ACTIVATE_SESSION:
		return activate(d, c, r);
	case READ:
		return read_request(c, r);
	case PUBLISH:
		for (n = opcua_array(c); n && cur_ok(c); n--)
			cur_skip(c, 8);
		return cur_ok(c);
	case WRITE: case DELETE_NODES: case CALL: case ADD_NODES:
		n = opcua_array(c);
		node = opcua_node(c);
		if (s->request == CALL)
			node = opcua_node(c);   /* the method, behind its object */
		if (s->request == CALL && only_tells(&node) && n == 1)
			r->op = OP_READ;
		if (cur_ok(c) && n)
			keep_node(d, r, &node, n);
		return cur_ok(c) || n == 0;
	default:
		return true;
	}
}

bool opcua_response_header(struct cur *c, uint32_t *status)
{
	struct cur unused;
	cur_skip(c, 8 + 4);
	*status = cur_le32(c);
	diagnostics(c);
	strings(c);
	extension(c, &unused);
	return cur_ok(c);
}

uint32_t opcua_first_result(const struct opcua_service *s, struct cur c)
{
	switch (s->request) {
	case WRITE: case DELETE_NODES: case CALL: case ADD_NODES: case HISTORY_UPDATE: {
		uint32_t n = opcua_array(&c), status = cur_le32(&c);
		return n && cur_ok(&c) ? status : 0;
	}
	default:
		return 0;
	}
}

/* Who is in the network, told by one of them: the names alone, at their addresses where these are numbers. */
static bool on_network(struct dissect *d, struct cur *c)
{
	cur_skip(c, 8);
	for (uint32_t n = opcua_array(c); n && cur_ok(c); n--) {
		char text[OBS_TEXT + 1], host[ADDR_TEXT];
		struct addr ip;
		cur_skip(c, 4);
		struct cur name = opcua_string(c), url = opcua_string(c);
		strings(c);
		if (!cur_ok(c) || !cur_starts(&url, "opc.tcp://", 10))
			continue;
		cur_skip(&url, 10);
		size_t k = 0;
		for (uint8_t b; k + 1 < sizeof host && (b = cur_peek(&url, k)) && b != ':' && b != '/'; k++)
			host[k] = (char)b;
		host[k] = 0;
		if (addr_parse(host, &ip) && text_wire(cur_here(&name), cur_left(&name), text, sizeof text))
			dissect_attr_of(d, dissect_ip(d, &ip), ATTR_NAME, text, "opcua.find_servers_on_network.name");
	}
	return cur_ok(c);
}

bool opcua_response(struct dissect *d, struct cur *c, const struct opcua_service *s, const struct dissect_request *r)
{
	switch (s->request) {
	case FIND_SERVERS:
		return opcua_servers(d, c);
	case ON_NETWORK:
		return on_network(d, c);
	case GET_ENDPOINTS:
		return opcua_endpoints(d, c);
	case CREATE_SESSION:
		opcua_node(c);
		opcua_node(c);
		cur_skip(c, 8);
		opcua_string(c);
		opcua_certificate(d, opcua_string(c));
		return opcua_endpoints(d, c);
	case READ:
		return read_response(d, c, r);
	case PUBLISH:
		return publish_response(d, c);
	default:
		return true;
	}
}
