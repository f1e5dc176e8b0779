/*
 * A large capture out of small ones: many copies of the same plants, each with
 * addresses of its own, so that no copy looks like a retransmission of another.
 *
 *     scale [-n FRAMES] [-l LINES] [-p PLANTS] -o OUT FILE...
 *
 * The files are laid over each other as if recorded at once, pauses longer than
 * PAUSE cut to that. LINES copies run side by side, frame by frame, then the next
 * LINES, until FRAMES are written. IPv4 unicast, IPv6 unicast and MAC addresses
 * (in ARP too) move; checksums and what protocols say inside do not. Frames
 * without Ethernet (loopback, raw IP) get a header; other link types are left out.
 *
 * With -p there are only so many plants, which go on: a copy beyond them repeats
 * the addresses of an earlier one, and its TCP streams continue where that one's
 * ended, as those of a plant do that polls all day.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "capture/capture.h"

#define SECOND INT64_C(1000000000)
#define PAUSE SECOND
#define START (INT64_C(1715558400) * SECOND)

enum { ETHERNET = 14, FRAME_MAX = 262144, SUBNETS = 65536 };
enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW_12 = 12, LINK_RAW = 101, LINK_IPV4 = 228 };

struct kept {
	int64_t ts;              /* from the start of its file */
	uint32_t order;          /* as read: makes sorting stable */
	uint32_t length, wire;
	uint8_t *bytes;
};

static struct kept *frames;
static size_t n_frames, room;
static uint32_t subnet[SUBNETS];   /* private /24s of all files, in order of appearance */
static uint32_t n_subnets;

/* One direction of a TCP connection: what its sequence numbers cover in the files. */
struct way {
	uint8_t key[12];         /* addresses and ports as they stand in the packet; IPv4 only */
	uint32_t first, span;
	bool used;
};

enum { WAYS = 65536 };

static struct way ways[WAYS];
static uint32_t n_ways;

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "scale: %s: %s\n", what, why);
	exit(2);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static bool private_address(uint32_t a)
{
	return a >> 24 == 10 || a >> 24 == 127 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe;
}

/* Every private /24 of every copy becomes one of 10.0.0.0/8; others move inside their first number. */
static void move_ipv4(uint8_t *p, uint32_t copy)
{
	uint32_t a = get32(p), i = 0;
	if (a == 0 || a >> 28 >= 14)
		return;
	if (!private_address(a)) {
		put32(p, (a & 0xff0000ff) | ((a + (copy << 8)) & 0x00ffff00));
		return;
	}
	while (i < n_subnets && subnet[i] != a >> 8)
		i++;
	if (i == n_subnets && n_subnets < SUBNETS)
		subnet[n_subnets++] = a >> 8;
	put32(p, 10u << 24 | ((copy * n_subnets + i) & 0xffff) << 8 | (a & 0xff));
}

static void move_ipv6(uint8_t *p, uint32_t copy)
{
	if (p[0] == 0xff)
		return;
	p[12] = (uint8_t)(p[12] ^ copy >> 8);
	p[13] = (uint8_t)(p[13] ^ copy);
}

static void move_mac(uint8_t *p, uint32_t copy)
{
	if (p[0] & 1)
		return;
	p[3] = (uint8_t)(p[3] ^ copy >> 8);
	p[4] = (uint8_t)(p[4] ^ copy);
}

/* Where the payload of Ethernet begins, and what it is; 0 when nothing is there. */
static size_t behind_ethernet(const uint8_t *p, size_t n, unsigned *type)
{
	size_t at = 12;
	if (n < ETHERNET)
		return 0;
	while ((*type = (unsigned)p[at] << 8 | p[at + 1]) == 0x8100 || *type == 0x88a8) {
		if (n < at + 6)
			return 0;
		at += 4;
	}
	return at + 2;
}

static struct way *way_of(const uint8_t key[12])
{
	uint32_t i = 2166136261u;
	for (int k = 0; k < 12; k++)
		i = (i ^ key[k]) * 16777619u;
	for (i %= WAYS; ways[i].used && memcmp(ways[i].key, key, 12) != 0; i = (i + 1) % WAYS)
		;
	return &ways[i];
}

/* The TCP header of an unmoved IPv4 frame, its keys there and back, and its payload; NULL for other frames. */
static uint8_t *tcp_of(uint8_t *p, size_t n, uint8_t there[12], uint8_t back[12], uint32_t *payload)
{
	unsigned type;
	size_t at = behind_ethernet(p, n, &type);
	if (!at || type != 0x0800 || n < at + 20 || p[at + 9] != 6 || (p[at + 6] & 0x3f) || p[at + 7])
		return NULL;
	size_t ip = (p[at] & 15u) * 4, total = (size_t)p[at + 2] << 8 | p[at + 3];
	uint8_t *tcp = p + at + ip;
	if (ip < 20 || n < at + ip + 20)
		return NULL;
	size_t headers = ip + (tcp[12] >> 4) * 4u;
	*payload = total > headers ? (uint32_t)(total - headers) : 0;
	memcpy(there, p + at + 12, 8);
	memcpy(there + 8, tcp, 4);
	memcpy(back, there + 4, 4);
	memcpy(back + 4, there, 4);
	memcpy(back + 8, there + 10, 2);
	memcpy(back + 10, there + 8, 2);
	return tcp;
}

static void learn_tcp(uint8_t *p, size_t n)
{
	uint8_t there[12], back[12];
	uint32_t payload;
	uint8_t *tcp = tcp_of(p, n, there, back, &payload);
	if (!tcp || n_ways == WAYS / 2)
		return;
	struct way *w = way_of(there);
	uint32_t seq = get32(tcp + 4), end = seq + payload;
	if (!w->used) {
		*w = (struct way){ .first = seq, .used = true };
		memcpy(w->key, there, 12);
		n_ways++;
	}
	/* what lies far away, or before the start, is not of this stream */
	if (end - w->first < 1u << 30 && end - w->first > w->span)
		w->span = end - w->first;
}

static void continue_tcp(uint8_t *p, size_t n, uint32_t round)
{
	uint8_t there[12], back[12];
	uint32_t payload;
	uint8_t *tcp = round ? tcp_of(p, n, there, back, &payload) : NULL;
	if (!tcp)
		return;
	put32(tcp + 4, get32(tcp + 4) + round * way_of(there)->span);
	put32(tcp + 8, get32(tcp + 8) + round * way_of(back)->span);
}

static void move(uint8_t *p, size_t n, uint32_t copy)
{
	unsigned type;
	size_t at = behind_ethernet(p, n, &type);
	if (!at)
		return;
	move_mac(p, copy);
	move_mac(p + 6, copy);
	if (type == 0x0800 && n >= at + 20) {
		move_ipv4(p + at + 12, copy);
		move_ipv4(p + at + 16, copy);
	} else if (type == 0x0806 && n >= at + 28 && p[at + 4] == 6 && p[at + 5] == 4) {
		move_mac(p + at + 8, copy);
		move_ipv4(p + at + 14, copy);
		move_mac(p + at + 18, copy);
		move_ipv4(p + at + 24, copy);
	} else if (type == 0x86dd && n >= at + 40) {
		move_ipv6(p + at + 8, copy);
		move_ipv6(p + at + 24, copy);
	}
}

static void keep(const struct frame *f, int64_t ts)
{
	static const uint8_t header[ETHERNET] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0 };
	bool bare = f->linktype == LINK_RAW || f->linktype == LINK_RAW_12 || f->linktype == LINK_IPV4;
	uint32_t cut = f->linktype == LINK_NULL ? 4 : 0, add = bare || cut ? ETHERNET : 0;
	if ((!add && f->linktype != LINK_ETHERNET) || f->caplen < cut || f->caplen > FRAME_MAX)
		return;
	if (n_frames == room) {
		room = room ? room * 2 : 4096;
		frames = xrealloc(frames, room * sizeof *frames);
	}
	struct kept *k = &frames[n_frames];
	*k = (struct kept){
		.ts = ts, .order = (uint32_t)n_frames, .length = f->caplen - cut + add, .wire = f->wirelen - cut + add,
	};
	k->bytes = xmalloc(k->length + 1);
	memcpy(k->bytes, header, add);
	memcpy(k->bytes + add, f->data + cut, f->caplen - cut);
	n_frames++;
	learn_tcp(k->bytes, k->length);
	/* learn its subnets, so that copies agree on how many there are */
	uint8_t *try = xmalloc(k->length + 1);
	memcpy(try, k->bytes, k->length);
	move(try, k->length, 0);
	free(try);
}

static void read_file(const char *path)
{
	struct err e;
	struct frame f;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(path, "cannot be opened");
	struct capture *c = capture_open(fd, path, 0, NULL, &e);
	if (!c)
		fail("capture", e.text);
	int64_t before = INT64_MIN, ts = 0;
	enum capture_result r;
	while ((r = capture_next(c, &f, &e)) == CAPTURE_FRAME) {
		int64_t pause = before == INT64_MIN ? 0 : f.ts - before;
		before = f.ts;
		ts += pause < 0 ? 0 : pause > PAUSE ? PAUSE : pause;
		keep(&f, ts);
	}
	capture_close(c);
	close(fd);
}

static int by_time(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	if (x->ts != y->ts)
		return x->ts < y->ts ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void write_frame(FILE *out, const struct kept *k, uint32_t copy, uint32_t round, int64_t ts)
{
	static uint8_t bytes[FRAME_MAX + ETHERNET];
	const uint32_t head[4] = {
		(uint32_t)(ts / SECOND), (uint32_t)(ts % SECOND / 1000), k->length, k->wire,
	};
	memcpy(bytes, k->bytes, k->length);
	continue_tcp(bytes, k->length, round);
	move(bytes, k->length, copy);
	fwrite(head, sizeof head, 1, out);
	fwrite(bytes, 1, k->length, out);
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	uint64_t wanted = 4000000, written = 0;
	uint32_t lines = 8, plants = UINT32_MAX;
	int opt;
	while ((opt = getopt(argc, argv, "n:l:p:o:")) != -1) {
		if (opt == 'n')
			wanted = strtoull(optarg, NULL, 10);
		else if (opt == 'l')
			lines = (uint32_t)strtoul(optarg, NULL, 10);
		else if (opt == 'p')
			plants = (uint32_t)strtoul(optarg, NULL, 10);
		else if (opt == 'o')
			path = optarg;
		else
			return 64;
	}
	if (!path || optind == argc || lines == 0 || plants == 0)
		fail("usage", "scale [-n FRAMES] [-l LINES] [-p PLANTS] -o OUT FILE...");
	for (int i = optind; i < argc; i++)
		read_file(argv[i]);
	if (n_frames == 0)
		fail(argv[optind], "no frame that could be copied");
	qsort(frames, n_frames, sizeof *frames, by_time);

	FILE *out = fopen(path, "wbe");
	if (!out)
		fail(path, "cannot be written");
	/* in the byte order of this machine, as every reader must take it */
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t unused[2], snaplen, linktype;
	} head = { .magic = 0xa1b2c3d4, .major = 2, .minor = 4, .snaplen = FRAME_MAX, .linktype = LINK_ETHERNET };
	fwrite(&head, sizeof head, 1, out);
	int64_t span = frames[n_frames - 1].ts + SECOND, base = START;
	uint32_t copy = 0;
	for (; written < wanted; copy += lines, base += span) {
		for (size_t i = 0; i < n_frames && written < wanted; i++) {
			for (uint32_t line = 0; line < lines; line++)
				write_frame(out, &frames[i], (copy + line) % plants, (copy + line) / plants,
					    base + frames[i].ts + line * INT64_C(1000));
			written += lines;
		}
	}
	if (fclose(out) != 0)
		fail(path, "cannot be written (is the disk full?)");
	uint32_t distinct = copy < plants ? copy : plants;
	if ((uint64_t)distinct * n_subnets > 65536)
		fprintf(stderr, "scale: more copies than addresses: some are used twice\n");
	printf("%" PRIu64 " frames: %" PRIu32 " copies of %zu, %" PRIu32 " side by side, of %" PRIu32 " plants\n", written,
	       copy, n_frames, lines, distinct);
	return 0;
}
