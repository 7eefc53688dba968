#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"

const struct code_info code_list[CODE_COUNT] = {
#define CODE(name, id, severity, doc) [CODE_##name] = {id, SEVERITY_##severity, doc},
#include "codes.h"
#undef CODE
};

void diags_init(struct diags *diags, struct arena *arena)
{
	*diags = (struct diags){.arena = arena};
}

struct diag *diag_add(struct diags *diags, enum code code, struct place place, const char *format, ...)
{
	va_list arguments;

	diags->items = arena_grow(diags->arena, diags->items, diags->count, sizeof *diags->items);
	struct diag *diag = &diags->items[diags->count++];
	*diag = (struct diag){.code = code, .severity = code_list[code].severity, .place = place};
	va_start(arguments, format);
	diag->message = text_format_list(diags->arena, format, arguments);
	va_end(arguments);
	return diag;
}

void diag_help(struct diags *diags, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	diags->items[diags->count - 1].help = text_format_list(diags->arena, format, arguments);
	va_end(arguments);
}

void diag_relate(struct diags *diags, struct place place, const char *format, ...)
{
	struct diag *diag = &diags->items[diags->count - 1];
	va_list arguments;

	diag->related = arena_grow(diags->arena, diag->related, diag->related_count, sizeof *diag->related);
	va_start(arguments, format);
	diag->related[diag->related_count++] =
	    (struct diag_related){place, text_format_list(diags->arena, format, arguments)};
	va_end(arguments);
}

void diags_append(struct diags *diags, const struct diags *from)
{
	for (size_t i = 0; i < from->count; i++) {
		diags->items = arena_grow(diags->arena, diags->items, diags->count, sizeof *diags->items);
		diags->items[diags->count++] = from->items[i];
	}
}

static struct text place_path(const struct diag *diag)
{
	return diag->place.file ? diag->place.file->path : TEXT("");
}

static int order_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int order_diags(const void *left, const void *right)
{
	const struct diag *a = left, *b = right;
	int order = text_compare(place_path(a), place_path(b));

	if (!order)
		order = order_numbers(a->place.line, b->place.line);
	if (!order)
		order = order_numbers(a->place.column, b->place.column);
	if (!order)
		order = text_compare(text_of(code_list[a->code].id), text_of(code_list[b->code].id));
	if (!order)
		order = text_compare(a->message, b->message);
	return order;
}

/* Keeps one of equal findings, and the first ones of one code in one file; file's items are sorted. */
static size_t keep_file(struct diags *diags, struct diag *kept, const struct diag *items, size_t count)
{
	size_t seen[2 * CODE_COUNT] = {0}, last[2 * CODE_COUNT] = {0}, out = 0;
	size_t most = diags->most ? diags->most : DIAGS_PER_FILE;

	for (size_t i = 0; i < count; i++) {
		if (i && order_diags(&items[i - 1], &items[i]) == 0)
			continue;
		/* What is suppressed takes no room from what is not. */
		size_t code = (size_t)items[i].code + (items[i].suppressed ? (size_t)CODE_COUNT : 0);
		if (seen[code]++ < most) {
			last[code] = out;
			kept[out++] = items[i];
		}
	}
	for (size_t code = 0; code < sizeof seen / sizeof *seen; code++)
		if (seen[code] > most) {
			struct diag *diag = &kept[last[code]];
			diag->message = text_format(diags->arena, "%.*s (and %zu more of this kind in this file, beyond %zu; --limit findings=%zu shows all)",
			                            TEXT_ARGS(diag->message), seen[code] - most, most, seen[code]);
		}
	return out;
}

void diags_sort(struct diags *diags)
{
	size_t kept = 0, start = 0;

	if (!diags->count)
		return;
	qsort(diags->items, diags->count, sizeof *diags->items, order_diags);
	struct diag *out = arena_array(diags->arena, diags->count, sizeof *out);
	for (size_t i = 1; i <= diags->count; i++)
		if (i == diags->count || !text_equal(place_path(&diags->items[start]), place_path(&diags->items[i]))) {
			kept += keep_file(diags, out + kept, diags->items + start, i - start);
			start = i;
		}
	diags->items = out;
	diags->count = kept;
	/* arena_grow() relies on the power-of-two rule for room; a fresh array of exactly this size keeps it. */
	size_t room = 1;
	while (room < kept)
		room *= 2;
	if (room != kept) {
		struct diag *grown = arena_array(diags->arena, room, sizeof *grown);
		for (size_t i = 0; i < kept; i++)
			grown[i] = out[i];
		diags->items = grown;
	}
}

size_t diags_count(const struct diags *diags, enum severity at_least)
{
	size_t count = 0;

	for (size_t i = 0; i < diags->count; i++)
		count += diags->items[i].severity >= at_least && diags->items[i].severity != SEVERITY_OFF;
	return count;
}

size_t diags_count_suppressed(const struct diags *diags)
{
	size_t count = 0;

	for (size_t i = 0; i < diags->count; i++)
		count += diags->items[i].suppressed;
	return count;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"off", "note", "warning", "error"};

	return names[severity];
}
