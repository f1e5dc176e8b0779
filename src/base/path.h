/* Where checks, questionnaires, templates and data are: installed, or in the source tree. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

/*
 * The folder that holds checks/, actions/, questionnaires/, reports/ and data/:
 * $GENBA_DATA if set; the source tree when the program runs from its build
 * tree; else the installed place. Borrowed.
 */
const char *path_data(void);
/* "<data>/<name>", to be freed. */
char *path_of(const char *name);
/* The folder of the message catalogues. Borrowed. */
const char *path_locale(void);

#endif
