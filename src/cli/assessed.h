/* What commands over the assessment share. */
#ifndef CLI_ASSESSED_H
#define CLI_ASSESSED_H

#include "base/buf.h"
#include "cli/cli.h"
#include "score/assess.h"

/* The site of the command line and its assessment; NULL with e when there is nothing to assess. */
struct store *cli_assessed(const struct cli *c, struct assessment *a, struct err *e);
/* Write b to standard output and free it. */
bool cli_write(struct buf *b, struct err *e);

#endif
