/* What of the plan fits under a budget. */
#ifndef SCORE_ROADMAP_H
#define SCORE_ROADMAP_H

#include "score/assess.h"

enum { ROADMAP_NO_LIMIT = -1 };

/* One action of assessment.actions, chosen or left out. */
struct roadmap_step {
	const struct assess_action *row;
	bool interim;                        /* only its interim measure, which costs nothing and changes no score */
	enum lane lane;
	/* Chosen: the score after it and all chosen ones before it, and what is then left (of a limit that there is). */
	double s_after, n_after;
	int grade_after;
	/* Left out: what it would take, prerequisites that are not chosen included; *_left is what was there. */
	int64_t yen_need;
	double hours_need;
	bool over_yen, over_hours;
	const struct assess_action *first;   /* such a prerequisite, or NULL */
	int64_t yen_left;
	double hours_left;
};

struct roadmap {
	int64_t yen;                         /* the limits, or ROADMAP_NO_LIMIT */
	double hours;
	/* Chosen, in the plan's order; before them the interim measures of the plan and of what is left out. */
	struct roadmap_step *steps; size_t n;
	struct roadmap_step *rest; size_t n_rest;/* left out, in the order in which they were looked at */
};

/*
 * Greedy: first what the plan wants now, then whatever brings most for its effort, each with the prerequisites that it
 * still needs, as long as the upper figures of both fit into what is left. Security actions only. Pure.
 */
void score_roadmap(const struct assessment *a, int64_t yen, double hours, struct roadmap *out);
void score_roadmap_free(struct roadmap *r);

/* The profile question that names the site's yearly budget, in yen; ROADMAP_NO_LIMIT where nobody said. */
#define BUDGET_QUESTION "budget"
int64_t score_budget(const struct answers *a);

#endif
