/* What was said against what was measured: every answer, and what the wire says of it. */
#include "report/view.h"

#include <string.h>

/* As they are listed; the first of them in a table of its own. */
static const char *const wire_states[] = { "contradicted", "confirmed", "no_objection", "not_observable",
					   "not_on_wire" };
enum { WIRE_STATES = sizeof(wire_states) / sizeof(wire_states[0]) };

static void add_shown(const struct view *v, json_t *row, const json_t *q)
{
	char a[VIEW_TEXT], b[VIEW_TEXT];
	json_t *shown = report_list(row, "shown");
	size_t i, j;
	const json_t *c, *r;
	json_array_foreach(get_list(q, "contradictions"), i, c) {
		json_t *o = report_item(shown);
		put_text(o, "title", get_text2(v, c, "title"));
		put_string(v, o, "count", view_affected(c), "affected", view_int(get_int(c, "affected"), a),
			   "population", view_int(get_int(c, "population"), b), NULL);
		json_t *rows = report_list(o, "rows");
		json_array_foreach(get_list(c, "rows"), j, r) {
			if (j == 3)
				break;
			json_t *e = report_item(rows);
			put_row_text(v, e, r);
			put_evidence(v, e, r);
		}
	}
}

/* The checks that looked, by what came out of them: "BND-INET-001, …". */
static void put_checks(const struct view *v, json_t *row, const json_t *q, const char *state)
{
	struct buf b;
	size_t i;
	const json_t *c;
	buf_init(&b, 4096);
	if (strcmp(state, "confirmed") == 0)
		buf_puts(&b, get_text(q, "verified_by"));
	else
		json_array_foreach(get_list(q, "wire_checks"), i, c)
			buf_printf(&b, "%s%s", b.len ? ", " : "", get_text(c, "id"));
	put_text(row, "checks", b.data);
	put_text(row, "says", view_name(v, "wire_is", state));
	if (strcmp(state, "confirmed") == 0)
		json_array_foreach(get_list(q, "wire_checks"), i, c)
			if (strcmp(get_text(c, "id"), get_text(q, "verified_by")) == 0)
				put_string(v, row, "says", "wire_passed", "check", get_text2(v, c, "title"), NULL);
	buf_done(&b);
}

static void put_answer(const struct view *v, json_t *row, const json_t *q)
{
	put_text(row, "id", get_text(q, "id"));
	put_text(row, "text", get_text2(v, q, "text"));
	put_format(row, "declared", "%lld", (long long)get_int(q, "level"));
	put_text(row, "declared_text", get_text2(v, q, "level_text"));
	put_format(row, "counted", "%lld", (long long)get_int(q, "effective"));
	put_text(row, "note", get_text(q, "note"));
}

/* Which state an answer is in, -1: there is nothing to compare. */
static int wire_state(const json_t *q)
{
	if (strcmp(get_text(q, "state"), "level") != 0)
		return -1;
	if (json_array_size(get_list(q, "contradictions")))
		return 0;
	for (int i = 1; i < WIRE_STATES; i++)
		if (strcmp(get_text(q, "wire"), wire_states[i]) == 0)
			return i;
	return *get_text(q, "verified_by") ? 1 : -1;
}

void view_contradictions(struct view *v)
{
	const json_t *q;
	size_t i;
	char a[VIEW_TEXT];
	int64_t count[WIRE_STATES] = { 0 };
	bool answers = get_int(get_list(v->model, "answered"), "answers") > 0;
	bool scan = json_is_object(get_list(v->model, "scan"));
	json_t *o = view_chapter(v, "differences", "differences_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER);
	if (!o)
		return;
	json_t *rows = report_list(o, "rows"), *others = report_list(o, "others"), *counts = report_list(o, "counts");
	put_text(o, "unseen", "");
	bool brief = v->o->audience == REPORT_PRESIDENT;
	for (int state = 0; state < WIRE_STATES; state++)
		json_array_foreach(get_list(v->model, "questions"), i, q) {
			if (wire_state(q) != state)
				continue;
			count[state]++;
			/* Management reads what differs and what is confirmed. */
			if (brief && state > 1)
				continue;
			/* What no capture can show needs no row each: a document or a look at the machine shows it. */
			if (state == WIRE_STATES - 1) {
				put_format(o, "unseen", "%s%s%s", get_text(o, "unseen"),
					   *get_text(o, "unseen") ? ", " : "", get_text(q, "id"));
				continue;
			}
			json_t *row = report_item(state ? others : rows);
			put_answer(v, row, q);
			if (state) {
				put_text(row, "state", view_name(v, "wire", wire_states[state]));
				put_bool(row, "confirmed", state == 1);
				put_checks(v, row, q, wire_states[state]);
			} else {
				add_shown(v, row, q);
			}
		}
	for (int state = 0; state < WIRE_STATES; state++) {
		json_t *c = report_item(counts);
		put_text(c, "label", view_name(v, "wire", wire_states[state]));
		put_text(c, "count", view_int(count[state], a));
	}
	put_bool(o, "compared", answers && scan);
	put_bool(o, "has_rows", json_array_size(rows) > 0);
	put_bool(o, "has_others", json_array_size(others) > 0);
	put_text(o, "nothing", view_string(v, !answers ? "differences_no_answers" : !scan ? "differences_no_scan" :
					   "differences_none"));
}
