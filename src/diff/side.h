/* Inside src/diff: one of the two scans as it was read from its site file. */
#ifndef DIFF_SIDE_H
#define DIFF_SIDE_H

#include "diff/diff.h"

enum { SIDE_KIND, SIDE_ADDRESS = 10, SIDE_FIELDS };
extern const char *const side_fields[];      /* columns of v_device, and "address" */

/* Ids of devices that the first site does not know begin here; they are not shown. */
#define SIDE_FOREIGN (INT64_C(1) << 60)

struct side_device {
	int64_t id;
	char *label;
	char *fields[SIDE_FIELDS];   /* "" where nobody said */
	bool seen, internet;
	bool talked;                 /* the scan shows its unicast: an answered conversation of it */
	char **places; size_t n_places;  /* its subnets; "internet"; its segments where it has no IPv4 address */
};

/* A conversation, a class of operations or a service, compared by its ends and by what it is. */
struct side_thing {
	int64_t client, server;      /* 0: nobody known, or a group */
	char *ends;                  /* addresses, where a device is not known */
	char *label;                 /* of the server, or the address that was sent to */
	char *what;                  /* "modbus tcp/502" */
	char *from;                  /* the client's label */
};

struct side_things { struct side_thing *list; size_t n; };

/* An accepted risk whose last day lies between the earlier scan and today. */
struct side_expired { char *check, *expires; int64_t device; };

/* A device in a scan before the earlier one. */
struct side_past { int64_t id, started; enum diff_presence presence; };

struct diff_side {
	int64_t started;
	double k;
	bool enough;                  /* that coverage makes more than a declared score */
	bool mirror;
	struct side_device *devices; size_t n_devices;       /* by id */
	const char **watched; size_t n_watched;              /* places where a device was seen, sorted */
	struct side_things convs, ops, services;
	struct side_past *past; size_t n_past;               /* of the earlier side, by id */
	struct side_expired *expired; size_t n_expired;      /* of the later side */
};

bool side_read(struct store *s, const struct assessment *a, struct diff_side *out, struct err *e) MUST_CHECK;
/* Also: what was there before this scan. */
bool side_read_past(struct store *s, int64_t scan, struct diff_side *out, struct err *e) MUST_CHECK;
/* Also: the accepted risks that have run out since the day on which the earlier scan ended. */
bool side_read_expired(struct store *s, int64_t since, struct diff_side *out, struct err *e) MUST_CHECK;
/* Give the devices of the second site, here and in the rows of its findings, the ids of the first. */
bool side_rename(struct store *first, struct store *second, struct diff_side *side, struct assessment *a,
		 struct err *e) MUST_CHECK;
void side_done(struct diff_side *s);

/* NULL when this scan does not have it. */
const struct side_device *side_find(const struct diff_side *s, int64_t id);
/*
 * Does this scan show enough to be held against the other one: not much less than that, and who talks to whom, which
 * only a mirror port shows, where the other one has it?
 */
bool side_compares(const struct diff_side *s, const struct diff_side *other);
/* … and so much that what it does not show counts as gone, as a check that passes confirms an answer only then. */
bool side_proves(const struct diff_side *s, const struct diff_side *other);
/* Was this device seen, and not by its broadcasts alone where the other scan has more? */
bool side_saw(const struct diff_side *s, const struct diff_side *other, int64_t device);
/* Did this scan see anybody in a network of that device of another scan? */
bool side_watched(const struct diff_side *s, const struct side_device *d);

/* 0 for a device that only the second site file knows. */
int64_t side_shown_id(int64_t id);
/* The row of this id among n rows of so many bytes, sorted by the id that each begins with; NULL where there is none. */
void *side_row(const void *rows, size_t n, size_t size, int64_t id);

/* findings.c, score.c */
void diff_findings(struct diff *d);
void diff_scores(struct diff *d, bool two_files);

#endif
