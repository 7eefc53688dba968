/* What the files that compare two states share. */
#ifndef GALLEY_RESOLVE_CHANGE_PARTS_H
#define GALLEY_RESOLVE_CHANGE_PARTS_H

#include "change.h"
#include "inside.h"

/* --- change_content.c: content as parsed --- */

/* The row of the schema for a value, while walking down from the root: NULL there, and below what is free. */
struct row {
	enum kind kind;
	const struct field *field;
	bool free;
};

struct row row_below(struct row row, struct text key);
struct row row_item(struct row row);
bool content_same(struct row row, const struct value *a, const struct value *b);

/* SHA-256 over a manifest's content; metadata.status is no part of it. */
void content_digest(char out[static 65], enum kind kind, const struct value *root);

struct difference {
	struct place place; /* in the later state; where something was removed, of the map or list that it stood in */
	bool removed;
	struct text told;   /* "'a.b' is 2, was 1"; empty where nothing differs as parsed */
};

/* The first field that differs, new and changed ones before removed ones. */
struct difference content_difference(enum kind kind, const struct value *before, const struct value *now, struct arena *arena);

/* --- change_lines.c --- */

struct line_changes {
	size_t count;  /* lines of now */
	bool *added;   /* by line: it is not among those of before */
	bool *removed; /* by line, and one more for the end: lines of before stood right before it */
};

/* Lines at both ends are compared first, and what differs too much in between is held to be added as a whole. */
struct line_changes lines_compare(struct text before, struct text now, struct arena *arena);
/* A place to show a difference at: its own, or the line where what was removed stood; first added line where nothing differs as parsed. */
struct place lines_show(const struct difference *difference, const struct input *before, const struct input *now, struct arena *arena);

/* --- change_files.c: files of both states side by side --- */

struct file_pair {
	const struct input *now, *base; /* base NULL: new */
	bool compared;
	struct line_changes lines;
};

struct file_pairs {
	struct arena *arena;
	struct file_pair *items; /* by path */
	size_t count;
};

enum place_state { PLACE_UNKNOWN, PLACE_SAME, PLACE_CHANGED };

void file_pairs_make(struct file_pairs *pairs, const struct catalog *base, const struct catalog *now, struct arena *arena);
/* Whether the line of a place is as it was; nothing is known of files that are no manifests. */
enum place_state file_pairs_look(struct file_pairs *pairs, struct place place);
/* The first line that was removed from or added to a file, file NULL where it is as it was. */
struct place file_pairs_first(struct file_pairs *pairs, const struct input *file);

/* --- change_cause.c: why there is a finding where nothing changed --- */

struct causes;

struct causes *causes_make(struct file_pairs *pairs, const struct catalog *base, const struct diags *before, const struct catalog *now);
/* The place that the change touched and that made the finding; file NULL where there is none. *related: which of the finding's related
 * places it is, related_count where it is none. */
struct place causes_find(size_t *related, struct causes *causes, const struct diag *diag);

/* --- change_versions.c, change_earlier.c, change_run.c --- */

struct change {
	const struct change_request *request;
	struct arena *arena;
	struct diags *diags;
};

/* All of one id. */
struct versions versions_of(const struct versions *all, enum kind kind, struct text id);
void change_records(struct change *change);
/* Versions that a commit of the change touched and a later one left behind. */
void change_earlier(struct change *change);
void change_runs(struct change *change);

/* --- change.c --- */

/* Whether git holds both to be the same bytes. */
bool same_input(const struct input *a, const struct input *b);
/* A path that is no more. */
struct place place_gone(struct text path, struct arena *arena);
/* The digits of a commit's id that messages show. */
enum { COMMIT_DIGITS = 12 };

#endif
