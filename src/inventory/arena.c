/* Memory that is given back at once. */
#include "inventory/resolve.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

enum { CHUNK = 64 * 1024 };

struct chunk {
	struct chunk *next;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct chunk *chunks;
	size_t left;             /* bytes free at the end of the first chunk … */
	unsigned char *at;       /* … from here */
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct chunk *c = a->chunks; c;) {
		struct chunk *next = c->next;
		free(c);
		c = next;
	}
	free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	n = (n + align - 1) / align * align;
	if (n > a->left) {
		size_t size = n > CHUNK / 4 ? n : CHUNK;
		struct chunk *c = xcalloc(1, sizeof *c + size);
		if (n > CHUNK / 4 && a->chunks) { /* a big piece of its own; the open chunk stays open */
			c->next = a->chunks->next;
			a->chunks->next = c;
			return c->data;
		}
		c->next = a->chunks;
		a->chunks = c;
		a->at = c->data;
		a->left = size;
	}
	void *p = a->at;
	a->at += n;
	a->left -= n;
	return p;
}

char *arena_text(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;
	return memcpy(arena_alloc(a, n), s, n);
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *out = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
	if (n > 0)
		vsnprintf(out, (size_t)n + 1, format, again);
	va_end(again);
	return out;
}
