/* Finds the command, reads its options, runs it, prints its error. */
#include "cli/cli.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"
#include "cli/help.h"
#include "tui/tui.h"

const struct cli_option cli_everywhere[] = {
	{ 's', "site", "FILE", N_("the site file (default: $GENBA_SITE, else ./site.genba)") },
	{ 0, "lang", "ja|en", N_("language of what people read (default: the environment's)") },
	{ 'h', "help", NULL, N_("show help") },
	{ 0 },
};
/* Of genba itself, in front of a command. */
static const struct cli_option alone[] = {
	{ 'V', "version", NULL, N_("show the version") },
	{ 0, "script", "FILE", N_("of the screens: type the keys that stand in FILE, and save screens") },
	{ 0 },
};

enum { OPTIONS_MAX = 64, LONG_ONLY = 256 };

struct given {
	const char *name;
	const char *value;   /* "" for a switch */
};

struct cli {
	const struct command *command;
	struct given *given;
	size_t n_given;
	char **args;
	size_t n_args;
	char *shown;         /* "genba scan", for messages */
};

/* ---- what was given ---- */

static void give(struct cli *c, const char *name, const char *value)
{
	c->given = xrealloc(c->given, (c->n_given + 1) * sizeof *c->given);
	c->given[c->n_given++] = (struct given){ name, value ? value : "" };
}

const char *cli_get(const struct cli *c, const char *option)
{
	for (size_t i = c->n_given; i-- > 0;)
		if (strcmp(c->given[i].name, option) == 0)
			return c->given[i].value;
	return NULL;
}

const char *cli_nth(const struct cli *c, const char *option, size_t n)
{
	for (size_t i = 0; i < c->n_given; i++)
		if (strcmp(c->given[i].name, option) == 0 && n-- == 0)
			return c->given[i].value;
	return NULL;
}

bool cli_has(const struct cli *c, const char *option)
{
	return cli_get(c, option) != NULL;
}

size_t cli_args(const struct cli *c, char *const **args)
{
	*args = c->args;
	return c->n_args;
}

const char *cli_site(const struct cli *c)
{
	const char *given = cli_get(c, "site");
	if (given)
		return given;
	const char *env = getenv("GENBA_SITE");
	return env && *env ? env : "site.genba";
}

int cli_choice(const struct cli *c, const char *option, const char *const *names, int otherwise, struct err *e)
{
	const char *value = cli_get(c, option);
	if (!value)
		return otherwise;
	for (int i = 0; names[i]; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	struct buf all;
	buf_init(&all, 300);
	for (int i = 0; names[i]; i++)
		buf_printf(&all, "%s%s", i == 0 ? "" : names[i + 1] ? ", " : _(" or "), names[i]);
	err_set(e, _("--%s %s: expected %s"), option, value, all.data);
	buf_done(&all);
	return -1;
}

/* ---- options ---- */

/* The option tables at hand, as getopt_long wants them. */
struct table {
	const struct cli_option *options[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char letters[2 + 2 * OPTIONS_MAX + 1];
	int n;
};

static void table_add(struct table *t, const struct cli_option *options)
{
	for (; options && options->name && t->n < OPTIONS_MAX; options++) {
		t->options[t->n] = options;
		t->longs[t->n] = (struct option){ .name = options->name,
						  .has_arg = options->argument ? required_argument : no_argument,
						  .val = LONG_ONLY + t->n };
		if (options->letter) {
			char s[3] = { options->letter, options->argument ? ':' : 0, 0 };
			strcat(t->letters, s);
		}
		t->n++;
	}
}

static const struct cli_option *table_find(const struct table *t, int value)
{
	if (value >= LONG_ONLY && value < LONG_ONLY + t->n)
		return t->options[value - LONG_ONLY];
	for (int i = 0; value > 0 && i < t->n; i++)
		if (t->options[i]->letter == value)
			return t->options[i];
	return NULL;
}

/*
 * Read options out of argv (argv[0] is no option); *first becomes the index of
 * the first argument. With start '+' reading stops there, else the arguments are
 * moved behind the options.
 */
static bool read_options(struct cli *c, const struct cli_option *own, char start, int argc, char **argv,
			 int *first, struct err *e)
{
	struct table t = { .letters = { start, ':', 0 } };
	if (start != '+') {
		t.letters[0] = ':';
		t.letters[1] = 0;
	}
	table_add(&t, cli_everywhere);
	table_add(&t, own);
	opterr = 0;
	optind = 0;
	for (;;) {
		int before = optind ? optind : 1;
		int value = getopt_long(argc, argv, t.letters, t.longs, NULL);
		if (value == -1)
			break;
		const struct cli_option *o = table_find(&t, value == '?' || value == ':' ? optopt : value);
		if (value == ':')
			return err_set(e, _("--%s needs a value: %s"), o ? o->name : "?", o ? _(o->argument) : "?");
		if (value == '?' && o)
			return err_set(e, _("--%s takes no value"), o->name);
		if (value == '?' && optopt)
			return err_set(e, _("unknown option -%c; see \"%s --help\""), optopt, c->shown);
		if (value == '?')
			return err_set(e, _("unknown or ambiguous option %s; see \"%s --help\""),
				       argv[optind > before ? optind - 1 : before], c->shown);
		if (o)
			give(c, o->name, optarg);
	}
	*first = optind;
	return true;
}

/* ---- commands ---- */

/* Edits to get from a to b: how near two words are. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(b), row[64];
	if (n >= sizeof row / sizeof *row)
		return n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

/* Words of argv that name this command: 1, 2, or 0 when they do not. */
static int matches(const char *name, int argc, char **argv)
{
	const char *space = strchr(name, ' ');
	if (!space)
		return strcmp(name, argv[0]) == 0 ? 1 : 0;
	return argc >= 2 && strlen(argv[0]) == (size_t)(space - name) &&
	       strncmp(name, argv[0], (size_t)(space - name)) == 0 && strcmp(space + 1, argv[1]) == 0 ? 2 : 0;
}

static const struct command *find(int argc, char **argv, int *words)
{
	const struct command *found = NULL;
	*words = 0;
	for (size_t i = 0; argc > 0 && commands[i]; i++) {
		int n = matches(commands[i]->name, argc, argv);
		if (n > *words) {
			found = commands[i];
			*words = n;
		}
	}
	return found;
}

static bool unknown_command(int argc, char **argv, struct err *e)
{
	struct buf family;
	size_t len = strlen(argv[0]);
	buf_init(&family, 300);
	for (size_t i = 0; commands[i]; i++)
		if (strncmp(commands[i]->name, argv[0], len) == 0 && commands[i]->name[len] == ' ')
			buf_printf(&family, "%s\"%s\"", family.len ? ", " : "", commands[i]->name);
	if (family.len)
		err_set(e, _("\"%s\" is half a command: one of %s"), argv[0], family.data);
	bool done = family.len > 0;
	buf_done(&family);
	if (done)
		return false;

	char two[128];
	snprintf(two, sizeof two, "%s %s", argv[0], argc > 1 ? argv[1] : "");
	const char *best = NULL;
	size_t nearest = len / 3 + 2;
	for (size_t i = 0; commands[i]; i++) {
		size_t d = distance(strchr(commands[i]->name, ' ') ? two : argv[0], commands[i]->name);
		if (d < nearest) {
			nearest = d;
			best = commands[i]->name;
		}
	}
	return best ? err_set(e, _("no command \"%s\"; did you mean \"%s\"?"), argv[0], best)
		    : err_set(e, _("no command \"%s\"; \"genba help\" lists them"), argv[0]);
}

/* "help [command]": what --help of that command says. */
static int help(int argc, char **argv, struct err *e)
{
	if (argc == 0) {
		help_all();
		return EXIT_DONE;
	}
	int words;
	const struct command *command = find(argc, argv, &words);
	if (!command) {
		if (argc == 1 && help_family(argv[0]))
			return EXIT_DONE;
		unknown_command(argc, argv, e);
		return EXIT_USAGE_ERROR;
	}
	help_command(command);
	return EXIT_DONE;
}

static bool set_language(const struct cli *c, struct err *e)
{
	const char *choice = cli_get(c, "lang");
	return !choice || lang_init(choice, e);
}

static int run(struct cli *c, int argc, char **argv, struct err *e)
{
	int first;
	if (!lang_init(NULL, e) || !read_options(c, alone, '+', argc, argv, &first, e) || !set_language(c, e))
		return EXIT_USAGE_ERROR;
	argc -= first;
	argv += first;
	if (cli_has(c, "version")) {
		printf("genba %s\n", VERSION);
		return EXIT_DONE;
	}
	if (argc == 0 && !cli_has(c, "help") && (cli_has(c, "script") || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))) {
		const struct tui_options o = { .site = cli_site(c), .script = cli_get(c, "script") };
		return tui_run(&o, e) ? EXIT_DONE : EXIT_FAILED;
	}
	if (argc == 0 || cli_has(c, "help"))
		return help(argc, argv, e);
	bool is_help = strcmp(argv[0], "help") == 0, is_man = strcmp(argv[0], "man") == 0;
	int words = 1;
	c->command = is_help || is_man ? NULL : find(argc, argv, &words);
	if (!is_help && !is_man && !c->command && argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return help(1, argv, e);
	if (!is_help && !is_man && !c->command) {
		unknown_command(argc, argv, e);
		return EXIT_USAGE_ERROR;
	}
	free(c->shown);
	c->shown = c->command ? xasprintf("genba %s", c->command->name) : xstrdup("genba");
	/* The last word of the command stands where getopt expects the program's name. */
	argc -= words - 1;
	argv += words - 1;
	if (!read_options(c, c->command ? c->command->options : NULL, ':', argc, argv, &first, e) ||
	    !set_language(c, e))
		return EXIT_USAGE_ERROR;
	c->args = argv + first;
	c->n_args = (size_t)(argc - first);
	if (is_man) {
		cli_man();
		return EXIT_DONE;
	}
	if (is_help)
		return help(argc - first, argv + first, e);
	if (cli_has(c, "help")) {
		help_command(c->command);
		return EXIT_DONE;
	}
	if (c->n_args > 0 && (!c->command->arguments || !*c->command->arguments)) {
		err_set(e, _("\"%s\" is too much: %s takes options alone"), c->args[0], c->shown);
		return EXIT_USAGE_ERROR;
	}
	return c->command->run(c, e);
}

int cli_main(int argc, char **argv)
{
	struct cli c = { .shown = xstrdup("genba") };
	struct err e = { "" };
	/* A closed pipe, or a file that may not grow, is an error like a full disk, not a silent end. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	int status = run(&c, argc, argv, &e);
	if ((fflush(stdout) != 0 || ferror(stdout)) && (status == EXIT_DONE || status == EXIT_FAIL_ON)) {
		err_errno(&e, _("cannot write the output"));
		status = EXIT_FAILED;
	}
	if (status == EXIT_FAILED || status == EXIT_USAGE_ERROR) {
		struct buf safe;
		buf_init(&safe, 4096);
		text_terminal(&safe, *e.text ? e.text : _("failed without a reason (please report this)"));
		fprintf(stderr, "genba: %s\n", safe.data);
		buf_done(&safe);
	}
	free(c.given);
	free(c.shown);
	return status;
}
