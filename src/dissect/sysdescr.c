/*
 * How makers describe their devices in one text: sysDescr of MIB-II (RFC 3418), which is also the system description of
 * LLDP (IEEE 802.1AB, 8.5.7: "should be" that object).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/sysdescr.h"

enum { SERIAL_LEAST = 10 };

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* The text behind the first `key`, up to one of the characters in `ends`; false where there is none. */
static bool after(const char *text, const char *key, const char *ends, char *out, size_t size)
{
	const char *at = strstr(text, key);
	if (!at)
		return false;
	at += strlen(key);
	while (*at == ' ')
		at++;
	if (strncmp(at, "Version ", 8) == 0)
		at += 8;
	size_t n = strcspn(at, ends);
	while (n && at[n - 1] == ' ')
		n--;
	if (n && at[n - 1] == ')' && !memchr(at, '(', n))   /* that of a bracket around it all */
		n--;
	if (n == 0 || n >= size)
		return false;
	memcpy(out, at, n);
	out[n] = 0;
	return true;
}

static void tell_after(struct dissect *d, uint32_t whose, enum attr field, const char *text, const char *key, const char *ends,
		       const char *source)
{
	char value[80];
	if (key && after(text, key, ends, value, sizeof value))
		dissect_attr_of(d, whose, field, value, source);
}

/* "… Software: Windows Version 6.1 (Build 7601 …)": the kernel's number; 6.3 stayed for all that came later. */
static void windows(struct dissect *d, uint32_t whose, const char *text, const struct sysdescr_sources *from)
{
	char version[16], build[16], os[48];
	bool old = after(text, "Windows 2000 Version ", " (", version, sizeof version);
	if (!old && !after(text, "Windows Version ", " (", version, sizeof version) &&
	    !after(text, "Windows NT Version ", " (", version, sizeof version))
		return;
	if (!after(text, "Build ", " )", build, sizeof build) && !after(text, "Build Number: ", " )", build, sizeof build))
		build[0] = 0;
	long n = strtol(build, NULL, 10);
	if (n >= 22000)
		snprintf(os, sizeof os, "Windows 11 or newer (build %ld)", n);
	else if (n >= 10240)
		snprintf(os, sizeof os, "Windows 10 or newer (build %ld)", n);
	else
		snprintf(os, sizeof os, "Windows NT %.8s%s%.8s%s", version, n ? " (build " : "", n ? build : "", n ? ")" : "");
	dissect_attr_of(d, whose, ATTR_OS, os, from->os);
}

/* "Linux HOST 4.19.0-6-amd64 #1 SMP …"; lldpd: "Debian GNU/Linux 12 (bookworm) Linux 6.1.0-18-amd64 #1 SMP …" */
static void unix_like(struct dissect *d, uint32_t whose, const char *text, const struct sysdescr_sources *from)
{
	static const char *const names[] = { "Linux ", "FreeBSD ", "SunOS ", "Darwin ", "AIX ", "HP-UX ", "VxWorks " };
	char host[64], key[80], version[64], os[96];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);
		if (strncmp(text, names[i], n) != 0)
			continue;
		if (!after(text, names[i], " ", host, sizeof host))
			return;
		snprintf(key, sizeof key, "%s ", host);
		if (!after(text + n, key, " ", version, sizeof version) || version[0] < '0' || version[0] > '9')
			snprintf(os, sizeof os, "%.*s", (int)n - 1, names[i]);
		else
			snprintf(os, sizeof os, "%s%s", names[i], version);
		dissect_attr_of(d, whose, ATTR_OS, os, from->os);
		return;
	}
	const char *at = strstr(text, " Linux ");
	if (at && digit(at[7]) && after(at, " Linux ", " ", version, sizeof version)) {
		snprintf(os, sizeof os, "Linux %s", version);
		dissect_attr_of(d, whose, ATTR_OS, os, from->os);
	}
}

/*
 * Makers' forms: a text begins so; who made it; where model, firmware, hardware and serial number stand. A model key ""
 * is the beginning itself: the model follows it, or with BEGINNING is in it.
 */
#define BEGINNING "^"

static const struct form {
	const char *start, *vendor, *role, *os, *model, *model_ends, *firmware, *hardware, *serial;
} forms[] = {
	{ "Cisco IOS Software", "Cisco", NULL, "Cisco IOS", NULL, NULL, "Version ", NULL, NULL },
	{ "Cisco Internetwork Operating System Software", "Cisco", NULL, "Cisco IOS", NULL, NULL, "Version ", NULL, NULL },
	{ "Cisco NX-OS", "Cisco", NULL, "Cisco NX-OS", NULL, NULL, "Version ", NULL, NULL },
	{ "Cisco Adaptive Security Appliance", "Cisco", "router", "Cisco ASA", NULL, NULL, "Version ", NULL, NULL },
	{ "HP ETHERNET MULTI-ENVIRONMENT", "Hewlett-Packard", "printer", NULL, "PID:", ",;", "EEPROM ", NULL, NULL },
	{ "ProCurve ", "Hewlett-Packard", "switch", NULL, "", " ,", "revision ", NULL, NULL },
	{ "HP J", "Hewlett-Packard", "switch", NULL, "HP ", " ,", "revision ", NULL, NULL },
	{ "APC ", "APC", NULL, NULL, "MN:", " )", "PF:", "HR:", "SN:" },
	{ "Brother NC-", "Brother", "printer", NULL, NULL, NULL, "Firmware Ver.", NULL, NULL },
	{ "RICOH ", "RICOH", "printer", NULL, "", "/", NULL, NULL, NULL },
	{ "Xerox ", "Xerox", "printer", NULL, "", ";,", NULL, NULL, NULL },
	{ "FUJI XEROX ", "FUJIFILM Business Innovation", "printer", NULL, "", ";,", NULL, NULL, NULL },
	{ "FUJIFILM ", "FUJIFILM Business Innovation", "printer", NULL, "", ";,", NULL, NULL, NULL },
	{ "KYOCERA ", "KYOCERA", "printer", NULL, NULL, NULL, NULL, NULL, NULL },
	{ "KONICA MINOLTA ", "Konica Minolta", "printer", NULL, "", ";,", NULL, NULL, NULL },
	{ "Hirschmann ", "Hirschmann", "switch", NULL, "", ",;", "SW: ", NULL, NULL },
	{ "MOXA ", "Moxa", NULL, NULL, "", ",;", NULL, NULL, NULL },
	{ "Moxa ", "Moxa", NULL, NULL, "", ",;", NULL, NULL, NULL },
	{ "RouterOS ", "MikroTik", "router", "RouterOS", "", ",;", NULL, NULL, NULL },
	{ "RTX", "Yamaha", "router", NULL, BEGINNING, " ", "Rev.", NULL, NULL },
	{ "NVR", "Yamaha", "router", NULL, BEGINNING, " ", "Rev.", NULL, NULL },
	{ "FWX", "Yamaha", "router", NULL, BEGINNING, " ", "Rev.", NULL, NULL },
	{ "SWX", "Yamaha", "switch", NULL, BEGINNING, " ", "Rev.", NULL, NULL },
	{ "WLX", "Yamaha", "wireless", NULL, BEGINNING, " ", "Rev.", NULL, NULL },
	{ "Siemens, ", "Siemens", NULL, NULL, NULL, NULL, "FW: ", "HW: ", NULL },
	{ "Siemens AG ", "Siemens", NULL, NULL, NULL, NULL, NULL, NULL, NULL },
	{ "Rockwell Automation ", "Rockwell Automation", NULL, NULL, "", " ,;", NULL, NULL, NULL },
	{ "FL SWITCH ", "Phoenix Contact", "switch", NULL, BEGINNING, ",;", "FW: ", "HW: ", NULL },
	{ "Juniper Networks, Inc. ", "Juniper Networks", NULL, "Junos", "", " ,", "kernel JUNOS ", NULL, NULL },
	{ "Allied Telesis ", "Allied Telesis", NULL, NULL, NULL, NULL, "Version ", NULL, NULL },
	{ "ALAXALA ", "ALAXALA Networks", "switch", NULL, "", " ", "Ver. ", NULL, NULL },
	{ "Lantronix ", "Lantronix", NULL, NULL, "", " ,;", NULL, NULL, NULL },
};

/*
 * "Siemens, SIMATIC NET, SCALANCE X212-2, 6GK5 212-2BB00-2AA3, HW: 7, FW: V4.02, SVPL0000001": a figure, two letters and a
 * figure begin an order number, an S behind the versions the serial number, as it is printed.
 */
static void siemens(struct dissect *d, uint32_t whose, const char *text, const struct sysdescr_sources *from)
{
	const char *versions = strstr(text, "FW: "), *last = strrchr(text, ',');
	for (const char *at = strstr(text, ", "); at; at = strstr(at + 1, ", ")) {
		const char *p = at + 2;
		if (digit(p[0]) && letter(p[1]) && letter(p[2]) && digit(p[3])) {
			tell_after(d, whose, ATTR_MODEL, at, ", ", ",", from->order_number);
			break;
		}
	}
	if (versions && last && last > versions && last[1] == ' ' && last[2] == 'S' && (letter(last[3]) || last[3] == ' ') &&
	    strlen(last) >= SERIAL_LEAST)
		tell_after(d, whose, ATTR_SERIAL, last, ", ", ",;", from->serial);
}

void sysdescr(struct dissect *d, uint32_t whose, const char *text, const struct sysdescr_sources *from)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form *f = &forms[i];
		if (strncmp(text, f->start, strlen(f->start)) != 0)
			continue;
		dissect_attr_of(d, whose, ATTR_VENDOR, f->vendor, from->vendor);
		dissect_attr_of(d, whose, ATTR_ROLE, f->role, from->role);
		dissect_attr_of(d, whose, ATTR_OS, f->os, from->os);
		const char *key = f->model && !*f->model ? f->start : f->model;
		tell_after(d, whose, ATTR_MODEL, text, key && *key == *BEGINNING ? "" : key, f->model_ends, from->model);
		tell_after(d, whose, ATTR_FIRMWARE, text, f->firmware, " ,;", from->firmware);
		tell_after(d, whose, ATTR_HARDWARE, text, f->hardware, " ,;", from->hardware);
		tell_after(d, whose, ATTR_SERIAL, text, f->serial, " ,;", from->serial);
		if (strcmp(f->vendor, "Siemens") == 0)
			siemens(d, whose, text, from);
		return;
	}
	if (strncmp(text, "Hardware: ", 10) == 0)
		windows(d, whose, text, from);
	else
		unix_like(d, whose, text, from);
}
