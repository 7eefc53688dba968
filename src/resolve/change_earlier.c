#include <stdlib.h>
#include <string.h>

#include "change_parts.h"
#include "semver.h"

/* A version means the newest commit that has it. So one that a commit of the change edits in place means that edit from then on to all that
 * pin it, also where a later commit raises it, goes back, or removes the file. */

/* All that have one version of one id, oldest first. */
struct group {
	const struct version **items;
	size_t count;
};

struct shift {
	const struct version *approved, *changed; /* NULL: none */
};

/* Whether a is after b: behind it there is b, or else by the clocks, which decide what a version means. */
static bool is_later(const struct change *change, const struct version *a, const struct version *b)
{
	const struct change_request *request = change->request;

	return a->time >= b->time || (request->descends && request->descends(request->context, a->commit, b->commit));
}

static bool is_approved(const struct version *version)
{
	return version->status >= STATUS_APPROVED;
}

static bool same_content(const struct version *a, const struct version *b)
{
	return strcmp(a->digest, b->digest) == 0;
}

/* Against what was approved before the change; *settled where there was something. */
static struct shift shift_before(bool *settled, const struct change *change, struct group reached, const struct version *last)
{
	const struct version *found = NULL;

	*settled = false;
	for (size_t i = 0; i < reached.count; i++) {
		const struct version *version = reached.items[i];
		if (!is_approved(version))
			continue;
		*settled = true;
		if (same_content(version, last))
			return (struct shift){NULL, NULL};
		if (!found || !version->merged)
			found = version;
	}
	/* What another branch had under that number before it was approved here is not what it means. */
	return found && is_later(change, last, reached.items[reached.count - 1]) ? (struct shift){found, last} : (struct shift){NULL, NULL};
}

/* Against what the change itself approved first. */
static struct shift shift_within(const struct change *change, struct group ahead, const struct version *last)
{
	for (size_t i = 0; i < ahead.count; i++) {
		const struct version *version = ahead.items[i];
		if (!is_approved(version))
			continue;
		if (same_content(version, last))
			break;
		/* The clocks of both may be the same. */
		bool turned = change->request->descends && change->request->descends(change->request->context, version->commit, last->commit);
		if (turned && !is_approved(last))
			continue;
		return turned ? (struct shift){last, version} : (struct shift){version, last};
	}
	return (struct shift){NULL, NULL};
}

/* The commit that made it, rather than the one that merged it. */
static const struct version *maker_of(struct group ahead, const struct version *version)
{
	for (size_t i = 0; version->merged && i < ahead.count; i++)
		if (!ahead.items[i]->merged && same_content(ahead.items[i], version))
			return ahead.items[i];
	return version;
}

/* Where the record stands now; its version is empty where it is no more. */
static struct place find_now(struct text *version, const struct change *change, const struct version *last)
{
	const struct catalog *now = change->request->now;
	const struct recipe *recipe = last->kind == KIND_RECIPE ? catalog_recipe(now, last->id) : NULL;
	const struct pack *pack = last->kind == KIND_PACK ? catalog_pack(now, last->id) : NULL;
	const struct record *record = recipe ? &recipe->record : pack ? &pack->record : NULL;

	*version = recipe ? recipe->version : pack ? pack->version : TEXT("");
	if (!record)
		return place_gone(last->path, change->arena);
	const struct value *value = value_at(record->root, "metadata.version");
	return value ? value->place : record->place;
}

static void check_group(struct change *change, struct group reached, struct group ahead)
{
	const struct version *last = ahead.items[ahead.count - 1];
	struct text now;
	bool settled;
	struct place place = find_now(&now, change, last);

	if (text_equal(now, last->version))
		return; /* its content is what is read */
	struct shift shift = shift_before(&settled, change, reached, last);
	if (!settled)
		shift = shift_within(change, ahead, last);
	if (!shift.approved)
		return;
	const struct version *changed = maker_of(ahead, shift.changed);
	diag_add(change->diags, CODE_VERSION_CHANGED, place,
	         "%s '%.*s' changed in approved version %.*s before %s; approved in commit %.*s, changed in commit %.*s", kind_name(last->kind),
	         TEXT_ARGS(last->id), TEXT_ARGS(last->version), now.len ? "its version was raised" : "it was removed", COMMIT_DIGITS,
	         shift.approved->commit, COMMIT_DIGITS, changed->commit);
	diag_help(change->diags,
	          "'%.*s@%.*s' would mean that edit from now on: make it one commit with the one that %s (git rebase --interactive, git merge "
	          "--squash); the approved content is: git show %s:%.*s",
	          TEXT_ARGS(last->id), TEXT_ARGS(last->version), now.len ? "raises the version" : "removes it", shift.approved->commit,
	          TEXT_ARGS(shift.approved->path));
}

/* The highest version above this one that a commit behind it had; NULL. */
static const struct version *highest_behind(const struct change *change, struct versions reached, struct versions ahead, const struct version *last)
{
	const struct change_request *request = change->request;
	const struct version *highest = NULL;
	struct semver most, parsed;

	if (!semver_parse(&most, last->version))
		return NULL;
	for (size_t i = 0; i < reached.count + ahead.count; i++) {
		const struct version *version = i < reached.count ? &reached.items[i] : &ahead.items[i - reached.count];
		if (!version->mainline || !semver_parse(&parsed, version->version) || semver_compare(&parsed, &most) <= 0)
			continue;
		if (request->descends ? !request->descends(request->context, last->commit, version->commit) : last->time <= version->time)
			continue;
		highest = version;
		most = parsed;
	}
	return highest;
}

/* What an earlier commit had already came back, as a revert does: nothing new stands under a low number. */
static bool came_back(struct versions reached, struct versions ahead, const struct version *version)
{
	for (size_t i = 0; i < reached.count; i++)
		if (text_equal(reached.items[i].version, version->version) && same_content(&reached.items[i], version))
			return true;
	for (size_t i = 0; i < ahead.count; i++)
		if (&ahead.items[i] != version && text_equal(ahead.items[i].version, version->version) && same_content(&ahead.items[i], version))
			return true;
	return false;
}

/* A version that a commit of the change lowered, though a later one raised it again: the first such. What is read itself is the business of
 * change_records(). */
static void check_way(struct change *change, struct versions reached, struct versions ahead)
{
	for (size_t i = 0; i < ahead.count; i++) {
		const struct version *version = &ahead.items[i];
		struct text now;
		struct place place = find_now(&now, change, version);
		if (!version->mainline || text_equal(now, version->version) || came_back(reached, ahead, version))
			continue;
		const struct version *highest = highest_behind(change, reached, ahead, version);
		if (!highest)
			continue;
		diag_add(change->diags, CODE_VERSION_LOWER, place, "version %.*s of %s '%.*s' in commit %.*s is lower than %.*s in commit %.*s",
		         TEXT_ARGS(version->version), kind_name(version->kind), TEXT_ARGS(version->id), COMMIT_DIGITS, version->commit,
		         TEXT_ARGS(highest->version), COMMIT_DIGITS, highest->commit);
		diag_help(change->diags, "versions only go up along a branch: make the commits one (git rebase --interactive, git merge --squash)");
		return;
	}
}

static int order_items(const void *left, const void *right)
{
	const struct version *a = *(const struct version *const *)left, *b = *(const struct version *const *)right;
	int order = text_compare(a->version, b->version);

	/* They lie in one array, oldest first. */
	return order ? order : (a > b) - (a < b);
}

static struct group sort_by_version(struct versions versions, struct arena *arena)
{
	struct group all = {.items = arena_array(arena, versions.count, sizeof *all.items)};

	for (size_t i = 0; i < versions.count; i++)
		all.items[all.count++] = &versions.items[i];
	if (all.count)
		qsort(all.items, all.count, sizeof *all.items, order_items);
	return all;
}

/* The next group of one version. */
static struct group take_group(struct group *rest)
{
	struct group group = {rest->items, 0};

	while (group.count < rest->count && text_equal(group.items[group.count]->version, group.items[0]->version))
		group.count++;
	rest->items += group.count;
	rest->count -= group.count;
	return group;
}

static void check_id(struct change *change, enum kind kind, struct text id)
{
	struct versions all_ahead = versions_of(change->request->ahead, kind, id), all_reached = versions_of(change->request->reached, kind, id);
	struct group ahead = sort_by_version(all_ahead, change->arena), reached = sort_by_version(all_reached, change->arena);

	check_way(change, all_reached, all_ahead);

	while (ahead.count) {
		struct group now = take_group(&ahead), before = {NULL, 0};
		while (reached.count && text_compare(reached.items[0]->version, now.items[0]->version) <= 0)
			before = take_group(&reached);
		bool same = before.count && text_equal(before.items[0]->version, now.items[0]->version);
		check_group(change, same ? before : (struct group){NULL, 0}, now);
	}
}

void change_earlier(struct change *change)
{
	const struct versions *ahead = change->request->ahead;

	for (size_t i = 0; ahead && i < ahead->count; i++) {
		const struct version *version = &ahead->items[i], *before = version - (i > 0);
		if (i == 0 || before->kind != version->kind || !text_equal(before->id, version->id))
			check_id(change, version->kind, version->id);
	}
}
