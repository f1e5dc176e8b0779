/*
 * KEYENCE KV "host link" (upper link) of the KV PLCs and their Ethernet units
 * (KV-XLE02, KV-EP21V, KV-LE21V … User's Manuals, "Host link communication").
 *
 * ASCII over TCP or UDP, one command and one answer at a time:
 *
 *     RDS DM100.U 3 CR        command, blank, operands; a LF after the CR is ignored
 *     00001 00002 00003 CR LF values, OK, or E and the number of an error
 *
 * There is no magic number: a line counts only when it is a command of the list
 * with the operands it must have, and the flow only when an answer of the form
 * that this command gets has followed. Off the protocol's port it must besides
 * have named a device (DM100) or asked for the model.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/crline.h"
#include "dissect/dissect.h"

enum { PORT = 8501, LINE_MAX_BYTES = 12288, HEAD = 24, RING = 8 };

/* What answers a command, if not an error. */
enum answer { A_OK, A_VALUES, A_MODEL, A_MODE, A_NUMBER, A_TEXT, A_STARTED, A_ENDED, A_ANY };
/* Operands: none, a device, with a value, with a number of points, with that and values, devices, a unit's, numbers. */
enum operands { O_NONE, O_DEVICE, O_VALUE, O_POINTS, O_VALUES, O_DEVICES, O_UNIT, O_NUMBERS };

static const struct command {
	char text[4];
	int8_t op;
	uint8_t operands, answer;
	const char *name;
} commands[] = {
	{ "RD", OP_READ, O_DEVICE, A_VALUES, "Read Data" },
	{ "RDS", OP_READ, O_POINTS, A_VALUES, "Read Consecutive Data" },
	{ "RDE", OP_READ, O_POINTS, A_VALUES, "Read Consecutive Data" },
	{ "WR", OP_WRITE, O_VALUE, A_OK, "Write Data" },
	{ "WRS", OP_WRITE, O_VALUES, A_OK, "Write Consecutive Data" },
	{ "WRE", OP_WRITE, O_VALUES, A_OK, "Write Consecutive Data" },
	{ "WS", OP_WRITE, O_VALUE, A_OK, "Write Set Value" },
	{ "WSS", OP_WRITE, O_VALUES, A_OK, "Write Consecutive Set Values" },
	{ "ST", OP_FORCE, O_DEVICE, A_OK, "Forced Set" },
	{ "RS", OP_FORCE, O_DEVICE, A_OK, "Forced Reset" },
	{ "STS", OP_FORCE, O_POINTS, A_OK, "Consecutive Forced Set" },
	{ "RSS", OP_FORCE, O_POINTS, A_OK, "Consecutive Forced Reset" },
	{ "MBS", OP_READ, O_DEVICES, A_OK, "Register Bit Monitor" },
	{ "MWS", OP_READ, O_DEVICES, A_OK, "Register Word Monitor" },
	{ "MBR", OP_READ, O_NONE, A_VALUES, "Read Bit Monitor" },
	{ "MWR", OP_READ, O_NONE, A_VALUES, "Read Word Monitor" },
	{ "RDC", OP_READ, O_DEVICE, A_TEXT, "Read Comment" },
	{ "URD", OP_READ, O_UNIT, A_VALUES, "Read Expansion Unit Buffer Memory" },
	{ "UWR", OP_WRITE, O_UNIT, A_OK, "Write Expansion Unit Buffer Memory" },
	{ "BE", OP_CONFIGURATION, O_NUMBERS, A_OK, "Switch File Register Bank" },
	{ "M0", OP_STOP, O_NONE, A_OK, "Change Mode to PROGRAM" },
	{ "M1", OP_START, O_NONE, A_OK, "Change Mode to RUN" },
	{ "ER", OP_RESET, O_NONE, A_OK, "Clear Error" },
	{ "?K", OP_IDENTITY, O_NONE, A_MODEL, "Query Model" },
	{ "?M", OP_DIAGNOSTIC, O_NONE, A_MODE, "Check Operating Mode" },
	{ "?E", OP_DIAGNOSTIC, O_NONE, A_NUMBER, "Check Error Number" },
	{ "WRT", OP_CLOCK, O_NUMBERS, A_OK, "Set Time" },
	{ "CR", OP_DIAGNOSTIC, O_NUMBERS, A_STARTED, "Start Communication" },
	{ "CQ", OP_DIAGNOSTIC, O_NONE, A_ENDED, "End Communication" },
};

/* Devices, the longer names first. Numbers of bits are channel and bit (MR105 is channel 1, bit 5). */
static const struct { char text[4]; bool hex, bits; } devices[] = {
	{ "CTH", false, false }, { "CTC", false, false },
	{ "MR", false, true }, { "LR", false, true }, { "CR", false, true }, { "VB", true, true },
	{ "DM", false, false }, { "EM", false, false }, { "FM", false, false }, { "ZF", false, false },
	{ "TM", false, false }, { "TC", false, false }, { "TS", false, false }, { "CC", false, false },
	{ "CS", false, false }, { "AT", false, false }, { "CM", false, false }, { "VM", false, false },
	{ "R", false, true }, { "B", true, true }, { "W", true, false }, { "Z", false, false },
	{ "T", false, false }, { "C", false, false }, { "X", true, true }, { "Y", true, true },
	{ "M", false, true }, { "L", false, true }, { "D", false, false }, { "E", false, false }, { "F", false, false },
};
enum { DEVICES = sizeof devices / sizeof *devices };

static const struct { uint16_t code; const char *model; } models[] = {
	{ 48, "KV-700" }, { 49, "KV-700" }, { 50, "KV-1000" }, { 51, "KV-3000" }, { 52, "KV-5000" }, { 53, "KV-5500" },
	{ 54, "KV-7300" }, { 55, "KV-7500" }, { 57, "KV-8000" }, { 58, "KV-8000A" }, { 59, "KV-X310" }, { 60, "KV-X520" },
	{ 61, "KV-X530" }, { 62, "KV-X500" }, { 63, "KV-X550" }, { 128, "KV-NC32T" }, { 132, "KV-N60" },
	{ 133, "KV-N40" }, { 134, "KV-N24" },
};

/* Commands that wait for their answer, in the order in which they were sent. */
struct state {
	uint16_t sent, answered;          /* counters; modulo RING the place below */
	uint8_t answer[RING];
	uint16_t values[RING];            /* how many values must come; 0 for some */
	bool paired;
};

/* ---- words ---- */

struct word { const uint8_t *p; size_t n; };

/* The next word; false at the end, and where words are not separated by one blank each. */
static bool next_word(struct cur *c, struct word *w)
{
	size_t n = 0;
	while (n < cur_left(c) && cur_peek(c, n) != ' ')
		n++;
	*w = (struct word){ cur_here(c), n };
	cur_skip(c, n);
	if (cur_left(c))
		cur_skip(c, 1);
	return n > 0;
}

/* A number of at most nine digits to this base; false for anything else. */
static bool number(const uint8_t *p, size_t n, unsigned base, uint32_t *value)
{
	static const char all[] = "0123456789ABCDEF";
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		const char *at = p[i] ? strchr(all, p[i]) : NULL;
		unsigned digit = at ? (unsigned)(at - all) : 16;
		if (digit >= base)
			return false;
		*value = *value * base + digit;
	}
	return n > 0 && n <= (base == 16 ? 7u : 9u);
}

/* "DM100.U": which device, which number, and whether a value has 32 bits. */
struct device { unsigned which; uint32_t number; bool wide; };

static bool is_device(const struct word *w, struct device *out)
{
	size_t n = w->n;
	*out = (struct device){ .which = 0 };
	if (n > 2 && w->p[n - 2] == '.') {
		if (!strchr("USDLH", w->p[n - 1]) || !w->p[n - 1])
			return false;
		out->wide = w->p[n - 1] == 'D' || w->p[n - 1] == 'L';
		n -= 2;
	}
	for (unsigned i = 0; i < DEVICES; i++) {
		size_t name = strlen(devices[i].text);
		if (n <= name || memcmp(w->p, devices[i].text, name) != 0)
			continue;
		out->which = i;
		if (number(w->p + name, n - name, devices[i].hex ? 16 : 10, &out->number))
			return true;
	}
	return false;
}

/* A value: a number, perhaps signed, hexadecimal, or of a timer "1,00010,00100". */
static bool is_value(const struct word *w)
{
	for (size_t i = 0; i < w->n; i++) {
		uint8_t b = w->p[i];
		bool digit = (b >= '0' && b <= '9') || (b >= 'A' && b <= 'F');
		if (!digit && !(i ? b == ',' : b == '+' || b == '-'))
			return false;
	}
	return w->n > 0 && w->n <= 40;
}

/* Words that are all values; 0 where one is none. */
static unsigned count_values(struct cur c)
{
	struct word w;
	unsigned n = 0;
	while (cur_left(&c)) {
		if (!next_word(&c, &w) || !is_value(&w))
			return 0;
		n++;
	}
	return n;
}

/* ---- lines ---- */

struct line {
	const struct command *command;
	struct device device;
	bool named;                       /* names a device, or asks for the model */
	uint32_t points;                  /* values that are read or written */
};

static const struct command *find(const struct word *w)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (w->n < 4 && strlen(commands[i].text) == w->n && memcmp(commands[i].text, w->p, w->n) == 0)
			return &commands[i];
	return NULL;
}

/* Reads a command; whole: the line's end is there, so that all operands must be. */
static bool parse(struct cur c, bool whole, struct line *out)
{
	struct word w;
	*out = (struct line){ .points = 1 };
	if (!next_word(&c, &w) || !(out->command = find(&w)))
		return false;
	uint8_t operands = out->command->operands;
	out->named = out->command->answer == A_MODEL;
	if (operands == O_NONE)
		return whole && !cur_left(&c);
	if (operands == O_NUMBERS) {
		unsigned n = count_values(c);
		return whole && (n || out->command->answer == A_STARTED) && n <= 7 && cur_left(&c) <= 20;
	}
	uint32_t unit, address;
	if (operands == O_UNIT) {   /* unit, address, perhaps .U for itself, number of values, values */
		if (!next_word(&c, &w) || !number(w.p, w.n, 10, &unit) || !next_word(&c, &w))
			return false;
		struct word at = { w.p, w.n > 2 && w.p[w.n - 2] == '.' ? w.n - 2 : w.n };
		if (!number(at.p, at.n, 10, &address))
			return false;
		out->device.number = unit << 16 | (address & 0xffff);
		if (cur_peek(&c, 0) == '.')
			next_word(&c, &w);
		operands = out->command->op == OP_WRITE ? O_VALUES : O_POINTS;
	} else {
		if (!next_word(&c, &w) || !is_device(&w, &out->device))
			return false;
		out->named = true;
	}
	struct device more;
	uint32_t n = 0;
	switch (operands) {
	case O_DEVICE:
		return whole && !cur_left(&c);
	case O_DEVICES:
		while (cur_left(&c)) {
			bool word = next_word(&c, &w);
			if (!word || (!is_device(&w, &more) && (whole || cur_left(&c))))
				return false;
		}
		return true;
	case O_VALUE:
		return whole && count_values(c) == 1;
	default:
		if (!next_word(&c, &w) || !number(w.p, w.n, 10, &n) || n == 0 || n > 1000)
			return false;
		out->points = n;
		if (operands == O_POINTS)
			return whole && !cur_left(&c);
		return whole ? count_values(c) == n : cur_left(&c) > 0;
	}
}

/* An answer: what it can only be (A_TEXT: anything), or an error. */
static bool is_error(const struct cur *c)
{
	return cur_left(c) == 2 && cur_peek(c, 0) == 'E' && cur_peek(c, 1) >= '0' && cur_peek(c, 1) <= '9';
}

static bool answers(const struct cur *c, enum answer expected, unsigned values)
{
	size_t n = cur_left(c);
	switch (expected) {
	case A_OK:
		return n == 2 && cur_starts(c, "OK", 2);
	case A_STARTED:
		return n >= 2 && n <= 4 && cur_starts(c, "CC", 2);
	case A_ENDED:
		return n == 2 && cur_starts(c, "CF", 2);
	case A_MODEL: case A_NUMBER:
		return n <= 5 && count_values(*c) == 1;
	case A_MODE:
		return n == 1 && count_values(*c) == 1;
	case A_VALUES:
		return values ? count_values(*c) == values : count_values(*c) > 0;
	case A_ANY:
		return true;
	default:
		return n > 0 && n <= 64;
	}
}

/* ---- recognition ---- */

static bool probe(const struct cur *c, enum side side)
{
	bool whole;
	struct line line;
	struct cur text = crline(*c, &whole);
	if (!cur_left(&text) || cur_left(&text) > LINE_MAX_BYTES || cur_here(&text) != cur_here(c))
		return false;
	if (side == SIDE_CLIENT)
		return parse(text, whole, &line) && (whole || cur_left(&text) >= HEAD);
	return whole && (is_error(&text) || answers(&text, A_OK, 0) || answers(&text, A_STARTED, 0) ||
			 answers(&text, A_ENDED, 0) || answers(&text, A_VALUES, 0));
}

static int32_t length(const struct cur *c, enum side side)
{
	size_t n = 0, have = cur_left(c);
	while (n < have && (cur_peek(c, n) == '\n' || cur_peek(c, n) == '\r'))
		n++;
	if (n == have)
		return n ? (int32_t)n : DISSECT_NEED_MORE;   /* what the end of a line left */
	for (; n < have && cur_peek(c, n) != '\r'; n++)
		if (n >= LINE_MAX_BYTES || cur_peek(c, n) < 0x20 || (side == SIDE_CLIENT && cur_peek(c, n) >= 0x7f))
			return DISSECT_NO_FRAME;
	if (n == have)
		return DISSECT_NEED_MORE;
	return (int32_t)n + (cur_peek(c, n + 1) == '\n' ? 2 : 1);
}

/* ---- what is written about a command ---- */

/* code: which device, and 0x100 for 32 bits; extra: its number; extra2: how many. */
static void describe_device(const struct dissect_request *r, char *out, size_t size)
{
	unsigned which = r->code & 0xff, words = r->code & 0x100 ? 2 : 1, n = r->extra2 * words;
	if (which >= DEVICES)
		return;
	const char *name = devices[which].text;
	if (devices[which].bits && n > 1)
		snprintf(out, size, devices[which].hex ? "%s%X and on, %u points" : "%s%u and on, %u points", name,
			 r->extra, n);
	else if (n > 1)
		snprintf(out, size, devices[which].hex ? "%s%X-%X" : "%s%u-%u", name, r->extra, r->extra + n - 1);
	else
		snprintf(out, size, devices[which].hex ? "%s%X" : "%s%u", name, r->extra);
}

static void describe_unit(const struct dissect_request *r, char *out, size_t size)
{
	unsigned address = r->extra & 0xffff;
	snprintf(out, size, "unit %u address %u-%u", r->extra >> 16, address, address + r->extra2 - 1);
}

static void describe_bank(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "bank %u", r->extra);
}

/* ---- messages ---- */

/* A command off the protocol's port that any machine might have been sent proves nothing yet. */
static bool counts(const struct dissect *d, const struct state *s)
{
	return s->paired || dissect_server_port(d) == PORT;
}

static enum dissect_result request(struct dissect *d, struct cur text, bool whole, struct state *s)
{
	struct line line;
	struct word w;
	if (!whole)
		return DISSECT_TRUNCATED;
	if (!parse(text, whole, &line)) {
		if (!s->paired)
			return DISSECT_NOT_MINE;
		line = (struct line){ .command = NULL };
	}
	const struct command *k = line.command;
	struct dissect_request r = { .key = s->sent, .op = k ? k->op : OP_DIAGNOSTIC,
				     .name = k ? k->name : "Unknown command" };
	if (k && (k->op == OP_WRITE || k->op == OP_FORCE)) {
		bool unit = k->operands == O_UNIT;
		r.code = unit ? 0 : line.device.which | (line.device.wide ? 0x100 : 0);
		r.extra = line.device.number;
		r.extra2 = line.points;
		r.describe = unit ? describe_unit : describe_device;
	} else if (k && k->op == OP_CONFIGURATION) {
		next_word(&text, &w);
		if (next_word(&text, &w) && number(w.p, w.n, 10, &r.extra))
			r.describe = describe_bank;
	}
	s->answer[s->sent % RING] = k ? k->answer : A_ANY;
	bool counted = k && k->answer == A_VALUES && k->operands != O_NONE;
	s->values[s->sent % RING] = counted ? (uint16_t)line.points : 0;
	s->sent++;
	if ((uint16_t)(s->sent - s->answered) > RING)
		s->answered = (uint16_t)(s->sent - RING);
	if (!line.named && !counts(d, s))
		return DISSECT_LOWER;
	dissect_request(d, &r);
	return DISSECT_OK;
}

static void identity(struct dissect *d, struct cur text, enum answer answer)
{
	struct word w;
	uint32_t value;
	char code[16];
	if (!next_word(&text, &w) || !number(w.p, w.n, 10, &value))
		return;
	if (answer == A_MODE && value <= 1)
		dissect_attr(d, ATTR_MODE, value ? "run" : "program", "keyence-kv.check_mode");
	if (answer != A_MODEL)
		return;
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		if (models[i].code == value) {
			dissect_attr(d, ATTR_MODEL, models[i].model, "keyence-kv.query_model");
			return;
		}
	snprintf(code, sizeof code, "%u", value);
	dissect_attr(d, ATTR_PRODUCT_CODE, code, "keyence-kv.query_model");
}

static enum dissect_result response(struct dissect *d, struct cur text, bool whole, struct state *s)
{
	bool refused = is_error(&text);
	if (!whole)
		return DISSECT_TRUNCATED;
	/* Answers come in the order of the commands; one that was lost is passed over. */
	for (uint16_t i = s->answered; i != s->sent; i++) {
		enum answer expected = s->answer[i % RING];
		if (!refused && !answers(&text, expected, s->values[i % RING]))
			continue;
		s->answered = (uint16_t)(i + 1);
		if (!dissect_response(d, i, refused ? RESULT_REFUSED : RESULT_OK, NULL))
			return DISSECT_LOWER;
		if (!s->paired) {
			dissect_attr(d, ATTR_VENDOR, "KEYENCE", "keyence-kv");
			dissect_attr(d, ATTR_ROLE, "plc", "keyence-kv");
		}
		s->paired = true;
		if (!refused)
			identity(d, text, expected);
		return DISSECT_OK;
	}
	if (!s->paired)
		return DISSECT_LOWER;
	/* Of a form that none of them gets: it must be the oldest one's, or the later answers would be given to it. */
	if (s->answered != s->sent)
		dissect_response(d, s->answered++, RESULT_UNKNOWN, NULL);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct state *s = dissect_scratch(d);
	_Static_assert(sizeof(struct state) <= DISSECT_SCRATCH, "does not fit");
	bool whole;
	struct cur text = crline(c, &whole);
	if (!cur_left(&text))
		return DISSECT_LOWER;
	enum side side = dissect_side(d);
	for (size_t i = 0; i < cur_left(&text); i++)
		if (cur_peek(&text, i) < 0x20 || (side == SIDE_CLIENT && cur_peek(&text, i) >= 0x7f))
			return s->paired ? DISSECT_MALFORMED : DISSECT_NOT_MINE;
	return side == SIDE_CLIENT ? request(d, text, whole, s) : response(d, text, whole, s);
}

const struct dissector dissect_keyence_kv = {
	.name = "keyence-kv",
	.title = "KEYENCE KV host link",
	.ot = true,
	.no_auth = true,
	.tcp = { PORT },
	.udp = { PORT },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "KEYENCE KV-XLE02, KV-EP21V, KV-LE21V User's Manuals: host link (upper link) communication",
	.recognition = "lines that are a command of the list with the operands it must have, each answered by a line of "
		       "the form that this command gets (OK, E0 to E9, so many values); off port 8501 only from commands "
		       "that name a device or ask for the model",
	.identity = "?K: model; ?M: mode",
	.operations = "read, write, forced set and reset, RUN and PROGRAM mode, error clear, time, monitor, comments, "
		      "buffer memory of expansion units, bank of the file register",
	.verified = "from the manual, not yet seen in a real capture",
};
