/*
 * What GOOSE and sampled values of IEC 61850 share: the head behind their EtherType (IEC 61850-8-1, annex C), and the
 * session in which both go over UDP 102 (IEC 61850-8-1 Ed. 2.1, annex H).
 *
 *   0       2        4                       6          8
 *   +-------+--------+-----------------------+----------+------- - -
 *   | APPID | length | reserved, 8000: simu- | reserved | APDU             length: from APPID on
 *   |       |        | lated                 |          |
 *   +-------+--------+-----------------------+----------+------- - -
 *
 *   +-------+---------+----+-------+----+----+--------+--------+---------+----------- - -
 *   | 01 40 | A1 (A2) | LI | 80 LI | length | number | version| keys    | IV length, IV
 *   +-------+---------+----+-------+----+----+--------+--------+---------+----------- - -
 *   | length (4) | 81 (82) | simulated | APPID | length | APDU                 … signature (85)
 *   +------------+---------+-----------+-------+--------+------- - -
 */
#ifndef DISSECT_IEC61850_H
#define DISSECT_IEC61850_H

#include "dissect/ber.h"
#include "dissect/dissect.h"

enum {
	IEC61850_HEAD = 8, IEC61850_SIMULATED = 0x8000,
	IEC61850_SESSION_GOOSE = 0xa1, IEC61850_SESSION_SV = 0xa2, IEC61850_PORT = 102,
};

/* Bytes of the element that begins here, head and all, whether they are there or not; 0 where its tag is another. */
static inline size_t iec61850_element(const struct cur *c, size_t at, uint8_t tag)
{
	uint8_t n = cur_peek(c, at + 1);
	if (cur_peek(c, at) != tag)
		return 0;
	if (n < 0x80)
		return n + 2u;
	return n == 0x81 ? cur_peek(c, at + 2) + 3u : n == 0x82 ? cur_peek_be16(c, at + 2) + 4u : 0;
}

/*
 * Behind the EtherType: an APDU with this tag, whose length agrees with the head's. A signature may follow (IEC
 * 62351-6), so long as the head's third word says.
 */
static inline bool iec61850_frame(const struct cur *c, uint8_t tag)
{
	size_t n = iec61850_element(c, IEC61850_HEAD, tag), length = cur_peek_be16(c, 2);
	return n > 2 && (length == n + IEC61850_HEAD || length == n + IEC61850_HEAD + (cur_peek_be16(c, 4) & 0x0fffu));
}

/* Over UDP: the session's head, and an APDU with this tag, whose length agrees with the payload's. */
static inline bool iec61850_routed(const struct cur *c, uint8_t session, uint8_t tag)
{
	size_t at = 4u + cur_peek(c, 3);
	if (cur_peek(c, 0) != 1 || cur_peek(c, 1) != 0x40 || cur_peek(c, 2) != session || cur_peek(c, 4) != 0x80 ||
	    cur_peek(c, 3) != cur_peek(c, 5) + 2u)
		return false;
	return cur_peek_be16(c, at + 8) == iec61850_element(c, at + 10, tag) && cur_has(c, at + 12);
}

/*
 * *c is a frame's or a datagram's payload: leaves what there is of the APDU's contents in it. DISSECT_TRUNCATED: the
 * capture cut them. simulated: a test set stands in for the publisher.
 */
static inline enum dissect_result iec61850_open(struct dissect *d, struct cur *c, uint8_t tag, bool *simulated)
{
	const struct packet *p = dissect_packet(d);
	struct cur apdu;
	if (p->ip) {
		cur_skip(c, 3);
		cur_skip(c, cur_u8(c));      /* the session's head, with its keys and initialization vector */
		cur_skip(c, 4 + 1);          /* length and type of the first payload */
		*simulated = cur_u8(c) != 0;
		cur_skip(c, 2);
	} else {
		cur_skip(c, 2);
		struct cur head = *c;
		*simulated = (cur_peek_be16(c, 2) & IEC61850_SIMULATED) != 0;
		uint16_t n = cur_be16(&head);
		cur_limit(c, n >= 2 ? n - 2u : 0);
		cur_skip(c, 4);
	}
	cur_skip(c, 2);                      /* length of the APDU; reserved */
	struct cur rest = *c;
	if (cur_peek(&rest, 0) == tag) {
		ber_next(&rest, &apdu);
		if (cur_ok(&rest)) {
			*c = apdu;
			return DISSECT_OK;
		}
	}
	if (!packet_cut(p))
		return cur_peek(c, 0) == tag ? DISSECT_MALFORMED : DISSECT_NOT_MINE;
	/* Cut: the head of the element, then what is left. */
	uint8_t n = cur_peek(c, 1);
	cur_skip(c, n > 0x80 && n <= 0x84 ? 2 + (n & 0x7fu) : 2);
	return DISSECT_TRUNCATED;
}

#endif
