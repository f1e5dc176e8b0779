#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "site.h"

static struct err e;
static struct store *store;
static char *path;
static struct site site;

static int setup(void **state)
{
	(void)state;
	path = site_path();
	site_init(&site);
	site_save(&site, path);
	store = store_open(path, STORE_READ, &e);
	return store ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	store_close(store);
	site_done(&site);
	site_forget(path);
	return 0;
}

static struct store_checks *checks(int64_t scan)
{
	struct store_checks *c = store_checks_open(store, scan, NULL, &e);
	if (!c)
		fail_msg("%s", e.text);
	return c;
}

static bool add_row(void *data, const struct store_row *row)
{
	struct buf *b = data;
	if (b->len)
		buf_putc(b, ';');
	for (int i = 0; i < row->n; i++)
		buf_printf(b, "%s%s", i ? "|" : "", row->values[i].text ? row->values[i].text : "NULL");
	return true;
}

static void gives(struct store_checks *c, const char *sql, const char *want)
{
	struct buf b;
	buf_init(&b, 10000);
	if (!store_query(c, sql, add_row, &b, &e))
		fail_msg("%s: %s", sql, e.text);
	assert_string_equal(b.data, want);
	buf_done(&b);
}

static void refuses(struct store_checks *c, const char *sql, const char *word)
{
	struct buf b;
	buf_init(&b, 1000);
	e.text[0] = 0;
	if (store_query(c, sql, add_row, &b, &e))
		fail_msg("%s: went through: %s", sql, b.data);
	if (!strstr(e.text, word))
		fail_msg("%s: \"%s\" does not say \"%s\"", sql, e.text, word);
	buf_done(&b);
}

static void ordinary_checks(void **state)
{
	(void)state;
	struct store_checks *c = checks(1);
	gives(c, "SELECT count(*) FROM v_device", "3");
	gives(c, "SELECT id, label FROM v_device WHERE kind = 'plc'", "2|1769-L32E");
	gives(c, "SELECT o.id > 0, e.frame FROM v_operation o JOIN v_evidence e ON e.id = o.evidence_id;", "1|7");
	gives(c, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) "
		 "SELECT group_concat(i) FROM n -- done\n", "1,2,3,4");
	gives(c, "SELECT 1 FROM v_coverage WHERE mirror AND hours >= 1", "1");
	gives(c, "SELECT id, row_number() OVER (ORDER BY id DESC) FROM v_device ORDER BY id LIMIT 1", "1|3");
	gives(c, "SELECT printf('%s/%d', protocol, port) FROM v_conversation WHERE server_internet", "tls/443");
	gives(c, "SELECT level FROM v_device WHERE label LIKE '8.8%'", "5");
	gives(c, "SELECT level IS NULL FROM v_answer", "");
	refuses(c, "SELECT colour FROM v_device", "no such column: colour");
	refuses(c, "SELEC 1", "syntax error");
	store_checks_close(c);
}

static void examples(void **state)
{
	(void)state;
	struct store_checks *c = checks(0);
	assert_true(store_checks_insert(c, "INSERT INTO v_device(id, kind) VALUES(1, 'plc'), (2, 'pc');\n"
					   "INSERT INTO v_conversation(id, client_id, server_id) VALUES(1, 2, 1);", &e));
	static const char *const bad[] = {
		"DELETE FROM v_device", "UPDATE v_device SET kind = 'pc'", "SELECT 1", "CREATE TABLE v_x(a)",
		"INSERT INTO sqlite_schema VALUES(1,2,3,4,5)", "DROP TABLE v_device", "PRAGMA page_size",
		"ATTACH 'x' AS y", "INSERT INTO v_device(id) SELECT randomblob(5)", "INSERT INTO v_device(colour) VALUES(1)",
		"INSERT INTO v_device(id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT i FROM n",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (store_checks_insert(c, bad[i], &e))
			fail_msg("%s went through", bad[i]);
	gives(c, "SELECT id, kind, internet, zone, level, label FROM v_device", "1|plc|0||NULL|;2|pc|0||NULL|");
	gives(c, "SELECT confidence, answered, multicast FROM v_conversation", "confirmed|1|0");
	assert_false(store_checks_insert(c, "INSERT INTO v_device(id) VALUES(3)", &e));
	store_checks_close(c);
}

/* Reaching for what is not theirs. */
static void attacks(void **state)
{
	(void)state;
	static const struct { const char *sql, *word; } tries[] = {
		{ "ATTACH 'stolen.db' AS x", "one SELECT" },
		{ "ATTACH ':memory:' AS x; SELECT 1", "one SELECT" },
		{ "DETACH main", "one SELECT" },
		{ "PRAGMA table_info(v_device)", "one SELECT" },
		{ "PRAGMA query_only = OFF", "one SELECT" },
		{ "SELECT * FROM pragma_table_info('v_device')", "one SELECT" },
		{ "SELECT * FROM pragma_database_list", "" },
		{ "SELECT count(*) FROM pragma_database_list", "" },
		{ "SELECT count(*) FROM dbstat", "" },
		{ "SELECT * FROM sqlite_dbpage", "" },
		{ "SELECT sql FROM sqlite_schema", "sqlite_" },
		{ "SELECT count(*) FROM sqlite_master", "sqlite_" },
		{ "SELECT * FROM sqlite_temp_schema", "sqlite_" },
		{ "SELECT * FROM json_each('[1,2]')", "" },
		{ "SELECT * FROM seen_attribute", "seen_attribute" },
		{ "SELECT count(*) FROM temp.seen_operation", "seen_operation" },
		{ "SELECT * FROM temp.v_device", "v_device" },
		{ "SELECT * FROM bound", "bound" },
		{ "SELECT * FROM scan_evidence", "scan_evidence" },
		{ "SELECT load_extension('evil.so')", "load_extension" },
		{ "SELECT writefile('x', 'y')", "writefile" },
		{ "SELECT readfile('/etc/passwd')", "readfile" },
		{ "SELECT hex(randomblob(10))", "randomblob" },
		{ "SELECT random()", "random" },
		{ "SELECT zeroblob(1000000000)", "zeroblob" },
		{ "SELECT datetime('now')", "datetime" },
		{ "SELECT CURRENT_TIMESTAMP", "current_timestamp" },
		{ "SELECT sqlite_version()", "sqlite_version" },
		{ "SELECT fts3_tokenizer('simple')", "fts3_tokenizer" },
		{ "INSERT INTO v_device(id) VALUES(1)", "one SELECT" },
		{ "DELETE FROM v_device", "one SELECT" },
		{ "UPDATE v_device SET kind = 'pc'", "one SELECT" },
		{ "DROP TABLE v_device", "one SELECT" },
		{ "CREATE TEMP TABLE t(a)", "one SELECT" },
		{ "CREATE VIEW v_mine AS SELECT 1", "one SELECT" },
		{ "CREATE TRIGGER t AFTER INSERT ON v_device BEGIN SELECT 1; END", "one SELECT" },
		{ "WITH x AS (SELECT 1) DELETE FROM v_device", "one SELECT" },
		{ "BEGIN", "one SELECT" },
		{ "VACUUM INTO 'copy.db'", "one SELECT" },
		{ "ANALYZE", "one SELECT" },
		{ "REINDEX", "one SELECT" },
		{ "EXPLAIN SELECT 1", "one SELECT" },
		{ "EXPLAIN QUERY PLAN SELECT 1", "one SELECT" },
		{ "SELECT 1; SELECT 2", "behind it" },
		{ "SELECT 1; DROP TABLE v_device", "behind it" },
		{ "SELECT 1; nonsense", "behind it" },
		{ "SELECT ?1", "variable" },
		{ "", "empty" },
		{ "-- nothing", "empty" },
		{ "SELECT * FROM main.scan_device", "no such table" },
		{ "SELECT * FROM temp.bound", "no such table" },
	};
	struct store_checks *c = checks(1);
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		refuses(c, tries[i].sql, tries[i].word);
	/* A name of ours for something else reads no more than that. */
	gives(c, "WITH v_device AS (SELECT 'fake' AS label) SELECT * FROM v_device", "fake");
	refuses(c, "WITH v_device AS (SELECT * FROM sqlite_schema) SELECT * FROM v_device", "sqlite_");
	refuses(c, "WITH sqlite_schema AS (SELECT * FROM answer) SELECT * FROM sqlite_schema", "no such table");
	gives(c, "SELECT count(*) FROM v_device", "3");
	assert_int_not_equal(access("stolen.db", F_OK), 0);
	assert_int_not_equal(access("copy.db", F_OK), 0);
	store_checks_close(c);
}

/* Costing too much. */
static void bombs(void **state)
{
	(void)state;
	static const struct { const char *sql, *word; } tries[] = {
		{ "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n", "too many steps" },
		{ "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", "too many rows" },
		{ "WITH RECURSIVE n(i, t) AS (SELECT 1, '' UNION SELECT i + 1, printf('%5000c', 'x') FROM n) "
		  "SELECT count(*) FROM n", "too much memory" },
		{ "SELECT count(*) FROM v_count a, v_count b, v_count c, v_count d, v_count e, v_count f, v_count g",
		  "too many steps" },
		{ "SELECT replace(printf('%50000c', 'x'), ' ', 'yyyyyyyyyyyy')", "bytes" },
		{ "SELECT hex(printf('%90000c', 'x'))", "bytes" },
		{ "SELECT group_concat(printf('%50000c', 'x')) FROM v_device", "bytes" },
		{ "WITH RECURSIVE n(t) AS (SELECT 'xx' UNION ALL SELECT t || t FROM n) SELECT max(length(t)) FROM n", "bytes" },
		{ "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) "
		  "SELECT printf('%900c', 'x') || i AS t FROM n ORDER BY t", "too much memory" },
	};
	struct store_checks *c = checks(1);
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		refuses(c, tries[i].sql, tries[i].word);

	gives(c, "SELECT printf('%.*c', 1000000000, 'x')", "NULL");

	struct buf b;
	buf_init(&b, 1000000);
	buf_puts(&b, "SELECT 1");
	for (int i = 0; i < 40000; i++)
		buf_puts(&b, " +1");
	refuses(c, b.data, "");
	buf_reset(&b);
	buf_puts(&b, "SELECT ");
	for (int i = 0; i < 5000; i++)
		buf_putc(&b, '(');
	refuses(c, b.data, "");
	buf_reset(&b);
	buf_puts(&b, "SELECT 'x' LIKE '");
	for (int i = 0; i < 5000; i++)
		buf_puts(&b, "%_");
	buf_puts(&b, "'");
	refuses(c, b.data, "");
	buf_done(&b);
	gives(c, "SELECT count(*) FROM v_device", "3");   /* and it goes on */
	store_checks_close(c);
}

/* The site is let go of: another may write while checks run. */
static void lets_go(void **state)
{
	(void)state;
	struct store_checks *c = checks(1);
	struct store *other = store_open(path, STORE_WRITE, &e);
	assert_non_null(other);
	assert_true(store_setting_set(other, "name", "金属加工", &e));
	store_close(other);
	gives(c, "SELECT count(*) FROM v_device", "3");
	store_checks_close(c);
	char *name = store_setting_get(store, "name");
	assert_string_equal(name, "金属加工");
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_checks),
		cmocka_unit_test(examples),
		cmocka_unit_test(attacks),
		cmocka_unit_test(bombs),
		cmocka_unit_test(lets_go),
	};
	return cmocka_run_group_tests_name("query", tests, setup, teardown);
}
