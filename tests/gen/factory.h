/* The parts of the made-up factory: who is there, and what they do. */
#ifndef GEN_FACTORY_H
#define GEN_FACTORY_H

#include "proto.h"
#include "truth.h"

/* As such factories are found, or the same one run well (factory --clean). */
extern bool well_run;

/* A moment: this part of the whole, and some seconds. */
int64_t at(double part, double seconds);
/* The time of the next round after t, or 0 at the end. */
int64_t after(int64_t t, double seconds);

/* ---- hosts.c ---- */
extern const struct host router1, router2, router3, line_switch, plc1, io1, hmi1, cnc, eng, maintenance,
	remote1, remote2, remote3, printer1, printer2, plc2, plc3, scada, router4, melsec, keyence, omron, panasonic,
	jtekt, lathe, robot1, robot2, collector, transfer1, transfer2, toolbox, office, nas, camera, phone,
	tunnel_server, remote_desktop, web_server, time_server, mail_server, office_printer, label_printer, router5,
	log_server, laptop;
/* All of them, on their LANs. */
extern const struct host *const hosts[];
extern const size_t n_hosts;

/* ---- lines.c: what the machines do, well run or not ---- */
extern const struct cip_identity plc1_identity, io1_identity, hmi1_identity;
void line1(void);
void line2(void);
void line3(void);
void transfer_line(void);

/* ---- people.c, habits.c: what such a factory would rather not see ---- */
void two_printers(void);
void engineer(void);
void remote_maintenance(void);
void at_the_office(void);
void habits(void);

/* ---- clean.c: what stands there instead where it is run well ---- */
void run_well(void);

#endif
