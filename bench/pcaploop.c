/* The least that a reader of captures can do: libpcap's loop, counting bytes. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t frames, bytes;

static void count(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	(void)user;
	frames++;
	bytes += h->caplen + (h->caplen ? data[0] & 1u : 0);
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
	if (!p) {
		fprintf(stderr, "pcaploop: %s\n", argc == 2 ? error : "usage: pcaploop FILE");
		return 1;
	}
	pcap_loop(p, 0, count, NULL);
	pcap_close(p);
	printf("%llu frames\n", (unsigned long long)frames);
	return 0;
}
