/* genba run: one scheduled job. src/run does it; here it is started. */
#include <stdio.h>
#include <string.h>

#include "base/lang.h"
#include "cli/cli.h"
#include "cli/scan.h"
#include "run/job.h"

static bool quiet;

static void say(const char *line)
{
	if (!quiet)
		puts(line);
	/* A journal shows it when it happens, not a day later. */
	fflush(stdout);
}

static bool scan(const struct run_config *c, const char *const *paths, size_t n, int64_t *scan_id, struct err *e)
{
	struct cli_scan q = {
		.site = c->site, .paths = paths, .n = n, .filter = c->scan.filter, .quiet = true,
		.said = { .point = c->scan.point, .operator_name = c->scan.operator_name,
			  .authorised_by = c->scan.authorised_by },
	};
	if (c->scan.interfaces) {
		const struct run_keep *k = &c->scan.keep;
		q.interfaces = (const char *const *)c->scan.interfaces;
		while (q.interfaces[q.n_interfaces])
			q.n_interfaces++;
		q.seconds = (double)c->scan.duration;
		q.snapshot_every = (double)c->scan.snapshot;
		q.buffer = CLI_SCAN_BUFFER;
		/* By age alone: the size that is there if nobody says otherwise would delete before. */
		q.keep = (struct scan_keep){ .folder = k->directory, .age = k->age,
					     .size = k->size ? (uint64_t)k->size : UINT64_MAX };
	}
	bool ok = cli_scan(&q, e);
	*scan_id = q.scan;
	return ok;
}

static int run(struct cli *c, struct err *e)
{
	char *const *args;
	if (cli_args(c, &args) != 1) {
		err_set(e, "%s", _("run: give one configuration: genba run CONFIG"));
		return EXIT_USAGE_ERROR;
	}
	if (cli_has(c, "site")) {
		err_set(e, "%s", _("run: the site stands in the configuration; -s has no meaning here"));
		return EXIT_USAGE_ERROR;
	}
	struct run_config *config = run_config_load(args[0], e);
	if (!config)
		return EXIT_USAGE_ERROR;
	if (config->lang >= 0 && !cli_has(c, "lang") && !lang_init(config->lang == LANG_JA ? "ja" : "en", e)) {
		run_config_free(config);
		return EXIT_USAGE_ERROR;
	}
	const struct run_job job = { .config = config, .scan = scan, .say = say };
	quiet = cli_has(c, "quiet");
	int status = cli_has(c, "check") ? (run_check(&job, e) ? EXIT_DONE : EXIT_FAILED) : (int)run_job(&job, e);
	run_config_free(config);
	return status;
}

static const struct cli_option options[] = {
	{ 0, "check", NULL, N_("read the configuration, look whether everything is there and allowed, say what would be done") },
	{ 'q', "quiet", NULL, N_("say only what went wrong") },
	{ 0, NULL, NULL, NULL },
};

const struct command command_run = {
	.name = "run",
	.arguments = "CONFIG",
	.summary = N_("one scheduled job: scan, compare, report, mail"),
	.description = N_("Does what a configuration file (YAML) says: a scan of the last 24 hours, the checks, the difference "
			  "to what was told before, a report, and a mail when something changed. A timer starts it; "
			  "docs/NIGHTLY.md shows how, docs/example-run.yaml explains every key. A step that fails leaves what "
			  "was done; a mail says when there was no scan. The status is 0, 1 when fail_on is met, 2 when "
			  "something failed or another run is at work on the site, 64 when the configuration is wrong."),
	.options = options,
	.run = run,
};
