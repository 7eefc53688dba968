#include <string.h>

#include "index.h"
#include "moves.h"

/* Where the workspace stood in each commit. It is followed from where it is read, or is known to be, to all that lies behind: where a commit has
 * it and a parent has not, and that parent has a workspace that lives on in it, it stood there. */

/* Which places have a workspace, a bit each, by commit. */
struct standings {
	uint64_t *first, *second; /* by galley.yaml, by galley.yml */
	uint32_t *manifests[PLACES_MOST]; /* how many are in their folders, whenever they were named so */
	uint64_t *path_places;    /* by path: whose manifest it would be */
	uint64_t top;             /* the bit of the top of the repository, where it is a place */
	uint64_t unknown;         /* places that the index has no word of yet */
};

static struct text config_path(struct text place, bool second, struct arena *arena)
{
	return text_format(arena, "%.*sgalley.%s", TEXT_ARGS(place), second ? "yml" : "yaml");
}

/* place_count where it is none of them. */
static size_t find_place(const struct history *history, struct text place)
{
	size_t at = 0;

	while (at < history->place_count && !text_equal(history->places[at], place))
		at++;
	return at;
}

static int add_place(size_t *at, struct history *history, struct text place, struct failure *failure)
{
	*at = find_place(history, place);
	if (*at < history->place_count)
		return 0;
	if (*at == PLACES_MOST)
		return failure_set(failure, EXIT_UNABLE, "the workspace stood in more than %d folders", PLACES_MOST);
	history->places[history->place_count++] = text_copy(history->arena, place);
	return 0;
}

void history_seed(struct history *history, const char *commit, struct text place)
{
	struct seed seed = {.place = place};

	if (id_parse(seed.commit, commit) < 0)
		return;
	history->seeds = arena_grow(history->arena, history->seeds, history->seed_count, sizeof *history->seeds);
	history->seeds[history->seed_count++] = seed;
}

/* usual: also the folders that it has where galley.yaml names no others. */
static void want_place(struct index *wanted, struct text place, bool usual, struct arena *arena)
{
	index_add_folder(wanted, KIND_CONFIG, config_path(place, false, arena), arena);
	index_add_folder(wanted, KIND_CONFIG, config_path(place, true, arena), arena);
	if (!usual)
		return;
	index_add_folder(wanted, KIND_RECIPE, text_format(arena, "%.*srecipes", TEXT_ARGS(place)), arena);
	index_add_folder(wanted, KIND_PACK, text_format(arena, "%.*spacks", TEXT_ARGS(place)), arena);
}

/* Of where it is read its settings say which folders it has. */
void history_wanted(struct index *wanted, const struct history *history)
{
	for (size_t i = 0; i < history->place_count; i++)
		want_place(wanted, history->places[i], i > 0, history->arena);
	for (size_t i = 0; i < history->folder_count; i++)
		index_add_folder(wanted, history->folders[i].kind, history->folders[i].path, history->arena);
}

static bool has_folders(const struct index *index, const struct index *wanted)
{
	for (size_t i = 0; i < wanted->folder_count; i++)
		if (!index_has_folder(index, &wanted->folders[i]))
			return false;
	return true;
}

/* --- Where workspaces stand --- */

static void add_folder(struct history *history, enum kind kind, struct text path, uint64_t places)
{
	for (size_t i = 0; i < history->folder_count; i++)
		if (history->folders[i].kind == kind && text_equal(history->folders[i].path, path)) {
			history->folders[i].places |= places;
			return;
		}
	history->folders = arena_grow(history->arena, history->folders, history->folder_count, sizeof *history->folders);
	history->folders[history->folder_count++] = (struct folder){kind, text_format(history->arena, "%.*s", TEXT_ARGS(path)), places};
}

static void add_folders(struct history *history, uint64_t places, struct text recipes, struct text packs)
{
	for (size_t i = 0; i < history->place_count; i++) {
		struct text top = history->places[i];
		if (!(places >> i & 1))
			continue;
		add_folder(history, KIND_RECIPE, text_format(history->arena, "%.*s%.*s", TEXT_ARGS(top), TEXT_ARGS(recipes)), UINT64_C(1) << i);
		add_folder(history, KIND_PACK, text_format(history->arena, "%.*s%.*s", TEXT_ARGS(top), TEXT_ARGS(packs)), UINT64_C(1) << i);
	}
}

/* The bit of the place whose galley.yaml or galley.yml this is. */
static uint64_t place_of_config(bool *second, const struct history *history, struct text path)
{
	size_t name = path.len;

	while (name && path.at[name - 1] != '/')
		name--;
	*second = text_is(text_cut(path, name, path.len), "galley.yml");
	size_t at = find_place(history, text_cut(path, 0, name));
	return at < history->place_count ? UINT64_C(1) << at : 0;
}

static void take_change(struct standings *standings, const struct history *history, size_t commit, const struct change *change)
{
	const struct path *path = &history->index.paths[change->path];

	if (path->kind == KIND_CONFIG) {
		bool second;
		uint64_t place = place_of_config(&second, history, path->text);
		uint64_t *at = second ? &standings->second[commit] : &standings->first[commit];
		*at = change->blob == GONE ? *at & ~place : *at | place;
		return;
	}
	uint64_t places = standings->path_places[change->path];
	for (size_t i = 0; places >> i && i < history->place_count; i++) {
		uint32_t *count = &standings->manifests[i][commit];
		if (!(places >> i & 1))
			continue;
		*count += change->blob != GONE && change->is_new;
		*count -= change->blob == GONE && *count;
	}
}

/* Which paths would be manifests of which place, by all names that its folders ever had. */
static void find_owners(struct standings *standings, struct history *history, const struct catalog *settings, struct arena *arena)
{
	struct history named = *history;
	const struct index *index = &history->index;

	/* Names beyond those are none that history_open() would take. */
	enum { NAMES_MOST = 1024 };
	named.arena = arena;
	named.folders = NULL;
	named.folder_count = 0;
	add_folder(&named, KIND_RECIPE, settings->config.recipes, 1);
	add_folder(&named, KIND_PACK, settings->config.packs, 1);
	add_folders(&named, (history->place_count < 64 ? UINT64_C(1) << history->place_count : 0) - 1, TEXT("recipes"), TEXT("packs"));
	for (size_t i = 0; i < index->change_count && named.folder_count < NAMES_MOST; i++) {
		const struct change *change = &index->changes[i];
		const struct path *path = &index->paths[change->path];
		bool second;
		if (path->kind == KIND_CONFIG && change->blob != GONE && index->blobs[change->blob].id.len)
			add_folders(&named, place_of_config(&second, history, path->text), index->blobs[change->blob].id, index->blobs[change->blob].version);
	}
	standings->path_places = arena_array(arena, index->path_count, sizeof *standings->path_places);
	for (size_t i = 0; i < index->path_count; i++)
		standings->path_places[i] = index_places(&index->paths[i], named.folders, named.folder_count);
}

static void find_standings(struct standings *standings, struct history *history, const struct catalog *settings, struct arena *arena)
{
	const struct index *index = &history->index;

	*standings = (struct standings){.first = arena_array(arena, index->commit_count, sizeof *standings->first),
	                                .second = arena_array(arena, index->commit_count, sizeof *standings->second)};
	find_owners(standings, history, settings, arena);
	for (size_t i = 0; i < history->place_count; i++) {
		struct index wanted = {.shape = TEXT("")};
		want_place(&wanted, history->places[i], i > 0, arena);
		if (!has_folders(index, &wanted))
			standings->unknown |= UINT64_C(1) << i;
		if (!history->places[i].len)
			standings->top = UINT64_C(1) << i;
		standings->manifests[i] = arena_array(arena, index->commit_count, sizeof *standings->manifests[i]);
	}
	for (size_t c = 0; c < index->commit_count; c++) {
		const struct commit *commit = &index->commits[c];
		if (commit->parent_count) {
			uint32_t parent = index->parents[commit->parents];
			standings->first[c] = standings->first[parent];
			standings->second[c] = standings->second[parent];
			for (size_t i = 0; i < history->place_count; i++)
				standings->manifests[i][c] = standings->manifests[i][parent];
		}
		for (uint32_t k = 0; k < commit->change_count; k++)
			take_change(standings, history, c, &index->changes[commit->changes + k]);
	}
}

static uint64_t has_config(const struct standings *standings, size_t commit)
{
	return standings->first[commit] | standings->second[commit];
}

static uint64_t stands_at(const struct standings *standings, size_t commit)
{
	uint64_t places = 0;

	for (size_t i = 0; i < PLACES_MOST && standings->manifests[i]; i++)
		places |= standings->manifests[i][commit] ? UINT64_C(1) << i : 0;
	return (places & (has_config(standings, commit) | standings->top)) | standings->unknown;
}

/* --- Moves --- */

static const struct move *known_move(const struct index *index, const unsigned char *commit, const unsigned char *parent, struct text to)
{
	for (size_t i = 0; i < index->move_count; i++) {
		const struct move *move = &index->moves[i];
		if (memcmp(move->commit, commit, ID_BYTES) == 0 && memcmp(move->parent, parent, ID_BYTES) == 0 && text_equal(move->to, to))
			return move;
	}
	return NULL;
}

/* Asks git. later: zero for what is read. */
static int find_move(struct move *move, struct history *history, const unsigned char *later, size_t parent, size_t to, struct failure *failure)
{
	static const unsigned char read[ID_BYTES];
	char id[41], earlier[41];

	*move = (struct move){.to = history->places[to]};
	memcpy(move->commit, later, ID_BYTES);
	memcpy(move->parent, history->index.commits[parent].id, ID_BYTES);
	id_print(id, later);
	id_print(earlier, move->parent);
	return move_find(&move->found, &move->from, history->source, memcmp(later, read, ID_BYTES) == 0 ? NULL : id, earlier, move->to,
	                 &history->limits, history->arena, failure);
}

/* Where the workspace in place `to` of a commit was in its parent. */
static int look_up(size_t *at, struct history *history, size_t commit, size_t parent, size_t to, struct failure *failure)
{
	struct index *index = &history->index;
	const struct move *known = known_move(index, index->commits[commit].id, index->commits[parent].id, history->places[to]);
	struct move move = {.found = false};

	if (known) {
		move = *known;
	} else {
		if (find_move(&move, history, index->commits[commit].id, parent, to, failure) < 0)
			return -1;
		index->moves = arena_grow(history->arena, index->moves, index->move_count, sizeof *index->moves);
		index->moves[index->move_count++] = move;
	}
	*at = to;
	return move.found ? add_place(at, history, move.from, failure) : 0;
}

/* Of the places of a commit, those of its parent. */
static int step_back(uint64_t *out, struct history *history, const struct standings *standings, size_t commit, size_t parent,
                     struct failure *failure)
{
	uint64_t here = history->place_at[commit], come = here & stands_at(standings, commit) & ~stands_at(standings, parent);

	*out = here & ~come;
	for (size_t i = 0; i < PLACES_MOST && come >> i; i++) {
		size_t at;
		if (!(come >> i & 1))
			continue;
		if (look_up(&at, history, commit, parent, i, failure) < 0)
			return -1;
		*out |= UINT64_C(1) << at;
	}
	return 0;
}

/* What is read stands behind the commit that it was taken from, and may have moved since. */
static int take_read(size_t *at, struct history *history, size_t commit, struct failure *failure)
{
	static const unsigned char read[ID_BYTES];

	if (!history->read_known && find_move(&history->read, history, read, commit, *at, failure) < 0)
		return -1;
	history->read_known = true;
	return history->read.found ? add_place(at, history, history->read.from, failure) : 0;
}

static int take_seeds(struct history *history, const struct standings *standings, struct failure *failure)
{
	bool is_commit = source_get_info(history->source)->kind == SOURCE_COMMIT;

	for (size_t i = 0; i < history->seed_count; i++) {
		size_t commit = id_table_find(&history->index.by_commit, history->seeds[i].commit), at;
		if (commit == ID_NONE)
			continue;
		if (add_place(&at, history, history->seeds[i].place, failure) < 0)
			return -1;
		if (i == 0 && !is_commit && !(stands_at(standings, commit) >> at & 1) && take_read(&at, history, commit, failure) < 0)
			return -1;
		history->place_at[commit] |= UINT64_C(1) << at;
	}
	return 0;
}

static int walk_back(struct history *history, const struct standings *standings, struct failure *failure)
{
	const struct index *index = &history->index;

	for (size_t c = index->commit_count; c-- > 0;) {
		const struct commit *commit = &index->commits[c];
		for (uint32_t k = 0; history->place_at[c] && k < commit->parent_count; k++) {
			size_t parent = index->parents[commit->parents + k];
			uint64_t places;
			if (step_back(&places, history, standings, c, parent, failure) < 0)
				return -1;
			history->place_at[parent] |= places;
		}
	}
	return 0;
}

/* --- Its folders --- */

/* Folders that a galley.yaml of this workspace names, not one of another branch or of who stood there before or after. */
static void find_folders(struct history *history, const struct standings *standings, const struct catalog *settings)
{
	const struct index *index = &history->index;
	uint64_t bare = 0; /* places where it stood without a galley.yaml */

	history->folder_count = 0;
	add_folder(history, KIND_RECIPE, settings->config.recipes, 1);
	add_folder(history, KIND_PACK, settings->config.packs, 1);
	for (size_t c = 0; c < index->commit_count; c++) {
		uint64_t places = history->place_at[c];
		bare |= places & standings->top & ~has_config(standings, c);
		for (uint32_t k = 0; places && k < index->commits[c].change_count; k++) {
			const struct change *change = &index->changes[index->commits[c].changes + k];
			const struct path *path = &index->paths[change->path];
			bool second;
			if (change->blob != GONE && path->kind == KIND_CONFIG && index->blobs[change->blob].id.len)
				add_folders(history, place_of_config(&second, history, path->text) & places, index->blobs[change->blob].id,
				            index->blobs[change->blob].version);
		}
	}
	/* The settings say it of where it is read. */
	add_folders(history, bare & ~UINT64_C(1), TEXT("recipes"), TEXT("packs"));
}

/* Each place that is found has a history of its own. */
static int follow_all(struct history *history, struct standings *standings, const struct catalog *settings, struct arena *scratch, struct failure *failure)
{
	size_t known;

	do {
		known = history->place_count;
		find_standings(standings, history, settings, scratch);
		/* One more, as the files that are read may stand behind them. */
		history->place_at = arena_array(history->arena, history->index.commit_count + 1, sizeof *history->place_at);
		if (take_seeds(history, standings, failure) < 0 || walk_back(history, standings, failure) < 0)
			return -1;
	} while (history->place_count > known);
	return 0;
}

int history_follow(struct history *history, bool *whole, const struct catalog *settings, struct failure *failure)
{
	struct standings standings;
	struct index wanted = {.shape = TEXT("")};
	struct arena scratch;

	arena_init(&scratch);
	int status = follow_all(history, &standings, settings, &scratch, failure);
	if (status == 0)
		find_folders(history, &standings, settings);
	arena_release(&scratch);
	history_wanted(&wanted, history);
	*whole = has_folders(&history->index, &wanted);
	return status;
}

bool history_counts(const struct history *history, size_t commit, uint32_t path)
{
	return (history->index.path_places[path] & history->place_at[commit]) != 0;
}

/* --- For those who walk history themselves --- */

size_t history_folder_count(const struct history *history)
{
	return history->folder_count;
}

struct text history_folder(enum kind *kind, const struct history *history, size_t at)
{
	*kind = history->folders[at].kind;
	return history->folders[at].path;
}

bool history_had(const struct history *history, const char *commit, enum kind kind, struct text path)
{
	unsigned char id[ID_BYTES];
	size_t at = id_parse(id, commit) == 0 ? id_table_find(&history->index.by_commit, id) : ID_NONE;
	bool had = false;

	for (size_t i = 0; at != ID_NONE && !had && i < history->folder_count; i++) {
		const struct folder *folder = &history->folders[i];
		had = folder->kind == kind && (folder->places & history->place_at[at]) && path.len > folder->path.len &&
		      path.at[folder->path.len] == '/' && text_equal(text_cut(path, 0, folder->path.len), folder->path);
	}
	return had;
}

/* Of the places that history has for a commit, the first where it stands. */
static int place_in_history(struct text *place, bool *found, struct source *source, struct source *other, const struct limits *limits,
                            struct arena *arena, struct failure *failure)
{
	const char *commit = source_get_info(other)->commit;
	struct history *history;
	struct catalog settings;
	struct diags unheard;
	unsigned char id[ID_BYTES];

	diags_init(&unheard, arena);
	if (catalog_read_config(&settings, source, limits, arena, &unheard, failure) < 0 ||
	    history_open(&history, source, &settings, limits, false, arena, failure) < 0)
		return -1;
	size_t at = id_parse(id, commit) == 0 ? id_table_find(&history->index.by_commit, id) : ID_NONE;
	for (size_t i = 0; at != ID_NONE && !*found && i < history->place_count; i++) {
		if (!(history->place_at[at] >> i & 1))
			continue;
		if (place_stands(found, other, history->places[i], limits, failure) < 0)
			return -1;
		*place = history->places[i];
	}
	return 0;
}

int history_place(struct text *place, bool *found, struct source *source, const char *commit, const struct limits *limits, struct arena *arena,
                  struct failure *failure)
{
	struct text here = source_get_info(source)->workspace;
	struct source *other;

	*found = false;
	*place = here;
	if (source_open_commit(&other, source, commit, arena, failure) < 0)
		return -1;
	int status = place_stands(found, other, here, limits, failure);
	if (status == 0 && !*found)
		status = place_in_history(place, found, source, other, limits, arena, failure);
	source_close(other);
	/* Not behind what is read, or copied first and removed later. */
	return status < 0 || *found ? status : move_find(found, place, source, NULL, commit, here, limits, arena, failure);
}

int history_moved_to(struct text *place, bool *found, struct source *source, const char *commit, struct text from, const struct limits *limits,
                     struct arena *arena, struct failure *failure)
{
	return move_forward(found, place, source, commit, from, limits, arena, failure);
}

int history_may_move(bool *may, struct source *source, struct text place, const char *commit, const struct limits *limits, struct failure *failure)
{
	char (*parents)[41];
	struct arena scratch;
	size_t count;

	*may = false;
	arena_init(&scratch);
	int status = source_parents(&parents, &count, source, commit, &scratch, failure);
	for (size_t i = 0; status == 0 && !*may && i < count; i++)
		status = move_possible(may, source, commit, parents[i], place, limits, failure);
	arena_release(&scratch);
	return status;
}
