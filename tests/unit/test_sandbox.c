/* The sandbox of the parsing child: what it must not do ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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

/* ---- where interfaces are read: an end of a pipe to write to, a socket that must not be sent on, a file ---- */

static int out[2], interface[2], keep, spare;

static int forbidden_send(void)
{
	return (int)send(interface[0], "x", 1, 0);
}

static int forbidden_write(void)
{
	return (int)write(interface[0], "x", 1);
}

static int forbidden_option(void)
{
	int on = 1;
	return setsockopt(interface[0], SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
}

/* An interface's descriptor put where a file was could be written to. */
static int forbidden_place(void)
{
	return dup3(interface[0], keep, O_CLOEXEC);
}

/* The kernel takes 32 bits of a descriptor. */
static int forbidden_disguise(void)
{
	return (int)syscall(SYS_dup3, interface[0] | INT64_C(1) << 32, (int64_t)keep, (int64_t)O_CLOEXEC);
}

static int forbidden_copy(void)
{
	return fcntl(interface[0], F_DUPFD_CLOEXEC, 100);
}

static int allowed_live(void)
{
	char text[8];
	struct iovec part = { text, sizeof text };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct pollfd p = { .fd = interface[0], .events = POLLIN };
	int error;
	socklen_t n = sizeof error;
	bool ok = poll(&p, 1, 0) == 1 && recvmsg(interface[0], &m, 0) == 1 &&
		  getsockopt(interface[0], SOL_SOCKET, SO_ERROR, &error, &n) == 0 && write(out[1], "x", 1) == 1 &&
		  write(keep, "x", 1) == 1 && dup3(spare, keep, O_CLOEXEC) == keep && write(keep, "x", 1) == 1;
	return ok ? 0 : -1;
}

static bool live_sandbox(struct err *e)
{
	bool ok = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, interface) == 0 && pipe2(out, O_CLOEXEC) == 0;
	keep = open("/dev/null", O_WRONLY | O_CLOEXEC);
	spare = open("/dev/null", O_WRONLY | O_CLOEXEC);
	ok = ok && keep >= 0 && spare >= 0 && write(interface[1], "x", 1) == 1;
	return ok && scan_sandbox_live(out[1], &keep, 1, spare, e);
}

/* Runs one thing in a sandboxed child; what became of the child. */
static int fate(int (*action)(void), bool live)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e;
		if (live ? !live_sandbox(&e) : !scan_sandbox(&e))
			_exit(NO_SANDBOX);
		_exit(action() < 0 ? REFUSED : DONE);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void stopped(int (*action)(void), bool live)
{
	int status = fate(action, live);
#ifdef WITH_SANITIZERS
	/* So that a sanitizer can report, its build refuses instead of killing. */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), REFUSED);
#else
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
#endif
}

#define STOPS(what, live)                                                                                       \
	static void what##_is_stopped(void **state)                                                             \
	{                                                                                                       \
		(void)state;                                                                                    \
		stopped(forbidden_##what, live);                                                                \
	}

STOPS(open, false)
STOPS(create, false)
STOPS(socket, false)
STOPS(program, false)
STOPS(fork, false)
STOPS(code, false)
STOPS(kill, false)
STOPS(send, true)
STOPS(write, true)
STOPS(option, true)
STOPS(place, true)
STOPS(copy, true)
STOPS(disguise, true)

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
	int status = fate(allowed, false);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DONE);
}

static void reading_interfaces_goes_on(void **state)
{
	(void)state;
	int status = fate(allowed_live, true);
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
		cmocka_unit_test(send_is_stopped),
		cmocka_unit_test(write_is_stopped),
		cmocka_unit_test(option_is_stopped),
		cmocka_unit_test(place_is_stopped),
		cmocka_unit_test(copy_is_stopped),
		cmocka_unit_test(disguise_is_stopped),
		cmocka_unit_test(reading_interfaces_goes_on),
		cmocka_unit_test(memory_threads_and_writing_go_on),
	};
	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
