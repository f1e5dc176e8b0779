/* The parent of a live scan: opens the interfaces, starts the child, collects, and is the one whom signals reach. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "capture/live.h"
#include "scan/private.h"

enum {
	WAIT_MS = 250,
	SILENT = 4 * 120,            /* waits without a word of the child: it hangs */
	PIPE = 1 << 20,
};

bool scan_live_open(const char *const *names, size_t n, const char *filter, unsigned buffer,
		    struct capture_live ***interfaces, struct err *e)
{
	struct capture_live **list = xcalloc(n, sizeof *list);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			if (strcmp(names[k], names[i]) == 0) {
				err_set(e, _("%s: given twice"), names[i]);
				scan_live_close(list, i);
				return false;
			}
		list[i] = capture_live_open(names[i], filter, scan_no_sockets, buffer, e);
		if (!list[i]) {
			scan_live_close(list, i);
			return false;
		}
	}
	*interfaces = list;
	return true;
}

void scan_live_close(struct capture_live **interfaces, size_t n)
{
	for (size_t i = 0; i < n; i++)
		capture_live_close(interfaces[i]);
	free(interfaces);
}

/* ---- signals ---- */

static volatile sig_atomic_t ended, asked;

static void on_end(int signal)
{
	(void)signal;
	ended = 1;
}

static void on_ask(int signal)
{
	(void)signal;
	asked = 1;
}

void scan_live_signals(bool take)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	static struct sigaction before[sizeof ends / sizeof *ends], before_ask;
	struct sigaction end = { .sa_handler = on_end }, ask = { .sa_handler = on_ask };
	if (take)
		ended = asked = 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		sigaction(ends[i], take ? &end : &before[i], take ? &before[i] : NULL);
	sigaction(SIGUSR1, take ? &ask : &before_ask, take ? &before_ask : NULL);
}

/* ---- the child's word ---- */

struct parent {
	const struct scan_job *job;
	struct observe *o;
	struct inbox *in;
	struct scan_kept *kept;
	int control;
	bool finished;
	char last_word[sizeof(struct err)];
	struct scan_progress now;
};

static void note(const struct parent *p, const char *text)
{
	if (p->job->note)
		p->job->note(p->job->data, text);
}

static bool say(const struct parent *p, const struct say *what, int fd)
{
	union { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof(int))]; } extra;
	struct say copy = *what;
	struct iovec part = { &copy, sizeof copy };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	if (fd >= 0) {
		memset(&extra, 0, sizeof extra);
		m.msg_control = &extra;
		m.msg_controllen = sizeof extra;
		extra.head.cmsg_level = SOL_SOCKET;
		extra.head.cmsg_type = SCM_RIGHTS;
		extra.head.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&extra.head), &fd, sizeof fd);
	}
	return sendmsg(p->control, &m, MSG_NOSIGNAL) == (ssize_t)sizeof copy;
}

static void keep_next(struct parent *p, uint16_t interface)
{
	struct keep_start next;
	struct err e;
	struct say what = { .what = SAY_KEEP, .interface = interface };
	if (!scan_kept_next(p->kept, interface, &next, &e)) {
		err_prefix(&e, "%s", _("what is heard is kept no more; the scan goes on"));
		note(p, e.text);
		what.what = SAY_KEEP_NO_MORE;
		scan_kept_stop(p->kept, interface);
		(void)say(p, &what, -1);
		return;
	}
	what.file = next.file;
	memcpy(what.name, next.name, sizeof what.name);
	(void)say(p, &what, next.fd);
	close(next.fd);
}

static bool take_progress(struct parent *p, struct cur *c)
{
	struct scan_progress x = { .live = true, .snapshot = p->now.snapshot };
	x.frames = cur_le64(c);
	x.ts = (int64_t)cur_le64(c);
	x.addresses = cur_le32(c);
	x.seconds = (double)cur_le64(c) / 1000;
	int64_t left = (int64_t)cur_le64(c);
	x.left = left < 0 ? -1 : (double)left / 1000;
	x.macs = cur_le32(c);
	x.minutes = cur_le32(c);
	x.coverage = cur_le32(c) / 1e6;
	x.mirror = cur_u8(c) != 0;
	x.n_interfaces = cur_u8(c);
	if (x.n_interfaces != p->job->n_interfaces)
		return false;
	for (size_t i = 0; i < x.n_interfaces; i++) {
		struct scan_progress_interface *f = &x.interfaces[i];
		f->name = capture_live_name(p->job->interfaces[i]);
		f->frames = cur_le64(c);
		f->bytes = cur_le64(c);
		f->dropped = cur_le64(c);
		f->gaps = cur_le32(c);
		f->down = cur_u8(c) != 0;
		f->gone = cur_u8(c) != 0;
		f->keeping = cur_u8(c) != 0;
	}
	x.n_protocols = cur_u8(c);
	if (x.n_protocols > SCAN_PROTOCOLS)
		return false;
	for (size_t i = 0; i < x.n_protocols; i++) {
		struct cur name = cur_sub(c, cur_u8(c));
		text_wire(cur_here(&name), cur_left(&name), x.protocols[i].name, sizeof x.protocols[i].name);
		x.protocols[i].frames = cur_le64(c);
	}
	if (!cur_ok(c) || cur_left(c))
		return false;
	p->now = x;
	if (p->job->progress)
		p->job->progress(p->job->data, &x);
	return true;
}

static bool take_message(void *data, uint8_t kind, struct cur body)
{
	struct parent *p = data;
	char text[sizeof(struct err)];
	uint16_t interface = 0;
	switch (kind) {
	case SCAN_RECORDS:
		return observe_read(p->o, &body) && cur_left(&body) == 0;
	case SCAN_LIVE:
		return take_progress(p, &body);
	case SCAN_SNAPSHOT:
		if (p->kept)
			scan_kept_settle(p->kept);
		if (p->job->snapshot)
			p->job->snapshot(p->job->data, p->o, p->kept);
		struct timespec t;
		clock_gettime(CLOCK_REALTIME, &t);
		p->now.snapshot = t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
		return true;
	case SCAN_NOTE:
		text_wire(cur_here(&body), cur_left(&body), text, sizeof text);
		note(p, text);
		return true;
	case SCAN_KEEP_NEXT:
		interface = cur_le16(&body);
		if (!cur_ok(&body) || !p->kept || interface >= p->job->n_interfaces)
			return false;
		keep_next(p, interface);
		return true;
	case SCAN_KEEP_STOP: {
		interface = cur_le16(&body);
		uint64_t length = cur_le64(&body);
		if (!cur_ok(&body) || !p->kept || interface >= p->job->n_interfaces)
			return false;
		text_wire(cur_here(&body), cur_left(&body), text, sizeof text);
		scan_kept_cut(p->kept, interface, text, length);
		return true;
	}
	case SCAN_END:
		text_wire(cur_here(&body), cur_left(&body), p->last_word, sizeof p->last_word);
		p->finished = true;
		return true;
	default:
		return false;
	}
}

/* ---- collecting ---- */

static void look_at_signals(struct parent *p, bool *told)
{
	if (!*told && (ended || (p->job->end && *p->job->end))) {
		const struct say end = { .what = SAY_END };
		*told = say(p, &end, -1);
	}
	if (asked && p->now.live) {
		asked = 0;
		p->now.asked = true;
		if (p->job->progress)
			p->job->progress(p->job->data, &p->now);
		p->now.asked = false;
	}
}

static bool collect(struct parent *p, int fd, struct err *e)
{
	int silent = 0;
	bool told = false;
	for (;;) {
		struct pollfd in = { .fd = fd, .events = POLLIN };
		look_at_signals(p, &told);
		int ready = poll(&in, 1, WAIT_MS);
		if (ready == 0 && ++silent > SILENT)
			return err_set(e, "%s", _("the reading process hangs; what it had sent before is kept"));
		if (ready <= 0)
			continue;
		silent = 0;
		ssize_t n = read(fd, p->in->data + p->in->len, SCAN_READ);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "%s", _("reading from the reading process"));
		if (n == 0)
			return true;
		p->in->len += (size_t)n;
		if (!scan_inbox_take(p->in, take_message, p))
			return err_set(e, "%s", _("the reading process sent what cannot be; what came before is kept"));
	}
}

/* The first file of each interface; NULL with e where one cannot be made. */
static struct keep_start *first_files(struct scan_kept *kept, size_t n, struct err *e)
{
	struct keep_start *list = xcalloc(n, sizeof *list);
	for (size_t i = 0; i < n; i++) {
		if (scan_kept_next(kept, i, &list[i], e))
			continue;
		while (i-- > 0)
			close(list[i].fd);
		free(list);
		return NULL;
	}
	return list;
}

static void child(const struct scan_job *job, int out, int control, const struct keep_start *keep)
{
	/* A terminal's Ctrl-C reaches this process, too; the parent decides. */
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE };
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	scan_live_child(job, out, control, keep);
}

static void how_it_died(const struct parent *p, int status, struct err *e)
{
	uint64_t frames = p->now.frames;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		err_set(e, _("the process that reads was stopped by its sandbox after %llu frames; what it had sent "
			     "before is kept"), (unsigned long long)frames);
	else
		err_set(e, _("the process that reads ended early (%s %d) after %llu frames; what it had sent before "
			     "is kept"),
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (unsigned long long)frames);
}

static struct observe *run(struct parent *p, int out[2], int control[2], const struct keep_start *keep, bool *whole,
			   struct err *e)
{
	pid_t pid = fork();
	if (pid == 0) {
		close(out[0]);
		close(control[0]);
		child(p->job, out[1], control[1], keep);
	}
	close(out[1]);
	close(control[1]);
	for (size_t i = 0; keep && i < p->job->n_interfaces; i++)
		close(keep[i].fd);
	if (pid < 0) {
		close(out[0]);
		close(control[0]);
		err_errno(e, "fork");
		return NULL;
	}
	for (size_t i = 0; i < p->job->n_interfaces; i++)
		capture_live_leave(p->job->interfaces[i]);
	p->control = control[0];
	p->in = xcalloc(1, sizeof *p->in);
	p->o = observe_new();
	bool ok = collect(p, out[0], e);
	if (!ok)
		kill(pid, SIGKILL);
	close(out[0]);
	close(control[0]);
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	free(p->in);
	*whole = ok && p->finished;
	if (ok && !p->finished)
		how_it_died(p, status, e);
	const struct obs_file *rows;
	bool sandboxed = !p->last_word[0] || !err_set(e, _("the sandbox could not be set up: %s"), p->last_word);
	if (!sandboxed || observe_files(p->o, &rows) == 0) {
		observe_free(p->o);
		return NULL;
	}
	if (p->kept) {
		scan_kept_end(p->kept);
		scan_kept_settle(p->kept);
	}
	return p->o;
}

struct observe *scan_live(const struct scan_job *job, struct scan_kept **kept, bool *whole, struct err *e)
{
	struct parent p = { .job = job };
	struct keep_start *keep = NULL;
	int out[2], control[2];
	*kept = NULL;
	*whole = false;
	if (job->keep.folder) {
		*kept = p.kept = scan_kept_new(job);
		keep = first_files(p.kept, job->n_interfaces, e);
		if (!keep)
			return NULL;
	}
	struct observe *o = NULL;
	if (pipe2(out, O_CLOEXEC) != 0) {
		err_errno(e, "pipe");
	} else if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0) {
		err_errno(e, "socketpair");
		close(out[0]);
		close(out[1]);
	} else {
		(void)fcntl(out[0], F_SETPIPE_SZ, PIPE);   /* so that progress waits there while a snapshot is stored */
		o = run(&p, out, control, keep, whole, e);
	}
	free(keep);
	return o;
}
