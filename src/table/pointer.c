#include "pointer.h"

#include <string.h>

#include "number.h"

/* The next line without its end. */
static struct text take_line(struct text *rest)
{
	size_t end = text_find(*rest, '\n');
	struct text line = text_cut(*rest, 0, end);

	*rest = text_cut(*rest, end + 1, rest->len);
	return line.len && line.at[line.len - 1] == '\r' ? text_cut(line, 0, line.len - 1) : line;
}

static bool take_prefix(struct text *line, const char *prefix)
{
	if (!text_starts(*line, prefix))
		return false;
	*line = text_cut(*line, strlen(prefix), line->len);
	return true;
}

static bool take_id(char out[static 65], struct text text, size_t digits)
{
	if (text.len != digits)
		return false;
	for (size_t i = 0; i < digits; i++)
		if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
			return false;
	memcpy(out, text.at, digits);
	out[digits] = '\0';
	return true;
}

static void refuse(struct pointer *pointer, const char *wrong, const char *remedy)
{
	if (pointer->wrong)
		return;
	pointer->wrong = wrong;
	pointer->remedy = remedy;
}

bool pointer_read_lfs(struct pointer *pointer, struct text start)
{
	bool has_id = false;

	*pointer = (struct pointer){.store = STORE_LFS};
	if (!text_starts(start, "version https://git-lfs.github.com/spec/"))
		return false;
	for (struct text rest = text_cut(start, 0, 1024); rest.len;) {
		struct text line = take_line(&rest);
		if (take_prefix(&line, "oid sha256:"))
			has_id = take_id(pointer->id, line, 64);
		else if (take_prefix(&line, "size "))
			pointer->has_size = number_parse_count(&pointer->size, line, UINT64_MAX);
	}
	if (!has_id || !pointer->has_size)
		refuse(pointer, "is a Git LFS pointer that does not say what it stands for", "restore the file from git");
	return true;
}

/* --- .dvc files: YAML as DVC writes it, which is all that is read of it --- */

static struct text unquoted(struct text value)
{
	value = text_trim(value);
	if (value.len >= 2 && (value.at[0] == '\'' || value.at[0] == '"') && value.at[value.len - 1] == value.at[0])
		return text_cut(value, 1, value.len - 1);
	return value;
}

static bool is_plain_name(struct text name)
{
	return name.len && name.at[0] != '/' && !memchr(name.at, '\\', name.len) && !text_is(name, "..") && !text_starts(name, "../") &&
	       !text_ends(name, "/..") && text_find(name, '\0') == name.len;
}

static void take_out(struct pointer *pointer, struct text line)
{
	if (take_prefix(&line, "md5:")) {
		struct text id = unquoted(line);
		if (text_ends(id, ".dir"))
			refuse(pointer, "stands for a folder of data, not for one file", "track the CSV itself with: dvc add FILE.csv");
		else if (!take_id(pointer->id, id, 32))
			refuse(pointer, "has an md5 that is none", "write it again with: dvc add");
	} else if (take_prefix(&line, "size:")) {
		pointer->has_size = number_parse_count(&pointer->size, unquoted(line), UINT64_MAX);
	} else if (take_prefix(&line, "path:")) {
		pointer->name = unquoted(line);
	}
}

void pointer_read_dvc(struct pointer *pointer, struct text start, bool cut)
{
	bool in_outs = false;
	size_t outs = 0;

	*pointer = (struct pointer){.store = STORE_DVC};
	if (cut)
		refuse(pointer, "is too large for a .dvc file", "write it again with: dvc add");
	for (struct text rest = start; rest.len && !pointer->wrong;) {
		struct text line = take_line(&rest), bare = text_trim(line);
		if (!bare.len || bare.at[0] == '#')
			continue;
		bool item = text_starts(bare, "- ");
		if (line.at[0] != ' ' && line.at[0] != '\t' && !item)
			in_outs = text_is(bare, "outs:");
		if (take_prefix(&bare, "wdir:") && line.at[0] != ' ')
			refuse(pointer, "tracks data in another folder (wdir)", "track the CSV itself with: dvc add FILE.csv");
		if (!in_outs)
			continue;
		outs += item;
		take_out(pointer, item ? text_trim(text_cut(bare, 2, bare.len)) : bare);
	}
	if (outs != 1 || !pointer->id[0] || !is_plain_name(pointer->name))
		refuse(pointer, "is no .dvc file that stands for one file by its md5", "write it with: dvc add FILE.csv");
}
