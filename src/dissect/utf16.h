/* UTF-16LE, the text of Windows and of protocols that grew up there. */
#ifndef DISSECT_UTF16_H
#define DISSECT_UTF16_H

#include "base/text.h"
#include "dissect/dissect.h"

/* The text of v up to its first NUL as clean UTF-8 into out (terminated); 0 where nothing printable is there. */
static inline size_t utf16_text(struct cur v, char *out, size_t size)
{
	uint8_t raw[OBS_TEXT + 1];
	size_t n = 0;
	while (cur_has(&v, 2) && n + 4 <= sizeof raw) {
		uint32_t c = cur_le16(&v), low = cur_peek_le16(&v, 0);
		if (!c)
			break;
		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			cur_skip(&v, 2);
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
		}
		if (c < 0x80) {
			raw[n++] = (uint8_t)c;
			continue;
		}
		if (c >= 0x10000)
			raw[n++] = (uint8_t)(0xf0 | c >> 18);
		if (c >= 0x800)
			raw[n++] = (uint8_t)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3f) : 0xe0 | c >> 12);
		raw[n++] = (uint8_t)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6);
		raw[n++] = (uint8_t)(0x80 | (c & 0x3f));
	}
	return text_wire(raw, n, out, size);
}

#endif
