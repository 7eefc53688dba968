#include "inside.h"
#include "semver.h"

enum { CHAIN_LIMIT = 64, SUGGESTIONS_MAX = 100 };

enum mark { UNSEEN, ON_PATH, DONE };

static size_t index_of(const struct catalog *catalog, const struct recipe *recipe)
{
	return (size_t)(recipe - catalog->recipes);
}

static struct place parent_place(const struct recipe *recipe)
{
	return recipe->parent.place.file ? recipe->parent.place : recipe->record.place;
}

static void report_unknown(const struct recipe *recipe, const struct catalog *catalog, bool suggest, struct arena *arena,
                           struct diags *diags)
{
	size_t count = 0, room = suggest ? catalog->recipe_count : 0;
	struct text *names = arena_array(arena, room, sizeof *names);

	for (size_t i = 0; i < room; i++)
		if (catalog->recipes[i].record.id.len && !text_equal(catalog->recipes[i].record.id, recipe->record.id))
			names[count++] = catalog->recipes[i].record.id;
	struct text near = text_nearest(recipe->parent.id, names, count);
	diag_add(diags, CODE_PARENT_UNKNOWN, parent_place(recipe), "unknown parent '%.*s'", TEXT_ARGS(recipe->parent.id));
	if (near.len)
		diag_help(diags, "did you mean '%.*s'?", TEXT_ARGS(near));
}

/* A baseline stands alone, every other recipe has one parent. False when that does not hold. */
static bool check_presence(const struct recipe *recipe, struct diags *diags)
{
	const struct value *metadata = value_get(recipe->record.root, "metadata");
	bool given = value_get(metadata, "parent") != NULL;

	if (recipe->level == LEVEL_BASELINE && given) {
		diag_add(diags, CODE_PARENT_REQUIRED, parent_place(recipe), "a baseline has no parent, but 'parent' is '%.*s'",
		         TEXT_ARGS(recipe->parent.id));
		diag_help(diags, "remove the line, or make 'level' industry or client");
		return false;
	}
	if (recipe->level != LEVEL_BASELINE && recipe->level != LEVEL_NONE && !given) {
		diag_add(diags, CODE_PARENT_REQUIRED, metadata ? metadata->place : recipe->record.place,
		         "missing 'parent': a recipe of level %s inherits from one of a higher level", level_name(recipe->level));
		return false;
	}
	return true;
}

/* Finds the parents by id; links[i].usable says that the recipe's own part of its chain is in order. */
static void find_parents(struct link *links, const struct catalog *catalog, struct arena *arena, struct diags *diags)
{
	size_t unknown = 0;

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *recipe = &catalog->recipes[i];
		links[i].usable = links[i].whole = recipe->record.root != NULL;
		if (!recipe->record.root)
			continue;
		if (!check_presence(recipe, diags))
			links[i].usable = false;
		if (recipe->level == LEVEL_BASELINE || !value_at(recipe->record.root, "metadata.parent"))
			continue;
		if (recipe->parent.id.len) {
			links[i].parent = catalog_recipe(catalog, recipe->parent.id);
			if (!links[i].parent)
				report_unknown(recipe, catalog, unknown++ < SUGGESTIONS_MAX, arena, diags);
		}
		if (links[i].parent)
			links[i].parent_index = index_of(catalog, links[i].parent);
		else
			links[i].usable = links[i].whole = false;
	}
}

/* path[from..to) is a cycle; it is told once, at its member with the first path. */
static void report_cycle(const struct catalog *catalog, const size_t *path, size_t from, size_t to, struct diags *diags)
{
	size_t first = from, length = to - from;
	struct text chain = {0};

	for (size_t i = from + 1; i < to; i++)
		if (text_compare(catalog->recipes[path[i]].record.file->path, catalog->recipes[path[first]].record.file->path) < 0)
			first = i;
	for (size_t i = 0; i <= length; i++) {
		struct text id = catalog->recipes[path[from + (first - from + i) % length]].record.id;
		chain = i ? text_format(diags->arena, "%.*s -> %.*s", TEXT_ARGS(chain), TEXT_ARGS(id)) : id;
		if (chain.len > 4096 && i < length) {
			chain = text_format(diags->arena, "%.*s -> ... -> %.*s", TEXT_ARGS(chain),
			                    TEXT_ARGS(catalog->recipes[path[first]].record.id));
			break;
		}
	}
	const struct recipe *recipe = &catalog->recipes[path[first]];
	diag_add(diags, CODE_PARENT_CYCLE, parent_place(recipe), "'%.*s' inherits from itself: %.*s", TEXT_ARGS(recipe->record.id),
	         TEXT_ARGS(chain));
	for (size_t i = 1; i < length; i++) {
		recipe = &catalog->recipes[path[from + (first - from + i) % length]];
		diag_relate(diags, parent_place(recipe), "'%.*s' inherits from '%.*s'", TEXT_ARGS(recipe->record.id),
		            TEXT_ARGS(recipe->parent.id));
	}
}

static void check_pin(struct link *link, const struct recipe *recipe, struct diags *diags)
{
	const struct recipe *parent = link->parent;
	struct semver version;

	if (!recipe->parent.pin.len || !semver_parse(&version, parent->version) || reference_matches(&recipe->parent, parent->version))
		return;
	if (!semver_parse(&version, recipe->parent.pin) && !semver_range_valid(recipe->parent.pin))
		return;
	const struct value *written = value_at(parent->record.root, "metadata.version");
	diag_add(diags, CODE_PARENT_PIN, parent_place(recipe), "pin '%.*s' is not satisfied: parent '%.*s' is at %.*s",
	         TEXT_ARGS(recipe->parent.pin), TEXT_ARGS(parent->record.id), TEXT_ARGS(parent->version));
	diag_relate(diags, written ? written->place : parent->record.place, "version %.*s", TEXT_ARGS(parent->version));
	link->usable = false;
}

/* The rules between a recipe and the parent it names. */
static void check_pair(struct link *link, const struct recipe *recipe, struct diags *diags)
{
	const struct recipe *parent = link->parent;
	struct place place = parent_place(recipe);

	if (recipe->level != LEVEL_NONE && parent->level != LEVEL_NONE && parent->level >= recipe->level) {
		const struct value *level = value_at(parent->record.root, "metadata.level");
		diag_add(diags, CODE_PARENT_LEVEL, place, "parent '%.*s' is of level %s, not above %s", TEXT_ARGS(parent->record.id),
		         level_name(parent->level), level_name(recipe->level));
		diag_relate(diags, level ? level->place : parent->record.place, "level %s", level_name(parent->level));
		link->usable = false;
	}
	if (recipe->family.len && parent->family.len && !text_equal(recipe->family, parent->family)) {
		const struct value *family = value_at(parent->record.root, "metadata.model_family");
		diag_add(diags, CODE_PARENT_FAMILY, place, "parent '%.*s' is of family '%.*s', not '%.*s'", TEXT_ARGS(parent->record.id),
		         TEXT_ARGS(parent->family), TEXT_ARGS(recipe->family));
		diag_relate(diags, family ? family->place : parent->record.place, "family '%.*s'", TEXT_ARGS(parent->family));
		link->usable = false;
	}
	if (recipe->status == STATUS_APPROVED && (parent->status == STATUS_DRAFT || parent->status == STATUS_ARCHIVED)) {
		const struct value *status = value_at(parent->record.root, "metadata.status");
		diag_add(diags, CODE_PARENT_STATUS, place, "parent '%.*s' is %s, but '%.*s' is approved", TEXT_ARGS(parent->record.id),
		         record_status_name(parent->status), TEXT_ARGS(recipe->record.id));
		diag_relate(diags, status ? status->place : parent->record.place, "status %s", record_status_name(parent->status));
	}
	check_pin(link, recipe, diags);
}

static void report_depth(struct link *link, const struct recipe *recipe, struct diags *diags)
{
	/* Whoever is further down has the same cause. */
	if (link->depth == CHAIN_LIMIT)
		diag_add(diags, CODE_PARENT_DEPTH, parent_place(recipe), "chain of parents of '%.*s' is longer than %d",
		         TEXT_ARGS(recipe->record.id), CHAIN_LIMIT);
	link->usable = link->whole = false;
}

/* Settles one recipe whose parent, if any, is settled. */
static void settle(struct link *links, size_t i, const struct catalog *catalog, struct diags *diags)
{
	struct link *link = &links[i];

	if (!link->parent)
		return;
	const struct link *above = &links[link->parent_index];
	link->depth = above->depth + 1;
	check_pair(link, &catalog->recipes[i], diags);
	if (link->depth >= CHAIN_LIMIT)
		report_depth(link, &catalog->recipes[i], diags);
	link->usable = link->usable && above->usable;
	link->whole = link->whole && above->whole;
}

void parents_link(struct link *links, size_t *order, const struct catalog *catalog, struct arena *arena, struct diags *diags)
{
	enum mark *marks = arena_array(arena, catalog->recipe_count, sizeof *marks);
	size_t *path = arena_array(arena, catalog->recipe_count, sizeof *path);
	size_t *place = arena_array(arena, catalog->recipe_count, sizeof *place);
	size_t done = 0;

	find_parents(links, catalog, arena, diags);
	for (size_t start = 0; start < catalog->recipe_count; start++) {
		size_t length = 0, i = start;
		while (marks[i] == UNSEEN) {
			marks[i] = ON_PATH;
			place[i] = length;
			path[length++] = i;
			if (!links[i].parent)
				break;
			i = links[i].parent_index;
		}
		if (marks[i] == ON_PATH && links[i].parent) {
			report_cycle(catalog, path, place[i], length, diags);
			for (size_t at = place[i]; at < length; at++)
				links[path[at]] = (struct link){0};
		}
		while (length) {
			size_t last = path[--length];
			settle(links, last, catalog, diags);
			marks[last] = DONE;
			order[done++] = last;
		}
	}
}
