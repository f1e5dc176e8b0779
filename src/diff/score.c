/* Where the difference of the score comes from. Everything is simulated with the pure score_had(). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "diff/side.h"

static double value(const struct score_result *r)
{
	return r->has_s ? r->s : r->n;
}

/* Results with some of the earlier scan's in their place; borrowed members. */
static struct check_results borrow(const struct check_results *r)
{
	struct check_results out = { .results = xcalloc(r->n + 1, sizeof *out.results), .n = r->n };
	if (r->n)
		memcpy(out.results, r->results, r->n * sizeof *out.results);
	return out;
}

static void put_back(const struct diff *d, struct check_results *results, const struct diff_finding *f)
{
	if (f->now && f->before)
		results->results[f->now - d->now->results.results] = *f->before;
}

static double score_with(const struct assessment *a, const struct check_results *results)
{
	struct score_result r;
	score_had(a, results, &r);
	return value(&r);
}

/* To 0.1, as the scores are. */
static double rounded(double x)
{
	double r = round(x * 10) / 10;
	return r == 0 ? 0 : r;   /* no −0.0 */
}

/* Did the site change, as far as can be told, and not only what the scans could show of it? */
static bool is_change(const struct diff_finding *f)
{
	switch (f->state) {
	case DIFF_FINDING_NEW:
		return f->doubt != DIFF_DOUBT_OUTCOME && f->doubt != DIFF_DOUBT_COVERAGE;
	case DIFF_FINDING_FIXED:
		return true;
	case DIFF_FINDING_UNSEEN:
		return false;
	default:
		return f->count[DIFF_FINDING_NEW] || f->count[DIFF_FINDING_FIXED];
	}
}

static void parts(struct diff *d, bool two_files)
{
	struct diff_score *s = &d->score;
	s->before = value(&d->before->score);
	s->now = value(&d->now->score);
	s->comparable = d->before->score.has_s == d->now->score.has_s;
	s->of_n = !d->now->score.has_s;
	s->answers_told = two_files || d->n_answers == 0;
	if (!s->comparable)
		return;
	/* From the earlier scan to the later one: first its answers, then what it could show, then its findings. */
	double answered = s->before;
	if (two_files) {
		struct assessment a = *d->before;
		a.answers = d->now->answers;
		answered = score_with(&a, &d->before->results);
	}
	struct check_results shown = borrow(&d->now->results);
	for (size_t i = 0; i < d->n_findings; i++)
		if (is_change(&d->findings[i]))
			put_back(d, &shown, &d->findings[i]);
	double covered = score_with(d->now, &shown);
	free(shown.results);
	s->answers = rounded(answered - s->before);
	s->coverage = rounded(covered - answered);
	s->findings = rounded(s->now - covered);
}

/* ---- which action moved it ---- */

static struct diff_action *action_of(struct diff *d, const char *id)
{
	for (size_t i = 0; i < d->n_actions; i++)
		if (strcmp(d->actions[i].id, id) == 0)
			return &d->actions[i];
	struct diff_action *a = &d->actions[d->n_actions++];
	*a = (struct diff_action){ .id = id, .action = score_actions_find(&d->now->action_set, id), .told = true,
				   .findings = xcalloc(d->n_findings + 1, sizeof *a->findings) };
	return a;
}

/* Fixed wherever it changed: nothing else hides in the difference. */
static bool is_all_fixed(const struct diff_finding *f)
{
	return f->now && f->before && !f->count[DIFF_FINDING_NEW] && !f->count[DIFF_FINDING_UNSEEN];
}

static int most_gain_first(const void *a, const void *b)
{
	const struct diff_action *x = a, *y = b;
	if (x->gain != y->gain)
		return x->gain > y->gain ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void actions(struct diff *d)
{
	d->actions = xcalloc(d->n_findings + 1, sizeof *d->actions);
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct diff_finding *f = &d->findings[i];
		const char *id = f->before ? f->before->check->action : NULL;
		if (!f->count[DIFF_FINDING_FIXED] || !id)
			continue;
		struct diff_action *a = action_of(d, id);
		a->findings[a->n_findings++] = f;
		a->told = a->told && is_all_fixed(f);
	}
	for (size_t i = 0; i < d->n_actions; i++) {
		struct diff_action *a = &d->actions[i];
		struct check_results back = borrow(&d->now->results);
		for (size_t k = 0; k < a->n_findings; k++)
			put_back(d, &back, a->findings[k]);
		a->gain = a->told ? rounded(value(&d->now->score) - score_with(d->now, &back)) : 0;
		free(back.results);
	}
	if (d->n_actions)
		qsort(d->actions, d->n_actions, sizeof *d->actions, most_gain_first);
}

/* ---- answers ---- */

static bool is_changed(const struct assess_question *a, const struct assess_question *b)
{
	return a->level != b->level ||
	       (a->answer ? a->answer->recorded : false) != (b->answer ? b->answer->recorded : false);
}

static void answers(struct diff *d, bool two_files)
{
	const struct assessment *a = d->before, *b = d->now;
	char since[32];
	text_time(a->scan_finished, since);
	d->answers = xcalloc(b->questionnaire.n + 1, sizeof *d->answers);
	for (size_t i = 0; i < b->questionnaire.n; i++) {
		const struct assess_question *now = &b->questions[i];
		const struct assess_question *before = i < a->questionnaire.n ? &a->questions[i] : NULL;
		const char *when = now->answer ? now->answer->when : NULL;
		if (two_files ? before && is_changed(before, now) : when && strcmp(when, since) > 0)
			d->answers[d->n_answers++] = (struct diff_answer){ now, two_files ? before : NULL };
	}
}

void diff_scores(struct diff *d, bool two_files)
{
	answers(d, two_files);
	parts(d, two_files);
	actions(d);
}
