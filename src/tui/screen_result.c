/* The result: the grade and what limits it, what it is made of, what nobody knows yet, and what to do next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/answering.h"
#include "tui/standing.h"
#include "tui/words.h"

enum { UNKNOWNS = 12, ACTIONS = 5 };

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("Result"));
}

/* ---- the grade ---- */

static void put_caps(struct doc *d, const struct score_result *r)
{
	if (!r->has_s)
		return;
	if (!r->n_caps) {
		doc_text(d, STYLE_PLAIN, 0, _("Nothing holds the grade below what the points give."));
		return;
	}
	doc_printf(d, STYLE_PLAIN, 0, _("By points alone: grade %s. What limits it:"), grade_names[r->grade_before]);
	for (int i = 0; i < r->n_caps; i++) {
		const struct score_cap *c = &r->caps[i];
		char key[64], count[16];
		snprintf(key, sizeof key, "%s", c->reason);
		snprintf(count, sizeof count, "%d", c->count);
		char *text = tui_sentence(tui_word("cap", key, c->reason),
					  (const char *[]){ "count", count, "grade", grade_names[c->grade], NULL });
		doc_text(d, c->before < c->grade ? STYLE_FAIR : STYLE_PLAIN, 2, text);
		free(text);
	}
}

static void put_second(struct doc *d, const struct assessment *a)
{
	if (a->any_accepted && a->score.has_s)
		doc_printf(d, STYLE_DIM, 0, _("With the accepted risks left out: %.1f points, grade %s."), a->accepted.s,
			   grade_names[a->accepted.grade]);
}

static void put_parts(struct doc *d, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	char text[64];
	if (r->has_s) {
		snprintf(text, sizeof text, "%.0f", r->s);
		doc_bar(d, _("Security"), r->s / 100, text);
	}
	if (r->has_m) {
		snprintf(text, sizeof text, _("%.0f, as answered"), r->m);
		doc_bar(d, _("What people do"), r->m / 100, text);
	}
	tui_put_network(d, a);
	if (r->has_d) {
		snprintf(text, sizeof text, _("%.0f, not part of the grade"), r->d);
		doc_bar(d, _("Use of data"), r->d / 100, text);
	}
}

/* ---- domains and categories ---- */

/* What so many points of a domain mean; the limits lie between the points of the levels. */
static const char *level_word(double points)
{
	return points < 15 ? _("hardly begun") : points < 43 ? _("begun") : points < 68 ? _("half way") :
	       points < 90 ? _("mostly in place") : _("in place and checked");
}

static void put_domains(struct doc *d, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	char text[128];
	if (!a->answers.n_answered)
		return;
	doc_head(d, _("What people do, by subject"));
	for (int i = 0; i < DOMAIN_MAX; i++) {
		if (r->rated[i])
			snprintf(text, sizeof text, _("%3.0f  %s"), r->domain[i], level_word(r->domain[i]));
		else
			snprintf(text, sizeof text, "  -  %s", tui_word("not", "rated", ""));
		doc_bar(d, domain_title((enum domain)i, lang_now()), r->rated[i] ? r->domain[i] / 100 : 0, text);
	}
}

static void put_categories(struct doc *d, const struct assessment *a)
{
	char text[128];
	doc_head(d, _("What the network shows"));
	if (!a->scan) {
		doc_text(d, STYLE_PLAIN, 0, _("Nothing was measured yet: key s of the first screen reads a capture."));
		return;
	}
	for (int i = 0; i < CATEGORY_MAX; i++) {
		bool scored = a->measured[i] && i != CATEGORY_STABILITY;
		if (scored)
			snprintf(text, sizeof text, "%3.0f", a->score.category[i]);
		else
			snprintf(text, sizeof text, "  -  %s", a->measured[i] ? _("not scored") : tui_word("not", "measured", ""));
		doc_bar(d, _(category_titles[i]), scored ? a->score.category[i] / 100 : 0, text);
	}
	char from[16], to[16];
	snprintf(from, sizeof from, "%.0f", a->coverage.k * 100);
	doc_printf(d, STYLE_PLAIN, 0, _("Measured: %.0f %% of what a full day at a mirror port shows."), a->coverage.k * 100);
	for (size_t i = 0; i < a->n_raises; i++) {
		const struct assess_raise *x = &a->raises[i];
		snprintf(to, sizeof to, "%.0f", x->k_after * 100);
		char *line = tui_sentence(tui_word("lack", assess_lack_names[x->lack], assess_lack_names[x->lack]),
					  (const char *[]){ "from", from, "to", to, NULL });
		doc_text(d, STYLE_DIM, 2, line);
		free(line);
	}
}

/* ---- what to find out ---- */

static void put_unknowns(struct doc *d, const struct assessment *a)
{
	if (!a->score.has_s || !a->n_unknowns)
		return;
	doc_head(d, _("To find out, or to answer"));
	doc_text(d, STYLE_DIM, 0, _("\"Don't know\" counts as nothing done. The most important ones first:"));
	for (size_t i = 0; i < a->n_unknowns && i < UNKNOWNS; i++) {
		const struct assess_unknown *u = &a->unknowns[i];
		const struct question *q = u->question->question;
		char *line = xasprintf(_("%s %s (%s, up to +%.1f)"), q->id, text2_get(&q->text),
				       u->question->level == LEVEL_UNKNOWN ? _("don't know") : _("not answered"), u->gain);
		doc_link(d, STYLE_PLAIN, 0, line, &screen_question, 0, q->id);
		free(line);
	}
	if (a->n_unknowns > UNKNOWNS) {
		char *line = xasprintf(_("and %zu more"), a->n_unknowns - UNKNOWNS);
		doc_link(d, STYLE_DIM, 0, line, &screen_questions, 0, "");
		free(line);
	}
}

static void put_contradictions(struct doc *d, const struct assessment *a)
{
	bool first = true;
	for (size_t i = 0; i < a->questionnaire.n; i++) {
		const struct assess_question *q = &a->questions[i];
		if (!q->n_contradictions)
			continue;
		if (first)
			doc_head(d, _("Answers that the network contradicts (to be confirmed)"));
		first = false;
		char *line = q->effective >= 0 && q->effective < q->level
			? xasprintf(_("%s %s (answered %s, counts as %d)"), q->question->id, text2_get(&q->question->text),
				    tui_level_name(q->level), q->effective)
			: xasprintf(_("%s %s (answered %s)"), q->question->id, text2_get(&q->question->text), tui_level_name(q->level));
		doc_link(d, STYLE_PLAIN, 0, line, &screen_question, 0, q->question->id);
		free(line);
		for (size_t k = 0; k < q->n_contradictions; k++) {
			const struct check_result *r = q->contradictions[k].result;
			line = xasprintf(_("but: %s"), text2_get(&r->check->title));
			doc_link(d, STYLE_BAD, 4, line, &screen_finding, 0, r->check->id);
			free(line);
		}
	}
}

/* ---- what to do ---- */

static void put_actions(struct doc *d, const struct assessment *a)
{
	if (!a->n_actions || (!a->score.has_s && !a->score.has_n))
		return;
	doc_head(d, _("What to do next, and the grade after it"));
	for (size_t i = 0; i < a->n_actions && i < ACTIONS; i++) {
		const struct assess_action *x = &a->actions[i];
		const char *name = text2_get(x->interim ? &x->action->interim_title : &x->action->title);
		char *line = x->forecast && a->score.has_s
			? xasprintf(_("%s → %.1f points, grade %s"), name, x->s_after, grade_names[x->grade_after])
			: x->forecast && a->score.has_n ? xasprintf(_("%s → network %.1f points"), name, x->n_after) : xstrdup(name);
		doc_link(d, STYLE_PLAIN, 0, line, &screen_action, x->interim, x->action->id);
		free(line);
	}
	if (a->n_actions > ACTIONS)
		doc_link(d, STYLE_DIM, 0, _("The whole plan"), &screen_actions, 0, "");
}

static bool open(struct screen *s, struct err *e)
{
	(void)e;
	const struct assessment *a = &s->tui->a;
	struct doc *d = s->doc;
	tui_put_standing(d, a);
	put_caps(d, &a->score);
	put_second(d, a);
	if (a->score.has_s || a->score.has_n)
		doc_blank(d);
	put_parts(d, a);
	put_actions(d, a);
	put_contradictions(d, a);
	put_unknowns(d, a);
	put_domains(d, a);
	put_categories(d, a);
	return true;
}

/* In the place of this screen, since the interview ends with it. */
static void to_question(struct screen *s)
{
	tui_replace(s->tui, &screen_question, 0, "");
}

static void to_actions(struct screen *s)
{
	tui_open(s->tui, &screen_actions, 0, "");
}

static void to_findings(struct screen *s)
{
	tui_open(s->tui, &screen_findings, 0, "");
}

static const struct tui_binding keys[] = {
	{ 'a', 0, "a", N_("answer"), N_("Answer the questions, from the first open one on."), to_question, NULL },
	{ 'p', 0, "p", N_("plan"), N_("All actions, in the order to do them."), to_actions, NULL },
	{ 'f', 0, "f", N_("findings"), N_("All that the capture shows."), to_findings, NULL },
	{ 0 },
};

const struct screen_type screen_result = { .name = "result", .title = title, .open = open, .keys = keys };
