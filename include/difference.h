/* Difference: what two states of a workspace differ in by meaning, not by lines: effective fields keyed by name, gates that got tighter or
 * looser, and every record that this reaches. Where a file lies, how it is written and in which order its keys and named items stand makes
 * no difference.
 *
 * Ownership: everything lives in the arena, or in the catalogs and effective recipes that are compared, which must outlive it; they come
 * from resolve_all() or resolve_by_need(); by need only those are resolved that may differ. Failure: none; what cannot be read on a side is compared as far as it goes, and said so. */
#ifndef GALLEY_DIFFERENCE_H
#define GALLEY_DIFFERENCE_H

#include "resolve.h"

enum record_move { MOVE_ADDED, MOVE_REMOVED, MOVE_CHANGED };
const char *record_move_name(enum record_move move); /* "added", "removed", "changed" */

/* The line that makes a value another one than it was. */
struct cause {
	const struct record *record; /* whose file it is in; NULL: not known */
	struct place place;
	bool gone;                   /* the line is of the earlier state and was taken away */
};

struct field_change {
	struct text field;           /* "pipeline.stages.train.config.lags": items by their name */
	enum record_move move;
	const struct field *row;     /* of the schema; NULL: free */
	const struct value *before, *after; /* scalars, lists and empty maps; NULL: none */
	struct text before_text, after_text; /* in a few words; empty: none */
	struct cause cause;
};

enum gate_word { GATE_IS_LOOSER, GATE_IS_REMOVED, GATE_IS_WAIVED, GATE_IS_TIGHTER };
const char *gate_word_name(enum gate_word word); /* "looser", "removed", "waived", "tighter" */

struct gate_shift {
	struct text field;           /* "evaluation.metrics.MAPE.threshold_critical"; of a pack "MAPE.warn", "slices.region" */
	enum gate_word word;         /* waived: it stays as it is, and a waiver for it is new */
	struct text before, after;   /* as written, in a few words; empty: none */
	const struct waiver *waiver; /* in force, and covers it; NULL */
	const struct metric *metric_before, *metric_after; /* of a pack's limit, for how it is shown; NULL */
	struct cause cause;
};

/* From the record that is reached, over what stands between, to the one that was edited, added or removed. */
struct step {
	enum kind kind;
	struct text id;
};

struct chain {
	struct step *steps;
	size_t count;
	enum record_move end; /* what became of the last */
};

struct record_change {
	enum kind kind;
	struct text id;
	struct text model;           /* of a run; else empty */
	enum record_move move;
	bool edited;                 /* its own file says something else */
	bool reached;                /* its effective form moves, or what it is judged by */
	const struct record *before, *after; /* NULL: none */
	struct text version_before, version_after, status_before, status_after; /* empty: none */
	/* Of the effective recipe: its own, or that of a model or run; "" where there is none. Packs have none. */
	char digest_before[65], digest_after[65];
	bool unresolved_before, unresolved_after; /* the effective recipe cannot be had, though the record is there */
	struct field_change *fields; /* by name; none for what was added or removed as a whole */
	size_t field_count;
	struct gate_shift *gates;    /* the loosest first */
	size_t gate_count;
	struct chain *chains;        /* none where it was edited, added or removed itself and nothing else reaches it */
	size_t chain_count;
};

struct differences {
	struct record_change *items; /* configuration, recipes, packs, models, runs; each by id, runs by model first */
	size_t count;
	struct text *reordered;      /* recipes of which nothing but the order of named items moved, which their digest sees */
	size_t reordered_count;
	size_t broken_before, broken_after; /* files with errors, of which less is known */
};

struct state {
	const struct catalog *catalog;
	const struct resolved *resolved;
};

/* Recipes that are in effect what they were, as can be told from their files, those of all above them and of the packs that they name. */
struct alike;
struct alike *alike_make(const struct state *before, const struct state *now, struct arena *arena);
/* Whether two records have the same bytes, with the same said about them; NULL: there is none. */
bool alike_records(const struct record *before, const struct record *now);
/* The same of a run and what it measured. */
bool alike_runs(const struct run *before, const struct run *now);
/* Whether both references lead to such a recipe, or both to none. Also false where that takes resolving them. */
bool alike_recipes(struct alike *alike, const struct reference *before, const struct reference *now);

void differences_find(struct differences *out, const struct state *before, const struct state *now, struct arena *arena);

/* Not of runs, whose ids are their models'. */
const struct record_change *differences_of(const struct differences *differences, enum kind kind, struct text id);

#endif
