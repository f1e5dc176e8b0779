/*
 * What customers and frameworks ask for, and what this firm has in hand for it. No percentage and no "met": that is
 * for whoever asked to judge.
 */
#include "report/view.h"

#include <string.h>

/* From the weakest: of several questions for one requirement, the weakest answer speaks. */
enum state { STATE_OPEN, STATE_UNASKED, STATE_DOCUMENT, STATE_DECLARED, STATE_EVIDENCE, STATE_OUTSIDE };
static const char *const state_names[] = { "open", "unasked", "document", "declared", "evidence", "outside" };

static enum state state_of(const json_t *q)
{
	const char *state = get_text(q, "state");
	if (strcmp(state, "not_applicable") == 0)
		return STATE_OUTSIDE;
	if (strcmp(state, "level") != 0)
		return STATE_UNASKED;
	if (get_int(q, "effective") <= 1)
		return STATE_OPEN;
	if (get_bool(q, "verified"))
		return STATE_EVIDENCE;
	return get_bool(q, "capable") ? STATE_DECLARED : STATE_DOCUMENT;
}

/* As they are listed. */
static const enum state listed[] = { STATE_EVIDENCE, STATE_DECLARED, STATE_DOCUMENT, STATE_OPEN, STATE_UNASKED,
				     STATE_OUTSIDE };
enum { STATES = sizeof(listed) / sizeof(listed[0]) };

struct requirement {
	const char *id;
	enum state state;
	char questions[160];
};

enum { REQUIREMENTS = 400 };

/* The ids of one framework in the order of their first question. */
static size_t collect(const struct view *v, const char *framework, struct requirement *out)
{
	size_t n = 0, i, j;
	const json_t *q, *id;
	json_array_foreach(get_list(v->model, "questions"), i, q)
		json_array_foreach(get_list(get_list(q, "maps"), framework), j, id) {
			size_t at = 0;
			while (at < n && strcmp(out[at].id, json_string_value(id)) != 0)
				at++;
			if (at == REQUIREMENTS)
				continue;
			if (at == n)
				out[n++] = (struct requirement){ .id = json_string_value(id), .state = STATE_OUTSIDE };
			struct requirement *r = &out[at];
			enum state s = state_of(q);
			if (s < r->state)
				r->state = s;
			size_t used = strlen(r->questions);
			(void)snprintf(r->questions + used, sizeof(r->questions) - used, "%s%s", used ? ", " : "",
				       get_text(q, "id"));
		}
	return n;
}

/* A row of one state: "4-1-1 (H1), 4-4-1 (H4, Z2)". */
static void put_state(const struct view *v, json_t *rows, const struct requirement *found, size_t n, enum state state)
{
	struct buf b;
	buf_init(&b, 65536);
	for (size_t i = 0; i < n; i++)
		if (found[i].state == state)
			buf_printf(&b, "%s%s%s%s%s", b.len ? view_string(v, "list_comma") : "",
				   view_name(v, "requirement", found[i].id), view_string(v, "open"), found[i].questions,
				   view_string(v, "close"));
	if (b.len) {
		json_t *r = report_item(rows);
		put_text(r, "state", view_name(v, "requirement", state_names[state]));
		put_text(r, "ids", b.data);
	}
	buf_done(&b);
}

void view_requirements(struct view *v)
{
	static const char *const frameworks[] = { "scs", "jama", "meti", "csf", "cpg", "iec62443" };
	static struct requirement found[REQUIREMENTS];
	if (get_int(get_list(v->model, "answered"), "answers") == 0)
		return;
	json_t *o = view_chapter(v, "requirements", "requirements_title", FOR_ALL | FOR_ENGINEER | FOR_CUSTOMER);
	if (!o)
		return;
	json_t *groups = report_list(o, "groups"), *legend = report_list(o, "legend");
	for (size_t i = 0; i < sizeof(frameworks) / sizeof(frameworks[0]); i++) {
		size_t n = collect(v, frameworks[i], found);
		if (!n)
			continue;
		json_t *g = report_item(groups), *rows = report_list(g, "rows");
		put_text(g, "title", view_name(v, "framework", frameworks[i]));
		put_text(g, "note", view_string(v, strcmp(frameworks[i], "scs") == 0 ? "requirement_note_scs" :
						strcmp(frameworks[i], "jama") == 0 || strcmp(frameworks[i], "meti") == 0 ?
						"requirement_note_category" : "requirement_note_number"));
		for (size_t k = 0; k < STATES; k++)
			put_state(v, rows, found, n, listed[k]);
	}
	/* The customers' edition has no list of the answers: what H1 asks stands here. */
	json_t *questions = report_list(o, "questions");
	size_t k;
	const json_t *q;
	json_array_foreach(get_list(v->model, "questions"), k, q) {
		if (v->o->audience != REPORT_CUSTOMER || json_object_size(get_list(q, "maps")) == 0)
			continue;
		json_t *row = report_item(questions);
		put_text(row, "id", get_text(q, "id"));
		put_text(row, "text", get_text2(v, q, "text"));
		put_text(row, "state", view_name(v, "requirement", state_names[state_of(q)]));
	}
	put_bool(o, "has_questions", json_array_size(questions) > 0);
	for (size_t i = 0; i < STATES; i++) {
		json_t *l = report_item(legend);
		put_text(l, "label", view_name(v, "requirement", state_names[listed[i]]));
		put_text(l, "text", view_name(v, "requirement_is", state_names[listed[i]]));
	}
}
