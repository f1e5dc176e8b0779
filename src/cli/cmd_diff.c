/*
 * genba diff: what changed between two scans of the site, or of two site files.
 * Which two, and whether what changed is to be told by the exit status; src/diff
 * compares, diff_text.c and diff_data.c write.
 */
#include <string.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/diff_print.h"
#include "cli/site.h"

/* ---- which two ---- */

struct pick {
	const char *date;        /* "2024-05-01": the last scan that began on that day or before */
	int64_t id;              /* else this one */
	int64_t last[2];         /* of all: the one before the last, the last */
	int64_t found, started;
};

static bool look_at_scan(void *data, const struct store_scan_head *h)
{
	struct pick *p = data;
	char day[32];
	if (strcmp(h->state, "running") != 0) {
		p->last[0] = p->last[1];
		p->last[1] = h->id;
		text_time(h->started, day);
		day[10] = 0;
		if (p->date && strcmp(day, p->date) <= 0 && h->started >= p->started) {
			p->found = h->id;
			p->started = h->started;
		}
	}
	if (!p->date && h->id == p->id)
		p->found = h->id;
	return true;
}

static bool pick_scan(struct store *s, const char *given, int64_t *scan, struct err *e)
{
	struct pick p = { 0 };
	if (!site_number(given, &p.id))
		p.date = given;
	if (p.date && (strlen(given) != 10 || given[4] != '-' || given[7] != '-'))
		return err_set(e, _("%s: give the number of a scan (genba scans), or a day as YYYY-MM-DD"), given);
	if (!store_scans(s, look_at_scan, &p, e))
		return false;
	*scan = p.found;
	return p.found || err_set(e, _("%s: there is no such scan; genba scans lists them"), given);
}

/* Two scans of the site of -s. */
static bool pick_two(const struct cli *c, struct store *s, int64_t scan[2], struct err *e)
{
	char *const *args;
	size_t n = cli_args(c, &args);
	struct pick p = { 0 };
	if (n == 2)
		return pick_scan(s, args[0], &scan[0], e) && pick_scan(s, args[1], &scan[1], e);
	if (!store_scans(s, look_at_scan, &p, e))
		return false;
	if (!p.last[0])
		return err_set(e, _("%s: holds fewer than two finished scans; there is nothing to compare"),
			       cli_site(c));
	scan[0] = p.last[0];
	scan[1] = p.last[1];
	return true;
}

/* Two scans of one site, or the newest of two site files: the stores are the same one, or two. */
struct two {
	struct store *s[2];
	int64_t scan[2];
	const char *files[2];    /* site files, where two are compared */
};

static bool open_two(const struct cli *c, struct two *t, struct err *e)
{
	if (!t->files[0]) {
		t->s[0] = t->s[1] = site_open(c, STORE_READ, e);
		return t->s[0] && pick_two(c, t->s[0], t->scan, e);
	}
	for (int i = 0; i < 2; i++) {
		t->s[i] = store_open(t->files[i], STORE_READ, e);
		if (!t->s[i])
			return false;
		t->scan[i] = store_scan_latest(t->s[i]);
		if (!t->scan[i])
			return err_set(e, _("%s: holds no finished scan yet; run genba scan first"), t->files[i]);
	}
	return true;
}

static void close_two(struct two *t)
{
	store_close(t->s[0]);
	if (t->s[1] != t->s[0])
		store_close(t->s[1]);
}

/* A number or a day is a scan, whatever lies in the folder; what looks like a path is meant as one, even if it is not there. */
static bool is_file(const char *given)
{
	size_t n = strlen(given);
	bool named = strchr(given, '/') || (n > 6 && strcmp(given + n - 6, ".genba") == 0);
	return given[strspn(given, "0123456789-")] != 0 && (named || access(given, F_OK) == 0);
}

static int compare(struct two *t, enum list_format format, const char *what, struct err *e)
{
	struct assessment before, now;
	struct diff d;
	if (!score_assess(t->s[0], t->scan[0], &before, e))
		return EXIT_FAILED;
	if (!score_assess(t->s[1], t->scan[1], &now, e)) {
		score_assess_free(&before);
		return EXIT_FAILED;
	}
	bool met = false, ok = diff_make(t->s, &before, &now, &d, e);
	if (ok) {
		ok = (!what || diff_fail_on(what, &d, &met, e)) &&
		     (format == LIST_TEXT ? diff_print_text(&d, t->files, e) :
		      format == LIST_JSON ? diff_print_json(&d, t->files, e) : diff_print_csv(&d, e));
		diff_free(&d);
	}
	score_assess_free(&before);
	score_assess_free(&now);
	return !ok ? EXIT_FAILED : met ? EXIT_FAIL_ON : EXIT_DONE;
}

static int run(struct cli *c, struct err *e)
{
	char *const *args;
	size_t n = cli_args(c, &args);
	int format = site_format(c, e);
	const char *what = cli_get(c, "fail-on");
	bool met;
	/* Is the word well formed? Asked before anything is read. */
	static const struct assessment nobody;
	const struct diff empty = { .before = &nobody, .now = &nobody };
	if (format < 0 || (what && !diff_fail_on(what, &empty, &met, e)))
		return EXIT_USAGE_ERROR;
	if (n != 0 && n != 2) {
		err_set(e, _("diff: give two scans or two site files, or none for the last two scans"));
		return EXIT_USAGE_ERROR;
	}
	struct two t = { 0 };
	for (size_t i = 0; n == 2 && is_file(args[0]) && is_file(args[1]) && i < 2; i++)
		t.files[i] = args[i];
	int status = open_two(c, &t, e) ? compare(&t, (enum list_format)format, what, e) : EXIT_FAILED;
	close_two(&t);
	return status;
}

static const struct cli_option options[] = {
	SITE_FORMAT_OPTION,
	{ 0, "fail-on", N_("CONDITION"), N_("exit 1 when the later scan has a finding of this severity or above (high), a new one "
				   "(new:high), or a new device (new:device)") },
	{ 0, NULL, NULL, NULL },
};

const struct command command_diff = {
	.name = "diff",
	.arguments = "[A B]",
	.summary = N_("show what changed between two scans"),
	.description = N_("Compares two scans of the site, given by number or by day (the last one that began on that "
			  "day or before), or the newest scans of two site files; without arguments, the last two scans. "
			  "Shows which findings are new, fixed, or were not observed again, which devices and services "
			  "came and went, and where the difference of the score comes from. What the later scan could not "
			  "have shown is never called fixed. JSON holds everything."),
	.options = options,
	.run = run,
};
