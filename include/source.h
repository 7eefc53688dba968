/* Source: where files are read from. One handle over the working tree, the index, a commit (also in a bare repository) and a plain
 * folder, so that everything after this stage is the same code.
 *
 * Paths are from the repository's top ('/' between names, no leading "./"); the workspace is a folder at or below it.
 * Ownership: source_open() gives a handle that source_close() releases; texts and inputs belong to the arena that was passed.
 * Failure: -1 with a failure (EXIT_UNABLE: damaged repository, permissions, unknown revision, history out of reach in a shallow clone).
 * That a file is absent or no regular file is a result, not a failure. Symbolic links are never followed, special files never
 * opened, nothing outside the top is read. Threads: one handle, one thread. */
#ifndef GALLEY_SOURCE_H
#define GALLEY_SOURCE_H

#include <stdint.h>

#include "failure.h"
#include "input.h"
#include "limits.h"

struct arena;
struct source;

enum source_kind { SOURCE_FOLDER, SOURCE_WORKTREE, SOURCE_INDEX, SOURCE_COMMIT };

struct source_options {
	const char *directory; /* -C; NULL for the current one */
	const char *git_dir;   /* --git-dir; NULL: the nearest .git at or above directory, else directory itself where it is a bare repository */
	const char *at;        /* --at REV; NULL: none. A bare repository is read at HEAD where neither is given */
	struct text below;     /* the folder to look for the workspace from, from the top; empty: where directory lies */
	bool staged;           /* --staged: the index; GIT_INDEX_FILE's where index_file is given */
	const char *objects;    /* a further folder of git objects, as a push that is not yet accepted lies in one; NULL */
	const char *index_file; /* NULL: the repository's own */
	const struct limits *limits; /* NULL: limits_default */
	bool no_cache;         /* nothing that is kept in the repository is read or written */
	bool seen;             /* what is asked of it is noted, see seen.h */
	unsigned patience;     /* seconds that reading one git object may take before the process ends with EXIT_UNABLE, as libgit2 can
	                        * loop on a damaged one; 0: 30. Uses SIGALRM, unless somebody else handles it */
};

struct source_info {
	enum source_kind kind;
	bool bare;
	bool shallow;
	struct text workspace;   /* "" or "models/": prefix of every path in the workspace */
	char commit[41];         /* the commit read (SOURCE_COMMIT) or HEAD's; "" before the first commit and in a plain folder */
	int64_t commit_time;     /* its committer time, seconds since 1970 UTC */
	struct text top;         /* absolute path of the working directory or folder; the git directory in a bare repository. Never printed in reports */
};

/* Refuses with a failure what cannot be read truly: another user's repository (names the safe.directory line to add), SHA-256 and
 * other unknown extensions, a sparse or split index. libgit2 is initialised on first use with the search limited to exactly the top
 * found by our own walk; core.worktree pointing elsewhere is refused. */
int source_open(struct source **out, const struct source_options *options, struct arena *arena, struct failure *failure);
void source_close(struct source *source);
/* A folder that the command line names (through links, outside the repository), as it lies there: no repository is looked for, and nothing
 * below it is followed or written. For reading what other programs have left; names in failures are from the folder. */
int source_open_folder(struct source **out, const char *folder, const struct limits *limits, struct failure *failure);
const struct source_info *source_get_info(const struct source *source);
/* For what is read from here on: blob_bytes and walk_depth, once galley.yaml has spoken. */
void source_limit(struct source *source, const struct limits *limits);

enum entry_kind { ENTRY_FILE, ENTRY_FOLDER, ENTRY_LINK, ENTRY_SUBMODULE, ENTRY_OTHER };

struct entry {
	struct text path; /* from the top */
	enum entry_kind kind;
};

/* Everything below folder (a path from the top; "" is all), in byte order of paths, folders only where they are empty or no
 * folder was entered (depth beyond 200); ".git" is never listed. An absent folder gives no entries. */
int source_list(struct entry **entries, size_t *count, struct source *source, struct text folder, const struct limits *limits,
                struct arena *arena, struct failure *failure);

/* What lies directly in a folder, in byte order of names; for sources that read files, not commits or an index. */
int source_children(struct entry **entries, size_t *count, struct source *source, struct text folder, const struct limits *limits,
                    struct arena *arena, struct failure *failure);

enum read_result { READ_OK, READ_MISSING, READ_NOT_A_FILE, READ_TOO_LARGE };

/* Reads a whole file of at most max bytes, with its blob id (what git would store, filters applied). */
int source_read(struct input *input, enum read_result *result, struct source *source, struct text path, size_t max,
                struct arena *arena, struct failure *failure);

struct source_file {
	struct text path;       /* these are asked for, */
	size_t max;
	struct input *input;    /* and these are the answer; the input's path is the one that was given */
	enum read_result result;
};

/* What was read of another state of the same repository, by path: source_read_many() takes the bytes of those that git names alike here, and
 * does not read them again. They must outlive the source. */
void source_share(struct source *source, const struct input *const *inputs, size_t count);

/* source_read() for each of many files, by up to `jobs` threads. Where some cannot be read, the first of them is named. */
int source_read_many(struct source_file *files, size_t count, struct source *source, unsigned jobs, struct arena *arena,
                     struct failure *failure);

/* What git stores a file of the working tree as, without reading it, where git's index is sure of it; else "", and it must be read. */
void source_known_blob(char blob[41], struct source *source, struct text path);

/* Whether what is read holds the same at and below paths as HEAD; false where that cannot be told, true of a commit. Links are alike whatever
 * they point to, as none is followed. */
bool source_is_head(struct source *source, const struct text *paths, size_t count, const struct limits *limits, struct arena *arena);

/* Whether path is there, and its kind. */
int source_look(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure);

/* A manifest or metric file that is read as if it had been written already; whether a rule allows a change is asked so, before it is made. */
struct source_overlay {
	struct text path, bytes;
};

/* From here on source_list(), source_look() and source_read() see these too, in the place of what has their paths. They must outlive the
 * source; streams and history do not know them. */
void source_lay_over(struct source *source, const struct source_overlay *files, size_t count);

/* A file as a stream of bytes, for CSV: the same path may be opened any number of times. */
struct stream;

/* result as in source_read(); *out is NULL unless READ_OK, and is closed before its source. blob may be NULL; it gets the blob id without
 * holding the file in memory ("" in the one case where that cannot be: git would convert line ends in more than the limit blob_bytes).
 * READ_TOO_LARGE: a blob of git of more than the limit blob_bytes, as libgit2 loads those whole. */
int source_stream(struct stream **out, enum read_result *result, char blob[41], struct source *source, struct text path,
                  struct arena *arena, struct failure *failure);
/* A file named on the command line (follows links, may be outside the repository), "-" for standard input, /dev/fd/N for a shell's
 * <(command); these can be opened again, as what is no regular file is copied to a temporary one that takes its descriptor.
 * *result is READ_TOO_LARGE, and *out NULL, where that would be more than most bytes; else READ_OK. */
int stream_open(struct stream **out, enum read_result *result, const char *path, uint64_t most, struct failure *failure);
/* Fills buffer with up to size bytes; *got is 0 at the end. */
int stream_read(size_t *got, struct stream *stream, char *buffer, size_t size, struct failure *failure);
/* The same from offset on, which leaves the stream where it is; several threads may do so at once. */
int stream_read_at(size_t *got, const struct stream *stream, char *buffer, size_t size, uint64_t offset, struct failure *failure);
/* Back to its start. */
void stream_rewind(struct stream *stream);
/* Bytes it has now from its start; a file may grow or shrink. */
uint64_t stream_size(const struct stream *stream);
void stream_close(struct stream *stream);

/* An empty temporary file without a name, and bytes for its end. */
int stream_temporary(struct stream **out, const char *name, struct failure *failure);
int stream_append(struct stream *stream, const char *bytes, size_t len, struct failure *failure);

/* --- What a pointer in a file's place stands for --- */

enum store {
	STORE_LFS, /* <git directory>/lfs/objects, by SHA-256 */
	STORE_DVC, /* .dvc/cache of the file's folder or one above it in the repository, by MD5, in either layout that DVC has had */
};

/* *out is NULL where the object is not there. path and source as in struct table_file: from the source, or from the command line where it is
 * NULL. id is lower-case hexadecimal digits, 64 or 32. No link is followed below the repository. */
int source_stored(struct stream **out, struct source *source, struct text path, enum store store, const char *id, struct failure *failure);

/* The newest commit, from the one that is read (HEAD for the working tree and the index), that changed anything at or below paths
 * against its first parent (a root commit changes all it holds); "" where there is none. In a shallow clone where that commit may lie
 * beyond what is there: a failure that names the depth and the remedy (git fetch --unshallow; fetch-depth: 0). */
int source_newest_change(char commit[41], struct source *source, const struct text *paths, size_t count, const struct limits *limits,
                         struct failure *failure);

/* Whether commit lies behind the one that is read (or is it). UNKNOWN where that cannot be told: a shallow clone that does not hold it,
 * or no history at all. */
enum reach { REACH_NO, REACH_YES, REACH_UNKNOWN };
int source_reaches(enum reach *reach, struct source *source, const char commit[41], struct failure *failure);

/* Whether a commit has another one behind it. */
int source_descends(bool *descends, struct source *source, const char *commit, const char *ancestor, struct failure *failure);

/* --- What a change starts from --- */

/* The commit that a revision names, and the best common ancestor of it and the commit that is read (HEAD for the working tree and the
 * index). Fails with the remedy where there is no history to ask: a plain folder, no commit yet, a shallow clone (which may hold
 * both commits and still not know), and where they have no common ancestor. */
int source_merge_base(char base[41], char commit[41], struct source *source, const char *revision, struct failure *failure);

/* The commit that a revision names. */
int source_revision(char commit[41], struct source *source, const char *revision, struct failure *failure);
/* Whether source_merge_base() has an answer; *why says what is missing where it has none. */
int source_has_base(bool *has, const char **why, struct source *source, const char *revision, struct failure *failure);

/* Another commit of an open source's repository, with the workspace that its own galley.yaml says; closed before `from`. */
int source_open_commit(struct source **out, struct source *from, const char *commit, struct arena *arena, struct failure *failure);

int source_parents(char (**parents)[41], size_t *count, struct source *source, const char *commit, struct arena *arena, struct failure *failure);

/* A folder, "" or "ml/", with a galley.yaml in a commit. */
struct source_place {
	struct text path;
	bool gone; /* the later one has none there */
};
/* Those of a commit that are not all as they were in a later one, in the order of their trees: that a workspace may have moved away from. later
 * NULL: what is read, which may have changed any of them. Fails beyond limits->walk_files folders that differ. */
int source_left(struct source_place **places, size_t *count, struct source *source, const char *commit, const char *later,
                const struct limits *limits, struct arena *arena, struct failure *failure);
/* Takes another folder for the workspace, "" or "ml/", that lives as long as the source. */
void source_enter(struct source *source, struct text workspace);

struct history_commit {
	char id[41];
	int64_t time;  /* of its committer */
	bool mainline; /* among the first parents of the commit that the walk started from, or that commit itself */
};

/* A file that a commit added or changed: its content is in none of the commit's parents. On the mainline also what a merge brought,
 * which is not in the first parent alone. */
struct history_file {
	size_t which;     /* of the paths that were asked for, the one it is at or below */
	struct text path;
	char blob[41];
	bool merged;      /* another commit made it, which this one merged */
	bool is_new;      /* a parent of the commit had nothing at all at the path that was asked for */
	const struct history_commit *commit;
};

/* Such files at or below paths (from the top, ordered by path, time and commit) of every commit that `from` reaches and `except`
 * (NULL: none) does not. Fails beyond limits->walk_commits commits or limits->walk_files files, never with a shorter answer. */
int source_history(struct history_file **files, size_t *count, struct source *source, const char *from, const char *except,
                   const struct text *paths, size_t path_count, const struct limits *limits, struct arena *arena,
                   struct failure *failure);

/* --- Commits and what they changed, for whoever keeps an index of them --- */

struct walked_file {
	size_t which;            /* of the paths that were asked for, the one it is at or below */
	struct text path;
	unsigned char blob[20];  /* all zero: it is gone */
	unsigned char was[20];   /* in the first parent; all zero: it was not there */
};

struct walked_commit {
	unsigned char id[20];
	int64_t time;            /* of its committer */
	const unsigned char *parents; /* 20 bytes each */
	size_t parent_count;
	bool cut;                /* a shallow clone ends here: its parents are not there, and all its files are told */
	const struct walked_file *files; /* regular files that are not as in its first parent */
	size_t file_count;
};

struct walker {
	void *context;
	bool (*is_known)(void *context, const unsigned char id[20]); /* not to be visited again, nor what lies behind it */
	void (*visit)(void *context, const struct walked_commit *commit); /* which lives no longer than this call */
};

/* Visits every commit that `from` reaches and that is not known, parents first. Fails beyond limits->walk_commits commits or
 * limits->walk_files files, never with a shorter answer. */
int source_walk(struct source *source, const char *from, const struct text *paths, size_t path_count, const struct walker *walker,
                const struct limits *limits, struct failure *failure);

/* Who wrote a commit, when, and why. */
struct commit_note {
	struct text author, email;
	int64_t time;        /* when it was written, which a rebase keeps */
	struct text message; /* whole */
	int64_t committed;   /* when it was put where it is */
	struct text committer; /* and who did */
};
int source_commit_note(struct commit_note *out, struct source *source, const char *commit, struct arena *arena, struct failure *failure);

/* --- What is kept beside git's objects, in galley/ of the repository's common directory --- */

/* Nothing where there is no such regular file of at most max bytes, or no repository. What is read is never more than a memory of
 * something that can be found out again: whoever reads it, checks it. */
struct text source_memory_read(struct source *source, const char *name, size_t max, struct arena *arena);
/* Written beside it and renamed. That it cannot be written is nobody's failure. */
void source_memory_write(struct source *source, const char *name, struct text bytes);

/* Finished work by what it was made from: key is the SHA-256 of all of that, the code that makes it included. Nothing where it is not there
 * or is damaged. The bytes are as they were written; what they mean is checked by whoever reads them. */
struct text source_kept_read(struct source *source, const char key[65], struct arena *arena);
/* source_close() removes the oldest beyond limits->cache_bytes. */
void source_kept_write(struct source *source, const char key[65], struct text bytes);

/* What is kept: finished work, and the index of versions. */
struct kept_sizes {
	bool has_repository;
	uint64_t results, result_bytes, index_bytes;
};
/* Fails where the folder is there and cannot be read or emptied. */
int source_kept_sizes(struct kept_sizes *out, struct source *source, struct failure *failure);
int source_kept_clear(struct kept_sizes *removed, struct source *source, struct failure *failure);

/* The blob id of the bytes that reading a file gives, "" where they are not those of a blob (git would convert them, or another program
 * may), there is no such file, or no repository to ask. By git's index where that is sure, else the file is read. */
void source_content(char blob[41], struct source *source, struct text path);

/* A file by its id in git, as source_read(); the input's path is the one that is given. */
int source_read_blob(struct input *input, enum read_result *result, struct source *source, const char *blob, struct text path,
                     size_t max, struct arena *arena, struct failure *failure);

#endif
