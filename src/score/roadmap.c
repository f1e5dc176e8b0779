#include "score/roadmap.h"

#include <stdlib.h>

#include "score/plan.h"

/* Sums of hours are sums of tenths: this much is no overdraft. */
#define HOURS_SLACK 1e-6

struct pick {
	const struct assessment *a;
	bool *chosen;            /* one per assessment.actions */
	int64_t yen_left;
	double hours_left;
};

static size_t index_of(const struct pick *c, const struct assess_action *row)
{
	return (size_t)(row - c->a->actions);
}

/* Add an action and the prerequisites that are not chosen yet to in[] and to the sums. */
static void collect(const struct pick *c, const struct assess_action *row, bool *in, struct roadmap_step *sum)
{
	if (c->chosen[index_of(c, row)] || in[index_of(c, row)])
		return;
	in[index_of(c, row)] = true;
	sum->yen_need += row->action->yen_max;
	sum->hours_need += row->action->hours_max;
	for (size_t i = 0; i < row->n_after_actions; i++)
		collect(c, row->after[i], in, sum);
}

static const struct assess_action *missing(const struct pick *c, const struct assess_action *row)
{
	for (size_t i = 0; i < row->n_after_actions; i++)
		if (!c->chosen[index_of(c, row->after[i])])
			return row->after[i];
	return NULL;
}

/* The order of choice: now before later, then by priority, then as in the plan. */
static int most_wanted_first(const void *a, const void *b)
{
	const struct assess_action *x = *(const struct assess_action *const *)a;
	const struct assess_action *y = *(const struct assess_action *const *)b;
	bool x_now = x->lane == LANE_NOW, y_now = y->lane == LANE_NOW;
	if (x_now != y_now)
		return x_now ? -1 : 1;
	if (!x_now && x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void choose(struct pick *c, const struct roadmap *r, const struct assess_action *row, struct roadmap_step *step)
{
	bool *in = xcalloc(c->a->n_actions + 1, sizeof *in);
	*step = (struct roadmap_step){ .row = row, .lane = row->lane, .first = missing(c, row), .yen_left = c->yen_left,
				       .hours_left = c->hours_left };
	collect(c, row, in, step);
	step->over_yen = r->yen >= 0 && step->yen_need > c->yen_left;
	step->over_hours = r->hours >= 0 && step->hours_need > c->hours_left + HOURS_SLACK;
	if (!step->over_yen && !step->over_hours) {
		for (size_t i = 0; i < c->a->n_actions; i++)
			c->chosen[i] = c->chosen[i] || in[i];
		c->yen_left -= step->yen_need;
		c->hours_left -= step->hours_need;
	}
	free(in);
}

static bool has_interim_row(const struct assessment *a, const struct action *action)
{
	for (size_t i = 0; i < a->n_actions; i++)
		if (a->actions[i].interim && a->actions[i].action == action)
			return true;
	return false;
}

/* Where the money is not there, what holds until then is what can be done. */
static void place_interims(const struct pick *c, struct roadmap *r)
{
	const struct assessment *a = c->a;
	for (size_t i = 0; i < a->n_actions; i++) {
		const struct assess_action *row = &a->actions[i];
		if (row->interim || (!c->chosen[i] && row->action->has_interim && !has_interim_row(a, row->action)))
			r->steps[r->n++] = (struct roadmap_step){ .row = row, .interim = true, .lane = LANE_NOW,
								  .yen_left = r->yen, .hours_left = r->hours };
	}
}

/* The chosen ones in the plan's order, each with the score reached and what is left. */
static void forecast(const struct pick *c, struct roadmap *r)
{
	const struct assessment *a = c->a;
	struct what_if w = score_what_if_new(a);
	int64_t yen = r->yen;
	double hours = r->hours;
	for (size_t i = 0; i < a->n_actions; i++) {
		const struct assess_action *row = &a->actions[i];
		if (!c->chosen[i])
			continue;
		struct score_result result;
		score_what_if_done(a, row->action, &w);
		yen -= row->action->yen_max;
		hours -= row->action->hours_max;
		score_what_if(a, &w, &result);
		r->steps[r->n++] = (struct roadmap_step){
			.row = row, .lane = row->lane, .s_after = result.has_s ? result.s : 0, .n_after = result.n,
			.grade_after = result.grade, .yen_left = r->yen < 0 ? ROADMAP_NO_LIMIT : yen,
			.hours_left = r->hours < 0 ? ROADMAP_NO_LIMIT : hours > 0 ? hours : 0 };
	}
	score_what_if_free(&w);
}

void score_roadmap(const struct assessment *a, int64_t yen, double hours, struct roadmap *out)
{
	*out = (struct roadmap){ .yen = yen, .hours = hours };
	out->steps = xcalloc(a->n_actions + 1, sizeof *out->steps);
	out->rest = xcalloc(a->n_actions + 1, sizeof *out->rest);
	struct pick c = { .a = a, .chosen = xcalloc(a->n_actions + 1, sizeof(bool)), .yen_left = yen,
			    .hours_left = hours };
	const struct assess_action **rows = xcalloc(a->n_actions + 1, sizeof *rows);
	size_t n = 0;
	for (size_t i = 0; i < a->n_actions; i++)
		if (!a->actions[i].interim)
			rows[n++] = &a->actions[i];
	qsort(rows, n, sizeof *rows, most_wanted_first);
	/* What does not fit now never will: with the budget only prerequisites of its own shrink, by as much. */
	for (size_t i = 0; i < n; i++) {
		struct roadmap_step step;
		if (c.chosen[index_of(&c, rows[i])])
			continue;
		choose(&c, out, rows[i], &step);
		if (step.over_yen || step.over_hours)
			out->rest[out->n_rest++] = step;
	}
	free(rows);
	place_interims(&c, out);
	forecast(&c, out);
	free(c.chosen);
}

void score_roadmap_free(struct roadmap *r)
{
	free(r->steps);
	free(r->rest);
	*r = (struct roadmap){ 0 };
}

int64_t score_budget(const struct answers *a)
{
	const char *text = answers_profile(a, BUDGET_QUESTION);
	char *end;
	if (!text || !*text)
		return ROADMAP_NO_LIMIT;
	long long yen = strtoll(text, &end, 10);
	return *end || yen < 0 ? ROADMAP_NO_LIMIT : yen;
}
