/*
 * A small factory's network for some hours, as the mirror port of its switch
 * shows it, and the truth about it: line 1 (untagged), line 2 (VLAN 20), line 3
 * with the machines of Japanese makers (VLAN 40), an FL-net (VLAN 41), the
 * office (VLAN 30), a router that leads out, and everything that such a factory
 * would rather not see. With --clean it is run well; with --port it is what an
 * ordinary port of line 1's switch shows, and with --busy-port the PC there has
 * traffic of its own.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "factory.h"

#define START (INT64_C(1715558400) * SECOND)   /* Monday 2024-05-13, 09:00 in Japan */

bool well_run;

static const uint8_t windows_wants[] = { 1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252 };
static const uint8_t iphone_wants[] = { 1, 121, 3, 6, 15, 108, 114, 119, 252 };

static int64_t duration = 7200 * SECOND;

int64_t at(double part, double seconds)
{
	return START + (int64_t)((double)duration * part) + (int64_t)(seconds * 1e9);
}

int64_t after(int64_t t, double seconds)
{
	t += (int64_t)(seconds * 1e9) + (int64_t)gen_random(50) * MILLI;
	return t < START + duration - 5 * SECOND ? t : 0;
}

static void morning(void)
{
	dhcp_lease(at(0, 2), &eng, &router1, "SEIGI-PC01", "MSFT 5.0", windows_wants, sizeof windows_wants);
	dhcp_lease(at(0, 4), &office, &router3, "\x8e\x96\x96\xb1\x8f\x8aPC", "MSFT 5.0", windows_wants,
		   sizeof windows_wants);   /* Windows of Japan says it in CP932 */
	if (!well_run) {
		dhcp_lease(at(0.1, 0), &phone, &router3, "iPhone", NULL, iphone_wants, sizeof iphone_wants);
		truth_finding("PLT-NAME-001", &eng, nbns_register(at(0, 3), &eng, "192.168.1.255", "SEIGI-PC01"));
		truth_finding("PLT-NAME-001", &scada, nbns_register(at(0, 3.5), &scada, "192.168.2.255", "SCADA-LINE2"));
	}
	const struct host *const answers[] = { &plc1, &io1, &hmi1 };
	const struct cip_identity *const identities[] = { &plc1_identity, &io1_identity, &hmi1_identity };
	enip_list_identity(at(0.03, 0), &eng, answers, identities, 3);
}

static void noise(void)
{
	static const struct host *const pairs[][2] = {
		{ &hmi1, &plc1 }, { &plc1, &io1 }, { &eng, &router1 }, { &cnc, &eng }, { &maintenance, &plc1 },
		{ &maintenance, &router1 }, { &line_switch, &router1 }, { &scada, &plc2 }, { &scada, &plc3 },
		{ &plc2, &router2 }, { &collector, &router4 }, { &melsec, &router4 }, { &omron, &router4 }, { &robot1, &router4 },
		{ &office, &router3 }, { &nas, &office }, { &camera, &office }, { &phone, &router3 },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (well_run && (pairs[i][0] == &maintenance || pairs[i][0] == &phone))
			continue;          /* switched off outside of its hours; not let in */
		for (int64_t t = at(0, 1 + (double)i * 0.7); t; t = after(t, 90))
			if (pairs[i][0] != &phone || t > at(0.1, 1))
				gen_arp_pair(t, pairs[i][0], pairs[i][1]);
	}
	for (int64_t t = at(0, 0.5); t; t = after(t, 8))
		stp(t, &line_switch);
	for (int64_t t = at(0, 5); t; t = after(t, 30))
		lldp(t, &line_switch, "port1.0.24", "mirror", "SW-LINE1",
		     "Allied Telesis router/switch, AlliedWare Plus (TM) 5.4.9-0.1, x230-10GP");
	for (int64_t t = well_run ? 0 : at(0, 20); t; t = after(t, 120)) {
		nbns_query(t, &eng, "192.168.1.255", "FILESV");
		nbns_query(t + SECOND, &scada, "192.168.2.255", "WORKGROUP");
		ssdp_search(t + 2 * SECOND, &office);
	}
	unsigned sequence = 0;
	for (int64_t t = at(0, 30); t; t = after(t, 300)) {
		gen_icmp_echo(t, &scada, &plc2, ++sequence, false);
		gen_icmp_echo(t + MILLI, &plc2, &scada, sequence, true);
	}
}

/*
 * A PC of Windows at the port: it gets an address, looks for its router, and tells its name. With traffic of its own
 * it also looks whether the internet is there.
 */
static void look_from_port(bool own_traffic)
{
	dhcp_lease(at(0, 10), &laptop, &router1, "SHINDAN-NOTE", "MSFT 5.0", windows_wants, sizeof windows_wants);
	truth_finding("PLT-NAME-001", &laptop, nbns_register(at(0, 11), &laptop, "192.168.1.255", "SHINDAN-NOTE"));
	for (int64_t t = at(0, 12); t; t = after(t, 60))
		gen_arp_pair(t, &laptop, &router1);
	for (int64_t t = at(0, 40); own_traffic && t; t = after(t, 300)) {
		struct tcp x;
		dns_query(t, &laptop, &router1, "www.msftconnecttest.com", web_server.address);
		tcp_open(&x, &laptop, &web_server, 80, t + 50 * MILLI);
		http_get(&x, "www.msftconnecttest.com", "/connecttest.txt", "User-Agent: Microsoft NCSI\r\n", "200 OK",
			 "Content-Type: text/plain\r\n", "Microsoft Connect Test");
		tcp_close(&x);
	}
	gen_port(&laptop);
	truth_of_port();
}

static const char usage[] = "usage: factory [--clean | --port | --busy-port] [--hours 0.1…100] [-o FILE.pcap] [--pieces FRAMES] "
			    "[--truth]\n";

int main(int argc, char **argv)
{
	const char *out = NULL;
	bool print = false, from_port = false, own_traffic = false;
	size_t pieces = 0;          /* frames of each, with -o PREFIX */
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--truth") == 0) {
			print = true;
		} else if (strcmp(argv[i], "--clean") == 0) {
			well_run = true;
		} else if (strcmp(argv[i], "--port") == 0 || strcmp(argv[i], "--busy-port") == 0) {
			from_port = true;
			own_traffic = argv[i][2] == 'b';
		} else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) {
			out = argv[++i];
		} else if (strcmp(argv[i], "--pieces") == 0 && i + 1 < argc && atol(argv[i + 1]) > 0) {
			pieces = (size_t)atol(argv[++i]);
		} else if (strcmp(argv[i], "--hours") == 0 && i + 1 < argc && atof(argv[i + 1]) >= 0.1 &&
			   atof(argv[i + 1]) <= 100) {
			duration = llround(atof(argv[++i]) * 3600) * SECOND;
		} else {
			fputs(usage, stderr);
			return 64;
		}
	}
	morning();
	noise();
	if (!well_run)
		two_printers();
	line1();
	line2();
	line3();
	transfer_line();
	if (well_run) {
		run_well();
	} else {
		engineer();
		remote_maintenance();
		at_the_office();
		habits();
	}
	if (from_port)
		look_from_port(own_traffic);
	if (!(pieces && out ? gen_write_pieces(out, pieces) : gen_write(out))) {
		fprintf(stderr, "factory: %s: %s\n", out ? out : "memory", strerror(errno));
		return 2;
	}
	if (print)
		truth_print(stdout, hosts, n_hosts, START, duration);
	return 0;
}
