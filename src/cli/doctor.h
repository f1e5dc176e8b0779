/* What genba doctor found: a list of checks, each with a result and the commands that mend it. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <jansson.h>

#include "base/buf.h"
#include "capture/interface.h"

enum doctor_result { DOCTOR_OK, DOCTOR_ADVICE, DOCTOR_PROBLEM };
enum { DOCTOR_COMMANDS = 3 };

struct doctor_check {
	const char *id;          /* "ipv6", for programs */
	char *interface;         /* NULL: of the machine */
	enum doctor_result result;
	char *text;
	char *commands[DOCTOR_COMMANDS];
	size_t n_commands;
};

struct doctor {
	struct doctor_check *list;
	size_t n;
};

/* interface may be NULL. */
void doctor_add(struct doctor *d, const char *id, const char *interface, enum doctor_result result, const char *format,
		...) __attribute__((format(printf, 5, 6)));
/* A command that mends what was added last. */
void doctor_mend(struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doctor_done(struct doctor *d);
/* The worst result. */
enum doctor_result doctor_worst(const struct doctor *d);

/* Is it fit to listen, and does this machine stay silent on it? asked: the user named it, so what is wrong is a problem. */
void doctor_interface(struct doctor *d, const struct interface *i, bool asked);
/* Permission, clock, disk, memory, sandbox, libraries, language. keep: the folder for captures, or NULL. */
void doctor_host(struct doctor *d, const char *site, const char *keep);

void doctor_text(const struct doctor *d, struct buf *b);
json_t *doctor_json(const struct doctor *d);

/* s as one word of a shell's command line, to be freed. */
char *doctor_word(const char *s);

#endif
