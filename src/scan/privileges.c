/*
 * Opening an interface needs a right that nothing behind it needs: it is given up
 * for good before the first byte is read.
 */
#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lang.h"
#include "scan/private.h"

enum { NOBODY = 65534 };

struct target { uid_t uid; gid_t gid; };

static bool of_user(const char *name, struct target *t)
{
	const struct passwd *p = getpwnam(name);
	if (!p || p->pw_uid == 0)
		return false;
	*t = (struct target){ p->pw_uid, p->pw_gid };
	return true;
}

static bool of_number(const char *uid, const char *gid, struct target *t)
{
	char *end_u, *end_g;
	if (!uid || !gid || !*uid || !*gid)
		return false;
	unsigned long u = strtoul(uid, &end_u, 10), g = strtoul(gid, &end_g, 10);
	if (*end_u || *end_g || u == 0 || u >= UINT32_MAX || g >= UINT32_MAX)
		return false;
	*t = (struct target){ (uid_t)u, (gid_t)g };
	return true;
}

/* Of the file, or of the folder that it will lie in. */
static bool of_owner(const char *site, struct target *t)
{
	struct stat st;
	const char *slash = strrchr(site, '/');
	char *folder = slash ? strndup(site, (size_t)(slash - site) + 1) : strdup(".");
	bool ok = stat(site, &st) == 0 || (folder && stat(folder, &st) == 0);
	free(folder);
	if (!ok || st.st_uid == 0)
		return false;
	const struct passwd *p = getpwuid(st.st_uid);
	*t = (struct target){ st.st_uid, p ? p->pw_gid : st.st_gid };
	return true;
}

static struct target whom(const char *site)
{
	struct target t = { NOBODY, NOBODY };
	if (getuid() != 0)
		return (struct target){ getuid(), getgid() };   /* the program is set-uid root: back to who called it */
	(void)(of_user("genba", &t) || of_number(getenv("SUDO_UID"), getenv("SUDO_GID"), &t) || of_owner(site, &t) ||
	       of_user("nobody", &t));
	if (t.gid == 0)
		t.gid = NOBODY;
	return t;
}

/* Root of a user namespace that knows no other user is not the root of this machine. */
static bool in_small_namespace(void)
{
	unsigned long inside = 0, outside = 0, n = 0;
	FILE *f = fopen("/proc/self/uid_map", "re");
	bool small = f && fscanf(f, "%lu %lu %lu", &inside, &outside, &n) == 3 && n < 65534;
	if (f)
		fclose(f);
	return small;
}

static bool drop_capabilities(struct err *e)
{
	capng_clear(CAPNG_SELECT_BOTH);
	(void)capng_apply(CAPNG_SELECT_BOUNDS);   /* only root may; nothing is in reach without it */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0 || capng_get_caps_process() != 0 ||
	    capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
		return err_set(e, "%s", _("the capabilities cannot be given up; nothing was scanned"));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_errno(e, "no_new_privs");
	return true;
}

static bool change_user(const struct target *t, struct err *e)
{
	bool small = in_small_namespace();
	if (setgroups(0, NULL) != 0 && !small)
		return err_errno(e, "setgroups");
	if (setresgid(t->gid, t->gid, t->gid) != 0 && !small)
		return err_errno(e, "setresgid");
	if (setresuid(t->uid, t->uid, t->uid) != 0 && !small)
		return err_errno(e, "setresuid");
	if (!small && (setuid(0) == 0 || geteuid() == 0))
		return err_set(e, "%s", _("root cannot be given up; nothing was scanned"));
	return true;
}

bool scan_drop_root(const char *site, char **user, struct err *e)
{
	*user = NULL;
	bool root = geteuid() == 0;
	struct target t = { getuid(), getgid() };
	if (root) {
		t = whom(site);
		/* While it is root: later nobody may take them off the list of what can ever be had. */
		capng_clear(CAPNG_SELECT_BOTH);
		(void)capng_apply(CAPNG_SELECT_BOUNDS);
		if (!change_user(&t, e))
			return false;
	}
	if (!drop_capabilities(e))
		return false;
	if (root) {
		const struct passwd *p = getpwuid(geteuid());
		*user = p ? xstrdup(p->pw_name) : xasprintf("%u", (unsigned)geteuid());
	}
	return true;
}
