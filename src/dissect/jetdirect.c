/*
 * Raw printing to port 9100, with HP's Printer Job Language (HP PJL Technical
 * Reference Manual), which most makers' printers understand.
 *
 *   ESC %-12345X @PJL INFO ID CR LF         "@PJL INFO ID" CR LF  "LaserJet 4000 Series" CR LF  FF
 *   ESC %-12345X @PJL JOB …, ESC E (PCL), %!PS (PostScript), then the page
 *
 * What is printed is passed over.
 */
#include <string.h>

#include "dissect/dissect.h"

enum { KEY_ID = 1, KEY_OTHER = 2 };

static const char universal[] = "\x1b%-12345X";

static bool probe(const struct cur *c, enum side side)
{
	if (side == SIDE_SERVER)
		return cur_starts(c, "@PJL ", 5);
	return cur_starts(c, universal, sizeof universal - 1) || cur_starts(c, "@PJL ", 5);
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

static enum dissect_result message(struct dissect *d, struct cur c)
{
	if (dissect_side(d) == SIDE_CLIENT) {
		if (!probe(&c, SIDE_CLIENT))
			return DISSECT_OK;       /* the page */
		bool id = contains(c, "@PJL INFO ID", 128);
		/* Seven fixed bytes that nobody else begins with. */
		if (cur_starts(&c, universal, sizeof universal - 1))
			dissect_evident(d);
		dissect_request(d, &(struct dissect_request){ .key = id ? KEY_ID : KEY_OTHER, .op = id ? OP_IDENTITY : -1,
							      .name = id ? "PJL INFO ID" : "PJL" });
		return DISSECT_OK;
	}
	struct cur line;
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
	.reference = "HP PJL Technical Reference Manual",
	.recognition = "the universal exit sequence, or a PJL question and its answer",
	.identity = "model of the printer",
	.operations = "identity read",
	.verified = "from the manual, not yet seen in a real capture",
};
