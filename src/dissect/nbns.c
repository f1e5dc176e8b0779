/*
 * NetBIOS name service (RFC 1002 4.2), UDP 137.
 *
 *   0    2       4         6        8           10           12
 *   +----+-------+---------+--------+-----------+------------+------ - -
 *   | id | flags | queries | answers| authority | additional | name, type, class | name, type, class, ttl, length, data
 *   +----+-------+---------+--------+-----------+------------+------ - -
 *   flags: answer (1), operation (4), … recursion, broadcast, result (4)
 *
 * A machine registers its own names, and tells them all when it is asked for its
 * status. Names of users (type 03) are passed over.
 */
#include <stdio.h>

#include "dissect/netbios.h"

enum {
	HEADER = 12, ANSWER = 0x8000, OPERATION_SHIFT = 11, OPERATION_MASK = 15, RESULT_MASK = 15,
	QUERY = 0, REGISTRATION = 5, RELEASE = 6, WAIT = 7, REFRESH = 8, REFRESH_OTHER = 9, MULTIHOMED = 15,
	TYPE_A = 1, TYPE_NS = 2, TYPE_NULL = 10, TYPE_NAME = 0x20, TYPE_STATUS = 0x21, CLASS_INTERNET = 1,
	GROUP = 0x8000, POINTER = 0xc0, ADDRESS = 6,
};

static bool known_operation(unsigned operation)
{
	return operation == QUERY || (operation >= REGISTRATION && operation <= REFRESH_OTHER) || operation == MULTIHOMED;
}

/* A name in full, or a pointer to the one in the query. */
static bool record_name(struct cur *c, uint8_t name[NETBIOS_NAME])
{
	if ((cur_peek(c, 0) & POINTER) == POINTER) {
		cur_skip(c, 2);
		return cur_ok(c);
	}
	return netbios_name(c, name);
}

/* The first record is a query in requests and an answer in responses; each has one of it. */
static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	uint8_t name[NETBIOS_NAME];
	(void)side;
	cur_skip(&x, 2);
	uint16_t flags = cur_be16(&x), queries = cur_be16(&x), answers = cur_be16(&x), authority = cur_be16(&x),
		 additional = cur_be16(&x);
	bool answer = flags & ANSWER;
	if (!cur_ok(&x) || !known_operation(flags >> OPERATION_SHIFT & OPERATION_MASK) || queries > 1 || answers > 1 ||
	    authority > 16 || additional > 16 || (answer ? queries > answers : queries != 1 || answers != 0))
		return false;
	if (!netbios_name(&x, name))
		return false;
	uint16_t type = cur_be16(&x), class = cur_be16(&x);
	return cur_ok(&x) && class == CLASS_INTERNET && (type == TYPE_NAME || type == TYPE_STATUS ||
	       (answer && (type == TYPE_A || type == TYPE_NS || type == TYPE_NULL)));
}

/* One of the sender's own names. */
static void own_name(struct dissect *d, const uint8_t name[NETBIOS_NAME], uint16_t flags, const char *source,
		     const char *group_source, const char *role_source)
{
	char text[64], group[96];   /* 15 bytes at most, UTF-8 makes them 45 */
	uint8_t suffix = name[NETBIOS_NAME - 1];
	if (!netbios_text(name, text, sizeof text))
		return;
	if (!(flags & GROUP)) {
		if (suffix == NETBIOS_WORKSTATION || suffix == NETBIOS_SERVER)
			dissect_attr(d, ATTR_HOSTNAME, text, source);
		else if (suffix == NETBIOS_DOMAIN_MASTER)
			dissect_attr(d, ATTR_ROLE, "primary domain controller", role_source);
		return;
	}
	if (suffix == NETBIOS_CONTROLLERS)
		dissect_attr(d, ATTR_ROLE, "domain controller", role_source);
	if (suffix != NETBIOS_WORKSTATION && suffix != NETBIOS_CONTROLLERS && suffix != NETBIOS_ELECTION)
		return;
	snprintf(group, sizeof group, "%s %s", suffix == NETBIOS_CONTROLLERS ? "domain" : "domain or workgroup", text);
	dissect_attr(d, ATTR_LOCATION, group, group_source);
}

/* Flags and an address: is that the sender's? A name server answers for others. */
static bool own_address(struct dissect *d, struct cur data, uint16_t *flags)
{
	const struct packet *p = dissect_packet(d);
	while (cur_left(&data) >= ADDRESS) {
		*flags = cur_be16(&data);
		struct addr a = addr_v4(cur_bytes(&data, 4));
		if (addr_equal(&a, &p->src))
			return true;
	}
	return false;
}

/* All names with their flags, and the MAC of the interface (zero where the speaker is no Windows). */
static enum dissect_result status(struct dissect *d, struct cur data)
{
	uint8_t n = cur_u8(&data);
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *name = cur_bytes(&data, NETBIOS_NAME);
		uint16_t flags = cur_be16(&data);
		if (!cur_ok(&data))
			return DISSECT_TRUNCATED;
		own_name(d, name, flags, "nbns.node_status.name", "nbns.node_status.group", "nbns.node_status.role");
	}
	const uint8_t *mac = cur_bytes(&data, 6);
	if (mac && mac_is_host(mac))
		dissect_link(d, dissect_mac_of(d, mac), dissect_sender(d), LINK_SAME, "nbns.node_status.unit_id");
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint8_t name[NETBIOS_NAME] = { 0 };
	uint16_t type = 0, own_flags;
	if (!probe(&c, SIDE_CLIENT))
		return cur_left(&c) < HEADER + NETBIOS_ENCODED + 4 ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	cur_skip(&c, 2);
	uint16_t flags = cur_be16(&c);
	unsigned records = cur_be16(&c);
	cur_skip(&c, 6);
	bool answer = flags & ANSWER;
	unsigned operation = flags >> OPERATION_SHIFT & OPERATION_MASK;
	dissect_set_side(d, answer ? SIDE_SERVER : SIDE_CLIENT);
	dissect_evident(d);
	if (!answer && (operation == QUERY || operation == RELEASE))
		return DISSECT_OK;   /* somebody else's name, or one that is given up */
	if (answer && ((flags & RESULT_MASK) || (operation != QUERY)))
		return DISSECT_OK;   /* refused, or a name server's receipt */
	/* A query (in requests), then the record that counts. */
	for (unsigned i = records; i > 0; i--) {
		netbios_name(&c, name);
		cur_skip(&c, 4);
	}
	if (!record_name(&c, name))
		return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
	type = cur_be16(&c);
	cur_skip(&c, 2 + 4);
	uint16_t n = cur_be16(&c);
	struct cur data = cur_sub(&c, n);
	if (!cur_ok(&data))
		return DISSECT_TRUNCATED;
	if (type == TYPE_STATUS)
		return answer ? status(d, data) : DISSECT_OK;
	if (type == TYPE_NAME && own_address(d, data, &own_flags))
		own_name(d, name, own_flags, answer ? "nbns.answer.name" : "nbns.registration.name",
			 answer ? "nbns.answer.group" : "nbns.registration.group",
			 answer ? "nbns.answer.role" : "nbns.registration.role");
	return DISSECT_OK;
}

const struct dissector dissect_nbns = {
	.name = "nbns",
	.title = "NetBIOS name service",
	.udp = { 137 },
	.probe = probe,
	.message = message,
	.reference = "RFC 1001, RFC 1002 4.2",
	.recognition = "a known operation, counts that fit it, an encoded NetBIOS name, type and class",
	.identity = "names that a machine registers or lists in its node status: host name, workgroup, domain controller, MAC",
	.operations = "",
	.verified = "real captures",
};
