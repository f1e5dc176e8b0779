/* FINS in words: memory areas, files, units, networks. */
#include <stdio.h>

#include "base/text.h"
#include "dissect/fins_text.h"

/* Memory areas of CS, CJ, CP and NJ ("CS/CJ mode"), and of CV and C200H where they differ. */
static const char *area_name(uint8_t area, char *text, size_t size)
{
	static const char *const four[] = { "CIO", "W", "H", "A" };
	uint8_t kind = area & 0xbf;   /* bit 6: with the forced status */
	if ((kind & 0x7c) == 0x30)
		return four[area & 3];
	if ((area & 0xf0) == 0x20 || (area & 0xf0) == 0xa0) {
		snprintf(text, size, "E%X_", area & 0xfu);
		return text;
	}
	if ((area >= 0xe0 && area <= 0xe8) || (area >= 0x60 && area <= 0x68)) {
		snprintf(text, size, "E1%X_", area & 0xfu);
		return text;
	}
	if (area >= 0x90 && area <= 0x97) {
		snprintf(text, size, "E%X_", area & 0xfu);
		return text;
	}
	switch (kind) {
	case 0x00: case 0x80: return "CIO";
	case 0x01: case 0x81: case 0x09: case 0x89: return "T/C";
	case 0x02: case 0x82: return "D";
	case 0x03: return "TN";
	case 0x04: case 0x84: return "ST";
	case 0x06: return "TK";
	case 0x07: return "CF";
	case 0x0a: case 0x98: return "EM";
	case 0x9c: return area == 0xdc ? "IR" : "DR";
	case 0xbc: return "DR";
	default:
		snprintf(text, size, "area 0x%02x ", area);
		return text;
	}
}

static bool area_of_bits(uint8_t area)
{
	return (area < 0x80 && !(area >= 0x60 && area <= 0x68)) || (area >= 0xe0 && area <= 0xe8);
}

void fins_describe_area(const struct dissect_request *r, char *out, size_t size)
{
	char text[16];
	uint8_t area = (uint8_t)(r->extra >> 24);
	unsigned word = r->extra >> 8 & 0xffff;
	const char *name = area_name(area, text, sizeof text);
	if ((area & 0x3f) == 0x09) {   /* timers and counters of CS and CJ share an area */
		name = word & 0x8000 ? "C" : "T";
		word &= 0x7fff;
	}
	if (area_of_bits(area) && (area & 0xb7) != 0x01)   /* a flag of a timer has no bit number */
		snprintf(out, size, r->extra2 > 1 ? "%s%u.%02u and on, %u bits" : "%s%u.%02u", name, word,
			 r->extra & 0xff, r->extra2);
	else if (r->extra2 > 1)
		snprintf(out, size, "%s%u-%u", name, word, word + r->extra2 - 1);
	else
		snprintf(out, size, "%s%u", name, word);
}

void fins_describe_mode(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "%s", r->extra == 1 ? "debug mode" : r->extra == 4 ? "run mode" : "monitor mode");
}

void fins_describe_parameter(const struct dissect_request *r, char *out, size_t size)
{
	switch (r->extra) {
	case 0x8002: snprintf(out, size, "CPU bus unit settings"); break;
	case 0x8010: snprintf(out, size, "PLC setup"); break;
	case 0x8011: snprintf(out, size, "peripheral device settings"); break;
	case 0x8012: snprintf(out, size, "I/O tables"); break;
	case 0x8013: snprintf(out, size, "routing tables"); break;
	default: snprintf(out, size, "area 0x%04x", r->extra); break;
	}
}

void fins_describe_program(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra == 0xffff)
		snprintf(out, size, "all programs");
	else
		snprintf(out, size, "program %u", r->extra);
}

void fins_describe_code(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "code 0x%04x", r->code);
}

void fins_describe_file(const struct dissect_request *r, char *out, size_t size)
{
	uint32_t words[] = { r->code, r->extra, r->extra2 };
	char name[sizeof words + 1];
	size_t n = 0;
	text_wire(words, sizeof words, name, sizeof name);
	for (const char *p = name; *p && n + 1 < size; p++)   /* "PROG    .OBJ" */
		if (*p != ' ')
			out[n++] = *p;
	out[n] = 0;
}

void fins_describe_node(const struct dissect_request *r, char *out, size_t size)
{
	unsigned unit = r->extra2 >> 8, node = r->extra2 & 0xff;
	if (unit == FINS_UNIT_CPU)
		snprintf(out, size, "network %u node %u", r->extra, node);
	else
		snprintf(out, size, "network %u node %u unit 0x%02x", r->extra, node, unit);
}

void fins_describe_unit(const struct dissect_request *r, char *out, size_t size)
{
	if (r->extra >= 0x10 && r->extra <= 0x1f)
		snprintf(out, size, "unit 0x%02x (CPU bus unit %u)", r->extra, r->extra - 0x10);
	else if (r->extra >= 0x20 && r->extra <= 0x7f)
		snprintf(out, size, "unit 0x%02x (special I/O unit %u)", r->extra, r->extra - 0x20);
	else if (r->extra == 0xe1)
		snprintf(out, size, "unit 0xe1 (inner board)");
	else
		snprintf(out, size, "unit 0x%02x", r->extra);
}
