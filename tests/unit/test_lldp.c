/* LLDP: what a description in Siemens' form tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "flow/flow.h"

static struct observe *o;

static int begin(void **state)
{
	(void)state;
	o = observe_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	observe_free(o);
	return 0;
}

/* An announcement with this system description. */
static void announce(const char *description)
{
	uint8_t m[400] = { 2, 7, 4, 0, 0x1b, 0x1b, 0, 0, 1,   4, 3, 5, 'p', '1',   6, 2, 0, 20 };
	size_t n = strlen(description);
	m[18] = 6 << 1;
	m[19] = (uint8_t)n;
	memcpy(m + 20, description, n);
	struct packet p = { .frame = 1, .ts = 1, .has_mac = true, .has_dst_mac = true, .ethertype = 0x88cc,
			    .payload = cur_make(m, 22 + n), .payload_wire = (uint32_t)(22 + n) };
	memcpy(p.mac_src, (uint8_t[]){ 0, 0x1b, 0x1b, 0, 0, 1 }, 6);
	memcpy(p.mac_dst, (uint8_t[]){ 1, 0x80, 0xc2, 0, 0, 0x0e }, 6);
	struct flow_table *t = flow_new(o, false);
	flow_packet(t, &p);
	flow_finish(t);
	flow_free(t);
}

static void has(enum attr field, const char *value)
{
	const struct obs_attr *a;
	uint32_t n = observe_attrs(o, &a);
	const char *found = NULL;
	for (uint32_t i = 0; i < n; i++)
		if (a[i].field == field)
			found = a[i].value;
	if (!value) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	assert_string_equal(found, value);
}

static void order_number_and_versions(void **state)
{
	(void)state;
	announce("Siemens, SIMATIC NET, SCALANCE X212-2, 6GK5 212-2BB00-2AA3, HW: 7, FW: V4.02");
	has(ATTR_MODEL, "6GK5 212-2BB00-2AA3");
	has(ATTR_HARDWARE, "7");
	has(ATTR_FIRMWARE, "V4.02");
}

static void a_version_spelt_out(void **state)
{
	(void)state;
	announce("Siemens, SIMOCODE pro V PN, 3UF7 011-1AU00-0, FW: Version V02.01.03");
	has(ATTR_MODEL, "3UF7 011-1AU00-0");
	has(ATTR_HARDWARE, NULL);
	has(ATTR_FIRMWARE, "V02.01.03");
}

static void other_descriptions(void **state)
{
	(void)state;
	announce("Siemens, , ,FW:,HW: 1");
	has(ATTR_MODEL, NULL);
	announce("Linux 5.10, FW: 3");
	has(ATTR_FIRMWARE, NULL);
	has(ATTR_DESCRIPTION, "Linux 5.10, FW: 3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order_number_and_versions, begin, end),
		cmocka_unit_test_setup_teardown(a_version_spelt_out, begin, end),
		cmocka_unit_test_setup_teardown(other_descriptions, begin, end),
	};
	return cmocka_run_group_tests_name("lldp", tests, NULL, NULL);
}
