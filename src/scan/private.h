/* What the files of scan/ share among themselves. */
#ifndef SCAN_PRIVATE_H
#define SCAN_PRIVATE_H

#include "base/buf.h"
#include "decode/decode.h"
#include "flow/flow.h"
#include "scan/scan.h"

enum { SCAN_HEAD = 5, SCAN_READ = 256 * 1024 };

/* ---- the child: child.c ---- */

struct child {
	const struct scan_job *job;
	int out;
	struct observe *o;
	struct flow_table *flows;
	struct decode *ahead;        /* the reading thread's */
	struct decode *decode;       /* for what needs several frames */
	struct buf records;
	uint64_t frames, done_bytes, total_bytes;
	int64_t last_sent_ms;
	uint64_t counted[COUNT_MAX]; /* of counters that are reckoned anew: what was added so far */
};

void scan_child_init(struct child *c, const struct scan_job *job, int out);
void scan_child_send(struct child *c, enum scan_message kind, const struct buf *body);
void scan_child_send_records(struct child *c);
int64_t scan_child_ms(void);
/* One frame that was decoded, or not. */
void scan_child_frame(struct child *c, enum decode_result result, const struct packet *p, struct obs_file *row);
/* Its number, size and time. */
void scan_child_row(struct obs_file *row, const struct frame *f);
/* A counter that is reckoned anew. */
void scan_child_set(struct child *c, enum obs_count which, uint64_t n);
uint64_t scan_child_third_party(const struct observe *o);

/* ---- the live child: live_child.c ---- */

/* The first file of each interface, where frames are kept. */
struct keep_start { int fd; uint16_t file; char name[OBS_TEXT + 1]; };

/* What the parent says: a byte, or SCAN_KEEP with a descriptor. */
enum { SAY_END = 'e', SAY_KEEP = 'k', SAY_KEEP_NO_MORE = 'n' };
struct say { uint8_t what; uint16_t interface, file; char name[OBS_TEXT + 1]; };

void scan_live_child(const struct scan_job *job, int out, int control, const struct keep_start *keep)
	__attribute__((noreturn));

/* ---- the parent ---- */

/* What arrives on the pipe, until a message is whole. */
struct inbox {
	uint8_t data[SCAN_HEAD + SCAN_MESSAGE_MAX + SCAN_READ];
	size_t len;
};
/* All whole messages in the inbox; what is left, less than a message, moves to its front. */
bool scan_inbox_take(struct inbox *in, bool (*take)(void *data, uint8_t kind, struct cur body), void *data);

/* ---- files that are kept: keep.c ---- */

enum { KEEP_FILE_SECONDS = 3600, KEEP_NO_ROW = UINT16_MAX };
/* Bytes after which a file is full. */
uint64_t scan_keep_share(const struct scan_job *job);
struct scan_kept *scan_kept_new(const struct scan_job *job);
/* Open the next file of an interface, and let the oldest go. False: e says why. */
bool scan_kept_next(struct scan_kept *k, size_t interface, struct keep_start *out, struct err *e) MUST_CHECK;
/* The current file of an interface ends. */
void scan_kept_stop(struct scan_kept *k, size_t interface);
/* It could not be written further: the file of this name ends at this length, one that was opened to follow it goes. */
void scan_kept_cut(struct scan_kept *k, size_t interface, const char *name, uint64_t length);
/* Nothing is written any more. */
void scan_kept_end(struct scan_kept *k);
/* Digests as of now. */
void scan_kept_settle(struct scan_kept *k);

#endif
