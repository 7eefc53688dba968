/* New manifests: the least that is right, in the layout that people write. */
#include "arena.h"
#include "number.h"
#include "record.h"

static void add_field(struct buffer *out, const char *indent, const char *key, struct text value)
{
	if (!value.len)
		return;
	buffer_format(out, "%s%s: ", indent, key);
	edit_write_text(out, value, false);
	buffer_char(out, '\n');
}

bool metric_line_parse(struct metric_line *out, struct text word)
{
	size_t equals = text_find(word, '=');
	struct text numbers[3], rest = text_cut(word, equals + 1, word.len);
	double number;

	out->key = text_cut(word, 0, equals);
	if (!out->key.len || equals == word.len)
		return false;
	for (size_t i = 0; i < 3; i++) {
		size_t comma = text_find(rest, ',');
		numbers[i] = text_trim(text_cut(rest, 0, comma));
		const struct value value = {.kind = VALUE_SCALAR, .text = numbers[i]};
		if (number_parse(&number, numbers[i]) != NUMBER_FINITE || value_class(&value) != SCALAR_NUMBER || (i < 2) != (comma < rest.len))
			return false;
		rest = text_cut(rest, comma + 1, rest.len);
	}
	out->promote = numbers[0];
	out->warn = numbers[1];
	out->fail = numbers[2];
	return true;
}

/* --- Where a new record may stand --- */

static const struct record *find_twin(const struct authoring *authoring, enum kind kind, struct text id)
{
	if (kind == KIND_RECIPE) {
		const struct recipe *recipe = catalog_recipe(authoring->catalog, id);
		return recipe ? &recipe->record : NULL;
	}
	if (kind == KIND_PACK) {
		const struct pack *pack = catalog_pack(authoring->catalog, id);
		return pack ? &pack->record : NULL;
	}
	const struct model *model = catalog_model(authoring->catalog, id);
	return model ? &model->record : NULL;
}

static int check_id(const struct authoring *authoring, enum kind kind, struct text id)
{
	const struct record *twin = find_twin(authoring, kind, id);

	if (!author_is_id(id, false)) {
		refusal_set(authoring->refusal, (struct place){0}, authoring->arena, "'%.*s' is no id of a %s", TEXT_ARGS(id), kind_name(kind));
		return refusal_help(authoring->refusal, authoring->arena,
		                    "a lower-case letter, then lower-case letters, digits, _ and -, at most 64; such as %s_demand", kind_name(kind));
	}
	if (!twin)
		return 0;
	refusal_set(authoring->refusal, twin->place, authoring->arena, "there is a %s '%.*s' already", kind_name(kind), TEXT_ARGS(id));
	return refusal_help(authoring->refusal, authoring->arena, "give the new one another id");
}

static int check_family(const struct authoring *authoring, struct text family)
{
	const struct config *config = &authoring->catalog->config;

	for (size_t i = 0; i < config->family_count; i++)
		if (text_equal(config->families[i], family))
			return 0;
	return refuse_unknown(authoring, "model family", family, config->families, config->family_count);
}

/* The id without what its folder says already: recipe_pricing_base is pricing_base.yaml. */
static struct text file_of(struct text folder, const char *inner, struct text id, const char *prefix, struct arena *arena)
{
	struct text name = text_starts(id, prefix) && id.len > text_of(prefix).len ? text_cut(id, text_of(prefix).len, id.len) : id;

	return text_format(arena, "%.*s/%s%s%.*s.yaml", TEXT_ARGS(folder), inner, *inner ? "/" : "", TEXT_ARGS(name));
}

static struct text name_of(const struct new_record *record, struct arena *arena)
{
	return record->name.len ? record->name : author_name_of(record->id, arena);
}

/* --- Recipe --- */

static void add_metadata(struct buffer *out, const struct new_record *record, struct arena *arena)
{
	buffer_string(out, "metadata:\n");
	add_field(out, "  ", "id", record->id);
	add_field(out, "  ", "name", name_of(record, arena));
	add_field(out, "  ", "model_family", record->family);
	add_field(out, "  ", "level", text_of(level_name(record->level)));
	add_field(out, "  ", "parent", record->parent);
	buffer_string(out, "  version: 0.1.0\n  status: draft\n");
	add_field(out, "  ", "owner", record->owner);
}

static void add_evaluation(struct buffer *out, const struct new_record *record)
{
	if (record->metric_count || record->pack_count)
		buffer_string(out, "evaluation:\n");
	if (record->metric_count)
		buffer_string(out, "  metrics:\n");
	for (size_t i = 0; i < record->metric_count; i++) {
		const struct metric_line *metric = &record->metrics[i];
		buffer_string(out, "    ");
		edit_write_text(out, metric->key, false);
		buffer_format(out, ": {target: %.*s, threshold_warning: %.*s, threshold_critical: %.*s}\n", TEXT_ARGS(metric->promote),
		              TEXT_ARGS(metric->warn), TEXT_ARGS(metric->fail));
	}
	if (!record->pack_count)
		return;
	buffer_string(out, "  packs: [");
	for (size_t i = 0; i < record->pack_count; i++) {
		buffer_string(out, i ? ", " : "");
		edit_write_text(out, record->packs[i], true);
	}
	buffer_string(out, "]\n");
}

static int write_recipe(struct authored *out, const struct authoring *authoring, const struct new_record *record)
{
	struct buffer bytes;

	buffer_init(&bytes);
	add_metadata(&bytes, record, authoring->arena);
	if (!record->parent.len)
		buffer_string(&bytes, "requirements: {}\npipeline:\n  stages:\n    - {name: training, type: training}\n");
	add_evaluation(&bytes, record);
	authored_file(out, authoring,
	              file_of(authoring->catalog->config.recipes, level_name(record->level), record->id, "recipe_", authoring->arena), &bytes);
	buffer_release(&bytes);
	out->subject = text_format(authoring->arena, "New recipe %.*s", TEXT_ARGS(record->id));
	return 0;
}

static int check_packs(const struct authoring *authoring, const struct new_record *record)
{
	const struct catalog *catalog = authoring->catalog;

	for (size_t i = 0; i < record->pack_count; i++) {
		const struct value written = {.kind = VALUE_SCALAR, .text = record->packs[i]};
		struct reference reference = reference_of(&written);
		if (catalog_pack(catalog, reference.id))
			continue;
		struct text *names = arena_array(authoring->arena, catalog->pack_count, sizeof *names);
		for (size_t p = 0; p < catalog->pack_count; p++)
			names[p] = catalog->packs[p].record.id;
		return refuse_unknown(authoring, "pack", reference.id, names, catalog->pack_count);
	}
	return 0;
}

int author_new_recipe(struct authored *out, const struct authoring *authoring, const struct new_record *record)
{
	const struct value written = {.kind = VALUE_SCALAR, .text = record->parent};
	const struct recipe *parent;

	*out = (struct authored){.is_new = true};
	if (check_id(authoring, KIND_RECIPE, record->id) < 0 || check_family(authoring, record->family) < 0 ||
	    check_packs(authoring, record) < 0)
		return -1;
	if (record->parent.len && find_recipe(&parent, authoring, reference_of(&written).id) < 0)
		return -1;
	return write_recipe(out, authoring, record);
}

int author_clone(struct authored *out, const struct authoring *authoring, struct text id, const struct new_record *record)
{
	struct new_record child = *record;
	const struct recipe *parent;

	*out = (struct authored){.is_new = true};
	if (catalog_pack(authoring->catalog, id) && !catalog_recipe(authoring->catalog, id)) {
		refusal_set(authoring->refusal, catalog_pack(authoring->catalog, id)->record.place, authoring->arena,
		            "'%.*s' is a pack: packs have no children", TEXT_ARGS(id));
		return refusal_help(authoring->refusal, authoring->arena, "galley new pack writes another one");
	}
	if (find_recipe(&parent, authoring, id) < 0 || check_id(authoring, KIND_RECIPE, record->id) < 0 ||
	    refuse_broken(authoring, &parent->record) < 0)
		return -1;
	child.parent = id;
	child.family = parent->family;
	if (!child.level)
		child.level = parent->level == LEVEL_BASELINE ? LEVEL_INDUSTRY : LEVEL_CLIENT;
	if (child.level <= parent->level) {
		refusal_set(authoring->refusal, place_at(&parent->record, "metadata.level"), authoring->arena,
		            "'%.*s' is of level %s: a child of it cannot be of level %s", TEXT_ARGS(id), level_name(parent->level),
		            level_name(child.level));
		return refusal_help(authoring->refusal, authoring->arena,
		                    parent->level == LEVEL_CLIENT ? "client recipes have no children: clone its parent" : "a baseline has industry and client recipes below it, an industry recipe client recipes");
	}
	if (write_recipe(out, authoring, &child) < 0)
		return -1;
	out->subject = text_format(authoring->arena, "New recipe %.*s, a child of %.*s", TEXT_ARGS(record->id), TEXT_ARGS(id));
	return 0;
}

/* --- Pack and model --- */

int author_new_pack(struct authored *out, const struct authoring *authoring, const struct new_record *record)
{
	struct buffer bytes;

	*out = (struct authored){.is_new = true};
	if (check_id(authoring, KIND_PACK, record->id) < 0 || check_family(authoring, record->family) < 0)
		return -1;
	buffer_init(&bytes);
	add_metadata(&bytes, record, authoring->arena);
	buffer_string(&bytes, "metrics:\n");
	for (size_t i = 0; i < record->metric_count; i++) {
		const struct metric_line *metric = &record->metrics[i];
		add_field(&bytes, "  - ", "key", metric->key);
		buffer_format(&bytes, "    thresholds: {promote: %.*s, warn: %.*s, fail: %.*s}\n", TEXT_ARGS(metric->promote),
		              TEXT_ARGS(metric->warn), TEXT_ARGS(metric->fail));
	}
	authored_file(out, authoring, file_of(authoring->catalog->config.packs, "", record->id, "pack_", authoring->arena), &bytes);
	buffer_release(&bytes);
	out->subject = text_format(authoring->arena, "New pack %.*s", TEXT_ARGS(record->id));
	return 0;
}

int author_new_model(struct authored *out, const struct authoring *authoring, const struct new_record *record)
{
	const struct value written = {.kind = VALUE_SCALAR, .text = record->recipe};
	struct reference reference = reference_of(&written);
	const struct recipe *recipe;
	struct buffer bytes;

	*out = (struct authored){.is_new = true};
	if (check_id(authoring, KIND_MODEL, record->id) < 0 || find_recipe(&recipe, authoring, reference.id) < 0)
		return -1;
	buffer_init(&bytes);
	buffer_string(&bytes, "metadata:\n");
	add_field(&bytes, "  ", "id", record->id);
	add_field(&bytes, "  ", "name", name_of(record, authoring->arena));
	add_field(&bytes, "  ", "owner", record->owner);
	add_field(&bytes, "", "recipe",
	          reference.pin.len ? record->recipe
	                            : text_format(authoring->arena, "%.*s@%.*s", TEXT_ARGS(reference.id), TEXT_ARGS(recipe->version)));
	buffer_string(&bytes, "status: draft\n");
	authored_file(out, authoring,
	              text_format(authoring->arena, "%.*s/%.*s/model.yaml", TEXT_ARGS(authoring->catalog->config.runs), TEXT_ARGS(record->id)),
	              &bytes);
	buffer_release(&bytes);
	out->subject = text_format(authoring->arena, "New model %.*s", TEXT_ARGS(record->id));
	return 0;
}
