/* The map of zones, drawn in characters: zones in, lines out. Pure. */
#ifndef TUI_MAP_H
#define TUI_MAP_H

#include <stdbool.h>
#include <stddef.h>

enum {
	MAP_BANDS = 8,           /* the internet, levels 5 to 0, unknown: from top to bottom */
	MAP_ZONES = 40,          /* more are no map any more */
};

/* The words at the left of a band. */
struct map_band { const char *title, *about; };

struct map_zone {
	int band;
	const char *name;        /* stands in the border */
	const char *facts, *ways;/* a line each; ways may be "" */
};

struct map { char **lines; size_t n; };

/*
 * No line is wider than so many columns (40 and more). ascii: + - | instead of box characters. More zones than
 * MAP_ZONES, or none: no lines.
 */
void map_draw(const struct map_zone *zones, size_t n, const struct map_band bands[MAP_BANDS], int columns, bool ascii,
	      struct map *out);
void map_free(struct map *m);

#endif
