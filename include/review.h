/* Review: the page of a pull request: what a change does to gates, to runs that are judged again, to recipes in effect, and what is
 * wrong with it.
 *
 * Ownership: a review points at what it is made of, which must outlive it; what review_init() makes is in the arena. Failure: none. What
 * comes from the user's files is escaped for its format; nothing in it can mention anybody, link, draw, or end a table or fence. */
#ifndef GALLEY_REVIEW_H
#define GALLEY_REVIEW_H

#include "diff_view.h"
#include "findings.h"
#include "rejudge.h"

struct review {
	struct diff_view view;
	const struct state *before, *now;
	const struct run_moves *runs;
	const struct findings *findings;
	const char *base_name;    /* REV as it was given */
	const char *key;          /* of the hidden marker: one comment a key */
	bool checked_out;         /* view.head is what is checked out, unchanged: it is read without --at */
	/* Filled in by review_init(). */
	struct diff_counts counts;
	bool *is_new;             /* of findings->items: the base did not have it */
	size_t new_counts[SEVERITY_ERROR + 1];
	size_t files_edited;
	size_t field_count, field_recipes; /* fields that change in effect, and recipes in which any does */
	size_t keepers;           /* recipes that keep a value of their own where an inherited one changes */
};

/* The rest of review, from the parts that are set; earlier: findings on the base. */
void review_init(struct review *review, const struct diags *earlier, struct arena *arena);
/* What a gate in a pipeline stands on: SEVERITY_ERROR where a run that serves got worse and fails or is inconclusive now;
 * SEVERITY_WARNING where any other verdict got worse, got better only because a gate moved, or a gate is looser without a waiver;
 * else SEVERITY_OFF. Findings have their own severities. */
enum severity review_weight(const struct review *review);

/* GitHub takes 65,536 characters; a byte is at most one. The least, 500, holds the marker, the headline, and that the rest was left out. */
enum { REVIEW_BYTES = 65536 };
void review_markdown(struct buffer *out, const struct review *review, size_t max);
void review_text(struct buffer *out, const struct review *review, bool color);
void review_json(struct buffer *out, const struct review *review);

#endif
