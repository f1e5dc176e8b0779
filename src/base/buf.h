/* A growing byte buffer with a cap. Past the cap it keeps what fits and says so. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data;      /* NUL-terminated behind len, never NULL after buf_init */
	size_t len;
	size_t size;
	size_t cap;      /* most bytes it may hold, without the NUL */
	bool overflow;   /* something did not fit */
};

void buf_init(struct buf *b, size_t cap);
void buf_done(struct buf *b);
void buf_reset(struct buf *b);
/* The text, which the caller now owns (free()); the buffer is done. */
char *buf_take(struct buf *b);

void buf_add(struct buf *b, const void *data, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Little-endian numbers and length-prefixed strings: the records on the pipe. */
void buf_u8(struct buf *b, uint8_t v);
void buf_le16(struct buf *b, uint16_t v);
void buf_le32(struct buf *b, uint32_t v);
void buf_le64(struct buf *b, uint64_t v);

#endif
