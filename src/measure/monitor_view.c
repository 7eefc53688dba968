#include "monitor_inner.h"

#include <math.h>

#include "arena.h"
#include "number.h"

/* What a condition's names are found in at one moment: those of a snapshot or, for now, of the newest. */
struct sight {
	const struct monitored *monitored;
	const struct snapshot_result *drift; /* NULL: no data to compare, or it could not be */
	struct text undecided;               /* why it could not be; empty */
	const struct value *metrics;         /* NULL: none */
	const struct data_age *age;
	int64_t now;
};

static struct sight sight_at(const struct names_view *view, size_t moment)
{
	const struct monitored *monitored = view->monitored;
	const struct model_result *out = monitored->out;
	size_t count = out->snapshot_count, i = moment == EXPRESSION_NOW ? view->i : moment;
	size_t with_csv = i < count ? newest_csv(monitored, i) : count, with_metrics = i < count ? newest_metrics(monitored, i) : count;
	struct sight sight = {.monitored = monitored, .undecided = TEXT("")};

	if (with_csv < count && out->snapshots[with_csv].has_drift)
		sight.drift = &out->snapshots[with_csv];
	else if (with_csv < count)
		sight.undecided = out->snapshots[with_csv].undecided_reason;
	if (with_metrics < count)
		sight.metrics = out->snapshots[with_metrics].snapshot->metrics;
	sight.age = i < count && monitored->ages[i].known ? &monitored->ages[i] : NULL;
	sight.now = moment == EXPRESSION_NOW || i >= count ? view->now : out->snapshots[i].snapshot->time;
	return sight;
}

/* --- drift --- */

bool drift_name_parts(struct text *column, enum drift_method *method, struct text name)
{
	size_t end = name.len;

	if (!text_starts(name, "drift."))
		return false;
	while (name.at[end - 1] != '.')
		end--;
	if (end <= 6)
		return false;
	*column = text_cut(name, 6, end - 1);
	*method = drift_method_of(text_cut(name, end, name.len));
	return true;
}

/* Where no feature could be judged, nothing is known about their share. */
static bool has_verdict(const struct drift_result *drift)
{
	for (size_t i = 0; i < drift->column_count; i++)
		if (drift->columns[i].status != DRIFT_UNJUDGED && drift->columns[i].status != DRIFT_INCONCLUSIVE)
			return true;
	return false;
}

static enum expression_found look_column(struct expression_value *out, const struct sight *sight, struct text name)
{
	const struct drift_result *drift = &sight->drift->drift;
	enum drift_method method;
	struct text column;

	if (!drift_name_parts(&column, &method, name))
		return EXPRESSION_ABSENT;
	for (size_t i = 0; i < drift->column_count; i++) {
		if (!text_equal(drift->columns[i].name, column))
			continue;
		for (size_t k = 0; k < drift->columns[i].score_count; k++) {
			const struct drift_score *score = &drift->columns[i].scores[k];
			if (score->method != method)
				continue;
			out->number = score->effect;
			if (score->has_value && score->status != DRIFT_INCONCLUSIVE)
				return EXPRESSION_FOUND;
			if (score->reason.len)
				out->why = text_format(sight->monitored->arena, "%.*s could not be judged: %.*s", TEXT_ARGS(name), TEXT_ARGS(score->reason));
		}
		return EXPRESSION_UNUSABLE;
	}
	return EXPRESSION_ABSENT;
}

/* Of the judged features: their names, or their values, unknown where a feature is inconclusive. */
static void list_features(struct expression_value *out, const struct sight *sight)
{
	const struct drift_result *drift = &sight->drift->drift;
	struct expression_value *items = arena_array(sight->monitored->arena, drift->column_count, sizeof *items);

	for (size_t i = 0; i < drift->column_count; i++) {
		const struct drift_column *column = &drift->columns[i];
		if (column->status == DRIFT_UNJUDGED)
			continue;
		struct expression_value *item = &items[out->count++];
		*item = (struct expression_value){.type = {out->type.base, false}, .known = true, .text = column->name};
		if (out->type.base == EXPRESSION_TEXT)
			continue;
		item->known = column->status != DRIFT_INCONCLUSIVE && column->deciding && column->deciding->has_value;
		item->number = item->known ? column->deciding->effect : 0;
		if (!item->known)
			item->why = text_format(sight->monitored->arena, "feature %.*s could not be judged", TEXT_ARGS(column->name));
	}
	out->items = items;
}

static enum expression_found look_drift(struct expression_value *out, const struct sight *sight, struct text name)
{
	const struct snapshot_result *snapshot = sight->drift;

	if (!snapshot && sight->undecided.len) {
		out->why = text_format(sight->monitored->arena, "%.*s has no value: %.*s", TEXT_ARGS(name), TEXT_ARGS(sight->undecided));
		return EXPRESSION_UNUSABLE;
	}
	if (!snapshot)
		return EXPRESSION_ABSENT;
	if (out->type.list) {
		list_features(out, sight);
		return EXPRESSION_FOUND;
	}
	if (text_is(name, "drift.share")) {
		out->number = snapshot->share;
		out->why = TEXT("drift.share has no value: no feature could be judged");
		return has_verdict(&snapshot->drift) ? EXPRESSION_FOUND : EXPRESSION_UNUSABLE;
	}
	if (text_is(name, "drift.max") || text_is(name, "drift.worst")) {
		out->number = snapshot->max;
		out->text = snapshot->max_feature;
		out->why = text_format(sight->monitored->arena, "%.*s has no value: no feature could be judged by the model's method", TEXT_ARGS(name));
		return snapshot->has_max ? EXPRESSION_FOUND : EXPRESSION_UNUSABLE;
	}
	return look_column(out, sight, name);
}

/* --- the rest --- */

static enum expression_found look_data(struct expression_value *out, const struct sight *sight, struct text name)
{
	const struct drift_result *drift = sight->drift ? &sight->drift->drift : NULL;

	if (text_is(name, "data.stamp")) {
		if (!sight->drift)
			return EXPRESSION_ABSENT;
		out->text = sight->drift->snapshot->stamp;
		return EXPRESSION_FOUND;
	}
	if (!drift || !drift->current_count)
		return sight->undecided.len ? EXPRESSION_UNUSABLE : EXPRESSION_ABSENT;
	out->number = (double)drift->currents[drift->current_count - 1].rows;
	return EXPRESSION_FOUND;
}

static enum expression_found look_age(struct expression_value *out, const struct sight *sight)
{
	if (!sight->age || !sight->age->has)
		return EXPRESSION_ABSENT;
	if (sight->age->lacking.len) {
		out->why = text_format(sight->monitored->arena, "freshness.age_hours has no value: %.*s has no time in the newest data", TEXT_ARGS(sight->age->lacking));
		return EXPRESSION_UNUSABLE;
	}
	/* Also where a snapshot of just now has the same time, which costs nothing but that it is found out again. */
	if (sight->now == sight->monitored->request->as_of)
		period_only(&sight->monitored->out->holds, sight->now);
	out->number = (double)(sight->now - sight->age->time) / 3600;
	return EXPRESSION_FOUND;
}

static enum expression_found look_metric(struct expression_value *out, const struct sight *sight, struct text name)
{
	const struct value *found = sight->metrics ? metrics_value(sight->metrics, text_cut(name, 12, name.len)) : NULL;

	if (!found)
		return EXPRESSION_ABSENT;
	return found->kind == VALUE_SCALAR && !found->quoted && number_parse(&out->number, found->text) == NUMBER_FINITE ? EXPRESSION_FOUND
	                                                                                                               : EXPRESSION_UNUSABLE;
}

static enum expression_found look_any(struct expression_value *out, const struct sight *sight, struct text name)
{
	if (text_starts(name, "performance."))
		return look_metric(out, sight, name);
	if (text_starts(name, "drift."))
		return look_drift(out, sight, name);
	if (text_is(name, "data.rows") || text_is(name, "data.stamp"))
		return look_data(out, sight, name);
	if (text_is(name, "freshness.age_hours"))
		return look_age(out, sight);
	if (!text_is(name, "model.status"))
		return EXPRESSION_ABSENT;
	out->text = text_of(model_status_name(sight->monitored->out->model->status));
	return EXPRESSION_FOUND;
}

/* Where nothing of the kind has come yet, that says more than that one name is lacking. */
static struct text absence(const struct sight *sight, struct text name)
{
	const char *why = NULL;

	if (!sight->monitored->out->snapshot_count)
		why = "no snapshot yet";
	else if (text_starts(name, "performance.") && !sight->metrics)
		why = "no snapshot carries metrics";
	else if ((text_starts(name, "drift.") || text_starts(name, "data.")) && !sight->drift)
		why = sight->monitored->out->model->reference.len ? "no snapshot has data to compare with the reference" : "the model has no reference";
	return why ? text_format(sight->monitored->arena, "%.*s has no value: %s", TEXT_ARGS(name), why) : TEXT("");
}

static enum expression_found look(struct expression_value *out, void *context, struct text name, size_t moment)
{
	struct sight sight = sight_at(context, moment);
	enum expression_found found = look_any(out, &sight, name);

	if (found == EXPRESSION_ABSENT)
		out->why = absence(&sight, name);
	return found;
}

static unsigned kinds_of(const struct snapshot *snapshot)
{
	return (snapshot->metrics ? EXPRESSION_METRICS : 0) | (snapshot->csv.len ? EXPRESSION_DATA : 0);
}

/* Conditions look back over a thousand snapshots, once for each snapshot: no walk for each look. */
void carriers_find(struct monitored *monitored)
{
	const struct model_result *out = monitored->out;

	for (unsigned kinds = 1; kinds < EXPRESSION_ANY; kinds++) {
		struct carriers *carriers = &monitored->carriers[kinds];
		size_t count = 0;
		carriers->items = arena_array(monitored->arena, out->snapshot_count + 1, sizeof *carriers->items);
		carriers->among = arena_array(monitored->arena, out->snapshot_count + 1, sizeof *carriers->among);
		for (size_t i = 0; i < out->snapshot_count; i++) {
			if (kinds & kinds_of(out->snapshots[i].snapshot))
				carriers->items[count++] = i;
			carriers->among[i + 1] = count;
		}
	}
}

static bool moment(size_t *out, void *context, unsigned kinds, size_t back)
{
	const struct names_view *view = context;
	const struct monitored *monitored = view->monitored;
	size_t all = view->i < monitored->out->snapshot_count ? view->i + 1 : 0;
	const struct carriers *carriers = kinds & EXPRESSION_ANY ? NULL : &monitored->carriers[kinds];
	size_t count = carriers ? carriers->among[all] : all;

	if (back >= count)
		return false;
	*out = carriers ? carriers->items[count - 1 - back] : count - 1 - back;
	return true;
}

void names_view_init(struct names_view *out, const struct monitored *monitored, size_t i, int64_t now)
{
	*out = (struct names_view){.view = {look, moment, out}, .monitored = monitored, .i = i, .now = now};
}
