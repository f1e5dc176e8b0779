/*
 * Sends the frames of a capture (pcap, little-endian, Ethernet) on an interface, evenly: FRAMES a second.
 * For tests in a network namespace of their own.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FILE_HEADER = 24, RECORD_HEADER = 16, FRAME_MAX = 65536, BURST = 20 };

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

int main(int argc, char **argv)
{
	static uint8_t frame[FRAME_MAX];
	uint8_t head[FILE_HEADER];
	double rate = argc > 3 ? atof(argv[3]) : 5000;
	FILE *f = argc > 2 ? fopen(argv[2], "re") : NULL;
	if (!f || fread(head, 1, FILE_HEADER, f) != FILE_HEADER || rate <= 0) {
		fprintf(stderr, "send: send INTERFACE FILE [FRAMES PER SECOND]\n");
		return 2;
	}
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1]) };
	if (fd < 0 || to.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		perror("send");
		return 2;
	}
	unsigned long sent = 0, refused = 0;
	while (fread(head, 1, RECORD_HEADER, f) == RECORD_HEADER) {
		uint32_t n = le32(head + 8);
		if (n > FRAME_MAX || fread(frame, 1, n, f) != n)
			break;
		ssize_t done;
		while ((done = send(fd, frame, n, 0)) < 0 && (errno == ENOBUFS || errno == EINTR))
			usleep(1000);
		sent += done >= 0;
		refused += done < 0;
		if ((sent + refused) % BURST == 0)
			usleep((useconds_t)(BURST / rate * 1e6));
	}
	fclose(f);
	printf("%lu sent, %lu refused\n", sent, refused);
	return 0;
}
