#include "inside.h"

/* The look at what one recipe loosens, under the policy that holds above it. */
struct judge {
	struct effective *out;
	const struct effective *parent;
	struct patterns locked, tighten_only;
	struct waiver_index waivers;
	const struct said *said;
	struct arena *arena;
	struct diags *diags;
};

/* A field that is gone takes all below it along. */
static const struct value *pattern_below(const struct judge *judge, struct patterns *patterns, struct text field)
{
	size_t low = 0, high = judge->parent->origin_count;
	struct text start = text_format(judge->arena, "%.*s.", TEXT_ARGS(field));
	const struct value *found = NULL;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(judge->parent->by_field[middle]->field, start) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; !found && low < judge->parent->origin_count && field_within(judge->parent->by_field[low]->field, field); low++)
		found = patterns_find(patterns, judge->parent->by_field[low]->field);
	return found;
}

/* The pattern of a policy list that covers a field; NULL. */
static const struct value *pattern_of(const struct judge *judge, struct patterns *patterns, struct text field, bool gone)
{
	const struct value *found = patterns_find(patterns, field);

	return found || !gone || !patterns->count ? found : pattern_below(judge, patterns, field);
}

static const char *failure_words(bool locked, bool policy, bool waived)
{
	if (locked)
		return waived ? "locked field changed under a waiver" : "locked field changed";
	if (waived)
		return "looser than its parent under a waiver";
	return policy ? "looser than its parent, which policy forbids" : "looser than its parent";
}

static void add_remedy(const struct judge *judge, struct text field, const char *remedy, const struct waiver *expired)
{
	struct diags *diags = judge->diags;

	if (expired)
		diag_help(diags, "%s, or renew the waiver that expired on %.*s", remedy, TEXT_ARGS(expired->expires));
	else
		diag_help(diags, "%s, or add a waiver for '%.*s' with reason, approved_by and expires", remedy, TEXT_ARGS(field));
}

/* What the field is without the change: the parent's value, or the schema's where no recipe sets it. */
static struct text before_words(const struct judge *judge, const struct gate_change *change)
{
	if (!change->before.len)
		return TEXT("not set by its parent");
	return text_format(judge->arena, "%s %.*s", change->parent_place.file ? "parent" : "default", TEXT_ARGS(change->before));
}

/* One finding on a looser gate or a changed lock; true when a waiver in force covers it. */
static bool report(struct judge *judge, const struct gate_change *change, bool looser)
{
	bool gone = !change->after.len;
	const struct value *lock = pattern_of(judge, &judge->locked, change->field, gone);
	const struct value *pattern = lock ? lock : looser ? pattern_of(judge, &judge->tighten_only, change->field, gone) : NULL;

	if ((!looser && !lock) || said_at(judge->said, change->place))
		return false;
	struct waiver *waiver = waiver_for(&judge->waivers, change->field);
	bool waived = waiver && waiver->in_force;
	if (waiver)
		waiver->used = true;
	enum code code = waived ? CODE_GATE_WAIVED : pattern ? CODE_GATE_POLICY : CODE_GATE_LOOSENED;
	struct text after = gone ? TEXT("removed") : change->after;
	diag_add(judge->diags, code, change->place, "%s: '%.*s' %.*s, %.*s", failure_words(lock, pattern, waived),
	         TEXT_ARGS(change->field), TEXT_ARGS(after), TEXT_ARGS(before_words(judge, change)));
	if (!waived)
		add_remedy(judge, change->field, gone ? "keep it" : lock ? "leave it as its parent has it" : "tighten it",
		           waiver && waiver->expired ? waiver : NULL);
	if (change->parent_place.file && text_starts(change->before, "{"))
		diag_relate(judge->diags, change->parent_place, "set here");
	else if (change->parent_place.file)
		diag_relate(judge->diags, change->parent_place, "sets %.*s", TEXT_ARGS(change->before));
	if (pattern)
		diag_relate(judge->diags, pattern->place, lock ? "locks '%.*s'" : "allows '%.*s' to tighten only", TEXT_ARGS(pattern->text));
	if (waiver && (waived || waiver->expired))
		diag_relate(judge->diags, waiver->place, "waived to %.*s by '%.*s'%s", TEXT_ARGS(waiver->expires),
		            TEXT_ARGS(waiver->approved_by), waived ? "" : ", which is over");
	else if (waiver)
		diag_relate(judge->diags, waiver->place, "a waiver that is not complete counts for nothing");
	return waived;
}

/* Whether a field that the recipe set or removed differs from what it inherits. */
static bool is_change(const struct judge *judge, const struct origin *origin, const struct origin *inherited)
{
	if (origin->recipe != judge->out->recipe || origin->row->merge == MERGE_NEVER)
		return false;
	if (!origin->value || !inherited || !inherited->value)
		return true;
	return inherited->value != origin->value && !canonical_same(origin->row, inherited->value, origin->value, judge->arena);
}

/* Locks hold for every field, gate or not, and in both directions. */
static void judge_locks(struct judge *judge)
{
	struct name_set told = {0};

	for (size_t i = 0; i < judge->out->change_count; i++)
		if (judge->out->changes[i].move == GATE_LOOSER)
			name_set_add(&told, judge->out->changes[i].field, judge->arena);
	for (size_t i = 0; i < judge->out->origin_count; i++) {
		const struct origin *origin = &judge->out->origins[i];
		const struct origin *inherited = effective_origin(judge->parent, origin->field);
		if (!is_change(judge, origin, inherited) || name_set_covering(&told, origin->field) != NO_NAME ||
		    name_set_within(&told, origin->field))
			continue;
		struct gate_change change = {.field = origin->field, .place = origin->place};
		const struct value *before = inherited && inherited->value ? inherited->value :
		                             !origin->value && origin->shadow_count ? origin->shadowed[0].value : NULL;
		if (origin->value)
			change.after = value_brief(origin->value, judge->arena);
		if (before) {
			change.before = value_brief(before, judge->arena);
			change.parent_place = before->place;
		}
		report(judge, &change, false);
	}
}

void policy_judge(struct effective *out, const struct effective *parent, const struct said *said, struct arena *arena,
                  struct diags *diags)
{
	const struct value *policy = value_at(parent->root, "metadata.policy");
	struct judge judge = {.out = out, .parent = parent, .said = said, .arena = arena, .diags = diags};

	patterns_make(&judge.locked, value_get(policy, "locked"), arena);
	patterns_make(&judge.tighten_only, value_get(policy, "tighten_only"), arena);
	waivers_index(&judge.waivers, out, arena);
	for (size_t i = 0; i < out->change_count; i++)
		if (out->changes[i].move == GATE_LOOSER)
			out->changes[i].waived = report(&judge, &out->changes[i], true);
	if (judge.locked.count)
		judge_locks(&judge);
}
