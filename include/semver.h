/* SemVer 2.0.0 and the ranges of node-semver (^ ~ >= > <= < = x-ranges, hyphen ranges, || and blanks for and).
 *
 * Ownership: versions are slices of the text they were read from. Failure: by return value. */
#ifndef GALLEY_SEMVER_H
#define GALLEY_SEMVER_H

#include <stdint.h>

#include "text.h"

struct semver {
	uint64_t major, minor, patch;
	struct text prerelease; /* without '-' */
	struct text build;      /* without '+'; not compared */
};

bool semver_parse(struct semver *out, struct text text);
int semver_compare(const struct semver *a, const struct semver *b);
bool semver_range_valid(struct text range);
/* A prerelease satisfies only where a comparator of the same major.minor.patch has one too, as node-semver has it. */
bool semver_satisfies(const struct semver *version, struct text range);

#endif
