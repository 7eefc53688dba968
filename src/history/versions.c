#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "semver.h"

/* One id in all commits. */

enum { FILES_MOST = 64 };

/* The files of the id in a commit, by path; beyond FILES_MOST of one id those that came last are left out, as only the first counts. */
struct standing {
	struct change *files;
	size_t count;
	size_t first;   /* of those that count where the workspace is */
	uint32_t entry; /* of what that one says; GONE: the id is not there */
};

/* What is known of one version. */
struct told {
	struct text version;
	uint32_t path, blob; /* where it stood last */
	size_t stood, made, approved; /* ID_NONE: none */
	bool made_before, approved_before; /* where a shallow clone ends it was so already */
};

struct survey {
	struct history *history;
	const struct name *name;
	uint32_t number; /* of name */
	struct arena *scratch;
	struct standing *states;
	size_t state_count;
	uint32_t *state_of; /* by commit */
	struct told *entries;
	size_t entry_count;
};

struct event {
	struct occurrence occurrence;
	uint32_t path;
};

static int order_events(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	if (a->occurrence.commit != b->occurrence.commit)
		return a->occurrence.commit < b->occurrence.commit ? -1 : 1;
	return (a->path > b->path) - (a->path < b->path);
}

static struct event *find_events(size_t *count, const struct survey *survey)
{
	const struct index *index = &survey->history->index;
	size_t room = 0;

	for (size_t i = 0; i < survey->name->path_count; i++)
		room += index->by_path_count[survey->name->paths[i]];
	struct event *events = arena_array(survey->scratch, room, sizeof *events);
	*count = 0;
	for (size_t i = 0; i < survey->name->path_count; i++) {
		uint32_t path = survey->name->paths[i];
		for (size_t k = 0; k < index->by_path_count[path]; k++)
			events[(*count)++] = (struct event){index->by_path[path][k], path};
	}
	if (survey->name->path_count > 1)
		qsort(events, *count, sizeof *events, order_events);
	return events;
}

static const struct blob *blob_at(const struct survey *survey, uint32_t blob)
{
	return &survey->history->index.blobs[blob];
}

static uint32_t entry_of(struct survey *survey, uint32_t blob)
{
	struct text version = blob_at(survey, blob)->version;

	for (size_t i = survey->entry_count; i-- > 0;)
		if (text_equal(survey->entries[i].version, version))
			return (uint32_t)i;
	survey->entries = arena_grow(survey->scratch, survey->entries, survey->entry_count, sizeof *survey->entries);
	survey->entries[survey->entry_count] = (struct told){version, 0, 0, ID_NONE, ID_NONE, ID_NONE, false, false};
	return (uint32_t)survey->entry_count++;
}

static bool path_before(const struct survey *survey, uint32_t a, uint32_t b)
{
	return text_compare(survey->history->index.paths[a].text, survey->history->index.paths[b].text) < 0;
}

/* The state after the events of one commit; places: where the workspace is. */
static uint32_t next_state(struct survey *survey, uint32_t from, const struct event *events, size_t count, uint64_t places)
{
	const struct standing *old = &survey->states[from];
	struct standing state = {.files = arena_array(survey->scratch, old->count + count, sizeof *state.files), .entry = GONE};

	for (size_t i = 0; i < old->count; i++) {
		bool changed = false;
		for (size_t k = 0; k < count && !changed; k++)
			changed = events[k].path == old->files[i].path;
		if (!changed)
			state.files[state.count++] = old->files[i];
	}
	for (size_t k = 0; k < count; k++) {
		uint32_t blob = events[k].occurrence.blob, path = events[k].path;
		if (blob == GONE || blob_at(survey, blob)->name != survey->number)
			continue;
		size_t at = state.count++;
		for (; at && path_before(survey, path, state.files[at - 1].path); at--)
			state.files[at] = state.files[at - 1];
		state.files[at] = (struct change){.path = path, .blob = blob};
	}
	if (state.count > FILES_MOST)
		state.count = FILES_MOST;
	while (state.first < state.count && !(survey->history->index.path_places[state.files[state.first].path] & places))
		state.first++;
	if (state.first < state.count)
		state.entry = entry_of(survey, state.files[state.first].blob);
	survey->states = arena_grow(survey->scratch, survey->states, survey->state_count, sizeof *survey->states);
	survey->states[survey->state_count] = state;
	return (uint32_t)survey->state_count++;
}

static void find_states(struct survey *survey)
{
	const struct index *index = &survey->history->index;
	size_t count, next = 0;
	const struct event *events = find_events(&count, survey);

	survey->states = arena_grow(survey->scratch, NULL, 0, sizeof *survey->states);
	survey->states[survey->state_count++] = (struct standing){.entry = GONE};
	survey->state_of = arena_array(survey->scratch, index->commit_count, sizeof *survey->state_of);
	for (size_t c = 0; c < index->commit_count; c++) {
		const struct commit *commit = &index->commits[c];
		size_t parent = commit->parent_count ? index->parents[commit->parents] : ID_NONE, end = next;
		uint32_t state = parent == ID_NONE ? 0 : survey->state_of[parent];
		bool moved = parent != ID_NONE && survey->history->place_at[parent] != survey->history->place_at[c];
		while (end < count && events[end].occurrence.commit == c)
			end++;
		if (end > next || (moved && survey->states[state].count))
			state = next_state(survey, state, events + next, end - next, survey->history->place_at[c]);
		survey->state_of[c] = state;
		next = end;
	}
}

/* By commit time, ties by id; the files that are read come after all. */
static bool is_newer(const struct index *index, size_t a, size_t b)
{
	const struct commit *one = &index->commits[a], *other = &index->commits[b];

	if (one->time != other->time)
		return one->time > other->time;
	return memcmp(one->id, other->id, ID_BYTES) > 0;
}

static void take_oldest(size_t *at, const struct index *index, size_t commit)
{
	if (*at == ID_NONE || is_newer(index, *at, commit))
		*at = commit;
}

static bool is_approved(const struct blob *blob)
{
	return blob->status >= STATUS_APPROVED;
}

/* The oldest commits that gave each version the content that it has where it stood last, and that made it approved: those in which it
 * is so, and in none of their parents. Who picks or brings back what was there already is not who made it. */
static void find_makers(struct survey *survey)
{
	const struct index *index = &survey->history->index;

	for (size_t c = 0; c < index->commit_count; c++) {
		const struct commit *commit = &index->commits[c];
		const struct standing *now = &survey->states[survey->state_of[c]];
		bool made = true, approved = true;
		if (!survey->history->reached[c] || now->entry == GONE)
			continue;
		if (commit->parent_count && survey->state_of[c] == survey->state_of[index->parents[commit->parents]])
			continue;
		const struct blob *blob = blob_at(survey, now->files[now->first].blob);
		for (uint32_t k = 0; k < commit->parent_count; k++) {
			const struct standing *before = &survey->states[survey->state_of[index->parents[commit->parents + k]]];
			if (before->entry != now->entry)
				continue;
			const struct blob *old = blob_at(survey, before->files[before->first].blob);
			made = made && strcmp(old->digest, blob->digest) != 0;
			approved = approved && !is_approved(old);
		}
		struct told *entry = &survey->entries[now->entry];
		if (made && strcmp(blob->digest, blob_at(survey, entry->blob)->digest) == 0) {
			take_oldest(&entry->made, index, c);
			entry->made_before |= commit->cut;
		}
		if (approved && is_approved(blob)) {
			take_oldest(&entry->approved, index, c);
			entry->approved_before |= commit->cut;
		}
	}
}

/* What is read is newer than all that it reaches, whatever its clock says: as a working tree is, and as pins have it. */
static void find_stood(struct survey *survey, size_t from)
{
	const struct index *index = &survey->history->index;

	for (size_t c = 0; c < index->commit_count; c++) {
		const struct standing *state = &survey->states[survey->state_of[c]];
		if (!survey->history->reached[c] || state->entry == GONE)
			continue;
		struct told *entry = &survey->entries[state->entry];
		if (entry->stood != ID_NONE && c != from && (entry->stood == from || !is_newer(index, c, entry->stood)))
			continue;
		entry->stood = c;
		entry->path = state->files[state->first].path;
		entry->blob = state->files[state->first].blob;
	}
}

static void print_commit(char out[41], const struct history *history, size_t commit)
{
	out[0] = '\0';
	if (commit != ID_NONE && commit < history->real_count)
		id_print(out, history->index.commits[commit].id);
}

static int order_versions(const void *left, const void *right)
{
	const struct history_version *a = left, *b = right;
	struct semver one, other;

	if (a->made_time != b->made_time)
		return a->made_time < b->made_time ? 1 : -1;
	if (semver_parse(&one, a->version) && semver_parse(&other, b->version) && semver_compare(&one, &other) != 0)
		return -semver_compare(&one, &other);
	return -text_compare(a->version, b->version);
}

static void take_entry(struct history_version *out, const struct survey *survey, const struct told *entry, size_t from)
{
	const struct index *index = &survey->history->index;
	const struct blob *blob = blob_at(survey, entry->blob);
	const struct standing *here = &survey->states[survey->state_of[from]];

	*out = (struct history_version){.kind = blob->kind, .id = blob->id, .version = blob->version, .family = blob->family, .status = blob->status,
	                                .path = index->paths[entry->path].text, .at = entry->stood,
	                                .made_time = entry->made == ID_NONE ? 0 : index->commits[entry->made].time,
	                                .stood_time = index->commits[entry->stood].time};
	id_print(out->blob, blob->id_in_git);
	print_commit(out->stood, survey->history, entry->stood);
	if (!entry->made_before)
		print_commit(out->made, survey->history, entry->made);
	out->before = entry->made_before;
	if (is_approved(blob) && !entry->approved_before)
		print_commit(out->approved, survey->history, entry->approved);
	out->present = here->entry != GONE && &survey->entries[here->entry] == entry;
}

void history_versions_from(struct history_version **out, size_t *count, struct history *history, size_t from, enum kind kind, struct text id,
                           struct arena *arena)
{
	struct arena scratch;
	struct survey survey = {.history = history, .scratch = &scratch, .name = index_name(&history->index, kind, id)};

	*out = NULL;
	*count = 0;
	if (!survey.name || from == ID_NONE)
		return;
	survey.number = (uint32_t)(survey.name - history->index.names);
	arena_init(&scratch);
	history_reach(history, from);
	find_states(&survey);
	find_stood(&survey, from);
	find_makers(&survey);
	*out = arena_array(arena, survey.entry_count, sizeof **out);
	for (size_t i = 0; i < survey.entry_count; i++)
		if (survey.entries[i].stood != ID_NONE)
			take_entry(&(*out)[(*count)++], &survey, &survey.entries[i], from);
	if (*count)
		qsort(*out, *count, sizeof **out, order_versions);
	arena_release(&scratch);
}

void history_versions(struct history_version **out, size_t *count, struct history *history, enum kind kind, struct text id, struct arena *arena)
{
	history_versions_from(out, count, history, history->tip, kind, id, arena);
}

/* Whether a commit that is reached has the id at a path of this history. */
static bool is_reached(const struct history *history, size_t number)
{
	const struct index *index = &history->index;
	const struct name *name = &index->names[number];

	for (size_t i = 0; i < name->path_count; i++)
		for (size_t k = 0; k < index->by_path_count[name->paths[i]]; k++) {
			const struct occurrence *occurrence = &index->by_path[name->paths[i]][k];
			bool is_it = history->reached[occurrence->commit] && occurrence->blob != GONE && index->blobs[occurrence->blob].name == number;
			/* What lay in the folder before the workspace came counts from then on. */
			if (is_it && (history_counts(history, occurrence->commit, name->paths[i]) || history_counts(history, history->tip, name->paths[i])))
				return true;
		}
	return false;
}

void history_ids(struct text **out, size_t *count, struct history *history, enum kind kind, struct arena *arena)
{
	const struct index *index = &history->index;

	*out = arena_array(arena, index->name_count, sizeof **out);
	*count = 0;
	history_reach(history, history->tip);
	for (size_t i = 0; i < index->name_count; i++)
		if (index->names[i].kind == kind && is_reached(history, i))
			(*out)[(*count)++] = index->names[i].id;
}

/* Of two versions that satisfy a pin, the one that it means. */
static bool is_better(const struct history_version *a, const struct history_version *b)
{
	struct semver one, other;

	semver_parse(&one, a->version);
	semver_parse(&other, b->version);
	int order = semver_compare(&one, &other);
	return order ? order > 0 : a->stood_time > b->stood_time;
}

const struct history_version *history_pick(const struct history_version *versions, size_t count, struct text pin)
{
	const struct history_version *found = NULL;
	struct semver exact, version;
	bool is_exact = semver_parse(&exact, pin);

	for (size_t i = 0; i < count; i++)
		if (is_exact && text_equal(versions[i].version, pin))
			return &versions[i];
	for (size_t i = 0; i < count; i++) {
		if (!semver_parse(&version, versions[i].version) || !semver_satisfies(&version, pin))
			continue;
		if ((is_exact || versions[i].status == STATUS_APPROVED) && (!found || is_better(&versions[i], found)))
			found = &versions[i];
	}
	return found;
}

bool history_at(uint32_t *path, uint32_t *blob, struct history *history, size_t commit, enum kind kind, struct text id)
{
	const struct index *index = &history->index;
	const struct name *name = index_name(index, kind, id);
	struct arena scratch;
	size_t left = name ? name->path_count : 0;

	if (!left)
		return false;
	*path = GONE;
	arena_init(&scratch);
	bool *seen = arena_array(&scratch, left, sizeof *seen);
	for (size_t c = commit; c != ID_NONE && left; c = index->commits[c].parent_count ? index->parents[index->commits[c].parents] : ID_NONE)
		for (uint32_t k = 0; k < index->commits[c].change_count; k++) {
			const struct change *change = &index->changes[index->commits[c].changes + k];
			for (size_t i = 0; i < name->path_count; i++) {
				if (name->paths[i] != change->path || seen[i])
					continue;
				seen[i] = true;
				left--;
				bool is_it = change->blob != GONE && index->blobs[change->blob].name == (uint32_t)(name - index->names) &&
				             history_counts(history, commit, change->path);
				if (is_it && (*path == GONE || text_compare(index->paths[change->path].text, index->paths[*path].text) < 0)) {
					*path = change->path;
					*blob = change->blob;
				}
			}
		}
	arena_release(&scratch);
	return *path != GONE;
}
