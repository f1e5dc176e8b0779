#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "score/assess.h"
#include "site.h"

static struct err e;

static void assess(struct store *s, struct assessment *a)
{
	if (!score_assess(s, 0, a, &e))
		fail_msg("%s", e.text);
}

static struct store *site_with(const char *path, enum store_mode mode)
{
	struct store *s = store_open(path, mode, &e);
	if (!s)
		fail_msg("%s", e.text);
	return s;
}

static void answer(struct store *s, const char *question, int level)
{
	struct store_answer a = { .question = question, .respondent = "", .level = level,
				  .reason = level == LEVEL_NOT_APPLICABLE ? "none here" : NULL,
				  .when = "2024-05-01T09:00:00Z" };
	if (!store_answer_set(s, &a, &e))
		fail_msg("%s", e.text);
}

static void nothing_yet(void **state)
{
	(void)state;
	char *path = site_path();
	struct store *s = site_with(path, STORE_WRITE);
	struct assessment a;
	assess(s, &a);
	assert_int_equal(a.scan, 0);
	assert_false(a.score.has_s || a.score.has_n);
	assert_int_equal(a.raises[0].lack, LACK_CAPTURE);
	score_assess_free(&a);
	store_close(s);
	site_forget(path);
}

/* Answers alone: the quick set counts, and a further question from its first answer on. */
static void answers_alone(void **state)
{
	(void)state;
	char *path = site_path();
	struct store *s = site_with(path, STORE_WRITE);
	struct assessment a;
	assess(s, &a);
	size_t quick = 0;
	for (size_t i = 0; i < a.questionnaire.n; i++) {
		quick += a.questionnaire.questions[i].quick;
		if (a.questionnaire.questions[i].quick)
			answer(s, a.questionnaire.questions[i].id, 2);
	}
	score_assess_free(&a);
	assess(s, &a);
	assert_int_equal(a.n_counted, quick);
	assert_false(a.full);
	assert_true(a.score.s == 55 && a.score.m == 55 && a.score.low == 55 && a.score.high == 55);
	assert_int_equal(a.score.grade, GRADE_C);
	assert_true(a.score.declared_only);
	assert_string_equal(a.score.caps[0].reason, "no-capture");
	/* Every quick question has an action that brings it to level 3 or above. */
	for (size_t i = 0; i < a.questionnaire.n; i++) {
		bool found = !a.questionnaire.questions[i].quick;
		for (size_t k = 0; k < a.action_set.n; k++)
			for (size_t r = 0; r < a.action_set.actions[k].n_raises; r++)
				found = found || (strcmp(a.action_set.actions[k].raises[r].question,
							 a.questionnaire.questions[i].id) == 0 &&
						  a.action_set.actions[k].raises[r].level >= 3);
		if (!found)
			fail_msg("no action brings %s to level 3", a.questionnaire.questions[i].id);
	}
	/* Every check names an action that there is. */
	for (size_t i = 0; i < a.checks.n; i++)
		if (a.checks.checks[i].action && !score_actions_find(&a.action_set, a.checks.checks[i].action))
			fail_msg("%s: there is no action %s", a.checks.checks[i].id, a.checks.checks[i].action);
	score_assess_free(&a);

	answer(s, "H5", 0);
	answer(s, "Z1", LEVEL_UNKNOWN);
	assess(s, &a);
	assert_true(a.full);
	assert_int_equal(a.n_counted, quick + 1);
	assert_int_equal(a.n_unknown, 1);
	assert_true(a.score.s < 55 && a.score.high > a.score.s);
	assert_string_equal(a.unknowns[0].question->question->id, "Z1");
	score_assess_free(&a);

	/* Stand-alone machines: what was never asked comes as not applicable, and only the quick set may count. */
	struct store_answer p = { .question = "networked", .respondent = "", .level = LEVEL_TEXT, .text = "none",
				  .when = "2024-05-01T09:00:00Z" };
	assert_true(store_answer_set(s, &p, &e));
	assess(s, &a);
	assert_int_equal(a.n_counted, quick + 1);
	score_assess_free(&a);
	store_close(s);
	site_forget(path);
}

static void with_a_scan(void **state)
{
	(void)state;
	char *path = site_path();
	struct site t;
	site_init(&t);
	int64_t scan = site_save(&t, path);
	struct store *s = site_with(path, STORE_WRITE);
	static const char *const ids[] = { "G1", "A1", "Z1", "Z2", "Z3", "H1", "R1", "C1" };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		answer(s, ids[i], 3);

	static const struct { const char *subnets; double seen; } cases[] = {
		{ NULL, 0.5 }, { "one", 1 }, { "１つ", 1 }, { "192.168.1.0/24, 10.99.0.0/16", 0.5 },
		{ "１９２.168.1.0／２４、１０．９９．０．０/16", 0.5 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct assessment a;
		assert_true(store_setting_set(s, "subnets", cases[i].subnets, &e));
		assess(s, &a);
		assert_int_equal(a.scan, scan);
		/* The store's k is the formula's. */
		assert_true(fabs(a.coverage.k - score_coverage(a.coverage.hours, cases[i].seen, a.coverage.loss,
							      a.coverage.mirror)) < 1e-9);
		assert_true(fabs(a.coverage.v - cases[i].seen) < 1e-9);
		assert_true(a.score.has_s && a.score.has_n);
		size_t outcomes = 0;
		for (size_t k = 0; k < sizeof a.by_outcome / sizeof *a.by_outcome; k++)
			outcomes += a.by_outcome[k];
		assert_int_equal(outcomes, a.checks.n);
		assert_int_equal(a.by_outcome[OUTCOME_ERROR], 0);
		for (size_t k = 1; k < a.n_findings; k++)
			assert_true(a.findings[k - 1]->severity >= a.findings[k]->severity);
		assert_true(a.n_actions >= 3);
		score_assess_free(&a);
	}
	assert_int_equal(score_previous_scan(s, scan), 0);
	assert_int_equal(score_previous_scan(s, scan + 1), scan);
	store_close(s);
	site_done(&t);
	site_forget(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_yet),
		cmocka_unit_test(answers_alone),
		cmocka_unit_test(with_a_scan),
	};
	return cmocka_run_group_tests_name("assess", tests, NULL, NULL);
}
