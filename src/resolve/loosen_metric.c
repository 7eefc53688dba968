#include "inside.h"
#include "number.h"

/* One metric of a recipe on both sides. */
struct metric_pair {
	struct loosening *work;
	const struct trail *trail;
	const struct value *before, *after;
	enum direction direction;
	bool target_noted;
};

static void note(struct metric_pair *pair, const char *name, enum gate_order order)
{
	struct trail step = {pair->trail, text_of(name)};

	if (order != GATE_SAME)
		gate_note(pair->work, trail_text(&step, pair->work->arena), order == GATE_LAXER ? GATE_LOOSER : GATE_TIGHTER,
		          value_get(pair->before, name), value_get(pair->after, name));
}

static bool number_of(struct decimal *out, const struct metric_pair *pair, const struct value *map, const char *name)
{
	const struct value *value = value_get(map, name);

	return value && value->kind == VALUE_SCALAR && decimal_parse(out, value->text, pair->work->arena);
}

static enum gate_order presence(const struct metric_pair *pair, const char *name)
{
	bool old = value_get(pair->before, name) != NULL, new = value_get(pair->after, name) != NULL;

	return old == new ? GATE_SAME : new ? GATE_STRICTER : GATE_LAXER;
}

/* A limit that is reached later is laxer. */
static void compare_limit(struct metric_pair *pair, const char *name)
{
	struct decimal old, new;

	if (!number_of(&old, pair, pair->before, name) || !number_of(&new, pair, pair->after, name)) {
		note(pair, name, presence(pair, name));
		return;
	}
	int order = decimal_compare(new, old);
	if (pair->direction == DIRECTION_HIGHER)
		order = -order;
	note(pair, name, order > 0 ? GATE_LAXER : order < 0 ? GATE_STRICTER : GATE_SAME);
}

/* The interval target +- distance: laxer where it is not contained in the old one. */
static void compare_interval(struct metric_pair *pair, const char *name)
{
	struct decimal old, new, from, to;
	struct arena *arena = pair->work->arena;

	if (!number_of(&from, pair, pair->before, "target") || !number_of(&to, pair, pair->after, "target"))
		return;
	if (!number_of(&old, pair, pair->before, name) || !number_of(&new, pair, pair->after, name)) {
		note(pair, name, presence(pair, name));
		return;
	}
	/* |to - from| + new <= old: contained. */
	struct decimal moved = decimal_absolute(decimal_subtract(to, from, arena));
	int room = decimal_compare(decimal_subtract(old, new, arena), moved);
	bool same = !moved.sign && decimal_compare(old, new) == 0;
	enum gate_order verdict = same ? GATE_SAME : room < 0 ? GATE_LAXER : GATE_STRICTER;
	if (decimal_compare(old, new) != 0) {
		note(pair, name, verdict);
	} else if (!pair->target_noted) {
		/* The distance stayed: the target is what moved. */
		note(pair, "target", verdict);
		pair->target_noted = verdict != GATE_SAME;
	}
}

void gates_compare_metric(struct loosening *work, const struct trail *trail, const struct value *before, const struct value *after)
{
	struct metric_pair pair = {.work = work, .trail = trail, .before = before, .after = after};
	struct text field = trail_text(trail, work->arena);

	if (!before || !after) {
		gate_note(work, field, after ? GATE_TIGHTER : GATE_LOOSER, before, after);
		return;
	}
	if (before->kind != VALUE_MAP || after->kind != VALUE_MAP)
		return;
	struct metric old = metric_of_recipe(trail->name, before, before->place, work->arena, NULL);
	struct metric new = metric_of_recipe(trail->name, after, after->place, work->arena, NULL);
	pair.direction = new.direction;
	if (old.direction != new.direction && old.direction != DIRECTION_NONE && new.direction != DIRECTION_NONE) {
		struct trail step = {trail, TEXT("direction")};
		const struct value *turned = value_get(after, "direction");
		/* Nothing of the two can be compared. */
		gate_note(work, turned ? trail_text(&step, work->arena) : field, GATE_LOOSER, turned ? value_get(before, "direction") : before,
		          turned ? turned : after);
		return;
	}
	if (new.direction == DIRECTION_TARGET) {
		compare_interval(&pair, "threshold_warning");
		compare_interval(&pair, "threshold_critical");
	} else {
		compare_limit(&pair, "target");
		compare_limit(&pair, "threshold_warning");
		compare_limit(&pair, "threshold_critical");
	}
}
