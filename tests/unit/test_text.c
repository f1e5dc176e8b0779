#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

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

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_the_wire),
		cmocka_unit_test(cut_at_a_character),
		cmocka_unit_test(terminal_is_safe),
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
