/*
 * Chance is no factory protocol: random payloads, on every protocol's own ports and
 * EtherTypes and on others, in both directions, claim nothing. And a damaged message
 * is not another protocol's: of each capture named on the command line (an example;
 * its name begins with the protocol's), damaged again and again, no other factory
 * protocol is claimed. 200 000 packets; ten million with GENBA_FULL=1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../unit/frames.h"
#include "base/err.h"
#include "capture/capture.h"
#include "decode/decode.h"
#include "dissect/dissect.h"
#include "flow/flow.h"

enum { PORTS = 1024, FLOW_PACKETS = 40, PAYLOAD = 300, PER_TABLE = 500000 };

static const unsigned long packets_usual = 200000, packets_full = 10000000;
static char **captures;
static int n_captures;

static uint64_t state = 88172645463325252u;

static uint32_t below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 16) % n);
}

/* Every byte alike; or small numbers and zeros, as the headers of the field's protocols are; or text. */
enum noise { EVEN, SMALL, TEXT, NOISES };

static uint8_t noise(enum noise kind)
{
	switch (kind) {
	case SMALL:
		return (uint8_t)(below(3) ? 0 : below(8) ? below(16) : below(256));
	case TEXT:
		return (uint8_t)(below(12) ? 0x20 + below(0x5f) : '\n');
	default:
		return (uint8_t)below(256);
	}
}

struct bench {
	struct observe *o;
	struct flow_table *flows;
	struct decode *decode;
	uint32_t frame;
};

static struct bench bench_new(void)
{
	struct bench b = { .o = observe_new(), .decode = decode_new() };
	b.flows = flow_new(b.o, false);
	return b;
}

/* The ports of all protocols, once. */
static uint16_t ports[PORTS], ethertypes[PORTS];
static unsigned n_ports, n_ethertypes;

static void collect(void)
{
	for (size_t i = 0; dissectors[i]; i++) {
		const struct dissector *d = dissectors[i];
		for (int k = 0; k < DISSECT_PORTS; k++) {
			if (d->tcp[k] && n_ports < PORTS)
				ports[n_ports++] = d->tcp[k];
			if (d->udp[k] && n_ports < PORTS)
				ports[n_ports++] = d->udp[k];
		}
		for (int k = 0; k < 4; k++)
			if (d->ot && d->ethertype[k] && n_ethertypes < PORTS)
				ethertypes[n_ethertypes++] = d->ethertype[k];
	}
}

/* "slmp_ascii" is SLMP's own; what it carries is its own too. */
static bool is_own(const char *own, const char *proto)
{
	if (strncmp(own, "cclink", 6) == 0 && strcmp(proto, "slmp") == 0)
		return true;   /* their messages are SLMP's frames */
	for (size_t i = 0; dissectors[i]; i++) {
		const struct dissector *d = dissectors[i];
		size_t n = strlen(d->name);
		if (strncmp(own, d->name, n) != 0 || (own[n] && own[n] != '_'))
			continue;
		if (strcmp(d->name, proto) == 0)
			return true;
		for (size_t k = 0; k < sizeof d->carries / sizeof *d->carries && d->carries[k]; k++)
			if (strcmp(d->carries[k], proto) == 0)
				return true;
	}
	return false;
}

static bool is_ot(const char *proto)
{
	for (size_t i = 0; dissectors[i]; i++)
		if (strcmp(dissectors[i]->name, proto) == 0)
			return dissectors[i]->ot;
	return false;
}

/* Closes the table; how many conversations an OT protocol claimed, other than one with a name that begins like `own`. */
static unsigned bench_end(struct bench *b, const char *what, const char *own)
{
	const struct obs_conv *c;
	unsigned claims = 0;
	flow_finish(b->flows);
	uint32_t n = observe_convs(b->o, &c);
	for (uint32_t i = 0; i < n; i++) {
		if (!is_ot(c[i].proto) || c[i].confidence == CONF_GUESS || (own && is_own(own, c[i].proto)))
			continue;
		claims++;
		print_message("%s: %s claimed on port %u, %s, %llu frames, first %u\n", what, c[i].proto, c[i].port,
			      confidence_names[c[i].confidence], (unsigned long long)c[i].frames, c[i].where.frame);
	}
	flow_free(b->flows);
	decode_free(b->decode);
	observe_free(b->o);
	return claims;
}

static void put32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* One connection or pair of ports, of a random number of packets. */
static unsigned flow(struct bench *b, enum noise kind)
{
	bool tcp = below(2);
	unsigned server = below(3) ? ports[below(n_ports)] : 0, client = 1024 + below(64000), n = 1 + below(FLOW_PACKETS);
	unsigned one_way = below(3), hosts[2] = { 1 + below(250), 1 + below(250) };
	uint32_t seq[2] = { (uint32_t)state, (uint32_t)(state >> 32) };
	if (server == 0)
		server = 1 + below(65535);
	for (unsigned i = 0; i < n; i++) {
		struct made m = { .linktype = 1 };
		unsigned from = one_way < 2 ? one_way : below(2);
		frame_ethernet(&m, hosts[!from] & 0xff, hosts[from] & 0xff, 0x0800);
		frame_ipv4(&m, hosts[from], hosts[!from], tcp ? 6 : 17);
		if (tcp) {
			size_t at = m.n;
			frame_tcp(&m, from ? server : client, from ? client : server, 0x18, 0);
			put32(m.b + at + 4, seq[from]);
		} else {
			frame_udp(&m, from ? server : client, from ? client : server);
		}
		uint32_t length = 1 + below(below(4) ? 40 : PAYLOAD);
		for (uint32_t k = 0; k < length; k++)
			frame_u8(&m, noise(kind));
		seq[from] += length;
		frame_close(&m);
		struct frame f = { .ts = ++b->frame * INT64_C(1000000), .data = m.b, .caplen = (uint32_t)m.n,
				   .wirelen = (uint32_t)m.n, .number = b->frame, .linktype = 1 };
		struct packet p;
		if (decode_frame(b->decode, &f, &p) == DECODE_OK)   /* not so where the port is that of a tunnel */
			flow_packet(b->flows, &p);
	}
	return n;
}

static void none_of(enum noise kind)
{
	unsigned long wanted = (getenv("GENBA_FULL") ? packets_full : packets_usual) / NOISES, done = 0;
	static const char *const names[] = { "even noise", "small numbers", "text" };
	unsigned claims = 0;
	while (done < wanted) {
		struct bench b = bench_new();
		while (b.frame < PER_TABLE && done + b.frame < wanted)
			flow(&b, kind);
		done += b.frame;
		claims += bench_end(&b, names[kind], NULL);
	}
	print_message("%lu packets, %u claims\n", done, claims);
	assert_int_equal(claims, 0);
}

static void even_noise_claims_nothing(void **x)
{
	(void)x;
	none_of(EVEN);
}

static void small_numbers_claim_nothing(void **x)
{
	(void)x;
	none_of(SMALL);
}

static void text_claims_nothing(void **x)
{
	(void)x;
	none_of(TEXT);
}

/*
 * What stands behind an EtherType that is a protocol's own is that protocol's, by
 * the standard; but noise there crashes nothing and stays within bounds.
 */
static void noise_behind_the_ethertypes(void **x)
{
	(void)x;
	struct bench b = bench_new();
	for (unsigned i = 0; i < 50000 && n_ethertypes; i++) {
		struct made m = { .linktype = 1 };
		frame_ethernet(&m, below(250), below(250), ethertypes[below(n_ethertypes)]);
		for (uint32_t k = 0, n = 1 + below(PAYLOAD), kind = below(NOISES); k < n; k++)
			frame_u8(&m, noise((enum noise)kind));
		frame_close(&m);
		struct frame f = { .ts = ++b.frame * INT64_C(1000000), .data = m.b, .caplen = (uint32_t)m.n,
				   .wirelen = (uint32_t)m.n, .number = b.frame, .linktype = 1 };
		struct packet p;
		if (decode_frame(b.decode, &f, &p) == DECODE_OK)
			flow_packet(b.flows, &p);
	}
	flow_finish(b.flows);
	flow_free(b.flows);
	decode_free(b.decode);
	observe_free(b.o);
}

/* One pass over a capture; every frame has a few other bytes behind its headers. The frames that went in. */
static unsigned damaged(struct bench *b, const char *path)
{
	struct err e;
	struct frame f;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct capture *c = fd < 0 ? NULL : capture_open(fd, path, 0, NULL, &e);
	unsigned n = 0;
	assert_non_null(c);
	while (capture_next(c, &f, &e) == CAPTURE_FRAME) {
		uint8_t bytes[2048];
		struct frame g = f;
		struct packet p;
		size_t head = below(2) ? 34 : 54;
		if (f.caplen > sizeof bytes)
			continue;
		memcpy(bytes, f.data, f.caplen);
		for (unsigned k = below(4); k && f.caplen > head; k--)
			bytes[head + below((uint32_t)(f.caplen - head))] = (uint8_t)(below(2) ? below(256) : below(4));
		g.data = bytes;
		n++;
		if (decode_frame(b->decode, &g, &p) == DECODE_OK)
			flow_packet(b->flows, &p);
	}
	capture_close(c);
	close(fd);
	return n;
}

static void damage_is_no_other_protocol(void **x)
{
	(void)x;
	if (!n_captures)
		skip();
	unsigned long wanted = getenv("GENBA_FULL") ? packets_full : packets_usual / 4, done = 0;
	unsigned claims = 0;
	while (done < wanted)
		for (int i = 0; i < n_captures; i++) {
			struct bench b = bench_new();
			const char *slash = strrchr(captures[i], '/');
			char own[64];
			snprintf(own, sizeof own, "%s", slash ? slash + 1 : captures[i]);
			own[strcspn(own, ".")] = 0;
			done += damaged(&b, captures[i]);
			claims += bench_end(&b, own, own);
		}
	print_message("%lu packets, %u claims\n", done, claims);
	assert_int_equal(claims, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest noises[] = {
		cmocka_unit_test(even_noise_claims_nothing),
		cmocka_unit_test(small_numbers_claim_nothing),
		cmocka_unit_test(text_claims_nothing),
		cmocka_unit_test(noise_behind_the_ethertypes),
	};
	const struct CMUnitTest damages[] = {
		cmocka_unit_test(damage_is_no_other_protocol),
	};
	collect();
	captures = argv + 1;
	n_captures = argc - 1;
	return n_captures ? cmocka_run_group_tests_name("claims", damages, NULL, NULL)
			  : cmocka_run_group_tests_name("claims", noises, NULL, NULL);
}
