/*
 * Capture files to frames: pcap and pcapng (microseconds, nanoseconds, either
 * byte order, several interfaces with link types and snap lengths of their own),
 * plain or gzip'ed. Reads ahead in a thread of its own. A file cut in the middle
 * gives what is there, then says so.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "base/err.h"
#include "decode/decode.h"

struct capture;

enum capture_result { CAPTURE_FRAME, CAPTURE_END, CAPTURE_BROKEN };

/*
 * Start reading from an open descriptor (which stays the caller's). name is for
 * messages. filter: BPF text or NULL; frames are numbered before it applies.
 * NULL: not a capture, or the filter does not compile.
 */
struct capture *capture_open(int fd, const char *name, uint16_t file, const char *filter, struct err *e) MUST_CHECK;
/*
 * The same, and the thread that reads ahead decodes as well: ahead is its own until
 * capture_close(), and keeps no fragments (decode_leave_fragments()).
 */
struct capture *capture_open_decoding(int fd, const char *name, uint16_t file, const char *filter, struct decode *ahead,
				      struct err *e) MUST_CHECK;
/* The next frame. CAPTURE_BROKEN fills e: reading ends early; frames before it were good. */
enum capture_result capture_next(struct capture *c, struct frame *f, struct err *e);
/* What was made of the last frame, where it was decoded; borrowed until the next one is asked for. */
const struct packet *capture_packet(const struct capture *c, enum decode_result *result);
/* Bytes of the file read so far (compressed ones count as stored). */
uint64_t capture_position(const struct capture *c);
/* Largest snap length declared, 0 for none. */
uint32_t capture_snaplen(const struct capture *c);
void capture_close(struct capture *c);

/*
 * What identifies a file: SHA-256 over its size, first and last MiB, as 64 hex
 * digits into out (65 bytes). first_ts: time of its first frame, INT64_MAX if none.
 * Neither knows the file's name: the caller puts it in front of e. All functions
 * here move the descriptor's offset: none of them while a capture on it is open.
 */
bool capture_digest(int fd, char *out, struct err *e) MUST_CHECK;
bool capture_first_time(int fd, int64_t *first_ts, struct err *e) MUST_CHECK;

#endif
