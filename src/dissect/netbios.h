/*
 * A NetBIOS name on the wire (RFC 1001 14.1): 16 bytes, the last of which tells
 * what the name stands for, as 32 letters from A to P.
 *
 *   +------+--------------------------+----------------+----+
 *   | 0x20 | 32 letters, two a byte   | scope: labels  | 00 |
 *   +------+--------------------------+----------------+----+
 */
#ifndef DISSECT_NETBIOS_H
#define DISSECT_NETBIOS_H

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	NETBIOS_NAME = 16, NETBIOS_ENCODED = 34,
	NETBIOS_WORKSTATION = 0x00, NETBIOS_MESSENGER = 0x03, NETBIOS_DOMAIN_MASTER = 0x1b, NETBIOS_CONTROLLERS = 0x1c,
	NETBIOS_MASTER = 0x1d, NETBIOS_ELECTION = 0x1e, NETBIOS_SERVER = 0x20,
};

static inline bool netbios_name(struct cur *c, uint8_t name[NETBIOS_NAME])
{
	if (cur_u8(c) != 2 * NETBIOS_NAME)
		return false;
	for (int i = 0; i < NETBIOS_NAME; i++) {
		unsigned high = cur_u8(c) - (unsigned)'A', low = cur_u8(c) - (unsigned)'A';
		if (high > 15 || low > 15)
			return false;
		name[i] = (uint8_t)(high << 4 | low);
	}
	for (unsigned total = 0; cur_ok(c); ) {
		uint8_t n = cur_u8(c);
		if (!n)
			return cur_ok(c);
		total += n + 1u;
		if (n > 63 || total > 220)
			return false;
		cur_skip(c, n);
	}
	return false;
}

/* Is this the name of a machine or group, not "*" or "__MSBROWSE__"? Its text into out. */
static inline bool netbios_text(const uint8_t name[NETBIOS_NAME], char *out, size_t size)
{
	return name[0] > ' ' && name[0] != '*' && text_wire(name, NETBIOS_NAME - 1, out, size) > 0;
}

#endif
