/* Change: what a change may not do. Two states of a workspace are compared, the one that the change starts from (base) and the one it
 * leads to (now), and versions with all that history has for them: approved versions are immutable, versions and states only move
 * forward, finished runs are evidence, and a repository's own rules only get stricter.
 *
 * Ownership: everything lives in the arena, or in the catalogs. Failure: none; findings become diags (version, run, gate). What is not
 * changed against the base gives none, however wrong it is. */
#ifndef GALLEY_CHANGE_H
#define GALLEY_CHANGE_H

#include "catalog.h"

/* A recipe or pack as a commit has it. */
struct version {
	enum kind kind;
	struct text id, version, family;
	enum record_status status;
	char digest[65];   /* of the content as parsed: all but metadata.status */
	struct text path;
	const char *commit;
	int64_t time;      /* of the commit */
	bool mainline;     /* a commit of the branch itself, not of one that was merged */
	bool merged;       /* this commit merged it, another made it */
};

struct versions {
	struct version *items; /* sorted by versions_sort() */
	size_t count;
};

/* Reads a manifest's version: kind, id, version, status and digest; false where the file has none or cannot be parsed. */
bool version_read(struct version *out, enum kind kind, const struct input *file, const struct limits *limits, struct arena *arena);
/* By kind and id, oldest first. */
void versions_sort(struct versions *versions);

struct change_request {
	const struct catalog *base, *now;
	const char *base_commit;      /* of base */
	const struct versions *reached; /* all that the revision reaches that was named as base */
	const struct versions *ahead;   /* what the commits of the change have, beyond reached */
	const char *now_commit;       /* NULL: now is no commit */
	const char *now_place;        /* "the working tree", "the index"; only where now_commit is NULL */
	/* Whether a commit has another one behind it; NULL: their times tell. */
	bool (*descends)(void *context, const char *commit, const char *ancestor);
	void *context;
};

/* The findings on recipes, packs, models and runs. */
void change_check(const struct change_request *request, struct arena *arena, struct diags *diags);

/* Findings whose own line is as it was, but that come from a line or file that the change touched, move there, so that they show where
 * the change is reviewed; where they stood becomes a related place. Several that one place causes become one. before: all findings on
 * base. */
void change_anchor(struct diags *diags, const struct catalog *base, const struct diags *before, const struct catalog *now);

#endif
