/* Who answered what: the questions that several people answered, and whose answer counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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

/* How many people answered this entry's question: entries of one question stand together. */
static size_t people(const struct answer_list *l, size_t from)
{
	size_t n = 0;
	while (from + n < l->n && strcmp(l->entries[from].question, l->entries[from + n].question) == 0)
		n++;
	return n;
}

static void add_question(struct screen *s, const struct assess_question *q, const struct answer_entry *entries, size_t n)
{
	struct buf b;
	bool differ = false;
	buf_init(&b, LEVELS_MAX);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "%s%s: %s", i ? "  " : "", person(entries[i].respondent), tui_level_name(entries[i].level));
		differ = differ || entries[i].level != entries[0].level;
	}
	table_row(s->table, differ ? STYLE_FAIR : STYLE_PLAIN, 0, q->question->id);
	table_cell(s->table, q->question->id);
	table_cell(s->table, text2_get(&q->question->text));
	table_cell(s->table, b.data);
	table_cell(s->table, person(q->answer->respondent));
	buf_done(&b);
}

static bool respondents_open(struct screen *s, struct err *e)
{
	struct assessment *a = &s->tui->a;
	struct answer_list l;
	if (!answers_get(&a->questionnaire, s->tui->store, &l, e))
		return false;
	s->table = table_new(columns, &screen_question);
	size_t shown = 0;
	for (size_t i = 0, n; i < l.n; i += n) {
		n = people(&l, i);
		const struct question *q = questionnaire_find(&a->questionnaire, l.entries[i].question);
		if (n < 2 || !q)
			continue;
		add_question(s, &a->questions[q - a->questionnaire.questions], &l.entries[i], n);
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
	answer_list_free(&l);
	return true;
}

static void respondents_title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("Who answered what"));
}

static void key_respondent(struct screen *s)
{
	struct err e;
	char name[sizeof s->tui->respondent];
	snprintf(name, sizeof name, "%s", s->tui->respondent);
	if (!tui_input(s->tui, _("Who answers from now on (empty: no name):"), name, sizeof name))
		return;
	size_t from = strspn(name, " "), n = strlen(name);
	while (n > from && name[n - 1] == ' ')
		name[--n] = 0;
	snprintf(s->tui->respondent, sizeof s->tui->respondent, "%s", name + from);
	struct table *old = s->table;
	if (respondents_open(s, &e)) {
		table_inherit(s->table, old);
		table_free(old);
	} else {
		tui_say(s->tui, "%s", e.text);
	}
}

static const struct tui_binding keys[] = {
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
