#include "page_recipe.h"

/* Hosts draw a diagram at once up to 2,000 characters; ours has at most 40 nodes. */
enum { NODES = 40, CHARACTERS = 2000 };

char level_mark(const struct recipe *recipe)
{
	return recipe->level == LEVEL_BASELINE ? 'B' : recipe->level == LEVEL_INDUSTRY ? 'I' : 'C';
}

static size_t in_force(const struct effective *effective, const struct recipe *recipe)
{
	size_t count = 0;

	for (size_t i = 0; i < effective->origin_count; i++)
		count += effective->origins[i].recipe == recipe && effective->origins[i].value;
	return count;
}

static size_t replaced(const struct effective *effective, const struct recipe *recipe)
{
	size_t count = 0;

	for (size_t i = 0; i < effective->origin_count; i++)
		for (size_t k = 0; k < effective->origins[i].shadow_count; k++)
			count += effective->origins[i].shadowed[k].recipe == recipe;
	return count;
}

static void node(struct buffer *out, size_t number, const struct recipe *recipe, size_t fields, bool counted)
{
	buffer_format(out, "n%zu[\"", number);
	markdown_mermaid(out, recipe->record.id);
	buffer_char(out, ' ');
	markdown_mermaid(out, recipe->version);
	if (counted)
		buffer_format(out, "<br/>%s, %zu field%s in force", level_name(recipe->level), fields, fields == 1 ? "" : "s");
	buffer_string(out, "\"]");
}

/* The recipe's children: each while there is room, then their number. */
static void children(struct buffer *out, const struct pages *set, const struct recipe *recipe, size_t from, size_t *next)
{
	size_t left = 0;

	for (size_t i = 0; i < set->catalog->recipe_count; i++) {
		const struct recipe *child = &set->catalog->recipes[i];
		if (!text_equal(child->parent.id, recipe->record.id))
			continue;
		if (*next >= NODES - 1 || out->len > CHARACTERS - 400) {
			left++;
			continue;
		}
		buffer_format(out, "  n%zu --> ", from);
		node(out, *next, child, 0, false);
		buffer_char(out, '\n');
		++*next;
	}
	if (left)
		buffer_format(out, "  n%zu --> n%zu[\"%zu more\"]\n", from, (*next)++, left);
}

static void graph(struct page *page, const struct effective *effective)
{
	struct buffer out;
	size_t next = effective->chain_count;

	buffer_init(&out);
	buffer_string(&out, "```mermaid\nflowchart LR\n");
	for (size_t i = 0; i < effective->chain_count; i++) {
		buffer_string(&out, "  ");
		node(&out, i, effective->chain[i], in_force(effective, effective->chain[i]), true);
		buffer_char(&out, '\n');
	}
	for (size_t i = 1; i < effective->chain_count; i++)
		buffer_format(&out, "  n%zu --> n%zu\n", i - 1, i);
	if (effective->chain_count)
		children(&out, page->set, effective->recipe, effective->chain_count - 1, &next);
	buffer_format(&out, "  classDef here stroke-width:3px\n  class n%zu here\n```\n\n",
	              effective->chain_count ? effective->chain_count - 1 : 0);
	if (effective->chain_count && effective->chain_count < NODES && out.len <= CHARACTERS)
		buffer_add(&page->out, buffer_text(&out));
	buffer_release(&out);
}

void recipe_inheritance(struct page *page, const struct effective *effective)
{
	static const struct column columns[] = {{"Level", 0, false}, {"File", 0, false}, {"Sets", 0, true},
	                                        {"In force here", 0, true}, {"Replaced further down", 0, true}};
	struct buffer *out = &page->out;

	page_section(page, "Inheritance");
	graph(page, effective);
	table_head(out, columns, 5);
	for (size_t i = 0; i < effective->chain_count && i < ROWS_MAX; i++) {
		const struct recipe *recipe = effective->chain[i];
		size_t here = in_force(effective, recipe), gone = replaced(effective, recipe);
		cell(out);
		if (recipe == effective->recipe)
			buffer_string(out, level_name(recipe->level));
		else
			link_recipe(page, recipe->record.id, text_of(level_name(recipe->level)));
		cell(out);
		page_link_place(page, recipe->record.file->path, (struct place){.file = recipe->record.file});
		buffer_format(out, " | %zu | %zu | %zu |\n", here + gone, here, gone);
	}
}

bool family_graph(struct page *page, struct text family)
{
	const struct catalog *catalog = page->set->catalog;
	struct buffer out;
	size_t nodes = 0, edges = 0;

	buffer_init(&out);
	buffer_string(&out, "```mermaid\nflowchart LR\n");
	for (size_t i = 0; i < catalog->recipe_count && nodes <= NODES; i++) {
		if (!text_equal(catalog->recipes[i].family, family))
			continue;
		buffer_string(&out, "  ");
		node(&out, i, &catalog->recipes[i], 0, false);
		buffer_char(&out, '\n');
		nodes++;
	}
	for (size_t i = 0; i < catalog->recipe_count && nodes <= NODES; i++) {
		const struct recipe *recipe = &catalog->recipes[i], *parent = catalog_recipe(catalog, recipe->parent.id);
		if (!text_equal(recipe->family, family) || !parent || !text_equal(parent->family, family))
			continue;
		buffer_format(&out, "  n%zu --> n%zu\n", (size_t)(parent - catalog->recipes), i);
		edges++;
	}
	buffer_string(&out, "```\n\n");
	bool fits = nodes && nodes <= NODES && edges && out.len <= CHARACTERS;
	if (fits)
		buffer_add(&page->out, buffer_text(&out));
	buffer_release(&out);
	return fits;
}
