/*
 * PCCC (Rockwell 1770-6.5.16, DF1 Protocol and Command Set): how PLC-5, SLC 500 and MicroLogix are programmed, here
 * inside the CIP service Execute PCCC (4B of class 67).
 *
 *   +-------------+--------+--------+---------+--------+-----------------+------ - -
 *   | length of   | vendor | serial | command | status | transaction (2) | request: function, data
 *   | this, 07    | (2)    | (4)    | (40: reply)                        | reply: data; status F0: one more byte first
 *   +-------------+--------+--------+---------+--------+-----------------+------ - -
 *   typed logical data: size  file  type  element  [sub-element]; a number from 255 on is FF and two bytes
 */
#include <stdio.h>

#include "dissect/cip.h"
#include "dissect/names.h"

enum {
	REQUESTER = 7, REPLY = 0x40,
	DIAGNOSE = 0x06, OUTPUTS = 0x07, EXTENDED = 0x0f, DIAGNOSTIC_STATUS = 0x03, SET_MODE = 0x3a, CHANGE_MODE = 0x80,
	TYPED_READ = 0xa2, WRITE_2 = 0xa9, WRITE_3 = 0xaa, WRITE_MASKED = 0xab,
	OUTPUT_FORCES = 0xa1, INPUT_FORCES = 0xa2, TYPE_EXTENDER = 0xee, NAME = 11, VENDOR_ROCKWELL = 1,
};

/* Commands without a function; then those of 06, 07 and 0F by theirs. */
static const struct dissect_code plain[] = {
	{ 0x00, OP_WRITE, "PCCC Protected Write" },	    { 0x01, OP_READ, "PCCC Unprotected Read" },
	{ 0x02, OP_WRITE, "PCCC Protected Bit Write" },	    { 0x04, OP_READ, "PCCC Physical Read" },
	{ 0x05, OP_WRITE, "PCCC Unprotected Bit Write" },   { 0x08, OP_WRITE, "PCCC Unprotected Write" },
};

static const struct dissect_code diagnose[] = {
	{ 0x00, OP_DIAGNOSTIC, "PCCC Echo" },		    { 0x01, OP_DIAGNOSTIC, "PCCC Read Diagnostic Counters" },
	{ 0x02, OP_CONFIGURATION, "PCCC Set Variables" },   { DIAGNOSTIC_STATUS, OP_IDENTITY, "PCCC Diagnostic Status" },
	{ 0x04, OP_CONFIGURATION, "PCCC Set Timeout" },	    { 0x05, OP_CONFIGURATION, "PCCC Set NAKs" },
	{ 0x06, OP_CONFIGURATION, "PCCC Set ENQs" },	    { 0x07, OP_LOG_ERASE, "PCCC Reset Diagnostic Counters" },
	{ 0x08, OP_CONFIGURATION, "PCCC Set Data Table Size" }, { 0x09, OP_DIAGNOSTIC, "PCCC Read Link Parameters" },
	{ 0x0a, OP_CONFIGURATION, "PCCC Set Link Parameters" },
};

static const struct dissect_code outputs[] = {
	{ 0x00, OP_STOP, "PCCC Disable Outputs" },	    { 0x01, OP_START, "PCCC Enable Outputs" },
	{ 0x03, OP_START, "PCCC Enable PLC Scanning" },	    { 0x04, OP_DOWNLOAD, "PCCC Enter Download Mode" },
	{ 0x05, OP_MODE, "PCCC Exit Download/Upload Mode" }, { 0x06, OP_UPLOAD, "PCCC Enter Upload Mode" },
};

static const struct dissect_code extended[] = {
	{ 0x00, OP_WRITE, "PCCC Word Range Write" },	    { 0x01, OP_READ, "PCCC Word Range Read" },
	{ 0x02, OP_WRITE, "PCCC Bit Write" },		    { 0x03, OP_DOWNLOAD, "PCCC File Write" },
	{ 0x04, OP_UPLOAD, "PCCC File Read" },		    { 0x05, OP_DOWNLOAD, "PCCC Download Request" },
	{ 0x06, OP_UPLOAD, "PCCC Upload" },		    { 0x07, OP_STOP, "PCCC Shutdown" },
	{ 0x08, OP_DOWNLOAD, "PCCC Physical Write" },	    { 0x09, OP_UPLOAD, "PCCC Physical Read" },
	{ 0x0a, OP_RESET, "PCCC Restart Request" },	    { 0x11, OP_DIAGNOSTIC, "PCCC Get Edit Resource" },
	{ 0x12, OP_DIAGNOSTIC, "PCCC Return Edit Resource" }, { 0x17, OP_UPLOAD, "PCCC Read Bytes Physical" },
	{ 0x18, OP_DOWNLOAD, "PCCC Write Bytes Physical" }, { 0x26, OP_WRITE, "PCCC Read-Modify-Write" },
	{ 0x29, OP_READ, "PCCC Read Section Size" },	    { SET_MODE, OP_MODE, "PCCC Set CPU Mode" },
	{ 0x41, OP_FORCE, "PCCC Disable Forces" },	    { 0x50, OP_DOWNLOAD, "PCCC Download All Request" },
	{ 0x52, OP_DOWNLOAD, "PCCC Download Completed" },   { 0x53, OP_UPLOAD, "PCCC Upload All Request" },
	{ 0x55, OP_UPLOAD, "PCCC Upload Completed" },	    { 0x57, OP_RESET, "PCCC Initialize Memory" },
	{ 0x5e, OP_CONFIGURATION, "PCCC Modify PLC-2 Compatibility File" }, { 0x67, OP_WRITE, "PCCC Typed Write" },
	{ 0x68, OP_READ, "PCCC Typed Read" },		    { 0x79, OP_WRITE, "PCCC Read-Modify-Write N" },
	{ CHANGE_MODE, OP_MODE, "PCCC Change Mode" },	    { 0x81, OP_FILE, "PCCC Open File" },
	{ 0x82, OP_FILE, "PCCC Close File" },		    { 0x88, OP_WRITE, "PCCC Execute Multiple Commands" },
	{ 0x8f, OP_CONFIGURATION, "PCCC Apply Port Configuration" },
	{ 0xa1, OP_READ, "PCCC Protected Typed Logical Read" }, { TYPED_READ, OP_READ, "PCCC Protected Typed Logical Read" },
	{ 0xa7, OP_FILE, "PCCC Protected Typed File Read" }, { WRITE_2, OP_WRITE, "PCCC Protected Typed Logical Write" },
	{ WRITE_3, OP_WRITE, "PCCC Protected Typed Logical Write" },
	{ WRITE_MASKED, OP_WRITE, "PCCC Protected Typed Logical Masked Write" },
	{ 0xaf, OP_FILE, "PCCC Protected Typed File Write" },
};

/* ---- requests: command and function stand in the upper half of code ---- */

static const struct dissect_code *find(uint8_t command, uint8_t function)
{
	switch (command) {
	case DIAGNOSE:
		return DISSECT_CODE(diagnose, function);
	case OUTPUTS:
		return DISSECT_CODE(outputs, function);
	case EXTENDED:
		return DISSECT_CODE(extended, function);
	default:
		return DISSECT_CODE(plain, command);
	}
}

static const char *mode_name(uint32_t mode)
{
	switch (mode & 0x1f) {
	case 0x06: case 0x1e:
		return "run";
	case 0x01: case 0x11:
		return "program";
	case 0x07: case 0x08: case 0x09:
		return "test";
	default:
		return "";
	}
}

static void describe_mode(const struct dissect_request *r, char *out, size_t size)
{
	/* Function 3A is MicroLogix 1000's: 1 program, 2 run. 80 has the codes of the status. */
	const char *name = r->code >> 24 == SET_MODE ? (r->extra2 == 2 ? "run" : r->extra2 == 1 ? "program" : "") : mode_name(r->extra2);
	if (*name)
		snprintf(out, size, "to %s", name);
	else
		snprintf(out, size, "mode 0x%02x", r->extra2);
}

static void describe_function(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "command 0x%02x function 0x%02x", r->code >> 16 & 0xff, r->code >> 24);
}

static void describe_file(const struct dissect_request *r, char *out, size_t size)
{
	static const struct dissect_code letters[] = {
		{ 0x82, 0, "O" }, { 0x83, 0, "I" }, { 0x84, 0, "S" }, { 0x85, 0, "B" }, { 0x86, 0, "T" }, { 0x87, 0, "C" },
		{ 0x88, 0, "R" }, { 0x89, 0, "N" }, { 0x8a, 0, "F" }, { 0x8d, 0, "ST" }, { 0x8e, 0, "A" }, { 0x91, 0, "L" },
		{ 0x92, 0, "MG" }, { 0x93, 0, "PD" }, { 0x22, 0, "ladder " }, { OUTPUT_FORCES, 0, "output forces " },
		{ INPUT_FORCES, 0, "input forces " },
	};
	unsigned file = r->extra & 0xffff, type = r->extra >> 16, element = r->extra2 >> 8, bytes = r->extra2 & 0xff;
	const struct dissect_code *l = DISSECT_CODE(letters, type);
	if (l)
		snprintf(out, size, "%s%u:%u, %u bytes", l->name, file, element, bytes);
	else
		snprintf(out, size, "file %u type 0x%02x element %u, %u bytes", file, type, element, bytes);
}

static uint32_t number(struct cur *c)
{
	uint8_t n = cur_u8(c);
	return n == 0xff ? cur_le16(c) : n;
}

bool pccc_request(struct dissect_request *r, struct cur c)
{
	uint8_t n = cur_u8(&c);
	cur_skip(&c, n ? n - 1u : 0);
	uint8_t command = cur_u8(&c);
	cur_skip(&c, 1 + 2);
	if (n != REQUESTER || !cur_ok(&c) || command & REPLY)
		return false;
	bool has_function = command == DIAGNOSE || command == OUTPUTS || command == EXTENDED;
	uint8_t function = has_function ? cur_u8(&c) : 0;
	const struct dissect_code *f = find(command, function);
	r->code |= (uint32_t)command << 16 | (uint32_t)function << 24;
	r->op = f ? f->op : OP_DIAGNOSTIC;
	r->name = f ? f->name : "PCCC Unknown command";
	r->extra = r->extra2 = 0;
	r->describe = f ? NULL : describe_function;
	if (command != EXTENDED)
		return true;
	if (function == SET_MODE || function == CHANGE_MODE) {
		r->extra2 = cur_u8(&c);
		r->describe = describe_mode;
	} else if (function >= WRITE_2 && function <= WRITE_MASKED) {
		uint8_t size = cur_u8(&c);
		uint32_t file = number(&c), type = cur_u8(&c), element = number(&c);
		r->extra = type << 16 | (file & 0xffff);
		r->extra2 = element << 8 | size;
		r->describe = cur_ok(&c) ? describe_file : NULL;
		if (type == OUTPUT_FORCES || type == INPUT_FORCES)
			r->op = OP_FORCE;
	}
	return true;
}

/* ---- replies ---- */

static bool reply(struct cur *c, uint8_t *command, uint8_t *status)
{
	uint8_t n = cur_u8(c);
	cur_skip(c, n ? n - 1u : 0);
	*command = cur_u8(c);
	*status = cur_u8(c);
	cur_skip(c, 2);
	return cur_ok(c) && n == REQUESTER && *command & REPLY;
}

bool pccc_refused(struct cur c)
{
	uint8_t command, status;
	return reply(&c, &command, &status) && status != 0;
}

/* Diagnostic status of SLC 500 and MicroLogix: mode, EE, interface, processor, series and revision, name. */
void pccc_response(struct dissect *d, const struct dissect_request *r, struct cur c)
{
	uint8_t command, status;
	char text[16];
	if (!reply(&c, &command, &status) || status || (r->code >> 16 & 0xff) != DIAGNOSE || r->code >> 24 != DIAGNOSTIC_STATUS)
		return;
	uint8_t mode = cur_u8(&c), extender = cur_u8(&c);
	cur_skip(&c, 2);
	uint8_t revision = cur_u8(&c);
	const uint8_t *name = cur_bytes(&c, NAME);
	if (!cur_ok(&c) || extender != TYPE_EXTENDER)
		return;
	dissect_attr(d, ATTR_VENDOR, NAME_OF(cip_vendors, VENDOR_ROCKWELL), "pccc.diagnostic_status");
	dissect_attr_bytes(d, ATTR_MODEL, name, NAME, "pccc.diagnostic_status.name");
	snprintf(text, sizeof text, "%c/%c", 'A' + (revision >> 5), 'A' + (revision & 0x1f) % 26);
	dissect_attr(d, ATTR_FIRMWARE, text, "pccc.diagnostic_status.series_revision");
	dissect_attr(d, ATTR_MODE, mode_name(mode), "pccc.diagnostic_status.mode");
}
