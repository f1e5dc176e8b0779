/* genba scan -i: what is heard on interfaces into the site file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/scan.h"
#include "scan/scan.h"

enum { SHOW_MS = 1000, SAVE_TRIES = 5, BUFFER_MOST = 1900 };

#define KEEP_MOST 9e18             /* bytes: fits into 64 bits with their sign */

/* ---- numbers with a unit ---- */

struct unit { char letter; double factor; };

/* "30m", "1G": false unless a number above 0 and one of the letters. */
static bool with_unit(const char *text, const struct unit *units, double *out)
{
	char *end;
	double n = strtod(text, &end);
	if (end == text || !(n > 0) || n > 1e9)
		return false;
	for (const struct unit *u = units; u->letter; u++)
		if (*end == u->letter && end[1] == 0) {
			*out = n * u->factor;
			return true;
		}
	return false;
}

static const struct unit times[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 0, 0 } };
static const struct unit sizes[] = { { 'K', 1024.0 }, { 'M', 1048576.0 }, { 'G', 1073741824.0 },
				     { 'T', 1099511627776.0 }, { 0, 0 } };

static bool get_time(struct cli *c, const char *option, double *seconds, struct err *e)
{
	const char *text = cli_get(c, option);
	return !text || with_unit(text, times, seconds) ||
	       err_set(e, _("--%s %s: expected a time such as 30s, 30m, 8h or 2d"), option, text);
}

static bool read_options(struct cli *c, struct cli_scan *q, const char *names[SCAN_INTERFACES], struct err *e)
{
	char *const *files;
	double size = CLI_SCAN_KEEP_SIZE, age = 0, buffer = CLI_SCAN_BUFFER;
	*q = (struct cli_scan){ .site = cli_site(c), .interfaces = names, .filter = cli_get(c, "filter"),
				.quiet = cli_has(c, "quiet"), .snapshot_every = CLI_SCAN_SNAPSHOT };
	cli_scan_info(c, &q->said);
	if (cli_args(c, &files) > 0)
		return err_set(e, _("scan: either captures or -i, not both: %s"), files[0]);
	for (const char *name; (name = cli_nth(c, "interface", q->n_interfaces)); q->n_interfaces++) {
		if (q->n_interfaces == SCAN_INTERFACES)
			return err_set(e, _("scan: %d interfaces at most"), SCAN_INTERFACES);
		names[q->n_interfaces] = name;
	}
	if (!get_time(c, "duration", &q->seconds, e) || !get_time(c, "keep-age", &age, e))
		return false;
	const char *snapshot = cli_get(c, "snapshot");
	if (snapshot && strcmp(snapshot, "0") == 0)
		q->snapshot_every = 0;
	else if (!get_time(c, "snapshot", &q->snapshot_every, e))
		return false;
	const char *text = cli_get(c, "buffer");
	char *end = NULL;
	if (text && ((buffer = strtod(text, &end)) < 1 || buffer > BUFFER_MOST || *end))
		return err_set(e, _("--buffer %s: expected a number of MiB, 1 to %d"), text, BUFFER_MOST);
	q->buffer = (unsigned)buffer;
	text = cli_get(c, "keep-size");
	if (text && (!with_unit(text, sizes, &size) || size > KEEP_MOST))
		return err_set(e, _("--keep-size %s: expected a size such as 500M or 20G"), text);
	q->keep = (struct scan_keep){ .folder = cli_get(c, "keep"), .size = (uint64_t)size, .age = (int64_t)age };
	if (!q->keep.folder && (cli_has(c, "keep-size") || cli_has(c, "keep-age")))
		return err_set(e, "%s", _("scan: --keep-size and --keep-age need --keep FOLDER"));
	return true;
}

/* ---- what is shown while it listens ---- */

struct session {
	struct cli_scan *q;
	struct store *store;
	int64_t started, stored;
	bool terminal;
	struct cli_scan_show show;
	double shown_at;
	uint64_t shown_frames;
};

static void put_left(struct buf *b, double seconds)
{
	long minutes = (long)(seconds / 60);
	if (seconds < 120)
		buf_printf(b, _("  %.0f s left"), seconds);
	else
		buf_printf(b, _("  %ld h %02ld min left"), minutes / 60, minutes % 60);
}

static void put_state(struct buf *b, const struct scan_progress *p, double rate)
{
	uint64_t dropped = 0;
	for (size_t i = 0; i < p->n_interfaces; i++)
		dropped += p->interfaces[i].dropped;
	buf_printf(b, _("%.0f packets/s  %u addresses  %llu lost"), rate, p->addresses, (unsigned long long)dropped);
	for (size_t i = 0; i < p->n_interfaces; i++)
		if (p->interfaces[i].down)
			buf_printf(b, p->interfaces[i].gone ? _("  %s: gone") : _("  %s: down"), p->interfaces[i].name);
	if (p->left >= 0)
		put_left(b, p->left);
}

/* Somebody asked: a line that stays. */
static void answer(struct session *s, const struct scan_progress *p)
{
	struct buf b;
	char when[32];
	buf_init(&b, 4096);
	buf_printf(&b, _("genba: %.0f s, %llu frames, "), p->seconds, (unsigned long long)p->frames);
	put_state(&b, p, p->seconds > 0 ? (double)p->frames / p->seconds : 0);
	buf_printf(&b, _("; coverage %.2f"), p->coverage);
	for (size_t i = 0; i < p->n_protocols; i++)
		buf_printf(&b, "%s%s %llu", i ? ", " : "; ", p->protocols[i].name,
			   (unsigned long long)p->protocols[i].frames);
	if (p->snapshot)
		buf_printf(&b, _("; stored %s"), text_time(p->snapshot, when));
	cli_scan_clear_line(&s->show);
	fprintf(stderr, "%s\n", b.data);
	buf_done(&b);
}

static void show_line(struct session *s, const struct scan_progress *p)
{
	double gone = p->seconds - s->shown_at;
	if (gone < SHOW_MS / 1000.0)
		return;
	struct buf line;
	buf_init(&line, 1024);
	put_state(&line, p, (double)(p->frames - s->shown_frames) / gone);
	cli_scan_line(&s->show, line.data);
	buf_done(&line);
	s->shown_at = p->seconds;
	s->shown_frames = p->frames;
}

static void progress(void *data, const struct scan_progress *p)
{
	struct session *s = data;
	struct scan_progress now = *p;
	now.snapshot = s->stored;
	if (p->asked && !s->show.screen)
		answer(s, &now);
	if (p->asked || !s->terminal)
		return;
	/* A scan that is over at once needs no screen. */
	bool worth = p->seconds >= SHOW_MS / 1000.0 && !(p->left >= 0 && p->left < SHOW_MS / 1000.0);
	if (s->show.screen || (worth && cli_scan_screen(&s->show)))
		tui_live_show(s->show.screen, &now, p->seconds);
	else
		show_line(s, &now);
}

static void note(void *data, const char *text)
{
	struct session *s = data;
	struct buf b;
	if (s->show.screen) {
		tui_live_note(s->show.screen, text);
		return;
	}
	buf_init(&b, 4096);
	text_terminal(&b, text);
	cli_scan_clear_line(&s->show);
	fprintf(stderr, "genba: %s\n", b.data);
	buf_done(&b);
}

/* ---- storing ---- */

static bool save(struct session *s, struct inventory *inv, const struct scan_kept *kept, const char *state,
		 struct err *e)
{
	const struct obs_file *rows;
	uint32_t n = observe_files(inv->observe, &rows);
	const char **paths = xcalloc(n + 1, sizeof *paths), **digests = xcalloc(n + 1, sizeof *digests);
	for (uint32_t i = 0; i < n; i++) {
		paths[i] = scan_kept_path(kept, i);
		digests[i] = scan_kept_digest(kept, i);
	}
	struct store_scan_info info = s->q->said;
	info.started = s->started;
	info.finished = store_now();
	info.paths = paths;
	info.digests = digests;
	info.state = state;
	bool ok = store_scan_save(s->store, inv, &info, &s->q->scan, e);
	s->stored = ok ? info.finished : s->stored;
	free(paths);
	free(digests);
	return ok;
}

static void snapshot(void *data, const struct observe *o, const struct scan_kept *kept)
{
	struct session *s = data;
	struct err e;
	if (!s->q->scan && observe_counted(o, COUNT_FRAMES) == 0)
		return;   /* nothing yet that would be worth a scan */
	struct inventory *inv = inventory_resolve(o);
	if (!save(s, inv, kept, "running", &e)) {
		err_prefix(&e, "%s", _("not stored this time; the scan goes on"));
		note(s, e.text);
	}
	inventory_free(inv);
}

/* At the end nothing comes after: somebody who has the file open gets some time. */
static bool save_last(struct session *s, struct inventory *inv, const struct scan_kept *kept, bool whole, struct err *e)
{
	for (int i = 1;; i++) {
		if (save(s, inv, kept, whole ? "complete" : "interrupted", e))
			return true;
		if (i == SAVE_TRIES)
			return false;
		note(s, e->text);
		sleep(1);
	}
}

/* ---- before it listens ---- */

static bool keep_folder(const char *folder, struct err *e)
{
	if (!folder || access(folder, W_OK | X_OK) == 0)
		return true;
	if (errno == ENOENT && mkdir(folder, 0700) == 0)
		return true;
	return err_errno(e, "%s", folder);
}

static struct store *open_site(const struct cli_scan *q, struct err *e)
{
	char *user = NULL;
	bool ok = scan_drop_root(q->site, &user, e) && cli_scan_may_write(q->site, user, e) && keep_folder(q->keep.folder, e);
	free(user);
	return ok ? store_open(q->site, STORE_WRITE, e) : NULL;
}

/* Are the networks of the site known, so that coverage counts fully? */
static bool declared(struct store *s)
{
	char *subnets = store_setting_get(s, "subnets"), *zones = store_setting_get(s, "zones");
	bool known = (subnets && *subnets) || (zones && *zones);
	free(subnets);
	free(zones);
	return known;
}

/* ---- all of it ---- */

static bool listen_and_store(struct session *s, const struct scan_job *job, struct err *e)
{
	struct scan_kept *kept;
	bool whole;
	scan_live_signals(true);
	s->started = store_now();
	struct observe *seen = scan_live(job, &kept, &whole, e);
	cli_scan_clear_line(&s->show);
	struct inventory *inv = seen ? inventory_resolve(seen) : NULL;
	struct err why;
	bool ok = inv && save_last(s, inv, kept, whole, &why);
	if (inv && !ok)
		*e = why;
	scan_live_signals(false);
	/* Not before all is stored: a terminal that takes nothing holds up whoever writes to it. */
	tui_live_close(s->show.screen);
	s->show.screen = NULL;
	if (seen)
		cli_scan_notes(seen);
	if (ok && !s->q->quiet)
		cli_scan_summary(inv, s->q->scan, false, s->q->site);
	inventory_free(inv);
	observe_free(seen);
	scan_kept_free(kept);
	return ok && whole;
}

bool cli_scan_listen(struct cli_scan *q, struct err *e)
{
	struct session s = { .q = q, .terminal = !q->quiet && isatty(STDERR_FILENO) };
	struct scan_job job = { .n_interfaces = q->n_interfaces, .seconds = q->seconds, .snapshot_every = q->snapshot_every,
				.keep = q->keep, .data = &s, .progress = progress, .snapshot = snapshot, .note = note,
				.end = tui_live_end() };
	if (!scan_live_open(q->interfaces, q->n_interfaces, q->filter, q->buffer, &job.interfaces, e))
		return false;
	s.store = open_site(q, e);
	s.show.about = (struct tui_live_about){ .site = q->site, .listening = true, .names = q->interfaces, .n = q->n_interfaces,
					   .snapshot_every = q->snapshot_every, .declared = s.store && declared(s.store) };
	bool ok = s.store && listen_and_store(&s, &job, e);
	store_close(s.store);
	scan_live_close(job.interfaces, q->n_interfaces);
	return ok;
}

int cli_scan_live(struct cli *c, struct err *e)
{
	struct cli_scan q;
	const char *names[SCAN_INTERFACES];
	if (!read_options(c, &q, names, e))
		return EXIT_USAGE_ERROR;
	return cli_scan_listen(&q, e) ? EXIT_DONE : EXIT_FAILED;
}
