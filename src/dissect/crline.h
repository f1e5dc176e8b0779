/* Lines that end with CR, as KEYENCE's and Panasonic's controllers write them; some add LF. */
#ifndef DISSECT_CRLINE_H
#define DISSECT_CRLINE_H

#include "base/cursor.h"

/* The line that begins here, without its end and without what the end of the line before left. Nothing is consumed. */
static inline struct cur crline(struct cur c, bool *whole)
{
	while (cur_left(&c) && (cur_peek(&c, 0) == '\n' || cur_peek(&c, 0) == '\r'))
		cur_skip(&c, 1);
	size_t n = 0;
	while (n < cur_left(&c) && cur_peek(&c, n) != '\r')
		n++;
	*whole = n < cur_left(&c);
	cur_limit(&c, n);
	return c;
}

#endif
