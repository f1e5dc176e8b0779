/* Vendors of MAC prefixes, from tables that the test writes, and what the inventory makes of them. */
#include "inventory_wire.h"

#include <unistd.h>

static char folder[] = "/tmp/test_oui.XXXXXX";

static void put(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put("oui.csv", "Registry,Assignment,Organization Name,Organization Address\n"
		       "MA-L,00408C,Axis Communications AB,Lund SE\n"
		       "MA-L,0000BC,\"Rockwell, \"\"Automation\"\"\",\"1, Road\"\n"
		       "MA-L,70B3D5,IEEE Registration Authority,US\n"
		       "MA-L,001B1B,\"Siemens AG,\",DE\n"
		       "MA-L,AABB00,Private,\n"
		       "MA-L,ZZZZZZ,Nonsense,\n"
		       "MA-L\n"
		       "MA-L,00E036,  FANUC LTD  ,JP\r\n");
	put("mam.csv", "MA-M,741AE09,Small Company,\n");
	put("oui36.csv", "MA-S,70B3D5F2F,TELEPLATFORMS,\"x\"\n");
	setenv("GENBA_OUI", folder, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	static const char *const names[] = { "oui.csv", "mam.csv", "oui36.csv" };
	for (size_t i = 0; i < 3; i++) {
		char path[128];
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static const char *vendor(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t e)
{
	const uint8_t m[6] = { a, b, c, d, e, 0x99 };
	return inventory_mac_vendor(m);
}

static void prefixes(void **state)
{
	(void)state;
	assert_string_equal(vendor(0x00, 0x40, 0x8c, 1, 2), "Axis Communications AB");
	assert_string_equal(vendor(0x00, 0x00, 0xbc, 1, 2), "Rockwell, \"Automation\"");
	assert_string_equal(vendor(0x00, 0x1b, 0x1b, 1, 2), "Siemens AG");
	assert_string_equal(vendor(0x00, 0xe0, 0x36, 1, 2), "FANUC LTD");
	assert_string_equal(vendor(0x74, 0x1a, 0xe0, 0x9f, 2), "Small Company");
	assert_null(vendor(0x74, 0x1a, 0xe0, 0x8f, 2));
	assert_string_equal(vendor(0x70, 0xb3, 0xd5, 0xf2, 0xf1), "TELEPLATFORMS");
	assert_null(vendor(0x70, 0xb3, 0xd5, 0xf2, 0xe1));
	assert_null(vendor(0xaa, 0xbb, 0x00, 1, 2));
	assert_null(vendor(0xff, 0xff, 0xff, 0xff, 0xff));
}

static void in_the_inventory(void **state)
{
	begin(state);
	arp("00:40:8c:00:00:01", "192.168.1.10");
	arp("00:e0:36:00:00:01", "192.168.1.11");
	attr(ip("192.168.1.11"), ATTR_VENDOR, "FANUC", "focas.sysinfo", CONF_CONFIRMED);
	resolve();
	struct inv_device *camera = of(ip("192.168.1.10")), *cnc = of(ip("192.168.1.11"));
	assert_string_equal(camera->mac_vendor, "Axis Communications AB");
	assert_null(camera->vendor);
	assert_int_equal(camera->kind, KIND_CAMERA);
	assert_string_equal(camera->kind_reason, "vendor of the MAC address: Axis Communications AB");
	assert_int_equal(camera->level, -1);
	assert_int_equal(camera->evidence[0].confidence, CONF_GUESS);
	assert_string_equal(camera->evidence[0].source, "oui");
	assert_string_equal(cnc->vendor, "FANUC");
	assert_int_equal(cnc->kind, KIND_CNC);
	end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes),
		cmocka_unit_test(in_the_inventory),
	};
	return cmocka_run_group_tests_name("oui", tests, setup, teardown);
}
