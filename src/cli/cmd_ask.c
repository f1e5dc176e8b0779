/* genba ask: the questionnaire on a terminal, from and to files, and as blanks to fill in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "cli/cli.h"
#include "cli/interview.h"

enum { OUTPUT_MAX = 4 << 20 };

static const char *const set_names[] = { "quick", "full", NULL };
enum { SET_QUICK, SET_FULL };
static const char *const sheet_names[] = { "html", "csv", NULL };
enum { SHEET_HTML, SHEET_CSV };

/* Whole to standard output ("-" or NULL), or to a file. */
static bool write_out(const char *path, const struct buf *b, struct err *e)
{
	bool out = !path || strcmp(path, "-") == 0;
	if (!out)
		return file_save(path, b->data, b->len, e);
	return (fwrite(b->data, 1, b->len, stdout) == b->len && fflush(stdout) == 0) ||
	       err_errno(e, _("cannot write the output"));
}

static bool sheet(struct cli *c, const struct questionnaire *q, const char *folder, int format, bool quick, struct err *e)
{
	struct buf b;
	bool ok = true;
	buf_init(&b, OUTPUT_MAX);
	if (format == SHEET_HTML)
		ok = answers_sheet(folder, q, quick, lang_now(), &b, e);
	else
		answers_table(q, quick, lang_now(), &b);
	ok = ok && write_out(cli_get(c, "output"), &b, e);
	buf_done(&b);
	return ok;
}

static bool give_out(const struct questionnaire *q, struct store *s, const char *path, struct err *e)
{
	struct answer_list l;
	if (!answers_get(q, s, &l, e))
		return false;
	struct buf b;
	buf_init(&b, OUTPUT_MAX);
	answers_write(q, &l, &b);
	bool ok = write_out(path, &b, e);
	buf_done(&b);
	answer_list_free(&l);
	return ok;
}

static bool summary(const struct questionnaire *q, struct store *s, bool quick, struct err *e)
{
	struct answers a;
	size_t n = 0, levels = 0, unknown = 0, not_applicable = 0;
	if (!answers_load(q, s, &a, e))
		return false;
	for (size_t i = 0; i < a.n; i++) {
		int level = a.answers[i].level;
		if (quick && !a.answers[i].question->quick)
			continue;
		n++;
		levels += level >= 0;
		unknown += level == LEVEL_UNKNOWN;
		not_applicable += level == LEVEL_NOT_APPLICABLE;
	}
	printf(_("%zu of %zu questions answered; don't know: %zu, not applicable: %zu, open: %zu\n"),
	       levels + unknown + not_applicable, n, unknown, not_applicable, n - levels - unknown - not_applicable);
	for (size_t i = 0; i < a.n && not_applicable > 0; i++) {
		const struct answer *x = &a.answers[i];
		if (x->level == LEVEL_NOT_APPLICABLE && !x->when && (x->question->quick || !quick))
			printf(_("  %s: left out, %s\n"), x->question->id, x->reason);
	}
	answers_free(&a);
	return true;
}

static bool with_site(struct cli *c, const struct questionnaire *q, bool quick, const struct answer_list *in,
		      struct err *e)
{
	const char *out = cli_get(c, "export"), *respondent = cli_get(c, "respondent");
	bool talk = !in && !out, quiet = out && strcmp(out, "-") == 0;
	struct store *s = store_open(cli_site(c), in || talk ? STORE_WRITE : STORE_READ, e);
	if (!s)
		return false;
	bool ok = (!in || answers_put(s, in, e)) && (!talk || interview_run(q, s, quick, respondent, e)) &&
		  (!out || give_out(q, s, out, e)) && (quiet || summary(q, s, quick, e));
	store_close(s);
	return ok;
}

/* The file is read before the site is opened: a wrong one leaves no trace. */
static bool answers(struct cli *c, const struct questionnaire *q, bool quick, struct err *e)
{
	const char *path = cli_get(c, "answers");
	struct answer_list in = { 0 };
	bool ok = (!path || answers_read(q, path, cli_get(c, "respondent"), &in, e)) &&
		  with_site(c, q, quick, path ? &in : NULL, e);
	answer_list_free(&in);
	return ok;
}

static int run(struct cli *c, struct err *e)
{
	char *const *args;
	int set = cli_choice(c, "set", set_names, SET_QUICK, e);
	int format = set < 0 ? -1 : cli_choice(c, "sheet", sheet_names, SHEET_HTML, e);
	if (set < 0 || format < 0)
		return EXIT_USAGE_ERROR;
	if (cli_args(c, &args) > 0) {
		err_set(e, _("ask takes no argument, got \"%s\"; answers from a file: --answers FILE"), args[0]);
		return EXIT_USAGE_ERROR;
	}
	bool files = cli_has(c, "answers") || cli_has(c, "export"), blank = cli_has(c, "sheet");
	if (blank && files) {
		err_set(e, _("--sheet makes a blank; it does not go together with --answers or --export"));
		return EXIT_USAGE_ERROR;
	}
	if (cli_has(c, "output") && !blank) {
		err_set(e, _("--output belongs to --sheet; to save the answers: --export FILE"));
		return EXIT_USAGE_ERROR;
	}
	if (!blank && !files && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		err_set(e, _("ask is a conversation and needs a terminal; use --answers FILE to read answers from a file, or "
			     "--sheet html or csv for a blank to fill in"));
		return EXIT_USAGE_ERROR;
	}
	char *folder = path_of("questionnaires");
	struct questionnaire q;
	bool ok = questionnaire_load(folder, &q, e);
	if (ok) {
		ok = blank ? sheet(c, &q, folder, format, set == SET_QUICK, e) : answers(c, &q, set == SET_QUICK, e);
		questionnaire_free(&q);
	}
	free(folder);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	{ 0, "set", "quick|full", N_("which questions: the quick ones (default), or all that there are") },
	{ 0, "answers", "FILE", N_("take in answers: YAML, or the table of --sheet csv filled in; - is standard input") },
	{ 0, "export", "FILE", N_("write the answers as YAML; - is standard output") },
	{ 0, "respondent", "NAME", N_("who answers, where the answers do not say") },
	{ 0, "sheet", "html|csv", N_("write a blank: a page to print, or a table for a spreadsheet") },
	{ 'o', "output", "FILE", N_("where the blank goes (default: standard output)") },
	{ 0 },
};

const struct command command_ask = {
	.name = "ask",
	.summary = N_("answer the questionnaire"),
	.description = N_("Without options, asks on the terminal, one question after the other; each answer is stored at "
			  "once, and what is answered is not asked again. Levels go from 0 to 4; ? is \"don't know\", n is "
			  "\"not applicable\" and needs a reason. Several people may answer: of their answers to a question the "
			  "last one counts. Where nobody sits at the terminal, --sheet makes a blank for paper or a "
			  "spreadsheet, and --answers takes the answers in."),
	.options = options,
	.run = run,
};
