/* The public Mustache specification, and what it does not say: escapers, strictness, caps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <yaml.h>

#include "report/mustache.h"

/* ---- the specification's YAML as JSON: it uses more of YAML than base/yaml.h takes ---- */

static json_t *scalar(const yaml_node_t *node)
{
	const char *s = (const char *)node->data.scalar.value;
	size_t n = node->data.scalar.length;
	if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		char *end;
		if (n == 0 || strcmp(s, "null") == 0 || strcmp(s, "~") == 0)
			return json_null();
		if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
			return json_boolean(s[0] == 't');
		long long i = strtoll(s, &end, 10);
		if (*end == 0)
			return json_integer(i);
		double d = strtod(s, &end);
		if (*end == 0)
			return json_real(d);
	}
	return json_stringn(s, n);
}

static json_t *convert(yaml_document_t *doc, int at)
{
	yaml_node_t *node = yaml_document_get_node(doc, at);
	assert_non_null(node);
	if (node->type == YAML_SCALAR_NODE)
		return scalar(node);
	if (node->type == YAML_SEQUENCE_NODE) {
		json_t *list = json_array();
		for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++)
			json_array_append_new(list, convert(doc, *i));
		return list;
	}
	json_t *map = json_object();
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(doc, p->key);
		json_object_set_new(map, (const char *)key->data.scalar.value, convert(doc, p->value));
	}
	return map;
}

static const char *partial(void *data, const char *name)
{
	return json_string_value(json_object_get(data, name));
}

/* How many cases of the file fail. */
static int run_file(const char *folder, const char *name, int *cases)
{
	char path[1024];
	(void)snprintf(path, sizeof(path), "%s/%s.yml", folder, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	yaml_parser_t parser;
	yaml_document_t doc;
	assert_true(yaml_parser_initialize(&parser));
	yaml_parser_set_input_file(&parser, f);
	assert_true(yaml_parser_load(&parser, &doc));
	json_t *root = convert(&doc, 1);
	int failed = 0;
	size_t i;
	json_t *test;
	json_array_foreach(json_object_get(root, "tests"), i, test) {
		struct mustache_options o = { .escape = mustache_html, .partial = partial,
					      .data = json_object_get(test, "partials") };
		struct buf out;
		struct err e = { "" };
		buf_init(&out, 65536);
		bool good = mustache_render(name, json_string_value(json_object_get(test, "template")),
					    json_object_get(test, "data"), &o, &out, &e);
		const char *want = json_string_value(json_object_get(test, "expected"));
		if (!good || strcmp(out.data, want) != 0) {
			print_error("%s: %s: want <%s>, got <%s> %s\n", name,
				    json_string_value(json_object_get(test, "name")), want, out.data, e.text);
			failed++;
		}
		(*cases)++;
		buf_done(&out);
	}
	json_decref(root);
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
	fclose(f);
	return failed;
}

static void specification(void **state)
{
	(void)state;
	const char *shared = getenv("GENBA_SHARED"), *top = getenv("top_srcdir");
	char folder[900];
	if (shared)
		(void)snprintf(folder, sizeof(folder), "%s/mustache-spec", shared);
	else
		(void)snprintf(folder, sizeof(folder), "%s/../shared/mustache-spec", top ? top : ".");
	char probe[1000];
	(void)snprintf(probe, sizeof(probe), "%s/sections.yml", folder);
	FILE *f = fopen(probe, "rb");
	if (!f) {
		print_message("skipped: no Mustache specification in %s\n", folder);
		skip();
	}
	fclose(f);
	static const char *const files[] = { "comments", "delimiters", "interpolation", "inverted", "partials",
					     "sections" };
	int failed = 0, cases = 0;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		failed += run_file(folder, files[i], &cases);
	print_message("%d cases\n", cases);
	assert_true(cases > 100);
	assert_int_equal(failed, 0);
}

/* ---- our own ---- */

static char *once(const char *source, const char *json, void (*escape)(struct buf *, const char *), size_t cap,
		  struct err *e)
{
	json_t *context = json_loads(json, 0, NULL);
	assert_non_null(context);
	json_t *partials = json_pack("{s:s}", "loop", "x{{>loop}}");
	struct mustache_options o = { .escape = escape, .partial = partial, .data = partials };
	struct buf out;
	buf_init(&out, cap);
	bool good = mustache_render("t", source, context, &o, &out, e);
	json_decref(partials);
	json_decref(context);
	if (good)
		return buf_take(&out);
	buf_done(&out);
	return NULL;
}

static void renders(const char *source, const char *json, void (*escape)(struct buf *, const char *),
		    const char *want)
{
	struct err e = { "" };
	char *s = once(source, json, escape, 4096, &e);
	assert_string_equal(e.text, "");
	assert_string_equal(s, want);
	free(s);
}

static void fails(const char *source, const char *json, const char *want)
{
	struct err e = { "" };
	char *s = once(source, json, mustache_html, 100, &e);
	assert_null(s);
	if (!strstr(e.text, want))
		fail_msg("want \"%s\" in \"%s\"", want, e.text);
}

static void escapers(void **state)
{
	(void)state;
	const char *evil = "{\"x\":\"<b a='1'>\\u001b[2J\\u202eabc\"}";
	renders("{{x}}", evil, mustache_html, "&lt;b a=&#39;1&#39;&gt;\\u{001B}[2J\\u{202E}abc");
	renders("{{x}}", evil, mustache_text, "<b a='1'>\\x1b[2J\\u{202e}abc");
	renders("{{x}}", "{\"x\":\"# *a* [l](u) | <i>\\n- x\"}", mustache_markdown,
		"\\# \\*a\\* \\[l\\](u) \\| &lt;i&gt; - x");
	renders("{{x}}", "{\"x\":\"- a\"}", mustache_markdown, "\\- a");
	renders("{{x}}", "{\"x\":\"12. a 3.4\"}", mustache_markdown, "12\\. a 3.4");
	renders("{{x}}", "{\"x\":\"see http://a or WWW.b\"}", mustache_markdown, "see http\\://a or WWW\\.b");
}

static void strictness(void **state)
{
	(void)state;
	struct err e;
	assert_true(mustache_lint("t", "{{a}}{{#b}}{{>c}}{{/b}}{{! x }}", true, &e));
	assert_false(mustache_lint("t", "\n{{{a}}}", true, &e));
	assert_non_null(strstr(e.text, "t:2: "));
	assert_false(mustache_lint("t", "{{&a}}", true, &e));
	assert_false(mustache_lint("t", "{{=<% %>=}}", true, &e));
	assert_true(mustache_lint("t", "{{{a}}}{{&a}}{{=<% %>=}}<% a %>", false, &e));
}

static void mistakes(void **state)
{
	(void)state;
	fails("a\n{{#x}}", "{}", "t:2: section x is never closed");
	fails("{{#x}}\n{{/y}}", "{}", "t:2: expected /x (opened in line 1), got /y");
	fails("{{/x}}", "{}", "nothing is open");
	fails("{{x", "{}", "never closed by }}");
	fails("{{ a b }}", "{}", "no blanks");
	fails("{{}}", "{}", "needs a name");
	fails("{{=x=}}", "{}", "two delimiters");
	fails("{{>loop}}", "{}", "includes itself");
	fails("{{#l}}{{#l}}{{#l}}abcdefgh{{/l}}{{/l}}{{/l}}", "{\"l\":[1,2,3,4]}", "longer than");
	char deep[8 * 70 + 1] = "";
	for (int i = 0; i < 70; i++)
		memcpy(deep + 6 * i, "{{#x}}", 7);
	fails(deep, "{}", "nested too deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specification),
		cmocka_unit_test(escapers),
		cmocka_unit_test(strictness),
		cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests_name("mustache", tests, NULL, NULL);
}
