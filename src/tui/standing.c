#include "tui/standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/words.h"

void tui_put_standing(struct doc *d, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	char key[8];
	if (!r->has_s) {
		doc_text(d, STYLE_STRONG, 0, r->has_n ? _("There is no grade yet: the questions are not answered.")
						      : _("Nothing is known yet: no question is answered, and no capture was read."));
		return;
	}
	if (r->high - r->low >= 0.1)
		doc_printf(d, tui_grade_style(r->grade), 0,
			   r->declared_only ? _("Grade (%s), declared only, not measured   score %.1f of 100 (between %.1f and %.1f)")
					    : _("Grade %s   score %.1f of 100 (between %.1f and %.1f)"),
			   grade_names[r->grade], r->s, r->low, r->high);
	else
		doc_printf(d, tui_grade_style(r->grade), 0,
			   r->declared_only ? _("Grade (%s), declared only, not measured   score %.1f of 100")
					    : _("Grade %s   score %.1f of 100"),
			   grade_names[r->grade], r->s);
	snprintf(key, sizeof key, "%s", grade_names[r->grade]);
	doc_text(d, STYLE_PLAIN, 0, tui_word("grade_phrase", key, ""));
}

/* 100 points of what little was seen are no praise: how little is said beside them. */
void tui_put_network(struct doc *d, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	double k = a->coverage.k * 100;
	if (!r->has_n)
		return;
	char *text = k >= 99.5 ? xasprintf(_("%.0f, as measured"), r->n) :
		     xasprintf(_("%.0f, of the part that was seen: %.0f %% of what a full day at a mirror port shows"), r->n, k);
	doc_bar(d, _("Network"), r->n / 100, text);
	free(text);
}

static bool take_count(void *data, const struct store_row *row)
{
	*(int64_t *)data = store_column(row, "n").i;
	return false;
}

bool tui_last_scan(const struct tui *t, char *out, size_t size)
{
	struct store_scan_head scan;
	size_t scans;
	struct err e;
	char at[32];
	int64_t n = 0;
	if (!score_last_scans(t->store, 0, &scan, 1, &scans, &e) || !scans)
		return false;
	/* Addresses on the internet are no devices of the factory. */
	if (!store_select(t->store, scan.id, "SELECT count(*) AS n FROM v_device WHERE NOT internet", NULL, take_count, &n, &e))
		n = scan.devices;
	snprintf(out, size, _("%s, %lld devices"), tui_time(scan.finished, at), (long long)n);
	return true;
}
