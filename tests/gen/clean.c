/* The same factory run well: what people and boxes do here instead of people.c and habits.c. */
#include "factory.h"

/* Everybody who can asks the server in the network between for the time, and tells it what happens. */
static void time_and_logs(void)
{
	static const struct host *const clocks[] = {
		&line_switch, &plc1, &hmi1, &eng, &plc2, &plc3, &scada, &melsec, &keyence, &omron, &collector, &nas, &camera,
		&office,
	};
	for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
		for (int64_t t = at(0, 20 + (double)i); t; t = after(t, 1024))
			ntp_ask(t, clocks[i], &log_server);
	for (int64_t t = at(0, 60); t; t = after(t, 300)) {
		gen_arp_pair(t - SECOND, &log_server, &router5);
		syslog_send(t, &line_switch, &log_server, "May 13 09:00:00 SW-LINE1 IMI: port1.0.5 up");
		syslog_send(t + SECOND, &router5, &log_server, "May 13 09:00:01 RTX [INSPECT] LAN2 pass");
	}
}

/* One station for line 1: it reads the milling machine's state, and keeps the switch by SSH. */
static void station(void)
{
	struct tcp x;
	struct bytes o = { .n = 0 };
	tcp_open(&x, &eng, &line_switch, 22, at(0.3, 0));
	ssh_session(&x, 20);
	tcp_close(&x);

	tcp_open(&x, &eng, &cnc, 8193, at(0, 9));
	focas_open(&x);
	truth_finding("OT-AUTH-001", &cnc, x.first.response);
	truth_operation(&eng, &cnc, "focas", "identity", focas_sysinfo(&x, "30", "M", "G4F0", "27.0"));
	for (int64_t t = at(0, 12); t; t = after(t, 20)) {
		x.t = t;
		focas_status(&x);
	}

	/* Labels of the line, by the line's own printer. */
	text(&o, "\x02\x1b" "A\x1bV0100\x1bH0100\x1bL0202\x1bSFLANGE\x1bQ1\x1bZ\x03");
	for (int64_t t = at(0.05, 0); t; t = after(t, 300)) {
		gen_arp_pair(t, &eng, &label_printer);
		tcp_open(&x, &eng, &label_printer, 9100, t + SECOND);
		tcp_say(&x, CLIENT, &o);
		tcp_close(&x);
	}
}

/* The office has the internet, and passwords that nobody can read along the way. */
static void office_hours(void)
{
	struct tcp x;
	struct bytes o = { .n = 0 };
	text(&o, "\x1b%-12345X@PJL INFO STATUS\r\n");
	for (int64_t t = at(0, 15); t; t = after(t, 60)) {
		dns_query(t, &office, &router3, "www.example.com", web_server.address);
		tls_session(t + 50 * MILLI, &office, &web_server, 443, "www.example.com", 2000 + gen_random(6000));
		truth_outside(&office, &web_server, 443);
		tcp_open(&x, &office, &camera, 80, t + 30 * SECOND);
		http_get(&x, "192.168.10.40", "/snapshotJPEG",
			 "Authorization: Digest username=\"viewer\", realm=\"camera\", nonce=\"4f2a91\", uri=\"/snapshotJPEG\", "
			 "algorithm=SHA-256, response=\"6629fae49393a05397450978507c4ef1\"\r\n",
			 "200 OK", "Server: Camera Web Server\r\nContent-Type: image/jpeg\r\n", "picture");
		tcp_close(&x);
	}
	for (int64_t t = at(0, 45); t; t = after(t, 300)) {
		tcp_open(&x, &office, &nas, 445, t);
		smb_negotiate(&x);
		tcp_close(&x);
		gen_arp_pair(t + 10 * SECOND, &office, &office_printer);
		tcp_open(&x, &office, &office_printer, 9100, t + 11 * SECOND);
		tcp_say(&x, CLIENT, &o);
		tcp_close(&x);
	}
}

void run_well(void)
{
	time_and_logs();
	station();
	office_hours();
	truth_kind_unsaid(&eng);   /* it only reads: so does a SCADA */
	truth_worst("low");
}
