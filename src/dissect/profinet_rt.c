/*
 * PROFINET RT (IEC 61158-6-10), directly on Ethernet: process data that controller and device send each other in a
 * cycle, and alarms.
 *
 *   0         2                                   -4              -2            -1
 *   +---------+---------------------------- - -  -+---------------+-------------+-----------------+
 *   | FrameID | process data, 40 bytes or more    | cycle counter | data status | transfer status |
 *   +---------+---------------------------- - -  -+---------------+-------------+-----------------+
 *   0100-7FFF class 3 (IRT), 8000-BFFF class 1, C000-FBFF class 1 of old and over UDP
 *   data status: 01 primary, 02 redundancy, 04 valid, 10 the provider runs, 20 no problem, 80 ignore
 *
 *   FC01 (high), FE01 (low): an alarm, or its acknowledgement
 *   +---------+-------------+--------+----------+-------+-----------+----------+--------+------- - -
 *   | FrameID | destination | source | PDU type | flags | sequence  | acknow-  | length | block: type, length,
 *   |         | end point   |        |          |       | number    | ledged   |        | version, alarm type …
 *   +---------+-------------+--------+----------+-------+-----------+----------+--------+------- - -
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	CLASS3_FIRST = 0x0100, CYCLIC_LAST = 0xfbff, ALARM_HIGH = 0xfc01, ALARM_LOW = 0xfe01,
	DATA_MIN = 40, STATUS = 4, RESERVED_BITS = 0x48, RUNS = 0x10, IGNORE = 0x80,
	ALARM_HEADER = 14, RTA_DATA = 1, RTA_NACK = 2, RTA_ACK = 3, RTA_ERR = 4,
	NOTIFICATION_HIGH = 1, NOTIFICATION_LOW = 2,
};

static bool cyclic(uint16_t id)
{
	return id >= CLASS3_FIRST && id <= CYCLIC_LAST;
}

static bool probe(const struct cur *c, enum side side)
{
	uint16_t id = cur_peek_be16(c, 0);
	(void)side;
	if (cyclic(id))
		return true;
	uint8_t type = cur_peek(c, 6) & 0x0f, version = cur_peek(c, 6) >> 4;
	return (id == ALARM_HIGH || id == ALARM_LOW) && cur_has(c, ALARM_HEADER) && (version == 1 || version == 2) &&
	       type >= RTA_DATA && type <= RTA_ERR;
}

static void describe_alarm(const struct dissect_request *r, char *out, size_t size)
{
	static const char *const types[] = {
		"", "diagnosis", "process", "pull", "plug", "status", "update", "media redundancy",
		"controlled by supervisor", "released", "plug of a wrong submodule", "return of submodule",
		"diagnosis disappears", "multicast communication mismatch", "port data change",
		"sync data changed", "isochronous mode problem", "network component problem", "time data changed",
		"dynamic frame packing problem", "MRPD problem", "multiple interface mismatch",
	};
	const char *name = r->code < sizeof types / sizeof *types ? types[r->code] : r->code == 0x1f ? "pull module" : "";
	snprintf(out, size, "%s%sslot %u subslot 0x%04x", name, *name ? ", " : "", r->extra, r->extra2);
}

/* A device tells its controller; the acknowledgement goes the other way with this sequence number. */
static enum dissect_result alarm_message(struct dissect *d, struct cur c)
{
	cur_skip(&c, 4);
	uint8_t type = cur_u8(&c) & 0x0f;
	cur_skip(&c, 1);
	uint16_t sequence = cur_be16(&c), acknowledged = cur_be16(&c), n = cur_be16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (n > cur_left(&c) && !packet_cut(dissect_packet(d)))
		return DISSECT_MALFORMED;
	dissect_evident(d);
	if (type == RTA_ACK || type == RTA_NACK) {
		dissect_set_side(d, SIDE_SERVER);
		dissect_response(d, acknowledged, type == RTA_ACK ? RESULT_OK : RESULT_REFUSED, NULL);
		return DISSECT_OK;
	}
	if (type == RTA_ERR && n >= 4) {   /* its end of the application relation is given up */
		char text[32];
		snprintf(text, sizeof text, "status 0x%08x", cur_be32(&c));
		if (cur_ok(&c))
			dissect_op(d, OP_DIAGNOSTIC, "RTA Error", text, RESULT_UNKNOWN);
		return DISSECT_OK;
	}
	if (type != RTA_DATA)
		return DISSECT_OK;
	uint16_t block = cur_be16(&c);
	cur_skip(&c, 4);   /* length, version */
	struct dissect_request r = { .key = sequence, .code = cur_be16(&c), .op = OP_DIAGNOSTIC,
				     .name = "Alarm Notification", .describe = describe_alarm };
	cur_skip(&c, 4);   /* API */
	r.extra = cur_be16(&c);
	r.extra2 = cur_be16(&c);
	if (cur_ok(&c) && (block == NOTIFICATION_HIGH || block == NOTIFICATION_LOW))
		dissect_request(d, &r);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint16_t id = cur_be16(&c);
	if (!cyclic(id))
		return alarm_message(d, c);
	if (packet_cut(dissect_packet(d))) {
		dissect_evident(d);
		return DISSECT_TRUNCATED;
	}
	if (!cur_has(&c, DATA_MIN + STATUS))
		return DISSECT_NOT_MINE;
	cur_skip(&c, cur_left(&c) - STATUS + 2);
	uint8_t status = cur_u8(&c), transfer = cur_u8(&c);
	if (transfer != 0 || (status & RESERVED_BITS))
		return DISSECT_NOT_MINE;
	dissect_evident(d);
	if (!(status & IGNORE))
		dissect_attr(d, ATTR_MODE, status & RUNS ? "run" : "stop", "profinet-rt.data_status");
	return DISSECT_OK;
}

const struct dissector dissect_profinet_rt = {
	.name = "profinet-rt",
	.title = "PROFINET RT",
	.ot = true,
	.no_auth = true,
	.cyclic = true,
	.ethertype = { 0x8892 },
	.probe = probe,
	.message = message,
	.reference = "IEC 61158-6-10 (RTC, RTA)",
	.recognition = "EtherType 8892, frame id of cyclic data and a data status at the frame's end whose fixed bits are zero; or frame id and header of an alarm",
	.identity = "data status: the provider runs or stands",
	.operations = "alarm notifications, with slot and subslot, and whether they were acknowledged; relations that were given up",
	.verified = "real captures (cyclic data of class 1); alarms and class 3 from the manual, not yet seen in a real capture",
};
