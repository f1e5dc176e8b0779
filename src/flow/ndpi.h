/* nDPI behind a small face; flow/ndpi.c is the only file that includes it. */
#ifndef FLOW_NDPI_H
#define FLOW_NDPI_H

#include "base/cursor.h"
#include "observe/observe.h"

struct ndpi;
struct ndpi_state;       /* of one flow, while nDPI looks at it */

/* What nDPI says of a flow; one copy of each, borrowed from struct ndpi. */
struct ndpi_label {
	const char *name;        /* short, lower case; "" where it does not know */
	char *risk;              /* names, comma separated, "" for none */
	uint64_t risks;
	uint16_t id;
	bool door;               /* remote access or a VPN, whatever carries it */
	enum confidence confidence;
};

/* "nDPI 4.2.0" */
const char *ndpi_library(void);
/* NULL when nDPI does not start. */
struct ndpi *ndpi_open(void);
void ndpi_close(struct ndpi *n);
/* One more packet from its IP header on. *state is made at first. True: it knows enough, or gives up. */
bool ndpi_feed(struct ndpi *n, struct ndpi_state **state, const struct cur *l3, int64_t ts);
/* JA3 of the client, once, as soon as nDPI has read its hello; else NULL. Borrowed until the next packet. */
const char *ndpi_ja3(struct ndpi_state *state);
/* The verdict on a flow between these ports; nDPI's state of it is freed. */
const struct ndpi_label *ndpi_take(struct ndpi *n, struct ndpi_state **state, const uint16_t port[2]);
void ndpi_drop(struct ndpi_state **state);

#endif
