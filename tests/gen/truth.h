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
/*
 * What an expert would find: the check, the device (NULL: the whole site), and a frame that shows it (NO_MARK: no
 * single one does). Of several calls for one check and device the first one counts. A finding whose frame the capture
 * does not hold is none of this capture.
 */
void truth_finding(const char *check, const struct host *subject, mark m);
/* What rests on a guess: worth a look, and no more. */
void truth_candidate(const char *check, const struct host *subject, mark m);
/* No finding may be graver than this. */
void truth_worst(const char *severity);
/* Here nothing on the wire tells of which kind it is. */
void truth_kind_unsaid(const struct host *h);
/* An ordinary port tells who is there, and little of what they are. */
void truth_of_port(void);
/* JSON; after gen_write(). hosts: the devices' other addresses are those of hosts with the same MAC. */
void truth_print(FILE *out, const struct host *const *hosts, size_t n, int64_t start, int64_t duration);

#endif
