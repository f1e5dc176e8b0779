/*
 * How much of the site a scan could show: k = t · v · d, and 0.3 of that where
 * the capture was hardly taken at a mirror port.
 *
 *   t  min(1, log2(1 + hours) / log2(25)): a day counts fully
 *   v  declared subnets in which an address was seen / declared (setting "subnets":
 *      prefixes, or "one" network: 1); 0.5 where nothing is declared
 *   d  1 - loss, loss = bytes missing in followed TCP streams / TCP bytes
 */
#include "store/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"

enum { SUBNETS_MAX = 1024 };

/* Less than this share of the unicast between third parties: no mirror port, or a broken one. */
static const double mirror_share = 0.05;

struct prefix {
	struct addr ip;
	int bits;                /* of 128 */
	bool seen;
};

static bool inside(const struct prefix *p, const struct addr *a)
{
	int whole = p->bits / 8, rest = p->bits % 8;
	if (memcmp(p->ip.b, a->b, (size_t)whole) != 0)
		return false;
	return rest == 0 || ((p->ip.b[whole] ^ a->b[whole]) >> (8 - rest)) == 0;
}

/* "192.168.1.0/24", or an address alone. */
static bool prefix_parse(const char *text, struct prefix *p)
{
	char ip[ADDR_TEXT];
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	if (n == 0 || n >= sizeof ip)
		return false;
	memcpy(ip, text, n);
	ip[n] = 0;
	if (!addr_parse(ip, &p->ip))
		return false;
	int most = addr_is_v4(&p->ip) && !strchr(ip, ':') ? 32 : 128;
	long bits = most;
	if (slash) {
		char *end;
		if (slash[1] < '0' || slash[1] > '9')
			return false;
		bits = strtol(slash + 1, &end, 10);
		if (*end || bits < 0 || bits > most)
			return false;
	}
	p->bits = (int)bits + (most == 32 ? 96 : 0);
	p->seen = false;
	return true;
}

/* Comma or blank separated prefixes into *out (to be freed); "bad" names the one that is none. */
static int prefixes_parse(const char *value, struct prefix **out, char bad[64])
{
	char *copy = xstrdup(value), *rest = NULL;
	int n = 0;
	*out = xcalloc(SUBNETS_MAX, sizeof **out);
	bad[0] = 0;
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
	if (strcmp(value, "one") == 0 || *value == 0)
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

static bool mark_seen(struct store *s, struct prefix *list, int n, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT DISTINCT address FROM v_address WHERE type <> 'mac'", e);
	if (!st)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct addr a;
		const char *text = (const char *)sqlite3_column_text(st, 0);
		if (!text || !addr_parse(text, &a))
			continue;
		for (int i = 0; i < n; i++)
			list[i].seen = list[i].seen || inside(&list[i], &a);
	}
	sqlite3_finalize(st);
	return true;
}

static bool seen_share(struct store *s, double *v, struct err *e)
{
	char *value = store_setting_get(s, "subnets"), bad[64];
	*v = 0.5;
	bool ok = true;
	if (value && strcmp(value, "one") == 0) {
		*v = 1;
	} else if (value && *value) {
		struct prefix *list;
		int n = prefixes_parse(value, &list, bad), seen = 0;
		ok = mark_seen(s, list, n, e);
		for (int i = 0; i < n; i++)
			seen += list[i].seen;
		if (n)
			*v = (double)seen / n;
		free(list);
	}
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

bool coverage_bind(struct store *s, struct err *e)
{
	if (!store_run(s, "DELETE FROM temp.coverage", e))
		return false;
	if (store_number(s, "SELECT count(*) FROM v_scan", 0) == 0)
		return true;   /* no scan, no row */
	double hours = real(s, COUNTED("minutes")) / 60, hours_ot = real(s, COUNTED("minutes_ot")) / 60;

	/*
	 * Between third parties: both ends answered each other. A host's own port shows
	 * broadcasts and flooded frames, which go one way.
	 */
	double unicast = fmax(real(s, COUNTED("unicast")), real(s, "SELECT sum(packets_c + packets_s) " UNICAST));
	double third = fmax(real(s, COUNTED("third_party")),
			    real(s, "SELECT sum(packets_c + packets_s) " UNICAST
				    " AND packets_c > 0 AND packets_s > 0"));
	double share = unicast > 0 ? fmin(1, third / unicast) : 0;
	bool mirror = share >= mirror_share;

	double gaps = real(s, COUNTED("tcp_gaps"));
	double tcp = real(s, "SELECT sum(bytes_c + bytes_s) FROM v_conversation WHERE transport = 'tcp'");
	double loss = gaps > 0 ? gaps / (gaps + tcp) : 0;

	double v;
	if (!seen_share(s, &v, e))
		return false;
	double t = fmin(1, log2(1 + hours) / log2(25));
	double k = t * v * (1 - loss) * (mirror ? 1 : 0.3);

	sqlite3_stmt *st = store_prepare(s,
		"INSERT INTO temp.coverage SELECT ?1, ?2,"
		" (WITH RECURSIVE d(day, last) AS (SELECT first / 86400000000000, last / 86400000000000 FROM v_file"
		"   WHERE first IS NOT NULL UNION SELECT day + 1, last FROM d WHERE day < last)"
		"  SELECT count(DISTINCT day) FROM d),"
		" (SELECT total(frames) FROM v_file), ?3, ?4, ?5, ?6, (SELECT count(*) FROM v_file)", e);
	if (!st)
		return false;
	sqlite3_bind_double(st, 1, hours);
	sqlite3_bind_double(st, 2, hours_ot);
	sqlite3_bind_double(st, 3, share);
	sqlite3_bind_int(st, 4, mirror);
	sqlite3_bind_double(st, 5, loss);
	sqlite3_bind_double(st, 6, k);
	bool ok = store_step(s, st, e);
	sqlite3_finalize(st);
	return ok;
}
