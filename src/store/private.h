/* What the files of the store share among themselves; nobody else includes this. */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include <sqlite3.h>

#include "store/store.h"

enum { STORE_APPLICATION_ID = 0x67656e62 };   /* "genb" */

struct store {
	sqlite3 *db;
	char *path;              /* as given, for messages */
	bool read_only;
	int64_t bound;           /* scan that the views show, -1 for none yet … */
	int64_t bound_version;   /* … and the data_version of the file then: others write, too */
};

/* ---- store.c ---- */
/* Fill e from SQLite's error, with the file's name and what to do; returns false. */
bool store_fail(struct store *s, struct err *e, const char *doing);
bool store_run(struct store *s, const char *sql, struct err *e) MUST_CHECK;
/* NULL and e filled when it does not compile. */
sqlite3_stmt *store_prepare(struct store *s, const char *sql, struct err *e) MUST_CHECK;
/* One step of a statement that gives no row, then reset. */
bool store_step(struct store *s, sqlite3_stmt *st, struct err *e) MUST_CHECK;
/* First column of the first row; otherwise when there is none. */
int64_t store_number(struct store *s, const char *sql, int64_t otherwise);
/* Writing: refused on a file that can only be read. End with store_commit or store_rollback. */
bool store_begin(struct store *s, struct err *e) MUST_CHECK;
bool store_commit(struct store *s, struct err *e) MUST_CHECK;
void store_rollback(struct store *s);
void store_bind_text(sqlite3_stmt *st, int at, const char *text);   /* NULL binds NULL; the text must outlive the step */
/* The row that a statement stands on; values must have room for all columns. */
void store_row_read(sqlite3_stmt *st, struct store_row *row, struct store_value *values, const char **names);

/* ---- schema.c ---- */
int schema_version(void);
/* One transaction a version, from the version the file has. */
bool schema_migrate(struct store *s, int from, struct err *e) MUST_CHECK;

/* ---- scans.c ---- */
enum { PROCESS_TEXT = 128 };
/* A process of this machine since it was started, 0 for this one: "boot id, pid, start", "" where there is none. */
const char *scans_process(long pid, char out[PROCESS_TEXT]);
/* A running scan whose process is gone was interrupted. */
void scans_settle(struct store *s);

/* ---- identity.c ---- */
/* Give every device its id: an earlier one's that shares a key, else a new one. Inside a transaction. */
bool identity_assign(struct store *s, struct inventory *inv, int64_t scan, struct err *e) MUST_CHECK;

/* ---- views.c ---- */
struct view {
	const char *name;
	const char *columns;     /* "id INTEGER, name TEXT DEFAULT '', …" as in CREATE TABLE */
	const char *select;      /* over the site's tables */
	const char *order;       /* columns that put the rows in order */
};
extern const struct view views[];   /* ends with name NULL */
bool views_create(struct store *s, struct err *e) MUST_CHECK;
/* Let the views show this scan. */
bool views_bind(struct store *s, int64_t scan, struct err *e) MUST_CHECK;

/* The scan that is bound. */
#define BOUND "(SELECT scan FROM temp.bound)"

/* ---- place.c ---- */
struct zone_plan;
extern const char place_tables[];   /* CREATE of the temporary tables below */
/* Fill temp.placed, zone, conduit, visit, listed and changed for the scan that is bound; base: place_baseline(). */
bool place_bind(struct store *s, const struct zone_plan *plan, int64_t base, struct err *e) MUST_CHECK;
/* The scan that this one is compared with: setting "baseline", else the first; 0 where there is none before it. */
int64_t place_baseline(struct store *s, int64_t scan);
/* What the user declared, parsed; empty where nothing is. */
bool place_plan(struct store *s, struct zone_plan *plan, struct err *e) MUST_CHECK;

/* ---- coverage.c ---- */
/* Compute temp.coverage, the row of v_coverage, for the scan that is bound. */
bool coverage_bind(struct store *s, const struct zone_plan *plan, int64_t base, struct err *e) MUST_CHECK;
extern const char coverage_table[];
/* Is this a list of prefixes, or "one"? */
bool coverage_check_subnets(const char *value, struct err *e);

#endif
