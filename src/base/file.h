/* A whole file at once. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"

/* Its bytes, to be freed; "-" is standard input. At most 1 MiB. NULL fills e. */
char *file_load(const char *path, size_t *n, struct err *e) MUST_CHECK;
/*
 * What people saved, as UTF-8 without byte order mark, to be freed: UTF-8, or CP932 as spreadsheets in Japan write it.
 * NULL fills e; name is for its message.
 */
char *file_text(const char *name, const char *bytes, size_t n, struct err *e) MUST_CHECK;

/* Writes it beside, then renames: what stood there before stays until all of the new is on the disk. */
bool file_save(const char *path, const void *data, size_t n, struct err *e) MUST_CHECK;

#endif
