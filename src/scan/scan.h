/*
 * A scan: a sandboxed child reads captures and sends what it observed; the parent
 * collects that. Neither knows the site file.
 */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

#include <signal.h>
#include <sys/types.h>

#include "base/err.h"
#include "observe/observe.h"

enum {
	SCAN_INTERFACES = OBS_SETS,
	SCAN_PROTOCOLS = 12,
	SCAN_NAME = 32,
};

struct scan_progress_interface {
	const char *name;        /* as given */
	uint64_t frames, bytes;  /* since the start */
	uint64_t dropped;        /* frames that were lost, in the kernel or in the adapter */
	uint32_t gaps;           /* times it was down */
	bool down, gone;         /* now; gone: it will not come back */
	bool keeping;            /* its frames are written to files */
};

struct scan_progress_protocol {
	char name[SCAN_NAME];
	uint64_t frames;
};

/* How far the child is; shown to people, decides nothing. */
struct scan_progress {
	uint64_t frames;
	int64_t ts;              /* of the last frame, 0 for none */
	uint32_t addresses;      /* entities so far */
	/* of files */
	uint16_t file;           /* index in reading order … */
	uint16_t given;          /* … and on the command line */
	uint64_t position, size; /* bytes of all files together */
	/* of interfaces; what follows `macs` is anew every few seconds only */
	bool live;
	bool asked;              /* somebody asked for it (SIGUSR1): to be shown as a line of its own */
	double seconds;          /* since the start */
	double left;             /* until the end, negative where it has none */
	size_t n_interfaces;
	struct scan_progress_interface interfaces[SCAN_INTERFACES];
	uint32_t macs;           /* that sent: about as many devices */
	size_t n_protocols;
	struct scan_progress_protocol protocols[SCAN_PROTOCOLS];   /* most frames first */
	uint32_t minutes;        /* that held frames: what coverage counts */
	double coverage;         /* 0 to 1, as if all networks were seen (v = 1) */
	bool mirror;             /* it looks like a mirror port */
	int64_t snapshot;        /* when the last snapshot was stored, ns, 0 for not yet */
};

struct scan_input {
	const char *path;        /* as given; its last part is the name in the report */
	int fd;                  /* open for reading, at 0 */
	uint64_t size;
	char digest[65];
};

struct capture_live;
struct scan_kept;           /* the files that were kept */

/* Frames that are kept in files as well: DIR/genba-YYYYmmdd-HHMMSS-INTERFACE.pcap, a new one at a sixteenth of the size. */
struct scan_keep {
	const char *folder;      /* NULL: nothing is kept */
	uint64_t size;           /* bytes of all files of ours in the folder; the oldest go */
	int64_t age;             /* seconds after which they go, too; 0 for never */
};

/* Either files or interfaces. */
struct scan_job {
	struct scan_input *files;
	size_t n;
	const char *filter;      /* BPF, or NULL; of files: interfaces have theirs since they were opened */
	/* Called a few times a second; NULL for none. */
	void (*progress)(void *data, const struct scan_progress *p);
	void *data;

	struct capture_live **interfaces;
	size_t n_interfaces;
	double seconds;          /* 0: until it is ended */
	double snapshot_every;   /* seconds, 0 for never */
	struct scan_keep keep;
	/* What was observed so far, borrowed for the call. */
	void (*snapshot)(void *data, const struct observe *o, const struct scan_kept *kept);
	/* Something that the user should know: a disk is full, an interface is gone. NULL for none. */
	void (*note)(void *data, const char *text);
	/* Not 0: end now. Of interfaces everything is kept, of files nothing. May be NULL. */
	const volatile sig_atomic_t *end;
};

/*
 * Open and digest the files; a path given twice, or a copy of a file, is dropped.
 * Those that cannot be opened are named in *problems (lines, to be freed, NULL when
 * there are none). False when none could be opened.
 */
bool scan_open(const char *const *paths, size_t n, struct scan_input **files, size_t *n_files, char **problems,
	       struct err *e) MUST_CHECK;
void scan_close(struct scan_input *files, size_t n);

/*
 * Run the child over the files to its end. Returns what it sent, NULL with e when
 * it died, or when none of the files could be read.
 */
struct observe *scan_run(const struct scan_job *job, struct err *e) MUST_CHECK;

/* ---- interfaces ---- */

/* Open them, which needs the right to; buffer: MiB each. */
bool scan_live_open(const char *const *names, size_t n, const char *filter, unsigned buffer,
		    struct capture_live ***interfaces, struct err *e) MUST_CHECK;
void scan_live_close(struct capture_live **interfaces, size_t n);
/*
 * Give up root and every capability for good: the user "genba" where there is one, else who called sudo, else the
 * owner of the site file or its folder, else nobody. *user: whom (to be freed), NULL where nothing had to be given up.
 */
bool scan_drop_root(const char *site, char **user, struct err *e) MUST_CHECK;
/*
 * SIGINT, SIGTERM and SIGHUP end a live scan and are harmless otherwise, SIGUSR1 asks for progress; until it is called
 * with false, so that what was collected can be stored in peace.
 */
void scan_live_signals(bool take);
/*
 * Listen until the time is over, somebody ends it, or all interfaces are gone. *whole: false where the child died before
 * (why is in e); what it had sent is returned all the same, NULL where that is nothing. kept: to be freed with
 * scan_kept_free().
 */
struct observe *scan_live(const struct scan_job *job, struct scan_kept **kept, bool *whole, struct err *e) MUST_CHECK;

/* Path and digest of the capture with this index; NULL of an interface. */
const char *scan_kept_path(const struct scan_kept *k, uint32_t file);
const char *scan_kept_digest(const struct scan_kept *k, uint32_t file);
void scan_kept_free(struct scan_kept *k);

/* ---- the child ---- */

/* Messages on the pipe: kind (1 byte), length (4, little-endian), body. */
enum scan_message {
	SCAN_RECORDS, SCAN_PROGRESS, SCAN_END,
	SCAN_LIVE,               /* progress of interfaces */
	SCAN_SNAPSHOT,           /* all is sent that was observed */
	SCAN_NOTE,               /* text for the user */
	SCAN_KEEP_NEXT,          /* interface (2): its file is full */
	SCAN_KEEP_STOP,          /* interface (2), length (8), name: this file cannot be written; good so far */
};
enum { SCAN_MESSAGE_MAX = 1 << 20 };   /* bytes of a body */

/* Lock this process in: open descriptors stay, nothing else can be opened, sent or started. */
bool scan_sandbox(struct err *e) MUST_CHECK;
/* Much less: this process gets no socket any more, but files. */
bool scan_no_sockets(void) MUST_CHECK;
/* Does this kernel have what the sandbox is made of? landlock: the version of its interface, 0 for none. */
void scan_sandbox_support(bool *seccomp, int *landlock);
/*
 * The same where interfaces are read: writing goes to `out` and to the files at `keep` only (n of them, -1 for none).
 * incoming: the descriptor at which a next file arrives, from where it may take the place of one of them.
 */
bool scan_sandbox_live(int out, const int *keep, size_t n, int incoming, struct err *e) MUST_CHECK;
/* What the child does; out is the pipe. Never returns. */
void scan_child(const struct scan_job *job, int out) __attribute__((noreturn));

#endif
