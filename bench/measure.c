/*
 * Run a command and print what it took: CPU seconds (user and system, of it and of
 * every descendant it waited for), seconds of the clock, and memory in KiB twice.
 *
 * The command and its descendants are looked at every few milliseconds. The first
 * figure is the most that they held together at one moment (the sum of VmRSS): what
 * the machine must have. The second is the sum of the peaks of each (VmHWM), though
 * they may have come at different moments. Pages that processes share count twice in
 * both. What grows between two looks is missed, but for the largest process, whose
 * peak the kernel tells exactly (ru_maxrss): neither figure is below that.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 10, PROCESSES = 64 };

static struct { pid_t pid; long peak; } seen[PROCESSES];
static int n_seen;
static long together, most;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static FILE *proc(pid_t pid, const char *what)
{
	char path[96];
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
	return fopen(path, "re");
}

static long peak_of(pid_t pid)
{
	char line[256];
	long peak = 0, rss = 0;
	FILE *f = proc(pid, "status");
	/* VmRSS comes after VmHWM */
	while (f && !rss && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %ld", &peak) != 1)
			(void)!sscanf(line, "VmRSS: %ld", &rss);
	if (f)
		fclose(f);
	together += rss;
	return peak;
}

/* This process and what it started; threads of other than the first start nothing here. */
static void look(pid_t pid)
{
	char children[64];
	int i = 0, child;
	while (i < n_seen && seen[i].pid != pid)
		i++;
	if (i == PROCESSES)
		return;
	if (i == n_seen)
		seen[n_seen++].pid = pid;
	long peak = peak_of(pid);
	if (peak > seen[i].peak)
		seen[i].peak = peak;
	snprintf(children, sizeof children, "task/%d/children", (int)pid);
	FILE *f = proc(pid, children);
	while (f && fscanf(f, "%d", &child) == 1)
		look((pid_t)child);
	if (f)
		fclose(f);
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: measure OUTPUT COMMAND...   (what it prints goes to OUTPUT)\n");
		return 64;
	}
	double start = now();
	pid_t pid = fork();
	if (pid < 0) {
		perror("measure: fork");
		return 2;
	}
	if (pid == 0) {
		int out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
		if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
			_exit(127);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	int status;
	struct rusage use;
	struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
	pid_t done;
	while ((done = wait4(pid, &status, WNOHANG, &use)) == 0 || (done < 0 && errno == EINTR)) {
		together = 0;
		look(pid);
		if (together > most)
			most = together;
		nanosleep(&pause, NULL);
	}
	double wall = now() - start;
	if (done < 0) {
		perror("measure: wait4");
		return 2;
	}
	long sum = 0, largest = 0;
	for (int i = 0; i < n_seen; i++) {
		sum += seen[i].peak;
		if (seen[i].peak > largest)
			largest = seen[i].peak;
	}
	/* the largest process is known exactly: put that in the place of its last look */
	if (use.ru_maxrss > largest)
		sum += use.ru_maxrss - largest;
	if (use.ru_maxrss > most)
		most = use.ru_maxrss;
	printf("%.3f %.3f %ld %ld\n", seconds(use.ru_utime) + seconds(use.ru_stime), wall, most, sum);
	if (WIFSIGNALED(status)) {
		fprintf(stderr, "measure: %s: signal %d\n", argv[2], WTERMSIG(status));
		return 2;
	}
	return WEXITSTATUS(status);
}
