/* What the files that compare two states share. */
#ifndef GALLEY_RESOLVE_CHANGE_PARTS_H
#define GALLEY_RESOLVE_CHANGE_PARTS_H

#include "change.h"
#include "inside.h"

/* --- change_content.c: content as parsed --- */

/* SHA-256 over a manifest's content; metadata.status is no part of it. */
void content_digest(char out[static 65], enum kind kind, const struct value *root);

struct difference {
	struct place place; /* in the later state; of the map or list where something was removed from it */
	struct text told;   /* "'a.b' is 2, was 1"; empty where nothing differs as parsed */
};

/* The first field that differs, new and changed ones before removed ones. */
struct difference content_difference(enum kind kind, const struct value *before, const struct value *now, struct arena *arena);

/* --- change_lines.c --- */

/* A flag for each line of now (from 1): whether it is not among those of before. Lines at both ends are compared first, and what differs
 * too much in between is held to be changed as a whole. */
bool *lines_changed(size_t *count, struct text before, struct text now, struct arena *arena);

/* --- change_versions.c, change_run.c --- */

struct change {
	const struct change_request *request;
	struct arena *arena;
	struct diags *diags;
};

void change_records(struct change *change);
void change_runs(struct change *change);

/* --- change.c --- */

/* Whether git holds both to be the same bytes. */
bool same_input(const struct input *a, const struct input *b);
/* The digits of a commit's id that messages show. */
enum { COMMIT_DIGITS = 12 };

#endif
