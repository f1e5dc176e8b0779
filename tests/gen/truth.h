/* What the capture holds, to compare with what the program finds in it. */
#ifndef GEN_TRUTH_H
#define GEN_TRUTH_H

#include <stdio.h>

#include "gen.h"

void truth_outside(const struct host *inside, const struct host *outside, unsigned port);
void truth_operation(const struct host *client, const struct host *server, const char *protocol, const char *class,
		     struct marks m);
void truth_weakness(const struct host *client, const struct host *server, const char *protocol, const char *name,
		    mark m);
void truth_conflict(const struct host *a, const struct host *b);
/* JSON; after gen_write(). hosts: the devices' other addresses are those of hosts with the same MAC. */
void truth_print(FILE *out, const struct host *const *hosts, size_t n, int64_t start, int64_t duration);

#endif
