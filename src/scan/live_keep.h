/* Inside scan/ only: a file that frames are kept in, as the child writes it. */
#ifndef SCAN_LIVE_KEEP_H
#define SCAN_LIVE_KEEP_H

#include "decode/decode.h"

struct live_keep {
	int fd;
	uint8_t *data;
	size_t used;             /* of data, not yet written */
	uint64_t written;        /* bytes in the file; what is written is whole frames */
};

/* A new file at .fd, which is empty. */
void scan_keep_start(struct live_keep *k, uint16_t linktype);
/* False: the file cannot be written, errno says why; .written bytes of it are good. */
bool scan_keep_frame(struct live_keep *k, const struct frame *f);
bool scan_keep_flush(struct live_keep *k);

#endif
