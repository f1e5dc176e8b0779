/* genba score: S, the grade and why it is capped, the parts, what was not measured, what to find out. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/assessed.h"
#include "cli/site.h"
#include "score/assess.h"

static const char *const lack_titles[] = {
	N_("take a capture"), N_("capture at a mirror port (or a TAP) of the switch that the controllers are on"),
	N_("capture longer, up to a whole working day"),
	N_("declare the networks of the site (genba ask, or genba zones import)"),
	N_("capture in the declared networks that were not seen"), N_("capture without losing frames"),
	N_("mirror both directions of the port: of many connections only one side was seen"),
	N_("capture whole frames (snap length 0): many were cut"),
	N_("find out why nothing was heard for most of the time: a loose cable, a mirror that was switched off, a line that stood"),
};

/* ---- text ---- */

static void cap_text(struct buf *b, const struct score_cap *c)
{
	buf_printf(b, "  %s  ", grade_names[c->grade]);
	if (strcmp(c->reason, "critical") == 0)
		buf_printf(b, _("critical findings are open: %d"), c->count);
	else if (strcmp(c->reason, "three-high") == 0)
		buf_printf(b, _("three or more findings of high severity or above are open: %d"), c->count);
	else if (strcmp(c->reason, "high") == 0)
		buf_printf(b, _("findings of high severity are open: %d"), c->count);
	else if (strcmp(c->reason, "no-capture") == 0)
		buf_puts(b, _("declared only, nothing was measured: there is no capture"));
	else if (strcmp(c->reason, "low-coverage") == 0)
		buf_printf(b, _("declared only: the capture covers %d %%, less than 30 %%"), c->count);
	else
		buf_printf(b, _("%d %% of the weight is \"don't know\" or not answered, more than 20 %%"), c->count);
	if (c->before < c->grade)
		buf_printf(b, _(" (before: %s)"), grade_names[c->before]);
	buf_putc(b, '\n');
}

static void head_text(struct buf *b, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	if (r->has_s) {
		buf_printf(b, "%s  %.1f / 100   ", _("Score (S):"), r->s);
		if (r->declared_only)
			buf_printf(b, "(%s)  %s\n", grade_names[r->grade], _("declared only, not measured"));
		else
			buf_printf(b, "%s\n", grade_names[r->grade]);
		if (r->high > r->low)
			buf_printf(b, _("  between %.1f and %.1f, as long as answers are missing\n"), r->low, r->high);
		if (a->any_accepted)
			buf_printf(b, _("  %.1f with the accepted risks left out (grade %s)\n"), a->accepted.s,
				   grade_names[a->accepted.grade]);
	} else {
		buf_printf(b, "%s\n", _("No score yet: nobody has answered (genba ask). Measured alone:"));
	}
	if (r->has_m)
		buf_printf(b, _("  M  %5.1f  management, as answered and where possible verified\n"), r->m);
	if (r->has_n)
		buf_printf(b, _("  N  %5.1f  network, as measured\n"), r->n);
	if (r->has_d)
		buf_printf(b, _("  D  %5.1f  use of data, not part of S\n"), r->d);
	if (r->n_caps) {
		buf_printf(b, _("\nLimits of the grade (by points alone: %s)\n"), grade_names[r->grade_before]);
		for (int i = 0; i < r->n_caps; i++)
			cap_text(b, &r->caps[i]);
	}
}

static void parts_text(struct buf *b, const struct assessment *a)
{
	const struct score_result *r = &a->score;
	if (a->answers.n_answered) {
		buf_printf(b, "\n%s\n", _("Domains"));
		for (int d = 0; d < DOMAIN_MAX; d++) {
			if (r->rated[d])
				buf_printf(b, "  %s  %5.1f  ", domain_names[d], r->domain[d]);
			else
				buf_printf(b, "  %s      -  ", domain_names[d]);
			buf_printf(b, "%s%s\n", domain_title((enum domain)d, lang_now()),
				   r->rated[d] ? "" : _(" (not rated)"));
		}
	}
	if (!a->scan)
		return;
	buf_printf(b, "\n%s\n", _("Network"));
	for (int c = 0; c < CATEGORY_MAX; c++) {
		bool measured = a->measured[c];
		if (c == CATEGORY_STABILITY)
			buf_puts(b, "      -  ");
		else
			buf_printf(b, "  %5.1f  ", r->category[c]);
		buf_printf(b, "%s%s\n", _(category_titles[c]),
			   !measured ? _(" (not measured)") : c == CATEGORY_STABILITY ? _(" (not scored)") : "");
	}
	buf_printf(b, "\n%s", _("Findings: "));
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		buf_printf(b, "%s %zu%s", _(severity_titles[s]), a->by_severity[s], s > SEVERITY_INFO ? _(", ") : "\n");
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct check_result *f = a->findings[i];
		buf_puts(b, "  ");
		text_pad(b, _(severity_titles[f->severity]), 8);
		buf_printf(b, "  %-14s  ", f->check->id);
		text_terminal(b, text2_get(&f->check->title));
		buf_printf(b, "%s\n", f->excepted ? _(" (accepted risk)") : "");
	}
}

static void answers_text(struct buf *b, const struct assessment *a)
{
	if (a->n_contradicted) {
		buf_printf(b, "\n%s\n", _("Answers and wire disagree (to be confirmed)"));
		for (size_t i = 0; i < a->questionnaire.n; i++) {
			const struct assess_question *q = &a->questions[i];
			if (!q->n_contradictions)
				continue;
			const struct check_result *f = q->contradictions[0].result;
			buf_printf(b, _("  %s  answered %d, counts as %d: %s "), q->question->id, q->level, q->effective,
				   f->check->id);
			text_terminal(b, text2_get(&f->check->title));
			if (f->n_rows && f->rows[0].file) {
				buf_puts(b, " [");
				text_terminal(b, f->rows[0].file);
				buf_printf(b, ":%lld]", (long long)f->rows[0].frame);
			}
			buf_putc(b, '\n');
		}
	}
	if (!a->score.has_s || !a->n_unknowns)
		return;
	buf_printf(b, "\n%s\n", _("To find out (don't know) or to answer, heaviest first"));
	for (size_t i = 0; i < a->n_unknowns && i < 10; i++) {
		const struct question *q = a->unknowns[i].question->question;
		buf_printf(b, _("  %s  up to %s +%.1f  "), q->id, q->domain == DOMAIN_D ? "D" : "S",
			   a->unknowns[i].gain);
		text_terminal(b, text2_get(&q->text));
		buf_putc(b, '\n');
	}
	if (a->n_unknowns > 10)
		buf_printf(b, _("  and %zu more\n"), a->n_unknowns - 10);
}

static void coverage_text(struct buf *b, const struct assessment *a)
{
	buf_printf(b, "\n%s", _("Coverage: "));
	if (a->scan)
		buf_printf(b, _("%.0f %% (%.1f hours, %s, %.1f %% lost)\n"), a->coverage.k * 100, a->coverage.hours,
			   a->coverage.mirror ? _("mirror port") : _("no mirror port"), a->coverage.loss * 100);
	else
		buf_printf(b, "%s\n", _("nothing was measured"));
	for (size_t i = 0; i < a->n_raises; i++) {
		if (a->raises[i].lack >= LACK_ONE_WAY)
			buf_printf(b, _("  see more     %s\n"), _(lack_titles[a->raises[i].lack]));
		else
			buf_printf(b, _("  up to %3.0f %%  %s\n"), a->raises[i].k_after * 100,
				   _(lack_titles[a->raises[i].lack]));
	}
	if (a->scan && a->coverage.unread > 0.1)
		buf_printf(b, _("  %.0f %% of the packets belong to protocols that nobody could name for sure\n"),
			   a->coverage.unread * 100);
	if (a->scan && a->coverage.undecoded > 0.01)
		buf_printf(b, _("  %.0f %% of the frames could not be read at all\n"), a->coverage.undecoded * 100);
}

static bool write_text(const struct assessment *a, struct err *e)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	head_text(&b, a);
	parts_text(&b, a);
	answers_text(&b, a);
	coverage_text(&b, a);
	return cli_write(&b, e);
}

/* ---- JSON ---- */

static json_t *number(bool known, double x)
{
	return known ? json_real(x) : json_null();
}

static json_t *result_json(const struct assessment *a, const struct score_result *r)
{
	json_t *caps = json_array();
	for (int i = 0; i < r->n_caps; i++)
		json_array_append_new(caps, json_pack("{s:s, s:s, s:i, s:s}", "grade", grade_names[r->caps[i].grade],
						      "reason", r->caps[i].reason, "count", r->caps[i].count,
						      "before", grade_names[r->caps[i].before]));
	json_t *domains = json_object(), *categories = json_object();
	for (int d = 0; d < DOMAIN_MAX; d++)
		json_object_set_new(domains, domain_names[d], number(r->rated[d], r->domain[d]));
	for (int c = 0; c < CATEGORY_STABILITY; c++)
		json_object_set_new(categories, category_names[c],
				    json_pack("{s:o, s:b}", "score", number(r->has_n, r->category[c]), "measured",
					      a->measured[c]));
	json_t *grade = r->has_s ? json_string(grade_names[r->grade]) : json_null();
	json_t *before = r->has_s ? json_string(grade_names[r->grade_before]) : json_null();
	return json_pack("{s:o, s:o, s:o, s:b, s:o, s:[o,o], s:o, s:o, s:o, s:o, s:o}", "s", number(r->has_s, r->s),
			 "grade", grade, "grade_before", before, "declared_only", r->declared_only, "caps", caps,
			 "interval", number(r->has_s, r->low), number(r->has_s, r->high), "m", number(r->has_m, r->m),
			 "n", number(r->has_n, r->n), "d", number(r->has_d, r->d), "domains", domains, "categories",
			 categories);
}

static json_t *coverage_json(const struct assessment *a)
{
	json_t *raises = json_array();
	for (size_t i = 0; i < a->n_raises; i++)
		json_array_append_new(raises, json_pack("{s:s, s:f}", "lack", assess_lack_names[a->raises[i].lack],
							"k_after", a->raises[i].k_after));
	const struct assess_coverage *c = &a->coverage;
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:b, s:f, s:f, s:f, s:f, s:f, s:o}", "k", c->k, "t", c->t, "v", c->v,
			 "d", c->d, "hours", c->hours, "span_hours", c->span_hours, "mirror", c->mirror, "loss", c->loss,
			 "one_way", c->one_way, "cut", c->cut, "unread", c->unread, "undecoded", c->undecoded, "raised_by",
			 raises);
}

static json_t *answers_json(const struct assessment *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->questionnaire.n; i++) {
		const struct assess_question *q = &a->questions[i];
		for (size_t k = 0; k < q->n_contradictions; k++)
			json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s, s:i, s:f}", "question",
							      q->question->id, "declared", q->level, "counts_as",
							      q->effective, "check",
							      q->contradictions[k].result->check->id, "cap",
							      q->contradictions[k].rule->cap, "share",
							      q->contradictions[k].result->share));
	}
	return list;
}

static bool write_json(const struct assessment *a, struct err *e)
{
	json_t *findings = json_object(), *unknowns = json_array();
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		json_object_set_new(findings, severity_names[s], json_integer((json_int_t)a->by_severity[s]));
	for (size_t i = 0; i < a->n_unknowns; i++)
		json_array_append_new(unknowns, json_pack("{s:s, s:s, s:f}", "question",
							  a->unknowns[i].question->question->id, "state",
							  a->unknowns[i].question->level == LEVEL_UNKNOWN ?
							  "unknown" : "unanswered", "gain", a->unknowns[i].gain));
	json_t *root = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "genba.score/1", "scan",
				 a->scan ? json_integer(a->scan) : json_null(), "score", result_json(a, &a->score),
				 "without_accepted_risks",
				 a->any_accepted ? result_json(a, &a->accepted) : json_null(), "findings", findings,
				 "contradictions", answers_json(a), "find_out", unknowns, "coverage",
				 coverage_json(a));
	return site_json_print(root, 10, e);
}

/* ---- --fail-on ---- */

/* Is the word well formed? Asked before anything is printed. */
static bool fail_on_grade(const char *what, int *grade)
{
	if (strncmp(what, "grade:", 6) != 0)
		return false;
	for (*grade = GRADE_A; *grade < GRADE_NONE; ++*grade)
		if (strcmp(what + 6, grade_names[*grade]) == 0)
			return true;
	return true;
}

static bool fail_on(const char *what, struct store *s, const struct assessment *a, bool *met, struct err *e)
{
	int grade;
	*met = false;
	if (fail_on_grade(what, &grade)) {
		*met = a->score.has_s && a->score.grade >= grade;
		return true;
	}
	struct check_results before = { 0 };
	int64_t previous = strncmp(what, "new:", 4) == 0 ? score_previous_scan(s, a->scan) : 0;
	if (previous && !check_run(&a->checks, s, previous, &before, e))
		return false;
	bool ok = check_fail_on(what, &a->results, &before, met, e);
	check_results_free(&before);
	return ok;
}

static bool fail_on_valid(const char *what, struct err *e)
{
	int grade;
	bool met;
	if (!fail_on_grade(what, &grade))
		return check_fail_on(what, &(struct check_results){ 0 }, NULL, &met, e);
	return grade < GRADE_NONE || err_set(e, _("--fail-on %s: expected a grade from A to E"), what);
}

static int run(struct cli *c, struct err *e)
{
	static const char *const formats[] = { "text", "json", NULL };
	int format = cli_choice(c, "format", formats, 0, e);
	const char *what = cli_get(c, "fail-on");
	if (format < 0 || (what && !fail_on_valid(what, e)))
		return EXIT_USAGE_ERROR;
	struct assessment a;
	struct store *s = cli_assessed(c, &a, e);
	if (!s)
		return EXIT_FAILED;
	bool met = false;
	bool ok = (format ? write_json(&a, e) : write_text(&a, e)) && (!what || fail_on(what, s, &a, &met, e));
	score_assess_free(&a);
	store_close(s);
	return !ok ? EXIT_FAILED : met ? EXIT_FAIL_ON : EXIT_DONE;
}

static const struct cli_option options[] = {
	{ 0, "format", "text|json", N_("how to print it (default: text)") },
	{ 0, "fail-on", N_("CONDITION"), N_("exit 1 when there is a finding of this severity (high), a new one (new:high), "
				   "or this grade or worse (grade:D)") },
	{ 0 },
};

const struct command command_score = {
	.name = "score",
	.arguments = "",
	.summary = N_("the score, its parts, and why the grade is what it is"),
	.description = N_("Computes the score from the newest scan and the answers: S and its grade with every limit and "
			  "its reason, the interval that missing answers leave, the domains and the categories of the "
			  "network, where answers and wire disagree, and how much the capture could show."),
	.options = options,
	.run = run,
};
