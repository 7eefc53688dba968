#include "inside.h"
#include "instant.h"

enum { DAY_SECONDS = 86400 };

static struct waiver read_waiver(const struct value *item, int64_t as_of)
{
	struct waiver waiver = {.gate = value_text(item, "gate"), .reason = value_text(item, "reason"),
	                        .approved_by = value_text(item, "approved_by"), .expires = value_text(item, "expires"),
	                        .place = item->place};
	const struct value *gate = value_get(item, "gate"), *expires = value_get(item, "expires");
	int64_t day;

	waiver.gate_place = gate ? gate->place : item->place;
	waiver.expires_place = expires ? expires->place : item->place;
	if (instant_parse_date(&day, waiver.expires)) {
		waiver.expired = as_of >= day + DAY_SECONDS;
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
			out->waivers[out->waiver_count++] = read_waiver(list->items[i], as_of);
}

struct waiver *waiver_for(struct effective *effective, struct text field)
{
	struct waiver *found = NULL;

	for (size_t i = 0; i < effective->waiver_count; i++) {
		struct waiver *waiver = &effective->waivers[i];
		if (waiver->gate.len && field_within(field, waiver->gate) && (!found || (waiver->in_force && !found->in_force)))
			found = waiver;
	}
	return found;
}

void waivers_judge(const struct effective *effective, struct diags *diags)
{
	for (size_t i = 0; i < effective->waiver_count; i++) {
		const struct waiver *waiver = &effective->waivers[i];
		if (waiver->expired) {
			diag_add(diags, CODE_WAIVER_EXPIRED, waiver->expires_place, "waiver for '%.*s' expired on %.*s",
			         TEXT_ARGS(waiver->gate), TEXT_ARGS(waiver->expires));
			diag_help(diags, waiver->used ? "tighten the gate, or renew the waiver" : "remove it: it covers nothing");
		} else if (waiver->in_force && !waiver->used) {
			diag_add(diags, CODE_WAIVER_UNUSED, waiver->gate_place, "waiver covers nothing: '%.*s' is not looser than its parent",
			         TEXT_ARGS(waiver->gate));
			diag_help(diags, "remove it");
		}
	}
}
