/* The least that a reader of captures can do, for comparison: libpcap's own loop, which counts. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

static uint64_t frames, bytes;

static void count(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	(void)user;
	frames++;
	/* a byte of the frame, as reading none would leave it out of the cache */
	bytes += h->caplen + (h->caplen ? data[0] & 1u : 0);
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
	if (!p) {
		fprintf(stderr, "loop: %s\n", argc == 2 ? error : "usage: loop FILE");
		return 1;
	}
	if (pcap_loop(p, 0, count, NULL) < 0) {
		fprintf(stderr, "loop: %s: %s\n", argv[1], pcap_geterr(p));
		return 1;
	}
	pcap_close(p);
	printf("%" PRIu64 " frames, %" PRIu64 " bytes\n", frames, bytes);
	return 0;
}
