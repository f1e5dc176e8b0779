/* What the parts of inventory_resolve() share. Private to src/inventory. */
#ifndef INVENTORY_RESOLVE_H
#define INVENTORY_RESOLVE_H

#include "inventory/inventory.h"

/* ---- memory that lives as long as the inventory ---- */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *a);
void *arena_alloc(struct arena *a, size_t n);            /* zeroed, aligned for anything */
char *arena_text(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- one run ---- */

enum {
	ENT_HOST = 1,         /* an address that one host can have */
	ENT_VIRTUAL = 2,      /* MAC shared by a group of routers (VRRP, HSRP, GLBP) */
	ENT_PROXY = 4,        /* MAC that answers ARP for many addresses */
	ENT_ROUTER = 8,       /* MAC that carries other hosts' addresses */
	ENT_ONE4 = 16,        /* MAC whose data frames carry one IPv4 address, which can be its own */
	ENT_ONE6 = 32,        /* likewise for the addresses of one IPv6 host */
	ENT_BOUND = 64,       /* IP that belongs to a MAC */
	ENT_TALKS = 128,      /* IP that sent or received in earnest, or of which something is known */
	ENT_EXISTS = 256,     /* enough to be a device */
	ENT_BRIDGE = 512,     /* a MAC that carries others' addresses, but did not route them */
};

/* One MAC and one IP: all their link rows together. */
struct pair {
	uint32_t mac, ip;
	uint8_t reasons;                /* bit per LINK_… */
	bool bound;                     /* the address is this MAC's */
	bool primary;                   /* … and the IP's conversations are its device's */
	uint64_t data, claims;          /* frames; other claims */
	const struct obs_link *why;     /* the best row */
	const struct obs_link *arp;     /* the ARP row with the most alternations */
};

struct resolve {
	const struct observe *o;
	struct inventory *inv;
	struct arena *arena;

	const struct obs_segment *segs;
	const struct obs_entity *ents;
	const struct obs_link *links;
	const struct obs_attr *attrs;
	const struct obs_conv *convs;
	const struct obs_op *ops;
	uint32_t n_segs, n_ents, n_links, n_attrs, n_convs, n_ops;

	const char **seg_key;
	uint32_t *seg_rank;
	uint32_t *order;                /* entities in canonical order … */
	uint32_t *rank;                 /* … and each one's place */
	uint32_t *parent;               /* union-find over entities; the root is the first in order */
	uint16_t *flags;                /* ENT_… */

	struct pair *pairs;             /* by MAC, then IP, in canonical order */
	uint32_t n_pairs;
	uint32_t *by_ip;                /* pairs by IP, then MAC */
	uint32_t *ip_at, *ip_n;         /* entity → its run in by_ip */
	int32_t *device;                /* entity → device, -1 */
};

uint32_t resolve_root(struct resolve *r, uint32_t entity);
void resolve_unite(struct resolve *r, uint32_t a, uint32_t b);
static inline bool resolve_is(const struct resolve *r, uint32_t entity, int flag)
{
	return (r->flags[entity] & flag) != 0;
}
static inline int32_t resolve_device(const struct resolve *r, uint32_t entity)
{
	return entity < r->n_ents ? r->device[entity] : -1;
}

/* VRRP, HSRP, GLBP: a MAC that a group of routers shares. */
bool resolve_mac_virtual(const uint8_t mac[6]);

/* links.c: fills pairs */
void resolve_pairs(struct resolve *r);
/* bind.c: which addresses belong to which MAC */
void resolve_bind(struct resolve *r);
/* unite.c: what else makes entities one device; which clusters exist */
void resolve_segments_unite(struct resolve *r);
void resolve_serials_unite(struct resolve *r);
void resolve_existence(struct resolve *r);
/* devices.c: clusters to devices with addresses and keys, in key order */
void resolve_devices(struct resolve *r);
/* evidence.c: attributes and addresses to evidence and best values */
void resolve_evidence(struct resolve *r);
/* traffic.c: conversations, operations, conflicts, protocols of devices */
void resolve_traffic(struct resolve *r);
/* os.c: the operating system of a device, from all that hints at it */
void resolve_systems(struct resolve *r);
/* kind.c: kind and level */
void resolve_kinds(struct resolve *r);

/* What the inference of system, kind and level puts into a device: a row with the place where its reason stands. */
void resolve_put(struct inv_device *d, const char *field, const char *value, const char *source,
		 enum confidence confidence, const struct inv_evidence *from);
/* The word for a field in a reason; 0 where the field says nothing. Returns ON_…. */
unsigned resolve_field(const struct inv_evidence *e, const char **word);
const char *resolve_sentence(struct arena *arena, const char *reason, const char *detail);

/* The identity that a serial number gives: model and serial of one entity. False when it is none. */
struct identity {
	uint32_t entity;
	const char *vendor, *model, *serial;
};
size_t resolve_identities(struct resolve *r, struct identity **out);   /* sorted; out to be freed */
int identity_cmp(const struct identity *a, const struct identity *b);  /* without the entity */

/* How good a source is: 4 identity objects … 0 inference. */
int source_strength(const char *source);

/* kind_table.c: the facts behind kind and level; each list ends with a NULL pattern. */
enum {
	ON_MODEL = 1, ON_NAME = 2, ON_DESCRIPTION = 4, ON_SOFTWARE = 8, ON_OS = 16, ON_HOSTNAME = 32,
	ON_DHCP = 64, ON_ROLE = 128, ON_MAC = 256, ON_ASKED = 512, /* options asked for by DHCP */
	ON_TYPE = ON_MODEL | ON_NAME | ON_DESCRIPTION,
};
struct kind_hint {
	uint16_t on;             /* which fields */
	const char *vendor;      /* must be part of the vendor's or the MAC's vendor's name; NULL: any */
	const char *pattern;     /* * ? and # (a digit), over the value in capitals without blanks */
	enum kind kind;
	uint8_t weight;          /* the highest wins; below 50 it counts as a guess */
};
extern const struct kind_hint kind_hints[], kind_hints_it[];   /* kind_table_it.c */

struct kind_protocol {
	const char *name;        /* pattern, likewise, in small letters */
	bool ot;
	int level;               /* of who answers it, -1: says nothing */
	enum kind server;        /* what answers it */
	uint8_t weight;
	bool office;             /* mail and such */
	bool files;              /* files, directory, databases: level 3 towards level 2 */
	enum kind client;        /* who asks, where that is no panel */
};
extern const struct kind_protocol kind_protocols[];           /* kind_protocols.c */
const struct kind_protocol *kind_protocol(const char *name);   /* NULL where nothing is known */
bool kind_match(const char *pattern, const char *value);

/* os_table.c: the facts behind the operating system; the list ends with a NULL mark. */
enum os {
	OS_UNKNOWN, OS_WINDOWS, OS_WINDOWS_9X, OS_WINDOWS_CE, OS_WINDOWS_PHONE, OS_UNIX, OS_LINUX, OS_BSD, OS_ANDROID,
	OS_APPLE, OS_MACOS, OS_IOS, OS_NETWORK, OS_REALTIME, OS_OTHER,
};
struct os_rule {
	uint16_t on;             /* ON_… */
	const char *mark;        /* words in the value, in small letters or capitals; ON_ASKED: the whole value */
	enum os os;
	const char *name;        /* OS_IS_NT: the version of Windows NT */
	enum os_read {
		OS_READ_NONE,    /* the name is all */
		OS_READ_ONE,     /* one number of a version behind the mark, */
		OS_READ_TWO,     /* or two, */
		OS_READ_VERSION, /* or two behind the word "Version" after it */
		OS_READ_NT,      /* version of Windows NT behind the mark */
		OS_READ_TEXT,    /* Windows in its own words: its name, build or version anywhere */
		OS_READ_BUILD,   /* a build of Windows anywhere */
		OS_READ_SQL,     /* version of SQL Server: since 14 it says nothing */
		OS_IS_NT, OS_IS_SERVER,
	} read;
};
extern const struct os_rule os_rules[];

#endif
