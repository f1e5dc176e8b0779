/* The configuration of a job: the annotated example, what is taken, and what is refused with line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run/config.h"

static struct run_config *parse(const char *text)
{
	struct err e = { "" };
	struct run_config *c = run_config_parse("etc/job.yaml", text, strlen(text), &e);
	if (!c)
		fail_msg("%s", e.text);
	return c;
}

static void refused(const char *text, const char *where, const char *why)
{
	struct err e = { "" };
	struct run_config *c = run_config_parse("job.yaml", text, strlen(text), &e);
	if (c)
		fail_msg("taken: %s", text);
	if (strncmp(e.text, where, strlen(where)) != 0 || !strstr(e.text, why))
		fail_msg("expected \"%s … %s\", got \"%s\"", where, why, e.text);
}

static void example(void **state)
{
	(void)state;
	const char *top = getenv("top_srcdir");
	char *path = xasprintf("%s/docs/example-run.yaml", top ? top : "."), *site = xasprintf("%s/docs/factory.genba",
											      top ? top : ".");
	struct err e = { "" };
	struct run_config *c = run_config_load(path, &e);
	if (!c)
		fail_msg("%s", e.text);
	assert_string_equal(c->site, site);
	assert_int_equal(c->lang, LANG_JA);
	assert_int_equal(c->scan.duration, 24 * 3600);
	assert_null(c->scan.interfaces);
	assert_int_equal(c->report.format, REPORT_HTML);
	assert_int_equal(c->report.retain, 90 * 24 * 3600);
	assert_int_equal(c->newest, 30);
	assert_true(c->monthly);
	assert_int_equal(c->mail.when, RUN_CHANGED);
	assert_int_equal(c->mail.attach, RUN_ATTACH_NONE);
	assert_int_equal(c->mail.security, MAIL_STARTTLS);
	assert_string_equal(c->fail_on[1], "grade:D");
	run_config_free(c);
	free(site);
	free(path);
}

static void small_and_whole(void **state)
{
	(void)state;
	struct run_config *c = parse("site: a.genba\nscan: {interface: eth1, duration: 30m}\n");
	assert_string_equal(c->site, "etc/a.genba");
	assert_string_equal(c->scan.interfaces[0], "eth1");
	assert_int_equal(c->scan.duration, 1800);
	assert_int_equal(c->lang, -1);
	assert_false(c->report.made || c->mail.sent);
	run_config_free(c);
	c = parse("site: /v/a.genba\nkeep_scans: all\nscan: {interface: [eth1, eth2], keep: {directory: kept, size: 20G}}\n"
		  "report: {directory: r, retain: all}\n"
		  "mail: {server: mx, user: u, secret_file: pw, from: a@b.jp, to: c@d.jp, when: high, attach: report}\n");
	assert_int_equal(c->newest, 0);
	assert_int_equal(c->report.retain, 0);
	assert_string_equal(c->mail.secret_file, "etc/pw");
	assert_string_equal(c->mail.spool, "/v/a.genba.spool");
	assert_int_equal(c->mail.when, RUN_HIGH);
	assert_string_equal(c->scan.keep.directory, "etc/kept");
	assert_int_equal(c->scan.keep.size, INT64_C(20) << 30);
	run_config_free(c);
}

static void units(void **state)
{
	(void)state;
	int64_t n = 0;
	assert_true(run_seconds("2w", &n) && n == 14 * 24 * 3600);
	assert_true(run_bytes("500M", &n) && n == INT64_C(500) << 20);
	static const char *const bad[] = { "", "h", "24", "0h", "-1h", "24hh", "24 h", "1.5h", "99999999999d", "24H" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(run_seconds(bad[i], &n));
	assert_false(run_bytes("10g", &n));
	assert_false(run_bytes("16777216T", &n));
}

#define JOB "site: a.genba\nscan: {files: [x]}\n"
#define MAIL "mail: {server: mx, from: a@b.jp, to: [c@d.jp]"

static void mistakes(void **state)
{
	(void)state;
	refused("scan: {files: [x]}\n", "job.yaml:1:", "site");
	refused("site: ''\nscan: {files: [x]}\n", "job.yaml:1:", "nothing in it");
	refused("site: a.genba\n", "job.yaml:1:", "scan");
	refused(JOB "sacn: 1\n", "job.yaml:3:1:", "unknown key");
	refused("site: a\nscan:\n  files: [x]\n  durration: 1h\n", "job.yaml:4:3:", "unknown key");
	refused("site: a\nscan:\n  files: [x]\n  duration: 1 day\n", "job.yaml:4:", "expected a number with s, m, h, d or w");
	refused("site: a\nscan: {files: [x], interface: eth1}\n", "job.yaml:2:", "either interface");
	refused("site: a\nscan: {files: []}\n", "job.yaml:2:", "either interface");
	refused("site: a\nscan: {files: [x], keep: {directory: k, age: 1d}}\n", "job.yaml:2:", "belongs to interface");
	refused("site: a\nscan: {files: [x], snapshot: 1m}\n", "job.yaml:2:", "belongs to interface");
	refused("site: a\nscan: {interface: [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q]}\n", "job.yaml:2:", "16 at most");
	refused("site: a\nscan: {interface: e, keep: {directory: k}}\n", "job.yaml:2:", "or the disk fills up");
	refused(JOB "report: {format: html}\n", "job.yaml:3:", "directory");
	refused(JOB "report: {format: word, directory: r}\n", "job.yaml:3:", "format");
	refused(JOB "report: {directory: r, with_grade: true}\n", "job.yaml:3:", "for: customer");
	refused(JOB "report: {directory: r, format: json, for: engineer}\n", "job.yaml:3:", "whole model");
	refused(JOB "keep_scans: {newest: 1}\n", "job.yaml:3:", "2 or more");
	refused(JOB "fail_on: [high,\n  new:things]\n", "job.yaml:4:3:", "things");
	refused(JOB "fail_on: grade:F\n", "job.yaml:3:", "from A to E");
	refused(JOB MAIL ", when: never}\n", "job.yaml:3:", "when");
	refused(JOB MAIL ", port: 70000}\n", "job.yaml:3:", "1 to 65535");
	refused(JOB MAIL ", user: u}\n", "job.yaml:3:", "go together");
	refused(JOB MAIL ", password: p}\n", "job.yaml:3:", "unknown key");
	refused(JOB MAIL ", attach: report}\n", "job.yaml:3:", "no section report");
	refused(JOB "report: {directory: r}\n" MAIL ", attach: masked}\n", "job.yaml:4:", "goes with mask: true");
	refused(JOB "report: {directory: r}\n" MAIL ", attach: report, mask: true}\n", "job.yaml:4:", "attach: masked");
	refused(JOB "mail: {server: mx, from: nobody, to: [c@d.jp]}\n", "job.yaml:3:", "from:");
	refused(JOB "mail: {server: mx, from: a@b.jp, to: [c@d.jp,\n  d]}\n", "job.yaml:4:3:", "to:");
	refused(JOB "mail: {server: mx, from: a@b.jp, to: []}\n", "job.yaml:3:", "1 to 100 addresses");
	refused("site: a\nsite: b\nscan: {files: [x]}\n", "job.yaml:2:", "site");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example), cmocka_unit_test(small_and_whole), cmocka_unit_test(units),
		cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
