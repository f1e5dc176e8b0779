/* One action: what it costs, how it is done, what to look out for. word: its id. */
#include <stdio.h>
#include <string.h>

#include "tui/tui.h"

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("What to do"));
}

static void part(struct doc *d, const char *head, const struct text2 *t)
{
	const char *text = text2_get(t);
	if (!*text)
		return;
	doc_head(d, head);
	doc_text(d, STYLE_PLAIN, 0, text);
}

static void steps(struct doc *d, const struct action *a)
{
	doc_head(d, _("Steps"));
	for (size_t i = 0; i < a->n_steps; i++)
		doc_printf(d, STYLE_PLAIN, 0, "%zu. %s", i + 1, text2_get(&a->steps[i]));
}

static bool open(struct screen *s, struct err *e)
{
	const struct action_set *set = &s->tui->a.action_set;
	const struct action *a = NULL;
	char text[128];
	for (size_t i = 0; i < set->n && !a; i++)
		if (strcmp(set->actions[i].id, s->word) == 0)
			a = &set->actions[i];
	if (!a)
		return err_set(e, _("%s: no such action"), s->word);
	doc_text(s->doc, STYLE_STRONG, 0, text2_get(&a->title));
	doc_text(s->doc, STYLE_PLAIN, 0, text2_get(&a->summary));
	doc_blank(s->doc);
	snprintf(text, sizeof text, _("%d to %d yen"), a->yen_min, a->yen_max);
	doc_pair(s->doc, _("Cost"), text);
	snprintf(text, sizeof text, _("%g to %g hours"), a->hours_min, a->hours_max);
	doc_pair(s->doc, _("Own work"), text);
	doc_pair(s->doc, _("Who"), text2_get(&a->who));
	if (a->has_interim)
		part(s->doc, _("Until then"), &a->interim_steps);
	part(s->doc, _("Check first"), &a->check_first);
	steps(s->doc, a);
	part(s->doc, _("What may stop"), &a->may_stop);
	part(s->doc, _("The way back"), &a->way_back);
	part(s->doc, _("How to see that it worked"), &a->confirm);
	part(s->doc, _("What record remains"), &a->record);
	return true;
}

const struct screen_type screen_action = { .name = "action", .title = title, .open = open };
