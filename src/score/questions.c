#include "score/questions.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUICK_QUESTIONS = 25, HEAVIEST = 4 };

struct lint {
	const struct questionnaire *questionnaire;
	const struct check_set *checks;
	const struct action_set *actions;
	score_questions_problem_fn *fn;
	void *data;
};

/* name: of a question or a domain. */
__attribute__((format(printf, 3, 4)))
static void problem(const struct lint *l, const char *name, const char *format, ...)
{
	char text[600];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	char *whole = xasprintf("questionnaires: %s: %s", name, text);
	l->fn(l->data, whole);
	free(whole);
}

/* ---- the set as a whole ---- */

static void lint_numbers(const struct lint *l)
{
	const struct questionnaire *q = l->questionnaire;
	for (int d = 0; d < DOMAIN_MAX; d++) {
		size_t n = 0;
		int last = 0;
		for (size_t i = 0; i < q->n; i++) {
			if ((int)q->questions[i].domain != d)
				continue;
			int number = atoi(q->questions[i].id + 1);
			n++;
			last = number > last ? number : last;
		}
		/* As many as the last number says: ids are unique. */
		if ((size_t)last != n)
			problem(l, domain_names[d], "expected the numbers 1 to %zu, without a hole, got %s%d", n,
				domain_names[d], last);
	}
	size_t quick = 0;
	for (size_t i = 0; i < q->n; i++)
		quick += q->questions[i].quick;
	if (quick != QUICK_QUESTIONS)
		problem(l, "quick", "expected %d questions, got %zu", QUICK_QUESTIONS, quick);
}

/* ---- one question ---- */

static void lint_text(const struct lint *l, const struct question *q, const char *name, const struct text2 *t)
{
	if (!t->en || !*t->en || !t->ja || !*t->ja) {
		problem(l, q->id, "%s: expected a text in both languages", name);
		return;
	}
	const char *fault = text2_fault(t);
	if (fault)
		problem(l, q->id, "%s: %s, got \"%.60s\"", name, fault, t->ja);
}

static bool same(const struct text2 *a, const struct text2 *b)
{
	return (a->en && b->en && strcmp(a->en, b->en) == 0) || (a->ja && b->ja && strcmp(a->ja, b->ja) == 0);
}

static void lint_levels(const struct lint *l, const struct question *q)
{
	for (int i = 0; i < LEVELS; i++) {
		char name[20];
		snprintf(name, sizeof name, "level %d", i);
		lint_text(l, q, name, &q->level[i]);
		for (int k = 0; k < i; k++)
			if (same(&q->level[i], &q->level[k]))
				problem(l, q->id, "levels: %d and %d say the same", k, i);
	}
	if (q->alternative.en || q->alternative.ja)
		lint_text(l, q, "alternative", &q->alternative);
}

static void lint_maps(const struct lint *l, const struct question *q)
{
	bool has = false;
	for (size_t i = 0; i < q->n_maps; i++) {
		const char *framework = q->maps[i].framework;
		has |= strcmp(framework, "iec62443") == 0 || strcmp(framework, "csf") == 0;
		for (char **id = q->maps[i].ids; *id; id++) {
			const char *example = check_map_fault(framework, *id);
			if (example)
				problem(l, q->id, "maps: %s: expected an id such as %s, got \"%s\"", framework, example, *id);
		}
	}
	/* What data is used for is no matter of security frameworks. */
	if (!has && q->domain != DOMAIN_D)
		problem(l, q->id, "maps: expected ids of iec62443 or csf");
}

static bool tested(const struct check *c, const char *question)
{
	for (size_t i = 0; i < c->n_contradicts; i++)
		if (strcmp(c->contradicts[i].question, question) == 0)
			return true;
	for (char **id = c->confirms; id && *id; id++)
		if (strcmp(*id, question) == 0)
			return true;
	return false;
}

static void lint_capable(const struct lint *l, const struct question *q)
{
	const struct check *by = NULL;
	for (size_t i = 0; i < l->checks->n && !by; i++)
		if (tested(&l->checks->checks[i], q->id))
			by = &l->checks->checks[i];
	if (q->capable && !by)
		problem(l, q->id, "capable: no check contradicts or confirms it");
	else if (!q->capable && by)
		problem(l, q->id, "capable: expected true, since %s tests it", by->id);
}

static void lint_raised(const struct lint *l, const struct question *q)
{
	for (size_t i = 0; i < l->actions->n; i++)
		for (size_t k = 0; k < l->actions->actions[i].n_raises; k++)
			if (strcmp(l->actions->actions[i].raises[k].question, q->id) == 0)
				return;
	problem(l, q->id, "no action raises it");
}

static void lint_one(const struct lint *l, const struct question *q)
{
	lint_text(l, q, "text", &q->text);
	lint_text(l, q, "help", &q->help);
	lint_text(l, q, "ask_whom", &q->ask_whom);
	if (q->weight < 1 || q->weight > HEAVIEST)
		problem(l, q->id, "weight: expected 1 to %d, got %d", HEAVIEST, q->weight);
	lint_levels(l, q);
	lint_maps(l, q);
	lint_capable(l, q);
	lint_raised(l, q);
}

void score_questions_lint(const struct questionnaire *q, const struct check_set *checks,
			  const struct action_set *actions, score_questions_problem_fn *fn, void *data)
{
	struct lint l = { q, checks, actions, fn, data };
	lint_numbers(&l);
	for (size_t i = 0; i < q->n; i++)
		lint_one(&l, &q->questions[i]);
}
