/* genba checks list, lint, test: for people who write checks. */
#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "base/text.h"
#include "check/check.h"
#include "cli/cli.h"
#include "cli/site.h"
#include "score/actions.h"
#include "score/questions.h"

/* The folder that was named, else the program's own. To be freed. */
static char *folder_of(const struct cli *c)
{
	char *const *args;
	return cli_args(c, &args) > 0 ? xstrdup(args[0]) : path_of("checks");
}

static bool load(const struct cli *c, struct check_set *set, int *status, struct err *e)
{
	char *const *args;
	if (cli_args(c, &args) > 1) {
		*status = EXIT_USAGE_ERROR;
		return err_set(e, _("%s: one folder at most"), args[1]);
	}
	char *folder = folder_of(c);
	bool ok = check_load(folder, set, e);
	free(folder);
	*status = EXIT_FAILED;
	return ok;
}

/* ---- list ---- */

static const struct list_column columns[] = {
	{ "id", N_("check"), false },
	{ "severity", N_("severity"), false },
	{ "severity_confined", N_("confined"), false },
	{ "category", N_("category"), false },
	{ "subject", N_("subject"), false },
	{ "action", N_("action"), false },
	{ "title", N_("title"), false },
	{ 0 },
};

static int run_list(struct cli *c, struct err *e)
{
	int format = site_format(c, e), status;
	struct check_set set;
	if (format < 0)
		return EXIT_USAGE_ERROR;
	if (!load(c, &set, &status, e))
		return status;
	struct list *l = list_new((enum list_format)format, "genba.checks/1", "checks", columns);
	for (size_t i = 0; i < set.n; i++) {
		const struct check *k = &set.checks[i];
		list_text(l, k->id);
		list_text(l, severity_names[k->severity]);
		list_text(l, severity_names[k->confined]);
		list_text(l, category_names[k->category]);
		list_text(l, k->subject);
		list_text(l, k->action);
		list_text(l, text2_get(&k->title));
	}
	check_set_free(&set);
	return list_finish(l, e) ? EXIT_DONE : EXIT_FAILED;
}

/* ---- lint, test ---- */

/* A line that may hold what stands in a stranger's file. */
static void print_line(const char *text)
{
	struct buf b;
	buf_init(&b, 4096);
	text_terminal(&b, text);
	printf("%s\n", b.data);
	buf_done(&b);
}

static void on_problem(void *data, const struct check *check, const char *message)
{
	(void)check;
	++*(size_t *)data;
	print_line(message);
}

static void on_other_problem(void *data, const char *message)
{
	on_problem(data, NULL, message);
}

static int report(size_t n, size_t bad, const char *what, struct err *e)
{
	printf(_("%zu checks, %zu problems\n"), n, bad);
	if (!bad)
		return EXIT_DONE;
	err_set(e, "%s", what);
	return EXIT_FAILED;
}

/* The questions that our own checks speak about, and the actions that they point to. */
static bool lint_own(const struct check_set *checks, size_t *problems, struct err *e)
{
	struct questionnaire q;
	struct action_set actions;
	char *folder = path_of("questionnaires");
	bool ok = questionnaire_load(folder, &q, e);
	free(folder);
	if (!ok)
		return false;
	folder = path_of("actions");
	ok = score_actions_load(folder, &q, &actions, e);
	free(folder);
	if (ok) {
		score_questions_lint(&q, checks, &actions, on_other_problem, problems);
		score_actions_lint(&actions, checks, on_other_problem, problems);
		printf(_("%zu questions\n"), q.n);
		printf(_("%zu actions\n"), actions.n);
		score_actions_free(&actions);
	}
	questionnaire_free(&q);
	return ok;
}

static int run_lint(struct cli *c, struct err *e)
{
	struct check_set set;
	int status;
	if (!load(c, &set, &status, e))
		return status;
	size_t problems = 0, n = set.n;
	char *const *args;
	bool own = cli_args(c, &args) == 0;          /* a stranger's pack has no questions and actions of its own */
	bool ok = check_lint(&set, path_data(), on_problem, &problems, e) &&
		  (!own || lint_own(&set, &problems, e));
	check_set_free(&set);
	return ok ? report(n, problems, _("there are problems in the checks"), e) : EXIT_FAILED;
}

static int run_test(struct cli *c, struct err *e)
{
	struct check_set set;
	int status;
	if (!load(c, &set, &status, e))
		return status;
	size_t bad = 0, n = set.n;
	for (size_t i = 0; i < set.n; i++) {
		struct err problem = { "" };
		if (check_test(&set.checks[i], &problem))
			continue;
		bad++;
		print_line(problem.text);
	}
	check_set_free(&set);
	return report(n, bad, _("examples of checks do not come out as they say"), e);
}

static const struct cli_option list_options[] = {
	SITE_FORMAT_OPTION,
	{ 0 },
};

const struct command command_checks_list = {
	.name = "checks list",
	.arguments = "[FOLDER]",
	.summary = N_("list the checks"),
	.description = N_("Lists what genba looks for, from the files of FOLDER (default: its own checks)."),
	.options = list_options,
	.run = run_list,
};

const struct command command_checks_lint = {
	.name = "checks lint",
	.arguments = "[FOLDER]",
	.summary = N_("look for mistakes in checks"),
	.description = N_("Reads the checks of FOLDER (default: genba's own) and looks at every field: both languages, "
			  "names, references to actions and questions, and whether the SQL runs. Without FOLDER the "
			  "questions and actions are looked at too."),
	.run = run_lint,
};

const struct command command_checks_test = {
	.name = "checks test",
	.arguments = "[FOLDER]",
	.summary = N_("run the examples of checks"),
	.description = N_("Runs both examples of every check of FOLDER (default: genba's own): over the rows of `fail` "
			  "the check has to fail, over the rows of `pass` to pass."),
	.run = run_test,
};
