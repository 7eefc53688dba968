/* What the authoring functions share. Ownership and failure: as in the public header. */
#ifndef GALLEY_AUTHOR_RECORD_H
#define GALLEY_AUTHOR_RECORD_H

#include "author.h"

/* The file of a record with edits made, and a line of details for each. */
int authored_edit(struct authored *out, const struct authoring *authoring, const struct record *record, const struct edit *edits,
                  size_t count);
int authored_file(struct authored *out, const struct authoring *authoring, struct text path, const struct buffer *bytes);

struct place place_at(const struct record *record, const char *path);

/* A recipe or pack by its id. */
struct versioned {
	const struct record *record;
	struct text version;
	enum record_status status;
};
int find_versioned(struct versioned *out, const struct authoring *authoring, struct text id);
int find_recipe(const struct recipe **out, const struct authoring *authoring, struct text id);
int find_model(const struct model **out, const struct authoring *authoring, struct text id);
int find_run(const struct run **out, const struct authoring *authoring, const struct model *model, struct text id);
/* Refuses to build on a file that is not right itself. */
int refuse_broken(const struct authoring *authoring, const struct record *record);

/* Only a run that succeeded can serve or be judged. */
int refuse_unfinished(const struct authoring *authoring, const struct model *model, const struct run *run);

/* names: of what could have been meant. */
int refuse_unknown(const struct authoring *authoring, const char *what, struct text id, const struct text *names, size_t count);

#endif
