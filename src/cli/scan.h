/* What the two ways of genba scan share: cmd_scan.c (captures), scan_live.c (interfaces). */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "cli/cli.h"
#include "store/store.h"

/* Time now in ns; $SOURCE_DATE_EPOCH fixes it. */
int64_t cli_scan_clock(void);
/* What the command line says about the scan. */
void cli_scan_info(const struct cli *c, struct store_scan_info *info);
/* What is wrong with the captures, on standard error. */
void cli_scan_notes(const struct observe *o);
void cli_scan_summary(const struct inventory *inv, int64_t scan, bool again, const char *site);

/* genba scan -i: an EXIT_ value. */
int cli_scan_live(struct cli *c, struct err *e);

#endif
