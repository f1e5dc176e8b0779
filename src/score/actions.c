#include "score/actions.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/yaml.h"

const char *const complexity_names[] = { "low", "medium", "high", NULL };
const char *const downtime_names[] = { "none", "planned_stop", "line_stop", NULL };
const char *const downtime_titles[] = { N_("no stop"), N_("planned stop"), N_("line stop") };

/* What the file holds, before its nested parts are looked at. */
struct draft {
	struct action a;
	int complexity, downtime;
	const struct yaml *raises, *yen, *hours, *steps, *interim, *example;
};

#define FIELD(key, type, required) { #key, type, offsetof(struct draft, a.key), required, NULL }
static const struct yaml_field fields[] = {
	FIELD(id, YAML_STRING, true),
	FIELD(title, YAML_TEXT2, true),
	FIELD(summary, YAML_TEXT2, true),
	FIELD(who, YAML_TEXT2, true),
	FIELD(check_first, YAML_TEXT2, true),
	FIELD(may_stop, YAML_TEXT2, true),
	FIELD(way_back, YAML_TEXT2, true),
	FIELD(confirm, YAML_TEXT2, true),
	FIELD(record, YAML_TEXT2, true),
	FIELD(prerequisites, YAML_STRINGS, false),
	{ "complexity", YAML_ENUM, offsetof(struct draft, complexity), true, complexity_names },
	{ "downtime", YAML_ENUM, offsetof(struct draft, downtime), true, downtime_names },
	{ "raises", YAML_NODE, offsetof(struct draft, raises), false, NULL },
	{ "yen", YAML_NODE, offsetof(struct draft, yen), true, NULL },
	{ "hours", YAML_NODE, offsetof(struct draft, hours), true, NULL },
	{ "steps", YAML_NODE, offsetof(struct draft, steps), true, NULL },
	{ "interim", YAML_NODE, offsetof(struct draft, interim), false, NULL },
	{ "case", YAML_NODE, offsetof(struct draft, example), false, NULL },
	{ 0 },
};

static const struct yaml_field text_fields[] = {
	{ "en", YAML_STRING, offsetof(struct text2, en), true, NULL },
	{ "ja", YAML_STRING, offsetof(struct text2, ja), true, NULL },
	{ 0 },
};

struct range_int { int min, max; };
static const struct yaml_field yen_fields[] = {
	{ "min", YAML_INT, offsetof(struct range_int, min), true, NULL },
	{ "max", YAML_INT, offsetof(struct range_int, max), true, NULL },
	{ 0 },
};

struct range_number { double min, max; };
static const struct yaml_field hours_fields[] = {
	{ "min", YAML_NUMBER, offsetof(struct range_number, min), true, NULL },
	{ "max", YAML_NUMBER, offsetof(struct range_number, max), true, NULL },
	{ 0 },
};

struct interim { struct text2 title, steps; };
static const struct yaml_field interim_fields[] = {
	{ "title", YAML_TEXT2, offsetof(struct interim, title), true, NULL },
	{ "steps", YAML_TEXT2, offsetof(struct interim, steps), true, NULL },
	{ 0 },
};

static const struct yaml_field case_fields[] = {
	{ "company", YAML_TEXT2, offsetof(struct action_case, company), true, NULL },
	{ "what", YAML_TEXT2, offsetof(struct action_case, what), true, NULL },
	{ "result", YAML_TEXT2, offsetof(struct action_case, result), true, NULL },
	{ "source", YAML_TEXT2, offsetof(struct action_case, source), true, NULL },
	{ 0 },
};

static bool read_raises(const struct draft *d, struct action *a, const struct questionnaire *q, struct err *e)
{
	if (!d->raises)
		return true;
	if (yaml_kind(d->raises) != YAML_MAP)
		return yaml_error(d->raises, e, "raises: expected a map of questions to levels, as {Z1: 3}");
	size_t n = yaml_count(d->raises);
	a->raises = xcalloc(n ? n : 1, sizeof *a->raises);
	for (size_t i = 0; i < n; i++) {
		const char *id = yaml_key(d->raises, i), *text = yaml_text(yaml_at(d->raises, i));
		if (!text || strlen(text) != 1 || *text < '1' || *text > '4')
			return yaml_error(yaml_at(d->raises, i), e, "raises: %s: expected a level from 1 to 4", id);
		if (q && !questionnaire_find(q, id))
			return yaml_error(yaml_at(d->raises, i), e,
					  "raises: %s: no questionnaire has a question of this name", id);
		a->raises[a->n_raises].question = xstrdup(id);
		a->raises[a->n_raises++].level = *text - '0';
	}
	a->data = n > 0;
	for (size_t i = 0; i < n; i++)
		a->data = a->data && a->raises[i].question[0] == 'D';
	return true;
}

static bool read_steps(const struct draft *d, struct action *a, struct err *e)
{
	size_t n = yaml_kind(d->steps) == YAML_LIST ? yaml_count(d->steps) : 0;
	if (n == 0)
		return yaml_error(d->steps, e, "steps: expected a list of {en: …, ja: …}");
	a->steps = xcalloc(n, sizeof *a->steps);
	a->n_steps = n;
	for (size_t i = 0; i < n; i++)
		if (!yaml_bind(yaml_at(d->steps, i), text_fields, &a->steps[i], e))
			return false;
	return true;
}

static bool read_yen(const struct yaml *node, struct action *a, struct err *e)
{
	struct range_int yen = { 0 };
	if (!yaml_bind(node, yen_fields, &yen, e))
		return false;
	if (yen.min < 0 || yen.max < yen.min)
		return yaml_error(node, e, "yen: expected 0 ≤ min ≤ max, got %d and %d", yen.min, yen.max);
	a->yen_min = yen.min;
	a->yen_max = yen.max;
	return true;
}

static bool read_hours(const struct yaml *node, struct action *a, struct err *e)
{
	struct range_number hours = { 0 };
	if (!yaml_bind(node, hours_fields, &hours, e))
		return false;
	if (!(hours.min >= 0) || !(hours.max >= hours.min))
		return yaml_error(node, e, "hours: expected 0 ≤ min ≤ max, got %g and %g", hours.min, hours.max);
	a->hours_min = hours.min;
	a->hours_max = hours.max;
	return true;
}

static bool read_interim(const struct draft *d, struct action *a, struct err *e)
{
	if (!d->interim)
		return true;
	struct interim in = { 0 };
	bool ok = yaml_bind(d->interim, interim_fields, &in, e);
	a->interim_title = in.title;           /* owned by the action also when the second half failed */
	a->interim_steps = in.steps;
	a->has_interim = ok;
	return ok;
}

static bool read_case(const struct draft *d, struct action *a, struct err *e)
{
	if (!d->example)
		return true;
	a->has_case = yaml_bind(d->example, case_fields, &a->example, e);   /* freed with the action either way */
	return a->has_case;
}

static void free_action(struct action *a)
{
	yaml_unbind(fields, &(struct draft){ .a = *a });
	free(a->path);
	for (size_t i = 0; i < a->n_raises; i++)
		free(a->raises[i].question);
	free(a->raises);
	for (size_t i = 0; i < a->n_steps; i++)
		text2_done(&a->steps[i]);
	free(a->steps);
	text2_done(&a->interim_title);
	text2_done(&a->interim_steps);
	yaml_unbind(case_fields, &a->example);
	free(a->not_here);
}

/* The file's name without folder and ending, to be freed. */
static char *stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = xstrdup(slash ? slash + 1 : path);
	name[strlen(name) - strlen(".yaml")] = '\0';
	return name;
}

static bool load_one(const char *path, const struct questionnaire *q, struct action *out, struct err *e)
{
	struct yaml_doc *doc = yaml_load(path, e);
	if (!doc)
		return false;
	struct draft d = { 0 };
	const struct yaml *root = yaml_root(doc);
	bool ok = yaml_bind(root, fields, &d, e);
	d.a.complexity = (enum complexity)d.complexity;
	d.a.downtime = (enum downtime)d.downtime;
	d.a.path = xstrdup(path);
	ok = ok && read_raises(&d, &d.a, q, e) && read_yen(d.yen, &d.a, e) && read_hours(d.hours, &d.a, e) &&
	     read_steps(&d, &d.a, e) && read_interim(&d, &d.a, e) && read_case(&d, &d.a, e);
	char *name = stem(path);
	if (ok && strcmp(name, d.a.id) != 0)
		ok = yaml_error(yaml_get(root, "id"), e, "id: expected %s, as the file is called, got %s", name,
				d.a.id);
	free(name);
	yaml_doc_free(doc);
	if (ok)
		*out = d.a;
	else
		free_action(&d.a);
	return ok;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct action *)a)->id, ((const struct action *)b)->id);
}

/* Depth-first over prerequisites. state: 0 new, 1 on the way here, 2 done. */
static bool walk(const struct action_set *set, const struct action *a, char *state, struct err *e)
{
	size_t at = (size_t)(a - set->actions);
	if (state[at] == 2)
		return true;
	if (state[at] == 1)
		return err_set(e, "%s: prerequisites: %s comes round to itself", a->path, a->id);
	state[at] = 1;
	for (char **p = a->prerequisites; p && *p; p++) {
		const struct action *before = score_actions_find(set, *p);
		if (!before)
			return err_set(e, "%s: prerequisites: there is no action %s", a->path, *p);
		if (!walk(set, before, state, e))
			return false;
	}
	state[at] = 2;
	return true;
}

static bool lint(const struct action_set *set, struct err *e)
{
	char *state = xcalloc(set->n + 1, 1);
	bool ok = true;
	for (size_t i = 0; ok && i < set->n; i++)
		ok = walk(set, &set->actions[i], state, e);
	free(state);
	return ok;
}

bool score_actions_load(const char *folder, const struct questionnaire *q, struct action_set *out, struct err *e)
{
	*out = (struct action_set){ 0 };
	char *pattern = xasprintf("%s/*.yaml", folder);
	glob_t found = { 0 };
	int r = glob(pattern, 0, NULL, &found);
	free(pattern);
	if (r != 0) {
		globfree(&found);
		return err_set(e, "%s: no actions (*.yaml) there", folder);
	}
	out->actions = xcalloc(found.gl_pathc, sizeof *out->actions);
	bool ok = true;
	for (size_t i = 0; ok && i < found.gl_pathc; i++) {
		ok = load_one(found.gl_pathv[i], q, &out->actions[out->n], e);
		out->n += ok;
	}
	globfree(&found);
	if (ok) {
		qsort(out->actions, out->n, sizeof *out->actions, by_id);
		ok = lint(out, e);
	}
	if (!ok)
		score_actions_free(out);
	return ok;
}

void score_actions_free(struct action_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		free_action(&set->actions[i]);
	free(set->actions);
	*set = (struct action_set){ 0 };
}

const struct action *score_actions_find(const struct action_set *set, const char *id)
{
	struct action key = { .id = (char *)(uintptr_t)id };
	return set->n ? bsearch(&key, set->actions, set->n, sizeof key, by_id) : NULL;
}

/* ---- a site's own figures ---- */

struct own {
	const struct yaml *yen, *hours, *who;
	int complexity, downtime;
	bool done;
	char *not_here;
};

static const struct yaml_field own_fields[] = {
	{ "yen", YAML_NODE, offsetof(struct own, yen), false, NULL },
	{ "hours", YAML_NODE, offsetof(struct own, hours), false, NULL },
	{ "who", YAML_NODE, offsetof(struct own, who), false, NULL },
	{ "complexity", YAML_ENUM, offsetof(struct own, complexity), false, complexity_names },
	{ "downtime", YAML_ENUM, offsetof(struct own, downtime), false, downtime_names },
	{ "done", YAML_BOOL, offsetof(struct own, done), false, NULL },
	{ "not_here", YAML_STRING, offsetof(struct own, not_here), false, NULL },
	{ 0 },
};

/* One text for a site that writes one language, or both. */
static bool read_who(const struct yaml *node, struct action *a, struct err *e)
{
	struct text2 who = { 0 };
	const char *one = yaml_text(node);
	if (one && !*one)
		return yaml_error(node, e, "who: expected who does it");
	if (one)
		who = (struct text2){ xstrdup(one), xstrdup(one) };
	else if (!yaml_bind(node, text_fields, &who, e)) {
		text2_done(&who);
		return false;
	}
	text2_done(&a->who);
	a->who = who;
	return true;
}

static bool adapt_one(const struct yaml *node, struct action *a, struct err *e)
{
	struct own own = { .complexity = -1, .downtime = -1 };
	bool ok = yaml_bind(node, own_fields, &own, e);
	if (ok && own.not_here && !*own.not_here)
		ok = yaml_error(yaml_get(node, "not_here"), e, "not_here: expected a reason");
	ok = ok && (!own.yen || read_yen(own.yen, a, e)) && (!own.hours || read_hours(own.hours, a, e)) &&
	     (!own.who || read_who(own.who, a, e));
	if (ok && own.complexity >= 0)
		a->complexity = (enum complexity)own.complexity;
	if (ok && own.downtime >= 0)
		a->downtime = (enum downtime)own.downtime;
	a->adapted = own.yen || own.hours || own.who || own.complexity >= 0 || own.downtime >= 0;
	a->done = own.done;
	if (ok && own.not_here) {
		a->not_here = own.not_here;
		own.not_here = NULL;
	}
	yaml_unbind(own_fields, &own);
	return ok;
}

bool score_actions_adapt(struct action_set *set, const char *name, const char *text, size_t n, struct err *e)
{
	struct yaml_doc *doc = yaml_parse(name, text, n, e);
	if (!doc)
		return false;
	const struct yaml *root = yaml_root(doc);
	bool ok = yaml_kind(root) == YAML_MAP ||
		  yaml_error(root, e, "expected a map of actions, as {backup-offline: {yen: {min: 0, max: 50000}}}");
	for (size_t i = 0; ok && i < yaml_count(root); i++) {
		const struct action *a = score_actions_find(set, yaml_key(root, i));
		if (a)
			ok = adapt_one(yaml_at(root, i), &set->actions[a - set->actions], e);
		else
			ok = yaml_error(yaml_at(root, i), e, "%s: there is no such action (genba actions --format json names them)",
					yaml_key(root, i));
	}
	yaml_doc_free(doc);
	return ok;
}
