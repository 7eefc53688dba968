/* Pointer: what a Git LFS pointer or a .dvc file says.
 *
 * Ownership: texts are slices of what was read. Failure: none; what cannot be followed is said in words. */
#ifndef GALLEY_POINTER_H
#define GALLEY_POINTER_H

#include <stdint.h>

#include "source.h"

struct pointer {
	enum store store;
	char id[65];
	bool has_size;
	uint64_t size;
	struct text name;     /* of the data, below the .dvc file's folder */
	const char *wrong;    /* NULL, or what follows the file's name, and the remedy */
	const char *remedy;
};

/* False where it is none. */
bool pointer_read_lfs(struct pointer *pointer, struct text start);
/* cut: there is more of the file than start. */
void pointer_read_dvc(struct pointer *pointer, struct text start, bool cut);

#endif
