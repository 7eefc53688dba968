/* Feed: the bytes of a CSV file, wherever they are.
 *
 * Ownership: feed_close(), before the source it came from. Failure: -1 where the bytes cannot be read; what is wrong with the file becomes
 * diags. */
#ifndef GALLEY_FEED_H
#define GALLEY_FEED_H

#include <stdint.h>

#include "table.h"

struct feed;

/* *out is NULL where diags say why. *input gets the path, and the blob id where it is known. */
int feed_open(struct feed **out, struct input *input, const struct table_file *file, const struct limits *limits, struct arena *arena,
              struct diags *diags, struct failure *failure);
void feed_close(struct feed *feed);

/* In order; *got is 0 at the end. */
int feed_read(size_t *got, struct feed *feed, char *buffer, size_t size, struct failure *failure);
void feed_rewind(struct feed *feed);
/* From its start on to a place. */
int feed_skip_to(struct feed *feed, uint64_t offset, struct failure *failure);
/* Whether any place can be read at once, and by several threads. */
bool feed_is_random(const struct feed *feed);
int feed_read_at(size_t *got, const struct feed *feed, char *buffer, size_t size, uint64_t offset, struct failure *failure);
/* 0 where unknown. */
uint64_t feed_size(const struct feed *feed);

#endif
