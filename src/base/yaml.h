/*
 * YAML files (checks, actions, questionnaires, strings, configuration) as a tree
 * with line and column. Capped in size (1 MiB) and depth (16); aliases, anchors,
 * tags and duplicate keys are refused; everything is text until it is asked for
 * as something else. Errors read "file:line:column: key: expected …, got …".
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stddef.h>

#include "base/err.h"
#include "base/lang.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml;   /* a node; borrowed from its document */

struct yaml_doc;

/* A whole file, or bytes with a name for messages. NULL fills e. */
struct yaml_doc *yaml_load(const char *path, struct err *e) MUST_CHECK;
struct yaml_doc *yaml_parse(const char *name, const char *bytes, size_t n, struct err *e) MUST_CHECK;
/* Not yaml_free(): libyaml has that name. */
void yaml_doc_free(struct yaml_doc *doc);
const struct yaml *yaml_root(const struct yaml_doc *doc);

enum yaml_kind yaml_kind(const struct yaml *node);
int yaml_line(const struct yaml *node);
/* Error at this node: err_set with "file:line:column: " in front. Returns false. */
bool yaml_error(const struct yaml *node, struct err *e, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Lists and maps in file order. */
size_t yaml_count(const struct yaml *node);
const struct yaml *yaml_at(const struct yaml *node, size_t i);        /* item, or a map's value */
const char *yaml_key(const struct yaml *node, size_t i);              /* a map's key */
const struct yaml *yaml_get(const struct yaml *map, const char *key); /* NULL if absent */
/* A scalar's text, "" for null; NULL for a list or a map. */
const char *yaml_text(const struct yaml *node);

/* Binding: a map against a table. Unknown keys, missing ones and wrong types are errors. */
enum yaml_type {
	YAML_STRING,   /* char *, to be freed */
	YAML_TEXT2,    /* struct text2: {en: …, ja: …}, both required */
	YAML_INT,      /* int */
	YAML_NUMBER,   /* double */
	YAML_BOOL,     /* bool: true or false */
	YAML_ENUM,     /* int: index in .names */
	YAML_STRINGS,  /* char **, NULL-terminated, all to be freed; a lone scalar is a list of one */
	YAML_NODE,     /* const struct yaml *: left to the caller */
};

struct yaml_field {
	const char *key;
	enum yaml_type type;
	size_t offset;             /* offsetof() in the bound struct */
	bool required;
	const char *const *names;  /* YAML_ENUM: NULL-terminated */
};

/* Table ends with key NULL. The struct must be zeroed; on failure what was bound stays to be freed. */
bool yaml_bind(const struct yaml *map, const struct yaml_field *fields, void *into, struct err *e) MUST_CHECK;
/* Free what yaml_bind allocated. */
void yaml_unbind(const struct yaml_field *fields, void *from);

#endif
