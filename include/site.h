/* Site: the reports as a static web site: the same pages as HTML, the manifests they link to with numbered lines, a list of everything to
 * search and filter, one stylesheet, one script for the list alone. Nothing is loaded from elsewhere, and it works from a folder.
 *
 * Same pages, same bytes. Of a page's own HTML only what galley's pages use comes through, and of its links only those to other files of the
 * site and to http and https. Ownership: files live in the arena. Failure: -1 where a file that a page links to cannot be read. */
#ifndef GALLEY_SITE_H
#define GALLEY_SITE_H

#include "limits.h"
#include "publish.h"
#include "results.h"

struct site_request {
	const struct results *results;
	const struct publish_file *pages; /* as report_pages() made them */
	size_t page_count;
	struct source *source;            /* for the files that pages link to */
	struct text previous;             /* bytes of the SITE_MANIFEST that is there now; empty for none: what it lists and is no longer made comes as removals */
};

#define SITE_MANIFEST "site.json"

/* Paths are below the site's folder; SITE_MANIFEST comes last, and first where there was none: a folder in which a first run was cut short is
 * a site's all the same. */
int site_files(struct publish_file **files, size_t *count, const struct site_request *request, struct arena *arena, struct failure *failure);

/* Whether these are the bytes of a SITE_MANIFEST. */
bool site_is_manifest(struct text bytes);

#endif
