#include <stdlib.h>

#include "diff_parts.h"
#include "number.h"

const char *gate_word_name(enum gate_word word)
{
	static const char *const names[] = {"looser", "removed", "waived", "tighter"};

	return names[word];
}

static struct gate_shift *add_shift(struct record_change *change, struct gate_shift shift, struct arena *arena)
{
	change->gates = arena_grow(arena, change->gates, change->gate_count, sizeof *change->gates);
	change->gates[change->gate_count] = shift;
	return &change->gates[change->gate_count++];
}

/* The first of the sorted fields that is not before this one. */
static size_t first_field(const struct record_change *change, struct text field)
{
	size_t low = 0, high = change->field_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(change->fields[middle].field, field) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The cause of a field is known by now; that of a gate is the same. */
static struct cause cause_of_gate(const struct record_change *change, struct text field)
{
	size_t at = first_field(change, field);

	/* Names such as "a-b" sort between "a" and "a.b". */
	for (; at < change->field_count && text_equal(text_cut(change->fields[at].field, 0, field.len), field); at++)
		if (field_within(change->fields[at].field, field))
			return change->fields[at].cause;
	for (size_t len = field.len; len > 0; len--) {
		if (len < field.len && field.at[len] != '.')
			continue;
		at = first_field(change, text_cut(field, 0, len));
		if (at < change->field_count && text_equal(change->fields[at].field, text_cut(field, 0, len)))
			return change->fields[at].cause;
	}
	return (struct cause){.record = NULL};
}

static int order_shifts(const void *left, const void *right)
{
	const struct gate_shift *a = left, *b = right;

	if (a->word != b->word)
		return (int)a->word - (int)b->word;
	return text_compare(a->field, b->field);
}

static void sort_shifts(struct record_change *change)
{
	if (change->gate_count)
		qsort(change->gates, change->gate_count, sizeof *change->gates, order_shifts);
}

/* --- Recipes --- */

static const struct waiver *waiver_covering(const struct effective *effective, struct text field)
{
	for (size_t i = 0; i < effective->waiver_count; i++)
		if (effective->waivers[i].in_force && field_within(field, effective->waivers[i].gate))
			return &effective->waivers[i];
	return NULL;
}

static bool has_waiver(const struct effective *effective, const struct waiver *wanted)
{
	for (size_t i = 0; i < effective->waiver_count; i++) {
		const struct waiver *waiver = &effective->waivers[i];
		if (waiver->in_force && text_equal(waiver->gate, wanted->gate) && text_equal(waiver->reason, wanted->reason) &&
		    text_equal(waiver->approved_by, wanted->approved_by) && text_equal(waiver->expires, wanted->expires))
			return true;
	}
	return false;
}

static bool is_told(const struct record_change *change, const struct waiver *waiver)
{
	for (size_t i = 0; i < change->gate_count; i++)
		if (change->gates[i].waiver == waiver)
			return true;
	return false;
}

/* A waiver stands in the recipe that loosens the gate; those below inherit what it excuses. */
static const struct waiver *waiver_for_gate(const struct effective *now, const struct cause *cause, const struct resolved *resolved,
                                            struct text field)
{
	const struct waiver *own = waiver_covering(now, field);
	const struct effective *setter = own || !cause->record || cause->gone ? NULL : resolved_recipe(resolved, cause->record->id);

	return setter ? waiver_covering(setter, field) : own;
}

void gates_of_recipe(struct record_change *change, const struct effective *before, const struct effective *now,
                     const struct resolved *resolved, struct arena *arena)
{
	struct gate_change *gates;
	size_t count;

	gates_between(&gates, &count, before->root, now->root, arena);
	for (size_t i = 0; i < count; i++) {
		struct cause cause = cause_of_gate(change, gates[i].field);
		bool tighter = gates[i].move == GATE_TIGHTER;
		add_shift(change,
		          (struct gate_shift){
					  .field = gates[i].field,
					  .word = tighter ? GATE_IS_TIGHTER : gates[i].after.len ? GATE_IS_LOOSER : GATE_IS_REMOVED,
					  .before = gates[i].before,
					  .after = gates[i].after,
					  .waiver = tighter ? NULL : waiver_for_gate(now, &cause, resolved, gates[i].field),
					  .cause = cause,
				  },
		          arena);
	}
	for (size_t i = 0; i < now->waiver_count; i++) {
		const struct waiver *waiver = &now->waivers[i];
		if (waiver->in_force && waiver->gate.len && !has_waiver(before, waiver) && !is_told(change, waiver))
			add_shift(change,
			          (struct gate_shift){.field = waiver->gate,
			                              .word = GATE_IS_WAIVED,
			                              .waiver = waiver,
			                              .cause = {&now->recipe->record, waiver->place, false}},
			          arena);
	}
	sort_shifts(change);
}

/* --- Packs --- */

struct pack_pair {
	struct record_change *change;
	const struct pack *before, *now;
	struct arena *arena;
};

static struct text metric_field(const struct pack_pair *pair, struct text key, const char *name)
{
	return text_format(pair->arena, "%.*s%s%s", TEXT_ARGS(key), *name ? "." : "", name);
}

static struct gate_shift *shift(const struct pack_pair *pair, const struct metric *before, const struct metric *after, const char *name,
                                enum gate_order order, struct text old, struct text new)
{
	const struct metric *metric = after ? after : before;
	enum gate_word word = order == GATE_STRICTER ? GATE_IS_TIGHTER : new.len || !old.len ? GATE_IS_LOOSER : GATE_IS_REMOVED;
	struct place place = after ? after->place : pair->now->record.place;

	if (order == GATE_SAME)
		return NULL;
	return add_shift(pair->change,
	                 (struct gate_shift){
						 .field = metric_field(pair, metric->key, name),
						 .word = word,
						 .before = old,
						 .after = new,
						 .metric_before = before,
						 .metric_after = after,
						 .cause = {&pair->now->record, place, false},
					 },
	                 pair->arena);
}

/* What holds where a limit is left out: that of the other of the two. */
static struct text in_effect(struct text limit, struct text other)
{
	return limit.len ? limit : other;
}

static enum gate_order order_limits(const struct pack_pair *pair, const struct metric *before, const struct metric *after, struct text old,
                                    struct text new)
{
	struct decimal a, b, from, to;
	bool has_old = decimal_parse(&a, old, pair->arena), has_new = decimal_parse(&b, new, pair->arena);

	if (!has_old || !has_new)
		return has_old == has_new ? GATE_SAME : has_new ? GATE_STRICTER : GATE_LAXER;
	int order = decimal_compare(b, a);
	if (after->direction == DIRECTION_HIGHER)
		order = -order;
	if (after->direction != DIRECTION_TARGET)
		return order > 0 ? GATE_LAXER : order < 0 ? GATE_STRICTER : GATE_SAME;
	if (!decimal_parse(&from, before->target, pair->arena) || !decimal_parse(&to, after->target, pair->arena))
		return GATE_LAXER;
	/* The interval round the new target lies in the old one where |to - from| + new <= old. */
	struct decimal moved = decimal_absolute(decimal_subtract(to, from, pair->arena));
	if (!moved.sign && order == 0)
		return GATE_SAME;
	return decimal_compare(decimal_subtract(a, b, pair->arena), moved) < 0 ? GATE_LAXER : GATE_STRICTER;
}

static struct place or_place(struct place place, struct place other)
{
	return place.file ? place : other;
}

static void compare_limit(const struct pack_pair *pair, const struct metric *before, const struct metric *after, const char *name,
                          struct text old, struct text new, struct text old_other, struct text new_other, struct place place)
{
	if (!old.len && !new.len)
		return;
	enum gate_order order = order_limits(pair, before, after, in_effect(old, old_other), in_effect(new, new_other));
	struct gate_shift *found = shift(pair, before, after, name, order, old, new);
	if (found)
		found->cause.place = or_place(place, after->place);
}

static enum gate_order order_allowance(const struct pack_pair *pair, struct text old, struct text new)
{
	struct decimal a, b;

	if (text_equal(old, new))
		return GATE_SAME;
	if (!old.len || !new.len)
		return new.len ? GATE_STRICTER : GATE_LAXER;
	bool percent = text_ends(old, "%");
	if (percent != text_ends(new, "%"))
		return GATE_LAXER;
	if (!decimal_parse(&a, text_cut(old, 0, old.len - percent), pair->arena) ||
	    !decimal_parse(&b, text_cut(new, 0, new.len - percent), pair->arena))
		return GATE_LAXER;
	int order = decimal_compare(b, a);
	return order > 0 ? GATE_LAXER : order < 0 ? GATE_STRICTER : GATE_SAME;
}

static struct text count_text(const struct pack_pair *pair, uint64_t count)
{
	return count ? text_format(pair->arena, "%llu", (unsigned long long)count) : TEXT("");
}

/* The line of a field below metrics[], else of the metric. */
static void point_at(struct gate_shift *found, const struct pack_pair *pair, const struct metric *metric, const char *name)
{
	const struct value *list = value_get(pair->now->record.root, "metrics");

	for (size_t i = 0; found && list && list->kind == VALUE_LIST && i < list->count; i++)
		if (text_equal(value_text(list->items[i], "key"), metric->key)) {
			const struct value *value = value_get(list->items[i], name);
			if (value)
				found->cause.place = value->place;
			return;
		}
}

static void compare_metric(const struct pack_pair *pair, const struct metric *a, const struct metric *b)
{
	if (a->direction != b->direction && a->direction != DIRECTION_NONE && b->direction != DIRECTION_NONE) {
		/* Nothing of the two can be compared. */
		point_at(shift(pair, a, b, "direction", GATE_LAXER, text_of(direction_name(a->direction)), text_of(direction_name(b->direction))), pair,
		         b, "direction");
	} else {
		compare_limit(pair, a, b, "promote", a->promote, b->promote, a->warn, b->warn, b->promote_place);
		compare_limit(pair, a, b, "warn", a->warn, b->warn, a->promote, b->promote, b->warn_place);
		compare_limit(pair, a, b, "fail", a->fail, b->fail, TEXT(""), TEXT(""), b->fail_place);
	}
	if (a->required != b->required)
		point_at(shift(pair, a, b, "required", b->required ? GATE_STRICTER : GATE_LAXER, a->required ? TEXT("true") : TEXT("false"),
		               b->required ? TEXT("true") : TEXT("false")),
		         pair, b, "required");
	if (a->min_samples != b->min_samples)
		point_at(shift(pair, a, b, "min_samples", b->min_samples > a->min_samples ? GATE_STRICTER : GATE_LAXER,
		               count_text(pair, a->min_samples), count_text(pair, b->min_samples)),
		         pair, b, "min_samples");
	point_at(shift(pair, a, b, "max_regression", order_allowance(pair, a->max_regression, b->max_regression), a->max_regression,
	               b->max_regression),
	         pair, b, "max_regression");
}

static const struct metric *metric_of(const struct pack *pack, struct name_set *names, struct text key)
{
	long at = name_set_find(names, key);

	return at == NO_NAME ? NULL : &pack->metrics[at];
}

/* A metric as a whole, by the limit that each has. */
static struct text metric_words(const struct pack_pair *pair, const struct metric *metric)
{
	return text_format(pair->arena, "fail %.*s", TEXT_ARGS(metric->fail));
}

static void compare_metrics(const struct pack_pair *pair)
{
	struct name_set old = {0}, new = {0};

	for (size_t i = 0; i < pair->before->metric_count; i++)
		name_set_add(&old, pair->before->metrics[i].key, pair->arena);
	for (size_t i = 0; i < pair->now->metric_count; i++)
		name_set_add(&new, pair->now->metrics[i].key, pair->arena);
	for (size_t i = 0; i < pair->before->metric_count; i++) {
		const struct metric *metric = &pair->before->metrics[i], *other = metric_of(pair->now, &new, metric->key);
		if (other) {
			compare_metric(pair, metric, other);
			continue;
		}
		struct gate_shift *found = shift(pair, metric, NULL, "", GATE_LAXER, metric_words(pair, metric), TEXT(""));
		found->cause = (struct cause){&pair->before->record, metric->place, true};
	}
	for (size_t i = 0; i < pair->now->metric_count; i++)
		if (name_set_find(&old, pair->now->metrics[i].key) == NO_NAME)
			shift(pair, NULL, &pair->now->metrics[i], "", GATE_STRICTER, TEXT(""), metric_words(pair, &pair->now->metrics[i]));
}

/* --- Slices --- */

static bool has_metric(const struct slice_rule *rule, struct text key)
{
	for (size_t i = 0; i < rule->metric_count; i++)
		if (text_equal(rule->metrics[i], key))
			return true;
	return false;
}

static struct text slice_words(const struct slice_rule *rule, struct arena *arena)
{
	static const char *const worst[] = {"pass", "warn", "fail"};

	return text_format(arena, "%zu metric%s, worst %s", rule->metric_count, rule->metric_count == 1 ? "" : "s", worst[rule->worst]);
}

static void note_slice(const struct pack_pair *pair, const struct slice_rule *before, const struct slice_rule *after, enum gate_word word)
{
	const struct slice_rule *rule = after ? after : before;

	add_shift(pair->change,
	          (struct gate_shift){
				  .field = text_format(pair->arena, "slices.%.*s", TEXT_ARGS(rule->by)),
				  .word = word,
				  .before = before ? slice_words(before, pair->arena) : TEXT(""),
				  .after = after ? slice_words(after, pair->arena) : TEXT(""),
				  .cause = {after ? &pair->now->record : &pair->before->record, rule->place, !after},
			  },
	          pair->arena);
}

static void compare_slice(const struct pack_pair *pair, const struct slice_rule *a, const struct slice_rule *b)
{
	bool lost = b->worst < a->worst, won = b->worst > a->worst;

	for (size_t i = 0; i < a->metric_count; i++)
		lost = lost || !has_metric(b, a->metrics[i]);
	for (size_t i = 0; i < b->metric_count; i++)
		won = won || !has_metric(a, b->metrics[i]);
	if (lost || won)
		note_slice(pair, a, b, lost ? GATE_IS_LOOSER : GATE_IS_TIGHTER);
}

static const struct slice_rule *slice_of(const struct pack *pack, struct text by)
{
	for (size_t i = 0; i < pack->slice_count; i++)
		if (text_equal(pack->slices[i].by, by))
			return &pack->slices[i];
	return NULL;
}

static void compare_slices(const struct pack_pair *pair)
{
	for (size_t i = 0; i < pair->before->slice_count; i++) {
		const struct slice_rule *rule = &pair->before->slices[i], *other = slice_of(pair->now, rule->by);
		if (other)
			compare_slice(pair, rule, other);
		else
			note_slice(pair, rule, NULL, GATE_IS_REMOVED);
	}
	for (size_t i = 0; i < pair->now->slice_count; i++)
		if (!slice_of(pair->before, pair->now->slices[i].by))
			note_slice(pair, NULL, &pair->now->slices[i], GATE_IS_TIGHTER);
}

void gates_of_pack(struct record_change *change, const struct pack *before, const struct pack *now, struct arena *arena)
{
	struct pack_pair pair = {change, before, now, arena};

	compare_metrics(&pair);
	compare_slices(&pair);
	sort_shifts(change);
}
