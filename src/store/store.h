/*
 * The site file: one factory, one SQLite file. The only folder that calls SQLite.
 * Views that checks and listings read are documented in docs/VIEWS.md.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "inventory/inventory.h"

struct store;

/* STORE_WRITE makes the file when it is not there; STORE_LOOK leaves a file as it is, and refuses one that needs more. */
enum store_mode { STORE_READ, STORE_WRITE, STORE_LOOK };

/* Opens read-write first, so that a hot journal is recovered; migrates the schema. */
struct store *store_open(const char *path, enum store_mode mode, struct err *e) MUST_CHECK;
void store_close(struct store *s);

/* What was said about a scan on the command line; any may be NULL. */
struct store_scan_info {
	const char *point, *operator_name, *authorised_by;
	bool line_running, line_running_known;
	int64_t started, finished;        /* ns */
	const char *const *paths;         /* as given, one per file of the inventory */
	const char *const *digests;
	const char *state;                /* "running", "complete", "interrupted" */
};

/*
 * Which devices of this site are these? Looks at nothing but devices[].keys, and
 * sets devices[].id, 0 where the site does not know it. Writes nothing.
 */
bool store_identify(struct store *s, struct inventory *inv, struct err *e) MUST_CHECK;

/* Is a capture with this digest in a complete scan already? 0: no; else the scan's id. */
int64_t store_scan_with(struct store *s, const char *digest);
/* The scan whose captures are exactly these digests (any order), 0 for none. */
int64_t store_scan_of(struct store *s, const char *const *digests, size_t n);
/*
 * Write a scan whole, in one transaction: devices are matched to earlier ones by
 * their keys, new ones get ids in key order. *scan_id 0: a new scan; else that
 * scan's rows are replaced. Fills inv->devices[].id.
 */
bool store_scan_save(struct store *s, struct inventory *inv, const struct store_scan_info *info, int64_t *scan_id,
		     struct err *e) MUST_CHECK;
/* Take a scan out of the file, whole. The site goes on knowing its devices. */
bool store_scan_remove(struct store *s, int64_t scan, struct err *e) MUST_CHECK;
/* The newest scan that is not running, 0 when there is none. */
int64_t store_scan_latest(struct store *s);

struct store_scan_head {
	int64_t id, started, finished;    /* ns */
	const char *state, *point, *operator_name, *authorised_by;   /* NULL where nobody said */
	int64_t files, frames, devices, conversations;
};
typedef bool store_scan_fn(void *data, const struct store_scan_head *h);   /* false stops */
/* All scans, oldest first. */
bool store_scans(struct store *s, store_scan_fn *fn, void *data, struct err *e) MUST_CHECK;

/* ---- rows ---- */
enum store_type { STORE_NULL, STORE_INT, STORE_REAL, STORE_TEXT };
struct store_value {
	enum store_type type;
	int64_t i;
	double r;
	const char *text;      /* for every type but NULL, which has NULL; borrowed during the call */
};
struct store_row {
	int n;
	const char *const *names;
	const struct store_value *values;
};
/* Value of a column by name; a NULL value where there is no such column. */
struct store_value store_column(const struct store_row *row, const char *name);
typedef bool store_row_fn(void *data, const struct store_row *row);   /* false stops */

/*
 * Our own SQL over the v_* views of one scan (and the base tables). Parameters are
 * bound as text, NULL-terminated. fn must not call the store for another scan.
 */
bool store_select(struct store *s, int64_t scan, const char *sql, const char *const *parameters,
		  store_row_fn *fn, void *data, struct err *e) MUST_CHECK;

/* ---- checks: a stranger's SQL ---- */
struct store_checks;
/*
 * Copies the views of one scan into v_* tables of a fresh :memory: database: those that sql, the text of all queries that
 * will come, names; all where that is NULL. scan 0: the tables stay empty, s may be NULL.
 */
struct store_checks *store_checks_open(struct store *s, int64_t scan, const char *sql, struct err *e) MUST_CHECK;
void store_checks_close(struct store_checks *c);
/* For check examples only, before the first store_query: plain INSERTs into v_* tables. */
bool store_checks_insert(struct store_checks *c, const char *sql, struct err *e) MUST_CHECK;
/* One SELECT under the authorizer and the limits (length, steps, heap, rows). */
bool store_query(struct store_checks *c, const char *sql, store_row_fn *fn, void *data, struct err *e) MUST_CHECK;

/* ---- answers ---- */
struct store_answer {
	const char *question;    /* "A1", or a profile question's id */
	const char *respondent;  /* "" when one person answers */
	int level;               /* 0 to 4; -1 don't know; -2 not applicable; -3: .text counts (profile) */
	const char *text;        /* profile value */
	const char *reason;      /* why not applicable */
	const char *note;
	const char *evidence;    /* reference to a record */
	bool recorded;           /* the respondent can show a record (verifies level 4) */
	const char *when;        /* RFC 3339; NULL: now */
	bool chosen;             /* out only: this respondent was chosen for the question */
};
bool store_answer_set(struct store *s, const struct store_answer *a, struct err *e) MUST_CHECK;
typedef bool store_answer_fn(void *data, const struct store_answer *a);
/* In order of question, respondent. */
bool store_answers(struct store *s, store_answer_fn *fn, void *data, struct err *e) MUST_CHECK;
/* This respondent's answer to the question counts from now on, as long as there is one. NULL: the last one again. */
bool store_answer_choose(struct store *s, const char *question, const char *respondent, struct err *e) MUST_CHECK;

/* ---- exceptions: accepted risks ---- */
struct store_exception {
	const char *check;       /* check id */
	int64_t device;          /* 0: the whole site */
	const char *reason, *approver;
	const char *expires;     /* YYYY-MM-DD, required */
	int64_t id;              /* out */
};
/* Fills x->id. Reason, approver and a date that is not past are required; the device must be known. */
bool store_exception_add(struct store *s, struct store_exception *x, struct err *e) MUST_CHECK;
/* False where there is no such exception. */
bool store_exception_remove(struct store *s, int64_t id, struct err *e) MUST_CHECK;
typedef bool store_exception_fn(void *data, const struct store_exception *x);
bool store_exceptions(struct store *s, store_exception_fn *fn, void *data, struct err *e) MUST_CHECK;

/*
 * Settings of the site ("name", "timezone", "subnets": networks separated by
 * commas, or "one"), text; value NULL unsets.
 */
bool store_setting_set(struct store *s, const char *key, const char *value, struct err *e) MUST_CHECK;
char *store_setting_get(struct store *s, const char *key);   /* to be freed, NULL when unset */

/* "SQLite 3.40.1" */
const char *store_library(void);
enum { STORE_MASK_KEY = 32 };
/* The secret that this site's pseudonyms are made with. */
bool store_mask_key(struct store *s, unsigned char *key, struct err *e) MUST_CHECK;

/* Time now in ns; $SOURCE_DATE_EPOCH (seconds) fixes it. */
int64_t store_now(void);

#endif
