/* One finding: what it means, where it was seen, what to do; and the risk that somebody takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "tui/tui.h"
#include "tui/words.h"

enum { ROWS_SHOWN = 200, EXCEPTIONS_MAX = 64 };

/* The exceptions of this check, as the site file holds them. */
struct finding {
	struct taken { int64_t id, device; char *reason, *approver, *expires; bool past; } taken[EXCEPTIONS_MAX];
	size_t n_taken;
};

static const struct check_result *result_of(const struct screen *s)
{
	return tui_result(&s->tui->a, s->word);
}

static void title(const struct screen *s, char *out, size_t size)
{
	const struct check_result *r = result_of(s);
	snprintf(out, size, "%s %s", s->word, r ? text2_get(&r->check->title) : "");
}

/* ---- accepted risks ---- */

static void forget(struct finding *f)
{
	for (size_t i = 0; i < f->n_taken; i++) {
		free(f->taken[i].reason);
		free(f->taken[i].approver);
		free(f->taken[i].expires);
	}
	f->n_taken = 0;
}

struct collecting { struct finding *to; const char *check; char today[32]; };

static bool take(void *data, const struct store_exception *x)
{
	struct collecting *c = data;
	struct finding *f = c->to;
	if (strcmp(x->check, c->check) != 0)
		return true;
	if (f->n_taken == EXCEPTIONS_MAX)
		return false;
	f->taken[f->n_taken++] = (struct taken){ x->id, x->device, xstrdup(x->reason), xstrdup(x->approver),
						 xstrdup(x->expires), strcmp(x->expires, c->today) < 0 };
	return true;
}

static bool load(struct screen *s, struct err *e)
{
	if (!s->data)
		s->data = xcalloc(1, sizeof(struct finding));
	struct collecting c = { .to = s->data, .check = s->word };
	text_time(store_now(), c.today);
	c.today[10] = 0;
	forget(s->data);
	return store_exceptions(s->tui->store, take, &c, e);
}

static const char *device_name(const struct check_result *r, int64_t device)
{
	for (size_t i = 0; i < r->n_rows; i++)
		if (r->rows[i].device == device && r->rows[i].device_name)
			return r->rows[i].device_name;
	return NULL;
}

/* "the whole site", "PLC-1", "device 12" where the finding does not name it any more; to be freed. */
static char *scope(const struct check_result *r, int64_t device)
{
	const char *name = device ? device_name(r, device) : NULL;
	return !device ? xstrdup(_("the whole site")) : name ? xstrdup(name) :
	       xasprintf(_("device %lld"), (long long)device);
}

static void put_taken(struct doc *d, const struct finding *f, const struct check_result *r)
{
	if (f->n_taken)
		doc_head(d, _("Accepted risk"));
	for (size_t i = 0; i < f->n_taken; i++) {
		const struct taken *x = &f->taken[i];
		char *where = scope(r, x->device);
		doc_printf(d, STYLE_PLAIN, 0, x->past ? _("%zu. For %s, approved by %s, valid until %s: expired, so the risk is open again")
						      : _("%zu. For %s, approved by %s, valid until %s"), i + 1, where,
			   x->approver, x->expires);
		doc_printf(d, STYLE_DIM, 3, _("Reason: %s"), x->reason);
		free(where);
	}
}

/* ---- what is shown ---- */

static void put_severity(struct doc *d, const struct check_result *r)
{
	const struct check *c = r->check;
	const char *severity = _(severity_titles[r->severity]);
	enum tui_style style = check_is_open(r) ? tui_severity_style(r->severity) : STYLE_PLAIN;
	if (r->outcome == OUTCOME_ERROR)
		doc_printf(d, STYLE_BAD, 0, _("This check could not be run: %s"), r->error ? r->error : "");
	else if (r->outcome != OUTCOME_FAIL)
		doc_printf(d, STYLE_PLAIN, 0, r->n_rows ? _("Outcome: %s. What is listed below rests on guesses and costs no points.")
							: _("Outcome: %s"), _(outcome_titles[r->outcome]));
	else if (c->by_zone && c->confined != c->crosses_zone)
		doc_printf(d, style, 0, r->severity == c->crosses_zone ?
			   _("Severity %s, because it crosses a boundary between zones (within one zone: %s)") :
			   _("Severity %s, because it stays within one zone (across a boundary: %s)"), severity,
			   _(severity_titles[r->severity == c->crosses_zone ? c->confined : c->crosses_zone]));
	else
		doc_printf(d, style, 0, _("Severity %s, wherever this is seen"), severity);
	if (r->outcome == OUTCOME_FAIL) {
		char *affected = tui_affected(r);
		doc_pair(d, _("Affected"), affected);
		free(affected);
	}
	doc_pair(d, _("Category"), _(category_titles[c->category]));
	if (c->category == CATEGORY_STABILITY)
		doc_text(d, STYLE_DIM, 0, _("It tells of stable running and does not change the score."));
	if (r->excepted)
		doc_text(d, STYLE_PLAIN, 0, _("Somebody accepted this risk. The grade still counts it."));
}

static void put_evidence(struct doc *d, const struct finding_row *f)
{
	char filter[100];
	if (!f->frame)
		return;
	snprintf(filter, sizeof filter, "frame.number==%lld", (long long)f->frame);
	if (f->peer_frame && f->peer_frame != f->frame) {
		long long low = (long long)(f->frame < f->peer_frame ? f->frame : f->peer_frame);
		long long high = (long long)(f->frame < f->peer_frame ? f->peer_frame : f->frame);
		snprintf(filter, sizeof filter, "frame.number==%lld || frame.number==%lld", low, high);
		doc_printf(d, STYLE_DIM, 5, _("%s, frame %lld and its counterpart %lld; Wireshark filter: %s"),
			   f->file ? f->file : "", (long long)f->frame, (long long)f->peer_frame, filter);
	} else {
		doc_printf(d, STYLE_DIM, 5, _("%s, frame %lld; Wireshark filter: %s"), f->file ? f->file : "",
			   (long long)f->frame, filter);
	}
}

static void put_rows(struct doc *d, const struct check_result *r)
{
	if (r->n_rows)
		doc_head(d, _("Where it was seen"));
	for (size_t i = 0; i < r->n_rows && i < ROWS_SHOWN; i++) {
		const struct finding_row *f = &r->rows[i];
		char *text = tui_row_text(f);
		char *line = xasprintf("%zu. %s%s%s%s", i + 1, text, f->crosses_zone ? _(" (crosses a boundary)") : "",
				       f->candidate ? _(" (a guess)") : "", f->excepted ? _(" (accepted)") : "");
		if (f->device)
			doc_link(d, STYLE_PLAIN, 0, line, &screen_device, f->device, "");
		else
			doc_text(d, STYLE_PLAIN, 2, line);
		put_evidence(d, f);
		free(line);
		free(text);
	}
	uint64_t more = r->more_rows + (r->n_rows > ROWS_SHOWN ? r->n_rows - ROWS_SHOWN : 0);
	if (more)
		doc_printf(d, STYLE_DIM, 2, _("and %llu more (genba findings --format json lists up to a thousand)"),
			   (unsigned long long)more);
}

static void put_section(struct doc *d, const char *head, const char *text)
{
	if (!*text)
		return;
	doc_head(d, head);
	doc_text(d, STYLE_PLAIN, 0, text);
}

static void put_action(struct doc *d, const struct assessment *a, const struct check *c)
{
	const struct action *x = c->action ? score_actions_find(&a->action_set, c->action) : NULL;
	if (!x)
		return;
	doc_head(d, _("What to do"));
	doc_link(d, STYLE_PLAIN, 0, text2_get(&x->title), &screen_action, 0, x->id);
}

/* Answers that this finding speaks against. */
static void put_answers(struct doc *d, const struct assessment *a, const struct check_result *r)
{
	bool first = true;
	for (size_t i = 0; i < a->questionnaire.n; i++) {
		const struct assess_question *q = &a->questions[i];
		for (size_t k = 0; k < q->n_contradictions; k++) {
			if (q->contradictions[k].result != r)
				continue;
			if (first)
				doc_head(d, _("Answers that do not fit this"));
			first = false;
			char *line = xasprintf(_("%s %s (answered %d, counts as %d until it is settled)"), q->question->id,
					       text2_get(&q->question->text), q->level, q->effective);
			doc_link(d, STYLE_PLAIN, 0, line, &screen_question, 0, q->question->id);
			free(line);
			break;
		}
	}
}

static void put_maps(struct doc *d, const struct check *c)
{
	if (c->n_maps)
		doc_head(d, _("Related requirements"));
	for (size_t i = 0; i < c->n_maps; i++) {
		struct buf b;
		buf_init(&b, 2048);
		for (char **id = c->maps[i].ids; *id; id++)
			buf_printf(&b, "%s%s", id == c->maps[i].ids ? "" : ", ", *id);
		doc_printf(d, STYLE_PLAIN, 0, _("%s: %s"), tui_word("framework", c->maps[i].framework, c->maps[i].framework), b.data);
		buf_done(&b);
	}
}

static bool open(struct screen *s, struct err *e)
{
	const struct check_result *r = result_of(s);
	if (!r)
		return err_set(e, _("%s: no capture was checked for this"), s->word);
	if (!load(s, e))
		return false;
	const struct check *c = r->check;
	doc_text(s->doc, STYLE_STRONG, 0, text2_get(&c->title));
	put_severity(s->doc, r);
	put_section(s->doc, _("What this means on the floor"), text2_get(&c->why));
	put_action(s->doc, &s->tui->a, c);
	put_rows(s->doc, r);
	put_taken(s->doc, s->data, r);
	put_section(s->doc, _("When this may be a false alarm"), text2_get(&c->false_positives));
	put_answers(s->doc, &s->tui->a, r);
	put_maps(s->doc, c);
	return true;
}

static void close_screen(struct screen *s)
{
	if (s->data)
		forget(s->data);
	free(s->data);
}

/* ---- keys ---- */

/* What this screen shows after exceptions changed; what was found of the result before is gone. */
static void show_anew(struct screen *s, const char *message)
{
	if (tui_site_changed(s->tui) && tui_refill(s))
		tui_say(s->tui, "%s", message);
}

static bool can_accept(const struct screen *s)
{
	const struct check_result *r = result_of(s);
	return r && r->outcome == OUTCOME_FAIL;
}

/* For the whole site, or for the device of a row. false: given up. */
static bool ask_scope(struct tui *t, const struct check_result *r, int64_t *device)
{
	char number[40] = "";
	bool any = false;
	for (size_t i = 0; i < r->n_rows; i++)
		any |= r->rows[i].device != 0;
	*device = 0;
	if (!any)
		return true;
	if (!tui_input(t, _("Number in the list (empty: whole site)"), number, sizeof number))
		return false;
	if (!*number)
		return true;
	char *plain = text_plain(number), *end;
	unsigned long n = strtoul(plain, &end, 10);
	bool whole = !*end;
	free(plain);
	if (!whole || n < 1 || n > r->n_rows || n > ROWS_SHOWN || !r->rows[n - 1].device) {
		tui_say(t, _("%s: no such number in the list of devices"), number);
		return false;
	}
	*device = r->rows[n - 1].device;
	return true;
}

/* Half a year from now, as a day to begin with. */
static void suggest_day(char *out, size_t size)
{
	char text[32];
	text_time(store_now() + 180LL * 24 * 3600 * 1000000000, text);
	snprintf(out, size, "%.10s", text);
}

static void accept_risk(struct screen *s)
{
	struct tui *t = s->tui;
	const struct check_result *r = result_of(s);
	char reason[300] = "", approver[100] = "", expires[40];
	struct store_exception x = { .check = s->word, .reason = reason, .approver = approver, .expires = expires };
	struct err e;
	suggest_day(expires, sizeof expires);
	snprintf(approver, sizeof approver, "%s", t->respondent);
	if (!ask_scope(t, r, &x.device) ||
	    !tui_input(t, _("Why is this risk accepted?"), reason, sizeof reason) ||
	    !tui_input(t, _("Who accepts it?"), approver, sizeof approver) ||
	    !tui_input(t, _("Until which day? (YYYY-MM-DD)"), expires, sizeof expires))
		return;
	char *day = text_plain(expires);
	snprintf(expires, sizeof expires, "%s", day);
	free(day);
	char *where = scope(r, x.device);
	char *question = xasprintf(_("Accept this risk for %s until %s?"), where, expires);
	free(where);
	bool yes = tui_confirm(t, question);
	free(question);
	if (!yes) {
		tui_say(t, "%s", _("Nothing was changed."));
		return;
	}
	if (!store_exception_add(t->store, &x, &e)) {
		tui_say(t, "%s", e.text);
		return;
	}
	char *done = xasprintf(_("Accepted until %s. The grade still counts it."), expires);
	show_anew(s, done);
	free(done);
}

static bool can_remove(const struct screen *s)
{
	const struct finding *f = s->data;
	return f && f->n_taken > 0;
}

static void take_back(struct screen *s)
{
	struct tui *t = s->tui;
	const struct finding *f = s->data;
	size_t at = 0;
	struct err e;
	if (f->n_taken > 1) {
		char number[16] = "";
		if (!tui_input(t, _("Number of the accepted risk"), number, sizeof number))
			return;
		at = strtoul(number, NULL, 10) - 1;
		if (at >= f->n_taken) {
			tui_say(t, _("%s: no such number in the list of accepted risks"), number);
			return;
		}
	}
	int64_t id = f->taken[at].id;
	if (!tui_confirm(t, _("Take this accepted risk back?")))
		return;
	if (!store_exception_remove(t->store, id, &e))
		tui_say(t, "%s", e.text);
	else
		show_anew(s, _("Taken back."));
}

static const struct tui_binding keys[] = {
	{ 'x', 0, "x", N_("accept"), N_("Accept this risk until a day, with a reason and somebody who answers for it."), accept_risk,
	  can_accept },
	{ 'd', 0, "d", N_("take back"), N_("Take back an accepted risk of this finding."), take_back, can_remove },
	{ 0 },
};

const struct screen_type screen_finding = { .name = "finding", .title = title, .open = open, .close = close_screen,
					    .keys = keys };
