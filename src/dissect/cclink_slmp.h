/*
 * SLMP as CC-Link IE Field Basic and CC-Link IE TSN speak it (CLPA BAP-C2006ENG,
 * binary code): the three headers, the commands of CLPA's networks, and what their
 * answers tell of a device. The general SLMP of controllers stands in slmp.c.
 *
 *   ST     0: 50 00 or D0 00, 2: destination (5), 7: length, 9: timer or end code, 11: command, 13: subcommand
 *   MT     0: 54 00 or D4 00, 2: serial number, 4: 0, 6: destination (5), 11: length, 13: timer or end code, 15: …
 *   LMT    0: 68 00 or E8 00, 2: serial number, 4: 0, 6: destination (5), 11: 0, 12: extended station number,
 *          14: length, 16: timer or end code, 18: command, 20: subcommand, 22: 0, 23: identification,
 *          24: number of pieces, 26: this piece's number, 28: data
 *
 * The destination is a network, a station, a processor (le16, 03FF: the one that is connected) and a sub number.
 * Everything behind the first two bytes is little-endian, addresses too. In ST and MT an answer does not repeat the
 * command.
 */
#ifndef DISSECT_CCLINK_SLMP_H
#define DISSECT_CCLINK_SLMP_H

#include "dissect/dissect.h"

enum clpa_form { CLPA_ST, CLPA_MT, CLPA_LMT };

enum {
	CLPA_NODE_SEARCH = 0x0e30, CLPA_IP_ADDRESS_SET = 0x0e31, CLPA_CYCLIC = 0x0e70,
	CLPA_NETWORK_CONFIG = 0x0e90, CLPA_CYCLIC_CONFIG = 0x0e93, CLPA_NOTIFICATION = 0x0e94,
};

struct clpa_frame {
	enum clpa_form form;
	bool response;
	bool cut;                /* the datagram is shorter than its length says */
	uint8_t network, station, sub;
	uint16_t processor, extended;
	uint16_t serial, code;   /* code: timer of a request, end code of a response */
	uint16_t command, subcommand;   /* zero where the header has none */
	struct cur data;         /* behind all that */
};

/* Reads the header. False: no frame of this sort, or lengths that contradict each other. */
bool clpa_read(struct cur c, struct clpa_frame *f);
/* Is it a command of CLPA's list? NULL where not. */
const struct dissect_code *clpa_command(uint16_t command, uint16_t subcommand);

/* Where the facts come from, with the protocol's own name in front. */
struct clpa_sources {
	const char *node_search, *identification, *type_name, *slave_config, *master_config, *role;
};

/* Tells a request (command and subcommand are known), or pairs a response and reads it. */
enum dissect_result clpa_request(struct dissect *d, const struct clpa_frame *f);
enum dissect_result clpa_response(struct dissect *d, const struct clpa_frame *f, const struct clpa_sources *from);
/* An answer to NodeSearch, and NodeSearch and IPAddressSet themselves, which say so by their form alone. */
bool clpa_is_node(struct cur data);
bool clpa_is_call(const struct clpa_frame *f);

/* ---- codes that stand in frames of all CC-Link IE networks ---- */

/* The sender's vendor, model and equipment version by their codes. All zero: it does not say. */
void clpa_codes(struct dissect *d, uint32_t entity, uint16_t vendor, uint32_t model, uint16_t version,
		const char *source);
/* What kind of device it is (CLPA's model type): role and description. */
void clpa_device_type(struct dissect *d, uint32_t entity, uint16_t type, const char *source);
/* Station type of TSN's detection: "master station", NULL for one that is not used. */
const char *clpa_station_type(uint8_t type);
/* Four bytes, the last part of the address first. */
struct addr clpa_ipv4(struct cur *c);
/* Six bytes, likewise. */
void clpa_mac(struct cur *c, uint8_t mac[6]);

#endif
