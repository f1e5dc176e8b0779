#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "run/private.h"

/*
 * A record lock, not flock(): the reading child does not inherit it, so that it
 * ends with this process even where the child lives a moment longer; and it says
 * who holds it.
 */
int run_lock(const char *site, struct err *e)
{
	char *path = xasprintf("%s.lock", site);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fd < 0) {
		(void)err_errno(e, _("%s: could not be written here"), path);
	} else if (fcntl(fd, F_SETLK, &all) != 0) {
		bool held = errno == EACCES || errno == EAGAIN;
		struct flock who = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		if (!held)
			(void)err_errno(e, "%s", path);
		else if (fcntl(fd, F_GETLK, &who) == 0 && who.l_type != F_UNLCK)
			err_set(e, _("%s: another run is at work on this site (process %ld); nothing was done"), site,
				(long)who.l_pid);
		else
			err_set(e, _("%s: another run is at work on this site; nothing was done"), site);
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}
