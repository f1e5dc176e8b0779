/*
 * Two scans of the small factory of site.c, each a little different, under three checks of the test's own: what is
 * called new, fixed, gone, and above all what is not.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/path.h"
#include "diff/diff.h"
#include "site.h"

static struct err e;

/* ---- the checks ---- */

#define REST \
	"title: {en: t, ja: t}\nwhy: {en: w, ja: w}\nfalse_positives: {en: f, ja: f}\nmaps: {}\n" \
	"examples: {fail: '', pass: ''}\nversion: 1\n"
static const struct { const char *name, *text; } check_files[] = {
	{ "weak", REST "id: T-WEAK-001\nseverity_when: {confined: medium, crosses_zone: high}\ncategory: protocol\n"
		  "subject: device\nneeds: SELECT 1 FROM v_coverage WHERE mirror = 1\n"
		  "population: SELECT id FROM v_device WHERE internet = 0\naction: restrict-controller-access\n"
		  "query: SELECT device_id AS id, evidence_id, confidence, 0 AS crosses_zone FROM v_weakness\n" },
	{ "xp", REST "id: T-XP-001\nseverity: critical\ncategory: platform\nsubject: device\n"
		"population: SELECT id FROM v_device WHERE internet = 0\naction: replace-old-pc\n"
		"query: SELECT id, evidence_id FROM v_device WHERE os = 'Windows XP'\n" },
	{ "twice", REST "id: T-TWICE-001\nseverity: low\ncategory: stability\nsubject: site\naction: fix-duplicate-address\n"
		   "query: SELECT address AS detail, evidence_id FROM v_conflict\n" },
};
enum { CHECK_FILES = sizeof check_files / sizeof *check_files };
static char data[] = P_tmpdir "/genba-test-XXXXXX";

/* A data folder with these checks, and the real questionnaires and actions. */
static int make_data(void **state)
{
	(void)state;
	static const char *const real[] = { "questionnaires", "actions" };
	assert_non_null(mkdtemp(data));
	char *folder = xasprintf("%s/checks", data);
	assert_int_equal(mkdir(folder, 0700), 0);
	for (size_t i = 0; i < CHECK_FILES; i++) {
		char *path = xasprintf("%s/%s.yaml", folder, check_files[i].name);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(check_files[i].text, f);
		fclose(f);
		free(path);
	}
	free(folder);
	for (int i = 0; i < 2; i++) {
		char *from = path_of(real[i]), *whole = realpath(from, NULL), *to = xasprintf("%s/%s", data, real[i]);
		assert_non_null(whole);
		assert_int_equal(symlink(whole, to), 0);
		free(from);
		free(whole);
		free(to);
	}
	return setenv("GENBA_DATA", data, 1);
}

static int remove_data(void **state)
{
	(void)state;
	static const char *const names[] = { "checks/weak.yaml", "checks/xp.yaml", "checks/twice.yaml", "checks",
					     "questionnaires", "actions", "" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *path = xasprintf("%s/%s", data, names[i]);
		remove(path);
		free(path);
	}
	return 0;
}

/* ---- scans ---- */

/* Ten hours of one network at a mirror port: enough to prove something. */
static void factory(struct site *t)
{
	site_init(t);
	for (int i = 60; i < 600; i++)
		observe_minute(t->o, INT64_C(1714554000000000000) + i * INT64_C(60000000000), true);
}

static char *new_file(void)
{
	char *path = site_path();
	struct store *s = store_open(path, STORE_WRITE, &e);
	assert_non_null(s);
	assert_true(store_setting_set(s, "subnets", "one", &e));
	store_close(s);
	return path;
}

static int64_t save(struct site *t, const char *path)
{
	int64_t id = site_save(t, path);
	site_done(t);
	return id;
}

/* Without the password-less command, the cloud, the conflict, the PLC … */
static void without_weakness(struct site *t) { t->inv.n_ops = 1; }
static void without_conflict(struct site *t) { t->inv.n_conflicts = 0; }
static void without_cloud(struct site *t)
{
	t->inv.n_devices = SITE_CLOUD;
	t->inv.n_convs = 1;
}
static void pc_alone(struct site *t)
{
	t->inv.n_devices = SITE_PLC;
	t->inv.n_convs = t->inv.n_ops = t->inv.n_conflicts = 0;
}

/* Two scans of a site file and their difference. */
struct pair {
	struct store *s[2];
	struct assessment before, now;
	struct diff d;
};

static void compare_files(struct pair *p, const char *const paths[2], int64_t a, int64_t b)
{
	p->s[0] = store_open(paths[0], STORE_READ, &e);
	p->s[1] = paths[1] == paths[0] ? p->s[0] : store_open(paths[1], STORE_READ, &e);
	assert_true(p->s[0] && p->s[1]);
	if (!score_assess(p->s[0], a, &p->before, &e) || !score_assess(p->s[1], b, &p->now, &e) ||
	    !diff_make(p->s, &p->before, &p->now, &p->d, &e))
		fail_msg("%s", e.text);
	/* Whatever happened: the parts of the difference make up the whole. */
	const struct diff_score *s = &p->d.score;
	if (s->comparable)
		assert_true(fabs(s->findings + s->coverage + s->answers - (s->now - s->before)) < 0.051);
	/* What is new here is new for findings --fail-on as well. */
	for (size_t i = 0; i < p->d.n_findings; i++) {
		const struct diff_finding *f = &p->d.findings[i];
		if (f->now && !f->accepted)
			assert_int_equal(check_is_new(f->now, &p->before.results), f->count[DIFF_FINDING_NEW] > 0);
	}
}

static void compare(struct pair *p, const char *path, int64_t a, int64_t b)
{
	const char *const paths[2] = { path, path };
	compare_files(p, paths, a, b);
}

static void done(struct pair *p)
{
	diff_free(&p->d);
	score_assess_free(&p->before);
	score_assess_free(&p->now);
	store_close(p->s[0]);
	if (p->s[1] != p->s[0])
		store_close(p->s[1]);
}

static const struct diff_finding *finding(const struct pair *p, const char *id)
{
	for (size_t i = 0; i < p->d.n_findings; i++)
		if (strcmp((p->d.findings[i].now ? p->d.findings[i].now : p->d.findings[i].before)->check->id, id) == 0)
			return &p->d.findings[i];
	return NULL;
}

static void expect_finding(const struct pair *p, const char *id, enum diff_finding_state state, enum diff_doubt doubt)
{
	const struct diff_finding *f = finding(p, id);
	assert_non_null(f);
	assert_string_equal(diff_finding_names[f->state], diff_finding_names[state]);
	assert_string_equal(diff_doubt_names[f->doubt], diff_doubt_names[doubt]);
}

static const struct diff_device *device(const struct pair *p, enum diff_device_state state, int64_t id)
{
	for (size_t i = 0; i < p->d.n_devices; i++)
		if (p->d.devices[i].state == state && p->d.devices[i].id == id)
			return &p->d.devices[i];
	return NULL;
}

static size_t services(const struct pair *p, enum diff_service_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < p->d.n_services; i++)
		n += p->d.services[i].state == state;
	return n;
}

static bool fails_on(const struct pair *p, const char *what)
{
	bool met;
	if (!diff_fail_on(what, &p->d, &met, &e))
		fail_msg("%s", e.text);
	return met;
}

/* Two scans of a fresh file, the first as `first` made it and the second as `second` did; ids of the devices are 1 to 3. */
typedef void change_fn(struct site *t);
static char *two_scans(struct pair *p, change_fn *first, change_fn *second)
{
	struct site t;
	char *path = new_file();
	change_fn *const changes[2] = { first, second };
	for (int i = 0; i < 2; i++) {
		factory(&t);
		if (changes[i])
			changes[i](&t);
		save(&t, path);
	}
	compare(p, path, 1, 2);
	return path;
}

static int64_t id_of(const struct pair *p, const char *label)
{
	for (size_t i = 0; i < p->d.n_findings; i++)
		for (size_t k = 0; k < p->d.findings[i].n_devices; k++)
			if (p->d.findings[i].devices[k].name && strcmp(p->d.findings[i].devices[k].name, label) == 0)
				return p->d.findings[i].devices[k].device;
	return -1;
}

/* ---- tests ---- */

static void nothing_changed(void **state)
{
	(void)state;
	struct pair p;
	char *path = two_scans(&p, NULL, NULL);
	assert_true(p.now.coverage.k >= 0.3 && p.now.coverage.mirror);
	assert_true(diff_is_empty(&p.d));
	expect_finding(&p, "T-WEAK-001", DIFF_FINDING_REMAINING, DIFF_DOUBT_NONE);
	expect_finding(&p, "T-TWICE-001", DIFF_FINDING_REMAINING, DIFF_DOUBT_NONE);
	assert_null(finding(&p, "T-XP-001"));
	assert_true(fails_on(&p, "medium"));
	assert_false(fails_on(&p, "new:low") || fails_on(&p, "new:device") || fails_on(&p, "high"));
	bool met;
	assert_false(diff_fail_on("new:things", &p.d, &met, &e));
	done(&p);
	site_forget(path);
}

/* Gone, then back: known from a scan before the earlier one. A device that no scan had is new. */
static void coming_and_going(void **state)
{
	(void)state;
	struct site t;
	struct pair p;
	char *path = two_scans(&p, NULL, without_cloud);
	const struct diff_device *d = device(&p, DIFF_DEVICE_GONE, 3);
	assert_non_null(d);
	assert_true(d->internet && !d->watched);
	assert_int_equal(p.d.n_devices, 1);
	done(&p);

	factory(&t);
	save(&t, path);
	compare(&p, path, 2, 3);
	d = device(&p, DIFF_DEVICE_RETURNED, 3);
	assert_non_null(d);
	assert_true(d->last_seen > 0 && d->before == DIFF_ABSENT && d->now == DIFF_SEEN);
	assert_int_equal(p.d.n_conversations, 1);
	assert_string_equal(p.d.conversations[0].what, "tls tcp/443");
	assert_false(fails_on(&p, "new:device"));
	done(&p);

	/* The PLC away, its network still watched; then only called by others; then a scan that had never seen it. */
	factory(&t);
	pc_alone(&t);
	save(&t, path);
	compare(&p, path, 3, 4);
	d = device(&p, DIFF_DEVICE_GONE, 2);
	assert_true(d && d->watched && d->now == DIFF_ABSENT);
	assert_int_equal(p.d.n_services, 0);
	done(&p);
	factory(&t);
	t.devices[SITE_PLC].first = t.devices[SITE_PLC].last = 0;
	save(&t, path);
	compare(&p, path, 3, 5);
	d = device(&p, DIFF_DEVICE_GONE, 2);
	assert_true(d && d->now == DIFF_SPOKEN_OF);
	done(&p);
	site_forget(path);

	path = two_scans(&p, pc_alone, without_cloud);
	d = device(&p, DIFF_DEVICE_NEW, 2);
	assert_true(d && d->last_seen == 0);
	assert_true(fails_on(&p, "new:device"));
	assert_int_equal(services(&p, DIFF_SERVICE_NEW), 1);
	assert_true(p.d.services[0].device_new);
	done(&p);
	site_forget(path);
}

static void other_firmware(struct site *t)
{
	t->devices[SITE_PLC].firmware = "20.12";
	t->devices[SITE_PLC].model = NULL;                /* not said this time */
	t->devices[SITE_PC].name = "PC1";                 /* not said the other time */
}

static void kind_unknown(struct site *t)
{
	t->devices[SITE_PLC].kind = KIND_UNKNOWN;
}

static void other_address(struct site *t)
{
	assert_true(addr_parse("192.168.1.99", &t->ips[SITE_PLC].ip));
}

static void changed_values(void **state)
{
	(void)state;
	struct pair p;
	char *path = two_scans(&p, NULL, other_firmware);
	const struct diff_device *d = device(&p, DIFF_DEVICE_CHANGED, 2);
	assert_non_null(d);
	assert_int_equal(p.d.n_devices, 1);
	assert_int_equal(d->n_values, 1);
	assert_string_equal(d->values[0].field, "firmware");
	assert_string_equal(d->values[0].before, "20.11");
	assert_string_equal(d->values[0].now, "20.12");
	done(&p);
	site_forget(path);

	path = two_scans(&p, kind_unknown, NULL);
	assert_int_equal(p.d.n_devices, 0);
	done(&p);
	site_forget(path);

	path = two_scans(&p, NULL, other_address);
	d = device(&p, DIFF_DEVICE_CHANGED, 2);
	assert_true(d && d->n_values == 1);
	assert_string_equal(d->values[0].now, "192.168.1.99");
	done(&p);
	site_forget(path);
}

/* ---- services ---- */

static void without_service(struct site *t) { t->devices[SITE_PLC].n_protocols = 0; }
static void without_service_short(struct site *t)
{
	without_service(t);
	site_done(t);
	site_init(t);                                     /* one hour */
	without_service(t);
}
static void without_service_silent(struct site *t)
{
	without_service(t);
	t->inv.n_convs = 0;                               /* broadcasts only */
}
static void one_hour(struct site *t)
{
	site_done(t);
	site_init(t);
}

static void services_gone(void **state)
{
	(void)state;
	static const struct { change_fn *first, *second; size_t gone, unseen; } cases[] = {
		{ NULL, without_service, 1, 0 },
		{ NULL, without_service_short, 0, 1 },
		{ one_hour, without_service_short, 0, 1 },  /* as long as the first, and still no proof */
		{ NULL, without_service_silent, 0, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pair p;
		char *path = two_scans(&p, cases[i].first, cases[i].second);
		assert_int_equal(services(&p, DIFF_SERVICE_GONE), cases[i].gone);
		assert_int_equal(services(&p, DIFF_SERVICE_UNSEEN), cases[i].unseen);
		assert_string_equal(p.d.services[0].what, "enip tcp/44818");
		done(&p);
		site_forget(path);
	}
	struct pair p;
	char *path = two_scans(&p, without_service, NULL);
	assert_int_equal(services(&p, DIFF_SERVICE_NEW), 1);
	assert_true(p.d.services[0].shown_before && !p.d.services[0].device_new);
	done(&p);
	site_forget(path);
	path = two_scans(&p, without_service_short, NULL);
	assert_int_equal(services(&p, DIFF_SERVICE_NEW), 1);
	assert_false(p.d.services[0].shown_before);
	done(&p);
	site_forget(path);
}

/* ---- findings ---- */

static void guessed(struct site *t)
{
	((struct obs_op *)(uintptr_t)t->ops[1].row)->confidence = CONF_GUESS;
}
static void fixed_short(struct site *t)
{
	one_hour(t);
	without_weakness(t);
}
static void fixed_silent(struct site *t)
{
	without_weakness(t);
	t->inv.n_convs = 0;
}
static void fixed_no_mirror(struct site *t)
{
	without_weakness(t);
	t->inv.n_convs = 0;
	observe_count(t->o, COUNT_UNICAST, 900000);       /* hardly any of it between third parties */
}

static void fixed_or_not(void **state)
{
	(void)state;
	static const struct { change_fn *second; enum diff_finding_state state; enum diff_doubt doubt; } cases[] = {
		{ without_weakness, DIFF_FINDING_FIXED, DIFF_DOUBT_NONE },
		{ fixed_short, DIFF_FINDING_UNSEEN, DIFF_DOUBT_COVERAGE },
		{ fixed_silent, DIFF_FINDING_UNSEEN, DIFF_DOUBT_DEVICE },
		{ pc_alone, DIFF_FINDING_UNSEEN, DIFF_DOUBT_DEVICE },
		{ fixed_no_mirror, DIFF_FINDING_UNSEEN, DIFF_DOUBT_OUTCOME },
		{ guessed, DIFF_FINDING_UNSEEN, DIFF_DOUBT_GUESS },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pair p;
		char *path = two_scans(&p, NULL, cases[i].second);
		expect_finding(&p, "T-WEAK-001", cases[i].state, cases[i].doubt);
		assert_int_equal(id_of(&p, "1769-L32E"), 2);
		bool credited = false;
		for (size_t k = 0; k < p.d.n_actions; k++)
			credited = credited || strcmp(p.d.actions[k].id, "restrict-controller-access") == 0;
		assert_int_equal(credited, cases[i].state == DIFF_FINDING_FIXED);
		if (cases[i].state == DIFF_FINDING_UNSEEN)
			assert_true(p.d.score.findings == 0);
		done(&p);
		site_forget(path);
	}
}

/* A finding of the whole site is fixed when the check passed over a capture that proves something. */
static void fixed_site(void **state)
{
	(void)state;
	struct pair p;
	char *path = two_scans(&p, NULL, without_conflict);
	expect_finding(&p, "T-TWICE-001", DIFF_FINDING_FIXED, DIFF_DOUBT_NONE);
	assert_null(finding(&p, "T-TWICE-001")->devices[0].name);
	done(&p);
	site_forget(path);
}

static void old_pc(struct site *t) { t->devices[SITE_PC].os = "Windows XP"; }
static void new_pc(struct site *t) { t->devices[SITE_PC].os = "Windows 11"; }
static void two_old_pcs(struct site *t)
{
	old_pc(t);
	t->devices[SITE_PLC].os = "Windows XP";
}

/* Another system is a fix; a system that nobody recognised is none. */
static void identity_lost(void **state)
{
	(void)state;
	struct pair p;
	char *path = two_scans(&p, old_pc, new_pc);
	expect_finding(&p, "T-XP-001", DIFF_FINDING_FIXED, DIFF_DOUBT_NONE);
	done(&p);
	site_forget(path);
	path = two_scans(&p, old_pc, NULL);
	expect_finding(&p, "T-XP-001", DIFF_FINDING_UNSEEN, DIFF_DOUBT_IDENTITY);
	done(&p);
	site_forget(path);
}

static void new_findings(void **state)
{
	(void)state;
	struct pair p;
	char *path = two_scans(&p, new_pc, old_pc);
	expect_finding(&p, "T-XP-001", DIFF_FINDING_NEW, DIFF_DOUBT_NONE);
	assert_true(fails_on(&p, "new:critical"));
	assert_true(p.d.score.of_n && p.d.score.findings < 0 && p.d.score.coverage == 0);
	done(&p);
	site_forget(path);

	/* On one device more: the finding remains, and is new for the other one. */
	path = two_scans(&p, old_pc, two_old_pcs);
	const struct diff_finding *f = finding(&p, "T-XP-001");
	assert_int_equal(f->state, DIFF_FINDING_REMAINING);
	assert_true(f->count[DIFF_FINDING_NEW] == 1 && f->count[DIFF_FINDING_REMAINING] == 1);
	assert_int_equal(f->devices[0].device, 2);
	assert_true(fails_on(&p, "new:critical"));
	done(&p);
	site_forget(path);

	/* … on one less, which was seen: fixed for that one, and its part of the score is told. */
	path = two_scans(&p, two_old_pcs, old_pc);
	f = finding(&p, "T-XP-001");
	assert_int_equal(f->state, DIFF_FINDING_REMAINING);
	assert_int_equal(f->count[DIFF_FINDING_FIXED] + f->count[DIFF_FINDING_UNSEEN], 1);
	done(&p);
	site_forget(path);

	/* A short scan before: it may have been there already, and what it costs is no change of the site. */
	path = two_scans(&p, fixed_short, NULL);
	expect_finding(&p, "T-WEAK-001", DIFF_FINDING_NEW, DIFF_DOUBT_COVERAGE);
	assert_true(p.d.score.findings == 0 && p.d.score.coverage < 0);
	done(&p);
	site_forget(path);
}

static void day(const char *seconds)
{
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", seconds, 1), 0);
}

static void exception_runs_out(void **state)
{
	(void)state;
	struct site t;
	struct pair p;
	day("1714554000");                                /* 2024-05-01 */
	char *path = new_file();
	factory(&t);
	save(&t, path);
	struct store *s = store_open(path, STORE_WRITE, &e);
	assert_non_null(s);
	struct store_exception x = { .check = "T-WEAK-001", .device = 2, .reason = "r", .approver = "a",
				     .expires = "2024-05-10" };
	assert_true(store_exception_add(s, &x, &e));
	store_close(s);
	factory(&t);
	save(&t, path);

	compare(&p, path, 1, 2);
	expect_finding(&p, "T-WEAK-001", DIFF_FINDING_REMAINING, DIFF_DOUBT_NONE);
	assert_true(finding(&p, "T-WEAK-001")->accepted);
	done(&p);

	day("1715299200");                                /* its last day: still accepted */
	compare(&p, path, 1, 2);
	assert_int_equal(finding(&p, "T-WEAK-001")->count[DIFF_FINDING_RETURNED], 0);
	done(&p);

	day("1715385600");                                /* the day after */
	compare(&p, path, 1, 2);
	expect_finding(&p, "T-WEAK-001", DIFF_FINDING_RETURNED, DIFF_DOUBT_NONE);
	assert_string_equal(finding(&p, "T-WEAK-001")->devices[0].expired, "2024-05-10");
	assert_false(diff_is_empty(&p.d));
	done(&p);
	unsetenv("SOURCE_DATE_EPOCH");
	site_forget(path);
}

/* ---- score ---- */

static void answer_all(const char *path, int level, const char *when)
{
	struct store *s = store_open(path, STORE_WRITE, &e);
	assert_non_null(s);
	static const char *const ids[] = { "G1", "A1", "Z1", "Z2", "Z3", "H1", "R1", "C1" };
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct store_answer a = { .question = ids[i], .respondent = "", .level = level, .when = when };
		assert_true(store_answer_set(s, &a, &e));
	}
	store_close(s);
}

static void score_moves(void **state)
{
	(void)state;
	struct pair p;
	char *path = two_scans(&p, NULL, without_weakness);
	done(&p);
	answer_all(path, 3, "2024-04-01T09:00:00Z");
	compare(&p, path, 1, 2);
	const struct diff_score *s = &p.d.score;
	assert_true(s->comparable && !s->of_n && s->answers_told && p.d.n_answers == 0);
	assert_true(s->now > s->before && s->coverage == 0 && s->answers == 0);
	assert_true(fabs(s->findings - (s->now - s->before)) < 0.051);
	/* Only this one was fixed, so its action is the whole difference. */
	assert_int_equal(p.d.n_actions, 1);
	assert_string_equal(p.d.actions[0].id, "restrict-controller-access");
	assert_true(p.d.actions[0].told && fabs(p.d.actions[0].gain - s->findings) < 0.051);
	done(&p);

	/* Answered after the earlier scan: named, and what S was before cannot be told. */
	answer_all(path, 4, "2024-06-01T09:00:00Z");
	compare(&p, path, 1, 2);
	assert_int_equal(p.d.n_answers, 8);
	assert_true(!p.d.score.answers_told && p.d.answers[0].now->level == 4 && !p.d.answers[0].before);
	done(&p);
	site_forget(path);

	/* The same fix over an hour: the score rises, and that is not to the credit of anybody. */
	path = two_scans(&p, NULL, fixed_short);
	done(&p);
	answer_all(path, 3, "2024-04-01T09:00:00Z");
	compare(&p, path, 1, 2);
	assert_true(p.d.score.now > p.d.score.before && p.d.score.findings == 0 && p.d.score.coverage > 0);
	assert_int_equal(p.d.n_actions, 0);
	done(&p);
	site_forget(path);
}

/* ---- two site files ---- */

static void two_files(void **state)
{
	(void)state;
	struct site t;
	struct pair p;
	const char *paths[2];
	char *first = new_file(), *second = new_file();
	factory(&t);
	save(&t, first);
	/* In the second file the PLC is the first device, for it was alone in a scan there. */
	factory(&t);
	t.inv.devices = &t.devices[SITE_PLC];
	t.inv.n_devices = 1;
	t.inv.n_convs = t.inv.n_ops = t.inv.n_conflicts = 0;
	save(&t, second);
	factory(&t);
	other_firmware(&t);
	save(&t, second);
	answer_all(first, 2, "2024-04-01T09:00:00Z");
	answer_all(second, 3, "2024-04-01T09:00:00Z");
	paths[0] = first;
	paths[1] = second;
	compare_files(&p, paths, 1, 2);
	assert_int_equal(p.d.n_devices, 1);
	assert_non_null(device(&p, DIFF_DEVICE_CHANGED, 2));
	assert_int_equal(p.d.n_services + p.d.n_conversations + p.d.n_operations, 0);
	expect_finding(&p, "T-WEAK-001", DIFF_FINDING_REMAINING, DIFF_DOUBT_NONE);
	assert_int_equal(finding(&p, "T-WEAK-001")->devices[0].device, 2);
	assert_int_equal(p.d.n_answers, 8);
	assert_true(p.d.answers[0].before && p.d.answers[0].before->level == 2 && p.d.answers[0].now->level == 3);
	assert_true(p.d.score.answers_told && p.d.score.answers > 0 && p.d.score.findings == 0);
	done(&p);

	/* A device that the first file does not know has no id here. */
	char *third = new_file();
	factory(&t);
	pc_alone(&t);
	save(&t, third);
	paths[0] = third;
	compare_files(&p, paths, 1, 2);
	assert_non_null(device(&p, DIFF_DEVICE_NEW, 0));
	done(&p);
	site_forget(first);
	site_forget(second);
	site_forget(third);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed), cmocka_unit_test(coming_and_going),
		cmocka_unit_test(changed_values), cmocka_unit_test(services_gone),
		cmocka_unit_test(fixed_or_not), cmocka_unit_test(fixed_site),
		cmocka_unit_test(identity_lost), cmocka_unit_test(new_findings),
		cmocka_unit_test(exception_runs_out), cmocka_unit_test(score_moves),
		cmocka_unit_test(two_files),
	};
	return cmocka_run_group_tests(tests, make_data, remove_data);
}
