/* The worked example of docs/METHOD.md: every number in it is read from the page and computed again. */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/path.h"
#include "score/assess.h"
#include "score_parts.h"

enum { LINES = 120, CELLS = 10, NUMBERS = 24 };

/* ---- the section, line by line ---- */

static char text[1 << 16];
static struct line { const char *text; bool looked; } lines[LINES];
static size_t n_lines;

static bool read_section(void)
{
	char *path = path_of("docs/METHOD.md");
	FILE *f = fopen(path, "r");
	free(path);
	if (!f)
		return false;
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	char *at = strstr(text, "\n## A worked example\n");
	assert_non_null(at);
	char *end = strstr(at + 4, "\n## ");
	assert_non_null(end);
	*end = '\0';
	for (char *l = strtok(at, "\n"); l; l = strtok(NULL, "\n")) {
		assert_true(n_lines < LINES);
		lines[n_lines++].text = l + strspn(l, " ");
	}
	return true;
}

/* The numbers of a line; G1 and R1 are names. */
static size_t numbers(const char *s, double *out)
{
	size_t n = 0;
	for (char before = ' '; *s; before = *s++) {
		if (!isdigit((unsigned char)*s) || isalnum((unsigned char)before) || before == '.')
			continue;
		char *end;
		assert_true(n < NUMBERS);
		out[n++] = strtod(s, &end);
		s = end - 1;
	}
	return n;
}

/* The line that begins so (after the one found last, where begins are alike) has exactly these numbers. */
static void holds(const char *begin, size_t n, const double *want)
{
	double got[NUMBERS];
	for (size_t i = 0; i < n_lines; i++) {
		if (lines[i].looked || strncmp(lines[i].text, begin, strlen(begin)) != 0)
			continue;
		lines[i].looked = true;
		if (numbers(lines[i].text, got) != n)
			fail_msg("\"%s\": expected %zu numbers", lines[i].text, n);
		for (size_t k = 0; k < n; k++)
			if (fabs(got[k] - want[k]) > 0.0005)
				fail_msg("\"%s\": number %zu: expected %.4g", lines[i].text, k + 1, want[k]);
		return;
	}
	fail_msg("no line begins with \"%s\"", begin);
}

#define HOLDS(begin, ...) \
	holds(begin, sizeof (double[]){ __VA_ARGS__ } / sizeof(double), (double[]){ __VA_ARGS__ })

/* The next row of the table whose head begins so, split into cells; false behind the last one. */
static bool row(const char *head, char cells[CELLS][80])
{
	bool inside = false;
	for (size_t i = 0; i < n_lines; i++) {
		if (strncmp(lines[i].text, head, strlen(head)) == 0)
			inside = true;
		else if (inside && lines[i].text[0] != '|')
			return false;
		else if (inside && strncmp(lines[i].text, "|---", 4) != 0 && !lines[i].looked) {
			lines[i].looked = true;
			const char *p = lines[i].text + 1;
			for (size_t c = 0; c < CELLS; c++)
				cells[c][0] = '\0';
			for (size_t c = 0; c < CELLS && *p; c++) {
				size_t n = strcspn(p, "|");
				snprintf(cells[c], 80, "%.*s", (int)(n > 2 ? n - 2 : 0), p + 1);
				p += n + (p[n] == '|');
			}
			return true;
		}
	}
	return false;
}

/* ---- the factory ---- */

enum { QUESTIONS = 10, FINDINGS = 3 };
static struct question questions[QUESTIONS];
static struct answer answers[QUESTIONS];
static struct check checks[FINDINGS];
static struct check_result results[FINDINGS];
static char question_ids[QUESTIONS][80], finding_ids[FINDINGS][80], finding_actions[FINDINGS][80];
static struct check_contradiction rule = { .question = question_ids[5], .above = 0.1, .cap = 1 };

static int name_index(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	fail_msg("\"%s\": no such name", name);
	return 0;
}

static void read_tables(void)
{
	char cells[CELLS][80];
	size_t n = 0;
	for (; row("| question", cells); n++) {
		assert_true(n < QUESTIONS);
		memcpy(question_ids[n], cells[0], sizeof cells[0]);
		questions[n] = (struct question){ .id = question_ids[n], .weight = atoi(cells[1]), .quick = true,
						  .domain = (enum domain)name_index(domain_names, (char[]){ cells[0][0], 0 }) };
		answers[n] = (struct answer){ .question = &questions[n], .level = atoi(cells[2]) };
		if (strcmp(cells[2], "don't know") == 0)
			answers[n].level = LEVEL_UNKNOWN;
		if (strcmp(cells[2], "not applicable") == 0)
			answers[n].level = LEVEL_NOT_APPLICABLE;
	}
	assert_int_equal(n, QUESTIONS);
	for (n = 0; row("| finding", cells); n++) {
		assert_true(n < FINDINGS);
		memcpy(finding_ids[n], cells[0], sizeof cells[0]);
		memcpy(finding_actions[n], cells[4], sizeof cells[4]);
		checks[n] = (struct check){ .id = finding_ids[n], .action = finding_actions[n],
					    .category = (enum category)name_index(category_names, cells[2]) };
		results[n] = (struct check_result){ .check = &checks[n], .outcome = OUTCOME_FAIL,
						    .severity = (enum severity)name_index(severity_names, cells[1]),
						    .share = atof(cells[3]) };
	}
	assert_int_equal(n, FINDINGS);
	checks[0].contradicts = &rule;
	checks[0].n_contradicts = 1;
}

static struct action_set actions;

static void build(bool scanned, struct assessment *a)
{
	*a = (struct assessment){ .scan = scanned, .coverage = { .hours = 8, .k = scanned ? 0.8 : 0, .mirror = true } };
	a->questionnaire = (struct questionnaire){ .questions = questions, .n = QUESTIONS };
	a->answers = (struct answers){ .answers = answers, .n = QUESTIONS };
	a->results = (struct check_results){ .results = results, .n = scanned ? FINDINGS : 0 };
	a->action_set = actions;
	score_assess_build(a);
}

static double w(size_t i) { return questions[i].weight; }
static double p(size_t i) { return score_points(answers[i].level); }

static void declared(void)
{
	struct assessment a;
	build(false, &a);
	const double *d = a.score.domain;
	HOLDS("G =", w(0), p(0), w(1), p(1), w(0) + w(1), d[DOMAIN_G]);
	HOLDS("A =", w(2), p(2), w(3), p(3), w(2) + w(3), d[DOMAIN_A]);
	HOLDS("Z =", w(4), p(4), w(5), p(5), w(4) + w(5), d[DOMAIN_Z]);
	HOLDS("H =", w(6), p(6), w(7), 0, w(6) + w(7), d[DOMAIN_H]);
	HOLDS("R =", w(8), p(8), w(8), d[DOMAIN_R]);
	assert_false(a.score.rated[DOMAIN_C]);
	const double *f = domain_weights;
	HOLDS("M =", f[DOMAIN_G], d[DOMAIN_G], f[DOMAIN_A], d[DOMAIN_A], f[DOMAIN_Z], d[DOMAIN_Z], f[DOMAIN_H],
	      d[DOMAIN_H], f[DOMAIN_R], d[DOMAIN_R],
	      f[DOMAIN_G] + f[DOMAIN_A] + f[DOMAIN_Z] + f[DOMAIN_H] + f[DOMAIN_R], a.score.m);
	HOLDS("Without a capture", 100, a.score.s);
	assert_int_equal(a.score.grade, GRADE_C);
	assert_true(a.score.declared_only);
	HOLDS("Had H2", 4, a.score.high, a.score.low, a.score.high);
	HOLDS("The unknown answer", round(100 * a.score.unknown_share));
	assert_int_equal(a.score.n_caps, 1);
	assert_string_equal(a.score.caps[0].reason, "no-capture");
	parts_done(&a);
}

static double cost(enum severity s)
{
	return s == SEVERITY_CRITICAL ? 50 : 25;
}

static void measured(void)
{
	struct assessment a;
	build(true, &a);
	const double *c = a.score.category;
	HOLDS("Then a capture", a.coverage.k);
	HOLDS("The first one contradicts", a.questions[5].effective);
	HOLDS("Z =", w(4), p(4), w(5), score_points(a.questions[5].effective), w(4) + w(5), a.score.domain[DOMAIN_Z],
	      a.score.m);
	HOLDS("boundaries =", 100, cost(results[0].severity), 0.5, 0.5, results[0].share, c[CATEGORY_BOUNDARY]);
	HOLDS("protocols =", 100, cost(results[2].severity), 0.5, 0.5, results[2].share, cost(results[1].severity), 0.5,
	      0.5, results[1].share, 2, c[CATEGORY_PROTOCOL]);
	double n = 0.5 * c[CATEGORY_BOUNDARY] + 0.1 * (c[0] + c[1] + c[2] + c[3] + c[4]);
	HOLDS("N =", 0.5, c[CATEGORY_BOUNDARY], 0.5, c[0], c[1], c[2], c[3], c[4], 5, n);
	assert_true(fabs(n - a.score.n) < 0.051);
	HOLDS("S =", a.score.m, 0.5, 0.5, n / 100, a.score.s);
	assert_int_equal(a.score.grade_before, GRADE_D);
	assert_int_equal(a.score.n_caps, 2);
	assert_string_equal(a.score.caps[0].reason, "critical");
	assert_string_equal(a.score.caps[1].reason, "three-high");
	assert_false(a.score.declared_only);

	/* The actions, as the files and the plan have them today. */
	char cells[CELLS][80];
	size_t at = 0, order = 0;
	assert_true(a.actions[0].interim && strcmp(a.actions[0].action->id, "separate-office-factory") == 0);
	while (row("| order", cells)) {
		while (a.actions[at].interim)
			at++;
		assert_true(at < a.n_actions);
		const struct assess_action *x = &a.actions[at++];
		double want[] = { (double)++order, x->gain, x->removes_cap ? 10 : 0, x->verified ? 1 : 0.8, x->effort,
				  x->priority, x->s_after };
		static const size_t cell[] = { 0, 2, 3, 4, 5, 6, 7 };
		if (strcmp(cells[1], x->action->id) != 0)
			fail_msg("action %zu: the page has %s, the plan %s", order, cells[1], x->action->id);
		for (size_t k = 0; k < sizeof want / sizeof *want; k++)
			if (fabs(atof(cells[cell[k]]) - want[k]) > (k == 5 ? 0.0051 : 0.0005))
				fail_msg("%s: cell %zu: expected %.5g, got %s", cells[1], cell[k] + 1, want[k], cells[cell[k]]);
		if (strcmp(cells[8], grade_names[x->grade_after]) != 0)
			fail_msg("%s: expected grade %s", cells[1], grade_names[x->grade_after]);
		double priority = (x->gain + want[2]) * want[3] / x->effort;
		assert_true(fabs(priority - x->priority) < 1e-9);
	}
	assert_true(order >= 3);
	parts_done(&a);
}

static void worked_example(void **state)
{
	(void)state;
	if (!read_section())
		skip();                        /* installed: there is no page */
	struct err e = { "" };
	char *folder = path_of("actions");
	if (!score_actions_load(folder, NULL, &actions, &e))
		fail_msg("%s", e.text);
	free(folder);
	read_tables();
	declared();
	measured();
	for (size_t i = 0; i < n_lines; i++) {
		double unused[NUMBERS];
		if (!lines[i].looked && numbers(lines[i].text, unused))
			fail_msg("\"%s\": nobody looks at its numbers", lines[i].text);
	}
	score_actions_free(&actions);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(worked_example) };
	return cmocka_run_group_tests_name("method", tests, NULL, NULL);
}
