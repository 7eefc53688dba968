/* Writing below a folder: name by name, never through a symbolic link, whole files or nothing. */
#ifndef GALLEY_PUBLISH_WORKDIR_H
#define GALLEY_PUBLISH_WORKDIR_H

#include <sys/stat.h>

#include "failure.h"
#include "text.h"

struct arena;

struct workdir {
	int top;
	int spare; /* where temporary files are made, so that a kill leaves none among the user's; -1: beside their targets */
	unsigned made;
};

/* Whether git, here or on any other system, would take a name of path for one of its own: such trees are refused everywhere. */
bool path_is_gits(struct text path);

/* What stands at a path. OTHER: a folder, link or special file, there or in the place of one of its folders. */
enum standing { STANDS_NOTHING, STANDS_FILE, STANDS_OTHER };

/* spare: an absolute path, or NULL for the .git folder in top where there is one. */
int workdir_open(struct workdir *workdir, const char *top, const char *spare, struct failure *failure);
void workdir_close(struct workdir *workdir);

/* bytes in the arena where a file stands; a file of more than max bytes gives STANDS_OTHER. */
int workdir_read(enum standing *standing, struct text *bytes, struct stat *status, const struct workdir *workdir,
                 struct text path, size_t max, struct arena *arena, struct failure *failure);
/* Replaces or makes path with its folders; mode before the umask for a new file, an old one's is kept. status is that of the new file. */
int workdir_write(struct stat *status, struct workdir *workdir, struct text path, struct text bytes, mode_t mode,
                  struct failure *failure);
/* Removes a file, and the folders that are empty then. */
int workdir_remove(const struct workdir *workdir, struct text path, struct failure *failure);

#endif
