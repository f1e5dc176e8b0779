/* One finding: what it means, where it is, what to do. word: id of its check. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/tui.h"

enum { ROWS_SHOWN = 100 };

static const struct check_result *result_of(const struct screen *s)
{
	const struct check_results *all = &s->tui->a.results;
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->results[i].check->id, s->word) == 0)
			return &all->results[i];
	return NULL;
}

static void title(const struct screen *s, char *out, size_t size)
{
	snprintf(out, size, "%s", s->word);
}

static void where(struct doc *d, const struct check_result *r)
{
	doc_head(d, _("Where"));
	for (size_t i = 0; i < r->n_rows && i < ROWS_SHOWN; i++) {
		const struct finding_row *x = &r->rows[i];
		char *text = xasprintf("%s%s%s%s", x->device_name ? x->device_name : "", x->device_name && *x->text ? ": " : "",
				       x->text, x->candidate ? _("  (a guess)") : x->excepted ? _("  (accepted)") : "");
		if (x->device)
			doc_link(d, x->candidate ? STYLE_DIM : STYLE_PLAIN, 0, text, &screen_device, x->device, "");
		else
			doc_text(d, x->candidate ? STYLE_DIM : STYLE_PLAIN, 2, text);
		free(text);
		if (x->file)
			doc_printf(d, STYLE_DIM, 4, _("%s, frame.number == %lld"), x->file, (long long)x->frame);
	}
	if (r->n_rows > ROWS_SHOWN || r->more_rows)
		doc_printf(d, STYLE_DIM, 2, _("and %llu more: genba findings lists them"),
			   (unsigned long long)(r->n_rows - (r->n_rows > ROWS_SHOWN ? ROWS_SHOWN : r->n_rows) + r->more_rows));
}

static void what_to_do(struct doc *d, const struct assessment *a, const char *id)
{
	for (size_t i = 0; i < a->action_set.n; i++)
		if (strcmp(a->action_set.actions[i].id, id) == 0) {
			doc_head(d, _("What to do"));
			doc_link(d, STYLE_PLAIN, 0, text2_get(&a->action_set.actions[i].title), &screen_action, 0, id);
		}
}

static bool open(struct screen *s, struct err *e)
{
	const struct check_result *r = result_of(s);
	if (!r)
		return err_set(e, _("%s: no such check in this scan"), s->word);
	doc_text(s->doc, STYLE_STRONG, 0, text2_get(&r->check->title));
	doc_printf(s->doc, tui_severity_style(r->severity), 0, "%s   %s", _(severity_titles[r->severity]),
		   _(category_titles[r->check->category]));
	doc_head(s->doc, _("What it means on the floor"));
	doc_text(s->doc, STYLE_PLAIN, 0, text2_get(&r->check->why));
	what_to_do(s->doc, &s->tui->a, r->check->action);
	where(s->doc, r);
	doc_head(s->doc, _("When it may be a false alarm"));
	doc_text(s->doc, STYLE_PLAIN, 0, text2_get(&r->check->false_positives));
	return true;
}

const struct screen_type screen_finding = { .name = "finding", .title = title, .open = open };
