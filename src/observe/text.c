/* Texts of the tables: one copy of each, within caps. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "observe/tables.h"

enum {
	TEXT_CHUNK = 64 * 1024,
	TEXT_CHUNKS = 512,       /* 32 MiB */
	TEXTS = 512 * 1024,
	TEXT_CHUNKS_OWN = 16,    /* and so much more for our own terms, which no flood of names may push out */
	TEXTS_OWN = 4096,
};

static void pool_rehash(struct string_pool *p)
{
	uint32_t room = p->room ? p->room * 2 : 256;
	char **slots = xcalloc(room, sizeof *slots);
	for (uint32_t i = 0; i < p->room; i++) {
		if (!p->slots[i])
			continue;
		uint32_t at = (uint32_t)hash_bytes(p->slots[i], strlen(p->slots[i]), p->seed) & (room - 1);
		while (slots[at])
			at = (at + 1) & (room - 1);
		slots[at] = p->slots[i];
	}
	free(p->slots);
	p->slots = slots;
	p->room = room;
}

/* Where this text is, or where it would go. */
static char **text_slot(struct string_pool *p, const char *s, size_t n)
{
	if (p->n * 2 >= p->room)
		pool_rehash(p);
	uint32_t at = (uint32_t)hash_bytes(s, n, p->seed) & (p->room - 1);
	for (; p->slots[at]; at = (at + 1) & (p->room - 1))
		if (strncmp(p->slots[at], s, n) == 0 && p->slots[at][n] == 0)
			break;
	return &p->slots[at];
}

/* Bytes of it that are kept: no half character at the end. */
static size_t text_cut(const char *s, size_t n)
{
	if (n <= OBS_TEXT)
		return n;
	n = OBS_TEXT;
	while (n && ((uint8_t)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* own: a term of ours, for which room is kept. */
static const char *intern_text(struct observe *o, const char *s, size_t n, bool own)
{
	struct string_pool *p = &o->pool;
	if (!s || n == 0)
		return "";
	n = text_cut(s, n);
	char **slot = text_slot(p, s, n);
	const char *known = *slot;
	if (known)
		return known;
	uint32_t texts = TEXTS + (own ? TEXTS_OWN : 0);
	size_t chunks = TEXT_CHUNKS + (own ? TEXT_CHUNKS_OWN : 0);
	bool full = p->used + n + 1 > p->size;
	if (p->n >= texts || p->n_chunks + full > chunks) {
		observe_count(o, COUNT_DROPPED_TEXT, 1);
		return "";
	}
	if (full) {
		p->chunks = xrealloc(p->chunks, (p->n_chunks + 1) * sizeof *p->chunks);
		p->chunk = p->chunks[p->n_chunks++] = xmalloc(TEXT_CHUNK);
		p->used = 0;
		p->size = TEXT_CHUNK;
	}
	char *copy = p->chunk + p->used;
	memcpy(copy, s, n);
	copy[n] = 0;
	p->used += n + 1;
	p->n++;
	return *slot = copy;
}

const char *observe_intern(struct observe *o, const char *s, size_t n)
{
	return intern_text(o, s, n, true);
}

const char *observe_intern_own(struct observe *o, const char *s)
{
	return s ? intern_text(o, s, strlen(s), true) : "";
}

const char *observe_intern_wire(struct observe *o, const char *s)
{
	return s ? intern_text(o, s, strlen(s), false) : "";
}

const char *observe_known(struct observe *o, const char *s)
{
	return *text_slot(&o->pool, s, text_cut(s, strlen(s)));
}

void observe_texts_done(struct observe *o)
{
	struct string_pool *p = &o->pool;
	for (size_t i = 0; i < p->n_chunks; i++)
		free(p->chunks[i]);
	free(p->chunks);
	free(p->slots);
}
