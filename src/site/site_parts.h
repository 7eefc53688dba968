/* Site parts: what the files of a site have in common.
 *
 * Ownership: texts in the arena. Failure: none but where told. */
#ifndef GALLEY_SITE_PARTS_H
#define GALLEY_SITE_PARTS_H

#include "buffer.h"
#include "site.h"

struct site_source { struct text path, file; /* on the site; empty: nothing to show */ };

struct site {
	const struct site_request *request;
	struct text folder;            /* that the pages lie in, from the top: "reports" */
	const struct publish_file **pages; /* what was generated, by path */
	size_t page_count;
	struct publish_file *files;
	size_t count;
	struct site_source *sources;   /* that pages link to, as they come */
	size_t source_count;
	struct arena *arena;
	struct failure *failure;
	bool failed;                   /* a source could not be read */
};

void site_add(struct site *site, struct text path, struct text bytes);
/* The generated file with this path below the reports folder; NULL where none is made. */
const struct publish_file *site_page(const struct site *site, struct text path);
/* Where it stands on the site: README.md is index.html. */
struct text site_path(const struct site *site, struct text path);
/* From a file of the site to another; both below its folder. */
struct text site_link(struct text from, struct text to, struct arena *arena);

/* A whole page around a body. */
void site_head(struct buffer *out, const struct site *site, struct text path, struct text title);
void site_foot(struct buffer *out, const struct site *site);

/* site_list.c: the list of everything, for searching. */
void site_list(struct site *site);
/* site_source.c: the file on the site that shows a file of the workspace; empty where there is none to show. */
struct text site_source(struct site *site, struct text path);

/* site_assets.c */
extern const char site_style[], site_script[];

#endif
