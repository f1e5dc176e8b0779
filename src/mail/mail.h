/*
 * Mail: makes a message, keeps it in a spool directory until every recipient has it, and hands it to an SMTP server.
 * Knows nothing of scans: what is in the mail is the caller's. Times are seconds since the epoch, and given by the
 * caller, so that a test can turn the clock. All text is UTF-8.
 *
 *     mail_spool_add()          the mail is safe on the disk when it returns true
 *     mail_spool_send()         tries all that are due; call it in every run, also when nothing was added
 *     mail_spool_list()         what waits, what was refused, and why
 */
#ifndef MAIL_MAIL_H
#define MAIL_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	MAIL_BYTES_MAX = 32 << 20,       /* a message as it is sent; few servers take more */
	MAIL_TO_MAX = 100,               /* recipients of one message */
	MAIL_WAITING_MAX = 1000,         /* mails that may wait in a spool; adding one more fails */
	MAIL_REFUSED_MAX = 100,          /* refused mails that are kept; the oldest go first */
	MAIL_DAYS_MAX = 14,              /* so long is a mail tried, then it counts as refused */
};

/* ---- a message ---- */

struct mail_address {
	const char *address;             /* "user@example.co.jp", ASCII */
	const char *name;                /* shown beside it; may be NULL or "" */
};

struct mail_attachment {
	const char *name;                /* file name, any characters */
	const char *type;                /* "application/pdf", "text/csv; charset=utf-8"; NULL: application/octet-stream */
	const void *bytes; size_t n;
};

/* Everything is borrowed, for the call only. */
struct mail_message {
	struct mail_address from;
	const struct mail_address *to; size_t n_to;      /* 1 to MAIL_TO_MAX; all of them stand in the header To */
	const char *subject;
	const char *text;                /* line ends as they come, LF or CRLF */
	const char *html;                /* the same for readers that show HTML; NULL: none */
	const struct mail_attachment *attachments; size_t n_attachments;
	int64_t date;
	const char *id;                  /* Message-ID without <>: mail_id(); the same for every try */
};

/* A new Message-ID "time.random@domain of the sender", to be freed. */
char *mail_id(const char *from_address, int64_t now);

/*
 * "user@example.co.jp" as SMTP takes it: ASCII, one @, no blanks, brackets or control characters. For who reads a
 * configuration: mail_build() asks it, too.
 */
bool mail_address_check(const char *address, struct err *e) MUST_CHECK;

/*
 * The message as RFC 5322 and MIME bytes into out (initialised by the caller; its cap counts besides MAIL_BYTES_MAX),
 * with CRLF line ends and no line over 76 characters apart from long addresses. The same message gives the same bytes.
 * Control characters in subject, names and file names become blanks and what is no UTF-8 becomes U+FFFD, so that
 * nothing that came off a wire can begin a header; in an address, type or id they are an error.
 */
bool mail_build(const struct mail_message *m, struct buf *out, struct err *e) MUST_CHECK;

/* ---- a server ---- */

enum mail_security {
	MAIL_STARTTLS,                   /* begins in the clear and must change to TLS before anything is said; port 587 */
	MAIL_TLS,                        /* TLS from the first byte; port 465 */
	MAIL_PLAIN,                      /* in the clear: for a relay on this machine (loopback) only; port 25 */
};

/* "starttls", "tls", "none" */
bool mail_security_parse(const char *word, enum mail_security *security) MUST_CHECK;

/* Everything is borrowed. The certificate is always verified, for the host's name and against the system's or ca_file. */
struct mail_server {
	const char *host;                /* name or address; IPv6 without brackets */
	int port;                        /* 0: the usual one of security */
	enum mail_security security;
	const char *user, *password;     /* NULL: no authentication; given: a server that offers none gets no mail */
	const char *ca_file;             /* PEM; NULL: the system's */
	const char *hello;               /* our name in EHLO; NULL: the machine's */
	int connect_seconds;             /* 0: 30 */
	int total_seconds;               /* for one recipient of one mail; 0: 300 */
};

/* Is it complete and allowed (MAIL_PLAIN on loopback only, user with password, …)? Connects to nobody. */
bool mail_server_check(const struct mail_server *server, struct err *e) MUST_CHECK;

/*
 * What became of one mail for one recipient:
 *   SENT     the server took it.
 *   LATER    not now: 4xx, not reachable, no answer in time, name not resolved, hung up before the mail's end.
 *   CONFIG   not until somebody repairs something: certificate, user or password, no STARTTLS, sender not allowed, no
 *            relaying (5.7.x). The mail is kept and tried in every run.
 *   REFUSED  5xx for this recipient or this mail: never.
 *   UNSURE   the whole mail was with the server, and no answer came. It may have been delivered, or not: nobody can
 *            know. It is tried again under the same Message-ID, by which many receivers drop the second one.
 */
enum mail_outcome { MAIL_SENT, MAIL_LATER, MAIL_CONFIG, MAIL_REFUSED, MAIL_UNSURE };

/* ---- the spool ----
 *
 * A directory (0700) that is made where it is missing. A mail in it is a directory of its own, which appears whole or
 * not at all and holds message.eml and state (0600): its recipients, each with tries, next try and last answer.
 * refused/ keeps those of which a recipient was refused. No password is ever in it.
 *
 * Every recipient is a transaction of its own, so that each is sent, refused or tried again by itself. Before the last
 * bytes of a mail go to the server the recipient is marked "sending", and "sent" when the server has said yes. Whoever
 * is killed in between leaves the mark; the next run sends again (UNSURE): rather twice than never.
 * Two runs at a time exclude each other by a lock; a program that is killed loses it.
 */

/* Writes the mail to the disk: true only when it will survive a power cut. Waits for no sending. */
bool mail_spool_add(const char *spool, const struct mail_message *m, int64_t now, struct err *e) MUST_CHECK;

/* What a run did; recipients are counted, not mails. */
struct mail_run {
	bool busy;                       /* another run is sending; nothing was done */
	int sent, later, config, refused, unsure;    /* outcomes of this run */
	int waiting;                     /* recipients who still have to get theirs, those not due now included */
	struct err last;                 /* the last thing that went wrong, for people; "" where nothing did */
};

/*
 * Tries all that are due, oldest first. Pauses between tries of a recipient: 15 minutes, 1 hour, 4 hours, 12 hours,
 * then a day each, for MAIL_DAYS_MAX days; CONFIG waits for the next run only. Where the server itself cannot be
 * reached or does not let us in, the rest that was due is not tried, but noted with the same answer.
 * False, with e: the spool could not be read or written, or the server's settings are wrong (mail_server_check()).
 * Mails that did not go are no error: look at run.
 */
bool mail_spool_send(const char *spool, const struct mail_server *server, int64_t now, struct mail_run *run,
	struct err *e) MUST_CHECK;

enum mail_progress { MAIL_TODO, MAIL_SENDING, MAIL_DONE, MAIL_GIVEN_UP };

struct mail_recipient {
	char *address;
	enum mail_progress progress;     /* MAIL_SENDING in a list: a run is at it now, or was killed at it */
	int tries;                       /* those that ended with CONFIG are not counted */
	int64_t next;                    /* MAIL_TODO: not before */
	int unsure;                      /* how often nobody could know whether it arrived */
	char *answer;                    /* last answer or failure, one line; "" before the first try */
};

struct mail_item {
	char *name;                      /* of its directory in the spool */
	bool refused;                    /* it lies in refused/: nothing will be tried any more */
	bool unreadable;                 /* its state is damaged: kept, not sent; nothing below is known */
	int64_t added;
	char *from, *subject;
	struct mail_recipient *to; size_t n_to;
};

struct mail_list {
	struct mail_item *items; size_t n;           /* oldest first, the waiting ones before the refused */
	size_t waiting, refused, unreadable;         /* mails */
};

/* What is in the spool; a spool that is not there is empty. list is filled anew: mail_list_done(). */
bool mail_spool_list(const char *spool, struct mail_list *list, struct err *e) MUST_CHECK;
void mail_list_done(struct mail_list *list);

/* ---- the password ---- */

/*
 * The one line of a file of its own, to be given to mail_secret_free(). NULL fills e: also where the file can be read
 * by group or others, or belongs to another user.
 */
char *mail_secret_read(const char *path, struct err *e) MUST_CHECK;
/* Overwrites, then frees; NULL is fine. */
void mail_secret_free(char *secret);

/* What sends: "libcurl 7.88.1". */
const char *mail_library(void);

#endif
