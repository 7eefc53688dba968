/* Data check JSON: the seven checks of a file for programs.
 *
 * Ownership: the caller's buffer; json as in json.h. Failure: none. */
#ifndef GALLEY_DATA_CHECK_JSON_H
#define GALLEY_DATA_CHECK_JSON_H

#include "buffer.h"
#include "data_check.h"
#include "json.h"

/* path: as it was named on the command line. */
void data_check_print_json(struct buffer *out, const struct data_check *check, struct text path, const struct recipe *recipe);
/* The list of checks without what surrounds it. */
struct json *data_check_json(const struct data_check *check);

#endif
