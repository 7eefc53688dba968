/* Kept: comparisons, checks and ages of data that were computed before, by the content they were computed from. What cannot be read back, or
 * was made by other code, is as if it had never been; what is kept changes no answer.
 *
 * A key holds everything that shapes the answer, and the code's own stamp. It is "" where the content of a file cannot be told by a blob id, or
 * its data lies elsewhere (Git LFS, DVC). Only what gave no diagnostics is kept. Ownership: results live in the arena. Failure: none. */
#ifndef GALLEY_KEPT_H
#define GALLEY_KEPT_H

#include "data_check.h"
#include "drift.h"
#include "packed.h"

struct content { char blob[41]; };

/* references and currents: in the request's order. */
void kept_drift_key(char key[65], const struct drift_request *request, const struct content *references, const struct content *currents,
                    const struct limits *limits);
/* The blob ids that the result names are those of the files that were read: where they are others, the files changed meanwhile. */
bool kept_drift_read(struct drift_result *out, const char key[65], const struct drift_request *request, const struct content *references,
                     const struct content *currents, struct arena *arena);
void kept_drift_write(const struct drift_result *result, const char key[65], const struct drift_request *request,
                      const struct content *references, const struct content *currents, struct arena *arena);

void kept_check_key(char key[65], const struct data_check_request *request, const struct content *content);
bool kept_check_read(struct data_check *out, const char key[65], const struct data_check_request *request, const struct content *content,
                     struct arena *arena);
void kept_check_write(const struct data_check *check, const char key[65], const struct data_check_request *request,
                      const struct content *content, struct arena *arena);

struct kept_range { int64_t oldest, newest; bool found; };
void kept_range_key(char key[65], const struct table_file *file, const struct content *content, struct text column, char delimiter,
                    const struct text *na, size_t na_count, const struct limits *limits);
bool kept_range_read(struct kept_range *out, const char key[65], const struct table_file *file, struct arena *arena);
/* content: as it is after reading. */
void kept_range_write(const struct kept_range *range, const char key[65], const struct table_file *file, struct arena *arena);

/* --- Inside: parts of keys and bodies --- */

/* A new key: what is kept, and by which code. */
void key_begin(struct buffer *key, const char *what, const struct limits *limits);
void key_file(struct buffer *key, const struct table_file *file, const struct content *content);
void key_texts(struct buffer *key, const struct text *texts, size_t count);
/* "" where a file has no id. Releases the buffer. */
void key_end(char out[65], struct buffer *key, bool known);
bool content_known(const struct table_file *file, const struct content *content);

void drift_pack(struct buffer *out, const struct drift_result *result);
/* Paths and blob ids of the sides are left empty. */
bool drift_unpack(struct drift_result *out, struct text bytes, struct arena *arena);
void data_check_pack(struct buffer *out, const struct data_check *check);
bool data_check_unpack(struct data_check *out, struct text bytes, struct arena *arena);

#endif
