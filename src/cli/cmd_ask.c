/* genba ask: the questionnaire on a terminal, from and to files, and as blanks to fill in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/interview.h"
#include "cli/site.h"

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

/* ---- several respondents ---- */

/* "Z1=工場長": his answer counts; "Z1": the last one again. */
static bool choose(const struct questionnaire *q, struct store *s, const char *given, struct err *e)
{
	char *id = xstrdup(given), *name = strchr(id, '=');
	if (name)
		*name++ = 0;
	bool ok = questionnaire_find(q, id) ? store_answer_choose(s, id, name, e)
					    : err_set(e, _("--choose %s: there is no question %s"), given, id);
	free(id);
	return ok;
}

static const struct list_column text_columns[] = {
	{ "question", N_("QUESTION"), false },
	{ "respondent", N_("RESPONDENT"), false },
	{ "level", N_("ANSWER"), false },
	{ "when", N_("WHEN"), false },
	{ "counts", N_("COUNTS"), false },
	{ NULL, NULL, false },
};
static const struct list_column data_columns[] = {
	{ "question", "", false },
	{ "respondent", "", false },
	{ "state", "", false },
	{ "level", "", true },
	{ "when", "", false },
	{ "counts", "", false },
	{ NULL, NULL, false },
};

/* An answer in words for people, where it is none of the levels. */
static const char *level_word(int level)
{
	return level == LEVEL_UNKNOWN ? _("don't know") : _("does not apply");
}

static void add_voice(struct list *l, bool text, const struct answer *a, const struct answer_voice *x)
{
	list_text(l, a->question->id);
	list_text(l, text && !*x->respondent ? _("(no name)") : x->respondent);
	if (text && x->level < 0) {
		list_text(l, level_word(x->level));
	} else if (text) {
		char digit[2] = { (char)('0' + x->level), 0 };
		list_text(l, digit);
	} else {
		list_text(l, x->level >= 0 ? "level" : x->level == LEVEL_UNKNOWN ? "unknown" : "not_applicable");
		if (x->level >= 0)
			list_int(l, x->level);
		else
			list_null(l);
	}
	list_text(l, x->when);
	list_text(l, !x->counts ? NULL : text ? (a->chosen ? _("chosen") : _("last")) : a->chosen ? "chosen" : "last");
}

static int compare(struct cli *c, const struct questionnaire *q, struct err *e)
{
	struct answers a = { 0 };
	int format = site_format(c, e);
	if (format < 0)
		return EXIT_USAGE_ERROR;
	struct store *s = site_open(c, STORE_READ, e);
	bool ok = s && answers_load(q, s, &a, e);
	store_close(s);
	if (!ok)
		return EXIT_FAILED;
	size_t several = 0, differ = 0;
	for (size_t i = 0; i < a.n; i++) {
		several += a.answers[i].n_respondents > 1;
		differ += answer_differs(&a.answers[i]);
	}
	if (format == LIST_TEXT && differ == 0) {
		printf(several ? _("All answers agree; questions that several people answered: %zu\n")
			       : _("No question was answered by several people.\n"), several);
		answers_free(&a);
		return EXIT_DONE;
	}
	struct list *l = list_new((enum list_format)format, "genba.respondents/1", "answers",
				  format == LIST_TEXT ? text_columns : data_columns);
	for (size_t i = 0; i < a.n; i++)
		for (size_t k = 0; answer_differs(&a.answers[i]) && k < a.answers[i].n_respondents; k++)
			add_voice(l, format == LIST_TEXT, &a.answers[i], &a.answers[i].voices[k]);
	answers_free(&a);
	return list_finish(l, e) ? EXIT_DONE : EXIT_FAILED;
}

/* ---- the command ---- */

static bool with_site(struct cli *c, const struct questionnaire *q, bool quick, const struct answer_list *in,
		      struct err *e)
{
	const char *out = cli_get(c, "export"), *respondent = cli_get(c, "respondent"), *chosen = cli_get(c, "choose");
	bool talk = !in && !out && !chosen, quiet = out && strcmp(out, "-") == 0;
	struct store *s = store_open(cli_site(c), in || talk ? STORE_WRITE : STORE_READ, e);
	if (!s)
		return false;
	bool ok = (!in || answers_put(s, in, e)) && (!chosen || choose(q, s, chosen, e)) &&
		  (!talk || interview_run(q, s, quick, respondent, e)) &&
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

/* Options that do not go together; fills e. */
static bool wrong_options(struct cli *c, struct err *e)
{
	char *const *args;
	if (cli_args(c, &args) > 0) {
		err_set(e, _("ask takes no argument, got \"%s\"; answers from a file: --answers FILE"), args[0]);
		return true;
	}
	bool files = cli_has(c, "answers") || cli_has(c, "export"), blank = cli_has(c, "sheet");
	bool chooses = cli_has(c, "choose"), compares = cli_has(c, "compare");
	if (blank && files)
		err_set(e, _("--sheet makes a blank; it does not go together with --answers or --export"));
	else if (blank && chooses)
		err_set(e, _("--sheet makes a blank; it does not go together with --choose"));
	else if (compares && (files || blank || chooses))
		err_set(e, _("--compare lists what there is; it does not go together with --answers, --export, --sheet or "
			     "--choose"));
	else if (cli_has(c, "format") && !compares)
		err_set(e, _("--format belongs to --compare"));
	else if (cli_has(c, "output") && !blank)
		err_set(e, _("--output belongs to --sheet; to save the answers: --export FILE"));
	else if (!blank && !files && !chooses && !compares && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		err_set(e, _("ask is a conversation and needs a terminal; use --answers FILE to read answers from a file, or "
			     "--sheet html or csv for a blank to fill in"));
	else
		return false;
	return true;
}

static int run(struct cli *c, struct err *e)
{
	int set = cli_choice(c, "set", set_names, SET_QUICK, e);
	int format = set < 0 ? -1 : cli_choice(c, "sheet", sheet_names, SHEET_HTML, e);
	if (set < 0 || format < 0 || wrong_options(c, e))
		return EXIT_USAGE_ERROR;
	char *folder = path_of("questionnaires");
	struct questionnaire q;
	int status = EXIT_FAILED;
	if (questionnaire_load(folder, &q, e)) {
		bool quick = set == SET_QUICK;
		if (cli_has(c, "compare"))
			status = compare(c, &q, e);
		else if (cli_has(c, "sheet") ? sheet(c, &q, folder, format, quick, e) : answers(c, &q, quick, e))
			status = EXIT_DONE;
		questionnaire_free(&q);
	}
	free(folder);
	return status;
}

static const struct cli_option options[] = {
	{ 0, "set", "quick|full", N_("which questions: the quick ones (default), or all that there are") },
	{ 0, "answers", "FILE", N_("take in answers: YAML, or the table of --sheet csv filled in; - is standard input") },
	{ 0, "export", "FILE", N_("write the answers as YAML; - is standard output") },
	{ 0, "respondent", "NAME", N_("who answers, where the answers do not say") },
	{ 0, "choose", "ID=NAME", N_("of several people's answers to a question this one's counts; ID alone: the last one again") },
	{ 0, "compare", NULL, N_("list the questions where people differ, and whose answer counts") },
	{ 0, "format", "text|json|csv", N_("how --compare writes it: text (default), json or csv") },
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
			  "last one counts, unless --choose says whose does; --compare lists where they differ. "
			  "Where nobody sits at the terminal, --sheet makes a blank for paper or a spreadsheet, and --answers "
			  "takes the answers in."),
	.options = options,
	.run = run,
};
