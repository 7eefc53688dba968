/* Limits: the caps on hostile input, all of them, with their defaults. A message about one names it, its value and the key.
 *
 * Ownership: plain data. Failure: none. */
#ifndef GALLEY_LIMITS_H
#define GALLEY_LIMITS_H

#include <stddef.h>

struct limits {
	size_t manifest_bytes; /* 1 MiB */
	size_t metrics_bytes;  /* 1 MiB */
	size_t depth;          /* 64 */
	size_t yaml_nodes;     /* 100 000, after alias expansion; JSON too */
	size_t yaml_aliases;   /* 1 000 */
	size_t scalar_bytes;   /* 64 KiB */
	size_t key_bytes;      /* 1 KiB */
	size_t csv_field;      /* 64 KiB */
	size_t csv_line;       /* 16 MiB */
	size_t csv_columns;    /* 10 000 */
	size_t stages;         /* 1 000 */
	size_t expression_bytes; /* 4 KiB */
	size_t blob_bytes;     /* 256 MiB, one file read whole or from git */
	size_t walk_commits;   /* 100 000 */
	size_t walk_files;     /* 1 000 000 entries below the workspace's folders */
};

extern const struct limits limits_default;

#endif
