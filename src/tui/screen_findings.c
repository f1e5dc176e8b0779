/* What the capture shows: failed checks, worst first. */
#include <stdio.h>

#include "tui/tui.h"

static const struct table_column columns[] = {
	{ .title = N_("Severity"), .width = 10 },
	{ .title = N_("Finding"), .width = 40, .stretch = 1 },
	{ .title = N_("Found in"), .width = 8, .right = true },
	{ .title = N_("Category"), .width = 14, .drop = 1 },
	{ 0 },
};

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("What the capture shows"));
}

static bool open(struct screen *s, struct err *e)
{
	const struct assessment *a = &s->tui->a;
	(void)e;
	s->table = table_new(columns, &screen_finding);
	table_empty(s->table, a->scan ? _("No check failed. What the capture could not show stands in the report.")
				      : _("No capture was read yet: \"genba scan FILE\"."));
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *r = a->findings[i];
		char n[24];
		snprintf(n, sizeof n, "%lld", (long long)r->affected);
		table_row(s->table, tui_severity_style(r->severity), 0, r->check->id);
		table_cell(s->table, r->excepted ? _("accepted") : _(severity_titles[r->severity]));
		table_cell(s->table, text2_get(&r->check->title));
		table_number(s->table, (double)r->affected, n);
		table_cell(s->table, _(category_titles[r->check->category]));
	}
	return true;
}

const struct screen_type screen_findings = { .name = "findings", .title = title, .open = open };
