/* Plans and roadmaps of random sites: what holds for every one of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "score/roadmap.h"
#include "score_parts.h"

enum { CASES = 100000, QUESTIONS = 12, CHECKS = 7, ACTIONS = 8 };

static bool one_in(uint32_t n)
{
	return random_below(n) == 0;
}

/* ---- a site of static parts ---- */

static char *const question_ids[QUESTIONS] = { "G1", "G2", "A1", "Z1", "Z2", "Z3", "H1", "H2", "R1", "R2", "C1", "D1" };
static char *const check_ids[CHECKS] = { "K0", "K1", "K2", "K3", "K4", "K5", "K6" };
static char *const action_ids[ACTIONS] = { "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7" };

struct world {
	struct question questions[QUESTIONS];
	struct answer answers[QUESTIONS];
	struct check checks[CHECKS];
	struct check_contradiction rules[CHECKS];
	char *confirms[CHECKS][2];
	struct check_result results[CHECKS];
	struct action actions[ACTIONS];
	struct action_raise raises[ACTIONS][2];
	char *needs[ACTIONS][2];
	bool scanned;
	double k;
};

static void random_question(struct world *w, size_t i)
{
	struct question *q = &w->questions[i];
	struct answer *a = &w->answers[i];
	*q = (struct question){ .id = question_ids[i], .weight = 1 + (int)random_below(4), .quick = !one_in(6),
				.capable = one_in(2),
				.domain = (enum domain)(strchr("GAZHRCD", question_ids[i][0]) - "GAZHRCD") };
	*a = (struct answer){ .question = q, .level = (int)random_below(LEVELS), .recorded = one_in(4), .when = "t" };
	switch (random_below(12)) {
	case 0: a->level = LEVEL_UNKNOWN; break;
	case 1: a->level = LEVEL_NOT_APPLICABLE; break;
	case 2: *a = (struct answer){ .question = q, .level = LEVEL_UNANSWERED }; break;
	}
}

static void random_check(struct world *w, size_t i)
{
	static const enum severity severities[] = { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_MEDIUM,
						    SEVERITY_HIGH, SEVERITY_CRITICAL };
	struct check *c = &w->checks[i];
	w->rules[i] = (struct check_contradiction){ question_ids[random_below(QUESTIONS)],
						    (double)random_below(4) / 10, (int)random_below(4) };
	w->confirms[i][0] = question_ids[random_below(QUESTIONS)];
	*c = (struct check){ .id = check_ids[i], .severity = severities[random_below(6)],
			     .category = (enum category)random_below(CATEGORY_MAX), .confirms = w->confirms[i],
			     .contradicts = &w->rules[i], .n_contradicts = random_below(2),
			     .action = action_ids[random_below(ACTIONS)] };
	/* An accepted risk is a finding that nobody is sent to. */
	enum outcome outcome = one_in(2) ? OUTCOME_FAIL : one_in(2) ? OUTCOME_PASS : OUTCOME_NOT_OBSERVABLE;
	w->results[i] = (struct check_result){ .check = c, .outcome = outcome, .severity = c->severity,
					       .share = random_below(11) / 10.0,
					       .excepted = outcome == OUTCOME_FAIL && one_in(5) };
}

static void random_action(struct world *w, size_t i)
{
	struct action *a = &w->actions[i];
	*a = (struct action){ .id = action_ids[i], .raises = w->raises[i], .n_raises = random_below(3),
			      .yen_max = (int)random_below(4) * 100000, .hours_max = random_below(60),
			      .complexity = (enum complexity)random_below(3), .downtime = (enum downtime)random_below(3),
			      .has_interim = one_in(2), .done = one_in(12), .not_here = one_in(12) ? "no" : NULL };
	a->data = a->n_raises > 0;
	for (size_t k = 0; k < a->n_raises; k++) {
		w->raises[i][k] = (struct action_raise){ question_ids[random_below(QUESTIONS)], 1 + (int)random_below(4) };
		a->data = a->data && w->raises[i][k].question[0] == 'D';
	}
	/* Of an earlier one, so that no circle can be. */
	if (i > 0 && one_in(3)) {
		w->needs[i][0] = action_ids[random_below((uint32_t)i)];
		a->prerequisites = w->needs[i];
	}
}

static void random_world(struct world *w)
{
	*w = (struct world){ .scanned = !one_in(5), .k = random_below(11) / 10.0 };
	for (size_t i = 0; i < QUESTIONS; i++)
		random_question(w, i);
	for (size_t i = 0; i < CHECKS; i++)
		random_check(w, i);
	for (size_t i = 0; i < ACTIONS; i++)
		random_action(w, i);
}

/* with_plan false: only the score. */
static void build(struct world *w, bool with_plan, struct assessment *a)
{
	*a = (struct assessment){ .scan = w->scanned, .coverage = { .hours = 8, .k = w->k, .mirror = true } };
	a->questionnaire = (struct questionnaire){ .questions = w->questions, .n = QUESTIONS };
	a->answers = (struct answers){ .answers = w->answers, .n = QUESTIONS };
	a->results = (struct check_results){ .results = w->results, .n = w->scanned ? CHECKS : 0 };
	a->action_set = (struct action_set){ .actions = w->actions, .n = with_plan ? ACTIONS : 0 };
	score_assess_build(a);
}

/* The action is done in this world: what it fixes is seen no more, what it raises would be answered so. */
static void carry_out(struct world *w, const struct action *action)
{
	for (size_t i = 0; i < CHECKS; i++)
		if (w->results[i].outcome == OUTCOME_FAIL && !w->results[i].excepted &&
		    strcmp(w->checks[i].action, action->id) == 0)
			w->results[i] = (struct check_result){ .check = &w->checks[i], .outcome = OUTCOME_PASS };
	for (size_t k = 0; k < action->n_raises; k++)
		for (size_t i = 0; i < QUESTIONS; i++) {
			struct answer *a = &w->answers[i];
			if (strcmp(question_ids[i], action->raises[k].question) == 0 && a->level >= LEVEL_UNKNOWN &&
			    a->level < action->raises[k].level)
				a->level = action->raises[k].level;
		}
}

static void same(const struct score_result *r, double s, double n, int grade)
{
	assert_true((r->has_s ? r->s : 0) == s);
	assert_true(r->n == n);
	assert_int_equal(r->grade, grade);
}

/* ---- the properties ---- */

static void doing_never_harms(void **state)
{
	(void)state;
	seed = 0x646f;
	int looked = 0;
	for (int i = 0; i < CASES; i++) {
		struct world w;
		struct assessment before, after;
		random_world(&w);
		build(&w, false, &before);
		carry_out(&w, &w.actions[random_below(ACTIONS)]);
		build(&w, false, &after);
		assert_true(after.score.s >= before.score.s && after.score.n >= before.score.n);
		assert_true(after.score.m >= before.score.m && after.score.d >= before.score.d);
		assert_true(after.score.grade <= before.score.grade);
		assert_true(after.accepted.s >= before.accepted.s && after.accepted.grade <= before.accepted.grade);
		assert_true(before.accepted.s >= before.score.s && before.accepted.grade <= before.score.grade);
		looked += after.score.s > before.score.s;
		parts_done(&before);
		parts_done(&after);
	}
	assert_true(looked > CASES / 4);
}

static void forecasts_are_fresh_computations(void **state)
{
	(void)state;
	seed = 0x66726573;
	int looked = 0;
	for (int i = 0; i < CASES; i++) {
		struct world w;
		struct assessment a, fresh;
		random_world(&w);
		build(&w, true, &a);
		double s = a.score.s, n = a.score.n;
		int grade = a.score.grade;
		size_t rows = 0, at = random_below(ACTIONS);
		const struct assess_action *chosen = NULL;
		for (size_t k = 0; k < a.n_actions; k++) {
			const struct assess_action *row = &a.actions[k];
			assert_false(row->action->not_here);
			for (size_t p = 0; p < row->n_after_actions; p++)
				assert_true(row->after[p] < row && row->after[p]->lane <= row->lane);
			if (row->interim)
				continue;
			assert_true(row->gain >= 0 && row->gain_n >= 0 && row->effort > 0);
			assert_true(row->s_after >= s && row->n_after >= n && row->grade_after <= grade);
			s = row->s_after;
			n = row->n_after;
			grade = row->grade_after;
			if (rows++ <= at) {
				carry_out(&w, row->action);
				chosen = row;
			}
		}
		if (chosen) {
			/* What the score forgets is in the assessment: keep the numbers, then look anew. */
			double s_after = chosen->s_after, n_after = chosen->n_after;
			int grade_after = chosen->grade_after;
			build(&w, false, &fresh);
			same(&fresh.score, s_after, n_after, grade_after);
			parts_done(&fresh);
			looked++;
		}
		parts_done(&a);
	}
	assert_true(looked > CASES / 2);
}

static void roadmaps_keep_the_budget(void **state)
{
	(void)state;
	seed = 0x796e;
	int looked = 0, left = 0;
	for (int i = 0; i < CASES; i++) {
		struct world w;
		struct assessment a;
		struct roadmap r;
		random_world(&w);
		build(&w, true, &a);
		int64_t yen = one_in(4) ? ROADMAP_NO_LIMIT : (int64_t)random_below(12) * 100000;
		double hours = one_in(2) ? (double)ROADMAP_NO_LIMIT : (double)random_below(200);
		score_roadmap(&a, yen, hours, &r);
		int64_t spent = 0;
		double worked = 0, s = a.score.s;
		int grade = a.score.grade;
		size_t real = 0, planned = 0;
		bool in[2 * ACTIONS] = { false };
		for (size_t k = 0; k < r.n; k++) {
			const struct roadmap_step *x = &r.steps[k];
			if (x->interim) {
				assert_true(x->row->action->has_interim && x->lane == LANE_NOW && real == 0);
				continue;
			}
			real++;
			in[x->row - a.actions] = true;
			for (size_t p = 0; p < x->row->n_after_actions; p++)
				assert_true(in[x->row->after[p] - a.actions]);
			spent += x->row->action->yen_max;
			worked += x->row->action->hours_max;
			assert_true(yen < 0 || (x->yen_left == yen - spent && x->yen_left >= 0));
			assert_true(hours < 0 || (x->hours_left >= 0 && worked <= hours));
			assert_true(yen != 0 || x->row->action->yen_max == 0);
			assert_true(x->s_after >= s && x->grade_after <= grade);
			s = x->s_after;
			grade = x->grade_after;
			carry_out(&w, x->row->action);
		}
		for (size_t k = 0; k < r.n_rest; k++) {
			const struct roadmap_step *x = &r.rest[k];
			assert_false(in[x->row - a.actions]);
			assert_true(x->over_yen || x->over_hours);
			assert_true(!x->over_yen || x->yen_need > x->yen_left);
			assert_true(!x->over_hours || x->hours_need > x->hours_left);
			/* It does not fit into what is left at the end either. */
			assert_true((yen >= 0 && x->row->action->yen_max > yen - spent) ||
				    (hours >= 0 && x->row->action->hours_max > hours - worked) || x->first);
		}
		for (size_t k = 0; k < a.n_actions; k++)
			planned += !a.actions[k].interim;
		assert_int_equal(real + r.n_rest, planned);
		if (yen < 0 && hours < 0) {
			assert_int_equal(r.n_rest, 0);
			assert_true(planned == 0 || s == a.actions[a.n_actions - 1].s_after);
		}
		if (real) {
			struct assessment fresh;
			build(&w, false, &fresh);
			same(&fresh.score, s, fresh.score.n, grade);
			parts_done(&fresh);
		}
		looked += real > 0;
		left += r.n_rest > 0;
		score_roadmap_free(&r);
		parts_done(&a);
	}
	assert_true(looked > CASES / 2 && left > CASES / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doing_never_harms),
		cmocka_unit_test(forecasts_are_fresh_computations),
		cmocka_unit_test(roadmaps_keep_the_budget),
	};
	return cmocka_run_group_tests_name("forecast", tests, NULL, NULL);
}
