/*
 * A scan into the site file, as genba scan and genba run make it; and what its two ways share: cmd_scan.c (captures),
 * scan_live.c (interfaces).
 */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "cli/cli.h"
#include "scan/scan.h"
#include "store/store.h"
#include "tui/live.h"

enum { CLI_SCAN_BUFFER = 64 };                   /* MiB of each interface, if nobody says otherwise */
#define CLI_SCAN_SNAPSHOT 300.0                  /* seconds, likewise */
#define CLI_SCAN_KEEP_SIZE 1073741824.0          /* bytes of all kept captures, likewise */

struct cli_scan {
	const char *site;
	const char *const *paths; size_t n;      /* captures */
	const char *const *interfaces; size_t n_interfaces;      /* … or where to listen */
	const char *filter;                      /* BPF, or NULL */
	struct store_scan_info said;             /* point, operator, who allowed it, line; the rest is filled in */
	bool quiet;                              /* no progress and no summary; what was left out is said */
	/* Of interfaces. */
	double seconds;                          /* 0: until somebody ends it */
	double snapshot_every;
	unsigned buffer;
	struct scan_keep keep;
	/* Afterwards. */
	int64_t scan;                            /* not 0 on false: what was heard until then is stored as interrupted */
	bool again;                              /* the same captures were scanned before, under the same number */
};

bool cli_scan(struct cli_scan *q, struct err *e) MUST_CHECK;
/* … of interfaces */
bool cli_scan_listen(struct cli_scan *q, struct err *e) MUST_CHECK;

/*
 * What a terminal shows of a scan that runs: the screen, where the terminal suits it and the scan is long enough; else a
 * line that is written over and over.
 */
struct cli_scan_show {
	struct tui_live_about about;
	struct tui_live *screen;                 /* NULL: the line */
	bool tried;                              /* to have the screen */
	bool line;                               /* one stands there */
};
/* The screen, tried once, from now on. False: the line is to be shown. */
bool cli_scan_screen(struct cli_scan_show *show);
void cli_scan_clear_line(struct cli_scan_show *show);
/* In place of the line that stands there. */
void cli_scan_line(struct cli_scan_show *show, const char *text);

/* What the command line says about the scan. */
void cli_scan_info(const struct cli *c, struct store_scan_info *info);
/* What is wrong with the captures, on standard error. */
void cli_scan_notes(const struct observe *o);
void cli_scan_summary(const struct inventory *inv, int64_t scan, bool again, const char *site);

/*
 * May this process write the site file and its folder, where SQLite makes its journal? user: whom genba became, for the
 * message; NULL: it stayed who it was.
 */
bool cli_scan_may_write(const char *site, const char *user, struct err *e) MUST_CHECK;

/* genba scan -i: an EXIT_ value. */
int cli_scan_live(struct cli *c, struct err *e);

#endif
