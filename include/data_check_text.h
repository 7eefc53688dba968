/* Data check text: the seven checks of a file for people.
 *
 * Ownership: the caller's buffer. Failure: none. */
#ifndef GALLEY_DATA_CHECK_TEXT_H
#define GALLEY_DATA_CHECK_TEXT_H

#include "buffer.h"
#include "data_check.h"

/* path: as it was named on the command line. */
void data_check_text(struct buffer *out, const struct data_check *check, struct text path, const struct recipe *recipe);

#endif
