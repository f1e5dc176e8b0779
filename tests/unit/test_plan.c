#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/path.h"
#include "score/assess.h"

/* A site made up of static parts; only what score_assess_build() made is freed. */
static struct question questions[25];
static struct answer answers[25];
static struct check checks[8];
static struct check_result results[8];
static struct check_contradiction rules[8];
static struct action_set actions;

static const char *const ids[] = { "G1", "G2", "G3", "G4", "A1", "A2", "Z1", "Z2", "Z3", "Z4", "H1", "H2", "H3",
				   "H4", "H5", "R1", "R2", "R3", "C1", "C2", "D1", "D2", "D3", "D4", "D5" };

static void site(struct assessment *a, int level)
{
	*a = (struct assessment){ .scan = 1, .coverage = { .hours = 24, .k = 1, .mirror = true,
							   .subnets_declared = true } };
	memset(questions, 0, sizeof questions);
	memset(answers, 0, sizeof answers);
	memset(checks, 0, sizeof checks);
	memset(results, 0, sizeof results);
	for (size_t i = 0; i < 25; i++) {
		questions[i].id = (char *)(uintptr_t)ids[i];
		questions[i].domain = (enum domain)(strchr("GAZHRCD", ids[i][0]) - "GAZHRCD");
		questions[i].weight = 2;
		questions[i].quick = true;
		answers[i].question = &questions[i];
		answers[i].level = level;
	}
	a->questionnaire = (struct questionnaire){ .questions = questions, .n = 25 };
	a->answers = (struct answers){ .answers = answers, .n = 25 };
	a->action_set = actions;
	a->results.results = results;
}

static size_t at(const char *id)
{
	for (size_t i = 0; i < 25; i++)
		if (strcmp(ids[i], id) == 0)
			return i;
	return 0;
}

static struct check_result *add(struct assessment *a, const char *id, enum severity severity, enum category category,
				double share, const char *action)
{
	size_t i = a->results.n++;
	checks[i] = (struct check){ .id = (char *)(uintptr_t)id, .category = category, .severity = severity,
				    .action = (char *)(uintptr_t)action };
	results[i] = (struct check_result){ .check = &checks[i], .outcome = OUTCOME_FAIL, .severity = severity,
					    .share = share, .affected = 1, .population = 4 };
	return &results[i];
}

static void contradicts(struct assessment *a, char *question, int cap)
{
	size_t i = a->results.n - 1;
	rules[i] = (struct check_contradiction){ .question = question, .above = 0.1, .cap = cap };
	checks[i].contradicts = &rules[i];
	checks[i].n_contradicts = 1;
}

/* Free what build made; the rest stands here. */
static void done(struct assessment *a)
{
	struct assessment mine = *a;
	mine.checks = (struct check_set){ 0 };
	mine.results = (struct check_results){ 0 };
	mine.action_set = (struct action_set){ 0 };
	for (size_t i = 0; i < 25; i++)
		free(mine.questions[i].contradictions);
	free(mine.questions);
	mine.questions = NULL;
	mine.questionnaire = (struct questionnaire){ 0 };
	mine.answers = (struct answers){ 0 };
	score_assess_free(&mine);
}

static const struct assess_action *row(const struct assessment *a, const char *id, bool interim)
{
	for (size_t i = 0; i < a->n_actions; i++)
		if (strcmp(a->actions[i].action->id, id) == 0 && a->actions[i].interim == interim)
			return &a->actions[i];
	return NULL;
}

/* What holds for every plan. */
static void sound(const struct assessment *a, int now_least)
{
	int now = 0;
	double s = a->score.s, n = a->score.n;
	for (size_t i = 0; i < a->n_actions; i++) {
		const struct assess_action *r = &a->actions[i];
		assert_false(r->action->data);
		if (i > 0)
			assert_true(a->actions[i - 1].lane <= r->lane);
		for (size_t k = 0; k < r->n_after_actions; k++)
			assert_true(r->after[k] < r && r->after[k]->lane <= r->lane);
		if (r->lane == LANE_NOW && !r->interim) {
			assert_int_equal(r->action->downtime, DOWNTIME_NONE);
			now++;
		}
		if (r->action->downtime == DOWNTIME_LINE_STOP && !r->interim)
			assert_true(r->lane >= LANE_LONG_HOLIDAY);
		if (!r->interim) {
			assert_true(r->forecast);
			assert_true(r->s_after >= s && r->n_after >= n);
			s = r->s_after;
			n = r->n_after;
		}
	}
	assert_true(now >= now_least);
}

static void typical(void **state)
{
	(void)state;
	struct assessment a;
	site(&a, 1);
	answers[at("Z2")].level = 3;
	add(&a, "X-INET", SEVERITY_CRITICAL, CATEGORY_BOUNDARY, 0.5, "isolate-controllers-internet");
	contradicts(&a, (char[]){ "Z2" }, 1);
	add(&a, "X-FLAT", SEVERITY_CRITICAL, CATEGORY_BOUNDARY, 1, "separate-office-factory");
	add(&a, "X-TELNET", SEVERITY_HIGH, CATEGORY_PROTOCOL, 0.2, "replace-telnet");
	add(&a, "X-DUP", SEVERITY_MEDIUM, CATEGORY_STABILITY, 1, "fix-duplicate-address");
	add(&a, "X-BCAST", SEVERITY_LOW, CATEGORY_STABILITY, 1, "reduce-broadcast");
	score_assess_build(&a);

	assert_true(a.score.has_s);
	assert_int_equal(a.n_findings, 5);
	assert_string_equal(a.findings[0]->check->id, "X-FLAT");       /* as severe, larger share */
	assert_int_equal(a.n_contradicted, 1);
	const struct assess_question *z2 = &a.questions[at("Z2")];
	assert_int_equal(z2->cap, 1);
	assert_int_equal(z2->effective, 1);
	assert_string_equal(z2->contradictions[0].result->check->id, "X-INET");

	sound(&a, 3);
	/* The critical that needs no stop is first; the one that needs the holiday has its interim now. */
	assert_true(a.actions[0].interim && strcmp(a.actions[0].action->id, "separate-office-factory") == 0);
	const struct assess_action *cut = row(&a, "isolate-controllers-internet", false);
	assert_int_equal(cut->lane, LANE_NOW);
	assert_true(cut->verified && cut->critical && cut->gain > 0);
	assert_int_equal(cut->raises[0].from, 1);
	assert_int_equal(cut->raises[0].to, 3);                        /* the contradiction goes with the finding */
	assert_int_equal(row(&a, "separate-office-factory", false)->lane, LANE_LONG_HOLIDAY);
	/* Its prerequisite comes earlier. */
	assert_true(row(&a, "network-drawing", false) < row(&a, "separate-office-factory", false));
	/* Stability costs nothing, but a duplicate address is fixed at the next stop; noise is watched. */
	assert_int_equal(row(&a, "fix-duplicate-address", false)->lane, LANE_PLANNED_STOP);
	assert_int_equal(row(&a, "reduce-broadcast", false)->lane, LANE_WATCH);
	/* Backup or remote access is in "now". */
	const struct assess_action *backup = row(&a, "backup-offline", false);
	const struct assess_action *remote = row(&a, "control-remote-maintenance", false);
	assert_true(backup->lane == LANE_NOW || remote->lane == LANE_NOW);
	/* After everything: nothing open is left, so that the S is M of the levels reached. */
	assert_true(a.actions[a.n_actions - 1].n_after == 100);
	assert_true(a.actions[a.n_actions - 1].s_after > 60);

	/* Data actions stand apart. */
	assert_true(a.n_data_actions >= 4);
	for (size_t i = 0; i < a.n_data_actions; i++)
		assert_true(a.data_actions[i].action->data && a.data_actions[i].gain > 0);
	assert_string_equal(a.data_actions[0].action->id, "data-plan");
	done(&a);
}

static void without_answers(void **state)
{
	(void)state;
	struct assessment a;
	site(&a, LEVEL_UNANSWERED);
	add(&a, "X-TELNET", SEVERITY_HIGH, CATEGORY_PROTOCOL, 0.2, "replace-telnet");
	add(&a, "X-PROG", SEVERITY_HIGH, CATEGORY_PROTOCOL, 1, "restrict-programming");
	score_assess_build(&a);
	assert_false(a.score.has_s);
	assert_int_equal(a.n_unanswered, 25);
	sound(&a, 3);
	assert_true(row(&a, "replace-telnet", false)->gain > 0);
	assert_non_null(row(&a, "backup-offline", false));
	assert_int_equal(a.n_data_actions, 0);
	done(&a);
}

static void all_is_well(void **state)
{
	(void)state;
	struct assessment a;
	site(&a, 3);
	score_assess_build(&a);
	assert_true(a.score.s == 80);
	assert_int_equal(a.score.grade, GRADE_A);
	sound(&a, 0);
	assert_non_null(row(&a, "restore-test", false));       /* backup to level 4 */
	assert_null(row(&a, "backup-offline", false));
	done(&a);
}

static void accepted_risks(void **state)
{
	(void)state;
	struct assessment a;
	site(&a, 3);
	struct check_result *r = add(&a, "X-TELNET", SEVERITY_HIGH, CATEGORY_PROTOCOL, 1, "replace-telnet");
	r->excepted = true;
	score_assess_build(&a);
	/* It counts in the headline; the second score leaves it out; nobody is sent to fix it. */
	assert_true(a.any_accepted);
	assert_true(a.score.s < a.accepted.s);
	assert_true(a.accepted.s == 80);
	assert_int_equal(a.by_severity[SEVERITY_HIGH], 0);
	assert_null(row(&a, "replace-telnet", false));
	done(&a);
}

static void verified_answers(void **state)
{
	(void)state;
	struct assessment a;
	site(&a, 4);
	for (size_t i = 0; i < 25; i++)
		questions[i].capable = true;
	add(&a, "X-INET", SEVERITY_HIGH, CATEGORY_BOUNDARY, 0, "isolate-controllers-internet")->outcome = OUTCOME_PASS;
	checks[0].confirms = (char *[]){ (char[]){ "Z2" }, NULL };
	answers[at("R1")].recorded = true;
	score_assess_build(&a);
	assert_int_equal(a.questions[at("Z2")].effective, 4);
	assert_string_equal(a.questions[at("Z2")].verified_by->check->id, "X-INET");
	assert_int_equal(a.questions[at("R1")].effective, 4);
	assert_int_equal(a.questions[at("Z1")].effective, 3);
	assert_true(a.questions[at("Z1")].held);
	done(&a);

	/* A capture that could hardly show it confirms nothing. */
	a.coverage.k = 0.2;
	struct assessment b;
	site(&b, 4);
	b.coverage.k = 0.2;
	for (size_t i = 0; i < 25; i++)
		questions[i].capable = true;
	add(&b, "X-INET", SEVERITY_HIGH, CATEGORY_BOUNDARY, 0, NULL)->outcome = OUTCOME_PASS;
	checks[0].confirms = (char *[]){ (char[]){ "Z2" }, NULL };
	score_assess_build(&b);
	assert_int_equal(b.questions[at("Z2")].effective, 3);
	done(&b);
}

static void find_out(void **state)
{
	(void)state;
	struct assessment a;
	site(&a, 2);
	answers[at("Z1")].level = LEVEL_UNKNOWN;
	answers[at("C1")].level = LEVEL_UNANSWERED;
	score_assess_build(&a);
	assert_int_equal(a.n_unknown, 1);
	assert_int_equal(a.n_unanswered, 1);
	assert_int_equal(a.n_unknowns, 2);
	assert_true(a.unknowns[0].gain >= a.unknowns[1].gain && a.unknowns[1].gain > 0);
	assert_true(a.score.high > a.score.s);
	done(&a);
}

static void coverage_lacks(void **state)
{
	(void)state;
	struct assessment a;
	site(&a, 2);
	a.coverage = (struct assess_coverage){ .hours = 4, .k = 0.5 * 0.5 * 0.3 };
	score_assess_build(&a);
	assert_int_equal(a.n_raises, 3);
	assert_int_equal(a.raises[0].lack, LACK_MIRROR);
	assert_true(fabs(a.raises[0].k_after - 0.25) < 1e-9);
	assert_true(fabs(a.coverage.t - 0.5) < 1e-9 && a.coverage.v == 0.5);
	assert_true(a.score.declared_only);
	done(&a);
}

static int load(void **state)
{
	(void)state;
	struct err e = { "" };
	char *folder = path_of("actions");
	bool ok = score_actions_load(folder, NULL, &actions, &e);
	free(folder);
	return ok ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	score_actions_free(&actions);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typical),
		cmocka_unit_test(without_answers),
		cmocka_unit_test(all_is_well),
		cmocka_unit_test(accepted_risks),
		cmocka_unit_test(verified_answers),
		cmocka_unit_test(find_out),
		cmocka_unit_test(coverage_lacks),
	};
	return cmocka_run_group_tests_name("plan", tests, load, unload);
}
