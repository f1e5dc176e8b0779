#include "questionnaire/steps.h"

#include <stdlib.h>
#include <string.h>

enum { SECONDS_QUESTION = 60, SECONDS_PROFILE = 15 };

void steps_make(const struct questionnaire *q, bool quick, struct steps *out)
{
	*out = (struct steps){ .steps = xcalloc(q->n_profile + q->n + 1, sizeof *out->steps) };
	for (size_t i = 0; i < q->n_profile; i++)
		out->steps[out->n++].profile = &q->profile[i];
	for (size_t i = 0; i < q->n; i++)
		if (q->questions[i].quick || !quick)
			out->steps[out->n++].question = &q->questions[i];
}

void steps_free(struct steps *s)
{
	free(s->steps);
	*s = (struct steps){ 0 };
}

const char *steps_id(const struct step *s)
{
	return s->profile ? s->profile->id : s->question->id;
}

size_t steps_find(const struct steps *s, const char *id)
{
	size_t at = 0;
	while (at < s->n && strcmp(steps_id(&s->steps[at]), id) != 0)
		at++;
	return at;
}

/* ---- what is to be asked ---- */

const struct answer *steps_answer(const struct step *s, const struct answers *a)
{
	for (size_t i = 0; s->question && i < a->n; i++)
		if (a->answers[i].question == s->question)
			return &a->answers[i];
	return NULL;
}

bool steps_skipped(const struct step *s, const struct answers *a)
{
	return (s->profile ? s->profile->needs_network : s->question->needs_network) && answers_standalone(a);
}

bool steps_answered(const struct step *s, const struct answers *a)
{
	if (s->profile)
		return answers_profile(a, s->profile->id) != NULL;
	const struct answer *x = steps_answer(s, a);
	return x && x->level != LEVEL_UNANSWERED;
}

size_t steps_next(const struct steps *s, const struct answers *a, size_t from, bool all)
{
	while (from < s->n && (steps_skipped(&s->steps[from], a) || (!all && steps_answered(&s->steps[from], a))))
		from++;
	return from;
}

size_t steps_back(const struct steps *s, const struct answers *a, size_t at)
{
	for (size_t i = at; i-- > 0;)
		if (!steps_skipped(&s->steps[i], a))
			return i;
	return at;
}

struct steps_progress steps_progress(const struct steps *s, const struct answers *a, size_t at)
{
	struct steps_progress p = { 0 };
	size_t seconds = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct step *step = &s->steps[i];
		bool profile = step->profile != NULL, same = at < s->n && profile == (s->steps[at].profile != NULL);
		/* Whoever stands at a skipped one has it counted: its place must be one. */
		if (steps_skipped(step, a) && i != at)
			continue;
		bool answered = steps_answered(step, a);
		p.place += same && i <= at;
		*(profile ? &p.profile : &p.questions) += 1;
		*(profile ? &p.profile_answered : &p.answered) += answered;
		seconds += answered ? 0 : profile ? SECONDS_PROFILE : SECONDS_QUESTION;
	}
	p.minutes = (seconds + 59) / 60;
	return p;
}

/* ---- answers ---- */

static const char *or_null(const char *text)
{
	return text && *text ? text : NULL;
}

bool steps_store_level(struct store *s, const struct question *q, const struct answer *old, const char *respondent,
		       int level, const char *note, const char *reason, struct err *e)
{
	/* What was only made up for a shop without a network has no time: nobody gave it. */
	bool keep = old && old->level != LEVEL_UNANSWERED && old->when;
	const char *who = or_null(respondent) ? respondent : keep && old->respondent ? old->respondent : "";
	struct store_answer a = {
		.question = q->id, .respondent = who, .level = level, .reason = reason,
		.note = or_null(note) ? note : keep ? old->note : NULL, .evidence = keep ? old->evidence : NULL,
		.recorded = keep && old->recorded,
	};
	return store_answer_set(s, &a, e);
}

bool steps_store_profile(struct store *s, const struct profile_question *p, const char *respondent, const char *value,
			 bool *refused, struct err *e)
{
	bool setting = strcmp(p->id, "name") == 0 || strcmp(p->id, "subnets") == 0;
	*refused = setting && !store_setting_set(s, p->id, value, e);
	struct store_answer a = { .question = p->id, .respondent = respondent ? respondent : "", .level = LEVEL_TEXT,
				  .text = value };
	return !*refused && store_answer_set(s, &a, e);
}
