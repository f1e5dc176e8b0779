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
#include "questionnaire/steps.h"

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
		{ "D1", 2, false }, { "D2", 3, false }, { "D3", 2, false }, { "D4", 2, false }, { "D5", 2, false },
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

/* Domains in the order of the book, numbers within them, whatever file a question stands in. */
static void in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < real.n; i++) {
		const struct question *a = &real.questions[i - 1], *b = &real.questions[i];
		assert_true(a->domain < b->domain || (a->domain == b->domain && atoi(a->id + 1) < atoi(b->id + 1)));
	}
}

/* All that is installed: 80. */
static void whole_set(void **state)
{
	(void)state;
	static const size_t want[DOMAIN_MAX] = { 10, 7, 11, 13, 11, 7, 21 };
	size_t n[DOMAIN_MAX] = { 0 };
	for (size_t i = 0; i < real.n; i++)
		n[real.questions[i].domain]++;
	for (int d = 0; d < DOMAIN_MAX; d++)
		if (n[d] != want[d])
			fail_msg("%s: expected %zu questions, got %zu", domain_names[d], want[d], n[d]);
	assert_int_equal(real.n, 80);
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

/* ---- answers in files ---- */

static bool parse(const char *text, struct answer_list *l, struct err *e)
{
	return answers_parse(&real, "a.yaml", text, strlen(text), NULL, l, e);
}

static void refused(const char *text, const char *why)
{
	struct answer_list l;
	struct err e = { "" };
	assert_false(parse(text, &l, &e));
	assert_int_equal(l.n, 0);
	if (!strstr(e.text, why))
		fail_msg("expected \"%s\" in \"%s\"", why, e.text);
}

static void file_errors(void **state)
{
	(void)state;
	refused("answers: {Z1: 5}", "a.yaml:1:15: Z1: expected a level");
	refused("answers: {Z1: 02}", "expected a level");
	refused("answers: {Z1: {level: 1, recorded: maybe}}", "recorded");
	refused("answers: {Z1: {level: not_applicable, reason: \"\"}}", "needs a reason");
	refused("answers: [Z1]", "expected a map");
	refused("answers: {Z1: [[1]]}", "a.yaml:1");
	refused("profile: {networked: yes}", "expected none, some or most");
	refused("profile: {Z1: 2}", "no question Z1");
	refused("answers: {Z1: {level: 1, when: 2024-05-01}}", "expected a time");
	refused("", "empty");
	struct err e;
	struct answer_list l;
	assert_false(answers_parse(&real, "x", "a\0b", 3, NULL, &l, &e));
	assert_false(answers_parse(&real, "x", "\x81", 1, NULL, &l, &e));
	assert_non_null(strstr(e.text, "neither UTF-8 nor CP932"));
}

/* Every kind of text through a file and back, and the same bytes the second time. */
static void round_trip(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"現場", "a \"b\" \\ c", "line\nline\ttab", " - : # {[", "\x01\x1b\x7f", "\xc2\x85\u2028\ufeff\U0001f3ed", "=1+1", "'x", "null",
	};
	struct answer_list in = { 0 }, out;
	struct err e = { "" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *text = (char *)(uintptr_t)texts[i];
		answer_list_add(&in, &(struct answer_entry){ .question = real.questions[i].id, .level = (int)i % 5,
				.respondent = i % 2 ? text : NULL, .note = text, .reason = text, .evidence = text,
				.recorded = i % 3 == 0, .chosen = i % 4 == 1, .when = (char *)(uintptr_t)"2024-05-01T09:00:00Z" });
	}
	struct buf first, second;
	buf_init(&first, 1 << 20);
	buf_init(&second, 1 << 20);
	answers_write(&real, &in, &first);
	if (!parse(first.data, &out, &e))
		fail_msg("%s\n%s", e.text, first.data);
	answers_write(&real, &out, &second);
	assert_string_equal(first.data, second.data);
	assert_int_equal(in.n, out.n);
	for (size_t i = 0; i < in.n; i++) {
		assert_string_equal(in.entries[i].note, out.entries[i].note);
		assert_string_equal(in.entries[i].respondent, out.entries[i].respondent);
		assert_int_equal(in.entries[i].level, out.entries[i].level);
		assert_int_equal(in.entries[i].recorded, out.entries[i].recorded);
		assert_int_equal(in.entries[i].chosen, out.entries[i].chosen);
	}
	buf_done(&first);
	buf_done(&second);
	answer_list_free(&in);
	answer_list_free(&out);
}

/* A table cut anywhere is read or refused, never anything else. */
static void table_cut(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1 << 20);
	answers_table(&real, true, LANG_JA, &b);
	for (size_t n = 0; n < b.len; n += n < 600 ? 1 : 97) {
		struct answer_list l;
		struct err e = { "" };
		if (answers_parse(&real, "t.csv", b.data, n, NULL, &l, &e))
			answer_list_free(&l);
		else
			assert_true(strlen(e.text) > 0);
	}
	buf_done(&b);
}

/* ---- answers in the site file ---- */

static const struct answer *find(const struct answers *a, const char *id)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->answers[i].question->id, id) == 0)
			return &a->answers[i];
	return NULL;
}

/* After the choice: whose level counts, and is it a choice? */
static void choice_gives(struct store *s, const char *respondent, int level, bool chosen)
{
	struct err e = { "" };
	struct answers a;
	assert_true(answers_load(&real, s, &a, &e));
	const struct answer *x = find(&a, "Z1");
	assert_int_equal(x->level, level);
	assert_string_equal(x->respondent ? x->respondent : "", respondent);
	assert_int_equal(x->chosen, chosen);
	assert_int_equal(x->n_respondents, 4);
	assert_int_equal(x->lowest, 1);
	assert_int_equal(x->highest, 4);
	assert_true(answer_differs(x));
	size_t counting = 0;
	for (size_t i = 0; i < x->n_respondents; i++) {
		counting += x->voices[i].counts;
		if (x->voices[i].counts)
			assert_string_equal(x->voices[i].respondent, respondent);
	}
	assert_int_equal(counting, 1);
	answers_free(&a);
}

static void the_one_that_counts(void **state)
{
	(void)state;
	char path[] = "questionnaire.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	struct err e = { "" };
	struct store *s = store_open(path, STORE_WRITE, &e);
	assert_non_null(s);
	struct answer_list l;
	assert_true(parse("answers:\n"
			  "  Z1: [{level: 1, respondent: a, when: \"2024-05-01T09:00:00Z\"},\n"
			  "       {level: 4, respondent: b, when: \"2024-05-03T09:00:00Z\"},\n"
			  "       {level: 2, when: \"2024-05-02T09:00:00Z\"},\n"
			  "       {level: unknown, respondent: c, when: \"2024-05-02T09:00:00Z\"}]\n"
			  "  H1: [{level: 2, respondent: a}, {level: 2, respondent: b}]\n"
			  "  H4: [{level: unknown, respondent: a}, {level: not_applicable, respondent: b, reason: no PLC}]\n"
			  "  G1: 3\n", &l, &e));
	assert_true(answers_put(s, &l, &e));
	answer_list_free(&l);
	choice_gives(s, "b", 4, false);
	assert_true(store_answer_choose(s, "Z1", "a", &e));
	choice_gives(s, "a", 1, true);
	assert_true(store_answer_choose(s, "Z1", "", &e));
	choice_gives(s, "", 2, true);
	/* Neither a wrong choice nor somebody's later answer changes it. */
	assert_false(store_answer_choose(s, "Z1", "nobody", &e));
	assert_non_null(strstr(e.text, "nobody"));
	assert_false(store_answer_choose(s, "Z2", "", &e));
	assert_true(store_answer_set(s, &(struct store_answer){ .question = "Z1", .respondent = "b", .level = 3,
				     .when = "2024-06-01T09:00:00Z" }, &e));
	assert_true(store_answer_set(s, &(struct store_answer){ .question = "Z1", .respondent = "b", .level = 4,
				     .when = "2024-06-01T09:00:00Z" }, &e));
	choice_gives(s, "", 2, true);
	/* One respondent alone is one voice. */
	struct answers a;
	assert_true(answers_load_own(&real, s, "b", &a, &e));
	assert_int_equal(find(&a, "Z1")->level, 4);
	assert_int_equal(find(&a, "Z1")->n_respondents, 1);
	answers_free(&a);
	assert_true(store_answer_choose(s, "Z1", NULL, &e));
	assert_true(store_answer_choose(s, "Z1", NULL, &e));
	choice_gives(s, "b", 4, false);

	assert_true(answers_load(&real, s, &a, &e));
	assert_false(answer_differs(find(&a, "H1")));
	assert_int_equal(find(&a, "H1")->n_respondents, 2);
	assert_true(answer_differs(find(&a, "H4")));
	assert_int_equal(find(&a, "H4")->lowest, LEVEL_UNANSWERED);
	assert_int_equal(find(&a, "H4")->highest, LEVEL_UNANSWERED);
	assert_false(answer_differs(find(&a, "G1")));
	assert_int_equal(find(&a, "Z2")->n_respondents, 0);
	answers_free(&a);

	/* A file chooses too, and only once. */
	assert_true(parse("answers: {Z1: {level: 1, respondent: a, chosen: true}}\n", &l, &e));
	assert_true(answers_put(s, &l, &e));
	answer_list_free(&l);
	choice_gives(s, "a", 1, true);
	assert_false(parse("answers: {Z1: [{level: 1, respondent: a, chosen: true}, {level: 2, chosen: true}]}\n", &l, &e));
	assert_non_null(strstr(e.text, "two answers are chosen"));
	store_close(s);
	unlink(path);
}

static void in_the_site(void **state)
{
	(void)state;
	char path[] = "questionnaire.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	struct err e = { "" };
	struct store *s = store_open(path, STORE_WRITE, &e);
	assert_non_null(s);
	struct answers a;
	assert_true(answers_load(&real, s, &a, &e));
	assert_int_equal(a.n, real.n);
	assert_int_equal(a.n_answered, 0);
	answers_free(&a);

	struct answer_list l;
	assert_true(parse("profile: {networked: none, name: 現場}\n"
			  "answers:\n"
			  "  Z1: [{level: 3, respondent: b, when: \"2024-05-01T09:00:00Z\"},\n"
			  "       {level: 1, respondent: a, when: \"2024-05-02T09:00:00Z\"}]\n"
			  "  H1: unknown\n"
			  "  H4: {level: not_applicable, reason: no PLC}\n", &l, &e));
	assert_true(answers_put(s, &l, &e));
	answer_list_free(&l);
	assert_true(answers_load(&real, s, &a, &e));
	assert_int_equal(a.n_answered, 3);
	for (size_t i = 0; i < a.n; i++) {
		const struct answer *x = &a.answers[i];
		assert_ptr_equal(x->question, &real.questions[i]);
		if (strcmp(x->question->id, "Z1") == 0) {
			assert_int_equal(x->level, 1);
			assert_string_equal(x->respondent, "a");
		} else if (strcmp(x->question->id, "H1") == 0) {
			assert_int_equal(x->level, LEVEL_UNKNOWN);
		} else if (strcmp(x->question->id, "H4") == 0 || x->question->needs_network) {
			assert_int_equal(x->level, LEVEL_NOT_APPLICABLE);
			assert_non_null(x->reason);
		} else {
			assert_int_equal(x->level, LEVEL_UNANSWERED);
		}
	}
	assert_string_equal(answers_profile(&a, "name"), "現場");
	assert_true(answers_standalone(&a));
	assert_null(answers_profile(&a, "role"));
	answers_free(&a);
	char *name = store_setting_get(s, "name");
	assert_string_equal(name, "現場");
	free(name);
	store_close(s);
	unlink(path);
}

/* ---- going through ---- */

static struct store *fresh_site(char *path)
{
	struct err e = { "" };
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	struct store *s = store_open(path, STORE_WRITE, &e);
	assert_non_null(s);
	return s;
}

static void put(struct store *s, const char *yaml)
{
	struct answer_list l;
	struct err e = { "" };
	if (!parse(yaml, &l, &e))
		fail_msg("%s", e.text);
	assert_true(answers_put(s, &l, &e));
	answer_list_free(&l);
}

/* The order of the steps, what is left out of them, and which is next. */
static void steps(void **state)
{
	(void)state;
	char path[] = "questionnaire.XXXXXX";
	struct err e = { "" };
	struct store *s = fresh_site(path);
	struct steps quick, all;
	struct answers a;
	steps_make(&real, true, &quick);
	steps_make(&real, false, &all);
	assert_int_equal(quick.n, real.n_profile + 25);
	assert_int_equal(all.n, real.n_profile + real.n);
	assert_string_equal(steps_id(&quick.steps[0]), "name");
	assert_string_equal(steps_id(&quick.steps[real.n_profile]), "G1");
	assert_int_equal(steps_find(&quick, "H5"), quick.n);
	assert_true(steps_find(&all, "H5") < all.n);

	assert_true(answers_load(&real, s, &a, &e));
	assert_int_equal(steps_next(&quick, &a, 0, false), 0);
	assert_int_equal(steps_back(&quick, &a, 0), 0);
	assert_int_equal(steps_progress(&quick, &a, real.n_profile + 1).place, 2);
	assert_int_equal(steps_progress(&quick, &a, 0).minutes, 25 + (real.n_profile * 15 + 59) / 60);
	answers_free(&a);

	put(s, "profile: {name: x, role: plant, networked: none}\nanswers: {G1: 1, G2: unknown}\n");
	assert_true(answers_load(&real, s, &a, &e));
	size_t subnets = steps_find(&quick, "subnets"), r2 = steps_find(&quick, "R2");
	assert_string_equal(steps_id(&quick.steps[steps_next(&quick, &a, 0, false)]), "employees");
	assert_true(steps_skipped(&quick.steps[subnets], &a));
	assert_int_equal(steps_next(&quick, &a, subnets, true), subnets + 1);
	assert_int_equal(steps_next(&quick, &a, r2, true), r2 + 1);
	assert_int_equal(steps_back(&quick, &a, r2 + 1), r2 - 1);
	assert_string_equal(steps_id(&quick.steps[steps_next(&quick, &a, real.n_profile, false)]), "G3");
	struct steps_progress p = steps_progress(&quick, &a, steps_find(&quick, "G3"));
	assert_int_equal(p.place, 3);
	assert_int_equal(p.answered, 2);
	assert_true(p.questions < 25);
	answers_free(&a);
	steps_free(&quick);
	steps_free(&all);
	store_close(s);
	unlink(path);
}

/* A new level keeps what stood beside the old one; each respondent has answers of their own. */
static void steps_stored(void **state)
{
	(void)state;
	char path[] = "questionnaire.XXXXXX";
	struct err e = { "" };
	struct store *s = fresh_site(path);
	struct answers a;
	put(s, "respondent: b\nwhen: \"2024-05-01T09:00:00Z\"\n"
	       "answers:\n  G1: {level: 3, note: why, evidence: shelf 2, recorded: true}\n");
	assert_true(answers_load(&real, s, &a, &e));
	assert_true(steps_store_level(s, a.answers[0].question, &a.answers[0], NULL, 2, NULL, NULL, &e));
	answers_free(&a);
	assert_true(answers_load(&real, s, &a, &e));
	assert_int_equal(a.answers[0].level, 2);
	assert_string_equal(a.answers[0].respondent, "b");
	assert_string_equal(a.answers[0].note, "why");
	assert_string_equal(a.answers[0].evidence, "shelf 2");
	assert_true(a.answers[0].recorded);
	answers_free(&a);

	assert_true(answers_load_own(&real, s, "c", &a, &e));
	assert_int_equal(a.answers[0].level, LEVEL_UNANSWERED);
	assert_true(steps_store_level(s, a.answers[0].question, &a.answers[0], "c", 0, NULL, NULL, &e));
	answers_free(&a);
	assert_true(answers_load_own(&real, s, "b", &a, &e));
	assert_int_equal(a.answers[0].level, 2);
	answers_free(&a);
	assert_true(answers_load_own(&real, s, "c", &a, &e));
	assert_int_equal(a.answers[0].level, 0);
	assert_null(a.answers[0].note);
	answers_free(&a);

	bool refused;
	const struct profile_question *subnets = questionnaire_profile(&real, "subnets");
	assert_false(steps_store_profile(s, subnets, "", "home", &refused, &e));
	assert_true(refused);
	assert_true(steps_store_profile(s, subnets, "", "192.168.1.0/24", &refused, &e));
	char *setting = store_setting_get(s, "subnets");
	assert_string_equal(setting, "192.168.1.0/24");
	free(setting);
	store_close(s);
	unlink(path);
}

/* ---- files that are wrong ---- */

static void wrong_files(void **state)
{
	(void)state;
	struct questionnaire q;
	struct err e = { "" };
	assert_false(questionnaire_load("no-such-folder", &q, &e));
	assert_non_null(strstr(e.text, "no-such-folder"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick_set),
		cmocka_unit_test(in_order),
		cmocka_unit_test(whole_set),
		cmocka_unit_test(both_languages),
		cmocka_unit_test(wording),
		cmocka_unit_test(stand_alone),
		cmocka_unit_test(figures),
		cmocka_unit_test(maps),
		cmocka_unit_test(file_errors),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(table_cut),
		cmocka_unit_test(in_the_site),
		cmocka_unit_test(steps),
		cmocka_unit_test(steps_stored),
		cmocka_unit_test(the_one_that_counts),
		cmocka_unit_test(wrong_files),
	};
	return cmocka_run_group_tests(tests, load_real, free_real);
}
