/*
 * PTP, the Precision Time Protocol (IEEE 1588-2008 and later): whose clock the drives and
 * controllers of CC-Link IE TSN, PROFINET and power substations follow.
 *
 *   0        1         2        4        5          6       8            16         20              30
 *   +--------+---------+--------+--------+----------+-------+------------+----------+---------------+----------+---------+----------+
 *   | type   | version | length | domain | reserved | flags | correction | reserved | source port   | sequence | control | interval |
 *   +--------+---------+--------+--------+----------+-------+------------+----------+---------------+----------+---------+----------+
 *   types: 0 sync, 1 delay request, 2 and 3 peer delay, 8 follow up, 9 delay response, A peer follow up, B announce,
 *          C signalling, D management
 *   announce, from 34: time (10), UTC offset (2), reserved, priority 1, clock class, accuracy, variance (2), priority 2,
 *          grandmaster (8), steps removed (2), time source
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum {
	HEADER = 34, ANNOUNCE_LENGTH = 64, SYNC = 0, DELAY_REQUEST = 1, PEER_DELAY_REQUEST = 2, PEER_DELAY_RESPONSE = 3,
	FOLLOW_UP = 8, DELAY_RESPONSE = 9, PEER_FOLLOW_UP = 10, ANNOUNCE = 11, SIGNALING = 12, MANAGEMENT = 13,
	CLOCK = 8, SOURCE = 20, SET = 1, COMMAND = 3, CHECKSUM_PAD = 2,
};

/* The least length of each type; 0 where there is no such type. */
static const uint8_t least[16] = { 44, 44, 54, 54, 0, 0, 0, 0, 44, 54, 54, ANNOUNCE_LENGTH, 44, 48, 0, 0 };

/* The control field repeats the type for clocks of the first version; newer ones may say 0 or 5 always. */
static bool control_fits(uint8_t type, uint8_t control)
{
	uint8_t want = type == SYNC ? 0 : type == DELAY_REQUEST ? 1 : type == FOLLOW_UP ? 2 : type == DELAY_RESPONSE ? 3
		       : type == MANAGEMENT ? 4 : 5;
	return control == want || control == 0 || control == 5;
}

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0) & 15;
	uint16_t n = cur_peek_be16(c, 2);
	(void)side;
	return cur_has(c, HEADER) && (cur_peek(c, 1) & 15) == 2 && least[type] && n >= least[type] && n <= 1500 &&
	       control_fits(type, cur_peek(c, 32));
}

static void clock_text(struct cur *c, char out[32])
{
	const uint8_t *b = cur_bytes(c, CLOCK);
	out[0] = 0;
	if (b)
		snprintf(out, 32, "%02x%02x%02x.%02x%02x.%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);
}

static const char *source_text(uint8_t source)
{
	switch (source) {
	case 0x10: return "atomic clock";
	case 0x20: return "GPS";
	case 0x30: return "radio";
	case 0x40: return "PTP";
	case 0x50: return "NTP";
	case 0x60: return "set by hand";
	case 0xa0: return "internal oscillator";
	default: return "other source";
	}
}

/* Who is the grandmaster, and is that the sender itself? */
static void announce(struct dissect *d, struct cur c, const char *own, unsigned domain)
{
	char master[32], text[128];
	cur_skip(&c, 10 + 2 + 1 + 1);
	unsigned class = cur_u8(&c);
	cur_skip(&c, 1 + 2 + 1);
	clock_text(&c, master);
	unsigned steps = cur_be16(&c);
	uint8_t source = cur_u8(&c);
	if (!cur_ok(&c))
		return;
	if (steps == 0)
		snprintf(text, sizeof text, "PTP grandmaster %s, domain %u, clock class %u, %s", own, domain, class,
			 source_text(source));
	else
		snprintf(text, sizeof text, "PTP boundary clock %s, domain %u, follows %s", own, domain, master);
	dissect_attr(d, ATTR_DESCRIPTION, text, "ptp.announce");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur source = c;
	char clock[32];
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	uint8_t type = cur_peek(&c, 0) & 15;
	uint16_t n = cur_peek_be16(&c, 2);
	/* A datagram holds one message, and two bytes that hardware needs for its checksum; Ethernet may pad. */
	if (dissect_packet(d)->ip && (n > dissect_packet(d)->payload_wire || n + (unsigned)CHECKSUM_PAD < dissect_packet(d)->payload_wire))
		return DISSECT_NOT_MINE;
	dissect_evident(d);
	if (!cur_has(&c, n))
		return DISSECT_TRUNCATED;
	cur_limit(&c, n);
	cur_skip(&source, SOURCE);
	clock_text(&source, clock);
	uint8_t domain = cur_peek(&c, 4);
	cur_skip(&c, HEADER);
	if (type == ANNOUNCE) {
		announce(d, c, clock, domain);
	} else if (type == MANAGEMENT) {
		uint8_t action = cur_peek(&c, 12) & 15;
		if (action == SET || action == COMMAND)
			dissect_op(d, OP_CONFIGURATION, action == SET ? "Management SET" : "Management COMMAND", NULL,
				   RESULT_UNKNOWN);
	}
	return DISSECT_OK;
}

const struct dissector dissect_ptp = {
	.name = "ptp",
	.title = "PTP (IEEE 1588)",
	.cyclic = true,
	.udp = { 319, 320 },
	.ethertype = { 0x88f7 },
	.probe = probe,
	.message = message,
	.reference = "IEEE 1588-2008, 13.3 to 13.13",
	.recognition = "version 2, a known type with its least length and control field; over UDP 319 and 320 a length that fills the datagram",
	.identity = "clock identity, grandmaster or boundary clock, class and source of its time",
	.operations = "configuration (management messages that set or command)",
	.verified = "real captures",
};
