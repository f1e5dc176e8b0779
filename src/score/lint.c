/* For people who write actions: is every one complete, and does it say so in sentences? */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "score/actions.h"

struct lint {
	const struct action *action;
	score_actions_problem_fn *fn;
	void *data;
};

__attribute__((format(printf, 2, 3)))
static void problem(const struct lint *l, const char *format, ...)
{
	char text[600];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	char *whole = xasprintf("%s: %s", l->action->path, text);
	l->fn(l->data, whole);
	free(whole);
}

static bool begins(const char *p, const char *with)
{
	return strncmp(p, with, strlen(with)) == 0;
}

/* Does what stands in front of end close politely (です・ます, ません, ください, ました, a question)? */
static bool polite(const char *begin, const char *end)
{
	static const char *const closes[] = { "す", "せん", "ください", "した", "か" };
	for (size_t i = 0; i < sizeof closes / sizeof *closes; i++) {
		size_t n = strlen(closes[i]);
		if ((size_t)(end - begin) >= n && memcmp(end - n, closes[i], n) == 0)
			return true;
	}
	return false;
}

/* Every sentence outside brackets; a bracket that stands behind the verb is looked through. */
static bool all_polite(const char *ja)
{
	const char *begin = ja, *end = ja;
	int depth = 0;
	for (const char *p = ja; *p;) {
		size_t n = 1;
		while (((unsigned char)p[n] & 0xc0) == 0x80)
			n++;
		if (begins(p, "（") || begins(p, "「")) {
			depth++;
		} else if (begins(p, "）") || begins(p, "」")) {
			depth--;
		} else if (depth == 0 && begins(p, "。")) {
			if (!polite(begin, end))
				return false;
			begin = end = p + n;
		} else if (depth == 0) {
			end = p + n;
		}
		p += n;
	}
	return begin != ja && *begin == '\0';
}

static void lint_text(const struct lint *l, const char *name, const struct text2 *t, bool sentence)
{
	if (!t->en || !*t->en || !t->ja || !*t->ja) {
		problem(l, "%s: expected a text in both languages", name);
		return;
	}
	const char *fault = text2_fault(t);
	if (fault)
		problem(l, "%s: %s, got \"%.60s\"", name, fault, t->ja);
	char last = t->en[strlen(t->en) - 1];
	bool stop = last == '.' || last == '?' || last == '"';
	if (sentence && !stop)
		problem(l, "%s: en: expected sentences with a full stop, got \"%.60s\"", name, t->en);
	if (sentence && !all_polite(t->ja))
		problem(l, "%s: ja: expected sentences in です・ます that end with 。, got \"%.120s\"", name, t->ja);
	if (!sentence && (last == '.' || strstr(t->ja, "。")))
		problem(l, "%s: expected a phrase without a full stop, got \"%.60s\" and \"%.60s\"", name, t->en, t->ja);
}

static void lint_one(const struct lint *l, const struct check_set *checks)
{
	const struct action *a = l->action;
	lint_text(l, "title", &a->title, false);
	lint_text(l, "summary", &a->summary, true);
	lint_text(l, "who", &a->who, false);
	for (size_t i = 0; i < a->n_steps; i++)
		lint_text(l, "steps", &a->steps[i], true);
	lint_text(l, "check_first", &a->check_first, true);
	lint_text(l, "may_stop", &a->may_stop, true);
	lint_text(l, "way_back", &a->way_back, true);
	lint_text(l, "confirm", &a->confirm, true);
	lint_text(l, "record", &a->record, false);
	if (a->has_interim) {
		lint_text(l, "interim: title", &a->interim_title, false);
		lint_text(l, "interim: steps", &a->interim_steps, true);
	}
	if (a->has_case) {
		lint_text(l, "case: company", &a->example.company, false);
		lint_text(l, "case: what", &a->example.what, true);
		lint_text(l, "case: result", &a->example.result, true);
		lint_text(l, "case: source", &a->example.source, false);
	}
	/* Data actions close no hole, so nothing is open until they are done. */
	if (!a->has_interim && !a->data && (a->downtime != DOWNTIME_NONE || a->yen_min > 0))
		problem(l, "interim: expected what holds until then: the action needs %s",
			a->downtime != DOWNTIME_NONE ? "a stop" : "money");
	bool named = a->n_raises > 0;
	for (size_t i = 0; i < checks->n; i++)
		named = named || (checks->checks[i].action && strcmp(checks->checks[i].action, a->id) == 0);
	if (!named)
		problem(l, "raises: expected a question, or a check that names %s: nothing leads to this action", a->id);
}

void score_actions_lint(const struct action_set *set, const struct check_set *checks, score_actions_problem_fn *fn,
			void *data)
{
	for (size_t i = 0; i < set->n; i++)
		lint_one(&(struct lint){ &set->actions[i], fn, data }, checks);
}
