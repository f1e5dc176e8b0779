/* One action: why here, what it takes, how it is done and how it is undone. id 1: its interim measure first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/tui.h"
#include "tui/words.h"

extern const struct screen_type screen_action, screen_finding, screen_question;

static const struct action *action_of(const struct screen *s)
{
	return score_actions_find(&s->tui->a.action_set, s->word);
}

/* Its row of the plan, or the row of its interim measure; NULL where the plan does not have it. */
static const struct assess_action *row_of(const struct assessment *a, const struct action *x, bool interim)
{
	for (size_t i = 0; i < a->n_actions; i++)
		if (a->actions[i].action == x && a->actions[i].interim == interim)
			return &a->actions[i];
	for (size_t i = 0; i < a->n_data_actions && !interim; i++)
		if (a->data_actions[i].action == x)
			return &a->data_actions[i];
	return NULL;
}

static void title(const struct screen *s, char *out, size_t size)
{
	const struct action *x = action_of(s);
	snprintf(out, size, "%s", !x ? s->word : text2_get(s->id && x->has_interim ? &x->interim_title : &x->title));
}

static void put_section(struct doc *d, const char *head, const struct text2 *text)
{
	if (!*text2_get(text))
		return;
	doc_head(d, head);
	doc_text(d, STYLE_PLAIN, 0, text2_get(text));
}

/* What it brings: alone, and with what stands before it. */
static void put_forecast(struct doc *d, const struct assessment *a, const struct assess_action *row)
{
	char text[200];
	doc_pair(d, _("When"), row->action->data ? _("any time") : _(lane_titles[row->lane]));
	if (row->gain >= 0.05) {
		snprintf(text, sizeof text, row->action->data ? _("+%.1f points for the use of data (never part of the grade)") :
			 _("+%.1f points by itself"), row->gain);
		doc_pair(d, _("Brings"), text);
	}
	if (row->forecast && a->score.has_s) {
		snprintf(text, sizeof text, _("%.1f points, grade %s (now %.1f, %s), with all that comes before it in the plan"),
			 row->s_after, grade_names[row->grade_after], a->score.s, grade_names[a->score.grade]);
		doc_pair(d, _("Reached after it"), text);
	} else if (row->forecast) {
		snprintf(text, sizeof text, _("network %.1f points (now %.1f), with all that comes before it in the plan"),
			 row->n_after, a->score.n);
		doc_pair(d, _("Reached after it"), text);
	}
	if (row->removes_cap)
		doc_text(d, STYLE_PLAIN, 0, _("It removes a finding that holds the grade down."));
}

static void put_takes(struct doc *d, const struct action *x)
{
	char *cost = tui_cost(x), *hours = tui_hours(x);
	doc_pair(d, _("Cost"), cost);
	doc_pair(d, _("Own work"), hours);
	doc_pair(d, _("Stop"), _(tui_downtimes[x->downtime]));
	doc_pair(d, _("Who"), text2_get(&x->who));
	if (x->adapted)
		doc_text(d, STYLE_DIM, 0, _("With this site's own figures."));
	if (x->done)
		doc_text(d, STYLE_FAIR, 0, _("The site says that it is done; the network shows otherwise."));
	free(cost);
	free(hours);
}

static void put_reasons(struct doc *d, const struct assess_action *row)
{
	if (!row->n_findings && !row->n_raises)
		return;
	doc_head(d, _("Why here"));
	if (!row->verified && !row->action->data)
		doc_text(d, STYLE_DIM, 0, _("Only the answers say so; no capture showed it."));
	for (size_t i = 0; i < row->n_findings; i++) {
		const struct check_result *r = row->findings[i];
		char *line = xasprintf(_("Seen: %s (%s)"), text2_get(&r->check->title), _(severity_titles[r->severity]));
		doc_link(d, tui_severity_style(r->severity), 0, line, &screen_finding, 0, r->check->id);
		free(line);
	}
	for (size_t i = 0; i < row->n_raises; i++) {
		const struct assess_question_raise *x = &row->raises[i];
		const struct question *q = x->question->question;
		char *line = x->from < 0 ? xasprintf(_("Question %s: to level %d. %s"), q->id, x->to, text2_get(&q->text)) :
			     xasprintf(_("Question %s: from level %d to %d. %s"), q->id, x->from, x->to, text2_get(&q->text));
		doc_link(d, STYLE_PLAIN, 0, line, &screen_question, 0, q->id);
		free(line);
	}
}

static void put_steps(struct doc *d, const struct action *x)
{
	if (x->n_steps)
		doc_head(d, _("Steps"));
	for (size_t i = 0; i < x->n_steps; i++) {
		char number[24];
		snprintf(number, sizeof number, "%zu.", i + 1);
		doc_pair(d, number, text2_get(&x->steps[i]));
	}
}

static void put_prerequisites(struct doc *d, const struct assessment *a, const struct action *x)
{
	if (!x->prerequisites || !*x->prerequisites)
		return;
	doc_head(d, _("What comes first"));
	for (char **id = x->prerequisites; *id; id++) {
		const struct action *p = score_actions_find(&a->action_set, *id);
		bool pending = p && row_of(a, p, false);
		char *line = xasprintf("%s%s", p ? text2_get(&p->title) : *id, pending ? "" : _(" (nothing left to do)"));
		doc_link(d, STYLE_PLAIN, 0, line, &screen_action, 0, *id);
		free(line);
	}
}

/* A firm that did it. */
static void put_case(struct doc *d, const struct action *x)
{
	if (!x->has_case)
		return;
	doc_head(d, _("A firm that did it"));
	doc_text(d, STYLE_STRONG, 0, text2_get(&x->example.company));
	doc_text(d, STYLE_PLAIN, 0, text2_get(&x->example.what));
	doc_text(d, STYLE_PLAIN, 0, text2_get(&x->example.result));
	doc_printf(d, STYLE_DIM, 0, _("(source: %s)"), text2_get(&x->example.source));
}

static void put_interim(struct doc *d, const struct assessment *a, const struct action *x)
{
	if (!x->has_interim || !row_of(a, x, true))
		return;
	doc_head(d, _("Now, until the real measure can be done"));
	doc_text(d, STYLE_STRONG, 0, text2_get(&x->interim_title));
	doc_text(d, STYLE_PLAIN, 0, text2_get(&x->interim_steps));
}

static bool open(struct screen *s, struct err *e)
{
	const struct assessment *a = &s->tui->a;
	const struct action *x = action_of(s);
	if (!x)
		return err_set(e, _("%s: there is no such action"), s->word);
	const struct assess_action *row = row_of(a, x, false);
	if (s->id) {
		put_interim(s->doc, a, x);
		doc_head(s->doc, _("The real measure"));
	}
	doc_text(s->doc, STYLE_STRONG, 0, text2_get(&x->title));
	doc_text(s->doc, STYLE_PLAIN, 0, text2_get(&x->summary));
	doc_blank(s->doc);
	if (row)
		put_forecast(s->doc, a, row);
	put_takes(s->doc, x);
	if (!row)
		doc_text(s->doc, STYLE_DIM, 0, score_action_left_out(a, x) ? _("This site took it out of its plan.") :
			 _("Nothing that is known now calls for it here."));
	if (x->not_here)
		doc_printf(s->doc, STYLE_DIM, 0, _("Reason: %s"), x->not_here);
	if (row)
		put_reasons(s->doc, row);
	if (!s->id)
		put_interim(s->doc, a, x);
	put_prerequisites(s->doc, a, x);
	put_section(s->doc, _("Check first"), &x->check_first);
	put_section(s->doc, _("What might stop"), &x->may_stop);
	put_steps(s->doc, x);
	put_section(s->doc, _("Way back"), &x->way_back);
	put_section(s->doc, _("How to confirm that it worked"), &x->confirm);
	put_section(s->doc, _("Record to keep"), &x->record);
	put_case(s->doc, x);
	return true;
}

const struct screen_type screen_action = { .name = "action", .title = title, .open = open };
