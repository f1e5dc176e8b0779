#include "cli/cli.h"

#include <stdio.h>

int cli_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("genba %s\n", VERSION);
	return EXIT_DONE;
}
