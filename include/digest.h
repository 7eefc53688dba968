/* Digest: SHA-256 (FIPS 180-4), for effective recipes, pages and names of charts, and what LFS names its objects by; MD5 (RFC 1321), what DVC
 * does. Git's own ids come from the source stage.
 *
 * Ownership: none. Failure: none. */
#ifndef GALLEY_DIGEST_H
#define GALLEY_DIGEST_H

#include <stdint.h>

#include "text.h"

/* Lower-case hexadecimal digits and a NUL. */
void digest_sha256(char out[static 65], struct text bytes);

/* Of bytes that come piece by piece. */
enum digest_kind { DIGEST_SHA256, DIGEST_MD5 };
struct digest {
	enum digest_kind kind;
	uint32_t state[8];
	uint64_t len;
	unsigned char block[64];
};

void digest_init(struct digest *digest, enum digest_kind kind);
void digest_add(struct digest *digest, struct text bytes);
/* 64 digits, or 32 of MD5. */
void digest_end(char out[static 65], struct digest *digest);

#endif
