/*
 * What a protocol file offers and what it may call. docs/ADDING-A-PROTOCOL tells
 * the whole story; in short:
 *
 *   probe    could this message (the start of a datagram or of stream data) be
 *            mine? Cheap, strict, no state. Ports only order the candidates.
 *   length   streams only: how many bytes has the message that begins here?
 *   message  read one whole message through the cursor. Check cur_ok() before any
 *            observation. Say what it was with dissect_request()/_response(): the
 *            claim follows from that, and operations come out with both frames.
 *
 * A flow is claimed `confirmed` when a response found its request, or when the
 * message is evident by itself (dissect_evident()); `content` when three messages
 * in a row fitted (six where no port is the protocol's own) and the capture shows
 * one direction only. Before the claim
 * nothing is written: operations wait in the pending ring, and attributes are
 * held back until then (or dropped with the flow).
 */
#ifndef DISSECT_DISSECT_H
#define DISSECT_DISSECT_H

#include "base/packet.h"
#include "observe/observe.h"

enum dissect_result {
	DISSECT_OK,
	DISSECT_LOWER,       /* fits, but only the layer below spoke (a connection set up): not counted */
	DISSECT_NOT_MINE,
	DISSECT_TRUNCATED,   /* mine, but the capture cut it; what was read before the cut may be used */
	DISSECT_MALFORMED,   /* mine, but it contradicts itself */
};

/* From which side a message came. Frames without a flow come from the client, until dissect_set_side() says else. */
enum side { SIDE_CLIENT, SIDE_SERVER };

enum {
	DISSECT_PORTS = 8,
	DISSECT_NEED_MORE = 0,      /* length(): header incomplete */
	DISSECT_NO_FRAME = -1,      /* length(): no message of mine begins here */
	DISSECT_MESSAGE_MAX = 65536 /* longest message that is put together */
};

struct dissect;     /* one message in its flow: the argument of every call below */

struct dissector {
	const char *name;           /* short name of the field: "modbus" */
	const char *title;          /* "Modbus/TCP" */
	bool ot;                    /* an OT protocol: nDPI's guess is dropped on its flows */
	bool no_auth;               /* cannot ask who commands: each claim is the weakness "no-authentication" of its server */
	bool unframed;              /* streams: a message is a segment, so that lost bytes harm no length */
	bool cyclic;                /* its messages come by themselves in a cycle: period and jitter are kept */
	bool apart;                 /* answers may come on another flow: each host to a broadcast, or from another port */
	const char *carries[6];     /* what it counts with dissect_also(), ended by NULL; of its kind (OT or not) … */
	const char *carries_ot;     /* … but this one is OT although its carrier is not: OPC in DCOM, MTConnect in HTTP */

	/* Candidates. All are ended by 0. */
	uint16_t tcp[DISSECT_PORTS];
	uint16_t udp[DISSECT_PORTS];
	uint16_t ethertype[4];
	uint8_t llc_dsap;           /* LLC DSAP, 0 for none */
	uint32_t snap_oui;          /* SNAP OUI and protocol id, 0 for none */
	uint16_t snap_pid;
	uint8_t ip_proto;           /* directly on IP (ICMPv6: 58), 0 for none */
	bool any_tcp, any_udp;      /* content alone may start a candidate on any port */

	bool (*probe)(const struct cur *c, enum side side);
	int32_t (*length)(const struct cur *c, enum side side);
	enum dissect_result (*message)(struct dissect *d, struct cur c);

	/* For docs/PROTOCOLS: what it knows and how that was verified. */
	const char *reference;      /* the public document of the format */
	const char *recognition;
	const char *identity;
	const char *operations;
	const char *verified;       /* "real captures", "from the manual, not yet seen in a real capture" */
};

/* ---- what message() may ask ---- */
const struct packet *dissect_packet(const struct dissect *d);   /* the frame that completed the message */
enum side dissect_side(const struct dissect *d);
uint32_t dissect_sender(const struct dissect *d);               /* entities of the frame's ends */
uint32_t dissect_receiver(const struct dissect *d);
uint32_t dissect_client(const struct dissect *d);
uint32_t dissect_server(const struct dissect *d);
uint32_t dissect_mac(const struct dissect *d);                  /* sender's MAC entity, 0 for none */
struct observe *dissect_observe(const struct dissect *d);
uint32_t dissect_segment(const struct dissect *d);
uint16_t dissect_server_port(const struct dissect *d);

/*
 * A few bytes of the protocol's own per flow (zeroed at first): session state such
 * as "a transfer runs". At most DISSECT_SCRATCH bytes.
 */
enum { DISSECT_SCRATCH = 48 };
void *dissect_scratch(struct dissect *d);

/*
 * A protocol's memory beyond one flow, as of frames that have none: DISSECT_MEMORY bytes found again by a number of the
 * protocol's own (an address, a handle, a hash). Made zeroed; when there are too many, a new one takes an old one's place.
 */
enum { DISSECT_MEMORY = 256 };
void *dissect_memory(struct dissect *d, uint32_t key);
/* The same, NULL where there is none (any more). */
const void *dissect_recall(const struct dissect *d, uint32_t key);

/* A protocol's functions by their number: what each does, and its own name for it. op -1: nothing to tell. */
struct dissect_code {
	uint16_t code;
	int8_t op;               /* enum op_class */
	const char *name;
};
/* The entry with this number, NULL where there is none. */
const struct dissect_code *dissect_code_find(const struct dissect_code *table, size_t n, uint32_t code);
#define DISSECT_CODE(table, code) dissect_code_find(table, sizeof(table) / sizeof *(table), code)

/* ---- what message() may say ---- */

/* The sender is the server (or the client) of this flow, whatever the ports suggest. */
void dissect_set_side(struct dissect *d, enum side sender);

/* A request waits in the ring (16 a flow). */
struct dissect_request {
	uint64_t key;            /* what the response repeats: transaction id, sequence, … */
	uint32_t code;           /* function, for the dissector's own use */
	uint32_t extra, extra2;
	int op;                  /* enum op_class, or -1 for none */
	const char *name;        /* static string: the protocol's own term */
	/*
	 * Makes the operation's detail ("coils 16-31") from code and extras when the
	 * operation is new; NULL for none. Operations with the same name, code and
	 * extras are counted together without a call: polls leave extras 0.
	 */
	void (*describe)(const struct dissect_request *r, char *out, size_t size);
	/* filled by dissect_request(): */
	int64_t ts;
	struct dissect_core *core;
	uint32_t frame;
	uint16_t file;
	uint8_t by;              /* index of the dissector */
	bool answered;           /* to a broadcast: it waits on, others may answer */
};
_Static_assert(sizeof(struct dissect_request) <= 64, "a flow keeps sixteen of them");

/* For describe(): what dissect_memory() keeps under this number, NULL where it is gone. */
const void *dissect_request_recall(const struct dissect_request *r, uint32_t key);

/*
 * This message is a request. Its operation is observed when the answer comes
 * (both frames), or without peer_frame when it never does and the flow was claimed.
 * Frames without a flow: the answer must come from whom the request went to.
 */
void dissect_request(struct dissect *d, const struct dissect_request *r);
/*
 * This message answers the request with this key: claims the flow, observes the
 * request's operation with `result`. Copies the request into *out (may be NULL).
 * Where the protocol says .apart, also one on another flow of the same two hosts,
 * or a broadcast of this host; the sender is then the server. The answer may be a
 * broadcast, too, to the asker's port: the asker is then the flow's client.
 * False when no such request waits; the answer then proves nothing, but its
 * identity facts may be told with confidence content once the flow is claimed.
 */
bool dissect_response(struct dissect *d, uint64_t key, enum op_result result, struct dissect_request *out);
/* The message proves the protocol by itself (DCP, LLDP, a List Identity reply). */
void dissect_evident(struct dissect *d);

/*
 * Facts. Attributes belong to the sender unless an entity is given (…_of). The
 * evidence is this frame, its counterpart the request that dissect_response()
 * found. Confidence follows the claim. Empty values are ignored.
 */
void dissect_attr(struct dissect *d, enum attr field, const char *value, const char *source);
void dissect_attr_of(struct dissect *d, uint32_t entity, enum attr field, const char *value, const char *source);
/* As dissect_attr, from bytes of the wire, through text_wire(). */
void dissect_attr_bytes(struct dissect *d, enum attr field, const void *bytes, size_t n, const char *source);
/* An operation without a request to wait for; client commands server. detail may be NULL. */
void dissect_op(struct dissect *d, enum op_class cls, const char *name, const char *detail, enum op_result result);
/*
 * The server is a door to somewhere else: the message names a network, station, unit or route behind it. name: the
 * protocol's own term, static; a and b tell one from another, describe() writes them (it gets them as extra, extra2).
 * Cheap when repeated.
 */
void dissect_relay(struct dissect *d, const char *name, uint32_t a, uint32_t b,
		   void (*describe)(const struct dissect_request *r, char *out, size_t size));
/* A weakness of the server that the wire proves: "password-in-clear". */
void dissect_weakness(struct dissect *d, const char *name, const char *detail);
/*
 * Streams: the next n bytes from this side are a body that needs no reading
 * (HTTP, FTP data). UINT64_MAX: up to the next segment at whose start probe() fits.
 */
void dissect_skip(struct dissect *d, uint64_t n);
/* The frame also carries this protocol (CIP inside EtherNet/IP): counted as a conversation of its own. */
void dissect_also(struct dissect *d, const char *proto);
/* A device that the message speaks of: an entity in the same segment. */
uint32_t dissect_ip(struct dissect *d, const struct addr *ip);
uint32_t dissect_mac_of(struct dissect *d, const uint8_t mac[6]);
void dissect_link(struct dissect *d, uint32_t mac_entity, uint32_t ip_entity, enum link_reason reason,
		  const char *source);

/* The table that local.mk makes; NULL-terminated. */
extern const struct dissector *const dissectors[];
/* Is this short name that of an OT protocol, or of one that an OT protocol carries? */
bool dissect_is_ot(const char *proto);

#endif
