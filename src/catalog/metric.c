#include <stdint.h>

#include "arena.h"
#include "number.h"
#include "parts.h"

/* The limits of a metric in the order in which a value gets worse. */
enum { LIMIT_PROMOTE, LIMIT_WARN, LIMIT_FAIL, LIMIT_COUNT };

struct limit {
	const char *name;          /* as the file calls it */
	const struct value *value; /* NULL: not given */
	struct decimal number;
};

struct ladder {
	struct limit limits[LIMIT_COUNT];
	const struct value *target, *direction; /* NULL: not given */
	bool readable;                          /* every value that is given is a number */
	struct text key;
	struct place place;
	struct arena *arena;
	struct diags *diags;
};

static const struct value *number_of(const struct value *map, const char *name, bool *readable)
{
	const struct value *value = value_get(map, name);
	double number;

	if (!value)
		return NULL;
	if (value->kind == VALUE_SCALAR && !value->quoted && is_plain_number(&number, value->text))
		return value;
	*readable = false;
	return NULL;
}

static void read_limit(struct ladder *ladder, int which, const struct value *map, const char *name)
{
	struct limit *limit = &ladder->limits[which];

	limit->name = name;
	limit->value = number_of(map, name, &ladder->readable);
	if (limit->value && !decimal_parse(&limit->number, limit->value->text, ladder->arena)) {
		limit->value = NULL;
		ladder->readable = false;
	}
}

/* The next limit that is given from i on, or LIMIT_COUNT. */
static int next_given(const struct ladder *ladder, int i)
{
	while (i < LIMIT_COUNT && !ladder->limits[i].value)
		i++;
	return i;
}

/* Bit 1: some step goes up, bit 2: some step goes down. */
static unsigned steps(const struct ladder *ladder)
{
	unsigned seen = 0;

	for (int i = next_given(ladder, 0), j; (j = next_given(ladder, i + 1)) < LIMIT_COUNT; i = j) {
		int order = decimal_compare(ladder->limits[i].number, ladder->limits[j].number);
		seen |= order < 0 ? 1u : order > 0 ? 2u : 0u;
	}
	return seen;
}

static void relate_limits(struct ladder *ladder)
{
	for (int i = next_given(ladder, 0); i < LIMIT_COUNT; i = next_given(ladder, i + 1))
		diag_relate(ladder->diags, ladder->limits[i].value->place, "%s %.*s", ladder->limits[i].name,
		            TEXT_ARGS(ladder->limits[i].value->text));
}

/* With direction target a recipe's 'target' is no limit. */
static void help_order(struct ladder *ladder)
{
	const char *first = ladder->limits[LIMIT_PROMOTE].name;

	diag_help(ladder->diags, "the order is %s%s%s, %s, from good to bad", ladder->target ? "" : first, ladder->target ? "" : ", ",
	          ladder->limits[LIMIT_WARN].name, ladder->limits[LIMIT_FAIL].name);
}

/* Every step that goes the wrong way: the better limit must come first. */
static void check_steps(struct ladder *ladder, bool upwards, const char *because)
{
	for (int i = next_given(ladder, 0), j; (j = next_given(ladder, i + 1)) < LIMIT_COUNT; i = j) {
		const struct limit *a = &ladder->limits[i], *b = &ladder->limits[j];
		int order = decimal_compare(a->number, b->number);
		if (upwards ? order <= 0 : order >= 0)
			continue;
		diag_add(ladder->diags, CODE_GATE_THRESHOLDS, b->value->place, "'%s' %.*s of '%.*s' is %s '%s' %.*s%s", b->name,
		         TEXT_ARGS(b->value->text), TEXT_ARGS(ladder->key), upwards ? "below" : "above", a->name,
		         TEXT_ARGS(a->value->text), because);
		diag_relate(ladder->diags, a->value->place, "%s %.*s", a->name, TEXT_ARGS(a->value->text));
		help_order(ladder);
	}
}

static void check_target(struct ladder *ladder)
{
	if (!ladder->target && ladder->readable) {
		diag_add(ladder->diags, CODE_GATE_THRESHOLDS, ladder->direction->place,
		         "'%.*s' has direction target and no 'target' to hit", TEXT_ARGS(ladder->key));
		diag_help(ladder->diags,
		          "with direction target, 'target' is the value to hit and the thresholds are distances from it");
	}
	for (int i = next_given(ladder, 0); i < LIMIT_COUNT; i = next_given(ladder, i + 1)) {
		const struct limit *limit = &ladder->limits[i];
		if (limit->number.sign < 0) {
			diag_add(ladder->diags, CODE_GATE_THRESHOLDS, limit->value->place,
			         "'%s' %.*s of '%.*s' is a distance and below 0", limit->name, TEXT_ARGS(limit->value->text),
			         TEXT_ARGS(ladder->key));
			diag_help(ladder->diags, "with direction target, thresholds say how far from it a value may lie");
			return;
		}
	}
	check_steps(ladder, true, "; they are distances from the target");
}

static void check_direction(struct ladder *ladder, enum direction direction)
{
	unsigned seen = steps(ladder);
	bool lower = direction == DIRECTION_LOWER;

	if (seen == (lower ? 2u : 1u)) {
		diag_add(ladder->diags, CODE_GATE_THRESHOLDS, ladder->direction->place,
		         "direction '%s' of '%.*s' contradicts its thresholds, which %s from good to bad",
		         direction_name(direction), TEXT_ARGS(ladder->key), lower ? "fall" : "rise");
		relate_limits(ladder);
		diag_help(ladder->diags, "write direction: %s, or turn the thresholds round", lower ? "higher" : "lower");
		return;
	}
	check_steps(ladder, lower, lower ? "; lower is better" : "; higher is better");
}

/* Without a written direction: from the order of the limits. */
static enum direction derive_direction(struct ladder *ladder)
{
	unsigned seen = steps(ladder);

	if (seen == 1u)
		return DIRECTION_LOWER;
	if (seen == 2u)
		return DIRECTION_HIGHER;
	if (!ladder->diags || !ladder->readable)
		return DIRECTION_NONE;
	if (seen) {
		diag_add(ladder->diags, CODE_GATE_THRESHOLDS, ladder->limits[LIMIT_FAIL].value->place,
		         "thresholds of '%.*s' neither rise nor fall from good to bad", TEXT_ARGS(ladder->key));
		relate_limits(ladder);
		help_order(ladder);
	} else if (next_given(ladder, 0) < LIMIT_COUNT) {
		diag_add(ladder->diags, CODE_GATE_DIRECTION, ladder->place,
		         "direction of '%.*s' is not written and does not follow from %s", TEXT_ARGS(ladder->key),
		         next_given(ladder, next_given(ladder, 0) + 1) < LIMIT_COUNT ? "equal thresholds" : "one threshold");
		diag_help(ladder->diags, "write direction: lower, higher or target");
	}
	return DIRECTION_NONE;
}

static enum direction settle_direction(struct ladder *ladder, const struct value *map)
{
	const struct value *written = value_get(map, "direction");
	enum direction direction = written && written->kind == VALUE_SCALAR ? direction_of(written->text) : DIRECTION_NONE;

	if (direction == DIRECTION_NONE)
		return written ? DIRECTION_NONE : derive_direction(ladder);
	ladder->direction = written;
	if (ladder->diags && direction == DIRECTION_TARGET)
		check_target(ladder);
	else if (ladder->diags)
		check_direction(ladder, direction);
	return direction;
}

static void keep_limit(struct text *text, struct place *place, const struct limit *limit)
{
	if (!limit->value)
		return;
	*text = limit->value->text;
	*place = limit->value->place;
}

static void keep_limits(struct metric *metric, const struct ladder *ladder)
{
	keep_limit(&metric->promote, &metric->promote_place, &ladder->limits[LIMIT_PROMOTE]);
	keep_limit(&metric->warn, &metric->warn_place, &ladder->limits[LIMIT_WARN]);
	keep_limit(&metric->fail, &metric->fail_place, &ladder->limits[LIMIT_FAIL]);
	if (metric->direction == DIRECTION_TARGET && ladder->target)
		metric->target = ladder->target->text;
}

static void check_range(const struct ladder *ladder, enum direction direction)
{
	bool target = direction == DIRECTION_TARGET;
	struct metric_range range;

	if (!ladder->diags || !metric_range_of(&range, ladder->key))
		return;
	if (target)
		metric_range_check(&range, ladder->key, "target", ladder->target, false, ladder->diags);
	for (int i = next_given(ladder, 0); i < LIMIT_COUNT; i = next_given(ladder, i + 1))
		/* A distance below 0 was told. */
		if (!target || ladder->limits[i].number.sign >= 0)
			metric_range_check(&range, ladder->key, ladder->limits[i].name, ladder->limits[i].value, target, ladder->diags);
}

static struct metric plain_metric(struct text key, struct place place)
{
	return (struct metric){.key = key, .name = key, .decimals = -1, .required = true, .place = place};
}

struct metric metric_of_recipe(struct text key, const struct value *map, struct place place, struct arena *arena,
                               struct diags *diags)
{
	struct metric metric = plain_metric(key, place);
	struct ladder ladder = {.readable = true, .key = key, .place = place, .arena = arena, .diags = diags};
	const struct value *direction = value_get(map, "direction");
	bool target = direction && direction->kind == VALUE_SCALAR && direction_of(direction->text) == DIRECTION_TARGET;

	if (target)
		ladder.target = number_of(map, "target", &ladder.readable);
	else
		read_limit(&ladder, LIMIT_PROMOTE, map, "target");
	ladder.limits[LIMIT_PROMOTE].name = "target";
	read_limit(&ladder, LIMIT_WARN, map, "threshold_warning");
	read_limit(&ladder, LIMIT_FAIL, map, "threshold_critical");
	metric.direction = settle_direction(&ladder, map);
	keep_limits(&metric, &ladder);
	check_range(&ladder, metric.direction);
	return metric;
}

/* A target says what to hit, so it makes sense with that direction alone. */
static void check_pack_target(const struct ladder *ladder, const struct metric *metric)
{
	if (!ladder->diags || !ladder->target || metric->direction == DIRECTION_TARGET)
		return;
	diag_add(ladder->diags, CODE_GATE_THRESHOLDS, ladder->target->place, "'target' of '%.*s' without direction target",
	         TEXT_ARGS(ladder->key));
	diag_help(ladder->diags, "write direction: target, or the value to reach as thresholds.promote");
}

static int read_decimals(const struct value *map)
{
	size_t decimals = value_count(map, "decimals", SIZE_MAX);

	return decimals > 15 ? -1 : (int)decimals;
}

struct metric metric_of_pack(const struct value *map, struct arena *arena, struct diags *diags)
{
	const struct value *thresholds = value_get(map, "thresholds");
	struct place place = map ? map->place : (struct place){0};
	struct metric metric = plain_metric(value_text(map, "key"), place);
	struct ladder ladder = {.readable = true, .key = metric.key, .place = place, .arena = arena, .diags = diags};
	struct text name = value_text(map, "name");

	if (name.len)
		metric.name = name;
	metric.unit = value_text(map, "unit");
	metric.decimals = read_decimals(map);
	metric.required = value_flag(map, "required", true);
	metric.min_samples = value_count(map, "min_samples", 0);
	metric.max_regression = value_text(map, "max_regression");
	ladder.target = number_of(map, "target", &ladder.readable);
	read_limit(&ladder, LIMIT_PROMOTE, thresholds, "promote");
	read_limit(&ladder, LIMIT_WARN, thresholds, "warn");
	read_limit(&ladder, LIMIT_FAIL, thresholds, "fail");
	metric.direction = settle_direction(&ladder, map);
	keep_limits(&metric, &ladder);
	check_range(&ladder, metric.direction);
	check_pack_target(&ladder, &metric);
	return metric;
}
