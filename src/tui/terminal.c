/*
 * The terminal: ncurses, signals, and the script that types keys instead of a person. A script runs the same program
 * on a terminal of the same ncurses that nobody looks at; "save" reads its screen back.
 */
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/file.h"
#include "base/text.h"
#include "tui/tui.h"

/* <term.h> would define words such as "columns" as macros. */
char *tigetstr(const char *name);

enum { WAIT_MS = 250, ANSWER_MS = 300, ROW_CELLS = 512, MARKS_MOST = 3 };

static SCREEN *screen;
static bool wide_ambiguous, left, coloured;
static int origin_row, origin_x, clip_rows, clip_columns;
static volatile sig_atomic_t quit;
static struct termios saved;
static bool have_saved;
static char restore[256];        /* what a crash writes */

/* ---- a script ---- */

struct script {
	char *text, *at;         /* NULL: a person types */
	const char *path;
	int line;
	wchar_t typed[512];      /* a "type" line's characters still to come */
	size_t n, next;
};
static struct script script;

static const struct { const char *name; int key, curses; } keys[] = {
	{ "Up", TUI_UP, KEY_UP }, { "Down", TUI_DOWN, KEY_DOWN }, { "Left", TUI_LEFT, KEY_LEFT },
	{ "Right", TUI_RIGHT, KEY_RIGHT }, { "PageUp", TUI_PAGE_UP, KEY_PPAGE }, { "PageDown", TUI_PAGE_DOWN, KEY_NPAGE },
	{ "Home", TUI_HOME, KEY_HOME }, { "End", TUI_END, KEY_END }, { "Enter", TUI_ENTER, KEY_ENTER },
	{ "Escape", TUI_ESCAPE, 0 }, { "Backspace", TUI_BACKSPACE, KEY_BACKSPACE }, { "Delete", TUI_DELETE, KEY_DC },
	{ "Tab", TUI_TAB, 0 }, { "F1", TUI_HELP, KEY_F(1) }, { "Redraw", TUI_REDRAW, 0 }, { "Empty", TUI_EMPTY, 0 }, { "Space", ' ', 0 },
};

/* The screen as text, a line per row without the blanks at its end. */
static bool save_screen(const char *path, struct err *e)
{
	int rows = getmaxy(stdscr);
	struct buf b;
	buf_init(&b, 1 << 20);
	for (int y = 0; y < rows; y++) {
		wchar_t row[ROW_CELLS * (1 + MARKS_MOST) + 1] = L"";
		mvinnwstr(y, 0, row, ROW_CELLS * (1 + MARKS_MOST));
		size_t n = wcslen(row);
		while (n > 0 && row[n - 1] == L' ')
			n--;
		for (size_t i = 0; i < n; i++) {
			char c[MB_LEN_MAX + 1] = "";
			int k = wctomb(c, row[i]);
			buf_add(&b, c, k > 0 ? (size_t)k : 0);
		}
		buf_putc(&b, '\n');
	}
	bool ok = file_save(path, b.data, b.len, e);
	buf_done(&b);
	return ok;
}

/* One word of a "key" line: a name of the table, or a character. */
static int key_of_word(const char *word)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(word, keys[i].name) == 0)
			return keys[i].key;
	size_t n;
	uint32_t c = text_char(word, &n);
	return word[n] ? -1 : (int)c;
}

static bool script_fault(struct err *e, const char *what)
{
	quit = 1;
	return err_set(e, "%s:%d: %s", script.path, script.line, what);
}

/* The next line of the script: a key is put into *key, 0 where the line typed none. False: over, or e says why. */
static bool script_line(int *key, struct err *e)
{
	static char *words;      /* of a "key" line, still to come */
	*key = 0;
	char *word = words ? strsep(&words, " \t") : NULL;
	if (word) {
		*key = *word ? key_of_word(word) : 0;
		return *key >= 0 || script_fault(e, _("no such key"));
	}
	char *line = strsep(&script.at, "\n");
	if (!line)
		return false;
	script.line++;
	line[strcspn(line, "\r")] = 0;
	int rows, columns;
	if (!*line || *line == '#')
		return true;
	if (strncmp(line, "key ", 4) == 0) {
		words = line + 4;
		return true;
	}
	if (strncmp(line, "type ", 5) == 0) {
		size_t n = mbstowcs(script.typed, line + 5, sizeof script.typed / sizeof *script.typed);
		script.n = n == (size_t)-1 ? 0 : n < sizeof script.typed / sizeof *script.typed ? n : 0;
		script.next = 0;
		return script.n > 0 || script_fault(e, _("\"type\" needs up to 500 characters of UTF-8"));
	}
	if (strncmp(line, "save ", 5) == 0)
		return save_screen(line + 5, e);
	if (sscanf(line, "size %d %d", &columns, &rows) == 2 && columns > 0 && rows > 0 && columns <= ROW_CELLS && rows <= 500) {
		resizeterm(rows, columns);
		*key = TUI_RESIZE;
		return true;
	}
	if (strcmp(line, "ambiguous wide") == 0) {
		wide_ambiguous = true;
		*key = TUI_REDRAW;
		return true;
	}
	return script_fault(e, _("expected key, type, save FILE, size COLUMNS ROWS or ambiguous wide"));
}

static int script_key(struct err *e)
{
	for (;;) {
		int key;
		if (script.next < script.n)
			return (int)script.typed[script.next++];
		if (quit || !script_line(&key, e))
			return TUI_QUIT;
		if (key)
			return key;
	}
}

/* ---- signals ---- */

static void on_quit(int sig)
{
	(void)sig;
	quit = 1;
}

#ifndef WITH_SANITIZERS
static void on_crash(int sig)
{
	(void)!write(STDOUT_FILENO, restore, strlen(restore));
	if (have_saved)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	signal(sig, SIG_DFL);
	raise(sig);
}
#endif

static void catch_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		sigaction(ends[i], &(struct sigaction){ .sa_handler = on_quit }, NULL);
	signal(SIGPIPE, SIG_IGN);
#ifndef WITH_SANITIZERS
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &(struct sigaction){ .sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND }, NULL);
#endif
}

static void note_restore(void)
{
	static const char *const names[] = { "sgr0", "cnorm", "rmkx", "rmcup" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *s = tigetstr(names[i]);
		if (s && s != (char *)-1 && strlen(restore) + strlen(s) + 3 < sizeof restore)
			strcat(restore, s);
	}
	strcat(restore, "\r\n");
}

/* ---- start and end ---- */

/*
 * How many columns does a character of ambiguous width take here? Asks the terminal where its cursor is behind one;
 * no answer counts as one column.
 */
static bool ask_ambiguous(void)
{
	static const char question[] = "\r\u25a0\x1b[6n", clean[] = "\r  \r";
	struct termios raw = saved;
	char answer[64] = "";
	size_t n = 0;
	if (!have_saved)
		return false;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	if (write(STDOUT_FILENO, question, sizeof question - 1) > 0)
		while (n + 1 < sizeof answer && !strchr(answer, 'R') && poll(&in, 1, ANSWER_MS) == 1 &&
		       read(STDIN_FILENO, answer + n, 1) == 1)
			n++;
	(void)!write(STDOUT_FILENO, clean, sizeof clean - 1);
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	int row, column;
	const char *start = strchr(answer, '\x1b');
	return start && sscanf(start, "\x1b[%d;%dR", &row, &column) == 2 && column >= 3;
}

static void set_colours(void)
{
	const char *no = getenv("NO_COLOR");
	coloured = !(no && *no) && has_colors();
	if (!coloured)
		return;
	start_color();
	use_default_colors();
	init_pair(1, COLOR_GREEN, -1);
	init_pair(2, COLOR_YELLOW, -1);
	init_pair(3, COLOR_RED, -1);
}

static bool open_script(const char *path, struct err *e)
{
	size_t n;
	char *bytes = file_load(path, &n, e);
	if (!bytes)
		return false;
	script.text = xasprintf("%.*s", (int)n, bytes);
	free(bytes);
	script.at = script.text;
	script.path = path;
	FILE *nobody = fopen("/dev/null", "r+");
	use_env(FALSE);
	screen = nobody ? newterm("xterm", nobody, nobody) : NULL;
	return screen || err_set(e, "%s", _("the terminal could not be set up"));
}

bool terminal_open(const char *script_path, struct err *e)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return err_set(e, _("the screens need a terminal in UTF-8, and this one is set to %s; set it to UTF-8, or start with "
				    "LC_ALL=C.UTF-8"), nl_langinfo(CODESET));
	if (!script_path && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return err_set(e, "%s", _("the screens need a terminal"));
	const char *type = getenv("TERM");
	if (!script_path && type && strcmp(type, "dumb") == 0)
		return err_set(e, "%s", _("a terminal of type \"dumb\" cannot show screens; set TERM, or use the commands (genba --help)"));
	catch_signals();
	if (script_path) {
		if (!open_script(script_path, e))
			return false;
	} else {
		have_saved = tcgetattr(STDIN_FILENO, &saved) == 0;
		wide_ambiguous = ask_ambiguous();
		screen = newterm(NULL, stdout, stdin);
		if (!screen)
			return err_set(e, _("the terminal type \"%s\" is not known here; set TERM"), type ? type : "");
		note_restore();
	}
	set_escdelay(50);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	set_colours();
	if (script_path)
		resizeterm(24, 80);
	atexit(terminal_close);
	return true;
}

void terminal_close(void)
{
	if (!screen)
		return;
	if (!left)
		endwin();
	delscreen(screen);
	screen = NULL;
	free(script.text);
	script.text = NULL;
}

void terminal_leave(void)
{
	def_prog_mode();
	endwin();
	left = true;
}

void terminal_return(void)
{
	left = false;
	reset_prog_mode();
	clearok(curscr, TRUE);
}

bool terminal_quitting(void)
{
	return quit;
}

const volatile sig_atomic_t *terminal_quit(bool now)
{
	if (now)
		quit = 1;
	return &quit;
}

bool terminal_wide_ambiguous(void)
{
	return wide_ambiguous;
}

bool terminal_scripted(void)
{
	return script.path != NULL;
}

/* ---- keys ---- */

static int translate(int status, wint_t c)
{
	if (status == KEY_CODE_YES) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (keys[i].curses && keys[i].curses == (int)c)
				return keys[i].key;
		return c == KEY_RESIZE ? TUI_RESIZE : 0;
	}
	switch (c) {
	case '\r':
	case '\n':
		return TUI_ENTER;
	case 27:
		return TUI_ESCAPE;
	case 8:
	case 127:
		return TUI_BACKSPACE;
	case '\t':
		return TUI_TAB;
	case 12:
		return TUI_REDRAW;
	case 21:
		return TUI_EMPTY;
	default:
		return c < ' ' ? 0 : (int)c;
	}
}

int terminal_key(struct err *e)
{
	if (script.path)
		return script_key(e);
	for (int empty = 0; !quit;) {
		wint_t c;
		int status = get_wch(&c);
		if (status != ERR) {
			int key = translate(status, c);
			if (key)
				return key;
			continue;
		}
		struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
		int n = poll(&in, 1, WAIT_MS);
		/* Readable, and yet no key: the terminal is gone. */
		empty = n > 0 ? empty + 1 : 0;
		if ((n > 0 && (in.revents & (POLLERR | POLLNVAL))) || empty > 20)
			return TUI_QUIT;
	}
	return TUI_QUIT;
}

/* Is this program the one that the terminal listens to (not in the background), and does it take what is written? */
static bool terminal_is_ours(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	return tcgetpgrp(STDIN_FILENO) == getpgrp() && poll(&out, 1, 0) == 1 && (out.revents & POLLOUT);
}

bool terminal_ready(void)
{
	return script.path || terminal_is_ours();
}

int terminal_key_now(struct err *e)
{
	if (script.path)
		return script_key(e);
	for (wint_t c;;) {
		int status = quit ? ERR : get_wch(&c), key = status == ERR ? 0 : translate(status, c);
		if (status == ERR || key)
			return quit ? TUI_QUIT : key;
	}
}

/* ---- drawing ---- */

void terminal_size(int *rows, int *columns)
{
	getmaxyx(stdscr, *rows, *columns);
}

void terminal_clear(void)
{
	erase();
	curs_set(0);
}

void terminal_show(void)
{
	refresh();
}

void terminal_redraw(void)
{
	clearok(curscr, TRUE);
}

void terminal_cursor(int row, int x)
{
	move(origin_row + row, origin_x + x);
	curs_set(1);
}

void terminal_origin(int row, int x, int rows, int columns)
{
	origin_row = row;
	origin_x = x;
	clip_rows = rows;
	clip_columns = columns;
}

static attr_t attributes(enum tui_style style)
{
	static const attr_t plain[STYLES] = {
		[STYLE_STRONG] = A_BOLD, [STYLE_DIM] = A_DIM, [STYLE_HEAD] = A_BOLD | A_UNDERLINE, [STYLE_LINK] = A_NORMAL,
		[STYLE_SELECTED] = A_REVERSE, [STYLE_GOOD] = A_NORMAL, [STYLE_FAIR] = A_BOLD, [STYLE_BAD] = A_BOLD,
	};
	return plain[style];
}

static short style_pair(enum tui_style style)
{
	return !coloured ? 0 : style == STYLE_GOOD ? 1 : style == STYLE_FAIR ? 2 : style == STYLE_BAD ? 3 : 0;
}

/* What stands for a character where it would take two columns of which ncurses knows one. */
static const wchar_t *narrow(uint32_t c)
{
	static const struct { uint32_t c; const wchar_t *to; } known[] = {
		{ 0x2026, L"..." }, { 0x2192, L"->" }, { 0x2190, L"<-" }, { 0x2191, L"^" }, { 0x2193, L"v" },
		{ 0xd7, L"x" }, { 0xb1, L"+-" }, { 0xb0, L"deg" }, { 0x2500, L"-" }, { 0x2502, L"|" }, { 0x2550, L"=" },
		{ 0x2581, L"_" }, { 0x2582, L"_" }, { 0x2583, L"-" }, { 0x2584, L"-" }, { 0x2585, L"=" },
		{ 0x2586, L"=" }, { 0x2587, L"#" },
		{ 0x2588, L"#" }, { 0x2591, L"." }, { 0x25a0, L"#" }, { 0x25a1, L"." }, { 0x25cf, L"*" }, { 0x25cb, L"o" },
		{ 0x201c, L"\"" }, { 0x201d, L"\"" }, { 0x2018, L"'" }, { 0x2019, L"'" }, { 0x2013, L"-" }, { 0x2014, L"-" },
		{ 0x203b, L"*" }, { 0xb7, L"." }, { 0xb2, L"2" }, { 0xb3, L"3" }, { 0x2264, L"<=" }, { 0x2265, L">=" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].c == c)
			return known[i].to;
	return c >= 0x2500 && c <= 0x257f ? L"+" : L"?";
}

static bool ambiguous(uint32_t c)
{
	return (c >= 0xa1 && c <= 0xff && wcwidth((wchar_t)c) == 1) || (c >= 0x391 && c <= 0x451) ||
	       (c >= 0x2010 && c <= 0x2bff && wcwidth((wchar_t)c) == 1);
}

/* Marks that stand on the character before them: accents, the two dots of kana in file names of a Mac, vowel signs. */
static bool is_mark(uint32_t c)
{
	static const struct { uint32_t from, to; } ranges[] = {
		{ 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x900, 0x902 },
		{ 0x93a, 0x93c }, { 0x941, 0x94d }, { 0xe31, 0xe31 }, { 0xe34, 0xe3a }, { 0xe47, 0xe4e }, { 0x1ab0, 0x1abe },
		{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20f0 }, { 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe20, 0xfe2f },
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

/* One cell: a character and the marks on it. */
struct glyph { wchar_t c[2 + MARKS_MOST]; int n, width; };

static void put_glyphs(int row, int x, enum tui_style style, const struct glyph *g, size_t n)
{
	for (size_t i = 0; i < n; x += g[i++].width) {
		cchar_t cell;
		setcchar(&cell, g[i].c, attributes(style), style_pair(style), NULL);
		mvadd_wch(row, x, &cell);
	}
}

/* The characters of a safe text that fit into so many columns; what does not fit ends with a sign of it. */
static size_t glyphs_of(const char *text, int columns, struct glyph *g, int *used)
{
	size_t k = 0, n;
	bool cut = false;
	*used = 0;
	for (const char *p = text; *p && !cut; p += n) {
		uint32_t c = text_char(p, &n);
		wchar_t one[2] = { (wchar_t)c, 0 };
		const wchar_t *put = wide_ambiguous && ambiguous(c) ? narrow(c) : one;
		for (; *put && !cut; put++) {
			int w = wcwidth(*put);
			if (w == 0 || is_mark((uint32_t)*put)) {
				if (k > 0 && is_mark((uint32_t)*put) && g[k - 1].n <= MARKS_MOST)
					g[k - 1].c[g[k - 1].n++] = *put;
				continue;
			}
			cut = *used + (w < 0 ? 1 : w) > columns;
			if (!cut)
				g[k++] = (struct glyph){ { w < 0 ? L'?' : *put }, 1, w < 0 ? 1 : w };
			*used += cut ? 0 : g[k - 1].width;
		}
	}
	while (cut && k > 0 && *used + 1 > columns)
		*used -= g[--k].width;
	if (cut && *used < columns)
		g[k++] = (struct glyph){ { wide_ambiguous ? L'~' : L'…' }, 1, 1 };
	*used += cut && *used < columns;
	return k;
}

int tui_put(int row, int x, int columns, enum tui_style style, const char *text)
{
	struct glyph glyphs[ROW_CELLS];
	size_t most = (size_t)ROW_CELLS * 16;
	int used;
	if (row < 0 || row >= clip_rows || x < 0 || x >= clip_columns || columns <= 0)
		return 0;
	columns = columns < clip_columns - x ? columns : clip_columns - x;
	columns = columns < ROW_CELLS ? columns : ROW_CELLS;
	struct buf b;
	buf_init(&b, most);
	size_t len = strnlen(text, most / 8);
	while (text[len] && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	char *piece = xasprintf("%.*s", (int)len, text);
	text_terminal(&b, piece);
	free(piece);
	size_t n = glyphs_of(b.data, columns, glyphs, &used);
	buf_done(&b);
	put_glyphs(origin_row + row, origin_x + x, style, glyphs, n);
	return used;
}

void tui_fill(int row, int x, int columns, enum tui_style style, const char *text)
{
	int used = tui_put(row, x, columns, style, text);
	if (row < 0 || row >= clip_rows)
		return;
	attr_set(attributes(style), style_pair(style), NULL);
	for (int i = x + used; i < x + columns && i < clip_columns; i++)
		mvaddch(origin_row + row, origin_x + i, ' ');
	attr_set(A_NORMAL, 0, NULL);
}
