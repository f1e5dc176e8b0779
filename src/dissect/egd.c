/*
 * Ethernet Global Data (GE and Emerson PLCs and drives; UDP 18246), production of data (GFK-2224), little-endian.
 *
 *   0    1         2         4             8          12        16            20       24          28
 *   +----+---------+---------+-------------+----------+---------+-------------+--------+-----------+----------+------ - -
 *   | 0D | version | request | producer id | exchange | seconds | nanoseconds | status | signature | reserved | data
 *   |    | 1       | id      | (IP, as on  | id       |         |             |        |           | 0        | (to 1400)
 *   |    |         |         |  the wire)  |          |         |             |        |           |          |
 *   +----+---------+---------+-------------+----------+---------+-------------+--------+-----------+----------+------ - -
 *   A producer sends each exchange in a cycle, to one consumer or to a group; nobody answers. Its id is its IP address
 *   unless somebody gave it another.
 */
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "dissect/dissect.h"

enum { HEADER = 32, DATA_MAX = 1400, TYPE_DATA = 0x0d, DATA_VERSION = 1, NANOSECONDS = 1000000000, STATUS_MAX = 0xff };

static uint32_t le32_at(const struct cur *c, size_t at)
{
	return (uint32_t)cur_peek_le16(c, at) | (uint32_t)cur_peek_le16(c, at + 2) << 16;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	/* 0.x.x.x, 127.x.x.x and groups are no producers. */
	uint8_t net = cur_peek(c, 4);
	return cur_has(c, HEADER) && cur_left(c) <= HEADER + DATA_MAX && cur_peek(c, 0) == TYPE_DATA &&
	       cur_peek(c, 1) == DATA_VERSION && net && net != 127 && net < 224 && le32_at(c, 8) != 0 &&
	       le32_at(c, 16) < NANOSECONDS && (le32_at(c, 20) & 0xffff) <= STATUS_MAX && le32_at(c, 28) == 0;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	char text[48];
	if (!cur_has(&c, HEADER))
		return cur_peek(&c, 0) == TYPE_DATA && cur_peek(&c, 1) == DATA_VERSION ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	const struct packet *p = dissect_packet(d);
	cur_skip(&c, 4);
	const uint8_t *id = cur_bytes(&c, 4);
	struct addr producer = addr_v4(id);
	if (memcmp(&producer, &p->src, sizeof producer) == 0) {
		dissect_evident(d);
		return DISSECT_OK;
	}
	snprintf(text, sizeof text, "EGD producer %u.%u.%u.%u", id[0], id[1], id[2], id[3]);
	dissect_attr(d, ATTR_DESCRIPTION, text, "egd.producer_id");
	return DISSECT_OK;
}

const struct dissector dissect_egd = {
	.name = "egd",
	.title = "GE Ethernet Global Data",
	.ot = true,
	.no_auth = true,
	.cyclic = true,
	.udp = { 18246 },
	.probe = probe,
	.message = message,
	.reference = "GE, TCP/IP Ethernet Communications for PACSystems (GFK-2224); Wireshark's packet-egd",
	.recognition = "type 0D, version 1, nanoseconds below one second, reserved 0, at most 1400 bytes of data; the producer id is the "
		       "sender's address, which proves it, or three such messages in one direction",
	.identity = "the producer id where it is not the sender's address",
	.operations = "none: data that is sent in a cycle, with its period. EGD commands and the configuration server (UDP 7937) are not read",
	.verified = "real captures",
};
