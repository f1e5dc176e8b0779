/* Texts of protocols that send UTF-16, little-endian, as UTF-8: for text_wire() and dissect_attr_bytes(). */
#ifndef DISSECT_UTF16_H
#define DISSECT_UTF16_H

#include <stddef.h>
#include <stdint.h>

/*
 * n bytes of UTF-16LE into out (size bytes, always terminated). Ends at the first zero; a lone surrogate becomes '?'.
 * Returns the length.
 */
static inline size_t utf16le(const uint8_t *p, size_t n, char *out, size_t size)
{
	size_t k = 0;
	for (size_t i = 0; p && i + 1 < n; i += 2) {
		uint32_t v = p[i] | (uint32_t)p[i + 1] << 8;
		uint32_t low = i + 3 < n ? p[i + 2] | (uint32_t)p[i + 3] << 8 : 0;
		if (v == 0)
			break;
		if (v >= 0xd800 && v < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		} else if (v >= 0xd800 && v < 0xe000) {
			v = '?';
		}
		unsigned bytes = v < 0x80 ? 1 : v < 0x800 ? 2 : v < 0x10000 ? 3 : 4;
		if (k + bytes >= size)
			break;
		if (bytes == 1) {
			out[k++] = (char)v;
			continue;
		}
		static const uint8_t heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
		out[k++] = (char)(heads[bytes] | v >> 6 * (bytes - 1));
		for (unsigned left = bytes - 1; left; left--)
			out[k++] = (char)(0x80 | (v >> 6 * (left - 1) & 0x3f));
	}
	if (size)
		out[k] = 0;
	return k;
}

#endif
