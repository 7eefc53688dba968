#include "gates_inner.h"

#include "arena.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {"pass", "warn", "inconclusive", "fail"};

	return names[verdict];
}

static struct decimal negated(struct decimal value)
{
	value.sign = -value.sign;
	return value;
}

static bool read_line(struct line *out, const struct scale *scale, struct text limit, struct arena *arena)
{
	*out = (struct line){0};
	if (!limit.len)
		return true;
	out->given = decimal_parse(&out->at, limit, arena);
	if (scale->direction == DIRECTION_HIGHER)
		out->at = negated(out->at);
	return out->given;
}

struct scale scale_of(const struct metric *metric, struct arena *arena)
{
	struct scale scale = {.direction = metric->direction};

	if (metric->direction == DIRECTION_NONE)
		return scale;
	if (metric->direction == DIRECTION_TARGET && !decimal_parse(&scale.target, metric->target, arena))
		return scale;
	scale.ok = read_line(&scale.promote, &scale, metric->promote, arena) && read_line(&scale.warn, &scale, metric->warn, arena) &&
	           read_line(&scale.fail, &scale, metric->fail, arena) &&
	           (scale.promote.given || scale.warn.given || scale.fail.given);
	if (!scale.promote.given)
		scale.promote = scale.warn;
	if (!scale.warn.given)
		scale.warn = scale.promote;
	return scale;
}

struct decimal scale_place(const struct scale *scale, struct decimal value, struct arena *arena)
{
	if (scale->direction == DIRECTION_HIGHER)
		return negated(value);
	if (scale->direction == DIRECTION_TARGET)
		return decimal_absolute(decimal_subtract(value, scale->target, arena));
	return value;
}

enum verdict scale_judge(bool *promotable, const struct scale *scale, struct decimal place)
{
	*promotable = false;
	if (!scale->ok)
		return VERDICT_INCONCLUSIVE;
	if (scale->fail.given && decimal_compare(place, scale->fail.at) >= 0)
		return VERDICT_FAIL;
	*promotable = !scale->promote.given || decimal_compare(place, scale->promote.at) <= 0;
	if (*promotable || (scale->warn.given && decimal_compare(place, scale->warn.at) <= 0))
		return VERDICT_PASS;
	return VERDICT_WARN;
}

enum verdict metric_judge(bool *promotable, const struct metric *metric, struct text value, struct arena *arena)
{
	struct scale scale = scale_of(metric, arena);
	struct decimal number;
	bool spare;

	if (!promotable)
		promotable = &spare;
	*promotable = false;
	if (!decimal_parse(&number, value, arena))
		return VERDICT_FAIL;
	return scale_judge(promotable, &scale, scale_place(&scale, number, arena));
}

int metric_compare(const struct metric *metric, struct text a, struct text b, struct arena *arena)
{
	struct decimal x, y, target;

	if (!decimal_parse(&x, a, arena) || !decimal_parse(&y, b, arena))
		return 0;
	if (metric->direction == DIRECTION_TARGET && decimal_parse(&target, metric->target, arena)) {
		x = decimal_absolute(decimal_subtract(x, target, arena));
		y = decimal_absolute(decimal_subtract(y, target, arena));
	}
	int order = decimal_compare(x, y);
	return metric->direction == DIRECTION_HIGHER ? -order : order;
}
