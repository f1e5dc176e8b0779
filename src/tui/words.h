/* Words that the screens share with the report. */
#ifndef TUI_WORDS_H
#define TUI_WORDS_H

#include <stdbool.h>

/* The string PREFIX_NAME of reports/strings.yaml, or other where there is none. */
const char *tui_word(const char *prefix, const char *name, const char *other);
/* A zone as people read it: the first word of a proposed one is translated. To be freed. */
char *tui_zone_name(const char *name, bool declared);

#endif
