#include "tui/answering.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/words.h"

static const int64_t year = 365LL * 24 * 3600 * 1000000000;

/* Of the checks that name the question: the worst finding, else one that passed, else one that could not tell. */
static enum tui_wire by_checks(const struct assessment *a, const struct question *q, const struct check_result **by)
{
	enum tui_wire best = WIRE_NO_CHECK;
	for (size_t i = 0; i < a->results.n; i++) {
		const struct check_result *r = &a->results.results[i];
		if (!check_names_question(r->check, q->id))
			continue;
		enum tui_wire w = r->outcome == OUTCOME_FAIL ? WIRE_FITS : r->outcome == OUTCOME_PASS ? WIRE_NOTHING : WIRE_UNSEEN;
		if (w > best || (w == WIRE_FITS && *by && r->severity > (*by)->severity)) {
			best = w;
			*by = r;
		}
	}
	return best;
}

enum tui_wire tui_wire_of(const struct assessment *a, const struct assess_question *q, const struct check_result **by)
{
	*by = NULL;
	if (!a->scan)
		return WIRE_NO_SCAN;
	if (q->n_contradictions) {
		*by = q->contradictions[0].result;
		return WIRE_CONTRADICTED;
	}
	/* Neither where something was seen, be it too little to contradict, nor is anybody's "no" confirmed by nothing. */
	enum tui_wire wire = by_checks(a, q->question, by);
	if (!q->verified_by || q->level <= 0 || wire == WIRE_FITS)
		return wire;
	*by = q->verified_by;
	return WIRE_CONFIRMED;
}

const char *tui_level_name(int level)
{
	static const char *const digits[LEVELS] = { "0", "1", "2", "3", "4" };
	return level >= 0 && level < LEVELS ? digits[level] : level == LEVEL_UNKNOWN ? _("don't know") :
	       level == LEVEL_NOT_APPLICABLE ? _("does not apply") : _("not answered");
}

const char *tui_profile_value(const struct profile_question *p, const struct answers *a)
{
	const char *now = answers_profile(a, p->id);
	for (size_t i = 0; now && i < p->n_choices; i++)
		if (strcmp(p->choices[i].value, now) == 0)
			return text2_get(&p->choices[i].text);
	return now && !*now ? _("don't know") : now;
}

bool tui_answer_given(const struct answer *a)
{
	return a && a->level != LEVEL_UNANSWERED && a->when;
}

bool tui_answer_due(const struct assessment *a, const struct assess_question *q)
{
	char then[32];
	if (!tui_answer_given(q->answer))
		return q->level == LEVEL_UNANSWERED;
	if (q->level == LEVEL_UNKNOWN || strcmp(q->answer->when, text_time(store_now() - year, then)) < 0)
		return true;
	return q->n_contradictions && strcmp(q->answer->when, text_time(a->scan_finished, then)) < 0;
}

char *tui_evidence(const struct finding_row *r)
{
	char *text = tui_row_text(r);
	if (!r->file)
		return text;
	char *place = r->frame ? xasprintf(_("%s, frame %lld"), r->file, (long long)r->frame) : xstrdup(r->file);
	char *all = xasprintf("%s [%s]", text, place);
	free(place);
	free(text);
	return all;
}
