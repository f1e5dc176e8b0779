/*
 * NTP and SNTP (RFC 5905): who takes the time from whom.
 *
 *   +--------------------+---------+------+-----------+------------------+------------ - -
 *   | leap, version, mode| stratum | poll | precision | root delay, …    | four times
 *   +--------------------+---------+------+-----------+------------------+------------ - -
 *   mode 3 client, 4 server, 5 broadcast, 1 and 2 symmetric; 48 bytes, then extensions or a key
 *   the server's origin time (24) repeats the client's transmit time (40)
 */
#include <stdio.h>

#include "dissect/dissect.h"

enum { PACKET = 48, ORIGIN = 24, TRANSMIT = 40, SYMMETRIC = 1, CLIENT = 3, SERVER, BROADCAST };

static bool probe(const struct cur *c, enum side side)
{
	uint8_t first = cur_peek(c, 0), mode = first & 7, version = first >> 3 & 7, stratum = cur_peek(c, 1);
	size_t n = cur_left(c);
	if (version < 1 || version > 4 || stratum > 16 || n < PACKET || n > PACKET + 512 || (n != PACKET && (n - PACKET) % 4))
		return false;
	return side == SIDE_CLIENT ? mode == CLIENT || mode == SYMMETRIC || mode == BROADCAST : mode == SERVER || mode == 2;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	uint8_t mode = cur_peek(&c, 0) & 7, stratum = cur_peek(&c, 1);
	struct cur origin = c, transmit = c;
	char text[32];
	cur_skip(&origin, ORIGIN);
	cur_skip(&transmit, TRANSMIT);
	uint64_t a = cur_be64(&origin), b = cur_be64(&transmit);
	if (!cur_ok(&transmit))
		return DISSECT_TRUNCATED;
	if (mode == CLIENT) {
		dissect_set_side(d, SIDE_CLIENT);
		dissect_request(d, &(struct dissect_request){ .key = b, .op = -1, .name = "client" });
	} else if (mode == SERVER && dissect_response(d, a, RESULT_OK, NULL)) {
		snprintf(text, sizeof text, "NTP server, stratum %u", stratum);
		if (stratum)
			dissect_attr(d, ATTR_SOFTWARE, text, "ntp.server");
	}
	return DISSECT_OK;
}

const struct dissector dissect_ntp = {
	.name = "ntp",
	.title = "NTP",
	.udp = { 123 },
	.probe = probe,
	.message = message,
	.reference = "RFC 5905",
	.recognition = "the server's origin time repeats the client's transmit time",
	.identity = "that it serves the time, and its stratum",
	.operations = "",
	.verified = "from the manual, not yet seen in a real capture",
};
