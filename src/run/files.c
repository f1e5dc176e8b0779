/* Which captures belong to the last so many hours? */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/lang.h"
#include "observe/observe.h"
#include "run/private.h"

struct found { char *path; int64_t written, bytes; };
struct list { struct found *items; size_t n; };

/* Newest first; by name where several are as new. */
static int newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	return x->written != y->written ? (x->written < y->written) - (x->written > y->written) : strcmp(x->path, y->path);
}

static void add(struct list *l, const char *path, int64_t since, size_t *older)
{
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	for (size_t i = 0; i < l->n; i++)      /* two patterns may name one file */
		if (strcmp(l->items[i].path, path) == 0)
			return;
	if (st.st_mtime < since) {
		++*older;
		return;
	}
	l->items = xrealloc(l->items, (l->n + 1) * sizeof *l->items);
	l->items[l->n++] = (struct found){ xstrdup(path), st.st_mtime, st.st_size };
}

char *run_span(int64_t seconds, char *out)
{
	int64_t hours = seconds / 3600;
	if (seconds % 60)
		snprintf(out, 32, _("%lld s"), (long long)seconds);
	else if (seconds % 3600)
		snprintf(out, 32, _("%lld min"), (long long)seconds / 60);
	else if (hours % 24 || hours <= 48)
		snprintf(out, 32, _("%lld h"), (long long)hours);
	else
		snprintf(out, 32, _("%lld days"), (long long)hours / 24);
	return out;
}

static bool nothing(const struct run_scan_config *c, size_t older, struct err *e)
{
	char span[32];
	run_span(c->duration, span);
	if (older)
		return err_set(e, _("no capture of the last %s (%zu older ones match %s): does what writes them still run?"),
			       span, older, c->files[0]);
	return err_set(e, _("no capture matches %s: does what writes them run?"), c->files[0]);
}

bool run_files(const struct run_scan_config *c, int64_t now, struct run_files *out, struct err *e)
{
	struct list l = { 0 };
	*out = (struct run_files){ 0 };
	for (size_t i = 0; c->files[i]; i++) {
		glob_t g;
		int status = glob(c->files[i], GLOB_BRACE, NULL, &g);
		for (size_t k = 0; status == 0 && k < g.gl_pathc; k++)
			add(&l, g.gl_pathv[k], now - c->duration, &out->older);
		globfree(&g);
	}
	if (l.n == 0)
		return nothing(c, out->older, e);
	qsort(l.items, l.n, sizeof *l.items, newest_first);
	out->n = l.n < OBS_FILES ? l.n : OBS_FILES;
	out->left_out = l.n - out->n;
	out->paths = xcalloc(out->n + 1, sizeof *out->paths);
	for (size_t i = 0; i < out->n; i++) {
		out->paths[out->n - 1 - i] = l.items[i].path;
		out->bytes += l.items[i].bytes;
	}
	for (size_t i = out->n; i < l.n; i++)
		free(l.items[i].path);
	free(l.items);
	return true;
}

void run_files_free(struct run_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->paths[i]);
	free(f->paths);
	*f = (struct run_files){ 0 };
}

bool run_make_folder(const char *path, struct err *e)
{
	struct stat st;
	if (mkdir(path, 0700) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return true;
	return errno == EEXIST ? err_set(e, _("%s: is no directory"), path)
			       : err_errno(e, _("%s: the directory cannot be made"), path);
}
