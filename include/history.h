/* History: the versions of recipes and packs as commits have them, and what stood beside each.
 *
 * A version is the manifest as it stood in the newest commit (by commit time, ties by id) that the source's commit reaches and in which
 * metadata.version was that version; the tree that is read is newer still. Commits are read once: an index of them is kept in galley/ of
 * the repository's common git directory, is checked before it is believed, and never changes an answer.
 * Ownership: in the arena; a history reads from its source for as long as it is used. Failure: -1 where git cannot be read, or beyond
 * limits.walk_commits and walk_files. */
#ifndef GALLEY_HISTORY_H
#define GALLEY_HISTORY_H

#include "catalog.h"
#include "difference.h"
#include "source.h"

struct history;

/* Reads the index, walks the commits that it does not have yet, and writes it again. settings: whose galley.yaml says where recipes
 * and packs are; where it said so in the past is found in history. limits: the command line's. present: also the files that are read
 * now, unless those are a commit's. */
int history_open(struct history **out, struct source *source, const struct catalog *settings, const struct limits *limits, bool present,
                 struct arena *arena, struct failure *failure);

/* --- Workspaces that move --- */

/* A workspace is followed where it moves as a whole: where a commit has it in a folder that has none in a parent, it stood in the parent
 * where that has a workspace which the commit has no more, and which shares ids of recipes or packs with it. */

/* Where the workspace that is read stands in another commit, "" or "ml/": where it is; else where it was followed to; else one that what is read
 * has no more, by the same rule for the two of them. *found is false where it is in none. */
int history_place(struct text *place, bool *found, struct source *source, const char *commit, const struct limits *limits, struct arena *arena,
                  struct failure *failure);

/* Where one that stood in a commit lives on in what is read, which has none in that folder any more. */
int history_moved_to(struct text *place, bool *found, struct source *source, const char *commit, struct text from, const struct limits *limits,
                     struct arena *arena, struct failure *failure);
/* Whether a commit may have moved it to where it is now: it had it elsewhere in a parent perhaps, which is not looked into. */
int history_may_move(bool *may, struct source *source, struct text place, const char *commit, const struct limits *limits, struct failure *failure);

struct history_side {
	const char *commit;
	struct text place;
};
/* Without what is not committed; followed also from other commits, where it stands in these places. */
int history_open_sides(struct history **out, struct source *source, const struct catalog *settings, const struct limits *limits,
                       const struct history_side *sides, size_t count, struct arena *arena, struct failure *failure);
/* The folders that recipes and packs ever were in. */
size_t history_folder_count(const struct history *history);
struct text history_folder(enum kind *kind, const struct history *history, size_t at);
/* Whether a path was a recipe or pack of the workspace in this commit, as far as folders say it. */
bool history_had(const struct history *history, const char *commit, enum kind kind, struct text path);

/* Whether there are commits to look into, and whether all of them are there. PAST_FOUND: yes. */
enum past history_extent(const struct history *history);
/* The failure where there is no such history, or not enough of it: "WHAT: why, and what to do"; returns -1. */
int history_fail(struct failure *failure, const struct history *history, const char *what);

struct history_version {
	enum kind kind;
	struct text id, version, family;
	enum record_status status;  /* where it stood last */
	struct text path;
	char blob[41];
	char stood[41];             /* the newest commit that it stood in; "" is what is read, and no commit yet */
	char made[41];              /* the oldest that gave it the content that it has there; "": none yet */
	char approved[41];          /* the oldest that made it approved; "": none */
	bool before;                /* made is "" as it lies before what a shallow clone holds */
	int64_t made_time;          /* commit times; INT64_MAX: not committed */
	int64_t stood_time;
	bool present;               /* it is what the source has */
	size_t at;                  /* the commit, for this module */
};

/* All versions of one id, newest first; none where there is no such id. */
void history_versions(struct history_version **out, size_t *count, struct history *history, enum kind kind, struct text id, struct arena *arena);
/* Every id of a kind that there is or was, in byte order. */
void history_ids(struct text **out, size_t *count, struct history *history, enum kind kind, struct arena *arena);
/* Of versions, the one that a version or range asks for: the version itself, of a range the highest approved one; NULL. */
const struct history_version *history_pick(const struct history_version *versions, size_t count, struct text pin);

/* The version that a pin asks for, without one the version that is read; NULL where there is none. newest: a few versions of that id, the
 * newest first; empty: there is no such id. Fails as history_fail() where a version may only be out of reach. */
int history_find(const struct history_version **out, struct text *newest, struct history *history, enum kind kind, struct text id,
                 struct text pin, struct arena *arena, struct failure *failure);

/* A recipe with its parents, or a pack, as they stood in that commit: one catalog, with older versions of its own where parents are
 * pinned. settings: families. */
int history_world(struct catalog **out, struct history *history, const struct history_version *version, const struct catalog *settings,
                  struct arena *arena, struct failure *failure);
/* Its file; *found is false where it is larger than limits.manifest_bytes. */
int history_read(struct input **out, bool *found, struct history *history, const struct history_version *version, struct arena *arena,
                 struct failure *failure);

/* --- What is told of versions --- */

struct version_item {
	const struct history_version *version;
	struct commit_note made, approved; /* of version->made and version->approved, where there are such commits */
	struct text against;        /* the highest version below it, which it is compared with; empty: none */
	bool usable;                /* it has an effective form */
	bool compared;              /* so has the other */
	const struct record_change *change; /* what is different in effect; NULL: nothing */
};

struct version_log {
	enum kind kind;
	struct text id;
	struct version_item *items; /* newest first */
	size_t count, all;          /* how many are told, and how many there are */
};

/* At most `most` versions; compare: also what each changed in effect. as_of: for waivers. */
int history_log(struct version_log *out, struct history *history, const struct catalog *settings, enum kind kind, struct text id, size_t most,
                bool compare, int64_t as_of, struct arena *arena, struct failure *failure);

/* Fills in catalog->older for every pin (of models, runs, parents and packs) that the catalog's own records do not answer. Looks into
 * history only where there is one. Between catalog_read() and catalog_check(). */
int history_settle(struct catalog *catalog, struct source *source, const struct limits *limits, struct arena *arena, struct failure *failure);

#endif
