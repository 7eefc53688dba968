#include "explain.h"

#include <string.h>

#include "arena.h"

enum { TOKENS_MAX = 40, SUGGESTIONS_AT_MOST = 1024, SUGGEST_FROM = 3 };

/* A path cut at its dots; "[]", "[0]" and "[name]" are tokens of their own. */
struct tokens {
	struct text items[TOKENS_MAX];
	size_t count;
};

const char *explain_kind_word(enum kind kind)
{
	return kind == KIND_CONFIG ? "config" : kind_name(kind);
}

enum kind explain_kind_of(struct text word)
{
	for (enum kind kind = KIND_RECIPE; kind < KIND_COUNT; kind++)
		if (text_is(word, kind_name(kind)) || text_is(word, explain_kind_word(kind)))
			return kind;
	return KIND_COUNT;
}

/* False where the path has an empty name, or more of them than any field. */
static bool tokens_cut(struct tokens *out, struct text path)
{
	out->count = 0;
	while (path.len) {
		size_t end = 0;
		if (path.at[0] == '[')
			end = text_find(path, ']') + 1;
		else
			while (end < path.len && path.at[end] != '.' && path.at[end] != '[')
				end++;
		if (!end || end > path.len || out->count == TOKENS_MAX)
			return false;
		out->items[out->count++] = text_cut(path, 0, end);
		bool dot = end < path.len && path.at[end] == '.';
		if (dot && end + 1 == path.len)
			return false;
		path = text_cut(path, end + dot, path.len);
	}
	return out->count > 0;
}

static bool is_item(struct text token)
{
	return token.at[0] == '[';
}

/* How many tokens of asked stand for "*" or for an item by name when both ends meet; -1: they do not. A name with
 * dots may stand for "*" where more follows: at the end it would hide that the name after the dot is misspelt. */
static int match(const struct tokens *row, size_t i, const struct tokens *asked, size_t j)
{
	if (i == row->count || j == asked->count)
		return i == row->count && j == asked->count ? 0 : -1;
	if (text_is(row->items[i], "*")) {
		int best = -1;
		size_t last = i + 1 < row->count ? asked->count : j + 1;
		for (size_t end = j + 1; end <= last && !is_item(asked->items[end - 1]); end++) {
			int rest = match(row, i + 1, asked, end);
			int own = text_is(asked->items[j], "*") ? 0 : (int)(end - j);
			if (rest >= 0 && (best < 0 || rest + own < best))
				best = rest + own;
		}
		return best;
	}
	bool item = is_item(row->items[i]);
	if (!item && !text_equal(row->items[i], asked->items[j]))
		return -1;
	int rest = match(row, i + 1, asked, j + 1);
	return rest < 0 ? -1 : rest + (item && !text_is(asked->items[j], "[]"));
}

/* How loosely asked names the row: 0 as written, more with each name that stands for "*", much more where only the end of the path is
 * given; a single name stands for every field that is called so in all kinds. -1: not at all. */
static int looseness(const struct field *row, const struct tokens *asked, bool one_kind)
{
	enum { ONLY_THE_END = 1000 };
	struct tokens path;

	if (!tokens_cut(&path, text_of(row->path)))
		return -1;
	for (size_t start = 0; start < path.count; start++) {
		if (!text_equal(path.items[start], asked->items[0]) && !(start == 0 && one_kind))
			continue;
		int names = match(&path, start, asked, 0);
		if (names >= 0)
			return names + (start && (one_kind || asked->count > 1) ? ONLY_THE_END : 0);
	}
	return -1;
}

static void find_fields(struct explanation *out, const struct tokens *asked, enum kind kind, struct arena *arena)
{
	int best = -1;

	for (size_t i = 0; i < schema_field_count; i++) {
		const struct field *row = &schema_fields[i];
		if (kind != KIND_COUNT && row->kind != kind)
			continue;
		int loose = looseness(row, asked, kind != KIND_COUNT);
		if (loose < 0 || (best >= 0 && loose > best))
			continue;
		if (loose < best)
			out->field_count = 0;
		best = loose;
		out->fields = arena_grow(arena, out->fields, out->field_count, sizeof *out->fields);
		out->fields[out->field_count++] = row;
	}
}

/* What stood for "*" and items, in the order of the path. */
static void find_names(struct explanation *out, const struct tokens *asked, struct arena *arena)
{
	struct tokens path;
	struct text *names = NULL;

	tokens_cut(&path, text_of(out->fields[0]->path));
	if (path.count != asked->count)
		return;
	for (size_t i = 0; i < path.count; i++) {
		struct text name = asked->items[i];
		if (!text_is(path.items[i], "*") && !is_item(path.items[i]))
			continue;
		if (text_is(name, "*") || is_item(name))
			name = (struct text){NULL, 0};
		names = arena_grow(arena, names, out->name_count, sizeof *names);
		names[out->name_count++] = name;
	}
	out->names = names;
}

static void find_code(struct explanation *out)
{
	for (int code = 0; code < CODE_COUNT && !out->has_code; code++) {
		const char *id = code_list[code].id, *slash = strchr(id, '/');
		out->has_code = text_is(out->asked, id) || (!out->field_count && text_is(out->asked, slash + 1));
		out->code = (enum code)code;
	}
}

/* --- what is near --- */

struct near_names {
	struct text items[SUGGESTIONS_AT_MOST];
	size_t count;
};

static void add_name(struct near_names *names, struct text name)
{
	for (size_t i = 0; i < names->count; i++)
		if (text_equal(names->items[i], name))
			return;
	if (names->count < SUGGESTIONS_AT_MOST)
		names->items[names->count++] = name;
}

static void take_nearest(struct explanation *out, struct text wanted, struct near_names *names)
{
	while (out->near_count < EXPLAIN_NEAR) {
		struct text near = text_nearest(wanted, names->items, names->count);
		if (!near.at)
			return;
		out->near[out->near_count++] = near;
		for (size_t i = 0; i < names->count; i++)
			if (text_equal(names->items[i], near))
				names->items[i] = names->items[--names->count];
	}
}

/* The row below parent that a token names, in kind. */
static const struct field *step(enum kind kind, const struct field *parent, struct text token)
{
	if (is_item(token))
		return schema_item(kind, parent);
	const struct field *item = parent && parent->type == FIELD_LIST ? schema_item(kind, parent) : NULL;
	const struct field *child = schema_child(kind, item ? item : parent, token);
	return child ? child : item;
}

/* A path of which one name is wrong: the same path with the nearest name in its place. */
static void near_in_path(struct near_names *names, const struct explanation *out, const struct tokens *asked, enum kind kind,
                         struct arena *arena)
{
	const struct field *parent = NULL, *next;
	struct text children[64];
	size_t count = 0, known = 0;

	for (; known < asked->count && (next = step(kind, parent, asked->items[known])); known++)
		parent = next;
	if (known == asked->count || is_item(asked->items[known]) || (known == 0 && asked->count == 1))
		return;
	for (const struct field *row = schema_next_child(kind, parent, NULL); row && count < 64; row = schema_next_child(kind, parent, row))
		children[count++] = text_of(schema_own_name(row));
	struct text wrong = asked->items[known], near = text_nearest(wrong, children, count);
	if (!near.at)
		return;
	size_t before = (size_t)(wrong.at - out->asked.at), after = before + wrong.len;
	add_name(names, text_format(arena, "%.*s%.*s%.*s", (int)before, out->asked.at, TEXT_ARGS(near), (int)(out->asked.len - after),
	                            out->asked.at + after));
}

static void find_near(struct explanation *out, const struct tokens *asked, enum kind kind, struct arena *arena)
{
	struct near_names *names = arena_alloc(arena, sizeof *names);

	for (enum kind k = KIND_RECIPE; asked->count && k < KIND_COUNT; k++)
		if (k != KIND_SNAPSHOT && (kind == KIND_COUNT || kind == k))
			near_in_path(names, out, asked, k, arena);
	for (size_t i = 0; i < names->count && out->near_count < EXPLAIN_NEAR; i++)
		out->near[out->near_count++] = names->items[i];
	if (out->near_count || out->asked.len < SUGGEST_FROM)
		return;
	names->count = 0;
	for (int code = 0; code < CODE_COUNT; code++)
		add_name(names, text_of(code_list[code].id));
	for (size_t i = 0; i < schema_method_count; i++)
		add_name(names, text_of(schema_methods[i].key));
	add_name(names, TEXT("auto"));
	for (size_t i = 0; i < schema_field_count; i++) {
		const struct field *row = &schema_fields[i];
		struct text own = text_of(schema_own_name(row));
		if (kind != KIND_COUNT && row->kind != kind)
			continue;
		if (!text_ends(own, "[]") && !text_is(own, "*"))
			add_name(names, own);
		add_name(names, text_of(row->path));
	}
	take_nearest(out, out->asked, names);
}

void explain_find(struct explanation *out, struct text asked, enum kind kind, struct arena *arena)
{
	struct tokens tokens;

	*out = (struct explanation){.asked = asked};
	if (tokens_cut(&tokens, asked))
		find_fields(out, &tokens, kind, arena);
	else
		tokens.count = 0;
	if (out->field_count == 1)
		find_names(out, &tokens, arena);
	if (kind == KIND_COUNT) {
		find_code(out);
		out->method = out->field_count ? NULL : schema_method_of(asked);
		out->automatic = !out->field_count && text_is_nocase(asked, "auto");
	}
	if (!out->field_count && !out->has_code && !out->method && !out->automatic)
		find_near(out, &tokens, kind, arena);
}
