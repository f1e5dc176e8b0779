/* The scans of the site: Enter chooses the one that the newest is compared with. */
#include <stdio.h>
#include <string.h>

#include "tui/facts.h"

static void title(const struct screen *s, char *out, size_t size)
{
	(void)s;
	snprintf(out, size, "%s", _("Compare with which scan?"));
}

static const struct table_column columns[] = {
	{ N_("scan"), 5, 0, true, 0 }, { N_("began"), 16, 0, false, 0 }, { N_("devices"), 8, 0, true, 0 },
	{ N_("frames"), 12, 0, true, 2 }, { N_("where"), 20, 1, false, 1 }, { 0 },
};

static bool add_row(void *data, const struct store_scan_head *h)
{
	struct screen *s = data;
	char text[WORDS], at[32];
	if (h->id >= s->tui->a.scan || strcmp(h->state, "running") == 0)
		return true;
	table_row(s->table, STYLE_PLAIN, h->id, "");
	snprintf(text, sizeof text, "%lld", (long long)h->id);
	table_number(s->table, (double)h->id, text);
	table_cell(s->table, tui_time(h->started, at));
	table_number(s->table, (double)h->devices, tui_count(h->devices, at));
	table_number(s->table, (double)h->frames, tui_count(h->frames, at));
	table_cell(s->table, h->point ? h->point : "");
	return true;
}

static bool open(struct screen *s, struct err *e)
{
	s->table = table_new(columns, NULL);
	table_note(s->table, _("Enter: the newest scan is compared with this one."));
	table_empty(s->table, _("There is no earlier scan."));
	return store_scans(s->tui->store, add_row, s, e);
}

static void choose(struct screen *s)
{
	int64_t id;
	const char *word;
	if (!table_chosen(s->table, &id, &word))
		return;
	s->tui->earlier = id;
	tui_close(s->tui);
}

static const struct tui_binding keys[] = {
	{ TUI_ENTER, 0, "Enter", N_("choose"), N_("Compare the newest scan with this one."), choose, NULL },
	{ 0 },
};

const struct screen_type screen_scans = { .name = "scans", .title = title, .open = open, .keys = keys };
