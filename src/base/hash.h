/* Hashes for in-memory tables. They decide speed only, never an order that a user sees. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

static inline uint64_t hash_mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	h ^= h >> 32;
	return h;
}

static inline uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
	const unsigned char *p = data;
	uint64_t h = seed ^ (n * 0x9e3779b97f4a7c15u), w;
	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&w, p, 8);
		h = hash_mix(h ^ w) * 0x9fb21c651e98df25u;
	}
	if (n) {
		w = 0;
		memcpy(&w, p, n);
		h = hash_mix(h ^ w) * 0x9fb21c651e98df25u;
	}
	return hash_mix(h);
}

/* A secret for one table: who writes the traffic must not be able to aim at one bucket. */
static inline uint64_t hash_seed(void)
{
	uint64_t seed = 0;
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
		seed = (uintptr_t)&seed;
	return hash_mix(seed);
}

#endif
