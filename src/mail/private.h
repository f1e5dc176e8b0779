/* What the files of src/mail share. */
#ifndef MAIL_PRIVATE_H
#define MAIL_PRIVATE_H

#include "mail/mail.h"

/* ---- encode.c ---- */

enum { MAIL_LINE = 76 };             /* most characters of a line, RFC 2045 6.7 and 6.8, RFC 2047 2 */

/*
 * One line for a header, to be freed: control characters and runs of blanks become one blank, what is no UTF-8 becomes
 * U+FFFD.
 */
char *mail_clean(const char *s);
/* "Name: text" with its line end, folded; encoded words where it is not ASCII. The text is clean. */
void mail_header(struct buf *b, const char *name, const char *text);
/* "Name <address>" or the address, folded; column is where b stands in its line. Returns where it stands then. */
size_t mail_mailbox(struct buf *b, size_t column, const char *name, const char *address);
/* A parameter of a header that began on the line before, RFC 2231: ";\r\n name=value". The value is clean. */
void mail_parameter(struct buf *b, const char *name, const char *value);
void mail_base64(struct buf *b, const void *bytes, size_t n);
void mail_quoted_printable(struct buf *b, const char *text, size_t n);

/* ---- message.c ---- */

bool mail_id_check(const char *id);

/* ---- smtp.c ---- */

struct mail_smtp;
/* A session: one connection is used for all that is sent through it. NULL fills e. */
struct mail_smtp *mail_smtp_new(const struct mail_server *server, struct err *e) MUST_CHECK;
void mail_smtp_free(struct mail_smtp *s);

struct mail_smtp_result {
	enum mail_outcome outcome;
	bool server;                     /* LATER or CONFIG: it was the server as a whole, the next mail will fare the same */
	struct err answer;               /* one line for people: the server's answer, or what happened */
};
/*
 * One transaction: bytes (with CRLF line ends) from one sender to one recipient. last() is called before the last of
 * the bytes are handed over; where it returns false the transaction is broken off before its end.
 */
struct mail_smtp_result mail_smtp_send(struct mail_smtp *s, const char *from, const char *to, const char *bytes,
	size_t n, bool (*last)(void *), void *data);

/* ---- state.c ---- */

/* A mail's recipients and how far it is, as the file "state" holds them; to be freed. */
char *mail_state_write(const struct mail_item *item);
/* Into item, which is empty; false: damaged. */
bool mail_state_read(struct mail_item *item, const char *text) MUST_CHECK;
void mail_item_done(struct mail_item *item);

/* ---- box.c: the directories and files of a spool ----
 *
 *     adding, sending        locks (flock): a killed program leaves none
 *     new/                   a mail that is being written
 *     1715600000-0001/       a mail: when it was added, and the how manieth in that second
 *         message.eml
 *         state
 *         state.new          being written
 *     gone/                  a mail that is being removed
 *     refused/               mails again
 */
struct mail_box {
	const char *path;
	int fd;                          /* the directory; -1: there is none */
	int refused;                     /* the directory refused/ */
};

/* make: where it is missing. Without make a spool that is not there is empty: fd is -1. */
bool mail_box_open(struct mail_box *box, const char *path, bool make, struct err *e) MUST_CHECK;
void mail_box_close(struct mail_box *box);

/* The lock's descriptor, to be closed; -1: somebody has it (only where wait is false; then e is ""), or an error. */
int mail_box_lock(const struct mail_box *box, const char *name, bool wait, struct err *e) MUST_CHECK;

/* Names of the mails in a directory, sorted, to be freed with mail_names_done(). */
struct mail_names { char **names; size_t n; };
bool mail_names_load(struct mail_names *names, int fd, struct err *e) MUST_CHECK;
void mail_names_done(struct mail_names *names);

/* A new mail, whole: with the lock "adding" held. */
bool mail_box_add(const struct mail_box *box, const char *name, const char *bytes, size_t n, const char *state,
	struct err *e) MUST_CHECK;
/* Its state; unreadable is set where it is damaged. False: there is no such mail (any more). */
bool mail_box_load(int dir, const char *name, struct mail_item *item) MUST_CHECK;
/* Its bytes, to be freed; NULL: unreadable. */
char *mail_box_message(int dir, const char *name, size_t *n) MUST_CHECK;
/* Its state anew, on the disk when this returns true. */
bool mail_box_save(const struct mail_box *box, const struct mail_item *item, struct err *e) MUST_CHECK;
/* Out of the spool, with the lock "sending" held: away, or into refused/, where the oldest make room. */
bool mail_box_remove(const struct mail_box *box, const char *name, struct err *e) MUST_CHECK;
bool mail_box_refuse(const struct mail_box *box, const char *name, struct err *e) MUST_CHECK;
/* What a killed program left half removed. */
void mail_box_clean(const struct mail_box *box);

#endif
