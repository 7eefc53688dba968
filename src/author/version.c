#include "arena.h"
#include "record.h"
#include "semver.h"

static const char *status_field = "metadata.status";

/* --- approve --- */

static int refuse_status(const struct authoring *authoring, const struct versioned *versioned)
{
	const struct record *record = versioned->record;
	bool approved = versioned->status == STATUS_APPROVED;

	refusal_set(authoring->refusal, place_at(record, status_field), authoring->arena, "%s '%.*s' %.*s is %s, only a draft can be approved",
	            kind_name(record->kind), TEXT_ARGS(record->id), TEXT_ARGS(versioned->version), record_status_name(versioned->status));
	return refusal_help(authoring->refusal, authoring->arena,
	                    approved ? "a change to it needs a higher version: galley bump %.*s minor --draft"
	                             : "nothing leaves archived; a higher version may start as a draft: galley clone, or a new id for %.*s",
	                    TEXT_ARGS(record->id));
}

static int check_parent(const struct authoring *authoring, const struct recipe *recipe)
{
	const struct recipe *parent = recipe ? catalog_recipe(authoring->catalog, recipe->parent.id) : NULL;

	if (!parent || parent->status == STATUS_APPROVED || parent->status == STATUS_NONE ||
	    !reference_matches(&recipe->parent, parent->version))
		return 0;
	refusal_set(authoring->refusal, place_at(&recipe->record, "metadata.parent"), authoring->arena,
	            "'%.*s' cannot be approved: its parent '%.*s' %.*s is %s", TEXT_ARGS(recipe->record.id), TEXT_ARGS(parent->record.id),
	            TEXT_ARGS(parent->version), record_status_name(parent->status));
	refusal_because(authoring->refusal, place_at(&parent->record, status_field), authoring->arena, "status %s",
	                record_status_name(parent->status));
	if (parent->status == STATUS_DRAFT)
		return refusal_help(authoring->refusal, authoring->arena, "approve it first: galley approve %.*s", TEXT_ARGS(parent->record.id));
	return refusal_help(authoring->refusal, authoring->arena, "inherit from a recipe that is approved");
}

/* Whoever pins the approved version gets all that it stands on. */
static int check_needs(const struct authoring *authoring, const struct recipe *recipe)
{
	const struct effective *effective = recipe ? resolved_recipe(authoring->resolved, recipe->record.id) : NULL;

	for (size_t i = 0; effective && i < effective->chain_count; i++)
		if (refuse_broken(authoring, &effective->chain[i]->record) < 0)
			return -1;
	for (size_t i = 0; effective && i < effective->pack_count; i++) {
		const struct pack *pack = catalog_pack(authoring->catalog, effective->packs[i].id);
		if (pack && refuse_broken(authoring, &pack->record) < 0)
			return -1;
	}
	if (!effective || effective->usable)
		return 0;
	refusal_set(authoring->refusal, recipe->record.place, authoring->arena, "recipe '%.*s' has no effective form, as something that it inherits is wrong",
	            TEXT_ARGS(recipe->record.id));
	return refusal_help(authoring->refusal, authoring->arena, "galley check says what");
}

int author_approve(struct authored *out, const struct authoring *authoring, struct text id)
{
	const struct edit edit = {EDIT_TEXT, text_of(status_field), TEXT("approved"), "version"};
	struct versioned versioned;

	*out = (struct authored){.is_new = false};
	if (find_versioned(&versioned, authoring, id) < 0 || refuse_broken(authoring, versioned.record) < 0)
		return -1;
	if (versioned.status != STATUS_DRAFT)
		return refuse_status(authoring, &versioned);
	const struct recipe *recipe = versioned.record->kind == KIND_RECIPE ? catalog_recipe(authoring->catalog, id) : NULL;
	if (check_needs(authoring, recipe) < 0 || check_parent(authoring, recipe) < 0)
		return -1;
	out->subject =
	    text_format(authoring->arena, "Approve %.*s %.*s", TEXT_ARGS(versioned.record->id), TEXT_ARGS(versioned.version));
	return authored_edit(out, authoring, versioned.record, &edit, 1);
}

bool author_is_version(struct text version)
{
	struct semver parsed;

	return semver_parse(&parsed, version);
}

/* --- bump --- */

/* As node-semver's inc: a prerelease of the version that is asked for becomes that version. */
bool version_next(struct text *out, struct text version, enum version_part part, struct arena *arena)
{
	struct semver now;

	if (!semver_parse(&now, version))
		return false;
	bool pre = now.prerelease.len > 0;
	if (part == PART_MAJOR) {
		now.major += !pre || now.minor || now.patch;
		now.minor = now.patch = 0;
	} else if (part == PART_MINOR) {
		now.minor += !pre || now.patch;
		now.patch = 0;
	} else {
		now.patch += !pre;
	}
	struct semver check;
	*out = text_format(arena, "%llu.%llu.%llu", (unsigned long long)now.major, (unsigned long long)now.minor,
	                   (unsigned long long)now.patch);
	return semver_parse(&check, *out) && semver_compare(&check, &now) >= 0;
}

/* A draft parent is nothing that an approved child may rest on: its pin has to name another version. */
static int check_children(const struct authoring *authoring, const struct record *record, struct text next)
{
	const struct catalog *catalog = authoring->catalog;

	for (size_t i = 0; record->kind == KIND_RECIPE && i < catalog->recipe_count; i++) {
		const struct recipe *child = &catalog->recipes[i];
		if (child->status != STATUS_APPROVED || !text_equal(child->parent.id, record->id) || !reference_matches(&child->parent, next))
			continue;
		refusal_set(authoring->refusal, place_at(&child->record, "metadata.parent"), authoring->arena,
		            "'%.*s' cannot become a draft: approved child '%.*s' %s", TEXT_ARGS(record->id), TEXT_ARGS(child->record.id),
		            child->parent.pin.len ? "has a pin that would take the draft" : "does not pin the version that it inherits from");
		return refusal_help(authoring->refusal, authoring->arena, "pin an approved version there, such as parent: %.*s@%.*s",
		                    TEXT_ARGS(record->id), TEXT_ARGS(value_text(record->root, "metadata.version")));
	}
	return 0;
}

int author_bump(struct authored *out, const struct authoring *authoring, struct text id, enum version_part part, bool draft)
{
	struct versioned versioned;
	struct text next;

	*out = (struct authored){.is_new = false};
	if (find_versioned(&versioned, authoring, id) < 0 || refuse_broken(authoring, versioned.record) < 0)
		return -1;
	const struct record *record = versioned.record;
	if (versioned.status == STATUS_ARCHIVED) {
		refusal_set(authoring->refusal, place_at(record, status_field), authoring->arena, "%s '%.*s' is archived: nothing leaves that state",
		            kind_name(record->kind), TEXT_ARGS(id));
		return refusal_help(authoring->refusal, authoring->arena, "begin another one: galley new %s", kind_name(record->kind));
	}
	if (!version_next(&next, versioned.version, part, authoring->arena)) {
		refusal_set(authoring->refusal, place_at(record, "metadata.version"), authoring->arena, "there is no version above '%.*s'",
		            TEXT_ARGS(versioned.version));
		return refusal_help(authoring->refusal, authoring->arena, "write a version such as 1.2.0");
	}
	if (draft && check_children(authoring, record, next) < 0)
		return -1;
	const struct edit edits[] = {{EDIT_TEXT, TEXT("metadata.version"), next, NULL},
	                             {EDIT_TEXT, text_of(status_field), TEXT("draft"), "version"}};
	out->subject = text_format(authoring->arena, "Bump %.*s to %.*s%s", TEXT_ARGS(id), TEXT_ARGS(next), draft ? " as a draft" : "");
	return authored_edit(out, authoring, record, edits, draft ? 2 : 1);
}
