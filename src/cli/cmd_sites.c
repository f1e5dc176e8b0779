/* genba sites: the site files of a folder side by side. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/assessed.h"
#include "cli/site.h"
#include "report/build.h"
#include "report/sites.h"

/* The lists, then what is a report. */
enum { TEXT, CSV, LISTS };
static const char *const formats[] = { "text", "csv", "json", "html", "md", "xlsx", "pdf", NULL };
static const enum report_format reports[] = { REPORT_JSON, REPORT_HTML, REPORT_MARKDOWN, REPORT_XLSX, REPORT_PDF };

/* ---- the folder ---- */

static int is_site(const struct dirent *f)
{
	static const char end[] = ".genba";
	size_t n = strlen(f->d_name);
	return f->d_name[0] != '.' && n >= sizeof(end) && strcmp(f->d_name + n - (sizeof(end) - 1), end) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static json_t *read_folder(const char *folder, bool mask, struct err *e)
{
	struct dirent **found;
	int n = scandir(folder, &found, is_site, by_name);
	if (n < 0) {
		err_errno(e, "%s", folder);
		return NULL;
	}
	char *paths[SITES_MAX];
	json_t *model = NULL;
	if (n == 0)
		err_set(e, _("%s: holds no site file (*.genba)"), folder);
	else if (n > SITES_MAX)
		err_set(e, _("%s: holds %d site files; at most %d are compared"), folder, n, SITES_MAX);
	bool good = n > 0 && n <= SITES_MAX;
	for (int i = 0; i < n; i++) {
		if (good)
			paths[i] = xasprintf("%s/%s", folder, found[i]->d_name);
		free(found[i]);
	}
	free(found);
	if (!good)
		return NULL;
	model = sites_model((const char *const *)paths, (size_t)n, mask, e);
	for (int i = 0; i < n; i++)
		free(paths[i]);
	return model;
}

/* ---- the listing ---- */

static const struct list_column columns[] = {
	{ "site", N_("SITE"), false }, { "file", N_("FILE"), false }, { "grade", N_("GRADE"), false },
	{ "s", N_("SCORE"), true }, { "low", N_("LOW"), true }, { "high", N_("HIGH"), true },
	{ "change", N_("CHANGE"), true }, { "deviation", N_("DEVIATION"), true }, { "n", N_("NETWORK"), true },
	{ "coverage", N_("MEASURED"), true }, { "critical", N_("CRITICAL"), true }, { "high_severity", N_("SEVERE"), true },
	{ "scanned", N_("SCANNED"), false }, { "worst", N_("WORST FINDING"), false }, { "error", N_("ERROR"), false },
	{ NULL, NULL, false },
};

static const json_t *at(const json_t *o, const char *key)
{
	return json_object_get(o, key);
}

static void put(struct list *l, const json_t *value)
{
	if (json_is_real(value))
		list_real(l, json_real_value(value));
	else if (json_is_integer(value))
		list_int(l, json_integer_value(value));
	else
		list_text(l, json_string_value(value));
}

/* People read percent; programs the share, as everywhere. */
static void put_coverage(struct list *l, bool people, const json_t *share)
{
	char text[16];
	(void)snprintf(text, sizeof text, "%.0f %%", json_real_value(share) * 100);
	if (people && json_is_real(share))
		list_text(l, text);
	else
		put(l, share);
}

static bool list_sites(const json_t *model, enum list_format format, struct err *e)
{
	struct list *l = list_new(format, "genba.sites/1", "sites", columns);
	static const char *const numbers[] = { "s", "low", "high", "change", "deviation", "n" };
	size_t i;
	const json_t *site;
	json_array_foreach(at(model, "sites"), i, site) {
		const json_t *worst = json_array_get(at(site, "worst"), 0), *grade = at(site, "grade");
		put(l, json_is_string(at(site, "name")) ? at(site, "name") : at(site, "file"));
		put(l, at(site, "file"));
		/* In brackets: declared, not measured. */
		char shown[8];
		(void)snprintf(shown, sizeof shown, json_is_true(at(site, "declared_only")) ? "[%s]" : "%s",
			       json_is_string(grade) ? json_string_value(grade) : "");
		list_text(l, json_is_string(grade) ? shown : NULL);
		for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
			put(l, at(site, numbers[k]));
		put_coverage(l, format == LIST_TEXT, at(site, "coverage"));
		put(l, at(at(site, "severities"), "critical"));
		put(l, at(at(site, "severities"), "high"));
		put(l, at(site, "scanned"));
		put(l, at(at(worst, "title"), lang_now() == LANG_JA ? "ja" : "en"));
		put(l, at(site, "error"));
	}
	return list_finish(l, e);
}

static int run(struct cli *c, struct err *e)
{
	char *const *args;
	if (cli_args(c, &args) != 1) {
		err_set(e, _("give one folder that holds site files"));
		return EXIT_USAGE_ERROR;
	}
	int format = cli_choice(c, "format", formats, TEXT, e);
	if (format < 0)
		return EXIT_USAGE_ERROR;
	const char *path = cli_get(c, "output");
	bool to_file = path && strcmp(path, "-") != 0;
	if (to_file && format < LISTS) {
		err_set(e, _("-o goes with --format json, html, md, xlsx or pdf"));
		return EXIT_USAGE_ERROR;
	}
	struct report_options o = { .lang = lang_now(), .templates = cli_get(c, "template"),
				    .format = format < LISTS ? REPORT_TEXT : reports[format - LISTS] };
	if (report_is_binary(o.format) && !to_file && isatty(STDOUT_FILENO)) {
		err_set(e, _("--format %s is nothing for a terminal: name a file with -o"), formats[format]);
		return EXIT_USAGE_ERROR;
	}
	json_t *model = read_folder(args[0], cli_has(c, "mask"), e);
	if (!model)
		return EXIT_FAILED;
	if (format < LISTS) {
		bool listed = list_sites(model, format == TEXT ? LIST_TEXT : LIST_CSV, e);
		json_decref(model);
		return listed ? EXIT_DONE : EXIT_FAILED;
	}
	struct buf out;
	buf_init(&out, REPORT_BYTES);
	bool ok = sites_make(model, &o, &out, e);
	json_decref(model);
	if (!ok || to_file) {
		ok = ok && file_save(path, out.data, out.len, e);
		buf_done(&out);
	} else {
		ok = cli_write(&out, e);
	}
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	{ 0, "format", "text|csv|json|html|md|xlsx|pdf",
	  N_("how to write it: a list (text, csv), everything (json), or a report (html, md, xlsx, pdf)") },
	{ 'o', "output", "FILE", N_("write into this file; what stood there is replaced only when all went well") },
	{ 0, "mask", NULL, N_("pseudonyms for the sites, as in their masked reports") },
	{ 0, "template", "FOLDER", N_("templates of your own (sites.html, sites.md and their parts)") },
	{ 0 },
};

const struct command command_sites = {
	.name = "sites",
	.arguments = "FOLDER",
	.summary = N_("many site files side by side: grades, trends, worst findings"),
	.description = N_("Reads every *.genba of a folder. The most urgent site stands first. The change is against the scan "
			  "before, with the answers of today; from ten sites with a score on, a deviation score (50 is the mean "
			  "of your own sites, 10 a standard deviation) is given too. A file that cannot be read is named."),
	.options = options,
	.run = run,
};
