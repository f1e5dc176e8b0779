/*
 * TFTP (RFC 1350, options RFC 2347): files without any login, as switches and
 * controllers get their firmware and settings.
 *
 *   1 read request, 2 write request: opcode (2), file name 0, mode 0, [option 0 value 0]…
 *   3 data: block (2), bytes    4 acknowledgement: block    5 error: code, text    6 options acknowledged
 *
 * The answer comes from another port: the request proves itself by its form, the first
 * message of the answer finds it, and blocks and acknowledgements each other by their numbers.
 */
#include <string.h>
#include <strings.h>

#include "dissect/dissect.h"
#include "dissect/kept_name.h"

enum { READ = 1, WRITE, BLOCK, ACK, ERROR, OPTIONS, ERRORS = 8, FILE_MAX = 255, KEY_FILE = 1 << 16 };

struct session { bool begun; };

/* Length of a text that ends in 0 and is printable; 0 for none. */
static size_t text_at(const struct cur *c)
{
	size_t n = 0;
	while (cur_peek(c, n) >= 0x20 && cur_peek(c, n) != 0x7f && n < FILE_MAX)
		n++;
	return cur_has(c, n + 1) && cur_peek(c, n) == 0 ? n : 0;
}

/* A request names a file and one of the three modes. */
static bool is_request(const struct cur *c)
{
	static const char *const modes[] = { "octet", "netascii", "mail" };
	struct cur x = *c;
	uint16_t opcode = cur_be16(&x);
	size_t n = text_at(&x);
	if ((opcode != READ && opcode != WRITE) || !n)
		return false;
	cur_skip(&x, n + 1);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (cur_has(&x, strlen(modes[i]) + 1) && strncasecmp((const char *)cur_here(&x), modes[i], strlen(modes[i]) + 1) == 0)
			return true;
	return false;
}

static bool probe(const struct cur *c, enum side side)
{
	uint16_t opcode = cur_peek_be16(c, 0);
	(void)side;
	if (is_request(c))
		return true;
	/* An error with its text, or options: the first word after which a text ends. */
	if (opcode == ERROR || opcode == OPTIONS) {
		struct cur x = *c;
		cur_skip(&x, opcode == ERROR ? 4 : 2);
		return text_at(&x) > 0 && (opcode == OPTIONS || cur_peek_be16(c, 2) <= ERRORS);
	}
	return (opcode == BLOCK && cur_has(c, 4) && cur_left(c) <= 4 + 65464) || (opcode == ACK && cur_left(c) == 4);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur whole = c;
	uint16_t opcode = cur_be16(&c);
	if (is_request(&whole)) {
		dissect_set_side(d, SIDE_CLIENT);
		dissect_evident(d);
		dissect_request(d, &(struct dissect_request){ .key = KEY_FILE, .op = OP_FILE, .describe = name_describe,
							      .extra = name_keep(d, cur_here(&c), text_at(&c)),
							      .name = opcode == READ ? "Read request" : "Write request" });
		dissect_weakness(d, "no-authentication", "TFTP");
		return DISSECT_OK;
	}
	struct session *s = dissect_scratch(d);
	uint16_t block = cur_be16(&c);
	/* A server begins its flow with the first block, with what it waits for, with options, or with a refusal. */
	if (!s->begun && (opcode == ERROR || opcode == OPTIONS || (opcode == BLOCK && block == 1) || (opcode == ACK && block == 0)))
		dissect_response(d, KEY_FILE, opcode == ERROR ? RESULT_REFUSED : RESULT_OK, NULL);
	s->begun = true;
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	switch (opcode) {
	case BLOCK:
		dissect_request(d, &(struct dissect_request){ .key = block, .op = -1, .name = "data" });
		return DISSECT_OK;
	case ACK:
		dissect_response(d, block, RESULT_OK, NULL);
		return DISSECT_OK;
	case ERROR: case OPTIONS:
		return DISSECT_OK;
	default:
		return DISSECT_NOT_MINE;
	}
}

const struct dissector dissect_tftp = {
	.name = "tftp",
	.title = "TFTP",
	.udp = { 69 },
	.any_udp = true,
	.apart = true,
	.probe = probe,
	.message = message,
	.reference = "RFC 1350, RFC 2347",
	.recognition = "request with file and mode, answered from another port; data and acknowledgement of one block number",
	.identity = "",
	.operations = "file read, file written; no authentication",
	.verified = "real captures",
};
