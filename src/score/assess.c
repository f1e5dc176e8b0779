#include "score/assess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "score/plan.h"

const char *const assess_lack_names[] = { "capture", "mirror", "hours", "subnets-declared", "subnets-seen", "loss",
					  "one-way", "cut", "silence", NULL };

/* Below this coverage a check that passed confirms nothing. */
#define ADEQUATE 0.3

/* ---- the score of a site as it is or would be ---- */

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* The share of a finding's population that no accepted risk covers. */
static double share_not_accepted(const struct check_result *r)
{
	if (r->excepted)
		return 0;
	if (r->population <= 0 || r->n_rows == 0)
		return r->share;
	int64_t *open = xcalloc(r->n_rows, sizeof *open);
	int64_t *all = xcalloc(r->n_rows, sizeof *all);
	size_t n_open = 0, n_all = 0;
	for (size_t i = 0; i < r->n_rows; i++) {
		if (r->rows[i].candidate)
			continue;
		all[n_all++] = r->rows[i].id;
		if (!r->rows[i].excepted)
			open[n_open++] = r->rows[i].id;
	}
	qsort(open, n_open, sizeof *open, by_number);
	qsort(all, n_all, sizeof *all, by_number);
	size_t d_open = 0, d_all = 0;
	for (size_t i = 0; i < n_open; i++)
		d_open += i == 0 || open[i] != open[i - 1];
	for (size_t i = 0; i < n_all; i++)
		d_all += i == 0 || all[i] != all[i - 1];
	free(open);
	free(all);
	return d_all ? r->share * (double)d_open / (double)d_all : r->share;
}

int score_cap_of(const struct assessment *a, const char *question, const bool *fixed)
{
	int cap = LEVELS - 1;
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check *c = a->findings[i]->check;
		for (size_t k = 0; k < c->n_contradicts && !(fixed && fixed[i]); k++)
			if (strcmp(c->contradicts[k].question, question) == 0 &&
			    a->findings[i]->share > c->contradicts[k].above && c->contradicts[k].cap < cap)
				cap = c->contradicts[k].cap;
	}
	return cap;
}

/* The check that confirms this question: it passed, none that names the question failed, and the capture was worth
 * something. */
static const struct check_result *confirmed_by(const struct assessment *a, const char *question, const bool *fixed)
{
	const struct check_result *by = NULL;
	for (size_t i = 0; i < a->results.n && a->coverage.k >= ADEQUATE; i++) {
		const struct check_result *r = &a->results.results[i];
		bool passed = r->outcome == OUTCOME_PASS, failed = r->outcome == OUTCOME_FAIL;
		for (char **id = r->check->confirms; id && *id; id++) {
			if (strcmp(*id, question) != 0)
				continue;
			for (size_t k = 0; failed && fixed && k < a->n_findings; k++)
				if (fixed[k] && a->findings[k] == r) {
					passed = true;
					failed = false;
				}
			if (failed)
				return NULL;
			if (passed && !by)
				by = r;
		}
	}
	return by;
}

bool score_verified(const struct assessment *a, const struct assess_question *q, const bool *fixed)
{
	return q->verified || (fixed && q->question->capable && confirmed_by(a, q->question->id, fixed));
}

void score_what_if(const struct assessment *a, const struct what_if *w, struct score_result *out)
{
	struct score_question *questions = xcalloc(a->questionnaire.n + 1, sizeof *questions);
	struct score_finding *findings = xcalloc(a->n_findings + 1, sizeof *findings);
	struct score_input in = { .questions = questions, .findings = findings, .captured = a->scan != 0,
				  .coverage = a->coverage.k };

	for (size_t i = 0; i < a->questionnaire.n; i++) {
		const struct assess_question *q = &a->questions[i];
		if (!q->counted)
			continue;
		struct score_question *to = &questions[in.n_questions++];
		*to = (struct score_question){
			.domain = q->question->domain,
			.weight = q->question->weight,
			.level = q->level,
			.cap = score_cap_of(a, q->question->id, w->fixed),
			.capable = q->question->capable,
			.verified = score_verified(a, q, w->fixed),
		};
		if (w->raised && w->raised[i] > to->level && to->level >= LEVEL_UNKNOWN)
			to->level = w->raised[i];
		if (w->unknown >= 0 && (size_t)w->unknown == i)
			to->level = LEVELS - 1;
	}
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *r = a->findings[i];
		if ((w->fixed && w->fixed[i]) || (w->without_accepted && r->excepted))
			continue;
		findings[in.n_findings++] = (struct score_finding){
			r->severity, r->check->category, w->without_accepted ? share_not_accepted(r) : r->share };
	}
	score_compute(&in, out);
	free(questions);
	free(findings);
}

/* ---- what follows from results and answers ---- */

static int worst_first(const void *a, const void *b)
{
	return check_worse_first(*(const struct check_result *const *)a, *(const struct check_result *const *)b);
}

static void collect_findings(struct assessment *a)
{
	a->findings = xcalloc(a->results.n + 1, sizeof *a->findings);
	for (size_t i = 0; i < a->results.n; i++) {
		const struct check_result *r = &a->results.results[i];
		a->by_outcome[r->outcome]++;
		if (r->outcome == OUTCOME_PASS || r->outcome == OUTCOME_FAIL)
			a->measured[r->check->category] = true;
		if (r->outcome != OUTCOME_FAIL) {
			a->n_candidates += r->n_rows > 0;
			continue;
		}
		a->findings[a->n_findings++] = r;
		if (!r->excepted)
			a->by_severity[r->severity]++;
		a->any_accepted = a->any_accepted || r->excepted;
		for (size_t k = 0; k < r->n_rows; k++)
			a->any_accepted = a->any_accepted || r->rows[k].excepted;
	}
	qsort(a->findings, a->n_findings, sizeof *a->findings, worst_first);
}

static int lowest_cap_first(const void *a, const void *b)
{
	const struct assess_contradiction *x = a, *y = b;
	if (x->rule->cap != y->rule->cap)
		return x->rule->cap - y->rule->cap;
	return strcmp(x->result->check->id, y->result->check->id);
}

/* Rules of findings that bite this answer; of one finding only the one with the lowest cap. */
static void contradict(const struct assessment *a, struct assess_question *q)
{
	q->cap = LEVELS - 1;
	q->contradictions = xcalloc(a->n_findings + 1, sizeof *q->contradictions);
	for (size_t i = 0; i < a->n_findings && q->level > 0; i++) {
		const struct check *c = a->findings[i]->check;
		const struct check_contradiction *lowest = NULL;
		for (size_t k = 0; k < c->n_contradicts; k++) {
			const struct check_contradiction *rule = &c->contradicts[k];
			if (strcmp(rule->question, q->question->id) == 0 && a->findings[i]->share > rule->above &&
			    rule->cap < q->level && (!lowest || rule->cap < lowest->cap))
				lowest = rule;
		}
		if (lowest)
			q->contradictions[q->n_contradictions++] =
				(struct assess_contradiction){ a->findings[i], lowest };
	}
	qsort(q->contradictions, q->n_contradictions, sizeof *q->contradictions, lowest_cap_first);
	if (q->n_contradictions)
		q->cap = q->contradictions[0].rule->cap;
}

static void confirm(const struct assessment *a, struct assess_question *q)
{
	q->verified_by = q->n_contradictions ? NULL : confirmed_by(a, q->question->id, NULL);
	q->recorded = q->answer && q->answer->recorded;
	q->verified = q->recorded || q->verified_by;
}

void score_question(const struct assessment *a, const struct answer *answer, struct assess_question *q)
{
	*q = (struct assess_question){ .question = answer->question, .answer = answer, .level = answer->level };
	/* In a shop without a network, what was never asked comes as not applicable: no reason to count it. */
	bool said = q->level != LEVEL_UNANSWERED && answer->when;
	q->counted = q->question->quick || said;
	contradict(a, q);
	confirm(a, q);
	struct score_question s = { .level = q->level, .cap = q->cap, .capable = q->question->capable,
				    .verified = q->verified };
	q->effective = q->counted ? score_effective_level(&s) : -1;
	q->held = q->level == LEVELS - 1 && q->cap == LEVELS - 1 && q->effective == LEVELS - 2;
}

static void read_questions(struct assessment *a)
{
	a->questions = xcalloc(a->questionnaire.n + 1, sizeof *a->questions);
	for (size_t i = 0; i < a->questionnaire.n; i++) {
		struct assess_question *q = &a->questions[i];
		struct answer none = { .question = &a->questionnaire.questions[i], .level = LEVEL_UNANSWERED };
		score_question(a, i < a->answers.n ? &a->answers.answers[i] : &none, q);
		if (q->answer == &none)
			q->answer = NULL;
		a->full = a->full || (!q->question->quick && q->counted);
		a->n_contradicted += q->n_contradictions > 0;
		if (!q->counted)
			continue;
		a->n_counted++;
		a->n_unknown += q->level == LEVEL_UNKNOWN;
		a->n_unanswered += q->level == LEVEL_UNANSWERED;
		a->n_not_applicable += q->level == LEVEL_NOT_APPLICABLE;
	}
}

static int most_gain_first(const void *a, const void *b)
{
	const struct assess_unknown *x = a, *y = b;
	bool x_data = x->question->question->domain == DOMAIN_D, y_data = y->question->question->domain == DOMAIN_D;
	if (x_data != y_data)
		return y_data ? -1 : 1;
	if (x->gain != y->gain)
		return x->gain > y->gain ? -1 : 1;
	return x->question < y->question ? -1 : 1;
}

static void find_out(struct assessment *a)
{
	a->unknowns = xcalloc(a->n_counted + 1, sizeof *a->unknowns);
	for (size_t i = 0; i < a->questionnaire.n; i++) {
		const struct assess_question *q = &a->questions[i];
		if (!q->counted || (q->level != LEVEL_UNKNOWN && q->level != LEVEL_UNANSWERED))
			continue;
		struct score_result r = { 0 };
		score_what_if(a, &(struct what_if){ .unknown = (int)i }, &r);
		double gain = q->question->domain == DOMAIN_D ? (a->score.has_d ? r.d - a->score.d : 0)
							      : (a->score.has_s ? r.s - a->score.s : 0);
		a->unknowns[a->n_unknowns++] = (struct assess_unknown){ q, gain };
	}
	qsort(a->unknowns, a->n_unknowns, sizeof *a->unknowns, most_gain_first);
}

static int most_coverage_first(const void *a, const void *b)
{
	const struct assess_raise *x = a, *y = b;
	if (x->k_after != y->k_after)
		return x->k_after > y->k_after ? -1 : 1;
	return (int)x->lack - (int)y->lack;
}

static void raise_coverage(struct assessment *a)
{
	struct assess_coverage *c = &a->coverage;
	if (!a->scan) {
		a->raises[a->n_raises++] = (struct assess_raise){ LACK_CAPTURE, 1 };
		return;
	}
	c->t = score_coverage(c->hours, 1, 0, true);
	c->d = 1 - c->loss;
	double rest = c->t * c->d * (c->mirror ? 1 : 0.3);
	c->v = !c->subnets_declared ? 0.5 : rest > 0 ? fmin(1, c->k / rest) : 1;
	double k = c->t * c->v * c->d * (c->mirror ? 1 : 0.3);
	if (!c->mirror)
		a->raises[a->n_raises++] = (struct assess_raise){ LACK_MIRROR, k / 0.3 };
	if (c->t < 1)
		a->raises[a->n_raises++] = (struct assess_raise){ LACK_HOURS, c->t > 0 ? k / c->t : 0 };
	if (c->v < 1)
		a->raises[a->n_raises++] = (struct assess_raise){
			c->subnets_declared ? LACK_SUBNETS_SEEN : LACK_SUBNETS_DECLARED, rest };
	if (c->d < 0.99)
		a->raises[a->n_raises++] = (struct assess_raise){ LACK_LOSS, c->d > 0 ? k / c->d : 0 };
	if (c->one_way > 0.1)
		a->raises[a->n_raises++] = (struct assess_raise){ LACK_ONE_WAY, k };
	if (c->cut > 0.01)
		a->raises[a->n_raises++] = (struct assess_raise){ LACK_CUT, k };
	if (c->span_hours > 1 && c->hours < 0.5 * c->span_hours)
		a->raises[a->n_raises++] = (struct assess_raise){ LACK_SILENCE, k };
	qsort(a->raises, a->n_raises, sizeof *a->raises, most_coverage_first);
}

void score_assess_build(struct assessment *a)
{
	collect_findings(a);
	read_questions(a);
	raise_coverage(a);
	score_what_if(a, &(struct what_if){ .unknown = -1 }, &a->score);
	score_what_if(a, &(struct what_if){ .unknown = -1, .without_accepted = true }, &a->accepted);
	find_out(a);
	score_plan(a);
}

/* The score alone, of an assessment that is not built. */
static void score_only(struct assessment *x, struct score_result *out)
{
	collect_findings(x);
	read_questions(x);
	score_what_if(x, &(struct what_if){ .unknown = -1 }, out);
	for (size_t i = 0; i < x->questionnaire.n; i++)
		free(x->questions[i].contradictions);
	free(x->questions);
	free(x->findings);
}

void score_had(const struct assessment *a, const struct check_results *results, struct score_result *out)
{
	struct assessment x = { .scan = a->scan, .results = *results, .questionnaire = a->questionnaire,
				.answers = a->answers, .coverage = a->coverage };
	score_only(&x, out);
}

/* ---- from the site file ---- */

static bool read_coverage(void *data, const struct store_row *row)
{
	struct assess_coverage *c = data;
	c->hours = store_column(row, "hours").r;
	c->hours_ot = store_column(row, "hours_ot").r;
	c->days = store_column(row, "days").i;
	c->frames = store_column(row, "frames").i;
	c->files = store_column(row, "files").i;
	c->third_party_share = store_column(row, "third_party_share").r;
	c->mirror = store_column(row, "mirror").i != 0;
	c->loss = store_column(row, "loss").r;
	c->k = store_column(row, "k").r;
	c->one_way = store_column(row, "one_way").r;
	c->cut = store_column(row, "cut").r;
	c->unread = store_column(row, "unread").r;
	c->undecoded = store_column(row, "undecoded").r;
	c->span_hours = store_column(row, "span_hours").r;
	return false;
}

static bool read_number(void *data, const struct store_row *row)
{
	*(int64_t *)data = row->n > 0 ? row->values[0].i : 0;
	return false;
}

struct last_scans {
	struct store_scan_head *heads;
	size_t n, most;
	int64_t until;
};

static bool take_last(void *data, const struct store_scan_head *h)
{
	struct last_scans *x = data;
	if ((x->until && h->id > x->until) || strcmp(h->state, "running") == 0)
		return true;
	if (x->n == x->most) {
		memmove(x->heads, x->heads + 1, (x->most - 1) * sizeof *x->heads);
		x->n--;
	}
	struct store_scan_head *to = &x->heads[x->n++];
	*to = *h;
	to->state = to->point = to->operator_name = to->authorised_by = NULL;
	return true;
}

bool score_last_scans(struct store *s, int64_t until, struct store_scan_head *out, size_t most, size_t *n, struct err *e)
{
	struct last_scans x = { .heads = out, .most = most, .until = until };
	bool ok = store_scans(s, take_last, &x, e);
	*n = x.n;
	return ok;
}

int64_t score_previous_scan(struct store *s, int64_t scan)
{
	struct store_scan_head last[2];
	size_t n;
	if (!score_last_scans(s, scan, last, 2, &n, NULL))
		return 0;
	/* The scan itself is among them, but for a running one. */
	while (n && last[n - 1].id >= scan)
		n--;
	return n ? last[n - 1].id : 0;
}

/* What this site knows better about actions than we do. */
static bool adapt(struct store *s, struct action_set *set, struct err *e)
{
	char *own = store_setting_get(s, ACTIONS_SETTING);
	bool ok = !own || score_actions_adapt(set, "site", own, strlen(own), e) ||
		  err_prefix(e, _("give this site's own figures anew (genba actions --adapt FILE, or --adapt '' for none)"));
	free(own);
	return ok;
}

static bool load_data(struct store *s, struct assessment *a, struct err *e)
{
	char *checks = path_of("checks"), *questionnaires = path_of("questionnaires"), *actions = path_of("actions");
	bool ok = check_load(checks, &a->checks, e) &&
		  questionnaire_load(questionnaires, &a->questionnaire, e) &&
		  score_actions_load(actions, &a->questionnaire, &a->action_set, e) &&
		  adapt(s, &a->action_set, e) &&
		  answers_load(&a->questionnaire, s, &a->answers, e);
	free(checks);
	free(questionnaires);
	free(actions);
	return ok;
}

static bool load_scan(struct store *s, struct assessment *a, struct err *e)
{
	if (!a->scan)
		return true;
	char *subnets = store_setting_get(s, "subnets");
	a->coverage.subnets_declared = subnets && *subnets;
	free(subnets);
	return check_run(&a->checks, s, a->scan, &a->results, e) &&
	       store_select(s, a->scan, "SELECT * FROM v_coverage", NULL, read_coverage, &a->coverage, e) &&
	       store_select(s, a->scan, "SELECT finished FROM v_scan", NULL, read_number, &a->scan_finished, e);
}

bool score_of_scan(const struct assessment *a, struct store *s, int64_t scan, struct score_point *out, struct err *e)
{
	struct assessment x = { .scan = scan, .checks = a->checks, .questionnaire = a->questionnaire, .answers = a->answers };
	bool ok = load_scan(s, &x, e);
	if (ok) {
		score_only(&x, &out->score);
		out->k = x.coverage.k;
		memcpy(out->by_severity, x.by_severity, sizeof x.by_severity);
	}
	check_results_free(&x.results);
	return ok;
}

bool score_assess(struct store *s, int64_t scan, struct assessment *out, struct err *e)
{
	*out = (struct assessment){ .scan = scan ? scan : store_scan_latest(s) };
	if (!load_data(s, out, e) || !load_scan(s, out, e)) {
		score_assess_free(out);
		return false;
	}
	score_assess_build(out);
	return true;
}

/* What score_assess_build() made. */
static void free_built(struct assessment *a)
{
	score_plan_free(a);
	for (size_t i = 0; a->questions && i < a->questionnaire.n; i++)
		free(a->questions[i].contradictions);
	free(a->questions);
	free(a->unknowns);
	free(a->findings);
}

bool score_answers_changed(struct assessment *a, struct store *s, struct err *e)
{
	struct answers fresh;
	if (!answers_load(&a->questionnaire, s, &fresh, e))
		return false;
	free_built(a);
	answers_free(&a->answers);
	/* What was given or loaded stays; everything that follows is made anew. */
	struct assessment x = { .scan = a->scan, .scan_finished = a->scan_finished, .checks = a->checks,
				.results = a->results, .questionnaire = a->questionnaire, .answers = fresh,
				.action_set = a->action_set, .coverage = a->coverage };
	*a = x;
	score_assess_build(a);
	return true;
}

void score_assess_free(struct assessment *a)
{
	free_built(a);
	check_results_free(&a->results);
	check_set_free(&a->checks);
	answers_free(&a->answers);
	questionnaire_free(&a->questionnaire);
	score_actions_free(&a->action_set);
	*a = (struct assessment){ 0 };
}
