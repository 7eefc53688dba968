/* What the ways of printing a comparison share. Ownership: the caller's buffer; texts in the arena. Failure: none. */
#ifndef GALLEY_COMPARE_PARTS_H
#define GALLEY_COMPARE_PARTS_H

#include "compare.h"
#include "words.h"

enum { COMPARED_ROWS = 200 }; /* of one table; the rest is in JSON */

/* The value as its metric shows it, the best in bold. */
void compared_value_markdown(struct buffer *out, const struct compared_row *row, const struct compared_value *value, struct arena *arena);
/* The same bare, not yet safe for a terminal; "missing" for none. */
struct text compared_value_text(const struct compared_row *row, const struct compared_value *value, struct arena *arena);
/* "-0.011" from the first run's value; empty where there is none. */
struct text compared_difference_text(const struct compared_row *row, const struct compared_value *value, struct arena *arena);
/* "lower", "higher", "0.80" for a target, "they disagree", empty where no gate judges it. */
struct text compared_direction(const struct compared_row *row, struct arena *arena);

/* "3 better, 1 worse, 1 same"; empty where nothing was compared. */
struct text compared_tally_text(const struct compared_tally *tally, struct arena *arena);
/* The run's verdict and summary, or why it was not judged. */
struct text compared_verdict(const struct run_result *run, struct arena *arena);
/* The runs by what they have of a fact: "1.0.0 (1), 1.1.0 (2, 3)". */
struct text compared_fact_text(const struct compared_fact *fact, size_t count, struct arena *arena);
/* What a fact is called in a sentence: "the recipe's version". */
struct text compared_fact_name(const struct compared_fact *fact);
bool compared_is_production(const struct run_result *run);
/* MODEL/RUN. */
struct text compared_run_name(const struct run_result *run, struct arena *arena);
/* "recipe@1.0.0" */
struct text compared_recipe(const struct run_result *run, struct arena *arena);

#endif
