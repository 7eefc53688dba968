#include "findings_parts.h"

#include <string.h>

#include "arena.h"
#include "digest.h"

/* A finding's subject is the keys that lead to its line, read off the indentation: it stays when lines are added above, and when a
 * value changes. An item of a list counts with its text, which mostly says its name. */

enum { LEVELS = 64, PART = 200 };

struct level {
	size_t indent;
	struct text part;
	bool is_item;
};

/* A walk down one file, so that all of its findings cost one pass. */
struct outline {
	const struct input *file;
	size_t offset; /* of the line that comes next */
	unsigned line;
	struct level levels[LEVELS];
	size_t depth;
};

static struct text next_line(const struct outline *outline)
{
	struct text rest = text_cut(outline->file->bytes, outline->offset, outline->file->bytes.len);

	return text_cut(rest, 0, text_find(rest, '\n'));
}

/* What stands before the first ": ". */
static struct text key_of(struct text line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] == ':' && (i + 1 == line.len || line.at[i + 1] == ' ' || line.at[i + 1] == '\t'))
			return text_cut(line, 0, i);
	return line;
}

static struct level level_of(struct text line)
{
	struct level level = {0};

	if (text_ends(line, "\r"))
		line.len--;
	while (level.indent < line.len && (line.at[level.indent] == ' ' || line.at[level.indent] == '\t'))
		level.indent++;
	struct text trimmed = text_trim(line);
	level.is_item = text_starts(trimmed, "- ");
	level.part = text_cut(level.is_item ? trimmed : key_of(trimmed), 0, PART);
	return level;
}

/* How many of the levels hold the line. Items may stand as deep as the key of their list. */
static size_t depth_for(const struct outline *outline, struct level level)
{
	size_t depth = outline->depth;

	while (depth && (outline->levels[depth - 1].indent > level.indent ||
	                 (outline->levels[depth - 1].indent == level.indent && (outline->levels[depth - 1].is_item || !level.is_item))))
		depth--;
	return depth;
}

static void pass_line(struct outline *outline)
{
	struct text line = next_line(outline);
	struct level level = level_of(line);

	outline->offset += line.len + 1;
	outline->line++;
	if (!level.part.len || level.part.at[0] == '#')
		return;
	outline->depth = depth_for(outline, level);
	if (outline->depth < LEVELS)
		outline->levels[outline->depth++] = level;
}

static void add_part(struct buffer *out, struct text part)
{
	buffer_char(out, '\n');
	buffer_add(out, part);
}

static void add_subject(struct buffer *out, struct outline *outline, struct place place)
{
	if (!place.file || !place.line)
		return;
	if (outline->file != place.file || outline->line > place.line)
		*outline = (struct outline){.file = place.file, .line = place.file->first_line ? place.file->first_line : 1};
	while (outline->line < place.line && outline->offset < place.file->bytes.len)
		pass_line(outline);
	struct level own = level_of(next_line(outline));
	size_t depth = depth_for(outline, own);
	for (size_t i = 0; i < depth; i++)
		add_part(out, outline->levels[i].part);
	add_part(out, own.part);
}

void findings_mark(struct finding *items, size_t count, struct arena *arena)
{
	struct outline *outline = arena_alloc(arena, sizeof *outline);
	char (*alike)[65] = arena_array(arena, count, sizeof *alike);
	size_t first = 0;
	struct buffer said;

	buffer_init(&said);
	for (size_t i = 0; i < count; i++) {
		size_t occurrence = 1;
		buffer_clear(&said);
		buffer_format(&said, "%s\n", finding_rule(&items[i]));
		buffer_add(&said, finding_path(&items[i]));
		add_subject(&said, outline, items[i].diag->place);
		digest_sha256(alike[i], buffer_text(&said));
		if (!text_equal(finding_path(&items[first]), finding_path(&items[i])))
			first = i;
		/* A file has few: diags_sort() keeps DIAGS_PER_FILE of a code. */
		for (size_t k = first; k < i; k++)
			occurrence += strcmp(alike[k], alike[i]) == 0;
		buffer_clear(&said);
		buffer_format(&said, "%s\n%zu", alike[i], occurrence);
		digest_sha256(items[i].fingerprint, buffer_text(&said));
	}
	buffer_release(&said);
}
