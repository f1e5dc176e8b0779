/* What people do in a factory that nobody watches over. */
#include <stdio.h>
#include <string.h>

#include "factory.h"

void two_printers(void)
{
	int64_t t = at(0.05, 0);
	truth_conflict(&printer1, &printer2);
	for (unsigned i = 0; t; i++, t = after(t, 240)) {
		const struct host *p = i & 1 ? &printer2 : &printer1;
		mark claim = gen_arp(t, p, 1, NULL, p->address);
		if (i == 1) {
			truth_finding("STA-ARP-001", &printer1, claim);
			truth_finding("STA-ARP-001", &printer2, claim);
		}
		gen_arp(t + SECOND, p, 2, eng.mac, eng.address);
		struct tcp x;
		struct bytes o = { .n = 0 };
		tcp_open(&x, &eng, p, 9100, t + 2 * SECOND);
		text(&o, "\x1b%-12345X@PJL INFO STATUS\r\n");
		tcp_say(&x, CLIENT, &o);
		/* The laser printer is the office's; the label printer belongs to the line. */
		if (p == &printer1) {
			truth_finding("BND-FLAT-001", &plc1, x.opened);
			truth_finding("BND-FLAT-001", &io1, x.opened);
			truth_candidate("BND-FLAT-001", &cnc, x.opened);   /* only its MAC and a banner say that it is one */
		}
		tcp_close(&x);
	}
}

/* The engineer works over the border of the lines, and types passwords. */
void engineer(void)
{
	struct tcp x;
	uint8_t code[600];
	for (size_t i = 0; i < sizeof code; i++)
		code[i] = (uint8_t)gen_random(256);
	tcp_open(&x, &eng, &plc2, 102, at(0.4, 0));
	s7_connect(&x, 2);
	struct marks m = s7_stop(&x);
	truth_operation(&eng, &plc2, "s7comm", "stop", m);
	truth_finding("OT-STOP-001", &plc2, m.request);
	x.t += 3 * SECOND;
	m = s7_download(&x, 1, code, sizeof code);
	truth_operation(&eng, &plc2, "s7comm", "download", m);
	truth_finding("OT-PROG-001", &plc2, m.request);
	x.t += 3 * SECOND;
	truth_operation(&eng, &plc2, "s7comm", "start", s7_start(&x));
	tcp_close(&x);

	tcp_open(&x, &eng, &melsec, 5007, at(0.42, 0));
	m = slmp_stop(&x);
	truth_operation(&eng, &melsec, "slmp", "stop", m);
	truth_finding("OT-STOP-001", &melsec, m.request);
	x.t += 5 * SECOND;
	truth_operation(&eng, &melsec, "slmp", "start", slmp_run(&x));
	tcp_close(&x);
	m = fins_stop(at(0.44, 0), &eng, &omron);
	truth_operation(&eng, &omron, "fins", "stop", m);
	truth_finding("OT-STOP-001", &omron, m.request);
	truth_operation(&eng, &omron, "fins", "start", fins_run(at(0.44, 6), &eng, &omron));
	m = hses_start(at(0.46, 0), &eng, &robot1);
	truth_operation(&eng, &robot1, "hses", "start", m);
	truth_finding("OT-STOP-001", &robot1, m.request);

	tcp_open(&x, &eng, &line_switch, 23, at(0.3, 0));
	mark typed = telnet_login(&x, "AlliedWare Plus (TM) 5.4.9", "manager", "friend");
	truth_weakness(&eng, &line_switch, "telnet", "password-in-clear", typed);
	truth_finding("IT-TELNET-001", &line_switch, typed);
	tcp_close(&x);

	unsigned program = 1230;
	for (int64_t t = at(0.02, 20); t; t = after(t, 1500)) {
		char name[20], nc[2000];
		int n = snprintf(nc, sizeof nc, "%%\r\nO%u(FLANGE)\r\nG21 G90 G54\r\n", ++program);
		for (int i = 0; i < 40; i++)
			n += snprintf(nc + n, sizeof nc - (size_t)n, "N%d G01 X%u.%03u Y%u.%03u F200\r\n", 10 * i,
				      gen_random(100), gen_random(1000), gen_random(100), gen_random(1000));
		snprintf(nc + n, sizeof nc - (size_t)n, "M30\r\n%%\r\n");
		snprintf(name, sizeof name, "O%u.NC", program);
		tcp_open(&x, &eng, &cnc, 21, t);
		m = ftp_login(&x, "220 FANUC FTP server ready.", "DNC", "DNC1234");
		truth_weakness(&eng, &cnc, "ftp", "password-in-clear", m.request);
		truth_finding("IT-FTP-001", &cnc, m.request);
		ftp_store(&x, name, nc);
		tcp_line(&x, CLIENT, "QUIT");
		tcp_close(&x);
	}

	/* Somebody helps him from outside, over a service for remote desktops. */
	struct bytes o = { .n = 0 };
	tcp_open(&x, &eng, &remote_desktop, 5938, at(0.5, 0));
	truth_outside(&eng, &remote_desktop, 5938);
	put(&o, "\x17\x24\x0a\x20\x00\x00\x00\x00\x00\x80\x00\x00", 12);
	zero(&o, 30);
	tcp_ask(&x, &o, &o);
	truth_finding("REM-TOOL-001", &eng, x.opened);
	truth_finding("BND-INET-003", &eng, x.opened);
	for (int i = 0; i < 60; i++) {
		x.t += 5 * SECOND;
		o.n = 0;
		put(&o, "\x11\x30\x40\x00\x3a\x00", 6);
		for (int k = 0; k < 200; k++)
			put8(&o, gen_random(256));
		tcp_say(&x, i % 3 ? SERVER : CLIENT, &o);
	}
	tcp_close(&x);
}

/* The maker's box keeps a tunnel open all day; through it the maker stops the line. */
void remote_maintenance(void)
{
	struct tcp x;
	truth_outside(&maintenance, &tunnel_server, 1194);
	truth_finding("REM-VPN-001", &maintenance, openvpn_open(at(0, 2.5), &maintenance, &tunnel_server).request);
	truth_candidate("REM-ROUTER-001", &maintenance, NO_MARK);   /* its MAC's maker sells other boxes, too */
	for (int64_t t = at(0, 10); t; t = after(t, 10)) {
		openvpn_data(t, &maintenance, &tunnel_server, 60);
		openvpn_data(t + 30 * MILLI, &tunnel_server, &maintenance, 60);
	}
	tcp_open(&x, &remote1, &plc1, 44818, at(0.62, 0));
	uint32_t session = enip_register(&x);
	truth_operation(&remote1, &plc1, "enip", "identity", enip_identity_all(&x, session, &plc1_identity));
	struct marks m = enip_service(&x, session, 0x07, 0x8e, 1);
	truth_operation(&remote1, &plc1, "enip", "stop", m);
	truth_finding("OT-STOP-001", &plc1, m.request);
	/* The frame's MAC is the box's; the views of a scan do not say through whom an address came. */
	truth_candidate("REM-PROG-001", &plc1, m.request);
	x.t += 20 * SECOND;
	truth_operation(&remote1, &plc1, "enip", "start", enip_service(&x, session, 0x06, 0x8e, 1));
	tcp_close(&x);
	tcp_open(&x, &remote2, &hmi1, 80, at(0.64, 0));
	http_get(&x, "192.168.1.20", "/", "", "200 OK", "Server: PanelView\r\n", "<html></html>");
	tcp_close(&x);
	tcp_open(&x, &remote3, &cnc, 21, at(0.66, 0));
	truth_weakness(&remote3, &cnc, "ftp", "password-in-clear",
		       ftp_login(&x, "220 FANUC FTP server ready.", "DNC", "DNC1234").request);
	tcp_close(&x);
}

void at_the_office(void)
{
	static char picture[3001];
	struct tcp x;
	memset(picture, 'x', sizeof picture - 1);
	for (int64_t t = at(0, 15); t; t = after(t, 60)) {
		dns_query(t, &office, &router3, "www.example.com", web_server.address);
		tls_session(t + 50 * MILLI, &office, &web_server, 443, "www.example.com", 2000 + gen_random(6000));
		truth_outside(&office, &web_server, 443);
		if (gen_random(5) == 0) {
			tcp_open(&x, &office, &web_server, 80, t + 20 * SECOND);
			truth_outside(&office, &web_server, 80);
			http_get(&x, "www.example.com", "/news", "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n",
				 "200 OK", "Server: example\r\nContent-Type: text/html\r\n", "<html><title>news</title></html>");
			tcp_close(&x);
		}
		tcp_open(&x, &office, &camera, 80, t + 30 * SECOND);
		struct marks m = http_get(&x, "192.168.10.40", "/snapshotJPEG",
					  "Authorization: Basic YWRtaW46MTIzNDU=\r\n", "200 OK",
					  "Server: Camera Web Server\r\nContent-Type: image/jpeg\r\n", picture);
		truth_weakness(&office, &camera, "http", "password-in-clear", m.request);
		truth_finding("IT-HTTP-001", &camera, m.request);
		tcp_close(&x);
	}
	for (int64_t t = at(0, 45); t; t = after(t, 300)) {
		tcp_open(&x, &office, &nas, 445, t);
		smb_negotiate(&x);
		tcp_close(&x);
		tcp_open(&x, &office, &nas, 5000, t + 10 * SECOND);
		http_get(&x, "192.168.10.5:5000", "/", "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n", "200 OK",
			 "Server: nginx\r\nContent-Type: text/html\r\n",
			 "<html><title>DiskStation - Synology DiskStation</title></html>");
		tcp_close(&x);
	}
	for (int64_t t = at(0.1, 5); t; t = after(t, 400)) {
		dns_query(t, &phone, &router3, "mail.example.org", mail_server.address);
		tls_session(t + 40 * MILLI, &phone, &mail_server, 993, "mail.example.org", 1500);
		truth_outside(&phone, &mail_server, 993);
	}
}
