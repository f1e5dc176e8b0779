#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "observe/observe.h"

static const uint8_t mac_a[6] = { 0, 0x1d, 0x9c, 1, 2, 3 }, mac_b[6] = { 0, 0x1d, 0x9c, 1, 2, 4 };

static struct obs_where at(uint32_t frame)
{
	return (struct obs_where){ .frame = frame, .ts = frame * INT64_C(1000000000) };
}

static uint32_t ip(struct observe *o, uint8_t last)
{
	uint8_t b[4] = { 192, 168, 1, last };
	struct addr a = addr_v4(b);
	struct obs_where w = at(1);
	return observe_ip(o, 0, &a, &w);
}

static void entities_are_found_again(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	struct packet p = { .vlans = 1, .vlan = { 10 } };
	uint32_t plain = observe_segment(o, &(struct packet){ 0 }), tagged = observe_segment(o, &p);
	assert_int_not_equal(plain, tagged);
	assert_int_equal(observe_segment(o, &p), tagged);
	struct obs_where w = at(1);
	uint32_t a = observe_mac(o, plain, mac_a, &w), b = observe_mac(o, tagged, mac_a, &w);
	assert_int_not_equal(a, 0);
	assert_int_not_equal(a, b);
	assert_int_equal(observe_mac(o, plain, mac_a, &w), a);
	for (int i = 0; i < 1000; i++) {
		uint8_t m[6] = { 2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i };
		observe_mac(o, plain, m, &w);
	}
	assert_int_equal(observe_mac(o, plain, mac_a, &w), a);
	observe_free(o);
}

static void only_alternating_claims_count(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	observe_segment(o, &(struct packet){ 0 });
	struct obs_where w = at(1);
	uint32_t a = observe_mac(o, 0, mac_a, &w), b = observe_mac(o, 0, mac_b, &w), i = ip(o, 5);
	uint32_t order[] = { a, a, b, b, a, b };
	for (uint32_t n = 0; n < 6; n++) {
		w = at(n + 1);
		observe_link(o, order[n], i, LINK_ARP, "arp", &w);
	}
	const struct obs_link *l;
	assert_int_equal(observe_links(o, &l), 2);
	assert_int_equal(l[0].alternations, 1);
	assert_int_equal(l[1].alternations, 1);
	assert_int_equal(l[0].count, 3);
	observe_free(o);
}

static void sixteen_values_are_kept(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	observe_segment(o, &(struct packet){ 0 });
	uint32_t i = ip(o, 5);
	char value[16];
	for (uint32_t n = 0; n < 40; n++) {
		struct obs_where w = at(n + 1);
		snprintf(value, sizeof value, "host-%u", n % 20);
		observe_attr(o, i, ATTR_HOSTNAME, value, "dhcp.request", CONF_CONFIRMED, &w);
	}
	const struct obs_attr *a;
	assert_int_equal(observe_attrs(o, &a), OBS_VALUES);
	assert_int_equal(a[0].count, 2);
	assert_int_equal(a[0].where.frame, 1);
	assert_int_equal(observe_counted(o, COUNT_DROPPED_VALUES), 8);
	observe_free(o);
}

static void distinct_minutes(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	const int64_t minute = 60000000000;
	for (int64_t m = 0; m < 5000; m++)
		observe_minute(o, (m % 2500) * minute + 7, m % 10 == 0);
	assert_int_equal(observe_counted(o, COUNT_MINUTES), 2500);
	assert_int_equal(observe_counted(o, COUNT_MINUTES_OT), 250);
	observe_free(o);
}

static void periods_and_jitter(void **state)
{
	(void)state;
	struct obs_gaps g = { 0 };
	const int64_t ms = 1000000;
	assert_int_equal(obs_gaps_period(&g), 0);
	for (int i = 0; i < 100; i++)
		obs_gaps_add(&g, i % 2 ? 110 * ms : 90 * ms);
	assert_int_equal(obs_gaps_period(&g), 100000);
	assert_int_equal(obs_gaps_jitter(&g), 10000);
	/* A pause and a step back are no cycle. */
	obs_gaps_add(&g, OBS_GAP_MAX + 1);
	obs_gaps_add(&g, -5 * ms);
	obs_gaps_add(&g, 0);
	assert_int_equal(g.n, 100);
	/* Full: what there is stays right. */
	for (int i = 0; i < 20000; i++)
		obs_gaps_add(&g, OBS_GAP_MAX);
	assert_true(g.n < 20100 && g.sum2 <= UINT64_MAX && obs_gaps_period(&g) <= 60000000);
}

/* Twice the same operation, and frames of a cyclic protocol, as the tables keep them and the pipe carries them. */
static void gaps_are_kept(void **state)
{
	(void)state;
	struct observe *o = observe_new(), *copy = observe_new();
	observe_segment(o, &(struct packet){ 0 });
	uint32_t a = ip(o, 1), b = ip(o, 2), row = 0;
	for (uint32_t n = 1; n <= 5; n++)
		row = observe_op(o, &(struct obs_op){ .client = a, .server = b, .proto = "slmp", .name = "Read", .detail = "",
						      .where = at(n) });
	observe_op_again(o, row, 6 * INT64_C(1000000000));
	for (uint32_t n = 1; n <= 4; n++)
		observe_cyclic(o, &(struct obs_conv){ .client = a, .server = b, .proto = "profinet-rt", .risk = "", .frames = 1,
						      .requests = 2, .unanswered = 1, .first = n * INT64_C(2000000000),
						      .last = n * INT64_C(2000000000), .where = at(n) });
	struct buf buf;
	buf_init(&buf, 1 << 20);
	observe_flush(o, &buf);
	struct cur c = cur_make(buf.data, buf.len);
	assert_true(observe_read(copy, &c));
	const struct obs_op *op;
	const struct obs_conv *v;
	assert_int_equal(observe_ops(copy, &op), 1);
	assert_int_equal(op->gaps.n, 5);
	assert_int_equal(obs_gaps_period(&op->gaps), 1000000);
	assert_int_equal(observe_convs(copy, &v), 1);
	assert_int_equal(v->gaps.n, 3);
	assert_int_equal(obs_gaps_period(&v->gaps), 2000000);
	assert_int_equal(obs_gaps_jitter(&v->gaps), 0);
	assert_int_equal(v->requests, 8);
	assert_int_equal(v->unanswered, 4);
	buf_done(&buf);
	observe_free(o);
	observe_free(copy);
}

static struct observe *sample(void)
{
	struct observe *o = observe_new();
	observe_segment(o, &(struct packet){ .vlans = 1, .vlan = { 7 } });
	struct obs_where w = at(3);
	uint32_t m = observe_mac(o, 0, mac_a, &w), a = ip(o, 1), b = ip(o, 2);
	observe_sent(o, m, 4, 99, 64);
	observe_link(o, m, a, LINK_ARP, "arp", &w);
	observe_attr(o, a, ATTR_MODEL, "現場-1", "enip.list_identity", CONF_CONFIRMED, &w);
	observe_conv(o, &(struct obs_conv){ .client = a, .server = b, .transport = TRANSPORT_TCP, .port = 502,
					    .proto = "modbus", .frames = 3, .first = 1, .last = 2, .where = w });
	observe_op(o, &(struct obs_op){ .client = a, .server = b, .transport = TRANSPORT_TCP, .port = 502,
					.proto = "modbus", .cls = OP_WRITE, .name = "Write Single Coil",
					.detail = "", .where = w });
	observe_file(o, 0, &(struct obs_file){ .name = "a.pcap", .frames = 9, .problem = "" });
	observe_count(o, COUNT_FRAMES, 9);
	return o;
}

static void records_make_the_same_tables(void **state)
{
	(void)state;
	struct observe *o = sample(), *copy = observe_new();
	struct buf b;
	buf_init(&b, 1 << 20);
	observe_flush(o, &b);
	struct cur c = cur_make(b.data, b.len);
	assert_true(observe_read(copy, &c));
	assert_int_equal(cur_left(&c), 0);
	/* Rows that changed come again, and replace. */
	observe_op(o, &(struct obs_op){ .client = 2, .server = 3, .transport = TRANSPORT_TCP, .port = 502,
					.proto = "modbus", .cls = OP_WRITE, .name = "Write Single Coil",
					.detail = "", .where = at(8) });
	buf_reset(&b);
	observe_flush(o, &b);
	c = cur_make(b.data, b.len);
	assert_true(observe_read(copy, &c));
	const struct obs_op *op;
	assert_int_equal(observe_ops(copy, &op), 1);
	assert_int_equal(op[0].count, 2);
	assert_string_equal(op[0].name, "Write Single Coil");
	const struct obs_attr *a;
	assert_int_equal(observe_attrs(copy, &a), 1);
	assert_string_equal(a[0].value, "現場-1");
	assert_int_equal(observe_counted(copy, COUNT_FRAMES), 9);
	buf_done(&b);
	observe_free(o);
	observe_free(copy);
}

static void records_come_in_parts(void **state)
{
	(void)state;
	struct observe *o = sample(), *copy = observe_new();
	const struct obs_op *op;
	struct buf b;
	int parts = 0;
	bool more;
	buf_init(&b, 1 << 20);
	do {
		buf_reset(&b);
		more = observe_flush_some(o, &b, 1);
		struct cur c = cur_make(b.data, b.len);
		assert_true(observe_read(copy, &c));
		assert_int_equal(cur_left(&c), 0);
		parts++;
	} while (more);
	assert_true(parts > 5);
	assert_int_equal(observe_ops(copy, &op), 1);
	assert_int_equal(observe_counted(copy, COUNT_FRAMES), 9);
	buf_reset(&b);
	assert_false(observe_flush_some(o, &b, 1));
	assert_int_equal(b.len, 0);
	buf_done(&b);
	observe_free(o);
	observe_free(copy);
}

/* Every prefix is read as far as it goes; every flipped byte is refused or harmless. */
static void a_bad_child_does_no_harm(void **state)
{
	(void)state;
	struct observe *o = sample();
	struct buf b;
	buf_init(&b, 1 << 20);
	observe_flush(o, &b);
	for (size_t n = 0; n < b.len; n++) {
		struct observe *copy = observe_new();
		struct cur c = cur_make(b.data, n);
		assert_true(observe_read(copy, &c));
		observe_free(copy);
		uint8_t old = (uint8_t)b.data[n];
		for (int bit = 0; bit < 8; bit++) {
			b.data[n] = (char)(old ^ (1 << bit));
			copy = observe_new();
			c = cur_make(b.data, b.len);
			(void)!observe_read(copy, &c);
			observe_free(copy);
		}
		b.data[n] = (char)old;
	}
	buf_done(&b);
	observe_free(o);
}

/* Who answers for one address from ever new MACs gets no table of his own, and no time. */
static void claims_of_one_address_have_a_cap(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	observe_segment(o, &(struct packet){ 0 });
	uint32_t i = ip(o, 5);
	const struct obs_link *l;
	for (uint32_t n = 1; n <= 50000; n++) {
		struct obs_where w = at(n);
		uint8_t mac[6] = { 0x02, 0, 0, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
		observe_link(o, observe_mac(o, 0, mac, &w), i, LINK_ARP, "arp", &w);
	}
	assert_int_equal(observe_links(o, &l), 64);
	assert_int_equal(observe_counted(o, COUNT_DROPPED_LINKS), 50000 - 64);
	observe_free(o);
}

/* A flood of texts from the wire is counted, and leaves room for the terms of the protocols. */
static void own_terms_always_fit(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	observe_segment(o, &(struct packet){ 0 });
	char value[OBS_TEXT + 1];
	struct obs_where w = at(1);
	for (uint32_t n = 0; n < 160000; n++) {
		uint8_t mac[6] = { 0x02, 0, 0, 0, (uint8_t)(n >> 15), (uint8_t)(n >> 7) };
		snprintf(value, sizeof value, "%0250u", n);
		observe_attr(o, observe_mac(o, 0, mac, &w), (enum attr)(n / 16 % 8), value, "test", CONF_CONFIRMED, &w);
	}
	assert_true(observe_counted(o, COUNT_DROPPED_TEXT) > 0);
	assert_int_not_equal(observe_op(o, &(struct obs_op){ .client = 1, .server = 2, .proto = "modbus", .cls = OP_STOP,
							     .name = "a term not used before", .detail = "", .where = w }),
			     OBS_NO_ROW);
	const struct obs_op *op;
	assert_int_equal(observe_ops(o, &op), 1);
	assert_string_equal(op[0].proto, "modbus");
	assert_string_equal(op[0].name, "a term not used before");
	observe_free(o);
}

/* So does a flood of details, as of a walk through all registers. */
static void a_flood_of_details_hides_no_operation(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	struct obs_op op = { .client = 1, .server = 2, .proto = "modbus", .cls = OP_WRITE, .name = "Write" };
	char detail[32];
	op.detail = detail;
	for (unsigned n = 0; n < OBS_OPS + 1000; n++) {
		snprintf(detail, sizeof detail, "register %u", n);
		assert_int_not_equal(observe_op(o, &op), OBS_NO_ROW);
	}
	op.cls = OP_STOP;
	op.name = "Stop";
	assert_int_not_equal(observe_op(o, &op), OBS_NO_ROW);
	assert_true(observe_counted(o, COUNT_DROPPED_OPS) > 0);
	observe_free(o);
}

static void records_come_in_pieces(void **state)
{
	(void)state;
	enum { MACS = 3000 };
	struct observe *o = sample(), *copy = observe_new();
	struct buf b;
	struct obs_where w = at(1);
	unsigned pieces = 0;
	for (uint32_t n = 0; n < MACS; n++)
		observe_mac(o, 0, (uint8_t[6]){ 2, 1, 0, 0, (uint8_t)(n >> 8), (uint8_t)n }, &w);
	buf_init(&b, 16384);
	for (bool more = true; more; pieces++) {
		buf_reset(&b);
		more = observe_flush_some(o, &b, 8192);
		assert_false(b.overflow);
		struct cur c = cur_make(b.data, b.len);
		assert_true(observe_read(copy, &c));
		assert_int_equal(cur_left(&c), 0);
	}
	const struct obs_entity *x, *y;
	assert_true(pieces > 5);
	assert_int_equal(observe_entities(o, &x), observe_entities(copy, &y));
	assert_memory_equal(x[MACS].mac, y[MACS].mac, 6);
	assert_int_equal(observe_counted(copy, COUNT_FRAMES), 9);
	buf_done(&b);
	observe_free(o);
	observe_free(copy);
}

/* Ten minutes and more without a frame inside a file; what lies between two files is no silence. */
static void silences(void **state)
{
	(void)state;
	static const int64_t minute = INT64_C(60000000000);
	struct observe *o = observe_new(), *copy = observe_new();
	observe_file(o, 0, &(struct obs_file){ .name = "a", .frames = 5, .first = 100 * minute + 1, .last = 200 * minute });
	observe_file(o, 1, &(struct obs_file){ .name = "b", .frames = 2, .first = 300 * minute, .last = 301 * minute });
	static const int64_t heard[] = { 200, 100, 101, 112, 122, 160, 300, 301 };
	for (size_t i = 0; i < sizeof heard / sizeof *heard; i++)
		observe_minute(o, heard[i] * minute + (heard[i] == 100), false);
	observe_silences(o);
	struct buf b;
	buf_init(&b, 1 << 20);
	observe_flush(o, &b);
	struct cur c = cur_make(b.data, b.len);
	assert_true(observe_read(copy, &c));
	const struct obs_silence *rows;
	assert_int_equal(observe_silent(copy, &rows), 3);
	assert_true(rows[0].first == 161 * minute && rows[0].last == 200 * minute);   /* 39 minutes */
	assert_true(rows[1].first == 123 * minute && rows[1].last == 160 * minute);
	assert_true(rows[2].first == 102 * minute && rows[2].last == 112 * minute);
	buf_done(&b);
	observe_free(o);
	observe_free(copy);
}

/* Interfaces are segments of their own. */
static void an_interface_is_a_segment(void **state)
{
	(void)state;
	struct observe *o = observe_new();
	struct packet a = { 0 }, b = { .set = 1 };
	uint32_t first = observe_segment(o, &a), second = observe_segment(o, &b);
	assert_int_not_equal(first, second);
	assert_int_equal(observe_segment(o, &a), first);
	observe_free(o);
}

#define MINUTE INT64_C(60000000000)

/* Asked again and again; between two files that one interface was kept in, but not between two captures. */
static void silences_of_a_live_scan(void **state)
{
	(void)state;
	struct observe *o = observe_new(), *copy = observe_new();
	struct obs_file kept[] = {
		{ .name = "a", .problem = "", .frames = 5, .live = true, .set = 1, .first = MINUTE, .last = 3 * MINUTE },
		{ .name = "b", .problem = "", .frames = 5, .live = true, .set = 1, .first = 20 * MINUTE, .last = 22 * MINUTE },
	};
	const struct obs_silence *rows;
	const int64_t minutes[] = { 1, 2, 3, 20, 21, 22 };
	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++)
		observe_minute(o, minutes[i] * MINUTE, false);
	for (int i = 0; i < 3; i++) {
		struct buf b;
		observe_file(o, 0, &kept[0]);
		observe_file(o, 1, &kept[1]);
		observe_silences(o);
		assert_int_equal(observe_silent(o, &rows), 1);
		assert_int_equal(rows[0].first, 4 * MINUTE);
		assert_int_equal(rows[0].last, 20 * MINUTE);
		buf_init(&b, 100000);
		observe_flush(o, &b);
		struct cur c = cur_make(b.data, b.len);
		assert_true(observe_read(copy, &c));
		assert_int_equal(observe_silent(copy, &rows), 1);
		buf_done(&b);
	}
	kept[0].live = kept[1].live = false;
	observe_file(o, 0, &kept[0]);
	observe_file(o, 1, &kept[1]);
	observe_silences(o);
	assert_int_equal(observe_silent(o, &rows), 0);
	observe_free(copy);
	observe_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entities_are_found_again),
		cmocka_unit_test(only_alternating_claims_count),
		cmocka_unit_test(sixteen_values_are_kept),
		cmocka_unit_test(distinct_minutes),
		cmocka_unit_test(periods_and_jitter),
		cmocka_unit_test(gaps_are_kept),
		cmocka_unit_test(records_make_the_same_tables),
		cmocka_unit_test(records_come_in_parts),
		cmocka_unit_test(a_bad_child_does_no_harm),
		cmocka_unit_test(claims_of_one_address_have_a_cap),
		cmocka_unit_test(own_terms_always_fit),
		cmocka_unit_test(a_flood_of_details_hides_no_operation),
		cmocka_unit_test(records_come_in_pieces),
		cmocka_unit_test(silences),
		cmocka_unit_test(an_interface_is_a_segment),
		cmocka_unit_test(silences_of_a_live_scan),
	};
	return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}
