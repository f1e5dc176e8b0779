/*
 * The flow table: packets to conversations. Finds the flow of a packet, puts TCP
 * together in order, hands data to the dissectors, what they leave to nDPI, and
 * binds addresses to MACs. Nothing is allocated per packet once a flow stands.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/packet.h"
#include "observe/observe.h"

struct flow_table;

enum {
	FLOW_LIVE = 131072,          /* flows at once; the one unused for longest goes first */
	FLOW_NDPI_LIVE = 50000,      /* of them, with nDPI's state */
	FLOW_IDLE_TCP = 600,         /* seconds of capture time after which a flow is over */
	FLOW_IDLE_CLOSED = 10,
	FLOW_IDLE_OTHER = 180,
	FLOW_UNKNOWN = 60,           /* seconds after which flow_report() counts what nobody has claimed */
};

/* with_ndpi false leaves flows that no dissector claims without a name (fuzzing, benchmarks). */
struct flow_table *flow_new(struct observe *o, bool with_ndpi);
void flow_free(struct flow_table *t);
/* One decoded frame that is not held back as a fragment. */
void flow_packet(struct flow_table *t, const struct packet *p);
/* Between files: what waits in reassembly belongs to the file that ends. */
void flow_file_end(struct flow_table *t);
/* Counts so far to observe; flows go on, but for those whose time is over (live snapshots). now: as packet.ts. */
void flow_report(struct flow_table *t, int64_t now);
/* All flows are over. */
void flow_finish(struct flow_table *t);

#endif
