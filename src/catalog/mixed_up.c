/* Names that people mix up: ids that differ in one letter, display names and paths that differ in case only. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "parts.h"

/* --- ids a letter apart ---
 *
 * Two names differ in one letter (one more, one other, or two swapped) only where they are equal after a letter was taken from one or
 * both. So every id is entered in a table under each of its forms with one letter less, and looked for there: linear in all. */

enum { ID_MIN = 8 }; /* shorter ids are near each other by chance */

struct entry_of {
	uint64_t hash;
	const struct record *record; /* NULL: free */
};

struct neighbours {
	struct entry_of *slots;
	size_t mask;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word_end(struct text id, size_t at)
{
	return at >= id.len || id.at[at] == '_' || id.at[at] == '-';
}

/* Whether the letter at `at` counts: a digit, or a word of one letter, is how people number things. */
static bool counts(struct text id, size_t at)
{
	bool alone = (!at || is_word_end(id, at - 1)) && is_word_end(id, at + 1);

	return !is_digit(id.at[at]) && !alone;
}

/* Short words are near each other by chance: base and case, north and south; one letter more or less is rarer than another letter. */
enum { WORD_MIN = 5, WORD_MIN_OTHER = 6 };

static size_t word_length(struct text id, size_t at)
{
	size_t start = at, end = at;

	while (start && !is_word_end(id, start - 1))
		start--;
	while (!is_word_end(id, end))
		end++;
	return end - start;
}

/* Equal but for one letter that counts in both, or for two that are swapped. */
static bool are_near(struct text a, struct text b)
{
	size_t head = 0, tail = 0;

	if (a.len > b.len) {
		struct text swap = a;
		a = b;
		b = swap;
	}
	while (head < a.len && a.at[head] == b.at[head])
		head++;
	while (tail < a.len - head && a.at[a.len - 1 - tail] == b.at[b.len - 1 - tail])
		tail++;
	size_t left = a.len - head - tail, right = b.len - head - tail;
	if (left == 0 && right == 1)
		return counts(b, head) && word_length(b, head) >= WORD_MIN;
	if (left == 1 && right == 1)
		return counts(a, head) && counts(b, head) && word_length(a, head) >= WORD_MIN_OTHER;
	return left == 2 && right == 2 && a.at[head] == b.at[head + 1] && a.at[head + 1] == b.at[head] && counts(a, head) &&
	       counts(a, head + 1) && word_length(a, head) >= WORD_MIN;
}

/* The first record of this hash that is not the record itself; enters it where there is none. */
static const struct record *meet(struct neighbours *table, uint64_t hash, const struct record *record)
{
	size_t at = (size_t)(hash ^ hash >> 32) & table->mask;

	while (table->slots[at].record && table->slots[at].hash != hash)
		at = (at + 1) & table->mask;
	if (!table->slots[at].record)
		table->slots[at] = (struct entry_of){hash, record};
	return table->slots[at].record == record ? NULL : table->slots[at].record;
}

/* Hash of the id without the letter at `without`. */
static uint64_t hash_of(struct text id, size_t without)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < id.len; i++)
		if (i != without)
			hash = (hash ^ (unsigned char)id.at[i]) * 1099511628211u;
	return hash;
}

static const struct record *find_near(struct neighbours *table, const struct record *record)
{
	const struct record *found = NULL;

	for (size_t i = 0; i <= record->id.len; i++) {
		if (i < record->id.len && !counts(record->id, i))
			continue;
		const struct record *other = meet(table, hash_of(record->id, i), record);
		if (other && !found && are_near(other->id, record->id))
			found = other;
	}
	return found;
}

static void check_ids(struct loader *loader, const struct record *const *records, size_t count)
{
	struct neighbours table = {.mask = 1};
	size_t forms = 0;

	for (size_t i = 0; i < count; i++)
		forms += records[i]->id.len + 1;
	while (table.mask < 2 * forms)
		table.mask *= 2;
	table.slots = arena_array(loader->arena, table.mask--, sizeof *table.slots);
	for (size_t i = 0; i < count; i++) {
		const struct record *record = records[i], *near = record->id.len < ID_MIN ? NULL : find_near(&table, record);
		if (!near || !record->root)
			continue;
		diag_add(loader->diags, CODE_NAME_NEAR, record->place, "id '%.*s' is one letter from the %s '%.*s'", TEXT_ARGS(record->id),
		         kind_name(record->kind), TEXT_ARGS(near->id));
		diag_relate(loader->diags, near->place, "'%.*s'", TEXT_ARGS(near->id));
		diag_help(loader->diags, "ids that look alike are mixed up in references: give one a name of its own");
	}
}

/* --- case --- */

struct spelling {
	struct text text;
	struct place place;
	const struct input *file;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int compare_nocase(struct text a, struct text b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		unsigned char x = (unsigned char)lower(a.at[i]), y = (unsigned char)lower(b.at[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static int compare_spellings(const void *left, const void *right)
{
	const struct spelling *a = left, *b = right;
	int order = compare_nocase(a->text, b->text);

	if (!order)
		order = text_compare(a->text, b->text);
	return order ? order : text_compare(a->file->path, b->file->path);
}

/* Each that differs in case only from the one before it. */
static void check_spellings(struct loader *loader, struct spelling *items, size_t count, const char *what, const char *help)
{
	if (count)
		qsort(items, count, sizeof *items, compare_spellings);
	for (size_t i = 1; i < count; i++) {
		const struct spelling *a = &items[i - 1], *b = &items[i];
		if (text_equal(a->text, b->text) || compare_nocase(a->text, b->text) != 0)
			continue;
		struct diag *diag = diag_add(loader->diags, CODE_NAME_CASE, b->place, "%s '%.*s' differs from '%.*s' in case only", what,
		                             TEXT_ARGS(b->text), TEXT_ARGS(a->text));
		if (b->place.line)
			diag->severity = SEVERITY_NOTE;
		diag_relate(loader->diags, a->place, "'%.*s'", TEXT_ARGS(a->text));
		diag_help(loader->diags, "%s", help);
	}
}

static void check_display_names(struct loader *loader, const struct record *const *records, size_t count)
{
	struct spelling *items = arena_array(loader->arena, count, sizeof *items);
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct value *name = value_at(records[i]->root, "metadata.name");
		if (name && name->kind == VALUE_SCALAR)
			items[kept++] = (struct spelling){name->text, name->place, records[i]->file};
	}
	check_spellings(loader, items, kept, "name", "spell one name in one way, or tell the two apart by more than case");
}

static void check_paths(struct loader *loader)
{
	const struct catalog *catalog = loader->catalog;
	struct spelling *items = arena_array(loader->arena, catalog->input_count, sizeof *items);

	for (size_t i = 0; i < catalog->input_count; i++)
		items[i] = (struct spelling){catalog->inputs[i]->path, {.file = catalog->inputs[i]}, catalog->inputs[i]};
	check_spellings(loader, items, catalog->input_count, "path",
	                "on Windows and macOS one overwrites the other: rename it");
}

void names_check(struct loader *loader)
{
	const struct catalog *catalog = loader->catalog;
	size_t most = catalog->recipe_count + catalog->pack_count + catalog->model_count, count = 0;
	const struct record **records = arena_array(loader->arena, most, sizeof *records);
	const struct record **packs, **models;

	for (size_t i = 0; i < catalog->recipe_count; i++)
		records[count++] = &catalog->recipes[i].record;
	packs = records + count;
	for (size_t i = 0; i < catalog->pack_count; i++)
		records[count++] = &catalog->packs[i].record;
	models = records + count;
	for (size_t i = 0; i < catalog->model_count; i++)
		records[count++] = &catalog->models[i].record;
	check_ids(loader, records, catalog->recipe_count);
	check_ids(loader, packs, catalog->pack_count);
	check_ids(loader, models, catalog->model_count);
	check_display_names(loader, records, catalog->recipe_count);
	check_display_names(loader, packs, catalog->pack_count);
	check_display_names(loader, models, catalog->model_count);
	check_paths(loader);
}
