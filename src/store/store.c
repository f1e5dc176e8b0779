/* The site file: opening it safely, running statements, settings. */
#include "store/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/lang.h"

enum { BUSY_MS = 10000 };

bool store_fail(struct store *s, struct err *e, const char *doing)
{
	switch (sqlite3_errcode(s->db)) {
	case SQLITE_FULL:
		return err_set(e, _("%s: the disk is full while %s; nothing was stored, the file is as it was "
				    "before. Make room and try again"), s->path, doing);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, _("%s: another genba is writing to this site file; try again when it is done"),
			       s->path);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return err_set(e, _("%s: cannot be written while %s (%s); check the rights on the file and its "
				    "folder"), s->path, doing, sqlite3_errmsg(s->db));
	case SQLITE_NOTADB:
		return err_set(e, _("%s: is no genba site file; it is left as it is. Give another file with -s"),
			       s->path);
	case SQLITE_CORRUPT:
		return err_set(e, _("%s: the file is damaged (%s); take it from a backup, or scan into a new one"),
			       s->path, sqlite3_errmsg(s->db));
	case SQLITE_IOERR:
		return err_set(e, _("%s: reading or writing the disk failed while %s (%s); what was stored before "
				    "is still there"), s->path, doing, sqlite3_errmsg(s->db));
	default:
		return err_set(e, "%s: %s: %s", s->path, doing, sqlite3_errmsg(s->db));
	}
}

bool store_run(struct store *s, const char *sql, struct err *e)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(s, e, _("storing"));
}

sqlite3_stmt *store_prepare(struct store *s, const char *sql, struct err *e)
{
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK) {
		store_fail(s, e, _("preparing"));
		return NULL;
	}
	return st;
}

bool store_step(struct store *s, sqlite3_stmt *st, struct err *e)
{
	bool ok = sqlite3_step(st) == SQLITE_DONE;
	if (!ok)
		store_fail(s, e, _("storing"));
	sqlite3_reset(st);
	return ok;
}

int64_t store_number(struct store *s, const char *sql, int64_t otherwise)
{
	sqlite3_stmt *st = store_prepare(s, sql, NULL);
	int64_t n = st && sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : otherwise;
	sqlite3_finalize(st);
	return n;
}

bool store_begin(struct store *s, struct err *e)
{
	if (s->read_only)
		return err_set(e, _("%s: can only be read; check the rights on the file and its folder"), s->path);
	return store_run(s, "BEGIN IMMEDIATE", e);
}

bool store_commit(struct store *s, struct err *e)
{
	if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		return true;
	store_fail(s, e, _("storing"));
	store_rollback(s);
	return false;
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

void store_bind_text(sqlite3_stmt *st, int at, const char *text)
{
	if (text)
		sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(st, at);
}

const char *store_library(void)
{
	return "SQLite " SQLITE_VERSION;
}

int64_t store_now(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	if (fixed && *fixed) {
		char *end;
		long long seconds = strtoll(fixed, &end, 10);
		/* What does not fit into ns fixes nothing. */
		if (*end == 0 && seconds >= 0 && seconds <= INT64_MAX / 1000000000)
			return (int64_t)seconds * 1000000000;
	}
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void store_row_read(sqlite3_stmt *st, struct store_row *row, struct store_value *values, const char **names)
{
	int n = sqlite3_column_count(st);
	for (int i = 0; i < n; i++) {
		struct store_value *v = &values[i];
		int type = sqlite3_column_type(st, i);
		*v = (struct store_value){ .type = STORE_NULL };
		names[i] = sqlite3_column_name(st, i);
		if (type == SQLITE_NULL)
			continue;
		v->type = type == SQLITE_INTEGER ? STORE_INT : type == SQLITE_FLOAT ? STORE_REAL : STORE_TEXT;
		v->i = sqlite3_column_int64(st, i);
		v->r = sqlite3_column_double(st, i);
		v->text = (const char *)sqlite3_column_text(st, i);
		if (!v->text)
			v->text = "";
	}
	*row = (struct store_row){ .n = n, .names = names, .values = values };
}

struct store_value store_column(const struct store_row *row, const char *name)
{
	for (int i = 0; i < row->n; i++)
		if (strcmp(row->names[i], name) == 0)
			return row->values[i];
	return (struct store_value){ .type = STORE_NULL };
}

bool store_select(struct store *s, int64_t scan, const char *sql, const char *const *parameters,
		  store_row_fn *fn, void *data, struct err *e)
{
	if (!views_bind(s, scan, e))
		return false;
	sqlite3_stmt *st = store_prepare(s, sql, e);
	if (!st)
		return false;
	if (!sqlite3_stmt_readonly(st)) {
		sqlite3_finalize(st);
		return err_set(e, "%s: store_select only reads", s->path);
	}
	for (int i = 0; parameters && parameters[i]; i++)
		store_bind_text(st, i + 1, parameters[i]);
	int n = sqlite3_column_count(st), status;
	struct store_value *values = xcalloc((size_t)n, sizeof *values);
	const char **names = xcalloc((size_t)n, sizeof *names);
	struct store_row row;
	bool more = true;
	while (more && (status = sqlite3_step(st)) == SQLITE_ROW) {
		store_row_read(st, &row, values, names);
		more = fn(data, &row);
	}
	free(values);
	free(names);
	bool ok = !more || status == SQLITE_DONE || store_fail(s, e, _("reading"));
	sqlite3_finalize(st);
	return ok;
}

/* ---- opening ---- */

/* Does the file hold anything but what genba puts there? A view or trigger in it would run in our name. */
static bool check_contents(struct store *s, struct err *e)
{
	if (store_number(s, "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index') "
			    "OR sql LIKE 'create virtual%'", 1) == 0)
		return true;
	return err_set(e, _("%s: holds views, triggers or virtual tables that genba never makes; do not trust this "
			    "file"), s->path);
}

static bool configure(struct store *s, struct err *e)
{
	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_extended_result_codes(s->db, 0);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);   /* temp views stay allowed */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	return store_run(s, "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;", e);
}

/* Is it ours, and of a version that we know? Migrates where it must. */
static bool identify(struct store *s, enum store_mode mode, struct err *e)
{
	/* The first read rolls a hot journal back, and tells what is no database at all. */
	int64_t version = store_number(s, "PRAGMA user_version", -1);
	int64_t pages = store_number(s, "PRAGMA page_count", -1);
	if (version < 0 || pages < 0)
		return store_fail(s, e, _("opening"));
	if (pages == 0 && mode != STORE_WRITE)
		return err_set(e, _("%s: is empty; run genba scan or genba ask first"), s->path);
	if (pages > 0 && store_number(s, "PRAGMA application_id", 0) != STORE_APPLICATION_ID)
		return err_set(e, _("%s: is a database, but no genba site file; it is left as it is. Give another "
				    "file with -s"), s->path);
	if (version > schema_version())
		return err_set(e, _("%s: was written by a newer genba (version %d of the file, this program knows %d); "
				    "update genba"), s->path, (int)version, schema_version());
	if (!s->read_only && !store_run(s, "PRAGMA journal_mode = DELETE", e))
		return false;
	if (version == schema_version())
		return true;
	if (mode == STORE_LOOK)
		return err_set(e, _("%s: was written by an older genba; genba scans, for one, brings it up to date"), s->path);
	return schema_migrate(s, (int)version, e);
}

struct store *store_open(const char *path, enum store_mode mode, struct err *e)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;
	if (!exists && errno != ENOENT) {
		err_errno(e, "%s", path);
		return NULL;
	}
	if (!exists && mode != STORE_WRITE) {
		err_set(e, _("%s: there is no such site file; run genba scan or genba ask first, or give another file "
			     "with -s"), path);
		return NULL;
	}
	if (exists && !S_ISREG(st.st_mode)) {
		err_set(e, _("%s: is no file; give a site file with -s"), path);
		return NULL;
	}
	struct store *s = xcalloc(1, sizeof *s);
	s->path = xstrdup(path);
	s->bound = -1;
	/* "./" keeps SQLite from taking ":memory:" or "file:" as something of its own. */
	char *plain = xasprintf("%s%s", path[0] == '/' ? "" : "./", path);
	/* no locks inside: a store belongs to one thread */
	int flags = SQLITE_OPEN_NOMUTEX | (mode == STORE_LOOK ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
		    (mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
	int status = sqlite3_open_v2(plain, &s->db, flags, NULL);
	if (status != SQLITE_OK && mode == STORE_READ) {
		sqlite3_close(s->db);
		status = sqlite3_open_v2(plain, &s->db, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY, NULL);
	}
	free(plain);
	bool ok = status == SQLITE_OK;
	if (!ok)
		err_set(e, _("%s: cannot be opened: %s"), path,
			s->db && sqlite3_system_errno(s->db) ? strerror(sqlite3_system_errno(s->db)) :
							       sqlite3_errstr(status));
	s->read_only = ok && sqlite3_db_readonly(s->db, "main") == 1;
	if (ok && s->read_only && mode == STORE_WRITE)
		ok = err_set(e, _("%s: cannot be written; check the rights on the file"), path);
	ok = ok && configure(s, e) && identify(s, mode, e) && check_contents(s, e) && views_create(s, e);
	if (!ok) {
		store_close(s);
		return NULL;
	}
	scans_settle(s);
	return s;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	sqlite3_close(s->db);
	free(s->path);
	free(s);
}

/* ---- settings ---- */

bool store_setting_set(struct store *s, const char *key, const char *value, struct err *e)
{
	if (value && strcmp(key, "subnets") == 0 && !coverage_check_subnets(value, e))
		return false;
	sqlite3_stmt *st = store_prepare(s, value ? "INSERT OR REPLACE INTO setting VALUES(?1, ?2)" :
						    "DELETE FROM setting WHERE key = ?1", e);
	if (!st)
		return false;
	store_bind_text(st, 1, key);
	if (value)
		store_bind_text(st, 2, value);
	bool ok = store_begin(s, e) && store_step(s, st, e);
	sqlite3_finalize(st);
	ok = ok && store_commit(s, e);
	if (!ok)
		store_rollback(s);
	s->bound = -1;   /* coverage depends on settings */
	return ok;
}

char *store_setting_get(struct store *s, const char *key)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT value FROM setting WHERE key = ?1", NULL);
	char *value = NULL;
	if (!st)
		return NULL;
	store_bind_text(st, 1, key);
	if (sqlite3_step(st) == SQLITE_ROW)
		value = xstrdup((const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return value;
}

bool store_mask_key(struct store *s, unsigned char *key, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT key FROM main.mask", e);
	if (!st)
		return false;
	bool ok = sqlite3_step(st) == SQLITE_ROW && sqlite3_column_bytes(st, 0) == STORE_MASK_KEY;
	if (ok)
		memcpy(key, sqlite3_column_blob(st, 0), STORE_MASK_KEY);
	else
		err_set(e, _("%s: the secret of its pseudonyms is missing; the file is damaged"), s->path);
	sqlite3_finalize(st);
	return ok;
}
