/* Prints docs/PROTOCOLS.md: what each dissector says of itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/dissect.h"

static int by_title(const void *a, const void *b)
{
	const struct dissector *const *x = a, *const *y = b;
	return strcasecmp((*x)->title, (*y)->title);
}

static void cell(const char *text)
{
	for (; text && *text; text++)
		if (*text == '|')
			fputs("\\|", stdout);
		else
			putchar(*text);
	fputs(" | ", stdout);
}

static void ports(const struct dissector *d)
{
	const char *comma = "";
	for (int i = 0; i < DISSECT_PORTS && d->tcp[i]; i++, comma = ", ")
		printf("%sTCP %u", comma, d->tcp[i]);
	if (d->any_tcp) {
		printf("%sany TCP", comma);
		comma = ", ";
	}
	for (int i = 0; i < DISSECT_PORTS && d->udp[i]; i++, comma = ", ")
		printf("%sUDP %u", comma, d->udp[i]);
	if (d->any_udp) {
		printf("%sany UDP", comma);
		comma = ", ";
	}
	for (int i = 0; i < 4 && d->ethertype[i]; i++, comma = ", ")
		printf("%sEtherType %04X", comma, d->ethertype[i]);
	if (d->llc_dsap) {
		printf("%sLLC %02X", comma, d->llc_dsap);
		comma = ", ";
	}
	if (d->snap_pid) {
		printf("%sSNAP %06X %04X", comma, d->snap_oui, d->snap_pid);
		comma = ", ";
	}
	if (d->ip_proto)
		printf("%sIP %u", comma, d->ip_proto);
}

static void table(const struct dissector **list, size_t n, bool ot)
{
	puts("| Protocol | Name in genba | Where | Known by | Identity from | Operations | Source of the format | Verified |");
	puts("|---|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < n; i++) {
		const struct dissector *d = list[i];
		if (d->ot != ot)
			continue;
		fputs("| ", stdout);
		cell(d->title);
		printf("`%s`", d->name);
		for (size_t k = 0; k < sizeof d->carries / sizeof *d->carries && d->carries[k]; k++)
			printf(", `%s`", d->carries[k]);
		fputs(" | ", stdout);
		ports(d);
		fputs(" | ", stdout);
		cell(d->recognition);
		cell(d->identity);
		cell(d->operations);
		cell(d->reference);
		printf("%s |\n", d->verified ? d->verified : "");
	}
}

int main(void)
{
	const struct dissector *list[256];
	size_t n = 0;
	while (dissectors[n] && n < 256) {
		list[n] = dissectors[n];
		n++;
	}
	qsort(list, n, sizeof *list, by_title);
	puts("# The protocols that genba reads\n");
	puts("Made from the descriptors at the end of each `src/dissect/NAME.c` (`make golden`). A port only says who is");
	puts("asked first: a protocol is claimed when request and answer fit, or when a frame proves itself. What no dissector");
	puts("claims, nDPI labels. *From the manual, not yet seen in a real capture* means just that: if you can capture such a");
	puts("machine, we would like to hear whether it was named.\n");
	puts("## Machines\n");
	table(list, n, true);
	puts("\n## Offices and networks\n");
	table(list, n, false);
	return 0;
}
