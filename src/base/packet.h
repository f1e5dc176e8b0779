/* One decoded frame: what decode/ makes of it, and flow/ and dissect/ read. */
#ifndef BASE_PACKET_H
#define BASE_PACKET_H

#include "base/addr.h"
#include "base/cursor.h"

enum { PACKET_VLANS = 4 };

enum tunnel { TUNNEL_NONE, TUNNEL_GRE, TUNNEL_ERSPAN, TUNNEL_VXLAN, TUNNEL_GENEVE, TUNNEL_IPIP };

enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10 };

struct packet {
	int64_t ts;              /* nanoseconds since 1970, UTC */
	uint32_t frame;          /* from 1 in its file, as Wireshark counts */
	uint16_t file;           /* index of the capture in the scan */
	uint16_t set;            /* 0, or which interface of a live scan: each is a segment of its own */
	uint32_t caplen;         /* bytes of the frame captured … */
	uint32_t wirelen;        /* … and on the wire */

	/* Where it was seen: the innermost VLAN stack and the mirror tunnel around it. */
	uint8_t tunnel;          /* enum tunnel, the innermost one */
	uint8_t vlans;
	uint16_t vlan[PACKET_VLANS];
	uint32_t tunnel_id;      /* GRE key, ERSPAN session, VNI; 0 where there is none */
	struct addr tunnel_src;

	/* Innermost Ethernet; has_mac false where the link has none (raw IP, null, PPP). */
	bool has_mac;
	bool has_dst_mac;        /* Linux cooked captures know the sender only */
	uint8_t mac_src[6];
	uint8_t mac_dst[6];
	uint16_t ethertype;      /* innermost, host order; 0 for LLC */
	uint8_t llc_dsap, llc_ssap;     /* LLC without SNAP, ethertype 0 */
	uint32_t snap_oui;       /* SNAP with an OUI of its own (CDP: 0x00000c) … */
	uint16_t snap_pid;       /* … and its protocol id, ethertype 0 */

	uint8_t ip;              /* 4, 6, or 0 */
	uint8_t ttl;
	uint8_t proto;           /* IANA number of what the payload is: 6 TCP, 17 UDP, 1 ICMP … */
	bool fragment;           /* a piece whose rest is missing: ports are not known */
	bool reassembled;        /* payload is put together from fragments */
	struct addr src, dst;

	uint16_t sport, dport;   /* TCP and UDP */
	uint8_t tcp_flags;
	uint32_t tcp_seq, tcp_ack;

	/*
	 * What follows the innermost header that decode understands: TCP or UDP data,
	 * else the IP payload, else what stands behind the EtherType or LLC. Padding is
	 * cut. payload_wire counts it as sent; more than cur_left(&payload) means that
	 * the capture cut it.
	 */
	struct cur payload;
	uint32_t payload_wire;

	/* From the innermost IP header on, for nDPI. */
	struct cur l3;
};

static inline bool packet_cut(const struct packet *p)
{
	return cur_left(&p->payload) < p->payload_wire;
}

#endif
