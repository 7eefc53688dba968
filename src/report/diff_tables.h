/* Tables of a difference in Markdown, as blocks that may be shortened.
 *
 * Ownership: the caller's blocks. Failure: none. */
#ifndef GALLEY_REPORT_DIFF_TABLES_H
#define GALLEY_REPORT_DIFF_TABLES_H

#include "blocks.h"
#include "diff_parts.h"

/* What the tables are made of. */
struct diff_tables {
	const struct diff_view *view;
	struct arena *arena;
	struct field_group *fields;
	size_t field_count;
	struct gate_group *gates;
	size_t gate_count;
	struct diff_counts counts;
};

/* " The workspace moved from ... to ...", a sentence for Markdown; nothing where it did not. */
void add_moved(struct buffer *out, const struct diff_view *view);
void diff_tables_init(struct diff_tables *tables, const struct diff_view *view, struct arena *arena);

void block_of_gates(struct blocks *blocks, const struct diff_tables *tables, int rank);
void block_of_fields(struct blocks *blocks, const struct diff_tables *tables, int rank);
/* Records of one kind with what became of them and why. */
void block_of_records(struct blocks *blocks, const struct diff_tables *tables, enum kind kind, int rank);

/* The emoji with a blank where there are emoji. */
void add_mark(struct buffer *out, const struct diff_view *view, const char *emoji);
/* Short id of a commit in code, or the place that is no commit. */
void add_head(struct buffer *out, const struct diff_view *view);
/* "`forecast_bias` warn 0.030 → 0.040" */
void add_gate_brief(struct buffer *out, const struct gate_group *group, struct arena *arena);
/* How many recipes a pack reaches, or records a group has. */
size_t gate_reach(const struct diff_tables *tables, const struct gate_group *group);

#endif
