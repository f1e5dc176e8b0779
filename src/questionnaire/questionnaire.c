#include "questionnaire/questionnaire.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/yaml.h"

const char *const domain_names[] = { "G", "A", "Z", "H", "R", "C", "D", NULL };
const double domain_weights[] = { 9, 7, 14, 11, 9, 4, 0 };

const char *domain_title(enum domain d, enum lang lang)
{
	static const char *const titles[][2] = {
		[DOMAIN_G] = { "Management and organisation", "経営・体制" },
		[DOMAIN_A] = { "Knowing devices and networks", "機器とネットワークの把握" },
		[DOMAIN_Z] = { "Boundaries, remote access, what is brought in", "ネットワークの境界・遠隔保守・持込み" },
		[DOMAIN_H] = { "Care of devices and passwords", "機器とパスワードの管理" },
		[DOMAIN_R] = { "Detection, response and recovery", "異常の検知・対応・復旧" },
		[DOMAIN_C] = { "Vendors and information", "取引先と情報の管理" },
		[DOMAIN_D] = { "Use of data", "データの活用" },
	};
	return titles[d][lang == LANG_JA];
}

/* ---- tables of the files ---- */

static const char *const set_names[] = { "quick", "full", NULL };
static const char *const mapping_names[] = { "certain", "inferred", NULL };
static const char *const frameworks[] = { "csf", "iec62443", "cpg", "scs", "jama", "meti", NULL };

/* What an entry holds, before its nested parts are looked at. */
struct draft {
	struct question q;
	char **benchmarks;
	const struct yaml *levels, *maps;
};

#define FIELD(of, key, type, required) { #key, type, offsetof(struct draft, of key), required, NULL }
static const struct yaml_field question_fields[] = {
	FIELD(q., id, YAML_STRING, true),
	FIELD(q., weight, YAML_INT, true),
	FIELD(q., capable, YAML_BOOL, true),
	FIELD(q., needs_network, YAML_BOOL, false),
	FIELD(q., text, YAML_TEXT2, true),
	FIELD(q., help, YAML_TEXT2, true),
	FIELD(q., ask_whom, YAML_TEXT2, true),
	FIELD(q., alternative, YAML_TEXT2, false),
	FIELD(, levels, YAML_NODE, true),
	FIELD(, maps, YAML_NODE, true),
	FIELD(, benchmarks, YAML_STRINGS, false),
	{ 0 },
};

/* benchmarks: in a draft belongs to the entry, not to the question. */
static const struct yaml_field draft_fields[] = {
	FIELD(, benchmarks, YAML_STRINGS, false),
	{ 0 },
};
#undef FIELD

#define FIELD(struct_name, key, type, required) { #key, type, offsetof(struct struct_name, key), required, NULL }
static const struct yaml_field text_fields[] = {
	FIELD(text2, en, YAML_STRING, true),
	FIELD(text2, ja, YAML_STRING, true),
	{ 0 },
};

struct set_file {
	int set;
	const struct yaml *questions;
};
static const struct yaml_field set_fields[] = {
	{ "set", YAML_ENUM, offsetof(struct set_file, set), true, set_names },
	FIELD(set_file, questions, YAML_NODE, true),
	{ 0 },
};

static const struct yaml_field choice_fields[] = {
	FIELD(choice, value, YAML_STRING, true),
	FIELD(choice, text, YAML_TEXT2, true),
	{ 0 },
};

struct profile_draft {
	struct profile_question p;
	const struct yaml *choices;
};
static const struct yaml_field profile_fields[] = {
	{ "id", YAML_STRING, offsetof(struct profile_draft, p.id), true, NULL },
	{ "text", YAML_TEXT2, offsetof(struct profile_draft, p.text), true, NULL },
	{ "help", YAML_TEXT2, offsetof(struct profile_draft, p.help), false, NULL },
	{ "needs_network", YAML_BOOL, offsetof(struct profile_draft, p.needs_network), false, NULL },
	{ "choices", YAML_NODE, offsetof(struct profile_draft, choices), false, NULL },
	{ 0 },
};

struct figures_file {
	char *source;
	const struct yaml *benchmarks, *charts;
};
static const struct yaml_field figures_fields[] = {
	FIELD(figures_file, source, YAML_STRING, true),
	FIELD(figures_file, benchmarks, YAML_NODE, true),
	FIELD(figures_file, charts, YAML_NODE, false),
	{ 0 },
};

struct named_benchmark {
	char *id;                /* "meti-2017/backup" once loaded */
	int mapping;
	struct benchmark b;
};
static const struct yaml_field benchmark_fields[] = {
	FIELD(named_benchmark, id, YAML_STRING, true),
	{ "label", YAML_TEXT2, offsetof(struct named_benchmark, b.label), true, NULL },
	{ "share", YAML_NUMBER, offsetof(struct named_benchmark, b.share), true, NULL },
	{ "planned", YAML_NUMBER, offsetof(struct named_benchmark, b.planned), false, NULL },
	{ "n", YAML_INT, offsetof(struct named_benchmark, b.n), true, NULL },
	{ "base", YAML_TEXT2, offsetof(struct named_benchmark, b.base), true, NULL },
	{ "mapping", YAML_ENUM, offsetof(struct named_benchmark, mapping), true, mapping_names },
	{ 0 },
};

struct chart_draft {
	struct chart c;
	int mapping;
	const struct yaml *items;
};
static const struct yaml_field chart_fields[] = {
	{ "id", YAML_STRING, offsetof(struct chart_draft, c.id), true, NULL },
	{ "title", YAML_TEXT2, offsetof(struct chart_draft, c.title), true, NULL },
	{ "n", YAML_INT, offsetof(struct chart_draft, c.n), true, NULL },
	{ "base", YAML_TEXT2, offsetof(struct chart_draft, c.base), true, NULL },
	{ "mapping", YAML_ENUM, offsetof(struct chart_draft, mapping), true, mapping_names },
	{ "items", YAML_NODE, offsetof(struct chart_draft, items), true, NULL },
	{ 0 },
};
static const struct yaml_field item_fields[] = {
	FIELD(chart_item, id, YAML_STRING, true),
	FIELD(chart_item, share, YAML_NUMBER, true),
	FIELD(chart_item, label, YAML_TEXT2, true),
	{ 0 },
};
#undef FIELD

/* ---- loading ---- */

struct loader {
	struct questionnaire *q;
	struct named_benchmark *benchmarks;
	size_t n_benchmarks;
	struct err *e;
};

/* A list that holds something, for a key's sake named in the message. */
static bool is_list(const struct yaml *node, const char *key, struct err *e)
{
	if (yaml_kind(node) == YAML_LIST && yaml_count(node) > 0)
		return true;
	return yaml_error(node, e, "%s: expected a list", key);
}

static bool valid_share(const struct yaml *node, double share, struct err *e)
{
	return (share >= 0 && share <= 100) || yaml_error(node, e, "share: expected percent, 0 to 100, got %g", share);
}

static char *qualified(const char *path, const char *id)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	return xasprintf("%.*s/%s", (int)strcspn(name, "."), name, id);
}

static bool add_benchmark(struct loader *l, const char *path, const char *source, const struct yaml *node)
{
	l->benchmarks = xrealloc(l->benchmarks, (l->n_benchmarks + 1) * sizeof *l->benchmarks);
	struct named_benchmark *b = &l->benchmarks[l->n_benchmarks++];
	*b = (struct named_benchmark){ .b.planned = -1 };
	if (!yaml_bind(node, benchmark_fields, b, l->e) || !valid_share(node, b->b.share, l->e))
		return false;
	char *id = qualified(path, b->id);
	free(b->id);
	b->id = id;
	b->b.certain = b->mapping == 0;
	b->b.source = xstrdup(source);
	return true;
}

static bool add_chart(struct loader *l, const char *path, const char *source, const struct yaml *node)
{
	struct questionnaire *q = l->q;
	struct chart_draft d = { 0 };
	bool ok = yaml_bind(node, chart_fields, &d, l->e) && is_list(d.items, "items", l->e);
	size_t n = ok ? yaml_count(d.items) : 0;
	d.c.items = xcalloc(n + 1, sizeof *d.c.items);
	while (ok && d.c.n_items < n) {
		const struct yaml *item = yaml_at(d.items, d.c.n_items);
		struct chart_item *to = &d.c.items[d.c.n_items++];
		ok = yaml_bind(item, item_fields, to, l->e) && valid_share(item, to->share, l->e);
	}
	if (ok) {
		char *id = qualified(path, d.c.id);
		free(d.c.id);
		d.c.id = id;
	}
	d.c.certain = d.mapping == 0;
	d.c.source = xstrdup(source);
	q->charts = xrealloc(q->charts, (q->n_charts + 1) * sizeof *q->charts);
	q->charts[q->n_charts++] = d.c;
	return ok;
}

static bool load_figures(struct loader *l, const char *path)
{
	struct yaml_doc *doc = yaml_load(path, l->e);
	if (!doc)
		return false;
	struct figures_file f = { 0 };
	bool ok = yaml_bind(yaml_root(doc), figures_fields, &f, l->e) && is_list(f.benchmarks, "benchmarks", l->e);
	for (size_t i = 0; ok && i < yaml_count(f.benchmarks); i++)
		ok = add_benchmark(l, path, f.source, yaml_at(f.benchmarks, i));
	ok = ok && (!f.charts || is_list(f.charts, "charts", l->e));
	for (size_t i = 0; ok && f.charts && i < yaml_count(f.charts); i++)
		ok = add_chart(l, path, f.source, yaml_at(f.charts, i));
	yaml_unbind(figures_fields, &f);
	yaml_doc_free(doc);
	return ok;
}

static bool read_levels(const struct yaml *node, struct question *q, struct err *e)
{
	if (yaml_kind(node) != YAML_LIST || yaml_count(node) != LEVELS)
		return yaml_error(node, e, "levels: expected five descriptors, of level 0 to 4");
	for (size_t i = 0; i < LEVELS; i++)
		if (!yaml_bind(yaml_at(node, i), text_fields, &q->level[i], e))
			return false;
	return true;
}

/* What other frameworks call it: a map of lists. */
static bool read_maps(const struct yaml *node, struct question *q, struct err *e)
{
	if (yaml_kind(node) != YAML_MAP)
		return yaml_error(node, e, "maps: expected a map of frameworks to lists");
	size_t n = yaml_count(node);
	q->maps = xcalloc(n + 1, sizeof *q->maps);
	for (size_t i = 0; i < n; i++) {
		const char *key = yaml_key(node, i);
		const struct yaml *list = yaml_at(node, i);
		size_t known = 0;
		while (frameworks[known] && strcmp(frameworks[known], key) != 0)
			known++;
		if (!frameworks[known])
			return yaml_error(list, e, "maps: expected csf, iec62443, cpg, scs, jama or meti, got \"%.40s\"", key);
		if (!is_list(list, key, e))
			return false;
		char **ids = q->maps[i].ids = xcalloc(yaml_count(list) + 1, sizeof *ids);
		q->maps[i].framework = xstrdup(key);
		q->n_maps = i + 1;
		for (size_t j = 0; j < yaml_count(list); j++) {
			const char *text = yaml_text(yaml_at(list, j));
			if (!text || !*text)
				return yaml_error(yaml_at(list, j), e, "maps: %s: expected text", key);
			ids[j] = xstrdup(text);
		}
	}
	return true;
}

static struct text2 text2_copy(const struct text2 *t)
{
	return (struct text2){ xstrdup(t->en), xstrdup(t->ja) };
}

static bool read_benchmarks(struct loader *l, const struct yaml *node, char **names, struct question *q)
{
	size_t n = 0;
	while (names && names[n])
		n++;
	q->benchmarks = xcalloc(n + 1, sizeof *q->benchmarks);
	for (size_t i = 0; i < n; i++) {
		const struct named_benchmark *found = NULL;
		for (size_t j = 0; j < l->n_benchmarks && !found; j++)
			if (strcmp(l->benchmarks[j].id, names[i]) == 0)
				found = &l->benchmarks[j];
		if (!found)
			return yaml_error(node, l->e, "%s: benchmarks: there is no %s in benchmarks/*.yaml", q->id, names[i]);
		struct benchmark *b = &q->benchmarks[q->n_benchmarks++];
		*b = found->b;
		b->label = text2_copy(&found->b.label);
		b->base = text2_copy(&found->b.base);
		b->source = xstrdup(found->b.source);
	}
	return true;
}

/* "Z1" is the first question of domain Z. */
static bool read_id(const struct yaml *node, struct question *q, struct err *e)
{
	for (int d = 0; d < DOMAIN_MAX; d++) {
		if (*q->id == *domain_names[d] && q->id[1] >= '1' && q->id[1] <= '9' &&
		    strspn(q->id + 1, "0123456789") == strlen(q->id + 1)) {
			q->domain = (enum domain)d;
			return true;
		}
	}
	return yaml_error(yaml_get(node, "id"), e, "id: expected a domain (G, A, Z, H, R, C or D) and a number, got \"%.40s\"",
			  q->id);
}

static bool add_question(struct loader *l, const struct yaml *node, bool quick)
{
	struct questionnaire *q = l->q;
	struct draft d = { .q.quick = quick };
	bool ok = yaml_bind(node, question_fields, &d, l->e) && read_id(node, &d.q, l->e);
	if (ok && questionnaire_find(q, d.q.id))
		ok = yaml_error(yaml_get(node, "id"), l->e, "id: there is another question %s", d.q.id);
	if (ok && (d.q.weight < 1 || d.q.weight > 9))
		ok = yaml_error(yaml_get(node, "weight"), l->e, "weight: expected 1 to 9, got %d", d.q.weight);
	ok = ok && read_levels(d.levels, &d.q, l->e) && read_maps(d.maps, &d.q, l->e) &&
	     read_benchmarks(l, node, d.benchmarks, &d.q);
	yaml_unbind(draft_fields, &d);
	q->questions = xrealloc(q->questions, (q->n + 1) * sizeof *q->questions);
	q->questions[q->n++] = d.q;
	return ok;
}

static bool load_set(struct loader *l, const char *path)
{
	struct yaml_doc *doc = yaml_load(path, l->e);
	if (!doc)
		return false;
	struct set_file f = { 0 };
	bool ok = yaml_bind(yaml_root(doc), set_fields, &f, l->e) && is_list(f.questions, "questions", l->e);
	for (size_t i = 0; ok && i < yaml_count(f.questions); i++)
		ok = add_question(l, yaml_at(f.questions, i), f.set == 0);
	yaml_doc_free(doc);
	return ok;
}

static bool add_profile(struct loader *l, const struct yaml *node)
{
	struct questionnaire *q = l->q;
	struct profile_draft d = { 0 };
	bool ok = yaml_bind(node, profile_fields, &d, l->e) && (!d.choices || is_list(d.choices, "choices", l->e));
	size_t n = ok && d.choices ? yaml_count(d.choices) : 0;
	d.p.choices = xcalloc(n + 1, sizeof *d.p.choices);
	while (ok && d.p.n_choices < n) {
		const struct yaml *choice = yaml_at(d.choices, d.p.n_choices);
		ok = yaml_bind(choice, choice_fields, &d.p.choices[d.p.n_choices++], l->e);
	}
	if (ok && questionnaire_profile(q, d.p.id))
		ok = yaml_error(node, l->e, "id: there is another profile question %s", d.p.id);
	q->profile = xrealloc(q->profile, (q->n_profile + 1) * sizeof *q->profile);
	q->profile[q->n_profile++] = d.p;
	return ok;
}

static bool load_profile(struct loader *l, const char *path)
{
	struct yaml_doc *doc = yaml_load(path, l->e);
	if (!doc)
		return false;
	const struct yaml *list = yaml_get(yaml_root(doc), "profile");
	bool ok = list ? is_list(list, "profile", l->e) : yaml_error(yaml_root(doc), l->e, "expected the key profile");
	for (size_t i = 0; ok && i < yaml_count(list); i++)
		ok = add_profile(l, yaml_at(list, i));
	yaml_doc_free(doc);
	return ok;
}

static bool load_file(struct loader *l, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	return strcmp(name, "profile.yaml") == 0 ? load_profile(l, path) : load_set(l, path);
}

static bool load_all(struct loader *l, const char *folder, const char *files,
		     bool (*load)(struct loader *l, const char *path))
{
	char *pattern = xasprintf("%s/%s", folder, files);
	glob_t found = { 0 };
	bool ok = glob(pattern, 0, NULL, &found) == 0 ||
		  err_set(l->e, "%s: nothing there; is $GENBA_DATA right, and genba installed whole?", pattern);
	for (size_t i = 0; ok && i < found.gl_pathc; i++)
		ok = load(l, found.gl_pathv[i]);
	globfree(&found);
	free(pattern);
	return ok;
}

static int by_id(const void *a, const void *b)
{
	const struct question *x = a, *y = b;
	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return atoi(x->id + 1) - atoi(y->id + 1);
}

bool questionnaire_load(const char *folder, struct questionnaire *q, struct err *e)
{
	*q = (struct questionnaire){ 0 };
	struct loader l = { .q = q, .e = e };
	bool ok = load_all(&l, folder, "benchmarks/*.yaml", load_figures) && load_all(&l, folder, "*.yaml", load_file);
	for (size_t i = 0; i < l.n_benchmarks; i++) {
		yaml_unbind(benchmark_fields, &l.benchmarks[i]);
		free(l.benchmarks[i].b.source);
	}
	free(l.benchmarks);
	if (ok)
		qsort(q->questions, q->n, sizeof *q->questions, by_id);
	else
		questionnaire_free(q);
	return ok;
}

static void question_free(struct question *q)
{
	yaml_unbind(question_fields, &(struct draft){ .q = *q });
	for (size_t i = 0; i < LEVELS; i++)
		text2_done(&q->level[i]);
	for (size_t i = 0; i < q->n_maps; i++) {
		for (char **id = q->maps[i].ids; *id; id++)
			free(*id);
		free(q->maps[i].ids);
		free(q->maps[i].framework);
	}
	free(q->maps);
	for (size_t i = 0; i < q->n_benchmarks; i++) {
		text2_done(&q->benchmarks[i].label);
		text2_done(&q->benchmarks[i].base);
		free(q->benchmarks[i].source);
	}
	free(q->benchmarks);
}

void questionnaire_free(struct questionnaire *q)
{
	for (size_t i = 0; i < q->n; i++)
		question_free(&q->questions[i]);
	for (size_t i = 0; i < q->n_profile; i++) {
		struct profile_question *p = &q->profile[i];
		for (size_t j = 0; j < p->n_choices; j++)
			yaml_unbind(choice_fields, &p->choices[j]);
		free(p->choices);
		yaml_unbind(profile_fields, &(struct profile_draft){ .p = *p });
	}
	for (size_t i = 0; i < q->n_charts; i++) {
		struct chart *c = &q->charts[i];
		for (size_t j = 0; j < c->n_items; j++)
			yaml_unbind(item_fields, &c->items[j]);
		free(c->items);
		free(c->source);
		yaml_unbind(chart_fields, &(struct chart_draft){ .c = *c });
	}
	free(q->questions);
	free(q->profile);
	free(q->charts);
	*q = (struct questionnaire){ 0 };
}

/* ---- finding ---- */

const struct question *questionnaire_find(const struct questionnaire *q, const char *id)
{
	for (size_t i = 0; i < q->n; i++)
		if (strcmp(q->questions[i].id, id) == 0)
			return &q->questions[i];
	return NULL;
}

const struct profile_question *questionnaire_profile(const struct questionnaire *q, const char *id)
{
	for (size_t i = 0; i < q->n_profile; i++)
		if (strcmp(q->profile[i].id, id) == 0)
			return &q->profile[i];
	return NULL;
}

const struct chart *questionnaire_chart(const struct questionnaire *q, const char *id)
{
	for (size_t i = 0; i < q->n_charts; i++)
		if (strcmp(q->charts[i].id, id) == 0)
			return &q->charts[i];
	return NULL;
}
