/* Monitor: what the snapshots of a model say at a point in time: drift, performance, freshness, alerts, trend, state, action.
 *
 * States and actions: section 8 of the manifest reference. The present is the as-of that is passed in; snapshots stamped after it do not
 * exist yet. Ownership: results live in the arena. Failure: -1 where a file cannot be read; what is wrong in it becomes diags and
 * makes the model's state at best unknown. */
#ifndef GALLEY_MONITOR_H
#define GALLEY_MONITOR_H

#include "data_check.h"
#include "drift.h"
#include "expression.h"
#include "gates.h"
#include "instant.h"

/* In rank order: the last that applies is the state. */
enum model_state { STATE_NONE, STATE_HEALTHY, STATE_UNKNOWN, STATE_STALE, STATE_DRIFTING, STATE_DEGRADED, STATE_FAILED };
const char *model_state_name(enum model_state state); /* "healthy", ...; NULL for none */

enum action { ACTION_NONE, ACTION_ALERT, ACTION_RETRAIN, ACTION_ROLLBACK };
const char *action_name(enum action action);

enum alert_status { ALERT_OK, ALERT_FIRING, ALERT_INCONCLUSIVE };

struct alert_result {
	struct text name;
	struct text condition;
	bool critical;
	enum alert_status status;
	struct text reason;    /* which value is missing */
	bool has_since;
	int64_t since;         /* first snapshot of the present run of snapshots in which it fires */
	struct place place;
};

/* One monitored metric in one snapshot: the worse of the recipe's and the packs' verdicts. */
struct performance {
	struct text key;
	bool has_value;
	struct text value;
	enum verdict status;
	struct text reason;
	const struct metric *metric; /* the limits that decided; NULL when no pack or recipe metric judges it */
};

enum trend_status { TREND_INCONCLUSIVE, TREND_STABLE, TREND_IMPROVING, TREND_DEGRADING };
const char *trend_status_name(enum trend_status status);

/* Where the level of a metric or of a feature's drift moved: see cusum_changes(). */
struct change_point {
	const struct snapshot *start, *alarm; /* when it is held to have begun; the snapshot with which it was seen */
	size_t at;                            /* index of the alarm's value, the oldest being 0 */
	bool up, worse;
	double before, std, after; /* mean and standard deviation of the reference; mean from the alarm to the next */
};

/* Of a monitored metric, or of how far a feature lies from its reference. */
struct trend {
	struct text key;
	enum trend_status status;  /* of a feature: larger is worse */
	size_t points;
	bool has_p;
	double p, slope;
	size_t values;             /* in all; changes are looked for in them */
	bool watched;              /* enough values that vary, so that a change would be seen */
	struct change_point *changes; /* oldest first; present trends alone */
	size_t change_count;
};

/* How the snapshots follow each other up to the as-of. */
struct gap { const struct snapshot *before, *after; size_t missing; };
struct timeline {
	bool has_interval;
	int64_t interval;          /* median of the steps; at least three */
	struct gap *gaps;          /* steps of more than one and a half intervals */
	size_t gap_count;
	bool overdue;              /* so long ago is the newest one */
	int64_t expected;          /* when the next one is */
	size_t future;             /* stamped after the as-of */
	size_t twins;              /* of an instant that another spelling has too: joined with that one */
	size_t unlabelled;         /* newest ones that came after the newest metrics */
};

struct snapshot_result {
	const struct snapshot *snapshot;
	bool has_drift;              /* a reference and a CSV were there and could be compared */
	struct drift_result drift;
	double share;                /* of the judged features, those that drift */
	bool has_max;
	double max;                  /* largest value among the features judged by the model's default method; that with the smallest p where p judges */
	struct text max_feature;
	bool drifting;               /* share reached */
	bool undecided;              /* a feature could not be judged, or the file could not be used */
	struct text undecided_reason;
	struct performance *performance; /* monitored metrics; count 0 where the snapshot carries none */
	size_t performance_count;
	struct alert_result *alerts; /* as they stood at this snapshot */
	size_t alert_count;
	const struct data_check *check; /* its CSV against the recipe's schema, where data_checks were asked for and there is one; else NULL */
	enum model_state state;      /* as of this snapshot */
	struct text reason;
};

struct reason {
	enum model_state state;      /* what it speaks for */
	struct text words;
	struct text until;           /* what would take it away: "MAPE at most 0.20"; empty where nothing is wrong */
	struct text name;            /* the value that decides, as a condition names it: "performance.MAPE"; empty for none */
	bool has_value;
	double value;                /* as it is now */
	const char *sign;            /* how it has to stand to its limit: "<=", ">=", "<"; NULL for no single limit */
	double limit;
};

struct model_result {
	const struct model *model;
	const struct effective *recipe;    /* NULL when it cannot be had */
	struct text recipe_reason;         /* why not */
	struct run_result *runs;           /* in the model's order, oldest first */
	const struct run_result *newest;   /* newest succeeded run; NULL */
	const struct run_result *production; /* NULL */
	/* monitoring settings in effect */
	enum drift_method method;  /* of auto the psi */
	bool automatic;            /* auto: the change of missing decides too */
	struct drift_limit limit;
	double share_limit;
	bool has_max_age;
	double max_age_hours;
	struct snapshot_result *snapshots; /* up to the as-of, oldest first */
	size_t snapshot_count;
	const struct snapshot_result *latest; /* NULL */
	const struct snapshot_result *latest_performance; /* the newest that carries metrics; NULL */
	const struct snapshot_result *latest_drift; /* the newest whose CSV was compared with the reference; NULL */
	struct alert_result *alerts;       /* as of the present, in the recipe's order */
	size_t alert_count;
	bool has_data_time;
	int64_t data_time;                 /* newest snapshot, or older newest value of a freshness feature */
	bool stale;
	struct trend *trends;              /* monitored metrics */
	size_t trend_count;
	struct trend *feature_trends;      /* of the features judged in latest_drift; none where latest_only was asked for */
	size_t feature_trend_count;
	struct timeline timeline;
	enum model_state state;            /* STATE_NONE for models that are not watched */
	bool has_since;
	int64_t since;
	struct reason *reasons;            /* worst first */
	size_t reason_count;
	struct reason *passed;             /* what was looked at and speaks for no other state, in the order of the rules */
	size_t passed_count;
	size_t better_needed;              /* snapshots in a row that have to be better still, by monitoring.hold; 0: none */
	struct text action_words;          /* which rule asks for the action, and why it is due or not */
	enum action action;                /* what the state asks for */
	struct period holds;               /* as of any other instant of it the same would come out */
	bool due;                          /* false while a hold or a newer queued or running run covers it, or action is none */
	struct text due_reason;            /* why not */
	struct text rollback_run;          /* ACTION_ROLLBACK: where to */
};

struct monitor_request {
	const struct catalog *catalog;
	const struct resolved *resolved;
	struct source *source;
	int64_t as_of;
	unsigned jobs;    /* threads; 0: 1 */
	size_t memory;    /* as in struct drift_request */
	bool latest_only; /* judge drift of the newest window alone (status), not the whole history; `since` is then not computed */
	const struct progress *progress; /* NULL */
	size_t data_checks; /* of the newest snapshots with a CSV, so many are checked against the recipe's schema */
};

/* The model's verdicts. Models that are not watched have runs and the list of their snapshots alone. */
int monitor_model(struct model_result *out, const struct monitor_request *request, const struct model *model, struct arena *arena,
                  struct diags *diags, struct failure *failure);

/* An expression tried against a model's present state. */
struct trial_part {
	struct text source;          /* a name, or a look into history */
	struct expression_value value;
	struct text words;
	struct text snapshot;        /* the newest one that carries it; empty where that says nothing */
};

struct trial {
	const struct model *model;
	struct text source, read_as; /* read_as: with every operation in parentheses */
	bool ok;                     /* false: it cannot be read, or there is nothing to try it on; diags or failed_reason say why */
	struct text failed_reason;
	struct expression_value value;
	struct text words;           /* the value; "true", "0.31", "[price, cost]" */
	struct trial_part *parts;    /* the value of each name in it, in the order of the text */
	size_t part_count;
	uint64_t cost;
};

int monitor_try(struct trial *out, const struct monitor_request *request, const struct model *model, struct text source, struct arena *arena,
                struct diags *diags, struct failure *failure);

/* What only effective recipes tell: alert conditions that cannot be read or that name what there is not (each where it is set), and
 * watched models without the reference that their drift features need. */
void monitor_check_alerts(const struct catalog *catalog, const struct resolved *resolved, struct arena *arena, struct diags *diags);
/* data/future: snapshots that do not exist yet at as_of, one finding a model; a note where as_of was given rather than the clock's.
 * holds: made shorter to when the same would be said. */
void monitor_check_stamps(struct period *holds, const struct catalog *catalog, int64_t as_of, bool as_of_given, struct arena *arena,
                          struct diags *diags);

#endif
