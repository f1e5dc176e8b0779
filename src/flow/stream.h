/*
 * One direction of a TCP connection, put in order. In-order data passes through
 * without a copy; only the tail of an unfinished message and segments ahead of a
 * gap are kept, within caps.
 */
#ifndef FLOW_STREAM_H
#define FLOW_STREAM_H

#include "base/cursor.h"
#include "base/packet.h"

enum {
	STREAM_TAIL = 65536,         /* longest unfinished message */
	STREAM_AHEAD = 32,           /* segments kept ahead of a gap … */
	STREAM_AHEAD_BYTES = 65536,  /* … and their bytes */
	STREAM_MEMORY = 24 << 20,    /* of all streams together */
};

struct stream_segment {
	struct stream_segment *next;
	uint32_t seq, len, wire;     /* bytes kept, bytes on the wire */
	uint32_t frame;
	int64_t ts;
	uint8_t data[];
};

struct stream {
	uint8_t *tail;               /* unfinished message */
	uint32_t tail_len, tail_room;
	struct stream_segment *ahead;   /* sorted by seq */
	uint32_t n_ahead, ahead_bytes;
};

/* Memory of all streams: kept by the flow table. */
struct stream_memory {
	size_t used;
	uint64_t refused;            /* times the cap was hit */
};

/* Keep bytes behind the tail. False: no room (the tail is dropped then). */
bool stream_keep(struct stream *s, struct stream_memory *m, const struct cur *data);
void stream_drop_tail(struct stream *s, struct stream_memory *m);
/* Keep a segment ahead of a gap. False: no room. */
bool stream_hold(struct stream *s, struct stream_memory *m, const struct packet *p, uint32_t seq,
		 const struct cur *data, uint32_t wire);
/* The segment with the lowest sequence number, taken out; free with stream_release(). */
struct stream_segment *stream_take(struct stream *s);
void stream_release(struct stream_segment *segment, struct stream_memory *m);
void stream_done(struct stream *s, struct stream_memory *m);

#endif
