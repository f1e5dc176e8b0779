/*
 * Frames from an interface, through libpcap, which sends nothing on it. Opened in
 * the process that may; read in the sandbox, which cannot open anything: what the
 * counters of the adapter need is open from the start.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "base/err.h"
#include "decode/decode.h"

struct capture_live;

enum capture_live_state { LIVE_UP, LIVE_DOWN, LIVE_GONE };

enum { LIVE_SNAPLEN = 65535 };   /* adapters put TCP segments together: a frame may be longer than on the cable */

/*
 * Listen on it from now on: promiscuous, without name look-ups. filter: BPF text or NULL. no_sockets: after it the
 * process that calls it gets none. buffer: MiB that the kernel keeps while nobody reads. The errors name the interfaces
 * that there are, or what right is missing and how to give it.
 */
struct capture_live *capture_live_open(const char *name, const char *filter, bool (*no_sockets)(void), unsigned buffer,
				       struct err *e) MUST_CHECK;
void capture_live_close(struct capture_live *l);
/* Another process reads it: this one lets go of the interface, and keeps only the name. */
void capture_live_leave(struct capture_live *l);
const char *capture_live_name(const struct capture_live *l);
/* To wait for frames with poll(). */
int capture_live_fd(const struct capture_live *l);
uint16_t capture_live_linktype(const struct capture_live *l);

/* Called for each frame; number, file and set are the caller's to fill. */
typedef void capture_live_fn(void *data, struct frame *f);
/* Frames that are there, `most` at most: how many, -1 where the interface must be looked at (capture_live_state()). */
int capture_live_take(struct capture_live *l, int most, capture_live_fn *fn, void *data);
/* Frames lost since the opening: in the kernel because nobody read in time, and in the adapter. */
uint64_t capture_live_dropped(struct capture_live *l);
/* Down: also without a cable. Clears the error that poll() tells of. */
enum capture_live_state capture_live_state(struct capture_live *l);

#endif
