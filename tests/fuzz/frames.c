/*
 * Fuzz target: a capture's frames through decode, flow and the dissectors. The
 * input is a little-endian pcap file, read here as leniently as can be, so that
 * the frames get the blame and not the file.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/decode.h"
#include "flow/flow.h"
#include "fuzz.h"

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* What decode promises; and every byte that it hands out can be read. */
static void check(const struct packet *p)
{
	struct cur payload = p->payload, l3 = p->l3;
	volatile uint8_t sum = 0;
	if (!cur_ok(&payload) || !cur_ok(&l3) || cur_left(&payload) > p->payload_wire || p->vlans > PACKET_VLANS)
		abort();
	while (cur_left(&payload) > 0)
		sum = (uint8_t)(sum + cur_u8(&payload));
	while (cur_left(&l3) > 0)
		sum = (uint8_t)(sum + cur_u8(&l3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 24)
		return 0;
	struct observe *o = observe_new();
	struct flow_table *flows = flow_new(o, false);
	struct decode *d = decode_new();
	struct frame f = { .linktype = (uint16_t)le32(data + 20) };
	for (size_t at = 24; n - at >= 16;) {
		size_t len = le32(data + at + 8), left = n - at - 16;
		len = len > left ? left : len;
		/* In a block of its own size, so that one byte too far is noticed. */
		uint8_t *copy = malloc(len ? len : 1);
		if (!copy)
			break;
		memcpy(copy, data + at + 16, len);
		f.ts = (int64_t)le32(data + at) * 1000000000 + (int64_t)(le32(data + at + 4) % 1000000) * 1000;
		f.data = copy;
		f.caplen = (uint32_t)len;
		f.wirelen = le32(data + at + 12) < len ? (uint32_t)len : le32(data + at + 12);
		f.number++;
		struct packet p;
		enum decode_result result = decode_frame(d, &f, &p);
		check(&p);
		if (result == DECODE_OK)
			flow_packet(flows, &p);
		free(copy);
		at += 16 + len;
	}
	flow_finish(flows);
	/* What came out survives the pipe. */
	struct buf b;
	struct observe *other = observe_new();
	buf_init(&b, 64 << 20);
	observe_flush(o, &b);
	struct cur c = cur_make(b.data, b.len);
	if (!observe_read(other, &c) || cur_left(&c) > 0)
		abort();
	buf_done(&b);
	observe_free(other);
	decode_free(d);
	flow_free(flows);
	observe_free(o);
	return 0;
}
