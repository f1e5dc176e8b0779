/*
 * Chance is no factory protocol: random payloads, on the protocols' own ports and
 * on others, in both directions, claim nothing. 200 000 packets; ten million with
 * GENBA_FULL=1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>

#include "../unit/frames.h"
#include "base/err.h"
#include "decode/decode.h"
#include "dissect/dissect.h"
#include "flow/flow.h"

enum { PACKETS = 200000, PACKETS_FULL = 10000000, FLOW_PACKETS = 40, PAYLOAD = 300, PER_TABLE = 500000 };

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

static bool is_ot(const char *proto)
{
	for (size_t i = 0; dissectors[i]; i++)
		if (strcmp(dissectors[i]->name, proto) == 0)
			return dissectors[i]->ot;
	return false;
}

/* Closes the table; how many conversations an OT protocol claimed. */
static unsigned bench_end(struct bench *b, enum noise kind)
{
	const struct obs_conv *c;
	unsigned claims = 0;
	flow_finish(b->flows);
	uint32_t n = observe_convs(b->o, &c);
	for (uint32_t i = 0; i < n; i++) {
		if (!is_ot(c[i].proto) || c[i].confidence == CONF_GUESS)
			continue;
		claims++;
		print_message("noise %d: %s claimed on port %u, %s, %llu frames, first %u\n", kind, c[i].proto, c[i].port,
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
	static const uint16_t ports[] = { 502, 102, 44818, 2222, 0 };
	bool tcp = below(2);
	unsigned server = ports[below(sizeof ports / sizeof *ports)], client = 1024 + below(64000), n = 1 + below(FLOW_PACKETS);
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
	unsigned long wanted = (getenv("GENBA_FULL") ? PACKETS_FULL : PACKETS) / NOISES, done = 0;
	unsigned claims = 0;
	while (done < wanted) {
		struct bench b = bench_new();
		while (b.frame < PER_TABLE && done + b.frame < wanted)
			flow(&b, kind);
		done += b.frame;
		claims += bench_end(&b, kind);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(even_noise_claims_nothing),
		cmocka_unit_test(small_numbers_claim_nothing),
		cmocka_unit_test(text_claims_nothing),
	};
	return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
