/* A password in a file of its own. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"
#include "mail/private.h"

enum { SECRET_MAX = 1024 };

static bool is_private(int fd, const char *path, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_errno(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, _("%s: expected a file that holds one password"), path);
	if (st.st_uid != geteuid())
		return err_set(e, _("%s: belongs to another user; a password is read from a file of one's own only"), path);
	if (st.st_mode & 077)
		return err_set(e, _("%s: other users may read or change it; do: chmod 600 %s"), path, path);
	return true;
}

static char *one_line(const char *path, char *line, size_t n, struct err *e)
{
	if (n == SECRET_MAX) {
		err_set(e, _("%s: too long for a password"), path);
		return NULL;
	}
	if (n && line[n - 1] == '\n')
		n--;
	if (n && line[n - 1] == '\r')
		n--;
	line[n] = 0;
	if (n == 0) {
		err_set(e, _("%s: is empty; expected the password in one line"), path);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) {
			err_set(e, _("%s: holds more than one line, or control characters; expected the password in one line"), path);
			return NULL;
		}
	return xstrdup(line);
}

char *mail_secret_read(const char *path, struct err *e)
{
	char line[SECRET_MAX], *secret = NULL;
	size_t n = 0;
	ssize_t got = 1;
	/* Without O_NONBLOCK a pipe under that name would be waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		err_errno(e, "%s", path);
		return NULL;
	}
	if (is_private(fd, path, e)) {
		while (n < sizeof line && (got = read(fd, line + n, sizeof line - n)) > 0)
			n += (size_t)got;
		if (got < 0)
			err_errno(e, "%s", path);
		else
			secret = one_line(path, line, n, e);
		explicit_bzero(line, sizeof line);
	}
	close(fd);
	return secret;
}

void mail_secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}
