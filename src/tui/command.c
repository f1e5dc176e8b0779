/* The program's own commands, run from a screen: a capture is read, the report is written. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/standing.h"

enum { ARGUMENTS_MOST = 16 };

/* Signals that this program ignores or catches are the child's as usual. */
static int start(char *const *argv, pid_t *child)
{
	posix_spawnattr_t how;
	posix_spawn_file_actions_t files;
	sigset_t usual;
	sigemptyset(&usual);
	sigaddset(&usual, SIGINT);
	sigaddset(&usual, SIGQUIT);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigdefault(&how, &usual);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&files);
	if (terminal_scripted())
		posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	int number = posix_spawn(child, "/proc/self/exe", &files, &how, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return number;
}

/* A signal that ends this program ends the command first. */
static bool run(char *const *argv, int *status)
{
	pid_t child;
	int number = start(argv, &child);
	bool told = false;
	while (number == 0 && waitpid(child, status, 0) < 0 && errno == EINTR)
		if (terminal_quitting() && !told) {
			kill(child, SIGTERM);
			told = true;
		}
	errno = number;
	return number == 0;
}

static void wait_for_enter(void)
{
	char c;
	printf("\n%s ", _("Press Enter to go back."));
	fflush(stdout);
	while (!terminal_quitting()) {
		ssize_t n = read(STDIN_FILENO, &c, 1);
		if (n == 0 || (n < 0 && errno != EINTR) || (n == 1 && c == '\n'))
			return;
	}
}

bool tui_command(struct tui *t, const char *const *arguments, bool wait)
{
	/* Ctrl-C is for the command alone, also where it comes a moment too late. */
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old[2];
	char *argv[ARGUMENTS_MOST] = { NULL };
	size_t n = 0;
	int status = 0;
	argv[n++] = xstrdup("genba");
	argv[n++] = xstrdup("--lang");
	argv[n++] = xstrdup(lang_code());
	for (size_t i = 0; arguments[i] && n + 1 < ARGUMENTS_MOST; i++)
		argv[n++] = xstrdup(arguments[i]);
	sigaction(SIGINT, &ignore, &old[0]);
	sigaction(SIGQUIT, &ignore, &old[1]);
	terminal_leave();
	bool started = run(argv, &status);
	bool well = started && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (!started)
		tui_say(t, "%s", strerror(errno));
	else if (!well)
		tui_say(t, "%s", _("That did not work."));
	if ((wait || !well) && !terminal_scripted())
		wait_for_enter();
	terminal_return();
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGQUIT, &old[1], NULL);
	for (size_t i = 0; i < n; i++)
		free(argv[i]);
	return well;
}

char *tui_report_path(const struct tui *t)
{
	const char *slash = strrchr(t->site, '/'), *dot = strrchr(t->site, '.');
	size_t n = dot && (!slash || dot > slash + 1) && dot != t->site ? (size_t)(dot - t->site) : strlen(t->site);
	return xasprintf("%.*s.html", (int)n, t->site);
}
