/* The list of commands; each row is one cmd_*.c. */
#include "cli/cli.h"

/* clang-format off */
#define COMMANDS(X) \
	X(command_actions) \
	X(command_checks_lint) \
	X(command_checks_list) \
	X(command_checks_test) \
	X(command_findings) \
	X(command_report) \
	X(command_run) \
	X(command_scan) \
	X(command_score) \
	X(command_ask) \
	X(command_devices) \
	X(command_conversations) \
	X(command_operations) \
	X(command_scans) \
	X(command_diff) \
	X(command_doctor) \
	X(command_except_add) \
	X(command_except_list) \
	X(command_except_remove) \
	X(command_sites) \
	X(command_zones_list) \
	X(command_zones_conduits) \
	X(command_zones_import) \
	X(command_zones_export) \
	X(command_zones_forget) \
	/* one line each */
/* clang-format on */

#define X(name) extern const struct command name;
COMMANDS(X)
#undef X

#define X(name) &name,
const struct command *const commands[] = { COMMANDS(X) NULL };
