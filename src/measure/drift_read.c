#include <stdlib.h>
#include <string.h>

#include "drift_columns.h"
#include "instant.h"
#include "names.h"
#include "number.h"
#include "statistics.h"

enum { IDENTIFIER_MIN = 100 };
#define IDENTIFIER_SHARE 0.9

void columns_init(struct columns *columns, const struct drift_request *request, const struct limits *limits)
{
	*columns = (struct columns){.request = request, .limits = limits};
	columns->sides[REFERENCE] = (struct side){.files = request->reference, .file_count = request->reference_count};
	columns->sides[CURRENT] = (struct side){.files = request->current, .file_count = request->current_count};
}

void columns_release(struct columns *columns)
{
	for (size_t i = 0; i < columns->pair_count; i++) {
		for (int s = REFERENCE; s <= CURRENT; s++) {
			free(columns->pairs[i].sides[s].values);
			categories_release(&columns->pairs[i].sides[s].categories);
		}
	}
}

/* --- going through the files of a side --- */

static bool missing(const struct columns *columns, struct text field)
{
	return field_is_missing(field, columns->request->na, columns->request->na_count);
}

static int open_file(struct table **out, const struct columns *columns, const struct side *side, size_t file, struct arena *arena,
                     struct diags *diags, struct failure *failure)
{
	struct table_options options = {columns->request->delimiter, columns->request->max_bad_rows, columns->limits};

	return table_open(out, &side->files[file], &options, arena, diags, failure);
}

/* Places of a file's names among the side's, new ones added. */
static void add_names(struct side *side, size_t file, const struct table_info *info, struct arena *arena)
{
	struct names known;
	size_t before = side->name_count;

	names_index(&known, side->names, before, arena);
	side->places[file] = arena_array(arena, info->columns, sizeof **side->places);
	for (size_t i = 0; i < info->columns; i++) {
		size_t at = names_find(&known, info->names[i]);
		if (at == before) {
			at = side->name_count;
			side->names = arena_grow(arena, side->names, side->name_count, sizeof *side->names);
			side->names[side->name_count++] = info->names[i];
		}
		side->places[file][i] = at;
	}
	/* The index points at names that may have moved, but is done with. */
}

static int read_headers(struct columns *columns, struct side *side, bool *ok, struct arena *arena, struct diags *diags,
                        struct failure *failure)
{
	side->shown = arena_array(arena, side->file_count, sizeof *side->shown);
	side->places = arena_array(arena, side->file_count, sizeof *side->places);
	for (size_t f = 0; f < side->file_count; f++) {
		struct table *table;
		if (open_file(&table, columns, side, f, arena, diags, failure))
			return -1;
		side->shown[f].path = text_copy(arena, side->files[f].path);
		if (!table) {
			*ok = false;
			continue;
		}
		const struct table_info *info = table_get_info(table);
		add_names(side, f, info, arena);
		memcpy(side->shown[f].blob, info->blob, sizeof side->shown[f].blob);
		table_close(table);
	}
	return 0;
}

/* --- first pass --- */

static void sniff_field(struct sniff *sniff, struct text field)
{
	int64_t seconds;
	double value;
	struct text trimmed = text_trim(field);

	sniff->values++;
	/* Most columns are of one kind: what failed once need not be tried again. */
	if (sniff->numbers == sniff->values - 1 && number_parse(&value, trimmed) != NUMBER_NONE)
		sniff->numbers++;
	if (sniff->instants == sniff->values - 1 && instant_parse(&seconds, trimmed))
		sniff->instants++;
}

static int sniff_file(struct columns *columns, struct side *side, size_t file, bool *ok, struct arena *arena, struct diags *diags,
                      struct failure *failure)
{
	const struct text *fields;
	struct table *table;

	if (open_file(&table, columns, side, file, arena, diags, failure))
		return -1;
	if (!table) {
		*ok = false;
		return 0;
	}
	const struct table_info *info = table_get_info(table);
	int result;
	while ((result = table_next(&fields, table, failure)) == 0 && fields)
		for (size_t i = 0; i < info->columns; i++)
			if (!missing(columns, fields[i]))
				sniff_field(&side->sniffs[side->places[file][i]], fields[i]);
	side->shown[file].rows = info->rows;
	side->shown[file].bad_rows = info->bad_rows;
	*ok = *ok && info->ok;
	table_close(table);
	return result;
}

static int sniff_side(struct columns *columns, struct side *side, bool *ok, struct arena *arena, struct diags *diags,
                      struct failure *failure)
{
	side->sniffs = arena_array(arena, side->name_count, sizeof *side->sniffs);
	side->read = true;
	for (size_t f = 0; f < side->file_count; f++)
		if (sniff_file(columns, side, f, ok, arena, diags, failure))
			return -1;
	return 0;
}

static enum column_kind kind_of(const struct sniff *sniff)
{
	if (sniff->numbers == sniff->values)
		return COLUMN_NUMBER;
	return sniff->instants == sniff->values ? COLUMN_TIMESTAMP : COLUMN_CATEGORY;
}

/* --- which columns --- */

struct chooser { struct names features, only, reference, current; };

static void index_choices(struct chooser *chooser, const struct columns *columns, struct arena *arena)
{
	const struct drift_request *request = columns->request;
	struct text *names = arena_array(arena, request->feature_count, sizeof *names);

	for (size_t i = 0; i < request->feature_count; i++)
		names[i] = request->features[i].name;
	names_index(&chooser->features, names, request->feature_count, arena);
	names_index(&chooser->only, request->only, request->only_count, arena);
	names_index(&chooser->reference, columns->sides[REFERENCE].names, columns->sides[REFERENCE].name_count, arena);
	names_index(&chooser->current, columns->sides[CURRENT].names, columns->sides[CURRENT].name_count, arena);
}

/* A column by its name: judged, listed as unpaired, or neither. */
static void choose(struct columns *columns, const struct chooser *chooser, struct text name, struct arena *arena)
{
	const struct drift_request *request = columns->request;
	size_t f = names_find(&chooser->features, name);
	const struct drift_feature *feature = f < request->feature_count ? &request->features[f] : NULL;
	size_t at[2] = {names_find(&chooser->reference, name), names_find(&chooser->current, name)};
	bool there[2] = {at[0] < chooser->reference.count, at[1] < chooser->current.count};
	bool named = names_find(&chooser->only, name) < request->only_count;
	bool wanted = (!request->features_only || feature) && (!request->only_count || named);
	bool asked = wanted && (named || (request->features_only && feature));

	if (feature && feature->kind == COLUMN_IGNORE)
		return;
	if (asked || (wanted && there[0] && there[1])) {
		struct pair pair = {.name = name, .at = {at[0], at[1]}, .feature = feature, .kind = feature ? feature->kind : COLUMN_AUTO};
		for (int s = REFERENCE; s <= CURRENT; s++) {
			categories_init(&pair.sides[s].categories);
			pair.sides[s].there = there[s];
		}
		columns->pairs = arena_grow(arena, columns->pairs, columns->pair_count, sizeof *columns->pairs);
		columns->pairs[columns->pair_count++] = pair;
	} else if (there[0] != there[1]) {
		int s = there[0] ? REFERENCE : CURRENT;
		columns->only[s] = arena_grow(arena, columns->only[s], columns->only_count[s], sizeof **columns->only);
		columns->only[s][columns->only_count[s]++] = name;
	}
}

static void choose_all(struct columns *columns, struct arena *arena)
{
	const struct drift_request *request = columns->request;
	struct side *reference = &columns->sides[REFERENCE], *current = &columns->sides[CURRENT];
	struct chooser chooser;

	index_choices(&chooser, columns, arena);
	for (size_t i = 0; i < reference->name_count; i++)
		choose(columns, &chooser, reference->names[i], arena);
	for (size_t i = 0; i < current->name_count; i++)
		if (names_find(&chooser.reference, current->names[i]) == reference->name_count)
			choose(columns, &chooser, current->names[i], arena);
	/* Features that are nowhere, then other names that are nowhere; each once. */
	for (size_t i = 0; i < request->feature_count + request->only_count; i++) {
		bool feature = i < request->feature_count;
		struct text name = feature ? request->features[i].name : request->only[i - request->feature_count];
		bool again = feature ? names_find(&chooser.features, name) != i
		                     : names_find(&chooser.only, name) != i - request->feature_count ||
		                           names_find(&chooser.features, name) < request->feature_count;
		if (!again && names_find(&chooser.reference, name) == reference->name_count &&
		    names_find(&chooser.current, name) == current->name_count)
			choose(columns, &chooser, name, arena);
	}
}

/* A reference without values takes the current data's kind. */
static int tell_kinds(struct columns *columns, bool *ok, struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct side *reference = &columns->sides[REFERENCE], *current = &columns->sides[CURRENT];

	for (size_t i = 0; i < columns->pair_count; i++) {
		struct pair *pair = &columns->pairs[i];
		const struct sniff *sniff = pair->sides[REFERENCE].there ? &reference->sniffs[pair->at[REFERENCE]] : NULL;
		if (pair->kind != COLUMN_AUTO)
			continue;
		if ((!sniff || !sniff->values) && pair->sides[CURRENT].there) {
			if (!current->sniffs && sniff_side(columns, current, ok, arena, diags, failure))
				return -1;
			sniff = &current->sniffs[pair->at[CURRENT]];
		}
		if (sniff)
			pair->kind = kind_of(sniff);
	}
	return 0;
}

/* --- second pass --- */

static void keep_number(struct side_column *column, struct text field)
{
	double value;

	switch (number_parse(&value, field)) {
	case NUMBER_NONE:
		column->counts.invalid++;
		return;
	case NUMBER_INFINITE:
		column->counts.infinite++;
		return;
	case NUMBER_FINITE:
		break;
	}
	size_t count = column->counts.n;
	/* Grows at 0 and at each power of two. */
	if ((count & (count - 1)) == 0)
		column->values = memory_resize(column->values, (count ? 2 * count : 1) * sizeof *column->values);
	column->values[count] = value + 0.0;
	column->counts.n++;
}

static void keep_category(struct side_column *column, enum column_kind kind, struct text field)
{
	double value;
	char out[32];

	if (kind == COLUMN_CATEGORY_NUM) {
		field = text_trim(field);
		if (number_parse(&value, field) != NUMBER_NONE)
			field = (struct text){out, number_print(out, value)};
	}
	categories_add(&column->categories, field);
	column->counts.n++;
}

static void keep_field(struct side_column *column, enum column_kind kind, struct text field)
{
	int64_t seconds;

	if (kind == COLUMN_NUMBER)
		keep_number(column, text_trim(field));
	else if (kind == COLUMN_CATEGORY || kind == COLUMN_CATEGORY_NUM)
		keep_category(column, kind, field);
	else if (kind != COLUMN_TIMESTAMP || instant_parse(&seconds, text_trim(field)))
		column->counts.n++;
	else
		column->counts.invalid++;
}

static int changed(const struct side *side, size_t file, struct failure *failure)
{
	return failure_set(failure, EXIT_UNABLE, "'%.*s' changed while it was read", TEXT_ARGS(side->files[file].path));
}

static bool same_names(const struct side *side, size_t file, const struct table_info *info)
{
	for (size_t i = 0; i < info->columns; i++)
		if (!text_equal(info->names[i], side->names[side->places[file][i]]))
			return false;
	return true;
}

/* What is kept of one file: where[i] is the pair of its column i, or NULL. */
static int keep_rows(struct columns *columns, int s, struct pair **where, struct table *table, struct failure *failure)
{
	const struct table_info *info = table_get_info(table);
	const struct text *fields;
	int result;

	while ((result = table_next(&fields, table, failure)) == 0 && fields) {
		for (size_t i = 0; i < info->columns; i++) {
			if (!where[i])
				continue;
			struct side_column *column = &where[i]->sides[s];
			column->counts.rows++;
			if (missing(columns, fields[i]))
				column->counts.missing++;
			else
				keep_field(column, where[i]->kind, fields[i]);
		}
	}
	return result;
}

static int keep_file(struct columns *columns, int s, size_t file, bool *ok, struct pair **by_name, struct arena *arena,
                     struct diags *diags, struct failure *failure)
{
	struct side *side = &columns->sides[s];
	struct table *table;

	if (open_file(&table, columns, side, file, arena, diags, failure))
		return -1;
	if (!table)
		return changed(side, file, failure);
	const struct table_info *info = table_get_info(table);
	if (!same_names(side, file, info)) {
		table_close(table);
		return changed(side, file, failure);
	}
	struct pair **where = arena_array(arena, info->columns, sizeof *where);
	for (size_t i = 0; i < info->columns; i++)
		where[i] = by_name[side->places[file][i]];
	int result = keep_rows(columns, s, where, table, failure);
	bool same = !side->read || (info->ok && info->rows == side->shown[file].rows && info->bad_rows == side->shown[file].bad_rows);
	if (!result && !same)
		result = changed(side, file, failure);
	side->shown[file].rows = info->rows;
	side->shown[file].bad_rows = info->bad_rows;
	side->rows += info->rows;
	*ok = *ok && info->ok;
	table_close(table);
	return result;
}

static int keep_side(struct columns *columns, int s, bool *ok, struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct side *side = &columns->sides[s];
	struct pair **by_name = arena_array(arena, side->name_count, sizeof *by_name);

	for (size_t i = 0; i < columns->pair_count; i++)
		if (columns->pairs[i].sides[s].there)
			by_name[columns->pairs[i].at[s]] = &columns->pairs[i];
	for (size_t f = 0; f < side->file_count; f++)
		if (keep_file(columns, s, f, ok, by_name, arena, diags, failure))
			return -1;
	for (size_t i = 0; i < columns->pair_count; i++) {
		struct side_column *column = &columns->pairs[i].sides[s];
		/* Rows of pooled files without the column. */
		column->counts.missing += side->rows - column->counts.rows;
		column->counts.rows = side->rows;
		if (column->values)
			values_sort(column->values, column->counts.n);
		categories_sort(&column->categories);
	}
	return 0;
}

/* A text column with nearly as many values as rows tells rows apart, it does not group them. */
static void find_identifiers(struct columns *columns)
{
	for (size_t i = 0; i < columns->pair_count; i++) {
		struct pair *pair = &columns->pairs[i];
		const struct side_column *column = &pair->sides[pair->sides[REFERENCE].counts.n ? REFERENCE : CURRENT];
		bool declared = pair->feature && pair->feature->kind != COLUMN_AUTO;
		if (!declared && pair->kind == COLUMN_CATEGORY && column->counts.n >= IDENTIFIER_MIN &&
		    (double)column->categories.count > IDENTIFIER_SHARE * (double)column->counts.n)
			pair->kind = COLUMN_IDENTIFIER;
	}
}

int columns_read(struct columns *columns, bool *ok, struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct side *reference = &columns->sides[REFERENCE], *current = &columns->sides[CURRENT];

	*ok = true;
	if (read_headers(columns, reference, ok, arena, diags, failure) || read_headers(columns, current, ok, arena, diags, failure))
		return -1;
	if (!*ok)
		return 0;
	choose_all(columns, arena);
	if (sniff_side(columns, reference, ok, arena, diags, failure))
		return -1;
	/* Where the reference is wrong, all that is wrong with the current data is said too. */
	if (!*ok)
		return sniff_side(columns, current, ok, arena, diags, failure);
	if (tell_kinds(columns, ok, arena, diags, failure))
		return -1;
	for (int s = REFERENCE; *ok && s <= CURRENT; s++)
		if (keep_side(columns, s, ok, arena, diags, failure))
			return -1;
	if (*ok)
		find_identifiers(columns);
	return 0;
}
