/*
 * A scan: a sandboxed child reads captures and sends what it observed; the parent
 * collects that. Neither knows the site file.
 */
#ifndef SCAN_SCAN_H
#define SCAN_SCAN_H

#include <sys/types.h>

#include "base/err.h"
#include "observe/observe.h"

/* How far the child is; shown to people, decides nothing. */
struct scan_progress {
	uint16_t file;           /* index in reading order … */
	uint16_t given;          /* … and on the command line */
	uint64_t position, size; /* bytes of all files together */
	uint64_t frames;
	int64_t ts;              /* of the last frame */
	uint32_t addresses;      /* entities so far */
};

struct scan_input {
	const char *path;        /* as given; its last part is the name in the report */
	int fd;                  /* open for reading, at 0 */
	uint64_t size;
	char digest[65];
};

struct scan_job {
	struct scan_input *files;
	size_t n;
	const char *filter;      /* BPF, or NULL */
	/* Called a few times a second; NULL for none. */
	void (*progress)(void *data, const struct scan_progress *p);
	void *data;
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

/* ---- the child ---- */

/* Messages on the pipe: kind (1 byte), length (4, little-endian), body. */
enum scan_message { SCAN_RECORDS, SCAN_PROGRESS, SCAN_END };
enum { SCAN_MESSAGE_MAX = 1 << 20 };   /* bytes of a body */

/* Lock this process in: open descriptors stay, nothing else can be opened, sent or started. */
bool scan_sandbox(struct err *e) MUST_CHECK;
/* Does this kernel have what the sandbox is made of? landlock: the version of its interface, 0 for none. */
void scan_sandbox_support(bool *seccomp, int *landlock);
/* What the child does; out is the pipe. Never returns. */
void scan_child(const struct scan_job *job, int out) __attribute__((noreturn));

#endif
