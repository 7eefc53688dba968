/* The index: commits, what each changed against its first parent, and what the files of those changes say about themselves. */
#ifndef GALLEY_HISTORY_INDEX_H
#define GALLEY_HISTORY_INDEX_H

#include "arena.h"
#include "buffer.h"
#include "history.h"
#include "id_table.h"
#include "source.h"

enum { NO_NUMBER = -1 };
#define GONE UINT32_MAX

struct commit {
	unsigned char id[ID_BYTES];
	int64_t time;
	uint32_t parents, parent_count; /* into struct index's parents */
	uint32_t changes, change_count;
	uint32_t files;                 /* that it changed, manifests or not */
	bool cut;                       /* a shallow clone ends here; such an index is never written */
};

struct change {
	uint32_t path, blob; /* GONE: the path is no more */
	bool is_new;         /* the path was not there in the first parent */
};

/* A folder (or for KIND_CONFIG a file) whose manifests are indexed. */
struct folder {
	enum kind kind;
	struct text path;
	uint64_t places; /* of struct history's folders: whose they are, a bit each */
};

/* What was found out of a workspace that a commit has and one of its parents has not. */
struct move {
	unsigned char commit[ID_BYTES], parent[ID_BYTES];
	struct text to, from; /* "" or "ml/" */
	bool found;           /* it comes from `from`; else from nowhere */
};

struct path {
	enum kind kind;
	struct text text;
};

/* What a file says; id is empty where it cannot be read. Of galley.yaml id and version are its folders of recipes and packs. */
struct blob {
	unsigned char id_in_git[ID_BYTES];
	enum kind kind;
	enum record_status status;
	struct text id, version, family;
	char digest[65];
	uint32_t name; /* into struct index's names; set by index_names() */
};

/* An id of a kind that some blob has, and the paths that it ever stood at. */
struct name {
	enum kind kind;
	struct text id;
	uint32_t *paths;
	size_t path_count;
};

struct index {
	struct text shape; /* the options that the content depends on */
	struct folder *folders;
	size_t folder_count;
	struct path *paths;
	size_t path_count;
	struct blob *blobs;
	size_t blob_count;
	struct commit *commits; /* a commit after its parents */
	size_t commit_count;
	uint32_t *parents;
	size_t parent_count;
	struct change *changes;
	size_t change_count;
	struct move *moves;
	size_t move_count;
	/* look-up */
	struct id_table by_commit, by_blob[KIND_COUNT];
	struct path_slot *path_slots;
	size_t path_room;
	/* made by index_names() */
	struct name *names; /* by kind and id */
	size_t name_count;
	struct occurrence **by_path; /* changes of each path, in the order of commits */
	size_t *by_path_count;
	uint64_t *path_places;       /* of the folders that each path lies below */
};

/* A change of one path. */
struct occurrence {
	uint32_t commit, blob;
};

uint32_t index_add_path(struct index *index, enum kind kind, struct text path, struct arena *arena);
void index_add_folder(struct index *index, enum kind kind, struct text path, struct arena *arena);
bool index_has_folder(const struct index *index, const struct folder *folder);
/* Whose folders, of these, a path lies below: other branches may have had folders that are none of this history. */
uint64_t index_places(const struct path *path, const struct folder *folders, size_t count);
/* Of the paths below these folders. */
void index_names(struct index *index, const struct folder *folders, size_t folder_count, struct arena *arena);
const struct name *index_name(const struct index *index, enum kind kind, struct text id);

/* codec.c: the index as bytes. False where they are damaged, of another shape, or of other folders than those wanted. */
bool index_decode(struct index *index, struct text bytes, struct text shape, const struct folder *wanted, size_t wanted_count, struct arena *arena);
void index_encode(struct buffer *out, const struct index *index);
/* Of all that follows it in those bytes. */
uint64_t index_checksum(struct text bytes);

/* Where the workspace stands in a commit, to follow it from there. */
struct seed {
	unsigned char commit[ID_BYTES];
	struct text place;
};

/* Places are bits of 64. */
enum { PLACES_MOST = 64 };

struct history {
	struct source *source;
	struct limits limits;
	struct arena *arena;
	struct index index;
	enum past extent;
	struct text places[PLACES_MOST]; /* where the workspace ever was, "" or "ml/"; the first is where it is read */
	size_t place_count;
	uint64_t *place_at;      /* by commit: where it is there; none of those that no seed reaches */
	struct seed *seeds;      /* the first is the tip */
	size_t seed_count;
	struct move read;        /* from the tip to what is read, where that is no commit */
	bool read_known;
	struct folder *folders;  /* that this history ever had recipes and packs in; the index may know others */
	size_t folder_count;
	size_t tip;              /* the commit to start from; commits.count where there is none */
	size_t real_count;       /* commits of git; the files that are read may stand behind them as one more */
	bool *reached;           /* by commit: what reached_from reaches */
	size_t reached_from;
	unsigned depth;          /* of worlds within each other */
};

/* build.c */
/* Fills reached for this commit. */
void history_reach(struct history *history, size_t from);
bool is_manifest_path(struct text path);

/* places.c: follows the workspace from the seeds to all that they reach. *whole is false where the index lacks folders that it had: then it is
 * to be made with index_wanted(), and this asked again. */
int history_follow(struct history *history, bool *whole, const struct catalog *settings, struct failure *failure);
/* Files and folders that the index must have for that. */
void history_wanted(struct index *wanted, const struct history *history);
/* Where the workspace is known to stand in a commit. */
void history_seed(struct history *history, const char *commit, struct text place);
/* Whether what a path is counts in a commit. */
bool history_counts(const struct history *history, size_t commit, uint32_t path);

int index_read_blobs(struct index *index, size_t from, struct source *source, const struct text *paths, const struct limits *limits,
                     struct arena *arena, struct failure *failure);
/* present.c: the files that are read as one more commit. */
int history_add_present(struct history *history, const struct catalog *settings, struct failure *failure);

/* versions.c: of one id as seen from a commit, and the file that it is in one commit; GONE where it is none. */
void history_versions_from(struct history_version **out, size_t *count, struct history *history, size_t from, enum kind kind, struct text id,
                           struct arena *arena);
bool history_at(uint32_t *path, uint32_t *blob, struct history *history, size_t commit, enum kind kind, struct text id);

#endif
