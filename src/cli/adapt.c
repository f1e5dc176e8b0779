#include "cli/adapt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "score/actions.h"

enum { ADAPT_MAX = 64 * 1024 };

static bool read_own(const char *path, char *text, size_t *n, struct err *e)
{
	FILE *f = fopen(path, "re");
	if (!f)
		return err_errno(e, "%s", path);
	*n = fread(text, 1, ADAPT_MAX, f);
	bool ok = !ferror(f) || err_errno(e, "%s", path);
	fclose(f);
	text[*n] = '\0';
	if (ok && *n == ADAPT_MAX)
		return err_set(e, _("%s: longer than %d bytes"), path, ADAPT_MAX - 1);
	return ok && (strlen(text) == *n || err_set(e, _("%s: expected text"), path));
}

/* Right as a whole, or nothing is kept. An empty map says nothing, as no setting does. */
static bool check_own(const char *path, const char *text, size_t n, bool *empty, struct err *e)
{
	struct action_set set;
	char *folder = path_of("actions");
	bool ok = score_actions_load(folder, NULL, &set, e);
	free(folder);
	if (!ok)
		return false;
	ok = score_actions_adapt(&set, path, text, n, e);
	*empty = true;
	for (size_t i = 0; ok && i < set.n; i++)
		*empty = *empty && !set.actions[i].adapted && !set.actions[i].done && !set.actions[i].not_here;
	score_actions_free(&set);
	return ok;
}

int cli_adapt(const struct cli *c, const char *path, struct err *e)
{
	char *text = xcalloc(1, ADAPT_MAX + 1);
	size_t n = 0;
	bool empty = !*path;
	bool ok = empty || (read_own(path, text, &n, e) && check_own(path, text, n, &empty, e));
	struct store *s = ok ? store_open(cli_site(c), STORE_WRITE, e) : NULL;
	ok = s && store_setting_set(s, ACTIONS_SETTING, empty ? NULL : text, e);
	if (s)
		store_close(s);
	free(text);
	if (ok)
		puts(empty ? _("The actions have genba's own figures again.") : _("This site's figures are kept in the site file."));
	return ok ? EXIT_DONE : EXIT_FAILED;
}
