/*
 * Vendors of MAC prefixes from the CSV files of Debian's ieee-data: oui.csv (24
 * bits), mam.csv (28), oui36.csv and iab.csv (36). Loaded once into one sorted
 * table of about a megabyte; the longest prefix wins.
 */
#include "inventory/inventory.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"

enum { NAMES_MAX = 8 << 20, ROWS_MAX = 200000, NAME_ROOM = 256 };

struct row {
	uint64_t prefix;         /* left-aligned in 48 bits */
	uint8_t bits;
	uint32_t name;           /* offset */
};

static struct {
	bool loaded;
	struct row *rows;
	size_t n, size;
	struct buf names;
} table;

/* The next CSV field of the line into out; returns what follows it, NULL at the end of the line. */
static const char *field(const char *s, char *out, size_t size)
{
	size_t n = 0;
	bool quoted = *s == '"';
	s += quoted;
	for (; *s && *s != '\n' && *s != '\r'; s++) {
		if (quoted && *s == '"') {
			if (s[1] != '"') {
				quoted = false;
				continue;
			}
			s++;
		} else if (!quoted && *s == ',') {
			break;
		}
		if (n + 1 < size && (n || !isspace((unsigned char)*s)))
			out[n++] = *s;
	}
	while (n && isspace((unsigned char)out[n - 1]))
		n--;
	out[n] = 0;
	return *s == ',' ? s + 1 : NULL;
}

static void add_line(const char *line)
{
	char registry[16], digits[16], name[NAME_ROOM];
	const char *s = field(line, registry, sizeof registry);
	if (!s || !(s = field(s, digits, sizeof digits)) || table.n >= ROWS_MAX)
		return;
	field(s, name, sizeof name);
	size_t last = strlen(name);
	while (last && strchr(", ", name[last - 1]))   /* "Siemens AG," */
		name[--last] = 0;
	size_t n = strlen(digits);
	if ((n != 6 && n != 7 && n != 9) || strspn(digits, "0123456789abcdefABCDEF") != n || !*name)
		return;
	/* Blocks that the registry cuts into smaller ones, and owners who do not want to be named. */
	if (strcasecmp(name, "private") == 0 || strncasecmp(name, "IEEE Registration", 17) == 0)
		return;
	if (table.n == table.size) {
		table.size = table.size ? table.size * 2 : 1024;
		table.rows = xrealloc(table.rows, table.size * sizeof *table.rows);
	}
	table.rows[table.n++] = (struct row){ strtoull(digits, NULL, 16) << (48 - 4 * n), (uint8_t)(4 * n),
					      (uint32_t)table.names.len };
	buf_add(&table.names, name, strlen(name) + 1);
}

static int row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	if (x->bits != y->bits)
		return x->bits < y->bits ? -1 : 1;
	/* A prefix given twice: the name that comes first by its bytes, wherever it stood. */
	return strcmp(table.names.data + x->name, table.names.data + y->name);
}

static void load(void)
{
	static const char *const files[] = { "oui.csv", "mam.csv", "oui36.csv", "iab.csv" };
	const char *folder = getenv("GENBA_OUI");
	if (!folder)
		folder = "/usr/share/ieee-data";
	table.loaded = true;
	buf_init(&table.names, NAMES_MAX);
	char *line = NULL;
	size_t size = 0;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *path = xasprintf("%s/%s", folder, files[i]);
		FILE *f = fopen(path, "re");
		free(path);
		if (!f)
			continue;
		while (getline(&line, &size, f) >= 0 && !table.names.overflow)
			add_line(line);
		fclose(f);
	}
	free(line);
	if (table.n)
		qsort(table.rows, table.n, sizeof *table.rows, row_cmp);
}

const char *inventory_mac_vendor(const uint8_t mac[6])
{
	if (!table.loaded)
		load();
	uint64_t whole = 0;
	for (int i = 0; i < 6; i++)
		whole = whole << 8 | mac[i];
	static const uint8_t lengths[] = { 36, 28, 24 };
	for (size_t i = 0; i < sizeof lengths; i++) {
		uint64_t prefix = whole >> (48 - lengths[i]) << (48 - lengths[i]);
		size_t low = 0, high = table.n;
		while (low < high) {
			size_t mid = low + (high - low) / 2;
			const struct row *row = &table.rows[mid];
			if (row->prefix < prefix || (row->prefix == prefix && row->bits < lengths[i]))
				low = mid + 1;
			else
				high = mid;
		}
		if (low < table.n && table.rows[low].prefix == prefix && table.rows[low].bits == lengths[i])
			return table.names.data + table.rows[low].name;
	}
	return NULL;
}
