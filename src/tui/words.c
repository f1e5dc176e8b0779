/* Words that the screens share with the report. */
#include "tui/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/report.h"
#include "zone/zone.h"

/* Read once; a file that cannot be read gives no words, and the names stand as they are. */
static const json_t *strings(void)
{
	static json_t *read;
	static bool tried;
	struct err e;
	if (!tried)
		read = report_strings(&e);
	tried = true;
	return read;
}

const char *tui_word(const char *prefix, const char *name, const char *other)
{
	char key[128];
	snprintf(key, sizeof key, "%s_%s", prefix, name);
	const char *text = json_string_value(json_object_get(json_object_get(strings(), key), lang_code()));
	return text ? text : other;
}

char *tui_sentence(const char *sentence, const char *const *parts)
{
	struct buf b;
	buf_init(&b, 16 * 1024);
	while (*sentence) {
		size_t n = strcspn(sentence, "{");
		buf_add(&b, sentence, n);
		sentence += n;
		if (!*sentence)
			break;
		size_t name = strcspn(sentence + 1, "}");
		const char *const *p = parts;
		while (*p && (strncmp(*p, sentence + 1, name) != 0 || (*p)[name]))
			p += 2;
		if (*p)
			buf_puts(&b, p[1]);
		sentence += sentence[name + 1] ? name + 2 : name + 1;
	}
	return buf_take(&b);
}

char *tui_zone_name(const char *name, bool declared)
{
	int group = declared ? -1 : zone_group_of(name);
	const char *word = group >= 0 ? zone_groups[group] : !declared && strcmp(name, "internet") == 0 ? name : "";
	if (!*name)
		return xstrdup(_("between zones"));
	return xasprintf("%s%s", *word ? tui_word("zone", word, word) : "", name + strlen(word));
}

static const char *subject_of(const struct check_result *r)
{
	return r->check->subject ? r->check->subject : "";
}

char *tui_affected(const struct check_result *r)
{
	const char *subject = subject_of(r);
	long long n = (long long)r->affected, of = (long long)r->population;
	if (of <= 0 || strcmp(subject, "site") == 0)
		return xstrdup(_("the whole factory"));
	if (strcmp(subject, "device") == 0)
		return xasprintf(_("%lld of %lld devices that were looked at"), n, of);
	if (strcmp(subject, "conversation") == 0)
		return xasprintf(_("%lld of %lld conversations that were looked at"), n, of);
	return xasprintf(_("%lld of %lld network segments that were looked at"), n, of);
}

char *tui_affected_short(const struct check_result *r)
{
	if (r->population <= 0 || strcmp(subject_of(r), "site") == 0)
		return xstrdup(_("factory"));
	return xasprintf("%lld/%lld", (long long)r->affected, (long long)r->population);
}

char *tui_plain_words(const char *text)
{
	return report_words(strings(), lang_code(), text);
}

char *tui_row_text(const struct finding_row *f)
{
	bool named = !f->device_name || strstr(f->text, f->device_name);
	char *words = tui_plain_words(f->text);
	char *all = xasprintf("%s%s%s", named ? "" : f->device_name, named || !*f->text ? "" : _(": "), words);
	free(words);
	return all;
}

char *tui_cost(const struct action *a)
{
	char low[32], high[32];
	if (a->yen_max == 0)
		return xstrdup(_("no cost"));
	text_grouped(a->yen_min, low);
	text_grouped(a->yen_max, high);
	return a->yen_min == a->yen_max ? xasprintf(_("%s yen"), high) : xasprintf(_("%s–%s yen"), low, high);
}

char *tui_hours(const struct action *a)
{
	if (fabs(a->hours_max - a->hours_min) < 0.01)
		return xasprintf(_("%g hours"), a->hours_max);
	return xasprintf(_("%g–%g hours"), a->hours_min, a->hours_max);
}

const struct check_result *tui_result(const struct assessment *a, const char *check)
{
	for (size_t i = 0; i < a->results.n; i++)
		if (strcmp(a->results.results[i].check->id, check) == 0)
			return &a->results.results[i];
	return NULL;
}
