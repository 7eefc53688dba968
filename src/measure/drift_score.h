/* Drift score: the scores of one column, and the verdict of its deciding method.
 *
 * Ownership: results live in the arena. Failure: none; what cannot be computed is inconclusive with its reason. */
#ifndef GALLEY_DRIFT_SCORE_H
#define GALLEY_DRIFT_SCORE_H

#include "drift_facts.h"

void score_column(struct drift_column *out, const struct column_facts *facts, const struct drift_request *request, struct arena *arena);

/* drift.c: the verdict once all facts are there, and the memory that values may take. */
void drift_finish(struct drift_result *out, const struct side *reference, const struct side *current, const struct choice *choice,
                  const struct column_facts *facts, const struct drift_request *request, struct arena *arena);
size_t drift_memory(const struct drift_request *request);

/* --- inside: drift_score.c judges, drift_methods.c and drift_tests.c compute --- */

struct scorer {
	const struct column_facts *facts;
	size_t n, m;                        /* values of the reference and of the current data */
	const size_t *reference, *current;  /* counts by cell: bin or category */
	size_t cells;
	bool has_distances;
	struct distances distances;
	size_t min_rows;
	struct drift_column *column;
	struct arena *arena;
};

/* Computes one score; its limit is set before. What has no value says why, unless a side is empty. */
void score_compute(struct scorer *scorer, struct drift_score *score);
/* Those whose p-value matters most. */
void compute_kuiper(struct scorer *scorer, struct drift_score *score);
void compute_cvm(struct scorer *scorer, struct drift_score *score);
void compute_darling(struct scorer *scorer, struct drift_score *score);
void compute_mann_whitney(struct scorer *scorer, struct drift_score *score);
void compute_welch(struct scorer *scorer, struct drift_score *score);
void compute_chi_square(struct scorer *scorer, struct drift_score *score);
void compute_g_test(struct scorer *scorer, struct drift_score *score);
void compute_z_test(struct scorer *scorer, struct drift_score *score);
void compute_missing(struct scorer *scorer, struct drift_score *score);

/* What a score says about itself. */
void define_words(struct scorer *scorer, struct drift_score *score, const char *key, const char *words);
void define_number(struct scorer *scorer, struct drift_score *score, const char *key, double value);
void define_sizes(struct scorer *scorer, struct drift_score *score);
void add_side(struct drift_score *score, const char *key, bool has, double value);
void set_value(struct drift_score *score, bool has, double value);
void set_p(struct drift_score *score, bool has, double p);
/* The first reason stays. */
void give_reason(struct drift_score *score, struct text reason);

#endif
