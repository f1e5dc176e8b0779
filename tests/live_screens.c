/* The screen of a scan that runs, fed with made-up progress; a script types a key at each step and saves screens. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "tui/live.h"

enum { STEPS = 50 };

static struct scan_progress listening(int step)
{
	static const struct scan_progress_protocol protocols[] = {
		{ "slmp", 48120 }, { "modbus", 20344 }, { "enip", 9001 }, { "s7comm", 3333 }, { "smb", 1200 },
		{ "dns", 64 },
	};
	struct scan_progress p = {
		.live = true, .seconds = step * 5, .left = 8 * 3600 - step * 5, .minutes = (uint32_t)(1 + step / 12),
		.addresses = (uint32_t)(6 + step * 2), .macs = (uint32_t)(step < 20 ? 3 + step : 23),
		.coverage = 0.002 + step * 0.0004, .mirror = true, .snapshot = INT64_C(1715600000000000000),
		.n_interfaces = 2, .n_protocols = sizeof protocols / sizeof *protocols,
	};
	for (int i = 1; i <= step; i++)
		p.frames += (uint64_t)(4000 + i % 7 * 900);
	memcpy(p.protocols, protocols, sizeof protocols);
	p.interfaces[0] = (struct scan_progress_interface){ .name = "eth1", .frames = p.frames, .bytes = p.frames * 180,
							    .keeping = true };
	p.interfaces[1] = (struct scan_progress_interface){ .name = "eth2", .bytes = 120, .frames = 2, .dropped = 1234,
							    .gaps = 1, .down = true };
	return p;
}

static struct scan_progress reading(int step)
{
	return (struct scan_progress){
		.frames = (uint64_t)step * 52000, .ts = INT64_C(1715600000000000000) + step * INT64_C(60000000000),
		.addresses = (uint32_t)(20 + step), .file = 1, .given = 1,
		.position = (uint64_t)step * 30000000, .size = UINT64_C(2400000000),
	};
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "eth1", "eth2" }, *const files[] = { "monday.pcap", "火曜日.pcap" };
	struct err e;
	if (argc != 4 || !setlocale(LC_ALL, "") || !lang_init(argv[1], &e))
		return 2;
	bool listens = strcmp(argv[2], "listen") == 0, alone = strcmp(argv[2], "alone") == 0;
	struct tui_live_about about = {
		.site = "factory.genba", .listening = listens || alone, .names = listens || alone ? names : files,
		.n = 2, .snapshot_every = 300, .declared = alone,
	};
	struct tui_live *l = tui_live_open(&about, argv[3]);
	if (!l)
		return 1;
	for (int step = 1; step <= STEPS && !*tui_live_end(); step++) {
		struct scan_progress p = about.listening ? listening(step) : reading(step);
		/* A port of its own: nothing of others, and no end. */
		if (alone) {
			p.mirror = false;
			p.left = -1;
			p.n_interfaces = 1;
		}
		tui_live_show(l, &p, step * 5);
	}
	tui_live_close(l);
	puts(*tui_live_end() ? "ended" : "still there");
	return 0;
}
