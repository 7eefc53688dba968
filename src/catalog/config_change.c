#include "arena.h"
#include "parts.h"

struct relaxing {
	const struct config *now, *base;
	struct text commit;
	struct arena *arena;
	struct diags *diags;
};

/* The setting itself, what it stood in, the file, or the file that was. */
static struct place setting_place(const struct relaxing *relaxing, const char *map, struct text name)
{
	const struct value *above = map ? value_get(relaxing->now->root, map) : relaxing->now->root;
	const struct member *member = value_member(above, name), *whole = map ? value_member(relaxing->now->root, text_of(map)) : NULL;

	if (member)
		return member->value->place;
	if (whole)
		return whole->place;
	if (relaxing->now->file)
		return (struct place){.file = relaxing->now->file};
	struct input *gone = arena_alloc(relaxing->arena, sizeof *gone);
	gone->path = relaxing->base->file ? relaxing->base->file->path : TEXT("galley.yaml");
	return (struct place){.file = gone};
}

static void report(struct relaxing *relaxing, const char *map, struct text name, struct text is, struct text was, const char *help)
{
	diag_add(relaxing->diags, CODE_GATE_LOOSENED, setting_place(relaxing, map, name),
	         "looser than in commit %.*s: '%s%s%.*s' %.*s, was %.*s", TEXT_ARGS(relaxing->commit), map ? map : "", map ? "." : "",
	         TEXT_ARGS(name), TEXT_ARGS(is), TEXT_ARGS(was));
	diag_help(relaxing->diags, "%s", help);
}

static enum severity severity_in(const struct config *config, enum code code)
{
	enum severity severity = code_list[code].severity;

	for (size_t i = 0; i < config->rule_count; i++)
		if (text_is(config->rules[i].code, code_list[code].id))
			severity = config->rules[i].severity;
	return severity;
}

static struct text severity_word(enum severity severity)
{
	return text_of(severity == SEVERITY_OFF ? "off" : severity_name(severity));
}

static void tighten_rules(struct relaxing *relaxing, struct config *now)
{
	struct config both = {.rules = NULL};

	for (enum code code = 0; code < CODE_COUNT; code++) {
		enum severity is = severity_in(now, code), was = severity_in(relaxing->base, code);
		if (is < was)
			report(relaxing, "rules", text_of(code_list[code].id), severity_word(is), severity_word(was),
			       "for this change the stricter of both holds");
		if (is < was)
			is = was;
		if (is == code_list[code].severity)
			continue;
		both.rules = arena_grow(relaxing->arena, both.rules, both.rule_count, sizeof *both.rules);
		both.rules[both.rule_count].code = text_of(code_list[code].id);
		both.rules[both.rule_count++].severity = is;
	}
	now->rules = both.rules;
	now->rule_count = both.rule_count;
}

static void compare_limits(struct relaxing *relaxing)
{
	for (size_t i = 0; i < LIMIT_LIST_COUNT; i++) {
		const struct limit_row *limit = &limit_list[i];
		size_t is = limit_get(&relaxing->now->own_limits, limit), was = limit_get(&relaxing->base->own_limits, limit);
		struct limit_value is_shown = limit_value(limit, is), was_shown = limit_value(limit, was);
		if (is > was)
			report(relaxing, "limits", text_of(limit->name), text_of(is_shown.text), text_of(was_shown.text),
			       "for this change the smaller of both holds");
	}
}

static struct text or_nothing(struct text text)
{
	return text.len ? text : TEXT("not set");
}

static void compare_present(struct relaxing *relaxing)
{
	const struct config *now = relaxing->now, *base = relaxing->base;

	if (now->has_as_of == base->has_as_of && (!now->has_as_of || now->as_of == base->as_of))
		return;
	report(relaxing, NULL, TEXT("as_of"), or_nothing(value_text(now->root, "as_of")), or_nothing(value_text(base->root, "as_of")),
	       "the present decides which waivers count and what is stale: whoever merges this should know why it moves");
}

/* As galley.yaml names it: a workspace that moves takes its folders along. */
static struct text named(const struct config *config, struct text folder)
{
	return text_cut(folder, config->workspace.len, folder.len);
}

static void compare_folders(struct relaxing *relaxing)
{
	const struct config *now = relaxing->now, *base = relaxing->base;
	const struct {
		const char *name;
		struct text is, was;
	} folders[] = {
		{"recipes", named(now, now->recipes), named(base, base->recipes)},
		{"packs", named(now, now->packs), named(base, base->packs)},
		{"runs", named(now, now->runs), named(base, base->runs)},
		{"reports", named(now, now->reports), named(base, base->reports)},
	};

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (!text_equal(folders[i].is, folders[i].was))
			report(relaxing, "directories", text_of(folders[i].name), folders[i].is, folders[i].was,
			       "what lies in the folder that was named before is no longer looked at");
}

void config_tighten(struct config *now, const struct config *base, struct text commit, struct arena *arena, struct diags *diags)
{
	struct relaxing relaxing = {now, base, commit, arena, diags};

	tighten_rules(&relaxing, now);
	compare_limits(&relaxing);
	compare_present(&relaxing);
	compare_folders(&relaxing);
}
