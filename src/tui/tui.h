/*
 * The terminal interface. A screen is one screen_*.c: a struct screen_type whose table of keys also draws the help
 * line and the help page. Most screens fill a document (doc_…) or a table (table_…) and need no drawing of their own.
 *
 * Everything that is shown goes through tui_put(): control characters, escape sequences, zero-width and direction
 * characters of whoever is on the network are harmless there. ncurses itself is known to terminal.c alone.
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/lang.h"
#include "score/assess.h"

enum tui_style {
	STYLE_PLAIN, STYLE_STRONG, STYLE_DIM, STYLE_HEAD, STYLE_LINK, STYLE_SELECTED,
	STYLE_GOOD, STYLE_FAIR, STYLE_BAD, STYLES   /* colours never say what no word says */
};

/* A key is a character (full-width ones arrive as plain ones), or one of these. */
enum tui_key {
	KEY_TUI = 0x200000,
	TUI_UP, TUI_DOWN, TUI_LEFT, TUI_RIGHT, TUI_PAGE_UP, TUI_PAGE_DOWN, TUI_HOME, TUI_END, TUI_ENTER, TUI_ESCAPE,
	TUI_BACKSPACE, TUI_DELETE, TUI_TAB, TUI_HELP /* F1 */, TUI_REDRAW /* Ctrl-L */, TUI_EMPTY /* Ctrl-U */, TUI_RESIZE, TUI_QUIT /* signal, or the script's end */
};

struct screen;

/* A row of a screen's table of keys: what the key does, what the help line calls it. */
struct tui_binding {
	int key, also;                       /* also: a second key, 0 for none */
	const char *shown;                   /* "Enter", "a"; NULL: not in the help line, only on the help page */
	const char *label;                   /* N_() short: "open", "note" */
	const char *help;                    /* N_() a sentence for the help page; NULL: the label says it */
	void (*run)(struct screen *s);
	bool (*can)(const struct screen *s); /* NULL: always; else hidden where it says no */
};

struct screen_type {
	const char *name;                    /* "home": stands in scripts and tests */
	/* Title line, into out. */
	void (*title)(const struct screen *s, char *out, size_t size);
	/*
	 * Fill s->doc or s->table (made anew at every call), or set s->data for a screen that draws itself. id and word name what is shown (a
	 * device's id, a check's, an action's or a question's id), 0 and "" where there is nothing to name; word is
	 * borrowed and stays valid while the screen stands.
	 */
	bool (*open)(struct screen *s, struct err *e);
	/* Called again when the site or its answers changed, or a screen above it was closed. NULL: open() once more. */
	bool (*again)(struct screen *s, struct err *e);
	/* For screens that draw themselves: rows and columns of the body, from 0. NULL: doc or table. */
	void (*draw)(struct screen *s, int rows, int columns);
	/* A key that no binding took; true: used. NULL: none. */
	bool (*key)(struct screen *s, int key);
	void (*close)(struct screen *s);     /* frees s->data; NULL: nothing to free */
	const struct tui_binding *keys;      /* ends with run NULL; NULL: none */
};

struct screen {
	const struct screen_type *type;
	struct tui *tui;
	int64_t id;
	char *word;                          /* never NULL */
	struct doc *doc;                     /* made by tui.c; empty until open() fills it */
	struct table *table;                 /* table_new() in open(); NULL: the document is shown */
	void *data;
};

/* What all screens share. */
struct tui {
	struct store *store;
	const char *site;                    /* path of the site file */
	struct assessment a;                 /* over the newest finished scan; checks and questionnaire always loaded */
	bool full;                           /* the questionnaire's full set, not the quick one */
	char respondent[64];                 /* who answers, "" for nobody's name */
	int64_t earlier;                     /* scan that the newest one is compared with; 0: the one before it */
	struct changes *changes;             /* changes.c's, NULL: to be reckoned */
	/* The rest is tui.c's. */
	struct screen *stack[16];
	int depth;
	char message[512];
	bool over;
	bool fault;                          /* the script could not be done; the message says why */
};

/* ---- for screens ---- */

/* Open a screen over this one; a screen that cannot be opened says why in the message line. */
void tui_open(struct tui *t, const struct screen_type *type, int64_t id, const char *word);
/* Leave this screen. The last one left ends the program. */
void tui_close(struct tui *t);
/* Replace this screen by another one. */
void tui_replace(struct tui *t, const struct screen_type *type, int64_t id, const char *word);
/* Fill this screen anew; cursor, filter and order of its table stay. False: said. */
bool tui_refill(struct screen *s);
/* "high: …" as a link to the finding. */
void tui_put_finding(struct doc *d, const struct check_result *r);
/* A message for the message line, until the next key. */
void tui_say(struct tui *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Answers changed: read them again and reckon anew with the findings as they are. Quick. False: said. */
bool tui_answers_changed(struct tui *t);
/* Scans, zones or exceptions changed: run the checks again. False: said. */
bool tui_site_changed(struct tui *t);

/*
 * A line of input at the bottom of the screen, UTF-8. value holds what stands there at first and takes the result.
 * False: given up (Escape, end), value is as it was.
 */
bool tui_input(struct tui *t, const char *prompt, char *value, size_t size);
/* The same for a file's path, which Tab completes. */
bool tui_input_path(struct tui *t, const char *prompt, char *path, size_t size);
/* y or n */
bool tui_confirm(struct tui *t, const char *question);

/* Draw inside the body of the screen, cut at columns from x on; returns the columns that were used. */
int tui_put(int row, int x, int columns, enum tui_style style, const char *text);
/* The same with the rest of the columns filled with blanks in that style. */
void tui_fill(int row, int x, int columns, enum tui_style style, const char *text);
/* A paragraph that wraps, in so many rows and columns. */
void tui_paragraph(int row, int x, int rows, int columns, enum tui_style style, const char *text);
/* Style of a severity, of a grade. */
enum tui_style tui_severity_style(enum severity s);
enum tui_style tui_grade_style(int grade);
/* "2026-11-25 09:30" in local time into out (32 bytes); ns 0: "-". */
char *tui_time(int64_t ns, char *out);

/* ---- documents: paragraphs that wrap, scroll, and hold links ---- */

struct doc *doc_new(void);
void doc_free(struct doc *d);
void doc_clear(struct doc *d);               /* the place of the cursor is kept */
void doc_head(struct doc *d, const char *text);              /* a blank line before it, where it is not the first */
void doc_blank(struct doc *d);
/* Wraps between words and between Japanese characters; indent in columns. */
void doc_text(struct doc *d, enum tui_style style, int indent, const char *text);
void doc_printf(struct doc *d, enum tui_style style, int indent, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* "label  value", the values of neighbours in one column; value NULL or "": left out. */
void doc_pair(struct doc *d, const char *label, const char *value);
/* The same in another style. */
void doc_step(struct doc *d, enum tui_style style, const char *label, const char *value);
/* A line as it is, cut where the screen ends: drawings, tables. */
void doc_line(struct doc *d, enum tui_style style, const char *text);
/* "label ██████░░░░ text" with a bar of share 0..1 */
void doc_bar(struct doc *d, const char *label, double share, const char *text);
/* A paragraph that can be chosen: Enter opens that screen. */
void doc_link(struct doc *d, enum tui_style style, int indent, const char *text, const struct screen_type *to,
	      int64_t id, const char *word);

/* ---- tables: sorted, filtered, one row chosen ---- */

struct table_column {
	const char *title;       /* N_() */
	int width;               /* columns it wants at least */
	int stretch;             /* its share of what is left over; 0: none */
	bool right;              /* numbers: to the right, sorted as numbers */
	int drop;                /* 0: always shown; else the highest is left out first where the screen is narrow */
};
/* columns end with title NULL. to: what Enter opens with the row's id and word, NULL for nothing. */
struct table *table_new(const struct table_column *columns, const struct screen_type *to);
void table_free(struct table *t);
void table_clear(struct table *t);           /* rows only: cursor, filter, order stay */
/* A new row, then its cells from left to right; a missing cell is "". */
void table_row(struct table *t, enum tui_style style, int64_t id, const char *word);
void table_cell(struct table *t, const char *text);
void table_number(struct table *t, double value, const char *text);   /* text as shown, value for sorting */
/* A line above the table ("1,240 devices"), NULL for none. */
void table_note(struct table *t, const char *text);
/* What is shown where no row is. */
void table_empty(struct table *t, const char *text);
/* The chosen row; false: there is none. */
bool table_chosen(const struct table *t, int64_t *id, const char **word);

/* ---- screens ---- */
extern const struct screen_type screen_home, screen_devices, screen_device, screen_findings, screen_finding,
	screen_action, screen_actions, screen_map, screen_question, screen_questions, screen_respondents,
	screen_conversations, screen_operations, screen_result, screen_changes, screen_scans;

/* ---- the program ---- */

struct tui_options {
	const char *site;
	const char *script;                  /* file with keys to type, NULL: a person does */
	const struct screen_type *first;     /* NULL: home */
	bool full;
	const char *respondent;              /* may be NULL */
};
/* Runs until it is left. False: e says why it could not start, or what failed. */
bool tui_run(const struct tui_options *o, struct err *e) MUST_CHECK;

/* ---- inside: terminal.c, doc.c, table.c ---- */
struct doc_link_target { const struct screen_type *to; int64_t id; const char *word; };
void doc_draw(struct doc *d, int rows, int columns);
/* true: the key was used; *open is set where Enter chose a link. */
bool doc_key(struct doc *d, int key, struct doc_link_target *open);
void table_draw(struct table *t, int rows, int columns);
bool table_key(struct table *t, struct tui *tui, int key, struct doc_link_target *open);

/* The frame with the screen in it, and the next key: for what lies over a screen. */
void tui_draw(struct tui *t);
int tui_read_key(struct tui *t);
/* The same without waiting: 0 where none was typed. Full-width characters are the plain ones. */
int tui_key_now(struct tui *t);
/* The help page of the screen on top. */
void tui_draw_help(struct tui *t);
/* English where the console has no Japanese characters. */
bool tui_choose_language(struct tui *t, struct err *e) MUST_CHECK;
/* changes.c: what was reckoned about changes holds no more. */
void tui_changes_forget(struct tui *t);
/* Does Enter open something? */
bool table_opens(const struct table *t);
bool doc_has_links(const struct doc *d);
/* Is there something above and below what is shown? */
void doc_more(const struct doc *d, bool *above, bool *below);
/* Take over cursor, filter and order of a table that is replaced by this one. */
void table_inherit(struct table *t, const struct table *old);

bool terminal_open(const char *script, struct err *e) MUST_CHECK;
void terminal_close(void);
/* Waits for a key; TUI_RESIZE when the size changed, TUI_QUIT when it is time to go. Also says what a script could not do. */
int terminal_key(struct err *e);
/* A key that was typed already, 0 for none: for who has something else to do than to wait. A script's next one. */
int terminal_key_now(struct err *e);
/* May the screen be drawn and keys be read now? Not in the background, and not while the terminal takes nothing. */
bool terminal_ready(void);
void terminal_size(int *rows, int *columns);
void terminal_clear(void);
void terminal_show(void);                    /* what was drawn appears */
void terminal_redraw(void);                  /* everything anew, whatever the terminal holds */
void terminal_cursor(int row, int x);        /* visible there until the next terminal_clear() */
bool terminal_wide_ambiguous(void);
/* Does a script type the keys? */
bool terminal_scripted(void);
/* Give the terminal to another program, and take it back. */
void terminal_leave(void);
void terminal_return(void);
/* Was a signal sent that ends the program? */
bool terminal_quitting(void);
/* What terminal_quitting() looks at, for whom a pointer is needed; now: as if a signal had come. */
const volatile sig_atomic_t *terminal_quit(bool now);
/* tui_put() on the whole screen; tui.c moves the body's origin with this. */
void terminal_origin(int row, int x, int rows, int columns);
#endif
