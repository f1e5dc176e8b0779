/*
 * The real captures: every frame is read as an independent reader read it, and
 * decode and the dissectors stay within the bytes of every frame cut at every
 * length (the first frames of a file, all with GENBA_FULL=1), and of every file
 * cut at many snap lengths.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/capture.h"
#include "flow/flow.h"

enum { SWEEP_FRAMES = 200, SNAP_FRAMES = 400, SNAP_MIN = 20, SNAP_MAX = 1540, SNAP_STEP = 13 };

static char *shared;
static struct dirent **list;
static int files;

static int is_capture(const struct dirent *d)
{
	return strstr(d->d_name, ".pcap") || strstr(d->d_name, ".cap");
}

static int setup(void **state)
{
	(void)state;
	const char *from = getenv("GENBA_SHARED"), *top = getenv("top_srcdir");
	shared = from ? xstrdup(from) : xasprintf("%s/../shared", top ? top : SRCDIR);
	char *folder = xasprintf("%s/captures", shared);
	files = scandir(folder, &list, is_capture, alphasort);
	free(folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < files; i++)
		free(list[i]);
	free(list);
	free(shared);
	return 0;
}

static void need_captures(void)
{
	if (files <= 0) {
		print_message("no captures in %s/captures: skipped\n", shared);
		skip();
	}
}

static struct capture *open_file(int i, int *fd, struct err *e)
{
	char *name = xasprintf("%s/captures/%s", shared, list[i]->d_name);
	*fd = open(name, O_RDONLY);
	assert_true(*fd >= 0);
	struct capture *c = capture_open(*fd, list[i]->d_name, 0, NULL, e);
	free(name);
	return c;
}

static json_t *truth_of(int i)
{
	char *name = xasprintf("%s/truth/%s.json", shared, list[i]->d_name);
	json_t *truth = json_load_file(name, 0, NULL);
	free(name);
	return truth;
}

static void frames_are_those_of_the_other_reader(void **state)
{
	(void)state;
	need_captures();
	int bad = 0;
	for (int i = 0; i < files; i++) {
		struct err e;
		int fd;
		struct capture *c = open_file(i, &fd, &e);
		json_t *truth = truth_of(i);
		if (!c || !truth) {
			print_message("%s: %s\n", list[i]->d_name, c ? "no truth" : e.text);
			bad += !c;
			if (c)
				capture_close(c);
			close(fd);
			json_decref(truth);
			continue;
		}
		/* addresses that the other reader does not know would be read from the wrong place */
		json_t *known = json_object(), *address;
		size_t k;
		json_array_foreach(json_object_get(truth, "ipv4_src"), k, address)
			json_object_set_new(known, json_string_value(address), json_true());
		size_t expected = json_object_size(known);

		struct decode *d = decode_new();
		struct frame f;
		struct packet p;
		long long frames = 0, wrong = 0;
		while (capture_next(c, &f, &e) == CAPTURE_FRAME) {
			char text[ADDR_TEXT];
			frames++;
			(void)decode_frame(d, &f, &p);
			if (p.ip == 4 && !json_object_get(known, addr_text(&p.src, text)) && wrong++ == 0)
				print_message("%s: frame %u: sender %s?\n", list[i]->d_name, f.number, text);
			if (p.ip == 4)
				json_object_set_new(known, text, json_false());
		}
		size_t seen = 0;
		const char *key;
		json_object_foreach(known, key, address)
			seen += json_is_false(address);
		if (seen < expected)
			print_message("%s: %zu of %zu IPv4 senders (the others stand in ICMP errors, or outside of tunnels)\n",
				      list[i]->d_name, seen, expected);
		long long packets = json_integer_value(json_object_get(truth, "packets"));
		if (frames != packets)
			print_message("%s: %lld frames, expected %lld\n", list[i]->d_name, frames, packets);
		bad += frames != packets || wrong;
		decode_free(d);
		capture_close(c);
		close(fd);
		json_decref(known);
		json_decref(truth);
	}
	assert_int_equal(bad, 0);
}

/* f is whole; it lies at the end of memory of its size, so that a sanitizer sees each byte too far. */
static void sweep(struct decode *d, const struct frame *f, uint8_t *room)
{
	struct packet p;
	enum decode_result whole = DECODE_OK;
	for (uint32_t n = f->caplen;; n--) {
		struct frame cut = *f;
		cut.caplen = n;
		cut.data = room + f->caplen - n;
		memmove(room + f->caplen - n, f->data, n);
		enum decode_result result = decode_frame(d, &cut, &p);
		if (n == f->caplen)
			whole = result;
		assert_true(cur_left(&p.payload) <= p.payload_wire);
		assert_true(p.reassembled || cur_left(&p.l3) <= n);
		/* the capture's fault is not the sender's */
		if (result == DECODE_MALFORMED && (whole == DECODE_OK || whole == DECODE_TRUNCATED))
			fail_msg("frame %u cut to %u: malformed", f->number, n);
		if (n == 0)
			break;
	}
}

static uint32_t frames_of_a_file(uint32_t usual)
{
	const char *full = getenv("GENBA_FULL");
	return full && strcmp(full, "1") == 0 ? UINT32_MAX : usual;
}

static void every_frame_cut_at_every_length(void **state)
{
	(void)state;
	need_captures();
	uint32_t most = frames_of_a_file(SWEEP_FRAMES);
	long long frames = 0;
	for (int i = 0; i < files; i++) {
		struct err e;
		struct frame f;
		int fd;
		struct capture *c = open_file(i, &fd, &e);
		struct decode *d = decode_new();
		while (c && capture_next(c, &f, &e) == CAPTURE_FRAME && f.number <= most) {
			uint8_t *room = malloc(f.caplen ? f.caplen : 1);
			sweep(d, &f, room);
			free(room);
			frames++;
		}
		decode_free(d);
		if (c)
			capture_close(c);
		close(fd);
	}
	print_message("%lld frames of %d files\n", frames, files);
}

/*
 * A cut frame on its way through flow and dissectors. Each gets a sender of its
 * own, so that each is the first of its flow and not the same segment once more.
 */
static void cut_frame(struct decode *d, struct flow_table *t, const struct frame *f, uint32_t n, uint32_t sender)
{
	struct packet p;
	struct frame cut = *f;
	uint8_t *room = malloc(n ? n : 1);
	memcpy(room, f->data, n);
	cut.data = room;
	cut.caplen = n;
	if (decode_frame(d, &cut, &p) == DECODE_OK) {
		for (int k = 0; sender && p.ip && k < 4; k++)
			p.src.b[12 + k] = (uint8_t)(sender >> (24 - 8 * k));
		flow_packet(t, &p);
	}
	free(room);
}

static void every_cut_frame_the_whole_way(void **state)
{
	(void)state;
	need_captures();
	uint32_t most = frames_of_a_file(SWEEP_FRAMES);
	long long frames = 0;
	for (int i = 0; i < files; i++) {
		struct err e;
		struct frame f;
		int fd;
		struct capture *c = open_file(i, &fd, &e);
		struct decode *d = decode_new();
		struct observe *o = observe_new();
		struct flow_table *t = flow_new(o, false);
		uint32_t sender = 0x0a000001;
		while (c && capture_next(c, &f, &e) == CAPTURE_FRAME && f.number <= most)
			for (uint32_t n = 0; n <= f.caplen; n++, frames++)
				cut_frame(d, t, &f, n, sender++);
		flow_finish(t);
		flow_free(t);
		observe_free(o);
		decode_free(d);
		if (c)
			capture_close(c);
		close(fd);
	}
	print_message("%lld frames of %d files\n", frames, files);
}

/* Conversations of which every frame was cut at the same length, as a snap length does it. */
static void every_file_cut_by_a_snap_length(void **state)
{
	(void)state;
	need_captures();
	uint32_t most = frames_of_a_file(SNAP_FRAMES);
	for (int i = 0; i < files; i++)
		for (uint32_t snap = SNAP_MIN; snap < SNAP_MAX; snap += SNAP_STEP) {
			struct err e;
			struct frame f;
			int fd;
			uint32_t longest = 0;
			struct capture *c = open_file(i, &fd, &e);
			struct decode *d = decode_new();
			struct observe *o = observe_new();
			struct flow_table *t = flow_new(o, false);
			while (c && capture_next(c, &f, &e) == CAPTURE_FRAME && f.number <= most) {
				longest = f.caplen > longest ? f.caplen : longest;
				cut_frame(d, t, &f, f.caplen < snap ? f.caplen : snap, 0);
			}
			flow_finish(t);
			flow_free(t);
			observe_free(o);
			decode_free(d);
			if (c)
				capture_close(c);
			close(fd);
			if (longest <= snap)
				break;
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_those_of_the_other_reader),
		cmocka_unit_test(every_frame_cut_at_every_length),
		cmocka_unit_test(every_cut_frame_the_whole_way),
		cmocka_unit_test(every_file_cut_by_a_snap_length),
	};
	return cmocka_run_group_tests_name("frames", tests, setup, teardown);
}
