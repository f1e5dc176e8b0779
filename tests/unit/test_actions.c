#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/path.h"
#include "score/actions.h"

static void load_own(struct action_set *set)
{
	struct err e = { "" };
	char *folder = path_of("actions");
	if (!score_actions_load(folder, NULL, set, &e))
		fail_msg("%s", e.text);
	free(folder);
}

static void own_actions(void **state)
{
	(void)state;
	struct action_set set;
	load_own(&set);
	assert_true(set.n >= 38);
	const struct action *a = score_actions_find(&set, "backup-offline");
	assert_non_null(a);
	assert_int_equal(a->downtime, DOWNTIME_NONE);
	assert_int_equal(a->yen_min, 20000);
	assert_string_equal(a->raises[0].question, "R1");
	assert_int_equal(a->raises[0].level, 3);
	assert_true(a->n_steps >= 3);
	assert_false(a->data);
	assert_true(score_actions_find(&set, "collect-machine-data")->data);
	assert_true(score_actions_find(&set, "separate-office-factory")->has_interim);
	assert_null(score_actions_find(&set, "no-such"));
	a = score_actions_find(&set, "visualise-running-rate");
	assert_true(a->has_case);
	assert_non_null(strstr(a->example.result.en, "7 %"));
	score_actions_free(&set);
}

/* The list that installs them and the folder agree. */
static void all_are_installed(void **state)
{
	(void)state;
	struct action_set set;
	load_own(&set);
	char *path = path_of("actions/local.mk");
	FILE *f = fopen(path, "r");
	free(path);
	if (!f) {
		score_actions_free(&set);
		skip();                        /* installed: there is no list */
	}
	static char text[1 << 16];
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	for (size_t i = 0; i < set.n; i++) {
		char line[200];
		snprintf(line, sizeof line, "\tactions/%s.yaml", set.actions[i].id);
		if (!strstr(text, line))
			fail_msg("actions/local.mk does not list %s.yaml", set.actions[i].id);
	}
	score_actions_free(&set);
}

/* ---- files made up here ---- */

static char folder[] = "/tmp/genba-actions-XXXXXX";

static const char good[] =
	"id: %s\n"
	"title: {en: t, ja: t}\nsummary: {en: t, ja: t}\nwho: {en: t, ja: t}\n"
	"check_first: {en: t, ja: t}\nmay_stop: {en: t, ja: t}\nway_back: {en: t, ja: t}\n"
	"confirm: {en: t, ja: t}\nrecord: {en: t, ja: t}\n"
	"complexity: low\ndowntime: none\n"
	"yen: {min: 0, max: 10}\nhours: {min: 1, max: 2.5}\n"
	"steps: [{en: t, ja: t}]\n%s";

static void write_action(const char *name, const char *id, const char *more)
{
	char path[200];
	snprintf(path, sizeof path, "%s/%s.yaml", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, good, id, more);
	fclose(f);
}

static void expect_error(const char *want)
{
	struct action_set set;
	struct err e = { "" };
	assert_false(score_actions_load(folder, NULL, &set, &e));
	if (!strstr(e.text, want))
		fail_msg("expected \"%s\" in \"%s\"", want, e.text);
	assert_null(set.actions);
}

static void bad_files(void **state)
{
	(void)state;
	struct action_set set;
	struct err e = { "" };
	assert_non_null(mkdtemp(folder));
	expect_error("no actions");

	write_action("a", "a", "prerequisites: [b]\n");
	write_action("b", "b", "raises: {Z1: 3}\n");
	if (!score_actions_load(folder, NULL, &set, &e))
		fail_msg("%s", e.text);
	assert_int_equal(set.n, 2);
	assert_true(set.actions[0].hours_max == 2.5);
	score_actions_free(&set);

	write_action("b", "b", "prerequisites: [a]\n");
	expect_error("comes round to itself");
	write_action("b", "b", "prerequisites: [c]\n");
	expect_error("there is no action c");
	write_action("b", "other", "");
	expect_error("as the file is called");
	write_action("b", "b", "raises: {Z1: 5}\n");
	expect_error("b.yaml:15");
	write_action("b", "b", "raises: [Z1]\n");
	expect_error("expected a map");
	write_action("b", "b", "speed: 1\n");
	expect_error("speed");
	write_action("b", "b", "interim: {title: {en: t, ja: t}}\n");
	expect_error("steps");

	static const char *const names[] = { "a", "b" };
	for (int i = 0; i < 2; i++) {
		char path[200];
		snprintf(path, sizeof path, "%s/%s.yaml", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

/* ---- a site's own figures ---- */

static void expect_refusal(const char *text, const char *want)
{
	struct action_set set;
	struct err e = { "" };
	load_own(&set);
	assert_false(score_actions_adapt(&set, "own.yaml", text, strlen(text), &e));
	if (!strstr(e.text, want))
		fail_msg("expected \"%s\" in \"%s\"", want, e.text);
	score_actions_free(&set);
}

static void own_figures(void **state)
{
	(void)state;
	static const char text[] =
		"backup-offline: {yen: {min: 0, max: 30000}, hours: {min: 1, max: 2.5}, complexity: high,\n"
		"  downtime: planned_stop, who: {en: Sato, ja: 佐藤}}\n"
		"log-collection: {not_here: somebody else does}\n"
		"name-responsible: {done: true}\n"
		"device-inventory: {who: 鈴木}\n";
	struct action_set set;
	struct err e = { "" };
	load_own(&set);
	if (!score_actions_adapt(&set, "own.yaml", text, strlen(text), &e))
		fail_msg("%s", e.text);
	const struct action *a = score_actions_find(&set, "backup-offline");
	assert_true(a->adapted && !a->done && !a->not_here);
	assert_true(a->yen_min == 0 && a->yen_max == 30000 && a->hours_min == 1 && a->hours_max == 2.5);
	assert_int_equal(a->complexity, COMPLEXITY_HIGH);
	assert_int_equal(a->downtime, DOWNTIME_PLANNED_STOP);
	assert_string_equal(a->who.en, "Sato");
	a = score_actions_find(&set, "log-collection");
	assert_string_equal(a->not_here, "somebody else does");
	assert_false(a->adapted);
	assert_true(score_actions_find(&set, "name-responsible")->done);
	a = score_actions_find(&set, "device-inventory");
	assert_string_equal(a->who.en, "鈴木");
	assert_true(a->hours_max > 0);                 /* what is not given stays */
	score_actions_free(&set);

	expect_refusal("no-such: {}", "own.yaml:1");
	expect_refusal("backup-offline:\n  yen: {min: 1}", "own.yaml:2");
	expect_refusal("backup-offline:\n  price: 1", "price");
	expect_refusal("backup-offline: {hours: {min: 3, max: 1}}", "min ≤ max");
	expect_refusal("backup-offline: {complexity: some}", "complexity");
	expect_refusal("backup-offline: {not_here: ''}", "reason");
	expect_refusal("backup-offline: {who: ''}", "who");
	expect_refusal("backup-offline: {who: {en: x}}", "ja");
	expect_refusal("[a]", "expected a map");
	expect_refusal("backup-offline: 3", "own.yaml:1");
}

/* ---- lint ---- */

static char found[4096];

static void keep(void *data, const char *message)
{
	size_t *n = data;
	++*n;
	snprintf(found + strlen(found), sizeof found - strlen(found), "%s\n", message);
}

/* Only this action of ours, with something amiss. */
static void expect_problem(struct action a, const char *want)
{
	size_t n = 0;
	char *name = a.id;
	struct check check = { .action = name };
	found[0] = '\0';
	score_actions_lint(&(struct action_set){ &a, 1 }, &(struct check_set){ &check, 1 }, keep, &n);
	if (!want && n)
		fail_msg("expected no problem, got %s", found);
	if (want && (n != 1 || !strstr(found, want)))
		fail_msg("expected \"%s\" alone, got \"%s\"", want, found);
}

static void what_lint_finds(void **state)
{
	(void)state;
	struct action_set set;
	load_own(&set);
	const struct action good_one = *score_actions_find(&set, "backup-offline");
	struct action a = good_one;
	expect_problem(a, NULL);
	a.has_interim = false;
	expect_problem(a, "interim: expected what holds until then: the action needs money");
	a.yen_min = 0;
	expect_problem(a, NULL);
	a.downtime = DOWNTIME_LINE_STOP;
	expect_problem(a, "needs a stop");

	static const struct { const char *en, *ja, *want; } sentences[] = {
		{ "It works.", "動きます。", NULL }, { "Does it?", "動くかを確かめてください。次に進みます（3回）。", NULL },
		{ "It works", "動きます。", "full stop" }, { "It works.", "動く。", "です・ます" },
		{ "It works.", "動きます", "です・ます" }, { "It works.", "すぐに 動きます。", "no blank" },
		{ "It works.", "動く。止まります。", "です・ます" }, { "It works.", "", "both languages" },
	};
	for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
		a = good_one;
		a.way_back = (struct text2){ (char *)(uintptr_t)sentences[i].en, (char *)(uintptr_t)sentences[i].ja };
		expect_problem(a, sentences[i].want);
	}
	a = good_one;
	a.title = (struct text2){ (char[]){ "Title." }, (char[]){ "題" } };
	expect_problem(a, "without a full stop");

	/* Nothing leads to it: no check names it, and it raises nothing. */
	size_t n = 0;
	a = good_one;
	a.n_raises = 0;
	expect_problem(a, NULL);
	found[0] = '\0';
	score_actions_lint(&(struct action_set){ &a, 1 }, &(struct check_set){ NULL, 0 }, keep, &n);
	assert_int_equal(n, 1);
	assert_non_null(strstr(found, "nothing leads to this action"));
	score_actions_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_actions),
		cmocka_unit_test(all_are_installed),
		cmocka_unit_test(bad_files),
		cmocka_unit_test(own_figures),
		cmocka_unit_test(what_lint_finds),
	};
	return cmocka_run_group_tests_name("actions", tests, NULL, NULL);
}
