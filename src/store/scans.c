/* Which scans does the site hold? */
#include "store/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int64_t store_scan_latest(struct store *s)
{
	return store_number(s, "SELECT id FROM main.scan WHERE state <> 'running' ORDER BY id DESC LIMIT 1", 0);
}

int64_t store_scan_with(struct store *s, const char *digest)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT f.scan FROM main.scan_file f JOIN main.scan c ON c.id = f.scan "
					    "WHERE f.digest = ?1 AND c.state = 'complete' ORDER BY f.scan LIMIT 1", NULL);
	if (!st)
		return 0;
	store_bind_text(st, 1, digest);
	int64_t id = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_finalize(st);
	return id;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Are the digests of this scan exactly these, which are sorted? */
static bool same_digests(sqlite3_stmt *st, int64_t scan, const char *const *sorted, size_t n)
{
	size_t i = 0;
	bool same = true;
	sqlite3_bind_int64(st, 1, scan);
	while (same && sqlite3_step(st) == SQLITE_ROW) {
		const char *digest = (const char *)sqlite3_column_text(st, 0);
		same = i < n && digest && strcmp(digest, sorted[i]) == 0;
		i++;
	}
	sqlite3_reset(st);
	return same && i == n;
}

int64_t store_scan_of(struct store *s, const char *const *digests, size_t n)
{
	if (n == 0)
		return 0;
	const char **sorted = xcalloc(n, sizeof *sorted);
	for (size_t i = 0; i < n; i++)
		sorted[i] = digests[i];
	qsort(sorted, n, sizeof *sorted, by_text);
	sqlite3_stmt *scans = store_prepare(s, "SELECT DISTINCT scan FROM main.scan_file WHERE digest = ?1 "
					       "ORDER BY scan", NULL);
	sqlite3_stmt *files = store_prepare(s, "SELECT digest FROM main.scan_file WHERE scan = ?1 ORDER BY digest",
					    NULL);
	int64_t found = 0;
	if (scans && files) {
		store_bind_text(scans, 1, sorted[0]);
		while (!found && sqlite3_step(scans) == SQLITE_ROW) {
			int64_t scan = sqlite3_column_int64(scans, 0);
			if (same_digests(files, scan, sorted, n))
				found = scan;
		}
	}
	sqlite3_finalize(scans);
	sqlite3_finalize(files);
	free(sorted);
	return found;
}

bool store_scans(struct store *s, store_scan_fn *fn, void *data, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s,
		"SELECT id, started, finished, state, point, operator, authorised_by,"
		" (SELECT count(*) FROM main.scan_file f WHERE f.scan = c.id),"
		" (SELECT ifnull(sum(frames), 0) FROM main.scan_file f WHERE f.scan = c.id),"
		" (SELECT count(*) FROM main.scan_device d WHERE d.scan = c.id),"
		" (SELECT count(*) FROM main.scan_conversation v WHERE v.scan = c.id)"
		" FROM main.scan c ORDER BY id", e);
	if (!st)
		return false;
	int status = SQLITE_DONE;
	bool more = true;
	while (more && (status = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_scan_head h = {
			.id = sqlite3_column_int64(st, 0),
			.started = sqlite3_column_int64(st, 1),
			.finished = sqlite3_column_int64(st, 2),
			.state = (const char *)sqlite3_column_text(st, 3),
			.point = (const char *)sqlite3_column_text(st, 4),
			.operator_name = (const char *)sqlite3_column_text(st, 5),
			.authorised_by = (const char *)sqlite3_column_text(st, 6),
			.files = sqlite3_column_int64(st, 7),
			.frames = sqlite3_column_int64(st, 8),
			.devices = sqlite3_column_int64(st, 9),
			.conversations = sqlite3_column_int64(st, 10),
		};
		more = fn(data, &h);
	}
	bool ok = !more || status == SQLITE_DONE || store_fail(s, e, "reading");
	sqlite3_finalize(st);
	return ok;
}

/* ---- does it still run? ---- */

static bool first_line(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok = f && fgets(out, (int)size, f);
	if (f)
		fclose(f);
	if (ok)
		out[strcspn(out, "\n")] = 0;
	return ok;
}

const char *scans_process(long pid, char out[PROCESS_TEXT])
{
	char boot[64], path[64], line[1024], start[32] = "";
	out[0] = 0;
	pid = pid ? pid : (long)getpid();
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	if (!first_line("/proc/sys/kernel/random/boot_id", boot, sizeof boot) || !first_line(path, line, sizeof line))
		return out;
	/* The name in brackets may hold anything; what follows are numbers, and the 20th is the time of the start. */
	const char *rest = strrchr(line, ')');
	for (int i = 0; rest && i < 20; i++) {
		rest = strchr(rest, ' ');
		rest = rest ? rest + 1 : NULL;
	}
	if (rest && sscanf(rest, "%31[0-9]", start) == 1)
		snprintf(out, PROCESS_TEXT, "%s %ld %s", boot, pid, start);
	return out;
}

static bool still_runs(const char *process)
{
	char now[PROCESS_TEXT];
	long pid = 0;
	return process && sscanf(process, "%*s %ld", &pid) == 1 && pid > 0 && strcmp(scans_process(pid, now), process) == 0;
}

void scans_settle(struct store *s)
{
	if (s->read_only)
		return;
	int64_t gone[16];
	size_t n = 0;
	sqlite3_stmt *st = store_prepare(s, "SELECT id, process FROM main.scan WHERE state = 'running'", NULL);
	while (st && n < sizeof gone / sizeof *gone && sqlite3_step(st) == SQLITE_ROW)
		if (!still_runs((const char *)sqlite3_column_text(st, 1)))
			gone[n++] = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	/* Where it cannot be written now, the next one to open the file does it. */
	for (size_t i = 0; i < n; i++) {
		char sql[150];
		/* It may have stored its end since it was looked at, and gone then. */
		snprintf(sql, sizeof sql, "UPDATE main.scan SET state = 'interrupted', process = NULL WHERE id = %lld"
			 " AND state = 'running'", (long long)gone[i]);
		if (!store_run(s, sql, NULL))
			break;
	}
}
