/* How a question looks: where one is, the question, its levels with what the wire says beside the answer, and help. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/answering.h"
#include "tui/question.h"

enum { TEXT_MAX = 16 * 1024, BAR = 20, EVIDENCE_ROWS = 2, CHOICE_INDENT = 9 };

struct line {
	char *text;
	int indent, row;         /* row of the choices, -1 for none */
	bool choice;             /* the choice itself, not what is said of it */
	enum tui_style style;
};
struct page {
	struct line *lines; size_t n;
	int columns;
	int row;                 /* of the choices, for the lines to come */
};

int question_row(int level)
{
	return level == LEVEL_UNKNOWN ? ROW_UNKNOWN : level == LEVEL_NOT_APPLICABLE ? ROW_NOT_APPLICABLE : level;
}

/* ---- lines ---- */

static void add(struct page *p, enum tui_style style, int indent, const char *text)
{
	struct buf b;
	buf_init(&b, TEXT_MAX);
	text_terminal(&b, text);
	size_t from = 0, skip;
	do {
		size_t n = text_break(b.data + from, p->columns - indent, &skip);
		if (p->n % 64 == 0)
			p->lines = xrealloc(p->lines, (p->n + 64) * sizeof *p->lines);
		p->lines[p->n++] = (struct line){ xasprintf("%.*s", (int)n, b.data + from), indent, p->row, false, style };
		from += n + skip;
	} while (b.data[from]);
	buf_done(&b);
}

/* A full-width colon brings its blank with it. */
static void add_labelled(struct page *p, enum tui_style style, int indent, const char *label, const char *text)
{
	const char *colon = strstr(label, "：");
	bool wide = colon && !colon[strlen("：")];
	char *both = xasprintf("%s%s%s", label, *label && !wide ? " " : "", text);
	add(p, style, indent, both);
	free(both);
}

static void page_free(struct page *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->lines[i].text);
	free(p->lines);
}

/* A choice: the mark of the answer as stored, its key, its text hanging behind them. */
static void add_choice(struct page *p, int row, bool stored, const char *key, const char *text)
{
	p->row = row;
	size_t first = p->n;
	add(p, stored ? STYLE_STRONG : STYLE_PLAIN, CHOICE_INDENT, text);
	for (size_t i = first; i < p->n; i++)
		p->lines[i].choice = true;
	char *head = xasprintf("  (%s) %s  %s", stored ? "*" : " ", key, p->lines[first].text);
	free(p->lines[first].text);
	p->lines[first].text = head;
	p->lines[first].indent = 0;
	p->row = -1;
}

/* ---- what the wire says ---- */

static void add_evidence(struct page *p, const struct check_result *r)
{
	size_t shown = 0;
	for (size_t i = 0; r && i < r->n_rows && shown < EVIDENCE_ROWS; i++, shown++) {
		char *text = tui_evidence(&r->rows[i]);
		char *marked = xasprintf("%s%s", text, r->rows[i].candidate ? _(" (a guess)") : "");
		if (*text)
			add(p, STYLE_PLAIN, CHOICE_INDENT + 2, marked);
		free(marked);
		free(text);
	}
	if (r && r->n_rows + r->more_rows > shown) {
		char *more = xasprintf(_("and %zu more"), (size_t)(r->n_rows + r->more_rows - shown));
		add(p, STYLE_DIM, CHOICE_INDENT + 2, more);
		free(more);
	}
}

static void add_finding(struct page *p, enum tui_style style, const char *what, const struct check_result *r)
{
	add(p, style, CHOICE_INDENT, what);
	add_labelled(p, STYLE_PLAIN, CHOICE_INDENT, "", text2_get(&r->check->title));
	add_evidence(p, r);
}

static void add_contradicted(struct page *p, const struct assess_question *q)
{
	char *what = q->counted ? xasprintf(_("To be confirmed: the scan contradicts this. It counts as %d until that is cleared up."),
					    q->effective)
				: xstrdup(_("To be confirmed: the scan contradicts this."));
	add_finding(p, STYLE_BAD, what, q->contradictions[0].result);
	free(what);
	for (size_t i = 1; i < q->n_contradictions; i++)
		add_labelled(p, STYLE_PLAIN, CHOICE_INDENT, _("also:"), text2_get(&q->contradictions[i].result->check->title));
}

static void add_unseen(struct page *p, const struct assessment *a)
{
	int k = (int)(a->coverage.k * 100 + 0.5);
	char *text = k < 30 ? xasprintf(_("The scan cannot tell: it covers %d %% of what it should."), k)
			    : xstrdup(_("The scan cannot tell: the capture does not show this."));
	add(p, STYLE_DIM, CHOICE_INDENT, text);
	free(text);
}

static void add_wire(struct page *p, const struct assessment *a, const struct answer *answer)
{
	struct assess_question q;
	const struct check_result *by;
	score_question(a, answer, &q);
	bool claims = q.level >= 0;
	switch (tui_wire_of(a, &q, &by)) {
	case WIRE_CONTRADICTED:
		add_contradicted(p, &q);
		break;
	case WIRE_CONFIRMED:
		add(p, STYLE_GOOD, CHOICE_INDENT, _("Confirmed: the scan looked for the following and did not find it."));
		add(p, STYLE_PLAIN, CHOICE_INDENT, text2_get(&by->check->title));
		break;
	case WIRE_FITS:
		add_finding(p, STYLE_FAIR, claims ? _("The scan saw this; it does not contradict the answer:") : _("The scan saw this:"), by);
		break;
	case WIRE_NOTHING:
		if (a->coverage.k < 0.3)
			add_unseen(p, a);
		else
			add(p, STYLE_DIM, CHOICE_INDENT, _("The scan saw nothing that contradicts this."));
		break;
	case WIRE_UNSEEN:
		add_unseen(p, a);
		break;
	case WIRE_NO_CHECK:
		add(p, STYLE_DIM, CHOICE_INDENT, _("No scan can see this: the answer counts as it is given."));
		break;
	case WIRE_NO_SCAN:
		add(p, STYLE_DIM, CHOICE_INDENT, q.question->capable ? _("Nothing was measured yet; a scan can confirm this answer.")
							 : _("No scan can see this: the answer counts as it is given."));
		break;
	}
	if (q.held)
		add(p, STYLE_FAIR, CHOICE_INDENT, _("Counts as 3 until the scan confirms it or a record can be shown (key k)."));
	free(q.contradictions);
}

/* ---- the page ---- */

/* Who said it, when, and what stands behind it. */
static void add_record(struct page *p, const struct answer *answer)
{
	char day[11];
	snprintf(day, sizeof day, "%s", answer->when);
	const char *who = answer->respondent ? answer->respondent : "";
	char *line = *who ? xasprintf(_("Answered on %s by %s."), day, who) : xasprintf(_("Answered on %s."), day);
	char *all = xasprintf("%s%s", line, answer->recorded ? _(" A record can be shown.") : "");
	add(p, STYLE_DIM, CHOICE_INDENT, all);
	free(all);
	free(line);
	if (answer->note)
		add_labelled(p, STYLE_PLAIN, CHOICE_INDENT, _("Note:"), answer->note);
	if (answer->evidence)
		add_labelled(p, STYLE_PLAIN, CHOICE_INDENT, _("Where the record is:"), answer->evidence);
}

static void add_levels(struct page *p, const struct assessment *a, const struct question *q, const struct answer *answer)
{
	bool given = tui_answer_given(answer);
	for (int row = 0; row < ROWS_OF_QUESTION; row++) {
		char digit[2] = { (char)('0' + row), 0 };
		bool here = given && question_row(answer->level) == row;
		if (row < LEVELS)
			add_choice(p, row, here, digit, text2_get(&q->level[row]));
		else
			add_choice(p, row, here, row == ROW_UNKNOWN ? "?" : "n",
				   row == ROW_UNKNOWN ? _("I don't know") : _("Does not apply here (with a reason)"));
		if (row == 3 && q->alternative.en)
			add_labelled(p, STYLE_DIM, CHOICE_INDENT, _("where not connected:"), text2_get(&q->alternative));
		if (!here)
			continue;
		p->row = row;
		if (answer->level == LEVEL_NOT_APPLICABLE && answer->reason)
			add_labelled(p, STYLE_PLAIN, CHOICE_INDENT, _("Reason:"), answer->reason);
		add_wire(p, a, answer);
		add_record(p, answer);
		p->row = -1;
	}
}

static void fill_question(struct page *p, const struct assessment *a, const struct question *q,
			  const struct answer *answer)
{
	if (!tui_answer_given(answer) && answer->level == LEVEL_NOT_APPLICABLE)
		add(p, STYLE_FAIR, 0, _("This need not be answered: no machine is networked."));
	add_levels(p, a, q, answer);
	add(p, STYLE_PLAIN, 0, "");
	add_labelled(p, STYLE_PLAIN, 0, _("How to tell:"), text2_get(&q->help));
	add_labelled(p, STYLE_PLAIN, 0, _("Whom to ask:"), text2_get(&q->ask_whom));
}

static void fill_profile(struct page *p, const struct profile_question *q, const struct answers *answers)
{
	const char *now = answers_profile(answers, q->id);
	for (size_t i = 0; i < q->n_choices; i++) {
		char digit[2] = { (char)('1' + i), 0 };
		add_choice(p, (int)i, now && strcmp(now, q->choices[i].value) == 0, digit, text2_get(&q->choices[i].text));
	}
	if (!q->n_choices) {
		add_labelled(p, STYLE_PLAIN, 0, _("Answer:"), !now ? _("(Enter: write it)") : *now ? now :
			     _("don't know"));
	}
	if (q->help.en) {
		add(p, STYLE_PLAIN, 0, "");
		add(p, STYLE_DIM, 0, text2_get(&q->help));
	}
}

/* ---- drawing ---- */

static int draw_lines(const struct page *p, size_t from, int row, int rows)
{
	int n = 0;
	for (; n < rows && from + (size_t)n < p->n; n++) {
		const struct line *l = &p->lines[from + (size_t)n];
		tui_put(row + n, l->indent, p->columns - l->indent, l->style, l->text);
	}
	return n;
}

static void draw_progress(const struct steps_progress *p, bool profile, int columns)
{
	char text[200], bar[BAR * 3 + 1] = "";
	size_t n = profile ? p->profile : p->questions, done = profile ? p->profile_answered : p->answered;
	for (size_t i = 0; i < BAR; i++)
		strcat(bar, n && i < (done * BAR + n - 1) / n ? "█" : "░");
	int x = tui_put(0, 0, BAR, STYLE_PLAIN, bar) + 2;
	if (p->minutes)
		snprintf(text, sizeof text, _("%zu / %zu, about %zu min left"), p->place, n, p->minutes);
	else
		snprintf(text, sizeof text, _("%zu / %zu, all answered"), p->place, n);
	tui_put(0, x, columns - x, STYLE_PLAIN, text);
}

static void fill_head(struct page *p, const struct step *step)
{
	if (step->question) {
		char *domain = xasprintf("%s  %s", step->question->id, domain_title(step->question->domain, lang_now()));
		add(p, STYLE_DIM, 0, domain);
		free(domain);
	}
	add(p, STYLE_STRONG, 0, text2_get(step->question ? &step->question->text : &step->profile->text));
}

/* Scrolls so that the chosen row and what belongs to it is seen, its beginning rather than its end. */
static void follow(struct question_view *v, const struct page *p, int rows)
{
	int first = -1, last = -1, most = (int)p->n > rows ? (int)p->n - rows : 0;
	for (int i = 0; i < (int)p->n; i++)
		if (p->lines[i].row == v->chosen) {
			first = first < 0 ? i : first;
			last = i;
		}
	if (v->follow && v->chosen >= 0 && first >= 0) {
		if (last >= v->top + rows)
			v->top = last - rows + 1;
		if (first < v->top)
			v->top = first;
	}
	v->top = v->top > most ? most : v->top < 0 ? 0 : v->top;
}

static void select_line(struct line *l)
{
	l->style = STYLE_SELECTED;
	if (l->indent == 0)
		l->text[0] = '>';
}

void question_draw(struct screen *s, int rows, int columns)
{
	struct question_view *v = s->data;
	const struct step *step = &v->steps.steps[v->at];
	const struct answers *answers = v->own_loaded ? &v->own : &s->tui->a.answers;
	struct page head = { .columns = columns, .row = -1 }, body = { .columns = columns, .row = -1 };
	struct steps_progress progress = steps_progress(&v->steps, answers, v->at);
	fill_head(&head, step);
	if (step->question)
		fill_question(&body, &s->tui->a, step->question, steps_answer(step, answers));
	else
		fill_profile(&body, step->profile, answers);
	draw_progress(&progress, step->profile != NULL, columns);
	int y = 1 + draw_lines(&head, 0, 1, rows / 2);
	/* A blank line where there is room for it. */
	y += (int)body.n + y + 1 <= rows;
	v->rows = rows - y;
	for (size_t i = 0; i < body.n; i++)
		if (body.lines[i].row == v->chosen && body.lines[i].choice)
			select_line(&body.lines[i]);
	follow(v, &body, v->rows);
	draw_lines(&body, (size_t)v->top, y, v->rows);
	if (v->top + v->rows < (int)body.n)
		tui_put(rows - 1, columns - 2, 2, STYLE_SELECTED, " ↓");
	page_free(&head);
	page_free(&body);
}
