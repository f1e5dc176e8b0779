/*
 * Sampled values (IEC 61850-9-2): a merging unit sends what it measures, thousands of times a second. On Ethernet, or
 * over UDP 102 (iec61850.h). BER:
 *
 *   60 {  80 number of ASDUs   A2 {  30 { 80 svID [81 datSet] 82 smpCnt 83 confRev [84 time] 85 smpSynch [86 smpRate]
 *                                         87 samples … } … } }
 */
#include "dissect/iec61850.h"

enum { SAV_PDU = 0x60, NUMBER = 0x80, ASDUS = 0xa2, ASDU = 0x30, SV_ID = 0x80, SAMPLES = 0x87, ASDUS_MAX = 64 };

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return iec61850_frame(c, SAV_PDU) || iec61850_routed(c, IEC61850_SESSION_SV, SAV_PDU);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur value, list = cur_make("", 0), id = cur_make("", 0);
	bool simulated, samples = false;
	if (dissect_packet(d)->ip ? !iec61850_routed(&c, IEC61850_SESSION_SV, SAV_PDU) : !iec61850_frame(&c, SAV_PDU))
		return DISSECT_NOT_MINE;
	enum dissect_result r = iec61850_open(d, &c, SAV_PDU, &simulated);
	if (r == DISSECT_NOT_MINE || r == DISSECT_MALFORMED)
		return r;
	uint64_t number = 0, held = 0;
	while (cur_left(&c)) {
		uint8_t tag = ber_next(&c, &value);
		if (!cur_ok(&c))
			break;
		if (tag == NUMBER)
			number = ber_number(value);
		else if (tag == ASDUS)
			list = value;
	}
	for (; cur_left(&list) && held < ASDUS_MAX; held++) {
		struct cur asdu;
		if (!ber_expect(&list, ASDU, &asdu))
			return DISSECT_MALFORMED;
		while (cur_left(&asdu)) {
			uint8_t tag = ber_next(&asdu, &value);
			if (!cur_ok(&asdu))
				return DISSECT_MALFORMED;
			if (tag == SV_ID && held == 0)
				id = value;
			samples |= tag == SAMPLES;
		}
	}
	if (r == DISSECT_OK && (!held || held != number || !samples))
		return DISSECT_MALFORMED;
	dissect_evident(d);
	dissect_attr_bytes(d, ATTR_NAME, cur_here(&id), cur_left(&id), "sv.sv_id");
	if (held)
		dissect_attr(d, ATTR_ROLE, "sensor", "sv.asdu");
	if (simulated)
		dissect_attr(d, ATTR_MODE, "simulation", "sv.simulated");
	return r;
}

const struct dissector dissect_sv = {
	.name = "sv",
	.title = "Sampled values (IEC 61850)",
	.ot = true,
	.cyclic = true,
	.udp = { IEC61850_PORT },
	.ethertype = { 0x88ba },
	.probe = probe,
	.message = message,
	.reference = "IEC 61850-9-2; over UDP: IEC 61850-8-1 Ed. 2.1, annex H",
	.recognition = "EtherType 88BA, a PDU whose lengths agree and that holds as many ASDUs as it says, with samples; over UDP 102 with the session of IEC 61850",
	.identity = "svID of the publisher, simulation",
	.operations = "",
	.verified = "real captures (Ethernet); over UDP from the standard, not yet seen in a real capture",
};
