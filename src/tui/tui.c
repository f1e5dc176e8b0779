/* The loop of the terminal interface: the stack of screens, the frame around them, and what all of them can ask for. */
#include "tui/tui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

enum { ROWS_LEAST = 20, COLUMNS_LEAST = 60 };

static const struct tui_binding everywhere[] = {
	{ 'q', TUI_ESCAPE, "q", N_("back"), N_("Leave this screen; on the first one, leave genba. Nothing is lost."), NULL, NULL },
	{ TUI_HELP, 'h', "F1", N_("help"), N_("Show what the keys do."), NULL, NULL },
	{ TUI_REDRAW, 0, NULL, N_("draw anew"), N_("Ctrl-L draws the screen anew."), NULL, NULL },
	{ 0 },
};
static const struct tui_binding in_doc[] = {
	{ TUI_UP, TUI_DOWN, NULL, N_("move"), N_("Arrow keys, Page Up, Page Down, Home and End move."), NULL, NULL },
	{ TUI_ENTER, 0, "Enter", N_("open"), N_("Open what is marked with >."), NULL, NULL },
	{ 0 },
};
static const struct tui_binding in_table[] = {
	{ TUI_UP, TUI_DOWN, NULL, N_("move"), N_("Arrow keys, Page Up, Page Down, Home and End move."), NULL, NULL },
	{ TUI_ENTER, 0, "Enter", N_("open"), N_("Open what is marked with >."), NULL, NULL },
	{ '/', 0, "/", N_("filter"), N_("Show only rows that hold some text; an empty one shows all."), NULL, NULL },
	{ 's', 0, "s", N_("sort"), N_("Sort by the next column, upwards, then downwards."), NULL, NULL },
	{ 0 },
};

static struct screen *top(const struct tui *t)
{
	return t->depth > 0 ? t->stack[t->depth - 1] : NULL;
}

/* ---- screens ---- */

/* Fill a screen; what it showed before stays until that has worked. */
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

static void show_again(struct tui *t)
{
	struct screen *s = top(t);
	struct err e = { "" };
	if (s && !(s->type->again ? s->type->again(s, &e) : fill(s, &e)))
		tui_say(t, "%s", e.text);
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
	score_assess_free(&t->a);
	t->a = fresh;
	/* Pointers of the plan lead into the assessment itself: reckon them where it stands now. */
	return tui_answers_changed(t);
}

/* ---- the frame ---- */

static void put_binding(struct buf *b, const struct tui_binding *k, const struct screen *s)
{
	if (k->shown && (!k->can || k->can(s)))
		buf_printf(b, " %s %s ", k->shown, _(k->label));
}

static void add_bindings(struct buf *b, const struct tui_binding *k, const struct screen *s)
{
	for (; k && k->label; k++)
		put_binding(b, k, s);
}

static const struct tui_binding *body_keys(const struct screen *s)
{
	return s->type->draw ? NULL : s->table ? in_table : doc_has_links(s->doc) ? in_doc : NULL;
}

/* The screen's own keys first; q and F1 always have their place. */
static void draw_help_line(const struct screen *s, int row, int columns)
{
	struct buf own, always;
	buf_init(&own, 2048);
	buf_init(&always, 256);
	add_bindings(&own, s->type->keys, s);
	add_bindings(&own, body_keys(s), s);
	add_bindings(&always, everywhere, s);
	int w = text_width(always.data);
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
	terminal_origin(0, 0, 1, columns);
	tui_fill(0, 0, columns, STYLE_SELECTED, line);
	if (!s->table && !s->type->draw)
		doc_more(s->doc, &above, &below);
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
	size_t from = 0, skip;
	for (int y = 0; text[from] && y < rows; y++) {
		size_t n = text_break(text + from, columns > 2 ? columns : 2, &skip);
		char *line = xasprintf("%.*s", (int)n, text + from);
		tui_put(y, 0, columns, STYLE_PLAIN, line);
		free(line);
		from += n + skip;
	}
	return true;
}

static void draw(struct tui *t)
{
	struct screen *s = top(t);
	int rows, columns;
	terminal_size(&rows, &columns);
	terminal_clear();
	if (!too_small(rows, columns)) {
		draw_body(s, rows - 3, columns - 2);
		draw_title(s, columns);
		terminal_origin(rows - 2, 0, 2, columns);
		tui_put(0, 1, columns - 2, STYLE_STRONG, t->message);
		draw_help_line(s, 1, columns);
	}
	terminal_show();
}

/* ---- keys ---- */

static int read_key(struct tui *t)
{
	struct err e = { "" };
	int key = terminal_key(&e);
	if (e.text[0]) {
		tui_say(t, "%s", e.text);
		t->fault = true;
	}
	if (key == TUI_REDRAW)
		terminal_redraw();
	if (key == TUI_QUIT)
		t->over = true;
	return key;
}

/* Japanese input may be on: a full-width letter or digit is the plain one. */
static int plain(int key)
{
	return key >= 0xff01 && key <= 0xff5e ? key - 0xff01 + '!' : key == 0x3000 ? ' ' : key;
}

static void help_rows(struct doc *d, const struct tui_binding *k, const struct screen *s)
{
	for (; k && k->label; k++)
		if (!k->can || k->can(s))
			doc_pair(d, k->shown ? k->shown : "", _(k->help ? k->help : k->label));
}

/* The help page lies over the screen until a key is pressed. */
static void help(struct tui *t)
{
	struct screen *s = top(t);
	struct doc *d = doc_new();
	doc_head(d, _("Keys of this screen"));
	help_rows(d, s->type->keys, s);
	help_rows(d, body_keys(s), s);
	help_rows(d, everywhere, s);
	int key;
	do {
		int rows, columns;
		terminal_size(&rows, &columns);
		terminal_clear();
		if (!too_small(rows, columns)) {
			terminal_origin(1, 1, rows - 3, columns - 2);
			doc_draw(d, rows - 3, columns - 2);
			terminal_origin(rows - 1, 0, 1, columns);
			tui_fill(0, 0, columns, STYLE_SELECTED, _(" any key: back"));
		}
		terminal_show();
		key = read_key(t);
	} while (key == TUI_RESIZE || key == TUI_REDRAW);
	doc_free(d);
}

/* Drop the last character. */
static void shorten(char *value)
{
	size_t n = strlen(value);
	while (n > 0 && ((unsigned char)value[n - 1] & 0xc0) == 0x80)
		n--;
	value[n > 0 ? n - 1 : 0] = 0;
}

static void append(char *value, size_t size, uint32_t c)
{
	char bytes[5] = "";
	size_t n = strlen(value);
	if (c < 0x80) {
		bytes[0] = (char)c;
	} else if (c < 0x800) {
		bytes[0] = (char)(0xc0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		bytes[0] = (char)(0xe0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (c & 0x3f));
	} else {
		bytes[0] = (char)(0xf0 | c >> 18);
		bytes[1] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[2] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[3] = (char)(0x80 | (c & 0x3f));
	}
	if (n + strlen(bytes) < size)
		strcat(value, bytes);
}

/* The end of the text that fits. */
static const char *tail(const char *value, int columns)
{
	size_t n;
	while (text_width(value) > columns) {
		text_char(value, &n);
		value += n;
	}
	return value;
}

static void draw_input(struct tui *t, const char *prompt, const char *value)
{
	int rows, columns;
	draw(t);
	terminal_size(&rows, &columns);
	terminal_origin(rows - 2, 0, 2, columns);
	tui_fill(0, 0, columns, STYLE_STRONG, "");
	int used = tui_put(0, 1, columns / 2, STYLE_STRONG, prompt) + 2;
	used += tui_put(0, used, columns - used - 1, STYLE_PLAIN, tail(value, columns - used - 2));
	tui_fill(1, 0, columns, STYLE_SELECTED, _(" Enter: take it   Esc: give up   Ctrl-U: empty"));
	terminal_cursor(0, used);
	terminal_show();
}

bool tui_input(struct tui *t, const char *prompt, char *value, size_t size)
{
	char *text = xcalloc(size, 1);
	memcpy(text, value, size);
	text[size - 1] = 0;
	int key;
	for (;;) {
		draw_input(t, prompt, text);
		key = read_key(t);
		if (key == TUI_ENTER || key == TUI_ESCAPE || key == TUI_QUIT)
			break;
		if (key == TUI_BACKSPACE || key == TUI_DELETE)
			shorten(text);
		else if (key == TUI_EMPTY)
			text[0] = 0;
		else if (key < KEY_TUI && key >= ' ')
			append(text, size, (uint32_t)key);
	}
	if (key == TUI_ENTER)
		memcpy(value, text, size);
	free(text);
	return key == TUI_ENTER;
}

bool tui_confirm(struct tui *t, const char *question)
{
	int key;
	do {
		char *text = xasprintf("%s %s", question, _("(y/n)"));
		tui_say(t, "%s", text);
		free(text);
		draw(t);
		key = plain(read_key(t));
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

/* The Linux console has no Japanese characters. */
static bool choose_language(struct tui *t, struct err *e)
{
	const char *term = getenv("TERM");
	if (lang_now() != LANG_JA || terminal_scripted() || !term || strcmp(term, "linux") != 0)
		return true;
	if (!lang_init("en", e))
		return false;
	tui_say(t, "This console cannot show Japanese (日本語), so the screens are in English; over ssh they are not.");
	return true;
}

bool tui_run(const struct tui_options *o, struct err *e)
{
	struct tui t = { .site = o->site, .full = o->full };
	snprintf(t.respondent, sizeof t.respondent, "%s", o->respondent ? o->respondent : "");
	t.store = store_open(o->site, STORE_WRITE, e);
	if (!t.store)
		return false;
	bool assessed = score_assess(t.store, 0, &t.a, e), ok = assessed && terminal_open(o->script, e) && choose_language(&t, e);
	if (ok) {
		tui_open(&t, o->first ? o->first : &screen_home, 0, "");
		if (t.depth == 0)
			ok = err_set(e, "%s", t.message);
	}
	while (ok && !t.over && t.depth > 0) {
		draw(&t);
		handle(&t, plain(read_key(&t)));
	}
	if (ok && t.fault)
		ok = err_set(e, "%s", t.message);
	while (t.depth > 0)
		screen_free(t.stack[--t.depth]);
	terminal_close();
	if (assessed)
		score_assess_free(&t.a);
	store_close(t.store);
	return ok;
}
