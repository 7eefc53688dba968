#include "document.h"

#include <string.h>

#include "reader.h"

static bool refuse_size(struct reader *reader)
{
	bool metrics = reader->form == DOCUMENT_METRICS;
	const size_t *limit = metrics ? &reader->limits->metrics_bytes : &reader->limits->manifest_bytes;

	if (reader->file->bytes.len <= *limit)
		return false;
	diag_add(reader->diags, CODE_FILE_LIMIT, reader_place_file(reader),
	         "the file is %zu bytes, more than %zu (%s)", reader->file->bytes.len, *limit,
	         limit_note(reader->limits, limit).text);
	diag_help(reader->diags, "%s", metrics ? "keep metrics alone in this file" : "keep data in files of their own");
	return true;
}

/* What another program left in the file's place. */
static bool refuse_stranger(struct reader *reader)
{
	struct text bytes = reader->bytes;

	if (text_starts(bytes, "\xff\xfe") || text_starts(bytes, "\xfe\xff")) {
		diag_add(reader->diags, CODE_FILE_BINARY, reader_place_file(reader), "the file is UTF-16, not UTF-8");
		diag_help(reader->diags, "save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8");
		return true;
	}
	if (text_starts(bytes, "version https://git-lfs.github.com/spec")) {
		diag_add(reader->diags, CODE_FILE_LFS, reader_place_file(reader),
		         "Git LFS content was not fetched: a pointer stands in its place");
		diag_help(reader->diags, "run: git lfs pull, and keep manifests and metrics out of LFS");
		return true;
	}
	return false;
}

static bool refuse_blank(struct reader *reader)
{
	for (size_t i = 0; i < reader->bytes.len; i++)
		if (!strchr(" \t\r\n", reader->bytes.at[i]) || !reader->bytes.at[i])
			return false;
	reader_refuse_empty(reader);
	return true;
}

static bool refuse_bytes(struct reader *reader, const struct scan *scan, bool json)
{
	struct text bytes = reader->bytes;
	size_t binary = scan->nul < bytes.len ? scan->nul : scan->control;

	if (binary < bytes.len) {
		diag_add(reader->diags, CODE_FILE_BINARY, reader_place_bytes(reader, binary, binary + 1),
		         "binary data: byte 0x%02x at offset %zu", (unsigned)(unsigned char)bytes.at[binary],
		         binary + (reader->file->bytes.len - bytes.len));
		diag_help(reader->diags, "write the file as UTF-8 text; a control character in quotes is written as an escape");
		return true;
	}
	if (scan->bad_utf8 < bytes.len) {
		diag_add(reader->diags, json ? CODE_JSON_ENCODING : CODE_YAML_ENCODING,
		         reader_place_bytes(reader, scan->bad_utf8, scan->bad_utf8 + 1), "byte 0x%02x at offset %zu is not UTF-8",
		         (unsigned)(unsigned char)bytes.at[scan->bad_utf8],
		         scan->bad_utf8 + (reader->file->bytes.len - bytes.len));
		diag_help(reader->diags, "save the file as UTF-8");
		return true;
	}
	if (scan->conflict < bytes.len) {
		diag_add(reader->diags, CODE_FILE_CONFLICT, reader_place_bytes(reader, scan->conflict, scan->conflict + 7),
		         "a merge conflict was left in the file");
		diag_help(reader->diags, "keep one side and delete the lines '<<<<<<<', '=======' and '>>>>>>>'");
		return true;
	}
	return false;
}

struct value *document_read(const struct input *file, enum document_form form, const struct limits *limits,
                            struct arena *arena, struct diags *diags)
{
	struct reader reader;
	struct scan scan;
	bool json = text_ends(file->path, ".json");

	reader_init(&reader, file, form, limits, arena, diags);
	if (refuse_size(&reader) || refuse_stranger(&reader) || refuse_blank(&reader))
		return NULL;
	struct value *root = json ? NULL : reader_plain(&reader);
	if (root)
		return root;
	reader_scan(&reader, &scan);
	if (!refuse_bytes(&reader, &scan, json))
		root = json ? reader_json(&reader) : reader_yaml(&reader, &scan);
	reader_release(&reader);
	return root;
}
