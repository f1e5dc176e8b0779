/* Tables of the terminal interface without a terminal: what would be drawn is kept here. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/tui.h"

enum { ROWS = 12, COLUMNS = 200 };

static char drawn[ROWS][COLUMNS];        /* letters only: a byte is a column */
static const char *typed;                /* into the next line of input; NULL: given up */

int tui_put(int row, int x, int columns, enum tui_style style, const char *text)
{
	(void)style;
	int n = 0;
	for (; row < ROWS && text[n] && n < columns && x + n < COLUMNS - 1; n++)
		drawn[row][x + n] = text[n];
	return n;
}

void tui_fill(int row, int x, int columns, enum tui_style style, const char *text)
{
	int n = tui_put(row, x, columns, style, text);
	for (; row < ROWS && n < columns && x + n < COLUMNS - 1; n++)
		drawn[row][x + n] = ' ';
}

void tui_paragraph(int row, int x, int rows, int columns, enum tui_style style, const char *text)
{
	(void)rows;
	tui_put(row, x, columns, style, text);
}

bool tui_input(struct tui *t, const char *prompt, char *value, size_t size)
{
	(void)t, (void)prompt;
	if (typed)
		snprintf(value, size, "%s", typed);
	return typed != NULL;
}

static const struct screen_type target = { .name = "target" };
static const struct table_column columns[] = {
	{ N_("name"), 10, 1, false, 0 }, { N_("count"), 6, 0, true, 0 }, { N_("note"), 8, 0, false, 1 }, { 0 },
};

static struct table *made(void)
{
	static const struct { const char *name; int count; const char *note; } rows[] = {
		{ "plc10", 30, "line" }, { "plc9", 200, "office" }, { "hmi", 4, "line" }, { "switch", 30, "" },
	};
	struct table *t = table_new(columns, &target);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[16];
		table_row(t, STYLE_PLAIN, (int64_t)i + 1, rows[i].name);
		table_cell(t, rows[i].name);
		snprintf(text, sizeof text, "%d", rows[i].count);
		table_number(t, rows[i].count, text);
		if (*rows[i].note)
			table_cell(t, rows[i].note);
	}
	return t;
}

static void draw(struct table *t, int rows, int width)
{
	memset(drawn, 0, sizeof drawn);
	table_draw(t, rows, width);
}

static void key(struct table *t, int key_code)
{
	struct doc_link_target open = { 0 };
	assert_true(table_key(t, NULL, key_code, &open));
	draw(t, ROWS, 60);
}

/* The ids in the order that is shown, from the chosen one down. */
static void order(struct table *t, const char *want)
{
	char have[64] = "";
	int64_t id;
	const char *word;
	key(t, TUI_HOME);
	for (size_t i = 0; i < strlen(want); i++) {
		assert_true(table_chosen(t, &id, &word));
		have[i] = (char)('0' + id);
		key(t, TUI_DOWN);
	}
	assert_string_equal(have, want);
}

static void sorts(void **state)
{
	(void)state;
	struct table *t = made();
	draw(t, ROWS, 60);
	order(t, "1234");
	key(t, 's');
	order(t, "3214");                        /* plc9 before plc10 */
	key(t, 's');
	order(t, "4123");
	key(t, 's');
	order(t, "3142");                        /* numbers as numbers; equal ones as they came */
	key(t, 's');
	order(t, "2143");
	for (int i = 0; i < 3; i++)
		key(t, 's');
	order(t, "1234");                        /* through the notes, then as they came */
	table_free(t);
}

static void filters(void **state)
{
	(void)state;
	int64_t id;
	const char *word;
	struct table *t = made();
	draw(t, ROWS, 60);
	typed = "PLC";
	key(t, '/');
	order(t, "12");
	typed = NULL;                            /* given up: stays */
	key(t, '/');
	order(t, "12");
	typed = "office";
	key(t, '/');
	order(t, "2");
	typed = "nothing";
	key(t, '/');
	assert_false(table_chosen(t, &id, &word));
	typed = "";
	key(t, '/');
	order(t, "1234");
	table_free(t);
}

static void inherits(void **state)
{
	(void)state;
	int64_t id;
	const char *word;
	struct table *t = made(), *next = made();
	draw(t, ROWS, 60);
	typed = "plc";
	key(t, '/');
	key(t, 's');
	key(t, TUI_DOWN);
	table_inherit(next, t);
	table_free(t);
	draw(next, ROWS, 60);
	assert_true(table_chosen(next, &id, &word));
	assert_int_equal(id, 1);
	assert_string_equal(word, "plc10");
	order(next, "21");
	/* Fewer rows than before: the cursor stays inside. */
	key(next, TUI_END);
	t = table_new(columns, &target);
	table_inherit(t, next);
	table_free(next);
	draw(t, ROWS, 60);
	assert_false(table_chosen(t, &id, &word));
	table_free(t);
}

static void opens(void **state)
{
	(void)state;
	struct doc_link_target open = { 0 };
	struct table *t = made();
	draw(t, ROWS, 60);
	key(t, TUI_DOWN);
	assert_true(table_key(t, NULL, TUI_ENTER, &open));
	assert_ptr_equal(open.to, &target);
	assert_int_equal(open.id, 2);
	assert_string_equal(open.word, "plc9");
	assert_false(table_key(t, NULL, 'z', &open));
	table_free(t);
	t = table_new(columns, NULL);
	assert_false(table_opens(t));
	assert_false(table_key(t, NULL, TUI_ENTER, &open));
	table_free(t);
}

static void fits(void **state)
{
	(void)state;
	struct table *t = made();
	draw(t, ROWS, 60);
	assert_non_null(strstr(drawn[1], "note"));
	assert_memory_equal(drawn[2], "> plc10", 7);
	/* Numbers end in one column. */
	assert_ptr_equal(strstr(drawn[2], "30") + 2 - drawn[2] + drawn[3], strstr(drawn[3], "200") + 3);
	/* The column that may be left out is. */
	draw(t, ROWS, 22);
	assert_null(strstr(drawn[1], "note"));
	assert_non_null(strstr(drawn[1], "count"));
	/* Two rows of four: the chosen one is among them. */
	key(t, TUI_END);
	draw(t, 4, 60);
	assert_memory_equal(drawn[2], "  hmi", 5);
	assert_memory_equal(drawn[3], "> switch", 8);
	table_free(t);
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts), cmocka_unit_test(filters), cmocka_unit_test(inherits), cmocka_unit_test(opens),
		cmocka_unit_test(fits),
	};
	return cmocka_run_group_tests_name("tui_table", tests, NULL, NULL);
}
