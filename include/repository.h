/* Repository: finding one and opening it, with libgit2 tamed; shared by source and publish, the only stages that know git.
 *
 * Ownership: locations belong to the arena; repository_open() is undone by repository_close().
 * Failure: -1 with EXIT_UNABLE and the remedy where there is one. */
#ifndef GALLEY_REPOSITORY_H
#define GALLEY_REPOSITORY_H

#include "failure.h"
#include "text.h"

struct arena;
struct git_index;
struct git_repository;

enum location_kind { LOCATION_FOLDER, LOCATION_WORKTREE, LOCATION_BARE };

/* What lies on disk, by our own walk: libgit2 never searches. */
struct location {
	enum location_kind kind;
	const char *top;    /* absolute: the folder that holds .git, the bare repository, or the folder itself */
	struct text prefix; /* where the walk started, from top: "" or "a/b" */
};

/* git_dir and directory as in struct source_options. */
int repository_locate(struct location *out, const char *directory, const char *git_dir, struct arena *arena,
                      struct failure *failure);

/* Not for LOCATION_FOLDER. A folder's .git may say that it is bare: then the repository has no working directory. */
int repository_open(struct git_repository **out, const struct location *location, struct arena *arena,
                    struct failure *failure);
void repository_close(struct git_repository *repository);

/* A yes-or-no setting, config.worktree included; false where it is not set. */
bool repository_setting(struct git_repository *repository, const char *key, struct arena *arena);

/* Whether objects were left out when it was cloned, to be fetched by git when they are asked for, which is never done here. */
bool repository_partial(struct git_repository *repository);

/* Fills failure in with the text, ": " and libgit2's reason for its error code, and names git fsck where an object or the index is
 * damaged. Returns -1. */
int repository_fail(struct failure *failure, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An index file on its own, so that nothing is written through it by accident; file NULL: the repository's. The caller frees it. */
int repository_index(struct git_index **out, struct git_repository *repository, const char *file, struct arena *arena,
                     struct failure *failure);

/* What git would store a working file as: line ends and $Id$ converted as configured. repository may be NULL: bytes as they are. */
int repository_blob_id(char out[41], struct git_repository *repository, struct text path, struct text bytes,
                       struct failure *failure);

/* A path from the top that git could hold: names between single '/', none of them ".", "..", ".git" or empty, no NUL. */
bool path_is_plain(struct text path);

/* --- Watchdog --- */

/* libgit2 can loop for ever on an object that was cut short. Where SIGALRM is at its default, a handler is installed that writes one line
 * and ends the process with EXIT_UNABLE; between watch_start() and watch_stop() it has seconds to wait (0: no watch). */
void watch_install(void);
void watch_start(unsigned seconds);
void watch_stop(void);

#endif
