/* Fuzz target: capture files that are none, or only half. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/capture.h"
#include "decode/decode.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e;
	struct frame f;
	int64_t first;
	char digest[65];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	if (capture_digest(fd, digest, &e) && capture_first_time(fd, &first, &e)) {
		struct capture *c = capture_open(fd, "fuzz", 0, NULL, &e);
		if (c) {
			uint32_t number = 0;
			volatile uint8_t sum = 0;
			while (capture_next(c, &f, &e) == CAPTURE_FRAME) {
				if (f.number != ++number || (number == 1 && f.ts != first))
					abort();
				struct cur bytes = cur_make(f.data, f.caplen);
				while (cur_left(&bytes) > 0)
					sum = (uint8_t)(sum + cur_u8(&bytes));
			}
			capture_close(c);
		}
	}
	close(fd);
	return 0;
}
