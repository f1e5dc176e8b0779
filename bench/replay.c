/*
 * Sends a capture on an interface, again and again, at a rate: replay INTERFACE FILE MBIT/S SECONDS [FRAMES [new]]
 *
 * Ends after so many seconds, or after so many frames. The whole file is in memory, and many frames go with one system
 * call. Each time around, sequence numbers go on where the TCP connections of the time before ended, as those of a
 * plant do that polls all day; otherwise all but the first round would look like retransmissions, which cost a reader
 * nothing. With "new" every round has connections of its own, as if each client had opened all of them again: its port
 * moves, which is that of the two that stands in fewer connections, or the higher one. MBIT/S counts the frames' own bytes; 0 is as fast as can be. Prints frames, bytes and seconds.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 64, WAYS = 1 << 17, ETHERNET = 14, LONGEST = 1514, TCP = 6, FIRST_PORT = 49152 };

/* One direction of a TCP connection: what its sequence numbers cover in the file. */
struct way { uint8_t key[12]; uint32_t first, span; bool used; };

struct frame { uint32_t offset, length, tcp, way, back, client; };   /* tcp 0: none; otherwise where its header is */

static struct way ways[WAYS];
static struct frame *frames;
static size_t n_frames, n_ways;
static uint8_t *bytes;
static uint32_t uses[UINT16_MAX + 1];   /* of a port, in connections */

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static unsigned port_at(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The next port, within those that clients take. */
static void move_port(uint8_t *p)
{
	unsigned port = port_at(p) + 1;
	if (port > UINT16_MAX)
		port = FIRST_PORT;
	p[0] = (uint8_t)(port >> 8);
	p[1] = (uint8_t)port;
}

/* Where the client's port stands in each frame; 0 where both are the same. */
static void find_clients(void)
{
	for (size_t i = 0; i < n_frames; i++) {
		struct frame *f = &frames[i];
		const uint8_t *p = bytes + f->offset + f->tcp;
		unsigned from = port_at(p), to = port_at(p + 2);
		bool first = uses[from] != uses[to] ? uses[from] < uses[to] : from > to;
		f->client = from == to ? 0 : f->tcp + (first ? 0 : 2);
	}
}

static void add32(uint8_t *p, uint32_t n)
{
	n += be32(p);
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(n >> (24 - 8 * i));
}

static uint32_t find_way(const uint8_t *ip, const uint8_t *tcp, bool back)
{
	uint8_t key[12];
	uint32_t hash = 2166136261u;
	memcpy(key, ip + (back ? 16 : 12), 4);
	memcpy(key + 4, ip + (back ? 12 : 16), 4);
	memcpy(key + 8, tcp + (back ? 2 : 0), 2);
	memcpy(key + 10, tcp + (back ? 0 : 2), 2);
	for (size_t i = 0; i < sizeof key; i++)
		hash = (hash ^ key[i]) * 16777619u;
	hash ^= hash >> 15;
	while (ways[hash % WAYS].used && memcmp(ways[hash % WAYS].key, key, sizeof key) != 0)
		hash++;
	struct way *w = &ways[hash % WAYS];
	if (!w->used && ++n_ways > WAYS / 2) {
		fprintf(stderr, "replay: too many connections\n");
		exit(2);
	}
	if (!w->used) {
		memcpy(w->key, key, sizeof key);
		w->used = true;
		uses[port_at(tcp)]++;
		uses[port_at(tcp + 2)]++;
	}
	return (uint32_t)(w - ways);
}

/* TCP over IPv4, behind at most one VLAN tag: where it is, and how far its direction has come. */
static void note_tcp(struct frame *f, const uint8_t *p)
{
	uint32_t ip = ETHERNET;
	if (f->length > 18 && p[12] == 0x81 && p[13] == 0)
		ip += 4;
	if (f->length < ip + 40 || p[ip - 2] != 8 || p[ip - 1] != 0 || p[ip] >> 4 != 4 || p[ip + 9] != TCP ||
	    (p[ip + 6] & 0x1f) || p[ip + 7])
		return;
	uint32_t tcp = ip + (p[ip] & 15u) * 4, total = (uint32_t)p[ip + 2] << 8 | p[ip + 3];
	if (f->length < tcp + 20)
		return;
	uint32_t head = tcp - ip + (uint32_t)(p[tcp + 12] >> 4) * 4;
	f->tcp = tcp;
	f->way = find_way(p + ip, p + tcp, false);
	f->back = find_way(p + ip, p + tcp, true);
	struct way *w = &ways[f->way];
	uint32_t seq = be32(p + tcp + 4), end = seq + (total > head ? total - head : 0);
	if (!w->span && !w->first)
		w->first = seq;
	if ((int32_t)(end - w->first - w->span) > 0)
		w->span = end - w->first;
}

static void load(const char *file)
{
	char why[PCAP_ERRBUF_SIZE];
	const u_char *data;
	struct pcap_pkthdr *h;
	size_t used = 0, room = 0, slots = 0;
	pcap_t *p = pcap_open_offline(file, why);
	if (!p || pcap_datalink(p) != DLT_EN10MB) {
		fprintf(stderr, "replay: %s: %s\n", file, p ? "not Ethernet" : why);
		exit(2);
	}
	while (pcap_next_ex(p, &h, &data) == 1) {
		if (h->caplen < ETHERNET || h->caplen > LONGEST)
			continue;
		if (used + h->caplen > room && !(bytes = realloc(bytes, room = room * 2 + (1 << 20))))
			abort();
		if (n_frames == slots && !(frames = realloc(frames, (slots = slots * 2 + 1024) * sizeof *frames)))
			abort();
		frames[n_frames] = (struct frame){ .offset = (uint32_t)used, .length = h->caplen };
		memcpy(bytes + used, data, h->caplen);
		note_tcp(&frames[n_frames++], data);
		used += h->caplen;
	}
	pcap_close(p);
	if (!n_frames) {
		fprintf(stderr, "replay: %s: no frames\n", file);
		exit(2);
	}
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int open_interface(const char *name)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), on = 1;
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name) };
	if (fd < 0 || to.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		perror("replay");
		exit(2);
	}
	(void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
	return fd;
}

static void send_all(int fd, struct mmsghdr *list, unsigned n)
{
	for (unsigned done = 0; done < n;) {
		int r = sendmmsg(fd, list + done, n - done, 0);
		if (r > 0)
			done += (unsigned)r;
		else if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR)
			usleep(100);
		else {
			perror("replay");
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage: replay INTERFACE FILE MBIT/S SECONDS [FRAMES [new]]\n");
		return 2;
	}
	double rate = atof(argv[3]) * 1e6 / 8, seconds = atof(argv[4]), most = argc > 5 ? atof(argv[5]) : 0;
	bool new = argc > 6;
	int fd = open_interface(argv[1]);
	load(argv[2]);
	find_clients();
	static struct mmsghdr list[AT_ONCE];
	static struct iovec part[AT_ONCE];
	double sent = 0, octets = 0, began = now(), t = began;
	for (size_t next = 0; t - began < seconds && (!most || sent < most); t = now()) {
		unsigned n = 0;
		for (; n < AT_ONCE; n++) {
			struct frame *f = &frames[next];
			uint8_t *p = bytes + f->offset;
			part[n] = (struct iovec){ p, f->length };
			list[n].msg_hdr = (struct msghdr){ .msg_iov = &part[n], .msg_iovlen = 1 };
			octets += f->length;
			if (sent >= (double)n_frames && f->tcp) {
				add32(p + f->tcp + 4, ways[f->way].span);
				add32(p + f->tcp + 8, ways[f->back].span);
				if (new && f->client)
					move_port(p + f->client);
			}
			next = next + 1 == n_frames ? 0 : next + 1;
			if (!next)   /* the next round begins with a call of its own */
				break;
		}
		n += n < AT_ONCE;
		send_all(fd, list, n);
		sent += n;
		double ahead = rate > 0 ? octets / rate - (now() - began) : 0;
		if (ahead > 50e-6)
			usleep((useconds_t)(ahead * 1e6));
	}
	printf("%.0f %.0f %.3f\n", sent, octets, t - began);
	return 0;
}
