/*
 * GOOSE, Generic Object Oriented Substation Event (IEC 61850-8-1): a device tells all others what changed, and repeats
 * it at longer and longer intervals. On Ethernet, or as R-GOOSE over UDP 102 (iec61850.h). BER:
 *
 *   61 {  80 gocbRef  81 time allowed to live (ms)  82 datSet  83 goID  84 time  85 stNum  86 sqNum
 *         87 simulation  88 confRev  89 ndsCom  8A number of entries  AB { entries } }
 */
#include <string.h>

#include "dissect/iec61850.h"

enum { GOOSE_PDU = 0x61, GOCB_REF = 0x80, GO_ID = 0x83, SIMULATION = 0x87, NDS_COM = 0x89, ENTRIES = 0x8a, ALL_DATA = 0xab };

static bool probe(const struct cur *c, enum side side)
{
	(void)side;
	return iec61850_frame(c, GOOSE_PDU) || iec61850_routed(c, IEC61850_SESSION_GOOSE, GOOSE_PDU);
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur value, reference = cur_make("", 0), id = cur_make("", 0);
	bool simulated, needs_commissioning = false, whole = false;
	if (dissect_packet(d)->ip ? !iec61850_routed(&c, IEC61850_SESSION_GOOSE, GOOSE_PDU) : !iec61850_frame(&c, GOOSE_PDU))
		return DISSECT_NOT_MINE;
	enum dissect_result r = iec61850_open(d, &c, GOOSE_PDU, &simulated);
	if (r == DISSECT_NOT_MINE || r == DISSECT_MALFORMED)
		return r;
	uint64_t entries = 0, held = 0;
	while (cur_left(&c)) {
		uint8_t tag = ber_next(&c, &value);
		if (!cur_ok(&c))
			break;
		switch (tag) {
		case GOCB_REF:
			reference = value;
			break;
		case GO_ID:
			id = value;
			break;
		case SIMULATION:
			simulated |= ber_number(value) != 0;
			break;
		case NDS_COM:
			needs_commissioning = ber_number(value) != 0;
			break;
		case ENTRIES:
			entries = ber_number(value);
			break;
		case ALL_DATA:
			whole = true;
			for (struct cur entry; cur_left(&value); held++)
				if (!ber_next(&value, &entry))
					return DISSECT_MALFORMED;
			break;
		default:
			break;
		}
	}
	if (r == DISSECT_OK && (!whole || !cur_left(&reference) || held != entries))
		return DISSECT_MALFORMED;
	dissect_evident(d);
	/* "IED name and logical device/LLN0$GO$control block" */
	const uint8_t *text = cur_here(&reference), *slash = cur_left(&reference) ? memchr(text, '/', cur_left(&reference)) : NULL;
	if (slash)
		dissect_attr_bytes(d, ATTR_NAME, text, (size_t)(slash - text), "goose.gocb_ref");
	dissect_attr_bytes(d, ATTR_DESCRIPTION, cur_here(&id), cur_left(&id), "goose.go_id");
	if (simulated)
		dissect_attr(d, ATTR_MODE, "simulation", "goose.simulation");
	if (needs_commissioning)
		dissect_attr(d, ATTR_MODE, "needs commissioning", "goose.nds_com");
	return r;
}

const struct dissector dissect_goose = {
	.name = "goose",
	.title = "GOOSE (IEC 61850)",
	.ot = true,
	.cyclic = true,
	.udp = { IEC61850_PORT },
	.ethertype = { 0x88b8 },
	.probe = probe,
	.message = message,
	.reference = "IEC 61850-8-1; R-GOOSE: IEC 61850-8-1 Ed. 2.1, annex H",
	.recognition = "EtherType 88B8, a GOOSE PDU whose lengths agree and that holds as many entries as it says; over UDP 102 with the session of R-GOOSE",
	.identity = "name of the device and its logical device (gocbRef), goID; simulation, needs commissioning",
	.operations = "",
	.verified = "real captures",
};
