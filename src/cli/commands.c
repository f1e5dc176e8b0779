/* The list of commands; each row is one cmd_*.c. */
#include "cli/cli.h"

/* clang-format off */
#define COMMANDS(X) \
	X(command_scan) \
	/* one line each */
/* clang-format on */

#define X(name) extern const struct command name;
COMMANDS(X)
#undef X

#define X(name) &name,
const struct command *const commands[] = { COMMANDS(X) NULL };
