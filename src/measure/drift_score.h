/* Drift score: the scores of one column, and the verdict of its deciding method.
 *
 * Ownership: results live in the arena. Failure: none; what cannot be computed is inconclusive with its reason. */
#ifndef GALLEY_DRIFT_SCORE_H
#define GALLEY_DRIFT_SCORE_H

#include "drift_columns.h"

void score_column(struct drift_column *out, const struct pair *pair, const struct drift_request *request, struct arena *arena);

/* NULL where no scale can be found, such as for magnitudes at the end of the range. Both arrays sorted, neither empty. */
struct ks;
const struct drift_shape *shape_of(const double *reference, size_t n, const double *current, size_t m, const struct ks *ks,
                                   struct arena *arena);

#endif
