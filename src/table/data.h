/* Data: the bytes of a CSV file as a stream, wherever they really are: what a Git LFS pointer or a .dvc file stands for, unpacked where
 * the name ends in .gz or .zst (or, from standard input, where the bytes say so).
 *
 * Nothing is taken from a store under a pointer's id but what has that id's digest. What is unpacked goes to a temporary file without a name,
 * so that it can be read at any place and again.
 * Ownership: the stream is the caller's to close, before the source it came from. Failure: -1 where bytes cannot be read; what is wrong with
 * the file becomes diags. */
#ifndef GALLEY_DATA_H
#define GALLEY_DATA_H

#include "source.h"
#include "table.h"

/* *out is NULL where diags say why. *input gets the path and the blob id of the file that is named, "" where unknown. */
int data_open(struct stream **out, struct input *input, const struct table_file *file, const struct limits *limits, struct arena *arena,
              struct diags *diags, struct failure *failure);

/* Up to the end or size bytes from a place. */
int data_fill(size_t *len, const struct stream *stream, char *buffer, size_t size, uint64_t offset, struct failure *failure);

#endif
