/* Packets in, observations out: flows, TCP in order, claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "flow/flow.h"

/* A made connection between 192.168.1.1 (client, port 40000) and 192.168.1.2. */
struct wire {
	struct observe *o;
	struct flow_table *t;
	uint32_t frame, seq[2];
	uint16_t port;
	uint8_t mac[2];          /* last byte of each end's MAC */
};

static struct wire wire_new(uint16_t port)
{
	struct wire w = { .o = observe_new(), .port = port, .seq = { 1000, 0xfffffff0u }, .mac = { 1, 2 } };
	w.t = flow_new(w.o, false);
	return w;
}

static void wire_free(struct wire *w)
{
	flow_free(w->t);
	observe_free(w->o);
}

static struct packet packet(struct wire *w, int from, const void *data, size_t n)
{
	const uint8_t a[4] = { 192, 168, 1, (uint8_t)(1 + from) }, b[4] = { 192, 168, 1, (uint8_t)(2 - from) };
	struct packet p = { .frame = ++w->frame, .ts = w->frame * INT64_C(1000000), .has_mac = true,
			    .has_dst_mac = true, .ethertype = 0x0800, .ip = 4, .ttl = 64, .proto = 6,
			    .src = addr_v4(a), .dst = addr_v4(b), .tcp_flags = TCP_ACK | TCP_PSH,
			    .tcp_seq = w->seq[from], .tcp_ack = w->seq[!from], .payload = cur_make(data, n),
			    .payload_wire = (uint32_t)n };
	memcpy(p.mac_src, (uint8_t[6]){ 0, 0x1d, 0x9c, 0, 0, w->mac[from] }, 6);
	memcpy(p.mac_dst, (uint8_t[6]){ 0, 0x1d, 0x9c, 0, 0, w->mac[!from] }, 6);
	p.sport = from ? w->port : 40000;
	p.dport = from ? 40000 : w->port;
	return p;
}

static void say(struct wire *w, int from, const void *data, size_t n)
{
	struct packet p = packet(w, from, data, n);
	w->seq[from] += (uint32_t)n;
	flow_packet(w->t, &p);
}

static void syn(struct wire *w)
{
	struct packet p = packet(w, 0, "", 0);
	p.tcp_flags = TCP_SYN;
	p.tcp_seq--;
	flow_packet(w->t, &p);
}

/* Read Holding Registers, transaction t, and its answer. */
#define REQUEST(t) { 0, t, 0, 0, 0, 6, 1, 3, 0, 10, 0, 2 }
#define ANSWER(t) { 0, t, 0, 0, 0, 7, 1, 3, 4, 1, 2, 3, 4 }

static const struct obs_conv *conversation(struct wire *w, const char *proto)
{
	const struct obs_conv *c;
	uint32_t n = observe_convs(w->o, &c);
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(c[i].proto, proto) == 0)
			return &c[i];
	return NULL;
}

static const struct obs_op *operation(struct wire *w, const char *name)
{
	const struct obs_op *op;
	uint32_t n = observe_ops(w->o, &op);
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(op[i].name, name) == 0)
			return &op[i];
	return NULL;
}

static void an_answer_claims(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q[] = REQUEST(1), a[] = ANSWER(1);
	syn(&w);
	say(&w, 0, q, sizeof q);
	say(&w, 1, a, sizeof a);
	flow_finish(w.t);
	const struct obs_conv *c = conversation(&w, "modbus");
	assert_non_null(c);
	assert_int_equal(c->confidence, CONF_CONFIRMED);
	assert_int_equal(c->frames, 2);
	assert_int_equal(c->port, 502);
	const struct obs_op *op = operation(&w, "Read Holding Registers");
	assert_non_null(op);
	assert_int_equal(op->where.frame, 2);
	assert_int_equal(op->where.peer_frame, 3);
	assert_int_equal(op->result, RESULT_OK);
	wire_free(&w);
}

/* The capture begins in the middle, and with an answer. */
static void ends_are_told_by_content(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t a0[] = ANSWER(0), q[] = REQUEST(1), a[] = ANSWER(1);
	say(&w, 1, a0, sizeof a0);
	say(&w, 0, q, sizeof q);
	say(&w, 1, a, sizeof a);
	flow_finish(w.t);
	const struct obs_conv *c = conversation(&w, "modbus");
	assert_non_null(c);
	assert_int_equal(c->port, 502);
	const struct obs_entity *e;
	observe_entities(w.o, &e);
	assert_int_equal(e[c->server].ip.b[15], 2);
	wire_free(&w);
}

static void one_direction_claims_on_content(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	for (int i = 1; i <= 3; i++) {
		const uint8_t q[] = REQUEST((uint8_t)i);
		say(&w, 0, q, sizeof q);
	}
	flow_finish(w.t);
	const struct obs_conv *c = conversation(&w, "modbus");
	assert_non_null(c);
	assert_int_equal(c->confidence, CONF_CONTENT);
	const struct obs_op *op = operation(&w, "Read Holding Registers");
	assert_non_null(op);
	assert_int_equal(op->count, 3);
	assert_int_equal(op->confidence, CONF_CONTENT);
	wire_free(&w);
}

static void two_requests_and_no_answer_claim_nothing(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q[] = REQUEST(1), other[] = "this is no Modbus at all";
	say(&w, 0, q, sizeof q);
	say(&w, 1, other, sizeof other);
	say(&w, 0, q, sizeof q);
	flow_finish(w.t);
	assert_null(conversation(&w, "modbus"));
	assert_null(operation(&w, "Read Holding Registers"));
	wire_free(&w);
}

/* However the bytes are cut into segments, the messages are the same. */
static void segments_do_not_matter(void **state)
{
	(void)state;
	for (size_t cut = 1; cut < 24; cut++) {
		struct wire w = wire_new(502);
		const uint8_t q[2][12] = { REQUEST(1), REQUEST(2) }, a[] = ANSWER(1), b[] = ANSWER(2);
		uint8_t both[24];
		memcpy(both, q, sizeof both);
		syn(&w);
		say(&w, 0, both, cut);
		say(&w, 0, both + cut, sizeof both - cut);
		say(&w, 1, a, sizeof a);
		for (size_t i = 0; i < sizeof b; i++)
			say(&w, 1, b + i, 1);
		flow_finish(w.t);
		const struct obs_op *op = operation(&w, "Read Holding Registers");
		assert_non_null(op);
		assert_int_equal(op->count, 2);
		assert_int_equal(op->result, RESULT_OK);
		wire_free(&w);
	}
}

static void out_of_order_and_again(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q1[] = REQUEST(1), q2[] = REQUEST(2), a1[] = ANSWER(1), a2[] = ANSWER(2);
	syn(&w);
	struct packet first = packet(&w, 0, q1, sizeof q1), second;
	w.seq[0] += sizeof q1;
	second = packet(&w, 0, q2, sizeof q2);
	w.seq[0] += sizeof q2;
	flow_packet(w.t, &second);
	flow_packet(w.t, &first);
	flow_packet(w.t, &second);   /* sent again */
	say(&w, 1, a1, sizeof a1);
	say(&w, 1, a2, sizeof a2);
	flow_finish(w.t);
	const struct obs_op *op = operation(&w, "Read Holding Registers");
	assert_non_null(op);
	assert_int_equal(op->count, 2);
	assert_int_equal(op->where.frame, first.frame);
	assert_int_equal(conversation(&w, "modbus")->retransmits, 1);
	assert_int_equal(observe_counted(w.o, COUNT_TCP_GAPS), 0);
	wire_free(&w);
}

/* The capture lost a segment: reading goes on behind it, in the right order. */
static void a_gap_is_passed_over(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q1[] = REQUEST(1), a1[] = ANSWER(1), q3[] = REQUEST(3), a3[] = ANSWER(3);
	syn(&w);
	say(&w, 0, q1, sizeof q1);
	say(&w, 1, a1, sizeof a1);
	w.seq[0] += 12;   /* never captured */
	say(&w, 0, q3, sizeof q3);
	say(&w, 1, a3, sizeof a3);
	flow_finish(w.t);
	const struct obs_op *op = operation(&w, "Read Holding Registers");
	assert_non_null(op);
	assert_int_equal(op->count, 2);
	assert_int_equal(op->result, RESULT_OK);
	assert_int_equal(observe_counted(w.o, COUNT_TCP_GAPS), 12);
	wire_free(&w);
}

static void a_mirrored_router_counts_once(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q[] = REQUEST(1), a[] = ANSWER(1);
	for (int i = 0; i < 10; i++) {
		struct packet p = packet(&w, 0, q, sizeof q);
		w.seq[0] += sizeof q;
		flow_packet(w.t, &p);
		memcpy(p.mac_src, (uint8_t[6]){ 0, 0, 0x0c, 9, 9, 9 }, 6);
		p.ttl--;
		flow_packet(w.t, &p);
		say(&w, 1, a, sizeof a);
	}
	flow_finish(w.t);
	assert_int_equal(observe_counted(w.o, COUNT_COPIES), 10);
	assert_int_equal(conversation(&w, "modbus")->packets_c, 10);
	assert_int_equal(operation(&w, "Read Holding Registers")->count, 10);
	wire_free(&w);
}

static void cut_payload_is_counted(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q[] = REQUEST(1), a[] = ANSWER(1);
	syn(&w);
	say(&w, 0, q, sizeof q);
	struct packet p = packet(&w, 1, a, 9);
	p.payload_wire = sizeof a;
	w.seq[1] += sizeof a;
	flow_packet(w.t, &p);
	flow_finish(w.t);
	assert_int_equal(conversation(&w, "modbus")->confidence, CONF_CONFIRMED);
	assert_int_equal(observe_counted(w.o, COUNT_TCP_GAPS), 4);
	wire_free(&w);
}

/* That a password crossed the wire is a fact; the password is not kept. */
static void secrets_are_not_kept(void **state)
{
	(void)state;
	static const char *const http[] = { "GET / HTTP/1.1\r\nAuthorization: Basic QWxhZGRpbjpzZXNhbWU=\r\n\r\n",
					    "HTTP/1.1 200 OK\r\nServer: camera/1\r\nContent-Length: 0\r\n\r\n" };
	static const char *const ftp[] = { "220 CNC ready\r\n", "USER operator\r\n", "331 password\r\n",
					   "PASS sesame99\r\n", "230 welcome\r\n" };
	struct wire w = wire_new(80);
	syn(&w);
	for (size_t i = 0; i < 2; i++)
		say(&w, (int)i, http[i], strlen(http[i]));
	flow_finish(w.t);
	assert_non_null(operation(&w, "password-in-clear"));
	struct wire x = wire_new(21);
	syn(&x);
	for (size_t i = 0; i < 5; i++)
		say(&x, i % 2 == 0, ftp[i], strlen(ftp[i]));
	flow_finish(x.t);
	const struct obs_op *op = operation(&x, "password-in-clear");
	assert_non_null(op);
	assert_string_equal(op->detail, "FTP PASS");
	struct observe *both[] = { w.o, x.o };
	for (size_t i = 0; i < 2; i++) {
		struct buf b;
		buf_init(&b, 1 << 20);
		observe_flush(both[i], &b);
		assert_null(memmem(b.data, b.len, "QWxh", 4));
		assert_null(memmem(b.data, b.len, "sesame", 6));
		assert_null(memmem(b.data, b.len, "operator", 8));
		assert_non_null(memmem(b.data, b.len, i ? "CNC ready" : "camera/1", 8));
		buf_done(&b);
	}
	wire_free(&w);
	wire_free(&x);
}

/* More flows than the table holds: the oldest end early, and that is counted. */
static void the_table_has_a_cap(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q[] = REQUEST(1);
	for (uint32_t i = 0; i < FLOW_LIVE + 1000; i++) {
		struct packet p = packet(&w, 0, q, sizeof q);
		p.ts = 1;
		p.sport = (uint16_t)i;
		p.src.b[14] = (uint8_t)(i >> 16);
		flow_packet(w.t, &p);
	}
	assert_int_equal(observe_counted(w.o, COUNT_FLOWS_EVICTED), 1000);
	flow_finish(w.t);
	assert_int_equal(observe_counted(w.o, COUNT_FLOWS), FLOW_LIVE + 1000);
	wire_free(&w);
}

/* Half the sequence space behind is no number that can be negated. */
static void sequence_numbers_go_round(void **state)
{
	(void)state;
	struct wire w = wire_new(502);
	const uint8_t q[] = REQUEST(1);
	syn(&w);
	for (uint32_t i = 0; i < 8; i++) {
		say(&w, 0, q, sizeof q);
		w.seq[0] += UINT32_C(0x80000000) - (i & 1) * (uint32_t)sizeof q;
	}
	flow_finish(w.t);
	wire_free(&w);
}

/* CIP's Multiple Service Packet in one in one: each would stand for all that it points at. */
static void a_message_is_not_many(void **state)
{
	(void)state;
	struct wire w = wire_new(44818);
	uint8_t m[400] = { 0x6f, 0, 0, 0, 1 };
	size_t n = 24;
	static const uint8_t head[] = { 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0xb2, 0 };
	memcpy(m + n, head, sizeof head);
	n += sizeof head + 2;
	size_t cip = n;
	for (int depth = 0; depth < 3; depth++) {
		static const uint8_t multiple[] = { 0x0a, 2, 0x20, 2, 0x24, 1, 40, 0 };
		memcpy(m + n, multiple, sizeof multiple);
		n += sizeof multiple;
		for (int i = 0; i < 40; i++, n += 2)   /* all of them the one that follows */
			m[n] = 82;
	}
	static const uint8_t write[] = { 0x4d, 2, 0x20, 0x6b, 0x24, 1, 0, 0 };
	memcpy(m + n, write, sizeof write);
	n += sizeof write;
	m[cip - 2] = (uint8_t)(n - cip);
	m[cip - 1] = (uint8_t)((n - cip) >> 8);
	m[2] = (uint8_t)(n - 24);
	m[3] = (uint8_t)((n - 24) >> 8);
	syn(&w);
	for (int i = 0; i < 5; i++)
		say(&w, 0, m, n);
	flow_finish(w.t);
	const struct obs_op *op = operation(&w, "Write Tag");
	assert_true(!op || op->count <= 5 * 64);
	wire_free(&w);
}

/* A snapshot counts what is claimed, leaves what may still be, and comes to the same in the end. */
static void a_snapshot_changes_nothing(void **state)
{
	(void)state;
	struct wire w = wire_new(502), other = w;
	uint8_t request[] = REQUEST(1), answer[] = ANSWER(1);
	syn(&w);
	flow_report(w.t, 2000000);
	assert_null(conversation(&w, ""));
	say(&w, 0, request, sizeof request);
	say(&w, 1, answer, sizeof answer);
	flow_report(w.t, 4000000);
	const struct obs_conv *c = conversation(&w, "modbus");
	assert_non_null(c);
	assert_int_equal(c->packets_c + c->packets_s, 3);
	assert_int_equal(c->flows, 1);
	/* another one, which nobody knows: after a minute it is told */
	other.port = 12345;
	other.frame = w.frame;
	syn(&other);
	flow_report(w.t, 30 * INT64_C(1000000000));
	assert_null(conversation(&w, ""));
	flow_report(w.t, 70 * INT64_C(1000000000));
	c = conversation(&w, "");
	assert_non_null(c);
	assert_int_equal(c->packets_c, 1);
	/* and when both were silent for long they are over */
	flow_report(w.t, 3600 * INT64_C(1000000000));
	flow_finish(w.t);
	c = conversation(&w, "modbus");
	assert_int_equal(c->packets_c + c->packets_s, 3);
	assert_int_equal(c->flows, 1);
	assert_int_equal(conversation(&w, "")->flows, 1);
	assert_int_equal(observe_counted(w.o, COUNT_FRAMES), 4);
	wire_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_claims),
		cmocka_unit_test(ends_are_told_by_content),
		cmocka_unit_test(one_direction_claims_on_content),
		cmocka_unit_test(two_requests_and_no_answer_claim_nothing),
		cmocka_unit_test(segments_do_not_matter),
		cmocka_unit_test(out_of_order_and_again),
		cmocka_unit_test(a_gap_is_passed_over),
		cmocka_unit_test(a_mirrored_router_counts_once),
		cmocka_unit_test(cut_payload_is_counted),
		cmocka_unit_test(secrets_are_not_kept),
		cmocka_unit_test(the_table_has_a_cap),
		cmocka_unit_test(sequence_numbers_go_round),
		cmocka_unit_test(a_message_is_not_many),
		cmocka_unit_test(a_snapshot_changes_nothing),
	};
	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
