/* JSON output: a value is built, then printed in one way: keys in the order they were added, one field a line (lists and objects of
 * few scalars on one), numbers by number_print(), final newline.
 *
 * Ownership: json_object() and json_array() give a value that json_release() frees; adding a child hands it over to its parent.
 * Failure: as in arena.h, running out of memory ends the process. Non-finite numbers become the strings "NaN", "Infinity", "-Infinity". */
#ifndef GALLEY_JSON_H
#define GALLEY_JSON_H

#include <stdint.h>

#include "buffer.h"

struct json;

struct json *json_object(void);
struct json *json_array(void);
void json_release(struct json *json);

/* Members of an object. */
void json_add(struct json *object, const char *key, struct json *child);
void json_add_text(struct json *object, const char *key, struct text text);
void json_add_string(struct json *object, const char *key, const char *string); /* NULL gives null */
void json_add_number(struct json *object, const char *key, double value);
void json_add_count(struct json *object, const char *key, uint64_t value);
void json_add_bool(struct json *object, const char *key, bool value);
void json_add_null(struct json *object, const char *key);
/* A number as it was written in a file, which must be JSON's grammar. */
void json_add_raw(struct json *object, const char *key, struct text number);

/* Items of an array. */
void json_push(struct json *array, struct json *child);
void json_push_text(struct json *array, struct text text);
void json_push_number(struct json *array, double value);
void json_push_count(struct json *array, uint64_t value);
void json_push_bool(struct json *array, bool value);
void json_push_null(struct json *array);

/* pretty: two blanks a level; else one line. A newline at the end in both. */
void json_print(struct buffer *out, const struct json *json, bool pretty);

#endif
