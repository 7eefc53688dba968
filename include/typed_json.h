/* Typed JSON: a file as the JSON that other programs should see, each scalar of the type that the schema table gives it: plain 1.10 is
 * text where text is wanted and a number where a number is. Where nothing is known of a value its looks decide, see value_class().
 *
 * Ownership: as in json.h; the arena is for what lives no longer than the call. Failure: none. */
#ifndef GALLEY_TYPED_JSON_H
#define GALLEY_TYPED_JSON_H

#include "document.h"
#include "json.h"
#include "schema.h"

/* A whole file. root must be a map. */
struct json *typed_json(enum kind kind, const struct value *root, struct arena *arena);
/* A value of the field, as the next item of array. */
void typed_json_push(struct json *array, const struct field *field, const struct value *value, struct arena *arena);
/* A value of the field as a member of object; field NULL: free. */
void typed_json_add(struct json *object, const char *key, enum kind kind, const struct field *field, const struct value *value,
                    struct arena *arena);

#endif
