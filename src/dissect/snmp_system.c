/*
 * What SNMP objects say of a device: the system group of MIB-II (RFC 3418), ENTITY-MIB (RFC 6933), Printer-MIB
 * (RFC 3805), HOST-RESOURCES-MIB (RFC 2790), BRIDGE-MIB (RFC 4188), LLDP-MIB:
 *
 *   1.3.6.1.2.1.1.1.0 sysDescr   1.3.6.1.2.1.1.2.0 sysObjectID (1.3.6.1.4.1.MAKER. …)
 *   1.3.6.1.2.1.1.5.0 sysName    1.3.6.1.2.1.1.6.0 sysLocation    (sysContact names a person: it is not kept)
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "dissect/snmp.h"
#include "dissect/sysdescr.h"

enum {
	TAG_STRING = 0x04, TAG_OID = 0x06, ENGINE_OWN = 0x80, ENGINE_MAC = 3,
	GROUP_SYSTEM = 1, GROUP_INTERFACES = 2, NET_SNMP = 8072,
};

/* ---- who has which number: makers of what stands in a factory's network; agents that run on anybody's device have no name ---- */

static const struct maker { uint32_t number; const char *name; } makers[] = {
	{ 2, "IBM" }, { 9, "Cisco" }, { 11, "Hewlett-Packard" }, { 43, "3Com" }, { 95, "Rockwell Automation" }, { 116, "Hitachi" },
	{ 119, "NEC" }, { 171, "D-Link" }, { 207, "Allied Telesis" }, { 211, "Fujitsu" }, { 232, "Hewlett-Packard" },
	{ 236, "Samsung" }, { 244, "Lantronix" }, { 248, "Hirschmann" }, { 253, "Xerox" }, { 278, "APRESIA Systems" },
	{ 297, "FUJIFILM Business Innovation" }, { 318, "APC" }, { 332, "Digi International" }, { 367, "RICOH" },
	{ 368, "Axis Communications" }, { 409, "Mitsubishi Electric" }, { 476, "Vertiv" }, { 534, "Eaton" }, { 641, "Lexmark" },
	{ 674, "Dell" }, { 890, "Zyxel" }, { 1129, "Toshiba TEC" }, { 1182, "Yamaha" }, { 1248, "Seiko Epson" },
	{ 1347, "KYOCERA" }, { 1588, "Brocade" }, { 1602, "Canon" }, { 1916, "Extreme Networks" }, { 1991, "Brocade" },
	{ 2001, "Oki Data" }, { 2011, "Huawei" }, { 2385, "SHARP" }, { 2435, "Brother" }, { 2606, "Rittal" },
	{ 2620, "Check Point" }, { 2636, "Juniper Networks" }, { 3097, "WatchGuard" }, { 3375, "F5" }, { 3808, "CyberPower" },
	{ 3833, "Schneider Electric" }, { 3902, "ZTE" }, { 4196, "Siemens" }, { 4329, "Siemens" }, { 4346, "Phoenix Contact" },
	{ 4526, "NETGEAR" }, { 4615, "I-O DATA" }, { 4881, "Ruijie Networks" }, { 5227, "Buffalo" }, { 5597, "Meinberg" },
	{ 5624, "Enterasys Networks" }, { 6027, "Force10 Networks" }, { 6486, "Alcatel-Lucent Enterprise" }, { 6574, "Synology" },
	{ 7427, "Yokogawa Electric" }, { 7508, "Fuji Electric" }, { 7793, "HMS" }, { 8691, "Moxa" }, { 8741, "SonicWall" },
	{ 10297, "Advantech" }, { 10418, "Avocent" }, { 10456, "PLANET Technology" }, { 10642, "Zebra Technologies" },
	{ 11863, "TP-Link" }, { 11905, "Icom" }, { 12356, "Fortinet" }, { 13576, "WAGO" }, { 13742, "Raritan" },
	{ 14179, "Cisco" }, { 14399, "NEC Platforms" }, { 14823, "Aruba" }, { 14988, "MikroTik" }, { 15004, "RUGGEDCOM" },
	{ 16177, "Westermo" }, { 16838, "OMRON" }, { 18334, "Konica Minolta" }, { 20376, "Century Systems" }, { 21317, "ATEN" },
	{ 21839, "ALAXALA Networks" }, { 24296, "DENSO WAVE" }, { 24681, "QNAP" }, { 25053, "Ruckus" }, { 25157, "Beckhoff" },
	{ 25461, "Palo Alto Networks" }, { 25506, "H3C" }, { 28558, "KEYENCE" }, { 29312, "B&R" }, { 30065, "Arista Networks" },
	{ 30722, "ProSoft Technology" }, { 31823, "Schweitzer Engineering Laboratories" }, { 39165, "Hikvision" },
	{ 41112, "Ubiquiti" },
};

static const char *maker_of(uint32_t number)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		if (makers[i].number == number)
			return makers[i].name;
	return NULL;
}

/* ---- object identifiers ---- */

struct snmp_oid snmp_oid(struct cur c)
{
	struct snmp_oid o = { .n = 0 };
	uint32_t arc = 0;
	while (cur_left(&c)) {
		uint8_t b = cur_u8(&c);
		arc = arc << 7 | (b & 0x7f);
		if (b & 0x80)
			continue;
		if (o.n + 2 > SNMP_ARCS)
			return (struct snmp_oid){ .n = 0 };
		if (o.n == 0) {   /* the first two arcs are one number */
			o.arc[o.n++] = arc < 80 ? arc / 40 : 2;
			arc -= o.arc[0] * 40;
		}
		o.arc[o.n++] = arc;
		arc = 0;
	}
	return o;
}

static bool under(const struct snmp_oid *o, const uint32_t *prefix, unsigned n)
{
	return o->n > n && memcmp(o->arc, prefix, n * sizeof *prefix) == 0;
}

static const uint32_t mib2[] = { 1, 3, 6, 1, 2, 1 }, enterprises[] = { 1, 3, 6, 1, 4, 1 },
		      entity[] = { 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1 }, printer[] = { 1, 3, 6, 1, 2, 1, 43 },
		      printer_general[] = { 1, 3, 6, 1, 2, 1, 43, 5, 1, 1 }, device_description[] = { 1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 3 },
		      bridge_address[] = { 1, 3, 6, 1, 2, 1, 17, 1, 1 }, lldp_local[] = { 1, 0, 8802, 1, 1, 2, 1, 3 };
#define UNDER(o, prefix) under(o, prefix, sizeof(prefix) / sizeof *(prefix))

bool snmp_is_identity(const struct snmp_oid *o)
{
	return (UNDER(o, mib2) && o->arc[6] == GROUP_SYSTEM) || UNDER(o, entity) || UNDER(o, printer_general) ||
	       UNDER(o, device_description) || UNDER(o, lldp_local);
}

/* extra: a maker's number, or 80000000 and group, subgroup and column of MIB-II. */
void snmp_pack(const struct snmp_oid *o, struct dissect_request *r)
{
	if (UNDER(o, enterprises)) {
		r->extra = o->arc[6];
	} else if (UNDER(o, mib2)) {
		r->extra = 0x80000000u | (o->arc[6] & 0xff) << 8 | (o->n > 7 ? o->arc[7] & 0xff : 0);
		r->extra2 = o->n > 9 ? o->arc[9] : 0;
	}
	r->describe = snmp_describe;
}

void snmp_describe(const struct dissect_request *r, char *out, size_t size)
{
	unsigned group = r->extra >> 8 & 0xff, sub = r->extra & 0xff;
	const char *maker = maker_of(r->extra);
	if (r->extra == 0)
		snprintf(out, size, "%s", "");
	else if (!(r->extra & 0x80000000u) && maker)
		snprintf(out, size, "object of %s", maker);
	else if (!(r->extra & 0x80000000u))
		snprintf(out, size, "object of enterprise %u", r->extra);
	else if (group == GROUP_SYSTEM)
		snprintf(out, size, "%s", sub == 4 ? "sysContact" : sub == 5 ? "sysName" : sub == 6 ? "sysLocation" : "system group");
	else if (group == GROUP_INTERFACES && r->extra2 == 7)
		snprintf(out, size, "ifAdminStatus");
	else
		snprintf(out, size, "mib-2.%u.%u", group, sub);
}

/* ---- objects ---- */

static const struct sysdescr_sources described = {
	.vendor = "snmp.sys_descr.vendor", .model = "snmp.sys_descr.model", .firmware = "snmp.sys_descr.firmware",
	.hardware = "snmp.sys_descr.hardware", .serial = "snmp.sys_descr.serial", .role = "snmp.sys_descr.role",
	.os = "snmp.sys_descr.os", .order_number = "snmp.sys_descr.order_number",
};

static void system_group(struct dissect *d, uint32_t whose, uint32_t object, uint8_t tag, struct cur value)
{
	char text[OBS_TEXT + 1];
	if (object == 2 && tag == TAG_OID) {
		struct snmp_oid o = snmp_oid(value);
		if (!UNDER(&o, enterprises))
			return;
		dissect_attr_of(d, whose, ATTR_VENDOR, maker_of(o.arc[6]), "snmp.sys_object_id");
		if (o.arc[6] == NET_SNMP)
			return;
		size_t n = 0;
		for (unsigned i = 0; i < o.n && n < 80; i++)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%u", i ? "." : "", o.arc[i]);
		dissect_attr_of(d, whose, ATTR_PRODUCT_CODE, text, "snmp.sys_object_id");
		return;
	}
	if (tag != TAG_STRING || !text_wire(cur_here(&value), cur_left(&value), text, sizeof text))
		return;
	if (object == 1) {
		dissect_attr_of(d, whose, ATTR_DESCRIPTION, text, "snmp.sys_descr");
		sysdescr(d, whose, text, &described);
	} else if (object == 5) {
		dissect_attr_of(d, whose, ATTR_NAME, text, "snmp.sys_name");
	} else if (object == 6) {
		dissect_attr_of(d, whose, ATTR_LOCATION, text, "snmp.sys_location");
	}
}

/* The columns that describe the device as a whole stand in the row of its chassis: 1, with Cisco's switches 1001. */
static void physical(struct dissect *d, uint32_t whose, uint32_t column, uint32_t row, const char *text)
{
	static const struct { uint8_t column; enum attr field; const char *source; } known[] = {
		{ 8, ATTR_HARDWARE, "snmp.entity.hardware_rev" }, { 9, ATTR_FIRMWARE, "snmp.entity.firmware_rev" },
		{ 10, ATTR_SOFTWARE, "snmp.entity.software_rev" }, { 11, ATTR_SERIAL, "snmp.entity.serial_num" },
		{ 12, ATTR_VENDOR, "snmp.entity.mfg_name" },	   { 13, ATTR_MODEL, "snmp.entity.model_name" },
	};
	if (row != 1 && row != 1001)
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].column == column)
			dissect_attr_of(d, whose, known[i].field, text, known[i].source);
}

void snmp_object(struct dissect *d, uint32_t whose, const struct snmp_oid *o, uint8_t tag, struct cur value)
{
	char text[OBS_TEXT + 1] = "";
	if (UNDER(o, mib2) && o->arc[6] == GROUP_SYSTEM) {
		system_group(d, whose, o->n == 9 && o->arc[8] == 0 ? o->arc[7] : 0, tag, value);
		return;
	}
	if (tag != TAG_STRING)
		return;
	if (UNDER(o, bridge_address) && cur_left(&value) == 6) {   /* the switch's own address, by the standard */
		dissect_link(d, whose, dissect_mac_of(d, cur_here(&value)), LINK_SAME, "snmp.bridge_address");
		return;
	}
	if (!text_wire(cur_here(&value), cur_left(&value), text, sizeof text))
		return;
	if (UNDER(o, entity) && o->n == 13) {
		physical(d, whose, o->arc[11], o->arc[12], text);
	} else if (UNDER(o, printer)) {
		dissect_attr_of(d, whose, ATTR_ROLE, "printer", "snmp.printer");
		if (UNDER(o, printer_general) && o->arc[10] == 16)
			dissect_attr_of(d, whose, ATTR_NAME, text, "snmp.printer.name");
		else if (UNDER(o, printer_general) && o->arc[10] == 17)
			dissect_attr_of(d, whose, ATTR_SERIAL, text, "snmp.printer.serial_number");
	} else if (UNDER(o, device_description) && o->n == 12 && o->arc[11] == 1) {
		dissect_attr_of(d, whose, ATTR_DESCRIPTION, text, "snmp.host.device_description");
	} else if (UNDER(o, lldp_local) && o->n == 10 && o->arc[8] == 3) {
		dissect_attr_of(d, whose, ATTR_NAME, text, "snmp.lldp.system_name");
	} else if (UNDER(o, lldp_local) && o->n == 10 && o->arc[8] == 4) {
		dissect_attr_of(d, whose, ATTR_DESCRIPTION, text, "snmp.lldp.system_description");
		sysdescr(d, whose, text, &described);
	}
}

void snmp_engine(struct dissect *d, uint32_t whose, struct cur id)
{
	uint32_t number = cur_be32(&id);
	uint8_t format = cur_u8(&id);
	if (!cur_ok(&id) || !(number >> 24 & ENGINE_OWN))
		return;
	dissect_attr_of(d, whose, ATTR_VENDOR, maker_of(number & 0x7fffffff), "snmp.engine_id");
	if (format == ENGINE_MAC && cur_left(&id) == 6 && !mac_is_local(cur_here(&id)))
		dissect_link(d, whose, dissect_mac_of(d, cur_here(&id)), LINK_SAME, "snmp.engine_id");
}
