/* What the files of capture/ share: bytes of a file, whether compressed or not, and the frames in them. */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include <sys/types.h>

#include "capture/capture.h"

enum {
	CAPTURE_FRAME_MAX = 16 << 20,    /* a frame or block beyond this is damage, as Wireshark has it */
	CAPTURE_BATCH = 256 << 10,       /* bytes read at once: two batches fit into a level 2 cache */
};

/* input.c: the bytes of an open file, unpacked if it is gzip. */
struct input;

struct input *capture_input_new(int fd);
void capture_input_free(struct input *in);
/* At least one byte into `to`; 0 at the end, -1 with e where the file cannot be read or unpacked. */
ssize_t capture_input_read(struct input *in, void *to, size_t n, struct err *e) MUST_CHECK;
uint64_t capture_input_position(const struct input *in);
/* False for a pipe, which may take its time. */
bool capture_input_is_file(const struct input *in);

/* filter.c: a BPF program for each link type that comes along. */
struct filter;

struct filter *capture_filter_new(const char *text, struct err *e) MUST_CHECK;
void capture_filter_free(struct filter *f);
/* A link type that the filter makes no sense for has no matches. */
bool capture_filter_match(struct filter *f, const struct frame *frame);

struct decoded {
	struct packet packet;
	enum decode_result result;
};

/* Some bytes of the file, and the frames that are whole in them. */
struct batch {
	uint8_t *bytes;
	size_t length, size;
	struct frame *frames;
	size_t count, room, next;
	struct decoded *decoded;         /* of each frame, where the reader decodes */
	size_t decoded_room;
	/* as of the end of this batch */
	uint64_t position;
	uint32_t snaplen;
	enum capture_result end;         /* CAPTURE_FRAME: another batch follows */
	struct err err;
};

struct interface {
	uint16_t linktype;
	uint32_t snaplen;
	/* ticks to nanoseconds: times multiply, or divided, or a binary fraction */
	uint64_t multiply, divide;
	unsigned shift;
	int64_t offset;                  /* nanoseconds */
};

enum format { FORMAT_UNKNOWN, FORMAT_PCAP, FORMAT_PCAPNG };

/* format.c: the state of reading records. */
struct parser {
	enum format format;
	bool big;                        /* byte order of the numbers in the file or section */
	bool in_frame;                   /* what is left over at the end belongs to a frame */
	uint16_t file;
	uint32_t number;                 /* of the last frame */
	uint32_t snaplen;
	size_t need;                     /* bytes that the next record takes, as far as one knows */
	struct filter *filter;           /* borrowed, may be NULL */

	size_t header;                   /* pcap: bytes in front of each frame */
	bool swapped;                    /* pcap before 2.4: the two lengths may stand the other way round */
	uint64_t fraction;               /* pcap: nanoseconds in the smaller unit of time */
	uint16_t linktype;               /* pcap */

	struct interface *interface;     /* pcapng, of this section */
	size_t interfaces;
	int64_t last;                    /* pcapng: time of the frame before, for those that have none */
};

void capture_parser_init(struct parser *p, uint16_t file, struct filter *filter);
void capture_parser_done(struct parser *p);
/*
 * Take the whole records at the start of c, which ends up at the first one that
 * is not all there; p->need says how much that takes. False: the file is broken here.
 */
bool capture_parse(struct parser *p, struct cur *c, struct batch *b, struct err *e) MUST_CHECK;
/* What is wrong with a file that ends with these bytes left over; true if nothing is. */
bool capture_parse_end(const struct parser *p, size_t left, struct err *e) MUST_CHECK;

#endif
