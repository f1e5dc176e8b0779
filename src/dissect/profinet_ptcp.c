/*
 * PROFINET PTCP, Precision Transparent Clock Protocol (IEC 61158-6-10): how neighbours measure the time on the cable
 * between them, and how the sync master sets the clock of all. No device's data, and no cycle that tells anything.
 *
 *   0         2               14         16              18 or more
 *   +---------+---------------+----------+---------------+---------------- - -
 *   | FrameID | reserved      | sequence | time or delay | elements: type (7 bits), length (9), value; ended by 0000
 *   +---------+---------------+----------+---------------+---------------- - -
 *   0020-0021, 0080-0081 sync; FF00-FF01 announce; FF20-FF21 follow up; FF40 delay request; FF41-FF43 delay response
 */
#include "dissect/dissect.h"

enum { HEADER = 20, ELEMENTS = 22, ELEMENTS_DELAY = 24, ELEMENTS_MAX = 16 };

static bool ids(uint16_t id)
{
	return id == 0x20 || id == 0x21 || id == 0x80 || id == 0x81 || id == 0xff00 || id == 0xff01 || id == 0xff20 ||
	       id == 0xff21 || (id >= 0xff40 && id <= 0xff43);
}

/* Elements up to their end. */
static bool elements(struct cur c, size_t skip)
{
	cur_skip(&c, skip);
	for (int i = 0; i < ELEMENTS_MAX && cur_left(&c) >= 2; i++) {
		uint16_t head = cur_be16(&c);
		if (head == 0)
			return i > 0;
		cur_skip(&c, head & 0x1ffu);
	}
	return false;
}

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return cur_has(c, HEADER) && ids(cur_peek_be16(c, 0)) &&
	       (elements(*c, HEADER) || elements(*c, ELEMENTS) || elements(*c, ELEMENTS_DELAY));
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	(void)c;
	dissect_evident(d);
	return DISSECT_OK;
}

const struct dissector dissect_profinet_ptcp = {
	.name = "profinet-ptcp",
	.title = "PROFINET PTCP",
	.ot = true,
	.ethertype = { 0x8892 },
	.probe = probe,
	.message = message,
	.reference = "IEC 61158-6-10 (PTCP)",
	.recognition = "EtherType 8892, frame id of PTCP, elements whose lengths lead to their end",
	.identity = "",
	.operations = "",
	.verified = "real captures (delay request)",
};
