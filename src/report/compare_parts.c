#include "compare_parts.h"

#include "number.h"

static struct text taken(struct buffer *buffer, struct arena *arena)
{
	struct text text = text_copy(arena, buffer_text(buffer));

	buffer_release(buffer);
	return text;
}

void compared_value_markdown(struct buffer *out, const struct compared_row *row, const struct compared_value *value, struct arena *arena)
{
	buffer_string(out, value->best ? "**" : "");
	show_value(out, row->metric, value->has_value ? value->value : TEXT(""), arena);
	buffer_string(out, value->best ? "**" : "");
}

struct text compared_value_text(const struct compared_row *row, const struct compared_value *value, struct arena *arena)
{
	struct buffer shown;
	double number;

	if (!value->has_value)
		return TEXT("missing");
	if (value->is_text || number_parse(&number, value->value) != NUMBER_FINITE)
		return value->value;
	if (row->metric)
		return metric_show(row->metric, value->value, arena);
	if (value->value.len <= 10)
		return value->value;
	buffer_init(&shown);
	show_figure(&shown, number);
	return taken(&shown, arena);
}

struct text compared_difference_text(const struct compared_row *row, const struct compared_value *value, struct arena *arena)
{
	struct buffer shown;

	if (!value->has_difference)
		return TEXT("");
	buffer_init(&shown);
	show_difference(&shown, row->metric, value->value, row->values[0].value, arena);
	return taken(&shown, arena);
}

struct text compared_direction(const struct compared_row *row, struct arena *arena)
{
	if (!row->metric || row->metric->direction == DIRECTION_NONE)
		return TEXT("");
	if (row->disputed)
		return TEXT("they disagree");
	if (row->metric->direction == DIRECTION_TARGET)
		return text_format(arena, "target %.*s", TEXT_ARGS(metric_show_limit(row->metric, row->metric->target, arena)));
	return text_of(direction_name(row->metric->direction));
}

struct text compared_tally_text(const struct compared_tally *tally, struct arena *arena)
{
	const struct {
		size_t count;
		const char *word;
	} parts[] = {{tally->better, "better"}, {tally->worse, "worse"}, {tally->same, "same"}, {tally->not_compared, "not compared"}};
	struct text all = TEXT("");

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].count)
			all = text_format(arena, "%.*s%s%zu %s", TEXT_ARGS(all), all.len ? ", " : "", parts[i].count, parts[i].word);
	return all;
}

struct text compared_verdict(const struct run_result *run, struct arena *arena)
{
	if (!run->judged)
		return text_format(arena, "not judged: %.*s", TEXT_ARGS(run->reason));
	return text_format(arena, "%s: %.*s%s", verdict_name(run->status), TEXT_ARGS(run->pack_count ? run->summary : run->reason),
	                   run->promotable ? "; promotable" : "");
}

struct text compared_fact_text(const struct compared_fact *fact, size_t count, struct arena *arena)
{
	struct text all = TEXT("");

	for (size_t i = 0; i < count; i++) {
		bool again = false;
		for (size_t k = 0; k < i && !again; k++)
			again = text_equal(fact->values[k], fact->values[i]);
		if (again)
			continue;
		struct text who = text_format(arena, "%zu", i + 1);
		for (size_t k = i + 1; k < count; k++)
			if (text_equal(fact->values[k], fact->values[i]))
				who = text_format(arena, "%.*s, %zu", TEXT_ARGS(who), k + 1);
		struct text value = fact->values[i].len ? fact->values[i] : TEXT("not recorded");
		all = text_format(arena, "%.*s%s%.*s (%.*s)", TEXT_ARGS(all), all.len ? "; " : "", TEXT_ARGS(value), TEXT_ARGS(who));
	}
	return all;
}

struct text compared_fact_name(const struct compared_fact *fact)
{
	static const char *const names[][2] = {
		{"type", "the type of run"}, {"recipe", "the recipe"}, {"recipe_version", "the recipe's version"},
		{"recipe_digest", "the recipe in effect when the run was made"}, {"packs", "the packs that judge"}, {"reference", "the reference data"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_is(fact->field, names[i][0]))
			return text_of(names[i][1]);
	return fact->field;
}

bool compared_is_production(const struct run_result *run)
{
	return run->model->production_run.len && text_equal(run->model->production_run, run->run->record.id);
}

struct text compared_run_name(const struct run_result *run, struct arena *arena)
{
	return text_format(arena, "%.*s/%.*s", TEXT_ARGS(run->model->record.id), TEXT_ARGS(run->run->record.id));
}

struct text compared_recipe(const struct run_result *run, struct arena *arena)
{
	struct text version = run->recipe ? run->recipe->recipe->version : run->run->recipe.pin;

	if (!run->run->recipe.id.len)
		return TEXT("none");
	return version.len ? text_format(arena, "%.*s@%.*s", TEXT_ARGS(run->run->recipe.id), TEXT_ARGS(version)) : run->run->recipe.id;
}
