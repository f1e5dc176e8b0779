/* The files of checks/: reading, and what can be said of one file alone. */
#include "check/check.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/yaml.h"

const char *const severity_names[] = { "info", "low", "medium", "high", "critical", NULL };
const char *const category_names[] = { "asset", "boundary", "remote", "protocol", "platform", "stability", NULL };
const char *const outcome_names[] = { "pass", "fail", "not_applicable", "not_observable", "error", NULL };
const char *const severity_titles[] = { N_("info"), N_("low"), N_("medium"), N_("high"), N_("critical") };
const char *const category_titles[] = { N_("devices"), N_("boundaries"), N_("remote access"), N_("protocols"),
					N_("operating systems"), N_("stability") };
const char *const outcome_titles[] = { N_("pass"), N_("fail"), N_("not applicable"), N_("not observable"),
				       N_("error") };
const char *const subject_names[] = { "device", "conversation", "segment", "site", NULL };

enum { ID_MAX = 40, CHECKS_MAX = 2000 };

/* A file as the table binds it; the strings move into struct check. */
struct file {
	char *id;
	int version;
	struct text2 title, why, false_positives;
	int severity, category, subject;
	const struct yaml *severity_when, *contradicts, *maps, *examples;
	char *needs, *population, *query, *action;
	char **confirms;
};

static const struct yaml_field file_fields[] = {
	{ "id", YAML_STRING, offsetof(struct file, id), true, NULL },
	{ "version", YAML_INT, offsetof(struct file, version), true, NULL },
	{ "title", YAML_TEXT2, offsetof(struct file, title), true, NULL },
	{ "why", YAML_TEXT2, offsetof(struct file, why), true, NULL },
	{ "severity", YAML_ENUM, offsetof(struct file, severity), false, severity_names },
	{ "severity_when", YAML_NODE, offsetof(struct file, severity_when), false, NULL },
	{ "category", YAML_ENUM, offsetof(struct file, category), true, category_names },
	{ "subject", YAML_ENUM, offsetof(struct file, subject), true, subject_names },
	{ "needs", YAML_STRING, offsetof(struct file, needs), false, NULL },
	{ "population", YAML_STRING, offsetof(struct file, population), false, NULL },
	{ "query", YAML_STRING, offsetof(struct file, query), true, NULL },
	{ "contradicts", YAML_NODE, offsetof(struct file, contradicts), false, NULL },
	{ "confirms", YAML_STRINGS, offsetof(struct file, confirms), false, NULL },
	{ "action", YAML_STRING, offsetof(struct file, action), true, NULL },
	{ "false_positives", YAML_TEXT2, offsetof(struct file, false_positives), true, NULL },
	{ "maps", YAML_NODE, offsetof(struct file, maps), true, NULL },
	{ "examples", YAML_NODE, offsetof(struct file, examples), true, NULL },
	{ NULL, 0, 0, false, NULL },
};

struct when { int confined, crosses_zone; };
static const struct yaml_field when_fields[] = {
	{ "confined", YAML_ENUM, offsetof(struct when, confined), true, severity_names },
	{ "crosses_zone", YAML_ENUM, offsetof(struct when, crosses_zone), true, severity_names },
	{ NULL, 0, 0, false, NULL },
};

static const struct yaml_field contradiction_fields[] = {
	{ "question", YAML_STRING, offsetof(struct check_contradiction, question), true, NULL },
	{ "above", YAML_NUMBER, offsetof(struct check_contradiction, above), false, NULL },
	{ "cap", YAML_INT, offsetof(struct check_contradiction, cap), true, NULL },
	{ NULL, 0, 0, false, NULL },
};

enum { FRAMEWORKS = 5 };
static const struct yaml_field map_fields[FRAMEWORKS + 1] = {
	{ "iec62443", YAML_STRINGS, 0 * sizeof(char **), false, NULL },
	{ "attack_ics", YAML_STRINGS, 1 * sizeof(char **), false, NULL },
	{ "csf", YAML_STRINGS, 2 * sizeof(char **), false, NULL },
	{ "cpg", YAML_STRINGS, 3 * sizeof(char **), false, NULL },
	{ "scs", YAML_STRINGS, 4 * sizeof(char **), false, NULL },
	{ NULL, 0, 0, false, NULL },
};

struct examples { char *fail, *pass; };
static const struct yaml_field example_fields[] = {
	{ "fail", YAML_STRING, offsetof(struct examples, fail), true, NULL },
	{ "pass", YAML_STRING, offsetof(struct examples, pass), true, NULL },
	{ NULL, 0, 0, false, NULL },
};

/* Capitals and digits in two or more parts: "OT-STOP-001". */
static bool id_is_good(const char *id)
{
	size_t n = strlen(id), dashes = 0;
	for (size_t i = 0; i < n; i++) {
		if (id[i] == '-') {
			if (i == 0 || i + 1 == n || id[i + 1] == '-')
				return false;
			dashes++;
		} else if (!(id[i] >= 'A' && id[i] <= 'Z') && !(id[i] >= '0' && id[i] <= '9')) {
			return false;
		}
	}
	return n > 0 && n <= ID_MAX && dashes > 0;
}

static bool load_severity(const struct yaml *root, const struct file *f, struct check *c, struct err *e)
{
	const struct yaml *plain = yaml_get(root, "severity");
	if (plain && f->severity_when)
		return yaml_error(plain, e, "severity: expected severity or severity_when, got both");
	if (!plain && !f->severity_when)
		return yaml_error(root, e, "severity: expected severity or severity_when, got neither");
	c->severity = (enum severity)f->severity;
	c->confined = c->crosses_zone = c->severity;
	if (!f->severity_when)
		return true;
	struct when when = { 0 };
	if (!yaml_bind(f->severity_when, when_fields, &when, e))
		return err_prefix(e, "severity_when");
	c->by_zone = true;
	c->confined = (enum severity)when.confined;
	c->crosses_zone = (enum severity)when.crosses_zone;
	c->severity = c->confined > c->crosses_zone ? c->confined : c->crosses_zone;
	return true;
}

static bool load_contradicts(const struct yaml *list, struct check *c, struct err *e)
{
	if (!list)
		return true;
	if (yaml_kind(list) != YAML_LIST)
		return yaml_error(list, e, "contradicts: expected a list of {question: …, above: …, cap: …}");
	c->contradicts = xcalloc(yaml_count(list), sizeof *c->contradicts);
	for (size_t i = 0; i < yaml_count(list); i++) {
		const struct yaml *item = yaml_at(list, i);
		struct check_contradiction *to = &c->contradicts[c->n_contradicts++];
		if (!yaml_bind(item, contradiction_fields, to, e))
			return false;
		if (to->above < 0 || to->above >= 1)
			return yaml_error(item, e, "above: expected a share from 0 to below 1, got %g", to->above);
		if (to->cap < 0 || to->cap > 3)
			return yaml_error(item, e, "cap: expected a level from 0 to 3, got %d", to->cap);
	}
	return true;
}

/*
 * JAMA/JAPIA and METI's factory guideline at category level only, in the words that the questions use, until the
 * wording of their items is in hand: by the category of the check, so that no check has to repeat it.
 */
static const struct { const char *jama, *meti; } category_maps[CATEGORY_MAX] = {
	[CATEGORY_ASSET] = { "機器の把握", "運用的対策" },
	[CATEGORY_BOUNDARY] = { "ネットワークの境界", "技術的対策" },
	[CATEGORY_REMOTE] = { "社外との接続", "運用的対策" },
	[CATEGORY_PROTOCOL] = { "認証", "技術的対策" },
	[CATEGORY_PLATFORM] = { "更新とサポート切れ", "技術的対策" },
	[CATEGORY_STABILITY] = { "ログと監視", "運用的対策" },
};

static void add_map(struct check *c, const char *framework, const char *id)
{
	char **ids = xcalloc(2, sizeof *ids);
	ids[0] = xstrdup(id);
	c->maps[c->n_maps].framework = xstrdup(framework);
	c->maps[c->n_maps++].ids = ids;
}

static bool load_maps(const struct yaml *map, struct check *c, struct err *e)
{
	char **ids[FRAMEWORKS] = { NULL };
	if (!yaml_bind(map, map_fields, ids, e)) {
		yaml_unbind(map_fields, ids);
		return err_prefix(e, "maps");
	}
	c->maps = xcalloc(FRAMEWORKS + 2, sizeof *c->maps);
	for (size_t i = 0; i < FRAMEWORKS; i++) {
		if (!ids[i])
			continue;
		c->maps[c->n_maps].framework = xstrdup(map_fields[i].key);
		c->maps[c->n_maps++].ids = ids[i];
	}
	add_map(c, "jama", category_maps[c->category].jama);
	add_map(c, "meti", category_maps[c->category].meti);
	return true;
}

static bool load_examples(const struct yaml *map, struct check *c, struct err *e)
{
	struct examples examples = { 0 };
	bool ok = yaml_bind(map, example_fields, &examples, e);
	c->example_fail = examples.fail;
	c->example_pass = examples.pass;
	return ok || err_prefix(e, "examples");
}

static bool load_check(const char *path, struct check *c, struct err *e)
{
	struct yaml_doc *doc = yaml_load(path, e);
	if (!doc)
		return false;
	struct file f = { 0 };
	const struct yaml *root = yaml_root(doc);
	bool ok = yaml_bind(root, file_fields, &f, e);
	c->path = xstrdup(path);
	c->id = f.id;
	c->version = f.version;
	c->title = f.title;
	c->why = f.why;
	c->false_positives = f.false_positives;
	c->category = (enum category)f.category;
	c->subject = subject_names[f.subject];
	c->needs = f.needs;
	c->population = f.population;
	c->query = f.query;
	c->confirms = f.confirms ? f.confirms : xcalloc(1, sizeof *c->confirms);
	c->action = f.action;
	if (ok && !id_is_good(c->id))
		ok = yaml_error(yaml_get(root, "id"), e, "id: expected capitals and digits in parts, such as "
				"OT-STOP-001, got \"%.60s\"", c->id);
	if (ok && c->version < 1)
		ok = yaml_error(yaml_get(root, "version"), e, "version: expected 1 or more, got %d", c->version);
	ok = ok && load_severity(root, &f, c, e) && load_contradicts(f.contradicts, c, e) &&
		load_maps(f.maps, c, e) && load_examples(f.examples, c, e);
	yaml_doc_free(doc);
	return ok;
}

static int is_check(const struct dirent *d)
{
	size_t n = strlen(d->d_name);
	return d->d_name[0] != '.' && n > 5 && strcmp(d->d_name + n - 5, ".yaml") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int by_id(const void *a, const void *b)
{
	const struct check *x = a, *y = b;
	int order = strcmp(x->id, y->id);
	return order ? order : strcmp(x->path, y->path);
}

bool check_load(const char *folder, struct check_set *set, struct err *e)
{
	*set = (struct check_set){ 0 };
	struct dirent **names = NULL;
	int n = scandir(folder, &names, is_check, by_name);
	if (n < 0)
		return err_errno(e, "%s", folder);
	bool ok = n > 0 && n <= CHECKS_MAX;
	if (n == 0)
		err_set(e, "%s: no checks (*.yaml) here", folder);
	else if (!ok)
		err_set(e, "%s: more than %d checks", folder, CHECKS_MAX);
	set->checks = xcalloc((size_t)n, sizeof *set->checks);
	for (int i = 0; i < n; i++) {
		if (ok) {
			char *path = xasprintf("%s/%s", folder, names[i]->d_name);
			ok = load_check(path, &set->checks[set->n++], e);
			free(path);
		}
		free(names[i]);
	}
	free(names);
	if (ok)
		qsort(set->checks, set->n, sizeof *set->checks, by_id);
	for (size_t i = 1; ok && i < set->n; i++) {
		if (strcmp(set->checks[i - 1].id, set->checks[i].id) == 0)
			ok = err_set(e, "%s: id: %s is the id of %s, too", set->checks[i].path, set->checks[i].id,
				     set->checks[i - 1].path);
	}
	if (!ok)
		check_set_free(set);
	return ok;
}

static void strings_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void check_set_free(struct check_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct check *c = &set->checks[i];
		free(c->path);
		free(c->id);
		text2_done(&c->title);
		text2_done(&c->why);
		text2_done(&c->false_positives);
		free(c->needs);
		free(c->population);
		free(c->query);
		for (size_t k = 0; k < c->n_contradicts; k++)
			free(c->contradicts[k].question);
		free(c->contradicts);
		strings_free(c->confirms);
		free(c->action);
		for (size_t k = 0; k < c->n_maps; k++) {
			free(c->maps[k].framework);
			strings_free(c->maps[k].ids);
		}
		free(c->maps);
		free(c->example_fail);
		free(c->example_pass);
	}
	free(set->checks);
	*set = (struct check_set){ 0 };
}
