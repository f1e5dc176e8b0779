#include "cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/lang.h"
#include "base/text.h"
#include "cli/site.h"

enum { INDENT = 2, RESULT_COLUMNS = 7, WIDTH = 79, WIDTH_MAX = 110 };

static const char *const result_names[] = { "ok", "advice", "problem" };
static const char *const result_titles[] = { N_("ok"), N_("advice"), N_("problem") };

static char *print(const char *format, va_list args)
{
	char *text;
	if (vasprintf(&text, format, args) < 0)
		text = xstrdup("");
	return text;
}

void doctor_add(struct doctor *d, const char *id, const char *interface, enum doctor_result result, const char *format,
		...)
{
	va_list args;
	d->list = xrealloc(d->list, (d->n + 1) * sizeof *d->list);
	struct doctor_check *c = &d->list[d->n++];
	*c = (struct doctor_check){ .id = id, .interface = interface ? xstrdup(interface) : NULL, .result = result };
	va_start(args, format);
	c->text = print(format, args);
	va_end(args);
}

void doctor_mend(struct doctor *d, const char *format, ...)
{
	va_list args;
	struct doctor_check *c = &d->list[d->n - 1];
	if (c->n_commands == DOCTOR_COMMANDS)
		return;
	va_start(args, format);
	c->commands[c->n_commands++] = print(format, args);
	va_end(args);
}

void doctor_done(struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->list[i].interface);
		free(d->list[i].text);
		for (size_t k = 0; k < d->list[i].n_commands; k++)
			free(d->list[i].commands[k]);
	}
	free(d->list);
	*d = (struct doctor){ 0 };
}

enum doctor_result doctor_worst(const struct doctor *d)
{
	enum doctor_result worst = DOCTOR_OK;
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].result > worst)
			worst = d->list[i].result;
	return worst;
}

char *doctor_word(const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./@:+,=";
	struct buf b;
	if (*s && s[strspn(s, plain)] == 0)
		return xstrdup(s);
	buf_init(&b, 1 << 16);
	buf_putc(&b, '\'');
	for (; *s; s++)
		if (*s == '\'')
			buf_puts(&b, "'\\''");
		else
			buf_putc(&b, *s);
	buf_putc(&b, '\'');
	return buf_take(&b);
}

/* ---- text ---- */

static int columns_now(void)
{
	struct winsize w;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_col < 40)
		return WIDTH;
	return w.ws_col > WIDTH_MAX ? WIDTH_MAX : w.ws_col - 1;
}

/* Folded; the first line stands where the cursor is. */
static void paragraph(struct buf *b, const char *text, int left, int columns)
{
	for (const char *rest = text; *rest;) {
		size_t skip, n = text_break(rest, columns - left, &skip);
		buf_printf(b, "%*s%.*s\n", rest == text ? 0 : left, "", (int)n, rest);
		rest += n + skip;
	}
}

static void check_text(struct buf *b, const struct doctor_check *c, int columns)
{
	const int left = INDENT + RESULT_COLUMNS + 2;
	struct buf safe;
	buf_init(&safe, 1 << 16);
	text_terminal(&safe, c->text);
	buf_printf(b, "%*s", INDENT, "");
	text_pad(b, _(result_titles[c->result]), RESULT_COLUMNS);
	buf_puts(b, "  ");
	paragraph(b, safe.data, left, columns);
	/* Never folded: it is there to be copied. */
	for (size_t i = 0; i < c->n_commands; i++) {
		buf_printf(b, "%*s$ ", left, "");
		text_terminal(b, c->commands[i]);
		buf_putc(b, '\n');
	}
	buf_done(&safe);
}

static void sum_text(struct buf *b, const struct doctor *d, int columns)
{
	size_t count[3] = { 0 };
	bool mends = false;
	for (size_t i = 0; i < d->n; i++) {
		count[d->list[i].result]++;
		mends = mends || d->list[i].n_commands;
	}
	buf_printf(b, _("\nProblems: %zu, advice: %zu, in order: %zu\n"), count[DOCTOR_PROBLEM], count[DOCTOR_ADVICE],
		   count[DOCTOR_OK]);
	if (mends)
		paragraph(b, _("The commands change this machine alone. Most need root (put sudo in front); those for "
			       "interfaces hold until it is restarted."), 0, columns);
}

void doctor_text(const struct doctor *d, struct buf *b)
{
	int columns = columns_now();
	const char *head = NULL;
	for (size_t i = 0; i < d->n; i++) {
		const char *here = d->list[i].interface ? d->list[i].interface : "";
		if (!head || strcmp(head, here) != 0) {
			buf_puts(b, head ? "\n" : "");
			text_terminal(b, *here ? here : _("This machine"));
			buf_putc(b, '\n');
		}
		head = here;
		check_text(b, &d->list[i], columns);
	}
	sum_text(b, d, columns);
}

/* ---- JSON ---- */

json_t *doctor_json(const struct doctor *d)
{
	json_t *checks = json_array();
	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_check *c = &d->list[i];
		json_t *how = json_array();
		for (size_t k = 0; k < c->n_commands; k++)
			json_array_append_new(how, site_json_text(c->commands[k]));
		json_array_append_new(checks, json_pack("{s:s, s:o, s:s, s:o, s:o}", "id", c->id, "interface",
							site_json_text(c->interface), "result", result_names[c->result],
							"text", site_json_text(c->text), "commands", how));
	}
	return json_pack("{s:s, s:s, s:o}", "schema", "genba.doctor/1", "result", result_names[doctor_worst(d)], "checks",
			 checks);
}
