/*
 * Zones and conduits (IEC 62443-3-2): what the user declared in a zone file and a device list, and the place that
 * every device gets, a proposal from networks and levels where nothing is declared. Pure: reads no file and no clock.
 */
#ifndef ZONE_ZONE_H
#define ZONE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

/* ---- what was declared ---- */

struct zone_mac { uint8_t mac[6]; int bytes; };   /* 6: one device, 3: all of a maker */

struct zone_declared {
	char *name;
	int level;                       /* Purdue 0 to 5 of whatever stands there; -1: as inferred */
	struct prefix *prefixes; size_t n_prefixes;
	struct zone_mac *macs; size_t n_macs;
	int *vlans; size_t n_vlans;
};

/* Traffic that may cross a border, by who asks (from) and who answers (to). */
struct zone_conduit {
	char *from, *to;                 /* names of zones, "internet", or "any" */
	char **protocols;                /* short names, or "tcp/502"; NULL-terminated; empty: all */
};

/* When somebody outside may come in for maintenance. */
struct zone_window {
	char *name;
	struct prefix *prefixes; size_t n_prefixes;   /* of the end outside; none: any */
	char **to;                       /* names of zones, NULL-terminated; empty: all */
	unsigned days;                   /* bit 0 is Sunday; 0: every day */
	int start, end;                  /* minutes of the day in the site's time zone; -1: all day */
	char first[11], last[11];        /* YYYY-MM-DD; "": open */
};

/* A line of the device list. Texts may be "". */
struct zone_listed {
	int line;
	char *name, *kind, *zone, *owner;
	char *plan;                      /* what is planned for a system without support: a date, isolation, … */
	struct zone_mac *macs; size_t n_macs;
	struct addr *ips; size_t n_ips;
};

struct zone_plan {
	struct zone_declared *zones; size_t n_zones;
	struct zone_conduit *conduits; size_t n_conduits;
	struct zone_window *windows; size_t n_windows;
	char *devices;                   /* path of the device list as the zone file names it, or NULL */
	struct zone_listed *listed; size_t n_listed;
	bool has_list;                   /* a device list was read, an empty one, too */
};

/* The zone file, YAML in UTF-8; name is for messages. On false nothing is to be freed. */
bool zone_plan_parse(struct zone_plan *p, const char *name, const char *text, struct err *e) MUST_CHECK;
/* Adds the device list: a table in UTF-8 (base/csv.h) with heads in English or Japanese. The plan stays to be freed. */
bool zone_plan_list(struct zone_plan *p, const char *name, const char *text, struct err *e) MUST_CHECK;
void zone_plan_free(struct zone_plan *p);

/* May this cross? 1: a declared conduit allows it; 0: none does; -1: no conduits are declared. port 0: none. */
int zone_plan_allows(const struct zone_plan *p, const char *from, const char *to, const char *protocol,
		     const char *transport, int port);
/*
 * Does the time from first to last (ns) lie in a declared window for who comes from this address into this zone?
 * 1 or 0; -1: no windows are declared. Days and times are those of the clock that TZ sets.
 */
int zone_plan_in_window(const struct zone_plan *p, const struct addr *outside, const char *zone, int64_t first,
			int64_t last);

/* ---- the place of every device ---- */

struct zone_address {
	bool is_mac;
	uint8_t mac[6];
	struct addr ip;
	const char *subnet;              /* "192.168.1.0/24", "" for a MAC or what is no host's */
	int64_t segment;
	const char *segment_key;         /* "", "vlan 10", … */
};

struct zone_device {
	const struct zone_address *addresses; size_t n_addresses;   /* in the order of the inventory */
	int level;                       /* inferred, -1 unknown */
	bool internet, router;

	/* Filled by zone_assign; strings are borrowed from plan and places. */
	const char *zone;                /* "" where it stands between zones */
	const char *reason;              /* an English msgid, then ": value" where a value decided */
	bool declared;                   /* the zone is one of the zone file's */
	int declared_level;              /* of the zone file, -1 */
	const struct zone_listed *listed;   /* its line of the device list, or NULL */
};

/* The words that names of proposed zones begin with: "control", "operations", "office", "network"; ends with NULL. */
extern const char *const zone_groups[];
/* Could zone_assign have made up this name? Then its group, an index of zone_groups; else -1. */
int zone_group_of(const char *name);

struct zone_places;                  /* owner of made-up strings */
/* plan may be NULL. The result lives as long as what zone_assign filled in is used. */
struct zone_places *zone_assign(const struct zone_plan *plan, struct zone_device *devices, size_t n);
void zone_places_free(struct zone_places *p);

#endif
