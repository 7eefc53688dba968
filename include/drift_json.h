/* Drift as JSON, the shape galley.drift/1: {"schema", "reference", "current", "columns": [...], "only_in", "status"}.
 *
 * Ownership: the value is released by json_release() or by its parent. Failure: none. */
#ifndef GALLEY_DRIFT_JSON_H
#define GALLEY_DRIFT_JSON_H

#include <stdbool.h>

struct drift_result;
struct json;

/* rounded: computed numbers to 10 significant digits, as in committed reports. */
struct json *drift_json(const struct drift_result *result, bool rounded);
/* The array of columns alone, for where the files are named elsewhere. */
struct json *drift_columns_json(const struct drift_result *result, bool rounded);

#endif
