/*
 * CC-Link IE Field Basic (CLPA BAP-C2010ENG): a master sends its outputs to the
 * broadcast address, each slave answers with its inputs; all of it is SLMP in ST
 * frames, command 0E70. Numbers and addresses are little-endian.
 *
 *   request                                       response
 *    0  50 00, destination, length                 0  D0 00, destination, length
 *   11  0E70, 0000                                11  version, end code
 *   15  version, 0, offset 36, 0*14               15  offset 40, 0*14
 *   35  state of the master, 0, clock (8)         31  vendor code, 0, model code (4), equipment version, 0
 *   47  master's IP, group, 0, sequence           43  state of the slave, error code, management information (4)
 *   55  timeout, count, parameter number          51  slave's IP, group, 0, sequence
 *   61  stations, transmission state, 0           59  stations * (RWr 64, RX 8)
 *   67  stations * (slave's IP), * (RWw 64), * (RY 8)
 *
 * NodeSearch and IPAddressSet are MT frames on another port (cclink_slmp.h); the master sends them to all, too.
 */
#include <stdio.h>

#include "dissect/cclink_slmp.h"

enum {
	REQUEST = 67, REQUEST_STATION = 76, RESPONSE = 59, RESPONSE_STATION = 72, STATIONS_MAX = 16, GROUP_MAX = 64,
	OFFSET_REQUEST = 36, OFFSET_RESPONSE = 40, VERSION_MAX = 2, RUNNING = 1, STATE_MAX = 3,
	DUPLICATE_MASTER = 0xcfe0, WRONG_STATIONS = 0xcfe1, SLAVE_ERROR = 0xcff0, DISCONNECT = 0xcfff,
};

static const struct clpa_sources sources = {
	"cclink-ie-basic.node_search", "cclink-ie-basic.identification", "cclink-ie-basic.type_name",
	"cclink-ie-basic.slave_config", "cclink-ie-basic.master_config", "cclink-ie-basic.role",
};

static bool zeros(struct cur *c, size_t n)
{
	while (n--)
		if (cur_u8(c) != 0)
			return false;
	return true;
}

/* Does a cyclic request agree with itself, as far as the capture has it? */
static bool cyclic_request(const struct clpa_frame *f)
{
	struct cur c = f->data;
	size_t length = cur_left(&c) + 15;
	uint16_t version = cur_le16(&c), reserved = cur_le16(&c), offset = cur_le16(&c);
	if (version < 1 || version > VERSION_MAX || reserved != 0 || offset != OFFSET_REQUEST || !zeros(&c, 14))
		return false;
	uint16_t state = cur_le16(&c);
	reserved = cur_le16(&c);
	cur_skip(&c, 8 + 4);
	uint8_t group = cur_u8(&c), gap = cur_u8(&c);
	cur_skip(&c, 8);
	uint16_t stations = cur_le16(&c);
	cur_skip(&c, 2);
	uint16_t end = cur_le16(&c);
	return cur_ok(&c) && state <= STATE_MAX && reserved == 0 && group >= 1 && group <= GROUP_MAX && gap == 0 && end == 0 &&
	       stations >= 1 && stations <= STATIONS_MAX &&
	       (f->cut || length == REQUEST + (size_t)stations * REQUEST_STATION);
}

static bool known_end(uint16_t code)
{
	return code == 0 || code == DUPLICATE_MASTER || code == WRONG_STATIONS || code == SLAVE_ERROR || code == DISCONNECT;
}

static bool cyclic_response(const struct clpa_frame *f)
{
	struct cur c = f->data;
	size_t length = cur_left(&c) + 11;
	uint16_t version = cur_le16(&c), end = cur_le16(&c), offset = cur_le16(&c);
	if (version < 1 || version > VERSION_MAX || !known_end(end) || offset != OFFSET_RESPONSE || !zeros(&c, 14))
		return false;
	cur_skip(&c, 2);
	uint16_t gap = cur_le16(&c);
	cur_skip(&c, 4 + 2);
	gap |= cur_le16(&c);
	uint16_t state = cur_le16(&c);
	cur_skip(&c, 2 + 4 + 4);
	uint8_t group = cur_u8(&c);
	gap |= cur_u8(&c);
	cur_skip(&c, 2);
	return cur_ok(&c) && gap == 0 && state <= STATE_MAX && group >= 1 && group <= GROUP_MAX &&
	       (f->cut || (length > RESPONSE && (length - RESPONSE) % RESPONSE_STATION == 0 &&
			   length <= RESPONSE + STATIONS_MAX * RESPONSE_STATION));
}

/* The commands of this network; SLMP's others are slmp's. */
static bool own_command(uint16_t command)
{
	return command >= 0x0e28 && command <= 0x0e53;
}

static bool probe(const struct cur *c, enum side side)
{
	struct clpa_frame f;
	(void)side;
	if (!clpa_read(*c, &f) || f.network != 0 || f.processor != 0x03ff || f.sub != 0)
		return false;
	if (f.form == CLPA_ST && !f.response)
		return f.command == CLPA_CYCLIC && f.subcommand == 0 && cyclic_request(&f);
	if (f.form == CLPA_ST)
		return f.code == 0 && cyclic_response(&f);
	if (f.form != CLPA_MT || f.cut)
		return false;
	return f.response || (own_command(f.command) && f.subcommand <= 1 && clpa_command(f.command, f.subcommand));
}

/* ---- cyclic data ---- */

static void describe_group(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "group %u", r->extra);
}

/* The sequence number of a group: what a response repeats. Above the keys of NodeSearch and its like. */
static uint64_t cyclic_key(uint8_t group, uint16_t sequence)
{
	return UINT64_C(1) << 63 | (uint64_t)group << 16 | sequence;
}

static void station(struct dissect *d, uint32_t entity, uint8_t group, unsigned number, const char *source)
{
	char text[64];
	if (number)
		snprintf(text, sizeof text, "CC-Link IE Field Basic, group %u, station %u", group, number);
	else
		snprintf(text, sizeof text, "CC-Link IE Field Basic, group %u", group);
	dissect_attr_of(d, entity, ATTR_LOCATION, text, source);
}

static enum dissect_result master(struct dissect *d, struct cur c)
{
	cur_skip(&c, 20);
	uint16_t state = cur_le16(&c);
	cur_skip(&c, 2 + 8);
	struct addr ip = clpa_ipv4(&c);
	uint8_t group = cur_u8(&c);
	cur_skip(&c, 1);
	uint16_t sequence = cur_le16(&c);
	cur_skip(&c, 6);
	uint16_t stations = cur_le16(&c);
	cur_skip(&c, 4);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	dissect_set_side(d, SIDE_CLIENT);
	dissect_evident(d);
	dissect_request(d, &(struct dissect_request){ .key = cyclic_key(group, sequence), .code = (uint32_t)CLPA_CYCLIC << 16,
						      .op = OP_WRITE, .name = "CyclicData", .extra = group,
						      .describe = describe_group });
	dissect_attr(d, ATTR_ROLE, "master station", "cclink-ie-basic.cyclic_request");
	dissect_attr(d, ATTR_MODE, state & RUNNING ? "run" : "stop", "cclink-ie-basic.cyclic_request.state");
	/* Addresses that were rewritten on their way name nobody. */
	if (!addr_equal(&ip, &dissect_packet(d)->src))
		return DISSECT_OK;
	for (unsigned i = 1; i <= stations; i++) {
		struct addr slave = clpa_ipv4(&c);   /* 255.255.255.255: the one before has this station too */
		uint32_t entity = cur_ok(&c) ? dissect_ip(d, &slave) : 0;
		if (entity)
			station(d, entity, group, i, "cclink-ie-basic.cyclic_request.slave_id");
	}
	return cur_ok(&c) ? DISSECT_OK : DISSECT_TRUNCATED;
}

static enum dissect_result slave(struct dissect *d, struct cur c)
{
	cur_skip(&c, 2);
	uint16_t end = cur_le16(&c);
	cur_skip(&c, 2 + 14);
	uint16_t vendor = cur_le16(&c);
	cur_skip(&c, 2);
	uint32_t model = cur_le32(&c);
	uint16_t version = cur_le16(&c);
	cur_skip(&c, 2);
	uint16_t state = cur_le16(&c);
	cur_skip(&c, 2 + 4 + 4);
	uint8_t group = cur_u8(&c);
	cur_skip(&c, 1);
	uint16_t sequence = cur_le16(&c);
	if (!cur_ok(&c))
		return DISSECT_TRUNCATED;
	if (!dissect_response(d, cyclic_key(group, sequence), end ? RESULT_REFUSED : RESULT_OK, NULL)) {
		dissect_set_side(d, SIDE_SERVER);
		dissect_evident(d);
	}
	clpa_codes(d, dissect_sender(d), vendor, model, version, "cclink-ie-basic.cyclic_response");
	dissect_attr(d, ATTR_MODE, state & RUNNING ? "run" : "stop", "cclink-ie-basic.cyclic_response.state");
	return DISSECT_OK;
}

/* ---- all of it ---- */

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct clpa_frame f;
	if (!clpa_read(c, &f) || f.form == CLPA_LMT)
		return DISSECT_NOT_MINE;
	if (f.form == CLPA_ST) {
		if (!f.response && f.command != CLPA_CYCLIC)
			return DISSECT_NOT_MINE;
		if (!(f.response ? cyclic_response(&f) : cyclic_request(&f)))
			return f.cut ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
		return f.response ? slave(d, f.data) : master(d, f.data);
	}
	if (f.response)
		return clpa_response(d, &f, &sources);
	if (!own_command(f.command))
		return DISSECT_NOT_MINE;
	/* A search and an address go out to all; nobody else's datagram looks like that. */
	if ((f.command == CLPA_NODE_SEARCH || f.command == CLPA_IP_ADDRESS_SET) && !f.cut && clpa_is_call(&f)) {
		dissect_set_side(d, SIDE_CLIENT);
		dissect_evident(d);
	}
	return clpa_request(d, &f);
}

const struct dissector dissect_cclink_ie_basic = {
	.name = "cclink-ie-basic",
	.title = "CC-Link IE Field Basic",
	.ot = true,
	.no_auth = true,
	.cyclic = true,
	.apart = true,
	.udp = { 61450, 61451, 45237 },   /* nobody can set them */
	.probe = probe,
	.message = message,
	.reference = "CLPA BAP-C2010ENG (CC-Link IE Field Basic) and BAP-C2006ENG (SLMP), as the open stack c-link and CLPA's "
		     "own plug-in for Wireshark read them",
	.recognition = "its fixed ports; SLMP with command 0E70, or its response, whose reserved fields, offset and number of "
		       "stations agree with the length; NodeSearch and IPAddressSet by their lists of addresses",
	.identity = "slave: vendor and model code, equipment version, running or stopped, group and station, in NodeSearch also "
		    "MAC, address, host name and model name; DeviceIdentificationInfoGet: maker, model, versions; master: role, "
		    "running or stopped",
	.operations = "cyclic data as a write per group with each slave's end code; IPAddressSet with whom it gives what; "
		      "ParameterSet; NodeSearch and other questions; unknown commands",
	.verified = "real captures (cyclic data); NodeSearch, IPAddressSet and identification from the manual, not yet seen in a "
		    "real capture",
};
