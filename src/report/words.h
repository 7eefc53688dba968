/* Words: how verdicts, states and numbers are shown on pages, in one place.
 *
 * Ownership: the caller's buffer; texts in the arena. Failure: none. */
#ifndef GALLEY_WORDS_H
#define GALLEY_WORDS_H

#include "page.h"

/* The emoji and the word; the word alone where config.emoji is false. */
void word_verdict(struct buffer *out, const struct pages *set, enum verdict verdict);
void word_drift(struct buffer *out, const struct pages *set, enum drift_status status);
void word_state(struct buffer *out, const struct pages *set, enum model_state state);
void word_move(struct buffer *out, const struct pages *set, enum gate_move move);
/* The emoji with a blank, or nothing. */
void word_mark(struct buffer *out, const struct pages *set, const char *emoji);
void mark_verdict(struct buffer *out, const struct pages *set, enum verdict verdict);
void mark_state(struct buffer *out, const struct pages *set, enum model_state state);
void mark_drift(struct buffer *out, const struct pages *set, enum drift_status status);

/* What a run comes to: its verdict with the summary's fraction, or why there is none ("run failed"). */
void word_run(struct buffer *out, const struct pages *set, const struct run_result *run);
/* "4/5" over all packs. */
void gate_fraction(struct buffer *out, const struct run_result *run);

void show_date(struct buffer *out, int64_t time);
/* A date, or a word where there is none. */
void show_date_or(struct buffer *out, bool has, int64_t time, const char *none);
/* 12,480 */
void show_count(struct buffer *out, size_t count);
/* "1 model", "2 models" */
void show_counted(struct buffer *out, size_t count, const char *one);
/* With decimals places, more while rounding would put the value on another side of, or onto, a limit; limits that are not finite do
 * not count. */
void show_beside(struct buffer *out, double value, int decimals, const double *limits, size_t count);
/* 3 decimals beside the score's limits, then its p where it has one: "0.231, p 1.2e-05". */
void show_score(struct buffer *out, const struct drift_score *score);
/* " (BH 0.004)" where the score has an adjusted p. */
void show_adjusted(struct buffer *out, const struct drift_score *score);
void show_effect(struct buffer *out, double effect, const struct drift_limit *limit);
/* 29.3% */
void show_share(struct buffer *out, size_t part, size_t whole);
/* At most 4 significant digits. */
void show_figure(struct buffer *out, double value);
/* At most 4 decimals without trailing zeros. */
void show_plain(struct buffer *out, double value);
/* The same with at least 2 decimals, as limits are written. */
void show_limit(struct buffer *out, double value);
/* A field of a recipe, without what every gate's name begins with. */
void field_code(struct buffer *out, struct text field);

/* The three limits of a metric as cells: "≤ 0.100", "> 0.120", "≥ 0.150", or "0.80 ± 0.010" and so on. */
void cells_of_limits(struct buffer *out, const struct metric *metric, struct arena *arena);
/* "-0.011" or "+0.4 pp": value less other, both as written; false, and nothing, where one is no number. */
bool show_difference(struct buffer *out, const struct metric *metric, struct text value, struct text other, struct arena *arena);
/* "-0.011 better": value against other, both as written; "n/a" where one is no number. */
void show_change(struct buffer *out, const struct metric *metric, struct text value, struct text other, struct arena *arena);
void show_value(struct buffer *out, const struct metric *metric, struct text value, struct arena *arena);

/* A metric's value as a number of our own JSON, however YAML or JSON wrote it: NaN and the infinities as strings, null for none. */
void json_add_measured(struct json *object, const char *key, bool has, bool is_text, struct text value);
/* A metric's value in JSON: as written where that is JSON's grammar. */
void json_add_value(struct json *object, const char *key, bool has, struct text value);
void json_add_date(struct json *object, const char *key, bool has, int64_t time);
void json_add_computed(struct json *object, const char *key, bool has, double value);

/* --- views of results that several pages share --- */

/* Columns with a verdict, worst first: drift by value, inconclusive by name, warn by value, stable by name. */
const struct drift_column **columns_by_verdict(size_t *count, const struct drift_result *drift, struct arena *arena);
/* The column of this name; hint is where it stood last. NULL: not there. */
const struct drift_column *column_named(const struct drift_result *drift, struct text name, size_t *hint);
/* The last of a model's snapshots that pages show: config.keep_snapshots of them. */
const struct snapshot_result *snapshots_window(size_t *count, const struct pages *set, const struct model_result *result);
/* The newest snapshot whose drift could be computed; NULL. */
const struct snapshot_result *latest_drift(const struct model_result *result);
/* The effect of a column's score by a method, NAN without one. */
double column_effect(const struct drift_column *column, enum drift_method method);
/* Bars of the last BARS snapshots of the largest value (feature NULL) or of one feature by the method that decides it now, as a code span. */
void bars_of_drift(struct buffer *out, const struct pages *set, const struct model_result *result, const struct drift_column *feature);
/* The gate of a metric in a run: in this pack, else in any; NULL. */
const struct gate_result *gate_of(const struct run_result *run, struct text pack, struct text key);
/* The run whose gates the model's line shows: production, else newest; NULL. */
const struct run_result *shown_run(const struct model_result *result);
/* Succeeded runs, oldest first. */
const struct run_result **judged_runs(size_t *count, const struct model_result *result, struct arena *arena);
/* Gates of a pack: worst first, in the pack's order. */
const struct gate_result **gates_by_verdict(const struct pack_result *pack, struct arena *arena);
/* Models: worst state first, then by id. */
const struct model_result **models_by_state(const struct results *results, struct arena *arena);
const char *method_label(enum drift_method method);

/* [{"start", "alarm", "direction", "worse", "before", "std", "after"}] */
struct json *json_of_change_points(const struct trend *trend);
/* [{"state", "reason", "until", "name", "value", "must_be", "limit"}], the last five where they say something. */
struct json *json_of_reasons(const struct reason *reasons, size_t count);

#endif
