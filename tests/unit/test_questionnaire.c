#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/path.h"
#include "base/text.h"
#include "questionnaire/questionnaire.h"

static struct questionnaire real;

static int load_real(void **state)
{
	(void)state;
	struct err e = { "" };
	char *folder = path_of("questionnaires");
	bool ok = questionnaire_load(folder, &real, &e);
	free(folder);
	if (!ok)
		fprintf(stderr, "%s\n", e.text);
	return ok ? 0 : -1;
}

static int free_real(void **state)
{
	(void)state;
	questionnaire_free(&real);
	return 0;
}

/* ---- the real files ---- */

static void quick_set(void **state)
{
	(void)state;
	static const struct { const char *id; int weight; bool capable; } want[] = {
		{ "G1", 3, false }, { "G2", 2, false }, { "G3", 2, false }, { "G4", 2, false },
		{ "A1", 3, true }, { "A2", 2, true },
		{ "Z1", 4, true }, { "Z2", 4, true }, { "Z3", 4, true }, { "Z4", 2, true },
		{ "H1", 3, true }, { "H2", 3, true }, { "H3", 3, false }, { "H4", 2, true },
		{ "R1", 4, false }, { "R2", 2, true }, { "R3", 3, false },
		{ "C1", 2, false }, { "C2", 3, true },
		{ "D1", 2, false }, { "D2", 3, true }, { "D3", 2, false }, { "D4", 2, false }, { "D5", 2, false },
		{ "D6", 2, false },
	};
	size_t n = 0;
	for (size_t i = 0; i < real.n; i++) {
		const struct question *q = &real.questions[i];
		if (!q->quick)
			continue;
		assert_true(n < 25);
		assert_string_equal(q->id, want[n].id);
		assert_int_equal(q->weight, want[n].weight);
		assert_int_equal(q->capable, want[n].capable);
		assert_int_equal(*domain_names[q->domain], *q->id);
		n++;
	}
	assert_int_equal(n, 25);
	assert_non_null(questionnaire_find(&real, "H5"));
	assert_null(questionnaire_find(&real, "X1"));
}

/* Both languages say something, and are not the same. */
static void both(const struct text2 *t)
{
	assert_non_null(t->en);
	assert_non_null(t->ja);
	assert_true(strlen(t->en) > 0 && strlen(t->ja) > 0);
	assert_true(text_is_utf8(t->ja, strlen(t->ja)));
}

static void both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < real.n; i++) {
		const struct question *q = &real.questions[i];
		both(&q->text);
		both(&q->help);
		both(&q->ask_whom);
		assert_string_not_equal(q->text.en, q->text.ja);
		for (size_t l = 0; l < LEVELS; l++) {
			both(&q->level[l]);
			for (size_t m = 0; m < l; m++)
				assert_string_not_equal(q->level[l].ja, q->level[m].ja);
		}
	}
	for (int d = 0; d < DOMAIN_MAX; d++)
		assert_string_not_equal(domain_title((enum domain)d, LANG_EN), domain_title((enum domain)d, LANG_JA));
}

/* One spelling of each word; what a review struck out stays out. */
static void wording(void **state)
{
	(void)state;
	static const char *const struck[] = { "サイバーリスク", "許可表", "経営企画", "分からな", "持ち込み", "ルータ等" };
	for (size_t i = 0; i < real.n; i++) {
		const struct question *q = &real.questions[i];
		for (size_t w = 0; w < sizeof struck / sizeof *struck; w++) {
			assert_null(strstr(q->text.ja, struck[w]));
			assert_null(strstr(q->help.ja, struck[w]));
			for (size_t l = 0; l < LEVELS; l++)
				assert_null(strstr(q->level[l].ja, struck[w]));
		}
	}
}

static void stand_alone(void **state)
{
	(void)state;
	static const char *const with[] = { "Z1", "Z2", "Z3" };
	for (size_t i = 0; i < 3; i++)
		both(&questionnaire_find(&real, with[i])->alternative);
	assert_true(questionnaire_find(&real, "R2")->needs_network);
	assert_false(questionnaire_find(&real, "R1")->needs_network);
}

static void figures(void **state)
{
	(void)state;
	const struct question *g1 = questionnaire_find(&real, "G1"), *r1 = questionnaire_find(&real, "R1");
	assert_int_equal(g1->n_benchmarks, 1);
	assert_true(g1->benchmarks[0].share > 51.89 && g1->benchmarks[0].share < 51.91);
	assert_int_equal(g1->benchmarks[0].n, 2856);
	assert_true(g1->benchmarks[0].certain);
	assert_true(g1->benchmarks[0].planned < 0);
	assert_string_equal(g1->benchmarks[0].source, "METI 2017-12");
	assert_false(r1->benchmarks[0].certain);
	assert_true(r1->benchmarks[0].planned > 41);
	for (int i = 1; i <= 4; i++) {     /* known second-hand only */
		char id[3] = { 'D', (char)('0' + i), 0 };
		assert_int_equal(questionnaire_find(&real, id)->n_benchmarks, 0);
	}
	const struct chart *c = questionnaire_chart(&real, "meti-2017/self-view");
	assert_non_null(c);
	const struct profile_question *p = questionnaire_profile(&real, "self_view");
	assert_int_equal(c->n_items, p->n_choices);
	for (size_t i = 0; i < c->n_items; i++)
		assert_string_equal(c->items[i].id, p->choices[i].value);
}

static void maps(void **state)
{
	(void)state;
	const struct question *h3 = questionnaire_find(&real, "H3");
	bool seen = false;
	for (size_t i = 0; i < h3->n_maps; i++)
		for (char **id = h3->maps[i].ids; *id; id++)
			seen = seen || (strcmp(h3->maps[i].framework, "scs") == 0 && strcmp(*id, "4-4-5") == 0);
	assert_true(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_set),
		cmocka_unit_test(both_languages),
		cmocka_unit_test(wording),
		cmocka_unit_test(stand_alone),
		cmocka_unit_test(figures),
		cmocka_unit_test(maps),
	};
	return cmocka_run_group_tests(tests, load_real, free_real);
}
