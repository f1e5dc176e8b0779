/* For people who write questions: is the questionnaire whole, and do checks and actions answer it? */
#ifndef SCORE_QUESTIONS_H
#define SCORE_QUESTIONS_H

#include "check/check.h"
#include "questionnaire/questionnaire.h"
#include "score/actions.h"

/*
 * What questionnaire_load() does not refuse: holes in the numbers of a domain, a quick set that is not 25, texts that
 * are missing or no Japanese, two levels that say the same, a weight beyond 4, ids that no framework has, no mapping,
 * a question that no action raises, and `capable` that the checks do not bear out.
 */
typedef void score_questions_problem_fn(void *data, const char *message);
void score_questions_lint(const struct questionnaire *q, const struct check_set *checks,
			  const struct action_set *actions, score_questions_problem_fn *fn, void *data);

#endif
