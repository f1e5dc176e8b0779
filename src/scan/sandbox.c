/*
 * The sandbox of the parsing child: no new privileges, Landlock where the kernel
 * has it, and a seccomp filter that ends the process at any system call that
 * reading captures does not need.
 */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

#include "scan/scan.h"

#define MEMORY_MAX ((rlim_t)3 << 30)

static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close),
	SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(newfstatat),
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(tgkill), SCMP_SYS(sched_yield), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall),
	SCMP_SYS(fadvise64), SCMP_SYS(readahead), SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(sched_getaffinity), SCMP_SYS(getrlimit),
	SCMP_SYS(sysinfo),   /* qsort() asks how much memory there is */
};

static bool landlock(struct err *e)
{
#if defined(HAVE_LINUX_LANDLOCK_H) && defined(SYS_landlock_create_ruleset)
	struct landlock_ruleset_attr attr = { .handled_access_fs = 0x1fff };   /* all rights of ABI 1 */
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (fd < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM
			       ? true
			       : err_errno(e, "landlock_create_ruleset");
	bool ok = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	if (!ok)
		err_errno(e, "landlock_restrict_self");
	close(fd);
	return ok;
#else
	(void)e;
	return true;
#endif
}

void scan_sandbox_support(bool *seccomp, int *landlock_version)
{
	uint32_t kill = SCMP_ACT_KILL_PROCESS;
	*seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == 0;
	*landlock_version = 0;
#if defined(HAVE_LINUX_LANDLOCK_H) && defined(SYS_landlock_create_ruleset)
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	*landlock_version = version > 0 ? (int)version : 0;
#endif
}

bool scan_no_sockets(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool ok = filter && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 0) == 0 &&
		  seccomp_load(filter) == 0;
	if (filter)
		seccomp_release(filter);
	return ok;
}

static bool lock_in(bool (*more)(scmp_filter_ctx filter, const void *data), const void *data, struct err *e)
{
	const struct rlimit none = { 0, 0 };
	setrlimit(RLIMIT_CORE, &none);
#ifndef WITH_SANITIZERS
	/* Behind the caps of every table: more than all of them together is a mistake or an attack. */
	const struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
	setrlimit(RLIMIT_DATA, &memory);
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_errno(e, "no_new_privs");
	if (!landlock(e))
		return false;
	/* A sanitizer that has something to report opens files: it is refused, not killed, so that the report comes. */
#ifdef WITH_SANITIZERS
	uint32_t otherwise = SCMP_ACT_ERRNO(EPERM);
#else
	uint32_t otherwise = SCMP_ACT_KILL_PROCESS;
#endif
	scmp_filter_ctx filter = seccomp_init(otherwise);
	if (!filter)
		return err_set(e, "seccomp: no memory for the filter");
	int r = 0;
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	/* Memory may never become code. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, 4 /* PROT_EXEC */, 0));
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	/* The thread that reads ahead; no new process. clone3 hides its flags: glibc then uses clone. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				     SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
				     SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
	/* Limits may be read, not set. */
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
				     SCMP_A2(SCMP_CMP_EQ, 0, 0));
	if (r == 0 && !more(filter, data))
		r = -EINVAL;
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	if (r != 0) {
		errno = -r;
		return err_errno(e, "seccomp");
	}
	return true;
}

static bool allow_files(scmp_filter_ctx filter, const void *data)
{
	(void)data;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 0) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(writev), 0) == 0;
}

bool scan_sandbox(struct err *e)
{
	return lock_in(allow_files, NULL, e);
}

struct live_rules {
	int out;
	const int *keep;
	size_t n;
	int incoming;
};

static bool allow(scmp_filter_ctx filter, int call)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
}

static bool allow_write(scmp_filter_ctx filter, int fd)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd)) == 0;
}

/*
 * What reading an interface needs, and nothing that sends: no send, connect or setsockopt, and writing only to
 * descriptors that are no interface's. A new file comes as a message and takes the place of the one before. Equal, not
 * greater: the filter looks at 64 bits of which the call takes 32.
 */
static bool allow_interfaces(scmp_filter_ctx filter, const void *data)
{
	const struct live_rules *r = data;
	bool ok = allow(filter, SCMP_SYS(poll)) && allow(filter, SCMP_SYS(ppoll)) &&
		  allow(filter, SCMP_SYS(getsockopt)) && allow(filter, SCMP_SYS(recvmsg)) && allow_write(filter, r->out);
	static const unsigned long asks[] = { SIOCGIFFLAGS, SIOCGIFINDEX };
	for (size_t i = 0; ok && i < sizeof asks / sizeof *asks; i++)
		ok = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, asks[i])) == 0;
	for (size_t i = 0; ok && i < r->n; i++) {
		if (r->keep[i] < 0)
			continue;
		ok = allow_write(filter, r->keep[i]) &&
		     seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(dup3), 2,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)r->incoming),
				      SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)r->keep[i])) == 0;
	}
#ifdef WITH_SANITIZERS
	ok = ok && allow_write(filter, STDERR_FILENO);
#endif
	return ok;
}

bool scan_sandbox_live(int out, const int *keep, size_t n, int incoming, struct err *e)
{
	const struct live_rules r = { out, keep, n, incoming };
	return lock_in(allow_interfaces, &r, e);
}
