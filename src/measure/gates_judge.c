#include "gates_inner.h"

#include "arena.h"

enum { SHOWN_BYTES = 60 };

const struct value *metrics_value(const struct value *metrics, struct text key)
{
	while (metrics && metrics->kind == VALUE_MAP) {
		/* A key with dots that stands in the file as it is goes before the way through nested maps. */
		const struct member *member = value_member(metrics, key);
		size_t dot = text_find(key, '.');
		if (member || dot == key.len)
			return member ? member->value : NULL;
		member = value_member(metrics, text_cut(key, 0, dot));
		metrics = member ? member->value : NULL;
		key = text_cut(key, dot + 1, key.len);
	}
	return NULL;
}

bool measured_number(struct decimal *out, struct text *text, const struct value *value, struct arena *arena)
{
	double number;

	*text = value->kind == VALUE_SCALAR ? value->text
	        : value->kind == VALUE_NULL ? TEXT("null")
	        : value->kind == VALUE_LIST ? TEXT("a list")
	                                    : TEXT("a mapping");
	return value->kind == VALUE_SCALAR && !value->quoted && number_parse(&number, *text) == NUMBER_FINITE &&
	       decimal_parse(out, *text, arena);
}

static struct text excerpt(struct text text, struct arena *arena)
{
	if (text.len <= SHOWN_BYTES)
		return text;
	size_t end = SHOWN_BYTES;
	while (end > 0 && ((unsigned char)text.at[end] & 0xc0) == 0x80)
		end--;
	return text_format(arena, "%.*s...", (int)end, text.at);
}

void gate_worsen(struct gate_result *gate, enum verdict verdict, struct text reason)
{
	if (verdict == VERDICT_PASS)
		return;
	gate->promotable = false;
	if (verdict <= gate->status)
		return;
	gate->status = verdict;
	gate->reason = reason;
}

struct text gate_words(const struct metric *metric, enum verdict verdict, struct text value, struct arena *arena)
{
	struct scale scale = scale_of(metric, arena);
	struct text shown = metric_show(metric, value, arena);
	const char *word = verdict == VERDICT_FAIL ? "fail" : "warn";
	struct text limit = verdict == VERDICT_FAIL ? metric->fail : metric->warn.len ? metric->warn : metric->promote;
	struct decimal number, edge, place;

	if (!scale.ok)
		return TEXT("the metric has no limits or direction to be judged by");
	if (verdict == VERDICT_PASS || !decimal_parse(&number, value, arena))
		return TEXT("");
	place = scale_place(&scale, number, arena);
	edge = verdict == VERDICT_FAIL ? scale.fail.at : scale.warn.at;
	const char *verb = decimal_compare(place, edge) == 0 ? "equals" : "is past";
	struct text limit_shown = metric_show_limit(metric, limit, arena);
	if (metric->direction != DIRECTION_TARGET || (!scale.target.sign && number.sign >= 0))
		return text_format(arena, "%.*s %s its %s limit %.*s", TEXT_ARGS(shown), verb, word, TEXT_ARGS(limit_shown));
	struct text distance = decimal_compare(place, edge) > 0 ? show_beyond(metric, place, edge, arena)
	                                                        : metric_show_size(metric, decimal_plain(place, arena), arena);
	return text_format(arena, "%.*s is %.*s from its target %.*s, which %s the %s limit %.*s", TEXT_ARGS(shown), TEXT_ARGS(distance),
	                   TEXT_ARGS(metric_show_limit(metric, metric->target, arena)), verb, word, TEXT_ARGS(limit_shown));
}

/* Distance to the first value that is judged worse. */
static void find_room(struct gate_result *out, const struct scale *scale, struct decimal place, struct arena *arena)
{
	const struct line *next = out->status == VERDICT_PASS && scale->warn.given ? &scale->warn : &scale->fail;

	if (out->status > VERDICT_WARN || !next->given)
		return;
	out->has_room = true;
	out->room = decimal_plain(decimal_subtract(next->at, place, arena), arena);
}

/* How much worse than the production run a value may be; false when the setting cannot be read. */
static bool allowed_regression(struct decimal *out, struct text setting, struct decimal baseline, struct arena *arena)
{
	if (!text_ends(setting, "%"))
		return decimal_parse(out, setting, arena);
	if (!decimal_parse(out, text_trim(text_cut(setting, 0, setting.len - 1)), arena))
		return false;
	*out = decimal_multiply(*out, decimal_absolute(baseline), arena);
	out->exponent -= out->sign ? 2 : 0;
	return true;
}

static void judge_regression(struct gate_result *out, const struct scale *scale, struct decimal value, const struct measured *measured,
                             struct arena *arena)
{
	const struct metric *metric = out->metric;
	const struct value *found = metrics_value(measured->production_metrics, metric->key);
	struct decimal baseline, allowed;
	struct text text;

	if (!measured->has_production || measured->bare)
		return;
	bool finite = found && measured_number(&baseline, &text, found, arena);
	if (finite) {
		out->has_baseline = true;
		out->baseline = text;
	}
	if (!metric->max_regression.len)
		return;
	if (!finite) {
		gate_worsen(out, VERDICT_INCONCLUSIVE,
		            text_format(arena, "production run '%.*s' has no value to regress from", TEXT_ARGS(measured->production)));
		return;
	}
	if (!allowed_regression(&allowed, metric->max_regression, baseline, arena)) {
		gate_worsen(out, VERDICT_INCONCLUSIVE,
		            text_format(arena, "max_regression '%.*s' cannot be read", TEXT_ARGS(excerpt(metric->max_regression, arena))));
		return;
	}
	struct decimal worse = decimal_subtract(scale_place(scale, value, arena), scale_place(scale, baseline, arena), arena);
	if (decimal_compare(worse, allowed) <= 0)
		return;
	struct text by = show_beyond(metric, worse, allowed, arena);
	gate_worsen(out, VERDICT_FAIL,
	            text_format(arena, "%.*s is %.*s worse than %.*s of production run '%.*s', %.*s is allowed",
	                        TEXT_ARGS(metric_show(metric, out->value, arena)), TEXT_ARGS(by),
	                        TEXT_ARGS(metric_show(metric, text, arena)), TEXT_ARGS(measured->production),
	                        TEXT_ARGS(metric->max_regression)));
}

/* Too few samples, or none counted: what was measured says nothing. */
static bool lacks_samples(struct text *reason, const struct metric *metric, const struct value *metrics, struct arena *arena)
{
	const struct value *samples = metrics_value(metrics, TEXT("samples"));
	struct decimal count, least;
	struct text text;

	if (!metric->min_samples)
		return false;
	decimal_parse(&least, text_format(arena, "%llu", (unsigned long long)metric->min_samples), arena);
	if (!samples) {
		*reason = text_format(arena, "the metric file has no 'samples', %.*s are needed", TEXT_ARGS(decimal_fixed(least, 0, true, arena)));
		return true;
	}
	if (!measured_number(&count, &text, samples, arena) || count.sign < 0) {
		*reason = text_format(arena, "'samples' is no count: %.*s", TEXT_ARGS(excerpt(text, arena)));
		return true;
	}
	*reason = text_format(arena, "%.*s samples, %.*s are needed", TEXT_ARGS(excerpt(text, arena)), TEXT_ARGS(decimal_fixed(least, 0, true, arena)));
	return decimal_compare(count, least) < 0;
}

static struct text missing_words(struct text key, const struct value *metrics, struct arena *arena)
{
	size_t count = metrics && metrics->kind == VALUE_MAP ? metrics->count : 0;
	struct text *names = arena_array(arena, count, sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = metrics->members[i].name;
	struct text near = text_nearest(key, names, count);
	if (!near.len)
		return TEXT("required, and not in the metric file");
	return text_format(arena, "required, and not in the metric file, which has '%.*s'", TEXT_ARGS(near));
}

bool gate_judge(struct gate_result *out, const struct metric *metric, const struct measured *measured, struct arena *arena)
{
	const struct value *found = metrics_value(measured->metrics, metric->key);
	struct scale scale = scale_of(metric, arena);
	struct decimal number;
	struct text reason;
	bool promotable;

	*out = (struct gate_result){.metric = metric, .promotable = true};
	if (!found && (measured->bare || !metric->required))
		return false;
	if (!found) {
		gate_worsen(out, VERDICT_FAIL, missing_words(metric->key, measured->metrics, arena));
		return true;
	}
	bool finite = measured_number(&number, &out->value, found, arena);
	out->has_value = true;
	out->is_text = found->kind != VALUE_SCALAR || found->quoted;
	number_parse(&out->number, out->value);
	if (!finite) {
		gate_worsen(out, VERDICT_FAIL,
		            text_format(arena, "%s: %.*s", found->quoted ? "text where a number is needed" : "not a finite number",
		                        TEXT_ARGS(excerpt(out->value, arena))));
		return true;
	}
	if (lacks_samples(&reason, metric, measured->metrics, arena)) {
		gate_worsen(out, VERDICT_INCONCLUSIVE, reason);
		return true;
	}
	struct decimal place = scale_place(&scale, number, arena);
	enum verdict verdict = scale_judge(&promotable, &scale, place);
	gate_worsen(out, verdict, gate_words(metric, verdict, out->value, arena));
	out->promotable = promotable;
	find_room(out, &scale, place, arena);
	judge_regression(out, &scale, number, measured, arena);
	return true;
}
