/* genba diff for programs: JSON genba.diff/1 with everything, CSV with a row for each change. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/diff_print.h"
#include "cli/site.h"

/* ---- JSON ---- */

static json_t *id_json(int64_t id)
{
	return id ? json_integer(id) : json_null();
}

static json_t *time_json(int64_t ns)
{
	char time[32];
	return ns ? json_string(text_time(ns, time)) : json_null();
}

static json_t *number(bool known, double x)
{
	return known ? json_real(x) : json_null();
}

static json_t *score_json(const struct assessment *a)
{
	const struct score_result *r = &a->score;
	json_t *domains = json_object(), *categories = json_object();
	for (int i = 0; i < DOMAIN_MAX; i++)
		json_object_set_new(domains, domain_names[i], number(r->rated[i], r->domain[i]));
	for (int i = 0; i < CATEGORY_STABILITY; i++)
		json_object_set_new(categories, category_names[i], number(a->measured[i], r->category[i]));
	return json_pack("{s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "s", number(r->has_s, r->s), "grade",
			 r->has_s ? json_string(grade_names[r->grade]) : json_null(), "declared_only",
			 r->declared_only, "m", number(r->has_m, r->m), "n", number(r->has_n, r->n), "d",
			 number(r->has_d, r->d), "domains", domains, "categories", categories);
}

static json_t *side_json(const struct diff *d, int side, const char *file)
{
	const struct assessment *a = side ? d->now : d->before;
	return json_pack("{s:o, s:I, s:o, s:o, s:{s:f, s:f, s:b, s:f}, s:o}", "site", site_json_text(file), "scan",
			 (json_int_t)a->scan, "started", time_json(d->began[side]), "finished",
			 time_json(a->scan_finished), "coverage", "k", a->coverage.k, "hours", a->coverage.hours,
			 "mirror", a->coverage.mirror, "loss", a->coverage.loss, "score", score_json(a));
}

static json_t *difference_json(const struct diff_score *s)
{
	bool known = s->comparable;
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:b}", "of", s->of_n ? "n" : "s", "total",
			 number(known, s->now - s->before), "findings", number(known, s->findings), "coverage",
			 number(known, s->coverage), "answers", number(known && s->answers_told, s->answers),
			 "earlier_answers_known", s->answers_told);
}

static json_t *devices_json(const struct diff *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->n_devices; i++) {
		const struct diff_device *x = &d->devices[i];
		json_t *values = json_array();
		for (size_t k = 0; k < x->n_values; k++)
			json_array_append_new(values, json_pack("{s:s, s:o, s:o}", "field", x->values[k].field, "before",
								site_json_text(x->values[k].before), "now",
								site_json_text(x->values[k].now)));
		bool gone = x->state == DIFF_DEVICE_GONE;
		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:b, s:s, s:s, s:o, s:o, s:o}",
			"change", diff_device_names[x->state], "id", id_json(x->id), "label", site_json_text(x->label),
			"kind", site_json_text(x->kind), "address", site_json_text(*x->address ? x->address : NULL),
			"internet", x->internet, "before", diff_presence_names[x->before], "now",
			diff_presence_names[x->now], "network_watched", gone ? json_boolean(x->watched) : json_null(),
			"last_seen", time_json(x->last_seen), "values", values));
	}
	return list;
}

static json_t *services_json(const struct diff *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->n_services; i++) {
		const struct diff_service *x = &d->services[i];
		bool new = x->state == DIFF_SERVICE_NEW;
		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:b, s:o}", "change",
			diff_service_names[x->state], "device_id", id_json(x->device), "device",
			site_json_text(x->label), "service", site_json_text(x->what), "device_new", x->device_new,
			"shown_before", new ? json_boolean(x->shown_before) : json_null()));
	}
	return list;
}

static json_t *links_json(const struct diff_link *links, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}", "device_id", id_json(links[i].device),
			"device", site_json_text(links[i].label), "what", site_json_text(links[i].what), "from",
			site_json_text(links[i].from)));
	return list;
}

static json_t *doubt_json(enum diff_doubt doubt)
{
	return doubt ? json_string(diff_doubt_names[doubt]) : json_null();
}

/* A result of one scan. */
static json_t *result_json(const struct check_result *r)
{
	if (!r)
		return json_null();
	bool failed = r->outcome == OUTCOME_FAIL;
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "outcome", outcome_names[r->outcome], "severity",
			 failed ? json_string(severity_names[r->severity]) : json_null(), "affected",
			 failed ? json_integer(r->affected) : json_null(), "population",
			 failed ? json_integer(r->population) : json_null(), "share", number(failed, r->share));
}

static json_t *finding_json(const struct diff_finding *f)
{
	const struct check *c = f->now ? f->now->check : f->before->check;
	json_t *devices = json_array();
	for (size_t i = 0; i < f->n_devices; i++) {
		const struct diff_finding_device *x = &f->devices[i];
		json_array_append_new(devices, json_pack("{s:o, s:o, s:s, s:o, s:b, s:o}", "device_id",
			id_json(x->device), "device", site_json_text(x->name), "change", diff_finding_names[x->state],
			"doubt", doubt_json(x->doubt), "accepted", x->accepted, "accepted_until",
			site_json_text(x->expired)));
	}
	return json_pack("{s:s, s:o, s:o, s:s, s:s, s:o, s:b, s:o, s:o, s:o, s:o}", "change",
			 diff_finding_names[f->state], "check", site_json_text(c->id), "title",
			 site_json_text(text2_get(&c->title)), "severity", severity_names[f->severity], "category",
			 category_names[c->category], "action", site_json_text(c->action), "accepted", f->accepted,
			 "doubt", doubt_json(f->doubt), "before", result_json(f->before), "now", result_json(f->now),
			 "devices", devices);
}

static json_t *actions_json(const struct diff *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->n_actions; i++) {
		const struct diff_action *a = &d->actions[i];
		json_t *fixed = json_array();
		for (size_t k = 0; k < a->n_findings; k++)
			json_array_append_new(fixed, site_json_text(a->findings[k]->before->check->id));
		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "id", a->id, "title",
			site_json_text(a->action ? text2_get(&a->action->title) : NULL), "gain",
			number(a->told, a->gain), "fixed", fixed));
	}
	return list;
}

/* A level's digit, put into `digit`, or the word for what is none. */
static const char *level_name(int level, char digit[2])
{
	digit[0] = (char)('0' + (level >= 0 ? level : 0));
	digit[1] = 0;
	return level >= 0 ? digit : level == LEVEL_UNKNOWN ? "unknown" : level == LEVEL_NOT_APPLICABLE
		? "not_applicable" : "unanswered";
}

static json_t *level_json(int level)
{
	char digit[2];
	return level >= 0 ? json_integer(level) : json_string(level_name(level, digit));
}

static json_t *answers_json(const struct diff *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->n_answers; i++) {
		const struct assess_question *q = d->answers[i].now, *before = d->answers[i].before;
		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "question", q->question->id, "before",
			before ? level_json(before->level) : json_null(), "now", level_json(q->level), "given",
			site_json_text(q->answer ? q->answer->when : NULL)));
	}
	return list;
}

bool diff_print_json(const struct diff *d, const char *const files[2], struct err *e)
{
	json_t *findings = json_array();
	for (size_t i = 0; i < d->n_findings; i++)
		json_array_append_new(findings, finding_json(&d->findings[i]));
	json_t *root = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "genba.diff/1",
				 "before", side_json(d, 0, files[0]), "now", side_json(d, 1, files[1]), "difference",
				 difference_json(&d->score), "findings", findings, "actions", actions_json(d), "devices",
				 devices_json(d), "services", services_json(d), "conversations",
				 links_json(d->conversations, d->n_conversations), "operations",
				 links_json(d->operations, d->n_operations), "answers", answers_json(d));
	return site_json_print(root, 10, e);
}

/* ---- CSV ---- */

static const struct list_column columns[] = {
	{ "change", NULL, false }, { "device_id", NULL, true }, { "device", NULL, false }, { "what", NULL, false },
	{ "before", NULL, false }, { "now", NULL, false }, { NULL, NULL, false },
};

/* "new_device" of the words "new" and "device". */
static void put(struct list *l, const char *change, const char *of, int64_t id, const char *device, const char *what,
		const char *before, const char *now)
{
	char *name = xasprintf("%s%s%s", change, *change ? "_" : "", of);
	list_text(l, name);
	free(name);
	if (id)
		list_int(l, id);
	else
		list_null(l);
	list_text(l, device);
	list_text(l, what);
	list_text(l, before);
	list_text(l, now);
}

static void put_numbers(struct list *l, const char *what, bool had, double before, bool has, double now)
{
	if (had == has && (!has || before == now))
		return;
	char a[32] = "", b[32] = "";
	snprintf(a, sizeof a, "%.1f", before);
	snprintf(b, sizeof b, "%.1f", now);
	put(l, "", "score", 0, NULL, what, had ? a : NULL, has ? b : NULL);
}

static void put_scores(struct list *l, const struct diff *d)
{
	const struct score_result *x = &d->before->score, *y = &d->now->score;
	put_numbers(l, "s", x->has_s, x->s, y->has_s, y->s);
	put_numbers(l, "n", x->has_n, x->n, y->has_n, y->n);
	put_numbers(l, "coverage", true, d->before->coverage.k * 100, true, d->now->coverage.k * 100);
	for (int i = 0; i < DOMAIN_MAX; i++)
		put_numbers(l, domain_names[i], x->rated[i], x->domain[i], y->rated[i], y->domain[i]);
	for (int i = 0; i < CATEGORY_STABILITY; i++)
		put_numbers(l, category_names[i], d->before->measured[i], x->category[i], d->now->measured[i],
			    y->category[i]);
}

/* Severity where it failed, else the outcome. */
static const char *result_name(const struct check_result *r)
{
	return !r ? NULL : r->outcome == OUTCOME_FAIL ? severity_names[r->severity] : outcome_names[r->outcome];
}

static void put_findings(struct list *l, const struct diff *d)
{
	for (size_t i = 0; i < d->n_findings; i++) {
		const struct diff_finding *f = &d->findings[i];
		const struct check *c = f->now ? f->now->check : f->before->check;
		for (size_t k = 0; k < f->n_devices; k++)
			put(l, diff_finding_names[f->devices[k].state], "finding", f->devices[k].device,
			    f->devices[k].name, c->id, result_name(f->before), result_name(f->now));
	}
}

static void put_devices(struct list *l, const struct diff *d)
{
	for (size_t i = 0; i < d->n_devices; i++) {
		const struct diff_device *x = &d->devices[i];
		const char *change = diff_device_names[x->state];
		for (size_t k = 0; k < x->n_values; k++)
			put(l, change, "device", x->id, x->label, x->values[k].field, x->values[k].before,
			    x->values[k].now);
		if (x->state != DIFF_DEVICE_CHANGED)
			put(l, change, "device", x->id, x->label, x->kind,
			    x->state == DIFF_DEVICE_GONE ? x->address : NULL,
			    x->state == DIFF_DEVICE_GONE ? NULL : x->address);
	}
}

static void put_answer(struct list *l, const struct diff_answer *a)
{
	char before[2], now[2];
	put(l, "", "answer", 0, NULL, a->now->question->id, a->before ? level_name(a->before->level, before) : NULL,
	    level_name(a->now->level, now));
}

bool diff_print_csv(const struct diff *d, struct err *e)
{
	struct list *l = list_new(LIST_CSV, "genba.diff/1", "changes", columns);
	put_scores(l, d);
	put_findings(l, d);
	put_devices(l, d);
	for (size_t i = 0; i < d->n_services; i++)
		put(l, diff_service_names[d->services[i].state], "service", d->services[i].device, d->services[i].label,
		    d->services[i].what, NULL, NULL);
	for (size_t i = 0; i < d->n_conversations; i++)
		put(l, "new", "conversation", d->conversations[i].device, d->conversations[i].label,
		    d->conversations[i].what, NULL, d->conversations[i].from);
	for (size_t i = 0; i < d->n_operations; i++)
		put(l, "new", "operation", d->operations[i].device, d->operations[i].label, d->operations[i].what, NULL,
		    d->operations[i].from);
	for (size_t i = 0; i < d->n_answers; i++)
		put_answer(l, &d->answers[i]);
	return list_finish(l, e);
}
