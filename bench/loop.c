/*
 * The least that a reader of captures can do, for comparison: libpcap's own loop, which counts.
 * loop FILE, or loop -i INTERFACE until a signal, with a buffer of the size of genba's.
 */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER = 64 << 20, LONGEST = 262144, WAIT_MS = 100 };

static uint64_t frames, bytes;
static pcap_t *p;

static void count(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	(void)user;
	frames++;
	/* a byte of the frame, as reading none would leave it out of the cache */
	bytes += h->caplen + (h->caplen ? data[0] & 1u : 0);
}

static void end(int signal)
{
	(void)signal;
	pcap_breakloop(p);
}

static pcap_t *listen_to(const char *interface, char *error)
{
	struct sigaction a = { .sa_handler = end };
	p = pcap_create(interface, error);
	if (!p)
		return NULL;
	pcap_set_snaplen(p, LONGEST);
	pcap_set_promisc(p, 1);
	pcap_set_timeout(p, WAIT_MS);
	pcap_set_buffer_size(p, BUFFER);
	if (pcap_activate(p) < 0) {
		snprintf(error, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(p));
		return NULL;
	}
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	fprintf(stderr, "listening\n");
	return p;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE] = "usage: loop FILE, or loop -i INTERFACE";
	bool live = argc == 3 && strcmp(argv[1], "-i") == 0;
	if (live)
		p = listen_to(argv[2], error);
	else if (argc == 2)
		p = pcap_open_offline(argv[1], error);
	if (!p) {
		fprintf(stderr, "loop: %s\n", error);
		return 1;
	}
	int r = pcap_loop(p, 0, count, NULL);
	if (r < 0 && r != PCAP_ERROR_BREAK) {
		fprintf(stderr, "loop: %s: %s\n", argv[argc - 1], pcap_geterr(p));
		return 1;
	}
	struct pcap_stat lost = { 0 };
	if (live)
		(void)pcap_stats(p, &lost);
	pcap_close(p);
	printf("%" PRIu64 " frames, %" PRIu64 " bytes", frames, bytes);
	if (live)
		printf(", %u lost", lost.ps_drop);
	printf("\n");
	return 0;
}
