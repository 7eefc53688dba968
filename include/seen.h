/* Seen: all that was asked of a source, so that a later run can tell that it would be told the same, without reading it again.
 *
 * A source that is opened with source_options.seen notes what is listed, looked at and read through it. Of a commit and the index it notes ids.
 * Of a working directory it notes what files and folders looked like (size, times, inode), as git's index does: while a file looks as it did, and
 * last changed before it was looked at, its content is what it was; one that looks otherwise is read, and its blob id compared. A folder whose
 * times are the same lists the same names.
 *
 * Ownership: with the source; texts are copied. Failure: none; what cannot be told makes it another. In a plain folder, without a place to
 * keep anything, and with no_cache, nothing is noted. */
#ifndef GALLEY_SEEN_H
#define GALLEY_SEEN_H

#include "buffer.h"
#include "source.h"

/* The caller has written this file of the working directory, or found it to be just this. */
void seen_wrote(struct source *source, struct text path, struct text bytes);
/* What is read below folder counts as the folder as a whole, where that has an id. */
void seen_whole(struct source *source, struct text folder);

/* What tells one place to read from from another: the repository, what of it is read, the workspace in it. */
void seen_place(struct buffer *out, const struct source *source);

/* Packs what was noted. False where it cannot be told later whether it is the same: it changed meanwhile, or depends on what has no id. */
bool seen_pack(struct buffer *out, struct source *source, unsigned jobs);

/* Whether a source that was opened just now would say all of it again. *renewed: it would, but files that look otherwise had to be read;
 * fresh holds what to keep instead. */
bool seen_again(struct buffer *fresh, bool *renewed, struct source *source, struct text packed, unsigned jobs);

#endif
