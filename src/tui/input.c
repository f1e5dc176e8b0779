/* A line of input at the bottom of the screen: edited anywhere, and for a path, completed by Tab. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

#include "base/text.h"
#include "tui/tui.h"

struct line {
	char *text;
	size_t size;             /* bytes of text */
	size_t at;               /* the cursor: the byte where the next character goes */
};

/* ---- characters ---- */

static int columns_of(const char *p, size_t *n)
{
	int w = wcwidth((wchar_t)text_char(p, n));
	return w > 0 ? w : 0;
}

/* Behind the character at this byte and the marks on it. */
static size_t after(const char *text, size_t at)
{
	size_t n;
	if (!text[at])
		return at;
	text_char(text + at, &n);
	for (at += n; text[at] && (unsigned char)text[at] >= 0x80 && columns_of(text + at, &n) == 0; at += n)
		;
	return at;
}

static size_t before(const char *text, size_t at)
{
	size_t last = 0;
	for (size_t i = 0; i < at; i = after(text, i))
		last = i;
	return last;
}

static size_t encode(uint32_t c, char out[5])
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	memset(out, 0, 5);
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	return n;
}

static void insert(struct line *l, const char *bytes)
{
	size_t n = strlen(bytes), len = strlen(l->text);
	if (len + n >= l->size)
		return;
	memmove(l->text + l->at + n, l->text + l->at, len - l->at + 1);
	memcpy(l->text + l->at, bytes, n);
	l->at += n;
}

static void cut_out(struct line *l, size_t from, size_t to)
{
	memmove(l->text + from, l->text + to, strlen(l->text + to) + 1);
	l->at = from;
}

/* ---- completion ---- */

/* What all names of the folder have in common that begin so; NULL where none does. To be freed. */
static char *common(const char *folder, const char *begin, size_t *n)
{
	DIR *d = opendir(folder);
	char *all = NULL;
	*n = 0;
	for (struct dirent *x; d && (x = readdir(d));) {
		if (strncmp(x->d_name, begin, strlen(begin)) != 0 || (x->d_name[0] == '.' && !*begin) ||
		    !text_is_utf8(x->d_name, strlen(x->d_name)))
			continue;
		++*n;
		if (!all) {
			all = xstrdup(x->d_name);
			continue;
		}
		size_t same = 0;
		while (all[same] && all[same] == x->d_name[same])
			same++;
		while (same > 0 && ((unsigned char)all[same] & 0xc0) == 0x80)
			same--;
		all[same] = 0;
	}
	if (d)
		closedir(d);
	return all;
}

static void complete(struct line *l)
{
	char *path = xasprintf("%.*s", (int)l->at, l->text), *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path, *home = getenv("HOME");
	bool from_home = strncmp(path, "~/", 2) == 0 && home;
	char *folder = slash ? xasprintf("%s%.*s", from_home ? home : "", (int)(name - path) - from_home, path + from_home)
			     : xstrdup(".");
	size_t n;
	char *all = common(folder, name, &n);
	struct stat st;
	if (all) {
		insert(l, all + strlen(name));
		char *whole = xasprintf("%s/%s", folder, all);
		if (n == 1 && stat(whole, &st) == 0 && S_ISDIR(st.st_mode) && l->text[l->at] != '/')
			insert(l, "/");
		free(whole);
	}
	free(all);
	free(folder);
	free(path);
}

/* ---- drawing ---- */

/* From which byte on it is shown, so that the cursor is on the screen. */
static size_t first_shown(const struct line *l, int columns)
{
	size_t from = 0;
	for (;;) {
		char *piece = xasprintf("%.*s", (int)(l->at - from), l->text + from);
		bool fits = text_width(piece) <= columns;
		free(piece);
		if (fits || from >= l->at)
			return from;
		from = after(l->text, from);
	}
}

static void draw_line(struct tui *t, const char *prompt, const struct line *l, bool path)
{
	int rows, columns;
	tui_draw(t);
	terminal_size(&rows, &columns);
	terminal_origin(rows - 2, 0, 2, columns);
	tui_fill(0, 0, columns, STYLE_STRONG, "");
	int used = tui_put(0, 1, columns * 2 / 3, STYLE_STRONG, prompt) + 2;
	size_t from = first_shown(l, columns - used - 2);
	char *left = xasprintf("%.*s", (int)(l->at - from), l->text + from);
	tui_put(0, used, columns - used - 1, STYLE_PLAIN, l->text + from);
	tui_fill(1, 0, columns, STYLE_SELECTED, path ? _(" Enter: take it   Esc: give up   Tab: complete   Ctrl-U: empty")
						      : _(" Enter: take it   Esc: give up   Ctrl-U: empty"));
	terminal_cursor(0, used + text_width(left));
	terminal_show();
	free(left);
}

/* ---- keys ---- */

static void edit(struct line *l, int key, bool path)
{
	char bytes[5];
	switch (key) {
	case TUI_LEFT:
		l->at = before(l->text, l->at);
		break;
	case TUI_RIGHT:
		l->at = after(l->text, l->at);
		break;
	case TUI_HOME:
		l->at = 0;
		break;
	case TUI_END:
		l->at = strlen(l->text);
		break;
	case TUI_BACKSPACE:
		cut_out(l, before(l->text, l->at), l->at);
		break;
	case TUI_DELETE:
		cut_out(l, l->at, after(l->text, l->at));
		break;
	case TUI_EMPTY:
		cut_out(l, 0, strlen(l->text));
		break;
	case TUI_TAB:
		if (path)
			complete(l);
		break;
	default:
		if (key >= KEY_TUI || key < ' ')
			break;
		encode((uint32_t)key, bytes);
		insert(l, bytes);
	}
}

static bool input(struct tui *t, const char *prompt, char *value, size_t size, bool path)
{
	struct line l = { .text = xcalloc(size, 1), .size = size };
	memcpy(l.text, value, size);
	l.text[size - 1] = 0;
	l.at = strlen(l.text);
	int key;
	for (;;) {
		draw_line(t, prompt, &l, path);
		key = tui_read_key(t);
		if (key == TUI_ENTER || key == TUI_ESCAPE || key == TUI_QUIT)
			break;
		edit(&l, key, path);
	}
	if (key == TUI_ENTER)
		memcpy(value, l.text, size);
	free(l.text);
	return key == TUI_ENTER;
}

bool tui_input(struct tui *t, const char *prompt, char *value, size_t size)
{
	return input(t, prompt, value, size, false);
}

bool tui_input_path(struct tui *t, const char *prompt, char *path, size_t size)
{
	return input(t, prompt, path, size, true);
}
