/* nDPI behind a small face; flow/ndpi.c is the only file that includes it. */
#ifndef FLOW_NDPI_H
#define FLOW_NDPI_H

#include "base/cursor.h"
#include "observe/observe.h"

struct ndpi;
struct ndpi_state;       /* of one flow */

/* NULL when nDPI does not start. */
struct ndpi *ndpi_open(void);
void ndpi_close(struct ndpi *n);
/* One more packet from its IP header on. *state is made at first. True: it knows enough, or gives up. */
bool ndpi_feed(struct ndpi *n, struct ndpi_state **state, const struct cur *l3, int64_t ts);
/*
 * What nDPI says: a short lower-case name (""), how sure, and its risks as names
 * in risk (size bytes, comma separated). The name is borrowed from n.
 */
const char *ndpi_verdict(struct ndpi *n, struct ndpi_state *state, enum confidence *confidence, char *risk, size_t size);
void ndpi_drop(struct ndpi_state **state);

#endif
