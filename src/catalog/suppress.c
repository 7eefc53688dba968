/* Suppressions: comments in manifests that silence findings, each for a code, on a line, with a reason. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "checker.h"
#include "parts.h"

static const char form[] = "write: # galley: allow CODE -- why it is right here";

/* A part of a comment. */
static struct place place_of(const struct comment *comment, struct text part)
{
	struct place place = comment->place;
	struct text before = text_cut(comment->text, 0, (size_t)(part.at - comment->text.at));

	place.column += (unsigned)(comment->offset + utf8_count(before));
	place.width = part.len ? (unsigned)utf8_count(part) : 1;
	return place;
}

/* Findings that stand for more than their line: limits and their exceptions, versions, evidence, settings, and the suppressions; and what
 * keeps a file from being read, its comments with it. */
bool is_unsuppressible_code(struct text code)
{
	static const char *const families[] = {"file/", "yaml/", "json/", "csv/"};

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (text_starts(code, families[i]))
			return true;
	/* Beside the fixed ones also those that settings may silence though this galley never reports them. */
	return is_fixed_code(code) || text_starts(code, "run/");
}

static void refuse_fixed(struct loader *loader, struct place place, struct text code)
{
	diag_add(loader->diags, CODE_SUPPRESS_FIXED, place, "'%.*s' cannot be suppressed", TEXT_ARGS(code));
	if (text_starts(code, "gate/"))
		diag_help(loader->diags, "a gate is waived: write 'waivers' with gate, reason, approved_by and expires in the recipe");
	else if (text_starts(code, "config/") || text_starts(code, "suppress/"))
		diag_help(loader->diags, "mend what it says; settings and suppressions are judged by nobody else");
	else if (text_starts(code, "version/") || text_starts(code, "run/") || text_starts(code, "waiver/"))
		diag_help(loader->diags, "mend what it says: versions, runs and waivers are evidence");
	else
		diag_help(loader->diags, "a file that cannot be read has no comments either");
}

static void refuse_unknown(struct loader *loader, struct place place, struct text code)
{
	diag_add(loader->diags, CODE_SUPPRESS_UNKNOWN, place, "'galley: allow' for an unknown code '%.*s'",
	         TEXT_ARGS(excerpt(code, loader->arena)));
	if (loader->suggestions++ >= SUGGESTIONS_MAX)
		return;
	struct text *names = arena_array(loader->arena, CODE_COUNT, sizeof *names);
	for (size_t i = 0; i < CODE_COUNT; i++)
		names[i] = text_of(code_list[i].id);
	if (!suggest(loader->diags, code, names, CODE_COUNT))
		diag_help(loader->diags, "a code stands in brackets behind each finding, such as schema/unknown-field");
}

/* One code of a comment; a reason that is empty was reported. */
static void read_code(struct loader *loader, const struct comment *comment, struct text code, struct text reason)
{
	struct catalog *catalog = loader->catalog;
	struct place place = place_of(comment, code);
	size_t which = 0;

	while (which < CODE_COUNT && !text_is(code, code_list[which].id))
		which++;
	if (!is_known_code(code)) {
		refuse_unknown(loader, place, code);
	} else if (is_unsuppressible_code(code)) {
		refuse_fixed(loader, place, code);
	} else if (which < CODE_COUNT && reason.len) {
		catalog->suppressions =
			arena_grow(loader->arena, catalog->suppressions, catalog->suppression_count, sizeof *catalog->suppressions);
		catalog->suppressions[catalog->suppression_count++] =
			(struct suppression){(enum code)which, reason, place, comment->place, comment->line};
	}
}

/* Offset of "--" between blanks or at an end, or text.len. */
static size_t find_dashes(struct text text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.at[i] != '-' || text.at[i + 1] != '-')
			continue;
		if ((!i || strchr(" \t", text.at[i - 1])) && (i + 2 == text.len || strchr(" \t", text.at[i + 2])))
			return i;
	}
	return text.len;
}

static void read_codes(struct loader *loader, const struct comment *comment, struct text rest)
{
	size_t dashes = find_dashes(rest);
	struct text reason = text_trim(text_cut(rest, dashes + 2, rest.len)), codes = text_trim(text_cut(rest, 0, dashes));

	if (!codes.len) {
		diag_add(loader->diags, CODE_SUPPRESS_SYNTAX, comment->place, "'galley: allow' names no code");
		diag_help(loader->diags, "%s", form);
		return;
	}
	if (!reason.len) {
		diag_add(loader->diags, CODE_SUPPRESS_NO_REASON, comment->place, "'galley: allow' without a reason suppresses nothing");
		diag_help(loader->diags, "%s", form);
		/* Without dashes, the codes end where something else may begin. */
		if (dashes == rest.len)
			return;
	}
	while (codes.len) {
		size_t comma = text_find(codes, ',');
		struct text code = text_trim(text_cut(codes, 0, comma));
		if (code.len)
			read_code(loader, comment, code, reason);
		codes = text_cut(codes, comma + 1, codes.len);
	}
}

/* Other words after the mark are people's own business, unless one is nearly ours. */
static void read_comment(struct loader *loader, const struct comment *comment)
{
	static const struct text words[] = {{"allow", 5}};
	size_t end = 0;

	while (end < comment->text.len && !strchr(" \t", comment->text.at[end]))
		end++;
	struct text word = text_cut(comment->text, 0, end), rest = text_cut(comment->text, end, comment->text.len);
	if (text_is(word, "allow")) {
		read_codes(loader, comment, rest);
	} else if (text_nearest(word, words, 1).len && find_dashes(rest) < rest.len) {
		diag_add(loader->diags, CODE_SUPPRESS_SYNTAX, place_of(comment, word), "'galley: %.*s' is no 'galley: allow'",
		         TEXT_ARGS(excerpt(word, loader->arena)));
		diag_help(loader->diags, "%s", form);
	}
}

static int compare(const void *left, const void *right)
{
	const struct suppression *a = left, *b = right;
	int order = text_compare(a->place.file->path, b->place.file->path);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->code > b->code) - (a->code < b->code);
	if (!order)
		order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
	if (!order)
		order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
	return order;
}

void suppressions_read(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;

	for (size_t i = 0; i < loader->comment_count; i++)
		read_comment(loader, &loader->comments[i]);
	if (catalog->suppression_count)
		qsort(catalog->suppressions, catalog->suppression_count, sizeof *catalog->suppressions, compare);
}

/* --- applying them --- */

static enum severity severity_by_rules(const struct config *config, enum code code, enum severity own)
{
	for (size_t i = 0; i < config->rule_count; i++)
		if (text_is(config->rules[i].code, code_list[code].id))
			own = config->rules[i].severity;
	return own;
}

/* The first of those that cover the finding, or NULL. */
static const struct suppression *covering(const struct catalog *catalog, const struct diag *diag)
{
	struct suppression wanted = {.code = diag->code, .line = diag->place.line, .place = {.file = diag->place.file}};
	size_t low = 0, high = catalog->suppression_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(&catalog->suppressions[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct suppression *found = &catalog->suppressions[low];
	return low < catalog->suppression_count && found->code == diag->code && found->line == diag->place.line &&
	               text_equal(found->place.file->path, diag->place.file->path)
	           ? found
	           : NULL;
}

static void suppress(struct diag *diag, const struct suppression *by)
{
	diag->suppressed = true;
	diag->suppressed_severity = diag->severity;
	diag->suppressed_reason = by->reason;
	diag->suppressed_by = by->comment;
	diag->severity = SEVERITY_OFF;
}

static void report_unused(const struct catalog *catalog, const bool *used, struct diags *diags)
{
	enum severity severity = severity_by_rules(&catalog->config, CODE_SUPPRESS_UNUSED, code_list[CODE_SUPPRESS_UNUSED].severity);

	for (size_t i = 0; i < catalog->suppression_count; i++) {
		const struct suppression *suppression = &catalog->suppressions[i];
		/* Two comments for one thing: the first counts. */
		if (used[i])
			continue;
		diag_add(diags, CODE_SUPPRESS_UNUSED, suppression->place, "no finding of '%s' to suppress on line %u",
		         code_list[suppression->code].id, suppression->line)
			->severity = severity;
		diag_help(diags, "delete it, so that it does not hide what comes later");
	}
}

void catalog_apply_rules(const struct catalog *catalog, struct diags *diags)
{
	bool *used = arena_array(diags->arena, catalog->suppression_count, sizeof *used);
	size_t kept = 0;

	for (size_t i = 0; i < diags->count; i++) {
		struct diag diag = diags->items[i];
		if (diag.code == CODE_SUPPRESS_UNUSED)
			continue;
		if (!diag.suppressed)
			diag.severity = severity_by_rules(&catalog->config, diag.code, diag.severity);
		if (!diag.suppressed && diag.severity == SEVERITY_OFF)
			continue;
		const struct suppression *by =
			catalog->suppression_count && diag.place.file && diag.place.line ? covering(catalog, &diag) : NULL;
		if (by)
			used[by - catalog->suppressions] = true;
		if (by && !diag.suppressed)
			suppress(&diag, by);
		diags->items[kept++] = diag;
	}
	diags->count = kept;
	report_unused(catalog, used, diags);
}
