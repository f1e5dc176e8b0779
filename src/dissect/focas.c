/*
 * FANUC FOCAS2 over Ethernet (TCP 8193), big-endian. FANUC documents the library, not the wire: the frames are those
 * that open clients speak (pyfanuc, and the FANUC driver of HslCommunication).
 *
 *   0             4         6      7           8        10
 *   +-------------+---------+------+-----------+--------+------ - -
 *   | A0 A0 A0 A0 | version | kind | direction | length | body
 *   +-------------+---------+------+-----------+--------+------ - -
 *   direction: 1 request, 2 answer, 3 refusal, 4 a piece of a program
 *   kind 21, functions: count (2), then per function
 *        request  length (2), unit (2: 1 CNC, 2 PMC), path (2), function (2), five numbers (4 each), data
 *        answer   length (2), unit (2), path (2), function (2), error (2), detail (4), data length (2), data
 *   kind 11, 15: what is done with the program (4), its name (512); the answer: (2), error (2)
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"
#include "dissect/kept_name.h"

enum {
	HEADER = 10, VERSION_MAX = 8, FUNCTIONS_MAX = 64, PENDING_MAX = 16, REQUEST_MIN = 28, ANSWER_MIN = 14,
	KIND_OPEN = 0x01, KIND_CLOSE = 0x02, KIND_DOWNLOAD = 0x11, KIND_DOWNLOAD_DATA = 0x12, KIND_DOWNLOAD_END = 0x13,
	KIND_UPLOAD = 0x15, KIND_UPLOAD_DATA = 0x16, KIND_UPLOAD_END = 0x17, KIND_FUNCTION = 0x21,
	REQUEST = 1, ANSWER = 2, REFUSAL = 3, DATA = 4,
	UNIT_CNC = 1, UNIT_PMC = 2,
	FN_SEARCH = 0x03, FN_DELETE = 0x05, FN_MACRO = 0x16, FN_SYSINFO = 0x18, FN_STATINFO = 0x19, FN_MACRO2 = 0xa8,
	FN_DELETE_FILE = 0xb6, FN_SELECT_FILE = 0xba,
	SYSINFO = 18, STATINFO = 14,
};

/* The names are those of the library that puts the frames together. */
static const struct dissect_code cnc[] = {
	{ 0x01, OP_START, "cnc_start" },
	{ FN_SEARCH, OP_WRITE, "cnc_search" },
	{ FN_DELETE, OP_FILE, "cnc_delete" },
	{ 0x06, OP_READ, "cnc_rdprogdir2" },
	{ 0x08, OP_READ, "cnc_rdtofsr" },
	{ 0x0e, OP_READ, "cnc_rdparam" },
	{ 0x10, OP_READ, "cnc_rdparainfo" },
	{ 0x15, OP_READ, "cnc_rdmacror" },
	{ FN_MACRO, OP_WRITE, "cnc_wrmacror" },
	{ FN_SYSINFO, OP_IDENTITY, "cnc_sysinfo" },
	{ FN_STATINFO, OP_READ, "cnc_statinfo" },
	{ 0x1a, OP_READ, "cnc_alarm" },
	{ 0x1b, OP_READ, "cnc_getfigure" },
	{ 0x1c, OP_READ, "cnc_rdprgnum" },
	{ 0x1d, OP_READ, "cnc_rdseqnum" },
	{ 0x1f, OP_WRITE, "cnc_rewind" },
	{ 0x20, OP_READ, "cnc_rdexecprog" },
	{ 0x21, OP_READ, "cnc_modal" },
	{ 0x23, OP_READ, "cnc_rdalmmsg" },
	{ 0x24, OP_READ, "cnc_actf" },
	{ 0x25, OP_READ, "cnc_acts" },
	{ 0x26, OP_READ, "cnc_rdposition" },
	{ 0x29, OP_READ, "cnc_rdset" },
	{ 0x2b, OP_READ, "cnc_rdsetinfo" },
	{ 0x30, OP_READ, "cnc_diagnoss" },
	{ 0x40, OP_READ, "cnc_acts2" },
	{ 0x45, OP_READ, "cnc_gettimer" },
	{ 0x46, OP_CLOCK, "cnc_settimer" },
	{ 0x56, OP_READ, "cnc_rdsvmeter" },
	{ 0x61, OP_READ, "cnc_rdopnlgsname" },
	{ 0x88, OP_READ, "cnc_rdposition" },
	{ 0x89, OP_READ, "cnc_rdaxisname" },
	{ 0x8a, OP_READ, "cnc_rdspdlname" },
	{ 0x8b, OP_READ, "cnc_rdaxisname" },
	{ 0x8d, OP_READ, "cnc_rdparam3" },
	{ 0x90, OP_READ, "cnc_rdset" },
	{ 0x93, OP_READ, "cnc_diagnosr" },
	{ 0x96, OP_READ, "cnc_rdgcode" },
	{ 0x98, OP_READ, "cnc_statinfo" },
	{ 0xa0, OP_READ, "cnc_rdparainfo2" },
	{ 0xa2, OP_READ, "cnc_rddiaginfo" },
	{ 0xa3, OP_READ, "cnc_rdposition" },
	{ 0xa4, OP_READ, "cnc_rdposition" },
	{ 0xa7, OP_READ, "cnc_rdmacror2" },
	{ FN_MACRO2, OP_WRITE, "cnc_wrmacror2" },
	{ 0xae, OP_READ, "cnc_rdpdf_drive" },
	{ 0xb0, OP_READ, "cnc_rdpdf_curdir" },
	{ 0xb3, OP_READ, "cnc_rdpdf_alldir" },
	{ 0xb4, OP_READ, "cnc_rdpdf_subdirn" },
	{ FN_DELETE_FILE, OP_FILE, "cnc_pdf_del" },
	{ 0xb9, OP_READ, "cnc_pdf_rdmain" },
	{ FN_SELECT_FILE, OP_WRITE, "cnc_pdf_slctmain" },
	{ 0xe1, OP_READ, "cnc_statinfo" },
	{ 0x120, OP_READ, "cnc_rdtimer" },
};

static const struct dissect_code pmc[] = {
	{ 0x8001, OP_READ, "pmc_rdpmcrng" },
	{ 0x8002, OP_WRITE, "pmc_wrpmcrng" },
};

/* Who sends a frame of this kind and direction? Each pair has one sender; any other pair is no frame. */
static bool sent_by(uint8_t kind, uint8_t direction, enum side *side)
{
	bool request = direction == REQUEST, answer = direction == ANSWER;
	switch (kind) {
	case KIND_OPEN: case KIND_CLOSE: case KIND_DOWNLOAD: case KIND_DOWNLOAD_END: case KIND_UPLOAD: case KIND_FUNCTION:
		*side = request ? SIDE_CLIENT : SIDE_SERVER;
		return request || answer || (kind != KIND_OPEN && direction == REFUSAL);
	case KIND_DOWNLOAD_DATA:
		*side = SIDE_CLIENT;
		return direction == DATA;
	case KIND_UPLOAD_DATA:
		*side = SIDE_SERVER;
		return direction == DATA;
	case KIND_UPLOAD_END:   /* the server says that it was all */
		*side = request ? SIDE_SERVER : SIDE_CLIENT;
		return request || answer;
	default:
		return false;
	}
}

static bool header(const struct cur *c, enum side *side)
{
	static const uint8_t magic[4] = { 0xa0, 0xa0, 0xa0, 0xa0 };
	uint16_t version = cur_peek_be16(c, 4);
	return cur_has(c, HEADER) && cur_starts(c, magic, 4) && version >= 1 && version <= VERSION_MAX &&
	       sent_by(cur_peek(c, 6), cur_peek(c, 7), side);
}

static bool probe(const struct cur *c, enum side side)
{
	enum side from;
	if (!header(c, &from) || from != side)
		return false;
	uint16_t n = cur_peek_be16(c, 8);
	switch (cur_peek(c, 6) << 8 | cur_peek(c, 7)) {
	case KIND_OPEN << 8 | REQUEST:
		return n == 2;
	case KIND_CLOSE << 8 | REQUEST: case KIND_DOWNLOAD_END << 8 | REQUEST:
		return n == 0;
	case KIND_DOWNLOAD << 8 | REQUEST: case KIND_UPLOAD << 8 | REQUEST:
		return n >= 4;
	case KIND_FUNCTION << 8 | REQUEST:
		return n >= 2 + REQUEST_MIN && cur_peek_be16(c, 10) >= 1 && cur_peek_be16(c, 10) <= FUNCTIONS_MAX;
	case KIND_FUNCTION << 8 | ANSWER:
		return n >= 2 + ANSWER_MIN && cur_peek_be16(c, 10) >= 1 && cur_peek_be16(c, 10) <= FUNCTIONS_MAX;
	default:
		return true;
	}
}

static int32_t length(const struct cur *c, enum side side)
{
	enum side from;
	(void)side;
	if (!cur_has(c, HEADER))
		return DISSECT_NEED_MORE;
	return header(c, &from) ? HEADER + cur_peek_be16(c, 8) : DISSECT_NO_FRAME;
}

/* ---- requests ---- */

static void describe_program(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "program O%u", r->extra - 1);
}

static void describe_macro(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra2 > r->extra)
		snprintf(out, size, "macro variables %u-%u", r->extra, r->extra2);
	else
		snprintf(out, size, "macro variable %u", r->extra);
}

/* PMC addresses are a letter for the area and a number. extra: area and first byte; extra2: last byte. */
static void describe_pmc(const struct dissect_request *r, char *out, size_t size)
{
	static const char letters[] = "GFYXARTKCDMNE";
	uint32_t area = r->extra >> 24, first = r->extra & 0xffffff;
	char letter = area < sizeof letters - 1 ? letters[area] : '?';
	if (r->extra2 > first)
		snprintf(out, size, "PMC %c%u-%c%u", letter, first, letter, r->extra2);
	else
		snprintf(out, size, "PMC %c%u", letter, first);
}

static void describe_unknown(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra2)
		snprintf(out, size, "unit %u function 0x%04x, %u bytes sent", r->extra >> 16, r->extra & 0xffff, r->extra2);
	else
		snprintf(out, size, "unit %u function 0x%04x", r->extra >> 16, r->extra & 0xffff);
}

/* The number of the program that a name ends in: "O100-O100". 1 more, 0 for none. */
static uint32_t program(struct cur c)
{
	uint32_t found = 0;
	while (cur_left(&c) > 1 && cur_peek(&c, 0)) {
		if (cur_u8(&c) != 'O')
			continue;
		uint32_t n = 0, digits = 0;
		while (cur_peek(&c, 0) >= '0' && cur_peek(&c, 0) <= '9' && digits++ < 8)
			n = n * 10 + cur_u8(&c) - '0';
		if (digits)
			found = n + 1;
	}
	return found;
}

/* Which program: by its number, or by its path ("//CNC_MEM/USER/PATH1/O100", newer controls). */
static void which_program(struct dissect *d, struct dissect_request *r, struct cur c)
{
	size_t n = 0;
	while (n < cur_left(&c) && n < DISSECT_MEMORY && cur_peek(&c, n))
		n++;
	bool path = cur_peek(&c, 0) == '/';
	r->extra = path ? name_keep(d, cur_here(&c), n) : program(c);
	r->describe = !r->extra ? NULL : path ? name_describe : describe_program;
}

static uint64_t key(uint8_t kind, uint16_t index, uint16_t unit, uint16_t function)
{
	return (uint64_t)kind << 48 | (uint64_t)index << 32 | (uint32_t)unit << 16 | function;
}

/* The functions that were asked for last: a refusal of the whole names none. */
struct asked {
	uint32_t n;
	uint32_t function[11];   /* unit and code */
};
_Static_assert(sizeof(struct asked) <= DISSECT_SCRATCH, "the scratch holds what was asked");

/* One function of a request: the cursor holds what follows its length. */
static void function(struct dissect *d, struct cur c, uint16_t index)
{
	uint16_t unit = cur_be16(&c);
	cur_skip(&c, 2);   /* path: which of the machine's channels */
	uint16_t code = cur_be16(&c);
	uint32_t a = cur_be32(&c), b = cur_be32(&c), area = cur_be32(&c);
	cur_skip(&c, 8);
	const struct dissect_code *f = unit == UNIT_PMC ? DISSECT_CODE(pmc, code) :
				       unit == UNIT_CNC ? DISSECT_CODE(cnc, code) : NULL;
	struct dissect_request r = { .key = key(KIND_FUNCTION, index, unit, code), .code = code };
	r.op = f ? f->op : OP_DIAGNOSTIC;
	r.name = f ? f->name : "Unknown command";
	if (!f) {
		r.extra = (uint32_t)unit << 16 | code;
		r.extra2 = (uint32_t)cur_left(&c);
		r.describe = describe_unknown;
	} else if (unit == UNIT_PMC && f->op == OP_WRITE) {
		r.extra = area << 24 | (a & 0xffffff);
		r.extra2 = b;
		r.describe = describe_pmc;
	} else if (unit == UNIT_CNC && (code == FN_MACRO || code == FN_MACRO2)) {
		r.extra = a;
		r.extra2 = code == FN_MACRO ? b : a + b - 1;   /* the first and the last; or the first and how many */
		r.describe = describe_macro;
	} else if (unit == UNIT_CNC && (code == FN_SEARCH || code == FN_DELETE)) {
		r.extra = a + 1;
		r.describe = describe_program;
	} else if (unit == UNIT_CNC && (code == FN_SELECT_FILE || code == FN_DELETE_FILE)) {
		which_program(d, &r, c);
	}
	if (!cur_ok(&c) || index >= PENDING_MAX)
		return;
	struct asked *asked = dissect_scratch(d);
	if (index < sizeof asked->function / sizeof *asked->function) {
		asked->n = index + 1u;
		asked->function[index] = (uint32_t)unit << 16 | code;
	}
	dissect_request(d, &r);
}

static enum dissect_result request(struct dissect *d, struct cur c, uint8_t kind)
{
	struct dissect_request r = { .key = key(kind, 0, 0, 0), .code = kind, .op = -1 };
	switch (kind) {
	case KIND_DOWNLOAD: case KIND_UPLOAD:
		cur_skip(&c, 4);
		if (!cur_ok(&c))
			return DISSECT_TRUNCATED;
		r.op = kind == KIND_UPLOAD ? OP_UPLOAD : OP_DOWNLOAD;
		r.name = kind == KIND_UPLOAD ? "cnc_upstart3" : "cnc_dwnstart3";
		which_program(d, &r, c);
		break;
	case KIND_DOWNLOAD_END:
		r.op = OP_DOWNLOAD;
		r.name = "cnc_dwnend3";
		break;
	case KIND_FUNCTION: {
		uint16_t n = cur_be16(&c);
		for (uint16_t i = 0; i < n; i++) {
			uint16_t size = cur_be16(&c);
			if (cur_ok(&c) && size < REQUEST_MIN)
				return DISSECT_MALFORMED;
			struct cur f = cur_sub(&c, size - 2u);
			if (!cur_ok(&f))
				return DISSECT_TRUNCATED;
			function(d, f, i);
		}
		return cur_left(&c) ? DISSECT_MALFORMED : DISSECT_OK;
	}
	default:
		break;
	}
	dissect_request(d, &r);
	return DISSECT_OK;
}

/* ---- answers ---- */

/* Type of the control as the library names it: "31", " 0", "16"; PD, PH, PM are the small motion controls. */
static void model(char type[3], uint16_t info, char *out, size_t size)
{
	static const char letters[] = " ABCDEF";
	const char *name = type[0] == ' ' || type[0] == 0 ? type + 1 : type;
	uint8_t letter = (uint8_t)(info >> 8);
	if (type[0] == 'P') {
		snprintf(out, size, "%s", type[1] == 'D' ? "Power Mate i-D" : type[1] == 'H' ? "Power Mate i-H" :
			 type[1] == 'M' ? "Power Motion i" : "");
		return;
	}
	if (name[0] < '0' || name[0] > '9' || (name[1] && (name[1] < '0' || name[1] > '9'))) {
		*out = 0;
		return;
	}
	const char *i = info & 2 || name[0] == '3' || name[0] == '0' ? "i" : "";
	if (letter >= 1 && letter <= 6)
		snprintf(out, size, "Series %s%s-%c", name, i, letters[letter]);
	else
		snprintf(out, size, "Series %s%s", name, i);
}

static void sysinfo(struct dissect *d, struct cur c)
{
	char type[3] = "", name[32], text[64];
	uint16_t info = cur_be16(&c), max = cur_be16(&c);
	cur_copy(&c, type, 2);
	const uint8_t *mt = cur_bytes(&c, 2), *series = cur_bytes(&c, 4), *version = cur_bytes(&c, 4), *axes = cur_bytes(&c, 2);
	if (!cur_ok(&c))
		return;
	model(type, info, name, sizeof name);
	dissect_attr(d, ATTR_VENDOR, "FANUC", "focas.sysinfo");
	dissect_attr(d, ATTR_ROLE, "cnc", "focas.sysinfo");
	dissect_attr(d, ATTR_MODEL, name, "focas.sysinfo.cnc_type");
	char s[16], v[16], m[8], a[8];
	text_wire(series, 4, s, sizeof s);
	text_wire(version, 4, v, sizeof v);
	text_wire(mt, 2, m, sizeof m);
	text_wire(axes, 2, a, sizeof a);
	snprintf(text, sizeof text, "%s%s%s", s, *s && *v ? "-" : "", v);
	dissect_attr(d, ATTR_FIRMWARE, text, "focas.sysinfo.version");
	snprintf(text, sizeof text, "machine type %s, %s of %u axes", *m ? m : "?", *a ? a + (a[0] == '0' && a[1]) : "?", max);
	dissect_attr(d, ATTR_DESCRIPTION, text, "focas.sysinfo.mt_type");
}

static void statinfo(struct dissect *d, struct cur c)
{
	static const char *const modes[] = { "reset", "stop", "hold", "run", "run" };
	cur_skip(&c, 2);   /* automatic, manual, … */
	uint16_t run = cur_be16(&c);
	if (cur_ok(&c) && run < sizeof modes / sizeof *modes)
		dissect_attr(d, ATTR_MODE, modes[run], "focas.statinfo.run");
}

static enum dissect_result functions(struct dissect *d, struct cur c)
{
	uint16_t n = cur_be16(&c);
	for (uint16_t i = 0; i < n && i < PENDING_MAX && cur_left(&c); i++) {
		uint16_t size = cur_be16(&c);
		if (cur_ok(&c) && size < ANSWER_MIN)
			return DISSECT_OK;   /* some controls give wrong lengths: the rest cannot be read */
		struct cur f = cur_sub(&c, size - 2u);
		uint16_t unit = cur_be16(&f);
		cur_skip(&f, 2);
		uint16_t code = cur_be16(&f), error = cur_be16(&f);
		if (!cur_ok(&f))
			return DISSECT_TRUNCATED;
		if (!dissect_response(d, key(KIND_FUNCTION, i, unit, code), error ? RESULT_REFUSED : RESULT_OK, NULL) ||
		    error || unit != UNIT_CNC)
			continue;
		cur_skip(&f, 4);
		uint16_t bytes = cur_be16(&f);
		if (code == FN_SYSINFO && bytes == SYSINFO)
			sysinfo(d, f);
		else if (code == FN_STATINFO && bytes == STATINFO)
			statinfo(d, f);
	}
	return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
}

static enum dissect_result answer(struct dissect *d, struct cur c, uint8_t kind, bool refused)
{
	if (kind == KIND_FUNCTION && refused) {
		struct asked *asked = dissect_scratch(d);
		for (uint16_t i = 0; i < asked->n; i++)
			dissect_response(d, key(kind, i, (uint16_t)(asked->function[i] >> 16), (uint16_t)asked->function[i]),
					 RESULT_REFUSED, NULL);
		asked->n = 0;
		return DISSECT_OK;
	}
	if (kind == KIND_FUNCTION)
		return functions(d, c);
	if (kind == KIND_DOWNLOAD || kind == KIND_DOWNLOAD_END || kind == KIND_UPLOAD)
		refused = refused || cur_peek_be16(&c, 2) != 0;
	dissect_response(d, key(kind, 0, 0, 0), refused ? RESULT_REFUSED : RESULT_OK, NULL);
	return DISSECT_OK;
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	enum side from;
	if (!cur_has(&c, HEADER))
		return DISSECT_TRUNCATED;
	if (!header(&c, &from))
		return DISSECT_NOT_MINE;
	uint8_t kind = cur_peek(&c, 6), direction = cur_peek(&c, 7);
	cur_skip(&c, HEADER);
	if (from != dissect_side(d))
		return DISSECT_MALFORMED;
	if (kind == KIND_DOWNLOAD_DATA || kind == KIND_UPLOAD_DATA || kind == KIND_UPLOAD_END)
		return DISSECT_OK;
	return direction == REQUEST ? request(d, c, kind) : answer(d, c, kind, direction == REFUSAL);
}

const struct dissector dissect_focas = {
	.name = "focas",
	.title = "FANUC FOCAS2/Ethernet",
	.ot = true,
	.no_auth = true,
	.tcp = { 8193 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "open clients: pyfanuc (protocol.txt, samples), the FANUC driver of HslCommunication; FANUC's FOCAS2 library "
		     "manual for the meaning of the values",
	.recognition = "A0 A0 A0 A0, a known kind of frame from the side that sends it, lengths that agree; each answer repeats "
		       "unit, path and function of its request",
	.identity = "cnc_sysinfo: vendor, model (series and letter), software series and version, machine type, axes; "
		    "cnc_statinfo: run, stop, hold",
	.operations = "program download, upload, select and delete, start, macro variables and PMC ranges written, clock; reads. The "
		      "numbers of parameter and tool offset writes are not published: they show as unknown commands with their size",
	.verified = "from the manual, not yet seen in a real capture (frames of open clients, samples that their authors recorded)",
};
