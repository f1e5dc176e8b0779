/* The first screen: how the site stands, and what to do next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/tui.h"

static void title(const struct screen *s, char *out, size_t size)
{
	char *name = store_setting_get(s->tui->store, "name");
	snprintf(out, size, "%s", name && *name ? name : s->tui->site);
	free(name);
}

static void score(struct doc *d, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	doc_head(d, _("How this factory stands"));
	if (r->has_s) {
		doc_printf(d, tui_grade_style(r->grade), 0,
			   r->declared_only ? _("Grade (%s), declared only, not measured   score %.1f of 100 (between %.1f and %.1f)")
					    : _("Grade %s   score %.1f of 100 (between %.1f and %.1f)"),
			   grade_names[r->grade], r->s, r->low, r->high);
		doc_bar(d, _("Security"), r->s / 100, "");
	} else if (r->has_n) {
		doc_printf(d, STYLE_PLAIN, 0, _("Network %.1f of 100. Answer the questions, and there will be a grade."), r->n);
		doc_bar(d, _("Network"), r->n / 100, "");
	} else {
		doc_text(d, STYLE_PLAIN, 0, _("Nothing is known yet. Answer the questions, or read a capture."));
	}
	if (r->has_d)
		doc_bar(d, _("Use of data"), r->d / 100, "");
}

static bool newest_scan(void *data, const struct store_scan_head *h)
{
	struct store_scan_head *newest = data;
	if (strcmp(h->state, "running") != 0)
		*newest = (struct store_scan_head){ .finished = h->finished, .devices = h->devices };
	return true;
}

static bool when(struct screen *s, struct err *e)
{
	const struct answers *a = &s->tui->a.answers;
	struct store_scan_head scan = { 0 };
	const char *last = "";
	char at[32], text[128];
	size_t n = 0, of = 0;
	if (!store_scans(s->tui->store, newest_scan, &scan, e))
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!a->answers[i].question->quick)
			continue;
		of++;
		n += a->answers[i].level != LEVEL_UNANSWERED;
		if (a->answers[i].when && strcmp(a->answers[i].when, last) > 0)
			last = a->answers[i].when;
	}
	doc_blank(s->doc);
	snprintf(text, sizeof text, _("%s, %lld devices"), tui_time(scan.finished, at), (long long)scan.devices);
	doc_pair(s->doc, _("Last scan"), scan.finished ? text : _("none yet"));
	snprintf(text, sizeof text, _("%zu of %zu questions %.10s"), n, of, last);
	doc_pair(s->doc, _("Answered"), text);
	return true;
}

static void actions(struct doc *d, const struct assessment *a)
{
	enum { SHOWN = 3 };
	if (a->n_actions == 0)
		return;
	doc_head(d, _("What to do first"));
	for (size_t i = 0; i < a->n_actions && i < SHOWN; i++)
		doc_link(d, STYLE_PLAIN, 0, text2_get(a->actions[i].interim ? &a->actions[i].action->interim_title
									    : &a->actions[i].action->title),
			 &screen_action, 0, a->actions[i].action->id);
}

static void findings(struct doc *d, const struct assessment *a)
{
	enum { SHOWN = 5 };
	if (a->n_findings == 0)
		return;
	doc_head(d, _("What the capture shows"));
	for (size_t i = 0; i < a->n_findings && i < SHOWN; i++) {
		char *text = xasprintf("%s: %s", _(severity_titles[a->findings[i]->severity]),
				       text2_get(&a->findings[i]->check->title));
		doc_link(d, tui_severity_style(a->findings[i]->severity), 0, text, &screen_finding, 0, a->findings[i]->check->id);
		free(text);
	}
}

static void to_question(struct screen *s)
{
	tui_open(s->tui, &screen_question, 0, "");
}

static void to_questions(struct screen *s)
{
	tui_open(s->tui, &screen_questions, 0, "");
}

static void to_devices(struct screen *s)
{
	tui_open(s->tui, &screen_devices, 0, "");
}

static void to_findings(struct screen *s)
{
	tui_open(s->tui, &screen_findings, 0, "");
}

static void to_map(struct screen *s)
{
	tui_open(s->tui, &screen_map, 0, "");
}

static void to_actions(struct screen *s)
{
	tui_open(s->tui, &screen_actions, 0, "");
}

static const struct tui_binding keys[] = {
	{ 'a', 0, "a", N_("answer"), N_("Answer the questions, from the first open one on."), to_question, NULL },
	{ 'l', 0, "l", N_("list"), N_("All questions and their answers."), to_questions, NULL },
	{ 'd', 0, "d", N_("devices"), N_("All devices that were seen."), to_devices, NULL },
	{ 'f', 0, "f", N_("findings"), N_("All that the capture shows."), to_findings, NULL },
	{ 'm', 0, "m", N_("map"), N_("The map of zones, and what passes between them."), to_map, NULL },
	{ 'p', 0, "p", N_("plan"), N_("All actions, in the order to do them."), to_actions, NULL },
	{ 0 },
};

static bool open(struct screen *s, struct err *e)
{
	score(s->doc, &s->tui->a);
	if (!when(s, e))
		return false;
	actions(s->doc, &s->tui->a);
	findings(s->doc, &s->tui->a);
	doc_head(s->doc, _("Next"));
	doc_text(s->doc, STYLE_PLAIN, 0, _("a answers the questions. In a shell: genba scan FILE reads a capture, genba report -o report.html writes the report."));
	return true;
}

const struct screen_type screen_home = { .name = "home", .title = title, .open = open, .keys = keys };
