/* How the factory stands, alike on the first screen and on the result's: grade, score, how sure that is, next steps. */
#ifndef TUI_STANDING_H
#define TUI_STANDING_H

#include "tui/tui.h"

/* Grade and score with the interval, or what is missing for one. */
void tui_put_standing(struct doc *d, const struct assessment *a);
/* A bar for the network with how much of it was measured; nothing where nothing was. */
void tui_put_network(struct doc *d, const struct assessment *a);
/* "2026-11-25 09:30, 12 devices" of the newest finished scan; false: there is none, or e says why. */
bool tui_last_scan(const struct tui *t, char *out, size_t size);

/* ---- the program's own commands ---- */

/*
 * Run "genba scan …" or the like, arguments ending with NULL, while the terminal is its. wait: "press Enter" before the
 * screen comes back; else only where it failed. True: it ended well.
 */
bool tui_command(struct tui *t, const char *const *arguments, bool wait);
/* Where the report of this site is written: beside it, "factory.html". To be freed. */
char *tui_report_path(const struct tui *t);

#endif
