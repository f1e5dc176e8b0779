/* What stays of scans and reports. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "run/private.h"

/* ---- scans ---- */

struct head { int64_t id, started; bool running; };
struct heads { struct head *list; size_t n; };

static bool add_head(void *data, const struct store_scan_head *h)
{
	struct heads *l = data;
	l->list = xrealloc(l->list, (l->n + 1) * sizeof *l->list);
	l->list[l->n++] = (struct head){ h->id, h->started, strcmp(h->state, "running") == 0 };
	return true;
}

static bool same_month(int64_t a, int64_t b)
{
	char x[32], y[32];
	return strncmp(text_time(a, x), text_time(b, y), 7) == 0;
}

/*
 * The newest, the first of each month, the oldest (what findings about changes compare with unless a baseline is set),
 * the baseline, what the next run compares with, and what is running.
 */
static bool stays(const struct run_config *c, const struct heads *l, size_t i, int64_t baseline, int64_t reported)
{
	const struct head *h = &l->list[i];
	if (i == 0 || l->n - i <= (size_t)c->newest || h->running || h->id == baseline || h->id == reported)
		return true;
	return c->monthly && !same_month(l->list[i - 1].started, h->started);
}

static bool retain_scans(const struct run_config *c, struct store *s, int64_t reported, struct err *e)
{
	struct heads l = { 0 };
	char *set = store_setting_get(s, "baseline");
	int64_t baseline = set ? strtoll(set, NULL, 10) : 0;
	free(set);
	bool ok = store_scans(s, add_head, &l, e);
	for (size_t i = 0; ok && i < l.n; i++)
		if (!stays(c, &l, i, baseline, reported))
			ok = store_scan_remove(s, l.list[i].id, e);
	free(l.list);
	return ok;
}

/* ---- reports ---- */

static const char *suffix(const struct run_config *c)
{
	static const char *const of[] = { [REPORT_HTML] = "html", [REPORT_TEXT] = "txt", [REPORT_MARKDOWN] = "md",
					  [REPORT_JSON] = "json", [REPORT_CSV] = "csv", [REPORT_XLSX] = "xlsx",
					  [REPORT_PDF] = "pdf" };
	return of[c->report.format];
}

/* "factory-scan-" of /var/lib/genba/factory.genba */
static char *stem(const struct run_config *c)
{
	const char *slash = strrchr(c->site, '/'), *name = slash ? slash + 1 : c->site, *dot = strrchr(name, '.');
	return xasprintf("%.*s-scan-", (int)(dot && dot > name ? dot - name : (ptrdiff_t)strlen(name)), name);
}

char *run_report_name(const struct run_config *c, int64_t scan, int64_t began)
{
	char day[32] = "", *first = stem(c);
	time_t seconds = (time_t)(began / INT64_C(1000000000));
	struct tm local;
	if (localtime_r(&seconds, &local))
		(void)strftime(day, sizeof day, "%Y-%m-%d", &local);
	char *name = xasprintf("%s%lld-%s.%s", first, (long long)scan, day, suffix(c));
	free(first);
	return name;
}

/* One of ours: NUMBER-DATE.SUFFIX behind the stem. *part: one that was being written when the run was killed. */
static bool is_ours(const char *rest, bool *part)
{
	size_t digits = strspn(rest, "0123456789"), date = digits ? strspn(rest + digits, "0123456789-") : 0;
	*part = false;
	if (!digits || date != 11 || rest[digits + date] != '.')
		return false;
	const char *end = rest + digits + date + 1, *dot = strchr(end, '.');
	size_t n = dot ? (size_t)(dot - end) : strlen(end);
	static const char *const known[] = { "html", "txt", "md", "json", "csv", "xlsx", "pdf" };
	bool fits = false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		fits = fits || (strlen(known[i]) == n && strncmp(known[i], end, n) == 0);
	*part = dot && strlen(dot) == 7;
	return fits && (!dot || *part);
}

static bool retain_reports(const struct run_config *c, int64_t now, struct err *e)
{
	DIR *d = opendir(c->report.directory);
	if (!d)
		return errno == ENOENT || err_errno(e, "%s", c->report.directory);
	char *first = stem(c);
	size_t n = strlen(first);
	bool ok = true, part;
	for (struct dirent *f; (f = readdir(d)) != NULL;) {
		struct stat st;
		if (strncmp(f->d_name, first, n) != 0 || !is_ours(f->d_name + n, &part) ||
		    fstatat(dirfd(d), f->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		/* Nobody else writes here: this run holds the site's lock. */
		bool old = c->report.retain && st.st_mtime < now - c->report.retain;
		if ((part || old) && unlinkat(dirfd(d), f->d_name, 0) != 0)
			ok = err_errno(e, "%s/%s", c->report.directory, f->d_name);
	}
	closedir(d);
	free(first);
	return ok;
}

bool run_retain(const struct run_config *c, struct store *s, int64_t reported, int64_t now, struct err *e)
{
	return (!c->newest || retain_scans(c, s, reported, e)) && (!c->report.made || retain_reports(c, now, e));
}
