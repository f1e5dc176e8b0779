/* What genba diff writes. files: the two site files, NULL where two scans of one are compared. */
#ifndef CLI_DIFF_PRINT_H
#define CLI_DIFF_PRINT_H

#include "cli/cli.h"
#include "diff/diff.h"

bool diff_print_text(const struct diff *d, const char *const files[2], struct err *e) MUST_CHECK;
bool diff_print_json(const struct diff *d, const char *const files[2], struct err *e) MUST_CHECK;
bool diff_print_csv(const struct diff *d, struct err *e) MUST_CHECK;

#endif
