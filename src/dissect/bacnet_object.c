/*
 * BACnet's tagged values (ASHRAE 135, clause 20.2) and the properties of the device object (12.11).
 *
 *   +--------+-------+----------------+
 *   | number | class | length or type |   and then a longer number (F), a longer length (5), the contents
 *   | 4 bits | 1 bit | 3 bits         |   class 1: a context's own number; 6 opens and 7 closes a bracket
 *   +--------+-------+----------------+
 *
 * An object identifier is 10 bits of type and 22 of instance.
 */
#include "dissect/bacnet.h"

#include <stdio.h>

#include "base/text.h"
#include "dissect/names.h"

enum {
	LONG_NUMBER = 15, LONG_LENGTH = 5, OPENING = 6, CLOSING = 7,
	BOOLEAN = 1, UNSIGNED = 2, STRING = 7, ENUMERATED = 9, OBJECT = 12,
	DEPTH = 16, ALL = 8, REQUIRED = 105,
	OBJECT_ID = 75, STATUS = 112, VENDOR_ID = 120,
	SET_UTF8 = 0, SET_DBCS = 1, SET_JIS = 2, SET_UCS4 = 3, SET_UCS2 = 4, SET_LATIN1 = 5,
};

/* ---- tags ---- */

bool bacnet_next(struct cur *c, struct bacnet_tag *t)
{
	uint8_t first = cur_u8(c);
	uint32_t n = first & 7;
	*t = (struct bacnet_tag){ .number = first >> 4, .context = (first & 8) != 0 };
	if (t->number == LONG_NUMBER)
		t->number = cur_u8(c);
	if (t->context && n >= OPENING) {
		t->opening = n == OPENING;
		t->closing = n == CLOSING;
		t->value = cur_sub(c, 0);
		return cur_ok(c);
	}
	if (n > LONG_LENGTH)
		cur_fail(c);
	if (!t->context && t->number == BOOLEAN)   /* its value stands where the length does */
		n = 0;
	if (n == LONG_LENGTH) {
		n = cur_u8(c);
		if (n == 254)
			n = cur_be16(c);
		else if (n == 255)
			n = cur_be32(c);
	}
	t->value = cur_sub(c, n);
	return cur_ok(c);
}

static bool simple(struct cur *c, bool context, uint8_t number, struct cur *value)
{
	struct cur ahead = *c;
	struct bacnet_tag t;
	if (!cur_left(c) || !bacnet_next(&ahead, &t) || t.context != context || t.number != number || t.opening || t.closing)
		return false;
	*c = ahead;
	*value = t.value;
	return true;
}

bool bacnet_context(struct cur *c, uint8_t number, struct cur *value)
{
	return simple(c, true, number, value);
}

bool bacnet_application(struct cur *c, uint8_t number, struct cur *value)
{
	return simple(c, false, number, value);
}

static bool bracket(struct cur *c, uint8_t number)
{
	struct cur ahead = *c;
	struct bacnet_tag t;
	if (!cur_left(c) || !bacnet_next(&ahead, &t) || !t.opening || t.number != number)
		return false;
	*c = ahead;
	return true;
}

/* Past the bracket that was opened before, and all in it. */
static bool to_closing(struct cur *c)
{
	struct bacnet_tag t;
	for (unsigned depth = 1; depth && depth < DEPTH;) {
		if (!cur_left(c) || !bacnet_next(c, &t))
			return false;
		depth += t.opening ? 1u : 0u;
		depth -= t.closing ? 1u : 0u;
	}
	return cur_ok(c);
}

bool bacnet_well_formed(struct cur c)
{
	struct bacnet_tag t;
	uint8_t open[DEPTH];
	unsigned depth = 0;
	while (cur_left(&c)) {
		if (!bacnet_next(&c, &t))
			return false;
		if (t.opening) {
			if (depth == DEPTH)
				return false;
			open[depth++] = t.number;
		} else if (t.closing && (depth == 0 || open[--depth] != t.number)) {
			return false;
		}
	}
	return cur_ok(&c) && depth == 0;
}

uint32_t bacnet_number(struct cur value)
{
	uint32_t n = 0;
	while (cur_left(&value))
		n = n << 8 | cur_u8(&value);
	return n;
}

/* ---- names ---- */

static const char *const object_types[] = {
	"analog-input", "analog-output", "analog-value", "binary-input", "binary-output", "binary-value", "calendar",
	"command", "device", "event-enrollment", "file", "group", "loop", "multi-state-input", "multi-state-output",
	"notification-class", "program", "schedule", "averaging", "multi-state-value", "trend-log", "life-safety-point",
	"life-safety-zone", "accumulator", "pulse-converter", "event-log", "global-group", "trend-log-multiple",
	"load-control", "structured-view", "access-door", "timer", "access-credential", "access-point", "access-rights",
	"access-user", "access-zone", "credential-data-input", "network-security", "bitstring-value",
	"characterstring-value", "date-pattern-value", "date-value", "datetime-pattern-value", "datetime-value",
	"integer-value", "large-analog-value", "octetstring-value", "positive-integer-value", "time-pattern-value",
	"time-value", "notification-forwarder", "alert-enrollment", "channel", "lighting-output",
	"binary-lighting-output", "network-port", "elevator-group", "escalator", "lift", "staging", "audit-log",
	"audit-reporter", "color", "color-temperature",
};

/* The device object's own, with where they go; others are only named. */
static const struct property { uint16_t number; int8_t field; const char *name, *source; } properties[] = {
	{ 12, ATTR_SOFTWARE, "application-software-version", "bacnet.read_property.application_software_version" },
	{ 22, -1, "cov-increment", NULL },
	{ 28, ATTR_DESCRIPTION, "description", "bacnet.read_property.description" },
	{ 38, -1, "exception-schedule", NULL },
	{ 44, ATTR_FIRMWARE, "firmware-revision", "bacnet.read_property.firmware_revision" },
	{ 45, -1, "high-limit", NULL },
	{ 58, ATTR_LOCATION, "location", "bacnet.read_property.location" },
	{ 59, -1, "low-limit", NULL },
	{ 70, ATTR_MODEL, "model-name", "bacnet.read_property.model_name" },
	{ OBJECT_ID, ATTR_DESCRIPTION, "object-identifier", "bacnet.read_property.object_identifier" },
	{ 77, ATTR_NAME, "object-name", "bacnet.read_property.object_name" },
	{ BACNET_OUT_OF_SERVICE, -1, "out-of-service", NULL },
	{ BACNET_PRESENT_VALUE, -1, "present-value", NULL },
	{ 87, -1, "priority-array", NULL },
	{ BACNET_PROGRAM_CHANGE, -1, "program-change", NULL },
	{ 102, -1, "recipient-list", NULL },
	{ 104, -1, "relinquish-default", NULL },
	{ 108, -1, "setpoint", NULL },
	{ STATUS, ATTR_MODE, "system-status", "bacnet.read_property.system_status" },
	{ VENDOR_ID, ATTR_VENDOR, "vendor-identifier", "bacnet.read_property.vendor_identifier" },
	{ 121, ATTR_VENDOR, "vendor-name", "bacnet.read_property.vendor_name" },
	{ 123, -1, "weekly-schedule", NULL },
	{ 133, -1, "enable", NULL },
	{ 141, -1, "record-count", NULL },
	{ 372, ATTR_SERIAL, "serial-number", "bacnet.read_property.serial_number" },
};

static const struct property *property_of(uint32_t number)
{
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		if (properties[i].number == number)
			return &properties[i];
	return NULL;
}

void bacnet_describe_object(const struct dissect_request *r, char *out, size_t size)
{
	uint32_t type = r->extra >> 22, instance = r->extra & BACNET_ANY;
	bool named = type < sizeof object_types / sizeof *object_types;
	if (named && instance == BACNET_ANY)
		snprintf(out, size, "%s", object_types[type]);
	else if (named)
		snprintf(out, size, "%s %u", object_types[type], instance);
	else
		snprintf(out, size, "object type %u %u", type, instance);
}

void bacnet_describe_property(const struct dissect_request *r, char *out, size_t size)
{
	char object[40];
	bacnet_describe_object(r, object, sizeof object);
	const struct property *p = property_of(r->extra2);
	if (p)
		snprintf(out, size, "%s %s", object, p->name);
	else
		snprintf(out, size, "%s property %u", object, r->extra2);
}

bool bacnet_is_identity(uint32_t object, uint32_t property)
{
	const struct property *p = property_of(property);
	return object >> 22 == BACNET_DEVICE && ((p && p->field >= 0) || property == ALL || property == REQUIRED);
}

/* ---- values ---- */

/* Two bytes of JIS X 0208 as Shift JIS has them. */
static size_t shift_jis(uint8_t *out, uint8_t row, uint8_t cell)
{
	if (row < 0x21 || row > 0x7e || cell < 0x21 || cell > 0x7e)
		return 0;
	out[0] = (uint8_t)(((row - 0x21) >> 1) + (row < 0x5f ? 0x81 : 0xc1));
	out[1] = (uint8_t)(row & 1 ? cell + (cell < 0x60 ? 0x1f : 0x20) : cell + 0x7e);
	return 2;
}

static size_t utf8(uint8_t *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c > 0xffff)   /* none of a name's characters */
		c = 0xfffd;
	out[0] = (uint8_t)(0xe0 | c >> 12);
	out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c & 0x3f));
	return 3;
}

/* A character string in one of the standard's sets, as text_wire() reads it. */
static size_t string(struct cur v, char *out, size_t size)
{
	uint8_t plain[OBS_TEXT + 4], set = cur_u8(&v);
	size_t n = 0;
	if (set == SET_DBCS)
		cur_skip(&v, 2);   /* its code page: in practice that of the place, which text_wire() knows */
	while (cur_left(&v) && n < OBS_TEXT) {
		uint8_t row;
		switch (set) {
		case SET_JIS:
			row = cur_u8(&v);
			n += shift_jis(plain + n, row, cur_u8(&v));
			break;
		case SET_UCS4:
			n += utf8(plain + n, cur_be32(&v));
			break;
		case SET_UCS2:
			n += utf8(plain + n, cur_be16(&v));
			break;
		case SET_LATIN1:
			n += utf8(plain + n, cur_u8(&v));
			break;
		default:
			plain[n++] = cur_u8(&v);
			break;
		}
	}
	return cur_ok(&v) ? text_wire(plain, n, out, size) : 0;
}

static void tell_string(struct dissect *d, uint32_t whose, enum attr field, struct cur value, const char *source)
{
	char text[OBS_TEXT + 1];
	if (whose && string(value, text, sizeof text))
		dissect_attr_of(d, whose, field, text, source);
}

static void tell_vendor(struct dissect *d, uint32_t whose, uint32_t id, const char *source)
{
	char text[32];
	const char *name = NAME_OF(bacnet_vendors, id);
	snprintf(text, sizeof text, "BACnet vendor %u", id);
	if (id)   /* 0 is the standard's own: those who never asked for a number */
		dissect_attr_of(d, whose, ATTR_VENDOR, name ? name : text, source);
}

static void tell_instance(struct dissect *d, uint32_t whose, uint32_t object, const char *source)
{
	char text[32];
	if (object >> 22 != BACNET_DEVICE || (object & BACNET_ANY) == BACNET_ANY)
		return;
	snprintf(text, sizeof text, "BACnet device %u", object & BACNET_ANY);
	dissect_attr_of(d, whose, ATTR_DESCRIPTION, text, source);
}

static void tell_property(struct dissect *d, uint32_t whose, uint32_t object, uint32_t number, struct cur c)
{
	static const char *const states[] = { "run", "run", "download required", "download in progress", "stop", "backup in progress" };
	const struct property *p = property_of(number);
	struct cur value;
	if (object >> 22 != BACNET_DEVICE)
		return;
	tell_instance(d, whose, object, "bacnet.read_property.object");
	if (!p || p->field < 0)
		return;
	if (bacnet_application(&c, STRING, &value)) {
		tell_string(d, whose, (enum attr)p->field, value, p->source);
	} else if (number == OBJECT_ID && bacnet_application(&c, OBJECT, &value)) {   /* of whoever is asked: instance 4194303 */
		tell_instance(d, whose, bacnet_number(value), p->source);
	} else if (number == VENDOR_ID && bacnet_application(&c, UNSIGNED, &value)) {
		tell_vendor(d, whose, bacnet_number(value), p->source);
	} else if (number == STATUS && bacnet_application(&c, ENUMERATED, &value)) {
		uint32_t state = bacnet_number(value);
		if (state < sizeof states / sizeof *states)
			dissect_attr_of(d, whose, ATTR_MODE, states[state], p->source);
	}
}

/* ---- what a device tells of itself ---- */

void bacnet_i_am(struct dissect *d, uint32_t whose, struct cur c)
{
	struct cur object, length, segmentation, vendor;
	if (!bacnet_application(&c, OBJECT, &object) || !bacnet_application(&c, UNSIGNED, &length) ||
	    !bacnet_application(&c, ENUMERATED, &segmentation) || !bacnet_application(&c, UNSIGNED, &vendor))
		return;
	tell_instance(d, whose, bacnet_number(object), "bacnet.i_am");
	tell_vendor(d, whose, bacnet_number(vendor), "bacnet.i_am");
}

void bacnet_i_have(struct dissect *d, uint32_t whose, struct cur c)
{
	struct cur device, object, name;
	if (!bacnet_application(&c, OBJECT, &device) || !bacnet_application(&c, OBJECT, &object) ||
	    !bacnet_application(&c, STRING, &name))
		return;
	tell_instance(d, whose, bacnet_number(device), "bacnet.i_have");
	if (bacnet_number(object) == bacnet_number(device))
		tell_string(d, whose, ATTR_NAME, name, "bacnet.i_have");
}

void bacnet_who_am_i(struct dissect *d, uint32_t whose, struct cur c)
{
	struct cur vendor, model, serial;
	if (!bacnet_application(&c, UNSIGNED, &vendor) || !bacnet_application(&c, STRING, &model) ||
	    !bacnet_application(&c, STRING, &serial))
		return;
	tell_vendor(d, whose, bacnet_number(vendor), "bacnet.who_am_i");
	tell_string(d, whose, ATTR_MODEL, model, "bacnet.who_am_i");
	tell_string(d, whose, ATTR_SERIAL, serial, "bacnet.who_am_i");
}

void bacnet_read_answer(struct dissect *d, uint32_t whose, struct cur c)
{
	struct cur object, property, index;
	if (!bacnet_context(&c, 0, &object) || !bacnet_context(&c, 1, &property))
		return;
	(void)bacnet_context(&c, 2, &index);
	if (bracket(&c, 3))
		tell_property(d, whose, bacnet_number(object), bacnet_number(property), c);
}

/* A list of objects, each with a list of properties and their values (4) or errors (5). */
void bacnet_read_multiple_answer(struct dissect *d, uint32_t whose, struct cur c)
{
	struct cur object, property, index;
	struct bacnet_tag t;
	while (bacnet_context(&c, 0, &object) && bracket(&c, 1)) {
		while (bacnet_context(&c, 2, &property)) {
			(void)bacnet_context(&c, 3, &index);
			if (bracket(&c, 4))
				tell_property(d, whose, bacnet_number(object), bacnet_number(property), c);
			else if (!bracket(&c, 5))
				return;
			if (!to_closing(&c))
				return;
		}
		if (!bacnet_next(&c, &t) || !t.closing)
			return;
	}
}
