/* What the files of this folder share. */
#ifndef QUESTIONNAIRE_PRIVATE_H
#define QUESTIONNAIRE_PRIVATE_H

#include "questionnaire/questionnaire.h"

/* Does text begin like a table of answers (a first line with the columns that count)? */
bool table_is(const char *text);
/* text: UTF-8, NUL-terminated. */
bool table_parse(const struct questionnaire *q, const char *name, const char *text, const char *respondent,
		 struct answer_list *out, struct err *e) MUST_CHECK;

#endif
