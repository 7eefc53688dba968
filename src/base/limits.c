#include "limits.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "number.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

const struct limits limits_default = {
	.manifest_bytes = MIB,
	.metrics_bytes = MIB,
	.depth = 64,
	.yaml_nodes = 100000,
	.yaml_aliases = 1000,
	.scalar_bytes = 64 * KIB,
	.key_bytes = KIB,
	.csv_field = 64 * KIB,
	.csv_line = 16 * MIB,
	.csv_columns = 10000,
	.stages = 1000,
	.expression_bytes = 4 * KIB,
	.expression_nodes = 256,
	.expression_depth = 64,
	.expression_cost = 1000000,
	.cron_bytes = 128,
	.blob_bytes = 256 * (size_t)MIB,
	.unpacked_bytes = 4096 * (size_t)MIB,
	.walk_commits = 100000,
	.walk_files = 1000000,
	.walk_depth = 200,
	.cache_bytes = 256 * (size_t)MIB,
	.findings = 20,
};

/* Walks over trees, and over conditions, are recursive: their depth has an end that no flag moves. */
#define BYTES(name, doc) {#name, offsetof(struct limits, name), SIZE_MAX, true, doc}
#define COUNT(name, most, doc) {#name, offsetof(struct limits, name), most, false, doc}
const struct limit_row limit_list[LIMIT_LIST_COUNT] = {
	BYTES(manifest_bytes, "largest manifest"),
	BYTES(metrics_bytes, "largest metric file"),
	COUNT(depth, 512, "deepest nesting in YAML and JSON"),
	COUNT(yaml_nodes, SIZE_MAX, "most values in a YAML or JSON file, aliases expanded"),
	COUNT(yaml_aliases, SIZE_MAX, "most aliases, and most anchors, in a file"),
	BYTES(scalar_bytes, "longest value"),
	BYTES(key_bytes, "longest key"),
	BYTES(csv_field, "longest field of a CSV"),
	BYTES(csv_line, "longest row of a CSV"),
	COUNT(csv_columns, 10000000, "most columns of a CSV"),
	COUNT(stages, SIZE_MAX, "most stages of a pipeline"),
	BYTES(expression_bytes, "longest alert condition"),
	COUNT(expression_nodes, 4000, "most numbers, names and operators in an alert condition"),
	COUNT(expression_depth, 1000, "deepest nesting in an alert condition"),
	COUNT(expression_cost, 1000000000, "most steps that testing an alert condition may take"),
	BYTES(cron_bytes, "longest schedule"),
	BYTES(blob_bytes, "largest file that is read from git"),
	BYTES(unpacked_bytes, "largest content of a compressed file or a pipe"),
	COUNT(walk_commits, SIZE_MAX, "most commits that a look into history visits"),
	COUNT(walk_files, SIZE_MAX, "most files below the folders"),
	COUNT(walk_depth, 1000, "deepest folders within each other"),
	BYTES(cache_bytes, "most that is kept of finished work"),
	COUNT(findings, SIZE_MAX, "most findings of one code that are shown for one file"),
};
#undef BYTES
#undef COUNT

const struct limit_row *limit_find(struct text name)
{
	for (size_t i = 0; i < LIMIT_LIST_COUNT; i++)
		if (text_is(name, limit_list[i].name))
			return &limit_list[i];
	return NULL;
}

static size_t *member_of(struct limits *limits, const struct limit_row *limit)
{
	return (size_t *)(void *)((char *)limits + limit->offset);
}

size_t limit_get(const struct limits *limits, const struct limit_row *limit)
{
	return *(const size_t *)(const void *)((const char *)limits + limit->offset);
}

static uint64_t bit_of(const struct limit_row *limit)
{
	return (uint64_t)1 << (limit - limit_list);
}

bool limit_lower(struct limits *limits, const struct limit_row *limit, size_t value)
{
	if (value > limit_get(&limits_default, limit))
		return false;
	if (!(limits->given & bit_of(limit)) && value < limit_get(limits, limit))
		*member_of(limits, limit) = value;
	return true;
}

bool limit_parse(size_t *value, struct text text)
{
	static const struct {
		const char *unit;
		unsigned shift;
	} units[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
	unsigned shift = 0;
	uint64_t number;

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (text_ends(text, units[i].unit)) {
			shift = units[i].shift;
			text = text_trim(text_cut(text, 0, text.len - 3));
		}
	if (!number_parse_count(&number, text, SIZE_MAX >> shift))
		return false;
	*value = (size_t)number << shift;
	return true;
}

static struct text unknown_name(struct text name, struct arena *arena)
{
	struct text names[LIMIT_LIST_COUNT], list = TEXT("");

	for (size_t i = 0; i < LIMIT_LIST_COUNT; i++) {
		names[i] = text_of(limit_list[i].name);
		list = text_format(arena, "%.*s%s%s", TEXT_ARGS(list), i ? ", " : "", limit_list[i].name);
	}
	struct text near = text_nearest(name, names, LIMIT_LIST_COUNT);
	if (near.at)
		return text_format(arena, "there is no limit '%.*s'; did you mean '%.*s'?", TEXT_ARGS(name), TEXT_ARGS(near));
	return text_format(arena, "there is no limit '%.*s'; limits are %.*s", TEXT_ARGS(name), TEXT_ARGS(list));
}

bool limit_set(struct limits *limits, struct text *why, struct text setting, struct arena *arena)
{
	size_t equals = text_find(setting, '='), value;
	struct text name = text_cut(setting, 0, equals), given = text_cut(setting, equals + 1, setting.len);
	const struct limit_row *limit = limit_find(name);

	if (equals == setting.len)
		*why = text_format(arena, "'%.*s' is not NAME=VALUE, such as depth=128 or manifest_bytes=4MiB", TEXT_ARGS(setting));
	else if (!limit)
		*why = unknown_name(name, arena);
	else if (!limit_parse(&value, given) || !value)
		*why = text_format(arena, "'%.*s' is '%.*s', must be a whole number from 1%s", TEXT_ARGS(name), TEXT_ARGS(given),
		                   limit->bytes ? ", optionally with KiB, MiB or GiB" : "");
	else if (value > limit->most)
		*why = text_format(arena, "'%.*s' is %.*s, cannot be more than %zu", TEXT_ARGS(name), TEXT_ARGS(given), limit->most);
	else {
		*member_of(limits, limit) = value;
		limits->given |= bit_of(limit);
		return true;
	}
	return false;
}

struct limit_value limit_value(const struct limit_row *limit, size_t value)
{
	struct limit_value words;

	if (limit->bytes && value >= MIB && value % MIB == 0)
		snprintf(words.text, sizeof words.text, "%zuMiB", value / MIB);
	else if (limit->bytes && value >= KIB && value % KIB == 0)
		snprintf(words.text, sizeof words.text, "%zuKiB", value / KIB);
	else
		snprintf(words.text, sizeof words.text, "%zu", value);
	return words;
}

struct limit_note limit_note(const struct limits *limits, const size_t *member)
{
	const struct limit_row *limit = limit_list;
	struct limit_note words;

	while (limit->offset != (size_t)((const char *)member - (const char *)limits))
		limit++;
	size_t more = *member > limit->most / 2 ? limit->most : 2 * *member;
	if (*member >= limit->most)
		snprintf(words.text, sizeof words.text, "limit '%s', which no flag raises", limit->name);
	else
		snprintf(words.text, sizeof words.text, "limit '%s'; raise it with --limit %s=%s", limit->name, limit->name,
		         limit_value(limit, more).text);
	return words;
}
