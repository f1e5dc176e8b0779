/* A whole file at once. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/err.h"

/* Writes it beside, then renames: what stood there before stays until all of the new is on the disk. */
bool file_save(const char *path, const void *data, size_t n, struct err *e) MUST_CHECK;

#endif
