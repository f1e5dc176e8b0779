/*
 * Between flow/ and the dissectors: which dissector a flow's bytes go to, when it
 * is claimed, and what waits until then.
 */
#ifndef DISSECT_CORE_H
#define DISSECT_CORE_H

#include "dissect/dissect.h"

struct dissect_core;
struct dissect_session;

/* The part of a flow that dissection needs; embedded in struct flow. */
struct dissect_flow {
	struct dissect_session *session;   /* NULL while no dissector looks at it */
	uint32_t entity[2];                /* of the first packet's sender, and of the other end */
	uint32_t segment;
	uint16_t port[2];
	uint8_t transport : 4;             /* enum transport */
	uint8_t client : 1;                /* index of the client */
	uint8_t attempts;                  /* packets that no dissector wanted */
	uint8_t kept[2];                   /* bytes of each end's stream that wait, as they may begin a head */
	bool client_known : 1;             /* a SYN or a dissector told */
	bool given_up : 1;                 /* no dissector will look at it any more */
	bool data_seen[2];                 /* payload from this end */
};

struct dissect_core *dissect_core_new(struct observe *o);
void dissect_core_free(struct dissect_core *c);

/* A frame that is no IP, or IP without ports. True when a dissector took it. */
bool dissect_frame(struct dissect_core *c, const struct packet *p, uint32_t segment);
/* A datagram, from end `from` of the flow. */
void dissect_datagram(struct dissect_core *c, struct dissect_flow *f, const struct packet *p, int from);
/*
 * Stream bytes in order from end `from`; p is the frame that brought the last of
 * them. cut: the capture lost what follows. Returns how many bytes were used up;
 * the caller keeps the rest and gives it again with more behind it.
 */
size_t dissect_stream(struct dissect_core *c, struct dissect_flow *f, const struct packet *p, int from,
		      struct cur data, bool cut);
/* Bytes are missing in the stream from this end. */
void dissect_gap(struct dissect_flow *f, int from);

/* What the flow was found to be: NULL while it is not claimed. */
const struct dissector *dissect_claimed(const struct dissect_flow *f, enum confidence *confidence);
/* Conversations of the claimed protocol and those it carries go to observe; base has all but proto and frames. */
void dissect_report(struct dissect_core *c, struct dissect_flow *f, const struct obs_conv *base);
/* The flow is over: requests that still wait come out as unanswered. Before the last dissect_report(). */
void dissect_unanswered(struct dissect_core *c, struct dissect_flow *f);
/* No packets come any more: what was asked outside of flows and nobody answered comes out. */
void dissect_asked_unanswered(struct dissect_core *c);
/* The session is freed. */
void dissect_finish(struct dissect_core *c, struct dissect_flow *f);

#endif
