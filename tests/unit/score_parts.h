/* What the tests of the score share: chance that is the same in every run, and sites of static parts. */
#ifndef TESTS_SCORE_PARTS_H
#define TESTS_SCORE_PARTS_H

#include <stdint.h>
#include <stdlib.h>

#include "score/assess.h"

static uint64_t seed __attribute__((unused));

static inline uint32_t random_below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 16) % n);
}

/* Free an assessment whose checks, questions and actions are the test's own. */
static inline void parts_done(struct assessment *a)
{
	for (size_t i = 0; i < a->questionnaire.n; i++)
		free(a->questions[i].contradictions);
	free(a->questions);
	a->questions = NULL;
	a->results = (struct check_results){ 0 };
	a->questionnaire = (struct questionnaire){ 0 };
	a->answers = (struct answers){ 0 };
	a->action_set = (struct action_set){ 0 };
	score_assess_free(a);
}

#endif
