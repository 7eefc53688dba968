/* Blob ids, also of files that are not held in memory: SHA-1 (FIPS 180-4) over git's header and the bytes. */
#ifndef GALLEY_SOURCE_BLOB_H
#define GALLEY_SOURCE_BLOB_H

#include <stdint.h>

#include "text.h"

struct blob_hash {
	uint32_t state[5];
	uint64_t len;
	unsigned char block[64];
};

void blob_hash_init(struct blob_hash *hash, uint64_t size);
void blob_hash_add(struct blob_hash *hash, const char *bytes, size_t len);
void blob_hash_end(char out[41], struct blob_hash *hash);

/* Whether git's line end and $Id$ conversions could change anything in these bytes. */
bool blob_may_convert(struct text bytes);

struct git_repository;
struct failure;

/* Whether a conversion is configured for path at all. */
int blob_converts(bool *converts, struct git_repository *repository, struct text path, struct failure *failure);

/* Whether no attribute names a filter or an encoding by which other programs make a blob's bytes and the file's differ; false also where
 * that cannot be known. */
bool blob_is_verbatim(struct git_repository *repository, struct text path);

#endif
