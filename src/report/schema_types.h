/* Schema types: the JSON Schema of each type of the schema table, as the definitions that fields refer to.
 *
 * Ownership: as in json.h. Failure: none. */
#ifndef GALLEY_SCHEMA_TYPES_H
#define GALLEY_SCHEMA_TYPES_H

#include "json.h"
#include "schema.h"

/* Name of the definition of a type that every field of it shares; NULL where the field decides (maps, lists, numbers, choices). */
const char *shared_type_name(enum field_type type);
struct json *shared_type(enum field_type type);

/* Definitions that are no types. */
struct json *measure_type(void);  /* a number, NaN or infinite too, or a map of them */
struct json *measures_type(void); /* a map of measures */
struct json *free_type(void);     /* anything in a recipe: operators must be right there too */
struct json *unset_type(void);    /* of "$unset" */
struct json *drop_type(void);     /* {$patch: replace} as an item: drops what is inherited */

/* {"$ref": "#/$defs/NAME"} */
struct json *schema_ref(const char *name);
/* Adds "$unset", "$patch" to properties, and the patterns of x- keys and of other keys with "$". */
void add_operators(struct json *properties, struct json *patterns, bool recipe, bool keyed_item);

#endif
