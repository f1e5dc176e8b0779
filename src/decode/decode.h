/*
 * A captured frame to struct packet: link layer, VLAN, PPPoE, MPLS, LLC/SNAP,
 * tunnels, IPv4 with fragments, IPv6 with extension headers, TCP and UDP. At most
 * DECODE_LAYERS encapsulations are followed.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "base/packet.h"

enum { DECODE_LAYERS = 16 };

struct frame {
	int64_t ts;              /* nanoseconds since 1970 */
	const uint8_t *data;     /* borrowed until the next frame is asked for */
	uint32_t caplen, wirelen;
	uint32_t number;         /* from 1 in its file */
	uint16_t file;
	uint16_t linktype;       /* LINKTYPE_ value of the pcap formats, 1 Ethernet */
};

enum decode_result {
	DECODE_OK,
	DECODE_HELD,       /* a fragment that waits for the rest; MACs and addresses are set, payload is empty */
	DECODE_UNKNOWN,    /* link type that is not read */
	DECODE_TRUNCATED,  /* a header was cut by the capture; what lies before it is set */
	DECODE_MALFORMED,  /* a header contradicts itself; likewise */
	DECODE_LATER,      /* a fragment that this decoder leaves to another; nothing of out is to be used */
};

struct decode;

struct decode *decode_new(void);
void decode_free(struct decode *d);
/* Keep no fragments: such frames give DECODE_LATER, and are for a decoder that sees all of them in order. */
void decode_leave_fragments(struct decode *d);
/* out is filled in every case (zeroed, then as far as reading came); it borrows from f->data or from d. */
enum decode_result decode_frame(struct decode *d, const struct frame *f, struct packet *out);
/* Fragments dropped for want of their rest, and frames with more layers than are followed. */
uint64_t decode_lost_fragments(const struct decode *d);
uint64_t decode_too_deep(const struct decode *d);

#endif
