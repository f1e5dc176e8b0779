/*
 * The parent's side of keeping frames: it opens the files, which the child cannot,
 * and deletes the oldest.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "capture/capture.h"
#include "capture/live.h"
#include "scan/private.h"

#define D4 "[0-9][0-9][0-9][0-9]"

enum { SAME_SECOND = 1000 };

struct kept {
	char *path;
	size_t interface;
	uint16_t file;           /* its row of the scan */
	char digest[65];
	bool open;               /* the child writes it */
	bool digested;           /* as it is at its end */
	bool gone;
};

struct scan_kept {
	const struct scan_job *job;
	struct kept *list;
	size_t n, room;
	uint32_t rows;           /* that are taken */
};

struct scan_kept *scan_kept_new(const struct scan_job *job)
{
	struct scan_kept *k = xcalloc(1, sizeof *k);
	k->job = job;
	k->rows = (uint32_t)job->n_interfaces;
	return k;
}

void scan_kept_free(struct scan_kept *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n; i++)
		free(k->list[i].path);
	free(k->list);
	free(k);
}

uint64_t scan_keep_share(const struct scan_job *job)
{
	enum { PARTS = 16, LEAST = 64 << 10 };
	uint64_t share = job->keep.size / PARTS / job->n_interfaces;
	return share < LEAST ? LEAST : share;
}

/* ---- the oldest go ---- */

struct in_folder { char *name; off_t size; time_t changed; };

static int by_name(const void *a, const void *b)
{
	const struct in_folder *x = a, *y = b;
	return strcmp(x->name, y->name);
}

/* Files of ours, also of earlier scans, oldest first: their names begin with their time. */
static struct in_folder *look(const char *folder, size_t *n)
{
	DIR *d = opendir(folder);
	struct in_folder *list = NULL;
	size_t room = 0;
	*n = 0;
	for (struct dirent *x; d && (x = readdir(d));) {
		struct stat st;
		if (fnmatch("genba-" D4 D4 "-" D4 "[0-9][0-9]-*.pcap", x->d_name, 0) != 0 ||
		    fstatat(dirfd(d), x->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		if (*n == room) {
			room = room ? room * 2 : 64;
			list = xrealloc(list, room * sizeof *list);
		}
		list[(*n)++] = (struct in_folder){ xstrdup(x->d_name), st.st_size, st.st_mtime };
	}
	if (d)
		closedir(d);
	if (list)
		qsort(list, *n, sizeof *list, by_name);
	return list;
}

static struct kept *find(struct scan_kept *k, const char *path)
{
	for (size_t i = k->n; i-- > 0;)
		if (strcmp(k->list[i].path, path) == 0)
			return &k->list[i];
	return NULL;
}

static void digest(struct kept *x)
{
	struct err e;
	int fd = open(x->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (capture_digest(fd, x->digest, &e))
		x->digested = !x->open;
	close(fd);
}

/* So that all are within the size, with `room` bytes to come. */
static void remove_old(struct scan_kept *k, uint64_t room)
{
	const struct scan_keep *keep = &k->job->keep;
	uint64_t sum = 0, most = keep->size > room ? keep->size - room : 0;
	time_t now = time(NULL);
	size_t n;
	struct in_folder *list = look(keep->folder, &n);
	for (size_t i = 0; i < n; i++)
		sum += (uint64_t)list[i].size;
	for (size_t i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", keep->folder, list[i].name);
		struct kept *own = find(k, path);
		bool old = keep->age && now - list[i].changed > keep->age;
		bool goes = !(own && own->open) && (sum > most || old);
		if (goes && own && !own->digested)
			digest(own);
		if (goes && unlink(path) == 0) {
			sum -= (uint64_t)list[i].size;
			if (own)
				own->gone = true;
		}
		free(path);
		free(list[i].name);
	}
	free(list);
}

/* ---- a new one ---- */

static int create(struct scan_kept *k, size_t interface, char **path, struct err *e)
{
	const struct scan_keep *keep = &k->job->keep;
	time_t now = time(NULL);
	struct tm tm;
	char stamp[32];
	localtime_r(&now, &tm);
	strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &tm);
	for (int i = 1; i < SAME_SECOND; i++) {
		char more[16] = "";
		if (i > 1)
			snprintf(more, sizeof more, "-%03d", i);
		*path = xasprintf("%s/genba-%s-%s%s.pcap", keep->folder, stamp,
				  capture_live_name(k->job->interfaces[interface]), more);
		int fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			break;
		free(*path);
		*path = NULL;
	}
	if (*path)
		err_errno(e, "%s", *path);
	else
		err_set(e, _("%s: too many files within a second"), keep->folder);
	free(*path);
	return -1;
}

void scan_kept_stop(struct scan_kept *k, size_t interface)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->list[i].interface == interface)
			k->list[i].open = false;
}

void scan_kept_cut(struct scan_kept *k, size_t interface, const char *name, uint64_t length)
{
	for (size_t i = 0; i < k->n; i++) {
		struct kept *x = &k->list[i];
		if (x->interface != interface)
			continue;
		if (strcmp(strrchr(x->path, '/') + 1, name) == 0) {
			/* Half a frame at its end would look like damage. */
			if (length && truncate(x->path, (off_t)length) == 0)
				x->digested = false;
		} else if (x->open) {
			x->gone = unlink(x->path) == 0;
		}
		x->open = false;
	}
}

bool scan_kept_next(struct scan_kept *k, size_t interface, struct keep_start *out, struct err *e)
{
	char *path;
	out->fd = create(k, interface, &path, e);
	if (out->fd < 0)
		return false;
	scan_kept_stop(k, interface);
	/* Two shares: a file grows a little further until the next one is there. */
	remove_old(k, 2 * scan_keep_share(k->job) * k->job->n_interfaces);
	if (k->n == k->room) {
		k->room = k->room ? k->room * 2 : 64;
		k->list = xrealloc(k->list, k->room * sizeof *k->list);
	}
	out->file = k->rows < OBS_FILES ? (uint16_t)k->rows++ : KEEP_NO_ROW;
	k->list[k->n++] = (struct kept){ .path = path, .interface = interface, .file = out->file, .open = true };
	const char *name = strrchr(path, '/') + 1;
	size_t length = strlen(name) < sizeof out->name ? strlen(name) : sizeof out->name - 1;
	memset(out->name, 0, sizeof out->name);
	memcpy(out->name, name, length);
	return true;
}

/* ---- what the site file says of them ---- */

void scan_kept_end(struct scan_kept *k)
{
	for (size_t i = 0; i < k->job->n_interfaces; i++)
		scan_kept_stop(k, i);
	remove_old(k, 0);
}

void scan_kept_settle(struct scan_kept *k)
{
	size_t kept = 0;
	for (size_t i = 0; i < k->n; i++) {
		struct kept *x = &k->list[i];
		if (!x->digested && !x->gone)
			digest(x);
		/* One that has no row and is no longer there needs no memory. */
		if (x->file == KEEP_NO_ROW && x->gone)
			free(x->path);
		else
			k->list[kept++] = *x;
	}
	k->n = kept;
}

static const struct kept *of_row(const struct scan_kept *k, uint32_t file)
{
	for (size_t i = 0; k && i < k->n; i++)
		if (k->list[i].file == file && file != KEEP_NO_ROW)
			return &k->list[i];
	return NULL;
}

const char *scan_kept_path(const struct scan_kept *k, uint32_t file)
{
	const struct kept *x = of_row(k, file);
	return x ? x->path : NULL;
}

const char *scan_kept_digest(const struct scan_kept *k, uint32_t file)
{
	const struct kept *x = of_row(k, file);
	return x && x->digest[0] ? x->digest : NULL;
}
