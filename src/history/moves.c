#include "moves.h"

#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "document.h"
#include "id_table.h"
#include "index.h"

enum { KINDS = 2 };
static const enum kind kinds[KINDS] = {KIND_RECIPE, KIND_PACK};
static const char *const config_names[] = {"galley.yaml", "galley.yml"};

/* An id of a recipe or pack. */
struct item {
	enum kind kind;
	struct text id;
};

/* What a workspace holds in one state. */
struct inventory {
	struct item *items;  /* by kind and id, each once */
	size_t count;
	struct text *ids;    /* of each file that was parsed */
	size_t id_count;
	struct id_table by_blob[KINDS]; /* into ids */
	char config[41];     /* the blob of galley.yaml; "": none */
};

/* How much of one workspace is in another. */
struct likeness {
	size_t ids, files;
	bool config;
};

struct looking {
	const struct limits *limits;
	struct arena *arena;
	struct failure *failure;
};

/* galley.yaml's folders of recipes and packs, else the usual ones. */
static int read_config(struct text folders[KINDS], char config[41], struct looking *looking, struct source *source, struct text place)
{
	struct text named[KINDS] = {TEXT(""), TEXT("")};
	enum read_result result = READ_MISSING;

	config[0] = '\0';
	for (size_t i = 0; result == READ_MISSING && i < sizeof config_names / sizeof *config_names; i++) {
		struct text path = text_format(looking->arena, "%.*s%s", TEXT_ARGS(place), config_names[i]);
		struct input *input = arena_alloc(looking->arena, sizeof *input);
		struct diags unheard;
		if (source_read(input, &result, source, path, looking->limits->manifest_bytes, looking->arena, looking->failure) < 0)
			return -1;
		if (result != READ_OK)
			continue;
		memcpy(config, input->blob, sizeof input->blob);
		diags_init(&unheard, looking->arena);
		const struct value *root = document_read(input, DOCUMENT_MANIFEST, looking->limits, looking->arena, &unheard);
		named[0] = value_text(root, "directories.recipes");
		named[1] = value_text(root, "directories.packs");
	}
	folders[0] = text_format(looking->arena, "%.*s%.*s", TEXT_ARGS(place), TEXT_ARGS(named[0].len ? named[0] : TEXT("recipes")));
	folders[1] = text_format(looking->arena, "%.*s%.*s", TEXT_ARGS(place), TEXT_ARGS(named[1].len ? named[1] : TEXT("packs")));
	return 0;
}

static struct text parse_id(const struct input *input, struct looking *looking)
{
	struct arena scratch;
	struct diags unheard;

	arena_init(&scratch);
	diags_init(&unheard, &scratch);
	struct text id = value_text(document_read(input, DOCUMENT_MANIFEST, looking->limits, &scratch, &unheard), "metadata.id");
	id = text_copy(looking->arena, id);
	arena_release(&scratch);
	return id;
}

/* Of a file that both have, the id is known from the other. */
static struct text id_of(struct inventory *inventory, size_t *same, const struct inventory *other, size_t kind, const struct input *input,
                         struct looking *looking)
{
	unsigned char blob[ID_BYTES];
	bool named = id_parse(blob, input->blob) == 0;
	size_t at = named && other ? id_table_find(&other->by_blob[kind], blob) : ID_NONE;

	if (at != ID_NONE) {
		++*same;
		return other->ids[at];
	}
	struct text id = parse_id(input, looking);
	if (named && id_table_find(&inventory->by_blob[kind], blob) == ID_NONE) {
		inventory->ids = arena_grow(looking->arena, inventory->ids, inventory->id_count, sizeof *inventory->ids);
		inventory->ids[inventory->id_count] = id;
		id_table_put(&inventory->by_blob[kind], blob, inventory->id_count++, looking->arena);
	}
	return id;
}

static int read_file(struct inventory *inventory, size_t *same, const struct inventory *other, size_t kind, struct text path,
                     struct looking *looking, struct source *source)
{
	struct arena scratch;
	struct input input;
	enum read_result result;

	arena_init(&scratch);
	int status = source_read(&input, &result, source, path, looking->limits->manifest_bytes, &scratch, looking->failure);
	struct text id = status == 0 && result == READ_OK ? id_of(inventory, same, other, kind, &input, looking) : TEXT("");
	if (id.len) {
		inventory->items = arena_grow(looking->arena, inventory->items, inventory->count, sizeof *inventory->items);
		inventory->items[inventory->count++] = (struct item){kinds[kind], id};
	}
	arena_release(&scratch);
	return status;
}

static int order_items(const void *left, const void *right)
{
	const struct item *a = left, *b = right;

	return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind) : text_compare(a->id, b->id);
}

static void sort_items(struct inventory *inventory)
{
	size_t kept = 0;

	if (inventory->count)
		qsort(inventory->items, inventory->count, sizeof *inventory->items, order_items);
	for (size_t i = 0; i < inventory->count; i++)
		if (!kept || order_items(&inventory->items[kept - 1], &inventory->items[i]) != 0)
			inventory->items[kept++] = inventory->items[i];
	inventory->count = kept;
}

/* other: another workspace's, or NULL; *same counts the files that both have. */
static int take_inventory(struct inventory *out, size_t *same, const struct inventory *other, struct looking *looking, struct source *source,
                          struct text place)
{
	struct text folders[KINDS];

	*out = (struct inventory){.count = 0};
	*same = 0;
	if (read_config(folders, out->config, looking, source, place) < 0)
		return -1;
	for (size_t k = 0; k < KINDS; k++) {
		struct entry *entries;
		size_t count;
		if (source_list(&entries, &count, source, folders[k], looking->limits, looking->arena, looking->failure) < 0)
			return -1;
		for (size_t i = 0; i < count; i++) {
			if (entries[i].kind != ENTRY_FILE || !is_manifest_path(entries[i].path))
				continue;
			if (read_file(out, same, other, k, entries[i].path, looking, source) < 0)
				return -1;
		}
	}
	sort_items(out);
	return 0;
}

static size_t count_shared(const struct inventory *a, const struct inventory *b)
{
	size_t shared = 0;

	for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
		int order = order_items(&a->items[i], &b->items[k]);
		shared += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return shared;
}

static bool is_more(const struct likeness *a, const struct likeness *b)
{
	if (a->ids != b->ids)
		return a->ids > b->ids;
	return a->files != b->files ? a->files > b->files : a->config && !b->config;
}

static int holds_config(bool *holds, struct source *source, struct text place, struct failure *failure)
{
	struct arena scratch;
	int status = 0;

	*holds = false;
	arena_init(&scratch);
	for (size_t i = 0; status == 0 && !*holds && i < sizeof config_names / sizeof *config_names; i++) {
		enum entry_kind kind;
		status = source_look(holds, &kind, source, text_format(&scratch, "%.*s%s", TEXT_ARGS(place), config_names[i]), failure);
	}
	arena_release(&scratch);
	return status;
}

/* Whether any recipe or pack lies in the folders of a place. */
static int holds_manifest(bool *holds, struct source *source, struct text place, const struct limits *limits, struct failure *failure)
{
	struct arena scratch;
	struct looking looking = {limits, &scratch, failure};
	struct text folders[KINDS];
	char config[41];

	*holds = false;
	arena_init(&scratch);
	int status = read_config(folders, config, &looking, source, place);
	for (size_t k = 0; k < KINDS && status == 0 && !*holds; k++) {
		struct entry *entries;
		size_t count;
		status = source_list(&entries, &count, source, folders[k], limits, &scratch, failure);
		for (size_t i = 0; status == 0 && i < count; i++)
			*holds = *holds || (entries[i].kind == ENTRY_FILE && is_manifest_path(entries[i].path));
	}
	arena_release(&scratch);
	return status;
}

int place_stands(bool *stands, struct source *source, struct text place, const struct limits *limits, struct failure *failure)
{
	*stands = !place.len;
	if (place.len && holds_config(stands, source, place, failure) < 0)
		return -1;
	return *stands ? holds_manifest(stands, source, place, limits, failure) : 0;
}

/* --- The one that it comes from --- */

struct sides {
	struct source *before, *after;
	struct text to;
	struct text *gone; /* places that after has no more */
	size_t gone_count;
};

static void add_gone(struct sides *sides, struct looking *looking, struct text place)
{
	sides->gone = arena_grow(looking->arena, sides->gone, sides->gone_count, sizeof *sides->gone);
	sides->gone[sides->gone_count++] = place;
}

static int find_gone(struct sides *sides, struct looking *looking, const char *parent, const char *commit, struct source *source)
{
	struct source_place *places;
	size_t count;
	bool top = !sides->to.len;

	if (source_left(&places, &count, source, parent, commit, looking->limits, looking->arena, looking->failure) < 0)
		return -1;
	for (size_t i = 0; i <= count; i++) {
		struct text place = i < count ? places[i].path : TEXT("");
		bool stood = true, stands = false, gone = i < count && place.len && places[i].gone;
		/* The top of the repository may be one without a galley.yaml. */
		if ((i == count && top) || text_equal(place, sides->to))
			continue;
		top = top || !place.len;
		if (!gone && (place_stands(&stood, sides->before, place, looking->limits, looking->failure) < 0 ||
		              (stood && place_stands(&stands, sides->after, place, looking->limits, looking->failure) < 0)))
			return -1;
		if (stood && !stands)
			add_gone(sides, looking, place);
	}
	return 0;
}

static int choose(bool *found, struct text *from, const struct sides *sides, struct looking *looking)
{
	struct likeness best = {.ids = 0};
	struct inventory now;
	size_t same;

	if (!sides->gone_count)
		return 0;
	if (take_inventory(&now, &same, NULL, looking, sides->after, sides->to) < 0)
		return -1;
	for (size_t i = 0; now.count && i < sides->gone_count; i++) {
		struct inventory old;
		if (take_inventory(&old, &same, &now, looking, sides->before, sides->gone[i]) < 0)
			return -1;
		struct likeness likeness = {count_shared(&old, &now), same, old.config[0] && strcmp(old.config, now.config) == 0};
		if (!likeness.ids || (*found && !is_more(&likeness, &best)))
			continue;
		*found = true;
		*from = sides->gone[i];
		best = likeness;
	}
	return 0;
}

static int compare_places(const void *left, const void *right)
{
	return text_compare(*(const struct text *)left, *(const struct text *)right);
}

/* Opens both sides and lists what is gone; close_sides() whatever comes of it. */
static int open_sides(struct sides *sides, struct source *source, const char *commit, const char *parent, struct looking *looking)
{
	bool stood = false;

	if (source_open_commit(&sides->before, source, parent, looking->arena, looking->failure) < 0)
		return -1;
	if (!commit)
		sides->after = source;
	else if (source_open_commit(&sides->after, source, commit, looking->arena, looking->failure) < 0)
		return -1;
	/* One that was there already comes from nowhere else. */
	if (place_stands(&stood, sides->before, sides->to, looking->limits, looking->failure) < 0)
		return -1;
	if (!stood && find_gone(sides, looking, parent, commit, source) < 0)
		return -1;
	if (sides->gone_count)
		qsort(sides->gone, sides->gone_count, sizeof *sides->gone, compare_places);
	return 0;
}

static void close_sides(struct sides *sides, const struct source *source)
{
	if (sides->after != source)
		source_close(sides->after);
	source_close(sides->before);
}

int move_find(bool *found, struct text *from, struct source *source, const char *commit, const char *parent, struct text to,
              const struct limits *limits, struct arena *arena, struct failure *failure)
{
	struct arena scratch;
	struct looking looking = {limits, &scratch, failure};
	struct sides sides = {.to = to};

	*found = false;
	*from = TEXT("");
	arena_init(&scratch);
	int status = open_sides(&sides, source, commit, parent, &looking);
	if (status == 0)
		status = choose(found, from, &sides, &looking);
	*from = text_copy(arena, *from);
	close_sides(&sides, source);
	arena_release(&scratch);
	return status;
}

int move_possible(bool *possible, struct source *source, const char *commit, const char *parent, struct text to, const struct limits *limits,
                  struct failure *failure)
{
	struct arena scratch;
	struct looking looking = {limits, &scratch, failure};
	struct sides sides = {.to = to};

	arena_init(&scratch);
	int status = open_sides(&sides, source, commit, parent, &looking);
	*possible = status == 0 && sides.gone_count > 0;
	close_sides(&sides, source);
	arena_release(&scratch);
	return status;
}

/* Places of what is read that the commit has nothing in. */
static int list_new(struct sides *sides, struct looking *looking)
{
	struct entry *entries;
	size_t count;

	if (source_list(&entries, &count, sides->before, TEXT(""), looking->limits, looking->arena, looking->failure) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct text path = entries[i].path;
		size_t name = path.len;
		bool stood;
		while (name && path.at[name - 1] != '/')
			name--;
		struct text place = text_cut(path, 0, name);
		if (!text_is(text_cut(path, name, path.len), config_names[0]) && !text_is(text_cut(path, name, path.len), config_names[1]))
			continue;
		if (place_stands(&stood, sides->after, place, looking->limits, looking->failure) < 0)
			return -1;
		if (stood)
			continue;
		sides->gone = arena_grow(looking->arena, sides->gone, sides->gone_count, sizeof *sides->gone);
		sides->gone[sides->gone_count++] = place;
	}
	return 0;
}

int move_forward(bool *found, struct text *to, struct source *source, const char *commit, struct text from, const struct limits *limits,
                 struct arena *arena, struct failure *failure)
{
	struct arena scratch;
	struct looking looking = {limits, &scratch, failure};
	struct sides sides = {.to = from, .before = source};

	*found = false;
	*to = TEXT("");
	arena_init(&scratch);
	int status = source_open_commit(&sides.after, source, commit, &scratch, failure);
	if (status == 0)
		status = list_new(&sides, &looking);
	if (status == 0)
		status = choose(found, to, &sides, &looking);
	*to = text_copy(arena, *to);
	source_close(sides.after);
	arena_release(&scratch);
	return status;
}
