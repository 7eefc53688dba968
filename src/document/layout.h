/* Layout: where the members of one mapping stand, in bytes; what places leave out because nobody else needs it.
 *
 * Ownership: in the arena. Failure: false where the path leads to no mapping of the file, with why. */
#ifndef GALLEY_DOCUMENT_LAYOUT_H
#define GALLEY_DOCUMENT_LAYOUT_H

#include "document.h"

enum form { FORM_EMPTY, FORM_PLAIN, FORM_SINGLE, FORM_DOUBLE, FORM_BLOCK, FORM_ALIAS, FORM_MAP, FORM_LIST };

struct span {
	size_t from, to;
};

struct slot {
	struct span key, value; /* a value in block style ends with its last scalar, one that is empty stands behind its colon */
	struct text name;
	enum form form;
};

struct layout {
	bool flow;         /* in braces, as in JSON */
	struct span whole; /* with them */
	struct slot *slots;
	size_t count;
	/* Where the path ends early: how many of its names were found, and what stands there. */
	size_t reached;
	enum form met;
};

/* bytes: of a file that document_read() takes, without a byte order mark. names: of the keys that lead to the mapping. */
bool layout_find(struct layout *layout, struct text bytes, bool json, const struct text *names, size_t count,
                 struct arena *arena);

#endif
