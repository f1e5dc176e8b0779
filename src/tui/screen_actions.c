/* What to do, lane by lane. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/tui.h"
#include "tui/words.h"

extern const struct screen_type screen_action;

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("What to do"));
}

static void put_now(struct doc *d, const struct score_result *r)
{
	if (r->has_s)
		doc_printf(d, tui_grade_style(r->grade), 0, _("Now: %.1f of 100 points, grade %s"), r->s, grade_names[r->grade]);
	else if (r->has_n)
		doc_printf(d, STYLE_PLAIN, 0, _("Now: network %.1f of 100 points. Answers to the questions would give a grade."), r->n);
}

/* "+3.2 points, then grade C; no cost, 2–8 hours; administrator" */
static void put_facts(struct doc *d, const struct assessment *a, const struct assess_action *row)
{
	const struct action *x = row->action;
	struct buf b;
	buf_init(&b, 2048);
	if (row->interim) {
		buf_puts(&b, _("Until the real measure can be done; needs no stop and no money"));
	} else {
		char *cost = tui_cost(x), *hours = tui_hours(x);
		if (row->gain >= 0.05)
			buf_printf(&b, _("+%.1f points; "), row->gain);
		if (row->forecast && a->score.has_s)
			buf_printf(&b, _("then grade %s; "), grade_names[row->grade_after]);
		buf_printf(&b, _("%s, %s, %s"), cost, hours, _(tui_downtimes[x->downtime]));
		if (x->adapted)
			buf_puts(&b, _(" (this site's figures)"));
		buf_printf(&b, _("; by: %s"), text2_get(&x->who));
		if (x->done)
			buf_puts(&b, _(" (done, the site says; the network shows otherwise)"));
		free(cost);
		free(hours);
	}
	doc_text(d, STYLE_DIM, 5, b.data);
	buf_done(&b);
}

/* number 0: an interim measure. */
static void put_row(struct doc *d, const struct assessment *a, const struct assess_action *row, int number)
{
	const char *name = text2_get(row->interim ? &row->action->interim_title : &row->action->title);
	char *line = number ? xasprintf("%d. %s", number, name) : xstrdup(name);
	doc_link(d, row->critical ? STYLE_BAD : STYLE_PLAIN, 0, line, &screen_action, row->interim, row->action->id);
	put_facts(d, a, row);
	free(line);
}

static void put_left_out(struct doc *d, const struct assessment *a)
{
	bool first = true;
	for (size_t i = 0; i < a->action_set.n; i++) {
		const struct action *x = &a->action_set.actions[i];
		if (!score_action_left_out(a, x))
			continue;
		if (first)
			doc_head(d, _("Not in the plan, as this site says"));
		first = false;
		char *line = xasprintf(_("%s: %s"), text2_get(&x->title), x->not_here ? x->not_here : _("done"));
		doc_link(d, STYLE_PLAIN, 0, line, &screen_action, 0, x->id);
		free(line);
	}
}

static bool open(struct screen *s, struct err *e)
{
	(void)e;
	const struct assessment *a = &s->tui->a;
	put_now(s->doc, &a->score);
	if (!a->n_actions)
		doc_text(s->doc, STYLE_PLAIN, 0, _("No action follows from what is known so far."));
	int number = 0;
	for (size_t i = 0; i < a->n_actions; i++) {
		const struct assess_action *row = &a->actions[i];
		if (i == 0 || row->lane != a->actions[i - 1].lane)
			doc_head(s->doc, _(lane_titles[row->lane]));
		put_row(s->doc, a, row, row->interim ? 0 : ++number);
	}
	if (a->n_data_actions) {
		doc_head(s->doc, _("Making more of data"));
		doc_printf(s->doc, STYLE_DIM, 0, _("Use of data is now at %.1f of 100 points. It never changes the grade."), a->score.d);
	}
	for (size_t i = 0; i < a->n_data_actions; i++)
		put_row(s->doc, a, &a->data_actions[i], (int)i + 1);
	put_left_out(s->doc, a);
	return true;
}

const struct screen_type screen_actions = { .name = "actions", .title = title, .open = open };
