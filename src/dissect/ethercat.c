/*
 * EtherCAT (IEC 61158-4-12, ETG.1000.4 and .6; mailbox: ETG.1000.5/6, ETG.1020).
 *
 *   Ethernet 88A4, or UDP 34980
 *   0                          2
 *   +--------------------------+----------+----------+---- - -
 *   | length 11, -, type 4     | datagram | datagram |        type 1: datagrams, 4: network variables
 *   +--------------------------+----------+----------+---- - -
 *   0     1     2       4        6                              8       10      10 + n
 *   +-----+-----+-------+--------+------------------------------+-------+- - - -+-----------------+
 *   | cmd | idx | slave | offset | length 11, circulates, more  |  irq  | data  | working counter |
 *   +-----+-----+-------+--------+------------------------------+-------+- - - -+-----------------+
 *
 * The master sends a frame, each slave changes it as it runs through, and it comes
 * back with a bit set in the first byte of its source MAC. Slaves have no address
 * that others could use, so what they say is told of the master's line, with the
 * slave in the text. Only frames that came back count as done: some working
 * counter is not zero. A slave is named by its station address; with position
 * addressing the returned number says how many slaves there are from it to the end.
 *
 * A mailbox lies behind 0x1000 in the slave's memory:
 *
 *   0        2         4                   5                      6
 *   +--------+---------+-------------------+----------------------+---- - -
 *   | length | address | channel, priority | type 4, counter 3, - |          1 AoE, 2 EoE, 3 CoE, 4 FoE, 5 SoE, 15 VoE
 *   +--------+---------+-------------------+----------------------+---- - -
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/dissect.h"

enum {
	TYPE_DATAGRAMS = 1, TYPE_VARIABLES = 4, HEADER = 10, COUNTER = 2, PAD = 46, FCS = 4,
	APRD = 1, APWR = 2, APRW = 3, FPRD = 4, FPWR = 5, FPRW = 6, BRD = 7, BWR = 8, BRW = 9, LRD = 10, LRW = 12, FRMW = 14,
	STATION = 0x0010, RESET = 0x0040, AL_CONTROL = 0x0120, SII = 0x0502, SII_DATA = 0x0508, FMMU = 0x0600,
	FMMU_END = 0x0700, SYNC = 0x0800, SYNC_END = 0x0880, MEMORY = 0x1000,
	SII_READ = 0x0100, SII_WRITE = 0x0200, SII_BUSY = 0x8000, SII_VENDOR = 8, SII_SERIAL = 14, SII_CATEGORIES = 0x40,
	SII_STRINGS = 10, SII_GENERAL = 30,
	AOE = 1, EOE = 2, COE = 3, FOE = 4, SOE = 5, VOE = 15, SDO_REQUEST = 2, SDO_RESPONSE = 3, SDO_ABORT = 0x80,
};

/* Numbers that the EtherCAT Technology Group gave to makers. */
static const struct { uint32_t id; const char *name; } vendors[] = {
	{ 0x00000002, "Beckhoff" }, { 0x0000001b, "HMS" }, { 0x0000001d, "Festo" }, { 0x00000021, "WAGO" },
	{ 0x00000024, "Bosch Rexroth" }, { 0x0000003b, "Lenze" }, { 0x00000044, "Hilscher" },
	{ 0x00000059, "SEW-EURODRIVE" }, { 0x0000006a, "Kollmorgen" }, { 0x00000083, "OMRON" },
	{ 0x00000084, "Phoenix Contact" }, { 0x0000009a, "Elmo Motion Control" }, { 0x0000009c, "Turck" },
	{ 0x000000ab, "Copley Controls" }, { 0x000000ad, "Pepperl+Fuchs" }, { 0x000000b7, "ABB" },
	{ 0x000000fb, "maxon" }, { 0x00000114, "SMC" }, { 0x00000117, "JVL" }, { 0x000001b9, "Sanyo Denki" },
	{ 0x000001dd, "Delta Electronics" }, { 0x000001f9, "National Instruments" }, { 0x00000247, "Harmonic Drive" },
	{ 0x0000026c, "Nanotec" }, { 0x000002be, "Oriental Motor" }, { 0x0000050c, "ABB" }, { 0x00000539, "Yaskawa" },
	{ 0x00000540, "ACS Motion Control" }, { 0x00000541, "KEYENCE" }, { 0x00000569, "KUNBUS" },
	{ 0x0000066f, "Panasonic" }, { 0x00000691, "FANUC" }, { 0x01000056, "SICK" }, { 0x010000e8, "Balluff" },
	{ 0x0800005a, "Schneider Electric" },
};

/* What Beckhoff's product codes begin and end with: the number of the type above, its family below. */
static const struct { uint16_t low; const char *family; } beckhoff[] = {
	{ 0x3052, "EL" }, { 0x2c52, "EK" }, { 0x4052, "EP" }, { 0x6012, "AX" },
};

struct datagram {
	uint8_t cmd;
	uint16_t adp, ado, n, counter;
	struct cur data;
};

/* ---- recognition ---- */

/* The datagram here; with *more whether another follows. False: none, or none whole. */
static bool next(struct cur *c, struct datagram *g, bool *more)
{
	g->cmd = cur_u8(c);
	cur_skip(c, 1);
	g->adp = cur_le16(c);
	g->ado = cur_le16(c);
	uint16_t length = cur_le16(c);
	cur_skip(c, 2);
	g->n = length & 0x7ff;
	*more = length >> 15;
	g->data = cur_sub(c, g->n);
	g->counter = cur_le16(c);
	return cur_ok(c) && g->cmd <= FRMW && !(length & 0x3800);
}

/* Does the frame's length leave nothing but what Ethernet pads with? */
static bool fills(const struct cur *c, size_t n)
{
	size_t left = cur_left(c);
	return left >= n && (left == n || left <= PAD || left - n <= FCS);
}

static bool probe(const struct cur *c, enum side side)
{
	struct cur x = *c;
	struct datagram g;
	bool more = true;
	(void)side;
	uint16_t head = cur_le16(&x), n = head & 0x7ff;
	if (!cur_ok(&x) || head & 0x800)
		return false;
	if (head >> 12 == TYPE_VARIABLES)
		return n >= 20 && fills(&x, n);
	if (head >> 12 != TYPE_DATAGRAMS || n < HEADER + COUNTER)
		return false;
	if (!cur_has(&x, n))
		return cur_has(&x, HEADER) && cur_peek(&x, 0) <= FRMW && !(cur_peek(&x, 7) & 0x38);   /* cut */
	if (!fills(&x, n))
		return false;
	for (cur_limit(&x, n); more && cur_left(&x);)
		if (!next(&x, &g, &more))
			return false;
	return !more && cur_left(&x) == 0;
}

/* ---- slaves ---- */

static const char *vendor(uint32_t id, char *out, size_t size)
{
	for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++)
		if (vendors[i].id == id)
			return vendors[i].name;
	snprintf(out, size, "vendor 0x%x", id);
	return out;
}

static void slave_text(const struct datagram *g, char *out, size_t size)
{
	if (g->cmd == BRD || g->cmd == BWR || g->cmd == BRW)
		snprintf(out, size, "all slaves");
	else if (g->cmd <= APRW)
		snprintf(out, size, "slave %u from the end", g->adp);
	else
		snprintf(out, size, "slave %u", g->adp);
}

static void op(struct dissect *d, const struct datagram *g, enum op_class cls, const char *name, const char *what,
	       enum op_result result)
{
	char slave[48], text[192];
	slave_text(g, slave, sizeof slave);
	snprintf(text, sizeof text, "%s%s%s", slave, *what ? " " : "", what);
	dissect_op(d, cls, name, text, result);
}

/* Something a slave said of itself. */
static void tell(struct dissect *d, const struct datagram *g, const char *name, const char *what, const char *source)
{
	char slave[48], text[224];
	slave_text(g, slave, sizeof slave);
	snprintf(text, sizeof text, "EtherCAT %s: %s", slave, what);
	dissect_attr(d, ATTR_DESCRIPTION, text, source);
	op(d, g, OP_IDENTITY, name, what, RESULT_OK);
}

/*
 * The identity of a slave comes in pieces, and a frame without a flow has nothing to
 * keep them in: they stay in the protocol's memory, found by master and address.
 */
enum { STRINGS = 4, STRING = 48 };
struct slave {
	uint8_t have;            /* bits of id[] */
	uint32_t word;           /* EEPROM word that was asked for last */
	uint32_t id[4];          /* vendor, product, revision, serial */
	struct {                 /* the categories of the EEPROM, as they are read one after the other */
		uint32_t next;   /* word that must come */
		uint8_t head[4], n_head;
		uint32_t at;     /* byte of the category */
		uint8_t string, left, pos;
		char text[STRINGS][STRING];
	} sii;
};

_Static_assert(sizeof(struct slave) <= DISSECT_MEMORY, "fits the protocol's memory");

static struct slave *slave_of(struct dissect *d, const struct datagram *g)
{
	const struct packet *p = dissect_packet(d);
	uint32_t key = dissect_segment(d) * 31u;
	for (int i = 0; p->has_mac && i < 6; i++)
		key = key * 31u + (i ? p->mac_src[i] : p->mac_src[i] & 0xfdu);
	return dissect_memory(d, key * 131071u + g->adp * 2u + (g->cmd <= APRW));
}

static void model_text(uint32_t maker, uint32_t product, char *out, size_t size)
{
	for (size_t i = 0; maker == 2 && i < sizeof beckhoff / sizeof *beckhoff; i++)
		if (beckhoff[i].low == (product & 0xffff) && product >> 16 >= 1000 && product >> 16 <= 9999) {
			snprintf(out, size, " %s%u", beckhoff[i].family, product >> 16);
			return;
		}
	*out = 0;
}

/* One of the four numbers; what is complete is told, with the serial number when it has come. */
static void identity(struct dissect *d, const struct datagram *g, unsigned which, uint32_t value, bool last,
		     const char *name, const char *source)
{
	struct slave *s = slave_of(d, g);
	char maker[32], model[16], serial[32] = "", text[160];
	s->id[which] = value;
	s->have |= (uint8_t)(1u << which);
	if ((s->have & 7) != 7 || !last || which < 2)
		return;
	if (s->have & 8 && s->id[3])
		snprintf(serial, sizeof serial, ", serial %u", s->id[3]);
	model_text(s->id[0], s->id[1], model, sizeof model);
	snprintf(text, sizeof text, "%s%s, product 0x%08x, revision 0x%08x%s", vendor(s->id[0], maker, sizeof maker),
		 model, s->id[1], s->id[2], serial);
	tell(d, g, name, text, source);
}

/* ---- slave information interface (EEPROM) ---- */

/*
 * A byte of the categories. Strings (10): their number, then each behind its length; General (30): the numbers of the
 * strings that are group, image, order code and name.
 */
static void sii_byte(struct dissect *d, const struct datagram *g, struct slave *s, uint8_t b)
{
	if (s->sii.n_head < 4) {
		s->sii.head[s->sii.n_head++] = b;
		s->sii.at = s->sii.string = s->sii.left = s->sii.pos = 0;
		if (s->sii.n_head == 4 && !s->sii.head[2] && !s->sii.head[3])
			s->sii.n_head = 0;
		return;
	}
	uint8_t type = s->sii.head[1] ? 0 : s->sii.head[0], i = s->sii.string;
	uint32_t size = ((uint32_t)s->sii.head[3] << 8 | s->sii.head[2]) * 2, at = s->sii.at++;
	if (type == SII_STRINGS && at > 0 && s->sii.left == 0 && i < UINT8_MAX) {
		s->sii.string++;
		s->sii.left = b;
		s->sii.pos = 0;
		if (i < STRINGS)
			s->sii.text[i][0] = 0;
	} else if (type == SII_STRINGS && at > 0 && s->sii.left) {
		s->sii.left--;
		if (i >= 1 && i <= STRINGS && s->sii.pos + 1 < STRING) {
			s->sii.text[i - 1][s->sii.pos++] = (char)b;
			s->sii.text[i - 1][s->sii.pos] = 0;
		}
	} else if (type == SII_GENERAL && (at == 2 || at == 3)) {
		s->sii.pos = at == 2 ? b : s->sii.pos;
		uint8_t order = s->sii.pos, name = b;
		char text[128], a[STRING] = "", n[STRING] = "";
		if (order >= 1 && order <= STRINGS)
			text_wire(s->sii.text[order - 1], strlen(s->sii.text[order - 1]), a, sizeof a);
		if (name >= 1 && name <= STRINGS)
			text_wire(s->sii.text[name - 1], strlen(s->sii.text[name - 1]), n, sizeof n);
		snprintf(text, sizeof text, "%s%s%s%s", *a ? "order code " : "", a, *a && *n ? ", name " : *n ? "name " : "", n);
		if (at == 3 && *text)
			tell(d, g, "SII Read", text, "ethercat.sii.general");
	}
	if (s->sii.at >= size)
		s->sii.n_head = 0;
}

static void sii_categories(struct dissect *d, const struct datagram *g, uint32_t word, struct cur c)
{
	struct slave *s = slave_of(d, g);
	if (word == SII_CATEGORIES) {
		memset(&s->sii, 0, sizeof s->sii);
		s->sii.next = word;
	}
	if (word != s->sii.next)
		return;   /* read again, or apart from the others */
	s->sii.next += (uint32_t)(cur_left(&c) / 2);
	while (cur_left(&c))
		sii_byte(d, g, s, cur_u8(&c));
}

static void sii_data(struct dissect *d, const struct datagram *g, uint32_t word, struct cur c)
{
	if (word >= SII_CATEGORIES) {
		cur_limit(&c, 8);
		sii_categories(d, g, word, c);
		return;
	}
	for (; cur_left(&c) >= 4 && word >= SII_VENDOR && word <= SII_SERIAL && word % 2 == 0; word += 2) {
		uint32_t value = cur_le32(&c);
		bool last = cur_left(&c) < 4 || word == SII_SERIAL;
		identity(d, g, (word - SII_VENDOR) / 2, value, last, "SII Read", "ethercat.sii");
	}
}

static void sii(struct dissect *d, const struct datagram *g, bool writes)
{
	struct cur c = g->data;
	uint16_t control = cur_le16(&c);
	uint32_t word = cur_le32(&c);
	char text[32];
	if (!cur_ok(&c))
		return;
	if (!writes) {
		if (!(control & SII_BUSY) && cur_left(&c) >= 4)
			sii_data(d, g, word, c);
		return;
	}
	slave_of(d, g)->word = word;
	if (control & SII_WRITE) {
		snprintf(text, sizeof text, "word 0x%04x", word);
		op(d, g, OP_CONFIGURATION, "SII Write", text, RESULT_OK);
	}
}

/* ---- CANopen over EtherCAT ---- */

static void object(struct dissect *d, const struct datagram *g, uint16_t index, uint8_t sub, struct cur v)
{
	static const struct { uint16_t index; const char *what, *source; } texts[] = {
		{ 0x1008, "device name", "ethercat.coe.1008" },
		{ 0x1009, "hardware version", "ethercat.coe.1009" },
		{ 0x100a, "software version", "ethercat.coe.100a" },
	};
	char value[96], text[128];
	if (index == 0x1018 && sub >= 1 && sub <= 4 && cur_left(&v) == 4) {
		identity(d, g, sub - 1u, cur_le32(&v), true, "Identity Object", "ethercat.coe.1018");
		return;
	}
	for (size_t i = 0; sub == 0 && i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].index != index || !text_wire(cur_here(&v), cur_left(&v), value, sizeof value))
			continue;
		snprintf(text, sizeof text, "%s %s", texts[i].what, value);
		tell(d, g, "Identity Object", text, texts[i].source);
	}
}

static void coe(struct dissect *d, const struct datagram *g, struct cur c)
{
	uint16_t head = cur_le16(&c);
	uint8_t command = cur_u8(&c);
	uint16_t index = cur_le16(&c);
	uint8_t sub = cur_u8(&c);
	char text[48];
	/* Answers; that a transfer is given up is a request, whoever says so. */
	if (!cur_ok(&c) || head & 0x0e00 || (head >> 12 != SDO_RESPONSE && (head >> 12 != SDO_REQUEST || command != SDO_ABORT)))
		return;
	snprintf(text, sizeof text, "object %04X:%02X", index, sub);
	switch (command >> 5) {
	case 2: {   /* upload: four bytes in the head itself, or their number and then they */
		struct cur v;
		if (command & 2) {
			v = cur_sub(&c, command & 1 ? 4u - (command >> 2 & 3) : 4u);
		} else {
			uint32_t n = cur_le32(&c);
			v = c;
			cur_limit(&v, n);
		}
		op(d, g, OP_READ, "SDO Upload", text, RESULT_OK);
		if (cur_ok(&v))
			object(d, g, index, sub, v);
		break;
	}
	case 3:
		op(d, g, OP_CONFIGURATION, "SDO Download", text, RESULT_OK);
		break;
	case 4:
		op(d, g, OP_DIAGNOSTIC, "SDO Abort", text, RESULT_REFUSED);
		break;
	default:
		break;
	}
}

/* ---- the other mailboxes ---- */

static void foe(struct dissect *d, const struct datagram *g, struct cur c)
{
	uint8_t code = cur_u8(&c), reserved = cur_u8(&c);
	char name[96], text[112];
	cur_skip(&c, 4);
	if (!cur_ok(&c) || reserved)
		return;
	if (code == 1 || code == 2) {
		text_wire(cur_here(&c), cur_left(&c), name, sizeof name);
		snprintf(text, sizeof text, "file %s", name);
		op(d, g, code == 1 ? OP_UPLOAD : OP_FIRMWARE, code == 1 ? "FoE Read" : "FoE Write", text, RESULT_UNKNOWN);
	} else if (code == 5) {
		op(d, g, OP_FILE, "FoE Error", "", RESULT_REFUSED);
	}
}

static void soe(struct dissect *d, const struct datagram *g, struct cur c)
{
	uint8_t head = cur_u8(&c);
	cur_skip(&c, 1);
	uint16_t idn = cur_le16(&c);
	char text[40];
	if (!cur_ok(&c))
		return;
	enum op_result result = head & 0x10 ? RESULT_REFUSED : RESULT_OK;
	snprintf(text, sizeof text, "drive %d %s-%d-%04d", head >> 5, idn & 0x8000 ? "P" : "S", idn >> 12 & 7, idn & 0xfff);
	if ((head & 7) == 2)
		op(d, g, OP_READ, "SoE Read", text, result);
	else if ((head & 7) == 4)
		op(d, g, OP_CONFIGURATION, "SoE Write", text, result);
	else if ((head & 7) == 6)
		op(d, g, OP_DIAGNOSTIC, "SoE Command Changed", text, result);
}

static void aoe(struct dissect *d, const struct datagram *g, struct cur c)
{
	static const struct dissect_code commands[] = {
		{ 2, OP_READ, "AoE Read" }, { 3, OP_CONFIGURATION, "AoE Write" }, { 5, OP_MODE, "AoE Write Control" },
		{ 9, OP_CONFIGURATION, "AoE Read Write" },
	};
	char text[32];
	cur_skip(&c, 6);
	uint16_t port = cur_le16(&c);
	cur_skip(&c, 8);
	uint16_t code = cur_le16(&c), flags = cur_le16(&c);
	const struct dissect_code *f = DISSECT_CODE(commands, code);
	if (!cur_ok(&c) || !f || flags & 1)
		return;
	snprintf(text, sizeof text, "port %u", port);
	op(d, g, (enum op_class)f->op, f->name, text, RESULT_UNKNOWN);
}

static void describe_slave(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "slave %u%s", r->extra, r->extra2 ? " from the end" : "");
}

static void mailbox(struct dissect *d, const struct datagram *g)
{
	struct cur c = g->data;
	uint16_t n = cur_le16(&c), address = cur_le16(&c);
	uint8_t channel = cur_u8(&c), type = cur_u8(&c);
	struct cur body = cur_sub(&c, n);
	/* Process data may lie there, too. */
	if (!cur_ok(&body) || n < 4 || channel & 0x3f || type & 0x80 || (address && g->cmd > APRW && address != g->adp))
		return;
	switch (type & 15) {
	case AOE:
		aoe(d, g, body);
		break;
	case EOE:   /* Ethernet to whatever is behind the slave */
		if ((cur_peek(&body, 0) & 15) < 8)
			dissect_relay(d, "EoE", g->adp, g->cmd <= APRW, describe_slave);
		break;
	case COE:
		coe(d, g, body);
		break;
	case FOE:
		foe(d, g, body);
		break;
	case SOE:
		soe(d, g, body);
		break;
	case VOE:
		op(d, g, OP_DIAGNOSTIC, "VoE", "", RESULT_UNKNOWN);
		break;
	default:
		break;
	}
}

/* ---- registers ---- */

static void al_control(struct dissect *d, const struct datagram *g, enum op_result result)
{
	static const char *const states[] = { [1] = "Init", [2] = "PreOp", [3] = "Bootstrap", [4] = "SafeOp", [8] = "Op" };
	uint8_t state = cur_peek(&g->data, 0) & 15;
	if (state <= 8 && states[state])
		op(d, g, state == 3 ? OP_FIRMWARE : OP_MODE, "AL Control", states[state], result);
}

/* One datagram of a frame that came back. */
static void datagram(struct dissect *d, const struct datagram *g)
{
	bool physical = g->cmd >= APRD && g->cmd <= BRW;
	bool writes = physical && g->cmd % 3 != 1;
	if (!physical)
		return;
	enum op_result result = g->counter ? RESULT_OK : RESULT_REFUSED;   /* no slave took it */
	char text[48];
	if (writes && g->ado == AL_CONTROL && g->n) {
		al_control(d, g, result);
	} else if (writes && g->ado == STATION && g->n >= 2) {
		snprintf(text, sizeof text, "address %u", cur_peek_le16(&g->data, 0));
		op(d, g, OP_CONFIGURATION, "Station Address", text, result);
	} else if (writes && g->ado == RESET && cur_starts(&g->data, "R", 1)) {
		op(d, g, OP_RESET, "ESC Reset", "", result);
	} else if (writes && g->ado >= FMMU && g->ado < FMMU_END) {
		op(d, g, OP_CONFIGURATION, "FMMU", "", result);
	} else if (writes && g->ado >= SYNC && g->ado < SYNC_END) {
		op(d, g, OP_CONFIGURATION, "Sync Manager", "", result);
	} else if (!g->counter) {
		return;
	} else if (g->ado == SII) {
		sii(d, g, writes);
	} else if (g->ado == SII_DATA && !writes) {
		sii_data(d, g, slave_of(d, g)->word, g->data);
	} else if (g->ado >= MEMORY && g->cmd <= FPRW) {
		mailbox(d, g);
	}
}

static enum dissect_result variables(struct dissect *d, struct cur c)
{
	char text[64];
	const uint8_t *id = cur_bytes(&c, 6);
	if (!id)
		return DISSECT_TRUNCATED;
	if (!dissect_packet(d)->ip)   /* over UDP it takes several of them */
		dissect_evident(d);
	snprintf(text, sizeof text, "publishes network variables, AMS NetId %u.%u.%u.%u.%u.%u", id[0], id[1], id[2], id[3],
		 id[4], id[5]);
	dissect_attr(d, ATTR_DESCRIPTION, text, "ethercat.network_variables");
	return DISSECT_OK;
}

/* The master's MAC without the bit that the first slave set: one device. */
static void returned(struct dissect *d)
{
	const struct packet *p = dissect_packet(d);
	uint8_t mac[6];
	if (p->ip || !p->has_mac || !(p->mac_src[0] & 2))
		return;
	memcpy(mac, p->mac_src, 6);
	mac[0] &= 0xfd;
	dissect_link(d, dissect_mac(d), dissect_mac_of(d, mac), LINK_SAME, "ethercat.returned");
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct datagram g;
	bool more = true, back = false;
	if (!probe(&c, SIDE_CLIENT))
		return DISSECT_NOT_MINE;
	uint16_t head = cur_le16(&c), n = head & 0x7ff;
	if (head >> 12 == TYPE_VARIABLES)
		return variables(d, c);
	bool whole = cur_has(&c, n);
	uint64_t first = (uint64_t)cur_peek_le16(&c, 0) << 32 | (uint64_t)cur_peek_le16(&c, 2) << 16 | cur_peek_le16(&c, 4);
	cur_limit(&c, n);
	for (struct cur x = c; more && next(&x, &g, &more);)
		back |= g.counter != 0;
	/* The EtherType proves it; over UDP the frame has to come back with the number that it went with. */
	if (!dissect_packet(d)->ip)
		dissect_evident(d);
	else if (back)
		dissect_response(d, first, RESULT_OK, NULL);
	else
		dissect_request(d, &(struct dissect_request){ .key = first, .op = -1, .name = "frame" });
	/* On Ethernet what comes back is still from the master; in UDP from whoever has the slaves. */
	if (!back || !dissect_packet(d)->ip)
		dissect_attr(d, ATTR_ROLE, "EtherCAT master", "ethercat.frame");
	if (back) {
		returned(d);
		for (more = true; more && next(&c, &g, &more);)
			datagram(d, &g);
	}
	return whole ? DISSECT_OK : DISSECT_TRUNCATED;
}

const struct dissector dissect_ethercat = {
	.name = "ethercat",
	.title = "EtherCAT",
	.ot = true,
	.no_auth = true,
	.cyclic = true,
	.udp = { 34980 },
	.ethertype = { 0x88a4 },
	.probe = probe,
	.message = message,
	.reference = "IEC 61158-4-12 and -6-12 (ETG.1000.4, .5, .6), ETG.1020",
	.recognition = "EtherType 88A4 or UDP port 34980, a frame length that its datagrams fill exactly",
	.identity = "slaves, in words at the master's line: vendor, product, revision and serial number of the EEPROM and of "
		    "object 1018, order code and name of the EEPROM, device name, hardware and software version (1008, "
		    "1009, 100A)",
	.operations = "state changes of slaves (Init to Op; Bootstrap counts as firmware), EEPROM writes, SDO upload and "
		      "download, files (FoE), SoE, AoE, VoE, Ethernet through a slave (EoE), station addresses, FMMU and sync "
		      "managers, reset; of frames that came back",
	.verified = "real captures: datagrams, state changes, EEPROM, CoE; from the manual, not yet seen in a real capture: "
		    "FoE, SoE, AoE, EoE, VoE, network variables",
};
