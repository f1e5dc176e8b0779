/*
 * The templates of one rendering: reports/templates, and before them a folder of the user's own. What stands in that
 * folder wins, file by file; the rest is ours.
 *
 * Besides templates the folder may hold colours.css (put behind our style) and logo.svg, logo.png or logo.jpg.
 */
#ifndef REPORT_LIBRARY_H
#define REPORT_LIBRARY_H

#include "base/err.h"

struct library;

/* own: the user's folder, or NULL. suffix: ".html". NULL fills e. */
struct library *library_open(const char *own, const char *suffix, struct err *e) MUST_CHECK;
void library_close(struct library *l);
/* The text of a template; NULL fills e. Borrowed until library_close(). */
const char *library_get(struct library *l, const char *name, struct err *e) MUST_CHECK;
/* For mustache_options: NULL where there is no such template. A name cannot lead out of the folders. */
const char *library_partial(void *library, const char *name);
/* Was every partial that is there usable? Asked after rendering; false fills e. */
bool library_good(const struct library *l, struct err *e) MUST_CHECK;
/* Where it was found, for messages: "DIR/report.html". Borrowed. */
const char *library_path(const struct library *l, const char *name);
/* The logo as a data: URI, to be freed; "" where there is none. NULL fills e. */
char *library_logo(const struct library *l, struct err *e) MUST_CHECK;

#endif
