/* Gates: the verdict on measured metrics, by packs and by the recipe's own limits.
 *
 * Comparisons are exact in decimal on the numbers as written (docs: section 5 of the manifest reference).
 * Ownership: results live in the arena. Failure: none: what cannot be judged is VERDICT_INCONCLUSIVE or VERDICT_FAIL with a reason,
 * never a pass. */
#ifndef GALLEY_GATES_H
#define GALLEY_GATES_H

#include "catalog.h"
#include "resolve.h"

/* In rank order: the worst counts. */
enum verdict { VERDICT_PASS, VERDICT_WARN, VERDICT_INCONCLUSIVE, VERDICT_FAIL };
const char *verdict_name(enum verdict verdict); /* "pass", "warn", "inconclusive", "fail" */

struct gate_result {
	const struct metric *metric;
	enum verdict status;
	bool promotable;
	bool has_value;
	struct text value;       /* as written: "0.142"; "NaN" and the like too */
	bool is_text;            /* text, null, a list or a mapping, where a number is needed */
	double number;           /* valid where finite */
	struct text reason;      /* why it is not a pass, in words with both numbers; empty for a pass */
	bool has_baseline;       /* the production run's value */
	struct text baseline;
	bool has_room;           /* distance to the next worse verdict (0 or more), in the metric's unit */
	struct text room;
};

/* A segment of the metric file judged by a pack's slice rule. */
struct slice_result {
	struct text by, segment;
	struct text metric;
	struct text value;
	enum verdict status;     /* after the rule's `worst`; the metric's own verdict is at least as bad */
	struct text reason;
};

struct pack_result {
	struct text pack;        /* its id, "recipe" for the recipe's own metrics */
	struct text version;     /* empty for the recipe's own */
	const struct pack *record; /* NULL for the recipe's own, or when the pack is not there */
	enum verdict status;
	bool promotable;
	struct text summary;     /* "4/5 metrics passed, 1 warning" */
	struct text reason;      /* when the pack could not be used */
	struct gate_result *gates; /* in the pack's order */
	size_t gate_count;
	size_t passed, warned, inconclusive, failed;
	struct slice_result *slices; /* those that are not pass, worst first */
	size_t slice_count;
};

struct run_result {
	const struct model *model;
	const struct run *run;
	const struct effective *recipe; /* NULL when it cannot be had */
	bool judged;             /* succeeded runs; the others have no packs */
	enum verdict status;     /* inconclusive when not judged */
	bool promotable;
	struct text reason;      /* why it was not judged, or could not be */
	struct text summary;     /* over all packs; a metric that several judge counts once, with its worst verdict */
	size_t passed, warned, inconclusive, failed;
	struct pack_result *packs; /* recipe.packs in order, then "recipe" where it has metrics of its own */
	size_t pack_count;
};

/* Judges one run; baseline: the model's production run where there is one that is not this run. */
void gates_judge_run(struct run_result *out, const struct catalog *catalog, const struct resolved *resolved, const struct model *model,
                     const struct run *run, struct arena *arena);

/* Judges bare metrics (a snapshot's): required only that which is there; min_samples holds, regressions do not. */
void gates_judge_metrics(struct pack_result **packs, size_t *pack_count, const struct catalog *catalog, const struct effective *recipe,
                         const struct value *metrics, struct arena *arena);

/* The value of a metric in a metric file by its dotted key; NULL when it is not there. */
const struct value *metrics_value(const struct value *metrics, struct text key);

/* One gate's verdict by exact comparison; value must be a finite number's text. *promotable may be NULL. */
enum verdict metric_judge(bool *promotable, const struct metric *metric, struct text value, struct arena *arena);

/* Which of two values is better, by the metric's direction: below 0 the first. 0 also where one is no finite number; without a direction the
 * lower is. */
int metric_compare(const struct metric *metric, struct text a, struct text b, struct arena *arena);

/* The effective recipe that a run or model names; NULL with a reason when it is not there, has another version, or cannot be used. */
const struct effective *gates_recipe(struct text *reason, const struct resolved *resolved, const struct reference *reference,
                                     struct arena *arena);

/* How a value is shown: rounded to the metric's decimals (default: those of its thresholds, at least 3 for ratios and 1 for the rest,
 * whole numbers as such where all limits are whole), one more while the rounding would contradict the verdict, thousands with commas,
 * with its unit ("%" shows 0.098 as 9.8%; decimals count before that). */
struct text metric_show(const struct metric *metric, struct text value, struct arena *arena);
/* A difference or distance in the metric's unit (room, change): as metric_show(), without a verdict to agree with. */
struct text metric_show_size(const struct metric *metric, struct text size, struct arena *arena);
/* A limit as pages print it: "<= 0.10" style without the sign is the caller's business; this is the number alone. */
struct text metric_show_limit(const struct metric *metric, struct text limit, struct arena *arena);

#endif
