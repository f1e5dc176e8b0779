#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"

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
