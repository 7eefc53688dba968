#include "reference.h"

#include <string.h>

#include "drift.h"
#include "field_facts.h"
#include "markdown.h"
#include "number.h"

enum { CELL_MAX = 1000 };

static const struct {
	const char *title, *where;
} kinds[KIND_COUNT] = {
	[KIND_RECIPE] = {"Recipe", "`recipes/**/*.yaml`, one recipe a file"},
	[KIND_PACK] = {"Evaluation pack", "`packs/**/*.yaml`, one pack a file"},
	[KIND_MODEL] = {"Model", "`runs/MODEL/model.yaml`"},
	[KIND_RUN] = {"Run", "`runs/MODEL/RUN/run.yaml`"},
	[KIND_SNAPSHOT] = {"Metric file", "`metrics.json` of a run, and `snapshots/STAMP.json` beside a snapshot; YAML too"},
	[KIND_CONFIG] = {"Configuration", "`galley.yaml`, optional; the folder it stands in is the workspace"},
};

static void cell(struct buffer *out, struct text text)
{
	buffer_char(out, ' ');
	markdown_text_cut(out, text, CELL_MAX);
	buffer_string(out, " |");
}

static void code_cell(struct buffer *out, struct text text)
{
	buffer_char(out, ' ');
	if (text.len)
		markdown_code(out, text);
	buffer_string(out, text.len ? " |" : "|");
}

static void type_cell(struct buffer *out, const struct field *field, struct arena *arena)
{
	struct text rest = text_of(field->allowed ? field->allowed : ""), range = range_words(field, arena);

	buffer_format(out, " %s", field->allowed ? "" : type_name(field->type));
	for (bool first = true; rest.len; first = false) {
		struct text word = text_cut(rest, 0, text_find(rest, '|'));
		buffer_string(out, first ? "" : ", ");
		markdown_code(out, word);
		rest = text_cut(rest, word.len + 1, rest.len);
	}
	if (range.len)
		buffer_format(out, "%s%.*s", field->type == FIELD_LIST ? ", " : " ", TEXT_ARGS(range));
	if (field->type == FIELD_REFERENCE || field->type == FIELD_PACK_ITEM)
		buffer_format(out, " to a %s", kind_name(field->target));
	buffer_string(out, " |");
}

/* The strategy in a word; what each means stands above the table. */
static const char *merge_word(const struct field *field)
{
	const struct field *list = list_of(field);

	if (!is_inherited(field))
		return "not inherited";
	switch (list && field->merge == MERGE_REPLACE ? list->merge : field->merge) {
	case MERGE_KEYS: return "by key";
	case MERGE_KEYED: return "by name of the item";
	case MERGE_SET: return "union";
	default: return "replaced";
	}
}

static void fields_table(struct buffer *out, enum kind kind, struct arena *arena)
{
	bool recipe = kind == KIND_RECIPE, gated = recipe || kind == KIND_PACK;

	buffer_format(out, "| field | what it is | type | required | default |%s%s example |\n|---|---|---|---|---|%s%s---|\n",
	              recipe ? " inherited |" : "", gated ? " looser |" : "", recipe ? "---|" : "", gated ? "---|" : "");
	for (size_t i = 0; i < schema_field_count; i++) {
		const struct field *field = &schema_fields[i];
		if (field->kind != kind)
			continue;
		buffer_char(out, '|');
		code_cell(out, text_of(field->path));
		cell(out, strcmp(field->since, "1") == 0 ? text_of(field->doc)
		                                         : text_format(arena, "%s (since format version %s)", field->doc, field->since));
		type_cell(out, field, arena);
		cell(out, text_of(field->requirement == OPTIONAL ? "" : requirement_words(field)));
		cell(out, text_of(field->fallback ? field->fallback : ""));
		if (recipe)
			cell(out, text_of(merge_word(field)));
		if (gated)
			cell(out, field->looser == LOOSER_NONE ? (struct text){NULL, 0} : looser_words(field, arena));
		code_cell(out, text_of(field->example ? field->example : ""));
		buffer_char(out, '\n');
	}
}

static void kind_section(struct buffer *out, enum kind kind, struct arena *arena)
{
	buffer_format(out, "## %s\n\n%s. JSON Schema: `galley schema %s`.\n\n", kinds[kind].title, kinds[kind].where,
	              kind == KIND_CONFIG ? "config" : kind_name(kind));
	if (kind == KIND_RECIPE)
		buffer_string(out, "How a child's value meets the inherited one: *replaced* as a whole; *by key*, mapping by mapping (`$unset: [key]` removes, "
		                   "`$patch: replace` drops all that is inherited); *by name of the item* (a match merges in the parent's place, new ones "
		                   "follow, `{name: x, $patch: delete}` removes); *union*, the parent's items first. *Looser* says which change `galley "
		                   "check` reports as `gate/loosened`.\n\n");
	fields_table(out, kind, arena);
	buffer_char(out, '\n');
}

static void types_section(struct buffer *out)
{
	buffer_string(out, "## Types\n\n| type | form |\n|---|---|\n");
	for (enum field_type type = FIELD_MAP; type <= FIELD_RULE; type++) {
		if (type == FIELD_CHOICE || type == FIELD_RULE)
			continue;
		buffer_format(out, "| %s |", type_name(type));
		cell(out, text_of(type_words(type)));
		buffer_char(out, '\n');
	}
	buffer_char(out, '\n');
}

static const char *method_columns(const struct drift_method_info *info)
{
	if (info->two_valued)
		return "two values";
	return info->any ? "all" : !info->categories ? "numbers" : info->numbers ? "numbers, categories" : "categories";
}

static void methods_section(struct buffer *out)
{
	buffer_string(out, "## Drift methods\n\nLimits of the effect size are written as `threshold`, limits of the p-value as `p`. A method without a "
	                   "limit of its own needs a `threshold`. `galley explain METHOD` says the same of one.\n\n"
	                   "| method | columns | value | may be limited by | warns | drifts |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < schema_method_count; i++) {
		const struct schema_method *method = &schema_methods[i];
		const struct drift_method_info *info = &drift_methods[drift_method_of(text_of(method->key))];
		const char *beyond = info->threshold_on_p ? "p < " : "> ";
		buffer_format(out, "| `%s` | %s | %s |", method->key, method_columns(info), info->what);
		cell(out, text_of(!method->takes_threshold ? "`p`" : method->takes_p ? "`threshold`, `p`" : "`threshold`"));
		if (info->unlimited) {
			buffer_string(out, " | |\n");
			continue;
		}
		buffer_format(out, " %s", beyond);
		buffer_number(out, info->warn);
		buffer_format(out, " | %s", beyond);
		buffer_number(out, info->drift);
		buffer_string(out, " |\n");
	}
}

void reference_print(struct buffer *out, enum kind kind, struct arena *arena)
{
	if (kind != KIND_COUNT) {
		kind_section(out, kind, arena);
		return;
	}
	buffer_string(out, "# Reference of all fields\n\nMade by `make docs` (`galley schema --format markdown`) from the table that the checker reads. "
	                   "`galley explain FIELD` says the same of one field. `*` is any name, `[]` an item of a list; keys that begin with `x-` are "
	                   "free everywhere. Fields are there since format version 1 where nothing else is said.\n\n");
	for (enum kind each = KIND_RECIPE; each < KIND_COUNT; each++)
		kind_section(out, each, arena);
	types_section(out);
	methods_section(out);
}
