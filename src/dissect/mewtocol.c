/*
 * Panasonic MEWTOCOL-COM and MEWTOCOL7-COM (ACGM0125 "MEWTOCOL Protocol",
 * WUME-FP7COM "FP7 COM port communication") over TCP or UDP: of FP PLCs, their
 * Ethernet units and cassettes, and of other makers' meters and controllers.
 *
 * ASCII, one line each way, ended by CR:
 *
 *     % 01 # RD D00100 00102 BCC     command: header (% or <: long), station, #, code, text
 *     % 01 $ RD 6300 4433 0A00 BCC   response
 *     % 01 ! 61 BCC                  error
 *     > @EEE 00 # 00 MMRD … CRC      MEWTOCOL7: station, frame number, #, $ or !, identifier, name
 *
 * BCC is the exclusive or of all characters before it, CRC that of CCITT with the
 * low bit first (CRC-16/MCRF4XX); both as hexadecimal digits. A command may have
 * asterisks instead. "&" before the CR says that more follows.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dissect/crline.h"
#include "dissect/dissect.h"

enum { LINE_MAX_BYTES = 4200, HEAD = 24, WIDTH = 4, CONTACT = 0x10000 };

/* Codes of two characters, and four of MEWTOCOL7. */
static const struct command {
	char text[WIDTH + 1];
	int8_t op;
	const char *name;
} commands[] = {
	{ "RC", OP_READ, "Read Contact Area" },
	{ "WC", OP_WRITE, "Write Contact Area" },
	{ "RD", OP_READ, "Read Data Area" },
	{ "WD", OP_WRITE, "Write Data Area" },
	{ "RS", OP_READ, "Read Timer/Counter Set Value Area" },
	{ "WS", OP_WRITE, "Write Timer/Counter Set Value Area" },
	{ "RK", OP_READ, "Read Timer/Counter Elapsed Value Area" },
	{ "WK", OP_WRITE, "Write Timer/Counter Elapsed Value Area" },
	{ "MC", OP_READ, "Register or Reset Contacts Monitored" },
	{ "MD", OP_READ, "Register or Reset Data Monitored" },
	{ "MG", OP_READ, "Monitoring Start" },
	{ "SC", OP_WRITE, "Preset Contact Area (Fill)" },
	{ "SD", OP_WRITE, "Preset Data Area (Fill)" },
	{ "RR", OP_READ, "Read System Register" },
	{ "WR", OP_CONFIGURATION, "Write System Register" },
	{ "RT", OP_IDENTITY, "Read the Status of PLC" },
	{ "RP", OP_UPLOAD, "Read Program" },
	{ "WP", OP_DOWNLOAD, "Write Program" },
	{ "RM", OP_MODE, "Remote Control" },
	{ "EX", OP_DIAGNOSTIC, "Extended Command" },
	{ "AB", OP_DIAGNOSTIC, "Abort" },
	{ "MMRD", OP_READ, "Read Data Area" },
	{ "MMWT", OP_WRITE, "Write Data Area" },
	{ "STRD", OP_IDENTITY, "Read Status" },
};

/*
 * Models by the code of RT (of the first ones) and of EX00RT. Code 20 of RT stands for several series, 00 for those
 * that want to be asked in MEWTOCOL7: neither is in here.
 */
static const struct { uint8_t code; const char *model; } models[] = {
	{ 0x02, "FP5" }, { 0x03, "FP3/FP-C" }, { 0x04, "FP1/FP-M" }, { 0x05, "FP0/FP1/FP-M" }, { 0x06, "FP0/FP1/FP-M" },
	{ 0x12, "FP5" }, { 0x13, "FP3/FP-C" }, { 0x30, "FP10SH" },
	{ 0x40, "FP0-C10/C14/C16" }, { 0x41, "FP0-C32/SL1" }, { 0x42, "FP0-T32" }, { 0x43, "FP-SIGMA" },
	{ 0x44, "FP-SIGMA" }, { 0x45, "FP-e" }, { 0x46, "FP0R-C10/C14/C16" }, { 0x47, "FP0R-C32" }, { 0x48, "FP0R-T32" },
	{ 0x49, "FP0R-F32" }, { 0x50, "FP2" }, { 0x60, "FP2SH" }, { 0x62, "FP2SH" },
	{ 0x70, "FP-X C14R" }, { 0x71, "FP-X C30R/C60R" }, { 0x72, "FP-X0 L14/L30" }, { 0x73, "FP-X L14" },
	{ 0x74, "FP-X L30/L60" }, { 0x75, "FP-X0 L40/L60" }, { 0x76, "FP-X C14T/P" }, { 0x77, "FP-X C30/C38/C40/C60" },
	{ 0x7a, "FP-X C40RT0A" }, { 0x7f, "FP-X0 L40/L60" },
	{ 0xa0, "FP-XH C14R" }, { 0xa1, "FP-XH C30R/C40R/C60R" }, { 0xa4, "FP-XH C14T/P" }, { 0xa5, "FP-XH C30/C40/C60" },
	{ 0xa7, "FP-XH C38AT" }, { 0xa8, "FP-XH M4T/L" }, { 0xac, "FP-XH M8N16T/P" }, { 0xad, "FP-XH M8N30T" },
	{ 0xae, "FP-XH C40ET/C60ET" }, { 0xaf, "FP-XH C60ETF" }, { 0xb0, "FP0H C32T/P" }, { 0xb1, "FP0H C32ET/EP" },
	{ 0xe1, "FP-SIGMA" },
};

static const char *const fp7[] = {
	[3] = "FP7 CPS41E", [4] = "FP7 CPS31E", [5] = "FP7 CPS31", [6] = "FP7 CPS41ES", [7] = "FP7 CPS31ES",
	[8] = "FP7 CPS31S", [9] = "FP7 CPS21", [10] = "ECOLOGIX ELC500",
};

/* The command that waits for its answer, as errors name none. Who commands is told by each line: the first decides. */
struct state {
	uint64_t key;
	bool known;
};

/* A line taken apart. */
struct line {
	char kind;                        /* #, $, ! or, for what continues a line that was too long, & */
	uint16_t station;                 /* EE: whoever is connected */
	bool seven, extended;             /* MEWTOCOL7; EX00RT and the like */
	char code[WIDTH + 1];
	const struct command *command;
	struct cur text;
};

enum { STATION_DIRECT = 0xee, STATION_ALL = 0xff };

/* ---- characters ---- */

static int digit(uint8_t b)
{
	return b >= '0' && b <= '9' ? b - '0' : b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
}

/* So many digits to the base; false, and nothing useful, where there are others. */
static bool digits(struct cur *c, unsigned n, unsigned base, uint32_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < n; i++) {
		int v = cur_left(c) ? digit(cur_u8(c)) : -1;
		if (v < 0 || (unsigned)v >= base)
			return false;
		*value = *value * base + (unsigned)v;
	}
	return true;
}

static bool is_letter(uint8_t b)
{
	return b >= 'A' && b <= 'Z';
}

/* ---- lines ---- */

/* Is the check of the n characters what stands behind them? Asterisks will do for a command. */
static bool checked(const struct cur *line, size_t n, bool seven, char kind)
{
	struct cur c = *line, sum = *line;
	unsigned width = seven ? 4 : 2, stars = 0;
	uint32_t bcc = 0, crc = 0xffff, said;
	cur_limit(&c, n);
	cur_skip(&sum, n);
	for (unsigned i = 0; i < width; i++)
		stars += cur_peek(&sum, i) == '*';
	if (stars)
		return stars == width && kind != '$' && kind != '!';
	while (cur_left(&c)) {
		uint8_t b = cur_u8(&c);
		bcc ^= b;
		crc ^= b;
		for (int i = 0; i < 8 && seven; i++)
			crc = crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1;
	}
	return digits(&sum, width, 16, &said) && said == (seven ? crc : bcc);
}

/* Header, station, kind and code of a line; whole: its end is there, and so is the check. */
static bool parse(struct cur c, bool whole, struct line *out)
{
	struct cur all = c;
	uint32_t station, frame;
	*out = (struct line){ .kind = 0 };
	uint8_t header = cur_u8(&c);
	out->seven = header == '>';
	if (header != '%' && header != '<' && !(out->seven && cur_u8(&c) == '@'))
		return false;
	if (!digits(&c, out->seven ? 3 : 2, 16, &station) || (out->seven && !digits(&c, 2, 16, &frame)))
		return false;
	out->station = (uint16_t)(station & 0xff);
	if (out->seven && station != 0xeee && station > 999)
		return false;
	size_t width = out->seven ? 4 : 2;
	bool more = whole && cur_left(&all) && cur_here(&all)[cur_left(&all) - 1] == '&';
	size_t n = cur_left(&all) - (more ? 1 : 0);      /* characters with their check */
	out->kind = (char)cur_peek(&c, 0);
	if (out->kind != '#' && out->kind != '$' && out->kind != '!')
		out->kind = '&';
	if (whole && (n < width + 3 || !checked(&all, n - width, out->seven, out->kind)))
		return false;
	if (out->kind == '&')
		return whole;
	cur_skip(&c, 1);
	if (whole)
		cur_limit(&c, n - width - (cur_left(&all) - cur_left(&c)));
	if (out->seven && out->kind != '!' && !digits(&c, 2, 16, &frame))
		return false;                             /* the command's identifier */
	out->text = c;
	if (out->kind == '!')
		return digits(&c, 2, 16, &frame);
	unsigned letters = out->seven ? WIDTH : 2;
	if (!cur_has(&c, letters))
		return false;
	for (unsigned i = 0; i < letters; i++) {
		out->code[i] = (char)cur_u8(&c);
		if (!is_letter((uint8_t)out->code[i]))
			return false;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].text, out->code) == 0)
			out->command = &commands[i];
	out->extended = strcmp(out->code, "EX") == 0 && cur_starts(&c, "00RT", 4);
	out->text = c;
	return true;
}

static bool probe(const struct cur *c, enum side side)
{
	struct line line;
	bool whole;
	uint8_t first = cur_peek(c, 0);
	if (first != '%' && first != '<' && first != '>')
		return false;
	struct cur text = crline(*c, &whole);
	if (cur_left(&text) > LINE_MAX_BYTES || (!whole && cur_left(&text) < HEAD) || !parse(text, whole, &line))
		return false;
	(void)side;   /* a PLC may be the one that opens the connection */
	return line.kind == '!' || (line.kind != '&' && line.command);
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	size_t n = 0, have = cur_left(c);
	while (n < have && (cur_peek(c, n) == '\n' || cur_peek(c, n) == '\r'))
		n++;
	if (n == have)
		return n ? (int32_t)n : DISSECT_NEED_MORE;   /* what the end of a line left */
	for (; n < have && cur_peek(c, n) != '\r'; n++)
		if (n >= LINE_MAX_BYTES || cur_peek(c, n) < 0x20 || cur_peek(c, n) >= 0x7f)
			return DISSECT_NO_FRAME;
	if (n == have)
		return DISSECT_NEED_MORE;
	return (int32_t)n + (cur_peek(c, n + 1) == '\n' ? 2 : 1);
}

/* ---- requests ---- */

/* code: up to two letters of the area, extra and extra2: first and last (data, words, timers). */
static void describe_range(const struct dissect_request *r, char *out, size_t size)
{
	char area[3] = { (char)(r->code >> 8), (char)r->code, 0 };
	const char *name = area[0] ? area : area + 1;
	if (r->extra2 > r->extra)
		snprintf(out, size, "%s%u-%u", name, r->extra, r->extra2);
	else
		snprintf(out, size, "%s%u", name, r->extra);
}

/* extra: word and, in the last digit, the bit; extra2: how many contacts. */
static void describe_contact(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, r->extra2 > 1 ? "%c%u%X and %u more" : "%c%u%X", (int)(r->code & 0x7f), r->extra >> 4,
		 r->extra & 15, r->extra2 - 1);
}

static void numbers(const struct dissect_request *r, const char *what, char *out, size_t size)
{
	if (r->extra2 > r->extra)
		snprintf(out, size, "%s %u-%u", what, r->extra, r->extra2);
	else
		snprintf(out, size, "%s %u", what, r->extra);
}

static void describe_timer(const struct dissect_request *r, char *out, size_t size)
{
	numbers(r, "timer/counter", out, size);
}

static void describe_register(const struct dissect_request *r, char *out, size_t size)
{
	numbers(r, "system register", out, size);
}

static void describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "code %c%c", (int)(r->code >> 8 & 0x7f), (int)(r->code & 0x7f));
}

/* What is written to: a contact, words of contacts, data registers, timers or counters, system registers. */
static void written(struct cur c, struct dissect_request *r, const char *code)
{
	uint32_t a = 0, b = 0, n = 1;
	uint8_t form = 0;
	if (strcmp(code, "WC") == 0)
		form = cur_u8(&c);
	if (form == 'P' && !digits(&c, 1, 16, &n))
		return;
	if (form == 'S' || form == 'P') {
		uint8_t letter = cur_u8(&c);
		if (is_letter(letter) && digits(&c, 3, 10, &a) && digits(&c, 1, 16, &b)) {
			r->code = CONTACT | letter;
			r->extra = a << 4 | b;
			r->extra2 = n;
			r->describe = describe_contact;
		}
		return;
	}
	unsigned width = 4;
	r->describe = describe_range;
	if (form == 'C' || strcmp(code, "SC") == 0 || strcmp(code, "WD") == 0 || strcmp(code, "SD") == 0) {
		r->code = cur_u8(&c);
		if (r->code == 'I')
			r->code = r->code << 8 | cur_u8(&c);
		else if (code[1] == 'D')
			width = 5;
	} else if (strcmp(code, "WR") == 0) {
		cur_skip(&c, 1);
		width = 3;
		r->describe = describe_register;
	} else {
		r->describe = describe_timer;
	}
	if (digits(&c, width, 10, &a) && digits(&c, width, 10, &b)) {
		r->extra = a;
		r->extra2 = b;
	} else {
		r->describe = NULL;
	}
}

/* MEWTOCOL7: one item (D001), of the global area (G0): "DT", first of eight digits, how many of five. */
static void written_seven(struct cur c, struct dissect_request *r)
{
	uint32_t first, n;
	if (!cur_starts(&c, "D001G0", 6))
		return;
	cur_skip(&c, 6);
	uint8_t a = cur_u8(&c), b = cur_u8(&c);
	if (is_letter(a) && is_letter(b) && digits(&c, 8, 10, &first) && digits(&c, 5, 10, &n) && n) {
		r->code = (uint32_t)a << 8 | b;
		r->extra = first;
		r->extra2 = first + n - 1;
		r->describe = describe_range;
	}
}

static void describe_station(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "station %u", r->extra);
}

/* Units at Ethernet answer as station 1, or to EE; further numbers are on a serial line or a link behind. */
static bool behind(const struct line *line)
{
	return line->station > 1 && line->station != STATION_DIRECT && line->station != STATION_ALL;
}

/* Stations are written as decimal numbers. */
static uint32_t station_number(const struct line *line)
{
	return line->seven ? line->station : (uint32_t)(line->station >> 4) * 10 + (line->station & 15);
}

static enum dissect_result request(struct dissect *d, const struct line *line, struct state *s)
{
	const struct command *k = line->command;
	struct cur c = line->text;
	uint16_t code = (uint16_t)((uint8_t)line->code[0] << 8 | (uint8_t)line->code[1]);
	struct dissect_request r = { .key = (uint64_t)line->station << 32 | (uint64_t)line->seven << 16 | code,
				     .code = code, .op = k ? k->op : OP_DIAGNOSTIC,
				     .name = k ? k->name : "Unknown command", .describe = k ? NULL : describe_code };
	if (k && k->op == OP_MODE) {
		bool run = cur_peek(&c, 0) == 'R';
		r.op = run ? OP_START : cur_peek(&c, 0) == 'P' ? OP_STOP : OP_MODE;
		r.name = run ? "Remote Control RUN" : r.op == OP_STOP ? "Remote Control PROG" : r.name;
	} else if (k && line->extended) {
		r.op = OP_IDENTITY;
		r.name = "Read the Status of PLC (Extended)";
	} else if (k && !line->seven && (k->op == OP_WRITE || k->op == OP_CONFIGURATION)) {
		r.code = 0;
		written(c, &r, line->code);
	} else if (k && line->seven && k->op == OP_WRITE) {
		written_seven(c, &r);
	}
	if (behind(line))
		dissect_relay(d, "MEWTOCOL station", station_number(line), 0, describe_station);
	if (line->station == STATION_ALL && !line->seven) {   /* to all: nobody answers */
		dissect_op(d, (enum op_class)r.op, r.name, "all stations", RESULT_UNKNOWN);
		return DISSECT_OK;
	}
	s->key = r.key;
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- responses ---- */

/* What a station behind the server says describes the server, but is not its own. */
static void tell_model(struct dissect *d, const struct line *line, const char *model, const char *version,
		       const char *source)
{
	char text[96];
	if (behind(line)) {
		snprintf(text, sizeof text, "%s (station %u)", model, station_number(line));
		dissect_attr(d, ATTR_DESCRIPTION, *model ? text : "", source);
		return;
	}
	dissect_attr(d, ATTR_MODEL, model, source);
	dissect_attr(d, ATTR_FIRMWARE, version, source);
	dissect_attr(d, ATTR_VENDOR, "Panasonic", source);
	dissect_attr(d, ATTR_ROLE, "plc", source);
}

static void tell_mode(struct dissect *d, const struct line *line, uint32_t flags, const char *source)
{
	if (!behind(line))
		dissect_attr(d, ATTR_MODE, flags & 1 ? "run" : "program", source);
}

static const char *model_of(uint32_t code)
{
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		if (models[i].code == code)
			return models[i].model;
	return "";
}

/*
 * RT: model, version, capacity, mode, link unit, error flag, self-diagnosis. EX00RT: two more in front; its version
 * is that of RT to two places without the first.
 */
static void plc_status(struct dissect *d, const struct line *line)
{
	const char *source = line->extended ? "mewtocol.read_status_extended" : "mewtocol.read_status";
	struct cur c = line->text;
	uint32_t code, version, skipped, mode;
	char text[16] = "";
	if (line->extended)
		cur_skip(&c, 4 + 2 + 2);   /* 00RT, kind, number of items */
	if (!digits(&c, 2, 16, &code) || !digits(&c, 2, 16, &version) || !digits(&c, 2, 16, &skipped) ||
	    !digits(&c, 2, 16, &mode))
		return;
	if (version && (version & 15) < 10)
		snprintf(text, sizeof text, "%x.%x", version >> 4, version & 15);
	tell_mode(d, line, mode, source);
	tell_model(d, line, model_of(code), text, source);
}

/* STRD: status, series, model, special order, three versions (CPU, communication, operation), mode. */
static void fp7_status(struct dissect *d, const struct line *line)
{
	const char *source = "mewtocol.read_status_7";
	struct cur c = line->text;
	uint32_t status, series, model, order, version, skipped, mode;
	char text[16];
	if (!digits(&c, 2, 16, &status) || !digits(&c, 2, 10, &series) || !digits(&c, 2, 10, &model) ||
	    !digits(&c, 4, 16, &order) || !digits(&c, 4, 10, &version) || !digits(&c, 8, 16, &skipped) ||
	    !digits(&c, 2, 16, &mode))
		return;
	snprintf(text, sizeof text, "%u.%02u", version / 100, version % 100);
	tell_mode(d, line, mode, source);
	bool known = series == 7 && model < sizeof fp7 / sizeof *fp7 && fp7[model];
	tell_model(d, line, known ? fp7[model] : "", text, source);
}

static enum dissect_result response(struct dissect *d, const struct line *line, const struct state *s)
{
	if (line->kind == '!') {
		dissect_response(d, s->key, RESULT_REFUSED, NULL);
		return DISSECT_OK;
	}
	uint16_t code = (uint16_t)((uint8_t)line->code[0] << 8 | (uint8_t)line->code[1]);
	uint64_t key = (uint64_t)line->station << 32 | (uint64_t)line->seven << 16 | code;
	/* A command to EE may be answered under the station's own number. */
	if (!dissect_response(d, key, RESULT_OK, NULL) && (s->key & 0xffffffff) == (key & 0xffffffff))
		dissect_response(d, s->key, RESULT_OK, NULL);
	if (strcmp(line->code, "RT") == 0 || line->extended)
		plc_status(d, line);
	else if (strcmp(line->code, "STRD") == 0)
		fp7_status(d, line);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct state *s = dissect_scratch(d);
	struct line line;
	bool whole;
	struct cur text = crline(c, &whole);
	if (!cur_left(&text))
		return DISSECT_LOWER;
	if (!whole)
		return probe(&c, dissect_side(d)) ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	if (!parse(text, whole, &line))
		return s->known ? DISSECT_MALFORMED : DISSECT_NOT_MINE;
	if (line.kind == '&')
		return s->known ? DISSECT_OK : DISSECT_NOT_MINE;
	enum side before = dissect_side(d);
	dissect_set_side(d, line.kind == '#' ? SIDE_CLIENT : SIDE_SERVER);
	enum dissect_result result = line.kind == '#' ? request(d, &line, s) : response(d, &line, s);
	if (s->known)
		dissect_set_side(d, before);
	s->known = true;
	return result;
}

const struct dissector dissect_mewtocol = {
	.name = "mewtocol",
	.title = "Panasonic MEWTOCOL-COM",
	.ot = true,
	.no_auth = true,
	.tcp = { 9094, 32769 },
	.udp = { 9094, 32769 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "Panasonic ACGM0125 (MEWTOCOL Protocol), WUME-FP7COM (FP7 COM port communication)",
	.recognition = "header, station, code of the list and CR; a BCC or CRC that is right (asterisks in commands "
		       "only); command and response with one station and code",
	.identity = "RT: model, version, mode; EX00RT: exact model; STRD of MEWTOCOL7: model of the FP7, version, mode",
	.operations = "read, write, fill and monitor contacts, data, timers and counters, system registers, programs, "
		      "remote RUN and PROG; stations behind the server",
	.verified = "from the manual, not yet seen in a real capture",
};
