/* What people said: answers to questions, and risks that somebody accepted. */
#include "store/private.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/lang.h"
#include "base/text.h"

/* Run one writing statement in its own transaction; the statement is freed. */
static bool write_one(struct store *s, sqlite3_stmt *st, struct err *e)
{
	bool ok = store_begin(s, e) && store_step(s, st, e);
	sqlite3_finalize(st);
	ok = ok && store_commit(s, e);
	if (!ok)
		store_rollback(s);
	return ok;
}

bool store_answer_set(struct store *s, const struct store_answer *a, struct err *e)
{
	if (!a->question || !*a->question)
		return err_set(e, _("an answer needs the id of its question"));
	if (a->level < -3 || a->level > 4)
		return err_set(e, _("%s: level %d: levels go from 0 to 4"), a->question, a->level);
	if (a->level == -2 && (!a->reason || !*a->reason))
		return err_set(e, _("%s: \"not applicable\" needs a reason"), a->question);
	sqlite3_stmt *st = store_prepare(s, "INSERT OR REPLACE INTO main.answer(question, respondent, level, text, "
					    "reason, note, evidence, recorded, at) "
					    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", e);
	if (!st)
		return false;
	char now[32];
	store_bind_text(st, 1, a->question);
	store_bind_text(st, 2, a->respondent ? a->respondent : "");
	sqlite3_bind_int(st, 3, a->level);
	store_bind_text(st, 4, a->text);
	store_bind_text(st, 5, a->reason);
	store_bind_text(st, 6, a->note);
	store_bind_text(st, 7, a->evidence);
	sqlite3_bind_int(st, 8, a->recorded);
	store_bind_text(st, 9, a->when ? a->when : text_time(store_now(), now));
	return write_one(s, st, e);
}

bool store_answers(struct store *s, store_answer_fn *fn, void *data, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT question, respondent, level, text, reason, note, evidence, recorded, "
					    "at, EXISTS (SELECT 1 FROM main.answer_choice c WHERE c.question = a.question "
					    "AND c.respondent = a.respondent) "
					    "FROM main.answer a ORDER BY question, respondent", e);
	if (!st)
		return false;
	int status = SQLITE_DONE;
	bool more = true;
	while (more && (status = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_answer a = {
			.question = (const char *)sqlite3_column_text(st, 0),
			.respondent = (const char *)sqlite3_column_text(st, 1),
			.level = sqlite3_column_int(st, 2),
			.text = (const char *)sqlite3_column_text(st, 3),
			.reason = (const char *)sqlite3_column_text(st, 4),
			.note = (const char *)sqlite3_column_text(st, 5),
			.evidence = (const char *)sqlite3_column_text(st, 6),
			.recorded = sqlite3_column_int(st, 7) != 0,
			.when = (const char *)sqlite3_column_text(st, 8),
			.chosen = sqlite3_column_int(st, 9) != 0,
		};
		more = fn(data, &a);
	}
	bool ok = !more || status == SQLITE_DONE || store_fail(s, e, _("reading"));
	sqlite3_finalize(st);
	return ok;
}

bool store_answer_choose(struct store *s, const char *question, const char *respondent, struct err *e)
{
	/* In one statement: an answer that is not there cannot be chosen. */
	sqlite3_stmt *st = store_prepare(s, !respondent ? "DELETE FROM main.answer_choice WHERE question = ?1" :
					    "INSERT OR REPLACE INTO main.answer_choice(question, respondent, at) "
					    "SELECT question, respondent, ?3 FROM main.answer "
					    "WHERE question = ?1 AND respondent = ?2", e);
	if (!st)
		return false;
	char now[32];
	store_bind_text(st, 1, question);
	if (respondent) {
		store_bind_text(st, 2, respondent);
		store_bind_text(st, 3, text_time(store_now(), now));
	}
	if (!write_one(s, st, e))
		return false;
	if (!respondent || sqlite3_changes(s->db) > 0)
		return true;
	return *respondent ? err_set(e, _("%s: \"%s\" gave no answer to it"), question, respondent)
			   : err_set(e, _("%s: nobody without a name gave an answer to it"), question);
}

/* ---- exceptions ---- */

/* A day of the calendar, written YYYY-MM-DD? */
static bool is_date(const char *text)
{
	static const char pattern[] = "dddd-dd-dd";
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int number[3] = { 0 }, part = 0;
	if (strlen(text) != strlen(pattern))
		return false;
	for (size_t i = 0; pattern[i]; i++) {
		if (pattern[i] == '-') {
			if (text[i] != '-')
				return false;
			part++;
		} else if (text[i] < '0' || text[i] > '9') {
			return false;
		} else {
			number[part] = number[part] * 10 + text[i] - '0';
		}
	}
	int y = number[0], m = number[1], d = number[2];
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return y > 0 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (leap && m == 2);
}

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t\n")] == 0;
}

bool store_exception_add(struct store *s, struct store_exception *x, struct err *e)
{
	char today[32], known[100];
	text_time(store_now(), today);
	today[10] = 0;
	if (is_blank(x->check))
		return err_set(e, _("an exception needs the id of its check, as genba findings shows it"));
	if (is_blank(x->reason))
		return err_set(e, _("an exception needs a reason: why is the risk accepted?"));
	if (is_blank(x->approver))
		return err_set(e, _("an exception needs an approver: who accepted the risk?"));
	if (is_blank(x->expires))
		return err_set(e, _("an exception needs a last day, YYYY-MM-DD"));
	if (!is_date(x->expires))
		return err_set(e, _("\"%s\" is no date; write the last day as YYYY-MM-DD"), x->expires);
	if (strcmp(x->expires, today) < 0)
		return err_set(e, _("%s is past; the last day of an exception must be today or later"), x->expires);
	snprintf(known, sizeof known, "SELECT id FROM main.device WHERE id = %lld", (long long)x->device);
	if (x->device && !store_number(s, known, 0))
		return err_set(e, _("%s: there is no device %lld; genba devices lists them"), s->path,
			       (long long)x->device);
	sqlite3_stmt *st = store_prepare(s, "INSERT INTO main.exception(check_id, device, reason, approver, expires, "
					    "added) VALUES(?1, nullif(?2, 0), ?3, ?4, ?5, ?6)", e);
	if (!st)
		return false;
	store_bind_text(st, 1, x->check);
	sqlite3_bind_int64(st, 2, x->device);
	store_bind_text(st, 3, x->reason);
	store_bind_text(st, 4, x->approver);
	store_bind_text(st, 5, x->expires);
	store_bind_text(st, 6, today);
	if (!write_one(s, st, e))
		return false;
	x->id = sqlite3_last_insert_rowid(s->db);
	return true;
}

bool store_exception_remove(struct store *s, int64_t id, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "DELETE FROM main.exception WHERE id = ?1", e);
	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, id);
	if (!write_one(s, st, e))
		return false;
	if (sqlite3_changes(s->db) == 0)
		return err_set(e, _("there is no exception %lld; genba except list shows them"), (long long)id);
	return true;
}

bool store_exceptions(struct store *s, store_exception_fn *fn, void *data, struct err *e)
{
	sqlite3_stmt *st = store_prepare(s, "SELECT id, check_id, ifnull(device, 0), reason, approver, expires "
					    "FROM main.exception ORDER BY id", e);
	if (!st)
		return false;
	int status = SQLITE_DONE;
	bool more = true;
	while (more && (status = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_exception x = {
			.id = sqlite3_column_int64(st, 0),
			.check = (const char *)sqlite3_column_text(st, 1),
			.device = sqlite3_column_int64(st, 2),
			.reason = (const char *)sqlite3_column_text(st, 3),
			.approver = (const char *)sqlite3_column_text(st, 4),
			.expires = (const char *)sqlite3_column_text(st, 5),
		};
		more = fn(data, &x);
	}
	bool ok = !more || status == SQLITE_DONE || store_fail(s, e, _("reading"));
	sqlite3_finalize(st);
	return ok;
}
