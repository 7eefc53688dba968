#include "ranks.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "statistics.h"
#include "sum.h"
#include "wide.h"

enum { CHUNK = 128 };

/* A gap is signed and has up to 126 bits: it is kept as sign and size. */
struct gap { bool negative; uint64_t high, low; };

/* What several statistics need of some ties: gaps[0] is that before the first, gaps[k + 1] that after tie k; signed_gaps are the same
 * as doubles. */
struct chunk { struct gap gaps[CHUNK + 1]; double signed_gaps[CHUNK + 1]; };

/* i values of the reference and j of the current data lie below: i * m - j * n. */
static struct gap gap_at(const struct ranks *ranks, uint64_t i, uint64_t j)
{
	__extension__ unsigned __int128 left = i, right = j;

	left *= ranks->m;
	right *= ranks->n;
	struct gap gap = {.negative = left < right};
	left = gap.negative ? right - left : left - right;
	gap.high = (uint64_t)(left >> 64);
	gap.low = (uint64_t)left;
	return gap;
}

static double gap_double(struct gap gap)
{
	/* Signed conversion is one instruction. */
	double size = gap.high                ? (double)gap.high * 0x1p64 + (double)gap.low
	              : gap.low <= INT64_MAX ? (double)(int64_t)gap.low
	                                     : (double)gap.low;

	return gap.negative ? -size : size;
}

static void fill_chunk(struct chunk *chunk, const struct ranks *ranks, const struct tie *ties, size_t count)
{
	uint64_t i = ranks->seen[0], j = ranks->seen[1];

	chunk->gaps[0] = gap_at(ranks, i, j);
	chunk->signed_gaps[0] = gap_double(chunk->gaps[0]);
	if (ranks->n <= INT64_MAX / (ranks->m ? ranks->m : 1)) {
		int64_t gap = (int64_t)(i * ranks->m) - (int64_t)(j * ranks->n);
		for (size_t k = 0; k < count; k++) {
			gap += (int64_t)(ties[k].reference * ranks->m) - (int64_t)(ties[k].current * ranks->n);
			chunk->gaps[k + 1] = (struct gap){gap < 0, 0, (uint64_t)(gap < 0 ? -gap : gap)};
			chunk->signed_gaps[k + 1] = (double)gap;
		}
		return;
	}
	for (size_t k = 0; k < count; k++) {
		i += ties[k].reference;
		j += ties[k].current;
		chunk->gaps[k + 1] = gap_at(ranks, i, j);
		chunk->signed_gaps[k + 1] = gap_double(chunk->gaps[k + 1]);
	}
}

static bool gap_exceeds(struct gap gap, const uint64_t largest[2])
{
	return gap.high != largest[0] ? gap.high > largest[0] : gap.low > largest[1];
}

static void gap_keep(uint64_t largest[2], struct gap gap)
{
	largest[0] = gap.high;
	largest[1] = gap.low;
}

static double whole_of(const uint64_t halves[2])
{
	return (double)halves[0] * 0x1p64 + (double)halves[1];
}

void ranks_begin(struct ranks *ranks, uint64_t n, uint64_t m, unsigned wanted)
{
	*ranks = (struct ranks){.wanted = wanted, .n = n, .m = m};
	if ((wanted & RANKS_KS_EXACT) && n && m && n <= KS_EXACT_MAX / m) {
		ranks->ends = memory_get((n + m + 1) * sizeof *ranks->ends);
		for (uint64_t k = 0; k <= n + m; k++)
			ranks->ends[k] = false;
	}
}

/* --- one statistic after the other over a chunk --- */

static void add_gaps(struct ranks *ranks, const struct tie *ties, const struct chunk *chunk, size_t count)
{
	uint64_t i = ranks->seen[0], j = ranks->seen[1];

	for (size_t k = 0; k < count; k++) {
		struct gap gap = chunk->gaps[k + 1];
		i += ties[k].reference;
		j += ties[k].current;
		if (gap_exceeds(gap, gap.negative ? ranks->below : ranks->above))
			gap_keep(gap.negative ? ranks->below : ranks->above, gap);
		if (!ranks->at_known || gap_exceeds(gap, ranks->at)) {
			ranks->at_known = true;
			gap_keep(ranks->at, gap);
			ranks->at_value = ties[k].value;
			ranks->at_seen[0] = i;
			ranks->at_seen[1] = j;
		}
		if (ranks->ends)
			ranks->ends[i + j] = true;
	}
}

/* A term is at least 2^-252 and at most 1 of the width that brings it in. Units follow the widths, so that sums leave neither end of the
 * range: they are 1 for ordinary widths. */
enum { ORDINARY = 400 };

static void fit_scale(struct scaled_sums *sums, int exponent)
{
	int scale = exponent > -ORDINARY && exponent < ORDINARY ? 0 : exponent, shift = sums->scale - scale;

	if (sums->any && exponent <= sums->scale + ORDINARY)
		return;
	sums->any = true;
	sums->scale = scale;
	sums->first = (struct sum){ldexp(sums->first.total, shift), ldexp(sums->first.rest, shift)};
	sums->second = (struct sum){ldexp(sums->second.total, shift), ldexp(sums->second.rest, shift)};
}

/* high - low in units of 2^scale; half of either first, where the difference is beyond the largest double. */
static double width_between(struct scaled_sums *sums, double low, double high)
{
	double width = high - low;
	int exponent;

	if (sums->any && !sums->scale && width < 0x1p400)
		return width;
	if (width <= DBL_MAX) {
		frexp(width, &exponent);
		fit_scale(sums, exponent);
		return sums->scale ? ldexp(width, -sums->scale) : width;
	}
	fit_scale(sums, DBL_MAX_EXP + 1);
	return ldexp(high / 2 - low / 2, 1 - sums->scale);
}

static void add_distances(struct ranks *ranks, const struct tie *ties, const struct chunk *chunk, size_t count)
{
	double whole = (double)ranks->n * (double)ranks->m, before = ranks->tie.value;
	struct scaled_sums *sums = &ranks->distances;

	for (size_t k = 0; k < count; k++) {
		double share = fabs(chunk->signed_gaps[k]) / whole;
		if (share > 0) {
			double width = width_between(sums, before, ties[k].value);
			sum_add(&sums->first, width * share);
			sum_add(&sums->second, width * share * share);
		}
		before = ties[k].value;
	}
}

static void add_squares(struct ranks *ranks, const struct tie *ties, const struct chunk *chunk, size_t count)
{
	struct wide squares = ranks->squares;

	for (size_t k = 0; k < count; k++)
		wide_add_square(&squares, chunk->gaps[k + 1].high, chunk->gaps[k + 1].low, ties[k].reference + ties[k].current);
	ranks->squares = squares;
}

static void add_pairs(struct ranks *ranks, const struct tie *ties, size_t count)
{
	__extension__ unsigned __int128 pairs = ranks->pairs[0];
	uint64_t j = ranks->seen[1], single = 0;

	pairs = (pairs << 64) + ranks->pairs[1];
	for (size_t k = 0; k < count; k++) {
		__extension__ unsigned __int128 below = j;
		below = 2 * below + ties[k].current;
		pairs += below * ties[k].reference;
		j += ties[k].current;
		uint64_t both = ties[k].reference + ties[k].current;
		if (both == 1)
			single++;
		else
			wide_add_square(&ranks->cubes, 0, both, both);
	}
	wide_add_square(&ranks->cubes, 0, 1, single);
	ranks->pairs[0] = (uint64_t)(pairs >> 64);
	ranks->pairs[1] = (uint64_t)pairs;
}

/* With l values tied, L below them, B = L + l / 2 and h the gap of midranks: sum of l h^2 / (B (N - B) - N l / 4). Everything is doubled
 * to stay whole; twice h is the gap before and the gap after. */
static void add_darling(struct ranks *ranks, const struct tie *ties, const struct chunk *chunk, size_t count)
{
	uint64_t under = ranks->seen[0] + ranks->seen[1], all = ranks->n + ranks->m;

	for (size_t k = 0; k < count; k++) {
		uint64_t tied = ties[k].reference + ties[k].current;
		__extension__ unsigned __int128 below = 2 * under + tied, above = 2 * (all - under) - tied, off = all;
		under += tied;
		below = below * above - off * tied;
		if (!below)
			continue;
		struct gap spread = {false, (uint64_t)(below >> 64), (uint64_t)below};
		double twice = chunk->signed_gaps[k] + chunk->signed_gaps[k + 1];
		sum_add(&ranks->darling, (double)tied * twice * twice / gap_double(spread));
	}
}

static void add_ends(struct ranks *ranks, const struct tie *ties, size_t count)
{
	size_t first[2] = {0, 0}, last[2] = {0, 0};
	uint64_t unique[2] = {0, 0};

	while (first[0] < count && !ties[first[0]].reference)
		first[0]++;
	while (first[1] < count && !ties[first[1]].current)
		first[1]++;
	for (size_t k = 0; k < count; k++) {
		unique[0] += ties[k].reference > 0;
		unique[1] += ties[k].current > 0;
		ranks->seen[0] += ties[k].reference;
		ranks->seen[1] += ties[k].current;
		last[0] = ties[k].reference ? k : last[0];
		last[1] = ties[k].current ? k : last[1];
	}
	for (int s = 0; s < 2; s++) {
		if (!unique[s])
			continue;
		if (!ranks->unique[s])
			ranks->first[s] = ties[first[s]].value;
		ranks->last[s] = ties[last[s]].value;
		ranks->unique[s] += unique[s];
	}
	ranks->pooled += count;
	ranks->tie = ties[count - 1];
}

static void add_chunk(struct ranks *ranks, const struct tie *ties, size_t count)
{
	struct chunk chunk;

	fill_chunk(&chunk, ranks, ties, count);
	if (ranks->wanted & (RANKS_KS | RANKS_KS_EXACT))
		add_gaps(ranks, ties, &chunk, count);
	if (ranks->wanted & RANKS_DISTANCES)
		add_distances(ranks, ties, &chunk, count);
	if (ranks->wanted & RANKS_CVM)
		add_squares(ranks, ties, &chunk, count);
	if (ranks->wanted & RANKS_MANN_WHITNEY)
		add_pairs(ranks, ties, count);
	if (ranks->wanted & RANKS_ANDERSON_DARLING)
		add_darling(ranks, ties, &chunk, count);
	/* Last, because it moves what the others start from. */
	add_ends(ranks, ties, count);
}

void ranks_add(struct ranks *ranks, const struct tie *ties, size_t count)
{
	for (size_t k = 0; k < count; k += CHUNK)
		add_chunk(ranks, ties + k, count - k < CHUNK ? count - k : CHUNK);
}

void ranks_skip(struct ranks *ranks, uint64_t reference, uint64_t current)
{
	ranks->seen[0] += reference;
	ranks->seen[1] += current;
}

/* --- results --- */

/* An ordinary number where that loses nothing. */
static struct scaled scaled_value(double value, int scale)
{
	double plain = ldexp(value, scale);

	if (value == 0 || (plain >= DBL_MIN && plain <= DBL_MAX))
		return (struct scaled){plain, 0};
	return (struct scaled){value, scale};
}

static void end_gaps(struct rank_results *out, const struct ranks *ranks)
{
	double whole = (double)ranks->n * (double)ranks->m;

	out->d_plus = whole_of(ranks->above) / whole;
	out->d_minus = whole_of(ranks->below) / whole;
	out->d = out->d_plus > out->d_minus ? out->d_plus : out->d_minus;
	out->at = ranks->at_value;
	out->at_reference = (double)ranks->at_seen[0] / (double)ranks->n;
	out->at_current = (double)ranks->at_seen[1] / (double)ranks->m;
	if (ranks->ends) {
		out->has_exact = true;
		out->d_exact_p = ks_p_exact(ranks->at[1], ranks->ends, (size_t)ranks->n, (size_t)ranks->m);
	}
}

static void end_pairs(struct rank_results *out, const struct ranks *ranks)
{
	__extension__ unsigned __int128 pairs = ranks->pairs[0], whole = ranks->n;
	double n = (double)ranks->n, m = (double)ranks->m, all = n + m;
	uint64_t count = ranks->n + ranks->m;
	struct wide cube = {{0}};

	pairs = (pairs << 64) + ranks->pairs[1];
	whole *= ranks->m;
	const uint64_t ref[2] = {(uint64_t)(pairs >> 64), (uint64_t)pairs};
	bool above = pairs >= whole;
	__extension__ unsigned __int128 rest = 2 * whole - pairs, off = above ? pairs - whole : whole - pairs;
	const uint64_t cur[2] = {(uint64_t)(rest >> 64), (uint64_t)rest}, distance[2] = {(uint64_t)(off >> 64), (uint64_t)off};
	out->u_ref = whole_of(ref) / 2;
	out->u_cur = whole_of(cur) / 2;
	/* The sum of t^3 less the sum of t, which is N; then N^3 less the sum of t^3: 0 where all values are equal. */
	struct wide sum = wide_minus(&ranks->cubes, &(struct wide){{count}});
	out->tie_sum = wide_double(&sum);
	wide_add_square(&cube, 0, count, count);
	struct wide untied = wide_minus(&cube, &ranks->cubes);
	out->has_z = !wide_is_zero(&untied);
	if (!out->has_z)
		return;
	double deviation = sqrt(n * m / 12 * (wide_double(&untied) / (all * (all - 1))));
	out->z_plain = whole_of(distance) / 2 / deviation;
	out->z = (whole_of(distance) - 1) / 2 / deviation;
}

void ranks_end(struct rank_results *out, struct ranks *ranks)
{
	double n = (double)ranks->n, m = (double)ranks->m, all = n + m;
	const struct scaled_sums *sums = &ranks->distances;

	*out = (struct rank_results){.n = ranks->n, .m = ranks->m, .defined = ranks->n && ranks->m, .pooled = ranks->pooled, .largest = ranks->tie};
	for (int s = 0; s < 2; s++) {
		out->unique[s] = ranks->unique[s];
		out->min[s] = ranks->first[s];
		out->max[s] = ranks->last[s];
	}
	if (out->defined) {
		end_gaps(out, ranks);
		out->wasserstein = scaled_value(sum_value(&sums->first), sums->scale);
		out->energy = scaled_value(2 * (sum_value(&sums->second)), sums->scale);
		out->cvm = wide_double(&ranks->squares) / (all * all * n * m);
		out->has_darling = ranks->pooled > 1;
		out->darling = out->has_darling ? (all - 1) / (all * n * m) * (sum_value(&ranks->darling)) : 0;
		end_pairs(out, ranks);
	}
	free(ranks->ends);
	ranks->ends = NULL;
}
