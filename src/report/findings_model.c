#include "findings_parts.h"

#include "arena.h"

struct text finding_path(const struct finding *finding)
{
	return finding->diag->place.file ? finding->diag->place.file->path : TEXT("");
}

struct text finding_host_path(const struct finding *finding)
{
	return finding->diag->place.file ? finding_path(finding) : TEXT("galley.yaml");
}

const char *finding_rule(const struct finding *finding)
{
	return code_list[finding->diag->code].id;
}

bool finding_fails(const struct findings *findings, const struct finding *finding)
{
	return finding->diag->severity >= findings->fail_on;
}

bool finding_shown(const struct findings *findings, const struct finding *finding)
{
	return finding->rank < findings->most;
}

size_t findings_left_out(const struct findings *findings)
{
	return findings->count > findings->most ? findings->count - findings->most : 0;
}

static void take_items(struct findings *findings, const struct diags *diags, struct arena *arena)
{
	findings->items = arena_array(arena, diags->count, sizeof *findings->items);
	findings->suppressed = diags_count_suppressed(diags);
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		if (diag->severity == SEVERITY_OFF)
			continue;
		findings->items[findings->count++].diag = diag;
		findings->counts[diag->severity]++;
	}
}

static void rank_items(struct findings *findings, struct arena *arena)
{
	size_t rank = 0;

	findings->ranked = arena_array(arena, findings->count, sizeof *findings->ranked);
	for (enum severity severity = SEVERITY_ERROR; severity > SEVERITY_OFF; severity--)
		for (size_t i = 0; i < findings->count; i++)
			if (findings->items[i].diag->severity == severity) {
				findings->items[i].rank = rank;
				findings->ranked[rank++] = &findings->items[i];
			}
}

/* Files and findings are both in order of their paths. */
static void group_items(struct findings *findings, const struct input *const *files, size_t file_count, struct arena *arena)
{
	size_t item = 0, file = 0;

	findings->files = arena_array(arena, file_count + findings->count, sizeof *findings->files);
	while (file < file_count || item < findings->count) {
		struct findings_file *group = &findings->files[findings->file_count++];
		bool of_item = file == file_count ||
		               (item < findings->count && text_compare(finding_path(&findings->items[item]), files[file]->path) < 0);
		group->path = of_item ? finding_path(&findings->items[item]) : files[file]->path;
		group->first = item;
		while (item < findings->count && text_equal(finding_path(&findings->items[item]), group->path))
			item++;
		while (file < file_count && text_equal(files[file]->path, group->path))
			file++;
		group->count = item - group->first;
	}
}

void findings_init(struct findings *findings, const struct diags *diags, const struct input *const *files, size_t file_count,
                   struct arena *arena)
{
	*findings = (struct findings){.most = SIZE_MAX, .at_least = SEVERITY_NOTE, .fail_on = SEVERITY_ERROR};
	take_items(findings, diags, arena);
	rank_items(findings, arena);
	group_items(findings, files, file_count, arena);
	findings_mark(findings->items, findings->count, arena);
	findings->files_read = findings->file_count;
}

const struct findings_format *findings_format(struct text name)
{
#define ROW(word, log) {#word, findings_##word, log},
	static const struct findings_format formats[] = {FINDINGS_FORMATS(ROW, ROW)};
#undef ROW

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (text_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

bool add_counts(struct buffer *out, const size_t counts[static SEVERITY_ERROR + 1])
{
	bool any = false;

	for (enum severity severity = SEVERITY_ERROR; severity > SEVERITY_OFF; severity--) {
		if (!counts[severity])
			continue;
		buffer_format(out, "%s%zu %s%s", any ? ", " : "", counts[severity], severity_name(severity), counts[severity] == 1 ? "" : "s");
		any = true;
	}
	return any;
}

void add_place(struct buffer *out, struct place place)
{
	if (!place.file)
		return;
	buffer_safe(out, place.file->path);
	if (place.line)
		buffer_format(out, ":%u:%u", place.line, place.column);
}

struct text place_line(struct place place)
{
	size_t start = 0;

	if (!place.file || !place.line)
		return TEXT("");
	struct text bytes = place.file->bytes;
	for (unsigned line = place.file->first_line ? place.file->first_line : 1; line < place.line; line++) {
		start += text_find(text_cut(bytes, start, bytes.len), '\n') + 1;
		if (start >= bytes.len)
			return TEXT("");
	}
	struct text rest = text_cut(bytes, start, bytes.len);
	struct text line = text_cut(rest, 0, text_find(rest, '\n'));
	if (text_ends(line, "\r"))
		line.len--;
	return line;
}

size_t skip_points(struct text line, size_t from, size_t skip)
{
	size_t offset = from;

	while (skip-- && offset < line.len)
		utf8_next(line, &offset);
	return offset;
}
