/* The child's side of keeping frames: a pcap file with nanoseconds, written through a buffer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/live.h"
#include "scan/live_keep.h"

enum { BUFFER = 256 << 10, FILE_HEADER = 24, FRAME_HEADER = 16, MAGIC_NANO = 0xa1b23c4d };

static void le(uint8_t *p, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static bool write_out(struct live_keep *k)
{
	size_t at = 0;
	while (at < k->used) {
		ssize_t n = write(k->fd, k->data + at, k->used - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	k->written += k->used;
	k->used = 0;
	return true;
}

void scan_keep_start(struct live_keep *k, uint16_t linktype)
{
	if (!k->data)
		k->data = xmalloc(BUFFER);
	uint8_t *p = k->data;
	memset(p, 0, FILE_HEADER);
	le(p, MAGIC_NANO, 4);
	le(p + 4, 2, 2);
	le(p + 6, 4, 2);
	le(p + 16, LIVE_SNAPLEN, 4);
	le(p + 20, linktype, 4);
	k->used = FILE_HEADER;
	k->written = 0;
}

bool scan_keep_frame(struct live_keep *k, const struct frame *f)
{
	if (k->used + FRAME_HEADER + f->caplen > BUFFER && !write_out(k))
		return false;
	uint8_t *p = k->data + k->used;
	le(p, (uint64_t)(f->ts / 1000000000), 4);
	le(p + 4, (uint64_t)(f->ts % 1000000000), 4);
	le(p + 8, f->caplen, 4);
	le(p + 12, f->wirelen, 4);
	struct cur bytes = cur_make(f->data, f->caplen);
	cur_copy(&bytes, p + FRAME_HEADER, f->caplen);
	k->used += FRAME_HEADER + f->caplen;
	return true;
}

bool scan_keep_flush(struct live_keep *k)
{
	return write_out(k);
}
