/*
 * Bounds-checked reading of untrusted bytes. Every byte from a capture, or from
 * the parsing child's pipe, is read through a cursor and nowhere else.
 *
 * The error is sticky: a read past the end gives zero, sets `bad`, and leaves
 * nothing to read, so that loops on cur_left() end. Check cur_ok() once, before
 * what was read is used. Never touch the fields outside this file.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cur {
	const uint8_t *p;
	const uint8_t *end;
	bool bad;
};

static inline struct cur cur_make(const void *data, size_t len)
{
	const uint8_t *p = data;
	return (struct cur){ .p = p, .end = p ? p + len : p, .bad = false };
}

static inline bool cur_ok(const struct cur *c)
{
	return !c->bad;
}

/* Bytes left to read; zero once the cursor is bad. */
static inline size_t cur_left(const struct cur *c)
{
	return c->bad ? 0 : (size_t)(c->end - c->p);
}

static inline void cur_fail(struct cur *c)
{
	c->bad = true;
}

/* True, and the cursor unharmed, when at least n bytes are left. */
static inline bool cur_has(const struct cur *c, size_t n)
{
	return cur_left(c) >= n;
}

/* Borrowed pointer to the next n bytes, which are consumed; NULL poisons. */
static inline const uint8_t *cur_bytes(struct cur *c, size_t n)
{
	if (cur_left(c) < n || c->bad) {
		c->bad = true;
		return NULL;
	}
	const uint8_t *p = c->p;
	c->p = n ? p + n : p;   /* an empty cursor may hold NULL, to which nothing may be added */
	return p;
}

static inline void cur_skip(struct cur *c, size_t n)
{
	(void)cur_bytes(c, n);
}

static inline uint8_t cur_u8(struct cur *c)
{
	const uint8_t *p = cur_bytes(c, 1);
	return p ? p[0] : 0;
}

static inline uint16_t cur_be16(struct cur *c)
{
	const uint8_t *p = cur_bytes(c, 2);
	return p ? (uint16_t)(((unsigned)p[0] << 8) | p[1]) : 0;
}

static inline uint16_t cur_le16(struct cur *c)
{
	const uint8_t *p = cur_bytes(c, 2);
	return p ? (uint16_t)(((unsigned)p[1] << 8) | p[0]) : 0;
}

static inline uint32_t cur_be24(struct cur *c)
{
	const uint8_t *p = cur_bytes(c, 3);
	return p ? ((uint32_t)p[0] << 16) | ((uint32_t)p[1] << 8) | p[2] : 0;
}

static inline uint32_t cur_be32(struct cur *c)
{
	const uint8_t *p = cur_bytes(c, 4);
	return p ? ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3] : 0;
}

static inline uint32_t cur_le32(struct cur *c)
{
	const uint8_t *p = cur_bytes(c, 4);
	return p ? ((uint32_t)p[3] << 24) | ((uint32_t)p[2] << 16) | ((uint32_t)p[1] << 8) | p[0] : 0;
}

static inline uint64_t cur_be64(struct cur *c)
{
	uint64_t hi = cur_be32(c);
	return (hi << 32) | cur_be32(c);
}

static inline uint64_t cur_le64(struct cur *c)
{
	uint64_t lo = cur_le32(c);
	return lo | ((uint64_t)cur_le32(c) << 32);
}

/* The byte at offset `at` from here, not consumed; zero, unharmed, past the end. */
static inline uint8_t cur_peek(const struct cur *c, size_t at)
{
	return cur_left(c) > at ? c->p[at] : 0;
}

static inline uint16_t cur_peek_be16(const struct cur *c, size_t at)
{
	return cur_left(c) >= at + 2 ? (uint16_t)(((unsigned)c->p[at] << 8) | c->p[at + 1]) : 0;
}

static inline uint16_t cur_peek_le16(const struct cur *c, size_t at)
{
	return cur_left(c) >= at + 2 ? (uint16_t)(((unsigned)c->p[at + 1] << 8) | c->p[at]) : 0;
}

/* Do the bytes here begin with these? Nothing is consumed. */
static inline bool cur_starts(const struct cur *c, const void *bytes, size_t n)
{
	return cur_left(c) >= n && memcmp(c->p, bytes, n) == 0;
}

/* A cursor over the next n bytes, which are consumed. Short: both are bad. */
static inline struct cur cur_sub(struct cur *c, size_t n)
{
	const uint8_t *p = cur_bytes(c, n);
	struct cur s = { .p = p, .end = p ? p + n : p, .bad = p == NULL };
	return s;
}

/* Keep only the first n bytes of what is left (fewer stay as they are). */
static inline void cur_limit(struct cur *c, size_t n)
{
	if (cur_left(c) > n)
		c->end = c->p + n;
}

/* Copy n bytes out; on a short read dst is zeroed. */
static inline void cur_copy(struct cur *c, void *dst, size_t n)
{
	const uint8_t *p = cur_bytes(c, n);
	if (p)
		memcpy(dst, p, n);
	else
		memset(dst, 0, n);
}

/*
 * A cursor over the text up to the next line end (LF or CRLF, neither included),
 * which is consumed. False, and nothing consumed, when no line end is left.
 */
static inline bool cur_line(struct cur *c, struct cur *line)
{
	size_t left = cur_left(c);
	const uint8_t *nl = left ? memchr(c->p, '\n', left) : NULL;
	if (!nl)
		return false;
	size_t n = (size_t)(nl - c->p);
	*line = cur_make(c->p, n > 0 && c->p[n - 1] == '\r' ? n - 1 : n);
	c->p = nl + 1;
	return true;
}

/* Borrowed pointer to what is left (cur_left() bytes), nothing consumed: for text_* and memcmp. */
static inline const uint8_t *cur_here(const struct cur *c)
{
	return c->bad ? c->end : c->p;
}

#endif
