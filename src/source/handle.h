/* What a source is made of: files.c reads a working tree or folder, objects.c an index or a commit's tree. */
#ifndef GALLEY_SOURCE_HANDLE_H
#define GALLEY_SOURCE_HANDLE_H

#include <sys/types.h>

#include "git.h"
#include "source.h"

struct arena;
struct seen;

enum { KEPT_UNASKED = -2, KEPT_NONE = -1 };

struct source {
	struct source_info info;
	unsigned patience;
	struct limits limits;
	bool borrowed;              /* the repository is another source's */
	const char *objects;        /* a further folder of objects, as in the options; NULL */
	struct text prefix;         /* where the walk for a repository started, from the top */
	git_repository *repository; /* NULL in a plain folder */
	git_odb *odb;
	git_index *index; /* SOURCE_INDEX */
	git_index *stats; /* SOURCE_WORKTREE, once source_known_blob() has asked for it; NULL: none */
	bool asked_index;
	int64_t stats_time, stats_part; /* when it was written */
	git_tree *tree;   /* SOURCE_COMMIT */
	bool no_cache;
	int kept;         /* the folder of finished work, where it was opened; KEPT_UNASKED, KEPT_NONE */
	bool kept_written;
	int top;          /* SOURCE_FOLDER and SOURCE_WORKTREE, else -1 */
	const struct input *const *shared; /* see source_share() */
	size_t shared_count;
	struct seen *seen; /* NULL: nothing is noted */
	const struct source_overlay *overlay;
	size_t overlay_count;
	/* The folder that was entered last: mostly the next file lies there too. */
	struct {
		char *path; /* NULL: none */
		size_t len;
		int fd;
		git_tree *tree;
	} last;
};

/* Where a path stands in its folder. */
struct text path_folder(struct text path);
struct text path_name(struct text path);
size_t path_depth(struct text path);

/* Whether folder is the last one entered, and remembering one; handle_forget() releases what is remembered. */
bool handle_is_last(const struct source *source, struct text folder);
void handle_remember(struct source *source, struct text folder, int fd, git_tree *tree);
void handle_forget(struct source *source);

struct entry_list {
	struct entry *items;
	size_t count;
};
/* Fails beyond limits->walk_files. */
int entry_list_add(struct entry_list *list, struct text path, enum entry_kind kind, const struct limits *limits,
                   struct arena *arena, struct failure *failure);

int files_list(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
               struct arena *arena, struct failure *failure);
/* What lies directly in the folder; folders too, whatever is in them. */
int files_children(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
                   struct arena *arena, struct failure *failure);
int files_look(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure);
/* The same as it stands there, whatever git's index says of a folder. */
int files_stand(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure);
/* *fd is open for reading a regular file of *size bytes where the result is READ_OK. */
int files_open(int *fd, size_t *size, enum read_result *result, struct source *source, struct text path,
               struct failure *failure);
/* Reads fd to its end, at most max bytes. */
int files_read(struct text *bytes, enum read_result *result, int fd, size_t size, struct text path, size_t max,
               struct arena *arena, struct failure *failure);

int objects_list(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
                 struct arena *arena, struct failure *failure);
int objects_look(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure);
/* *object is the caller's where the result is READ_OK. */
int objects_read(git_odb_object **object, enum read_result *result, struct source *source, struct text path, size_t max,
                 struct failure *failure);
/* The id of a file's blob, without reading it; false or "" where there is none. */
bool objects_file(git_oid *id, struct source *source, struct text path);
void objects_blob(char blob[41], struct source *source, struct text path);
/* What stands at a path, as a text that is another where anything at or below it is. */
int objects_state(char out[80], struct source *source, struct text path, struct failure *failure);
int objects_read_id(git_odb_object **object, enum read_result *result, struct source *source, const git_oid *id, const char *what,
                    size_t max, struct failure *failure);
/* Makes an input of it, and lets it go. */
void objects_take(struct input *input, git_odb_object *object, struct arena *arena);
/* A tree, its type and size asked first. */
int objects_tree(git_tree **tree, struct source *source, const git_oid *id, const char *what, struct failure *failure);

/* A tree as git stores it; *object is the caller's. */
int objects_tree_bytes(git_odb_object **object, struct source *source, const git_oid *id, const char *what, struct failure *failure);

/* --- overlay.c --- */

/* What was laid over a path, or NULL. */
const struct source_overlay *overlay_find(const struct source *source, struct text path);
bool overlay_has_folder(const struct source *source, struct text folder);
/* Adds what was laid below folder to its list. */
int overlay_list(struct entry_list *list, const struct source *source, struct text folder, const struct limits *limits,
                 struct arena *arena, struct failure *failure);
int overlay_read(struct input *input, enum read_result *result, const struct source *source, const struct source_overlay *file, size_t max,
                 struct failure *failure);

/* fd or object is the stream's from here on; fd is -1 where there is an object. */
struct stream *stream_new(struct text name, int fd, off_t at, git_odb_object *object);

/* --- keep.c, kept.c --- */

/* The folder galley/ of the common git directory, or one in it, -1 where it is not there or is no folder of its own. */
int keep_open(struct source *source, const char *inside, bool make);
/* Beside it and renamed; false where that could not be done. */
bool keep_write(int folder, const char *name, struct text bytes);
/* "" where it is no regular file of at most max bytes. The file is used from now on, so that it is not the oldest. */
struct text keep_read(int folder, const char *name, size_t max, bool touch, struct arena *arena);
/* The folder of finished work, owned by the handle; KEPT_NONE. */
int kept_folder(struct source *source, bool make);
/* Before the handle goes. */
void kept_close(struct source *source);

/* --- store.c --- */

/* The object as source_stored() has it, open for reading; -1. source may be NULL. */
int store_open(const struct source *source, struct text path, enum store store, const char *id);

/* --- history.c --- */

/* What stands at path below a tree: zero where nothing does. type may be NULL. */
int history_entry(git_oid *id, git_object_t *type, struct source *source, git_tree *root, struct text path, struct failure *failure);
int history_commit_read(git_commit **commit, struct source *source, const git_oid *id, struct failure *failure);
/* Fails with the depth of a shallow clone and the remedy. */
int history_shallow(struct failure *failure, size_t depth);

#endif
