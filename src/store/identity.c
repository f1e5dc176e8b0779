/*
 * Which device of the site is this? Every device that the site ever saw keeps all
 * keys it ever had (serial number, global MAC, address in its segment, name). The
 * pairs of devices that share a key are taken strongest key first, then lowest
 * old id, then the order of the new devices; no device is taken twice. What finds
 * no partner is new and gets the next id, in the order of the inventory.
 *
 * An address alone proves little: where both have a MAC of their own and the MACs
 * differ, the same address means that one took the other's place.
 */
#include "store/private.h"

#include <stdlib.h>
#include <string.h>

struct pair {
	int strength;            /* 0 is the strongest */
	int64_t old;
	size_t new;
};

enum { STRENGTH_SERIAL, STRENGTH_MAC, STRENGTH_ADDRESS, STRENGTH_NAME, STRENGTH_OTHER };

static int strength(const char *key)
{
	static const char *const prefixes[] = { "serial:", "mac:", "ip:", "name:" };
	int i = 0;
	while (i < STRENGTH_OTHER && strncmp(key, prefixes[i], strlen(prefixes[i])) != 0)
		i++;
	return i;
}

static int by_strength(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	if (x->strength != y->strength)
		return x->strength - y->strength;
	if (x->old != y->old)
		return x->old < y->old ? -1 : 1;
	return x->new < y->new ? -1 : x->new > y->new;
}

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static bool has_mac(const struct inv_device *d)
{
	for (size_t i = 0; i < d->n_keys; i++)
		if (strength(d->keys[i]) == STRENGTH_MAC)
			return true;
	return false;
}

static bool had_mac(sqlite3_stmt *st, int64_t device)
{
	sqlite3_bind_int64(st, 1, device);
	bool yes = sqlite3_step(st) == SQLITE_ROW;
	sqlite3_reset(st);
	return yes;
}

static bool find_pairs(struct store *s, const struct inventory *inv, struct pair **out, size_t *n, struct err *e)
{
	sqlite3_stmt *owners = store_prepare(s, "SELECT device FROM main.device_key WHERE key = ?1", e);
	sqlite3_stmt *mac = store_prepare(s, "SELECT 1 FROM main.device_key WHERE device = ?1 AND key >= 'mac:' "
					     "AND key < 'mac;' LIMIT 1", e);
	size_t size = 64;
	*out = xcalloc(size, sizeof **out);
	*n = 0;
	bool ok = owners && mac;
	for (size_t i = 0; ok && i < inv->n_devices; i++) {
		const struct inv_device *d = &inv->devices[i];
		bool own_mac = has_mac(d);
		for (size_t k = 0; ok && k < d->n_keys; k++) {
			int how = strength(d->keys[k]), status;
			store_bind_text(owners, 1, d->keys[k]);
			while ((status = sqlite3_step(owners)) == SQLITE_ROW) {
				int64_t old = sqlite3_column_int64(owners, 0);
				/* A pair that shares a MAC stands in the list already, and goes first. */
				if (how == STRENGTH_ADDRESS && own_mac && had_mac(mac, old))
					continue;
				if (*n == size)
					*out = xrealloc(*out, (size *= 2) * sizeof **out);
				(*out)[(*n)++] = (struct pair){ how, old, i };
			}
			ok = status == SQLITE_DONE || store_fail(s, e, "devices");
			sqlite3_reset(owners);
		}
	}
	sqlite3_finalize(owners);
	sqlite3_finalize(mac);
	qsort(*out, *n, sizeof **out, by_strength);
	return ok;
}

static void take_pairs(struct inventory *inv, const struct pair *pairs, size_t n)
{
	/* The old ids that occur, sorted, and whether each was taken. */
	int64_t *old = xcalloc(n, sizeof *old);
	bool *taken = xcalloc(n, sizeof *taken);
	for (size_t i = 0; i < n; i++)
		old[i] = pairs[i].old;
	qsort(old, n, sizeof *old, by_id);
	size_t m = 0;
	for (size_t i = 0; i < n; i++)
		if (m == 0 || old[m - 1] != old[i])
			old[m++] = old[i];
	for (size_t i = 0; i < n; i++) {
		struct inv_device *d = &inv->devices[pairs[i].new];
		const int64_t *at = bsearch(&pairs[i].old, old, m, sizeof *old, by_id);
		if (d->id || taken[at - old])
			continue;
		d->id = pairs[i].old;
		taken[at - old] = true;
	}
	free(old);
	free(taken);
}

static bool write_keys(struct store *s, struct inventory *inv, int64_t scan, struct err *e)
{
	sqlite3_stmt *device = store_prepare(s, "INSERT INTO main.device(first_scan) VALUES(?1)", e);
	sqlite3_stmt *key = store_prepare(s, "INSERT OR IGNORE INTO main.device_key VALUES(?1, ?2)", e);
	bool ok = device && key;
	for (size_t i = 0; ok && i < inv->n_devices; i++) {
		struct inv_device *d = &inv->devices[i];
		if (!d->id) {
			sqlite3_bind_int64(device, 1, scan);
			ok = store_step(s, device, e);
			d->id = sqlite3_last_insert_rowid(s->db);
		}
		for (size_t k = 0; ok && k < d->n_keys; k++) {
			store_bind_text(key, 1, d->keys[k]);
			sqlite3_bind_int64(key, 2, d->id);
			ok = store_step(s, key, e);
		}
	}
	sqlite3_finalize(device);
	sqlite3_finalize(key);
	return ok;
}

bool store_identify(struct store *s, struct inventory *inv, struct err *e)
{
	struct pair *pairs = NULL;
	size_t n = 0;
	for (size_t i = 0; i < inv->n_devices; i++)
		inv->devices[i].id = 0;
	bool ok = find_pairs(s, inv, &pairs, &n, e);
	if (ok)
		take_pairs(inv, pairs, n);
	free(pairs);
	return ok;
}

bool identity_assign(struct store *s, struct inventory *inv, int64_t scan, struct err *e)
{
	return store_identify(s, inv, e) && write_keys(s, inv, scan, e);
}
