#include "inside.h"
#include "instant.h"

enum { DAY_SECONDS = 86400 };

static struct waiver read_waiver(struct period *holds, const struct value *item, int64_t as_of)
{
	struct waiver waiver = {.gate = value_text(item, "gate"), .reason = value_text(item, "reason"),
	                        .approved_by = value_text(item, "approved_by"), .expires = value_text(item, "expires"),
	                        .place = item->place};
	const struct value *gate = value_get(item, "gate"), *expires = value_get(item, "expires");
	int64_t day;

	waiver.gate_place = gate ? gate->place : item->place;
	waiver.expires_place = expires ? expires->place : item->place;
	if (instant_parse_date(&day, waiver.expires)) {
		waiver.expired = period_reached(holds, as_of, day + DAY_SECONDS);
		waiver.in_force = !waiver.expired && waiver.gate.len && waiver.reason.len;
	}
	return waiver;
}

void waivers_read(struct effective *out, int64_t as_of, struct arena *arena)
{
	const struct value *list = value_get(out->root, "waivers");

	if (!list || list->kind != VALUE_LIST)
		return;
	out->waivers = arena_array(arena, list->count, sizeof *out->waivers);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == VALUE_MAP)
			out->waivers[out->waiver_count++] = read_waiver(&out->holds, list->items[i], as_of);
}

void waivers_index(struct waiver_index *index, struct effective *effective, struct arena *arena)
{
	*index = (struct waiver_index){.waivers = effective->waivers,
	                               .in_force_at = arena_array(arena, effective->waiver_count, sizeof(size_t)),
	                               .others_at = arena_array(arena, effective->waiver_count, sizeof(size_t))};
	for (size_t i = 0; i < effective->waiver_count; i++) {
		const struct waiver *waiver = &effective->waivers[i];
		if (waiver->in_force) {
			index->in_force_at[index->in_force.count] = i;
			name_set_add(&index->in_force, waiver->gate, arena);
		} else if (waiver->gate.len) {
			index->others_at[index->others.count] = i;
			name_set_add(&index->others, waiver->gate, arena);
		}
	}
}

struct waiver *waiver_for(struct waiver_index *index, struct text field)
{
	long at = name_set_covering(&index->in_force, field);

	if (at != NO_NAME)
		return &index->waivers[index->in_force_at[at]];
	at = name_set_covering(&index->others, field);
	return at == NO_NAME ? NULL : &index->waivers[index->others_at[at]];
}

/* Whether there is this field, or one below it. */
static bool has_field(const struct effective *effective, struct text field)
{
	size_t low = 0, high = effective->origin_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(effective->by_field[middle]->field, field) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low < effective->origin_count && text_equal(text_cut(effective->by_field[low]->field, 0, field.len), field)) {
		if (field_within(effective->by_field[low]->field, field))
			return true;
		low++;
	}
	return false;
}

static void report_unused(const struct effective *effective, const struct waiver *waiver, bool suggest, struct arena *arena,
                          struct diags *diags)
{
	struct text near = {0};

	if (has_field(effective, waiver->gate)) {
		diag_add(diags, CODE_WAIVER_UNUSED, waiver->gate_place, "waiver covers nothing: '%.*s' is not looser than its parent",
		         TEXT_ARGS(waiver->gate));
		diag_help(diags, "remove it");
		return;
	}
	diag_add(diags, CODE_WAIVER_UNUSED, waiver->gate_place, "waiver covers nothing: the recipe has no '%.*s'",
	         TEXT_ARGS(waiver->gate));
	if (suggest) {
		struct text *names = arena_array(arena, effective->origin_count, sizeof *names);
		for (size_t i = 0; i < effective->origin_count; i++)
			names[i] = effective->origins[i].field;
		near = text_nearest(waiver->gate, names, effective->origin_count);
	}
	if (near.len)
		diag_help(diags, "did you mean '%.*s'?", TEXT_ARGS(near));
	else
		diag_help(diags, "remove it");
}

void waivers_judge(const struct effective *effective, struct arena *arena, struct diags *diags)
{
	enum { SUGGESTIONS = 10 }; /* looking for a near name among many costs */

	for (size_t i = 0, unused = 0; i < effective->waiver_count; i++) {
		const struct waiver *waiver = &effective->waivers[i];
		/* Of an expired one that is needed the finding on its gate tells. */
		if (waiver->expired && !waiver->used) {
			diag_add(diags, CODE_WAIVER_EXPIRED, waiver->expires_place, "waiver for '%.*s' expired on %.*s",
			         TEXT_ARGS(waiver->gate), TEXT_ARGS(waiver->expires));
			diag_help(diags, "remove it: it covers nothing");
		} else if (waiver->in_force && !waiver->used && effective->usable) {
			report_unused(effective, waiver, unused++ < SUGGESTIONS, arena, diags);
		}
	}
}

const struct waiver *effective_waiver(const struct effective **of, const struct effective *effective, const struct recipe *setter,
                                      struct text field)
{
	const struct effective *at = effective;

	while (at && at->recipe != setter)
		at = at->above;
	for (; at; at = at->above)
		for (size_t i = 0; i < at->waiver_count; i++)
			if (at->waivers[i].used && at->waivers[i].gate.len && field_within(field, at->waivers[i].gate)) {
				*of = at;
				return &at->waivers[i];
			}
	return NULL;
}
