/* What the commands that read a site file have in common. */
#ifndef CLI_SITE_H
#define CLI_SITE_H

#include <jansson.h>

#include "cli/cli.h"
#include "store/store.h"

/* The site file of -s; NULL and e filled when it cannot be opened. */
struct store *site_open(const struct cli *c, enum store_mode mode, struct err *e) MUST_CHECK;
/* The scan of --scan, else the newest one that is not running. False: there is none. */
bool site_scan(const struct cli *c, struct store *s, int64_t *scan, struct err *e) MUST_CHECK;
/* The scan of this number. False: there is none. */
bool site_scan_numbered(const struct cli *c, struct store *s, const char *given, int64_t *scan, struct err *e) MUST_CHECK;
/* --format of a listing: LIST_…, -1 for a usage error. */
int site_format(const struct cli *c, struct err *e);
/* A whole number above zero, else false. */
bool site_number(const char *text, int64_t *n);

/* A column of a listing, in the order of the columns of its SQL. */
struct site_field {
	const char *name;        /* JSON key, CSV head */
	const char *title;       /* N_() head of the text column; NULL: not in text */
	enum { FIELD_TEXT, FIELD_NUMBER, FIELD_TIME } type;
};
/* The rows of sql over one scan as a listing on standard output. fields end with name NULL. */
bool site_list(struct store *s, int64_t scan, enum list_format format, const char *schema, const char *items,
	       const struct site_field *fields, const char *sql, const char *const *parameters,
	       struct err *e) MUST_CHECK;

/* The same from what is no view: fill puts the cells of every row into the list. An EXIT_ value. */
typedef bool site_fill_fn(struct store *s, struct list *l, struct err *e);
int site_listing(struct cli *c, const char *schema, const char *items, const struct list_column *columns,
		 site_fill_fn *fill, struct err *e);

/* JSON values of a column: text or null; RFC 3339 or null. */
json_t *site_json_text(const char *text);
json_t *site_json_time(const struct store_value *v);
json_t *site_json_number(const struct store_value *v);
/* Write, numbers to so many digits, with a line end, and free. */
bool site_json_print(json_t *root, unsigned digits, struct err *e) MUST_CHECK;

#define SITE_FORMAT_OPTION { 0, "format", "text|json|csv", N_("how to write it: text (default), json or csv") }
#define SITE_SCAN_OPTION { 0, "scan", "ID", N_("another scan than the newest; genba scans lists them") }

#endif
