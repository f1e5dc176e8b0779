/*
 * Reading ahead: a thread fills a ring of batches with bytes of the file and the
 * frames in them, so that the lock is taken once a batch. Frames point into the
 * bytes of their batch; nothing is copied but a record that crosses its end.
 */
#include "capture/reader.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/lang.h"

enum { RING = 4 };

struct capture {
	char *name;
	struct input *input;
	struct filter *filter;

	/* the reader's */
	struct parser parser;
	struct decode *ahead;     /* borrowed, may be NULL */
	const uint8_t *rest;      /* the beginning of a record, left over in the newest batch */
	size_t rest_length;

	struct batch ring[RING];

	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned filled, taken;   /* batches, counted from the start; under the lock */
	bool stop;                /* under the lock */

	struct batch *now;        /* the one that frames are handed out from */
};

static void need_room(struct batch *b, size_t size)
{
	if (b->size >= size)
		return;
	b->bytes = xrealloc(b->bytes, size);
	b->size = size;
}

static void end_batch(struct capture *c, struct batch *b, bool good)
{
	b->end = good ? CAPTURE_END : CAPTURE_BROKEN;
	if (!good && c->name)
		err_prefix(&b->err, "%s", c->name);
}

static void decode(struct capture *c, struct batch *b)
{
	if (b->decoded_room < b->count) {
		b->decoded_room = b->room;
		b->decoded = xrealloc(b->decoded, b->room * sizeof *b->decoded);
	}
	for (size_t i = 0; i < b->count; i++)
		b->decoded[i].result = decode_frame(c->ahead, &b->frames[i], &b->decoded[i].packet);
}

/* Read until there are frames, and until the batch is full where that cannot take long; or until the file ends. */
static void fill(struct capture *c, struct batch *b)
{
	struct parser *p = &c->parser;
	b->count = b->next = 0;
	b->end = CAPTURE_FRAME;
	need_room(b, p->need > CAPTURE_BATCH ? p->need : CAPTURE_BATCH);
	struct cur rest = cur_make(c->rest, c->rest_length);
	b->length = c->rest_length;
	cur_copy(&rest, b->bytes, b->length);
	c->rest = b->bytes;
	do {
		/* what is left over is less than the record needs, so that there is room to read */
		ssize_t n = capture_input_read(c->input, b->bytes + b->length, b->size - b->length, &b->err);
		if (n <= 0) {
			end_batch(c, b, n == 0 && capture_parse_end(p, c->rest_length, &b->err));
			break;
		}
		b->length += (size_t)n;
		struct cur bytes = cur_make(c->rest, c->rest_length + (size_t)n);
		if (!capture_parse(p, &bytes, b, &b->err)) {
			end_batch(c, b, false);
			break;
		}
		c->rest = cur_here(&bytes);
		c->rest_length = cur_left(&bytes);
		if (b->count == 0) {
			memmove(b->bytes, c->rest, c->rest_length);
			b->length = c->rest_length;
			need_room(b, p->need);
			c->rest = b->bytes;
		}
	} while (b->count == 0 || (b->length < b->size && capture_input_is_file(c->input)));
	if (c->ahead)
		decode(c, b);
	b->position = capture_input_position(c->input);
	b->snaplen = p->snaplen;
}

static void *read_ahead(void *arg)
{
	struct capture *c = arg;
	enum capture_result end;
	do {
		pthread_mutex_lock(&c->lock);
		while (c->filled - c->taken == RING && !c->stop)
			pthread_cond_wait(&c->changed, &c->lock);
		bool stop = c->stop;
		unsigned i = c->filled % RING;
		pthread_mutex_unlock(&c->lock);
		if (stop)
			break;
		fill(c, &c->ring[i]);
		end = c->ring[i].end;
		pthread_mutex_lock(&c->lock);
		c->filled++;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
	} while (end == CAPTURE_FRAME);
	return NULL;
}

/* Signals are for the thread that asked for the frames. */
static bool start_thread(struct capture *c, struct err *e)
{
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int error = pthread_create(&c->thread, NULL, read_ahead, c);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error)
		return err_set(e, _("%s: cannot start a thread: %s"), c->name, strerror(error));
	c->threaded = true;
	return true;
}

struct capture *capture_open(int fd, const char *name, uint16_t file, const char *filter, struct err *e)
{
	return capture_open_decoding(fd, name, file, filter, NULL, e);
}

struct capture *capture_open_decoding(int fd, const char *name, uint16_t file, const char *filter, struct decode *ahead,
				      struct err *e)
{
	struct filter *f = NULL;
	if (filter && *filter && !(f = capture_filter_new(filter, e)))
		return NULL;
	struct capture *c = xcalloc(1, sizeof *c);
	c->name = xstrdup(name);
	c->input = capture_input_new(fd);
	c->filter = f;
	c->ahead = ahead;
	capture_parser_init(&c->parser, file, f);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);

	/* the first batch here and now: only then one knows whether it is a capture, and small ones need no thread */
	c->now = &c->ring[0];
	fill(c, c->now);
	c->filled = 1;
	if (c->parser.format == FORMAT_UNKNOWN) {
		*e = c->now->err;
		capture_close(c);
		return NULL;
	}
	if (c->now->end == CAPTURE_FRAME && !start_thread(c, e)) {
		capture_close(c);
		return NULL;
	}
	return c;
}

enum capture_result capture_next(struct capture *c, struct frame *f, struct err *e)
{
	while (c->now->next == c->now->count) {
		if (c->now->end != CAPTURE_FRAME) {
			if (c->now->end == CAPTURE_BROKEN)
				*e = c->now->err;
			return c->now->end;
		}
		pthread_mutex_lock(&c->lock);
		c->taken++;
		pthread_cond_broadcast(&c->changed);
		while (c->filled == c->taken)
			pthread_cond_wait(&c->changed, &c->lock);
		c->now = &c->ring[c->taken % RING];
		pthread_mutex_unlock(&c->lock);
	}
	*f = c->now->frames[c->now->next++];
	return CAPTURE_FRAME;
}

const struct packet *capture_packet(const struct capture *c, enum decode_result *result)
{
	const struct decoded *d = &c->now->decoded[c->now->next - 1];
	*result = d->result;
	return &d->packet;
}

uint64_t capture_position(const struct capture *c)
{
	return c->now->position;
}

uint32_t capture_snaplen(const struct capture *c)
{
	return c->now->snaplen;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	if (c->threaded) {
		pthread_mutex_lock(&c->lock);
		c->stop = true;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
		pthread_join(c->thread, NULL);
	}
	for (int i = 0; i < RING; i++) {
		free(c->ring[i].bytes);
		free(c->ring[i].frames);
		free(c->ring[i].decoded);
	}
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	capture_parser_done(&c->parser);
	capture_input_free(c->input);
	capture_filter_free(c->filter);
	free(c->name);
	free(c);
}

bool capture_first_time(int fd, int64_t *first_ts, struct err *e)
{
	struct capture c = { .input = capture_input_new(fd) };
	struct batch *b = &c.ring[0];
	capture_parser_init(&c.parser, 0, NULL);
	fill(&c, b);
	*first_ts = b->count ? b->frames[0].ts : INT64_MAX;
	bool ok = c.parser.format != FORMAT_UNKNOWN;
	if (!ok)
		*e = b->err;
	free(b->bytes);
	free(b->frames);
	capture_parser_done(&c.parser);
	capture_input_free(c.input);
	return ok;
}
