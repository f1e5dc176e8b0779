#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/yaml.h"

static struct yaml_doc *parse(const char *text)
{
	struct err e = { "" };
	struct yaml_doc *doc = yaml_parse("t.yaml", text, strlen(text), &e);
	if (!doc)
		fail_msg("%s", e.text);
	return doc;
}

static void refused_n(const char *text, size_t n, const char *want)
{
	struct err e = { "" };
	assert_null(yaml_parse("t.yaml", text, n, &e));
	assert_string_equal(e.text, want);
}

static void refused(const char *text, const char *want)
{
	refused_n(text, strlen(text), want);
}

static void a_tree_in_file_order(void **state)
{
	(void)state;
	struct yaml_doc *doc = parse("b: 1\na: [x, 'null', ~]\nc:\n  ja: 現場\n");
	const struct yaml *root = yaml_root(doc);
	assert_int_equal(yaml_kind(root), YAML_MAP);
	assert_int_equal(yaml_count(root), 3);
	assert_string_equal(yaml_key(root, 0), "b");
	assert_string_equal(yaml_text(yaml_at(root, 0)), "1");
	const struct yaml *a = yaml_get(root, "a");
	assert_int_equal(yaml_kind(a), YAML_LIST);
	assert_int_equal(yaml_line(a), 2);
	assert_string_equal(yaml_text(yaml_at(a, 1)), "null");
	assert_string_equal(yaml_text(yaml_at(a, 2)), "");
	assert_null(yaml_at(a, 3));
	assert_null(yaml_text(a));
	assert_null(yaml_key(a, 0));
	assert_null(yaml_get(root, "d"));
	assert_string_equal(yaml_text(yaml_get(yaml_get(root, "c"), "ja")), "現場");
	yaml_doc_free(doc);
}

static void what_it_refuses(void **state)
{
	(void)state;
	refused("a: &x 1\n", "t.yaml:1:4: anchors (&name) are not allowed");
	refused("a: *x\n", "t.yaml:1:4: aliases (*name) are not allowed");
	refused("a: !!int 1\n", "t.yaml:1:4: tags (!name) are not allowed");
	refused("a: !!set {}\n", "t.yaml:1:4: tags (!name) are not allowed");
	refused("a: 1\nb: 2\na: 3\n", "t.yaml:3:1: a: this key stands twice, first on line 1");
	refused("? [a]\n: 1\n", "t.yaml:1:3: expected a key, got a list or a map");
	refused("\"\": 1\n", "t.yaml:1:1: expected a key, got nothing");
	refused("", "t.yaml:1:1: expected a document, got an empty file");
	refused("a: 1\n---\nb: 2\n", "t.yaml:2:1: expected one document, got a second");
	refused("a: \"x\\0y\"\n", "t.yaml:1:4: text with a NUL inside is not allowed");
	refused("a: 1\nb: \xff\n", "t.yaml:2:4: invalid leading UTF-8 octet");
}

static void bad_syntax_has_a_place(void **state)
{
	(void)state;
	struct err e = { "" };
	assert_null(yaml_parse("t.yaml", "a: 1\nb: [1\n", 11, &e));
	assert_memory_equal(e.text, "t.yaml:3:1: ", 12);
}

static void caps_on_depth_and_size(void **state)
{
	(void)state;
	struct yaml_doc *doc = parse("[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]");
	yaml_doc_free(doc);
	refused("[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]", "t.yaml:1:17: nested deeper than 16 levels");
	size_t n = (1 << 20) + 1;
	char *big = malloc(n);
	memset(big, ' ', n);
	refused_n(big, n, "t.yaml: larger than 1 MiB, which is more than any file of this kind needs");
	free(big);
}

struct bound {
	char *id;
	struct text2 title;
	int version, severity;
	double above;
	bool on;
	char **list;
	const struct yaml *rest;
};

static const char *const severities[] = { "low", "medium", "high", NULL };
static const struct yaml_field fields[] = {
	{ "id", YAML_STRING, offsetof(struct bound, id), true, NULL },
	{ "title", YAML_TEXT2, offsetof(struct bound, title), false, NULL },
	{ "version", YAML_INT, offsetof(struct bound, version), false, NULL },
	{ "severity", YAML_ENUM, offsetof(struct bound, severity), false, severities },
	{ "above", YAML_NUMBER, offsetof(struct bound, above), false, NULL },
	{ "on", YAML_BOOL, offsetof(struct bound, on), false, NULL },
	{ "list", YAML_STRINGS, offsetof(struct bound, list), false, NULL },
	{ "rest", YAML_NODE, offsetof(struct bound, rest), false, NULL },
	{ NULL, 0, 0, false, NULL },
};

static void a_table_binds_a_map(void **state)
{
	(void)state;
	struct err e = { "" };
	struct yaml_doc *doc = parse("id: X-1\ntitle: {en: a, ja: あ}\nversion: 3\nseverity: high\nabove: 0.05\n"
				     "on: true\nlist: [SR 3.4, b]\nrest: [1]\n");
	struct bound b = { 0 };
	assert_true(yaml_bind(yaml_root(doc), fields, &b, &e));
	assert_string_equal(b.id, "X-1");
	assert_string_equal(b.title.ja, "あ");
	assert_int_equal(b.version, 3);
	assert_int_equal(b.severity, 2);
	assert_true(b.above > 0.049 && b.above < 0.051);
	assert_true(b.on);
	assert_string_equal(b.list[0], "SR 3.4");
	assert_null(b.list[2]);
	assert_int_equal(yaml_count(b.rest), 1);
	yaml_unbind(fields, &b);
	assert_null(b.id);
	yaml_doc_free(doc);

	doc = parse("id: X\nlist: one\nversion:\n");
	b = (struct bound){ 0 };
	assert_true(yaml_bind(yaml_root(doc), fields, &b, &e));
	assert_string_equal(b.list[0], "one");
	assert_null(b.list[1]);
	yaml_unbind(fields, &b);
	yaml_doc_free(doc);
}

static void does_not_bind(const char *text, const char *want)
{
	struct err e = { "" };
	struct yaml_doc *doc = parse(text);
	struct bound b = { 0 };
	assert_false(yaml_bind(yaml_root(doc), fields, &b, &e));
	assert_string_equal(e.text, want);
	yaml_unbind(fields, &b);
	yaml_doc_free(doc);
}

static void binding_says_what_is_wrong(void **state)
{
	(void)state;
	does_not_bind("id: X\nseverity: hgih\n",
		      "t.yaml:2:11: severity: expected low, medium or high, got \"hgih\"");
	does_not_bind("severity: low\n", "t.yaml:1:1: id: expected text, got nothing");
	does_not_bind("id:\n", "t.yaml:1:4: id: expected text, got nothing");
	does_not_bind("id: [a]\n", "t.yaml:1:5: id: expected text, got a list");
	does_not_bind("id: X\nversion: 1.5\n", "t.yaml:2:10: version: expected a whole number, got \"1.5\"");
	does_not_bind("id: X\nversion: 99999999999\n",
		      "t.yaml:2:10: version: expected a whole number, got \"99999999999\"");
	does_not_bind("id: X\nabove: nan\n", "t.yaml:2:8: above: expected a number, got \"nan\"");
	does_not_bind("id: X\non: yes\n", "t.yaml:2:5: on: expected true or false, got \"yes\"");
	does_not_bind("id: X\ntitle: {en: a}\n",
		      "t.yaml:2:8: title: expected text in both languages, got no ja");
	does_not_bind("id: X\ntitle: {en: a, jp: b}\n", "t.yaml:2:16: title: expected en or ja, got \"jp\"");
	does_not_bind("id: X\nlist: [a, {}]\n", "t.yaml:2:11: list: expected a list of texts, got a map");
	does_not_bind("id: X\nidd: 1\n", "t.yaml:2:1: unknown key: expected id, title, version, severity, above, "
					 "on, list or rest, got \"idd\"");
	does_not_bind("[a]\n", "t.yaml:1:1: expected a map, got a list");
	/* Terminal control bytes in a file do not reach the terminal through a message. */
	does_not_bind("id: X\nversion: \"\\e[31m\"\n",
		      "t.yaml:2:10: version: expected a whole number, got \"\\x1b[31m\"");
}

static void files(void **state)
{
	(void)state;
	struct err e = { "" };
	assert_null(yaml_load("/nonexistent/x.yaml", &e));
	assert_string_equal(e.text, "/nonexistent/x.yaml: No such file or directory");
	assert_null(yaml_load("/", &e));
	assert_string_equal(e.text, "/: Is a directory");
	char path[] = "/tmp/genba-yaml-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "a: 1\n", 5), 5);
	close(fd);
	struct yaml_doc *doc = yaml_load(path, &e);
	unlink(path);
	assert_non_null(doc);
	assert_string_equal(yaml_text(yaml_get(yaml_root(doc), "a")), "1");
	yaml_doc_free(doc);
	yaml_doc_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_in_file_order),
		cmocka_unit_test(what_it_refuses),
		cmocka_unit_test(bad_syntax_has_a_place),
		cmocka_unit_test(caps_on_depth_and_size),
		cmocka_unit_test(a_table_binds_a_map),
		cmocka_unit_test(binding_says_what_is_wrong),
		cmocka_unit_test(files),
	};
	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
