/* Help and the man page, from the command tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/cli.h"

/* -s, --lang and --help, which every command takes. */
extern const struct cli_option cli_everywhere[];

/* On standard output. */
void help_all(void);
void help_command(const struct command *command);
/* The commands that begin with this word ("checks"); false where none does. */
bool help_family(const char *name);

#endif
