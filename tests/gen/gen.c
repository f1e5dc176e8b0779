#include "gen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MSS = 1460, TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

const uint8_t broadcast_mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static struct frame {
	int64_t t;
	size_t at;
	uint32_t len, index;
} *frames;
static size_t n_frames, frames_size;
static uint8_t *pool;
static size_t pool_len, pool_size;
static uint32_t *numbers;

/* ---- bytes ---- */

void put(struct bytes *o, const void *data, size_t n)
{
	if (n > sizeof o->b - o->n) {
		fprintf(stderr, "factory: message too long\n");
		exit(2);
	}
	if (n)
		memcpy(o->b + o->n, data, n);
	o->n += n;
}

void put8(struct bytes *o, unsigned v)
{
	uint8_t b = (uint8_t)v;
	put(o, &b, 1);
}

void be16(struct bytes *o, unsigned v)
{
	put8(o, v >> 8 & 0xff);
	put8(o, v & 0xff);
}

void be32(struct bytes *o, uint32_t v)
{
	be16(o, v >> 16);
	be16(o, v & 0xffff);
}

void le16(struct bytes *o, unsigned v)
{
	put8(o, v & 0xff);
	put8(o, v >> 8 & 0xff);
}

void le32(struct bytes *o, uint32_t v)
{
	le16(o, v & 0xffff);
	le16(o, v >> 16);
}

void text(struct bytes *o, const char *s)
{
	put(o, s, strlen(s));
}

void zero(struct bytes *o, size_t n)
{
	while (n--)
		put8(o, 0);
}

void padded(struct bytes *o, const char *s, size_t n, char fill)
{
	for (size_t i = 0; i < n; i++)
		put8(o, *s ? (uint8_t)*s++ : (uint8_t)fill);
}

void set_be16(struct bytes *o, size_t at, size_t v)
{
	o->b[at] = (uint8_t)(v >> 8);
	o->b[at + 1] = (uint8_t)v;
}

void set_le16(struct bytes *o, size_t at, size_t v)
{
	o->b[at] = (uint8_t)v;
	o->b[at + 1] = (uint8_t)(v >> 8);
}

uint32_t gen_ip(const char *address)
{
	unsigned a, b, c, d;
	if (sscanf(address, "%u.%u.%u.%u", &a, &b, &c, &d) != 4) {
		fprintf(stderr, "factory: bad address %s\n", address);
		exit(2);
	}
	return a << 24 | b << 16 | c << 8 | d;
}

uint32_t gen_random(uint32_t n)
{
	static uint64_t state = 0x67656e6261u;   /* xorshift64* */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return n ? (uint32_t)((state * 0x2545f4914f6cdd1du) >> 33) % n : 0;
}

/* ---- frames ---- */

static mark add(int64_t t, const struct bytes *o)
{
	size_t len = o->n < 60 ? 60 : o->n;   /* shortest Ethernet frame, without the checksum */
	if (n_frames == frames_size) {
		frames_size = frames_size ? frames_size * 2 : 65536;
		frames = realloc(frames, frames_size * sizeof *frames);
	}
	while (pool_len + len > pool_size) {
		pool_size = pool_size ? pool_size * 2 : 1 << 22;
		pool = realloc(pool, pool_size);
	}
	if (!frames || !pool) {
		fprintf(stderr, "factory: out of memory\n");
		exit(2);
	}
	memset(pool + pool_len, 0, len);
	memcpy(pool + pool_len, o->b, o->n);
	frames[n_frames] = (struct frame){ t, pool_len, (uint32_t)len, (uint32_t)n_frames };
	pool_len += len;
	return (mark)n_frames++;
}

mark gen_ethernet(int64_t t, int vlan, const uint8_t src[6], const uint8_t dst[6], unsigned ethertype,
		  const struct bytes *payload)
{
	struct bytes o = { .n = 0 };
	put(&o, dst, 6);
	put(&o, src, 6);
	if (vlan) {
		be16(&o, 0x8100);
		be16(&o, (unsigned)vlan);
	}
	be16(&o, ethertype < 0x600 ? (unsigned)payload->n : ethertype);
	put(&o, payload->b, payload->n);
	return add(t, &o);
}

mark gen_arp(int64_t t, const struct host *from, unsigned operation, const uint8_t *target_mac, const char *target)
{
	struct bytes o = { .n = 0 };
	be16(&o, 1);
	be16(&o, 0x0800);
	put8(&o, 6);
	put8(&o, 4);
	be16(&o, operation);
	put(&o, from->mac, 6);
	be32(&o, gen_ip(from->address));
	if (target_mac)
		put(&o, target_mac, 6);
	else
		zero(&o, 6);
	be32(&o, gen_ip(target));
	return gen_ethernet(t, from->vlan, from->mac, target_mac ? target_mac : broadcast_mac, 0x0806, &o);
}

void gen_arp_pair(int64_t t, const struct host *from, const struct host *to)
{
	gen_arp(t, from, 1, NULL, to->address);
	gen_arp(t + 300 * MICRO, to, 2, from->mac, from->address);
}

/* RFC 1071 */
static uint32_t sum(uint32_t s, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		s += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (n & 1)
		s += (uint32_t)p[n - 1] << 8;
	return s;
}

static unsigned checksum(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return ~s & 0xffff;
}

/* One IPv4 packet on one wire. */
static mark ip_frame(int64_t t, int vlan, const uint8_t *src, const uint8_t *dst, uint32_t from, uint32_t to,
		     unsigned id, unsigned ttl, unsigned protocol, const struct bytes *payload)
{
	struct bytes o = { .n = 0 };
	be16(&o, 0x4500);
	be16(&o, (unsigned)(20 + payload->n));
	be16(&o, id);
	be16(&o, 0x4000);
	put8(&o, ttl);
	put8(&o, protocol);
	be16(&o, 0);
	be32(&o, from);
	be32(&o, to);
	set_be16(&o, 10, checksum(sum(0, o.b, 20)));
	put(&o, payload->b, payload->n);
	return gen_ethernet(t, vlan, src, dst, 0x0800, &o);
}

/*
 * The packet as a mirror port of the whole switch shows it: once on a LAN, twice
 * where the router passes it from one LAN to the other.
 */
static mark ip_send(int64_t t, const struct host *from, const struct host *to, unsigned protocol,
		    const struct bytes *payload)
{
	static uint16_t id;
	unsigned ttl = from->ttl ? from->ttl : 64;
	uint32_t a = gen_ip(from->address), b = gen_ip(to->address);
	id++;
	if (from->internet || from->via) {
		const struct host *router = from->via ? from->via : to->gateway;
		return ip_frame(t, to->vlan, router->mac, to->mac, a, b, id, ttl - (from->via ? 1 : 11), protocol, payload);
	}
	if (to->internet || to->via)
		return ip_frame(t, from->vlan, from->mac, to->via ? to->via->mac : from->gateway->mac, a, b, id, ttl,
				protocol, payload);
	if (from->vlan == to->vlan)
		return ip_frame(t, from->vlan, from->mac, to->mac, a, b, id, ttl, protocol, payload);
	mark first = ip_frame(t, from->vlan, from->mac, from->gateway->mac, a, b, id, ttl, protocol, payload);
	ip_frame(t + 40 * MICRO, to->vlan, to->gateway->mac, to->mac, a, b, id, ttl - 1, protocol, payload);
	return first;
}

static uint32_t pseudo(uint32_t from, uint32_t to, unsigned protocol, size_t n)
{
	return (from >> 16) + (from & 0xffff) + (to >> 16) + (to & 0xffff) + protocol + (uint32_t)n;
}

static void udp_packet(struct bytes *o, uint32_t from, unsigned sport, uint32_t to, unsigned dport,
		       const struct bytes *payload)
{
	be16(o, sport);
	be16(o, dport);
	be16(o, (unsigned)(8 + payload->n));
	be16(o, 0);
	put(o, payload->b, payload->n);
	unsigned c = checksum(sum(pseudo(from, to, 17, o->n), o->b, o->n));
	set_be16(o, 6, c ? c : 0xffff);
}

mark gen_udp(int64_t t, const struct host *from, unsigned sport, const struct host *to, unsigned dport,
	     const struct bytes *payload)
{
	struct bytes o = { .n = 0 };
	udp_packet(&o, gen_ip(from->address), sport, gen_ip(to->address), dport, payload);
	return ip_send(t, from, to, 17, &o);
}

mark gen_udp_group(int64_t t, const struct host *from, unsigned sport, const char *address, unsigned dport,
		   const struct bytes *payload, bool anonymous)
{
	struct bytes o = { .n = 0 };
	uint32_t to = gen_ip(address), src = anonymous ? 0 : gen_ip(from->address);
	uint8_t group[6] = { 0x01, 0x00, 0x5e, (uint8_t)(to >> 16 & 0x7f), (uint8_t)(to >> 8), (uint8_t)to };
	udp_packet(&o, src, sport, to, dport, payload);
	return ip_frame(t, from->vlan, from->mac, to >> 28 == 14 ? group : broadcast_mac, src, to, gen_random(65536),
			to >> 28 == 14 ? 1 : from->ttl ? from->ttl : 64, 17, &o);
}

mark gen_icmp_echo(int64_t t, const struct host *from, const struct host *to, unsigned sequence, bool reply)
{
	struct bytes o = { .n = 0 };
	put8(&o, reply ? 0 : 8);
	put8(&o, 0);
	be16(&o, 0);
	be16(&o, 1);
	be16(&o, sequence);
	text(&o, "abcdefghijklmnopqrstuvwabcdefghi");
	set_be16(&o, 2, checksum(sum(0, o.b, o.n)));
	return ip_send(t, from, to, 1, &o);
}

/* ---- TCP ---- */

static mark segment(struct tcp *x, int side, unsigned flags, const uint8_t *data, size_t n)
{
	const struct host *from = side == CLIENT ? x->client : x->server, *to = side == CLIENT ? x->server : x->client;
	uint32_t *seq = side == CLIENT ? &x->cseq : &x->sseq, ack = side == CLIENT ? x->sseq : x->cseq;
	struct bytes o = { .n = 0 };
	bool syn = flags & TCP_SYN;
	be16(&o, side == CLIENT ? x->cport : x->sport);
	be16(&o, side == CLIENT ? x->sport : x->cport);
	be32(&o, *seq);
	be32(&o, flags & TCP_ACK ? ack : 0);
	be16(&o, (syn ? 6u : 5u) << 12 | flags);
	be16(&o, 64240);
	be32(&o, 0);
	if (syn)
		be32(&o, 0x02040000u | MSS);
	put(&o, data, n);
	uint32_t a = gen_ip(from->address), b = gen_ip(to->address);
	set_be16(&o, 16, checksum(sum(pseudo(a, b, 6, o.n), o.b, o.n)));
	*seq += (uint32_t)n + ((flags & (TCP_SYN | TCP_FIN)) ? 1 : 0);
	/* A LAN answers in less than a millisecond, the internet does not. */
	bool far = from->internet || from->via;
	x->t += far ? (8 + gen_random(4)) * MILLI : (200 + gen_random(400)) * MICRO;
	return ip_send(x->t, from, to, 6, &o);
}

static void tcp_start(struct tcp *x, const struct host *client, const struct host *server, unsigned port, int64_t t)
{
	static uint16_t next;
	*x = (struct tcp){ .client = client, .server = server, .sport = (uint16_t)port,
			   .cport = (uint16_t)(49152 + next % 16000), .t = t, .opened = NO_MARK, .first = { NO_MARK, NO_MARK } };
	next = (uint16_t)(next + 7);
	x->cseq = gen_random(0x7fffffff);
	x->sseq = gen_random(0x7fffffff);
}

void tcp_late(struct tcp *x, const struct host *client, const struct host *server, unsigned port, int64_t t)
{
	tcp_start(x, client, server, port, t);
}

void tcp_open(struct tcp *x, const struct host *client, const struct host *server, unsigned port, int64_t t)
{
	tcp_start(x, client, server, port, t);
	x->opened = segment(x, CLIENT, TCP_SYN, NULL, 0);
	segment(x, SERVER, TCP_SYN | TCP_ACK, NULL, 0);
	segment(x, CLIENT, TCP_ACK, NULL, 0);
}

void tcp_refused(const struct host *client, const struct host *server, unsigned port, int64_t t)
{
	struct tcp x;
	tcp_start(&x, client, server, port, t);
	segment(&x, CLIENT, TCP_SYN, NULL, 0);
	x.sseq = 0;
	segment(&x, SERVER, TCP_RST | TCP_ACK, NULL, 0);
}

static mark data(struct tcp *x, int side, const struct bytes *o)
{
	mark m = NO_MARK;
	for (size_t at = 0; at < o->n; at += MSS) {
		size_t n = o->n - at < MSS ? o->n - at : MSS;
		m = segment(x, side, TCP_ACK | (at + n == o->n ? TCP_PSH : 0), o->b + at, n);
	}
	return m;
}

mark tcp_say(struct tcp *x, int side, const struct bytes *o)
{
	mark m = data(x, side, o);
	segment(x, !side, TCP_ACK, NULL, 0);
	return m;
}

mark tcp_line(struct tcp *x, int side, const char *line)
{
	struct bytes o = { .n = 0 };
	text(&o, line);
	text(&o, "\r\n");
	return tcp_say(x, side, &o);
}

static struct marks ask(struct tcp *x, int side, const struct bytes *request, const struct bytes *response)
{
	struct marks m;
	m.request = data(x, side, request);
	m.response = data(x, !side, response);
	if (x->first.request == NO_MARK)
		x->first = m;
	segment(x, side, TCP_ACK, NULL, 0);
	return m;
}

struct marks tcp_ask(struct tcp *x, const struct bytes *request, const struct bytes *response)
{
	return ask(x, CLIENT, request, response);
}

struct marks tcp_ask_back(struct tcp *x, const struct bytes *request, const struct bytes *response)
{
	return ask(x, SERVER, request, response);
}

void tcp_close(struct tcp *x)
{
	segment(x, CLIENT, TCP_FIN | TCP_ACK, NULL, 0);
	segment(x, SERVER, TCP_FIN | TCP_ACK, NULL, 0);
	segment(x, CLIENT, TCP_ACK, NULL, 0);
}

/* ---- the file ---- */

static int by_time(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;
	return x->t != y->t ? (x->t < y->t ? -1 : 1) : x->index < y->index ? -1 : x->index > y->index;
}

/* ---- what one port of the switch shows ---- */

static const struct host *port;

void gen_port(const struct host *there)
{
	port = there;
}

static int vlan_of(const uint8_t *b)
{
	return b[12] == 0x81 && b[13] == 0 ? (b[14] << 8 | b[15]) & 0xfff : 0;
}

/*
 * IEEE 802.1Q: a switch learns where a source is and forgets it after 300 s, or when the spanning tree changes. What
 * goes to all, to whom it has not learned, or from and to the port's own host comes out there. It has just been
 * switched on, and late in the day a cable is plugged.
 */
static void keep_port(void)
{
	enum { HOSTS = 200 };
	static struct { uint8_t mac[6]; int64_t t; } learned[HOSTS];
	size_t n = 0, kept = 0;
	int64_t change = n_frames ? frames[0].t + (frames[n_frames - 1].t - frames[0].t) / 10 * 9 : 0;
	for (size_t i = 0; i < n_frames; i++) {
		const uint8_t *dst = pool + frames[i].at, *src = dst + 6;
		if (i && frames[i - 1].t < change && frames[i].t >= change)
			n = 0;
		if (vlan_of(dst) != port->vlan)
			continue;
		bool known = false;
		size_t k;
		for (k = 0; k < n; k++)
			known = known || (memcmp(learned[k].mac, dst, 6) == 0 && frames[i].t - learned[k].t < 300 * SECOND);
		for (k = 0; k < n && memcmp(learned[k].mac, src, 6) != 0; k++)
			;
		if (k == n && n < HOSTS)
			memcpy(learned[n++].mac, src, 6);
		if (k < n)
			learned[k].t = frames[i].t;
		if (dst[0] & 1 || !known || memcmp(dst, port->mac, 6) == 0 || memcmp(src, port->mac, 6) == 0)
			frames[kept++] = frames[i];
	}
	n_frames = kept;
}

bool gen_spoke(const struct host *h)
{
	uint32_t ip = gen_ip(h->address);
	for (size_t i = 0; i < n_frames; i++) {
		const uint8_t *b = pool + frames[i].at, *p = b + (vlan_of(b) ? 18 : 14);
		const uint8_t *from = p[-2] != 8 ? NULL : p[-1] == 0 ? p + 12 : p[-1] == 6 ? p + 14 : NULL;
		if (memcmp(b + 6, h->mac, 6) == 0 && vlan_of(b) == h->vlan && from &&
		    ((uint32_t)from[0] << 24 | from[1] << 16 | from[2] << 8 | from[3]) == ip)
			return true;
	}
	return false;
}

static bool number(void)
{
	if (numbers)
		return true;
	qsort(frames, n_frames, sizeof *frames, by_time);
	numbers = calloc(n_frames + 1, sizeof *numbers);
	if (port)
		keep_port();
	for (size_t i = 0; numbers && i < n_frames; i++)
		numbers[frames[i].index] = (uint32_t)i + 1;
	return numbers != NULL;
}

static bool write_some(const char *path, size_t from, size_t to)
{
	FILE *f = fopen(path, "wb");
	if (!f)
		return false;
	struct bytes head = { .n = 0 };
	le32(&head, 0xa1b2c3d4);
	le16(&head, 2);
	le16(&head, 4);
	zero(&head, 8);
	le32(&head, 65535);
	le32(&head, 1);
	fwrite(head.b, 1, head.n, f);
	for (size_t i = from; i < to; i++) {
		head.n = 0;
		le32(&head, (uint32_t)(frames[i].t / SECOND));
		le32(&head, (uint32_t)(frames[i].t % SECOND / MICRO));
		le32(&head, frames[i].len);
		le32(&head, frames[i].len);
		fwrite(head.b, 1, head.n, f);
		fwrite(pool + frames[i].at, 1, frames[i].len, f);
	}
	bool failed = ferror(f) != 0;
	return fclose(f) == 0 && !failed;
}

bool gen_write(const char *path)
{
	return number() && (!path || write_some(path, 0, n_frames));
}

bool gen_write_pieces(const char *prefix, size_t each)
{
	bool ok = number();
	for (size_t i = 0, from = 0; ok && from < n_frames; i++, from += each) {
		char path[4096];
		snprintf(path, sizeof path, "%s%03zu.pcap", prefix, i);
		ok = write_some(path, from, n_frames - from < each ? n_frames : from + each);
	}
	return ok;
}

uint32_t gen_frame(mark m)
{
	return m == NO_MARK ? 0 : numbers[m];
}

uint32_t gen_frames(void)
{
	return (uint32_t)n_frames;
}
