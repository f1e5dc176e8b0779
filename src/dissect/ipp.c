/*
 * Internet Printing Protocol (RFC 8010, RFC 8011; PWG 5100.13 for printer-device-id): what a printer says of itself.
 *
 *   +---------+-------------+------------+-----------------------------------------------+----+
 *   | version | status      | request id | groups: delimiter 01 … 07, then attributes    | 03 |
 *   | (2)     | 0000 … (2)  | (4)        | tag, name length (2), name, length (2), value |    |
 *   +---------+-------------+------------+-----------------------------------------------+----+
 *   an empty name: one more value of the attribute before
 */
#include "dissect/ipp.h"

#include <string.h>

enum { STATUS_MOST = 0xff, END = 3, DELIMITERS = 0x10, VERSION_1 = 1, VERSION_2 = 2 };

static const struct { const char *name; enum attr field; const char *source; } wanted[] = {
	{ "printer-make-and-model", ATTR_MODEL, "ipp.printer-make-and-model" },
	{ "printer-name", ATTR_NAME, "ipp.printer-name" },
	{ "printer-info", ATTR_DESCRIPTION, "ipp.printer-info" },
	{ "printer-location", ATTR_LOCATION, "ipp.printer-location" },
	{ "printer-firmware-string-version", ATTR_FIRMWARE, "ipp.printer-firmware-string-version" },
	{ "printer-dns-sd-name", ATTR_NAME, "ipp.printer-dns-sd-name" },
};

static void attribute(struct dissect *d, struct cur name, struct cur value)
{
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		size_t n = strlen(wanted[i].name);
		if (cur_left(&name) != n || !cur_starts(&name, wanted[i].name, n))
			continue;
		dissect_attr_bytes(d, wanted[i].field, cur_here(&value), cur_left(&value), wanted[i].source);
		if (wanted[i].field == ATTR_MODEL)
			dissect_attr(d, ATTR_ROLE, "printer", wanted[i].source);
	}
}

void ipp_attributes(struct dissect *d, struct cur c)
{
	uint8_t version = cur_u8(&c);
	cur_skip(&c, 1);
	if ((version != VERSION_1 && version != VERSION_2) || cur_be16(&c) > STATUS_MOST)
		return;
	cur_skip(&c, 4);
	while (cur_left(&c)) {
		uint8_t tag = cur_u8(&c);
		if (tag == END)
			return;
		if (tag < DELIMITERS)
			continue;
		struct cur name = cur_sub(&c, cur_be16(&c)), value = cur_sub(&c, cur_be16(&c));
		if (!cur_ok(&c))
			return;
		attribute(d, name, value);
	}
}
