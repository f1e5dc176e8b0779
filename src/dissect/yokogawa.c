/*
 * Yokogawa FA-M3, personal computer link commands over Ethernet (IM 34M06P41, F3LE modules and CPUs with Ethernet;
 * TCP and UDP 12289, 12291; a switch chooses the form), big-endian.
 *
 *   binary   0         1       2        4                    answer 0          1       2        4
 *            +---------+-------+--------+------ - -                 +----------+-------+--------+------ - -
 *            | command | CPU   | length | data                      | command  | error | length | data
 *            |         | 1 - 4 |        |                           | + 80     | 0: OK |        |
 *            +---------+-------+--------+------ - -                 +----------+-------+--------+------ - -
 *            data of the device commands: device (2, the number of its letter), address (4), how many (2), values
 *   ASCII    "01WRDD00101,17" CR LF: CPU, command, device, how many      answer: "11OK", values, CR LF; "11ER", codes
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	HEADER = 4, DATA_MAX = 2048, CPU_MAX = 4, RESPONSE = 0x80, LINE_MAX = 4096, PORT = 12289, PORT2 = 12291,
	BINARY_WORD_WRITE = 0x12, BINARY_BIT_WRITE = 0x02, BINARY_INF = 0x62, SYSTEM = 2, STATUS = 1, ASCII_KEY = 0x100,
};

/* The names in three letters are those of the ASCII form; the binary form has a number for each. 0: none is known. */
static const struct { char word[4]; uint8_t binary; int8_t op; const char *name; } commands[] = {
	{ "BRD", 0x01, OP_READ, "BRD Bit Read" },
	{ "BWR", BINARY_BIT_WRITE, OP_WRITE, "BWR Bit Write" },
	{ "BFL", 0x03, OP_WRITE, "BFL Bit Fill" },
	{ "BRR", 0x04, OP_READ, "BRR Bit Random Read" },
	{ "BRW", 0x05, OP_WRITE, "BRW Bit Random Write" },
	{ "BRS", 0x06, OP_READ, "BRS Bit Monitor Set" },
	{ "BRM", 0x07, OP_READ, "BRM Bit Monitor" },
	{ "WRD", 0x11, OP_READ, "WRD Word Read" },
	{ "WWR", BINARY_WORD_WRITE, OP_WRITE, "WWR Word Write" },
	{ "WFL", 0x13, OP_WRITE, "WFL Word Fill" },
	{ "WRR", 0x14, OP_READ, "WRR Word Random Read" },
	{ "WRW", 0x15, OP_WRITE, "WRW Word Random Write" },
	{ "WRS", 0x16, OP_READ, "WRS Word Monitor Set" },
	{ "WRM", 0x17, OP_READ, "WRM Word Monitor" },
	{ "SWR", 0x31, OP_READ, "SWR Special Module Read" },
	{ "SWW", 0x32, OP_WRITE, "SWW Special Module Write" },
	{ "SLR", 0, OP_READ, "SLR Special Module Long-word Read" },
	{ "SLW", 0, OP_WRITE, "SLW Special Module Long-word Write" },
	{ "PLD", 0, OP_DOWNLOAD, "PLD Load Program" },
	{ "PSV", 0, OP_UPLOAD, "PSV Save Program" },
	{ "STA", 0x45, OP_START, "STA Start Program" },
	{ "STP", 0x46, OP_STOP, "STP Stop Program" },
	{ "MDR", 0x61, OP_RESET, "MDR Module Reset" },
	{ "INF", BINARY_INF, OP_IDENTITY, "INF Read Information" },
	{ "DTR", 0x63, OP_READ, "DTR Read Date and Time" },
	{ "DTW", 0x64, OP_CLOCK, "DTW Write Date and Time" },
	{ "EER", 0, OP_READ, "EER Read Error Log" },
	{ "ULR", 0, OP_READ, "ULR Read User Log" },
	{ "TST", 0, OP_DIAGNOSTIC, "TST Loopback Test" },
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int binary_command(uint8_t code)
{
	for (int i = 0; i < COMMANDS; i++)
		if (code && commands[i].binary == code)
			return i;
	return -1;
}

static int ascii_command(const struct cur *c, size_t at)
{
	for (int i = 0; i < COMMANDS; i++)
		if (cur_peek(c, at) == (uint8_t)commands[i].word[0] && cur_peek(c, at + 1) == (uint8_t)commands[i].word[1] &&
		    cur_peek(c, at + 2) == (uint8_t)commands[i].word[2])
			return i;
	return -1;
}

static bool digit(uint8_t v)
{
	return v >= '0' && v <= '9';
}

/* ---- which form, and how long ---- */

static bool is_ascii(const struct cur *c)
{
	return (cur_peek(c, 0) == '0' || cur_peek(c, 0) == '1') && digit(cur_peek(c, 1));
}

/* Length of the line with its end; 0: no end yet; -1: no line of the protocol. */
static int32_t line_length(const struct cur *c)
{
	for (size_t i = 0; i < cur_left(c) && i < LINE_MAX; i++) {
		uint8_t v = cur_peek(c, i);
		if (v == '\n')
			return i > 0 && cur_peek(c, i - 1) == '\r' ? (int32_t)i + 1 : -1;
		if ((v < 0x20 && v != '\r') || v == 0x7f)
			return -1;
	}
	return cur_left(c) < LINE_MAX ? 0 : -1;
}

static bool ascii_fits(const struct cur *c, enum side side)
{
	if (!cur_has(c, 4) || line_length(c) < 0)
		return false;
	if (side == SIDE_CLIENT)
		return cur_peek(c, 0) == '0' && cur_peek(c, 1) >= '1' && cur_peek(c, 1) <= '0' + CPU_MAX && ascii_command(c, 2) >= 0;
	bool ok = cur_peek(c, 2) == 'O' && cur_peek(c, 3) == 'K', error = cur_peek(c, 2) == 'E' && cur_peek(c, 3) == 'R';
	return cur_peek(c, 0) == '1' && cur_peek(c, 1) >= '1' && cur_peek(c, 1) <= '0' + CPU_MAX && (ok || error);
}

/* Does the length of a binary request fit what its command must have? */
static bool binary_length(const struct cur *c, uint8_t code, uint16_t n)
{
	uint32_t count = cur_peek_be16(c, 10), random = cur_peek_be16(c, 4);
	uint16_t device = cur_peek_be16(c, 4);
	bool known = device >= 1 && device <= 0x40;
	switch (code) {
	case 0x01: case 0x11:
		return n == 8 && known && count;
	case BINARY_BIT_WRITE:
		return n == 8 + count && known && count;
	case BINARY_WORD_WRITE:
		return n == 8 + 2 * count && known && count;
	case 0x03: case 0x13:
		return n == 8 + (code == 0x13 ? 2 : 1) && known && count;
	case 0x04: case 0x06: case 0x14: case 0x16:
		return n == 2 + 6 * random && random;
	case 0x05:
		return (n == 2 + 7 * random || n == 1 + 8 * random) && random;
	case 0x15:
		return n == 2 + 8 * random && random;
	case 0x31:
		return n == 6;
	case 0x32:
		return n >= 8 && n % 2 == 0;
	case BINARY_INF:
		return n == 2;
	case 0x64:
		return n >= 6 && n <= 16;
	default:
		return n == 0;
	}
}

static bool binary_fits(const struct cur *c, enum side side)
{
	uint8_t code = cur_peek(c, 0), second = cur_peek(c, 1);
	uint16_t n = cur_peek_be16(c, 2);
	if (!cur_has(c, HEADER) || n > DATA_MAX || cur_left(c) > (size_t)HEADER + n)
		return false;   /* a second request waits for the answer to the first */
	if (side == SIDE_SERVER)
		return code & RESPONSE && binary_command(code & 0x7f) >= 0 && (second == 0 || n <= 16);
	return binary_command(code) >= 0 && second >= 1 && second <= CPU_MAX && binary_length(c, code, n);
}

static bool probe(const struct cur *c, enum side side)
{
	return is_ascii(c) ? ascii_fits(c, side) : binary_fits(c, side);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	if (is_ascii(c)) {
		int32_t n = line_length(c);
		return n < 0 ? DISSECT_NO_FRAME : n == 0 ? DISSECT_NEED_MORE : n;
	}
	return cur_peek_be16(c, 2) <= DATA_MAX ? HEADER + cur_peek_be16(c, 2) : DISSECT_NO_FRAME;
}

/* ---- requests ---- */

/* How long the data of the answer must be: told by the binary request. */
struct expected {
	uint8_t code;
	bool known;
	uint16_t length;
};

static struct expected expect(const struct cur *c)
{
	struct expected e = { .code = cur_peek(c, 0), .known = true };
	switch (e.code) {
	case 0x01:
		e.length = cur_peek_be16(c, 10);
		break;
	case 0x11:
		e.length = (uint16_t)(2 * cur_peek_be16(c, 10));
		break;
	case 0x04:
		e.length = cur_peek_be16(c, 4);
		break;
	case 0x14:
		e.length = (uint16_t)(2 * cur_peek_be16(c, 4));
		break;
	case 0x31:
		e.length = (uint16_t)(2 * cur_peek_be16(c, 8));
		break;
	case 0x07: case 0x17: case BINARY_INF: case 0x63:
		e.known = false;
		break;
	default:
		break;   /* writes and commands: nothing */
	}
	return e;
}

/* extra: letter of the device and first number; extra2: second letter, how many. */
static void describe_range(const struct dissect_request *r, char *out, size_t size)
{
	char name[3] = { (char)(r->extra >> 24), (char)(r->extra2 >> 24), 0 };
	uint32_t first = r->extra & 0xffffff, n = r->extra2 & 0xffffff;
	if (n > 1)
		snprintf(out, size, "%s%u-%u", name, first, first + n - 1);
	else
		snprintf(out, size, "%s%u", name, first);
}

static void describe_cpu(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "CPU %u", r->extra);
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "command 0x%02x", r->extra);
}

static uint32_t number(struct cur *c)
{
	uint32_t n = 0;
	while (digit(cur_peek(c, 0)) && n < 1000000)
		n = n * 10 + cur_u8(c) - '0';
	return n;
}

/* Range of an ASCII request: "D00101,17". */
static void ascii_range(struct dissect_request *r, struct cur c)
{
	uint32_t letters = 0, n = 0;
	while (cur_peek(&c, 0) >= 'A' && cur_peek(&c, 0) <= 'Z' && n++ < 2)
		letters = letters << 8 | cur_u8(&c);
	if (!letters || !digit(cur_peek(&c, 0)))
		return;
	uint32_t first = number(&c);
	if (cur_peek(&c, 0) == ',' || cur_peek(&c, 0) == ' ')
		cur_skip(&c, 1);
	uint32_t count = number(&c);
	r->extra = (letters > 0xff ? letters >> 8 : letters) << 24 | (first & 0xffffff);
	r->extra2 = (letters > 0xff ? letters & 0xff : 0) << 24 | (count & 0xffff);
	r->describe = describe_range;
}

static bool has_range(int command)
{
	const char *w = commands[command].word;
	return (w[0] == 'B' || w[0] == 'W') && commands[command].op == OP_WRITE && w[1] != 'R';   /* not the random ones */
}

static enum dissect_result request(struct dissect *d, struct cur c, bool ascii)
{
	struct cur whole = c;
	int i = ascii ? ascii_command(&c, 2) : binary_command(cur_peek(&c, 0));
	uint8_t cpu = ascii ? (uint8_t)(cur_peek(&c, 1) - '0') : cur_peek(&c, 1);
	struct dissect_request r = { .key = ascii ? ASCII_KEY : cur_peek(&c, 0), .op = OP_DIAGNOSTIC, .name = "Unknown command" };
	r.code = i >= 0 && commands[i].binary ? commands[i].binary : 0xff;
	if (i < 0) {
		if (ascii)
			return DISSECT_MALFORMED;
		r.extra = cur_peek(&c, 0);
		r.describe = describe_code;
		dissect_request(d, &r);
		return DISSECT_OK;
	}
	r.op = commands[i].op;
	r.name = commands[i].name;
	cur_skip(&c, ascii ? 5 : HEADER);
	if (r.code == BINARY_INF) {
		r.extra = ascii ? number(&c) : cur_peek_be16(&c, 0);
	} else if (has_range(i) && ascii) {
		ascii_range(&r, c);
	} else if (has_range(i)) {
		uint16_t device = cur_be16(&c);
		uint32_t first = cur_be32(&c);
		if (device >= 1 && device <= 26) {
			r.extra = (uint32_t)('A' + device - 1) << 24 | (first & 0xffffff);
			r.extra2 = cur_be16(&c);
			r.describe = describe_range;
		}
	}
	if (!cur_ok(&c) || (!ascii && cur_left(&whole) < HEADER + (size_t)cur_peek_be16(&whole, 2)))
		return DISSECT_TRUNCATED;
	struct expected *e = dissect_scratch(d);
	if (!ascii)
		*e = expect(&whole);
	if (cpu > 1)
		dissect_relay(d, "CPU Number", cpu, 0, describe_cpu);
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- answers ---- */

static void status(struct dissect *d, uint32_t value)
{
	static const char *const modes[] = { "run", "stop", "debug" };
	if (value >= 1 && value <= 3)
		dissect_attr(d, ATTR_MODE, modes[value - 1], "yokogawa.inf.program_status");
}

/* System ID (16) and revision (8), in both forms text. */
static void system_id(struct dissect *d, struct cur c)
{
	const uint8_t *id = cur_bytes(&c, 16), *revision = cur_bytes(&c, 8);
	if (!cur_ok(&c) || id[0] != 'F' || id[1] != '3')
		return;
	dissect_attr_bytes(d, ATTR_MODEL, id, 16, "yokogawa.inf.system_id");
	dissect_attr_bytes(d, ATTR_FIRMWARE, revision, 8, "yokogawa.inf.revision");
	dissect_attr(d, ATTR_VENDOR, "Yokogawa", "yokogawa.inf.system_id");
	dissect_attr(d, ATTR_ROLE, "plc", "yokogawa.inf.system_id");
}

static enum dissect_result response(struct dissect *d, struct cur c, bool ascii)
{
	struct dissect_request r;
	bool refused = ascii ? cur_peek(&c, 2) == 'E' : cur_peek(&c, 1) != 0;
	uint64_t key = ascii ? ASCII_KEY : cur_peek(&c, 0) & 0x7f;
	const struct expected *e = dissect_scratch(d);
	if (!ascii && !refused && e->code == key && e->known && cur_peek_be16(&c, 2) != e->length)
		return DISSECT_MALFORMED;
	if (!dissect_response(d, key, refused ? RESULT_REFUSED : RESULT_OK, &r) || refused)
		return DISSECT_OK;
	size_t n = ascii ? cur_left(&c) : cur_peek_be16(&c, 2);
	cur_skip(&c, HEADER);
	if (r.code == BINARY_INF && r.extra == SYSTEM)
		system_id(d, c);
	else if (r.code == BINARY_INF && r.extra == STATUS)
		status(d, !ascii ? cur_peek_be16(&c, 0) : n == HEADER + 4 && cur_starts(&c, "000", 3) ?
				   (uint32_t)(cur_peek(&c, 3) - '0') : 0);
	return ascii || cur_left(&c) >= n ? DISSECT_OK : DISSECT_TRUNCATED;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	enum side side = dissect_side(d);
	bool ascii = is_ascii(&c);
	uint16_t port = dissect_server_port(d);
	if (!cur_has(&c, HEADER))
		return DISSECT_NOT_MINE;
	/* Four bytes are little: the binary form is believed on its own ports only. */
	if (ascii ? !ascii_fits(&c, side) : port != PORT && port != PORT2)
		return DISSECT_NOT_MINE;
	if (ascii) {
		int32_t n = line_length(&c);
		if (n > 0)
			cur_limit(&c, (size_t)n - 2);
	} else if (cur_peek(&c, 0) & RESPONSE ? side != SIDE_SERVER : side != SIDE_CLIENT) {
		return DISSECT_MALFORMED;
	}
	return side == SIDE_CLIENT ? request(d, c, ascii) : response(d, c, ascii);
}

const struct dissector dissect_yokogawa = {
	.name = "yokogawa",
	.title = "Yokogawa FA-M3 link",
	.ot = true,
	.no_auth = true,
	.tcp = { PORT, PORT2 },
	.udp = { PORT, PORT2 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Yokogawa, Personal Computer Link Commands (IM 34M06P41); open clients for both forms",
	.recognition = "ASCII: CPU 01-04, a known command, CR LF, then 11OK or 11ER, on any port; binary: known command, CPU, a length that "
		       "fits the command, an answer with the command + 80, on ports 12289 and 12291 only",
	.identity = "INF 2: system id (model), revision; INF 1: run, stop, debug",
	.operations = "devices read, written, filled, with their range; start, stop, program load and save, module reset, clock; another CPU "
		      "of the same rack is a relay. Binary numbers of program load and save are not known: unknown commands",
	.verified = "from the manual, not yet seen in a real capture",
};
