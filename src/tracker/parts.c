#include "inner.h"

#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "number.h"

/* --- Paths and places --- */

struct text shown_path(const struct reader *reader, struct text path)
{
	return text_format(reader->arena, "%.*s%.*s", TEXT_ARGS(reader->prefix), TEXT_ARGS(path));
}

struct place place_of_path(const struct reader *reader, struct text path)
{
	struct input *file = arena_alloc(reader->arena, sizeof *file);

	*file = (struct input){.path = shown_path(reader, path), .bytes = TEXT("")};
	return (struct place){.file = file};
}

struct text last_name(struct text path)
{
	size_t start = path.len;

	while (start > 0 && path.at[start - 1] != '/')
		start--;
	return text_cut(path, start, path.len);
}

struct text joined(const struct reader *reader, struct text folder, const char *name)
{
	return text_format(reader->arena, "%.*s%s%s", TEXT_ARGS(folder), folder.len ? "/" : "", name);
}

struct refusal *run_trouble(struct tracked_run *run, struct place place, struct arena *arena, const char *format, ...)
{
	va_list arguments;

	run->troubles = arena_grow(arena, run->troubles, run->trouble_count, sizeof *run->troubles);
	struct refusal *trouble = &run->troubles[run->trouble_count++];
	va_start(arguments, format);
	*trouble = (struct refusal){.place = place, .message = text_format_list(arena, format, arguments)};
	va_end(arguments);
	return trouble;
}

void refuse_link(struct tracked_run *run, const struct reader *reader, struct text path)
{
	refusal_help(run_trouble(run, place_of_path(reader, path), reader->arena, "'%.*s' is no folder of its own: links are not followed",
	                         TEXT_ARGS(shown_path(reader, path))),
	             reader->arena, "put the folder itself there");
}

/* --- Files --- */

int read_small(const struct input **input, struct tracked_run *run, const struct reader *reader, struct text path, const size_t *limit)
{
	struct input *file = arena_alloc(reader->arena, sizeof *file);
	enum read_result result;

	*input = NULL;
	if (source_read(file, &result, reader->source, path, *limit, reader->arena, reader->failure) < 0)
		return -1;
	struct text shown = shown_path(reader, path);
	if (result == READ_NOT_A_FILE)
		refusal_help(run_trouble(run, place_of_path(reader, path), reader->arena, "'%.*s' is no regular file: links and the like are not followed",
		                         TEXT_ARGS(shown)),
		             reader->arena, "put the file itself there");
	if (result == READ_TOO_LARGE)
		refusal_help(run_trouble(run, place_of_path(reader, path), reader->arena, "'%.*s' is larger than %zu bytes", TEXT_ARGS(shown), *limit),
		             reader->arena, "%s", limit_note(reader->request->limits, limit).text);
	if (result != READ_OK)
		return 0;
	file->path = shown;
	*input = file;
	return 0;
}

int has_file(bool *found, const struct reader *reader, struct text path)
{
	enum entry_kind kind;

	if (source_look(found, &kind, reader->source, path, reader->failure) < 0)
		return -1;
	*found = *found && kind == ENTRY_FILE;
	return 0;
}

int read_children(struct entry **entries, size_t *count, const struct reader *reader, struct text folder)
{
	return source_children(entries, count, reader->source, folder, reader->request->limits, reader->arena, reader->failure);
}

int read_tree(const struct value **root, bool *found, struct tracked_run *run, const struct reader *reader, struct text path,
              enum document_form form)
{
	const struct limits *limits = reader->request->limits;
	const struct input *input;
	size_t before = run->trouble_count;
	struct diags diags;

	*root = NULL;
	if (read_small(&input, run, reader, path, form == DOCUMENT_METRICS ? &limits->metrics_bytes : &limits->manifest_bytes) < 0)
		return -1;
	*found = input != NULL || run->trouble_count > before;
	if (!input)
		return 0;
	if (!text_trim(input->bytes).len) {
		refusal_help(run_trouble(run, (struct place){.file = input}, reader->arena, "'%.*s' is empty: it is incomplete", TEXT_ARGS(input->path)),
		             reader->arena, "it may be being written: try again, or leave the run out with --skip-incomplete");
		return 0;
	}
	diags_init(&diags, reader->arena);
	const struct value *tree = document_read(input, form, limits, reader->arena, &diags);
	if (!diags_count(&diags, SEVERITY_ERROR)) {
		*root = tree;
		return 0;
	}
	diags_sort(&diags);
	for (size_t i = 0; i < diags.count; i++)
		if (diags.items[i].severity == SEVERITY_ERROR)
			run_trouble(run, diags.items[i].place, reader->arena, "%.*s", TEXT_ARGS(diags.items[i].message))->help =
			    diags.items[i].help.len ? diags.items[i].help : TEXT("mend the file, or leave the run out with --skip-incomplete");
	return 0;
}

/* --- Numbers --- */

struct text tracked_number(struct text text, struct arena *arena)
{
	bool sign = text.len && (text.at[0] == '-' || text.at[0] == '+');
	struct text bare = text_cut(text, sign, text.len);
	enum number_class class;
	double number;
	char shortest[32];

	if (text_is_nocase(bare, "nan") || text_is_nocase(bare, ".nan"))
		return TEXT("NaN");
	if (text_is_nocase(bare, ".inf"))
		return text.at[0] == '-' ? TEXT("-Infinity") : TEXT("Infinity");
	class = number_parse(&number, text);
	if (class == NUMBER_NONE)
		return TEXT("");
	if (class == NUMBER_INFINITE)
		return text.at[0] == '-' ? TEXT("-Infinity") : TEXT("Infinity");
	if (number_is_json(text))
		return text;
	number_print(shortest, number);
	return text_format(arena, "%s", shortest);
}

bool parse_whole(int64_t *out, struct text text)
{
	bool minus = text.len && text.at[0] == '-';
	uint64_t size;

	if (!number_parse_count(&size, text_cut(text, minus, text.len), INT64_MAX))
		return false;
	*out = minus ? -(int64_t)size : (int64_t)size;
	return true;
}

/* --- Parts of a run --- */

void add_metric(struct tracked_run *run, struct text name, struct text value, struct place place, struct arena *arena)
{
	run->metrics = arena_grow(arena, run->metrics, run->metric_count, sizeof *run->metrics);
	run->metrics[run->metric_count++] = (struct tracked_metric){name, value, place};
}

void add_param(struct tracked_run *run, struct text name, struct text value, bool quoted, struct arena *arena)
{
	run->params = arena_grow(arena, run->params, run->param_count, sizeof *run->params);
	run->params[run->param_count++] = (struct tracked_pair){name, value, quoted};
}

void add_data(struct tracked_run *run, struct text name, struct text digest, struct arena *arena)
{
	run->data = arena_grow(arena, run->data, run->data_count, sizeof *run->data);
	run->data[run->data_count++] = (struct tracked_pair){name, digest, true};
}

static struct text below(struct text prefix, struct text name, struct arena *arena)
{
	return prefix.len ? text_format(arena, "%.*s.%.*s", TEXT_ARGS(prefix), TEXT_ARGS(name)) : name;
}

/* Items of a list as text; what is nested in it, in brackets and braces. The depth is the document's, which has its limit. */
static void list_text(struct buffer *out, const struct value *value)
{
	if (value->kind == VALUE_SCALAR || value->kind == VALUE_NULL) {
		buffer_add(out, value->kind == VALUE_NULL ? TEXT("null") : value->text);
		return;
	}
	buffer_char(out, value->kind == VALUE_LIST ? '[' : '{');
	for (size_t i = 0; i < value->count; i++) {
		buffer_string(out, i ? ", " : "");
		if (value->kind == VALUE_MAP) {
			buffer_add(out, value->members[i].name);
			buffer_string(out, ": ");
		}
		list_text(out, value->kind == VALUE_LIST ? value->items[i] : value->members[i].value);
	}
	buffer_char(out, value->kind == VALUE_LIST ? ']' : '}');
}

void add_params_below(struct tracked_run *run, const struct value *map, struct text prefix, struct arena *arena)
{
	for (size_t i = 0; map && map->kind == VALUE_MAP && i < map->count; i++) {
		const struct value *value = map->members[i].value;
		struct text name = below(prefix, map->members[i].name, arena);
		if (value->kind == VALUE_MAP) {
			add_params_below(run, value, name, arena);
		} else if (value->kind == VALUE_SCALAR) {
			add_param(run, name, value->text, value->quoted, arena);
		} else if (value->kind == VALUE_LIST) {
			struct buffer text;
			buffer_init(&text);
			list_text(&text, value);
			add_param(run, name, text_copy(arena, buffer_text(&text)), true, arena);
			buffer_release(&text);
		}
	}
}

static bool is_housekeeping(struct text name)
{
	return text_is(name, "_wandb") || text_is(name, "_runtime") || text_is(name, "_step") || text_is(name, "_timestamp");
}

static void metrics_below(struct tracked_run *run, const struct value *map, struct text prefix, struct arena *arena)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->members[i];
		const struct value *value = member->value;
		struct text name = below(prefix, member->name, arena);
		/* W&B has them bare, and its older versions in quotes. */
		bool word = value->kind == VALUE_SCALAR && value->quoted &&
		            (text_is(value->text, "NaN") || text_is(value->text, "Infinity") || text_is(value->text, "-Infinity"));
		struct text number = value->kind == VALUE_SCALAR && (!value->quoted || word) ? tracked_number(value->text, arena) : TEXT("");
		if (value->kind == VALUE_MAP && !value_get(value, "_type"))
			metrics_below(run, value, name, arena);
		else if (number.len)
			add_metric(run, name, number, member->place, arena);
		else
			run->not_numbers++;
	}
}

void add_metrics_below(struct tracked_run *run, const struct value *map, bool housekeeping, struct arena *arena)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->members[i];
		if (housekeeping && is_housekeeping(member->name))
			continue;
		if (text_is(member->name, "slices") && member->value->kind == VALUE_MAP) {
			run->slices = member->value;
			continue;
		}
		struct member one = *member;
		const struct value top = {.kind = VALUE_MAP, .members = &one, .count = 1};
		metrics_below(run, &top, TEXT(""), arena);
	}
}
