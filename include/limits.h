/* Limits: the caps on hostile input, all of them, in one table with their defaults. galley.yaml may lower them, the command line may raise
 * them too, and every message about one names it, its value and the flag.
 *
 * Ownership: plain data. Failure: limit_set() says why by a message. */
#ifndef GALLEY_LIMITS_H
#define GALLEY_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct arena;

struct limits {
	size_t manifest_bytes;
	size_t metrics_bytes;
	size_t depth;            /* of YAML and JSON */
	size_t yaml_nodes;       /* after alias expansion; JSON too */
	size_t yaml_aliases;     /* and anchors */
	size_t scalar_bytes;
	size_t key_bytes;
	size_t csv_field;
	size_t csv_line;
	size_t csv_columns;
	size_t stages;
	size_t expression_bytes;
	size_t expression_nodes;
	size_t expression_depth;
	size_t expression_cost;
	size_t cron_bytes;
	size_t blob_bytes;       /* one file read whole or from git */
	size_t unpacked_bytes;   /* what one compressed file may become, and what may come through a pipe */
	size_t walk_commits;
	size_t walk_files;       /* entries below the workspace's folders */
	size_t walk_depth;       /* folders within each other */
	size_t cache_bytes;      /* finished work that is kept */
	size_t findings;         /* of one code in one file */
	uint64_t given;          /* bit i: limit_list[i] was set on the command line, and galley.yaml has no say */
};

struct limit_row {
	const char *name;
	size_t offset;      /* in struct limits */
	size_t most;        /* beyond it galley itself has no room, whoever asks; SIZE_MAX: none */
	bool bytes;
	const char *doc;
};

enum { LIMIT_LIST_COUNT = 23 };
extern const struct limit_row limit_list[LIMIT_LIST_COUNT];
extern const struct limits limits_default;

const struct limit_row *limit_find(struct text name);
size_t limit_get(const struct limits *limits, const struct limit_row *limit);
/* The repository's wish: false where it is above the default. What the command line gave stays. */
bool limit_lower(struct limits *limits, const struct limit_row *limit, size_t value);
/* The command line's "NAME=VALUE". */
bool limit_set(struct limits *limits, struct text *why, struct text setting, struct arena *arena);

/* A whole number from 1, optionally with KiB, MiB or GiB. */
bool limit_parse(size_t *value, struct text text);

struct limit_note {
	char text[128];
};
struct limit_value {
	char text[32];
};
/* "limit 'depth'; raise it with --limit depth=128", for a member of limits: limit_note(limits, &limits->depth).text */
struct limit_note limit_note(const struct limits *limits, const size_t *member);
/* "1MiB" */
struct limit_value limit_value(const struct limit_row *limit, size_t value);

#endif
