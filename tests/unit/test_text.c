#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void wire(const char *bytes, size_t n, const char *want)
{
	char out[64];
	text_wire(bytes, n, out, sizeof out);
	assert_string_equal(out, want);
}

static void text_of_the_wire(void **state)
{
	(void)state;
	wire("  FX5U-32MT/ES\0junk", 19, "FX5U-32MT/ES");
	wire("現場", 6, "現場");
	wire("\x8c\xbb\x8f\xea", 4, "現場");          /* CP932 */
	wire("a\xff\xfe", 3, "a\\xff\\xfe");          /* neither */
	wire("a\x1b[31mb", 7, "a\\x1b[31mb");
	wire("", 0, "");
}

static void cut_at_a_character(void **state)
{
	(void)state;
	char out[6];
	assert_int_equal(text_wire("現場", 6, out, sizeof out), 3);
	assert_string_equal(out, "現");
}

static void terminal_is_safe(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 1000);
	text_terminal(&b, "a\x1b]0;x\x07" "\u202e\u200b");
	assert_string_equal(b.data, "a\\x1b]0;x\\x07\\u{202e}\\u{200b}");
	buf_reset(&b);
	text_pad(&b, "現場abc", 6);
	assert_string_equal(b.data, "現場a…");
	buf_reset(&b);
	text_pad(&b, "現", 4);
	assert_string_equal(b.data, "現  ");
	buf_done(&b);
}

/* The lines of a text, with | between them. */
static void lines(const char *text, int columns, const char *want)
{
	char have[512] = "";
	size_t from = 0, used = 0, skip;
	while (text[from]) {
		size_t n = text_break(text + from, columns, &skip);
		assert_true(n + skip > 0);
		assert_true(used + n + 2 < sizeof have);
		memcpy(have + used, text + from, n);
		used += n;
		from += n + skip;
		if (text[from])
			have[used++] = '|';
	}
	assert_string_equal(have, want);
}

static void lines_break(void **state)
{
	(void)state;
	lines("", 10, "");
	lines("one", 10, "one");
	lines("one two three", 7, "one two|three");
	lines("one two", 7, "one two");
	lines("one  two", 4, "one|two");                       /* blanks do not begin a line */
	lines("one two  ", 7, "one two  ");
	lines("abcdefghij", 4, "abcd|efgh|ij");                /* no place to break */
	lines("a abcdefghij", 4, "a|abcd|efgh|ij");
	lines("a\nb\n\nc", 10, "a|b||c");
	lines("機械が止まる", 6, "機械が|止まる");
	lines("機械が止まる", 7, "機械が|止まる");              /* no half of a wide one */
	lines("機械です。次", 8, "機械で|す。次");              /* no full stop begins a line */
	lines("機械（古い）", 6, "機械|（古|い）");             /* no bracket ends one, none begins one */
	lines("サーバー", 6, "サー|バー");                      /* nor does a mark of length */
	lines("PLCの機械", 5, "PLCの|機械");
	lines("PLCの", 4, "PLC|の");
	lines("機械PLC", 5, "機械|PLC");                        /* a Latin word stays whole */
	lines("機", 2, "機");
	lines("か\u3099き", 2, "か\u3099|き");                /* a mark stays with its character */
}

static void a_break_always_goes_on(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"。。。。。。", "（（（（（", "機（）。、機", "\xff\xfe\x80", "a\n", "\n", "   ", "e\u0301\u0301\u0301\u0301",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (int columns = 2; columns < 9; columns++) {
			size_t from = 0, skip, len = strlen(texts[i]);
			for (size_t turns = 0; texts[i][from]; turns++) {
				from += text_break(texts[i] + from, columns, &skip);
				from += skip;
				assert_true(from <= len && turns <= len);
			}
		}
}

static void full_width_is_plain(void **state)
{
	(void)state;
	static const char *const texts[][2] = {
		{ "１９２．１６８．１．０／２４", "192.168.1.0/24" }, { "Ｚ１　？", "Z1 ?" }, { "機械ー、PLC", "機械ー、PLC" },
		{ "", "" }, { "\xff１", "\xff" "1" },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *plain = text_plain(texts[i][0]);
		assert_string_equal(plain, texts[i][1]);
		free(plain);
	}
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_the_wire),
		cmocka_unit_test(cut_at_a_character),
		cmocka_unit_test(terminal_is_safe),
		cmocka_unit_test(lines_break),
		cmocka_unit_test(a_break_always_goes_on),
		cmocka_unit_test(full_width_is_plain),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
