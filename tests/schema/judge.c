/* usage: judge [--change] FILE...
 * For each file a line of JSON: the file as the schema table types it, and what schema_check() says of it, for tests/schema/agree to
 * compare with the JSON Schemas. With --change also for every change of one value, of one missing or additional field; then every
 * field of the table must stand in some file. Files that cannot be read are left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/catalog/parts.h"
#include "arena.h"
#include "explain.h"
#include "typed_json.h"

struct judge {
	enum kind kind;
	const char *path;
	struct value *root;
	struct arena arena;
	struct text what; /* the change */
};

/* What a JSON Schema cannot say; told in the schemas' description. */
static bool is_beyond_schema(const struct diag *diag, struct arena *arena)
{
	static const char *const marks[] = {"never fires", "ends before it begins", "bytes, more than", "is below 'min'", "'NaN' in quotes"};
	const char *message = arena_copy(arena, diag->message.at, diag->message.len);

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strstr(message, marks[i]))
			return true;
	return false;
}

static void print_verdict(struct judge *judge)
{
	struct text family = value_text(judge->root, "metadata.model_family");
	struct schema_context context = {&family, is_id(family, false), &limits_default};
	struct json *line = json_object();
	struct diags diags;
	struct arena arena;
	struct buffer out;
	bool valid = true, beyond = false;

	arena_init(&arena);
	buffer_init(&out);
	diags_init(&diags, &arena);
	schema_check(judge->kind, judge->root, &context, &diags);
	if (judge->kind == KIND_RECIPE)
		schema_check_effective(judge->root, judge->root->place, &diags);
	if (judge->kind == KIND_SNAPSHOT)
		metrics_check(judge->root, &diags);
	if (judge->kind == KIND_RUN)
		metrics_check(value_get(judge->root, "metrics"), &diags);
	for (size_t i = 0; i < diags.count; i++) {
		struct diag *diag = &diags.items[i];
		bool effective = text_starts(diag->help, "write it here or in a parent") || diag->code == CODE_RECIPE_INCOMPLETE ||
		                 diag->code == CODE_GATE_METHOD;
		if (diag->severity != SEVERITY_ERROR || effective)
			continue;
		beyond = beyond || is_beyond_schema(diag, &arena);
		valid = false;
		buffer_format(&out, "%s: %.*s; ", code_list[diag->code].id, TEXT_ARGS(diag->message));
	}
	json_add_string(line, "kind", explain_kind_word(judge->kind));
	json_add_string(line, "file", judge->path);
	json_add_text(line, "what", judge->what);
	json_add_bool(line, "valid", valid);
	json_add_bool(line, "beyond", beyond);
	json_add_text(line, "findings", buffer_text(&out));
	json_add(line, "value", typed_json(judge->kind, judge->root, &arena));
	buffer_clear(&out);
	json_print(&out, line, false);
	fwrite(out.data, 1, out.len, stdout);
	json_release(line);
	buffer_release(&out);
	arena_release(&arena);
}

/* --- changes --- */

static const char *const scalars[] = {
	"x", "X y", "a.b", "0", "1", "-1", "2", "0.5", "1.5", "+3", ".5", "5.", "1e3", "007", "1_000", "0x1f", "nan", "-.inf", "true", "TRUE", "no", "off",
	"error", "draft", "lower", "104w", "1mo", "1.5d", "-1d", "+1d", "5%", "-5%", "1.2.0", "1.2", "v1.2.0", "1.02.0", "1.2.0-rc.1+b.01",
	"1.2.0-01", "id@^1.2", "id@", "id@1.x || >=2 <3", "id@1.2 - 2", "id@latest", "id@~1.2.3", "id@*", "id@>= 1", "Id", "id@1@2", "2026-02-03",
	"2026-02-30", "2026-13-01", "0000-01-01", "2026-02-03T25:00Z", "2026-02-03T02:00:00+01:00", "2026-02-03 02:00", "2026-02-03T02:00:00.25z",
	"20260203", "0 6 * * 1", "*/5 0-6,8 1 jan-mar MON", "60 * * * *", "0 6 * *", "5/2 * * * *", "*/0 * * * *", "0 0 1 * 8", "../x", "a/b.csv",
	"/a", "a//b", "a/.Git/x", "a/..", "a\\b", "PSI", "Chi_Square", "auto", "nope", ";", "\t", "a", "64KiB", "1 MiB", "0KiB", "64KB",
	"snapshots", "a123456789012345678901234567890123456789012345678901234567890123", "a1234567890123456789012345678901234567890123456789012345678901234",
	"2026-02-01-train", "_a", "-a",
};

static const char *const trees[] = {
	"~", "[]", "[x]", "[[x]]", "[~]", "[1, {x: 1}]", "{}", "{x: 1}", "{x-y: {a: ~}}", "{x: ~}", "{$patch: replace}", "{$patch: delete}", "{$patch: x}",
	"[{$patch: replace}]", "[{$patch: replace, x: 1}]", "[{$patch: delete}]", "{$unset: [a]}", "{$unset: []}", "{$unset: a}", "{$unset: [~]}",
	"{$foo: 1}", "{x: {$foo: 1}}", "{x: {$patch: replace}}", "\"\"", "\"1\"", "\"true\"", "\"5%\"", "\"NaN\"",
};

static const char *const members[] = {
	"unknown: 1", "x-free: {$patch: replace}", "x-free: {$foo: 1}", "$unset: [a]", "$unset: ~", "$patch: replace", "$patch: delete", "$foo: 1",
};

static struct value *read_yaml(const char *yaml, struct arena *arena)
{
	struct input *file = arena_alloc(arena, sizeof *file);
	struct diags diags;

	*file = (struct input){.path = TEXT("change.yaml"), .bytes = text_of(yaml)};
	diags_init(&diags, arena);
	struct value *root = document_read(file, DOCUMENT_MANIFEST, &limits_default, arena, &diags);
	if (!root) {
		fprintf(stderr, "judge: cannot read '%s'\n", yaml);
		exit(3);
	}
	return root;
}

static struct text place_name(const struct judge *judge, const struct value *value, const char *with)
{
	return text_format(&((struct judge *)judge)->arena, "line %u, column %u: %s", value->place.line, value->place.column, with);
}

/* {$patch: replace} may be the first item alone, which the schemas do not say. */
static void change_value(struct judge *judge, struct value **slot, bool later_item)
{
	struct value *old = *slot, changed = *old;

	*slot = &changed;
	for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
		changed = (struct value){.kind = VALUE_SCALAR, .place = old->place, .text = text_of(scalars[i])};
		judge->what = place_name(judge, old, scalars[i]);
		print_verdict(judge);
	}
	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
		if (later_item && strcmp(trees[i], "{$patch: replace}") == 0)
			continue;
		struct value *root = read_yaml(arena_format(&judge->arena, "value: %s\n", trees[i]), &judge->arena);
		*slot = value_get(root, "value");
		judge->what = place_name(judge, old, trees[i]);
		print_verdict(judge);
	}
	*slot = old;
}

static void change_members(struct judge *judge, struct value *map)
{
	struct value old = *map;

	for (size_t i = 0; i < old.count; i++) {
		*map = *value_new_map(&judge->arena, old.place);
		for (size_t j = 0; j < old.count; j++)
			if (j != i)
				value_add_member(map, old.members[j], &judge->arena);
		judge->what = place_name(judge, old.members[i].value, "left out");
		print_verdict(judge);
	}
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		struct value *root = read_yaml(arena_format(&judge->arena, "%s\n", members[i]), &judge->arena);
		*map = *value_new_map(&judge->arena, old.place);
		for (size_t j = 0; j < old.count; j++)
			value_add_member(map, old.members[j], &judge->arena);
		value_add_member(map, root->members[0], &judge->arena);
		judge->what = place_name(judge, &old, members[i]);
		print_verdict(judge);
	}
	*map = old;
}

static void change_all(struct judge *judge, struct value *value)
{
	if (value->kind == VALUE_MAP) {
		change_members(judge, value);
		for (size_t i = 0; i < value->count; i++) {
			change_value(judge, &value->members[i].value, false);
			change_all(judge, value->members[i].value);
		}
	} else if (value->kind == VALUE_LIST) {
		for (size_t i = 0; i < value->count; i++) {
			change_value(judge, &value->items[i], i > 0);
			change_all(judge, value->items[i]);
		}
	}
}

/* --- which fields the files have --- */

static void mark(bool *seen, enum kind kind, const struct field *field, const struct value *value)
{
	if (field)
		seen[field - schema_fields] = true;
	for (size_t i = 0; value->kind == VALUE_MAP && i < value->count; i++) {
		const struct field *row = schema_child(kind, field, value->members[i].name);
		if (row && !text_starts(value->members[i].name, "x-"))
			mark(seen, kind, row, value->members[i].value);
	}
	for (size_t i = 0; value->kind == VALUE_LIST && i < value->count; i++)
		if (field && schema_item(kind, field))
			mark(seen, kind, schema_item(kind, field), value->items[i]);
}

/* --- files --- */

static enum kind kind_of_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (strcmp(name, "galley.yaml") == 0)
		return KIND_CONFIG;
	if (strncmp(name, "model.", 6) == 0)
		return KIND_MODEL;
	if (strncmp(name, "run.", 4) == 0)
		return KIND_RUN;
	if (strstr(path, "/runs/") || strncmp(path, "runs/", 5) == 0)
		return strstr(path, "snapshots/2") || strncmp(name, "metrics.", 8) == 0 ? KIND_SNAPSHOT : KIND_COUNT;
	if (strstr(path, "/recipes/") || strncmp(path, "recipes/", 8) == 0)
		return KIND_RECIPE;
	return strstr(path, "/packs/") || strncmp(path, "packs/", 6) == 0 ? KIND_PACK : KIND_COUNT;
}

static void judge_file(const char *path, bool change, bool *seen)
{
	static char bytes[1 << 20];
	struct judge judge = {.kind = kind_of_path(path), .path = path, .what = TEXT("")};
	FILE *stream = judge.kind == KIND_COUNT ? NULL : fopen(path, "rb");
	struct diags diags;

	if (!stream)
		return;
	size_t size = fread(bytes, 1, sizeof bytes, stream);
	fclose(stream);
	arena_init(&judge.arena);
	diags_init(&diags, &judge.arena);
	struct input file = {.path = text_of(path), .bytes = {bytes, size}};
	judge.root = document_read(&file, judge.kind == KIND_SNAPSHOT ? DOCUMENT_METRICS : DOCUMENT_MANIFEST, &limits_default, &judge.arena, &diags);
	if (judge.root && judge.root->kind == VALUE_MAP) {
		print_verdict(&judge);
		mark(seen, judge.kind, NULL, judge.root);
		if (change)
			change_all(&judge, judge.root);
	}
	arena_release(&judge.arena);
}

int main(int argc, char **argv)
{
	bool change = argc > 1 && strcmp(argv[1], "--change") == 0, *seen = calloc(schema_field_count, sizeof *seen);
	int status = 0;

	for (int i = 1 + change; i < argc; i++)
		judge_file(argv[i], change, seen);
	for (size_t i = 0; change && i < schema_field_count; i++)
		if (!seen[i]) {
			fprintf(stderr, "judge: no file has '%s' of a %s\n", schema_fields[i].path, kind_name(schema_fields[i].kind));
			status = 1;
		}
	free(seen);
	return status;
}
