#include "truth.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = 20000 };
static struct operation {
	const struct host *client, *server;
	const char *protocol, *what;
	struct marks m;
} operations[MAX], weaknesses[MAX];
static size_t n_operations, n_weaknesses;
static struct { const struct host *a, *b; unsigned port; } outside[100], conflicts[100];
static size_t n_outside, n_conflicts;
static struct finding { const char *check; const struct host *subject; mark m; bool candidate; } findings[500];
static size_t n_findings;
static const char *worst;
static bool of_port;
static const struct host *unsaid;

void truth_operation(const struct host *client, const struct host *server, const char *protocol, const char *class,
		     struct marks m)
{
	if (n_operations < MAX)
		operations[n_operations++] = (struct operation){ client, server, protocol, class, m };
}

void truth_weakness(const struct host *client, const struct host *server, const char *protocol, const char *name,
		    mark m)
{
	if (n_weaknesses < MAX)
		weaknesses[n_weaknesses++] = (struct operation){ client, server, protocol, name, { NO_MARK, m } };
}

void truth_outside(const struct host *inside, const struct host *out, unsigned port)
{
	for (size_t i = 0; i < n_outside; i++)
		if (outside[i].a == inside && outside[i].b == out && outside[i].port == port)
			return;
	if (n_outside < 100) {
		outside[n_outside].a = inside;
		outside[n_outside].b = out;
		outside[n_outside++].port = port;
	}
}

void truth_conflict(const struct host *a, const struct host *b)
{
	if (n_conflicts < 100) {
		conflicts[n_conflicts].a = a;
		conflicts[n_conflicts++].b = b;
	}
}

static void found(const char *check, const struct host *subject, mark m, bool candidate)
{
	for (size_t i = 0; i < n_findings; i++)
		if (findings[i].subject == subject && strcmp(findings[i].check, check) == 0)
			return;
	if (n_findings < sizeof findings / sizeof *findings)
		findings[n_findings++] = (struct finding){ check, subject, m, candidate };
}

void truth_finding(const char *check, const struct host *subject, mark m)
{
	found(check, subject, m, false);
}

void truth_candidate(const char *check, const struct host *subject, mark m)
{
	found(check, subject, m, true);
}

void truth_worst(const char *severity)
{
	worst = severity;
}

void truth_kind_unsaid(const struct host *h)
{
	unsaid = h;
}

void truth_of_port(void)
{
	of_port = true;
}

/* Our own texts: no control characters in them. */
static void string(FILE *out, const char *s)
{
	if (!s) {
		fputs("null", out);
		return;
	}
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void member(FILE *out, const char *name, const char *value)
{
	fprintf(out, ", \"%s\": ", name);
	string(out, value);
}

static void device(FILE *out, const struct host *h, const struct host *const *hosts, size_t n)
{
	const uint8_t *m = h->mac;
	fprintf(out, "    {\"id\": \"%s\", \"macs\": [", h->id);
	if (!h->via)
		fprintf(out, "\"%02x:%02x:%02x:%02x:%02x:%02x\"", m[0], m[1], m[2], m[3], m[4], m[5]);
	fprintf(out, "], \"ipv4\": [\"%s\"", h->address);
	for (size_t i = 0; i < n; i++)
		if (hosts[i] != h && !hosts[i]->kind && !hosts[i]->via && !hosts[i]->internet &&
		    memcmp(hosts[i]->mac, h->mac, 6) == 0 && gen_spoke(hosts[i]))
			fprintf(out, ", \"%s\"", hosts[i]->address);
	fprintf(out, "], \"vlan\": %d", h->vlan);
	member(out, "name", h->name);
	member(out, "hostname", h->hostname);
	if (of_port) {
		fputc('}', out);
		return;
	}
	member(out, "kind", *h->kind && h != unsaid ? h->kind : NULL);
	member(out, "vendor", h->vendor);
	member(out, "model", h->model);
	member(out, "firmware", h->firmware);
	member(out, "serial", h->serial);
	member(out, "os", h->os);
	member(out, "software", h->software);
	fputc('}', out);
}

static void events(FILE *out, const struct operation *o, size_t n, const char *what)
{
	bool first = true;
	for (size_t i = 0; i < n; i++) {
		if (!gen_frame(o[i].m.response))
			continue;
		fprintf(out, "%s    {\"client\": \"%s\", \"server\": \"%s\", \"protocol\": \"%s\", \"%s\": \"%s\", ",
			first ? "" : ",\n", o[i].client->address, o[i].server->address, o[i].protocol, what, o[i].what);
		if (gen_frame(o[i].m.request))
			fprintf(out, "\"request\": %u, ", gen_frame(o[i].m.request));
		fprintf(out, "\"frame\": %u}", gen_frame(o[i].m.response));
		first = false;
	}
}

static void deserved(FILE *out)
{
	bool first = true;
	for (size_t i = 0; i < n_findings; i++) {
		const struct finding *f = &findings[i];
		if (f->m != NO_MARK && !gen_frame(f->m))
			continue;
		fprintf(out, "%s    {\"check\": \"%s\", \"subject\": \"%s\", \"candidate\": %s, \"frame\": %u}", first ? "" : ",\n",
			f->check, f->subject ? f->subject->id : "site", f->candidate ? "true" : "false", gen_frame(f->m));
		first = false;
	}
}

void truth_print(FILE *out, const struct host *const *hosts, size_t n, int64_t start, int64_t duration)
{
	bool first = true;
	fprintf(out, "{\n  \"schema\": \"factory-truth/1\",\n  \"start\": %lld,\n  \"seconds\": %lld,\n  \"frames\": %u,\n",
		(long long)(start / SECOND), (long long)(duration / SECOND), gen_frames());
	fprintf(out, "  \"devices\": [\n");
	for (size_t i = 0; i < n; i++)
		if (hosts[i]->kind && gen_spoke(hosts[i])) {
			fputs(first ? "" : ",\n", out);
			device(out, hosts[i], hosts, n);
			first = false;
		}
	fprintf(out, "\n  ],\n");
	if (worst)
		fprintf(out, "  \"worst\": \"%s\",\n", worst);
	fprintf(out, "  \"operations\": [\n");
	events(out, operations, n_operations, "class");
	fprintf(out, "\n  ],\n  \"weaknesses\": [\n");
	events(out, weaknesses, n_weaknesses, "name");
	fprintf(out, "\n  ],\n  \"findings\": [\n");
	deserved(out);
	fprintf(out, "\n  ],\n  \"outside\": [\n");
	for (size_t i = 0; i < n_outside && !of_port; i++)
		fprintf(out, "    {\"client\": \"%s\", \"address\": \"%s\", \"port\": %u}%s\n", outside[i].a->address,
			outside[i].b->address, outside[i].port, i + 1 < n_outside ? "," : "");
	fprintf(out, "  ],\n  \"conflicts\": [\n");
	for (size_t i = 0; i < n_conflicts; i++)
		fprintf(out, "    {\"address\": \"%s\", \"devices\": [\"%s\", \"%s\"]}%s\n", conflicts[i].a->address,
			conflicts[i].a->id, conflicts[i].b->id, i + 1 < n_conflicts ? "," : "");
	fprintf(out, "  ]\n}\n");
}
