/* Text report: what commands print for people and for machines on stdout: effective recipes, verdicts, status, lists.
 *
 * Ownership: the caller's buffer. Failure: none. */
#ifndef GALLEY_TEXT_REPORT_H
#define GALLEY_TEXT_REPORT_H

#include "buffer.h"
#include "compare.h"
#include "proposal.h"
#include "results.h"

/* YAML that reads back to the same recipe; comments say where each value was set, with why also how, and what it replaces. */
void resolve_yaml(struct buffer *out, const struct effective *effective, bool why);
/* field: of the origins, those of this field and below it; empty: all. */
void resolve_json(struct buffer *out, const struct effective *effective, bool why, struct text field);
/* Why one field, or what stands below it, is what it is; returns how many were told: 0 where there is no such field. */
size_t resolve_field_yaml(struct buffer *out, const struct effective *effective, struct text field);

struct eval_left_out { size_t queued, running, failed, cancelled; };
void eval_text(struct buffer *out, const struct run_result *runs, size_t count, const struct eval_left_out *left_out, bool color);
void eval_json(struct buffer *out, const struct run_result *runs, size_t count, const struct eval_left_out *left_out);

/* Runs side by side: the runs with their verdicts first, then what they differ in that makes comparing hard, then metrics. */
void compare_text(struct buffer *out, const struct comparison *comparison, bool color);
/* Tables of at most eight columns, without links: for comments and job summaries. */
void compare_markdown(struct buffer *out, const struct comparison *comparison, bool emoji);
void compare_json(struct buffer *out, const struct comparison *comparison);

void status_text(struct buffer *out, const struct results *results, bool color);
void status_json(struct buffer *out, const struct results *results);
/* OpenMetrics, also for the Prometheus text parser: gauges without timestamps, numbers with 10 significant digits. */
void status_openmetrics(struct buffer *out, const struct results *results);
/* A message for Slack's chat.postMessage and incoming webhooks (Block Kit), within its limits: 50 blocks, 3000 characters a text. */
void status_slack(struct buffer *out, const struct results *results);
/* Workflow commands for GitHub's runner: an annotation a model that is not healthy, at most ten a level. */
void status_github(struct buffer *out, const struct results *results);

/* Snapshots over time and the decision; whole: also what was looked at and found well, and healthy models as the others. */
void monitor_text(struct buffer *out, const struct results *results, bool whole, bool color);
void monitor_json(struct buffer *out, const struct results *results);

/* What came of each action that is due. dry_run: with the patches of what would be made. */
void proposed_text(struct buffer *out, const struct proposed *items, size_t count, bool dry_run, bool color);
void proposed_json(struct buffer *out, const struct proposed *items, size_t count, bool dry_run, int64_t as_of, const char *source);
/* The branches as the queue of approvals; patches: with all that each changes. */
void queue_text(struct buffer *out, const struct proposal *items, size_t count, bool patches, int64_t as_of, bool color);
void queue_json(struct buffer *out, const struct proposal *items, size_t count, bool patches, int64_t as_of);
/* A change on one line: "production_run: a -> b". */
void change_line(struct buffer *out, const struct proposal_change *change);

/* What an expression is at the present, with the value of each name; trial->ok. */
void trial_text(struct buffer *out, const struct trial *trial, int64_t as_of);
void trial_json(struct buffer *out, const struct trial *trial, int64_t as_of);

/* A table with a header, columns as wide as their widest cell on a terminal; right marks columns of numbers. */
struct table_text { const char *const *header; const bool *right; size_t columns; struct text *cells; size_t rows; };
void table_print(struct buffer *out, const struct table_text *table);

#endif
