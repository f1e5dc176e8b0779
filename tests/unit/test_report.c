/* The view and its templates over a made-up model: strings, escaping, readers, same bytes twice. */
#include <dirent.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/path.h"
#include "report/mustache.h"
#include "report/report.h"
#include "../tests/unit/site.h"

static char *file_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s cannot be read", path);
	struct buf b;
	char part[4096];
	buf_init(&b, 4 << 20);
	for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
		buf_add(&b, part, n);
	fclose(f);
	return buf_take(&b);
}

static json_t *model_load(void)
{
	const char *top = getenv("top_srcdir");
	char path[1024];
	(void)snprintf(path, sizeof(path), "%s/tests/unit/report-model.json", top ? top : ".");
	json_error_t error;
	json_t *model = json_load_file(path, 0, &error);
	if (!model)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return model;
}

static char *make(const json_t *model, enum report_format format, enum lang lang, enum report_audience audience)
{
	struct report_options o = { .format = format, .lang = lang, .audience = audience };
	struct buf out;
	struct err e = { "" };
	buf_init(&out, REPORT_BYTES);
	if (!report_make(model, &o, &out, &e))
		fail_msg("%s", e.text);
	return buf_take(&out);
}

/* Where a developer wants to look at what comes out. */
static void show(const char *name, const char *text)
{
	const char *folder = getenv("REPORT_SHOW");
	if (!folder)
		return;
	char path[1024];
	struct err e;
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(file_save(path, text, strlen(text), &e));
}

/* The schema's lists of names are those of the program. */
static void schema_names(void **state)
{
	(void)state;
	static const struct { const char *name; const char *const *names; int n; } lists[] = {
		{ "severity", severity_names, SEVERITY_CRITICAL + 1 }, { "category", category_names, CATEGORY_MAX },
		{ "subject", subject_names, 4 }, { "domain", domain_names, DOMAIN_MAX },
		{ "grade", grade_names, GRADE_NONE }, { "lane", lane_names, LANE_MAX },
		{ "complexity", complexity_names, COMPLEXITY_HIGH + 1 }, { "downtime", downtime_names, DOWNTIME_LINE_STOP + 1 },
		{ "kind", kind_names, KIND_MAX }, { "confidence", confidence_names, 3 },
		{ "lack", assess_lack_names, LACK_MAX },
	};
	char *path = path_of("docs/report.schema.json");
	json_error_t error;
	json_t *schema = json_load_file(path, 0, &error);
	if (!schema)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		json_t *def = json_object_get(json_object_get(schema, "$defs"), lists[i].name);
		json_t *names = json_object_get(def, "enum");
		assert_int_equal(json_array_size(names), lists[i].n);
		for (int k = 0; k < lists[i].n; k++)
			assert_string_equal(json_string_value(json_array_get(names, (size_t)k)), lists[i].names[k]);
	}
	json_decref(schema);
	free(path);
}

static void both_languages(void **state)
{
	(void)state;
	json_t *model = model_load();
	static const char *const codes[] = { "en", "ja" };
	for (int lang = LANG_EN; lang <= LANG_JA; lang++) {
		for (int audience = REPORT_ALL; audience <= REPORT_CUSTOMER; audience++) {
			char name[64];
			char *html = make(model, REPORT_HTML, (enum lang)lang, (enum report_audience)audience);
			char *again = make(model, REPORT_HTML, (enum lang)lang, (enum report_audience)audience);
			assert_string_equal(html, again);
			free(again);
			(void)snprintf(name, sizeof(name), "%s-%s.html", codes[lang], report_audience_names[audience]);
			show(name, html);
			/* Self-contained, nothing to run, and nobody's name is markup. */
			assert_null(strstr(html, "http:"));
			assert_null(strstr(html, "https:"));
			assert_null(strstr(html, "<script"));
			assert_null(strstr(html, "<link"));
			assert_null(strstr(html, "\xe2\x80\xae"));
			assert_null(strstr(html, "{{"));
			free(html);
		}
		char *text = make(model, REPORT_TEXT, (enum lang)lang, REPORT_ALL);
		char name[64];
		(void)snprintf(name, sizeof(name), "%s.txt", codes[lang]);
		show(name, text);
		assert_null(strstr(text, "\xe2\x80\xae"));
		assert_null(strstr(text, "{{"));
		free(text);
		text = make(model, REPORT_MARKDOWN, (enum lang)lang, REPORT_ALL);
		(void)snprintf(name, sizeof(name), "%s.md", codes[lang]);
		show(name, text);
		assert_null(strstr(text, "<script"));
		assert_non_null(strstr(text, "&lt;script&gt;"));
		free(text);
	}
	char *html = make(model, REPORT_HTML, LANG_EN, REPORT_ALL);
	assert_non_null(strstr(html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	assert_non_null(strstr(html, "frame.number == 1198 || frame.number == 1204"));
	assert_non_null(strstr(html, "2026-11-10 09:00"));     /* Asia/Tokyo */
	free(html);
	json_decref(model);
}

/* A name stands in the running head too, which is CSS: it must not get out of its string. */
static void a_name_is_no_style(void **state)
{
	(void)state;
	json_t *model = model_load();
	json_object_set_new(json_object_get(model, "site"), "name", json_string("x\"; } body { display: none \\ </style>"));
	char *html = make(model, REPORT_HTML, LANG_EN, REPORT_ALL);
	assert_non_null(strstr(html, "x\\000022\\00003b"));
	char *style = strstr(html, "<style>"), *end = strstr(html, "</style>");
	assert_true(style && end && style < end);
	*end = 0;
	assert_null(strstr(style, "body { display: none"));
	free(html);
	json_decref(model);
}

/* What changed, from the model alone; customers are not told. */
static void what_changed(void **state)
{
	(void)state;
	json_t *model = model_load();
	json_error_t error;
	json_t *c = json_loads("{\"before\":{\"scan\":1,\"captured\":\"2026-05-10T00:00:00Z\",\"s\":20.1,\"grade\":\"D\",\"k\":0.5},"
			       "\"now\":{\"scan\":2,\"captured\":\"2026-11-10T00:00:00Z\",\"s\":34.2,\"grade\":\"D\",\"k\":0.6},"
			       "\"score\":{\"comparable\":true,\"of_n\":false,\"before\":20.1,\"now\":34.2,\"findings\":14.1,"
			       "\"coverage\":0,\"answers\":0,\"answers_told\":true},\"findings\":[{\"id\":\"GONE-1\",\"title\":"
			       "{\"en\":\"Something old\",\"ja\":\"古いもの\"},\"severity\":\"high\",\"state\":\"not_observed_again\","
			       "\"devices\":[{\"device_name\":\"<i>press</i>\",\"state\":\"not_observed_again\",\"doubt\":"
			       "\"coverage\"}]}],\"devices\":[{\"state\":\"gone\",\"label\":\"panel 3\",\"kind\":\"hmi\",\"presence\":"
			       "\"absent\",\"watched\":true}],\"actions\":[{\"id\":\"a\",\"told\":false,\"gain\":0}]}", 0, &error);
	assert_non_null(c);
	json_object_set_new(model, "comparison", c);
	char *html = make(model, REPORT_HTML, LANG_EN, REPORT_ENGINEER);
	show("en-changed.html", html);
	assert_non_null(strstr(html, "20.1 (D)"));
	assert_non_null(strstr(html, "+14.1"));
	assert_non_null(strstr(html, "Not observed again"));
	assert_non_null(strstr(html, "&lt;i&gt;press&lt;/i&gt;"));
	assert_non_null(strstr(html, "too little was captured"));
	assert_non_null(strstr(html, "panel 3"));
	free(html);
	html = make(model, REPORT_HTML, LANG_EN, REPORT_CUSTOMER);
	assert_null(strstr(html, "Something old"));
	assert_null(strstr(html, "panel 3"));
	free(html);
	json_decref(model);
}

static void a_customer_sees_no_weakness(void **state)
{
	(void)state;
	json_t *model = model_load();
	char *html = make(model, REPORT_HTML, LANG_EN, REPORT_CUSTOMER);
	assert_null(strstr(html, "FX5U"));
	assert_null(strstr(html, "Telnet with a readable password"));
	assert_null(strstr(html, "34.2"));
	assert_null(strstr(html, "¥"));
	assert_non_null(strstr(html, "evidence in hand"));
	assert_non_null(strstr(html, "Split office and factory networks"));
	free(html);
	json_decref(model);
}

/* Without answers there is no grade; without a capture it stands in brackets. */
static void half_of_it(void **state)
{
	(void)state;
	json_t *model = model_load();
	json_t *score = json_object_get(model, "score");
	json_object_set_new(json_object_get(model, "answered"), "answers", json_integer(0));
	json_object_set_new(model, "questions", json_array());
	static const char *const none[] = { "s", "low", "high", "m", "d", "grade", "grade_before" };
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		json_object_set_new(score, none[i], json_null());
	json_object_set_new(score, "caps", json_array());
	char *html = make(model, REPORT_HTML, LANG_JA, REPORT_ALL);
	show("ja-unanswered.html", html);
	assert_non_null(strstr(html, "質問への回答がまだない"));
	free(html);
	json_decref(model);

	model = model_load();
	json_object_set_new(model, "scan", json_null());
	static const char *const lists[] = { "findings", "candidates", "devices", "conduits", "operations", "conflicts",
					     "files" };
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		json_object_set_new(model, lists[i], json_array());
	json_object_set_new(json_object_get(model, "score"), "declared_only", json_true());
	html = make(model, REPORT_HTML, LANG_JA, REPORT_ALL);
	show("ja-declared.html", html);
	assert_non_null(strstr(html, "申告のみ・実測なし"));
	assert_non_null(strstr(html, "[D]"));
	free(html);
	json_decref(model);
}

/* An empty site makes a report too. */
static void nothing_at_all(void **state)
{
	(void)state;
	json_t *model = json_object();
	free(make(model, REPORT_HTML, LANG_JA, REPORT_ALL));
	free(make(model, REPORT_TEXT, LANG_EN, REPORT_ALL));
	json_decref(model);
}

/* ---- strings.yaml against what uses it ---- */

static void collect(json_t *used, const char *text, const char *mark, char stop)
{
	size_t n = strlen(mark);
	for (const char *s = text; (s = strstr(s, mark)) != NULL;) {
		s += n;
		const char *end = strchr(s, stop);
		if (!end || end - s > 100)
			continue;
		char key[128];
		(void)snprintf(key, sizeof(key), "%.*s", (int)(end - s), s);
		json_object_set_new(used, key, json_true());
	}
}

static void strings_in_step(void **state)
{
	(void)state;
	struct err e = { "" };
	json_t *strings = report_strings(&e), *used = json_object();
	if (!strings)
		fail_msg("%s", e.text);
	/* Every {{s.key}} of the templates is there, and every template parses. */
	char *folder = path_of("reports/templates");
	DIR *d = opendir(folder);
	assert_non_null(d);
	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		if (f->d_name[0] == '.')
			continue;
		char *path = xasprintf("%s/%s", folder, f->d_name), *text = file_read(path);
		bool html = strstr(f->d_name, ".html") != NULL;
		if (!mustache_lint(f->d_name, text, html, &e))
			fail_msg("%s", e.text);
		collect(used, text, "{{s.", '}');
		free(text);
		free(path);
	}
	closedir(d);
	free(folder);
	const char *key;
	json_t *value;
	json_object_foreach(used, key, value)
		if (!json_object_get(strings, key))
			fail_msg("strings.yaml lacks %s, which a template uses", key);
	/* Names that the program puts together. */
	static const struct { const char *prefix; const char *const *names; int n; } lists[] = {
		{ "severity", severity_names, SEVERITY_CRITICAL + 1 }, { "category", category_names, CATEGORY_MAX },
		{ "lane", lane_names, LANE_MAX }, { "kind", kind_names, KIND_MAX },
		{ "downtime", downtime_names, DOWNTIME_LINE_STOP + 1 }, { "grade_phrase", grade_names, GRADE_NONE },
		{ "lack", assess_lack_names, LACK_MAX }, { "confidence", confidence_names, CONF_CONFIRMED + 1 },
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (int k = 0; k < lists[i].n; k++) {
			char name[128];
			(void)snprintf(name, sizeof(name), "%s_%s", lists[i].prefix, lists[i].names[k]);
			if (!json_object_get(strings, name))
				fail_msg("strings.yaml lacks %s", name);
			json_object_set_new(used, name, json_true());
		}
	/* The sources: every key is written there between quotes, or begins with a prefix that is. */
	const char *top = getenv("top_srcdir");
	struct buf source;
	buf_init(&source, 4 << 20);
	static const char *const files[] = { "view.c", "view_front.c", "view_plan.c", "view_results.c", "view_site.c", "view_requirements.c",
					     "view_voices.c", "view_change.c", "view_declared.c", "view_sites.c", "draw.c", "draw_map.c",
					     "draw_time.c", "draw_traffic.c", "tables.c", "mail.c" };
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = xasprintf("%s/src/report/%s", top ? top : ".", files[i]), *text = file_read(path);
		buf_puts(&source, text);
		free(text);
		free(path);
	}
	static const char *const prefixes[] = { "cap", "state", "reader", "answer", "framework", "zone", "map_row", "map_sub",
						"weakness", "op", "result", "count", "requirement", "source",
						"requirement_is", "zone_row", "term", "term_is", "change", "change_is", "change_device", "doubt", "field",
						"wire", "wire_is" };
	json_object_foreach(strings, key, value) {
		char *quoted = xasprintf("\"%s\"", key);
		bool good = json_object_get(used, key) || strstr(source.data, quoted);
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]) && !good; i++) {
			size_t n = strlen(prefixes[i]);
			good = strncmp(key, prefixes[i], n) == 0 && key[n] == '_';
		}
		free(quoted);
		if (!good)
			fail_msg("strings.yaml: nobody uses %s", key);
		/* Both languages name the same values. */
		const char *en = json_string_value(json_object_get(value, "en"));
		const char *ja = json_string_value(json_object_get(value, "ja"));
		for (const char *s = en; (s = strchr(s, '{')) != NULL; s++) {
			char name[64];
			(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(s, "}") + 1, s);
			if (!strstr(ja, name))
				fail_msg("strings.yaml: %s: %s is missing in Japanese", key, name);
		}
	}
	/* And what the sources ask for by name is there. */
	static const char *const calls[] = { "view_string(v, \"", "put_string(v, o, \"x\", \"" };
	json_t *asked = json_object();
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		collect(asked, source.data, calls[i], '"');
	json_object_foreach(asked, key, value)
		if (!json_object_get(strings, key))
			fail_msg("strings.yaml lacks %s, which the view uses", key);
	json_decref(asked);
	json_decref(used);
	json_decref(strings);
	buf_done(&source);
}

/* The model of a site file: every SELECT runs, and the report over it is made. */
static void model_of_a_site(void **state)
{
	(void)state;
	struct site t;
	struct err e = { "" };
	site_init(&t);
	char *path = site_path();
	int64_t scan = site_save(&t, path);
	struct store *s = store_open(path, STORE_READ, &e);
	assert_non_null(s);
	struct assessment a = { .scan = scan };
	score_assess_build(&a);
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", "1700000000", 1), 0);
	json_t *model = report_model(s, &a, &e);
	if (!model)
		fail_msg("%s", e.text);
	assert_string_equal(json_string_value(json_object_get(model, "generated")), "2023-11-14T22:13:20Z");
	assert_int_equal(json_array_size(json_object_get(model, "devices")), SITE_DEVICES);
	assert_true(json_array_size(json_object_get(model, "conversations")) > 0);
	assert_string_equal(json_string_value(json_object_get(json_object_get(model, "scan"), "state")), "complete");
	assert_true(json_array_size(json_object_get(model, "files")) > 0);
	json_t *again = report_model(s, &a, &e);
	char *one = make(model, REPORT_JSON, LANG_EN, REPORT_ALL), *two = make(again, REPORT_JSON, LANG_JA, REPORT_ALL);
	show("site.json", one);
	assert_string_equal(one, two);
	free(one);
	free(two);
	char *html = make(model, REPORT_HTML, LANG_JA, REPORT_ALL);
	show("site.html", html);
	free(html);
	json_decref(again);
	json_decref(model);
	score_assess_free(&a);
	store_close(s);
	site_done(&t);
	site_forget(path);
}

static void save_keeps_the_old(void **state)
{
	(void)state;
	struct err e = { "" };
	char folder[] = "report-test-XXXXXX", path[64];
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/r.html", folder);
	assert_true(file_save(path, "one", 3, &e));
	assert_true(file_save(path, "two", 3, &e));
	char *text = file_read(path);
	assert_string_equal(text, "two");
	free(text);
	if (access("/dev/full", W_OK) == 0) {
		assert_false(file_save("/dev/full", "three", 5, &e));
		assert_non_null(strstr(e.text, "No space left"));
	}
	assert_false(file_save("no-such-folder/r.html", "x", 1, &e));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void evidence_in_words(void **state)
{
	(void)state;
	struct err e;
	json_t *strings = report_strings(&e);
	assert_non_null(strings);
	static const char *const texts[][3] = {
		{ "ja", "A → B: vnc vnc-no-authentication", "A → B: vnc パスワードなしのVNC" },
		{ "en", "A > B (password-in-clear)", "A > B (password in clear text)" },
		{ "ja", "Windows 10 or later (10.0)", "Windows 10以降 (10.0)" },
		{ "en", "Windows 10 or later", "Windows 10 or later" },
		{ "ja", "no-such-name, smb1, other, x or laterally", "no-such-name, smb1, other, x or laterally" },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *words = report_words(strings, texts[i][0], texts[i][1]);
		assert_string_equal(words, texts[i][2]);
		free(words);
	}
	json_decref(strings);
}

int main(void)
{
	if (!setlocale(LC_ALL, "C.UTF-8"))
		return 77;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_in_words),
		cmocka_unit_test(both_languages),
		cmocka_unit_test(a_name_is_no_style),
		cmocka_unit_test(what_changed),
		cmocka_unit_test(a_customer_sees_no_weakness),
		cmocka_unit_test(half_of_it),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(strings_in_step),
		cmocka_unit_test(schema_names),
		cmocka_unit_test(model_of_a_site),
		cmocka_unit_test(save_keeps_the_old),
	};
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
