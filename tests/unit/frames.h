/*
 * Hand-made frames for tests and fuzz seeds: each frame_…() appends one layer;
 * lengths of IP, UDP, PPPoE and 802.3 are filled in by frame_close().
 */
#ifndef TESTS_UNIT_FRAMES_H
#define TESTS_UNIT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { FRAME_MAX = 4096, FRAME_LENGTHS = 32 };

struct made {
	uint8_t b[FRAME_MAX];
	size_t n;
	/* places of two bytes that get the number of bytes behind `from` */
	struct { size_t at, from; } length[FRAME_LENGTHS];
	size_t lengths;
	uint16_t linktype;
};

static inline void frame_u8(struct made *m, unsigned v)
{
	if (m->n < FRAME_MAX)
		m->b[m->n++] = (uint8_t)v;
}

static inline void frame_be16(struct made *m, unsigned v)
{
	frame_u8(m, v >> 8);
	frame_u8(m, v);
}

static inline void frame_be32(struct made *m, uint32_t v)
{
	frame_be16(m, v >> 16);
	frame_be16(m, v & 0xffff);
}

static inline void frame_bytes(struct made *m, const void *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		frame_u8(m, ((const uint8_t *)data)[i]);
}

static inline void frame_text(struct made *m, const char *s)
{
	frame_bytes(m, s, strlen(s));
}

static inline void frame_length(struct made *m, size_t from)
{
	m->length[m->lengths].at = m->n;
	m->length[m->lengths++].from = from;
	frame_be16(m, 0);
}

static inline void frame_close(struct made *m)
{
	for (size_t i = 0; i < m->lengths; i++) {
		size_t v = m->n - m->length[i].from, at = m->length[i].at;
		m->b[at] = (uint8_t)(v >> 8);
		m->b[at + 1] = (uint8_t)v;
	}
	m->lengths = 0;
}

/* MACs 02:00:00:00:00:<host> */
static inline void frame_ethernet(struct made *m, unsigned dst, unsigned src, unsigned type)
{
	const uint8_t d[6] = { 2, 0, 0, 0, 0, (uint8_t)dst }, s[6] = { 2, 0, 0, 0, 0, (uint8_t)src };
	frame_bytes(m, d, 6);
	frame_bytes(m, s, 6);
	frame_be16(m, type);
}

/* The type above is 0 for this one. */
static inline void frame_llc(struct made *m, unsigned dsap, unsigned ssap, unsigned control)
{
	m->n -= 2;
	frame_length(m, m->n + 2);
	frame_u8(m, dsap);
	frame_u8(m, ssap);
	frame_u8(m, control);
}

static inline void frame_vlan(struct made *m, unsigned id, unsigned type)
{
	frame_be16(m, id);
	frame_be16(m, type);
}

/* 10.0.0.<src> to 10.0.0.<dst>; options: a multiple of four bytes of no-operation */
static inline void frame_ipv4_piece(struct made *m, unsigned src, unsigned dst, unsigned proto, size_t options,
				    unsigned id, unsigned place)
{
	size_t start = m->n;
	frame_u8(m, 0x45 + (unsigned)options / 4);
	frame_u8(m, 0);
	frame_length(m, start);
	frame_be16(m, id);
	frame_be16(m, place);
	frame_u8(m, 64);
	frame_u8(m, proto);
	frame_be16(m, 0);
	frame_be32(m, 0x0a000000 + src);
	frame_be32(m, 0x0a000000 + dst);
	while (options--)
		frame_u8(m, 1);
}

static inline void frame_ipv4(struct made *m, unsigned src, unsigned dst, unsigned proto)
{
	frame_ipv4_piece(m, src, dst, proto, 0, 0x1234, 0);
}

/* fd00::<src> to fd00::<dst> */
static inline void frame_ipv6(struct made *m, unsigned src, unsigned dst, unsigned next)
{
	size_t start = m->n;
	frame_be32(m, 0x60000000);
	frame_length(m, start + 40);
	frame_u8(m, next);
	frame_u8(m, 63);
	for (int i = 0; i < 2; i++) {
		frame_be32(m, 0xfd000000);
		frame_be32(m, 0);
		frame_be32(m, 0);
		frame_be32(m, i ? dst : src);
	}
}

/* An extension header of 8 + 8 * more bytes. */
static inline void frame_extension(struct made *m, unsigned next, size_t more)
{
	frame_u8(m, next);
	frame_u8(m, (unsigned)more);
	for (size_t i = 0; i < 6 + 8 * more; i++)
		frame_u8(m, 0);
}

static inline void frame_fragment6(struct made *m, unsigned next, unsigned place, uint32_t id)
{
	frame_u8(m, next);
	frame_u8(m, 0);
	frame_be16(m, place);
	frame_be32(m, id);
}

static inline void frame_tcp(struct made *m, unsigned sport, unsigned dport, unsigned flags, size_t options)
{
	frame_be16(m, sport);
	frame_be16(m, dport);
	frame_be32(m, 0x01020304);
	frame_be32(m, 0x05060708);
	frame_u8(m, (5 + (unsigned)options / 4) << 4);
	frame_u8(m, flags);
	frame_be16(m, 8192);
	frame_be32(m, 0);
	while (options--)
		frame_u8(m, 1);
}

static inline void frame_udp(struct made *m, unsigned sport, unsigned dport)
{
	size_t start = m->n;
	frame_be16(m, sport);
	frame_be16(m, dport);
	frame_length(m, start);
	frame_be16(m, 0);
}

static inline void frame_gre(struct made *m, unsigned flags, unsigned type)
{
	frame_be16(m, flags);
	frame_be16(m, type);
	if (flags & 0xc000)
		frame_be32(m, 0);
	if (flags & 0x2000)
		frame_be32(m, 0x00c0ffee);
	if (flags & 0x1000)
		frame_be32(m, 7);
}

static inline void frame_pppoe(struct made *m, unsigned proto)
{
	frame_u8(m, 0x11);
	frame_u8(m, 0);
	frame_be16(m, 42);
	frame_length(m, m->n + 2);
	frame_be16(m, proto);
}

#endif
