/*
 * MELSOFT connection: what GX Works, GX Developer and MELSOFT Navigator speak with
 * MELSEC CPUs (iQ-R, iQ-F, Q, L). No public document; the fields are those that
 * Nozomi Networks published (Black Hat MEA 2023) and that its captures show.
 *
 *   0     2   3       5       7  8  9        13       17    19       21
 *   +-----+---+-------+-------+--+--+--------+--------+-----+--------+ - - - - - -
 *   |57 01|seq| 00 00 | 11 11 |07|00|  to    | from   |00 00| length | command header
 *   |D7 00|   |       |       |  |  | station| station|     | (LE)   | and command
 *   +-----+---+-------+-------+--+--+--------+--------+-----+--------+ - - - - - -
 *
 * A station is network, station number and I/O number of the module (LE). Command
 * header, and behind it the command:
 *
 *   0    1   2               4            2 + size
 *   +----+---+------+- - - - +------------+---------+-----------+--------+------+ - - - -
 *   | 1C |   | size |        | answers:   | command | reference | length | data | footer:
 *   | 9C |   |      |        | status(LE) | (BE)    | (LE)      | (LE)   |      | checksums, token
 *   +----+---+------+- - - - +------------+---------+-----------+--------+------+ - - - -
 *
 * Before that the two greet each other: 5A 00 00 nn, and DA 00 00 nn with addresses
 * (14 bytes) or, for nn FF, with the CPU's model code (28 bytes).
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/mc.h"

enum {
	REQUEST = 0x57, ANSWER = 0xd7, GREETING = 0x5a, GREETED = 0xda,
	HEADER = 21, COMMAND = 6, GREETING_SIZE = 4, GREETED_SIZE = 14, GREETED_MODEL = 28, NAME = 16,
	OPEN_INITIAL = 0x0121, TYPE_NAME = 0x0101, USER_LOGIN = 0x0131, BATCH_READ = 0x0410, BATCH_READ_DATA = 24,
	FILE_LIST = 0x1859, FILE_INFORMATION = 0x185f, FILE_PROPERTIES = 0x187e, FILE_OPEN = 0x1867,
	TOKEN = 0x42, FILE_KEY = 0x40,   /* parameters of the footer */
};

/* Beyond those of SLMP. */
static const struct dissect_code commands[] = {
	{ OPEN_INITIAL, OP_IDENTITY, "Open Initial" },
	{ USER_LOGIN, OP_LOGIN, "Username Login" },
	{ 0x0132, OP_LOGIN, "Password Login" },
	{ 0x0133, OP_READ, "Read User Information from PLC A" },
	{ 0x0134, OP_READ, "Read User Information from PLC B" },
	{ 0x0150, OP_READ, "Safety Run Mode Read" },
	{ BATCH_READ, OP_READ, "Batch Read" },
	{ 0x0411, OP_READ, "Random Read" },
	{ 0x1410, OP_WRITE, "Batch Write" },
	{ 0x1411, OP_WRITE, "Random Write" },
	{ 0x1120, OP_MODE, "Safety Run Mode Change" },
	{ 0x1133, OP_CONFIGURATION, "User Information Registration" },
	{ FILE_LIST, OP_FILE, "File List Read" },
	{ FILE_INFORMATION, OP_FILE, "File Information Read" },
	{ FILE_OPEN, OP_FILE, "File Open" },
	{ 0x1868, OP_UPLOAD, "File Read" },
	{ 0x1869, OP_DOWNLOAD, "File Write" },
	{ 0x186a, OP_FILE, "File Close" },
	{ FILE_PROPERTIES, OP_FILE, "File Properties Read" },
	{ 0x18a0, OP_FILE, "Drive Information Read" },
};

/* Per flow. */
struct state {
	struct proof {
		bool user;       /* somebody logged in, or shows the token that this gave */
		bool file;       /* a file was opened with its password */
	} proof;
	bool told;
};

/* One message of either side, and its command. */
struct frame {
	bool answer;
	struct mc_route to;
	uint16_t status, command, reference;
	struct cur data;         /* behind the length */
	struct proof proof;
	bool sized, cut;
};

/* ---- recognition ---- */

static size_t greeting_size(const struct cur *c)
{
	uint8_t kind = cur_peek(c, 3);
	bool answer = cur_peek(c, 0) == GREETED;
	if ((cur_peek(c, 0) != GREETING && !answer) || cur_peek(c, 1) || cur_peek(c, 2) ||
	    (kind != 0x01 && kind != 0x11 && kind != 0x22 && kind != 0xff))
		return 0;
	if (!answer)
		return GREETING_SIZE;
	if (kind != 0xff)
		return GREETED_SIZE;
	/* Not every CPU's answer was seen: a shorter one ends with its segment. */
	return cur_has(c, GREETED_SIZE) && !cur_has(c, GREETED_MODEL) ? cur_left(c) : GREETED_MODEL;
}

static bool header(const struct cur *c)
{
	uint8_t type = cur_peek(c, 0);
	return cur_has(c, HEADER) && (type == REQUEST || type == ANSWER) && cur_peek(c, 1) <= 1 &&
	       cur_peek_be16(c, 3) == 0 && cur_peek_be16(c, 5) == 0x1111 &&
	       (cur_peek(c, 7) == 0x07 || type == ANSWER) && cur_peek(c, 8) == 0 && cur_peek_be16(c, 17) == 0 &&
	       cur_peek_le16(c, 19) >= 2 + 8 + COMMAND;
}

static bool probe(const struct cur *c, enum side side)
{
	uint8_t type = cur_peek(c, 0);
	if (!cur_has(c, GREETING_SIZE) || (type >> 7 != (side == SIDE_SERVER)))
		return false;
	if (greeting_size(c))
		return type == GREETING || cur_has(c, greeting_size(c));
	if (!header(c))
		return false;
	uint8_t size = cur_peek(c, HEADER + 2);
	return cur_peek(c, HEADER) == (type == ANSWER ? 0x9c : 0x1c) && size >= 8 && size <= 0x30 &&
	       cur_peek_le16(c, 19) >= 2u + size + COMMAND;
}

static int32_t length(const struct cur *c, enum side side)
{
	(void)side;
	if (!cur_has(c, GREETING_SIZE))
		return DISSECT_NEED_MORE;
	if (greeting_size(c))
		return (int32_t)greeting_size(c);
	if (!cur_has(c, HEADER))
		return cur_peek(c, 0) == REQUEST || cur_peek(c, 0) == ANSWER ? DISSECT_NEED_MORE : DISSECT_NO_FRAME;
	return header(c) ? HEADER + cur_peek_le16(c, 19) : DISSECT_NO_FRAME;
}

/* ---- the greeting ---- */

static bool own_port(uint16_t port)
{
	return port == 5006 || port == 5007 || port == 5560 || port == 5562;
}

static enum dissect_result greeting(struct dissect *d, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	uint8_t type = cur_peek(&c, 0), kind = cur_peek(&c, 3);
	size_t size = greeting_size(&c);
	bool home = own_port(p->sport) || own_port(p->dport);
	if (p->proto == 17 && cur_left(&c) != size)
		return packet_cut(p) ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	if (!cur_has(&c, size))
		return DISSECT_TRUNCATED;
	if (p->proto == 17 && home && !addr_is_host(&p->dst))
		dissect_evident(d);
	if (!home)
		return DISSECT_LOWER;   /* four bytes, whatever they meant: what follows will tell */
	if (type == GREETING) {
		dissect_request(d, &(struct dissect_request){ .key = UINT64_C(0x5a) << 32 | kind, .op = -1 });
		return DISSECT_OK;
	}
	dissect_response(d, UINT64_C(0x5a) << 32 | kind, RESULT_OK, NULL);
	uint16_t code = cur_peek_le16(&c, 4);
	if (kind == 0xff && size == GREETED_MODEL && code)
		mc_identity(d, NULL, 0, code, true, "melsoft.connect.model_code");
	return DISSECT_OK;
}

/* ---- frames ---- */

/* Parameters of the footer, which ends the frame: so many pairs of type and length, then what they hold. */
static struct proof footer(struct cur c)
{
	struct cur all = cur_sub(&c, cur_le16(&c));
	struct proof p = { 0 };
	size_t sizes = 0;
	for (unsigned n = cur_u8(&all); n > 0 && cur_ok(&all); n--) {
		uint8_t type = cur_u8(&all);
		sizes += cur_u8(&all);
		p.user = p.user || type == TOKEN;
		p.file = p.file || type == FILE_KEY;
	}
	return cur_ok(&all) && sizes == cur_left(&all) && cur_left(&c) == 0 ? p : (struct proof){ 0 };
}

/* False: there is not enough of it. */
static bool read_frame(struct cur c, struct frame *f)
{
	f->answer = cur_u8(&c) == ANSWER;
	cur_skip(&c, 8);
	f->to.network = cur_u8(&c);
	f->to.station = cur_u8(&c);
	f->to.module = cur_le16(&c);
	cur_skip(&c, 4 + 2 + 2);
	cur_skip(&c, 2);
	uint8_t size = cur_u8(&c);
	struct cur rest = cur_sub(&c, size - 1u);   /* from itself on */
	cur_skip(&rest, 1);
	f->status = f->answer ? cur_le16(&rest) : 0;
	f->command = cur_be16(&c);
	f->reference = cur_le16(&c);
	uint16_t n = cur_le16(&c);
	if (!cur_ok(&c) || !cur_ok(&rest))
		return false;
	f->data = c;
	if (n && n <= cur_left(&c)) {   /* iQ-R; the others have neither length nor, mostly, footer */
		f->data = cur_sub(&c, n);
		f->sized = true;
		f->proof = footer(c);
	}
	return true;
}

/* The path that a command on files names: UTF-16 behind its length, at a place that depends on the command. */
static bool path(struct cur c, char *out, size_t size)
{
	for (int i = 0; i < 12 && cur_left(&c) >= 6; i++) {
		uint16_t n = cur_le16(&c);
		if (n < 4 || n % 2 || n > cur_left(&c))
			continue;
		struct cur text = c;
		cur_limit(&text, n);
		mc_narrow(text, out, size);
		size_t letters = strlen(out);
		if ((letters + 1) * 2 == n && !strchr(out, '?'))
			return true;
	}
	return false;
}

static const struct dissect_code *known(uint16_t command)
{
	const struct dissect_code *f = DISSECT_CODE(commands, command);
	return f ? f : mc_command(command);
}

/* Does it change what the machine does? Then somebody should have been asked who he is. */
static bool commanding(int op)
{
	return op == OP_WRITE || op == OP_START || op == OP_STOP || op == OP_RESET || op == OP_MODE || op == OP_DOWNLOAD ||
	       op == OP_CONFIGURATION;
}

static void details(struct dissect_request *r, const struct frame *f)
{
	struct cur c = f->data;
	char name[80];
	switch (f->command) {
	case MC_RUN: case MC_STOP: case MC_PAUSE:
		r->extra = cur_le16(&c);
		r->extra2 = f->command == MC_RUN ? cur_u8(&c) : 0;
		if (cur_ok(&c))
			r->describe = mc_describe_run;
		return;
	case BATCH_READ:   /* type of memory, address, size; with values behind it is GX Works' change of a value */
		if (cur_left(&c) > BATCH_READ_DATA) {
			r->op = OP_WRITE;
			r->name = "Modify Value";
		}
		return;
	case FILE_LIST: case FILE_INFORMATION: case FILE_PROPERTIES:
		return;   /* asked all the time: which file matters where one is opened */
	case FILE_OPEN:
		if (cur_peek(&c, 4) | cur_peek(&c, 5))
			r->name = "File Open to write";
		break;
	default:
		break;
	}
	if (f->command >> 8 == 0x18 && path(c, name, sizeof name)) {
		mc_pack_file(r, name);
		r->describe = mc_describe_file;
	}
}

/* What was proved on this flow. By broadcast each message is a flow of its own: by this client, wherever. */
static struct proof *proved(struct dissect *d)
{
	struct state *s = dissect_scratch(d);
	if (addr_is_host(&dissect_packet(d)->dst))
		return &s->proof;
	return dissect_memory(d, dissect_client(d));
}

static void request(struct dissect *d, const struct frame *f)
{
	const struct dissect_code *k = known(f->command);
	struct dissect_request r = { .key = (uint32_t)f->command << 16 | f->reference, .code = f->command,
				     .op = k ? k->op : OP_DIAGNOSTIC, .name = k ? k->name : "Unknown command",
				     .describe = k ? NULL : mc_describe_command };
	if (f->proof.user)
		proved(d)->user = true;
	if (f->proof.file)
		proved(d)->file = true;
	if (k)
		details(&r, f);
	mc_relay(d, &f->to);
	dissect_request(d, &r);
}

static void answer(struct dissect *d, const struct frame *f)
{
	struct state *s = dissect_scratch(d);
	struct cur c = f->data;
	struct dissect_request r;
	const struct dissect_code *k = known(f->command);
	enum op_result result = f->status ? RESULT_REFUSED : RESULT_OK;
	if (!dissect_response(d, (uint32_t)f->command << 16 | f->reference, result, &r)) {
		/* The answer names the command, too: that it was given is seen. */
		if (k && (commanding(k->op) || k->op == OP_LOGIN || k->op == OP_UPLOAD))
			dissect_op(d, (enum op_class)k->op, k->name, NULL, result);
	}
	if (f->status)
		return;
	if (f->command == USER_LOGIN)
		proved(d)->user = true;
	/* A read brings data: without them, what was asked for is GX Works' change of a value. */
	if (f->command == BATCH_READ && r.op == OP_READ && !f->cut && cur_left(&c) <= (f->sized ? 4 : 0)) {
		r.op = OP_WRITE;
		dissect_op(d, OP_WRITE, "Modify Value", NULL, RESULT_OK);
	}
	if (commanding(r.op) && !s->told && !proved(d)->user && !(r.op == OP_DOWNLOAD && proved(d)->file)) {
		dissect_weakness(d, "no-authentication", "a command without a log-in was accepted");
		s->told = true;
	}
	if (f->command == OPEN_INITIAL || f->command == TYPE_NAME) {
		const uint8_t *name = cur_bytes(&c, NAME);
		uint16_t code = cur_le16(&c);
		if (name)
			mc_identity(d, name, NAME, cur_ok(&c) ? code : 0, true,
				    f->command == TYPE_NAME ? "melsoft.read_type_name" : "melsoft.open_initial");
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	const struct packet *p = dissect_packet(d);
	struct frame f = { 0 };
	bool server = cur_peek(&c, 0) >> 7;
	if (!cur_has(&c, GREETING_SIZE))
		return DISSECT_TRUNCATED;
	if (!probe(&c, server ? SIDE_SERVER : SIDE_CLIENT))
		return packet_cut(p) ? DISSECT_TRUNCATED : DISSECT_NOT_MINE;
	if (greeting_size(&c)) {
		dissect_set_side(d, server ? SIDE_SERVER : SIDE_CLIENT);
		return greeting(d, c);
	}
	size_t wanted = HEADER + cur_peek_le16(&c, 19);
	bool cut = f.cut = cur_left(&c) < wanted;
	if (p->proto == 17 && (cur_left(&c) > wanted || (cut && !packet_cut(p))))
		return DISSECT_NOT_MINE;   /* a datagram is one message */
	if (!read_frame(c, &f))
		return cut ? DISSECT_TRUNCATED : DISSECT_MALFORMED;
	if (!f.answer && !mc_route_possible(&f.to))
		return DISSECT_MALFORMED;
	dissect_set_side(d, server ? SIDE_SERVER : SIDE_CLIENT);
	dissect_evident(d);
	if (f.answer)
		answer(d, &f);
	else
		request(d, &f);
	return cut ? DISSECT_TRUNCATED : DISSECT_OK;
}

const struct dissector dissect_melsoft = {
	.name = "melsoft",
	.title = "MELSOFT connection",
	.ot = true,
	.apart = true,           /* directly on one cable both sides broadcast */
	.tcp = { 5007, 5562 },
	.udp = { 5006, 5560, 5562 },
	.any_tcp = true,
	.any_udp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "no document of the maker; Nozomi Networks, Black Hat MEA 2023 (melsoft_bhmea2023.lua); the numbers of "
		     "SH-080956ENG where they are the same",
	.recognition = "57 or D7, the constants of the header, a length that agrees, a command header of the other's kind "
		       "(1C, 9C); 5A and DA greetings in pairs or on the protocol's UDP ports; broadcasts that answer a "
		       "broadcast by the port that asked",
	.identity = "Open Initial (0121) and Read Type Name (0101): model and model code; the greeting: model code",
	.operations = "remote RUN, STOP, PAUSE, latch clear, RESET; values read and changed; file list, open, read (upload) "
		      "and write (download) with the file's name; user name and password log-in, users read and registered; "
		      "safety operation mode. Another network, station or module is a relay",
	.verified = "real captures (iQ-R, FX5U); Q and L from public descriptions, not yet seen in a real capture",
};
