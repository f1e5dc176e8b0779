/* What identifies a capture file. */
#include "capture/capture.h"

#include <errno.h>
#include <sha2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"

enum { MIB = 1 << 20 };

static bool add(SHA2_CTX *sha, int fd, off_t from, off_t n, struct err *e)
{
	uint8_t part[16 << 10];
	if (lseek(fd, from, SEEK_SET) < 0)
		return err_errno(e, _("cannot be read"));
	while (n > 0) {
		size_t want = n < (off_t)sizeof part ? (size_t)n : sizeof part;
		ssize_t got = read(fd, part, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, _("cannot be read"));
		if (got == 0)
			break;    /* it became shorter meanwhile */
		SHA256Update(sha, part, (size_t)got);
		n -= got;
	}
	return true;
}

/* SHA-256 of the size (8 bytes, big endian), the first MiB, and the last MiB as far as it lies behind the first. */
bool capture_digest(int fd, char *out, struct err *e)
{
	struct stat st;
	SHA2_CTX sha;
	if (fstat(fd, &st) != 0)
		return err_errno(e, _("cannot be read"));
	if (!S_ISREG(st.st_mode))
		return err_set(e, _("is not a regular file"));
	uint8_t size[8], digest[SHA256_DIGEST_LENGTH];
	for (int i = 0; i < 8; i++)
		size[i] = (uint8_t)((uint64_t)st.st_size >> (56 - 8 * i));
	SHA256Init(&sha);
	SHA256Update(&sha, size, sizeof size);
	off_t first = st.st_size < MIB ? st.st_size : MIB, last = st.st_size - MIB;
	if (last < first)
		last = first;
	if (!add(&sha, fd, 0, first, e) || !add(&sha, fd, last, st.st_size - last, e))
		return false;
	SHA256Final(digest, &sha);
	for (size_t i = 0; i < sizeof digest; i++) {
		out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	out[2 * sizeof digest] = '\0';
	return true;
}
