#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/buf.h"
#include "base/path.h"
#include "site.h"
#include "store/private.h"

static struct err e;

static struct store *open_site(const char *path, enum store_mode mode)
{
	struct store *s = store_open(path, mode, &e);
	if (!s)
		fail_msg("%s", e.text);
	return s;
}

/* Rows of a select as "a|b;c|d". */
static bool add_row(void *data, const struct store_row *row)
{
	struct buf *b = data;
	if (b->len)
		buf_putc(b, ';');
	for (int i = 0; i < row->n; i++)
		buf_printf(b, "%s%s", i ? "|" : "", row->values[i].text ? row->values[i].text : "NULL");
	return true;
}

static void expect(struct store *s, int64_t scan, const char *sql, const char *want)
{
	struct buf b;
	buf_init(&b, 100000);
	if (!store_select(s, scan, sql, NULL, add_row, &b, &e))
		fail_msg("%s", e.text);
	assert_string_equal(b.data, want);
	buf_done(&b);
}

static void file_bytes(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char block[4096];
	assert_non_null(f);
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		buf_add(b, block, n);
	fclose(f);
}

/* Runs sql on the file behind the store's back. */
static void meddle(const char *path, const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* ---- opening ---- */

static void refused(const char *path, enum store_mode mode, const char *word)
{
	struct store *s = store_open(path, mode, &e);
	assert_null(s);
	if (!strstr(e.text, word))
		fail_msg("\"%s\" does not say \"%s\"", e.text, word);
}

static void opening(void **state)
{
	(void)state;
	char *path = site_path();
	refused(path, STORE_READ, "no such site file");
	store_close(open_site(path, STORE_WRITE));
	store_close(open_site(path, STORE_READ));
	meddle(path, "PRAGMA user_version = 99");
	refused(path, STORE_WRITE, "newer genba");
	meddle(path, "PRAGMA user_version = 6; CREATE TRIGGER t AFTER INSERT ON scan BEGIN SELECT 1; END");
	refused(path, STORE_WRITE, "never makes");
	meddle(path, "DROP TRIGGER t; CREATE VIEW v_device AS SELECT 1");
	refused(path, STORE_READ, "never makes");
	site_forget(path);
}

/* A site file of the first version gets what the second one added, and keeps what it had. */
static void older_version(void **state)
{
	(void)state;
	char *path = site_path();
	store_close(open_site(path, STORE_WRITE));
	meddle(path, "ALTER TABLE scan_conversation DROP COLUMN requests; ALTER TABLE scan_conversation DROP COLUMN unanswered;"
		     "ALTER TABLE scan_conversation DROP COLUMN period; ALTER TABLE scan_conversation DROP COLUMN jitter;"
		     "ALTER TABLE scan_operation DROP COLUMN period; ALTER TABLE scan_operation DROP COLUMN jitter;"
		     "ALTER TABLE scan DROP COLUMN process; ALTER TABLE scan_file DROP COLUMN dropped;"
		     "ALTER TABLE scan_file DROP COLUMN gaps; ALTER TABLE scan_file DROP COLUMN gap;"
		     "INSERT INTO scan VALUES(7, 1, 2, 'complete', NULL, NULL, NULL, NULL, 'genba');"
		     "INSERT INTO scan_operation VALUES(7, 5, NULL, NULL, 'modbus', 'tcp', 502, 'read', 'Read Coils', '', 'ok',"
		     " 'confirmed', 3, 1, 2, 0, 0, 1, NULL); DROP TABLE scan_silence; DROP TABLE answer_choice;"
		     " DROP TABLE mask; PRAGMA user_version = 1");
	struct store *s = open_site(path, STORE_WRITE);
	expect(s, 7, "SELECT name, count, period_us FROM v_operation", "Read Coils|3|NULL");
	unsigned char key[STORE_MASK_KEY], again[STORE_MASK_KEY], none[STORE_MASK_KEY] = { 0 };
	assert_true(store_mask_key(s, key, NULL));
	assert_memory_not_equal(key, none, sizeof key);
	store_close(s);
	s = open_site(path, STORE_READ);
	assert_true(store_mask_key(s, again, NULL));
	assert_memory_equal(key, again, sizeof key);
	store_close(s);
	site_forget(path);
}

/* A file that is not ours stays as it is, to the byte. */
static void no_site_file(void **state)
{
	(void)state;
	char *path = site_path();
	struct buf before, after;
	buf_init(&before, 100000);
	buf_init(&after, 100000);
	FILE *f = fopen(path, "w");
	for (int i = 0; i < 500; i++)
		fputs("my only copy of the price list\n", f);
	fclose(f);
	file_bytes(path, &before);
	refused(path, STORE_WRITE, "no genba site file");
	refused(path, STORE_READ, "no genba site file");
	file_bytes(path, &after);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	unlink(path);

	meddle(path, "CREATE TABLE prices(x); INSERT INTO prices VALUES(1)");
	buf_reset(&before);
	buf_reset(&after);
	file_bytes(path, &before);
	refused(path, STORE_WRITE, "no genba site file");
	file_bytes(path, &after);
	assert_memory_equal(before.data, after.data, before.len);
	unlink(path);

	mkdir(path, 0700);
	refused(path, STORE_WRITE, "is no file");
	rmdir(path);
	buf_done(&before);
	buf_done(&after);
	site_forget(path);
}

static void empty_file(void **state)
{
	(void)state;
	char *path = site_path();
	fclose(fopen(path, "w"));
	refused(path, STORE_READ, "is empty");
	store_close(open_site(path, STORE_WRITE));
	site_forget(path);
}

/* ---- scans ---- */

static void rows_of_a_scan(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	int64_t id = site_save(&t, path);
	assert_int_equal(id, 1);
	for (int i = 0; i < SITE_DEVICES; i++)
		assert_int_equal(t.devices[i].id, i + 1);
	struct store *s = open_site(path, STORE_READ);
	assert_int_equal(store_scan_latest(s), 1);
	expect(s, id, "SELECT id, label, kind, level, zone, internet, firmware, evidence_id FROM v_device",
	       "1|事務所PC|pc|4|office 192.168.1.0/24|0|NULL|2;2|1769-L32E|plc|1|control 192.168.1.0/24|0|20.11|5;3|8.8.8.8|unknown|5|internet|1|NULL|6");
	expect(s, id, "SELECT type, address, subnet, private FROM v_address WHERE device_id = 2",
	       "mac|00:1d:9c:c7:b0:10||1;ipv4|192.168.1.10|192.168.1.0/24|1");
	expect(s, id, "SELECT client_id, server_id, protocol, crosses_zone, crosses_subnet, multicast, answered "
		      "FROM v_conversation ORDER BY id", "1|2|enip|1|0|0|1;1|3|tls|1|1|0|0;1|NULL|ssdp|0|0|1|0");
	expect(s, id, "SELECT class, name, client_kind, crosses_zone, result FROM v_operation", "write|Write Tag|pc|1|ok");
	expect(s, id, "SELECT device_id, peer_id, name FROM v_weakness", "2|1|no-authentication");
	expect(s, id, "SELECT e.value, e.file_name, e.frame, e.peer_frame FROM v_evidence e JOIN v_operation o ON "
		      "o.evidence_id = e.id", "事務所PC → 1769-L32E: enip Write Tag|a.pcap|7|8");
	expect(s, id, "SELECT value FROM v_evidence WHERE field = 'conversation' ORDER BY id LIMIT 1",
	       "事務所PC → 1769-L32E: enip tcp/44818");
	expect(s, id, "SELECT address, device_a, device_b, alternations FROM v_conflict", "192.168.1.10|1|2|4");
	expect(s, id, "SELECT count(*) = count(DISTINCT id) FROM v_evidence", "1");
	expect(s, id, "SELECT point, operator, authorised_by, line_running FROM v_scan", "L2盤 SW1 port8|山田|NULL|NULL");
	expect(s, id, "SELECT role, port FROM v_protocol ORDER BY device_id", "client|44818;server|44818");
	expect(s, 0, "SELECT (SELECT count(*) FROM v_device) + (SELECT count(*) FROM v_coverage)", "0");
	store_close(s);
	site_done(&t);
	site_forget(path);
}

/* A join with the evidence must not search all of it for every row: a scan may hold 200 000. */
static void joins_use_an_index(void **state)
{
	(void)state;
	char *path = site_path();
	struct store *s = open_site(path, STORE_WRITE);
	static const char *const tables[] = { "v_conversation", "v_operation", "v_weakness", "v_device" };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct buf plan;
		buf_init(&plan, 100000);
		char *sql = xasprintf("EXPLAIN QUERY PLAN SELECT x.id, e.frame FROM %s x LEFT JOIN v_evidence e "
				      "ON e.id = x.evidence_id ORDER BY x.id", tables[i]);
		assert_true(store_select(s, 1, sql, NULL, add_row, &plan, &e));
		if (!strstr(plan.data, "AUTOMATIC"))
			fail_msg("%s: %s", tables[i], plan.data);
		free(sql);
		buf_done(&plan);
	}
	store_close(s);
	site_forget(path);
}

/* Writing again replaces; another scan of the same devices finds them. */
static void again(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	int64_t id = site_save(&t, path);
	struct store *s = open_site(path, STORE_WRITE);
	struct store_scan_info info = site_info();
	info.state = "running";
	assert_true(store_scan_save(s, &t.inv, &info, &id, &e));
	assert_int_equal(id, 1);
	assert_int_equal(store_scan_latest(s), 0);
	expect(s, id, "SELECT count(*) FROM main.scan_device", "3");
	info.state = "complete";
	assert_true(store_scan_save(s, &t.inv, &info, &id, &e));
	int64_t second = 0;
	assert_true(store_scan_save(s, &t.inv, &info, &second, &e));
	assert_int_equal(second, 2);
	assert_int_equal(t.devices[SITE_PLC].id, 2);
	expect(s, second, "SELECT group_concat(id) FROM v_device", "1,2,3");
	int64_t none = 7;
	assert_false(store_scan_save(s, &t.inv, &info, &none, &e));
	assert_non_null(strstr(e.text, "no scan 7"));

	const char *d1[] = { "d1" }, *d2[] = { "d1", "d2" };
	assert_int_equal(store_scan_with(s, "d1"), 1);
	assert_int_equal(store_scan_with(s, "d2"), 0);
	assert_int_equal(store_scan_of(s, d1, 1), 1);
	assert_int_equal(store_scan_of(s, d2, 2), 0);
	store_close(s);
	site_done(&t);
	site_forget(path);
}

/* Save devices with these keys; a list ends with NULL, the lists end with NULL. Their ids as "1,2". */
static void keys_give(struct store *s, const char *const *const *lists, const char *want)
{
	struct observe *o = observe_new();
	struct inv_device devices[4] = { 0 };
	struct inventory inv = { .observe = o, .devices = devices };
	for (; lists[inv.n_devices]; inv.n_devices++) {
		struct inv_device *d = &devices[inv.n_devices];
		d->keys = (char **)(uintptr_t)lists[inv.n_devices];
		while (d->keys[d->n_keys])
			d->n_keys++;
		d->level = -1;
	}
	struct store_scan_info info = { .state = "complete" };
	int64_t id = 0;
	if (!store_scan_save(s, &inv, &info, &id, &e))
		fail_msg("%s", e.text);
	struct buf b;
	buf_init(&b, 1000);
	for (size_t i = 0; i < inv.n_devices; i++)
		buf_printf(&b, "%s%d", i ? "," : "", (int)devices[i].id);
	assert_string_equal(b.data, want);
	buf_done(&b);
	observe_free(o);
}

#define KEYS(...) (const char *const[]){ __VA_ARGS__, NULL }
#define GIVE(want, ...) keys_give(s, (const char *const *const[]){ __VA_ARGS__, NULL }, want)

static void identity(void **state)
{
	(void)state;
	char *path = site_path();
	struct store *s = open_site(path, STORE_WRITE);
	GIVE("1,2", KEYS("mac:a", "ip::10"), KEYS("mac:b", "ip::11"));
	GIVE("2,1", KEYS("mac:b", "ip::10"), KEYS("mac:a", "ip::11"));       /* addresses changed hands */
	GIVE("1", KEYS("ip::10"));                       /* seen through a router: lowest id that had it */
	GIVE("3", KEYS("mac:c", "ip::10"));              /* another machine in its place */
	GIVE("1,4", KEYS("serial:x:y:1", "mac:a"), KEYS("ip::99", "name:pn:z"));
	GIVE("1", KEYS("serial:x:y:1", "mac:d"));        /* a new network card */
	GIVE("1,5", KEYS("mac:d"), KEYS("mac:a"));       /* one old device is never two */
	GIVE("4", KEYS("name:pn:z"));
	store_close(s);
	site_forget(path);
}

/* Ids are not given again, and devices of a snapshot that came to nothing are forgotten. */
static void ids_are_not_reused(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	struct store *s = open_site(path, STORE_WRITE);
	struct store_scan_info info = site_info();
	int64_t id = 0;
	info.state = "running";
	assert_true(store_scan_save(s, &t.inv, &info, &id, &e));
	t.inv.n_convs = t.inv.n_ops = t.inv.n_conflicts = 0;
	t.inv.n_devices = 2;
	assert_true(store_scan_save(s, &t.inv, &info, &id, &e));
	expect(s, id, "SELECT group_concat(id) FROM main.device", "1,2");
	t.inv.n_devices = 3;
	assert_true(store_scan_save(s, &t.inv, &info, &id, &e));
	assert_int_equal(t.devices[SITE_CLOUD].id, 4);
	store_close(s);
	site_done(&t);
	site_forget(path);
}

/* A scan that says it runs, and whose process is gone, was interrupted; ours goes on. */
static void interrupted(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	struct store *s = open_site(path, STORE_WRITE);
	struct store_scan_info info = site_info();
	int64_t id = 0;
	info.state = "running";
	assert_true(store_scan_save(s, &t.inv, &info, &id, &e));
	store_close(s);
	s = open_site(path, STORE_READ);
	expect(s, id, "SELECT state FROM v_scan", "running");
	store_close(s);
	/* The number of a process may come again; when it was started does not. */
	meddle(path, "UPDATE scan SET process = process || '1'");
	s = open_site(path, STORE_READ);
	expect(s, id, "SELECT state FROM v_scan", "interrupted");
	assert_int_equal(store_scan_latest(s), id);
	store_close(s);
	site_done(&t);
	site_forget(path);
}

static bool count_scan(void *data, const struct store_scan_head *h)
{
	int *n = data;
	assert_int_equal(h->id, ++*n);
	assert_int_equal(h->devices, 3);
	assert_int_equal(h->frames, 1000);
	return true;
}

/* A child that saves without end is killed again and again: the file always holds a whole scan. */
static void killed(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	site_save(&t, path);
	for (int round = 0; round < 12; round++) {
		pid_t child = fork();
		if (child == 0) {
			struct store *s = store_open(path, STORE_WRITE, NULL);
			struct store_scan_info info = site_info();
			for (int64_t id = s ? 0 : 1; id >= 0; id = 0)
				if (!s || !store_scan_save(s, &t.inv, &info, &id, NULL))
					_exit(1);
		}
		usleep((useconds_t)(20000 + round * 3700));
		kill(child, SIGKILL);
		int status;
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status));
		struct store *s = open_site(path, STORE_READ);
		int n = 0;
		expect(s, 1, "PRAGMA integrity_check", "ok");
		assert_true(store_scans(s, count_scan, &n, &e));
		assert_true(n >= 1);
		store_close(s);
	}
	site_done(&t);
	site_forget(path);
}

/* The disk is full (here: no file may grow): a clear word, and the old scan stays. */
static void disk_full(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	site_save(&t, path);
	pid_t child = fork();
	if (child == 0) {
		struct stat st;
		stat(path, &st);
		signal(SIGXFSZ, SIG_IGN);
		struct rlimit limit = { (rlim_t)st.st_size, (rlim_t)st.st_size };
		setrlimit(RLIMIT_FSIZE, &limit);
		struct store *s = store_open(path, STORE_WRITE, &e);
		struct store_scan_info info = site_info();
		bool ok = s != NULL;
		for (int i = 0; ok && i < 100; i++) {
			int64_t id = 0;
			ok = store_scan_save(s, &t.inv, &info, &id, &e);
		}
		_exit(!ok && s && strstr(e.text, "disk") && t.devices[0].id == 0 && store_scan_latest(s) >= 1 ? 0 : 1);
	}
	int status;
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	struct store *s = open_site(path, STORE_READ);
	expect(s, 1, "PRAGMA integrity_check", "ok");
	expect(s, 1, "SELECT count(*) FROM v_device", "3");
	store_close(s);
	site_done(&t);
	site_forget(path);
}

/* ---- coverage ---- */

static void coverage(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	int64_t id = site_save(&t, path);
	struct store *s = open_site(path, STORE_WRITE);
	/* one hour: t = 1 / log2(25) = 0.2153; nothing declared: v = 0.5 */
	expect(s, id, "SELECT hours, hours_ot, days, frames, mirror, loss, files, round(k, 4) FROM v_coverage",
	       "1.0|0.5|1|1000|1|0.0|1|0.1077");
	assert_true(store_setting_set(s, "subnets", "one", &e));
	expect(s, id, "SELECT round(k, 4) FROM v_coverage", "0.2153");
	assert_true(store_setting_set(s, "subnets", "192.168.1.0/24, 10.0.0.0/8,fd00::/64, 192.168.0.0/20", &e));
	expect(s, id, "SELECT round(k, 4) FROM v_coverage", "0.1077");
	assert_false(store_setting_set(s, "subnets", "192.168.1.0/24, 10.0.0.0/33", &e));
	assert_non_null(strstr(e.text, "10.0.0.0/33"));
	assert_false(store_setting_set(s, "subnets", "office", &e));
	assert_true(store_setting_set(s, "subnets", NULL, &e));
	assert_null(store_setting_get(s, "subnets"));
	/* a frame in five was lost before it was read */
	meddle(path, "UPDATE scan_file SET dropped = 250, gaps = 1, gap = 5");
	expect(s, id, "SELECT loss, round(k, 4) FROM v_coverage", "0.2|0.0861");
	expect(s, id, "SELECT dropped, gaps, gap FROM v_file", "250|1|5");
	meddle(path, "UPDATE scan_file SET dropped = 0");
	/* only one-way unicast: no mirror port */
	meddle(path, "UPDATE scan_count SET value = 10 WHERE name = 'third_party';"
		     "UPDATE scan_conversation SET packets_s = 0");
	expect(s, id, "SELECT mirror, round(k, 4) FROM v_coverage", "0|0.0323");
	store_close(s);
	site_done(&t);
	site_forget(path);
}

/* ---- the document ---- */

/* docs/VIEWS.md names every view and every column, in order, with type and default. */
static void views_are_documented(void **state)
{
	(void)state;
	struct buf doc, want;
	buf_init(&doc, 1 << 20);
	buf_init(&want, 1 << 20);
	file_bytes(SRCDIR "/docs/VIEWS.md", &doc);
	const char *at = strstr(doc.data, "## ");
	for (const struct view *v = views; v->name; v++) {
		buf_reset(&want);
		buf_printf(&want, "## %s\n", v->name);
		if (!at || strncmp(at, want.data, want.len) != 0)
			fail_msg("docs/VIEWS.md: %s is missing or out of order", v->name);
		at = strstr(at, "|---|");
		char *columns = xstrdup(v->columns), *rest = NULL;
		for (char *c = strtok_r(columns, ",", &rest); c; c = strtok_r(NULL, ",", &rest)) {
			char name[64], type[16], standard[32] = "";
			assert_true(sscanf(c, " %63s %15s DEFAULT %31s", name, type, standard) >= 2);
			for (char *p = type; *p; p++)
				*p = (char)(*p | 0x20);
			buf_reset(&want);
			buf_printf(&want, "| `%s` | %s | %s%s%s |", name, type, *standard ? "`" : "", standard,
				   *standard ? "`" : "");
			at = at ? strchr(at, '\n') : NULL;
			if (!at || strncmp(++at, want.data, want.len) != 0)
				fail_msg("docs/VIEWS.md: %s: expected a line \"%s\"", v->name, want.data);
		}
		free(columns);
		at = strstr(at, "\n## ");
		at = at ? at + 1 : NULL;
	}
	if (at)
		fail_msg("docs/VIEWS.md: %.20s is no view", at);
	buf_done(&doc);
	buf_done(&want);
}

/* ---- answers, exceptions ---- */

static bool add_answer(void *data, const struct store_answer *a)
{
	buf_printf(data, "%s/%s=%d ", a->question, a->respondent, a->level);
	return true;
}

static void answers(void **state)
{
	(void)state;
	char *path = site_path();
	struct store *s = open_site(path, STORE_WRITE);
	const struct store_answer given[] = {
		{ .question = "Z1", .respondent = "工場長", .level = 2, .when = "2024-05-01T09:00:00Z" },
		{ .question = "A1", .level = 0 },
		{ .question = "Z1", .respondent = "社長", .level = 4, .recorded = true, .when = "2024-05-02T09:00:00Z" },
		{ .question = "A2", .level = -1 },
		{ .question = "P1", .level = -3, .text = "10-50" },
		{ .question = "A1", .level = 3 },
		{ .question = "R3", .level = -2, .reason = "夜間は無人ではない" },
	};
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		assert_true(store_answer_set(s, &given[i], &e));
	assert_false(store_answer_set(s, &(struct store_answer){ .question = "A1", .level = 5 }, &e));
	assert_false(store_answer_set(s, &(struct store_answer){ .question = "A1", .level = -2 }, &e));
	struct buf b;
	buf_init(&b, 1000);
	assert_true(store_answers(s, add_answer, &b, &e));
	assert_string_equal(b.data, "A1/=3 A2/=-1 P1/=-3 R3/=-2 Z1/工場長=2 Z1/社長=4 ");
	buf_done(&b);
	expect(s, 0, "SELECT * FROM v_answer ORDER BY question",
	       "A1|3|level|0;A2|NULL|unknown|0;R3|NULL|not_applicable|0;Z1|4|level|1");
	assert_true(store_answer_choose(s, "Z1", "工場長", &e));
	expect(s, 0, "SELECT * FROM v_answer WHERE question = 'Z1'", "Z1|2|level|0");
	assert_false(store_answer_choose(s, "Z1", "", &e));
	expect(s, 0, "SELECT * FROM v_answer WHERE question = 'Z1'", "Z1|2|level|0");
	assert_true(store_answer_choose(s, "Z1", NULL, &e));
	expect(s, 0, "SELECT * FROM v_answer WHERE question = 'Z1'", "Z1|4|level|1");
	store_close(s);
	site_forget(path);
}

static bool add_exception(void *data, const struct store_exception *x)
{
	buf_printf(data, "%d:%s:%d:%s ", (int)x->id, x->check, (int)x->device, x->expires);
	return true;
}

static void exceptions(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	site_save(&t, path);
	struct store *s = open_site(path, STORE_WRITE);
	setenv("SOURCE_DATE_EPOCH", "1714554000", 1);    /* 2024-05-01 */
	struct store_exception x = { .check = "OT-STOP-001", .device = 2, .reason = "更新は盆休み", .approver = "社長",
				     .expires = "2024-08-31" };
	assert_true(store_exception_add(s, &x, &e));
	assert_int_equal(x.id, 1);
	x.device = 0;
	x.expires = "2024-05-01";
	assert_true(store_exception_add(s, &x, &e));
	static const char *const bad[] = { "2024-04-30", "2024-02-30", "2023-02-29", "2024/08/31", "soon", "", NULL };
	for (int i = 0; i < 7; i++) {
		x.expires = bad[i];
		assert_false(store_exception_add(s, &x, &e));
	}
	x.expires = "2028-02-29";
	x.device = 99;
	assert_false(store_exception_add(s, &x, &e));
	x.device = 0;
	x.reason = " ";
	assert_false(store_exception_add(s, &x, &e));
	struct buf b;
	buf_init(&b, 1000);
	assert_true(store_exceptions(s, add_exception, &b, &e));
	assert_string_equal(b.data, "1:OT-STOP-001:2:2024-08-31 2:OT-STOP-001:0:2024-05-01 ");
	buf_done(&b);
	assert_true(store_exception_remove(s, 1, &e));
	assert_false(store_exception_remove(s, 1, &e));
	unsetenv("SOURCE_DATE_EPOCH");
	store_close(s);
	site_done(&t);
	site_forget(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening),
		cmocka_unit_test(older_version),
		cmocka_unit_test(no_site_file),
		cmocka_unit_test(empty_file),
		cmocka_unit_test(rows_of_a_scan),
		cmocka_unit_test(joins_use_an_index),
		cmocka_unit_test(again),
		cmocka_unit_test(identity),
		cmocka_unit_test(ids_are_not_reused),
		cmocka_unit_test(killed),
		cmocka_unit_test(disk_full),
		cmocka_unit_test(coverage),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(views_are_documented),
		cmocka_unit_test(answers),
		cmocka_unit_test(exceptions),
	};
	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
