/* The recipes that others seem to inherit from, by a look at the bytes of all. */
#include <string.h>

#include "arena.h"
#include "parts.h"

enum { LOOK_BYTES = 4096, LIKELY_MOST = 1024 };

struct hints {
	struct text id, parent;
};

/* The id after `word:` at the start of a line, whatever quotes and brackets stand around it; empty where there is none. */
static struct text id_after(struct text line, const char *word)
{
	size_t at = strlen(word);

	if (!text_starts(line, word))
		return TEXT("");
	at += at < line.len && line.at[at] == '"';
	if (at == line.len || line.at[at++] != ':')
		return TEXT("");
	while (at < line.len && (line.at[at] == ' ' || line.at[at] == '"' || line.at[at] == '\''))
		at++;
	size_t end = at;
	while (end < line.len && ((line.at[end] >= 'a' && line.at[end] <= 'z') || (line.at[end] >= '0' && line.at[end] <= '9') ||
	                          line.at[end] == '_' || line.at[end] == '-'))
		end++;
	return text_cut(line, at, end);
}

static struct hints look_at(struct text bytes)
{
	struct hints hints = {TEXT(""), TEXT("")};
	size_t most = bytes.len < LOOK_BYTES ? bytes.len : LOOK_BYTES;

	for (size_t at = 0; at < most && (!hints.id.len || !hints.parent.len); at++) {
		while (at < most && (bytes.at[at] == ' ' || bytes.at[at] == '{' || bytes.at[at] == '"'))
			at++;
		const char *end = memchr(bytes.at + at, '\n', most - at);
		struct text line = text_cut(bytes, at, end ? (size_t)(end - bytes.at) : most);
		if (!hints.id.len)
			hints.id = id_after(line, "id");
		if (!hints.parent.len)
			hints.parent = id_after(line, "parent");
		at += line.len;
	}
	return hints;
}

/* Sorted names, each once. */
struct names {
	struct text items[LIKELY_MOST];
	size_t count;
};

static size_t lower_bound(const struct names *names, struct text name)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(names->items[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_among(const struct names *names, struct text name)
{
	size_t at = lower_bound(names, name);

	return at < names->count && text_equal(names->items[at], name);
}

/* False where there is no room. */
static bool add(struct names *names, struct text name)
{
	size_t at = lower_bound(names, name);

	if (at < names->count && text_equal(names->items[at], name))
		return true;
	if (names->count == LIKELY_MOST)
		return false;
	memmove(&names->items[at + 1], &names->items[at], (names->count - at) * sizeof *names->items);
	names->items[at] = name;
	names->count++;
	return true;
}

size_t likely_parents(bool *likely, const struct text *files, size_t count, struct arena *arena)
{
	struct hints *hints = arena_array(arena, count, sizeof *hints);
	struct names *parents = arena_alloc(arena, sizeof *parents);
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		hints[i] = look_at(files[i]);
		if (hints[i].parent.len && !add(parents, hints[i].parent))
			return 0;
	}
	for (size_t i = 0; i < count; i++) {
		likely[i] = hints[i].id.len && is_among(parents, hints[i].id);
		found += likely[i];
	}
	return found;
}
