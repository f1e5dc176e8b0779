/*
 * What the wire showed, before anybody decides what is one device. Capped tables
 * of entities (segment + MAC, segment + IP), links between them, attributes,
 * conversations and operations. Nothing is merged here: inventory_resolve() does.
 *
 * The parsing child fills one of these; observe_flush() writes what changed as
 * records, and the parent's observe_read() applies them to its own copy. Records
 * hold the whole row and may come again, so that a child that dies loses only
 * what it had not sent.
 *
 * Strings given to observe_* are copied (at most OBS_TEXT bytes), UTF-8, from
 * text_wire() where they come from the wire. No call fails: a full table counts
 * the loss in obs_counts.dropped.
 */
#ifndef OBSERVE_OBSERVE_H
#define OBSERVE_OBSERVE_H

#include "base/addr.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/packet.h"

struct observe;

enum {
	OBS_TEXT = 255,          /* bytes of one value */
	OBS_VALUES = 16,         /* values kept per entity and field; the rest is counted */
	OBS_SEGMENTS = 1024,
	OBS_ENTITIES = 200000,
	OBS_LINKS = 200000,
	OBS_ATTRS = 200000,
	OBS_CONVS = 200000,
	OBS_OPS = 100000,
	OBS_FILES = 4096,
	OBS_SILENCES = 64,
	OBS_SETS = 16,           /* interfaces of a live scan */
};

enum confidence { CONF_GUESS, CONF_CONTENT, CONF_CONFIRMED };
extern const char *const confidence_names[];    /* "guess", "content", "confirmed", NULL */

enum transport { TRANSPORT_ETHER, TRANSPORT_IP, TRANSPORT_TCP, TRANSPORT_UDP };
extern const char *const transport_names[];     /* "ethernet", "ip", "tcp", "udp", NULL */

/* Fields of a device that the wire can tell. Names as in devices --format json. */
enum attr {
	ATTR_NAME,        /* what the device calls itself: product name, sysName, station name */
	ATTR_VENDOR,
	ATTR_MODEL,       /* order number or type designation */
	ATTR_FIRMWARE,
	ATTR_HARDWARE,
	ATTR_SERIAL,
	ATTR_OS,
	ATTR_HOSTNAME,
	ATTR_DESCRIPTION, /* free text: system description, module name, plant name */
	ATTR_LOCATION,    /* where it says it stands, or the switch port it says it is */
	ATTR_ROLE,        /* what it says it is: "plc", "bridge", "router"; a kind name where one fits */
	ATTR_MODE,        /* run, stop, program, … */
	ATTR_SOFTWARE,    /* program that speaks: HTTP Server or User-Agent, SSH banner */
	ATTR_DHCP_VENDOR, /* option 60 */
	ATTR_DHCP_FINGERPRINT, /* option 55 as "1,3,6,15" */
	ATTR_PRODUCT_CODE,
	ATTR_TLS_FINGERPRINT,  /* JA3 of a client: programs that offer TLS alike have the same */
	ATTR_MAX
};
extern const char *const attr_names[];

enum op_class {
	OP_READ, OP_WRITE, OP_START, OP_STOP, OP_RESET, OP_MODE, OP_DOWNLOAD, OP_UPLOAD,
	OP_FIRMWARE, OP_CONFIGURATION, OP_CLOCK, OP_LOG_ERASE, OP_IDENTITY, OP_LOGIN,
	OP_FILE, OP_FORCE, OP_DIAGNOSTIC,
	OP_WEAKNESS,      /* not a command: a fact such as "password-in-clear" */
	OP_RELAY,         /* not a command: the server passes it on to somewhere else (a conduit inside the payload) */
	OP_MAX
};
extern const char *const op_class_names[];

enum op_result { RESULT_UNKNOWN, RESULT_OK, RESULT_REFUSED };

/*
 * How regularly something came: the gaps between one time and the next. A gap of more than OBS_GAP_MAX is a pause and
 * no cycle: it is left out. Period: sum / n. Jitter: the standard deviation, from sum and sum2.
 */
#define OBS_GAP_MAX INT64_C(60000000000)   /* nanoseconds */
struct obs_gaps {
	uint64_t n;
	uint64_t sum;            /* microseconds */
	uint64_t sum2;           /* squares of them; full: nothing is added any more */
};
void obs_gaps_add(struct obs_gaps *g, int64_t gap_ns);
/* Microseconds, 0 where n is. */
uint64_t obs_gaps_period(const struct obs_gaps *g);
uint64_t obs_gaps_jitter(const struct obs_gaps *g);

/* Why two entities belong together. */
enum link_reason {
	LINK_ARP,         /* the sender of an ARP packet claimed this IP for this MAC */
	LINK_ND,          /* IPv6 neighbour discovery, likewise */
	LINK_DHCP,        /* an ACK gave this IP to this MAC */
	LINK_DATA,        /* frames with this source MAC carried this source IP */
	LINK_LLDP,        /* chassis id or management address in one announcement */
	LINK_SAME,        /* a protocol says that both are one device; detail in .source */
	LINK_MAX
};
extern const char *const link_reason_names[];

/* Where something was seen. peer_frame: its counterpart (the request of an answer …), 0 for none. */
struct obs_where {
	uint16_t file;
	uint32_t frame;
	uint32_t peer_frame;
	int64_t ts;
};

static inline struct obs_where obs_where(const struct packet *p)
{
	return (struct obs_where){ .file = p->file, .frame = p->frame, .ts = p->ts };
}

struct obs_segment {
	uint16_t file_set;       /* 0: all files of the scan, or its first interface; the others count on */
	uint8_t tunnel;
	uint8_t vlans;
	uint16_t vlan[PACKET_VLANS];
	uint32_t tunnel_id;
	struct addr tunnel_src;
	uint64_t frames;
};

struct obs_entity {
	uint32_t segment;        /* index */
	bool is_mac;
	uint8_t mac[6];
	struct addr ip;
	int64_t first, last;     /* as sender; 0 when never seen sending */
	struct obs_where where;  /* first frame that named it */
	uint64_t frames;         /* sent (a MAC: all frames; an IP: of tracked flows and L3 discovery) */
	uint32_t ttl;            /* IP: highest TTL or hop limit seen from it; 0 unknown */
};

struct obs_link {
	uint32_t a, b;           /* entities: the MAC, the IP */
	uint8_t reason;
	uint32_t alternations;   /* LINK_ARP: times this IP was claimed again after another MAC claimed it */
	uint64_t count;
	int64_t first, last;
	struct obs_where where;
	const char *source;      /* "arp", "dhcp.ack", "lldp.management_address" */
};

struct obs_attr {
	uint32_t entity;
	uint8_t field;           /* enum attr */
	uint8_t confidence;
	const char *value;
	const char *source;      /* "enip.list_identity": protocol and message, the protocol's terms */
	uint64_t count;
	int64_t first, last;
	struct obs_where where;  /* of the first */
};

struct obs_conv {
	uint32_t client, server; /* entities; server may be a group address's entity */
	uint8_t transport;
	uint8_t confidence;
	uint16_t port;           /* the server's; EtherType for TRANSPORT_ETHER */
	const char *proto;       /* short name; "" where nobody knows */
	const char *risk;        /* nDPI risk names, comma separated, "" for none */
	uint64_t frames;         /* frames of this protocol (both directions) */
	uint64_t packets_c, packets_s;   /* all packets from client, from server */
	uint64_t bytes_c, bytes_s;       /* payload bytes */
	uint64_t flows;          /* connections or address/port pairs */
	uint64_t refused;        /* of them, TCP answered with RST or never answered */
	uint64_t retransmits;
	uint64_t requests;       /* requests of the dissector's protocol … */
	uint64_t unanswered;     /* … and those that no answer followed, where both directions were seen */
	struct obs_gaps gaps;    /* cyclic protocols: of one sender's frames */
	int64_t first, last;
	struct obs_where where;
};

struct obs_op {
	uint32_t client, server; /* who commands, who is commanded (OP_WEAKNESS: whose weakness is .server) */
	uint8_t transport;
	uint8_t cls;             /* enum op_class */
	uint8_t confidence;
	uint8_t result;
	uint16_t port;
	const char *proto;
	const char *name;        /* the protocol's own term: "Write Multiple Registers" */
	const char *detail;      /* address range, block, class …; no payload values; may be "" */
	uint64_t count;
	struct obs_gaps gaps;    /* between one and the next: the period of a poll */
	int64_t first, last;
	struct obs_where where;  /* of the first */
};

/* One capture file (or interface), as the reader found it. */
/* Nothing was heard from first to last: ns, at whole minutes. */
struct obs_silence {
	int64_t first, last;
};

struct obs_file {
	const char *name;        /* as given on the command line, base name */
	uint64_t frames;
	uint64_t bytes;          /* captured bytes of all frames */
	uint64_t cut;            /* frames shorter than on the wire (snap length) */
	uint64_t undecoded;      /* link type, or header, that decode does not know */
	uint64_t malformed;      /* headers that contradict themselves */
	uint64_t truncated;      /* headers cut by the capture */
	uint32_t snaplen;        /* largest, 0 unlimited */
	int64_t first, last;     /* 0 when empty */
	const char *problem;     /* why reading stopped early, "" when it did not */
	uint16_t given;          /* its place on the command line, from 0: files are read in time order */
	bool live;               /* an interface, or what was kept of it */
	uint16_t set;            /* as obs_segment.file_set */
	/* of an interface */
	uint64_t dropped;        /* frames that came faster than they were read, or that the adapter lost */
	uint64_t gaps;           /* times it was down … */
	int64_t gap_ns;          /* … and how long in all */
	bool failed;             /* nothing of it could be read */
};

/* Counters of the whole scan; every one is shown. */
enum obs_count {
	COUNT_FRAMES,
	COUNT_UNICAST,           /* IP unicast frames … */
	COUNT_THIRD_PARTY,       /* … of TCP connections seen in both directions (a mirror port shows many) */
	COUNT_BROADCAST,         /* broadcast or multicast destination */
	COUNT_COPIES,            /* datagrams seen again with other MACs (mirrored router) */
	COUNT_FRAGMENTS,         /* fragments whose rest never came */
	COUNT_TCP_GAPS,          /* bytes missing in a followed stream */
	COUNT_FLOWS,
	COUNT_FLOWS_ONE_WAY,     /* TCP flows with data in one direction only */
	COUNT_FLOWS_EVICTED,     /* table full: oldest flows closed early */
	COUNT_STREAM_CAP,        /* reassembly memory full */
	COUNT_LAYERS,            /* more encapsulation than is followed */
	COUNT_DISSECT_TRUNCATED, /* messages cut by the capture */
	COUNT_DISSECT_MALFORMED,
	COUNT_NDPI_CAP,          /* flows that nDPI could not look at: too many at once */
	COUNT_DROPPED_SEGMENTS,
	COUNT_DROPPED_ENTITIES,
	COUNT_DROPPED_LINKS,
	COUNT_DROPPED_ATTRS,
	COUNT_DROPPED_CONVS,
	COUNT_DROPPED_OPS,
	COUNT_DROPPED_VALUES,    /* more than OBS_VALUES values of one field */
	COUNT_DROPPED_TEXT,      /* string memory full */
	COUNT_MINUTES,           /* distinct minutes that hold frames … */
	COUNT_MINUTES_OT,        /* … and distinct minutes that hold frames of a claimed OT protocol */
	COUNT_MAX
};
extern const char *const obs_count_names[];     /* "frames", "unicast", … */

struct observe *observe_new(void);
void observe_free(struct observe *o);

/* Filling (the child). Entity 0 is none, and safe to pass everywhere. */
uint32_t observe_segment(struct observe *o, const struct packet *p);
uint32_t observe_mac(struct observe *o, uint32_t segment, const uint8_t mac[6], const struct obs_where *w);
/* Is this entity that MAC (whatever the segment)? Cheap: asked for every packet. */
bool observe_mac_is(const struct observe *o, uint32_t entity, const uint8_t mac[6]);
uint32_t observe_ip(struct observe *o, uint32_t segment, const struct addr *ip, const struct obs_where *w);
/* n frames sent by this entity, the last at time ts; ttl 0 where unknown. */
void observe_sent(struct observe *o, uint32_t entity, uint64_t n, int64_t ts, uint32_t ttl);
void observe_link(struct observe *o, uint32_t mac_entity, uint32_t ip_entity, enum link_reason reason,
		  const char *source, const struct obs_where *w);
void observe_attr(struct observe *o, uint32_t entity, enum attr field, const char *value, const char *source,
		  enum confidence confidence, const struct obs_where *w);
/* Adds to the row with the same client, server, transport, port and proto. c: where is the first packet's. */
void observe_conv(struct observe *o, const struct obs_conv *c);
/* The same for one frame of a cyclic protocol: the gap to the last one counts. */
void observe_cyclic(struct observe *o, const struct obs_conv *c);
/*
 * Adds to the row with the same client, server, transport, port, proto, cls, name,
 * detail, result, and returns its number; OBS_NO_ROW when the table is full.
 */
#define OBS_NO_ROW UINT32_MAX
uint32_t observe_op(struct observe *o, const struct obs_op *op);
/* Count row number `row` of observe_op() once more: the cheap way for polls. */
void observe_op_again(struct observe *o, uint32_t row, int64_t ts);
void observe_file(struct observe *o, uint16_t file, const struct obs_file *f);
void observe_count(struct observe *o, enum obs_count which, uint64_t n);
/* A frame at this time: keeps the distinct minutes. */
void observe_minute(struct observe *o, int64_t ts, bool ot);
/*
 * How much of the site was shown, 0 to 1: t · v · d of docs/METHOD.md, and 0.3 of that where the share of unicast between
 * third parties (*mirror: enough of it) is that of no mirror port.
 */
double observe_coverage(double hours, double v, double loss, double third_share, bool *mirror);
/* As of now: the longest times (10 minutes and more) without any frame, inside a file. */
void observe_silences(struct observe *o);

/* Reading (the resolver, tests). Index 0 of entities is unused; others count from 0. */
uint32_t observe_segments(const struct observe *o, const struct obs_segment **rows);
uint32_t observe_entities(const struct observe *o, const struct obs_entity **rows);
uint32_t observe_links(const struct observe *o, const struct obs_link **rows);
uint32_t observe_attrs(const struct observe *o, const struct obs_attr **rows);
uint32_t observe_convs(const struct observe *o, const struct obs_conv **rows);
uint32_t observe_ops(const struct observe *o, const struct obs_op **rows);
uint32_t observe_files(const struct observe *o, const struct obs_file **rows);
uint32_t observe_silent(const struct observe *o, const struct obs_silence **rows);
uint64_t observe_counted(const struct observe *o, enum obs_count which);

/* The pipe: rows changed since the last flush as records, appended to b. */
void observe_flush(struct observe *o, struct buf *b);
/* The same, until b holds `enough` bytes: true when there is more, for the next call. */
bool observe_flush_some(struct observe *o, struct buf *b, size_t enough);
/*
 * Apply complete records from the cursor; what is left over (an incomplete
 * record) stays unread. False: the bytes are no records (the child went wrong).
 */
bool observe_read(struct observe *o, struct cur *c);

#endif
