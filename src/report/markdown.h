/* Markdown: everything from manifests and data comes into a page through these functions and no others.
 *
 * Ownership: the caller's buffer. Failure: none. Control characters, bidirectional marks and bad bytes never come through raw. */
#ifndef GALLEY_MARKDOWN_H
#define GALLEY_MARKDOWN_H

#include "buffer.h"

/* Text for a paragraph, heading, table cell or link label: what Markdown, HTML, autolinks, mentions and templates would read is
 * escaped, line ends become blanks, and more than TEXT_MAX code points end in an ellipsis. */
enum { MARKDOWN_MAX = 300 };
void markdown_text(struct buffer *out, struct text text);
void markdown_text_cut(struct buffer *out, struct text text, size_t max);
/* The same as a code span. */
void markdown_code(struct buffer *out, struct text text);
/* A path as a link's target: bytes beyond the unreserved ones percent-encoded. */
void markdown_url(struct buffer *out, struct text path);
/* A label inside a quoted Mermaid node: letters, digits and a few marks, everything else an underscore. */
void markdown_mermaid(struct buffer *out, struct text text);
/* Text inside a fenced block: line ends and tabs stay out, control characters become visible, backticks become primes. */
void markdown_fenced(struct buffer *out, struct text text);

/* One of ▁ to █ for value in low..high, both ends included; '·' for what is not finite. */
void markdown_bar(struct buffer *out, double value, double low, double high);

#endif
