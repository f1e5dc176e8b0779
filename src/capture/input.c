/* The bytes of an open file, unpacked if it is gzip (RFC 1952), which may have several members. */
#define ZLIB_CONST
#include "capture/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/lang.h"

enum { CHUNK = 64 << 10 };

struct input {
	int fd;
	uint64_t position;
	uint8_t chunk[CHUNK];
	struct cur c;             /* what of the chunk is not used up */
	bool file, started, gzip, ended;
	z_stream z;
};

struct input *capture_input_new(int fd)
{
	struct input *in = xcalloc(1, sizeof *in);
	in->fd = fd;
	/* from the beginning, wherever another reader left it; a pipe cannot and need not */
	in->file = lseek(fd, 0, SEEK_SET) == 0;
	return in;
}

void capture_input_free(struct input *in)
{
	if (!in)
		return;
	if (in->gzip)
		inflateEnd(&in->z);
	free(in);
}

uint64_t capture_input_position(const struct input *in)
{
	return in->position;
}

bool capture_input_is_file(const struct input *in)
{
	return in->file;
}

static ssize_t read_raw(struct input *in, void *to, size_t n, struct err *e)
{
	ssize_t got;
	do
		got = read(in->fd, to, n);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EISDIR)
		err_set(e, _("is a folder, not a capture file"));
	else if (got < 0)
		err_errno(e, _("cannot be read"));
	else
		in->position += (uint64_t)got;
	return got;
}

/* More behind what is left of the chunk, a byte at most. False at the end and on errors, as *got says. */
static bool refill(struct input *in, ssize_t *got, struct err *e)
{
	size_t left = cur_left(&in->c);
	cur_copy(&in->c, in->chunk, left);
	*got = read_raw(in, in->chunk + left, CHUNK - left, e);
	in->c = cur_make(in->chunk, left + (*got > 0 ? (size_t)*got : 0));
	return *got > 0;
}

static bool gzip_here(const struct cur *c)
{
	return cur_starts(c, "\x1f\x8b", 2);
}

static bool start(struct input *in, ssize_t *got, struct err *e)
{
	in->started = true;
	if (!refill(in, got, e) || (cur_left(&in->c) == 1 && !refill(in, got, e) && *got < 0))
		return false;
	if (!gzip_here(&in->c))
		return true;
	in->gzip = true;
	*got = -1;
	return inflateInit2(&in->z, 15 + 16) == Z_OK || err_set(e, _("memory is out"));
}

static ssize_t unpack(struct input *in, void *to, size_t n, struct err *e)
{
	ssize_t got;
	in->z.next_out = to;
	in->z.avail_out = (uInt)n;
	while (in->z.avail_out == n && !in->ended) {
		if (cur_left(&in->c) == 0 && !refill(in, &got, e)) {
			if (got == 0)
				err_set(e, _("the compressed file is cut off"));
			return -1;
		}
		size_t left = cur_left(&in->c);
		in->z.next_in = cur_here(&in->c);
		in->z.avail_in = (uInt)left;
		int result = inflate(&in->z, Z_NO_FLUSH);
		cur_skip(&in->c, left - in->z.avail_in);
		if (result == Z_STREAM_END) {
			/* another member, or bytes that mean nothing */
			if (cur_left(&in->c) < 2 && !refill(in, &got, e) && got < 0)
				return -1;
			in->ended = !gzip_here(&in->c);
			inflateReset(&in->z);
		} else if (result != Z_OK && result != Z_BUF_ERROR) {
			err_set(e, _("the compressed file is damaged (%s)"), in->z.msg ? in->z.msg : "zlib");
			return -1;
		}
	}
	return (ssize_t)(n - in->z.avail_out);
}

ssize_t capture_input_read(struct input *in, void *to, size_t n, struct err *e)
{
	ssize_t got;
	if (!in->started && !start(in, &got, e))
		return got;
	if (in->gzip)
		return unpack(in, to, n, e);
	size_t left = cur_left(&in->c);
	if (left == 0)
		return read_raw(in, to, n, e);
	if (n > left)
		n = left;
	cur_copy(&in->c, to, n);
	return (ssize_t)n;
}
