/* One device: what it is and how that is known, what was found, whom it talks to, and the evidence of each value. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/facts.h"
#include "tui/tui.h"
#include "tui/words.h"

enum { SHOWN = 30, EVIDENCE = 200, VALUE = 300 /* columns of a value */, NAME = 40 };

static void title(const struct screen *s, char *out, size_t size)
{
	(void)snprintf(out, size, _("Device: %s"), s->data ? (const char *)s->data : "");
}

/* ---- what it is ---- */

/* A pair whose value is cut where a stranger made it endless; nothing where there is none. */
static void pair(struct doc *d, const char *label, const char *value)
{
	char *cut = tui_cut(value, VALUE);
	doc_pair(d, label, cut);
	free(cut);
}

/* "PLC (a guess)", and why on a line of its own. */
static void put_sure(struct doc *d, const char *label, const char *value, const char *confidence, const char *reason)
{
	char why[WORDS];
	bool guess = strcmp(confidence, "guess") == 0;
	char *text = xasprintf("%s%s%s%s", value, guess ? _(" (a guess)") : "", *reason ? "\n" : "", tui_reason(reason, why));
	doc_pair(d, label, text);
	free(text);
}

/* What a level is, for people who have never heard of Purdue. */
static const char *level_words(int64_t level)
{
	static const char *const words[] = {
		N_("0: sensors and drives"), N_("1: controllers"), N_("2: operation and monitoring"),
		N_("3: systems of the whole site"), N_("4: office"), N_("5: outside"),
	};
	return level >= 0 && level < (int64_t)(sizeof words / sizeof *words) ? _(words[level]) : _("unknown");
}

static void put_values(struct doc *d, const struct store_row *row)
{
	static const char *const fields[] = { "name", "vendor", "model", "firmware", "hardware",
					      "serial", "os", "mode", "software" };
	struct buf missing;
	buf_init(&missing, 1024);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const char *value = row_text(row, fields[i]), *mac = row_text(row, "mac_vendor");
		if (*value) {
			char *words = tui_plain_words(value);
			pair(d, tui_field(fields[i]), words);
			free(words);
		} else if (strcmp(fields[i], "vendor") == 0 && *mac) {
			char *text = xasprintf(_("%s (a guess: maker of the network part, by the MAC address)"), mac);
			pair(d, tui_field(fields[i]), text);
			free(text);
		} else {
			buf_printf(&missing, "%s%s", missing.len ? _(", ") : "", tui_field(fields[i]));
		}
	}
	doc_pair(d, _("not seen"), missing.data);
	buf_done(&missing);
}

static void put_listed(struct doc *d, const struct store_row *row)
{
	struct store_value listed = store_column(row, "listed"), baseline = store_column(row, "baseline");
	doc_pair(d, _("device list"), listed.type == STORE_NULL ? _("none was given") :
				      listed.i ? _("it stands in the list") : _("it does not stand in the list"));
	if (listed.i) {
		pair(d, _("name in the list"), row_text(row, "listed_name"));
		pair(d, _("looked after by"), *row_text(row, "owner") ? row_text(row, "owner") : _("not said"));
		pair(d, _("planned"), *row_text(row, "plan") ? row_text(row, "plan") : _("not said"));
	}
	if (baseline.type != STORE_NULL && !baseline.i)
		doc_pair(d, _("first scan"), _("it was not there then"));
}

static void put_seen(struct doc *d, const struct store_row *row)
{
	char first[32], last[32], frames[32];
	if (!row_int(row, "frames")) {
		doc_pair(d, _("seen"), _("It sent nothing itself; others spoke to it or of it."));
		return;
	}
	char *text = xasprintf(_("%s to %s, %s frames sent"), tui_time(row_int(row, "first_seen"), first),
			       tui_time(row_int(row, "last_seen"), last), tui_count(row_int(row, "frames"), frames));
	doc_pair(d, _("seen"), text);
	free(text);
}

static bool take_device(void *data, const struct store_row *row)
{
	struct screen *s = data;
	struct doc *d = s->doc;
	bool has_level = store_column(row, "level").type != STORE_NULL;
	s->data = tui_cut(row_text(row, "label"), 60);
	doc_head(d, s->data);
	put_sure(d, tui_field("kind"), tui_word("kind", row_text(row, "kind"), row_text(row, "kind")), row_text(row, "kind_sure"),
		 row_text(row, "kind_reason"));
	put_values(d, row);
	put_sure(d, tui_field("level"), has_level ? level_words(row_int(row, "level")) : _("unknown"),
		 row_text(row, "level_sure"), row_text(row, "level_reason"));
	char *zone = tui_zone_name(row_text(row, "zone"), row_int(row, "declared") != 0), *cut = tui_cut(zone, NAME);
	put_sure(d, _("zone"), cut, "", row_text(row, "zone_reason"));
	free(cut);
	free(zone);
	if (row_int(row, "router"))
		doc_pair(d, _("router"), _("It passes on the traffic of others."));
	if (row_int(row, "random_mac"))
		doc_pair(d, tui_field("mac"), _("made up by the device itself; it may change"));
	put_listed(d, row);
	put_seen(d, row);
	return false;
}

static const char device_sql[] =
	"SELECT d.*, d.zone IN (SELECT name FROM v_zone WHERE declared = 1) AS declared,"
	" (SELECT confidence FROM v_evidence WHERE device_id = d.id AND field = 'kind' LIMIT 1) AS kind_sure,"
	" (SELECT confidence FROM v_evidence WHERE device_id = d.id AND field = 'level' LIMIT 1) AS level_sure"
	" FROM v_device d WHERE d.id = CAST(?1 AS INTEGER)";

/* ---- findings ---- */

/* Does this finding name the device? 1: yes; 2: as a guess; 3: as an accepted risk. */
static int names(const struct check_result *r, int64_t device)
{
	int found = 0;
	for (size_t i = 0; i < r->n_rows; i++)
		if (r->rows[i].device == device) {
			int is = r->rows[i].candidate ? 2 : r->rows[i].excepted ? 3 : 1;
			found = !found || is == 1 ? is : found;
		}
	return found;
}

static void put_finding(struct doc *d, const struct check_result *r, int named)
{
	char *text = xasprintf(_("%s: %s%s"), _(severity_titles[r->severity]), text2_get(&r->check->title),
			       named == 2 ? _(" (a guess)") : named == 3 ? _(" (accepted risk)") : "");
	doc_link(d, named == 1 ? tui_severity_style(r->severity) : STYLE_DIM, 0, text, &screen_finding, 0, r->check->id);
	free(text);
}

static void put_findings(struct doc *d, const struct assessment *a, int64_t device)
{
	size_t n = 0;
	doc_head(d, _("Findings"));
	for (size_t i = 0; i < a->n_findings; i++) {
		int named = names(a->findings[i], device);
		n += named > 0;
		if (named)
			put_finding(d, a->findings[i], named);
	}
	/* What passed may have found something all the same, by guess alone. */
	for (size_t i = 0; i < a->results.n; i++) {
		const struct check_result *r = &a->results.results[i];
		if (r->outcome == OUTCOME_FAIL || names(r, device) != 2)
			continue;
		n++;
		put_finding(d, r, 2);
	}
	if (n == 0)
		doc_text(d, STYLE_PLAIN, 0, _("No finding names this device. That is no proof that nothing is wrong with it."));
}

/* ---- whom it talks to ---- */

struct part {
	struct doc *doc;
	int64_t n;
};

/* A line that leads to the other device, where there is one. */
static void put_peer(struct doc *d, const struct store_row *row, const char *text, bool notable)
{
	int64_t peer = row_int(row, "peer_id");
	enum tui_style style = notable ? STYLE_FAIR : STYLE_PLAIN;
	if (peer)
		doc_link(d, style, 0, text, &screen_device, peer, "");
	else
		doc_text(d, style, 2, text);
}

static bool take_conversation(void *data, const struct store_row *row)
{
	struct part *p = data;
	char protocol[WORDS], bytes[32];
	bool crosses = row_int(row, "crosses_zone") != 0;
	if (p->n++ >= SHOWN)
		return true;
	char *peer = tui_cut(*row_text(row, "peer") ? row_text(row, "peer") : _("a group"), NAME);
	char *text = xasprintf("%s %s  %s  %s%s", row_int(row, "asks") ? "→" : "←", peer, tui_protocol(row, protocol),
			       tui_bytes(row_int(row, "bytes"), bytes), crosses ? _("  crosses zones") : "");
	put_peer(p->doc, row, text, crosses);
	free(text);
	free(peer);
	return true;
}

static const char conversations_sql[] =
	"SELECT c.client_id = CAST(?1 AS INTEGER) AS asks,"
	" iif(c.client_id = CAST(?1 AS INTEGER), c.server_id, c.client_id) AS peer_id,"
	" iif(c.client_id = CAST(?1 AS INTEGER), coalesce(b.label, c.server_address), coalesce(a.label, c.client_address)) AS peer,"
	" c.protocol, c.transport, c.port, c.confidence, c.bytes_c + c.bytes_s AS bytes, c.crosses_zone"
	" FROM v_conversation c LEFT JOIN v_device a ON a.id = c.client_id LEFT JOIN v_device b ON b.id = c.server_id"
	" WHERE c.client_id = CAST(?1 AS INTEGER) OR c.server_id = CAST(?1 AS INTEGER)"
	" ORDER BY bytes DESC, c.frames DESC, c.id";

static bool take_operation(void *data, const struct store_row *row)
{
	struct part *p = data;
	char class[WORDS];
	if (p->n++ >= SHOWN)
		return true;
	const char *detail = row_text(row, "detail");
	char *peer = tui_cut(row_text(row, "peer"), NAME);
	char *what = xasprintf("%s%s%s", row_text(row, "name"), *detail ? ", " : "", detail);
	char *cut = tui_cut(what, NAME), count[32];
	tui_word_of("op", row_text(row, "class"), row_guess(row, "confidence"), class);
	char *text = xasprintf(_("%s %s: %s (%s %s), times: %s, %s"), row_int(row, "asks") ? "→" : "←", peer, class,
			       row_text(row, "protocol"), cut, tui_count(row_int(row, "count"), count),
			       tui_word("result", row_text(row, "result"), row_text(row, "result")));
	put_peer(p->doc, row, text, row_int(row, "crosses_zone") != 0);
	free(text);
	free(cut);
	free(what);
	free(peer);
	return true;
}

static const char operations_sql[] =
	"SELECT o.client_id = CAST(?1 AS INTEGER) AS asks,"
	" iif(o.client_id = CAST(?1 AS INTEGER), o.server_id, o.client_id) AS peer_id,"
	" iif(o.client_id = CAST(?1 AS INTEGER), b.label, a.label) AS peer, o.class, o.name, o.detail, o.protocol, o.confidence,"
	" o.count, o.result, o.crosses_zone"
	" FROM v_operation o LEFT JOIN v_device a ON a.id = o.client_id LEFT JOIN v_device b ON b.id = o.server_id"
	" WHERE o.client_id = CAST(?1 AS INTEGER) OR o.server_id = CAST(?1 AS INTEGER)"
	" ORDER BY " OPERATION_ORDER;

/* ---- protocols, addresses, evidence ---- */

static bool take_protocol(void *data, const struct store_row *row)
{
	struct part *p = data;
	char protocol[WORDS];
	p->n++;
	doc_printf(p->doc, STYLE_PLAIN, 2, _("%s: %s, %s"), tui_protocol(row, protocol),
		   strcmp(row_text(row, "role"), "server") == 0 ? _("it answers") : _("it asks"),
		   tui_confidence(row_text(row, "confidence")));
	return true;
}

static const char protocols_sql[] =
	"SELECT name AS protocol, role, transport, port, confidence FROM v_protocol WHERE device_id = CAST(?1 AS INTEGER)"
	" ORDER BY role DESC, confidence = 'guess', name, port";

static bool take_address(void *data, const struct store_row *row)
{
	struct part *p = data;
	const char *segment = row_text(row, "segment"), *type = row_text(row, "type");
	p->n++;
	doc_printf(p->doc, STYLE_PLAIN, 2, "%s %s%s%s%s", strcmp(type, "mac") == 0 ? "MAC" : "IP", row_text(row, "address"),
		   *segment ? "  " : "", segment, row_int(row, "private") ? "" : _("  on the internet"));
	return true;
}

static const char addresses_sql[] =
	"SELECT DISTINCT a.type, a.address, a.private, g.key AS segment FROM v_address a LEFT JOIN v_segment g ON g.id = a.segment"
	" WHERE a.device_id = CAST(?1 AS INTEGER)"
	" ORDER BY CASE a.type WHEN 'ipv4' THEN 0 WHEN 'ipv6' THEN 1 ELSE 2 END, a.address, g.key";

/* What the site file's own conclusions are called: "resolve", "resolve.http.server". */
static char *source_words(const char *source)
{
	static const char own[] = "resolve";
	if (strncmp(source, own, sizeof own - 1) != 0)
		return xstrdup(source);
	return source[sizeof own - 1] == '.' ? xasprintf(_("concluded from %s"), source + sizeof own) : xstrdup(_("concluded"));
}

static bool take_evidence(void *data, const struct store_row *row)
{
	struct part *p = data;
	const char *field = row_text(row, "field");
	if (p->n++ >= EVIDENCE)
		return true;
	char *source = source_words(row_text(row, "source"));
	const char *raw = row_text(row, "value");
	char *shown = tui_plain_words(strcmp(field, "kind") == 0 ? tui_word("kind", raw, raw) : raw);
	char *value = tui_cut(shown, VALUE), *file = tui_cut(row_text(row, "file_name"), NAME);
	char *text = xasprintf(_("%s\n%s, %s, %s frame %lld"), value, source, tui_confidence(row_text(row, "confidence")), file,
			       (long long)row_int(row, "frame"));
	doc_pair(p->doc, tui_field(field), text);
	free(text);
	free(file);
	free(value);
	free(shown);
	free(source);
	return true;
}

static const char evidence_sql[] =
	"SELECT field, value, source, confidence, file_name, frame FROM v_evidence WHERE device_id = CAST(?1 AS INTEGER)"
	" AND field NOT IN ('conversation', 'operation', 'conflict') ORDER BY CASE field WHEN 'kind' THEN 0 WHEN 'level' THEN 1"
	" WHEN 'name' THEN 2 WHEN 'vendor' THEN 3 WHEN 'model' THEN 4 WHEN 'firmware' THEN 5 WHEN 'serial' THEN 6 ELSE 7 END,"
	" field, confidence = 'guess', id";

/* ---- the page ---- */

static const struct {
	const char *title, *none, *sql;
	store_row_fn *take;
	int64_t most;
} parts[] = {
	{ N_("Whom it talks to, the most first (→ it asks, ← it is asked)"), N_("It was not heard talking to anybody."),
	  conversations_sql, take_conversation, SHOWN },
	{ N_("Commands, the gravest first (→ it commands, ← it is commanded)"), N_("No command was seen."), operations_sql,
	  take_operation, SHOWN },
	{ N_("Protocols"), N_("None was seen."), protocols_sql, take_protocol, INT64_MAX },
	{ N_("Addresses"), N_("None was seen."), addresses_sql, take_address, INT64_MAX },
	{ N_("How each value is known: by which message, how surely, file and frame (as in Wireshark)"), N_("There is nothing to show."), evidence_sql, take_evidence, EVIDENCE },
};

static bool open(struct screen *s, struct err *e)
{
	struct tui *t = s->tui;
	char id[32], n[32];
	(void)snprintf(id, sizeof id, "%lld", (long long)s->id);
	const char *const parameters[] = { id, NULL };
	free(s->data);
	s->data = NULL;
	if (s->id == 0)
		return err_set(e, "%s", _("This is no single device: a group of receivers, or nobody known."));
	if (t->a.scan && !store_select(t->store, t->a.scan, device_sql, parameters, take_device, s, e))
		return false;
	if (!s->data)
		return err_set(e, "%s", _("The newest scan does not show this device."));
	put_findings(s->doc, &t->a, s->id);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct part p = { .doc = s->doc };
		doc_head(s->doc, _(parts[i].title));
		if (!store_select(t->store, t->a.scan, parts[i].sql, parameters, parts[i].take, &p, e))
			return false;
		if (p.n == 0)
			doc_text(s->doc, STYLE_DIM, 2, _(parts[i].none));
		else if (p.n > parts[i].most)
			doc_printf(s->doc, STYLE_DIM, 2, _("and %s more"), tui_count(p.n - parts[i].most, n));
	}
	return true;
}

static void close_device(struct screen *s)
{
	free(s->data);
}

static void show_conversations(struct screen *s)
{
	tui_open(s->tui, &screen_conversations, s->id, "");
}

static void show_operations(struct screen *s)
{
	tui_open(s->tui, &screen_operations, s->id, "");
}

static const struct tui_binding keys[] = {
	{ 'c', 0, "c", N_("talks"), N_("List all conversations of this device."), show_conversations, NULL },
	{ 'o', 0, "o", N_("commands"), N_("List all commands that this device gave or got."), show_operations, NULL },
	{ 0 },
};

const struct screen_type screen_device = {
	.name = "device", .title = title, .open = open, .close = close_device, .keys = keys,
};
