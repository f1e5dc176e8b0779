#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/path.h"
#include "score/questions.h"

static struct questionnaire real;
static struct check_set checks;
static struct action_set actions;

static int load_own(void **state)
{
	(void)state;
	struct err e = { "" };
	char *questions = path_of("questionnaires"), *check_folder = path_of("checks"), *action_folder = path_of("actions");
	bool ok = questionnaire_load(questions, &real, &e) && check_load(check_folder, &checks, &e) &&
		  score_actions_load(action_folder, &real, &actions, &e);
	free(questions);
	free(check_folder);
	free(action_folder);
	if (!ok)
		fprintf(stderr, "%s\n", e.text);
	return ok ? 0 : -1;
}

static int free_own(void **state)
{
	(void)state;
	score_actions_free(&actions);
	check_set_free(&checks);
	questionnaire_free(&real);
	return 0;
}

static void keep(void *data, const char *message)
{
	buf_printf(data, "%s\n", message);
}

static void lint_says(const struct questionnaire *q, const char *want)
{
	struct buf b;
	buf_init(&b, 100000);
	score_questions_lint(q, &checks, &actions, keep, &b);
	if (want ? !strstr(b.data, want) : b.len != 0)
		fail_msg("expected \"%s\", got: %.2000s", want ? want : "", b.data);
	buf_done(&b);
}

/* A copy of the real set that leaves question i out. */
static struct questionnaire without(size_t i)
{
	struct questionnaire q = { .n = real.n - 1 };
	q.questions = xcalloc(real.n, sizeof *q.questions);
	memcpy(q.questions, real.questions, i * sizeof *q.questions);
	memcpy(q.questions + i, real.questions + i + 1, (real.n - i - 1) * sizeof *q.questions);
	return q;
}

static size_t index_of(const char *id)
{
	return (size_t)(questionnaire_find(&real, id) - real.questions);
}

static void holes(void **state)
{
	(void)state;
	struct questionnaire q = without(index_of("Z6"));
	lint_says(&q, "Z: expected the numbers 1 to 10, without a hole, got Z11");
	free(q.questions);
	q = without(index_of("G1"));
	lint_says(&q, "quick: expected 25 questions, got 24");
	free(q.questions);
}

/* One question at a time, changed, against what the lint says of it. */
static void one(const char *id, struct question changed, const char *want)
{
	size_t i = index_of(id);
	struct question saved = real.questions[i];
	real.questions[i] = changed;
	lint_says(&real, want);
	real.questions[i] = saved;
}

static void single_questions(void **state)
{
	(void)state;
	const struct question z5 = *questionnaire_find(&real, "Z5"), d1 = *questionnaire_find(&real, "D1");
	char none[] = "", latin[] = "latin";
	struct question q = z5;
	q.weight = 5;
	one("Z5", q, "Z5: weight: expected 1 to 4, got 5");
	q = z5;
	q.help.ja = none;
	one("Z5", q, "Z5: help: expected a text in both languages");
	q = z5;
	q.text.ja = latin;
	one("Z5", q, "Z5: text: ja: expected Japanese");
	q = z5;
	q.level[3] = q.level[1];
	one("Z5", q, "Z5: levels: 1 and 3 say the same");
	q = z5;
	q.n_maps = 0;
	one("Z5", q, "Z5: maps: expected ids of iec62443 or csf");
	q = z5;
	q.capable = false;
	one("Z5", q, "Z5: capable: expected true, since ");
	q = d1;
	q.capable = true;
	one("D1", q, "D1: capable: no check contradicts or confirms it");
}

static void never_raised(void **state)
{
	(void)state;
	struct action_set all = actions;
	actions.n = 0;
	lint_says(&real, "Z5: no action raises it");
	actions = all;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes),
		cmocka_unit_test(single_questions),
		cmocka_unit_test(never_raised),
	};
	return cmocka_run_group_tests(tests, load_own, free_own);
}
