/*
 * MQTT (OASIS MQTT 3.1.1 and 5.0; 3.1 says MQIsdp).
 *
 *   +-------------+---------------------+-------------------- - -
 *   | type, flags | remaining length    | variable header, payload
 *   +-------------+ (1 to 4, 7 bits each)
 *   CONNECT 10: name length, "MQTT", level, flags, keep alive, [properties], client id, [will], [user], [password]
 *   CONNACK 20: flags, return code
 *
 * Topics and values are not kept; of a password only that it was there.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/dissect.h"

enum {
	CONNECT = 1, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK,
	PINGREQ, PINGRESP, DISCONNECT, AUTH,
	HAS_PASSWORD = 0x40, HAS_USER = 0x80, KEY_CONNECT = 1u << 16, KEY_PING = 2u << 16, KEY_PACKET = 3u << 16,
};

/* Bytes of the whole packet; DISSECT_NEED_MORE or DISSECT_NO_FRAME. */
static int32_t length(const struct cur *c, enum side side)
{
	int32_t n = 0;
	(void)side;
	for (size_t i = 1; i <= 4; i++) {
		if (!cur_has(c, i + 1))
			return DISSECT_NEED_MORE;
		uint8_t b = cur_peek(c, i);
		n |= (int32_t)(b & 0x7f) << (7 * (i - 1));
		if (!(b & 0x80))
			return n + 1 + (int32_t)i;
	}
	return DISSECT_NO_FRAME;
}

static size_t head(const struct cur *c)
{
	size_t i = 1;
	while (i < 4 && (cur_peek(c, i) & 0x80))
		i++;
	return i + 1;
}

static bool topic_fits(const struct cur *c, size_t at, size_t most)
{
	size_t n = cur_peek_be16(c, at);
	if (n == 0 || at + 2 + n > most || !cur_has(c, at + 2 + n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (cur_peek(c, at + 2 + i) < 0x20)
			return false;
	return true;
}

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0);
	size_t at = head(c);
	struct cur x = *c;
	if (side == SIDE_SERVER)
		return type == CONNACK << 4 && length(c, side) >= 4 && cur_peek(c, at) <= 1 &&
		       (cur_peek(c, at + 1) <= 5 || cur_peek(c, at + 1) >= 0x80);
	int32_t n = length(c, side);
	cur_skip(&x, at);
	/* A topic inside its message; a subscription has a number in front. */
	if (type >> 4 == PUBLISH && (type & 6) != 6)
		return n > 4 && topic_fits(&x, 0, (size_t)n - at);
	if (type == (SUBSCRIBE << 4 | 2))
		return n > 8 && topic_fits(&x, 2, (size_t)n - at);
	if (type != CONNECT << 4 || n < 12)
		return false;
	return (cur_peek_be16(&x, 0) == 4 && cur_starts(&x, "\0\4MQTT", 6)) ||
	       (cur_peek_be16(&x, 0) == 6 && cur_starts(&x, "\0\6MQIsdp", 8));
}

static uint32_t variable(struct cur *c)
{
	uint32_t n = 0;
	for (unsigned shift = 0; shift < 28; shift += 7) {
		uint8_t b = cur_u8(c);
		n |= (uint32_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return n;
	}
	cur_fail(c);
	return 0;
}

static enum dissect_result client_connects(struct dissect *d, struct cur c)
{
	cur_skip(&c, cur_be16(&c));
	uint8_t level = cur_u8(&c), flags = cur_u8(&c);
	cur_skip(&c, 2);                          /* keep alive */
	if (level >= 5)
		cur_skip(&c, variable(&c));
	uint16_t n = cur_be16(&c);
	const uint8_t *id = cur_bytes(&c, n);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	/* Name, level and a client id that fits: nothing else begins like that. */
	if (level >= 3 && level <= 5 && !(flags & 1))
		dissect_evident(d);
	struct dissect_request r = { .key = KEY_CONNECT, .code = level, .extra = flags, .op = OP_LOGIN, .name = "CONNECT" };
	dissect_request(d, &r);
	dissect_attr_bytes(d, ATTR_NAME, id, n, "mqtt.client_id");
	if (flags & HAS_PASSWORD)
		dissect_weakness(d, "password-in-clear", "MQTT CONNECT");
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	int32_t n = length(&c, dissect_side(d));
	struct dissect_request r;
	if (n < 2)
		return n == DISSECT_NEED_MORE ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
	bool whole = cur_has(&c, (size_t)n);
	uint8_t type = cur_peek(&c, 0) >> 4, flags = cur_peek(&c, 0) & 15;
	cur_skip(&c, head(&c));
	switch (type) {
	case CONNECT:
		return client_connects(d, c);
	case CONNACK: {
		uint8_t code = cur_peek(&c, 1);
		if (!dissect_response(d, KEY_CONNECT, code ? RESULT_REFUSED : RESULT_OK, &r))
			return DISSECT_OK;
		/* Level 3.1.1 and 5: a client without a name of a user was let in. */
		if (code == 0 && !(r.extra & (HAS_USER | HAS_PASSWORD)))
			dissect_weakness(d, "anonymous-login", "MQTT");
		dissect_attr(d, ATTR_SOFTWARE, r.code == 3 ? "MQTT 3.1" : r.code == 4 ? "MQTT 3.1.1" : "MQTT 5.0", "mqtt.connack");
		return DISSECT_OK;
	}
	case PUBLISH:
		/* From the client: it tells something to the broker. From the broker: what was asked for. */
		if (dissect_side(d) == SIDE_CLIENT)
			dissect_request(d, &(struct dissect_request){ .key = KEY_PACKET, .op = OP_WRITE, .name = "PUBLISH" });
		return whole ? DISSECT_OK : DISSECT_TRUNCATED;
	case SUBSCRIBE: case UNSUBSCRIBE:
		if (flags != 2)
			return DISSECT_MALFORMED;
		r = (struct dissect_request){ .key = KEY_PACKET + 0x10000u + cur_be16(&c),
					      .op = type == SUBSCRIBE ? OP_READ : -1,
					      .name = type == SUBSCRIBE ? "SUBSCRIBE" : "UNSUBSCRIBE" };
		if (cur_ok(&c))
			dissect_request(d, &r);
		break;
	case SUBACK: case UNSUBACK: {
		uint64_t key = KEY_PACKET + 0x10000u + cur_be16(&c);
		dissect_response(d, key, RESULT_OK, NULL);
		break;
	}
	case PINGREQ:
		dissect_request(d, &(struct dissect_request){ .key = KEY_PING, .op = -1, .name = "PINGREQ" });
		break;
	case PINGRESP:
		dissect_response(d, KEY_PING, RESULT_OK, NULL);
		break;
	case 0:
		return DISSECT_MALFORMED;
	default:
		break;
	}
	return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
}

const struct dissector dissect_mqtt = {
	.name = "mqtt",
	.title = "MQTT",
	.tcp = { 1883 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "OASIS MQTT 3.1.1, MQTT 5.0",
	.recognition = "CONNECT with the protocol's name, answered by CONNACK",
	.identity = "client identifier; version",
	.operations = "login, publish, subscribe; password in clear (that it was seen), clients let in without a name",
	.verified = "real captures",
};
