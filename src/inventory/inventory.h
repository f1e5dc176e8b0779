/*
 * Observations to devices. inventory_resolve() is pure: the same tables in any
 * order of arrival give the same devices in the same order.
 */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include "observe/observe.h"

enum kind {
	KIND_UNKNOWN, KIND_PLC, KIND_HMI, KIND_ENGINEERING, KIND_SCADA, KIND_HISTORIAN, KIND_ROBOT,
	KIND_CNC, KIND_DRIVE, KIND_IO, KIND_SENSOR, KIND_SAFETY, KIND_GATEWAY, KIND_SWITCH, KIND_ROUTER,
	KIND_WIRELESS, KIND_CAMERA, KIND_PRINTER, KIND_NAS, KIND_SERVER, KIND_PC, KIND_MOBILE, KIND_IOT,
	KIND_MAX
};
extern const char *const kind_names[];   /* "unknown", "plc", … */

/* One value of one field with its evidence; a field's best value also stands in the device. */
struct inv_evidence {
	const char *field;       /* attr_names[], "mac", "ipv4", "ipv6", "kind", "level" */
	const char *value;
	const char *source;      /* "resolve": kind and level; "resolve.http.server": the system that this shows */
	enum confidence confidence;
	uint16_t file;           /* index in inventory.files */
	uint32_t frame, peer_frame;
	int64_t first, last;
	uint64_t count;
};

struct inv_protocol {
	const char *name;
	bool server;             /* role */
	enum transport transport;
	uint16_t port;           /* the server's */
	enum confidence confidence;
	uint64_t frames;
};

struct inv_mac { uint8_t mac[6]; uint32_t segment; };
struct inv_ip { struct addr ip; uint32_t segment; };

struct inv_device {
	/* Best values; NULL where nobody said. Borrowed from the inventory. */
	const char *name, *vendor, *model, *firmware, *hardware, *serial, *mode, *software;
	const char *os;          /* from all that hints at it, by one name: "Windows 7 / Server 2008 R2 (6.1.7601)" */
	const char *os_reason;   /* as kind_reason */
	const char *mac_vendor;  /* of the first MAC, from the OUI table */
	enum kind kind;
	const char *kind_reason; /* an English msgid, then ": value" where a value decided; NULL for unknown */
	int level;               /* Purdue 0 to 5, -1 unknown */
	const char *level_reason;
	bool router;             /* its MAC carries other devices' addresses from afar */
	bool internet;           /* has a public address and is not attached here: outside */
	bool random_mac;         /* all its MACs are locally administered */
	char **hostnames; size_t n_hostnames;
	struct inv_mac *macs; size_t n_macs;
	struct inv_ip *ips; size_t n_ips;
	uint16_t *vlans; size_t n_vlans;
	struct inv_protocol *protocols; size_t n_protocols;
	struct inv_protocol *candidates; size_t n_candidates;   /* guesses */
	struct inv_evidence *evidence; size_t n_evidence;
	/* What may match it to a device of an earlier scan, strongest first:
	   "serial:<vendor>:<model>:<serial>", "mac:<global mac>",
	   "local:<segment key>:<locally administered or virtual mac>", "ip:<segment key>:<address>",
	   "name:<protocol>:<station name>" for L2-only devices without a global MAC.
	   No two devices of a scan share a key; every device has one. */
	char **keys; size_t n_keys;
	int64_t first, last;     /* ns; 0 when it was only spoken of */
	uint64_t frames;         /* sent */
	int64_t id;              /* from the store, 0 before */
};

struct inv_conv {
	int32_t client, server;  /* index in devices, -1: a group address or nobody */
	struct addr client_ip, server_ip;  /* zero for L2 */
	const struct obs_conv *row;        /* borrowed from the observations */
};

struct inv_op {
	int32_t client, server;
	const struct obs_op *row;
};

/* One IP address claimed by two MACs whose ARP claims alternate. */
struct inv_conflict {
	struct addr ip;
	uint32_t segment;
	int32_t a, b;            /* devices */
	uint32_t alternations;
	struct obs_where where;
};

struct inventory {
	const struct observe *observe;   /* borrowed: must outlive the inventory */
	struct inv_device *devices; size_t n_devices;   /* sorted by key */
	struct inv_conv *convs; size_t n_convs;
	struct inv_op *ops; size_t n_ops;
	struct inv_conflict *conflicts; size_t n_conflicts;
	uint32_t *entity_device;         /* entity index → device index + 1, 0 for none */
	void *strings;                   /* owner of made-up strings */
};

struct inventory *inventory_resolve(const struct observe *o);
void inventory_free(struct inventory *inv);

/* A segment as text that is the same in every scan: "", "vlan 10", "vxlan 100 from 10.0.0.1 vlan 3". To be freed. */
char *inventory_segment_key(const struct obs_segment *s);
/*
 * Vendor of a MAC from the IEEE tables of the system (ieee-data; the folder is
 * $GENBA_OUI where set), NULL where unknown or the tables are not installed.
 * Loaded at the first call. Borrowed.
 */
const char *inventory_mac_vendor(const uint8_t mac[6]);

#endif
