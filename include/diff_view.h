/* Diff view: the differences of two states for a person, a page or a program.
 *
 * Ownership: the caller's buffer; groups live in the arena. Failure: none. */
#ifndef GALLEY_DIFF_VIEW_H
#define GALLEY_DIFF_VIEW_H

#include "buffer.h"
#include "difference.h"

struct diff_view {
	const struct differences *differences;
	const char *base;       /* commit */
	const char *head;       /* commit; NULL: */
	const char *head_place; /* "the working tree", "the index" */
	bool emoji;             /* in Markdown */
	struct text folder;     /* of the recipes: left out before paths in Markdown's tables */
	bool moved;             /* the workspace, between these folders, "" or "ml/": */
	struct text moved_from, moved_to;
};

struct diff_counts {
	size_t records[KIND_COUNT];
	size_t gates[GATE_IS_TIGHTER + 1]; /* groups; waived ones that are also looser count there */
	size_t waived;                     /* looser or removed, but covered by a waiver */
};

void diff_text(struct buffer *out, const struct diff_view *view, bool color);
void diff_json(struct buffer *out, const struct diff_view *view);
void diff_markdown(struct buffer *out, const struct diff_view *view);

#endif
