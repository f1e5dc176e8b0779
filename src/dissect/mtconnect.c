/*
 * MTConnect (ANSI/MTC1.4): the lines in which an adapter at a machine feeds an
 * agent (SHDR), and the documents in which the agent answers HTTP, which come here
 * from http.c.
 *
 *   agent                                        adapter (TCP 7878, or what the user set)
 *   "* PING" LF                     ->
 *                                   <-           "* PONG 10000" LF            milliseconds until the next
 *                                   <-           "* serialNumber: 1234" LF    what the machine says of itself
 *                                   <-           2024-05-13T06:00:00.000Z|execution|ACTIVE|… LF
 *
 *   <MTConnectDevices …> <Header sender= version= …/> <Devices> <Device name= uuid=>
 *     <Description manufacturer= model= serialNumber= station=>text</Description> …
 *   <MTConnectStreams …> <Header …/> <Streams> <DeviceStream name= uuid=> …
 *
 * An agent may speak for many machines: what they are is told in words then, and of
 * the sender itself where the whole document names a single one.
 */
#include <stdio.h>

#include "base/text.h"
#include "dissect/mtconnect.h"
#include "dissect/xml.h"

enum { LINE_MAX_ = 16384, DEVICES_MAX = 16, PROLOGUE = 1024, TIMESTAMP = 19 };

/* ---- documents ---- */

/* Moves to the next "<name" that ends there; *tag is what stands up to ">". */
static bool next_tag(struct cur *xml, const char *name, struct cur *tag)
{
	size_t n = strlen(name);
	while (cur_left(xml) > n + 1) {
		const uint8_t *at = memchr(cur_here(xml), '<', cur_left(xml));
		if (!at)
			return false;
		cur_skip(xml, (size_t)(at - cur_here(xml)) + 1);
		if (!cur_starts(xml, name, n))
			continue;
		uint8_t after = cur_peek(xml, n);
		if (after != ' ' && after != '>' && after != '/' && after != '\n' && after != '\r' && after != '\t')
			continue;
		const uint8_t *end = memchr(cur_here(xml), '>', cur_left(xml));
		if (!end)
			return false;
		*tag = cur_sub(xml, (size_t)(end - cur_here(xml)));
		return true;
	}
	return false;
}

/* The value of an attribute into out; empty where there is none. */
static const char *attribute(struct cur tag, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	*out = 0;
	for (uint8_t before = 0; cur_left(&tag) > n + 2; before = cur_u8(&tag)) {
		uint8_t quote = cur_peek(&tag, n + 1);
		if (!cur_starts(&tag, name, n) || cur_peek(&tag, n) != '=' || (quote != '"' && quote != '\'') ||
		    (before != ' ' && before != '\n' && before != '\r' && before != '\t'))
			continue;
		cur_skip(&tag, n + 2);
		const uint8_t *end = memchr(cur_here(&tag), quote, cur_left(&tag));
		if (end)
			text_wire(cur_here(&tag), (size_t)(end - cur_here(&tag)), out, size);
		xml_plain(out);
		return out;
	}
	return out;
}

static void append(char *text, size_t size, const char *before, const char *value)
{
	size_t n = strlen(text);
	if (*value)
		snprintf(text + n, size - n, "%s%s", before, value);
}

/* One <Device>: of the sender, or in words. */
static void device(struct dissect *d, struct cur tag, struct cur rest, bool alone)
{
	char name[64], maker[64], model[64], serial[64], station[64], text[255] = "MTConnect device";
	struct cur description = cur_make("", 0), end = rest, unused;
	/* Its own description stands before the next device. */
	struct cur until = rest;
	if (next_tag(&until, "Device", &unused))
		cur_limit(&end, cur_left(&rest) - cur_left(&until));
	bool described = next_tag(&end, "Description", &description);
	attribute(tag, "name", name, sizeof name);
	attribute(description, "manufacturer", maker, sizeof maker);
	attribute(description, "model", model, sizeof model);
	attribute(description, "serialNumber", serial, sizeof serial);
	attribute(description, "station", station, sizeof station);
	if (alone) {
		dissect_attr(d, ATTR_NAME, name, "mtconnect.probe.device.name");
		dissect_attr(d, ATTR_VENDOR, maker, "mtconnect.probe.description.manufacturer");
		dissect_attr(d, ATTR_MODEL, model, "mtconnect.probe.description.model");
		dissect_attr(d, ATTR_SERIAL, serial, "mtconnect.probe.description.serial_number");
		dissect_attr(d, ATTR_LOCATION, station, "mtconnect.probe.description.station");
		if (described && cur_peek(&end, 0) == '>') {
			cur_skip(&end, 1);
			size_t n = 0;
			while (n < cur_left(&end) && cur_peek(&end, n) != '<')
				n++;
			text_wire(cur_here(&end), n, text, sizeof text);
			xml_plain(text);
			dissect_attr(d, ATTR_DESCRIPTION, text, "mtconnect.probe.description");
		}
		return;
	}
	append(text, sizeof text, " ", name);
	append(text, sizeof text, ": ", maker);
	append(text, sizeof text, *maker ? " " : ": ", model);
	append(text, sizeof text, ", serial ", serial);
	dissect_attr(d, ATTR_DESCRIPTION, text, "mtconnect.probe.device");
}

/* What the machine does, where one controller alone says so: <Execution …>ACTIVE</Execution>. */
static void execution(struct dissect *d, struct cur xml)
{
	static const struct { const char *value, *mode; } values[] = {
		{ "ACTIVE", "run" }, { "READY", "ready" }, { "STOPPED", "stop" }, { "PROGRAM_STOPPED", "stop" },
		{ "PROGRAM_COMPLETED", "stop" }, { "INTERRUPTED", "pause" }, { "FEED_HOLD", "pause" },
		{ "OPTIONAL_STOP", "pause" }, { "PROGRAM_OPTIONAL_STOP", "pause" }, { "WAIT", "pause" },
	};
	struct cur tag, value;
	if (!next_tag(&xml, "Execution", &tag) || cur_peek(&xml, 0) != '>')
		return;
	cur_skip(&xml, 1);
	value = xml;
	if (next_tag(&xml, "Execution", &tag))
		return;
	const uint8_t *end = cur_left(&value) ? memchr(cur_here(&value), '<', cur_left(&value)) : NULL;
	size_t n = end ? (size_t)(end - cur_here(&value)) : 0;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (n == strlen(values[i].value) && cur_starts(&value, values[i].value, n))
			dissect_attr(d, ATTR_MODE, values[i].mode, "mtconnect.streams.execution");
}

void mtconnect_document(struct dissect *d, struct cur xml)
{
	static const char *const kinds[] = { "MTConnectDevices", "MTConnectStreams", "MTConnectAssets", "MTConnectError" };
	struct cur x = xml, tag;
	char value[80], text[112];
	size_t kind = 0;
	for (; kind < sizeof kinds / sizeof *kinds; kind++) {
		struct cur head = xml;
		cur_limit(&head, PROLOGUE);
		if (next_tag(&head, kinds[kind], &tag))
			break;
	}
	if (kind == sizeof kinds / sizeof *kinds)
		return;
	bool devices = kind == 0;
	dissect_also(d, "mtconnect");
	if (next_tag(&x, "Header", &tag)) {
		attribute(tag, "version", value, sizeof value);
		snprintf(text, sizeof text, "MTConnect agent %s", value);
		dissect_attr(d, ATTR_SOFTWARE, text, "mtconnect.header.version");
		attribute(tag, "sender", value, sizeof value);
		if (strcmp(value, "localhost") != 0)
			dissect_attr(d, ATTR_HOSTNAME, value, "mtconnect.header.sender");
	}
	struct cur from = x;
	int n = 0;
	while (next_tag(&x, devices ? "Device" : "DeviceStream", &tag))
		n += strcmp(attribute(tag, "name", value, sizeof value), "Agent") != 0;
	struct cur whole = from;
	bool alone = n == 1 && next_tag(&whole, devices ? "/Devices" : "/Streams", &tag);
	for (x = from; n > 0 && n <= DEVICES_MAX && next_tag(&x, devices ? "Device" : "DeviceStream", &tag);) {
		attribute(tag, "name", value, sizeof value);
		if (devices)
			device(d, tag, x, alone);
		else if (alone)
			dissect_attr(d, ATTR_NAME, value, "mtconnect.streams.device_stream.name");
	}
	if (!devices && alone)
		execution(d, from);
}

/* ---- adapters ---- */

static bool ping(const struct cur *c)
{
	return cur_starts(c, "* PING", 6) && (cur_peek(c, 6) == '\n' || cur_peek(c, 6) == '\r');
}

static bool pong(const struct cur *c)
{
	size_t n = 7;
	if (!cur_starts(c, "* PONG ", 7))
		return false;
	while (cur_peek(c, n) >= '0' && cur_peek(c, n) <= '9')
		n++;
	return n > 7 && n <= 15 && (cur_peek(c, n) == '\n' || cur_peek(c, n) == '\r');
}

/* Only the heartbeat shows the protocol: lines with a time and bars are written by many. */
static bool probe(const struct cur *c, enum side side)
{
	return side == SIDE_CLIENT ? ping(c) : pong(c);
}

static int32_t length(const struct cur *c, enum side side)
{
	struct cur x = *c, line;
	(void)side;
	if (cur_line(&x, &line))
		return (int32_t)(cur_left(c) - cur_left(&x));
	return cur_left(c) > LINE_MAX_ ? DISSECT_NO_FRAME : DISSECT_NEED_MORE;
}

static bool is_value(const struct cur *c)
{
	static const char pattern[] = "dddd-dd-ddTdd:dd:dd";
	for (size_t i = 0; i < TIMESTAMP; i++) {
		uint8_t b = cur_peek(c, i);
		if (pattern[i] == 'd' ? b < '0' || b > '9' : b != (uint8_t)pattern[i])
			return false;
	}
	return memchr(cur_here(c), '|', cur_left(c)) != NULL;
}

static void command(struct dissect *d, struct cur c)
{
	static const struct { const char *key; enum attr field; const char *source; } keys[] = {
		{ "* device: ", ATTR_NAME, "mtconnect.shdr.device" },
		{ "* manufacturer: ", ATTR_VENDOR, "mtconnect.shdr.manufacturer" },
		{ "* model: ", ATTR_MODEL, "mtconnect.shdr.model" },
		{ "* serialNumber: ", ATTR_SERIAL, "mtconnect.shdr.serial_number" },
		{ "* station: ", ATTR_LOCATION, "mtconnect.shdr.station" },
		{ "* description: ", ATTR_DESCRIPTION, "mtconnect.shdr.description" },
		{ "* nativeName: ", ATTR_NAME, "mtconnect.shdr.native_name" },
	};
	char value[64], text[96];
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (cur_starts(&c, keys[i].key, strlen(keys[i].key))) {
			cur_skip(&c, strlen(keys[i].key));
			dissect_attr_bytes(d, keys[i].field, cur_here(&c), cur_left(&c), keys[i].source);
			return;
		}
	if (!cur_starts(&c, "* adapterVersion: ", 18))
		return;
	cur_skip(&c, 18);
	if (text_wire(cur_here(&c), cur_left(&c), value, sizeof value)) {
		snprintf(text, sizeof text, "MTConnect adapter %s", value);
		dissect_attr(d, ATTR_SOFTWARE, text, "mtconnect.shdr.adapter_version");
	}
}

static enum dissect_result message(struct dissect *d, struct cur c)
{
	struct cur x = c, line;
	if (!cur_line(&x, &line))
		line = c;
	if (ping(&c)) {
		dissect_set_side(d, SIDE_CLIENT);
		dissect_request(d, &(struct dissect_request){ .op = OP_READ, .name = "PING" });
		return DISSECT_OK;
	}
	if (pong(&c)) {
		dissect_set_side(d, SIDE_SERVER);
		dissect_response(d, 0, RESULT_OK, NULL);
		return DISSECT_OK;
	}
	if (cur_starts(&line, "* ", 2)) {
		command(d, line);
		return DISSECT_OK;
	}
	return is_value(&line) || cur_left(&line) == 0 ? DISSECT_OK : DISSECT_MALFORMED;
}

const struct dissector dissect_mtconnect = {
	.name = "mtconnect",
	.title = "MTConnect",
	.ot = true,
	.no_auth = true,
	.tcp = { 7878 },
	.any_tcp = true,
	.probe = probe,
	.length = length,
	.message = message,
	.reference = "ANSI/MTC1.4 MTConnect, parts 1 and 2; adapter lines (SHDR): part 5 and the open agent of the institute",
	.recognition = "adapters: PING of the agent answered by PONG; agents: an XML document MTConnectDevices, "
		       "Streams, Assets or Error in an HTTP answer",
	.identity = "name, manufacturer, model, serial number and station of the machine where one stands for itself, in words "
		    "where an agent has several; whether its program runs; version and host name of the agent, version of the adapter",
	.operations = "reading only: the adapter's stream",
	.verified = "from the manual, not yet seen in a real capture",
};
