/* The map of zones in characters: what is drawn, and that nothing is wider than the screen. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "tui/map.h"

static const struct map_band bands[MAP_BANDS] = {
	{ "社外", "インターネット" }, { "階層5", "全社" }, { "階層4", "事務所" }, { "階層3", "工場システム" },
	{ "階層2", "操作・監視" }, { "階層1", "制御" }, { "階層0", "センサー・駆動" }, { "不明", "階層不明" },
};

static char *drawn(const struct map_zone *zones, size_t n, int columns, bool ascii)
{
	struct map m;
	struct buf b;
	map_draw(zones, n, bands, columns, ascii, &m);
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < m.n; i++) {
		if (text_width(m.lines[i]) > columns)
			fail_msg("%d columns, more than %d: %s", text_width(m.lines[i]), columns, m.lines[i]);
		buf_printf(&b, "%s\n", m.lines[i]);
	}
	map_free(&m);
	return buf_take(&b);
}

static void same(char *got, const char *expected)
{
	assert_string_equal(got, expected);
	free(got);
}

static void nothing(void **state)
{
	(void)state;
	same(drawn(NULL, 0, 80, false), "");
}

static void one(void **state)
{
	(void)state;
	const struct map_zone z = { 5, "1 塗装ライン", "機器3台", "" };
	same(drawn(&z, 1, 78, false),
	     "階層1 ┌ 1 塗装ライン ────┐\n"
	     "制御  │ 機器3台          │\n"
	     "      └──────────────────┘\n");
	same(drawn(&z, 1, 78, true),
	     "階層1 + 1 塗装ライン ----+\n"
	     "制御  | 機器3台          |\n"
	     "      +------------------+\n");
}

/* Bands from top to bottom, zones of a band side by side as long as there is room. */
static void bands_in_order(void **state)
{
	(void)state;
	const struct map_zone z[] = {
		{ 5, "3 cell A", "2 devices, worst finding: high", "" }, { 0, "1 internet", "9 devices", "" },
		{ 5, "4 cell B", "1 devices", "to 1!" }, { 5, "5 cell C", "1 devices", "" },
	};
	same(drawn(z, 4, 78, true),
	     "社外           + 1 internet -----------------+\n"
	     "インターネット | 9 devices                   |\n"
	     "               +-----------------------------+\n"
	     "階層1          + 3 cell A -------------------+ + 4 cell B -------------------+\n"
	     "制御           | 2 devices, worst finding: … | | 1 devices                   |\n"
	     "               |                             | | to 1!                       |\n"
	     "               +-----------------------------+ +-----------------------------+\n"
	     "               + 5 cell C -------------------+\n"
	     "               | 1 devices                   |\n"
	     "               +-----------------------------+\n");
}

static void many(void **state)
{
	(void)state;
	struct map_zone z[MAP_ZONES + 1];
	char names[MAP_ZONES + 1][32];
	for (int i = 0; i <= MAP_ZONES; i++) {
		snprintf(names[i], sizeof names[i], "%d 工程%d", i + 1, i);
		z[i] = (struct map_zone){ i % MAP_BANDS, names[i], "機器1台", "to 1" };
	}
	char *text = drawn(z, MAP_ZONES, 118, false);
	for (int i = 0; i < MAP_ZONES; i++)
		assert_non_null(strstr(text, names[i]));
	free(text);
	same(drawn(z, MAP_ZONES + 1, 118, false), "");
}

/* At every width each line of a row is as wide as the others; a name of 200 characters is cut. */
static void long_names(void **state)
{
	(void)state;
	char kana[200 * 3 + 1] = "", ascii[201];
	for (int i = 0; i < 200; i++)
		strcat(kana, "ゾ");
	memset(ascii, 'x', 200);
	ascii[200] = 0;
	const struct map_zone z[] = { { 2, kana, "機器1台", "" }, { 2, ascii, kana, ascii }, { 7, "", "", "" } };
	for (int columns = 40; columns <= 240; columns++) {
		struct map m;
		free(drawn(z, 3, columns, false));
		map_draw(z, 3, bands, columns, false, &m);
		assert_true(m.n >= 7);
		for (size_t i = 1; i < 4; i++)
			assert_int_equal(text_width(m.lines[i]), text_width(m.lines[0]));
		assert_non_null(strstr(m.lines[0], "…"));
		map_free(&m);
	}
}

int main(void)
{
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing), cmocka_unit_test(one), cmocka_unit_test(bands_in_order), cmocka_unit_test(many),
		cmocka_unit_test(long_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
