/*
 * What a device is, and its Purdue level, each with the reason. Every fact that
 * speaks for a kind has a weight (kind_table*.c); the heaviest wins, the others
 * count for nothing, and where nothing speaks the kind stays unknown.
 */
#include "inventory/resolve.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/err.h"
#include "base/lang.h"

enum { IDENTITY = 70, BEHAVIOUR = 50, GUESSED = 44, SCADA_POLLS = 3, CYCLES = 3, VALUE_ROOM = 256 };

const char *const kind_names[] = {
	"unknown", "plc", "hmi", "engineering", "scada", "historian", "robot", "cnc", "drive", "io", "sensor",
	"safety", "gateway", "switch", "router", "wireless", "camera", "printer", "nas", "server", "pc",
	"mobile", "iot", NULL,
};

struct verdict {
	enum kind kind;
	int weight;
	enum confidence confidence;
	const char *reason, *detail;
	struct inv_evidence from;        /* where it was seen */
};

/* What a device's traffic says. The rows are the first of their sort in the sorted tables. */
struct facts {
	const struct obs_conv *answers, *polls, *drives, *public_peer, *office, *files;
	enum kind drives_as;
	const struct obs_op *programs;
	const struct kind_protocol *served;
	const struct obs_conv *served_row;
	int32_t last_polled;
	uint32_t polled;                 /* distinct controllers */
	int level;                       /* of the protocols it answers */
	bool near, serves, opcua_client, low_files;
};

/* ---- patterns ---- */

bool kind_match(const char *pattern, const char *value)
{
	const char *star = NULL, *again = NULL;
	while (*value) {
		if (*pattern == '*') {
			star = ++pattern;
			again = value;
		} else if (*pattern == '?' || *pattern == *value ||
			   (*pattern == '#' && isdigit((unsigned char)*value))) {
			pattern++;
			value++;
		} else if (star) {
			pattern = star;
			value = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

const struct kind_protocol *kind_protocol(const char *name)
{
	for (const struct kind_protocol *p = kind_protocols; p->name; p++)
		if (kind_match(p->name, name))
			return p;
	return NULL;
}

/* In capitals, without blanks. */
static void normalise(const char *s, char out[VALUE_ROOM])
{
	size_t n = 0;
	for (; *s && n + 1 < VALUE_ROOM; s++)
		if (!isspace((unsigned char)*s))
			out[n++] = (char)toupper((unsigned char)*s);
	out[n] = 0;
}

/* ---- kind ---- */

static void consider(struct verdict *v, enum kind kind, int weight, enum confidence confidence, const char *reason,
		     const char *detail, const struct inv_evidence *from)
{
	if (confidence == CONF_GUESS && weight >= BEHAVIOUR)
		weight = BEHAVIOUR - 1;
	if (kind == KIND_UNKNOWN || weight <= v->weight)
		return;
	enum confidence most = weight >= IDENTITY ? CONF_CONFIRMED : weight >= BEHAVIOUR ? CONF_CONTENT : CONF_GUESS;
	*v = (struct verdict){ kind, weight, confidence < most ? confidence : most, reason, detail, *from };
}

static struct inv_evidence at_conv(const struct obs_conv *c)
{
	return (struct inv_evidence){ .file = c->where.file, .frame = c->where.frame, .peer_frame = c->where.peer_frame,
				      .first = c->first, .last = c->last, .count = c->frames };
}

static struct inv_evidence at_op(const struct obs_op *o)
{
	return (struct inv_evidence){ .file = o->where.file, .frame = o->where.frame, .peer_frame = o->where.peer_frame,
				      .first = o->first, .last = o->last, .count = o->count };
}

/* Where its first address was seen. */
static struct inv_evidence at_address(const struct inv_device *d)
{
	for (size_t i = 0; i < d->n_evidence; i++) {
		const char *field = d->evidence[i].field;
		if (strcmp(field, "mac") == 0 || strncmp(field, "ipv", 3) == 0)
			return d->evidence[i];
	}
	return (struct inv_evidence){ .first = d->first, .last = d->last };
}

unsigned resolve_field(const struct inv_evidence *e, const char **word)
{
	static const struct {
		unsigned on;
		enum attr field;
		const char *word;
	} table[] = {
		{ ON_MODEL, ATTR_MODEL, N_("model") },
		{ ON_NAME, ATTR_NAME, N_("name") },
		{ ON_DESCRIPTION, ATTR_DESCRIPTION, N_("description") },
		{ ON_SOFTWARE, ATTR_SOFTWARE, N_("software") },
		{ ON_OS, ATTR_OS, N_("operating system") },
		{ ON_HOSTNAME, ATTR_HOSTNAME, N_("host name") },
		{ ON_DHCP, ATTR_DHCP_VENDOR, N_("DHCP vendor class") },
		{ ON_ASKED, ATTR_DHCP_FINGERPRINT, N_("options asked for by DHCP") },
		{ ON_ROLE, ATTR_ROLE, N_("it says it is") },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (e->field == attr_names[table[i].field]) {
			*word = table[i].word;
			return table[i].on;
		}
	if (e->field == attr_names[ATTR_VENDOR] && strcmp(e->source, "oui") == 0) {
		*word = N_("vendor of the MAC address");
		return ON_MAC;
	}
	return 0;
}

static bool vendor_fits(const struct inv_device *d, const char *vendor)
{
	char text[VALUE_ROOM];
	if (!vendor)
		return true;
	const char *const names[] = { d->vendor, d->mac_vendor };
	for (size_t i = 0; i < 2; i++) {
		if (!names[i])
			continue;
		normalise(names[i], text);
		if (strstr(text, vendor))
			return true;
	}
	return false;
}

/* "plc", or "bridge, router": each word that is a kind. */
static void stated_kinds(struct verdict *v, const struct inv_evidence *e, const char *reason)
{
	for (const char *s = e->value; *s;) {
		size_t n = strcspn(s, ",;");
		while (n && isspace((unsigned char)*s)) {
			s++;
			n--;
		}
		for (int k = KIND_PLC; k < KIND_MAX; k++) {
			/* Many layer 3 switches and controllers with two ports say bridge or router, and a server may be anything. */
			bool general = k == KIND_ROUTER || k == KIND_SWITCH || k == KIND_SERVER || k == KIND_PC;
			int weight = general ? BEHAVIOUR + 3 : IDENTITY + 2;
			if (strlen(kind_names[k]) == n && strncasecmp(s, kind_names[k], n) == 0)
				consider(v, (enum kind)k, weight, e->confidence, reason, e->value, e);
		}
		s += n;
		s += *s != 0;
	}
}

/* Names are given by people, who name things after others: a word in one is a guess, a product's name is none. */
static int weight_of(const struct kind_hint *h, unsigned on)
{
	int most = !(on & (ON_NAME | ON_HOSTNAME)) ? 100 : *h->pattern == '*' && h->weight < 76 ? GUESSED : IDENTITY - 1;
	return h->weight < most ? h->weight : most;
}

static void kind_of_value(struct verdict *v, const struct inv_device *d, const struct kind_hint *hints,
			  const struct inv_evidence *e, unsigned on, const char *reason)
{
	char text[VALUE_ROOM];
	normalise(e->value, text);
	/* What a client asks with is often the product that it asks; a MAC's vendor makes more than one thing. */
	bool guess = on == ON_MAC || (on == ON_SOFTWARE && strstr(e->source, "user_agent"));
	for (const struct kind_hint *h = hints; h->pattern; h++)
		if ((h->on & on) && weight_of(h, on) > v->weight && kind_match(h->pattern, text) && vendor_fits(d, h->vendor))
			consider(v, h->kind, weight_of(h, on), guess ? CONF_GUESS : e->confidence, reason, e->value, e);
}

static void kind_of_values(struct verdict *v, const struct inv_device *d)
{
	for (size_t i = 0; i < d->n_evidence; i++) {
		const struct inv_evidence *e = &d->evidence[i];
		const char *reason = NULL;
		unsigned on = resolve_field(e, &reason);
		if (!on || (on == ON_OS && e->value != d->os))   /* of the systems that were told, the one it has */
			continue;
		if (on == ON_DESCRIPTION && strncmp(e->source, "ethercat.", 9) == 0)   /* of the slaves behind it */
			continue;
		if (on == ON_ROLE)
			stated_kinds(v, e, reason);
		kind_of_value(v, d, kind_hints, e, on, reason);
		kind_of_value(v, d, kind_hints_it, e, on, reason);
	}
}

static void kind_of_traffic(struct verdict *v, const struct inv_device *d, const struct facts *f)
{
	struct inv_evidence from;
	if (f->served_row && f->served->server != KIND_UNKNOWN) {
		from = at_conv(f->served_row);
		consider(v, f->served->server, f->served->weight, (enum confidence)f->served_row->confidence,
			 f->served_row->packets_s || !f->served_row->gaps.n ? N_("answers") : N_("sends to all in a cycle"),
			 f->served_row->proto, &from);
	}
	if (f->programs) {
		from = at_op(f->programs);
		consider(v, KIND_ENGINEERING, 75, (enum confidence)f->programs->confidence,
			 N_("sends programs or changes the state of controllers"), f->programs->proto, &from);
	}
	if (f->drives) {
		from = at_conv(f->drives);
		consider(v, f->drives_as, BEHAVIOUR + 6, (enum confidence)f->drives->confidence,
			 N_("exchanges cyclic data with its devices"), f->drives->proto, &from);
	}
	if (f->polls && !f->answers) {
		from = at_conv(f->polls);
		bool many = f->polled >= SCADA_POLLS;
		consider(v, many ? KIND_SCADA : KIND_HMI, many ? BEHAVIOUR + 5 : BEHAVIOUR + 1, (enum confidence)f->polls->confidence,
			 many ? N_("polls several controllers") : N_("polls a controller"), f->polls->proto, &from);
	}
	from = at_address(d);
	for (size_t i = 0; i < d->n_macs && d->router; i++)
		if (resolve_mac_virtual(d->macs[i].mac))
			consider(v, KIND_ROUTER, 90, CONF_CONFIRMED, N_("shared MAC address of a router group"), NULL,
				 &from);
	if (d->router)
		consider(v, KIND_ROUTER, BEHAVIOUR - 1, CONF_CONTENT,
			 N_("its MAC address carries other devices' addresses"), NULL, &from);
	if (d->internet && f->serves)
		consider(v, KIND_SERVER, 20, CONF_GUESS, N_("public address that answers"), NULL, &from);
}

/* ---- level ---- */

static int level_of_kind(enum kind kind)
{
	switch (kind) {
	case KIND_SENSOR:
		return 0;
	case KIND_PLC: case KIND_ROBOT: case KIND_CNC: case KIND_DRIVE: case KIND_IO: case KIND_SAFETY:
		return 1;
	case KIND_HMI: case KIND_SCADA: case KIND_ENGINEERING:
		return 2;
	case KIND_HISTORIAN:
		return 3;
	default:
		return -1;
	}
}

static bool infrastructure(enum kind kind)
{
	return kind == KIND_SWITCH || kind == KIND_ROUTER || kind == KIND_WIRELESS;
}

static bool shop_floor(const struct verdict *v, const struct facts *f)
{
	return level_of_kind(v->kind) >= 0 || f->answers || f->polls || f->drives || f->programs;
}

struct level {
	int level;
	const char *reason, *detail;
	enum confidence confidence;
	struct inv_evidence from;
};

/* What the device itself shows: outside, or part of the control system. */
static struct level level_inside(const struct inv_device *d, const struct verdict *v, const struct facts *f)
{
	struct level l = { .level = -1 };
	int by_kind = level_of_kind(v->kind);
	if (d->internet) {
		l = (struct level){ 5, N_("public address"), NULL, CONF_CONTENT, at_address(d) };
	} else if (v->kind == KIND_ENGINEERING && f->programs) {
		l = (struct level){ f->near ? 2 : 3, f->near ? N_("programs controllers in its own network") :
							       N_("programs controllers in another network"),
				    f->programs->proto, v->confidence, at_op(f->programs) };
	} else if (by_kind >= 0 && v->confidence != CONF_GUESS) {
		l = (struct level){ by_kind, N_("kind"), kind_names[v->kind], v->confidence, v->from };
	} else if (f->answers) {
		l = (struct level){ f->level, N_("answers"), f->answers->proto, CONF_CONTENT, at_conv(f->answers) };
	} else if (f->drives) {
		l = (struct level){ 1, N_("exchanges cyclic data with its devices"), f->drives->proto, CONF_CONTENT,
				    at_conv(f->drives) };
	} else if (f->polls) {
		l = (struct level){ f->opcua_client ? 3 : 2, N_("asks controllers"), f->polls->proto, CONF_CONTENT,
				    at_conv(f->polls) };
	}
	return l;
}

/* Office and operations, seen from whom they talk to. */
static struct level level_outside(const struct verdict *v, const struct facts *f)
{
	struct level l = { .level = -1 };
	if (infrastructure(v->kind) || shop_floor(v, f) || v->kind == KIND_GATEWAY)
		return l;
	if (f->public_peer)
		l = (struct level){ 4, N_("talks with public addresses and speaks no factory protocol"), NULL, CONF_CONTENT,
				    at_conv(f->public_peer) };
	else if (f->low_files)
		l = (struct level){ 3, N_("exchanges files or data with the control level"), f->files->proto,
				    CONF_CONTENT, at_conv(f->files) };
	else if (f->office)
		l = (struct level){ 4, N_("speaks an office protocol"), f->office->proto, CONF_CONTENT,
				    at_conv(f->office) };
	else if ((v->kind == KIND_MOBILE || v->kind == KIND_PRINTER) && v->confidence != CONF_GUESS)
		l = (struct level){ 4, N_("kind"), kind_names[v->kind], CONF_GUESS, v->from };
	return l;
}

/* ---- facts ---- */

static bool in_one_network(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, addr_is_v4(a) ? 15 : 8) == 0;
}

/* Commands that only who programs a controller gives. Writing is what every panel does. */
static bool is_programming(const struct obs_op *o)
{
	switch (o->cls) {
	case OP_DOWNLOAD: case OP_UPLOAD: case OP_FIRMWARE: case OP_FORCE: case OP_START: case OP_STOP: case OP_MODE:
		return true;
	default:
		return false;
	}
}

static void serve(struct facts *f, const struct obs_conv *c, const struct kind_protocol *p)
{
	if (!p)
		return;
	bool sure = c->confidence != CONF_GUESS;
	if (p->ot && sure && p->level >= 0 && (!f->answers || p->level < f->level)) {
		f->answers = c;
		f->level = p->level;
	}
	int weight = sure ? p->weight : p->weight / 2, best = -1;
	if (f->served_row)
		best = f->served_row->confidence != CONF_GUESS ? f->served->weight : f->served->weight / 2;
	if (weight > best) {
		f->served = p;
		f->served_row = c;
	}
}

/* Sends cyclic data to its devices, or to all. */
static void drive(struct facts *f, const struct obs_conv *c, const struct kind_protocol *p)
{
	if (f->drives || p->client == KIND_UNKNOWN)
		return;
	f->drives = c;
	f->drives_as = p->client;
}

static void ask(struct facts *f, const struct inv_conv *x, const struct kind_protocol *p)
{
	const struct obs_conv *c = x->row;
	if (c->confidence == CONF_GUESS || x->server < 0 || !p)
		return;
	if (p->client != KIND_UNKNOWN) {
		drive(f, c, p);
	} else if (p->ot && p->level >= 0) {
		bool opcua = p->level >= 2;
		if (!f->polls || (f->opcua_client && !opcua)) {
			f->polls = c;
			f->opcua_client = opcua;
		}
		f->polled += f->last_polled != x->server + 1;   /* rows come sorted by server */
		f->last_polled = x->server + 1;
	}
	if (p->office && !f->office)
		f->office = c;
}

static const struct kind_protocol *protocol_of(const struct inv_conv *x, const struct kind_protocol **memo,
					       const char **name)
{
	if (*name != x->row->proto) {   /* interned, and mostly the same as before */
		*name = x->row->proto;
		*memo = kind_protocol(*name);
	}
	return *memo;
}

static struct facts *gather(const struct inventory *inv)
{
	struct facts *facts = xcalloc(inv->n_devices + 1, sizeof *facts);
	const struct kind_protocol *p = NULL;
	const char *name = NULL;
	for (size_t i = 0; i < inv->n_convs; i++) {
		const struct inv_conv *x = &inv->convs[i];
		protocol_of(x, &p, &name);
		if (x->server >= 0 && (x->row->packets_s || x->row->confidence != CONF_GUESS)) {
			facts[x->server].serves |= x->row->packets_s > 0;
			serve(&facts[x->server], x->row, p);
		}
		/* Who tells all of them in a cycle is a controller like those that answer. */
		if (x->server < 0 && x->client >= 0 && p && p->ot && x->row->gaps.n >= CYCLES)
			(p->level < 0 ? drive : serve)(&facts[x->client], x->row, p);
		if (x->client >= 0)
			ask(&facts[x->client], x, p);
		if (x->client < 0 || x->server < 0 || !x->row->packets_c || !x->row->packets_s)
			continue;
		if (inv->devices[x->server].internet && !facts[x->client].public_peer)
			facts[x->client].public_peer = x->row;
		if (inv->devices[x->client].internet && !facts[x->server].public_peer)
			facts[x->server].public_peer = x->row;
	}
	for (size_t i = 0; i < inv->n_ops; i++) {
		const struct inv_op *x = &inv->ops[i];
		const struct obs_op *o = x->row;
		if (x->client < 0 || x->client == x->server || o->confidence == CONF_GUESS || !is_programming(o))
			continue;
		p = kind_protocol(o->proto);
		if (!p || !p->ot || p->client != KIND_UNKNOWN)   /* a master starts and stops its slaves */
			continue;
		struct facts *f = &facts[x->client];
		if (!f->programs)
			f->programs = o;
		const struct obs_entity *ents;
		uint32_t n = observe_entities(inv->observe, &ents);
		if (o->client < n && o->server < n)
			f->near |= ents[o->client].is_mac || ents[o->server].is_mac ||
				   in_one_network(&ents[o->client].ip, &ents[o->server].ip);
	}
	return facts;
}

/* Who exchanges files with a device of level 2 or below, now that those are known. */
static void gather_files(const struct inventory *inv, struct facts *facts)
{
	const struct kind_protocol *p = NULL;
	const char *name = NULL;
	for (size_t i = 0; i < inv->n_convs; i++) {
		const struct inv_conv *x = &inv->convs[i];
		protocol_of(x, &p, &name);
		if (!p || !p->files || x->client < 0 || x->server < 0 || !x->row->packets_c || !x->row->packets_s)
			continue;
		const int32_t ends[] = { x->client, x->server };
		for (int k = 0; k < 2; k++) {
			int other = inv->devices[ends[!k]].level;
			struct facts *f = &facts[ends[k]];
			if (other >= 0 && other <= 2 && !f->low_files) {
				f->low_files = true;
				f->files = x->row;
			}
		}
	}
}

/* ---- into the device ---- */

const char *resolve_sentence(struct arena *arena, const char *reason, const char *detail)
{
	return detail ? arena_printf(arena, "%s: %s", reason, detail) : reason;
}

void resolve_put(struct inv_device *d, const char *field, const char *value, const char *source,
		 enum confidence confidence, const struct inv_evidence *from)
{
	struct inv_evidence *e = &d->evidence[d->n_evidence++];
	*e = *from;
	e->field = field;
	e->value = value;
	e->confidence = confidence;
	e->source = source;
}

static void put_level(struct arena *arena, struct inv_device *d, const struct level *l)
{
	static const char *const digits[] = { "0", "1", "2", "3", "4", "5" };
	if (l->level < 0 || l->level > 5)
		return;
	d->level = l->level;
	d->level_reason = resolve_sentence(arena, l->reason, l->detail);
	resolve_put(d, "level", digits[l->level], "resolve", l->confidence, &l->from);
}

void resolve_kinds(struct resolve *r)
{
	struct inventory *inv = r->inv;
	struct facts *facts = gather(inv);
	struct verdict *verdicts = xcalloc(inv->n_devices + 1, sizeof *verdicts);
	for (size_t i = 0; i < inv->n_devices; i++) {
		struct inv_device *d = &inv->devices[i];
		struct verdict *v = &verdicts[i];
		kind_of_values(v, d);
		kind_of_traffic(v, d, &facts[i]);
		d->kind = v->kind;
		if (v->kind != KIND_UNKNOWN) {
			d->kind_reason = resolve_sentence(r->arena, v->reason, v->detail);
			resolve_put(d, "kind", kind_names[v->kind], "resolve", v->confidence, &v->from);
		}
		struct level l = level_inside(d, v, &facts[i]);
		put_level(r->arena, d, &l);
	}
	gather_files(inv, facts);
	for (size_t i = 0; i < inv->n_devices; i++) {
		struct inv_device *d = &inv->devices[i];
		if (d->level >= 0)
			continue;
		struct level l = level_outside(&verdicts[i], &facts[i]);
		put_level(r->arena, d, &l);
	}
	free(verdicts);
	free(facts);
}
