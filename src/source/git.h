/* libgit2 for this folder. */
#ifndef GALLEY_SOURCE_GIT_H
#define GALLEY_SOURCE_GIT_H

#include <git2.h>

/* Makes libgit2 allocate as the rest of galley does: it never sees an allocation fail. */
void git_use_memory(void);

#endif
