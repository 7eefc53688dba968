#include "synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buffer.h"
#include "instant.h"
#include "number.h"
#include "random.h"

enum { DIGITS = 6, TRIES = 64, PIECE = 64 * 1024, DAY = 86400 };
enum { YEAR_2000 = 946684800 };

enum shape { SHAPE_NORMAL, SHAPE_LOGNORMAL, SHAPE_UNIFORM, SHAPE_EXPONENTIAL, SHAPE_POISSON, SHAPE_CATEGORY, SHAPE_TIME, SHAPE_SERIAL, SHAPE_COUNTER };

struct column {
	struct text name;
	uint64_t stream;
	enum shape shape;
	double mean, sd;
	double offset; /* added to what is drawn */
	bool has_min, has_max;
	double min, max;
	struct text *categories;
	double *shares; /* sum to 1 */
	size_t category_count;
	double shift, factor, missing; /* drift */
};

struct synth {
	struct column *columns;
	size_t count;
	uint64_t seed, rows;
	int64_t from;
	char delimiter;
};

/* --- From the recipe --- */

/* FNV-1a: which stream a column draws from. */
static uint64_t stream_of(struct text name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static void read_weights(struct column *column, const struct value *weights, struct arena *arena)
{
	double sum = 0;

	column->shape = SHAPE_CATEGORY;
	column->categories = arena_array(arena, weights->count + 1, sizeof *column->categories);
	column->shares = arena_array(arena, weights->count + 1, sizeof *column->shares);
	for (size_t i = 0; i < weights->count; i++) {
		double weight = 0;
		const struct value *value = weights->members[i].value;
		if (value->kind != VALUE_SCALAR || number_parse(&weight, value->text) != NUMBER_FINITE || weight < 0)
			continue;
		column->categories[column->category_count] = weights->members[i].name;
		column->shares[column->category_count++] = weight;
		sum += weight;
	}
	for (size_t i = 0; i < column->category_count; i++)
		column->shares[i] = sum > 0 ? column->shares[i] / sum : 1 / (double)column->category_count;
}

/* An end that the example leaves open is the schema's. */
static void read_shape(struct column *column, const struct value *spec, const struct value *schema)
{
	static const char *const names[] = {"normal", "lognormal", "uniform", "exponential", "poisson"};
	struct text name = value_text(spec, "distribution");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_is(name, names[i]))
			column->shape = (enum shape)i;
	column->mean = column->shape == SHAPE_EXPONENTIAL || column->shape == SHAPE_POISSON ? 1 : 0;
	column->sd = 1;
	value_number(&column->mean, spec, "mean");
	value_number(&column->sd, spec, "sd");
	column->has_min = value_number(&column->min, spec, "min") || value_number(&column->min, schema, "min");
	column->has_max = value_number(&column->max, spec, "max") || value_number(&column->max, schema, "max");
}

static void equal_shares(struct column *column, const struct text *names, size_t count, struct arena *arena)
{
	column->shape = SHAPE_CATEGORY;
	column->categories = arena_array(arena, count + 1, sizeof *column->categories);
	column->shares = arena_array(arena, count + 1, sizeof *column->shares);
	column->category_count = count;
	for (size_t i = 0; i < count; i++) {
		column->categories[i] = names[i];
		column->shares[i] = 1 / (double)count;
	}
}

/* A column of which only the schema speaks. */
static void guess_column(struct column *column, const struct value *spec, struct arena *arena)
{
	static const struct text letters[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}};
	const struct value *allowed = value_get(spec, "allowed");
	struct text type = value_text(spec, "type");
	double least;

	if (text_is(type, "timestamp")) {
		column->shape = SHAPE_TIME;
	} else if (value_flag(spec, "unique", false)) {
		column->shape = text_is(type, "number") || text_is(type, "category_num") ? SHAPE_COUNTER : SHAPE_SERIAL;
		if (value_number(&least, spec, "min") && least > 0)
			column->offset = ceil(least) - 1;
	} else if (allowed && allowed->kind == VALUE_LIST && allowed->count) {
		struct text *names = arena_array(arena, allowed->count, sizeof *names);
		for (size_t i = 0; i < allowed->count; i++)
			names[i] = allowed->items[i]->text;
		equal_shares(column, names, allowed->count, arena);
	} else if (text_is(type, "number")) {
		read_shape(column, spec, NULL);
		column->shape = column->has_min && column->has_max ? SHAPE_UNIFORM : column->has_min ? SHAPE_EXPONENTIAL : SHAPE_NORMAL;
		if (column->shape == SHAPE_EXPONENTIAL) {
			column->offset = column->min;
			column->mean = column->min != 0 ? fabs(column->min) / 2 : 1;
		} else if (column->shape == SHAPE_NORMAL && column->has_max) {
			column->mean = fmin(0, column->max - 3 * column->sd);
		}
	} else {
		equal_shares(column, letters, sizeof letters / sizeof *letters, arena);
	}
}

/* example, schema: what each says of it; NULL where it says nothing. */
static void add_column(struct synth *synth, struct text name, const struct value *example, const struct value *schema, struct arena *arena)
{
	struct column *column = &synth->columns[synth->count++];

	*column = (struct column){.name = name, .stream = stream_of(name), .factor = 1};
	const struct value *weights = example ? value_get(example, "weights") : NULL;
	bool says = example && example->kind == VALUE_MAP && example->count;
	if (weights && weights->kind == VALUE_MAP && weights->count)
		read_weights(column, weights, arena);
	else if (says || !schema)
		read_shape(column, example, schema);
	else
		guess_column(column, schema, arena);
}

static void read_columns(struct synth *synth, const struct value *root, struct arena *arena)
{
	const struct value *example = value_at(root, "synthetic_example.columns"), *schema = value_at(root, "requirements.schema.columns");
	size_t example_count = example && example->kind == VALUE_MAP ? example->count : 0;
	size_t schema_count = schema && schema->kind == VALUE_MAP ? schema->count : 0;

	synth->columns = arena_array(arena, example_count + schema_count + 1, sizeof *synth->columns);
	for (size_t i = 0; i < example_count; i++) {
		const struct member *known = schema_count ? value_member(schema, example->members[i].name) : NULL;
		add_column(synth, example->members[i].name, example->members[i].value, known ? known->value : NULL, arena);
	}
	for (size_t i = 0; i < schema_count; i++)
		if (!(example_count && value_member(example, schema->members[i].name)))
			add_column(synth, schema->members[i].name, NULL, schema->members[i].value, arena);
}

/* --- Drift --- */

static double sd_of(const struct column *column)
{
	double s = column->sd, width = (column->has_max ? column->max : 1) - (column->has_min ? column->min : 0);

	switch (column->shape) {
	case SHAPE_LOGNORMAL:
		return sqrt(exact_exp(s * s) - 1) * exact_exp(column->mean + s * s / 2);
	case SHAPE_UNIFORM:
		return width / sqrt(12);
	case SHAPE_EXPONENTIAL:
		return column->mean;
	case SHAPE_POISSON:
		return sqrt(column->mean);
	default:
		return s;
	}
}

static bool read_share(double *share, struct text text)
{
	return number_parse(share, text) == NUMBER_FINITE && *share >= 0 && *share <= 1;
}

/* "a:0.2": the others share the rest as they did. */
static bool drift_category(struct column *column, struct text spec)
{
	size_t colon = spec.len, at = 0;
	double share, others;

	while (colon > 0 && spec.at[colon - 1] != ':')
		colon--;
	if (!colon || !read_share(&share, text_cut(spec, colon, spec.len)))
		return false;
	struct text name = text_cut(spec, 0, colon - 1);
	while (at < column->category_count && !text_equal(column->categories[at], name))
		at++;
	if (at == column->category_count)
		return false;
	others = 1 - column->shares[at];
	for (size_t i = 0; i < column->category_count; i++)
		if (i != at)
			column->shares[i] = others > 0 ? column->shares[i] / others * (1 - share) : 0;
	column->shares[at] = share;
	return true;
}

static bool drift_number(struct column *column, struct text spec)
{
	bool in_sd = text_ends(spec, "sd");
	double amount;

	if (in_sd)
		spec = text_cut(spec, 0, spec.len - 2);
	if (spec.len < 2 || number_parse(&amount, spec.at[0] == '*' ? text_cut(spec, 1, spec.len) : spec) != NUMBER_FINITE)
		return false;
	if (spec.at[0] == '*' && !in_sd)
		column->factor = amount;
	else if (spec.at[0] == '+' || spec.at[0] == '-')
		column->shift = in_sd ? amount * sd_of(column) : amount;
	else
		return false;
	return true;
}

static struct text column_names(const struct synth *synth, struct arena *arena)
{
	enum { SHOWN = 8 };
	struct text names = TEXT("none");

	for (size_t i = 0; i < synth->count && i < SHOWN; i++)
		names = i ? text_format(arena, "%.*s, %.*s", TEXT_ARGS(names), TEXT_ARGS(synth->columns[i].name)) : synth->columns[i].name;
	return synth->count > SHOWN ? text_format(arena, "%.*s and %zu more", TEXT_ARGS(names), synth->count - SHOWN) : names;
}

static bool read_drift(struct text *why, struct synth *synth, struct text drift, struct arena *arena)
{
	size_t equals = text_find(drift, '='), at = 0;
	struct text name = text_cut(drift, 0, equals), spec = text_cut(drift, equals + 1, drift.len);

	while (at < synth->count && !text_equal(synth->columns[at].name, name))
		at++;
	if (at == synth->count) {
		*why = text_format(arena, "drift '%.*s': no column '%.*s' is made; there is %.*s", TEXT_ARGS(drift), TEXT_ARGS(name),
		                   TEXT_ARGS(column_names(synth, arena)));
		return false;
	}
	struct column *column = &synth->columns[at];
	bool number = column->shape <= SHAPE_POISSON;
	if (text_starts(spec, "missing:") ? read_share(&column->missing, text_cut(spec, strlen("missing:"), spec.len))
	    : number                      ? drift_number(column, spec)
	                                  : column->shape == SHAPE_CATEGORY && drift_category(column, spec))
		return true;
	*why = text_format(arena, "drift '%.*s': must be %smissing:SHARE", TEXT_ARGS(drift),
	                   number ? "+0.5sd, -3, *1.2 or " : column->shape == SHAPE_CATEGORY ? "CATEGORY:SHARE of a category that is made or " : "");
	return false;
}

const struct synth *synth_read(struct text *why, const struct synth_request *request, struct arena *arena)
{
	const struct value *root = request->recipe->root;
	struct synth *synth = arena_alloc(arena, sizeof *synth);
	struct text delimiter = value_text(root, "requirements.schema.delimiter");
	double rows;

	synth->seed = request->seed;
	synth->delimiter = delimiter.len == 1 ? delimiter.at[0] : ',';
	synth->from = request->has_until ? request->until - DAY : YEAR_2000;
	synth->rows = value_number(&rows, root, "synthetic_example.rows") && rows >= 1 ? (uint64_t)rows : 100;
	read_columns(synth, root, arena);
	if (!synth->count) {
		*why = TEXT("the recipe has neither synthetic_example.columns nor requirements.schema.columns");
		return NULL;
	}
	for (size_t i = 0; i < request->drift_count; i++)
		if (!read_drift(why, synth, request->drifts[i], arena))
			return NULL;
	return synth;
}

uint64_t synth_rows(const struct synth *synth)
{
	return synth->rows;
}

/* --- Rows --- */

static double draw_shape(const struct column *column, struct random *random)
{
	double low = column->has_min ? column->min : 0, high = column->has_max ? column->max : 1;

	switch (column->shape) {
	case SHAPE_LOGNORMAL:
		return exact_exp(column->mean + column->sd * random_normal(random));
	case SHAPE_UNIFORM:
		return low + (high - low) * random_unit(random);
	case SHAPE_EXPONENTIAL:
		return column->mean * random_exponential(random);
	case SHAPE_POISSON:
		return random_poisson(random, column->mean);
	default:
		return column->mean + column->sd * random_normal(random);
	}
}

static double draw(const struct column *column, struct random *random)
{
	return column->offset + draw_shape(column, random);
}

/* Drawn anew while it is outside of what the column may hold, so that no value piles up at the border. */
static double number_at(const struct column *column, struct random *random)
{
	double value = draw(column, random);

	for (int i = 0; i < TRIES && ((column->has_min && value < column->min) || (column->has_max && value > column->max)); i++)
		value = draw(column, random);
	if (column->has_min && value < column->min)
		value = column->min;
	if (column->has_max && value > column->max)
		value = column->max;
	return value * column->factor + column->shift;
}

static struct text category_at(const struct column *column, struct random *random)
{
	double left = random_unit(random);

	for (size_t i = 0; i + 1 < column->category_count; i++) {
		left -= column->shares[i];
		if (left < 0)
			return column->categories[i];
	}
	return column->category_count ? column->categories[column->category_count - 1] : TEXT("");
}

static void add_field(struct buffer *out, struct text field, char delimiter)
{
	bool plain = true;

	for (size_t i = 0; i < field.len; i++)
		plain = plain && field.at[i] != delimiter && field.at[i] != '"' && field.at[i] != '\n' && field.at[i] != '\r';
	if (plain) {
		buffer_add(out, field);
		return;
	}
	buffer_char(out, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.at[i] == '"')
			buffer_char(out, '"');
		buffer_char(out, field.at[i]);
	}
	buffer_char(out, '"');
}

static void add_value(struct buffer *out, const struct synth *synth, const struct column *column, uint64_t row, uint64_t rows)
{
	struct random random = random_at(synth->seed, column->stream, row);
	bool missing = random_unit(&random) < column->missing;
	char time[32];

	if (missing) {
		/* Alone on its line it would be no row at the end of the file. */
		buffer_string(out, synth->count == 1 ? "\"\"" : "");
		return;
	}
	if (column->shape == SHAPE_CATEGORY)
		add_field(out, category_at(column, &random), synth->delimiter);
	else if (column->shape == SHAPE_SERIAL)
		buffer_format(out, "r%llu", (unsigned long long)row + 1);
	else if (column->shape == SHAPE_COUNTER)
		buffer_number(out, column->offset + (double)row + 1);
	else if (column->shape == SHAPE_TIME)
		buffer_add(out, (struct text){time, instant_print(time, synth->from + (int64_t)((double)row / (double)rows * DAY))});
	else
		buffer_number(out, number_round(number_at(column, &random), DIGITS));
}

int synth_write(const struct synth *synth, uint64_t rows, int (*write)(void *context, struct text bytes), void *context)
{
	struct buffer out;
	int status = 0;

	buffer_init(&out);
	for (size_t i = 0; i < synth->count; i++) {
		if (i)
			buffer_char(&out, synth->delimiter);
		add_field(&out, synth->columns[i].name, synth->delimiter);
	}
	buffer_char(&out, '\n');
	for (uint64_t row = 0; row < rows && status == 0; row++) {
		for (size_t i = 0; i < synth->count; i++) {
			if (i)
				buffer_char(&out, synth->delimiter);
			add_value(&out, synth, &synth->columns[i], row, rows);
		}
		buffer_char(&out, '\n');
		if (out.len < PIECE)
			continue;
		status = write(context, buffer_text(&out));
		buffer_clear(&out);
	}
	if (status == 0 && out.len)
		status = write(context, buffer_text(&out));
	buffer_release(&out);
	return status;
}
