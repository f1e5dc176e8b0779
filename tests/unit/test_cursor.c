#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cursor.h"

static void reads_numbers_in_both_orders(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct cur c = cur_make(bytes, sizeof bytes);
	assert_int_equal(cur_be16(&c), 0x0102);
	assert_int_equal(cur_le16(&c), 0x0403);
	assert_int_equal(cur_be32(&c), 0x05060708);
	assert_int_equal(cur_left(&c), 1);
	assert_true(cur_ok(&c));
}

static void a_short_read_poisons_for_good(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 1, 2, 3 };
	struct cur c = cur_make(bytes, sizeof bytes);
	assert_int_equal(cur_be32(&c), 0);
	assert_false(cur_ok(&c));
	assert_int_equal(cur_left(&c), 0);
	assert_int_equal(cur_u8(&c), 0);
	assert_null(cur_bytes(&c, 0));
	uint8_t out[2] = { 9, 9 };
	cur_copy(&c, out, 2);
	assert_int_equal(out[0] | out[1], 0);
}

static void sub_takes_and_limits(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 1, 2, 3, 4 };
	struct cur c = cur_make(bytes, sizeof bytes);
	struct cur s = cur_sub(&c, 3);
	assert_int_equal(cur_left(&s), 3);
	assert_int_equal(cur_left(&c), 1);
	s = cur_sub(&c, 2);
	assert_false(cur_ok(&s));
	assert_false(cur_ok(&c));
	c = cur_make(bytes, sizeof bytes);
	cur_limit(&c, 2);
	cur_limit(&c, 9);
	assert_int_equal(cur_left(&c), 2);
	assert_int_equal(cur_peek(&c, 1), 2);
	assert_int_equal(cur_peek(&c, 2), 0);
	assert_true(cur_ok(&c));
}

static void lines_end_with_lf_or_crlf(void **state)
{
	(void)state;
	struct cur c = cur_make("ab\r\n\ncd", 7), line;
	assert_true(cur_line(&c, &line));
	assert_int_equal(cur_left(&line), 2);
	assert_true(cur_line(&c, &line));
	assert_int_equal(cur_left(&line), 0);
	assert_false(cur_line(&c, &line));
	assert_int_equal(cur_left(&c), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_numbers_in_both_orders),
		cmocka_unit_test(a_short_read_poisons_for_good),
		cmocka_unit_test(sub_takes_and_limits),
		cmocka_unit_test(lines_end_with_lf_or_crlf),
	};
	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
