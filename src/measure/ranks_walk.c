#include "ranks.h"

void picks_add(struct rank_picks *picks, bool current, const struct tie *ties, size_t count)
{
	for (size_t k = 0; k < count && picks->at < picks->count; k++) {
		picks->seen += current ? ties[k].current : ties[k].reference;
		while (picks->at < picks->count && picks->places[picks->at] < picks->seen)
			picks->values[picks->at++] = ties[k].value;
	}
}

void picks_skip(struct rank_picks *picks, uint64_t count)
{
	picks->seen += count;
}

static void edge_done(struct rank_edges *edges)
{
	edges->reference[edges->at] = edges->seen[0];
	edges->current[edges->at++] = edges->seen[1];
}

void edges_add(struct rank_edges *edges, const struct tie *ties, size_t count)
{
	for (size_t k = 0; k < count; k++) {
		while (edges->at < edges->count && edges->edges[edges->at] < ties[k].value)
			edge_done(edges);
		edges->seen[0] += ties[k].reference;
		edges->seen[1] += ties[k].current;
	}
}

void edges_skip(struct rank_edges *edges, double from, uint64_t reference, uint64_t current)
{
	while (edges->at < edges->count && edges->edges[edges->at] < from)
		edge_done(edges);
	edges->seen[0] += reference;
	edges->seen[1] += current;
}

void edges_end(struct rank_edges *edges)
{
	while (edges->at < edges->count)
		edge_done(edges);
}

/* Moves past all values equal to t. */
static size_t pass(const double *sorted, size_t count, size_t at, double t)
{
	while (at < count && sorted[at] == t)
		at++;
	return at;
}

size_t ties_of(struct tie *out, size_t room, size_t at[static 2], const double *reference, size_t n, const double *current, size_t m)
{
	size_t i = at[0], j = at[1], count = 0;

	for (; count < room && (i < n || j < m); count++) {
		double t = j == m || (i < n && reference[i] <= current[j]) ? reference[i] : current[j];
		size_t next = pass(reference, n, i, t), other = pass(current, m, j, t);
		out[count] = (struct tie){t, next - i, other - j};
		i = next;
		j = other;
	}
	at[0] = i;
	at[1] = j;
	return count;
}
