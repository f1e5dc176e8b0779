/* genba except: risks that somebody accepted, with a reason and a last day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/path.h"
#include "check/check.h"
#include "cli/site.h"

/* A check of a pack of one's own may be meant; a slip of the hand must not pass in silence either. */
static void note_unknown(const char *id)
{
	struct check_set set;
	struct err why;
	char *folder = path_of("checks");
	bool known = !check_load(folder, &set, &why);
	free(folder);
	if (known)
		return;
	for (size_t i = 0; i < set.n; i++)
		known = known || strcmp(set.checks[i].id, id) == 0;
	check_set_free(&set);
	if (!known)
		fprintf(stderr, _("note: genba has no check %s (genba checks list)\n"), id);
}

static int add(struct cli *c, struct err *e)
{
	char *const *args;
	if (cli_args(c, &args) != 1) {
		err_set(e, _("except add: give one check, such as OT-STOP-001"));
		return EXIT_USAGE_ERROR;
	}
	struct store_exception x = { .check = args[0], .reason = cli_get(c, "reason"),
				     .approver = cli_get(c, "approver"), .expires = cli_get(c, "expires") };
	if (!x.reason || !x.approver || !x.expires) {
		err_set(e, _("except add: --reason, --approver and --expires YYYY-MM-DD are required"));
		return EXIT_USAGE_ERROR;
	}
	const char *device = cli_get(c, "device");
	if (device && !site_number(device, &x.device)) {
		err_set(e, _("--device %s: give the number that genba devices shows"), device);
		return EXIT_USAGE_ERROR;
	}
	struct store *s = site_open(c, STORE_READ, e);   /* as below */
	bool ok = s && store_exception_add(s, &x, e);
	store_close(s);
	if (ok)
		note_unknown(args[0]);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct list_column columns[] = {
	{ "id", N_("ID"), true },
	{ "check", N_("CHECK"), false },
	{ "device", N_("DEVICE"), true },
	{ "reason", N_("REASON"), false },
	{ "approver", N_("APPROVER"), false },
	{ "expires", N_("EXPIRES"), false },
	{ NULL, NULL, false },
};

static bool add_row(void *data, const struct store_exception *x)
{
	struct list *l = data;
	list_int(l, x->id);
	list_text(l, x->check);
	if (x->device)
		list_int(l, x->device);
	else
		list_null(l);
	list_text(l, x->reason);
	list_text(l, x->approver);
	list_text(l, x->expires);
	return true;
}

static bool fill(struct store *s, struct list *l, struct err *e)
{
	return store_exceptions(s, add_row, l, e);
}

static int list(struct cli *c, struct err *e)
{
	return site_listing(c, "genba.exceptions/1", "exceptions", columns, fill, e);
}

static int drop(struct cli *c, struct err *e)
{
	char *const *args;
	int64_t id;
	if (cli_args(c, &args) != 1 || !site_number(args[0], &id)) {
		err_set(e, _("except remove: give the number that genba except list shows"));
		return EXIT_USAGE_ERROR;
	}
	/* STORE_READ: a site file that is not there must not be made. It is written all the same. */
	struct store *s = site_open(c, STORE_READ, e);
	bool ok = s && store_exception_remove(s, id, e);
	store_close(s);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option add_options[] = {
	{ 0, "device", "ID", N_("only for this device; without it, for the whole site") },
	{ 0, "reason", "TEXT", N_("why the risk is accepted") },
	{ 0, "approver", "NAME", N_("who accepted it") },
	{ 0, "expires", "DATE", N_("last day, YYYY-MM-DD") },
	{ 0, NULL, NULL, NULL },
};
static const struct cli_option list_options[] = {
	SITE_FORMAT_OPTION,
	{ 0, NULL, NULL, NULL },
};
static const struct cli_option no_options[] = { { 0, NULL, NULL, NULL } };

const struct command command_except_add = {
	.name = "except add",
	.arguments = "CHECK",
	.summary = N_("accept the risk that a check found, until a day"),
	.options = add_options,
	.run = add,
};

const struct command command_except_list = {
	.name = "except list",
	.summary = N_("list the accepted risks"),
	.options = list_options,
	.run = list,
};

const struct command command_except_remove = {
	.name = "except remove",
	.arguments = "ID",
	.summary = N_("take an accepted risk back"),
	.options = no_options,
	.run = drop,
};
