/*
 * Who speaks what: the kind of who answers a protocol and of who asks by it, and at
 * which Purdue level that stands. Names are those of the dissectors and of nDPI; the
 * first that fits decides. Weights as in kind_table.c.
 */
#include "inventory/resolve.h"

#define OT(name, level, server, weight) { name, true, level, server, weight, false, false, KIND_UNKNOWN }
/* Cyclic data: who asks is no panel but a controller. */
#define CYCLIC(name, level, server, weight) { name, true, level, server, weight, false, false, KIND_PLC }
#define IT(name, server, weight) { name, false, -1, server, weight, false, false, KIND_UNKNOWN }
#define FILES(name, server, weight) { name, false, -1, server, weight, false, true, KIND_UNKNOWN }
#define OFFICE(name, server, weight) { name, false, -1, server, weight, true, false, KIND_UNKNOWN }

const struct kind_protocol kind_protocols[] = {
	/* Controllers */
	OT("s7comm*", 1, KIND_PLC, 62), OT("fins", 1, KIND_PLC, 62), OT("slmp", 1, KIND_PLC, 60),
	OT("melsoft", 1, KIND_PLC, 62), OT("toyopuc", 1, KIND_PLC, 62), OT("keyence*", 1, KIND_PLC, 62),
	OT("kv*", 1, KIND_PLC, 62), OT("mewtocol", 1, KIND_PLC, 62), OT("umas", 1, KIND_PLC, 64),
	OT("ge-srtp", 1, KIND_PLC, 62), OT("srtp-ge", 1, KIND_PLC, 62), OT("codesys", 1, KIND_PLC, 60),
	OT("pccc", 1, KIND_PLC, 62), OT("memobus", 1, KIND_PLC, 60), OT("fa-m3", 1, KIND_PLC, 62),
	OT("yokogawa*", 1, KIND_PLC, 62), OT("ads", 1, KIND_PLC, 56), OT("ether-s-io", 1, KIND_PLC, 55),
	OT("ethersio", 1, KIND_PLC, 55), OT("ethersbus", 1, KIND_PLC, 55), OT("saia*", 1, KIND_PLC, 55),
	OT("bsap", 1, KIND_PLC, 55), OT("roc-plus", 1, KIND_PLC, 55), OT("dnp3", 1, KIND_PLC, 52),
	OT("iec104", 1, KIND_PLC, 52), OT("modbus", 1, KIND_PLC, 45), OT("enip", 1, KIND_PLC, 42),
	/* Others of the machine */
	OT("focas*", 1, KIND_CNC, 66), OT("hses", 1, KIND_ROBOT, 66), OT("bcap", 1, KIND_ROBOT, 66),
	OT("b-cap", 1, KIND_ROBOT, 66), OT("hart-ip", 1, KIND_GATEWAY, 45), OT("atg", 1, KIND_SENSOR, 50),
	OT("c1222", 1, KIND_SENSOR, 48), OT("dlms*", 1, KIND_SENSOR, 48), OT("synchrophasor", 1, KIND_SENSOR, 48),
	OT("ieee_c37118", 1, KIND_SENSOR, 48), OT("ieee-c37118", 1, KIND_SENSOR, 48),
	/* Cyclic data, I/O */
	CYCLIC("cipio", 1, KIND_IO, 42), OT("cip*", 1, KIND_PLC, 44), OT("profinet-io", 1, KIND_IO, 52),
	OT("profinet-rt", 1, KIND_UNKNOWN, 0), OT("profinet*", -1, KIND_UNKNOWN, 0),
	CYCLIC("cclink*", 1, KIND_IO, 45), CYCLIC("cc-link*", 1, KIND_IO, 45), CYCLIC("ethercat", 1, KIND_UNKNOWN, 0),
	CYCLIC("powerlink", 1, KIND_UNKNOWN, 0), OT("flnet", 1, KIND_PLC, 58), OT("fl-net", 1, KIND_PLC, 58),
	CYCLIC("egd", -1, KIND_UNKNOWN, 0),   /* who sends is the producer, and nobody answers */
	/* Energy, buildings, trains, cars */
	OT("mms", 1, KIND_UNKNOWN, 0), OT("iso9506-1-mms", 1, KIND_UNKNOWN, 0), OT("goose", 1, KIND_UNKNOWN, 0),
	OT("sv", 1, KIND_UNKNOWN, 0), OT("iec61850*", 1, KIND_UNKNOWN, 0), OT("bacnet*", 1, KIND_UNKNOWN, 0),
	OT("genisys", 1, KIND_UNKNOWN, 0), OT("knx*", 1, KIND_GATEWAY, 50), OT("fox", 2, KIND_GATEWAY, 45),
	OT("niagara*", 2, KIND_GATEWAY, 45), OT("doip", 1, KIND_UNKNOWN, 0), OT("trdp", 1, KIND_UNKNOWN, 0),
	/* Above the controllers */
	OT("opcua", 2, KIND_SERVER, 30), OT("opcda", 2, KIND_SERVER, 30), OT("mtconnect", 2, KIND_CNC, 40),

	IT("ipp", KIND_PRINTER, 60), IT("jetdirect", KIND_PRINTER, 60), IT("pdl-datastream", KIND_PRINTER, 60),
	IT("lpd", KIND_PRINTER, 55), IT("raw-print*", KIND_PRINTER, 58), IT("rtsp", KIND_CAMERA, 47),
	IT("onvif", KIND_CAMERA, 55), IT("kerberos", KIND_SERVER, 52), IT("rdp", KIND_PC, 35),
	IT("mqtt", KIND_SERVER, 40), IT("ntp", KIND_SERVER, 20), IT("dns", KIND_SERVER, 22),
	IT("dhcp", KIND_ROUTER, 24), IT("syslog", KIND_SERVER, 20), IT("tacacs*", KIND_SERVER, 45),
	IT("radius", KIND_SERVER, 45), IT("capwap", KIND_WIRELESS, 40), IT("sip", KIND_IOT, 20),
	FILES("ldap*", KIND_SERVER, 50), FILES("netlogon", KIND_SERVER, 52), FILES("afp", KIND_NAS, 45),
	FILES("nfs", KIND_NAS, 40), FILES("smb*", KIND_SERVER, 25), FILES("ftp*", KIND_UNKNOWN, 0),
	FILES("mssql*", KIND_SERVER, 52), FILES("tds", KIND_SERVER, 52), FILES("mysql", KIND_SERVER, 52),
	FILES("postgres*", KIND_SERVER, 52), FILES("oracle", KIND_SERVER, 52), FILES("mongodb", KIND_SERVER, 52),
	OFFICE("smtp*", KIND_SERVER, 40), OFFICE("imap*", KIND_SERVER, 45), OFFICE("pop*", KIND_SERVER, 45),
	{ NULL, false, -1, KIND_UNKNOWN, 0, false, false, KIND_UNKNOWN },
};
