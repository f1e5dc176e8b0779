/* Lines of a head as HTTP has them (RFC 9112 5), which SSDP and others borrow. */
#ifndef DISSECT_HTTPHEAD_H
#define DISSECT_HTTPHEAD_H

#include <string.h>
#include <strings.h>

#include "base/cursor.h"

/* Is this the line of that field? Its value, blanks in front cut. */
static inline bool is_name(const struct cur *line, const char *name, struct cur *value)
{
	size_t n = strlen(name);
	if (!cur_has(line, n + 1) || cur_peek(line, n) != ':' ||
	    strncasecmp((const char *)cur_here(line), name, n) != 0)
		return false;
	*value = *line;
	cur_skip(value, n + 1);
	while (cur_peek(value, 0) == ' ')
		cur_skip(value, 1);
	return true;
}

/* Where this text stands in v, in whatever case; cut to that and what follows. False, unchanged, where it does not. */
static inline bool head_find(struct cur *v, const char *word)
{
	size_t n = strlen(word);
	for (struct cur x = *v; cur_has(&x, n); cur_skip(&x, 1))
		if (strncasecmp((const char *)cur_here(&x), word, n) == 0) {
			*v = x;
			return true;
		}
	return false;
}

/* "6.1" and so on. */
static inline unsigned head_number(struct cur *v)
{
	unsigned n = 0;
	for (uint8_t b; (b = cur_peek(v, 0)) >= '0' && b <= '9' && n < 100000; cur_skip(v, 1))
		n = n * 10 + (b - '0');
	return n;
}

#endif
