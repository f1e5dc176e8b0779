#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/lang.h"
#include "base/text.h"

enum { WIDTH = 78, NAME_MOST = 30 };

static const char about[] =
	N_("Shows the owner of a small factory what is on the factory network, what is dangerous about it, "
	   "how well the people manage it, and what to do first. It only listens: it never sends a frame to "
	   "the network that it observes. Without a command, on a terminal, it shows screens that lead through all of it.");

static const char *const exit_status[][2] = {
	{ "0", N_("done") },
	{ "1", N_("done, and the condition of --fail-on was met, or genba doctor found a problem") },
	{ "2", N_("failed; nothing was stored") },
	{ "64", N_("wrong usage") },
};

/*
 * Text folded at WIDTH columns: at blanks, and between wide characters (Japanese has no blanks). The cursor stands at the
 * indent already.
 */
static void fold_rest(const char *s, int indent)
{
	static const char *const closing[] = { "、", "。", "）", "」" };
	int column = indent, blank = 0;
	while (*s) {
		size_t n, word = 0;
		int width = 0;
		while (s[word] && s[word] != ' ' && s[word] != '\n') {
			char one[8] = "";
			text_char(s + word, &n);
			memcpy(one, s + word, n);
			int w = text_width(one);
			if (w > 1 && width > 0)
				break;
			width += w;
			word += n;
			if (w > 1)
				break;
		}
		/* These do not begin a line. */
		for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
			if (strncmp(s + word, closing[i], strlen(closing[i])) == 0) {
				word += strlen(closing[i]);
				width += 2;
			}
		if (column + blank + width > WIDTH && column > indent) {
			printf("\n%*s", indent, "");
			column = indent;
			blank = 0;
		}
		printf("%*s%.*s", blank, "", (int)word, s);
		column += blank + width;
		s += word;
		blank = 0;
		if (*s == '\n') {
			printf("\n%*s", indent, "");
			column = indent;
			s++;
		} else if (*s == ' ') {
			blank = 1;
			s++;
		}
	}
	putchar('\n');
}

static void fold(const char *s, int indent)
{
	printf("%*s", indent, "");
	fold_rest(s, indent);
}

/* A name too long for its columns has a line of its own. */
static void term(const char *name, int columns, const char *text)
{
	struct buf b;
	buf_init(&b, 4096);
	if (text_width(name) > columns) {
		printf("  %s\n", name);
		name = "";
	}
	text_pad(&b, name, columns);
	printf("  %s  ", b.data);
	fold_rest(text, columns + 4);
	buf_done(&b);
}

static void option_name(struct buf *b, const struct cli_option *o)
{
	if (o->letter)
		buf_printf(b, "-%c, ", o->letter);
	else
		buf_puts(b, "    ");
	buf_printf(b, "--%s%s%s", o->name, o->argument ? " " : "", o->argument ? _(o->argument) : "");
}

static int option_columns(const struct cli_option *o, int least)
{
	for (; o && o->name; o++) {
		struct buf b;
		buf_init(&b, 200);
		option_name(&b, o);
		int columns = text_width(b.data);
		if (columns > least)
			least = columns < NAME_MOST ? columns : NAME_MOST;
		buf_done(&b);
	}
	return least;
}

static void option_list(const struct cli_option *o, int columns)
{
	for (; o && o->name; o++) {
		struct buf b;
		buf_init(&b, 200);
		option_name(&b, o);
		term(b.data, columns, _(o->help));
		buf_done(&b);
	}
}

void help_all(void)
{
	int columns = text_width("help");
	for (size_t i = 0; commands[i]; i++)
		if (text_width(commands[i]->name) > columns)
			columns = text_width(commands[i]->name);
	printf("%s genba [-s FILE] [--lang ja|en] COMMAND [OPTION]... [ARGUMENT]...\n\n", _("Usage:"));
	fold(_(about), 0);
	printf("\n%s\n", _("Commands:"));
	for (size_t i = 0; commands[i]; i++)
		term(commands[i]->name, columns, _(commands[i]->summary));
	term("help", columns, _("show the help of a command: genba help scan"));
	printf("\n%s\n", _("Everywhere:"));
	option_list(cli_everywhere, option_columns(cli_everywhere, 0));
	printf("\n%s\n", _("Exit status:"));
	for (size_t i = 0; i < sizeof exit_status / sizeof *exit_status; i++)
		term(exit_status[i][0], 2, _(exit_status[i][1]));
}

bool help_family(const char *name)
{
	size_t len = strlen(name);
	int columns = 0;
	for (size_t i = 0; commands[i]; i++)
		if (strncmp(commands[i]->name, name, len) == 0 && commands[i]->name[len] == ' ' &&
		    text_width(commands[i]->name) > columns)
			columns = text_width(commands[i]->name);
	if (!columns)
		return false;
	printf("%s genba %s COMMAND [OPTION]...\n\n%s\n", _("Usage:"), name, _("Commands:"));
	for (size_t i = 0; commands[i]; i++)
		if (strncmp(commands[i]->name, name, len) == 0 && commands[i]->name[len] == ' ')
			term(commands[i]->name, columns, _(commands[i]->summary));
	return true;
}

void help_command(const struct command *c)
{
	printf("%s genba %s%s%s%s\n\n", _("Usage:"), c->name, c->options && c->options->name ? " [OPTION]..." : "",
	       c->arguments && *c->arguments ? " " : "", c->arguments && *c->arguments ? _(c->arguments) : "");
	fold(_(c->summary), 0);
	if (c->description && *c->description) {
		putchar('\n');
		fold(_(c->description), 0);
	}
	int columns = option_columns(c->options, option_columns(cli_everywhere, 0));
	printf("\n%s\n", _("Options:"));
	option_list(c->options, columns);
	option_list(cli_everywhere, columns);
}

/* ---- the man page ---- */

/* Text of ours for troff: a leading dot or quote, backslash and hyphen mean something there. */
static void troff(const char *s)
{
	bool start = true;
	for (; *s; s++) {
		if (start && (*s == '.' || *s == '\''))
			fputs("\\&", stdout);
		if (*s == '\\')
			fputs("\\e", stdout);
		else if (*s == '-')
			fputs("\\-", stdout);
		else
			putchar(*s);
		start = *s == '\n';
	}
}

static void troff_options(const struct cli_option *o)
{
	for (; o && o->name; o++) {
		fputs(".TP\n\\fB", stdout);
		if (o->letter)
			printf("\\-%c\\fR, \\fB", o->letter);
		troff("--");
		troff(o->name);
		fputs("\\fR", stdout);
		if (o->argument) {
			fputs(" \\fI", stdout);
			troff(_(o->argument));
			fputs("\\fR", stdout);
		}
		putchar('\n');
		troff(_(o->help));
		putchar('\n');
	}
}

void cli_man(void)
{
	printf(".TH GENBA 1 \"\" \"genba %s\" \"\"\n.SH %s\n", VERSION, _("NAME"));
	printf("genba \\- ");
	troff(_("passive network scanner and questionnaire for small factories"));
	printf("\n.SH %s\n.B genba\n[\\fB\\-s\\fR \\fIFILE\\fR] [\\fB\\-\\-lang\\fR \\fIja|en\\fR]\n"
	       "\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n.SH %s\n", _("SYNOPSIS"), _("DESCRIPTION"));
	troff(_(about));
	printf("\n.SH %s\n", _("OPTIONS EVERYWHERE"));
	troff_options(cli_everywhere);
	printf(".SH %s\n", _("COMMANDS"));
	for (size_t i = 0; commands[i]; i++) {
		const struct command *c = commands[i];
		printf(".SS \"genba %s", c->name);
		if (c->arguments && *c->arguments) {
			putchar(' ');
			troff(_(c->arguments));
		}
		fputs("\"\n", stdout);
		troff(_(c->summary));
		fputs(".\n", stdout);
		if (c->description && *c->description) {
			fputs(".PP\n", stdout);
			troff(_(c->description));
			putchar('\n');
		}
		troff_options(c->options);
	}
	printf(".SH %s\n", _("EXIT STATUS"));
	for (size_t i = 0; i < sizeof exit_status / sizeof *exit_status; i++) {
		printf(".TP\n%s\n", exit_status[i][0]);
		troff(_(exit_status[i][1]));
		putchar('\n');
	}
	printf(".SH %s\n.TP\n.B GENBA_SITE\n", _("ENVIRONMENT"));
	troff(_("the site file, where -s is not given"));
	fputs("\n.TP\n.B GENBA_DATA\n", stdout);
	troff(_("the folder of checks, actions, questionnaires and report templates, instead of the installed one"));
	fputs("\n.TP\n.B SOURCE_DATE_EPOCH\n", stdout);
	troff(_("seconds since 1970: the time that genba takes for now, so that outputs can be compared"));
	putchar('\n');
}
