/* Words that the screens share with the report: names of weaknesses, kinds, frameworks, zones; and how findings read. */
#ifndef TUI_WORDS_H
#define TUI_WORDS_H

#include "base/buf.h"
#include "check/check.h"
#include "score/assess.h"

/* The string PREFIX_NAME of reports/strings.yaml, or other where there is none. */
const char *tui_word(const char *prefix, const char *name, const char *other);
/* A sentence with each {name} replaced; parts: name, value, …, NULL. To be freed. */
char *tui_sentence(const char *sentence, const char *const *parts);
/* A zone as people read it: the first word of a proposed one is translated. To be freed. */
char *tui_zone_name(const char *name, bool declared);
/* "3 of 12 devices that were looked at"; to be freed. */
char *tui_affected(const struct check_result *r);
/* "3 of 12", for a column; to be freed. */
char *tui_affected_short(const struct check_result *r);
/* What a row of evidence says, beginning with the device's name; to be freed. */
char *tui_row_text(const struct finding_row *f);
/* Names of weaknesses in words, and an operating system in the language. To be freed. */
char *tui_plain_words(const char *text);
/* "no cost", "10,000–50,000 yen"; to be freed. */
char *tui_cost(const struct action *a);
/* "2–8 hours"; to be freed. */
char *tui_hours(const struct action *a);
/* The finding of this check, whatever came out; NULL where no scan is assessed or no check is called so. */
const struct check_result *tui_result(const struct assessment *a, const char *check);

#endif
