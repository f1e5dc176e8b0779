/* Folders for what libraries and programs want to have as a file. */
#include "report/format.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/lang.h"

char *scratch_new(struct err *e)
{
	const char *where = getenv("TMPDIR");
	char *folder = xasprintf("%s/genba-report.XXXXXX", where && *where ? where : P_tmpdir);
	if (mkdtemp(folder))
		return folder;
	(void)err_errno(e, _("%s: no temporary folder could be made here"), where && *where ? where : P_tmpdir);
	free(folder);
	return NULL;
}

static int take_away(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	(void)remove(path);
	return 0;
}

void scratch_free(char *folder)
{
	if (folder)
		(void)nftw(folder, take_away, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	free(folder);
}

bool scratch_read(const char *path, struct buf *out, struct err *e)
{
	char part[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_errno(e, "%s", path);
	ssize_t n;
	while ((n = read(fd, part, sizeof(part))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			buf_add(out, part, (size_t)n);
	bool ok = n == 0 || err_errno(e, "%s", path);
	close(fd);
	return ok && (!out->overflow || format_too_long(out, e));
}
