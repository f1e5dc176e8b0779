/*
 * Vendor ids of PROFINET: the numbers of PI's list of manufacturers, which PROFIBUS, PROFINET and IO-Link share
 * (published by the IO-Link community as Vendor_ID_Table.xml). Not all of it: makers of what stands in a factory.
 * Left out is 286, Hilscher, whose interfaces speak for devices of many other makers.
 */
#include <stdio.h>

#include "dissect/profinet.h"

static const struct {
	uint16_t id;
	const char *name;
} vendors[] = {
	{ 1, "Pepperl+Fuchs" }, { 2, "Rockwell Automation" }, { 17, "Endress+Hauser" }, { 26, "SICK" },
	{ 29, "M-System" }, { 38, "Rosemount" }, { 42, "Siemens" }, { 87, "wenglor" }, { 120, "Bürkert" },
	{ 127, "LABOM" }, { 131, "SMC" }, { 176, "Phoenix Contact" }, { 234, "Schmalz" }, { 259, "Bosch Rexroth" },
	{ 262, "Lenze" }, { 266, "SEW-EURODRIVE" }, { 268, "HMS Industrial Networks" }, { 271, "Parker Hannifin" },
	{ 272, "Fraba" }, { 285, "WAGO" }, { 287, "Bosch Rexroth" }, { 288, "Beckhoff" }, { 292, "Deutschmann" },
	{ 295, "Molex" }, { 297, "Schneider Electric" }, { 303, "Murrelektronik" }, { 308, "Weidmüller" },
	{ 309, "EUCHNER" }, { 310, "ifm electronic" }, { 317, "Turck" }, { 333, "Festo" }, { 338, "Leuze electronic" },
	{ 339, "TR-Electronic" }, { 342, "Contrinex" }, { 346, "GE Intelligent Platforms" }, { 347, "SensoPart" },
	{ 348, "HYDAC" }, { 350, "Baumer" }, { 355, "Comtrol" }, { 362, "Belden" }, { 375, "KEB" }, { 401, "GEMÜ" },
	{ 412, "Datalogic" }, { 418, "HOMAG" }, { 451, "Banner Engineering" }, { 505, "Gefran" }, { 509, "KEYENCE" },
	{ 540, "Mitsubishi Electric" }, { 545, "di-soric" }, { 555, "Lenze" }, { 561, "ITOH DENKI" },
	{ 587, "Schmersal" }, { 604, "TRsystems" }, { 612, "OMRON" }, { 643, "Lütze" }, { 690, "WERMA" },
	{ 693, "AVENTICS" }, { 696, "E-T-A" }, { 753, "ASCO Numatics" }, { 757, "Anywire" }, { 763, "PATLITE" },
	{ 765, "SCHUNK" }, { 779, "Novotechnik" }, { 780, "ipf electronic" }, { 796, "Piab" },
	{ 807, "AMADA" }, { 809, "MTS Sensor Technologie" }, { 834, "Panasonic Industrial Devices SUNX" },
	{ 836, "Zimmer" }, { 839, "JUMO" }, { 855, "CKD" }, { 871, "NAGANO KEIKI" }, { 888, "Balluff" },
	{ 896, "Carlo Gavazzi" }, { 899, "Autonics" }, { 910, "Azbil" }, { 929, "Takenaka Electronic" },
	{ 930, "SICK OPTEX" }, { 942, "Norgren" }, { 970, "Advantech" }, { 980, "motrona" }, { 985, "B&PLUS" },
	{ 998, "Kawasaki Heavy Industries" }, { 1004, "CONTEC" }, { 1019, "Delta Electronics" }, { 1020, "MISUMI" },
	{ 1045, "Koganei" }, { 1073, "WITTENSTEIN" }, { 1075, "SIKO" }, { 1076, "OPTEX FA" }, { 1093, "PULS" },
	{ 1095, "KUNBUS" }, { 1144, "Nanotec" }, { 1145, "IDEC" }, { 1157, "KROHNE" }, { 1166, "Panasonic" },
	{ 1167, "LINAK" }, { 1171, "RT-Labs" }, { 1174, "WEG" }, { 1189, "WIKA" }, { 1213, "Metrol" },
	{ 2351, "Pilz" },
};

const char *profinet_vendor(uint16_t id)
{
	size_t low = 0, high = sizeof vendors / sizeof *vendors;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (vendors[middle].id == id)
			return vendors[middle].name;
		if (vendors[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void profinet_device_id(struct dissect *d, uint32_t entity, uint16_t vendor, uint16_t device, const char *source)
{
	char code[16];
	if (!vendor)
		return;
	snprintf(code, sizeof code, "0x%04x/0x%04x", vendor, device);
	dissect_attr_of(d, entity, ATTR_PRODUCT_CODE, code, source);
	dissect_attr_of(d, entity, ATTR_VENDOR, profinet_vendor(vendor), source);
}
