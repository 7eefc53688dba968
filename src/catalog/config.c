#include <string.h>

#include "arena.h"
#include "checker.h"
#include "parts.h"

static const struct text built_in_families[] = {{"forecasting", 11},
                                                {"pricing", 7},
                                                {"next_best_action", 16},
                                                {"location_scoring", 16}};

enum { FOLDERS = 4 };

static void set_defaults(struct config *config, struct loader *loader)
{
	struct arena *arena = loader->arena;

	*config = (struct config){.default_method = TEXT("PSI"),
	                          .charts = true,
	                          .emoji = true,
	                          .history = true,
	                          .keep_snapshots = 52,
	                          .message = TEXT("Update model reports"),
	                          .hold = 1,
	                          .limits = *loader->limits,
	                          .workspace = source_get_info(loader->source)->workspace};
	for (size_t i = 0; i < sizeof built_in_families / sizeof *built_in_families; i++) {
		config->families = arena_grow(arena, config->families, config->family_count, sizeof *config->families);
		config->families[config->family_count++] = built_in_families[i];
	}
}

static void read_families(struct config *config, struct loader *loader)
{
	const struct value *list = value_get(config->root, "families");

	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count && i < FAMILIES_MAX; i++) {
		if (list->items[i]->kind != VALUE_SCALAR || !is_id(list->items[i]->text, false))
			continue;
		config->families = arena_grow(loader->arena, config->families, config->family_count, sizeof *config->families);
		config->families[config->family_count++] = list->items[i]->text;
	}
}

/* Whether one folder is the other or lies in it. */
static bool overlap(struct text a, struct text b)
{
	struct text small = a.len < b.len ? a : b, large = a.len < b.len ? b : a;

	return text_equal(small, text_cut(large, 0, small.len)) && (small.len == large.len || large.at[small.len] == '/');
}

static void read_folders(struct config *config, struct loader *loader)
{
	static const char *const names[FOLDERS] = {"recipes", "packs", "runs", "reports"};
	struct text *out[FOLDERS] = {&config->recipes, &config->packs, &config->runs, &config->reports};
	const struct value *map = value_get(config->root, "directories");
	struct text folders[FOLDERS];

	for (size_t i = 0; i < FOLDERS; i++) {
		struct text given = value_text(map, names[i]);
		folders[i] = is_inner_path(given) ? given : text_of(names[i]);
		config->misplaced = config->misplaced || (value_get(map, names[i]) && !is_inner_path(given));
		for (size_t j = 0; j < i; j++) {
			if (!overlap(folders[i], folders[j]))
				continue;
			config->misplaced = true;
			const struct value *value = value_get(map, names[i]) ? value_get(map, names[i]) : value_get(map, names[j]);
			diag_add(loader->diags, CODE_CONFIG_VALUE, value->place, "folders of %s and %s overlap: '%.*s' and '%.*s'",
			         names[j], names[i], TEXT_ARGS(excerpt(folders[j], loader->arena)),
			         TEXT_ARGS(excerpt(folders[i], loader->arena)));
			diag_help(loader->diags, "give each a folder of its own");
		}
		*out[i] = text_format(loader->arena, "%.*s%.*s", TEXT_ARGS(config->workspace), TEXT_ARGS(folders[i]));
	}
}

static void unknown_method(const struct member *member, struct loader *loader)
{
	diag_add(loader->diags, CODE_CONFIG_VALUE, member->place, "unknown drift method '%.*s'",
	         TEXT_ARGS(excerpt(member->name, loader->arena)));
	suggest_method(loader->diags, member->name);
}

static void read_thresholds(struct config *config, struct loader *loader)
{
	const struct value *map = value_at(config->root, "methods.thresholds");

	for (size_t i = 0; map && map->kind == VALUE_MAP && i < map->count; i++) {
		const struct member *member = &map->members[i];
		const struct schema_method *method = schema_method_of(member->name);
		double warn, drift;
		if (text_starts(member->name, "x-"))
			continue;
		if (!method) {
			unknown_method(member, loader);
			continue;
		}
		bool both = value_number(&warn, member->value, "warn") && value_number(&drift, member->value, "drift");
		if (both && (method->takes_threshold ? warn > drift : warn < drift)) {
			diag_add(loader->diags, CODE_CONFIG_VALUE, value_place(member->value, "drift"),
			         "limit 'drift' of '%.*s' is reached before 'warn'", TEXT_ARGS(member->name));
			diag_relate(loader->diags, value_place(member->value, "warn"), "warn %.*s",
			            TEXT_ARGS(value_text(member->value, "warn")));
			diag_help(loader->diags, "the limit that warns comes first");
			continue;
		}
		config->method_thresholds = arena_grow(loader->arena, config->method_thresholds, config->method_threshold_count,
		                                       sizeof *config->method_thresholds);
		config->method_thresholds[config->method_threshold_count].method = member->name;
		config->method_thresholds[config->method_threshold_count].warn = value_text(member->value, "warn");
		config->method_thresholds[config->method_threshold_count++].drift = value_text(member->value, "drift");
	}
}

bool is_known_code(struct text code)
{
	for (size_t i = 0; i < CODE_COUNT; i++)
		if (text_is(code, code_list[i].id))
			return true;
	return false;
}

/* Codes that judge the judge: the repository may not silence them. */
bool is_fixed_code(struct text code)
{
	/* A workspace may hold runs that are made anew, such as examples; a change cannot switch it off for itself, see config_tighten(). */
	if (text_is(code, code_list[CODE_RUN_EVIDENCE_CHANGED].id))
		return false;
	return text_starts(code, "gate/") || text_starts(code, "waiver/") || text_starts(code, "version/") ||
	       text_starts(code, "run/") || text_starts(code, "config/") || text_starts(code, "suppress/");
}

static bool severity_of(enum severity *out, struct text name)
{
	for (int severity = SEVERITY_OFF; severity <= SEVERITY_ERROR; severity++)
		if (text_is(name, severity == SEVERITY_OFF ? "off" : severity_name((enum severity)severity))) {
			*out = (enum severity)severity;
			return true;
		}
	return false;
}

static void unknown_code(const struct member *member, struct loader *loader)
{
	struct text *names = arena_array(loader->arena, CODE_COUNT, sizeof *names);

	for (size_t i = 0; i < CODE_COUNT; i++)
		names[i] = text_of(code_list[i].id);
	diag_add(loader->diags, CODE_CONFIG_VALUE, member->place, "unknown rule '%.*s'",
	         TEXT_ARGS(excerpt(member->name, loader->arena)));
	suggest(loader->diags, member->name, names, CODE_COUNT);
}

static void read_rules(struct config *config, struct loader *loader)
{
	const struct value *map = value_get(config->root, "rules");

	for (size_t i = 0; map && map->kind == VALUE_MAP && i < map->count; i++) {
		const struct member *member = &map->members[i];
		enum severity severity;
		if (text_starts(member->name, "x-"))
			continue;
		if (!is_known_code(member->name)) {
			unknown_code(member, loader);
		} else if (member->value->kind != VALUE_SCALAR || !severity_of(&severity, member->value->text)) {
			continue;
		} else if (severity == SEVERITY_OFF && is_fixed_code(member->name)) {
			diag_add(loader->diags, CODE_CONFIG_VALUE, member->value->place, "rule '%.*s' cannot be switched off",
			         TEXT_ARGS(member->name));
			diag_help(loader->diags,
			          "findings on gates, waivers, versions, runs, settings and suppressions can be note, warning or error");
		} else {
			config->rules = arena_grow(loader->arena, config->rules, config->rule_count, sizeof *config->rules);
			config->rules[config->rule_count].code = member->name;
			config->rules[config->rule_count++].severity = severity;
		}
	}
}

static void read_limits(struct config *config, struct loader *loader)
{
	const struct value *map = value_get(config->root, "limits");

	config->own_limits = limits_default;
	for (size_t i = 0; i < LIMIT_LIST_COUNT; i++) {
		const struct limit_row *limit = &limit_list[i];
		size_t given, most = limit_get(&limits_default, limit);
		if (!limit_parse(&given, value_text(map, limit->name)) || !given)
			continue;
		if (limit_lower(&config->limits, limit, given)) {
			limit_lower(&config->own_limits, limit, given);
			continue;
		}
		diag_add(loader->diags, CODE_CONFIG_VALUE, value_place(map, limit->name), "limit '%s' %.*s is above %s", limit->name,
		         TEXT_ARGS(value_text(map, limit->name)), limit_value(limit, most).text);
		diag_help(loader->diags, "a repository may only lower limits; to raise it use --limit %s=%.*s", limit->name,
		          TEXT_ARGS(value_text(map, limit->name)));
	}
}

static void read_settings(struct config *config)
{
	const struct value *root = config->root;
	struct text method = value_text(root, "methods.default"), message = value_text(root, "reports.message");

	config->has_as_of = value_time(&config->as_of, root, "as_of");
	if (schema_method_of(method) || text_is_nocase(method, "auto"))
		config->default_method = method;
	config->charts = value_flag(root, "reports.charts", true);
	config->emoji = value_flag(root, "reports.emoji", true);
	config->history = value_flag(root, "reports.history", true);
	config->keep_snapshots = value_count(root, "reports.keep_snapshots", 52);
	/* The subject alone: lines below it could be trailers, which other tools act on. */
	message = text_trim(text_cut(message, 0, text_find(message, '\n')));
	if (message.len)
		config->message = message;
	config->hold = value_count(root, "monitoring.hold", 1);
	config->committer_name = value_text(root, "committer.name");
	config->committer_email = value_text(root, "committer.email");
}

/* galley.yaml, or galley.yml where that is the one that is there; of two, one would be silently ignored. */
static int find_config(struct text *path, struct loader *loader)
{
	struct text folder = source_get_info(loader->source)->workspace;
	struct text other = text_format(loader->arena, "%.*sgalley.yml", TEXT_ARGS(folder));
	enum entry_kind kind;
	bool first, second;

	*path = text_format(loader->arena, "%.*sgalley.yaml", TEXT_ARGS(folder));
	if (source_look(&first, &kind, loader->source, *path, loader->failure) < 0 ||
	    source_look(&second, &kind, loader->source, other, loader->failure) < 0)
		return -1;
	if (first && second) {
		diag_add(loader->diags, CODE_CONFIG_VALUE, path_place(loader, other), "'%.*s' is there too, and only that one is read",
		         TEXT_ARGS(*path));
		diag_help(loader->diags, "keep one of the two");
	} else if (second) {
		*path = other;
	}
	return 0;
}

int config_load(struct loader *loader)
{
	struct config *config = &loader->catalog->config;
	struct text path;
	struct loaded loaded;

	set_defaults(config, loader);
	if (find_config(&path, loader) < 0)
		return -1;
	size_t before = loader->diags->count;
	if (load_document(&loaded, loader, path, KIND_CONFIG) < 0)
		return -1;
	if (loaded.there)
		config->file = loaded.file;
	config->root = loaded.root;
	config->misplaced = !loaded.root && loader->diags->count > before;
	read_settings(config);
	read_families(config, loader);
	read_folders(config, loader);
	read_thresholds(config, loader);
	read_rules(config, loader);
	read_limits(config, loader);
	if (!config->keep_snapshots)
		config->keep_snapshots = 1;
	if (!config->hold)
		config->hold = 1;
	loader->limits = &config->limits;
	source_limit(loader->source, loader->limits);
	return 0;
}
