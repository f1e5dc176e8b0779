/*
 * Commands, models, devices and routes of the MELSEC protocols (SLMP Reference
 * Manual SH-080956ENG, MELSEC Communication Protocol Reference Manual SH-080008,
 * FX5 User's Manual JY997D56001).
 */
#include "dissect/mc.h"

#include <ctype.h>
#include <stdio.h>

#include "base/text.h"

static const struct dissect_code commands[] = {
	{ 0x0101, OP_IDENTITY, "Read Type Name" },
	/* Device, label */
	{ 0x0401, OP_READ, "Read" },
	{ 0x1401, OP_WRITE, "Write" },
	{ 0x0403, OP_READ, "Read Random" },
	{ 0x1402, OP_WRITE, "Write Random" },
	{ 0x0801, OP_READ, "Entry Monitor Device" },
	{ 0x0802, OP_READ, "Execute Monitor" },
	{ 0x0406, OP_READ, "Read Block" },
	{ 0x1406, OP_WRITE, "Write Block" },
	{ 0x041a, OP_READ, "Array Label Read" },
	{ 0x141a, OP_WRITE, "Array Label Write" },
	{ 0x041c, OP_READ, "Label Read Random" },
	{ 0x141b, OP_WRITE, "Label Write Random" },
	/* Memory, modules */
	{ 0x0613, OP_READ, "Memory Read" },
	{ 0x1613, OP_WRITE, "Memory Write" },
	{ 0x0601, OP_READ, "Extend Unit Read" },
	{ 0x1601, OP_WRITE, "Extend Unit Write" },
	/* Remote control */
	{ MC_RUN, OP_START, "Remote RUN" },
	{ MC_STOP, OP_STOP, "Remote STOP" },
	{ MC_PAUSE, OP_STOP, "Remote PAUSE" },
	{ 0x1005, OP_RESET, "Remote Latch Clear" },
	{ 0x1006, OP_RESET, "Remote RESET" },
	{ 0x3070, OP_DIAGNOSTIC, "Indicator Display" },
	/* Remote password */
	{ MC_UNLOCK, OP_LOGIN, "Remote Password Unlock" },
	{ MC_LOCK, OP_LOGIN, "Remote Password Lock" },
	/* Drives and files: QnA's set, then that of Q, L and iQ */
	{ 0x0201, OP_FILE, "Read File Information" },
	{ 0x0202, OP_FILE, "Read File Information with Header" },
	{ 0x0203, OP_FILE, "Search File" },
	{ 0x0204, OP_FILE, "Read File Number Usage" },
	{ 0x0205, OP_FILE, "Read Memory Usage" },
	{ 0x0206, OP_UPLOAD, "Read File" },
	{ 0x0808, OP_FILE, "Lock File" },
	{ 0x1202, OP_FILE, "New File" },
	{ 0x1203, OP_DOWNLOAD, "Write File" },
	{ 0x1204, OP_FILE, "Change File Information" },
	{ 0x1205, OP_FILE, "Delete File" },
	{ 0x1206, OP_FILE, "Copy File" },
	{ 0x1207, OP_CONFIGURATION, "Defragment Memory" },
	{ 0x1810, OP_FILE, "Read Directory/File" },
	{ 0x1811, OP_FILE, "Search Directory/File" },
	{ 0x1820, OP_FILE, "New File" },
	{ 0x1822, OP_FILE, "Delete File" },
	{ 0x1824, OP_FILE, "Copy File" },
	{ 0x1825, OP_FILE, "Change File State" },
	{ 0x1826, OP_FILE, "Change File Date" },
	{ 0x1827, OP_FILE, "Open File" },
	{ 0x1828, OP_UPLOAD, "Read File" },
	{ 0x1829, OP_DOWNLOAD, "Write File" },
	{ 0x182a, OP_FILE, "Close File" },
	/* Test, errors */
	{ 0x0619, OP_DIAGNOSTIC, "Self Test" },
	{ 0x1617, OP_RESET, "Clear Error" },
	{ 0x1619, OP_LOG_ERASE, "Clear Error History" },
	{ 0x2101, OP_READ, "On Demand" },
	/* Nodes of the network, their parameters and state */
	{ 0x0e30, OP_IDENTITY, "Node Search" },
	{ 0x0e31, OP_CONFIGURATION, "IP Address Set" },
	{ 0x0e32, OP_IDENTITY, "Device Information Compare" },
	{ 0x0e33, OP_READ, "Parameter Get" },
	{ 0x0e34, OP_CONFIGURATION, "Parameter Set" },
	{ 0x0e35, OP_CONFIGURATION, "Parameter Set Start" },
	{ 0x0e36, OP_CONFIGURATION, "Parameter Set End" },
	{ 0x0e3a, OP_CONFIGURATION, "Parameter Set Cancel" },
	{ 0x0e44, OP_READ, "Status Read" },
	{ 0x0e45, OP_READ, "Communication Setting Get" },
	{ 0x0e53, OP_READ, "Status Read (several)" },
	{ 0x4020, OP_READ, "CAN Object Access" },
};

/* Q03UDCPU and Q03UDECPU share a code: only types that have one of their own. */
static const struct model { uint16_t code; const char *name; } models[] = {
	{ 0x0230, "QS001CPU" }, { 0x0250, "Q00JCPU" }, { 0x0251, "Q00CPU" }, { 0x0252, "Q01CPU" },
	{ 0x004b, "Q12PRHCPU" }, { 0x004c, "Q25PRHCPU" },
	{ 0x0260, "Q00UJCPU" }, { 0x0261, "Q00UCPU" }, { 0x0262, "Q01UCPU" }, { 0x0263, "Q02UCPU" },
	{ 0x026d, "Q50UDEHCPU" }, { 0x026e, "Q100UDEHCPU" },
	{ 0x0366, "Q03UDVCPU" }, { 0x0367, "Q04UDVCPU" }, { 0x0368, "Q06UDVCPU" }, { 0x036a, "Q13UDVCPU" },
	{ 0x036c, "Q26UDVCPU" },
	{ 0x0541, "L02CPU" }, { 0x0542, "L26CPU-BT" }, { 0x0543, "L02SCPU" }, { 0x0544, "L06CPU" }, { 0x0545, "L26CPU" },
	{ 0x48c0, "L04HCPU" }, { 0x48c1, "L08HCPU" }, { 0x48c2, "L16HCPU" },
	{ 0x4800, "R04CPU" }, { 0x4801, "R08CPU" }, { 0x4802, "R16CPU" }, { 0x4803, "R32CPU" }, { 0x4804, "R120CPU" },
	{ 0x4805, "R04ENCPU" }, { 0x4806, "R08ENCPU" }, { 0x4807, "R16ENCPU" }, { 0x4808, "R32ENCPU" },
	{ 0x4809, "R120ENCPU" }, { 0x4820, "R12CCPU-V" },
	{ 0x4841, "R08PCPU" }, { 0x4842, "R16PCPU" }, { 0x4843, "R32PCPU" }, { 0x4844, "R120PCPU" },
	{ 0x4851, "R08PSFCPU" }, { 0x4852, "R16PSFCPU" }, { 0x4853, "R32PSFCPU" }, { 0x4854, "R120PSFCPU" },
	{ 0x4891, "R08SFCPU" }, { 0x4892, "R16SFCPU" }, { 0x4893, "R32SFCPU" }, { 0x4894, "R120SFCPU" },
	{ 0x48a0, "R00CPU" }, { 0x48a1, "R01CPU" }, { 0x48a2, "R02CPU" },
	{ 0x4a21, "FX5U-32MR/ES" }, { 0x4a23, "FX5U-64MR/ES" }, { 0x4a24, "FX5U-80MR/ES" },
	{ 0x4a29, "FX5U-32MT/ES" }, { 0x4a2b, "FX5U-64MT/ES" }, { 0x4a2c, "FX5U-80MT/ES" },
	{ 0x4a31, "FX5U-32MT/ESS" }, { 0x4a33, "FX5U-64MT/ESS" }, { 0x4a34, "FX5U-80MT/ESS" },
	{ 0x4a41, "FX5U-32MR/DS" }, { 0x4a43, "FX5U-64MR/DS" }, { 0x4a44, "FX5U-80MR/DS" },
	{ 0x4a49, "FX5U-32MT/DS" }, { 0x4a4b, "FX5U-64MT/DS" }, { 0x4a4c, "FX5U-80MT/DS" },
	{ 0x4a51, "FX5U-32MT/DSS" }, { 0x4a53, "FX5U-64MT/DSS" }, { 0x4a54, "FX5U-80MT/DSS" },
	{ 0x4a91, "FX5UC-32MT/D" }, { 0x4a92, "FX5UC-64MT/D" }, { 0x4a93, "FX5UC-96MT/D" },
	{ 0x4a99, "FX5UC-32MT/DSS" }, { 0x4a9a, "FX5UC-64MT/DSS" }, { 0x4a9b, "FX5UC-96MT/DSS" },
	{ 0x4aa9, "FX5UC-32MR/DS-TS" }, { 0x4ab1, "FX5UC-32MT/DS-TS" }, { 0x4ab9, "FX5UC-32MT/DSS-TS" },
	{ 0x4b0d, "FX5UJ-24MR/ES" }, { 0x4b0e, "FX5UJ-40MR/ES" }, { 0x4b0f, "FX5UJ-60MR/ES" },
	{ 0x4b14, "FX5UJ-24MT/ES" }, { 0x4b15, "FX5UJ-40MT/ES" }, { 0x4b16, "FX5UJ-60MT/ES" },
	{ 0x4b1b, "FX5UJ-24MT/ESS" }, { 0x4b1c, "FX5UJ-40MT/ESS" }, { 0x4b1d, "FX5UJ-60MT/ESS" },
	{ 0x4b4e, "FX5S-30MR/ES" }, { 0x4b4f, "FX5S-40MR/ES" }, { 0x4b50, "FX5S-60MR/ES" }, { 0x4b51, "FX5S-80MR/ES" },
	{ 0x4b5c, "FX5S-30MT/ESS" }, { 0x4b5d, "FX5S-40MT/ESS" }, { 0x4b5e, "FX5S-60MT/ESS" },
	{ 0x4b5f, "FX5S-80MT/ESS" },
};

/* X and Y in hexadecimal, as Q and R have them. The FX series counts them in octal; nothing here tells which it is. */
static const struct mc_device devices[] = {
	{ 0x91, false, true, "SM", "" }, { 0xa9, false, false, "SD", "" }, { 0x9c, true, true, "X", "" },
	{ 0x9d, true, true, "Y", "" }, { 0x90, false, true, "M", "" }, { 0x92, false, true, "L", "" },
	{ 0x93, false, true, "F", "" }, { 0x94, false, true, "V", "" }, { 0xa0, true, true, "B", "" },
	{ 0xa8, false, false, "D", "" }, { 0xb4, true, false, "W", "" }, { 0xc1, false, true, "TS", "" },
	{ 0xc0, false, true, "TC", "" }, { 0xc2, false, false, "TN", "" }, { 0x51, false, true, "LTS", "" },
	{ 0x50, false, true, "LTC", "" }, { 0x52, false, false, "LTN", "" },
	{ 0xc7, false, true, "STS", "SS" }, { 0xc6, false, true, "STC", "SC" },
	{ 0xc8, false, false, "STN", "SN" }, { 0x59, false, true, "LSTS", "" },
	{ 0x58, false, true, "LSTC", "" }, { 0x5a, false, false, "LSTN", "" }, { 0xc4, false, true, "CS", "" },
	{ 0xc3, false, true, "CC", "" }, { 0xc5, false, false, "CN", "" }, { 0x55, false, true, "LCS", "" },
	{ 0x54, false, true, "LCC", "" }, { 0x56, false, false, "LCN", "" }, { 0xa1, true, true, "SB", "" },
	{ 0xb5, true, false, "SW", "" }, { 0x98, false, true, "S", "" }, { 0xa2, true, true, "DX", "" },
	{ 0xa3, true, true, "DY", "" }, { 0xcc, false, false, "Z", "" }, { 0x62, false, false, "LZ", "" },
	{ 0xaf, false, false, "R", "" }, { 0xb0, false, false, "ZR", "" }, { 0x2c, false, false, "RD", "" },
	{ 0xab, false, false, "G", "" }, { 0x2e, false, false, "HG", "" }, { 0xdc, false, false, "BL", "" },
};

const struct dissect_code *mc_command(uint32_t code)
{
	return DISSECT_CODE(commands, code);
}

const char *mc_model(uint32_t code)
{
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		if (models[i].code == code)
			return models[i].name;
	return NULL;
}

/* KEYENCE and others speak the protocol too: only a type designation of the maker's own tells him. */
static bool mitsubishi(const char *model)
{
	return (strchr("QLRA", *model) && isdigit((unsigned char)model[1]) && strstr(model, "CPU")) ||
	       (strncmp(model, "FX", 2) == 0 && isdigit((unsigned char)model[2])) || strncmp(model, "QS001", 5) == 0 ||
	       (strchr("QLR", *model) && strncmp(model + 1, "J7", 2) == 0) || strncmp(model, "NZ2", 3) == 0;
}

void mc_identity(struct dissect *d, const uint8_t *name, size_t n, uint32_t code, bool maker, const char *source)
{
	char text[24];
	const char *model = mc_model(code);
	if (name && text_wire(name, n, text, sizeof text))
		model = text;
	dissect_attr(d, ATTR_MODEL, model, source);
	if (maker || (model && mitsubishi(model)))
		dissect_attr(d, ATTR_VENDOR, "Mitsubishi Electric", source);
	if (code) {
		char number[8];
		snprintf(number, sizeof number, "%04X", code & 0xffffu);
		dissect_attr(d, ATTR_PRODUCT_CODE, number, source);
	}
}

/* ---- routes ---- */

/* Networks 1 to 239 (254: the module's); stations 1 to 120, 7D and 7E the master; modules of the rack or a CPU. */
bool mc_route_possible(const struct mc_route *r)
{
	bool network = r->network <= 239 || r->network == 254;
	bool station = r->station <= 120 || r->station == 0x7d || r->station == 0x7e || r->station == 0xff;
	bool module = r->module <= 0x1ff || r->module == MC_OWN_MODULE || (r->module >= 0x3d0 && r->module <= 0x3e3);
	return network && station && module && r->multidrop <= 31;
}

static void describe_route(const struct dissect_request *r, char *out, size_t size)
{
	unsigned network = r->extra >> 8, station = r->extra & 0xff, module = r->extra2 >> 8, drop = r->extra2 & 0xff;
	int n = 0;
	if (network && station == MC_OWN_STATION)
		n = snprintf(out, size, "network %u", network);
	else if (network || station != MC_OWN_STATION)
		n = snprintf(out, size, "network %u station %u", network, station);
	if (module != MC_OWN_MODULE && module != MC_CPU_1 && n >= 0 && (size_t)n < size) {
		if (module > MC_CPU_1 && module <= MC_CPU_1 + 3)
			n += snprintf(out + n, size - (size_t)n, "%sCPU %u", n ? ", " : "", module - MC_CPU_1 + 1);
		else
			n += snprintf(out + n, size - (size_t)n, "%smodule I/O %04X", n ? ", " : "", module);
	}
	if (drop && n >= 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, "%smultidrop station %u", n ? ", " : "", drop);
}

void mc_relay(struct dissect *d, const struct mc_route *r)
{
	/* Network 1 with the master's number is how GX Works3 names the CPU that it is connected to. */
	bool own = (r->network == 0 && r->station == MC_OWN_STATION) || (r->network == 1 && r->station == 0x7d);
	if (own && (r->module == MC_OWN_MODULE || r->module == MC_CPU_1) && r->multidrop == 0)
		return;
	dissect_relay(d, "Request destination", own ? MC_OWN_STATION : (uint32_t)r->network << 8 | r->station,
		      (uint32_t)r->module << 8 | r->multidrop, describe_route);
}

/* ---- devices ---- */

const struct mc_device *mc_device(uint32_t code)
{
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		if (devices[i].code == code)
			return &devices[i];
	return NULL;
}

const struct mc_device *mc_device_ascii(const uint8_t *letters, size_t n)
{
	while (n && (letters[n - 1] == '*' || letters[n - 1] == ' '))
		n--;
	for (size_t i = 0; i < sizeof devices / sizeof *devices && n; i++) {
		const struct mc_device *x = &devices[i];
		if ((strlen(x->name) == n && memcmp(x->name, letters, n) == 0) ||
		    (strlen(x->short_name) == n && memcmp(x->short_name, letters, n) == 0))
			return x;
	}
	return NULL;
}

static char *device_text(const struct mc_device *x, uint32_t number, char out[16])
{
	if (x->hex)
		snprintf(out, 16, "%s%X", x->name, number);
	else
		snprintf(out, 16, "%s%u", x->name, number);
	return out;
}

void mc_describe_devices(const struct dissect_request *r, char *out, size_t size)
{
	const struct mc_device *x = mc_device(r->code & 0xff);
	char module[16] = "", first[16], last[16], more[16] = "";
	uint32_t start = r->code >> 8 & 0xfff, others = r->code >> 20;
	if (!x)
		return;
	if (start)
		snprintf(module, sizeof module, "U%X\\", start - 1);
	if (others)
		snprintf(more, sizeof more, ", %u more", others);
	device_text(x, r->extra, first);
	if (r->extra2 > 1)
		snprintf(out, size, "%s%s-%s%s", module, first, device_text(x, r->extra + r->extra2 - 1, last), more);
	else
		snprintf(out, size, "%s%s%s", module, first, more);
}

/* ---- files ---- */

enum { PACKED = 12 };

void mc_pack_file(struct dissect_request *r, const char *path)
{
	const char *name = path, *dot;
	for (const char *s = path; *s; s++)
		if (*s == '\\' || *s == '/' || *s == ':')
			name = s + 1;
	char b[PACKED + 1] = "";
	size_t n = strlen(name);
	dot = strrchr(name, '.');
	size_t tail = dot ? strlen(dot) : 0;
	if (n <= PACKED)
		memcpy(b, name, n);
	else if (tail && tail <= 5)   /* "SourceI~.CAB" */
		snprintf(b, sizeof b, "%.*s~%s", (int)(PACKED - 1 - tail), name, dot);
	else
		snprintf(b, sizeof b, "%.*s~", PACKED - 1, name);
	uint32_t *const parts[] = { &r->code, &r->extra, &r->extra2 };
	r->code = r->extra = r->extra2 = 0;
	for (int i = 0; i < PACKED; i++)
		*parts[i / 4] = *parts[i / 4] << 8 | (uint8_t)b[i];
}

void mc_describe_file(const struct dissect_request *r, char *out, size_t size)
{
	const uint32_t parts[] = { r->code, r->extra, r->extra2 };
	char b[PACKED];
	for (int i = 0; i < PACKED; i++)
		b[i] = (char)(parts[i / 4] >> (24 - i % 4 * 8));
	text_wire(b, sizeof b, out, size);
}

void mc_narrow(struct cur c, char *out, size_t size)
{
	size_t n = 0;
	while (cur_left(&c) >= 2 && n + 1 < size) {
		uint16_t u = cur_le16(&c);
		if (u == 0)
			break;
		out[n++] = u >= 0x20 && u < 0x7f ? (char)u : '?';
	}
	out[n] = 0;
}

/* ---- details ---- */

void mc_describe_run(const struct dissect_request *r, char *out, size_t size)
{
	static const char *const clears[] = { "", "clears devices that are not latched", "clears all devices" };
	const char *clear = r->extra2 < 3 ? clears[r->extra2] : "";
	snprintf(out, size, "%s%s%s", r->extra == 3 ? "forced" : "", r->extra == 3 && *clear ? ", " : "", clear);
}

void mc_describe_command(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "code 0x%04X", r->code);
}
