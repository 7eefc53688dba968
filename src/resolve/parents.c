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
	else
		diag_help(diags, "galley list recipes shows all ids");
}

/* A baseline stands alone, every other recipe has one parent. False when that does not hold. */
static bool check_presence(const struct recipe *recipe, struct diags *diags)
{
	const struct value *metadata = value_get(recipe->record.root, "metadata");
	const struct value *parent = value_get(metadata, "parent");

	/* A 'parent' without a value has been told. */
	if (recipe->level == LEVEL_BASELINE && parent && parent->kind != VALUE_NULL) {
		diag_add(diags, CODE_PARENT_REQUIRED, parent_place(recipe), "a baseline has no parent, but 'parent' is '%.*s'",
		         TEXT_ARGS(recipe->parent.id));
		diag_help(diags, "remove the line, or make 'level' industry or client");
		return false;
	}
	if (recipe->level != LEVEL_BASELINE && recipe->level != LEVEL_NONE && !parent) {
		diag_add(diags, CODE_PARENT_REQUIRED, metadata ? metadata->place : recipe->record.place,
		         "missing field 'parent' in 'metadata': a recipe of level %s inherits from %s", level_name(recipe->level),
		         recipe->level == LEVEL_CLIENT ? "an industry recipe or a baseline" : "a baseline");
		diag_help(diags, "for example parent: recipe_pricing_base@^1.2");
		return false;
	}
	return true;
}

/* A parent of another version than this revision has. */
static const struct effective *older_parent(const struct recipe *recipe, const struct catalog *catalog, const struct resolved *resolved)
{
	const struct older *older = catalog_older(catalog, KIND_RECIPE, &recipe->parent);

	return older && older->past == PAST_FOUND ? resolved_at(resolved, &recipe->parent) : NULL;
}

/* Finds the parents by id; links[i].usable says that the recipe's own part of its chain is in order. */
static void find_parents(struct link *links, const struct catalog *catalog, const struct resolved *resolved, struct arena *arena,
                         struct diags *diags)
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
		links[i].older = older_parent(recipe, catalog, resolved);
		if (links[i].older) {
			links[i].parent = links[i].older->recipe;
			continue;
		}
		if (recipe->parent.id.len) {
			links[i].parent = catalog_recipe(catalog, recipe->parent.id);
			if (!links[i].parent && !catalog->unread[KIND_RECIPE])
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

/* False where the parent is at another version than the one that is meant. */
static bool check_pin(struct link *link, const struct recipe *recipe, const struct catalog *catalog, struct diags *diags)
{
	const struct recipe *parent = link->parent;
	const struct older *older = catalog_older(catalog, KIND_RECIPE, &recipe->parent);
	enum past past = older ? older->past : PAST_NO_HISTORY;
	struct semver version;

	if (!recipe->parent.pin.len || !semver_parse(&version, parent->version) || reference_matches(&recipe->parent, parent->version))
		return true;
	if (!semver_parse(&version, recipe->parent.pin) && !semver_range_valid(recipe->parent.pin))
		return true;
	const struct value *written = value_at(parent->record.root, "metadata.version");
	diag_add(diags, CODE_PARENT_PIN, parent_place(recipe), "pin '%.*s' is not satisfied: parent '%.*s' is at %.*s%s",
	         TEXT_ARGS(recipe->parent.pin), TEXT_ARGS(parent->record.id), TEXT_ARGS(parent->version),
	         past == PAST_NOBODY    ? ", and its history has no such version"
	         : past == PAST_SHALLOW ? ", and what this shallow clone holds of its history has no such version"
	                                : "");
	diag_relate(diags, written ? written->place : parent->record.place, "version %.*s", TEXT_ARGS(parent->version));
	if (past == PAST_SHALLOW)
		diag_help(diags, "fetch the full history: git fetch --unshallow, in a workflow fetch-depth: 0");
	else if (past == PAST_NOBODY && older->newest.len)
		diag_help(diags, "pin a version that is there: %.*s; galley log %.*s shows all", TEXT_ARGS(older->newest), TEXT_ARGS(parent->record.id));
	else
		diag_help(diags, "pin a version that is there, such as %.*s@%.*s%s", TEXT_ARGS(parent->record.id), TEXT_ARGS(parent->version),
		          past == PAST_NO_HISTORY ? "; older versions are in git's history, and there is none here" : "");
	link->usable = false;
	return false;
}

/* The rules between a recipe and the parent it names. Where the parent (and not its own parent, above) is what leaves the family,
 * that was told at the parent. */
static void check_pair(struct link *link, const struct recipe *recipe, const struct recipe *above, const struct catalog *catalog,
                       struct diags *diags)
{
	const struct recipe *parent = link->parent;
	struct place place = parent_place(recipe);

	if (recipe->level != LEVEL_NONE && parent->level != LEVEL_NONE && parent->level >= recipe->level) {
		const struct value *level = value_at(parent->record.root, "metadata.level");
		diag_add(diags, CODE_PARENT_LEVEL, place, "parent '%.*s' is of level %s: a recipe of level %s needs %s",
		         TEXT_ARGS(parent->record.id), level_name(parent->level), level_name(recipe->level),
		         recipe->level == LEVEL_CLIENT ? "an industry recipe or a baseline" : "a baseline");
		diag_relate(diags, level ? level->place : parent->record.place, "level %s", level_name(parent->level));
		link->usable = false;
	}
	if (recipe->family.len && parent->family.len && !text_equal(recipe->family, parent->family) &&
	    !(above && text_equal(recipe->family, above->family))) {
		const struct value *family = value_at(parent->record.root, "metadata.model_family");
		diag_add(diags, CODE_PARENT_FAMILY, place, "parent '%.*s' is of family '%.*s', not '%.*s'", TEXT_ARGS(parent->record.id),
		         TEXT_ARGS(parent->family), TEXT_ARGS(recipe->family));
		diag_relate(diags, family ? family->place : parent->record.place, "family '%.*s'", TEXT_ARGS(parent->family));
		link->usable = false;
	}
	if ((link->older || check_pin(link, recipe, catalog, diags)) && recipe->status == STATUS_APPROVED &&
	    (parent->status == STATUS_DRAFT || parent->status == STATUS_ARCHIVED)) {
		const struct value *status = value_at(parent->record.root, "metadata.status");
		diag_add(diags, CODE_PARENT_STATUS, place, "parent '%.*s' is %s, but '%.*s' is approved", TEXT_ARGS(parent->record.id),
		         record_status_name(parent->status), TEXT_ARGS(recipe->record.id));
		diag_relate(diags, status ? status->place : parent->record.place, "status %s", record_status_name(parent->status));
		diag_help(diags, parent->status == STATUS_DRAFT ? "approve the parent first, or make this one a draft"
		                                                : "inherit from a recipe that is approved");
	}
}

static void settle_older(struct link *link, const struct recipe *recipe, const struct catalog *catalog, struct diags *diags)
{
	size_t above = link->older->chain_count > 1 ? link->older->chain_count - 2 : 0;

	link->depth = link->older->chain_count;
	check_pair(link, recipe, link->older->chain_count > 1 ? link->older->chain[above] : NULL, catalog, diags);
	if (link->older->usable)
		return;
	diag_add(diags, CODE_PARENT_PIN, parent_place(recipe), "version %.*s of parent '%.*s' has no effective form: it had errors",
	         TEXT_ARGS(link->parent->version), TEXT_ARGS(link->parent->record.id));
	diag_help(diags, "pin a version that could be resolved");
	link->usable = link->whole = false;
}

/* Settles one recipe whose parent, if any, is settled. */
static void settle(struct link *links, size_t i, const struct catalog *catalog, struct diags *diags)
{
	struct link *link = &links[i];

	if (!link->parent)
		return;
	if (link->older) {
		settle_older(link, &catalog->recipes[i], catalog, diags);
		return;
	}
	const struct link *above = &links[link->parent_index];
	link->depth = above->depth + 1;
	check_pair(link, &catalog->recipes[i], above->parent, catalog, diags);
	/* There are three levels, so every link of a longer chain has been told; this only bounds the work. */
	if (link->depth >= CHAIN_LIMIT)
		link->usable = link->whole = false;
	link->usable = link->usable && above->usable;
	link->whole = link->whole && above->whole;
}

void parents_link(struct link *links, size_t *order, const struct catalog *catalog, const struct resolved *resolved, struct arena *arena,
                  struct diags *diags)
{
	enum mark *marks = arena_array(arena, catalog->recipe_count, sizeof *marks);
	size_t *path = arena_array(arena, catalog->recipe_count, sizeof *path);
	size_t *place = arena_array(arena, catalog->recipe_count, sizeof *place);
	size_t done = 0;

	find_parents(links, catalog, resolved, arena, diags);
	for (size_t start = 0; start < catalog->recipe_count; start++) {
		size_t length = 0, i = start;
		while (marks[i] == UNSEEN) {
			marks[i] = ON_PATH;
			place[i] = length;
			path[length++] = i;
			if (!links[i].parent || links[i].older)
				break;
			i = links[i].parent_index;
		}
		if (marks[i] == ON_PATH && links[i].parent && !links[i].older) {
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
