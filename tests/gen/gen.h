/*
 * Makes captures: hosts that talk over Ethernet, VLANs, IP, UDP and TCP, and a
 * pcap file of it in order of time. Written from the public specifications and
 * on its own, so that it can hold the program's dissectors to account: it shares
 * no code with them. The same calls give the same bytes.
 */
#ifndef GEN_GEN_H
#define GEN_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECOND INT64_C(1000000000)
#define MILLI INT64_C(1000000)
#define MICRO INT64_C(1000)

struct host {
	const char *id;              /* for the truth */
	uint8_t mac[6];
	const char *address;         /* "192.168.1.10" */
	int vlan;                    /* 0: untagged */
	const struct host *gateway;  /* router on its LAN */
	const struct host *via;      /* it is not on a LAN, but behind this host */
	bool internet;               /* it is behind the gateway of whom it talks to */
	uint8_t ttl;                 /* 0: 64 */
	/* What the capture tells of it; NULL where it does not. A host with kind NULL is no device of the truth. */
	const char *kind, *vendor, *name, *model, *firmware, *serial, *hostname, *os, *software;
};

/* ---- bytes ---- */
struct bytes {
	uint8_t b[8192];
	size_t n;
};
void put8(struct bytes *o, unsigned v);
void be16(struct bytes *o, unsigned v);
void be32(struct bytes *o, uint32_t v);
void le16(struct bytes *o, unsigned v);
void le32(struct bytes *o, uint32_t v);
void put(struct bytes *o, const void *data, size_t n);
void text(struct bytes *o, const char *s);
void zero(struct bytes *o, size_t n);
/* Text padded with `fill` to n bytes. */
void padded(struct bytes *o, const char *s, size_t n, char fill);
void set_be16(struct bytes *o, size_t at, size_t v);
void set_le16(struct bytes *o, size_t at, size_t v);

uint32_t gen_ip(const char *address);
/* A number below n, always the same sequence. */
uint32_t gen_random(uint32_t n);

/* ---- frames ---- */

/* Index of a frame as it was made; gen_frame() gives its number in the file once all are sorted. */
typedef uint32_t mark;
enum { NO_MARK = 0xffffffff };

extern const uint8_t broadcast_mac[6];

/* ethertype below 0x600 stands for a length: an LLC frame. */
mark gen_ethernet(int64_t t, int vlan, const uint8_t src[6], const uint8_t dst[6], unsigned ethertype,
		  const struct bytes *payload);
/* ARP of one host: sender's address, asked address. dst NULL: broadcast. */
mark gen_arp(int64_t t, const struct host *from, unsigned operation, const uint8_t *target_mac, const char *target);
/* Ask and answer. */
void gen_arp_pair(int64_t t, const struct host *from, const struct host *to);
mark gen_udp(int64_t t, const struct host *from, unsigned sport, const struct host *to, unsigned dport,
	     const struct bytes *payload);
/* To a broadcast or group address on the sender's LAN; source 0.0.0.0 when anonymous (DHCP). */
mark gen_udp_group(int64_t t, const struct host *from, unsigned sport, const char *address, unsigned dport,
		   const struct bytes *payload, bool anonymous);
mark gen_icmp_echo(int64_t t, const struct host *from, const struct host *to, unsigned sequence, bool reply);

struct marks { mark request, response; };
struct tcp {
	const struct host *client, *server;
	uint16_t cport, sport;
	uint32_t cseq, sseq;
	int64_t t;                   /* time of the last segment; set it forward to pause */
	mark opened;                 /* its first segment */
	struct marks first;          /* the first request that was answered */
};
enum { CLIENT, SERVER };
void tcp_open(struct tcp *x, const struct host *client, const struct host *server, unsigned port, int64_t t);
/* A connection whose beginning is not in the capture. */
void tcp_late(struct tcp *x, const struct host *client, const struct host *server, unsigned port, int64_t t);
/* SYN that is answered with RST. */
void tcp_refused(const struct host *client, const struct host *server, unsigned port, int64_t t);
/* Data from one side, acknowledged by the other. The mark is the last segment's. */
mark tcp_say(struct tcp *x, int side, const struct bytes *data);
mark tcp_line(struct tcp *x, int side, const char *line);
/* A request of the client, the server's answer, and the client's acknowledgement. */
struct marks tcp_ask(struct tcp *x, const struct bytes *request, const struct bytes *response);
/* The server asks instead. */
struct marks tcp_ask_back(struct tcp *x, const struct bytes *request, const struct bytes *response);
void tcp_close(struct tcp *x);

/* Keep only what an ordinary port of the switch shows, to which this host is connected; before gen_write(). */
void gen_port(const struct host *there);
/* Sort, number and write; NULL only sorts. False with errno. */
bool gen_write(const char *path);
/* The same in files of so many frames: PREFIX000.pcap, … */
bool gen_write_pieces(const char *prefix, size_t frames);
/* After gen_write(). From 1; 0 for NO_MARK, and for a frame that the port does not show. */
uint32_t gen_frame(mark m);
uint32_t gen_frames(void);
/* Is there a frame that came from this address of this device? */
bool gen_spoke(const struct host *h);

#endif
