/*
 * Syslog over UDP (RFC 3164, RFC 5424): who sends its log to whom.
 *
 *   <PRI>Mon dd hh:mm:ss host tag: text           <PRI>1 2003-10-11T22:14:15.003Z host program …
 *
 * The text is not kept. The host that a message names is its sender only when no relay stands between: not told.
 */
#include "dissect/dissect.h"

enum { PRI_MAX = 191 };

static bool probe(const struct cur *c, enum side side)
{
	unsigned pri = 0;
	size_t n = 1;
	(void)side;
	if (cur_peek(c, 0) != '<')
		return false;
	for (; n <= 3 && cur_peek(c, n) >= '0' && cur_peek(c, n) <= '9'; n++)
		pri = pri * 10 + (cur_peek(c, n) - '0');
	uint8_t next = cur_peek(c, n + 1);
	return n > 1 && pri <= PRI_MAX && cur_peek(c, n) == '>' && cur_has(c, n + 4) && next >= 0x20 && next != 0x7f;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	(void)c;
	dissect_set_side(d, SIDE_CLIENT);
	/* Nobody answers: on its own port the form is enough. */
	if (dissect_server_port(d) == 514)
		dissect_evident(d);
	return DISSECT_OK;
}

const struct dissector dissect_syslog = {
	.name = "syslog",
	.title = "Syslog",
	.udp = { 514 },
	.probe = probe,
	.message = message,
	.reference = "RFC 3164, RFC 5424",
	.recognition = "priority in angle brackets, to port 514",
	.identity = "",
	.operations = "",
	.verified = "real captures",
};
