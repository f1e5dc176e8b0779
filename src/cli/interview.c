#include "cli/interview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "questionnaire/steps.h"

enum { LINE_MAX_BYTES = 2000 };

struct talk {
	const struct questionnaire *q;
	struct store *store;
	const char *respondent;
	struct answers answers;          /* as stored, read again after each answer */
	struct steps steps;
	bool review;                     /* all was answered at the start: go through it once more */
	bool over;                       /* q, or the end of input */
	struct err *e;
};

enum move { MOVE_ON, MOVE_BACK, MOVE_STAY, MOVE_FAIL };

/* ---- lines in and out ---- */

static void say(const char *text)
{
	struct buf b;
	buf_init(&b, 64 * 1024);
	text_terminal(&b, text);
	fputs(b.data, stdout);
	buf_done(&b);
}

static void say_line(const char *before, const char *text)
{
	fputs(before, stdout);
	say(text);
	putchar('\n');
}

/* A line without its end and without blanks around it; NULL at the end of input. Borrowed until the next. */
static const char *ask(const char *prompt)
{
	static char line[LINE_MAX_BYTES];
	for (;;) {
		printf("%s> ", prompt);
		fflush(stdout);
		if (!fgets(line, sizeof line, stdin))
			return NULL;
		size_t n = strlen(line);
		if (n > 0 && line[n - 1] != '\n' && !feof(stdin)) {
			int c;
			while ((c = getchar()) != EOF && c != '\n')
				;
			puts(_("That line is too long; please write less."));
			continue;
		}
		while (n > 0 && strchr(" \t\r\n", line[n - 1]))
			line[--n] = 0;
		if (!text_is_utf8(line, n)) {
			puts(_("That is no UTF-8; please set the terminal to UTF-8."));
			continue;
		}
		return line + strspn(line, " \t");
	}
}

/*
 * Japanese input may be on: a full-width letter or digit in front counts as the
 * plain one, and so does the blank behind it. For free text leave it out.
 */
static const char *narrow(const char *line)
{
	static char out[LINE_MAX_BYTES];
	size_t n;
	uint32_t c = *line ? text_char(line, &n) : 0;
	if (c < 0xff01 || c > 0xff5e)
		return line;
	const char *rest = line + n;
	bool wide = strncmp(rest, "\u3000", 3) == 0;
	snprintf(out, sizeof out, "%c%s%s", (char)(c - 0xff01 + '!'), wide ? " " : "", wide ? rest + 3 : rest);
	return out;
}

/* ---- what was answered ---- */

static const struct answer *answer_of(const struct talk *t, const struct question *q)
{
	return &t->answers.answers[q - t->q->questions];
}

/* A level as one writes it. */
static const char *level_text(int level, char out[4])
{
	if (level == LEVEL_UNKNOWN)
		return "?";
	if (level == LEVEL_NOT_APPLICABLE)
		return "n";
	snprintf(out, 4, "%d", level);
	return out;
}

static bool read_again(struct talk *t)
{
	answers_free(&t->answers);
	return answers_load(t->q, t->store, &t->answers, t->e);
}

/* ---- questions ---- */

static enum move take_level(struct talk *t, const struct question *q, int level, const char *note, const char *reason)
{
	return steps_store_level(t->store, q, answer_of(t, q), t->respondent, level, note, reason, t->e) &&
	       read_again(t) ? MOVE_ON : MOVE_FAIL;
}

static enum move not_applicable(struct talk *t, const struct question *q)
{
	const char *reason = ask(_("Why is it not applicable?"));
	if (!reason) {
		t->over = true;
		return MOVE_STAY;
	}
	if (*reason)
		return take_level(t, q, LEVEL_NOT_APPLICABLE, NULL, reason);
	puts(_("\"Not applicable\" needs a reason."));
	return MOVE_STAY;
}

static void show_question(const struct talk *t, const struct question *q, const char *place)
{
	const struct answer *a = answer_of(t, q);
	char level[4];
	printf("\n%s %s  ", place, q->id);
	say_line("", domain_title(q->domain, lang_now()));
	say_line("", text2_get(&q->text));
	printf("  %s ", _("How to tell:"));
	say_line("", text2_get(&q->help));
	printf("  %s ", _("Whom to ask:"));
	say_line("", text2_get(&q->ask_whom));
	for (int i = 0; i < LEVELS; i++) {
		printf("   %d  ", i);
		say_line("", text2_get(&q->level[i]));
		if (i == 3 && q->alternative.en) {
			printf("      %s ", _("where not connected:"));
			say_line("", text2_get(&q->alternative));
		}
	}
	puts(_("   ? don't know   n not applicable   b back   q stop   (words behind a number are a note)"));
	if (a->level != LEVEL_UNANSWERED) {
		printf("   %s %s  ", _("Answer so far:"), level_text(a->level, level));
		say_line("", a->note ? a->note : "");
		puts(_("   Enter keeps it."));
	}
}

static enum move ask_question(struct talk *t, const struct question *q, const char *place)
{
	show_question(t, q, place);
	const char *line = ask("");
	line = line ? narrow(line) : NULL;
	if (!line || strcmp(line, "q") == 0) {
		t->over = true;
		return MOVE_STAY;
	}
	char first = *line;
	const char *rest = *line ? line + 1 + strspn(line + 1, " \t") : line;
	bool alone = !*rest, word = first && (line[1] == ' ' || line[1] == '\t' || !line[1]);
	if (!first && answer_of(t, q)->level != LEVEL_UNANSWERED)
		return MOVE_ON;
	if (first == 'b' && alone)
		return MOVE_BACK;
	if (first == 'n' && alone)
		return not_applicable(t, q);
	if (first == '?' && word)
		return take_level(t, q, LEVEL_UNKNOWN, rest, NULL);
	if (first >= '0' && first <= '4' && word) {
		char note[LINE_MAX_BYTES];
		snprintf(note, sizeof note, "%s", rest);
		return take_level(t, q, first - '0', note, NULL);
	}
	puts(_("Please answer with 0 to 4, ?, n, b or q."));
	return MOVE_STAY;
}

static enum move ask_profile(struct talk *t, const struct profile_question *p, const char *place)
{
	const char *now = answers_profile(&t->answers, p->id);
	printf("\n%s ", place);
	say_line("", text2_get(&p->text));
	if (p->help.en)
		say_line("  ", text2_get(&p->help));
	for (size_t i = 0; i < p->n_choices; i++) {
		printf("   %zu  ", i + 1);
		say_line("", text2_get(&p->choices[i].text));
		if (now && strcmp(now, p->choices[i].value) == 0)
			now = text2_get(&p->choices[i].text);
	}
	puts(now ? _("   Enter keeps the answer so far   b back   q stop") : _("   Enter passes over   b back   q stop"));
	if (now)
		say_line("   ", *now ? now : _("don't know"));
	const char *line = ask("");
	if (line && p->n_choices)
		line = narrow(line);
	if (!line || strcmp(line, "q") == 0) {
		t->over = true;
		return MOVE_STAY;
	}
	/* As on the screens: who leaves it empty does not know. Only the name has to be one. */
	if (!*line && (now || p->n_choices || strcmp(p->id, "name") == 0))
		return MOVE_ON;
	if (strcmp(line, "b") == 0)
		return MOVE_BACK;
	const char *value = p->n_choices ? NULL : line;
	char *end;
	unsigned long number = strtoul(line, &end, 10);
	if (p->n_choices && !*end && number >= 1 && number <= p->n_choices)
		value = p->choices[number - 1].value;
	if (!value) {
		printf(_("Please answer with a number from 1 to %zu.\n"), p->n_choices);
		return MOVE_STAY;
	}
	bool refused;
	if (steps_store_profile(t->store, p, t->respondent, value, &refused, t->e))
		return read_again(t) ? MOVE_ON : MOVE_FAIL;
	if (!refused)
		return MOVE_FAIL;
	say_line("", t->e->text);
	return MOVE_STAY;
}

/* ---- the whole ---- */

/* The next step that is to be asked, n past the end; says what is left out on the way. */
static size_t forward(const struct talk *t, size_t at)
{
	size_t to = steps_next(&t->steps, &t->answers, at + 1, t->review);
	for (at++; at < to; at++) {
		const struct step *s = &t->steps.steps[at];
		if (!steps_skipped(s, &t->answers))
			continue;
		say(s->profile ? text2_get(&s->profile->text) : s->question->id);
		printf("\n   %s\n", _("Left out, because no machine is networked."));
	}
	return to;
}

static bool walk(struct talk *t)
{
	size_t n = t->steps.n, at = steps_next(&t->steps, &t->answers, 0, false);
	t->review = at == n;
	at = t->review ? steps_next(&t->steps, &t->answers, 0, true) : at;
	while (at < n && !t->over) {
		const struct step *s = &t->steps.steps[at];
		char place[48];
		snprintf(place, sizeof place, "[%zu/%zu]", at + 1, n);
		enum move m = s->profile ? ask_profile(t, s->profile, place) : ask_question(t, s->question, place);
		if (m == MOVE_FAIL)
			return false;
		if (m == MOVE_ON)
			at = forward(t, at);
		else if (m == MOVE_BACK)
			at = steps_back(&t->steps, &t->answers, at);
	}
	return true;
}

bool interview_run(const struct questionnaire *q, struct store *s, bool quick, const char *respondent, struct err *e)
{
	struct talk t = { .q = q, .store = s, .respondent = respondent, .e = e };
	if (!answers_load(q, s, &t.answers, e))
		return false;
	steps_make(q, quick, &t.steps);
	puts(_("Each answer is stored at once. You can stop with q and go on another day."));
	bool ok = walk(&t);
	answers_free(&t.answers);
	steps_free(&t.steps);
	return ok;
}
