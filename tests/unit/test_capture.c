#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "capture/capture.h"

/* A file made of bytes, deleted already. */
static int file_of(const struct buf *b)
{
	char name[] = "/tmp/genba-test-XXXXXX";
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(write(fd, b->data, b->len), (ssize_t)b->len);
	return fd;
}

static void put16(struct buf *b, bool big, unsigned v)
{
	buf_u8(b, (uint8_t)(big ? v >> 8 : v));
	buf_u8(b, (uint8_t)(big ? v : v >> 8));
}

static void put32(struct buf *b, bool big, uint32_t v)
{
	put16(b, big, big ? v >> 16 : v & 0xffff);
	put16(b, big, big ? v & 0xffff : v >> 16);
}

static void pcap_header(struct buf *b, bool big, uint32_t magic, unsigned version, uint32_t linktype)
{
	put32(b, big, magic);
	put16(b, big, version);
	put16(b, big, 4);
	put32(b, big, 0);
	put32(b, big, 0);
	put32(b, big, 96);
	put32(b, big, linktype);
}

static void pcap_frame(struct buf *b, bool big, uint32_t fraction, uint32_t caplen, uint32_t wirelen)
{
	put32(b, big, 1000);
	put32(b, big, fraction);
	put32(b, big, caplen);
	put32(b, big, wirelen);
	for (uint32_t i = 0; i < caplen; i++)
		buf_u8(b, (uint8_t)(fraction + i));
}

static void block(struct buf *b, bool big, uint32_t type, const struct buf *body)
{
	uint32_t n = 12 + ((uint32_t)body->len + 3) / 4 * 4;
	put32(b, big, type);
	put32(b, big, n);
	buf_add(b, body->data, body->len);
	for (size_t i = body->len; i % 4; i++)
		buf_u8(b, 0);
	put32(b, big, n);
}

static void section(struct buf *b, bool big)
{
	struct buf body;
	buf_init(&body, 1000);
	put32(&body, big, 0x1a2b3c4d);
	put16(&body, big, 1);
	put16(&body, big, 0);
	put32(&body, big, 0xffffffff);
	put32(&body, big, 0xffffffff);
	block(b, big, 0x0a0d0d0a, &body);
	buf_done(&body);
}

static void interface(struct buf *b, bool big, unsigned linktype, uint32_t snaplen, int tsresol, int offset)
{
	struct buf body;
	buf_init(&body, 1000);
	put16(&body, big, linktype);
	put16(&body, big, 0);
	put32(&body, big, snaplen);
	put16(&body, big, 2);    /* a name, to be skipped */
	put16(&body, big, 3);
	buf_add(&body, "eth\0", 4);
	if (tsresol >= 0) {
		put16(&body, big, 9);
		put16(&body, big, 1);
		put32(&body, true, (uint32_t)tsresol << 24);
	}
	if (offset) {
		put16(&body, big, 14);
		put16(&body, big, 8);
		put32(&body, big, big ? 0 : (uint32_t)offset);
		put32(&body, big, big ? (uint32_t)offset : 0);
	}
	put32(&body, big, 0);
	block(b, big, 1, &body);
	buf_done(&body);
}

static void enhanced(struct buf *b, bool big, uint32_t index, uint64_t ticks, uint32_t caplen, uint32_t wirelen)
{
	struct buf body;
	buf_init(&body, 100000);
	put32(&body, big, index);
	put32(&body, big, (uint32_t)(ticks >> 32));
	put32(&body, big, (uint32_t)ticks);
	put32(&body, big, caplen);
	put32(&body, big, wirelen);
	for (uint32_t i = 0; i < caplen; i++)
		buf_u8(&body, (uint8_t)i);
	block(b, big, 6, &body);
	buf_done(&body);
}

static struct err e;

/* One capture at a time: the descriptor of the one before is closed. */
static struct capture *open_buf(const struct buf *b, const char *filter)
{
	static int fd = -1;
	if (fd >= 0)
		close(fd);
	fd = file_of(b);
	return capture_open(fd, "a.pcap", 3, filter, &e);
}

static void expect(struct capture *c, enum capture_result result)
{
	struct frame f;
	assert_int_equal(capture_next(c, &f, &e), result);
	assert_int_equal(capture_next(c, &f, &e), result);
}

static void expect_broken(struct capture *c, const char *text)
{
	expect(c, CAPTURE_BROKEN);
	assert_string_equal(e.text, text);
}

static void pcap_in_both_orders_and_resolutions(void **state)
{
	(void)state;
	static const struct { uint32_t magic; int64_t unit; size_t more; } kinds[] = {
		{ 0xa1b2c3d4, 1000, 0 }, { 0xa1b23c4d, 1, 0 }, { 0xa1b2cd34, 1000, 8 },
	};
	for (int i = 0; i < 6; i++) {
		bool big = i & 1;
		struct buf b;
		struct frame f;
		buf_init(&b, 10000);
		pcap_header(&b, big, kinds[i / 2].magic, 2, 113);
		for (uint32_t k = 0; k < 3; k++) {
			put32(&b, big, 1000);
			put32(&b, big, k + 5);
			put32(&b, big, k * 10);
			put32(&b, big, 100);
			for (size_t n = 0; n < kinds[i / 2].more + k * 10; n++)
				buf_u8(&b, (uint8_t)k);
		}
		struct capture *c = open_buf(&b, NULL);
		assert_non_null(c);
		for (uint32_t k = 0; k < 3; k++) {
			assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
			assert_int_equal(f.ts, INT64_C(1000000000000) + (k + 5) * kinds[i / 2].unit);
			assert_int_equal(f.number, k + 1);
			assert_int_equal(f.file, 3);
			assert_int_equal(f.linktype, 113);
			assert_int_equal(f.caplen, k * 10);
			assert_int_equal(f.wirelen, 100);
			for (uint32_t n = 0; n < f.caplen; n++)
				assert_int_equal(f.data[n], k);
		}
		expect(c, CAPTURE_END);
		assert_int_equal(capture_snaplen(c), 96);
		assert_int_equal(capture_position(c), b.len);
		capture_close(c);
		buf_done(&b);
	}
}

static void pcapng_with_sections_and_interfaces(void **state)
{
	(void)state;
	struct buf b, other;
	struct frame f;
	buf_init(&b, 100000);
	buf_init(&other, 100);
	for (int i = 0; i < 2; i++) {
		bool big = i;
		section(&b, big);
		interface(&b, big, 1, 65535, -1, 0);
		interface(&b, big, 113, 128, 9, 100);
		interface(&b, big, 101, 0, 0x80 + 10, 0);
		interface(&b, big, 1, 0, 12, 0);
		buf_reset(&other);
		buf_puts(&other, "a name or a statistic");
		block(&b, big, 5, &other);
		enhanced(&b, big, 0, 5000007, 21, 21);
		enhanced(&b, big, 1, UINT64_C(5000000007), 22, 222);
		enhanced(&b, big, 2, 1024 * 5 + 512, 23, 23);
		enhanced(&b, big, 3, UINT64_C(5000000007000), 24, 24);
		buf_reset(&other);
		put32(&other, big, 3);
		buf_add(&other, "abc\0", 4);
		block(&b, big, 3, &other);
		buf_reset(&other);
		put16(&other, big, 1);
		put16(&other, big, 0);
		put32(&other, big, 0);
		put32(&other, big, 9);
		put32(&other, big, 1);
		put32(&other, big, 1);
		buf_add(&other, "x\0\0\0", 4);
		block(&b, big, 2, &other);
	}
	static const struct { int64_t ts; uint32_t caplen, wirelen; uint16_t linktype; } want[] = {
		{ 5000007000, 21, 21, 1 }, { 105000000007, 22, 222, 113 }, { 5500000000, 23, 23, 101 },
		{ 5000000007, 24, 24, 1 }, { 5000000007, 3, 3, 1 }, { 100000000009, 1, 1, 113 },
	};
	struct capture *c = open_buf(&b, NULL);
	assert_non_null(c);
	for (uint32_t i = 0; i < 12; i++) {
		assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
		assert_int_equal(f.number, i + 1);
		assert_int_equal(f.ts, want[i % 6].ts);
		assert_int_equal(f.caplen, want[i % 6].caplen);
		assert_int_equal(f.wirelen, want[i % 6].wirelen);
		assert_int_equal(f.linktype, want[i % 6].linktype);
	}
	expect(c, CAPTURE_END);
	assert_int_equal(capture_snaplen(c), 65535);
	capture_close(c);

	/* cut anywhere: all whole frames, then it says so */
	for (size_t n = 28; n < b.len; n++) {
		struct buf part;
		buf_init(&part, 100000);
		buf_add(&part, b.data, n);
		c = open_buf(&part, NULL);
		assert_non_null(c);
		uint32_t frames = 0;
		enum capture_result result;
		while ((result = capture_next(c, &f, &e)) == CAPTURE_FRAME)
			assert_int_equal(f.number, ++frames);
		if (result == CAPTURE_BROKEN)
			assert_true(strstr(e.text, "a.pcap: cut off ") != NULL);
		capture_close(c);
		buf_done(&part);
	}
	buf_done(&b);
	buf_done(&other);
}

static void a_cut_file_gives_what_is_there(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 10000);
	pcap_header(&b, false, 0xa1b2c3d4, 2, 1);
	pcap_frame(&b, false, 1, 60, 60);
	pcap_frame(&b, false, 2, 60, 60);
	size_t whole = b.len;
	pcap_frame(&b, false, 3, 60, 60);
	for (size_t n = whole; n < b.len; n++) {
		struct buf part;
		struct frame f;
		buf_init(&part, 10000);
		buf_add(&part, b.data, n);
		struct capture *c = open_buf(&part, NULL);
		assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
		assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
		if (n == whole)
			expect(c, CAPTURE_END);
		else
			expect_broken(c, "a.pcap: cut off in the middle of frame 3");
		capture_close(c);
		buf_done(&part);
	}
	buf_done(&b);
}

static void damage_is_named(void **state)
{
	(void)state;
	struct buf b;
	struct frame f;
	buf_init(&b, 10000);
	pcap_header(&b, true, 0xa1b2c3d4, 2, 1);
	pcap_frame(&b, true, 1, 60, 60);
	put32(&b, true, 1000);
	put32(&b, true, 0);
	put32(&b, true, 0xffffffff);
	put32(&b, true, 60);
	struct capture *c = open_buf(&b, NULL);
	assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
	expect_broken(c, "a.pcap: frame 2: length 4294967295 is impossible; the file is damaged here");
	capture_close(c);

	buf_reset(&b);
	section(&b, false);
	interface(&b, false, 1, 0, -1, 0);
	enhanced(&b, false, 0, 1, 60, 60);
	size_t before = b.len;
	enhanced(&b, false, 7, 1, 60, 60);
	c = open_buf(&b, NULL);
	assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
	expect_broken(c, "a.pcap: frame 2: the file does not describe its interface 7");
	capture_close(c);

	b.data[before + 4] = 13;    /* no multiple of four */
	c = open_buf(&b, NULL);
	assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
	expect_broken(c, "a.pcap: frame 2: length 13 is impossible; the file is damaged here");
	capture_close(c);
	buf_done(&b);
}

static void what_is_no_capture_is_refused(void **state)
{
	(void)state;
	static const struct { const char *bytes; size_t n; const char *text; } kinds[] = {
		{ "", 0, "a.pcap: is empty" },
		{ "ab", 2, "a.pcap: is not a capture file: it ends after 2 bytes" },
		{ "\xd4\xc3\xb2\xa1\2\0\4\0", 8, "a.pcap: is not a capture file: it ends after 8 bytes" },
		{ "Dear Sir or Madam", 17, "a.pcap: is not a capture file: neither pcap nor pcapng" },
		{ "\x28\xb5\x2f\xfd....", 8, "a.pcap: is compressed with zstd: unpack it first (zstd -d)" },
		{ "\x1f\x8b\x08\0", 4, "a.pcap: the compressed file is cut off" },
	};
	struct buf b;
	buf_init(&b, 10000);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		buf_reset(&b);
		buf_add(&b, kinds[i].bytes, kinds[i].n);
		assert_null(open_buf(&b, NULL));
		assert_string_equal(e.text, kinds[i].text);
	}
	buf_reset(&b);
	pcap_header(&b, false, 0xa1b2c3d4, 3, 1);
	assert_null(open_buf(&b, NULL));
	assert_string_equal(e.text, "a.pcap: is a pcap file of version 3.4; only 2.x can be read");
	buf_done(&b);
	int fd = open("/", O_RDONLY | O_DIRECTORY);
	assert_null(capture_open(fd, "/", 0, NULL, &e));
	assert_string_equal(e.text, "/: is a folder, not a capture file");
	close(fd);
}

static void an_empty_capture_ends_at_once(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	pcap_header(&b, false, 0xa1b2c3d4, 2, 1);
	struct capture *c = open_buf(&b, NULL);
	expect(c, CAPTURE_END);
	capture_close(c);
	buf_reset(&b);
	section(&b, true);
	c = open_buf(&b, NULL);
	expect(c, CAPTURE_END);
	capture_close(c);
	buf_done(&b);
}

/* Frames of all sizes over several batches, one of them larger than a batch. */
static void big_file(struct buf *b, uint32_t frames)
{
	pcap_header(b, false, 0xa1b2c3d4, 2, 1);
	for (uint32_t i = 0; i < frames; i++)
		pcap_frame(b, false, i, i == 1000 ? 1 << 20 : i % 1600, 1 << 20);
}

static void expect_big(struct capture *c, uint32_t frames)
{
	struct frame f;
	for (uint32_t i = 0; i < frames; i++) {
		assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
		assert_int_equal(f.number, i + 1);
		assert_int_equal(f.caplen, i == 1000 ? 1 << 20 : i % 1600);
		for (uint32_t k = 0; k < f.caplen; k++)
			if (f.data[k] != (uint8_t)(i + k))
				fail_msg("frame %u is not what was written", i + 1);
	}
	expect(c, CAPTURE_END);
}

static void many_batches_are_read_in_order(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 20 << 20);
	big_file(&b, 5000);
	assert_false(b.overflow);
	struct capture *c = open_buf(&b, NULL);
	expect_big(c, 5000);
	assert_int_equal(capture_position(c), b.len);
	capture_close(c);
	/* closed before its end */
	struct frame f;
	for (uint32_t n = 0; n < 2000; n += 499) {
		c = open_buf(&b, NULL);
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
		capture_close(c);
	}
	buf_done(&b);
}

static void pack(struct buf *to, const char *data, size_t n)
{
	z_stream z = { 0 };
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&z, n);
	unsigned char *out = malloc(room);
	char *in = malloc(n + 1);
	memcpy(in, data, n);
	z.next_in = (unsigned char *)in;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_add(to, out, z.total_out);
	deflateEnd(&z);
	free(out);
	free(in);
}

static void gzip_with_several_members(void **state)
{
	(void)state;
	struct buf b, packed;
	struct frame f;
	buf_init(&b, 20 << 20);
	buf_init(&packed, 20 << 20);
	big_file(&b, 3000);
	/* members of all sizes, so that one ends at every place of a chunk sooner or later */
	for (size_t at = 0, n = 1; at < b.len; at += n, n = n * 3 + 1) {
		if (n > b.len - at)
			n = b.len - at;
		pack(&packed, b.data + at, n);
	}
	struct capture *c = open_buf(&packed, NULL);
	assert_non_null(c);
	expect_big(c, 3000);
	assert_int_equal(capture_position(c), packed.len);
	capture_close(c);

	packed.len /= 2;
	c = open_buf(&packed, NULL);
	enum capture_result result;
	uint32_t n = 0;
	while ((result = capture_next(c, &f, &e)) == CAPTURE_FRAME)
		n++;
	assert_int_equal(result, CAPTURE_BROKEN);
	assert_true(n > 100);
	assert_string_equal(e.text, "a.pcap: the compressed file is cut off");
	capture_close(c);
	buf_done(&b);
	buf_done(&packed);
}

static void filters_apply_after_numbering(void **state)
{
	(void)state;
	struct buf b;
	struct frame f;
	buf_init(&b, 1 << 20);
	section(&b, false);
	interface(&b, false, 1, 0, -1, 0);
	interface(&b, false, 165, 0, -1, 0);
	for (uint32_t i = 0; i < 10; i++)
		enhanced(&b, false, i == 8, i, 60 + i, 60 + i);
	struct capture *c = open_buf(&b, "greater 68");
	assert_non_null(c);
	assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
	if (f.number == 9)    /* whether a filter on lengths fits BACnet MS/TP is libpcap's business */
		assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
	assert_int_equal(f.number, 10);
	expect(c, CAPTURE_END);
	capture_close(c);
	assert_null(open_buf(&b, "port and"));
	assert_true(strncmp(e.text, "filter \"port and\": ", 19) == 0);
	buf_done(&b);
}

static void a_pipe_is_read_too(void **state)
{
	(void)state;
	struct buf b;
	struct frame f;
	int ends[2];
	buf_init(&b, 10000);
	pcap_header(&b, false, 0xa1b2c3d4, 2, 1);
	pcap_frame(&b, false, 1, 60, 60);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], b.data, b.len), (ssize_t)b.len);
	close(ends[1]);
	struct capture *c = capture_open(ends[0], "-", 0, NULL, &e);
	assert_non_null(c);
	assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
	expect(c, CAPTURE_END);
	capture_close(c);
	close(ends[0]);
	buf_done(&b);
}

static void digest_and_first_time(void **state)
{
	(void)state;
	struct buf b;
	char one[65], two[65];
	int64_t ts;
	buf_init(&b, 20 << 20);
	big_file(&b, 5000);
	int fd = file_of(&b);
	assert_true(capture_digest(fd, one, &e));
	assert_true(capture_first_time(fd, &ts, &e));
	assert_int_equal(ts, INT64_C(1000000000000));
	assert_true(capture_digest(fd, two, &e));
	assert_string_equal(one, two);
	assert_int_equal(strlen(one), 64);
	assert_int_equal(pwrite(fd, "x", 1, (off_t)b.len - 1), 1);
	assert_true(capture_digest(fd, two, &e));
	assert_string_not_equal(one, two);
	close(fd);

	buf_reset(&b);
	fd = file_of(&b);
	assert_true(capture_digest(fd, one, &e));
	/* printf '\0\0\0\0\0\0\0\0' | sha256sum */
	assert_string_equal(one, "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc");
	assert_false(capture_first_time(fd, &ts, &e));
	assert_string_equal(e.text, "is empty");
	close(fd);

	pcap_header(&b, false, 0xa1b2c3d4, 2, 1);
	fd = file_of(&b);
	assert_true(capture_first_time(fd, &ts, &e));
	assert_true(ts == INT64_MAX);
	close(fd);
	buf_done(&b);
}

/* Raw IPv4 with UDP, whole or in two pieces: over enough batches that the thread works ahead of us. */
static void the_reading_thread_decodes_all_but_fragments(void **state)
{
	(void)state;
	enum { FRAMES = 40000, IP = 20, UDP = 8, DATA = 24 };
	struct buf b;
	struct frame f;
	struct packet again;
	buf_init(&b, 4000000);
	pcap_header(&b, false, 0xa1b2c3d4, 2, 101);
	for (uint32_t k = 0; k < FRAMES; k++) {
		uint16_t place = k % 10 == 8 ? 0x2000 : k % 10 == 9 ? (UDP + DATA) / 8 : 0;
		uint32_t length = IP + (k % 10 == 9 ? 0 : UDP) + DATA;
		put32(&b, false, 1000 + k / 100);
		put32(&b, false, k % 100);
		put32(&b, false, length);
		put32(&b, false, length);
		const uint32_t head[] = { 0x45000000 | length, (k / 10 + 1) << 16 | place, 0x40110000, 0x0a000001, 0x0a000002 };
		for (size_t i = 0; i < sizeof head / sizeof *head; i++)
			put32(&b, true, head[i]);
		if (k % 10 != 9) {
			put32(&b, true, (k & 0xffff) << 16 | 47808);
			put32(&b, true, (uint32_t)(UDP + (place ? 2 : 1) * DATA) << 16);
		}
		for (size_t i = 0; i < DATA; i++)
			buf_u8(&b, (uint8_t)k);
	}
	int fd = file_of(&b);
	struct decode *ahead = decode_new(), *d = decode_new();
	decode_leave_fragments(ahead);
	struct capture *c = capture_open_decoding(fd, "a.pcap", 3, NULL, ahead, &e);
	assert_non_null(c);
	for (uint32_t k = 0; k < FRAMES; k++) {
		enum decode_result result;
		assert_int_equal(capture_next(c, &f, &e), CAPTURE_FRAME);
		const struct packet *p = capture_packet(c, &result);
		if (k % 10 < 8) {
			assert_int_equal(result, DECODE_OK);
			assert_int_equal(p->frame, k + 1);
			assert_int_equal(p->file, 3);
			assert_int_equal(p->ts, f.ts);
			assert_int_equal(p->sport, k & 0xffff);
			assert_int_equal(cur_left(&p->payload), DATA);
			assert_int_equal(cur_peek(&p->payload, DATA - 1), k & 0xff);
			continue;
		}
		assert_int_equal(result, DECODE_LATER);
		assert_int_equal(decode_frame(d, &f, &again), k % 10 == 8 ? DECODE_HELD : DECODE_OK);
		if (k % 10 == 9) {
			assert_true(again.reassembled);
			assert_int_equal(cur_left(&again.payload), 2 * DATA);
		}
	}
	expect(c, CAPTURE_END);
	capture_close(c);
	assert_int_equal(decode_lost_fragments(ahead), 0);
	assert_int_equal(decode_lost_fragments(d), 0);
	decode_free(ahead);
	decode_free(d);
	close(fd);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_in_both_orders_and_resolutions),
		cmocka_unit_test(pcapng_with_sections_and_interfaces),
		cmocka_unit_test(a_cut_file_gives_what_is_there),
		cmocka_unit_test(damage_is_named),
		cmocka_unit_test(what_is_no_capture_is_refused),
		cmocka_unit_test(an_empty_capture_ends_at_once),
		cmocka_unit_test(many_batches_are_read_in_order),
		cmocka_unit_test(gzip_with_several_members),
		cmocka_unit_test(filters_apply_after_numbering),
		cmocka_unit_test(a_pipe_is_read_too),
		cmocka_unit_test(digest_and_first_time),
		cmocka_unit_test(the_reading_thread_decodes_all_but_fragments),
	};
	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
