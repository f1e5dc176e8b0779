/* What the machines of the lines do, as their cells need it. */
#include "factory.h"

const struct cip_identity plc1_identity = { 1, 14, 107, 20, 14, 0x60a1b2c3, "1769-L30ER/A LOGIX5330ER", 3 };
const struct cip_identity io1_identity = { 1, 12, 108, 5, 12, 0x60d4e5f6, "1734-AENT/B", 3 };
const struct cip_identity hmi1_identity = { 1, 24, 51, 6, 10, 0x0c0b0a09, "PanelView Plus_6 1000", 3 };

void line1(void)
{
	struct tcp x;
	tcp_open(&x, &hmi1, &plc1, 44818, at(0, 1));
	uint32_t session = enip_register(&x);
	truth_finding("OT-AUTH-001", &plc1, x.first.response);
	truth_operation(&hmi1, &plc1, "enip", "identity", enip_identity_all(&x, session, &plc1_identity));
	unsigned round = 0;
	for (int64_t t = at(0, 6); t; t = after(t, 5)) {
		x.t = t;
		if (++round % 180 == 0)
			truth_operation(&hmi1, &plc1, "enip", "write",
					enip_write_tag(&x, session, "Line1_Speed", 1200 + round));
		else
			enip_read_tag(&x, session, round & 1 ? "Line1_Count" : "Line1_Status", round);
	}
	tcp_close(&x);

	tcp_open(&x, &plc1, &io1, 44818, at(0, 1.5));
	session = enip_register(&x);
	truth_finding("OT-AUTH-001", &io1, x.first.response);
	enip_forward_open(&x, session, 0x80010001, 0x80020001);
	uint32_t sequence = 0;
	for (int64_t t = at(0, 3); t; t = after(t, 2)) {
		uint8_t data[8] = { (uint8_t)gen_random(256), (uint8_t)gen_random(256) };
		enip_io(t, &plc1, &io1, 0x80010001, ++sequence, true, data, 4);
		enip_io(t + 5 * MILLI, &io1, &plc1, 0x80020001, sequence, false, data, 8);
	}
}

void line2(void)
{
	struct tcp x;
	tcp_open(&x, &scada, &plc2, 102, at(0, 2));
	truth_finding("OT-AUTH-001", &plc2, s7_connect(&x, 2).response);
	struct marks m = s7_szl_0011(&x, "6ES7 315-2EH14-0AB0 ", 3, 2, 10);
	truth_operation(&scada, &plc2, "s7comm", "identity", m);
	truth_finding("PLT-EOL-001", &plc2, m.response);   /* an S7-300: discontinued in October 2023 */
	truth_operation(&scada, &plc2, "s7comm", "identity",
			s7_szl_001c(&x, "SIMATIC 300(1)", "CPU 315-2 PN/DP", "\x91\xe6" "2\x83\x89\x83\x43\x83\x93", "S C-C2UR28922012",
				    "CPU 315-2 PN/DP"));
	unsigned round = 0;
	for (int64_t t = at(0, 6); t; t = after(t, 4)) {
		x.t = t;
		if (++round % 150 == 0)
			truth_operation(&scada, &plc2, "s7comm", "write", s7_write_db(&x, 10, 4, 40 + round));
		else
			s7_read_db(&x, 10, 0, 32);
	}
	tcp_close(&x);

	tcp_open(&x, &scada, &plc3, 502, at(0, 2.5));
	truth_operation(&scada, &plc3, "modbus", "identity",
			modbus_identity(&x, 1, "Schneider Electric", "BMX P34 2020", "v2.70"));
	truth_finding("OT-AUTH-001", &plc3, x.first.response);
	truth_operation(&scada, &plc3, "modbus", "identity", modbus_server_id(&x, 1, "Press No.3"));
	modbus_refused(&x, 1, 3, 2);
	round = 0;
	for (int64_t t = at(0, 7); t; t = after(t, 4)) {
		x.t = t;
		const uint16_t values[3] = { 100, 200, (uint16_t)round };
		if (++round % 150 == 0)
			truth_operation(&scada, &plc3, "modbus", "write", modbus_write_many(&x, 1, 300, values, 3));
		else if (round % 150 == 75)
			truth_operation(&scada, &plc3, "modbus", "write", modbus_write(&x, 1, 310, round));
		else
			modbus_read(&x, 1, round & 1 ? 3 : 1, 100, 20);
	}
	tcp_close(&x);
	tcp_refused(&scada, &plc3, 80, at(0.2, 0));
}

/* A PC collects the numbers of all machines of line 3. */
void line3(void)
{
	static const struct host *const machines[] = { &melsec, &keyence, &omron, &panasonic, &jtekt, &lathe, &robot1, &robot2 };
	struct tcp x;
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		for (int64_t t = at(0, 0.3 + (double)i * 0.4); t; t = after(t, 120))
			gen_arp_pair(t, &collector, machines[i]);

	tcp_open(&x, &collector, &melsec, 5007, at(0, 1.2));
	truth_operation(&collector, &melsec, "slmp", "identity", slmp_type_name(&x, "FX5U-32MT/ES", 0x4a29));
	truth_finding("OT-AUTH-001", &melsec, x.first.response);
	unsigned round = 0;
	for (int64_t t = at(0, 4); t; t = after(t, 5)) {
		x.t = t;
		if (++round % 120 == 0)
			truth_operation(&collector, &melsec, "slmp", "write", slmp_write(&x, 2000, round));
		else
			slmp_read(&x, 100, 20);
	}

	struct marks m = fins_controller_data(at(0, 1.4), &collector, &omron, "CJ2M-CPU33", "02.01");
	truth_operation(&collector, &omron, "fins", "identity", m);
	truth_finding("OT-AUTH-001", &omron, m.response);
	round = 0;
	for (int64_t t = at(0, 4.5); t; t = after(t, 5))
		if (++round % 120 == 0)
			truth_operation(&collector, &omron, "fins", "write", fins_write(t, &collector, &omron, 500, round));
		else
			fins_read(t, &collector, &omron, 100, 10);

	tcp_open(&x, &collector, &keyence, 8501, at(0, 1.6));
	truth_operation(&collector, &keyence, "keyence-kv", "identity", kv_ask(&x, "?K", "57"));
	truth_finding("OT-AUTH-001", &keyence, x.first.response);
	round = 0;
	for (int64_t t = at(0, 5); t; t = after(t, 5)) {
		x.t = t;
		if (++round % 120 == 0)
			truth_operation(&collector, &keyence, "keyence-kv", "write", kv_ask(&x, "WRS DM300.U 2 17 4", "OK"));
		else
			kv_ask(&x, "RDS DM100.U 3", "00017 00004 65535");
	}

	tcp_open(&x, &collector, &panasonic, 9094, at(0, 1.8));
	for (int64_t t = at(0, 5.5); t; t = after(t, 10)) {
		x.t = t;
		if (++round % 60 == 0)
			truth_operation(&collector, &panasonic, "mewtocol", "write",
					mewtocol_ask(&x, "%01#WDD00200002010500", "%01$WD"));
		else
			mewtocol_ask(&x, "%01#RDD0010000101", "%01$RD63004433");
	}
	truth_finding("OT-AUTH-001", &panasonic, x.first.response);

	tcp_open(&x, &collector, &jtekt, 1025, at(0, 2.1));
	for (int64_t t = at(0, 6); t; t = after(t, 10)) {
		x.t = t;
		if (++round % 60 == 0)
			truth_operation(&collector, &jtekt, "toyopuc", "write", toyopuc_write(&x, 0x1010, round));
		else
			toyopuc_read(&x, 0x1000, 8);
	}
	truth_finding("OT-AUTH-001", &jtekt, x.first.response);

	tcp_open(&x, &collector, &lathe, 8193, at(0, 2.3));
	focas_open(&x);
	truth_finding("OT-AUTH-001", &lathe, x.first.response);
	truth_operation(&collector, &lathe, "focas", "identity", focas_sysinfo(&x, "31", "T", "G431", "50.0"));
	for (int64_t t = at(0, 6.5); t; t = after(t, 10)) {
		x.t = t;
		focas_status(&x);
	}

	m = hses_system(at(0, 2.6), &collector, &robot1, "YAS4.12.00A(JP)-00", "GP25");
	truth_operation(&collector, &robot1, "hses", "identity", m);
	truth_finding("OT-AUTH-001", &robot1, m.response);
	for (int64_t t = at(0, 7); t; t = after(t, 10))
		hses_status(t, &collector, &robot1);

	tcp_open(&x, &collector, &robot2, 5007, at(0, 2.8));
	bcap(&x, 1, "");
	truth_finding("OT-AUTH-001", &robot2, x.first.response);
	bcap(&x, 3, "RC8,CaoProv.DENSO.VRC");
	for (int64_t t = at(0, 7.5); t; t = after(t, 20)) {
		x.t = t;
		bcap(&x, 64, NULL);
	}
}

void transfer_line(void)
{
	struct bytes words = { .n = 0 }, none = { .n = 0 };
	for (int64_t t = at(0, 2); t; t = after(t, 5)) {
		flnet_cyclic(t, &transfer1, 1, 2);
		flnet_cyclic(t + 4 * MILLI, &transfer2, 2, 1);
	}
	be16(&words, 17);
	be16(&words, 4);
	struct marks m = flnet_ask(at(0.2, 1.5), &transfer1, 1, &transfer2, 2, 65006, 0x100, &words);
	truth_operation(&transfer1, &transfer2, "flnet", "write", m);
	truth_finding("OT-AUTH-001", &transfer2, m.request);
	if (well_run)
		return;
	m = flnet_ask(at(0.5, 1.5), &toolbox, 254, &transfer2, 2, 65009, 0, &none);
	truth_operation(&toolbox, &transfer2, "flnet", "stop", m);
	truth_finding("OT-STOP-001", &transfer2, m.request);
	truth_operation(&toolbox, &transfer2, "flnet", "start",
			flnet_ask(at(0.5, 8.5), &toolbox, 254, &transfer2, 2, 65010, 0, &none));
}
