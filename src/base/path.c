#include "base/path.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

/* Does this program run out of the tree that it was built in? */
static bool in_build_tree(void)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n <= 0)
		return false;
	exe[n] = 0;
	size_t len = strlen(BUILDDIR);
	return strncmp(exe, BUILDDIR, len) == 0 && exe[len] == '/';
}

const char *path_data(void)
{
	const char *env = getenv("GENBA_DATA");
	if (env && *env)
		return env;
	return in_build_tree() ? SRCDIR : PKGDATADIR;
}

char *path_of(const char *name)
{
	return xasprintf("%s/%s", path_data(), name);
}

const char *path_locale(void)
{
	return in_build_tree() ? BUILDDIR "/po" : LOCALEDIR;
}
