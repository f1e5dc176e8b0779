/*
 * Running checks: needs, population, query, and what their rows make of it.
 *
 * A check's SQL sees only the v_* tables (store_query); what our own code adds,
 * where a row was seen and what its device is called, is looked up afterwards
 * for the rows that are kept.
 */
#include "check/private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"

enum {
	TEXT_MAX = 1000,
	BY_NAME = 20 * 1000,     /* ids in one statement */
};

/* ---- lists of ids ---- */

struct ids { int64_t *id; size_t n, room; };

static void ids_add(struct ids *ids, int64_t id)
{
	if (ids->n == ids->room) {
		ids->room = ids->room ? ids->room * 2 : 64;
		ids->id = xrealloc(ids->id, ids->room * sizeof *ids->id);
	}
	ids->id[ids->n++] = id;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void ids_distinct(struct ids *ids)
{
	size_t sorted = 1;
	while (sorted < ids->n && ids->id[sorted - 1] < ids->id[sorted])
		sorted++;
	if (sorted >= ids->n)
		return;
	qsort(ids->id, ids->n, sizeof *ids->id, by_number);
	size_t n = 1;
	for (size_t i = 1; i < ids->n; i++)
		if (ids->id[i] != ids->id[n - 1])
			ids->id[n++] = ids->id[i];
	ids->n = n;
}

static bool ids_have(const struct ids *ids, int64_t id)
{
	return ids->n && bsearch(&id, ids->id, ids->n, sizeof id, by_number);
}

/* ---- exceptions ---- */

struct reading_exceptions { struct exceptions *to; char today[32]; };

static bool add_exception(void *data, const struct store_exception *x)
{
	struct reading_exceptions *r = data;
	if (!x->check || !x->expires || strcmp(x->expires, r->today) < 0)
		return true;   /* it counts through its last day */
	struct exceptions *to = r->to;
	to->rows = xrealloc(to->rows, (to->n + 1) * sizeof *to->rows);
	to->rows[to->n].check = xstrdup(x->check);
	to->rows[to->n++].device = x->device;
	return true;
}

bool exceptions_load(struct store *s, struct exceptions *out, struct err *e)
{
	struct reading_exceptions r = { .to = out };
	*out = (struct exceptions){ 0 };
	text_time(store_now(), r.today);
	r.today[10] = 0;
	if (store_exceptions(s, add_exception, &r, e))
		return true;
	exceptions_done(out);
	return false;
}

void exceptions_done(struct exceptions *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->rows[i].check);
	free(x->rows);
	*x = (struct exceptions){ 0 };
}

static bool is_excepted(const struct exceptions *x, const char *check, int64_t device)
{
	for (size_t i = 0; x && i < x->n; i++) {
		if (strcmp(x->rows[i].check, check) == 0 && (!x->rows[i].device || x->rows[i].device == device))
			return true;
	}
	return false;
}

/* ---- one check ---- */

struct run {
	const struct check *check;
	bool any;                /* needs: a row came */
	bool failed;             /* the rows are not what they must be: error says how */
	const char *error;
	struct ids population;
	struct finding_row *rows;
	size_t n, room;
};

static bool subject_is(const struct check *c, const char *subject)
{
	return strcmp(c->subject, subject) == 0;
}

static bool has_column(const struct store_row *row, const char *name)
{
	for (int i = 0; i < row->n; i++)
		if (strcmp(row->names[i], name) == 0)
			return true;
	return false;
}

static bool on_need(void *data, const struct store_row *row)
{
	(void)row;
	((struct run *)data)->any = true;
	return false;
}

static bool run_failed(struct run *r, const char *error)
{
	r->failed = true;
	r->error = error;
	return false;
}

static bool on_population(void *data, const struct store_row *row)
{
	struct run *r = data;
	if (subject_is(r->check, "site")) {
		ids_add(&r->population, 0);
		return false;
	}
	struct store_value id = store_column(row, "id");
	if (id.type != STORE_INT)
		return run_failed(r, has_column(row, "id") ? N_("population: a row's id is no number")
							    : N_("population: it gives no column id"));
	ids_add(&r->population, id.i);
	return true;
}

/* At most TEXT_MAX bytes, cut at a character's border. */
static char *text_copy(const char *text)
{
	size_t n = 0, step;
	while (text && text[n] && n < TEXT_MAX) {
		text_char(text + n, &step);
		n += step;
	}
	char *copy = xmalloc(n + 1);
	memcpy(copy, text ? text : "", n);
	copy[n] = 0;
	return copy;
}

static bool on_row(void *data, const struct store_row *row)
{
	struct run *r = data;
	bool site = subject_is(r->check, "site");
	struct store_value id = store_column(row, "id");
	if (!site && id.type != STORE_INT)
		return run_failed(r, has_column(row, "id") ? N_("query: a row's id is no number")
							    : N_("query: it gives no column id"));
	if (r->n == r->room) {
		r->room = r->room ? r->room * 2 : 32;
		r->rows = xrealloc(r->rows, r->room * sizeof *r->rows);
	}
	struct store_value confidence = store_column(row, "confidence"), device = store_column(row, "device");
	struct finding_row *f = &r->rows[r->n++];
	*f = (struct finding_row){
		.id = site ? 0 : id.i,
		.evidence_id = store_column(row, "evidence_id").i,
		.candidate = store_column(row, "candidate").i != 0 ||
			(confidence.text && strcmp(confidence.text, "guess") == 0),
		.crosses_zone = store_column(row, "crosses_zone").i != 0,
		.text = text_copy(store_column(row, "detail").text),
		.device = device.type == STORE_INT ? device.i : subject_is(r->check, "device") ? id.i : 0,
	};
	return true;
}

/* What stands above in a list: sure before guessed, through a boundary before confined; the rest only fixes the order. */
static int by_weight(const void *a, const void *b)
{
	const struct finding_row *x = a, *y = b;
	if (x->candidate != y->candidate)
		return x->candidate ? 1 : -1;
	if (x->crosses_zone != y->crosses_zone)
		return x->crosses_zone ? -1 : 1;
	int order = by_number(&x->device, &y->device);
	if (!order)
		order = by_number(&x->id, &y->id);
	if (!order)
		order = by_number(&x->evidence_id, &y->evidence_id);
	return order ? order : strcmp(x->text, y->text);
}

static void row_done(struct finding_row *f)
{
	free(f->text);
	free(f->file);
	free(f->device_name);
}

static bool same_row(const struct finding_row *x, const struct finding_row *y)
{
	return by_weight(x, y) == 0;
}

/* Sort, drop rows that say the same, count what is hit, keep the first CHECK_ROWS. */
static void settle_rows(struct run *r, const struct exceptions *exceptions, struct check_result *out)
{
	struct ids affected = { 0 };
	bool crosses = false, all_excepted = true;
	size_t n = 0;
	if (r->n)
		qsort(r->rows, r->n, sizeof *r->rows, by_weight);
	for (size_t i = 0; i < r->n; i++) {
		struct finding_row *f = &r->rows[i];
		if (n && same_row(&r->rows[n - 1], f)) {
			row_done(f);
			continue;
		}
		f->excepted = is_excepted(exceptions, r->check->id, f->device);
		if (!f->candidate) {
			ids_add(&affected, f->id);
			crosses |= f->crosses_zone;
			all_excepted &= f->excepted;
		}
		r->rows[n++] = *f;
	}
	r->n = n;
	ids_distinct(&affected);
	/* A row outside the population would make a share above 1. */
	size_t extra = 0;
	for (size_t i = 0; i < affected.n; i++)
		extra += !ids_have(&r->population, affected.id[i]);
	out->affected = (int64_t)affected.n;
	out->population = (int64_t)(r->population.n + extra);
	out->share = out->affected ? (double)out->affected / (double)out->population : 0;
	if (affected.n) {
		out->outcome = OUTCOME_FAIL;
		out->severity = crosses ? r->check->crosses_zone : r->check->confined;
		out->excepted = all_excepted;
	}
	free(affected.id);
	for (; r->n > CHECK_ROWS; out->more_rows++)
		row_done(&r->rows[--r->n]);
	out->rows = r->rows;
	out->n_rows = r->n;
	r->rows = NULL;
}

static bool ask(struct store_checks *db, struct run *r, const char *what, const char *sql, store_row_fn *fn,
		struct check_result *out)
{
	struct err e = { "" };
	if (!store_query(db, sql, fn, r, &e)) {
		out->error = xasprintf("%s: %s", what, e.text);
		return false;
	}
	if (r->failed)
		out->error = xstrdup(_(r->error));
	return !r->failed;
}

static bool run_sql(struct store_checks *db, struct run *r, const struct exceptions *exceptions,
		    struct check_result *out)
{
	const struct check *c = r->check;
	r->any = !c->needs;
	if (c->needs && !ask(db, r, "needs", c->needs, on_need, out))
		return false;
	bool shown = out->observable = r->any;
	if (c->population) {
		if (!ask(db, r, "population", c->population, on_population, out))
			return false;
		if (!r->population.n) {
			out->outcome = shown ? OUTCOME_NOT_APPLICABLE : OUTCOME_NOT_OBSERVABLE;
			return true;
		}
	} else if (subject_is(c, "site")) {
		ids_add(&r->population, 0);
	}
	ids_distinct(&r->population);
	if (!ask(db, r, "query", c->query, on_row, out))
		return false;
	out->outcome = shown ? OUTCOME_PASS : OUTCOME_NOT_OBSERVABLE;
	settle_rows(r, exceptions, out);
	return true;
}

void check_one(const struct check *c, struct store_checks *db, const struct exceptions *exceptions,
	       struct check_result *out)
{
	struct run r = { .check = c };
	*out = (struct check_result){ .check = c, .outcome = OUTCOME_ERROR, .severity = c->severity };
	if (!run_sql(db, &r, exceptions, out))
		out->outcome = OUTCOME_ERROR;
	for (size_t i = 0; i < r.n && r.rows; i++)
		row_done(&r.rows[i]);
	free(r.rows);
	free(r.population.id);
}

void check_result_done(struct check_result *r)
{
	for (size_t i = 0; i < r->n_rows; i++)
		row_done(&r->rows[i]);
	free(r->rows);
	free(r->error);
	*r = (struct check_result){ 0 };
}

/* ---- where it was seen, and what the device is called ---- */

struct pointer { int64_t id; struct finding_row *row; };
struct pointers { struct pointer *p; size_t n, next; };

static int by_pointer(const void *a, const void *b)
{
	const struct pointer *x = a, *y = b;
	return by_number(&x->id, &y->id);
}

static void pointers_make(struct pointers *to, struct check_results *results, bool evidence)
{
	size_t n = 0;
	for (size_t i = 0; i < results->n; i++)
		n += results->results[i].n_rows;
	*to = (struct pointers){ .p = xcalloc(n, sizeof *to->p) };
	for (size_t i = 0; i < results->n; i++) {
		for (size_t k = 0; k < results->results[i].n_rows; k++) {
			struct finding_row *f = &results->results[i].rows[k];
			int64_t id = evidence ? f->evidence_id : f->device;
			if (id)
				to->p[to->n++] = (struct pointer){ id, f };
		}
	}
	if (to->n)
		qsort(to->p, to->n, sizeof *to->p, by_pointer);
}

/* Rows come by id; the pointers stand by id: walk both. */
static bool pointers_reach(struct pointers *p, int64_t id)
{
	while (p->next < p->n && p->p[p->next].id < id)
		p->next++;
	return p->next < p->n && p->p[p->next].id == id;
}

static bool on_evidence(void *data, const struct store_row *row)
{
	struct pointers *p = data;
	int64_t id = store_column(row, "id").i;
	for (; pointers_reach(p, id); p->next++) {
		struct finding_row *f = p->p[p->next].row;
		const char *file = store_column(row, "file_name").text;
		free(f->file);
		f->file = file ? xstrdup(file) : NULL;
		f->frame = store_column(row, "frame").i;
		f->peer_frame = store_column(row, "peer_frame").i;
		if (!*f->text) {
			free(f->text);
			f->text = text_copy(store_column(row, "value").text);
		}
	}
	return p->next < p->n;
}

static bool on_device(void *data, const struct store_row *row)
{
	struct pointers *p = data;
	int64_t id = store_column(row, "id").i;
	for (; pointers_reach(p, id); p->next++) {
		struct finding_row *f = p->p[p->next].row;
		free(f->device_name);
		f->device_name = text_copy(store_column(row, "label").text);
	}
	return p->next < p->n;
}

/* The rows of a view that the pointers ask for; by name, as long as they are few: of a large site it has very many more. */
static bool resolve(struct store *s, int64_t scan, struct pointers *p, const char *select, store_row_fn *fn, struct err *e)
{
	struct buf sql;
	buf_init(&sql, 1000 * 1000);
	buf_puts(&sql, select);
	for (size_t i = 0; p->n <= BY_NAME && i < p->n; i++)
		if (i == 0 || p->p[i].id != p->p[i - 1].id)
			buf_printf(&sql, "%s%" PRId64, i ? ", " : " WHERE id IN (", p->p[i].id);
	buf_printf(&sql, "%s ORDER BY id", p->n && p->n <= BY_NAME ? ")" : "");
	bool ok = !p->n || store_select(s, scan, sql.data, NULL, fn, p, e);
	buf_done(&sql);
	free(p->p);
	return ok;
}

static bool resolve_rows(struct store *s, int64_t scan, struct check_results *results, struct err *e)
{
	struct pointers p;
	pointers_make(&p, results, true);
	if (!resolve(s, scan, &p, "SELECT id, file_name, frame, peer_frame, value FROM v_evidence", on_evidence, e))
		return false;
	pointers_make(&p, results, false);
	return resolve(s, scan, &p, "SELECT id, label FROM v_device", on_device, e);
}

/* ---- all checks ---- */

/* What all of them will ask. */
static char *sql_of(const struct check_set *set)
{
	size_t length = 1;
	for (size_t i = 0; i < set->n; i++) {
		const struct check *c = &set->checks[i];
		length += strlen(c->query) + (c->needs ? strlen(c->needs) : 0) + (c->population ? strlen(c->population) : 0) + 2;
	}
	char *sql = xmalloc(length), *p = sql;
	*p = 0;
	for (size_t i = 0; i < set->n; i++) {
		const struct check *c = &set->checks[i];
		p = stpcpy(stpcpy(p, c->query), "\n");
		p = stpcpy(stpcpy(p, c->needs ? c->needs : ""), "\n");
		p = stpcpy(p, c->population ? c->population : "");
	}
	return sql;
}

bool check_run(const struct check_set *set, struct store *s, int64_t scan, struct check_results *out, struct err *e)
{
	struct exceptions exceptions;
	*out = (struct check_results){ 0 };
	if (!exceptions_load(s, &exceptions, e))
		return false;
	char *sql = sql_of(set);
	struct store_checks *db = store_checks_open(s, scan, sql, e);
	free(sql);
	if (!db) {
		exceptions_done(&exceptions);
		return false;
	}
	out->results = xcalloc(set->n, sizeof *out->results);
	for (size_t i = 0; i < set->n; i++)
		check_one(&set->checks[i], db, &exceptions, &out->results[out->n++]);
	store_checks_close(db);
	exceptions_done(&exceptions);
	if (resolve_rows(s, scan, out, e))
		return true;
	check_results_free(out);
	return false;
}

void check_results_free(struct check_results *r)
{
	for (size_t i = 0; i < r->n; i++)
		check_result_done(&r->results[i]);
	free(r->results);
	*r = (struct check_results){ 0 };
}
