/* Drift as text for a terminal: the answer in one sentence, then a table with the worst columns first.
 *
 * Ownership: the caller's buffer. Failure: none. */
#ifndef GALLEY_DRIFT_TEXT_H
#define GALLEY_DRIFT_TEXT_H

struct buffer;
struct drift_result;

void drift_text(struct buffer *out, const struct drift_result *result);

#endif
