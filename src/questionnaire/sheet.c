/* The blank to print: what sheet.html of the questionnaires' folder shows. */
#include "questionnaire/questionnaire.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/mustache.h"

enum { TEMPLATE_MAX = 64 * 1024 };

static json_t *text_of(const struct text2 *t, enum lang lang)
{
	return t->en ? json_string(text2_in(t, lang)) : json_null();
}

static json_t *level_of(const struct question *q, size_t level, enum lang lang)
{
	json_t *o = json_object();
	json_object_set_new(o, "number", json_integer((json_int_t)level));
	json_object_set_new(o, "text", text_of(&q->level[level], lang));
	json_object_set_new(o, "alternative", level == 3 ? text_of(&q->alternative, lang) : json_null());
	return o;
}

static json_t *question_of(const struct question *q, enum lang lang)
{
	json_t *o = json_object(), *levels = json_array();
	for (size_t i = 0; i < LEVELS; i++)
		json_array_append_new(levels, level_of(q, i, lang));
	json_object_set_new(o, "id", json_string(q->id));
	json_object_set_new(o, "text", text_of(&q->text, lang));
	json_object_set_new(o, "help", text_of(&q->help, lang));
	json_object_set_new(o, "ask_whom", text_of(&q->ask_whom, lang));
	json_object_set_new(o, "levels", levels);
	return o;
}

static json_t *domain_of(const struct questionnaire *q, enum domain d, bool quick, enum lang lang)
{
	json_t *o = json_object(), *questions = json_array();
	for (size_t i = 0; i < q->n; i++)
		if (q->questions[i].domain == d && (q->questions[i].quick || !quick))
			json_array_append_new(questions, question_of(&q->questions[i], lang));
	json_object_set_new(o, "id", json_string(domain_names[d]));
	json_object_set_new(o, "title", json_string(domain_title(d, lang)));
	json_object_set_new(o, "questions", questions);
	return o;
}

static json_t *profile_of(const struct profile_question *p, enum lang lang)
{
	json_t *o = json_object(), *choices = json_array();
	for (size_t i = 0; i < p->n_choices; i++)
		json_array_append_new(choices, text_of(&p->choices[i].text, lang));
	json_object_set_new(o, "text", text_of(&p->text, lang));
	json_object_set_new(o, "help", text_of(&p->help, lang));
	json_object_set_new(o, "free", json_boolean(p->n_choices == 0));
	json_object_set_new(o, "choices", choices);
	return o;
}

static json_t *view(const struct questionnaire *q, bool quick, enum lang lang)
{
	json_t *o = json_object(), *profile = json_array(), *domains = json_array();
	size_t n = 0;
	for (size_t i = 0; i < q->n_profile; i++)
		json_array_append_new(profile, profile_of(&q->profile[i], lang));
	for (int d = 0; d < DOMAIN_MAX; d++)
		json_array_append_new(domains, domain_of(q, (enum domain)d, quick, lang));
	for (size_t i = 0; i < q->n; i++)
		n += q->questions[i].quick || !quick;
	json_object_set_new(o, "ja", json_boolean(lang == LANG_JA));
	json_object_set_new(o, "en", json_boolean(lang != LANG_JA));
	json_object_set_new(o, "lang", json_string(lang == LANG_JA ? "ja" : "en"));
	json_object_set_new(o, "count", json_integer((json_int_t)n));
	json_object_set_new(o, "profile", profile);
	json_object_set_new(o, "domains", domains);
	return o;
}

static char *read_template(const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	if (!f) {
		err_errno(e, "%s", path);
		return NULL;
	}
	char *text = xmalloc(TEMPLATE_MAX);
	size_t n = fread(text, 1, TEMPLATE_MAX - 1, f);
	bool bad = ferror(f), whole = feof(f);
	fclose(f);
	text[n] = 0;
	if (!bad && whole)
		return text;
	free(text);
	if (bad)
		err_errno(e, "%s", path);
	else
		err_set(e, _("%s: larger than 64 KiB, which is more than a template needs"), path);
	return NULL;
}

bool answers_sheet(const char *folder, const struct questionnaire *q, bool quick, enum lang lang, struct buf *out,
		   struct err *e)
{
	char *path = xasprintf("%s/sheet.html", folder), *source = read_template(path, e);
	bool ok = source;
	if (ok) {
		json_t *context = view(q, quick, lang);
		ok = mustache_render(path, source, context,
				     &(struct mustache_options){ .escape = mustache_html, .strict = true }, out, e);
		json_decref(context);
	}
	free(source);
	free(path);
	return ok;
}
