/* The loop of the terminal interface: the stack of screens, the frame around them, and what all of them can ask for. */
#include "tui/tui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

enum { ROWS_LEAST = 20, COLUMNS_LEAST = 60, MESSAGE_ROWS = 6 };

static const struct tui_binding everywhere[] = {
	{ 'q', TUI_ESCAPE, "q", N_("back"), N_("Leave this screen; on the first one, leave genba. Nothing is lost."), NULL, NULL },
	{ TUI_HELP, 'h', "F1", N_("help"), N_("Show what the keys do."), NULL, NULL },
	{ TUI_REDRAW, 0, NULL, N_("draw anew"), N_("Ctrl-L draws the screen anew."), NULL, NULL },
	{ 0 },
};
/* The same on the first screen, where q ends genba. */
static const struct tui_binding everywhere_first[] = {
	{ 'q', TUI_ESCAPE, "q", N_("quit"), NULL, NULL, NULL },
	{ TUI_HELP, 'h', "F1", N_("help"), NULL, NULL, NULL },
	{ 0 },
};
static const struct tui_binding in_doc[] = {
	{ TUI_UP, TUI_DOWN, NULL, N_("move"), N_("Arrow keys, Page Up, Page Down, Home and End move."), NULL, NULL },
	{ TUI_ENTER, 0, "Enter", N_("open"), N_("Open what is marked with >."), NULL, NULL },
	{ 0 },
};

static bool opens(const struct screen *s)
{
	return table_opens(s->table);
}

static const struct tui_binding in_table[] = {
	{ TUI_UP, TUI_DOWN, NULL, N_("move"), N_("Arrow keys, Page Up, Page Down, Home and End move."), NULL, NULL },
	{ TUI_ENTER, 0, "Enter", N_("open"), N_("Open what is marked with >."), NULL, opens },
	{ '/', 0, "/", N_("filter"), N_("Show only rows that hold some text; an empty one shows all."), NULL, NULL },
	{ 's', 0, "s", N_("sort"), N_("Sort by the next column, upwards, then downwards."), NULL, NULL },
	{ 0 },
};

static struct screen *top(const struct tui *t)
{
	return t->depth > 0 ? t->stack[t->depth - 1] : NULL;
}

/* ---- screens ---- */

/* Fill a screen. Where that fails its table stays as it was; its document is empty. */
static bool fill(struct screen *s, struct err *e)
{
	struct table *old = s->table;
	doc_clear(s->doc);
	s->table = NULL;
	bool ok = s->type->open(s, e);
	if (s->table && old)
		table_inherit(s->table, old);
	if (!ok && !s->table)
		s->table = old;
	else
		table_free(old);
	return ok;
}

static void screen_free(struct screen *s)
{
	if (s->type->close)
		s->type->close(s);
	doc_free(s->doc);
	table_free(s->table);
	free(s->word);
	free(s);
}

void tui_open(struct tui *t, const struct screen_type *type, int64_t id, const char *word)
{
	struct err e = { "" };
	if (t->depth == (int)(sizeof t->stack / sizeof *t->stack)) {
		tui_say(t, "%s", _("Too many screens lie over each other; q goes back."));
		return;
	}
	struct screen *s = xcalloc(1, sizeof *s);
	*s = (struct screen){ .type = type, .tui = t, .id = id, .word = xstrdup(word ? word : ""), .doc = doc_new() };
	if (fill(s, &e)) {
		t->stack[t->depth++] = s;
		return;
	}
	tui_say(t, "%s", e.text);
	screen_free(s);
}

static bool anew(struct screen *s, bool (*how)(struct screen *s, struct err *e))
{
	struct err e = { "" };
	if (how(s, &e))
		return true;
	tui_say(s->tui, "%s", e.text);
	return false;
}

bool tui_refill(struct screen *s)
{
	return anew(s, fill);
}

static void show_again(struct tui *t)
{
	struct screen *s = top(t);
	if (s)
		anew(s, s->type->again ? s->type->again : fill);
}

void tui_close(struct tui *t)
{
	if (t->depth == 0)
		return;
	screen_free(t->stack[--t->depth]);
	show_again(t);
	t->over = t->depth == 0;
}

void tui_replace(struct tui *t, const struct screen_type *type, int64_t id, const char *word)
{
	int before = t->depth;
	tui_open(t, type, id, word);
	if (t->depth == before)
		return;
	screen_free(t->stack[before - 1]);
	t->stack[before - 1] = t->stack[before];
	t->depth = before;
}

void tui_say(struct tui *t, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(t->message, sizeof t->message, format, ap);
	va_end(ap);
}

bool tui_answers_changed(struct tui *t)
{
	struct err e;
	tui_changes_forget(t);
	if (score_answers_changed(&t->a, t->store, &e))
		return true;
	tui_say(t, "%s", e.text);
	return false;
}

bool tui_site_changed(struct tui *t)
{
	struct assessment fresh;
	struct err e;
	if (!score_assess(t->store, 0, &fresh, &e)) {
		tui_say(t, "%s", e.text);
		return false;
	}
	tui_changes_forget(t);
	score_assess_free(&t->a);
	t->a = fresh;
	return true;
}

/* ---- the frame ---- */

/* Words that do not fit are left out as a whole; the help page has them. */
static void add_bindings(struct buf *b, const struct tui_binding *k, const struct screen *s, int columns)
{
	static const char cut[] = "…";
	for (; k && k->label; k++) {
		if (b->len >= sizeof cut - 1 && strcmp(b->data + b->len - (sizeof cut - 1), cut) == 0)
			return;
		if (!k->shown || (k->can && !k->can(s)))
			continue;
		char *text = xasprintf(" %s %s ", k->shown, _(k->label));
		int used = text_width(b->data);
		if (used + text_width(text) <= columns)
			buf_puts(b, text);
		else if (used < columns)
			buf_puts(b, cut);
		free(text);
	}
}

static const struct tui_binding *body_keys(const struct screen *s)
{
	return s->type->draw ? NULL : s->table ? in_table : doc_has_links(s->doc) ? in_doc : NULL;
}

/* What has a key of its own for q is not left with it. */
static const struct tui_binding *always_keys(const struct screen *s)
{
	for (const struct tui_binding *k = s->type->keys; k && k->label; k++)
		if (k->key == 'q')
			return everywhere + 1;
	return s->tui->depth == 1 ? everywhere_first : everywhere;
}

/* The screen's own keys first; q and F1 always have their place. */
static void draw_help_line(const struct screen *s, int row, int columns)
{
	struct buf own, always;
	buf_init(&own, 2048);
	buf_init(&always, 256);
	add_bindings(&always, always_keys(s), s, columns);
	int w = text_width(always.data);
	add_bindings(&own, s->type->keys, s, columns - w);
	add_bindings(&own, body_keys(s), s, columns - w);
	tui_fill(row, 0, columns, STYLE_SELECTED, "");
	tui_put(row, 0, columns - w, STYLE_SELECTED, own.data);
	tui_put(row, columns - w, w, STYLE_SELECTED, always.data);
	buf_done(&own);
	buf_done(&always);
}

static void draw_title(const struct screen *s, int columns)
{
	char title[256] = "", line[300];
	bool above = false, below = false;
	s->type->title(s, title, sizeof title);
	snprintf(line, sizeof line, " genba  %s", title);
	/* A screen that draws itself may use the document; else it is empty. */
	if (!s->table)
		doc_more(s->doc, &above, &below);
	terminal_origin(0, 0, 1, columns);
	tui_fill(0, 0, columns, STYLE_SELECTED, "");
	tui_put(0, 0, above || below ? columns - 5 : columns, STYLE_SELECTED, line);
	if (above || below)
		tui_put(0, columns - 4, 3, STYLE_SELECTED, above && below ? "↑↓" : above ? "↑" : " ↓");
}

static void draw_body(struct screen *s, int rows, int columns)
{
	terminal_origin(1, 1, rows, columns);
	if (s->type->draw)
		s->type->draw(s, rows, columns);
	else if (s->table)
		table_draw(s->table, rows, columns);
	else
		doc_draw(s->doc, rows, columns);
}

static bool too_small(int rows, int columns)
{
	if (rows >= ROWS_LEAST && columns >= COLUMNS_LEAST)
		return false;
	terminal_origin(0, 0, rows, columns);
	const char *text = _("This window is too small for genba: please make it at least 60 columns by 20 rows. Nothing is lost.");
	tui_paragraph(0, 0, rows, columns, STYLE_PLAIN, text);
	return true;
}

/* Above the line of keys; a long message takes rows of the screen below it, so that its end, what to do, is read too. */
static void draw_message(const char *text, int rows, int columns)
{
	int n = 0;
	size_t skip = 0;
	for (const char *p = text; *p && n < MESSAGE_ROWS; n++) {
		p += text_break(p, columns - 2, &skip);
		p += skip;
	}
	n = n < 1 ? 1 : n;
	terminal_origin(rows - 1 - n, 0, n, columns);
	for (int i = 0; i < n && *text; i++)
		tui_fill(i, 0, columns, STYLE_PLAIN, "");
	tui_paragraph(0, 1, n, columns - 2, STYLE_STRONG, text);
}

void tui_draw(struct tui *t)
{
	struct screen *s = top(t);
	int rows, columns;
	terminal_size(&rows, &columns);
	terminal_clear();
	if (!too_small(rows, columns)) {
		draw_body(s, rows - 3, columns - 2);
		draw_title(s, columns);
		terminal_origin(rows - 2, 0, 2, columns);
		draw_help_line(s, 1, columns);
		draw_message(t->message, rows, columns);
	}
	terminal_show();
}

/* ---- keys ---- */

static int taken(struct tui *t, int key, const struct err *e)
{
	if (e->text[0]) {
		tui_say(t, "%s", e->text);
		t->fault = true;
	}
	if (key == TUI_REDRAW)
		terminal_redraw();
	if (key == TUI_QUIT)
		t->over = true;
	return key;
}

int tui_read_key(struct tui *t)
{
	struct err e = { "" };
	int key = terminal_key(&e);
	return taken(t, key, &e);
}

/* Japanese input may be on: a full-width letter or digit is the plain one. */
static int plain(int key)
{
	return key >= 0xff01 && key <= 0xff5e ? key - 0xff01 + '!' : key == 0x3000 ? ' ' : key;
}

int tui_key_now(struct tui *t)
{
	struct err e = { "" };
	int key = terminal_key_now(&e);
	return plain(taken(t, key, &e));
}

static void help_rows(struct doc *d, const struct tui_binding *k, const struct screen *s)
{
	for (; k && k->label; k++)
		if (!k->can || k->can(s))
			doc_pair(d, k->shown ? k->shown : "", _(k->help ? k->help : k->label));
}

void tui_draw_help(struct tui *t)
{
	struct screen *s = top(t);
	struct doc *d = doc_new();
	int rows, columns;
	doc_head(d, _("Keys of this screen"));
	help_rows(d, s->type->keys, s);
	help_rows(d, body_keys(s), s);
	help_rows(d, always_keys(s), s);
	terminal_size(&rows, &columns);
	terminal_clear();
	if (!too_small(rows, columns)) {
		terminal_origin(1, 1, rows - 3, columns - 2);
		doc_draw(d, rows - 3, columns - 2);
		terminal_origin(rows - 1, 0, 1, columns);
		tui_fill(0, 0, columns, STYLE_SELECTED, _(" any key: back"));
	}
	terminal_show();
	doc_free(d);
}

/* The help page lies over the screen until a key is pressed. */
static void help(struct tui *t)
{
	int key;
	do {
		tui_draw_help(t);
		key = tui_read_key(t);
	} while (key == TUI_RESIZE || key == TUI_REDRAW);
}

bool tui_confirm(struct tui *t, const char *question)
{
	int key;
	do {
		char *text = xasprintf("%s %s", question, _("(y/n)"));
		tui_say(t, "%s", text);
		free(text);
		tui_draw(t);
		key = plain(tui_read_key(t));
	} while (key == TUI_RESIZE || key == TUI_REDRAW);
	t->message[0] = 0;
	return key == 'y' || key == 'Y';
}

static bool own_key(struct screen *s, int key)
{
	for (const struct tui_binding *k = s->type->keys; k && k->label; k++)
		if ((k->key == key || (k->also && k->also == key)) && k->run && (!k->can || k->can(s))) {
			k->run(s);
			return true;
		}
	return s->type->key && s->type->key(s, key);
}

static void handle(struct tui *t, int key)
{
	struct screen *s = top(t);
	struct doc_link_target open = { 0 };
	if (key == TUI_RESIZE || key == TUI_REDRAW || t->over)
		return;
	t->message[0] = 0;
	if (own_key(s, key))
		return;
	if (!s->type->draw && (s->table ? table_key(s->table, t, key, &open) : doc_key(s->doc, key, &open))) {
		if (open.to) {
			char *word = xstrdup(open.word);
			tui_open(t, open.to, open.id, word);
			free(word);
		}
	} else if (key == 'q' || key == TUI_ESCAPE) {
		tui_close(t);
	} else if (key == TUI_HELP || key == 'h') {
		help(t);
	}
}

/* ---- small things ---- */

void tui_paragraph(int row, int x, int rows, int columns, enum tui_style style, const char *text)
{
	size_t from = 0, skip;
	for (int y = 0; text[from] && y < rows; y++) {
		size_t n = text_break(text + from, columns > 2 ? columns : 2, &skip);
		char *line = xasprintf("%.*s", (int)n, text + from);
		tui_put(row + y, x, columns, style, line);
		free(line);
		from += n + skip;
	}
}

void tui_put_finding(struct doc *d, const struct check_result *r)
{
	char *text = xasprintf(_("%s: %s"), _(severity_titles[r->severity]), text2_get(&r->check->title));
	doc_link(d, tui_severity_style(r->severity), 0, text, &screen_finding, 0, r->check->id);
	free(text);
}

enum tui_style tui_severity_style(enum severity s)
{
	return s >= SEVERITY_HIGH ? STYLE_BAD : s == SEVERITY_MEDIUM ? STYLE_FAIR : STYLE_PLAIN;
}

enum tui_style tui_grade_style(int grade)
{
	return grade == GRADE_NONE ? STYLE_PLAIN : grade <= GRADE_B ? STYLE_GOOD : grade == GRADE_C ? STYLE_FAIR : STYLE_BAD;
}

char *tui_time(int64_t ns, char *out)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	if (!ns || !localtime_r(&seconds, &tm) || !strftime(out, 32, "%Y-%m-%d %H:%M", &tm))
		snprintf(out, 32, "-");
	return out;
}

/* ---- the program ---- */

bool tui_choose_language(struct tui *t, struct err *e)
{
	const char *term = getenv("TERM");
	if (lang_now() != LANG_JA || terminal_scripted() || !term || strcmp(term, "linux") != 0)
		return true;
	if (!lang_init("en", e))
		return false;
	tui_say(t, "This console cannot show Japanese, so the screens are in English; over ssh they are not.");
	return true;
}

bool tui_run(const struct tui_options *o, struct err *e)
{
	struct tui t = { .site = o->site, .full = o->full };
	snprintf(t.respondent, sizeof t.respondent, "%s", o->respondent ? o->respondent : "");
	t.store = store_open(o->site, STORE_WRITE, e);
	if (!t.store)
		return false;
	bool assessed = score_assess(t.store, 0, &t.a, e);
	bool ok = assessed && terminal_open(o->script, e) && tui_choose_language(&t, e);
	if (ok) {
		tui_open(&t, o->first ? o->first : &screen_home, 0, "");
		if (t.depth == 0)
			ok = err_set(e, "%s", t.message);
	}
	while (ok && !t.over && t.depth > 0) {
		tui_draw(&t);
		handle(&t, plain(tui_read_key(&t)));
	}
	if (ok && t.fault)
		ok = err_set(e, "%s", t.message);
	while (t.depth > 0)
		screen_free(t.stack[--t.depth]);
	terminal_close();
	tui_changes_forget(&t);
	if (assessed)
		score_assess_free(&t.a);
	store_close(t.store);
	return ok;
}
