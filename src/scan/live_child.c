/* The parsing child that listens to interfaces: frames in, records out, and from time to time a snapshot of all. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "capture/live.h"
#include "scan/live_keep.h"
#include "scan/private.h"

enum {
	AT_ONCE = 512,               /* frames of one interface before the others have their turn */
	WAIT_MS = 100,
	PROGRESS_MS = 250,
	LOOK_MS = 1000,              /* at the interfaces' state */
	RECKON_MS = 2000,            /* protocols and coverage; they take time … */
	RECKON_SHARE = 50,           /* … and may take one part in so many */
	DRAIN_MS = 150,              /* at the end: until frames that the kernel holds back have come */
	DRAIN_MOST_MS = 2000,
	PROTOCOLS = 256,
};

struct source {
	struct live *all;
	struct capture_live *live;
	struct decode *decode;
	uint16_t index;
	uint32_t number;             /* of its last frame that was not kept */
	struct obs_file own;         /* what was not kept, and what the interface lost */
	uint64_t frames, bytes;      /* all */
	enum capture_live_state state;
	int64_t down_since_ms, first_down;
	char problem[OBS_TEXT + 1];

	bool keeping, next_asked;
	struct live_keep keep;
	uint32_t kept_number;
	struct obs_file kept;
	uint16_t kept_file;
	char kept_name[OBS_TEXT + 1];
	int64_t kept_since_ms;
};

struct live {
	struct child c;
	int control;
	struct source *sources;
	size_t n;
	int64_t start_ms, end_ms;    /* end 0: none */
	bool end;
	int64_t last_ts;
	int64_t progress_ms, look_ms, reckon_ms, snapshot_ms;   /* when they are due */
	/* as reckoned last */
	double coverage;
	bool mirror;
	uint32_t macs;
	size_t n_protocols;
	struct { const char *name; uint64_t frames; } protocols[PROTOCOLS];
};

static int64_t wall_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void note(struct live *v, const char *text)
{
	struct buf b;
	buf_init(&b, SCAN_MESSAGE_MAX);
	buf_puts(&b, text);
	scan_child_send(&v->c, SCAN_NOTE, &b);
	buf_done(&b);
}

/* ---- keeping ---- */

static void keep_stop(struct source *s)
{
	struct buf b;
	char *text = xasprintf(_("%s: what is heard is kept no more, as the file cannot be written: %s; the scan goes "
				 "on"), capture_live_name(s->live), strerror(errno));
	note(s->all, text);
	free(text);
	buf_init(&b, 16 + sizeof s->kept_name);
	buf_le16(&b, s->index);
	buf_le64(&b, s->keep.written);
	buf_puts(&b, s->kept_name);   /* the parent may have opened the next one */
	scan_child_send(&s->all->c, SCAN_KEEP_STOP, &b);
	buf_done(&b);
	s->keeping = false;
}

static void keep_begin(struct source *s, uint16_t file, const char *name)
{
	struct live *v = s->all;
	s->kept_file = file;
	snprintf(s->kept_name, sizeof s->kept_name, "%s", name);
	s->kept_number = 0;
	s->kept = (struct obs_file){ .name = s->kept_name, .problem = "", .live = true, .set = s->index,
				     .given = s->index, .snaplen = LIVE_SNAPLEN };
	s->kept_since_ms = scan_child_ms();
	s->next_asked = false;
	s->keeping = true;
	scan_keep_start(&s->keep, capture_live_linktype(s->live));
	if (file != KEEP_NO_ROW)
		observe_file(v->c.o, file, &s->kept);
}

static void keep_next(struct source *s, int fd, uint16_t file, const char *name)
{
	if (s->keeping && !scan_keep_flush(&s->keep)) {
		keep_stop(s);
		close(fd);
		return;
	}
	if (s->keeping && s->kept_file != KEEP_NO_ROW)
		observe_file(s->all->c.o, s->kept_file, &s->kept);
	bool ok = s->keeping && dup3(fd, s->keep.fd, O_CLOEXEC) >= 0;
	close(fd);
	if (ok)
		keep_begin(s, file, name);
}

static void ask_for_next(struct source *s)
{
	struct buf b;
	buf_init(&b, 2);
	buf_le16(&b, s->index);
	scan_child_send(&s->all->c, SCAN_KEEP_NEXT, &b);
	buf_done(&b);
	s->next_asked = true;
}

static void keep_frame(struct source *s, struct frame *f)
{
	struct live *v = s->all;
	if (!scan_keep_frame(&s->keep, f)) {
		keep_stop(s);
		return;
	}
	s->kept_number++;
	if (s->next_asked || s->keep.written + s->keep.used < scan_keep_share(v->c.job))
		return;
	ask_for_next(s);
}

/* ---- frames ---- */

static void one_frame(void *data, struct frame *f)
{
	struct source *s = data;
	struct live *v = s->all;
	struct packet p;
	if (s->keeping)
		keep_frame(s, f);
	bool kept = s->keeping && s->kept_file != KEEP_NO_ROW;
	struct obs_file *row = kept ? &s->kept : &s->own;
	if (!kept && s->number < UINT32_MAX)
		s->number++;
	f->number = kept ? s->kept_number : s->number;
	f->file = kept ? s->kept_file : s->index;
	s->frames++;
	s->bytes += f->caplen;
	v->c.frames++;
	if (f->ts > v->last_ts)
		v->last_ts = f->ts;
	scan_child_row(row, f);
	enum decode_result result = decode_frame(s->decode, f, &p);
	p.set = s->index;
	scan_child_frame(&v->c, result, &p, row);
}

/* ---- interfaces that come and go ---- */

static void tell(struct source *s, const char *what)
{
	char *text = xasprintf("%s: %s", capture_live_name(s->live), what);
	note(s->all, text);
	free(text);
}

static void describe(struct source *s)
{
	char when[32];
	if (s->state == LIVE_GONE)
		snprintf(s->problem, sizeof s->problem, _("the interface disappeared at %s"),
			 text_time(s->first_down, when));
	else if (s->own.gaps)
		snprintf(s->problem, sizeof s->problem,
			 _("the interface was down: %llu times, %lld s in all, first at %s; nothing was heard then"),
			 (unsigned long long)s->own.gaps, (long long)(s->own.gap_ns / 1000000000),
			 text_time(s->first_down, when));
}

static void look(struct source *s)
{
	if (s->state == LIVE_GONE)
		return;
	enum capture_live_state now = capture_live_state(s->live), before = s->state;
	int64_t t = wall_ns(), ms = scan_child_ms();
	s->state = now;
	if (before == LIVE_UP && now != LIVE_UP) {
		s->own.gaps++;
		s->down_since_ms = ms;
		if (!s->first_down || now == LIVE_GONE)
			s->first_down = t;
		tell(s, now == LIVE_DOWN ? _("the interface is down; genba waits for it") :
					   _("the interface disappeared; what was seen there is kept"));
	} else if (before == LIVE_DOWN) {
		s->own.gap_ns += (ms - s->down_since_ms) * 1000000;   /* whatever the clock was set to meanwhile */
		s->down_since_ms = ms;
		if (now == LIVE_UP)
			tell(s, _("the interface is up again"));
		if (now == LIVE_GONE) {
			s->first_down = t;
			tell(s, _("the interface disappeared; what was seen there is kept"));
		}
	}
	if (before != LIVE_UP || now != LIVE_UP)
		describe(s);
}

static void look_at_all(struct live *v)
{
	size_t gone = 0;
	for (size_t i = 0; i < v->n; i++) {
		struct source *s = &v->sources[i];
		look(s);
		gone += s->state == LIVE_GONE;
		if (s->state != LIVE_GONE)
			s->own.dropped = capture_live_dropped(s->live);
		bool old = scan_child_ms() - s->kept_since_ms > KEEP_FILE_SECONDS * INT64_C(1000);
		if (s->keeping && old && s->kept_number && !s->next_asked)
			ask_for_next(s);
		if (s->keeping && !scan_keep_flush(&s->keep))
			keep_stop(s);
	}
	if (gone == v->n)
		v->end = true;
}

/* ---- what is reckoned from time to time ---- */

static int by_frames(const void *a, const void *b)
{
	const struct { const char *name; uint64_t frames; } *x = a, *y = b;
	return x->frames != y->frames ? (x->frames > y->frames ? -1 : 1) : strcmp(x->name, y->name);
}

static void count_protocols(struct live *v)
{
	const struct obs_conv *rows;
	uint32_t n = observe_convs(v->c.o, &rows);
	v->n_protocols = 0;
	for (uint32_t i = 0; i < n; i++) {
		size_t k = 0;
		if (!*rows[i].proto)
			continue;
		while (k < v->n_protocols && v->protocols[k].name != rows[i].proto)   /* interned: one copy of each */
			k++;
		if (k == PROTOCOLS)
			continue;
		if (k == v->n_protocols) {
			v->protocols[v->n_protocols].name = rows[i].proto;
			v->protocols[v->n_protocols++].frames = 0;
		}
		v->protocols[k].frames += rows[i].frames;
	}
	qsort(v->protocols, v->n_protocols, sizeof *v->protocols, by_frames);
}

static void reckon(struct live *v)
{
	struct child *c = &v->c;
	const struct obs_entity *entities;
	int64_t began = scan_child_ms();
	flow_report(c->flows, wall_ns());
	count_protocols(v);
	uint32_t n = observe_entities(c->o, &entities);
	v->macs = 0;
	for (uint32_t i = 1; i < n; i++)
		v->macs += entities[i].is_mac && entities[i].frames;
	uint64_t third = scan_child_third_party(c->o), dropped = 0;
	scan_child_set(c, COUNT_THIRD_PARTY, third);
	for (size_t i = 0; i < v->n; i++)
		dropped += v->sources[i].own.dropped;
	double unicast = (double)observe_counted(c->o, COUNT_UNICAST);
	double share = unicast > 0 ? (double)third / unicast : 0;
	double loss = dropped ? (double)dropped / (double)(dropped + c->frames) : 0;
	double hours = (double)observe_counted(c->o, COUNT_MINUTES) / 60;
	v->coverage = observe_coverage(hours, 1, loss, share < 1 ? share : 1, &v->mirror);
	int64_t now = scan_child_ms(), pause = (now - began) * RECKON_SHARE;
	v->reckon_ms = now + (pause > RECKON_MS ? pause : RECKON_MS);
}

/* ---- to the parent ---- */

static void progress(struct live *v, int64_t now)
{
	struct pollfd room = { .fd = v->c.out, .events = POLLOUT };
	const struct obs_entity *rows;
	struct buf b;
	/* A parent that stores a snapshot reads later: nobody waits for it. */
	if (poll(&room, 1, 0) <= 0 || !(room.revents & POLLOUT)) {
		if (room.revents & POLLERR)
			_exit(1);   /* the parent is gone */
		return;
	}
	buf_init(&b, 4000);
	buf_le64(&b, v->c.frames);
	buf_le64(&b, (uint64_t)v->last_ts);
	buf_le32(&b, observe_entities(v->c.o, &rows) - 1);   /* the first is none */
	buf_le64(&b, (uint64_t)(now - v->start_ms));
	buf_le64(&b, (uint64_t)(v->end_ms ? v->end_ms > now ? v->end_ms - now : 0 : -1));
	buf_le32(&b, v->macs);
	buf_le32(&b, (uint32_t)observe_counted(v->c.o, COUNT_MINUTES));
	buf_le32(&b, (uint32_t)(v->coverage * 1e6 + 0.5));
	buf_u8(&b, v->mirror);
	buf_u8(&b, (uint8_t)v->n);
	for (size_t i = 0; i < v->n; i++) {
		const struct source *s = &v->sources[i];
		buf_le64(&b, s->frames);
		buf_le64(&b, s->bytes);
		buf_le64(&b, s->own.dropped);
		buf_le32(&b, (uint32_t)s->own.gaps);
		buf_u8(&b, s->state != LIVE_UP);
		buf_u8(&b, s->state == LIVE_GONE);
		buf_u8(&b, s->keeping);
	}
	size_t n = v->n_protocols < SCAN_PROTOCOLS ? v->n_protocols : SCAN_PROTOCOLS;
	buf_u8(&b, (uint8_t)n);
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(v->protocols[i].name);
		length = length < SCAN_NAME ? length : SCAN_NAME - 1;
		buf_u8(&b, (uint8_t)length);
		buf_add(&b, v->protocols[i].name, length);
		buf_le64(&b, v->protocols[i].frames);
	}
	scan_child_send(&v->c, SCAN_LIVE, &b);
	buf_done(&b);
}

/* All that was observed, as if it ended here. */
static void send_all(struct live *v)
{
	struct child *c = &v->c;
	uint64_t fragments = 0, layers = 0;
	for (size_t i = 0; i < v->n; i++) {
		struct source *s = &v->sources[i];
		fragments += decode_lost_fragments(s->decode);
		layers += decode_too_deep(s->decode);
		if (s->state == LIVE_DOWN)
			look(s);
		if (s->keeping && s->kept_file != KEEP_NO_ROW)
			observe_file(c->o, s->kept_file, &s->kept);
		observe_file(c->o, s->index, &s->own);
	}
	scan_child_set(c, COUNT_FRAGMENTS, fragments);
	scan_child_set(c, COUNT_LAYERS, layers);
	scan_child_set(c, COUNT_THIRD_PARTY, scan_child_third_party(c->o));
	observe_silences(c->o);
	scan_child_send_records(c);
}

static void snapshot(struct live *v)
{
	struct buf none;
	buf_init(&none, 1);
	flow_report(v->c.flows, wall_ns());
	send_all(v);
	scan_child_send(&v->c, SCAN_SNAPSHOT, &none);
	buf_done(&none);
}

/* ---- from the parent ---- */

static void listen_to_parent(struct live *v)
{
	struct say say;
	union { struct cmsghdr head; char bytes[CMSG_SPACE(sizeof(int))]; } extra;
	struct iovec part = { &say, sizeof say };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &extra, .msg_controllen = sizeof extra };
	ssize_t n = recvmsg(v->control, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return;
	if (n == 0)
		_exit(1);   /* the parent is gone */
	if (n != sizeof say)
		return;
	struct cmsghdr *head = CMSG_FIRSTHDR(&m);
	int fd = -1;
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof fd);
	say.name[sizeof say.name - 1] = 0;
	if (say.what == SAY_END)
		v->end = true;
	else if (say.what == SAY_KEEP && fd >= 0 && say.interface < v->n)
		keep_next(&v->sources[say.interface], fd, say.file, say.name);
	else if (say.what == SAY_KEEP_NO_MORE && say.interface < v->n)
		v->sources[say.interface].keeping = false;
}

/* ---- the loop ---- */

/* Frames that are there, or come within so long: how many. */
static int take_some(struct live *v, struct pollfd *fds, int wait_ms)
{
	int sum = 0;
	for (size_t i = 0; i < v->n; i++)
		fds[i].fd = v->sources[i].state == LIVE_GONE ? -1 : capture_live_fd(v->sources[i].live);
	if (poll(fds, v->n + 1, wait_ms) < 0)
		return 0;
	for (size_t i = 0; i < v->n; i++) {
		struct source *s = &v->sources[i];
		if (fds[i].fd < 0 || !fds[i].revents)
			continue;
		if (fds[i].revents & (POLLERR | POLLHUP | POLLNVAL))
			look(s);
		int n = s->state == LIVE_GONE ? 0 : capture_live_take(s->live, AT_ONCE, one_frame, s);
		if (n < 0)
			look(s);
		else
			sum += n;
	}
	if (fds[v->n].revents)
		listen_to_parent(v);
	return sum;
}

static void listen_until_end(struct live *v)
{
	const struct scan_job *job = v->c.job;
	struct pollfd fds[SCAN_INTERFACES + 1];
	for (size_t i = 0; i <= v->n; i++)
		fds[i] = (struct pollfd){ .fd = v->control, .events = POLLIN };
	while (!v->end) {
		take_some(v, fds, WAIT_MS);
		int64_t now = scan_child_ms();
		if (v->end_ms && now >= v->end_ms)
			v->end = true;
		if (now >= v->look_ms) {
			look_at_all(v);
			v->look_ms = now + LOOK_MS;
		}
		if (now >= v->reckon_ms)
			reckon(v);
		if (v->snapshot_ms && now >= v->snapshot_ms) {
			snapshot(v);
			v->snapshot_ms = now + (int64_t)(job->snapshot_every * 1000);
		}
		if (now >= v->progress_ms) {
			progress(v, now);
			v->progress_ms = now + PROGRESS_MS;
		}
	}
	/* What the kernel has not handed out yet was heard in time. */
	int64_t until = scan_child_ms() + DRAIN_MOST_MS;
	while (take_some(v, fds, DRAIN_MS) > 0 && scan_child_ms() < until)
		;
}

/* The lowest that is free: the next file will come there, each time, as nothing else is ever opened. */
static int next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd;
}

void scan_live_child(const struct scan_job *job, int out, int control, const struct keep_start *keep)
{
	static struct live v;
	int slots[SCAN_INTERFACES];
	struct err e;
	struct buf why;
	scan_child_init(&v.c, job, out);
	v.control = control;
	v.n = job->n_interfaces;
	v.sources = xcalloc(v.n, sizeof *v.sources);
	for (size_t i = 0; i < v.n; i++) {
		struct source *s = &v.sources[i];
		*s = (struct source){ .all = &v, .live = job->interfaces[i], .decode = decode_new(),
				      .index = (uint16_t)i };
		s->own = (struct obs_file){ .name = capture_live_name(s->live), .problem = s->problem, .live = true,
					    .set = s->index, .given = s->index, .snaplen = LIVE_SNAPLEN };
		s->keep.fd = slots[i] = keep ? keep[i].fd : -1;
		observe_file(v.c.o, s->index, &s->own);
	}
	buf_init(&why, sizeof e.text);
	if (!scan_sandbox_live(out, slots, v.n, next_descriptor(), &e)) {
		buf_puts(&why, e.text);
		scan_child_send(&v.c, SCAN_END, &why);
		_exit(1);
	}
	for (size_t i = 0; keep && i < v.n; i++)
		keep_begin(&v.sources[i], keep[i].file, keep[i].name);
	v.start_ms = scan_child_ms();
	v.end_ms = job->seconds > 0 ? v.start_ms + (int64_t)(job->seconds * 1000) : 0;
	v.snapshot_ms = job->snapshot_every > 0 ? v.start_ms + (int64_t)(job->snapshot_every * 1000) : 0;
	listen_until_end(&v);
	look_at_all(&v);
	flow_finish(v.c.flows);
	send_all(&v);
	progress(&v, scan_child_ms());
	scan_child_send(&v.c, SCAN_END, &why);
	_exit(0);
}
