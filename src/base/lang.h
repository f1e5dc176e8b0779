/* The language of what people read: Japanese or English, for the whole run. */
#ifndef BASE_LANG_H
#define BASE_LANG_H

#include <libintl.h>

#include "base/err.h"

#define _(text) gettext(text)
#define N_(text) text

enum lang { LANG_EN, LANG_JA };

/*
 * Set locale and message catalogue. choice: "ja", "en" or NULL for the
 * environment's. Under locale C, characters fall back to C.UTF-8.
 */
bool lang_init(const char *choice, struct err *e) MUST_CHECK;
enum lang lang_now(void);
/* "ja" or "en" */
const char *lang_code(void);

/* A text in both languages, as YAML files hold it: {en: …, ja: …}. */
struct text2 {
	char *en;
	char *ja;
};
/* The text in the run's language; the other one where it is missing; never NULL. */
const char *text2_get(const struct text2 *t);
const char *text2_in(const struct text2 *t, enum lang lang);
void text2_done(struct text2 *t);
/* What is wrong with the form of its Japanese, beginning with "ja: "; NULL: nothing. */
const char *text2_fault(const struct text2 *t);

#endif
