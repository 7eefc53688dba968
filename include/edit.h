/* Edit: one field of a YAML or JSON manifest is changed where it stands; every other byte stays as it is, with comments, layout,
 * quotes, line ends and byte order mark. Works on bytes in memory, whether they came from a file or a commit.
 *
 * A scalar is replaced in the style that it has: plain where it can be, else in its quotes. A new key goes on a line of its own, or into
 * the braces of a flow mapping, behind the sibling that is named. After each edit the bytes are read again, and the tree must be the old
 * one but for what was wanted; the bytes are only handed out then.
 * Ownership: new bytes are in the arena. Failure: -1 and a refusal that says what stands against it and what to do: block scalars,
 * mappings and lists in the value's place, values shared through an anchor, a mapping reached through an alias, the only
 * key of a block mapping, files that document_read() does not take. */
#ifndef GALLEY_EDIT_H
#define GALLEY_EDIT_H

#include "buffer.h"
#include "document.h"
#include "refusal.h"

enum edit_action {
	EDIT_TEXT,   /* value is text: quoted where YAML readers could take it for something else */
	EDIT_WORD,   /* value is a number, true or false, written as it is */
	EDIT_REMOVE,
};

struct edit {
	enum edit_action action;
	struct text path;  /* names joined by dots, "metadata.version"; the mapping that holds the last must be there */
	struct text value;
	const char *after; /* where the key is new: behind the last of these that is there, "status|recipe"; NULL or none there: at the end */
};

/* Makes the edits one after another on file->bytes. What is as wanted already costs no byte: *bytes are file's own where nothing changes. */
int document_edit(struct text *bytes, const struct input *file, const struct edit *edits, size_t count, const struct limits *limits,
                  struct arena *arena, struct refusal *refusal);

/* Text as a YAML scalar, plain where every YAML reader takes it for that text, else in double quotes; flow: inside brackets or braces. */
void edit_write_text(struct buffer *out, struct text text, bool flow);

#endif
