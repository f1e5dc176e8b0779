/*
 * The map: zones by Purdue level, what goes between them, and one zone with its devices (word is its name). Drawn as a
 * document that is laid out anew when the window changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/map.h"
#include "tui/tui.h"
#include "tui/words.h"

struct zone {
	char *name, *shown, *networks, *reason;
	bool declared;
	int level;               /* -1 unknown */
	int64_t devices;
	int worst;               /* enum severity of its worst open finding, -1: none */
};

struct device {
	int64_t id;
	char *label, *kind;
	char *zone;
	bool kind_guess;         /* nothing confirmed it */
	int worst;
};

/* What goes from one zone to another. */
struct way {
	char *from, *to;
	char *protocols, *weaknesses;   /* separated by commas, "" for none */
	int allowed;             /* 1, 0, -1: nobody said */
	bool crosses, internet;
};

struct site {
	struct zone *zones; size_t n_zones;
	struct device *devices; size_t n_devices;
	struct device **by_id;   /* the same, sorted */
	struct way *ways; size_t n_ways;
	int columns;             /* of the document as it was made; 0: to be made */
};

/* ---- reading the site ---- */

static char *text_of(const struct store_row *row, const char *column)
{
	struct store_value v = store_column(row, column);
	return xstrdup(v.text ? v.text : "");
}

static bool take_zone(void *data, const struct store_row *row)
{
	struct site *m = data;
	m->zones = xrealloc(m->zones, (m->n_zones + 1) * sizeof *m->zones);
	struct zone *z = &m->zones[m->n_zones++];
	struct store_value level = store_column(row, "level");
	*z = (struct zone){ .name = text_of(row, "name"), .networks = text_of(row, "networks"),
			    .reason = text_of(row, "reason"), .declared = store_column(row, "declared").i != 0,
			    .level = level.type == STORE_NULL ? -1 : (int)level.i,
			    .devices = store_column(row, "devices").i, .worst = -1 };
	z->shown = tui_zone_name(z->name, z->declared);
	return true;
}

static bool take_device(void *data, const struct store_row *row)
{
	struct site *m = data;
	if (m->n_devices % 256 == 0)
		m->devices = xrealloc(m->devices, (m->n_devices + 256) * sizeof *m->devices);
	m->devices[m->n_devices++] = (struct device){ .id = store_column(row, "id").i, .label = text_of(row, "label"),
						      .kind = text_of(row, "kind"), .zone = text_of(row, "zone"),
						      .kind_guess = store_column(row, "guess").i != 0, .worst = -1 };
	return true;
}

static bool take_way(void *data, const struct store_row *row)
{
	struct site *m = data;
	m->ways = xrealloc(m->ways, (m->n_ways + 1) * sizeof *m->ways);
	struct store_value allowed = store_column(row, "allowed");
	struct way *w = &m->ways[m->n_ways++];
	*w = (struct way){ .from = text_of(row, "client"), .to = text_of(row, "server"),
			   .protocols = text_of(row, "protocols"), .weaknesses = text_of(row, "weaknesses"),
			   .allowed = allowed.type == STORE_NULL ? -1 : allowed.i != 0,
			   .crosses = store_column(row, "crosses").i != 0 };
	w->internet = strcmp(w->from, "internet") == 0 || strcmp(w->to, "internet") == 0;
	return true;
}

static const char zones_sql[] =
	"SELECT name, declared, level, networks, devices, reason FROM v_zone WHERE devices > 0 OR declared = 1"
	" ORDER BY name <> 'internet', level IS NULL, level DESC, name";
static const char devices_sql[] =
	"SELECT d.id, d.label, d.kind, d.zone, d.kind <> 'unknown' AND ifnull(e.guess, 1) AS guess FROM v_device d LEFT JOIN"
	" (SELECT device_id, min(confidence = 'guess') AS guess FROM v_evidence WHERE field = 'kind' GROUP BY device_id) e"
	" ON e.device_id = d.id ORDER BY d.level IS NULL, d.level DESC, d.kind, d.label, d.id";
/* Machines do not authenticate anyway: that is a weakness of a way only where it crosses a boundary. */
static const char ways_sql[] =
	"WITH d AS MATERIALIZED (SELECT id, zone FROM v_device), w AS MATERIALIZED (SELECT p.zone AS client, s.zone AS server,"
	" group_concat(DISTINCT v.name) AS names FROM v_weakness v JOIN d s ON s.id = v.device_id JOIN d p ON p.id = v.peer_id"
	" WHERE v.confidence <> 'guess' AND (v.name <> 'no-authentication' OR v.crosses_zone = 1) GROUP BY p.zone, s.zone),"
	" c AS MATERIALIZED (SELECT client_zone AS client, server_zone AS server, iif(protocol = '', transport || '/' || port,"
	" protocol) AS what, min(allowed) AS allowed, max(crosses_zone) AS crosses FROM v_conduit"
	" WHERE client_zone IS NOT NULL AND server_zone IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)"
	" SELECT c.client, c.server, group_concat(c.what, ', ') AS protocols, min(c.allowed) AS allowed,"
	" max(c.crosses) AS crosses, w.names AS weaknesses FROM c LEFT JOIN w ON w.client = c.client AND w.server = c.server"
	" GROUP BY c.client, c.server ORDER BY max(c.crosses) DESC, c.client, c.server";

static struct zone *zone_of(const struct site *m, const char *name)
{
	for (size_t i = 0; i < m->n_zones; i++)
		if (strcmp(m->zones[i].name, name) == 0)
			return &m->zones[i];
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	const struct device *x = *(struct device *const *)a, *y = *(struct device *const *)b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static struct device *find_device(const struct site *m, int64_t id)
{
	struct device wanted = { .id = id }, *key = &wanted;
	struct device **at = m->n_devices ? bsearch(&key, m->by_id, m->n_devices, sizeof(*m->by_id), by_id) : NULL;
	return at ? *at : NULL;
}

static void sort_devices(struct site *m)
{
	m->by_id = xcalloc(m->n_devices + 1, sizeof(*m->by_id));
	for (size_t i = 0; i < m->n_devices; i++)
		m->by_id[i] = &m->devices[i];
	if (m->n_devices)
		qsort(m->by_id, m->n_devices, sizeof(*m->by_id), by_id);
}

/* The worst finding of every device and zone; guesses and accepted risks are none. */
static void judge(struct site *m, const struct assessment *a)
{
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *r = a->findings[i];
		for (size_t k = 0; k < r->n_rows; k++) {
			const struct finding_row *f = &r->rows[k];
			struct device *d = f->device && !f->candidate && !f->excepted ?
					   find_device(m, f->device) : NULL;
			struct zone *z = d ? zone_of(m, d->zone) : NULL;
			if (d && (int)r->severity > d->worst)
				d->worst = (int)r->severity;
			if (z && (int)r->severity > z->worst)
				z->worst = (int)r->severity;
		}
	}
}

static void forget(struct site *m)
{
	for (size_t i = 0; i < m->n_zones; i++) {
		free(m->zones[i].name);
		free(m->zones[i].shown);
		free(m->zones[i].networks);
		free(m->zones[i].reason);
	}
	for (size_t i = 0; i < m->n_devices; i++) {
		free(m->devices[i].label);
		free(m->devices[i].kind);
		free(m->devices[i].zone);
	}
	for (size_t i = 0; i < m->n_ways; i++) {
		free(m->ways[i].from);
		free(m->ways[i].to);
		free(m->ways[i].protocols);
		free(m->ways[i].weaknesses);
	}
	free(m->zones);
	free(m->devices);
	free(m->by_id);
	free(m->ways);
	*m = (struct site){ 0 };
}

/* ---- words ---- */

/* "12 devices, worst: critical"; to be freed. */
static char *facts(int64_t devices, int worst)
{
	char *n = devices == 1 ? xstrdup(_("1 device")) : xasprintf(_("%lld devices"), (long long)devices);
	char *all = worst < 0 ? xstrdup(n) : xasprintf(_("%s, worst: %s"), n, _(severity_titles[worst]));
	free(n);
	return all;
}

static bool marked(const struct way *w)
{
	return w->allowed == 0 || *w->weaknesses || (w->crosses && w->allowed != 1);
}

static void put_why(struct buf *b, const char *text)
{
	buf_printf(b, "%s%s", b->len ? _(", ") : "", text);
}

/* "not allowed, password in clear text"; "" where nothing is wrong; to be freed. */
static char *trouble(const struct way *w)
{
	struct buf b;
	buf_init(&b, 2048);
	if (w->allowed == 0)
		put_why(&b, _("no declared way allows it"));
	else if (w->crosses && w->allowed != 1)
		put_why(&b, w->internet ? _("leads to the internet") : _("crosses a boundary"));
	for (const char *p = w->weaknesses; *p;) {
		char one[64];
		size_t n = strcspn(p, ",");
		snprintf(one, sizeof one, "%.*s", (int)n, p);
		put_why(&b, tui_word("weakness", one, one));
		p += n + (p[n] == ',');
	}
	return buf_take(&b);
}

static size_t number_of(const struct site *m, const char *name)
{
	for (size_t i = 0; i < m->n_zones; i++)
		if (strcmp(m->zones[i].name, name) == 0)
			return i + 1;
	return 0;
}

static const struct way *way_between(const struct site *m, const struct zone *from, const struct zone *to)
{
	for (size_t i = 0; i < m->n_ways; i++)
		if (strcmp(m->ways[i].from, from->name) == 0 && strcmp(m->ways[i].to, to->name) == 0)
			return &m->ways[i];
	return NULL;
}

/* "to 2!, 5": where traffic from a zone goes, by number; "" where it goes nowhere; to be freed. */
static char *ways_from(const struct site *m, const struct zone *z)
{
	struct buf b;
	buf_init(&b, 1024);
	for (size_t i = 0; i < m->n_zones; i++) {
		const struct way *w = &m->zones[i] == z ? NULL : way_between(m, z, &m->zones[i]);
		if (w)
			buf_printf(&b, "%s%zu%s", b.len ? ", " : _("to "), i + 1, marked(w) ? "!" : "");
	}
	return buf_take(&b);
}

/* ---- the map ---- */

static int band_of(const struct zone *z)
{
	if (!z->declared && strcmp(z->name, "internet") == 0)
		return 0;
	return z->level < 0 || z->level > 5 ? MAP_BANDS - 1 : 6 - z->level;
}

static void put_map(struct doc *d, const struct site *m, int columns)
{
	static const char *const names[MAP_BANDS] = { "internet", "5", "4", "3", "2", "1", "0", "unknown" };
	struct map_band bands[MAP_BANDS];
	if (m->n_zones > MAP_ZONES) {
		doc_printf(d, STYLE_PLAIN, 0, _("%zu zones are too many for a drawing: here they are as a list."), m->n_zones);
		return;
	}
	for (int i = 0; i < MAP_BANDS; i++)
		bands[i] = (struct map_band){ tui_word("map_row", names[i], names[i]), tui_word("map_sub", names[i], "") };
	struct map_zone *zones = xcalloc(m->n_zones + 1, sizeof *zones);
	char **made = xcalloc(3 * m->n_zones + 1, sizeof(*made));
	for (size_t i = 0; i < m->n_zones; i++) {
		const struct zone *z = &m->zones[i];
		char **t = &made[3 * i];
		t[0] = xasprintf("%zu %s", i + 1, z->shown);
		t[1] = facts(z->devices, z->worst);
		t[2] = ways_from(m, z);
		zones[i] = (struct map_zone){ band_of(z), t[0], t[1], t[2] };
	}
	struct map map;
	doc_text(d, STYLE_DIM, 0, _("worst: the worst finding. to 2!: it asks zone 2, insecurely or undeclared."));
	map_draw(zones, m->n_zones, bands, columns, terminal_wide_ambiguous(), &map);
	for (size_t i = 0; i < map.n; i++)
		doc_line(d, STYLE_PLAIN, map.lines[i]);
	map_free(&map);
	for (size_t i = 0; i < 3 * m->n_zones; i++)
		free(made[i]);
	free(made);
	free(zones);
}

static void put_way(struct doc *d, const struct site *m, const struct way *w)
{
	char *why = trouble(w);
	const struct zone *from = zone_of(m, w->from), *to = zone_of(m, w->to);
	char *a = from ? xasprintf("%zu %s", number_of(m, w->from), from->shown) : tui_zone_name(w->from, false);
	char *b = to ? xasprintf("%zu %s", number_of(m, w->to), to->shown) : tui_zone_name(w->to, false);
	doc_printf(d, *why ? STYLE_BAD : STYLE_PLAIN, 0, "%s %s → %s", *why ? "!" : " ", a, b);
	doc_printf(d, STYLE_DIM, 4, "%s%s%s%s", w->protocols, *why ? _(" (") : "", why, *why ? _(")") : "");
	free(a);
	free(b);
	free(why);
}

static void put_zones(struct doc *d, const struct site *m)
{
	bool declared = false;
	for (size_t i = 0; i < m->n_zones; i++)
		declared |= m->zones[i].declared;
	doc_head(d, _("Zones: parts of the factory that are kept apart"));
	if (!declared)
		doc_text(d, STYLE_DIM, 0, _("Proposed from networks and kinds of devices; nobody has declared zones yet."));
	for (size_t i = 0; i < m->n_zones; i++) {
		const struct zone *z = &m->zones[i];
		char *what = facts(z->devices, z->worst);
		char *line = xasprintf(_("%zu %s: %s%s"), i + 1, z->shown, what, declared && !z->declared ? _(" (proposed)") : "");
		doc_link(d, z->worst < 0 ? STYLE_PLAIN : tui_severity_style((enum severity)z->worst), 0, line, &screen_map, 0,
			 z->name);
		free(line);
		free(what);
	}
}

static void put_ways(struct doc *d, const struct site *m, const char *only)
{
	bool first = true, any = false;
	for (int wanted = 1; wanted >= 0; wanted--)
		for (size_t i = 0; i < m->n_ways; i++) {
			const struct way *w = &m->ways[i];
			if (marked(w) != wanted || (only && strcmp(w->from, only) != 0 && strcmp(w->to, only) != 0))
				continue;
			if (first) {
				doc_head(d, only ? _("What goes in and out, by who asks") : _("What goes between zones, by who asks"));
				doc_text(d, STYLE_DIM, 0, _("! is insecure, or nobody declared that it may be."));
			}
			first = false;
			any = true;
			put_way(d, m, w);
		}
	if (!any)
		doc_text(d, STYLE_DIM, 0, _("Nothing that goes from one zone to another was seen."));
}

static void put_device(struct doc *d, const struct device *x)
{
	char *worst = x->worst < 0 ? xstrdup("") : xasprintf(_(", worst: %s"), _(severity_titles[x->worst]));
	char *line = xasprintf(_("%s, %s%s%s"), x->label, tui_word("kind", x->kind, x->kind), x->kind_guess ? _(" (a guess)") : "",
			       worst);
	doc_link(d, x->worst < 0 ? STYLE_PLAIN : tui_severity_style((enum severity)x->worst), 0, line, &screen_device, x->id, "");
	free(line);
	free(worst);
}

static void put_devices(struct doc *d, const struct site *m, const char *zone, const char *head)
{
	bool first = true;
	for (size_t i = 0; i < m->n_devices; i++) {
		if (strcmp(m->devices[i].zone, zone) != 0)
			continue;
		if (first)
			doc_head(d, head);
		first = false;
		put_device(d, &m->devices[i]);
	}
}

/* ---- one zone ---- */

static bool in_zone(const struct site *m, int64_t device, const char *zone)
{
	const struct device *d = find_device(m, device);
	return d && strcmp(d->zone, zone) == 0;
}

static void put_findings(struct doc *d, const struct site *m, const struct assessment *a, const char *zone)
{
	bool first = true;
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *r = a->findings[i];
		bool here = false;
		for (size_t k = 0; k < r->n_rows && !here; k++)
			here = r->rows[k].device && !r->rows[k].candidate && !r->rows[k].excepted &&
			       in_zone(m, r->rows[k].device, zone);
		if (!here)
			continue;
		if (first)
			doc_head(d, _("Findings here"));
		first = false;
		char *line = xasprintf(_("%s: %s"), _(severity_titles[r->severity]), text2_get(&r->check->title));
		doc_link(d, tui_severity_style(r->severity), 0, line, &screen_finding, 0, r->check->id);
		free(line);
	}
}

static void put_zone(struct screen *s, const struct site *m)
{
	struct doc *d = s->doc;
	const struct zone *z = zone_of(m, s->word);
	if (!z) {
		doc_text(d, STYLE_PLAIN, 0, _("This zone is not there any more."));
		return;
	}
	char *what = facts(z->devices, z->worst), level[32];
	snprintf(level, sizeof level, "%d", z->level);
	doc_text(d, STYLE_STRONG, 0, z->shown);
	doc_text(d, STYLE_PLAIN, 0, z->declared ? _("As the zone file declares it.") :
		 _("Proposed from networks and kinds of devices; nobody declared it."));
	if (z->level >= 0 && z->level <= 5)
		doc_pair(d, tui_word("map_row", level, level), tui_word("map_sub", level, ""));
	doc_pair(d, _("Networks"), z->networks);
	doc_pair(d, _("Holds"), what);
	free(what);
	put_findings(d, m, &s->tui->a, z->name);
	put_devices(d, m, z->name, _("Devices"));
	put_ways(d, m, z->name);
}

/* ---- the screen ---- */

static void title(const struct screen *s, char *out, size_t size)
{
	const struct zone *z = s->data && *s->word ? zone_of(s->data, s->word) : NULL;
	if (z)
		snprintf(out, size, _("Zone %s"), z->shown);
	else
		snprintf(out, size, "%s", _("Map of the zones"));
}

static bool open(struct screen *s, struct err *e)
{
	int64_t scan = s->tui->a.scan;
	if (!s->data)
		s->data = xcalloc(1, sizeof(struct site));
	struct site *m = s->data;
	forget(m);
	if (!scan)
		return true;
	if (!store_select(s->tui->store, scan, zones_sql, NULL, take_zone, m, e) ||
	    !store_select(s->tui->store, scan, devices_sql, NULL, take_device, m, e) ||
	    !store_select(s->tui->store, scan, ways_sql, NULL, take_way, m, e))
		return false;
	sort_devices(m);
	judge(m, &s->tui->a);
	return true;
}

static void fill(struct screen *s, int columns)
{
	struct site *m = s->data;
	if (m->columns == columns)
		return;
	m->columns = columns;
	doc_clear(s->doc);
	if (m->n_zones == 0) {
		doc_text(s->doc, STYLE_PLAIN, 0, s->tui->a.scan ? _("The capture shows no zones.") :
			 _("No capture was read yet, so there is no map."));
	} else if (*s->word) {
		put_zone(s, m);
	} else {
		put_map(s->doc, m, columns);
		put_zones(s->doc, m);
		put_devices(s->doc, m, "", _("Between zones: routers and the like"));
		put_ways(s->doc, m, NULL);
	}
}

static void draw(struct screen *s, int rows, int columns)
{
	fill(s, columns);
	doc_draw(s->doc, rows, columns);
}

static bool key(struct screen *s, int key_code)
{
	struct doc_link_target to = { 0 };
	const struct site *m = s->data;
	if (!*s->word && key_code >= '1' && key_code <= '9' && (size_t)(key_code - '1') < m->n_zones) {
		tui_open(s->tui, &screen_map, 0, m->zones[key_code - '1'].name);
		return true;
	}
	if (!doc_key(s->doc, key_code, &to))
		return false;
	if (to.to) {
		char *word = xstrdup(to.word);
		tui_open(s->tui, to.to, to.id, word);
		free(word);
	}
	return true;
}

static void close_screen(struct screen *s)
{
	if (s->data)
		forget(s->data);
	free(s->data);
}

static void enter(struct screen *s)
{
	key(s, TUI_ENTER);
}

static bool has_numbers(const struct screen *s)
{
	return !*s->word;
}

static const struct tui_binding keys[] = {
	{ TUI_UP, TUI_DOWN, NULL, N_("move"), N_("Arrow keys, Page Up, Page Down, Home and End move."), NULL, NULL },
	{ TUI_ENTER, 0, "Enter", N_("open"), N_("Open what is marked with >."), enter, NULL },
	{ '1', 0, "1-9", N_("zone"), N_("Open the zone with this number."), NULL, has_numbers },
	{ 0 },
};

const struct screen_type screen_map = { .name = "map", .title = title, .open = open, .draw = draw, .key = key,
					.close = close_screen, .keys = keys };
