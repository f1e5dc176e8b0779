/* Inside src/score: what the assessment and its plan of actions share. */
#ifndef SCORE_PLAN_H
#define SCORE_PLAN_H

#include "score/assess.h"

/* A site as it would be: findings gone, questions raised. NULL members: as it is now. */
struct what_if {
	bool *fixed;             /* one per assessment.findings */
	int *raised;             /* one per assessment.questions: at least this level; 0: as declared */
	bool without_accepted;   /* leave accepted risks out */
	int unknown;             /* index of a question to take as level 4, −1 for none */
};

/* The score of that site. Reads findings and questions of a, nothing that follows from them. */
void score_what_if(const struct assessment *a, const struct what_if *w, struct score_result *out);
/* As it is now; every action that is done there is marked in it. */
struct what_if score_what_if_new(const struct assessment *a);
void score_what_if_free(struct what_if *w);
void score_what_if_done(const struct assessment *a, const struct action *action, struct what_if *w);
/* Would a level 4 of this question be verified there? A check whose finding is gone counts as passed. */
bool score_verified(const struct assessment *a, const struct assess_question *q, const bool *fixed);
/* The cap that contradictions of the findings left put on a question; 4 for none. */
int score_cap_of(const struct assessment *a, const char *question, const bool *fixed);

/* Fill actions and data_actions of an assessment that has everything else. */
void score_plan(struct assessment *a);
void score_plan_free(struct assessment *a);

#endif
