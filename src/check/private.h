/* What the files of src/check share. */
#ifndef CHECK_PRIVATE_H
#define CHECK_PRIVATE_H

#include "check/check.h"

/* Accepted risks that have not run out. */
struct exceptions {
	struct { char *check; int64_t device; } *rows;   /* device 0: the whole site */
	size_t n;
};
bool exceptions_load(struct store *s, struct exceptions *out, struct err *e) MUST_CHECK;
void exceptions_done(struct exceptions *x);

/* Run one check over tables that are there; exceptions may be NULL. Files and names of the rows stay empty. */
void check_one(const struct check *c, struct store_checks *db, const struct exceptions *exceptions,
	       struct check_result *out);
void check_result_done(struct check_result *r);

#endif
