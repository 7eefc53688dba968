/* Reader: what the YAML and JSON readers share: the bytes, where their lines begin, places, and the count of nodes.
 *
 * Ownership: everything it points to but the lines lives in its arena or in the input. Failure: a diag is added and false is returned. */
#ifndef GALLEY_DOCUMENT_READER_H
#define GALLEY_DOCUMENT_READER_H

#include "document.h"

struct arena;

/* Offsets in bytes and in code points, both from the start of reader->bytes. */
struct spot {
	size_t byte, point;
};

struct reader {
	const struct input *file;
	struct text bytes; /* without a byte order mark */
	enum document_form form;
	const struct limits *limits;
	struct arena *arena;
	struct diags *diags;
	struct spot *lines; /* where each begins; a line ends at LF alone, as reviewers' tools count */
	size_t line_count;
	size_t points;      /* code points in bytes */
	size_t line;        /* where the last place was looked up */
	struct spot cursor; /* where the last look-up ended: look-ups near each other cost little, also on one long line */
	size_t nodes;       /* so far, aliases expanded */
};

/* What a first pass over the bytes finds; offsets in bytes, bytes.len for none. */
struct scan {
	size_t bad_utf8;
	size_t nul;
	size_t control;   /* C0 but tab, LF and CR */
	size_t forbidden; /* other characters that YAML does not allow */
	size_t conflict;  /* a line that begins as Git's conflict markers do */
	size_t percent_lines;
	size_t *breaks;   /* code points: U+0085, U+2028, U+2029 and CR without LF, in order */
	size_t break_count;
};

void reader_init(struct reader *reader, const struct input *file, enum document_form form, const struct limits *limits,
                 struct arena *arena, struct diags *diags);
/* Of the lines, which are in nobody's arena: only the tree stays. */
void reader_release(struct reader *reader);
/* Finds the lines too, which every place needs. */
void reader_scan(struct reader *reader, struct scan *scan);

struct spot reader_at_point(struct reader *reader, size_t point);
struct spot reader_at_byte(struct reader *reader, size_t byte);
/* From..to in code points, cut to the line of from; what lies behind the last line end stands at the end of the line before. */
struct place reader_place_points(struct reader *reader, size_t from, size_t to);
struct place reader_place_bytes(struct reader *reader, size_t from, size_t to);
struct place reader_place_file(const struct reader *reader);

/* At most 120 code points of text, for a message. */
struct text reader_excerpt(const struct reader *reader, struct text text);

/* Counts nodes against limits->yaml_nodes. */
bool reader_count(struct reader *reader, size_t nodes, struct place place, enum code code);
/* Checks the length of a key or text. */
bool reader_check_size(struct reader *reader, size_t size, bool key, struct place place, enum code code);
bool reader_check_depth(struct reader *reader, size_t depth, struct place place, enum code code);
/* Adds a diag for each key of map that stood before; false when there is one. */
bool reader_check_keys(struct reader *reader, struct value *map, enum code code);
/* Says that the root is no map. */
void reader_refuse_root(struct reader *reader, const char *what, struct place place);
void reader_refuse_empty(struct reader *reader);

/* The members of map by name in byte order, those of one name in the order of the map. */
struct member **value_sorted_members(const struct value *map, struct arena *arena);

/* Whether map has a key twice. */
bool value_has_twins(const struct value *map);
/* Whether text is well-formed UTF-8 without anything that YAML refuses or takes for a line end. */
bool reader_is_plain(struct text text);

/* NULL where the file is not of the kind that this takes or anything may be wrong with it: then nothing was said, and reader_yaml() is to
 * read it. Before reader_scan(). */
struct value *reader_plain(struct reader *reader);
/* NULL after a diag. */
struct value *reader_yaml(struct reader *reader, const struct scan *scan);
struct value *reader_json(struct reader *reader);

#endif
