/*
 * How much of the site a scan could show: k = t · v · d, and 0.3 of that where
 * the capture was hardly taken at a mirror port.
 *
 *   t  min(1, log2(1 + hours) / log2(25)): a day counts fully
 *   v  declared networks in which an address was seen / declared (those of the zone
 *      file, else setting "subnets": prefixes, or "one" network: 1); 0.5 where
 *      nothing is declared
 *   d  1 - loss, loss = bytes missing in followed TCP streams / TCP bytes, or, where it is more,
 *      frames that were dropped / all frames
 */
#include "store/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "zone/zone.h"

enum { SUBNETS_MAX = 1024 };

/* All is one network: the word one, or what a Japanese writes for it. */
static bool is_one(const char *value)
{
	static const char *const words[] = { "one", "1つ", "一つ", "ひとつ" };
	char *copy = text_plain(value);
	bool found = false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		found = found || strcasecmp(copy, words[i]) == 0;
	free(copy);
	return found;
}

/* Comma or blank separated prefixes into *out (to be freed); "bad" names the one that is none. */
static int prefixes_parse(const char *value, struct prefix **out, char bad[64])
{
	char *copy = text_plain(value), *rest = NULL;
	int n = 0;
	*out = xcalloc(SUBNETS_MAX, sizeof **out);
	bad[0] = 0;
	/* The comma of Japanese. */
	for (char *p = copy; (p = strstr(p, "、"));)
		memcpy(p, ",,,", 3);
	for (char *word = strtok_r(copy, ", \t\n", &rest); word; word = strtok_r(NULL, ", \t\n", &rest)) {
		if (n == SUBNETS_MAX || !prefix_parse(word, &(*out)[n])) {
			strncat(bad, word, 63);
			break;
		}
		n++;
	}
	free(copy);
	return n;
}

bool coverage_check_subnets(const char *value, struct err *e)
{
	if (is_one(value) || *value == 0)
		return true;
	struct prefix *list;
	char bad[64];
	prefixes_parse(value, &list, bad);
	free(list);
	if (!bad[0])
		return true;
	return err_set(e, _("subnets: \"%s\" is no network; give networks such as 192.168.1.0/24, separated by commas, "
			    "or the word one for a single network"), bad);
}

/* In how many of these networks an address was seen. */
static bool count_seen(struct store *s, const struct prefix *list, int n, int *count, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT DISTINCT address FROM v_address WHERE type <> 'mac'", e);
	if (!st)
		return false;
	bool *seen = xcalloc((size_t)n + 1, sizeof *seen);
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct addr a;
		const char *text = (const char *)sqlite3_column_text(st, 0);
		if (!text || !addr_parse(text, &a))
			continue;
		for (int i = 0; i < n; i++)
			seen[i] = seen[i] || prefix_has(&list[i], &a);
	}
	sqlite3_finalize(st);
	*count = 0;
	for (int i = 0; i < n; i++)
		*count += seen[i];
	free(seen);
	return true;
}

/* All prefixes of the zone file, to be freed. */
static int prefixes_of_plan(const struct zone_plan *plan, struct prefix **out)
{
	int n = 0;
	*out = xcalloc(SUBNETS_MAX, sizeof **out);
	for (size_t i = 0; i < plan->n_zones; i++)
		for (size_t k = 0; k < plan->zones[i].n_prefixes && n < SUBNETS_MAX; k++)
			(*out)[n++] = plan->zones[i].prefixes[k];
	return n;
}

struct declared { int networks, seen; double v; };

static bool declared_seen(struct store *s, const struct zone_plan *plan, struct declared *d, struct err *e)
{
	char *value = store_setting_get(s, "subnets"), bad[64];
	struct prefix *list = NULL;
	*d = (struct declared){ .v = 0.5 };
	d->networks = prefixes_of_plan(plan, &list);
	if (!d->networks && value && is_one(value)) {
		*d = (struct declared){ 1, 1, 1 };
	} else if (!d->networks && value && *value) {
		free(list);
		d->networks = prefixes_parse(value, &list, bad);
	}
	bool ok = d->v == 1 || !d->networks || count_seen(s, list, d->networks, &d->seen, e);
	if (d->networks && d->v < 1)
		d->v = (double)d->seen / d->networks;
	free(list);
	free(value);
	return ok;
}

/* The number of SQL over the bound scan, 0 where it gives none. */
static double real(struct store *s, const char *sql)
{
	sqlite3_stmt *st = store_prepare(s, sql, NULL);
	double r = st && sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_double(st, 0) : 0;
	sqlite3_finalize(st);
	return r;
}

#define COUNTED(name) "SELECT value FROM v_count WHERE name = '" name "'"
#define UNICAST "FROM v_conversation WHERE client_id IS NOT NULL AND server_id IS NOT NULL"

/* One way: a TCP connection of which the capture holds what one end sent. */
#define TCP "FROM v_conversation WHERE transport = 'tcp' AND refused < flows AND packets_c + packets_s > 3"

static const char insert[] =
	"INSERT INTO temp.coverage SELECT ?1, ?2,"
	" (SELECT total(last - first) / 3.6e12 FROM v_file),"
	" (WITH RECURSIVE d(day, last) AS (SELECT first / 86400000000000, last / 86400000000000 FROM v_file"
	"   WHERE first IS NOT NULL UNION SELECT day + 1, last FROM d WHERE day < last)"
	"  SELECT count(DISTINCT day) FROM d),"
	" (SELECT total(frames) FROM v_file), ?3, ?4, ?5, ?6, (SELECT count(*) FROM v_file),"
	" ifnull((SELECT avg(packets_c = 0 OR packets_s = 0) " TCP "), 0),"
	" ifnull((SELECT total(cut) / nullif(total(frames), 0) FROM v_file), 0),"
	" ifnull((SELECT total(undecoded) / nullif(total(frames), 0) FROM v_file), 0),"
	" ifnull((SELECT total(malformed) / nullif(total(frames), 0) FROM v_file), 0),"
	" ifnull((SELECT total(iif(protocol = '' OR confidence = 'guess', packets_c + packets_s, 0)) /"
	"  nullif(total(packets_c + packets_s), 0) FROM v_conversation WHERE transport IN ('tcp', 'udp')), 0),"
	" (SELECT ifnull(sum(value), 0) FROM v_count WHERE name LIKE 'dropped%'), ?7, ?8, ?9, ?10, ?11, ?12, ?13";

const char coverage_table[] =
	"CREATE TEMP TABLE coverage(hours REAL, hours_ot REAL, span_hours REAL, days INTEGER, frames INTEGER,"
	" third_party_share REAL, mirror INTEGER, loss REAL, k REAL, files INTEGER, one_way REAL, cut REAL, undecoded REAL,"
	" malformed REAL, unread REAL, capped INTEGER, networks_declared INTEGER, networks_seen INTEGER, zones INTEGER,"
	" conduits INTEGER, windows INTEGER, listed INTEGER, baseline INTEGER);";

bool coverage_bind(struct store *s, const struct zone_plan *plan, int64_t base, struct err *e)
{
	if (!store_run(s, "DELETE FROM temp.coverage", e))
		return false;
	if (store_number(s, "SELECT count(*) FROM v_scan", 0) == 0)
		return true;   /* no scan, no row */
	double hours = real(s, COUNTED("minutes")) / 60, hours_ot = real(s, COUNTED("minutes_ot")) / 60;

	/*
	 * Between third parties: both ends answered each other, and neither is who captured. A host's own port shows
	 * its own traffic, broadcasts and flooded frames, which go one way.
	 */
	double unicast = fmax(real(s, COUNTED("unicast")), real(s, "SELECT sum(packets_c + packets_s) " UNICAST));
	double third = real(s, COUNTED("third_party"));
	double share = unicast > 0 ? fmin(1, third / unicast) : 0;
	double gaps = real(s, COUNTED("tcp_gaps"));
	double tcp = real(s, "SELECT sum(bytes_c + bytes_s) FROM v_conversation WHERE transport = 'tcp'");
	double loss = gaps > 0 ? gaps / (gaps + tcp) : 0;
	/* Frames that were never read leave such holes, too: the larger of both, not their sum. */
	double dropped = real(s, "SELECT total(dropped) FROM v_file");
	if (dropped > 0)
		loss = fmax(loss, dropped / (dropped + real(s, "SELECT total(frames) FROM v_file")));

	struct declared d;
	if (!declared_seen(s, plan, &d, e))
		return false;
	bool mirror;
	double k = observe_coverage(hours, d.v, loss, share, &mirror);

	sqlite3_stmt *st = store_prepare(s, insert, e);
	if (!st)
		return false;
	sqlite3_bind_double(st, 1, hours);
	sqlite3_bind_double(st, 2, hours_ot);
	sqlite3_bind_double(st, 3, share);
	sqlite3_bind_int(st, 4, mirror);
	sqlite3_bind_double(st, 5, loss);
	sqlite3_bind_double(st, 6, k);
	sqlite3_bind_int(st, 7, d.networks);
	sqlite3_bind_int(st, 8, d.seen);
	sqlite3_bind_int64(st, 9, (int64_t)plan->n_zones);
	sqlite3_bind_int64(st, 10, (int64_t)plan->n_conduits);
	sqlite3_bind_int64(st, 11, (int64_t)plan->n_windows);
	if (plan->has_list)
		sqlite3_bind_int64(st, 12, (int64_t)plan->n_listed);
	if (base)
		sqlite3_bind_int64(st, 13, base);
	bool ok = store_step(s, st, e);
	sqlite3_finalize(st);
	return ok;
}
