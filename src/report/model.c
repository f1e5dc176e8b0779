/* The model "genba.report/1": the assessment as numbers and facts, without a word of any one language. */
#include "report/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "score/roadmap.h"

void model_text(json_t *o, const char *key, const char *value)
{
	if (!value) {
		json_object_set_new(o, key, json_null());
	} else if (text_is_utf8(value, strlen(value))) {
		json_object_set_new(o, key, json_string(value));
	} else {
		size_t size = 4 * strlen(value) + 1;
		char *shown = xmalloc(size);
		(void)text_wire(value, strlen(value), shown, size);
		json_object_set_new(o, key, json_string(shown));
		free(shown);
	}
}

void model_text2(json_t *o, const char *key, const struct text2 *t)
{
	json_t *both = report_object(o, key);
	model_text(both, "en", text2_in(t, LANG_EN));
	model_text(both, "ja", text2_in(t, LANG_JA));
}

void model_int(json_t *o, const char *key, int64_t value)
{
	json_object_set_new(o, key, json_integer(value));
}

void model_real(json_t *o, const char *key, double value, int digits)
{
	double scale = pow(10, digits);
	json_object_set_new(o, key, json_real(round(value * scale) / scale));
}

void model_points(json_t *o, const char *key, bool known, double value)
{
	if (known)
		model_real(o, key, value, 1);
	else
		model_text(o, key, NULL);
}

void model_bool(json_t *o, const char *key, bool value)
{
	json_object_set_new(o, key, json_boolean(value));
}

void model_time(json_t *o, const char *key, int64_t ns)
{
	char out[32];
	model_text(o, key, ns ? text_time(ns, out) : NULL);
}

/* ---- score ---- */

static void add_score(json_t *model, const char *key, const struct score_result *r, const bool *measured)
{
	json_t *o = report_object(model, key);
	model_points(o, "s", r->has_s, r->s);
	model_points(o, "low", r->has_s, r->low);
	model_points(o, "high", r->has_s, r->high);
	model_text(o, "grade", r->has_s ? grade_names[r->grade] : NULL);
	model_text(o, "grade_before", r->has_s ? grade_names[r->grade_before] : NULL);
	model_points(o, "m", r->has_m, r->m);
	model_points(o, "n", r->has_n, r->n);
	model_points(o, "d", r->has_d, r->d);
	model_bool(o, "declared_only", r->declared_only);
	model_real(o, "unknown_share", r->unknown_share, 4);
	json_t *caps = report_list(o, "caps");
	for (int i = 0; i < r->n_caps; i++) {
		json_t *cap = report_item(caps);
		model_text(cap, "reason", r->caps[i].reason);
		model_text(cap, "grade", grade_names[r->caps[i].grade]);
		model_text(cap, "grade_before", grade_names[r->caps[i].before]);
		model_int(cap, "count", r->caps[i].count);
	}
	json_t *domains = report_object(o, "domains");
	for (int d = 0; d < DOMAIN_MAX; d++)
		model_points(domains, domain_names[d], r->rated[d], r->domain[d]);
	json_t *categories = report_object(o, "categories");
	for (int c = 0; c < CATEGORY_MAX; c++)
		model_points(categories, category_names[c], r->has_n && measured[c] && c != CATEGORY_STABILITY, r->category[c]);
}

static void add_coverage(json_t *model, const struct assessment *a)
{
	const struct assess_coverage *c = &a->coverage;
	json_t *o = report_object(model, "coverage");
	model_real(o, "k", c->k, 3);
	model_real(o, "t", c->t, 3);
	model_real(o, "v", c->v, 3);
	model_real(o, "d", c->d, 4);
	model_real(o, "hours", c->hours, 2);
	model_real(o, "hours_ot", c->hours_ot, 2);
	model_int(o, "days", c->days);
	model_int(o, "frames", c->frames);
	model_int(o, "files", c->files);
	model_bool(o, "mirror", c->mirror);
	model_real(o, "third_party_share", c->third_party_share, 4);
	model_real(o, "loss", c->loss, 6);
	model_real(o, "one_way", c->one_way, 4);
	model_real(o, "cut", c->cut, 4);
	model_real(o, "unread", c->unread, 4);
	model_real(o, "undecoded", c->undecoded, 4);
	model_real(o, "span_hours", c->span_hours, 2);
	json_t *raises = report_list(o, "raises");
	for (size_t i = 0; i < a->n_raises; i++) {
		json_t *r = report_item(raises);
		model_text(r, "lack", assess_lack_names[a->raises[i].lack]);
		model_real(r, "k_after", a->raises[i].k_after, 3);
	}
}

/* ---- findings ---- */

static void add_rows(json_t *o, const struct check_result *r)
{
	json_t *rows = report_list(o, "rows");
	for (size_t i = 0; i < r->n_rows && i < REPORT_ROWS; i++) {
		const struct finding_row *f = &r->rows[i];
		json_t *row = report_item(rows);
		model_int(row, "subject_id", f->id);
		model_int(row, "evidence_id", f->evidence_id);
		if (f->device)
			model_int(row, "device", f->device);
		else
			model_text(row, "device", NULL);
		model_text(row, "device_name", f->device_name);
		model_text(row, "text", f->text);
		model_text(row, "file", f->file);
		model_int(row, "frame", f->frame);
		model_int(row, "peer_frame", f->peer_frame);
		model_bool(row, "candidate", f->candidate);
		model_bool(row, "crosses_zone", f->crosses_zone);
		model_bool(row, "excepted", f->excepted);
	}
	uint64_t more = r->more_rows + (r->n_rows > REPORT_ROWS ? r->n_rows - REPORT_ROWS : 0);
	model_int(o, "more_rows", (int64_t)more);
}

static void add_finding(json_t *list, const struct check_result *r)
{
	const struct check *c = r->check;
	json_t *o = report_item(list);
	model_text(o, "id", c->id);
	model_int(o, "version", c->version);
	model_text(o, "severity", severity_names[r->severity]);
	model_text(o, "category", category_names[c->category]);
	model_text(o, "subject", c->subject);
	model_text2(o, "title", &c->title);
	model_text2(o, "why", &c->why);
	model_text2(o, "false_positives", &c->false_positives);
	model_real(o, "share", r->share, 4);
	model_int(o, "affected", r->affected);
	model_int(o, "population", r->population);
	model_bool(o, "excepted", r->excepted);
	model_text(o, "action", c->action);
	json_t *maps = report_object(o, "maps");
	for (size_t i = 0; i < c->n_maps; i++) {
		json_t *ids = report_list(maps, c->maps[i].framework);
		for (char **id = c->maps[i].ids; id && *id; id++)
			json_array_append_new(ids, json_string(*id));
	}
	add_rows(o, r);
}

static void add_checks(json_t *model, const struct assessment *a)
{
	json_t *findings = report_list(model, "findings");
	for (size_t i = 0; i < a->n_findings; i++)
		add_finding(findings, a->findings[i]);
	json_t *candidates = report_list(model, "candidates");
	json_t *blind = report_list(model, "not_observable");
	json_t *errors = report_list(model, "check_errors");
	for (size_t i = 0; i < a->results.n; i++) {
		const struct check_result *r = &a->results.results[i];
		/* Nothing but guesses: the check passed, and what it guessed is shown. */
		if (r->outcome == OUTCOME_PASS && r->n_rows)
			add_finding(candidates, r);
		if (r->outcome != OUTCOME_NOT_OBSERVABLE && r->outcome != OUTCOME_ERROR)
			continue;
		json_t *o = report_item(r->outcome == OUTCOME_ERROR ? errors : blind);
		model_text(o, "id", r->check->id);
		model_text2(o, "title", &r->check->title);
		model_text(o, "category", category_names[r->check->category]);
		if (r->outcome == OUTCOME_ERROR)
			model_text(o, "error", r->error);
	}
	json_t *count = report_object(model, "outcomes");
	for (int i = 0; i <= OUTCOME_ERROR; i++)
		model_int(count, outcome_names[i], (int64_t)a->by_outcome[i]);
	count = report_object(model, "severities");
	for (int i = SEVERITY_CRITICAL; i >= 0; i--)
		model_int(count, severity_names[i], (int64_t)a->by_severity[i]);
}

/* ---- questions ---- */

static const char *level_state(int level)
{
	switch (level) {
	case LEVEL_UNKNOWN: return "unknown";
	case LEVEL_NOT_APPLICABLE: return "not_applicable";
	case LEVEL_UNANSWERED: return "unanswered";
	default: return "level";
	}
}

static void add_contradiction(json_t *list, const struct assess_contradiction *c)
{
	json_t *o = report_item(list);
	model_text(o, "check", c->result->check->id);
	model_text2(o, "title", &c->result->check->title);
	model_text(o, "subject", c->result->check->subject);
	model_int(o, "cap", c->rule->cap);
	model_real(o, "share", c->result->share, 4);
	model_int(o, "affected", c->result->affected);
	model_int(o, "population", c->result->population);
	add_rows(o, c->result);
}

static void add_benchmark(json_t *list, const struct benchmark *b)
{
	json_t *o = report_item(list);
	model_text2(o, "label", &b->label);
	model_real(o, "share", b->share, 1);
	if (b->planned >= 0)
		model_real(o, "planned", b->planned, 1);
	else
		model_text(o, "planned", NULL);
	model_int(o, "n", b->n);
	model_text(o, "source", b->source);
	model_text2(o, "base", &b->base);
	model_text(o, "mapping", b->certain ? "certain" : "inferred");
}

/* A whole distribution of a survey. */
static void add_chart(json_t *list, const struct chart *c)
{
	json_t *o = report_item(list);
	const char *name = strrchr(c->id, '/');
	model_text(o, "id", name ? name + 1 : c->id);
	model_text2(o, "title", &c->title);
	model_int(o, "n", c->n);
	model_text(o, "source", c->source);
	model_text2(o, "base", &c->base);
	model_text(o, "mapping", c->certain ? "certain" : "inferred");
	json_t *items = report_list(o, "items");
	for (size_t i = 0; i < c->n_items; i++) {
		json_t *x = report_item(items);
		model_text(x, "id", c->items[i].id);
		model_text2(x, "label", &c->items[i].label);
		model_real(x, "share", c->items[i].share, 1);
	}
}

/* What everybody answered to one question, and whose answer counts. */
static void add_voices(json_t *list, const struct answer *a)
{
	for (size_t i = 0; a && i < a->n_respondents; i++) {
		const struct answer_voice *x = &a->voices[i];
		json_t *o = report_item(list);
		model_text(o, "respondent", x->respondent);
		model_text(o, "state", level_state(x->level));
		if (x->level >= 0)
			model_int(o, "level", x->level);
		else
			model_text(o, "level", NULL);
		model_text(o, "when", x->when);
		model_bool(o, "counts", x->counts);
	}
}

/*
 * What the wire says of an answer: "contradicted", "confirmed"; "no_objection": what could have spoken against it was
 * looked at and did not; "not_observable": this capture could not show it; "not_on_wire": no capture could; and
 * "not_measured" without one. With the checks that were asked.
 */
static void add_wire(json_t *o, const struct assess_question *q, const struct assessment *a)
{
	json_t *list = report_list(o, "wire_checks");
	bool named = false, seen = false;
	for (size_t i = 0; i < a->results.n; i++) {
		const struct check_result *r = &a->results.results[i];
		if (!check_names_question(r->check, q->question->id))
			continue;
		named = true;
		seen |= r->outcome == OUTCOME_FAIL || (r->outcome == OUTCOME_PASS && r->observable);
		json_t *x = report_item(list);
		model_text(x, "id", r->check->id);
		model_text2(x, "title", &r->check->title);
		model_text(x, "outcome", outcome_names[r->outcome]);
	}
	model_text(o, "wire", q->n_contradictions ? "contradicted" : q->verified_by ? "confirmed" :
		   !a->scan ? "not_measured" : seen ? "no_objection" : named ? "not_observable" : "not_on_wire");
}

static void add_question(json_t *list, const struct assess_question *q, const struct assessment *a)
{
	const struct question *k = q->question;
	json_t *o = report_item(list);
	model_text(o, "id", k->id);
	model_text(o, "domain", domain_names[k->domain]);
	model_int(o, "weight", k->weight);
	model_bool(o, "quick", k->quick);
	model_bool(o, "capable", k->capable);
	model_bool(o, "counted", q->counted);
	model_text2(o, "text", &k->text);
	model_text2(o, "ask_whom", &k->ask_whom);
	model_text(o, "state", level_state(q->level));
	if (q->level >= 0) {
		model_int(o, "level", q->level);
		model_text2(o, "level_text", &k->level[q->level]);
		model_int(o, "effective", q->effective);
	} else {
		model_text(o, "level", NULL);
		model_text(o, "level_text", NULL);
		model_text(o, "effective", NULL);
	}
	if (q->effective >= 0 && q->effective < LEVELS - 1)
		model_text2(o, "next_text", &k->level[q->effective + 1]);
	else
		model_text(o, "next_text", NULL);
	model_bool(o, "verified", q->verified);
	model_bool(o, "recorded", q->recorded);
	model_text(o, "verified_by", q->verified_by ? q->verified_by->check->id : NULL);
	model_bool(o, "held", q->held);
	const struct answer *w = q->answer;
	model_text(o, "respondent", w ? w->respondent : NULL);
	model_text(o, "when", w ? w->when : NULL);
	model_text(o, "reason", w ? w->reason : NULL);
	model_text(o, "note", w ? w->note : NULL);
	model_text(o, "evidence", w ? w->evidence : NULL);
	model_bool(o, "chosen", w && w->chosen);
	add_voices(report_list(o, "respondents"), w);
	json_t *c = report_list(o, "contradictions");
	for (size_t i = 0; i < q->n_contradictions; i++)
		add_contradiction(c, &q->contradictions[i]);
	add_wire(o, q, a);
	json_t *b = report_list(o, "benchmarks");
	for (size_t i = 0; i < k->n_benchmarks; i++)
		add_benchmark(b, &k->benchmarks[i]);
	json_t *maps = report_object(o, "maps");
	for (size_t i = 0; i < k->n_maps; i++) {
		json_t *ids = report_list(maps, k->maps[i].framework);
		for (char **id = k->maps[i].ids; id && *id; id++)
			json_array_append_new(ids, json_string(*id));
	}
}

static void add_answers(json_t *model, const struct assessment *a)
{
	json_t *domains = report_list(model, "domains");
	for (int d = 0; d < DOMAIN_MAX; d++) {
		json_t *o = report_item(domains);
		struct text2 title = { (char *)domain_title((enum domain)d, LANG_EN),
				       (char *)domain_title((enum domain)d, LANG_JA) };
		model_text(o, "id", domain_names[d]);
		model_text2(o, "title", &title);
		model_real(o, "weight", domain_weights[d], 1);
	}
	json_t *count = report_object(model, "answered");
	model_int(count, "counted", (int64_t)a->n_counted);
	model_int(count, "unknown", (int64_t)a->n_unknown);
	model_int(count, "unanswered", (int64_t)a->n_unanswered);
	model_int(count, "not_applicable", (int64_t)a->n_not_applicable);
	model_int(count, "contradicted", (int64_t)a->n_contradicted);
	model_int(count, "answers", (int64_t)a->answers.n_answered);
	model_bool(count, "full", a->full);
	json_t *list = report_list(model, "questions");
	for (size_t i = 0; i < a->questionnaire.n; i++)
		if (a->questions[i].counted || a->questions[i].level != LEVEL_UNANSWERED)
			add_question(list, &a->questions[i], a);
	list = report_list(model, "unknowns");
	for (size_t i = 0; i < a->n_unknowns; i++) {
		json_t *o = report_item(list);
		model_text(o, "question", a->unknowns[i].question->question->id);
		model_real(o, "gain", a->unknowns[i].gain, 1);
	}
	list = report_list(model, "charts");
	for (size_t i = 0; i < a->questionnaire.n_charts; i++)
		add_chart(list, &a->questionnaire.charts[i]);
	list = report_list(model, "profile");
	for (size_t i = 0; i < a->questionnaire.n_profile; i++) {
		const struct profile_question *p = &a->questionnaire.profile[i];
		const char *value = NULL;
		for (size_t j = 0; j < a->answers.n_profile; j++)
			if (strcmp(a->answers.profile[j].id, p->id) == 0)
				value = a->answers.profile[j].value;
		if (!value || !*value)
			continue;
		json_t *o = report_item(list);
		model_text(o, "id", p->id);
		model_text2(o, "text", &p->text);
		model_text(o, "value", value);
		model_text(o, "value_text", NULL);
		for (size_t j = 0; j < p->n_choices; j++)
			if (strcmp(p->choices[j].value, value) == 0)
				model_text2(o, "value_text", &p->choices[j].text);
	}
}

/* ---- actions ---- */

static void add_action(json_t *list, const struct assess_action *x)
{
	const struct action *k = x->action;
	json_t *o = report_item(list);
	model_text(o, "id", k->id);
	model_bool(o, "interim", x->interim);
	model_text(o, "lane", lane_names[x->lane]);
	model_text2(o, "title", x->interim ? &k->interim_title : &k->title);
	model_text2(o, "summary", x->interim ? &k->interim_steps : &k->summary);
	model_bool(o, "critical", x->critical);
	model_bool(o, "verified", x->verified);
	model_real(o, "gain", x->gain, 1);
	model_real(o, "gain_n", x->gain_n, 1);
	model_bool(o, "removes_cap", x->removes_cap);
	model_real(o, "priority", x->priority, 2);
	model_bool(o, "forecast", x->forecast);
	model_real(o, "s_after", x->s_after, 1);
	model_real(o, "n_after", x->n_after, 1);
	model_text(o, "grade_after", grade_names[x->grade_after]);
	model_int(o, "yen_min", x->interim ? 0 : k->yen_min);
	model_int(o, "yen_max", x->interim ? 0 : k->yen_max);
	model_real(o, "hours_min", k->hours_min, 1);
	model_real(o, "hours_max", k->hours_max, 1);
	model_text(o, "complexity", complexity_names[k->complexity]);
	model_text(o, "downtime", downtime_names[x->interim ? DOWNTIME_NONE : k->downtime]);
	model_text2(o, "who", &k->who);
	model_bool(o, "adapted", k->adapted && !x->interim);
	if (k->has_case) {
		json_t *c = report_object(o, "case");
		model_text2(c, "company", &k->example.company);
		model_text2(c, "what", &k->example.what);
		model_text2(c, "result", &k->example.result);
		model_text2(c, "source", &k->example.source);
	}
	json_t *steps = report_list(o, "steps");
	for (size_t i = 0; i < k->n_steps && !x->interim; i++) {
		json_t *step = report_item(steps);
		model_text(step, "en", text2_in(&k->steps[i], LANG_EN));
		model_text(step, "ja", text2_in(&k->steps[i], LANG_JA));
	}
	model_text2(o, "check_first", &k->check_first);
	model_text2(o, "may_stop", &k->may_stop);
	model_text2(o, "way_back", &k->way_back);
	model_text2(o, "confirm", &k->confirm);
	model_text2(o, "record", &k->record);
	json_t *l = report_list(o, "findings");
	for (size_t i = 0; i < x->n_findings; i++)
		json_array_append_new(l, json_string(x->findings[i]->check->id));
	l = report_list(o, "raises");
	for (size_t i = 0; i < x->n_raises; i++) {
		json_t *r = report_item(l);
		model_text(r, "question", x->raises[i].question->question->id);
		model_int(r, "from", x->raises[i].from);
		model_int(r, "to", x->raises[i].to);
	}
	l = report_list(o, "after");
	for (size_t i = 0; i < x->n_after_actions; i++)
		json_array_append_new(l, json_string(x->after[i]->action->id));
}

/* What fits into so many yen, and what does not. */
static void add_roadmap(json_t *list, const struct assessment *a, int64_t yen)
{
	struct roadmap r;
	score_roadmap(a, yen, ROADMAP_NO_LIMIT, &r);
	json_t *o = report_item(list), *steps = report_list(o, "steps"), *rest = report_list(o, "rest");
	model_int(o, "yen", yen);
	for (size_t i = 0; i < r.n; i++) {
		const struct roadmap_step *s = &r.steps[i];
		const struct action *k = s->row->action;
		json_t *x = report_item(steps);
		model_text(x, "id", k->id);
		model_bool(x, "interim", s->interim);
		model_text(x, "lane", lane_names[s->lane]);
		model_text2(x, "title", s->interim ? &k->interim_title : &k->title);
		model_bool(x, "adapted", k->adapted && !s->interim);
		model_int(x, "yen_min", s->interim ? 0 : k->yen_min);
		model_int(x, "yen_max", s->interim ? 0 : k->yen_max);
		model_bool(x, "forecast", !s->interim);
		model_real(x, "s_after", s->s_after, 1);
		model_real(x, "n_after", s->n_after, 1);
		model_text(x, "grade_after", grade_names[s->grade_after]);
		model_int(x, "yen_left", s->yen_left);
	}
	for (size_t i = 0; i < r.n_rest; i++) {
		const struct roadmap_step *s = &r.rest[i];
		json_t *x = report_item(rest);
		model_text(x, "id", s->row->action->id);
		model_text2(x, "title", &s->row->action->title);
		model_int(x, "yen_need", s->yen_need);
		model_int(x, "yen_left", s->yen_left);
		if (s->first)
			model_text2(x, "first", &s->first->action->title);
	}
	score_roadmap_free(&r);
}

/* The plan without money and the one of the budget, and what the site took out of both. */
static void add_plans(json_t *model, const struct assessment *a)
{
	json_t *list = report_list(model, "roadmaps");
	int64_t budget = score_budget(&a->answers);
	add_roadmap(list, a, 0);
	if (budget > 0)
		add_roadmap(list, a, budget);
	list = report_list(model, "left_out");
	for (size_t i = 0; i < a->action_set.n; i++) {
		const struct action *k = &a->action_set.actions[i];
		if (!score_action_left_out(a, k))
			continue;
		json_t *o = report_item(list);
		model_text(o, "id", k->id);
		model_text2(o, "title", &k->title);
		model_text(o, "reason", k->not_here);   /* null: done */
	}
}

/* ---- all ---- */

void model_tool(json_t *model)
{
	char now[32];
	json_t *tool = report_object(model, "tool");
	model_text(tool, "name", PACKAGE);
	model_text(tool, "version", VERSION);
	model_text(model, "generated", text_time(store_now(), now));
}

json_t *report_model(struct store *s, struct assessment *a, struct err *e)
{
	json_t *model = json_object();
	model_text(model, "schema", "genba.report/1");
	model_tool(model);

	add_score(model, "score", &a->score, a->measured);
	if (a->any_accepted)
		add_score(model, "score_without_accepted", &a->accepted, a->measured);
	else
		model_text(model, "score_without_accepted", NULL);
	add_coverage(model, a);
	add_checks(model, a);
	add_answers(model, a);
	json_t *list = report_list(model, "actions");
	for (size_t i = 0; i < a->n_actions; i++)
		add_action(list, &a->actions[i]);
	list = report_list(model, "data_actions");
	for (size_t i = 0; i < a->n_data_actions; i++)
		add_action(list, &a->data_actions[i]);
	add_plans(model, a);
	if (!model_site(model, s, a, e) || !model_filters(model, s, a->scan, e) ||
	    !model_change(model, s, a, e)) {
		json_decref(model);
		return NULL;
	}
	return model;
}
