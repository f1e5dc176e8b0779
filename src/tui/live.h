/*
 * The screen of a scan that runs: how fast, what was heard so far, what would raise coverage. It never waits, neither for
 * a key nor for a terminal that takes nothing, so that no frame is lost for it.
 */
#ifndef TUI_LIVE_H
#define TUI_LIVE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "scan/scan.h"

struct tui_live_about {
	const char *site;
	bool listening;              /* else files are read */
	const char *const *names;    /* of the interfaces, of the files as given */
	size_t n;
	double snapshot_every;       /* seconds, 0 for never */
	bool declared;               /* the site's networks are known, so that coverage counts fully */
};

/*
 * Take the terminal. NULL where there is none that suits: a pipe, the background, a type without a cursor, not UTF-8.
 * `about` and what it names are borrowed. script: types the keys in tests, one at each tui_live_show(); else NULL.
 */
struct tui_live *tui_live_open(const struct tui_live_about *about, const char *script);
/* Show how far it is, `seconds` after the start, and obey the keys that were typed. */
void tui_live_show(struct tui_live *l, const struct scan_progress *p, double seconds);
/* Something that the user should know; it stays on the screen, and on standard error when the screen is gone. */
void tui_live_note(struct tui_live *l, const char *text);
/* Give the terminal back. NULL: nothing to do. */
void tui_live_close(struct tui_live *l);
/* Not 0 as soon as the user wants it to end: scan_job's end. */
const volatile sig_atomic_t *tui_live_end(void);

#endif
