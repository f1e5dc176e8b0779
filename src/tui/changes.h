/* What changed since an earlier scan, reckoned once and kept until something changes. */
#ifndef TUI_CHANGES_H
#define TUI_CHANGES_H

#include "diff/diff.h"
#include "tui/tui.h"

/* NULL: e says why, for example that there is one scan only. Borrowed until the answers or the site change. */
const struct diff *tui_changes(struct tui *t, struct err *e);
/* "Since 2026-11-25: 2 new devices, 1 finding fixed", NULL where there is nothing to compare; to be freed. */
char *tui_changes_line(struct tui *t);

#endif
