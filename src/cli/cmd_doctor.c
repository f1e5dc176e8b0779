/* genba doctor: is this machine fit to listen, and what is to be done about it? */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "cli/assessed.h"
#include "cli/doctor.h"
#include "cli/site.h"

static const struct interface *find(const struct interface *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

/* An interface that is not there. */
static int unknown(const struct interface *list, size_t n, const char *name, struct err *e)
{
	struct buf names;
	buf_init(&names, 300);
	for (size_t i = 0; i < n; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", list[i].name);
	err_set(e, _("there is no interface \"%s\" here; there are: %s"), name, names.data);
	buf_done(&names);
	return EXIT_USAGE_ERROR;
}

/* Those of -i, else all but the loopback. */
static int examine(const struct cli *c, struct doctor *d, const struct interface *list, size_t n, struct err *e)
{
	const char *name;
	bool fit = false;
	for (size_t k = 0; (name = cli_nth(c, "interface", k)); k++) {
		const struct interface *i = find(list, n, name);
		if (!i)
			return unknown(list, n, name, e);
		doctor_interface(d, i, true);
	}
	if (cli_has(c, "interface"))
		return EXIT_DONE;
	for (size_t i = 0; i < n; i++) {
		if (list[i].flags & IFF_LOOPBACK)
			continue;
		fit = fit || ((list[i].flags & IFF_UP) && list[i].carrier);
		doctor_interface(d, &list[i], false);
	}
	if (!fit)
		doctor_add(d, "interfaces", NULL, DOCTOR_PROBLEM, "%s",
			   _("No interface is up and has a link, so there is nothing to listen to. Connect a cable to the "
			     "mirror port."));
	return EXIT_DONE;
}

static bool print(const struct doctor *d, bool json, struct err *e)
{
	if (json)
		return site_json_print(doctor_json(d), 10, e);
	struct buf b;
	buf_init(&b, 1 << 20);
	doctor_text(d, &b);
	return cli_write(&b, e);
}

static int run(struct cli *c, struct err *e)
{
	static const char *const formats[] = { "text", "json", NULL };
	int format = cli_choice(c, "format", formats, 0, e);
	char *const *args;
	if (format < 0)
		return EXIT_USAGE_ERROR;
	if (cli_args(c, &args) > 0) {
		err_set(e, _("doctor: unexpected \"%s\"; an interface is named with -i"), args[0]);
		return EXIT_USAGE_ERROR;
	}
	struct interface *list;
	size_t n;
	if (!interface_list(&list, &n, e))
		return EXIT_FAILED;
	struct doctor d = { 0 };
	int status = examine(c, &d, list, n, e);
	if (status == EXIT_DONE) {
		doctor_host(&d, cli_site(c), cli_get(c, "keep"));
		status = !print(&d, format, e) ? EXIT_FAILED :
			 doctor_worst(&d) == DOCTOR_PROBLEM ? EXIT_FAIL_ON : EXIT_DONE;
	}
	doctor_done(&d);
	free(list);
	return status;
}

static const struct cli_option options[] = {
	{ 'i', "interface", "NAME", N_("this interface, to listen at; may be given several times (default: all)") },
	{ 0, "keep", "FOLDER", N_("a folder where captures are to be kept: is there room?") },
	{ 0, "format", "text|json", N_("how to print it (default: text)") },
	{ 0 },
};

const struct command command_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = N_("is this machine fit to listen, and what to do about what is not"),
	.description = N_("Looks at interfaces (link, addresses and programs that would send, settings that merge or lose "
			  "frames), the permission to capture, clock, disk, memory and sandbox, and at whether the last "
			  "scan was taken at a mirror port. Beside each thing stands the command that mends it. It sends "
			  "nothing and changes nothing. The status is 1 when there is a problem; advice alone is 0."),
	.options = options,
	.run = run,
};
