/*
 * Answers as a table: one row a question, made for a spreadsheet (UTF-8 with byte
 * order mark, so that Excel in Japan reads it), and read back as the spreadsheet
 * saved it. Columns are found by their heads, in either language and any order.
 */
#include "questionnaire/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

enum column {
	COLUMN_ID, COLUMN_DOMAIN, COLUMN_TEXT, COLUMN_HELP, COLUMN_ASK, COLUMN_CHOICES, COLUMN_ANSWER, COLUMN_REASON,
	COLUMN_NOTE, COLUMN_EVIDENCE, COLUMN_RECORDED, COLUMN_RESPONDENT, COLUMN_MAX,
};

/* A head is its stem, and a hint behind it that reading back passes over. Both in English and Japanese. */
static const struct { const char *stem[2], *hint[2]; } heads[COLUMN_MAX] = {
	[COLUMN_ID] = { { "id", "番号" }, { "", "" } },
	[COLUMN_DOMAIN] = { { "domain", "領域" }, { "", "" } },
	[COLUMN_TEXT] = { { "question", "質問" }, { "", "" } },
	[COLUMN_HELP] = { { "how to tell", "見分け方" }, { "", "" } },
	[COLUMN_ASK] = { { "whom to ask", "誰に聞くか" }, { "", "" } },
	[COLUMN_CHOICES] = { { "choices", "選択肢" }, { "", "" } },
	[COLUMN_ANSWER] = { { "answer", "回答" },
			    { " (number, unknown or not applicable)", "（数字、わからない、該当しない）" } },
	[COLUMN_REASON] = { { "reason", "理由" }, { " (where not applicable)", "（該当しない場合）" } },
	[COLUMN_NOTE] = { { "note", "メモ" }, { "", "" } },
	[COLUMN_EVIDENCE] = { { "record", "記録" }, { " (name and place)", "（名前と保管場所）" } },
	[COLUMN_RECORDED] = { { "record can be shown", "記録を見せられる" }, { " (yes)", "（はい）" } },
	[COLUMN_RESPONDENT] = { { "respondent", "回答者" }, { "", "" } },
};

/* ---- writing ---- */

static void row(struct buf *b, const char *const cells[COLUMN_MAX])
{
	for (size_t i = 0; i < COLUMN_MAX; i++) {
		if (i > 0)
			buf_putc(b, ',');
		csv_cell(b, cells[i] ? cells[i] : "");
	}
	buf_puts(b, "\r\n");
}

static void add_choice(struct buf *b, size_t number, const char *text)
{
	buf_printf(b, "%s%zu: %s", b->len ? "\n" : "", number, text);
}

void answers_table(const struct questionnaire *q, bool quick, enum lang lang, struct buf *out)
{
	const char *cells[COLUMN_MAX] = { 0 };
	char *head[COLUMN_MAX];
	struct buf choices;
	buf_init(&choices, 4096);
	buf_puts(out, "\xef\xbb\xbf");
	for (size_t i = 0; i < COLUMN_MAX; i++) {
		head[i] = xasprintf("%s%s", heads[i].stem[lang == LANG_JA], heads[i].hint[lang == LANG_JA]);
		cells[i] = head[i];
	}
	row(out, cells);
	for (size_t i = 0; i < COLUMN_MAX; i++) {
		free(head[i]);
		cells[i] = NULL;
	}
	cells[COLUMN_CHOICES] = choices.data;
	for (size_t i = 0; i < q->n_profile; i++) {
		const struct profile_question *p = &q->profile[i];
		buf_reset(&choices);
		for (size_t k = 0; k < p->n_choices; k++)
			add_choice(&choices, k + 1, text2_in(&p->choices[k].text, lang));
		cells[COLUMN_ID] = p->id;
		cells[COLUMN_DOMAIN] = lang == LANG_JA ? "会社と工場" : "The firm";
		cells[COLUMN_TEXT] = text2_in(&p->text, lang);
		cells[COLUMN_HELP] = text2_in(&p->help, lang);
		cells[COLUMN_CHOICES] = choices.data;
		row(out, cells);
	}
	for (size_t i = 0; i < q->n; i++) {
		const struct question *x = &q->questions[i];
		if (quick && !x->quick)
			continue;
		buf_reset(&choices);
		for (size_t k = 0; k < LEVELS; k++) {
			add_choice(&choices, k, text2_in(&x->level[k], lang));
			if (k == 3 && x->alternative.en)
				buf_printf(&choices, lang == LANG_JA ? "（つながっていない場合：%s）" : " (where not connected: %s)",
					   text2_in(&x->alternative, lang));
		}
		cells[COLUMN_ID] = x->id;
		cells[COLUMN_DOMAIN] = domain_title(x->domain, lang);
		cells[COLUMN_TEXT] = text2_in(&x->text, lang);
		cells[COLUMN_HELP] = text2_in(&x->help, lang);
		cells[COLUMN_ASK] = text2_in(&x->ask_whom, lang);
		cells[COLUMN_CHOICES] = choices.data;
		row(out, cells);
	}
	buf_done(&choices);
}

/* ---- reading ---- */

static int head_of(const char *cell)
{
	for (int i = 0; i < COLUMN_MAX; i++) {
		for (int lang = 0; lang < 2; lang++) {
			const char *stem = heads[i].stem[lang];
			size_t n = strlen(stem);
			if (strncasecmp(cell, stem, n) == 0 &&
			    (!cell[n] || strncmp(cell + n, " (", 2) == 0 || strncmp(cell + n, "（", 3) == 0))
				return i;
		}
	}
	return -1;
}

/* The first row's columns: at[i] is where column i stands, -1 where it does not. */
static bool read_heads(struct csv *c, int at[COLUMN_MAX])
{
	for (size_t i = 0; i < COLUMN_MAX; i++)
		at[i] = -1;
	if (csv_next(c) != CSV_ROW)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		int head = head_of(csv_trim(c->cells[i]));
		if (head >= 0 && at[head] < 0)
			at[head] = (int)i;
	}
	return at[COLUMN_ID] >= 0 && at[COLUMN_ANSWER] >= 0;
}

bool table_is(const char *text)
{
	struct csv c = csv_open(text);
	int at[COLUMN_MAX];
	bool is = read_heads(&c, at);
	csv_done(&c);
	return is;
}

struct table {
	const struct questionnaire *q;
	const char *name, *respondent;
	struct csv csv;
	int at[COLUMN_MAX];
	struct answer_list *out;
	struct err *e;
};

static char *cell(const struct table *t, enum column column)
{
	static char empty[1];
	int at = t->at[column];
	return at >= 0 && (size_t)at < t->csv.n ? csv_trim(t->csv.cells[at]) : empty;
}

#define table_error(t, ...) \
	(err_set((t)->e, __VA_ARGS__), err_prefix((t)->e, "%s:%d", (t)->name, (t)->csv.row_line))

/* A whole number in digits of either width, with or without what stands behind it in the choices ("2: …"). */
static int number_of(const char *s)
{
	int n = -1;
	for (;;) {
		int digit = -1;
		if (*s >= '0' && *s <= '9') {
			digit = *s - '0';
			s++;
		} else if (strncmp(s, "\xef\xbc", 2) == 0 && (unsigned char)s[2] >= 0x90 && (unsigned char)s[2] <= 0x99) {
			digit = (unsigned char)s[2] - 0x90;
			s += 3;
		}
		if (digit < 0)
			break;
		n = (n < 0 ? 0 : n) * 10 + digit;
		if (n > 99)
			return -1;
	}
	return !*s || *s == ':' || strncmp(s, "：", 3) == 0 ? n : -1;
}

static bool one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(s, *words) == 0)
			return true;
	return false;
}

static const char *const words_unknown[] = { "?", "？", "unknown", "don't know", "わからない", "分からない", "不明", NULL };
static const char *const words_not_applicable[] = { "not applicable", "not_applicable", "n/a", "該当しない", "該当なし",
						    "対象外", NULL };
static const char *const words_yes[] = { "yes", "true", "1", "はい", "○", "〇", "◯", NULL };
static const char *const words_no[] = { "", "no", "false", "0", "いいえ", "×", "-", NULL };

static bool read_question(const struct table *t, struct answer_entry *x)
{
	const char *answer = cell(t, COLUMN_ANSWER);
	x->level = number_of(answer);
	if (one_of(answer, words_unknown))
		x->level = LEVEL_UNKNOWN;
	else if (one_of(answer, words_not_applicable))
		x->level = LEVEL_NOT_APPLICABLE;
	else if (x->level < 0 || x->level >= LEVELS)
		return table_error(t, _("%s: expected 0 to 4, unknown (わからない) or not applicable (該当しない), got \"%.60s\""),
				   x->question, answer);
	if (x->level == LEVEL_NOT_APPLICABLE && !*x->reason)
		return table_error(t, _("%s: not applicable (該当しない) needs a reason in its column"), x->question);
	const char *recorded = cell(t, COLUMN_RECORDED);
	x->recorded = one_of(recorded, words_yes);
	if (!x->recorded && !one_of(recorded, words_no))
		return table_error(t, _("%s: record can be shown: expected yes (はい) or nothing, got \"%.60s\""), x->question,
				   recorded);
	return true;
}

static bool read_profile(const struct table *t, const struct profile_question *p, struct answer_entry *x)
{
	char *answer = cell(t, COLUMN_ANSWER);
	int number = number_of(answer);
	x->level = LEVEL_TEXT;
	x->text = p->n_choices == 0 ? answer : NULL;
	for (size_t i = 0; i < p->n_choices; i++) {
		const struct choice *c = &p->choices[i];
		if (number == (int)i + 1 || strcmp(answer, c->text.ja) == 0 || strcasecmp(answer, c->text.en) == 0)
			x->text = c->value;
	}
	return x->text || table_error(t, _("%s: expected a number from 1 to %zu, got \"%.60s\""), p->id, p->n_choices, answer);
}

static bool read_row(const struct table *t)
{
	struct answer_entry x = {
		.question = cell(t, COLUMN_ID), .reason = cell(t, COLUMN_REASON), .note = cell(t, COLUMN_NOTE),
		.evidence = cell(t, COLUMN_EVIDENCE), .respondent = cell(t, COLUMN_RESPONDENT),
	};
	bool answered = *cell(t, COLUMN_ANSWER), said = *x.reason || *x.note || *x.evidence;
	if (!*x.question)
		return !(answered || said) || table_error(t, _("an answer without the number of its question"));
	const struct profile_question *p = questionnaire_profile(t->q, x.question);
	if (!p && !questionnaire_find(t->q, x.question))
		return table_error(t, _("there is no question %.40s"), x.question);
	if (!answered)
		return !said || table_error(t, _("%s: a note, but no answer; give 0 to 4, or unknown (わからない)"), x.question);
	if (!*x.respondent && t->respondent)
		x.respondent = (char *)(uintptr_t)t->respondent;
	if (!(p ? read_profile(t, p, &x) : read_question(t, &x)))
		return false;
	for (size_t i = 0; i < t->out->n; i++)
		if (strcmp(t->out->entries[i].question, x.question) == 0 &&
		    strcmp(t->out->entries[i].respondent, x.respondent) == 0)
			return table_error(t, _("%s: two answers of the same respondent"), x.question);
	answer_list_add(t->out, &x);
	return true;
}

bool table_parse(const struct questionnaire *q, const char *name, const char *text, const char *respondent,
		 struct answer_list *out, struct err *e)
{
	struct table t = { .q = q, .name = name, .respondent = respondent, .out = out, .e = e,
			   .csv = csv_open(text) };
	bool ok = read_heads(&t.csv, t.at) ||
		  table_error(&t, _("expected the heads that genba ask --sheet csv wrote, at least id (番号) and answer (回答)"));
	enum csv_result r = CSV_ROW;
	while (ok && (r = csv_next(&t.csv)) == CSV_ROW)
		ok = read_row(&t);
	if (ok && r == CSV_BAD)
		ok = table_error(&t, _("a quote (\") that is never closed"));
	csv_done(&t.csv);
	return ok;
}
