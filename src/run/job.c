/* The steps of a job, in order. */
#include "run/job.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"
#include "report/mail.h"
#include "run/fail_on.h"
#include "run/private.h"

void run_say(const struct run_job *j, const char *format, ...)
{
	char line[1024];
	struct buf safe;
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	buf_init(&safe, 8192);
	text_terminal(&safe, line);
	j->say(safe.data);
	buf_done(&safe);
}

/* What went wrong first is what the run ends with; the others are said. */
struct state {
	const struct run_job *j;
	const struct run_config *c;
	struct err first;
	bool failed, met;
};

static void wrong(struct state *t, const struct err *why)
{
	if (t->failed)
		run_say(t->j, "%s", why->text);
	else
		t->first = *why;
	t->failed = true;
}

/* ---- the report ---- */

static bool report_bytes(const struct report_options *o, struct store *s, struct assessment *now, bool mask,
			 struct buf *bytes, struct err *e)
{
	json_t *model = report_model(s, now, e);
	bool ok = model && (!mask || report_mask_all(model, s, now->scan, e)) && report_make(model, o, bytes, e);
	json_decref(model);
	return ok;
}

static struct report_options report_options(const struct run_config *c)
{
	return (struct report_options){ .format = (enum report_format)c->report.format,
					.audience = (enum report_audience)c->report.audience, .lang = lang_now(),
					.with_grade = c->report.with_grade, .templates = c->report.templates };
}

/* Its name, to be freed, and its bytes; NULL: it could not be made, why is in e. */
static char *make_report(const struct run_config *c, struct store *s, struct assessment *now, int64_t began,
			 struct buf *bytes, struct err *e)
{
	const struct report_options o = report_options(c);
	if (!report_bytes(&o, s, now, c->report.mask, bytes, e) || !run_make_folder(c->report.directory, e))
		return NULL;
	bool ok;
	char *name = run_report_name(c, now->scan, began), *path = xasprintf("%s/%s", c->report.directory, name);
	ok = file_save(path, bytes->data, bytes->len, e);
	free(path);
	if (ok)
		return name;
	free(name);
	return NULL;
}

static const char *type_of(int format)
{
	static const char *const types[] = {
		[REPORT_HTML] = "text/html", [REPORT_TEXT] = "text/plain", [REPORT_MARKDOWN] = "text/markdown",
		[REPORT_JSON] = "application/json", [REPORT_CSV] = "text/csv", [REPORT_PDF] = "application/pdf",
		[REPORT_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	};
	return types[format];
}

/* ---- one scan: what it says, and whom ---- */

struct told_scan {
	struct store *s;
	int64_t scan, told, base;        /* base: what it is compared with, 0 for nothing */
	int64_t began;
	struct assessment now, before;
	struct diff diff;
	bool compared;
	json_t *known;                   /* findings that were told lately */
};

struct find { int64_t id, started; bool found; const char *state; char text[16]; };

static bool is_scan(void *data, const struct store_scan_head *h)
{
	struct find *f = data;
	f->found = h->id == f->id;
	if (f->found) {
		f->started = h->started;
		snprintf(f->text, sizeof f->text, "%s", h->state);
	}
	return !f->found;
}

static bool find_scan(struct store *s, int64_t id, struct find *f)
{
	*f = (struct find){ .id = id };
	return id && store_scans(s, is_scan, f, NULL) && f->found;
}

static bool compare(struct told_scan *t, struct err *e)
{
	struct find f;
	if (find_scan(t->s, t->scan, &f))
		t->began = f.started;
	t->base = t->told != t->scan && find_scan(t->s, t->told, &f) ? t->told : score_previous_scan(t->s, t->scan);
	if (!score_assess(t->s, t->scan, &t->now, e))
		return false;
	if (!t->base)
		return true;
	struct store *const stores[2] = { t->s, t->s };
	if (!score_assess(t->s, t->base, &t->before, e)) {
		score_assess_free(&t->now);
		return false;
	}
	t->compared = diff_make(stores, &t->before, &t->now, &t->diff, e);
	if (t->compared)
		return true;
	score_assess_free(&t->before);
	score_assess_free(&t->now);
	return false;
}

static void compare_done(struct told_scan *t)
{
	if (t->compared) {
		diff_free(&t->diff);
		score_assess_free(&t->before);
	}
	score_assess_free(&t->now);
}

static bool worth_a_mail(const struct run_config *c, const struct told_scan *t, bool problem)
{
	if (!c->mail.sent)
		return false;
	if (!t->told || problem || run_failed_before(c) || c->mail.when == RUN_ALWAYS)
		return true;
	if (!t->compared)
		return true;
	struct report_changes changes = report_changes(&t->diff, t->known);
	if (c->mail.when == RUN_CHANGED)
		return changes.any;
	return changes.blind || changes.worst >= c->mail.when - RUN_LOW + SEVERITY_LOW;
}

static void check_fail_words(struct state *st, const struct told_scan *t)
{
	struct err why;
	bool met;
	for (size_t i = 0; st->c->fail_on && st->c->fail_on[i]; i++) {
		if (!run_fail_on(st->c->fail_on[i], &t->now, t->compared ? &t->diff : NULL, &met, &why)) {
			wrong(st, &why);
		} else if (met) {
			run_say(st->j, _("fail_on %s: is met"), st->c->fail_on[i]);
			st->met = true;
		}
	}
}

/* Names of both scans: what was fixed may not be there any more. */
static struct mask *mask_of(const struct told_scan *t, struct err *e)
{
	struct mask *m = report_mask_new(t->s, t->scan, e);
	if (!m || !t->base || report_mask_learn(m, t->s, t->base, e))
		return m;
	mask_free(m);
	return NULL;
}

static bool mail_scan(struct state *st, struct told_scan *t, const char *report, const struct buf *bytes,
		      const char *problem, struct err *e)
{
	char *name = store_setting_get(t->s, "name"), *zone = store_setting_get(t->s, "timezone");
	struct report_news news = {
		.site = name, .timezone = zone, .lang = lang_now(), .templates = st->c->report.templates, .now = &t->now,
		.diff = t->told && t->compared ? &t->diff : NULL, .known = t->known, .problem = run_reason(st->c, problem), .report = report,
		.began = t->began,
	};
	struct run_file file = { .type = type_of(st->c->report.format), .bytes = bytes };
	struct buf hidden;
	buf_init(&hidden, REPORT_BYTES);
	bool ok = !st->c->mail.mask || (news.mask = mask_of(t, e)) != NULL;
	if (ok && report && st->c->mail.attach == RUN_ATTACH_REPORT) {
		file.name = report;
	} else if (ok && report && st->c->mail.attach == RUN_ATTACH_MASKED) {
		const struct report_options o = report_options(st->c);
		ok = report_bytes(&o, t->s, &t->now, true, &hidden, e);
		file.bytes = &hidden;
		/* Not the name of the site's file. */
		file.name = strstr(report, "scan-");
	}
	ok = ok && run_tell(st->c, t->s, &news, &file, e);
	mask_free((struct mask *)(uintptr_t)news.mask);
	buf_done(&hidden);
	free(name);
	free(zone);
	return ok;
}

/* Report and mail of a scan that is in the site file; then it counts as told. False: it was not told, e says why. */
static bool tell_scan(struct state *st, struct told_scan *t, struct err *e)
{
	struct err why = { "" };
	struct buf bytes;
	char *report = NULL, problem[sizeof why.text] = "";
	buf_init(&bytes, REPORT_BYTES);
	if (st->c->report.made) {
		report = make_report(st->c, t->s, &t->now, t->began, &bytes, &why);
		if (report) {
			run_say(st->j, _("report: %s/%s"), st->c->report.directory, report);
		} else {
			snprintf(problem, sizeof problem, "%s", why.text);
			wrong(st, &why);
		}
	}
	bool ok = true;
	if (worth_a_mail(st->c, t, *problem)) {
		ok = mail_scan(st, t, report, &bytes, *problem ? problem : NULL, e);
		if (ok)
			run_say(st->j, "%s", _("mail: put into the spool"));
	} else if (st->c->mail.sent) {
		run_say(st->j, "%s", _("mail: nothing to tell"));
	}
	ok = ok && run_known_save(t->s, t->known, &t->now, t->compared ? &t->diff : NULL, e) &&
	     run_told_set(t->s, t->scan, e);
	if (ok)
		run_failed_over(st->c);
	free(report);
	buf_done(&bytes);
	return ok;
}

static void say_result(struct state *st, const struct told_scan *t)
{
	const struct score_result *r = &t->now.score;
	size_t open = 0;
	for (size_t i = 0; i < t->now.n_findings; i++)
		open += check_is_open(t->now.findings[i]);
	if (r->has_s)
		run_say(st->j, _("scan %lld: grade %s, open findings: %zu"), (long long)t->scan, grade_names[r->grade], open);
	else
		run_say(st->j, _("scan %lld: network %.0f of 100, open findings: %zu"), (long long)t->scan, r->n, open);
}

static bool conclude_open(struct state *st, struct told_scan *t, struct err *e)
{
	struct err why;
	bool ok = true;
	t->told = run_told(st->c, t->s);
	if (!compare(t, e))
		return false;
	t->known = run_known(t->s);
	say_result(st, t);
	check_fail_words(st, t);
	if (t->told == t->scan)
		run_say(st->j, _("scan %lld was told before: the captures are the same"), (long long)t->scan);
	else
		ok = tell_scan(st, t, e);
	compare_done(t);
	json_decref(t->known);
	if (!run_retain(st->c, t->s, run_told(st->c, t->s), time(NULL), &why))
		wrong(st, &why);
	return ok;
}

/* Everything that follows a scan. False: nobody was told what it saw, e says why. */
static bool conclude(struct state *st, int64_t scan, struct err *e)
{
	struct told_scan t = { .scan = scan, .s = store_open(st->c->site, STORE_WRITE, e) };
	bool ok = t.s && conclude_open(st, &t, e);
	store_close(t.s);
	return ok;
}

/* ---- the run ---- */

/*
 * What a run before left: a mail in the spool that counts as told; and, where the day-long listening was cut off by
 * somebody or by the power, a scan that nobody heard of yet.
 */
static void recover(struct state *st, bool tell)
{
	struct find f;
	if (access(st->c->site, F_OK) != 0)
		return;
	struct store *s = store_open(st->c->site, STORE_WRITE, NULL);
	if (!s)
		return;      /* the scan says why */
	int64_t told = run_told(st->c, s), latest = store_scan_latest(s);
	bool left = tell && latest > told && find_scan(s, latest, &f) && strcmp(f.text, "interrupted") == 0;
	store_close(s);
	if (left) {
		struct err why;
		run_say(st->j, _("scan %lld was interrupted; what it saw is told now"), (long long)latest);
		if (!conclude(st, latest, &why))
			wrong(st, &why);
	}
}

static bool make_scan(struct state *st, int64_t *scan, struct err *e)
{
	if (st->c->scan.interfaces)
		return st->j->scan(st->c, NULL, 0, scan, e);
	struct run_files f;
	if (!run_files(&st->c->scan, time(NULL), &f, e))
		return false;
	if (f.left_out)
		run_say(st->j, _("captures: the newest %zu are read, %zu older ones are left out"), f.n, f.left_out);
	bool ok = st->j->scan(st->c, (const char *const *)f.paths, f.n, scan, e);
	run_files_free(&f);
	return ok;
}

/* In a process of its own: no memory that ever held the password is there when the reading child is forked. */
static void send_apart(struct state *st)
{
	struct err why;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (!run_send(st->j, &why))
			run_say(st->j, "%s", why.text);
		_exit(0);
	}
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static void send_mails(struct state *st)
{
	struct err why;
	if (st->c->mail.sent && !run_send(st->j, &why))
		wrong(st, &why);
}

static void tell_failure(struct state *st, const struct err *why)
{
	struct err second;
	bool mailed;
	if (!run_tell_failure(st->c, why->text, &mailed, &second))
		wrong(st, &second);
	else if (mailed)
		run_say(st->j, "%s", _("mail: that the run failed, put into the spool"));
}

enum run_status run_job(const struct run_job *j, struct err *e)
{
	struct state st = { .j = j, .c = j->config };
	/* Site file, report and captures show an attacker where to begin: nobody else reads what a run makes. */
	(void)umask(077);
	int lock = run_lock(st.c->site, e);
	if (lock < 0)
		return RUN_FAILED;
	/*
	 * What waits need not wait for another day of listening. Root becomes another user only with the scan: what it
	 * writes before, that user could not write again.
	 */
	bool first = st.c->scan.interfaces && geteuid() != 0;
	recover(&st, first);
	if (first && st.c->mail.sent)
		send_apart(&st);
	struct err why, second;
	int64_t scan = 0;
	bool whole = make_scan(&st, &scan, &why), told = true;
	if (!whole)
		wrong(&st, &why);
	/* What was heard until listening broke off is told as any scan; then, that it broke off. */
	if (scan)
		told = conclude(&st, scan, &second);
	if (!told)
		wrong(&st, &second);
	if (!told && whole)
		why = second;
	if (!whole || !told)
		tell_failure(&st, &why);
	send_mails(&st);
	close(lock);
	*e = st.first;
	return st.failed ? RUN_FAILED : st.met ? RUN_MET : RUN_DONE;
}
