/* The parsing child: captures in, records out. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "capture/capture.h"
#include "decode/decode.h"
#include "dissect/dissect.h"
#include "flow/flow.h"
#include "scan/private.h"

enum { CLOCK_EVERY = 4096, SEND_EVERY_MS = 250, RECORDS_ENOUGH = 256 << 10 };

static void put(int fd, const void *data, size_t n)
{
	const char *p = data;
	while (n) {
		ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			_exit(1);   /* the parent is gone */
		p += k;
		n -= (size_t)k;
	}
}

void scan_child_send(struct child *c, enum scan_message kind, const struct buf *body)
{
	struct buf head;
	buf_init(&head, 8);
	buf_u8(&head, (uint8_t)kind);
	buf_le32(&head, (uint32_t)body->len);
	put(c->out, head.data, head.len);
	put(c->out, body->data, body->len);
	buf_done(&head);
}

void scan_child_send_records(struct child *c)
{
	bool more;
	do {    /* in parts, as both ends hold a message whole */
		buf_reset(&c->records);
		more = observe_flush_some(c->o, &c->records, RECORDS_ENOUGH);
		if (c->records.len)
			scan_child_send(c, SCAN_RECORDS, &c->records);
	} while (more);
}

int64_t scan_child_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Order of reading: time of the first frame, name, digest. */
struct turn {
	const struct scan_input *input;
	uint16_t given;
	int64_t first;
	struct err error;
	bool readable;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static int by_turn(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	int r = strcmp(base_name(x->input->path), base_name(y->input->path));
	return r ? r : strcmp(x->input->digest, y->input->digest);
}

static void progress(struct child *c, uint16_t file, uint16_t given, uint64_t position, int64_t ts)
{
	const struct obs_entity *rows;
	struct buf b;
	buf_init(&b, 64);
	buf_le16(&b, file);
	buf_le16(&b, given);
	buf_le64(&b, c->done_bytes + position);
	buf_le64(&b, c->total_bytes);
	buf_le64(&b, c->frames);
	buf_le64(&b, (uint64_t)ts);
	buf_le32(&b, observe_entities(c->o, &rows));
	scan_child_send(c, SCAN_PROGRESS, &b);
	buf_done(&b);
}

void scan_child_frame(struct child *c, enum decode_result result, const struct packet *p, struct obs_file *row)
{
	switch (result) {
	case DECODE_OK:
		flow_packet(c->flows, p);
		break;
	case DECODE_HELD:
	case DECODE_LATER:
		break;
	case DECODE_UNKNOWN:
		row->undecoded++;
		break;
	case DECODE_TRUNCATED:
		row->truncated++;
		break;
	case DECODE_MALFORMED:
		row->malformed++;
		break;
	}
}

void scan_child_row(struct obs_file *row, const struct frame *f)
{
	row->frames++;
	row->bytes += f->caplen;
	row->cut += f->caplen < f->wirelen;
	if (row->first == 0 || f->ts < row->first)
		row->first = f->ts;
	if (f->ts > row->last)
		row->last = f->ts;
}

static void one_frame(struct child *c, struct capture *cap, const struct frame *f, struct obs_file *row)
{
	struct packet whole;
	enum decode_result result;
	const struct packet *p = capture_packet(cap, &result);
	scan_child_row(row, f);
	if (result == DECODE_LATER) {
		result = decode_frame(c->decode, f, &whole);
		p = &whole;
	}
	scan_child_frame(c, result, p, row);
}

static void one_file(struct child *c, const struct turn *turn, uint16_t file)
{
	struct obs_file row = { .name = base_name(turn->input->path), .given = turn->given, .problem = "" };
	struct err e = { "" };
	struct capture *cap = NULL;
	if (!turn->readable)
		e = turn->error;
	else
		cap = capture_open_decoding(turn->input->fd, turn->input->path, file, c->job->filter, c->ahead, &e);
	if (!cap) {
		row.problem = e.text;
		row.failed = true;
		observe_file(c->o, file, &row);
		return;
	}
	struct frame f;
	enum capture_result r;
	uint32_t until_clock = CLOCK_EVERY;
	while ((r = capture_next(cap, &f, &e)) == CAPTURE_FRAME) {
		one_frame(c, cap, &f, &row);
		if (--until_clock)
			continue;
		until_clock = CLOCK_EVERY;
		c->frames += CLOCK_EVERY;
		int64_t now = scan_child_ms();
		if (now - c->last_sent_ms >= SEND_EVERY_MS) {
			c->last_sent_ms = now;
			scan_child_send_records(c);
			progress(c, file, turn->given, capture_position(cap), f.ts);
		}
	}
	c->frames += CLOCK_EVERY - until_clock;
	row.snaplen = capture_snaplen(cap);
	if (r == CAPTURE_BROKEN)
		row.problem = e.text;
	flow_file_end(c->flows);
	observe_file(c->o, file, &row);
	c->done_bytes += turn->input->size;
	capture_close(cap);
}

/*
 * Unicast between third parties: what a mirror port shows and an ordinary port
 * does not. The busiest host may be the one that captured; traffic without it is
 * others'. Who captures asks no machine anything, so that a panel or a SCADA with
 * which all controllers talk is not taken for it. Where only two hosts talk,
 * nobody can tell, and it counts.
 */
uint64_t scan_child_third_party(const struct observe *o)
{
	const struct obs_conv *v;
	const struct obs_entity *entities;
	uint32_t n = observe_convs(o, &v), n_entities = observe_entities(o, &entities), hosts = 0, busiest = 0;
	uint64_t *sum = calloc(n_entities, sizeof *sum), total = 0;
	bool *machine = calloc(n_entities, sizeof *machine);
	for (uint32_t i = 0; sum && machine && i < n; i++) {
		if (v[i].transport == TRANSPORT_ETHER || !v[i].packets_c || !v[i].packets_s)
			continue;
		uint64_t packets = v[i].packets_c + v[i].packets_s;
		total += packets;
		hosts += (sum[v[i].client] == 0 ? 1u : 0u) + (sum[v[i].server] == 0 ? 1u : 0u);
		sum[v[i].client] += packets;
		sum[v[i].server] += packets;
		if (v[i].confidence != CONF_GUESS && v[i].proto && dissect_is_ot(v[i].proto))
			machine[v[i].client] = machine[v[i].server] = true;
	}
	for (uint32_t i = 1; sum && machine && i < n_entities; i++)
		if (!machine[i] && sum[i] > sum[busiest])
			busiest = i;
	uint64_t others = sum && machine ? hosts <= 2 ? total : total - sum[busiest] : 0;
	free(machine);
	free(sum);
	return others;
}

void scan_child_set(struct child *c, enum obs_count which, uint64_t n)
{
	observe_count(c->o, which, n - c->counted[which]);
	c->counted[which] = n;
}

void scan_child_init(struct child *c, const struct scan_job *job, int out)
{
	*c = (struct child){ .job = job, .out = out, .o = observe_new() };
	/* The C library opens a file of /proc when it gives back memory of a second arena: there is none. */
	mallopt(M_ARENA_MAX, 1);
	/* What needs files must be open before the door closes. */
	text_init();
	tzset();
	(void)strerror(EIO);   /* both load a message catalogue when first asked */
	(void)gettext("frames");
	c->flows = flow_new(c->o, true);
	buf_init(&c->records, SCAN_MESSAGE_MAX);
}

void scan_child(const struct scan_job *job, int out)
{
	struct child c;
	struct err e;
	scan_child_init(&c, job, out);
	c.decode = decode_new();
	c.ahead = decode_new();
	decode_leave_fragments(c.ahead);
	struct turn *turns = calloc(job->n, sizeof *turns);
	struct buf why;
	buf_init(&why, sizeof e.text);
	if (!turns || !scan_sandbox(&e)) {
		buf_puts(&why, turns ? e.text : "out of memory");
		scan_child_send(&c, SCAN_END, &why);
		_exit(1);
	}
	for (size_t i = 0; i < job->n; i++) {
		turns[i].input = &job->files[i];
		turns[i].given = (uint16_t)i;
		turns[i].readable = capture_first_time(job->files[i].fd, &turns[i].first, &turns[i].error);
		if (!turns[i].readable) {
			turns[i].first = INT64_MAX;
			err_prefix(&turns[i].error, "%s", job->files[i].path);
		}
		c.total_bytes += job->files[i].size;
	}
	qsort(turns, job->n, sizeof *turns, by_turn);
	for (size_t i = 0; i < job->n; i++)
		one_file(&c, &turns[i], (uint16_t)i);
	flow_finish(c.flows);
	observe_count(c.o, COUNT_FRAGMENTS, decode_lost_fragments(c.decode));
	observe_count(c.o, COUNT_LAYERS, decode_too_deep(c.decode) + decode_too_deep(c.ahead));
	observe_count(c.o, COUNT_THIRD_PARTY, scan_child_third_party(c.o));
	observe_silences(c.o);
	scan_child_send_records(&c);
	scan_child_send(&c, SCAN_END, &why);
	_exit(0);   /* the system takes the memory back faster than free() */
}
