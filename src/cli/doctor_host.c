/* The machine: permission to capture, clock, room on disk and in memory, sandbox, libraries, language. */
#include <cap-ng.h>
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <linux/magic.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/lang.h"
#include "cli/doctor.h"
#include "flow/ndpi.h"
#include "mail/mail.h"
#include "scan/scan.h"
#include "store/store.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* Not in every linux/magic.h. */
enum { MAGIC_EXFAT = 0x2011bab0, MAGIC_CIFS = (int)0xff534d42, MAGIC_SMB2 = (int)0xfe534d42, MAGIC_NFS = 0x6969 };

/* A site file is small, a capture is not: a busy port gives some GiB an hour. */
static const uint64_t site_least = 100 * MIB, site_good = GIB, keep_least = GIB, keep_good = 20 * GIB;
/* bench/README.md has what captures take; the parsing child is stopped at 3 GiB. */
static const uint64_t memory_least = 256 * MIB, memory_good = GIB;

static const char *size_text(uint64_t bytes, char out[32])
{
	if (bytes >= GIB)
		snprintf(out, 32, "%.1f GiB", (double)bytes / (double)GIB);
	else
		snprintf(out, 32, "%llu MiB", (unsigned long long)(bytes / MIB));
	return out;
}

/* ---- permission ---- */

static void check_permission(struct doctor *d)
{
	char exe[PATH_MAX] = "genba";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	int error;
	if (n > 0)
		exe[n] = 0;
	if (interface_may_capture(&error)) {
		doctor_add(d, "permission", NULL, DOCTOR_OK, "%s", geteuid() == 0 ?
			   _("genba may capture (as root; with cap_net_raw on the program it need not be root).") :
			   _("genba may capture without being root."));
		return;
	}
	if (error == EAFNOSUPPORT) {
		doctor_add(d, "permission", NULL, DOCTOR_PROBLEM, "%s",
			   _("This kernel has no packet sockets, so nothing can be captured."));
		doctor_mend(d, "modprobe af_packet");
		return;
	}
	struct statvfs fs;
	bool nosuid = statvfs(exe, &fs) == 0 && (fs.f_flag & ST_NOSUID);
	bool given = getxattr(exe, "security.capability", NULL, 0) > 0;
	bool bound = capng_get_caps_process() != 0 || capng_have_capability(CAPNG_BOUNDING_SET, CAP_NET_RAW) != 0;
	if (given || nosuid || !bound) {
		doctor_add(d, "permission", NULL, DOCTOR_PROBLEM, nosuid ?
			   _("genba may not capture, and a right given to the program has no effect on this file system "
			     "(nosuid): install it elsewhere, or run it as root.") :
			   _("genba may not capture: what started it withholds the right (CAP_NET_RAW), as containers and "
			     "services do. Allow it there."));
		return;
	}
	char *word = doctor_word(exe);
	doctor_add(d, "permission", NULL, DOCTOR_PROBLEM, "%s",
		   _("genba may not capture. Give the program the right to, once (again after each installation):"));
	doctor_mend(d, "setcap cap_net_raw+ep %s", word);
	free(word);
}

/* ---- was it a mirror port? ---- */

struct last { bool has, mirror; double share, hours; };

static bool last_row(void *data, const struct store_row *row)
{
	*(struct last *)data = (struct last){ true, row->values[0].i != 0, row->values[1].r, row->values[2].r };
	return false;
}

static void check_mirror(struct doctor *d, const char *site)
{
	struct err e;
	struct last last = { 0 };
	if (access(site, F_OK) != 0)
		return;
	struct store *s = store_open(site, STORE_LOOK, &e);
	int64_t scan = s ? store_scan_latest(s) : 0;
	if (!s || (scan && !store_select(s, scan, "SELECT mirror, third_party_share, hours FROM v_coverage", NULL,
					 last_row, &last, &e)))
		doctor_add(d, "mirror", NULL, DOCTOR_ADVICE, _("The last scan was not looked at: %s"), e.text);
	else if (last.has && last.mirror)
		doctor_add(d, "mirror", NULL, DOCTOR_OK,
			   _("The last scan (%lld) was taken at a mirror port: %.0f %% of what was said to one machine was "
			     "said between others."), (long long)scan, last.share * 100);
	else if (last.has)
		doctor_add(d, "mirror", NULL, DOCTOR_ADVICE,
			   _("The last scan (%lld) was hardly taken at a mirror port: almost nothing of what others said to "
			     "one another is in it. Let the switch copy (mirror, SPAN) the ports of the machines, in both "
			     "directions, to the port where you listen."), (long long)scan);
	store_close(s);
}

/* ---- clock ---- */

static time_t program_made(void)
{
	struct stat st;
	/* A program that came from an archive may carry any old time. */
	const time_t least = 1735689600;   /* 2025-01-01 */
	return stat("/proc/self/exe", &st) == 0 && st.st_mtime > least ? st.st_mtime : least;
}

static void check_zone(struct doctor *d, time_t now)
{
	struct tm t;
	tzset();
	localtime_r(&now, &t);
	const char *tz = getenv("TZ");
	bool set = (tz && *tz) || access("/etc/localtime", F_OK) == 0;
	if (set && (t.tm_gmtoff != 0 || (tz && *tz))) {
		doctor_add(d, "timezone", NULL, DOCTOR_OK, _("Time zone: %s (UTC%+03ld:%02ld)."), t.tm_zone,
			   t.tm_gmtoff / 3600, labs(t.tm_gmtoff) % 3600 / 60);
		return;
	}
	doctor_add(d, "timezone", NULL, DOCTOR_ADVICE, "%s",
		   _("The clock shows UTC, not the time of the factory: nights and shifts are not where people expect "
		     "them."));
	doctor_mend(d, "timedatectl set-timezone Asia/Tokyo");
}

static void check_clock(struct doctor *d)
{
	struct timespec now;
	struct timex state = { .modes = 0 };   /* only asks */
	char shown[32];
	struct tm t;
	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &t);
	strftime(shown, sizeof shown, "%Y-%m-%d %H:%M", &t);
	int r = now.tv_sec < program_made() ? TIME_OK : adjtimex(&state);
	if (now.tv_sec < program_made()) {
		doctor_add(d, "clock", NULL, DOCTOR_PROBLEM,
			   _("The clock says %s, which is before this program was made: every time in the report would be "
			     "wrong."), shown);
		doctor_mend(d, "date -s \"2026-01-31 13:00\"   # the time now");
	} else if (r >= 0 && (r == TIME_ERROR || (state.status & STA_UNSYNC))) {
		doctor_add(d, "clock", NULL, DOCTOR_ADVICE,
			   _("The clock says %s, and nothing sets it right. Compare it with a clock that you trust, or let it "
			     "be set over a network other than the one observed:"), shown);
		doctor_mend(d, "timedatectl set-ntp true");
	} else {
		doctor_add(d, "clock", NULL, DOCTOR_OK, r < 0 ? _("The clock says %s.") :
								_("The clock says %s and is kept right."), shown);
	}
	check_zone(d, now.tv_sec);
}

/* ---- disk ---- */

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xasprintf("%.*s", (int)(slash - path), path);
}

/* Is this a place to write to? Says what is wrong with it. */
static bool writable(struct doctor *d, const char *id, const char *folder, const struct statvfs *fs)
{
	if (fs->f_flag & ST_RDONLY) {
		doctor_add(d, id, NULL, DOCTOR_PROBLEM, _("%s: the file system is read-only."), folder);
		return false;
	}
	if (access(folder, W_OK | X_OK) == 0)
		return true;
	/* No command: the folder may be one of the system's. */
	doctor_add(d, id, NULL, DOCTOR_PROBLEM, _("%s: you may not write into this folder. Take another."), folder);
	return false;
}

static void check_kind(struct doctor *d, const char *id, const char *folder)
{
	struct statfs fs;
	if (statfs(folder, &fs) != 0)
		return;
	int magic = (int)fs.f_type;
	if (magic == MSDOS_SUPER_MAGIC || magic == MAGIC_EXFAT)
		doctor_add(d, id, NULL, DOCTOR_ADVICE,
			   _("%s: this is FAT or exFAT, as on USB sticks: whoever holds it reads everything, and on FAT a "
			     "file ends at 4 GiB. Better work on the disk, and copy."), folder);
	else if (magic == MAGIC_NFS || magic == MAGIC_CIFS || magic == MAGIC_SMB2)
		doctor_add(d, id, NULL, DOCTOR_ADVICE,
			   _("%s: this is a folder of another machine: writing there sends over a network, and two at once "
			     "can damage the site file. Better work on the disk, and copy."), folder);
}

static void check_folder(struct doctor *d, const char *id, const char *folder, uint64_t least, uint64_t good)
{
	struct statvfs fs;
	char left[32];
	if (statvfs(folder, &fs) != 0) {
		char *word = doctor_word(folder);
		doctor_add(d, id, NULL, DOCTOR_PROBLEM, "%s: %s", folder, strerror(errno));
		if (errno == ENOENT)
			doctor_mend(d, "mkdir -p %s", word);
		free(word);
		return;
	}
	check_kind(d, id, folder);
	if (!writable(d, id, folder, &fs))
		return;
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
	size_text(room, left);
	if (room < good)
		doctor_add(d, id, NULL, room < least ? DOCTOR_PROBLEM : DOCTOR_ADVICE,
			   _("%s: only %s are free. Make room, or take another folder."), folder, left);
	else
		doctor_add(d, id, NULL, DOCTOR_OK, _("%s: %s are free, and it can be written."), folder, left);
}

static void check_disk(struct doctor *d, const char *site, const char *keep)
{
	char *folder = folder_of(site), *real = realpath(folder, NULL);
	check_folder(d, "disk", real ? real : folder, site_least, site_good);
	if (access(site, F_OK) == 0 && access(site, W_OK) != 0) {
		char *word = doctor_word(site);
		doctor_add(d, "site", NULL, DOCTOR_PROBLEM, _("%s: you may not write into this site file."), site);
		doctor_mend(d, "chown %u %s", (unsigned)geteuid(), word);
		free(word);
	}
	if (keep)
		check_folder(d, "keep", keep, keep_least, keep_good);
	free(folder);
	free(real);
}

static void check_memory(struct doctor *d)
{
	char line[256], text[32];
	unsigned long long kib = 0;
	FILE *f = fopen("/proc/meminfo", "re");
	while (f && !kib && fgets(line, sizeof line, f))
		if (sscanf(line, "MemAvailable: %llu", &kib) != 1)
			kib = 0;
	if (f)
		fclose(f);
	if (!kib)
		return;
	uint64_t bytes = kib << 10;
	size_text(bytes, text);
	if (bytes < memory_good)
		doctor_add(d, "memory", NULL, bytes < memory_least ? DOCTOR_PROBLEM : DOCTOR_ADVICE,
			   _("Only %s of memory are available. End other programs; a large network can need 1 GiB."), text);
	else
		doctor_add(d, "memory", NULL, DOCTOR_OK, _("%s of memory are available."), text);
}

/* ---- what genba stands on ---- */

static void check_sandbox(struct doctor *d)
{
	bool seccomp;
	int landlock;
	scan_sandbox_support(&seccomp, &landlock);
	if (!seccomp)
		doctor_add(d, "sandbox", NULL, DOCTOR_PROBLEM, "%s",
			   _("This kernel cannot filter system calls (seccomp), and genba parses nothing without that. Take "
			     "a kernel that has CONFIG_SECCOMP_FILTER."));
	else if (!landlock)
		doctor_add(d, "sandbox", NULL, DOCTOR_ADVICE, "%s",
			   _("Parsing is locked in by a system call filter alone: this kernel has no Landlock, the second "
			     "lock (Linux 5.13 and later, with landlock in the kernel's option lsm=)."));
	else
		doctor_add(d, "sandbox", NULL, DOCTOR_OK, _("Parsing is locked in (seccomp; Landlock, version %d)."),
			   landlock);
}

static void check_locale(struct doctor *d)
{
	locale_t l = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	if (l && strcmp(nl_langinfo_l(CODESET, l), "UTF-8") == 0)
		doctor_add(d, "locale", NULL, DOCTOR_OK, "%s",
			   _("Text is UTF-8. Whether the terminal has Japanese characters, only you can see: 現場"));
	else
		doctor_add(d, "locale", NULL, DOCTOR_ADVICE, "%s", l ?
			   _("Text is not UTF-8 here: Japanese may not be readable.") :
			   _("The language that the environment asks for is not installed."));
	if (d->list[d->n - 1].result != DOCTOR_OK)
		doctor_mend(d, l ? "export LC_ALL=C.UTF-8" : "dpkg-reconfigure locales");
	if (l)
		freelocale(l);
}

void doctor_host(struct doctor *d, const char *site, const char *keep)
{
	check_permission(d);
	check_mirror(d, site);
	check_clock(d);
	check_disk(d, site, keep);
	check_memory(d);
	check_sandbox(d);
	doctor_add(d, "libraries", NULL, DOCTOR_OK, "genba %s, %s, %s, %s, %s", VERSION, capture_library(), ndpi_library(),
		   store_library(), mail_library());
	check_locale(d);
}
