/*
 * Mustache (https://mustache.github.io/mustache.5.html) over a tree of JSON
 * values: variables, sections, inverted sections, comments, partials, other
 * delimiters. No lambdas. Held to the public specification by its test.
 *
 * null, false, "" and [] are false for a section; every other value is true.
 */
#ifndef REPORT_MUSTACHE_H
#define REPORT_MUSTACHE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	MUSTACHE_NAME = 127,     /* longest name in a tag */
	MUSTACHE_NEST = 64,      /* sections inside sections, partials inside partials */
};

struct mustache_options {
	/* Append s so that it means nothing to the output format; one of mustache_html … below. */
	void (*escape)(struct buf *b, const char *s);
	/*
	 * Refuse {{{name}}}, {{&name}} and {{=…=}}: what the template cannot say, nobody can
	 * smuggle past the escaper. For HTML.
	 */
	bool strict;
	/* Source of a partial, borrowed while rendering; NULL: there is none (it renders as nothing). */
	const char *(*partial)(void *data, const char *name);
	void *data;
};

/*
 * Render into out, whose cap is the cap on the output: what is longer is an error.
 * name is for messages ("report.html:12: …").
 */
bool mustache_render(const char *name, const char *source, const json_t *context,
		     const struct mustache_options *o, struct buf *out, struct err *e) MUST_CHECK;
/* Parse only. */
bool mustache_lint(const char *name, const char *source, bool strict, struct err *e) MUST_CHECK;

/* Escapers. HTML (text and quoted attributes); control and direction characters become visible. */
void mustache_html(struct buf *b, const char *s);
/* Plain text for a terminal or a mail: text_terminal(). */
void mustache_text(struct buf *b, const char *s);
/* CommonMark: every punctuation mark that could mean something, and HTML. */
void mustache_markdown(struct buf *b, const char *s);

#endif
