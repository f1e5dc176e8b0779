/* A name that a request carries (a file, a job), kept until its operation is told. */
#ifndef DISSECT_KEPT_NAME_H
#define DISSECT_KEPT_NAME_H

#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

/* Keeps the text; the number to find it again, for a request's extra. 0 for no text. */
static inline uint32_t name_keep(struct dissect *d, const void *bytes, size_t n)
{
	char text[DISSECT_MEMORY];
	uint32_t hash = 2166136261u;
	if (!text_wire(bytes, n, text, sizeof text))
		return 0;
	for (const char *s = text; *s; s++)
		hash = (hash ^ (uint8_t)*s) * 16777619u;
	snprintf(dissect_memory(d, hash | 1), DISSECT_MEMORY, "%s", text);
	return hash | 1;
}

static inline void name_describe(const struct dissect_request *r, char *out, size_t size)
{
	const char *name = r->extra ? dissect_request_recall(r, r->extra) : NULL;
	snprintf(out, size, "%s", name ? name : "");
}

#endif
