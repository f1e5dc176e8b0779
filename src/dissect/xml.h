/* As much of XML as discovery and descriptions of devices need: elements by their local names. */
#ifndef DISSECT_XML_H
#define DISSECT_XML_H

#include "dissect/httphead.h"

/* The five characters that XML writes with names, as themselves; in place. */
static inline void xml_plain(char *s)
{
	static const struct { char name[8], c; } names[] = {
		{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' },
	};
	for (char *at = s; (at = strchr(at, '&')); at++)
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			size_t n = strlen(names[i].name);
			if (strncmp(at, names[i].name, n) == 0) {
				*at = names[i].c;
				memmove(at + 1, at + n, strlen(at + n) + 1);
				break;
			}
		}
}

static inline bool xml_letter(uint8_t b)
{
	return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
}

/* The contents of the first element with this local name, whatever its prefix; `c` goes on behind it. */
static inline bool xml_element(struct cur *c, const char *name, struct cur *value)
{
	size_t n = strlen(name);
	while (cur_left(c)) {
		if (cur_u8(c) != '<')
			continue;
		struct cur tag = *c;
		size_t prefix = 0;
		while (prefix < 32 && (xml_letter(cur_peek(&tag, prefix)) || (cur_peek(&tag, prefix) >= '0' &&
		       cur_peek(&tag, prefix) <= '9') || cur_peek(&tag, prefix) == '-' || cur_peek(&tag, prefix) == '_'))
			prefix++;
		if (prefix && cur_peek(&tag, prefix) == ':')
			cur_skip(&tag, prefix + 1);
		uint8_t after = cur_peek(&tag, n);
		if (!cur_starts(&tag, name, n) || (after != '>' && after != ' ' && after != '\r' && after != '\n' && after != '\t'))
			continue;
		const uint8_t *end = memchr(cur_here(&tag), '>', cur_left(&tag));
		if (!end)
			return false;
		size_t length = (size_t)(end - cur_here(&tag));
		if (cur_peek(&tag, length - 1) == '/')
			continue;
		cur_skip(&tag, length + 1);
		const uint8_t *stop = cur_left(&tag) ? memchr(cur_here(&tag), '<', cur_left(&tag)) : NULL;
		if (!stop)
			return false;
		*value = cur_sub(&tag, (size_t)(stop - cur_here(&tag)));
		while (cur_left(value) && (cur_peek(value, 0) <= ' '))
			cur_skip(value, 1);
		*c = tag;
		return true;
	}
	return false;
}

#endif
