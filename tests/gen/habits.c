/* Conveniences that nobody decided on: screens, names and clocks that reach further than they should. */
#include "factory.h"

/* The foreman looks at the panel of line 1 from his desk, without a password. */
static void panel_on_the_desk(void)
{
	struct tcp x;
	tcp_open(&x, &office, &hmi1, 5900, at(0.72, 0));
	struct marks m = vnc_open(&x, "LINE1");
	truth_weakness(&office, &hmi1, "vnc", "vnc-no-authentication", m.request);
	truth_finding("REM-VNC-001", &hmi1, m.request);
	truth_finding("REM-DESK-001", &hmi1, x.opened);
	truth_finding("BND-OFFICE-001", &hmi1, x.opened);
	for (int i = 0; i < 10; i++) {
		x.t += 3 * SECOND;
		vnc_picture(&x);
	}
	tcp_close(&x);
}

/* The engineer's remote desktop on the SCADA of line 2 knows no network level authentication. */
static void remote_desktop_of_line2(void)
{
	struct tcp x;
	tcp_open(&x, &eng, &scada, 3389, at(0.74, 0));
	struct marks m = rdp_open(&x, "seigi", "SCADA-LINE2");
	truth_weakness(&eng, &scada, "rdp", "rdp-without-nla", m.request);
	truth_finding("REM-RDP-001", &scada, m.request);
	truth_finding("REM-DESK-001", &scada, x.opened);
	for (int i = 0; i < 10; i++) {
		x.t += 2 * SECOND;
		tls_data(&x, CLIENT, 80);
		tls_data(&x, SERVER, 1200);
	}
	tcp_close(&x);
}

void habits(void)
{
	struct tcp x;
	struct marks m;
	panel_on_the_desk();
	remote_desktop_of_line2();

	/* The network's traffic is counted from the office, with the word that everybody knows. */
	for (int64_t t = at(0.7, 0); t; t = after(t, 300)) {
		m = snmp_descr(t, &office, &line_switch, "public", "Allied Telesis router/switch, x230-10GP");
		truth_weakness(&office, &line_switch, "snmp", "snmp-default-community", m.request);
		truth_finding("IT-SNMP-001", &line_switch, m.request);
		truth_finding("IT-SNMP-002", &line_switch, m.request);
	}

	/* The KV-8000 has an OPC UA server, left open for trials. */
	tcp_open(&x, &collector, &keyence, 4840, at(0.76, 0));
	m = opcua_open(&x, "opc.tcp://192.168.3.11:4840");
	truth_weakness(&collector, &keyence, "opcua", "opcua-policy-none", m.response);
	truth_weakness(&collector, &keyence, "opcua", "opcua-anonymous", m.response);
	truth_finding("OT-OPCUA-001", &keyence, m.response);
	for (int i = 0; i < 10; i++) {
		x.t += 5 * SECOND;
		opcua_read(&x);
	}
	tcp_close(&x);

	/* The lathe knows no newer file sharing. */
	tcp_open(&x, &collector, &lathe, 445, at(0.78, 0));
	m = smb1_negotiate(&x);
	truth_weakness(&collector, &lathe, "smb", "smb1", m.response);
	truth_finding("PLT-SMB1-001", &lathe, m.response);
	tcp_close(&x);

	/* The SCADA asks a server on the internet what time it is. */
	for (int64_t t = at(0.8, 0); t; t = after(t, 600)) {
		m = ntp_ask(t, &scada, &time_server);
		truth_outside(&scada, &time_server, 123);
		truth_finding("BND-DNS-001", &scada, m.request);
	}
}
