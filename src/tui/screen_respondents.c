/* Who answered what: the questions that several people answered, and whose answer counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/store.h"
#include "tui/answering.h"

enum { LEVELS_MAX = 4096 };

static const struct table_column columns[] = {
	{ N_("NO."), 6, 0, false, 0 },
	{ N_("QUESTION"), 20, 2, false, 0 },
	{ N_("WHO SAYS WHAT"), 24, 2, false, 0 },
	{ N_("COUNTS"), 10, 1, false, 0 },
	{ 0 },
};

static const char *person(const char *respondent)
{
	return respondent && *respondent ? respondent : _("(no name)");
}

static void add_question(struct screen *s, const struct assess_question *q)
{
	const struct answer *answer = q->answer;
	struct buf b;
	buf_init(&b, LEVELS_MAX);
	for (size_t i = 0; i < answer->n_respondents; i++)
		buf_printf(&b, _("%s%s: %s"), i ? "  " : "", person(answer->voices[i].respondent),
			   tui_level_name(answer->voices[i].level));
	table_row(s->table, answer_differs(answer) ? STYLE_FAIR : STYLE_PLAIN, 0, q->question->id);
	table_cell(s->table, q->question->id);
	table_cell(s->table, text2_get(&q->question->text));
	table_cell(s->table, b.data);
	/* Chosen, or only the last one who answered. */
	char *counts = answer->chosen ? xasprintf("* %s", person(answer->respondent)) : xstrdup(person(answer->respondent));
	table_cell(s->table, counts);
	free(counts);
	buf_done(&b);
}

static bool respondents_open(struct screen *s, struct err *e)
{
	(void)e;
	const struct assessment *a = &s->tui->a;
	s->table = table_new(columns, &screen_question);
	size_t shown = 0;
	for (size_t i = 0; i < a->questionnaire.n; i++) {
		if (a->questions[i].answer->n_respondents < 2)
			continue;
		add_question(s, &a->questions[i]);
		shown++;
	}
	const char *who = s->tui->respondent;
	char *now = *who ? xasprintf(_("From now on %s answers."), who)
			 : xstrdup(_("From now on answers bear no name (r: say who answers)."));
	char *note = xasprintf(_("Answered by several people: %zu. %s"), shown, now);
	table_note(s->table, note);
	table_empty(s->table, _("No question was answered by more than one person. r says who answers from now on."));
	free(note);
	free(now);
	return true;
}

static void respondents_title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("Who answered what"));
}

static void key_respondent(struct screen *s)
{
	char name[sizeof s->tui->respondent];
	snprintf(name, sizeof name, "%s", s->tui->respondent);
	if (!tui_input(s->tui, _("Who answers from now on (empty: no name):"), name, sizeof name))
		return;
	size_t from = strspn(name, " "), n = strlen(name);
	while (n > from && name[n - 1] == ' ')
		name[--n] = 0;
	snprintf(s->tui->respondent, sizeof s->tui->respondent, "%s", name + from);
	tui_refill(s);
}

/* The answer of the next person counts from now on; after the last one, the newest answer again. */
static void key_choose(struct screen *s)
{
	int64_t id;
	const char *word;
	struct err e;
	if (!table_chosen(s->table, &id, &word))
		return;
	const struct assessment *a = &s->tui->a;
	const struct question *q = questionnaire_find(&a->questionnaire, word);
	const struct answer *answer = a->questions[q - a->questionnaire.questions].answer;
	size_t next = 0;
	if (answer->chosen) {
		while (next < answer->n_respondents && !answer->voices[next].counts)
			next++;
		next++;
	}
	char *who = next < answer->n_respondents ? xstrdup(answer->voices[next].respondent) : NULL;
	if (!store_answer_choose(s->tui->store, q->id, who, &e)) {
		tui_say(s->tui, "%s", e.text);
	} else if (tui_answers_changed(s->tui) && tui_refill(s)) {
		if (who)
			tui_say(s->tui, _("%s: from now on, what counts is the answer of: %s"), q->id, person(who));
		else
			tui_say(s->tui, _("%s: the newest answer counts."), q->id);
	}
	free(who);
}

static bool can_choose(const struct screen *s)
{
	int64_t id;
	const char *word;
	return table_chosen(s->table, &id, &word);
}

static const struct tui_binding keys[] = {
	{ 'c', 0, "c", N_("counts"), N_("Choose whose answer counts (marked *): the next person's each time, then the newest one again."),
	  key_choose, can_choose },
	{ 'r', 0, "r", N_("who"), N_("Say who answers from now on: each person's answers are kept side by side."), key_respondent,
	  NULL },
	{ 0 },
};

const struct screen_type screen_respondents = {
	.name = "respondents",
	.title = respondents_title,
	.open = respondents_open,
	.keys = keys,
};
