/* genba actions --adapt: a site's own prices, hours and names for actions. */
#ifndef CLI_ADAPT_H
#define CLI_ADAPT_H

#include "cli/cli.h"

/* Check the file and keep its text in the site file; path "" or a file that changes nothing: none any more. EXIT_… */
int cli_adapt(const struct cli *c, const char *path, struct err *e);

#endif
