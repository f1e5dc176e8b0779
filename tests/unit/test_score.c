#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "score/score.h"
#include "score_parts.h"

/* ---- random cases, the same in every run ---- */

enum { CASES = 100000, MOST_QUESTIONS = 40, MOST_FINDINGS = 12 };

static double random_share(void)
{
	return random_below(8) ? random_below(1001) / 1000.0 : random_below(2);
}

struct example {
	struct score_question questions[MOST_QUESTIONS];
	struct score_finding findings[MOST_FINDINGS + 1];
	struct score_input in;
};

static struct score_finding random_finding(void)
{
	/* Few criticals, so that other properties are not all decided by them. */
	static const enum severity severities[] = { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_LOW, SEVERITY_MEDIUM,
						    SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
	return (struct score_finding){ severities[random_below(7)], (enum category)random_below(CATEGORY_MAX),
				       random_share() };
}

static void random_example(struct example *x)
{
	*x = (struct example){ 0 };
	size_t n = 1 + random_below(MOST_QUESTIONS);
	uint32_t holes = random_below(4);              /* how many cases have many holes */
	for (size_t i = 0; i < n; i++) {
		struct score_question *q = &x->questions[i];
		q->domain = (enum domain)random_below(DOMAIN_MAX);
		q->weight = 1 + (int)random_below(4);
		q->level = (int)random_below(LEVELS);
		if (random_below(8) < holes)
			q->level = LEVEL_UNKNOWN;
		else if (random_below(8) < holes)
			q->level = LEVEL_NOT_APPLICABLE;
		else if (random_below(8) < holes)
			q->level = LEVEL_UNANSWERED;
		q->cap = random_below(4) ? 4 : (int)random_below(4);
		q->capable = random_below(2);
		q->verified = random_below(2);
	}
	size_t f = random_below(MOST_FINDINGS + 1);
	for (size_t i = 0; i < f; i++)
		x->findings[i] = random_finding();
	x->in.questions = x->questions;
	x->in.n_questions = n;
	x->in.findings = x->findings;
	x->in.n_findings = f;
	x->in.captured = f > 0 || random_below(2);
	x->in.coverage = random_share();
}

static struct score_result compute(const struct example *x)
{
	struct score_result r;
	struct score_input in = x->in;
	in.questions = x->questions;
	in.findings = x->findings;
	score_compute(&in, &r);
	return r;
}

static void tenth(double x)
{
	assert_true(fabs(x * 10 - round(x * 10)) < 1e-6);
	assert_true(x >= 0 && x <= 100);
}

static void one_more_finding(void **state)
{
	(void)state;
	seed = 0x67656e6261;
	for (int i = 0; i < CASES; i++) {
		struct example x;
		random_example(&x);
		x.in.captured = true;
		struct score_result before = compute(&x);
		x.findings[x.in.n_findings++] = random_finding();
		struct score_result after = compute(&x);
		assert_true(after.s <= before.s && after.n <= before.n);
		assert_true(after.high <= before.high);
		assert_true(after.grade >= before.grade);
	}
}

static void a_contradiction(void **state)
{
	(void)state;
	seed = 0x6e6f;
	for (int i = 0; i < CASES; i++) {
		struct example x;
		random_example(&x);
		struct score_result before = compute(&x);
		struct score_question *q = &x.questions[random_below((uint32_t)x.in.n_questions)];
		q->cap = (int)random_below((uint32_t)q->cap + 1);
		struct score_result after = compute(&x);
		assert_true(after.s <= before.s && after.high <= before.high && after.d <= before.d);
		assert_true(after.grade >= before.grade);
	}
}

static void a_better_answer(void **state)
{
	(void)state;
	seed = 0x62657474;
	int looked = 0;
	for (int i = 0; i < CASES; i++) {
		struct example x;
		random_example(&x);
		struct score_question *q = &x.questions[random_below((uint32_t)x.in.n_questions)];
		if (q->level == LEVEL_NOT_APPLICABLE || q->level == 4)
			continue;
		struct score_result before = compute(&x);
		bool hole = q->level == LEVEL_UNKNOWN || q->level == LEVEL_UNANSWERED;
		q->level = hole ? (int)random_below(LEVELS) : q->level + 1 + (int)random_below((uint32_t)(4 - q->level));
		struct score_result after = compute(&x);
		if (before.has_s) {
			assert_true(after.s >= before.s && after.grade <= before.grade);
			looked++;
		}
		if (before.has_d)
			assert_true(after.d >= before.d);
	}
	assert_true(looked > CASES / 2);
}

static void findings_only_subtract(void **state)
{
	(void)state;
	seed = 0x737562;
	for (int i = 0; i < CASES; i++) {
		struct example x;
		random_example(&x);
		struct score_result with = compute(&x);
		x.in.n_findings = 0;
		struct score_result none = compute(&x);
		assert_true(with.s <= none.s && with.grade >= none.grade);
		assert_true(none.n == 100);
		assert_true(with.m == none.m && with.d == none.d);
	}
}

static void inside_the_interval(void **state)
{
	(void)state;
	seed = 0x696e74;
	for (int i = 0; i < CASES; i++) {
		struct example x;
		random_example(&x);
		struct score_result r = compute(&x);
		assert_true(r.low <= r.s && r.s <= r.high);
		tenth(r.s);
		tenth(r.m);
		tenth(r.d);
		tenth(r.n);
		tenth(r.high);
		assert_true(r.n_caps <= CAPS_MAX);
		/* Whatever the unknowns turn out to be, S stays in the interval. */
		for (size_t k = 0; k < x.in.n_questions; k++)
			if (x.questions[k].level == LEVEL_UNKNOWN || x.questions[k].level == LEVEL_UNANSWERED)
				x.questions[k].level = (int)random_below(LEVELS);
		struct score_result known = compute(&x);
		if (r.has_s)
			assert_true(r.low <= known.s && known.s <= r.high);
	}
}

static void order_decides_nothing(void **state)
{
	(void)state;
	seed = 0x6f7264;
	for (int i = 0; i < 1000; i++) {
		struct example x;
		random_example(&x);
		struct score_result a = compute(&x);
		for (size_t k = 0, n = x.in.n_findings; k < n / 2; k++) {
			struct score_finding f = x.findings[k];
			x.findings[k] = x.findings[n - 1 - k];
			x.findings[n - 1 - k] = f;
		}
		struct score_result b = compute(&x);
		assert_true(a.s == b.s && a.n == b.n && a.grade == b.grade);
	}
}

/* ---- by hand ---- */

static struct score_question question(enum domain d, int weight, int level)
{
	return (struct score_question){ .domain = d, .weight = weight, .level = level, .cap = 4 };
}

static void near(double got, double want)
{
	if (fabs(got - want) > 0.001)
		fail_msg("got %f, expected %f", got, want);
}

static void worked_example(void **state)
{
	(void)state;
	/* docs/METHOD.md shows this one. */
	struct example x = { 0 };
	struct score_question q[] = {
		question(DOMAIN_G, 3, 2), question(DOMAIN_G, 2, 1),     /* (3·55 + 2·30) / 5 = 45 */
		question(DOMAIN_A, 3, 2), question(DOMAIN_A, 2, 1),     /* 45 */
		question(DOMAIN_Z, 4, 2), question(DOMAIN_Z, 4, 3),     /* (55 + 80) / 2 = 67.5; Z2 is contradicted: 42.5 */
		question(DOMAIN_H, 3, 1), question(DOMAIN_H, 3, LEVEL_UNKNOWN),   /* 15, at best 65 */
		question(DOMAIN_R, 4, 2),                               /* 55 */
		question(DOMAIN_C, 2, LEVEL_NOT_APPLICABLE),            /* not rated */
		question(DOMAIN_D, 3, 4),                               /* D 100, never in M */
	};
	memcpy(x.questions, q, sizeof q);
	x.in.n_questions = sizeof q / sizeof *q;
	x.in.coverage = 0.8;

	/* (9·45 + 7·45 + 14·67.5 + 11·15 + 9·55) / 50 = 46.5 */
	struct score_result r = compute(&x);
	assert_true(r.has_s && !r.has_n && r.has_d);
	near(r.m, 46.5);
	near(r.s, 46.5);
	near(r.d, 100);
	assert_false(r.rated[DOMAIN_C]);
	near(r.domain[DOMAIN_H], 15);
	near(r.high, 57.5);                    /* H 65: + 11·50/50 = 11 */
	assert_int_equal(r.grade, GRADE_C);
	assert_true(r.declared_only);
	assert_int_equal(r.n_caps, 1);
	assert_string_equal(r.caps[0].reason, "no-capture");
	near(r.unknown_share, 0.11);           /* half of H: 11/50/2 */

	/* The capture: one critical on a quarter of the controllers, two high in one category. */
	x.in.captured = true;
	x.questions[5].cap = 1;                /* M: 14·42.5 instead of 14·67.5: 39.5 */
	x.findings[0] = (struct score_finding){ SEVERITY_CRITICAL, CATEGORY_BOUNDARY, 0.25 };   /* 50·0.75 = 37.5 */
	x.findings[1] = (struct score_finding){ SEVERITY_HIGH, CATEGORY_PROTOCOL, 0.04 };       /* 25·0.6 = 15 */
	x.findings[2] = (struct score_finding){ SEVERITY_HIGH, CATEGORY_PROTOCOL, 1 };          /* 25 */
	x.findings[3] = (struct score_finding){ SEVERITY_HIGH, CATEGORY_STABILITY, 1 };         /* not scored */
	x.in.n_findings = 4;
	r = compute(&x);
	near(r.category[CATEGORY_BOUNDARY], 62.5);
	near(r.category[CATEGORY_PROTOCOL], 67.5);              /* 100 − 25 − 15/2 */
	near(r.category[CATEGORY_ASSET], 100);
	near(r.n, 74.3);                       /* 0.5·62.5 + 0.5·(100·3 + 62.5 + 67.5)/5 = 74.25 */
	near(r.m, 39.5);
	near(r.s, 34.4);                       /* 39.5 · 0.87125 = 34.414 */
	assert_int_equal(r.grade_before, GRADE_D);
	assert_int_equal(r.grade, GRADE_D);
	assert_int_equal(r.n_caps, 2);
	assert_string_equal(r.caps[0].reason, "critical");
	assert_string_equal(r.caps[1].reason, "three-high");
	assert_int_equal(r.caps[1].count, 3);
}

static void caps_in_order(void **state)
{
	(void)state;
	struct example x = { 0 };
	for (int d = 0; d < DOMAIN_D; d++)
		x.questions[d] = question((enum domain)d, 2, 4);
	x.in.n_questions = DOMAIN_D;
	x.in.captured = true;
	x.in.coverage = 0.3;
	struct score_result r = compute(&x);
	near(r.s, 100);
	assert_int_equal(r.grade, GRADE_A);
	assert_int_equal(r.n_caps, 0);
	assert_false(r.declared_only);

	x.in.coverage = 0.29;
	r = compute(&x);
	assert_int_equal(r.grade, GRADE_B);
	assert_true(r.declared_only);
	assert_string_equal(r.caps[0].reason, "low-coverage");
	assert_int_equal(r.caps[0].before, GRADE_A);

	x.findings[0] = (struct score_finding){ SEVERITY_CRITICAL, CATEGORY_REMOTE, 0.02 };
	x.findings[1] = (struct score_finding){ SEVERITY_HIGH, CATEGORY_REMOTE, 0.02 };
	x.in.n_findings = 2;
	r = compute(&x);
	assert_int_equal(r.n_caps, 3);
	assert_string_equal(r.caps[0].reason, "critical");
	assert_string_equal(r.caps[1].reason, "high");
	assert_string_equal(r.caps[2].reason, "low-coverage");
	assert_int_equal(r.grade_before, GRADE_A);
	assert_int_equal(r.caps[1].before, GRADE_D);
	assert_int_equal(r.grade, GRADE_D);

	/* A critical that is never averaged away: mature, one machine in fifty. */
	assert_true(r.s > 60);
}

static void unknown_answers(void **state)
{
	(void)state;
	struct example x = { 0 };
	x.in.captured = true;
	x.in.coverage = 1;
	for (int i = 0; i < 10; i++)
		x.questions[i] = question(DOMAIN_Z, 1, 4);
	x.in.n_questions = 10;
	x.questions[0].level = x.questions[1].level = LEVEL_UNKNOWN;
	struct score_result r = compute(&x);
	near(r.s, 80);
	near(r.high, 100);
	assert_int_equal(r.grade, GRADE_A);    /* 20 % is not more than 20 % */
	x.questions[2].level = LEVEL_UNANSWERED;
	x.questions[0].cap = 2;
	x.questions[1].capable = true;
	r = compute(&x);
	near(r.s, 70);
	near(r.high, 93.5);                    /* 7·100 + 55 + 80 + 100 */
	assert_string_equal(r.caps[0].reason, "unknown");
	assert_int_equal(r.caps[0].count, 30);

	for (int i = 0; i < 10; i++)
		x.questions[i].level = LEVEL_UNKNOWN;
	r = compute(&x);
	assert_true(r.has_s);                  /* they were asked, and nobody knew */
	near(r.s, 0);
	assert_int_equal(r.grade, GRADE_E);
}

static void nothing_to_rate(void **state)
{
	(void)state;
	struct example x = { 0 };
	struct score_result r = compute(&x);
	assert_false(r.has_s || r.has_m || r.has_d || r.has_n);
	assert_int_equal(r.grade, GRADE_NONE);
	assert_int_equal(r.n_caps, 0);

	/* Nobody answered: N alone. */
	x.questions[0] = question(DOMAIN_G, 1, LEVEL_UNANSWERED);
	x.questions[1] = question(DOMAIN_D, 1, LEVEL_UNANSWERED);
	x.in.n_questions = 2;
	x.in.captured = true;
	x.in.coverage = 1;
	x.findings[0] = (struct score_finding){ SEVERITY_HIGH, CATEGORY_ASSET, 1 };
	x.in.n_findings = 1;
	r = compute(&x);
	assert_false(r.has_s || r.has_d);
	assert_true(r.has_n);
	near(r.n, 85);                         /* 0.5·75 + 0.5·95 */
	assert_int_equal(r.grade, GRADE_NONE);

	/* All not applicable. */
	x.questions[0].level = x.questions[1].level = LEVEL_NOT_APPLICABLE;
	r = compute(&x);
	assert_false(r.has_s || r.has_d);

	/* Only the data domain: D, no S. */
	x.questions[1].level = 2;
	r = compute(&x);
	assert_false(r.has_s);
	assert_true(r.has_d);
	near(r.d, 55);

	/* Exactly half of a domain's weight not applicable: not rated; less: rated. */
	x.questions[0] = question(DOMAIN_R, 2, 3);
	x.questions[1] = question(DOMAIN_R, 2, LEVEL_NOT_APPLICABLE);
	r = compute(&x);
	assert_false(r.rated[DOMAIN_R] || r.has_s);
	x.questions[0].weight = 3;
	r = compute(&x);
	assert_true(r.rated[DOMAIN_R]);
	near(r.m, 80);
}

static void effective_levels(void **state)
{
	(void)state;
	struct score_question q = question(DOMAIN_Z, 1, 4);
	assert_int_equal(score_effective_level(&q), 4);        /* packets cannot test it */
	q.capable = true;
	assert_int_equal(score_effective_level(&q), 3);
	q.verified = true;
	assert_int_equal(score_effective_level(&q), 4);
	q.cap = 1;
	assert_int_equal(score_effective_level(&q), 1);
	q.level = 0;
	assert_int_equal(score_effective_level(&q), 0);
	q.level = LEVEL_UNKNOWN;
	assert_int_equal(score_effective_level(&q), 0);
	q.level = LEVEL_NOT_APPLICABLE;
	assert_int_equal(score_effective_level(&q), -1);
}

static void odd_numbers(void **state)
{
	(void)state;
	struct example x = { 0 };
	x.questions[0] = question(DOMAIN_G, 1, 3);
	x.in.n_questions = 1;
	x.in.captured = true;
	x.in.coverage = NAN;
	x.findings[0] = (struct score_finding){ SEVERITY_HIGH, CATEGORY_ASSET, NAN };
	x.findings[1] = (struct score_finding){ SEVERITY_HIGH, CATEGORY_ASSET, 7 };
	x.in.n_findings = 2;
	struct score_result r = compute(&x);
	assert_true(r.declared_only);
	assert_true(r.s > 0 && r.s < 80);
}

static void coverage(void **state)
{
	(void)state;
	near(score_coverage(24, 1, 0, true), 1);
	near(score_coverage(500, 1, 0, true), 1);
	near(score_coverage(0, 1, 0, true), 0);
	near(score_coverage(4, 1, 0, true), 0.5);      /* log2(5) / log2(25) */
	near(score_coverage(24, 0.5, 0.1, true), 0.45);
	near(score_coverage(24, 1, 0, false), 0.3);
	near(score_coverage(-1, 2, -3, true), 0);
}

static void grades(void **state)
{
	(void)state;
	assert_int_equal(score_grade(100), GRADE_A);
	assert_int_equal(score_grade(80), GRADE_A);
	assert_int_equal(score_grade(79.9), GRADE_B);
	assert_int_equal(score_grade(60), GRADE_B);
	assert_int_equal(score_grade(40), GRADE_C);
	assert_int_equal(score_grade(20), GRADE_D);
	assert_int_equal(score_grade(19.9), GRADE_E);
	assert_int_equal(score_grade(0), GRADE_E);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_more_finding),
		cmocka_unit_test(a_contradiction),
		cmocka_unit_test(a_better_answer),
		cmocka_unit_test(findings_only_subtract),
		cmocka_unit_test(inside_the_interval),
		cmocka_unit_test(order_decides_nothing),
		cmocka_unit_test(worked_example),
		cmocka_unit_test(caps_in_order),
		cmocka_unit_test(unknown_answers),
		cmocka_unit_test(nothing_to_rate),
		cmocka_unit_test(effective_levels),
		cmocka_unit_test(odd_numbers),
		cmocka_unit_test(coverage),
		cmocka_unit_test(grades),
	};
	return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
