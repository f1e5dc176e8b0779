/* Words that the screens share with the report. */
#include "tui/words.h"

#include <stdio.h>
#include <string.h>

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

char *tui_zone_name(const char *name, bool declared)
{
	int group = declared ? -1 : zone_group_of(name);
	const char *word = group >= 0 ? zone_groups[group] : !declared && strcmp(name, "internet") == 0 ? name : "";
	if (!*name)
		return xstrdup(_("it stands between zones"));
	return xasprintf("%s%s", *word ? tui_word("zone", word, word) : "", name + strlen(word));
}
