/* The questionnaire as a plain conversation on a terminal, line by line. */
#ifndef CLI_INTERVIEW_H
#define CLI_INTERVIEW_H

#include "questionnaire/questionnaire.h"

/*
 * Ask what is not answered yet, from the first such question on; each answer is
 * stored when it is given. respondent NULL: whoever answered before, or nobody's
 * name. Ends at the last question, at q and at the end of input.
 */
bool interview_run(const struct questionnaire *q, struct store *s, bool quick, const char *respondent,
		   struct err *e) MUST_CHECK;

#endif
