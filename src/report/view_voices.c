/* Where several people gave different answers. */
#include "report/view.h"

#include <stdlib.h>
#include <string.h>

/* One question on which people differ, and how far. */
struct apart {
	const json_t *question;
	int64_t gap;
	size_t place;
};

/* Not all the same? *gap: levels between the lowest and the highest; who named no level widens nothing. */
static bool differ(const json_t *voices, int64_t *gap)
{
	const json_t *x, *first = json_array_get(voices, 0);
	int64_t low = INT64_MAX, high = INT64_MIN;
	bool different = false;
	size_t i;
	json_array_foreach(voices, i, x) {
		different |= strcmp(get_text(x, "state"), get_text(first, "state")) != 0 ||
			     get_int(x, "level") != get_int(first, "level");
		if (!get_set(x, "level"))
			continue;
		int64_t level = get_int(x, "level");
		low = level < low ? level : low;
		high = level > high ? level : high;
	}
	*gap = high > low ? high - low : 0;
	return different;
}

static int wider_first(const void *x, const void *y)
{
	const struct apart *a = x, *b = y;
	if (a->gap != b->gap)
		return a->gap > b->gap ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static const char *name_of(const struct view *v, const json_t *voice, char *out)
{
	const char *name = get_text(voice, "respondent");
	return *name ? view_cut(name, VIEW_NAME, out) : view_string(v, "voices_unnamed");
}

static void put_voices(const struct view *v, json_t *o, const json_t *question)
{
	const json_t *x;
	char cut[VIEW_TEXT];
	struct buf b;
	size_t i;
	buf_init(&b, 64 * 1024);
	json_array_foreach(get_list(question, "respondents"), i, x) {
		const char *name = name_of(v, x, cut);
		buf_printf(&b, "%s%s: ", i ? " / " : "", name);
		if (get_set(x, "level"))
			buf_printf(&b, "%lld", (long long)get_int(x, "level"));
		else
			buf_puts(&b, view_name(v, "answer", get_text(x, "state")));
		if (get_bool(x, "counts"))
			put_string(v, o, "counts", get_bool(question, "chosen") ? "counts_chosen" : "counts_last", "name", name,
				   NULL);
	}
	put_text(o, "voices", b.data);
	buf_done(&b);
}

void view_voices(struct view *v)
{
	const json_t *questions = get_list(v->model, "questions"), *q;
	struct apart *apart = xcalloc(json_array_size(questions) + 1, sizeof(*apart));
	int64_t several = 0;
	size_t n = 0, i;
	json_array_foreach(questions, i, q) {
		const json_t *voices = get_list(q, "respondents");
		struct apart one = { .question = q, .place = i };
		if (json_array_size(voices) < 2)
			continue;
		several++;
		if (differ(voices, &one.gap))
			apart[n++] = one;
	}
	qsort(apart, n, sizeof(*apart), wider_first);
	json_t *o = several == 0 ? NULL : view_chapter(v, "voices", "voices_title", FOR_ALL | FOR_PRESIDENT | FOR_ENGINEER);
	if (!o) {
		free(apart);
		return;
	}
	char a[VIEW_TEXT], b[VIEW_TEXT];
	put_string(v, o, "lead", n ? "voices_lead" : "voices_none", "several", view_int(several, a), "differ",
		   view_int((int64_t)n, b), NULL);
	json_t *rows = report_list(o, "rows");
	for (i = 0; i < n && i < VIEW_ROWS; i++) {
		json_t *r = report_item(rows);
		put_text(r, "id", get_text(apart[i].question, "id"));
		put_text(r, "text", get_text2(v, apart[i].question, "text"));
		put_voices(v, r, apart[i].question);
	}
	put_bool(o, "has_rows", n > 0);
	put_text(o, "more", "");
	if (n > VIEW_ROWS)
		put_string(v, o, "more", "voices_more", "count", view_int((int64_t)n - VIEW_ROWS, a), NULL);
	free(apart);
}
