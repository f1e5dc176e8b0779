#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "check/private.h"

/* ---- a folder with one check ---- */

static char folder[64];

static void write_file(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static void remove_file(const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	unlink(path);
	free(path);
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s/genba-check-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	remove_file("a.yaml");
	remove_file("b.yaml");
	return rmdir(folder);
}

#define HEAD \
	"version: 1\n" \
	"title: {en: Title, ja: 題}\nwhy: {en: Why, ja: 理由}\nfalse_positives: {en: None, ja: なし}\n" \
	"category: protocol\naction: do-it\nmaps: {iec62443: [SR 2.1], attack_ics: [T0843], csf: [PR.PS-01]}\n" \
	"examples: {fail: 'INSERT INTO v_device(id) VALUES (1)', pass: 'INSERT INTO v_device(id) VALUES (2)'}\n"
#define SQL \
	"population: SELECT id FROM v_device\n" \
	"query: SELECT id, evidence_id, detail, confidence, crosses_zone FROM v_weakness\n"
#define CHECK "id: X-TEST-001\n" HEAD "severity: high\nsubject: device\n" SQL

static void load(const char *text, struct check_set *set)
{
	struct err e = { "" };
	write_file("a.yaml", text);
	if (!check_load(folder, set, &e))
		fail_msg("%s", e.text);
}

static void refused(const char *text, const char *want)
{
	struct err e = { "" };
	struct check_set set;
	write_file("a.yaml", text);
	assert_false(check_load(folder, &set, &e));
	if (!strstr(e.text, want))
		fail_msg("got: %s", e.text);
}

static void a_check_is_loaded(void **state)
{
	(void)state;
	struct check_set set;
	load("id: X-TEST-001\n" HEAD "severity_when: {confined: low, crosses_zone: high}\nsubject: device\n" SQL
	     "contradicts: [{question: A1, above: 0.2, cap: 1}, {question: A1, cap: 2}]\nconfirms: [Z1]\n", &set);
	assert_int_equal(set.n, 1);
	const struct check *c = &set.checks[0];
	assert_string_equal(c->id, "X-TEST-001");
	assert_true(c->by_zone);
	assert_int_equal(c->severity, SEVERITY_HIGH);
	assert_int_equal(c->confined, SEVERITY_LOW);
	assert_string_equal(c->subject, "device");
	assert_int_equal(c->n_contradicts, 2);
	assert_string_equal(c->contradicts[0].question, "A1");
	assert_int_equal(c->contradicts[1].cap, 2);
	assert_string_equal(c->confirms[0], "Z1");
	assert_null(c->confirms[1]);
	assert_string_equal(c->maps[1].framework, "attack_ics");
	assert_string_equal(c->maps[1].ids[0], "T0843");
	check_set_free(&set);
}

static void mistakes_have_a_place(void **state)
{
	(void)state;
	refused("id: X-1\n" HEAD "severity: hgih\nsubject: device\n" SQL,
		"a.yaml:10:11: severity: expected info, low, medium, high or critical, got \"hgih\"");
	refused("id: X-1\n" HEAD "subject: device\n" SQL, "severity: expected severity or severity_when, got neither");
	refused("id: X-1\n" HEAD "severity: low\nseverity_when: {confined: low, crosses_zone: high}\n"
		"subject: device\n" SQL, "got both");
	refused("id: test\n" HEAD "severity: low\nsubject: device\n" SQL, "a.yaml:1:5: id: expected capitals");
	refused(CHECK "contradicts: [{question: A1, above: 2, cap: 1}]\n", "above: expected a share");
	refused(CHECK "contradicts: [{question: A1, cap: 4}]\n", "cap: expected a level from 0 to 3, got 4");
	refused(CHECK "colour: red\n", "unknown key");
	refused("id: X-1\n" HEAD "severity: low\nsubject: house\n" SQL, "subject: expected device, conversation,");
}

static void two_checks_may_not_share_an_id(void **state)
{
	(void)state;
	struct err e = { "" };
	struct check_set set;
	write_file("a.yaml", CHECK);
	write_file("b.yaml", CHECK);
	assert_false(check_load(folder, &set, &e));
	assert_non_null(strstr(e.text, "b.yaml: id: X-TEST-001 is the id of "));
	remove_file("b.yaml");
}

/* ---- outcomes ---- */

/* Run the check over rows; the result's check lives in set. */
static void run(const char *check, const char *rows, const struct exceptions *x, struct check_set *set,
		struct check_result *r)
{
	struct err e = { "" };
	load(check, set);
	struct store_checks *db = store_checks_open(NULL, 0, NULL, &e);
	if (!db || !store_checks_insert(db, rows, &e))
		fail_msg("%s", e.text);
	check_one(&set->checks[0], db, x, r);
	store_checks_close(db);
}

static void done(struct check_set *set, struct check_result *r)
{
	check_result_done(r);
	check_set_free(set);
}

static void outcome(const char *check, const char *rows, enum outcome want)
{
	struct check_set set;
	struct check_result r;
	run(check, rows, NULL, &set, &r);
	if (r.outcome != want)
		fail_msg("%s, wanted %s: %s", outcome_names[r.outcome], outcome_names[want], r.error ? r.error : "");
	done(&set, &r);
}

#define DEVICES "INSERT INTO v_device(id) VALUES (1), (2), (3), (4);"
#define WEAKNESS "INSERT INTO v_weakness(id, evidence_id, detail, confidence, crosses_zone) VALUES "
#define NEEDS "needs: SELECT 1 FROM v_coverage WHERE mirror = 1\n"

static void outcomes_are_never_folded(void **state)
{
	(void)state;
	outcome(CHECK, DEVICES, OUTCOME_PASS);
	outcome(CHECK, DEVICES WEAKNESS "(1, 7, 'x', 'confirmed', 0)", OUTCOME_FAIL);
	outcome(CHECK, "", OUTCOME_NOT_APPLICABLE);
	outcome(CHECK NEEDS, DEVICES "INSERT INTO v_coverage(mirror) VALUES (0)", OUTCOME_NOT_OBSERVABLE);
	outcome(CHECK NEEDS, DEVICES "INSERT INTO v_coverage(mirror) VALUES (1)", OUTCOME_PASS);
	outcome(CHECK NEEDS, "INSERT INTO v_coverage(mirror) VALUES (0)", OUTCOME_NOT_OBSERVABLE);
	/* What was seen was seen, at whatever port. */
	outcome(CHECK NEEDS, DEVICES WEAKNESS "(1, 7, 'x', 'confirmed', 0)", OUTCOME_FAIL);
}

static void broken_sql_is_an_error_and_no_pass(void **state)
{
	(void)state;
	outcome("id: X-1\n" HEAD "severity: low\nsubject: device\nquery: SELECT nothing FROM v_device\n", DEVICES,
		OUTCOME_ERROR);
	outcome("id: X-1\n" HEAD "severity: low\nsubject: device\nquery: SELECT 1 AS evidence_id\n", DEVICES,
		OUTCOME_ERROR);
	outcome("id: X-1\n" HEAD "severity: low\nsubject: device\nquery: SELECT NULL AS id\n", DEVICES, OUTCOME_ERROR);
	outcome("id: X-1\n" HEAD "severity: low\nsubject: device\npopulation: SELECT label FROM v_device\n"
		"query: SELECT id FROM v_device\n", DEVICES, OUTCOME_ERROR);
	outcome("id: X-1\n" HEAD "severity: low\nsubject: device\nneeds: DELETE FROM v_device\n"
		"query: SELECT id FROM v_device\n", DEVICES, OUTCOME_ERROR);
}

static void guesses_are_candidates_only(void **state)
{
	(void)state;
	struct check_set set;
	struct check_result r;
	run(CHECK, DEVICES WEAKNESS "(1, 7, 'x', 'guess', 1)", NULL, &set, &r);
	assert_int_equal(r.outcome, OUTCOME_PASS);
	assert_int_equal(r.n_rows, 1);
	assert_true(r.rows[0].candidate);
	assert_int_equal(r.affected, 0);
	done(&set, &r);
	run("id: X-1\n" HEAD "severity: low\nsubject: device\nquery: SELECT 1 AS id, 1 AS candidate\n", DEVICES, NULL,
	    &set, &r);
	assert_int_equal(r.outcome, OUTCOME_PASS);
	assert_int_equal(r.n_rows, 1);
	done(&set, &r);
}

static void share_counts_subjects_once(void **state)
{
	(void)state;
	struct check_set set;
	struct check_result r;
	run(CHECK, DEVICES WEAKNESS "(1, 7, 'x', 'confirmed', 0), (1, 8, 'y', 'confirmed', 0), (1, 7, 'x', 'confirmed', 0),"
		   "(3, 9, 'z', 'guess', 0)", NULL, &set, &r);
	assert_int_equal(r.affected, 1);
	assert_int_equal(r.population, 4);
	assert_true(r.share > 0.249 && r.share < 0.251);
	assert_int_equal(r.n_rows, 3);   /* the same twice is one row */
	assert_int_equal(r.rows[0].evidence_id, 7);
	assert_int_equal(r.rows[1].evidence_id, 8);
	assert_true(r.rows[2].candidate);
	assert_int_equal(r.rows[0].device, 1);
	done(&set, &r);
	/* A row outside the population makes no share above 1. */
	run(CHECK, "INSERT INTO v_device(id) VALUES (1);" WEAKNESS "(5, 1, '', 'confirmed', 0), (1, 2, '', 'confirmed', 0)",
	    NULL, &set, &r);
	assert_int_equal(r.population, 2);
	assert_true(r.share <= 1);
	done(&set, &r);
}

#define BY_ZONE "id: X-1\n" HEAD "severity_when: {confined: low, crosses_zone: high}\nsubject: device\n" SQL

static void severity_depends_on_where_it_is(void **state)
{
	(void)state;
	struct check_set set;
	struct check_result r;
	run(BY_ZONE, DEVICES WEAKNESS "(1, 7, 'x', 'confirmed', 0), (2, 8, 'y', 'guess', 1)", NULL, &set, &r);
	assert_int_equal(r.severity, SEVERITY_LOW);
	done(&set, &r);
	run(BY_ZONE, DEVICES WEAKNESS "(1, 7, 'x', 'confirmed', 0), (2, 8, 'y', 'confirmed', 1)", NULL, &set, &r);
	assert_int_equal(r.severity, SEVERITY_HIGH);
	assert_int_equal(r.rows[0].id, 2);   /* what crosses stands first */
	done(&set, &r);
}

static void a_site_is_one(void **state)
{
	(void)state;
	struct check_set set;
	struct check_result r;
	run("id: X-1\n" HEAD "severity: low\nsubject: site\nquery: SELECT 'much' AS detail\n", "", NULL, &set, &r);
	assert_int_equal(r.outcome, OUTCOME_FAIL);
	assert_int_equal(r.population, 1);
	assert_true(r.share > 0.99);
	assert_string_equal(r.rows[0].text, "much");
	done(&set, &r);
}

static void rows_have_a_cap(void **state)
{
	(void)state;
	struct check_set set;
	struct check_result r;
	run("id: X-1\n" HEAD "severity: low\nsubject: device\nquery: WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL "
	    "SELECT id + 1 FROM n WHERE id < 1500) SELECT id FROM n ORDER BY id DESC\n", "", NULL, &set, &r);
	assert_int_equal(r.n_rows, CHECK_ROWS);
	assert_int_equal(r.more_rows, 500);
	assert_int_equal(r.affected, 1500);
	assert_int_equal(r.rows[0].id, 1);
	done(&set, &r);
}

static void accepted_risks_are_marked(void **state)
{
	(void)state;
	struct check_set set;
	struct check_result r;
	struct exceptions one = { .n = 1 };
	one.rows = xcalloc(1, sizeof *one.rows);
	one.rows[0].check = xstrdup("X-TEST-001");
	one.rows[0].device = 1;
	run(CHECK, DEVICES WEAKNESS "(1, 7, 'x', 'confirmed', 0), (2, 8, 'y', 'confirmed', 0)", &one, &set, &r);
	assert_int_equal(r.outcome, OUTCOME_FAIL);
	assert_true(r.rows[0].excepted);
	assert_false(r.rows[1].excepted);
	assert_false(r.excepted);
	done(&set, &r);
	one.rows[0].device = 0;
	run(CHECK, DEVICES WEAKNESS "(1, 7, 'x', 'confirmed', 0), (2, 8, 'y', 'confirmed', 0)", &one, &set, &r);
	assert_true(r.excepted);
	assert_false(check_is_open(&r));
	done(&set, &r);
	exceptions_done(&one);
}

/* ---- exceptions of a site, whose last day counts ---- */

static void exceptions_run_out(void **state)
{
	(void)state;
	struct err e = { "" };
	char *path = xasprintf("%s/site.genba", folder);
	setenv("SOURCE_DATE_EPOCH", "1717200000", 1);   /* 2024-06-01 */
	struct store *s = store_open(path, STORE_WRITE, &e);
	if (!s)
		fail_msg("%s", e.text);
	struct store_exception x = { .check = "X-TEST-001", .reason = "r", .approver = "a", .expires = "2024-06-30" };
	if (!store_exception_add(s, &x, &e))
		fail_msg("%s", e.text);
	struct exceptions list;
	setenv("SOURCE_DATE_EPOCH", "1719705600", 1);   /* 2024-06-30 */
	assert_true(exceptions_load(s, &list, &e));
	assert_int_equal(list.n, 1);
	exceptions_done(&list);
	setenv("SOURCE_DATE_EPOCH", "1719792000", 1);   /* 2024-07-01 */
	assert_true(exceptions_load(s, &list, &e));
	assert_int_equal(list.n, 0);
	exceptions_done(&list);
	unsetenv("SOURCE_DATE_EPOCH");
	store_close(s);
	unlink(path);
	free(path);
}

/* ---- --fail-on ---- */

static bool met(const char *what, const struct check_result *now, const struct check_result *before)
{
	struct err e = { "" };
	bool yes = false;
	const struct check_results a = { (struct check_result *)now, 1 }, b = { (struct check_result *)before, before ? 1 : 0 };
	if (!check_fail_on(what, &a, &b, &yes, &e))
		fail_msg("%s", e.text);
	return yes;
}

static void fail_on_severity_and_on_news(void **state)
{
	(void)state;
	struct check c = { .id = (char *)"X-1" };
	struct finding_row one = { .id = 1, .device = 1 }, two = { .id = 2, .device = 2 };
	struct check_result medium = { .check = &c, .outcome = OUTCOME_FAIL, .severity = SEVERITY_MEDIUM, .rows = &one,
				       .n_rows = 1 };
	struct check_result other = medium, pass = medium, accepted = medium;
	other.rows = &two;
	pass.outcome = OUTCOME_PASS;
	accepted.excepted = true;
	assert_true(met("medium", &medium, NULL));
	assert_true(met("low", &medium, NULL));
	assert_false(met("high", &medium, NULL));
	assert_false(met("low", &pass, NULL));
	assert_false(met("low", &accepted, NULL));
	assert_true(met("new:low", &medium, NULL));
	assert_true(met("new:low", &medium, &pass));
	assert_true(met("new:low", &medium, &other));
	assert_false(met("new:low", &medium, &medium));
	assert_false(met("new:high", &medium, &pass));
	struct err e = { "" };
	bool yes;
	assert_false(check_fail_on("grade:D", &(struct check_results){ 0 }, NULL, &yes, &e));
	assert_non_null(strstr(e.text, "--fail-on grade:D"));
}

/* ---- lint and examples ---- */

static void on_problem(void *data, const struct check *c, const char *message)
{
	(void)c;
	buf_printf(data, "%s\n", message);
}

static void lint_says(const char *check, const char *want)
{
	struct err e = { "" };
	struct check_set set;
	struct buf b;
	buf_init(&b, 10000);
	load(check, &set);
	assert_true(check_lint(&set, folder, on_problem, &b, &e));
	if (want ? !strstr(b.data, want) : b.len != 0)
		fail_msg("got: %s", b.data);
	buf_done(&b);
	check_set_free(&set);
}

static void lint_sees_what_loading_cannot(void **state)
{
	(void)state;
	lint_says(CHECK, NULL);
	lint_says("id: X-1\n" HEAD "severity: low\nsubject: device\nquery: SELECT nothing FROM v_device\n",
		  "query: ");
	lint_says("id: X-1\n" HEAD "severity: low\nsubject: device\nquery: SELECT id FROM v_device\n",
		  "population: expected a SELECT");
	lint_says("id: X-1\n" HEAD "severity: low\nsubject: device\npopulation: SELECT id FROM v_device\n"
		  "query: PRAGMA user_version\n", "query: expected a SELECT, got \"PRAGMA");
	lint_says("id: X-1\nversion: 1\ntitle: {en: a, ja: b}\nwhy: {en: Why, ja: 理由}\n"
		  "false_positives: {en: None, ja: なし}\ncategory: protocol\naction: do-it\nmaps: {attack_ics: [843]}\n"
		  "examples: {fail: x, pass: y}\nseverity: low\nsubject: device\n" SQL, "title: ja: expected Japanese");
	lint_says("id: X-1\nversion: 1\ntitle: {en: a, ja: 題 名}\nwhy: {en: Why, ja: 理由}\n"
		  "false_positives: {en: None, ja: なし}\ncategory: protocol\naction: do-it\nmaps: {csf: [PR.PS-01]}\n"
		  "examples: {fail: x, pass: y}\nseverity: low\nsubject: device\n" SQL, "title: ja: expected no blank");
	lint_says("id: X-1\nversion: 1\ntitle: {en: a, ja: 題}\nwhy: {en: Why, ja: 理由}\n"
		  "false_positives: {en: None, ja: なし}\ncategory: protocol\naction: do-it\nmaps: {attack_ics: [843]}\n"
		  "examples: {fail: x, pass: y}\nseverity: low\nsubject: device\n" SQL,
		  "maps: attack_ics: expected an id such as T0843, got \"843\"");
	lint_says("id: X-1\nversion: 1\ntitle: {en: a, ja: 題}\nwhy: {en: Why, ja: 理由}\n"
		  "false_positives: {en: None, ja: なし}\ncategory: protocol\naction: do-it\nmaps: {csf: [PR.PS-01]}\n"
		  "examples: {fail: x, pass: y}\nseverity: low\nsubject: device\n" SQL, "maps: expected ids of iec62443");
}

static void examples_have_to_come_out(void **state)
{
	(void)state;
	struct err e = { "" };
	struct check_set set;
	load("id: X-1\nversion: 1\ntitle: {en: a, ja: 題}\nwhy: {en: a, ja: 題}\nfalse_positives: {en: a, ja: 題}\n"
	     "category: protocol\naction: do-it\nmaps: {csf: [PR.PS-01]}\nseverity: low\nsubject: device\n"
	     "population: SELECT id FROM v_device\nquery: SELECT id FROM v_device WHERE kind = 'plc'\n"
	     "examples:\n  fail: INSERT INTO v_device(id, kind) VALUES (1, 'plc')\n"
	     "  pass: INSERT INTO v_device(id, kind) VALUES (1, 'pc')\n", &set);
	if (!check_test(&set.checks[0], &e))
		fail_msg("%s", e.text);
	char *swap = set.checks[0].example_fail;
	set.checks[0].example_fail = set.checks[0].example_pass;
	set.checks[0].example_pass = swap;
	assert_false(check_test(&set.checks[0], &e));
	assert_non_null(strstr(e.text, "examples: fail: expected the outcome fail, got pass"));
	free(set.checks[0].example_fail);
	set.checks[0].example_fail = xstrdup("INSERT INTO v_nothing VALUES (1)");
	assert_false(check_test(&set.checks[0], &e));
	check_set_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_is_loaded),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(two_checks_may_not_share_an_id),
		cmocka_unit_test(outcomes_are_never_folded),
		cmocka_unit_test(broken_sql_is_an_error_and_no_pass),
		cmocka_unit_test(guesses_are_candidates_only),
		cmocka_unit_test(share_counts_subjects_once),
		cmocka_unit_test(severity_depends_on_where_it_is),
		cmocka_unit_test(a_site_is_one),
		cmocka_unit_test(rows_have_a_cap),
		cmocka_unit_test(accepted_risks_are_marked),
		cmocka_unit_test(exceptions_run_out),
		cmocka_unit_test(fail_on_severity_and_on_news),
		cmocka_unit_test(lint_sees_what_loading_cannot),
		cmocka_unit_test(examples_have_to_come_out),
	};
	return cmocka_run_group_tests_name("check", tests, make_folder, remove_folder);
}
