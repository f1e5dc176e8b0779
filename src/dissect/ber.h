/*
 * Tag and length of ASN.1 BER (ITU-T X.690 8.1), for SNMP, MMS, GOOSE, LDAP.
 *
 *   +-----+--------+------- - -
 *   | tag | length | value           length: below 0x80, or 0x80 + n and then n bytes
 *   +-----+--------+------- - -
 */
#ifndef DISSECT_BER_H
#define DISSECT_BER_H

#include "base/cursor.h"

/*
 * Reads one element: its identifier byte (tags of more than one byte are no tags
 * of these protocols: bad), and *value over its contents, which are consumed.
 * Indefinite lengths are bad too. A value that is cut poisons c and *value.
 */
static inline uint8_t ber_next(struct cur *c, struct cur *value)
{
	uint8_t tag = cur_u8(c), n = cur_u8(c);
	size_t length = n;
	if ((tag & 0x1f) == 0x1f || n == 0x80 || n > 0x84)
		cur_fail(c);
	if (n > 0x80) {
		length = 0;
		for (n &= 0x7f; n; n--)
			length = length << 8 | cur_u8(c);
	}
	*value = cur_sub(c, length);
	return cur_ok(c) ? tag : 0;
}

/* The element must have this tag; else c and *value are bad. */
static inline bool ber_expect(struct cur *c, uint8_t tag, struct cur *value)
{
	if (cur_peek(c, 0) != tag)
		cur_fail(c);
	return ber_next(c, value) == tag && cur_ok(c);
}

/* An unsigned number of up to eight bytes (a leading zero byte is none of them). */
static inline uint64_t ber_number(struct cur value)
{
	uint64_t n = 0;
	while (cur_left(&value))
		n = n << 8 | cur_u8(&value);
	return n;
}

#endif
