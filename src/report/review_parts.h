/* What the formats of a review share.
 *
 * Ownership: the caller's buffers and blocks. Failure: none. */
#ifndef GALLEY_REPORT_REVIEW_PARTS_H
#define GALLEY_REPORT_REVIEW_PARTS_H

#include "diff_tables.h"
#include "review.h"

/* The whole answer in a line, without Markdown: "1 production run would now fail · 1 gate looser · 9 recipes change in effect". */
void review_headline(struct buffer *out, const struct review *review);
/* SEVERITY_OFF: nothing to say; NOTE: a change without harm; else what the sign before the headline says. */
enum severity review_sign(const struct review *review);

/* A value that a recipe keeps of its own where an inherited one changes; NULL. */
const struct origin *review_keeps(const struct effective *effective, const struct field_group *group);

/* Recipes by row, fields by column. */
void block_of_recipes(struct blocks *blocks, const struct review *review, const struct diff_tables *tables, int rank);
/* What is edited and what it reaches, in Mermaid; a sentence where it would be too large to read. */
void block_of_graph(struct blocks *blocks, const struct review *review, const struct diff_tables *tables, int rank);

struct text model_name(const struct run_move *move);
/* Older runs that do not serve are counted, not shown. */
bool is_shown(const struct run_move *move);

#endif
