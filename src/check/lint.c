/* For people who write checks: is it right in itself, do its examples come out as they say? */
#include "check/private.h"

#include <dirent.h>
#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/yaml.h"

/* ---- what there is to refer to ---- */

struct names { char **name; size_t n; bool looked; };

static void names_add(struct names *names, const char *text, size_t n)
{
	names->name = xrealloc(names->name, (names->n + 1) * sizeof *names->name);
	names->name[names->n] = xmalloc(n + 1);
	memcpy(names->name[names->n], text, n);
	names->name[names->n++][n] = 0;
}

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	free(names->name);
}

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

/* Every `id:` in a tree: questions stand in lists, and under domains. */
static void add_ids(struct names *names, const struct yaml *node)
{
	const struct yaml *id = yaml_get(node, "id");
	if (id && yaml_text(id))
		names_add(names, yaml_text(id), strlen(yaml_text(id)));
	for (size_t i = 0; i < yaml_count(node); i++)
		add_ids(names, yaml_at(node, i));
}

static bool add_questions(struct names *names, const char *path, struct err *e)
{
	struct yaml_doc *doc = yaml_load(path, e);
	if (!doc)
		return false;
	add_ids(names, yaml_root(doc));
	yaml_doc_free(doc);
	return true;
}

/* The ids of a folder: the names of its files, or what stands in them. No folder, or none in it: not looked at. */
static bool folder_ids(const char *data, const char *folder, bool inside, struct names *names, struct err *e)
{
	char *path = xasprintf("%s/%s", data, folder);
	DIR *dir = opendir(path);
	bool ok = dir || errno == ENOENT || err_errno(e, "%s", path);
	struct dirent *d;
	while (ok && dir && (d = readdir(dir))) {
		size_t n = strlen(d->d_name);
		if (d->d_name[0] == '.' || n <= 5 || strcmp(d->d_name + n - 5, ".yaml") != 0)
			continue;
		if (inside && strcmp(d->d_name, "profile.yaml") == 0)    /* what it asks has no levels */
			continue;
		names->looked = true;
		if (inside) {
			char *file = xasprintf("%s/%s", path, d->d_name);
			ok = add_questions(names, file, e);
			free(file);
		} else {
			names_add(names, d->d_name, n - 5);
		}
	}
	if (dir)
		closedir(dir);
	free(path);
	return ok;
}

/* ---- one check ---- */

struct lint {
	const struct check *check;
	const struct names *actions, *questions;
	check_problem_fn *fn;
	void *data;
};

__attribute__((format(printf, 2, 3)))
static void problem(const struct lint *l, const char *format, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, format);
	int n = vasprintf(&text, format, ap);
	va_end(ap);
	char *whole = xasprintf("%s: %s", l->check->path, n < 0 ? "?" : text);
	l->fn(l->data, l->check, whole);
	free(whole);
	free(n < 0 ? NULL : text);
}

static bool matches(const char *text, const char *pattern)
{
	regex_t r;
	if (regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	bool ok = regexec(&r, text, 0, NULL, 0) == 0;
	regfree(&r);
	return ok;
}

const char *check_map_fault(const char *framework, const char *id)
{
	static const struct { const char *framework, *pattern, *example; } forms[] = {
		{ "iec62443", "^(SR [1-7]\\.[0-9]{1,2}|(ORG|CM|NET|COMP|DATA|USER|EVENT|AVAIL) [1-9]\\.[0-9]{1,2})$",
		  "\"SR 3.4\" or \"NET 1.1\"" },
		{ "attack_ics", "^T0[0-9]{3}$", "T0843" },
		{ "csf", "^(GV|ID|PR|DE|RS|RC)\\.[A-Z]{2}-[0-9]{2}$", "PR.PS-01" },
		{ "cpg", "^[1-6]\\.[A-Z]$", "3.N" },
		{ "scs", "^[1-7]-[0-9]-[0-9]$", "4-5-1" },
	};
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
		if (strcmp(forms[f].framework, framework) == 0 && !matches(id, forms[f].pattern))
			return forms[f].example;
	return NULL;
}

static void lint_maps(const struct lint *l)
{
	const struct check *c = l->check;
	for (size_t i = 0; i < c->n_maps; i++) {
		for (char **id = c->maps[i].ids; *id; id++) {
			const char *example = check_map_fault(c->maps[i].framework, *id);
			if (example)
				problem(l, "maps: %s: expected an id such as %s, got \"%s\"", c->maps[i].framework, example, *id);
		}
	}
	static const char *const required[] = { "iec62443", "csf" };
	for (size_t r = 0; r < sizeof required / sizeof *required; r++) {
		bool has = false;
		for (size_t i = 0; i < c->n_maps; i++)
			has |= strcmp(c->maps[i].framework, required[r]) == 0 && *c->maps[i].ids;
		if (!has)
			problem(l, "maps: expected ids of %s", required[r]);
	}
}

static void lint_references(const struct lint *l)
{
	const struct check *c = l->check;
	if (l->actions->looked && !names_have(l->actions, c->action))
		problem(l, "action: expected the name of a file in actions, got \"%s\"", c->action);
	if (!l->questions->looked)
		return;
	for (size_t i = 0; i < c->n_contradicts; i++)
		if (!names_have(l->questions, c->contradicts[i].question))
			problem(l, "contradicts: expected the id of a question, got \"%s\"",
				c->contradicts[i].question);
	for (char **q = c->confirms; *q; q++)
		if (!names_have(l->questions, *q))
			problem(l, "confirms: expected the id of a question, got \"%s\"", *q);
}

static void lint_text(const struct lint *l, const char *name, const struct text2 *t)
{
	const char *fault = text2_fault(t);
	if (fault)
		problem(l, "%s: %s, got \"%.60s\"", name, fault, t->ja);
}

static bool count_row(void *data, const struct store_row *row)
{
	(void)row;
	(void)data;
	return true;
}

static void lint_sql(const struct lint *l, struct store_checks *db, const char *name, const char *sql)
{
	struct err e = { "" };
	if (!sql)
		return;
	if (strncasecmp(sql, "SELECT", 6) != 0 && strncasecmp(sql, "WITH", 4) != 0)
		problem(l, "%s: expected a SELECT, got \"%.40s\"", name, sql);
	else if (!store_query(db, sql, count_row, NULL, &e))
		problem(l, "%s: %s", name, e.text);
}

static void lint_one(const struct lint *l, struct store_checks *db)
{
	const struct check *c = l->check;
	lint_text(l, "title", &c->title);
	lint_text(l, "why", &c->why);
	lint_text(l, "false_positives", &c->false_positives);
	lint_references(l);
	lint_maps(l);
	lint_sql(l, db, "needs", c->needs);
	lint_sql(l, db, "population", c->population);
	lint_sql(l, db, "query", c->query);
	if (strcmp(c->subject, "site") != 0 && !c->population)
		problem(l, "population: expected a SELECT: the share of a %s is of something", c->subject);
}

bool check_lint(const struct check_set *set, const char *data, check_problem_fn *fn, void *fn_data, struct err *e)
{
	struct names actions = { 0 }, questions = { 0 };
	struct store_checks *db = NULL;
	bool ok = folder_ids(data, "actions", false, &actions, e) &&
		folder_ids(data, "questionnaires", true, &questions, e) && (db = store_checks_open(NULL, 0, NULL, e));
	for (size_t i = 0; ok && i < set->n; i++) {
		struct lint l = { &set->checks[i], &actions, &questions, fn, fn_data };
		lint_one(&l, db);
	}
	if (db)
		store_checks_close(db);
	names_done(&actions);
	names_done(&questions);
	return ok;
}

/* ---- examples ---- */

static bool run_example(const struct check *c, const char *name, const char *sql, enum outcome want, struct err *e)
{
	struct store_checks *db = store_checks_open(NULL, 0, NULL, e);
	if (!db)
		return false;
	if (!store_checks_insert(db, sql, e)) {
		store_checks_close(db);
		return err_prefix(e, "%s: examples: %s", c->path, name);
	}
	struct check_result r;
	check_one(c, db, NULL, &r);
	store_checks_close(db);
	bool ok = r.outcome == want;
	if (r.outcome == OUTCOME_ERROR)
		err_set(e, "%s: examples: %s: %s", c->path, name, r.error);
	else if (!ok)
		err_set(e, "%s: examples: %s: expected the outcome %s, got %s", c->path, name, outcome_names[want],
			outcome_names[r.outcome]);
	check_result_done(&r);
	return ok;
}

bool check_test(const struct check *c, struct err *e)
{
	return run_example(c, "fail", c->example_fail, OUTCOME_FAIL, e) &&
		run_example(c, "pass", c->example_pass, OUTCOME_PASS, e);
}
