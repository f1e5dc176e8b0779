/* The sandbox of the parsing child: what it must not do ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scan/scan.h"

enum { DONE = 7, REFUSED = 8, NO_SANDBOX = 9 };

static int forbidden_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static int forbidden_create(void)
{
	return open("genba-sandbox-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static int forbidden_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int forbidden_program(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int forbidden_fork(void)
{
	return (int)fork();
}

static int forbidden_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static int forbidden_kill(void)
{
	return kill(getppid(), 0);
}

/* Runs one thing in a sandboxed child; what became of the child. */
static int fate(int (*action)(void))
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e;
		if (!scan_sandbox(&e))
			_exit(NO_SANDBOX);
		_exit(action() < 0 ? REFUSED : DONE);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void stopped(int (*action)(void))
{
	int status = fate(action);
#ifdef WITH_SANITIZERS
	/* So that a sanitizer can report, its build refuses instead of killing. */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), REFUSED);
#else
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
#endif
}

#define STOPS(what)                                                                                             \
	static void what##_is_stopped(void **state)                                                             \
	{                                                                                                       \
		(void)state;                                                                                    \
		stopped(forbidden_##what);                                                                      \
	}

STOPS(open)
STOPS(create)
STOPS(socket)
STOPS(program)
STOPS(fork)
STOPS(code)
STOPS(kill)

static void *nothing(void *data)
{
	return data;
}

static int allowed(void)
{
	pthread_t t;
	char *p = malloc(3 << 20);   /* from mmap */
	if (!p)
		return -1;
	memset(p, 1, 3 << 20);
	free(p);
	if (pthread_create(&t, NULL, nothing, NULL) != 0)
		return -1;
	return pthread_join(t, NULL) == 0 && write(STDERR_FILENO, "", 0) == 0 ? 0 : -1;
}

static void memory_threads_and_writing_go_on(void **state)
{
	(void)state;
	int status = fate(allowed);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_is_stopped),
		cmocka_unit_test(create_is_stopped),
		cmocka_unit_test(socket_is_stopped),
		cmocka_unit_test(program_is_stopped),
		cmocka_unit_test(fork_is_stopped),
		cmocka_unit_test(code_is_stopped),
		cmocka_unit_test(kill_is_stopped),
		cmocka_unit_test(memory_threads_and_writing_go_on),
	};
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
