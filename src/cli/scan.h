/* A scan into the site file, as genba scan and genba run make it. */
#ifndef CLI_SCAN_H
#define CLI_SCAN_H

#include "store/store.h"

struct cli_scan {
	const char *site;
	const char *const *paths; size_t n;      /* captures */
	const char *filter;                      /* BPF, or NULL */
	struct store_scan_info said;             /* point, operator, who allowed it, line; the rest is filled in */
	bool quiet;                              /* no progress and no summary; what was left out is said */
	/* Afterwards. */
	int64_t scan;
	bool again;                              /* the same captures were scanned before, under the same number */
};

bool cli_scan(struct cli_scan *q, struct err *e) MUST_CHECK;

#endif
