/* Flowchart: the few lines of Mermaid that galley's pages draw graphs with, as a picture for pages that have no Mermaid.
 *
 * Known: nodes with a label, arrows, and a class for the subject; from left to right. Failure: false where there is anything else. */
#ifndef GALLEY_FLOWCHART_H
#define GALLEY_FLOWCHART_H

#include "buffer.h"

/* An svg element, one element a line. */
bool flowchart_svg(struct buffer *out, struct text mermaid, struct arena *arena);

#endif
