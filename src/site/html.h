/* HTML: a page's Markdown as HTML, with what galley's own pages may hold and nothing else.
 *
 * Ownership: texts in the arena. Failure: none. */
#ifndef GALLEY_HTML_H
#define GALLEY_HTML_H

#include "buffer.h"

struct html_links {
	/* Where a link or image leads on the site; empty: nowhere, its text stays. */
	struct text (*map)(void *context, struct text url, bool image);
	void *context;
};

struct html_page {
	struct text title; /* of the first heading, as plain text; empty without one */
	struct text body;
};

/* Headings get the anchors that hosts give them; Mermaid's flowcharts become pictures. */
void html_of_markdown(struct html_page *out, struct text markdown, const struct html_links *links, struct arena *arena);

#endif
