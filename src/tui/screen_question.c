/* The interview, one question a screen: stored as soon as it is answered, and only then told what the wire says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "questionnaire/steps.h"
#include "tui/answering.h"
#include "tui/question.h"

enum { INPUT_MAX = 1000 };

static const struct step *step_of(const struct question_view *v)
{
	return &v->steps.steps[v->at];
}

static const struct answers *answers_of(const struct screen *s)
{
	const struct question_view *v = s->data;
	return v->own_loaded ? &v->own : &s->tui->a.answers;
}

static const struct answer *answer_of(const struct screen *s)
{
	return steps_answer(step_of(s->data), answers_of(s));
}

static bool is_question(const struct screen *s)
{
	return step_of(s->data)->question != NULL;
}

/* ---- where we are ---- */

/*
 * The row of the answer as it is stored; -1 where there is none: nothing is marked then, lest an Enter too many answer.
 */
static int row_of_answer(const struct screen *s)
{
	const struct step *step = step_of(s->data);
	if (step->profile) {
		const char *now = answers_profile(answers_of(s), step->profile->id);
		for (size_t i = 0; now && i < step->profile->n_choices; i++)
			if (strcmp(step->profile->choices[i].value, now) == 0)
				return (int)i;
		return -1;
	}
	return tui_answer_given(answer_of(s)) ? question_row(answer_of(s)->level) : -1;
}

static void go(struct screen *s, size_t at)
{
	struct question_view *v = s->data;
	v->at = at;
	v->top = 0;
	v->given = false;
	v->follow = true;
	v->chosen = row_of_answer(s);
	snprintf(v->id, sizeof v->id, "%s", steps_id(step_of(v)));
}

/* The first open one from here on, then from the start; n: none is open. */
static size_t open_from(const struct screen *s, size_t from)
{
	const struct question_view *v = s->data;
	size_t at = steps_next(&v->steps, answers_of(s), from, false);
	return at < v->steps.n ? at : steps_next(&v->steps, answers_of(s), 0, false);
}

/* Says how many questions were left out on the way. */
static void say_skipped(struct screen *s, size_t from, size_t to)
{
	const struct question_view *v = s->data;
	size_t n = 0;
	for (size_t i = from; i < to && i < v->steps.n; i++)
		n += steps_skipped(&v->steps.steps[i], answers_of(s));
	if (n)
		tui_say(s->tui, _("Left out, because no machine is networked: %zu."), n);
}

/* To the next question that is open; where none is, to the next one of a review, to the list, or to the result. */
static void go_on(struct screen *s)
{
	struct question_view *v = s->data;
	size_t from = v->at + 1;
	size_t at = v->review ? steps_next(&v->steps, answers_of(s), from, true) : open_from(s, from);
	if (at < v->steps.n) {
		say_skipped(s, from, at);
		go(s, at);
	} else if (v->was_open || v->review) {
		struct tui *t = s->tui;
		tui_replace(t, &screen_result, 0, "");
		tui_say(t, "%s", _("All questions are answered. This is the result."));
	} else {
		tui_close(s->tui);
	}
}

static bool load_own(struct screen *s, struct err *e)
{
	struct question_view *v = s->data;
	if (v->own_loaded)
		answers_free(&v->own);
	v->own_loaded = false;
	if (!s->tui->respondent[0])
		return true;
	v->own_loaded = answers_load_own(&s->tui->a.questionnaire, s->tui->store, s->tui->respondent, &v->own, e);
	return v->own_loaded;
}

/* The steps of the set; of all questions, where the set does not hold this one. False: there is none such. */
static bool load_steps(struct screen *s, const char *id)
{
	struct question_view *v = s->data;
	for (int full = s->tui->full; full <= 1; full++) {
		steps_free(&v->steps);
		steps_make(&s->tui->a.questionnaire, !full, &v->steps);
		v->at = *id ? steps_find(&v->steps, id) : 0;
		if (v->at < v->steps.n)
			return true;
	}
	return false;
}

static bool question_open(struct screen *s, struct err *e)
{
	struct question_view *v = s->data = xcalloc(1, sizeof *v);
	if (!load_own(s, e))
		return false;
	if (!load_steps(s, s->word))
		return err_set(e, _("there is no question %s"), s->word);
	size_t open = open_from(s, 0);
	v->was_open = open < v->steps.n;
	v->review = !v->was_open && !*s->word;
	go(s, *s->word ? v->at : v->was_open ? open : steps_next(&v->steps, answers_of(s), 0, true));
	return true;
}

/* Answers, set, respondent or the whole site may be others now; the place stays. */
static bool question_again(struct screen *s, struct err *e)
{
	struct question_view *v = s->data;
	char id[sizeof v->id];
	snprintf(id, sizeof id, "%s", v->id);
	if (!load_own(s, e))
		return false;
	if (!load_steps(s, id))
		return load_steps(s, "");
	v->chosen = row_of_answer(s);
	return true;
}

static void question_close(struct screen *s)
{
	struct question_view *v = s->data;
	steps_free(&v->steps);
	if (v->own_loaded)
		answers_free(&v->own);
	free(v);
}

static void question_title(const struct screen *s, char *out, size_t size)
{
	const char *who = s->tui->respondent;
	const char *what = is_question(s) ? _("Questions") : _("About the firm");
	if (*who)
		snprintf(out, size, _("%s (answered by %s)"), what, who);
	else
		snprintf(out, size, "%s", what);
}

/* ---- answers ---- */

static bool stored(struct screen *s)
{
	struct err e;
	if (!tui_answers_changed(s->tui))
		return false;
	if (load_own(s, &e))
		return true;
	tui_say(s->tui, "%s", e.text);
	return false;
}

static void take_level(struct screen *s, int level, const char *reason)
{
	struct question_view *v = s->data;
	struct err e;
	if (!steps_store_level(s->tui->store, step_of(v)->question, answer_of(s), s->tui->respondent, level, NULL, reason,
			       &e)) {
		tui_say(s->tui, "%s", e.text);
		return;
	}
	if (!stored(s))
		return;
	v->given = true;
	v->follow = true;
	v->chosen = question_row(level);
	const struct answer *counts = steps_answer(step_of(v), &s->tui->a.answers);
	if (counts->chosen && strcmp(counts->respondent, s->tui->respondent) != 0)
		tui_say(s->tui, _("Stored beside the answer of %s, which was chosen to count."),
			*counts->respondent ? counts->respondent : _("(no name)"));
	else
		tui_say(s->tui, "%s", _("Stored. Enter: the next question."));
}

static void not_applicable(struct screen *s)
{
	char reason[INPUT_MAX] = "";
	const struct answer *a = answer_of(s);
	if (tui_answer_given(a) && a->level == LEVEL_NOT_APPLICABLE && a->reason)
		snprintf(reason, sizeof reason, "%s", a->reason);
	if (!tui_input(s->tui, _("Why is it not applicable?"), reason, sizeof reason))
		return;
	if (reason[strspn(reason, " ")])
		take_level(s, LEVEL_NOT_APPLICABLE, reason);
	else
		tui_say(s->tui, "%s", _("\"Not applicable\" needs a reason."));
}

static void take_profile(struct screen *s, const char *value)
{
	struct question_view *v = s->data;
	struct err e;
	bool refused;
	if (!steps_store_profile(s->tui->store, step_of(v)->profile, s->tui->respondent, value, &refused, &e))
		tui_say(s->tui, "%s", e.text);
	else if (stored(s)) {
		tui_say(s->tui, "%s", _("Stored."));
		go_on(s);
	}
}

static void write_profile(struct screen *s)
{
	const struct profile_question *p = step_of(s->data)->profile;
	const char *now = answers_profile(answers_of(s), p->id);
	char value[INPUT_MAX];
	snprintf(value, sizeof value, "%s", now ? now : "");
	if (!tui_input(s->tui, _("Answer:"), value, sizeof value))
		return;
	/* Whoever leaves it empty does not know, and is not asked again. Only the name has to be one. */
	if (value[strspn(value, " ")])
		take_profile(s, value);
	else if (strcmp(p->id, "name") != 0)
		take_profile(s, "");
	else
		go_on(s);
}

/* What Enter does with the row under the cursor. */
static void take_row(struct screen *s)
{
	struct question_view *v = s->data;
	const struct step *step = step_of(v);
	if (step->profile && !step->profile->n_choices)
		write_profile(s);
	else if (v->chosen < 0)
		tui_say(s->tui, "%s", step->profile ? _("Choose with the arrow keys and Enter, or type a digit.")
						    : _("Choose with the arrow keys and Enter, or type 0 to 4, ? or n."));
	else if (step->profile)
		take_profile(s, step->profile->choices[v->chosen].value);
	else if (v->chosen == ROW_NOT_APPLICABLE)
		not_applicable(s);
	else
		take_level(s, v->chosen == ROW_UNKNOWN ? LEVEL_UNKNOWN : v->chosen, NULL);
}

/* Enter on the answer as it stands goes on; one that is due again is stored anew first, as of today. */
static void enter(struct screen *s)
{
	struct question_view *v = s->data;
	const struct step *step = step_of(v);
	bool same = v->chosen == row_of_answer(s) && steps_answered(step, answers_of(s));
	if (step->profile && step->profile->n_choices && same) {
		go_on(s);
		return;
	}
	const struct answer *a = answer_of(s);
	same = same && step->question && tui_answer_given(a);
	bool due = false;
	if (same && !v->given && a->level >= 0) {
		struct assess_question q;
		score_question(&s->tui->a, a, &q);
		due = tui_answer_due(&s->tui->a, &q);
		free(q.contradictions);
	}
	if (same && !due)
		go_on(s);
	else
		take_row(s);
}

/* ---- note, evidence, record ---- */

static bool can_note(const struct screen *s)
{
	return is_question(s) && tui_answer_given(answer_of(s));
}

/* The answer with one of its parts changed; when it was given stays. */
static void change(struct screen *s, const char *note, const char *evidence, bool recorded)
{
	const struct answer *old = answer_of(s);
	struct store_answer a = {
		.question = old->question->id, .respondent = old->respondent ? old->respondent : "", .level = old->level,
		.reason = old->reason, .note = note, .evidence = evidence, .recorded = recorded, .when = old->when,
	};
	struct err e;
	if (!store_answer_set(s->tui->store, &a, &e))
		tui_say(s->tui, "%s", e.text);
	else if (stored(s))
		tui_say(s->tui, "%s", _("Stored."));
}

static void key_note(struct screen *s)
{
	const struct answer *a = answer_of(s);
	char text[INPUT_MAX];
	snprintf(text, sizeof text, "%s", a->note ? a->note : "");
	if (tui_input(s->tui, _("Note:"), text, sizeof text))
		change(s, *text ? text : NULL, a->evidence, a->recorded);
}

static void key_evidence(struct screen *s)
{
	const struct answer *a = answer_of(s);
	char text[INPUT_MAX];
	snprintf(text, sizeof text, "%s", a->evidence ? a->evidence : "");
	if (tui_input(s->tui, _("Where the record is:"), text, sizeof text))
		change(s, a->note, *text ? text : NULL, a->recorded);
}

static void key_record(struct screen *s)
{
	const struct answer *a = answer_of(s);
	change(s, a->note, a->evidence, !a->recorded);
}

/* ---- keys ---- */

static void key_back(struct screen *s)
{
	struct question_view *v = s->data;
	go(s, steps_back(&v->steps, answers_of(s), v->at));
}

static void key_forward(struct screen *s)
{
	struct question_view *v = s->data;
	size_t at = steps_next(&v->steps, answers_of(s), v->at + 1, true);
	if (at == v->steps.n) {
		tui_say(s->tui, "%s", _("This is the last question."));
		return;
	}
	say_skipped(s, v->at + 1, at);
	go(s, at);
}

static void key_jump(struct screen *s)
{
	struct question_view *v = s->data;
	char id[64] = "";
	if (!tui_input(s->tui, _("Question, for example Z1 (empty: the list):"), id, sizeof id))
		return;
	char *plain = text_plain(id);
	snprintf(id, sizeof id, "%s", plain);
	free(plain);
	size_t from = strspn(id, " "), n = from + strcspn(id + from, " ");
	id[n] = 0;
	if (!id[from]) {
		tui_open(s->tui, &screen_questions, 0, "");
		return;
	}
	for (size_t i = 0; i < v->steps.n; i++)
		if (strcasecmp(steps_id(&v->steps.steps[i]), id + from) == 0) {
			go(s, i);
			return;
		}
	tui_say(s->tui, _("There is no question %s here."), id + from);
}

static void key_unknown(struct screen *s)
{
	take_level(s, LEVEL_UNKNOWN, NULL);
}

static void move(struct screen *s, int by)
{
	struct question_view *v = s->data;
	const struct step *step = step_of(v);
	int rows = step->profile ? (int)step->profile->n_choices : ROWS_OF_QUESTION;
	int to = v->chosen < 0 ? 0 : v->chosen + by;
	if (to >= 0 && to < rows)
		v->chosen = to;
	v->follow = true;
	/* Beyond the last choice the help follows. */
	if (to >= rows) {
		v->follow = false;
		v->top++;
	}
}

static bool question_key(struct screen *s, int key)
{
	struct question_view *v = s->data;
	const struct profile_question *p = step_of(v)->profile;
	int digit = key >= '0' && key <= '9' ? key - '0' : -1;
	switch (key) {
	case TUI_UP:
		move(s, -1);
		return true;
	case TUI_DOWN:
		move(s, 1);
		return true;
	case TUI_PAGE_UP:
	case TUI_PAGE_DOWN:
		v->top += key == TUI_PAGE_UP ? -v->rows : v->rows;
		v->follow = false;
		return true;
	}
	if (digit < 0)
		return false;
	if (p && digit >= 1 && digit <= (int)p->n_choices)
		take_profile(s, p->choices[digit - 1].value);
	else if (p && p->n_choices)
		tui_say(s->tui, _("Please answer with a number from 1 to %zu."), p->n_choices);
	else if (!p && digit < LEVELS)
		take_level(s, digit, NULL);
	else if (!p)
		tui_say(s->tui, "%s", _("Please answer with 0 to 4, ? or n."));
	return true;
}

static const struct tui_binding keys[] = {
	{ TUI_ENTER, 0, "Enter", N_("answer"), N_("Take the marked answer; on the answer as it stands: the next open question."),
	  enter, NULL },
	{ '?', 0, NULL, N_("don't know"), N_("?: answer \"don't know\". 0 to 4: answer with that level."), key_unknown, is_question },
	{ 'n', 0, NULL, N_("does not apply"), N_("n: answer \"does not apply here\"; it asks for the reason."), not_applicable,
	  is_question },
	{ TUI_UP, TUI_DOWN, NULL, N_("move"), N_("Up and Down mark an answer; Page Up and Page Down move the text."), NULL, NULL },
	{ 'b', TUI_LEFT, "b", N_("prev"), N_("The question before this one (also Left)."), key_back, NULL },
	{ TUI_RIGHT, 0, "→", N_("next"), N_("The question after this one, without an answer."), key_forward, NULL },
	{ 'j', 0, "j", N_("go"), N_("Go to a question by its number, or choose it from the list."), key_jump, NULL },
	{ 'o', 0, "o", N_("note"), N_("Write a note to this answer."), key_note, can_note },
	{ 'e', 0, "e", N_("proof"), N_("Write down where the record is that shows it, for example a folder or a file."),
	  key_evidence, can_note },
	{ 'k', 0, "k", N_("shown"), N_("A record that shows this can be presented: yes or no."), key_record, can_note },
	{ 0 },
};

const struct screen_type screen_question = {
	.name = "question",
	.title = question_title,
	.open = question_open,
	.again = question_again,
	.draw = question_draw,
	.key = question_key,
	.close = question_close,
	.keys = keys,
};
