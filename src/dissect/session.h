/* Inside dissect/ only: what a flow's dissection remembers, and one message on its way. */
#ifndef DISSECT_SESSION_H
#define DISSECT_SESSION_H

#include "dissect/core.h"

enum {
	ATTEMPTS_MAX = 24,       /* packets with data that may pass before a flow is given up */
	HEAD_ENOUGH = 64,        /* bytes from which every probe() can tell */
	PENDING = 16,
	ASKED = 64,              /* requests of frames without a flow, all together */
	HELD = 24,               /* observations kept back until the claim */
	HELD_MEMORY = 8 << 20,   /* bytes of them, of all flows */
	ALSO = 2,
	OP_CACHE = 16,
	CONTENT_MESSAGES = 3,    /* of one direction make a claim on the protocol's own port … */
	CONTENT_ELSEWHERE = 6,   /* … and on any other, … */
	CONTENT_FRAMES = 3,      /* … in so many frames: one frame of noise may hold a row of small numbers */
	DISSECTORS_MAX = 128,    /* bits of dissect_session.tried */
	SEGMENT_LEAST = 8,       /* a segment of so many bytes may begin a message whatever waits in front of it */
	SESSIONS_CHUNK = 64,
	MEMORIES = 512,          /* pieces of dissect_memory(), of all protocols */
	APART = 64,              /* flows whose requests may be answered on another flow */
};

struct op_key {
	const char *name;
	uint32_t code, extra, extra2;
	int8_t op;
	uint8_t result, client, confidence;
	uint32_t row;            /* of observe_op() */
};

/* Something said before the claim. */
struct held {
	struct held *next;
	uint32_t entity;         /* attribute: whose */
	int8_t op;               /* operation's class, -1 for an attribute */
	uint8_t field, result;
	const char *source;      /* static: source of the attribute, name of the operation */
	struct obs_where where;
	char text[];
};

struct dissect_session {
	const struct dissector *d;
	struct dissect_session *free_next;
	uint64_t tried[DISSECTORS_MAX / 64];
	bool claimed;
	uint8_t confidence;
	uint8_t index;           /* of d in dissectors[] */
	bool resync[2];
	uint8_t matched;         /* messages that fitted, up to 255 */
	uint64_t skip[2];
	uint32_t frames, last_frame;
	uint32_t requests, unanswered;
	struct obs_gaps gaps;    /* cyclic: of each end's messages */
	int64_t last_ts[2];
	uint16_t last_file;
	uint8_t pending_at, pending_n, n_held, n_also;
	bool apart;              /* in dissect_core.apart */
	bool to_all;             /* its requests go to a broadcast or group address */
	struct dissect_request pending[PENDING];
	struct op_key ops[OP_CACHE];
	struct held *held, **held_end;
	struct { const char *proto; uint32_t frames, last_frame; } also[ALSO];
	_Alignas(8) uint8_t scratch[DISSECT_SCRATCH];
};

/* Dissectors that a port names first, then all that take any port. */
struct port_list {
	uint8_t n;
	uint8_t list[15];
};

/* A request of a frame without a flow. */
struct asked {
	const struct dissector *d;       /* NULL: nothing waits here */
	uint32_t client, server;
	uint16_t port;
	uint8_t transport;
	struct dissect_request r;
};

/* Kept by a protocol under a number of its own. */
struct memory {
	const struct dissector *d;
	uint32_t key;
	_Alignas(8) uint8_t bytes[DISSECT_MEMORY];
};

struct dissect_core {
	struct observe *o;
	struct port_list *tcp_port, *udp_port;   /* 65536 each, only as many pages as are used */
	uint8_t any_tcp[DISSECTORS_MAX], any_udp[DISSECTORS_MAX];
	uint8_t flowless[DISSECTORS_MAX];        /* those that take frames without a flow */
	size_t n_any_tcp, n_any_udp, n_flowless;
	struct dissect_session *free_sessions;
	struct dissect_session **chunks;
	size_t n_chunks;
	size_t held;             /* bytes that are kept back */
	struct memory *memory;   /* MEMORIES, made when first used */
	struct dissect_flow *apart[APART];       /* the latest of them */
	unsigned apart_at;
	struct asked asked[ASKED];
	size_t asked_at;
};

struct dissect {
	struct dissect_core *core;
	struct dissect_flow *f;           /* NULL for frames without a flow */
	struct dissect_session *s;        /* likewise */
	const struct dissector *d;
	const struct packet *p;
	int from;                         /* end of the flow */
	uint32_t segment;
	uint32_t peer_frame;              /* the request that dissect_response() found */
	uint32_t sender, receiver, mac;   /* found when asked for */
	bool answer;                      /* a frame without a flow whose sender is the server */
	bool evident;
	uint8_t index;                    /* of d in dissectors[] */
	bool fits;                        /* probe() says so: only such messages lead to a claim */
};

static inline enum side dissect_side_of(const struct dissect_flow *f, int from)
{
	return from == f->client ? SIDE_CLIENT : SIDE_SERVER;
}

/* Forget what was held back for the claim. */
void dissect_held_drop(struct dissect_core *c, struct dissect_session *s);
/* No other flow finds this one's requests any more. */
void dissect_apart_drop(struct dissect_core *c, struct dissect_session *s);
/* The flow is this protocol's: what was held back comes out. */
void dissect_claim(struct dissect *d, enum confidence confidence);
/* An operation of a request that was answered by frame `peer`, or never was (0). */
void dissect_observe_request(struct dissect *d, const struct dissect_request *r, enum op_result result, uint32_t peer);

#endif
