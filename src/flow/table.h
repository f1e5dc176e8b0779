/* Inside flow/ only: one flow, and the table of them. */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "dissect/core.h"
#include "flow/flow.h"
#include "flow/ndpi.h"
#include "flow/stream.h"

enum {
	CHUNK = 256,
	SWEEP = 4,
	COPY_WITHIN = 100000000,     /* ns between a datagram and its copy behind a router */
	BYTES_REPORT = 1 << 30,      /* a flow's counters are emptied before they run over */
};

enum {
	HAVE_SEQ_0 = 1 << 0,     /* next_seq[0] holds */
	HAVE_SEQ_1 = 1 << 1,
	SYN_SEEN = 1 << 2,
	CLOSED = 1 << 3,         /* FIN or RST: nothing new is expected */
	RESET = 1 << 4,
	NDPI_DONE = 1 << 5,      /* nDPI has spoken, or was not asked: .label holds */
	REPORTED = 1 << 6,       /* counted as a flow already */
	MOVED = 1 << 7,          /* an end changed its MAC: copies behind a router may follow */
	SHADOW = 1 << 8,         /* the same connection, seen again in another segment behind a router */
};

struct flow {
	struct dissect_flow d;       /* must be first */
	struct addr addr[2];
	uint32_t mac[2];             /* entity of the last MAC that sent from each end */
	uint32_t next_seq[2];
	uint32_t packets[2];         /* since the last report, as the bytes */
	uint32_t bytes[2];
	uint32_t frame;              /* first */
	uint32_t hash;
	uint32_t newer, older;       /* by last use: index + 1 */
	int64_t first, last;
	struct stream *streams;      /* two, or NULL */
	union {
		struct ndpi_state *ndpi;         /* while it looks … */
		const struct ndpi_label *label;  /* … and after NDPI_DONE, or NULL */
	};
	uint16_t file;
	uint16_t retransmits;
	uint16_t copy[2];            /* fingerprint of the last datagram of each end */
	uint16_t flags;
	uint8_t proto;
};

_Static_assert(sizeof(struct flow) <= 160, "a flow stays small");

struct slot { uint32_t hash, flow; };   /* flow: index + 1 */

struct flow_table {
	struct observe *o;
	struct dissect_core *core;
	struct ndpi *ndpi;
	uint32_t ndpi_live;
	struct stream_memory memory;
	struct flow **chunks;
	uint32_t n_chunks, n;        /* flows made */
	uint32_t free_list;          /* by .newer: index + 1 */
	uint32_t newest, oldest;
	struct slot *slots;
	uint32_t n_slots, used;
	uint64_t seed;
	uint64_t frames, unicast, broadcast;
};

/* One TCP packet of a flow, from end `from`: state of the connection, and its data in order to the dissectors. */
void flow_tcp(struct flow_table *t, struct flow *f, const struct packet *p, int from);
/* What waits for order or for the rest of a message is given up. */
void flow_drop_streams(struct flow_table *t, struct flow *f);

#endif
