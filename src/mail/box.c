/* The directories and files of a spool: each step is whole or not at all, whenever the program is killed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"
#include "mail/private.h"

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* That a new directory is there after a power cut. */
static void sync_parent(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
}

bool mail_box_open(struct mail_box *box, const char *path, bool make, struct err *e)
{
	struct stat st;
	*box = (struct mail_box){ .path = path, .fd = -1, .refused = -1 };
	if (make) {
		if (mkdir(path, 0700) == 0)
			sync_parent(path);
		else if (errno != EEXIST)
			return err_errno(e, _("%s: the directory for mails could not be made"), path);
	}
	box->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (box->fd < 0)
		return (!make && errno == ENOENT) || err_errno(e, _("%s: the directory for mails could not be opened"), path);
	if (fstat(box->fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 077)) {
		mail_box_close(box);
		return err_set(e, _("%s: the directory for mails must belong to who runs this, and to nobody else; do: "
			"chmod 700 %s"), path, path);
	}
	if (mkdirat(box->fd, "refused", 0700) == 0)
		(void)fsync(box->fd);
	box->refused = open_dir(box->fd, "refused");
	if (box->refused < 0) {
		(void)err_errno(e, "%s/refused", path);
		mail_box_close(box);
		return false;
	}
	return true;
}

void mail_box_close(struct mail_box *box)
{
	if (box->fd >= 0)
		close(box->fd);
	if (box->refused >= 0)
		close(box->refused);
	box->fd = box->refused = -1;
}

int mail_box_lock(const struct mail_box *box, const char *name, bool wait, struct err *e)
{
	e->text[0] = 0;
	int fd = openat(box->fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600), r;
	if (fd < 0) {
		(void)err_errno(e, "%s/%s", box->path, name);
		return -1;
	}
	do
		r = flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
	while (r != 0 && errno == EINTR);
	if (r == 0)
		return fd;
	if (wait || errno != EWOULDBLOCK)
		(void)err_errno(e, "%s/%s", box->path, name);
	close(fd);
	return -1;
}

static bool is_name(const char *s)
{
	return *s && strspn(s, "0123456789-") == strlen(s);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool mail_names_load(struct mail_names *names, int fd, struct err *e)
{
	*names = (struct mail_names){ 0 };
	int copy = open_dir(fd, ".");
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		if (copy >= 0)
			close(copy);
		return err_errno(e, "%s", _("the directory for mails could not be read"));
	}
	for (struct dirent *d; (d = readdir(dir));)
		if (is_name(d->d_name)) {
			names->names = xrealloc(names->names, (names->n + 1) * sizeof *names->names);
			names->names[names->n++] = xstrdup(d->d_name);
		}
	closedir(dir);
	if (names->n)
		qsort(names->names, names->n, sizeof *names->names, by_name);
	return true;
}

void mail_names_done(struct mail_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct mail_names){ 0 };
}

static bool write_file(int dir, const char *name, const char *bytes, size_t n)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bool good = true;
	while (good && n) {
		ssize_t k = write(fd, bytes, n);
		if (k > 0) {
			bytes += k;
			n -= (size_t)k;
		} else {
			good = k < 0 && errno == EINTR;
		}
	}
	good = good && fsync(fd) == 0;
	return close(fd) == 0 && good;
}

/* The whole of a file of at most max bytes, with a NUL behind; NULL: not readable. */
static char *read_file(int dir, const char *name, size_t max, size_t *n)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *bytes = NULL;
	*n = 0;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= max) {
		size_t size = (size_t)st.st_size;
		bytes = xmalloc(size + 1);
		ssize_t k = 1;
		while (*n < size && (k = read(fd, bytes + *n, size - *n)) > 0)
			*n += (size_t)k;
		bytes[*n] = 0;
		if (*n < size) {
			free(bytes);
			bytes = NULL;
		}
	}
	if (fd >= 0)
		close(fd);
	return bytes;
}

/* A directory of a mail and what is in it; it is out of the way already. */
static void unlink_mail(int at, const char *name)
{
	static const char *const files[] = { "message.eml", "state", "state.new" };
	int dir = open_dir(at, name);
	if (dir < 0)
		return;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		(void)unlinkat(dir, files[i], 0);
	close(dir);
	(void)unlinkat(at, name, AT_REMOVEDIR);
}

bool mail_box_add(const struct mail_box *box, const char *name, const char *bytes, size_t n, const char *state,
	struct err *e)
{
	unlink_mail(box->fd, "new");     /* of a program that was killed here */
	int dir = mkdirat(box->fd, "new", 0700) == 0 ? open_dir(box->fd, "new") : -1;
	bool good = dir >= 0 && write_file(dir, "message.eml", bytes, n) &&
		write_file(dir, "state", state, strlen(state)) && fsync(dir) == 0 &&
		renameat(box->fd, "new", box->fd, name) == 0 && fsync(box->fd) == 0;
	if (!good) {
		(void)err_errno(e, _("%s: the mail could not be written here"), box->path);
		unlink_mail(box->fd, "new");
	}
	if (dir >= 0)
		close(dir);
	return good;
}

bool mail_box_load(int at, const char *name, struct mail_item *item)
{
	size_t n;
	*item = (struct mail_item){ 0 };
	int dir = open_dir(at, name);
	if (dir < 0)
		return false;
	struct stat st;
	char *text = read_file(dir, "state", 1 << 20, &n);
	if (!text || !mail_state_read(item, text) || fstatat(dir, "message.eml", &st, AT_SYMLINK_NOFOLLOW) != 0) {
		mail_item_done(item);
		item->unreadable = true;
	}
	item->name = xstrdup(name);
	free(text);
	close(dir);
	return true;
}

char *mail_box_message(int at, const char *name, size_t *n)
{
	int dir = open_dir(at, name);
	*n = 0;
	if (dir < 0)
		return NULL;
	char *bytes = read_file(dir, "message.eml", MAIL_BYTES_MAX, n);
	close(dir);
	return bytes;
}

bool mail_box_save(const struct mail_box *box, const struct mail_item *item, struct err *e)
{
	char *state = mail_state_write(item);
	int dir = open_dir(box->fd, item->name);
	bool good = dir >= 0 && write_file(dir, "state.new", state, strlen(state)) &&
		renameat(dir, "state.new", dir, "state") == 0 && fsync(dir) == 0;
	if (!good)
		(void)err_errno(e, _("%s/%s: how far this mail is could not be written"), box->path, item->name);
	if (dir >= 0)
		close(dir);
	free(state);
	return good;
}

static bool move_out(const struct mail_box *box, int from, const char *name, int to, const char *as, struct err *e)
{
	return renameat(from, name, to, as) == 0 || err_errno(e, _("%s/%s: could not be moved"), box->path, name);
}

bool mail_box_remove(const struct mail_box *box, const char *name, struct err *e)
{
	mail_box_clean(box);
	if (!move_out(box, box->fd, name, box->fd, "gone", e))
		return false;
	unlink_mail(box->fd, "gone");
	return true;
}

bool mail_box_refuse(const struct mail_box *box, const char *name, struct err *e)
{
	struct mail_names names;
	if (!move_out(box, box->fd, name, box->refused, name, e) || !mail_names_load(&names, box->refused, e))
		return false;
	bool good = true;
	for (size_t i = 0; good && i + MAIL_REFUSED_MAX < names.n; i++) {
		mail_box_clean(box);
		good = move_out(box, box->refused, names.names[i], box->fd, "gone", e);
		unlink_mail(box->fd, "gone");
	}
	mail_names_done(&names);
	(void)fsync(box->refused);
	(void)fsync(box->fd);
	return good;
}

void mail_box_clean(const struct mail_box *box)
{
	unlink_mail(box->fd, "gone");
}
