/*
 * Which actions would help, and in which order to do them. The gain of an action
 * is simulated: the score of the site with its findings gone and its questions
 * raised, less the score now.
 */
#include "score/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const lane_names[] = { "now", "planned_stop", "long_holiday", "year", "watch", NULL };
const char *const lane_titles[] = { N_("Now"), N_("By the next planned stop"), N_("By the next long holiday"),
				    N_("Within 12 months"), N_("Watch") };

/* "Now" holds at least so many actions that need no stop. */
enum { NOW_LEAST = 3 };
/* Up to this effort, what removes a cap goes to "now"; a critical one with more has its interim there. */
#define EFFORT_EASY 2.0
#define CAP_BONUS 10.0
#define DECLARED_ONLY 0.8
/* Less than this gain is no reason to do something this year. */
#define GAIN_LEAST 0.1

/* One action of the set, while the plan is made. */
struct step {
	const struct action *action;
	struct assess_action row;
	bool planned;            /* it is in the plan */
	bool basic;              /* … though nothing is known against it: a good start where nobody answered */
	bool lifeline;           /* it brings a lifeline to level 3 */
	bool early;              /* its interim measure is for now: nothing else serves that lifeline without a stop */
	bool placed;
	enum lane earliest;      /* what it and all before it need allows no lane before this one */
	enum severity worst;     /* of its findings; info when there are none */
	int weight;              /* of the questions that it raises: orders what has no gain */
};

struct plan {
	struct assessment *a;
	struct step *steps;      /* one per action of the set, in its order */
	size_t n;
};

static double score_of(const struct assessment *a, const struct action *action, const struct score_result *r)
{
	return action->data ? r->d : a->score.has_s ? r->s : r->n;
}

static size_t question_index(const struct assessment *a, const char *id)
{
	for (size_t i = 0; i < a->questionnaire.n; i++)
		if (strcmp(a->questions[i].question->id, id) == 0)
			return i;
	return a->questionnaire.n;
}

static bool fixes(const struct action *action, const struct check_result *finding)
{
	return finding->check->action && !finding->excepted && strcmp(finding->check->action, action->id) == 0;
}

void score_what_if_done(const struct assessment *a, const struct action *action, struct what_if *w)
{
	for (size_t i = 0; i < a->n_findings; i++)
		w->fixed[i] = w->fixed[i] || fixes(action, a->findings[i]);
	for (size_t i = 0; i < action->n_raises; i++) {
		size_t q = question_index(a, action->raises[i].question);
		if (q < a->questionnaire.n && w->raised[q] < action->raises[i].level)
			w->raised[q] = action->raises[i].level;
	}
}

struct what_if score_what_if_new(const struct assessment *a)
{
	return (struct what_if){ .fixed = xcalloc(a->n_findings + 1, sizeof(bool)),
				 .raised = xcalloc(a->questionnaire.n + 1, sizeof(int)), .unknown = -1 };
}

void score_what_if_free(struct what_if *w)
{
	free(w->fixed);
	free(w->raised);
}

/* L' of a question in that site. */
static int level_after(const struct assessment *a, size_t i, const struct what_if *w)
{
	const struct assess_question *q = &a->questions[i];
	struct score_question s = { .level = q->level, .cap = score_cap_of(a, q->question->id, w->fixed),
				    .capable = q->question->capable,
				    .verified = score_verified(a, q, w->fixed) };
	if (s.level >= LEVEL_UNKNOWN && s.level < w->raised[i])
		s.level = w->raised[i];
	return q->counted ? score_effective_level(&s) : -1;
}

static bool cap_goes(const struct score_result *before, const struct score_result *after)
{
	for (int i = 0; i < before->n_caps; i++) {
		bool stays = false;
		for (int k = 0; k < after->n_caps; k++)
			stays = stays || strcmp(before->caps[i].reason, after->caps[k].reason) == 0;
		if (!stays)
			return true;
	}
	return false;
}

/* Cost 1, 2 or 4 by yen (a week of own work counts one class more), times complexity 1, 1.5 or 2.5. */
static double effort(const struct action *action)
{
	static const double complexity[] = { 1, 1.5, 2.5 };
	int cost = action->yen_max <= 100000 ? 1 : action->yen_max <= 500000 ? 2 : 4;
	if (action->hours_max > 40 && cost < 4)
		cost *= 2;
	return cost * complexity[action->complexity];
}

/*
 * How an attack comes in, what is left after it, and how far it gets: remote access, backup, the lines to the internet
 * and the wall between office and machines. They come before paper until they are at this level.
 */
static const char *const lifelines[] = { "Z3", "R1", "Z2", "Z1" };
enum { LIFELINES = sizeof lifelines / sizeof *lifelines, LIFELINE_LEVEL = 3 };

/* Also where another finding holds the answer down, so that this action alone raises nothing yet. */
static bool saves(const struct assessment *a, const struct action *action, const char *lifeline)
{
	size_t at = question_index(a, lifeline);
	for (size_t i = 0; i < action->n_raises && at < a->questionnaire.n; i++)
		if (strcmp(action->raises[i].question, lifeline) == 0 && a->questions[at].counted &&
		    a->questions[at].level != LEVEL_NOT_APPLICABLE && a->questions[at].effective < LIFELINE_LEVEL)
			return true;
	return false;
}

bool score_action_left_out(const struct assessment *a, const struct action *action)
{
	bool done = action->done;
	for (size_t i = 0; i < a->n_findings; i++)
		done = done && !fixes(action, a->findings[i]);
	return done || action->not_here;
}

static void measure(const struct assessment *a, struct step *s)
{
	struct what_if w = score_what_if_new(a);
	score_what_if_done(a, s->action, &w);
	struct assess_action *row = &s->row;
	row->findings = xcalloc(a->n_findings + 1, sizeof *row->findings);
	row->raises = xcalloc(s->action->n_raises + 1, sizeof *row->raises);
	s->worst = SEVERITY_INFO;

	for (size_t i = 0; i < a->n_findings; i++) {
		if (!w.fixed[i])
			continue;
		row->findings[row->n_findings++] = a->findings[i];
		if (a->findings[i]->severity > s->worst)
			s->worst = a->findings[i]->severity;
		row->critical = row->critical || (a->findings[i]->severity == SEVERITY_CRITICAL &&
						  a->findings[i]->check->category != CATEGORY_STABILITY);
	}
	bool helps = row->n_findings > 0;
	for (size_t i = 0; i < s->action->n_raises; i++) {
		size_t at = question_index(a, s->action->raises[i].question);
		if (at == a->questionnaire.n)
			continue;
		const struct assess_question *q = &a->questions[at];
		if (!q->counted || q->level == LEVEL_NOT_APPLICABLE || q->effective >= s->action->raises[i].level)
			continue;
		s->weight += q->question->weight;
		bool open = q->level == LEVEL_UNANSWERED;
		int after = open ? s->action->raises[i].level : level_after(a, at, &w);
		if (!open && after <= q->effective)
			continue;
		row->raises[row->n_raises++] = (struct assess_question_raise){ q, open ? -1 : q->effective, after };
		helps = helps || !open;
		s->basic = s->basic || open;
	}
	struct score_result r;
	score_what_if(a, &w, &r);
	row->action = s->action;
	row->gain = fmax(0, score_of(a, s->action, &r) - score_of(a, s->action, &a->score));
	row->gain_n = fmax(0, r.n - a->score.n);
	row->removes_cap = a->score.has_s && !s->action->data && cap_goes(&a->score, &r);
	row->verified = row->n_findings > 0;
	row->effort = effort(s->action);
	row->priority = (row->gain + (row->removes_cap ? CAP_BONUS : 0)) * (row->verified ? 1 : DECLARED_ONLY) /
			row->effort;
	bool wanted = !score_action_left_out(a, s->action);
	s->planned = helps && wanted;
	s->basic = s->basic && !helps && wanted;
	for (int k = 0; k < LIFELINES; k++)
		s->lifeline = s->lifeline || saves(a, s->action, lifelines[k]);
	score_what_if_free(&w);
}

/* ---- lanes ---- */

static enum lane lane_of(const struct step *s)
{
	const struct assess_action *row = &s->row;
	bool worth = row->gain >= GAIN_LEAST || row->removes_cap || s->worst >= SEVERITY_MEDIUM || s->basic;
	if (!worth)
		return LANE_WATCH;
	if (s->action->downtime == DOWNTIME_LINE_STOP)
		return LANE_LONG_HOLIDAY;
	if (s->action->downtime == DOWNTIME_PLANNED_STOP)
		return LANE_PLANNED_STOP;
	if (row->critical || (row->removes_cap && row->effort <= EFFORT_EASY))
		return LANE_NOW;
	return LANE_YEAR;
}

/* Does a go before b within a lane? */
static bool before(const struct step *a, const struct step *b)
{
	if (a->row.lane != b->row.lane)
		return a->row.lane < b->row.lane;
	if (a->row.critical != b->row.critical)
		return a->row.critical;
	if (a->row.lane == LANE_NOW && a->lifeline != b->lifeline)
		return a->lifeline;
	double x = a->action->data ? a->row.gain : a->row.priority;
	double y = b->action->data ? b->row.gain : b->row.priority;
	if (x != y)
		return x > y;
	if (a->worst != b->worst)
		return a->worst > b->worst;
	if (a->weight != b->weight)
		return a->weight > b->weight;
	return a->action < b->action;          /* by id */
}

static bool needs_no_stop(const struct step *s)
{
	return s->action->downtime == DOWNTIME_NONE && !s->action->data;
}

/* The best action to bring forward, of those that serve this lifeline if one is given: one in the plan before one
 * that is only a good start. */
static struct step *best(struct plan *p, const char *lifeline)
{
	struct step *found = NULL;
	for (size_t i = 0; i < p->n; i++) {
		struct step *s = &p->steps[i];
		if (!needs_no_stop(s) || (!s->planned && !s->basic) || (s->planned && s->row.lane == LANE_NOW) ||
		    (lifeline && !saves(p->a, s->action, lifeline)))
			continue;
		if (!found || (s->planned != found->planned ? s->planned : before(s, found)))
			found = s;
	}
	return found;
}

static void bring_forward(struct step *s)
{
	s->planned = true;
	s->row.lane = LANE_NOW;
}

/* What serves a lifeline only with a stop has its interim measure now. */
static void bring_interim_forward(struct plan *p, const char *lifeline)
{
	for (size_t i = 0; i < p->n; i++) {
		struct step *s = &p->steps[i];
		if (s->planned && s->action->has_interim && saves(p->a, s->action, lifeline))
			s->early = true;
	}
}

/* Each lifeline below level 3 is for now; what else is best fills up. */
static void fill_now(struct plan *p)
{
	int now = 0;
	bool held[LIFELINES] = { false };
	struct step *s;
	for (size_t i = 0; i < p->n; i++) {
		s = &p->steps[i];
		if (!s->planned || s->row.lane != LANE_NOW || !needs_no_stop(s))
			continue;
		now++;
		for (int k = 0; k < LIFELINES; k++)
			held[k] = held[k] || saves(p->a, s->action, lifelines[k]);
	}
	for (int k = 0; k < LIFELINES; k++) {
		if (held[k])
			continue;
		if ((s = best(p, lifelines[k]))) {
			bring_forward(s);
			now++;
		} else {
			bring_interim_forward(p, lifelines[k]);
		}
	}
	while (now < NOW_LEAST && (s = best(p, NULL))) {
		bring_forward(s);
		now++;
	}
}

static struct step *step_of(struct plan *p, const char *id)
{
	const struct action *action = score_actions_find(&p->a->action_set, id);
	return action ? &p->steps[action - p->a->action_set.actions] : NULL;
}

/* What has to be done first is in the plan too, unless it is done. */
static void add_prerequisites(struct plan *p)
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < p->n; i++) {
			struct step *s = &p->steps[i];
			for (char **id = s->action->prerequisites; s->planned && id && *id; id++) {
				struct step *first = step_of(p, *id);
				if (!first || first->planned || first->row.n_raises == 0 ||
				    score_action_left_out(p->a, first->action))
					continue;
				first->planned = changed = true;
				first->row.lane = lane_of(first);
			}
		}
	}
}

/* The first lane in which it can be done, apart from what has to come before. */
static enum lane earliest_of(const struct step *s)
{
	return s->action->downtime == DOWNTIME_LINE_STOP ? LANE_LONG_HOLIDAY :
	       s->action->downtime == DOWNTIME_PLANNED_STOP ? LANE_PLANNED_STOP : LANE_NOW;
}

/* Call f for every planned action and each planned prerequisite of it until nothing changes any more. */
static void for_each_edge(struct plan *p, bool (*f)(struct step *s, struct step *first))
{
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < p->n; i++) {
			struct step *s = &p->steps[i];
			for (char **id = s->action->prerequisites; s->planned && id && *id; id++) {
				struct step *first = step_of(p, *id);
				changed = (first && first->planned && f(s, first)) || changed;
			}
		}
	}
}

static bool wait_for(struct step *s, struct step *first)
{
	bool waits = s->earliest < first->earliest;
	if (waits)
		s->earliest = first->earliest;
	return waits;
}

static bool pull_forward(struct step *s, struct step *first)
{
	bool late = first->row.lane > s->row.lane;
	if (late)
		first->row.lane = s->row.lane;
	return late;
}

/*
 * An action waits for the stop that something before it needs; then what has to come before moves forward to it, which
 * is never before its own stop. Two passes, since each alone comes to an end.
 */
static void order_lanes(struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		p->steps[i].earliest = earliest_of(&p->steps[i]);
	for_each_edge(p, wait_for);
	for (size_t i = 0; i < p->n; i++)
		if (p->steps[i].row.lane < p->steps[i].earliest)
			p->steps[i].row.lane = p->steps[i].earliest;
	for_each_edge(p, pull_forward);
}

/* ---- the list ---- */

static bool waits(struct plan *p, const struct step *s)
{
	for (char **id = s->action->prerequisites; id && *id; id++) {
		const struct step *first = step_of(p, *id);
		if (first && first->planned && !first->placed)
			return true;
	}
	return false;
}

static struct step *next_step(struct plan *p, bool data)
{
	struct step *found = NULL;
	for (size_t i = 0; i < p->n; i++) {
		struct step *s = &p->steps[i];
		if (s->planned && !s->placed && s->action->data == data && !waits(p, s) &&
		    (!found || before(s, found)))
			found = s;
	}
	return found;
}

static bool wants_interim(const struct step *s)
{
	return s->planned && s->action->has_interim &&
	       (s->early || (s->row.critical && (s->row.lane != LANE_NOW || s->row.effort > EFFORT_EASY)));
}

/* Rows of their own for what holds until the real thing is done. */
static void place_interims(struct plan *p)
{
	struct assessment *a = p->a;
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->steps[i];
		if (!wants_interim(s))
			continue;
		struct assess_action *row = &a->actions[a->n_actions++];
		*row = (struct assess_action){ .action = s->action, .lane = LANE_NOW, .interim = true,
					       .critical = s->row.critical, .verified = s->row.verified };
		row->findings = xcalloc(s->row.n_findings + 1, sizeof *row->findings);
		row->n_findings = s->row.n_findings;
		memcpy(row->findings, s->row.findings, s->row.n_findings * sizeof *row->findings);
	}
}

static void link_prerequisites(const struct action *action, struct assess_action *rows, size_t n,
			       struct assess_action *row)
{
	row->after = xcalloc(n + 1, sizeof *row->after);
	for (char **id = action->prerequisites; id && *id; id++)
		for (size_t i = 0; i < n; i++)
			if (!rows[i].interim && strcmp(rows[i].action->id, *id) == 0)
				row->after[row->n_after_actions++] = &rows[i];
}

static void place(struct plan *p, bool data, struct assess_action *rows, size_t *n)
{
	struct assessment *a = p->a;
	struct what_if w = score_what_if_new(a);
	struct step *s;
	while ((s = next_step(p, data))) {
		struct assess_action *row = &rows[*n];
		s->placed = true;
		*row = s->row;
		s->row = (struct assess_action){ 0 };   /* the row owns its lists now */
		link_prerequisites(s->action, rows, *n, row);
		(*n)++;
		if (data)
			continue;
		struct score_result r;
		score_what_if_done(a, s->action, &w);
		score_what_if(a, &w, &r);
		row->forecast = true;
		row->s_after = r.has_s ? r.s : 0;
		row->n_after = r.n;
		row->grade_after = r.grade;
	}
	score_what_if_free(&w);
}

static void free_row(struct assess_action *row)
{
	free(row->findings);
	free(row->raises);
	free(row->after);
}

void score_plan(struct assessment *a)
{
	struct plan p = { .a = a, .n = a->action_set.n, .steps = xcalloc(a->action_set.n + 1, sizeof(struct step)) };
	for (size_t i = 0; i < p.n; i++) {
		p.steps[i].action = &a->action_set.actions[i];
		measure(a, &p.steps[i]);
		p.steps[i].row.lane = lane_of(&p.steps[i]);
	}
	fill_now(&p);
	add_prerequisites(&p);
	order_lanes(&p);

	a->actions = xcalloc(2 * p.n + 1, sizeof *a->actions);
	a->data_actions = xcalloc(p.n + 1, sizeof *a->data_actions);
	place_interims(&p);
	place(&p, false, a->actions, &a->n_actions);
	for (size_t i = 0; i < p.n; i++)
		if (p.steps[i].planned && p.steps[i].action->data)
			p.steps[i].row.lane = LANE_NOW;    /* one list: by priority, prerequisites first */
	place(&p, true, a->data_actions, &a->n_data_actions);
	for (size_t i = 0; i < a->n_data_actions; i++) {
		struct step s = { .action = a->data_actions[i].action, .row = a->data_actions[i] };
		a->data_actions[i].lane = lane_of(&s);
	}
	for (size_t i = 0; i < p.n; i++)
		free_row(&p.steps[i].row);
	free(p.steps);
}

void score_plan_free(struct assessment *a)
{
	for (size_t i = 0; i < a->n_actions; i++)
		free_row(&a->actions[i]);
	for (size_t i = 0; i < a->n_data_actions; i++)
		free_row(&a->data_actions[i]);
	free(a->actions);
	free(a->data_actions);
}
