#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "decode/decode.h"
#include "kinds.h"

static struct decode *d;

static int setup(void **state)
{
	(void)state;
	d = decode_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	decode_free(d);
	return 0;
}

/* Decode the first `caplen` bytes, which lie in memory of just that size. */
static enum decode_result decode_cut(struct made *m, size_t caplen, struct packet *out, uint8_t **copy)
{
	frame_close(m);
	*copy = malloc(caplen ? caplen : 1);
	assert_non_null(*copy);
	memcpy(*copy, m->b, caplen);
	struct frame f = {
		.ts = 1000, .data = *copy, .caplen = (uint32_t)caplen, .wirelen = (uint32_t)m->n,
		.number = 1, .linktype = m->linktype,
	};
	memset(out, 0xa5, sizeof *out);
	return decode_frame(d, &f, out);
}

static enum decode_result decode_made(struct made *m, struct packet *out)
{
	static uint8_t *copy;
	free(copy);
	enum decode_result result = decode_cut(m, m->n, out, &copy);
	return result;
}

static void expect_payload(const struct packet *p, const char *text)
{
	assert_int_equal(cur_left(&p->payload), strlen(text));
	assert_true(cur_starts(&p->payload, text, strlen(text)));
	assert_int_equal(p->payload_wire, strlen(text));
}

static void expect_v4(const struct packet *p, unsigned src, unsigned dst)
{
	assert_int_equal(p->ip, 4);
	assert_true(addr_is_v4(&p->src) && addr_is_v4(&p->dst));
	assert_int_equal(p->src.b[12], 10);
	assert_int_equal(p->src.b[15], src);
	assert_int_equal(p->dst.b[15], dst);
}

static void expect_v6(const struct packet *p, unsigned src, unsigned dst)
{
	assert_int_equal(p->ip, 6);
	assert_int_equal(p->src.b[0], 0xfd);
	assert_int_equal(p->src.b[15], src);
	assert_int_equal(p->dst.b[15], dst);
}

static void make(size_t i, struct made *m)
{
	*m = (struct made){ .linktype = 1 };
	kinds[i].make(m);
}

static void every_encapsulation_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct made m;
		struct packet p;
		make(i, &m);
		enum decode_result result = decode_made(&m, &p);
		if (result != DECODE_OK)
			fail_msg("%s: result %d", kinds[i].name, result);
		if (kinds[i].ip == 4)
			expect_v4(&p, 1, 2);
		else
			expect_v6(&p, 1, 2);
		if (p.sport != 1111 || p.dport != 2222 || p.tunnel != kinds[i].tunnel || p.tunnel_id != kinds[i].tunnel_id ||
		    p.has_mac != (kinds[i].mac != 0) || p.mac_src[5] != kinds[i].mac || p.vlan[0] != kinds[i].vlan)
			fail_msg("%s: read wrongly", kinds[i].name);
		if (p.tunnel)
			assert_int_equal(p.tunnel_src.b[15], 8);
		expect_payload(&p, PAYLOAD);
		assert_int_equal(cur_peek(&p.l3, 0) >> 4, kinds[i].ip);
		assert_false(packet_cut(&p));
	}
}

static void a_cut_header_is_truncated_and_a_cut_payload_is_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct made m;
		make(i, &m);
		frame_close(&m);
		for (size_t n = 0; n <= m.n; n++) {
			struct packet p;
			uint8_t *copy;
			enum decode_result result = decode_cut(&m, n, &p, &copy);
			enum decode_result expect = n < m.n - strlen(PAYLOAD) ? DECODE_TRUNCATED : DECODE_OK;
			/* the Ethernet in a pseudowire is found by what it looks like */
			bool guess = kinds[i].make == make_pseudowire || kinds[i].make == make_pseudowire_bare;
			if (result != expect && !(guess && n < 44))
				fail_msg("%s cut to %zu of %zu: result %d", kinds[i].name, n, m.n, result);
			if (result == DECODE_OK && !guess) {
				assert_int_equal(p.payload_wire, strlen(PAYLOAD));
				assert_int_equal(cur_left(&p.payload), n - (m.n - strlen(PAYLOAD)));
				assert_true(packet_cut(&p) == (n < m.n));
			}
			free(copy);
		}
	}
}

static void tcp_fields(void **state)
{
	(void)state;
	struct made m = { .linktype = 1 };
	struct packet p;
	make_tcp(&m);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.ttl, 64);
	assert_int_equal(p.tcp_flags, TCP_PSH | TCP_ACK);
	assert_int_equal(p.tcp_seq, 0x01020304);
	assert_int_equal(p.tcp_ack, 0x05060708);
	assert_int_equal(p.ethertype, 0x0800);
	assert_true(p.has_dst_mac);
	assert_int_equal(p.mac_dst[5], 2);
	assert_int_equal(cur_left(&p.l3), 28 + 32 + 8);
	assert_int_equal(p.frame, 1);
	assert_int_equal(p.ts, 1000);
}

static void vlan_zero_is_a_priority(void **state)
{
	(void)state;
	struct made m = { .linktype = 1 };
	struct packet p;
	make_vlan(&m);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(p.vlans, 2);
	assert_int_equal(p.vlan[0], 100);
	assert_int_equal(p.vlan[1], 10);
}

static void padding_is_cut(void **state)
{
	(void)state;
	struct made m = { .linktype = 1 };
	struct packet p;
	frame_ethernet(&m, 2, 1, 0x0800);
	frame_ipv4(&m, 1, 2, 6);
	frame_tcp(&m, 1111, 2222, TCP_ACK, 0);
	frame_close(&m);
	frame_text(&m, "\1\1\1\1\1\1");
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	expect_payload(&p, "");
	assert_int_equal(cur_left(&p.l3), 40);

	m = (struct made){ .linktype = 1 };
	frame_ethernet(&m, 2, 1, 0);
	frame_llc(&m, 0x42, 0x42, 3);
	frame_text(&m, PAYLOAD);
	frame_close(&m);
	frame_text(&m, "padding");
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	expect_payload(&p, PAYLOAD);
	assert_int_equal(p.ethertype, 0);
	assert_int_equal(p.llc_dsap, 0x42);
	assert_int_equal(p.llc_ssap, 0x42);
}

static void total_length_zero_means_what_is_there(void **state)
{
	(void)state;
	struct made m = { .linktype = 1 };
	struct packet p;
	make_tcp(&m);
	frame_close(&m);
	m.b[16] = m.b[17] = 0;
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	expect_payload(&p, PAYLOAD);
}

static void snap_with_an_oui(void **state)
{
	(void)state;
	struct made m = { .linktype = 1 };
	struct packet p;
	frame_ethernet(&m, 2, 1, 0);
	frame_llc(&m, 0xaa, 0xaa, 3);
	frame_bytes(&m, "\0\0\x0c\x20\0", 5);
	frame_text(&m, PAYLOAD);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(p.ethertype, 0);
	assert_int_equal(p.snap_oui, 0x00000c);
	assert_int_equal(p.snap_pid, 0x2000);
	assert_int_equal(p.llc_dsap, 0);
	expect_payload(&p, PAYLOAD);
}

static void a_header_that_contradicts_itself_is_malformed(void **state)
{
	(void)state;
	static const struct { size_t at; uint8_t value; } bad[] = {
		{ 14, 0x65 },    /* version 6 under the EtherType of 4 */
		{ 14, 0x44 },    /* header of 16 bytes */
		{ 17, 0x10 },    /* total length below the header */
		{ 54, 0x40 },    /* TCP header of 16 bytes */
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct made m = { .linktype = 1 };
		struct packet p;
		make_tcp(&m);
		frame_close(&m);
		m.b[bad[i].at] = bad[i].value;
		assert_int_equal(decode_made(&m, &p), DECODE_MALFORMED);
		assert_true(p.has_mac);
		assert_int_equal(cur_left(&p.payload), 0);
	}
	struct made m = { .linktype = 1 };
	struct packet p;
	make_udp(&m);
	frame_close(&m);
	m.b[39]++;    /* UDP longer than IP */
	assert_int_equal(decode_made(&m, &p), DECODE_MALFORMED);
	assert_int_equal(p.dport, 2222);
	m = (struct made){ .linktype = 1 };
	frame_text(&m, "short");
	assert_int_equal(decode_made(&m, &p), DECODE_MALFORMED);
	m = (struct made){ .linktype = 165 };
	frame_text(&m, "BACnet MS/TP");
	assert_int_equal(decode_made(&m, &p), DECODE_UNKNOWN);
}

static void other_protocols_keep_their_bytes(void **state)
{
	(void)state;
	struct made m = { .linktype = 1 };
	struct packet p;
	frame_ethernet(&m, 2, 1, 0x8892);
	frame_text(&m, PAYLOAD);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(p.ethertype, 0x8892);
	expect_payload(&p, PAYLOAD);

	m = (struct made){ .linktype = 1 };
	frame_ethernet(&m, 2, 1, 0x0800);
	frame_ipv4(&m, 1, 2, 1);
	frame_text(&m, PAYLOAD);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(p.proto, 1);
	expect_payload(&p, PAYLOAD);

	/* a GRE keepalive, and something else on the port of VXLAN */
	m = (struct made){ .linktype = 1 };
	frame_ethernet(&m, 2, 1, 0x0800);
	frame_ipv4(&m, 8, 9, 47);
	frame_gre(&m, 0, 0);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(p.tunnel, TUNNEL_NONE);
	assert_int_equal(p.payload_wire, 4);
	m = (struct made){ .linktype = 1 };
	frame_ethernet(&m, 2, 1, 0x0800);
	frame_ipv4(&m, 1, 2, 17);
	frame_udp(&m, 1111, 4789);
	frame_text(&m, "\1\2\3\4");
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(p.tunnel, TUNNEL_NONE);
	expect_payload(&p, "\1\2\3\4");
}

static void layers_have_an_end(void **state)
{
	(void)state;
	struct made m = { .linktype = 1 };
	struct packet p;
	frame_ethernet(&m, 2, 1, 0x0800);
	for (int i = 0; i < 14; i++)
		frame_ipv4(&m, 8, 9, 4);
	v4_udp(&m);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	expect_v4(&p, 1, 2);
	assert_int_equal(decode_too_deep(d), 0);

	m = (struct made){ .linktype = 1 };
	frame_ethernet(&m, 2, 1, 0x0800);
	for (int i = 0; i < 16; i++)
		frame_ipv4(&m, 8, 9, 4);
	v4_udp(&m);
	assert_int_equal(decode_made(&m, &p), DECODE_OK);
	assert_int_equal(decode_too_deep(d), 1);
	assert_int_equal(p.sport, 0);

	/* SNAP in VLAN in SNAP …: no IP at all */
	m = (struct made){ .linktype = 1 };
	frame_ethernet(&m, 2, 1, 1400);
	for (int i = 0; i < 100; i++) {
		frame_bytes(&m, "\xaa\xaa\3\0\0\0\x81\0", 8);
		frame_vlan(&m, 1, 1400);
	}
	(void)decode_made(&m, &p);
	assert_int_equal(decode_too_deep(d), 2);
}

/* One piece of a UDP datagram whose data is `size` bytes of a pattern; place counts from the UDP header. */
static enum decode_result piece(unsigned id, size_t size, size_t offset, size_t n, bool more, struct packet *p)
{
	static uint8_t datagram[8 + 3000];
	datagram[0] = 1111 >> 8, datagram[1] = 1111 & 0xff;
	datagram[2] = 2222 >> 8, datagram[3] = 2222 & 0xff;
	datagram[4] = (uint8_t)((size + 8) >> 8), datagram[5] = (uint8_t)(size + 8);
	for (size_t i = 0; i < size; i++)
		datagram[8 + i] = (uint8_t)(i * 7);
	struct made m = { .linktype = 1 };
	frame_ethernet(&m, 2, 1, 0x0800);
	frame_ipv4_piece(&m, 1, 2, 17, offset ? 0 : 4, id, (more ? 0x2000 : 0) | (unsigned)(offset / 8));
	frame_bytes(&m, datagram + (offset + n <= sizeof datagram ? offset : 0), n);
	return decode_made(&m, p);
}

static void expect_whole(const struct packet *p, size_t size)
{
	assert_true(p->reassembled);
	assert_false(p->fragment);
	assert_int_equal(p->sport, 1111);
	assert_int_equal(p->dport, 2222);
	assert_int_equal(p->payload_wire, size);
	assert_int_equal(cur_left(&p->payload), size);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(cur_peek(&p->payload, i), (uint8_t)(i * 7));
	/* an IP packet that was never in pieces */
	assert_int_equal(cur_left(&p->l3), 24 + 8 + size);
	assert_int_equal(cur_peek_be16(&p->l3, 2), 24 + 8 + size);
	assert_int_equal(cur_peek_be16(&p->l3, 6), 0);
}

static void fragments_in_any_order_make_a_datagram(void **state)
{
	(void)state;
	struct packet p;
	uint64_t lost = decode_lost_fragments(d);
	assert_int_equal(piece(1, 2000, 0, 800, true, &p), DECODE_HELD);
	assert_true(p.fragment);
	expect_v4(&p, 1, 2);
	assert_int_equal(p.proto, 17);
	assert_int_equal(cur_left(&p.payload), 0);
	assert_int_equal(piece(2, 1000, 1000, 8, false, &p), DECODE_HELD);    /* another one, backwards */
	assert_int_equal(piece(1, 2000, 800, 800, true, &p), DECODE_HELD);
	assert_int_equal(decode_lost_fragments(d), lost + 3);
	assert_int_equal(piece(1, 2000, 1600, 408, false, &p), DECODE_OK);
	expect_whole(&p, 2000);
	assert_int_equal(piece(2, 1000, 496, 504, true, &p), DECODE_HELD);
	assert_int_equal(piece(2, 1000, 496, 504, true, &p), DECODE_HELD);    /* seen twice */
	assert_int_equal(piece(2, 1000, 0, 600, true, &p), DECODE_OK);        /* overlaps */
	expect_whole(&p, 1000);
	assert_int_equal(decode_lost_fragments(d), lost);
	/* the copy of a mirror port is no second datagram, the same number with other bytes is */
	assert_int_equal(piece(2, 1000, 496, 504, true, &p), DECODE_HELD);
	assert_int_equal(decode_lost_fragments(d), lost);
	assert_int_equal(piece(2, 900, 0, 600, true, &p), DECODE_HELD);
	assert_int_equal(decode_lost_fragments(d), lost + 1);
}

static void fragments_that_contradict_are_malformed(void **state)
{
	(void)state;
	struct packet p;
	assert_int_equal(piece(20, 2000, 0, 801, true, &p), DECODE_MALFORMED);
	assert_int_equal(piece(21, 2000, 1600, 408, false, &p), DECODE_HELD);
	assert_int_equal(piece(21, 2000, 1608, 408, true, &p), DECODE_MALFORMED);
	assert_int_equal(piece(22, 2000, 65528, 16, false, &p), DECODE_MALFORMED);
	assert_int_equal(piece(22, 2000, 800, 0, true, &p), DECODE_MALFORMED);
}

static void fragments_are_bounded(void **state)
{
	(void)state;
	struct packet p;
	struct decode *saved = d;
	d = decode_new();
	for (unsigned id = 0; id < 10000; id++)
		assert_int_equal(piece(id, 2000, 0, 800, true, &p), DECODE_HELD);
	assert_int_equal(decode_lost_fragments(d), 10000);
	decode_free(d);
	d = saved;
}

static void ipv6_fragments_make_a_datagram(void **state)
{
	(void)state;
	struct packet p;
	for (int i = 0; i < 2; i++) {
		struct made m = { .linktype = 1 };
		frame_ethernet(&m, 2, 1, 0x86dd);
		frame_ipv6(&m, 1, 2, 60);
		frame_extension(&m, 44, 0);
		frame_fragment6(&m, 60, i ? 16 : 1, 5);
		if (i == 0) {
			frame_extension(&m, 17, 0);
			frame_be16(&m, 1111);
			frame_be16(&m, 2222);
			frame_be16(&m, 16);
			frame_be16(&m, 0);
		} else {
			frame_text(&m, PAYLOAD);
		}
		assert_int_equal(decode_made(&m, &p), i ? DECODE_OK : DECODE_HELD);
	}
	expect_v6(&p, 1, 2);
	assert_true(p.reassembled);
	assert_int_equal(p.sport, 1111);
	expect_payload(&p, PAYLOAD);
	assert_int_equal(cur_left(&p.l3), 40 + 8 + 8 + 16);
	assert_int_equal(cur_peek_be16(&p.l3, 4), 8 + 8 + 16);
	assert_int_equal(cur_peek(&p.l3, 40), 60);
}

static void a_fragmented_tunnel_is_entered(void **state)
{
	(void)state;
	struct packet p;
	struct made whole = { .linktype = 1 };
	frame_gre(&whole, 0x2000, 0x6558);
	inner_ethernet(&whole);
	frame_close(&whole);
	for (size_t at = 0; at < whole.n; at += 16) {
		struct made m = { .linktype = 1 };
		size_t n = whole.n - at < 16 ? whole.n - at : 16;
		bool more = at + 16 < whole.n;
		frame_ethernet(&m, 2, 1, 0x0800);
		frame_ipv4_piece(&m, 8, 9, 47, 0, 77, (more ? 0x2000 : 0) | (unsigned)(at / 8));
		frame_bytes(&m, whole.b + at, n);
		assert_int_equal(decode_made(&m, &p), more ? DECODE_HELD : DECODE_OK);
	}
	expect_v4(&p, 1, 2);
	assert_int_equal(p.tunnel, TUNNEL_GRE);
	assert_int_equal(p.tunnel_src.b[15], 8);
	expect_payload(&p, PAYLOAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_encapsulation_is_read),
		cmocka_unit_test(a_cut_header_is_truncated_and_a_cut_payload_is_not),
		cmocka_unit_test(tcp_fields),
		cmocka_unit_test(vlan_zero_is_a_priority),
		cmocka_unit_test(padding_is_cut),
		cmocka_unit_test(total_length_zero_means_what_is_there),
		cmocka_unit_test(snap_with_an_oui),
		cmocka_unit_test(a_header_that_contradicts_itself_is_malformed),
		cmocka_unit_test(other_protocols_keep_their_bytes),
		cmocka_unit_test(layers_have_an_end),
		cmocka_unit_test(fragments_in_any_order_make_a_datagram),
		cmocka_unit_test(fragments_that_contradict_are_malformed),
		cmocka_unit_test(fragments_are_bounded),
		cmocka_unit_test(ipv6_fragments_make_a_datagram),
		cmocka_unit_test(a_fragmented_tunnel_is_entered),
	};
	return cmocka_run_group_tests_name("decode", tests, setup, teardown);
}
