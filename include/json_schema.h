/* JSON Schema: what each kind of file may hold, for editors and other validators, as draft 2020-12 from the schema table.
 *
 * It judges what stands in one file: fields, types, values, ranges. References, inheritance, and values that must fit each other are
 * for `galley check` alone. Ownership: the caller's buffer. Failure: none. */
#ifndef GALLEY_JSON_SCHEMA_H
#define GALLEY_JSON_SCHEMA_H

#include "buffer.h"
#include "schema.h"

void json_schema_print(struct buffer *out, enum kind kind, struct arena *arena);

#endif
