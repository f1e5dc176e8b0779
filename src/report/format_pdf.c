/*
 * The report as PDF: the HTML page, printed by a program that the machine has. It runs in a folder of its own, without
 * a shell, and without a network where the kernel lets us take it away. The page itself allows no script and loads
 * nothing (its Content-Security-Policy); Chromium cannot print with scripts switched off altogether.
 */
#include "report/format.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lang.h"
#include "base/text.h"

enum { SECONDS_MAX = 120, ARGUMENTS = 40 };

/* Files have these names in its folder, so that no path has to be written as an address. */
static const char page_name[] = "report.html", pdf_name[] = "report.pdf", log_name[] = "log";

static const char *const chromium[] = {
	"--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--user-data-dir=profile",
	"--disable-background-networking", "--disable-component-update",
	"--disable-sync", "--disable-extensions", "--disable-default-apps", "--disable-domain-reliability", "--no-pings",
	"--disable-breakpad", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
	"--proxy-server=127.0.0.1:9",
	/* The name of one switch, before and after Chromium 112. */
	"--print-to-pdf-no-header", "--no-pdf-header-footer", "--print-to-pdf=report.pdf", "report.html", NULL,
};
static const char *const weasyprint[] = { "report.html", "report.pdf", NULL };

/* The page is made for a browser; the first one that is found prints it. */
static const struct renderer { const char *name; const char *const *arguments; } renderers[] = {
	{ "chromium", chromium }, { "chromium-browser", chromium }, { "google-chrome", chromium },
	{ "google-chrome-stable", chromium }, { "weasyprint", weasyprint },
};

static bool is_there(const char *name)
{
	const char *path = getenv("PATH");
	for (const char *p = path ? path : ""; *p;) {
		size_t n = strcspn(p, ":");
		char *file = xasprintf("%.*s/%s", (int)n, p, name);
		bool there = n && access(file, X_OK) == 0;
		free(file);
		if (there)
			return true;
		p += n + (p[n] == ':');
	}
	return false;
}

static const struct renderer *renderer_find(void)
{
	for (size_t i = 0; i < sizeof(renderers) / sizeof(renderers[0]); i++)
		if (is_there(renderers[i].name))
			return &renderers[i];
	return NULL;
}

/* ---- in the child ---- */

static void write_word(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ssize_t n = write(fd, word, strlen(word));
	(void)n;
	close(fd);
}

/* A network namespace of its own, which holds nothing. Where the kernel refuses, the switches above must do. */
static void leave_network(void)
{
	if (geteuid() == 0) {
		(void)unshare(CLONE_NEWNET);
		return;
	}
	char uid[64], gid[64];
	(void)snprintf(uid, sizeof(uid), "%ld %ld 1", (long)geteuid(), (long)geteuid());
	(void)snprintf(gid, sizeof(gid), "%ld %ld 1", (long)getegid(), (long)getegid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return;
	write_word("/proc/self/setgroups", "deny");
	write_word("/proc/self/uid_map", uid);
	write_word("/proc/self/gid_map", gid);
}

static void run_child(const char *folder, const struct renderer *r)
{
	const char *argv[ARGUMENTS] = { r->name };
	size_t n = 1;
	/* Chromium cannot put itself into its sandbox as root. What it reads is our own page. */
	if (r->arguments == chromium && geteuid() == 0)
		argv[n++] = "--no-sandbox";
	for (size_t i = 0; r->arguments[i]; i++)
		argv[n++] = r->arguments[i];
	sigset_t none;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	int null = open("/dev/null", O_RDONLY), log = -1;
	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chdir(folder) == 0)
		log = open(log_name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (null < 0 || log < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(126);
	(void)setenv("HOME", folder, 1);
	(void)setenv("TMPDIR", folder, 1);
	(void)setenv("XDG_CONFIG_HOME", folder, 1);
	(void)setenv("XDG_CACHE_HOME", folder, 1);
	(void)unsetenv("DBUS_SESSION_BUS_ADDRESS");
	leave_network();
	execvp(r->name, (char *const *)(uintptr_t)argv);
	dprintf(2, "%s\n", strerror(errno));
	_exit(127);
}

/* ---- in the parent ---- */

/* Somebody wants to end the program; the signal itself comes through once the folder is cleared away. */
static bool is_interrupted(void)
{
	sigset_t pending;
	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) || sigismember(&pending, SIGHUP));
}

static bool wait_for(pid_t child, int *status)
{
	struct timespec start, now, pause = { .tv_nsec = 50 * 1000000 };
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		pid_t got = waitpid(child, status, WNOHANG);
		if (got == child)
			return true;
		if (got < 0 && errno != EINTR)
			return false;
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec >= SECONDS_MAX || is_interrupted())
			return false;
		(void)nanosleep(&pause, NULL);
	}
}

/* The last line that the program wrote, for the message. */
static void last_words(const char *folder, struct buf *out)
{
	struct buf all;
	char *path = xasprintf("%s/%s", folder, log_name);
	buf_init(&all, 65536);
	if (scratch_read(path, &all, NULL) || all.len) {
		while (all.len && strchr("\r\n ", all.data[all.len - 1]))
			all.data[--all.len] = 0;
		char *line = strrchr(all.data, '\n');
		text_terminal(out, line ? line + 1 : all.data);
	}
	free(path);
	buf_done(&all);
}

static bool print_page(const char *folder, const struct renderer *r, struct err *e)
{
	int status = 0;
	pid_t child = fork();
	if (child < 0)
		return err_errno(e, _("%s could not be started"), r->name);
	if (child == 0)
		run_child(folder, r);
	(void)setpgid(child, child);
	bool ended = wait_for(child, &status);
	/* Whatever it left running goes with it. */
	(void)kill(-child, SIGKILL);
	if (!ended) {
		(void)waitpid(child, &status, 0);
		return err_set(e, _("%s did not print the report within %d seconds"), r->name, SECONDS_MAX);
	}
	return true;
}

static bool print_in_folder(const struct renderer *r, const struct buf *html, struct buf *out, struct err *e)
{
	char *folder = scratch_new(e);
	if (!folder)
		return false;
	char *page = xasprintf("%s/%s", folder, page_name), *pdf = xasprintf("%s/%s", folder, pdf_name);
	size_t before = out->len;
	bool ok = file_save(page, html->data, html->len, e) && print_page(folder, r, e);
	if (ok && access(pdf, R_OK) == 0)
		ok = scratch_read(pdf, out, e);
	if (ok && (out->len < before + 5 || memcmp(out->data + before, "%PDF-", 5) != 0)) {
		struct buf words;
		buf_init(&words, 300);
		last_words(folder, &words);
		ok = err_set(e, _("%s made no PDF of the report: %s"), r->name, words.data);
		buf_done(&words);
	}
	free(page);
	free(pdf);
	scratch_free(folder);
	return ok;
}

bool format_pdf(const struct buf *html, struct buf *out, struct err *e)
{
	const struct renderer *r = renderer_find();
	if (!r)
		return err_set(e, _("a PDF is printed by Chromium or WeasyPrint, and neither was found: install one "
				    "(Debian: apt install chromium), or write HTML and print it from a browser"));
	sigset_t hold, before_hold;
	(void)sigemptyset(&hold);
	(void)sigaddset(&hold, SIGINT);
	(void)sigaddset(&hold, SIGTERM);
	(void)sigaddset(&hold, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &hold, &before_hold);
	bool ok = print_in_folder(r, html, out, e);
	(void)sigprocmask(SIG_SETMASK, &before_hold, NULL);
	return ok;
}
