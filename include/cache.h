/* Cache: finished work on data files, kept in the repository that they come from by the content that it was computed from. For files from the
 * command line there is none.
 *
 * What is read was written under the same key, and whole; whoever reads it checks what it means. Ownership: bytes live in the arena.
 * Failure: none; nothing is read, or nothing is kept. */
#ifndef GALLEY_CACHE_H
#define GALLEY_CACHE_H

#include "table.h"

/* The blob id of the file's bytes, "" where there is none to go by; see source_content(). */
void cache_content(char blob[41], const struct table_file *file);
/* Whether that id names the data, as it does not where the data lies in a store (Git LFS, DVC) that may lack it. */
bool cache_names_data(const struct table_file *file, struct arena *arena);

struct text cache_read(const struct table_file *file, const char key[65], struct arena *arena);
void cache_write(const struct table_file *file, const char key[65], struct text bytes);

#endif
