/* genba scan: captures, or what is heard (scan_live.c), into the site file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/scan.h"
#include "inventory/inventory.h"
#include "scan/scan.h"

static const struct cli_option options[] = {
	{ 'i', "interface", N_("NAME"), N_("listen here instead of reading captures; may be given several times") },
	{ 'd', "duration", N_("TIME"), N_("listen so long: 30m, 8h, 1d; without it until Ctrl-C") },
	{ 'f', "filter", N_("BPF"), N_("only frames that this filter takes (in a capture, frame numbers count all)") },
	{ 0, "snapshot", N_("TIME"), N_("store what was heard so far so often; 5m, if not given") },
	{ 0, "buffer", N_("MIB"), N_("memory for frames that wait to be read, for each interface; 64, if not given") },
	{ 0, "keep", N_("FOLDER"), N_("keep what is heard as capture files here; the oldest are deleted") },
	{ 0, "keep-size", N_("SIZE"), N_("all files there together: 500M, 20G; 1G, if not given") },
	{ 0, "keep-age", N_("TIME"), N_("delete files there that are older: 30d") },
	{ 0, "point", N_("TEXT"), N_("where it was captured: \"panel L2, switch 1, port 8\"") },
	{ 0, "operator", N_("NAME"), N_("who captured") },
	{ 0, "authorised-by", N_("NAME"), N_("who allowed it") },
	{ 0, "line-running", N_("yes|no"), N_("was the line running?") },
	{ 'q', "quiet", NULL, N_("no progress and no summary") },
	{ 0, NULL, NULL, NULL },
};

/* ---- progress on a terminal ---- */

#define SCREEN_AFTER 1.5           /* seconds */

struct show {
	const struct scan_input *files;
	size_t n;
	struct timespec start;
	struct cli_scan_show show;
};

static double seconds_since(const struct timespec *t)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - t->tv_sec) + (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

void cli_scan_clear_line(struct cli_scan_show *show)
{
	if (show->line)
		fputs("\r\x1b[K", stderr);
	show->line = false;
}

void cli_scan_line(struct cli_scan_show *show, const char *text)
{
	fprintf(stderr, "\r\x1b[K%s", text);
	fflush(stderr);
	show->line = true;
}

bool cli_scan_screen(struct cli_scan_show *show)
{
	if (!show->tried) {
		show->tried = true;
		cli_scan_clear_line(show);
		show->screen = tui_live_open(&show->about, NULL);
	}
	return show->screen != NULL;
}

static void progress(void *data, const struct scan_progress *p)
{
	struct show *s = data;
	double t = seconds_since(&s->start), share = p->size ? (double)p->position / (double)p->size : 1;
	struct buf line;
	if (t < 0.3)
		return;
	/* A scan that is over at once needs no screen. */
	bool worth = t >= SCREEN_AFTER && share > 0 && t / share - t > 1;
	if (s->show.screen || (worth && cli_scan_screen(&s->show))) {
		tui_live_show(s->show.screen, p, t);
		return;
	}
	buf_init(&line, 1024);
	if (s->n > 1)
		buf_printf(&line, "%u/%zu ", p->file + 1u, s->n);
	buf_printf(&line, _("%3.0f %%  %.0f packets/s  %u addresses"), share * 100, (double)p->frames / t,
		   p->addresses);
	if (share > 0.02 && share < 1)
		buf_printf(&line, _("  %.0f s left"), t / share - t);
	cli_scan_line(&s->show, line.data);
	buf_done(&line);
}

/* ---- the summary ---- */

static void line(const char *label, uint64_t n)
{
	struct buf b;
	buf_init(&b, 256);
	text_pad(&b, label, 34);
	printf("  %s %10llu\n", b.data, (unsigned long long)n);
	buf_done(&b);
}

/* Several problems come as one text, a line each. */
static void say_lines(const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");
		fprintf(stderr, "genba: %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

void cli_scan_notes(const struct observe *o)
{
	const struct obs_file *f;
	uint32_t n = observe_files(o, &f);
	struct buf b;
	buf_init(&b, 4096);
	for (uint32_t i = 0; i < n; i++) {
		buf_reset(&b);
		text_terminal(&b, f[i].problem);
		if (f[i].live && b.len)
			fprintf(stderr, "genba: %s: %s\n", f[i].name, b.data);
		else if (f[i].failed)
			fprintf(stderr, _("genba: left out: %s\n"), b.data);
		else if (b.len)
			fprintf(stderr, _("genba: read as far as it goes: %s\n"), b.data);
	}
	buf_done(&b);
}

void cli_scan_summary(const struct inventory *inv, int64_t scan, bool again, const char *site)
{
	const struct observe *o = inv->observe;
	const struct obs_file *f;
	uint32_t n = observe_files(o, &f);
	uint64_t frames = 0, cut = 0, undecoded = 0, broken = 0, dropped = 0;
	size_t inside = 0;
	for (uint32_t i = 0; i < n; i++) {
		frames += f[i].frames;
		cut += f[i].cut;
		undecoded += f[i].undecoded;
		dropped += f[i].dropped;
		broken += f[i].truncated + f[i].malformed;
	}
	for (size_t i = 0; i < inv->n_devices; i++)
		inside += !inv->devices[i].internet;
	printf(again ? _("Scan %lld, read again, in %s:\n") : _("Scan %lld in %s:\n"), (long long)scan, site);
	line(_("frames"), frames);
	line(_("devices"), inside);
	line(_("addresses on the internet"), inv->n_devices - inside);
	line(_("conversations"), inv->n_convs);
	line(_("kinds of operations"), inv->n_ops);
	if (dropped)
		line(_("frames lost before they were read"), dropped);
	if (cut)
		line(_("frames cut by the snap length"), cut);
	if (undecoded)
		line(_("frames of an unknown link type"), undecoded);
	if (broken)
		line(_("frames with broken headers"), broken);
	printf("%s\n", inv->n_devices ? _("Next: genba devices, genba findings, genba ask, genba report")
				      : _("No device was seen in it."));
}

/* ---- the command ---- */

void cli_scan_info(const struct cli *c, struct store_scan_info *info)
{
	const char *running = cli_get(c, "line-running");
	info->point = cli_get(c, "point");
	info->operator_name = cli_get(c, "operator");
	info->authorised_by = cli_get(c, "authorised-by");
	info->line_running = running && strcmp(running, "yes") == 0;
	info->line_running_known = running != NULL;
}

/* Paths and digests in the order in which the files were read. */
static bool save(struct cli_scan *q, struct inventory *inv, const struct scan_input *files, size_t n, int64_t started,
		 struct store *s, struct err *e)
{
	const struct obs_file *read;
	uint32_t n_read = observe_files(inv->observe, &read);
	const char **paths = xcalloc(n_read + 1, sizeof *paths), **digests = xcalloc(n_read + 1, sizeof *digests);
	for (uint32_t i = 0; i < n_read; i++) {
		size_t given = read[i].given < n ? read[i].given : 0;
		paths[i] = files[given].path;
		digests[i] = files[given].digest;
	}
	q->scan = store_scan_of(s, digests, n_read);
	q->again = q->scan != 0;
	struct store_scan_info info = q->said;
	info.started = started;
	info.finished = store_now();
	info.paths = paths;
	info.digests = digests;
	info.state = "complete";
	bool ok = store_scan_save(s, inv, &info, &q->scan, e);
	free(paths);
	free(digests);
	return ok;
}

/* The folder, too: SQLite makes its journal there. */
bool cli_scan_may_write(const char *site, const char *user, struct err *e)
{
	const char *slash = strrchr(site, '/');
	char *folder = slash ? xasprintf("%.*s", (int)(slash - site) + 1, site) : xstrdup(".");
	bool ok = access(folder, W_OK | X_OK) == 0 && (access(site, W_OK) == 0 || errno == ENOENT);
	free(folder);
	if (ok)
		return true;
	if (!user)
		return err_errno(e, "%s", site);
	return err_set(e, _("%s: the user %s, whom genba becomes before it listens, may not write it or its folder; "
			    "give both to this user with chown, or another place with -s"), site, user);
}

/*
 * One that is there is opened before the work, so that it is said at once where it cannot be; a new one is made when there
 * is something to put into it.
 */
static bool open_site(const char *site, struct store **s, struct err *e)
{
	*s = NULL;
	if (access(site, F_OK) != 0)
		return cli_scan_may_write(site, NULL, e);
	*s = store_open(site, STORE_WRITE, e);
	return *s != NULL;
}

bool cli_scan(struct cli_scan *q, struct err *e)
{
	if (q->n_interfaces)
		return cli_scan_listen(q, e);
	int64_t started = store_now();
	struct scan_input *files;
	size_t n;
	char *problems;
	bool ok = scan_open(q->paths, q->n, &files, &n, &problems, e);
	if (!ok) {
		free(problems);
		return false;
	}
	say_lines(problems);
	free(problems);
	struct store *s;
	if (!open_site(q->site, &s, e)) {
		scan_close(files, n);
		return false;
	}
	const char **names = xcalloc(n, sizeof *names);
	for (size_t i = 0; i < n; i++)
		names[i] = files[i].path;
	struct show show = { .files = files, .n = n, .show.about = { .site = q->site, .names = names, .n = n } };
	clock_gettime(CLOCK_MONOTONIC, &show.start);
	const struct scan_job job = { .files = files, .n = n, .filter = q->filter, .data = &show, .end = tui_live_end(),
				      .progress = !q->quiet && isatty(STDERR_FILENO) ? progress : NULL };
	struct observe *o = scan_run(&job, e);
	tui_live_close(show.show.screen);
	cli_scan_clear_line(&show.show);
	free(names);
	struct inventory *inv = o ? inventory_resolve(o) : NULL;
	if (inv && !s)
		s = store_open(q->site, STORE_WRITE, e);
	ok = inv && s && save(q, inv, files, n, started, s, e);
	if (o)
		cli_scan_notes(o);
	if (ok && !q->quiet)
		cli_scan_summary(inv, q->scan, q->again, q->site);
	inventory_free(inv);
	observe_free(o);
	store_close(s);
	scan_close(files, n);
	return ok;
}

static int run(struct cli *c, struct err *e)
{
	static const char *const yes_no[] = { "yes", "no", NULL };
	static const char *const live_only[] = { "duration", "snapshot", "buffer", "keep", "keep-size", "keep-age" };
	char *const *paths;
	size_t n = cli_args(c, &paths);
	if (cli_choice(c, "line-running", yes_no, 0, e) < 0)
		return EXIT_USAGE_ERROR;
	if (cli_has(c, "interface"))
		return cli_scan_live(c, e);
	if (n == 0) {
		err_set(e, "%s", _("scan: no capture given; try: genba scan FILE... or genba scan -i INTERFACE"));
		return EXIT_USAGE_ERROR;
	}
	if (n > OBS_FILES) {
		err_set(e, _("scan: %zu captures given; %d at most"), n, OBS_FILES);
		return EXIT_USAGE_ERROR;
	}
	for (size_t i = 0; i < sizeof live_only / sizeof *live_only; i++)
		if (cli_has(c, live_only[i])) {
			err_set(e, _("scan: --%s is for listening; give the interface with -i"), live_only[i]);
			return EXIT_USAGE_ERROR;
		}
	struct cli_scan q = { .site = cli_site(c), .paths = (const char *const *)paths, .n = n,
			      .filter = cli_get(c, "filter"), .quiet = cli_has(c, "quiet") };
	cli_scan_info(c, &q.said);
	return cli_scan(&q, e) ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_scan = {
	.name = "scan",
	.arguments = "FILE... | -i INTERFACE",
	.summary = N_("read captures (pcap, pcapng, also gzip'ed), or listen, into the site file"),
	.description = N_("Several files are one scan, read in order of time. The same captures scanned again "
			  "replace what was stored of them; nothing is counted twice. A file that cannot be read is "
			  "named and left out; the status is 2 only when none could be.\n\n"
			  "With -i genba listens, and sends nothing. It opens the interface, gives up root for good, and "
			  "stores what it heard every few minutes. Ctrl-C or SIGTERM ends it and keeps everything; SIGUSR1 "
			  "shows how far it is. docs/LIVE.md tells how to set the interface up."),
	.options = options,
	.run = run,
};
