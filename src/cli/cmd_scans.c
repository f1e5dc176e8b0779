/* genba scans: what the site file holds. */
#include <string.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/site.h"

static const struct list_column columns[] = {
	{ "id", N_("ID"), true },
	{ "started", N_("STARTED"), false },
	{ "finished", N_("FINISHED"), false },
	{ "state", N_("STATE"), false },
	{ "point", N_("POINT"), false },
	{ "operator", N_("OPERATOR"), false },
	{ "authorised_by", N_("AUTHORISED BY"), false },
	{ "files", N_("FILES"), true },
	{ "frames", N_("FRAMES"), true },
	{ "devices", N_("DEVICES"), true },
	{ "conversations", N_("CONVERSATIONS"), true },
	{ NULL, NULL, false },
};

static bool add_scan(void *data, const struct store_scan_head *h)
{
	struct list *l = data;
	char time[32];
	list_int(l, h->id);
	list_text(l, text_time(h->started, time));
	list_text(l, text_time(h->finished, time));
	list_text(l, h->state);
	list_text(l, h->point);
	list_text(l, h->operator_name);
	list_text(l, h->authorised_by);
	list_int(l, h->files);
	list_int(l, h->frames);
	list_int(l, h->devices);
	list_int(l, h->conversations);
	return true;
}

static bool fill(struct store *s, struct list *l, struct err *e)
{
	return store_scans(s, add_scan, l, e);
}

/* What the findings about changes compare with. */
static int set_baseline(struct cli *c, const char *given, struct err *e)
{
	struct store *s = site_open(c, STORE_READ, e);
	if (!s)
		return EXIT_FAILED;
	bool first = strcmp(given, "first") == 0;
	int64_t id;
	bool ok = first || site_scan_numbered(c, s, given, &id, e);
	ok = ok && store_setting_set(s, "baseline", first ? NULL : given, e);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static int run(struct cli *c, struct err *e)
{
	const char *baseline = cli_get(c, "baseline");
	if (baseline)
		return set_baseline(c, baseline, e);
	return site_listing(c, "genba.scans/1", "scans", columns, fill, e);
}

static const struct cli_option options[] = {
	SITE_FORMAT_OPTION,
	{ 0, "baseline", "ID", N_("from now on compare with this scan (first: the oldest): new devices, changed versions") },
	{ 0, NULL, NULL, NULL },
};

const struct command command_scans = {
	.name = "scans",
	.summary = N_("list the scans that the site file holds"),
	.options = options,
	.run = run,
};
