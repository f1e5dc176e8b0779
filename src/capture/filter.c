/* BPF filters, by libpcap: a program for each link type that comes along. */
#include "capture/reader.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/lang.h"

enum { LINK_RAW = 101, LINKTYPES = 64, SNAPLEN = 262144 };

struct filter {
	char *text;
	size_t n;
	struct {
		uint16_t linktype;
		bool usable;
		struct bpf_program program;
	} list[LINKTYPES];
};

static bool compile(const char *text, uint16_t linktype, struct bpf_program *program, struct err *e)
{
	/* the value in files is DLT_ in memory, but for raw IP */
	pcap_t *dead = pcap_open_dead(linktype == LINK_RAW ? DLT_RAW : linktype, SNAPLEN);
	if (!dead)
		return err_set(e, _("memory is out"));
	bool ok = pcap_compile(dead, program, text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!ok)
		err_set(e, _("filter \"%s\": %s"), text, pcap_geterr(dead));
	pcap_close(dead);
	return ok;
}

struct filter *capture_filter_new(const char *text, struct err *e)
{
	struct bpf_program program;
	if (!compile(text, DLT_EN10MB, &program, e))
		return NULL;
	struct filter *f = xcalloc(1, sizeof *f);
	f->text = xstrdup(text);
	f->list[f->n].linktype = DLT_EN10MB;
	f->list[f->n].usable = true;
	f->list[f->n++].program = program;
	return f;
}

void capture_filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].usable)
			pcap_freecode(&f->list[i].program);
	free(f->text);
	free(f);
}

bool capture_filter_match(struct filter *f, const struct frame *frame)
{
	size_t i = 0;
	while (i < f->n && f->list[i].linktype != frame->linktype)
		i++;
	if (i == LINKTYPES)
		return false;
	if (i == f->n) {
		f->list[i].linktype = frame->linktype;
		f->list[i].usable = compile(f->text, frame->linktype, &f->list[i].program, NULL);
		f->n++;
	}
	const struct pcap_pkthdr header = { .caplen = frame->caplen, .len = frame->wirelen };
	return f->list[i].usable && pcap_offline_filter(&f->list[i].program, &header, frame->data);
}
