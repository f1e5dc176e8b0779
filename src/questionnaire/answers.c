/* What the site file holds of answers: as they count, and as lists to carry in and out. */
#include "questionnaire/questionnaire.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static char *copy(const char *text)
{
	return text && *text ? xstrdup(text) : NULL;
}

/* ---- lists ---- */

static void entry_free(struct answer_entry *x)
{
	free(x->question);
	free(x->respondent);
	free(x->text);
	free(x->reason);
	free(x->note);
	free(x->evidence);
	free(x->when);
}

void answer_list_free(struct answer_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		entry_free(&l->entries[i]);
	free(l->entries);
	*l = (struct answer_list){ 0 };
}

void answer_list_add(struct answer_list *l, const struct answer_entry *x)
{
	l->entries = xrealloc(l->entries, (l->n + 1) * sizeof *l->entries);
	l->entries[l->n++] = (struct answer_entry){
		.question = xstrdup(x->question), .respondent = xstrdup(x->respondent ? x->respondent : ""),
		.level = x->level, .text = copy(x->text), .reason = copy(x->reason), .note = copy(x->note),
		.evidence = copy(x->evidence), .recorded = x->recorded, .chosen = x->chosen, .when = copy(x->when),
	};
}

static bool take(void *data, const struct store_answer *a)
{
	answer_list_add(data, &(struct answer_entry){
		.question = (char *)(uintptr_t)a->question, .respondent = (char *)(uintptr_t)a->respondent,
		.level = a->level, .text = (char *)(uintptr_t)a->text, .reason = (char *)(uintptr_t)a->reason,
		.note = (char *)(uintptr_t)a->note, .evidence = (char *)(uintptr_t)a->evidence,
		.recorded = a->recorded, .chosen = a->chosen, .when = (char *)(uintptr_t)a->when,
	});
	return true;
}

/* The place of a question: profile first, then questions, then what no questionnaire knows. */
static size_t place(const struct questionnaire *q, const char *id)
{
	const struct profile_question *p = questionnaire_profile(q, id);
	const struct question *found = questionnaire_find(q, id);
	return p ? (size_t)(p - q->profile) : q->n_profile + (found ? (size_t)(found - q->questions) : q->n);
}

bool answers_get(const struct questionnaire *q, struct store *s, struct answer_list *out, struct err *e)
{
	struct answer_list all = { 0 };
	*out = (struct answer_list){ 0 };
	bool ok = store_answers(s, take, &all, e);
	out->entries = xcalloc(all.n + 1, sizeof *out->entries);
	for (size_t at = 0; ok && at <= q->n_profile + q->n; at++) {
		for (size_t i = 0; i < all.n; i++) {
			if (all.entries[i].question && place(q, all.entries[i].question) == at) {
				out->entries[out->n++] = all.entries[i];
				all.entries[i] = (struct answer_entry){ 0 };
			}
		}
	}
	answer_list_free(&all);
	if (!ok)
		answer_list_free(out);
	return ok;
}

bool answers_put(struct store *s, const struct answer_list *l, struct err *e)
{
	/* Settings first: a network that is none is refused before anything is stored. */
	for (size_t i = 0; i < l->n; i++) {
		const struct answer_entry *x = &l->entries[i];
		bool setting = strcmp(x->question, "name") == 0 || strcmp(x->question, "subnets") == 0;
		if (x->level == LEVEL_TEXT && setting && !store_setting_set(s, x->question, x->text, e))
			return false;
	}
	/* One time for all: which of two respondents counts must not hang on when a second ended. */
	char now[32];
	text_time(store_now(), now);
	for (size_t i = 0; i < l->n; i++) {
		const struct answer_entry *x = &l->entries[i];
		struct store_answer a = {
			.question = x->question, .respondent = x->respondent, .level = x->level, .text = x->text,
			.reason = x->reason, .note = x->note, .evidence = x->evidence, .recorded = x->recorded,
			.when = x->when ? x->when : now,
		};
		if (!store_answer_set(s, &a, e) ||
		    (x->chosen && !store_answer_choose(s, x->question, x->respondent, e)))
			return false;
	}
	return true;
}

/* ---- as they count ---- */

/* Does b count rather than a? Chosen before last; as v_answer of the store sees it. */
static bool outweighs(const struct answer_entry *b, const struct answer_entry *a)
{
	if (a->chosen != b->chosen)
		return b->chosen;
	int order = strcmp(b->when ? b->when : "", a->when ? a->when : "");
	return order != 0 ? order > 0 : strcmp(b->respondent, a->respondent) > 0;
}

static const struct answer_entry *counting_answer(const struct answer_list *l, const char *id)
{
	const struct answer_entry *best = NULL;
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->entries[i].question, id) == 0 && (!best || outweighs(&l->entries[i], best)))
			best = &l->entries[i];
	return best;
}

static void count(struct answer *a, const struct answer_entry *x)
{
	a->level = x->level;
	a->reason = copy(x->reason);
	a->note = copy(x->note);
	a->evidence = copy(x->evidence);
	a->respondent = copy(x->respondent);
	a->when = copy(x->when);
	a->recorded = x->recorded;
	a->chosen = x->chosen;
}

/* What everybody said to this question. */
static void add_voices(struct answer *a, const struct answer_list *l, const struct answer_entry *counting)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct answer_entry *x = &l->entries[i];
		if (strcmp(x->question, a->question->id) != 0)
			continue;
		a->voices = xrealloc(a->voices, (a->n_respondents + 1) * sizeof *a->voices);
		a->voices[a->n_respondents++] = (struct answer_voice){
			.respondent = xstrdup(x->respondent), .when = copy(x->when), .level = x->level, .counts = x == counting,
		};
		if (x->level < 0)
			continue;
		if (a->lowest < 0 || x->level < a->lowest)
			a->lowest = x->level;
		if (x->level > a->highest)
			a->highest = x->level;
	}
}

bool answer_differs(const struct answer *a)
{
	for (size_t i = 1; i < a->n_respondents; i++)
		if (a->voices[i].level != a->voices[0].level)
			return true;
	return false;
}

/* Takes out of the list what others than this respondent answered to questions; profile answers stay. */
static void only_of(const struct questionnaire *q, const char *respondent, struct answer_list *l)
{
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++) {
		struct answer_entry *x = &l->entries[i];
		if (questionnaire_profile(q, x->question) || strcmp(x->respondent, respondent) == 0)
			l->entries[n++] = *x;
		else
			entry_free(x);
	}
	l->n = n;
}

bool answers_load(const struct questionnaire *q, struct store *s, struct answers *out, struct err *e)
{
	return answers_load_own(q, s, NULL, out, e);
}

bool answers_load_own(const struct questionnaire *q, struct store *s, const char *respondent, struct answers *out,
		      struct err *e)
{
	struct answer_list l;
	*out = (struct answers){ 0 };
	if (!answers_get(q, s, &l, e))
		return false;
	if (respondent && *respondent)
		only_of(q, respondent, &l);
	out->answers = xcalloc(q->n + 1, sizeof *out->answers);
	out->profile = xcalloc(q->n_profile + 1, sizeof *out->profile);
	for (size_t i = 0; i < q->n_profile; i++) {
		const struct answer_entry *x = counting_answer(&l, q->profile[i].id);
		if (!x || x->level != LEVEL_TEXT)
			continue;
		/* Left empty is an answer too: not known. */
		out->profile[out->n_profile].id = xstrdup(x->question);
		out->profile[out->n_profile++].value = xstrdup(x->text ? x->text : "");
	}
	for (size_t i = 0; i < q->n; i++) {
		struct answer *a = &out->answers[out->n++];
		const struct answer_entry *x = counting_answer(&l, q->questions[i].id);
		*a = (struct answer){ .question = &q->questions[i], .level = LEVEL_UNANSWERED,
				      .lowest = LEVEL_UNANSWERED, .highest = LEVEL_UNANSWERED };
		if (x)
			count(a, x);
		add_voices(a, &l, x);
		out->n_answered += x != NULL;
	}
	for (size_t i = 0; i < out->n && out->n_answered > 0 && answers_standalone(out); i++) {
		struct answer *a = &out->answers[i];
		if (a->level == LEVEL_UNANSWERED && a->question->needs_network) {
			a->level = LEVEL_NOT_APPLICABLE;
			a->reason = xstrdup(_("no machine is networked (profile)"));
		}
	}
	answer_list_free(&l);
	return true;
}

void answers_free(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->answers[i].reason);
		free(a->answers[i].note);
		free(a->answers[i].evidence);
		free(a->answers[i].respondent);
		free(a->answers[i].when);
		for (size_t k = 0; k < a->answers[i].n_respondents; k++) {
			free(a->answers[i].voices[k].respondent);
			free(a->answers[i].voices[k].when);
		}
		free(a->answers[i].voices);
	}
	for (size_t i = 0; i < a->n_profile; i++) {
		free(a->profile[i].id);
		free(a->profile[i].value);
	}
	free(a->answers);
	free(a->profile);
	*a = (struct answers){ 0 };
}

const char *answers_profile(const struct answers *a, const char *id)
{
	for (size_t i = 0; i < a->n_profile; i++)
		if (strcmp(a->profile[i].id, id) == 0)
			return a->profile[i].value;
	return NULL;
}

bool answers_standalone(const struct answers *a)
{
	const char *networked = answers_profile(a, "networked");
	return networked && strcmp(networked, "none") == 0;
}
