#include <stdlib.h>
#include <string.h>

#include "difference.h"
#include "index.h"
#include "semver.h"

/* What differs is told between a version and the highest one below it. */
static const struct history_version *version_before(const struct history_version *versions, size_t count, const struct history_version *version)
{
	const struct history_version *found = NULL;
	struct semver own, other, best;

	if (!semver_parse(&own, version->version))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (&versions[i] == version || !semver_parse(&other, versions[i].version) || semver_compare(&other, &own) >= 0)
			continue;
		if (found && semver_parse(&best, found->version) && semver_compare(&other, &best) <= 0)
			continue;
		found = &versions[i];
	}
	return found;
}

/* The effective forms of a version, resolved when they are first asked for. */
struct side {
	struct catalog *world;
	struct resolved resolved;
};

struct log {
	struct history *history;
	const struct history_version *versions;
	size_t count;
	struct side *sides;
	const struct catalog *settings;
	int64_t as_of;
	struct arena *arena;
	struct failure *failure;
};

static int side_of(const struct side **out, struct log *log, const struct history_version *version)
{
	struct side *side = &log->sides[version - log->versions];
	struct diags unheard;

	*out = side;
	if (side->world)
		return 0;
	if (history_world(&side->world, log->history, version, log->settings, log->arena, log->failure) < 0)
		return -1;
	diags_init(&unheard, log->arena);
	resolve_all(&side->resolved, side->world, log->as_of, log->arena, &unheard);
	return 0;
}

static bool is_usable(const struct side *side, const struct history_version *version)
{
	const struct effective *effective = version->kind == KIND_RECIPE ? resolved_recipe(&side->resolved, version->id) : NULL;

	if (version->kind == KIND_RECIPE)
		return effective && effective->usable;
	const struct pack *pack = catalog_pack(side->world, version->id);
	return pack && !pack->record.broken;
}

static int find_change(struct version_item *item, struct log *log)
{
	const struct history_version *before = version_before(log->versions, log->count, item->version);
	const struct side *now, *then;
	struct differences differences;

	if (side_of(&now, log, item->version) < 0)
		return -1;
	item->usable = is_usable(now, item->version);
	if (!before)
		return 0;
	item->against = before->version;
	if (side_of(&then, log, before) < 0)
		return -1;
	if (!item->usable || !is_usable(then, before))
		return 0;
	struct state old = {then->world, &then->resolved}, new = {now->world, &now->resolved};
	differences_find(&differences, &old, &new, log->arena);
	item->compared = true;
	item->change = differences_of(&differences, item->version->kind, item->version->id);
	return 0;
}

static int read_note(struct commit_note *note, struct log *log, const char *commit)
{
	return commit[0] ? source_commit_note(note, log->history->source, commit, log->arena, log->failure) : 0;
}

int history_log(struct version_log *out, struct history *history, const struct catalog *settings, enum kind kind, struct text id, size_t most,
                bool compare, int64_t as_of, struct arena *arena, struct failure *failure)
{
	struct history_version *versions;
	struct log log = {.history = history, .settings = settings, .as_of = as_of, .arena = arena, .failure = failure};

	*out = (struct version_log){.kind = kind, .id = id};
	history_versions(&versions, &log.count, history, kind, id, arena);
	log.versions = versions;
	log.sides = arena_array(arena, log.count, sizeof *log.sides);
	out->all = log.count;
	out->items = arena_array(arena, log.count, sizeof *out->items);
	for (size_t i = 0; i < log.count && i < most; i++) {
		struct version_item *item = &out->items[out->count++];
		item->version = &versions[i];
		if (read_note(&item->made, &log, versions[i].made) < 0 || read_note(&item->approved, &log, versions[i].approved) < 0 ||
		    (compare && find_change(item, &log) < 0))
			return -1;
	}
	return 0;
}
