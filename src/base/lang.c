#include "base/lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"

static enum lang now = LANG_EN;

bool lang_init(const char *choice, struct err *e)
{
	if (choice && strcmp(choice, "ja") != 0 && strcmp(choice, "en") != 0)
		return err_set(e, "--lang %s: genba speaks ja and en", choice);
	if (!setlocale(LC_ALL, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_ALL, "C.UTF-8");
	setlocale(LC_NUMERIC, "C");
	if (!choice) {
		const char *env[] = { getenv("LANGUAGE"), getenv("LC_ALL"), getenv("LC_MESSAGES"),
				      getenv("LANG") };
		choice = "en";
		for (size_t i = 0; i < sizeof env / sizeof *env; i++) {
			if (env[i] && *env[i]) {
				choice = strncmp(env[i], "ja", 2) == 0 ? "ja" : "en";
				break;
			}
		}
	}
	now = strcmp(choice, "ja") == 0 ? LANG_JA : LANG_EN;
	/* gettext takes no catalogue in the plain C locale, but does in C.UTF-8. */
	setenv("LANGUAGE", choice, 1);
	if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0)
		setlocale(LC_MESSAGES, "C.UTF-8");
	bindtextdomain(PACKAGE, path_locale());
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
	return true;
}

enum lang lang_now(void)
{
	return now;
}

const char *lang_code(void)
{
	return now == LANG_JA ? "ja" : "en";
}

const char *text2_in(const struct text2 *t, enum lang lang)
{
	const char *first = lang == LANG_JA ? t->ja : t->en;
	const char *other = lang == LANG_JA ? t->en : t->ja;
	return first ? first : other ? other : "";
}

const char *text2_get(const struct text2 *t)
{
	return text2_in(t, now);
}

void text2_done(struct text2 *t)
{
	free(t->en);
	free(t->ja);
	*t = (struct text2){ 0 };
}

const char *text2_fault(const struct text2 *t)
{
	bool japanese = false, blank = false;
	for (const char *p = t->ja; *p; p++) {
		japanese |= (unsigned char)*p >= 0xe3;   /* kana and kanji begin so in UTF-8 */
		blank |= *p == ' ' && p > t->ja && (unsigned char)p[-1] >= 0x80 && (unsigned char)p[1] >= 0x80;
	}
	return blank ? "ja: expected no blank between Japanese characters (end a folded line with \\ in quotes)" :
	       japanese ? NULL : "ja: expected Japanese";
}
