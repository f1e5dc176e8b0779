/* The sandbox of the parsing child: what it must not do ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/live.h"
#include "scan/scan.h"

enum { DONE = 7, REFUSED = 8, NO_SANDBOX = 9 };
enum where { FILES, SOCKETS, INTERFACE };

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

static int forbidden_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return connect(spare, (struct sockaddr *)&to, sizeof to);
}

/* ---- the same with an interface that is real: the loopback of a network of this test's own ---- */

static struct capture_live *live;
static int watch = -1;   /* hears what is sent there; -1: this user may not listen */
static uint8_t hello[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88, 0xb5, 'h', 'i' };

static struct sockaddr_ll loopback(void)
{
	return (struct sockaddr_ll){ .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
				     .sll_ifindex = (int)if_nametoindex("lo") };
}

static int forbidden_sendto(void)
{
	struct sockaddr_ll to = loopback();
	return (int)sendto(interface[0], hello, sizeof hello, 0, (struct sockaddr *)&to, sizeof to);
}

static int forbidden_sendmsg(void)
{
	struct iovec part = { hello, sizeof hello };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	return (int)sendmsg(interface[0], &m, 0);
}

static int forbidden_sendmmsg(void)
{
	struct iovec part = { hello, sizeof hello };
	struct mmsghdr m = { .msg_hdr = { .msg_iov = &part, .msg_iovlen = 1 } };
	return sendmmsg(interface[0], &m, 1, 0);
}

static int forbidden_frame(void)
{
	return (int)write(interface[0], hello, sizeof hello);
}

static int forbidden_frames(void)
{
	struct iovec part = { hello, sizeof hello };
	return (int)writev(interface[0], &part, 1);
}

static int forbidden_flags(void)
{
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_PROMISC };
	return ioctl(interface[0], SIOCSIFFLAGS, &r);
}

static void count(void *data, struct frame *f)
{
	*(int *)data += f->caplen == sizeof hello && memcmp(f->data, hello, sizeof hello) == 0;
}

static int allowed_interface(void)
{
	int heard = 0;
	struct pollfd p = { .fd = interface[0], .events = POLLIN };
	if (poll(&p, 1, 2000) != 1 || capture_live_take(live, 100, count, &heard) < 0)
		return -1;
	return heard > 0 && capture_live_dropped(live) == 0 && capture_live_state(live) == LIVE_UP ? 0 : -1;
}

static int own_network(void **state)
{
	(void)state;
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return 0;
	struct sockaddr_ll to = loopback();
	watch = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (watch < 0 || ioctl(watch, SIOCSIFFLAGS, &r) != 0 || bind(watch, (struct sockaddr *)&to, sizeof to) != 0)
		watch = -1;
	return 0;
}

/* Frames that came since the last look. */
static int arrived(void)
{
	uint8_t frame[sizeof hello];
	int n = 0;
	while (recv(watch, frame, sizeof frame, 0) > 0)
		n++;
	return n;
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

static bool interface_sandbox(struct err *e)
{
	live = capture_live_open("lo", NULL, NULL, 1, e);
	bool ok = live && pipe2(out, O_CLOEXEC) == 0;
	ok = ok && send(watch, hello, sizeof hello, 0) == sizeof hello;
	interface[0] = ok ? capture_live_fd(live) : -1;
	keep = spare = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return ok && keep >= 0 && scan_sandbox_live(out[1], &keep, 1, spare, e);
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
static int fate(int (*action)(void), enum where where)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct err e;
		if (where == INTERFACE ? !interface_sandbox(&e) : where == SOCKETS ? !live_sandbox(&e) : !scan_sandbox(&e))
			_exit(NO_SANDBOX);
		_exit(action() < 0 ? REFUSED : DONE);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void stopped(int (*action)(void), enum where where)
{
	int status = fate(action, where);
#ifdef WITH_SANITIZERS
	/* So that a sanitizer can report, its build refuses instead of killing. */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), REFUSED);
#else
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
#endif
}

#define STOPS(what, where)                                                                                      \
	static void what##_is_stopped(void **state)                                                             \
	{                                                                                                       \
		(void)state;                                                                                    \
		stopped(forbidden_##what, where);                                                               \
	}

/* The one frame that interface_sandbox() sends arrives, so that another would, too. */
#define STOPS_ON_INTERFACE(what)                                                                                \
	static void what##_on_interface_is_stopped(void **state)                                                \
	{                                                                                                       \
		(void)state;                                                                                    \
		if (watch < 0)                                                                                  \
			skip();                                                                                 \
		(void)arrived();                                                                                \
		stopped(forbidden_##what, INTERFACE);                                                           \
		assert_int_equal(arrived(), 1);                                                                 \
	}

STOPS(open, FILES)
STOPS(create, FILES)
STOPS(socket, FILES)
STOPS(program, FILES)
STOPS(fork, FILES)
STOPS(code, FILES)
STOPS(kill, FILES)
STOPS(send, SOCKETS)
STOPS(write, SOCKETS)
STOPS(option, SOCKETS)
STOPS(place, SOCKETS)
STOPS(copy, SOCKETS)
STOPS(disguise, SOCKETS)
STOPS(connect, SOCKETS)
STOPS_ON_INTERFACE(open)
STOPS_ON_INTERFACE(create)
STOPS_ON_INTERFACE(socket)
STOPS_ON_INTERFACE(connect)
STOPS_ON_INTERFACE(program)
STOPS_ON_INTERFACE(sendto)
STOPS_ON_INTERFACE(sendmsg)
STOPS_ON_INTERFACE(sendmmsg)
STOPS_ON_INTERFACE(frame)
STOPS_ON_INTERFACE(frames)
STOPS_ON_INTERFACE(option)
STOPS_ON_INTERFACE(flags)
STOPS_ON_INTERFACE(place)

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
	int status = fate(allowed, FILES);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DONE);
}

static void reading_interfaces_goes_on(void **state)
{
	(void)state;
	int status = fate(allowed_live, SOCKETS);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DONE);
}

static void reading_a_real_interface_goes_on(void **state)
{
	(void)state;
	if (watch < 0)
		skip();
	int status = fate(allowed_interface, INTERFACE);
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
		cmocka_unit_test(connect_is_stopped),
		cmocka_unit_test(open_on_interface_is_stopped),
		cmocka_unit_test(create_on_interface_is_stopped),
		cmocka_unit_test(socket_on_interface_is_stopped),
		cmocka_unit_test(connect_on_interface_is_stopped),
		cmocka_unit_test(program_on_interface_is_stopped),
		cmocka_unit_test(sendto_on_interface_is_stopped),
		cmocka_unit_test(sendmsg_on_interface_is_stopped),
		cmocka_unit_test(sendmmsg_on_interface_is_stopped),
		cmocka_unit_test(frame_on_interface_is_stopped),
		cmocka_unit_test(frames_on_interface_is_stopped),
		cmocka_unit_test(option_on_interface_is_stopped),
		cmocka_unit_test(flags_on_interface_is_stopped),
		cmocka_unit_test(place_on_interface_is_stopped),
		cmocka_unit_test(reading_interfaces_goes_on),
		cmocka_unit_test(reading_a_real_interface_goes_on),
		cmocka_unit_test(memory_threads_and_writing_go_on),
	};
	return cmocka_run_group_tests_name("sandbox", tests, own_network, NULL);
}
