/* genba actions: what to do, lane by lane, with the grade reached after each; what fits a budget; a site's figures. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/adapt.h"
#include "cli/assessed.h"
#include "cli/site.h"
#include "score/roadmap.h"

/* The forecast in text stands at the first ones; more would look surer than it is. */
enum { FORECASTS = 6 };


static const char *title_of(const struct assess_action *row)
{
	return text2_get(row->interim ? &row->action->interim_title : &row->action->title);
}

static const char *step_title(const struct roadmap_step *s)
{
	return text2_get(s->interim ? &s->row->action->interim_title : &s->row->action->title);
}

/* "Z1 1→3, X-TELNET": what the action does here. */
static void reasons(struct buf *b, const struct assess_action *row)
{
	const char *comma = "";
	for (size_t i = 0; i < row->n_findings; i++, comma = ", ")
		buf_printf(b, "%s%s", comma, row->findings[i]->check->id);
	for (size_t i = 0; i < row->n_raises; i++, comma = ", ") {
		const struct assess_question_raise *r = &row->raises[i];
		if (r->from < 0)
			buf_printf(b, "%s%s→%d", comma, r->question->question->id, r->to);
		else
			buf_printf(b, "%s%s %d→%d", comma, r->question->question->id, r->from, r->to);
	}
}

/* ---- text ---- */

static void cost_text(struct buf *b, const struct action *a)
{
	if (a->yen_max == 0) {
		buf_puts(b, _("no cost"));
	} else {
		char low[32], high[32];
		buf_printf(b, "%s–%s%s", text_grouped(a->yen_min, low), text_grouped(a->yen_max, high), _(" yen"));
	}
	buf_printf(b, _(", %g–%g hours, %s"), a->hours_min, a->hours_max, _(downtime_titles[a->downtime]));
	if (a->adapted)
		buf_puts(b, _(" (this site's figures)"));
	if (a->done)
		buf_puts(b, _(" (done, the site says; the network shows otherwise)"));
}

/* A firm that did it. */
static void case_text(struct buf *b, const struct action *a)
{
	if (!a->has_case)
		return;
	buf_puts(b, _("      Example: "));
	text_terminal(b, text2_get(&a->example.company));
	buf_puts(b, "\n        ");
	text_terminal(b, text2_get(&a->example.what));
	buf_puts(b, "\n        ");
	text_terminal(b, text2_get(&a->example.result));
	buf_puts(b, "\n        ");
	buf_printf(b, _("(source: %s)\n"), text2_get(&a->example.source));
}

/* What the site took out of the plan. */
static void left_out_text(struct buf *b, const struct assessment *a)
{
	bool first = true;
	for (size_t i = 0; i < a->action_set.n; i++) {
		const struct action *x = &a->action_set.actions[i];
		if (!score_action_left_out(a, x))
			continue;
		if (first)
			buf_puts(b, _("\nNot in the plan, as this site says\n"));
		first = false;
		buf_puts(b, "   -  ");
		text_terminal(b, text2_get(&x->title));
		buf_puts(b, ": ");
		text_terminal(b, x->not_here ? x->not_here : _("done"));
		buf_putc(b, '\n');
	}
}

static void row_text(struct buf *b, const struct assessment *a, const struct assess_action *row, int number)
{
	if (row->interim)
		buf_puts(b, "   -  ");
	else
		buf_printf(b, "  %2d. ", number);
	text_terminal(b, title_of(row));
	buf_putc(b, '\n');
	if (!row->interim) {
		buf_puts(b, "      ");
		cost_text(b, row->action);
		buf_putc(b, '\n');
		case_text(b, row->action);
	}
	if (row->n_findings || row->n_raises) {
		buf_printf(b, "      %s", _("for: "));
		reasons(b, row);
		buf_putc(b, '\n');
	}
	if (!row->forecast || number > FORECASTS)
		return;
	if (a->score.has_s)
		buf_printf(b, _("      alone S +%.1f; after it S %.1f, grade %s\n"), row->gain, row->s_after,
			   grade_names[row->grade_after]);
	else
		buf_printf(b, _("      alone N +%.1f; after it N %.1f\n"), row->gain, row->n_after);
}

static bool write_text(const struct assessment *a, struct err *e)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	if (a->score.has_s)
		buf_printf(&b, _("Now: S %.1f, grade %s\n"), a->score.s, grade_names[a->score.grade]);
	else
		buf_printf(&b, _("Now: N %.1f (no answers yet, so no S)\n"), a->score.n);
	int number = 0;
	for (size_t i = 0; i < a->n_actions; i++) {
		const struct assess_action *row = &a->actions[i];
		if (i == 0 || row->lane != a->actions[i - 1].lane)
			buf_printf(&b, "\n%s\n", _(lane_titles[row->lane]));
		row_text(&b, a, row, row->interim ? 0 : ++number);
	}
	if (a->n_data_actions)
		buf_printf(&b, _("\nUse of data (now D %.1f; these never change S)\n"), a->score.d);
	for (size_t i = 0; i < a->n_data_actions; i++) {
		buf_printf(&b, "  %2zu. ", i + 1);
		text_terminal(&b, title_of(&a->data_actions[i]));
		buf_puts(&b, "\n      ");
		cost_text(&b, a->data_actions[i].action);
		buf_printf(&b, _("; alone D +%.1f\n"), a->data_actions[i].gain);
		case_text(&b, a->data_actions[i].action);
	}
	left_out_text(&b, a);
	return cli_write(&b, e);
}

/* ---- JSON and CSV ---- */

static json_t *text_json(const struct text2 *t)
{
	return json_string(text2_get(t));
}

static json_t *row_json(const struct assessment *a, const struct assess_action *row)
{
	const struct action *x = row->action;
	json_t *findings = json_array(), *raises = json_array(), *steps = json_array(), *after = json_array();
	for (size_t i = 0; i < row->n_findings; i++)
		json_array_append_new(findings, json_string(row->findings[i]->check->id));
	for (size_t i = 0; i < row->n_raises; i++)
		json_array_append_new(raises, json_pack("{s:s, s:o, s:i}", "question", row->raises[i].question->question->id,
							"from", row->raises[i].from < 0 ? json_null() :
							json_integer(row->raises[i].from), "to", row->raises[i].to));
	for (size_t i = 0; i < row->n_after_actions; i++)
		json_array_append_new(after, json_string(row->after[i]->action->id));
	if (row->interim)
		json_array_append_new(steps, text_json(&x->interim_steps));
	for (size_t i = 0; i < x->n_steps && !row->interim; i++)
		json_array_append_new(steps, text_json(&x->steps[i]));

	json_t *o = json_pack("{s:s, s:b, s:s, s:o, s:o, s:o, s:o, s:o}", "id", x->id, "interim", row->interim, "lane",
			      lane_names[row->lane], "title", json_string(title_of(row)), "fixes", findings, "raises",
			      raises, "after", after, "steps", steps);
	if (row->interim)
		return o;
	json_t *more = json_pack("{s:o, s:b, s:b, s:f, s:f, s:f, s:[i,i], s:[f,f], s:s, s:s, s:o}", "summary",
				 text_json(&x->summary), "verified", row->verified, "removes_cap", row->removes_cap,
				 "gain", row->gain, "effort", row->effort, "priority", row->priority, "yen", x->yen_min,
				 x->yen_max, "hours", x->hours_min, x->hours_max, "complexity",
				 complexity_names[x->complexity], "downtime", downtime_names[x->downtime], "who",
				 text_json(&x->who));
	json_object_update(o, more);
	json_decref(more);
	json_object_set_new(o, "adapted", json_boolean(x->adapted));
	json_object_set_new(o, "done", json_boolean(x->done));
	if (x->has_case)
		json_object_set_new(o, "case", json_pack("{s:o, s:o, s:o, s:o}", "company", text_json(&x->example.company),
							 "what", text_json(&x->example.what), "result",
							 text_json(&x->example.result), "source",
							 text_json(&x->example.source)));
	json_t *texts = json_pack("{s:o, s:o, s:o, s:o, s:o}", "check_first", text_json(&x->check_first), "may_stop",
				  text_json(&x->may_stop), "way_back", text_json(&x->way_back), "confirm",
				  text_json(&x->confirm), "record", text_json(&x->record));
	json_object_update(o, texts);
	json_decref(texts);
	if (!row->forecast)
		return o;
	json_object_set_new(o, "n_after", json_real(row->n_after));
	json_object_set_new(o, "s_after", a->score.has_s ? json_real(row->s_after) : json_null());
	json_object_set_new(o, "grade_after", a->score.has_s ? json_string(grade_names[row->grade_after]) : json_null());
	return o;
}

static bool write_json(const struct assessment *a, struct err *e)
{
	json_t *actions = json_array(), *data = json_array(), *left_out = json_array();
	for (size_t i = 0; i < a->action_set.n; i++) {
		const struct action *x = &a->action_set.actions[i];
		if (score_action_left_out(a, x))
			json_array_append_new(left_out, json_pack("{s:s, s:b, s:s?}", "id", x->id, "done", x->done,
								  "not_here", x->not_here));
	}
	for (size_t i = 0; i < a->n_actions; i++)
		json_array_append_new(actions, row_json(a, &a->actions[i]));
	for (size_t i = 0; i < a->n_data_actions; i++)
		json_array_append_new(data, row_json(a, &a->data_actions[i]));
	json_t *root = json_pack("{s:s, s:o, s:o, s:f, s:o, s:o, s:o}", "schema", "genba.actions/1", "s",
				 a->score.has_s ? json_real(a->score.s) : json_null(), "grade",
				 a->score.has_s ? json_string(grade_names[a->score.grade]) : json_null(), "n", a->score.n,
				 "actions", actions, "data_actions", data, "left_out", left_out);
	return site_json_print(root, 10, e);
}

static const struct list_column columns[] = {
	{ "lane", NULL, false }, { "id", NULL, false }, { "interim", NULL, true }, { "title", NULL, false },
	{ "why", NULL, false }, { "yen_min", NULL, true }, { "yen_max", NULL, true }, { "hours_min", NULL, true },
	{ "hours_max", NULL, true }, { "complexity", NULL, false }, { "downtime", NULL, false },
	{ "who", NULL, false }, { "gain", NULL, true }, { "s_after", NULL, true }, { "grade_after", NULL, false },
	{ "check_first", NULL, false }, { "may_stop", NULL, false }, { 0 },
};

static void row_csv(struct list *l, const struct assessment *a, const struct assess_action *row)
{
	const struct action *x = row->action;
	struct buf why;
	buf_init(&why, 4000);
	reasons(&why, row);
	list_text(l, x->data ? "data" : lane_names[row->lane]);
	list_text(l, x->id);
	list_int(l, row->interim);
	list_text(l, title_of(row));
	list_text(l, why.data);
	list_int(l, x->yen_min);
	list_int(l, x->yen_max);
	list_real(l, x->hours_min);
	list_real(l, x->hours_max);
	list_text(l, complexity_names[x->complexity]);
	list_text(l, downtime_names[x->downtime]);
	list_text(l, text2_get(&x->who));
	list_real(l, row->gain);
	if (row->forecast && a->score.has_s) {
		list_real(l, row->s_after);
		list_text(l, grade_names[row->grade_after]);
	} else {
		list_null(l);
		list_null(l);
	}
	list_text(l, text2_get(&x->check_first));
	list_text(l, text2_get(&x->may_stop));
	buf_done(&why);
}

static bool write_csv(const struct assessment *a, struct err *e)
{
	struct list *l = list_new(LIST_CSV, "genba.actions/1", "actions", columns);
	for (size_t i = 0; i < a->n_actions; i++)
		row_csv(l, a, &a->actions[i]);
	for (size_t i = 0; i < a->n_data_actions; i++)
		row_csv(l, a, &a->data_actions[i]);
	return list_finish(l, e);
}

/* ---- what fits a budget ---- */

static void number_text(struct buf *b, bool money, double n)
{
	char whole[32];
	if (money)
		buf_puts(b, text_grouped((int64_t)n, whole));
	else
		buf_printf(b, "%g", n);
	buf_puts(b, money ? _(" yen") : _(" hours"));
}

/* "12,000 yen, 40 hours": of what has a limit. */
static void limits_text(struct buf *b, const struct roadmap *r, double yen_left, double hours_left)
{
	if (r->yen >= 0)
		number_text(b, true, yen_left);
	if (r->yen >= 0 && r->hours >= 0)
		buf_puts(b, _(", "));
	if (r->hours >= 0)
		number_text(b, false, hours_left);
}

/* "needs up to 300,000 yen, 120,000 yen are left; needs first: …" */
static void why_not(struct buf *b, const struct roadmap_step *s)
{
	for (int money = 1; money >= 0; money--) {
		if (!(money ? s->over_yen : s->over_hours))
			continue;
		struct buf need, left;
		buf_init(&need, 100);
		buf_init(&left, 100);
		number_text(&need, money, money ? (double)s->yen_need : s->hours_need);
		number_text(&left, money, money ? (double)s->yen_left : s->hours_left);
		buf_puts(b, money || !s->over_yen ? "" : _("; "));
		buf_printf(b, _("takes up to %s, %s were left"), need.data, left.data);
		buf_done(&need);
		buf_done(&left);
	}
	if (s->first) {
		buf_puts(b, _("; with what comes first: "));
		text_terminal(b, title_of(s->first));
	}
}

static bool roadmap_text(const struct assessment *a, const struct roadmap *r, struct err *e)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	if (r->yen == 0 && r->hours < 0) {
		buf_puts(&b, _("Without spending money\n"));
	} else {
		buf_puts(&b, _("With a budget of "));
		limits_text(&b, r, (double)r->yen, r->hours);
		buf_putc(&b, '\n');
	}
	int number = 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct roadmap_step *s = &r->steps[i];
		if (i == 0 || s->lane != r->steps[i - 1].lane)
			buf_printf(&b, "\n%s\n", _(lane_titles[s->lane]));
		if (s->interim)
			buf_puts(&b, "   -  ");
		else
			buf_printf(&b, "  %2d. ", ++number);
		text_terminal(&b, step_title(s));
		buf_putc(&b, '\n');
		if (s->interim)
			continue;
		buf_puts(&b, "      ");
		cost_text(&b, s->row->action);
		buf_puts(&b, "\n      ");
		if (a->score.has_s)
			buf_printf(&b, _("after it S %.1f, grade %s"), s->s_after, grade_names[s->grade_after]);
		else
			buf_printf(&b, _("after it N %.1f"), s->n_after);
		buf_puts(&b, _("; left: "));
		limits_text(&b, r, (double)s->yen_left, s->hours_left);
		buf_putc(&b, '\n');
	}
	if (r->n_rest)
		buf_puts(&b, _("\nDoes not fit\n"));
	for (size_t i = 0; i < r->n_rest; i++) {
		const struct roadmap_step *s = &r->rest[i];
		buf_puts(&b, "   -  ");
		text_terminal(&b, step_title(s));
		buf_puts(&b, "\n      ");
		why_not(&b, s);
		buf_putc(&b, '\n');
	}
	left_out_text(&b, a);
	return cli_write(&b, e);
}

static void set_left(json_t *o, const struct roadmap *r, const struct roadmap_step *s)
{
	json_object_set_new(o, "yen_left", r->yen < 0 ? json_null() : json_integer(s->yen_left));
	json_object_set_new(o, "hours_left", r->hours < 0 ? json_null() : json_real(s->hours_left));
}

static bool roadmap_json(const struct assessment *a, const struct roadmap *r, struct err *e)
{
	json_t *steps = json_array(), *rest = json_array();
	for (size_t i = 0; i < r->n; i++) {
		const struct roadmap_step *s = &r->steps[i];
		struct assess_action row = *s->row;
		row.interim = s->interim;
		row.lane = s->lane;
		json_t *o = row_json(a, &row);
		if (!s->interim) {
			json_object_set_new(o, "n_after", json_real(s->n_after));
			json_object_set_new(o, "s_after", a->score.has_s ? json_real(s->s_after) : json_null());
			json_object_set_new(o, "grade_after", a->score.has_s ?
					    json_string(grade_names[s->grade_after]) : json_null());
		}
		set_left(o, r, s);
		json_array_append_new(steps, o);
	}
	for (size_t i = 0; i < r->n_rest; i++) {
		const struct roadmap_step *s = &r->rest[i];
		const struct action *x = s->row->action;
		json_t *o = json_pack("{s:s, s:o, s:b, s:b, s:I, s:f, s:s?}", "id", x->id, "title",
				      json_string(step_title(s)), "over_yen", s->over_yen, "over_hours", s->over_hours,
				      "yen_need", (json_int_t)s->yen_need, "hours_need", s->hours_need, "first",
				      s->first ? s->first->action->id : NULL);
		set_left(o, r, s);
		json_array_append_new(rest, o);
	}
	json_t *root = json_pack("{s:s, s:o, s:o, s:o, s:o, s:f, s:o, s:o}", "schema", "genba.roadmap/1",
				 "yen", r->yen < 0 ? json_null() : json_integer(r->yen),
				 "hours", r->hours < 0 ? json_null() : json_real(r->hours),
				 "s", a->score.has_s ? json_real(a->score.s) : json_null(),
				 "grade", a->score.has_s ? json_string(grade_names[a->score.grade]) : json_null(),
				 "n", a->score.n, "actions", steps, "does_not_fit", rest);
	return site_json_print(root, 10, e);
}

static const struct list_column roadmap_columns[] = {
	{ "fits", NULL, true }, { "lane", NULL, false }, { "id", NULL, false }, { "interim", NULL, true },
	{ "title", NULL, false }, { "yen_max", NULL, true }, { "hours_max", NULL, true }, { "s_after", NULL, true },
	{ "grade_after", NULL, false }, { "yen_left", NULL, true }, { "hours_left", NULL, true },
	{ "why_not", NULL, false }, { 0 },
};

static void roadmap_cells(struct list *l, const struct assessment *a, const struct roadmap *r,
			  const struct roadmap_step *s, bool fits)
{
	bool after = fits && !s->interim && a->score.has_s;
	list_int(l, fits);
	list_text(l, lane_names[s->lane]);
	list_text(l, s->row->action->id);
	list_int(l, s->interim);
	list_text(l, step_title(s));
	list_int(l, s->interim ? 0 : s->row->action->yen_max);
	if (s->interim)
		list_null(l);
	else
		list_real(l, s->row->action->hours_max);
	if (after)
		list_real(l, s->s_after);
	else
		list_null(l);
	list_text(l, after ? grade_names[s->grade_after] : NULL);
	if (r->yen < 0)
		list_null(l);
	else
		list_int(l, s->yen_left);
	if (r->hours < 0)
		list_null(l);
	else
		list_real(l, s->hours_left);
	struct buf why;
	buf_init(&why, 1000);
	if (!fits)
		why_not(&why, s);
	list_text(l, fits ? NULL : why.data);
	buf_done(&why);
}

static bool roadmap_csv(const struct assessment *a, const struct roadmap *r, struct err *e)
{
	struct list *l = list_new(LIST_CSV, "genba.roadmap/1", "actions", roadmap_columns);
	for (size_t i = 0; i < r->n; i++)
		roadmap_cells(l, a, r, &r->steps[i], true);
	for (size_t i = 0; i < r->n_rest; i++)
		roadmap_cells(l, a, r, &r->rest[i], false);
	return list_finish(l, e);
}

/* A limit of the command line: a number from 0; ROADMAP_NO_LIMIT where it is not given. */
static bool limit(const struct cli *c, const char *option, bool whole, double *out, struct err *e)
{
	const char *text = cli_get(c, option);
	char *end;
	*out = ROADMAP_NO_LIMIT;
	if (!text)
		return true;
	errno = 0;
	double n = strtod(text, &end);
	if (end == text || *end || errno || !(n >= 0 && n <= 1e12) || strspn(text, "0123456789.") != strlen(text) ||
	    (whole && n != floor(n)))
		return err_set(e, whole ? _("--%s: expected a whole number of yen, got \"%s\"") :
				  _("--%s: expected a number of hours, got \"%s\""), option, text);
	*out = n;
	return true;
}

static int run(struct cli *c, struct err *e)
{
	static const char *const formats[] = { "text", "json", "csv", NULL };
	int format = cli_choice(c, "format", formats, 0, e);
	double yen_limit, hours_limit;
	if (format < 0 || !limit(c, "yen", true, &yen_limit, e) || !limit(c, "hours", false, &hours_limit, e))
		return EXIT_USAGE_ERROR;
	if (cli_has(c, "adapt"))
		return cli_adapt(c, cli_get(c, "adapt"), e);
	struct assessment a;
	struct store *s = cli_assessed(c, &a, e);
	if (!s)
		return EXIT_FAILED;
	bool ok;
	if (cli_has(c, "yen") || cli_has(c, "hours")) {
		struct roadmap r;
		score_roadmap(&a, (int64_t)yen_limit, hours_limit, &r);
		ok = format == LIST_JSON ? roadmap_json(&a, &r, e) : format == LIST_CSV ? roadmap_csv(&a, &r, e) :
		     roadmap_text(&a, &r, e);
		score_roadmap_free(&r);
	} else {
		ok = format == LIST_JSON ? write_json(&a, e) : format == LIST_CSV ? write_csv(&a, e) : write_text(&a, e);
	}
	score_assess_free(&a);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	{ 0, "format", "text|json|csv", N_("how to print it (default: text)") },
	{ 0, "yen", "N", N_("only what fits into N yen; 0: what costs no money") },
	{ 0, "hours", "N", N_("only what fits into N hours of own work") },
	{ 0, "adapt", "FILE", N_("take this site's prices, hours and names from a YAML file; '' takes them back") },
	{ 0 },
};

const struct command command_actions = {
	.name = "actions",
	.arguments = "",
	.summary = N_("what to do first, and the grade reached after each"),
	.description = N_("Lists what would help, in the order to do it: now, at the next planned stop, in the next long "
			  "holiday, within 12 months, to watch. Each action's gain is simulated; an action comes after those "
			  "that it needs. Actions on the use of data stand apart, since they never change the score. With "
			  "--yen or --hours it lists what fits, counted with the upper figures, and what does not and why. "
			  "--adapt keeps a site's own figures, as {backup-offline: {yen: {min: 0, max: 30000}}}; besides yen "
			  "there are hours, complexity, downtime, who, done: true, and not_here with a reason."),
	.options = options,
	.run = run,
};
