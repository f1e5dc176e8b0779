/*
 * The operating system of a device. Everything that hints at one is a claim, and
 * claims have ranks: what the system of the device says itself, then banners of
 * its programs, then the agents of its clients (which may be somebody else's,
 * passed on by a proxy), then DHCP. The best claim wins; the others may only tell
 * more of the same system, a build or whether it is a server. Where nothing but
 * contradicting agents speaks, the system stays unknown.
 */
#include "inventory/resolve.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/err.h"
#include "base/lang.h"

enum rank { RANK_NONE, RANK_HINT, RANK_AGENT, RANK_BANNER, RANK_STATED };
enum side { EITHER, CLIENT, SERVER };
enum { CLAIMS_MAX = 96, NT = 256, LONGEST = 120 };

struct claim {
	enum os os;
	enum rank rank;
	enum confidence confidence;
	const char *name;                /* where it is no Windows NT */
	int major, minor;                /* of the version; -1: unknown */
	unsigned nt, build;              /* Windows NT: major * NT + minor; 0: unknown */
	enum side side;
	bool embedded, eleven, second;   /* Windows: Embedded; 11; "R2" of 2003, where the version does not tell */
	const struct inv_evidence *from;
	const char *word;
};

/* ---- values ---- */

/* Where the mark stands as words of its own, NULL: nowhere. What follows it. */
static const char *after(const char *value, const char *mark, bool whole)
{
	size_t n = strlen(mark);
	int first = tolower((unsigned char)*mark);
	for (const char *s = value; *s; s++) {
		if (tolower((unsigned char)*s) != first || strncasecmp(s, mark, n) != 0)
			continue;
		bool begins = s == value || !isalnum((unsigned char)*mark) || !isalnum((unsigned char)s[-1]);
		bool ends = !whole || !isalpha((unsigned char)mark[n - 1]) || !isalpha((unsigned char)s[n]);
		if (begins && ends)
			return s + n;
	}
	return NULL;
}

static bool holds(const char *value, const char *mark)
{
	return after(value, mark, true) != NULL;
}

/* "6.1", "10_8_5", "13": the first two numbers. */
static bool read_numbers(const char *s, int *major, int *minor)
{
	char *end;
	s += strspn(s, " /(-vV");
	if (!isdigit((unsigned char)*s))
		return false;
	long a = strtol(s, &end, 10), b = -1;
	if ((*end == '.' || *end == '_') && isdigit((unsigned char)end[1]))
		b = strtol(end + 1, NULL, 10);
	if (a > 9999 || b > 9999)
		return false;
	*major = (int)a;
	*minor = (int)b;
	return true;
}

/* ---- Windows ---- */

static const struct release {
	unsigned nt;
	const char *client, *server, *embedded;
} releases[] = {
	{ 3 * NT + 51, "Windows NT 3.51", NULL, "Windows Embedded" },
	{ 4 * NT, "Windows NT 4.0", NULL, "Windows NT Embedded" },
	{ 5 * NT, "Windows 2000", NULL, "Windows Embedded" },
	{ 5 * NT + 1, "Windows XP", NULL, "Windows XP Embedded" },
	{ 5 * NT + 2, "Windows XP x64", "Windows Server 2003", "Windows Embedded" },
	{ 6 * NT, "Windows Vista", "Windows Server 2008", "Windows Embedded" },
	{ 6 * NT + 1, "Windows 7", "Windows Server 2008 R2", "Windows Embedded 7" },
	{ 6 * NT + 2, "Windows 8", "Windows Server 2012", "Windows Embedded 8" },
	{ 6 * NT + 3, "Windows 8.1", "Windows Server 2012 R2", "Windows Embedded 8.1" },
	{ 10 * NT, "Windows 10", "Windows Server", "Windows 10 IoT" },
};
enum { RELEASES = sizeof releases / sizeof *releases, ELEVEN = 22000 };

static const struct { unsigned build; const char *both, *server; } builds10[] = {
	{ 14393, "Windows 10 1607 / Server 2016", "Windows Server 2016" },
	{ 17763, "Windows 10 1809 / Server 2019", "Windows Server 2019" },
	{ 20348, "Windows Server 2022", "Windows Server 2022" }, { 25398, "Windows Server 23H2", "Windows Server 23H2" },
	{ 26100, "Windows 11 24H2 / Server 2025", "Windows Server 2025" },
};
enum { BUILDS = sizeof builds10 / sizeof *builds10 };

static const struct release *release(unsigned nt)
{
	for (size_t i = 0; i < RELEASES; i++)
		if (releases[i].nt == nt)
			return &releases[i];
	return NULL;
}

static unsigned nt_of_build(unsigned build)
{
	static const struct { unsigned build, nt; } known[] = {
		{ 1057, 3 * NT + 51 }, { 1381, 4 * NT }, { 2195, 5 * NT }, { 2600, 5 * NT + 1 }, { 3790, 5 * NT + 2 },
		{ 6000, 6 * NT }, { 6001, 6 * NT }, { 6002, 6 * NT }, { 6003, 6 * NT }, { 7600, 6 * NT + 1 },
		{ 7601, 6 * NT + 1 }, { 9200, 6 * NT + 2 }, { 9600, 6 * NT + 3 },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].build == build)
			return known[i].nt;
	return build >= 10240 && build < 40000 ? 10 * NT : 0;
}

/* "6.1", "6.1.7601": a version that there is. */
static bool read_nt(const char *s, struct claim *c)
{
	int major, minor;
	if (!read_numbers(s, &major, &minor) || minor < 0 || !release((unsigned)major * NT + (unsigned)minor))
		return false;
	c->nt = (unsigned)major * NT + (unsigned)minor;
	s += strcspn(s, "0123456789");
	s += strspn(s, "0123456789");
	s += strspn(s, ".");
	s += strspn(s, "0123456789");
	if (*s == '.' && isdigit((unsigned char)s[1])) {
		unsigned long build = strtoul(s + 1, NULL, 10);
		c->build = build < 100000 ? (unsigned)build : 0;
	}
	return true;
}

/* A number by itself that is a build of this version, or of any where none is known. */
static void read_build(const char *value, struct claim *c)
{
	for (const char *s = value; *s && !c->build;) {
		size_t n = strspn(s, "0123456789");
		unsigned long v = n >= 4 && n <= 5 ? strtoul(s, NULL, 10) : 0;
		unsigned nt = nt_of_build((unsigned)v);
		/* SNMP's and others' 6.3 stayed for all that came later. */
		if (nt && (!c->nt || c->nt == nt || (nt == 10 * NT && c->nt == 6 * NT + 3))) {
			c->nt = nt;
			c->build = (unsigned)v;
		}
		s += n;
		s += *s && !n;
	}
}

/* "Windows 7 Ultimate 7601 Service Pack 1", "Windows Server 2003 R2 3790", "Windows Version 6.1 (Build 7601 …". */
static void read_text(const char *value, struct claim *c)
{
	static const struct { const char *word; unsigned nt, build; enum side side; } products[] = {
		{ "Server 2025", 10 * NT, 26100, SERVER }, { "Server 2022", 10 * NT, 20348, SERVER },
		{ "Server 2019", 10 * NT, 17763, SERVER }, { "Server 2016", 10 * NT, 14393, SERVER },
		{ "Server 2012 R2", 6 * NT + 3, 0, SERVER }, { "Server 2012", 6 * NT + 2, 0, SERVER },
		{ "Server 2008 R2", 6 * NT + 1, 0, SERVER }, { "Server 2008", 6 * NT, 0, SERVER },
		{ "Server (R) 2008", 6 * NT, 0, SERVER }, { "Server 2003", 5 * NT + 2, 0, SERVER },
		{ "Server", 0, 0, SERVER },
		{ "Windows 2000", 5 * NT, 0, EITHER }, { "Windows XP", 5 * NT + 1, 0, CLIENT },
		{ "Windows 2002", 5 * NT + 1, 0, CLIENT }, { "Windows Vista", 6 * NT, 0, CLIENT },
		{ "Windows 7", 6 * NT + 1, 0, CLIENT }, { "Windows 8.1", 6 * NT + 3, 0, CLIENT },
		{ "Windows 8", 6 * NT + 2, 0, CLIENT }, { "Windows 10", 10 * NT, 0, CLIENT },
		{ "Windows 11", 10 * NT, 0, CLIENT }, { "Windows Me", 0, 0, EITHER },
	};
	static const char *const before[] = { "Windows NT ", "Windows NT Version ", "Windows Version ",
					      "Windows 2000 Version ", "Windows " };
	const char *at = strchr(value, '(');
	for (; at && !c->nt; at = strchr(at + 1, '('))
		if (read_nt(at + 1, c))
			break;
	for (size_t i = 0; !c->nt && i < sizeof before / sizeof *before; i++)
		if ((at = after(value, before[i], false)) && isdigit((unsigned char)*at))
			(void)read_nt(at, c);
	bool several = strstr(value, " / ") || holds(value, "or later") || holds(value, "or newer");
	for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
		if (!holds(value, products[i].word) || (c->nt && products[i].nt && c->nt != products[i].nt))
			continue;
		c->nt = c->nt ? c->nt : products[i].nt;
		if (!several) {
			c->side = products[i].side;
			c->build = c->build ? c->build : products[i].build;
		}
		break;
	}
	read_build(value, c);
	c->embedded = holds(value, "Embedded") || holds(value, "POSReady") || holds(value, "IoT");
	c->eleven = holds(value, "Windows 11") && !several;
	c->second = c->nt == 5 * NT + 2 && holds(value, "Server 2003 R2");
}

static const char *windows_name(struct arena *arena, const struct claim *c)
{
	const struct release *r = release(c->nt);
	char name[LONGEST];
	if (!r)
		return c->side == SERVER ? "Windows Server" : c->embedded ? "Windows Embedded" : "Windows";
	if (c->side == SERVER && r->server)
		snprintf(name, sizeof name, "%s%s", r->server, c->second ? " R2" : "");
	else if (c->side == CLIENT || !r->server)
		snprintf(name, sizeof name, "%s%s", r->client, c->side == SERVER ? " Server" : "");
	else if (c->nt == 5 * NT + 2)   /* the server is far more frequent */
		snprintf(name, sizeof name, "%s / XP x64", r->server);
	else
		snprintf(name, sizeof name, "%s / %s", r->client, r->server + strlen("Windows "));
	if (c->nt == 10 * NT) {
		const char *text = c->eleven || c->build >= ELEVEN ? "Windows 11" : "Windows 10";
		if (!c->build && !c->eleven)
			text = c->side == SERVER ? "Windows Server 2016 or later" : c->side == CLIENT ? text : "Windows 10 or later";
		for (size_t i = 0; i < BUILDS; i++)
			if (builds10[i].build == c->build && c->side != CLIENT)
				text = c->side == SERVER ? builds10[i].server : builds10[i].both;
		snprintf(name, sizeof name, "%s", text);
	}
	if (c->embedded)
		snprintf(name, sizeof name, "%s", r->embedded);
	if (c->build)
		return arena_printf(arena, "%s (%u.%u.%u)", name, c->nt / NT, c->nt % NT, c->build);
	return c->nt > 4 * NT ? arena_printf(arena, "%s (%u.%u)", name, c->nt / NT, c->nt % NT) : arena_text(arena, name);
}

/* ---- claims ---- */

static bool source_is(const struct inv_evidence *e, const char *start)
{
	return strncmp(e->source, start, strlen(start)) == 0;
}

static enum rank rank_of(const struct inv_evidence *e, unsigned on)
{
	switch (on) {
	case ON_OS:
		return source_is(e, "dhcp.") ? RANK_HINT : source_is(e, "http.user_agent") ? RANK_AGENT : RANK_STATED;
	case ON_SOFTWARE:
		return strstr(e->source, "user_agent") ? RANK_AGENT : RANK_BANNER;
	case ON_DESCRIPTION:
		if (source_is(e, "snmp.") || source_is(e, "cdp.") || source_is(e, "lldp.") || source_is(e, "mndp."))
			return RANK_STATED;
		return source_is(e, "ftp.") || source_is(e, "browser.") || source_is(e, "telnet.") ? RANK_BANNER : RANK_NONE;
	case ON_MODEL:
		return source_is(e, "mdns.") ? RANK_BANNER : RANK_NONE;
	case ON_ROLE:
		return source_is(e, "browser.") || source_is(e, "nbns.") || source_is(e, "netlogon.") ? RANK_HINT : RANK_NONE;
	case ON_DHCP: case ON_ASKED:
		return RANK_HINT;
	default:
		return RANK_NONE;
	}
}

/* Fills what the rule reads from what stands behind its mark; false when that speaks against the rule. */
static bool read_rule(const struct os_rule *rule, const char *value, const char *rest, struct claim *c)
{
	switch (rule->read) {
	case OS_READ_NONE:
		break;
	case OS_READ_VERSION:
		rest = after(rest, "Version ", false);
		if (rest)
			(void)read_numbers(rest, &c->major, &c->minor);
		break;
	case OS_READ_ONE: case OS_READ_TWO:
		if (strncasecmp(rest, " Version ", 9) == 0)
			rest += 9;
		(void)read_numbers(rest, &c->major, &c->minor);
		if (rule->read == OS_READ_ONE)
			c->minor = -1;
		break;
	case OS_READ_NT:
		(void)read_nt(rest, c);
		break;
	case OS_READ_TEXT:
		read_text(value, c);
		break;
	case OS_READ_BUILD:
		read_build(value, c);
		break;
	case OS_READ_SQL:
		return read_numbers(rest, &c->major, &c->minor) && c->major < 14;
	case OS_IS_NT:
		(void)read_nt(rule->name, c);
		break;
	case OS_IS_SERVER:
		c->side = SERVER;
		break;
	}
	return true;
}

static bool claim_of(const struct inv_evidence *e, struct claim *c)
{
	const char *word = NULL, *rest;
	unsigned on = resolve_field(e, &word);
	enum rank rank = on ? rank_of(e, on) : RANK_NONE;
	if (rank == RANK_NONE)
		return false;
	enum confidence most = rank == RANK_HINT ? CONF_GUESS : rank == RANK_STATED ? CONF_CONFIRMED : CONF_CONTENT;
	*c = (struct claim){ .rank = rank, .confidence = e->confidence < most ? e->confidence : most, .from = e,
			     .word = word };
	for (const struct os_rule *rule = os_rules; rule->mark; rule++) {
		if (!(rule->on & on))
			continue;
		if (on == ON_ASKED)
			rest = strcmp(e->value, rule->mark) == 0 ? "" : NULL;
		else
			rest = after(e->value, rule->mark, !(on & (ON_MODEL | ON_DHCP)));
		c->major = c->minor = -1;
		if (!rest || !read_rule(rule, e->value, rest, c))
			continue;
		c->os = rule->os;
		c->name = rule->name;
		return true;
	}
	c->os = OS_OTHER;   /* a system that nobody put into the table, by its own words */
	c->name = e->value;
	return on == ON_OS;
}

/* ---- which one ---- */

static int detail_of(const struct claim *c)
{
	if (c->os == OS_WINDOWS)
		return (c->nt ? 2 : 0) + (c->build != 0) + (c->side != EITHER);
	bool general = c->os == OS_UNIX || c->os == OS_APPLE || strcmp(c->name, "Linux") == 0;
	return (general ? 0 : 2) + (c->major >= 0);
}

/* The better first. */
static int claim_cmp(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	if (detail_of(x) != detail_of(y))
		return detail_of(x) > detail_of(y) ? -1 : 1;
	if (x->nt != y->nt)   /* old programs give old names on a new Windows */
		return x->nt > y->nt ? -1 : 1;
	if (x->build != y->build)
		return x->build > y->build ? -1 : 1;
	if (x->from->last != y->from->last)
		return x->from->last > y->from->last ? -1 : 1;
	int c = strcmp(x->from->value, y->from->value);
	return c ? c : strcmp(x->from->source, y->from->source);
}

/* Families that have nothing to do with each other. */
static int tribe(enum os os)
{
	switch (os) {
	case OS_WINDOWS: case OS_WINDOWS_9X:
		return 1;
	case OS_APPLE: case OS_MACOS: case OS_IOS:
		return 2;
	case OS_UNIX: case OS_LINUX: case OS_BSD: case OS_ANDROID:
		return 3;
	default:
		return 4;
	}
}

/* The hop limit that packets start with: Windows 128, nearly everybody else 64 or 255. 0: it does not tell. */
static uint8_t *first_ttls(const struct resolve *r)
{
	uint8_t *ttls = xcalloc(r->inv->n_devices + 1, sizeof *ttls);
	for (uint32_t e = 1; e < r->n_ents; e++) {
		int32_t device = resolve_device(r, e);
		if (device >= 0 && !r->ents[e].is_mac && r->ents[e].ttl > ttls[device])
			ttls[device] = (uint8_t)(r->ents[e].ttl < 255 ? r->ents[e].ttl : 255);
	}
	for (size_t i = 0; i < r->inv->n_devices; i++)
		ttls[i] = ttls[i] > 32 && ttls[i] <= 64 ? 64 : ttls[i] > 64 && ttls[i] <= 128 ? 128 : 0;
	return ttls;
}

/*
 * Agents and DHCP that the hop limit speaks against are somebody else's, or of a program that poses. Agents of a router,
 * and of several systems at once, say nothing of the device that they come from.
 */
static size_t sift(struct claim *claims, size_t n, unsigned ttl, bool router)
{
	size_t kept = 0;
	int first = 0;
	bool several = false;
	for (size_t i = 0; i < n; i++) {
		struct claim *c = &claims[i];
		int t = tribe(c->os);
		if (c->rank <= RANK_AGENT && ((ttl == 64 && t == 1) || (ttl == 128 && (t == 2 || t == 3))))
			continue;
		if (c->rank == RANK_AGENT) {
			several |= first && first != t;
			first = t;
		}
		claims[kept++] = *c;
	}
	n = kept;
	kept = 0;
	for (size_t i = 0; i < n; i++)
		if (claims[i].rank != RANK_AGENT || !(several || router))
			claims[kept++] = claims[i];
	return kept;
}

/* More of the same system: "Unix" and then "Linux (Debian)", "Windows" and then "Windows CE 6.0". */
static bool tells_more(const struct claim *best, const struct claim *c)
{
	if (detail_of(c) <= detail_of(best))
		return false;
	switch (best->os) {
	case OS_WINDOWS:
		return detail_of(best) == 0 && (c->os == OS_WINDOWS_CE || c->os == OS_WINDOWS_9X);
	case OS_UNIX:
		return detail_of(best) == 0 && tribe(c->os) == 3;
	case OS_LINUX:
		return c->os == OS_LINUX || (detail_of(best) == 0 && c->os == OS_ANDROID);
	case OS_APPLE:
		return tribe(c->os) == 2;
	case OS_BSD: case OS_ANDROID: case OS_MACOS: case OS_IOS: case OS_WINDOWS_CE: case OS_NETWORK: case OS_REALTIME:
		return c->os == best->os && strcmp(c->name, best->name) == 0;
	default:
		return false;
	}
}

static void merge(struct claim *best, const struct claim *c)
{
	if (tells_more(best, c) && c->rank > RANK_HINT) {
		*best = *c;
	} else if (best->os == OS_WINDOWS && c->os == OS_WINDOWS) {
		bool more = (!best->nt && c->nt) || (c->nt && c->nt == best->nt && !best->build && c->build);
		if (more && c->rank > RANK_HINT) {
			enum side side = best->side;
			*best = *c;
			best->side = c->side == EITHER ? side : c->side;
		}
		if (best->side == EITHER && (c->nt == best->nt || !c->nt) && c->side == SERVER)
			best->side = SERVER;
		if (best->side == EITHER && c->nt == best->nt && c->rank > RANK_AGENT)
			best->side = c->side;
		best->embedded |= c->embedded && c->nt == best->nt;
		best->second |= c->second && c->nt == best->nt && best->side == SERVER;
	}
}

static const char *name_of(struct arena *arena, const struct claim *c)
{
	if (c->os == OS_WINDOWS)
		return windows_name(arena, c);
	if (c->major < 0)
		return c->name;
	return c->minor < 0 ? arena_printf(arena, "%s %d", c->name, c->major) :
			      arena_printf(arena, "%s %d.%d", c->name, c->major, c->minor);
}

static void system_of(struct resolve *r, struct inv_device *d, unsigned ttl)
{
	struct claim claims[CLAIMS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < d->n_evidence && n < CLAIMS_MAX; i++)
		n += claim_of(&d->evidence[i], &claims[n]);
	d->os = NULL;
	if (!n)
		return;
	n = sift(claims, n, ttl, d->router);
	if (!n)
		return;
	qsort(claims, n, sizeof *claims, claim_cmp);
	struct claim best = claims[0];
	for (size_t i = 1; i < n; i++)
		merge(&best, &claims[i]);
	d->os = name_of(r->arena, &best);
	d->os_reason = resolve_sentence(r->arena, best.word, best.from->value);
	const char *source = arena_printf(r->arena, "resolve.%s", best.from->source);
	resolve_put(d, attr_names[ATTR_OS], d->os, source, best.confidence, best.from);
}

void resolve_systems(struct resolve *r)
{
	uint8_t *ttls = first_ttls(r);
	for (size_t i = 0; i < r->inv->n_devices; i++)
		system_of(r, &r->inv->devices[i], ttls[i]);
	free(ttls);
}
