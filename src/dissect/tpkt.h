/*
 * TPKT (RFC 1006) and the transport protocol of class 0 in it (ISO 8073, RFC 905), under S7comm, S7comm-plus and MMS.
 *
 *   0    1    2        4    5        6
 *   +----+----+--------+----+--------+------------ - -
 *   | 03 | 00 | length | li | E0, D0 | references, class, parameters: code, length, value (C1, C2: selectors)
 *   +----+----+--------+----+--------+------------ - -
 *   | 03 | 00 | length | 02 |   F0   | 80 (the last piece) or 00, then user data
 *   +----+----+--------+----+--------+------------ - -
 */
#ifndef DISSECT_TPKT_H
#define DISSECT_TPKT_H

#include "dissect/dissect.h"

enum {
	TPKT_VERSION = 3, TPKT_DATA = 7,   /* user data of a DT begin here */
	COTP_DT = 0xf0, COTP_CR = 0xe0, COTP_CC = 0xd0, COTP_DR = 0x80, COTP_LAST = 0x80,
};

static inline bool tpkt_head(const struct cur *c)
{
	return cur_peek(c, 0) == TPKT_VERSION && cur_peek(c, 1) == 0 && cur_peek_be16(c, 2) >= TPKT_DATA;
}

/* For length(). */
static inline int32_t tpkt_length(const struct cur *c)
{
	if (!cur_has(c, 4))
		return DISSECT_NEED_MORE;
	return tpkt_head(c) ? cur_peek_be16(c, 2) : DISSECT_NO_FRAME;
}

/* A connection is asked for or confirmed, with transport selectors, which RDP's does not have. */
static inline bool tpkt_connects(const struct cur *c)
{
	uint8_t li = cur_peek(c, 4), type = cur_peek(c, 5) & 0xf0;
	if (!tpkt_head(c) || li < 6 || (type != COTP_CR && type != COTP_CC) || cur_peek_be16(c, 2) != li + 5u)
		return false;
	struct cur x = *c;
	cur_skip(&x, 11);
	for (uint8_t code; cur_left(&x) >= 2; cur_skip(&x, cur_u8(&x)))
		if ((code = cur_u8(&x)) == 0xc1 || code == 0xc2)
			return true;
	return false;
}

/* User data follow, and these are so many bytes: 0 where this is no DT. */
static inline uint16_t tpkt_data(const struct cur *c)
{
	return tpkt_head(c) && cur_peek(c, 4) == 2 && cur_peek(c, 5) == COTP_DT ? (uint16_t)(cur_peek_be16(c, 2) - TPKT_DATA) : 0;
}

/*
 * Passes the head of a whole message: user data follow, and are this message's last piece or not (*last). Which end
 * asked for the connection is told to d. Returns the type, 0 when the message is cut.
 */
static inline uint8_t tpkt_open(struct dissect *d, struct cur *c, bool *last)
{
	cur_skip(c, 4);
	uint8_t li = cur_u8(c), type = cur_u8(c) & 0xf0;
	*last = type != COTP_DT || (cur_peek(c, 0) & COTP_LAST);
	cur_skip(c, li > 0 ? li - 1u : 0);
	if (!cur_ok(c))
		return 0;
	if (type == COTP_CR || type == COTP_CC)
		dissect_set_side(d, type == COTP_CC ? SIDE_SERVER : SIDE_CLIENT);
	return type;
}

#endif
