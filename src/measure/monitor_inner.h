/* Shared by the files of the monitor: what is watched, and how far a model's judgement has come. */
#ifndef GALLEY_MONITOR_INNER_H
#define GALLEY_MONITOR_INNER_H

#include "expression.h"
#include "kept.h"
#include "monitor.h"

enum { TREND_SNAPSHOTS = 12, TREND_LEAST = 4 };
#define TREND_P 0.05

struct alert_rule {
	struct text name, condition;
	bool critical;
	struct place place;
	const struct expression *expression; /* NULL: error says what is wrong with it */
	struct expression_error error;
};

/* The monitoring block of an effective recipe with its defaults. */
struct watch {
	const struct effective *recipe;
	const struct config *config;
	enum drift_method method;      /* of auto the psi; METHOD_NONE: what is asked for is none */
	bool automatic;
	struct text method_name;
	struct drift_limit limit;
	struct drift_limit defaults[METHOD_COUNT]; /* of the methods, as galley.yaml sets them */
	struct drift_feature *features; /* those that are named, or the columns whose kind the schema gives */
	struct text *unknown;          /* beside features: what is asked for and is no method; empty */
	size_t feature_count;
	bool named;                    /* the recipe names its drift features */
	size_t window;
	double share;
	struct text share_text;
	bool has_max_age;
	double max_age;
	struct text max_age_text;
	struct text *fresh;
	size_t fresh_count;
	struct text *metrics;
	size_t metric_count;
	struct alert_rule *alerts;     /* behind them, up to rule_count, an expression that is only tried */
	size_t alert_count, rule_count;
	enum action on_stale, on_drift, on_degraded, on_failed;
	char delimiter;
	struct text *na;
	size_t na_count;
	bool show[METHOD_COUNT];
};

/* The snapshots that carry something, oldest first, and how many of them are among the first i snapshots of all. */
struct carriers { size_t *items, *among; };

/* One model under judgement. Index i below is one of its snapshots. */
struct monitored {
	struct model_result *out;
	const struct monitor_request *request;
	struct watch watch;
	size_t first;                  /* drift, alerts and states are known from here on */
	struct data_age { bool known, has; int64_t time; struct text stamp, by, lacking; } *ages; /* per snapshot */
	enum model_state *raw;         /* states before monitoring.hold */
	struct carriers carriers[EXPRESSION_ANY]; /* by what they carry: EXPRESSION_METRICS, EXPRESSION_DATA, or one of both */
	struct drift_reference *reference; /* read once for all snapshots; NULL: not yet, or it cannot be used */
	bool reference_tried;
	struct asked_content { bool asked; struct content content; } *contents; /* per snapshot, then the reference */
	struct arena *arena;
	struct diags *diags;
	struct failure *failure;
};

struct reasons {
	struct reason *items, *passed;
	size_t count, passed_count;
	enum model_state worst;
	bool tells_passed; /* of the present alone */
};
struct reason *reason_add(struct reasons *reasons, struct arena *arena, struct reason reason);
void reasons_sort(struct reasons *reasons);
int64_t max_age_seconds(const struct watch *watch);

/* An expression that is tried beside the alerts. */
void watch_try(struct watch *out, const struct expression *expression);
void watch_read(struct watch *out, const struct effective *recipe, const struct config *config, struct arena *arena);
/* Scalars of a list at a path, as texts. */
size_t watch_texts(struct text **out, const struct value *root, const char *path, struct arena *arena);

void carriers_find(struct monitored *monitored);
/* The newest snapshot up to i with a CSV, or with metrics; snapshot_count where there is none. */
size_t newest_csv(const struct monitored *monitored, size_t i);
size_t newest_metrics(const struct monitored *monitored, size_t i);

/* What stands in a snapshot's CSV, or (snapshot_count) in the reference. */
const struct content *content_of(struct monitored *monitored, size_t i);

/* From drift_judge() of the first snapshot on the reference is held; drift_forget() lets it go. */
int drift_judge(struct monitored *monitored, size_t i);
void drift_forget(struct monitored *monitored);
/* How old the data was that came with snapshot i and before. */
int age_find(struct monitored *monitored, size_t i);

/* The CSVs of the newest snapshots against the recipe's schema, as they were on the day they came. */
int checks_run(struct monitored *monitored);

void performance_judge(struct monitored *monitored, size_t i);
/* Trends of the monitored metrics over the snapshots up to i. */
struct trend *trends_find(const struct monitored *monitored, size_t i);
/* The metric's limits, where it was not measured; NULL. */
const struct metric *metric_find(const struct watch *watch, const struct catalog *catalog, struct text key);
/* On a scale where larger is worse. */
double metric_badness(const struct metric *metric, double value, struct text written, struct arena *arena);
bool metric_number(double *out, struct text *written, const struct value *metrics, struct text key);

/* Change points of the monitored metrics, and trends and change points of the features, at the present. */
void change_points_find(struct monitored *monitored);
void timeline_find(struct monitored *monitored);

/* Where the names of a condition get their values, with the snapshots up to i (snapshot_count: none) at a time. */
struct names_view {
	struct expression_view view; /* its context is this */
	const struct monitored *monitored;
	size_t i;
	int64_t now;
};
void names_view_init(struct names_view *out, const struct monitored *monitored, size_t i, int64_t now);

/* Reads a condition and looks at its names; what is wrong becomes diags inside it. NULL where it cannot be read. */
const struct expression *condition_check(const struct value *condition, bool any, const struct catalog *catalog, const struct effective *recipe,
                                         struct arena *arena, struct diags *diags);
void conditions_check(const struct catalog *catalog, const struct effective *recipe, struct arena *arena, struct diags *diags);

/* The alerts as they stand at a time with the snapshots up to i. */
struct alert_result *alerts_judge(const struct monitored *monitored, size_t i, int64_t now);
void alerts_date(struct monitored *monitored);
/* The name of an alert's column and method: "drift.COLUMN.METHOD"; false for another. */
bool drift_name_parts(struct text *column, enum drift_method *method, struct text name);
/* A value in words, numbers with six digits. */
struct text expression_words(const struct expression_value *value, struct arena *arena);
/* The number that a name stands for; false where there is none. */
bool alert_value(double *out, const struct monitored *monitored, size_t i, int64_t now, struct text name);
/* What would make an alert's condition false: "drift.max <= 0.2 (is 0.31) or performance.MAPE <= 0.4 (is 0.41)". */
struct text alert_until(const struct monitored *monitored, size_t i, int64_t now, const struct alert_rule *rule);
struct text alert_words(const struct monitored *monitored, size_t i, int64_t now, const struct alert_result *alert);

/* What speaks against the model with the snapshots up to i; staleness only where the as-of is given. */
void state_judge(struct reasons *out, const struct monitored *monitored, size_t i, const struct alert_result *alerts,
                 const struct trend *trends, const int64_t *as_of);
void state_settle(struct monitored *monitored, struct reasons *reasons);
void action_decide(struct monitored *monitored);
/* Queued or running at a time; one that has finished since then was running. */
bool run_is_open(struct period *holds, const struct run *run, int64_t as_of);

#endif
