#include <stdlib.h>
#include <string.h>

#include "change_parts.h"
#include "semver.h"

static enum record_status status_of(struct text name)
{
	for (int status = STATUS_DRAFT; status <= STATUS_ARCHIVED; status++)
		if (text_is(name, record_status_name((enum record_status)status)))
			return (enum record_status)status;
	return STATUS_NONE;
}

bool version_read(struct version *out, enum kind kind, const struct input *file, const struct limits *limits, struct arena *arena)
{
	struct arena scratch;
	struct diags diags;
	struct semver parsed;

	arena_init(&scratch);
	diags_init(&diags, &scratch);
	*out = (struct version){.kind = kind};
	const struct value *root = document_read(file, DOCUMENT_MANIFEST, limits, &scratch, &diags);
	struct text id = value_text(root, "metadata.id"), version = value_text(root, "metadata.version");
	bool found = id.len && semver_parse(&parsed, version);
	if (found) {
		out->id = text_copy(arena, id);
		out->version = text_copy(arena, version);
		out->family = text_copy(arena, value_text(root, "metadata.model_family"));
		out->status = status_of(value_text(root, "metadata.status"));
		content_digest(out->digest, kind, root);
	}
	arena_release(&scratch);
	return found;
}

static int order_ids(const struct version *a, enum kind kind, struct text id)
{
	return a->kind == kind ? text_compare(a->id, id) : a->kind > kind ? 1 : -1;
}

static int order_versions(const void *left, const void *right)
{
	const struct version *a = left, *b = right;
	int order = order_ids(a, b->kind, b->id);

	if (!order)
		order = (a->time > b->time) - (a->time < b->time);
	if (!order)
		order = strcmp(a->commit, b->commit);
	return order ? order : text_compare(a->path, b->path);
}

void versions_sort(struct versions *versions)
{
	if (versions->count)
		qsort(versions->items, versions->count, sizeof *versions->items, order_versions);
}

struct versions versions_of(const struct versions *all, enum kind kind, struct text id)
{
	size_t low = 0, high = all ? all->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (order_ids(&all->items[middle], kind, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (all && end < all->count && order_ids(&all->items[end], kind, id) == 0)
		end++;
	return (struct versions){end > low ? &all->items[low] : NULL, end - low};
}

/* --- One record --- */

/* A recipe or pack in one of the two states. */
struct state {
	const struct record *record; /* NULL: not there */
	struct text version;
	struct semver parsed;
	enum record_status status;
	char digest[65];
};

struct subject {
	struct change *change;
	struct state base, now;
	struct versions reached, ahead; /* of this record, before the change and in its own commits */
	bool same_version, same_content;
};

static bool state_fill(struct state *state, const struct record *record, struct text version, enum record_status status)
{
	*state = (struct state){.version = version, .status = status};
	if (!record || !record->root || !semver_parse(&state->parsed, version))
		return false;
	state->record = record;
	content_digest(state->digest, record->kind, record->root);
	return true;
}

static struct place place_of(const struct record *record, const char *path)
{
	const struct value *value = value_at(record->root, path);

	return value ? value->place : record->place;
}

static const char *kind_word(const struct subject *subject)
{
	return kind_name(subject->now.record->kind);
}

/* The newest commit of the change that has the content of now, else the one that is read; NULL: it is not committed. */
static const char *now_commit(const struct subject *subject)
{
	const struct change_request *request = subject->change->request;
	struct versions ahead = versions_of(request->ahead, subject->now.record->kind, subject->now.record->id);
	const char *commit = request->now_commit;

	for (size_t i = 0; i < ahead.count; i++)
		if (!ahead.items[i].merged && text_equal(ahead.items[i].version, subject->now.version) &&
		    strcmp(ahead.items[i].digest, subject->now.digest) == 0)
			commit = ahead.items[i].commit;
	return commit;
}

/* Another content that a commit of the change itself had approved as this version. */
static const struct version *find_approved_ahead(const struct subject *subject)
{
	const struct version *found = NULL;

	for (size_t i = 0; i < subject->ahead.count; i++) {
		const struct version *version = &subject->ahead.items[i];
		if (version->status >= STATUS_APPROVED && text_equal(version->version, subject->now.version) &&
		    strcmp(version->digest, subject->now.digest) != 0 && (!found || !version->merged))
			found = version;
	}
	return found;
}

/* The newest approved content of this version, or NULL where there is none or it is what now has. */
static const struct version *find_approved(const struct subject *subject)
{
	const struct version *found = NULL;

	for (size_t i = 0; i < subject->reached.count; i++) {
		const struct version *version = &subject->reached.items[i];
		if (version->status < STATUS_APPROVED || !text_equal(version->version, subject->now.version))
			continue;
		if (strcmp(version->digest, subject->now.digest) == 0)
			return NULL;
		if (!found || !version->merged)
			found = version;
	}
	return found ? found : find_approved_ahead(subject);
}

static void check_content(struct subject *subject)
{
	const struct version *approved = find_approved(subject);
	struct change *change = subject->change;
	const struct record *record = subject->now.record;

	if (!approved)
		return;
	const char *commit = now_commit(subject);
	struct place version = place_of(record, "metadata.version"), place = version;
	struct difference difference = {.told = TEXT("")};
	if (subject->base.record && subject->same_version)
		difference = content_difference(record->kind, subject->base.record->root, record->root, change->arena);
	if (difference.told.len)
		place = lines_show(&difference, subject->base.record->file, record->file, change->arena);
	diag_add(change->diags, CODE_VERSION_CHANGED, place,
	         "%s '%.*s' changed in approved version %.*s%s%.*s; approved in commit %.*s, changed in %s%.*s", kind_word(subject),
	         TEXT_ARGS(record->id), TEXT_ARGS(subject->now.version), difference.told.len ? ": " : "", TEXT_ARGS(difference.told),
	         COMMIT_DIGITS, approved->commit, commit ? "commit " : "", commit ? COMMIT_DIGITS : (int)strlen(change->request->now_place),
	         commit ? commit : change->request->now_place);
	if (difference.told.len)
		diag_relate(change->diags, version, "version %.*s", TEXT_ARGS(subject->now.version));
	diag_help(change->diags, "raise 'metadata.version'%s; the approved content is: git show %s:%.*s",
	          commit ? " in that very commit (git commit --amend, git rebase --interactive)" : "", approved->commit, TEXT_ARGS(approved->path));
}

/* Those before the change, then those of its own commits. */
static const struct version *known_version(const struct subject *subject, size_t i)
{
	return i < subject->reached.count ? &subject->reached.items[i] : &subject->ahead.items[i - subject->reached.count];
}

/* The highest version that the branch itself has had, and the commit that has it. */
static struct semver highest(struct text *text, const char **commit, const struct subject *subject)
{
	struct semver most = subject->base.parsed, parsed;

	*text = subject->base.record ? subject->base.version : TEXT("");
	*commit = subject->change->request->base_commit;
	for (size_t i = 0; i < subject->reached.count + subject->ahead.count; i++) {
		const struct version *version = known_version(subject, i);
		if (!version->mainline || !semver_parse(&parsed, version->version) || (text->len && semver_compare(&parsed, &most) <= 0))
			continue;
		most = parsed;
		*text = version->version;
		*commit = version->commit;
	}
	return most;
}

/* True when the version was said to be wrong, which makes its content nobody's concern. */
static bool check_order(struct subject *subject)
{
	struct change *change = subject->change;
	const struct record *record = subject->now.record;
	struct text text;
	const char *commit;

	if (subject->same_version)
		return false;
	struct semver most = highest(&text, &commit, subject);
	int order = text.len ? semver_compare(&subject->now.parsed, &most) : 1;
	if (order > 0 || (order == 0 && text_equal(text, subject->now.version)))
		return false;
	diag_add(change->diags, CODE_VERSION_LOWER, place_of(record, "metadata.version"),
	         order < 0 ? "version %.*s of %s '%.*s' is lower than %.*s in commit %.*s"
	                   : "version %.*s of %s '%.*s' is not higher than %.*s in commit %.*s",
	         TEXT_ARGS(subject->now.version), kind_word(subject), TEXT_ARGS(record->id), TEXT_ARGS(text), COMMIT_DIGITS, commit);
	diag_help(change->diags, "versions only go up: to go back to earlier content, give it a higher version than %.*s", TEXT_ARGS(text));
	return true;
}

static void check_status(struct subject *subject)
{
	struct change *change = subject->change;
	enum record_status most = subject->same_version ? subject->base.status : STATUS_NONE, now = subject->now.status;
	const char *commit = change->request->base_commit;

	if (now == STATUS_NONE || (subject->same_version && now == subject->base.status))
		return;
	for (size_t i = 0; i < subject->reached.count + subject->ahead.count; i++) {
		const struct version *version = known_version(subject, i);
		if (!version->mainline || version->status <= most || !text_equal(version->version, subject->now.version))
			continue;
		most = version->status;
		commit = version->commit;
	}
	if (now >= most)
		return;
	const struct record *record = subject->now.record;
	diag_add(change->diags, CODE_VERSION_STATUS, place_of(record, "metadata.status"),
	         "status of %s '%.*s' goes back from %s to %s; version %.*s is %s in commit %.*s", kind_word(subject),
	         TEXT_ARGS(record->id), record_status_name(most), record_status_name(now), TEXT_ARGS(subject->now.version),
	         record_status_name(most), COMMIT_DIGITS, commit);
	diag_help(change->diags, most == STATUS_ARCHIVED ? "nothing leaves archived: make it a higher version"
	                                                 : "a version goes from draft to approved to archived: make it a higher version");
}

static void check_record(struct subject *subject)
{
	const struct state *base = &subject->base, *now = &subject->now;

	subject->same_version = base->record && text_equal(base->version, now->version);
	subject->same_content = base->record && strcmp(base->digest, now->digest) == 0;
	if (subject->same_version && subject->same_content && base->status == now->status)
		return;
	subject->reached = versions_of(subject->change->request->reached, now->record->kind, now->record->id);
	subject->ahead = versions_of(subject->change->request->ahead, now->record->kind, now->record->id);
	if (!check_order(subject) && !(subject->same_version && subject->same_content))
		check_content(subject);
	check_status(subject);
}

void change_records(struct change *change)
{
	const struct catalog *before = change->request->base, *after = change->request->now;

	for (size_t i = 0; i < after->recipe_count; i++) {
		const struct recipe *now = &after->recipes[i], *base = catalog_recipe(before, now->record.id);
		struct subject subject = {.change = change};
		if ((base && same_input(base->record.file, now->record.file)) ||
		    !state_fill(&subject.now, &now->record, now->version, now->status))
			continue;
		if (base)
			state_fill(&subject.base, &base->record, base->version, base->status);
		check_record(&subject);
	}
	for (size_t i = 0; i < after->pack_count; i++) {
		const struct pack *now = &after->packs[i], *base = catalog_pack(before, now->record.id);
		struct subject subject = {.change = change};
		if ((base && same_input(base->record.file, now->record.file)) ||
		    !state_fill(&subject.now, &now->record, now->version, now->status))
			continue;
		if (base)
			state_fill(&subject.base, &base->record, base->version, base->status);
		check_record(&subject);
	}
}
