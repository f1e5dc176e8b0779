/*
 * CC-Link IE TSN on UDP (CLPA BAP-C2011ENG, SLMP: BAP-C2006ENG): the management
 * master configures masters and slaves, and slaves notify it. The messages are
 * SLMP in LMT frames (cclink_slmp.h), both stations on one port:
 *
 *    0  68 00 request, E8 00 response          18  command
 *    2  serial number, 0                       20  subcommand
 *    6  network, station, processor, sub       22  0, identification
 *   11  0, extended station number             24  number of pieces, number of this piece
 *   14  length of what follows                 28  data
 *   16  timer; end code
 *
 * 45238 carries the configuration (0E90 to 0E94), 45239 the rest: settings, events, clock, start and stop of the cyclic
 * transmission, CAN objects, backup.
 */
#include <stdio.h>

#include "dissect/cclink_slmp.h"

enum { MASTER_CONFIG = 0x0e91, NODE = 72, NODES_MAX = 256, PAYLOAD = 24 };

static const struct clpa_sources sources = {
	"cclink-tsn.node_search", "cclink-tsn.identification", "cclink-tsn.type_name",
	"cclink-tsn.slave_config", "cclink-tsn.master_config", "cclink-tsn.configuration",
};

/* LMT is this network's alone. */
static bool probe(const struct cur *c, enum side side)
{
	struct clpa_frame f;
	(void)side;
	return clpa_read(*c, &f) && f.form == CLPA_LMT && clpa_command(f.command, f.subcommand);
}

/* What only the management master sends. */
static bool of_master(uint16_t command)
{
	return command >= CLPA_NETWORK_CONFIG && command < CLPA_NOTIFICATION;
}

/*
 * The stations that were detected, as the management master tells another master: address, MAC and station type of
 * each.
 *
 *    0 IPv4   4 IPv6   20 MAC, 0   28 grandmaster priority   34 station type, time synchronisation   36 topology
 */
static void detected(struct dissect *d, struct cur c)
{
	uint16_t n = cur_le16(&c);
	cur_skip(&c, 2);
	for (unsigned i = 0; i < n && i < NODES_MAX && cur_has(&c, NODE); i++) {
		struct cur node = cur_sub(&c, NODE);
		uint8_t mac[6];
		struct addr ip = clpa_ipv4(&node);
		cur_skip(&node, 16);
		clpa_mac(&node, mac);
		cur_skip(&node, 2 + 6);
		const char *type = clpa_station_type(cur_u8(&node));
		uint32_t entity = dissect_mac_of(d, mac);
		if (!entity)
			continue;
		dissect_link(d, entity, dissect_ip(d, &ip), LINK_SAME, sources.master_config);
		if (type)
			dissect_attr_of(d, entity, ATTR_ROLE, type, sources.master_config);
	}
}

/* NetworkConfigMain: whose clock all follow, by its EUI-64. */
static void grandmaster(struct dissect *d, struct cur c)
{
	cur_skip(&c, 20);
	const uint8_t *id = cur_bytes(&c, 8);
	if (!id || id[3] != 0xff || id[4] != 0xfe)
		return;
	uint8_t mac[6] = { id[0], id[1], id[2], id[5], id[6], id[7] };
	dissect_attr_of(d, dissect_mac_of(d, mac), ATTR_DESCRIPTION, "grandmaster clock of CC-Link IE TSN",
			"cclink-tsn.network_config.grandmaster");
}

/* CyclicConfigTrnSubPayload: where the station's cyclic data goes; of the address the last two parts. */
static void destinations(struct dissect *d, struct cur c)
{
	cur_skip(&c, 2);
	uint16_t n = cur_le16(&c);
	for (unsigned i = 0; i < n && i < NODES_MAX && cur_has(&c, PAYLOAD); i++) {
		struct cur payload = cur_sub(&c, PAYLOAD);
		uint8_t mac[6];
		char text[48];
		cur_skip(&payload, 4);
		clpa_mac(&payload, mac);
		uint8_t third = cur_u8(&payload), fourth = cur_u8(&payload);
		snprintf(text, sizeof text, "CC-Link IE TSN, address x.x.%u.%u", third, fourth);
		dissect_attr_of(d, dissect_mac_of(d, mac), ATTR_LOCATION, text, "cclink-tsn.cyclic_config.destination");
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct clpa_frame f;
	if (!clpa_read(c, &f) || f.form != CLPA_LMT)
		return DISSECT_NOT_MINE;
	/* Both have one port, and both ask: the master is the client of the whole. */
	bool from_master = of_master(f.command) ? !f.response : f.command == CLPA_NOTIFICATION && f.response;
	if (of_master(f.command) || f.command == CLPA_NOTIFICATION)
		dissect_set_side(d, from_master ? SIDE_CLIENT : SIDE_SERVER);
	if (clpa_command(f.command, f.subcommand))
		dissect_evident(d);
	if (from_master)
		dissect_attr(d, ATTR_ROLE, "master station", sources.role);
	if (f.response)
		return clpa_response(d, &f, &sources);
	if (f.command == MASTER_CONFIG)
		detected(d, f.data);
	else if (f.command == CLPA_NETWORK_CONFIG && f.subcommand == 0)
		grandmaster(d, f.data);
	else if (f.command == CLPA_CYCLIC_CONFIG && f.subcommand == 1)
		destinations(d, f.data);
	return clpa_request(d, &f);
}

const struct dissector dissect_cclink_tsn_slmp = {
	.name = "cclink-tsn",
	.title = "CC-Link IE TSN (SLMP)",
	.ot = true,
	.no_auth = true,
	.apart = true,
	.udp = { 45238, 45239 },
	.any_udp = true,
	.probe = probe,
	.message = message,
	.reference = "CLPA BAP-C2011ENG (CC-Link IE TSN) and BAP-C2006ENG (SLMP), as CLPA's own plug-in for Wireshark reads them",
	.recognition = "SLMP's LMT frame, which no other network uses: its constants, the exact length, a command of CLPA's list",
	.identity = "master station by what it sends; SlaveConfig's answer: vendor and model code, device version and type; "
		    "MasterConfig: address, MAC and type of each detected station; the grandmaster's MAC, and that of where cyclic "
		    "data goes; NodeSearch, DeviceIdentificationInfoGet, "
		    "RemoteReadTypeName",
	.operations = "network, master, slave and cyclic configuration, parameters and CAN objects, start and stop of the cyclic "
		      "transmission, clock, event history, backup and restore; stations of other networks as relays",
	.verified = "real captures (network, slave and cyclic configuration, notification, one direction); the rest from the manual, "
		    "not yet seen in a real capture",
};
