/* All questions of the set: what was answered, and what the wire says of it. */
#include <stdio.h>
#include <stdlib.h>

#include "questionnaire/steps.h"
#include "tui/answering.h"

/* Kept by the screen: show only what should be looked at again. */
struct questions { bool due_only; };

static const struct table_column columns[] = {
	{ N_("NO."), 4, 0, false, 0 },
	{ N_("ABOUT"), 16, 0, false, 2 },
	{ N_("QUESTION"), 40, 1, false, 0 },
	{ N_("ANSWER"), 14, 0, false, 0 },
	{ N_("SCAN"), 11, 0, false, 0 },
	{ N_("DAY"), 10, 0, false, 3 },
	{ 0 },
};

static void add_profile(struct screen *s, const struct profile_question *p, const struct answers *answers)
{
	const char *value = tui_profile_value(p, answers);
	table_row(s->table, STYLE_PLAIN, 0, p->id);
	table_cell(s->table, "");
	table_cell(s->table, _("the firm"));
	table_cell(s->table, text2_get(&p->text));
	table_cell(s->table, value ? value : _("not answered"));
}

static void add_question(struct screen *s, const struct assess_question *q)
{
	const struct check_result *by;
	enum tui_wire wire = tui_answer_given(q->answer) ? tui_wire_of(&s->tui->a, q, &by) : WIRE_NO_SCAN;
	char day[11];
	table_row(s->table, wire == WIRE_CONTRADICTED ? STYLE_BAD : STYLE_PLAIN, 0, q->question->id);
	table_cell(s->table, q->question->id);
	table_cell(s->table, domain_title(q->question->domain, lang_now()));
	table_cell(s->table, text2_get(&q->question->text));
	table_cell(s->table, tui_level_name(q->level));
	table_cell(s->table, wire == WIRE_CONTRADICTED ? _("contradicts") : wire == WIRE_CONFIRMED ? _("confirms") : "");
	snprintf(day, sizeof day, "%s", tui_answer_given(q->answer) ? q->answer->when : "");
	table_cell(s->table, day);
}

/* One step as a row, where it is wanted; true: it is worth another look. */
static bool add_step(struct screen *s, const struct step *step, const struct answers *answers)
{
	bool only = ((struct questions *)s->data)->due_only, skipped = steps_skipped(step, answers);
	if (step->profile) {
		bool due = !skipped && !steps_answered(step, answers);
		if (due || !only)
			add_profile(s, step->profile, answers);
		return due;
	}
	struct assess_question q;
	score_question(&s->tui->a, steps_answer(step, answers), &q);
	bool due = tui_answer_due(&s->tui->a, &q) && !(skipped && !tui_answer_given(q.answer));
	if (due || !only)
		add_question(s, &q);
	free(q.contradictions);
	return due;
}

static bool questions_open(struct screen *s, struct err *e)
{
	struct tui *t = s->tui;
	struct questions *v = s->data ? s->data : xcalloc(1, sizeof *v);
	struct answers own;
	s->data = v;
	if (t->respondent[0] && !answers_load_own(&t->a.questionnaire, t->store, t->respondent, &own, e))
		return false;
	const struct answers *answers = t->respondent[0] ? &own : &t->a.answers;
	struct steps steps;
	steps_make(&t->a.questionnaire, !t->full, &steps);
	s->table = table_new(columns, &screen_question);
	size_t due = 0, answered = 0;
	for (size_t i = 0; i < steps.n; i++) {
		due += add_step(s, &steps.steps[i], answers);
		answered += steps_answered(&steps.steps[i], answers);
	}
	char *note = v->due_only ? xasprintf(_("Worth another look: %zu of %zu (open, not known, over a year old, or contradicted since)"), due, steps.n)
				 : xasprintf(_("%zu of %zu answered; worth another look: %zu (c: only these)"), answered, steps.n,
					     due);
	table_note(s->table, note);
	table_empty(s->table, _("Nothing has to be looked at again. c shows all questions."));
	free(note);
	steps_free(&steps);
	if (t->respondent[0])
		answers_free(&own);
	return true;
}

static void questions_close(struct screen *s)
{
	free(s->data);
}

static void questions_title(const struct screen *s, char *out, size_t size)
{
	const char *set = s->tui->full ? _("Questions: all") : _("Questions: the quick set");
	if (s->tui->respondent[0])
		snprintf(out, size, _("%s (answered by %s)"), set, s->tui->respondent);
	else
		snprintf(out, size, "%s", set);
}

static void key_due(struct screen *s)
{
	struct questions *v = s->data;
	v->due_only = !v->due_only;
	tui_refill(s);
}

static void key_set(struct screen *s)
{
	s->tui->full = !s->tui->full;
	tui_refill(s);
}

static void key_people(struct screen *s)
{
	tui_open(s->tui, &screen_respondents, 0, "");
}

static const struct tui_binding keys[] = {
	{ 'c', 0, "c", N_("again"), N_("Show only what is worth another look: not answered, \"don't know\", answered more than a "
				       "year ago, or contradicted by a scan that is newer than the answer."), key_due, NULL },
	{ 'f', 0, "f", N_("set"), N_("Change between the quick questions and all questions."), key_set, NULL },
	{ 'p', 0, "p", N_("people"), N_("Who answered what, and who answers from now on."), key_people, NULL },
	{ 0 },
};

const struct screen_type screen_questions = {
	.name = "questions",
	.title = questions_title,
	.open = questions_open,
	.close = questions_close,
	.keys = keys,
};
