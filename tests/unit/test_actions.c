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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_actions),
		cmocka_unit_test(all_are_installed),
		cmocka_unit_test(bad_files),
	};
	return cmocka_run_group_tests_name("actions", tests, NULL, NULL);
}
