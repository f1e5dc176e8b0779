/* The parent of a scan: opens the files, starts the child, collects what it sends. */
#include "scan/private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "capture/capture.h"

bool scan_open(const char *const *paths, size_t n, struct scan_input **files, size_t *n_files, char **problems,
	       struct err *e)
{
	struct scan_input *list = xcalloc(n, sizeof *list);
	struct rlimit descriptors;
	struct buf said;
	size_t used = 0;
	buf_init(&said, 64 * 1024);
	/* All stay open until the child has them: as many as the system allows. */
	if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
		descriptors.rlim_cur = descriptors.rlim_max;
		setrlimit(RLIMIT_NOFILE, &descriptors);
	}
	for (size_t i = 0; i < n; i++) {
		struct scan_input *x = &list[used];
		struct err why;
		struct stat st;
		*x = (struct scan_input){ .path = paths[i], .fd = open(paths[i], O_RDONLY | O_CLOEXEC) };
		bool ok = x->fd >= 0 && fstat(x->fd, &st) == 0;
		if (!ok) {
			err_errno(&why, "%s", paths[i]);
		} else if (!S_ISREG(st.st_mode)) {
			ok = err_set(&why, _("%s: not a file"), paths[i]);
		} else {
			x->size = (uint64_t)st.st_size;
			ok = capture_digest(x->fd, x->digest, &why);
			if (!ok)
				err_prefix(&why, "%s", paths[i]);
		}
		for (size_t k = 0; ok && k < used; k++)
			if (strcmp(list[k].digest, x->digest) == 0)
				ok = err_set(&why, "%s: the same capture as %s, read once", paths[i], list[k].path);
		if (ok) {
			used++;
			continue;
		}
		buf_printf(&said, "%s%s", said.len ? "\n" : "", why.text);
		if (x->fd >= 0)
			close(x->fd);
	}
	*files = list;
	*n_files = used;
	if (used == 0) {
		err_set(e, "%s", said.data);
		free(list);
		*files = NULL;
	}
	*problems = said.len ? buf_take(&said) : NULL;
	if (!*problems)
		buf_done(&said);
	return used > 0;
}

void scan_close(struct scan_input *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(files[i].fd);
	free(files);
}

struct parent {
	const struct scan_job *job;
	struct observe *o;
	struct inbox *in;
	bool ended;
	char last_word[sizeof(struct err)];
};

static bool take_message(void *data, uint8_t kind, struct cur body)
{
	struct parent *p = data;
	switch (kind) {
	case SCAN_RECORDS:
		return observe_read(p->o, &body) && cur_left(&body) == 0;
	case SCAN_PROGRESS: {
		struct scan_progress x = { 0 };
		x.file = cur_le16(&body);
		x.given = cur_le16(&body);
		x.position = cur_le64(&body);
		x.size = cur_le64(&body);
		x.frames = cur_le64(&body);
		x.ts = (int64_t)cur_le64(&body);
		x.addresses = cur_le32(&body);
		if (!cur_ok(&body) || x.given >= p->job->n)
			return false;
		if (p->job->progress)
			p->job->progress(p->job->data, &x);
		return true;
	}
	case SCAN_END: {
		text_wire(cur_here(&body), cur_left(&body), p->last_word, sizeof p->last_word);
		p->ended = true;
		return true;
	}
	default:
		return false;
	}
}

bool scan_inbox_take(struct inbox *in, bool (*take)(void *data, uint8_t kind, struct cur body), void *data)
{
	struct cur c = cur_make(in->data, in->len);
	while (cur_left(&c) >= SCAN_HEAD) {
		struct cur m = c;
		uint8_t kind = cur_u8(&m);
		uint32_t n = cur_le32(&m);
		if (n > SCAN_MESSAGE_MAX)
			return false;
		if (!cur_has(&m, n))
			break;
		if (!take(data, kind, cur_sub(&m, n)))
			return false;
		c = m;
	}
	size_t left = cur_left(&c);
	memmove(in->data, cur_here(&c), left);
	in->len = left;
	return true;
}

static bool collect(struct parent *p, int fd, struct err *e)
{
	for (;;) {
		ssize_t n = read(fd, p->in->data + p->in->len, SCAN_READ);
		if (p->job->end && *p->job->end)
			return err_set(e, "%s", _("stopped: nothing of this was stored"));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "reading from the reading process");
		if (n == 0)
			return true;
		p->in->len += (size_t)n;
		if (!scan_inbox_take(p->in, take_message, p))
			return err_set(e, "the reading process sent what cannot be: nothing of it is kept");
	}
}

static bool none_was_read(const struct observe *o, struct err *e)
{
	const struct obs_file *files;
	uint32_t n = observe_files(o, &files);
	for (uint32_t i = 0; i < n; i++)
		if (!files[i].failed)
			return false;
	return n == 0 ? !err_set(e, "nothing was read") : !err_set(e, "%s", files[0].problem);
}

struct observe *scan_run(const struct scan_job *job, struct err *e)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0) {
		err_errno(e, "pipe");
		return NULL;
	}
	pid_t child = fork();
	if (child < 0) {
		err_errno(e, "fork");
		close(ends[0]);
		close(ends[1]);
		return NULL;
	}
	if (child == 0) {
		close(ends[0]);
		scan_child(job, ends[1]);
	}
	close(ends[1]);
	struct parent p = { .job = job, .o = observe_new(), .in = xcalloc(1, sizeof *p.in) };
	bool ok = collect(&p, ends[0], e);
	close(ends[0]);
	if (!ok)
		kill(child, SIGKILL);
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	free(p.in);
	if (ok && !p.ended) {
		uint64_t frames = observe_counted(p.o, COUNT_FRAMES);
		/* libpcap reads files and asks name servers for names in a filter. */
		bool names = frames == 0 && job->filter && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
		const char *how = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
					  ? "was stopped by its sandbox"
					  : "ended early";
		ok = names
			     ? err_set(e, _("filter \"%s\": its names cannot be looked up here; write addresses, and the "
					    "numbers of ports and protocols"), job->filter)
		     : WIFSIGNALED(status)
			     ? err_set(e, "the process that reads captures %s (signal %d) after %llu frames; nothing was stored",
				       how, WTERMSIG(status), (unsigned long long)frames)
			     : err_set(e, "the process that reads captures %s (status %d); nothing was stored", how,
				       WEXITSTATUS(status));
	} else if (ok && p.last_word[0]) {
		ok = err_set(e, "the sandbox could not be set up: %s", p.last_word);
	} else if (ok) {
		ok = !none_was_read(p.o, e);
	}
	if (!ok) {
		observe_free(p.o);
		return NULL;
	}
	return p.o;
}
