/* Which operating system a device has, and why. */
#include "inventory_wire.h"

#include <string.h>

#define A "00:1d:9c:00:00:0a"
#define IP "192.168.1.10"

struct said {
	enum attr field;
	const char *value, *source;
};

static const struct case_of {
	struct said said[6];
	const char *os;                  /* NULL: unknown */
	enum confidence confidence;
	const char *source;              /* of the statement that decides, NULL: any */
} cases[] = {
	/* the same system by one name, whoever tells it */
	{ { { ATTR_OS, "Windows 7 Ultimate 7601 Service Pack 1", "smb.session_setup.native_os" } },
	  "Windows 7 (6.1.7601)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 7 / Server 2008 R2 (6.1.7601)", "ntlmssp.challenge.version" } },
	  "Windows 7 / Server 2008 R2 (6.1.7601)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 7 build 7601", "ads.identify.os" } }, "Windows 7 (6.1.7601)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows XP (Windows 2002 Service Pack 3 2600)", "smb.session_setup.native_os" } },
	  "Windows XP (5.1.2600)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows XP (5.1)", "browser.announcement.version" } }, "Windows XP (5.1)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 2000 2195", "smb.session_setup.native_os" } }, "Windows 2000 (5.0.2195)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Server 2003 R2 3790 Service Pack 2", "smb.session_setup.native_os" } },
	  "Windows Server 2003 R2 (5.2.3790)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Server 2003 / XP x64 (5.2)", "browser.announcement.version" } },
	  "Windows Server 2003 / XP x64 (5.2)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Server (R) 2008 Standard 6002 Service Pack 2", "smb.session_setup.native_os" } },
	  "Windows Server 2008 (6.0.6002)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Vista (TM) Business 6001 Service Pack 1", "smb.session_setup.native_os" } },
	  "Windows Vista (6.0.6001)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Server 2012 R2 Standard 9600", "smb.session_setup.native_os" } },
	  "Windows Server 2012 R2 (6.3.9600)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 8.1 9600", "smb.session_setup.native_os" } }, "Windows 8.1 (6.3.9600)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 8 Pro 9200", "smb.session_setup.native_os" } }, "Windows 8 (6.2.9200)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 10 Pro 19045", "smb.session_setup.native_os" } }, "Windows 10 (10.0.19045)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 10", "smb.session_setup.native_os" } }, "Windows 10 (10.0)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 10 or later (10.0)", "browser.announcement.version" } },
	  "Windows 10 or later (10.0)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 11 (10.0.22631)", "ntlmssp.challenge.version" } }, "Windows 11 (10.0.22631)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 10 1809 / Server 2019 (10.0.17763)", "ntlmssp.challenge.version" } },
	  "Windows 10 1809 / Server 2019 (10.0.17763)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Server 2022 (10.0.20348)", "ntlmssp.challenge.version" } },
	  "Windows Server 2022 (10.0.20348)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows NT 4.0", "browser.announcement.version" } }, "Windows NT 4.0", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows 95 / 98 (Windows 4.0)", "smb.session_setup.native_os" } }, "Windows 95 / 98", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Embedded Standard 7601 Service Pack 1", "smb.session_setup.native_os" } },
	  "Windows Embedded 7 (6.1.7601)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows CE 6.0", "ads.identify.os" } }, "Windows CE 6.0", CONF_CONFIRMED, NULL },
	{ { { ATTR_DESCRIPTION, "Hardware: x86 Family 6 Model 8 AT/AT COMPATIBLE - Software: Windows 2000 Version 5.1"
	      " (Build 2600 Uniprocessor Free)", "snmp.sys_descr" } }, "Windows XP (5.1.2600)", CONF_CONFIRMED, NULL },
	{ { { ATTR_DESCRIPTION, "Hardware: Intel64 Family 6 - Software: Windows Version 6.1 (Build 7601 Multiprocessor Free)",
	      "snmp.sys_descr" } }, "Windows 7 / Server 2008 R2 (6.1.7601)", CONF_CONFIRMED, NULL },
	{ { { ATTR_DESCRIPTION, "Hardware: Intel64 Family 6 - Software: Windows Version 6.3 (Build 19045 Multiprocessor Free)",
	      "snmp.sys_descr" }, { ATTR_OS, "Windows 10 or newer (build 19045)", "snmp.sys_descr.windows" } },
	  "Windows 10 (10.0.19045)", CONF_CONFIRMED, NULL },
	{ { { ATTR_DESCRIPTION, "Hardware: Intel64 Family 6 - Software: Windows Version 6.3 (Build 17763 Multiprocessor Free)",
	      "snmp.sys_descr" } }, "Windows 10 1809 / Server 2019 (10.0.17763)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows NT 6.1 (build 7601)", "snmp.sys_descr.windows" } }, "Windows 7 / Server 2008 R2 (6.1.7601)",
	  CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Linux 4.19.0-6-amd64", "snmp.sys_descr.uname" } }, "Linux 4.19", CONF_CONFIRMED, NULL },
	{ { { ATTR_DESCRIPTION, "Microsoft Windows CE Version 5.0 (Build 1400)", "snmp.sys_descr" } },
	  "Windows CE 5.0", CONF_CONFIRMED, NULL },
	{ { { ATTR_DESCRIPTION, "Linux gw 4.9.0-8-amd64 #1 SMP Debian 4.9.130-2", "snmp.sys_descr" } },
	  "Linux (Debian)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Cisco IOS", "cdp.software_version" },
	    { ATTR_DESCRIPTION, "Cisco IOS Software, C3560 Software (C3560-ADVIPSERVICESK9-M), Version 15.1(44)SE, RELEASE",
	      "cdp.software_version" } }, "Cisco IOS 15.1", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "VxWorks 6.9", "codesys.v2.operating_system" } }, "VxWorks 6.9", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Something OS", "codesys.v2.operating_system" } }, "Something OS", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Unix", "smb.session_setup.native_os" }, { ATTR_DESCRIPTION, "nas server (Samba, Ubuntu)",
	      "browser.announcement.comment" } }, "Linux (Ubuntu)", CONF_CONTENT, "resolve.browser.announcement.comment" },

	/* banners of its programs */
	{ { { ATTR_SOFTWARE, "Microsoft-IIS/6.0", "http.server" } }, "Windows Server 2003 / XP x64 (5.2)", CONF_CONTENT,
	  "resolve.http.server" },
	{ { { ATTR_SOFTWARE, "Microsoft-WinCE/5.0", "http.server" } }, "Windows CE 5.0", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Apache/2.4.41 (Ubuntu)", "http.server" } }, "Linux (Ubuntu)", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "OpenSSH_9.2p1 Debian-2+deb12u1", "ssh.server" } }, "Linux (Debian)", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "host Microsoft FTP Service (Version 5.0).", "ftp.banner" } }, "Windows 2000 (5.0)", CONF_CONTENT,
	  NULL },
	{ { { ATTR_DESCRIPTION, "Windows_NT", "ftp.system" } }, "Windows", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Microsoft SQL Server 10.50.1600", "tds.prelogin.version" } }, "Windows", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Microsoft SQL Server 15.0.2000", "tds.prelogin.version" } }, NULL, CONF_GUESS, NULL },
	{ { { ATTR_SOFTWARE, "Linux/3.14 UPnP/1.0 IGD/1.0", "ssdp.server" } }, "Linux 3.14", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Microsoft-Windows/10.0 UPnP/1.0", "ssdp.server" } }, "Windows 10 or later (10.0)", CONF_CONTENT,
	  NULL },
	{ { { ATTR_SOFTWARE, "EcoStruxure Web Server", "http.server" } }, NULL, CONF_GUESS, NULL },
	{ { { ATTR_SOFTWARE, "(vsFTPd 3.0.3)", "ftp.banner" } }, NULL, CONF_GUESS, NULL },

	/* agents */
	{ { { ATTR_SOFTWARE, "Microsoft-CryptoAPI/6.1", "http.user_agent" } }, "Windows 7 / Server 2008 R2 (6.1)", CONF_CONTENT,
	  NULL },
	{ { { ATTR_SOFTWARE, "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", "http.user_agent" } }, "Windows XP (5.1)",
	  CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Mozilla/4.0 (compatible; MSIE 4.01; Windows CE)", "http.user_agent" } }, "Windows CE",
	  CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "http.user_agent" } }, "Windows 10 or later (10.0)",
	  CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Microsoft-WebDAV-MiniRedir/6.1.7601", "http.user_agent" } },
	  "Windows 7 / Server 2008 R2 (6.1.7601)", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Mozilla/5.0 (Linux; Android 13; Pixel 7)", "http.user_agent" } }, "Android 13", CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Mozilla/5.0 (iPhone; CPU iPhone OS 15_2 like Mac OS X)", "http.user_agent" } }, "iOS 15.2",
	  CONF_CONTENT, NULL },
	{ { { ATTR_SOFTWARE, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_8_5)", "http.user_agent" } }, "macOS 10.8", CONF_CONTENT,
	  NULL },
	{ { { ATTR_SOFTWARE, "Google Chrome/100.0.4896.60 Windows", "ssdp.user_agent" } }, "Windows", CONF_CONTENT, NULL },

	/* DHCP: a guess */
	{ { { ATTR_OS, "Windows", "dhcp.vendor_class" }, { ATTR_DHCP_VENDOR, "MSFT 5.0", "dhcp.vendor_class" } }, "Windows",
	  CONF_GUESS, NULL },
	{ { { ATTR_DHCP_VENDOR, "android-dhcp-13", "dhcp.vendor_class" } }, "Android 13", CONF_GUESS, NULL },
	{ { { ATTR_DHCP_VENDOR, "dhcpcd-5.5.6", "dhcp.vendor_class" },
	    { ATTR_DHCP_FINGERPRINT, "1,33,3,6,15,28,51,58,59", "dhcp.option55" } }, "Linux", CONF_GUESS, NULL },
	{ { { ATTR_DHCP_VENDOR, "MSFT 5.0", "dhcp.vendor_class" },
	    { ATTR_DHCP_FINGERPRINT, "1,15,3,6,44,46,47,31,33,249,43", "dhcp.option55" } }, "Windows XP (5.1)", CONF_GUESS, NULL },
	{ { { ATTR_DHCP_FINGERPRINT, "1,2,3", "dhcp.option55" } }, NULL, CONF_GUESS, NULL },
	{ { { ATTR_ROLE, "domain controller", "nbns.node_status.name" } }, "Windows Server", CONF_GUESS, NULL },

	/* all of it together */
	{ { { ATTR_OS, "Windows 7 / Server 2008 R2 (6.1)", "browser.announcement.version" },
	    { ATTR_ROLE, "server", "browser.announcement.server_type" } }, "Windows Server 2008 R2 (6.1)", CONF_CONFIRMED, NULL },
	{ { { ATTR_OS, "Windows Vista / Server 2008 (6.0.5231)", "ntlmssp.challenge.version" },
	    { ATTR_OS, "Windows (TM) Code Name \"Longhorn\" Ultimate 5231", "smb.session_setup.native_os" } },
	  "Windows Vista / Server 2008 (6.0.5231)", CONF_CONFIRMED, "resolve.ntlmssp.challenge.version" },
	{ { { ATTR_OS, "Windows 7 / Server 2008 R2 (6.1)", "browser.announcement.version" },
	    { ATTR_OS, "Windows 7 / Server 2008 R2 (6.1.7601)", "ntlmssp.challenge.version" } },
	  "Windows 7 / Server 2008 R2 (6.1.7601)", CONF_CONFIRMED, "resolve.ntlmssp.challenge.version" },
	/* an old program on a new Windows */
	{ { { ATTR_SOFTWARE, "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", "http.user_agent" },
	    { ATTR_SOFTWARE, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "http.user_agent" } }, "Windows 10 or later (10.0)",
	  CONF_CONTENT, NULL },
	/* what the device itself says wins over the agents that a proxy passes on */
	{ { { ATTR_OS, "Windows Server 2012 R2 Standard 9600", "smb.session_setup.native_os" },
	    { ATTR_SOFTWARE, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "http.user_agent" },
	    { ATTR_SOFTWARE, "Mozilla/5.0 (Linux; Android 13; Pixel 7)", "http.user_agent" } },
	  "Windows Server 2012 R2 (6.3.9600)", CONF_CONFIRMED, NULL },
	{ { { ATTR_SOFTWARE, "OpenSSH_9.2p1 Debian-2", "ssh.server" },
	    { ATTR_SOFTWARE, "Mozilla/5.0 (Windows NT 5.1)", "http.user_agent" } }, "Linux (Debian)", CONF_CONTENT, NULL },
	/* several, and nobody knows whose */
	{ { { ATTR_SOFTWARE, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "http.user_agent" },
	    { ATTR_SOFTWARE, "Mozilla/5.0 (Linux; Android 13; Pixel 7)", "http.user_agent" } }, NULL, CONF_GUESS, NULL },
	{ { { ATTR_SOFTWARE, "Wget/1.10", "http.user_agent" } }, NULL, CONF_GUESS, NULL },
	{ { { ATTR_MODEL, "KV-8000", "keyence-kv.query_model" } }, NULL, CONF_GUESS, NULL },
};

static const struct inv_evidence *system_of(const struct inv_device *d)
{
	for (size_t i = 0; i < d->n_evidence; i++)
		if (strcmp(d->evidence[i].field, "os") == 0 && strncmp(d->evidence[i].source, "resolve", 7) == 0)
			return &d->evidence[i];
	return NULL;
}

static void is(const struct inv_device *d, const char *os)
{
	assert_non_null(d);
	if (!os) {
		if (d->os)
			print_error("\"%s\" where nothing is known\n", d->os);
		assert_null(d->os);
		assert_null(d->os_reason);
		assert_null(system_of(d));
		return;
	}
	assert_non_null(d->os);
	assert_string_equal(d->os, os);
	assert_non_null(d->os_reason);
}

static void by_what_is_said(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct case_of *c = &cases[i];
		(void)end(state);
		(void)begin(state);
		arp(A, IP);
		for (const struct said *s = c->said; s->value; s++)
			attr(ip(IP), s->field, s->value, s->source, CONF_CONFIRMED);
		resolve();
		const struct inv_device *d = of(ip(IP));
		is(d, c->os);
		if (!c->os)
			continue;
		const struct inv_evidence *e = system_of(d);
		assert_non_null(e);
		assert_string_equal(e->value, c->os);
		assert_string_equal(confidence_names[e->confidence], confidence_names[c->confidence]);
		assert_true(e->frame > 0);
		if (c->source)
			assert_string_equal(e->source, c->source);
	}
}

static void reason_and_raw_values_stay(void **state)
{
	(void)state;
	arp(A, IP);
	attr(ip(IP), ATTR_SOFTWARE, "Microsoft-IIS/6.0", "http.server", CONF_CONFIRMED);
	attr(ip(IP), ATTR_OS, "Windows", "dhcp.vendor_class", CONF_CONFIRMED);
	resolve();
	const struct inv_device *d = of(ip(IP));
	assert_string_equal(d->os_reason, "software: Microsoft-IIS/6.0");
	bool raw = false, same = false;
	for (size_t i = 0; i < d->n_evidence; i++) {
		raw |= strcmp(d->evidence[i].source, "dhcp.vendor_class") == 0;
		same |= strcmp(d->evidence[i].source, "http.server") == 0 && d->evidence[i].frame == system_of(d)->frame;
	}
	assert_true(raw);
	assert_true(same);
}

static void no_system_by_hop_limit_alone(void **state)
{
	(void)state;
	data_ttl(A, IP, 9, 128);
	data_ttl("00:1d:9c:00:00:0b", "192.168.1.11", 9, 64);
	data_ttl("00:1d:9c:00:00:0c", "192.168.1.12", 9, 255);
	resolve();
	is(of(ip(IP)), NULL);
	is(of(ip("192.168.1.11")), NULL);
	is(of(ip("192.168.1.12")), NULL);
}

/* It decides whose agents are the device's own. */
static void hop_limit_supports(void **state)
{
	(void)state;
	data_ttl(A, IP, 9, 128);
	data_ttl("00:1d:9c:00:00:0b", "192.168.1.11", 9, 64);
	for (int i = 10; i <= 11; i++) {
		char a[32];
		snprintf(a, sizeof a, "192.168.1.%d", i);
		attr(ip(a), ATTR_SOFTWARE, "Mozilla/5.0 (Windows NT 6.1)", "http.user_agent", CONF_CONFIRMED);
		attr(ip(a), ATTR_SOFTWARE, "Mozilla/5.0 (X11; Ubuntu; Linux x86_64)", "http.user_agent", CONF_CONFIRMED);
	}
	resolve();
	is(of(ip(IP)), "Windows 7 / Server 2008 R2 (6.1)");
	is(of(ip("192.168.1.11")), "Linux (Ubuntu)");
}

static void agents_of_a_router_are_not_its_own(void **state)
{
	(void)state;
	arp(A, "192.168.1.1");
	data_ttl(A, "10.9.0.3", 3, 63);
	data_ttl(A, "10.9.1.3", 3, 63);
	attr(ip("192.168.1.1"), ATTR_SOFTWARE, "Mozilla/5.0 (X11; Ubuntu; Linux x86_64)", "http.user_agent", CONF_CONFIRMED);
	resolve();
	assert_true(of(ip("192.168.1.1"))->router);
	is(of(ip("192.168.1.1")), NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	setenv("GENBA_OUI", "/nonexistent", 1);
	const struct CMUnitTest tests[] = {
		TEST(by_what_is_said), TEST(reason_and_raw_values_stay), TEST(no_system_by_hop_limit_alone),
		TEST(hop_limit_supports), TEST(agents_of_a_router_are_not_its_own),
	};
	return cmocka_run_group_tests_name("os", tests, NULL, NULL);
}
