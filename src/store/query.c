/*
 * SQL from a stranger: a check pack may come from anywhere. It never sees the
 * site file. The views of one scan are copied into tables of a database in
 * memory that holds nothing else, and there one SELECT runs at a time, under an
 * authorizer (what it may name) and limits (what it may cost).
 */
#include "store/private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/lang.h"

enum {
	SQL_MAX = 64 * 1024,             /* bytes of one query */
	VALUE_MAX = 100 * 1000,          /* bytes of one value or row */
	STEPS = 1000,                    /* instructions between two looks at the limits */
	STEPS_MAX = 100 * 1000 * 1000,   /* instructions of one query: a few seconds */
	HEAP_MAX = 64 * 1024 * 1024,     /* bytes of memory that one query may take */
	ROWS_MAX = 250 * 1000,
	SECONDS_MAX = 60,                /* only for single instructions that take long */
};

struct store_checks {
	sqlite3 *db;
	bool querying;                   /* the first query came: no more inserts */
	bool inserting;                  /* what the authorizer allows now */
	char denied[160];                /* what it refused last */

	/* of the query that runs */
	int64_t steps, heap, deadline;
	const char *over;                /* the limit that it broke */
};

/* ---- what a query may name ---- */

static const char *const functions[] = {
	"abs", "avg", "char", "coalesce", "count", "cume_dist", "dense_rank", "first_value", "format", "glob",
	"group_concat", "hex", "ifnull", "iif", "instr", "lag", "last_value", "lead", "length", "like", "lower",
	"ltrim", "max", "min", "nth_value", "ntile", "nullif", "percent_rank", "printf", "quote", "rank", "replace",
	"round", "row_number", "rtrim", "sign", "substr", "substring", "sum", "total", "trim", "typeof", "unicode",
	"upper",
};

static bool is_allowed_function(const char *name)
{
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (sqlite3_stricmp(functions[i], name) == 0)
			return true;
	return false;
}

static bool is_view(const char *name)
{
	for (const struct view *v = views; v->name; v++)
		if (sqlite3_stricmp(v->name, name) == 0)
			return true;
	return false;
}

static int deny(struct store_checks *c, const char *format, const char *what)
{
	sqlite3_snprintf(sizeof c->denied, c->denied, format, what);
	return SQLITE_DENY;
}

static int authorize(void *data, int action, const char *a, const char *b, const char *db, const char *inner)
{
	struct store_checks *c = data;
	(void)db;
	(void)inner;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		/* No column: count(*), also of a WITH table, which is known by its name only. This database
		   holds nothing but the views and SQLite's own tables. */
		if (b && *b == 0 && sqlite3_strnicmp(a, "sqlite_", 7) != 0)
			return SQLITE_OK;
		return is_view(a) ? SQLITE_OK : deny(c, _("a check reads the tables v_… only, not %s"), a);
	case SQLITE_INSERT:
		if (!c->inserting)
			break;
		return is_view(a) ? SQLITE_OK : deny(c, _("an example fills the tables v_… only, not %s"), a);
	case SQLITE_FUNCTION:
		return is_allowed_function(b) ? SQLITE_OK : deny(c, _("a check may not call the function %s()"), b);
	default:
		break;
	}
	return deny(c, c->inserting ? _("an example only inserts into the tables v_…") :
				      _("a check is one SELECT and changes nothing"), "");
}

/* ---- what it may cost ---- */

static int64_t seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int progress(void *data)
{
	struct store_checks *c = data;
	c->steps += STEPS;
	if (c->steps > STEPS_MAX)
		c->over = N_("the query takes too many steps");
	else if (sqlite3_memory_used() - c->heap > HEAP_MAX)
		c->over = N_("the query takes too much memory");
	else if (seconds() > c->deadline)
		c->over = N_("the query takes too long");
	return c->over != NULL;
}

static void limits_start(struct store_checks *c)
{
	c->steps = 0;
	c->over = NULL;
	c->denied[0] = 0;
	c->heap = sqlite3_memory_used();
	c->deadline = seconds() + SECONDS_MAX;
	sqlite3_set_authorizer(c->db, authorize, c);
	sqlite3_progress_handler(c->db, STEPS, progress, c);
}

static bool checks_fail(struct store_checks *c, struct err *e)
{
	if (c->over)
		return err_set(e, "%s", _(c->over));
	if (c->denied[0])
		return err_set(e, "%s", c->denied);
	if (sqlite3_errcode(c->db) == SQLITE_TOOBIG)
		return err_set(e, _("the query is too long, or makes a value of more than %d bytes"), VALUE_MAX);
	return err_set(e, "SQL: %s", sqlite3_errmsg(c->db));
}

/* ---- the copy ---- */

/* Is a row of a scan known by its id? */
static bool has_key(const struct view *v)
{
	return strncmp(v->columns, "id INTEGER", 10) == 0 && strcmp(v->order, "id") == 0;
}

/* The value stays where it is until the next step: nothing is copied on the way. */
static void pass_value(sqlite3_stmt *in, sqlite3_stmt *out, int i)
{
	switch (sqlite3_column_type(in, i)) {
	case SQLITE_INTEGER:
		sqlite3_bind_int64(out, i + 1, sqlite3_column_int64(in, i));
		break;
	case SQLITE_TEXT: {
		const char *text = (const char *)sqlite3_column_text(in, i);
		sqlite3_bind_text(out, i + 1, text, sqlite3_column_bytes(in, i), SQLITE_STATIC);
		break;
	}
	case SQLITE_NULL:
		sqlite3_bind_null(out, i + 1);
		break;
	default:
		sqlite3_bind_value(out, i + 1, sqlite3_column_value(in, i));
		break;
	}
}

/* Copy the rows of one view; both sides have its columns in its order. */
static bool copy_view(struct store *s, struct store_checks *c, const struct view *v, struct err *e)
{
	/* Where the id is the key, the table puts the rows in order. */
	char *from = has_key(v) ? sqlite3_mprintf("SELECT * FROM temp.%s", v->name) :
				  sqlite3_mprintf("SELECT * FROM temp.%s ORDER BY %s", v->name, v->order);
	sqlite3_stmt *in = store_prepare(s, from, e), *out = NULL;
	sqlite3_free(from);
	if (!in)
		return false;
	int n = sqlite3_column_count(in), status;
	struct buf b;
	buf_init(&b, 10000);
	buf_printf(&b, "INSERT INTO %s VALUES(?1", v->name);
	for (int i = 2; i <= n; i++)
		buf_printf(&b, ", ?%d", i);
	buf_putc(&b, ')');
	bool ok = sqlite3_prepare_v2(c->db, b.data, -1, &out, NULL) == SQLITE_OK || checks_fail(c, e);
	buf_done(&b);
	while (ok && (status = sqlite3_step(in)) != SQLITE_DONE) {
		ok = status == SQLITE_ROW || store_fail(s, e, _("reading"));
		for (int i = 0; ok && i < n; i++)
			pass_value(in, out, i);
		if (ok && sqlite3_step(out) != SQLITE_DONE)
			ok = checks_fail(c, e);
		sqlite3_reset(out);
	}
	sqlite3_finalize(in);
	sqlite3_finalize(out);
	return ok;
}

/* An example may leave the ids out, or give one twice: then they are no key. */
static bool make_tables(struct store_checks *c, bool keys, struct err *e)
{
	struct buf b;
	buf_init(&b, 100 * 1000);
	buf_puts(&b, "PRAGMA temp_store = MEMORY; BEGIN;");
	for (const struct view *v = views; v->name; v++)
		if (keys && has_key(v))
			buf_printf(&b, "CREATE TABLE %s(id INTEGER PRIMARY KEY%s);", v->name, v->columns + strlen("id INTEGER"));
		else
			buf_printf(&b, "CREATE TABLE %s(%s);", v->name, v->columns);
	bool ok = sqlite3_exec(c->db, b.data, NULL, NULL, NULL) == SQLITE_OK || checks_fail(c, e);
	buf_done(&b);
	return ok;
}

/*
 * What checks join by and ask for most. Their names hold no row that a check could read. None on columns that are nearly
 * always the same (internet, answered): SQLite takes every index to be choosy, and would rather use such a one.
 */
static const char indexes[] =
	"CREATE INDEX i_kind ON v_device(kind); CREATE INDEX i_model ON v_device(model);"
	"CREATE INDEX i_address ON v_address(device_id); CREATE INDEX i_evidence ON v_evidence(device_id);"
	"CREATE INDEX i_protocol ON v_protocol(device_id); CREATE INDEX i_name ON v_protocol(name);"
	"CREATE INDEX i_spoken ON v_conversation(protocol); CREATE INDEX i_client ON v_conversation(client_id);"
	"CREATE INDEX i_server ON v_conversation(server_id); CREATE INDEX i_operation ON v_operation(server_id);"
	"CREATE INDEX i_operation_client ON v_operation(client_id); CREATE INDEX i_weakness ON v_weakness(device_id);"
	"COMMIT;";

static void set_limits(sqlite3 *db)
{
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 200);
	sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 200);
	sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 100);
	sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 100 * 1000);
	sqlite3_limit(db, SQLITE_LIMIT_FUNCTION_ARG, 50);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200);
	sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, 0);
	sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 0);
	sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
}

/* sql NULL: everything is. A name inside another word or a comment only costs the copy. */
static bool is_wanted(const struct view *v, const char *sql)
{
	return !sql || strcasestr(sql, v->name);
}

struct store_checks *store_checks_open(struct store *s, int64_t scan, const char *sql, struct err *e)
{
	struct store_checks *c = xcalloc(1, sizeof *c);
	if (sqlite3_open_v2(":memory:", &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		err_set(e, "SQL: %s", sqlite3_errmsg(c->db));
		store_checks_close(c);
		return NULL;
	}
	bool ok = make_tables(c, scan != 0, e);
	if (scan && ok) {
		/* One transaction, so that a scan that is being written is seen whole. */
		bool own = sqlite3_get_autocommit(s->db) != 0;
		ok = (!own || store_run(s, "BEGIN", e)) && views_bind(s, scan, e);
		for (const struct view *v = views; ok && v->name; v++)
			ok = !is_wanted(v, sql) || copy_view(s, c, v, e);
		/* Nothing was written, but a rollback would take temp.bound with it. */
		ok = ok && (!own || store_commit(s, e));
		if (own && !ok)
			store_rollback(s);
		if (!own || !ok)
			s->bound = -1;
	}
	ok = ok && (sqlite3_exec(c->db, indexes, NULL, NULL, NULL) == SQLITE_OK || checks_fail(c, e));
	if (!ok) {
		store_checks_close(c);
		return NULL;
	}
	set_limits(c->db);
	return c;
}

void store_checks_close(struct store_checks *c)
{
	if (!c)
		return;
	sqlite3_close(c->db);
	free(c);
}

/* ---- running ---- */

/* The first statement of sql, *rest behind it; NULL in *st where only blanks and comments are left. */
static bool prepare(struct store_checks *c, const char *sql, sqlite3_stmt **st, const char **rest, struct err *e)
{
	c->denied[0] = 0;
	*st = NULL;
	return sqlite3_prepare_v2(c->db, sql, -1, st, rest) == SQLITE_OK || checks_fail(c, e);
}

bool store_checks_insert(struct store_checks *c, const char *sql, struct err *e)
{
	if (c->querying)
		return err_set(e, "examples are inserted before the first query");
	c->inserting = true;
	limits_start(c);
	bool ok = true;
	for (const char *rest = sql; ok && *rest;) {
		sqlite3_stmt *st;
		ok = prepare(c, rest, &st, &rest, e);
		if (!st)
			continue;
		if (sqlite3_stmt_readonly(st))
			ok = err_set(e, _("an example only inserts into the tables v_…"));
		int status = ok ? sqlite3_step(st) : SQLITE_DONE;
		if (ok && status != SQLITE_DONE)
			ok = checks_fail(c, e);
		sqlite3_finalize(st);
	}
	c->inserting = false;
	return ok;
}

static bool step_rows(struct store_checks *c, sqlite3_stmt *st, store_row_fn *fn, void *data, struct err *e)
{
	int n = sqlite3_column_count(st), status = SQLITE_DONE;
	struct store_value *values = xcalloc((size_t)n, sizeof *values);
	const char **names = xcalloc((size_t)n, sizeof *names);
	struct store_row row;
	int64_t rows = 0;
	bool more = true;
	while (more && (status = sqlite3_step(st)) == SQLITE_ROW) {
		if (++rows > ROWS_MAX) {
			c->over = N_("the query gives too many rows");
			break;
		}
		store_row_read(st, &row, values, names);
		more = fn(data, &row);
	}
	free(values);
	free(names);
	if (c->over || (more && status != SQLITE_DONE))
		return checks_fail(c, e);
	return true;
}

bool store_query(struct store_checks *c, const char *sql, store_row_fn *fn, void *data, struct err *e)
{
	if (!c->querying) {
		sqlite3_set_authorizer(c->db, NULL, NULL);
		if (sqlite3_exec(c->db, "PRAGMA query_only = ON", NULL, NULL, NULL) != SQLITE_OK)
			return checks_fail(c, e);
		c->querying = true;
	}
	limits_start(c);
	sqlite3_stmt *st = NULL, *second = NULL;
	const char *rest = sql;
	bool ok = prepare(c, sql, &st, &rest, e);
	if (ok && !st)
		ok = err_set(e, _("the query is empty"));
	if (ok && (!sqlite3_stmt_readonly(st) || sqlite3_stmt_isexplain(st) || sqlite3_column_count(st) == 0))
		ok = err_set(e, _("a check is one SELECT and changes nothing"));
	/* Whatever stands behind the first statement is compiled, never run. */
	if (ok && (!prepare(c, rest, &second, &rest, NULL) || second))
		ok = err_set(e, _("a check is one SELECT; something stands behind it"));
	sqlite3_finalize(second);
	ok = ok && step_rows(c, st, fn, data, e);
	sqlite3_finalize(st);
	return ok;
}
