/*
 * BACnet's confirmed services (ASHRAE 135, clauses 13 to 17): what a request does, and to which object. Parameters are
 * tagged by their place: 0 the object, 1 the property, and so on.
 */
#include <stdio.h>

#include "dissect/bacnet.h"

enum {
	READ_FILE = 6, WRITE_FILE = 7, ADD_ELEMENT = 8, REMOVE_ELEMENT = 9, CREATE = 10, DELETE = 11, READ = 12, READ_MULTIPLE = 14,
	WRITE = 15, WRITE_MULTIPLE = 16, COMMUNICATION = 17, PRIVATE = 18, REINITIALIZE = 20, CONFIRMED_LAST = 33,
};

static const struct dissect_code confirmed[] = {
	{ 0, OP_WRITE, "AcknowledgeAlarm" },	      { 1, -1, "ConfirmedCOVNotification" },
	{ 2, -1, "ConfirmedEventNotification" },      { 3, OP_READ, "GetAlarmSummary" },
	{ 4, OP_READ, "GetEnrollmentSummary" },	      { 5, OP_READ, "SubscribeCOV" },
	{ READ_FILE, OP_FILE, "AtomicReadFile" },     { WRITE_FILE, OP_FILE, "AtomicWriteFile" },
	{ ADD_ELEMENT, OP_CONFIGURATION, "AddListElement" }, { REMOVE_ELEMENT, OP_CONFIGURATION, "RemoveListElement" },
	{ CREATE, OP_CONFIGURATION, "CreateObject" }, { DELETE, OP_CONFIGURATION, "DeleteObject" },
	{ READ, OP_READ, "ReadProperty" },	      { 13, OP_READ, "ReadPropertyConditional" },
	{ READ_MULTIPLE, OP_READ, "ReadPropertyMultiple" }, { WRITE, OP_WRITE, "WriteProperty" },
	{ WRITE_MULTIPLE, OP_WRITE, "WritePropertyMultiple" },
	{ COMMUNICATION, OP_CONFIGURATION, "DeviceCommunicationControl" },
	{ PRIVATE, OP_DIAGNOSTIC, "ConfirmedPrivateTransfer" }, { 19, OP_DIAGNOSTIC, "ConfirmedTextMessage" },
	{ REINITIALIZE, OP_RESET, "ReinitializeDevice" }, { 21, OP_DIAGNOSTIC, "VT-Open" },
	{ 22, OP_DIAGNOSTIC, "VT-Close" },	      { 23, OP_DIAGNOSTIC, "VT-Data" },
	{ 24, OP_LOGIN, "Authenticate" },	      { 25, OP_LOGIN, "RequestKey" },
	{ 26, OP_READ, "ReadRange" },		      { 27, OP_WRITE, "LifeSafetyOperation" },
	{ 28, OP_READ, "SubscribeCOVProperty" },      { 29, OP_READ, "GetEventInformation" },
	{ 30, OP_READ, "SubscribeCOVPropertyMultiple" }, { 31, -1, "ConfirmedCOVNotificationMultiple" },
	{ 32, -1, "ConfirmedAuditNotification" },     { CONFIRMED_LAST, OP_READ, "AuditLogQuery" },
};

static void describe_private(const struct dissect_request *r, char *out, size_t size)
{
	snprintf(out, size, "vendor %u service %u", r->extra, r->extra2);
}

/* 20.2: who commands a device proves it by this password at most, and it is optional. */
static void password(struct dissect *d, const struct cur *value)
{
	if (cur_left(value) > 1)
		dissect_weakness(d, "password-in-clear", "BACnet");
}

static void communication(struct dissect *d, struct dissect_request *r, struct cur c)
{
	static const struct dissect_code states[] = {
		{ 0, OP_START, "DeviceCommunicationControl enable" },
		{ 1, OP_STOP, "DeviceCommunicationControl disable" },
		{ 2, OP_STOP, "DeviceCommunicationControl disable-initiation" },
	};
	struct cur v;
	(void)bacnet_context(&c, 0, &v);   /* for how long */
	const struct dissect_code *s = bacnet_context(&c, 1, &v) ? DISSECT_CODE(states, bacnet_number(v)) : NULL;
	if (s) {
		r->op = s->op;
		r->name = s->name;
	}
	if (bacnet_context(&c, 2, &v))
		password(d, &v);
}

static void reinitialize(struct dissect *d, struct dissect_request *r, struct cur c)
{
	static const struct dissect_code states[] = {
		{ 0, OP_RESET, "ReinitializeDevice coldstart" },    { 1, OP_RESET, "ReinitializeDevice warmstart" },
		{ 2, OP_UPLOAD, "ReinitializeDevice start-backup" }, { 3, OP_UPLOAD, "ReinitializeDevice end-backup" },
		{ 4, OP_DOWNLOAD, "ReinitializeDevice start-restore" }, { 5, OP_DOWNLOAD, "ReinitializeDevice end-restore" },
		{ 6, OP_CONFIGURATION, "ReinitializeDevice abort-restore" },
		{ 7, OP_CONFIGURATION, "ReinitializeDevice activate-changes" },
	};
	struct cur v;
	const struct dissect_code *s = bacnet_context(&c, 0, &v) ? DISSECT_CODE(states, bacnet_number(v)) : NULL;
	if (s) {
		r->op = s->op;
		r->name = s->name;
	}
	if (bacnet_context(&c, 1, &v))
		password(d, &v);
}

/* A write of a present value moves the plant; one that takes a point out of service forces it; others set it up. */
static int write_class(uint32_t property)
{
	return property == BACNET_PRESENT_VALUE ? OP_WRITE : property == BACNET_OUT_OF_SERVICE ? OP_FORCE
	       : property == BACNET_PROGRAM_CHANGE					     ? OP_MODE
											     : OP_CONFIGURATION;
}

void bacnet_classify(struct dissect *d, struct dissect_request *r, struct cur c)
{
	struct cur object, property;
	struct bacnet_tag t;
	const struct dissect_code *s = DISSECT_CODE(confirmed, r->code);
	r->op = s ? s->op : OP_DIAGNOSTIC;
	r->name = s ? s->name : "Unknown service";
	switch (r->code) {
	case READ: case READ_MULTIPLE:
		if (!bacnet_context(&c, 0, &object))
			return;
		if (r->code == READ_MULTIPLE)
			(void)bacnet_next(&c, &t);
		if (bacnet_context(&c, r->code == READ ? 1 : 0, &property) &&
		    bacnet_is_identity(bacnet_number(object), bacnet_number(property)))
			r->op = OP_IDENTITY;
		return;
	case WRITE: case WRITE_MULTIPLE: case ADD_ELEMENT: case REMOVE_ELEMENT:
		if (!bacnet_context(&c, 0, &object))
			return;
		if (r->code == WRITE_MULTIPLE)   /* the first of them names the operation */
			(void)bacnet_next(&c, &t);
		if (!bacnet_context(&c, r->code == WRITE_MULTIPLE ? 0 : 1, &property))
			return;
		r->extra = bacnet_number(object);
		r->extra2 = bacnet_number(property);
		r->describe = bacnet_describe_property;
		if (r->code == WRITE || r->code == WRITE_MULTIPLE)
			r->op = write_class(r->extra2);
		return;
	case READ_FILE: case WRITE_FILE: case DELETE:
		if (!bacnet_application(&c, 12, &object))
			return;
		r->extra = bacnet_number(object);
		r->describe = bacnet_describe_object;
		return;
	case CREATE:   /* a type alone, or a whole identifier */
		if (!bacnet_next(&c, &t) || !t.opening || !bacnet_next(&c, &t) || !t.context || t.number > 1)
			return;
		r->extra = t.number ? bacnet_number(t.value) : bacnet_number(t.value) << 22 | BACNET_ANY;
		r->describe = bacnet_describe_object;
		return;
	case PRIVATE:
		if (!bacnet_context(&c, 0, &object) || !bacnet_context(&c, 1, &property))
			return;
		r->extra = bacnet_number(object);
		r->extra2 = bacnet_number(property);
		r->describe = describe_private;
		return;
	case COMMUNICATION:
		communication(d, r, c);
		return;
	case REINITIALIZE:
		reinitialize(d, r, c);
		return;
	default:
		return;
	}
}
