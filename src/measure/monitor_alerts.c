#include "monitor_inner.h"

#include <math.h>

#include "arena.h"
#include "buffer.h"
#include "number.h"

struct alert_result *alerts_judge(const struct monitored *monitored, size_t i, int64_t now)
{
	const struct watch *watch = &monitored->watch;
	struct alert_result *alerts = arena_array(monitored->arena, watch->alert_count, sizeof *alerts);
	struct names_view view;

	names_view_init(&view, monitored, i, now);
	for (size_t k = 0; k < watch->alert_count; k++) {
		const struct alert_rule *rule = &watch->alerts[k];
		struct alert_result *alert = &alerts[k];
		*alert = (struct alert_result){.name = rule->name, .condition = rule->condition, .critical = rule->critical,
		                               .status = ALERT_INCONCLUSIVE, .place = rule->place, .reason = rule->error.why};
		if (!rule->expression)
			continue;
		struct expression_value value = expression_evaluate(rule->expression, &view.view, monitored->arena);
		alert->status = !value.known ? ALERT_INCONCLUSIVE : value.number != 0 ? ALERT_FIRING : ALERT_OK;
		alert->reason = value.known ? TEXT("") : value.why;
	}
	return alerts;
}

void alerts_date(struct monitored *monitored)
{
	struct model_result *out = monitored->out;

	for (size_t i = monitored->first; i < out->snapshot_count; i++)
		for (size_t k = 0; k < out->snapshots[i].alert_count; k++) {
			struct alert_result *alert = &out->snapshots[i].alerts[k];
			const struct alert_result *before = i > monitored->first ? &out->snapshots[i - 1].alerts[k] : NULL;
			if (alert->status != ALERT_FIRING)
				continue;
			/* Where the first snapshots were left out, nobody knows when it began. */
			bool goes_on = before && before->status == ALERT_FIRING;
			alert->has_since = goes_on ? before->has_since : i > monitored->first || !monitored->first;
			alert->since = goes_on ? before->since : out->snapshots[i].snapshot->time;
		}
}

/* --- in words --- */

enum { LISTED = 8, LISTED_ITEMS = 5 };

struct listing {
	struct buffer buffer;
	size_t count;
	struct arena *arena;
};

/* Six digits are enough to see by how much; the condition itself used all of them. */
static void list_number(struct listing *listing, double value)
{
	char number[32];

	if (fabs(value) < 1e6)
		number_parse(&value, text_format(listing->arena, "%.5e", value));
	number_print(number, value);
	buffer_string(&listing->buffer, number);
}

static void list_plain(struct listing *listing, const struct expression_value *value)
{
	if (!value->known)
		buffer_string(&listing->buffer, "unknown");
	else if (value->type.base == EXPRESSION_TEXT)
		buffer_add(&listing->buffer, value->text);
	else if (value->type.base == EXPRESSION_TRUTH)
		buffer_string(&listing->buffer, value->number != 0 ? "true" : "false");
	else
		list_number(listing, value->number);
}

static void list_any(struct listing *listing, const struct expression_value *value)
{
	if (!value->known || !value->type.list) {
		list_plain(listing, value);
		return;
	}
	buffer_char(&listing->buffer, '[');
	for (size_t i = 0; i < value->count && i < LISTED_ITEMS; i++) {
		buffer_string(&listing->buffer, i ? ", " : "");
		list_plain(listing, &value->items[i]);
	}
	if (value->count > LISTED_ITEMS)
		buffer_format(&listing->buffer, " and %zu more", value->count - LISTED_ITEMS);
	buffer_char(&listing->buffer, ']');
}

struct text expression_words(const struct expression_value *value, struct arena *arena)
{
	struct listing listing = {.arena = arena};

	buffer_init(&listing.buffer);
	list_any(&listing, value);
	struct text words = text_copy(arena, buffer_text(&listing.buffer));
	buffer_release(&listing.buffer);
	return words;
}

static void list_part(void *context, struct text source, const struct expression_value *value)
{
	struct listing *listing = context;

	if (listing->count == LISTED || !value->known)
		return;
	buffer_string(&listing->buffer, listing->count++ ? ", " : "");
	buffer_add(&listing->buffer, source);
	buffer_char(&listing->buffer, ' ');
	list_any(listing, value);
}

bool alert_value(double *out, const struct monitored *monitored, size_t i, int64_t now, struct text name)
{
	struct expression_value value = {.number = 0};
	struct names_view view;

	names_view_init(&view, monitored, i, now);
	bool found = view.view.look(&value, view.view.context, name, EXPRESSION_NOW) == EXPRESSION_FOUND;
	*out = value.number;
	return found && isfinite(value.number);
}

struct text alert_until(const struct monitored *monitored, size_t i, int64_t now, const struct alert_rule *rule)
{
	struct names_view view;

	names_view_init(&view, monitored, i, now);
	return expression_counter(rule->expression, &view.view, monitored->arena);
}

struct text alert_words(const struct monitored *monitored, size_t i, int64_t now, const struct alert_result *alert)
{
	struct arena *arena = monitored->arena;
	struct listing listing = {.arena = arena};
	struct names_view view;
	struct text words;

	if (alert->status == ALERT_INCONCLUSIVE)
		return text_format(arena, "alert %.*s could not be judged: %.*s", TEXT_ARGS(alert->name), TEXT_ARGS(alert->reason));
	buffer_init(&listing.buffer);
	names_view_init(&view, monitored, i, now);
	for (size_t k = 0; k < monitored->watch.alert_count; k++)
		if (text_equal(monitored->watch.alerts[k].name, alert->name) && monitored->watch.alerts[k].expression)
			expression_parts(monitored->watch.alerts[k].expression, &view.view, arena, list_part, &listing);
	words = text_format(arena, "%s alert %.*s: %.*s%s%.*s%s", alert->critical ? "critical" : "warning", TEXT_ARGS(alert->name),
	                    TEXT_ARGS(alert->condition), listing.count ? " (" : "", TEXT_ARGS(buffer_text(&listing.buffer)),
	                    listing.count ? ")" : "");
	buffer_release(&listing.buffer);
	return words;
}
