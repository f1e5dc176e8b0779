/*
 * The command line: one row per command in commands.c, one cmd_*.c each. Help,
 * parsing and the man page come from the same tables.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { EXIT_DONE = 0, EXIT_FAIL_ON = 1, EXIT_FAILED = 2, EXIT_USAGE_ERROR = 64 };

struct cli_option {
	char letter;             /* 0 for none */
	const char *name;        /* long name */
	const char *argument;    /* shown name of its argument, NULL for a switch */
	const char *help;        /* N_() */
};

struct cli;

struct command {
	const char *name;        /* "scan", or two words: "checks lint" */
	const char *arguments;   /* shown: "FILE..." */
	const char *summary;     /* N_() one line */
	const char *description; /* N_() for the man page and --help, may be NULL */
	const struct cli_option *options;  /* ends with name NULL; -s, --lang, --help are everywhere */
	int (*run)(struct cli *c, struct err *e);   /* an EXIT_ value; EXIT_FAILED and EXIT_USAGE_ERROR fill e */
};

extern const struct command *const commands[];   /* NULL-terminated; commands.c */

/* main() calls this; prints errors as "genba: …" on standard error. */
int cli_main(int argc, char **argv);
/* The man page, from the tables, in troff, on standard output. */
void cli_man(void);

/* What was given. */
bool cli_has(const struct cli *c, const char *option);
const char *cli_get(const struct cli *c, const char *option);   /* NULL when absent; last one wins */
/* The n-th value (from 0) of an option that may be given several times, NULL behind the last. */
const char *cli_nth(const struct cli *c, const char *option, size_t n);
size_t cli_args(const struct cli *c, char *const **args);
/* -s FILE, else $GENBA_SITE, else ./site.genba */
const char *cli_site(const struct cli *c);
/* Parse a --format like value against names (NULL-terminated): its index, or -1 and a usage error in e. */
int cli_choice(const struct cli *c, const char *option, const char *const *names, int otherwise, struct err *e);

/* ---- listings: rows out as text (aligned columns), JSON or CSV ---- */
enum list_format { LIST_TEXT, LIST_JSON, LIST_CSV };
struct list;
struct list_column {
	const char *name;        /* JSON key, CSV head */
	const char *title;       /* N_() head of the text column */
	bool number;
};
/* --format text|json|csv of this command; schema: "genba.conversations/1", items: "conversations". */
struct list *list_new(enum list_format format, const char *schema, const char *items,
		      const struct list_column *columns);
/* One cell after another in column order; NULL is null. */
void list_text(struct list *l, const char *value);
void list_int(struct list *l, int64_t value);
void list_real(struct list *l, double value);
void list_null(struct list *l);
/* Write to standard output and free. False: the output failed (disk full, pipe closed). */
bool list_finish(struct list *l, struct err *e) MUST_CHECK;
/* Free without writing: the rows could not be had. */
void list_free(struct list *l);

#endif
