#include "doubles.h"

#include <stdbool.h>

enum { FEW = 48, DIGIT = 8, DIGITS = 8, BUCKETS = 1 << DIGIT };

static void sort_few(double *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		double value = values[i];
		size_t at = i;
		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

/* One stable distribution by a digit of the keys. */
static void spread(uint64_t *to, const uint64_t *from, size_t count, const size_t *counts, int digit)
{
	size_t next[BUCKETS], at = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		next[i] = at;
		at += counts[i];
	}
	for (size_t i = 0; i < count; i++)
		to[next[from[i] >> (digit * DIGIT) & (BUCKETS - 1)]++] = from[i];
}

void doubles_sort(double *values, double *scratch, size_t count)
{
	size_t counts[DIGITS][BUCKETS] = {{0}};
	/* Both arrays hold keys meanwhile, which are as large as doubles. */
	uint64_t *from = (void *)values, *to = (void *)scratch;
	bool sorted = true;

	if (count <= FEW) {
		sort_few(values, count);
		return;
	}
	for (size_t i = 1; i < count && sorted; i++)
		sorted = values[i - 1] <= values[i];
	if (sorted)
		return;
	for (size_t i = 0; i < count; i++) {
		uint64_t key = double_key(values[i]);
		for (int d = 0; d < DIGITS; d++)
			counts[d][key >> (d * DIGIT) & (BUCKETS - 1)]++;
		memcpy(&from[i], &key, sizeof key);
	}
	for (int d = 0; d < DIGITS; d++) {
		/* A digit that all have in common changes nothing. */
		if (counts[d][from[0] >> (d * DIGIT) & (BUCKETS - 1)] == count)
			continue;
		spread(to, from, count, counts[d], d);
		uint64_t *other = from;
		from = to;
		to = other;
	}
	for (size_t i = 0; i < count; i++) {
		double value = key_double(from[i]);
		memcpy(&values[i], &value, sizeof value);
	}
}
