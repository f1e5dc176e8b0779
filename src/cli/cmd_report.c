/* genba report: the assessment as a report, for people to read or for other programs. */
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/assessed.h"
#include "report/mask.h"
#include "report/report.h"

/* A report by name: its ending says the format where --format does not. False: one that genba does not make. */
static bool format_by_name(const struct cli *c, const char *path, struct report_options *o, struct err *e)
{
	static const char *const others[] = { ".doc", ".docx", ".odt", ".xls", ".ods", ".ppt", ".pptx" };
	const char *dot = path ? strrchr(path, '.') : NULL;
	if (!dot || cli_has(c, "format"))
		return true;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcasecmp(dot, others[i]) == 0)
			return err_set(e, _("%s: genba makes no %s; name a file in .html, .txt, .md, .json, .csv, .xlsx or .pdf"),
				       path, dot);
	static const struct { const char *ending; enum report_format format; } endings[] = {
		{ ".html", REPORT_HTML }, { ".htm", REPORT_HTML }, { ".md", REPORT_MARKDOWN }, { ".json", REPORT_JSON },
		{ ".csv", REPORT_CSV }, { ".xlsx", REPORT_XLSX }, { ".pdf", REPORT_PDF },
	};
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcasecmp(dot, endings[i].ending) == 0)
			o->format = endings[i].format;
	return true;
}

/* What a template does not make has no use for one; JSON is for programs, which choose themselves. */
static bool options_fit(const struct report_options *o, struct err *e)
{
	if (o->format == REPORT_JSON && (o->audience != REPORT_ALL || o->templates))
		return err_set(e, _("--format json is the whole model: --for and --template have no meaning there"));
	if ((o->format == REPORT_CSV || o->format == REPORT_XLSX) && o->templates)
		return err_set(e, _("--template has no meaning for tables: csv and xlsx are made without one"));
	return !o->with_grade || o->audience == REPORT_CUSTOMER ||
	       err_set(e, _("--with-grade goes with --for customer; the others see the grade anyway"));
}

/* What is asked for must be known before anything is read. */
static bool options_read(struct cli *c, struct report_options *o, struct err *e)
{
	*o = (struct report_options){ .lang = lang_now(), .with_grade = cli_has(c, "with-grade"),
				      .templates = cli_get(c, "template") };
	int format = cli_choice(c, "format", report_format_names, REPORT_TEXT, e);
	if (format < 0)
		return false;
	int audience = cli_choice(c, "for", report_audience_names, REPORT_ALL, e);
	if (audience < 0)
		return false;
	o->format = (enum report_format)format;
	o->audience = (enum report_audience)audience;
	const char *path = cli_get(c, "output");
	if (!format_by_name(c, path, o, e))
		return false;
	if (report_is_binary(o->format) && (!path || strcmp(path, "-") == 0) && isatty(STDOUT_FILENO))
		return err_set(e, _("--format %s is nothing for a terminal: name a file with -o"),
			       report_format_names[o->format]);
	return options_fit(o, e);
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Into the file, or onto standard output. */
static bool make(const json_t *model, const struct report_options *o, const char *path, struct err *e)
{
	struct buf out;
	buf_init(&out, REPORT_BYTES);
	bool ok = report_make(model, o, &out, e);
	if (ok && (!path || strcmp(path, "-") == 0))
		return cli_write(&out, e);
	ok = ok && file_save(path, out.data, out.len, e);
	buf_done(&out);
	return ok;
}

static int run(struct cli *c, struct err *e)
{
	struct report_options o;
	if (!options_read(c, &o, e))
		return EXIT_USAGE_ERROR;
	const char *path = cli_get(c, "output");
	struct assessment a;
	struct store *s = cli_assessed(c, &a, e);
	if (!s)
		return EXIT_FAILED;
	json_t *model = report_model(s, &a, e);
	bool ok = model && (!cli_has(c, "mask") || report_mask_all(model, s, a.scan, e));
	score_assess_free(&a);
	store_close(s);
	if (ok && o.format == REPORT_CSV && path && is_folder(path))
		ok = report_csv_folder(model, &o, path, e);
	else if (ok)
		ok = make(model, &o, path, e);
	json_decref(model);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	{ 0, "format", "html|text|md|json|csv|xlsx|pdf",
	  N_("what to write (default: text, or what the name given to -o ends in)") },
	{ 'o', "output", "FILE",
	  N_("write into this file; what stood there is replaced only when all went well. With --format csv it may "
	     "be a folder, which gets every table as a file") },
	{ 0, "for", "all|president|engineer|customer",
	  N_("who reads it; customer leaves out devices, findings and the grade") },
	{ 0, "with-grade", NULL, N_("with --for customer: show the grade") },
	{ 0, "mask", NULL, N_("pseudonyms for addresses, names, serial numbers and people; free text is left out") },
	{ 0, "template", "FOLDER", N_("a folder with templates of your own, colours and a logo; they win file by file (docs/TEMPLATES.md)") },
	{ 0 },
};

const struct command command_report = {
	.name = "report",
	.arguments = "",
	.summary = N_("the report: a page to print, plain text, tables for Excel, or everything as JSON"),
	.description = N_("Writes the report of the newest scan and the answers. HTML is one file without anything to "
			  "load; it prints on A4. The language is that of --lang. xlsx is a workbook with the inventory, "
			  "the findings, and an action plan to fill in; csv is one table of what was found on which device "
			  "and what to do about it; pdf is the HTML page, printed by Chromium or WeasyPrint, which must be "
			  "installed. SOURCE_DATE_EPOCH fixes the time that is printed on it, so that the same site gives "
			  "the same bytes (a PDF aside)."),
	.options = options,
	.run = run,
};
