/*
 * Prints what a capture shows before anything is merged: one line a fact, sorted.
 * For people who write dissectors, and for the golden files.
 *
 *     observations [--no-ndpi] FILE
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "capture/capture.h"
#include "decode/decode.h"
#include "flow/flow.h"

static struct observe *o;
static const struct obs_entity *entities;

static const char *name(uint32_t id, char *out)
{
	const struct obs_entity *e = &entities[id];
	char text[ADDR_TEXT];
	if (id == 0)
		return strcpy(out, "-");
	if (e->is_mac)
		mac_text(e->mac, text);
	else
		addr_text(&e->ip, text);
	if (e->segment)
		snprintf(out, 80, "%s@%u", text, e->segment);
	else
		snprintf(out, 80, "%s", text);
	return out;
}

static char **lines;
static size_t n_lines;

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

#define LINE(...)                                                                                               \
	do {                                                                                                    \
		lines = xrealloc(lines, (n_lines + 1) * sizeof *lines);                                         \
		lines[n_lines++] = xasprintf(__VA_ARGS__);                                                      \
	} while (0)

static void collect(void)
{
	const struct obs_link *l;
	const struct obs_attr *a;
	const struct obs_conv *v;
	const struct obs_op *op;
	char x[80], y[80];
	uint32_t n;
	observe_entities(o, &entities);
	n = observe_links(o, &l);
	for (uint32_t i = 0; i < n; i++)
		LINE("link %s %s %s x%llu alternations %u frame %u", link_reason_names[l[i].reason], name(l[i].a, x),
		     name(l[i].b, y), (unsigned long long)l[i].count, l[i].alternations, l[i].where.frame);
	n = observe_attrs(o, &a);
	for (uint32_t i = 0; i < n; i++)
		LINE("attr %s %s=%s %s %s x%llu frame %u/%u", name(a[i].entity, x), attr_names[a[i].field], a[i].value,
		     a[i].source, confidence_names[a[i].confidence], (unsigned long long)a[i].count,
		     a[i].where.frame, a[i].where.peer_frame);
	n = observe_convs(o, &v);
	for (uint32_t i = 0; i < n; i++)
		LINE("conv %s %s > %s %s/%u %s frames %llu packets %llu/%llu flows %llu refused %llu%s%s",
		     *v[i].proto ? v[i].proto : "?", name(v[i].client, x), name(v[i].server, y),
		     transport_names[v[i].transport], v[i].port, confidence_names[v[i].confidence],
		     (unsigned long long)v[i].frames, (unsigned long long)v[i].packets_c,
		     (unsigned long long)v[i].packets_s, (unsigned long long)v[i].flows,
		     (unsigned long long)v[i].refused, *v[i].risk ? " risk " : "", v[i].risk);
	for (uint32_t i = 0; i < n; i++)
		if (v[i].requests || v[i].gaps.n)
			LINE("pace %s %s > %s requests %llu unanswered %llu period %llu us jitter %llu us", v[i].proto,
			     name(v[i].client, x), name(v[i].server, y), (unsigned long long)v[i].requests,
			     (unsigned long long)v[i].unanswered, (unsigned long long)obs_gaps_period(&v[i].gaps),
			     (unsigned long long)obs_gaps_jitter(&v[i].gaps));
	n = observe_ops(o, &op);
	for (uint32_t i = 0; i < n; i++)
		LINE("op %s %s %s > %s %s \"%s\" [%s] %s x%llu frame %u/%u", op[i].proto, confidence_names[op[i].confidence],
		     name(op[i].client, x), name(op[i].server, y), op_class_names[op[i].cls], op[i].name, op[i].detail,
		     op[i].result == RESULT_OK ? "ok" : op[i].result == RESULT_REFUSED ? "refused" : "unknown",
		     (unsigned long long)op[i].count, op[i].where.frame, op[i].where.peer_frame);
	for (uint32_t i = 0; i < n; i++)
		if (op[i].gaps.n && op[i].cls < OP_WEAKNESS)
			LINE("pace %s %s > %s \"%s\" period %llu us jitter %llu us", op[i].proto, name(op[i].client, x),
			     name(op[i].server, y), op[i].name, (unsigned long long)obs_gaps_period(&op[i].gaps),
			     (unsigned long long)obs_gaps_jitter(&op[i].gaps));
	for (int i = 0; i < COUNT_MAX; i++)
		if (observe_counted(o, (enum obs_count)i))
			LINE("count %s %llu", obs_count_names[i], (unsigned long long)observe_counted(o, (enum obs_count)i));
}

int main(int argc, char **argv)
{
	bool ndpi = !(argc == 3 && strcmp(argv[1], "--no-ndpi") == 0);
	setlocale(LC_ALL, "C.UTF-8");
	if (argc < 2 || argc > 3) {
		fputs("usage: observations [--no-ndpi] FILE\n", stderr);
		return 64;
	}
	struct err e;
	int fd = open(argv[argc - 1], O_RDONLY | O_CLOEXEC);
	struct capture *cap = fd < 0 ? NULL : capture_open(fd, argv[argc - 1], 0, NULL, &e);
	if (!cap) {
		fprintf(stderr, "%s\n", fd < 0 ? "cannot open" : e.text);
		return 2;
	}
	o = observe_new();
	struct flow_table *t = flow_new(o, ndpi);
	struct decode *d = decode_new();
	struct frame f;
	struct packet p;
	enum capture_result r;
	while ((r = capture_next(cap, &f, &e)) == CAPTURE_FRAME)
		if (decode_frame(d, &f, &p) == DECODE_OK)
			flow_packet(t, &p);
	if (r == CAPTURE_BROKEN)
		printf("broken: %s\n", e.text);
	flow_finish(t);
	collect();
	if (n_lines)
		qsort(lines, n_lines, sizeof *lines, by_text);
	for (size_t i = 0; i < n_lines; i++) {
		puts(lines[i]);
		free(lines[i]);
	}
	free(lines);
	capture_close(cap);
	decode_free(d);
	flow_free(t);
	observe_free(o);
	close(fd);
	return 0;
}
