/*
 * Raw printing to port 9100, with HP's Printer Job Language (HP PJL Technical
 * Reference Manual), which most makers' printers understand, or with the languages of label printers.
 *
 *   ESC %-12345X @PJL INFO ID CR LF         "@PJL INFO ID" CR LF  "LaserJet 4000 Series" CR LF  FF
 *   ESC %-12345X @PJL JOB …, ESC E (PCL), %!PS (PostScript), then the page
 *   Zebra (ZPL II Programming Guide): ^XA … ^XZ a label; ~HI: STX "ZT410-300dpi,V75.20.01Z,12,8176KB" ETX
 *   SATO (SBPL): STX ESC A … ESC Z ETX
 *
 * What is printed is passed over.
 */
#include <string.h>

#include "dissect/dissect.h"

enum { KEY_ID = 1, KEY_OTHER = 2, KEY_HOST = 3, STX = 2 };

static const char universal[] = "\x1b%-12345X";

/* What begins a page or label, and who prints those: no maker where many do. */
static const struct { const char *begin; const char *vendor; } languages[] = {
	{ "^XA", NULL }, { "\xef\xbb\xbf^XA", NULL }, { "\x02\x1b" "A\x1b", "SATO" }, { "%!PS-Adobe-", NULL },
};

static int language_of(const struct cur *c)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (cur_starts(c, languages[i].begin, strlen(languages[i].begin)))
			return (int)i;
	return -1;
}

/* The answer to ~HI: model, version, dots, memory. */
static bool host_identification(const struct cur *c)
{
	unsigned commas = 0;
	size_t n = 1;
	for (uint8_t b; (b = cur_peek(c, n)) >= 0x20 && b < 0x7f && n < 64; n++)
		commas += b == ',';
	return cur_peek(c, 0) == STX && cur_peek(c, n) == 3 && commas == 3;
}

static bool probe(const struct cur *c, enum side side)
{
	if (side == SIDE_SERVER)
		return cur_starts(c, "@PJL ", 5) || host_identification(c);
	return language_of(c) >= 0 || cur_starts(c, "~HI", 3) || cur_starts(c, universal, sizeof universal - 1) || cur_starts(c, "@PJL ", 5);
}

/* A segment at a time: no length is told. */
static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	return (int32_t)cur_left(c);
}

static bool contains(struct cur c, const char *word, size_t within)
{
	size_t n = strlen(word);
	for (size_t i = 0; i < within && cur_has(&c, n); i++, cur_skip(&c, 1))
		if (cur_starts(&c, word, n))
			return true;
	return false;
}

static void zebra(struct dissect *d, struct cur c)
{
	size_t n = 0;
	cur_skip(&c, 1);
	while (cur_peek(&c, n) != ',')
		n++;
	dissect_attr_bytes(d, ATTR_MODEL, cur_here(&c), n, "jetdirect.zpl.host_identification");
	cur_skip(&c, n + 1);
	for (n = 0; cur_peek(&c, n) != ',';)
		n++;
	dissect_attr_bytes(d, ATTR_FIRMWARE, cur_here(&c), n, "jetdirect.zpl.host_identification");
	dissect_attr(d, ATTR_ROLE, "printer", "jetdirect.zpl.host_identification");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (dissect_side(d) == SIDE_CLIENT) {
		if (!probe(&c, SIDE_CLIENT))
			return DISSECT_OK;       /* the page */
		int language = language_of(&c);
		if (language >= 0) {
			dissect_evident(d);
			dissect_attr_of(d, dissect_server(d), ATTR_ROLE, "printer", "jetdirect.page");
			if (languages[language].vendor)
				dissect_attr_of(d, dissect_server(d), ATTR_VENDOR, languages[language].vendor, "jetdirect.page");
			return DISSECT_OK;
		}
		if (cur_starts(&c, "~HI", 3)) {
			dissect_request(d, &(struct dissect_request){ .key = KEY_HOST, .op = OP_IDENTITY, .name = "~HI" });
			return DISSECT_OK;
		}
		bool id = contains(c, "@PJL INFO ID", 128);
		/* Seven fixed bytes that nobody else begins with. */
		if (cur_starts(&c, universal, sizeof universal - 1))
			dissect_evident(d);
		dissect_request(d, &(struct dissect_request){ .key = id ? KEY_ID : KEY_OTHER, .op = id ? OP_IDENTITY : -1,
							      .name = id ? "PJL INFO ID" : "PJL" });
		return DISSECT_OK;
	}
	struct cur line;
	if (host_identification(&c)) {
		if (dissect_response(d, KEY_HOST, RESULT_OK, NULL))
			zebra(d, c);
		return DISSECT_OK;
	}
	if (!cur_starts(&c, "@PJL INFO ID", 12)) {
		dissect_response(d, KEY_OTHER, RESULT_OK, NULL);
		return DISSECT_OK;
	}
	if (!dissect_response(d, KEY_ID, RESULT_OK, NULL) || !cur_line(&c, &line) || !cur_line(&c, &line))
		return DISSECT_OK;
	if (cur_peek(&line, 0) == '"' && cur_left(&line) > 2) {
		cur_skip(&line, 1);
		cur_limit(&line, cur_left(&line) - 1);
	}
	dissect_attr_bytes(d, ATTR_MODEL, cur_here(&line), cur_left(&line), "jetdirect.pjl.info_id");
	dissect_attr(d, ATTR_ROLE, "printer", "jetdirect.pjl.info_id");
	return DISSECT_OK;
}

const struct dissector dissect_jetdirect = {
	.name = "jetdirect",
	.title = "Raw printing (PJL)",
	.tcp = { 9100, 9101, 9102 },
	.unframed = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "HP PJL Technical Reference Manual, Zebra ZPL II Programming Guide, SATO SBPL Programming Reference",
	.recognition = "the universal exit sequence, a PJL question and its answer, a page of PostScript, a label of ZPL or SBPL",
	.identity = "model of the printer",
	.operations = "identity read",
	.verified = "from the manual, not yet seen in a real capture",
};
