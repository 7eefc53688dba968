/* Drift: how far current data lies from a reference, feature by feature, with the definition of every number.
 *
 * Formulas: src/measure/statistics.c, each with its source; defaults as in docs. Ownership: results live in the arena.
 * Failure: -1 with a failure where a file cannot be read at all; what is wrong inside a CSV becomes diags (csv/...) and *ok false.
 * "Could not be computed" is always DRIFT_INCONCLUSIVE with a reason, never a pass, and no NaN is ever in a result. */
#ifndef GALLEY_DRIFT_H
#define GALLEY_DRIFT_H

#include <stdint.h>

#include "diag.h"
#include "failure.h"
#include "limits.h"
#include "progress.h"
#include "table.h"

enum column_kind { COLUMN_AUTO, COLUMN_NUMBER, COLUMN_CATEGORY, COLUMN_CATEGORY_NUM, COLUMN_TIMESTAMP, COLUMN_IDENTIFIER, COLUMN_IGNORE };

/* "number", "category", ...; COLUMN_AUTO for another word when reading. */
const char *column_kind_name(enum column_kind kind);
enum column_kind column_kind_of(struct text name);

enum drift_method {
	METHOD_PSI, METHOD_JS, METHOD_HELLINGER, METHOD_TVD, METHOD_KL, METHOD_KS, METHOD_KUIPER, METHOD_WASSERSTEIN, METHOD_ENERGY, METHOD_CVM,
	METHOD_ANDERSON_DARLING, METHOD_MANN_WHITNEY, METHOD_WELCH_T, METHOD_CHI_SQUARE, METHOD_G_TEST, METHOD_Z_TEST, METHOD_MISSING,
	METHOD_COUNT, METHOD_NONE = METHOD_COUNT
};

struct drift_method_info {
	const char *key;      /* "psi" */
	const char *label;    /* "PSI", "KS D", "Cramer's V": the effect size, for people */
	bool numbers, categories, any;
	bool two_valued;      /* only where both sides together have two values */
	bool threshold_on_p;  /* the default threshold is a p-value */
	bool unlimited;       /* it has no default threshold */
	double warn, drift;   /* default limits of the effect size, or of p */
	const char *what;     /* what the value is, in a line */
};

extern const struct drift_method_info drift_methods[METHOD_COUNT];
/* Any case; METHOD_NONE when unknown. */
enum drift_method drift_method_of(struct text key);

enum drift_status { DRIFT_UNJUDGED, DRIFT_STABLE, DRIFT_WARN, DRIFT_INCONCLUSIVE, DRIFT_DRIFT };
const char *drift_status_name(enum drift_status status); /* "stable", "warn", "inconclusive", "drift"; NULL for unjudged */

struct drift_limit {
	bool given;
	bool on_p;   /* compare p instead of the effect size */
	double warn; /* a value beyond warn warns, beyond drift drifts; equal is not beyond. For p "beyond" is below */
	double drift;
};

/* What is asked for one column, in addition to the defaults. */
struct drift_feature {
	struct text name;
	enum column_kind kind;      /* COLUMN_AUTO: decided from the data */
	enum drift_method method;   /* the deciding one; METHOD_NONE: the request's */
	bool automatic;             /* auto decides, whatever the request's method is */
	struct drift_limit limit;   /* of the deciding method, of auto the psi's; not given: the default */
};

struct drift_request {
	const struct table_file *reference, *current; /* several are pooled in this order */
	size_t reference_count, current_count;
	char delimiter;                        /* 0: detected from the header */
	const struct text *na;                 /* spellings of missing beside the usual ones */
	size_t na_count;
	const struct drift_feature *features;  /* settings by column name */
	size_t feature_count;
	bool features_only;                    /* judge only the columns in features (one that a side lacks is inconclusive), else all */
	const struct text *only;               /* --column; count 0: all */
	size_t only_count;
	bool show[METHOD_COUNT];               /* methods to compute where they apply, beside the deciding one */
	enum drift_method decide;              /* the deciding method of columns without one of their own; where it does not apply, and for
	                                          METHOD_NONE, auto decides: of numbers and categories psi and missing, the worse of both */
	struct drift_limit limit;              /* of `decide`, of auto the psi's */
	const struct drift_limit *defaults;    /* by method, where nothing else is said; NULL: those of drift_methods */
	size_t min_rows;                       /* fewer values on a side are inconclusive; 0: 30 */
	size_t max_bad_rows;                   /* rows that cannot be read and may be left out */
	bool shapes;                           /* pictures are wanted */
	const struct progress *progress;       /* NULL; hears how far files are read */
	unsigned jobs;                         /* threads; 0: 1 */
	size_t memory;                         /* bytes that may be used for values; 0: 256 MiB. Changes no answer */
};

struct drift_definition { const char *key; struct text value; bool number; };
struct drift_side_value { const char *key; bool has; double value; };

struct drift_score {
	enum drift_method method;
	bool has_value, has_p;      /* has_p: the method has one and it could be computed */
	bool with_p;                /* the method has one at all */
	double value, p;
	int p_bound;                /* -1: p is at most that, 1: at least; 0: it is that */
	bool bounded;               /* from profiles that do not tell it exactly: */
	double low, high;           /* it lies between, and value is an estimate */
	bool has_adjusted;          /* a deciding score that is judged by its p */
	double adjusted;            /* p by Benjamini and Hochberg over all columns that are judged so; shown, not compared */
	struct drift_side_value sides[6]; /* printed beside value: ks.d_plus, chi_square.cramers_v, ... */
	size_t side_count;
	double effect;              /* what limits are compared with: |value|, cramers_v, ...; only if has_value */
	struct drift_limit limit;   /* given false: no threshold, no status */
	enum drift_status status;
	struct text reason;         /* why inconclusive, or why there is no value; empty else */
	struct drift_definition *definition; /* bins, edges, zero rule, log base, counts; in print order */
	size_t definition_count;
};

struct drift_counts { size_t rows, missing, invalid, infinite, n; };

/* One cell of the psi: a bin (low, high] of a number column, or a category. */
struct drift_cell {
	double low, high;      /* number columns; the outer ones infinite */
	struct text label;     /* category columns */
	size_t reference, current;
	double part;           /* its share of the psi */
};

/* Numbers only. std has n - 1 in its denominator, so one value has none. Quantiles: Hyndman-Fan type 7. The distinct values are not counted
 * where both sides have more than 2^20 values together and no method that was asked for looks at each of them. */
struct drift_summary { double mean, std, min, max; bool has_std, has_unique, no_quantiles /* from profiles */; double quantiles[9]; size_t unique; };
extern const double drift_quantile_points[9]; /* 0.01 0.05 0.1 0.25 0.5 0.75 0.9 0.95 0.99 */

enum { HISTOGRAM_MAX = 48, ECDF_POINTS = 241 };

/* For pictures: equal-width counts of both sides between the reference's 0.1 % and 99.9 % quantiles (bin width from 1, 2, 5 x 10^k
 * giving 24 to 40 bins, or at most 48 where none does; values outside go to the end bins), both distribution functions on a grid over
 * the same range, and where KS lies. */
struct drift_shape {
	double start, width;
	size_t bins;
	size_t reference[HISTOGRAM_MAX], current[HISTOGRAM_MAX];
	double grid_start, grid_step;
	double reference_cdf[ECDF_POINTS], current_cdf[ECDF_POINTS];
	double ks_at, ks_reference, ks_current; /* the value with the largest gap, and both distribution functions there */
};

struct drift_column {
	struct text name;
	enum column_kind kind;
	struct drift_counts reference, current;
	struct drift_summary reference_summary, current_summary; /* valid where n > 0 and kind is number */
	struct text *new_categories, *vanished_categories;       /* byte order */
	size_t new_count, vanished_count;
	struct drift_cell *cells;  /* psi's, where it could be computed */
	size_t cell_count;
	const struct drift_shape *shape; /* number columns with values on both sides, where shapes are wanted; else NULL */
	struct drift_score *scores; /* in the order of enum drift_method */
	size_t score_count;
	struct drift_score *deciding; /* NULL: identifiers, timestamps, ignored */
	bool automatic;               /* auto decides: deciding is the psi, or missing where that is worse */
	const struct drift_method_info *asked; /* what was to decide and does not apply, so that auto does; NULL */
	enum drift_status status;           /* the deciding score's; inconclusive for a feature that a side lacks */
	struct text reason;                 /* for a feature that a side lacks */
};

struct drift_side { struct text path; char blob[41]; size_t rows, bad_rows; };

struct drift_result {
	struct drift_side *references, *currents;
	size_t reference_count, current_count;
	struct drift_column *columns; /* in the reference's order, features that are nowhere last */
	size_t column_count;
	struct text *only_in_reference, *only_in_current;
	size_t only_in_reference_count, only_in_current_count;
	enum drift_status status;     /* worst column: drift > inconclusive > warn > stable; inconclusive where no column was judged */
	size_t judged, drifting;      /* columns with a status, be it inconclusive; of them with status drift */
};

/* NULL where it was not asked for or does not apply. */
struct drift_score *drift_score_of(const struct drift_column *column, enum drift_method method);
/* The method that a column is followed by over time: the deciding one, of auto always the psi; METHOD_NONE where none decides. */
enum drift_method drift_followed(const struct drift_column *column);
/* What a method that does not apply to every column is for: "categories". */
const char *drift_method_for(const struct drift_method_info *method);

/* Orders scores by how far they lie, the farthest first: those that are judged by effect size by that, then those judged by p by p, then
 * those without a value, NULL among them; 0 where nothing tells them apart. */
int drift_order(const struct drift_score *a, const struct drift_score *b);

/* A reference that was read, for comparing one current side after the other with it. It needs request->reference and all settings, which
 * must then be the same each time; *out is NULL where *ok is false, and is closed before the arena goes. */
struct drift_reference;
int drift_reference_open(struct drift_reference **out, bool *ok, const struct drift_request *request, const struct limits *limits,
                         struct arena *arena, struct diags *diags, struct failure *failure);
void drift_reference_close(struct drift_reference *reference);
int drift_compare_with(struct drift_result *out, bool *ok, struct drift_reference *reference, const struct drift_request *request,
                       const struct limits *limits, struct arena *arena, struct diags *diags, struct failure *failure);

/* *ok is false when a CSV could not be used (diags say why). A header without rows is ok: everything is inconclusive. */
int drift_compare(struct drift_result *out, bool *ok, const struct drift_request *request, const struct limits *limits,
                  struct arena *arena, struct diags *diags, struct failure *failure);

/* The earliest and newest value of a timestamp column (freshness), in seconds; *found false where there is none.
 * Unreadable files give diags as in drift_compare. */
int table_time_range(int64_t *oldest, int64_t *newest, bool *found, const struct table_file *file, struct text column, char delimiter,
                     const struct text *na, size_t na_count, const struct limits *limits, struct arena *arena, struct diags *diags,
                     struct failure *failure);

#endif
