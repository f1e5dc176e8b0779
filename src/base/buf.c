#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){ .cap = cap, .size = 64 };
	b->data = xmalloc(b->size);
	b->data[0] = 0;
}

void buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	b->data[0] = 0;
}

char *buf_take(struct buf *b)
{
	char *s = b->data;
	*b = (struct buf){ 0 };
	return s;
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	if (n > b->cap - b->len) {
		n = b->cap - b->len;
		b->overflow = true;
	}
	if (b->len + n + 1 > b->size) {
		while (b->len + n + 1 > b->size)
			b->size *= 2;
		b->data = xrealloc(b->data, b->size);
	}
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = 0;
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	char stack[512], *s = stack;
	va_list ap;
	va_start(ap, format);
	int n = vsnprintf(stack, sizeof stack, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof stack) {
		s = xmalloc((size_t)n + 1);
		va_start(ap, format);
		vsnprintf(s, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	buf_add(b, s, (size_t)n);
	if (s != stack)
		free(s);
}

void buf_u8(struct buf *b, uint8_t v)
{
	buf_add(b, &v, 1);
}

void buf_le16(struct buf *b, uint16_t v)
{
	uint8_t x[2] = { (uint8_t)v, (uint8_t)(v >> 8) };
	buf_add(b, x, sizeof x);
}

void buf_le32(struct buf *b, uint32_t v)
{
	buf_le16(b, (uint16_t)v);
	buf_le16(b, (uint16_t)(v >> 16));
}

void buf_le64(struct buf *b, uint64_t v)
{
	buf_le32(b, (uint32_t)v);
	buf_le32(b, (uint32_t)(v >> 32));
}
