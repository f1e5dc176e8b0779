#include "tui/answering.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const int64_t year = 365LL * 24 * 3600 * 1000000000;

static bool names(const struct check *c, const char *question, bool *confirms)
{
	bool named = false;
	for (size_t i = 0; i < c->n_contradicts; i++)
		named = named || strcmp(c->contradicts[i].question, question) == 0;
	for (char **id = c->confirms; id && *id; id++)
		if (strcmp(*id, question) == 0)
			named = *confirms = true;
	return named;
}

/* Of the checks that name the question: the worst finding, else one that passed, else one that could not tell. */
static enum tui_wire by_checks(const struct assessment *a, const struct question *q, const struct check_result **by)
{
	enum tui_wire best = WIRE_NO_CHECK;
	for (size_t i = 0; i < a->results.n; i++) {
		const struct check_result *r = &a->results.results[i];
		bool confirms = false;
		if (!names(r->check, q->id, &confirms))
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
	/* Nobody's "no" is confirmed by finding nothing. */
	if (q->verified_by && q->level > 0) {
		*by = q->verified_by;
		return WIRE_CONFIRMED;
	}
	return by_checks(a, q->question, by);
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
	return now;
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
	bool named = r->device_name && (!r->text || !strstr(r->text, r->device_name));
	char *text = xasprintf("%s%s%s", named ? r->device_name : "", named && r->text && *r->text ? ": " : "",
			       r->text ? r->text : "");
	if (!r->file)
		return text;
	char *place = r->frame ? xasprintf(_("%s, frame %lld"), r->file, (long long)r->frame) : xstrdup(r->file);
	char *all = xasprintf("%s [%s]", text, place);
	free(place);
	free(text);
	return all;
}
