/* genba actions: what to do, lane by lane, with the grade reached after each. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "cli/assessed.h"
#include "cli/site.h"

/* The forecast in text stands at the first ones; more would look surer than it is. */
enum { FORECASTS = 6 };

static const char *const downtime_titles[] = { N_("no stop"), N_("planned stop"), N_("line stop") };

static const char *title_of(const struct assess_action *row)
{
	return text2_get(row->interim ? &row->action->interim_title : &row->action->title);
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

/* 1500000 → "1,500,000" */
static void yen(struct buf *b, int n)
{
	char digits[16];
	int len = snprintf(digits, sizeof digits, "%d", n);
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_putc(b, ',');
		buf_putc(b, digits[i]);
	}
}

/* ---- text ---- */

static void cost_text(struct buf *b, const struct action *a)
{
	if (a->yen_max == 0) {
		buf_puts(b, _("no cost"));
	} else {
		yen(b, a->yen_min);
		buf_puts(b, "–");
		yen(b, a->yen_max);
		buf_puts(b, _(" yen"));
	}
	buf_printf(b, _(", %g–%g hours, %s"), a->hours_min, a->hours_max, _(downtime_titles[a->downtime]));
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
	}
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
	json_t *actions = json_array(), *data = json_array();
	for (size_t i = 0; i < a->n_actions; i++)
		json_array_append_new(actions, row_json(a, &a->actions[i]));
	for (size_t i = 0; i < a->n_data_actions; i++)
		json_array_append_new(data, row_json(a, &a->data_actions[i]));
	json_t *root = json_pack("{s:s, s:o, s:o, s:f, s:o, s:o}", "schema", "genba.actions/1", "s",
				 a->score.has_s ? json_real(a->score.s) : json_null(), "grade",
				 a->score.has_s ? json_string(grade_names[a->score.grade]) : json_null(), "n", a->score.n,
				 "actions", actions, "data_actions", data);
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

static int run(struct cli *c, struct err *e)
{
	static const char *const formats[] = { "text", "json", "csv", NULL };
	int format = cli_choice(c, "format", formats, 0, e);
	if (format < 0)
		return EXIT_USAGE_ERROR;
	struct assessment a;
	struct store *s = cli_assessed(c, &a, e);
	if (!s)
		return EXIT_FAILED;
	bool ok = format == LIST_JSON ? write_json(&a, e) : format == LIST_CSV ? write_csv(&a, e) : write_text(&a, e);
	score_assess_free(&a);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	{ 0, "format", "text|json|csv", N_("how to print it (default: text)") },
	{ 0 },
};

const struct command command_actions = {
	.name = "actions",
	.arguments = "",
	.summary = N_("what to do first, and the grade reached after each"),
	.description = N_("Lists what would help, in the order to do it: now, at the next planned stop, in the next long "
			  "holiday, within 12 months, to watch. Each action's gain is simulated; an action comes after those "
			  "that it needs. Actions on the use of data stand apart, since they never change the score."),
	.options = options,
	.run = run,
};
