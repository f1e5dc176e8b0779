/*
 * Going through the questionnaire: profile questions first, then the questions of a set. The conversation on a
 * terminal and the screens walk the same way.
 */
#ifndef QUESTIONNAIRE_STEPS_H
#define QUESTIONNAIRE_STEPS_H

#include "questionnaire/questionnaire.h"

/* A profile question or a question: the other one is NULL. */
struct step {
	const struct profile_question *profile;
	const struct question *question;
};
struct steps { struct step *steps; size_t n; };   /* what it names lives as long as the questionnaire */

/* The quick questions, or all. */
void steps_make(const struct questionnaire *q, bool quick, struct steps *out);
void steps_free(struct steps *s);
const char *steps_id(const struct step *s);
/* The step of this question; n where the set does not hold it. */
size_t steps_find(const struct steps *s, const char *id);

/* What was answered so far, as the steps below see it: of answers_load() or answers_load_own(). */
const struct answer *steps_answer(const struct step *s, const struct answers *a);   /* NULL for a profile question */
/* Not asked, because no machine is networked. */
bool steps_skipped(const struct step *s, const struct answers *a);
bool steps_answered(const struct step *s, const struct answers *a);

/* From this step on: the first that is not skipped, and not answered unless all are wanted; n past the end. */
size_t steps_next(const struct steps *s, const struct answers *a, size_t from, bool all);
/* The step before this one that is not skipped; this one where it is the first. */
size_t steps_back(const struct steps *s, const struct answers *a, size_t at);

struct steps_progress {
	size_t questions, answered;      /* profile questions and those that are skipped are in neither */
	size_t profile, profile_answered;
	size_t place;                    /* of the step among its kind, from 1 */
	size_t minutes;                  /* for what is open, a minute each; profile questions go faster */
};
struct steps_progress steps_progress(const struct steps *s, const struct answers *a, size_t at);

/*
 * Put a level in the place of an answer. Its note (unless there is a new one), evidence, record and, where respondent
 * is NULL or "", its respondent stay. old may be NULL or unanswered.
 */
bool steps_store_level(struct store *s, const struct question *q, const struct answer *old, const char *respondent,
		       int level, const char *note, const char *reason, struct err *e) MUST_CHECK;
/* A profile answer. *refused: it cannot become a setting, and nothing was stored. */
bool steps_store_profile(struct store *s, const struct profile_question *p, const char *respondent, const char *value,
			 bool *refused, struct err *e) MUST_CHECK;

#endif
