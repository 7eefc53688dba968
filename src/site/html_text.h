/* HTML text: any bytes as text between tags or in a quoted attribute.
 *
 * Ownership: the caller's buffer. Failure: none; control characters, marks of writing direction and bad bytes become U+FFFD. */
#ifndef GALLEY_HTML_TEXT_H
#define GALLEY_HTML_TEXT_H

#include "buffer.h"

void html_text(struct buffer *out, struct text text);

#endif
