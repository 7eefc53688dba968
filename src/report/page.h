/* Page: one Markdown page, its JSON twin and its charts, and the set of all of them.
 *
 * Ownership: finished files live in the arena; an open page holds a buffer until page_close(). Failure: none. */
#ifndef GALLEY_PAGE_H
#define GALLEY_PAGE_H

#include "arena.h"
#include "buffer.h"
#include "json.h"
#include "markdown.h"
#include "results.h"

struct page_input {
	struct text path;
	struct text blob; /* hexadecimal; empty where unknown */
};

struct made_file {
	struct text path; /* below the reports folder */
	struct text bytes;
	struct text of;   /* the page whose inputs it shares; empty: its own */
	const struct page_input *inputs;
	size_t input_count;
};

struct recipe_use { size_t models, children; };

struct pages {
	const struct results *results;
	const struct catalog *catalog;
	const struct resolved *resolved;
	const struct config *config;
	struct arena *arena;
	struct recipe_use *uses; /* of the catalog's recipes */
	struct made_file *files;
	size_t count;
};

struct page {
	struct pages *set;
	struct text path;   /* below the reports folder: "models/x/README.md" */
	struct buffer out;
	struct page_input *inputs;
	size_t input_count;
	struct text check;  /* command that shows the same */
	bool grouped;       /* "Made from" by kind of input, not by file */
};

enum { ROWS_MAX = 500, PAGE_BYTES = 400 * 1024, BARS = 12 };

/* --- page.c, links.c, findings.c --- */

void page_open(struct page *page, struct pages *set, struct text path);
/* A file of all models that is no page. */
void page_add_file(struct pages *set, struct text path, struct text bytes);
/* Ends the page with what it was made from, adds it and json (which is released) to the set. */
void page_close(struct page *page, struct json *json);

void page_add_input(struct page *page, const struct input *input);
void page_add_blob(struct page *page, struct text path, struct text blob);

/* "## Title" with blank lines around it. */
void page_section(struct page *page, const char *title);
void page_details(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page_details_end(struct page *page);

/* [label](target#fragment): target is a page below the reports folder; fragment may be NULL. */
void page_link(struct page *page, struct text label, struct text target, const char *fragment);
/* A link to a line of a file of the workspace; where the place has no file the label alone. */
void page_link_place(struct page *page, struct text label, struct place place);
/* As page_link, the label in bold or code already written by the caller: only "](target)". */
void page_link_end(struct page *page, struct text target, const char *fragment);

/* Adds charts/<name>.svg beside the page, and its image with the alt text to the page. */
void page_chart(struct page *page, struct text name, const struct buffer *svg, const struct buffer *alt);

struct column {
	const char *name;
	int pad;    /* hard blanks after the name: cells below do not wrap */
	bool right;
};

void table_head(struct buffer *out, const struct column *columns, size_t count);
/* Starts the next cell of a row. */
void cell(struct buffer *out);
void row_end(struct buffer *out);
/* Says how many rows were left out; nothing for 0. */
void table_left_out(struct buffer *out, size_t count, const char *what);

/* Where the last name of a path begins. */
size_t path_name_at(struct text path);
/* Paths of pages, in the arena. */
struct text path_of_model(const struct pages *set, struct text model);
struct text path_of_runs(const struct pages *set, struct text model);
struct text path_of_run(const struct pages *set, struct text model, struct text run);
struct text path_of_recipe(const struct pages *set, struct text recipe);
struct text path_of_pack(const struct pages *set, struct text pack);
/* A file name's part for a column, by the rule of the reports tree. */
struct text path_of_column(const struct pages *set, struct text column);

/* Whether a page is made for this record: its id is one, and it is the first of its id. */
bool page_for_recipe(const struct pages *set, const struct recipe *recipe);
bool page_for_pack(const struct pages *set, const struct pack *pack);
bool page_for_model(const struct pages *set, const struct model *model);
bool page_for_run(const struct pages *set, const struct model *model, const struct run *run);

/* Links where the page is made, else the label alone. */
void link_model(struct page *page, const struct model *model);
void link_run(struct page *page, const struct model *model, const struct run *run);
void link_recipe(struct page *page, struct text id, struct text label);
void link_pack(struct page *page, struct text id, struct text label);

/* The findings about one file: a slice of the sorted ones. */
const struct diag *findings_of(size_t *count, const struct pages *set, struct text path);
void count_findings(size_t *errors, size_t *warnings, const struct diag *diags, size_t count);
/* A list of findings of at least this severity with links to their lines; those of lower severity are left out. */
void page_findings(struct page *page, const struct diag *diags, size_t count, enum severity at_least, enum severity at_most);
void json_add_findings(struct json *object, const struct diag *diags, size_t count);

const struct model_result *result_of(const struct pages *set, const struct model *model);

/* --- the pages --- */

void page_index(struct pages *set);
void page_models(struct pages *set);
void page_model(struct pages *set, const struct model_result *result);
void page_runs(struct pages *set, const struct model_result *result);
void page_run(struct pages *set, const struct model_result *result, const struct run_result *run);
void page_recipes(struct pages *set);
void page_recipe(struct pages *set, const struct recipe *recipe);
void page_packs(struct pages *set);
void page_pack(struct pages *set, const struct pack *pack);
void page_drift(struct pages *set);
void page_history(struct pages *set);

/* --- manifest.c --- */

/* Pages that a manifest.json lists, as far as their paths could be ours. */
size_t manifest_pages(struct text **paths, struct text manifest, struct arena *arena);
/* The bytes of manifest.json for the files of set. */
struct text manifest_bytes(const struct pages *set, int64_t as_of, const char *source);

#endif
