/*
 * Answers as a file that people write:
 *
 *     respondent: 工場長            # of all answers that name nobody else; may be left out, as may when
 *     when: 2024-05-01T09:00:00Z
 *     profile:
 *       employees: 21-50
 *     answers:
 *       Z1: 2                     # 0 to 4, unknown
 *       Z2: {level: 1, note: …, evidence: …, recorded: true, respondent: …, when: …}
 *       H4: {level: not_applicable, reason: …}
 *       R1: [{level: 1, respondent: …}, {level: 3, respondent: …, chosen: true}]   # this one counts
 */
#include "questionnaire/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"

enum { LONGEST_TEXT = 2000 };

/* ---- YAML to answers ---- */

struct said {
	char *level, *value, *reason, *note, *evidence, *respondent, *when;
	bool recorded, chosen;
};
#define FIELD(key, type, required) { #key, type, offsetof(struct said, key), required, NULL }
static const struct yaml_field answer_fields[] = {
	FIELD(level, YAML_STRING, true),
	FIELD(reason, YAML_STRING, false),
	FIELD(note, YAML_STRING, false),
	FIELD(evidence, YAML_STRING, false),
	FIELD(recorded, YAML_BOOL, false),
	FIELD(chosen, YAML_BOOL, false),
	FIELD(respondent, YAML_STRING, false),
	FIELD(when, YAML_STRING, false),
	{ 0 },
};
static const struct yaml_field value_fields[] = {
	FIELD(value, YAML_STRING, true),
	FIELD(respondent, YAML_STRING, false),
	FIELD(when, YAML_STRING, false),
	{ 0 },
};
#undef FIELD

struct file {
	char *respondent, *when;
	const struct yaml *profile, *answers;
};
#define FIELD(key, type) { #key, type, offsetof(struct file, key), false, NULL }
static const struct yaml_field file_fields[] = {
	FIELD(respondent, YAML_STRING),
	FIELD(when, YAML_STRING),
	FIELD(profile, YAML_NODE),
	FIELD(answers, YAML_NODE),
	{ 0 },
};
#undef FIELD

struct reader {
	const struct questionnaire *q;
	const char *respondent, *when;    /* of the file */
	struct answer_list *out;
	struct err *e;
};

/* "2024-05-01T09:00:00Z", the one form whose order in text is the order in time. */
static bool is_time(const char *s)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	if (strlen(s) != strlen(form))
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
			return false;
	return true;
}

static bool check_when(const struct yaml *node, const char *when, struct err *e)
{
	return !when || is_time(when) ||
	       yaml_error(node, e, "when: expected a time such as 2024-05-01T09:00:00Z, got \"%.40s\"", when);
}

static bool too_long(const struct said *s)
{
	const char *const texts[] = { s->value, s->reason, s->note, s->evidence, s->respondent };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] && strlen(texts[i]) > LONGEST_TEXT)
			return true;
	return false;
}

static bool add(const struct reader *r, const struct yaml *node, const char *id, int level, const struct said *s)
{
	struct answer_entry x = {
		.question = (char *)(uintptr_t)id, .level = level, .text = s->value, .reason = s->reason,
		.note = s->note, .evidence = s->evidence, .recorded = s->recorded, .chosen = s->chosen,
		.respondent = s->respondent ? s->respondent : (char *)(uintptr_t)r->respondent,
		.when = s->when ? s->when : (char *)(uintptr_t)r->when,
	};
	if (!check_when(node, s->when, r->e))
		return false;
	if (too_long(s))
		return yaml_error(node, r->e, "%s: a text longer than %d bytes", id, LONGEST_TEXT);
	for (size_t i = 0; i < r->out->n; i++) {
		const struct answer_entry *o = &r->out->entries[i];
		if (strcmp(o->question, id) == 0 && strcmp(o->respondent, x.respondent ? x.respondent : "") == 0)
			return yaml_error(node, r->e, "%s: two answers of the same respondent", id);
		if (strcmp(o->question, id) == 0 && o->chosen && x.chosen)
			return yaml_error(node, r->e, "%s: two answers are chosen; only one can count", id);
	}
	answer_list_add(r->out, &x);
	return true;
}

static bool read_level(const struct yaml *node, const char *id, const char *text, int *level, struct err *e)
{
	if (strlen(text) == 1 && *text >= '0' && *text <= '4')
		*level = *text - '0';
	else if (strcmp(text, "unknown") == 0)
		*level = LEVEL_UNKNOWN;
	else if (strcmp(text, "not_applicable") == 0)
		*level = LEVEL_NOT_APPLICABLE;
	else
		return yaml_error(node, e, "%s: expected a level from 0 to 4, unknown or not_applicable, got \"%.40s\"", id,
				  text);
	return true;
}

static bool read_answer(const struct reader *r, const char *id, const struct yaml *node)
{
	struct said s = { 0 };
	int level = 0;
	bool ok;
	if (!questionnaire_find(r->q, id))
		return yaml_error(node, r->e, "answers: there is no question %.40s", id);
	if (yaml_kind(node) == YAML_TEXT)
		ok = read_level(node, id, yaml_text(node), &level, r->e);
	else
		ok = yaml_bind(node, answer_fields, &s, r->e) &&
		     read_level(yaml_get(node, "level"), id, s.level, &level, r->e);
	if (ok && level == LEVEL_NOT_APPLICABLE && (!s.reason || !*s.reason))
		ok = yaml_error(node, r->e, "%s: not_applicable needs a reason: {level: not_applicable, reason: …}", id);
	ok = ok && add(r, node, id, level, &s);
	yaml_unbind(answer_fields, &s);
	return ok;
}

static bool read_value(const struct reader *r, const char *id, const struct yaml *node)
{
	const struct profile_question *p = questionnaire_profile(r->q, id);
	struct said s = { 0 };
	bool ok = true;
	if (!p)
		return yaml_error(node, r->e, "profile: there is no question %.40s", id);
	if (yaml_kind(node) == YAML_TEXT)
		s.value = xstrdup(yaml_text(node));
	else
		ok = yaml_bind(node, value_fields, &s, r->e);
	/* The networks may be left empty, which says that they are not known. */
	if (ok && !*s.value && (p->n_choices || strcmp(id, "name") == 0))
		ok = yaml_error(node, r->e, "%s: expected a value; leave the line out where there is none", id);
	bool known = p->n_choices == 0;
	for (size_t i = 0; ok && i < p->n_choices; i++)
		known = known || strcmp(p->choices[i].value, s.value) == 0;
	if (ok && !known) {
		struct buf all;
		buf_init(&all, 200);
		for (size_t i = 0; i < p->n_choices; i++)
			buf_printf(&all, "%s%s", i == 0 ? "" : i + 1 < p->n_choices ? ", " : " or ", p->choices[i].value);
		ok = yaml_error(node, r->e, "%s: expected %s, got \"%.40s\"", id, all.data, s.value);
		buf_done(&all);
	}
	ok = ok && add(r, node, id, LEVEL_TEXT, &s);
	yaml_unbind(value_fields, &s);
	return ok;
}

/* A map of questions to one answer or to a list of several respondents' answers. */
static bool read_map(const struct reader *r, const struct yaml *map, const char *key,
		     bool (*read)(const struct reader *r, const char *id, const struct yaml *node))
{
	if (!map || (yaml_kind(map) == YAML_TEXT && !*yaml_text(map)))
		return true;
	if (yaml_kind(map) != YAML_MAP)
		return yaml_error(map, r->e, "%s: expected a map of questions to answers", key);
	for (size_t i = 0; i < yaml_count(map); i++) {
		const struct yaml *node = yaml_at(map, i);
		bool list = yaml_kind(node) == YAML_LIST;
		for (size_t j = 0; j < (list ? yaml_count(node) : 1); j++)
			if (!read(r, yaml_key(map, i), list ? yaml_at(node, j) : node))
				return false;
	}
	return true;
}

static bool parse_yaml(const struct questionnaire *q, const char *name, const char *text, const char *respondent,
		       struct answer_list *out, struct err *e)
{
	struct yaml_doc *doc = yaml_parse(name, text, strlen(text), e);
	if (!doc)
		return false;
	const struct yaml *root = yaml_root(doc);
	struct file f = { 0 };
	bool ok = yaml_bind(root, file_fields, &f, e) && check_when(yaml_get(root, "when"), f.when, e);
	if (ok && !f.profile && !f.answers)
		ok = yaml_error(root, e, "expected the keys answers or profile");
	struct reader r = { .q = q, .respondent = f.respondent ? f.respondent : respondent, .when = f.when, .out = out,
			    .e = e };
	ok = ok && read_map(&r, f.profile, "profile", read_value) && read_map(&r, f.answers, "answers", read_answer);
	yaml_unbind(file_fields, &f);
	yaml_doc_free(doc);
	return ok;
}

bool answers_parse(const struct questionnaire *q, const char *name, const char *bytes, size_t n,
		   const char *respondent, struct answer_list *out, struct err *e)
{
	*out = (struct answer_list){ 0 };
	char *text = file_text(name, bytes, n, e);
	if (!text)
		return false;
	size_t len = strlen(name);
	bool table = (len > 4 && strcasecmp(name + len - 4, ".csv") == 0) || table_is(text);
	bool ok = table ? table_parse(q, name, text, respondent, out, e)
			: parse_yaml(q, name, text, respondent, out, e);
	free(text);
	if (!ok)
		answer_list_free(out);
	return ok;
}

bool answers_read(const struct questionnaire *q, const char *path, const char *respondent, struct answer_list *out,
		  struct err *e)
{
	size_t n;
	*out = (struct answer_list){ 0 };
	char *bytes = file_load(path, &n, e);
	bool ok = bytes && answers_parse(q, path, bytes, n, respondent, out, e);
	free(bytes);
	return ok;
}

/* ---- answers to YAML ---- */

/* A double-quoted scalar: what could end a line or is no plain character is escaped. */
static void quoted(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (size_t n; *s; s += n) {
		uint32_t c = text_char(s, &n);
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", (char)c);
		else if (c == '\n')
			buf_puts(b, "\\n");
		else if (c == '\t')
			buf_puts(b, "\\t");
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			buf_printf(b, "\\x%02x", (unsigned)c);
		else if (c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffe || c == 0xffff)
			buf_printf(b, "\\u%04x", (unsigned)c);
		else
			buf_add(b, s, n);
	}
	buf_putc(b, '"');
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

struct writer {
	const char *respondent, *when;    /* of the file */
	struct buf *out;
};

static void write_key(const struct writer *w, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	buf_printf(w->out, ", %s: ", key);
	quoted(w->out, text);
}

static void write_level(struct buf *b, const struct answer_entry *x)
{
	if (x->level == LEVEL_TEXT)
		quoted(b, x->text ? x->text : "");
	else if (x->level < 0)
		buf_puts(b, x->level == LEVEL_UNKNOWN ? "unknown" : "not_applicable");
	else
		buf_printf(b, "%d", x->level);
}

static void write_entry(const struct writer *w, const struct answer_entry *x)
{
	bool respondent = !same(x->respondent, w->respondent), when = !same(x->when, w->when);
	if (!respondent && !when && !x->reason && !x->note && !x->evidence && !x->recorded &&
	    !x->chosen) {
		write_level(w->out, x);
		return;
	}
	buf_puts(w->out, x->level == LEVEL_TEXT ? "{value: " : "{level: ");
	write_level(w->out, x);
	write_key(w, "reason", x->reason);
	write_key(w, "note", x->note);
	write_key(w, "evidence", x->evidence);
	if (x->recorded)
		buf_puts(w->out, ", recorded: true");
	if (x->chosen)
		buf_puts(w->out, ", chosen: true");
	if (respondent) {
		buf_puts(w->out, ", respondent: ");
		quoted(w->out, x->respondent);
	}
	if (when)
		write_key(w, "when", x->when);
	buf_putc(w->out, '}');
}

static void write_map(const struct writer *w, const struct questionnaire *q, const struct answer_list *l, bool profile)
{
	bool head = false;
	for (size_t i = 0; i < l->n;) {
		const char *id = l->entries[i].question;
		size_t end = i;
		while (end < l->n && strcmp(l->entries[end].question, id) == 0)
			end++;
		if (profile ? questionnaire_profile(q, id) != NULL : questionnaire_find(q, id) != NULL) {
			if (!head)
				buf_puts(w->out, profile ? "profile:\n" : "answers:\n");
			head = true;
			buf_printf(w->out, "  %s:%s", id, end - i > 1 ? "\n" : " ");
			for (size_t k = i; k < end; k++) {
				if (end - i > 1)
					buf_puts(w->out, "    - ");
				write_entry(w, &l->entries[k]);
				buf_putc(w->out, '\n');
			}
		} else if (!profile && !questionnaire_profile(q, id)) {
			buf_printf(w->out, "  # not asked any more: %s\n", id);
		}
		i = end;
	}
	/* An empty file still is one. */
	if (!profile && !head)
		buf_puts(w->out, "answers: {}\n");
}

void answers_write(const struct questionnaire *q, const struct answer_list *l, struct buf *out)
{
	struct writer w = { .out = out };
	if (l->n > 0) {
		w.respondent = l->entries[0].respondent;
		w.when = l->entries[0].when;
	}
	if (w.respondent && *w.respondent) {
		buf_puts(out, "respondent: ");
		quoted(out, w.respondent);
		buf_putc(out, '\n');
	}
	if (w.when && *w.when)
		buf_printf(out, "when: \"%s\"\n", w.when);
	write_map(&w, q, l, true);
	write_map(&w, q, l, false);
}
