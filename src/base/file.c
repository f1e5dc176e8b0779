#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"

enum { BYTES_MAX = 1 << 20 };

static bool write_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t k = write(fd, data, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		data += k;
		n -= (size_t)k;
	}
	return true;
}

bool file_save(const char *path, const void *data, size_t n, struct err *e)
{
	/* Through a pipe or a device nothing can be renamed; write straight into it. */
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		int fd = open(path, O_WRONLY | O_CLOEXEC);
		bool good = fd >= 0 && write_all(fd, data, n);
		if (!good)
			(void)err_errno(e, _("%s: could not be written"), path);
		if (fd >= 0)
			close(fd);
		return good;
	}
	char *part = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(part, O_CLOEXEC);
	if (fd < 0) {
		(void)err_errno(e, _("%s: could not be written here"), path);
		free(part);
		return false;
	}
	mode_t mask = umask(0);
	(void)umask(mask);
	bool good = fchmod(fd, 0666 & ~mask) == 0 && write_all(fd, data, n) && fsync(fd) == 0;
	int cause = errno;
	good = close(fd) == 0 && good;
	if (good && rename(part, path) != 0) {
		cause = errno;
		good = false;
	}
	if (!good) {
		(void)unlink(part);
		errno = cause;
		(void)err_errno(e, _("%s: could not be written, what stood there before is untouched"), path);
	}
	free(part);
	return good;
}

static bool read_all(int fd, const char *name, char *bytes, size_t *n, struct err *e)
{
	*n = 0;
	for (;;) {
		ssize_t got = read(fd, bytes + *n, BYTES_MAX - *n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, "%s", name);
		if (got == 0)
			return true;
		*n += (size_t)got;
		if (*n == BYTES_MAX)
			return err_set(e, _("%s: larger than 1 MiB, which is more than such a file needs"), name);
	}
}

char *file_load(const char *path, size_t *n, struct err *e)
{
	bool in = strcmp(path, "-") == 0;
	int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)err_errno(e, "%s", path);
		return NULL;
	}
	char *bytes = xmalloc(BYTES_MAX);
	if (!read_all(fd, path, bytes, n, e)) {
		free(bytes);
		bytes = NULL;
	}
	if (!in)
		close(fd);
	return bytes;
}

static char *from_cp932(const char *bytes, size_t n)
{
	iconv_t cd = iconv_open("UTF-8", "CP932");
	if (cd == (iconv_t)-1)
		return NULL;
	size_t room = n * 3 + 1, left = room - 1;
	char *out = xmalloc(room), *to = out, *from = (char *)(uintptr_t)bytes;
	bool ok = iconv(cd, &from, &n, &to, &left) != (size_t)-1 && n == 0;
	iconv_close(cd);
	*to = 0;
	if (ok)
		return out;
	free(out);
	return NULL;
}

char *file_text(const char *name, const char *bytes, size_t n, struct err *e)
{
	if (n >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
		err_set(e, _("%s: this is UTF-16; save it again as \"CSV UTF-8\""), name);
		return NULL;
	}
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		n -= 3;
	}
	char *text = NULL;
	if (memchr(bytes, 0, n)) {
		err_set(e, _("%s: this is no text; expected YAML, or a table saved as CSV"), name);
		return NULL;
	}
	if (text_is_utf8(bytes, n)) {
		text = xmalloc(n + 1);
		memcpy(text, bytes, n);
		text[n] = 0;
		return text;
	}
	text = from_cp932(bytes, n);
	if (!text)
		err_set(e, _("%s: neither UTF-8 nor CP932; save it again as \"CSV UTF-8\" or as UTF-8"), name);
	return text;
}
