/* Writes capture files of hand-made frames, PREFIX followed by a number: what fuzzing starts from. */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/kinds.h"
#include "base/buf.h"
#include "base/err.h"

enum { FILE_MAX = 1 << 16 };

static void words(struct buf *b, const uint32_t *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_le32(b, w[i]);
}
#define WORDS(b, ...) words(b, (const uint32_t[]){ __VA_ARGS__ }, sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static void pcap_header(struct buf *b, uint32_t linktype)
{
	WORDS(b, 0xa1b2c3d4, 0x00040002, 0, 0, 65535, linktype);
}

static void pcap_frame(struct buf *b, struct made *m)
{
	frame_close(m);
	WORDS(b, 1000, (uint32_t)b->len, (uint32_t)m->n, (uint32_t)m->n);
	buf_add(b, m->b, m->n);
}

static void fragments(struct buf *b)
{
	pcap_header(b, 1);
	for (unsigned i = 0; i < 3; i++) {
		struct made m = { 0 };
		frame_ethernet(&m, 2, 1, 0x0800);
		frame_ipv4_piece(&m, 1, 2, 17, 0, 9, (i < 2 ? 0x2000 : 0) | i * 2);
		if (i == 0)
			frame_bytes(&m, "\4\127\10\256\0\60\0\0" "12345678", 16);
		else
			frame_text(&m, "0123456789abcdef");
		pcap_frame(b, &m);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct made m = { 0 };
		frame_ethernet(&m, 2, 1, 0x86dd);
		frame_ipv6(&m, 1, 2, 60);
		frame_extension(&m, 44, 0);
		frame_fragment6(&m, 17, i ? 8 : 1, 5);
		frame_text(&m, "\4\127\10\256xxxx");
		pcap_frame(b, &m);
	}
}

/* A section, an interface with options, each kind of block that holds a frame. */
static void pcapng(struct buf *b)
{
	WORDS(b, 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28);
	WORDS(b, 1, 44, 1, 65535, 0x00010009, 9, 0x0008000e, 100, 0, 0, 44);
	WORDS(b, 6, 36, 0, 0, 1000, 4, 60, 0x01020304, 36);
	WORDS(b, 3, 20, 4, 0x01020304, 20);
	WORDS(b, 2, 36, 0, 0, 1000, 4, 60, 0x01020304, 36);
}

static bool make(size_t n, struct buf *b)
{
	if (n < sizeof kinds / sizeof kinds[0]) {
		struct made m = { .linktype = 1 };
		kinds[n].make(&m);
		pcap_header(b, m.linktype);
		pcap_frame(b, &m);
		return true;
	}
	switch (n - sizeof kinds / sizeof kinds[0]) {
	case 0:
		fragments(b);
		return true;
	case 1:
		pcapng(b);
		return true;
	case 2:    /* gzip: an empty file, the check sum cut off */
		WORDS(b, 0x00088b1f, 0, 0x00030000);
		return true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	struct buf b;
	if (argc != 2) {
		fprintf(stderr, "usage: %s PREFIX\n", argv[0]);
		return 64;
	}
	buf_init(&b, FILE_MAX);
	for (size_t n = 0; buf_reset(&b), make(n, &b); n++) {
		char *name = xasprintf("%s%02zu", argv[1], n);
		FILE *f = fopen(name, "wb");
		if (!f || fwrite(b.data, 1, b.len, f) != b.len || fclose(f) != 0) {
			perror(name);
			return 1;
		}
		free(name);
	}
	buf_done(&b);
	return 0;
}
