/* Report: the pages under reports/, from results alone: Markdown, the same page as JSON, charts as SVG.
 *
 * Same results, same bytes: nothing here asks the clock, the locale or the environment. Ownership: pages live in the arena.
 * Failure: none. */
#ifndef GALLEY_REPORT_H
#define GALLEY_REPORT_H

#include "publish.h"
#include "results.h"

/* All pages but manifest.json, sorted by path (from the top, below config.reports), and manifest.json last: as_of, source, and for each page its
 * inputs (path, blob) and SHA-256. previous: bytes of the manifest.json that is there now, empty for none: pages it lists that are no longer made
 * come as removals, and its as_of and source are kept when nothing else changed. */
void report_pages(struct publish_file **files, size_t *count, const struct results *results, struct text previous, struct arena *arena,
                  struct diags *diags);

/* How the file of the page of a recipe, pack or run ends: README.md and index.json are the folder's own, and no id has a dot. */
const char *report_page_suffix(struct text id);

/* What a manifest.json says of the run that made it: false when it is not one. */
bool report_manifest_read(int64_t *as_of, char source[41], struct text manifest, struct arena *arena);

#endif
