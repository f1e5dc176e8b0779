#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/buf.h"
#include "base/lang.h"
#include "cli/cli.h"

/* What the last run saw. */
static char seen[400];
static int answer;

static int run_seen(struct cli *c, struct err *e)
{
	static const char *const formats[] = { "text", "json", "csv", NULL };
	char *const *args;
	size_t n = cli_args(c, &args);
	int format = cli_choice(c, "format", formats, 0, e);
	if (format < 0)
		return EXIT_USAGE_ERROR;
	int at = snprintf(seen, sizeof seen, "site=%s loud=%d out=%s format=%s", cli_site(c), cli_has(c, "loud"),
			  cli_get(c, "out") ? cli_get(c, "out") : "-", formats[format]);
	for (size_t i = 0; i < n; i++)
		at += snprintf(seen + at, sizeof seen - (size_t)at, " [%s]", args[i]);
	if (answer == EXIT_FAILED)
		err_set(e, "it broke");
	return answer;
}

static const struct cli_option options[] = {
	{ 'l', "loud", NULL, "be loud" },
	{ 'o', "out", "FILE", "where" },
	{ 0, "format", "text|json|csv", "how" },
	{ 0 },
};
static const struct command scan = { "scan", "FILE...", "scan it", NULL, options, run_seen };
static const struct command checks_list = { "checks list", "", "list them", NULL, options, run_seen };
static const struct command checks_lint = { "checks lint", "", "lint them", NULL, NULL, run_seen };
/* Stands in for the program's own table. */
const struct command *const commands[] = { &scan, &checks_list, &checks_lint, NULL };

/* Run with output and errors into files, which are read back. */
static int cli(char *out, size_t out_size, char *err, size_t err_size, const char *line)
{
	char copy[300], *argv[20] = { 0 };
	int argc = 0;
	snprintf(copy, sizeof copy, "%s", line);
	for (char *save, *word = strtok_r(copy, " ", &save); word && argc < 19; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	FILE *files[2] = { tmpfile(), tmpfile() };
	int saved[2] = { dup(1), dup(2) };
	fflush(stdout);
	dup2(fileno(files[0]), 1);
	dup2(fileno(files[1]), 2);
	int status = cli_main(argc, argv);
	fflush(stdout);
	dup2(saved[0], 1);
	dup2(saved[1], 2);
	char *into[2] = { out, err };
	size_t size[2] = { out_size, err_size };
	for (int i = 0; i < 2; i++) {
		rewind(files[i]);
		size_t n = fread(into[i], 1, size[i] - 1, files[i]);
		into[i][n] = 0;
		fclose(files[i]);
		close(saved[i]);
	}
	return status;
}

static char out[8000], err[2000];
#define CLI(line) cli(out, sizeof out, err, sizeof err, line)

static void options_and_arguments(void **state)
{
	(void)state;
	unsetenv("GENBA_SITE");
	answer = EXIT_DONE;
	assert_int_equal(CLI("genba scan a.pcap -l --out=x b.pcap -o y -- -c"), 0);
	assert_string_equal(seen, "site=site.genba loud=1 out=y format=text [a.pcap] [b.pcap] [-c]");
	assert_int_equal(CLI("genba -s one.genba scan --format csv"), 0);
	assert_string_equal(seen, "site=one.genba loud=0 out=- format=csv");
	setenv("GENBA_SITE", "env.genba", 1);
	assert_int_equal(CLI("genba checks list --site two.genba -lofile"), 0);
	assert_string_equal(seen, "site=two.genba loud=1 out=file format=text");
	assert_int_equal(CLI("genba checks list"), 0);
	assert_string_equal(seen, "site=env.genba loud=0 out=- format=text");
	unsetenv("GENBA_SITE");
	assert_string_equal(err, "");
}

static void exit_status(void **state)
{
	(void)state;
	answer = EXIT_FAIL_ON;
	assert_int_equal(CLI("genba scan"), 1);
	assert_string_equal(err, "");
	answer = EXIT_FAILED;
	assert_int_equal(CLI("genba scan"), 2);
	assert_string_equal(err, "genba: it broke\n");
	answer = EXIT_DONE;
}

static void usage_errors(void **state)
{
	(void)state;
	static const char *const lines[][2] = {
		{ "genba scna", "genba: no command \"scna\"; did you mean \"scan\"?\n" },
		{ "genba checks lst", "genba: \"checks\" is half a command: one of \"checks list\", \"checks lint\"\n" },
		{ "genba checkslist", "genba: no command \"checkslist\"; did you mean \"checks list\"?\n" },
		{ "genba xyzzyxyzzy", "genba: no command \"xyzzyxyzzy\"; \"genba help\" lists them\n" },
		{ "genba scan --nope", "genba: unknown or ambiguous option --nope; see \"genba scan --help\"\n" },
		{ "genba scan -x", "genba: unknown option -x; see \"genba scan --help\"\n" },
		{ "genba scan -o", "genba: --out needs a value: FILE\n" },
		{ "genba scan --loud=3", "genba: --loud takes no value\n" },
		{ "genba scan --format xml", "genba: --format xml: expected text, json or csv\n" },
		{ "genba --lang fr scan", "genba: --lang fr: genba speaks ja and en\n" },
		{ "genba help nothing", "genba: no command \"nothing\"; \"genba help\" lists them\n" },
		{ "genba sc\x1b[31m", "genba: no command \"sc\\x1b[31m\"; \"genba help\" lists them\n" },
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		assert_int_equal(CLI(lines[i][0]), 64);
		assert_string_equal(err, lines[i][1]);
		assert_string_equal(out, "");
	}
}

static void help_and_version(void **state)
{
	(void)state;
	assert_int_equal(CLI("genba --version"), 0);
	assert_string_equal(out, "genba " VERSION "\n");
	assert_int_equal(CLI("genba"), 0);
	assert_non_null(strstr(out, "\n  checks list  list them\n"));
	assert_int_equal(CLI("genba help checks list"), 0);
	assert_non_null(strstr(out, "Usage: genba checks list [OPTION]...\n"));
	char first[sizeof out];
	memcpy(first, out, sizeof out);
	assert_int_equal(CLI("genba checks list -h"), 0);
	assert_string_equal(out, first);
	assert_int_equal(CLI("genba --help checks list"), 0);
	assert_string_equal(out, first);
	assert_int_equal(CLI("genba man"), 0);
	assert_non_null(strstr(out, ".SS \"genba scan FILE...\"\n"));
}

static const struct list_column columns[] = {
	{ "id", "Id", true },
	{ "name", "Name", false },
	{ "share", "Share", true },
	{ 0 },
};

static int run_listing(struct cli *c, struct err *e)
{
	(void)c;
	struct list *l = list_new((enum list_format)answer, "genba.things/1", "things", columns);
	list_int(l, 1);
	list_text(l, "現場\x1b[2J");
	list_real(l, 0.1);
	list_int(l, 20);
	list_text(l, "=cmd,\"x\"");
	list_null(l);
	list_int(l, -3);
	list_text(l, NULL);
	return list_finish(l, e) ? EXIT_DONE : EXIT_FAILED;
}

static void listings(void **state)
{
	(void)state;
	struct err e;
	static const char *const want[] = {
		"Id  Name         Share\n"
		" 1  現場\\x1b[2J    0.1\n"
		"20  =cmd,\"x\"         -\n"
		"-3  -                -\n",
		"{\n  \"schema\": \"genba.things/1\",\n  \"things\": [\n"
		"    {\n      \"id\": 1,\n      \"name\": \"現場\\u001B[2J\",\n      \"share\": 0.1\n    },\n"
		"    {\n      \"id\": 20,\n      \"name\": \"=cmd,\\\"x\\\"\",\n      \"share\": null\n    },\n"
		"    {\n      \"id\": -3,\n      \"name\": null,\n      \"share\": null\n    }\n  ]\n}\n",
		"id,name,share\n1,現場\\x1b[2J,0.1\n20,\"'=cmd,\"\"x\"\"\",\n-3,,\n",
	};
	for (answer = LIST_TEXT; answer <= LIST_CSV; answer++) {
		FILE *f = tmpfile();
		int saved = dup(1);
		fflush(stdout);
		dup2(fileno(f), 1);
		int status = run_listing(NULL, &e);
		dup2(saved, 1);
		close(saved);
		rewind(f);
		out[fread(out, 1, sizeof out - 1, f)] = 0;
		fclose(f);
		assert_int_equal(status, EXIT_DONE);
		assert_string_equal(out, want[answer]);
	}
	answer = EXIT_DONE;
}

static void full_disk(void **state)
{
	(void)state;
	struct err e = { "" };
	FILE *full = fopen("/dev/full", "w");
	if (!full)
		skip();
	int saved = dup(1);
	fflush(stdout);
	dup2(fileno(full), 1);
	int status = run_listing(NULL, &e);
	clearerr(stdout);
	dup2(saved, 1);
	close(saved);
	fclose(full);
	assert_int_equal(status, EXIT_FAILED);
	assert_string_equal(e.text, "cannot write the output: No space left on device");
}

static void csv_cells(void **state)
{
	(void)state;
	static const char *const cells[][2] = {
		{ "plain", "plain" },         { "", "" },
		{ "a,b", "\"a,b\"" },         { "a\r\nb", "\"a\nb\"" },
		{ "-1+2", "\"'-1+2\"" },      { " =1", "\"' =1\"" },
		{ "@SUM", "\"'@SUM\"" },      { "＝1", "\"'＝1\"" },
		{ "a\"b", "\"a\"\"b\"" },     { "\t=1", "\"'\t=1\"" },
	};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		struct buf b;
		buf_init(&b, 100);
		csv_cell(&b, cells[i][0]);
		assert_string_equal(b.data, cells[i][1]);
		buf_done(&b);
	}
}

int main(void)
{
	struct err e;
	if (!lang_init("en", &e))
		return 1;
	unsetenv("LANGUAGE");
	setenv("LC_ALL", "C.UTF-8", 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_arguments),
		cmocka_unit_test(exit_status),
		cmocka_unit_test(usage_errors),
		cmocka_unit_test(help_and_version),
		cmocka_unit_test(listings),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(csv_cells),
	};
	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
