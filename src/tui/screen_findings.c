/* What the checks found, the worst first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/tui.h"
#include "tui/words.h"

extern const struct screen_type screen_finding;

struct findings { bool all; };

static void title(const struct screen *s, char *out, size_t size)
{
	const struct findings *f = s->data;
	snprintf(out, size, "%s", f && f->all ? _("Everything that was checked") : _("Findings"));
}

static const struct table_column columns[] = {
	{ N_("severity"), 8, 0, true, 0 }, { N_("title"), 42, 1, false, 0 }, { N_("affected"), 8, 0, true, 2 },
	{ N_("category"), 18, 0, false, 3 }, { N_("state"), 8, 0, false, 1 }, { 0 },
};

/* In the order of the list: failed ones first, the worst in front, then what rests on guesses, then the rest. */
static int rank(const struct check_result *r)
{
	static const int ranks[] = { [OUTCOME_FAIL] = 0, [OUTCOME_ERROR] = 2, [OUTCOME_PASS] = 3,
				     [OUTCOME_NOT_OBSERVABLE] = 4, [OUTCOME_NOT_APPLICABLE] = 5 };
	return r->outcome == OUTCOME_FAIL ? (r->excepted ? 1 : 0) : r->n_rows ? 2 : ranks[r->outcome];
}

static int by_weight(const void *a, const void *b)
{
	const struct check_result *x = *(const struct check_result *const *)a, *y = *(const struct check_result *const *)b;
	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (x->severity != y->severity)
		return (int)y->severity - (int)x->severity;
	if (x->share < y->share || x->share > y->share)
		return x->share < y->share ? 1 : -1;
	return strcmp(x->check->id, y->check->id);
}

static const char *state(const struct check_result *r)
{
	if (r->outcome == OUTCOME_FAIL)
		return r->excepted ? _("accepted") : "";
	return r->n_rows && r->outcome == OUTCOME_PASS ? _("guess") : _(outcome_titles[r->outcome]);
}

/* A check that passes has rows only where they rest on guesses. */
static bool shown(const struct check_result *r, bool all)
{
	return all || r->outcome == OUTCOME_FAIL || r->outcome == OUTCOME_ERROR || r->n_rows;
}

static void add_row(struct table *t, const struct check_result *r)
{
	bool open = check_is_open(r);
	char *affected = tui_affected_short(r);
	table_row(t, open ? tui_severity_style(r->severity) : STYLE_DIM, 0, r->check->id);
	table_number(t, -rank(r) * 10 + (int)r->severity, _(severity_titles[r->severity]));
	table_cell(t, text2_get(&r->check->title));
	if (r->outcome == OUTCOME_FAIL)
		table_number(t, r->share, affected);
	else
		table_number(t, -1, "");
	table_cell(t, _(category_titles[r->check->category]));
	table_cell(t, state(r));
	free(affected);
}

static void put_note(struct table *t, const struct assessment *a)
{
	char *note = xasprintf(_("%zu findings; %zu checks passed, %zu could not be seen in the capture"), a->n_findings,
			       a->by_outcome[OUTCOME_PASS], a->by_outcome[OUTCOME_NOT_OBSERVABLE]);
	table_note(t, note);
	free(note);
}

static bool open(struct screen *s, struct err *e)
{
	(void)e;
	const struct assessment *a = &s->tui->a;
	if (!s->data)
		s->data = xcalloc(1, sizeof(struct findings));
	bool all = ((struct findings *)s->data)->all;
	s->table = table_new(columns, &screen_finding);
	table_empty(s->table, a->scan ? _("Nothing was found. Key a: what was checked.") :
		    _("No capture was read yet, so nothing was checked."));
	if (!a->scan)
		return true;
	const struct check_result **list = xcalloc(a->results.n + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < a->results.n; i++)
		if (shown(&a->results.results[i], all))
			list[n++] = &a->results.results[i];
	if (n)
		qsort(list, n, sizeof *list, by_weight);
	for (size_t i = 0; i < n; i++)
		add_row(s->table, list[i]);
	free(list);
	put_note(s->table, a);
	return true;
}

static void toggle(struct screen *s)
{
	struct findings *f = s->data;
	struct err e = { "" };
	struct table *old = s->table;
	f->all = !f->all;
	if (!open(s, &e)) {
		tui_say(s->tui, "%s", e.text);
		return;
	}
	table_inherit(s->table, old);
	table_free(old);
}

static void close_screen(struct screen *s)
{
	free(s->data);
}

static const struct tui_binding keys[] = {
	{ 'a', 0, "a", N_("all/found"), N_("Show also the checks that passed and those the capture could not show."), toggle,
	  NULL },
	{ 0 },
};

const struct screen_type screen_findings = { .name = "findings", .title = title, .open = open, .close = close_screen,
					     .keys = keys };
